"""What is said of harmony is true, and of guesses nothing is said."""

import numpy as np

from hexachord.journeys.facts import check_sentence
from hexachord.journeys.harmony_sentences import tell_functions, tell_loop, tell_tuning
from hexachord.knowledge import Key, Knowledge, Segments, Tuning, report_text
from hexachord.knowledge.tables import knowledge_tables, label_tracks
from hexachord.theory.functions import describe_harmony


def _known(labels: str, *, key: str = "G", mode: str = "major", confidence: float = 0.9) -> Knowledge:
    names = tuple(labels.split())
    start = np.arange(len(names)) * 2.0
    chords = Segments(start_s=start, end_s=start + 2.0, label=names, confidence=np.full(len(names), confidence))
    found = Key(tonic=key, mode=mode, confidence=0.9)
    return Knowledge(duration_s=2.0 * len(names), key=found, chords=chords, harmony=describe_harmony(chords, key=found))


def test_a_loop_is_told_with_its_numerals():
    known = _known("G:maj D:maj E:min C:maj " * 5)
    (sentence,) = tell_loop(known)
    assert sentence.text == "The progression G – D – Em – C (I – V – vi – IV) comes 5 times, first at 0:00."
    assert check_sentence(sentence, known) == ()


def test_a_chord_from_elsewhere_is_explained():
    known = _known("G:maj E:7 A:min D:7 G:maj")
    (sentence,) = tell_functions(known)
    assert sentence.text == "E7 at 0:02 is not of G major: it is V7/ii, the dominant of ii."
    assert check_sentence(sentence, known) == ()
    borrowed = _known("G:maj C:min G:maj")
    (sentence,) = tell_functions(borrowed)
    assert sentence.text == "Cm at 0:02 is not of G major: it is iv, borrowed from the parallel key."
    assert check_sentence(sentence, borrowed) == ()


def test_of_doubtful_chords_nothing_is_said():
    assert list(tell_functions(_known("G:maj E:7 A:min D:7 G:maj", confidence=0.3))) == []
    assert list(tell_functions(_known("G:maj A:min D:7 G:maj"))) == []
    assert list(tell_functions(Knowledge(duration_s=1.0))) == []


def test_a_choir_that_sinks():
    curve = tuple((time, -time / 6.0) for time in (0.0, 60.0, 120.0))
    known = Knowledge(duration_s=120.0, tuning=Tuning(cents=-10.0, confidence=0.8, drift_cents_per_minute=-10.0, curve=curve))
    sentences = list(tell_tuning(known))
    assert sentences[1].text == "Its pitch sinks by 10 cents a minute."
    assert all(check_sentence(sentence, known) == () for sentence in sentences)
    assert "sinking by 10 cents a minute" in report_text(known)
    steady = Tuning(cents=-10.0, confidence=0.8, drift_cents_per_minute=-1.0, curve=curve)
    assert len(list(tell_tuning(Knowledge(duration_s=120.0, tuning=steady)))) == 1


def test_report_and_tables_show_numerals():
    known = _known("G:maj E:7 A:min N D:7 G:maj")
    assert "In the key" in report_text(known)
    assert "G major  I  V7/ii  ii  –  V7  I" in report_text(known)
    table = knowledge_tables(known)["harmony"]
    assert table.columns == ("start_s", "end_s", "label", "key", "numeral", "function", "role", "of")
    assert table.rows[1][2:] == ("E:7", "G major", "V7/ii", "dominant", "secondary", "ii")
    assert len(label_tracks(known)["harmony"].splitlines()) == 5
