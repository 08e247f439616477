"""Bad input, tried through the command line: a clear message, exit code 2, no traceback, nothing half-written."""

import json
import os
import resource
import subprocess
import sys

import pytest


def check_refusal(ran, *words):
    assert ran.code == 2, ran.err
    assert "Traceback" not in ran.err
    assert ran.err.startswith("error: ")
    assert ran.out == ""
    for word in words:
        assert word in ran.err


REFUSED = [
    ("missing.wav", ["missing.wav", "no such file"]),
    ("empty.mp3", ["empty.mp3", "empty file"]),
    ("text.mp3", ["text.mp3", "audio"]),
    ("picture.png", ["picture.png", "audio"]),
    ("truncated.mp3", ["truncated.mp3", "truncated"]),
    ("truncated.flac", ["truncated.flac", "truncated"]),
    ("zero.wav", ["zero.wav", "without samples"]),
    ("nan.wav", ["nan.wav", "NaN", "1.000 s", "--salvage"]),
    (".", ["a folder"]),
]


@pytest.mark.parametrize(("name", "words"), REFUSED)
@pytest.mark.parametrize("command", ["song", "listen", "transcribe", "transform stems"])
def test_bad_sound_is_refused(cli, songs, left_behind, command, name, words):
    check_refusal(cli(*command.split(), songs / name), *words)
    assert left_behind() == []


def test_the_error_is_json_when_json_is_asked_for(cli, songs):
    ran = cli("listen", songs / "nan.wav", "--json")
    error = json.loads(ran.out)["error"]
    assert error["kind"] == "input"
    assert error["subject"].endswith("nan.wav")
    assert "--salvage" in error["next_step"]


@pytest.mark.parametrize("name", ["nan.wav", "truncated.flac", "truncated.mp3"])
def test_salvage_works_with_what_is_there(cli, songs, name):
    ran = cli("listen", songs / name, "-t", "key", "--salvage", "--json")
    assert ran.code == 0, ran.err
    assert json.loads(ran.out)["key"]["tonic"]


@pytest.mark.parametrize("name", ["low.wav", "high.wav"])
def test_odd_but_good_sound_is_heard(cli, songs, name):
    ran = cli("listen", songs / name, "-t", "key", "--json")
    assert ran.code == 0, ran.err


def test_an_unknown_task_or_engine(cli, songs):
    check_refusal(cli("listen", songs / "good.wav", "-t", "smell"), "smell", "one of")
    check_refusal(cli("listen", songs / "good.wav", "--engine", "key=oracle"), "oracle", "key/profiles")
    check_refusal(cli("listen", songs / "good.wav", "--engine", "smell=nose"), "smell", "no such task")
    check_refusal(cli("listen", songs / "good.wav", "--engine", "key"), "TASK=NAME")


def test_an_output_folder_that_is_a_file(cli, songs, tmp_path):
    (tmp_path / "taken").write_text("mine")
    check_refusal(cli(songs / "good.wav", "--out", tmp_path / "taken"), "taken", "a file, not a folder")
    check_refusal(cli(songs / "good.wav", "--out", tmp_path / "taken" / "below"), "not a folder")
    assert (tmp_path / "taken").read_text() == "mine"


def test_an_output_folder_that_cannot_be_written(cli, songs, tmp_path, monkeypatch):
    def refuse(*arguments, **options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("hexachord.song.manifest.tempfile.TemporaryFile", refuse)  # the tests may run as root
    check_refusal(cli(songs / "good.wav", "--out", tmp_path / "locked"), "locked", "Permission denied", "--out")


def test_a_folder_of_other_things_is_not_filled(cli, songs, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("x")
    check_refusal(cli(songs / "good.wav", "--out", tmp_path / "mine"), "other files")
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["thesis.txt"]


def limited(megabytes):
    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(megabytes * 1e6), int(megabytes * 1e6)))

    return limit


@pytest.mark.parametrize("megabytes", [0.0001, 0.1])
def test_a_full_disk(songs, tmp_path, megabytes):
    """No file may grow beyond a limit: what a full disk does to a process, as far as a test can."""
    command = [sys.executable, "-m", "hexachord.cli.app", str(songs / "whole.flac"), "--out", str(tmp_path / "out")]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    ran = subprocess.run(command, capture_output=True, text=True, preexec_fn=limited(megabytes), env=environment)
    assert ran.returncode == 2, ran.stderr
    assert "Traceback" not in ran.stderr
    assert "cannot be written" in ran.stderr
    assert not (tmp_path / "out").exists()


def test_a_full_disk_while_results_are_written(cli, songs, tmp_path, monkeypatch):
    def full(*arguments, **options):
        raise OSError(28, "No space left on device")

    assert cli(songs / "good.wav", "--out", tmp_path / "out", "--no-stems", "--no-pdf").code == 0
    (tmp_path / "out" / "report.txt").unlink()
    with monkeypatch.context() as patch:
        patch.setattr("hexachord.files.os.replace", full)
        check_refusal(cli(songs / "good.wav", "--out", tmp_path / "out", "--no-stems", "--no-pdf"), "No space left")
    assert not list((tmp_path / "out").rglob(".*.part*"))
    assert cli(songs / "good.wav", "--out", tmp_path / "out", "--no-stems", "--no-pdf").code == 0
    assert (tmp_path / "out" / "report.txt").exists()
