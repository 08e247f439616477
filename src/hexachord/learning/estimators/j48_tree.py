"""A C4.5 tree: its nodes, how it is pruned, read and printed.

Pruning compares three estimates of errors on new rows, each the upper end of a confidence interval of what was seen: of the subtree, of a
leaf in its place, and of its heaviest branch in its place (subtree raising). J. R. Quinlan, *C4.5*, 1993, §4.2.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import NormalDist
from typing import Any

import numpy as np

from hexachord.arrays import Float64Array, IntArray

_SLACK = 0.1  # of an error: a simpler tree may be that much worse


@dataclass(kw_only=True, eq=False)
class Node:
    """A leaf, or a question with a branch for each answer.

    Attributes
    ----------
    counts : (classes,) weights of the training rows that came here
    column, threshold, values : the question: at most `threshold` or more, or, where `values` is not 0, which of so many names
    shares : (branches,) of known training rows: where missing values go
    branches : none for a leaf
    likely : the class of a leaf where nothing came
    """

    counts: Float64Array
    column: int = -1
    threshold: float = float("nan")
    values: int = 0
    shares: Float64Array = field(default_factory=lambda: np.zeros(0))
    branches: list["Node"] = field(default_factory=list)
    likely: int = -1

    @property
    def label(self) -> int:
        """The class that a leaf here would say."""
        return int(np.argmax(self.counts)) if self.counts.sum() > 0 or self.likely < 0 else self.likely

    @property
    def leaf_errors(self) -> float:
        """Training rows that a leaf here would get wrong."""
        return float(self.counts.sum() - self.counts[self.label])

    @property
    def training_errors(self) -> float:
        """Training rows that the subtree gets wrong."""
        return sum(branch.training_errors for branch in self.branches) if self.branches else self.leaf_errors

    @property
    def leaves(self) -> int:
        """How many leaves there are below, itself if it is one."""
        return sum(branch.leaves for branch in self.branches) if self.branches else 1

    @property
    def size(self) -> int:
        """How many nodes there are, itself included."""
        return 1 + sum(branch.size for branch in self.branches)

    def as_leaf(self) -> "Node":
        """Give a leaf in its place."""
        return Node(counts=self.counts, likely=self.likely)

    def down(self, features: Float64Array, rows: IntArray, weights: Float64Array, branch: int) -> tuple[IntArray, Float64Array]:
        """Give the rows that go down a branch, and their weights: those that lack the value go down all, by their shares."""
        values = features[rows, self.column]
        if self.values:
            # A name that training never had is like one that is missing.
            missing = ~np.isfinite(values) | (values >= self.values) | (values < 0)
            goes = values == branch
        else:
            missing = ~np.isfinite(values)
            goes = values <= self.threshold if branch == 0 else values > self.threshold
        taken = goes | (missing & (self.shares[branch] > 0))
        return rows[taken], np.where(missing, weights * self.shares[branch], weights)[taken]


def prune(node: Node, features: Float64Array, targets: IntArray, rows: IntArray, weights: Float64Array, *, confidence: float) -> Node:
    """Prune from below: a leaf where it is expected to err no more than the subtree, the heaviest branch where that is.

    Parameters
    ----------
    rows, weights : the training rows that come here
    """
    if not node.branches:
        return node
    for branch in range(len(node.branches)):
        part = node.down(features, rows, weights, branch)
        node.branches[branch] = prune(node.branches[branch], features, targets, *part, confidence=confidence)
    heaviest = int(np.argmax(node.shares))
    raised = _refitted(node.branches[heaviest], features, targets, rows, weights)
    as_leaf = _expected_errors(node.as_leaf(), confidence)
    as_tree, as_raised = _expected_errors(node, confidence), _expected_errors(raised, confidence)
    if as_leaf <= min(as_tree, as_raised) + _SLACK:
        return node.as_leaf()
    if as_raised <= as_tree + _SLACK:
        return prune(raised, features, targets, rows, weights, confidence=confidence)
    return node


def added_errors(rows: float, errors: float, confidence: float) -> float:
    """Say how many more errors to expect where `errors` of `rows` were seen: the upper end of the binomial's interval, less what was seen.

    Examples
    --------
    >>> round(added_errors(6.0, 0.0, 0.25), 3), round(added_errors(9.0, 0.0, 0.25), 3)  # the book's: 6 x 0.206, 9 x 0.143
    (1.238, 1.285)
    """
    if rows <= 0:
        return 0.0
    none = float(rows * (1.0 - confidence ** (1.0 / rows)))
    if errors < 1e-6:
        return none
    if errors < 1.0:  # between none and one, along a line
        return none + errors * (added_errors(rows, 1.0, confidence) - none)
    if errors + 0.5 >= rows:
        return max(rows - errors, 0.0) * 0.67
    z = NormalDist().inv_cdf(1.0 - confidence)
    seen = (errors + 0.5) / rows
    upper = (seen + z * z / (2 * rows) + z * np.sqrt(seen / rows - seen * seen / rows + z * z / (4 * rows * rows))) / (1 + z * z / rows)
    return float(upper * rows - errors)


def scores_of(root: Node, features: Float64Array) -> Float64Array:
    """Give the share of each class for each row, (n, classes)."""
    found = np.zeros((len(features), len(root.counts)))

    def descend(node: Node, rows: IntArray, weights: Float64Array) -> None:
        if not len(rows):
            return
        if not node.branches:
            total = node.counts.sum()
            shares = node.counts / total if total > 0 else np.eye(len(node.counts))[node.label]
            found[rows] += weights[:, None] * shares
            return
        for branch, below in enumerate(node.branches):
            descend(below, *node.down(features, rows, weights, branch))

    descend(root, np.arange(len(features)), np.ones(len(features)))
    return found


def node_to_words(node: Node) -> dict[str, Any]:
    """Give a tree as words and numbers, for JSON."""
    return {
        "counts": node.counts.tolist(),
        "column": node.column,
        "threshold": None if np.isnan(node.threshold) else node.threshold,
        "values": node.values,
        "shares": node.shares.tolist(),
        "likely": node.likely,
        "branches": [node_to_words(branch) for branch in node.branches],
    }


def node_from_words(words: Mapping[str, Any]) -> Node:
    """Make a tree of what `node_to_words` gave.

    Raises
    ------
    KeyError, ValueError, TypeError : if something is missing or malformed.
    """
    return Node(
        counts=np.array(words["counts"], dtype=np.float64),
        column=int(words["column"]),
        threshold=float("nan") if words["threshold"] is None else float(words["threshold"]),
        values=int(words["values"]),
        shares=np.array(words["shares"], dtype=np.float64),
        likely=int(words["likely"]),
        branches=[node_from_words(branch) for branch in words["branches"]],
    )


def lines_of(node: Node, names: Sequence[str], classes: Sequence[str], values: Mapping[int, Sequence[str]]) -> list[str]:
    """Print a tree, a test on each line."""
    if not node.branches:
        return [f": {_leaf(node, classes)}"]
    lines = []
    for branch, below in enumerate(node.branches):
        test = f"{names[node.column]} {_answer(node, branch, values)}"
        if below.branches:
            lines += [test, *(f"|   {line}" for line in lines_of(below, names, classes, values))]
        else:
            lines.append(f"{test}: {_leaf(below, classes)}")
    return lines


def _answer(node: Node, branch: int, values: Mapping[int, Sequence[str]]) -> str:
    if node.values:
        return f"= {values[node.column][branch] if node.column in values else branch}"
    return f"{'<=' if branch == 0 else '>'} {node.threshold:.6g}"


def _leaf(node: Node, classes: Sequence[str]) -> str:
    wrong = f"/{node.leaf_errors:.1f}" if node.leaf_errors > 0.05 else ""
    return f"{classes[node.label]} ({node.counts.sum():.1f}{wrong})"


def _refitted(node: Node, features: Float64Array, targets: IntArray, rows: IntArray, weights: Float64Array) -> Node:
    """The same questions, with other rows coming down."""
    counts = np.bincount(targets[rows], weights=weights, minlength=len(node.counts)).astype(np.float64)
    if not node.branches:
        # A raised leaf keeps what it says, if nothing comes to it.
        return Node(counts=counts, likely=node.label)
    made = Node(counts=counts, column=node.column, threshold=node.threshold, values=node.values, shares=node.shares, likely=node.likely)
    parts = [node.down(features, rows, weights, branch) for branch in range(len(node.branches))]
    made.branches = [_refitted(branch, features, targets, *part) for branch, part in zip(node.branches, parts, strict=True)]
    return made


def _expected_errors(node: Node, confidence: float) -> float:
    if node.branches:
        return sum(_expected_errors(branch, confidence) for branch in node.branches)
    return node.leaf_errors + added_errors(float(node.counts.sum()), node.leaf_errors, confidence)
