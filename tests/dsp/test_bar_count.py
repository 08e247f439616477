import numpy as np
import pytest

from hexachord.dsp.bar_count import CountOptions, count_bars


def odds(position, *, noise=0.8, seed=0):
    """What a network thinks: ±2 nats, uncertain."""
    random = np.random.default_rng(seed)
    return np.where(np.asarray(position) == 1, 2.0, -2.0) + noise * random.normal(size=len(position))


@pytest.mark.parametrize("metre", [2, 3, 4, 5, 6, 7])
@pytest.mark.parametrize("start", [0, 1])
def test_every_metre_is_counted_from_anywhere(metre, start):
    position = (np.arange(70) + start) % metre + 1
    best = count_bars(odds(position))[0]
    assert best.metre == metre
    np.testing.assert_array_equal(best.position, position)
    assert (best.bar_metre == metre).all()


def test_one_count_per_metre_best_first():
    found = count_bars(odds(np.arange(48) % 4 + 1))
    assert sorted(count.metre for count in found) == [2, 3, 4, 5, 6, 7]
    scores = [count.score for count in found]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] > scores[1] + 3


def test_losing_count_is_found_once():
    position = np.concatenate([np.arange(34) % 4, np.arange(40) % 4]) + 1
    best = count_bars(odds(position), options=CountOptions(metres=(4,)))[0]
    assert (best.position != position).sum() <= 1  # which of the two beats before the new count goes wrong is not told
    stiff = count_bars(odds(position), options=CountOptions(metres=(4,), slip=1e6))[0]
    assert (np.diff(stiff.position) % 4 == 1).all()


def test_metres_may_change():
    position = np.concatenate([np.arange(32) % 4, np.arange(30) % 3, np.arange(32) % 4]) + 1
    (found,) = count_bars(odds(position), options=CountOptions(metres=(3, 4), change=5.0))
    np.testing.assert_array_equal(found.position, position)
    assert found.bar_metre[10] == 4
    assert found.bar_metre[40] == 3


def test_a_known_downbeat_moves_the_bars():
    position = np.arange(40) % 4 + 1
    weight = np.zeros(40)
    weight[2] = 100.0
    moved = count_bars(odds(position), options=CountOptions(metres=(4,), slip=1e6), weight=weight)[0]
    assert moved.position[2] == 1


def test_edges():
    assert count_bars(np.zeros(0)) == ()
    assert count_bars(np.array([1.0]))[0].position.tolist() == [1]
    with pytest.raises(ValueError, match="finite"):
        count_bars(np.array([np.nan, 1.0]))
