"""MusDr's metrics against MusDr, and what must hold of them."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hexachord.theory.musdr import chord_irregularity, grid_cells, grooving_similarity, pitch_class_entropy
from hexachord.theory.structure_indicators import moment_chroma, structure_indicators

CASES = json.loads((Path(__file__).parents[1] / "golden" / "score_statistics.json").read_text())["musdr"]


@pytest.mark.parametrize("case", CASES)
def test_as_musdr_has_them(case: dict) -> None:
    cells, pitch, positions = np.array(case["cells"]), np.array(case["pitch"]), case["positions"]
    for bars in (1, 4):
        found = pitch_class_entropy(pitch, cells // positions, bars=bars)
        # Its windows over empty bars at the end hold fewer notes; ours end with the last note.
        if cells.max() // positions == case["bars"] - 1:
            assert found == pytest.approx(case["expected"][f"h{bars}"], abs=1e-12)
    if "gs" in case["expected"]:
        found = grooving_similarity(cells, positions=positions, bars=case["bars"])
        assert found == pytest.approx(case["expected"]["gs"], abs=1e-12)
    assert chord_irregularity(case["chords"][:-1]) == pytest.approx(case["cpi_but_last"])


def test_most_golden_cases_test_the_entropy() -> None:
    assert sum(max(case["cells"]) // case["positions"] == case["bars"] - 1 for case in CASES) >= 4


def test_similarity_of_all_pairs() -> None:
    rng = np.random.default_rng(1)
    pattern = rng.random((12, 16)) < 0.4
    cells = np.flatnonzero(pattern)
    pairs = [1 - (pattern[a] != pattern[b]).mean() for a in range(12) for b in range(a)]
    assert grooving_similarity(cells, bars=12) == pytest.approx(np.mean(pairs))


def test_the_grid_matters() -> None:
    onset = np.random.default_rng(2).uniform(0, 80, 200)
    lines = np.arange(0, 84, 4.0)
    coarse, fine = (grooving_similarity(grid_cells(onset, lines, positions=count), positions=count) for count in (16, 64))
    assert fine > coarse + 0.1


@given(st.lists(st.integers(0, 127), min_size=1, max_size=40), st.integers(-11, 11))
def test_transposing_changes_no_entropy(pitches: list[int], shift: int) -> None:
    pitch, bar = np.array(pitches), np.arange(len(pitches)) // 3
    assert pitch_class_entropy(pitch, bar, bars=2) == pytest.approx(pitch_class_entropy(pitch + shift, bar, bars=2))


def test_nothing_in_nothing_out() -> None:
    none = np.zeros(0, dtype=np.int64)
    assert np.isnan(pitch_class_entropy(none, none, bars=1))
    assert np.isnan(grooving_similarity(none))
    assert np.isnan(structure_indicators(none, none, none).short)
    assert np.isnan(grooving_similarity(np.array([0, 4])))
    assert chord_irregularity([]) == 1.0
    with pytest.raises(ValueError, match="bar lines"):
        grid_cells(np.zeros(1), np.array([0.0, 0.0]))


def test_repetition_is_structure() -> None:
    rng = np.random.default_rng(3)
    phrase = rng.integers(60, 72, (1, 16))
    start = np.arange(96) * 0.5
    again = structure_indicators(start, start + 0.5, np.tile(phrase, 6).ravel())
    never = structure_indicators(start, start + 0.5, rng.integers(60, 72, 96))
    assert again.short > never.short + 0.2
    assert again.mid > 0.6
    assert never.long < 0.4


def test_moments_are_of_one_length() -> None:
    chroma = moment_chroma(np.array([0.0, 5.0]), np.array([1.0, 6.0]), np.array([60, 67]))
    assert chroma.shape == (6, 12)
    np.testing.assert_allclose(np.linalg.norm(chroma, axis=1), 1.0)
    assert chroma[0].argmax() == 0
    assert chroma[3] == pytest.approx(np.full(12, 12**-0.5))
