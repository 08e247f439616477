"""Octave contrast: how far a spectrum's peaks stand above its valleys, octave by octave.

Music has harmonics with gaps between them, noise has not; the contrast tells the two apart in each octave. Jiang, Lu, Zhang, Tao and Cai,
*Music type classification by spectral contrast feature*, ICME 2002.
"""

from functools import lru_cache

import numpy as np

from hexachord.arrays import Float32Array, FloatArray
from hexachord.dsp.mel import power_to_db
from hexachord.dsp.stft import fft_frequencies_hz

OCTAVES = 7  # up to 200 Hz, then an octave each; the last reaches to half the rate


def peaks_and_valleys(
    magnitude: FloatArray, *, rate_hz: float, part: float = 0.02, lowest_hz: float = 200.0
) -> tuple[Float32Array, Float32Array]:
    """Average the strongest and the weakest bins of each octave.

    Parameters
    ----------
    magnitude : (frames, n_fft // 2 + 1)
    rate_hz : of the signal
    part : of an octave's bins that are averaged, at least one
    lowest_hz : upper edge of the first band

    Returns
    -------
    peaks, valleys : (frames, 7) float32 magnitudes; 0 in octaves beyond half the rate
    """
    peaks, valleys = np.zeros((2, len(magnitude), OCTAVES), dtype=np.float32)
    for octave, (band, count) in enumerate(_bands(rate_hz, magnitude.shape[1], part, lowest_hz)):
        ordered = np.sort(magnitude[:, band], axis=1)
        valleys[:, octave] = ordered[:, :count].mean(axis=1)
        peaks[:, octave] = ordered[:, -count:].mean(axis=1)
    return peaks, valleys


def contrast_db(peaks: FloatArray, valleys: FloatArray, *, range_db: float | None = 80.0) -> Float32Array:
    """Subtract the valleys from the peaks, in dB.

    Parameters
    ----------
    peaks, valleys : (frames, octaves) of a whole recording, see `peaks_and_valleys`
    range_db : how far below the largest value of the recording the smallest may lie, for peaks and for valleys

    Returns
    -------
    (frames, octaves) float32; librosa 0.11's `spectral_contrast`, which takes ten times the logarithm of magnitudes

    Examples
    --------
    >>> contrast_db(np.array([[100.0]]), np.array([[1.0]]))
    array([[20.]], dtype=float32)
    """
    return np.asarray(power_to_db(peaks, range_db=range_db) - power_to_db(valleys, range_db=range_db), dtype=np.float32)


@lru_cache(maxsize=8)
def _bands(rate_hz: float, bins: int, part: float, lowest_hz: float) -> tuple[tuple[slice, int], ...]:
    """Cut the bins into octaves: (bins of the octave, how many count as its peak and its valley)."""
    hz = fft_frequencies_hz(rate_hz=rate_hz, n_fft=2 * (bins - 1))
    edges = np.concatenate([[0.0], lowest_hz * 2.0 ** np.arange(OCTAVES)])
    bands = []
    for octave in range(OCTAVES):
        inside = np.flatnonzero((hz >= edges[octave]) & (hz <= edges[octave + 1]))
        if edges[octave] >= rate_hz / 2 or not len(inside):
            break
        first = int(inside[0]) - (octave > 0)
        stop = bins if octave == OCTAVES - 1 else int(inside[-1]) + 1
        count = max(1, int(np.rint(part * (stop - first))))
        last = stop if octave == OCTAVES - 1 else max(stop - 1, first + 1)  # an edge on a bin belongs to the octave above
        bands.append((slice(max(first, 0), last), count))
    return tuple(bands)
