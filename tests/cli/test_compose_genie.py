"""`hexachord compose genie`: from words, from files, from scores, and live in a terminal."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hexachord.composition.genie.presses import read_presses
from hexachord.score.formats import load_score

TUNE = 'X:1\nT:Tune\nM:3/4\nL:1/4\nQ:1/4=96\nK:G\n"G"B2 d|"C"e2 c|"D7"A2 c|"G"G3|]\n'


@pytest.fixture
def tune(tmp_path: Path) -> Path:
    path = tmp_path / "tune.abc"
    path.write_text(TUNE)
    return path


def test_words_become_a_page(cli, tmp_path: Path) -> None:
    ran = cli(
        "compose", "genie", "--buttons", "1 3 5 8 - . 135 1 | 2 4 6 8 7 5 3 1", "--key", "Bm", "--scale", "--tempo", "90", "--chords",
        "Bm | G A", "--seed", "3", "-o", tmp_path / "a.musicxml", "--json",
    )  # fmt: skip
    assert ran.code == 0, ran.err
    told = json.loads(ran.out)
    assert (told["seed"], told["presses"]) == (3, 14)
    page = load_score(tmp_path / "a.musicxml")
    assert (len(page.bars), page.keys[0].fifths, page.keys[0].mode) == (2, 2, "minor")
    assert [symbol.label for symbol in page.chords] == ["B:min", "G:maj", "A:maj"]
    assert page.tempos[0].quarter_bpm == pytest.approx(90)
    again = cli("compose", "genie", "--buttons", "1 3 5 8 - . 135 1 | 2 4 6 8 7 5 3 1", "--key", "Bm", "--scale", "--tempo", "90",
                "--chords", "Bm | G A", "--seed", "3", "-o", tmp_path / "b.musicxml", "--json")  # fmt: skip
    assert json.loads(again.out)["pitches"] == told["pitches"]


def test_a_file_becomes_a_take_that_can_be_heard(cli, tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("time,button,length,velocity\n0,1,0.4,80\n0.5,3,,\n0.51,5,,\n1.013,8,0.3,90\n")
    ran = cli("compose", "genie", tmp_path / "p.csv", "--listen", "--soundfont", "plain", "--quiet", "--keys", "49")
    assert ran.code == 0, ran.err
    assert ran.out.split() == ["p-genie.mid", "p-genie.wav"]
    notes = load_score("p-genie.mid").parts[0].notes
    assert len(notes) == 4
    assert all(36 <= note.pitch <= 84 for note in notes)
    assert Path("p-genie.wav").stat().st_size > 10_000


def test_a_score_is_played_anew(cli, tune: Path, tmp_path: Path) -> None:
    ran = cli("compose", "genie", "--from", tune, "-o", tmp_path / "new.mxl", "--json", "--seed", "2")
    assert ran.code == 0, ran.err
    told = json.loads(ran.out)
    assert (told["key"], told["contour"], len(told["buttons"])) == ("G major", 1.0, 7)
    assert len(load_score(tmp_path / "new.mxl").bars) == 4
    ran = cli("compose", "genie", "--from", tune, "--scale", "--rule", "--range", "C4-C6")
    assert ran.code == 0, ran.err
    assert "100% of the notes in its scale" in ran.err
    assert ran.out.split() == ["tune-genie.musicxml"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), ("0 ways",)),
        (("--buttons", "1", "--live"), ("2 ways",)),
        (("--buttons", "1 9"), ("button 9", "1 to 8")),
        (("--buttons", "1", "--scale"), ("no key",)),
        (("--buttons", "1", "--key", "H"), ("no key",)),
        (("--buttons", "1", "--keys", "44"), ("44 keys",)),
        (("--buttons", "1", "--range", "C4"), ("--range C4",)),
        (("--buttons", "1", "--step", "x"), ("--step x",)),
        (("--buttons", "1", "--chords", "Q"), ("Q",)),
        (("--buttons", "1", "--kind", "organ"), ("organ",)),
        (("--buttons", "1", "-o", "a.txt"), (".txt",)),
        (("nothing.csv",), ("nothing.csv",)),
        (("{backwards}",), ("line 3", "sort the rows")),
        (("--from", "nothing.mid"), ("nothing.mid",)),
        (("--live", "--chords", "C"), ("--chords",)),
    ],
)
def test_bad_wishes_are_put_into_words(cli, tmp_path: Path, arguments, words) -> None:
    (tmp_path / "backwards.csv").write_text("time,button\n1,1\n0.5,2\n")
    ran = cli("compose", "genie", *(text.format(backwards=tmp_path / "backwards.csv") for text in arguments))
    assert ran.code == 2, ran.err
    assert "Traceback" not in ran.err
    for word in words:
        assert word in ran.err


def silent_environment(folder: Path) -> dict[str, str]:
    """An installation without a sound device's package."""
    (folder / "sounddevice.py").write_text("raise ImportError\n")
    return {**os.environ, "PYTHONPATH": str(folder), "OMP_NUM_THREADS": "1"}


def test_live_needs_a_terminal(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hexachord", "compose", "genie", "--live"]
    ran = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert ran.returncode == 2
    assert "no terminal" in ran.stderr
    assert "--buttons" in ran.stderr


@pytest.mark.slow
def test_live_in_a_terminal(tmp_path: Path) -> None:
    pty = pytest.importorskip("pty")
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "hexachord", "compose", "genie", "--live", "--seed", "1", "-o", "take.mid", "--json"]
    with subprocess.Popen(
        command, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path, env=silent_environment(tmp_path)
    ) as process:
        os.close(theirs)
        assert process.stderr is not None
        while b"q ends" not in process.stderr.readline():
            assert process.poll() is None
        for key in "13x58":
            os.write(ours, key.encode())
            time.sleep(0.2)
        os.write(ours, b"q")
        out, err = process.communicate(timeout=120)
    os.close(ours)
    assert process.returncode == 0, err.decode()
    told = json.loads(out)
    assert (told["presses"], told["notes"]) == (4, 4)
    assert 0.0 < told["latency_ms"] <= told["latency_p95_ms"] < 1000.0
    assert told["device_ms"] is None
    heard = [each[0] for each in told["pitches"]]
    assert heard == sorted(set(heard))  # 1 3 5 8
    notes = load_score(tmp_path / "take.mid").parts[0].notes
    assert [note.pitch for note in notes] == heard
    presses = read_presses(tmp_path / "take.csv")
    assert [press.buttons for press in presses] == [(1,), (3,), (5,), (8,)]
    assert presses[1].time_s == pytest.approx(0.2, abs=0.15)
