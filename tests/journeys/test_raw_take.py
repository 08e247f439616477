import numpy as np
import pytest

from hexachord.journeys.raw_take import record

RATE_HZ = 8000


def dying(seconds: float = 6.0) -> np.ndarray:
    """Two stems that fall by 20 dB a second."""
    time_s = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    tone = (0.5 * 10 ** (-time_s) * np.sin(2 * np.pi * 500 * time_s)).astype(np.float32)
    return np.stack([np.stack([tone, tone]), np.stack([0.2 * tone, tone])])


@pytest.mark.parametrize("cut", [[], [100], [1, 9999, 30000]])
def test_what_has_died_away_is_left_out_however_the_blocks_are_cut(tmp_path, cut):
    stems = dying()
    take = record(np.split(stems, cut, axis=2), tmp_path, rate_hz=RATE_HZ)
    assert take.frames / RATE_HZ == pytest.approx(3.1, abs=0.02)  # 60 dB at 20 dB a second, and the fade
    kept = np.concatenate(list(take.blocks()), axis=2)
    assert kept.shape == (2, 2, take.frames)
    faded = round(0.1 * RATE_HZ)
    np.testing.assert_array_equal(kept[:, :, :-faded], stems[:, :, : take.frames - faded])
    assert np.abs(kept[:, :, -10:]).max() < 0.05 * np.abs(stems[:, :, : take.frames][:, :, -100:]).max()
    take.close()


def test_a_sound_that_stops_is_kept_whole(tmp_path):
    stems = np.full((1, 2, RATE_HZ), 0.25, dtype=np.float32)
    take = record([stems], tmp_path, rate_hz=RATE_HZ)
    assert take.frames == RATE_HZ
    take.close()


def test_silence_is_no_take(tmp_path):
    take = record([np.zeros((1, 2, RATE_HZ), dtype=np.float32)], tmp_path, rate_hz=RATE_HZ)
    assert take.frames == 0
    take.close()
