"""Bands as the ear has them: Bark and gammatone filter banks over a power spectrum.

Zwicker, *Subdivision of the audible frequency range into critical bands*, JASA 33(2), 1961 (Bark); Glasberg and Moore, *Derivation of
auditory filter shapes from notched-noise data*, Hearing Research 47, 1990 (ERB); Patterson, Robinson, Holdsworth, McKeown, Zhang and
Allerhand, *Complex sounds and auditory images*, 1992 (gammatone); Shao, Jin, Wang and Srinivasan, *An auditory-based feature for robust
speech recognition*, ICASSP 2009 (cepstra of gammatone bands).
"""

from functools import lru_cache

import numpy as np

from hexachord.arrays import Float32Array, FloatArray
from hexachord.dsp.stft import fft_frequencies_hz

BARK_EDGES_HZ = (
    0.0, 100.0, 200.0, 300.0, 400.0, 510.0, 630.0, 770.0, 920.0, 1080.0, 1270.0, 1480.0, 1720.0, 2000.0, 2320.0, 2700.0, 3150.0, 3700.0,
    4400.0, 5300.0, 6400.0, 7700.0, 9500.0, 12000.0, 15500.0,
)  # fmt: skip
"""Zwicker's 24 critical bands."""

_ERB_Q, _ERB_MIN_HZ = 9.26449, 24.7  # Glasberg and Moore: the bandwidth is f / 9.26 + 24.7 Hz
_GAMMATONE_ORDER = 4


@lru_cache(maxsize=8)
def bark_filterbank(*, rate_hz: float, n_fft: int) -> Float32Array:
    """Build the weights that add FFT power up in Zwicker's critical bands: (n_fft // 2 + 1, 24) float32, read-only.

    Each bin belongs to one band, a band beyond half the rate to none.

    Examples
    --------
    >>> bank = bark_filterbank(rate_hz=44100, n_fft=2048)
    >>> bank.shape, float(bank.sum(axis=1).max())
    ((1025, 24), 1.0)
    """
    hz = fft_frequencies_hz(rate_hz=rate_hz, n_fft=n_fft)
    band = np.searchsorted(BARK_EDGES_HZ, hz, side="right") - 1
    bank: Float32Array = (band[:, None] == np.arange(len(BARK_EDGES_HZ) - 1)).astype(np.float32)
    bank.flags.writeable = False
    return bank


def erb_frequencies_hz(bands: int, *, low_hz: float = 50.0, high_hz: float = 10000.0) -> FloatArray:
    """Space frequencies equally on the scale of equivalent rectangular bandwidths, from `low_hz` to `high_hz`.

    Examples
    --------
    >>> erb_frequencies_hz(3).round()
    array([   50.,  1460., 10000.])
    """
    offset = _ERB_Q * _ERB_MIN_HZ
    steps = np.linspace(np.log(low_hz + offset), np.log(high_hz + offset), bands)
    return np.asarray(np.exp(steps) - offset)


@lru_cache(maxsize=8)
def gammatone_filterbank(*, rate_hz: float, n_fft: int, bands: int = 40, low_hz: float = 50.0, high_hz: float = 10000.0) -> Float32Array:
    """Build the power responses of gammatone filters: (n_fft // 2 + 1, bands) float32, read-only, each with gain 1 at its centre.

    A filter of order 4 and bandwidth b = 1.019 ERB lets power pass as (1 + ((f - fc) / b)^2)^-4. Filters centred beyond half the rate are
    zero.
    """
    centre = erb_frequencies_hz(bands, low_hz=low_hz, high_hz=high_hz)
    width = 1.019 * (centre / _ERB_Q + _ERB_MIN_HZ)
    distance = (fft_frequencies_hz(rate_hz=rate_hz, n_fft=n_fft)[:, None] - centre) / width
    bank = ((1.0 + distance**2) ** -_GAMMATONE_ORDER).astype(np.float32)
    bank[:, centre >= rate_hz / 2] = 0.0
    bank.flags.writeable = False
    return bank
