"""Faults of voice leading."""

import json
from pathlib import Path

import numpy as np
import pytest

from hexachord.theory.voice_leading import KINDS, REST, fault_rates, voice_leading_faults, voices_of_notes

GOOD = np.array([[72, 64, 55, 48], [71, 62, 55, 43], [72, 64, 55, 48]])


def kinds(rows: list[list[int]] | np.ndarray) -> list[str]:
    return [fault.kind for fault in voice_leading_faults(np.array(rows))]


def test_a_cadence_in_order_has_no_faults() -> None:
    assert kinds(GOOD) == []


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([[67, 64, 52, 48], [69, 65, 53, 50]], ["parallel fifths"]),  # soprano and bass, C-G to D-A
        ([[72, 64, 55, 48], [74, 65, 57, 50]], ["parallel octaves"]),
        ([[67, 64, 55, 48], [67, 64, 55, 48]], []),  # held: nothing moves
        ([[64, 60, 55, 48], [69, 60, 57, 50]], ["hidden fifths"]),
        ([[72, 64, 55, 48], [72, 55, 60, 48]], ["crossing"]),
        ([[67, 60, 55, 48], [67, 69, 60, 48]], ["crossing"]),
        ([[79, 64, 55, 48], [79, 65, 55, 48]], ["spacing"]),
        ([[60, 55, 50, 45], [69, 62, 52, 45]], ["overlap"]),
        ([[72, 64, 55, 48], [72, 64, 55, 36]], ["range"]),
        ([[72, 64, 55, 48], [72, 64, 55, 54]], ["leap"]),
        ([[72, REST, REST, 48], [76, REST, REST, 52]], ["parallel octaves"]),
    ],
)
def test_each_fault(rows: list[list[int]], expected: list[str]) -> None:
    found = kinds(rows)
    assert [kind for kind in found if kind in expected] == expected
    if not expected:
        assert found == []


def test_only_what_is_asked_for() -> None:
    rows = np.array([[67, 64, 55, 48], [69, 65, 57, 50]])
    assert voice_leading_faults(rows, kinds=("range",)) == ()
    with pytest.raises(ValueError, match="sevenths"):
        voice_leading_faults(rows, kinds=("parallel sevenths",))


def test_notes_become_moments() -> None:
    onset, end = np.array([0, 0, 4, 8]), np.array([4, 8, 8, 12])
    start, rows = voices_of_notes(onset, end, np.array([72, 60, 74, 76]), np.array([0, 1, 0, 0]))
    assert start.tolist() == [0, 4, 8]
    assert rows.tolist() == [[72, 60], [74, 60], [76, REST]]


def test_bach_has_few_and_noise_has_many(data_dir: Path) -> None:
    chorales = json.loads((data_dir / "train" / "jsb_chorales" / "jsb16th_separated.json").read_text())["valid"]
    rng = np.random.default_rng(0)
    bach, noise = [], []
    for chorale in chorales[:20]:
        rows = np.array(chorale)
        moves = np.append(True, (rows[1:] != rows[:-1]).any(axis=1))
        bach.append(fault_rates(rows))
        noise.append(fault_rates(rng.permutation(rows[moves])))
    for kind in KINDS:
        if kind not in ("range", "crossing", "spacing"):
            assert np.mean([rates[kind] for rates in bach]) < 0.5 * np.mean([rates[kind] for rates in noise]), kind
    assert np.mean([rates["parallel fifths"] for rates in bach]) < 1.0
