"""The arrows as verbs on files: `listen`, `transcribe`, `read`, `split`; each runs the stages it needs and leaves no folder behind."""

import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from hexachord.audio_analysis.rhythm.hints import RhythmHints
from hexachord.errors import InputError
from hexachord.files import atomic_path, sha256_of_file
from hexachord.journeys.analyse import check_file, check_source, is_score, run, with_sentences
from hexachord.journeys.audio_stages import audio_stages
from hexachord.journeys.performance import performance_of
from hexachord.journeys.pipeline import Listener, Outcome, Stage
from hexachord.journeys.score_files import kept_score
from hexachord.knowledge.model import Knowledge
from hexachord.provenance import Provenance
from hexachord.score.model import Score
from hexachord.song import Song
from hexachord.song.corrections import Corrections

_SHEETS = {"lead-sheet": "lead-sheet", "piano": "piano", "notes": "performance", "drums": "drum-staff"}
"""What is asked for → the stage that makes it."""


def listen(
    source: str | Path,
    *,
    tasks: Sequence[str] = (),
    engines: Mapping[str, str] | None = None,
    hints: RhythmHints | None = None,
    salvage: bool = False,
    listener: Listener | None = None,
) -> Knowledge:
    """Say what a recording is.

    Parameters
    ----------
    source : a sound file
    tasks : only these fields of `Knowledge` (``tempo``, ``chords`` ...) or stages, and what they need; by default all but stems and scores
    engines, hints, salvage, listener : as in `hexachord.journeys.analyse.analyse`

    Raises
    ------
    InputError : if the file is no sound or a task is unknown.
    """
    source = Path(source)
    with _workshop(source) as song:
        stages = audio_stages(engines=engines or {}, stems=False, pdf=False, salvage=salvage, corrections=_said(hints))
        wanted = [stage for stage in stages if stage.name != "decode" and stage.provides and (not tasks or _does(stage, tasks))]
        unknown = [task for task in tasks if not any(_does(stage, [task]) for stage in stages if stage.provides)]
        if unknown:
            names = ", ".join(name for stage in stages for name in stage.provides)
            raise InputError(f"--task {unknown[0]}", found="no such task", expected=f"one of {names}")
        outcome = _run(song, with_needs(wanted, stages), listener=listener)
    return outcome.knowledge if tasks else with_sentences(outcome.knowledge)


def transcribe(
    source: str | Path,
    *,
    to: str = "piano",
    engines: Mapping[str, str] | None = None,
    hints: RhythmHints | None = None,
    salvage: bool = False,
    listener: Listener | None = None,
) -> Score:
    """Write a recording down.

    Parameters
    ----------
    source : a sound file, or a performed .mid (then `to` is a matter of the page alone)
    to : "lead-sheet" (melody and chords), "piano" (two staves), "notes" (as they were played, without bars) or "drums" (a drum
        staff, of a recording only)
    engines, hints, salvage, listener : as in `hexachord.journeys.analyse.analyse`

    Raises
    ------
    InputError : if the file is no sound, or nothing was heard that could be written.
    """
    source = Path(source)
    if to not in _SHEETS:
        raise ValueError(f"to must be one of {', '.join(_SHEETS)}, not {to!r}")
    if is_score(source):
        if to == "drums":
            raise InputError(source, found="a score", expected="a recording: strokes of drums are heard, not read")
        if hints:
            raise InputError(source, found="hints beside a score", expected="a recording, or no hints")
        return _notated(source, to=to)
    with _workshop(source) as song:
        stages = audio_stages(engines=engines or {}, stems=False, pdf=False, salvage=salvage, corrections=_said(hints))
        wanted = [stage for stage in stages if stage.name == _SHEETS[to]]
        outcome = _run(song, with_needs(wanted, stages), listener=listener)
        if reason := outcome.knowledge.skipped.get(_SHEETS[to]):
            raise InputError(source, found=f"nothing to write down: {reason}", expected="music")
        return kept_score(song, stem=to)


def _notated(source: Path, *, to: str) -> Score:
    """Notate a performance that came as a score file."""
    from hexachord.score.formats import load_score
    from hexachord.score_analysis.facts import read_score

    score = load_score(source)
    known = read_score(score)
    if known.notes is None or len(known.notes) == 0:
        raise InputError(source, found="a score without notes", expected="a performance")
    if to == "notes":
        return performance_of(known.notes, title=score.title or source.stem)
    if known.beats is None or known.metre is None or len(known.beats) < 2:
        raise InputError(source, found="no beats", expected="a performance of more than one beat")
    from hexachord.transcription.melody_line import melody_of_notes
    from hexachord.transcription.notation import lead_sheet, piano_reduction

    on_one_line = to == "lead-sheet"
    write, notes = (lead_sheet, melody_of_notes(known.notes)) if on_one_line else (piano_reduction, known.notes)
    return write(notes, beats=known.beats, metre=known.metre, key=known.key, chords=known.chords, title=score.title or source.stem)


def read(source: str | Path) -> Knowledge:
    """Say what a score holds.

    Parameters
    ----------
    source : .musicxml, .mxl, .mid, .abc or .json

    Raises
    ------
    InputError : if the file is no score, or holds no notes.
    """
    from hexachord.score.formats import load_score
    from hexachord.score_analysis.facts import read_score

    source = Path(source)
    check_file(source)
    score = load_score(source)
    if score.note_count == 0:
        raise InputError(source, found="a score without notes", expected="music", next_step="check that it was saved completely")
    provenance = Provenance(source=source.name, source_sha256=sha256_of_file(source), engine="journey/read")
    return with_sentences(replace(read_score(score), provenance=provenance))


def _said(hints: RhythmHints | None) -> Corrections:
    return Corrections(hints=hints or RhythmHints())


def split(source: str | Path, folder: str | Path, *, salvage: bool = False, listener: Listener | None = None) -> tuple[Path, ...]:
    """Split a recording into stems that sum to it; returns the FLAC files made in `folder`.

    Raises
    ------
    InputError : if the file is no sound.
    OutputError : if the folder cannot be written.
    """
    folder = Path(folder)
    with _workshop(Path(source)) as song:
        stages = audio_stages(engines={}, stems=True, pdf=False, salvage=salvage)
        outcome = _run(song, with_needs([stage for stage in stages if stage.name == "stems"], stages), listener=listener)
        if reason := outcome.knowledge.skipped.get("stems"):
            raise InputError(source, found=f"no stems to be had: {reason}")
        made = [song.folder / name for name in song.files if name.startswith("stems/")]
        return tuple(_copy(path, folder / path.name) for path in made)


def _copy(path: Path, target: Path) -> Path:
    with atomic_path(target) as temporary:
        shutil.copyfile(path, temporary)
    return target


def with_needs(wanted: Sequence[Stage], stages: Sequence[Stage]) -> list[Stage]:
    """Add the stages that others build on, in their order."""
    names = {stage.name for stage in wanted}
    for stage in reversed(stages):
        if stage.name in names:
            names |= {*stage.needs, *stage.uses}
    return [stage for stage in stages if stage.name in names]


def _does(stage: Stage, tasks: Sequence[str]) -> bool:
    return any(task.replace("-", "_") in stage.provides or task == stage.name for task in tasks)


@contextmanager
def _workshop(source: Path) -> Iterator[Song]:
    """Make a song folder that is gone afterwards."""
    check_source(source)
    if is_score(source):
        raise InputError(source, found="a score", expected="a recording", next_step="hexachord read says what a score holds")
    with tempfile.TemporaryDirectory(prefix="hexachord-") as folder:
        song = Song.create(Path(folder) / "song", source=source)
        with song.locked():
            yield song


def _run(song: Song, stages: list[Stage], *, listener: Listener | None) -> Outcome:
    outcome = run(song, stages, listener=listener)
    if outcome.errors:
        raise outcome.errors[0]
    return outcome
