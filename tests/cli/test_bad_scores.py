"""Bad scores through the command line."""

import json
import struct

import pytest

BOMB = """<?xml version="1.0"?>
<!DOCTYPE score-partwise [
<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">
<!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;"><!ENTITY e "&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;"><!ENTITY f "&e;&e;&e;&e;&e;&e;&e;&e;&e;&e;">
<!ENTITY g "&f;&f;&f;&f;&f;&f;&f;&f;&f;&f;"><!ENTITY h "&g;&g;&g;&g;&g;&g;&g;&g;&g;&g;">
]>
<score-partwise version="4.0"><work><work-title>&h;</work-title></work><part-list/></score-partwise>
"""
STEAL = """<?xml version="1.0"?>
<!DOCTYPE score-partwise [<!ENTITY file SYSTEM "file:///etc/passwd">]>
<score-partwise version="4.0"><work><work-title>&file;</work-title></work><part-list/></score-partwise>
"""


def midi(notes, *, end=True):
    """A format 0 MIDI file of (delta, status, data...) note events, written by hand."""
    track = bytearray()
    for delta, *message in notes:
        length = [delta & 0x7F]
        while delta := delta >> 7:
            length.insert(0, (delta & 0x7F) | 0x80)
        track += bytes(length) + bytes(message)
    if end:
        track += b"\x00\xff\x2f\x00"
    return b"MThd" + struct.pack(">IHHH", 6, 0, 1, 480) + b"MTrk" + struct.pack(">I", len(track)) + bytes(track)


def scale(count):
    notes = []
    for i in range(count):
        pitch = 48 + i * 7 % 36
        notes += [(0, 0x90, pitch, 80), (240, 0x80, pitch, 0)]
    return notes


@pytest.fixture
def scores(tmp_path):
    (tmp_path / "bomb.musicxml").write_text(BOMB)
    (tmp_path / "steal.musicxml").write_text(STEAL)
    (tmp_path / "text.musicxml").write_text("Dear diary,")
    (tmp_path / "html.xml").write_text("<html><body>404</body></html>")
    (tmp_path / "text.mid").write_text("Dear diary,")
    (tmp_path / "text.mxl").write_text("Dear diary,")
    (tmp_path / "empty.mid").touch()
    (tmp_path / "silent.mid").write_bytes(midi([]))
    (tmp_path / "truncated.mid").write_bytes(midi(scale(200))[:900])
    (tmp_path / "good.mid").write_bytes(midi(scale(64)))
    return tmp_path


REFUSED = ["bomb.musicxml", "steal.musicxml", "text.musicxml", "html.xml", "text.mid", "text.mxl", "empty.mid", "silent.mid", "missing.mid"]


@pytest.mark.parametrize("name", [*REFUSED, "truncated.mid"])
@pytest.mark.parametrize("command", ["song", "read", "transcribe"])
def test_bad_scores_are_refused(cli, scores, left_behind, command, name):
    ran = cli(command, scores / name)
    assert ran.code == 2, ran.err
    assert ran.err.startswith("error: ")
    assert name in ran.err
    assert "Traceback" not in ran.err
    assert "root:" not in ran.err
    assert ran.out == ""
    assert left_behind() == []


def test_a_silent_score_says_so(cli, scores):
    assert "without notes" in cli("read", scores / "silent.mid").err


def test_a_recording_is_no_score(cli, songs):
    ran = cli("read", songs / "good.wav")
    assert ran.code == 2
    assert "good.wav" in ran.err


def test_a_score_is_no_recording(cli, scores):
    ran = cli("listen", scores / "good.mid")
    assert ran.code == 2
    assert "hexachord read" in ran.err


def test_reading_a_score(cli, scores):
    ran = cli("read", scores / "good.mid", "--json")
    assert ran.code == 0, ran.err
    known = json.loads(ran.out)
    assert len(known["notes"]["onset_s"]) == 64
    assert known["metre"]["beats_per_bar"] == 4
    ran = cli("read", scores / "good.mid", "-o", "good.jams")
    assert ran.code == 0
    assert json.loads((scores / "work" / "good.jams").read_text())["annotations"]


def test_the_main_job_on_a_score(cli, scores):
    ran = cli(scores / "good.mid", "--json")
    assert ran.code == 0, ran.err
    document = json.loads(ran.out)
    assert {"score.musicxml", "score.mid", "knowledge.json", "report.txt", "labels/notes.txt"} <= set(document["files"])
    assert document["failed"] == {}


def test_writing_a_performed_midi_down(cli, scores):
    ran = cli("transcribe", scores / "good.mid", "-o", "page.musicxml")
    assert ran.code == 0, ran.err
    assert "<score-partwise" in (scores / "work" / "page.musicxml").read_text()


def test_a_format_that_does_not_exist(cli, scores, left_behind):
    ran = cli("transcribe", scores / "good.mid", "-o", "page.docx")
    assert ran.code == 2
    assert ".musicxml" in ran.err
    assert left_behind() == []


@pytest.mark.slow
def test_a_million_notes(cli, tmp_path):
    (tmp_path / "million.mid").write_bytes(midi(scale(1_000_000)))
    ran = cli(tmp_path / "million.mid", "--json", "--no-pdf")
    assert ran.code == 0, ran.err
    assert len(json.loads(ran.out)["knowledge"]["notes"]["onset_s"]) == 1_000_000
