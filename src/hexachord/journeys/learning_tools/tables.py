"""Tables of numbers, as WEKA's explorer takes them: opened, described as a dataset, learnt from, judged."""

import ast
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from hexachord.arrays import Float64Array
from hexachord.errors import InputError
from hexachord.learning.datasets.dataset import Dataset, Track
from hexachord.learning.datasets.labelled import LabelledTable
from hexachord.learning.datasets.split import Fold, Split
from hexachord.learning.datasets.splitting import SplitOptions, make_split
from hexachord.learning.datasets.table_files import load_labelled, one_hot, table_about
from hexachord.learning.estimators.registry import Settings, Value, learner, require_scikit_learn
from hexachord.learning.evaluation.evaluating import MAJORITY, evaluate
from hexachord.learning.evaluation.examples import bring_together
from hexachord.learning.evaluation.fitting import FittedModel, fit_model
from hexachord.learning.evaluation.judging import judge
from hexachord.learning.evaluation.model_files import save_fitted
from hexachord.learning.evaluation.plan import EvaluationOptions, ModelPlan
from hexachord.learning.evaluation.result import Evaluation, ModelResult, Predictions
from hexachord.learning.features.table import FeatureTable

NAMED = ("iris", "wine", "digits")
_J48 = "j48"
_CODES = "attributes"  # the table in which categories are numbers, for trees that ask about categories


@dataclass(frozen=True, kw_only=True, eq=False)
class Numbers:
    """A table and what is known of it.

    Attributes
    ----------
    name : of the file, without its suffix
    data : rows, labels, which columns are categories
    about : how it came about, by name
    """

    name: str
    data: LabelledTable
    about: Mapping[str, str]

    @cached_property
    def dataset(self) -> Dataset:
        """Its rows as tracks: pieces of one id are one track.

        Raises
        ------
        InputError : if rows of one id have different labels.
        """
        several = self.about.get("labels") == "several"
        groups = json.loads(self.about.get("groups", "{}"))
        labels: dict[str, str] = {}
        for key, label in zip(self.data.table.ids, self.data.labels, strict=True):
            if labels.setdefault(key, label) != label:
                raise InputError(
                    self.name,
                    found=f"{key!r} as {labels[key]!r} and as {label!r}",
                    expected="one label for each id",
                    next_step="correct it",
                )
        return Dataset(
            name=self.name,
            layout="a table of numbers",
            tracks=tuple(Track(id=key, labels=_words(label, several=several), groups=groups.get(key, {})) for key, label in labels.items()),
        )

    @cached_property
    def tables(self) -> dict[str, FeatureTable]:
        """What models see: numbers, categories as columns of 0 and 1; and, where there are categories, the table as it is."""
        if not self.data.nominal:
            return {"features": self.data.table}
        return {"features": one_hot(self.data).table, _CODES: self.data.table}

    @property
    def nominal(self) -> tuple[int, ...]:
        """The numbers of the columns that hold categories."""
        return tuple(number for number, name in enumerate(self.data.table.names) if name in self.data.nominal)


def open_numbers(what: str, *, label: str = "") -> Numbers:
    """Open a table by its path, or one of `NAMED` from scikit-learn.

    Parameters
    ----------
    label : the column of classes, where it is not called as usual

    Raises
    ------
    InputError : if there is none, or it is malformed.
    MissingExtraError : for a named one without scikit-learn.
    """
    path = Path(what)
    if what in NAMED and not path.exists():
        if label:
            raise InputError(what, found=f"--label {label}", expected="nothing: its classes are known", next_step="leave it away")
        return _named(what)
    return Numbers(name=path.stem, data=load_labelled(path, label=label), about=table_about(path))


def with_groups(numbers: Numbers, dataset: Dataset) -> Numbers:
    """Let rows know the groups (album, artist) that tracks of the same id have in a dataset.

    Raises
    ------
    InputError : if no id is known there.
    """
    groups = {track.id: dict(track.groups) for track in dataset.tracks if track.id in set(numbers.data.table.ids)}
    if not groups:
        raise InputError(
            dataset.name, found="none of the table's ids", expected=f"tracks such as {numbers.data.table.ids[0]!r}", next_step="check both"
        )
    return replace(numbers, about={**numbers.about, "groups": json.dumps(groups)})


def plan_of(text: str, numbers: Numbers) -> ModelPlan:
    """Read a model as it is typed: ``knn``, ``knn:k=3,weights=distance``, or LIBSVM's options ``-s 0 -t 2 -c 10``.

    Settings that are not said are tuned in inner folds, where the learner has something to try.

    Raises
    ------
    InputError : for an unknown learner or setting.
    """
    name, settings = text.strip(), dict[str, Value]()
    if not name.startswith("-"):
        name, _, rest = name.partition(":")
        for part in filter(None, rest.split(",")):
            key, equals, value = part.partition("=")
            if not equals:
                raise InputError(f"--model {text}", found=repr(part), expected="KEY=VALUE, as in knn:k=3,weights=distance")
            settings[key.strip()] = _value(value.strip())
    found = learner(name)
    for key in settings:
        if key not in found.defaults:
            raise InputError(f"--model {text}", found=f"the setting {key!r}", expected=", ".join(sorted(found.defaults)) or "none")
    if name != _J48:
        return ModelPlan(learner=name, name=text.strip(), settings=settings, table="features")
    table = _CODES if numbers.data.nominal else "features"
    whole: Settings = {**settings, "nominal": numbers.nominal}
    return ModelPlan(learner=name, name=text.strip(), settings=whole, table=table, preparation=())


@dataclass(frozen=True, kw_only=True)
class Judging:
    """How models of a table are judged; the first of these that is said.

    Attributes
    ----------
    test : another table
    on_training : by what they learnt from, which flatters
    share : of the rows to learn from; the others are judged by
    folds : of a cross-validation
    group : what stays together: ``auto``, ``song``, ``album`` ...
    seed : of everything drawn
    """

    test: Numbers | None = None
    on_training: bool = False
    share: float | None = None
    folds: int = 10
    group: str = "auto"
    seed: int = 0


@dataclass(frozen=True, kw_only=True, eq=False)
class TableRun:
    """What came of it.

    Attributes
    ----------
    dataset : what was learnt from and judged by
    trees : what a model fitted to all rows looks like, by the model's name, for those that can be read
    """

    dataset: Dataset
    evaluation: Evaluation
    trees: Mapping[str, str]


def judge_table(
    numbers: Numbers, models: Sequence[str], how: Judging = Judging(), *, progress: Callable[[str], None] | None = None
) -> TableRun:
    """Judge models by a table.

    Raises
    ------
    InputError : for an unknown model, too few rows or classes, or a test table with other columns.
    MissingExtraError : without scikit-learn.
    """
    require_scikit_learn("learn table")
    plans = [plan_of(text, numbers) for text in models]
    options = EvaluationOptions(seed=how.seed)
    if len(numbers.dataset.classes) < 2:
        raise InputError(
            numbers.name,
            found=f"{len(numbers.dataset.classes)} classes",
            expected="two or more",
            next_step="name the column of classes: --label NAME",
        )
    trees = {plan.name: tree for plan in plans if (tree := _tree(plan, numbers, options))}
    if how.test is not None:
        whole, split = _with_test(numbers, how.test)
    elif how.on_training:
        return TableRun(dataset=numbers.dataset, evaluation=_on_training(plans, numbers, options), trees=trees)
    else:
        whole = numbers
        kind = "k-fold" if how.share is None else "hold-out"
        share = 0.2 if how.share is None else 1 - how.share
        split = make_split(numbers.dataset, SplitOptions(kind=kind, folds=how.folds, test_share=share, group=how.group, seed=how.seed))
    found = evaluate(whole.dataset, whole.tables, split, models=plans, options=options, progress=progress)
    return TableRun(dataset=whole.dataset, evaluation=found, trees=trees)


def fit_all(plan: ModelPlan, numbers: Numbers, options: EvaluationOptions = EvaluationOptions()) -> FittedModel:
    """Fit a model to all labelled rows.

    Raises
    ------
    InputError : if there is one class alone.
    MissingExtraError : without scikit-learn.
    """
    examples = bring_together(numbers.dataset, numbers.tables[plan.table or "features"], group="song")
    rows = np.array([row for row, track in enumerate(numbers.dataset.tracks) if track.labels], dtype=np.int64)
    return fit_model(plan, examples, rows, classes=len(numbers.dataset.classes), options=options)


def save_model(plan: ModelPlan, numbers: Numbers, path: Path, *, seed: int = 0) -> Path:
    """Fit a model to all labelled rows and save it, with the table's word on how its columns came about.

    Raises
    ------
    InputError : for a learner that has no form without pickle, or one class alone.
    MissingExtraError : without scikit-learn.
    OutputError : if the file cannot be written.
    """
    require_scikit_learn("learn table --save")
    fitted = fit_all(plan, numbers, EvaluationOptions(seed=seed))
    kept = {name: words for name, words in numbers.about.items() if name not in ("columns", "classes", "groups", "files")}
    files = json.loads(numbers.about.get("files", "{}"))
    learnt = sorted({files[track.id] for track in numbers.dataset.tracks if track.labels and track.id in files})
    if learnt:
        kept["learnt_from"] = json.dumps(learnt)
    return save_fitted(fitted, path, classes=numbers.dataset.classes, about={"data": numbers.name, **kept, "model": plan.name})


def _tree(plan: ModelPlan, numbers: Numbers, options: EvaluationOptions) -> str:
    """What J48 prints of a tree of all rows; nothing for other learners."""
    if plan.learner != _J48 or numbers.dataset.multi_label:
        return ""
    fitted = fit_all(plan, numbers, options)
    classes = [numbers.dataset.classes[int(number)] for number in fitted.estimator.classes_]
    values = [numbers.data.nominal[numbers.data.table.names[column]] for column in numbers.nominal]
    return str(fitted.estimator.to_text(fitted.names, classes=classes, values=values))


def _on_training(plans: Sequence[ModelPlan], numbers: Numbers, options: EvaluationOptions) -> Evaluation:
    dataset = numbers.dataset
    known = [row for row, track in enumerate(dataset.tracks) if track.labels]
    truth = dataset.indicators()[known] if dataset.multi_label else dataset.targets()[known]
    ids = tuple(dataset.ids[row] for row in known)
    top = tuple(k for k in options.top if k <= len(dataset.classes))

    def judged(name: str, about: str, scores: Float64Array, decided: np.ndarray | None = None, *, baseline: bool = False) -> ModelResult:
        seen = Predictions(ids=ids, folds=np.zeros(len(ids), dtype=np.int64), truth=truth, scores=scores, decided=decided)
        return judge(seen, name=name, about=about, classes=dataset.classes, top=top, seed=options.seed, baseline=baseline)

    shares = dataset.indicators()[known].mean(axis=0)
    constant = np.tile(shares, (len(ids), 1))
    often = (constant >= 0.5).astype(np.int64) if dataset.multi_label else None
    results = [judged(MAJORITY, "the commonest class", constant, often, baseline=True)]
    for plan in plans:
        fitted = fit_all(plan, numbers, options)
        scored, scores = fitted.score(numbers.tables[plan.table])
        place = {name: row for row, name in enumerate(scored)}
        mine = scores[[place[name] for name in ids]]
        decided = None if fitted.thresholds is None else (mine >= fitted.thresholds).astype(np.int64)
        results.append(judged(plan.name, learner(plan.learner).about, mine, decided))
    return Evaluation(
        classes=dataset.classes,
        rule="judged by what was learnt from",
        models=tuple(results),
        notes=("models are judged by the rows that they learnt from: this says nothing about new ones",),
    )


def _with_test(numbers: Numbers, test: Numbers) -> tuple[Numbers, Split]:
    """Put the rows of another table behind those to learn from."""
    mine, theirs = numbers.data, test.data
    if set(theirs.table.names) != set(mine.table.names):
        theirs = _same_columns(numbers, test)
    for name, values in mine.nominal.items():
        if tuple(theirs.nominal.get(name, ())) != tuple(values):
            raise InputError(test.name, found=f"other values of {name!r}", expected=", ".join(values), next_step="give both the same head")
    table = theirs.table.columns(mine.table.names)
    renamed = tuple(f"test/{name}" for name in table.ids)
    joined = FeatureTable(ids=(*mine.table.ids, *renamed), names=mine.table.names, values=np.concatenate([mine.table.values, table.values]))
    if not any(theirs.labels):
        raise InputError(test.name, found="no label", expected="rows with classes, to judge by", next_step="use hexachord learn predict")
    unknown = sorted(set(theirs.labels) - set(mine.labels))
    if unknown and set(theirs.labels).isdisjoint(set(mine.labels) - {""}):
        raise InputError(test.name, found=f"the class {unknown[0]!r}", expected="classes that the other table has, too")
    whole = Numbers(name=numbers.name, data=replace(mine, table=joined, labels=(*mine.labels, *theirs.labels)), about=numbers.about)
    tracks = whole.dataset.tracks
    learnt = [row for row, track in enumerate(tracks) if not track.id.startswith("test/") and track.labels]
    judged = [row for row, track in enumerate(tracks) if track.id.startswith("test/") and track.labels]
    fold = Fold(train=np.array(learnt, dtype=np.int64), test=np.array(judged, dtype=np.int64))
    return whole, Split(rule=f"all of {numbers.name}, judged by {test.name}", kind="given", group="song", folds=(fold,))


def _same_columns(numbers: Numbers, test: Numbers) -> LabelledTable:
    """svm-light leaves zeros out: columns of which a file has nothing are zeros there."""
    mine, theirs = numbers.data.table, test.data.table
    lacking = [name for name in mine.names if name not in theirs.names]
    numbered = all(name.isdigit() for name in (*mine.names, *theirs.names))
    if not numbered or set(theirs.names) - set(mine.names):
        other = next(iter(lacking), "") or next(name for name in theirs.names if name not in mine.names)
        raise InputError(
            test.name, found=f"other columns than in {numbers.name} ({other!r})", expected="the same", next_step="make both alike"
        )
    wide = np.concatenate([theirs.values, np.zeros((len(theirs.ids), len(lacking)))], axis=1)
    return replace(test.data, table=replace(theirs, names=(*theirs.names, *lacking), values=wide))


def _words(label: str, *, several: bool) -> tuple[str, ...]:
    if not label:
        return ()
    return tuple(part for part in label.split("|") if part) if several else (label,)


def _value(text: str) -> Value:
    words = {"none": None, "true": True, "false": False}
    if text.lower() in words:
        return words[text.lower()]
    try:
        found = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text
    return found if isinstance(found, int | float) else text


def _named(name: str) -> Numbers:
    require_scikit_learn(f"the table {name!r}")
    from sklearn import datasets

    found = {"iris": datasets.load_iris, "wine": datasets.load_wine, "digits": datasets.load_digits}[name]()
    classes = [str(one) for one in found.target_names]
    names = tuple(str(one) for one in found.feature_names)
    ids = tuple(f"{name} {number}" for number in range(1, len(found.data) + 1))
    table = FeatureTable(ids=ids, names=names, values=np.asarray(found.data, dtype=np.float64))
    data = LabelledTable(table=table, labels=tuple(classes[int(number)] for number in found.target))
    return Numbers(name=name, data=data, about={"data": f"{name}, as it comes with scikit-learn"})
