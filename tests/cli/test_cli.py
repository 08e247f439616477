import json
import resource
import subprocess
import sys

import pytest

from hexachord.cli.app import command_names
from hexachord.cli.routing import route


def test_help_lists_every_command(cli):
    ran = cli("--help")
    assert ran.code == 0
    for name in command_names():
        assert name in ran.out


@pytest.mark.parametrize("name", [*command_names(), "transform stems", "compose continue", "learn check", "learn table"])
def test_every_command_has_help_with_an_example(cli, name):
    ran = cli(*name.split(), "--help")
    assert ran.code == 0
    if name not in ("transform", "compose", "learn"):  # their commands say it
        assert f"hexachord {name}" in ran.out.replace("hexachord song.mp3", "hexachord song song.mp3")
        assert "--json" in ran.out


def test_help_is_quick():
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-m", "hexachord.cli.app", "--help"], check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 0.5


def test_no_arguments_show_the_help(cli):
    ran = cli()
    assert "Usage" in ran.out + ran.err


def test_version(cli):
    ran = cli("--version")
    assert ran.code == 0
    assert ran.out.startswith("hexachord 0.")


@pytest.mark.parametrize(
    ("arguments", "routed"),
    [
        (["a.wav"], ["song", "a.wav"]),
        (["./listen"], ["song", "./listen"]),
        (["--json", "a.wav"], ["song", "--json", "a.wav"]),
        (["listen", "a.wav"], ["listen", "a.wav"]),
        (["--help"], ["--help"]),
        ([], []),
    ],
)
def test_a_path_is_a_song(arguments, routed):
    assert route(arguments, commands=command_names()) == routed


def test_a_mistyped_command_is_recognised(cli):
    ran = cli("lisen", "x.wav")
    assert ran.code == 2
    assert "did you mean 'hexachord listen'" in ran.err


def test_an_unknown_option_is_bad_usage(cli):
    assert cli("song", "x.wav", "--colour").code == 2


def test_engines(cli):
    ran = cli("engines", "--json")
    rows = json.loads(ran.out)["engines"]
    assert {"key", "chords"} <= {row["task"] for row in rows}
    assert sum(row["default"] for row in rows if row["task"] == "key") == 1
    ran = cli("engines", "key")
    assert "key/profiles" in ran.out
    assert "chords/" not in ran.out
    ran = cli("engines", "sorcery")
    assert ran.code == 2
    assert "one of" in ran.err


def test_doctor(cli):
    ran = cli("doctor", "--json")
    report = json.loads(ran.out)
    assert ran.code == 0
    assert report["ok"]
    assert report["core"]["numpy"]
    assert set(report["extras"]) >= {"av", "peers", "studio"}
    ran = cli("doctor")
    assert "Everything needed is there" in ran.out
    assert "pip install 'hexachord[" in ran.out


def test_doctor_names_what_is_missing(cli, monkeypatch):
    monkeypatch.setattr("hexachord.cli.inventory._CORE", ("numpy", "no_such_package"))
    ran = cli("doctor")
    assert ran.code == 1
    assert "no_such_package is not installed" in ran.out


def test_bench_lists_and_refuses(cli, monkeypatch):
    monkeypatch.delenv("HEXACHORD_DATA", raising=False)
    assert "beats" in cli("bench").out
    ran = cli("bench", "beats")
    assert ran.code == 2
    assert "--data" in ran.err
    ran = cli("bench", "sorcery", "--data", ".")
    assert ran.code == 2
    assert "one of beats" in ran.err
    ran = cli("bench", "beats", "--data", "nowhere")
    assert ran.code == 2
    assert "no such folder" in ran.err


def test_a_bug_is_said_in_a_line_and_shown_on_demand(cli, songs, monkeypatch):
    def explode(*arguments, **options):
        raise ZeroDivisionError("a wheel came off")

    monkeypatch.setattr("hexachord.journeys.analyse.analyse", explode)
    ran = cli(songs / "good.wav")
    assert ran.code == 1
    assert "ZeroDivisionError: a wheel came off" in ran.err
    assert "Traceback" not in ran.err
    assert "report" in ran.err
    ran = cli(songs / "good.wav", "--debug")
    assert "Traceback" in ran.err
    ran = cli(songs / "good.wav", "--json")
    assert json.loads(ran.out)["error"]["kind"] == "bug"


def test_ctrl_c_is_130(cli, songs, monkeypatch):
    def interrupt(*arguments, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr("hexachord.journeys.analyse.analyse", interrupt)
    ran = cli(songs / "good.wav")
    assert ran.code == 130
    assert "Traceback" not in ran.err


def test_the_package_runs_as_a_module(tmp_path):
    ran = subprocess.run([sys.executable, "-m", "hexachord", str(tmp_path / "none.wav")], capture_output=True, text=True, check=False)
    assert ran.returncode == 2
    assert "no such file" in ran.stderr
