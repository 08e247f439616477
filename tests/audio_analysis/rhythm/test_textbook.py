"""The textbook's techniques against numbers of `tests/golden/make_rhythm_textbook.py`."""

from pathlib import Path

import numpy as np
import pytest

import hexachord.audio_analysis.rhythm as rhythm
from hexachord.audio_analysis.rhythm import textbook

GOLDEN = dict(np.load(Path(__file__).parents[2] / "golden" / "rhythm_textbook.npz"))
RATE_HZ, N_FFT, HOP = 22050, 256, 256
TEMPI = np.array([60.0, 75.0, 90.0, 120.0, 150.0, 180.0, 240.0])


def near(found: np.ndarray, name: str, *, rel: float = 1e-4) -> None:
    expected = GOLDEN[name]
    assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected, rtol=rel, atol=rel * float(np.abs(expected).max()))


def test_everything_is_importable_from_the_package_and_names_its_section() -> None:
    for name in textbook.__all__:
        assert getattr(rhythm, name) is getattr(textbook, name)
        assert name in rhythm.__all__
    sections = {
        "energy_novelty": "6.1.1", "spectral_novelty": "6.1.2", "subtract_local_mean": "6.1.2", "phase_novelty": "6.1.3",
        "complex_novelty": "6.1.4", "normalise_novelty": "6.1", "resample_novelty": "6.1", "tempogram_ratio": "6.2.1",
        "fourier_tempogram": "6.2.2", "autocorrelation_tempogram": "6.2.3", "lags_to_tempi": "6.2.3", "cyclic_tempogram": "6.2.4",
        "pulse_kernels": "6.3.1", "predominant_local_pulse": "6.3.1", "track_beats_plp": "6.3.1", "track_beats_dp": "6.3.2",
        "adaptive_windows": "6.3.3",
    }  # fmt: skip
    for name, section in sections.items():
        assert f"§{section}" in (getattr(textbook, name).__doc__ or ""), name


def test_novelty_curves() -> None:
    signal, spectrum = GOLDEN["novelty_signal"], GOLDEN["novelty_spectrum"]
    near(textbook.energy_novelty(signal, frame_length=N_FFT, hop=HOP, compression=10.0), "novelty_energy")
    spectral = textbook.spectral_novelty(np.abs(spectrum), compression=100.0)
    near(spectral, "novelty_spectral")
    near(textbook.phase_novelty(spectrum), "novelty_phase", rel=1e-3)
    near(textbook.complex_novelty(spectrum), "novelty_complex", rel=1e-3)
    near(textbook.subtract_local_mean(spectral, frames=7), "novelty_local_mean_taken_away")
    near(textbook.normalise_novelty(spectral), "novelty_normalised")
    near(textbook.resample_novelty(spectral, hop_s=HOP / RATE_HZ, to_hop_s=0.02), "novelty_resampled")


def test_tempograms_and_the_pulse() -> None:
    novelty = GOLDEN["tempo_novelty"]
    fourier = textbook.fourier_tempogram(novelty, hop_s=0.02, bpm=TEMPI, window_s=4.0)
    near(fourier.pulse, "tempo_fourier")
    pulse, _ = textbook.predominant_local_pulse(novelty, hop_s=0.02, bpm=TEMPI, window_s=4.0)
    near(pulse, "tempo_pulse", rel=1e-3)
    octaves = 30.0 * 2.0 ** (np.arange(37) / 12)
    strong = textbook.Tempogram(pulse=GOLDEN["tempo_cyclic_input"], bpm=octaves, hop_s=0.02)
    near(textbook.cyclic_tempogram(strong, bins=12, reference_bpm=60.0), "tempo_cyclic")
    plain = textbook.Tempogram(pulse=GOLDEN["tempo_ratio_input"], bpm=np.linspace(30, 300, 91), hop_s=0.02)
    near(textbook.tempogram_ratio(plain, bpm=np.linspace(70, 140, 6)), "tempo_ratio")


def test_beats_by_dynamic_programming_are_those_of_librosa() -> None:
    hop_s = 512 / 22050
    found = textbook.track_beats_dp(GOLDEN["beat_strength"], hop_s=hop_s, period_s=0.5)
    expected = GOLDEN["beat_beats"] * hop_s
    inside = expected[2:-2]
    assert max(np.abs(found - beat).min() for beat in inside) < 1.01 * hop_s
    assert abs(len(found) - len(expected)) <= 2


@pytest.mark.parametrize(("row", "margin"), [(0, 0.0), (1, 0.25)])
def test_windows_between_beats(row: int, margin: float) -> None:
    found = textbook.adaptive_windows(GOLDEN["beat_features"], GOLDEN["beat_edges"], hop_s=0.1, margin=margin)
    np.testing.assert_allclose(found, GOLDEN["beat_windows"][row])
