import numpy as np
import pytest

from hexachord.dsp.pulse import predominant_local_pulse, pulse_kernels, track_beats_plp
from hexachord.dsp.tempogram import Tempogram, fourier_tempogram

HOP_S = 0.01


def curve_of(beat_s: np.ndarray, seconds: float) -> np.ndarray:
    curve = np.zeros(round(seconds / HOP_S))
    curve[np.rint(beat_s / HOP_S).astype(int)] = 1.0
    return curve


def test_a_kernel_is_a_cosine_with_its_top_on_the_beat() -> None:
    curve = curve_of(np.arange(0.25, 12, 0.5), 12)
    tempogram = fourier_tempogram(curve, hop_s=HOP_S, bpm=np.arange(80.0, 161.0), window_s=4.0)
    kernels = pulse_kernels(tempogram, window_s=4.0)
    offset_s, kernel = kernels.kernel(640)
    assert kernels.tempo_bpm[640] == 120.0
    assert offset_s[kernel.argmax()] + 6.4 == pytest.approx(6.25, abs=0.011)
    assert kernels.phase_turns[625] == pytest.approx(0.0, abs=0.01)
    assert kernels.phase_turns[650] % 1.0 == pytest.approx(0.5, abs=0.01)
    with pytest.raises(ValueError, match="complex"):
        pulse_kernels(Tempogram(pulse=np.ones((3, 2)), bpm=np.array([60.0, 120.0]), hop_s=HOP_S), window_s=4.0)


def test_beats_follow_the_tempo_and_stop_where_the_pulse_does() -> None:
    beats = 0.3 + np.cumsum(60.0 / np.linspace(100, 140, 50))
    end_s = float(beats[-1])
    curve = curve_of(np.delete(beats, [20, 33]), end_s + 15.0)
    found = track_beats_plp(curve, hop_s=HOP_S, bpm=np.arange(80.0, 161.0), window_s=5.0)
    inside = beats[5:-5]
    assert max(np.abs(found - beat).min() for beat in inside) < 0.04
    assert not np.any(found > end_s + 4.0)
    assert len(track_beats_plp(np.zeros(1000), hop_s=HOP_S)) == 0
    assert len(track_beats_plp(np.zeros(0), hop_s=HOP_S)) == 0


def test_the_range_of_tempi_chooses_the_level() -> None:
    curve = curve_of(np.arange(0.25, 20, 0.5), 20)
    quarters = track_beats_plp(curve, hop_s=HOP_S, bpm=np.arange(80.0, 161.0))
    eighths = track_beats_plp(curve, hop_s=HOP_S, bpm=np.arange(170.0, 300.0))
    assert len(eighths) == pytest.approx(2 * len(quarters), abs=3)
    favoured, _ = predominant_local_pulse(curve, hop_s=HOP_S, prior=np.where(np.arange(30.0, 301.0) > 170, 1.0, 0.1))
    assert np.count_nonzero(np.diff(np.sign(np.diff(favoured))) < 0) > 60
