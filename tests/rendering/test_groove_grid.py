"""Drummers' takes on their grid."""

from pathlib import Path

import numpy as np
import pytest

from hexachord.composition.drums.groove_network import DRUMS
from hexachord.rendering.groove_grid import as_written, read_take, take_of
from hexachord.rendering.music import Line, Piece, even_bars


def piece(notes: list[tuple[float, int, int]]) -> Piece:
    rows = np.array([(onset, 0.1, key, velocity) for onset, key, velocity in notes], dtype=np.float64)
    return Piece(origins=("groove/x",), lines=(Line(role="drums", notes=rows, name="drums"),), bars=even_bars(2, 4, 4), quarter_bpm=100.0)


def test_a_stroke_is_at_the_nearest_sixteenth_and_of_two_the_louder_counts() -> None:
    take = take_of(piece([(0.02, 36, 90), (0.98, 38, 30), (1.02, 38, 100), (4.3, 42, 60), (4.0, 56, 60)]), row_id="drummer1/1", bpm=100.0)
    assert take.hits.shape == (32, len(DRUMS))
    assert np.argwhere(take.hits).tolist() == [[0, 0], [4, 1], [17, 2]]
    assert take.velocity[4, 1] == 100
    np.testing.assert_allclose(take.offset[take.hits], [0.08, 0.08, 0.2], atol=1e-6)
    assert (take.left_out, take.drummer, take.step_ms) == (1, "drummer1", 150.0)


def test_triplets_are_written_where_they_fit() -> None:
    swung = np.array([0.01, 0.66, 1.0, 1.68, 2.01, 2.65])
    np.testing.assert_allclose(as_written(swung, bpm=140.0) * 3, [0, 2, 3, 5, 6, 8], atol=1e-9)
    straight = np.array([0.02, 0.27, 0.49, 0.76])
    np.testing.assert_allclose(as_written(straight, bpm=140.0) * 4, [0, 1, 2, 3], atol=1e-9)
    fast = np.arange(8) / 8 + 0.004
    np.testing.assert_allclose(as_written(fast, bpm=60.0) * 8, np.arange(8), atol=1e-9)
    assert len(as_written(np.zeros(0), bpm=60.0)) == 0


def test_a_take_of_the_corpus(data_dir: Path) -> None:
    take = read_take(data_dir / "train" / "groove", "drummer1/session1/1")
    assert take.hits.sum() > 500
    assert take.style == "funk"
    assert np.abs(take.offset[take.hits]).mean() < 0.15
    assert take.lag == pytest.approx(-20.3 / take.step_ms, abs=0.1 / take.step_ms)
