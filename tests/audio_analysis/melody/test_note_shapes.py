"""How notes are sung: glides and vibratos that were put in are found, and what is none is not."""

import numpy as np
import pytest

from hexachord.audio_analysis.melody import describe_notes, segment_notes, track_melody
from hexachord.dsp.frontend import FrontEnd
from hexachord.knowledge import F0, Notes

HOP_S = 0.0116
RATE_HZ = 22_050


def track(pitch: np.ndarray) -> F0:
    hz = np.where(pitch > 0, 440 * 2 ** ((pitch - 69) / 12), 0.0)
    return F0(time_s=np.arange(len(pitch)) * HOP_S, f0_hz=hz, voicing=(hz > 0) * 1.0)


def one_note(f0: F0) -> Notes:
    pitch = 69 + 12 * np.log2(np.median(f0.f0_hz[f0.f0_hz > 0]) / 440)
    return Notes(onset_s=np.zeros(1), offset_s=f0.time_s[-1:] + HOP_S, pitch=np.array([pitch]), velocity=np.ones(1))


@pytest.mark.parametrize("rate_hz", [4.5, 5.5, 6.8])
@pytest.mark.parametrize("extent", [0.2, 0.5, 1.0])
@pytest.mark.parametrize("seconds", [0.6, 2.0])
def test_a_vibrato_is_measured(rate_hz: float, extent: float, seconds: float) -> None:
    t = np.arange(round(seconds / HOP_S)) * HOP_S
    wander = np.random.default_rng(1).normal(0, 0.03, len(t)) + 0.2 * t / seconds
    f0 = track(60 + extent * np.sin(2 * np.pi * rate_hz * t + 1) + wander)
    shape = describe_notes(f0, one_note(f0))
    assert shape.vibrato_hz[0] == pytest.approx(rate_hz, abs=0.3)
    assert shape.vibrato_semitones[0] == pytest.approx(extent, rel=0.15)
    assert shape.glide_s[0] < 0.13  # a quarter of a turn of slow vibrato is no long way in


def test_a_steady_note_neither_swings_nor_glides() -> None:
    f0 = track(60 + np.random.default_rng(0).normal(0, 0.08, 90))
    shape = describe_notes(f0, one_note(f0))
    assert (shape.vibrato_hz[0], shape.vibrato_semitones[0], shape.glide_semitones[0], shape.glide_s[0]) == (0, 0, 0, 0)


def test_a_scoop_is_a_glide_from_below_and_no_vibrato() -> None:
    t = np.arange(90) * HOP_S
    f0 = track(60 - 2 * np.clip(1 - t / 0.15, 0, 1))
    shape = describe_notes(f0, one_note(f0))
    assert shape.glide_semitones[0] == pytest.approx(-2, abs=0.2)
    assert shape.glide_s[0] == pytest.approx(0.13, abs=0.03)
    assert shape.vibrato_hz[0] == 0


def test_a_glide_into_a_vibrato_is_both() -> None:
    t = np.arange(120) * HOP_S
    f0 = track(60 + 3 * np.clip(1 - t / 0.12, 0, 1) + 0.4 * np.sin(2 * np.pi * 5.5 * t) * (t > 0.3))
    shape = describe_notes(f0, one_note(f0))
    assert shape.glide_semitones[0] > 2
    assert 0.05 < shape.glide_s[0] < 0.13
    assert shape.vibrato_hz[0] == pytest.approx(5.5, abs=0.3)


def test_no_notes_and_notes_without_voice() -> None:
    nothing = Notes(onset_s=np.zeros(0), offset_s=np.zeros(0), pitch=np.zeros(0), velocity=np.zeros(0))
    assert len(describe_notes(track(np.zeros(50)), nothing)) == 0
    silent = Notes(onset_s=np.array([0.1]), offset_s=np.array([0.3]), pitch=np.array([60.0]), velocity=np.ones(1))
    shape = describe_notes(track(np.zeros(50)), silent)
    assert (shape.glide_s[0], shape.vibrato_hz[0]) == (0, 0)
    empty = F0(time_s=np.zeros(0), f0_hz=np.zeros(0), voicing=np.zeros(0))
    assert describe_notes(empty, silent).vibrato_hz[0] == 0


def test_from_sound_to_shape() -> None:
    t = np.arange(2 * RATE_HZ) / RATE_HZ
    pitch = 60 + 0.5 * np.sin(2 * np.pi * 5.5 * t) * (t > 0.3)
    phase = 2 * np.pi * np.cumsum(440 * 2 ** ((pitch - 69) / 12)) / RATE_HZ
    f0 = track_melody(FrontEnd((0.2 * sum(np.sin(h * phase) / h for h in range(1, 7))).astype(np.float32)), engine="pyin")
    notes = segment_notes(f0)
    assert len(notes) == 1
    shape = describe_notes(f0, notes)
    assert shape.vibrato_hz[0] == pytest.approx(5.5, abs=0.3)
    assert shape.vibrato_semitones[0] == pytest.approx(0.45, abs=0.12)


@pytest.mark.parametrize("hz", [82.4, 220.0, 880.0])
def test_one_tone_is_one_note_in_tune(hz: float) -> None:
    t = np.arange(2 * RATE_HZ) / RATE_HZ
    tone = (0.2 * sum(np.sin(2 * np.pi * hz * h * t) / h for h in range(1, 7))).astype(np.float32)
    f0 = track_melody(FrontEnd(tone), engine="pyin")
    assert (np.abs(1200 * np.log2(f0.f0_hz[5:-5] / hz)) < 15).all()
    assert len(segment_notes(f0)) == 1


def test_noise_is_hardly_sung() -> None:
    noise = np.random.default_rng(3).normal(0, 0.1, 3 * RATE_HZ).astype(np.float32)
    assert (track_melody(FrontEnd(noise), engine="pyin").f0_hz > 0).mean() < 0.1


def test_a_leap_of_an_octave_is_no_glide() -> None:
    time_s = np.arange(60) * 0.01
    hz = np.where(time_s < 0.04, 440.0, 220.0)
    f0 = F0(time_s=time_s, f0_hz=hz, voicing=np.ones(60))
    one = Notes(onset_s=np.array([0.0]), offset_s=np.array([0.6]), pitch=np.array([57.0]), velocity=np.array([0.7]))
    assert describe_notes(f0, one).glide_semitones.tolist() == [0.0]
    near = F0(time_s=time_s, f0_hz=np.where(time_s < 0.04, 196.0, 220.0), voicing=np.ones(60))
    assert describe_notes(near, one).glide_semitones[0] == pytest.approx(-2.0, abs=0.1)
