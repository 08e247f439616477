"""Score files by their suffix: MIDI, MusicXML, ABC and JSON in; MIDI, MusicXML, ABC, JSON and tablature in letters out."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from hexachord.errors import InputError
from hexachord.files import sha256_of_file, write_bytes
from hexachord.provenance import Provenance
from hexachord.score.model import Score

_Reader = Callable[[Path], Score]
_Writer = Callable[[Score], tuple[bytes, tuple[str, ...]]]


@dataclass(frozen=True)
class SaveReport:
    """Where a score was written, and what the format could not hold (one line per kind, with its count)."""

    path: Path
    warnings: tuple[str, ...] = ()


def load_score(path: str | Path) -> Score:
    """Read a score from a file: .mid .midi .musicxml .xml .mxl .abc .json.

    Returns
    -------
    the score with its provenance (file name and content hash); `Score.warnings` says what it could not take over.

    Raises
    ------
    InputError : if the file is missing, of an unknown suffix, or not what its suffix says.
    """
    path = Path(path)
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise InputError(path, found=f"the suffix {path.suffix!r}", expected="one of " + " ".join(_READERS))
    score = reader(path)
    provenance = Provenance(source=path.name, source_sha256=sha256_of_file(path), engine=f"score/{path.suffix.lower().lstrip('.')}")
    return score if path.suffix.lower() == ".json" else replace(score, provenance=provenance)


def with_notes(score: Score, subject: str | Path) -> Score:
    """Return a score as it is; raises InputError about its subject, a file or what the user called it, if it has no notes."""
    if score.note_count == 0:
        raise InputError(subject, found="a score without notes", expected="music", next_step="check that it was saved completely")
    return score


def save_score(score: Score, path: str | Path) -> SaveReport:
    """Write a score to a file by its suffix: .mid .midi .musicxml .xml .mxl .abc .json .tab; the file is whole or not there at all.

    Raises
    ------
    InputError : if the suffix is unknown, or tablature is asked for where no note has a string and a fret.
    OutputError : if the file cannot be written.
    """
    path = Path(path)
    writer = _WRITERS.get(path.suffix.lower())
    if writer is None:
        raise InputError(path, found=f"the suffix {path.suffix!r}", expected="one of " + " ".join(_WRITERS))
    data, warnings = writer(score)
    return SaveReport(write_bytes(path, data), warnings)


def is_score_file(path: str | Path) -> bool:
    """Whether `load_score` knows a file's suffix."""
    return Path(path).suffix.lower() in _READERS


# Readers and writers are imported when first used, so that naming them costs nothing.


def _read_midi(path: Path) -> Score:
    from hexachord.score.midi import load_midi

    return load_midi(path)


def _read_musicxml(path: Path) -> Score:
    from hexachord.score.musicxml_read import load_musicxml

    return load_musicxml(path)


def _read_abc(path: Path) -> Score:
    from hexachord.score.abc import load_abc

    return load_abc(path)


def _read_json(path: Path) -> Score:
    from hexachord.score.json_format import load_json

    return load_json(path)


def _write_midi(score: Score) -> tuple[bytes, tuple[str, ...]]:
    from hexachord.score.midi import write_midi

    return write_midi(score)


def _write_musicxml(score: Score) -> tuple[bytes, tuple[str, ...]]:
    from hexachord.score.musicxml_write import musicxml_text

    text, warnings = musicxml_text(score)
    return text.encode(), warnings


def _write_mxl(score: Score) -> tuple[bytes, tuple[str, ...]]:
    from hexachord.score.musicxml_file import compress
    from hexachord.score.musicxml_write import musicxml_text

    text, warnings = musicxml_text(score)
    return compress(text), warnings


def _write_abc(score: Score) -> tuple[bytes, tuple[str, ...]]:
    from hexachord.score.abc_write import abc_text

    text, warnings = abc_text(score)
    return text.encode(), warnings


def _write_json(score: Score) -> tuple[bytes, tuple[str, ...]]:
    from hexachord.score.json_format import write_json

    return write_json(score).encode(), ()


def _write_tab(score: Score) -> tuple[bytes, tuple[str, ...]]:
    from hexachord.score.tab_text import write_tab_text

    return write_tab_text(score).encode(), ()


_READERS: dict[str, _Reader] = {
    ".mid": _read_midi,
    ".midi": _read_midi,
    ".musicxml": _read_musicxml,
    ".xml": _read_musicxml,
    ".mxl": _read_musicxml,
    ".abc": _read_abc,
    ".json": _read_json,
}
_WRITERS: dict[str, _Writer] = {
    ".mid": _write_midi,
    ".midi": _write_midi,
    ".musicxml": _write_musicxml,
    ".xml": _write_musicxml,
    ".mxl": _write_mxl,
    ".abc": _write_abc,
    ".json": _write_json,
    ".tab": _write_tab,
}
