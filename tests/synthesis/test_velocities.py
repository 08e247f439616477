"""Loudness on the page: marks, hairpins, accents, metre; and which staff they are for."""

import time
from dataclasses import replace

import numpy as np
import pytest

from hexachord.score.builtin.notation import parse_notation
from hexachord.score.edit import with_bars
from hexachord.score.model import Bar, Direction, Grace, MetreMark, Note, Part, Score
from hexachord.synthesis.interpretation.loudness_marks import LEVELS, STEP, loudness_curve
from hexachord.synthesis.interpretation.play_options import PlayOptions
from hexachord.synthesis.interpretation.velocities import metrical_accents, velocities
from hexachord.synthesis.strokes import tracks_of

PLAIN = PlayOptions(expression=False)


def levels(*signs: Direction, ticks: list[int], staves: int = 1, staff: int = 1) -> list[float]:
    part = Part(directions=signs, staves=staves)
    score = Score(parts=(part,), ticks_per_quarter=4, bars=tuple(Bar(16 * index, 16) for index in range(16)))
    return loudness_curve(part, score, staff=staff).at(np.array(ticks)).tolist()


def dynamic(tick: int, value: str, *, staff: int = 1, above: bool | None = None) -> Direction:
    return Direction(tick, "dynamic", value, None, staff, above)


def wedge(tick: int, end: int | None, kind: str = "crescendo") -> Direction:
    return Direction(tick, "wedge", kind, end)


def test_marks_are_in_order_of_loudness() -> None:
    order = ["n", "pppp", "ppp", "pp", "p", "mp", "mf", "f", "ff", "fff", "ffff"]
    assert [LEVELS[mark] for mark in order] == sorted(LEVELS[mark] for mark in order)
    assert LEVELS["mp"] < 80 < LEVELS["mf"]


def test_a_mark_holds_until_the_next() -> None:
    assert levels(dynamic(4, "p"), dynamic(12, "ff"), ticks=[0, 3, 4, 11, 12, 99]) == [80, 80, 56, 56, 114, 114]


@pytest.mark.parametrize(
    ("value", "level"),
    [
        ("sempre pp", 40),
        ("p dolce", 56),
        ("f\n marcato", 102),
        ("più f", 80 + STEP),
        ("meno f", 80 - STEP),
        ("piu p", 80 - STEP),
        ("dolce", 80),
    ],
)
def test_words_around_marks(value: str, level: float) -> None:
    assert levels(dynamic(0, value), ticks=[5]) == [level]


@pytest.mark.parametrize(
    ("value", "here", "after"), [("sfz", 96, 80), ("fz", 96, 80), ("sffz", 102, 80), ("fp", 102, 56), ("sfpp", 102, 40), ("rf", 96, 80)]
)
def test_accents_of_one_moment(value: str, here: float, after: float) -> None:
    assert levels(dynamic(4, value), ticks=[0, 4, 5]) == [80, here, after]


def test_a_hairpin_goes_to_the_mark_at_its_end() -> None:
    signs = (dynamic(0, "p"), wedge(4, 12), dynamic(12, "f"), wedge(12, 16, "diminuendo"), dynamic(17, "p"))
    assert levels(*signs, ticks=[0, 4, 8, 12, 14, 16, 20]) == [56, 56, 79, 102, 79, 56, 56]


def test_a_hairpin_without_a_goal_goes_one_step() -> None:
    assert levels(wedge(4, 8), ticks=[4, 6, 8, 50]) == [80, 80 + STEP / 2, 80 + STEP, 80 + STEP]
    assert levels(dynamic(0, "p"), wedge(4, 8), dynamic(8, "pp"), ticks=[6, 8]) == [56 + STEP / 2, 40]  # the mark contradicts it


def test_a_hairpin_that_never_ends_lasts_to_the_next_sign_or_some_bars() -> None:
    assert levels(wedge(0, None), dynamic(16, "f"), ticks=[8, 16]) == [91, 102]
    assert levels(wedge(0, None), ticks=[32, 64, 999]) == [80 + STEP / 2, 80 + STEP, 80 + STEP]


def test_cresc_in_words_and_its_dashes() -> None:
    cresc = Direction(0, "words", "poco a poco cresc.")
    assert levels(dynamic(0, "p"), cresc, dynamic(32, "f"), ticks=[16, 32]) == [79, 102]
    assert levels(cresc, Direction(0, "dashes", "", 8), ticks=[4, 8]) == [80 + STEP / 2, 80 + STEP]
    assert levels(Direction(0, "words", "dim. e rit."), ticks=[64]) == [80 - STEP]
    assert levels(Direction(0, "words", "dimanche"), ticks=[64]) == [80]


def test_a_mark_inside_a_hairpin_takes_over() -> None:
    assert levels(dynamic(0, "p"), wedge(0, 16), dynamic(8, "f"), ticks=[4, 8, 12]) == [79, 102, 102]


def test_between_the_staves_is_for_both_and_outside_for_one() -> None:
    between = dynamic(0, "p", staff=1, above=False)
    lower = dynamic(0, "f", staff=2, above=False)
    assert [levels(between, ticks=[1], staves=2, staff=staff) for staff in (1, 2)] == [[56], [56]]
    assert [levels(between, lower, ticks=[1], staves=2, staff=staff) for staff in (1, 2)] == [[56], [102]]
    assert [levels(dynamic(0, "p", staff=2, above=True), ticks=[1], staves=2, staff=staff) for staff in (1, 2)] == [[56], [56]]
    alone = dynamic(0, "p", staff=1, above=True)  # nothing else is said: it must be for both
    assert [levels(alone, ticks=[1], staves=2, staff=staff) for staff in (1, 2)] == [[56], [56]]


def test_articulations_add_to_the_level() -> None:
    score = parse_notation("part: Flute, program 73\n4 !p c4 d4{accent} e4{strong-accent} f4{tenuto} |")
    assert velocities(score.parts[0], score, options=PLAIN).tolist() == [56, 70, 76, 59]


def test_metrical_accents() -> None:
    score = parse_notation("part: Flute, program 73\n8 c4 d4 e4 f4 g4 a4 b4 c5 |")
    assert velocities(score.parts[0], score).tolist() == [86, 77, 80, 77, 83, 77, 80, 77]
    assert velocities(score.parts[0], score, options=PLAIN).tolist() == [80] * 8


@pytest.mark.parametrize(
    ("metre", "expected"),
    [
        (MetreMark(0, 3, 4), [6, -3, 0, -3, 0, -3]),
        (MetreMark(0, 6, 8), [6, -3, -3, 0, -3, -3]),
        (MetreMark(0, 5, 8, (3, 2)), [6, 0, 0, 3, 0, 6]),
        (MetreMark(0, 2, 2), [6, -3, -3, -3, 0, -3]),
    ],
)
def test_metres(metre: MetreMark, expected: list[float]) -> None:
    score = with_bars(Score(ticks_per_quarter=2, metres=(metre,), parts=(Part(notes=(Note(0, 12, 60),)),)))
    assert metrical_accents(np.arange(6), score).tolist() == expected


def test_a_pickup_counts_from_its_end() -> None:
    score = Score(ticks_per_quarter=1, metres=(MetreMark(0, 4, 4),), bars=(Bar(0, 1, "0"), Bar(1, 4, "1")))
    assert metrical_accents(np.array([0, 1, 3]), score).tolist() == [0, 6, 3]


def test_the_upper_voice_of_a_keyboard_sings() -> None:
    score = parse_notation("part: Piano, staves 2\nstaff 1\n1 <e4 g4 c5> |\nstaff 2\n1 <c3 g3> |")
    found = {note.pitch: velocity for note, velocity in zip(score.parts[0].notes, velocities(score.parts[0], score).tolist(), strict=True)}
    assert found == {48: 86, 55: 86, 64: 86, 67: 86, 72: 90}


def test_velocities_stay_within_midi() -> None:
    loud = Part(notes=(Note(0, 1, 60, marks=("accent", "strong-accent")), Note(1, 1, 60, 0)), directions=(dynamic(0, "fff"),))
    assert velocities(loud, Score(parts=(loud,), ticks_per_quarter=1)).tolist() == [127, 1]
    soft = replace(loud, notes=(Note(0, 1, 60, marks=("unstress",)),), directions=(dynamic(0, "n"),))
    assert velocities(soft, Score(parts=(soft,), ticks_per_quarter=1), options=PLAIN).tolist() == [6]


def test_a_repeat_sounds_by_the_page_not_by_what_was_played_before() -> None:
    score = parse_notation("part: Flute, program 73\n1 c4 | !ff d4 |")
    score = replace(score, bars=(score.bars[0], score.bars[1]._replace(repeat_end=2)))
    found = tracks_of(score, options=PLAIN)[0].strokes
    assert [stroke.velocity for stroke in found] == [80, 114, 80, 114]


def test_a_large_score_takes_seconds() -> None:
    marks = [(), (), ("staccato",), ("accent",), ("trill-mark",), ("arpeggiate",)]
    notes = tuple(Note(place * 5040, 5040, 48 + place % 31, marks=marks[place % 6]) for place in range(1570))
    graces = tuple(Note(place * 50400, 0, 60, grace=Grace.ACCIACCATURA) for place in range(1, 30))
    ordered = tuple(sorted((*graces, *notes), key=lambda note: (note.onset, not note.grace)))
    parts = tuple(Part(notes=ordered, id=f"P{index}", directions=(dynamic(0, "p"), wedge(40320, 80640))) for index in range(64))
    score = with_bars(Score(parts=parts, metres=(MetreMark(0, 4, 4),)))
    assert score.note_count > 100_000
    start = time.process_time()
    tracks = tracks_of(score)
    assert time.process_time() - start < 12  # 3 s on an idle machine
    assert len(tracks) == 64
    assert sum(len(track.strokes) for track in tracks) > 100_000
