"""Caches by name: every configuration fits itself, and the command makes one, goes on, and refuses another."""

import argparse
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from hexachord.rendering.shards import open_cache
from hexachord.rendering.take import KINDS

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from training import cache as command  # noqa: E402


@pytest.mark.parametrize("name", command.CONFIGURATIONS)
def test_configurations_fit_themselves(name: str) -> None:
    full, plain = command.configuration(name), command.configuration(f"{name}-plain")
    assert {feature.rate_hz for feature in full.features.values()} == {full.recipe.rate_hz}
    assert set(full.without) <= set(KINDS)
    assert {kind for kind, _ in full.recipe.kinds} == (set(KINDS) - set(full.without) if full.without else set())
    assert plain.recipe == replace(full.recipe, plain_font=command.PLAIN_FONT)
    assert plain.features == full.features


def test_kinds_are_named_with_their_shares() -> None:
    assert command._kinds("band=2,drums") == (("band", 2.0), ("drums", 1.0))
    for wrong in ("polka=1", "drums=much", "drums=0"):
        with pytest.raises(argparse.ArgumentTypeError):
            command._kinds(wrong)


def test_it_runs_from_the_checkout() -> None:
    done = subprocess.run([sys.executable, "-m", "training.cache", "waltz"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "rhythm" in done.stderr


@pytest.mark.slow
def test_a_cache_is_made_and_goes_on(
    tmp_path: Path, data_dir: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    short = command.configuration("rhythm-plain")
    monkeypatch.setattr(command, "configuration", lambda name: replace(short, recipe=replace(short.recipe, length_s=2.0)))
    arguments = ["cache", "rhythm-plain", "--hours", "0.001", "--out", str(tmp_path), "--data", str(data_dir)]
    monkeypatch.setattr(sys, "argv", arguments)
    command.main()
    assert "32 songs" in capsys.readouterr().out
    assert open_cache(tmp_path).features("mel", 31).shape == (101, 128)
    command.main()
    assert "made in" not in capsys.readouterr().out
    monkeypatch.setattr(sys, "argv", [*arguments, "--seed", "1"])
    with pytest.raises(SystemExit) as stopped:
        command.main()
    assert stopped.value.code == 2
    assert "recipe.seed is 0 there and 1 here" in capsys.readouterr().err
