"""Whether a voice sings: how much of its pitch stands still.

A singer holds notes, a speaker's pitch glides all the time. A note stands still where the pitch hardly moves for a moment, or, under
vibrato, where its average over a turn does not. (D. Gerhard, *Pitch-based acoustic feature analysis for the discrimination of speech and
monophonic singing*, Canadian Acoustics 30(3), 2002.)
"""

import numpy as np

from hexachord.arrays import BoolArray, Float64Array
from hexachord.knowledge import F0

_MOMENT_S = 0.06
_MOMENT_SEMITONES_PER_S = 4.0  # a quarter of a semitone in a moment
_TURN_S = 0.15  # of vibrato, about
_TURN_SEMITONES_PER_S = 2.0


def still_share(track: F0) -> float:
    """How much of the voiced time the pitch stands still, 0 to 1; NaN where nothing is voiced.

    Examples
    --------
    >>> t = np.arange(400) * 0.01
    >>> held = 220 * 2 ** (0.5 * np.sin(2 * np.pi * 5.5 * t) / 12)
    >>> quick = 220 * 2 ** (np.floor(t / 0.2) % 3 / 6)
    >>> glides = 220 * 2 ** (5 * np.sin(2 * np.pi * 1.2 * t) / 12)
    >>> [round(still_share(F0(time_s=t, f0_hz=hz, voicing=np.ones(400))), 1) for hz in (held, quick, glides)]
    [0.9, 0.7, 0.1]
    """
    hz = np.asarray(track.f0_hz, dtype=np.float64)
    voiced = np.isfinite(hz) & (hz > 0)
    if voiced.sum() < 2:
        return float("nan")
    hop_s = float(np.median(np.diff(track.time_s)))
    pitch = 12.0 * np.log2(np.where(voiced, hz, 440.0) / 440.0)
    still = _hardly_moves(pitch, voiced, reach=max(1, round(_MOMENT_S / hop_s)), most=_MOMENT_SEMITONES_PER_S * hop_s)
    half = max(1, round(_TURN_S / hop_s / 2))
    width = 2 * half + 1
    if len(pitch) > 2 * width:
        box = np.ones(width)
        whole = np.convolve(voiced, box, mode="valid") > width - 0.5
        mean = np.convolve(np.where(voiced, pitch, 0.0), box, mode="valid") / width
        still[half : half + len(mean)] |= _hardly_moves(mean, whole, reach=2 * half, most=_TURN_SEMITONES_PER_S * hop_s)
    return float(np.count_nonzero(still & voiced) / voiced.sum())


def _hardly_moves(pitch: Float64Array, known: BoolArray, *, reach: int, most: float) -> BoolArray:
    """Where a curve is within `most` semitones a frame of where it is `reach` frames around, half before and half after."""
    still = np.zeros(len(pitch), dtype=bool)
    if len(pitch) > reach:
        slow = known[reach:] & known[:-reach] & (np.abs(pitch[reach:] - pitch[:-reach]) < most * reach)
        still[reach // 2 : reach // 2 + len(slow)] = slow
    return still
