"""From many statistics to a few numbers in which acts differ: principal components, then what differs within an act made small.

Within-class covariance normalisation: Hatch, Kajarekar & Stolcke, Interspeech 2006. The outcome is turned at random, so that all its
numbers spread alike and whoever standardises them changes nothing.
"""

from dataclasses import dataclass

import numpy as np

from hexachord.arrays import Float32Array, IntArray

_SHRINK = 0.1  # of the covariance within acts toward that of a ball
_LEAST = 1e-3  # of a standard deviation: what never moves is not blown up


@dataclass(frozen=True, kw_only=True, eq=False)
class Whitening:
    """``(x - usual) @ basis``."""

    usual: Float32Array
    basis: Float32Array

    def __call__(self, statistics: Float32Array) -> Float32Array:
        """Bring statistics, (n, d), to (n, numbers)."""
        return np.asarray((statistics - self.usual) @ self.basis, dtype=np.float32)


def fit_whitening(statistics: Float32Array, act: IntArray, *, numbers: int, seed: int = 0) -> Whitening:
    """Fit it to the statistics of chunks, (n, d), and whose they are, (n,)."""
    usual, spread = statistics.mean(axis=0, dtype=np.float64), statistics.std(axis=0, dtype=np.float64) + _LEAST
    plain = (statistics - usual) / spread
    components = np.linalg.svd(plain, full_matrices=False)[2][:numbers].T
    seen = plain @ components
    size = seen.shape[1]
    within = np.zeros((size, size))
    for one in np.unique(act):
        apart = seen[act == one] - seen[act == one].mean(axis=0)
        within += apart.T @ apart / len(seen)
    within = (1.0 - _SHRINK) * within + _SHRINK * np.trace(within) / size * np.eye(size)
    turned = np.linalg.qr(np.random.default_rng(seed).normal(size=(size, size)))[0]
    basis = components @ np.linalg.cholesky(np.linalg.inv(within)) @ turned / spread[:, None]
    basis /= np.std((statistics - usual) @ basis)
    return Whitening(usual=usual.astype(np.float32), basis=basis.astype(np.float32))
