"""Where densities lean: a part that is behind is called, one that is ahead waits; late in a bar nobody is called any more."""

import numpy as np

from hexachord.composition.clips import Clip, empty_chords, empty_notes, make_bars
from hexachord.composition.controls import Controls, PartControls
from hexachord.composition.grammar import Walk
from hexachord.composition.plan import Plan
from hexachord.composition.steering import Steering
from hexachord.composition.vocabulary import BAR, BEAT, DURATION, END, FILLED, KIND, PITCH, PLACE, Vocabulary

WORDS = Vocabulary()
MELODY, PIANO = (WORDS.roles.index(name) for name in ("melody", "piano"))
PLAYS, ACCOMPANIES = WORDS.kind(MELODY, FILLED), WORDS.kind(PIANO, FILLED)
NOTHING = np.zeros((1, 0), dtype=np.int64)


def steered(bars: int = 2) -> tuple[Walk, Steering]:
    clip = Clip(bars=make_bars(bars, 4, 4), notes=empty_notes(), chords=empty_chords())
    fill = np.zeros((bars, len(WORDS.roles)), dtype=bool)
    fill[:, [MELODY, PIANO]] = True
    parts = ((MELODY, PartControls(density=1.0)), (PIANO, PartControls(density=3.0)))
    plan = Plan(clip=clip, fill=fill, controls=Controls(parts=parts))
    walk = Walk(plan, vocabulary=WORDS)
    return walk, Steering(plan, [walk], vocabulary=WORDS)


def note(kind: int, beat: int, pitch: int) -> np.ndarray:
    row = np.zeros((1, 7), dtype=np.int64)
    row[0, [KIND, BEAT, PLACE, PITCH, DURATION]] = kind, beat, 1, pitch + 1, 6
    row[0, 1], row[0, 6] = 1, 10
    return row


def strike(walk: Walk, steering: Steering, kind: int, beat: int, pitch: int) -> None:
    row = note(kind, beat, pitch)
    steering.count(row)
    walk.push(row[0].tolist())


def test_a_part_that_is_silent_is_called_and_one_that_is_ahead_waits() -> None:
    walk, steering = steered()
    for step in range(6):
        strike(walk, steering, PLAYS, 1 + step // 3, 60 + step)
    added = steering.lean(KIND, NOTHING)
    assert added is not None
    assert added[0, ACCOMPANIES] > 4 > 0 > added[0, PLAYS]
    assert steering.lean(PITCH, note(PLAYS, 1, 60)) is None


def test_a_bar_that_is_full_ends() -> None:
    walk, steering = steered()
    empty = steering.lean(KIND, NOTHING)
    for step in range(24):
        strike(walk, steering, ACCOMPANIES, 1 + step // 12, 40 + step)
    full = steering.lean(KIND, NOTHING)
    assert empty is not None
    assert full is not None
    assert -1 < empty[0, BAR] < 0 < full[0, BAR]


def test_late_in_a_bar_nobody_is_called_and_the_piece_may_end() -> None:
    walk, steering = steered()
    strike(walk, steering, PLAYS, 4, 60)
    added = steering.lean(KIND, NOTHING)
    assert added is not None
    assert added[0, ACCOMPANIES] == 0
    assert added[0, BAR] >= 0
    assert added[0, END] > 3


def test_how_far_from_what_was_asked() -> None:
    walk, steering = steered(1)
    silent = steering.apart()[0]
    for step in range(12):
        strike(walk, steering, ACCOMPANIES, 1 + step // 3, 50 + step)
    assert steering.apart()[0] < silent
