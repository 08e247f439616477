"""Every descriptor of the catalogue on a signal with a known answer."""

import numpy as np
import pytest
from known_signals import BINS, CLICK_FRAME, HOP, N_FFT, RATE_HZ, STEP_HZ, described, sine

from hexachord.audio_analysis.descriptors import CATALOGUE
from hexachord.dsp.auditory_bands import BARK_EDGES_HZ, erb_frequencies_hz

_STEADY = slice(8, -8)  # frames away from the ends


def mean(signal: str, name: str) -> np.ndarray:
    """The descriptor's mean over the steady frames, or its song numbers."""
    found, entry = described(signal), CATALOGUE[name]
    if entry.song:
        return np.array([found.song[column] for column in entry.columns])
    return found.columns(name)[_STEADY].mean(axis=0, dtype=np.float64)


def at_click(name: str, after: int = 0) -> np.ndarray:
    return described("click").columns(name)[CLICK_FRAME + after].astype(np.float64)


def one_hot(size: int, place: int, value: float = 1.0) -> np.ndarray:
    return np.eye(size)[place] * value


def close(found: np.ndarray | float, expected: np.ndarray | float, *, rel: float = 0.0, within: float = 0.0) -> None:
    np.testing.assert_allclose(found, expected, rtol=rel, atol=within)


_HZ = np.arange(BINS) * STEP_HZ
_HALF = RATE_HZ / 2


def _bark_counts() -> np.ndarray:
    return np.histogram(_HZ, bins=BARK_EDGES_HZ)[0].astype(float)


def _shape_over(weights: np.ndarray) -> tuple[float, float, float]:
    number = np.arange(len(weights))
    centre = np.average(number, weights=weights)
    spread = np.sqrt(np.average((number - centre) ** 2, weights=weights))
    return spread, *(np.average(((number - centre) / spread) ** order, weights=weights) for order in (3, 4))


# one line for each descriptor: what is found, what is expected, how near
KNOWN = {
    # dynamics, frames
    "dynamics/rms": lambda n: close(mean("sine", n), 0.5 / np.sqrt(2), rel=1e-3),
    "dynamics/peak": lambda n: close(mean("sine", n), 0.5, rel=1e-3),
    "dynamics/crest": lambda n: close(mean("sine", n), np.sqrt(2), rel=1e-3),
    "dynamics/std": lambda n: close(mean("offset", n), 0.5 / np.sqrt(2), rel=1e-3),
    "dynamics/loudness_stevens": lambda n: close(mean("sine", n), (N_FFT * 0.125) ** 0.67, rel=2e-3),
    "dynamics/momentary_lufs": lambda n: close(
        described("noise_x10").column(n)[-20:] - described("noise").column(n)[-20:], 20.0, within=0.01
    ),
    "dynamics/short_term_lufs": lambda n: close(described("loud_then_soft").column(n)[[800, -8]] @ [1, -1], 10.0, within=0.02),
    # dynamics, songs
    "dynamics/duration_s": lambda n: close(mean("sine", n), 3.0),
    "dynamics/peak_dbfs": lambda n: close(mean("sine", n), -6.02, within=0.02),
    "dynamics/crest_db": lambda n: close(mean("sine", n), 3.01, within=0.02),
    "dynamics/leq_db": lambda n: close(mean("sine", n), -9.03, within=0.01),
    "dynamics/larm_db": lambda n: close(mean("sine", n), -6.02, within=0.05),
    "dynamics/vickers_loudness_db": lambda n: close(mean("two_levels", n), (-20 - 40 * 0.9**20) / (1 + 0.9**20), within=0.05),
    "dynamics/dynamic_complexity_db": lambda n: close(
        mean("two_levels", n), 10.0, within=0.05
    ),  # both are ten on average, whatever the mean
    "dynamics/integrated_lufs": lambda n: close(mean("sine", n), -9.03, within=0.15),
    "dynamics/loudness_range_lu": lambda n: close(mean("loud_then_soft", n), 10.0, within=0.1),
    "dynamics/max_momentary_lufs": lambda n: close(mean("sine", n), -9.03, within=0.15),
    "dynamics/max_short_term_lufs": lambda n: close(mean("sine", n), -9.03, within=0.15),
    "dynamics/low_energy_ratio": lambda n: close(mean("quarter_loud", n), 0.75, within=0.02),
    "dynamics/silence_rate_20db": lambda n: close(mean("quarter_loud", n), 0.75, within=0.02),
    "dynamics/silence_rate_30db": lambda n: close(mean("two_levels", n), 0.5, within=0.01),
    "dynamics/silence_rate_60db": lambda n: close(mean("quarter_loud", n), 0.75, within=0.02),
    "dynamics/log_attack_time": lambda n: close(mean("ramp", n), np.log10(0.9), within=0.06),
    "dynamics/temporal_centroid_s": lambda n: close(mean("sine", n), 1.5, within=0.03),
    "dynamics/effective_duration_s": lambda n: close(mean("quarter_loud", n), 1.0, within=0.06),
    "dynamics/decay_db_per_s": lambda n: close(mean("decay", n), 20.0, rel=0.02),
    "dynamics/envelope_flatness": lambda n: close(mean("sine", n), 1.0, within=0.01),
    "dynamics/envelope_crest": lambda n: close(mean("quarter_loud", n), 4.0, rel=0.03),
    "dynamics/envelope_skewness": lambda n: close(mean("sine", n), 0.0, within=0.01),
    "dynamics/envelope_kurtosis": lambda n: close(mean("sine", n), 1.8, within=0.01),  # evenly spread over time
    # timbre
    "timbre/zero_crossing_rate": lambda n: close(mean("sine", n), 2000 / RATE_HZ, rel=0.01),
    "timbre/acf_19": lambda n: close(mean("sine", n), np.cos(2 * np.pi * 1000 * 19 / RATE_HZ), within=0.005),
    "timbre/acf_max": lambda n: close(mean("sine", n), 1.0, within=0.02),
    # ten times the amplitude: 20 dB in every band, all of it in the first coefficient
    "timbre/mfcc": lambda n: close(mean("noise_x10", n) - mean("noise", n), one_hot(20, 0, 20 * np.sqrt(128)), within=0.01),
    "timbre/bfcc": lambda n: close(mean("noise_x10", n) - mean("noise", n), one_hot(13, 0, 20 * np.sqrt(23)), within=0.01),
    "timbre/gfcc": lambda n: close(mean("noise_x10", n) - mean("noise", n), one_hot(13, 0, 20 * np.sqrt(40)), within=0.01),
    "timbre/lpc": lambda n: close(mean("recursive", n), one_hot(10, 0, -0.9), within=0.03),
    "timbre/reflection": lambda n: close(mean("recursive", n), one_hot(10, 0, -0.9), within=0.03),
    "timbre/prediction_error": lambda n: close(mean("recursive", n), 1 - 0.9**2, rel=0.03),
    "timbre/inharmonicity": lambda n: close(mean("tone", n), 0.0, within=0.005),
    "timbre/odd_even_ratio": lambda n: close(mean("tone", n), 4.0, rel=0.02),
    "timbre/tristimulus": lambda n: close(mean("tone", n), [1 / 6, 1 / 3, 1 / 2], within=0.01),
    "timbre/noisiness": lambda n: close(mean("tone", n), 0.0, within=0.01),
    "timbre/hnr_db": lambda n: close(mean("tone_in_noise", n), 10.0, within=0.5),
    "timbre/dissonance": lambda n: close(mean("rough", n), 1.0, within=0.1),
    "timbre/roughness": lambda n: close(mean("rough", n), ((0.25 * N_FFT / 4) ** 2) ** 0.1 * 0.5 * 0.1807, rel=0.06),
    "timbre/irregularity": lambda n: close(mean("tone", n), 0.4, within=0.01),  # eight steps of a half, four partials of 1 and four of 1/2
    "timbre/irregularity_krimphoff": lambda n: close(mean("tone", n), 1 / 3, within=0.01),
    # spectral
    "spectral/centroid_hz": lambda n: close(mean("sine", n), 1000, rel=0.002),
    "spectral/bandwidth_hz": lambda n: close(at_click(n), _HALF / np.sqrt(12), rel=0.002),
    "spectral/skewness": lambda n: close(at_click(n), 0.0, within=1e-4),
    "spectral/kurtosis": lambda n: close(at_click(n), 1.8, within=1e-3),
    "spectral/slope": lambda n: close(mean("sine", n), _slope_of_line(1000), rel=0.01),
    "spectral/decrease": lambda n: close(at_click(n), 0.0, within=1e-6),
    "spectral/poly": lambda n: close(at_click(n), [0.0, 1.0], within=1e-6),
    "spectral/crest": lambda n: close(mean("on_bin", n), BINS / 2, rel=0.01),  # magnitudes 1/2, 1, 1/2
    "spectral/flatness": lambda n: close(at_click(n), 1.0, within=1e-5),
    "spectral/flatness_magnitude": lambda n: close(at_click(n), 1.0, within=1e-5),
    "spectral/flatness_band": lambda n: close(mean("noise", n), np.exp(-np.euler_gamma), within=0.06),  # power of noise is exponential
    "spectral/entropy": lambda n: close(at_click(n), 1.0, within=1e-5),
    "spectral/flux": lambda n: close(described("click").column(n)[CLICK_FRAME - 1], 1.0, within=1e-5),  # out of silence
    "spectral/flux_magnitude": lambda n: close(at_click(n, after=1), 0.5 * np.sqrt(BINS), rel=1e-4),  # the window falls from 1 to 1/2
    "spectral/rolloff85_hz": lambda n: close(at_click(n), 0.85 * _HALF, rel=0.002),
    "spectral/rolloff95_hz": lambda n: close(at_click(n), 0.95 * _HALF, rel=0.002),
    "spectral/brightness": lambda n: close(at_click(n), 1 - 1500 / _HALF, rel=0.002),
    "spectral/hfc": lambda n: close(at_click(n), BINS * (BINS - 1) / 2, rel=1e-4),
    "spectral/strong_peak": lambda n: close(mean("between_bins", n), 0.849 * BINS / 2.04 / np.log2(102 / 99), rel=0.1),
    "spectral/complexity": lambda n: close(mean("five_sines", n), 5.0, within=0.1),
    "spectral/tonal_power_ratio": lambda n: close(mean("on_bin", n), 2 / 3, within=0.005),  # powers 1/4, 1, 1/4
    "spectral/energy": lambda n: close(at_click(n), BINS, rel=1e-5),
    "spectral/energy_low": lambda n: close(at_click(n), np.sum((_HZ >= 20) & (_HZ < 150)), rel=1e-5),
    "spectral/energy_middle_low": lambda n: close(at_click(n), np.sum((_HZ >= 150) & (_HZ < 800)), rel=1e-5),
    "spectral/energy_middle_high": lambda n: close(at_click(n), np.sum((_HZ >= 800) & (_HZ < 4000)), rel=1e-5),
    "spectral/energy_high": lambda n: close(at_click(n), np.sum(_HZ >= 4000), rel=1e-5),
    "spectral/contrast": lambda n: close(at_click(n), 0.0, within=1e-4),
    "spectral/valley": lambda n: close(at_click(n), 0.0, within=1e-4),  # magnitude 1
    # bands
    "bands/mel": lambda n: close(at_click(n)[40:], 1 / STEP_HZ, rel=0.06),  # triangles of unit area in Hz
    "bands/bark": lambda n: close(at_click(n), _bark_counts(), rel=1e-5),
    "bands/erb": lambda n: close(at_click(n)[5:35], _gammatone_areas()[5:35], rel=0.01),
    "bands/mel_crest": lambda n: close(at_click(n), (lambda b: b.max() / b.mean())(at_click("bands/mel")), rel=1e-5),
    "bands/mel_flatness": lambda n: close(at_click(n), 1.0, within=0.1),
    "bands/mel_spread": lambda n: close(at_click(n), np.sqrt((128**2 - 1) / 12), rel=0.05),
    "bands/mel_skewness": lambda n: close(at_click(n), 0.0, within=0.1),
    "bands/mel_kurtosis": lambda n: close(at_click(n), 1.8, within=0.1),
    "bands/bark_crest": lambda n: close(mean("sine", n), 24.0, rel=0.01),  # all in one of 24
    "bands/bark_flatness": lambda n: close(at_click(n), _bark_flatness(), rel=1e-3),
    "bands/bark_spread": lambda n: close(at_click(n), _shape_over(_bark_counts())[0], rel=1e-4),
    "bands/bark_skewness": lambda n: close(at_click(n), _shape_over(_bark_counts())[1], rel=1e-3),
    "bands/bark_kurtosis": lambda n: close(at_click(n), _shape_over(_bark_counts())[2], rel=1e-3),
    "bands/erb_crest": lambda n: close(at_click(n), _gammatone_areas().max() / _gammatone_areas().mean(), rel=0.05),
    "bands/erb_flatness": lambda n: close(at_click(n), np.exp(np.log(_gammatone_areas()).mean()) / _gammatone_areas().mean(), rel=0.05),
    "bands/erb_spread": lambda n: close(at_click(n), _shape_over(_gammatone_areas())[0], rel=0.05),
    "bands/erb_skewness": lambda n: close(at_click(n), _shape_over(_gammatone_areas())[1], within=0.1),
    "bands/erb_kurtosis": lambda n: close(at_click(n), _shape_over(_gammatone_areas())[2], rel=0.05),
    # tonal, frames
    "tonal/pitch_hz": lambda n: close(mean("tone", n), 220, rel=0.003),
    "tonal/pitch_salience": lambda n: close(mean("tone", n), 1.0, within=0.01),
    "tonal/chroma": lambda n: close(mean("a4", n), one_hot(12, 9), within=0.22),
    "tonal/chroma_cqt": lambda n: close(mean("a4", n), one_hot(12, 9), within=0.05),
    "tonal/cens": lambda n: close(described("a4").columns(n)[40:60].mean(axis=0), one_hot(12, 9), within=0.3),
    "tonal/hpcp": lambda n: close(mean("a4", n)[27], 1.0, within=0.02),
    "tonal/hpcp_entropy": lambda n: close(mean("a4", n), _entropy_of_votes(), within=0.02),
    "tonal/hpcp_crest": lambda n: close(mean("a4", n), 13.5, rel=0.03),
    "tonal/chroma_peak": lambda n: close(mean("a4", n), 9.0),
    "tonal/chroma_centroid": lambda n: close(mean("a4", n), 9.0, within=0.2),
    "tonal/tonnetz": lambda n: close(mean("a4", n), _centroid_of(9), within=0.05),
    "tonal/harmonic_change": lambda n: close(described("a4").column(n)[50:80], 0.0, within=1e-3),
    # tonal, songs
    "tonal/tuning_hz": lambda n: close(mean("high_a4", n), 450, rel=1e-3),
    "tonal/tuning_cents": lambda n: close(mean("high_a4", n), 1200 * np.log2(450 / 440), within=1.0),
    "tonal/tuning_confidence": lambda n: close(mean("high_a4", n), 1.0, within=0.01),
    "tonal/equal_tempered_deviation": lambda n: close(mean("quarter_tone", n), 0.5, within=0.05),
    "tonal/nontempered_energy_ratio": lambda n: close(mean("quarter_tone", n), 0.5, within=0.05),
    "tonal/diatonic_strength": lambda n: close(mean("two_chords", n), _diatonic_of_chords(), within=0.03),
    "tonal/key_tonic": lambda n: close(mean("c_major", n), 0.0),
    "tonal/key_is_major": lambda n: close(mean("c_major", n), 1.0),
    "tonal/key_clarity": lambda n: close(mean("c_major", n), 0.93, within=0.06),
    "tonal/mode": lambda n: close(np.sign(mean("c_major", n)), 1.0),
    "tonal/chord_change_rate": lambda n: close(mean("two_chords", n), 0.5, within=0.05),
    "tonal/chord_strength": lambda n: close(mean("two_chords", n), 1.0, within=0.05),
    # rhythm
    "rhythm/onset_strength": lambda n: close(described("click").column(n).argmax(), CLICK_FRAME, within=1),
    "rhythm/tempogram_ratio": lambda n: close(described("grid_pulses").columns(n)[600][[6, 9, 12]], _hann_repeats(21, 42, 84), within=0.05),
    "rhythm/tempo_bpm": lambda n: close(mean("pulses", n), 120, rel=0.02),
    "rhythm/tempo_weight": lambda n: close(mean("pulses", n) > mean("pulses", "rhythm/second_tempo_weight"), 1.0),
    "rhythm/second_tempo_bpm": lambda n: close(np.log2(mean("pulses", n) / 120) % 1, 0.0, within=0.05),
    "rhythm/second_tempo_weight": lambda n: close(mean("pulses", n), 0.25, within=0.25),
    "rhythm/onset_rate": lambda n: close(mean("pulses", n), 59 / 30, within=0.04),
    "rhythm/attack_time_s": lambda n: close(mean("slow_attacks", n), 0.04, within=0.015),
    "rhythm/attack_slope": lambda n: close(mean("slow_attacks", n), 0.2 / np.sqrt(2) / 0.04, rel=0.3),
    "rhythm/pulse_clarity": lambda n: close(mean("pulses", n), 1.0, within=0.1),
    "rhythm/danceability": lambda n: close(mean("noise", n), 2.0, within=0.4),  # levels of white noise: exponent 1/2
    "rhythm/tempogram": lambda n: close(40 * 6 ** (mean("pulses", n)[8:].argmax() / 23 + 8 / 23), 120, rel=0.06),
    "rhythm/tempogram_entropy": lambda n: close(mean("noise", n) > mean("pulses", n), 1.0),
    "rhythm/tempogram_peak": lambda n: close(mean("pulses", n), 0.9, within=0.12),
    "rhythm/beat_histogram_a0": lambda n: close(mean("pulses", n) > mean("noise", n), 1.0),
    "rhythm/beat_histogram_a1": lambda n: close(mean("pulses", n), mean("pulses", "rhythm/beat_histogram_a0") / 2, within=0.2),
    "rhythm/beat_histogram_ra": lambda n: close(
        mean("pulses", n), mean("pulses", "rhythm/beat_histogram_a1") / mean("pulses", "rhythm/beat_histogram_a0"), rel=1e-6
    ),
    "rhythm/beat_histogram_p1_bpm": lambda n: close(mean("pulses", n), 120, rel=0.02),
    "rhythm/beat_histogram_p2_bpm": lambda n: close(np.isin(np.round(120 / mean("pulses", n)), [1, 2, 3]), True),
    "rhythm/beat_histogram_sum": lambda n: close(mean("pulses", n) > 0.9, 1.0),
    "rhythm/beats_loudness": lambda n: close(mean("grid_pulses", n), _energy_at("grid_pulses", 22), rel=0.01),
    "rhythm/beats_loudness_std": lambda n: close(mean("grid_pulses", n) / mean("grid_pulses", "rhythm/beats_loudness"), 0.0, within=0.01),
    "rhythm/beats_loudness_band_ratio": lambda n: close(mean("pulses", n).sum(), 1.0, rel=1e-5),
    "rhythm/transform": lambda n: close((mean("flutter", n).argmax() + 1) / 5.944, 4.0, within=0.1),
    "rhythm/histogram": lambda n: close((mean("flutter", n).argmax() + 1) / 5.944, 4.0, within=0.1),
    "rhythm/fluctuation_max": lambda n: close(mean("flutter", n), mean("flutter", "patterns/rhythm_pattern").max(), rel=1e-6),
    "rhythm/fluctuation_bass": lambda n: close(mean("silence", n), 0.0),
    "rhythm/fluctuation_focus": lambda n: close(
        mean("flutter", n), (lambda p: p.mean() / p.max())(mean("flutter", "patterns/rhythm_pattern")), rel=1e-6
    ),
    "rhythm/fluctuation_gravity_hz": lambda n: close(mean("flutter", n), 4.5, within=1.0),
    "rhythm/fluctuation_aggressiveness": lambda n: close(mean("silence", n), 0.0),
    "rhythm/ssd": lambda n: close(mean("silence", n), 0.0),
    "patterns/rhythm_pattern": lambda n: close(np.argmax(mean("flutter", n)) // 60, 8, within=1),  # 1 kHz is in the ninth band
    "tempograms/autocorrelation": lambda n: close(60 / (HOP / RATE_HZ) / (mean("pulses", n)[15:30].argmax() + 15), 120, rel=0.04),
    "tempograms/fourier": lambda n: close(mean("pulses", n)[10:25].argmax() + 10, 2.0 * 384 * HOP / RATE_HZ, within=1),
}


def _slope_of_line(hz: float) -> float:
    """Slope of the line through a spectrum that is a single line of unit sum."""
    return (hz - _HALF / 2) / np.sum((_HZ - _HALF / 2) ** 2)


def _gammatone_areas() -> np.ndarray:
    """Sum of each filter over the bins: the integral of (1 + x^2)^-4 is 5 pi / 16."""
    centre = erb_frequencies_hz(40)
    return 5 * np.pi / 16 * 1.019 * (centre / 9.26449 + 24.7) / STEP_HZ


def _bark_flatness() -> float:
    counts = np.maximum(_bark_counts(), 1e-10)
    return float(np.exp(np.log(counts).mean()) / counts.mean())


def _entropy_of_votes() -> float:
    """A partial votes for its pitch class and those of which it may be the 2nd to 8th harmonic; each vote is cos^2 wide."""
    bins = np.arange(36) / 3
    profile = np.zeros(36)
    for harmonic in range(1, 9):
        away = np.abs((bins + 12 * np.log2(harmonic) + 6) % 12 - 6)
        profile += np.where(away <= 2 / 3, np.cos(np.pi * away * 0.75) ** 2, 0) * 0.6 ** (harmonic - 1)
    share = profile / profile.sum()
    return float(-np.sum(share[share > 0] * np.log(share[share > 0])) / np.log(36))


def _centroid_of(pitch_class: int) -> np.ndarray:
    turns = np.array([7 / 6, 3 / 2, 2 / 3]) * np.pi * pitch_class
    return np.stack([np.sin(turns), np.cos(turns)], axis=1).ravel() * [1, 1, 1, 1, 0.5, 0.5]


def _diatonic_of_chords() -> float:
    """C major and A major: C E G, A C# E; the best scale for them holds all but one."""
    energy = np.array([1.0, 1, 0, 0, 2, 0, 0, 1, 0, 1, 0, 0])
    scale = np.array([1.0, 0, 1, 0, 1, 1, 0, 1, 0, 1, 0, 1])
    return max(np.corrcoef(energy, np.roll(scale, k))[0, 1] for k in range(12))


def _energy_at(signal: str, frame: int) -> float:
    return float(described(signal).columns("bands/bark")[frame].sum())


def _hann_repeats(*lags: int) -> np.ndarray:
    """Autocorrelation of a Hann window of 384 frames: what is left of a pulse that repeats exactly."""
    x = np.array(lags) / 384
    return 2 / 3 * (1 - x) * (1 + np.cos(2 * np.pi * x) / 2) + np.sin(2 * np.pi * x) / (2 * np.pi)


def test_no_descriptor_is_forgotten() -> None:
    assert set(KNOWN) == set(CATALOGUE)


@pytest.mark.parametrize("name", KNOWN)
def test_known_answer(name: str) -> None:
    KNOWN[name](name)


@pytest.mark.parametrize(
    ("name", "more", "less"),
    [
        ("timbre/noisiness", "noise", "tone"),
        ("timbre/dissonance", "rough", "smooth"),
        ("timbre/roughness", "rough", "smooth"),
        ("timbre/inharmonicity", "noise", "tone"),
        ("timbre/acf_max", "tone", "noise"),
        ("tonal/pitch_salience", "tone", "noise"),
        ("tonal/harmonic_change", "two_chords", "a4"),
        ("tonal/hpcp_entropy", "noise", "a4"),
        ("tonal/tuning_confidence", "a4", "noise"),
        ("spectral/contrast", "five_sines", "noise"),
        ("spectral/tonal_power_ratio", "on_bin", "noise"),
        ("spectral/flux", "noise", "sine"),
        ("rhythm/pulse_clarity", "pulses", "noise"),
        ("rhythm/danceability", "pulses", "two_levels"),
        ("rhythm/fluctuation_bass", "noise_x10", "noise"),
        ("rhythm/fluctuation_aggressiveness", "two_levels", "silence"),
        ("dynamics/dynamic_complexity_db", "two_levels", "sine"),
    ],
)
def test_more_than(name: str, more: str, less: str) -> None:
    assert mean(more, name).mean() > mean(less, name).mean()


def test_loudness_statistics_of_a_tone() -> None:
    """A sine at 1 kHz: in its band, of all 24 of them, the loudness stands still where it is greatest."""
    statistics = mean("long_sine", "rhythm/ssd").reshape(24, 7)
    assert statistics[:, 0].argmax() == 8
    sone = statistics[8, 0]
    assert sone == pytest.approx(2 ** ((96 - 6.02 - 40) / 10), rel=0.03)  # 96 dB at full scale, amplitude a half
    assert statistics[8, 2] == pytest.approx(0.0, abs=1e-3 * sone**2)


def test_the_chords_are_where_the_harmony_changes() -> None:
    change = described("two_chords").column("tonal/harmonic_change")
    hop_s = HOP / RATE_HZ
    assert np.argmax(change[round(1 / hop_s) : round(3 / hop_s)]) * hop_s + 1 == pytest.approx(2.0, abs=0.15)


def test_levels_do_not_move_timbre() -> None:
    for name in ("spectral/centroid_hz", "spectral/flatness", "spectral/entropy", "timbre/lpc", "timbre/dissonance", "tonal/chroma"):
        np.testing.assert_allclose(mean("noise_x10", name), mean("noise", name), rtol=2e-3, atol=1e-4)


def test_the_sine_is_the_sine() -> None:
    assert sine(1000).max() == pytest.approx(0.5, abs=1e-3)
