"""Sound and notes have a say in where beats are; which of them looks like a page decides."""

from dataclasses import replace

import numpy as np
import pytest

from hexachord.audio_analysis.rhythm.hints import RhythmHints
from hexachord.bench.played_pages import compare_pages, hints_of, played
from hexachord.journeys.sheets import on_paper, write_sheet
from hexachord.journeys.two_rhythms import ENGINE, with_both_rhythms
from hexachord.knowledge.model import Beats, Knowledge, Metre, Notes, RhythmReading, Tempo, TempoHypothesis
from hexachord.score.builtin import builtin_score
from hexachord.score.notes import note_array


def heard(name: str, *, factor: float, beats_per_bar: int, shift_beats: float = 0.0) -> Knowledge:
    """A performance of a built-in page, and what a listener to its sound might say: beats at a multiple of the written ones."""
    score = builtin_score(name)
    rows = note_array(played(score))
    notes = Notes(
        onset_s=rows["onset_s"], offset_s=rows["onset_s"] + rows["duration_s"], pitch=rows["pitch"].astype(float),
        velocity=rows["velocity"] / 127.0,
    )  # fmt: skip
    written = hints_of(score).tempo_bpm
    assert written is not None
    bpm = factor * float(np.mean(written))
    time_s = np.arange(0.4 + shift_beats * 60.0 / bpm, float(notes.offset_s.max()), 60.0 / bpm)
    beats = Beats(time_s=time_s, position=np.arange(len(time_s)) % beats_per_bar + 1, engine="beats/network")
    reading = RhythmReading(bpm=bpm, beats_per_bar=beats_per_bar, beats=beats, confidence=0.6, beat_division=2)
    return Knowledge(
        duration_s=float(notes.offset_s.max()), notes=notes, beats=beats, metre=Metre(beats_per_bar=beats_per_bar),
        tempo=Tempo(hypotheses=(TempoHypothesis(bpm=bpm, confidence=0.6),)), rhythm_readings=(reading,),
    )  # fmt: skip


@pytest.mark.parametrize(("name", "factor", "shift"), [("bumblebee", 1.0, 0.5), ("bumblebee", 2 / 3, 0.0), ("bumblebee", 0.5, 0.0)])
def test_notes_set_right_what_the_sound_took_for_beats(name: str, factor: float, shift: float) -> None:
    known = with_both_rhythms(heard(name, factor=factor, beats_per_bar=4, shift_beats=shift))
    low, high = hints_of(builtin_score(name)).tempo_bpm or (0.0, 0.0)
    assert known.tempo is not None
    assert low <= known.tempo.bpm <= high
    assert known.beats is not None
    assert known.metre is not None
    assert known.beats.engine == known.metre.engine == ENGINE
    assert known.beats is known.rhythm_readings[0].beats
    assert len(known.rhythm_readings) > 1  # what was heard is still there to choose from


def test_what_both_hear_makes_the_page_that_was_played() -> None:
    page = builtin_score("bumblebee")
    known = with_both_rhythms(heard("bumblebee", factor=1.0, beats_per_bar=2))
    found = compare_pages(page, on_paper(write_sheet("piano", known)))
    assert found.notes >= 0.97
    assert found.extra <= 0.03
    assert found.metre


def test_what_the_user_says_stands() -> None:
    slow = heard("bumblebee", factor=0.5, beats_per_bar=2)
    bpm = slow.tempo.bpm if slow.tempo else 0.0
    known = with_both_rhythms(slow, hints=RhythmHints(tempo_bpm=(0.95 * bpm, 1.05 * bpm), beats_per_bar=3))
    assert known.tempo is not None
    assert known.metre is not None
    assert known.tempo.bpm == pytest.approx(bpm, rel=0.08)
    assert known.metre.beats_per_bar == 3
    assert with_both_rhythms(slow, hints=RhythmHints(tapped_s=(1.0, 2.0))) is slow
    assert with_both_rhythms(slow, hints=RhythmHints(downbeat_s=0.0)) is slow


def test_too_little_to_go_by_changes_nothing() -> None:
    known = heard("scale", factor=1.0, beats_per_bar=4)
    few = replace(
        known, notes=Notes(onset_s=np.arange(10.0), offset_s=np.arange(10.0) + 0.5, pitch=np.full(10, 60.0), velocity=np.full(10, 0.5))
    )
    assert with_both_rhythms(few) is few
    silent = replace(known, rhythm_readings=())
    assert with_both_rhythms(silent) is silent
