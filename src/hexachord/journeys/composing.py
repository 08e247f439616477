"""Score → score as files: read a score, let a tool compose, name the files of the candidates, and play the first if somebody wants to hear.

The tools themselves are in `hexachord.composition`.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from hexachord.composition.composing import Composed
from hexachord.errors import InputError
from hexachord.files import sha256_of_file
from hexachord.journeys.perform import perform_file
from hexachord.score.formats import load_score
from hexachord.score.model import Score

_Made = TypeVar("_Made")
FORMATS = (".mid", ".midi", ".musicxml", ".xml", ".mxl", ".abc", ".json", ".pdf", ".svg", ".png")


def check_out(out: Path) -> None:
    """Refuse a file that could not be written, before anything is composed.

    Raises
    ------
    InputError : if the suffix is of no format.
    """
    if out.suffix.lower() not in FORMATS:
        raise InputError(out, found=f"the suffix '{out.suffix}'", expected=f"one of {', '.join(FORMATS)}")


def compose_file(source: str | Path, tool: Callable[[Score], _Made]) -> _Made:
    """Read a score and let a tool make something of it; the trail of what is made knows the file.

    Parameters
    ----------
    source : .musicxml, .mxl, .mid, .abc or .json
    tool : one of the tools, its options chosen

    Raises
    ------
    InputError : if the file is no score, or the tool cannot do what is wished.
    """
    source = Path(source)
    score = load_score(source)
    trail = replace(score.provenance, source=source.name, source_sha256=sha256_of_file(source))
    titled = score if score.title else replace(score, title=source.stem)
    return tool(replace(titled, provenance=trail))


def candidate_paths(out: Path, count: int) -> tuple[Path, ...]:
    """Name the files of candidates: one has the name itself, several ``NAME-1``, ``NAME-2`` ..., the likeliest first.

    Examples
    --------
    >>> [path.name for path in candidate_paths(Path("song.mid"), 2)]
    ['song-1.mid', 'song-2.mid']
    """
    return (out,) if count == 1 else tuple(out.with_name(f"{out.stem}-{number}{out.suffix}") for number in range(1, count + 1))


def play_candidate(score: Score, beside: Path, *, soundfont: str | None = None) -> Path:
    """Play a candidate into a WAV file beside its score."""
    return perform_file(score, beside.with_suffix(".wav"), soundfont=soundfont).path


def composed_facts(made: Composed) -> Mapping[str, Any]:
    """Return plain data for `hexachord compose --json`."""
    return {
        "engine": made.engine,
        "seed": made.seed,
        "bars": made.bars,
        "kept": made.kept,
        "candidates": [{"number": each.number, "nats": round(each.nats, 4), "notes": each.score.note_count} for each in made.candidates],
        "warnings": list(made.warnings),
    }
