"""`hexachord transcribe`: a recording, or a performance, on paper."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hexachord.cli.options import EngineChoice, Json, Quiet, Salvage, add_command, parse_engines
from hexachord.cli.rhythm_options import MetreHint, StartHint, TapHint, TempoHint, parse_hints
from hexachord.errors import InputError
from hexachord.files import write_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hexachord.audio_analysis.rhythm.hints import RhythmHints
    from hexachord.cli.output import Reporter


class Instrument(StrEnum):
    """What plays."""

    PIANO = "piano"
    VOICE = "voice"
    GUITAR = "guitar"
    DRUMS = "drums"
    ANY = "any"
    SONG = "song"


class Sheet(StrEnum):
    """One page instead of the instrument's."""

    LEAD_SHEET = "lead-sheet"
    PIANO = "piano"
    VOICE = "voice"
    NOTES = "notes"
    DRUMS = "drums"
    CHORDPRO = "chordpro"
    CHORDS = "chords"


class Level(StrEnum):
    """How much of what was played a piano page shows (`hexachord.transcription.notation.levels`)."""

    AS_PLAYED = "as-played"
    READABLE = "readable"
    EASY = "easy"


_ENDINGS = {Sheet.CHORDS: "-chords.mid", Sheet.CHORDPRO: ".cho"}


def transcribe(
    song: Annotated[Path, typer.Argument(help="A recording, or a performed .mid.")],
    instrument: Annotated[
        Instrument | None,
        typer.Option(
            "--instrument",
            "-i",
            help="What plays: piano (two staves), voice (one line), guitar (tablature), drums, any (whatever has a pitch), "
            "song (a mix: piano reduction and lead sheet).  [default: song; of a .mid piano]",
            show_default=False,
        ),
    ] = None,
    to: Annotated[
        Sheet | None,
        typer.Option(
            "--to",
            help="One page instead: melody and chords, two staves, one line, the notes as played, drums, chords as ChordPro or as MIDI.",
            show_default=False,
        ),
    ] = None,
    out: Annotated[
        list[Path] | None,
        typer.Option(
            "--out", "-o", metavar="FILE|FOLDER", help="A file, by its suffix, or a folder for all; may be repeated.", show_default=False
        ),
    ] = None,
    performance: Annotated[
        bool, typer.Option("--performance", help="MIDI as it was played, not in the bars of the page.", show_default=False)
    ] = False,
    bends: Annotated[
        bool | None,
        typer.Option(
            "--bends/--no-bends",
            help="Pitch bends in MIDI as it was played.  [default: of a voice, a guitar, any instrument]",
            show_default=False,
        ),
    ] = None,
    level: Annotated[
        Level, typer.Option("--level", help="Of a piano page: every note out in full, ornaments as signs, or what a beginner can play.")
    ] = Level.READABLE,
    repeats: Annotated[
        bool, typer.Option("--repeats", help="Write what is played again at once between repeat signs.", show_default=False)
    ] = False,
    threshold: Annotated[
        float | None,
        typer.Option(
            "--threshold", min=0.0, max=1.0, metavar="SURE", help="Leave out notes less sure than this (0 to 1).", show_default=False
        ),
    ] = None,
    tuning: Annotated[
        str,
        typer.Option(
            "--tuning", metavar="STRINGS", help="Of a guitar: standard, drop-d, dadgad, bass ..., or its strings from the lowest."
        ),
    ] = "standard",
    transpose: Annotated[int, typer.Option("--transpose", min=-11, max=11, help="Semitones up, of a chord sheet.")] = 0,
    capo: Annotated[
        str, typer.Option("--capo", metavar="FRET", help="Of a guitar or a chord sheet: 0 to 11, or `auto` for the easiest.")
    ] = "0",
    engine: EngineChoice = None,
    tempo: TempoHint = None,
    metre: MetreHint = None,
    tap: TapHint = None,
    starts_at: StartHint = None,
    salvage: Salvage = False,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Write a recording down: audio → score.

    `--out FILE`: the suffix chooses the format: `.musicxml`, `.mxl`, `.mid`, `.abc`, `.json`, `.pdf`, `.svg`, `.png`, and `.tab` (a
    guitar's tablature as text). It may be repeated, and a folder takes them all. Of several pages the first has the name, the others
    `NAME-PAGE`. By default it is `NAME.musicxml` in the current directory; for notes `NAME.mid`, for chords `NAME-chords.mid` (a chord
    for each symbol, named by markers) and `NAME.cho` for ChordPro; a score with chord symbols becomes these two as well.

    Where nothing was heard that could be written, the page is an empty bar, and a warning says why.

    Examples: `hexachord transcribe sonata.flac --instrument piano -o sonata.pdf` · `hexachord transcribe song.mp3 -o pages/`
    · `hexachord transcribe aria.wav --instrument voice -o aria.musicxml -o aria.mid`
    · `hexachord transcribe etude.wav --instrument guitar --capo auto -o etude.tab`
    · `hexachord transcribe waltz.mid --level easy --repeats -o waltz.pdf`
    · `hexachord transcribe drums.wav --instrument drums -o drums.pdf` · `hexachord transcribe performance.mid -o score.pdf`
    · `hexachord transcribe song.mp3 --to chordpro --capo auto` · `hexachord transcribe waltz.mp3 --metre 3 -o waltz.png`
    """
    from hexachord.cli.output import Reporter
    from hexachord.cli.transcription_files import check_targets, save_transcription
    from hexachord.journeys.sheets import Wishes
    from hexachord.journeys.verbs import write_down

    hints = parse_hints(tempo=tempo, metre=metre, tap=tap, starts_at=starts_at)
    chosen = parse_engines(engine)
    fret = _fret(capo)
    reporter = Reporter(quiet=quiet or json, title=song.name)
    if to in (Sheet.CHORDPRO, Sheet.CHORDS):
        if instrument is not None:
            raise InputError(f"--instrument {instrument.value}", found=f"--to {to.value} beside it", expected="one of them")
        if out is not None and len(out) > 1:
            raise InputError(f"--to {to.value}", found=f"--out {len(out)} times", expected="one file")
        if to is Sheet.CHORDS:
            _refuse_chord_options(to, transpose=transpose, capo=capo)
        target = out[0] if out else Path(song.stem + _ENDINGS[to])
        heard = _Listening(engines=chosen, hints=hints, salvage=salvage)
        with reporter:
            if to is Sheet.CHORDPRO:
                made_of_chords = _chordpro(song, target, heard, reporter, transpose=transpose, capo=fret)
            else:
                made_of_chords = _chords(song, target, heard, reporter)
        _tell(*made_of_chords, quiet=quiet, json=json)
        return
    is_guitar = instrument is Instrument.GUITAR and to is None
    if not is_guitar:
        _refuse_chord_options(to or instrument, transpose=transpose, capo=capo)
    if is_guitar:
        from hexachord.theory.fretboard import fretboard

        fretboard(tuning, capo=fret or 0)  # a misspelt tuning is said before anybody listens
    elif tuning != "standard":
        raise InputError(f"--tuning {tuning}", found="no guitar", expected="--instrument guitar")
    as_played = performance or to is Sheet.NOTES
    targets = out or [Path(song.stem + (".mid" if as_played else ".musicxml"))]
    check_targets(targets, is_guitar=is_guitar, performance=performance)
    with reporter:
        made = write_down(
            song,
            instrument=instrument.value if instrument else "",
            to=to.value if to else "",
            bends=bends,
            wishes=Wishes(level=level.value, repeats=repeats, tuning=tuning, capo=fret),
            threshold=threshold,
            engines=chosen,
            hints=hints,
            salvage=salvage,
            listener=reporter.hear,
        )
        paths, lost = save_transcription(made, targets, name=song.stem, performance=performance)
    warnings = tuple(dict.fromkeys((*made.warnings, *made.main.warnings)))
    facts = {**made.facts(), "warnings": list(warnings), "lost": lost}
    _tell(paths, (*warnings, *(f"not in {name}: {', '.join(what)}" for name, what in lost.items())), facts, quiet=quiet, json=json)


_Made = tuple[tuple[Path, ...], tuple[str, ...], dict[str, Any]]  # files, warnings, facts


@dataclass(frozen=True, kw_only=True)
class _Listening:
    engines: "Mapping[str, str]"
    hints: "RhythmHints | None"
    salvage: bool


def _chordpro(song: Path, target: Path, heard: _Listening, reporter: "Reporter", *, transpose: int, capo: int | None) -> _Made:
    from hexachord.journeys.chord_sheets import chord_sheet
    from hexachord.theory.chordpro import ChordProOptions

    sheet = ChordProOptions(transpose=transpose, capo=capo)
    text = chord_sheet(song, options=sheet, engines=heard.engines, hints=heard.hints, salvage=heard.salvage, listener=reporter.hear)
    return (write_text(target, text),), (), {}


def _chords(song: Path, target: Path, heard: _Listening, reporter: "Reporter") -> _Made:
    from hexachord.cli.output import save_score_as
    from hexachord.journeys.chord_sheets import chord_chart

    markers = target.suffix.lower() in (".mid", ".midi")
    score = chord_chart(song, markers=markers, engines=heard.engines, hints=heard.hints, salvage=heard.salvage, listener=reporter.hear)
    paths, lost = save_score_as(score, target)
    warnings = tuple(dict.fromkeys((*score.warnings, *lost)))
    return paths, warnings, {"notes": score.note_count, "warnings": list(warnings)}


def _tell(paths: "Sequence[Path]", warnings: "Sequence[str]", facts: "Mapping[str, Any]", *, quiet: bool, json: bool) -> None:
    """Say what was written and what is doubtful; warnings are part of the JSON, and of standard error but for who wants quiet."""
    from hexachord.cli.output import print_json

    if json:
        print_json({"files": [str(path) for path in paths], **facts})
        return
    for warning in () if quiet else warnings:
        typer.echo(f"note: {warning}", err=True)
    for path in paths:
        typer.echo(str(path))


def _refuse_chord_options(what: StrEnum | None, *, transpose: int, capo: str) -> None:
    named = f"--to {what.value}" if isinstance(what, Sheet) else f"--instrument {what.value}" if what else "neither --to nor --instrument"
    if transpose:
        raise InputError("--transpose", found=named, expected="--to chordpro")
    if capo != "0":
        raise InputError("--capo", found=named, expected="--to chordpro or --instrument guitar")


def _fret(text: str) -> int | None:
    """Read the fret of a capo; None for ``auto``."""
    if text.lower() == "auto":
        return None
    if not text.isdigit() or int(text) > 11:
        raise InputError("--capo", found=text, expected="a fret from 0 to 11, or auto")
    return int(text)


def add_to(app: typer.Typer) -> None:
    """Add this file's command."""
    add_command(app, "transcribe", transcribe, panel="The arrows")
