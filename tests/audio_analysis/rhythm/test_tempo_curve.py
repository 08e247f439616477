import numpy as np
import pytest

from hexachord.audio_analysis.rhythm.tempo_curve import beat_steps, tempo_curve


def test_a_steady_beat_has_its_tempo_and_no_spread() -> None:
    curve = tempo_curve(2.0 + 0.6 * np.arange(30))
    assert curve.bpm == pytest.approx(100.0)
    assert curve.stability == pytest.approx(0.0, abs=1e-9)
    assert curve.smooth_s == pytest.approx(2.0 + 0.6 * np.arange(30))


def test_wavering_beats_are_smoothed_and_measured() -> None:
    rng = np.random.default_rng(0)
    beats = 0.5 * np.arange(400) + 0.01 * rng.standard_normal(400)
    curve = tempo_curve(beats)
    assert np.std(60.0 / np.diff(beats)) > 3.0
    assert np.std(curve.bpm) < 0.6
    assert curve.stability == pytest.approx(np.sqrt(2) * 0.01 / 0.5, rel=0.15)
    assert np.std(curve.smooth_s - 0.5 * np.arange(400)) < 0.006


@pytest.mark.parametrize("ratio", [0.5, 0.8, 1.25, 2.0])
def test_a_jump_stays_a_jump(ratio: float) -> None:
    rng = np.random.default_rng(1)
    gaps = np.concatenate([np.full(30, 0.5), np.full(30, 0.5 / ratio)])
    beats = np.concatenate([[0.0], np.cumsum(gaps)]) + 0.004 * rng.standard_normal(61)
    bpm = tempo_curve(beats).bpm
    assert bpm[5:29] == pytest.approx(120.0, rel=0.02)
    assert bpm[31:55] == pytest.approx(120.0 * ratio, rel=0.02)


def test_an_accelerando_is_followed() -> None:
    true_bpm = np.linspace(90.0, 140.0, 80)
    beats = np.concatenate([[0.0], np.cumsum(60.0 / true_bpm)])
    assert tempo_curve(beats).bpm[4:-4] == pytest.approx(true_bpm[4:-4], rel=0.005)


def test_a_ritardando_is_neither_a_jump_nor_late_at_the_end() -> None:
    true_bpm = np.concatenate([np.full(30, 118.0), np.linspace(118.0, 95.0, 16)])
    bpm = tempo_curve(np.concatenate([[0.0], np.cumsum(60.0 / true_bpm)])).bpm
    assert bpm == pytest.approx(true_bpm, rel=0.02)
    assert (np.diff(bpm[25:]) < 0.05).all()


def test_a_late_beat_a_missing_beat_and_one_too_many_hardly_matter() -> None:
    beats = 0.5 * np.arange(40)
    beats[10] += 0.08
    odd = np.sort(np.append(np.delete(beats, 20), beats[30] + 0.25))
    curve = tempo_curve(odd)
    assert curve.bpm == pytest.approx(120.0, rel=0.03)
    assert np.count_nonzero(beat_steps(odd) != 1) == 3


def test_a_lasting_change_is_no_slip() -> None:
    gaps = np.concatenate([np.full(20, 0.5), np.full(6, 1.0), np.full(20, 0.5)])
    assert (beat_steps(np.concatenate([[0.0], np.cumsum(gaps)])) == 1).all()


@pytest.mark.parametrize("count", [2, 3, 4, 5, 9])
def test_few_beats(count: int) -> None:
    curve = tempo_curve(1.0 + 0.5 * np.arange(count))
    assert curve.bpm == pytest.approx(120.0)
    assert len(curve.smooth_s) == count


def test_what_is_no_row_of_beats_is_refused() -> None:
    for bad in (np.zeros(0), np.zeros(1), np.array([1.0, 1.0, 2.0])):
        with pytest.raises(ValueError, match="two beats"):
            tempo_curve(bad)
    with pytest.raises(ValueError, match="one beat"):
        tempo_curve(np.arange(5.0), reach_beats=0)
