"""Locks: the algebra, the text, and the plan that follows."""

import numpy as np
import pytest
from random_clips import random_clip

from hexachord.composition import locks
from hexachord.composition.clips import Clip, ClipPart, empty_chords, empty_notes, make_bars
from hexachord.composition.grammar import random_rows
from hexachord.composition.lock_text import parse_lock
from hexachord.composition.locks import locked_plan
from hexachord.composition.vocabulary import CHORD, Vocabulary
from hexachord.errors import InputError

WORDS = Vocabulary()
MELODY, PIANO = WORDS.roles.index("melody"), WORDS.roles.index("piano")


def clip() -> Clip:
    notes = empty_notes(8)
    notes["bar"] = [0, 0, 1, 1, 2, 2, 3, 3]
    notes["role"] = [MELODY, PIANO] * 4
    notes["pitch"] = [72, 48, 74, 50, 76, 52, 77, 53]
    notes["place"][5] = 36
    notes["duration"] = 24
    chords = empty_chords(4)
    chords["bar"] = range(4)
    bars = make_bars(4, 4, 4)
    bars["section"] = [1, 1, 2, 2]
    return Clip(bars=bars, notes=notes, chords=chords, parts=(ClipPart(role=MELODY, name="Solo Voice"), ClipPart(role=PIANO, name="Piano")))


@pytest.mark.parametrize(
    ("text", "notes", "chords"),
    [
        ("all", "11111111", "1111"),
        ("nothing", "00000000", "0000"),
        ("bars 2-3", "00111100", "0110"),
        ("bar 1, 4", "11000011", "1001"),
        ("part melody", "10101010", "0000"),
        ('part "solo voice"', "10101010", "0000"),
        ("parts melody, piano", "11111111", "0000"),
        ("pitch C5-E5", "10101000", "0000"),
        ("pitch above E5", "00000010", "0000"),
        ("pitch below 50", "01000000", "0000"),
        ("beat 2", "00000100", "0000"),
        ("beats 1-2", "11111111", "1111"),
        ("section B", "00001111", "0011"),
        ("note 3:2.5 E3", "00000100", "0000"),
        ("note 1:1 C5 melody", "10000000", "0000"),
        ("note 1:1 C5 piano", "00000000", "0000"),
        ("highest", "10101110", "0000"),
        ("lowest", "01011101", "0000"),
        ("chords", "00000000", "1111"),
        ("notes", "11111111", "0000"),
        ("not bars 2-3", "11000011", "1001"),
        ("bars 1-2 and part piano", "01010000", "0000"),
        ("bars 1-2 or part piano and bar 4", "11110001", "1100"),
        ("(bars 1-2 or part piano) and bar 4", "00000001", "0000"),
        ("not (part piano or chords)", "10101010", "0000"),
        ("NOT Bars 1–2 AND Notes", "00001111", "0000"),
    ],
)
def test_what_is_locked(text: str, notes: str, chords: str) -> None:
    lock = parse_lock(text)
    held, told = lock.of(clip(), vocabulary=WORDS)
    assert "".join(str(int(value)) for value in held) == notes
    assert "".join(str(int(value)) for value in told) == chords
    again = parse_lock(lock.text).of(clip(), vocabulary=WORDS)
    np.testing.assert_array_equal(again[0], held)
    np.testing.assert_array_equal(again[1], told)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "nothing more"), ("bars", "a bar or bars"), ("bars five", "'five'"), ("bars 1-2 part piano", "'part'"),
        ("(bars 1-2", "a closing bracket"), ("frobnicate", "one of: bars 5-8"), ("pitch H4", "the pitch H4"), ("pitch C44", "no pitch"),
        ("note 3 C4", "a place and a pitch"), ('part "low voice', "quotation mark"), ("not", "nothing more"), ("and", "'and'"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_explained(text: str, word: str) -> None:
    with pytest.raises(InputError, match=word.replace("(", r"\(")):
        parse_lock(text)


@pytest.mark.parametrize(
    ("text", "word"), [("bars 3-9", "a piece of 4 bars"), ("part tuba", "Piano, Solo Voice, melody, piano"), ("section Q", "one of A, B")]
)
def test_what_is_not_there_is_explained(text: str, word: str) -> None:
    with pytest.raises(InputError, match=word):
        parse_lock(text).of(clip(), vocabulary=WORDS)


def test_the_laws_of_the_algebra() -> None:
    for seed in range(20):
        piece = random_clip(seed)
        one, two = locks.bars(1, max(1, len(piece.bars) // 2)), locks.pitches(50, 70)
        for left, right in ((~(one & two), ~one | ~two), (~~one, one), (one | locks.nothing(), one), (one & locks.everything(), one)):
            for mine, yours in zip(left.of(piece, vocabulary=WORDS), right.of(piece, vocabulary=WORDS), strict=True):
                np.testing.assert_array_equal(mine, yours)


def test_a_plan_keeps_what_is_locked_and_writes_nothing_there() -> None:
    piece = clip()
    plan = locked_plan(piece, parse_lock("part melody or bars 1-2 or (part piano and pitch below C3)"), vocabulary=WORDS)
    assert plan.fill[:, MELODY].sum() == 0
    assert np.flatnonzero(plan.fill[:, PIANO]).tolist() == [2, 3]
    assert np.flatnonzero(plan.fill[:, CHORD]).tolist() == [2, 3]
    for seed in range(5):
        made = random_rows(plan, vocabulary=WORDS, seed=seed).clip()
        kept = piece.notes[(piece.notes["role"] == MELODY) | (piece.notes["bar"] < 2)]
        for note in kept:
            assert note in made.notes
        new = made.notes[~np.isin(made.notes, kept)]
        assert len(new)
        assert np.all(new["role"] == PIANO)
        assert np.all(new["bar"] >= 2)
        assert np.all(new["pitch"] >= 48)


def test_roles_that_are_not_asked_for_stay() -> None:
    plan = locked_plan(clip(), locks.bars(1), vocabulary=WORDS, roles=(PIANO,))
    assert len(plan.clip.chords) == 4
    assert np.count_nonzero(plan.clip.notes["role"] == MELODY) == 4
    assert np.count_nonzero(plan.clip.notes["role"] == PIANO) == 1


def test_everything_locked_is_a_contradiction() -> None:
    with pytest.raises(InputError, match="everything locked"):
        random_rows(locked_plan(clip(), locks.everything(), vocabulary=WORDS), vocabulary=WORDS, seed=1)
