"""Principal components: the directions in which rows differ most. C. Bishop, *Pattern Recognition and Machine Learning*, §12.1."""

from dataclasses import dataclass

import numpy as np

from hexachord.arrays import Float64Array, FloatArray


@dataclass(frozen=True, kw_only=True, eq=False)
class PrincipalComponents:
    """Directions, the widest first.

    Attributes
    ----------
    mean : (d,)
    directions : (k, d) of length 1, the largest entry of each positive, so that signs are always the same
    variances : (k,) of the rows along them
    shares : (k,) of the whole variance
    """

    mean: Float64Array
    directions: Float64Array
    variances: Float64Array
    shares: Float64Array

    def project(self, rows: FloatArray) -> Float64Array:
        """Give rows (n, d) in these directions, (n, k)."""
        return np.asarray((np.asarray(rows, dtype=np.float64) - self.mean) @ self.directions.T, dtype=np.float64)

    def restore(self, projected: FloatArray) -> Float64Array:
        """Give back what projected rows (n, k) were, as far as these directions know, (n, d)."""
        return np.asarray(projected, dtype=np.float64) @ self.directions + self.mean


def fit_principal_components(rows: FloatArray, *, count: int | None = None) -> PrincipalComponents:
    """Find the principal components of rows, (n, d).

    Parameters
    ----------
    count : how many; all that there are if None

    Raises
    ------
    ValueError : for fewer than two rows, or numbers that are not finite.

    Examples
    --------
    >>> fit_principal_components(np.array([[0.0, 0.0], [1.0, 1.0], [2.0, 2.0]])).shares.round(3).tolist()
    [1.0, 0.0]
    """
    values = np.asarray(rows, dtype=np.float64)
    if values.ndim != 2 or len(values) < 2 or not np.isfinite(values).all():
        raise ValueError(f"rows of shape {values.shape}; expected two or more, finite")
    mean = values.mean(axis=0)
    _, lengths, directions = np.linalg.svd(values - mean, full_matrices=False)
    largest = np.argmax(np.abs(directions), axis=1)
    directions = directions * np.where(directions[np.arange(len(directions)), largest] < 0, -1.0, 1.0)[:, None]
    variances = lengths**2 / (len(values) - 1)
    whole = float(variances.sum())
    return PrincipalComponents(
        mean=mean, directions=directions[:count], variances=variances[:count], shares=variances[:count] / (whole if whole > 0 else 1.0)
    )
