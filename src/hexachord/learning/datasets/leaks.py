"""The guard at the door of an experiment: no recording, and nothing that belongs together, stands on both sides of a split.

A model that has heard the song it is judged by has not been judged. Flexer, "A closer look on artist filters for musical genre
classification", ISMIR 2007; Sturm, "The state of the art ten years after a state of the art", JNMR 43(2), 2014 (the copies in GTZAN).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from hexachord.errors import InputError
from hexachord.learning.datasets.dataset import Dataset
from hexachord.learning.datasets.index import DatasetIndex
from hexachord.learning.datasets.integrity import Copy, find_copies
from hexachord.learning.datasets.split import Fold, Split
from hexachord.learning.datasets.splitting import CHUNK

_SHOWN = 5
_COARSER = ("album", "instrument", "session", "artist")


@dataclass(frozen=True, kw_only=True)
class Leak:
    """Two tracks that must not stand on two sides, and do.

    Attributes
    ----------
    fold : number of the first fold in which they do
    first, second : ids; the first is on the side that is learnt from (or chosen by)
    why : ``same file``, ``same samples``, ``same recording``, or ``same album`` and the like
    """

    fold: int
    first: str
    second: str
    why: str

    def __str__(self) -> str:
        return f"{self.first} and {self.second} ({self.why}, fold {self.fold + 1})"


@dataclass(frozen=True, kw_only=True)
class LeakReport:
    """What the guard saw.

    Attributes
    ----------
    leaks : a pair for each recording or group that stands on two sides
    notes : coarser groups that stand on two sides, in words: not forbidden by the split that was asked for, but worth knowing
    by_recording : whether files were compared by what they hold, and not by their names and groups alone
    """

    leaks: tuple[Leak, ...]
    notes: tuple[str, ...]
    by_recording: bool

    def lines(self) -> list[str]:
        """Say it in words."""
        how = "by hash, fingerprint and group" if self.by_recording else "by group alone (no index)"
        out = [f"leaks, looked for {how}: {len(self.leaks) or 'none'}"]
        return out + [f"  {leak}" for leak in self.leaks] + list(self.notes)


class LeakError(InputError):
    """A split that must not be used: the same recording or group stands on two of its sides; `leaks` lists the pairs."""

    def __init__(self, dataset: str, leaks: Sequence[Leak]) -> None:
        self.leaks = tuple(leaks)
        shown = "; ".join(map(str, leaks[:_SHOWN])) + (f"; and {len(leaks) - _SHOWN} more" if len(leaks) > _SHOWN else "")
        counted = f"{len(leaks)} pairs that stand" if len(leaks) > 1 else "a pair that stands"
        super().__init__(
            dataset,
            found=f"{counted} on two sides of the split: {shown}",
            expected="that nothing a model is judged by is known to it",
            next_step="remove the copies, or keep them together by giving them one group (song, album), and split again",
        )


def guard_against_leaks(
    dataset: Dataset, split: Split, index: DatasetIndex | None = None, *, copies: Sequence[Copy] | None = None
) -> LeakReport:
    """Stop an experiment whose split leaks.

    Compared are files, songs and the groups that the split keeps together; with an index also the samples and the fingerprints.

    Parameters
    ----------
    index : what the files are; without it copies under other names are not seen
    copies : as `find_copies` found them, where that has been done already

    Raises
    ------
    LeakError : if something stands on two sides, unless the split leaks on purpose.
    """
    report = find_leaks(dataset, split, index, copies=copies)
    if report.leaks and not split.leaks_on_purpose:
        raise LeakError(dataset.name, report.leaks)
    return report


def find_leaks(dataset: Dataset, split: Split, index: DatasetIndex | None = None, *, copies: Sequence[Copy] | None = None) -> LeakReport:
    """Look for what stands on two sides of any fold, without stopping."""
    if copies is None:
        copies = find_copies(dataset, index) if index is not None else []
    keys: list[tuple[str, dict[str, str]]] = []  # why, and for each id what it must not share with the other side
    files = {track.id: str(track.path) for track in dataset.tracks if track.path is not None}
    keys.append(("same file", files))
    keys.append(("same song", {track.id: track.group("song") for track in dataset.tracks}))
    if split.group not in (CHUNK, "song"):
        keys.append((f"same {split.group}", {track.id: track.group(split.group) for track in dataset.tracks}))
    if index is not None:
        keys.append(("same samples", {key: one.content_sha256 for key, one in index.facts.items()}))
    seen: set[tuple[str, str]] = set()
    leaks: list[Leak] = []
    for number, fold in enumerate(split.folds):
        for leak in _of_fold(dataset, fold, number, keys, copies):
            if (pair := (min(leak.first, leak.second), max(leak.first, leak.second))) not in seen:
                seen.add(pair)
                leaks.append(leak)
    return LeakReport(leaks=tuple(leaks), notes=tuple(_notes(dataset, split)), by_recording=index is not None or bool(copies))


def _of_fold(dataset: Dataset, fold: Fold, number: int, keys: list[tuple[str, dict[str, str]]], copies: Sequence[Copy]) -> list[Leak]:
    sides = ([dataset.tracks[row].id for row in fold.train], [dataset.tracks[row].id for row in fold.valid])
    judged = [dataset.tracks[row].id for row in fold.test]
    found = []
    for why, key_of in keys:
        for known, unknown in ((sides[0], judged), (sides[1], judged), (sides[0], sides[1])):
            first_with = {key_of[name]: name for name in reversed(known) if name in key_of}
            told = set()
            for name in unknown:
                key = key_of.get(name)
                if key in first_with and key not in told:
                    told.add(key)
                    found.append(Leak(fold=number, first=first_with[key], second=name, why=why))
    side_of = {name: side for side, names in enumerate((*sides, judged)) for name in names}
    by_file = _by_file(dataset)
    for copy in copies:
        for first in by_file[copy.first]:
            second = next((name for name in by_file[copy.second] if side_of.get(name, side_of.get(first)) != side_of.get(first)), None)
            if first in side_of and second is not None:
                one, two = (first, second) if side_of[first] < side_of[second] else (second, first)
                found.append(Leak(fold=number, first=one, second=two, why="same samples" if copy.exact else "same recording"))
                break
    return found


def _by_file(dataset: Dataset) -> dict[str, list[str]]:
    """The pieces of the file that each track is of."""
    pieces: dict[object, list[str]] = {}
    for track in dataset.tracks:
        pieces.setdefault(track.path or track.id, []).append(track.id)
    return {track.id: pieces[track.path or track.id] for track in dataset.tracks}


def _notes(dataset: Dataset, split: Split) -> list[str]:
    """Say which coarser groups stand on two sides; one that is the label always does."""
    notes = []
    for kind in _COARSER:
        if kind == split.group or not any(kind in track.groups for track in dataset.tracks):
            continue
        names = dataset.groups(kind)
        label_of: dict[str, set[tuple[str, ...]]] = {}
        for name, track in zip(names, dataset.tracks, strict=True):
            label_of.setdefault(name, set()).add(track.labels)
        if len(label_of) <= len(dataset.classes) and all(len(labels) == 1 for labels in label_of.values()):
            continue  # the label itself, under another name
        both = {name for fold in split.folds for name in {names[row] for row in fold.test} & {names[row] for row in fold.train}}
        if both:
            notes.append(
                f"{len(both)} of {len(label_of)} {kind}s stand on both sides of some fold: results are flattered by what a {kind} shares"
            )
    return notes
