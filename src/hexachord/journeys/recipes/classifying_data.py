"""The first half of a classification: what the data are, whether they can be trusted, and how they are split."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from hexachord.errors import InputError
from hexachord.journeys.recipes.classifying import ClassifyOptions, SingerOptions
from hexachord.journeys.recipes.run_folder import RunFolder
from hexachord.learning.datasets.confounds import Confounds, measure_confounds
from hexachord.learning.datasets.dataset import Dataset
from hexachord.learning.datasets.index import DatasetIndex, index_dataset, save_index
from hexachord.learning.datasets.integrity import SILENT_SHARE, Integrity, check_integrity
from hexachord.learning.datasets.leaks import LeakReport, guard_against_leaks
from hexachord.learning.datasets.lists import Columns
from hexachord.learning.datasets.loading import load_dataset
from hexachord.learning.datasets.sides import TEST, VALID
from hexachord.learning.datasets.split import Fold, Split
from hexachord.learning.datasets.splitting import SplitOptions, make_split
from hexachord.learning.datasets.subsets import limit_dataset


@dataclass(frozen=True, kw_only=True, eq=False)
class Prepared:
    """Data that an experiment can begin with.

    Attributes
    ----------
    dataset : readable tracks; those without labels are among them
    index : what their files are
    integrity, leaks, confounds : what was found
    split : by which models are judged
    lines : what was left out, in words
    """

    dataset: Dataset
    index: DatasetIndex
    integrity: Integrity
    leaks: LeakReport
    confounds: Confounds
    split: Split
    lines: tuple[str, ...]


def prepare(options: ClassifyOptions, run: RunFolder) -> Prepared:
    """Load, measure, look through and split the data.

    Raises
    ------
    InputError : if the data cannot be used; it says why. In particular where a class has one group alone, or (LeakError) one recording
        would stand on both sides.
    """
    columns = Columns(label=options.label) if options.label else None
    dataset = load_dataset(options.data, layout=options.layout, columns=columns)
    dataset = limit_dataset(dataset, options.limit, seed=options.seed)
    index = index_dataset(
        dataset, run.work / "index", workers=options.workers or None, progress=run.steps("index", "measure and fingerprint every file")
    )
    integrity = check_integrity(dataset, index)
    dataset, lines = _usable(dataset, index, integrity, options)
    split = make_split(dataset, split_options(dataset, options))
    leaks = guard_against_leaks(dataset, split, index)
    confounds = measure_confounds(dataset, index, split, seed=options.seed)
    save_index(index, run.path("index.json"))
    return Prepared(dataset=dataset, index=index, integrity=integrity, leaks=leaks, confounds=confounds, split=split, lines=lines)


def split_options(dataset: Dataset, options: ClassifyOptions) -> SplitOptions:
    """How to split: as asked, or as the data have it, or (for singers) a hold-out with albums to choose by, or folds."""
    given = any(track.side in (VALID, TEST) and track.labels for track in dataset.tracks)
    singers = isinstance(options, SingerOptions)
    kind = options.split if options.split != "auto" else "given" if given else "hold-out" if singers else "k-fold"
    return SplitOptions(
        kind=kind,
        folds=options.folds,
        test_share=options.test_share,
        valid_share=0.2 if singers and kind == "hold-out" else 0.0,
        group=options.group,
        seed=options.seed,
        i_know_this_leaks=options.i_know_this_leaks,
    )


def with_some_to_choose_by(dataset: Dataset, split: Split, *, share: float = 0.2, seed: int = 0) -> tuple[Fold, ...]:
    """Take some groups out of each training side for a network to be stopped by, where a fold has none; what it is judged by stays."""
    folds = []
    for fold in split.folds:
        if len(fold.valid):
            folds.append(fold)
            continue
        inner = dataset.take(fold.train)
        try:
            drawn = make_split(inner, SplitOptions(kind="hold-out", test_share=share, group=split.group, seed=seed)).folds[0]
        except InputError:  # a class with one group left: learnt from, and the network is stopped by the clock
            folds.append(fold)
            continue
        folds.append(Fold(train=fold.train[drawn.train], valid=fold.train[drawn.test], test=fold.test))
    return tuple(folds)


def _usable(dataset: Dataset, index: DatasetIndex, integrity: Integrity, options: ClassifyOptions) -> tuple[Dataset, tuple[str, ...]]:
    """Leave out what cannot be read, is silent, or (if asked) is there twice."""
    out: dict[str, str] = dict(index.failures)
    for name, facts in index.facts.items():
        if facts.silence_share >= SILENT_SHARE:
            out[name] = f"{name}: silent ({facts.silence_share:.0%} of it)"
    if options.drop_copies:
        for copy in integrity.copies:
            if copy.first not in out and copy.second not in out:
                out[copy.second] = f"{copy.second}: a copy of {copy.first}"
    kept = [row for row, track in enumerate(dataset.tracks) if track.id not in out]
    if not kept:
        raise InputError(
            options.data, found="no track that can be used; the first: " + next(iter(out.values())), expected="recordings that can be read"
        )
    lines = tuple(out.values())
    return replace(dataset.take(kept), skipped=(*dataset.skipped, *lines)), lines


def hashes_of(prepared: Prepared) -> Mapping[str, str]:
    """Name the data by their content: one hash of all files' hashes, in the order of ids."""
    import hashlib

    every = [f"{name} {prepared.index.facts[name].content_sha256}" for name in prepared.dataset.ids if name in prepared.index.facts]
    sides = [
        "/".join(",".join(prepared.dataset.tracks[row].id for row in side) for side in (fold.train, fold.valid, fold.test))
        for fold in prepared.split.folds
    ]
    return {"data": hashlib.sha256("\n".join(every).encode()).hexdigest(), "split": hashlib.sha256("\n".join(sides).encode()).hexdigest()}
