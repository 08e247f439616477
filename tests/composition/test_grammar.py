"""Whatever is drawn under the grammar decodes, in exactly its bars; and what music really is, is legal."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_clips import random_clip, random_given

from hexachord.composition.clips import Clip, ClipPart, empty_chords, empty_notes, make_bars
from hexachord.composition.decode import decode, is_clean
from hexachord.composition.encode import encode
from hexachord.composition.grammar import Walk, random_rows
from hexachord.composition.plan import Plan
from hexachord.composition.vocabulary import CHORD, DURATION, FIELDS, KIND, PITCH, Vocabulary
from hexachord.errors import InputError

WORDS = Vocabulary()


def plan_of(clip: Clip, held, told, **rest) -> Plan:
    fill = np.zeros((len(clip.bars), len(WORDS.roles)), dtype=bool)
    fill[clip.notes["bar"][~held], clip.notes["role"][~held]] = True
    fill[clip.chords["bar"][~told], CHORD] = True
    given_part = Clip(bars=clip.bars, notes=clip.notes[held], chords=clip.chords[told], parts=clip.parts, style=clip.style)
    return Plan(clip=given_part, fill=fill, **rest)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6))
def test_real_music_is_legal_and_the_walk_writes_what_encode_writes(seed: int) -> None:
    clip = random_clip(seed)
    held, told = random_given(clip, seed)
    plan = plan_of(clip, held, told, first_number=seed % 32, look=seed % 5)
    if not plan.fill.any():
        return
    wanted = encode(
        clip, vocabulary=WORDS, given_notes=held, given_chords=told, controls=plan.controls, states=plan.states(), look=plan.look,
        first_number=plan.first_number,
    ).rows.astype(int)  # fmt: skip
    walk = Walk(plan, vocabulary=WORDS)
    at = 0
    while not walk.done:
        at += len(walk.feed())
        row = wanted[at]
        for field in range(len(FIELDS)):
            mask = walk.mask(row[:field])
            assert mask.shape == (WORDS.field_sizes[field],)
            if row[0] == WORDS.kind(CHORD) or not (field == FIELDS.index("velocity") and row[field] == 0):
                assert mask[row[field]] or row[KIND] < 6, (FIELDS[field], row, np.flatnonzero(mask))
            if row[KIND] < 6:
                break
        walk.push(row)
    walk.feed()
    np.testing.assert_array_equal(walk.rows(), wanted)


def drawn_plan(seed: int) -> Plan:
    clip = random_clip(seed, most_notes=30)
    random = np.random.default_rng(seed)
    held, told = random_given(clip, seed)
    fill = random.random((len(clip.bars), len(WORDS.roles))) < random.uniform(0.02, 0.4)
    fill[random.integers(len(fill)), random.integers(1, len(WORDS.roles))] = True
    given_part = Clip(bars=clip.bars, notes=clip.notes[held], chords=clip.chords[told], parts=clip.parts)
    return Plan(clip=given_part, fill=fill, most={1: 1, 11: 1}, velocities=bool(seed % 2), bars_after=(0, 3, None)[seed % 3])


def check_walk(seed: int) -> None:
    plan = drawn_plan(seed)
    walk = random_rows(plan, vocabulary=WORDS, seed=seed, stop=0.3)
    rows = walk.rows()
    assert is_clean(rows, vocabulary=WORDS)
    clip = walk.clip()
    assert len(clip.bars) == len(plan.clip.bars)
    np.testing.assert_array_equal(clip.bars, plan.clip.bars)
    written = (clip.notes["place"] >= clip.bars["first"][clip.notes["bar"]]) & (clip.notes["place"] < clip.bars["last"][clip.notes["bar"]])
    assert written.all()
    ends = clip.onsets() + clip.notes["duration"] * (clip.notes["role"] != WORDS.drums)
    assert np.all(ends <= clip.starts[-1])
    words = clip.notes[["bar", "place", "role", "pitch"]]
    assert len(np.unique(words)) == len(words)
    line = clip.notes["role"].astype(int) * 128 + clip.notes["pitch"]
    order = np.lexsort((clip.onsets(), line))
    same = line[order][1:] == line[order][:-1]
    assert np.all(ends[order][:-1][same] <= clip.onsets()[order][1:][same])  # nothing is struck while it sounds
    for role in plan.most:  # one voice at a time, where no more was given
        if not np.any(plan.clip.notes["role"] == role):
            mine = clip.notes["role"] == role
            assert np.all(ends[mine][:-1] <= clip.onsets()[mine][1:])
    kept = Walk(plan, vocabulary=WORDS)._given
    assert sum(len(rows) for rows in kept) == len(plan.clip.notes) + len(plan.clip.chords)


def test_random_walks_decode_with_the_exact_number_of_bars() -> None:
    for seed in range(80):
        check_walk(seed)


@pytest.mark.slow
def test_a_thousand_random_walks() -> None:
    for seed in range(1000, 2000):
        check_walk(seed)


def test_what_stands_so_far_can_be_told_again_from_any_bar() -> None:
    plan = drawn_plan(12)
    for seed in range(8):
        walk = random_rows(plan, vocabulary=WORDS, seed=seed)
        np.testing.assert_array_equal(walk.rows_from(0), walk.rows()[:-1])
        clip = walk.clip()
        for bar in range(1, len(clip.bars)):
            rows = walk.rows_from(bar)
            found = decode(rows, vocabulary=WORDS)[0]
            assert len(found.bars) == len(clip.bars) - bar
            later = clip.notes[clip.notes["bar"] >= bar]
            np.testing.assert_array_equal(found.notes[["place", "role", "pitch"]], later[["place", "role", "pitch"]])
        assert len(walk.refreshed(40)) <= 40
        np.testing.assert_array_equal(walk.refreshed(10**6), walk.rows()[:-1])


def free_plan(count: int = 4, **rest) -> Plan:
    fill = np.zeros((count, len(WORDS.roles)), dtype=bool)
    fill[:, WORDS.roles.index("piano")] = True
    clip = Clip(bars=make_bars(count, 4, 4), notes=empty_notes(), chords=empty_chords(), parts=(ClipPart(role=3),))
    return Plan(clip=clip, fill=fill, **rest)


def test_constraints_hold() -> None:
    scale = np.isin(np.arange(128) % 12, (0, 2, 4, 5, 7, 9, 11)) & (np.arange(128) >= 48) & (np.arange(128) <= 72)
    sixteenths = np.arange(24) % 6 == 0
    walk = random_rows(free_plan(allow=lambda bar, role: scale, grid=sixteenths, most={3: 2}), vocabulary=WORDS, seed=3)
    notes = walk.clip().notes
    assert len(notes)
    assert scale[notes["pitch"]].all()
    assert np.all(notes["place"] % 6 == 0)
    sounding = np.zeros(4 * 96 + 400)
    for onset, duration in zip(walk.clip().onsets(), notes["duration"], strict=True):
        sounding[onset : onset + duration] += 1
    assert sounding.max() == 2


def test_a_full_key_can_be_written_nowhere_twice() -> None:
    notes = empty_notes(1)
    notes["role"], notes["pitch"], notes["duration"] = 3, 60, 4 * 96
    plan = free_plan()
    walk = Walk(Plan(clip=Clip(bars=plan.clip.bars, notes=notes, chords=empty_chords()), fill=plan.fill), vocabulary=WORDS)
    walk.feed()
    kind = WORDS.kind(3)
    mask = walk.mask((kind,)) if walk.mask(())[kind] else None
    assert mask is not None
    pitches = walk.mask((kind, 1, 1, 1))
    assert not pitches[61]
    assert pitches[62]
    assert not pitches[0]
    assert walk.mask((kind, 1, 1, 1, 62)).nonzero()[0].max() == 1 + WORDS.durations.index(384)


@pytest.mark.parametrize(
    ("make", "word"),
    [
        (lambda: free_plan(0), "no bars"),
        (lambda: Plan(clip=free_plan().clip, fill=np.zeros((4, len(WORDS.roles)), dtype=bool)), "everything locked"),
        (lambda: free_plan(allow=lambda bar, role: np.zeros(128, dtype=bool)), "no note that piano may play"),
        (lambda: Plan(clip=Clip(bars=make_bars(4, 9, 4), notes=empty_notes(), chords=empty_chords()), fill=free_plan().fill), "9 quarters"),
    ],
)
def test_wishes_that_cannot_be_met_are_explained(make, word: str) -> None:
    with pytest.raises(InputError, match=word):
        Walk(make(), vocabulary=WORDS)


def test_seven_eight_and_a_pick_up() -> None:
    bars = make_bars(3, 7, 8)
    bars["first"][0] = 60
    fill = np.zeros((3, len(WORDS.roles)), dtype=bool)
    fill[:, 1] = fill[:, CHORD] = True
    walk = random_rows(Plan(clip=Clip(bars=bars, notes=empty_notes(), chords=empty_chords()), fill=fill), vocabulary=WORDS, seed=5)
    clip = walk.clip()
    assert clip.notes["place"][clip.notes["bar"] == 0].min(initial=60) >= 60
    assert clip.notes["place"].max() < 84
    assert clip.chords["place"][clip.chords["bar"] > 0].min() == 0
    rows = walk.rows()
    assert not np.any(rows[rows[:, KIND] == WORDS.kind(CHORD)][:, PITCH] == 0)
    assert rows[:, DURATION].max() < WORDS.field_sizes[DURATION]
