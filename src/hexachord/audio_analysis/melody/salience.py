"""Pitch salience: how strongly each pitch would explain a moment of polyphonic sound.

The peaks of a spectrum are laid on a logarithmic frequency axis; every peak votes for the pitches of which it may be a partial, the
higher the partial the weaker the vote (harmonic summation: Salamon & Gómez, *Melody extraction from polyphonic music signals using
pitch contour characteristics*, IEEE TASLP 20(6), 2012; Müller, *Fundamentals of Music Processing*, §8.2.2).

A whole recording's salience is kept as one byte per pitch and frame, relative to the frame's strongest pitch, so two hours take 190 MB.
"""

from dataclasses import dataclass

import numpy as np
import scipy.fft

from hexachord.arrays import Float32Array, Float64Array, FloatArray
from hexachord.dsp.frames import frame_blocks, frame_count
from hexachord.dsp.stft import window_samples

BINS_PER_OCTAVE = 60
LOWEST_HZ = 55.0
BINS = 5 * BINS_PER_OCTAVE + 1  # A1 to A6
_FLOOR = 0.02  # of the strongest pitch: weaker ones count the same
_LOG_FLOOR = float(np.log(_FLOOR))
_WINDOW_S = 0.093
_PADDING = 4  # zero-padding of the transform, so that the parabola through a peak finds its frequency
_HIGHEST_PARTIAL_HZ = 6000.0
_PARTIALS = 10
_PARTIAL_DECAY = 0.8
_PEAK_FLOOR = 0.005  # of the frame's strongest peak
_VOTE_SEMITONES = 0.6  # how far a mistuned partial may vote


@dataclass(frozen=True)
class Salience:
    """The salience of every pitch in every frame.

    Parameters
    ----------
    levels : (frames, BINS) uint8; 255 is the frame's strongest pitch, 0 is `_FLOOR` of it or less, logarithmic in between
    strength : (frames,) float32, salience of the strongest pitch
    hop_s : seconds between frames
    """

    levels: np.ndarray
    strength: Float32Array
    hop_s: float

    def log_relative(self, first: int, last: int) -> Float64Array:
        """Natural logarithm of salience over the frame's strongest, from the floor up to 0, (last - first, BINS)."""
        return (1.0 - self.levels[first:last] / 255.0) * _LOG_FLOOR


def bin_frequencies_hz() -> Float64Array:
    """List the frequency of each pitch bin."""
    return LOWEST_HZ * 2.0 ** (np.arange(BINS) / BINS_PER_OCTAVE)


def pitch_salience(signal: FloatArray, *, rate_hz: float, hop: int) -> Salience:
    """Compute how strongly each pitch explains each frame.

    Parameters
    ----------
    signal : (n,) mono float array or memory map
    rate_hz : sample rate
    hop : samples from frame to frame

    Returns
    -------
    Salience, on the centred frame grid

    Examples
    --------
    >>> t = np.arange(22050) / 22050
    >>> found = pitch_salience(sum(np.sin(2 * np.pi * h * 220 * t) for h in (2, 3, 4)), rate_hz=22050, hop=512)  # no partial at 220
    >>> int(found.levels[20].argmax()) == 2 * BINS_PER_OCTAVE
    True
    """
    n_fft = 2 * round(_WINDOW_S * rate_hz / 2)
    frames = frame_count(signal.shape[0], frame_length=n_fft, hop=hop)
    levels = np.zeros((frames, BINS), dtype=np.uint8)
    strength = np.zeros(frames, dtype=np.float32)
    kernel = _vote_kernel()
    for first, block in frame_blocks(signal, frame_length=n_fft, hop=hop):
        frame, frequency_hz, amplitude = _peaks(block, rate_hz=rate_hz)
        votes = _votes(frame, frequency_hz, amplitude * _ear_weight(frequency_hz), len(block))
        spread = np.zeros_like(votes)
        reach = len(kernel) // 2
        padded = np.pad(votes, ((0, 0), (reach, reach)))
        for tap, weight in enumerate(kernel):
            spread += weight * padded[:, tap : tap + BINS]
        top = spread.max(axis=1)
        strength[first : first + len(block)] = top
        relative = np.log(np.maximum(spread / np.maximum(top, 1e-12)[:, None], _FLOOR)) / _LOG_FLOOR
        levels[first : first + len(block)] = np.rint(255.0 * (1.0 - relative))
    return Salience(levels=levels, strength=strength, hop_s=hop / rate_hz)


def _peaks(block: FloatArray, *, rate_hz: float) -> tuple[np.ndarray, Float64Array, Float64Array]:
    """Find (frame, frequency, amplitude) of the spectral peaks of some frames."""
    n_fft = block.shape[1]
    window = window_samples("hann", n_fft).astype(np.float32)
    length = scipy.fft.next_fast_len(_PADDING * n_fft, real=True)
    bins = min(int(_HIGHEST_PARTIAL_HZ * length / rate_hz), length // 2 + 1)
    spectrum = scipy.fft.rfft(block.astype(np.float32, copy=False) * window, n=length, axis=1)[:, :bins]
    magnitude = np.abs(spectrum) * (2.0 / window.sum())
    middle = magnitude[:, 1:-1]
    floor = np.maximum(_PEAK_FLOOR * magnitude.max(axis=1, keepdims=True, initial=0.0), 1e-6)
    frame, place = np.nonzero((middle > magnitude[:, :-2]) & (middle >= magnitude[:, 2:]) & (middle > floor))
    left, peak, right = (np.log(magnitude[frame, place + step].astype(np.float64) + 1e-12) for step in (0, 1, 2))
    shift = 0.5 * (left - right) / np.minimum(left - 2.0 * peak + right, -1e-9)
    return frame, (place + 1 + shift) * (rate_hz / length), np.exp(peak - 0.25 * (left - right) * shift)


def _votes(frame: np.ndarray, frequency_hz: Float64Array, weight: Float64Array, frames: int) -> Float64Array:
    """Sum the votes of the peaks for the pitches of which they may be partials, on exact bins."""
    votes = np.zeros(frames * BINS)
    place = BINS_PER_OCTAVE * np.log2(np.maximum(frequency_hz, 1.0) / LOWEST_HZ)
    for partial in range(1, _PARTIALS + 1):
        position = place - BINS_PER_OCTAVE * np.log2(partial)
        below = np.floor(position).astype(np.int64)
        share = position - below
        vote = _PARTIAL_DECAY ** (partial - 1) * weight
        for bins, part in ((below, 1.0 - share), (below + 1, share)):
            inside = (bins >= 0) & (bins < BINS)
            votes += np.bincount(frame[inside] * BINS + bins[inside], weights=(vote * part)[inside], minlength=frames * BINS)
    return votes.reshape(frames, BINS)


def _vote_kernel() -> Float64Array:
    reach = int(_VOTE_SEMITONES * BINS_PER_OCTAVE / 12)
    distance = np.arange(-reach, reach + 1) * 12 / BINS_PER_OCTAVE
    return np.asarray(np.cos(0.5 * np.pi * distance / _VOTE_SEMITONES) ** 2)


def _ear_weight(frequency_hz: Float64Array) -> Float64Array:
    """Weigh a partial as the ear does: the A curve (IEC 61672), which keeps bass lines from being taken for melodies."""
    square = frequency_hz**2
    return np.asarray(
        1.2589 * 12194.0**2 * square**2 / ((square + 20.6**2) * np.sqrt((square + 107.7**2) * (square + 737.9**2)) * (square + 12194.0**2))
    )
