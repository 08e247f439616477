import numpy as np
import pytest

from hexachord.dsp.harmonicity import (
    Harmonics,
    autocorrelation_of_power,
    find_harmonics,
    inharmonicity,
    irregularity_jensen,
    irregularity_krimphoff,
    odd_to_even_ratio,
    pitch_of_autocorrelation,
    tristimulus,
    window_autocorrelation,
)
from hexachord.dsp.stft import power_spectrogram

RATE_HZ, N_FFT = 22050, 2048


def powers(signal: np.ndarray) -> np.ndarray:
    return power_spectrogram(signal)[6:-6].astype(np.float32)


def tone(f0_hz: float, harmonics: int = 6, *, stretch: float = 0.0) -> np.ndarray:
    t = np.arange(RATE_HZ) / RATE_HZ
    return sum(np.sin(2 * np.pi * f0_hz * h * np.sqrt(1 + stretch * h * h) * t) / h for h in range(1, harmonics + 1))


def pitches(signal: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    repeats = autocorrelation_of_power(powers(signal), lags=444)
    return pitch_of_autocorrelation(repeats, rate_hz=RATE_HZ, n_fft=N_FFT)


@pytest.mark.parametrize("f0_hz", [70, 110, 196, 440, 987.77, 1500])
def test_pitch(f0_hz: float) -> None:
    found, salience = pitches(tone(f0_hz))
    np.testing.assert_allclose(found, f0_hz, rtol=0.006)
    assert salience.min() > 0.9


def test_noise_and_silence_have_no_pitch_to_speak_of() -> None:
    _, salience = pitches(np.random.default_rng(0).standard_normal(RATE_HZ))
    assert salience.mean() < 0.35
    found, salience = pitches(np.zeros(RATE_HZ))
    assert not found.any()
    assert not salience.any()


def test_autocorrelation_is_the_signals() -> None:
    frame = np.hanning(N_FFT + 1)[:-1] * np.random.default_rng(0).standard_normal(N_FFT)
    power = np.abs(np.fft.rfft(frame)) ** 2
    direct = np.correlate(frame, frame, "full")[N_FFT - 1 :]
    np.testing.assert_allclose(autocorrelation_of_power(power[None], lags=300)[0], direct[:300], atol=2e-3 * direct[0])
    assert window_autocorrelation("hann", N_FFT, 10)[0] == 1


def test_harmonics_are_found() -> None:
    signal = tone(300.0)
    found = find_harmonics(powers(signal), np.full(len(powers(signal)), 300.0, dtype=np.float32), rate_hz=RATE_HZ, count=8)
    np.testing.assert_allclose(found.hz[:, :6], 300.0 * np.arange(1, 7) * np.ones((len(found.hz), 1)), atol=1.0)
    np.testing.assert_allclose(found.amplitude[:, 1] / found.amplitude[:, 0], 0.5, atol=0.03)
    assert found.part.min() > 0.99
    none = find_harmonics(powers(signal), np.zeros(len(powers(signal)), dtype=np.float32), rate_hz=RATE_HZ)
    assert not none.amplitude.any()
    assert not none.part.any()


def test_inharmonicity_by_its_formula() -> None:
    harmonics = Harmonics(hz=np.array([[100.0, 204.0]]), amplitude=np.array([[2.0, 1.0]]), part=np.ones(1))
    assert inharmonicity(harmonics, np.array([100.0]))[0] == pytest.approx(2 / 100 * 4 * 1 / 5)
    assert inharmonicity(harmonics, np.zeros(1))[0] == 0


def test_a_stiff_string_is_inharmonic() -> None:
    """f_h = h f0 sqrt(1 + B h^2), as piano strings are."""

    def of(stretch: float) -> float:
        power = powers(tone(220.0, stretch=stretch))
        f0_hz = np.full(len(power), 220.0, dtype=np.float32)
        return float(inharmonicity(find_harmonics(power, f0_hz, rate_hz=RATE_HZ), f0_hz).mean())

    assert of(0.0) < 0.004
    assert of(0.0) < of(0.0005) < of(0.001)


def test_ratios() -> None:
    assert odd_to_even_ratio(np.eye(4)[:1])[0] == 1000
    assert odd_to_even_ratio(np.zeros((1, 4)))[0] == 0
    np.testing.assert_allclose(tristimulus(np.ones((1, 10))), [[0.1, 0.3, 0.6]])
    assert not tristimulus(np.zeros((1, 10))).any()


def test_irregularities() -> None:
    even, odd = np.ones((1, 6)), np.tile([1.0, 0.0], 3)[None]
    assert irregularity_jensen(even)[0] == pytest.approx(1 / 6)
    assert irregularity_jensen(odd)[0] > 1.5
    assert irregularity_krimphoff(even)[0] == 0
    assert irregularity_krimphoff(np.array([[1.0, 2.0, 3.0, 0.0]]))[0] == 0
    assert irregularity_jensen(np.zeros((1, 4)))[0] == irregularity_krimphoff(np.zeros((1, 4)))[0] == 0
