"""Regression: numbers guessed beside true ones (arousal, tempo, year)."""

import numpy as np

from hexachord.arrays import Float64Array, FloatArray


def validate(truth: FloatArray, predicted: FloatArray) -> None:
    """Check two rows of numbers.

    Raises
    ------
    ValueError : if they differ in length, are empty, or hold NaN or infinity.
    """
    truth, predicted = np.asarray(truth), np.asarray(predicted)
    if truth.ndim != 1 or truth.shape != predicted.shape or not len(truth):
        raise ValueError(
            f"true values of shape {truth.shape} and predicted ones of shape {predicted.shape}; expected one row each, as long"
        )
    if not (np.isfinite(truth).all() and np.isfinite(predicted).all()):
        raise ValueError("values hold NaN or infinity")


def mean_squared_error(truth: FloatArray, predicted: FloatArray) -> float:
    """Give the mean of the squared differences (MSE)."""
    validate(truth, predicted)
    return float(np.mean(np.square(_difference(truth, predicted))))


def mean_absolute_error(truth: FloatArray, predicted: FloatArray) -> float:
    """Give the mean of the differences without their signs (MAE)."""
    validate(truth, predicted)
    return float(np.mean(np.abs(_difference(truth, predicted))))


def r_squared(truth: FloatArray, predicted: FloatArray) -> float:
    """Give the share of the variance that is explained (R²): 1 for all, 0 for always saying the mean, NaN if the truth never varies.

    Examples
    --------
    >>> round(r_squared(np.array([1.0, 2.0, 3.0]), np.array([1.0, 2.0, 4.0])), 3)
    0.5
    """
    validate(truth, predicted)
    spread = float(np.sum(np.square(truth - np.mean(truth))))
    return float(1.0 - np.sum(np.square(_difference(truth, predicted))) / spread) if spread > 0 else float("nan")


def evaluate(truth: FloatArray, predicted: FloatArray) -> dict[str, float]:
    """Compute ``mse mae r2``."""
    return {"mse": mean_squared_error(truth, predicted), "mae": mean_absolute_error(truth, predicted), "r2": r_squared(truth, predicted)}


def _difference(truth: FloatArray, predicted: FloatArray) -> Float64Array:
    return np.asarray(truth, dtype=np.float64) - np.asarray(predicted, dtype=np.float64)
