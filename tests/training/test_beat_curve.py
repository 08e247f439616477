"""The curve's runs and its table."""

import argparse
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "training"))

from beat_curve import Run, parse_run, table


def test_runs_are_read() -> None:
    assert parse_run("one font, dry=caches/plain") == ("one font, dry", (Path("caches/plain"),), None)
    assert parse_run("both, 3 h=a,b@3") == ("both, 3 h", (Path("a"), Path("b")), 3.0)
    for text in ("caches/plain", "=caches/plain", "label="):
        with pytest.raises(argparse.ArgumentTypeError, match="LABEL=CACHE"):
            parse_run(text)


def test_names_of_runs_are_file_names_and_differ() -> None:
    names = {
        Run(label=label, caches=(), hours=None, seed=seed).name for label in ("full, 1 h", "full, 10 h", "+ effects") for seed in (0, 1)
    }
    assert names == {"full-1-h-0", "full-1-h-1", "full-10-h-0", "full-10-h-1", "effects-0", "effects-1"}


def test_the_table_averages_seeds_and_keeps_the_order() -> None:
    def result(label: str, seed: int, f: float) -> dict[str, object]:
        return {"label": label, "seed": seed, "facts": {"hours": 2.0}, "bench": {"mean": {"beat_f": f}}, "valid": {"mean": {"amlt": 0.5}}}

    rows = table([result("plain", 0, 0.5), result("full", 0, 0.8), result("full", 1, 0.9)]).splitlines()
    assert rows[0] == "| data | hours | seeds | bench beat_f | valid amlt |"
    assert rows[2] == "| plain | 2.0 | 1 | 0.500 | 0.500 |"
    assert rows[3] == "| full | 2.0 | 2 | 0.850 ± 0.050 | 0.500 ± 0.000 |"
