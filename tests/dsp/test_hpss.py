from pathlib import Path

import numpy as np
import pytest

from hexachord.dsp import hpss

GOLDEN = dict(np.load(Path(__file__).parents[1] / "golden" / "dsp_hpss.npz"))


@pytest.mark.parametrize(
    ("options", "prefix"),
    [(hpss.HpssOptions(harmonic_frames=17), ""), (hpss.HpssOptions(harmonic_margin=2, percussive_margin=3, power=1.5), "strict_")],
)
def test_equals_librosa(options: hpss.HpssOptions, prefix: str) -> None:
    harmonic, percussive = hpss.harmonic_percussive_masks(GOLDEN["magnitude"], options=options)
    np.testing.assert_allclose(harmonic, GOLDEN[prefix + "harmonic"], rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(percussive, GOLDEN[prefix + "percussive"], rtol=1e-4, atol=1e-6)


def test_medians_equal_two_dimensional_ones() -> None:
    from scipy import ndimage

    matrix = np.random.default_rng(0).random((40, 13)).astype(np.float32)
    for size in (1, 3, 31):  # 31 is longer than a row: mirrored more than once
        np.testing.assert_array_equal(hpss.median_along_time(matrix, size=size), ndimage.median_filter(matrix, (size, 1)))
        np.testing.assert_array_equal(hpss.median_along_frequency(matrix, size=size), ndimage.median_filter(matrix, (1, size)))


def tones_and_clicks(samples: int) -> tuple[np.ndarray, np.ndarray]:
    tone = 0.3 * np.sin(2 * np.pi * 440 * np.arange(samples) / 22050)
    clicks = np.zeros(samples)
    clicks[3000::9000] = 1.0
    return tone.astype(np.float32), clicks.astype(np.float32)


def test_tone_and_clicks_come_apart() -> None:
    tone, clicks = tones_and_clicks(60000)
    harmonic, percussive = hpss.separate_harmonic_percussive(tone + clicks)
    inner = slice(4000, -4000)
    assert np.sum((harmonic - tone)[inner] ** 2) < 0.01 * np.sum(tone[inner] ** 2)
    assert np.corrcoef(percussive[inner], clicks[inner])[0, 1] > 0.9


@pytest.mark.parametrize("margin", [1.0, 2.0])
def test_blocks_equal_the_whole(margin: float) -> None:
    tone, clicks = tones_and_clicks(50001)
    mix = tone + clicks + 0.01 * np.random.default_rng(1).standard_normal(50001).astype(np.float32)
    options = hpss.HpssOptions(harmonic_margin=margin, percussive_margin=margin)
    whole = hpss.separate_harmonic_percussive(mix, options=options)
    blocks = hpss.separate_harmonic_percussive(mix, options=options, block_frames=23)
    for a, b in zip(whole, blocks, strict=True):
        assert a.dtype == np.float32
        np.testing.assert_allclose(a, b, atol=1e-6)
    if margin == 1:
        np.testing.assert_allclose(whole[0] + whole[1], mix, atol=1e-6)


@pytest.mark.parametrize("samples", [0, 1, 700])
def test_silence_and_short_signals(samples: int) -> None:
    harmonic, percussive = hpss.separate_harmonic_percussive(np.zeros(samples, dtype=np.float32))
    assert harmonic.shape == percussive.shape == (samples,)
    assert not harmonic.any()
    assert not percussive.any()


def test_dc_is_harmonic() -> None:
    harmonic, _ = hpss.separate_harmonic_percussive(np.full(40000, 0.5, dtype=np.float32))
    np.testing.assert_allclose(harmonic[8000:-8000], 0.5, atol=0.02)


def test_bad_options_are_refused() -> None:
    with pytest.raises(ValueError, match="margins"):
        hpss.harmonic_percussive(np.ones((4, 4)), options=hpss.HpssOptions(harmonic_margin=0.5))
    with pytest.raises(ValueError, match="odd"):
        hpss.median_along_time(np.ones((4, 4)), size=4)
