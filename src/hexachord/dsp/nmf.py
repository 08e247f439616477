"""Non-negative matrix factorisation: a spectrogram as a sum of few spectra, each louder and softer over time.

A spectrogram (frames, bins) is approximated by activations (frames, components) times templates (components, bins), nothing negative. From
any start, multiplicative updates lessen a divergence between the two (Lee & Seung, "Algorithms for non-negative matrix factorization", NIPS
2000; for all beta-divergences Févotte & Idier, Neural Computation 23(9), 2011, whose exponent keeps every update from making it worse).
What is zero at the start stays zero, so a start that knows where notes and partials may be is a constraint: Müller, *Fundamentals of Music
Processing* (FMP), §8.3.
"""

from typing import NamedTuple

import numpy as np

from hexachord.arrays import BoolArray, FloatArray, IntArray

EUCLIDEAN, KULLBACK_LEIBLER, ITAKURA_SAITO = 2.0, 1.0, 0.0
"""The betas with names."""
_TINY = 1e-8  # of the mean: what a model says at least


class Factors(NamedTuple):
    """`activations` (frames, components) times `templates` (components, bins)."""

    activations: FloatArray
    templates: FloatArray


def nmf(
    spectrogram: FloatArray,
    templates: FloatArray | int,
    activations: FloatArray | None = None,
    *,
    beta: float = KULLBACK_LEIBLER,
    updates: int = 50,
    fixed: BoolArray | bool = False,
    normalise: bool = True,
    seed: int = 0,
) -> Factors:
    """Factorise a spectrogram.

    Parameters
    ----------
    spectrogram : (frames, bins), not negative
    templates : (components, bins) to start from, or how many random ones
    activations : (frames, components) to start from; without them all are alike
    beta : of the divergence: `EUCLIDEAN`, `KULLBACK_LEIBLER`, `ITAKURA_SAITO` or any other
    updates : of activations and templates, in turn
    fixed : which templates stay as they are, one or all
    normalise : templates that may change get a sum of 1; activations make up for it
    seed : of random templates

    Returns
    -------
    Factors in the spectrogram's precision; the given arrays are not changed.

    Raises
    ------
    ValueError : if something is negative or not finite, or shapes do not fit.

    Examples
    --------
    >>> sound = np.outer([0, 1, 2, 0], [0, 0.5, 0.5]) + np.outer([3, 0, 0, 3], [1.0, 0, 0])
    >>> found = nmf(sound, np.array([[0, 1.0, 1.0], [1.0, 0, 0]]), updates=20)
    >>> found.activations.round(2).tolist()
    [[0.0, 3.0], [1.0, 0.0], [2.0, 0.0], [0.0, 3.0]]
    >>> found.templates.round(2).tolist()
    [[0.0, 0.5, 0.5], [1.0, 0.0, 0.0]]
    """
    sound, spectra, amounts = _checked(spectrogram, templates, activations, seed=seed)
    held = np.broadcast_to(np.asarray(fixed, dtype=bool), (len(spectra),))
    free = np.flatnonzero(~held)
    scale = float(sound.mean()) if sound.size else 0.0
    if not scale > 0:
        return Factors(np.zeros_like(amounts), spectra)
    sound, least = sound / sound.dtype.type(scale), _TINY  # of any level, the same powers stay in the range of single precision
    amounts /= amounts.dtype.type(scale)
    power = 1.0 / (2.0 - beta) if beta < 1.0 else 1.0 / (beta - 1.0) if beta > 2.0 else 1.0
    if normalise:
        _to_unit(spectra, amounts, free)
    for _ in range(updates):
        up, down = _ratio(sound, amounts @ spectra + least, beta)
        amounts *= _step(up @ spectra.T, spectra.sum(axis=1) if down is None else down @ spectra.T, power, least)
        if not len(free):
            continue
        up, down = _ratio(sound, amounts @ spectra + least, beta)
        moving = amounts[:, free]
        below = moving.sum(axis=0)[:, None] if down is None else moving.T @ down
        spectra[free] *= _step(moving.T @ up, below, power, least)
        if normalise:
            _to_unit(spectra, amounts, free)
    return Factors(amounts * amounts.dtype.type(scale), spectra)


def beta_divergence(spectrogram: FloatArray, model: FloatArray, *, beta: float = KULLBACK_LEIBLER) -> float:
    """Measure how far a model is from a spectrogram, summed over all cells; 0 where they agree.

    Parameters
    ----------
    spectrogram, model : of one shape, not negative (positive for beta below 1)

    Examples
    --------
    >>> beta_divergence(np.array([3.0, 1.0]), np.array([1.0, 1.0]), beta=EUCLIDEAN)
    2.0
    >>> round(beta_divergence(np.array([np.e]), np.array([1.0])), 6)
    1.0
    """
    x, y = np.asarray(spectrogram, dtype=np.float64), np.asarray(model, dtype=np.float64)
    tiny = np.finfo(np.float64).tiny
    if beta == KULLBACK_LEIBLER:
        return float(np.sum(np.where(x > 0, x * np.log(np.maximum(x, tiny) / np.maximum(y, tiny)), 0.0) - x + y))
    if beta == ITAKURA_SAITO:
        return float(np.sum(x / y - np.log(x / y) - 1.0))
    return float(np.sum((x**beta + (beta - 1.0) * y**beta - beta * x * y ** (beta - 1.0)) / (beta * (beta - 1.0))))


def _checked(
    spectrogram: FloatArray, templates: FloatArray | int, activations: FloatArray | None, *, seed: int
) -> tuple[FloatArray, FloatArray, FloatArray]:
    sound = np.asarray(spectrogram)
    if sound.ndim != 2:
        raise ValueError(f"expected a spectrogram of shape (frames, bins), not {sound.shape}")
    if sound.dtype != np.float64:
        sound = sound.astype(np.float32, copy=False)
    if isinstance(templates, int):
        spectra = (np.random.default_rng(seed).random((templates, sound.shape[1])) + 0.1).astype(sound.dtype)
    else:
        spectra = np.array(templates, dtype=sound.dtype)
    if spectra.ndim != 2 or spectra.shape[1] != sound.shape[1]:
        raise ValueError(f"templates of shape {spectra.shape} do not fit a spectrogram of shape {sound.shape}")
    if activations is None:
        total = max(float(spectra.sum()), 1e-12)
        amounts = np.repeat(sound.sum(axis=1, keepdims=True) / total, len(spectra), axis=1).astype(sound.dtype)
    else:
        amounts = np.array(activations, dtype=sound.dtype)
    if amounts.shape != (len(sound), len(spectra)):
        raise ValueError(f"activations of shape {amounts.shape}, not {(len(sound), len(spectra))}")
    for name, values in (("spectrogram", sound), ("templates", spectra), ("activations", amounts)):
        if values.size and not (np.isfinite(values).all() and values.min() >= 0):
            raise ValueError(f"{name}: values that are negative or not finite")
    return sound, spectra, amounts


def _ratio(sound: FloatArray, model: FloatArray, beta: float) -> tuple[FloatArray, FloatArray | None]:
    """What draws up and what draws down, cell by cell; None where the second is 1 everywhere. `model` is used up."""
    if beta == KULLBACK_LEIBLER:
        return np.divide(sound, model, out=model), None
    if beta == EUCLIDEAN:
        return sound, model
    return sound * model ** (beta - 2.0), model ** (beta - 1.0)


def _step(up: FloatArray, down: FloatArray, power: float, least: float) -> FloatArray:
    factor = np.divide(up, down + least)
    return factor if power == 1.0 else np.asarray(factor**power)


def _to_unit(spectra: FloatArray, amounts: FloatArray, free: IntArray) -> None:
    """Give free templates a sum of 1, in place; one that has died out stays zero."""
    total = spectra[free].sum(axis=1)
    total[total <= 0] = 1.0
    spectra[free] /= total[:, None]
    amounts[:, free] *= total
