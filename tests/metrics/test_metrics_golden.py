"""Every metric against mir_eval 0.8 on generated cases (tests/golden/make_metrics.py)."""

import json
from pathlib import Path

import numpy as np
import pytest

from hexachord.metrics import beat, chord, key, melody, onset, segment, tempo, transcription
from hexachord.theory.chord_labels import parse_chord

GOLDEN = json.loads((Path(__file__).parents[1] / "golden" / "metrics.json").read_text())
TOLERANCE = 1e-10


def _array(values, shape=(-1,)):
    return np.array(values, dtype=float).reshape(shape)


def _pairs(values):
    return _array(values, (-1, 2))


def _check(found, expected):
    for name, value in expected.items():
        assert found[name] == pytest.approx(value, abs=TOLERANCE, rel=TOLERANCE), name


@pytest.mark.parametrize("case", GOLDEN["beats"], ids=lambda case: case["kind"])
def test_beats_and_onsets(case):
    reference, estimated = _array(case["reference"]), _array(case["estimated"])
    onsets = onset.evaluate(reference, estimated)
    found = {**beat.evaluate(reference, estimated), "onset_f": onsets["f"], "onset_precision": onsets["precision"]}
    _check(found, case["expected"])


def test_tempo_p_score():
    for case in GOLDEN["tempi"]:
        p, one, both = tempo.p_score(tuple(case["reference"]), case["weight"], case["estimated"])
        _check({"p": p, "one": one, "both": both}, case["expected"])


def test_key_weighted_score():
    for reference, estimated, expected in GOLDEN["keys"]:
        assert key.weighted_score(reference, estimated) == expected, (reference, estimated)


def test_chord_labels_encode_alike():
    for label, (root, plain, folded, bass) in GOLDEN["labels"].items():
        chord_ = parse_chord(label)
        bits = ["".join(str(max(int(bit), 0)) for bit in chord_.bitmap(fold=fold)) for fold in (False, True)]
        assert (chord_.root, bits[0], bits[1], chord_.bass) == (root, plain, folded, bass), label


@pytest.mark.parametrize("number", range(len(GOLDEN["chords"])))
def test_chords(number):
    case = GOLDEN["chords"][number]
    found = chord.evaluate(_pairs(case["reference"]), case["reference_labels"], _pairs(case["estimated"]), case["estimated_labels"])
    _check(found, case["expected"])


@pytest.mark.parametrize("number", range(len(GOLDEN["sections"])))
def test_sections(number):
    case = GOLDEN["sections"][number]
    reference, estimated = _pairs(case["reference"]), _pairs(case["estimated"])
    found = segment.evaluate(reference, case["reference_labels"], estimated, case["estimated_labels"])
    _check(found, case["expected"])


@pytest.mark.parametrize("number", range(len(GOLDEN["melodies"])))
def test_melody(number):
    case = GOLDEN["melodies"][number]
    voicing = None if case["voicing"] is None else _array(case["voicing"])
    (reference_s, reference_hz), (estimated_s, estimated_hz) = map(_array, case["reference"]), map(_array, case["estimated"])
    _check(melody.evaluate(reference_s, reference_hz, estimated_s, estimated_hz, estimated_voicing=voicing), case["expected"])


@pytest.mark.parametrize("number", range(len(GOLDEN["notes"])))
def test_notes(number):
    case = GOLDEN["notes"][number]
    reference, pitch, velocity = _pairs(case["reference"][0]), _array(case["reference"][1]), _array(case["reference"][2])
    estimated, e_pitch, e_velocity = _pairs(case["estimated"][0]), _array(case["estimated"][1]), _array(case["estimated"][2])
    found = transcription.evaluate(reference, pitch, estimated, e_pitch)
    found["onset_only_f"] = transcription.onset_f(reference, estimated).f
    found["velocity_f"] = transcription.velocity_f(reference, pitch, velocity, estimated, e_pitch, e_velocity).f
    _check(found, case["expected"])
