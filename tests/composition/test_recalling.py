"""Bars that are to resemble others: which ones those are, and that what is written is drawn towards them."""

import numpy as np
import pytest

from hexachord.composition.clips import Clip, empty_chords, empty_notes, make_bars
from hexachord.composition.grammar import Walk
from hexachord.composition.likeness import bar_likeness
from hexachord.composition.plan import Plan
from hexachord.composition.recalling import Recall, akin_bars, recall_nats
from hexachord.composition.scores import clip_of
from hexachord.composition.sections import AKIN, SAME, VARIED, likeness_of, parse_sections
from hexachord.composition.tools import generate
from hexachord.composition.vocabulary import BEAT, DURATION, END, FILLED, KIND, PITCH, PLACE, Vocabulary
from hexachord.composition.writing import MODEL, Draw
from hexachord.models.networks import network_path

WORDS = Vocabulary()
MELODY = WORDS.roles.index("melody")


def tune(*bars: tuple[int, ...]) -> Clip:
    """Quarters of a melody, bar by bar."""
    pitches = [(bar, place, pitch) for bar, row in enumerate(bars) for place, pitch in enumerate(row)]
    notes = empty_notes(len(pitches))
    notes["bar"], notes["place"], notes["pitch"] = np.array(pitches).T * np.array([[1], [24], [1]])
    notes["role"], notes["duration"] = MELODY, 24
    return Clip(bars=make_bars(len(bars), 4, 4), notes=notes, chords=empty_chords())


def without(clip: Clip, bar: int) -> tuple[Clip, np.ndarray]:
    fill = np.zeros((len(clip.bars), len(WORDS.roles)), dtype=bool)
    fill[bar, MELODY] = True
    return Clip(bars=clip.bars, notes=clip.notes[clip.notes["bar"] != bar], chords=clip.chords), fill


ONE, TWO, THREE = (60, 62, 64, 65), (67, 69, 71, 72), (55, 57, 59, 60)


def test_a_gap_is_like_the_bar_that_stands_where_it_does() -> None:
    song = tune(ONE, TWO, THREE, TWO, ONE, TWO, THREE, TWO)
    ((bar, other, likeness),) = akin_bars(*without(song, 5))
    assert (bar, other) in {(5, 1), (5, 7)}
    assert likeness > 0.7
    assert akin_bars(*without(song, 6))[0][:2] == (6, 2)
    strange = tune(ONE, TWO, THREE, (48, 50, 52, 53), (70, 73, 75, 77), (40, 41, 42, 43))
    assert akin_bars(*without(strange, 2))[0][2] < 0.3


def test_a_piece_that_is_all_gap_is_like_nothing() -> None:
    clip = tune(ONE)
    assert akin_bars(*without(clip, 0)) == ()


def test_each_field_leans_to_the_next_note_until_the_bar_is_over() -> None:
    clip, fill = without(tune(ONE, TWO), 1)
    walk = Walk(Plan(clip=clip, fill=fill, recall=((1, 0, 1.0),)), vocabulary=WORDS)
    recall = Recall(walk.plan, [walk], vocabulary=WORDS)
    written: list[np.ndarray] = []
    while not walk.done:
        row = np.zeros((1, 7), dtype=np.int64)
        for field in range(7):
            added = recall.lean(field, row[:, :field])
            legal = walk.mask(row[0, :field].tolist())
            row[0, field] = int(np.argmax(np.where(legal, 0.0 if added is None else added[0], -np.inf)))
        walk.push(row[0].tolist())
        written.append(row[0])
    assert written.pop()[KIND] == END
    found = np.array(written)
    assert found[:, KIND].tolist() == [WORDS.kind(MELODY, FILLED)] * 4
    assert (found[:, PITCH] - 1).tolist() == list(ONE)
    assert ((found[:, BEAT] - 1) * 24 + found[:, PLACE] - 1).tolist() == [0, 24, 48, 72]
    assert WORDS.durations_of(found[:, DURATION]).tolist() == [24] * 4


def test_the_more_alike_the_farther_it_leans() -> None:
    assert recall_nats(0.0) == recall_nats(0.3) == 0.0 < recall_nats(0.6) < recall_nats(1.0)


def test_phrases_of_a_section_are_akin() -> None:
    told = likeness_of(parse_sections("A8 A'8 B4"))
    assert told[:4] == tuple((bar, bar - 4, AKIN) for bar in range(4, 8))
    assert told[4:] == tuple((bar, bar - 8, VARIED) for bar in range(8, 16))


@pytest.mark.slow
@pytest.mark.skipif(network_path(MODEL) is None, reason="the composer's weights are not here")
def test_sections_come_back_as_asked() -> None:
    made = generate(16, key="C major", quarter_bpm=90, style="pop", sections="A4 A4 B4 A'4", draw=Draw(candidates=4, seed=3))
    shares = []
    for candidate in made.candidates:
        table = bar_likeness(clip_of(candidate.score, vocabulary=WORDS))
        shares.append([np.mean([table[begin + bar, bar] for bar in range(4)]) for begin in (4, 8, 12)])
    same, other, varied = np.mean(shares, axis=0)
    assert same > 0.85
    assert other + 0.2 < varied < same
    assert SAME > VARIED
