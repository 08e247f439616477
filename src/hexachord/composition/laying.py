"""Notes and chords laid over bars: from moments to (bar, place), and from written bars to full ones."""

from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np

from hexachord.arrays import Float64Array, IntArray, StructuredArray
from hexachord.composition.clips import BAR_DTYPE, Clip, ClipPart, empty_chords, empty_notes, note_sorting
from hexachord.composition.vocabulary import BEAT_TYPES, GRID, Vocabulary
from hexachord.theory.chord_labels import QUALITIES, parse_chord

FullBar = tuple[int, int, int, int]
"""Beats, beat type, and the places of the full bar between which it is written."""


@lru_cache(maxsize=4096)
def full_bars(length: int, beats: int, beat_type: int, *, skipped: int = 0, max_quarters: int = 8) -> tuple[FullBar, ...]:
    """Say which full bar, or bars, a written one is.

    Parameters
    ----------
    length : of the written bar, in places
    skipped : how much of a full bar is missing before it (a pick-up's beginning)

    Returns
    -------
    One bar of its own metre where it fits there; else (a cadenza, 9/4, 2/64) bars of a metre that has its length, the longest first.

    Examples
    --------
    >>> full_bars(24, 4, 4, skipped=72), full_bars(120, 4, 4)
    (((4, 4, 72, 96),), ((5, 4, 0, 120),))
    """
    limit = max_quarters * GRID
    if beat_type in BEAT_TYPES and 0 < beats <= 64:
        full = beats * 4 * GRID // beat_type
        if 0 < full <= limit and skipped + length <= full and full * beat_type == beats * 4 * GRID:
            return ((beats, beat_type, skipped, skipped + length),)
    found: list[FullBar] = []
    while length > 0:
        here = min(length, limit)
        length -= here
        unit = next((kind for kind in (4, 8, 16, 32) if here % (4 * GRID // kind) == 0), 32)
        found.append((-(-here * unit // (4 * GRID)), unit, 0, here))
    return tuple(found)


def lay_bars(written: Iterable[tuple[int, int, int, int]], *, max_quarters: int = 8) -> tuple[StructuredArray, IntArray]:
    """Lay written bars: (length in places, beats, beat type, skipped) each.

    Returns
    -------
    bars of `BAR_DTYPE` (tempo unknown, key unknown), and for each the index of the written bar it comes from
    """
    rows: list[FullBar] = []
    origin: list[int] = []
    for index, (length, beats, beat_type, skipped) in enumerate(written):
        if length > 0:
            made = full_bars(length, beats, beat_type, skipped=skipped, max_quarters=max_quarters)
            rows.extend(made)
            origin.extend([index] * len(made))
    bars = np.zeros(len(rows), dtype=BAR_DTYPE)
    bars["key"] = -1
    if rows:
        bars["beats"], bars["beat_type"], bars["first"], bars["last"] = np.array(rows).T
    return bars, np.array(origin, dtype=np.int64)


def places_in(bars: StructuredArray, moments: IntArray) -> tuple[IntArray, IntArray]:
    """Say in which bar and at which place of it moments lie (24ths of a quarter from the first written moment).

    Moments outside get the first or last bar, and places outside of it.
    """
    written = (bars["last"] - bars["first"]).astype(np.int64)
    begins = np.concatenate([[0], np.cumsum(written)])[:-1]
    bar = np.clip(np.searchsorted(begins, moments, side="right") - 1, 0, max(0, len(bars) - 1))
    return bar, moments - begins[bar] + bars["first"][bar]


def laid(
    bars: StructuredArray,
    notes: tuple[IntArray, IntArray, IntArray, IntArray, IntArray],
    chords: StructuredArray,
    *,
    parts: Sequence[ClipPart] = (),
    style: str = "",
) -> Clip:
    """Lay notes (onset, duration, pitch, velocity, role; moments in 24ths of a quarter) over bars; what lies outside is left out.

    `chords` come laid already (see `laid_chords`).
    """
    onset, duration, pitch, velocity, role = notes
    total = int((bars["last"] - bars["first"]).astype(np.int64).sum())
    inside = (onset >= 0) & (onset < total)
    made = empty_notes(int(inside.sum()))
    made["bar"], made["place"] = places_in(bars, onset[inside])
    made["duration"], made["pitch"] = np.maximum(duration[inside], 1), pitch[inside]
    made["velocity"], made["role"] = velocity[inside], role[inside]
    return Clip(bars=bars, notes=made[note_sorting(made)], chords=chords, parts=tuple(parts), style=style)


def laid_chords(bars: StructuredArray, spans: Iterable[tuple[int, int, str]], *, vocabulary: Vocabulary) -> StructuredArray:
    """Lay chord labels (begin, end, Harte's syntax; moments as above); where none is said there is none (N)."""
    moments: list[int] = []
    words: list[tuple[int, int, int]] = []
    reached = 0
    total = int((bars["last"] - bars["first"]).astype(np.int64).sum())
    for begin, end, label in spans:
        start = max(begin, 0)
        if end <= start or start >= total:
            continue
        if start > reached:
            moments.append(reached)
            words.append((-1, 0, 0))
        moments.append(start)
        words.append(chord_word(label, qualities=vocabulary.qualities))
        reached = end
    if words and reached < total:
        moments.append(reached)
        words.append((-1, 0, 0))
    table = empty_chords(len(words))
    if words:
        table["bar"], table["place"] = places_in(bars, np.array(moments))
        table["root"], table["quality"], table["bass"] = np.array(words).T
        first = bars["first"][0]
        early = (table["bar"] == 0) & (table["place"] == first)
        table["place"][early] = 0  # a pick-up's chord is said at the line of its full bar
    return table


@lru_cache(maxsize=4096)
def chord_word(label: str, *, qualities: tuple[str, ...]) -> tuple[int, int, int]:
    """Return root, place of the quality and bass of a chord label; root -1 for no chord and for one nobody could name.

    A chord whose quality is not listed gets the one that shares most with it.

    Examples
    --------
    >>> chord_word("G:7/3", qualities=("maj", "min", "7")), chord_word("N", qualities=("maj",))
    ((7, 2, 4), (-1, 0, 0))
    """
    try:
        chord = parse_chord(label)
    except ValueError:
        return (-1, 0, 0)
    if not chord.is_chord:
        return (-1, 0, 0)
    written = label.partition("/")[0].partition(":")[2] or "maj"
    if written in qualities:
        return (chord.root, qualities.index(written), chord.bass)
    if chord.quality in qualities:
        return (chord.root, qualities.index(chord.quality), chord.bass)
    sounding = {semitone % 12 for semitone in chord.intervals}

    def likeness(name: str) -> tuple[int, int]:
        tones = {semitone % 12 for semitone in QUALITIES.get(name, (0,))}
        return (len(tones & sounding) - len(tones ^ sounding), -len(tones))

    best = max((name for name in qualities if name in QUALITIES), key=likeness)
    return (chord.root, qualities.index(best), chord.bass)


def per_bar(bars: StructuredArray, moments: Sequence[int], values: Sequence[float], *, default: float) -> Float64Array:
    """Give every bar the latest of some values (a tempo, a key) that were said by its beginning."""
    written = (bars["last"] - bars["first"]).astype(np.int64)
    begins = np.concatenate([[0], np.cumsum(written)])[:-1]
    if not len(moments):
        return np.full(len(bars), default)
    at = np.searchsorted(np.asarray(moments), begins, side="right") - 1
    return np.where(at >= 0, np.asarray(values, dtype=np.float64)[np.maximum(at, 0)], default)
