"""The tour: a score is played, the *sound* is analysed like any song, and what was heard stands beside what is written.

Where the truth is known, every claim can be checked: that is what the tour shows. A recording of the user's has no such truth, and gets
what every song gets.
"""

import hashlib
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from hexachord._version import __version__
from hexachord.errors import InputError
from hexachord.files import read_text, sha256_of_file, write_text
from hexachord.journeys.analyse import Analysis, analyse, check_file, is_score, write_page_of
from hexachord.journeys.comparison import Comparison, compare, comparison_document
from hexachord.journeys.pipeline import Event, Listener
from hexachord.journeys.truth import keep_truth, written_knowledge
from hexachord.score.builtin import BUILTIN_NAMES, builtin_score
from hexachord.score.model import Score

SONG = "six-small-notes"
FOLDER = "hexachord-tour"


@dataclass(frozen=True, kw_only=True)
class Tour:
    """What a tour made.

    Attributes
    ----------
    analysis : the main job on the sound; its `page` shows the truth too
    comparison : heard beside written; None for a recording, whose truth nobody wrote down
    score, performance : what was played, and the sound of it; None for a recording
    warnings : what could not be played as written
    """

    analysis: Analysis
    comparison: Comparison | None = None
    score: Path | None = None
    performance: Path | None = None
    warnings: tuple[str, ...] = ()
    wall_s: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """Return plain data for `hexachord tour --json`."""
        return {
            "page": str(self.analysis.page) if self.analysis.page else None,
            "score": str(self.score) if self.score else None,
            "performance": str(self.performance) if self.performance else None,
            "warnings": list(self.warnings),
            "comparison": comparison_document(self.comparison) if self.comparison else None,
            "wall_s": round(self.wall_s, 3),
            "analysis": self.analysis.to_json(),
        }


def take_tour(
    source: str | Path | None = None,
    *,
    out: str | Path | None = None,
    soundfont: str | Path | None = None,
    stems: bool = True,
    pdf: bool = True,
    engines: Mapping[str, str] | None = None,
    seed: int = 0,
    fresh: bool = False,
    threads: int | None = None,
    listener: Listener | None = None,
    on_wait: Callable[[], None] | None = None,
) -> Tour:
    """Play a score, analyse the sound, and compare; or do the main job on a recording.

    Done again, nothing is played or computed twice.

    Parameters
    ----------
    source : a score, the name of a built-in one, or a recording; by default the pop song that comes with the library
    out : for a score the folder of the tour (score, sound, and the song's folder in it), by default ``hexachord-tour``; for a recording
        the song's folder, by default ``NAME.hexachord``
    soundfont, seed : what plays, and of what it leaves to chance; by default the installation's own
    stems, pdf, engines, fresh, threads, listener, on_wait : as in `hexachord.journeys.analyse.analyse`

    Raises
    ------
    InputError : if the source is missing, damaged or of an unknown kind.
    OutputError : if a folder cannot be written or the disk is full.

    Examples
    --------
    >>> tour = take_tour()  # doctest: +SKIP
    >>> tour.comparison.score("beats", "F"), tour.analysis.page  # doctest: +SKIP
    (1.0, PosixPath('hexachord-tour/six-small-notes.hexachord/page.html'))
    """
    began = time.perf_counter()

    def main_job(sound: Path, folder: str | Path | None, *, page: bool, title: str = "") -> Analysis:
        return analyse(
            sound,
            out=folder,
            name=title,
            stems=stems,
            pdf=pdf,
            page=page,
            engines=engines,
            fresh=fresh,
            threads=threads,
            listener=listener,
            on_wait=on_wait,
        )

    builtin = _builtin_name(source)
    if source is not None and not builtin and not is_score(Path(source)):
        return Tour(analysis=main_job(Path(source), out, page=True), wall_s=time.perf_counter() - began)
    name, score = (builtin, builtin_score(builtin)) if builtin else _score_in(Path(source or ""))
    folder = Path(FOLDER if out is None else out)
    played = _perform(score, folder, name=name, soundfont=soundfont, seed=seed, fresh=fresh, listener=listener)
    analysis = main_job(played.sound, folder / f"{name}.hexachord", page=False, title=score.title)
    written = written_knowledge(score)
    comparison = compare(analysis.knowledge, written)
    with analysis.song.locked(on_wait=on_wait):
        keep_truth(analysis.song, comparison, written)
        page = write_page_of(analysis.song, analysis.knowledge, listener=listener, fresh=fresh)
    analysis = replace(analysis, page=page.path, failed={**analysis.failed, **page.failed}, errors=(*analysis.errors, *page.errors))
    return Tour(
        analysis=analysis,
        comparison=comparison,
        score=played.score,
        performance=played.sound,
        warnings=played.warnings,
        wall_s=time.perf_counter() - began,
    )


def _builtin_name(source: str | Path | None) -> str:
    """Return the name of the built-in score that is meant, if one is."""
    if source is None:
        return SONG
    return str(source) if str(source) in BUILTIN_NAMES and not Path(source).exists() else ""


def _score_in(path: Path) -> tuple[str, Score]:
    """Return a name for the tour's files, and the score."""
    from hexachord.score.formats import load_score, with_notes

    check_file(path)
    return path.stem, with_notes(load_score(path), path)


@dataclass(frozen=True, kw_only=True)
class _Played:
    """The tour's own files: the score, the sound of it, and what the player remarked."""

    score: Path
    sound: Path
    warnings: tuple[str, ...] = ()


def _perform(
    score: Score, folder: Path, *, name: str, soundfont: str | Path | None, seed: int, fresh: bool, listener: Listener | None
) -> _Played:
    """Write the score and its sound into the tour's folder, unless this very sound is there already."""
    from hexachord.score.formats import save_score
    from hexachord.score.json_format import write_json
    from hexachord.synthesis.banks import choose_bank

    written, sound, stamp = folder / f"{name}.musicxml", folder / f"{name}.flac", folder / f".{name}.played.json"
    asked = [hashlib.sha256(write_json(score).encode()).hexdigest(), choose_bank(soundfont).identity, str(seed), __version__]
    known = _stamp_of(stamp)
    for path in (written, sound):
        if not known and path.exists():
            raise InputError(path, found="a file that no tour made", expected="none", next_step="name another folder with --out")
    if not fresh and known.get("asked") == asked and known.get("made") == [_hash_of(written), _hash_of(sound)]:
        _tell(listener, Event(kind="recalled", stage="perform", title="Playing"))
        return _Played(score=written, sound=sound, warnings=tuple(known["warnings"]))
    began = time.perf_counter()
    _tell(listener, Event(kind="start", stage="perform", title="Playing"))

    def report(fraction: float) -> None:
        _tell(listener, Event(kind="progress", stage="perform", title="Playing", fraction=fraction))

    write_text(stamp, json.dumps({"asked": None}))  # from here on the files are ours
    warnings = _play(score, sound, soundfont=soundfont, seed=seed, progress=report)
    save_score(score, written)
    write_text(stamp, json.dumps({"asked": asked, "made": [_hash_of(written), _hash_of(sound)], "warnings": warnings}))
    _tell(listener, Event(kind="done", stage="perform", title="Playing", wall_s=time.perf_counter() - began))
    return _Played(score=written, sound=sound, warnings=warnings)


def _play(score: Score, path: Path, *, soundfont: str | Path | None, seed: int, progress: Callable[[float], None]) -> tuple[str, ...]:
    from hexachord.journeys.perform import perform_file

    return perform_file(score, path, soundfont=soundfont, seed=seed, bits="16", progress=progress).facts.warnings


def _hash_of(path: Path) -> str:
    return sha256_of_file(path) if path.is_file() else ""


def _stamp_of(path: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(read_text(path, what="the tour's note of what it played")))
    except (InputError, ValueError, TypeError):
        return {}


def _tell(listener: Listener | None, event: Event) -> None:
    if listener is not None:
        listener(event)
