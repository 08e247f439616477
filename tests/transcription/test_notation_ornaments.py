"""Ornaments: what is played quickly and written small, or as a sign."""

import numpy as np
import pytest

from hexachord.knowledge import Beats, Metre, Notes
from hexachord.score.model import Grace, Score
from hexachord.transcription.notation import piano_reduction
from hexachord.transcription.notation.ornaments import ARPEGGIO, TRILL, find_ornaments


def found(rows: list[tuple[float, float, int]], hands: list[int] | None = None):
    onset, length, pitch = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    order = np.argsort(onset, kind="stable")
    hand = np.array(hands or [1] * len(rows))[order]
    return find_ornaments(onset[order], (onset + length)[order], pitch[order], hand=hand)


def page(rows: list[tuple[float, float, int]], level: str = "readable") -> Score:
    onset, length, pitch = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    notes = Notes(onset_s=onset, offset_s=onset + length, pitch=pitch, velocity=np.full(len(rows), 0.6))
    beats = Beats(time_s=np.arange(17) * 0.6, position=np.arange(17) % 4 + 1)
    return piano_reduction(notes, beats=beats, metre=Metre(beats_per_bar=4), level=level)


QUARTERS = [(0.6 * index, 0.55, 72 + index % 3) for index in range(8)]
BASS = [(1.2 * index, 1.1, 40 + index % 4) for index in range(4)]


def test_quick_alternation_is_a_trill_as_long_as_it_lasts() -> None:
    trill = [(1.2 + 0.075 * index, 0.07, 76 if index % 2 else 74) for index in range(8)]
    known = found([(0.0, 0.5, 72), *trill, (1.8, 0.5, 77)])
    assert known.mark[1] == TRILL
    assert known.main[2:9].tolist() == [1] * 7
    assert known.offset_s[1] == pytest.approx(trill[-1][0] + 0.07)
    assert known.written.tolist() == [0, 1, 9]


@pytest.mark.parametrize(("step_s", "interval"), [(0.25, 2), (0.075, 5)])
def test_slow_or_wide_alternation_is_none(step_s: float, interval: int) -> None:
    known = found([(step_s * index, step_s, 74 + interval * (index % 2)) for index in range(10)])
    assert not any(known.mark)


def test_a_short_neighbour_just_before_is_a_grace_note_on_the_page() -> None:
    score = page([*QUARTERS[:4], (2.4 - 0.06, 0.06, 75), *QUARTERS[4:], *BASS])
    small = [note for note in score.parts[0].notes if note.grace]
    assert [(note.pitch, note.grace, note.duration) for note in small] == [(75, Grace.ACCIACCATURA, 0)]
    main = score.parts[0].notes[score.parts[0].notes.index(small[0]) + 1]
    assert (main.onset, main.pitch) == (small[0].onset, QUARTERS[4][2])


def test_a_chord_not_quite_together_and_a_run_have_no_grace_notes() -> None:
    assert not found([(0.0, 0.5, 60), (0.03, 0.5, 62), (1.0, 0.5, 64)]).is_grace.any()
    assert not found([(0.06 * index, 0.06, 60 + index) for index in range(16)]).is_grace.any()


def test_a_broken_chord_begins_together_and_says_so() -> None:
    rolled = [(0.0, 0.9, 60), (0.05, 0.85, 64), (0.1, 0.8, 67), (0.15, 0.75, 72)]
    known = found(rolled)
    assert known.mark[0] == ARPEGGIO
    assert len(set(known.onset_s.tolist())) == 1
    assert not any(found([(0.05 * index, 0.05, 60 + 4 * index) for index in range(4)]).mark)  # a run is not held


def test_hands_have_ornaments_of_their_own() -> None:
    both = [(0.05 * index, 1.0, 48 + 4 * index) for index in range(4)]
    assert not any(found(both, hands=[2, 1, 2, 1]).mark)


def test_as_played_writes_every_note_and_easy_few() -> None:
    rows = [*QUARTERS, (2.4 - 0.06, 0.06, 75), *((0.6 * index, 0.5, pitch) for index in range(8) for pitch in (64, 67)), *BASS]
    counts = {level: page(rows, level).note_count for level in ("as-played", "readable", "easy")}
    assert counts["as-played"] >= len(rows)
    assert counts["easy"] < counts["readable"]
    assert not any(note.grace for note in page(rows, "as-played").parts[0].notes)
    chords = [
        sum(other.onset == note.onset and other.staff == note.staff for other in page(rows, "easy").parts[0].notes)
        for note in page(rows, "easy").parts[0].notes
    ]
    assert max(chords) <= 2
