"""What a control's position is worth: the curves of SoundFont 2.04 §8.2 and §9.5, for formats and player alike."""

import numpy as np

from hexachord.arrays import Float64Array
from hexachord.synthesis.model import Shape

_DECADES = 40.0 / 96.0  # 20 log10 of a square, over the 96 dB that the curves span


def shaped(shape: Shape, values: Float64Array | float) -> Float64Array:
    """Turn control values into 0 .. 1, or -1 .. 1 for a bipolar shape.

    A bipolar curve mirrors its unipolar form around the middle. SoundFont's logarithmic curves reach their end at 127, so they want
    ``full=127``.

    Examples
    --------
    >>> shaped(Shape(bipolar=True), np.array([0.0, 64.0, 128.0]))
    array([-1.,  0.,  1.])
    >>> float(shaped(Shape("concave", falling=True, full=127.0), 63.5).round(4))  # 12 dB of the 96
    0.1254
    """
    x = np.clip(np.asarray(values, dtype=np.float64) / shape.full, 0.0, 1.0)
    if shape.falling:
        x = 1.0 - x
    if shape.curve == "switch":
        high = x >= 0.5 if not shape.falling else x > 0.5
        return np.where(high, 1.0, -1.0 if shape.bipolar else 0.0)
    if not shape.bipolar:
        return _curve(shape.curve, x)
    sides = 2.0 * x - 1.0
    return np.asarray(np.sign(sides) * _curve(shape.curve, np.abs(sides)))


def _curve(name: str, x: Float64Array) -> Float64Array:
    if name == "linear":
        return x
    tiny = 1e-3  # 120 dB down: beyond the span already
    if name == "concave":
        return np.clip(-_DECADES * np.log10(np.maximum(1.0 - x, tiny)), 0.0, 1.0)
    return np.clip(1.0 + _DECADES * np.log10(np.maximum(x, tiny)), 0.0, 1.0)
