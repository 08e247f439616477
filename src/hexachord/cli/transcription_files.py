"""What a transcription leaves on disk: one file for each page and format that was asked for."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from hexachord.cli.output import save_score_as
from hexachord.errors import InputError

if TYPE_CHECKING:
    from hexachord.journeys.transcribing import Transcription
    from hexachord.score.model import Score

_MIDI = (".mid", ".midi")
TAB = ".tab"
FORMATS = (".musicxml", ".xml", ".mxl", *_MIDI, ".abc", ".json", ".pdf", ".svg", ".png", TAB)
_EVERYTHING = (".musicxml", ".mid", ".abc", ".pdf", ".svg")

Saved = tuple[tuple[Path, ...], dict[str, list[str]]]


def is_folder(target: Path) -> bool:
    """Whether a target stands for a folder: it is one, or has no suffix."""
    return target.is_dir() or not target.suffix


def save_transcription(made: "Transcription", targets: Sequence[Path], *, name: str, performance: bool = False) -> Saved:
    """Write the pages of a transcription.

    Parameters
    ----------
    made : the transcription; of several pages the first takes a target's own name, the others ``NAME-PAGE``
    targets : files, whose suffixes choose the formats, and folders, which take all formats
    name : of the files in a folder
    performance : whether MIDI files hold the notes as they were played

    Returns
    -------
    The paths, and file name → what its format could not hold.

    Raises
    ------
    InputError : if no format has such a suffix, or it cannot hold such a page.
    """
    paths: list[Path] = []
    lost: dict[str, list[str]] = {}
    for target in targets:
        for path, score in _plan(made, target, name=name, performance=performance):
            written, warnings = save_score_as(score, path)
            paths += written
            if warnings:
                lost[path.name] = list(warnings)
    return tuple(paths), lost


def _plan(made: "Transcription", target: Path, *, name: str, performance: bool) -> list[tuple[Path, "Score"]]:
    """List the files that a target stands for."""
    if not is_folder(target):
        as_played = not made.sheets or (performance and target.suffix.lower() in _MIDI)
        return [(target, made.performance)] if as_played else _pages(target, made.sheets)
    planned = [file for suffix in _EVERYTHING for file in _pages(target / f"{name}{suffix}", made.sheets)]
    if "guitar" in made.sheets:
        planned.append((target / f"{name}{TAB}", made.sheets["guitar"]))
    return [*planned, (target / f"{name}-performance.mid", made.performance)]


def _pages(path: Path, sheets: "Mapping[str, Score]") -> list[tuple[Path, "Score"]]:
    return [
        (path if row == 0 else path.with_name(f"{path.stem}-{page}{path.suffix}"), score)
        for row, (page, score) in enumerate(sheets.items())
    ]


def check_targets(targets: Sequence[Path], *, is_guitar: bool, performance: bool) -> None:
    """Refuse what cannot be written before anybody listens for minutes.

    Raises
    ------
    InputError : naming the target.
    """
    for target in targets:
        suffix = target.suffix.lower()
        if is_folder(target):
            continue
        if suffix not in FORMATS:
            raise InputError(target, found=f"the suffix {target.suffix!r}", expected="one of " + " ".join(FORMATS))
        if suffix == TAB and not is_guitar:
            raise InputError(target, found="tablature of what is no guitar", expected="--instrument guitar")
    if performance and not any(is_folder(target) or target.suffix.lower() in _MIDI for target in targets):
        raise InputError("--performance", found="no MIDI file", expected="--out NAME.mid: only MIDI holds notes as they were played")
