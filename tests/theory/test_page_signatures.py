"""Where a page changes its key signature."""

import numpy as np
import pytest

from hexachord.theory.keys import KEY_NAMES, key_fifths
from hexachord.theory.page_signatures import (
    FEWEST_BARS,
    LINE,
    SIDES,
    VIEWS,
    find_signatures,
    lasting_path,
    likeliest_path,
    signature_evidence,
    steps_between,
)

CHORDS = {"I": (48, 64, 67, 72), "ii": (50, 65, 69, 74), "IV": (53, 65, 69, 72), "V": (43, 62, 67, 71), "V7": (43, 62, 65, 71)}
PHRASE = ("I", "IV", "V7", "I", "ii", "V7", "I", "I")


def music(*sections: tuple[int, int]) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Sections of some bars, of chords broken into quarters and so many semitones above C major; a section ends with a rest."""
    rows, bar = list[tuple[float, float, int]](), 0
    for bars, shift in sections:
        for place in range(bars):
            last = place == bars - 1
            chord = CHORDS["I" if last else PHRASE[place % len(PHRASE)]]
            rows += [(bar + 0.25 * k, bar + (0.75 if last else 0.25 * k + 0.25), pitch + shift) for k, pitch in enumerate(chord)]
            bar += 1
    onset, end, pitch = np.array(sorted(rows)).T
    return onset * 2.0, np.maximum(end, onset + 0.1) * 2.0, pitch.astype(int), np.arange(bar + 1) * 2.0


@pytest.mark.parametrize("shift", [-4, -1, 2, 5])
def test_a_section_far_away_has_its_own_signature(shift: int) -> None:
    home = key_fifths(*KEY_NAMES[shift % 12].split())
    found = find_signatures(*music((24, shift), (24, shift + 3), (24, shift)), page=(home, "major"))
    assert found[0][1:] == found[2][1:] == (home, "major")
    assert [(bar, fifths * 7 % 12) for bar, fifths, _ in found] == [(0, shift % 12), (24, (shift + 3) % 12), (48, shift % 12)]
    assert all(-6 <= fifths <= 6 for _, fifths, _ in found)


def test_a_passing_modulation_keeps_the_signature() -> None:
    assert find_signatures(*music((16, 0), (4, 7), (16, 0)), page=(0, "major")) == ((0, 0, "major"),)


def test_a_page_in_one_key_is_written_in_the_key_that_is_known() -> None:
    assert find_signatures(*music((24, 0)), page=(1, "minor")) == ((0, 1, "minor"),)


def test_changes_between_keys_of_which_none_is_that_of_the_page_are_not_believed() -> None:
    assert find_signatures(*music((24, 0), (24, 3), (24, 0)), page=(6, "major")) == ((0, 6, "major"),)


def test_short_and_empty_pages_have_one_signature() -> None:
    nothing = np.zeros(0)
    assert find_signatures(nothing, nothing, np.zeros(0, dtype=int), np.arange(20.0), page=(2, "major")) == ((0, 2, "major"),)
    onset, end, pitch, bars = music((3, 0), (3, 6))
    assert find_signatures(onset, end, pitch, bars, page=(2, "major")) == ((0, 2, "major"),)


def test_evidence_moves_with_the_music() -> None:
    random = np.random.default_rng(0)
    onset = np.sort(random.uniform(0, 20, 120))
    pitch, lines = random.integers(36, 80, 120), np.arange(0.0, 22.0, 2.0)
    weights = {"bars": (12, VIEWS), "last": (12, SIDES), "first": (12, SIDES), "moves": (12,), "lines": (LINE,)}
    tables = {name: random.normal(size=shape) for name, shape in weights.items()}
    before, after = (signature_evidence(onset, onset + 0.5, pitch + shift, lines) for shift in (0, 5))
    assert before.view.shape == (10, 12, VIEWS)
    assert before.line.shape == (10, LINE)
    np.testing.assert_allclose(before.line, after.line, atol=1e-9)
    page = random.random(12)
    (path, scores), (moved, others) = (
        likeliest_path(found, page=np.roll(page, shift), **tables) for found, shift in ((before, 0), (after, 5))
    )
    np.testing.assert_allclose(others, np.roll(scores, 5, axis=1), atol=1e-9)
    np.testing.assert_array_equal(moved, (path + 5) % 12)


def test_the_path_is_the_best_of_those_that_last() -> None:
    random = np.random.default_rng(3)
    bars = 2 * FEWEST_BARS + 1
    scores, leave, enter = (random.normal(size=(bars, 12)) * 2.0 for _ in range(3))
    moves = steps_between(random.normal(size=12))

    def worth(path: np.ndarray) -> float:
        total = float(scores[np.arange(bars), path].sum())
        for bar in np.flatnonzero(np.diff(path)) + 1:
            total += leave[bar - 1, path[bar - 1]] + enter[bar, path[bar]] + moves[path[bar - 1], path[bar]]
        return total

    allowed = [np.full(bars, one) for one in range(12)] + [
        np.where(np.arange(bars) < start, one, other)
        for start in range(FEWEST_BARS, bars - FEWEST_BARS + 1)
        for one in range(12)
        for other in range(12)
    ]
    best = max(allowed, key=worth)
    np.testing.assert_array_equal(lasting_path(scores, leave=leave, enter=enter, moves=moves), best)
