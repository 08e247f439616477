"""Per-channel energy normalisation: an automatic gain control for each band of a spectrogram.

Each band is divided by its own recent average and then compressed by a root, which keeps onsets and drops what is stationary: hum, room,
microphone. Wang et al., *Trainable frontend for robust and far-field keyword spotting*, ICASSP 2017; Lostanlen et al., *Per-Channel
Energy Normalization: Why and How*, IEEE SPL 26(1), 2019 (musical settings, which are the defaults here).
"""

import numpy as np

from hexachord.arrays import FloatArray

_BLOCK = 128


def one_pole_average(values: FloatArray, *, coefficient: float, initial: FloatArray | None = None) -> FloatArray:
    """Average the past with exponentially fading weights: `y[i] = coefficient * x[i] + (1 - coefficient) * y[i - 1]`.

    Parameters
    ----------
    values : (frames, ...) float
    coefficient : in (0, 1]
    initial : (...) the average before the first frame; the first frame itself by default, so a constant stays constant

    Returns
    -------
    same shape. The recursion runs as one triangular matrix product per 128 frames.

    Examples
    --------
    >>> one_pole_average(np.array([1.0, 1.0, 3.0]), coefficient=0.5)
    array([1., 1., 2.])
    """
    if not 0 < coefficient <= 1:
        raise ValueError(f"coefficient must be in (0, 1], not {coefficient}")
    frames = values.shape[0]
    out = np.empty_like(values)
    if frames == 0:
        return out
    flat, result = values.reshape(frames, -1), out.reshape(frames, -1)
    state = flat[0] if initial is None else np.asarray(initial, dtype=values.dtype).reshape(-1)
    lag = np.subtract.outer(np.arange(_BLOCK), np.arange(_BLOCK))
    memory = np.where(lag >= 0, coefficient * (1.0 - coefficient) ** np.maximum(lag, 0), 0.0).astype(values.dtype)
    fading = ((1.0 - coefficient) ** np.arange(1, _BLOCK + 1)).astype(values.dtype)[:, None]
    for first in range(0, frames, _BLOCK):
        block = flat[first : first + _BLOCK]
        count = len(block)
        result[first : first + count] = memory[:count, :count] @ block + fading[:count] * state
        state = result[first + count - 1]
    return out


def pcen(
    energy: FloatArray,
    *,
    hop_s: float,
    time_constant_s: float = 0.4,
    gain: float = 0.98,
    bias: float = 2.0,
    power: float = 0.5,
    floor: float = 1e-6,
) -> FloatArray:
    """Normalise each band of a magnitude or mel spectrogram by its own recent level.

    Parameters
    ----------
    energy : (frames, bands) non-negative
    hop_s : seconds from frame to frame
    time_constant_s : memory of the average
    gain, bias, power, floor : `(energy / (floor + average) ** gain + bias) ** power - bias ** power`

    Returns
    -------
    (frames, bands), non-negative, zero for silence
    """
    frames = time_constant_s / hop_s
    coefficient = (np.sqrt(1 + 4 * frames**2) - 1) / (2 * frames**2)  # 3 dB down at 1 / time_constant_s
    average = one_pole_average(energy, coefficient=float(coefficient))
    normalised: FloatArray = (energy / (floor + average) ** gain + bias) ** power - bias**power
    return normalised
