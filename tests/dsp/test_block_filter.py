import numpy as np
import pytest

from hexachord.dsp.block_filter import filtered_blocks, sections_response
from hexachord.dsp.loudness import k_weighting, measure_loudness, programme_loudness
from hexachord.dsp.programme_dynamics import vickers_emphasis


@pytest.mark.parametrize("samples", [1, 1000, 131072, 300_000])
@pytest.mark.parametrize("rate_hz", [22050, 48000])
def test_it_is_the_recursive_filter(samples: int, rate_hz: int) -> None:
    from scipy import signal as scipy_signal

    x = np.random.default_rng(0).standard_normal(samples).astype(np.float32)
    filters = (k_weighting(rate_hz), vickers_emphasis(rate_hz))
    pieces: list[list[np.ndarray]] = [[], []]
    for start, blocks in filtered_blocks(x, filters, memory=round(0.1 * rate_hz)):
        assert start == sum(len(piece) for piece in pieces[0])
        for piece, block in zip(pieces, blocks, strict=True):
            piece.append(block)
    for piece, sections in zip(pieces, filters, strict=True):
        expected = scipy_signal.sosfilt(sections, x.astype(np.float64))
        np.testing.assert_allclose(np.concatenate(piece), expected, atol=1e-7)


def test_responses() -> None:
    low, high = np.abs(sections_response(vickers_emphasis(22050), points=1025))[[0, -1]]
    assert low == pytest.approx(0.0, abs=1e-9)
    assert high == pytest.approx(1.0)


def test_loudness_from_energies_is_the_meters() -> None:
    rate_hz = 48000
    x = np.random.default_rng(0).standard_normal(rate_hz * 5) * np.repeat([0.1, 0.01, 0.1, 0.03, 0.1], rate_hz)
    ((_, (weighted,)), *rest) = filtered_blocks(x, (k_weighting(rate_hz),), memory=4800)
    weighted = np.concatenate([weighted, *(block for _, (block,) in rest)])
    energy = np.square(weighted).reshape(-1, 4800).sum(axis=1)
    meter, found = measure_loudness(x, rate_hz=rate_hz), programme_loudness(energy, samples_per_slot=4800)
    assert found.integrated_lufs == pytest.approx(meter.integrated_lufs, abs=1e-6)
    assert found.range_lu == pytest.approx(meter.range_lu, abs=1e-6)
    np.testing.assert_allclose(found.short_term_lufs, meter.short_term_lufs, atol=1e-6)
