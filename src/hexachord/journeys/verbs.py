"""The arrows as verbs on files: `listen`, `transcribe`, `read`, `split`; each runs the stages it needs and leaves no folder behind."""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from hexachord.audio_analysis.rhythm.hints import RhythmHints
from hexachord.errors import InputError
from hexachord.files import atomic_path, sha256_of_file
from hexachord.journeys.analyse import check_file, is_score, with_sentences
from hexachord.journeys.audio_stages import audio_stages
from hexachord.journeys.performance import performance_of, with_pedal
from hexachord.journeys.pipeline import Listener, Stage
from hexachord.journeys.sheets import SHEETS, Wishes, has_beats, on_paper, write_sheet
from hexachord.journeys.transcribing import INSTRUMENTS, Transcription, transcribe_recording
from hexachord.journeys.workshop import run_all, with_needs, workshop
from hexachord.knowledge.model import Knowledge
from hexachord.provenance import Provenance
from hexachord.score.model import Score
from hexachord.song.corrections import Corrections


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
    with workshop(source) as song:
        stages = audio_stages(engines=engines or {}, stems=False, pdf=False, salvage=salvage, corrections=_said(hints))
        wanted = [stage for stage in stages if stage.name != "decode" and stage.provides and (not tasks or _does(stage, tasks))]
        unknown = [task for task in tasks if not any(_does(stage, [task]) for stage in stages if stage.provides)]
        if unknown:
            names = ", ".join(name for stage in stages for name in stage.provides)
            raise InputError(f"--task {unknown[0]}", found="no such task", expected=f"one of {names}")
        outcome = run_all(song, with_needs(wanted, stages), listener=listener)
    return outcome.knowledge if tasks else with_sentences(outcome.knowledge)


def transcribe(
    source: str | Path,
    *,
    instrument: str = "",
    to: str = "",
    title: str = "",
    threshold: float | None = None,
    engines: Mapping[str, str] | None = None,
    hints: RhythmHints | None = None,
    salvage: bool = False,
    listener: Listener | None = None,
) -> Score:
    """Write a recording down: the main page of `write_down`, which see.

    Parameters
    ----------
    to : a page, where it is to be another than the instrument's: "piano" (two staves), "lead-sheet" (melody and chords), "voice",
        "guitar", "drums", "any", or "notes" (as they were played, without bars)
    """
    made = write_down(
        source,
        instrument=instrument,
        to=to,
        wishes=Wishes(title=title),
        threshold=threshold,
        engines=engines,
        hints=hints,
        salvage=salvage,
        listener=listener,
    )
    return made.main


def write_down(
    source: str | Path,
    *,
    instrument: str = "",
    to: str = "",
    bends: bool | None = None,
    wishes: Wishes = Wishes(),
    threshold: float | None = None,
    engines: Mapping[str, str] | None = None,
    hints: RhythmHints | None = None,
    salvage: bool = False,
    listener: Listener | None = None,
) -> Transcription:
    """Write music down on the pages that its instrument asks for.

    Parameters
    ----------
    source : a sound file, or a performed score file, which is put on the page
    instrument : "piano" (two staves), "voice" (one line), "guitar" (tablature), "drums" (a drum staff), "any" (whatever has a pitch, on
        one staff or two) or "song" (a piano reduction and a lead sheet); by default a recording is a song and a score file piano
    to : one page instead of the instrument's
    bends : whether a recording's performance has pitch bends; by default that of a voice, a guitar and of any instrument has
    wishes : of the reader
    threshold : notes less sure than this are left out
    engines, hints, salvage, listener : as in `hexachord.journeys.analyse.analyse`

    Returns
    -------
    Transcription; where nothing was heard its pages are empty and valid, and `warnings` says why

    Raises
    ------
    InputError : if the file is no sound; if a score file holds no notes, or strokes of drums or bends are to be read in it
    """
    source = Path(source)
    if instrument and instrument not in INSTRUMENTS:
        raise ValueError(f"instrument must be one of {', '.join(INSTRUMENTS)}, not {instrument!r}")
    if to and to != "notes" and to not in SHEETS:
        raise ValueError(f"to must be one of {', '.join(SHEETS)} or notes, not {to!r}")
    if is_score(source):
        if "drums" in (to, instrument):
            raise InputError(source, found="a score", expected="a recording: strokes of drums are heard, not read")
        if hints:
            raise InputError(source, found="hints beside a score", expected="a recording, or no hints")
        if bends:
            raise InputError(source, found="a score", expected="a recording: bends are heard, not read")
        return _written_anew(source, instrument=instrument or "piano", to=to, wishes=wishes)
    return transcribe_recording(
        source,
        instrument=instrument or "song",
        sheets=(to,) if to and to != "notes" else (),
        bars=to != "notes",
        bends=bends,
        wishes=wishes,
        threshold=threshold,
        engines=engines,
        hints=hints,
        salvage=salvage,
        listener=listener,
    )


def _written_anew(source: Path, *, instrument: str, to: str, wishes: Wishes) -> Transcription:
    """Put a performance that came as a score file on its pages."""
    from hexachord.score.formats import load_score
    from hexachord.score_analysis.facts import read_score

    score = load_score(source)
    known = read_score(score)
    if known.notes is None or len(known.notes) == 0:
        raise InputError(source, found="a score without notes", expected="a performance")
    if to != "notes" and not has_beats(known):
        raise InputError(source, found="no beats", expected="a performance of more than one beat")
    wishes = wishes if wishes.title else replace(wishes, title=score.title or source.stem)
    pages = (to,) if to and to != "notes" else INSTRUMENTS[instrument]
    return Transcription(
        instrument=instrument,
        sheets={} if to == "notes" else {page: _notated(known, to=page, wishes=wishes) for page in pages},
        performance=with_pedal(performance_of(known.notes, title=wishes.title), known.pedal),
        notes=known.notes,
        knowledge=known,
    )


def _notated(known: Knowledge, *, to: str, wishes: Wishes) -> Score:
    """Put what was read of a performance on a page."""
    from hexachord.transcription.melody_line import melody_of_notes

    assert known.notes is not None
    if to in ("lead-sheet", "voice"):
        known = replace(known, melody_notes=melody_of_notes(known.notes))
    page = write_sheet(to, known if to in ("piano", "lead-sheet") else replace(known, chords=None), wishes=wishes)
    return on_paper(page, wishes=wishes)


def read(source: str | Path) -> Knowledge:
    """Say what a score holds.

    Parameters
    ----------
    source : .musicxml, .mxl, .mid, .abc or .json

    Raises
    ------
    InputError : if the file is no score, or holds no notes.
    """
    from hexachord.score.formats import load_score, with_notes
    from hexachord.score_analysis.facts import read_score

    source = Path(source)
    check_file(source)
    score = with_notes(load_score(source), source)
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
    with workshop(Path(source)) as song:
        stages = audio_stages(engines={}, stems=True, pdf=False, salvage=salvage)
        outcome = run_all(song, with_needs([stage for stage in stages if stage.name == "stems"], stages), listener=listener)
        if reason := outcome.knowledge.skipped.get("stems"):
            raise InputError(source, found=f"no stems to be had: {reason}")
        made = [song.folder / name for name in song.files if name.startswith("stems/")]
        return tuple(_copy(path, folder / path.name) for path in made)


def _copy(path: Path, target: Path) -> Path:
    with atomic_path(target) as temporary:
        shutil.copyfile(path, temporary)
    return target


def _does(stage: Stage, tasks: Sequence[str]) -> bool:
    return any(task.replace("-", "_") in stage.provides or task == stage.name for task in tasks)
