"""The pages' server: what the annotation page and the view of the results ask for.

Items are asked for by the number of an assignment, never by name: a page cannot name a file, and a repeat looks like any other item.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, Response
from pydantic import Field

from hexachord.errors import InputError
from hexachord.learning.annotation.agreement import own_repeats, plain
from hexachord.learning.annotation.answers import repeats_of
from hexachord.learning.annotation.questions import question_to_json
from hexachord.learning.annotation.store import AlreadyAnswered, Annotator, Store
from hexachord.studio.annotate.results import results_of
from hexachord.studio.annotate.sounds import Sounds

Number = Annotated[int, Field(ge=0, lt=1 << 53)]  # what JavaScript counts exactly, and SQLite holds
Rank = Callable[[], Sequence[str]]
_RANK_EVERY = 10  # answers
_CACHED = {"cache-control": "private, max-age=3600"}


@dataclass(frozen=True, kw_only=True)
class NewAnnotator:
    """Somebody who begins or goes on."""

    name: str


@dataclass(frozen=True, kw_only=True)
class NewAnswer:
    """An answer as a page sends it."""

    annotator: Number
    assignment: Number
    question: str
    value: str | float
    seconds: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Undo:
    """Whose last answer is taken back."""

    annotator: Number


@dataclass(frozen=True, kw_only=True)
class Later:
    """What is put off until the end."""

    annotator: Number
    assignment: Number


class AnnotationServer:
    """What answers.

    Parameters
    ----------
    store : where answers go
    page : the built page
    cuts : a folder for excerpts
    annotator : who is offered to begin at once; empty: the page asks for a name
    rank : gives ids of items, the most worth asking first, for the order ``active``; asked for newcomers, and again now and then
    """

    def __init__(self, store: Store, *, page: Path, cuts: Path, annotator: str = "", rank: Rank = lambda: ()) -> None:
        self.store = store
        self.page = page.read_text(encoding="utf-8")
        self.sounds = Sounds(store.project, cuts)
        self.annotator = annotator
        self.rank = rank
        self._since_ranked = 0

    def application(self) -> FastAPI:
        """Make the application; the gate comes before it."""
        app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
        for path, function in (
            ("/", self.get_page),
            ("/results", self.get_page),
            ("/api/project", self.get_project),
            ("/api/annotators/{annotator}", self.get_state),
            ("/api/annotators/{annotator}/summary", self.get_summary),
            ("/api/assignments/{assignment}/outline", self.get_outline),
            ("/api/assignments/{assignment}/sound", self.get_sound),
            ("/api/results", self.get_results),
            ("/api/results/sounds/{item}", self.get_item_sound),
        ):
            app.add_api_route(path, function, methods=["GET", "HEAD"], response_model=None)
        app.add_api_route("/api/annotators", self.post_annotator, methods=["POST"], response_model=None)
        app.add_api_route("/api/answers", self.post_answer, methods=["POST"], response_model=None)
        app.add_api_route("/api/undo", self.post_undo, methods=["POST"], response_model=None)
        app.add_api_route("/api/later", self.post_later, methods=["POST"], response_model=None)
        app.add_exception_handler(InputError, _refused)
        app.add_exception_handler(AlreadyAnswered, _conflict)
        return app

    def get_page(self) -> Response:
        """The page: one file, which finds out itself what it shows."""
        # its own policy stands in its head; a header can only make that stricter, and forbids frames, which a head cannot
        return HTMLResponse(self.page, headers={"content-security-policy": "frame-ancestors 'none'"})

    def get_project(self) -> Response:
        """What is asked, and of whom it may be."""
        project = self.store.project
        return _json(
            {
                "title": project.title,
                "instructions": project.instructions,
                "questions": [question_to_json(question) for question in project.questions],
                "items": len(self.store.items()),
                "training": len(project.training),
                "annotator": self.annotator,
                "annotators": [] if self.annotator else [each.name for each in self.store.annotators()],
            }
        )

    def post_annotator(self, new: NewAnnotator) -> Response:
        """Let somebody begin, or go on."""
        return self._state(self.store.join(new.name, ranked=self.rank()))

    def get_state(self, annotator: Number) -> Response:
        """Where an annotator is."""
        return self._state(self._annotator(annotator))

    def post_answer(self, new: NewAnswer) -> Response:
        """Keep an answer; the reply comes when it is on the disk."""
        seconds = new.seconds if math.isfinite(new.seconds) else 0.0
        given = self.store.answer(new.annotator, new.assignment, new.question, new.value, seconds=seconds)
        self._rank_again()
        return self._state(self._annotator(new.annotator), told=asdict(given))

    def post_undo(self, undo: Undo) -> Response:
        """Take the last answer back."""
        found = self.store.undo(self._annotator(undo.annotator).number)
        return self._state(self._annotator(undo.annotator), undone=found)

    def post_later(self, later: Later) -> Response:
        """Put an assignment off."""
        who = self._annotator(later.annotator)
        self.store.postpone(who.number, later.assignment)
        return self._state(who)

    def get_summary(self, annotator: Number) -> Response:
        """What an annotator is shown at the end: how well they agree with themselves and with what is known."""
        who = self._annotator(annotator)
        answers = self.store.answers(annotator=who.name)
        repeats = []
        for question in self.store.project.questions:
            for name, codes in repeats_of(answers, question).items():
                repeats.append({"question": question.text, "kind": question.kind} | asdict(own_repeats(name, codes, question)))
        return _json({"name": who.name, "progress": asdict(self.store.progress(who.number)), "repeats": repeats})

    def get_outline(self, assignment: Number) -> Response:
        """How loud an item is over time."""
        item, path = self.store.item_of(assignment)
        return _json(self.sounds.outline(item, path), headers=_CACHED)

    def get_sound(self, assignment: Number) -> Response:
        """What is heard; parts of it where the browser asks for a range."""
        item, path = self.store.item_of(assignment)
        file, media_type = self.sounds.playable(item, path, number=assignment)
        return FileResponse(file, media_type=media_type, headers=_CACHED)

    def get_results(self) -> Response:
        """Agreement, confusion, what to discuss: for who owns the project."""
        return _json(results_of(self.store))

    def get_item_sound(self, item: Number) -> Response:
        """An item by its place in the list, for who owns the project."""
        items = self.store.items()
        if not 0 <= item < len(items):
            raise InputError(f"item {item}", found="none of that number", next_step="reload the page")
        found = items[item]
        file, media_type = self.sounds.playable(found, self.store.path_of(found.id), number=-1 - item)
        return FileResponse(file, media_type=media_type, headers=_CACHED)

    def _rank_again(self) -> None:
        self._since_ranked += 1
        if self.store.project.order == "active" and self._since_ranked >= _RANK_EVERY:
            self._since_ranked = 0
            self.store.rank(self.rank())

    def _annotator(self, number: int) -> Annotator:
        for each in self.store.annotators():
            if each.number == number:
                return each
        raise InputError(f"annotator {number}", found="nobody of that number", next_step="reload the page")

    def _state(self, who: Annotator, *, told: dict[str, Any] | None = None, undone: bool | None = None) -> Response:
        now = self.store.current(who.number)
        progress = self.store.progress(who.number)
        asked = None
        if now is not None:
            prompt = next((each.prompt for each in self.store.project.attention if each.item == now.item.id), "")
            asked = {
                "number": now.number,
                "training": now.role == "training",
                "prompt": prompt if now.role == "attention" else "",
                "answered": now.answered,
            }
        shown = {name: value for name, value in asdict(progress).items() if not name.startswith("attention_")}
        return _json({"annotator": asdict(who), "progress": shown, "assignment": asked, "told": told, "undone": undone})


def _json(content: Any, *, headers: dict[str, str] | None = None) -> Response:
    return JSONResponse(plain(content), headers=headers)


def _refused(_: Request, error: Exception) -> Response:
    return JSONResponse({"error": str(error)}, status_code=400)


def _conflict(_: Request, error: Exception) -> Response:
    return JSONResponse({"error": str(error)}, status_code=409)
