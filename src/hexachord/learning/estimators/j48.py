"""Decision trees that can be read: C4.5, printed as WEKA prints its J48.

J. R. Quinlan, *C4.5: Programs for Machine Learning*, Morgan Kaufmann 1993 (gain ratio, missing values in shares §3, error-based pruning
with subtree raising §4); *Improved Use of Continuous Attributes in C4.5*, JAIR 4, 1996 (what a threshold costs). Written from these. A
threshold is the largest value of the training data that does not exceed the split, so that it is a value that occurred.
"""

from collections.abc import Sequence
from typing import Any, TypeVar

import numpy as np

from hexachord.arrays import Float64Array, FloatArray, IntArray
from hexachord.learning.estimators.base import Classifier
from hexachord.learning.estimators.j48_splits import SplitSearch
from hexachord.learning.estimators.j48_tree import Node, lines_of, prune, scores_of

Self = TypeVar("Self", bound="J48")


class J48(Classifier):
    """A C4.5 tree for scikit-learn.

    Parameters
    ----------
    confidence : of pruning (``-C``); smaller prunes more
    min_leaf : rows that at least two branches of a split must have (``-M``)
    prune : whether to prune (``-U`` does not)
    nominal : columns whose numbers are names, 0, 1, 2 ...; others are numeric. NaN is a missing value in either

    Attributes
    ----------
    classes_ : (classes,)
    root_ : the tree

    Examples
    --------
    >>> tree = J48().fit(np.array([[1.0], [2.0], [8.0], [9.0]]), np.array(["low", "low", "high", "high"]))
    >>> print(tree.to_text(["pitch"]))
    pitch <= 2: low (2.0)
    pitch > 2: high (2.0)
    <BLANKLINE>
    Number of Leaves  : 2
    Size of the tree  : 3
    """

    def __init__(self, confidence: float = 0.25, min_leaf: int = 2, prune: bool = True, nominal: tuple[int, ...] = ()) -> None:
        self.confidence = confidence
        self.min_leaf = min_leaf
        self.prune = prune
        self.nominal = nominal

    def fit(self: Self, features: FloatArray, targets: Any) -> Self:
        """Grow a tree, and prune it.

        Parameters
        ----------
        features : (n, d)
        targets : (n,) classes

        Raises
        ------
        ValueError : if shapes do not match, there are no rows, a nominal value is no whole number, or a setting is out of its range.
        """
        rows, labels = np.asarray(features, dtype=np.float64), np.asarray(targets)
        self._check(rows, labels)
        self.classes_, number = np.unique(labels, return_inverse=True)
        self.n_features_in_ = rows.shape[1]
        search = SplitSearch(rows, number, classes=len(self.classes_), min_leaf=self.min_leaf, nominal=self.nominal)
        whole = np.arange(len(rows))
        self.root_ = _collapsed(_grown(search, whole, np.ones(len(rows))))
        if self.prune:
            self.root_ = prune(self.root_, search.rows, search.targets, whole, np.ones(len(rows)), confidence=self.confidence)
        return self

    def predict_proba(self, features: FloatArray) -> Float64Array:
        """Give the share of each class in the leaf of each row, (n, classes); a missing value goes down every branch by its share."""
        rows = np.asarray(features, dtype=np.float64)
        if rows.ndim != 2 or rows.shape[1] != self.n_features_in_:
            raise ValueError(f"rows of shape {rows.shape} for a tree of {self.n_features_in_} columns")
        return scores_of(self.root_, rows)

    def predict(self, features: FloatArray) -> Any:
        """Give the class of each row, (n,)."""
        return self.classes_[np.argmax(self.predict_proba(features), axis=1)]

    @property
    def leaves(self) -> int:
        """How many leaves it has."""
        return self.root_.leaves

    @property
    def size(self) -> int:
        """How many leaves and tests it has."""
        return self.root_.size

    def to_text(self, names: Sequence[str], *, classes: Sequence[str] = (), values: Sequence[Sequence[str]] = ()) -> str:
        """Print the tree as J48 is printed: a test on each line, leaves with how many rows came there and how many of them are wrong.

        Parameters
        ----------
        names : of the columns
        classes : names of `classes_`; as they are if not given
        values : for each nominal column, in order of `nominal`, the names of its values; numbers if not given
        """
        labels = [str(label) for label in (classes or self.classes_)]
        words = dict(zip(self.nominal, values, strict=False))
        lines = lines_of(self.root_, names, labels, words)
        return "\n".join([*lines, "", f"Number of Leaves  : {self.leaves}", f"Size of the tree  : {self.size}"])

    def _check(self, rows: Float64Array, labels: Any) -> None:
        if rows.ndim != 2 or not len(rows) or labels.shape != (len(rows),):
            raise ValueError(f"rows of shape {rows.shape} and classes of shape {labels.shape}; expected (n, d) and (n,)")
        if not 0 < self.confidence <= 0.5:
            raise ValueError(f"confidence {self.confidence}; expected more than 0, at most 0.5")
        if self.min_leaf < 1:
            raise ValueError(f"min_leaf {self.min_leaf}; expected 1 or more")
        for column in self.nominal:
            there = rows[np.isfinite(rows[:, column]), column]
            if (there < 0).any() or (there != np.round(there)).any():
                raise ValueError(f"column {column} is nominal but holds other numbers than 0, 1, 2 ...")


def _grown(search: SplitSearch, rows: IntArray, weights: Float64Array) -> Node:
    counts = np.bincount(search.targets[rows], weights=weights, minlength=search.classes).astype(np.float64)
    node = Node(counts=counts)
    if counts.sum() < 2 * search.min_leaf or counts.max() >= counts.sum() - 1e-9:
        return node
    split = search.best(rows, weights)
    if split is None:
        return node
    node.column, node.threshold, node.values = split.column, split.threshold, split.values
    node.shares = split.shares
    for branch in range(len(split.shares)):
        part, part_weights = node.down(search.rows, rows, weights, branch)
        if part_weights.sum() > 0:
            node.branches.append(_grown(search, part, part_weights))
        else:  # a name that nothing here has: the classes are as above
            node.branches.append(Node(counts=np.zeros(search.classes), likely=node.label))
    return node


def _collapsed(node: Node) -> Node:
    """Make a leaf of a subtree that is no more often right on what it learnt from than a leaf would be."""
    if not node.branches:
        return node
    node.branches = [_collapsed(branch) for branch in node.branches]
    return node.as_leaf() if node.leaf_errors <= node.training_errors + 1e-3 else node
