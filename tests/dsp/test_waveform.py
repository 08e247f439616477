import numpy as np
import pytest

from hexachord.dsp.frames import frame_blocks
from hexachord.dsp.waveform import frame_extremes, moments_of

RNG = np.random.default_rng(0)


@pytest.mark.parametrize(("frame_length", "hop"), [(2048, 512), (2048, 2048), (1000, 300), (512, 512)])
@pytest.mark.parametrize("samples", [1, 511, 5000, 1_300_000])
def test_extremes_are_those_of_the_frames(frame_length: int, hop: int, samples: int) -> None:
    signal = RNG.standard_normal(samples).astype(np.float32)
    peak, mean = frame_extremes(signal, frame_length=frame_length, hop=hop)
    for first, block in frame_blocks(signal, frame_length=frame_length, hop=hop):
        rows = slice(first, first + len(block))
        np.testing.assert_array_equal(peak[rows], np.abs(block).max(axis=1))
        np.testing.assert_allclose(mean[rows], block.mean(axis=1), atol=1e-6)


def test_moments() -> None:
    signal = RNG.standard_normal(2_500_007).astype(np.float32) + 1
    power, peak, std = moments_of(signal, length=220)
    assert len(power) == len(peak) == len(std) == -(-len(signal) // 220)
    for moment in (0, 5000, len(power) - 1):
        part = signal[moment * 220 : (moment + 1) * 220].astype(float)
        assert power[moment] == pytest.approx(np.mean(part**2), rel=1e-5)
        assert peak[moment] == pytest.approx(np.abs(part).max())
        assert std[moment] == pytest.approx(part.std(), rel=1e-3)
    assert all(len(values) == 0 for values in moments_of(np.zeros(0), length=10))
