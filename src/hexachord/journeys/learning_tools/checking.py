"""Can an experiment on these data be believed? Everything that is known of a collection before anything is learnt from it."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from hexachord.corpus.batch import BatchStep
from hexachord.errors import InputError, MissingExtraError
from hexachord.files import write_text
from hexachord.learning.datasets.confounds import Confounds, measure_confounds
from hexachord.learning.datasets.dataset import Dataset
from hexachord.learning.datasets.index import DatasetIndex, index_dataset, save_index
from hexachord.learning.datasets.integrity import Integrity, check_integrity
from hexachord.learning.datasets.leaks import LeakReport, find_leaks
from hexachord.learning.datasets.lists import save_dataset
from hexachord.learning.datasets.rows import rows_as_csv
from hexachord.learning.datasets.sides import TEST, VALID
from hexachord.learning.datasets.split import Split
from hexachord.learning.datasets.split_files import save_split
from hexachord.learning.datasets.splitting import SplitOptions, make_split


@dataclass(frozen=True, kw_only=True, eq=False)
class DataCheck:
    """What was found.

    Attributes
    ----------
    integrity : what cannot be read, is there twice, is silent, is too little
    split, leaks, confounds : None where no split can be drawn (`unsplit` says why)
    unsplit : in words
    unmeasured : why confounds were not looked for, in words
    """

    dataset: Dataset
    index: DatasetIndex
    integrity: Integrity
    split: Split | None = None
    leaks: LeakReport | None = None
    confounds: Confounds | None = None
    unsplit: str = ""
    unmeasured: str = ""

    @property
    def problems(self) -> tuple[str, ...]:
        """What spoils an experiment, in words; nothing where it can begin."""
        found = list(self.integrity.usable)
        if self.integrity.unreadable:
            found.append(f"files that cannot be read: {len(self.integrity.unreadable)}")
        if self.unsplit:
            found.append(f"no split can be drawn: {self.unsplit}")
        if self.leaks is not None and self.leaks.leaks:
            found.append(f"the split leaks: {len(self.leaks.leaks)} pairs stand on two sides")
        if self.confounds is not None:
            found += [f"{one.field} goes with the label" for one in self.confounds.associations if one.suspicious]
        return tuple(found)

    def to_plain(self) -> dict[str, Any]:
        """Return all of it as plain data for JSON."""
        return {
            "problems": list(self.problems),
            "integrity": self.integrity.to_plain(),
            "split": None if self.split is None else self._split(self.split),
            "leaks": None if self.leaks is None else asdict(self.leaks),
            "confounds": None if self.confounds is None else self.confounds.to_plain(),
            "unsplit": self.unsplit,
            "unmeasured": self.unmeasured,
        }

    def lines(self) -> list[str]:
        """Say it in words, a line for each finding."""
        out = self.integrity.lines()
        if self.split is not None and self.leaks is not None:
            folds = ", ".join(f"{len(fold.train)}/{len(fold.test)}" for fold in self.split.folds[:10])
            out += [f"split: {self.split.rule}; learnt from/judged by: {folds}", *self.leaks.lines()]
        if self.confounds is not None:
            out += self.confounds.lines()
        if self.unmeasured:
            out.append(f"confounds were not looked for: {self.unmeasured}")
        verdict = [f"  {problem}" for problem in self.problems] or ["  nothing that spoils an experiment"]
        return [*out, "in short:", *verdict]

    def save(self, folder: Path) -> tuple[Path, ...]:
        """Write ``check.json``, ``check.txt``, ``dataset.csv``, ``index.csv``, ``index.json`` and ``split.json`` (where there is one).

        Raises
        ------
        OutputError : if they cannot be written.
        """
        written = [
            write_text(folder / "check.json", json.dumps(self.to_plain(), indent=1, ensure_ascii=False, allow_nan=False) + "\n"),
            write_text(folder / "check.txt", "\n".join(self.lines()) + "\n"),
            save_dataset(self.dataset, folder / "dataset.csv"),
            save_facts(self.dataset, self.index, folder / "index.csv"),
            save_index(self.index, folder / "index.json"),
        ]
        if self.split is not None:
            written.append(save_split(self.split, self.dataset, folder / "split.json"))
        return tuple(written)

    def _split(self, split: Split) -> dict[str, Any]:
        folds = [{"train": len(fold.train), "valid": len(fold.valid), "test": len(fold.test)} for fold in split.folds]
        return {"rule": split.rule, "kind": split.kind, "group": split.group, "seed": split.seed, "folds": folds}


def check_data(
    dataset: Dataset,
    work: Path,
    *,
    split: SplitOptions = SplitOptions(),
    workers: int | None = None,
    progress: Callable[[BatchStep], None] | None = None,
) -> DataCheck:
    """Measure every file of a dataset, and look for what is wrong with them and with the split that is planned.

    Parameters
    ----------
    work : a folder where measurements are kept
    split : how it is to be split; data with sides of their own are split so when the kind is ``k-fold`` and not asked otherwise
    workers : processes; one for each core when not given, 0 for none
    progress : told after each file

    Raises
    ------
    InputError : for options of the split that no dataset could meet.
    OutputError : if the folder cannot be written.
    """
    if not dataset.tracks:
        lines = dataset.skipped[0] if dataset.skipped else "nothing in it"
        raise InputError(dataset.root or dataset.name, found=f"no track ({lines})", expected="labelled recordings")
    index = index_dataset(dataset, work / "index", workers=workers, progress=progress)
    integrity = check_integrity(dataset, index)
    try:
        drawn = make_split(dataset, split)
    except InputError as error:
        return DataCheck(dataset=dataset, index=index, integrity=integrity, unsplit=str(error))
    confounds, unmeasured = None, ""
    try:
        confounds = measure_confounds(dataset, index, drawn, seed=split.seed)
    except MissingExtraError as error:  # all else is known without scikit-learn
        unmeasured = str(error)
    return DataCheck(
        dataset=dataset,
        index=index,
        integrity=integrity,
        split=drawn,
        leaks=find_leaks(dataset, drawn, index, copies=integrity.copies),
        confounds=confounds,
        unmeasured=unmeasured,
    )


def planned_kind(dataset: Dataset) -> str:
    """Say how a dataset is split where nothing was asked: by its own sides if it has labelled ones, else in folds."""
    return "given" if any(track.side in (VALID, TEST) and track.labels for track in dataset.tracks) else "k-fold"


def save_facts(dataset: Dataset, index: DatasetIndex, path: Path) -> Path:
    """Write what every file is as CSV: for each track its label, codec, length, loudness, bandwidth, or why it could not be read.

    Raises
    ------
    OutputError : if it cannot be written.
    """
    rows: list[dict[str, str]] = []
    for track in dataset.tracks:
        row = {"id": track.id, "path": str(track.path or ""), "label": "|".join(track.labels)}
        if track.id in index.facts:
            row |= {name: "" if value is None else str(value) for name, value in index.facts[track.id].to_plain().items()}
        row["error"] = index.failures.get(track.id, "")
        rows.append(row)
    names = list(dict.fromkeys(name for row in rows for name in row if name != "error"))
    return write_text(path, rows_as_csv([{name: row.get(name, "") for name in (*names, "error")} for row in rows]))
