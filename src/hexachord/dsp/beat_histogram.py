"""Which beat periods a recording holds, counted over all of it; and how clear its pulse is.

Tzanetakis and Cook, *Musical genre classification of audio signals*, IEEE TSAP 10(5), 2002 (the histogram and its six features); Tolonen
and Karjalainen, *A computationally efficient multipitch analysis model*, IEEE TSAP 8(6), 2000 (the enhanced autocorrelation); Lartillot,
Eerola, Toiviainen and Fornari, *Multi-feature modeling of pulse clarity*, ISMIR 2008.
"""

from typing import NamedTuple

import numpy as np
import scipy.fft

from hexachord.arrays import Float64Array, FloatArray
from hexachord.dsp.peaks import keep_highest, local_maxima, refine_peaks

SLOWEST_BPM, FASTEST_BPM = 40, 200
_PEAKS = 3  # of each window's autocorrelation that are counted
_APART_BPM = 10.0


class BeatHistogram(NamedTuple):
    """The histogram, (161,) from 40 to 200 BPM, and its features: strengths relative to the sum, periods in BPM; zeros for silence."""

    weight: Float64Array
    first_strength: float
    second_strength: float
    strength_ratio: float
    first_bpm: float
    second_bpm: float
    total: float


def beat_histogram(envelopes: FloatArray, *, hop_s: float, window_s: float = 6.0) -> BeatHistogram:
    """Count beat periods over windows that overlap by half.

    Parameters
    ----------
    envelopes : (frames, bands) amplitude envelopes of octave bands
    hop_s : seconds from frame to frame
    window_s : length of a window

    Examples
    --------
    >>> pulses = (np.arange(1000) % 25 == 0).astype(float)[:, None]  # 96 a minute at 40 frames a second
    >>> round(beat_histogram(pulses, hop_s=0.025).first_bpm)
    96
    """
    bpm = np.arange(SLOWEST_BPM, FASTEST_BPM + 1)
    weight = np.zeros(len(bpm))
    frames = len(envelopes)
    size = min(max(8, round(window_s / hop_s)), frames)
    first_lag, last_lag = max(2, int(60 / FASTEST_BPM / hop_s)), int(np.ceil(60 / SLOWEST_BPM / hop_s)) + 1
    total = 0.0
    if size > 2 * first_lag:
        for start in range(0, max(1, frames - size + 1), max(1, size // 2)):
            curve = _enhanced(envelopes[start : start + size])
            part = curve[: min(last_lag + 2, len(curve))]
            peaks = np.flatnonzero(local_maxima(part))
            peaks = peaks[(peaks >= first_lag) & (part[peaks] > 0)]
            peaks = peaks[np.argsort(-part[peaks], kind="stable")[:_PEAKS]]
            if len(peaks):
                lag, height = refine_peaks(part, peaks)
                place = np.rint(60 / (lag * hop_s)).astype(np.int64) - SLOWEST_BPM
                inside = (place >= 0) & (place < len(bpm))
                np.add.at(weight, place[inside], height[inside])
                total += 1.0
    if not weight.sum() > 0:
        return BeatHistogram(weight, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    weight /= total
    smooth = np.convolve(weight, [0.25, 0.5, 0.25], mode="same")  # a period is known to a BPM or so
    summits = np.flatnonzero(local_maxima(smooth, ends=True) & (smooth > 0))
    apart = keep_highest(summits, smooth[summits], distance=round(_APART_BPM))
    order = apart[np.argsort(-smooth[apart], kind="stable")]
    mass = float(smooth.sum())
    first, second = int(order[0]), int(order[1]) if len(order) > 1 else -1
    second_height = float(smooth[second]) if second >= 0 else 0.0
    return BeatHistogram(
        weight,
        float(smooth[first]) / mass,
        second_height / mass,
        second_height / float(smooth[first]),
        float(bpm[first]),
        float(bpm[second]) if second >= 0 else 0.0,
        float(weight.sum()),
    )


def pulse_clarity(novelty: FloatArray, *, hop_s: float) -> float:
    """Highest autocorrelation of an onset curve at the periods of beats, over that at lag 0: 1 for a machine, near 0 without a pulse.

    Parameters
    ----------
    novelty : (frames,) onset curve
    hop_s : seconds from frame to frame

    Examples
    --------
    >>> pulses = (np.arange(4000) % 25 == 0).astype(float)
    >>> round(pulse_clarity(pulses, hop_s=0.02), 2)
    1.0
    """
    first, last = max(1, int(60 / FASTEST_BPM / hop_s)), int(np.ceil(60 / SLOWEST_BPM / hop_s))
    if len(novelty) < 2 * last or not float(np.ptp(novelty)) > 0:
        return 0.0
    curve = novelty.astype(np.float64) - novelty.mean(dtype=np.float64)
    size = scipy.fft.next_fast_len(len(curve) + last + 2, real=True)
    spectrum = scipy.fft.rfft(curve, size)
    repeats = scipy.fft.irfft(np.abs(spectrum) ** 2, size)[: last + 2]
    ratio = repeats / repeats[0] * (len(curve) / (len(curve) - np.arange(last + 2)))  # longer lags see fewer products
    peaks = np.flatnonzero(local_maxima(ratio))
    peaks = peaks[(peaks >= first) & (peaks <= last)]
    return float(np.clip(ratio[peaks].max(initial=0.0), 0.0, 1.0))


def _enhanced(envelopes: FloatArray) -> Float64Array:
    """Autocorrelate the sum of the bands, and take away what is there only because half the lag is."""
    curve: Float64Array = np.asarray(np.sum(envelopes - envelopes.mean(axis=0, dtype=np.float64), axis=1, dtype=np.float64))
    size = scipy.fft.next_fast_len(2 * len(curve), real=True)
    repeats = scipy.fft.irfft(np.abs(scipy.fft.rfft(curve, size)) ** 2, size)[: len(curve)]
    if not repeats[0] > 0:
        return np.zeros(len(curve))
    ratio: Float64Array = np.maximum(repeats / repeats[0], 0)
    stretched = np.interp(np.arange(len(ratio)) / 2, np.arange(len(ratio)), ratio)
    return np.asarray(np.maximum(ratio - stretched, 0))
