"""From curves to strokes: peaks of each piece's curve, between frames, and one name for what can be only one thing.

FMP §6.1; Wu et al., "A review of automatic drum transcription", IEEE/ACM TASLP 26:9, 2018 (activation curves and peak picking).
"""

from dataclasses import dataclass

import numpy as np

from hexachord.arrays import Float64Array, FloatArray, IntArray
from hexachord.audio_analysis.drums.kit import KIT
from hexachord.dsp.peaks import keep_highest, local_maxima, refine_peaks
from hexachord.knowledge import Drums

GROUPS: dict[str, tuple[str, ...]] = {
    "kick": ("kick",),
    "snare": ("snare",),
    "hihat": ("hihat_closed", "hihat_open"),
    "tom": ("tom",),
    "cymbal": ("ride", "crash"),
}
"""Pieces of which one is struck at a time: what sounds half like an open hat and half like a closed one is a hat."""


@dataclass(frozen=True, kw_only=True)
class Picking:
    """How eager the picker is.

    Parameters
    ----------
    threshold : least height of a stroke of each of `GROUPS`
    sure : of each of `GROUPS`, a height that some stroke within `sure_within_s` must reach: what never sounds like a snare for certain has
        no soft snares; 0 asks nothing
    refractory_s : two strokes of one group are at least this far apart; a drag's are 40 to 60 ms
    lead_s : strokes are this much later than their peaks
    """

    threshold: tuple[float, ...]
    sure: tuple[float, ...] = (0.0,) * len(GROUPS)
    sure_within_s: float = 10.0
    refractory_s: float = 0.035
    lead_s: float = 0.0


def pick_strokes(curves: FloatArray, velocity: FloatArray, *, hop_s: float, duration_s: float, picking: Picking, engine: str) -> Drums:
    """Pick strokes.

    Parameters
    ----------
    curves : (frames, pieces) in [0, 1], one column for each of `KIT`; those of a group add up
    velocity : (frames, pieces) 1 to 127, how hard a stroke in this frame would be
    hop_s : seconds from one frame to the next
    duration_s : of the recording; strokes are within
    picking : see `Picking`
    engine : who made the curves

    Examples
    --------
    >>> curves = np.zeros((100, 7)); curves[20, 0] = curves[50, 1] = 0.9; curves[52, 1] = 0.6; curves[70, 2:4] = 0.3, 0.4
    >>> picking = Picking(threshold=(0.5,) * 5)
    >>> found = pick_strokes(curves, np.full((100, 7), 80.0), hop_s=0.01, duration_s=1.0, picking=picking, engine="")
    >>> found.time_s.round(3).tolist(), found.label
    ([0.2, 0.5, 0.7], ('kick', 'snare', 'hihat_open'))
    """
    distance = max(1, round(picking.refractory_s / hop_s))
    times, pieces, heights, strengths = [], [], [], []
    for names, threshold, sure in zip(GROUPS.values(), picking.threshold, picking.sure, strict=True):
        columns = np.array([KIT.index(name) for name in names])
        curve = curves[:, columns].sum(axis=1)
        candidates = np.flatnonzero(local_maxima(curve, ends=True) & (curve >= threshold))
        peaks = keep_highest(candidates, curve[candidates], distance=distance)
        peaks = _near_sure(peaks, curve[peaks], sure=sure, reach=round(picking.sure_within_s / hop_s))
        place, height = refine_peaks(curve, peaks)
        piece = columns[_around(curves[:, columns], peaks).argmax(axis=1)]
        times.append(place * hop_s + picking.lead_s)
        pieces.append(piece)
        heights.append(height)
        strengths.append(_around(velocity, peaks)[np.arange(len(peaks)), piece])
    time_s, piece = np.clip(np.concatenate(times), 0.0, duration_s), np.concatenate(pieces)
    order = np.lexsort((piece, time_s))
    return Drums(
        time_s=time_s[order],
        label=tuple(KIT[index] for index in piece[order]),
        velocity=np.clip(np.round(np.concatenate(strengths)[order]), 1, 127),
        confidence=np.clip(np.concatenate(heights)[order], 0.0, 1.0),
        engine=engine,
    )


def _near_sure(peaks: IntArray, heights: FloatArray, *, sure: float, reach: int) -> IntArray:
    """Keep the peaks that have a sure one near, or are one."""
    certain = peaks[heights >= sure]
    if len(certain) == 0 or sure <= 0:
        return peaks if sure <= 0 else certain
    after = np.searchsorted(certain, peaks).clip(0, len(certain) - 1)
    distance = np.minimum(np.abs(certain[after] - peaks), np.abs(certain[np.maximum(after - 1, 0)] - peaks))
    kept: IntArray = peaks[distance <= reach]
    return kept


def _around(curves: FloatArray, peaks: IntArray) -> Float64Array:
    """The mean of the rows of each peak and its two neighbours, (peaks, columns)."""
    last = max(0, len(curves) - 1)
    return np.asarray(np.mean([curves[np.clip(peaks + step, 0, last)] for step in (-1, 0, 1)], axis=0), dtype=np.float64)
