"""Constraints and section plans: what is asked for, and that it holds."""

from dataclasses import replace

import numpy as np
import pytest

from hexachord.composition.clips import Clip, ClipPart, empty_chords, empty_notes, make_bars
from hexachord.composition.constraints import beat_places, chord_tones_on_beats, constrained, in_ranges, in_scale
from hexachord.composition.grammar import Walk, random_rows
from hexachord.composition.plan import Plan
from hexachord.composition.sections import SAME, VARIED, likeness_of, parse_sections, with_sections
from hexachord.composition.vocabulary import CHORD, DURATION, FILL, KIND, PITCH, REMINDED, VELOCITY, Vocabulary
from hexachord.errors import InputError

WORDS = Vocabulary()
MELODY, PIANO = WORDS.roles.index("melody"), WORDS.roles.index("piano")


def plan(count: int = 8) -> Plan:
    chords = empty_chords(count)
    chords["bar"], chords["root"] = np.arange(count), np.arange(count) * 5 % 12
    fill = np.zeros((count, len(WORDS.roles)), dtype=bool)
    fill[:, [MELODY, PIANO, WORDS.drums]] = True
    clip = Clip(bars=make_bars(count, 4, 4, key=0), notes=empty_notes(), chords=chords, parts=(ClipPart(role=MELODY),))
    return Plan(clip=clip, fill=fill)


def test_scale_range_and_chord_tones_hold() -> None:
    free = plan()
    clip = free.clip
    asked = constrained(
        free, in_scale(clip, vocabulary=WORDS), in_ranges({MELODY: (60, 79), PIANO: (36, 60)}), chord_tones_on_beats(clip, vocabulary=WORDS)
    )
    for seed in range(3):
        notes = random_rows(asked, vocabulary=WORDS, seed=seed, stop=0.02).clip().notes
        pitched = notes[notes["role"] != WORDS.drums]
        assert len(pitched) > 8
        assert np.isin(pitched["pitch"] % 12, (0, 2, 4, 5, 7, 9, 11)).all()
        for role, low, high in ((MELODY, 60, 79), (PIANO, 36, 60)):
            mine = pitched["pitch"][pitched["role"] == role]
            assert mine.min() >= low
            assert mine.max() <= high
        strong = pitched[np.isin(pitched["place"], (0, 48))]
        roots = clip.chords["root"][strong["bar"]]
        assert np.isin((strong["pitch"] - roots) % 12, (0, 4, 7)).all()


def test_minor_and_seventh_chords() -> None:
    clip = plan().clip
    clip.bars["key"] = 12 + 9
    assert set(np.flatnonzero(in_scale(clip, vocabulary=WORDS)(0, MELODY)) % 12) == {9, 11, 0, 2, 4, 5, 6, 7, 8}
    clip.chords["quality"], clip.chords["bass"] = WORDS.qualities.index("sus4(b7)"), 2
    allowed = chord_tones_on_beats(clip, vocabulary=WORDS, every_beat=True)(0, MELODY)
    assert set(np.flatnonzero(allowed[24]) % 12) == {0, 2, 5, 7, 10}
    assert allowed[25].all()
    assert chord_tones_on_beats(clip, vocabulary=WORDS)(0, WORDS.drums).all()


def test_constraints_that_leave_nothing_are_explained() -> None:
    free = plan()
    with pytest.raises(InputError, match="no note that melody may play in bar 1"):
        Walk(constrained(free, in_ranges({MELODY: (61, 61)}), in_scale(free.clip, vocabulary=WORDS)), vocabulary=WORDS)
    with pytest.raises(InputError, match="the lower pitch first"):
        in_ranges({1: (72, 60)})


def test_chords_may_still_be_written() -> None:
    free = plan()
    fill = free.fill.copy()
    fill[:, CHORD] = True
    bare = Clip(bars=free.clip.bars, notes=free.clip.notes, chords=free.clip.chords[:0])
    asked = constrained(replace(free, clip=bare, fill=fill), in_ranges({MELODY: (60, 72)}))
    assert len(random_rows(asked, vocabulary=WORDS, seed=1).clip().chords) >= 8


def test_beats_of_other_metres() -> None:
    assert beat_places(7, 8) == tuple(range(0, 84, 12))
    assert beat_places(2, 2) == (0, 48)
    assert beat_places(12, 8, every_beat=False) == (0, 72)


def test_section_plans_reach_the_rows() -> None:
    asked = with_sections(plan(8), parse_sections("A2 A2 B2 A'2"))
    walk = random_rows(asked, vocabulary=WORDS, seed=2, stop=0.05)
    rows = walk.rows()
    fills = rows[rows[:, KIND] == FILL]
    assert fills[:, PITCH].tolist() == [0, 0, 2, 2, 0, 0, 4, 4]
    assert fills[:, DURATION].tolist() == [0, 0, 8, 8, 0, 0, 7, 7]
    assert rows[rows[:, KIND] == 3][:, VELOCITY].tolist()[:8] == [1, 1, 1, 1, 2, 2, 1, 1]
    clip = walk.clip()
    again = rows[WORDS.status_of[rows[:, KIND]] == REMINDED]
    wanted = sum(np.count_nonzero(clip.notes["bar"] == bar) for bar in (0, 1, 2, 3))
    assert len(again) == wanted


@pytest.mark.parametrize(("text", "bars"), [("", None), ("A8 ?", None), ("A8 B8", 15), ("AAB", 8), ("A0", None), ("Z8", None)])
def test_section_plans_that_do_not_come_out_are_explained(text: str, bars: int | None) -> None:
    with pytest.raises(InputError, match="the section plan"):
        parse_sections(text, bars=bars)


def test_the_latest_section_of_a_letter_is_resembled() -> None:
    assert likeness_of(parse_sections("A1 A'1 A'1 A1")) == ((1, 0, VARIED), (2, 1, SAME), (3, 2, VARIED))
    with pytest.raises(InputError, match="4 bars"):
        with_sections(plan(8), parse_sections("A4"))
