"""`hexachord annotate` without a browser: what it makes, prints, writes and refuses. Its page is tested in tests/studio/annotate."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from hexachord.learning.annotation.project import labels_project
from hexachord.learning.annotation.store import Store
from hexachord.learning.datasets.lists import load_list

Cli = Callable[..., Any]


@pytest.fixture
def music(tmp_path: Path) -> Path:
    """Four pieces in the current directory's `music/`."""
    folder = tmp_path / "work/music"
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(4):
        soundfile.write(folder / f"{number}.wav", 0.3 * np.sin(np.arange(8000) * (number + 1) / 10), 8000)
    return folder


def answered(folder: Path, *, people: tuple[str, ...] = ("Ann", "Bob", "Cy")) -> Path:
    """A store where all take even pieces for jazz and odd ones for rock, but Bob takes all for rock."""
    path = folder.parent / "music.annotations.sqlite"
    with Store(path, project=labels_project(["jazz", "rock"], title="music", repeats=0.5), folder=folder) as store:
        for name in people:
            who = store.join(name).number
            while (now := store.current(who)) is not None:
                store.answer(who, now.number, "label", "rock" if name == "Bob" or int(now.item.id[0]) % 2 else "jazz", seconds=1.0)
    return path


def test_answers_become_files(cli: Cli, music: Path) -> None:
    answered(music)
    for form, name, told in (
        ("csv", "music.annotations.csv", "18 answers"),
        ("jsonl", "music.annotations.jsonl", "18 answers"),
        ("jams", "music.jams", "18 answers"),
        ("labels", "music.labels.csv", "4 items, 2 labels"),
    ):
        ran = cli("annotate", "music", "--export", form)
        assert (ran.code, ran.out.split("  ")[0].strip()) == (0, name), ran.err
        assert told in ran.out
        assert Path(name).exists()
    assert sorted(path.name for path in Path("music.jams").iterdir()) == ["0.wav.jams", "1.wav.jams", "2.wav.jams", "3.wav.jams"]
    dataset = load_list("music.labels.csv")
    assert [track.label for track in dataset.tracks] == ["jazz", "rock", "jazz", "rock"]
    ran = cli("annotate", "music.annotations.sqlite", "--export", "labels", "--method", "dawid-skene", "--out", "sub/ds.jsonl", "--json")
    assert json.loads(ran.out) == {"written": ["sub/ds.jsonl"], "skipped": []}


def test_ties_are_left_out_and_named(cli: Cli, music: Path) -> None:
    answered(music, people=("Ann", "Bob"))
    ran = cli("annotate", "music", "--export", "labels")
    assert ran.code == 0
    assert "left out: 0.wav: a tie: 1 for jazz against 1 for rock" in ran.err
    ran = cli("annotate", "music", "--export", "labels", "--method", "dawid-skene")
    assert ran.code == 2
    assert "wants 3 annotators" in ran.err


def test_agreement_is_printed(cli: Cli, music: Path) -> None:
    answered(music)
    ran = cli("annotate", "music", "--agreement")
    assert ran.code == 0, ran.err
    for words in ("music: 3 annotators", "Ann: 6 of 6", "percent 0.667", "Ann, Bob", "with themselves", "to discuss: 0.wav"):
        assert words in ran.out
    told = json.loads(cli("annotate", "music", "--agreement", "--json").out)
    assert told["questions"][0]["metrics"]["percent"] == pytest.approx(2 / 3)
    assert told["annotators"]["Bob"]["done"] == 6


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "neither music nor a store"),
        (("music",), "nothing to ask"),
        (("nowhere", "--labels", "a,b"), "no such folder"),
        (("--labels", "a,b"), "no folder of music"),
        (("music", "--labels", "a,a"), "different"),
        (("music", "--labels", ""), "--labels"),
        (("music", "--labels", "a,,b"), "--labels"),
        (("music", "--labels", "a,b", "--project", "p.json"), "one of them"),
        (("music", "--project", "gone.json"), "gone.json"),
        (("music", "--agreement"), "a store of annotations"),
        (("music", "--export", "csv"), "a store of annotations"),
        (("gone.sqlite", "--export", "csv"), "a store of annotations"),
        (("music/0.wav", "--agreement"), "no SQLite database"),
        (("music", "--labels", "a,b", "--annotator", "x" * 100), "annotator's name"),
        (("music", "--labels", "a,b", "--scores", "s.csv"), "--order active"),
    ],
)
def test_what_cannot_be_done_is_said(
    cli: Cli, music: Path, arguments: tuple[str, ...], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("fastapi")
    from hexachord.studio import annotate

    monkeypatch.setattr(annotate, "serve_annotation", lambda *_, **__: pytest.fail("it is served"))
    ran = cli("annotate", *arguments, "--no-open")
    assert ran.code == 2, ran.out
    assert words in ran.err


def test_without_the_extra_it_says_how_to_get_it(cli: Cli, music: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import importlib.util

    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *more: None if name == "fastapi" else found(name, *more))
    monkeypatch.delitem(sys.modules, "fastapi", raising=False)
    ran = cli("annotate", "music", "--labels", "a,b", "--no-open")
    assert ran.code == 2
    assert "pip install 'hexachord[studio]'" in ran.err
    assert not Path("music.annotations.sqlite").exists()


def test_scores_decide_what_comes_first(music: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from hexachord.cli import annotate_command

    monkeypatch.chdir(music.parent)
    Path("s.csv").write_text("id,jazz,rock\n0.wav,0.9,0.1\n2.wav,0.5,0.5\n1.wav,0.8,0.2\n")
    with Store("s.sqlite", project=labels_project(["jazz", "rock"], order="active", repeats=0), folder=music) as store:
        ranked = annotate_command._rank(store, Path("s.csv"), quiet=True)()
        assert ranked == ("2.wav", "1.wav", "0.wav")
        now = store.current(store.join("Ann", ranked=ranked).number)
        assert now is not None
        assert now.item.id == "2.wav"
