"""A project of annotation: what annotators are told and asked, about which music, in which order.

A project is a JSON file that people write by hand, or what `labels_project` makes of a list of labels. It is kept in the store with the
answers, because answers mean nothing without the words they answered.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Literal, get_args

from hexachord.errors import InputError
from hexachord.files import read_text, write_text
from hexachord.learning.annotation.questions import KINDS, KnownItem, Question, check_fields, question_from_json, question_to_json
from hexachord.learning.datasets.files_below import AUDIO_SUFFIXES, locate, music_below

VERSION = 1
Order = Literal["fixed", "random", "active"]
_WHAT = "an annotation project in JSON"


@dataclass(frozen=True, kw_only=True)
class Item:
    """A piece of music to be judged: its path below the folder, and which part of it counts (`end_s` None: to its end)."""

    id: str
    start_s: float = 0.0
    end_s: float | None = None

    def __post_init__(self) -> None:
        parts = PurePosixPath(self.id).parts
        if not parts or ".." in parts or PurePosixPath(self.id).is_absolute() or "\0" in self.id:
            raise ValueError(f"the item {self.id!r} is not a path below the folder")
        end_s = math.inf if self.end_s is None else self.end_s
        if not (math.isfinite(self.start_s) and 0 <= self.start_s < end_s):
            raise ValueError(f"the item {self.id} counts from {self.start_s} s to {self.end_s} s: that is no part of it")


@dataclass(frozen=True, kw_only=True)
class Project:
    """What is asked, and how.

    Attributes
    ----------
    title, instructions : shown before anything is asked; blank lines part paragraphs
    questions : asked of every item, the easier kinds first: binary, then multiple choice, then rating
    items : which; empty: every sound below the folder
    training : items with known answers, shown first, with feedback
    attention : items with known answers, strewn in without a word
    repeats : share of the items that come a second time, unannounced
    order : ``fixed`` as listed, ``random`` (each annotator another), ``active`` (the least certain first; see `active`)
    excerpt_s : how much of each item is heard, out of its middle; 0: all of it. An item with times of its own keeps them
    seed : of everything random

    Raises
    ------
    ValueError : saying what is wrong with it.
    """

    title: str
    instructions: str
    questions: tuple[Question, ...]
    items: tuple[Item, ...] = ()
    training: tuple[KnownItem, ...] = ()
    attention: tuple[KnownItem, ...] = ()
    repeats: float = 0.1
    order: Order = "random"
    excerpt_s: float = 0.0
    seed: int = 0

    def __post_init__(self) -> None:
        if not self.questions:
            raise ValueError("a project asks at least one question")
        object.__setattr__(self, "questions", tuple(sorted(self.questions, key=lambda question: KINDS.index(question.kind))))
        for what, names in (("questions", [each.id for each in self.questions]), ("items", [each.id for each in self.items])):
            if len(set(names)) != len(names):
                raise ValueError(f"two {what} share the id {next(name for name in names if names.count(name) > 1)!r}")
        if self.order not in get_args(Order):
            raise ValueError(f"the order {self.order!r} is none of {', '.join(get_args(Order))}")
        if not 0 <= self.repeats <= 1:
            raise ValueError(f"the share of repeats is {self.repeats}; expected 0 to 1")
        if not 0 <= self.excerpt_s < math.inf:
            raise ValueError(f"excerpts of {self.excerpt_s} s; expected seconds, or 0 for all")
        for known in (*self.training, *self.attention):
            Item(id=known.item)
            if not known.answers:
                raise ValueError(f"nothing is known of the training or attention item {known.item}: its answers are missing")
            for question, value in known.answers.items():
                self.question(question).check(value)

    def question(self, name: str) -> Question:
        """Find a question by its id.

        Raises
        ------
        ValueError : if there is none.
        """
        for question in self.questions:
            if question.id == name:
                return question
        raise ValueError(f"there is no question {name!r}; there are {', '.join(each.id for each in self.questions)}")


def labels_project(
    labels: Sequence[str], *, title: str = "", repeats: float = 0.1, order: Order = "random", excerpt_s: float = 0.0, seed: int = 0
) -> Project:
    """Make a project that asks for one of several labels; of one label it asks whether it fits.

    Examples
    --------
    >>> labels_project(["jazz", "rock"]).questions[0].options
    ('jazz', 'rock')
    >>> labels_project(["jazz"]).questions[0].text
    'Is this jazz?'

    Raises
    ------
    ValueError : if a label is empty, or there twice.
    """
    names = tuple(label.strip() for label in labels)
    if not names or not all(names):
        raise ValueError("a label is empty")
    if len(names) == 1:
        question = Question(id="label", text=f"Is this {names[0]}?", kind="binary")
        told = f"You will hear music, piece by piece. For each, say whether it is {names[0]}."
    else:
        question = Question(id="label", text="Which label fits best?", kind="choice", options=names)
        told = f"You will hear music, piece by piece. For each, choose the label that fits best: {', '.join(names)}."
    told += "\n\nListen until you are sure; you need not hear all of it. If you change your mind, Z takes the last answer back."
    return Project(
        title=title or "Annotation", instructions=told, questions=(question,), repeats=repeats, order=order, excerpt_s=excerpt_s, seed=seed
    )


def find_items(project: Project, folder: str | Path) -> tuple[tuple[Item, ...], tuple[str, ...]]:
    """List the items of a project: those that it names, or every sound below the folder but training and attention items.

    Returns
    -------
    items : in the project's order, or in that of their names
    skipped : a line for each file that could not be taken

    Raises
    ------
    InputError : if the folder or an item that the project names is not there, or there is nothing to judge.
    """
    folder = Path(folder)
    files, skipped = music_below(folder, suffixes=AUDIO_SUFFIXES)
    known = {each.item for each in (*project.training, *project.attention)}
    for name in (*known, *(item.id for item in project.items)):
        if locate(folder, name) is None:
            raise InputError(folder / name, found="no such file", expected="an item that the project names", next_step="correct its path")
    items = project.items or tuple(Item(id=file.id) for file in files if file.id not in known)
    if not items:
        raise InputError(folder, found="no sound to judge", expected=f"files that end in {' '.join(sorted(AUDIO_SUFFIXES))}")
    return items, tuple(skipped)


def load_project(path: str | Path) -> tuple[Project, Path | None]:
    """Read a project file.

    Returns
    -------
    project : what it asks
    folder : of the music, where the file names one (relative to itself)

    Raises
    ------
    InputError : naming the file and what is wrong in it.
    """
    path = Path(path)
    text = read_text(path, what=_WHAT)
    try:
        data = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        where = f" (line {error.lineno}: {error.msg})" if isinstance(error, json.JSONDecodeError) else ""
        raise InputError(path, found=f"text that is no JSON{where}", expected=_WHAT) from error
    folder = data.pop("folder", None) if isinstance(data, dict) else None
    try:
        if folder is not None and not isinstance(folder, str):
            raise ValueError("the field 'folder' is no text")
        return project_from_json(data), None if folder is None else path.parent / folder
    except ValueError as error:
        raise InputError(path, found=f"that {error}", expected=_WHAT, next_step="see docs/learning.md") from error


def save_project(project: Project, path: str | Path) -> Path:
    """Write a project file."""
    return write_text(path, json.dumps(project_to_json(project), ensure_ascii=False, indent=2) + "\n")


def project_from_json(data: object) -> Project:
    """Read a project out of plain data.

    Raises
    ------
    ValueError : saying what is wrong with it.
    """
    number, text = (int, float), str
    known: dict[str, type | tuple[type, ...]] = {
        "hexachord_annotation": int, "title": text, "instructions": text, "questions": list, "items": list, "training": list,
        "attention": list, "repeats": number, "order": text, "excerpt_s": number, "seed": int,
    }  # fmt: skip
    check_fields(data, known, what="a project", needed=("hexachord_annotation", "questions"))
    assert isinstance(data, Mapping)
    if data["hexachord_annotation"] != VERSION:
        raise ValueError(f"the format is version {data['hexachord_annotation']}, and this program reads {VERSION}")
    plain = {name: data[name] for name in ("repeats", "order", "excerpt_s", "seed") if name in data}
    return Project(
        title=data.get("title", "Annotation"),
        instructions=data.get("instructions", ""),
        questions=tuple(question_from_json(each) for each in data["questions"]),
        items=tuple(_item(each) for each in data.get("items", [])),
        training=tuple(_known(each, "a training item", "feedback") for each in data.get("training", [])),
        attention=tuple(_known(each, "an attention item", "prompt") for each in data.get("attention", [])),
        **plain,
    )


def project_to_json(project: Project) -> dict[str, Any]:
    """Write a project as plain data."""
    found: dict[str, Any] = {
        "hexachord_annotation": VERSION,
        "title": project.title,
        "instructions": project.instructions,
        "questions": [question_to_json(question) for question in project.questions],
        "repeats": project.repeats,
        "order": project.order,
        "excerpt_s": project.excerpt_s,
        "seed": project.seed,
    }
    if project.items:
        found["items"] = [
            {"id": item.id, "start_s": item.start_s} | ({} if item.end_s is None else {"end_s": item.end_s}) for item in project.items
        ]
    for name in ("training", "attention"):
        if listed := getattr(project, name):
            found[name] = [_known_to_json(each) for each in listed]
    return found


def _item(data: object) -> Item:
    if isinstance(data, str):
        return Item(id=data)
    check_fields(data, {"id": str, "start_s": (int, float), "end_s": (int, float)}, what="an item", needed=("id",))
    assert isinstance(data, Mapping)
    return Item(id=data["id"], start_s=float(data.get("start_s", 0.0)), end_s=data.get("end_s"))


def _known(data: object, what: str, words: str) -> KnownItem:
    check_fields(data, {"item": str, "answers": Mapping, words: str, "tolerance": (int, float)}, what=what, needed=("item", "answers"))
    assert isinstance(data, Mapping)
    return KnownItem(**data)


def _known_to_json(known: KnownItem) -> dict[str, Any]:
    found: dict[str, Any] = {"item": known.item, "answers": dict(known.answers)}
    return found | {name: getattr(known, name) for name in ("feedback", "prompt", "tolerance") if getattr(known, name)}
