"""The harness: one JSON shape, peers and missing parts named, nothing half-written."""

import json
import math

import pytest

from hexachord.bench import harness
from hexachord.bench.harness import BenchItem, BenchResult, PeerResult, mean_metrics, print_result, run_bench, write_result
from hexachord.errors import InputError


def _result(**changes):
    values = {
        "bench": "beats",
        "data": "bench",
        "engine": "beats/x",
        "metrics": {"beat_f": 0.5},
        "items": (BenchItem(id="a", metrics={"beat_f": 0.5}),),
        "seconds_of_audio": 10.0,
        "wall_s": 1.0,
        "cpu_s": 1.5,
        **changes,
    }
    return BenchResult(**values)


def test_the_json_shape_is_the_uniform_one():
    plain = _result().to_json()
    assert list(plain) == ["bench", "data", "version", "engine", "seconds_of_audio", "wall_s", "cpu_s", "metrics", "items"]
    assert plain["items"] == [{"id": "a", "metrics": {"beat_f": 0.5}}]


def test_skipped_and_peers_appear_only_when_there_are_any(tmp_path):
    result = _result(skipped=("stems: no such folder",), peers={"librosa": harness.NOT_INSTALLED, "x": PeerResult(metrics={"beat_f": 1.0})})
    path = write_result(result, tmp_path / "deep" / "result.json")
    plain = json.loads(path.read_text())
    assert plain["skipped"] == ["stems: no such folder"]
    assert plain["peers"]["librosa"] == {"status": "not installed"}
    assert plain["peers"]["x"]["metrics"] == {"beat_f": 1.0}
    assert [entry.name for entry in (tmp_path / "deep").iterdir()] == ["result.json"]


def test_a_number_that_could_not_be_computed_is_null(tmp_path):
    path = write_result(_result(metrics={"beat_f": math.nan}), tmp_path / "result.json")
    assert json.loads(path.read_text())["metrics"] == {"beat_f": None}


def test_means_are_over_the_items_that_have_the_metric():
    items = [BenchItem(id="a", metrics={"f": 1.0, "g": math.nan}), BenchItem(id="b", metrics={"f": 0.0})]
    assert mean_metrics(items) == {"f": 0.5}
    assert mean_metrics(items, names=("h",)) == {}


def test_unknown_bench_and_missing_folder_are_named(tmp_path):
    with pytest.raises(InputError, match="no such bench; expected one of beats"):
        run_bench("beets", data=tmp_path)
    with pytest.raises(InputError, match="no such folder"):
        run_bench("beats", data=tmp_path / "absent")


def test_the_table_shows_ours_the_peers_and_what_was_skipped():
    from rich.console import Console

    console = Console(width=120, record=True, file=open("/dev/null", "w"))  # noqa: SIM115
    print_result(_result(skipped=("x",), peers={"librosa": harness.NOT_INSTALLED}), console=console, items=True)
    text = console.export_text()
    assert "beat_f" in text
    assert "0.500" in text
    assert "not installed" in text
    assert "skipped: x" in text


def test_the_registry_names_are_unique_and_their_modules_exist():
    import importlib.util

    names = [entry.name for entry in harness.benches()]
    assert len(set(names)) == len(names)
    for entry in harness.benches():
        assert importlib.util.find_spec(entry.target.partition(":")[0]) is not None, entry.name
