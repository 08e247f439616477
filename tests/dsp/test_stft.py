import numpy as np
import pytest

from hexachord.dsp.stft import fft_frequencies_hz, istft, power_spectrogram, squared_magnitude, stft, stft_blocks, window_samples


@pytest.mark.parametrize("samples", [1, 100, 511, 512, 5000, 22050])
@pytest.mark.parametrize("hop", [128, 500, 512])
@pytest.mark.parametrize("window", ["hann", "hamming", "blackman"])
def test_inverse_gives_the_signal_back(samples: int, hop: int, window: str) -> None:
    signal = (0.3 * np.random.default_rng(samples).standard_normal(samples)).astype(np.float32)
    back = istft(stft(signal, hop=hop, window=window), hop=hop, window=window, length=samples)
    assert back.dtype == np.float32
    np.testing.assert_allclose(back, signal, atol=1e-6)


def test_inverse_without_centring_loses_only_the_unseen_sample() -> None:
    signal = np.random.default_rng(0).standard_normal(2048 + 10 * 512)
    back = istft(stft(signal, centre=False), length=len(signal), centre=False)
    np.testing.assert_allclose(back[64:-64], signal[64:-64], atol=1e-9)
    assert back[0] == 0.0


def test_inverse_pads_beyond_the_last_frame() -> None:
    signal = np.ones(1000)
    back = istft(stft(signal, n_fft=64, hop=16), hop=16, length=1500)
    np.testing.assert_allclose(back[:1000], 1.0, atol=1e-12)
    assert not back[1100:].any()


def test_blocks_equal_the_whole() -> None:
    signal = np.random.default_rng(0).standard_normal(50_000).astype(np.float32)
    whole = stft(signal)
    parts = [block for _, block in stft_blocks(signal, block_frames=7)]
    np.testing.assert_array_equal(np.concatenate(parts), whole)
    [(first, some)] = list(stft_blocks(signal, first=20, last=30))
    assert first == 20
    np.testing.assert_array_equal(some, whole[20:30])
    np.testing.assert_allclose(power_spectrogram(signal), np.abs(whole) ** 2, rtol=1e-5)


def test_shift_by_a_hop_shifts_by_a_frame() -> None:
    signal = np.random.default_rng(0).standard_normal(30_000)
    late = np.concatenate([np.zeros(1024), signal])
    np.testing.assert_allclose(stft(late)[2:], stft(signal), atol=1e-12)


def test_linear() -> None:
    rng = np.random.default_rng(0)
    a, b = rng.standard_normal((2, 10_000))
    np.testing.assert_allclose(stft(2 * a - 3 * b), 2 * stft(a) - 3 * stft(b), atol=1e-10)


def test_constant_and_silence() -> None:
    spectrum = np.abs(stft(np.ones(20_000)))[10]
    assert spectrum[0] == pytest.approx(1024.0)  # half the frame: the mean of a Hann window
    assert spectrum[1] == pytest.approx(512.0)
    assert spectrum[2:].max() < 1e-9
    assert not stft(np.zeros(5000, dtype=np.float32)).any()


def test_parseval() -> None:
    frame = np.random.default_rng(0).standard_normal(2048)
    power = squared_magnitude(stft(frame, window="rectangular", centre=False))[0]
    energy = (2 * power.sum() - power[0] - power[-1]) / 2048
    assert energy == pytest.approx(np.sum(frame**2))


def test_kinds_of_input() -> None:
    assert stft(np.zeros(100, dtype=np.float32)).dtype == np.complex64
    assert stft(np.zeros(100)).dtype == np.complex128
    assert stft(np.zeros(0, dtype=np.float32)).shape == (0, 1025)
    short = stft(np.random.default_rng(0).standard_normal(4000), n_fft=512, hop=100, window=window_samples("hann", 300))
    assert short.shape == (41, 257)
    np.testing.assert_allclose(fft_frequencies_hz(rate_hz=8000, n_fft=8), [0, 1000, 2000, 3000, 4000])
    with pytest.raises(ValueError, match="mono"):
        stft(np.zeros((2, 100)))
    with pytest.raises(ValueError, match="even"):
        stft(np.zeros(100), n_fft=255)
    with pytest.raises(ValueError, match="unknown window"):
        stft(np.zeros(100), window="han")
    with pytest.raises(ValueError, match="at most"):
        stft(np.zeros(100), n_fft=64, window=np.ones(65))
