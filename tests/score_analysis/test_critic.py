"""Readings from beat to beat: what is shown of them, what the critic says of it, and the bars that are counted through it."""

import numpy as np
import pytest

from hexachord.score_analysis.bars import bars_of
from hexachord.score_analysis.beat_views import COLUMNS, beat_views, chords_of
from hexachord.score_analysis.critic import KINDS, METRES, Critique, criticise


def song(bars: int = 16, *, beat_s: float = 0.6, per_bar: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """Notes of a bass, chords after it and a tune in quarters and eighths, and their beats; harmony turns with every bar."""
    random, rows = np.random.default_rng(0), []
    beats = 0.5 + beat_s * np.arange(bars * per_bar)
    for beat, at in enumerate(beats.tolist()):
        bar, place = divmod(beat, per_bar)
        root = (36, 41, 43, 36)[bar % 4]
        rows += [(at, 0.5, key, 50) for key in ((root,) if place == 0 else (root + 19, root + 24, root + 28))]
        rows.append((at, beat_s, root + 36 + int(random.integers(0, 3)) * 4, 80))
        if place == 1:
            rows.append((at + beat_s / 2, beat_s / 2, root + 38, 70))
    return np.array(sorted(rows)), beats


def views(rows: np.ndarray, beats: np.ndarray) -> np.ndarray:
    return beat_views(chords_of(*rows.T, is_percussion=np.zeros(len(rows), dtype=np.bool_)), beats)


def column(name: str) -> int:
    return COLUMNS.index(name)


def test_what_is_struck_is_shown_at_its_place_in_the_beat() -> None:
    rows, beats = song()
    shown = views(rows, beats)
    assert shown.shape == (len(beats), len(COLUMNS))
    np.testing.assert_allclose(shown[:, column("struck_0")], 1.0, atol=1e-6)
    np.testing.assert_allclose(shown[:, column("struck_12")], np.arange(len(beats)) % 3 == 1, atol=1e-6)
    assert (shown[:, column("bass_0")] > 0.5)[::3].all()
    np.testing.assert_allclose(shown[:, column("tempo")], np.log2(0.6), atol=1e-6)
    turn = shown[3:, column("turn_1.0")]
    assert turn[0::3].mean() > turn[1::3].mean()  # harmony turns at bar lines
    alike = shown[12:, [column(f"rhythm_{lag}") for lag in (2, 3)]].mean(axis=0)
    assert alike[1] > alike[0]  # a bar later it goes the same way
    half = views(rows, beats[::2])
    assert half[:, column("strokes")].mean() > shown[:, column("strokes")].mean()


def test_views_forget_when_and_how_fast_but_for_the_tempo() -> None:
    rows, beats = song()
    slow = rows.copy()
    slow[:, 0] = 3.0 + (rows[:, 0] - 0.5) * 1.3
    slow[:, 1] *= 1.3
    first, second = views(rows, beats), views(slow, 3.0 + (beats - 0.5) * 1.3)
    same = [index for index, name in enumerate(COLUMNS) if name not in ("tempo",) and not name.startswith(("harmony", "turn", "bass"))]
    np.testing.assert_allclose(first[:, same], second[:, same], atol=1e-4)


def test_the_critic_knows_a_waltz_and_its_wrong_readings() -> None:
    rows, beats = song(24)
    chords = chords_of(*rows.T, is_percussion=np.zeros(len(rows), dtype=np.bool_))
    right, beside = criticise(chords, beats), criticise(chords, beats + 0.3)
    names = list(KINDS)
    assert right.kind.shape == (len(beats), len(KINDS))
    np.testing.assert_allclose(right.kind.sum(axis=1), 1.0, atol=1e-4)
    assert right.kind[:, 0].mean() > 0.5 > beside.kind[:, 0].mean()
    assert beside.kind.mean(axis=0).argmax() == names.index("beside")
    assert right.metre.mean(axis=0).argmax() == METRES.index(3)
    assert right.division[:, 0].mean() > 0.8
    assert (right.downbeat[::3].mean() - right.downbeat[1::3].mean()) > 2.0


@pytest.mark.parametrize("metre", METRES)
def test_bars_are_counted_through_what_both_have_heard(metre: int) -> None:
    odds = np.where(np.arange(48) % metre == 0, 2.0, -2.0)
    critique = Critique(downbeat=odds, kind=np.ones((48, 1)), metre=np.ones((48, 1)), division=np.tile([0.8, 0.2], (48, 1)))
    bars = bars_of(np.zeros(48), critique)
    assert bars.best.metre == metre
    assert bars.best.position[: metre + 1].tolist() == [*range(1, metre + 1), 1]
    assert sum(share for _, share in bars.steady) == pytest.approx(1.0)
    assert bars.steady[0][0].metre == metre
    assert bars.in_three == pytest.approx(0.2)
    assert {count.metre for count, _ in bars_of(np.zeros(48), critique, metres=(3,)).steady} == {3}
