"""Annotations for others: every answer as CSV, JSON Lines or JAMS; one answer for each item as a `Dataset` that models learn from.

JAMS: Humphrey et al., "JAMS: a JSON annotated music specification for reproducible MIR research", ISMIR 2014.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal

from hexachord._version import __version__
from hexachord.audio import AudioFile
from hexachord.errors import InputError
from hexachord.files import write_text
from hexachord.knowledge.jams import JAMS_VERSION
from hexachord.learning.annotation.aggregation import Consensus, Method, aggregate
from hexachord.learning.annotation.answers import Answer, ratings_of
from hexachord.learning.annotation.excerpts import excerpt_of
from hexachord.learning.annotation.questions import Question
from hexachord.learning.annotation.store import Store
from hexachord.learning.datasets.dataset import Dataset, Track
from hexachord.learning.datasets.rows import rows_as_csv

Format = Literal["csv", "jsonl", "jams"]


def export_answers(store: Store, path: str | Path, *, form: Format, undone: bool = False) -> tuple[tuple[Path, ...], tuple[str, ...]]:
    """Write every answer.

    Parameters
    ----------
    path : a file; for ``jams`` a folder, which gets a file for each item that was answered
    form : ``csv`` or ``jsonl``: a row or object for each answer; ``jams``: an annotation for each annotator and question
    undone : also what was taken back (not in JAMS)

    Returns
    -------
    paths : what was written
    skipped : a line for each item that could not be written (JAMS wants to know how long its file is)

    Raises
    ------
    InputError : if there is nothing to export.
    OutputError : if it cannot be written.
    """
    answers = store.answers(undone=undone)
    if not answers:
        raise InputError(store.path, found="no answers", expected="some to export", next_step="answer first: hexachord annotate")
    if form == "jams":
        return _export_jams(store, [each for each in answers if not each.undone_at], Path(path))
    rows = [asdict(each) for each in answers]
    if form == "jsonl":
        return (write_text(path, "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)),), ()
    cells = [{name: f"{value:g}" if isinstance(value, float) else str(value) for name, value in row.items()} for row in rows]
    return (write_text(path, rows_as_csv(cells)),), ()


def labelled_dataset(store: Store, *, question: str = "", method: Method = "majority", least_confidence: float = 0.0) -> Dataset:
    """Make a dataset of what annotators agreed on.

    Parameters
    ----------
    question : of which question the answers are the labels; empty: the only question there is to take labels from, or, where all of them
        are binary, a label for each question that is answered with its first option (multi-label)
    method : how many answers become one
    least_confidence : items of which the answer is less sure are left out

    Returns
    -------
    Tracks with labels, and the album group of the folder that they lie in; what has no label is in `skipped`, with the reason

    Raises
    ------
    InputError : if it is not clear which question is meant, it is a rating, or there are too few annotators for the method.
    """
    asked = _label_questions(store, question)
    answers = store.answers()
    try:
        decided = {each.id: {found.item: found for found in aggregate(ratings_of(answers, each), method=method)} for each in asked}
    except ValueError as error:
        raise InputError(store.path, found=f"that {error}", next_step="take the majority") from error
    tracks, skipped = [], []
    for item in sorted(store.items(), key=lambda item: item.id):
        found = {each.id: decided[each.id].get(item.id) for each in asked}
        if trouble := _trouble(item.id, asked, found, least_confidence):
            skipped.append(trouble)
            continue
        sure = {each.id: consensus for each in asked if (consensus := found[each.id]) is not None}
        labels = tuple(str(each.value) for each in sure.values())
        if len(asked) > 1:
            labels = tuple(each.id for each in asked if sure[each.id].value == each.options[0])
        album = item.id.rpartition("/")[0]
        tracks.append(
            Track(
                id=item.id,
                path=store.path_of(item.id),
                labels=labels,
                groups={"album": album} if album else {},
                start_s=item.start_s,
                end_s=item.end_s,
                tags={"confidence": f"{min(each.confidence for each in sure.values()):.3f}"},
            )
        )
    return Dataset(name=store.project.title, root=store.folder, tracks=tuple(tracks), skipped=tuple(skipped))


def _label_questions(store: Store, question: str) -> tuple[Question, ...]:
    every = tuple(each for each in store.project.questions if each.kind != "rating")
    if question:
        try:
            chosen = store.project.question(question)
        except ValueError as error:
            raise InputError(store.path, found=f"that {error}") from error
        if chosen.kind == "rating":
            raise InputError(store.path, found=f"that {question} is a rating", expected="a question whose answers are labels")
        return (chosen,)
    if not every or (len(every) > 1 and any(each.kind != "binary" for each in every)):
        names = ", ".join(each.id for each in every) or "none"
        raise InputError(store.path, found=f"{len(every)} questions to take labels from ({names})", expected="one", next_step="name it")
    return every


def _trouble(item: str, asked: Sequence[Question], found: dict[str, Consensus | None], least_confidence: float) -> str:
    for each in asked:
        consensus = found[each.id]
        if consensus is None:
            return f"{item}: nobody answered {each.id}"
        if consensus.value is None:
            return f"{item}: {consensus.reason} ({each.id})"
        if consensus.confidence < least_confidence:
            return f"{item}: {consensus.value} with a confidence of {consensus.confidence:.2f} only ({each.id})"
    return ""


def _export_jams(store: Store, answers: Sequence[Answer], folder: Path) -> tuple[tuple[Path, ...], tuple[str, ...]]:
    by_item: dict[str, list[Answer]] = {}
    for each in answers:
        by_item.setdefault(each.item, []).append(each)
    paths, skipped = [], []
    for item, given in sorted(by_item.items()):
        try:
            document = jams_document(store, item, given)
        except InputError as error:  # one file that is gone must not keep the others
            skipped.append(str(error))
            continue
        paths.append(write_text(folder / f"{item}.jams", json.dumps(document, ensure_ascii=False, allow_nan=False) + "\n"))
    if not paths:
        raise InputError(store.folder, found=f"none of {len(by_item)} items: {skipped[0]}", next_step="name the folder they are in now")
    return tuple(paths), tuple(skipped)


def jams_document(store: Store, item: str, answers: Sequence[Answer]) -> dict[str, Any]:
    """Make the JAMS document of one item: for each annotator and question an annotation in the namespace ``tag_open``.

    Options of a multiple choice stand as they are; other values carry their question's id (``vocals:yes``, ``energy:5``).

    Raises
    ------
    InputError : if the file is gone or is no sound.
    """
    with AudioFile(store.path_of(item)) as file:
        duration_s = file.duration_s
    start_s, end_s = excerpt_of(store.project, store.item(item), duration_s)
    annotations = []
    for question in store.project.questions:
        for annotator in dict.fromkeys(each.annotator for each in answers):
            given = [each for each in answers if each.annotator == annotator and each.question == question.id]
            if given:
                annotations.append(_annotation(store, question, annotator, given, start_s, end_s - start_s))
    metadata = {
        "title": Path(item).stem,
        "artist": "",
        "release": "",
        "duration": duration_s,
        "identifiers": {"file": item},
        "jams_version": JAMS_VERSION,
    }
    return {"annotations": annotations, "file_metadata": metadata, "sandbox": {}}


def _annotation(
    store: Store, question: Question, annotator: str, given: Sequence[Answer], start_s: float, duration_s: float
) -> dict[str, Any]:
    rows = [{"time": start_s, "duration": duration_s, "value": _tag(question, each), "confidence": None} for each in given]
    return {
        "namespace": "tag_open",
        "annotation_metadata": {
            "curator": {"name": "", "email": ""},
            "annotator": {"name": annotator},
            "version": __version__,
            "corpus": store.project.title,
            "annotation_tools": f"hexachord {__version__} annotate",
            "annotation_rules": question.text,
            "validation": "",
            "data_source": "manual annotation",
        },
        "data": rows,
        "sandbox": {
            "question": question.id,
            "roles": [each.role for each in given],
            "seconds": [each.seconds for each in given],
            "given_at": [each.given_at for each in given],
        },
        "time": start_s,
        "duration": duration_s,
    }


def _tag(question: Question, answer: Answer) -> str:
    if question.kind == "choice":
        return str(answer.value)
    return f"{question.id}:{answer.value:g}" if isinstance(answer.value, float) else f"{question.id}:{answer.value}"
