"""A page begins with the music."""

from dataclasses import replace

import numpy as np

from hexachord.knowledge import Beats, Metre, Notes, Segments
from hexachord.score.model import ChordSymbol, Score
from hexachord.score.notes import note_array
from hexachord.score.trimming import without_leading_bars
from hexachord.transcription.notation import piano_reduction


def late_page(lead_s: float = 4.0) -> Score:
    onset = lead_s + np.arange(16) * 0.5
    notes = Notes(onset_s=onset, offset_s=onset + 0.45, pitch=60.0 + np.arange(16) % 5, velocity=np.full(16, 0.6))
    beats = Beats(time_s=lead_s + np.arange(17) * 0.5, position=np.arange(17) % 4 + 1)
    chords = Segments(start_s=np.array([0.0, lead_s]), end_s=np.array([lead_s, lead_s + 8.0]), label=("N", "C:maj"))
    return piano_reduction(notes, beats=beats, metre=Metre(beats_per_bar=4), chords=chords)


def test_silent_bars_are_gone_and_the_music_is_what_it_was() -> None:
    page = late_page()
    trimmed = without_leading_bars(page)
    assert len(page.bars) - len(trimmed.bars) == 2
    assert trimmed.bars[0].tick == trimmed.parts[0].notes[0].onset == 0
    assert [bar.number for bar in trimmed.bars] == [str(number) for number in range(1, len(trimmed.bars) + 1)]
    before, after = note_array(page), note_array(trimmed)
    assert np.array_equal(before["pitch"], after["pitch"])
    assert np.allclose(before["duration_quarter"], after["duration_quarter"])
    assert np.allclose(np.diff(before["onset_s"]), np.diff(after["onset_s"]), atol=1e-6)
    assert trimmed.chords == (ChordSymbol(0, "C:maj", trimmed.chords[0].end),)
    assert trimmed.tempos[0].metronome == page.tempos[0].metronome != ""
    assert {clef.tick for clef in trimmed.parts[0].clefs} == {0}


def test_a_chord_symbol_is_music() -> None:
    page = late_page()
    begun = replace(page, chords=(ChordSymbol(page.bars[1].tick, "C:maj"),))
    assert len(page.bars) - len(without_leading_bars(begun).bars) == 1


def test_a_page_that_begins_at_once_stays_itself() -> None:
    page = late_page(0.0)
    assert without_leading_bars(page) is page
    empty = replace(page, parts=())
    assert without_leading_bars(empty) is empty
