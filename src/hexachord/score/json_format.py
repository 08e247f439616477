"""Scores ↔ JSON: exact, versioned, checked on reading.

The document mirrors the model (`hexachord.score.model`): every dataclass and named tuple is an object, fields with their default values
are left out, so a note is ``{"onset": 0, "duration": 10080, "pitch": 60}``. Reading checks every value against the model's types and
names the place of the first that does not fit (``parts[0].notes[12].pitch``).
"""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from enum import IntEnum
from functools import lru_cache
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, NamedTuple, Union, get_args, get_origin, get_type_hints

from hexachord.errors import InputError
from hexachord.files import decode_text, read_bytes
from hexachord.score.model import Score
from hexachord.score.values import KIND_QUARTERS

FORMAT = "hexachord-score"
VERSION = 1
_EXPECTED = "a Hexachord score in JSON"
_Scalars = str | int | float | bool | None


class _Misfit(Exception):
    """A value that does not fit its place; the path grows on the way out."""

    def __init__(self, found: str, expected: str) -> None:
        super().__init__(found)
        self.found, self.expected = found, expected
        self.path: list[str] = []


def write_json(score: Score) -> str:
    """Write a score as JSON text; the same score gives the same text.

    Examples
    --------
    >>> read_json(write_json(Score(title="Air"))).title
    'Air'
    """
    body = {"format": FORMAT, "version": VERSION, **_encoded(score)}
    return json.dumps(body, ensure_ascii=False, allow_nan=False, separators=(",", ":")) + "\n"


def load_json(path: str | Path) -> Score:
    """Read a JSON score file.

    Raises
    ------
    InputError : if it is missing, no JSON, of another format or version, or holds a value that does not fit.
    """
    return read_json(decode_text(read_bytes(path, what=_EXPECTED), path, what=_EXPECTED), subject=path)


def read_json(text: str, *, subject: str | Path = "JSON score") -> Score:
    """Read JSON text; `subject` names it in errors."""
    try:
        document = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise InputError(subject, found=f"broken JSON ({error})", expected=_EXPECTED) from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise InputError(subject, found="JSON of another kind", expected=f'{_EXPECTED} ("format": "{FORMAT}")')
    if document.get("version") != VERSION:
        raise InputError(
            subject,
            found=f"version {document.get('version')!r}",
            expected=f"version {VERSION}",
            next_step="update hexachord, or save the score again with the version that wrote it",
        )
    body = {key: value for key, value in document.items() if key not in ("format", "version")}
    try:
        score = _decoder(Score)(body)
    except _Misfit as misfit:
        place = "".join(reversed(misfit.path)).lstrip(".") or "the document"
        raise InputError(subject, found=f"{misfit.found} at {place}", expected=misfit.expected) from misfit
    assert isinstance(score, Score)
    _check_values(score, subject)
    return score


def _check_values(score: Score, subject: str | Path) -> None:
    """What the types do not say: positive ticks, MIDI pitches, note names."""
    if score.ticks_per_quarter < 1:
        raise InputError(subject, found=f"{score.ticks_per_quarter} at ticks_per_quarter", expected="a number above 0")
    for part_index, part in enumerate(score.parts):
        for index, note in enumerate(part.notes):
            place = f"parts[{part_index}].notes[{index}]"
            if note.onset < 0 or note.duration < 0:
                raise InputError(subject, found=f"a negative time at {place}", expected="onset and duration from 0 on")
            if not 0 <= note.pitch <= 127:
                raise InputError(subject, found=f"pitch {note.pitch} at {place}", expected="a MIDI number, 0 to 127")
            if note.spelling is not None and note.spelling.step not in tuple("CDEFGAB"):
                raise InputError(subject, found=f"the step {note.spelling.step!r} at {place}.spelling", expected="a letter, A to G")
            if note.value is not None and (note.value.kind not in KIND_QUARTERS or min(note.value.actual, note.value.normal) < 1):
                raise InputError(subject, found=f"the value {note.value} at {place}.value", expected="a kind and a ratio that exist")
    for index, mark in enumerate(score.tempos):
        if mark.quarter_bpm <= 0:
            raise InputError(subject, found=f"{mark.quarter_bpm} at tempos[{index}].quarter_bpm", expected="a number above 0")
    for index, metre in enumerate(score.metres):
        if metre.beats < 1 or metre.beat_type < 1:
            raise InputError(subject, found=f"{metre.beats}/{metre.beat_type} at metres[{index}]", expected="numbers above 0")


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no number")


class _Field(NamedTuple):
    """A field of the model: its type, and its default (`MISSING` when it must be given)."""

    name: str
    kind: Any
    default: Any


@lru_cache(maxsize=64)
def _fields(kind: Any) -> tuple[_Field, ...]:
    hints = get_type_hints(kind)
    if is_dataclass(kind):
        return tuple(
            _Field(item.name, hints[item.name], item.default_factory() if item.default_factory is not MISSING else item.default)
            for item in fields(kind)
        )
    defaults = getattr(kind, "_field_defaults", {})
    return tuple(_Field(name, hints[name], defaults.get(name, MISSING)) for name in getattr(kind, "_fields", ()))


def _is_record(kind: Any) -> bool:
    return isinstance(kind, type) and (is_dataclass(kind) or hasattr(kind, "_fields"))


# --- writing -----------------------------------------------------------------------------------------------------------------------


def _encoded(value: Any) -> Any:
    kind: Any = type(value)
    if _is_record(kind):
        return {
            item.name: _encoded(content)
            for item in _fields(kind)
            if (content := getattr(value, item.name)) is not item.default and content != item.default
        }
    if isinstance(value, tuple):
        return [_encoded(item) for item in value]
    if isinstance(value, IntEnum):
        return value.name
    if isinstance(value, Mapping):
        return {str(key): item for key, item in value.items()}
    return value


# --- reading -----------------------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=256)
def _decoder(kind: Any) -> Callable[[Any], Any]:
    """A function that checks plain data and builds a value of a type of the model."""
    if _is_record(kind):
        return _record_decoder(kind)
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is tuple:
        return _tuple_decoder(_decoder(arguments[0]))
    if origin in (Union, UnionType):
        inner = _decoder(next(argument for argument in arguments if argument is not NoneType)) if len(arguments) == 2 else _scalar
        return lambda data: None if data is None else inner(data)
    if isinstance(kind, type) and issubclass(kind, IntEnum):
        return _enum_decoder(kind)
    if origin is not None and issubclass(origin, Mapping):
        return _mapping
    return _PLAIN[kind]


def _record_decoder(kind: Any) -> Callable[[Any], Any]:
    known = {item.name: _decoder(item.kind) for item in _fields(kind)}
    required = [item.name for item in _fields(kind) if item.default is MISSING]

    def decode(data: Any) -> Any:
        if not isinstance(data, dict):
            raise _Misfit(_name(data), f"an object ({kind.__name__})")
        values = {}
        for key, item in data.items():
            decoder = known.get(key)
            if decoder is None:
                raise _Misfit(f"an unknown field {key!r}", "one of " + ", ".join(known))
            try:
                values[key] = decoder(item)
            except _Misfit as misfit:
                misfit.path.append(f".{key}")
                raise
        for name in required:
            if name not in values:
                raise _Misfit("an object", f"an object with the field {name!r}")
        return kind(**values)

    return decode


def _tuple_decoder(decoder: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def decode(data: Any) -> Any:
        if not isinstance(data, list):
            raise _Misfit(_name(data), "a list")
        items = []
        for index, item in enumerate(data):
            try:
                items.append(decoder(item))
            except _Misfit as misfit:
                misfit.path.append(f"[{index}]")
                raise
        return tuple(items)

    return decode


def _enum_decoder(kind: type[IntEnum]) -> Callable[[Any], Any]:
    names = {item.name: item for item in kind}

    def decode(data: Any) -> Any:
        if not isinstance(data, str) or data not in names:
            raise _Misfit(_name(data), "one of " + ", ".join(names))
        return names[data]

    return decode


def _integer(data: Any) -> int:
    if type(data) is not int:
        raise _Misfit(_name(data), "a whole number")
    return data


def _number(data: Any) -> float:
    if type(data) not in (int, float) or not math.isfinite(data):
        raise _Misfit(_name(data), "a number")
    return float(data)


def _string(data: Any) -> str:
    if not isinstance(data, str):
        raise _Misfit(_name(data), "text")
    return data


def _boolean(data: Any) -> bool:
    if not isinstance(data, bool):
        raise _Misfit(_name(data), "true or false")
    return data


def _scalar(data: Any) -> _Scalars:
    if not isinstance(data, str | int | float | bool | NoneType):
        raise _Misfit(_name(data), "text, a number, true, false or null")
    return data


def _mapping(data: Any) -> Mapping[str, _Scalars]:
    if not isinstance(data, dict):
        raise _Misfit(_name(data), "an object")
    return {key: _scalar(item) for key, item in data.items()}


_PLAIN: dict[Any, Callable[[Any], Any]] = {int: _integer, float: _number, str: _string, bool: _boolean}


def _name(data: Any) -> str:
    text = json.dumps(data)
    if len(text) <= 40:
        return text
    return "an object" if isinstance(data, dict) else "a list" if isinstance(data, list) else text[:37] + "..."
