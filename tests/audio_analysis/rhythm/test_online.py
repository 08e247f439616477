"""Beats from blocks of sound: how it arrives does not matter, the future does not either, and nothing is late."""

import subprocess
import sys
from functools import cache

import numpy as np
import pytest

from hexachord.audio import resample
from hexachord.audio_analysis.rhythm.hints import RhythmHints
from hexachord.audio_analysis.rhythm.online import LATENCY_S, OnlineBeat, OnlineBeatTracker
from hexachord.audio_analysis.rhythm.online_feature import StreamLogMel
from hexachord.audio_analysis.rhythm.online_network import StreamNetwork
from hexachord.dsp.features import LogMel, dequantise, feature_bytes
from hexachord.errors import InputError

RATE_HZ = 22050


def drums(beat_s: np.ndarray, *, duration_s: float, seed: int = 0) -> np.ndarray:
    """A kick on odd beats, a snare on even ones, a hi-hat on all eighths."""
    random = np.random.default_rng(seed)
    sound = 1e-4 * random.standard_normal(round(duration_s * RATE_HZ)).astype(np.float32)
    t = np.arange(round(0.2 * RATE_HZ)) / RATE_HZ
    kick = 0.8 * np.sin(2 * np.pi * 55 * t * (1 + np.exp(-30 * t))) * np.exp(-18 * t)
    snare = (0.4 * random.standard_normal(len(t)) + 0.3 * np.sin(2 * np.pi * 190 * t)) * np.exp(-25 * t)
    hat = 0.12 * np.diff(random.standard_normal(len(t) + 1)) * np.exp(-60 * t)
    eighth_s = np.stack([beat_s, beat_s + 0.5 * np.diff(beat_s, append=2 * beat_s[-1] - beat_s[-2])], axis=1).ravel()
    strokes = [(at_s, kick if index % 2 == 0 else snare) for index, at_s in enumerate(beat_s)] + [(at_s, hat) for at_s in eighth_s]
    for at_s, stroke in strokes:
        first = round(at_s * RATE_HZ)
        part = stroke[: max(0, len(sound) - first)]
        sound[first : first + len(part)] += part
    return sound


@cache
def loop() -> np.ndarray:
    return drums(np.arange(0.4, 7.6, 0.5), duration_s=8.0)


def listen(sound: np.ndarray, *, block: int, rate_hz: int = RATE_HZ, hints: RhythmHints = RhythmHints()) -> list[OnlineBeat]:
    tracker = OnlineBeatTracker(rate_hz, hints=hints)
    beats: list[OnlineBeat] = []
    for first in range(0, sound.shape[-1], block):
        beats += tracker.push(sound[..., first : first + block])
        assert all(beat.said_at_s <= tracker.heard_s + 1e-9 for beat in beats)
    return [*beats, *tracker.finish()]


def test_a_drum_loop_is_followed_after_two_seconds() -> None:
    beats = listen(loop(), block=441)
    time_s = np.array([beat.time_s for beat in beats])
    expected = np.arange(0.4, 7.6, 0.5)
    late = expected[expected > 4.0]
    assert np.abs(late[:, None] - time_s).min(axis=1).max() < 0.07
    assert beats[-1].bpm == pytest.approx(120.0, rel=0.03)
    assert (np.diff(time_s) > 0.3).all()


def test_blocks_of_any_size_give_the_same_beats() -> None:
    assert listen(loop(), block=64) == listen(loop(), block=441) == listen(loop(), block=10_000)


def test_the_future_does_not_change_what_was_said() -> None:
    other = loop().copy()
    other[5 * RATE_HZ :] = np.random.default_rng(1).standard_normal(len(other) - 5 * RATE_HZ).astype(np.float32)
    whole, changed = listen(loop(), block=441), listen(other, block=441)
    before = [beat for beat in whole if beat.said_at_s <= 5.0]
    assert before
    assert before == [beat for beat in changed if beat.said_at_s <= 5.0]


def test_no_beat_is_late() -> None:
    for beat in listen(loop(), block=441):
        assert beat.said_at_s - beat.time_s == beat.latency_s <= LATENCY_S + 1e-9 < 0.1


@pytest.mark.parametrize("rate_hz", [44100, 48000])
def test_other_rates_and_stereo(rate_hz: int) -> None:
    sound = resample(loop(), RATE_HZ, rate_hz)
    beats = listen(np.stack([sound, sound]), block=rate_hz // 50, rate_hz=rate_hz)
    time_s = np.array([beat.time_s for beat in beats])
    expected = np.arange(4.4, 7.4, 0.5)
    assert np.abs(expected[:, None] - time_s).min(axis=1).max() < 0.07
    assert max(beat.latency_s for beat in beats) <= LATENCY_S + 1e-9


def test_another_tempo_is_taken_up() -> None:
    beat_s = np.concatenate([np.arange(0.4, 6.0, 0.5), np.arange(6.0, 14.0, 0.64)])
    time_s = np.array([beat.time_s for beat in listen(drums(beat_s, duration_s=14.5), block=441)])
    late = beat_s[(beat_s > 10.0) & (beat_s < 13.8)]
    assert (np.abs(late[:, None] - time_s).min(axis=1) < 0.07).mean() > 0.8


@pytest.mark.parametrize("level", [0.0, 1e-3, 0.2])
def test_silence_and_noise_have_no_beats(level: float) -> None:
    noise = level * np.random.default_rng(0).standard_normal(4 * RATE_HZ).astype(np.float32)
    assert len(listen(noise.astype(np.float32), block=441)) <= 2


def test_very_short_sounds() -> None:
    for samples in (0, 1, 100, 3000):
        assert listen(np.zeros(samples, dtype=np.float32), block=64) == []


def test_a_tempo_hint_and_a_metre_hint_are_kept() -> None:
    beats = listen(loop(), block=441, hints=RhythmHints(tempo_bpm=(50.0, 70.0), beats_per_bar=3))
    assert beats
    assert all(48.0 < beat.bpm < 73.0 and beat.beats_per_bar == 3 for beat in beats)


def test_taps_decide_between_octaves() -> None:
    tracker = OnlineBeatTracker(RATE_HZ)
    beats: list[OnlineBeat] = []
    tapped = [1.4, 2.4, 3.4, 4.4, 5.4]
    for first in range(0, len(loop()), 441):
        beats += tracker.push(loop()[first : first + 441])
        if tapped and tracker.heard_s >= tapped[0]:
            tapped.pop(0)
            tracker.tap()
    assert 55.0 < [beat.bpm for beat in beats if beat.time_s < 7.5][-1] < 65.0


def test_what_is_no_sound_is_refused_and_the_next_block_may_follow() -> None:
    tracker = OnlineBeatTracker(RATE_HZ)
    tracker.push(np.zeros(RATE_HZ, dtype=np.float32))
    for wrong in (np.nan, np.inf):
        block = np.zeros(441, dtype=np.float32)
        block[7] = wrong
        with pytest.raises(InputError, match=r"not numbers.*at 1\.000 s"):
            tracker.push(block)
    assert tracker.push(np.zeros(441, dtype=np.float32)) == ()
    assert tracker.heard_s == pytest.approx(1.02)
    with pytest.raises(ValueError, match="float samples"):
        tracker.push(np.zeros(441, dtype=np.int16))
    tracker.finish()
    with pytest.raises(ValueError, match="has ended"):
        tracker.push(np.zeros(441, dtype=np.float32))


def test_what_cannot_be_tracked_is_named() -> None:
    with pytest.raises(InputError, match="4000 Hz"):
        OnlineBeatTracker(4000)
    with pytest.raises(InputError, match="tempo hint"):
        OnlineBeatTracker(RATE_HZ, hints=RhythmHints(tempo_bpm=(120.0, 60.0)))
    with pytest.raises(InputError, match="metre hint"):
        OnlineBeatTracker(RATE_HZ, hints=RhythmHints(beats_per_bar=0))


@pytest.mark.parametrize("block", [64, 441, 10_000])
def test_streamed_frames_are_those_of_the_whole(block: int) -> None:
    feature = LogMel()
    stream = StreamLogMel(RATE_HZ, feature=feature)
    frames = [frame for first in range(0, len(loop()), block) for frame in stream.push(loop()[first : first + block])]
    frames += stream.finish()
    whole = dequantise(feature_bytes(loop(), feature), feature)
    assert len(frames) == len(whole)
    difference = np.abs(np.array(frames) - whole)
    assert difference.max() <= 0.41  # a byte may be rounded the other way
    assert (difference > 0).mean() < 1e-4


@pytest.mark.parametrize("rate_hz", [16_000, 44_100, 48_000, 96_000])
def test_frames_of_other_rates_are_nearly_those_of_a_resampled_file(rate_hz: int) -> None:
    sound = resample(loop()[: 3 * RATE_HZ], RATE_HZ, rate_hz)
    stream = StreamLogMel(rate_hz)
    frames = np.array([*stream.push(sound), *stream.finish()])
    whole = dequantise(feature_bytes(resample(sound, rate_hz, RATE_HZ), LogMel()), LogMel())
    shared = min(len(frames), len(whole))
    assert abs(len(frames) - len(whole)) <= 1
    hearable = 100 if rate_hz > 20_000 else 90  # bands below the edge of the lower rate
    assert np.abs(frames[:shared, :hearable] - whole[:shared, :hearable]).mean() < 0.2


def test_the_network_of_whole_recordings_is_refused() -> None:
    from hexachord.models.networks import network_path

    if network_path("rhythm") is None:
        pytest.skip("no network of whole recordings is shipped")
    with pytest.raises(InputError, match="hears whole recordings"):
        StreamNetwork("rhythm")


def test_a_stopped_pipe_is_no_error() -> None:
    silence = np.zeros(44100, dtype="<i2").tobytes()
    done = subprocess.run(
        [sys.executable, "-m", "hexachord", "listen", "--live", "-", "--pcm", "44100", "--json"],
        input=silence,
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, b"")
