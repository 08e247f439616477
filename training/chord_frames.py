"""Songs as the networks of harmony see them: chroma frame by frame, what sounds in each frame as numbers, and the key."""

import argparse
import pickle
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
from songs import TONAL_KINDS, Song, looked_at

from hexachord.arrays import Float32Array, FloatArray, IntArray
from hexachord.audio_analysis.harmony.chroma_frames import to_model_hop
from hexachord.audio_analysis.harmony.vocabulary import IGNORED, NONE, QUALITIES, encode
from hexachord.bench.billboard import BillboardSong, load_song
from hexachord.dsp.frontend import FrontEnd
from hexachord.files import atomic_path
from hexachord.knowledge import Segments
from hexachord.rendering.split import Side, load_split
from hexachord.theory.chord_labels import parse_pitch_class
from hexachord.theory.keys import key_number

NO_CHORD_STATE = 12 * len(QUALITIES)


class KeySpan(NamedTuple):
    """A key along the way; `tonic` and `mode` as in `ChordFrames`."""

    start_s: float
    end_s: float
    tonic: int
    mode: int


@dataclass(frozen=True, kw_only=True, eq=False)
class ChordFrames:
    """A song.

    Attributes
    ----------
    id : ``billboard/0003``, ``pop/train-pop-6000002``
    chroma : (frames, 24), bass and treble from C, as they came
    hop_s : from one frame to the next
    code : (frames,) the place of each frame's chord in `labels`, -1 where nobody knows
    labels : Harte labels, each once
    weight : how often it is drawn
    origin : the piece it was made of, ``pop909/001``
    tonic : pitch class, `IGNORED` where nobody knows
    mode : 0 major, 1 minor, `IGNORED` where nobody knows
    keys : the keys along the way, where they are known
    """

    id: str
    chroma: Float32Array
    hop_s: float
    code: IntArray
    labels: tuple[str, ...]
    weight: float = 1.0
    origin: str = ""
    tonic: int = IGNORED
    mode: int = IGNORED
    keys: tuple[KeySpan, ...] = ()

    @property
    def table(self) -> tuple[IntArray, IntArray, IntArray, IntArray]:
        """Root, bass, quality (labels,) and tones (labels, 12) of each label."""
        codes = [encode(label) for label in self.labels]
        root, bass, quality = (np.array([code[part] for code in codes], dtype=np.int64) for part in range(3))
        return root, bass, quality, np.array([code.tones for code in codes], dtype=np.int64).reshape(-1, 12)

    @property
    def state(self) -> IntArray:
        """(frames,) root times quality, `NO_CHORD_STATE` for none, `IGNORED` where nobody knows."""
        if not self.labels:
            return np.full(len(self.code), IGNORED)
        root, _, quality, _ = (part[np.maximum(self.code, 0)] for part in self.table)
        named = np.where(quality == IGNORED, IGNORED, root * len(QUALITIES) + quality)
        return np.where((self.code < 0) | (root == IGNORED), IGNORED, np.where(root == NONE, NO_CHORD_STATE, named))

    @property
    def has_chords(self) -> bool:
        """Whether any frame's chord is known."""
        return bool((self.code >= 0).any())


def on_frames(
    start_s: FloatArray, end_s: FloatArray, labels: Sequence[str], *, frames: int, hop_s: float, first_s: float
) -> tuple[IntArray, tuple[str, ...]]:
    """Say of each frame which of the (distinct) labels holds there."""
    names = tuple(dict.fromkeys(labels))
    index = {name: place for place, name in enumerate(names)}
    time_s = first_s + hop_s * np.arange(frames)
    at = np.searchsorted(start_s, time_s, side="right") - 1
    known = (at >= 0) & (time_s < np.asarray(end_s)[np.maximum(at, 0)])
    return np.where(known, np.array([index[label] for label in labels])[np.maximum(at, 0)], -1), names


def billboard_frames(data: Path, *, side: Side) -> Iterator[ChordFrames]:
    """Read the songs of ``DATA/train/billboard`` on one side of the split, in order of number."""
    split = load_split()
    for folder in sorted(path for path in (data / "train" / "billboard").iterdir() if path.is_dir()):
        if split.side(f"billboard/{folder.name}") != side:
            continue
        song = load_song(folder)
        code, names = on_frames(
            song.chord_s[:, 0], song.chord_s[:, 1], song.chord_labels, frames=len(song.treble), hop_s=song.hop_s, first_s=song.start_s
        )
        yield ChordFrames(
            id=f"billboard/{song.id}",
            chroma=np.hstack([song.bass, song.treble]),
            hop_s=song.hop_s,
            code=code,
            labels=names,
            origin=f"billboard/{song.id}",
            tonic=parse_pitch_class(song.tonics[0]) if song.tonics else IGNORED,
            mode=key_number(song.key) // 12 if song.key else IGNORED,
            keys=billboard_keys(song),
        )


def billboard_keys(song: BillboardSong) -> tuple[KeySpan, ...]:
    """Say which tonic holds where, and its mode by the thirds of the chords on it there, as `BillboardSong.key` has it for the first."""
    spans = []
    for tonic, start_s, end_s in zip(song.tonics, song.tonic_s, (*song.tonic_s[1:], song.duration_s), strict=True):
        inside = (song.chord_s[:, 0] >= start_s - 0.1) & (song.chord_s[:, 0] < end_s - 0.1)
        labels = tuple(label for label, here in zip(song.chord_labels, inside, strict=True) if here)
        key = replace(song, chord_s=song.chord_s[inside], chord_labels=labels, tonics=(tonic,)).key
        if end_s > start_s:
            spans.append(KeySpan(start_s, end_s, parse_pitch_class(tonic), IGNORED if key is None else key_number(key) // 12))
    return tuple(spans)


def rendered_frames(song: Song) -> ChordFrames | None:
    """Hear a rendered song through our own chroma; None where neither its chords nor its key are known. Drums alone are no chord."""
    truth = song.take.truth
    is_pitched = not all(track.is_percussion for track in song.take.tracks)
    if (truth.chords is None and truth.key is None and is_pitched) or not np.any(song.signal):
        return None
    front = FrontEnd(song.signal)
    chroma, hop_s, shift_s = to_model_hop(np.hstack([front.note_chroma.bass, front.note_chroma.treble]), hop_s=front.hop_s)
    code, names = np.full(len(chroma), IGNORED), tuple[str, ...]()
    if not is_pitched:
        code, names = np.zeros(len(chroma), dtype=np.int64), ("N",)
    elif truth.chords is not None:
        chords = truth.chords
        code, names = on_frames(chords.start_s, chords.end_s, chords.label, frames=len(chroma), hop_s=hop_s, first_s=shift_s)
    number = None if truth.key is None or not is_pitched else key_number(truth.key.name)
    return ChordFrames(
        id=f"{song.kind}/{song.take.id}",
        chroma=np.asarray(chroma, dtype=np.float32),
        hop_s=hop_s,
        code=code,
        labels=names,
        origin=song.take.origins[0] if song.take.origins else "",
        tonic=IGNORED if number is None else number % 12,
        mode=IGNORED if number is None else number // 12,
        keys=() if number is None or truth.local_keys is None else key_spans(truth.local_keys),
    )


def key_spans(keys: Segments) -> tuple[KeySpan, ...]:
    """Read keys along the way."""
    numbers = [key_number(label) for label in keys.label]
    return tuple(
        KeySpan(float(start), float(end), number % 12, number // 12)
        for start, end, number in zip(keys.start_s, keys.end_s, numbers, strict=True)
    )


def heard_renders(options: argparse.Namespace, *, side: Side, count: int) -> list[ChordFrames]:
    """Render songs of one side, or recall what was heard of them from ``options.work``; the trainers of chords and of keys share them."""
    kept = Path(options.work) / f"heard_{side}_{options.seed}_{count}.pickle"
    if kept.exists():
        return list(pickle.loads(kept.read_bytes()))
    found = [song for song in looked_at(rendered_frames, options, count=count, side=side, kinds=TONAL_KINDS, singers=True) if song]
    kept.parent.mkdir(parents=True, exist_ok=True)
    with atomic_path(kept) as temporary:
        temporary.write_bytes(pickle.dumps(found))
    return found


__all__ = ["IGNORED", "NONE", "NO_CHORD_STATE", "ChordFrames", "billboard_frames", "heard_renders", "on_frames", "rendered_frames"]
