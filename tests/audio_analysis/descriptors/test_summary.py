import math

import numpy as np
import pytest

from hexachord.audio_analysis.descriptors import describe, stereo_width
from hexachord.dsp.frontend import FrontEnd
from hexachord.knowledge import Events

RATE_HZ = 22_050
RNG = np.random.default_rng(0)


def values(signal: np.ndarray, **options: object) -> dict[str, float]:
    found = describe(FrontEnd(signal.astype(np.float32)), **options)  # type: ignore[arg-type]
    assert all(math.isfinite(descriptor.value) for descriptor in found.values())
    assert all(descriptor.engine for descriptor in found.values())
    return {name: descriptor.value for name, descriptor in found.items()}


def time_s(seconds: float) -> np.ndarray:
    return np.arange(round(seconds * RATE_HZ)) / RATE_HZ


def test_a_sine() -> None:
    found = values(0.5 * np.sin(2 * np.pi * 1000 * time_s(3)))
    assert found["level"] == pytest.approx(-9.03, abs=0.2)
    assert found["crest"] == pytest.approx(3.01, abs=0.02)
    assert found["spectral_centroid"] == pytest.approx(1000, rel=0.03)
    assert found["zero_crossing_rate"] == pytest.approx(2000, rel=0.02)
    assert found["spectral_flatness"] < 1e-3
    assert found["percussiveness"] < 0.05
    assert found["spectral_flux"] < 0.05
    assert found["dynamic_range"] < 1.0


def test_white_noise() -> None:
    found = values(RNG.normal(0, 0.1, 3 * RATE_HZ))
    assert found["level"] == pytest.approx(-20, abs=0.2)
    assert found["spectral_centroid"] == pytest.approx(RATE_HZ / 4, rel=0.03)
    assert found["spectral_spread"] == pytest.approx(RATE_HZ / 2 / math.sqrt(12), rel=0.05)  # a uniform distribution
    assert found["spectral_skewness"] == pytest.approx(0, abs=0.05)
    assert found["spectral_kurtosis"] == pytest.approx(1.8, abs=0.1)
    assert found["spectral_rolloff"] == pytest.approx(0.85 * RATE_HZ / 2, rel=0.03)
    assert found["spectral_flatness"] > 0.4
    assert found["tonal_strength"] < 0.05


def test_clicks_are_percussive_and_counted() -> None:
    clicks = np.zeros(20 * RATE_HZ)
    for at in np.arange(0.25, 20, 0.5):
        clicks[int(at * RATE_HZ) :][:300] = RNG.normal(0, 0.3, 300) * np.exp(-np.arange(300) / 60)
    found = values(clicks + RNG.normal(0, 1e-3, len(clicks)))
    assert found["percussiveness"] > 0.7
    assert found["onset_rate"] == pytest.approx(2.0, rel=0.1)


def test_one_note_is_more_tonal_than_a_cluster() -> None:
    t = time_s(3)
    one = np.sin(2 * np.pi * 440 * t)
    cluster = sum(np.sin(2 * np.pi * 440 * 2 ** (k / 12) * t) for k in range(12))
    assert values(one)["tonal_strength"] > 0.5 > values(cluster)["tonal_strength"]


def test_given_onsets_are_used() -> None:
    found = values(RNG.normal(0, 0.1, 20 * RATE_HZ), onsets=Events(time_s=np.arange(0, 20, 0.25)))
    assert found["onset_rate"] == pytest.approx(4.0, rel=0.02)


def test_silence_within_a_piece_is_left_out() -> None:
    noise = RNG.normal(0, 0.1, 2 * RATE_HZ)
    padded = np.concatenate([noise, np.zeros(4 * RATE_HZ)])
    assert values(padded)["spectral_centroid"] == pytest.approx(values(noise)["spectral_centroid"], rel=0.03)


def test_stereo_width() -> None:
    left, right = RNG.normal(0, 0.1, (2, 50_000))
    assert stereo_width(np.stack([left, left])) == 0.0
    assert stereo_width(np.stack([left, -left])) == 1.0
    assert stereo_width(np.stack([left, right])) == pytest.approx(0.5, abs=0.02)
    assert math.isnan(stereo_width(np.zeros((2, 100))))
    assert values(left, samples=np.stack([left, right]))["stereo_width"] == pytest.approx(0.5, abs=0.02)
    assert "stereo_width" not in values(left)


@pytest.mark.parametrize("signal", [np.zeros(0), np.zeros(1), np.zeros(RATE_HZ)], ids=["empty", "one zero", "silence"])
def test_silence_has_no_descriptors(signal: np.ndarray) -> None:
    assert values(signal) == {}


@pytest.mark.parametrize(
    "signal", [np.ones(1), RNG.normal(0, 0.1, RATE_HZ // 5), np.full(RATE_HZ, 0.5)], ids=["one sample", "fifth of a second", "dc"]
)
def test_edges_stay_finite(signal: np.ndarray) -> None:
    assert "level" in values(signal)


@pytest.mark.parametrize("rate_hz", [8000, 96_000])
def test_any_rate(rate_hz: int) -> None:
    signal = RNG.normal(0, 0.1, rate_hz).astype(np.float32)
    found = describe(FrontEnd(signal, rate_hz=rate_hz))
    assert found["spectral_centroid"].value == pytest.approx(rate_hz / 4, rel=0.05)
