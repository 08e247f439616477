"""`hexachord compose chords`, `harmonise`, `reharmonise` and `accompany`: files, tables, JSON, and bad input in words."""

import json

import pytest

from hexachord.score.formats import load_score

SHEET = 'X:1\nT:Tune\nM:4/4\nL:1/4\nQ:1/4=96\nK:G\nD|"G"G B d2|"C"e2 c2|"D7"A2 c F|"G"G3|]\n'


@pytest.fixture
def sheet(tmp_path):
    path = tmp_path / "sheet.abc"
    path.write_text(SHEET)
    return path


def test_a_progression_by_mood(cli, tmp_path):
    ran = cli(
        "compose", "chords", "--mood", "sad", "--key", "Dm", "--cadence", "half", "--bars", "4", "-o", tmp_path / "p.musicxml", "--json"
    )
    assert ran.code == 0, ran.err
    told = json.loads(ran.out)
    assert (told["key"], told["progressions"][0][-1]["numeral"]) == ("D minor", "V")
    assert all(chord["reason"] for chord in told["progressions"][0])
    assert len(load_score(tmp_path / "p.musicxml").bars) == 4


def test_several_progressions_and_their_table(cli, tmp_path):
    ran = cli("compose", "chords", "--loop", "andalusian", "--key", "Am", "-n", "2", "-o", tmp_path / "p.musicxml")
    assert ran.code == 0, ran.err
    assert ran.out.split() == [str(tmp_path / f"p-{number}.musicxml") for number in (1, 2)]
    assert "VII" in ran.err
    assert "tension" in ran.err


def test_what_may_follow_and_names(cli, sheet):
    ran = cli("compose", "chords", "--after", "Dm7 G7", "--style", "jazz", "--json")
    assert ran.code == 0, ran.err
    told = json.loads(ran.out)
    assert (told["key"], told["next"][0]["label"]) == ("C major", "C:maj")
    ran = cli("compose", "chords", sheet, "--next")
    assert ran.code == 0, ran.err
    assert ran.out.split()[0] in ("C", "D", "D7", "Em")
    assert "andalusian" in cli("compose", "chords", "--list").out
    assert "bossa" in cli("compose", "accompany", "--list").out


def test_harmonise_explains_itself(cli, sheet, tmp_path):
    ran = cli("compose", "harmonise", sheet, "--style", "jazz", "-n", "2", "-o", tmp_path / "h.musicxml", "--json")
    assert ran.code == 0, ran.err
    told = json.loads(ran.out)
    assert told["key"] == "G major"
    assert len(told["files"]) == len(told["candidates"]) == 2
    chord = told["candidates"][0]["chords"][0]
    assert chord["numeral"]
    assert chord["alternatives"]
    assert 0 <= chord["fit"]["score"] <= 1
    voices = cli("compose", "harmonise", sheet, "--style", "chorale", "--voices", "-o", tmp_path / "v.musicxml")
    assert voices.code == 0, voices.err
    assert [part.name for part in load_score(tmp_path / "v.musicxml").parts[1:]] == ["Alto", "Tenor", "Bass"]
    assert "home" in voices.err


def test_reharmonise_says_what_it_changed(cli, sheet, tmp_path):
    ran = cli("compose", "reharmonise", sheet, "--amount", "1", "--kind", "ii-V", "-o", tmp_path / "r.musicxml", "--json")
    assert ran.code == 0, ran.err
    told = json.loads(ran.out)
    assert told["changed"] >= 1
    assert {place["chosen"]["kind"] for place in told["places"] if place["chosen"]} == {"ii–V"}
    assert [note.pitch for note in load_score(tmp_path / "r.musicxml").parts[0].notes] == [62, 67, 71, 74, 76, 72, 69, 72, 66, 67]


def test_accompany_in_a_style(cli, sheet, tmp_path):
    ran = cli("compose", "accompany", sheet, "--style", "bossa", "--parts", "piano,bass,drums", "-o", tmp_path / "a.musicxml", "--json")
    assert ran.code == 0, ran.err
    told = json.loads(ran.out)
    assert told["style"] == "bossa"
    assert told["chord_tones"] >= 0.85
    assert [part.name for part in load_score(tmp_path / "a.musicxml").parts[1:]] == ["Piano", "Bass", "Drums"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("chords", "--mood", "blue"), ("blue", "happy")),
        (("chords", "--key", "H major"), ("H major",)),
        (("chords", "--after", "C Xyz"), ("Xyz",)),
        (("chords", "--metre", "4/5"), ("4/5",)),
        (("chords", "--style", "ska"), ("ska", "jazz")),
        (("harmonise", "{sheet}", "--style", "ska"), ("ska", "chorale")),
        (("harmonise", "{sheet}", "--rhythm", "never"), ("never",)),
        (("reharmonise", "{sheet}", "--style", "ska"), ("ska",)),
        (("reharmonise", "{bare}"), ("no chord symbols", "harmonise")),
        (("accompany",), ("no score",)),
        (("accompany", "{sheet}", "--style", "polka dots"), ("polka dots", "bossa")),
        (("accompany", "{sheet}", "--parts", "kazoo"), ("kazoo",)),
    ],
)
def test_bad_wishes_are_put_into_words(cli, sheet, tmp_path, arguments, words):
    (tmp_path / "bare.abc").write_text("X:1\nK:C\nCDEF|")
    ran = cli("compose", *(text.format(sheet=sheet, bare=tmp_path / "bare.abc") for text in arguments))
    assert ran.code == 2, ran.err
    assert "Traceback" not in ran.err
    for word in words:
        assert word in ran.err
