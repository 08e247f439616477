import numpy as np
import pytest

from hexachord.errors import InputError
from hexachord.knowledge.json_format import knowledge_from_json, knowledge_to_json
from hexachord.knowledge.model import Knowledge, Segments
from hexachord.knowledge.report import report_text
from hexachord.knowledge.tables import knowledge_tables

SPANS = {"start_s": np.array([0.0, 10.0, 30.0]), "end_s": np.array([10.0, 30.0, 40.0]), "label": ("A", "B", "silence")}
SERVED = {"function": ("intro", "chorus", ""), "function_confidence": np.array([0.4, 0.8, np.nan])}


def test_functions_survive_a_file():
    known = Knowledge(duration_s=40.0, sections=Segments(**SPANS, **SERVED))
    back = knowledge_from_json(knowledge_to_json(known)).sections
    assert back.function == ("intro", "chorus", "")
    assert np.array_equal(back.function_confidence, SERVED["function_confidence"], equal_nan=True)


def test_spans_without_functions_write_none():
    known = Knowledge(duration_s=40.0, chords=Segments(**SPANS))
    assert "function" not in knowledge_to_json(known)
    assert knowledge_from_json(knowledge_to_json(known)).chords.names == SPANS["label"]
    assert knowledge_tables(known)["chords"].columns == ("start_s", "end_s", "label", "confidence")


def test_only_likely_functions_are_named():
    sections = Segments(**SPANS, **SERVED)
    assert sections.names == ("A", "B (chorus)", "silence")
    assert sections.taken([1]).names == ("B (chorus)",)
    assert Segments(**SPANS).taken([0, 2]).names == ("A", "silence")


def test_report_and_table_say_them():
    known = Knowledge(duration_s=40.0, sections=Segments(**SPANS, **SERVED))
    assert "B        chorus (80% sure)" in report_text(known)
    assert knowledge_tables(known)["sections"].columns[-2:] == ("function", "function_confidence")


def test_columns_must_fit():
    with pytest.raises(ValueError, match="differ in length"):
        Segments(**SPANS, function=("intro",))
    with pytest.raises(ValueError, match="differ in length"):
        Segments(**SPANS, function_confidence=np.array([0.5]))
    bad = knowledge_to_json(Knowledge(duration_s=40.0, sections=Segments(**SPANS, **SERVED))).replace("0.8", "1.8")
    with pytest.raises(InputError, match="function_confidence"):
        knowledge_from_json(bad)
