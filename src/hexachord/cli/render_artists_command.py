"""`hexachord render-artists`: a corpus of artists who do not exist, laid out like artist20."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hexachord.cli.options import Json, Quiet, add_command

if TYPE_CHECKING:
    from hexachord.rendering.split import Side as SplitSide


class Side(StrEnum):
    """Who plays."""

    TRAIN = "train"
    VALID = "valid"
    HELD_OUT = "held-out"


_SIDES: "dict[Side, SplitSide]" = {Side.TRAIN: "train", Side.VALID: "valid", Side.HELD_OUT: "held_out"}


def render_artists(
    out: Annotated[Path, typer.Argument(help="The folder to write: `artist/album/song.flac` and `index.csv`.")],
    data: Annotated[
        Path | None, typer.Option("--data", envvar="HEXACHORD_DATA", help="The folder with `train/` in it, whose drummers play.")
    ] = None,
    artists: Annotated[int, typer.Option(min=2, max=99)] = 20,
    albums: Annotated[int, typer.Option(min=1, max=99, help="Of each artist.")] = 6,
    songs: Annotated[int, typer.Option(min=1, max=99, help="Of each album.")] = 4,
    seconds: Annotated[float, typer.Option(min=2.0, max=120.0, help="Of each song.")] = 15.0,
    mastering: Annotated[
        float, typer.Option(min=0.0, max=5.0, help="How far albums are from one another: 0 mastered alike, 1 as real ones may be.")
    ] = 1.0,
    leads: Annotated[Path | None, typer.Option(help="Also write the voices and lead instruments alone, into this folder.")] = None,
    side: Annotated[Side, typer.Option(help="Which instruments play.")] = Side.TRAIN,
    instruments: Annotated[Path | None, typer.Option(help="A folder of instruments, before the usual ones.")] = None,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Processes.")] = 2,
    seed: Annotated[int, typer.Option(min=0, help="Other artists.")] = 0,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Render artists who do not exist, with voices, bands and habits of their own, and albums with a mastering each.

    The unmastered songs are kept in the cache folder (HEXACHORD_CACHE names another one), so another `--mastering` takes seconds.

    Examples: `hexachord render-artists artists/` · `hexachord render-artists flat/ --mastering 0 --leads flat-leads/`
    """
    from hexachord.bench.engine import instrument_folders, music_folder
    from hexachord.cli.output import bench_progress, print_json
    from hexachord.errors import InputError
    from hexachord.rendering.artists_corpus import ArtistCorpus, render_unmastered, write_artists
    from hexachord.rendering.instruments import find_instruments
    from hexachord.rendering.split import load_split

    music = None if data is None else music_folder(data)
    if music is None:
        raise InputError(data or "--data", found="no folder train/", expected="the folder of real music", next_step="set HEXACHORD_DATA")
    corpus = ArtistCorpus(artists=artists, albums=albums, songs=songs, seconds=seconds, mastering=mastering, seed=seed)
    split = load_split()
    found = find_instruments(split, _SIDES[side], folders=instrument_folders(music, instruments))
    with bench_progress("render-artists", quiet=quiet or json) as progress:
        made = render_unmastered(corpus, data=music, split=split, instruments=found, workers=workers, progress=progress)
        index = write_artists(made, out, leads=leads, workers=workers, progress=progress)
    if json:
        print_json({"index": str(index), "songs": len(made.songs), "mastering": mastering, "unmastered": str(made.folder)})
    elif not quiet:
        typer.echo(f"{len(made.songs)} songs of {artists} artists, {albums} albums each, mastering {mastering:g}")
        typer.echo(str(index))


def add_to(app: typer.Typer) -> None:
    """Add this file's command."""
    add_command(app, "render-artists", render_artists, panel="This installation")
