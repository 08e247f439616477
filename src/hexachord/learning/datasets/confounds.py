"""Does something other than the music tell the label? Codec, level, bandwidth, year, album: what goes with the classes, and how well a
classifier does that sees nothing else.

If it does well, so may any model of the sound, for the wrong reason. Sturm, "A simple method to determine if a music information retrieval
system is a horse", IEEE Trans. Multimedia 16(6), 2014.
"""

import warnings
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from hexachord.arrays import Float64Array, IntArray
from hexachord.errors import MissingExtraError
from hexachord.learning.datasets.association import cramers_v, eta_squared, information_share, permutation_p, quantised
from hexachord.learning.datasets.dataset import Dataset
from hexachord.learning.datasets.index import DatasetIndex
from hexachord.learning.datasets.metadata import Field, metadata_fields
from hexachord.learning.datasets.split import Split
from hexachord.learning.datasets.splitting import CHUNK, default_group

ALPHA = 0.01
_STRONG = 0.3  # of V or eta squared: more than a weak association by the usual reading (Cohen 1988)
_TREES = 100
_SHUFFLES = 1000


@dataclass(frozen=True, kw_only=True)
class Association:
    """How a field goes with the label.

    Attributes
    ----------
    field : its name
    measure : ``cramers_v`` or ``eta_squared``
    value : 0 to 1
    information : mutual information over the label's entropy
    p_value : by permutation
    alone : balanced accuracy of a small tree that sees this field alone; None where none was asked
    """

    field: str
    measure: str
    value: float
    information: float
    p_value: float
    alone: float | None = None

    @property
    def suspicious(self) -> bool:
        """Whether it is strong, and chance does not explain it."""
        return self.p_value <= ALPHA and self.value >= _STRONG


@dataclass(frozen=True, kw_only=True)
class MetadataClassifier:
    """A forest that sees the metadata alone, judged on the split of the experiment.

    Attributes
    ----------
    fields : what it saw
    balanced_accuracy : mean recall of the classes
    chance : one over the number of classes
    chance_high : what 95 % of shuffled truths stay below
    """

    fields: tuple[str, ...]
    balanced_accuracy: float
    chance: float
    chance_high: float

    @property
    def sees_the_label(self) -> bool:
        """Whether it does better than chance explains."""
        return self.balanced_accuracy > self.chance_high


@dataclass(frozen=True, kw_only=True)
class Confounds:
    """What was found; strongest first.

    Attributes
    ----------
    associations : one for each field
    classifier : None where no split was given, or there was nothing to see
    of_files : the same from what the files themselves show alone (codec, rate, level, bandwidth ...), which a model may well hear; None
        where there is no index
    notes : what was not looked at, and why
    """

    associations: tuple[Association, ...]
    classifier: MetadataClassifier | None = None
    of_files: MetadataClassifier | None = None
    notes: tuple[str, ...] = ()

    def to_plain(self) -> dict[str, Any]:
        """Return it as plain data for JSON."""
        return asdict(self)

    def lines(self) -> list[str]:
        """Say it in words."""
        out = []
        for forest, what in ((self.classifier, "metadata alone"), (self.of_files, "what the files show of themselves (codec, level ...)")):
            if forest is not None:
                verdict = "more than chance explains" if forest.sees_the_label else "no more than chance explains"
                out.append(
                    f"a classifier sees the label from {what} with {forest.balanced_accuracy:.1%} balanced accuracy: {verdict} "
                    f"(chance {forest.chance:.1%}, shuffled up to {forest.chance_high:.1%})"
                )
        for one in self.associations:
            name = "V" if one.measure == "cramers_v" else "eta²"
            alone = f", alone {one.alone:.1%}" if one.alone is not None else ""
            mark = " !" if one.suspicious else ""
            out.append(f"  {one.field}: {name} {one.value:.2f}, tells {one.information:.0%} of the label, p {one.p_value:.3f}{alone}{mark}")
        return out + list(self.notes)


def measure_confounds(
    dataset: Dataset, index: DatasetIndex | None = None, split: Split | None = None, *, permutations: int = 499, seed: int = 0
) -> Confounds:
    """Measure how metadata goes with the label, and what a classifier makes of it.

    Parameters
    ----------
    index : adds codec, bit rate, rate, channels, duration, loudness, peak, bandwidth, silence to tags and groups
    split : of the experiment; without it no classifier is asked
    permutations : for p-values

    Raises
    ------
    MissingExtraError : if a split is given and scikit-learn is absent.
    """
    if dataset.multi_label:
        return Confounds(associations=(), notes=("confounds are not measured where tracks have several labels",))
    rows = np.array([row for row, track in enumerate(dataset.tracks) if track.labels], dtype=np.int64)
    labels = dataset.targets()[rows]
    fields, notes = metadata_fields(dataset, index, rows)
    kind = default_group(dataset) if split is None or split.group == CHUNK else split.group
    groups = np.unique([dataset.tracks[row].group(kind) for row in rows], return_inverse=True)[1]
    folds = _folds(split, rows, len(dataset)) if split is not None else []
    found = [_associate(field, labels, groups, folds, permutations=permutations, seed=seed) for field in fields]
    found.sort(key=lambda one: (-one.suspicious, -one.value, one.field))
    return Confounds(
        associations=tuple(found),
        classifier=_forest(fields, labels, folds, seed=seed),
        of_files=_forest([field for field in fields if field.of_file], labels, folds, seed=seed),
        notes=tuple(notes),
    )


def _forest(fields: Sequence[Field], labels: IntArray, folds: list[tuple[IntArray, IntArray]], *, seed: int) -> MetadataClassifier | None:
    if not folds or not fields:
        return None
    truth, said = _judged(fields, labels, folds, forest=True, seed=seed)
    return MetadataClassifier(
        fields=tuple(field.name for field in fields),
        balanced_accuracy=_balanced(truth, said),
        chance=1 / len(np.unique(labels)),
        chance_high=_shuffled_high(truth, said, seed=seed),
    )


def _associate(
    field: Field, labels: IntArray, groups: IntArray, folds: list[tuple[IntArray, IntArray]], *, permutations: int, seed: int
) -> Association:
    known = np.flatnonzero(field.known)
    numbers = field.numbers[known]
    codes = field.codes[known] if field.categories else quantised(numbers)

    def value(dealt: IntArray) -> float:
        return cramers_v(codes, dealt) if field.categories else eta_squared(numbers, dealt)

    alone = None
    if folds:
        alone = _balanced(*_judged([field], labels, folds, forest=False, seed=seed))
    return Association(
        field=field.name,
        measure="cramers_v" if field.categories else "eta_squared",
        value=value(labels[known]),
        information=information_share(codes, labels[known]),
        p_value=permutation_p(value, labels[known], groups[known], times=permutations, seed=seed),
        alone=alone,
    )


def _folds(split: Split, rows: IntArray, tracks: int) -> list[tuple[IntArray, IntArray]]:
    """The folds as positions among the labelled rows: to learn from (with those to choose by), and to be judged by."""
    place = np.full(tracks, -1, dtype=np.int64)
    place[rows] = np.arange(len(rows))
    folds = [(place[np.concatenate([fold.train, fold.valid])], place[fold.test]) for fold in split.folds]
    return [(learnt[learnt >= 0], judged[judged >= 0]) for learnt, judged in folds]


def _judged(
    fields: Sequence[Field], labels: IntArray, folds: list[tuple[IntArray, IntArray]], *, forest: bool, seed: int
) -> tuple[IntArray, IntArray]:
    """Learn and judge on every fold; give truth and prediction of all that was judged."""
    try:
        from sklearn.ensemble import RandomForestClassifier
        from sklearn.tree import DecisionTreeClassifier
    except ImportError as error:
        raise MissingExtraError("the confound check", extra="learn", need="a classifier (scikit-learn not installed)") from error
    matrix = np.column_stack([field.matrix() for field in fields])
    truth, said = [], []
    for learnt, judged in folds:
        filled = _filled(matrix, learnt)
        if forest:
            model: Any = RandomForestClassifier(_TREES, min_samples_leaf=2, class_weight="balanced", random_state=seed, n_jobs=1)
        else:
            model = DecisionTreeClassifier(min_samples_leaf=2, class_weight="balanced", random_state=seed)
        with warnings.catch_warnings():  # few songs of many artists are no regression
            warnings.filterwarnings("ignore", message="The number of unique classes is greater than 50%")
            model.fit(filled[learnt], labels[learnt])
        truth.append(labels[judged])
        said.append(model.predict(filled[judged]))
    return np.concatenate(truth), np.concatenate(said)


def _filled(matrix: Float64Array, learnt: IntArray) -> Float64Array:
    """Put the training side's median where a number is not known."""
    known = matrix[learnt]
    middle = np.array([np.median(column[np.isfinite(column)]) if np.isfinite(column).any() else 0.0 for column in known.T])
    return np.where(np.isfinite(matrix), matrix, middle)


def _balanced(truth: IntArray, said: IntArray) -> float:
    right = np.bincount(truth, weights=truth == said)
    counts = np.bincount(truth)
    return float((right[counts > 0] / counts[counts > 0]).mean())


def _shuffled_high(truth: IntArray, said: IntArray, *, seed: int) -> float:
    random = np.random.default_rng(seed)
    return float(np.quantile([_balanced(random.permutation(truth), said) for _ in range(_SHUFFLES)], 0.95))
