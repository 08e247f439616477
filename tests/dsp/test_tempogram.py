from pathlib import Path

import numpy as np
import pytest

from hexachord.dsp import tempogram
from hexachord.dsp.peaks import local_maxima
from hexachord.dsp.pulse import predominant_local_pulse

GOLDEN = dict(np.load(Path(__file__).parents[1] / "golden" / "dsp_rhythm.npz"))
HOP_S = 0.01


def clicks(bpm: float, seconds: float = 20.0, first_s: float = 0.25) -> np.ndarray:
    frame = np.arange(int(seconds / HOP_S))
    since = (frame * HOP_S - first_s) % (60 / bpm)
    near = np.minimum(since, 60 / bpm - since)
    return np.exp(-((near / 0.015) ** 2))


def test_autocorrelation_equals_librosa() -> None:
    ours = tempogram.autocorrelation_tempogram(GOLDEN["onset_strength"], window_frames=64)
    np.testing.assert_allclose(ours, GOLDEN["tempogram"], rtol=1e-4, atol=1e-5)


def test_fourier_equals_its_definition() -> None:
    curve = np.random.default_rng(0).random(700)
    bpm = np.array([33.0, 120.0, 287.5])
    result = tempogram.fourier_tempogram(curve, hop_s=HOP_S, bpm=bpm, window_s=2.0)
    half = 100
    window = np.hanning(2 * half + 3)[1:-1]
    padded = np.pad(curve, half)
    for frame in (0, 1, 350, 699):
        offset = np.arange(-half, half + 1)
        kernel = window * np.exp(-2j * np.pi * np.outer(bpm / 60, offset * HOP_S))
        expected = kernel @ padded[frame : frame + 2 * half + 1] / window.sum()
        np.testing.assert_allclose(result.pulse[frame], expected, atol=2e-6)
    thinned = tempogram.fourier_tempogram(curve, hop_s=HOP_S, bpm=bpm, window_s=2.0, every=7)
    np.testing.assert_allclose(thinned.pulse, result.pulse[::7], atol=1e-7)
    assert thinned.hop_s == pytest.approx(0.07)


@pytest.mark.parametrize("bpm", [52.0, 97.0, 120.0, 171.0])
def test_salience_ranks_the_tempo_first(bpm: float) -> None:
    salience = tempogram.tempo_salience(clicks(bpm), hop_s=HOP_S)
    tempo, weight = tempogram.rank_tempi(salience, bpm=tempogram.DEFAULT_BPM)
    assert tempo[0] == pytest.approx(bpm, rel=0.01)
    assert weight.sum() == pytest.approx(1)
    assert not tempogram.tempo_salience(np.zeros(500), hop_s=HOP_S).any()


def test_lag_axis_becomes_tempo_axis() -> None:
    lags = tempogram.autocorrelation_tempogram(clicks(100.0), window_frames=600)
    tempi = tempogram.lags_to_tempi(lags, hop_s=HOP_S, bpm=np.arange(60.0, 190.0))
    assert tempi.bpm[tempi.magnitude[1000].argmax()] == pytest.approx(100, abs=1)
    with pytest.raises(ValueError, match="slowest"):
        tempogram.lags_to_tempi(lags[:, :100], hop_s=HOP_S, bpm=np.array([30.0]))


def test_cyclic_tempogram_forgets_octaves() -> None:
    bpm = 30 * 2 ** (np.arange(3 * 60 + 1) / 60)
    classes = [
        tempogram.cyclic_tempogram(tempogram.fourier_tempogram(clicks(tempo), hop_s=HOP_S, bpm=bpm))[1000].argmax()
        for tempo in (66.0, 132.0)
    ]
    assert abs(int(classes[0]) - int(classes[1])) <= 1
    assert classes[1] == pytest.approx(60 * np.log2(132 / 120), abs=1.5)


def test_plp_peaks_on_beats_and_bridges_gaps() -> None:
    curve = clicks(120.0)
    curve[1000:1100] = 0  # two beats missing
    pulse, tempo = predominant_local_pulse(curve, hop_s=HOP_S, bpm=np.arange(70.0, 200.0))
    assert pulse.max() <= 1.0
    peaks_s = np.flatnonzero(local_maxima(pulse)) * HOP_S
    inside = peaks_s[(peaks_s > 3) & (peaks_s < 17)]
    np.testing.assert_allclose(np.diff(inside), 0.5, atol=0.021)
    assert np.abs((inside - 0.25 + 0.25) % 0.5 - 0.25).max() < 0.025
    assert np.median(tempo) == pytest.approx(120, abs=2)


def test_edges() -> None:
    for curve in (np.zeros(0), np.zeros(1), np.ones(40)):
        assert tempogram.fourier_tempogram(curve, hop_s=HOP_S).pulse.shape == (curve.size, 271)
        assert tempogram.autocorrelation_tempogram(curve).shape == (curve.size, 384)
        assert predominant_local_pulse(np.zeros(curve.size), hop_s=HOP_S)[0].sum() == 0
    with pytest.raises(ValueError, match="shape"):
        tempogram.fourier_tempogram(np.zeros((2, 2)), hop_s=HOP_S)
