import numpy as np
import pytest

from hexachord.knowledge.jams import knowledge_to_jams, validate_jams
from hexachord.knowledge.json_format import knowledge_from_json, knowledge_to_json
from hexachord.knowledge.model import Knowledge, Segments
from hexachord.knowledge.report import report_text
from hexachord.knowledge.tables import knowledge_tables

SPANS = {"start_s": np.array([0.0, 2.0, 4.0, 6.0]), "end_s": np.array([2.0, 4.0, 6.0, 8.0]), "label": ("C:maj", "G:7", "A:min", "N")}
CHORDS = Segments(
    **SPANS,
    confidence=np.array([0.9, 0.4, 0.3, 1.0]),
    second=("C:maj7", "B:dim", "C:maj6/6", ""),
    second_confidence=np.array([0.05, 0.25, 0.35, np.nan]),
    engine="chords/test",
)
KNOWN = Knowledge(duration_s=8.0, chords=CHORDS)


def test_second_choices_survive_a_file():
    back = knowledge_from_json(knowledge_to_json(KNOWN)).chords
    assert back.second == CHORDS.second
    assert np.array_equal(back.second_confidence, CHORDS.second_confidence, equal_nan=True)
    assert back.close.tolist() == [False, False, True, False]  # .25 is less than two thirds of .4; .35 is more than .3 itself


def test_some_spans_keep_their_second_choices():
    some = CHORDS.taken([2, 0])
    assert some.second == ("C:maj6/6", "C:maj7")
    assert some.second_confidence.tolist() == [0.35, 0.05]


def test_unknown_confidence_is_no_close_call():
    chords = Segments(**SPANS, second=("C:maj7", "B:dim", "C:maj6", ""))
    assert np.isnan(chords.second_confidence).all()
    assert not chords.close.any()


def test_columns_must_fit():
    with pytest.raises(ValueError, match="differ in length"):
        Segments(**SPANS, second=("C:maj",))
    with pytest.raises(ValueError, match="differ in length"):
        Segments(**SPANS, second_confidence=np.array([0.5]))


def test_the_report_lists_close_calls_only():
    text = report_text(KNOWN)
    assert "Chords that may be others\n     0:04.0  A:min (30% sure)  or C:maj6/6 (35% sure)\n" in text
    assert "B:dim" not in text
    assert "may be others" not in report_text(Knowledge(duration_s=8.0, chords=Segments(**SPANS)))


def test_the_table_has_them_all():
    table = knowledge_tables(KNOWN)["chords"]
    assert table.columns == ("start_s", "end_s", "label", "confidence", "second", "second_confidence")
    assert [row[4] for row in table.rows] == list(CHORDS.second)


def test_jams_has_them_as_a_second_annotation():
    document = knowledge_to_jams(KNOWN)
    validate_jams(document)
    first, second = (one for one in document["annotations"] if one["namespace"] == "chord")
    assert [row["value"] for row in first["data"]] == list(CHORDS.label)
    assert [(row["time"], row["value"], row["confidence"]) for row in second["data"]] == [
        (0.0, "C:maj7", 0.05),
        (2.0, "B:dim", 0.25),
        (4.0, "C:maj6/6", 0.35),
    ]
    assert second["annotation_metadata"]["annotation_rules"] == "second choices"
