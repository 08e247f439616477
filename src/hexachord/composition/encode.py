"""From a clip to rows: what is given and what is filled, bar after bar.

For every bar stand its BAR row, the given notes that lie `look` bars ahead (before the first bar: all up to there), a bar to be reminded
of, if any, a FILL row, and then what is to be composed, in the order of time, role and pitch. Each note stands exactly once. So a model
that writes the filled notes of a bar has read every given note up to `look` bars ahead, and everything composed before.
"""

from dataclasses import dataclass

import numpy as np

from hexachord.arrays import BoolArray, IntArray, StructuredArray
from hexachord.composition.clips import Clip
from hexachord.composition.controls import FILLED_PART, GIVEN_PART, MIXED_PART, Controls, count_class, level, prefix_rows
from hexachord.composition.vocabulary import (
    BAR,
    BAR_NUMBER,
    BEAT,
    BEAT_TYPES,
    CHORD,
    DURATION,
    END,
    FIELDS,
    FILL,
    FILLED,
    GIVEN,
    GRID,
    KIND,
    NO_ROOT,
    PITCH,
    PLACE,
    REMINDED,
    VELOCITY,
    Vocabulary,
)

_BAR, _GIVEN, _REMINDED, _FILL, _FILLED = range(5)  # the order inside a bar


@dataclass(frozen=True, kw_only=True, eq=False)
class Encoded:
    """Rows, and which of their fields a model is to predict.

    Attributes
    ----------
    rows : (n, fields) int16
    scored : (n, fields) bool: fields of filled notes, and the kind of the row after them (a bar ends, or the piece)
    bar_rows : (bars,) where each bar's BAR row stands
    """

    rows: IntArray
    scored: BoolArray
    bar_rows: IntArray


def note_rows(notes: StructuredArray, status: int, *, vocabulary: Vocabulary, first_number: int = 0) -> IntArray:
    """Write notes as rows of one status; `first_number` is the number of bar 0."""
    rows = np.zeros((len(notes), len(FIELDS)), dtype=np.int64)
    drums = notes["role"] == vocabulary.drums
    rows[:, KIND] = vocabulary.kind(0, status) + notes["role"]
    rows[:, BAR_NUMBER] = (notes["bar"] + first_number) % vocabulary.bar_cycle + 1
    rows[:, BEAT], rows[:, PLACE] = notes["place"] // GRID + 1, notes["place"] % GRID + 1
    rows[:, PITCH] = notes["pitch"] + 1
    rows[:, DURATION] = np.where(drums, 0, vocabulary.duration_classes(notes["duration"].astype(np.int64)))
    rows[:, VELOCITY] = vocabulary.velocity_classes(notes["velocity"])
    return rows


def chord_rows(chords: StructuredArray, status: int, *, vocabulary: Vocabulary, first_number: int = 0) -> IntArray:
    """Write chords as rows of one status."""
    rows = np.zeros((len(chords), len(FIELDS)), dtype=np.int64)
    silent = chords["root"] < 0
    rows[:, KIND] = vocabulary.kind(CHORD, status)
    rows[:, BAR_NUMBER] = (chords["bar"] + first_number) % vocabulary.bar_cycle + 1
    rows[:, BEAT], rows[:, PLACE] = chords["place"] // GRID + 1, chords["place"] % GRID + 1
    rows[:, PITCH] = np.where(silent, NO_ROOT, chords["root"] + 1)
    rows[:, DURATION] = np.where(silent, 0, chords["quality"] + 1)
    rows[:, VELOCITY] = np.where(silent, 0, chords["bass"] + 1)
    return rows


def bar_rows(clip: Clip, *, vocabulary: Vocabulary, first_number: int = 0) -> IntArray:
    """Write the BAR row of every bar."""
    bars = clip.bars
    rows = np.zeros((len(bars), len(FIELDS)), dtype=np.int64)
    rows[:, KIND] = BAR
    rows[:, BAR_NUMBER] = (np.arange(len(bars)) + first_number) % vocabulary.bar_cycle + 1
    rows[:, PITCH], rows[:, BEAT] = bars["beats"], np.searchsorted(BEAT_TYPES, bars["beat_type"]) + 1
    rows[:, PLACE] = bars["key"] + 1
    rows[:, DURATION] = vocabulary.tempo_classes(bars["bpm"].astype(np.float64))
    rows[:, VELOCITY] = bars["section"]
    return rows


def fill_rows(clip: Clip, controls: Controls, *, vocabulary: Vocabulary, first_number: int = 0, bars_after: int | None = None) -> IntArray:
    """Write the FILL row of every bar: the bars that remain, the notes wanted, and the bar to resemble.

    Parameters
    ----------
    bars_after : how many bars follow the clip; None says nothing about what remains
    """
    count = len(clip.bars)
    rows = np.zeros((count, len(FIELDS)), dtype=np.int64)
    rows[:, KIND] = FILL
    rows[:, BAR_NUMBER] = (np.arange(count) + first_number) % vocabulary.bar_cycle + 1
    if bars_after is not None:
        rows[:, PLACE] = [vocabulary.remaining_class(count - bar + bars_after) for bar in range(count)]
    for bar, earlier, likeness in controls.likeness:
        if 0 <= bar < count and earlier < bar:
            rows[bar, PITCH], rows[bar, DURATION] = min(bar - earlier, 128), level(likeness, 0.0, 1.0)
    for bar, notes in controls.note_counts:
        if 0 <= bar < count:
            rows[bar, VELOCITY] = count_class(notes, classes=vocabulary.velocity_bins)
    return rows


def part_states(clip: Clip, given_notes: BoolArray, given_chords: BoolArray) -> dict[int, int]:
    """Say for every role that has notes whether they are given, filled or both."""
    states: dict[int, int] = {}
    tables = [(clip.notes["role"].astype(np.int64), given_notes), (np.full(len(clip.chords), CHORD), given_chords)]
    for roles, given in tables:
        some = np.bincount(roles[given], minlength=1) if len(roles) else np.zeros(1)
        every = np.bincount(roles, minlength=1)
        for role in np.flatnonzero(every).tolist():
            held = int(some[role]) if role < len(some) else 0
            states[role] = FILLED_PART if held == 0 else GIVEN_PART if held == every[role] else MIXED_PART
    return states


def encode(
    clip: Clip,
    *,
    vocabulary: Vocabulary,
    given_notes: BoolArray | None = None,
    given_chords: BoolArray | None = None,
    controls: Controls | None = None,
    states: dict[int, int] | None = None,
    reminders: tuple[tuple[int, int], ...] = (),
    look: int | None = None,
    first_number: int = 0,
    begins: bool | None = True,
    bars_after: int | None = 0,
) -> Encoded:
    """Write a clip as rows.

    Parameters
    ----------
    clip : on the vocabulary (see `on_vocabulary`)
    given_notes, given_chords : (n,) and (c,) what is locked; nothing when left out
    controls : what is said before and along the way; nothing when left out
    states : role → state, for roles that may be filled though they have no notes yet; measured when left out
    reminders : (bar, earlier bar): before the one is filled, the other's notes of filled roles are read out again
    look : bars ahead that are told, up to the vocabulary's `look`, which is used when left out
    first_number : the number of the clip's first bar
    begins : whether the piece begins here; None says nothing
    bars_after : how many bars follow; 0 writes END behind the last, more or None the next BAR's kind alone

    Raises
    ------
    ValueError : if a bar is longer than the vocabulary allows, or `look` is.
    """
    look = vocabulary.look if look is None else look
    count = len(clip.bars)
    if not 0 <= look <= vocabulary.look:
        raise ValueError(f"look is 0 to {vocabulary.look} bars, not {look}")
    if count and int(clip.lengths.max()) > vocabulary.max_quarters * GRID:
        raise ValueError(f"a bar lasts {int(clip.lengths.max()) / GRID:g} quarters, the vocabulary has room for {vocabulary.max_quarters}")
    controls = Controls() if controls is None else controls
    held = np.zeros(len(clip.notes), dtype=bool) if given_notes is None else np.asarray(given_notes, dtype=bool)
    told = np.zeros(len(clip.chords), dtype=bool) if given_chords is None else np.asarray(given_chords, dtype=bool)
    states = part_states(clip, held, told) if states is None else states
    prefix = prefix_rows(clip, controls, states, vocabulary=vocabulary, begins=begins)

    pieces: list[IntArray] = []
    keys: list[IntArray] = []  # one number to sort by: block, order in it, bar, place, role, pitch

    def add(rows: IntArray, block: IntArray, order: int, bar: IntArray, place: IntArray | int, role: IntArray | int) -> None:
        pieces.append(rows)
        keys.append((((((block.astype(np.int64) * 8 + order) * (count + 1) + bar) * 256 + place) * 32 + role) << 8) + rows[:, PITCH])

    every = np.arange(count)
    add(bar_rows(clip, vocabulary=vocabulary, first_number=first_number), every, _BAR, every, 0, 0)
    fill = fill_rows(clip, controls, vocabulary=vocabulary, first_number=first_number, bars_after=bars_after)
    add(fill, every, _FILL, every, 0, 0)
    for status, notes, chords in ((GIVEN, clip.notes[held], clip.chords[told]), (FILLED, clip.notes[~held], clip.chords[~told])):
        order = _GIVEN if status == GIVEN else _FILLED
        ahead = look if status == GIVEN else 0
        for rows, table, role in (
            (chord_rows(chords, status, vocabulary=vocabulary, first_number=first_number), chords, CHORD),
            (note_rows(notes, status, vocabulary=vocabulary, first_number=first_number), notes, notes["role"]),
        ):
            add(rows, np.maximum(table["bar"] - ahead, 0), order, table["bar"], table["place"], role)
    for bar, earlier in reminders:
        notes = clip.notes[np.searchsorted(clip.notes["bar"], earlier) : np.searchsorted(clip.notes["bar"], earlier + 1)]
        notes = notes[np.isin(notes["role"], [role for role, state in states.items() if state != GIVEN_PART])]
        rows = note_rows(notes, REMINDED, vocabulary=vocabulary, first_number=first_number)
        add(rows, np.full(len(rows), bar), _REMINDED, notes["bar"], notes["place"], notes["role"])

    body = np.concatenate(pieces)[np.argsort(np.concatenate(keys), kind="stable")]
    last = np.zeros((1, len(FIELDS)), dtype=np.int64)
    last[0, KIND] = END if bars_after == 0 else BAR
    rows = np.concatenate([prefix, body, last])
    scored = vocabulary.scored[rows[:, KIND]]
    scored[:, VELOCITY] &= rows[:, VELOCITY] > 0
    chordless = (rows[:, KIND] == vocabulary.kind(CHORD)) & (rows[:, PITCH] == NO_ROOT)
    scored[chordless, DURATION] = False
    at = np.flatnonzero(rows[:-1, KIND] == BAR)
    if len(at):
        scored[at[0]] = False  # nothing was filled before the first bar
    return Encoded(rows=rows.astype(np.int16), scored=scored, bar_rows=at)
