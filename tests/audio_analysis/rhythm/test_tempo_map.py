import numpy as np
import pytest

from hexachord.audio_analysis.rhythm.tempo_map import tempo_map_score
from hexachord.knowledge import Beats, Metre
from hexachord.score.midi import read_midi, write_midi
from hexachord.score.model import Score
from hexachord.score.notes import note_array
from hexachord.score.timing import bars_of, tempo_map_of

FOUR = Metre(beats_per_bar=4)


def human_beats(count: int, *, start_s: float, bpm: float = 120.0, first: int = 1, metre: int = 4, seed: int = 0) -> Beats:
    rng = np.random.default_rng(seed)
    gaps = 60.0 / bpm * np.exp(0.05 * rng.standard_normal(count) + 0.3 * np.sin(np.arange(count) / 20))
    return Beats(time_s=start_s + np.cumsum(gaps) - gaps[0], position=(np.arange(count) + first - 1) % metre + 1)


def click_times(score: Score) -> np.ndarray:
    return np.asarray(tempo_map_of(score).seconds(np.array([note.onset for note in score.parts[0].notes])))


@pytest.mark.parametrize("start_s", [0.0, 0.013, 0.4, 3.21])
@pytest.mark.parametrize(("beat_type", "compound"), [(4, False), (8, False), (2, False), (8, True)])
def test_beats_fall_where_they_were_through_a_midi_file(start_s: float, beat_type: int, compound: bool) -> None:
    beats = human_beats(800, start_s=start_s)
    score = tempo_map_score(beats, Metre(beats_per_bar=4, beat_type=beat_type, beat_division=3 if compound else 2), clicks=True)
    back = read_midi(write_midi(score).data)
    for played in (score, back):
        assert np.abs(click_times(played) - beats.time_s).max() < 5e-6  # ten minutes, and microseconds do not add up
    assert len(note_array(back)) == 800


def test_bars_begin_on_downbeats_and_metres_change() -> None:
    position = np.array([3, 4, 1, 2, 3, 4, 1, 2, 3, 1, 2, 3, 1, 2, 3, 4, 1])
    beats = Beats(time_s=2.0 + 0.5 * np.arange(len(position)), position=position)
    score = tempo_map_score(beats, FOUR, clicks=True)
    at_s = tempo_map_of(score).seconds(np.array([bar.tick for bar in bars_of(score)]))
    assert set(beats.downbeats_s.tolist()) <= set(at_s.round(6).tolist())
    assert [(mark.beats, mark.beat_type) for mark in score.metres] == [(4, 4), (2, 4), (4, 4), (3, 4), (4, 4), (3, 4)]
    assert [note.pitch for note in score.parts[0].notes] == [76 if place == 1 else 77 for place in position]


def test_six_eight_is_two_dotted_quarters() -> None:
    beats = human_beats(9, start_s=0.0, metre=2)
    score = tempo_map_score(beats, Metre(beats_per_bar=2, beat_type=8, beat_division=3))
    assert [(mark.tick, mark.beats, mark.beat_type) for mark in score.metres] == [(0, 6, 8)]
    assert tempo_map_of(score).seconds(1.5 * score.ticks_per_quarter * np.arange(9)) == pytest.approx(beats.time_s, abs=1e-5)


def test_a_steady_beat_needs_one_mark_and_tolerance_saves_marks() -> None:
    steady = Beats(time_s=0.5 * np.arange(40), position=np.arange(40) % 4 + 1)
    assert len(tempo_map_score(steady, FOUR).tempos) == 1
    beats = human_beats(200, start_s=1.0)
    exact = tempo_map_score(beats, FOUR)
    near = tempo_map_score(beats, FOUR, clicks=True, tolerance_s=0.02)
    assert len(near.tempos) < len(exact.tempos) / 2
    assert np.abs(click_times(near) - beats.time_s).max() <= 0.02 + 1e-6


def test_unknown_positions_count_from_the_first_beat() -> None:
    beats = Beats(time_s=0.5 * np.arange(8), position=np.zeros(8, dtype=np.int64))
    score = tempo_map_score(beats, Metre(beats_per_bar=3))
    assert [(mark.tick, mark.beats) for mark in score.metres] == [(0, 3)]


@pytest.mark.parametrize("time_s", [[], [1.0], [1.0, 1.0], [2.0, 1.0], [-1.0, 1.0]])
def test_no_map_without_ascending_beats(time_s: list[float]) -> None:
    beats = Beats(time_s=np.array(time_s), position=np.ones(len(time_s), dtype=np.int64))
    with pytest.raises(ValueError, match="two beats"):
        tempo_map_score(beats, FOUR)
