"""The training cache on disk: features as bytes, labels as JSON, in shards that can be mapped into memory while others are written.

    NAME/cache.json                what is in it: recipe, features, version, identity, how many songs are planned
    NAME/00000.mel.npy             (songs, frames, bins) uint8, one file for each feature
    NAME/00000.labels.jsonl.gz     one line for each song; written last, so a shard that has it is whole

A shard appears under its name only when it is whole, and is never written again; a run that was killed goes on at the first shard that
is missing.
"""

import gzip
import itertools
import json
import math
import os
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np

from hexachord._version import __version__
from hexachord.arrays import UInt8Array
from hexachord.corpus.workers import in_order
from hexachord.dsp.features import Feature, feature_frames
from hexachord.errors import InputError
from hexachord.files import alone_in, atomic_path, read_bytes, read_text, write_bytes, write_text
from hexachord.rendering.features import feature_from_plain, feature_to_plain, features_of, identity_of
from hexachord.rendering.instruments import Instruments
from hexachord.rendering.labels_json import labels_from_json, labels_to_json, take_from_plain
from hexachord.rendering.model import Take
from hexachord.rendering.production import Production
from hexachord.rendering.shelf import CORPORA, Shelf
from hexachord.rendering.stream import Recipe, song, unopened
from hexachord.rendering.suite_files import engine_fingerprint

FORMAT = "hexachord-cache"
SCHEMA_VERSION = 1
HEADER = "cache.json"
SHARD_SONGS = 32

_LABELS = "labels.jsonl.gz"
_WHAT = "a training cache (a folder with cache.json)"


@dataclass(frozen=True, kw_only=True, eq=False)
class CachedSong:
    """One song of a cache: views of its features, (frames, bins) uint8, and its labels."""

    index: int
    features: Mapping[str, UInt8Array]
    labels: Take


class Cache:
    """A cache as it was when it was opened; open it again to see what was added.

    Attributes
    ----------
    folder : where it lies
    recipe : what was rendered
    definitions : name → feature
    identity : equal for two caches exactly if their songs are
    planned : how many songs it will have when it is complete
    """

    def __init__(self, folder: Path, header: Mapping[str, Any], shards: int) -> None:
        self.folder = folder
        self.recipe = Recipe.from_plain(header["recipe"])
        self.definitions: dict[str, Feature] = {
            name: feature_from_plain(plain, source=f"{folder / HEADER} at features.{name}") for name, plain in header["features"].items()
        }
        self.identity: str = header["identity"]
        self.planned: int = header["songs"]
        self._header, self._shards = header, shards
        self._shard_songs: int = header["shard_songs"]
        self._maps: dict[tuple[str, int], UInt8Array] = {}
        self._lines: tuple[int, list[bytes]] = (-1, [])

    def __reduce__(self) -> tuple[Any, ...]:
        return Cache, (self.folder, self._header, self._shards)  # maps are opened anew on the other side

    def __len__(self) -> int:
        return self._shards * self._shard_songs

    def __iter__(self) -> Iterator[CachedSong]:
        return (self.song(index) for index in range(len(self)))

    def song(self, index: int) -> CachedSong:
        """Return a song: its features and labels."""
        features = {name: self.features(name, index) for name in self.definitions}
        return CachedSong(index=index, features=features, labels=self.labels(index))

    def features(self, name: str, index: int) -> UInt8Array:
        """Return a feature of a song: a read-only view, (frames, bins) uint8, into the mapped file.

        Raises
        ------
        IndexError : if there is no such song (yet).
        KeyError : if there is no such feature.
        InputError : if the file is damaged.
        """
        shard, row = self._place(index)
        if (name, shard) not in self._maps:
            feature = self.definitions[name]
            path = _shard_path(self.folder, shard, f"{name}.npy")
            shape = (self._shard_songs, feature_frames(feature, self.recipe.samples), feature.bins)
            self._maps[name, shard] = _mapped(path, shape)
        view: UInt8Array = self._maps[name, shard][row]
        return view

    def labels(self, index: int) -> Take:
        """Return the labels of a song: its take without the strokes. Quickest in order: a shard's labels are unpacked together.

        Raises
        ------
        IndexError : if there is no such song (yet).
        InputError : if the file is damaged.
        """
        line, source = self._line(index)
        try:
            document = json.loads(line)
        except ValueError as error:
            raise InputError(source, found=f"no valid JSON ({error})", expected="labels of a song") from error
        return take_from_plain(document, source=source)  # not its production: labels stay readable when there are new effects

    def production(self, index: int) -> Production:
        """Return how a song was made to sound, for the engine that made it.

        Raises
        ------
        IndexError : if there is no such song (yet).
        InputError : if the file is damaged, or this engine has other productions.
        """
        line, source = self._line(index)
        production = labels_from_json(line, source=source)[1]
        assert production is not None  # every line has one
        return production

    def _line(self, index: int) -> tuple[bytes, str]:
        shard, row = self._place(index)
        path = _shard_path(self.folder, shard, _LABELS)
        if self._lines[0] != shard:
            try:
                lines = gzip.decompress(read_bytes(path, what="labels of a shard")).splitlines()
            except (OSError, EOFError, zlib.error) as error:
                raise _damaged(path, str(error)) from error
            if len(lines) != self._shard_songs:
                raise _damaged(path, f"{len(lines)} lines instead of {self._shard_songs}")
            self._lines = (shard, lines)
        return self._lines[1][row], f"{path} at line {row + 1}"

    def _place(self, index: int) -> tuple[int, int]:
        if not 0 <= index < len(self):
            raise IndexError(f"no song {index}: {self.folder} has {len(self)}")
        return divmod(index, self._shard_songs)


def open_cache(folder: str | Path) -> Cache:
    """Open a cache, complete or still being written: its whole shards from the first on.

    Raises
    ------
    InputError : if it is no cache, or one of a newer version.
    """
    folder = Path(folder)
    header = _read_header(folder)
    shards = next(number for number in itertools.count() if not _is_whole(folder, number, header["features"]))
    return Cache(folder, header, shards)


def fill_cache(
    folder: str | Path,
    *,
    recipe: Recipe,
    features: Mapping[str, Feature],
    shelf: Shelf,
    instruments: Instruments,
    songs: int,
    shard_songs: int = SHARD_SONGS,
    workers: int = 1,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> Cache:
    """Render songs 0 to `songs` of a recipe into a cache, or what is missing of them.

    Parameters
    ----------
    features : name → feature; names become parts of file names
    songs : rounded up to whole shards; more than at the last time makes the cache longer
    shard_songs : songs in one shard; a run that is killed loses at most one shard
    workers : processes with one thread each; 0 works in this process, where more threads may round a constant-Q byte otherwise
    on_progress : called with (songs finished, songs in all) at the start and after each song

    Raises
    ------
    InputError : if the folder holds another cache, or somebody else is writing to it.
    TakeError, WorkerError : as in `stream`.
    """
    folder = Path(folder)
    if songs < 1 or shard_songs < 1 or not features or not all(name.isidentifier() and name != "labels" for name in features):
        raise ValueError(f"not a cache: {songs} songs by {shard_songs}, features {list(features)}")
    shards = math.ceil(songs / shard_songs)
    wanted = _header(recipe, features, shelf, instruments, songs=shards * shard_songs, shard_songs=shard_songs)
    with alone_in(folder, found="another process that fills it", expected="a folder to fill", next_step="use another --out"):
        _settle_header(folder, wanted)
        for left_over in folder.glob(".*.part*"):
            left_over.unlink(missing_ok=True)
        missing = [number for number in range(shards) if not _is_whole(folder, number, features)]
        done, total = (shards - len(missing)) * shard_songs, shards * shard_songs
        on_progress(done, total)
        job = _SongBytes(recipe, dict(features), *unopened(shelf, instruments))
        shapes = {name: (shard_songs, feature_frames(each, recipe.samples), each.bins) for name, each in features.items()}
        for first, count in _runs(missing):
            rows = in_order(job, first=first * shard_songs, count=count * shard_songs, workers=workers, called=recipe.call)
            with closing(rows):
                for number in range(first, first + count):
                    shard = {name: np.zeros(shape, dtype=np.uint8) for name, shape in shapes.items()}
                    lines = []
                    for row, (made, line) in enumerate(itertools.islice(rows, shard_songs)):
                        for name, values in made.items():
                            shard[name][row] = values
                        lines.append(line)
                        done += 1
                        on_progress(done, total)
                    _write_shard(folder, number, shard, lines)
    return open_cache(folder)


@dataclass(frozen=True, eq=False)
class _SongBytes:
    """What a worker makes of an index: the features of a song, and its labels as a line."""

    recipe: Recipe
    features: Mapping[str, Feature]
    shelf: Shelf
    instruments: Instruments

    def __call__(self, index: int) -> tuple[dict[str, UInt8Array], str]:
        rendered = song(index, self.recipe, self.shelf, self.instruments)
        return features_of(rendered.audio, rendered.rate_hz, self.features), labels_to_json(rendered.take, rendered.production)


def _header(
    recipe: Recipe, features: Mapping[str, Feature], shelf: Shelf, instruments: Instruments, *, songs: int, shard_songs: int
) -> dict[str, Any]:
    about = {
        "format": FORMAT,
        "schema_version": SCHEMA_VERSION,
        "version": __version__,
        "engine": engine_fingerprint()[:16],
        "recipe": recipe.to_plain(),
        "features": {name: feature_to_plain(feature) for name, feature in features.items()},
        "music": {corpus: identity_of(shelf.names(corpus)) for corpus in CORPORA if shelf.names(corpus)},
        "instruments": _names_of(instruments),
        "shard_songs": shard_songs,
    }
    return about | {"identity": identity_of(about), "songs": songs}


def _names_of(instruments: Instruments) -> dict[str, list[str]]:
    """Everything that a production may be drawn from, by name, whatever the files are called here."""
    public = {f.name: getattr(instruments, f.name) for f in fields(instruments) if not f.name.startswith("_")}
    return {name: sorted(value) for name, value in public.items() if name not in ("side", "missing")}


def _settle_header(folder: Path, wanted: dict[str, Any]) -> None:
    """Write the header, or make sure that what is there is the same cache."""
    path = folder / HEADER
    if path.is_file():
        there = _read_header(folder)
        if there["identity"] != wanted["identity"]:
            raise InputError(
                folder,
                found="a cache of something else: " + "; ".join(_differences(there, wanted)),
                expected="the same recipe, features, music, instruments and engine",
                next_step="use another folder with --out, or delete this one",
            )
        wanted = wanted | {"songs": max(wanted["songs"], there["songs"])}
        if wanted == there:
            return
    write_text(path, json.dumps(wanted, indent=1, ensure_ascii=False) + "\n")


def _differences(there: object, wanted: object, place: str = "") -> Iterator[str]:
    if isinstance(there, dict) and isinstance(wanted, dict):
        for name in sorted(there.keys() | wanted.keys()):
            if name not in ("identity", "songs") or place:
                yield from _differences(there.get(name), wanted.get(name), f"{place}.{name}" if place else name)
    elif there != wanted:
        yield f"{place} is {there} there and {wanted} here"


def _read_header(folder: Path) -> dict[str, Any]:
    path = folder / HEADER
    try:
        header = json.loads(read_text(path, what=_WHAT))
    except ValueError as error:
        raise InputError(path, found=f"no valid JSON ({error})", expected=_WHAT) from error
    needed = {"recipe", "features", "identity", "songs", "shard_songs"}
    if not isinstance(header, dict) or header.get("format") != FORMAT or not needed <= header.keys():
        raise InputError(path, found="JSON of another kind", expected=_WHAT)
    if header.get("schema_version") != SCHEMA_VERSION:
        raise InputError(
            path, found=f"version {header.get('schema_version')}", expected=f"version {SCHEMA_VERSION}", next_step="make it anew"
        )
    return header


def _write_shard(folder: Path, number: int, shard: Mapping[str, UInt8Array], lines: list[str]) -> None:
    for name, values in shard.items():
        with atomic_path(_shard_path(folder, number, f"{name}.npy")) as temporary, open(temporary, "wb") as file:
            np.save(file, values, allow_pickle=False)
            file.flush()
            os.fsync(file.fileno())
    text = "".join(line + "\n" for line in lines).encode()
    write_bytes(_shard_path(folder, number, _LABELS), gzip.compress(text, compresslevel=6, mtime=0))


def _shard_path(folder: Path, number: int, what: str) -> Path:
    return folder / f"{number:05d}.{what}"


def _is_whole(folder: Path, number: int, features: Mapping[str, object]) -> bool:
    return all(_shard_path(folder, number, what).is_file() for what in (_LABELS, *(f"{name}.npy" for name in features)))


def _mapped(path: Path, shape: tuple[int, ...]) -> UInt8Array:
    try:
        values: UInt8Array = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError) as error:
        raise _damaged(path, str(error)) from error
    if values.shape != shape or values.dtype != np.uint8:
        raise _damaged(path, f"{values.dtype} of shape {values.shape} instead of bytes of shape {shape}")
    return values


def _damaged(path: Path, how: str) -> InputError:
    return InputError(
        path, found=f"a damaged shard ({how})", expected="what hexachord wrote", next_step="delete it and fill the cache again"
    )


def _runs(numbers: list[int]) -> Iterator[tuple[int, int]]:
    """Group ascending numbers into (first, how many) of neighbours."""
    for _, group in itertools.groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0]):
        members = [number for _, number in group]
        yield members[0], len(members)
