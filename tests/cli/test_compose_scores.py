"""`hexachord compose`: the tools without the language model, as files."""

import json

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
