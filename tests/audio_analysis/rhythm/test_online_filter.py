"""The chances of bars, tempi and no pulse, carried along frame by frame, and the decision to say a beat."""

import numpy as np
import pytest

from hexachord.audio_analysis.rhythm.online_announcer import Announcement, Announcer
from hexachord.audio_analysis.rhythm.online_filter import BarFilter

HOP_S = 0.02


def activations(beat_s: np.ndarray, downbeat_s: np.ndarray, *, duration_s: float, high: float = 0.8) -> np.ndarray:
    found = np.full((round(duration_s / HOP_S), 2), 0.01)
    found[np.rint(beat_s / HOP_S).astype(int), 0] = high
    found[np.rint(downbeat_s / HOP_S).astype(int), 1] = high
    return found


def follow(chance: np.ndarray) -> list[Announcement]:
    tracker, announcer = BarFilter(hop_s=HOP_S), Announcer()
    said = []
    for beat, downbeat in chance:
        tracker.step(beat, downbeat)
        announcement = announcer.after(tracker)
        if announcement is not None:
            said.append(announcement)
            assert tracker.frame - 20 < announcement.frame <= tracker.frame + 0.5
    return said


@pytest.mark.parametrize(("bpm", "metre"), [(70.0, 4), (100.0, 3), (133.0, 4), (171.0, 4)])
def test_a_steady_pulse_is_found_and_counted(bpm: float, metre: int) -> None:
    beat_s = np.arange(0.3, 20.0, 60.0 / bpm)
    said = follow(activations(beat_s, beat_s[::metre], duration_s=20.5))
    time_s = np.array([one.frame for one in said]) * HOP_S
    assert time_s[0] < 2.5
    expected = beat_s[beat_s > time_s[0] - 0.1]
    assert len(time_s[time_s < 20.0]) == len(expected)  # one more is foreseen
    assert np.abs(time_s[: len(expected)] - expected).max() < 0.03
    late = [one for one, at_s in zip(said, time_s, strict=True) if at_s > 8.0]
    first = int(np.argmin(np.abs(beat_s - late[0].frame * HOP_S)))
    assert [one.position for one in late] == [(first + k) % metre + 1 for k in range(len(late))]
    assert {one.beats_per_bar for one in late} == {metre}
    assert late[-1].bpm == pytest.approx(bpm, rel=0.02)


def test_another_tempo_is_taken_up_within_a_few_beats() -> None:
    beat_s = np.concatenate([np.arange(0.0, 12.0, 0.5), np.arange(12.0, 24.0, 0.68)])
    said = follow(activations(beat_s, beat_s[::4], duration_s=25.0))
    time_s = np.array([one.frame for one in said]) * HOP_S
    late = beat_s[beat_s > 16.0]
    assert np.abs(late[:, None] - time_s).min(axis=1).max() < 0.04


def test_silence_ends_the_pulse_and_it_starts_again() -> None:
    beat_s = np.concatenate([np.arange(0.0, 10.0, 0.5), np.arange(25.3, 35.0, 0.6)])
    said = follow(activations(beat_s, beat_s[::4], duration_s=36.0))
    time_s = np.array([one.frame for one in said]) * HOP_S
    assert not ((time_s > 15.0) & (time_s < 25.2)).any()
    late = beat_s[beat_s > 29.0]
    assert np.abs(late[:, None] - time_s).min(axis=1).max() < 0.04


def test_a_few_missing_beats_are_said_all_the_same() -> None:
    beat_s = np.arange(0.0, 20.0, 0.5)
    heard_s = beat_s[(beat_s < 10.0) | (beat_s > 11.6)]
    said = follow(activations(heard_s, beat_s[(beat_s % 2 == 0) & ((beat_s < 10.0) | (beat_s > 11.6))], duration_s=20.5))
    time_s = np.array([one.frame for one in said]) * HOP_S
    assert np.abs(np.array([10.0, 10.5, 11.0, 11.5])[:, None] - time_s).min(axis=1).max() < 0.06


def test_nothing_is_said_of_noise_without_peaks() -> None:
    assert follow(np.full((1000, 2), 0.01)) == []
    assert len(follow(np.zeros((1000, 2)))) == 0


def test_the_octave_is_kept_when_beats_are_half_heard() -> None:
    random = np.random.default_rng(0)
    beat_s = np.arange(0.0, 40.0, 0.5)
    chance = activations(beat_s, beat_s[::4], duration_s=40.5)
    strong = np.rint(beat_s / HOP_S).astype(int)
    chance[strong[16:], 0] *= random.uniform(0.2, 1.0, len(strong) - 16)
    chance[strong[16:] - 12, 0] = random.uniform(0.0, 0.4, len(strong) - 16)  # something between the beats
    bpm = [one.bpm for one in follow(chance)]
    assert max(bpm) / min(bpm) < 1.2


def test_an_hour_takes_no_more_memory_than_a_minute() -> None:
    tracker = BarFilter(hop_s=HOP_S)
    before = {name: getattr(value, "nbytes", 0) for name, value in vars(tracker).items()}
    for frame in range(6_000):
        tracker.step(0.8 if frame % 25 == 0 else 0.02, 0.8 if frame % 100 == 0 else 0.01)
    assert {name: getattr(value, "nbytes", 0) for name, value in vars(tracker).items()} == before
    assert tracker.nothing + tracker.alive.sum() == pytest.approx(1.0)
    assert np.isfinite(tracker.alive).all()
