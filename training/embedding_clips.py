"""What the embedding is shown: chunks of songs by one act, and what is true of them."""

from collections.abc import Mapping

import numpy as np
from scipy import fft

from hexachord.arrays import Float32Array, UInt8Array
from hexachord.dsp.features import dequantise
from hexachord.learning.deep.clips import Batch, Draw
from hexachord.learning.deep.variation import Variation, varied
from hexachord.rendering.presence import FAMILIES
from training.embedding_acts import EFFECTS, MEL, SONGS
from training.embedding_songs import Songs

CHUNK = 150  # frames: 3 s
COEFFICIENTS = 20
TOLD: Mapping[str, int] = {"families": len(FAMILIES), "effects": len(EFFECTS), "likeness": 2 * COEFFICIENTS}
"""What the heads tell, and with how many numbers."""
VARIED = Variation(
    tempo_octaves=0.0, shift_bands=1.5, gain_db=9.0, tilt_db=6.0, colour_db=2.0, floor_chance=0.25, squeeze_chance=0.3, squeeze=0.2,
    masks=2, mask_bands=14, pauses=1, pause_frames=25,
)  # fmt: skip
_PLAIN = len(EFFECTS) - 7  # columns of effects that are measures; the rest is 0 or 1
_ONE_KIND = 0.5  # of the batches: what is alike otherwise is harder to tell apart


def likeness(mel: UInt8Array) -> Float32Array:
    """Mean and standard deviation of the first twenty mel-frequency cepstral coefficients, (40,): what timbre has long been told by."""
    cepstrum = fft.dct(dequantise(mel, MEL), axis=1, norm="ortho")[:, :COEFFICIENTS]
    return np.concatenate([cepstrum.mean(axis=0), cepstrum.std(axis=0)]).astype(np.float32)


class Chunks:
    """Draws batches: of each of some groups two songs, of each song two chunks, as made or worn, and varied."""

    def __init__(self, songs: Songs, *, groups: int, chunks: int = 2) -> None:
        self.songs, self.groups, self.chunks = songs, groups, chunks
        kinds = sorted(set(songs.kind))
        of_kind = [np.flatnonzero(np.array(songs.kind) == kind) for kind in kinds]
        self.large = [rows for rows in of_kind if len(rows) >= groups]
        measures = songs.effects[:, :_PLAIN]
        self.effect_mean, self.effect_std = measures.mean(axis=0), measures.std(axis=0) + 1e-3
        random = np.random.default_rng(0)
        some = [self._piece(random, int(random.integers(len(songs))), int(random.integers(SONGS)), 0)[0] for _ in range(400)]
        known = np.stack([likeness(piece) for piece in some])
        self.like_mean, self.like_std = known.mean(axis=0), known.std(axis=0) + 1e-3

    def _piece(self, random: np.random.Generator, group: int, song: int, look: int) -> tuple[UInt8Array, int]:
        mel = self.songs.mel[group, song, look]
        first = int(random.integers(0, len(mel) - CHUNK + 1))
        return mel[first : first + CHUNK], first

    def truth(self, piece: UInt8Array, group: int, song: int, look: int, first: int) -> tuple[Float32Array, Float32Array]:
        """What is to be told of a piece, and what of it is known."""
        seconds = slice(int(first * MEL.hop_s), int(np.ceil((first + CHUNK) * MEL.hop_s)))
        families = self.songs.families[group, song, seconds].max(axis=0).astype(np.float32)
        effects = self.songs.effects[group].copy()
        effects[:_PLAIN] = (effects[:_PLAIN] - self.effect_mean) / self.effect_std
        like = (likeness(piece) - self.like_mean) / self.like_std
        known = np.ones(len(families) + len(effects) + len(like), dtype=np.float32)
        if look:  # somebody mastered it again
            known[len(families) : len(families) + len(effects)] = 0.0
        return np.concatenate([families, effects, like]).astype(np.float32), known

    def __call__(self, random: np.random.Generator) -> Batch:
        """Draw a batch: inputs, (rows, 1 + told) targets of which the first is the group, and what is known."""
        among = (
            self.large[int(random.integers(len(self.large)))] if self.large and random.random() < _ONE_KIND else np.arange(len(self.songs))
        )
        inputs, targets, knowns = [], [], []
        for group in random.choice(among, min(self.groups, len(among)), replace=False).tolist():
            for song in random.choice(SONGS, 2, replace=False).tolist():
                look = int(random.integers(2))
                for _ in range(self.chunks):
                    piece, first = self._piece(random, group, song, look)
                    told, known = self.truth(piece, group, song, look, first)
                    inputs.append(varied(dequantise(piece, MEL), random, VARIED))
                    targets.append(np.concatenate([[group], told]))
                    knowns.append(np.concatenate([[1.0], known]))
        return tuple(np.stack(part).astype(np.float32) for part in (inputs, targets, knowns))  # type: ignore[return-value]


def as_draw(chunks: Chunks) -> Draw:
    """Return it as the loop wants it."""
    return chunks
