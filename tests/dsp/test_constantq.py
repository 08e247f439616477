import numpy as np
import pytest
from spectra_signal import golden_signal

from hexachord.dsp.chroma import (
    bass_treble_chroma,
    cens,
    chroma_cqt,
    chroma_filterbank,
    chroma_from_cqt,
    chroma_from_power,
    chroma_stft,
    log_compress,
    normalise_chroma,
)
from hexachord.dsp.constantq import C1_HZ, ConstantQ, bins_below_nyquist, cqt, cqt_frequencies_hz, cqt_magnitude
from hexachord.dsp.halfband import REACH, halve_rate
from hexachord.dsp.stft import power_spectrogram

RATE_HZ = 22050


def tone(hz: float, seconds: float = 2.0, rate_hz: int = RATE_HZ) -> np.ndarray:
    t = np.arange(int(seconds * rate_hz)) / rate_hz
    return (np.sin(2 * np.pi * hz * t)).astype(np.float32)


def test_halving_keeps_the_low_and_drops_the_high() -> None:
    n = np.arange(4000)
    for cycles, gain in ((0.0, 1.0), (0.05, 1.0), (0.124, 1.0), (0.376, 0.0), (0.45, 0.0), (0.5, 0.0)):
        out = halve_rate(np.cos(2 * np.pi * cycles * n))
        expected = gain * np.cos(2 * np.pi * cycles * (REACH + 2 * np.arange(len(out))))
        np.testing.assert_allclose(out, expected, atol=2e-5)


def test_halving_in_blocks() -> None:
    signal = np.random.default_rng(0).standard_normal(3000).astype(np.float32)
    whole = halve_rate(signal)
    for start, count in ((0, 10), (7, 33), (100, 1000)):
        part = halve_rate(signal[2 * start : 2 * (start + count - 1) + 2 * REACH + 1])
        np.testing.assert_allclose(part, whole[start : start + count], atol=1e-6)
    assert halve_rate(np.zeros(2 * REACH)).shape == (0,)


def test_constant_q_is_its_definition() -> None:
    """The top octave is analysed at the signal's own rate: compare with sums over its kernels, written out."""
    options = ConstantQ(bins=12, fmin_hz=C1_HZ * 2**6)
    signal = golden_signal().astype(np.float64)
    ours = cqt(signal, options)
    for k, (hz, length) in enumerate(zip(options.frequencies_hz, options.kernel_lengths, strict=True)):
        times = np.arange(np.floor(-length / 2), np.floor(length / 2))
        window = np.sin(np.pi * np.arange(len(times)) / len(times)) ** 2
        kernel = window / window.sum() * np.exp(2j * np.pi * hz / RATE_HZ * times) * np.sqrt(length)
        for frame in (20, 57):
            direct = np.sum(kernel * signal[frame * 512 - times.astype(int)])
            assert abs(ours[frame, k] - direct) < 1e-5 * np.sqrt(length)


@pytest.mark.parametrize("bins_per_octave", [12, 24, 36])
@pytest.mark.parametrize("octave", range(7))
def test_a_tone_reads_half_its_amplitude(bins_per_octave: int, octave: int) -> None:
    options = ConstantQ(bins=7 * bins_per_octave, bins_per_octave=bins_per_octave)
    bin_number = octave * bins_per_octave + 5
    hz = cqt_frequencies_hz(options)[bin_number]
    magnitude = cqt_magnitude(tone(hz, seconds=4.0), options)[86]
    assert magnitude.argmax() == bin_number
    assert magnitude[bin_number] / np.sqrt(options.kernel_lengths[bin_number]) == pytest.approx(0.5, rel=1e-3)


@pytest.mark.parametrize("hop", [512, 448, 441])
def test_hops_of_any_kind_agree(hop: int) -> None:
    """441 is odd, so that no octave can be decimated; the tones must read the same."""
    options = ConstantQ(hop=hop, bins=60)
    magnitude = cqt_magnitude(tone(options.frequencies_hz[30], seconds=3.0), options)
    assert magnitude[len(magnitude) // 2, 30] / np.sqrt(options.kernel_lengths[30]) == pytest.approx(0.5, rel=1e-3)


def test_blocks_equal_the_whole() -> None:
    signal = golden_signal()
    whole = cqt_magnitude(signal)
    np.testing.assert_allclose(np.abs(cqt(signal)), whole, atol=1e-6)
    for first, last in ((0, 1), (3, 50), (50, 1000)):
        np.testing.assert_allclose(cqt_magnitude(signal, first=first, last=last), whole[first:last], atol=1e-6)


def test_shift_and_scale() -> None:
    signal = golden_signal()
    late = np.concatenate([np.zeros(4 * 512, dtype=np.float32), signal])
    np.testing.assert_allclose(cqt_magnitude(late)[4 : 4 + 100], cqt_magnitude(signal)[:100], atol=1e-5)
    np.testing.assert_allclose(cqt_magnitude(3 * signal), 3 * cqt_magnitude(signal), rtol=1e-4, atol=1e-6)


def test_variable_q_shortens_the_bass() -> None:
    plain, wide = ConstantQ(), ConstantQ(gamma_hz=20.0)
    assert wide.kernel_lengths[0] < 0.2 * plain.kernel_lengths[0]
    magnitude = cqt_magnitude(tone(wide.frequencies_hz[24]), wide)[40]
    assert magnitude[24] / np.sqrt(wide.kernel_lengths[24]) == pytest.approx(0.5, rel=2e-2)


def test_edges() -> None:
    assert cqt(np.zeros(0, dtype=np.float32)).shape == (0, 84)
    assert not cqt(np.zeros(5000, dtype=np.float32)).any()
    assert np.isfinite(cqt_magnitude(np.ones(1, dtype=np.float32))).all()
    constant = cqt_magnitude(np.ones(3 * RATE_HZ, dtype=np.float32))[60] / np.sqrt(ConstantQ().kernel_lengths)
    assert constant.max() < 1e-4  # a constant has no pitch; a tone would read 0.5
    assert bins_below_nyquist(ConstantQ(rate_hz=2000.0)) == 59
    with pytest.raises(ValueError, match="Nyquist"):
        cqt(np.zeros(5000), ConstantQ(rate_hz=2000.0))
    with pytest.raises(ValueError, match="not a constant-Q"):
        cqt(np.zeros(5000), ConstantQ(bins=0))
    with pytest.raises(ValueError, match="mono"):
        cqt_magnitude(np.zeros((2, 5000)))


@pytest.mark.parametrize("pitch_class", range(12))
def test_chroma_columns_begin_with_c(pitch_class: int) -> None:
    hz = 261.6256 * 2 ** (pitch_class / 12)
    signal = tone(hz, seconds=1.5)
    assert chroma_cqt(signal, rate_hz=RATE_HZ, tuning_cents=0.0)[30].argmax() == pitch_class
    assert chroma_stft(signal, rate_hz=RATE_HZ, tuning_cents=0.0)[30].argmax() == pitch_class
    from_a = ConstantQ(fmin_hz=55.0, bins=60)
    assert chroma_from_cqt(cqt_magnitude(signal, from_a), from_a)[30].argmax() == pitch_class


def test_chroma_follows_the_tuning() -> None:
    signal = sum(tone(hz * 2 ** (45 / 1200), 3.0) for hz in (261.63, 329.63, 392.0))
    lost = chroma_cqt(signal, rate_hz=RATE_HZ, tuning_cents=0.0)[60]
    found = chroma_cqt(signal, rate_hz=RATE_HZ)[60]
    others = [1, 2, 3, 5, 6, 8, 9, 10, 11]
    assert found[others].max() < 0.5 * lost[others].max()
    assert set(chroma_stft(signal, rate_hz=RATE_HZ)[60].argsort()[-3:]) == {0, 4, 7}


def test_bass_and_treble_part_the_sound() -> None:
    options = ConstantQ(bins=252, bins_per_octave=36)
    magnitude = cqt_magnitude(tone(65.41, 3.0) + tone(659.26, 3.0), options)  # C2 and E5
    bass, treble = bass_treble_chroma(magnitude, options)
    assert (bass[60].argmax(), treble[60].argmax()) == (0, 4)
    bass, treble = bass_treble_chroma(magnitude, options, norm="none")
    np.testing.assert_allclose(bass + treble, chroma_from_cqt(magnitude, options, norm="none"), rtol=1e-5)


def test_norms() -> None:
    chroma = np.random.default_rng(0).random((5, 12)).astype(np.float32)
    assert normalise_chroma(chroma, norm="max").max(axis=1) == pytest.approx(1.0)
    assert normalise_chroma(chroma, norm="l1").sum(axis=1) == pytest.approx(1.0)
    assert np.linalg.norm(normalise_chroma(chroma, norm="l2"), axis=1) == pytest.approx(1.0)
    assert normalise_chroma(chroma, norm="none") is chroma
    assert not normalise_chroma(chroma, threshold=2.0).any()
    with pytest.raises(ValueError, match="norm"):
        normalise_chroma(chroma, norm="l3")  # type: ignore[arg-type]
    assert log_compress(np.array([0.0, 1.0]), gamma=np.e - 1) == pytest.approx([0.0, 1.0])


def test_cens_ignores_loudness_and_small_changes() -> None:
    rng = np.random.default_rng(0)
    chroma = rng.random((200, 12)) ** 4
    smooth = cens(chroma)
    np.testing.assert_allclose(cens(chroma * rng.uniform(0.5, 2.0, (200, 1))), smooth, atol=1e-6)
    assert np.linalg.norm(smooth, axis=1) == pytest.approx(1.0)
    np.testing.assert_array_equal(cens(chroma, downsample=10), smooth[::10])
    assert not cens(np.zeros((5, 12))).any()
    with pytest.raises(ValueError, match="positive"):
        cens(chroma, smooth_frames=0)


def test_chroma_of_a_power_spectrogram() -> None:
    signal = golden_signal()
    np.testing.assert_allclose(
        chroma_from_power(power_spectrogram(signal), rate_hz=RATE_HZ), chroma_stft(signal, rate_hz=RATE_HZ, tuning_cents=0.0), atol=1e-5
    )
    assert chroma_filterbank(rate_hz=RATE_HZ, n_fft=2048).shape == (1025, 12)
