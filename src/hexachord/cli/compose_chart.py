"""`hexachord compose chart`: a recording or a score as a game of drums."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hexachord.cli.composing import add_tool
from hexachord.cli.options import Json, Quiet, Soundfont
from hexachord.errors import InputError

if TYPE_CHECKING:
    from hexachord.journeys.charting import Chart


def chart(
    source: Annotated[Path, typer.Argument(help="A sound file or a score.")],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="FILE", help=".osz or .osu.  [default: NAME.osz]", show_default=False)
    ] = None,
    level: Annotated[
        list[str] | None,
        typer.Option("--level", metavar="NAME", help="Kantan, Futsuu, Muzukashii, Oni; may be repeated. Default: all.", show_default=False),
    ] = None,
    rolls: Annotated[bool, typer.Option("--rolls", help="Drum rolls for what a score holds long.", show_default=False)] = False,
    kiai: Annotated[bool, typer.Option("--kiai/--no-kiai", help="Find choruses and celebrate them.")] = True,
    title: Annotated[str, typer.Option("--title", help="Of the song.", show_default=False)] = "",
    artist: Annotated[str, typer.Option("--artist", help="Of the song.", show_default=False)] = "",
    creator: Annotated[str, typer.Option("--creator", help="Who made the map.")] = "hexachord",
    soundfont: Soundfont = None,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Make a Taiko beatmap of a recording or a score, for osu!: four levels, their tempo, their sound.

    Examples: `hexachord compose chart song.mp3` · `hexachord compose chart song.musicxml --level Oni -o song.osu`
    """
    from hexachord.cli.output import Reporter, print_json
    from hexachord.journeys.charting import ChartOptions, write_levels, write_osz
    from hexachord.journeys.charting import chart as make

    target = out or Path(f"{source.stem}.osz")
    if target.suffix.lower() not in (".osz", ".osu"):
        raise InputError(target, found=f"the suffix '{target.suffix}'", expected="one of .osz, .osu")
    options = ChartOptions(levels=tuple(level or ()), rolls=rolls, kiai=kiai, title=title, artist=artist, creator=creator)
    with Reporter(quiet=quiet or json, title=source.name) as reporter:
        made = make(source, options=options, listener=reporter.hear)
        if target.suffix.lower() == ".osz":
            paths: tuple[Path, ...] = (write_osz(made, source, target, soundfont=soundfont),)
        else:
            paths = write_levels(made.beatmaps, target)
    if json:
        print_json({"files": [str(path) for path in paths], **_facts(made)})
        return
    if not quiet:
        for row in _facts(made)["levels"]:
            typer.echo(f"{row['name']:<11} {row['notes']:>5} notes  {row['notes_per_s']:.1f}/s", err=True)
    for path in paths:
        typer.echo(str(path))


def _facts(made: "Chart") -> dict[str, Any]:
    snap = made.snap_ms()
    lines = made.beatmaps[0].lines
    return {
        "bpm": round(lines[0].bpm, 3),
        "red_lines": len(lines),
        "offset_ms": lines[0].time_ms,
        "nearest_sound_ms": round(float(sorted(snap)[len(snap) // 2]), 2) if len(snap) else 0.0,
        "levels": [
            {
                "name": each.version,
                "notes": len(each.hits),
                "notes_per_s": round(each.notes_per_s, 3),
                "kats": sum(hit.is_kat for hit in each.hits),
                "big": sum(hit.is_big for hit in each.hits),
                "rolls": sum(hit.is_roll for hit in each.hits),
            }
            for each in made.beatmaps
        ],
    }


def add_to(app: typer.Typer) -> None:
    """Add this file's commands."""
    add_tool(app, "chart", chart)
