"""`perform`: score → audio."""

from enum import StrEnum
from pathlib import Path
from textwrap import shorten
from typing import Annotated

import typer

from hexachord.cli.options import Json, Out, Quiet, Soundfont, add_command


class Room(StrEnum):
    """Where it sounds."""

    ROOM = "room"
    HALL = "hall"
    PLATE = "plate"
    NONE = "none"


class Bits(StrEnum):
    """How a sample is stored."""

    BITS_16 = "16"
    BITS_24 = "24"
    FLOAT = "float"


def perform(
    score: Annotated[str, typer.Argument(help="A score: .musicxml, .mxl, .mid, .abc, .json; or a built-in one, such as six-small-notes.")],
    out: Out = None,
    stems: Annotated[bool, typer.Option("--stems", help="Each part as a file of its own, too.", show_default=False)] = False,
    soundfont: Soundfont = None,
    rate: Annotated[int | None, typer.Option("--rate", metavar="HZ", help="8000 to 192000. Default: 44100.", show_default=False)] = None,
    bits: Annotated[Bits | None, typer.Option("--bits", help="Of .wav and .flac. Default: 24.", show_default=False)] = None,
    reverb: Annotated[Room, typer.Option("--reverb", help="The room it sounds in.")] = Room.ROOM,
    level: Annotated[float, typer.Option("--level", metavar="LUFS", help="How loud the whole is.")] = -16.0,
    limiter: Annotated[bool, typer.Option(help="Keep peaks below -1 dB.")] = True,
    repeats: Annotated[bool, typer.Option(help="Play repeats out.")] = True,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Of what is left to chance.")] = 0,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Play a score: score → audio.

    `--out FILE`: the suffix chooses the format: `.wav`, `.flac`, `.mp3`, `.ogg`, `.opus`. By default it is `NAME.wav` in the current
    directory. `--stems` are FLAC files in `NAME-stems/` beside it; they sum to the mix before the limiter.

    Examples: `hexachord perform waltz.musicxml` · `hexachord perform song.mid -o song.mp3 --soundfont piano.sf2 --reverb hall --stems`
    """
    from hexachord.cli.output import Reporter, print_json
    from hexachord.journeys.perform import default_out, perform_file
    from hexachord.journeys.pipeline import Event

    title = "Performing"
    reporter = Reporter(quiet=quiet or json, title=Path(score).name)
    with reporter:
        reporter.hear(Event(kind="plan", total=1))
        reporter.hear(Event(kind="start", stage="perform", title=title))
        made = perform_file(
            score,
            out or default_out(score),
            soundfont=soundfont,
            rate_hz=rate,
            bits=bits.value if bits is not None else None,
            reverb=reverb.value,
            stems=stems,
            repeats=repeats,
            level_lufs=level,
            limiter=limiter,
            seed=seed,
            progress=lambda fraction: reporter.hear(Event(kind="progress", stage="perform", title=title, fraction=fraction)),
        )
    facts = made.facts
    if json:
        files = [str(path) for path in (made.path, *made.stems)]
        print_json({"files": files, "out": str(made.path), "stems": [str(path) for path in made.stems], **facts.to_json()})
        return
    if not quiet:
        for warning in facts.warnings:
            typer.echo(f"note: {warning}", err=True)
        minutes, seconds = divmod(round(facts.duration_s), 60)
        licence = shorten(facts.licence, 80, placeholder=" …")  # --json has it all
        typer.echo(f"{minutes}:{seconds:02d} at {facts.loudness_lufs:.1f} LUFS, played by {facts.soundfont} ({licence})", err=True)
        if facts.stem_gain_db:
            typer.echo(
                f"note: the stems are {-facts.stem_gain_db:.1f} dB softer than in the mix, so that they fit into their files", err=True
            )
    for path in (made.path, *made.stems):
        typer.echo(str(path))


def add_to(app: typer.Typer) -> None:
    """Add this file's command."""
    add_command(app, "perform", perform, panel="The arrows")
