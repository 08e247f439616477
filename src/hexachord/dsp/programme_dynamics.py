"""How loud a whole programme seems, and how much its loudness moves.

Stevens, *The measurement of loudness*, JASA 27(5), 1955 (loudness as a power of intensity); Vickers, *Automatic long-term loudness and
dynamics matching*, AES 111, 2001; Streich, *Music complexity: a multi-faceted description of audio content*, PhD thesis, UPF Barcelona
2006, §3.2 (dynamic complexity); Skovenborg and Nielsen, *Evaluation of different loudness models with music and speech material*, AES 117,
2004 (LARM: a power mean over a peak envelope with slow release).
"""

import numpy as np

from hexachord.arrays import Float64Array, FloatArray
from hexachord.dsp.followers import decaying_maximum

_FLOOR_DB = -90.0
_EMPHASIS_HZ = 99.3  # corner of Vickers' high-pass, which stands for the ear's deafness to bass
_RELEASE_S = 1.5


def stevens_loudness(energy: FloatArray) -> FloatArray:
    """Turn energy into loudness: its power of 0.67.

    Examples
    --------
    >>> stevens_loudness(np.array([0.0, 1.0, 8.0])).round(2)
    array([0.  , 1.  , 4.03])
    """
    return np.asarray(np.power(np.maximum(energy, 0), 0.67), dtype=energy.dtype)


def vickers_emphasis(rate_hz: float) -> Float64Array:
    """Design Vickers' first-order high-pass, 0 dB at half the rate, as one second-order section (1, 6), for any sampling rate."""
    pole = float(np.exp(-2 * np.pi * _EMPHASIS_HZ / rate_hz))
    gain = (1 + pole) / 2
    return np.array([[gain, -gain, 0.0, 1.0, -pole, 0.0]])


def long_term_loudness(level_db: FloatArray) -> tuple[float, float]:
    """Average levels as listeners do: loud moments count more; and say how far levels stray from that.

    Parameters
    ----------
    level_db : (moments,) level of the emphasised signal in dB, one value each 0.2 s or so

    Returns
    -------
    loudness : dB; weights are 0.9 ** -level, so that 6.6 dB more counts twice. Vickers 2001
    complexity : dB; mean absolute distance from the loudness. Streich 2006: pop about 2, classical 6 and more

    Examples
    --------
    >>> long_term_loudness(np.array([-20.0, -20.0]))
    (-20.0, 0.0)
    """
    if not len(level_db):
        return _FLOOR_DB, 0.0
    level = np.maximum(level_db, _FLOOR_DB).astype(np.float64)
    weight = 0.9 ** -(level - level.max())
    loudness = float(np.sum(weight * level) / np.sum(weight))
    return loudness, float(np.mean(np.abs(level - loudness)))


def equivalent_level_db(power: FloatArray) -> float:
    """Level of a steady sound with the same mean power (Leq), in dB to full scale, -100 for silence."""
    mean = float(np.mean(power, dtype=np.float64)) if len(power) else 0.0
    return 10 * float(np.log10(max(mean, 1e-10)))


def larm_db(peak: FloatArray, *, hop_s: float, exponent: float = 1.5) -> float:
    """Measure loudness as a power mean over an envelope that follows peaks at once and falls slowly. After Skovenborg and Nielsen 2004.

    Parameters
    ----------
    peak : (moments,) highest absolute sample of each moment
    hop_s : seconds from moment to moment
    exponent : of the power mean

    Examples
    --------
    >>> larm_db(np.full(100, 0.1), hop_s=0.01)
    -20.0
    """
    if not len(peak) or not float(peak.max()) > 0:
        return -100.0
    envelope = decaying_maximum(peak, decay=hop_s / _RELEASE_S)
    return max(-100.0, 20 / exponent * float(np.log10(np.mean(envelope**exponent))))
