import numpy as np
import pytest

from hexachord.audio_analysis.rhythm.groove import beat_division, find_groove, find_swing, microtiming
from hexachord.knowledge import Beats, Events


def steady(count: int, *, bpm: float = 120.0, metre: int = 4) -> Beats:
    return Beats(time_s=1.0 + 60.0 / bpm * np.arange(count), position=np.arange(count) % metre + 1)


def played(beats: Beats, parts: tuple[float, ...], *, timing_s: float = 0.008, chance: float = 0.8, seed: int = 0) -> np.ndarray:
    """Onsets at parts of every beat, each played with some chance and not quite in time."""
    rng = np.random.default_rng(seed)
    gap = np.diff(beats.time_s).mean()
    times = beats.time_s[:-1, None] + gap * np.asarray(parts)
    times = times + timing_s * rng.standard_normal(times.shape)
    return np.sort(times[rng.random(times.shape) < chance])


@pytest.mark.parametrize("ratio", [1.0, 1.3, 1.5, 1.75, 2.0, 2.3])
@pytest.mark.parametrize("bpm", [80.0, 130.0, 190.0])
def test_swing_is_recovered(ratio: float, bpm: float) -> None:
    beats = steady(65, bpm=bpm)
    swing = find_swing(beats.time_s, played(beats, (0.0, ratio / (1 + ratio)), timing_s=0.006))
    assert swing.ratio == pytest.approx(ratio, rel=0.06)
    assert swing.pair_beats == 1.0
    assert swing.confidence > 0.5


def test_sixteenths_are_straight_and_thirds_are_no_swing() -> None:
    beats = steady(65)
    straight = find_swing(beats.time_s, played(beats, (0.0, 0.25, 0.5, 0.75)))
    assert straight.ratio == pytest.approx(1.0, abs=0.05)
    thirds = find_swing(beats.time_s, played(beats, (0.0, 1 / 3, 2 / 3)))
    assert thirds.is_ternary
    assert np.isnan(thirds.ratio)


def test_too_few_off_beats_tell_nothing() -> None:
    beats = steady(65)
    assert np.isnan(find_swing(beats.time_s, played(beats, (0.0,))).ratio)
    assert np.isnan(find_swing(beats.time_s, np.zeros(0)).ratio)


def test_beats_that_are_eighths_or_halves_still_show_swing() -> None:
    quarters = steady(65, bpm=140.0)
    onsets = played(quarters, (0.0, 2 / 3), timing_s=0.006)
    gap = np.diff(quarters.time_s).mean()
    eighths = np.sort(np.concatenate([quarters.time_s, quarters.time_s + gap * 2 / 3]))
    even = quarters.time_s[0] + 0.5 * gap * np.arange(128)
    for beat_s in (eighths, even):
        fast = find_swing(beat_s, onsets)
        assert fast.ratio == pytest.approx(2.0, rel=0.08)
        assert fast.pair_beats == 2.0
    slow = find_swing(steady(33, bpm=70.0).time_s, onsets)
    assert slow.ratio == pytest.approx(2.0, rel=0.08)
    assert slow.pair_beats == 0.5


def test_late_backbeats_and_early_off_beats_are_measured_in_the_bar() -> None:
    rng = np.random.default_rng(2)
    beats = steady(129)
    late = np.where(np.isin(beats.position, (2, 4)), 0.018, 0.0)
    on = beats.time_s + late + 0.004 * rng.standard_normal(129)
    off = beats.time_s[:-1] + 0.25 - 0.012 + 0.004 * rng.standard_normal(128)
    place, deviation_s, spread_s = microtiming(beats, np.sort(np.concatenate([on, off])))
    assert place == pytest.approx(np.arange(16) / 4)
    relative = deviation_s - deviation_s[0]
    assert relative[[4, 12]] == pytest.approx(0.018, abs=0.004)
    assert relative[8] == pytest.approx(0.0, abs=0.003)
    assert relative[[2, 6, 10, 14]] == pytest.approx(-0.012, abs=0.003)
    assert np.isnan(deviation_s[[1, 3, 5]]).all()
    assert spread_s[0] == pytest.approx(0.6745 * 0.004, abs=0.002)


def test_a_tracker_that_lags_everywhere_changes_nothing() -> None:
    beats = steady(65)
    onsets = played(beats, (0.0, 0.5))
    lagging = Beats(time_s=beats.time_s + 0.025, position=beats.position)
    one, other = (microtiming(each, onsets)[1] for each in (beats, lagging))
    np.testing.assert_allclose(one, other, atol=0.003)


def test_the_grid_follows_the_evidence() -> None:
    beats = steady(65)
    for parts, expected in (((0.0, 0.5), 4), ((0.0, 0.25, 0.75), 4), ((0.0, 2 / 3), 3), ((0.0, 1 / 3, 2 / 3), 3), ((0.0,), 4)):
        at = (played(beats, parts) - 1.0) / 0.5
        assert beat_division(at, np.ones(len(at)), period_s=0.5) == expected


def test_groove_gathers_it_and_needs_eight_beats() -> None:
    beats = steady(40, metre=3)
    groove = find_groove(beats, Events(time_s=played(beats, (0.0, 0.5))), beats_per_bar=3)
    assert groove is not None
    assert groove.tempo_bpm == pytest.approx(120.0)
    assert groove.stability == pytest.approx(0.0, abs=1e-6)
    assert groove.swing_ratio == pytest.approx(1.0, abs=0.05)
    assert len(groove.position_beats) == 12
    assert groove.engine
    few = Beats(time_s=beats.time_s[:7], position=beats.position[:7])
    assert find_groove(few, Events(time_s=beats.time_s)) is None


def test_a_tracker_that_trembles_does_not_make_a_machine_uneven() -> None:
    rng = np.random.default_rng(5)
    beats = steady(64)
    trembling = Beats(time_s=beats.time_s + 0.008 * rng.standard_normal(64), position=beats.position)
    machine = find_groove(trembling, Events(time_s=beats.time_s))
    person = find_groove(trembling, Events(time_s=np.sort(beats.time_s + 0.012 * rng.standard_normal(64))))
    assert machine is not None
    assert person is not None
    assert machine.stability < 0.008
    assert person.stability > 0.015


def test_unknown_places_are_counted_in_the_beat_and_silence_has_a_tempo_only() -> None:
    beats = Beats(time_s=0.5 * np.arange(20), position=np.zeros(20, dtype=np.int64))
    groove = find_groove(beats, Events(time_s=played(beats, (0.0, 0.5))))
    assert groove is not None
    assert groove.position_beats == pytest.approx([0.0, 0.25, 0.5, 0.75])
    silent = find_groove(beats, Events(time_s=np.zeros(0)))
    assert silent is not None
    assert np.isnan(silent.swing_ratio)
    assert np.isnan(silent.deviation_s).all()
