"""Passages that come back at once are written once."""

from dataclasses import replace

import numpy as np
import pytest

from hexachord.score.model import Bar, KeyMark, MetreMark, Note, Part, Score, SectionMark, TempoMark
from hexachord.score.musicxml_write import write_musicxml
from hexachord.score.notes import note_array
from hexachord.score.unfold import unfold
from hexachord.transcription.notation.repeats import Repeat, find_repeats, with_repeat_signs

Q = 480


def page(bars: list[int]) -> Score:
    """A page whose bars are numbered tunes: equal numbers, equal bars."""
    notes, lines = list[Note](), list[Bar]()
    for place, number in enumerate(bars):
        random = np.random.default_rng(number)
        lines.append(Bar(place * 4 * Q, 4 * Q, str(place + 1)))
        notes += [Note(place * 4 * Q + index * Q, Q, int(pitch)) for index, pitch in enumerate(random.integers(50, 80, 4))]
    lines[-1] = lines[-1]._replace(barline="light-heavy")
    return Score(
        parts=(Part(notes=tuple(notes)),),
        ticks_per_quarter=Q,
        bars=tuple(lines),
        metres=(MetreMark(0, 4, 4),),
        tempos=(TempoMark(0, 100.0),),
    )


@pytest.mark.parametrize(
    ("bars", "repeats"),
    [
        ([1, 2, 3, 4, 1, 2, 3, 4, 5, 6], [Repeat(0, 4, 2)]),
        ([9, 1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4], [Repeat(1, 4, 3)]),
        ([1, 2, 3, 4, 5, 6, 7, 8], []),
        ([1, 2, 3, 4, 9, 1, 2, 3, 4], []),  # not at once
        ([1, 2, 1, 2, 5, 6], []),  # too short to be worth a sign
        ([1, 2, 3, 4, 1, 2, 3, 4, 5, 6, 7, 8, 5, 6, 7, 8], [Repeat(0, 4, 2), Repeat(8, 4, 2)]),
    ],
)
def test_repeats_are_found_where_they_are(bars: list[int], repeats: list[Repeat]) -> None:
    assert list(find_repeats(page(bars))) == repeats


def test_a_folded_page_plays_what_was_there() -> None:
    score = page([9, 1, 2, 3, 4, 1, 2, 3, 4, 5])
    folded = with_repeat_signs(score)
    assert len(folded.bars) == 6
    assert [bar.number for bar in folded.bars] == ["1", "2", "3", "4", "5", "6"]
    played, before = note_array(unfold(folded).score), note_array(score)
    assert np.array_equal(played["pitch"], before["pitch"])
    assert np.allclose(played["onset_quarter"], before["onset_quarter"])
    assert write_musicxml(folded).count("<repeat ") == 2


def test_a_slip_in_the_second_time_does_not_hide_a_repeat_and_another_bar_does() -> None:
    score = page([1, 2, 3, 4, 1, 2, 3, 4])
    notes = list(score.parts[0].notes)
    notes[18] = notes[18]._replace(pitch=notes[18].pitch + 1)
    assert find_repeats(replace(score, parts=(replace(score.parts[0], notes=tuple(notes)),)))
    assert not find_repeats(page([1, 2, 3, 4, 1, 2, 7, 4]))


def test_a_page_without_repeats_stays_itself() -> None:
    score = page([1, 2, 3])
    assert with_repeat_signs(score) is score


def test_what_changed_in_the_second_time_holds_afterwards() -> None:
    score = page([1, 2, 3, 4, 1, 2, 3, 4, 5])
    second = 6 * 4 * Q
    score = replace(
        score,
        keys=(KeyMark(0, 0, "major"), KeyMark(second, -3, "minor")),
        sections=(SectionMark(0, "A", 8 * 4 * Q), SectionMark(8 * 4 * Q, "B", 9 * 4 * Q)),
    )
    folded = with_repeat_signs(score)
    assert folded.keys == (KeyMark(0, 0, "major"), KeyMark(4 * 4 * Q, -3, "minor"))
    assert folded.sections == (SectionMark(0, "A", 4 * 4 * Q), SectionMark(4 * 4 * Q, "B", 5 * 4 * Q))
