"""Compound time on the page: the metre that was heard decides, and where it does not know, the notes do."""

import numpy as np
import pytest

from hexachord.knowledge import Beats, Drums, Metre, Notes
from hexachord.score.model import TICKS_PER_QUARTER
from hexachord.score.musicxml_read import read_musicxml
from hexachord.score.musicxml_write import write_musicxml
from hexachord.score_analysis.facts import read_score
from hexachord.transcription.notation import drum_staff, lead_sheet, piano_reduction

BEATS = Beats(time_s=np.arange(17) * 1.0, position=np.arange(17) % 2 + 1)
SIX_EIGHT = Metre(beats_per_bar=2, beat_type=8, beat_division=3)


def jig(parts=3):
    """Every beat in so many equal notes, a little uneven."""
    onset_s = np.arange(16 * parts) / parts + np.random.default_rng(0).uniform(-0.015, 0.015, 16 * parts)
    onset_s = np.maximum(onset_s, 0.0)
    pitch = 60.0 + np.arange(len(onset_s)) % 5
    return Notes(onset_s=onset_s, offset_s=onset_s + 0.9 / parts, pitch=pitch, velocity=np.full(len(onset_s), 0.6))


@pytest.mark.parametrize("write", [lead_sheet, piano_reduction])
@pytest.mark.parametrize(("count", "signature"), [(2, (6, 8)), (3, (9, 8)), (4, (12, 8))])
def test_a_compound_metre_is_written_in_eighths(write, count, signature):
    beats = Beats(time_s=BEATS.time_s, position=np.arange(17) % count + 1)
    page = write(jig(), beats=beats, metre=Metre(beats_per_bar=count, beat_type=8, beat_division=3))
    assert page.metres[0][1:3] == signature
    assert page.tempos[0].metronome == "quarter. = 60"
    first = [note for note in page.parts[0].notes if note.onset < page.bars[0].end and not note.tied_to_previous]
    assert sorted(note.onset for note in first) == [place * TICKS_PER_QUARTER // 2 for place in range(signature[0])]
    if write is lead_sheet:
        assert {note.duration for note in first} == {TICKS_PER_QUARTER // 2}


def test_a_drum_staff_in_twelve_eight():
    strokes = np.sort(np.concatenate([BEATS.time_s[:-1], BEATS.time_s[:-1] + 2 / 3]))
    drums = Drums(time_s=strokes, label=("kick", "hihat_closed") * 16, velocity=np.full(32, 90.0))
    beats = Beats(time_s=BEATS.time_s, position=np.arange(17) % 4 + 1)
    page = drum_staff(drums, beats=beats, metre=Metre(beats_per_bar=4, beat_type=8, beat_division=3))
    assert page.metres[0][1:3] == (12, 8)
    hats = [note.onset for note in page.parts[0].notes if note.pitch == 42]
    assert hats[:2] == [TICKS_PER_QUARTER, 5 * TICKS_PER_QUARTER // 2]


@pytest.mark.parametrize(
    ("metre", "signature"),
    [
        (Metre(beats_per_bar=2), (6, 8)),
        (Metre(beats_per_bar=2, beat_division=2, division_confidence=0.6), (6, 8)),
        (Metre(beats_per_bar=2, beat_division=2, division_confidence=0.95), (2, 4)),
        (Metre(beats_per_bar=2, beat_division=2), (2, 4)),
    ],
)
def test_notes_decide_where_nobody_is_sure(metre, signature):
    assert lead_sheet(jig(), beats=BEATS, metre=metre).metres[0][1:3] == signature


def test_straight_notes_under_a_compound_metre_are_duplets_and_what_is_said_wins():
    assert lead_sheet(jig(2), beats=BEATS, metre=SIX_EIGHT).metres[0][1:3] == (6, 8)
    assert lead_sheet(jig(), beats=BEATS, metre=SIX_EIGHT, compound=False).metres[0][1:3] == (2, 4)
    assert lead_sheet(jig(2), beats=BEATS, metre=Metre(beats_per_bar=2), compound=True).metres[0][1:3] == (6, 8)


def test_what_is_written_is_read_as_it_was_heard():
    page = lead_sheet(jig(), beats=BEATS, metre=SIX_EIGHT)
    known = read_score(read_musicxml(write_musicxml(page)))
    assert known.metre is not None
    assert known.beats is not None
    assert known.tempo is not None
    assert (known.metre.beats_per_bar, known.metre.beat_division, known.metre.signature) == (2, 3, "6/8")
    assert known.tempo.bpm == pytest.approx(60.0, abs=0.5)
    assert known.beats.time_s[:16] == pytest.approx(BEATS.time_s[:16], abs=0.02)
    assert known.beats.position[:4].tolist() == [1, 2, 1, 2]
