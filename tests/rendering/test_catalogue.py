"""The catalogue: what it prints, and what it writes to be listened to."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from hexachord.audio import load_audio
from hexachord.rendering import catalogue
from hexachord.rendering.instruments import Instruments
from hexachord.rendering.labels_json import labels_from_json
from hexachord.rendering.take import draw_take

PAGE = Path(__file__).parents[2] / "docs" / "data-engine.md"


def test_takes_are_listed_and_counted(data_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    catalogue.main(["--data", str(data_dir), "--count", "3", "--kind", "drums"])
    printed = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in printed[:3]] == ["train-drums-0k", "train-drums-1k", "train-drums-2k"]
    assert any(re.match(r"kind +drums 3$", line) for line in printed)


def test_what_is_rendered_stands_on_disk(data_dir: Path, small_band: Instruments, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "default_folders", lambda: tuple({path.parent for path in small_band.paths.values()}))
    order = ["--data", str(data_dir), "--render", str(tmp_path), "--count", "1", "--seed", "4", "--length", "4", "--rate", "8000"]
    catalogue.main([*order, "--stems", "--workers", "0"])
    (sound,) = tmp_path.glob("*.wav")
    audio = load_audio(sound)
    assert (audio.rate_hz, audio.samples.shape) == (8000, (2, 32000))
    assert np.abs(audio.samples).max() > 0.01
    take, production = labels_from_json(sound.with_suffix(".json").read_bytes())
    assert take.id == sound.stem
    assert take.tracks[0].strokes
    assert production is not None
    stems = sorted(sound.with_suffix(".stems").glob("*.wav"))
    assert [stem.stem.split("-", 1)[1] for stem in stems] == list(take.roles)
    assert json.loads(sound.with_suffix(".json").read_text())["production"]["parts"]


def test_the_same_music_with_and_without_sound(shelf, small_band: Instruments, data_dir: Path, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(catalogue, "default_folders", lambda: tuple({path.parent for path in small_band.paths.values()}))
    order = ["--data", str(data_dir), "--render", str(tmp_path), "--count", "1", "--seed", "9", "--length", "3", "--rate", "8000"]
    catalogue.main([*order, "--workers", "0", "--quiet"])
    (labels,) = tmp_path.glob("*.json")
    take, _ = labels_from_json(labels.read_bytes())
    assert (take.id, take.origins) == ((drawn := draw_take(9, shelf, length_s=3.0)).id, drawn.origins)
    assert not list(tmp_path.glob("*.stems"))


def test_without_instruments_the_synthesizers_play_and_the_others_are_named(
    data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(catalogue, "default_folders", lambda: (tmp_path / "nowhere",))
    order = ["--data", str(data_dir), "--render", str(tmp_path), "--count", "1", "--length", "2", "--rate", "8000", "--workers", "0"]
    catalogue.main(order)
    assert "not found: font/fluid_r3\n" in capsys.readouterr().err
    _, production = labels_from_json(next(tmp_path.glob("*.json")).read_bytes())
    assert production is not None
    assert all(part.origin.startswith("synthesizer/") for part in production.parts)


def test_the_examples_of_the_page_run(data_dir: Path, small_band: Instruments, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not PAGE.exists():
        pytest.skip("the page comes with a clone")
    monkeypatch.setenv("HEXACHORD_DATA", str(data_dir))
    monkeypatch.chdir(tmp_path)
    namespace: dict[str, object] = {}
    examples = re.findall(r"^```py\n(.*?)^```", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    assert examples
    for example in examples:
        exec(compile(example, str(PAGE), "exec"), namespace)
