"""Where a descriptor is defined as librosa defines it, its values are librosa's."""

import numpy as np
import pytest
from known_signals import RATE_HZ

from hexachord.audio_analysis.descriptors import describe_frames
from hexachord.audio_analysis.descriptors.aliases import ALIASES, EQUAL
from hexachord.bench.descriptors import librosa_differences, pyaca_differences


@pytest.fixture(scope="module")
def signal() -> np.ndarray:
    """Eight seconds of gliding tones, strokes and hiss."""
    t = np.arange(8 * RATE_HZ) / RATE_HZ
    phase = 2 * np.pi * 220 * t + 3 * np.sin(2 * np.pi * 2 * t)
    noise = np.random.default_rng(3).standard_normal(len(t))
    strokes = noise * np.exp(-10 * (t % 0.5)) * 0.2
    mix = (
        sum(np.sin(k * phase) / k for k in range(1, 9)) * 0.2 * (1 + (t % 4 > 2)) + strokes + 1e-2 * noise
    )  # hiss keeps the valleys above the rounding of the peaks
    return mix.astype(np.float32)


@pytest.mark.slow
def test_values_are_librosas(signal: np.ndarray) -> None:
    pytest.importorskip("librosa")
    differences = librosa_differences(signal, rate_hz=RATE_HZ)
    assert set(differences) == set(EQUAL["librosa"])
    for name, difference in differences.items():
        assert difference < 1e-4, name


def test_values_are_pyacas(signal: np.ndarray) -> None:
    differences = pyaca_differences(signal, rate_hz=RATE_HZ)
    assert set(differences) == set(EQUAL["pyaca"])
    for name, difference in differences.items():
        assert difference < 1e-4, name


def test_what_is_equal_is_in_the_result(signal: np.ndarray) -> None:
    found = describe_frames(signal[:RATE_HZ])
    for name in EQUAL["librosa"] - {"tempogram", "fourier_tempogram"}:
        assert found.columns(ALIASES["librosa"][name]).shape[0] == len(found.values)
