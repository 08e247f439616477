"""Datasets that are folders: any names, any depth, any mess between them."""

import os
import unicodedata
from pathlib import Path

import numpy as np
import pytest
from small_music import write_tune

from hexachord.errors import InputError
from hexachord.learning.datasets.loading import load_dataset, recognise_layout


def touch(root: Path, *names: str) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"x")


def test_folders_are_labels_and_the_next_ones_albums(tmp_path: Path) -> None:
    touch(tmp_path, "abba/arrival/tiger.mp3", "abba/arrival/disc 2/fernando.wav", "abba/loose.ogg", "cher/heart of stone/just.flac")
    touch(tmp_path, "cher/heart of stone/cover.jpg", "cher/notes.txt", "cher/score.mid", "cher/sheet.musicxml")
    dataset = load_dataset(tmp_path)
    assert dataset.layout == "a folder for each label, with albums"
    assert dataset.classes == ("abba", "cher")
    assert len(dataset) == 6
    by_id = {track.id: track for track in dataset.tracks}
    assert by_id["abba/arrival/disc 2/fernando.wav"].groups == {"artist": "abba", "album": "abba/arrival"}
    assert by_id["abba/loose.ogg"].groups == {"artist": "abba"}
    assert by_id["cher/score.mid"].label == "cher"
    assert not dataset.skipped


def test_hidden_files_empty_folders_and_music_without_a_label(tmp_path: Path) -> None:
    touch(tmp_path, "a/1.wav", "a/._1.wav", ".hidden/2.wav", "a/.DS_Store", "stray.wav", "b/3.WAV")
    (tmp_path / "empty" / "also empty").mkdir(parents=True)
    dataset = load_dataset(tmp_path)
    assert dataset.ids == ("a/1.wav", "b/3.WAV")
    assert dataset.skipped == ("stray.wav: it lies in no folder that could be its label",)


def test_names_in_any_script_are_ids_in_one_form(tmp_path: Path) -> None:
    composed, decomposed = "Björk", unicodedata.normalize("NFD", "Sigur Rós")
    touch(tmp_path, f"{composed}/Début/ヒューマン.wav", f"{decomposed}/🎵 ( ).wav")
    dataset = load_dataset(tmp_path)
    assert dataset.classes == ("Björk", "Sigur Rós")
    assert all(track.id == unicodedata.normalize("NFC", track.id) for track in dataset.tracks)
    assert all(track.path is not None and track.path.read_bytes() == b"x" for track in dataset.tracks)


def test_a_name_that_is_no_text_costs_its_file(tmp_path: Path) -> None:
    touch(tmp_path, "a/1.wav")
    try:
        with open(os.fsencode(tmp_path / "a") + b"/\xff\xfe.wav", "wb") as file:
            file.write(b"x")
    except OSError:
        pytest.skip("this file system takes text only")
    dataset = load_dataset(tmp_path)
    assert dataset.ids == ("a/1.wav",)
    assert "not text" in dataset.skipped[0]


def test_enormous_paths_are_left_out_not_died_of(tmp_path: Path) -> None:
    touch(tmp_path, "a/1.wav", "b/" + "n" * 240 + ".wav")
    here = Path.cwd()
    os.chdir(tmp_path / "a")
    try:
        for _ in range(25):  # 25 x 200 characters: beyond what a path may have, though every name is legal
            os.mkdir("d" * 200)
            os.chdir("d" * 200)
        Path("deep.wav").write_bytes(b"x")
    finally:
        os.chdir(here)
    dataset = load_dataset(tmp_path)
    assert dataset.ids == ("a/1.wav", "b/" + "n" * 240 + ".wav")
    assert len(dataset.skipped) == 1
    assert "cannot be read" in dataset.skipped[0]
    assert len(dataset.skipped[0]) < 250


def test_links_in_a_circle_end(tmp_path: Path) -> None:
    touch(tmp_path, "a/1.wav", "b/2.wav")
    os.symlink(tmp_path, tmp_path / "a" / "again")
    assert load_dataset(tmp_path).ids == ("a/1.wav", "b/2.wav")


def test_folders_of_sides_above_the_labels(tmp_path: Path) -> None:
    touch(tmp_path, "train/rock/1.wav", "train/jazz/2.wav", "validation/rock/3.wav", "test/001.wav", "test/jazz/4.wav")
    dataset = load_dataset(tmp_path)
    assert dataset.classes == ("jazz", "rock")
    assert {track.id: track.side for track in dataset.tracks} == {
        "train/rock/1.wav": "train",
        "train/jazz/2.wav": "train",
        "validation/rock/3.wav": "valid",
        "test/001.wav": "test",
        "test/jazz/4.wav": "test",
    }
    assert next(track for track in dataset.tracks if track.id == "test/001.wav").labels == ()


@pytest.mark.parametrize("names", [(), ("flat.wav", "flatter.wav"), ("a/readme.txt",)])
def test_a_folder_without_labels_is_explained(tmp_path: Path, names: tuple[str, ...]) -> None:
    touch(tmp_path, *names)
    with pytest.raises(InputError, match="root/label/album/track"):
        load_dataset(tmp_path)


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such folder"):
        load_dataset(tmp_path / "nowhere")
    touch(tmp_path, "song.wav")
    with pytest.raises(InputError, match=r"ends in '\.wav'"):
        load_dataset(tmp_path / "song.wav")
    with pytest.raises(InputError, match="one of artist20, nsynth"):
        load_dataset(tmp_path, layout="zip")


def test_real_files_of_every_format_are_found(tmp_path: Path) -> None:
    for number, suffix in enumerate((".wav", ".flac", ".ogg", ".mp3", ".opus")):
        write_tune(tmp_path / f"label {number % 2}" / f"tune{suffix}", number, seconds=1.0)
    dataset = load_dataset(tmp_path)
    assert recognise_layout(tmp_path) == "folders"
    assert np.bincount(dataset.targets()).tolist() == [3, 2]
