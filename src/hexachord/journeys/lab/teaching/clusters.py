"""k-means, step by step: S. Lloyd, *Least squares quantization in PCM*, IEEE Transactions on Information Theory 28(2), 1982."""

from typing import Any

import numpy as np

from hexachord.arrays import Float64Array
from hexachord.journeys.lab.teaching.fields import plane_window
from hexachord.journeys.lab.teaching.songs import TeachingSongs, spoken, two_columns
from hexachord.learning.estimators.clusters import k_means_steps

CLUSTERS = 4
STARTS = 3
_MOST = 240


def cluster_steps(data: TeachingSongs, *, seed: int) -> dict[str, Any]:
    """Run k-means from three draws of centres, on the two descriptors that differ most between classes; keep every step.

    A step has the centres, the nearest centre of each piece, and the objective: the sum of squared distances to it.
    """
    random = np.random.default_rng(seed)
    rows = np.sort(random.permutation(len(data.values))[:_MOST])
    columns = two_columns(data.values, data.kinds)
    values = data.values[rows][:, np.array(columns)]
    centre, spread = values.mean(axis=0), np.maximum(values.std(axis=0), 1e-12)
    points = np.clip((values - centre) / spread, -4.0, 4.0)
    clusters = min(CLUSTERS, len(np.unique(points, axis=0)))
    starts = [{"steps": _steps(points, points[random.permutation(len(points))[:clusters]])} for _ in range(STARTS)]
    return {
        **plane_window(points, centre, spread), "starts": starts, "names": [spoken(data.names[column]) for column in columns],
        "points": [[round(float(x), 4), round(float(y), 4)] for x, y in points],
    }  # fmt: skip


def _steps(points: Float64Array, centres: Float64Array) -> list[dict[str, Any]]:
    return [
        {"centres": np.round(step.centres, 4).tolist(), "nearest": step.assigned.tolist(), "objective": round(step.objective, 4)}
        for step in k_means_steps(points, centres)
    ]
