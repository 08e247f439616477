"""Knowledge as JSON: a versioned schema, validated on read, exact to the last bit.

The document mirrors `Knowledge` field by field: columns are lists, "not known" (NaN) is null, an infinite number (the loudness of silence)
is the string ``"inf"`` or ``"-inf"``, and a field that was not asked for is absent. The schema is read off the dataclasses themselves, so
the two cannot drift apart; `json_schema` writes it down for other programs.
"""

import json
import math
import types
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any, NoReturn, Union, get_args, get_origin, get_type_hints

import numpy as np

from hexachord.arrays import Float64Array, FloatArray, IntArray
from hexachord.errors import InputError
from hexachord.files import decode_text, read_text, write_text
from hexachord.knowledge.checks import check_observation
from hexachord.knowledge.model import SCHEMA_VERSION, Knowledge

FORMAT = "hexachord-knowledge"
_WHAT = "knowledge in JSON (written by hexachord)"


def save_knowledge(knowledge: Knowledge, path: str | Path) -> Path:
    """Write knowledge as JSON, atomically.

    Raises
    ------
    OutputError : if the file cannot be written.
    """
    return write_text(path, knowledge_to_json(knowledge))


def load_knowledge(path: str | Path) -> Knowledge:
    """Read knowledge back.

    Raises
    ------
    InputError : if the file is missing or the document is not valid; the message names the place inside it (``chords.label[3]``).
    """
    return knowledge_from_json(read_text(path, what=_WHAT), source=str(path))


def knowledge_to_json(knowledge: Knowledge) -> str:
    """Write knowledge as a JSON text: one line per field or column, so that two versions can be compared line by line.

    Examples
    --------
    >>> print(knowledge_to_json(Knowledge(duration_s=2.5)).splitlines()[3])
    "duration_s": 2.5,
    """
    return _lines(knowledge_document(knowledge))


def knowledge_document(knowledge: Knowledge) -> dict[str, Any]:
    """Return the whole document as plain data."""
    return {"format": FORMAT, "schema_version": SCHEMA_VERSION, **to_plain(knowledge)}


def knowledge_from_json(text: str | bytes, *, source: str = "knowledge") -> Knowledge:
    """Read knowledge from a JSON text; `source` names it in errors.

    Raises
    ------
    InputError : as in `load_knowledge`.
    """
    if isinstance(text, bytes):
        text = decode_text(text, source, what=_WHAT)
    try:
        document = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise InputError(source, found=f"no valid JSON ({error})", expected=_WHAT) from error
    return knowledge_from_plain(document, source=source)


def knowledge_from_plain(document: object, *, source: str = "knowledge") -> Knowledge:
    """Read knowledge from the parsed document, as `knowledge_from_json` does from its text."""
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise InputError(source, found="JSON of another kind", expected=f'an object with "format": "{FORMAT}"')
    version = document.get("schema_version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise InputError(f"{source} at schema_version", found=_describe(version), expected=f"a whole number from 1 to {SCHEMA_VERSION}")
    if version > SCHEMA_VERSION:
        raise InputError(
            source, found=f"schema version {version}", expected=f"at most {SCHEMA_VERSION}", next_step="install a newer hexachord"
        )
    body = {name: value for name, value in document.items() if name not in ("format", "schema_version")}
    knowledge = from_plain(Knowledge, body, source=source)
    assert isinstance(knowledge, Knowledge)
    return knowledge


def to_plain(value: Any) -> Any:
    """Turn an observation (or anything made of them) into plain JSON data; empty fields are left out."""
    if isinstance(value, np.ndarray):
        plain: list[Any] = value.tolist()
        return plain if value.dtype.kind in "iub" else [_plain_float(item) for item in plain]
    if isinstance(value, (float, np.floating)):
        return _plain_float(float(value))
    if isinstance(value, np.integer):
        return int(value)
    if is_dataclass(value) and not isinstance(value, type):
        hints = _hints(type(value))
        present = {f.name: getattr(value, f.name) for f in fields(value) if not _is_default(f, getattr(value, f.name))}
        return {name: to_plain(float(item) if hints[name] is float else item) for name, item in present.items()}
    if isinstance(value, Mapping):
        return {str(name): to_plain(item) for name, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [to_plain(item) for item in value]
    return value


def from_plain(kind: type, plain: object, *, source: str, path: str = "") -> Any:
    """Build a dataclass from plain JSON data, checking every value on the way; `path` is where in the document it stands."""
    return _Reader(source).read(kind, plain, path)


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of the document."""
    definitions: dict[str, Any] = {}
    root = _schema_of(Knowledge, definitions)
    body = definitions.pop(root["$ref"].rpartition("/")[2])
    body["properties"] = {"format": {"const": FORMAT}, "schema_version": {"type": "integer", "minimum": 1}, **body["properties"]}
    body["required"] = ["format", "schema_version", *body["required"]]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Hexachord knowledge", **body, "$defs": definitions}


class _Reader:
    """Reads typed values out of plain data and says where something is wrong."""

    def __init__(self, source: str) -> None:
        self.source = source

    def fail(self, path: str, plain: object, expected: str) -> NoReturn:
        raise InputError(self.place(path), found=_describe(plain), expected=expected)

    def place(self, path: str) -> str:
        return f"{self.source} at {path}" if path else self.source

    def read(self, kind: Any, plain: Any, path: str) -> Any:
        origin = get_origin(kind)
        if kind in (FloatArray, Float64Array):
            return self._floats(plain, path)
        if kind == IntArray:
            return self._integers(plain, path)
        if origin in (types.UnionType, Union):
            return self._union(get_args(kind), plain, path)
        if origin is tuple:
            return self._tuple(get_args(kind), plain, path)
        if isinstance(origin, type) and issubclass(origin, Mapping):
            if not isinstance(plain, dict):
                self.fail(path, plain, "an object")
            item = get_args(kind)[1]
            return {name: self.read(item, value, _join(path, name)) for name, value in plain.items()}
        if is_dataclass(kind):
            return self._dataclass(kind, plain, path)
        return self._scalar(kind, plain, path)

    def _scalar(self, kind: Any, plain: Any, path: str) -> Any:
        if kind is float:
            return self._number(plain, path)
        if kind is int:
            if not isinstance(plain, int) or isinstance(plain, bool):
                self.fail(path, plain, "a whole number")
        elif kind is bool:
            if not isinstance(plain, bool):
                self.fail(path, plain, "true or false")
        elif not isinstance(plain, str):
            self.fail(path, plain, "a text")
        return plain

    def _number(self, plain: Any, path: str) -> float:
        if type(plain) is float or type(plain) is int:
            return float(plain)
        if plain is None:
            return math.nan
        if plain != "inf" and plain != "-inf":
            self.fail(path, plain, "a number or null")
        return float(plain)

    def _floats(self, plain: Any, path: str) -> Float64Array:
        if not isinstance(plain, list):
            self.fail(path, plain, "a list of numbers")
        if all(type(item) is float for item in plain):
            return np.array(plain, dtype=np.float64)
        return np.array([self._number(item, f"{path}[{i}]") for i, item in enumerate(plain)], dtype=np.float64)

    def _integers(self, plain: Any, path: str) -> IntArray:
        if not isinstance(plain, list):
            self.fail(path, plain, "a list of whole numbers")
        for i, item in enumerate(plain):
            if type(item) is not int or abs(item) >= 1 << 63:
                self.fail(f"{path}[{i}]", item, "a whole number")
        return np.array(plain, dtype=np.int64)

    def _union(self, kinds: tuple[Any, ...], plain: Any, path: str) -> Any:
        if plain is None:
            if type(None) not in kinds and float in kinds:
                return math.nan
            if type(None) not in kinds:
                self.fail(path, plain, "a value")
            return None
        choices = [kind for kind in kinds if kind is not type(None)]
        if len(choices) == 1:
            return self.read(choices[0], plain, path)
        if not isinstance(plain, (str, int, float, bool)):  # the only wide union is a parameter's value
            self.fail(path, plain, "a text, a number, true, false or null")
        return plain

    def _tuple(self, kinds: tuple[Any, ...], plain: Any, path: str) -> tuple[Any, ...]:
        if not isinstance(plain, list):
            self.fail(path, plain, "a list")
        if len(kinds) == 2 and kinds[1] is Ellipsis:
            return tuple(self.read(kinds[0], item, f"{path}[{i}]") for i, item in enumerate(plain))
        if len(plain) != len(kinds):
            self.fail(path, plain, f"a list of {len(kinds)} values")
        return tuple(self.read(kind, item, f"{path}[{i}]") for i, (kind, item) in enumerate(zip(kinds, plain, strict=True)))

    def _dataclass(self, kind: Any, plain: Any, path: str) -> Any:
        if not isinstance(plain, dict):
            self.fail(path, plain, "an object")
        known = {f.name: f for f in fields(kind)}
        for name in plain:
            if name not in known:
                raise InputError(self.place(_join(path, name)), found="an unknown field", expected="one of " + ", ".join(known))
        for name, f in known.items():
            if name not in plain and f.default is MISSING and f.default_factory is MISSING:
                raise InputError(self.place(_join(path, name)), found="nothing", expected="this field")
        hints = _hints(kind)
        values = {name: self.read(hints[name], value, _join(path, name)) for name, value in plain.items()}
        try:
            observation = kind(**values)
            check_observation(observation)
        except ValueError as error:
            raise InputError(self.place(path), found=str(error)) from error
        return observation


def _schema_of(kind: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    origin = get_origin(kind)
    number: dict[str, Any] = {"oneOf": [{"type": ["number", "null"]}, {"enum": ["inf", "-inf"]}]}
    if kind in (FloatArray, Float64Array):
        return {"type": "array", "items": number}
    if kind == IntArray:
        return {"type": "array", "items": {"type": "integer"}}
    if origin in (types.UnionType, Union):
        choices = [choice for choice in get_args(kind) if choice is not type(None)]
        return _schema_of(choices[0], definitions) if len(choices) == 1 else {"type": ["string", "number", "boolean", "null"]}
    if origin is tuple:
        kinds = get_args(kind)
        if len(kinds) == 2 and kinds[1] is Ellipsis:
            return {"type": "array", "items": _schema_of(kinds[0], definitions)}
        return {"type": "array", "prefixItems": [_schema_of(each, definitions) for each in kinds], "items": False}
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {"type": "object", "additionalProperties": _schema_of(get_args(kind)[1], definitions)}
    if isinstance(kind, type) and is_dataclass(kind):
        name = kind.__name__
        if name not in definitions:
            definitions[name] = {}  # a placeholder ends recursion
            hints = _hints(kind)
            needed = [f.name for f in fields(kind) if f.default is MISSING and f.default_factory is MISSING]
            definitions[name] = {
                "type": "object",
                "properties": {f.name: _schema_of(hints[f.name], definitions) for f in fields(kind)},
                "required": needed,
                "additionalProperties": False,
            }
        return {"$ref": f"#/$defs/{name}"}
    return number if kind is float else {"type": {int: "integer", bool: "boolean", str: "string"}[kind]}


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _is_default(f: "Field[Any]", value: object) -> bool:
    if value is None:
        return True
    if isinstance(value, float) and math.isnan(value):
        return isinstance(f.default, float) and math.isnan(f.default)
    if isinstance(value, (tuple, Mapping, np.ndarray)) and len(value) == 0:
        return f.default is not MISSING or f.default_factory is not MISSING
    return isinstance(value, str) and value == "" and f.default == ""


def _plain_float(value: float) -> float | str | None:
    if math.isfinite(value):
        return value
    return None if math.isnan(value) else ("inf" if value > 0 else "-inf")


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _describe(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return f"a list of {len(value)} values"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:57] + "..."


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _lines(document: Mapping[str, Any]) -> str:
    """Write JSON with a line for each field, and for each column of an observation."""
    parts = []
    for name, value in document.items():
        if isinstance(value, dict) and value:
            inner = ",\n".join(f"  {json.dumps(key)}: {_compact(item)}" for key, item in value.items())
            parts.append(f"{json.dumps(name)}: {{\n{inner}\n}}")
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            inner = ",\n".join(f"  {_compact(item)}" for item in value)
            parts.append(f"{json.dumps(name)}: [\n{inner}\n]")
        else:
            parts.append(f"{json.dumps(name)}: {_compact(value)}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
