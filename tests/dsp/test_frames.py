import numpy as np
import pytest

from hexachord.dsp.frames import frame_blocks, frame_count, frame_range, frame_times_s, frame_view, frames_to_s, padded_slice, s_to_frames


@pytest.mark.parametrize("samples", [1, 2, 63, 64, 65, 1000])
@pytest.mark.parametrize("centre", [True, False])
@pytest.mark.parametrize("block", [1, 3, 1000])
def test_blocks_equal_the_whole(samples: int, centre: bool, block: int) -> None:
    signal = np.random.default_rng(0).standard_normal(samples)
    total = frame_count(samples, frame_length=64, hop=10, centre=centre)
    whole = frame_range(signal, 0, total, frame_length=64, hop=10, centre=centre)
    assert whole.shape == (total, 64)
    pieces = [(i, b.copy()) for i, b in frame_blocks(signal, frame_length=64, hop=10, centre=centre, block_frames=block)]
    assert [i for i, _ in pieces] == list(range(0, total, block))
    if pieces:
        np.testing.assert_array_equal(np.concatenate([b for _, b in pieces]), whole)


def test_frame_i_is_centred_on_its_time() -> None:
    signal = np.arange(1000.0)
    frames = frame_range(signal, 0, 11, frame_length=64, hop=100)
    assert frames[3, 32] == 300.0
    times = frame_times_s(11, rate_hz=100.0, hop=100)
    np.testing.assert_array_equal(s_to_frames(times, rate_hz=100.0, hop=100), np.arange(11))
    np.testing.assert_allclose(frames_to_s(2.5, rate_hz=100.0, hop=100), 2.5)


@pytest.mark.parametrize("mode", ["constant", "reflect", "edge"])
def test_padding_is_numpys(mode: str) -> None:
    signal = np.random.default_rng(1).standard_normal(20)
    expected = np.pad(signal, (50, 45), mode=mode)  # type: ignore[call-overload]
    np.testing.assert_array_equal(padded_slice(signal, -50, 65, pad=mode), expected)
    np.testing.assert_array_equal(padded_slice(signal, 30, 40, pad=mode), expected[80:90])


def test_inner_frames_are_views() -> None:
    signal = np.zeros(1000, dtype=np.float32)
    assert np.shares_memory(frame_view(signal, frame_length=64, hop=10), signal)
    assert np.shares_memory(frame_range(signal, 10, 20, frame_length=64, hop=10), signal)


def test_empty_and_wrong() -> None:
    assert frame_count(0, frame_length=64, hop=10) == 0
    assert list(frame_blocks(np.zeros(0), frame_length=64, hop=10)) == []
    assert frame_view(np.zeros(10), frame_length=64, hop=10).shape == (0, 64)
    with pytest.raises(ValueError, match="mono"):
        list(frame_blocks(np.zeros((2, 10)), frame_length=64, hop=10))
    with pytest.raises(ValueError, match="positive"):
        frame_count(10, frame_length=0, hop=1)
