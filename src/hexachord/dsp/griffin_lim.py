"""Sound from magnitudes alone: phases that fit each other, found by going back and forth.

Griffin & Lim, "Signal estimation from modified short-time Fourier transform", IEEE TASSP 1984; Perraudin, Balazs & Søndergaard, "A fast
Griffin-Lim algorithm", WASPAA 2013 (the momentum); Müller, *Fundamentals of Music Processing* (FMP), §8.1.2.
"""

import numpy as np

from hexachord.arrays import ComplexArray, Float32Array, FloatArray
from hexachord.dsp.stft import istft, stft


def griffin_lim(
    magnitude: FloatArray, *, length: int, hop: int = 512, iterations: int = 32, momentum: float = 0.99, seed: int | None = 0
) -> Float32Array:
    """Find a signal whose STFT has nearly the given magnitudes.

    Parameters
    ----------
    magnitude : (frames, n_fft // 2 + 1), of a centred, Hann-windowed STFT
    length : samples of the result
    hop : of that STFT
    iterations : times back and forth
    momentum : 0 is the original algorithm; 0.99 converges faster
    seed : of the random phases it starts from; None starts from zero phase

    Returns
    -------
    (length,) float32
    """
    target = np.asarray(magnitude, dtype=np.float32)
    if target.ndim != 2:
        raise ValueError(f"expected magnitudes of shape (frames, bins), not {target.shape}")
    n_fft = 2 * (target.shape[1] - 1)
    phase: ComplexArray
    if seed is None:
        phase = np.ones(target.shape, dtype=np.complex64)
    else:
        phase = np.exp(2j * np.pi * np.random.default_rng(seed).random(target.shape, dtype=np.float32)).astype(np.complex64)
    previous: ComplexArray = np.zeros_like(phase)
    covered = max(length, (target.shape[0] - 1) * hop)  # as many samples as it takes for all frames
    for _ in range(iterations):
        rebuilt = stft(istft(target * phase, length=covered, hop=hop), n_fft=n_fft, hop=hop)[: target.shape[0]]
        ahead = rebuilt - np.complex64(momentum / (1 + momentum)) * previous
        previous = rebuilt
        size = np.abs(ahead)
        phase = np.where(size > 1e-12, ahead / np.maximum(size, 1e-12), 1).astype(np.complex64)
    return np.asarray(istft(target * phase, length=covered, hop=hop)[:length], dtype=np.float32)


def spectral_convergence_db(magnitude: FloatArray, signal: FloatArray, *, hop: int = 512) -> float:
    """Measure how far the magnitudes of a signal's STFT are from the wanted ones, in decibels: -20 is one tenth off."""
    found = np.abs(stft(signal, n_fft=2 * (magnitude.shape[1] - 1), hop=hop))[: magnitude.shape[0]]
    distance = float(np.linalg.norm(found - magnitude[: found.shape[0]]))
    return 20 * float(np.log10(max(distance, 1e-12) / max(float(np.linalg.norm(magnitude)), 1e-12)))
