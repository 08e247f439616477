"""Chord sheets of scores and of heard chords."""

import numpy as np
import pytest

from hexachord.errors import InputError
from hexachord.journeys.chord_sheets import chord_sheet, sheet_score
from hexachord.knowledge import Beats, Key, Knowledge, Metre, Segments
from hexachord.score.builtin import builtin_score
from hexachord.score.formats import save_score
from hexachord.theory.chordpro import ChordProOptions, chordpro_text


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
