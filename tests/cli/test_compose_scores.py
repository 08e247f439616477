"""`hexachord compose`: the tools without the language model, as files."""

import json
from pathlib import Path

import pytest

from hexachord.score.builtin import builtin_score
from hexachord.score.formats import load_score, save_score


@pytest.fixture(scope="module")
def song(tmp_path_factory):
    path = tmp_path_factory.mktemp("scores") / "song.musicxml"
    save_score(builtin_score("six-small-notes"), path)
    return path


def strokes(path):
    return [(note.onset, note.pitch) for part in load_score(path).parts if part.is_percussion for note in part.notes]


def test_drumify_then_humanise(cli, song, tmp_path):
    told = json.loads(cli("compose", "drumify", song, "--style", "pop", "--strength", "0", "-o", tmp_path / "a.mid", "--json").out)
    before = len(load_score(song).parts)
    drummed = load_score(tmp_path / "a.mid")
    assert len(drummed.parts) == before + 1
    assert told["strokes"] == len(drummed.parts[-1].notes) > 30
    ran = cli("compose", "humanise", tmp_path / "a.mid", "--strength", "1", "--seed", "2", "-o", tmp_path / "b.mid", "--quiet")
    assert (ran.code, ran.out.split()) == (0, [str(tmp_path / "b.mid")])
    moved = sum(one != other for one, other in zip(strokes(tmp_path / "a.mid"), strokes(tmp_path / "b.mid"), strict=True))
    assert moved > 0.5 * told["strokes"]


def test_drumify_follows_one_part(cli, song, tmp_path):
    name = load_score(song).parts[0].name
    one = json.loads(cli("compose", "drumify", song, "--part", name, "-o", tmp_path / "a.mid", "--json").out)
    both = json.loads(cli("compose", "drumify", song, "-o", tmp_path / "b.mid", "--json").out)
    assert one["strokes"] != both["strokes"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("drumify", "{song}", "--part", "tuba"), ("tuba", "no such part")),
        (("drumify", "{song}", "--style", "minuet"), ("minuet", "jazz")),
        (("humanise", "{plain}"), ("no drums", "drumify")),
    ],
)
def test_bad_wishes_are_put_into_words(cli, song, tmp_path, arguments, words):
    save_score(builtin_score("scale"), tmp_path / "plain.mid")
    ran = cli("compose", *(text.format(song=song, plain=tmp_path / "plain.mid") for text in arguments))
    assert ran.code == 2, ran.err
    for word in words:
        assert word in ran.err


def test_simplify_tells_what_is_lost(cli, tmp_path):
    save_score(builtin_score("bumblebee"), tmp_path / "bee.musicxml")
    told = json.loads(cli("compose", "simplify", tmp_path / "bee.musicxml", "--level", "2", "-o", tmp_path / "easy.musicxml", "--json").out)
    assert told["level"]["after"] <= 2 < told["level"]["before"]
    assert 0 < told["kept"]["melody"] <= 1
    assert load_score(tmp_path / "easy.musicxml").note_count > 0


def test_reduce_writes_one_piano(cli, song, tmp_path):
    ran = cli("compose", "reduce", song, "-o", tmp_path / "piano.musicxml")
    assert ran.code == 0, ran.err
    assert "of the tune" in ran.err
    (part,) = load_score(tmp_path / "piano.musicxml").parts
    assert part.staves == 2


def test_interpolate_fills_a_folder_or_a_file(cli, tmp_path):
    for name, text in (("a", "C C G G|A A G2|"), ("b", "c B A G|F2 C2|")):
        (tmp_path / f"{name}.abc").write_text(f"X:1\nM:4/4\nL:1/4\nK:C\n{text}\n")
    told = json.loads(cli("compose", "interpolate", tmp_path / "a.abc", tmp_path / "b.abc", "--steps", "3", "--json").out)
    assert told["files"] == [f"a-to-b/{name}.mid" for name in ("step-1", "step-2", "step-3", "all")]
    assert [row["from_first"] for row in told["steps"]] == sorted(row["from_first"] for row in told["steps"])
    ran = cli("compose", "interpolate", tmp_path / "a.abc", tmp_path / "b.abc", "--steps", "2", "-o", tmp_path / "way.musicxml")
    assert ran.out.split() == [str(tmp_path / "way.musicxml")]
    assert len(load_score(tmp_path / "way.musicxml").bars) == 8


def test_chart_writes_levels(cli, song, tmp_path):
    told = json.loads(cli("compose", "chart", song, "--level", "Oni", "--level", "Kantan", "-o", tmp_path / "a.osu", "--json").out)
    assert [row["name"] for row in told["levels"]] == ["Kantan", "Oni"]
    assert told["levels"][0]["notes_per_s"] < told["levels"][1]["notes_per_s"]
    assert all(Path(path).read_text().startswith("osu file format v14") for path in told["files"])
    ran = cli("compose", "chart", song, "-o", tmp_path / "a.zip")
    assert ran.code == 2
    assert ".osz" in ran.err


@pytest.mark.parametrize(("whom", "parts"), [("quartet", 4), ("band", 4)])
def test_arrange_for_players(cli, song, tmp_path, whom, parts):
    told = json.loads(cli("compose", "arrange", song, "--for", whom, "-o", tmp_path / "a.musicxml", "--json").out)
    assert told["kept"]["melody"] > 0.9
    assert len(load_score(tmp_path / "a.musicxml").parts) == parts


def test_nobody_else_is_arranged_for(cli, song):
    ran = cli("compose", "arrange", song, "--for", "kazoo")
    assert ran.code == 2
    assert "quartet" in ran.err
