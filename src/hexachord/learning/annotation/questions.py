"""Questions that people answer about music, from the easiest to judge to the hardest: binary, multiple choice, rating."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from hexachord.metrics.agreement import Level

Kind = Literal["binary", "choice", "rating"]
Value = str | float
KINDS: tuple[Kind, ...] = ("binary", "choice", "rating")
MOST_OPTIONS = 36  # keys 1 to 9, then letters
_YES_NO = ("yes", "no")
_SAME_PLACE = 0.05  # of a continuous scale's width: nobody hits a point twice


@dataclass(frozen=True, kw_only=True)
class Question:
    """One question.

    Attributes
    ----------
    id : its name in files: letters, digits, ``_`` and ``-``
    text : as it is asked
    kind : ``binary``, ``choice`` (one of several) or ``rating``
    options : of a binary question two (yes and no by default), of a choice any
    ordered : whether the options of a choice have an order ("slow, medium, fast")
    low, high : the ends of a rating
    step : between two ratings, 1 by default; 0 for a continuous scale
    low_label, high_label : what the ends mean, in words

    Raises
    ------
    ValueError : saying what is wrong with it.

    Examples
    --------
    >>> mood = Question(id="energy", text="How much energy?", kind="rating", low=1, high=7)
    >>> mood.check(5), mood.code("5"), mood.level
    (5.0, 5.0, 'interval')
    """

    id: str
    text: str
    kind: Kind
    options: tuple[str, ...] = ()
    ordered: bool = False
    low: float = 1.0
    high: float = 5.0
    step: float = 1.0
    low_label: str = ""
    high_label: str = ""

    def __post_init__(self) -> None:
        if not self.id or not all(sign.isalnum() or sign in "_-" for sign in self.id):
            raise ValueError(f"the question {self.id!r} needs an id of letters, digits, _ and -")
        if not self.text.strip():
            raise ValueError(f"the question {self.id} asks nothing: its text is empty")
        if self.kind not in KINDS:
            raise ValueError(f"the question {self.id} is of the kind {self.kind!r}; there are {', '.join(KINDS)}")
        if self.kind == "rating":
            self._check_scale()
        else:
            self._check_options()

    def _check_options(self) -> None:
        if self.kind == "binary" and not self.options:
            object.__setattr__(self, "options", _YES_NO)
        if len(set(self.options)) != len(self.options) or not all(option.strip() for option in self.options):
            raise ValueError(f"the options of the question {self.id} are not all different, or one is empty")
        least, most = (2, 2) if self.kind == "binary" else (2, MOST_OPTIONS)
        if not least <= len(self.options) <= most:
            raise ValueError(f"the question {self.id} has {len(self.options)} options; a {self.kind} question has {least} to {most}")

    def _check_scale(self) -> None:
        if self.options:
            raise ValueError(f"the question {self.id} is a rating: it has ends (low, high) and no options")
        if not all(map(math.isfinite, (self.low, self.high, self.step))) or self.low >= self.high or self.step < 0:
            raise ValueError(f"the question {self.id} rates from {self.low} to {self.high} in steps of {self.step}: that is no scale")
        if self.step and (steps := (self.high - self.low) / self.step) - round(steps) > 1e-9:
            raise ValueError(f"the question {self.id} rates from {self.low} to {self.high}, which steps of {self.step} do not reach")

    @property
    def level(self) -> Level:
        """What its answers are to statistics: names, an order, or distances."""
        if self.kind == "rating":
            return "interval"
        return "ordinal" if self.ordered else "nominal"

    def check(self, value: object) -> Value:
        """Return a value as it is kept: an option, or a number on the scale.

        Raises
        ------
        ValueError : if it is no answer to this question.
        """
        if self.kind != "rating":
            if not isinstance(value, str) or value not in self.options:
                raise ValueError(f"{value!r} is no answer to {self.id}; there are {', '.join(self.options)}")
            return value
        try:
            number = float(value) if isinstance(value, (str, int, float)) and not isinstance(value, bool) else math.nan
        except ValueError:
            number = math.nan
        if not self.low <= number <= self.high:
            raise ValueError(f"{value!r} is no answer to {self.id}, which rates from {self.low:g} to {self.high:g}")
        if not self.step:
            return number
        at = (number - self.low) / self.step
        if abs(at - round(at)) > 1e-6:
            raise ValueError(f"{value!r} is no answer to {self.id}, which rates in steps of {self.step:g}")
        return self.low + round(at) * self.step

    def code(self, value: object) -> float:
        """Give an answer as a number: the place of an option, the rating itself."""
        checked = self.check(value)
        return float(self.options.index(checked)) if isinstance(checked, str) else checked

    def named(self, code: float) -> Value:
        """Give the answer that a number stands for."""
        return code if self.kind == "rating" else self.options[round(code)]

    def same(self, value: object, other: object, *, tolerance: float = 0.0) -> bool:
        """Whether two answers are one: the same option; ratings no more than the tolerance apart."""
        near = 1e-9 if self.step else _SAME_PLACE * (self.high - self.low)
        return abs(self.code(value) - self.code(other)) <= (max(tolerance, near) if self.kind == "rating" else 0.0)


@dataclass(frozen=True, kw_only=True)
class KnownItem:
    """An item whose answers are known: to train annotators, or to see that they still listen.

    Attributes
    ----------
    item : its path below the folder
    answers : by question; questions that it does not name have no right answer here
    feedback : what is said after a training item is answered
    prompt : of an attention check, asked in place of the question ("To see that you are there: choose rock")
    tolerance : how far a rating may lie beside the known one
    """

    item: str
    answers: Mapping[str, Value] = field(default_factory=dict)
    feedback: str = ""
    prompt: str = ""
    tolerance: float = 0.0


def question_from_json(data: Mapping[str, Any]) -> Question:
    """Read a question out of a project file.

    Raises
    ------
    ValueError : saying what is wrong with it.
    """
    known: dict[str, type | tuple[type, ...]] = {
        "id": str, "text": str, "kind": str, "options": list, "ordered": bool,
        "low": (int, float), "high": (int, float), "step": (int, float), "low_label": str, "high_label": str,
    }  # fmt: skip
    check_fields(data, known, what="a question", needed=("id", "text", "kind"))
    if not all(isinstance(option, str) for option in data.get("options", [])):
        raise ValueError(f"an option of the question {data['id']} is no text")
    numbers = {name: float(data[name]) for name in ("low", "high", "step") if name in data}
    return Question(**{**data, **numbers, "options": tuple(data.get("options", ()))})


def question_to_json(question: Question) -> dict[str, Any]:
    """Write a question: what its kind has, and nothing else."""
    found: dict[str, Any] = {"id": question.id, "text": question.text, "kind": question.kind}
    if question.kind != "rating":
        found["options"] = list(question.options)
        return found | ({"ordered": True} if question.ordered else {})
    found |= {"low": question.low, "high": question.high, "step": question.step}
    return found | {name: getattr(question, name) for name in ("low_label", "high_label") if getattr(question, name)}


def check_fields(data: object, known: Mapping[str, type | tuple[type, ...]], *, what: str, needed: tuple[str, ...] = ()) -> None:
    """Check that a JSON object has only known fields, each of its type.

    Raises
    ------
    ValueError : naming the field.
    """
    if not isinstance(data, Mapping):
        raise ValueError(f"{what} is no object with fields")
    for name, value in data.items():
        if name not in known:
            raise ValueError(f"{what} has the field {name!r}; there are {', '.join(known)}")
        # JSON's true is a number to Python, not to us
        if not isinstance(value, known[name]) or (isinstance(value, bool) and known[name] is not bool):
            raise ValueError(f"the field {name!r} of {what} is {value!r}, which is of the wrong type")
    for name in needed:
        if name not in data:
            raise ValueError(f"{what} lacks the field {name!r}")
