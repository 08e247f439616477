"""How far a recording's notes lie from the standard pitch, A4 = 440 Hz.

Spectral peaks are located between bins by a parabola through three log magnitudes; what matters is each peak's distance from the nearest
note of equal temperament, in cents. Those distances live on a circle of 100 cents, and a weighted circular mean over all peaks gives
the tuning together with a confidence: one for peaks that all agree, zero for peaks without preference. Müller, *Fundamentals of Music
Processing* (FMP), §1.3.2 (cents), §3.1.2 (tuning); Smith and Serra, *PARSHL*, 1987 (parabolic peaks); Dressler and Streich, *Tuning
Frequency Estimation Using Circular Statistics*, ISMIR 2007.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from hexachord.arrays import ComplexArray, FloatArray, IntArray
from hexachord.dsp.frames import frame_count, frame_times_s
from hexachord.dsp.stft import power_blocks

_LOW_HZ, _HIGH_HZ = 80.0, 2500.0  # below, bins are wider than a semitone; above, partials of real instruments run sharp
LOWEST_CENTS = -55.0  # A4 from 426.2 to 451.5 Hz is heard as an A: sung or slow tapes are flat more often than others are that sharp
_RELATIVE_POWER = 1e-3  # peaks 30 dB below the strongest of their frame count, weaker ones do not


@dataclass(frozen=True)
class Tuning:
    """A deviation from A4 = 440 Hz in cents, in [`LOWEST_CENTS`, `LOWEST_CENTS` + 100), and how much the peaks agree on it (0 to 1)."""

    cents: float
    confidence: float

    @property
    def a4_hz(self) -> float:
        """The frequency of A4 in this tuning."""
        return float(440.0 * 2.0 ** (self.cents / 1200.0))


@dataclass(frozen=True)
class TuningCurve:
    """Tuning over time: `cents` (unwrapped, so a singer sinking by a semitone reads -100) and `confidence` at `times_s`.

    `overall` is the tuning of all of it, as `estimate_tuning` gives it.
    """

    times_s: FloatArray
    cents: FloatArray
    confidence: FloatArray
    overall: Tuning = Tuning(0.0, 0.0)

    @property
    def drift_cents_per_minute(self) -> float:
        """Slope of the line that fits the curve best, weighted by confidence; 0 when there is too little to fit."""
        weight = self.confidence
        if len(self.cents) < 2 or not weight.any():
            return 0.0
        minutes = self.times_s / 60.0
        mean_minute = np.average(minutes, weights=weight)
        spread = np.sum(weight * (minutes - mean_minute) ** 2)
        rise = np.sum(weight * (minutes - mean_minute) * (self.cents - np.average(self.cents, weights=weight)))
        return float(rise / spread) if spread > 0 else 0.0


def spectral_peaks(
    power: FloatArray, *, rate_hz: float, low_hz: float = _LOW_HZ, high_hz: float = _HIGH_HZ, relative_power: float = _RELATIVE_POWER
) -> tuple[IntArray, FloatArray, FloatArray]:
    """Find the peaks of each spectrum, between the bins.

    Parameters
    ----------
    power : (frames, n_fft // 2 + 1) power spectrogram
    rate_hz : of the signal
    low_hz, high_hz : where to look
    relative_power : a peak must exceed this part of its frame's strongest bin in the range

    Returns
    -------
    (frame numbers, frequencies in Hz, powers), one entry per peak, by frame and then frequency

    Examples
    --------
    >>> from hexachord.dsp.stft import power_spectrogram
    >>> tone = np.sin(2 * np.pi * 442 * np.arange(4096) / 22050)
    >>> _, hz, _ = spectral_peaks(power_spectrogram(tone, n_fft=4096, hop=4096, centre=False), rate_hz=22050)
    >>> hz.round(1)
    array([442.])
    """
    width_hz = rate_hz / (2 * (power.shape[1] - 1))
    first = max(int(np.ceil(low_hz / width_hz)), 1)
    last = min(int(np.floor(high_hz / width_hz)), power.shape[1] - 2)
    if last < first or len(power) == 0:
        return np.zeros(0, dtype=np.int64), np.zeros(0), np.zeros(0)
    middle, below, above = power[:, first : last + 1], power[:, first - 1 : last], power[:, first + 1 : last + 2]
    threshold = relative_power * middle.max(axis=1, keepdims=True)
    frames, bins = np.nonzero((middle > below) & (middle >= above) & (middle > threshold))
    floor = np.finfo(power.dtype).tiny
    left, peak, right = (np.log(np.maximum(side[frames, bins], floor)).astype(np.float64) for side in (below, middle, above))
    curvature = left - 2.0 * peak + right
    offset = np.where(curvature < 0, 0.5 * (left - right) / np.where(curvature < 0, curvature, -1.0), 0.0)
    return frames, (bins + first + offset) * width_hz, np.exp(peak - 0.25 * (left - right) * offset)


def tuning_of_peaks(frequencies_hz: FloatArray, weights: FloatArray) -> Tuning:
    """Estimate the tuning that weighted frequencies agree on.

    Examples
    --------
    >>> tuning = tuning_of_peaks(np.array([220.0, 330.0, 440.0]) * 2 ** (12 / 1200), np.ones(3))
    >>> round(tuning.cents, 1), round(tuning.confidence, 2)  # a pure fifth is 2 cents wider than a tempered one
    (12.7, 1.0)
    """
    return _tuning(complex(np.sum(weights * _turns(frequencies_hz))), float(np.sum(weights)))


def estimate_tuning(signal: FloatArray, *, rate_hz: float, n_fft: int = 4096, hop: int = 4096) -> Tuning:
    """Estimate how far a recording lies from A4 = 440 Hz.

    Parameters
    ----------
    signal : (n,) mono float array or memory map
    rate_hz : samples per second
    n_fft, hop : frames far apart suffice: notes last longer than they do

    Returns
    -------
    Tuning; zero cents with confidence zero for silence or a signal without peaks

    Examples
    --------
    >>> tone = np.sin(2 * np.pi * 440 * 2 ** (30 / 1200) * np.arange(44100) / 22050)
    >>> round(estimate_tuning(tone, rate_hz=22050).cents)
    30
    """
    parts = list(_resultants(signal, rate_hz=rate_hz, n_fft=n_fft, hop=hop))
    return _tuning(sum((complex(np.sum(r)) for r, _ in parts), 0j), sum((float(np.sum(w)) for _, w in parts), 0.0))


def estimate_tuning_curve(
    signal: FloatArray, *, rate_hz: float, window_s: float = 10.0, step_s: float = 5.0, n_fft: int = 4096, hop: int = 2048
) -> TuningCurve:
    """Follow the tuning through a recording: choirs sink, tapes run fast.

    Parameters
    ----------
    signal : (n,) mono float array or memory map
    window_s, step_s : each value looks at `window_s` of sound; values are `step_s` apart

    Returns
    -------
    TuningCurve; where the sound has no pitch the last value is held with confidence zero
    """
    parts = list(_resultants(signal, rate_hz=rate_hz, n_fft=n_fft, hop=hop))
    frames = frame_count(signal.shape[0], frame_length=n_fft, hop=hop)
    resultant = np.concatenate([r for r, _ in parts]) if parts else np.zeros(0, dtype=np.complex128)
    weight = np.concatenate([w for _, w in parts]) if parts else np.zeros(0)
    window = max(round(window_s * rate_hz / hop), 1)
    step = max(round(step_s * rate_hz / hop), 1)
    centres = np.arange(0, frames, step)
    starts, stops = np.maximum(centres - window // 2, 0), np.minimum(centres - window // 2 + window, frames)
    sums = np.concatenate([[0j], np.cumsum(resultant)])
    totals = np.concatenate([[0.0], np.cumsum(weight)])
    tunings = [_tuning(sums[b] - sums[a], totals[b] - totals[a]) for a, b in zip(starts, stops, strict=True)]
    confidence = np.array([t.confidence for t in tunings])
    cents = np.array([t.cents for t in tunings])
    heard = np.flatnonzero(confidence > 0)
    if len(heard):
        cents[heard] = np.unwrap(cents[heard], period=100.0)
        held = np.maximum.accumulate(np.where(confidence > 0, np.arange(len(cents)), heard[0]))
        cents = cents[held]
    overall = _tuning(complex(np.sum(resultant)), float(np.sum(weight)))
    return TuningCurve(frame_times_s(frames, rate_hz=rate_hz, hop=hop)[::step], cents, confidence, overall)


def _turns(frequencies_hz: FloatArray) -> ComplexArray:
    turns: ComplexArray = np.exp(2j * np.pi * 12.0 * np.log2(frequencies_hz / 440.0))
    return turns


def _resultants(signal: FloatArray, *, rate_hz: float, n_fft: int, hop: int) -> Iterator[tuple[ComplexArray, FloatArray]]:
    """Yield, per block of frames, each frame's weighted sum of unit vectors (one turn per semitone) and its sum of weights."""
    for _, power in power_blocks(signal, n_fft=n_fft, hop=hop):
        frames, hz, strength = spectral_peaks(power, rate_hz=rate_hz)
        # The fourth root of power: loud notes lead without silencing the rest.
        weights = np.sqrt(np.sqrt(strength))
        turns = weights * _turns(hz)
        count = len(power)
        real, imaginary = (np.bincount(frames, part, minlength=count) for part in (turns.real, turns.imag))
        yield np.asarray(real + 1j * imaginary), np.asarray(np.bincount(frames, weights, minlength=count), dtype=np.float64)


def _tuning(resultant: complex, total: float) -> Tuning:
    # A total within rounding of nothing is silence: its direction means nothing.
    if not total > 1e-9:
        return Tuning(0.0, 0.0)
    cents = float(np.angle(resultant)) / (2 * np.pi) * 100.0
    return Tuning((cents - LOWEST_CENTS) % 100.0 + LOWEST_CENTS, float(min(abs(resultant) / total, 1.0)))
