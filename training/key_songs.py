"""What the key model learns from: recorded and rendered songs as the chord network hears them, and written ones as it would.

A Billboard song has a tonic and, by the third of the chords on it, mostly a mode; a rendered song has a key along the way. Of lead sheets
and POP909 the chords and the key are known but there is no sound: each chord is given frames of the network from a stretch of some
recorded song with a chord of the same quality, turned to its root, with all the doubts the network had there. What rendering says in an
hour, this says in a minute.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from chord_frames import IGNORED, NO_CHORD_STATE, ChordFrames, KeySpan

from hexachord.arrays import IntArray
from hexachord.audio_analysis.harmony.key_model import KeyFrames, key_frames
from hexachord.audio_analysis.harmony.vocabulary import NONE, QUALITIES, encode
from hexachord.models.networks import Network
from hexachord.rendering.openewld import openewld_names, read_openewld
from hexachord.rendering.split import Side, load_split
from hexachord.theory.keys import key_number

_LEAST_CHORDS = 6


@dataclass(frozen=True, kw_only=True, eq=False)
class KeySong:
    """Frames of a song, its tonic's pitch class, its mode (0 major, 1 minor, `IGNORED`), and the true chord state of each frame."""

    id: str
    origin: str
    frames: KeyFrames
    tonic: int
    mode: int
    state: IntArray
    keys: tuple[KeySpan, ...] = ()

    @property
    def kind(self) -> str:
        """``billboard``, or what was rendered or written: ``pop``, ``band``, ``openewld``."""
        return self.id.partition("/")[0]

    def cut(self, first: int, last: int) -> "KeySong":
        """Cut an excerpt out of the frames; its key is the one that lasts longest there."""
        begin_s, end_s = first * self.frames.hop_s, last * self.frames.hop_s
        lasts: dict[tuple[int, int], float] = {}
        for span in self.keys:
            lasts[span[2:]] = lasts.get(span[2:], 0.0) + max(0.0, min(span.end_s, end_s) - max(span.start_s, begin_s))
        tonic, mode = max(lasts, key=lambda key: lasts[key]) if len(lasts) > 1 else (self.tonic, self.mode)
        frames = KeyFrames(self.frames.chords[first:last], self.frames.chroma[first:last], self.frames.hop_s)
        return replace(self, frames=frames, tonic=tonic, mode=mode, state=self.state[first:last], keys=())


def heard(song: ChordFrames, *, network: Network | None = None) -> KeySong:
    """Let the chord network listen to a song."""
    frames = key_frames(song.chroma[:, :12], song.chroma[:, 12:], hop_s=song.hop_s, network=network)
    middle = np.minimum(((np.arange(len(frames.chords)) + 0.5) * frames.hop_s / song.hop_s).astype(int), len(song.code) - 1)
    return KeySong(
        id=song.id, origin=song.origin, frames=frames, tonic=song.tonic, mode=song.mode, state=song.state[middle], keys=song.keys
    )


@dataclass(frozen=True)
class Written:
    """Chords of a piece as (start_s, end_s, label) and its key as a number of `KEY_NAMES`."""

    id: str
    key: int
    chords: tuple[tuple[float, float, str], ...]


def written_songs(data: Path, *, side: Side = "train") -> Iterator[Written]:
    """Read POP909 and OpenEWLD of one side: the songs with one known key."""
    split, train = load_split(), data / "train"
    for name in split.names("pop909", side):
        keys = [line.split() for line in (train / "pop909" / name / "key_audio.txt").read_text().splitlines() if line.strip()]
        rows = [line.split() for line in (train / "pop909" / name / "chord_midi.txt").read_text().splitlines()]
        chords = _trimmed([(float(row[0]), float(row[1]), row[2]) for row in rows if len(row) == 3])
        if len(keys) == 1 and len(chords) >= _LEAST_CHORDS:
            yield Written(f"pop909/{name}", key_number(keys[0][2]), chords)
    listed = set(split.names("openewld", side))
    for name in openewld_names(train / "openewld"):
        if name not in listed:
            continue
        piece = read_openewld(train / "openewld", name)
        if not piece.keys or not piece.chords:
            continue
        held: dict[str, float] = {}
        for span in piece.keys:
            held[span.label] = held.get(span.label, 0.0) + min(span.end, piece.end) - max(span.start, 0.0)
        beat_s = 60.0 / min(max(piece.quarter_bpm, 60.0), 160.0)
        chords = _trimmed([(span.start * beat_s, span.end * beat_s, span.label) for span in piece.chords if span.label != "X"])
        if len(chords) >= _LEAST_CHORDS:
            yield Written(f"openewld/{name}", key_number(max(held, key=lambda label: held[label])), chords)


def _trimmed(chords: Sequence[tuple[float, float, str]]) -> tuple[tuple[float, float, str], ...]:
    named = [row for row, chord in enumerate(chords) if chord[2] != "N"]
    return tuple(chords[named[0] : named[-1] + 1]) if named else ()


def written_state(label: str) -> int:
    """Turn a label into a state; what fits none is taken for a major chord on its root."""
    code = encode(label)
    if code.root in (NONE, IGNORED):
        return NO_CHORD_STATE
    return code.root * len(QUALITIES) + max(code.quality, 0)


class Imagination:
    """Makes frames for written chords out of recorded ones."""

    def __init__(self, songs: Sequence[KeySong], *, seed: int) -> None:
        self.hop_s = songs[0].frames.hop_s
        self.random = np.random.default_rng(seed)
        self.stretches: dict[int, list[tuple[KeySong, int, int, int]]] = {}
        for song in songs:
            cuts = np.flatnonzero(np.diff(song.state)) + 1
            for first, last in zip([0, *cuts], [*cuts, len(song.state)], strict=True):
                state = int(song.state[first])
                if state != IGNORED and last - first >= 2:
                    quality, root = self._split(state)
                    self.stretches.setdefault(quality, []).append((song, int(first), int(last), root))

    @staticmethod
    def _split(state: int) -> tuple[int, int]:
        return (len(QUALITIES), 0) if state == NO_CHORD_STATE else (state % len(QUALITIES), state // len(QUALITIES))

    def song(self, written: Written) -> KeySong:
        """Imagine how the chord network would hear a written song."""
        parts: list[KeyFrames] = []
        for start_s, end_s, label in written.chords:
            parts += self._frames(written_state(label), round(end_s / self.hop_s) - round(start_s / self.hop_s))
        chords, chroma = (np.concatenate(columns) for columns in zip(*((part.chords, part.chroma) for part in parts), strict=True))
        frames = KeyFrames(chords, chroma, self.hop_s)
        return KeySong(
            id=written.id,
            origin=written.id,
            frames=frames,
            tonic=written.key % 12,
            mode=written.key // 12,
            state=np.full(len(chords), IGNORED),
        )

    def _frames(self, state: int, count: int) -> Iterator[KeyFrames]:
        quality, root = self._split(state)
        quality = quality if quality in self.stretches else quality % 2  # nobody recorded it: a plain triad
        while count > 0:
            song, first, last, here = self.stretches[quality][self.random.integers(len(self.stretches[quality]))]
            last = min(last, first + count)
            turn = (root - here) % 12 if state != NO_CHORD_STATE else int(self.random.integers(12))
            yield turned(KeyFrames(song.frames.chords[first:last], song.frames.chroma[first:last], song.frames.hop_s), turn)
            count -= last - first


def turned(frames: KeyFrames, semitones: int) -> KeyFrames:
    """Transpose what was heard."""
    count = len(frames.chords)
    named = np.roll(frames.chords[:, :-1].reshape(-1, 12, len(QUALITIES)), semitones, axis=1).reshape(count, -1)
    chroma = np.roll(frames.chroma.reshape(-1, 2, 12), semitones, axis=2).reshape(count, 24)
    return KeyFrames(np.hstack([named, frames.chords[:, -1:]]), chroma, frames.hop_s)
