"""Chord sheets of scores and of heard chords."""

import numpy as np
import pytest

from hexachord.errors import InputError
from hexachord.journeys.chord_sheets import chart_score, chord_chart, chord_sheet, sheet_score
from hexachord.knowledge import Beats, Key, Knowledge, Metre, Segments
from hexachord.score.builtin import builtin_score
from hexachord.score.formats import load_score, save_score
from hexachord.theory.chordpro import ChordProOptions, chordpro_text
from hexachord.theory.voicings import block_chords, chord_markers


def test_a_score_with_words(tmp_path):
    path = tmp_path / "song.musicxml"
    save_score(builtin_score("six-small-notes"), path)
    lines = chord_sheet(path).splitlines()
    assert lines[0] == "{title: Six Small Notes}"
    assert any(line.startswith("[Em7]Street lamps hum above the [Cmaj7]train,") for line in lines), lines
    assert "{start_of_chorus: chorus}" in lines
    lower = chord_sheet(path, options=ChordProOptions(transpose=-2)).splitlines()
    assert "{key: F}" in lower
    assert any(line.startswith("[Dm7]Street lamps hum above the [Bbmaj7]train,") for line in lower)


def test_a_score_without_chords(tmp_path):
    path = tmp_path / "bach.mid"
    save_score(builtin_score("bach-invention-4"), path)
    with pytest.raises(InputError, match="no chords"):
        chord_sheet(path)


def test_heard_chords_become_bars(tmp_path):
    beats = Beats(time_s=np.arange(16) * 0.5, position=np.arange(16) % 4 + 1)
    chords = Segments(start_s=np.array([0.0, 2.0, 4.0]), end_s=np.array([2.0, 4.0, 8.0]), label=("Eb:maj", "Ab:maj", "Bb:7"))
    known = Knowledge(
        duration_s=8.0,
        beats=beats,
        metre=Metre(beats_per_bar=4),
        key=Key(tonic="Eb", mode="major"),
        chords=chords,
        sections=Segments(start_s=np.array([0.0]), end_s=np.array([8.0]), label=("verse",)),
    )
    score = sheet_score(known, title="Heard", source=tmp_path)
    lines = chordpro_text(score, ChordProOptions(capo=1)).splitlines()
    assert "{start_of_verse: verse}" in lines
    assert "| [D] . . . | [G] . . . | [A7] . . . | . . . . |" in lines
    with pytest.raises(InputError, match="no beats"):
        sheet_score(Knowledge(duration_s=1.0), title="", source=tmp_path)


def test_heard_chords_become_notes_on_the_recordings_clock(tmp_path):
    beats = Beats(time_s=0.1 + np.arange(16) * 0.6, position=np.arange(16) % 4 + 1)
    chords = Segments(start_s=np.array([0.0, 2.5, 4.9]), end_s=np.array([2.5, 4.9, 9.6]), label=("Eb:maj/5", "N", "Bb:7"))
    known = Knowledge(duration_s=9.6, beats=beats, metre=Metre(beats_per_bar=4), key=Key(tonic="Eb", mode="major"), chords=chords)
    score = sheet_score(known, title="Heard", source=tmp_path)
    path = tmp_path / "chords.mid"
    save_score(chord_markers(block_chords(score)), path)
    back = load_score(path)
    quarter = back.ticks_per_quarter
    starts = {note.onset / quarter: set() for note in back.parts[0].notes}
    for note in back.parts[0].notes:
        starts[note.onset / quarter].add(note.pitch % 12)
    assert starts == {0.0: {3, 7, 10}, 8.0: {10, 2, 5, 8}}
    assert min(note.pitch for note in back.parts[0].notes) % 12 == 10
    assert min(note.pitch for note in back.parts[0].notes if note.onset == 0) == 46  # the fifth below
    assert [mark.label for mark in back.sections] == ["Eb/Bb", "Bb7"]
    assert back.tempos[-1].quarter_bpm == pytest.approx(100.0, rel=0.01)


def test_a_lead_sheets_symbols_become_notes(tmp_path):
    path = tmp_path / "song.musicxml"
    save_score(builtin_score("six-small-notes"), path)
    chart = chord_chart(path)
    assert [part.name for part in chart.parts] == ["Chords"]
    assert len({note.onset for note in chart.parts[0].notes}) == len(chart.chords)
    assert chart.sections
    named = chord_chart(path, markers=True)
    assert len(named.sections) == len(chart.chords) + len(chart.sections)
    save_score(builtin_score("bach-invention-4"), tmp_path / "bach.mid")
    with pytest.raises(InputError, match="no chords"):
        chord_chart(tmp_path / "bach.mid")


def test_chords_without_a_pulse_keep_their_times(tmp_path):
    none = Beats(time_s=np.empty(0), position=np.empty(0, dtype=np.int64))
    chords = Segments(start_s=np.array([0.0, 1.3]), end_s=np.array([1.3, 4.0]), label=("A:min", "N"))
    score = block_chords(chart_score(Knowledge(duration_s=4.0, beats=none, chords=chords), title="Free", source=tmp_path))
    save_score(score, tmp_path / "free.mid")
    back = load_score(tmp_path / "free.mid")
    seconds = 60.0 / back.tempos[0].quarter_bpm / back.ticks_per_quarter
    assert {(round(note.onset * seconds, 3), round(note.end * seconds, 3)) for note in back.parts[0].notes} == {(0.0, 1.3)}
    with pytest.raises(InputError, match="no"):
        chart_score(Knowledge(duration_s=4.0), title="", source=tmp_path)
