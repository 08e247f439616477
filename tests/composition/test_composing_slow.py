"""The shipped composer, on a real tune: what it must keep it keeps, and what it writes is music of its key."""

from dataclasses import replace

import numpy as np
import pytest

from hexachord.composition.composing import Request
from hexachord.composition.harmonising import accompany, arrange_for_piano
from hexachord.composition.tools import continue_score, generate, infill
from hexachord.composition.writing import MODEL, Draw
from hexachord.models.networks import network_path
from hexachord.score.abc import read_abc
from hexachord.score.model import Note, Part, Score
from hexachord.score.timing import bars_of

pytestmark = [pytest.mark.slow, pytest.mark.skipif(network_path(MODEL) is None, reason="the composer's weights are not here")]
MANY = Draw(candidates=4, seed=1)
SONG = read_abc("""X:1
M:4/4
L:1/4
Q:1/4=90
K:D
"D"d f a f | "G"g b a g | "A"e a c' a | "D"f2 d2 | "Bm"d f b f | "G"g b d' b | "A"a g f e | "D"d4 |]
""")
SCALE = [1, 2, 4, 6, 7, 9, 11]


def in_key(score) -> float:
    return float(np.mean(np.isin([note.pitch % 12 for part in score.parts for note in part.notes], SCALE)))


def test_a_tune_goes_on() -> None:
    made = continue_score(SONG, bars=8, draw=MANY)
    assert made.bars == 16
    assert len({str(each.score.parts) for each in made.candidates}) == 4
    again = continue_score(SONG, bars=8, draw=MANY)
    assert [each.score for each in again.candidates] == [each.score for each in made.candidates]
    assert [each.nats for each in made.candidates] == sorted(each.nats for each in made.candidates)
    assert all(8 <= each.score.note_count - SONG.note_count <= 100 for each in made.candidates)
    assert np.mean([in_key(each.score) for each in made.candidates]) > 0.8


def test_bars_are_filled_and_the_rest_stays() -> None:
    made = infill(SONG, 3, 4, draw=MANY)
    line = bars_of(SONG)[4].tick
    assert [note for note in made.score.parts[0].notes if note.onset >= line] == [n for n in SONG.parts[0].notes if n.onset >= line]
    assert made.written >= 2


def test_a_piano_plays_along() -> None:
    made = accompany(SONG, request=Request(style="pop"), draw=MANY)
    piano = made.score.parts[-1]
    assert piano.staves == 2
    assert 40 <= len(piano.notes) <= 400
    assert arrange_for_piano(made.score, draw=replace(MANY, candidates=1)).score.parts[0].staves == 2


def test_a_song_out_of_nothing() -> None:
    made = generate(16, key="D major", quarter_bpm=84, sections="AABA", draw=MANY)
    assert made.bars == 16
    assert all(in_key(each.score) > 0.85 for each in made.candidates)
    strict = generate(16, key="D major", quarter_bpm=84, sections="AABA", request=Request(scale=True), draw=MANY)
    assert all(in_key(each.score) == 1.0 for each in strict.candidates)
    assert all(len(part.notes) >= 16 for part in made.score.parts)


def test_a_prompt_longer_than_the_context() -> None:
    ticks = SONG.ticks_per_quarter
    notes = tuple(Note(index * ticks // 4, ticks // 4, 62 + (index * 5) % 24) for index in range(1600))
    long = Score(parts=(Part(name="Melody", notes=notes),), ticks_per_quarter=ticks)
    made = continue_score(long, bars=4, draw=Draw(seed=3))
    assert (made.bars, made.kept) == (104, 1600)
    assert made.written >= 4
