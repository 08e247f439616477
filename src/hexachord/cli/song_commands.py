"""`hexachord SONG`: the main job."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from hexachord.cli.live_command import Live, PlainSamples, RealTime, listen_live
from hexachord.cli.options import EngineChoice, Json, Out, Quiet, Salvage, Soundfont, Threads, add_command, parse_engines
from hexachord.cli.rhythm_options import MetreHint, StartHint, TapHint, TempoHint, parse_hints


class ClickSpot(StrEnum):
    """Where clicks sound: `hexachord.journeys.rhythm_files.Spot`."""

    MIX = "mix"
    SPLIT = "split"
    ALONE = "alone"


def song(
    song: Annotated[Path, typer.Argument(help="A recording (wav, flac, mp3, ogg, opus; m4a and films with the extra `av`) or a score.")],
    out: Out = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Do every step again, even if its result is there.", show_default=False)] = False,
    stems: Annotated[bool, typer.Option(help="Split the recording, or the performance of a score, into stems.")] = True,
    pdf: Annotated[bool, typer.Option(help="Engrave the scores as PDF.")] = True,
    page: Annotated[bool, typer.Option(help="Write the page that shows and plays it all.")] = True,
    sound: Annotated[bool, typer.Option(help="Play a score.")] = True,
    soundfont: Soundfont = None,
    engine: EngineChoice = None,
    tempo: TempoHint = None,
    metre: MetreHint = None,
    tap: TapHint = None,
    starts_at: StartHint = None,
    salvage: Salvage = False,
    threads: Threads = None,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Make a folder that knows everything about a song.

    Tempo, beats, metre, tuning, key, chords, sections, melody, notes; a lead sheet, a piano score and a drum staff; stems; loudness; a
    report; and a page to see and hear it all in a browser. Steps that are done are not done again: run it twice and the second run only
    reads. A run that was stopped goes on where it ended. What you say about the rhythm is kept in the folder; `hexachord correct` corrects
    what was heard.

    Examples: `hexachord song.mp3` · `hexachord waltz.musicxml --out waltz` · `hexachord song.mp3 --tempo 80-120 --metre 3` ·
    `hexachord song.mp3 --no-stems --json | jq .knowledge.key`
    """
    from hexachord.cli.output import Reporter, print_json
    from hexachord.journeys.analyse import analyse

    hints = parse_hints(tempo=tempo, metre=metre, tap=tap, starts_at=starts_at)
    reporter = Reporter(quiet=quiet or json, title=song.name)
    with reporter:
        analysis = analyse(
            song,
            out=out,
            fresh=fresh,
            stems=stems,
            pdf=pdf,
            page=page,
            sound=sound,
            soundfont=soundfont,
            engines=parse_engines(engine),
            hints=hints,
            salvage=salvage,
            threads=threads,
            listener=reporter.hear,
            on_wait=reporter.waiting,
        )
    if json:
        print_json(analysis.to_json())
    elif quiet:
        typer.echo(str(analysis.song.folder))
    else:
        reporter.show_analysis(analysis)
    for stage, message in analysis.failed.items():
        typer.echo(f"the step {stage} failed ({message}); what does not depend on it is done", err=True)
    if analysis.errors:
        raise analysis.errors[0]


def listen(
    song: Annotated[Path, typer.Argument(help="A recording.")],
    task: Annotated[
        list[str] | None,
        typer.Option("--task", "-t", metavar="TASK", help="Only this, and what it needs (repeatable): tempo, beats, key, chords ..."),
    ] = None,
    out: Out = None,
    click: Annotated[
        Path | None, typer.Option("--click", metavar="FILE", help="Write the recording with a click on every beat.", show_default=False)
    ] = None,
    click_as: Annotated[ClickSpot, typer.Option("--click-as", help="Over the music, in the other ear, or alone.")] = ClickSpot.MIX,
    tempo_map: Annotated[
        Path | None,
        typer.Option("--tempo-map", metavar="FILE", help="Write the beats as a tempo map (.mid) for a sequencer.", show_default=False),
    ] = None,
    engine: EngineChoice = None,
    tempo: TempoHint = None,
    metre: MetreHint = None,
    tap: TapHint = None,
    starts_at: StartHint = None,
    live: Live = False,
    real_time: RealTime = False,
    pcm: PlainSamples = None,
    salvage: Salvage = False,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Say what a recording is: audio → knowledge, without a folder.

    `--live` prints beats while the music plays, a line each (JSON with `--json`), at most a tenth of a second late.
    `--out FILE` writes what was heard; the suffix chooses the format: `.json` (all), `.jams`, `.txt` (report), `.csv` (with one `--task`).

    Examples: `hexachord listen song.mp3` · `hexachord listen song.mp3 -t beats -o beats.csv` · `hexachord listen song.mp3 -t key --json` ·
    `hexachord listen song.mp3 -t beats --tempo 80-120 --click clicks.flac --tempo-map song.mid` ·
    `hexachord listen --live song.mp3` · `ffmpeg -i URL -f wav - | hexachord listen --live - --json`
    """
    from hexachord.cli.output import Reporter, print_json, save_knowledge_as
    from hexachord.journeys.rhythm_files import write_click, write_tempo_map
    from hexachord.journeys.verbs import listen as hear
    from hexachord.knowledge.json_format import knowledge_document

    hints = parse_hints(tempo=tempo, metre=metre, tap=tap, starts_at=starts_at)
    if live or real_time or pcm is not None:
        listen_live(song, hints=hints, pcm=pcm, real_time=real_time, salvage=salvage, as_json=json)
        return
    reporter = Reporter(quiet=quiet or json, title=song.name)
    with reporter:
        wanted = (*(task or ()), *(["beats"] if task and (click or tempo_map) else []))
        knowledge = hear(song, tasks=wanted, engines=parse_engines(engine), hints=hints, salvage=salvage, listener=reporter.hear)
    files = []
    if out is not None:
        save_knowledge_as(knowledge, out, tasks=tuple(task or ()), title=song.stem)
        files.append(out)
    if click is not None:
        files.append(write_click(song, knowledge, click, spot=click_as.value, salvage=salvage))
    if tempo_map is not None:
        files.append(write_tempo_map(song, knowledge, tempo_map))
    if json:
        made = {"files": [str(path) for path in files]} if click or tempo_map else {}
        print_json({**knowledge_document(knowledge), **made})
    elif not quiet:
        reporter.show_knowledge(knowledge, title=song.stem)
    for path in () if json else files:
        typer.echo(str(path))


def page(
    folder: Annotated[Path, typer.Argument(help="A song's folder, as `hexachord SONG` made it.")],
    show: Annotated[bool, typer.Option("--open", help="Open it in the browser.", show_default=False)] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Write it again, even if nothing has changed.", show_default=False)] = False,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Write the page of a song again: one HTML file that shows and plays what is known about it.

    It opens in any browser, without a server and without a network, and can be mailed as it is; large files (FLAC) stay beside it.

    Examples: `hexachord page song.hexachord` · `hexachord page song.hexachord --open`
    """
    from hexachord.cli.output import Reporter, print_json
    from hexachord.page.build import make_page
    from hexachord.song import Song

    reporter = Reporter(quiet=quiet or json, title=folder.name)
    song = Song.open(folder)
    with song.locked(on_wait=reporter.waiting):
        path = make_page(song, song.knowledge(), fresh=fresh)
    if json:
        print_json({"page": str(path), "bytes": path.stat().st_size})
    else:
        typer.echo(str(path))
    if show:
        import webbrowser

        webbrowser.open(path.resolve().as_uri())


def add_to(app: typer.Typer) -> None:
    """Add this file's commands."""
    add_command(app, "song", song, panel="The main job")
    add_command(app, "page", page, panel="The main job")
    add_command(app, "listen", listen, panel="The arrows")
