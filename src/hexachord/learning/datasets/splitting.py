"""Drawing splits: what belongs together stays together, classes are spread evenly, the same seed draws the same.

By default an album stays whole where the dataset has albums (tracks of one album share their mastering, which a model will rather learn
than the singer: Kim, Williamson and Pilli, "Towards quantifying the album effect in artist identification", ISMIR 2006), else a song.
"""

from dataclasses import dataclass

import numpy as np

from hexachord.arrays import BoolArray, Float64Array, IntArray
from hexachord.errors import InputError
from hexachord.learning.datasets.dataset import Dataset
from hexachord.learning.datasets.dealing import deal, spread
from hexachord.learning.datasets.sides import TEST, TRAIN, VALID
from hexachord.learning.datasets.split import Fold, Split

KINDS = ("hold-out", "k-fold", "repeated", "leave-one-group-out", "given")
CHUNK = "chunk"
"""The kind of group that keeps nothing together: pieces of one song on both sides."""

_DEFAULT_GROUPS = ("album", "instrument", "session", "song")
_SHOWN = 8  # classes that an error names


@dataclass(frozen=True, kw_only=True)
class SplitOptions:
    """How to draw a split.

    Attributes
    ----------
    kind : one of `KINDS`; ``repeated`` draws hold-outs again and again, ``given`` takes the dataset's own sides
    folds : of ``k-fold``
    repeats : of ``repeated``
    test_share : of ``hold-out`` and ``repeated``
    valid_share : part of what is left to learn from that is kept for choosing by; 0 keeps none
    group : the kind of group that stays together; ``auto`` is the finest that is safe (see `default_group`)
    stratified : spread every class evenly over the sides, as far as groups allow
    judged_on : of ``given``: ``test``, ``valid``, or ``auto``: the test side where it has labels, else the validation side
    seed : of the drawing
    i_know_this_leaks : lets ``group="chunk"`` put pieces of one song on both sides
    """

    kind: str = "k-fold"
    folds: int = 5
    repeats: int = 20
    test_share: float = 0.2
    valid_share: float = 0.0
    group: str = "auto"
    stratified: bool = True
    judged_on: str = "auto"
    seed: int = 0
    i_know_this_leaks: bool = False


def default_group(dataset: Dataset) -> str:
    """Choose what stays together: the album where tracks have one, else the instrument or session, else the song; never the artist,
    which is often the label itself.
    """
    return next((kind for kind in _DEFAULT_GROUPS if any(kind in track.groups for track in dataset.tracks)), "song")


def make_split(dataset: Dataset, options: SplitOptions | None = None) -> Split:
    """Draw a split of the labelled tracks.

    Raises
    ------
    InputError : if it cannot be drawn: an unknown kind or group, a class with one group alone (named, with what to do), more folds than
        groups, chunks without the flag, or sides that the dataset does not have.

    Examples
    --------
    >>> from hexachord.learning.datasets.dataset import Track
    >>> tracks = [Track(id=f"{label}{song}", labels=(label,)) for label in "ab" for song in range(4)]
    >>> split = make_split(Dataset(name="toy", tracks=tuple(tracks)), SplitOptions(folds=2))
    >>> split.rule, [len(fold.test) for fold in split.folds]
    ('2 folds by song, stratified, seed 0', [4, 4])
    """
    options = options or SplitOptions()
    _check(dataset, options)
    group = default_group(dataset) if options.group == "auto" else options.group
    if options.kind == "given":
        return _given(dataset, options, group)
    rows = np.array([row for row, track in enumerate(dataset.tracks) if track.labels or dataset.multi_label], dtype=np.int64)
    counts, members = _counts(dataset, rows, group)
    _check_classes(dataset, counts, group)
    random = np.random.default_rng(options.seed)
    if options.kind == "leave-one-group-out":
        folds = tuple(
            _fold(members[:g] + members[g + 1 :], members[g : g + 1], options, dataset, group, random) for g in range(len(members))
        )
        rule = f"each {group} once ({len(folds)} folds)"
    elif options.kind == "k-fold":
        if not 2 <= options.folds <= len(members):
            raise InputError(
                "--folds",
                found=str(options.folds),
                expected=f"2 to {len(members)}, the number of groups by {group}",
                next_step="take fewer folds",
            )
        dealt = _dealt(counts, members, np.full(options.folds, 1 / options.folds), options, random)
        folds = tuple(_two_sides(np.equal(dealt, index), members, options, dataset, group, random) for index in range(options.folds))
        rule = f"{options.folds} folds by {group}"
    else:
        times = options.repeats if options.kind == "repeated" else 1
        shares = np.array([1 - options.test_share, options.test_share])
        draws = [_dealt(counts, members, shares, options, random) for _ in range(times)]
        folds = tuple(_two_sides(np.equal(dealt, 1), members, options, dataset, group, random) for dealt in draws)
        rule = f"{options.test_share:.0%} held out by {group}" + (f", {times} times" if times > 1 else "")
    rule += (", stratified" if options.stratified and options.kind != "leave-one-group-out" else "") + f", seed {options.seed}"
    return Split(rule=rule, kind=options.kind, group=group, folds=folds, seed=options.seed, leaks_on_purpose=group == CHUNK)


def _check(dataset: Dataset, options: SplitOptions) -> None:
    if options.kind not in KINDS:
        raise InputError("--split", found=repr(options.kind), expected=f"one of {', '.join(KINDS)}")
    if not 0 < options.test_share < 1 or not 0 <= options.valid_share < 1 or options.repeats < 1:
        raise InputError(
            "--split",
            found=f"shares of {options.test_share:g} and {options.valid_share:g}, {options.repeats} repeats",
            expected="shares between 0 and 1, and one repeat or more",
        )
    if options.group == CHUNK and not options.i_know_this_leaks:
        raise InputError(
            "--group",
            found="chunk: pieces of one song on both sides",
            expected="whole songs or albums, since a model recognises a recording from any piece of it",
            next_step="leave --group away, or say --i-know-this-leaks to see how much it flatters",
        )
    if options.group not in ("auto", "song", CHUNK) and not any(options.group in track.groups for track in dataset.tracks):
        known = sorted({kind for track in dataset.tracks for kind in track.groups} | {"song"})
        raise InputError("--group", found=repr(options.group), expected=f"a kind of group that {dataset.name} has: {', '.join(known)}")


def _counts(dataset: Dataset, rows: IntArray, group: str) -> tuple[IntArray, list[IntArray]]:
    """Count the classes of each group, (groups, classes), and list its rows; groups in the order of their names."""
    names = np.array([dataset.tracks[row].id if group == CHUNK else dataset.tracks[row].group(group) for row in rows])
    unique, where = np.unique(names, return_inverse=True)
    counts = np.zeros((len(unique), len(dataset.classes)), dtype=np.int64)
    np.add.at(counts, where, dataset.indicators()[rows])
    return counts, [rows[where == index] for index in range(len(unique))]


def _check_classes(dataset: Dataset, counts: IntArray, group: str) -> None:
    """See that every class can stand on both sides."""
    if len(dataset.classes) < 2:
        found = f"one class alone ({dataset.classes[0]!r})" if dataset.classes else "no labelled track"
        raise InputError(dataset.name, found=found, expected="two classes or more", next_step="label more tracks")
    groups_of = counts.astype(bool).sum(axis=0)
    alone = [name for name, number in zip(dataset.classes, groups_of, strict=True) if number < 2]
    if not alone:
        return
    what = f"{'every class' if len(alone) == len(dataset.classes) else _some(alone)} with one {group} alone"
    if len(alone) == len(dataset.classes) and group != "song":
        next_step = f"group by something finer than the label (--group song): {group} may be what is to be learnt"
    elif group == "song":
        next_step = "add songs to them, merge them with other classes, or leave them out"
    else:
        next_step = f"add a second {group} to them, leave them out, or split by song (--group song) and say so: it flatters"
    raise InputError(
        dataset.name, found=what, expected="two or more for each class, one to learn from and one to be judged by", next_step=next_step
    )


def _dealt(counts: IntArray, members: list[IntArray], shares: Float64Array, options: SplitOptions, random: np.random.Generator) -> IntArray:
    sizes = np.array([len(rows) for rows in members], dtype=np.int64)
    seen = counts if options.stratified else sizes[:, None]
    return spread(deal(seen, sizes, shares=shares, random=random), counts, bins=len(shares))


def _two_sides(
    tested: BoolArray, members: list[IntArray], options: SplitOptions, dataset: Dataset, group: str, random: np.random.Generator
) -> Fold:
    left = [rows for rows, out in zip(members, tested, strict=True) if not out]
    return _fold(left, [rows for rows, out in zip(members, tested, strict=True) if out], options, dataset, group, random)


def _fold(
    left: list[IntArray], tested: list[IntArray], options: SplitOptions, dataset: Dataset, group: str, random: np.random.Generator
) -> Fold:
    """Make a fold of the groups to learn from (a part of which is kept for choosing by) and those to be judged by."""
    train, valid = left, []
    if options.valid_share:
        counts, members = _counts(dataset, np.sort(np.concatenate(left)), group)
        dealt = _dealt(counts, members, np.array([1 - options.valid_share, options.valid_share]), options, random)
        only = counts.astype(bool).sum(axis=0) == 1  # a class with one group left is learnt from
        dealt[counts[:, only].any(axis=1)] = 0
        train = [rows for rows, side in zip(members, dealt, strict=True) if side == 0]
        valid = [rows for rows, side in zip(members, dealt, strict=True) if side == 1]
    fold = Fold(train=_joined(train), valid=_joined(valid), test=_joined(tested))
    _check_learnt(dataset, fold, group)
    return fold


def _check_learnt(dataset: Dataset, fold: Fold, group: str) -> None:
    """See that a model is judged by no class that it never saw."""
    seen = dataset.indicators()
    unseen = np.flatnonzero(seen[fold.test].any(axis=0) & ~seen[fold.train].any(axis=0))
    if len(unseen) or not len(fold.train) or not len(fold.test):
        names = [dataset.classes[klass] for klass in unseen]
        raise InputError(
            dataset.name,
            found=f"a side to be judged by with {_some(names)}, of which nothing is left to learn from"
            if names
            else "a side that stays empty",
            expected="every class on the side that is learnt from",
            next_step=f"take fewer folds or a smaller share, or leave those classes out (groups are by {group})",
        )


def _given(dataset: Dataset, options: SplitOptions, group: str) -> Split:
    rows = {
        side: np.array([row for row, track in enumerate(dataset.tracks) if track.side == side and track.labels], dtype=np.int64)
        for side in (TRAIN, VALID, TEST)
    }
    judged = options.judged_on if options.judged_on != "auto" else (TEST if len(rows[TEST]) else VALID)
    if judged not in (TEST, VALID) or not len(rows[TRAIN]) or not len(rows[judged]):
        there = ", ".join(f"{len(found)} {side}" for side, found in rows.items())
        raise InputError(
            dataset.name,
            found=f"labelled tracks on its own sides: {there}",
            expected=f"some to learn from (train) and some to be judged by ({judged})",
            next_step="draw a split instead (--split k-fold), or name the column of the split",
        )
    valid = rows[VALID] if judged == TEST else np.zeros(0, dtype=np.int64)
    fold = Fold(train=rows[TRAIN], valid=valid, test=rows[judged])
    _check_learnt(dataset, fold, group)
    rule = f"its own sides, judged on {judged}" + (
        "" if len(rows[TEST]) else " (its test side has no labels)" if _has_side(dataset) else ""
    )
    return Split(rule=rule, kind="given", group=group, folds=(fold,), seed=options.seed)


def _has_side(dataset: Dataset) -> bool:
    return any(track.side == TEST for track in dataset.tracks)


def _joined(parts: list[IntArray]) -> IntArray:
    return np.sort(np.concatenate(parts)).astype(np.int64) if parts else np.zeros(0, dtype=np.int64)


def _some(names: list[str]) -> str:
    return ", ".join(map(repr, names[:_SHOWN])) + (f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else "")
