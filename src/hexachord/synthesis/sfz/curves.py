"""The curves of SFZ: controls along ARIA's numbered curves, velocities along ``amp_velcurve``, and crossfades."""

from collections.abc import Mapping, Sequence

import numpy as np

from hexachord.arrays import Float64Array

CONTROL_FULL = 127.0
LINEAR, BIPOLAR, FALLING, BIPOLAR_FALLING, CONCAVE, FADE_IN, FADE_OUT = range(7)
"""The curves that need no <curve> header (https://sfzformat.com/headers/curve)."""

_BUILT_IN: Mapping[int, tuple[float, float, float]] = {  # from, to, power
    LINEAR: (0.0, 1.0, 1.0),
    BIPOLAR: (-1.0, 1.0, 1.0),
    FALLING: (1.0, 0.0, 1.0),
    BIPOLAR_FALLING: (1.0, -1.0, 1.0),
    CONCAVE: (0.0, 1.0, 2.0),
    FADE_IN: (0.0, 1.0, 0.5),
    FADE_OUT: (1.0, 0.0, 0.5),
}


def curve_value(index: int, value: float, curves: Mapping[int, Float64Array]) -> float:
    """What a control at `value` (0 .. 127) is worth on a curve; a number nobody defined is the straight line.

    Examples
    --------
    >>> curve_value(BIPOLAR, 127.0, {}), curve_value(CONCAVE, 63.5, {})
    (1.0, 0.25)
    """
    if index in curves:
        return float(np.interp(value, np.arange(128.0), curves[index]))
    start, end, power = _BUILT_IN.get(index, _BUILT_IN[LINEAR])
    x = value / CONTROL_FULL
    if index == FADE_OUT:
        return float(max(1.0 - x, 0.0) ** power)
    shape = x if power == 1.0 else max(x, 0.0) ** power
    return start + (end - start) * shape


def curve_through(points: Mapping[int, float], *, first: float = 0.0, last: float = 1.0) -> Float64Array:
    """The 128 values of a curve given at a few places, straight lines between; 0 and 127 default to `first` and `last`."""
    given = {0: first, 127: last, **points}
    places = sorted(given)
    return np.asarray(np.interp(np.arange(128.0), places, [given[place] for place in places]))


def velocity_gain(velocity: int, track_percent: float, points: Sequence[tuple[int, float]] = ()) -> float:
    """The amplitude a velocity gives.

    In full (100 %) it is ``(v / 127)²``, or the given points of ``amp_velcurve_N``; less tracking mixes that with 1, and negative tracking
    mirrors it: at -100 the strongest stroke is silent.

    Examples
    --------
    >>> velocity_gain(127, 100.0), velocity_gain(64, 0.0), round(velocity_gain(64, 50.0), 3)
    (1.0, 1.0, 0.627)
    """
    curve = float(curve_through(dict(points))[velocity]) if points else (velocity / 127.0) ** 2
    share = track_percent / 100.0
    return max(0.0, 1.0 - share * (1.0 - curve)) if share >= 0 else max(0.0, 1.0 + share * curve)


def fade_gain(value: float, *, in_low: float, in_high: float, out_low: float, out_high: float, is_power: bool) -> float:
    """The amplitude of a crossfade at a key, velocity or control value.

    ``power`` fades keep the power of two layers that fade into each other, ``gain`` fades their amplitude (SFZ 1, ``xf_velcurve``).

    Examples
    --------
    >>> fade_gain(32, in_low=0, in_high=64, out_low=127, out_high=127, is_power=False)
    0.5
    """
    gain = 1.0
    if value < in_low:
        return 0.0
    if value < in_high:
        gain *= (value - in_low) / (in_high - in_low)
    if value > out_high:
        return 0.0
    if value > out_low:
        gain *= (out_high - value) / (out_high - out_low)
    return gain**0.5 if is_power else gain
