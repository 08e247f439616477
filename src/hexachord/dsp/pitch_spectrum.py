"""A spectrum on a logarithmic frequency axis through two windows, one sharp in pitch, one sharp in time: what a follower of melodies sees.

A tone's partials lie the same distances apart wherever the tone is, so one pattern finds it at every pitch; the long window tells close
partials apart, the short one keeps up with vibrato and quick notes. `MELODY` is the follower's; a listener to all notes has another range
and other windows (`NOTES`). Müller, *Fundamentals of Music Processing*, §3.1.1 (log-frequency),
§8.2.2 (harmonic sums).
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import scipy.fft

from hexachord.arrays import Float32Array, FloatArray, UInt8Array
from hexachord.dsp.frames import frame_blocks, frame_count
from hexachord.dsp.stft import window_samples

RATE_HZ = 22_050
HOP = 512
LOWEST_HZ = 55.0
BINS_PER_OCTAVE = 36
BINS = 7 * BINS_PER_OCTAVE + 1
"""A1 to A8."""
FLOOR_DB, STEP_DB = -100.0, 0.4
"""What byte 0 stands for, and what the next one is more; a sine at full scale comes to some 3 dB."""


@dataclass(frozen=True, kw_only=True)
class SpectrumShape:
    """Which pitches a spectrum has, and through which windows.

    Attributes
    ----------
    lowest_hz : centre of the first bin
    bins : how many there are, `BINS_PER_OCTAVE` to the octave
    windows : (samples, length of the transform, looks in each hop); the second of two looks is half a hop later, and so on
    """

    lowest_hz: float = LOWEST_HZ
    bins: int = BINS
    windows: tuple[tuple[int, int, int], ...] = ((4096, 8192, 1), (1536, 4096, 1))

    @property
    def views(self) -> int:
        """How many spectra a frame has, one after the other: those of the first window, then of the next."""
        return sum(looks for *_, looks in self.windows)


MELODY = SpectrumShape()
"""A1 to A8: what the melody network was trained with."""
NOTES = SpectrumShape(lowest_hz=27.5, bins=8 * BINS_PER_OCTAVE + 19, windows=((8192, 8192, 1), (2048, 2048, 2)))
"""A0 to some 10 kHz, a window for the bass and one for onsets every 12 ms: what the note network is trained with."""


def pitch_spectrum(signal: FloatArray, shape: SpectrumShape = MELODY) -> UInt8Array:
    """Compute the spectrum of a mono signal at `RATE_HZ`.

    Parameters
    ----------
    signal : (n,) float array or memory map
    shape : range and windows

    Returns
    -------
    (frames, views, bins) uint8 decibels (see `FLOOR_DB`), frame `i` centred on ``i * HOP`` samples

    Examples
    --------
    >>> seen = pitch_spectrum(0.5 * np.sin(2 * np.pi * 440 * np.arange(22050) / 22050))
    >>> seen.shape, int(seen[20, 0].argmax()) == 3 * BINS_PER_OCTAVE, round(FLOOR_DB + STEP_DB * float(seen[20, 0].max()))
    ((44, 2, 253), True, -3)
    """
    frames = frame_count(signal.shape[0], frame_length=shape.windows[0][0], hop=HOP)
    found = np.zeros((frames, shape.views, shape.bins), dtype=np.uint8)
    place = 0
    for length, transform, looks in shape.windows:
        window = (window_samples("hann", length) * (2.0 / window_samples("hann", length).sum())).astype(np.float32)
        filters = _filters(transform, shape.lowest_hz, shape.bins)
        for first, block in frame_blocks(signal, frame_length=length, hop=HOP // looks):
            spectrum = scipy.fft.rfft(block.astype(np.float32, copy=False) * window, n=transform, axis=1)[:, : len(filters)]
            power = np.square(spectrum.real) + np.square(spectrum.imag)
            decibels = 10.0 * np.log10(power @ filters + np.float32(1e-12))
            levels = np.clip(np.rint((decibels - FLOOR_DB) / STEP_DB), 0, 255)
            for look in range(looks):
                mine = levels[(look - first) % looks :: looks]
                begin = (first - look + looks - 1) // looks
                found[begin : begin + len(mine), place + look] = mine[: max(frames - begin, 0)]
        place += looks
    return found


def as_heard(levels: UInt8Array, *, loudest: float) -> Float32Array:
    """Scale bytes so that the loud parts of a recording are at 1, and 80 dB below them is 0: (frames, views * bins) float32.

    Parameters
    ----------
    loudest : the byte of the loud parts, see `loudest_level`
    """
    scaled = (levels.astype(np.float32) - np.float32(loudest)) * np.float32(STEP_DB / 80.0) + np.float32(1.0)
    return np.asarray(np.clip(scaled, 0.0, 1.25).reshape(len(levels), -1), dtype=np.float32)


def loudest_level(levels: UInt8Array) -> float:
    """Measure the byte of a recording's loud parts: the 95th percentile of its frames' strongest bins."""
    return float(np.percentile(levels[:, 0].max(axis=1), 95)) if len(levels) else 0.0


def bin_frequencies_hz(bins: int = BINS, *, lowest_hz: float = LOWEST_HZ) -> FloatArray:
    """List the centres of the first `bins` bins."""
    return np.asarray(lowest_hz * 2.0 ** (np.arange(bins) / BINS_PER_OCTAVE))


@lru_cache(maxsize=4)
def _filters(transform: int, lowest_hz: float, bins: int) -> Float32Array:
    """(FFT bins, bins): between FFT bins low down, triangles as wide as two bins of pitch high up, where they average power."""
    spacing_hz = RATE_HZ / transform
    centre = bin_frequencies_hz(bins, lowest_hz=lowest_hz) / spacing_hz
    reach = np.maximum(centre * (2.0 ** (1.0 / BINS_PER_OCTAVE) - 1.0), 1.0)
    grid = np.arange(min(int(centre[-1] + reach[-1]) + 2, transform // 2 + 1))[:, None]
    weight = np.maximum(0.0, 1.0 - np.abs(grid - centre) / reach)
    filters: Float32Array = weight.astype(np.float32)
    filters.setflags(write=False)
    return filters


__all__ = [
    "BINS", "BINS_PER_OCTAVE", "FLOOR_DB", "HOP", "LOWEST_HZ", "MELODY", "NOTES", "RATE_HZ", "STEP_DB", "SpectrumShape", "as_heard",
    "bin_frequencies_hz", "loudest_level", "pitch_spectrum",
]  # fmt: skip
