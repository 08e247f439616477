"""Recordings brought to concert pitch."""

import numpy as np
import pytest
import soundfile

from hexachord.errors import InputError
from hexachord.journeys.retuning import concert_pitch, retune

RATE_HZ = 22050


def _scale(path, *, a4_hz, channels=1):
    t = np.arange(12 * RATE_HZ) / RATE_HZ
    midi = np.array([57, 60, 64, 69, 67, 65])[(t * 2).astype(int) % 6]
    phase = 2 * np.pi * np.cumsum(a4_hz * 2.0 ** ((midi - 69) / 12)) / RATE_HZ
    signal = 0.2 * sum(np.sin(k * phase) / k for k in range(1, 5))
    soundfile.write(path, np.column_stack([signal] * channels), RATE_HZ)
    return path


@pytest.mark.parametrize(("a4_hz", "channels"), [(427.0, 1), (448.0, 2)])
def test_a_recording_comes_to_concert_pitch(tmp_path, a4_hz, channels):
    source = _scale(tmp_path / "tape.wav", a4_hz=a4_hz, channels=channels)
    assert concert_pitch(source) == pytest.approx(a4_hz, abs=0.5)
    made = retune(source, tmp_path / "right.flac")
    assert concert_pitch(made.path) == pytest.approx(440.0, abs=0.4)
    assert made.duration_s == pytest.approx(12.0 * a4_hz / 440.0, abs=0.01)
    samples, rate_hz = soundfile.read(made.path, always_2d=True)
    assert samples.shape[1] == channels
    assert len(samples) / rate_hz == pytest.approx(made.duration_s)


def test_what_you_know_is_believed(tmp_path):
    source = _scale(tmp_path / "a.wav", a4_hz=440.0)
    made = retune(source, tmp_path / "b.flac", from_hz=415.3, to_hz=440.0)
    assert made.cents == pytest.approx(100.0, abs=0.2)


def test_what_has_no_pitch_is_refused(tmp_path):
    noise = tmp_path / "noise.wav"
    soundfile.write(noise, 0.1 * np.random.default_rng(0).normal(size=5 * RATE_HZ), RATE_HZ)
    with pytest.raises(InputError, match="agrees on a pitch"):
        retune(noise, tmp_path / "out.flac")
    with pytest.raises(InputError, match="220"):
        retune(noise, tmp_path / "out.flac", to_hz=4400.0)
