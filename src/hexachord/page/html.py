"""A page: the built template with a song's data in it.

The template has a marker where data goes. What goes there is JSON and base64 inside script elements, whose content a browser does not
interpret; nothing in it can end them, because every ``<`` of the JSON is written as an escape.
"""

import html
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from hexachord.errors import InputError
from hexachord.files import atomic_path, read_bytes
from hexachord.page.blobs import Blob
from hexachord.page.contract import SongData

MARKER = b"<!--hexachord:data-->"
_TITLE = re.compile(rb"<title>.*?</title>", re.DOTALL)
_ESCAPES = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
_SAFE_ID = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")


def write_page(data: SongData, blobs: Sequence[Blob], path: str | Path, *, template: str | Path) -> Path:
    """Write a page, piece by piece: sounds are never in memory whole.

    Parameters
    ----------
    data : what it shows
    blobs : what `data` names by element
    path : of the page
    template : the built page without data

    Raises
    ------
    InputError : if the template is missing or has no place for data.
    OutputError : if the page cannot be written.
    """
    before, after = _split(Path(template))
    # a function, not a string: a backslash in a title means nothing here
    titled = _TITLE.sub(lambda _: b"<title>" + html.escape(data["title"]).encode("utf-8") + b"</title>", before, count=1)
    with atomic_path(path) as temporary, open(temporary, "wb") as file:
        file.write(titled)
        write_data(data, blobs, file)
        file.write(after)
    return Path(path)


def write_data(data: SongData, blobs: Sequence[Blob], file: BinaryIO) -> None:
    """Write the script elements that hold a song's data."""
    file.write(b'<script type="application/json" id="song">')
    file.write(script_json(data).encode("utf-8"))
    file.write(b"</script>\n")
    for blob in blobs:
        for piece in _element(blob):
            file.write(piece)


def script_json(data: SongData) -> str:
    """Write JSON that can stand inside a script element.

    Raises
    ------
    ValueError : if a number is not finite.
    """
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return re.sub("[<>&\u2028\u2029]", lambda match: _ESCAPES[match[0]], text)


def _element(blob: Blob) -> Iterator[bytes]:
    if not _SAFE_ID.fullmatch(blob.element):
        raise ValueError(f"not an element id: {blob.element!r}")
    yield f'<script type="text/plain" id="{blob.element}">'.encode("ascii")
    yield from blob.base64_pieces()
    yield b"</script>\n"


def _split(template: Path) -> tuple[bytes, bytes]:
    content = read_bytes(template, what="the built song page")
    before, marker, after = content.partition(MARKER)
    if not marker:
        raise InputError(
            template, found=f"no {MARKER.decode()} in it", expected="the built song page", next_step="build it again: make assets"
        )
    return before, after
