import numpy as np

from hexachord.dsp.partials import keep_strongest, running_number, strongest_partials
from hexachord.dsp.stft import stft


def spectrum(*partials: tuple[float, float]) -> np.ndarray:
    t = np.arange(3 * 2048) / 22050
    return np.abs(stft(sum(a * np.sin(2 * np.pi * hz * t) for hz, a in partials)))[5:8]


def test_partials_between_the_bins() -> None:
    hz, amplitude = keep_strongest(*strongest_partials(spectrum((300, 0.5), (1234.5, 0.25), (3000, 0.1)), rate_hz=22050), 5)
    np.testing.assert_allclose(hz[:, :3], [[300, 1234.5, 3000]] * 3, atol=1.0)
    np.testing.assert_allclose(amplitude[:, :3], np.array([[0.5, 0.25, 0.1]] * 3) * 512, rtol=0.04)
    assert not hz[:, 3:].any()


def test_only_the_strongest() -> None:
    hz, _ = strongest_partials(spectrum((300, 0.5), (1234.5, 0.25), (3000, 0.1)), rate_hz=22050, count=2)
    np.testing.assert_allclose(hz, [[300, 1234.5]] * 3, atol=1.0)


def test_equal_heights_do_not_overflow() -> None:
    magnitude = np.tile([0.0, 1.0], 100)[None]
    hz, amplitude = strongest_partials(magnitude, rate_hz=1000, count=4)
    assert hz.shape == (1, 4)
    np.testing.assert_allclose(amplitude, 1.0, rtol=1e-5)


def test_silence_and_narrow_ranges() -> None:
    assert not strongest_partials(np.zeros((2, 1025)), rate_hz=22050)[0].any()
    assert not strongest_partials(np.ones((2, 1025)), rate_hz=22050, low_hz=100, high_hz=101)[0].any()
    assert strongest_partials(np.zeros((0, 1025)), rate_hz=22050)[0].shape == (0, 20)


def test_running_numbers() -> None:
    assert running_number(np.array([1, 1, 3]), 4).tolist() == [0, 1, 0]
    assert running_number(np.zeros(0, dtype=int), 4).tolist() == []


def test_what_is_too_faint_is_no_partial() -> None:
    hz, amplitude = strongest_partials(spectrum((1000, 0.5), (3000, 0.01)), rate_hz=22050)
    assert np.count_nonzero(amplitude[0]) > 1
    kept, _ = keep_strongest(hz, amplitude, 20)
    assert np.count_nonzero(kept[0]) == 1
    kept, _ = keep_strongest(hz, amplitude, 20, part=0.01)
    assert np.count_nonzero(kept[0]) == 2
