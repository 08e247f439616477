"""Counting the same beats another way."""

import numpy as np
import pytest

from hexachord.audio_analysis.rhythm.rereading import (
    NoSuchReading,
    ReadingChoice,
    RhythmEdit,
    begun_at,
    choice_of,
    counted_in,
    divided,
    find_reading,
    multiplied,
    reread,
    shifted,
)
from hexachord.knowledge import Beats, RhythmReading
from hexachord.knowledge.checks import check_observation


def beats(*position: int, gap_s: float = 0.5, start_s: float = 0.2) -> Beats:
    return Beats(time_s=start_s + gap_s * np.arange(len(position)), position=np.array(position))


def reading(beats: Beats, bpm: float = 120.0, count: int = 4, **more: object) -> RhythmReading:
    return RhythmReading(bpm=bpm, beats_per_bar=count, beats=beats, confidence=0.5, **more)


FOUR = beats(*[1, 2, 3, 4] * 4)
PICKUP = beats(3, 4, *[1, 2, 3, 4] * 3)


def test_twice_the_tempo_keeps_every_beat_and_every_downbeat():
    twice = multiplied(PICKUP, 2, beats_per_bar=4)
    assert twice.time_s[::2].tolist() == PICKUP.time_s.tolist()
    assert set(PICKUP.downbeats_s) <= set(twice.downbeats_s)
    assert twice.position[:6].tolist() == [1, 2, 3, 4, 1, 2]


def test_half_the_tempo_keeps_the_downbeats():
    half = divided(PICKUP, 2, beats_per_bar=4)
    assert half.position.tolist() == [4, 1, 2, 3, 4, 1, 2]
    assert half.downbeats_s[0] == PICKUP.downbeats_s[0]
    assert np.allclose(np.diff(half.time_s), 1.0)


@pytest.mark.parametrize("factor", [2, 3])
@pytest.mark.parametrize("count", [2, 3, 4, 5])
def test_there_and_back_is_where_it_was(count, factor):
    before = counted_in(beats(*[0] * 23), count)
    back = divided(multiplied(before, factor, beats_per_bar=count), factor, beats_per_bar=count)
    assert back.time_s.tolist() == before.time_s.tolist()
    assert back.position.tolist() == before.position.tolist()


def test_half_of_a_waltz_spans_two_bars():
    half = divided(beats(*[1, 2, 3] * 4), 2, beats_per_bar=3)
    assert half.position.tolist() == [1, 2, 3, 1, 2, 3]


def test_where_the_tracker_lost_count_the_new_count_begins_too():
    lost = beats(1, 2, 3, 4, 1, 2, 3, 1, 2, 3, 4, 1, 2, 3, 4)
    half = divided(lost, 2, beats_per_bar=2)
    assert lost.time_s[7] in half.downbeats_s
    assert np.diff(half.time_s).min() >= 1.0 - 1e-9
    check_observation(half)


def test_a_metre_is_counted_from_the_first_downbeat_and_back():
    assert counted_in(PICKUP, 3).position.tolist() == [2, 3, *[1, 2, 3] * 4]
    assert counted_in(beats(0, 0, 0, 0), 3).position.tolist() == [1, 2, 3, 1]


def test_a_bar_begins_where_it_is_said_to():
    moved = begun_at(FOUR, FOUR.time_s[6] + 0.1, beats_per_bar=4)
    assert moved.position.tolist() == [3, 4, 1, 2] * 4
    assert begun_at(beats(0, 0, 0), 0.7, beats_per_bar=4).position.tolist() == [4, 1, 2]


def test_shifting_back_and_forth():
    assert shifted(shifted(FOUR, 3, beats_per_bar=4), -3, beats_per_bar=4).position.tolist() == FOUR.position.tolist()
    half = shifted(FOUR, 1.5, beats_per_bar=4)
    assert np.allclose(half.time_s, FOUR.time_s[:-1] + 0.25)
    assert half.position[:5].tolist() == [4, 1, 2, 3, 4]


@pytest.mark.parametrize("few", [beats(), beats(1), beats(0, 0)])
def test_few_beats_are_no_accident(few):
    for edit in (RhythmEdit(tempo="double"), RhythmEdit(tempo="half"), RhythmEdit(beats_per_bar=3), RhythmEdit(downbeat_s=1.0)):
        check_observation(reread([reading(few)], [edit]).beats)


def test_edits_follow_one_another_and_the_answer_is_the_users():
    told = reread([reading(PICKUP)], [RhythmEdit(tempo="half"), RhythmEdit(beats_per_bar=3, beat_type=8), RhythmEdit(shift_beats=1)])
    assert (told.bpm, told.beats_per_bar, told.beat_type, told.confidence, told.engine) == (60.0, 3, 8, 1.0, "user")
    assert told.beats.engine == "user"
    assert told.beats.confidence.tolist() == [1.0] * len(told.beats)


def test_a_list_of_times_keeps_the_bars_that_were_there():
    exact = Beats(time_s=PICKUP.time_s + 0.03, position=np.zeros(len(PICKUP), dtype=int))
    told = reread([reading(PICKUP)], [RhythmEdit(beats=exact)])
    assert told.beats.position.tolist() == PICKUP.position.tolist()
    assert told.beats.time_s.tolist() == exact.time_s.tolist()
    assert told.bpm == pytest.approx(120.0)


def test_a_list_with_positions_brings_its_own_bars():
    told = reread([reading(FOUR)], [RhythmEdit(beats=beats(1, 2, 3, 1, 2, 3, gap_s=0.4))])
    assert told.beats_per_bar == 3
    assert told.bpm == pytest.approx(150.0)


def test_a_reading_is_found_by_what_it_says():
    late = reading(shifted(FOUR, 2, beats_per_bar=4), kind="phase")
    slow = reading(divided(FOUR, 2, beats_per_bar=4), bpm=60.0, kind="half")
    heard = [reading(FOUR), late, slow]
    for one in heard:
        assert find_reading(list(reversed(heard)), choice_of(one)) is one
    assert reread(heard, [RhythmEdit(tempo="double"), RhythmEdit(reading=choice_of(slow))]).bpm == 60.0
    with pytest.raises(NoSuchReading, match=r"90\.0"):
        find_reading(heard, ReadingChoice(bpm=90.0, beats_per_bar=4))


@pytest.mark.parametrize(
    "said", [{}, {"tempo": "half", "shift_beats": 1.0}, {"tempo": "faster"}, {"beats_per_bar": 0}, {"shift_beats": 0.3}]
)
def test_a_correction_says_one_possible_thing(said):
    with pytest.raises(ValueError, match=r"says one thing|not one of|not possible|half beats"):
        RhythmEdit(**said)


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (RhythmEdit(tempo="third"), "a third of the tempo"),
        (RhythmEdit(tempo="three-halves"), "one and a half times the tempo"),
        (RhythmEdit(beats_per_bar=6, beat_type=8), "bars of 6/8"),
        (RhythmEdit(beats_per_bar=2, beat_type=8, beat_division=3), "bars of 6/8"),
        (RhythmEdit(shift_beats=-2), "bars begin 2 beats earlier"),
        (RhythmEdit(beats=FOUR), "the beats are a list of 16"),
        (RhythmEdit(reading=ReadingChoice(bpm=90, beats_per_bar=3)), "the reading at 90.0 beats a minute, 3 in a bar"),
    ],
)
def test_corrections_in_words(edit, words):
    assert edit.words() == words


def test_three_beats_for_two_and_two_for_three():
    faster = reread([reading(FOUR)], [RhythmEdit(tempo="three-halves")])
    assert faster.bpm == pytest.approx(180.0)
    assert np.diff(faster.beats.time_s) == pytest.approx(1 / 3)
    assert faster.beats.position[:5].tolist() == [1, 2, 3, 4, 1]
    back = reread([faster], [RhythmEdit(tempo="two-thirds")])
    assert back.bpm == pytest.approx(120.0)
    assert back.beats.time_s == pytest.approx(FOUR.time_s[: len(back.beats)])


@pytest.mark.parametrize(
    ("heard", "tempo", "signature", "division"),
    [
        ((2, 4, 0), "third", "6/8", 3),  # what was heard as beats are eighths
        ((2, 8, 3), "triple", "2/4", 0),
        ((3, 4, 2), "half", "3/4", 2),
        ((2, 8, 3), "double", "2/4", 0),
        ((2, 8, 3), "three-halves", "2/4", 2),
        ((4, 4, 2), "two-thirds", "12/8", 3),
        ((4, 4, 0), "two-thirds", "4/4", 0),
    ],
)
def test_what_is_known_of_the_division_follows_the_tempo(heard, tempo, signature, division):
    count, kind, parts = heard
    first = reading(FOUR, count=count, beat_type=kind, beat_division=parts)
    told = reread([first], [RhythmEdit(tempo=tempo)])
    assert (told.signature, told.beat_division) == (signature, division)


def test_bars_of_a_signature_bring_its_division():
    first = reading(FOUR, beat_type=8, beat_division=3)
    told = reread([first], [RhythmEdit(beats_per_bar=3, beat_type=4, beat_division=2)])
    assert told.signature == "3/4"
    assert reread([first], [RhythmEdit(beats_per_bar=3)]).signature == "9/8"
