import csv
from dataclasses import replace

import numpy as np

from hexachord.knowledge import Knowledge, Notes, Tempo
from hexachord.knowledge.report import report_text
from hexachord.knowledge.tables import knowledge_tables, label_tracks, pitch_name, save_labels, save_tables


def test_one_csv_per_kind(full_knowledge, tmp_path):
    paths = save_tables(full_knowledge, tmp_path)
    assert {path.stem for path in paths} == {
        "facts",
        "tempo",
        "beats",
        "onsets",
        "rhythm_readings",
        "tempo_curve",
        "groove",
        "harmony",
        "drums",
        "local_keys",
        "chords",
        "sections",
        "melody",
        "melody_notes",
        "notes",
        "pedal",
        "descriptors",
        "tags",
    }
    with open(tmp_path / "beats.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["time_s", "position", "confidence"]
    assert np.array([float(row["time_s"]) for row in rows]).tobytes() == full_knowledge.beats.time_s.tobytes()
    with open(tmp_path / "chords.csv", newline="") as file:
        chords = list(csv.DictReader(file))
    assert chords[1]["label"] == "Eb:min7/b3"
    assert chords[1]["confidence"] == ""


def test_readings_and_the_tempo_curve_are_tables(full_knowledge):
    tables = knowledge_tables(full_knowledge)
    assert tables["rhythm_readings"].rows[1][:5] == (2, "half", 59.985, "2/8", 5)
    assert tables["tempo_curve"].columns == ("time_s", "bpm")
    assert tables["tempo_curve"].rows[0][1] == full_knowledge.groove.tempo_bpm[0]
    assert tables["groove"].to_csv().splitlines()[2] == "0.5,,"
    assert ("swing_ratio", 5 / 3, "", "", "groove/test") in tables["facts"].rows


def test_an_empty_observation_is_a_header(tmp_path):
    none = np.empty(0)
    table = knowledge_tables(Knowledge(duration_s=1.0, notes=Notes(onset_s=none, offset_s=none, pitch=none, velocity=none)))["notes"]
    assert table.to_csv() == "onset_s,offset_s,pitch,velocity,confidence\n"


def test_label_tracks_are_audacity_lines(full_knowledge, tmp_path):
    paths = save_labels(full_knowledge, tmp_path)
    assert {path.name for path in paths} == {
        "beats.txt",
        "drums.txt",
        "chords.txt",
        "harmony.txt",
        "sections.txt",
        "local_keys.txt",
        "melody_notes.txt",
        "notes.txt",
        "pedal.txt",
    }
    for path in paths:
        for line in path.read_text().splitlines():
            start, end, label = line.split("\t")
            assert 0 <= float(start) <= float(end)
            assert label
    assert label_tracks(full_knowledge)["sections"].splitlines()[1] == "2.000000\t5.100000\tchorus with tab"
    assert label_tracks(full_knowledge)["notes"].splitlines()[0] == "0.100000\t0.300000\tC4"


def test_pitch_names():
    assert [pitch_name(p) for p in (21, 59.6, 69, 108)] == ["A0", "C4", "A4", "C8"]


def test_the_report_says_what_is_known_and_what_is_not(full_knowledge):
    text = report_text(full_knowledge, title="Waltz")
    for words in [
        "Waltz\n=====",
        "It swings.",
        "120.0 beats a minute (70% sure); or 60.0",
        "3/4",
        "Bb minor",
        "-7 cents",
        "silence",
        "60.0 in 2/8, half the tempo (33% sure)",
    ]:
        assert words in text
    assert "Not done\n  stems: longer than an hour" in text
    assert "verse" in text
    assert "steady to 3.1 %" in text
    assert "swings 1.7 : 1" in text
    assert "1 × kick" in text
    assert "Eb:min7/b3" in text
    assert "beats/dp" in text
    assert "nan" not in text


def test_a_free_rhythm_is_called_so(full_knowledge):
    assert "Groove        no steady pulse" in report_text(replace(full_knowledge, groove=replace(full_knowledge.groove, stability=0.12)))


def test_no_tempo_is_said():
    assert "Tempo         no steady pulse" in report_text(Knowledge(duration_s=9.0, tempo=Tempo(hypotheses=())))


def test_a_bare_report():
    assert report_text(Knowledge(duration_s=3600.0)) == "Untitled\n========\nLength        1:00:00.0\n"
