"""From rows back to a clip."""

from dataclasses import replace

import numpy as np

from hexachord.arrays import BoolArray, IntArray
from hexachord.composition.clips import BAR_DTYPE, DRUM_DURATION, Clip, ClipPart, empty_chords, empty_notes, note_sorting
from hexachord.composition.vocabulary import (
    BAR,
    BAR_NUMBER,
    BEAT,
    BEAT_TYPES,
    CHORD,
    DURATION,
    FILL,
    FILLED,
    GIVEN,
    GRID,
    KIND,
    NO_ROOT,
    PART,
    PITCH,
    PLACE,
    REMINDED,
    START,
    VELOCITY,
    Vocabulary,
)


def decode(rows: IntArray, *, vocabulary: Vocabulary, like: Clip | None = None) -> tuple[Clip, BoolArray, BoolArray]:
    """Read rows.

    Parameters
    ----------
    rows : (n, fields), as `encode` or the grammar makes them
    like : a clip whose bars, parts and style are kept, where rows know only classes of them (pick-ups, exact tempo, programs)

    Returns
    -------
    The clip, and which of its notes and chords were given.

    Raises
    ------
    ValueError : if a note stands before the first bar.
    """
    table = np.asarray(rows, dtype=np.int64)
    kinds = table[:, KIND]
    opens = (kinds == BAR) & (table[:, PITCH] > 0)  # a BAR that only ends a fill says nothing else
    block = np.cumsum(opens) - 1
    at = np.flatnonzero(opens)
    bars = np.zeros(len(at), dtype=BAR_DTYPE)
    bars["beats"], bars["beat_type"] = table[at, PITCH], np.array(BEAT_TYPES)[np.clip(table[at, BEAT], 1, len(BEAT_TYPES)) - 1]
    bars["last"] = bars["beats"].astype(np.int64) * 4 * GRID // bars["beat_type"]
    bars["key"], bars["bpm"], bars["section"] = table[at, PLACE] - 1, vocabulary.tempi_of(table[at, DURATION]), table[at, VELOCITY]

    roles, status = vocabulary.role_of[kinds], vocabulary.status_of[kinds]
    said = (status == FILLED) | (status == GIVEN)
    here = np.flatnonzero(said & (roles > CHORD))
    there = np.flatnonzero(said & (roles == CHORD))
    if len(at) == 0 and len(here) + len(there):
        raise ValueError("a note stands before the first bar")
    if np.any(block[said] < 0):
        raise ValueError("a note stands before the first bar")

    def bar_of(index: IntArray) -> IntArray:
        current = block[index]
        ahead = (table[index, BAR_NUMBER] - table[at[current], BAR_NUMBER]) % vocabulary.bar_cycle if len(index) else current
        return np.asarray(current + ahead)

    notes = empty_notes(len(here))
    notes["bar"], notes["place"] = bar_of(here), (table[here, BEAT] - 1) * GRID + table[here, PLACE] - 1
    notes["role"], notes["pitch"] = roles[here], table[here, PITCH] - 1
    notes["duration"] = np.where(roles[here] == vocabulary.drums, DRUM_DURATION, vocabulary.durations_of(table[here, DURATION]))
    notes["velocity"] = vocabulary.velocities_of(table[here, VELOCITY])
    chords = empty_chords(len(there))
    chords["bar"], chords["place"] = bar_of(there), (table[there, BEAT] - 1) * GRID + table[there, PLACE] - 1
    silent = table[there, PITCH] == NO_ROOT
    chords["root"] = np.where(silent, -1, table[there, PITCH] - 1)
    chords["quality"] = np.where(silent, 0, table[there, DURATION] - 1)
    chords["bass"] = np.where(silent, 0, table[there, VELOCITY] - 1)
    by_note, by_chord = note_sorting(notes), np.lexsort((chords["place"], chords["bar"]))
    starts = kinds == START
    style = int(table[starts, PITCH][0]) if starts.any() else 0
    named = {int(row[PITCH]) - 1: max(0, int(row[VELOCITY]) - 1) * 8 for row in table[kinds == PART]}
    used = sorted({*named, *np.unique(notes["role"]).tolist()} - {CHORD})
    clip = Clip(
        bars=bars,
        notes=notes[by_note],
        chords=chords[by_chord],
        parts=tuple(ClipPart(role=role, name=vocabulary.roles[role], program=named.get(role, 0)) for role in used),
        style=vocabulary.styles[style - 1] if style else "",
    )
    if like is not None:
        known = {part.role for part in like.parts}
        parts = (*like.parts, *(part for part in clip.parts if part.role not in known))
        clip = replace(clip, bars=like.bars, parts=parts, style=like.style or clip.style)
    return clip, (status[here] == GIVEN)[by_note], (status[there] == GIVEN)[by_chord]


def is_clean(rows: IntArray, *, vocabulary: Vocabulary) -> bool:
    """Whether rows could have come from `encode`: every kind is known and no filled note lies outside its bar."""
    table = np.asarray(rows, dtype=np.int64)
    if len(table) and (table.min() < 0 or np.any(table.max(axis=0) >= np.array(vocabulary.field_sizes))):
        return False
    kinds = table[:, KIND]
    opens = (kinds == BAR) & (table[:, PITCH] > 0)
    block = np.cumsum(opens) - 1
    placed = np.isin(vocabulary.status_of[kinds], (FILLED, GIVEN, REMINDED))
    if np.any(block[placed | (kinds == FILL)] < 0):
        return False
    lengths = table[opens, PITCH] * 4 * GRID // np.array(BEAT_TYPES)[np.clip(table[opens, BEAT], 1, len(BEAT_TYPES)) - 1]
    filled = vocabulary.status_of[kinds] == FILLED
    place = (table[filled, BEAT] - 1) * GRID + table[filled, PLACE] - 1
    return bool(np.all((place >= 0) & (place < lengths[block[filled]])))
