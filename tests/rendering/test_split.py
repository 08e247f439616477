"""The one split: nothing of bench/ teaches, nothing stands on two sides, everything on the shelf is named."""

import csv
import hashlib
import json
from pathlib import Path

import pytest

from hexachord.errors import InputError
from hexachord.rendering import split as split_module
from hexachord.rendering.shelf import CORPORA, Shelf
from hexachord.rendering.split import SIDES, Split, find_split, load_split


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_longest_beginning_decides() -> None:
    split = Split(sides={"a": "train", "a/b": "valid", "a/b/c": "held_out"})
    assert [split.side(name) for name in ("a/x", "a/b/x", "a/b/c", "a/b/c/d")] == ["train", "valid", "held_out", "held_out"]
    assert split.side("a/bc") == "train"


def test_what_is_not_listed_is_an_error(split: Split) -> None:
    with pytest.raises(ValueError, match="make_splits"):
        split.side("pop909/9999")


def test_a_name_on_two_sides_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "splits.json"
    path.write_text(json.dumps({"font": {"train": ["a"], "held_out": ["a"]}}))
    with pytest.raises(InputError, match="two sides"):
        load_split(path)
    path.write_text(json.dumps({"font": {"teaching": ["a"]}}))
    with pytest.raises(InputError, match="teaching"):
        load_split(path)


def test_the_projects_split_is_found_in_a_clone() -> None:
    assert find_split().samefile(Path(__file__).parents[2] / "training" / "splits.json")
    assert load_split().side("font/upright_kw") == "held_out"


def test_the_packages_split_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed = tmp_path / "splits.json"
    installed.write_text(json.dumps({"font": {"train": ["only"]}}))
    monkeypatch.setattr(split_module, "_BESIDE", installed)
    assert load_split().sides == {"font/only": "train"}


def test_without_any_split_the_error_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(split_module, "_BESIDE", tmp_path / "no.json")
    monkeypatch.setattr(split_module, "_CHECKOUT", tmp_path / "neither.json")
    with pytest.raises(InputError, match="install hexachord again"):
        load_split()


@pytest.mark.parametrize("origin", ["font/upright_kw", "font/timgm6mb", "kit/ColomboAcousticDrumkit", "kit/ForzeeStereo"])
def test_instruments_of_the_benches_are_held_out(split: Split, origin: str) -> None:
    assert split.side(origin) == "held_out"


@pytest.mark.parametrize("kind", ["font", "effect", "room"])
def test_every_kind_of_sound_has_something_held_out(split: Split, kind: str) -> None:
    assert split.names(kind, "held_out")
    assert len(split.names(kind, "train")) > len(split.names(kind, "held_out"))


def test_nothing_of_the_bench_is_on_the_training_side_by_name(split: Split, data_dir: Path) -> None:
    bench = data_dir / "bench"
    names = [f"pop909/{path.name}" for path in (bench / "pop909").iterdir() if path.is_dir()]
    names += [f"billboard/{path.name}" for path in (bench / "billboard").iterdir() if path.is_dir()]
    names += ["jsb_chorales/test/000"]
    with (bench / "groove" / "info.csv").open(newline="") as file:
        names += [f"groove/{row['id']}" for row in csv.DictReader(file)]
    assert len(names) > 200
    assert {split.side(name) for name in names} == {"held_out"}


def test_nothing_of_the_bench_is_on_the_training_side_by_content(shelf: Shelf, data_dir: Path) -> None:
    benched = {digest(path) for corpus in ("pop909", "groove") for path in (data_dir / "bench" / corpus).rglob("*.mid")}
    assert len(benched) > 150
    for name in shelf.names("pop909"):
        assert digest(shelf.folder("pop909") / name / f"{name}.mid") not in benched
    for row in shelf.grooves():
        assert digest(shelf.folder("groove") / row.file) not in benched
    content = json.loads((data_dir / "bench" / "jsb_chorales" / "jsb16th_separated.json").read_text())
    chorales = {json.dumps(piece) for pieces in content.values() for piece in pieces}
    mine = json.loads((data_dir / "train" / "jsb_chorales" / "jsb16th_separated.json").read_text())
    for name in shelf.names("jsb_chorales"):
        part, index = name.split("/")
        assert json.dumps(mine[part][int(index)]) not in chorales


def test_every_song_of_the_shelf_has_one_side_and_no_composer_or_drummer_two(shelf: Shelf, split: Split, data_dir: Path) -> None:
    sides = {side: Shelf(data=data_dir, split=split, side=side) for side in SIDES}
    for corpus, (listed, _) in CORPORA.items():
        found = [set(one.names(corpus)) for one in sides.values()]
        assert sum(map(len, found)) == len(set().union(*found)) == len(listed(shelf.folder(corpus)))
        assert len(shelf.names(corpus)) >= 0.6 * len(listed(shelf.folder(corpus)))
    for corpus in ("openscore_lieder", "groove"):
        leading = [{name.split("/")[0] for name in one.names(corpus)} for one in sides.values()]
        assert not leading[0] & leading[1]
        assert not leading[0] & leading[2]
        assert not leading[1] & leading[2]


def test_a_shelf_gives_nothing_of_another_side(shelf: Shelf, split: Split) -> None:
    name = next(name for name in split.names("pop909", "held_out") if int(name) <= 760)
    with pytest.raises(ValueError, match="held_out"):
        shelf.piece("pop909", name)
