"""Section 8.2 of Müller's *Fundamentals of Music Processing*, "Melody Extraction": where each of its techniques is.

============== ========================================================================================================
section        here
============== ========================================================================================================
8.2.1          `principal_argument`, `instantaneous_frequency`
8.2.2.1        `PitchAxis`, `log_frequency_spectrogram` (refined with instantaneous frequencies; §3.1.1 without)
8.2.2.2        `harmonic_summation`; all in one: `harmonic_salience`
8.2.3          `strongest_pitches`; as sound: `sonify_pitch`
8.2.3.1        `smooth_trajectory`
8.2.3.2        `trajectory_in_regions` with `Region`; score-informed: `regions_of_notes`
8.2.3.3        `harmonic_mask`, `separate_melody`
============== ========================================================================================================

All of them take and give plain arrays; time runs down axis 0. A chain of them follows a melody and takes it out:

>>> import numpy as np
>>> time_s = np.arange(2 * 22050) / 22050
>>> voice = sum(np.sin(2 * np.pi * h * 440 * time_s) / h for h in range(1, 6))
>>> mixture = (voice + np.sin(2 * np.pi * 150 * time_s)).astype(np.float32)
>>> axis, hop_s = PitchAxis(), 256 / 22050
>>> salience = harmonic_salience(mixture, rate_hz=22050, hop=256, axis=axis)
>>> f0_hz = smooth_trajectory(salience, axis)
>>> parts = separate_melody(mixture, f0_hz, hop_s=hop_s, rate_hz=22050)
>>> round(float(np.median(f0_hz))), bool(np.abs(parts.melody - voice)[9000:-9000].max() < 0.05)
(440, True)
"""

from hexachord.audio_analysis.melody.instantaneous import (
    PitchAxis,
    harmonic_salience,
    harmonic_summation,
    instantaneous_frequency,
    log_frequency_spectrogram,
    principal_argument,
)
from hexachord.audio_analysis.melody.masks import MelodyParts, harmonic_mask, separate_melody
from hexachord.audio_analysis.melody.trajectories import (
    Region,
    regions_of_notes,
    smooth_trajectory,
    strongest_pitches,
    trajectory_in_regions,
)
from hexachord.dsp.tones import sonify_pitch

__all__ = [
    "MelodyParts",
    "PitchAxis",
    "Region",
    "harmonic_mask",
    "harmonic_salience",
    "harmonic_summation",
    "instantaneous_frequency",
    "log_frequency_spectrogram",
    "principal_argument",
    "regions_of_notes",
    "separate_melody",
    "smooth_trajectory",
    "sonify_pitch",
    "strongest_pitches",
    "trajectory_in_regions",
]
