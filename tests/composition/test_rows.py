"""Clips become rows and come back; what is scored is what is to be composed."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_clips import random_clip, random_given

from hexachord.composition.clips import Clip, ClipPart, empty_chords, empty_notes, excerpt, make_bars, on_vocabulary, transposed
from hexachord.composition.controls import Controls, PartControls, measured
from hexachord.composition.decode import decode, is_clean
from hexachord.composition.encode import encode
from hexachord.composition.likeness import alike_bars, bar_likeness
from hexachord.composition.vocabulary import (
    BAR,
    BAR_NUMBER,
    BEAT,
    CHORD,
    DURATION,
    END,
    FILL,
    FILLED,
    GIVEN,
    KIND,
    PART,
    PITCH,
    PLACE,
    REMINDED,
    START,
    VELOCITY,
    Vocabulary,
)
from hexachord.errors import InputError

WORDS = Vocabulary()


def full(clip: Clip) -> Clip:
    bars = clip.bars.copy()
    bars["first"], bars["last"] = 0, clip.lengths
    return Clip(bars=bars, notes=clip.notes, chords=clip.chords)


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 10**6))
def test_every_clip_comes_back(seed: int) -> None:
    clip = random_clip(seed)
    held, told = random_given(clip, seed)
    made = encode(
        clip, vocabulary=WORDS, given_notes=held, given_chords=told, controls=measured(clip), look=seed % 5, first_number=seed % 40,
        reminders=((len(clip.bars) - 1, 0),) if len(clip.bars) > 1 else (), bars_after=(0, None, 3)[seed % 3],
    )  # fmt: skip
    assert made.rows.dtype == np.int16
    assert made.rows.min() >= 0
    assert np.all(made.rows.max(axis=0) < np.array(WORDS.field_sizes))
    assert is_clean(made.rows, vocabulary=WORDS)
    found, given_notes, given_chords = decode(made.rows, vocabulary=WORDS)
    np.testing.assert_array_equal(found.notes, clip.notes)
    np.testing.assert_array_equal(found.chords, clip.chords)
    np.testing.assert_array_equal(found.bars, full(clip).bars)
    np.testing.assert_array_equal(given_notes, held)
    np.testing.assert_array_equal(given_chords, told)
    assert found.style == "pop"
    like, _, _ = decode(made.rows, vocabulary=WORDS, like=clip)
    np.testing.assert_array_equal(like.bars, clip.bars)
    assert [part.name for part in like.parts[: len(clip.parts)]] == [part.name for part in clip.parts]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6))
def test_settling_a_clip_twice_changes_nothing(seed: int) -> None:
    clip = random_clip(seed)
    again = on_vocabulary(clip, WORDS)
    np.testing.assert_array_equal(again.notes, clip.notes)
    np.testing.assert_array_equal(again.chords, clip.chords)
    np.testing.assert_array_equal(again.bars, clip.bars)


def small() -> Clip:
    notes = empty_notes(6)
    notes["bar"] = [0, 0, 1, 1, 2, 2]
    notes["place"] = [0, 24, 0, 36, 0, 48]
    notes["role"] = [1, 3, 1, 3, 1, 16]
    notes["role"][5] = WORDS.drums
    notes["pitch"] = [60, 48, 62, 50, 64, 36]
    notes["duration"], notes["velocity"] = 24, 80
    chords = empty_chords(1)
    bars = make_bars(3, 4, 4, bpm=100.0, key=0)
    return on_vocabulary(Clip(bars=bars, notes=notes, chords=chords, parts=(ClipPart(role=1), ClipPart(role=3)), style="pop"), WORDS)


def test_rows_in_their_order() -> None:
    clip = small()
    made = encode(
        clip,
        vocabulary=WORDS,
        given_notes=clip.notes["role"] == 1,
        given_chords=np.ones(3, dtype=bool),
        look=1,
        controls=Controls(style="pop"),
    )
    role = WORDS.roles.index
    names = {START: "start", PART: "part", BAR: "bar", FILL: "fill", END: "end"}
    names |= {
        WORDS.kind(role(name), status): f"{name}{status}" for name in ("chords", "melody", "piano", "drums") for status in (FILLED, GIVEN)
    }
    given_bar = [f"chords{GIVEN}", f"melody{GIVEN}"]
    assert [names[int(kind)] for kind in made.rows[:, KIND]] == [
        "start", "part", "part", "part", "part", "bar", *given_bar, *given_bar, "fill", f"piano{FILLED}", "bar", *given_bar, "fill",
        f"piano{FILLED}", "bar", "fill", f"drums{FILLED}", "end",
    ]  # fmt: skip
    scored = made.scored[:, KIND]
    filled = [index for index, kind in enumerate(made.rows[:, KIND]) if WORDS.status_of[kind] == FILLED]
    stops = [row for row in np.flatnonzero(np.isin(made.rows[:, KIND], (BAR, END))).tolist() if row != made.bar_rows[0]]
    assert np.flatnonzero(scored).tolist() == sorted(filled + stops)
    assert not made.scored[:, BAR_NUMBER].any()
    drum = made.rows[:, KIND] == WORDS.kind(WORDS.drums)
    assert not made.scored[drum, DURATION].any()
    assert made.scored[drum, PITCH].all()
    assert made.rows[made.bar_rows, PLACE].tolist() == [1, 1, 1]
    assert made.rows[made.rows[:, KIND] == FILL][:, PLACE].tolist() == [3, 2, 1]


def test_unknown_loudness_is_not_scored() -> None:
    clip = small()
    clip.notes["velocity"] = 0
    made = encode(clip, vocabulary=WORDS)
    notes = WORDS.role_of[made.rows[:, KIND]] > CHORD
    assert not made.scored[notes, VELOCITY].any()
    assert decode(made.rows, vocabulary=WORDS)[0].notes["velocity"].max() == 0


def test_reminders_read_the_earlier_bar_again() -> None:
    clip = small()
    made = encode(clip, vocabulary=WORDS, reminders=((2, 0),), controls=Controls(likeness=((2, 0, 1.0),), note_counts=((2, 2),)))
    again = made.rows[WORDS.status_of[made.rows[:, KIND]] == REMINDED]
    assert again[:, PITCH].tolist() == [61, 49]
    assert again[:, BAR_NUMBER].tolist() == [1, 1]
    fill = made.rows[made.rows[:, KIND] == FILL][2]
    assert fill[[PITCH, DURATION, VELOCITY]].tolist() == [2, 8, 3]
    assert len(decode(made.rows, vocabulary=WORDS)[0].notes) == len(clip.notes)


def test_controls_are_told() -> None:
    clip = small()
    asked = Controls(
        style="jazz", difficulty=0.0, valence=1.0, arousal=-1.0, parts=((3, PartControls(density=1.0, register=60.0, polyphony=2.0)),)
    )
    rows = encode(clip, vocabulary=WORDS, controls=asked, begins=False).rows
    assert rows[0].tolist() == [START, 2, 1, 0, WORDS.style_class("jazz"), 8, 1]
    piano = rows[(rows[:, KIND] == PART) & (rows[:, PITCH] == 4)][0]
    assert piano[BAR_NUMBER] == 2
    assert piano[BEAT] == 3
    assert piano[DURATION] == 31
    assert encode(clip, vocabulary=WORDS).rows[0].tolist() == [START, 1, 0, 0, 0, 0, 0]


def test_measured_controls() -> None:
    found = measured(small()).part(1)
    assert found.density == pytest.approx(0.25)
    assert found.register == pytest.approx(62.0)
    assert found.polyphony == pytest.approx(1.0)


def test_likeness() -> None:
    clip = small()
    table = bar_likeness(clip)
    assert table[0, 0] == 1.0
    assert table[0, 1] == 0.0
    assert alike_bars(clip) == ()


def test_excerpts_and_transposition() -> None:
    clip = small()
    cut = excerpt(clip, 1, 2)
    assert cut.notes["bar"].tolist() == [0, 0, 1, 1]
    assert len(cut.chords) == 2
    up = transposed(clip, 3, vocabulary=WORDS)
    assert up.bars["key"].tolist() == [3, 3, 3]
    assert up.notes["pitch"].tolist() == [63, 51, 65, 53, 67, 36]
    assert up.chords["root"].tolist() == [3, 3, 3]
    np.testing.assert_array_equal(transposed(up, -3, vocabulary=WORDS).notes, clip.notes)


def test_no_bars_and_no_notes() -> None:
    nothing = Clip(bars=make_bars(0, 4, 4), notes=empty_notes(), chords=empty_chords())
    assert encode(nothing, vocabulary=WORDS).rows[:, KIND].tolist() == [START, END]
    found, _, _ = decode(encode(nothing, vocabulary=WORDS).rows, vocabulary=WORDS)
    assert len(found.bars) == 0
    silent = Clip(bars=make_bars(2, 7, 8), notes=empty_notes(), chords=empty_chords())
    assert len(decode(encode(silent, vocabulary=WORDS).rows, vocabulary=WORDS)[0].bars) == 2


def test_what_cannot_be_said_is_refused() -> None:
    with pytest.raises(ValueError, match="a bar lasts 9 quarters"):
        encode(Clip(bars=make_bars(1, 9, 4), notes=empty_notes(), chords=empty_chords()), vocabulary=WORDS)
    with pytest.raises(ValueError, match="look is 0 to 4"):
        encode(small(), vocabulary=WORDS, look=5)
    with pytest.raises(ValueError, match="before the first bar"):
        decode(np.array([[WORDS.kind(1), 1, 1, 1, 61, 1, 1]]), vocabulary=WORDS)
    with pytest.raises(InputError, match="version"):
        Vocabulary.from_json(Vocabulary(version=7).to_json())


def test_classes_are_fixed_points() -> None:
    durations = np.array(WORDS.durations)
    assert WORDS.durations_of(WORDS.duration_classes(durations)).tolist() == durations.tolist()
    assert WORDS.durations_of(WORDS.duration_classes(np.array([0, 17, 9999]))).tolist() == [1, 18, 384]
    velocity = np.arange(128)
    middle = WORDS.velocities_of(WORDS.velocity_classes(velocity))
    assert WORDS.velocities_of(WORDS.velocity_classes(middle)).tolist() == middle.tolist()
    assert np.abs(middle - velocity)[1:].max() <= 4
    bpm = WORDS.tempi_of(np.arange(1, WORDS.tempo_steps + 1))
    assert WORDS.tempo_classes(bpm).tolist() == list(range(1, WORDS.tempo_steps + 1))
    assert WORDS.style_class("funk/purdieshuffle") == WORDS.style_class("funk") > 0
    assert WORDS.style_class("polka") == 0
