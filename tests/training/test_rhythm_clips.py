"""Rendered songs as clips of a rhythm network: their events, their metres, and the script from cache to card."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

TRAINING = Path(__file__).parents[2] / "training"
sys.path.insert(0, str(TRAINING))

from rhythm_clips import FEATURE, HINTS, BeatClip, balanced, cached_clips, metre_of  # noqa: E402

from hexachord.rendering.instruments import find_instruments  # noqa: E402
from hexachord.rendering.shards import fill_cache  # noqa: E402
from hexachord.rendering.shelf import Shelf  # noqa: E402
from hexachord.rendering.split import load_split  # noqa: E402
from hexachord.rendering.stream import Recipe  # noqa: E402


def test_metres_are_counted() -> None:
    assert metre_of(np.array([3, 4, 1, 2, 3, 1, 2, 3, 1])) == 3
    assert metre_of(np.array([1, 2, 3])) == 3
    assert metre_of(np.zeros(5, dtype=np.int64)) == metre_of(np.zeros(0, dtype=np.int64)) == 0


def test_rare_metres_are_drawn_more_often() -> None:
    four = BeatClip(
        id="", features=lambda a, b: np.zeros((b - a, 1), np.float32), frames=9, events_s=(), beat_s=np.arange(8.0),
        position=np.arange(8) % 4 + 1, bar_metre=np.full(8, 2),
    )  # fmt: skip
    five = replace(four, position=np.arange(8) % 5 + 1, weight=0.5)
    clips = [four] * 16 + [five]
    assert [clip.weight for clip in balanced(clips, power=0.5)] == [1.0] * 16 + [2.0]
    assert sum(clip.weight for clip in balanced([four] * 16 + [replace(five, weight=1.0)], power=1.0)) == 32.0


@pytest.fixture(scope="module")
def cache(data_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cache")
    split = load_split()
    recipe = Recipe(kinds=(("band", 1.0),), length_s=12.0)
    fill_cache(
        folder, recipe=recipe, features={"mel": FEATURE}, shelf=Shelf(data=data_dir, split=split, side="train"),
        instruments=find_instruments(split, "train"), songs=2, shard_songs=2, workers=0,
    )  # fmt: skip
    return folder


@pytest.mark.data
@pytest.mark.slow
def test_a_cache_becomes_clips_and_clips_a_network(cache: Path, tmp_path: Path) -> None:
    pytest.importorskip("torch")
    clips = cached_clips([cache], hints=True, part=0.5)
    assert len(clips) == 2
    for clip in clips:
        assert len(clip.events_s) == 2 + len(HINTS)
        beat_s, downbeat_s, onset_s = clip.events_s[:3]
        assert set(downbeat_s) < set(beat_s)
        assert len(onset_s) > 4
        assert clip.weight == 0.5
        assert clip.features(3, 10).shape == (7, FEATURE.bands)
    command = [sys.executable, str(TRAINING / "rhythm.py"), "--cache", str(cache), "--valid", str(cache), "--steps", "2"]
    subprocess.run([*command, "--work", str(tmp_path), "--out", str(tmp_path / "net")], check=True, capture_output=True)
    card = json.loads((tmp_path / "net.json").read_text())
    assert card["complete"]
    assert card["steps"] == 2
    assert card["data"][0]["identity"]
    assert (tmp_path / "net.onnx").stat().st_size > 1e5
    assert (tmp_path / "net.safetensors").stat().st_size < 8e6
