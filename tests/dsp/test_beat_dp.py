import numpy as np
import pytest

from hexachord.dsp.beat_dp import track_beats_dp

HOP_S = 0.01


def curve_with_beats(beat_s: np.ndarray, seconds: float, noise: float = 0.1) -> np.ndarray:
    time = np.arange(int(seconds / HOP_S)) * HOP_S
    events = np.exp(-(((time[:, None] - beat_s) / 0.012) ** 2)).sum(axis=1)
    return events + noise * np.random.default_rng(0).random(time.size)


def test_steady_beats_with_gaps_and_off_beats() -> None:
    beats = np.arange(0.37, 20, 0.5)
    curve = curve_with_beats(beats, 20) + 0.6 * curve_with_beats(beats[::3] + 0.25, 20)
    curve[790:930] = 0.05  # three beats missing
    found = track_beats_dp(curve, hop_s=HOP_S, period_s=0.5)
    assert found.size == beats.size
    assert np.abs(found - beats).max() < 0.03


def test_tempo_curve_is_followed() -> None:
    beats = np.cumsum(np.geomspace(0.4, 0.8, 40))
    curve = curve_with_beats(beats, beats[-1] + 0.5)
    frames = np.arange(curve.size) * HOP_S
    period = np.interp(frames, beats[1:], np.diff(beats))
    found = track_beats_dp(curve, hop_s=HOP_S, period_s=period)
    inside = beats[2:-2]
    assert max(np.abs(found - beat).min() for beat in inside) < 0.03
    assert abs(found.size - beats.size) <= 2


def test_equals_plain_dynamic_programming() -> None:
    rng = np.random.default_rng(4)
    curve = rng.random(300)
    period, tightness = 20.0, 30.0
    found = track_beats_dp(curve, hop_s=1.0, period_s=period, tightness=tightness)
    width = period / 32
    kernel = np.exp(-0.5 * (np.arange(-2, 3) / width) ** 2)
    gain = np.convolve(curve / curve.std(), kernel)[2:-2]
    score, back = gain.copy(), np.full(300, -1)
    for n in range(300):
        best = 0.0
        for m in range(max(0, n - 40), n - 9):
            value = score[m] - tightness * np.log((n - m) / period) ** 2
            if value > best:
                best, back[n] = value, m
        score[n] = gain[n] + best
    path = [int(score.argmax())]
    while back[path[-1]] >= 0:
        path.append(int(back[path[-1]]))
    np.testing.assert_allclose(found, path[::-1], atol=0.5)
    assert found.size == len(path)


def test_silence_and_edges() -> None:
    for curve in (np.zeros(0), np.zeros(1), np.zeros(500), np.ones(500)):
        assert track_beats_dp(curve, hop_s=HOP_S, period_s=0.5).size == 0
    with pytest.raises(ValueError, match="two frames"):
        track_beats_dp(np.arange(10.0), hop_s=HOP_S, period_s=0.001)
