"""Whose is each cell of a spectrogram? Soft shares between 0 and 1, one function for each question that `stems` asks.

Every function takes magnitudes as (frames, bins) and returns shares of the same shape.
"""

import numpy as np

from hexachord.arrays import ComplexArray, Float32Array, FloatArray
from hexachord.dsp.hpss import median_along_frequency, median_along_time
from hexachord.dsp.viterbi import viterbi

_TONE_S = 0.4  # a tone lasts longer than half of this, a stroke does not
_STROKE_HZ = 500.0  # a stroke is wider than half of this, a partial is not
_TONE_MARGIN = 0.8  # below 1: in doubt a cell is a stroke, since tones leave most of their frames undoubted
_SIMILAR_MOMENTS = 41  # odd: the median is one of them
_APART_S = 0.5  # two similar moments closer than this are one
_CENTRE_SHARPNESS = 1.5
_VOICE_HZ = (120.0, 11_000.0)
_BANDS = 96  # of the spectrum by which moments are compared
_BASS_LINE_HZ = (36.0, 200.0)  # a bass's low D, and where its solos end
_BASS_PARTIALS = 5
_PARTIAL_WIDTH_HZ = 16.0  # half of a Hann window's main lobe, and a little for vibrato
_BASS_HZ = (100.0, 300.0)  # the bass's share of its partials falls from all to none: above, others play louder


def stroke_share(magnitude: FloatArray, *, frame_s: float, bin_hz: float) -> FloatArray:
    """Share of each cell that is a stroke: wide in frequency and short in time (Fitzgerald 2010; FMP §8.1)."""
    lasting = median_along_time(magnitude, size=_odd(_TONE_S / frame_s)) * _TONE_MARGIN
    sudden = median_along_frequency(magnitude, size=_odd(_STROKE_HZ / bin_hz))
    return _share(sudden**2, lasting**2)


def foreground_share(magnitude: FloatArray, frequencies_hz: FloatArray, *, frame_s: float) -> FloatArray:
    """Share of each cell that exceeds what was there at the most similar moments (REPET-SIM, Rafii & Pardo 2012)."""
    from scipy.ndimage import maximum_filter1d

    share = np.zeros_like(magnitude)
    first, last = np.searchsorted(frequencies_hz, _VOICE_HZ)
    moments = np.ascontiguousarray(magnitude[:, first:last])
    frames = len(moments)
    if frames < 3 or moments.shape[1] == 0:
        return share
    bands = moments @ _bands(frequencies_hz[first:last])
    bands /= np.linalg.norm(bands, axis=1, keepdims=True) + 1e-9
    similarity = bands @ bands.T
    peak = maximum_filter1d(similarity, 2 * int(_APART_S / frame_s) + 1, axis=1, mode="constant")
    similarity[similarity < peak] = -1.0
    count = min(_SIMILAR_MOMENTS, frames)
    nearest = np.argpartition(similarity, frames - count, axis=1)[:, frames - count :]
    for begin in range(0, frames, 32):
        cells = moments[begin : begin + 32]
        repeating = np.partition(moments[nearest[begin : begin + 32]], count // 2, axis=1)[:, count // 2]
        share[begin : begin + 32, first:last] = _share(np.maximum(cells - repeating, 0.0), np.minimum(cells, repeating))
    return share


def centre_share(left: ComplexArray, right: ComplexArray) -> FloatArray:
    """Share of each cell that sits in the stereo centre: equal in level and phase on both sides."""
    power = left.real**2 + left.imag**2 + right.real**2 + right.imag**2
    both = 2.0 * (left.real * right.real + left.imag * right.imag)
    alike = np.divide(both, power, out=np.zeros_like(power), where=power > 0)
    return np.asarray(np.clip(alike, 0.0, 1.0) ** _CENTRE_SHARPNESS)


def bass_share(magnitude: FloatArray, frequencies_hz: FloatArray) -> FloatArray:
    """Share of each cell that lies on the bass line: the partials of the lowest tone, followed through time.

    The line maximises the sum of the partials' strengths (harmonic summation, FMP §8.2) with a price for every move.
    """
    share = np.zeros_like(magnitude)
    bin_hz = frequencies_hz[1]
    lines_hz = _BASS_LINE_HZ[0] * 2.0 ** (np.arange(60) / 24)  # in quarter-tones
    lines_hz = lines_hz[lines_hz < min(_BASS_LINE_HZ[1], frequencies_hz[-1] / (_BASS_PARTIALS + 1))]
    if len(magnitude) == 0 or len(lines_hz) == 0:
        return share
    strength = np.sqrt(magnitude[:, : int(_BASS_LINE_HZ[1] * (_BASS_PARTIALS + 1) / bin_hz) + 2])
    salience = np.zeros((len(magnitude), len(lines_hz)))
    for partial in range(1, _BASS_PARTIALS + 1):
        place = lines_hz * partial / bin_hz
        below = place.astype(np.int64)
        above = place - below
        salience += 0.8 ** (partial - 1) * (strength[:, below] * (1 - above) + strength[:, below + 1] * above)
    salience /= np.maximum(salience.max(axis=1, keepdims=True), 1e-9)
    steps = np.abs(np.subtract.outer(np.arange(len(lines_hz)), np.arange(len(lines_hz))))
    path, _ = viterbi(8.0 * np.log(salience + 0.01), -np.minimum(0.7 * steps, 4.0), np.zeros(len(lines_hz)))
    line_hz = lines_hz[path][:, None]
    bins = int(np.searchsorted(frequencies_hz, _BASS_HZ[1]))
    heard_hz = frequencies_hz[None, :bins]
    partial_of = np.maximum(1.0, np.rint(heard_hz / line_hz))
    near = np.clip(1.5 - np.abs(heard_hz - partial_of * line_hz) / _PARTIAL_WIDTH_HZ, 0.0, 1.0)
    low = np.clip((_BASS_HZ[1] - heard_hz) / (_BASS_HZ[1] - _BASS_HZ[0]), 0.0, 1.0)
    share[:, :bins] = near * 0.9 ** (partial_of - 1) * low
    return share


def _bands(frequencies_hz: FloatArray) -> Float32Array:
    """Sum bins into bands of equal ratio; each bin belongs to one."""
    edges = np.geomspace(frequencies_hz[0] * 0.999, frequencies_hz[-1] * 1.001, _BANDS + 1)
    band = np.searchsorted(edges, frequencies_hz) - 1
    members = np.zeros((len(frequencies_hz), _BANDS), dtype=np.float32)
    members[np.arange(len(frequencies_hz)), band] = 1.0
    members /= np.maximum(members.sum(axis=0), 1.0)
    return members


def _share(wanted: FloatArray, rest: FloatArray) -> FloatArray:
    total = wanted + rest
    share = np.zeros_like(total)
    np.divide(wanted, total, out=share, where=total > np.finfo(np.float32).tiny)
    return share


def _odd(size: float) -> int:
    return 2 * int(size / 2) + 1
