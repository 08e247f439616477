"""Songs as a chord network sees them: chroma frame by frame, and what sounds in each frame as numbers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from songs import Song

from hexachord.arrays import Float32Array, FloatArray, IntArray
from hexachord.audio_analysis.harmony.chord_model import to_model_hop
from hexachord.audio_analysis.harmony.vocabulary import IGNORED, NONE, encode
from hexachord.bench.billboard import load_song
from hexachord.dsp.frontend import FrontEnd
from hexachord.rendering.split import Side, load_split


@dataclass(frozen=True, kw_only=True, eq=False)
class ChordFrames:
    """A song: `chroma` (frames, 24), bass and treble from C, as they came; `code` (frames,) the place of each frame's chord in `labels`,
    -1 where nobody knows."""

    id: str
    chroma: Float32Array
    hop_s: float
    code: IntArray
    labels: tuple[str, ...]
    weight: float = 1.0

    @property
    def table(self) -> tuple[IntArray, IntArray, IntArray, IntArray]:
        """Root, bass, quality (labels,) and tones (labels, 12) of each label."""
        codes = [encode(label) for label in self.labels]
        root, bass, quality = (np.array([code[part] for code in codes]) for part in range(3))
        return root, bass, quality, np.stack([code.tones for code in codes])


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
        yield ChordFrames(id=f"billboard/{song.id}", chroma=np.hstack([song.bass, song.treble]), hop_s=song.hop_s, code=code, labels=names)


def rendered_frames(song: Song) -> ChordFrames | None:
    """Hear a rendered song through our own chroma; None where its chords are not known. Drums alone are no chord."""
    chords = song.take.truth.chords
    is_pitched = not all(track.is_percussion for track in song.take.tracks)
    if (chords is None and is_pitched) or not np.any(song.signal):
        return None
    front = FrontEnd(song.signal)
    chroma, hop_s, shift_s = to_model_hop(np.hstack([front.note_chroma.bass, front.note_chroma.treble]), hop_s=front.hop_s)
    if chords is None or not is_pitched:
        code, names = np.zeros(len(chroma), dtype=np.int64), ("N",)
    else:
        code, names = on_frames(chords.start_s, chords.end_s, chords.label, frames=len(chroma), hop_s=hop_s, first_s=shift_s)
    return ChordFrames(id=f"{song.kind}/{song.take.id}", chroma=np.asarray(chroma, dtype=np.float32), hop_s=hop_s, code=code, labels=names)


__all__ = ["IGNORED", "NONE", "ChordFrames", "billboard_frames", "on_frames", "rendered_frames"]
