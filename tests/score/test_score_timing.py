import numpy as np
import pytest

from hexachord.score.model import Bar, MetreMark, Note, Part, Score, Spelling, TempoMark
from hexachord.score.notes import merge_ties, note_array
from hexachord.score.timing import bars_from_metres, bars_of, beat_duration, metre_at, tempo_map

QUARTER = 480


def test_tempo_map_is_exact_at_its_corners_and_inverts() -> None:
    clock = tempo_map((TempoMark(0, 60.0), TempoMark(4 * QUARTER, 120.0)), ticks_per_quarter=QUARTER)
    np.testing.assert_allclose(clock.seconds(np.array([0, 480, 1920, 2400])), [0.0, 1.0, 4.0, 4.5])
    ticks = np.arange(-480, 5000, 7)
    np.testing.assert_allclose(clock.ticks(clock.seconds(ticks)), ticks, atol=1e-9)


def test_before_the_first_mark_the_tempo_is_120() -> None:
    clock = tempo_map((TempoMark(2 * QUARTER, 60.0),), ticks_per_quarter=QUARTER)
    assert clock.seconds(2 * QUARTER) == pytest.approx(1.0)
    assert clock.seconds(3 * QUARTER) == pytest.approx(2.0)


def test_of_two_marks_on_one_tick_the_last_counts() -> None:
    clock = tempo_map((TempoMark(0, 60.0), TempoMark(0, 240.0)), ticks_per_quarter=QUARTER)
    assert clock.seconds(QUARTER) == pytest.approx(0.25)


def test_a_tempo_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="positive"):
        tempo_map((TempoMark(0, 0.0),), ticks_per_quarter=QUARTER)


def test_bars_follow_the_metres_and_a_change_cuts() -> None:
    bars = bars_from_metres((MetreMark(0, 3, 4), MetreMark(4 * QUARTER, 6, 8)), ticks_per_quarter=QUARTER, end_tick=7 * QUARTER)
    assert [(bar.tick // QUARTER, bar.duration // QUARTER) for bar in bars] == [(0, 3), (3, 1), (4, 3)]


def test_written_bars_win_and_silence_means_common_time() -> None:
    pickup = (Bar(0, QUARTER, "0"),)
    assert bars_of(Score(bars=pickup)) == pickup
    assert metre_at(Score(), 99) == MetreMark(0, 4, 4)
    assert bars_of(Score(ticks_per_quarter=QUARTER))[0].duration == 4 * QUARTER


@pytest.mark.parametrize(("beats", "beat_type", "quarters"), [(4, 4, 1), (6, 8, 1.5), (3, 8, 0.5), (2, 2, 2), (12, 8, 1.5), (5, 8, 0.5)])
def test_the_felt_beat_of_a_metre(beats: int, beat_type: int, quarters: float) -> None:
    assert beat_duration(MetreMark(0, beats, beat_type), ticks_per_quarter=QUARTER) == quarters * QUARTER


def test_note_array_joins_ties_and_knows_both_clocks() -> None:
    notes = (
        Note(0, QUARTER, 60, tied_to_next=True),
        Note(QUARTER, QUARTER, 60, tied_to_previous=True, tied_to_next=True),
        Note(2 * QUARTER, QUARTER, 60, tied_to_previous=True),
        Note(2 * QUARTER, QUARTER, 55, velocity=100),
    )
    array = note_array(Score(ticks_per_quarter=QUARTER, parts=(Part(notes=notes),), tempos=(TempoMark(0, 60.0),)))
    assert array["pitch"].tolist() == [60, 55]
    assert array["duration_s"].tolist() == [3.0, 1.0]
    assert array["onset_quarter"].tolist() == [0.0, 2.0]
    assert array["velocity"].tolist() == [80, 100]


def test_a_tie_without_partner_is_a_note_and_voices_keep_their_own() -> None:
    lone = (Note(0, 10, 60, tied_to_next=True), Note(20, 10, 60, tied_to_previous=True))
    assert [note.duration for note in merge_ties(lone)] == [10, 10]
    two_voices = (
        Note(0, 10, 60, voice=1, tied_to_next=True),
        Note(0, 10, 60, voice=2, tied_to_next=True),
        Note(10, 5, 60, voice=2, tied_to_previous=True),
        Note(10, 9, 60, voice=1, tied_to_previous=True),
    )
    assert [(note.voice, note.duration) for note in merge_ties(two_voices)] == [(1, 19), (2, 15)]


def test_the_marks_of_every_tied_head_are_kept_once() -> None:
    heads = (
        Note(0, 10, 60, tied_to_next=True, marks=("slur-start", "accent")),
        Note(10, 10, 60, tied_to_previous=True, marks=("slur-stop", "accent")),
    )
    assert merge_ties(heads)[0].marks == ("slur-start", "accent", "slur-stop")


def test_a_metre_shorter_than_a_tick_still_goes_forward() -> None:
    assert len(bars_from_metres((MetreMark(0, 1, 128),), ticks_per_quarter=4, end_tick=3)) == 3


def test_percussion_can_be_left_out_and_an_empty_score_is_empty() -> None:
    drums = Score(parts=(Part(is_percussion=True, notes=(Note(0, 1, 38),)),))
    assert len(note_array(drums)) == 1
    assert len(note_array(drums, percussion=False)) == 0
    assert len(note_array(Score())) == 0


@pytest.mark.parametrize(("name", "pitch"), [(("C", 0, 4), 60), (("B", 1, 3), 60), (("A", 0, 4), 69), (("F", -2, -1), 3)])
def test_spelling_sounds_where_it_should(name: tuple[str, int, int], pitch: int) -> None:
    assert Spelling(*name).pitch == pitch
