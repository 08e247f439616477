"""Render what the embedding learns from: ``python -m training.embedding_songs FOLDER --groups 500 --data DATA``.

A *group* is an act with its songs (see `training.embedding_acts`), a function of its number and of the side of the split. A run that was
stopped goes on with the same command.
"""

import argparse
import itertools
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from hexachord.arrays import FloatArray, UInt8Array
from hexachord.corpus.workers import in_order
from hexachord.errors import InputError
from hexachord.files import atomic_path
from hexachord.rendering.instruments import find_instruments
from hexachord.rendering.shelf import Shelf
from hexachord.rendering.split import SIDES, Side, load_split
from hexachord.rendering.stream import unopened
from training.cache import Meter
from training.embedding_acts import LENGTH_S, SONGS, GroupMaker

_SHARD = 8


@dataclass(frozen=True, kw_only=True, eq=False)
class Songs:
    """Groups of songs, in arrays.

    Attributes
    ----------
    mel : (groups, songs, looks, frames, bands) bytes of `MEL`
    families : (groups, songs, seconds, families) 1 where an instrument of a family plays in that second
    effects : (groups, effects) what the production did (see `EFFECTS`)
    scene, kind : (groups,) manner of production and kind of music, in words
    """

    mel: UInt8Array
    families: UInt8Array
    effects: FloatArray
    scene: tuple[str, ...]
    kind: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.mel)


def fill(folder: Path, *, side: Side, groups: int, data: Path, workers: int, on_progress: Callable[[int, int], None]) -> None:
    """Render groups 0 to `groups` of a side, or what is missing of them, in shards of eight.

    Raises
    ------
    InputError : if the folder holds something else.
    """
    split = load_split()
    shelf, instruments = unopened(Shelf(data=data, split=split, side=side), find_instruments(split, side))
    about = {"side": side, "songs": SONGS, "length_s": LENGTH_S, "instruments": sorted([*instruments.paths, *instruments.synthesizers])}
    header = folder / "songs.json"
    if header.is_file() and json.loads(header.read_text()) != about:
        raise InputError(folder, found="songs of something else", expected=f"songs of {side}", next_step="name another folder")
    folder.mkdir(parents=True, exist_ok=True)
    header.write_text(json.dumps(about))
    shards = [number for number in range(-(-groups // _SHARD)) if not (folder / f"{number:05d}.npz").is_file()]
    done, maker = 0, GroupMaker(shelf, instruments)
    total = len(shards) * _SHARD
    for number in shards:
        rows = []
        for made in in_order(maker, first=number * _SHARD, count=_SHARD, workers=workers, called="group {}".format):
            rows.append(made)
            done += 1
            on_progress(done * SONGS, total * SONGS)
        with atomic_path(folder / f"{number:05d}.npz") as temporary:
            np.savez_compressed(temporary, **{name: np.stack([row[name] for row in rows]) for name in rows[0]})


def open_songs(folder: Path) -> Songs:
    """Read all whole shards of a folder.

    Raises
    ------
    InputError : if there are none.
    """
    shards = list(_shards(folder))
    if not shards:
        raise InputError(folder, found="no songs", expected="a folder filled by training.embedding_songs")
    whole = {name: np.concatenate([shard[name] for shard in shards]) for name in shards[0]}
    return Songs(
        mel=whole["mel"], families=whole["families"], effects=whole["effects"],
        scene=tuple(whole["scene"].tolist()), kind=tuple(whole["kind"].tolist()),
    )  # fmt: skip


def _shards(folder: Path) -> Iterator[dict[str, Any]]:
    for number in itertools.count():
        path = folder / f"{number:05d}.npz"
        if not path.is_file():
            return
        with np.load(path, allow_pickle=False) as content:
            yield {name: content[name] for name in content.files}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training.embedding_songs", description=__doc__.split("\n\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--groups", type=int, default=500, help="of three songs of 15 seconds (500)")
    parser.add_argument("--side", choices=SIDES, default="train", help="of the split (train)")
    parser.add_argument("--workers", type=int, default=1, help="processes (1)")
    parser.add_argument("--data", type=Path, default=os.environ.get("HEXACHORD_DATA"), help="real music ($HEXACHORD_DATA)")
    options = parser.parse_args()
    if options.data is None:
        parser.error("name the folder of real music with --data, or set HEXACHORD_DATA")
    meter = Meter(LENGTH_S)
    with meter.bar:
        fill(options.folder, side=options.side, groups=options.groups, data=options.data, workers=options.workers, on_progress=meter)


if __name__ == "__main__":
    main()
