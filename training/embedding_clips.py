"""What the embedding is shown: chunks of songs by one act, and what is true of them."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy import fft

from hexachord.arrays import Float32Array
from hexachord.dsp.features import dequantise
from hexachord.learning.deep.clips import Batch
from hexachord.learning.deep.variation import Variation, between_rows, varied
from hexachord.rendering.presence import FAMILIES
from training.embedding_acts import EFFECTS, MEL, SONGS
from training.embedding_songs import Songs

CHUNK = 150  # frames: 3 s
COEFFICIENTS = 20
TOLD: Mapping[str, int] = {"families": len(FAMILIES), "effects": len(EFFECTS), "likeness": 2 * COEFFICIENTS}
"""What the heads tell, and with how many numbers."""
VARIED = Variation(
    tempo_octaves=0.0, shift_bands=0.7, gain_db=9.0, tilt_db=4.0, colour_db=1.5, floor_chance=0.25, squeeze_chance=0.3, squeeze=0.2,
    masks=2, mask_bands=14, pauses=1, pause_frames=25,
)  # fmt: skip
_PLAIN = len(EFFECTS) - 7  # columns of effects that are measures; the rest is 0 or 1
_TOGETHER = 0.4  # of the acts play with another one
_ONE_KIND = 0.5  # of the batches: what is alike otherwise is harder to tell apart


def likeness(decibels: Float32Array) -> Float32Array:
    """Mean and standard deviation of the first twenty mel-frequency cepstral coefficients, (40,): what timbre has long been told by."""
    cepstrum = fft.dct(decibels, axis=1, norm="ortho")[:, :COEFFICIENTS]
    return np.concatenate([cepstrum.mean(axis=0), cepstrum.std(axis=0)]).astype(np.float32)


@dataclass(frozen=True, kw_only=True)
class Guise:
    """How an act is disguised as another one, in all of its songs alike: who plays along, how much louder, higher, and what is bent.

    Few acts are rendered and many are needed. Powers of two recordings add up, so two acts that play at once are a third one; and as long
    as all of its songs are moved and bent by the same, an act remains one.
    """

    other: int
    louder_db: float
    shift_bands: float
    curve_db: Float32Array


def draw_guise(random: np.random.Generator, acts: int) -> Guise:
    """Draw who an act is today; `other` is -1 where it plays alone."""
    up = np.arange(MEL.bands) / (MEL.bands - 1)
    waves = np.cos(np.pi * np.outer(np.arange(1, 4), up) + random.uniform(0, 2 * np.pi, (3, 1)))
    curve = random.uniform(-8.0, 8.0) * (up - 0.5) + random.normal(0.0, 2.5, 3) @ waves
    return Guise(
        other=int(random.integers(acts)) if random.random() < _TOGETHER else -1, louder_db=float(random.uniform(-7.0, 7.0)),
        shift_bands=float(random.uniform(-6.0, 6.0)) if random.random() < 0.5 else 0.0,
        curve_db=(curve * (random.random() < 0.5)).astype(np.float32),
    )  # fmt: skip


class Chunks:
    """Draws batches: of each of some acts, disguised, two songs, of each song two chunks, as made or worn, and varied."""

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

    def _piece(self, random: np.random.Generator, act: int, song: int, look: int) -> tuple[Float32Array, Float32Array]:
        """Decibels of a piece, and the families that play."""
        mel = self.songs.mel[act, song, look]
        first = int(random.integers(0, len(mel) - CHUNK + 1))
        seconds = slice(int(first * MEL.hop_s), int(np.ceil((first + CHUNK) * MEL.hop_s)))
        return dequantise(mel[first : first + CHUNK], MEL), self.songs.families[act, song, seconds].max(axis=0).astype(np.float32)

    def disguised(
        self, random: np.random.Generator, act: int, song: int, look: int, guise: Guise
    ) -> tuple[Float32Array, Float32Array, Float32Array]:
        """A piece of a disguised act: decibels, what is to be told of it, and what of that is known."""
        piece, families = self._piece(random, act, song, look)
        if guise.other >= 0:
            more, others = self._piece(random, guise.other, song, look)
            level = 10.0 * np.log10(np.mean(10.0 ** (piece / 10.0)) / np.mean(10.0 ** (more / 10.0)))
            piece = 10.0 * np.log10(10.0 ** (piece / 10.0) + 10.0 ** ((more + level + guise.louder_db) / 10.0))
            families = np.maximum(families, others)
        if guise.shift_bands:
            piece = between_rows(piece.T, np.arange(MEL.bands) + guise.shift_bands).T
        piece = (piece + guise.curve_db).astype(np.float32)
        effects = self.songs.effects[act].copy()
        effects[:_PLAIN] = (effects[:_PLAIN] - self.effect_mean) / self.effect_std
        like = (likeness(piece) - self.like_mean) / self.like_std
        known = np.ones(len(families) + len(effects) + len(like), dtype=np.float32)
        if look or guise.other >= 0:  # somebody mastered it again, or it is two
            known[len(families) : len(families) + len(effects)] = 0.0
        return piece, np.concatenate([families, effects, like]).astype(np.float32), known

    def __call__(self, random: np.random.Generator) -> Batch:
        """Draw a batch: inputs, (rows, 1 + told) targets of which the first is the act, and what is known."""
        acts = len(self.songs)
        among = self.large[int(random.integers(len(self.large)))] if self.large and random.random() < _ONE_KIND else np.arange(acts)
        inputs, targets, knowns = [], [], []
        for act in random.choice(among, min(self.groups, len(among)), replace=False).tolist():
            guise = draw_guise(random, acts)
            for song in random.choice(SONGS, 2, replace=False).tolist():
                look = int(random.integers(2))
                for _ in range(self.chunks):
                    piece, told, known = self.disguised(random, act, song, look, guise)
                    inputs.append(varied(piece, random, VARIED))
                    targets.append(np.concatenate([[act], told]))
                    knowns.append(np.concatenate([[1.0], known]))
        return tuple(np.stack(part).astype(np.float32) for part in (inputs, targets, knowns))  # type: ignore[return-value]
