"""Dynamic time warping: the cheapest way to walk through two sequences side by side.

Müller, *Fundamentals of Music Processing* (FMP), §3.2; Sakoe & Chiba 1978 (the band); subsequences FMP §7.2.3; several scales: Müller,
Mattes & Kurth, "An efficient multiscale approach to audio synchronization", ISMIR 2006, and Prätzlich, Driedger & Müller,
"Memory-restricted multiscale dynamic time warping", ICASSP 2016.

The recursion has a step along the row it is computing, `D[j] = min(a[j], D[j-1] + c[j])`. With S the running sum of c it becomes
`D - S = running minimum of (a - S)`: a row is done by two scans, without a loop over its cells. Only which step each cell came by is
kept (one byte), and only inside the band.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from hexachord.arrays import Float32Array, Float64Array, FloatArray, IntArray

CostRow = Callable[[int, int, int], FloatArray]  # (row, first column, last column) -> costs of these cells


@dataclass(frozen=True, kw_only=True)
class Steps:
    """The moves a path may make, as (rows, columns), and what a cell costs when entered by each: `weight * cost + extra`.

    Between two equally cheap moves the earlier in the list wins. The only move within a row may be (0, 1).
    """

    moves: tuple[tuple[int, int], ...] = ((1, 1), (0, 1), (1, 0))
    weights: tuple[float, ...] = (1.0, 1.0, 1.0)
    extras: tuple[float, ...] = (0.0, 0.0, 0.0)

    def __post_init__(self) -> None:
        if not len(self.moves) == len(self.weights) == len(self.extras):
            raise ValueError("as many weights and extras as moves")
        if any(rows < 0 or columns < 0 or (rows == 0 and columns != 1) for rows, columns in self.moves):
            raise ValueError(f"moves go forward, and within a row by one column: not {self.moves}")


CLASSIC = Steps()
SLOPE_LIMITED = Steps(moves=((1, 1), (2, 1), (1, 2)))  # tempo ratios between 1/2 and 2 only; no stalling (FMP §3.2.2.1)


def cost_matrix(first: FloatArray, second: FloatArray, *, metric: str = "cosine") -> Float64Array:
    """Compare every frame of one feature sequence with every frame of another.

    Parameters
    ----------
    first, second : (n, bins), (m, bins)
    metric : "cosine" (1 - cos of the angle; a silent frame is at distance 1 from everything) or "euclidean"

    Returns
    -------
    (n, m) float64

    Examples
    --------
    >>> cost_matrix(np.eye(2), np.array([[1.0, 1.0], [3.0, 0.0]])).round(2)
    array([[0.29, 0.  ],
           [0.29, 1.  ]])
    """
    if first.ndim != 2 or second.ndim != 2 or first.shape[1] != second.shape[1]:
        raise ValueError(f"expected (frames, bins) with the same bins, not {first.shape} and {second.shape}")
    a, b = first.astype(np.float64), second.astype(np.float64)
    if metric == "cosine":
        return np.maximum(0.0, 1.0 - unit_rows(a) @ unit_rows(b).T)
    if metric == "euclidean":
        squared = (a**2).sum(axis=1)[:, None] + (b**2).sum(axis=1) - 2 * a @ b.T
        distance: Float64Array = np.sqrt(np.maximum(0.0, squared))
        return distance
    raise ValueError(f"unknown metric {metric!r}: cosine or euclidean")


def unit_rows(features: FloatArray) -> Float64Array:
    """Scale each frame to length 1; silent frames stay 0."""
    length = np.sqrt(np.square(features, dtype=np.float64).sum(axis=1, keepdims=True))
    return np.asarray(features / np.where(length > 1e-12, length, 1.0), dtype=np.float64)


def accumulated_cost(cost: FloatArray, *, steps: Steps = CLASSIC, subsequence: bool = False) -> Float64Array:
    """Compute the cost of the cheapest path to every cell. FMP §3.2.1.3.

    Parameters
    ----------
    cost : (n, m)
    steps : allowed moves
    subsequence : the path may start at any column of the first row (the rows are a query in a longer sequence)

    Returns
    -------
    (n, m) float64, inf where no path leads

    Examples
    --------
    >>> accumulated_cost(np.array([[1.0, 3.0], [2.0, 1.0]]))
    array([[1., 4.],
           [3., 2.]])
    """
    grid = _check_cost(cost)
    rows = np.empty(grid.shape)
    _accumulate(lambda i, lo, hi: grid[i, lo:hi], _whole(grid.shape), steps=steps, subsequence=subsequence, keep=rows)
    return rows


def warp(cost: FloatArray, *, steps: Steps = CLASSIC, subsequence: bool = False, band: float | None = None) -> tuple[IntArray, float]:
    """Find the cheapest path through a cost matrix.

    Parameters
    ----------
    cost : (n, m) finite
    steps : allowed moves
    subsequence : start at any column of the first row and end at any of the last
    band : Sakoe-Chiba band: stay within this fraction of the longer side from the diagonal

    Returns
    -------
    path : (length, 2) cells (row, column), ascending
    total : accumulated cost of the last cell

    Raises
    ------
    ValueError : if no path with these steps exists (with `SLOPE_LIMITED`, one side longer than twice the other).

    Examples
    --------
    >>> path, total = warp(np.array([[0.0, 1.0, 1.0], [1.0, 0.0, 0.0]]))
    >>> path.tolist(), total
    ([[0, 0], [1, 1], [1, 2]], 0.0)
    """
    grid = _check_cost(cost)
    window = _whole(grid.shape) if band is None else _diagonal_band(grid.shape, band)
    return _best_path(lambda i, lo, hi: grid[i, lo:hi], window, steps=steps, subsequence=subsequence)


def warp_multiscale(
    first: Sequence[FloatArray],
    second: Sequence[FloatArray],
    *,
    weights: Sequence[float] = (1.0,),
    metrics: Sequence[str] = ("cosine",),
    steps: Steps = CLASSIC,
    radius: int = 80,
    factor: int = 4,
    whole_cells: int = 1_000_000,
) -> tuple[IntArray, float]:
    """Align two long feature sequences in bounded memory: coarse first, then finer near the coarse path.

    Each level averages `factor` frames of the one below; the coarsest has at most `whole_cells` cells and is searched as a whole, every
    finer one within `radius` frames of what the coarser found. Two hours at 10 frames a second take about 30 MB.

    Parameters
    ----------
    first, second : feature matrices of one or several kinds, (n, bins) and (m, bins) each
    weights, metrics : one per kind, see `cost_matrix`; the costs are added
    steps : allowed moves
    radius : in frames of each level
    factor, whole_cells : see above

    Returns
    -------
    path : (length, 2) frames (of the first, of the second)
    total : accumulated cost
    """
    if not len(first) == len(second) == len(weights) == len(metrics):
        raise ValueError("as many kinds of features on both sides as weights and metrics")
    n, m = first[0].shape[0], second[0].shape[0]
    if any(x.shape[0] != n for x in first) or any(x.shape[0] != m for x in second):
        raise ValueError("all kinds of features of one side have the same number of frames")
    if n == 0 or m == 0:
        raise ValueError("an empty sequence cannot be aligned")
    levels = [(list(first), list(second))]
    while n * m > whole_cells and min(n, m) > 2 * factor:
        levels.append(([_average(x, factor) for x in levels[-1][0]], [_average(x, factor) for x in levels[-1][1]]))
        n, m = levels[-1][0][0].shape[0], levels[-1][1][0].shape[0]
    path: IntArray = np.empty((0, 2), dtype=np.int64)
    total = 0.0
    for number in reversed(range(len(levels))):
        rows, columns = levels[number]
        shape = (rows[0].shape[0], columns[0].shape[0])
        window = _whole(shape) if number == len(levels) - 1 else _around(path, shape, factor=factor, radius=radius)
        path, total = _best_path(_row_costs(rows, columns, weights, metrics), window, steps=steps, subsequence=False)
    return path, total


def strictly_monotone(path: IntArray) -> IntArray:
    """Thin a path so that both sides rise with every step: what a time map needs. FMP §3.3.1.

    Examples
    --------
    >>> strictly_monotone(np.array([[0, 0], [1, 0], [2, 1], [2, 2], [3, 3]])).tolist()
    [[0, 0], [2, 1], [3, 3]]
    """
    if path.shape[0] < 2:
        return path
    kept = [path[0]]
    for cell in path[1:]:
        if (cell > kept[-1]).all():
            kept.append(cell)
    last = path[-1]
    if (kept[-1] != last).any():  # the end of both sides stays
        while len(kept) > 1 and not (last > kept[-1]).all():
            kept.pop()
        kept.append(last)
    return np.stack(kept)


def _accumulate(
    cost_row: CostRow, window: IntArray, *, steps: Steps, subsequence: bool, keep: Float64Array | None = None
) -> tuple[list[np.ndarray], Float64Array]:
    """Fill the rows of the window; per cell the number of the move it was entered by, and the last row's accumulated cost.

    The number of moves stands for "no path", one more for "a path starts here".
    """
    nowhere, start = len(steps.moves), len(steps.moves) + 1
    reach = max(rows for rows, _ in steps.moves)
    recent: list[tuple[int, int, Float64Array]] = []  # (lo, hi, accumulated) of the last `reach` rows, latest last
    entered_by: list[np.ndarray] = []
    done = np.empty(0)
    for row, (lo, hi) in enumerate(window.tolist()):
        cost = np.asarray(cost_row(row, lo, hi), dtype=np.float64)
        done = np.full(hi - lo, np.inf)
        choice = np.full(hi - lo, nowhere, dtype=np.uint8)
        if row == 0:
            free = slice(None) if subsequence else slice(0, 1)
            done[free], choice[free] = cost[free], start
        sideways = None
        for number, (back, right) in enumerate(steps.moves):
            if back == 0:
                sideways = number
                continue
            if back > len(recent):
                continue
            from_lo, from_hi, before = recent[-back]
            left, stop = max(lo, from_lo + right), min(hi, from_hi + right)
            if stop <= left:
                continue
            cells = slice(left - lo, stop - lo)
            reached = before[left - right - from_lo : stop - right - from_lo]
            value = steps.weights[number] * cost[cells]
            value += reached
            value += steps.extras[number]
            better = value < done[cells]
            np.copyto(done[cells], value, where=better)
            np.copyto(choice[cells], np.uint8(number), where=better)
        if sideways is not None:
            total = np.cumsum(steps.weights[sideways] * cost + steps.extras[sideways])
            along = np.minimum.accumulate(done - total)
            along += total
            # a tie goes to the move listed first; rounding of the running sums is no reason to go sideways
            better = along < done - 1e-12 * np.maximum(1.0, np.abs(total))
            np.copyto(done, along, where=better)
            np.copyto(choice, np.uint8(sideways), where=better)
        entered_by.append(choice)
        recent = [*recent[1 - reach :], (lo, hi, done)] if reach > 1 else [(lo, hi, done)]
        if keep is not None:
            keep[row, lo:hi] = done
    return entered_by, done


def _best_path(cost_row: CostRow, window: IntArray, *, steps: Steps, subsequence: bool) -> tuple[IntArray, float]:
    entered_by, last = _accumulate(cost_row, window, steps=steps, subsequence=subsequence)
    row, column = len(entered_by) - 1, int(last.argmin()) if subsequence else last.size - 1
    total = float(last[column])
    if not np.isfinite(total):
        raise ValueError("no path with these steps leads from the start to the end: allow more moves, or a wider band")
    column += int(window[row, 0])
    lows = window[:, 0].tolist()
    path = [(row, column)]
    while True:
        move = int(entered_by[row][column - lows[row]])
        if move > len(steps.moves):
            break
        row, column = row - steps.moves[move][0], column - steps.moves[move][1]
        path.append((row, column))
    return np.asarray(path[::-1], dtype=np.int64), total


def _row_costs(rows: list[FloatArray], columns: list[FloatArray], weights: Sequence[float], metrics: Sequence[str]) -> CostRow:
    """Cost of some cells of a row, from features prepared once."""
    prepared: list[tuple[Float32Array, Float32Array, Float32Array | None, float]] = []
    for a, b, weight, metric in zip(rows, columns, weights, metrics, strict=True):
        if metric == "cosine":
            prepared.append((unit_rows(a).astype(np.float32), unit_rows(b).astype(np.float32), None, weight))
        elif metric == "euclidean":
            square = np.square(b, dtype=np.float64).sum(axis=1).astype(np.float32)
            prepared.append((a.astype(np.float32), b.astype(np.float32), square, weight))
        else:
            raise ValueError(f"unknown metric {metric!r}: cosine or euclidean")

    def cost_row(row: int, lo: int, hi: int) -> FloatArray:
        cost = np.zeros(hi - lo)
        for a, b, square, weight in prepared:
            here = a[row]
            product = b[lo:hi] @ here
            if square is None:
                cost += weight * np.maximum(0.0, 1.0 - product)
            else:
                cost += weight * np.sqrt(np.maximum(0.0, square[lo:hi] + here @ here - 2 * product))
        return cost

    return cost_row


def _whole(shape: tuple[int, int]) -> IntArray:
    return np.tile(np.array([[0, shape[1]]], dtype=np.int64), (shape[0], 1))


def _diagonal_band(shape: tuple[int, int], band: float) -> IntArray:
    n, m = shape
    centre = np.arange(n) * ((m - 1) / max(1, n - 1))
    half = max(1.0, band * max(n, m), (m - 1) / max(1, n - 1))
    lo = np.maximum(0, np.ceil(centre - half)).astype(np.int64)
    hi = np.minimum(m, np.floor(centre + half).astype(np.int64) + 1)
    return np.stack([lo, hi], axis=1)


def _around(path: IntArray, shape: tuple[int, int], *, factor: int, radius: int) -> IntArray:
    """Window of each fine row: what lies within `radius` of the coarse path, in both directions."""
    n, m = shape
    coarse = int(path[-1, 0]) + 1
    first, last = np.full(coarse, m), np.zeros(coarse, dtype=np.int64)
    np.minimum.at(first, path[:, 0], path[:, 1] * factor)
    np.maximum.at(last, path[:, 0], (path[:, 1] + 1) * factor)
    # moves of two rows leave rows out: they inherit from their neighbours
    first = np.minimum.accumulate(first[::-1])[::-1]
    last = np.maximum.accumulate(last)
    row = np.minimum(np.arange(n) // factor, coarse - 1)
    reach = -(-radius // factor)
    lo = first[np.maximum(0, row - reach)] - radius
    hi = last[np.minimum(coarse - 1, row + reach)] + radius
    lo, hi = np.clip(lo, 0, m - 1), np.clip(hi, 1, m)
    hi[row + reach >= coarse - 1] = m
    return np.stack([lo, hi], axis=1)


def _average(features: FloatArray, factor: int) -> FloatArray:
    """Mean of every `factor` frames, the last group shorter if need be."""
    starts = np.arange(0, features.shape[0], factor)
    count = np.diff(np.append(starts, features.shape[0]))
    averaged: FloatArray = np.add.reduceat(features, starts, axis=0) / count[:, None]
    return averaged


def _check_cost(cost: FloatArray) -> Float64Array:
    grid = np.asarray(cost, dtype=np.float64)
    if grid.ndim != 2 or 0 in grid.shape:
        raise ValueError(f"expected a cost matrix with cells, not {grid.shape}")
    if not np.isfinite(grid).all():
        raise ValueError("costs are finite numbers: use a band to forbid cells")
    return grid
