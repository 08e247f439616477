"""Sticky sequences: the likeliest path through states that seldom change, with a chance of change that varies over time.

A hidden Markov model whose transition matrix is "stay, or else go where this table says". The chance of a change may differ at each
step: chords change at barlines, and a step may be a frame or a beat. FMP §5.3.
"""

import numpy as np

from hexachord.arrays import Float64Array, FloatArray, IntArray


def likeliest_path(evidence: FloatArray, destinations: FloatArray, change: FloatArray) -> IntArray:
    """Find the likeliest state at each step.

    Parameters
    ----------
    evidence : (steps, states) log likelihood of what was observed in each state
    destinations : (states, states) log probability of going from row to column, given that there is a change; its diagonal is ignored
    change : (steps,) probability in (0, 1) that the state changes on entering each step; the first is ignored

    Returns
    -------
    (steps,) state numbers

    Examples
    --------
    >>> evidence = np.log(np.array([[0.9, 0.1], [0.6, 0.4], [0.4, 0.6], [0.8, 0.2]]))
    >>> likeliest_path(evidence, np.zeros((2, 2)), np.full(4, 0.1))
    array([0, 0, 0, 0])
    """
    steps, states = evidence.shape
    if steps == 0:
        return np.zeros(0, dtype=np.int64)
    into = np.array(destinations, dtype=np.float32).T.copy()  # row: where to, so that the maximum runs along memory
    np.fill_diagonal(into, -np.inf)
    change = np.clip(np.asarray(change, dtype=np.float64), 1e-9, 1 - 1e-9)
    leave, stay = np.log(change).astype(np.float32), np.log1p(-change).astype(np.float32)
    score = np.asarray(evidence[0], dtype=np.float32)
    back = np.empty((steps, states), dtype=np.int16)
    rows = np.arange(states, dtype=np.int16)
    options = np.empty_like(into)
    for step in range(1, steps):
        np.add(into, score[None, :], out=options)
        best = options.argmax(axis=1)
        moved = options[rows, best] + leave[step]
        kept = score + stay[step]
        staying = kept >= moved
        back[step] = np.where(staying, rows, best)
        score = np.where(staying, kept, moved) + evidence[step]
        score -= score.max()
    path = np.empty(steps, dtype=np.int64)
    path[-1] = int(score.argmax())
    for step in range(steps - 1, 0, -1):
        path[step - 1] = back[step, path[step]]
    return path


def span_means(values: FloatArray, bounds: IntArray) -> Float64Array:
    """Average rows between bounds.

    Parameters
    ----------
    values : (frames, columns)
    bounds : (spans + 1,) ascending row numbers from 0 to the number of frames; a span without rows takes the row it lies at

    Returns
    -------
    (spans, columns)
    """
    frames = len(values)
    total = np.concatenate([np.zeros((1, values.shape[1])), np.cumsum(values, axis=0, dtype=np.float64)])
    first = np.minimum(bounds[:-1], frames - 1)
    last = np.maximum(bounds[1:], first + 1)
    means: Float64Array = (total[last] - total[first]) / (last - first)[:, None]
    return means


def runs(path: IntArray) -> tuple[IntArray, IntArray]:
    """Split a path where it changes.

    Returns
    -------
    starts, stops : (runs,) step numbers, `stops` exclusive

    Examples
    --------
    >>> runs(np.array([3, 3, 5]))
    (array([0, 2]), array([2, 3]))
    """
    if len(path) == 0:
        nothing: IntArray = np.zeros(0, dtype=np.int64)
        return nothing, nothing
    cuts = np.flatnonzero(np.diff(path)) + 1
    return np.concatenate([[0], cuts]), np.concatenate([cuts, [len(path)]])
