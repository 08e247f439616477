"""What the key model learns from: recorded songs as the chord model hears them, and written ones as it would.

A Billboard song has a tonic and, by the third of the chords on it, mostly a mode. Of lead sheets and POP909 the chords and the key are
known but there is no sound: each chord is given frames of the chord model from a stretch of some recorded song with a chord of the same
quality, turned to its root, with all the doubts the model had there. What rendering says in an hour, this says in a minute.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from billboard import IGNORED, Song, chord_state

from hexachord.audio_analysis.harmony.chord_model import QUALITIES, STATES
from hexachord.audio_analysis.harmony.key_model import KeyFrames, key_frames
from hexachord.rendering.openewld import openewld_names, read_openewld
from hexachord.rendering.split import load_split
from hexachord.theory.keys import key_number

NO_CHORD_STATE = STATES - 1
UNKNOWN = -1
_MINOR = [QUALITIES.index(name) for name in ("min", "min7", "dim", "hdim7")]
_MAJOR = [QUALITIES.index(name) for name in ("maj", "7", "maj7", "maj6")]
_LEAST_CHORDS = 6


@dataclass(frozen=True, kw_only=True, eq=False)
class KeySong:
    """Frames of a song, its tonic's pitch class, its mode (0 major, 1 minor, `UNKNOWN`), and the true chord state of each frame."""

    name: str
    frames: KeyFrames
    tonic: int
    mode: int
    state: np.ndarray


def recorded(song: Song) -> KeySong:
    """Let the chord model listen to a Billboard song."""
    frames = key_frames(song.bass, song.treble, hop_s=song.hop_s)
    middle = np.minimum(((np.arange(len(frames.chords)) + 0.5) * frames.hop_s / song.hop_s).astype(int), len(song.state) - 1)
    state = song.state[middle]
    on_tonic = state[(state != IGNORED) & (state != NO_CHORD_STATE)]
    kinds = on_tonic[on_tonic // len(QUALITIES) == song.tonic] % len(QUALITIES)
    major, minor = np.isin(kinds, _MAJOR).sum(), np.isin(kinds, _MINOR).sum()
    mode = UNKNOWN if major == minor else int(minor > major)
    return KeySong(name=f"billboard/{song.name}", frames=frames, tonic=song.tonic, mode=mode, state=state)


@dataclass(frozen=True)
class Written:
    """Chords of a piece as (start_s, end_s, label) and its key as a number of `KEY_NAMES`."""

    name: str
    key: int
    chords: tuple[tuple[float, float, str], ...]


def written_songs(data: Path) -> Iterator[Written]:
    """Read POP909 and OpenEWLD of the training side: the songs with one known key."""
    split, train = load_split(), data / "train"
    for name in split.names("pop909", "train"):
        keys = [line.split() for line in (train / "pop909" / name / "key_audio.txt").read_text().splitlines() if line.strip()]
        rows = [line.split() for line in (train / "pop909" / name / "chord_midi.txt").read_text().splitlines()]
        chords = _trimmed([(float(row[0]), float(row[1]), row[2]) for row in rows if len(row) == 3])
        if len(keys) == 1 and len(chords) >= _LEAST_CHORDS:
            yield Written(f"pop909/{name}", key_number(keys[0][2]), chords)
    listed = set(split.names("openewld", "train"))
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
        """Imagine how the chord model would hear a written song."""
        parts: list[tuple[np.ndarray, np.ndarray]] = []
        for start_s, end_s, label in written.chords:
            state = chord_state(label)
            if state == IGNORED:  # a power chord: major is what most of them turn out to be
                state = chord_state(label.partition(":")[0].partition("/")[0])
            parts += self._frames(state, round(end_s / self.hop_s) - round(start_s / self.hop_s))
        chords, chroma = (np.concatenate(columns) for columns in zip(*parts, strict=True))
        frames = KeyFrames(chords, chroma, self.hop_s)
        return KeySong(name=written.name, frames=frames, tonic=written.key % 12, mode=written.key // 12, state=np.zeros(0))

    def _frames(self, state: int, count: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        quality, root = self._split(state)
        while count > 0:
            song, first, last, here = self.stretches[quality][self.random.integers(len(self.stretches[quality]))]
            last = min(last, first + count)
            turn = (root - here) % 12 if state != NO_CHORD_STATE else int(self.random.integers(12))
            chords, chroma = song.frames.chords[first:last], song.frames.chroma[first:last]
            named = np.roll(chords[:, :-1].reshape(-1, 12, len(QUALITIES)), turn, axis=1).reshape(len(chords), -1)
            yield np.hstack([named, chords[:, -1:]]), np.roll(chroma.reshape(-1, 2, 12), turn, axis=2).reshape(len(chroma), 24)
            count -= last - first
