"""Linear prediction: the resonances behind a sound, as the filter that best foretells each sample from those before it.

Makhoul, *Linear prediction: a tutorial review*, Proc. IEEE 63(4), 1975; the recursion is Levinson's (1947) in Durbin's form (1960).
"""

import numpy as np

from hexachord.arrays import Float64Array, FloatArray


def linear_prediction(autocorrelation: FloatArray, *, order: int) -> tuple[Float64Array, Float64Array, Float64Array]:
    """Solve for the predictor of each frame, all frames at once.

    Parameters
    ----------
    autocorrelation : (frames, lags) with at least `order` + 1 lags from 0
    order : number of past samples

    Returns
    -------
    coefficients : (frames, order) ``a`` of ``x[n] + a_1 x[n-1] + ...``; a silent frame has zeros
    reflection : (frames, order) in (-1, 1)
    error : (frames,) part of the power that cannot be foretold: 1 for white noise, near 0 for a tone

    Examples
    --------
    >>> a, k, error = linear_prediction(0.5 ** np.arange(4.0)[None, :], order=2)  # x[n] = 0.5 x[n-1] + noise
    >>> a.round(6) + 0.0, error
    (array([[-0.5,  0. ]]), array([0.75]))
    """
    if autocorrelation.shape[1] <= order:
        raise ValueError(f"order {order} needs {order + 1} lags, not {autocorrelation.shape[1]}")
    r = autocorrelation[:, : order + 1].astype(np.float64)
    heard = r[:, 0] > 0
    r[~heard] = 0.0
    r[:, 0] = np.where(heard, r[:, 0] * (1 + 1e-9), 1.0)  # a floor of noise at -90 dB: pure tones are foretold wholly
    a = np.zeros((len(r), order + 1))
    a[:, 0] = 1.0
    reflection = np.zeros((len(r), order))
    error = r[:, 0].copy()
    for m in range(1, order + 1):
        k = -np.einsum("ij,ij->i", a[:, :m], r[:, m:0:-1]) / error
        k = np.clip(k, -1 + 1e-12, 1 - 1e-12)
        a[:, 1 : m + 1] += k[:, None] * a[:, m - 1 :: -1][:, :m]
        reflection[:, m - 1] = k
        error *= 1 - k * k
    return a[:, 1:], reflection, np.where(heard, error / r[:, 0], 0.0)
