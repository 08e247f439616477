import time

import numpy as np
import pytest

from hexachord.dsp import bar_model
from hexachord.dsp.metrical import MetricalOptions, decode_bars, decode_beats

HOP_S = 0.02


def activations(
    beat_s: np.ndarray, position: np.ndarray, seconds: float, *, noise: float = 0.03, seed: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Bumps at beats and downbeats, as a network draws them: two frames wide, of uneven height, over a noisy floor."""
    rng = np.random.default_rng(seed)
    frame = np.arange(int(seconds / HOP_S)) * HOP_S
    shape = np.exp(-(((frame[:, None] - beat_s) / (0.8 * HOP_S)) ** 2))
    height = rng.uniform(0.5, 0.95, beat_s.size)
    beat = (shape * height).sum(axis=1) + noise * rng.random(frame.size)
    downbeat = (shape * np.where(position == 1, 0.8 * height, 0.05)).sum(axis=1) + 0.3 * noise * rng.random(frame.size)
    return np.clip(beat, 0, 1), np.clip(downbeat, 0, 1)


def steady(bpm: float, metre: int, seconds: float, first_s: float = 0.31, first_position: int = 1) -> tuple[np.ndarray, np.ndarray]:
    beat_s = np.arange(first_s, seconds - 0.05, 60 / bpm)
    return beat_s, 1 + (np.arange(beat_s.size) + first_position - 1) % metre


@pytest.mark.parametrize(("bpm", "metre", "start"), [(61.3, 4, 1), (97.7, 3, 2), (122.4, 4, 3), (171.0, 4, 1), (205.0, 3, 1)])
def test_steady_music(bpm: float, metre: int, start: int) -> None:
    beat_s, position = steady(bpm, metre, 30.0, first_position=start)
    best, other = decode_bars(*activations(beat_s, position, 30.0), hop_s=HOP_S)
    assert best.metre == metre
    assert other.metre == 7 - metre
    assert best.log_likelihood > other.log_likelihood
    assert best.beat_s.size == beat_s.size
    assert np.abs(best.beat_s - beat_s).max() < 0.015
    np.testing.assert_array_equal(best.position, position)
    assert best.tempo_bpm == pytest.approx(bpm, rel=0.03)
    np.testing.assert_array_equal(best.downbeat_s, best.beat_s[position == 1])


@pytest.mark.parametrize("metre", [2, 5, 6, 7])
def test_odd_metres(metre: int) -> None:
    beat_s, position = steady(140.0, metre, 15.0)
    options = MetricalOptions(metres=(2, 3, 4, 5, 6, 7), slowest_bpm=60, fastest_bpm=240)
    found = decode_bars(*activations(beat_s, position, 15.0), hop_s=HOP_S, options=options)
    assert len(found) == 6
    assert found[0].metre == metre
    np.testing.assert_array_equal(found[0].position[: beat_s.size], position)


def test_missing_beats_and_syncopation_do_not_derail() -> None:
    beat_s, position = steady(120.0, 4, 40.0)
    beat, downbeat = activations(beat_s, position, 40.0)
    beat[900:1100] = downbeat[900:1100] = 0.02  # four seconds of nothing
    off = np.rint((beat_s[10:30] + 0.25) / HOP_S).astype(int)
    beat[off] = 0.6
    best = decode_bars(beat, downbeat, hop_s=HOP_S)[0]
    assert best.beat_s.size == beat_s.size
    outside = (beat_s < 18) | (beat_s > 22)
    assert np.abs(best.beat_s - beat_s)[outside].max() < 0.02
    np.testing.assert_array_equal(best.position, position)


def test_rubato_is_followed() -> None:
    rng = np.random.default_rng(3)
    length = 0.6 * np.exp(0.25 * np.sin(np.arange(60) / 6)) * np.exp(0.02 * rng.standard_normal(60))
    beat_s = 0.5 + np.cumsum(length)
    position = 1 + np.arange(60) % 3
    best = decode_bars(*activations(beat_s, position, beat_s[-1] + 1), hop_s=HOP_S)[0]
    assert best.metre == 3
    assert max(np.abs(best.beat_s - beat).min() for beat in beat_s) < 0.03
    assert abs(best.beat_s.size - 60) <= 1


def test_metre_changes_when_they_may() -> None:
    bars = [4] * 8 + [3] * 8 + [4] * 8
    position = np.concatenate([np.arange(1, bar + 1) for bar in bars])
    beat_s = 0.4 + 0.5 * np.arange(position.size)
    curves = activations(beat_s, position, beat_s[-1] + 0.5)
    found = decode_bars(*curves, hop_s=HOP_S, options=MetricalOptions(metre_change=1e-3))
    assert len(found) == 1
    np.testing.assert_array_equal(found[0].position, position)
    np.testing.assert_array_equal(found[0].bar_metre, np.repeat(bars, bars))
    assert found[0].log_likelihood > decode_bars(*curves, hop_s=HOP_S)[0].log_likelihood


def test_beats_alone() -> None:
    beat_s, position = steady(110.0, 4, 20.0)
    found = decode_beats(activations(beat_s, position, 20.0)[0], hop_s=HOP_S)
    assert found is not None
    assert np.abs(found.beat_s - beat_s).max() < 0.015
    assert (found.position == 1).all()


def test_frame_rate_hardly_matters() -> None:
    beat_s, _ = steady(131.7, 4, 20.0)
    frame = np.arange(2000) * 0.01
    beat = np.clip(np.exp(-(((frame[:, None] - beat_s) / 0.015) ** 2)).sum(axis=1), 0.02, 0.9)
    downbeat = np.clip(np.exp(-(((frame[:, None] - beat_s[::4]) / 0.015) ** 2)).sum(axis=1), 0.01, 0.8)
    fine = decode_bars(beat, downbeat, hop_s=0.01)[0]
    coarse = decode_bars(beat.reshape(-1, 2).max(axis=1), downbeat.reshape(-1, 2).max(axis=1), hop_s=0.02)[0]
    np.testing.assert_array_equal(fine.position, coarse.position)
    assert np.abs(fine.beat_s - coarse.beat_s).max() < 0.021


def test_log_likelihood_is_the_best_over_all_walks() -> None:
    """A tiny model, all walks tried: the running-maximum recursion must find exactly the best one."""
    rng = np.random.default_rng(8)
    frames = 26
    beat = np.clip(rng.random(frames), 0.05, 0.95)
    downbeat = beat * rng.random(frames)
    options = MetricalOptions(metres=(2,), slowest_bpm=100, fastest_bpm=150, tempo_step=0.15, tempo_drift_cost=5, trim=0.0)
    best = decode_bars(beat, downbeat, hop_s=0.1, options=options)[0]
    model = bar_model.BarModel(options, (2,), 0.1)
    gains = bar_model.beat_gains(beat, (downbeat, beat - downbeat), model, options)
    widths = np.unique(model.width)
    top = -np.inf
    stack = [
        (start, tempo, slot, float(model.start[tempo, slot]))
        for start in range(-model.longest + 1, 1)
        for tempo in range(model.length.size)
        for slot in range(2)
    ]
    best_seen: dict[tuple[int, int, int], float] = {}
    while stack:
        start, tempo, slot, score = stack.pop()
        if best_seen.get((start, tempo, slot), -np.inf) >= score:
            continue
        best_seen[start, tempo, slot] = score
        if start >= 0:
            score += float(gains[start, np.searchsorted(widths, model.width[tempo]), slot]) - 0.4  # metre 2 costs that much a beat
        for duration, timing in zip(model.duration[tempo], model.timing[tempo], strict=True):
            end = start + int(duration)
            if not np.isfinite(timing) or end <= 0:
                continue
            if end >= frames:
                top = max(top, score + float(timing))
                continue
            for following in range(model.length.size):
                stack.append((end, following, 1 - slot, score + float(timing) + float(model.drift[tempo, following])))
    assert best.log_likelihood == pytest.approx(top, abs=1e-3)


def test_chunks_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    beat_s, position = steady(100.0, 3, 20.0)
    curves = activations(beat_s, position, 20.0, noise=0.2)
    for options in (MetricalOptions(), MetricalOptions(metre_change=1e-3)):
        whole = decode_bars(*curves, hop_s=HOP_S, options=options)
        monkeypatch.setattr(bar_model, "_CHUNK_FRAMES", 151)
        cut = decode_bars(*curves, hop_s=HOP_S, options=options)
        monkeypatch.undo()
        for a, b in zip(whole, cut, strict=True):
            np.testing.assert_allclose(a.beat_s, b.beat_s)
            np.testing.assert_array_equal(a.position, b.position)
            assert a.log_likelihood == pytest.approx(b.log_likelihood, rel=1e-4)


def test_silence_short_and_bad_input() -> None:
    assert decode_bars(np.zeros(0), np.zeros(0), hop_s=HOP_S) == ()
    assert decode_bars(np.zeros(500), np.zeros(500), hop_s=HOP_S) == ()
    assert decode_beats(np.zeros(500), hop_s=HOP_S) is None
    for frames in (1, 3, 20):
        for hypothesis in decode_bars(np.full(frames, 0.5), np.full(frames, 0.2), hop_s=HOP_S):
            assert (hypothesis.beat_s >= 0).all()
            assert (hypothesis.beat_s < frames * HOP_S).all()
    with pytest.raises(ValueError, match="finite"):
        decode_bars(np.array([np.nan]), np.zeros(1), hop_s=HOP_S)
    with pytest.raises(ValueError, match="one length"):
        decode_bars(np.zeros(3), np.zeros(4), hop_s=HOP_S)
    with pytest.raises(ValueError, match="slow to fast"):
        decode_beats(np.zeros(3), hop_s=HOP_S, options=MetricalOptions(slowest_bpm=200, fastest_bpm=100))


def test_beats_are_strictly_ascending_on_noise() -> None:
    rng = np.random.default_rng(5)
    beat = rng.random(3000)
    for hypothesis in decode_bars(beat, beat * rng.random(3000), hop_s=HOP_S):
        assert (np.diff(hypothesis.beat_s) > 0.1).all()


@pytest.mark.slow
def test_four_minutes_take_seconds() -> None:
    beat_s, position = steady(122.0, 4, 240.0)
    curves = activations(beat_s, position, 240.0)
    start = time.process_time()
    decode_bars(*curves, hop_s=HOP_S)
    assert time.process_time() - start < 6
