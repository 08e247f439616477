"""The store: a project, its items, its annotators, and every answer they gave or took back, in one SQLite file.

Each answer is one transaction, on the disk before `answer` returns; kill the program at any moment and what was answered is there.
Several programs and any number of annotators may work in one store.
"""

import json
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from hexachord.errors import HexachordError, InputError
from hexachord.learning.annotation.answers import Answer
from hexachord.learning.annotation.plan import Role, make_plan
from hexachord.learning.annotation.progress import Given, Progress, measure_progress
from hexachord.learning.annotation.project import Item, Project, find_items, project_from_json, project_to_json
from hexachord.learning.annotation.questions import KnownItem, Value
from hexachord.learning.annotation.schema import connect
from hexachord.learning.datasets.files_below import locate

MOST_NAME = 80  # characters of an annotator's name
_LONGEST_S = 24 * 3600.0


class AlreadyAnswered(HexachordError):
    """The question was answered meanwhile, in another tab or program; the first answer stands."""


@dataclass(frozen=True, kw_only=True)
class Annotator:
    """Somebody who answers: their number in the store, and their name."""

    number: int
    name: str


@dataclass(frozen=True, kw_only=True)
class Assignment:
    """What an annotator is asked about now.

    Attributes
    ----------
    number : of the assignment
    item : what is to be heard
    role : why; pages tell training from the rest, and nothing else
    answered : what was said of it already, by question
    """

    number: int
    item: Item
    role: Role
    answered: dict[str, Value]


class Store:
    """Annotations in a file.

    Parameters
    ----------
    path : the SQLite file; it is made if it is not there
    project : what is asked; None: what the store says
    folder : of the music; None: where the store says it is

    Raises
    ------
    InputError : if the file is no store, belongs to a project with other questions, or the music is not there.
    OutputError : if it cannot be written.
    """

    def __init__(self, path: str | Path, *, project: Project | None = None, folder: str | Path | None = None) -> None:
        self.path = Path(path)
        if project is None and not self.path.is_file():
            raise InputError(
                self.path, found="no such file", expected="a store of annotations", next_step="hexachord annotate FOLDER makes one"
            )
        found = None if project is None or folder is None else find_items(project, folder)  # before anything is made
        self._lock = threading.RLock()
        self._database = connect(self.path)
        try:
            self.project = self._settle(project)
            self.folder = self._settle_folder(folder)
            self.skipped: tuple[str, ...] = () if found is None else found[1]
            self._known: dict[str, KnownItem] = {each.item: each for each in (*self.project.attention, *self.project.training)}
            if found is not None:
                self._list(found[0])
        except BaseException:
            self._database.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._database.close()

    def items(self) -> tuple[Item, ...]:
        """List the items to be judged, training and attention items not among them."""
        return tuple(_item(row) for row in self._rows("SELECT * FROM items WHERE listed ORDER BY number"))

    def item(self, name: str) -> Item:
        """Find an item by its id.

        Raises
        ------
        InputError : if there is none.
        """
        row = self._row("SELECT * FROM items WHERE id = ?", (name,))
        if row is None:
            raise InputError(name, found="no item of that name in the store")
        return _item(row)

    def annotators(self) -> tuple[Annotator, ...]:
        """List who has joined, in order."""
        return tuple(Annotator(number=row["number"], name=row["name"]) for row in self._rows("SELECT * FROM annotators ORDER BY number"))

    def join(self, name: str, *, ranked: Sequence[str] = ()) -> Annotator:
        """Find an annotator by name, or let a new one join and plan their way.

        Parameters
        ----------
        name : as they write it; spaces around it do not count
        ranked : ids of items, the most worth asking first, for the order ``active``

        Raises
        ------
        InputError : if it is no name.
        """
        name = " ".join(name.split())
        if not name or len(name) > MOST_NAME or not name.isprintable():
            raise InputError("the annotator's name", found=f"{len(name)} characters", expected=f"1 to {MOST_NAME} that can be printed")
        with self._transaction() as database:
            row = database.execute("SELECT number FROM annotators WHERE name = ?", (name,)).fetchone()
            if row is None:
                made = database.execute("INSERT INTO annotators (name, joined_at) VALUES (?, ?)", (name, _now()))
                row = {"number": made.lastrowid}
                self._plan(row["number"], name, ranked)
        return Annotator(number=row["number"], name=name)

    def rank(self, ranked: Sequence[str]) -> None:
        """Put what nobody has been shown yet in another order, the most worth asking first (order ``active``)."""
        number = {row["id"]: row["number"] for row in self._rows("SELECT id, number FROM items")}
        rank = {number[name]: place for place, name in enumerate(ranked) if name in number}
        with self._transaction() as database:
            for annotator in self.annotators():
                open_ones = database.execute(
                    "SELECT number, place, item FROM assignments WHERE annotator = ? AND role = 'item' AND shown_at IS NULL ORDER BY place",
                    (annotator.number,),
                ).fetchall()
                repeated = database.execute(
                    "SELECT item, place FROM assignments WHERE annotator = ? AND role = 'repeat'", (annotator.number,)
                ).fetchall()
                fixed = {row["item"] for row in repeated}  # its first time must stay before its second
                movable = [row for row in open_ones if row["item"] not in fixed]
                ordered = sorted(movable, key=lambda row: rank.get(row["item"], len(rank)))
                places = [(row["place"], moved["number"]) for row, moved in zip(movable, ordered, strict=True)]
                database.executemany("UPDATE assignments SET place = ? WHERE number = ?", places)

    def current(self, annotator: int) -> Assignment | None:
        """Give the first of an annotator's assignments that is not wholly answered; None when all are."""
        row = self._row(
            """SELECT assignments.number AS assignment, role, items.*, shown_at FROM assignments JOIN items ON items.number = item
               WHERE annotator = ? AND (SELECT count(*) FROM answers WHERE assignment = assignments.number AND undone_at IS NULL) < ?
               ORDER BY place, assignments.number LIMIT 1""",
            (annotator, len(self.project.questions)),
        )
        if row is None:
            return None
        if row["shown_at"] is None:
            with self._transaction() as database:
                database.execute("UPDATE assignments SET shown_at = ? WHERE number = ? AND shown_at IS NULL", (_now(), row["assignment"]))
        answers = self._rows("SELECT question, value FROM answers WHERE assignment = ? AND undone_at IS NULL", (row["assignment"],))
        answered = {each["question"]: self.project.question(each["question"]).check(each["value"]) for each in answers}
        return Assignment(number=row["assignment"], item=_item(row), role=row["role"], answered=answered)

    def item_of(self, assignment: int) -> tuple[Item, Path]:
        """Find what an assignment is about, and the file.

        Raises
        ------
        InputError : if there is no such assignment, or its file is gone.
        """
        row = self._row("SELECT items.* FROM assignments JOIN items ON items.number = item WHERE assignments.number = ?", (assignment,))
        if row is None:
            raise InputError(f"assignment {assignment}", found="none of that number", next_step="reload the page")
        return _item(row), self.path_of(row["id"])

    def path_of(self, item: str) -> Path:
        """Find an item's file.

        Raises
        ------
        InputError : if it is gone.
        """
        path = locate(self.folder, item)
        if path is None:
            raise InputError(self.folder / item, found="no such file any more", next_step="put it back, or name the folder it is in now")
        return path

    def answer(self, annotator: int, assignment: int, question: str, value: object, *, seconds: float = 0.0) -> Given:
        """Keep an answer.

        Returns
        -------
        What is known of it: for training items whether it was right, and what to say

        Raises
        ------
        InputError : if it is no answer to a question of that assignment of that annotator.
        AlreadyAnswered : if another answer stands there. The same answer sent twice is one answer.
        """
        try:
            checked = self.project.question(question).check(value)
        except ValueError as error:
            raise InputError(f"an answer to {question}", found=f"that {error}") from error
        seconds = min(max(0.0, seconds), _LONGEST_S) if seconds == seconds else 0.0
        with self._transaction() as database:
            row = database.execute(
                "SELECT role, id FROM assignments JOIN items ON items.number = item WHERE assignments.number = ? AND annotator = ?",
                (assignment, annotator),
            ).fetchone()
            if row is None:
                raise InputError(f"assignment {assignment}", found="none of that number for this annotator", next_step="reload the page")
            stands = database.execute(
                "SELECT value FROM answers WHERE assignment = ? AND question = ? AND undone_at IS NULL", (assignment, question)
            ).fetchone()
            if stands is None:
                database.execute(
                    "INSERT INTO answers (assignment, question, value, seconds, given_at) VALUES (?, ?, ?, ?, ?)",
                    (assignment, question, _text(checked), seconds, _now()),
                )
            elif self.project.question(question).check(stands["value"]) != checked:
                raise AlreadyAnswered(f"the question {question} was answered meanwhile; the first answer stands")
        return Given.of(self._known.get(row["id"]) if row["role"] == "training" else None, self.project.question(question), checked)

    def undo(self, annotator: int) -> bool:
        """Take an annotator's last answer back; it stays in the store, with the time when it was taken back.

        Returns
        -------
        Whether there was one
        """
        with self._transaction() as database:
            row = database.execute(
                """SELECT answers.number FROM answers JOIN assignments ON assignments.number = assignment
                   WHERE annotator = ? AND undone_at IS NULL ORDER BY answers.number DESC LIMIT 1""",
                (annotator,),
            ).fetchone()
            if row is not None:
                database.execute("UPDATE answers SET undone_at = ? WHERE number = ?", (_now(), row["number"]))
        return row is not None

    def postpone(self, annotator: int, assignment: int) -> None:
        """Put an assignment off until the end of an annotator's way: nobody must answer what they cannot hear."""
        with self._transaction() as database:
            database.execute(
                """UPDATE assignments SET place = 1 + (SELECT max(place) FROM assignments WHERE annotator = :who)
                   WHERE number = :which AND annotator = :who""",
                {"who": annotator, "which": assignment},
            )

    def progress(self, annotator: int) -> Progress:
        """Say how far an annotator is, and how well they do where the answer is known."""
        name = next((each.name for each in self.annotators() if each.number == annotator), None)
        if name is None:
            raise InputError(f"annotator {annotator}", found="nobody of that number", next_step="reload the page")
        planned = self._rows("SELECT role, count(*) AS count FROM assignments WHERE annotator = ? GROUP BY role", (annotator,))
        given = self.answers(annotator=name, undone=True)
        return measure_progress(given, {row["role"]: row["count"] for row in planned}, self.project, self._known)

    def answers(self, *, annotator: str = "", undone: bool = False) -> tuple[Answer, ...]:
        """List the answers, of all or of one annotator, in the order in which they were given; with `undone` what was taken back, too."""
        rows = self._rows(
            """SELECT annotators.name AS annotator, items.id AS item, question, role, value, seconds, given_at, undone_at
               FROM answers JOIN assignments ON assignments.number = assignment JOIN annotators ON annotators.number = annotator
               JOIN items ON items.number = assignments.item
               WHERE (:undone OR undone_at IS NULL) AND (:name = '' OR annotators.name = :name) ORDER BY answers.number""",
            {"undone": undone, "name": annotator},
        )
        asked = {question.id: question for question in self.project.questions}
        return tuple(
            Answer(**{**dict(row), "value": asked[row["question"]].check(row["value"]), "undone_at": row["undone_at"] or ""})
            for row in rows
        )

    def _plan(self, annotator: int, name: str, ranked: Sequence[str]) -> None:
        number = {row["id"]: row["number"] for row in self._rows("SELECT id, number FROM items")}
        listed = [row["number"] for row in self._rows("SELECT number FROM items WHERE listed ORDER BY number")]
        plan = make_plan(
            self.project,
            annotator=name,
            items=listed,
            training=[number[each.item] for each in self.project.training],
            attention=[number[each.item] for each in self.project.attention],
            ranked=[number[each] for each in ranked if each in number],
        )
        rows = [(annotator, place, step.item, step.role) for place, step in enumerate(plan)]
        self._database.executemany("INSERT INTO assignments (annotator, place, item, role) VALUES (?, ?, ?, ?)", rows)

    def _settle(self, project: Project | None) -> Project:
        """Agree on the project: what is given is kept, unless its questions are others than those that were answered."""
        with self._transaction() as database:
            row = database.execute("SELECT value FROM facts WHERE name = 'project'").fetchone()
            kept = None if row is None else self._read_project(row["value"])
            if project is None:
                if kept is None:
                    raise InputError(self.path, found="a store without a project", next_step="name the folder of music, too")
                return kept
            if kept is not None and kept.questions != project.questions:
                raise InputError(
                    self.path,
                    found=f"answers to other questions ({', '.join(each.id for each in kept.questions)}: {kept.title})",
                    expected="those of this project",
                    next_step="name another store with --out, or leave --labels and --project away to go on with this one",
                )
            if kept is not None and kept != project:
                database.execute("INSERT INTO facts VALUES (?, ?)", (f"project until {_now()}", row["value"]))
            text = json.dumps(project_to_json(project), ensure_ascii=False)
            database.execute("INSERT INTO facts VALUES ('project', ?) ON CONFLICT DO UPDATE SET value = excluded.value", (text,))
        return project

    def _read_project(self, text: str) -> Project:
        try:
            return project_from_json(json.loads(text))
        except ValueError as error:
            raise InputError(self.path, found=f"a project that cannot be read ({error})", next_step="update Hexachord") from error

    def _settle_folder(self, folder: str | Path | None) -> Path:
        with self._transaction() as database:
            if folder is not None:
                where = Path(folder).resolve()
                database.execute("INSERT INTO facts VALUES ('folder', ?) ON CONFLICT DO UPDATE SET value = excluded.value", (str(where),))
                return where
            row = database.execute("SELECT value FROM facts WHERE name = 'folder'").fetchone()
        return Path(row["value"]) if row is not None else self.path.parent

    def _list(self, items: Sequence[Item]) -> None:
        """Note the items; new ones come at the end of every plan."""
        known = [Item(id=name) for name in self._known]
        with self._transaction() as database:
            for item, listed in (*((each, 1) for each in items), *((each, 0) for each in known)):
                database.execute(
                    """INSERT INTO items (id, start_s, end_s, listed) VALUES (?, ?, ?, ?)
                       ON CONFLICT (id) DO UPDATE SET listed = max(listed, excluded.listed)""",
                    (item.id, item.start_s, item.end_s, listed),
                )
            database.execute(
                """INSERT INTO assignments (annotator, place, item, role)
                   SELECT who.number, 1 + coalesce((SELECT max(place) FROM assignments WHERE annotator = who.number), 0), new.number, 'item'
                   FROM annotators AS who CROSS JOIN items AS new
                   WHERE new.listed AND NOT EXISTS (
                       SELECT 1 FROM assignments WHERE annotator = who.number AND item = new.number AND role = 'item')"""
            )

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield self._database
                self._database.execute("COMMIT")
            except BaseException:
                if self._database.in_transaction:
                    self._database.execute("ROLLBACK")
                raise

    def _rows(self, statement: str, values: tuple[Any, ...] | dict[str, Any] = ()) -> list[sqlite3.Row]:
        with self._lock:
            return self._database.execute(statement, values).fetchall()

    def _row(self, statement: str, values: tuple[Any, ...] = ()) -> sqlite3.Row | None:
        with self._lock:
            found: sqlite3.Row | None = self._database.execute(statement, values).fetchone()
        return found


def _item(row: sqlite3.Row) -> Item:
    return Item(id=row["id"], start_s=row["start_s"], end_s=row["end_s"])


def _text(value: Value) -> str:
    return value if isinstance(value, str) else repr(value)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
