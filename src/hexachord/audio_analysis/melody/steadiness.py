"""Whether a voice sings: how much of its pitch stands still.

A singer holds notes, and the vibrato around them averages out; a speaker's pitch glides all the time. (D. Gerhard, *Pitch-based acoustic
feature analysis for the discrimination of speech and monophonic singing*, Canadian Acoustics 30(3), 2002.)
"""

import numpy as np

from hexachord.knowledge import F0

_AVERAGED_S = 0.15  # about a turn of vibrato
_STILL_SEMITONES_PER_S = 2.0


def still_share(track: F0) -> float:
    """How much of the voiced time the pitch stands still, 0 to 1; NaN where nothing is voiced.

    Examples
    --------
    >>> t = np.arange(400) * 0.01
    >>> held = 220 * 2 ** (0.5 * np.sin(2 * np.pi * 5.5 * t) / 12)
    >>> glides = 220 * 2 ** (5 * np.sin(2 * np.pi * 1.2 * t) / 12)
    >>> [round(still_share(F0(time_s=t, f0_hz=hz, voicing=np.ones(400))), 1) for hz in (held, glides)]
    [0.9, 0.0]
    """
    hz = np.asarray(track.f0_hz, dtype=np.float64)
    voiced = np.isfinite(hz) & (hz > 0)
    if voiced.sum() < 2:
        return float("nan")
    hop_s = float(np.median(np.diff(track.time_s)))
    half = max(1, round(_AVERAGED_S / hop_s / 2))
    pitch = np.where(voiced, 12.0 * np.log2(np.where(voiced, hz, 440.0) / 440.0), 0.0)
    width = 2 * half + 1
    if len(pitch) <= 2 * width:
        return 0.0
    box = np.ones(width)
    whole = np.convolve(voiced, box, mode="valid") > width - 0.5
    mean = np.convolve(pitch, box, mode="valid") / width
    slope = np.abs(mean[2 * half :] - mean[: -2 * half]) / (2 * half * hop_s)
    known = whole[2 * half :] & whole[: -2 * half]
    return float(np.count_nonzero(known & (slope < _STILL_SEMITONES_PER_S)) / voiced.sum())
