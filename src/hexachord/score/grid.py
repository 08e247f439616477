"""The beats inside a bar: where rests are split, where beams break, how a long sound is cut into writable pieces.

A bar's grid comes from its metre: compound metres (6/8, 9/8, 12/8) beat in threes, additive ones as their groups say, 5/8 as 3+2, the
rest in their denominator. A pick-up is counted from its end, so that its last beat is the bar's last beat.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from hexachord.score.model import Bar, MetreMark, NoteValue
from hexachord.score.timing import bar_duration
from hexachord.score.values import plain_value, quarters

_TUPLET_RATIOS = ((3, 2), (5, 4), (7, 4), (9, 8))
_TUPLET_KINDS = ("half", "quarter", "eighth", "16th", "32nd", "64th")


class Beat(NamedTuple):
    """One beat, in ticks from the bar line (a pick-up's first may begin before it).

    `subdivision` is what it divides into first: a third of it in compound metres, else half; `level` is how many beats a rest that
    starts here may cover.
    """

    start: int
    end: int
    subdivision: int
    level: int


class Piece(NamedTuple):
    """A writable stretch of time: ticks from the bar line, ticks long; `value` None means no note value fits."""

    start: int
    duration: int
    value: NoteValue | None


@lru_cache(maxsize=1024)
def beats_of_bar(metre: MetreMark, *, duration: int, skipped: int, ticks_per_quarter: int) -> tuple[Beat, ...]:
    """The beats of a bar.

    Parameters
    ----------
    metre : in force at the bar line
    duration : how long the bar really is, in ticks
    skipped : how much of the full bar a pick-up leaves out before its first note
    """
    unit = max(1, ticks_per_quarter * 4 // metre.beat_type)
    groups = _groups(metre)
    beats: list[Beat] = []
    at, index = -skipped, 0
    even = len(set(groups)) == 1 and len(groups) % 2 == 0
    while at < duration:
        units = groups[index % len(groups)]
        place = index % len(groups)
        span = units * unit
        level = (2 if place % 2 == 0 else 1) if even else 1
        if at + span > 0:
            beats.append(Beat(at, min(at + span, duration), unit if units == 3 else max(1, span // 2), level))
        at += span
        index += 1
    return tuple(beats)


def _groups(metre: MetreMark) -> tuple[int, ...]:
    """How the metre's denominators group into felt beats."""
    if metre.groups and sum(metre.groups) == metre.beats and min(metre.groups) > 0:
        return metre.groups if metre.beat_type >= 8 else tuple(1 for _ in range(metre.beats))
    beats = max(1, metre.beats)
    if metre.beat_type < 8:
        return (1,) * beats
    if beats % 3 == 0:
        return (3,) * (beats // 3)
    if beats % 2 == 0:
        return (2,) * (beats // 2)
    return (3, 2) if beats == 5 else (*(2,) * ((beats - 3) // 2), 3) if beats > 3 else (1,) * beats


def skipped_before(bars: tuple[Bar, ...], index: int, metre: MetreMark, *, ticks_per_quarter: int) -> int:
    """How much of a full bar a short bar leaves out at its start: all that is missing in an opening pick-up, and what its predecessor
    played when one bar was cut in two (by a repeat sign, say)."""
    full = bar_duration(metre, ticks_per_quarter=ticks_per_quarter)
    missing = full - bars[index].duration
    if missing <= 0:
        return 0
    if index == 0:
        return missing
    before = bars[index - 1]
    if before.duration < full and index > 1 and before.duration + bars[index].duration == full:
        return before.duration
    return missing if before.repeat_end or before.barline == "light-light" else 0


def pieces_between(
    start: int, end: int, beats: tuple[Beat, ...], *, ticks_per_quarter: int, ratios: tuple[tuple[int, int], ...] = (), dotted: bool = False
) -> Iterator[Piece]:
    """Cut a stretch of a bar into writable pieces, split on beats.

    Parameters
    ----------
    start, end : ticks from the bar line
    ratios : tuplet ratios (actual, normal) of the neighbours, tried first where the plain grid does not reach
    dotted : let a piece over whole beats be dotted (notes may, rests may not)
    """
    index = 0
    at = start
    while at < end:
        while index + 1 < len(beats) and beats[index].end <= at:
            index += 1
        beat = beats[index]
        whole = _whole_beats(at, end, beats, index, ticks_per_quarter=ticks_per_quarter, dotted=dotted)
        if whole is not None:
            yield whole
            at += whole.duration
            continue
        limit = min(end, beat.end) if at < beat.end else end
        yield from _inside_beat(at, limit, beat, ticks_per_quarter=ticks_per_quarter, ratios=ratios)
        at = limit


def _whole_beats(at: int, end: int, beats: tuple[Beat, ...], index: int, *, ticks_per_quarter: int, dotted: bool) -> Piece | None:
    """The longest plain value that starts on this beat and covers whole beats."""
    if at != beats[index].start:
        return None
    best: Piece | None = None
    for count, beat in enumerate(beats[index:], start=1):
        if beat.end > end or (not dotted and count > beats[index].level):
            break
        value = plain_value(beat.end - at, ticks_per_quarter)
        compound = beat.subdivision * 3 == beat.end - beat.start
        if value is not None and value.dots <= (1 if dotted or compound else 0):
            best = Piece(at, beat.end - at, value)
    return best


def _inside_beat(at: int, limit: int, beat: Beat, *, ticks_per_quarter: int, ratios: tuple[tuple[int, int], ...]) -> Iterator[Piece]:
    origin = beat.start
    smallest = ticks_per_quarter // min(32, ticks_per_quarter & -ticks_per_quarter)  # a 128th, or what the ticks can do
    if (at - origin) % smallest == 0 and (limit - origin) % smallest == 0:
        yield from _binary(at, limit, beat, ticks_per_quarter=ticks_per_quarter)
        return
    for actual, normal in (*ratios, *_TUPLET_RATIOS):
        for kind in _TUPLET_KINDS:
            value = NoteValue(kind, 0, actual, normal)
            unit = quarters(value) * ticks_per_quarter
            if unit.denominator != 1:
                continue
            ticks = unit.numerator
            if (limit - at) % ticks == 0 and (at - origin) % ticks == 0 and (limit - at) // ticks <= actual:
                for step in range(at, limit, ticks):
                    yield Piece(step, ticks, value)
                return
    if (value_or_none := plain_value(limit - at, ticks_per_quarter)) is not None:
        yield Piece(at, limit - at, value_or_none)
        return
    yield from _binary(at, limit, beat, ticks_per_quarter=ticks_per_quarter)


def _binary(at: int, limit: int, beat: Beat, *, ticks_per_quarter: int) -> Iterator[Piece]:
    """Greedy: the longest value that starts where a multiple of it may start."""
    unit = beat.subdivision
    sizes = [unit * 2] if unit * 3 == beat.end - beat.start else []
    while unit > 0:
        sizes.append(unit)
        if unit % 2:
            break
        unit //= 2
    while at < limit:
        place = at - beat.start
        for size in sizes:
            fits = place == 0 if size > beat.subdivision else place % size == 0
            if at + size <= limit and fits and plain_value(size, ticks_per_quarter) is not None:
                yield Piece(at, size, plain_value(size, ticks_per_quarter))
                at += size
                break
        else:
            yield Piece(at, limit - at, plain_value(limit - at, ticks_per_quarter))
            return
