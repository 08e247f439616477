"""Saved models asked about recordings that they have not heard, and judged by other collections."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from hexachord.corpus.batch import BatchStep
from hexachord.errors import InputError
from hexachord.files import write_text
from hexachord.journeys.learning_tools.featuring import describe_dataset, description_of, file_mark
from hexachord.learning.datasets.dataset import Dataset, Track
from hexachord.learning.datasets.files_below import AUDIO_SUFFIXES, is_folder, music_below
from hexachord.learning.datasets.openings import record_opening
from hexachord.learning.datasets.rows import rows_as_csv
from hexachord.learning.datasets.sides import TEST
from hexachord.learning.datasets.table_files import TABLE_SUFFIXES, load_labelled, one_hot
from hexachord.learning.evaluation.evaluating import MAJORITY
from hexachord.learning.evaluation.judging import judge
from hexachord.learning.evaluation.model_files import SavedModel, load_fitted
from hexachord.learning.evaluation.result import Evaluation, ModelResult, Predictions
from hexachord.learning.evaluation.storing import evaluation_to_dict
from hexachord.learning.features.table import FeatureTable

Progress = Callable[[BatchStep], None]


@dataclass(frozen=True, kw_only=True)
class Guess:
    """What a model says of a recording.

    Attributes
    ----------
    id : its path, or the name of its row
    labels : the likeliest class; for a model of several labels those that it gives, perhaps none
    scores : of every class, likeliest first
    """

    id: str
    labels: tuple[str, ...]
    scores: Mapping[str, float]

    def to_plain(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {"id": self.id, "labels": list(self.labels), "scores": dict(self.scores)}


@dataclass(frozen=True, kw_only=True)
class Guesses:
    """What a model says of recordings.

    Attributes
    ----------
    found : in the order in which they were named
    skipped : a line (file, cause, next step) for each that could not be described, by path
    """

    model: str
    classes: tuple[str, ...]
    found: tuple[Guess, ...]
    skipped: Mapping[str, str]

    def save(self, path: Path) -> Path:
        """Write them as CSV: ``id,predicted`` and a column of scores for each class.

        Raises
        ------
        OutputError : if it cannot be written.
        """
        rows = [
            {"id": guess.id, "predicted": "|".join(guess.labels)} | {name: f"{guess.scores[name]:.6f}" for name in self.classes}
            for guess in self.found
        ]
        return write_text(path, rows_as_csv(rows))


@dataclass(frozen=True, kw_only=True, eq=False)
class Judged:
    """A saved model, judged by a collection.

    Attributes
    ----------
    classes : of the rows and columns of confusions
    models : the majority class, then the model
    judged_by : in words, what it was judged by
    openings : how often this test side has been opened now, by the log
    notes : what was left out, in words
    """

    classes: tuple[str, ...]
    models: tuple[ModelResult, ...]
    judged_by: str
    openings: int
    notes: tuple[str, ...]

    def to_plain(self) -> dict[str, Any]:
        """Return it as plain data for JSON."""
        plain = evaluation_to_dict(Evaluation(classes=self.classes, rule=self.judged_by, models=self.models, notes=self.notes))
        return {"judged_by": self.judged_by, "openings": self.openings, "evaluation": plain}


def recordings(files: Sequence[Path]) -> Dataset:
    """Make a dataset of files and of what lies in folders; each is called by its path.

    Raises
    ------
    InputError : if a folder has no sound in it, or a file is not there.
    """
    paths: dict[str, Path] = {}
    for file in files:
        if is_folder(file):
            found = [one.path for one in music_below(file, suffixes=AUDIO_SUFFIXES)[0]]
            if not found:
                raise InputError(file, found="no recording in it", expected="files such as .wav .flac .mp3", next_step="check the folder")
            paths |= {str(one): one for one in found}
        else:
            paths[str(file)] = file
    return Dataset(name="recordings", tracks=tuple(Track(id=name, path=path) for name, path in paths.items()))


def predict(model: Path, files: Sequence[Path], work: Path, *, workers: int | None = None, progress: Progress | None = None) -> Guesses:
    """Ask a saved model about recordings (files and folders), described as its own table was; or about the rows of a table of numbers.

    Parameters
    ----------
    work : where what was described is kept
    workers : processes; one for each core when not given, 0 for none
    progress : told after each recording

    Raises
    ------
    InputError : if the model cannot be read, does not say how to describe recordings, or no recording could be described.
    """
    saved = load_fitted(model)
    tables = [file for file in files if file.suffix.lower() in TABLE_SUFFIXES]
    if tables and len(tables) < len(files):
        raise InputError(tables[0], found="a table beside recordings", expected="one kind", next_step="ask about them apart")
    guesses: list[Guess] = []
    skipped: Mapping[str, str] = {}
    if tables:
        for file in tables:
            data = load_labelled(file)
            guesses += _guesses(saved, one_hot(data).table if data.nominal else data.table)
    else:
        description = description_of(saved.about, source=str(model))
        made = describe_dataset(recordings(files), description, work, workers=workers, progress=progress)
        guesses, skipped = _guesses(saved, made.table), made.skipped
    return Guesses(model=str(model), classes=saved.classes, found=tuple(guesses), skipped=skipped)


def evaluate_saved(
    model: Path, dataset: Dataset, work: Path, *, log: Path, seed: int = 0, workers: int | None = None, progress: Progress | None = None
) -> Judged:
    """Judge a saved model by another collection: by its labelled test side where it has one, else by all of it; and count that.

    Classes that only one of them knows do not take part, nor does a file that the model learnt from (where it says from which it did).

    Parameters
    ----------
    log : of openings; the line is added before anything is looked at
    work, workers, progress : see `predict`

    Raises
    ------
    InputError : if the model cannot be read, does not say how to describe recordings, or shares fewer than two classes with the data.
    """
    saved = load_fitted(model)
    description = description_of(saved.about, source=str(model))
    several = saved.model.thresholds is not None
    if dataset.multi_label and not several:
        raise InputError(dataset.name, found="tracks with several labels", expected="one for each, as the model gives")
    side, where = _test_side(dataset)
    known = [track for track in side.tracks if any(label in saved.classes for label in track.labels)]
    learnt = set(json.loads(saved.about.get("learnt_from", "[]")))
    fresh = [track for track in known if not (learnt and track.path is not None and track.path.is_file() and file_mark(track) in learnt)]
    seen_before, known = len(known) - len(fresh), fresh
    if seen_before and not known:
        raise InputError(
            dataset.name,
            found=f"only files that the model learnt from ({seen_before})",
            expected="music that it has not heard",
            next_step="judge a model by its own collection with hexachord learn table, which keeps songs apart",
        )
    shared = sorted({label for track in known for label in track.labels if label in saved.classes})
    if len(shared) < 2:
        raise InputError(
            dataset.name,
            found=f"{len(shared)} of the model's classes",
            expected=f"two or more of: {', '.join(saved.classes[:8])}",
            next_step="give both the same names for what is the same",
        )
    opened = record_opening(log, dataset, purpose=f"evaluate {model.name}", ids=tuple(track.id for track in side.tracks if track.labels))
    made = describe_dataset(replace(dataset, tracks=tuple(known)), description, work, workers=workers, progress=progress)
    ids, scores = saved.model.score(made.table)
    labels = {track.id: track.labels for track in known}
    songs = {track.id: track.group("song") for track in known}
    number = {label: place for place, label in enumerate(saved.classes)}
    marks = np.zeros((len(ids), len(saved.classes)), dtype=np.int64)
    for row, name in enumerate(ids):
        marks[row, [number[label] for label in labels[name] if label in number]] = 1
    truth = marks if several else marks.argmax(axis=1)
    decided = (scores >= saved.model.thresholds).astype(np.int64) if saved.model.thresholds is not None else None

    def judged(name: str, about: str, said: Any, given: Any, *, baseline: bool = False) -> ModelResult:
        seen = Predictions(ids=ids, folds=np.zeros(len(ids), dtype=np.int64), truth=truth, scores=said, decided=given)
        top = (3,) if len(saved.classes) >= 3 else ()
        return judge(seen, name=name, about=about, classes=saved.classes, songs=songs, top=top, seed=seed, baseline=baseline)

    constant = np.tile(marks.mean(axis=0), (len(ids), 1))
    often = (constant >= 0.5).astype(np.int64) if several else None
    left = sum(1 for track in side.tracks if track.labels) - len(known) - seen_before
    notes = [f"{left} tracks of classes that the model does not know are left out"] if left else []
    if seen_before:
        notes.append(f"{seen_before} files that the model learnt from are left out")
    elif not learnt:
        notes.append("the model does not say which files it learnt from: whether it has heard these is not known")
    absent = [label for label in saved.classes if label not in shared]
    if absent:
        notes.append(
            f"{len(absent)} classes of the model are not in {dataset.name}; it may name them all the same, which is wrong each time"
        )
    notes += made.skipped.values()
    return Judged(
        classes=saved.classes,
        models=(
            judged(MAJORITY, f"the commonest class of {dataset.name}", constant, often, baseline=True),
            judged(model.stem, saved.about.get("model", "a saved model"), scores, decided),
        ),
        judged_by=where,
        openings=opened,
        notes=tuple(notes),
    )


def _test_side(dataset: Dataset) -> tuple[Dataset, str]:
    rows = [row for row, track in enumerate(dataset.tracks) if track.side == TEST and track.labels]
    if rows:
        return dataset.take(rows), f"the test side of {dataset.name}"
    return dataset, f"all of {dataset.name}"


def _guesses(saved: SavedModel, table: FeatureTable) -> list[Guess]:
    ids, scores = saved.model.score(table)
    found = []
    for name, row in zip(ids, scores, strict=True):
        order = np.argsort(-row, kind="stable")
        if saved.model.thresholds is None:
            labels: tuple[str, ...] = (saved.classes[order[0]],)
        else:
            labels = tuple(saved.classes[place] for place in order if row[place] >= saved.model.thresholds[place])
        found.append(Guess(id=name, labels=labels, scores={saved.classes[place]: float(row[place]) for place in order}))
    return found
