"""Small tools on scores: sorting, ticks, transposition, spelling, bars."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hexachord.score.edit import shifted, spelled_in_key, transposed, with_bars, with_sorted_notes, with_ticks_per_quarter
from hexachord.score.model import Bar, ChordSymbol, Grace, KeyMark, MetreMark, Note, Part, Score, SectionMark, Spelling

SCORE = Score(
    parts=(
        Part(notes=(Note(0, 240, 60, spelling=Spelling("C", 0, 4)), Note(240, 240, 66))),
        Part(notes=(Note(0, 480, 38),), is_percussion=True),
    ),
    ticks_per_quarter=480,
    keys=(KeyMark(0, 0, "major"),),
    chords=(ChordSymbol(0, "C:maj/5", 480), ChordSymbol(480, "N")),
)


def test_notes_sort_by_time_and_graces_keep_their_order() -> None:
    graces = (Note(10, 0, 70, grace=Grace.ACCIACCATURA), Note(10, 0, 65, grace=Grace.ACCIACCATURA))
    part = with_sorted_notes(Score(parts=(Part(notes=(Note(10, 5, 60), *graces, Note(0, 5, 72))),))).parts[0]
    assert [note.pitch for note in part.notes] == [72, 70, 65, 60]


def test_ticks_change_exactly_or_not_at_all() -> None:
    finer = with_ticks_per_quarter(SCORE, 10080)
    assert finer.parts[0].notes[1].onset == 5040
    assert finer.chords[0].end == 10080
    assert with_ticks_per_quarter(finer, 480) == SCORE
    with pytest.raises(ValueError, match="no whole tick"):
        with_ticks_per_quarter(SCORE, 7)


def test_transposition_moves_names_keys_and_chords_but_not_drums() -> None:
    up = transposed(SCORE, semitones=3)
    assert str(up.parts[0].notes[0].spelling) == "Eb4"
    assert up.keys[0].fifths == -3
    assert [symbol.label for symbol in up.chords] == ["Eb:maj/5", "N"]
    assert up.parts[1] == SCORE.parts[1]
    assert transposed(up, semitones=-3) == SCORE
    with pytest.raises(ValueError, match="MIDI range"):
        transposed(SCORE, semitones=80)


@given(st.integers(0, 127), st.integers(-7, 7))
def test_spelling_in_a_key_sounds_the_same(pitch: int, fifths: int) -> None:
    spelling = spelled_in_key(pitch, KeyMark(0, fifths))
    assert spelling.pitch == pitch
    assert abs(spelling.alter) <= 2


def test_bars_reach_as_far_as_the_music() -> None:
    score = Score(
        parts=(Part(notes=(Note(0, 9, 60),)),), ticks_per_quarter=1, metres=(MetreMark(0, 4, 4), MetreMark(4, 3, 4)), bars=(Bar(0, 4, "1"),)
    )
    assert with_bars(score).bars == (Bar(0, 4, "1"), Bar(4, 3, "2"), Bar(7, 3, "3"))
    assert with_bars(Score(sections=(SectionMark(50, "end"),), ticks_per_quarter=4)).bars[-1].end >= 50
    with pytest.raises(ValueError, match="gap or overlap"):
        with_bars(Score(bars=(Bar(0, 4), Bar(5, 4))))


def test_shifting_stops_at_zero() -> None:
    assert [note.onset for note in shifted(SCORE, -240).parts[0].notes] == [0, 0]
