"""`transcribe`, `read` and `transform`: arrows one at a time."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from hexachord.cli import effect_commands, retune_command
from hexachord.cli.options import EngineChoice, Json, Out, Quiet, Salvage, add_command, parse_engines
from hexachord.cli.rhythm_options import MetreHint, StartHint, TapHint, TempoHint, parse_hints
from hexachord.errors import InputError
from hexachord.files import write_text


class Sheet(StrEnum):
    """What to write down."""

    LEAD_SHEET = "lead-sheet"
    PIANO = "piano"
    NOTES = "notes"
    DRUMS = "drums"
    CHORDPRO = "chordpro"
    CHORDS = "chords"


_ENDINGS = {Sheet.NOTES: ".mid", Sheet.CHORDS: "-chords.mid"}


def transcribe(
    song: Annotated[Path, typer.Argument(help="A recording, or a performed .mid.")],
    to: Annotated[
        Sheet, typer.Option("--to", help="Melody and chords, a piano score, the notes as played, the drums, chords as ChordPro or as MIDI.")
    ] = Sheet.PIANO,
    out: Out = None,
    transpose: Annotated[int, typer.Option("--transpose", min=-11, max=11, help="Semitones up, of a chord sheet.")] = 0,
    capo: Annotated[str, typer.Option("--capo", metavar="FRET", help="Of a chord sheet: 0 to 11, or `auto` for the easiest shapes.")] = "0",
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

    `--out FILE`: the suffix chooses the format: `.musicxml`, `.mxl`, `.mid`, `.json`, `.pdf`, `.svg`, `.png`. By default it is
    `NAME.musicxml` in the current directory; for notes `NAME.mid`, for chords `NAME-chords.mid` (a chord for each symbol, named by
    markers) and `NAME.cho` for ChordPro; a score with chord symbols becomes these two as well.

    Examples: `hexachord transcribe piano.flac` · `hexachord transcribe song.mp3 --to lead-sheet -o song.pdf`
    · `hexachord transcribe song.mp3 --to chordpro --capo auto` · `hexachord transcribe song.mp3 --to chords -o chords.mid`
    · `hexachord transcribe drums.wav --to drums -o drums.pdf`
    · `hexachord transcribe waltz.mp3 --metre 3 -o waltz.png`
    """
    from hexachord.cli.output import Reporter, print_json, save_score_as
    from hexachord.journeys.verbs import transcribe as write_down

    hints = parse_hints(tempo=tempo, metre=metre, tap=tap, starts_at=starts_at)
    if to is Sheet.CHORDPRO:
        from hexachord.journeys.chord_sheets import chord_sheet
        from hexachord.theory.chordpro import ChordProOptions

        sheet = ChordProOptions(transpose=transpose, capo=_fret(capo))
        reporter = Reporter(quiet=quiet or json, title=song.name)
        with reporter:
            text = chord_sheet(song, options=sheet, engines=parse_engines(engine), hints=hints, salvage=salvage, listener=reporter.hear)
        made = write_text(out or Path(f"{song.stem}.cho"), text)
        print_json({"files": [str(made)]}) if json else typer.echo(str(made))
        return
    if transpose or capo != "0":
        raise InputError("--transpose" if transpose else "--capo", found=f"--to {to.value}", expected="--to chordpro")
    target = out or Path(song.stem + _ENDINGS.get(to, ".musicxml"))
    reporter = Reporter(quiet=quiet or json, title=song.name)
    chosen = parse_engines(engine)
    with reporter:
        if to is Sheet.CHORDS:
            from hexachord.journeys.chord_sheets import chord_chart

            markers = target.suffix.lower() in (".mid", ".midi")
            score = chord_chart(song, markers=markers, engines=chosen, hints=hints, salvage=salvage, listener=reporter.hear)
        else:
            score = write_down(song, to=to.value, engines=chosen, hints=hints, salvage=salvage, listener=reporter.hear)
        paths, lost = save_score_as(score, target)
    warnings = tuple(dict.fromkeys((*score.warnings, *lost)))
    if json:
        print_json({"files": [str(path) for path in paths], "notes": score.note_count, "warnings": list(warnings)})
    else:
        for warning in () if quiet else warnings:
            typer.echo(f"note: {warning}", err=True)
        for path in paths:
            typer.echo(str(path))


def _fret(text: str) -> int | None:
    """Read the fret of a capo; None for ``auto``."""
    if text.lower() == "auto":
        return None
    if not text.isdigit() or int(text) > 11:
        raise InputError("--capo", found=text, expected="a fret from 0 to 11, or auto")
    return int(text)


def read(
    score: Annotated[Path, typer.Argument(help="A score: .musicxml, .mxl, .mid, .abc, .json.")],
    out: Out = None,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Say what a score holds: score → knowledge.

    Examples: `hexachord read waltz.musicxml` · `hexachord read tune.abc --json` · `hexachord read song.mid -o song.jams`
    """
    from hexachord.cli.output import Reporter, print_json, save_knowledge_as
    from hexachord.journeys.verbs import read as look
    from hexachord.knowledge.json_format import knowledge_document

    reporter = Reporter(quiet=quiet or json, title=score.name)
    with reporter:
        knowledge = look(score)
    if out is not None:
        save_knowledge_as(knowledge, out, title=score.stem)
    if json:
        print_json(knowledge_document(knowledge))
    elif not quiet:
        reporter.show_knowledge(knowledge, title=score.stem)
    if out is not None and not json:
        typer.echo(str(out))


def stems(
    song: Annotated[Path, typer.Argument(help="A recording.")],
    out: Out = None,
    salvage: Salvage = False,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Split a recording into stems that sum to it: audio → audio.

    Stems are FLAC files in `NAME-stems/` in the current directory, or in `--out DIR`.

    Example: `hexachord transform stems song.mp3`
    """
    from hexachord.cli.output import Reporter, print_json
    from hexachord.journeys.verbs import split

    folder = out or Path(f"{song.stem}-stems")
    reporter = Reporter(quiet=quiet or json, title=song.name)
    with reporter:
        paths = split(song, folder, salvage=salvage, listener=reporter.hear)
    if json:
        print_json({"files": [str(path) for path in paths]})
    else:
        for path in paths:
            typer.echo(str(path))


def add_to(app: typer.Typer) -> None:
    """Add this file's commands."""
    add_command(app, "transcribe", transcribe, panel="The arrows")
    add_command(app, "read", read, panel="The arrows")
    transform = typer.Typer(help="Make new sound of a recording: audio → audio.", no_args_is_help=True)
    add_command(transform, "stems", stems, panel="Transformations")
    effect_commands.add_to(transform)
    retune_command.add_to(transform)
    app.add_typer(transform, name="transform", rich_help_panel="The arrows")
