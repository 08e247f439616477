"""Bars as a band sees them: which metre, how loud, where a section begins and ends; and patterns laid into them.

A pattern of a style (`hexachord.composition.band.styles`) is stretched over the bar it was made for. Bars that no pattern knows (5/4, 7/8)
are put together from their beats, cells of two or three parts, which each kind of player fills in its own way.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from hexachord.composition.band.styles import Patterns
from hexachord.composition.harmony.lead_sheets import ChordSpan
from hexachord.score.grid import beats_of_bar, skipped_before
from hexachord.score.model import Score
from hexachord.score.timing import bar_duration, bars_of, is_compound, metre_at
from hexachord.theory.chord_labels import NO_CHORD, Chord, parse_chord

PHRASE = 8  # bars that count as a section where nobody names any
_INTENSITIES = (
    ("intro", 0.45), ("outro", 0.5), ("ending", 0.5), ("coda", 0.6), ("pre", 0.75), ("verse", 0.6), ("refrain", 0.95), ("chorus", 0.95),
    ("bridge", 0.75), ("solo", 0.85), ("interlude", 0.65), ("instrumental", 0.7),
)  # fmt: skip
_BY_PLACE = (0.6, 0.7, 0.85, 0.95)  # of sections without a name that says more


class BandBar(NamedTuple):
    """A bar: from and to in ticks, how much of a full one is missing at its beginning, how long a full one is, its kind (``4``, ``3``,
    ``6/8`` or ``cells``), where its beats begin in a full bar and into how many parts each falls, how loud it is (0 to 1), whether a
    section begins or ends with it, whether the piece does, and whether it has an odd number."""

    start: int
    end: int
    skipped: int
    full: int
    kind: str
    cells: tuple[tuple[int, int, int], ...]  # from, to, parts
    intensity: float
    opens: bool
    closes: bool
    final: bool
    odd: bool


class Hit(NamedTuple):
    """A character of a pattern: when (ticks), and how long a step of the pattern is."""

    tick: int
    step: int
    sign: str


def band_bars(score: Score, *, intensity: float | None = None) -> tuple[BandBar, ...]:
    """Lay out the bars of a score.

    Parameters
    ----------
    intensity : of all bars; by section when not given: named ones by their name, others grow

    Examples
    --------
    >>> from hexachord.score.abc import read_abc
    >>> bars = band_bars(read_abc("X:1\\nM:7/8\\nL:1/8\\nK:G\\nGABcdef|g7|]"))
    >>> bars[0].kind, [parts for _, _, parts in bars[0].cells], bars[1].final
    ('cells', [2, 2, 3], True)
    """
    lines = [bar for bar in bars_of(score) if bar.duration > 0]
    everything = bars_of(score)
    ticks = score.ticks_per_quarter
    loud, opens = _sections(score, [bar.tick for bar in lines])
    made = []
    for number, bar in enumerate(lines):
        metre = metre_at(score, bar.tick)
        full = bar_duration(metre, ticks_per_quarter=ticks)
        skipped = skipped_before(everything, everything.index(bar), metre, ticks_per_quarter=ticks)
        beats = beats_of_bar(metre, duration=full, skipped=0, ticks_per_quarter=ticks)
        unit = max(1, ticks * 4 // metre.beat_type)
        compound = is_compound(metre.beats, metre.beat_type)
        cells = tuple((beat.start, beat.end, 3 if compound or (beat.end - beat.start) == 3 * unit else 2) for beat in beats)
        made.append(
            BandBar(
                start=bar.tick, end=bar.end, skipped=skipped, full=full, kind=_kind(metre.beats, metre.beat_type, compound=compound),
                cells=cells, intensity=loud[number] if intensity is None else intensity, opens=opens[number],
                closes=number + 1 == len(lines) or opens[number + 1], final=number + 1 == len(lines), odd=bool(number % 2),
            )
        )  # fmt: skip
    return tuple(made)


def hits(bar: BandBar, patterns: Patterns, *, player: str) -> list[Hit]:
    """Lay a pattern into a bar.

    Parameters
    ----------
    patterns : nothing gives nothing; where the bar's kind is missing its cells are filled
    player : kick, snare, hat, bass, block, strum, power or broken: how cells are filled
    """
    if not patterns:
        return []
    text = patterns.get(bar.kind, "")
    if bar.kind == "2" and "4" in patterns:
        whole = patterns["4"]
        text = whole[len(whole) // 2 :] if bar.odd and player in ("kick", "snare", "hat") else whole[: len(whole) // 2]
    elif bar.kind == "12/8" and "6/8" in patterns:
        text = patterns["6/8"] * 2 if len(patterns["6/8"]) == 12 else patterns["6/8"].ljust(12, ".") * 2
    elif bar.kind == "6/4" and "3" in patterns:
        text = patterns["3"] * 2
    if bar.kind == "6/8" and text:
        text = text.ljust(12, ".")
    found = []
    if text:
        for at, sign in enumerate(text):
            if sign != ".":
                found.append(Hit(bar.full * at // len(text), bar.full // len(text), sign))
    else:
        found = _cells(bar, player)
    return [Hit(bar.start + hit.tick - bar.skipped, hit.step, hit.sign) for hit in found if hit.tick >= bar.skipped]


def chord_at(spans: Sequence[ChordSpan], tick: int) -> tuple[Chord | None, ChordSpan | None]:
    """The chord in force at a tick, and its span; None where there is none."""
    for span in spans:
        if span.start <= tick < span.end:
            return (parse_chord(span.label), span) if span.label != NO_CHORD else (None, span)
    return None, None


def changes_in(spans: Sequence[ChordSpan], bar: BandBar) -> list[int]:
    """Where chords begin in a bar."""
    return [span.start for span in spans if bar.start <= span.start < bar.end and span.label != NO_CHORD]


def _kind(beats: int, beat_type: int, *, compound: bool) -> str:
    if compound:
        return {6: "6/8", 12: "12/8"}.get(beats, "cells")
    return {2: "2", 3: "3", 4: "4", 6: "6/4"}.get(beats, "cells") if (beats, beat_type) != (2, 2) else "4"


def _cells(bar: BandBar, player: str) -> list[Hit]:
    """Fill a bar that no pattern knows, beat by beat."""
    count = len(bar.cells)
    middle = -(-count // 2)
    found = []
    for number, (start, end, parts) in enumerate(bar.cells):
        step = (end - start) // parts
        match player:
            case "kick":
                signs = "X" if number == 0 else "x" if number == middle and count > 2 else ""
            case "snare":
                signs = "x" if number == count - 1 or (count > 3 and number % 2 and number != middle) else ""
            case "hat":
                signs = "x" * parts
            case "bass":
                signs = "R" if number == 0 else "5" if number == middle or (count == 1 and parts == 2) else ""
            case "strum":
                signs = "du"[: min(2, parts - 1)] if parts == 2 else "d.u"
            case "power":
                signs = "x" * parts
            case "broken":
                signs = "012"[:parts] if number == 0 else "121"[:parts]
            case _:
                signs = "x" if number or count < 3 else "X"
        found += [Hit(start + at * step, step, sign) for at, sign in enumerate(signs) if sign != "."]
    return found


def _sections(score: Score, ticks: list[int]) -> tuple[list[float], list[bool]]:
    """How loud every bar is, and whether a section begins with it."""
    marks = sorted({mark.tick: mark.label for mark in score.sections}.items())
    count = len(ticks)
    opens = [False] * count
    if marks:
        starts = sorted({max(int(np.searchsorted(ticks, tick, side="right")) - 1, 0) for tick, _ in marks})
        names = [next((label for tick, label in reversed(marks) if tick <= ticks[at]), marks[0][1]) for at in starts]
    else:
        first = 1 if count > 1 and ticks[1] - ticks[0] < (ticks[2] - ticks[1] if count > 2 else 0) else 0
        starts = [0, *range(first + PHRASE, max(first + PHRASE, count - 3), PHRASE)]
        names = [""] * len(starts)
    if not starts or starts[0] != 0:
        starts, names = [0, *starts], ["", *names]
    loud = [0.75] * count
    for place, (begin, end, name) in enumerate(zip(starts, [*starts[1:], count], names, strict=True)):
        opens[begin] = True
        known = next((value for word, value in _INTENSITIES if word in name.lower()), None)
        grows = _BY_PLACE[min(place * len(_BY_PLACE) // max(len(starts), 1), len(_BY_PLACE) - 1)] if len(starts) > 1 else 0.75
        loud[begin:end] = [known if known is not None else grows] * (end - begin)
    return loud, opens
