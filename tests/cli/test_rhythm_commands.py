"""Hints, corrections, clicks and tempo maps on the command line."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from hexachord.cli.rhythm_options import parse_hints, parse_metre, parse_taps, parse_tempo, parse_time
from hexachord.errors import InputError
from hexachord.knowledge import Beats, Knowledge, Metre, RhythmReading, Tempo, TempoHypothesis, load_knowledge


@pytest.fixture(scope="module")
def clicks(tmp_path_factory):
    """Twenty seconds of clicks at 120 a minute, every fourth one deeper."""
    t = np.arange(20 * 22050) / 22050
    beat = (t / 0.5).astype(int)
    sound = np.sin(2 * np.pi * np.where(beat % 4 == 0, 110.0, 1500.0) * t) * np.exp(-(t % 0.5) * 40)
    path = tmp_path_factory.mktemp("clicks") / "clicks.wav"
    soundfile.write(path, 0.5 * sound, 22050)
    return path


def test_nothing_said_is_no_hint():
    assert parse_hints(tempo=None, metre=None, tap=None, starts_at=None) is None


@given(st.floats(12, 300), st.floats(0, 60))
def test_a_tempo_alone_or_a_range(slow, more):
    slow, fast = round(slow, 3), round(slow + more, 3)
    assert parse_tempo(f"{slow}-{fast}") == parse_tempo(f"{slow}..{fast}") == (slow, fast)
    low, high = parse_tempo(f"{slow}")
    assert low < slow < high
    assert high / low == pytest.approx(1.08 / 0.92, rel=1e-3)


@pytest.mark.parametrize(
    ("read", "text", "words"),
    [
        (parse_tempo, "fast", ["--tempo fast", "beats a minute"]),
        (parse_tempo, "120-80", ["ends before it begins"]),
        (parse_tempo, "0", ["no music has"]),
        (parse_tempo, "80-", ["no tempo"]),
        (parse_tempo, "-80", ["no tempo"]),
        (parse_tempo, "nan", ["no tempo"]),
        (parse_metre, "0", ["--metre 0", "1 to 32"]),
        (parse_metre, "3/5", ["no metre"]),
        (parse_metre, "waltz", ["no metre"]),
        (parse_taps, " , ", ["--tap", "no times"]),
        (parse_taps, "1.2,now", ["--tap now", "no time"]),
        (lambda text: parse_time("--starts-at", text), "-1", ["--starts-at -1"]),
        (lambda text: parse_time("--starts-at", text), "a:3", ["no time"]),
    ],
)
def test_what_cannot_be_understood_is_named(read, text, words):
    with pytest.raises(InputError) as caught:
        read(text)
    for word in words:
        assert word in str(caught.value)


@pytest.mark.parametrize("command", ["song", "listen"])
def test_bad_hints_leave_nothing_behind(cli, clicks, left_behind, command):
    for option in (["--tempo", "fast"], ["--metre", "x"], ["--tap", "x"], ["--starts-at", "x"]):
        ran = cli(command, clicks, *option)
        assert ran.code == 2
        assert option[0] in ran.err
        assert "Traceback" not in ran.err
    assert left_behind() == []


def test_hints_reach_the_engine(cli, clicks):
    ran = cli("listen", clicks, "-t", "beats", "--tempo", "100-140", "--tap", "1.0,1.5", "--starts-at", "0:02", "--json")
    assert ran.code == 0, ran.err
    assert json.loads(ran.out)["tempo"]["hypotheses"][0]["bpm"] == pytest.approx(120, rel=0.02)


def test_clicks_and_a_tempo_map(cli, clicks, tmp_path):
    from hexachord.score.formats import load_score
    from hexachord.score.timing import tempo_map_of

    ran = cli("listen", clicks, "-t", "tempo", "--click", "c.wav", "--tempo-map", "map.mid", "--out", "k.json", "--json")
    assert ran.code == 0, ran.err
    document = json.loads(ran.out)
    assert document["files"] == ["k.json", "c.wav", "map.mid"]
    beats = load_knowledge(tmp_path / "work" / "k.json").beats
    sound, rate_hz = soundfile.read(tmp_path / "work" / "c.wav")
    assert (rate_hz, len(sound)) == (22050, 20 * 22050)
    before, _ = soundfile.read(clicks)
    added = np.abs(sound / np.abs(sound).max() - before / np.abs(before).max())
    on = np.rint(beats.time_s * rate_hz).astype(int)
    assert all(added[at : at + 200].max() > 0.05 for at in on if at + 200 < len(added))
    score = load_score(tmp_path / "work" / "map.mid")
    onsets = tempo_map_of(score).seconds(np.array([note.onset for part in score.parts for note in part.notes]))
    assert np.abs(np.sort(onsets)[:, None] - beats.time_s[None, :]).min(axis=1).max() < 0.002
    ran = cli("listen", clicks, "-t", "tempo", "--click", "alone.wav", "--click-as", "alone", "-q")
    assert ran.out.split() == ["alone.wav"]
    assert soundfile.info(tmp_path / "work" / "alone.wav").channels == 1


def test_clicks_need_beats_and_a_sound_file(cli, songs, tmp_path):
    soundfile.write(tmp_path / "silence.wav", np.zeros(22050 * 4), 22050)
    ran = cli("listen", tmp_path / "silence.wav", "-t", "beats", "--click", "c.wav")
    assert ran.code == 2
    assert "no beats" in ran.err
    ran = cli("listen", songs / "good.wav", "-t", "beats", "--click", "c.pdf")
    assert ran.code == 2
    assert ".pdf" in ran.err


def test_correct_and_everything_follows(cli, clicks, tmp_path):
    bare = ("--no-stems", "--no-pdf", "--no-page", "--json")
    before = json.loads(cli("song", clicks, "--tempo", "120", *bare).out)
    folder = before["folder"]
    work = tmp_path / "work" / folder
    ran = cli("correct", folder, "--show")
    assert ran.code == 0
    assert "As it was heard:" in ran.out
    assert "hint: the tempo is between 110.4 and 129.6 beats a minute" in ran.out
    assert "--rerun" not in ran.out
    ran = cli("correct", folder, "--half", "--metre", "3/4", "--downbeat-at", "0:02")
    assert ran.code == 0, ran.err
    assert "half the tempo" in ran.out
    assert "a bar begins at 2.000 s" in ran.out
    assert re.search(rf"^{folder}/  \(\d+ steps? done again, \d+ recalled, ", ran.out, re.MULTILINE)
    assert "Decoding" not in ran.err  # what was recalled is no news
    assert "3/4" in ran.err
    after = load_knowledge(work / "knowledge.json")
    assert after.tempo.engine == after.beats.engine == after.metre.engine == "user"
    assert after.tempo.bpm == pytest.approx(before["knowledge"]["tempo"]["hypotheses"][0]["bpm"] / 2)
    assert after.metre.beats_per_bar == 3
    assert after.beats.position[np.argmin(np.abs(after.beats.time_s - 2.0))] == 1
    labels = work / "labels" / "beats.txt"
    shifted = [f"{0.1 + 0.5 * k:.3f}\t{0.1 + 0.5 * k:.3f}\t{k % 3 + 1}" for k in range(30)]
    labels.write_text("\n".join(shifted) + "\n")
    done = json.loads(cli("correct", folder, "--beats", labels, "--json").out)
    assert done["words"][-1] == "the beats are a list of 30"
    assert done["followed"] is True
    assert "correction" in done["redone"]
    assert (done["failed"], done["page"]) == ({}, None)
    assert load_knowledge(work / "knowledge.json").beats.time_s == pytest.approx([0.1 + 0.5 * k for k in range(30)])
    done = json.loads(cli("correct", folder, "--undo", "--json").out)
    assert done["corrections"].get("rhythm") is None
    assert load_knowledge(work / "knowledge.json").beats.time_s.tolist() == before["knowledge"]["beats"]["time_s"]
    assert json.loads(cli("correct", folder, "--reset", "--json").out)["file"] is None


def test_a_correction_may_be_left_for_later(cli, clicks, tmp_path):
    folder = json.loads(cli("song", clicks, "--no-stems", "--no-pdf", "--no-page", "--json").out)["folder"]
    known = tmp_path / "work" / folder / "knowledge.json"
    before = known.read_bytes()
    ran = cli("correct", folder, "--double", "--no-rerun")
    assert ran.code == 0
    assert f"hexachord correct {folder} --rerun" in ran.out
    done = json.loads(cli("correct", folder, "--metre", "3", "--no-rerun", "--json").out)
    assert (done["followed"], done["redone"]) == (False, [])
    assert known.read_bytes() == before
    assert f"hexachord correct {folder} --rerun" in cli("correct", folder, "--show").out
    ran = cli("correct", folder, "--rerun", "--quiet")
    assert (ran.code, ran.out, ran.err) == (0, f"{folder}/\n", "")
    assert load_knowledge(known).metre.beats_per_bar == 3
    assert json.loads(cli("correct", folder, "--show", "--json").out)["followed"] is True


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ([], ["nothing to correct"]),
        (["--double", "--half"], ["--double --half", "2 tempi"]),
        (["--half", "--reset"], ["one of them at a time"]),
        (["--no-rerun"], ["nothing to correct"]),
        (["--show", "--rerun"], ["--show beside --rerun"]),
        (["--rerun"], ["no song folder"]),
        (["--shift-beats", "0.3"], ["half beats"]),
        (["--metre", "none"], ["--metre none"]),
        (["--downbeat-at", "soon"], ["--downbeat-at soon"]),
        (["--beats", "none.txt"], ["none.txt", "no such file"]),
        (["--half"], ["no song folder"]),
        (["--reading", "2"], ["no song folder"]),
    ],
)
def test_corrections_that_make_no_sense(cli, tmp_path, options, words):
    ran = cli("correct", tmp_path, *options)
    assert ran.code == 2
    assert "Traceback" not in ran.err
    for word in words:
        assert word in ran.err


def test_a_page_says_what_makes_another_reading_its_own():
    from hexachord.page.rhythm import reading_rows

    beats = Beats(time_s=np.arange(4) * 0.5, position=np.array([1, 2, 3, 4]))
    heard = tuple(
        RhythmReading(bpm=bpm, beats_per_bar=4, beats=beats, confidence=sure, kind=kind)
        for bpm, sure, kind in ((120.0, 0.7, "first"), (60.0, 0.2, "half"))
    )
    known = Knowledge(
        duration_s=3.0, tempo=Tempo(hypotheses=(TempoHypothesis(bpm=120.0, confidence=0.7),)), beats=beats, rhythm_readings=heard
    )
    rows = reading_rows(known, folder="my song.hexachord")
    assert [row["number"] for row in rows] == [1, 2]
    assert [row["commands"] for row in rows] == [[], ["hexachord correct 'my song.hexachord' --reading 2"]]
    assert [row["how"] for row in rows] == ["as it was heard", "half the tempo"]
    told = replace(known, beats=replace(beats, engine="user"), metre=Metre(beats_per_bar=3, engine="user"))
    rows = reading_rows(told, folder="a")
    assert [(row["number"], row["metre"], len(row["commands"])) for row in rows] == [(0, "3/4", 0), (1, "4/4", 1), (2, "4/4", 1)]


def test_a_score_is_not_corrected(cli, tmp_path):
    from hexachord.score.builtin import builtin_score
    from hexachord.score.formats import save_score

    path = tmp_path / "tune.musicxml"
    save_score(builtin_score("scale"), path)
    folder = json.loads(cli("song", path, "--no-pdf", "--no-page", "--no-sound", "--json").out)["folder"]
    ran = cli("correct", folder, "--half")
    assert ran.code == 2
    assert "came as a score" in ran.err
    ran = cli("song", path, "--tempo", "90", "--no-pdf", "--no-page", "--no-sound")
    assert ran.code == 2
    assert "written" in ran.err
