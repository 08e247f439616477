"""The signal behind the golden spectra: a chirp, a chord and noise, from a recipe that needs no file.

It fades in and out: librosa cuts a signal at its ends after each halving of the rate, we let the filter ring, and a signal that starts
at full level would show the difference in the outermost frames of the constant-Q transform.
"""

import numpy as np

RATE_HZ = 22050


def golden_signal(seconds: float = 2.5, rate_hz: int = RATE_HZ) -> np.ndarray:
    n = int(seconds * rate_hz)
    t = np.arange(n) / rate_hz
    chirp = 0.2 * np.sin(2 * np.pi * (100 * t + 300 * t**2))
    chord = sum(0.15 * np.sin(2 * np.pi * hz * t + phase) for phase, hz in enumerate((130.81, 164.81, 196.0, 466.16, 1046.5)))
    # The raw stream of PCG64 is the same in every numpy, unlike the distributions made from it.
    noise = np.random.PCG64(7).random_raw(n) / 2**64 - 0.5
    beats = 0.2 * noise * np.exp(-12 * (t % 0.5))
    fade = np.clip(np.minimum(t, t[-1] - t) / 0.3, 0, 1)
    return ((chirp + chord + beats + 0.01 * noise) * (0.5 - 0.5 * np.cos(np.pi * fade))).astype(np.float32)
