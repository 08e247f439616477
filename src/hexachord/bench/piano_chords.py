"""Twelve chords on a recorded grand piano: is each named as its player names it?"""

import re
from pathlib import Path

import numpy as np

from hexachord.bench.datasets import Loaded, Recording, bench_folder
from hexachord.bench.loop import front_end
from hexachord.knowledge import Segments
from hexachord.metrics.chord import triads

_NAME = re.compile(r"_(?:major|minor_chords_-)_(?P<root>[A-G]#?)(?P<minor>m?)_")


class NamedChord(Recording):
    """A recording of one chord, which its file's name names."""

    @property
    def label(self) -> str:
        """The chord in Harte's syntax."""
        found = _NAME.search(self.paths[0].name)
        assert found is not None  # `load_piano_chords` takes no others
        return f"{found['root']}:{'min' if found['minor'] else 'maj'}"


def load_piano_chords(data: Path) -> Loaded[NamedChord]:
    """List the chords."""
    folder = bench_folder(data) / "piano_chords"
    found = tuple(NamedChord(id=path.stem, paths=(path,)) for path in sorted(folder.glob("*.flac")) if _NAME.search(path.name))
    return Loaded(found, () if found else ("piano_chords: no such sound",))


def hear_chord(item: NamedChord) -> Segments:
    """Name the chords of a recording as `hexachord analyze` does, without beats."""
    from hexachord.audio_analysis.harmony import estimate_chords

    front = front_end(item)
    chords: Segments = estimate_chords(front.note_chroma.treble, front.note_chroma.bass, hop_s=front.hop_s)
    return chords


def score_chord(item: NamedChord, chords: Segments) -> dict[str, float]:
    """Score 1 where root and triad of what was heard for longest are those of the chord."""
    if not len(chords):
        return {"piano_chords": 0.0}
    held: dict[str, float] = {}
    for label, length_s in zip(chords.label, np.asarray(chords.end_s) - np.asarray(chords.start_s), strict=True):
        if label != "N":
            held[label] = held.get(label, 0.0) + float(length_s)
    longest = max(held, key=lambda label: held[label], default="N")
    return {"piano_chords": float(triads([item.label], [longest])[0] == 1.0)}
