"""The cache: whole shards, resumed after a kill, refused when it is another one, readable while it grows."""

import gzip
import os
import pickle
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hexachord.dsp.features import Feature, LogConstantQ, LogMel, feature_bytes
from hexachord.errors import InputError
from hexachord.rendering.instruments import Instruments
from hexachord.rendering.labels_json import labels_to_json
from hexachord.rendering.shards import Cache, fill_cache, open_cache
from hexachord.rendering.shelf import Shelf
from hexachord.rendering.stream import Recipe, song

RECIPE = Recipe(length_s=3.0, rate_hz=8000, plain_font="font/fluid_r3_mono")
FEATURES: dict[str, Feature] = {
    "mel": LogMel(rate_hz=8000, hop=160, n_fft=512, bands=40, high_hz=3900.0),
    "cqt": LogConstantQ(rate_hz=8000, hop=512, octaves=6, bins_per_octave=12),
}


def fill(folder: Path, shelf: Shelf, instruments: Instruments, *, songs: int = 4, recipe: Recipe = RECIPE, workers: int = 0) -> Cache:
    return fill_cache(
        folder, recipe=recipe, features=FEATURES, shelf=shelf, instruments=instruments, songs=songs, shard_songs=2, workers=workers
    )


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory, shelf: Shelf, small_band: Instruments) -> Cache:
    return fill(tmp_path_factory.mktemp("cache") / "whole", shelf, small_band)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if not path.name.startswith(".")}


def test_a_cache_holds_what_the_stream_makes(cache: Cache, shelf: Shelf, small_band: Instruments) -> None:
    assert len(cache) == cache.planned == 4
    assert cache.recipe == RECIPE
    assert cache.definitions == FEATURES
    rendered = song(3, RECIPE, shelf, small_band)
    for name, feature in FEATURES.items():
        expected = feature_bytes(rendered.audio.mean(axis=0, dtype=np.float32), feature)
        np.testing.assert_array_equal(cache.features(name, 3), expected)
        assert not cache.features(name, 3).flags.writeable
    labels = cache.labels(3)
    assert labels_to_json(labels, cache.production(3)) == labels_to_json(rendered.take, rendered.production)
    assert labels.truth.notes is not None
    assert rendered.take.truth.notes is not None
    np.testing.assert_array_equal(labels.truth.notes.onset_s, rendered.take.truth.notes.onset_s)
    assert [(each.index, each.labels.seed) for each in cache] == [(index, index) for index in range(4)]


def test_labels_outlive_the_effects_of_their_time(tmp_path: Path, cache: Cache) -> None:
    for path in cache.folder.glob("0*"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "cache.json").write_bytes((cache.folder / "cache.json").read_bytes())
    labels = tmp_path / "00000.labels.jsonl.gz"
    labels.write_bytes(gzip.compress(gzip.decompress(labels.read_bytes()).replace(b'"a4_hz"', b'"a4_in_old_words"')))
    old = open_cache(tmp_path)
    assert old.labels(0).id == cache.labels(0).id
    with pytest.raises(InputError, match="line 1"):
        old.production(0)


def test_a_cache_travels_to_another_process_by_name(cache: Cache) -> None:
    cache.features("mel", 0)
    packed = pickle.dumps(cache)
    assert len(packed) < 20_000
    again = pickle.loads(packed)
    np.testing.assert_array_equal(again.features("mel", 1), cache.features("mel", 1))


def test_no_song_beyond_the_end(cache: Cache) -> None:
    for index in (-1, 4):
        with pytest.raises(IndexError):
            cache.features("mel", index)
        with pytest.raises(IndexError):
            cache.labels(index)


def test_growing_adds_shards_and_touches_nothing(tmp_path: Path, cache: Cache, shelf: Shelf, small_band: Instruments) -> None:
    fill(tmp_path, shelf, small_band, songs=2)
    before = {path.name: path.stat().st_mtime_ns for path in tmp_path.glob("0*")}
    fill(tmp_path, shelf, small_band, songs=3)  # rounded up to a whole shard
    assert contents(tmp_path) == contents(cache.folder)
    assert all((tmp_path / name).stat().st_mtime_ns == then for name, then in before.items())
    assert open_cache(tmp_path).planned == 4
    fill(tmp_path, shelf, small_band, songs=1)  # nothing to do, nothing lost
    assert len(open_cache(tmp_path)) == 4


def test_a_missing_shard_is_made_again(tmp_path: Path, cache: Cache, shelf: Shelf, small_band: Instruments) -> None:
    fill(tmp_path, shelf, small_band)
    (tmp_path / "00000.mel.npy").unlink()
    assert len(open_cache(tmp_path)) == 0
    fill(tmp_path, shelf, small_band)
    assert contents(tmp_path) == contents(cache.folder)


@pytest.mark.parametrize(
    ("change", "named"), [({"rate_hz": 8000, "length_s": 2.0}, "recipe.length_s is 3.0 there and 2.0 here"), ({"seed": 1}, "recipe.seed")]
)
def test_another_recipe_is_refused(cache: Cache, shelf: Shelf, small_band: Instruments, change: dict[str, int], named: str) -> None:
    before = contents(cache.folder)
    with pytest.raises(InputError, match=named):
        fill(cache.folder, shelf, small_band, recipe=replace(RECIPE, **change))  # type: ignore[arg-type]
    assert contents(cache.folder) == before


def test_what_is_no_cache_is_said_to_be_none(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        open_cache(tmp_path)
    (tmp_path / "cache.json").write_text("{}")
    with pytest.raises(InputError, match="another kind"):
        open_cache(tmp_path)


def test_a_damaged_shard_is_named(tmp_path: Path, shelf: Shelf, small_band: Instruments) -> None:
    filled = fill(tmp_path, shelf, small_band, songs=2)
    (tmp_path / "00000.mel.npy").write_bytes(b"\x93NUMPY")
    (tmp_path / "00000.labels.jsonl.gz").write_bytes(b"\x1f\x8b\x00")
    with pytest.raises(InputError, match="damaged"):
        filled.features("mel", 0)
    with pytest.raises(InputError, match="damaged"):
        filled.labels(0)


FILL = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from test_shards import RECIPE, fill
from hexachord.assets_folder import SOUNDFONT
from hexachord.rendering.instruments import find_instruments
from hexachord.rendering.shelf import Shelf
from hexachord.rendering.split import load_split
split = load_split()
small_band = find_instruments(split, "train", folders=[SOUNDFONT.path.parent])
fill(Path(sys.argv[2]), Shelf(data=Path(sys.argv[3]), split=split), small_band, songs=6, workers=2)
"""


def test_killed_and_resumed_is_as_if_nothing_had_happened(tmp_path: Path, shelf: Shelf, small_band: Instruments, data_dir: Path) -> None:
    folder = tmp_path / "killed"
    run = subprocess.Popen([sys.executable, "-c", FILL, str(Path(__file__).parent), str(folder), str(data_dir)])
    seen = 0
    try:
        give_up = time.monotonic() + 60
        while not seen and run.poll() is None and time.monotonic() < give_up:
            time.sleep(0.01)
            if (folder / "cache.json").is_file():
                growing = open_cache(folder)  # readable while it is written
                seen = len(growing)
                for index in range(seen):
                    assert growing.features("mel", index).any()
                    assert growing.labels(index).seed == index
    finally:
        run.send_signal(signal.SIGKILL if os.name == "posix" else signal.SIGTERM)
        run.wait()
    assert 0 < seen < 6
    (folder / ".00002.mel-abc.part.npy").write_bytes(b"left by the killed one")
    fill(folder, shelf, small_band, songs=6, workers=1)
    whole = fill(tmp_path / "whole", shelf, small_band, songs=6, workers=1)
    assert contents(folder) == contents(whole.folder)
    assert not list(folder.glob(".*.part*"))


def test_only_one_fills(tmp_path: Path, shelf: Shelf, small_band: Instruments) -> None:
    import filelock

    with filelock.FileLock(tmp_path / ".lock"), pytest.raises(InputError, match="another process"):
        fill(tmp_path, shelf, small_band)
