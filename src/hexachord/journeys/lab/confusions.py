"""A confusion table as a picture: classes that are taken for one another stand side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from hexachord.arrays import Float64Array, IntArray
from hexachord.journeys.reporting.svg_plots import open_svg, shortened

_LETTERS = 24
_CHARACTER = 6.7
_MOST = 0.5  # a cell with this share of its row stands out, and its number is in the colour of the paper


@dataclass(frozen=True, kw_only=True)
class TakenFor:
    """How many of a class were taken for another one."""

    actual: int
    predicted: int
    count: int
    of: int


def order_by_confusion(table: IntArray) -> IntArray:
    """Order classes so that those that are taken for one another stand together.

    Classes are clustered (average linkage) by the shares of their rows that fall on one another, and the leaves of the tree turned so that
    neighbours are as near as they can be (Bar-Joseph, Gifford & Jaakkola, *Fast optimal leaf ordering for hierarchical clustering*, 2001).

    Parameters
    ----------
    table : (classes, classes) counts, actual x predicted

    Returns
    -------
    (classes,) a permutation; the order there was where nothing is confused

    Examples
    --------
    >>> order_by_confusion(np.array([[5, 0, 3], [0, 8, 0], [4, 0, 4]])).tolist()
    [1, 2, 0]
    """
    classes = len(table)
    shares = row_shares(table)
    both = (shares + shares.T) / 2
    np.fill_diagonal(both, 0.0)
    if classes < 3 or not both.any():
        return np.arange(classes)
    from scipy.cluster.hierarchy import leaves_list, linkage, optimal_leaf_ordering
    from scipy.spatial.distance import squareform

    far = 1.0 - both
    np.fill_diagonal(far, 0.0)
    condensed = squareform(far, checks=False)
    tree = optimal_leaf_ordering(linkage(condensed, method="average"), condensed)
    order = np.asarray(leaves_list(tree), dtype=np.int64)
    # A tree may be read from either end: the end whose classes are better known comes first, so the same table gives the same picture.
    known = np.diag(shares)[order]
    half = classes // 2
    return order if known[:half].sum() >= known[classes - half :].sum() else order[::-1].copy()


def row_shares(table: IntArray) -> Float64Array:
    """Divide each row by its sum; a class that was never asked for has none."""
    sums = table.sum(axis=1, keepdims=True)
    return np.asarray(table / np.maximum(sums, 1), dtype=np.float64)


def taken_for(table: IntArray) -> tuple[TakenFor, ...]:
    """List who was taken for whom: most of a class first."""
    sums = table.sum(axis=1)
    found = [
        TakenFor(actual=int(row), predicted=int(column), count=int(table[row, column]), of=int(sums[row]))
        for row, column in np.argwhere(table > 0)
        if row != column
    ]
    return tuple(sorted(found, key=lambda pair: (-pair.count, -pair.count / pair.of, pair.actual, pair.predicted)))


def confusion_picture(table: IntArray, names: Sequence[str], *, order: IntArray | None = None, title: str = "Confusions") -> str:
    """Draw a confusion table: actual classes down, predicted ones across, the share of the row as colour, counts in the cells.

    Right of it stands the recall of each class, below it the precision. Where a count has more than three digits, percentages of the row
    stand in its place.
    """
    classes = len(names)
    if not classes or table.shape != (classes, classes):
        return ""
    order = order_by_confusion(table) if order is None else order
    shares = row_shares(table)
    cell = 32 if classes <= 12 else 29 if classes <= 26 else 24 if classes <= 40 else 20
    short = [shortened(name, _LETTERS) for name in names]
    longest = max(map(len, short)) * _CHARACTER
    left, top = round(longest) + 12, round(longest * 0.71) + 26
    side = cell * classes
    width, height = left + side + max(60, round(longest * 0.71)), top + side + 34
    counts = int(table.max(initial=0)) <= 999
    columns = table.sum(axis=0)
    sized = f'<svg class="confusion" style="min-width:{round(width * 0.8)}px;max-width:{round(width * 1.15)}px" '
    parts = [open_svg(width, height, title).replace("<svg ", sized, 1)]
    parts.append(f'<text transform="translate({left + side + 18} {top - 7}) rotate(-45)">recall</text>')
    parts.append(f'<text x="{left - 8}" y="{top + side + 20}" text-anchor="end">precision</text>')
    for place, one in enumerate(order.tolist()):
        middle = top + cell * place + cell / 2
        across = left + cell * place + cell / 2
        name = f"<title>{escape(names[one])}</title>{escape(short[one])}"
        parts.append(f'<text class="name" data-row="{one}" x="{left - 8}" y="{middle + 4:.1f}" text-anchor="end">{name}</text>')
        turned = f'transform="translate({across + 3:.1f} {top - 7}) rotate(-45)"'
        parts.append(f'<text class="name" data-column="{one}" {turned}>{name}</text>')
        parts.append(f'<text x="{left + side + 8}" y="{middle + 4:.1f}">{_figure(table[one, one], table[one].sum())}</text>')
        parts.append(f'<text x="{across:.1f}" y="{top + side + 20}" text-anchor="middle">{_figure(table[one, one], columns[one])}</text>')
    parts.append(f'<rect class="frame" x="{left}" y="{top}" width="{side}" height="{side}"/>')
    for down, actual in enumerate(order.tolist()):
        for along, predicted in enumerate(order.tolist()):
            count, share = int(table[actual, predicted]), float(shares[actual, predicted])
            if not count and actual != predicted:
                continue
            x, y = left + cell * along, top + cell * down
            told = f"{escape(names[actual])}, taken for {escape(names[predicted])}: {count} of {int(table[actual].sum())} ({share:.0%})"
            deep = share >= _MOST
            # Two ramps with a step between them: numbers keep their contrast on every shade, and a majority is seen at once.
            shade = 0.82 + 0.18 * (share - _MOST) / (1 - _MOST) if deep else 0.1 + 0.8 * share if count else 0.07
            kind = "right" if actual == predicted else "wrong"
            number = f"{count}" if counts else f"{share * 100:.0f}"
            parts.append(
                f'<g class="cell {kind}{" deep" if deep else ""}" data-row="{actual}" data-column="{predicted}"><title>{told}</title>'
                f'<rect x="{x + 0.5}" y="{y + 0.5}" width="{cell - 1}" height="{cell - 1}" fill-opacity="{shade:.3f}"/>'
                + (f'<text x="{x + cell / 2}" y="{y + cell / 2 + 4}" text-anchor="middle">{number}</text>' if count else "")
                + "</g>"
            )
    return "".join([*parts, "</svg>"])


def _figure(part: int, whole: int) -> str:
    if not whole:
        return "–"
    return f"{part / whole:.2f}".lstrip("0") if part < whole else "1"
