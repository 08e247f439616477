"""MusicXML files as XML trees, safely: plain or compressed (.mxl), and never an attack.

Entities are refused before the document is parsed: an XML prolog with an internal subset cannot be a score. External DTDs are never
fetched. A compressed file is read in memory up to a limit, whatever its directory claims, and nothing in it is written to disk.
"""

import io
import zipfile
import zlib
from pathlib import Path
from xml.etree import ElementTree
from xml.parsers import expat

from hexachord.errors import InputError
from hexachord.files import read_bytes

MAX_DOCUMENT_BYTES = 256 << 20
"""The largest document read, unpacked: hundreds of times a full orchestral score."""

_MAX_CONTAINER_BYTES = 1 << 20
_PROLOG_STEP = 1 << 12
_EXPECTED = "a MusicXML score"
_ROOTS = ("score-partwise", "score-timewise")
_CONTAINER = "META-INF/container.xml"


def load_document(path: str | Path) -> ElementTree.Element:
    """Read a .musicxml, .xml or .mxl file.

    Raises
    ------
    InputError : if the file is missing, no MusicXML, broken, or tries something.
    """
    return parse_document(read_bytes(path, what=_EXPECTED), subject=path)


def parse_document(data: bytes, *, subject: str | Path = "MusicXML") -> ElementTree.Element:
    """Parse the bytes of a score, compressed or not, to its root element; `subject` names it in errors."""
    if not data.strip():
        raise InputError(subject, found="an empty file", expected=_EXPECTED)
    if data[:4] == b"PK\x03\x04":
        data = _unpacked(data, subject)
    if len(data) > MAX_DOCUMENT_BYTES:
        raise _too_large(subject)
    _check_prolog(data, subject)
    return _parse(data, subject)


def _parse(data: bytes, subject: str | Path) -> ElementTree.Element:
    try:
        return ElementTree.fromstring(data)
    except (ElementTree.ParseError, LookupError, ValueError) as error:
        raise InputError(
            subject, found=f"broken XML ({error})", expected=_EXPECTED, next_step="export the score again; the file may be cut short"
        ) from error


class _PrologEndsError(Exception):
    """The root element has begun: what could be dangerous comes before it."""


def _check_prolog(data: bytes, subject: str | Path) -> None:
    """Look at everything before the root element, and at the root's name."""
    parser = expat.ParserCreate()

    def start_doctype(name: str, system_id: str | None, public_id: str | None, has_internal_subset: int) -> None:
        if has_internal_subset:
            raise InputError(
                subject,
                found="a document type with declarations of its own (entities can be used for attacks)",
                expected="MusicXML without them",
                next_step="export the score again from a notation program",
            )

    def entity(*_: object) -> None:
        raise InputError(subject, found="an entity declaration", expected="MusicXML without entities")

    def start(name: str, _: dict[str, str]) -> None:
        if name not in _ROOTS:
            raise InputError(subject, found=_other_root(name), expected=_EXPECTED)
        raise _PrologEndsError

    parser.StartDoctypeDeclHandler = start_doctype
    parser.EntityDeclHandler = entity
    parser.StartElementHandler = start
    try:
        for at in range(0, len(data), _PROLOG_STEP):
            parser.Parse(data[at : at + _PROLOG_STEP], at + _PROLOG_STEP >= len(data))
    except _PrologEndsError:
        return
    except (expat.ExpatError, LookupError, ValueError) as error:
        found = "text or data that is not XML" if data.lstrip()[:1] != b"<" else f"broken XML ({error})"
        raise InputError(subject, found=found, expected=_EXPECTED) from error


def _other_root(name: str) -> str:
    if name.lower() == "html":
        return "a web page (HTML)"
    if name == "opus":
        return "an opus, which only lists other files"
    return f"XML with the root <{name[:40]}>"


def _unpacked(data: bytes, subject: str | Path) -> bytes:
    """The score inside a compressed file, by its container."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if _CONTAINER not in archive.NameToInfo:
                raise InputError(
                    subject,
                    found=f"a zip archive without {_CONTAINER}",
                    expected="compressed MusicXML (.mxl)",
                    next_step="unpack it and open the .musicxml inside, if there is one",
                )
            return _member(archive, _root_file(archive, subject), MAX_DOCUMENT_BYTES, subject)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError) as error:
        raise InputError(subject, found=f"a damaged zip archive ({error})", expected="compressed MusicXML (.mxl)") from error


def _root_file(archive: zipfile.ZipFile, subject: str | Path) -> str:
    """The name of the score in the archive."""
    container = _member(archive, _CONTAINER, _MAX_CONTAINER_BYTES, subject)
    if b"<!DOCTYPE" in container or b"<!ENTITY" in container:
        raise InputError(subject, found="declarations in the container", expected="compressed MusicXML (.mxl)")
    try:
        elements = list(ElementTree.fromstring(container).iter())
    except (ElementTree.ParseError, LookupError, ValueError):
        # Some programs do not escape the apostrophes of file names here; a single score in the archive leaves no doubt.
        scores = [name for name in archive.NameToInfo if name.endswith((".xml", ".musicxml")) and not name.startswith("META-INF/")]
        if len(scores) == 1:
            return scores[0]
        raise InputError(subject, found="a container that is broken XML", expected="compressed MusicXML (.mxl)") from None
    for element in elements:
        if element.tag.rpartition("}")[2] == "rootfile":
            kind = element.get("media-type", "")
            if kind in ("", "application/vnd.recordare.musicxml+xml", "text/xml", "application/xml"):
                return element.get("full-path", "")
    raise InputError(subject, found="a container that names no score", expected="compressed MusicXML (.mxl)")


def _member(archive: zipfile.ZipFile, name: str, limit: int, subject: str | Path) -> bytes:
    if name not in archive.NameToInfo:
        raise InputError(subject, found=f"no {name!r} inside, though its container names it", expected="compressed MusicXML (.mxl)")
    with archive.open(name) as file:
        data = file.read(limit + 1)
    if len(data) > limit:
        raise _too_large(subject)
    return data


def _too_large(subject: str | Path) -> InputError:
    return InputError(
        subject,
        found=f"more than {MAX_DOCUMENT_BYTES >> 20} MB of XML",
        expected="a score",
        next_step="split it; a file that grows this much when unpacked may be an attack",
    )


def compress(text: str, *, name: str = "score.musicxml") -> bytes:
    """Pack a document as .mxl; the same text gives the same bytes."""
    container = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<container><rootfiles>'
        f'<rootfile full-path="{name}" media-type="application/vnd.recordare.musicxml+xml"/></rootfiles></container>\n'
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, content, method in (
            ("mimetype", "application/vnd.recordare.musicxml", zipfile.ZIP_STORED),
            (_CONTAINER, container, zipfile.ZIP_DEFLATED),
            (name, text, zipfile.ZIP_DEFLATED),
        ):
            info = zipfile.ZipInfo(path, date_time=(1980, 1, 1, 0, 0, 0))
            info.external_attr = 0o644 << 16
            archive.writestr(info, content, compress_type=method)
    return buffer.getvalue()
