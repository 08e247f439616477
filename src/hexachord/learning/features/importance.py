"""Which part of the music a model listens to: how much worse it gets when a block of columns is shuffled among the rows.

Permutation importance (L. Breiman, "Random forests", 2001), a whole block at once, since the columns of one block stand in for each other.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from hexachord.arrays import Float64Array, FloatArray, IntArray
from hexachord.metrics.classification import balanced_accuracy, confusion


@dataclass(frozen=True, kw_only=True)
class BlockImportance:
    """What a block is worth to a model.

    Attributes
    ----------
    block : its name
    columns : how many it has
    drop : what balanced accuracy loses when it is shuffled, mean over repeats
    drop_std : deviation over repeats
    """

    block: str
    columns: int
    drop: float
    drop_std: float


def block_importance(
    predict: Callable[[Float64Array], IntArray],
    x: FloatArray,
    truth: IntArray,
    blocks: Mapping[str, Sequence[int]],
    *,
    repeats: int = 20,
    seed: int = 0,
) -> tuple[BlockImportance, ...]:
    """Measure the importance of each block for a fitted model, on rows that it had not learnt from.

    Parameters
    ----------
    predict : gives the class of each row, (n,)
    x, truth : (n, d) rows and (n,) their true classes
    blocks : columns by block (`FeatureTable.blocks`)
    repeats : how often each block is shuffled
    seed : of the shuffling

    Returns
    -------
    The blocks, the most important first.
    """
    rows = np.asarray(x, dtype=np.float64)
    right = _balanced(predict(rows), truth)
    found = []
    for place, (block, columns) in enumerate(blocks.items()):
        rng = np.random.default_rng([seed, place])
        drops = []
        for _ in range(repeats):
            shuffled = rows.copy()
            shuffled[:, list(columns)] = rows[rng.permutation(len(rows))][:, list(columns)]
            drops.append(right - _balanced(predict(shuffled), truth))
        found.append(BlockImportance(block=block, columns=len(columns), drop=float(np.mean(drops)), drop_std=float(np.std(drops))))
    return tuple(sorted(found, key=lambda importance: -importance.drop))


def _balanced(said: IntArray, truth: IntArray) -> float:
    classes = int(max(said.max(initial=0), truth.max(initial=0))) + 1
    return float(balanced_accuracy(confusion(truth, said, classes=classes)))
