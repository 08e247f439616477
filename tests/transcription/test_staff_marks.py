"""Clefs, octave lines, dynamics and pedal: signs where a reader wants them, and nowhere else."""

from itertools import pairwise

import numpy as np

from hexachord.knowledge import Beats, Metre, Segments
from hexachord.transcription.notation import bar_grid
from hexachord.transcription.notation.staff_marks import clefs_of_staff, dynamics_of, octave_lines, pedal_marks

GRID = bar_grid(Beats(time_s=np.arange(33) * 0.5, position=np.arange(33) % 4 + 1), metre=Metre(beats_per_bar=4), end_s=16.0)
QUARTER = GRID.beat_ticks


def test_a_left_hand_that_stays_high_gets_a_treble_clef_and_a_single_high_note_none() -> None:
    onset = np.arange(32) * QUARTER
    pitch = np.where((onset >= 8 * QUARTER) & (onset < 24 * QUARTER), 72, 45)
    clefs = clefs_of_staff(onset, pitch, staff=2, grid=GRID)
    assert [(clef.tick // QUARTER, clef.sign) for clef in clefs] == [(0, "F"), (8, "G"), (24, "F")]
    alone = clefs_of_staff(onset, np.where(onset == 8 * QUARTER, 72, 45), staff=2, grid=GRID)
    assert [clef.sign for clef in alone] == ["F"]
    assert [clef.sign for clef in clefs_of_staff(onset[:0], pitch[:0], staff=1, grid=GRID)] == ["G"]


def test_octave_lines_span_what_is_far_above() -> None:
    onset = np.arange(16) * QUARTER
    pitch = np.where((onset >= 4 * QUARTER) & (onset < 10 * QUARTER), 101, 76)
    (line,) = octave_lines(onset, onset + QUARTER, pitch)
    assert (line.tick, line.end, line.value) == (4 * QUARTER, 10 * QUARTER, "8va")
    assert octave_lines(onset, onset + QUARTER, np.where(onset == 0, 101, 76)) == ()


def test_dynamics_follow_what_lasts_and_not_accents() -> None:
    onset = np.arange(32) * QUARTER
    loud = np.where(onset < 16 * QUARTER, 45, 90)
    marks = dynamics_of(onset, loud, bars=GRID.bars)
    assert [(mark.tick // QUARTER, mark.value) for mark in marks] == [(0, "p"), (16, "f")]
    accents = np.where(onset % (4 * QUARTER) == 0, 80, 64)
    assert len(dynamics_of(onset, accents, bars=GRID.bars)) == 1
    assert dynamics_of(onset, np.full(32, 64), bars=GRID.bars) == ()


def test_the_pedal_is_drawn_in_half_beats_and_never_twice() -> None:
    start_s = np.append(np.arange(16) + 0.03, 3.4)
    pedal = Segments(start_s=np.sort(start_s), end_s=np.sort(np.append(np.arange(16) + 0.97, 3.45)), label=("down",) * 17)
    lines = pedal_marks(pedal, grid=GRID)
    assert [(line.tick, line.end) for line in lines[:2]] == [(0, 2 * QUARTER), (2 * QUARTER, 4 * QUARTER)]
    assert all(one.end <= other.tick for one, other in pairwise(lines))
    assert pedal_marks(None, grid=GRID) == ()
    touched = Segments(start_s=np.array([1.0, 9.0]), end_s=np.array([1.6, 9.6]), label=("down", "down"))
    assert pedal_marks(touched, grid=GRID) == ()
