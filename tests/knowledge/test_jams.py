import copy
import json

import numpy as np
import pytest

from hexachord.knowledge import Beats, Knowledge, Metre
from hexachord.knowledge.jams import jams_chord, knowledge_to_jams, save_jams, validate_jams


def by_namespace(document, name):
    return [annotation for annotation in document["annotations"] if annotation["namespace"] == name]


def test_every_observation_finds_its_namespace(full_knowledge, tmp_path):
    path = save_jams(full_knowledge, tmp_path / "k.jams", title="X")
    document = json.loads(path.read_text())
    validate_jams(document)
    counts = {name: len(by_namespace(document, name)) for name in {a["namespace"] for a in document["annotations"]}}
    assert counts == {
        "tempo": 1,
        "beat": 2,
        "beat_position": 1,
        "onset": 1,
        "key_mode": 2,
        "chord": 2,
        "segment_open": 1,
        "pitch_contour": 1,
        "note_midi": 3,
        "tag_open": 1,
    }
    assert document["file_metadata"]["duration"] == 5.1
    assert document["sandbox"]["hexachord"]["tuning"] == {"cents": -7.25}


def test_values(full_knowledge):
    document = knowledge_to_jams(full_knowledge)
    tempo = by_namespace(document, "tempo")[0]["data"][0]
    assert tempo == {"time": 0.0, "duration": 5.1, "value": 119.97, "confidence": 0.7}
    chords = by_namespace(document, "chord")[0]["data"]
    assert [row["value"] for row in chords] == ["Bb:min", "Eb:min7/b3", "N"]
    assert chords[1]["time"] == 1.5
    assert chords[1]["duration"] == 1.5
    assert chords[1]["confidence"] is None
    assert by_namespace(document, "key_mode")[0]["data"][0]["value"] == "Bb:minor"
    assert by_namespace(document, "note_midi")[0]["data"][1]["value"] == 61.25
    contour = by_namespace(document, "pitch_contour")[0]["data"]
    assert contour[0]["value"] == {"index": 0, "frequency": 440.0, "voiced": True}
    assert contour[15]["value"]["voiced"] is False
    assert contour[20]["value"]["index"] == 1


def test_readings_and_drums(full_knowledge):
    document = knowledge_to_jams(full_knowledge)
    _, other = by_namespace(document, "beat")
    assert other["annotation_metadata"]["annotation_rules"] == "another reading (half): 60.0 beats a minute in 2/8"
    assert [row["value"] for row in other["data"]] == [1, 2, 1, 2, 1]
    drums = by_namespace(document, "note_midi")[2]
    assert [row["value"] for row in drums["data"]] == [36, 38, 42]
    assert drums["sandbox"]["velocity"] == [101.0, 64.5, 1.0]
    assert document["sandbox"]["hexachord"]["groove"]["stability"] == 0.031


def test_an_upbeat_is_bar_0():
    beats = Beats(time_s=np.arange(6) * 0.5, position=np.array([3, 1, 2, 3, 1, 2]))
    document = knowledge_to_jams(Knowledge(duration_s=3.0, beats=beats, metre=Metre(beats_per_bar=3)))
    rows = by_namespace(document, "beat_position")[0]["data"]
    assert [(row["value"]["measure"], row["value"]["position"]) for row in rows] == [(0, 3), (1, 1), (1, 2), (1, 3), (2, 1), (2, 2)]
    assert rows[1]["value"]["num_beats"] == 3


def test_beats_of_compound_time_stand_among_its_eighths():
    beats = Beats(time_s=np.arange(3) * 0.5, position=np.array([2, 1, 2]))
    metre = Metre(beats_per_bar=2, beat_type=8, beat_division=3)
    document = knowledge_to_jams(Knowledge(duration_s=3.0, beats=beats, metre=metre))
    validate_jams(document)
    values = [row["value"] for row in by_namespace(document, "beat_position")[0]["data"]]
    assert [(value["position"], value["num_beats"], value["beat_units"]) for value in values] == [(4, 6, 8), (1, 6, 8), (4, 6, 8)]


def test_beats_before_the_start_stay_legal():
    beats = Beats(time_s=np.array([-0.01, 0.5]), position=np.array([0, 0]))
    document = knowledge_to_jams(Knowledge(duration_s=1.0, beats=beats))
    validate_jams(document)
    assert by_namespace(document, "beat")[0]["data"][0]["time"] == 0.0


@pytest.mark.parametrize("label", ["N", "X", "C", "F#:min", "Bb:maj7/3", "D:sus4(b7,9)", "G:(1,5)", "E:9(*3)", "A:min/b7", "C##:hdim7"])
def test_legal_chords_pass_unchanged(label):
    assert jams_chord(label) == label


@pytest.mark.parametrize(("label", "nearest"), [("C:foo", "C"), ("F#:maj7(#99)", "F#"), ("", "X"), ("H:maj", "X"), ("C:maj\n", "C")])
def test_other_chords_become_legal(label, nearest):
    assert jams_chord(label) == nearest


def test_the_validator_can_fail(full_knowledge):
    document = knowledge_to_jams(full_knowledge)
    for change, words in [
        (lambda d: d["annotations"][0]["data"][0].update(confidence=None), r"annotations\[0\].data\[0\]"),
        (lambda d: d["annotations"][1]["data"][2].update(time=-1.0), r"annotations\[1\].data\[2\]"),
        (lambda d: d["annotations"][1].pop("annotation_metadata"), "annotation_metadata"),
        (lambda d: d["annotations"][1].update(namespace="colour"), "colour"),
        (lambda d: d["file_metadata"].pop("duration"), "duration"),
        (lambda d: d.update(annotations=None), "list of annotations"),
        (lambda d: by_namespace(d, "chord")[0]["data"][0].update(value="C:foo"), "C:foo"),
    ]:
        broken = copy.deepcopy(document)
        change(broken)
        with pytest.raises(ValueError, match=words):
            validate_jams(broken)


def test_how_notes_glide_and_swing_stands_beside_them(full_knowledge):
    melody, notes, _ = by_namespace(knowledge_to_jams(full_knowledge), "note_midi")
    assert melody["sandbox"]["vibrato_hz"] == [0.0, 5.5, 6.1]
    assert melody["sandbox"]["glide_semitones"] == [-1.5, 0.0, 0.25]
    assert "vibrato_hz" not in notes["sandbox"]
