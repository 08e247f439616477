"""The text of an SFZ file: comments, ``#include``, ``#define``, headers, and opcodes whose values may contain spaces.

SFZ has no grammar but habits (https://sfzformat.com): a value runs to the next ``name=``, header or line end; a ``$name`` stands for the
longest defined name it begins with; an include is looked for beside the main file, as ARIA does, then beside the file that asks for it.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from hexachord.errors import InputError
from hexachord.files import read_bytes
from hexachord.synthesis.sfz.paths import Library

_WHAT = "an SFZ instrument (text with <region> headers)"
_DEEPEST_INCLUDE = 32
_MOST_TEXT_CHARS = 64_000_000  # includes that double each other would fill any memory
_LONGEST_DEFINE = 4096

_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)|//[^\r\n]*", re.DOTALL)
_TOKEN = re.compile(
    r"""\#include\s*"(?P<include>[^"\r\n]*)"
    | \#define[^\S\r\n]+\$(?P<define>\w+)(?:[^\S\r\n]+(?P<as>\S+))?
    | <(?P<header>\w+)>
    | (?:(?<=[\s>"])|^)(?P<name>[A-Za-z_$#][\w$\#]*)=(?P<value>[^\r\n]*)
    """,
    re.VERBOSE | re.MULTILINE,
)
_VALUE_END = re.compile(
    r"""(?<!\s)\s+(?:[A-Za-z_$][\w$]*=|\#define\s|\#include\s*")
    | <(?:region|group|global|master|control|curve|effect|midi|sample)>
    """,
    re.VERBOSE,
)
_VARIABLE = re.compile(r"\$(\w+)")


class Statement(NamedTuple):
    """A header (``<region>``: the name with an empty value and `is_header`) or an opcode with its value as written."""

    name: str
    value: str = ""
    is_header: bool = False


@dataclass
class _Reader:
    library: Library
    defines: dict[str, str] = field(default_factory=dict)
    notes: Counter[str] = field(default_factory=Counter)
    stack: list[Path] = field(default_factory=list)
    texts: dict[Path, str] = field(default_factory=dict)
    chars: int = 0


def read_statements(library: Library) -> tuple[list[Statement], list[str]]:
    """Read an SFZ file and everything it includes.

    Returns
    -------
    the statements in order with every variable replaced, and in words what was odd about the text.

    Raises
    ------
    InputError : when the file is missing, empty, binary, no SFZ, or includes itself.
    """
    reader = _Reader(library=library)
    statements = list(_statements(library.file, reader))
    if not any(statement.is_header and statement.name == "region" for statement in statements):
        found = "text without a single <region>" if statements else "text that is no SFZ"
        raise InputError(library.file, found=found, expected=_WHAT, next_step="name the instrument's main .sfz file")
    return statements, [f"{text} ({count} times)" if count > 1 else text for text, count in reader.notes.items()]


def _statements(path: Path, reader: _Reader) -> Iterator[Statement]:
    if path in reader.stack:
        raise InputError(path, found="a file that includes itself", expected=_WHAT, next_step="remove one of its #include lines")
    if len(reader.stack) >= _DEEPEST_INCLUDE:
        raise InputError(path, found=f"#include inside #include, more than {_DEEPEST_INCLUDE} deep", expected=_WHAT)
    text = reader.texts.get(path)
    if text is None:
        text = reader.texts[path] = _COMMENT.sub(" ", _decoded(path))
    reader.chars += len(text)
    if reader.chars > _MOST_TEXT_CHARS:
        most = f"{_MOST_TEXT_CHARS:,}"
        raise InputError(reader.library.file, found=f"more than {most} characters through its #include lines", expected=_WHAT)
    reader.stack.append(path)
    at = 0
    while match := _TOKEN.search(text, at):
        stray = text[at : match.start()].strip()
        if stray:
            reader.notes[f"text that is no opcode: {stray[:40]!r}"] += 1
        at = match.end()
        if match["include"] is not None:
            yield from _included(_expanded(match["include"], reader), path, reader)
        elif match["define"] is not None:
            reader.defines[match["define"]] = _expanded(match["as"] or "", reader)[:_LONGEST_DEFINE]
        elif match["header"] is not None:
            yield Statement(match["header"].lower(), is_header=True)
        else:
            value = match["value"]
            if end := _VALUE_END.search(value):
                value = value[: end.start()]
            at = match.start("value") + len(value)
            yield Statement(_expanded(match["name"], reader).lower(), _expanded(value, reader).strip())
    if stray := text[at:].strip():
        reader.notes[f"text that is no opcode: {stray[:40]!r}"] += 1
    reader.stack.pop()


def _included(name: str, by: Path, reader: _Reader) -> Iterator[Statement]:
    for folder in (reader.library.folder, by.parent):
        found = reader.library.find(name, folder=folder)
        if isinstance(found, Path):
            yield from _statements(found, reader)
            return
    reader.notes[f'#include "{name}" is left out: {found}'] += 1


def _expanded(text: str, reader: _Reader) -> str:
    if "$" not in text:
        return text

    def replacement(match: re.Match[str]) -> str:
        name = match[1]
        for end in range(len(name), 0, -1):  # the longest defined name that it begins with
            if name[:end] in reader.defines:
                return reader.defines[name[:end]] + name[end:]
        reader.notes[f"${name} is not defined"] += 1
        return match[0]

    return _VARIABLE.sub(replacement, text)


def _decoded(path: Path) -> str:
    data = read_bytes(path, what=_WHAT)
    if not data.strip():
        raise InputError(path, found="an empty file", expected=_WHAT, next_step="fetch it again")
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", errors="replace")
    if b"\0" in data:
        raise InputError(path, found="binary data", expected=_WHAT, next_step="name the .sfz file, not a sample or a SoundFont")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")  # libraries made on Windows
