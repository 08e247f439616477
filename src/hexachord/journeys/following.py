"""Everything follows a correction: the steps that rest on it are done again, in the folder, the way the folder was made.

The folder notes how the main job was last asked to work (engines, font), and which corrections its files follow. The second note is
taken away before the first file changes and comes back after the last: a run that was killed between leaves a folder that knows it is not
done, every file in it whole, and the next run goes on where that one ended.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from hexachord.errors import InputError
from hexachord.journeys.pipeline import Listener
from hexachord.song import Song
from hexachord.song.corrections import Corrections, load_corrections

if TYPE_CHECKING:
    from hexachord.journeys.analyse import Analysis

_ASKED, _FOLLOWS = "asked", "follows"
_APART = ("correction", "key-correction", "stems", "perform", "page")  # steps that rest on no beats; the page is asked for by its file
_PAGE = "page.html"


def follow(
    folder: str | Path, *, threads: int | None = None, listener: Listener | None = None, on_wait: Callable[[], None] | None = None
) -> "Analysis":
    """Do again what rests on the corrections of a song; all else is recalled.

    What the folder has is made again; what it was made without (stems, PDF, page) is not added. The song's file may be gone as long as
    the folder has its cache.

    Parameters
    ----------
    folder : of the song
    threads, listener, on_wait : as in `hexachord.journeys.analyse.analyse`

    Raises
    ------
    InputError : if it is no song's folder, or a step needs the song's file and that is gone.
    OutputError : if the folder cannot be written or the disk is full.
    """
    from hexachord.journeys.analyse import analyse_in

    song = Song.open(folder)
    is_there = song.source.is_file()
    if is_there:  # another recording of that name is another song: its steps are done anew
        song = Song.create(song.folder, source=song.source, name=song.name)
    asked, done = song.noted(_ASKED) or {}, set(song.engines)
    try:
        return analyse_in(
            song,
            stems=bool(asked.get("stems")) or "stems" in done,
            pdf=bool(asked.get("pdf")) or any(name == "pdf" or name.endswith("-pdf") for name in done),
            page=bool(asked.get("page")) or _PAGE in song.files,
            sound=bool(asked.get("sound")) or "perform" in done,
            soundfont=asked.get("soundfont"),
            engines=asked.get("engines") or {},
            salvage=bool(asked.get("salvage")),
            fresh=False,
            threads=threads,
            listener=listener,
            on_wait=on_wait,
        )
    except InputError as error:
        if is_there or error.subject != str(song.source):
            raise
        raise InputError(
            song.source,
            found="no such file any more",
            expected="the song that the folder was made from, since its cache was cleared",
            next_step=f"put it back, or say where it is: hexachord song SONG --out {song.folder}",
        ) from error


def is_followed(song: Song, said: Corrections | None = None) -> bool:
    """Whether every file of a song's folder follows what was said of it (by default what its `corrections.json` says)."""
    said = load_corrections(song.folder) if said is None else said
    noted = song.noted(_FOLLOWS)
    return not said if noted is None and song.noted(_ASKED) is None else noted == said.digest()


def begin_to_follow(song: Song, said: Corrections, *, asked: Mapping[str, object]) -> None:
    """Note how the main job is asked to work, and that the folder is on its way to other corrections. The caller holds it."""
    song.note(**{_ASKED: dict(asked), _FOLLOWS: said.digest() if is_followed(song, said) else None})


def note_followed(song: Song, said: Corrections, *, done: Sequence[str], page: bool) -> None:
    """Note that the folder follows, unless a file in it was left out of this run. The caller holds it."""
    left = {name for name in song.engines if name not in (*done, *_APART)}
    if not left and (page or _PAGE not in song.files):
        song.note(**{_FOLLOWS: said.digest()})
