"""A hum as a query: the same tune in another key, slower, or slipping gives the same query."""

from pathlib import Path

import numpy as np
import pytest

from hexachord.audio import load_audio
from hexachord.audio_analysis.melody import hum_query, track_melody
from hexachord.dsp.frontend import FrontEnd
from hexachord.knowledge import F0

TUNE = [0, 0, 7, 7, 9, 9, 7, 5, 5, 4, 4, 2, 2, 0]
LENGTHS_S = np.array([0.5] * 6 + [1.0] + [0.5] * 6 + [1.0])


def hummed(*, key: float = 57.0, slower: float = 1.0, slip: float = 0.0, wobble: float = 0.0, seed: int = 0) -> F0:
    """Twinkle, with a short breath between notes; `slip` is in semitones over the whole."""
    random = np.random.default_rng(seed)
    parts = []
    for number, (step, length_s) in enumerate(zip(TUNE, LENGTHS_S, strict=True)):
        frames = round(slower * length_s / 0.01)
        pitch = np.full(frames, key + step + slip * number / len(TUNE) + random.normal(0, wobble))
        pitch[-8:] = 0
        parts.append(pitch)
    pitch = np.concatenate(parts)
    hz = np.where(pitch > 0, 440 * 2 ** ((pitch - 69) / 12), 0)
    return F0(time_s=np.arange(len(hz)) * 0.01, f0_hz=hz, voicing=(hz > 0) * 1.0)


@pytest.mark.parametrize(
    "how",
    [
        {},
        {"key": 50.37},
        {"slower": 1.6},
        {"slip": -1.2},
        {"slip": 1.5, "slower": 1.3},
        {"wobble": 0.12},
        {"key": 62.5, "slip": -0.8, "wobble": 0.08},
    ],
)
def test_key_tempo_and_drift_do_not_matter(how: dict[str, float]) -> None:
    query = hum_query(hummed(**how))
    np.testing.assert_array_equal(query.steps, TUNE)
    np.testing.assert_array_equal(query.intervals, np.diff(TUNE))
    np.testing.assert_allclose(query.duration_ratios, np.diff(np.log2(LENGTHS_S[:-1])), atol=0.1)
    assert len(query) == len(TUNE)


def test_the_drift_is_told() -> None:
    assert hum_query(hummed(slip=-1.2)).drift_semitones[-1] == pytest.approx(-1.1, abs=0.4)
    assert np.abs(hum_query(hummed()).drift_semitones).max() < 0.01


def test_nothing_hummed_and_one_note() -> None:
    silence = F0(time_s=np.arange(100) * 0.01, f0_hz=np.zeros(100), voicing=np.zeros(100))
    nothing = hum_query(silence)
    assert len(nothing) == len(nothing.intervals) == len(nothing.duration_ratios) == len(nothing.drift_semitones) == 0
    one = hum_query(F0(time_s=np.arange(100) * 0.01, f0_hz=np.full(100, 220.0), voicing=np.ones(100)))
    assert one.steps.tolist() == [0]
    assert len(one.intervals) == len(one.duration_ratios) == 0
    with pytest.raises(ValueError, match="neighbourhood"):
        hum_query(silence, neighbourhood_s=0.0)


def test_a_recorded_hum_is_a_tune(data_dir: Path) -> None:
    audio = load_audio(data_dir / "bench" / "humming" / "A_humm.flac").resampled(22_050)
    melody = track_melody(FrontEnd(audio.samples.mean(axis=0)), engine="pyin")
    query = hum_query(melody)
    assert len(query) >= 8
    assert np.abs(query.intervals).max() <= 19
    assert np.isfinite(query.duration_ratios).all()
    assert np.abs(query.notes.pitch - query.notes.pitch[0] - query.steps - query.drift_semitones).max() <= 1.0
