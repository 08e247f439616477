"""artist20's layout, right and wrong."""

import json
from pathlib import Path

import pytest

from hexachord.errors import InputError
from hexachord.learning.datasets.loading import load_dataset
from hexachord.learning.datasets.splitting import SplitOptions, make_split

TRAIN = [f"./train_val/{artist}/{album}/{song}.mp3" for artist in ("abba", "cher") for album in ("one", "two") for song in "ab"]
VALID = [f"./train_val/{artist}/three/{song}.mp3" for artist in ("abba", "cher") for song in "ab"]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in [*TRAIN, *VALID, "test/001.mp3", "test/002.mp3"]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    write(tmp_path, "train.json", TRAIN)
    write(tmp_path, "val.json", VALID)
    return tmp_path


def write(root: Path, name: str, content: object) -> None:
    (root / name).write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


def test_sides_labels_and_albums_are_the_lists(root: Path) -> None:
    dataset = load_dataset(root)
    assert dataset.layout == "lists as artist20 has them"
    assert not dataset.skipped
    assert [sum(track.side == side for track in dataset.tracks) for side in ("train", "valid", "test")] == [8, 4, 2]
    track = next(track for track in dataset.tracks if track.id == "train_val/cher/two/b.mp3")
    assert (track.label, track.groups) == ("cher", {"artist": "cher", "album": "cher/two"})
    assert all(not track.labels for track in dataset.tracks if track.side == "test")
    split = make_split(dataset, SplitOptions(kind="given"))
    assert split.group == "album"
    assert "judged on valid (its test side has no labels)" in split.rule
    assert {dataset.tracks[row].side for row in split.folds[0].train} == {"train"}
    assert {dataset.tracks[row].side for row in split.folds[0].test} == {"valid"}


def test_a_song_on_both_lists_is_refused(root: Path) -> None:
    write(root, "val.json", [*VALID, "train_val/abba/one/a.mp3"])  # the same song, written without the point
    with pytest.raises(InputError, match=r"another list has, too: train_val/abba/one/a\.mp3"):
        load_dataset(root)


def test_a_label_that_is_not_the_folder_is_refused(root: Path) -> None:
    write(root, "train.json", dict.fromkeys(TRAIN, "abba"))
    with pytest.raises(InputError, match="the label 'abba' for train_val/cher"):
        load_dataset(root)
    write(root, "train.json", [{"path": name, "label": name.split("/")[2]} for name in TRAIN])
    assert len(load_dataset(root)) == 14


def test_missing_doubled_and_unlisted_songs_are_lines(root: Path) -> None:
    (root / TRAIN[0]).unlink()
    (root / "train_val/cher/one/bonus.mp3").write_bytes(b"x")
    write(root, "train.json", [*TRAIN, TRAIN[3]])
    dataset = load_dataset(root)
    assert len(dataset) == 13
    assert dataset.skipped == (
        "train_val/abba/two/b.mp3: listed twice in train.json",
        "train_val/abba/one/a.mp3: listed for train, but not there",
        "train_val/cher/one/bonus.mp3: on neither list",
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "an empty file"),
        ("[", "not JSON"),
        ('"train_val"', "a str in JSON"),
        ("[1, 2]", "entry 1, which is no path: 1"),
        ('["../../etc/a/b/c.mp3"]', "leaves the folder"),
        ('["/etc/a/b/c.mp3"]', "leaves the folder"),
        ('["song.mp3"]', "without artist and album"),
    ],
)
def test_a_malformed_list_is_explained(root: Path, text: str, said: str) -> None:
    (root / "val.json").write_text(text)
    with pytest.raises(InputError, match=said):
        load_dataset(root)


def test_lists_without_songs_are_explained(root: Path) -> None:
    write(root, "train.json", [name.replace("train_val", "songs") for name in TRAIN])
    write(root, "val.json", [])
    with pytest.raises(InputError, match="none of the 8 listed songs"):
        load_dataset(root)


def test_paths_of_windows_and_names_in_the_other_unicode_form(root: Path) -> None:
    (root / "train_val/abba/one/e\u0301t\u00e9.mp3").write_bytes(b"x")
    write(root, "train.json", [name.replace("/", "\\") for name in TRAIN] + ["./train_val/abba/one/\u00e9t\u00e9.mp3"])
    dataset = load_dataset(root)
    assert "train_val/abba/one/\u00e9t\u00e9.mp3" in dataset.ids or any("not there" in line for line in dataset.skipped)
    assert len(dataset) >= 14
