"""Chords from notes."""

from pathlib import Path

import numpy as np
import pytest

from hexachord.metrics import chord as metric
from hexachord.rendering.pop909 import read_pop909
from hexachord.theory.note_chords import beat_harmony, chords_from_notes

CHORDS = {
    "C:maj": (48, 64, 67, 72),
    "A:min": (45, 60, 64, 69),
    "D:min7": (50, 60, 65, 69),
    "G:7": (43, 62, 65, 71),
    "F:maj/3": (45, 65, 72, 77),
}


def played(labels: list[str], *, beats: float = 2.0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    pitch = np.concatenate([CHORDS[label] for label in labels])
    onset = np.repeat(np.arange(len(labels)) * beats, 4)
    return onset, onset + beats, pitch


def test_chords_are_named_with_their_bass() -> None:
    labels = ["C:maj", "A:min", "D:min7", "G:7", "F:maj/3", "C:maj"]
    found = chords_from_notes(*played(labels), beats_s=np.arange(0.0, 12.0))
    assert found.label == tuple(labels)
    assert found.start_s.tolist() == [0.0, 2.0, 4.0, 6.0, 8.0, 10.0]


@pytest.mark.parametrize("shift", range(1, 12))
def test_transposing_moves_the_roots(shift: int) -> None:
    onset, end, pitch = played(["C:maj", "D:min7", "G:7", "C:maj"])
    roots = [
        metric.encode_chords([label]).roots[0] for label in chords_from_notes(onset, end, pitch + shift, beats_s=np.arange(0.0, 8.0)).label
    ]
    assert [(root - shift) % 12 for root in roots] == [0, 2, 7, 0]


def test_silence_is_no_chord() -> None:
    onset, end, pitch = played(["C:maj", "C:maj"])
    onset[4:] += 6.0
    end[4:] += 6.0
    found = chords_from_notes(onset, end, pitch, beats_s=np.arange(0.0, 10.0))
    assert found.label == ("C:maj", "N", "C:maj")
    assert len(chords_from_notes(np.zeros(0), np.zeros(0), np.zeros(0), beats_s=np.arange(4.0))) == 0


def test_a_passing_tone_is_no_bass() -> None:
    share, bass = beat_harmony(np.array([0.0, 0.0, 1.9]), np.array([2.0, 2.0, 2.0]), np.array([48, 64, 40]), borders=np.array([0.0, 2.0]))
    assert bass.tolist() == [0]
    assert share[0, 4] == pytest.approx(2.1 / 4.1)


def test_pop_songs_of_the_bench(data_dir: Path) -> None:
    scores = []
    for name in ("765", "780", "795"):
        piece = read_pop909(data_dir / "bench" / "pop909", name)
        rows = np.vstack([line.notes for line in piece.lines])
        beats = np.array([bar.start + at * bar.beat for bar in piece.bars or () for at in range(bar.felt)])
        found = chords_from_notes(rows[:, 0], rows[:, 0] + rows[:, 1], rows[:, 2], beats_s=beats)
        spans = [span for span in piece.chords or () if span.start >= 0]
        estimated = np.stack([found.start_s, found.end_s], axis=1)
        reference = np.array([(span.start, span.end) for span in spans])
        scores.append(metric.evaluate(reference, [span.label for span in spans], np.maximum(estimated, 0.0), list(found.label))["majmin"])
    assert np.mean(scores) > 0.75
