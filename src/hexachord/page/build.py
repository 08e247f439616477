"""A song's page, made when something it shows has changed."""

import hashlib
import json
import time
from collections.abc import Callable
from pathlib import Path

from hexachord.assets_folder import need_asset
from hexachord.files import sha256_of_file
from hexachord.journeys.truth import kept_truth
from hexachord.knowledge.json_format import knowledge_to_json
from hexachord.knowledge.model import Knowledge
from hexachord.page.contract import Written
from hexachord.page.data import page_content
from hexachord.page.html import write_page
from hexachord.page.written import written_truth
from hexachord.song import Song, Step, StepResult

PAGE = "page.html"
_ENGINE_VERSION = "2"  # 2: keys, chord tones, self-similarity, voicing


def make_page(
    song: Song, knowledge: Knowledge, *, template: Path | None = None, fresh: bool = False, on_start: Callable[[], None] | None = None
) -> Path:
    """Write a song's page into its folder, unless the one that is there shows just this.

    Parameters
    ----------
    song : its folder, held by the caller (`Song.locked`)
    knowledge : what is known, with sentences
    template : the built page without data; by default the installation's
    fresh : write it in any case
    on_start : called when it is to be written

    Returns
    -------
    The page.

    Raises
    ------
    AssetMissing : if the installation has no built page.
    OutputError : if it cannot be written.
    """
    template = template or need_asset("page")
    step = Step(name="page", engine="page/html", engine_version=_ENGINE_VERSION, parameters={"shows": _shown(song, knowledge, template)})
    if not fresh and song.recall(step) is not None:
        return song.folder / PAGE
    if on_start is not None:
        on_start()
    began = time.perf_counter()
    content = page_content(song, knowledge, written=truth_of(song))
    with song.writing(PAGE) as path:
        write_page(content.data, content.box.blobs, path, template=template)
    song.remember(step, StepResult(files=(PAGE,)), wall_s=time.perf_counter() - began)
    return song.folder / PAGE


def truth_of(song: Song) -> Written | None:
    """Return what is written beside what was heard, when the song's truth is known."""
    truth = kept_truth(song)
    return None if truth is None else written_truth(truth[1], comparison=truth[0])


def _shown(song: Song, knowledge: Knowledge, template: Path) -> str:
    """Hash all that a page is made of; files of the folder by size and date, since whatever writes them writes them anew."""
    states = []
    for name in song.files:
        path = song.folder / name
        if name != PAGE and path.is_file():
            states.append((name, path.stat().st_size, path.stat().st_mtime_ns))
    identity = [knowledge_to_json(knowledge), sha256_of_file(template), str(song.source.name), song.folder.name, states]
    return hashlib.sha256(json.dumps(identity).encode()).hexdigest()
