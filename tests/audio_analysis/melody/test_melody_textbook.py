"""Section 8.2 against its formulas, written out in loops, and against tones whose pitch is known."""

import numpy as np
import pytest

import hexachord.audio_analysis.melody as melody
from hexachord.audio_analysis.melody import textbook
from hexachord.dsp.stft import stft
from hexachord.dsp.tones import tone

RANDOM = np.random.default_rng(8)
RATE_HZ = 22050


def test_everything_is_importable_from_the_package_and_names_its_section() -> None:
    for name in textbook.__all__:
        assert getattr(melody, name) is getattr(textbook, name)
        assert name in melody.__all__
    sections = {
        "principal_argument": "8.2.1", "instantaneous_frequency": "8.2.1", "log_frequency_spectrogram": "8.2.2.1",
        "harmonic_summation": "8.2.2.2", "harmonic_salience": "8.2.2", "strongest_pitches": "8.2.3", "smooth_trajectory": "8.2.3.1",
        "trajectory_in_regions": "8.2.3.2", "regions_of_notes": "8.2.3.2", "harmonic_mask": "8.2.3.3", "separate_melody": "8.2.3.3",
    }  # fmt: skip
    for name, section in sections.items():
        assert f"§{section}" in (getattr(textbook, name).__doc__ or ""), name


def test_instantaneous_frequency_is_the_formula_written_out() -> None:
    spectrum = RANDOM.normal(size=(4, 9)) + 1j * RANDOM.normal(size=(4, 9))
    found = textbook.instantaneous_frequency(spectrum, rate_hz=800, hop=3)
    for n in range(1, 4):
        for k in range(9):
            before, now = np.angle(spectrum[n - 1, k]) / (2 * np.pi), np.angle(spectrum[n, k]) / (2 * np.pi)
            predicted = before + k * 3 / 16
            error = (now - predicted + 0.5) % 1.0 - 0.5
            assert found[n, k] == pytest.approx((k + error * 16 / 3) * 800 / 16)
    assert np.array_equal(found[0], found[1])
    assert textbook.instantaneous_frequency(spectrum[:1], rate_hz=800, hop=3)[0].tolist() == [50.0 * k for k in range(9)]


def test_instantaneous_frequency_is_finer_than_a_bin() -> None:
    for hz in (61.7, 440.9, 3000.3):
        signal = np.sin(2 * np.pi * hz * np.arange(8192) / RATE_HZ)
        spectrum = stft(signal, n_fft=2048, hop=256)
        nearest = round(hz * 2048 / RATE_HZ)
        found = textbook.instantaneous_frequency(spectrum, rate_hz=RATE_HZ, hop=256)[10:20, nearest]
        assert np.abs(1200 * np.log2(found / hz)).max() < 3.0  # a bin is 300 cents wide at 61.7 Hz


def test_binning_and_summation_are_sums() -> None:
    axis = textbook.PitchAxis(lowest_hz=100.0, highest_hz=800.0, step_cents=50.0)
    assert axis.bins == 73
    power, frequency = RANDOM.random((3, 40)), RANDOM.uniform(-50, 1200, (3, 40))
    expected = np.zeros((3, 73))
    for n in range(3):
        for k in range(40):
            if frequency[n, k] > 0:
                bin_ = int(np.floor(1200 / 50 * np.log2(frequency[n, k] / 100) + 0.5))
                if 0 <= bin_ < 73:
                    expected[n, bin_] += power[n, k]
    np.testing.assert_allclose(textbook.log_frequency_spectrogram(power, frequency, axis), expected, rtol=1e-5)
    summed = np.zeros_like(expected)
    for n in range(3):
        for b in range(73):
            for h in range(1, 6):
                up = int(np.floor(np.log2(h) * 1200 / 50 + 0.5))
                if b + up < 73:
                    summed[n, b] += 0.8 ** (h - 1) * expected[n, b + up]
    np.testing.assert_allclose(textbook.harmonic_summation(expected, step_cents=50.0, harmonics=5, decay=0.8), summed)


def test_salience_stands_on_the_fundamental_whatever_the_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    from hexachord.audio_analysis.melody import instantaneous

    axis = textbook.PitchAxis()
    glide = 220 * 2 ** (np.arange(RATE_HZ) / RATE_HZ)
    signal = tone(glide, rate_hz=RATE_HZ, partials=(1.0, 0.7, 0.5, 0.3))
    whole = textbook.harmonic_salience(signal, rate_hz=RATE_HZ, axis=axis)
    found = textbook.strongest_pitches(whole, axis)[8:-8]
    truth = glide[np.minimum(np.arange(len(whole)) * 256, RATE_HZ - 1)][8:-8]
    assert np.median(np.abs(1200 * np.log2(found / truth))) < 10.0
    blocks = instantaneous.stft_blocks
    monkeypatch.setattr(instantaneous, "stft_blocks", lambda *a, **k: blocks(*a, block_frames=7, **k))
    np.testing.assert_allclose(textbook.harmonic_salience(signal, rate_hz=RATE_HZ, axis=axis), whole, rtol=1e-3, atol=1e-2 * whole.max())
    assert textbook.harmonic_salience(np.zeros(0, dtype=np.float32), rate_hz=RATE_HZ).shape[1] == axis.bins
    assert textbook.harmonic_salience(signal[:4000], rate_hz=2000.0).shape[1] == axis.bins  # an axis beyond half the rate


def naive_track(salience: np.ndarray, reach: int, leap: float) -> float:
    frames, bins = salience.shape
    score = np.log(salience[0])
    for n in range(1, frames):
        score = np.array([
            np.log(salience[n, b]) + max(score[a] + (0.0 if abs(a - b) <= reach else np.log(leap)) for a in range(bins))
            for b in range(bins)
        ])  # fmt: skip
    return float(score.max())


def test_the_smooth_track_is_the_best_of_all_also_at_the_ends_of_the_axis() -> None:
    axis = textbook.PitchAxis(lowest_hz=100.0, highest_hz=200.0, step_cents=100.0)
    for seed in range(6):
        salience = np.random.default_rng(seed).random((25, axis.bins)) ** 3 + 1e-3
        track = np.rint(axis.bins_of(textbook.smooth_trajectory(salience, axis, reach_cents=200.0, leap=0.05))).astype(int)
        score = np.log(salience[np.arange(25), track]).sum() + np.log(0.05) * (np.abs(np.diff(track)) > 2).sum()
        assert score == pytest.approx(naive_track(salience, 2, 0.05), abs=1e-9)


def test_regions_say_where_the_melody_is() -> None:
    axis = textbook.PitchAxis(lowest_hz=220.0, highest_hz=880.0, step_cents=50.0)
    salience = np.ones((30, axis.bins))
    salience[:, 8] = 9.0  # a loud line, and a soft one a sixth above
    salience[:, 26] = 4.0
    note = textbook.regions_of_notes(np.array([0.5]), np.array([1.5]), np.array([70.0]), reach_cents=150.0, late_s=0.2)
    found = textbook.trajectory_in_regions(salience, axis, note, hop_s=0.1)
    assert (np.flatnonzero(found) == np.arange(5, 17)).all()
    assert np.allclose(found[5:17], axis.frequencies_hz[26])
    assert (textbook.smooth_trajectory(salience, axis) == axis.frequencies_hz[8]).all()
    assert len(textbook.smooth_trajectory(np.zeros((0, axis.bins)), axis)) == 0
    assert (textbook.strongest_pitches(np.zeros((4, axis.bins)), axis) == 0).all()
    with pytest.raises(ValueError, match="negative"):
        textbook.smooth_trajectory(-salience, axis)


def test_the_mask_is_the_bins_near_harmonics() -> None:
    f0 = np.array([0.0, 110.0, 333.3, np.nan, 5000.0])
    mask = textbook.harmonic_mask(f0, rate_hz=RATE_HZ, n_fft=1024, harmonics=7, reach_cents=80.0)
    for n, hz in enumerate(f0):
        expected = set()
        for h in range(1, 8) if hz > 0 else ():
            if h * hz <= RATE_HZ / 2:
                expected |= {k for k in range(1, 513) if abs(1200 * np.log2(k * RATE_HZ / 1024 / (h * hz))) <= 80.0}
                expected.add(round(h * hz * 1024 / RATE_HZ))
        assert set(np.flatnonzero(mask[n]).tolist()) == expected


def test_melody_and_accompaniment_add_up_and_are_apart() -> None:
    voice = tone(440 * 2 ** (0.03 * np.sin(2 * np.pi * 5 * np.arange(RATE_HZ) / RATE_HZ)), rate_hz=RATE_HZ, partials=(1, 0.6, 0.4))
    other = tone(185.0, rate_hz=RATE_HZ, seconds=1.0, partials=(1, 0.5, 0.3))
    track = np.full(87, 440.0)
    parts = textbook.separate_melody(voice + other, track, hop_s=256 / RATE_HZ, rate_hz=RATE_HZ)
    np.testing.assert_allclose(parts.melody + parts.accompaniment, voice + other, atol=1e-5)
    inner = slice(3000, -3000)
    error = ((parts.melody - voice)[inner] ** 2).mean() / (voice[inner] ** 2).mean()
    assert 10 * np.log10(error) < -15
    silent = textbook.separate_melody(voice, np.zeros(5), hop_s=0.2, rate_hz=RATE_HZ)
    assert not silent.melody.any()
    assert textbook.separate_melody(voice[:0], track, hop_s=0.01, rate_hz=RATE_HZ).melody.shape == (0,)
