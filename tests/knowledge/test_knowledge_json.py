import json
from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from hexachord.errors import InputError
from hexachord.knowledge import Beats, Events, Knowledge, Metre
from hexachord.knowledge.checks import check_observation
from hexachord.knowledge.json_format import json_schema, knowledge_from_json, knowledge_to_json, load_knowledge, save_knowledge
from hexachord.knowledge.model import SCHEMA_VERSION


def same(a: object, b: object) -> bool:
    """Deep equality with NaN equal to itself."""
    if isinstance(a, np.ndarray):
        return isinstance(b, np.ndarray) and np.array_equal(a.astype(float), b.astype(float), equal_nan=True)
    if isinstance(a, float):
        return a == b or (a != a and b != b)
    if isinstance(a, (tuple, list)):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    if hasattr(a, "__dataclass_fields__"):
        return type(a) is type(b) and all(same(getattr(a, f.name), getattr(b, f.name)) for f in fields(a))
    return a == b


def test_everything_survives_to_the_last_bit(full_knowledge, tmp_path):
    assert all(getattr(full_knowledge, f.name) not in (None, (), {}) for f in fields(Knowledge) if f.name != "embedding")
    back = load_knowledge(save_knowledge(full_knowledge, tmp_path / "k.json"))
    assert same(full_knowledge, back)
    assert knowledge_to_json(back) == knowledge_to_json(full_knowledge)


def test_same_is_not_blind(full_knowledge):
    assert not same(full_knowledge, replace(full_knowledge, duration_s=np.nextafter(5.1, 6)))


@given(hnp.arrays(np.float64, st.integers(0, 20), elements=st.floats(0, 1e9)), st.floats(0, 1))
def test_any_times_survive(times, confidence):
    times = np.sort(times)
    events = Events(time_s=times, confidence=np.full(len(times), confidence))
    back = knowledge_from_json(knowledge_to_json(Knowledge(duration_s=1e9, onsets=events)))
    assert back.onsets is not None
    assert back.onsets.time_s.tobytes() == times.tobytes()


def test_the_document_is_strict_json(full_knowledge):
    def refuse(name):
        raise AssertionError(f"{name} is not JSON")

    document = json.loads(knowledge_to_json(full_knowledge), parse_constant=refuse)
    assert document["schema_version"] == SCHEMA_VERSION
    assert document["loudness"]["integrated_lufs"] == "-inf"
    assert document["chords"]["confidence"][1] is None


def broken(full_knowledge, *path_and_value):
    *path, value = path_and_value
    document = json.loads(knowledge_to_json(full_knowledge))
    at = document
    for name in path[:-1]:
        at = at[name]
    at[path[-1]] = value
    return json.dumps(document)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("chords", "label", 2, 7), ["chords.label[2]", "7", "a text"]),
        (("tempo", "hypotheses", 1, "bpm", "fast"), ["tempo.hypotheses[1].bpm", '"fast"', "a number"]),
        (("beats", "position", 3, 1.5), ["beats.position[3]", "1.5", "a whole number"]),
        (("beats", "time_s", 0, 1e9), ["at beats", "time_s[1]", "ascend"]),
        (("beats", "colour", "red"), ["beats.colour", "unknown field"]),
        (("beats", "time_s", [1.0]), ["at beats", "columns differ in length"]),
        (("chords", "end_s", 0, -1.0), ["at chords", "end_s[0]"]),
        (("metre", "alternatives", 0, [4]), ["metre.alternatives[0]", "a list of 2 values"]),
        (("descriptors", "spectral_centroid", "unit", None), ["descriptors.spectral_centroid.unit", "null"]),
        (("rhythm_readings", 1, "kind", "upside down"), ["at rhythm_readings[1]", "upside down", "half"]),
        (("rhythm_readings", 0, "bpm", 0.0), ["at rhythm_readings[0]", "not a tempo"]),
        (("rhythm_readings", 0, "beats", "position", 0, -1), ["at rhythm_readings[0].beats", "position[0]"]),
        (("rhythm_readings", 0, "beats_per_bar", 0), ["at rhythm_readings[0]", "0/4"]),
        (("groove", "tempo_bpm", 2, -1.0), ["at groove", "tempo_bpm[2]"]),
        (("groove", "swing_ratio", 0.0), ["at groove", "swing_ratio"]),
        (("groove", "spread_s", [1.0]), ["at groove", "columns differ in length"]),
        (("drums", "label", 1, "triangle"), ["at drums", "label[1]", "no drum"]),
        (("drums", "velocity", 2, 0.0), ["at drums", "velocity[2]", "[1, 127]"]),
        (("melody", "voicing", 4, 1.5), ["at melody", "voicing[4]", "outside [0, 1]"]),
        (("provenance", "parameters", "a", [1]), ["provenance.parameters.a", "a text, a number"]),
        (("chords", "second", ["N"]), ["at chords", "columns differ in length"]),
        (("chords", "second_confidence", 1, 1.5), ["at chords", "second_confidence[1]", "outside [0, 1]"]),
        (("melody_notes", "vibrato_hz", 1, -5.0), ["at melody_notes", "vibrato_hz[1]", "is negative"]),
        (("melody_notes", "glide_s", [0.1]), ["at melody_notes", "columns differ in length"]),
        (("schema_version", 8), ["schema version 8", "newer hexachord"]),
        (("schema_version", "1"), ["schema_version", '"1"']),
        (("duration_s", True), ["duration_s", "true"]),
        (("sentences", {}), ["sentences", "an object", "a list"]),
        (("format", "jams"), ["JSON of another kind"]),
    ],
)
def test_errors_name_the_place(full_knowledge, change, words):
    with pytest.raises(InputError) as caught:
        knowledge_from_json(broken(full_knowledge, *change), source="song.json")
    for word in ["song.json", *words]:
        assert word in str(caught.value)


@pytest.mark.parametrize("text", ["", "[", "[]", "null", '{"format": NaN}', "[" * 100_000, '"hexachord-knowledge"'])
def test_what_is_no_document_is_refused_in_words(text):
    with pytest.raises(InputError):
        knowledge_from_json(text)


def test_a_document_of_version_1_is_still_read(full_knowledge):
    document = json.loads(knowledge_to_json(full_knowledge))
    for name in ("rhythm_readings", "groove", "drums"):
        del document[name]
    old = knowledge_from_json(json.dumps({**document, "schema_version": 1}))
    assert same(old, replace(full_knowledge, rhythm_readings=(), groove=None, drums=None))


def test_a_document_of_version_2_knows_no_division(full_knowledge):
    document = json.loads(knowledge_to_json(full_knowledge))
    for part in (document["metre"], *document["rhythm_readings"]):
        del part["beat_division"]
    del document["metre"]["division_confidence"]
    old = knowledge_from_json(json.dumps({**document, "schema_version": 2}))
    assert old.metre is not None
    assert (old.metre.beat_division, old.metre.signature) == (0, "3/4")
    assert [reading.beat_division for reading in old.rhythm_readings] == [0] * len(full_knowledge.rhythm_readings)


def test_a_document_of_version_5_knows_no_second_choices_and_no_vibrato(full_knowledge):
    document = json.loads(knowledge_to_json(full_knowledge))
    for name in ("second", "second_confidence"):
        del document["chords"][name]
    for name in ("glide_semitones", "glide_s", "vibrato_hz", "vibrato_semitones"):
        del document["melody_notes"][name]
    old = knowledge_from_json(json.dumps({**document, "schema_version": 5}))
    assert old.chords is not None
    assert old.melody_notes is not None
    assert (old.chords.second, len(old.chords.second_confidence), old.chords.close.tolist()) == ((), 0, [False] * 3)
    assert old.chords.label == full_knowledge.chords.label
    assert not old.melody_notes.has_shapes


def test_bytes_that_are_no_text_are_refused():
    with pytest.raises(InputError, match="UTF-8"):
        knowledge_from_json(b"\xff\xfe\x00")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        load_knowledge(tmp_path / "none.json")


def test_a_missing_field_is_named(full_knowledge):
    document = json.loads(knowledge_to_json(full_knowledge))
    del document["key"]["mode"]
    with pytest.raises(InputError, match=r"key\.mode: found nothing"):
        knowledge_from_json(json.dumps(document))


def test_the_schema_knows_every_field():
    schema = json_schema()
    assert set(schema["properties"]) == {"format", "schema_version"} | {f.name for f in fields(Knowledge)}
    assert schema["$defs"]["Metre"]["properties"]["alternatives"]["items"]["prefixItems"][0] == {"type": "integer"}
    assert schema["$defs"]["Metre"]["required"] == ["beats_per_bar"]


def test_impossible_observations_are_caught():
    with pytest.raises(ValueError, match="metre"):
        check_observation(Metre(beats_per_bar=0))
    with pytest.raises(ValueError, match="beat_division is 4"):
        check_observation(Metre(beats_per_bar=2, beat_division=4))
    with pytest.raises(ValueError, match=r"position\[1\]"):
        check_observation(Beats(time_s=np.array([0.0, 1.0]), position=np.array([1, -1])))
