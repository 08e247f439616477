"""`hexachord correct`: what the user knows better about a song is kept in its folder."""

import shlex
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hexachord.cli.options import Json, Quiet, Threads, add_command
from hexachord.cli.rhythm_options import parse_metre, parse_time
from hexachord.errors import InputError

if TYPE_CHECKING:
    from hexachord.audio_analysis.rhythm.rereading import RhythmEdit
    from hexachord.journeys.correcting import Corrected
    from hexachord.theory.page_edits import PageEdit

_PAGES = "The written pages"
_TOLD = ("page", "files", "wall_s", "failed")  # of a run's JSON; what is known is in the folder


def correct(
    folder: Annotated[Path, typer.Argument(help="A song's folder, as `hexachord SONG` made it.")],
    reading: Annotated[
        int | None, typer.Option("--reading", metavar="N", help="Take another of the readings (--show lists them).", show_default=False)
    ] = None,
    double: Annotated[bool, typer.Option("--double", help="Twice the tempo: beats between the beats.", show_default=False)] = False,
    half: Annotated[bool, typer.Option("--half", help="Half the tempo: every second beat.", show_default=False)] = False,
    triple: Annotated[bool, typer.Option("--triple", help="Three times the tempo.", show_default=False)] = False,
    third: Annotated[bool, typer.Option("--third", help="A third of the tempo.", show_default=False)] = False,
    three_halves: Annotated[
        bool, typer.Option("--three-halves", help="One and a half times the tempo: three beats for two.", show_default=False)
    ] = False,
    two_thirds: Annotated[
        bool, typer.Option("--two-thirds", help="Two thirds of the tempo: two beats for three.", show_default=False)
    ] = False,
    metre: Annotated[
        str | None, typer.Option("--metre", metavar="N", help="Felt beats in a bar, from the first downbeat: 3, 6/8.", show_default=False)
    ] = None,
    downbeat_at: Annotated[
        str | None, typer.Option("--downbeat-at", metavar="S", help="A bar begins at the beat nearest to this time.", show_default=False)
    ] = None,
    shift_beats: Annotated[
        float | None,
        typer.Option(
            "--shift-beats", metavar="N", help="Bars begin N beats later (-1: earlier); 0.5 moves the beats between.", show_default=False
        ),
    ] = None,
    beats: Annotated[
        Path | None,
        typer.Option("--beats", metavar="FILE", help="These are the beats: an Audacity label file, or CSV.", show_default=False),
    ] = None,
    key: Annotated[
        str | None,
        typer.Option("--key", metavar="KEY", help="The key of the pages: 'Bb major', 'F#m'.", show_default=False, rich_help_panel=_PAGES),
    ] = None,
    key_from: Annotated[
        tuple[str, str] | None,
        typer.Option("--key-from", metavar="BAR KEY", help="The key from a bar on.", show_default=False, rich_help_panel=_PAGES),
    ] = None,
    metre_from: Annotated[
        tuple[str, str] | None,
        typer.Option(
            "--metre-from", metavar="BAR METRE", help="Other bars from a bar on: 9 3/4.", show_default=False, rich_help_panel=_PAGES
        ),
    ] = None,
    note: Annotated[
        list[str] | None,
        typer.Option(
            "--note",
            metavar="TEXT",
            help="Correct a note: 'bar 12 beat 2.5 C4 -> Eb4'; or, after the note, delete, duration 1.5, hand left, voice 2, to beat 3.",
            show_default=False,
            rich_help_panel=_PAGES,
        ),
    ] = None,
    add_note: Annotated[
        list[str] | None,
        typer.Option(
            "--add-note", metavar="TEXT", help="Add a note: 'bar 12 beat 2.5 Eb4 duration 1'.", show_default=False, rich_help_panel=_PAGES
        ),
    ] = None,
    chord: Annotated[
        list[str] | None,
        typer.Option(
            "--chord", metavar="TEXT", help="A chord symbol: 'bar 12 beat 3 Bbm7', or none.", show_default=False, rich_help_panel=_PAGES
        ),
    ] = None,
    title: Annotated[
        str | None, typer.Option("--title", help="What the pages are called.", show_default=False, rich_help_panel=_PAGES)
    ] = None,
    composer: Annotated[str | None, typer.Option("--composer", help="Who wrote it.", show_default=False, rich_help_panel=_PAGES)] = None,
    sheet: Annotated[
        list[str] | None,
        typer.Option(
            "--sheet",
            metavar="PAGE",
            help="Only on this page: piano, lead-sheet, drums, score. By default wherever it fits.",
            show_default=False,
            rich_help_panel=_PAGES,
        ),
    ] = None,
    proof: Annotated[
        Path | None,
        typer.Option(
            "--proof",
            metavar="FILE",
            help="The page with the last correction (.svg, .pdf, .png), before anything else follows.",
            show_default=False,
            rich_help_panel=_PAGES,
        ),
    ] = None,
    show: Annotated[bool, typer.Option("--show", "--list", help="Only show what is said, and the readings.", show_default=False)] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Take back the last correction.", show_default=False)] = False,
    reset: Annotated[bool, typer.Option("--reset", help="Take back everything, hints too.", show_default=False)] = False,
    rerun: Annotated[
        bool | None,
        typer.Option(
            "--rerun/--no-rerun", help="Do again what rests on it; alone, what was left for later. By default at once.", show_default=False
        ),
    ] = None,
    threads: Threads = None,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Correct the beats and bars of a song, and its pages; its folder remembers, and everything follows.

    What you say is kept in `corrections.json` in the folder, and added to what you said before. Then what rests on it is done again, and
    nothing else: chords on beats, sections, notation, tables and labels, the page. What was heard is kept too, and `--reset` brings it
    back. A run that was stopped goes on where it ended: `hexachord correct FOLDER --rerun`.

    Notes are named by bar, beat and name; where two hands or parts have one, say `left`, `right`, `staff 2`, `voice 5` or `in PART` before
    its name. `--note`, `--add-note` and `--chord` may be repeated. On a drum staff notes are `snare`, `kick`,
    `closed-hi-hat` ...

    Examples: `hexachord correct song.hexachord --half` · `hexachord correct song.hexachord --reading 2` ·
    `hexachord correct song.hexachord --metre 3 --downbeat-at 12.3` · `hexachord correct song.hexachord --beats labels/beats.txt` ·
    `hexachord correct song.hexachord --double --no-rerun` · `hexachord correct song.hexachord --key "Bb major"` ·
    `hexachord correct song.hexachord --note "bar 12 beat 2.5 C4 -> Eb4" --note "bar 13 G3 hand left"` ·
    `hexachord correct song.hexachord --undo` · `hexachord correct song.hexachord --proof page.svg`
    """
    from hexachord.cli.output import Reporter, print_json
    from hexachord.journeys.correcting import correct as keep
    from hexachord.journeys.following import follow, is_followed

    tempi = {"double": double, "half": half, "triple": triple, "third": third, "three-halves": three_halves, "two-thirds": two_thirds}
    edits = _edits(
        tempo=[name for name, wanted in tempi.items() if wanted], beats=beats, metre=metre, downbeat_at=downbeat_at, shift_beats=shift_beats
    )
    pages = _page_edits(
        key=key,
        key_from=key_from,
        metre_from=metre_from,
        note=note,
        add_note=add_note,
        chord=chord,
        title=title,
        composer=composer,
        sheet=sheet,
    )
    says = bool(edits) or bool(pages) or reading is not None
    if proof is not None:
        from hexachord.journeys.proofs import check_proof

        check_proof(proof)
    if sheet and not pages and proof is None:
        raise InputError("--sheet", found="nothing that is to be corrected there", expected="--note, --key ... beside it")
    if sum((says, show, undo, reset)) > 1:
        raise InputError("hexachord correct", found="a correction beside --show, --undo or --reset", expected="one of them at a time")
    if reading is not None and beats is not None:
        raise InputError("hexachord correct", found="--reading beside --beats", expected="one of them")
    if show and rerun is not None:
        raise InputError("hexachord correct", found=f"--show beside --{'' if rerun else 'no-'}rerun", expected="one of them")
    if not (says or show or undo or reset or rerun or proof):
        raise InputError("hexachord correct", found="nothing to correct", expected="--half, --metre 3 ...", next_step="see --help")
    reporter = Reporter(quiet=quiet or json, title=folder.name)
    done = keep(folder, *edits, *pages, reading=reading, undo=undo, reset=reset, on_wait=reporter.waiting)
    if not json and (show or not quiet):
        _tell(done, show=show, later=rerun is False)
    proofs = {} if proof is None else _proof(done, proof, sheet=(sheet or [""])[0], silent=json)
    analysis = None
    if not show and rerun is not False and (rerun or says or undo or reset):
        with reporter:
            analysis = follow(done.song.folder, threads=threads, listener=reporter.hear_redone, on_wait=reporter.waiting)
        done = replace(done, is_followed=is_followed(analysis.song, done.corrections))
    if json:
        redone = {} if analysis is None else {name: value for name, value in analysis.to_json().items() if name in _TOLD}
        print_json({**done.to_json(), **proofs, "redone": [] if analysis is None else list(analysis.redone), **redone})
    elif analysis is not None:
        reporter.show_redone(analysis)
    if analysis is not None:
        if not json:
            for words in done.astray:
                typer.echo(f"not applied: {words}", err=True)
        for stage, message in analysis.failed.items():
            typer.echo(f"the step {stage} failed ({message}); what does not depend on it is done", err=True)
        if analysis.errors:
            raise analysis.errors[0]


def _edits(
    *, tempo: list[str], beats: Path | None, metre: str | None, downbeat_at: str | None, shift_beats: float | None
) -> list["RhythmEdit"]:
    """What was asked for, in the order in which it makes sense: the beats, their tempo, the bars."""
    from hexachord.audio_analysis.rhythm.rereading import RhythmEdit

    if len(tempo) > 1:
        raise InputError(" ".join(f"--{name}" for name in tempo), found=f"{len(tempo)} tempi", expected="one of them")
    edits = []
    if beats is not None:
        from hexachord.knowledge.beat_files import load_beats

        edits.append(RhythmEdit(beats=load_beats(beats)))
    edits += [RhythmEdit(tempo=name) for name in tempo]
    if metre is not None:
        count, kind, parts = parse_metre(metre)
        edits.append(RhythmEdit(beats_per_bar=count, beat_type=kind, beat_division=parts))
    if shift_beats is not None:
        if (2 * shift_beats) % 1:
            raise InputError(f"--shift-beats {shift_beats:g}", found="no number of half beats", expected="1, -1, 0.5 ...")
        edits.append(RhythmEdit(shift_beats=shift_beats))
    if downbeat_at is not None:
        edits.append(RhythmEdit(downbeat_s=parse_time("--downbeat-at", downbeat_at)))
    return edits


def _page_edits(
    *,
    key: str | None,
    key_from: tuple[str, str] | None,
    metre_from: tuple[str, str] | None,
    note: list[str] | None,
    add_note: list[str] | None,
    chord: list[str] | None,
    title: str | None,
    composer: str | None,
    sheet: list[str] | None,
) -> list["PageEdit"]:
    """What was asked for of the pages: their frame first, then what stands in it."""
    if not (metre_from or key is not None or key_from or note or add_note or chord or title is not None or composer is not None):
        return []
    from hexachord.theory import edit_grammar as grammar
    from hexachord.theory.page_edits import PageEdit

    edits = [grammar.parse_metre_edit(metre_from[1], bar=metre_from[0], option=f"--metre-from {metre_from[0]}")] if metre_from else []
    edits += [] if key is None else [grammar.parse_key_edit(key)]
    edits += [grammar.parse_key_edit(key_from[1], bar=key_from[0], option=f"--key-from {key_from[0]}")] if key_from else []
    edits += [grammar.parse_note_edit(text) for text in note or ()]
    edits += [grammar.parse_new_note(text) for text in add_note or ()]
    edits += [grammar.parse_chord_edit(text) for text in chord or ()]
    edits += [] if title is None else [PageEdit(title=title)]
    edits += [] if composer is None else [PageEdit(composer=composer)]
    return [replace(edit, sheets=tuple(sheet or ())) for edit in edits]


def _proof(done: "Corrected", path: Path, *, sheet: str, silent: bool) -> dict[str, str | int]:
    """Engrave the page with the last correction, and say where it is."""
    from hexachord.journeys.proofs import proof_of, save_proof

    made = proof_of(done.song, sheet=sheet)
    save_proof(made, path)
    if not silent:
        typer.echo(path)
    return {"proof": str(path), "proof_sheet": made.sheet, "proof_page": made.number}


def _tell(done: "Corrected", *, show: bool, later: bool) -> None:
    from hexachord.knowledge.report import reading_words

    if show and done.readings:
        typer.echo("As it was heard:")
        for number, reading in enumerate(done.readings, 1):
            typer.echo(f"  {number}  {reading_words(reading)}")
    if done.corrections:
        typer.echo("As you said:")
        for words in done.corrections.words():
            typer.echo(f"  {words}")
    else:
        typer.echo("Nothing is corrected.")
    if (show or later) and not done.is_followed:
        typer.echo(f"The folder does not follow that yet; to let it: hexachord correct {shlex.quote(str(done.song.folder))} --rerun")


def add_to(app: typer.Typer) -> None:
    """Add this file's commands."""
    add_command(app, "correct", correct, panel="The main job")
