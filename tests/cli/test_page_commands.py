"""Corrections of pages on the command line: a score, corrected, listed, taken back, and refused with words that help."""

import json

import pytest

from hexachord.score.formats import load_score, save_score
from hexachord.score.model import Bar, KeyMark, MetreMark, Note, Part, Score
from hexachord.score.notes import merge_ties

Q = 10080


@pytest.fixture
def folder(cli, tmp_path):
    """A tune of three bars in a song's folder."""
    tune = [(0, 1, 60), (1, 1, 64), (2, 1, 67), (3, 1, 72), (4, 2, 71), (6, 2, 67), (8, 4, 60)]
    notes = tuple(Note(at * Q, length * Q, pitch) for at, length, pitch in tune)
    bars = tuple(Bar(index * 4 * Q, 4 * Q, str(index + 1)) for index in range(3))
    part = Part(name="Melody", notes=notes)
    save_score(
        Score(parts=(part,), bars=bars, metres=(MetreMark(0, 4, 4),), keys=(KeyMark(0, 0, "major"),)), tmp_path / "work" / "tune.musicxml"
    )
    ran = cli("song", "tune.musicxml", "--no-sound", "--no-pdf", "--no-page", "-q")
    assert ran.code == 0, ran.err
    return tmp_path / "work" / "tune.hexachord"


def heard(folder) -> list[tuple[float, float, int]]:
    score = load_score(folder / "score.musicxml")
    tpq = score.ticks_per_quarter
    return [(note.onset / tpq, note.duration / tpq, note.pitch) for note in merge_ties(score.parts[0].notes)]


def test_a_page_is_corrected_and_taken_back(cli, folder):
    before, files = heard(folder), {path.name: path.read_bytes() for path in folder.glob("score.*")}
    ran = cli("correct", folder, "--note", "bar 1 beat 2 E4 -> Eb4", "--note", "bar 2 beat 3 G4 delete", "--key", "Eb", "--title", "Waltz")
    assert ran.code == 0, ran.err
    assert "score: bar 1 beat 2 E4 -> Eb4" in ran.out
    assert "the key is Eb major" in ran.out
    assert heard(folder) == [(1, 1, 63) if note == (1, 1, 64) else note for note in before if note != (6, 2, 67)]
    page = load_score(folder / "score.musicxml")
    assert (page.title, page.keys[0].fifths, str(page.parts[0].notes[1].spelling)) == ("Waltz", -3, "Eb4")
    assert [note.pitch for note in load_score(folder / "score.mid").parts[0].notes] == [pitch for _, _, pitch in heard(folder)]

    done = json.loads(cli("correct", folder, "--add-note", "bar 2 beat 3 A4 duration 1.5", "--key-from", "3", "G minor", "--json").out)
    assert done["words"][-1] == "score: bar 2 beat 3 a new A4 of duration 1.5"
    assert (done["followed"], done["astray"], "load" in done["redone"]) == (True, [], True)
    assert (6, 1.5, 69) in heard(folder)
    assert [(mark.tick, mark.fifths) for mark in load_score(folder / "score.musicxml").keys][1][1] == -2

    assert "score: bar 1 beat 2 E4 -> Eb4" in cli("correct", folder, "--list").out
    for _ in range(6):
        assert cli("correct", folder, "--undo").code == 0
    assert heard(folder) == before
    assert not (folder / "corrections.json").exists()
    assert (folder / "score.musicxml").read_bytes() == files["score.musicxml"]
    assert cli("correct", folder, "--undo").code == 2


REFUSED = [
    (["--note", "bar 7 F4 delete"], ["no bar 7 (they go from 1 to 3)"]),
    (["--note", "bar 1 C4"], ["--note 'bar 1 C4'", "what becomes of the note", "bar 12 beat 2.5 C4 -> Eb4"]),
    (["--note", "bar 1 C4 hand left"], ["no staff 2"]),
    (["--note", "bar 1 C4 delete", "--sheet", "piano"], ["--sheet piano", "expected score"]),
    (["--key", "H"], ["--key H", "Bb major"]),
    (["--key-from", "9", "C"], ["no bar 9"]),
    (["--metre-from", "1", "3/5"], ["no time signature"]),
    (["--chord", "bar 1 none"], ["no chord symbol"]),
    (["--sheet", "score"], ["--sheet"]),
    (["--half"], ["came as a score"]),
    (["--proof", "page.doc"], [".doc", ".svg"]),
    (["--proof", "page.svg"], ["no corrections of pages"]),
    (["--title", "A", "--undo"], ["one of them at a time"]),
]


def test_what_cannot_be_corrected_is_said_and_nothing_is_kept(cli, folder):
    for said, words in REFUSED:
        ran = cli("correct", folder, *said)
        assert ran.code == 2, said
        for word in words:
            assert word in ran.err
        assert "Traceback" not in ran.err
        assert not (folder / "corrections.json").exists()


def test_a_correction_is_proofread_before_anything_follows(cli, folder):
    ran = cli("correct", folder, "--metre-from", "1", "3/4", "--proof", "page.svg", "--no-rerun", "--json")
    done = json.loads(ran.out)
    assert (done["proof"], done["proof_sheet"], done["proof_page"], done["followed"]) == ("page.svg", "score", 1, False)
    assert (folder.parent / "page.svg").read_text().startswith("<svg")
    assert len(load_score(folder / "score.musicxml").bars) == 3
    assert cli("correct", folder, "--proof", "page.png", "-q").code == 0  # alone, it changes nothing
    assert (folder.parent / "page.png").read_bytes()[:4] == b"\x89PNG"
    assert len(load_score(folder / "score.musicxml").bars) == 3
    assert cli("correct", folder, "--rerun", "-q").code == 0
    assert len(load_score(folder / "score.musicxml").bars) == 4
