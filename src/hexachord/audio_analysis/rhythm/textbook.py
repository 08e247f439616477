"""Chapter 6 of Müller's *Fundamentals of Music Processing*, "Tempo and Beat Tracking": where each of its techniques is.

============== ========================================================================================================
section        here
============== ========================================================================================================
6.1.1          `energy_novelty`
6.1.2          `spectral_novelty`, `onset_strength` and `superflux`; `subtract_local_mean`
6.1.3          `phase_novelty`
6.1.4          `complex_novelty`
6.1            `normalise_novelty`, `resample_novelty`; peaks: `pick_peaks` (against a moving mean), `pick_peaks_over_median`
               (adaptive threshold), `pick_onsets`
6.2.1          `tempogram_ratio`
6.2.2          `fourier_tempogram`
6.2.3          `autocorrelation_tempogram`, `lags_to_tempi`; `tempo_salience`, `rank_tempi`
6.2.4          `cyclic_tempogram`
6.3.1          `pulse_kernels`, `predominant_local_pulse`, `track_beats_plp`
6.3.2          `track_beats_dp`
6.3.3          `adaptive_windows`, `window_frames`
============== ========================================================================================================

All of them take and give plain arrays; time runs down axis 0, and what is in seconds says so. A chain of them is a beat tracker:

>>> import numpy as np
>>> from hexachord.dsp.stft import stft
>>> clicks = np.zeros(8 * 22050, dtype=np.float32); clicks[11025::11025] = 1.0
>>> spectrum = np.abs(stft(clicks, n_fft=1024, hop=256))
>>> novelty = normalise_novelty(subtract_local_mean(spectral_novelty(spectrum), frames=20))
>>> hop_s = 256 / 22050
>>> tempo, _ = rank_tempi(tempo_salience(novelty, hop_s=hop_s), bpm=DEFAULT_BPM, prior=tempo_prior(DEFAULT_BPM))
>>> round(float(tempo[0])), track_beats_dp(novelty, hop_s=hop_s, period_s=60 / tempo[0])[:3].round(1)
(120, array([0.5, 1. , 1.5]))
"""

from hexachord.dsp.beat_dp import track_beats_dp
from hexachord.dsp.beat_windows import adaptive_windows, window_frames
from hexachord.dsp.novelty import normalise_novelty, resample_novelty
from hexachord.dsp.onset import (
    OnsetOptions,
    Onsets,
    complex_novelty,
    energy_novelty,
    onset_strength,
    phase_novelty,
    pick_onsets,
    spectral_novelty,
    subtract_local_mean,
    superflux,
)
from hexachord.dsp.peaks import pick_peaks, pick_peaks_over_median
from hexachord.dsp.pulse import PulseKernels, predominant_local_pulse, pulse_kernels, track_beats_plp
from hexachord.dsp.tempogram import (
    DEFAULT_BPM,
    Tempogram,
    autocorrelation_tempogram,
    cyclic_tempogram,
    fourier_tempogram,
    lags_to_tempi,
    rank_tempi,
    tempo_prior,
    tempo_salience,
    tempogram_ratio,
)

__all__ = [
    "DEFAULT_BPM",
    "OnsetOptions",
    "Onsets",
    "PulseKernels",
    "Tempogram",
    "adaptive_windows",
    "autocorrelation_tempogram",
    "complex_novelty",
    "cyclic_tempogram",
    "energy_novelty",
    "fourier_tempogram",
    "lags_to_tempi",
    "normalise_novelty",
    "onset_strength",
    "phase_novelty",
    "pick_onsets",
    "pick_peaks",
    "pick_peaks_over_median",
    "predominant_local_pulse",
    "pulse_kernels",
    "rank_tempi",
    "resample_novelty",
    "spectral_novelty",
    "subtract_local_mean",
    "superflux",
    "tempo_prior",
    "tempo_salience",
    "tempogram_ratio",
    "track_beats_dp",
    "track_beats_plp",
    "window_frames",
]
