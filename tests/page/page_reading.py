"""Reading a page back, and the TypeScript contract it keeps: for tests only."""

import base64
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hexachord.page.blobs import Blob

CONTRACT = Path(__file__).resolve().parents[2] / "web" / "src" / "song.ts"
_TOKEN = re.compile(r'\s*(?:(?P<name>[A-Za-z_]\w*)|(?P<text>"[^"]*")|(?P<number>\d+)|(?P<sign>[{}()\[\]<>|:;,]))')


def script_of(html: str, element: str) -> str:
    """The text of one script element."""
    found = re.search(rf'<script type="[a-z/]+" id="{element}">(.*?)</script>', html, re.DOTALL)
    assert found is not None, element
    return found[1]


def content_of(blob: Blob) -> bytes:
    """What a blob holds, by way of its base64."""
    return base64.b64decode(b"".join(blob.base64_pieces()))


@dataclass(frozen=True)
class Type:
    """A TypeScript type: `kind` is a primitive, "literal", "array", "union", "object", "record" or "name"."""

    kind: str
    inside: Any = None


def interfaces() -> dict[str, dict[str, Type]]:
    """The interfaces of the contract: name → field → type."""
    text = re.sub(r"//[^\n]*|/\*.*?\*/", "", CONTRACT.read_text(encoding="utf-8"), flags=re.DOTALL)
    found = {}
    for match in re.finditer(r"export interface (\w+) (?=\{)", text):
        reader = _Reader(text, match.end())
        found[match[1]] = reader.type().inside
    return found


class _Reader:
    def __init__(self, text: str, at: int) -> None:
        self.text, self.at = text, at

    def peek(self) -> str:
        match = _TOKEN.match(self.text, self.at)
        return match[0].strip() if match is not None else ""

    def take(self, expected: str = "") -> str:
        match = _TOKEN.match(self.text, self.at)
        assert match is not None
        token = match[0].strip()
        assert not expected or token == expected, (token, expected)
        self.at = match.end()
        return token

    def type(self) -> Type:
        choices = [self.item()]
        while self.peek() == "|":
            self.take()
            choices.append(self.item())
        return choices[0] if len(choices) == 1 else Type("union", choices)

    def item(self) -> Type:
        token = self.take()
        if token == "(":
            found = self.type()
            self.take(")")
        elif token == "{":
            fields = {}
            while self.peek() != "}":
                name = self.take()
                self.take(":")
                fields[name] = self.type()
                if self.peek() in (";", ","):
                    self.take()
            self.take("}")
            found = Type("object", fields)
        elif token == "Record":
            self.take("<"), self.take("string"), self.take(",")
            found = Type("record", self.type())
            self.take(">")
        elif token in ("string", "number", "boolean", "null"):
            found = Type(token)
        elif token.startswith('"') or token.isdigit():
            found = Type("literal", token.strip('"') if token.startswith('"') else int(token))
        else:
            found = Type("name", token)
        while self.at < len(self.text) and self.text[self.at : self.at + 2] == "[]":
            self.at += 2
            found = Type("array", found)
        return found


def problems(value: Any, type_: Type, known: dict[str, dict[str, Type]], path: str = "song") -> list[str]:
    """What of a JSON value does not fit a type."""
    match type_.kind:
        case "name":
            return problems(value, Type("object", known[type_.inside]), known, path)
        case "union":
            tried = [problems(value, choice, known, path) for choice in type_.inside]
            return [] if [] in tried else max(tried, key=len)
        case "array":
            if not isinstance(value, list):
                return [f"{path}: {type(value).__name__} instead of a list"]
            return [problem for row, item in enumerate(value) for problem in problems(item, type_.inside, known, f"{path}[{row}]")]
        case "record":
            return [problem for name, item in value.items() for problem in problems(item, type_.inside, known, f"{path}.{name}")]
        case "object":
            if not isinstance(value, dict):
                return [f"{path}: {type(value).__name__} instead of an object"]
            found = [f"{path}.{name}: not in the contract" for name in value.keys() - type_.inside.keys()]
            found += [f"{path}.{name}: missing" for name in type_.inside.keys() - value.keys()]
            for name in type_.inside.keys() & value.keys():
                found += problems(value[name], type_.inside[name], known, f"{path}.{name}")
            return found
        case "literal":
            fits = value == type_.inside
        case "null":
            fits = value is None
        case "boolean":
            fits = isinstance(value, bool)
        case "number":
            fits = isinstance(value, (int, float)) and not isinstance(value, bool)
        case _:
            fits = isinstance(value, str)
    return [] if fits else [f"{path}: {value!r} is no {type_.inside or type_.kind}"]
