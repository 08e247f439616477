"""The built-in scores are the music they claim to be, and the notation they are written in rejects mistakes."""

import numpy as np
import pytest

from hexachord.errors import InputError
from hexachord.score.builtin import BUILTIN_NAMES, builtin_score, parse_notation
from hexachord.score.model import NoteValue, Score
from hexachord.score.notes import note_array

QUARTER = 10080
BAR = QUARTER * 3 // 2


def hand(score: Score, staff: int, first: int, last: int) -> list[int]:
    """Pitches of a staff in bars first..last, counted from 1."""
    notes = note_array(score)
    inside = (notes["staff"] == staff) & (notes["onset_tick"] >= (first - 1) * BAR) & (notes["onset_tick"] < last * BAR)
    return [int(pitch) for pitch in notes["pitch"][inside]]


@pytest.mark.parametrize("name", BUILTIN_NAMES)
def test_bars_are_full_and_parts_end_together(name: str) -> None:
    score = builtin_score(name)
    assert score.bars[-1].end == score.end_tick
    assert all(len({note.pitch for note in part.notes}) > 3 for part in score.parts)
    for part in score.parts:
        for note in part.notes:
            assert note.spelling is None or part.is_percussion or note.spelling.pitch == note.pitch


def test_unknown_name_lists_the_known() -> None:
    with pytest.raises(InputError, match="bach-invention-4"):
        builtin_score("bach-invention-5")


def test_invention_has_its_subject_its_imitations_and_its_cadences() -> None:
    score = builtin_score("bach-invention-4")
    assert len(score.bars) == 52
    subject = hand(score, 1, 1, 2)
    assert subject == [62, 64, 65, 67, 69, 70, 61, 70, 69, 67, 65, 64]
    for staff, bar, shift in ((2, 3, -12), (1, 5, 12), (1, 44, 12), (2, 46, -12)):
        assert hand(score, staff, bar, bar + 1) == [pitch + shift for pitch in subject]
    # The sequence of bars 7-10 falls by a step of the scale, two bars each.
    first, second = (hand(score, 1, bar, bar + 1) for bar in (7, 9))
    assert set(np.subtract(first, second)) <= {1, 2}
    for bar, root in ((18, 5), (38, 9), (52, 2)):
        assert hand(score, 2, bar, bar)[0] % 12 == root
        assert hand(score, 1, bar, bar)[0] % 12 == root
    assert (min(hand(score, 2, 1, 52)), max(hand(score, 1, 1, 52))) == (36, 82)


def test_invention_is_consonant_on_its_downbeats() -> None:
    score = builtin_score("bach-invention-4")
    consonant = 0
    for bar in range(3, 53):
        sounding = [
            note.pitch for note in score.parts[0].notes if note.onset <= (bar - 1) * BAR < note.end
        ]  # both hands, held notes included
        consonant += len(sounding) < 2 or (max(sounding) - min(sounding)) % 12 in (0, 3, 4, 5, 7, 8, 9)
    assert consonant >= 42  # passing sevenths and appoggiaturas are part of the style


def test_scale_goes_up_and_down() -> None:
    notes = note_array(builtin_score("scale"))
    right = notes["pitch"][notes["staff"] == 1]
    assert list(right) == [*right[:15], *right[:14][::-1]]
    assert list(np.diff(right[:8])) == [2, 2, 1, 2, 2, 2, 1]


def test_song_has_words_chords_sections_and_a_rhythm_section() -> None:
    score = builtin_score("six-small-notes")
    assert [section.label for section in score.sections] == ["intro", "verse", "chorus", "outro"]
    assert [part.is_percussion for part in score.parts] == [False, False, False, True]
    assert sum(bool(note.lyrics) for note in score.parts[0].notes) > 50
    assert {note.pitch for note in score.parts[3].notes} >= {36, 38, 42, 49}
    hook = [note.pitch for note in score.parts[0].notes if note.onset >= 12 * 4 * QUARTER][:7]
    assert sorted(set(hook)) == [67, 69, 71, 72, 74, 76]  # the hexachord


def test_notation_reads_its_signs() -> None:
    text = """
    metre: 2/4
    part: Piano, staves 2
    staff 1
    8t c4 e4 g4 4 <c4 e4>{accent} | 8. c#5~ 16 c#5 [r]*4 |
    staff 2
    2 bb2 | bb2 |
    """
    part = parse_notation(text).parts[0]
    assert [note.duration for note in part.notes if note.staff == 1][:3] == [QUARTER // 3] * 3
    assert part.notes[0].value == NoteValue("eighth", 0, 3, 2)
    accented = [note for note in part.notes if "accent" in note.marks]
    assert [note.pitch for note in accented] == [60]  # once a chord
    tied = [note for note in part.notes if note.pitch == 73]
    assert [(note.tied_to_next, note.tied_to_previous) for note in tied] == [(True, False), (False, True)]
    assert {note.voice for note in part.notes} == {1, 5}


@pytest.mark.parametrize(
    ("line", "message"),
    [("4 c4 c4 c4 |", "bar of 3 quarters"), ("4 h4", "'h4'"), ("4 c4\n lyrics: la la", "'la'"), ("mood: sad", "mood"), ("4 bd", "'bd'")],
)
def test_notation_names_the_line_of_a_mistake(line: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        parse_notation(f"part: Flute\nstaff 1\n{line}")
