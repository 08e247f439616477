"""The outline of a sound in time: how it attacks, where its energy lies, how it dies away.

Peeters, *A large set of audio features for sound description*, IRCAM, 2004, §4 (log-attack time by the weakest-effort method, temporal
centroid, effective duration, decrease); Lartillot and Toiviainen, *A Matlab toolbox for musical feature extraction from audio*, DAFx 2007
(attack time and slope of each onset).
"""

import math
from typing import NamedTuple

import numpy as np

from hexachord.arrays import Float64Array, FloatArray, IntArray

_STEPS = 10  # thresholds of the weakest-effort method
_EFFORT = 3.0  # how many times the mean effort counts as leaving the attack


def log_attack_time(envelope: FloatArray, *, hop_s: float) -> float:
    """Logarithm to base 10 of the seconds from the start of the attack to its end, at least one step. Peeters 2004, §4.2.

    The attack is the part in which the envelope climbs steadily: thresholds from a tenth to all of the maximum are crossed at about even
    intervals; it begins and ends where the climb takes more than three times the mean effort.

    Examples
    --------
    >>> ramp = np.concatenate([np.linspace(0, 1, 101), np.ones(50)])  # 1 s from nothing to all
    >>> round(10 ** log_attack_time(ramp, hop_s=0.01), 2)
    0.9
    """
    top = float(envelope.max(initial=0.0))
    if not top > 0:
        return math.log10(hop_s)
    levels = np.arange(1, _STEPS + 1) / _STEPS * top * (1 - 1e-9)
    crossing = np.array([int(np.argmax(envelope >= level)) for level in levels])
    effort = np.diff(crossing)
    weak = effort <= _EFFORT * max(float(effort.mean()), 1e-9)
    kept = np.flatnonzero(weak)
    first, last = (int(kept[0]), int(kept[-1]) + 1) if len(kept) else (0, _STEPS - 1)
    return math.log10(max(float(crossing[last] - crossing[first]), 1.0) * hop_s)


def temporal_centroid(energy: FloatArray, *, hop_s: float) -> float:
    """Centre of mass of the energy over time, in seconds. Peeters 2004, §4.3.

    Examples
    --------
    >>> temporal_centroid(np.array([0.0, 1.0, 0.0, 1.0]), hop_s=0.5)
    1.0
    """
    total = float(energy.sum(dtype=np.float64))
    return float(np.arange(len(energy)) @ energy.astype(np.float64) / total * hop_s) if total > 0 else 0.0


def effective_duration_s(envelope: FloatArray, *, hop_s: float, part: float = 0.4) -> float:
    """Seconds during which the envelope is above a part of its maximum. Peeters 2004, §4.4."""
    top = float(envelope.max(initial=0.0))
    return float(np.count_nonzero(envelope >= part * top)) * hop_s if top > 0 else 0.0


def decay_db_per_s(energy: FloatArray, *, hop_s: float, range_db: float = 60.0) -> float:
    """Fall of the level after its maximum, by a line through the decibels that are within `range_db` of it; positive for a decay.

    Examples
    --------
    >>> round(decay_db_per_s(10 ** (-np.arange(50) / 10), hop_s=0.1), 3)  # 1 dB each tenth of a second
    10.0
    """
    if not len(energy) or not float(energy.max()) > 0:
        return 0.0
    first = int(np.argmax(energy))
    level = 10 * np.log10(np.maximum(energy[first:].astype(np.float64), 1e-20))
    near = np.flatnonzero(level > level[0] - range_db)
    return float(-np.polyfit(near * hop_s, level[near], 1)[0]) if len(near) > 1 else 0.0


def low_energy_ratio(level: FloatArray) -> float:
    """Part of the moments whose level is below the mean level. Tzanetakis and Cook 2002.

    Examples
    --------
    >>> low_energy_ratio(np.array([0.0, 0.0, 0.0, 1.0]))
    0.75
    """
    return float(np.mean(level < level.mean(dtype=np.float64))) if len(level) else 0.0


class Attacks(NamedTuple):
    """Of each onset: seconds from the foot of the rise to its top, and the rise per second."""

    time_s: Float64Array
    slope: Float64Array


def attacks(envelope: FloatArray, onsets: IntArray, *, hop_s: float, reach_s: float = 0.15) -> Attacks:
    """Measure the rise of an envelope at each onset.

    Parameters
    ----------
    envelope : (moments,) level, full scale 1
    onsets : (n,) moments at which something begins
    hop_s : seconds from moment to moment
    reach_s : how far before and after an onset its rise may lie

    Returns
    -------
    `Attacks` of the onsets at which the envelope rises
    """
    reach = max(1, round(reach_s / hop_s))
    if not len(onsets) or len(envelope) < 2:
        return Attacks(np.zeros(0), np.zeros(0))
    around = np.asarray(onsets)[:, None] + np.arange(-reach, reach + 1)
    window = envelope[np.clip(around, 0, len(envelope) - 1)].astype(np.float64)
    top = window[:, reach:].argmax(axis=1) + reach
    before = np.arange(2 * reach + 1) <= top[:, None]
    foot = (2 * reach) - np.where(before, window, np.inf)[:, ::-1].argmin(axis=1)  # the last lowest moment before the top
    row = np.arange(len(window))
    time_s = (top - foot) * hop_s
    rise = window[row, top] - window[row, foot]
    # Two onsets on one rise share its foot: the one that sees its top speaks for both.
    order = np.lexsort((-rise, around[row, foot]))
    first = np.append(True, np.diff(around[row, foot][order]) > 0)
    good = np.zeros(len(row), dtype=np.bool_)
    good[order[first]] = True
    good &= (time_s > 0) & (rise > 0)
    return Attacks(time_s[good], rise[good] / time_s[good])
