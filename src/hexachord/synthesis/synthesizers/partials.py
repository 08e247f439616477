"""Sums of partials, made fast: what dies away as one product of matrices, what lasts as one inverse Fourier transform.

A damped sinusoid is a geometric series, so at frame ``i * 256 + j`` it is the product of what it is at ``i * 256`` and what it is at ``j``:
a sum of many is a product of two small matrices. A loop is the transform of lines on its own grid, so it closes exactly, and nothing is
ever made above `TOP_HZ`: neither can alias. (Additive synthesis: Risset & Mathews, Physics Today 22(2), 1969.)
"""

import numpy as np
from scipy import fft

from hexachord.arrays import Float64Array
from hexachord.synthesis.plain_waves import RATE_HZ

TOP_HZ = 19_000.0
"""No partial lies higher: a sample is played a little above its own pitch and must stay below half the rate."""

UNMOVED_TOP_HZ = 20_500.0
"""Nor of sounds that are always played as they are."""

_FINE = 256
_GONE = 3e-5  # of the loudest: 90 dB down


def harmonics(f0_hz: float, *, most: int = 400) -> Float64Array:
    """The numbers of the harmonics below `TOP_HZ`, at least the first."""
    return np.arange(1.0, max(1, min(most, int(TOP_HZ / f0_hz))) + 1)


def damped(
    hz: Float64Array, level: Float64Array, phase: Float64Array, decay_s: Float64Array, frames: int, *, top_hz: float = TOP_HZ
) -> Float64Array:
    """Sum sinusoids that die away, ``(frames,)``.

    Parameters
    ----------
    hz, level, phase : of each partial at the start; those above `top_hz` are left out
    decay_s : time in which each falls by 60 dB

    Examples
    --------
    >>> one = [np.array([x]) for x in (441.0, 1.0, np.pi / 2, 0.1)]
    >>> [round(float(x), 3) for x in damped(*one, 4411)[[0, 50, 4410]]]
    [1.0, -0.925, 0.001]
    """
    heard = (hz < top_hz) & (np.abs(level) > 0)
    hz, level, phase, decay_s = hz[heard], level[heard], phase[heard], np.maximum(decay_s[heard], 1e-3)
    rows = -(-frames // _FINE)
    out = np.zeros((rows, _FINE), dtype=np.float32)
    if hz.size == 0:
        return np.zeros(frames)
    step = -np.log(1000.0) / (decay_s * RATE_HZ) + 2j * np.pi * hz / RATE_HZ
    first = level * np.exp(1j * phase)
    fine = np.exp(np.outer(step, np.arange(_FINE)))
    fine_sin, fine_cos = fine.imag.astype(np.float32), fine.real.astype(np.float32)
    start, floor = 0, _GONE * float(np.abs(level).max())
    while start < rows:
        stop = min(max(2 * start, 24), rows)
        alive = np.abs(level) * np.exp(step.real * start * _FINE) > floor
        if not alive.any():
            break
        coarse = np.exp(np.outer(np.arange(start, stop) * _FINE, step[alive])) * first[alive]
        out[start:stop] = coarse.real.astype(np.float32) @ fine_sin[alive] + coarse.imag.astype(np.float32) @ fine_cos[alive]
        start = stop
    return out.reshape(-1)[:frames].astype(np.float64)


def on_grid(hz: Float64Array, frames: int) -> Float64Array:
    """The nearest frequencies that a loop of so many frames can hold."""
    return np.asarray(np.maximum(np.rint(hz * frames / RATE_HZ), 1.0) * (RATE_HZ / frames))


def looped(
    hz: Float64Array,
    level: Float64Array,
    phase: Float64Array,
    frames: int,
    *,
    shimmer: float = 0.0,
    noise: Float64Array | None = None,
    rng: np.random.Generator,
) -> Float64Array:
    """Sum sinusoids that last, as a loop ``(frames,)``.

    Parameters
    ----------
    hz, level, phase : of each partial; frequencies are drawn to the loop's grid (`on_grid`)
    shimmer : how much each wavers in level: sidebands of random phase a few Hz away
    noise : amplitude of noise at each of the ``frames // 2 + 1`` frequencies of the grid

    Examples
    --------
    >>> tone = looped(np.array([441.0]), np.array([1.0]), np.array([np.pi / 2]), 4410, rng=np.random.default_rng(0))
    >>> [round(float(x), 3) for x in tone[[0, 50]]]
    [1.0, -1.0]
    """
    spectrum = np.zeros(frames // 2 + 1, dtype=np.complex128)
    bins = np.rint(on_grid(hz, frames) * frames / RATE_HZ).astype(np.int64)
    line = level * np.exp(1j * phase)
    heard = (bins < spectrum.size) & (hz < TOP_HZ)
    bins, line = bins[heard], line[heard]
    np.add.at(spectrum, bins, line)
    if shimmer > 0:
        reach = max(1, round(3.0 * frames / RATE_HZ))
        for away in [*range(-reach, 0), *range(1, reach + 1)]:
            near = (bins + away > 0) & (bins + away < spectrum.size)
            waver = rng.normal(size=(2, int(near.sum()))) * (shimmer / np.sqrt(2.0 * reach))
            np.add.at(spectrum, bins[near] + away, line[near] * (waver[0] + 1j * waver[1]))
    if noise is not None:
        spectrum += noise * (rng.normal(size=spectrum.size) + 1j * rng.normal(size=spectrum.size))
        spectrum[np.arange(spectrum.size) * (RATE_HZ / frames) > TOP_HZ] = 0
    spectrum[0] = 0
    return np.asarray(fft.irfft(-0.5j * frames * spectrum, frames))


def band_noise(
    seconds: float, low_hz: float, high_hz: float, *, rng: np.random.Generator, order: float = 2.0, top_hz: float = TOP_HZ
) -> Float64Array:
    """Noise between two frequencies with soft edges, at a root mean square of 1, never the same twice."""
    frames = int(fft.next_fast_len(max(64, round(seconds * RATE_HZ)), real=True))
    spectrum = rng.normal(size=frames // 2 + 1) + 1j * rng.normal(size=frames // 2 + 1)
    frequency_hz = np.maximum(np.arange(spectrum.size) * (RATE_HZ / frames), 1.0)
    spectrum /= np.sqrt((1.0 + (low_hz / frequency_hz) ** (2 * order)) * (1.0 + (frequency_hz / high_hz) ** (2 * order)))
    spectrum[frequency_hz > top_hz] = 0
    noise = fft.irfft(spectrum, frames)[: max(1, round(seconds * RATE_HZ))]
    return np.asarray(noise / np.sqrt(np.square(noise).mean() + 1e-20))


def fall(frames: int, decay_s: float) -> Float64Array:
    """Decay by 60 dB in `decay_s`."""
    return np.asarray(np.exp(np.arange(frames) * (-np.log(1000.0) / (max(decay_s, 1e-3) * RATE_HZ))))


def resonance(hz: Float64Array, peaks: tuple[tuple[float, float, float], ...], *, scale: float = 1.0) -> Float64Array:
    """Gain at frequencies of resonances that stay where they are: (centre in Hz, height in dB, width in Hz) each."""
    gain = np.ones(hz.shape)
    for centre_hz, height_db, width_hz in peaks:
        gain *= 10 ** (height_db / 20 / (1.0 + np.square((hz - scale * centre_hz) / (0.5 * scale * width_hz))))
    return gain


def soft_edges(sound: Float64Array, *, rise: int = 24, end: int = 600) -> Float64Array:
    """A sound that begins and ends at 0, without a click."""
    sound = np.array(sound)
    rise, end = min(rise, sound.shape[-1]), min(end, sound.shape[-1])
    sound[..., :rise] *= np.linspace(0, 1, rise, endpoint=False)
    sound[..., sound.shape[-1] - end :] *= np.linspace(1, 0, end)
    return sound
