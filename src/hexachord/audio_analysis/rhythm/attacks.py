"""When exactly notes are struck: onsets to a few milliseconds, for microtiming.

Beats are tracked on frames of 93 ms, forty or fifty of them a second; whether a snare is 12 ms late cannot be read off those. Here
frames are 23 ms long and 5.8 ms apart, energy is compared with that of three frames before in forty bands from 60 Hz up, and peaks are
refined between frames. Only what is fast is found: soft entries of strings have no exact time anyway. FMP §6.1.2; Böck & Widmer,
"Maximum filter vibrato suppression for onset detection", DAFx 2013, for bands equally spaced in pitch.
"""

from typing import TYPE_CHECKING

import numpy as np

from hexachord.arrays import Float32Array, FloatArray
from hexachord.dsp.onset import OnsetOptions, log_filterbank, pick_onsets
from hexachord.dsp.stft import power_blocks
from hexachord.knowledge import Events

if TYPE_CHECKING:
    from hexachord.dsp.frontend import FrontEnd

ENGINE = "onsets/attacks"
_FRAME_S, _HOP_S = 0.0232, 0.0058
_LAG = 3  # frames
_LEAD_S = 0.003  # energy is already rising when an attack enters the frame: so much before it is at its middle. Median over 39 renders
_OPTIONS = OnsetOptions(threshold=0.12, refractory_s=0.04, pre_mean_s=0.1, post_mean_s=0.1)


def find_attacks(frontend: "FrontEnd") -> Events:
    """Find the attacks of a recording: times, and how strong each is as `confidence`."""
    return attacks_of(frontend.signal, rate_hz=frontend.rate_hz)


def attacks_of(signal: FloatArray, *, rate_hz: float) -> Events:
    """Find attacks in a mono signal.

    Parameters
    ----------
    signal : (n,)
    rate_hz : 16,000 or more

    Returns
    -------
    Events with `time_s` and `confidence`, the height of the novelty curve in [0, 1]

    Examples
    --------
    >>> signal = np.zeros(22050, dtype=np.float32)
    >>> signal[5000:5200] = np.random.default_rng(0).standard_normal(200) * 0.3
    >>> attacks_of(signal, rate_hz=22050).time_s.round(2)  # 5000 / 22050 = 0.227
    array([0.23])
    """
    novelty, hop_s = attack_novelty(signal, rate_hz=rate_hz)
    found = pick_onsets(novelty, hop_s=hop_s, options=_OPTIONS)
    end_s = len(signal) / rate_hz
    time_s = np.clip(found.time_s - _LEAD_S, 0.0, end_s)
    return Events(time_s=time_s, confidence=np.clip(found.strength, 0.0, 1.0), engine=ENGINE)


def attack_novelty(signal: FloatArray, *, rate_hz: float) -> tuple[Float32Array, float]:
    """Measure how fast energy rises, every 5.8 ms.

    Returns
    -------
    novelty : (frames,) float32
    hop_s : seconds from one frame to the next
    """
    n_fft = 1 << max(6, round(np.log2(_FRAME_S * rate_hz)))
    hop = max(1, n_fft // 4)
    filters = log_filterbank(rate_hz=rate_hz, n_fft=n_fft, bands_per_octave=6, lowest_hz=60.0, highest_hz=min(10000.0, 0.45 * rate_hz))
    pieces = []
    before = np.zeros((_LAG, filters.shape[1]), dtype=np.float32)
    floor = _level(signal) ** 2 * n_fft * 1e-4
    for _, power in power_blocks(signal, n_fft=n_fft, hop=hop):
        bands = np.log10(power.astype(np.float32) @ filters + np.float32(floor + 1e-12))
        joined = np.concatenate([before, bands])
        pieces.append(np.maximum(joined[_LAG:] - joined[:-_LAG], 0.0).sum(axis=1))
        before = joined[-_LAG:]
    novelty = np.concatenate(pieces).astype(np.float32) if pieces else np.zeros(0, dtype=np.float32)
    novelty[:_LAG] = 0.0
    return novelty, hop / rate_hz


def _level(signal: FloatArray) -> float:
    return float(np.sqrt(np.mean(np.square(signal[:: max(1, len(signal) // 1_000_000)], dtype=np.float64)))) if len(signal) else 0.0
