"""Statistics of notes against muspy's."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from hexachord.theory import note_statistics as ours

CASES = json.loads((Path(__file__).parents[1] / "golden" / "score_statistics.json").read_text())["muspy"]


@pytest.mark.parametrize("case", CASES)
def test_as_muspy_has_them(case: dict) -> None:
    notes = np.array([row[:3] for row in case["notes"]])
    drum = np.array([row[3] for row in case["notes"]])
    pitched, strokes, quarter, bar = notes[~drum], notes[drum], case["quarter"], case["bar"]
    total = int(notes[:, 1].max())
    found = {
        "pitches_used": ours.pitches_used(pitched[:, 2]),
        "pitch_classes_used": ours.pitch_classes_used(pitched[:, 2]),
        "pitch_range": ours.pitch_range(pitched[:, 2]),
        "pitch_entropy": ours.pitch_entropy(pitched[:, 2]),
        "pitch_class_entropy": ours.pitch_class_entropy_of_piece(pitched[:, 2]),
        "pitch_in_scale_rate": ours.pitch_in_scale_rate(pitched[:, 2], tonic=2, mode="minor"),
        "scale_consistency": ours.scale_consistency(pitched[:, 2]),
        "polyphony": ours.polyphony(*pitched.T),
        "polyphony_rate": ours.polyphony_rate(*pitched.T, total=total),
        "polyphony_rate_0": ours.polyphony_rate(*pitched.T, more_than=0, total=total),
        "empty_beat_rate": ours.empty_span_rate(notes[:, 0], notes[:, 1], span=quarter),
        "empty_bar_rate": ours.empty_span_rate(notes[:, 0], notes[:, 1], span=bar),
        "groove_consistency": ours.groove_consistency(notes[:, 0], notes[:, 1], bar=bar),
        "drum_in_duple": ours.drum_in_pattern_rate(strokes[:, 0], quarter=quarter, metre="duple"),
        "drum_in_triple": ours.drum_in_pattern_rate(strokes[:, 0], quarter=quarter, metre="triple"),
        "drum_pattern_consistency": ours.drum_pattern_consistency(strokes[:, 0], quarter=quarter),
    }
    assert found.keys() == case["expected"].keys()
    for name, value in case["expected"].items():
        assert math.isnan(found[name]) if value is None else found[name] == pytest.approx(value, abs=1e-12), name


def test_of_nothing() -> None:
    none = np.zeros(0, dtype=np.int64)
    assert ours.pitch_range(none) == ours.pitches_used(none) == 0
    for value in (
        ours.pitch_entropy(none),
        ours.scale_consistency(none),
        ours.polyphony(none, none, none),
        ours.polyphony_rate(none, none, none),
        ours.empty_span_rate(none, none, span=4),
        ours.groove_consistency(none, none, bar=4),
        ours.drum_pattern_consistency(none, quarter=4),
    ):
        assert math.isnan(value)


def test_bad_arguments_are_named() -> None:
    with pytest.raises(ValueError, match="dorian"):
        ours.pitch_in_scale_rate(np.array([60]), tonic=0, mode="dorian")
    with pytest.raises(ValueError, match="quintuple"):
        ours.drum_in_pattern_rate(np.array([0]), quarter=4, metre="quintuple")
    with pytest.raises(ValueError, match="tick"):
        ours.empty_span_rate(np.array([0]), np.array([1]), span=0)
