"""Combinations: tunes with bands of a style, songs as they are or for other instruments, drums alone. Each draw is a `Piece`."""

from dataclasses import replace
from typing import TypeVar

import numpy as np

from hexachord.rendering.accompaniment import bass_line, chord_line, kicks_of, pad_line, second_voice
from hexachord.rendering.drumming import Drumming, Stretch, draw_drums
from hexachord.rendering.metre import is_compound, rewritten, swung_line
from hexachord.rendering.music import (
    DURATION,
    ONSET,
    PITCH,
    VELOCITY,
    BarLine,
    Line,
    Piece,
    Span,
    even_bars,
    excerpt,
    joined,
    looped,
    ordered,
    shifted,
    transposed,
)  # fmt: skip
from hexachord.rendering.ornaments import with_pedal, with_trills
from hexachord.rendering.pop909 import is_regular
from hexachord.rendering.shelf import Shelf
from hexachord.rendering.styles import STYLES, Style

NEW_METRES = (
    ("4/4", 0.7), ("3/4", 0.09), ("12/8", 0.055), ("6/8", 0.05), ("5/4", 0.035), ("7/8", 0.035), ("7/4", 0.01), ("5/8", 0.01),
    ("2/4", 0.015),
)  # fmt: skip
"""What becomes of tunes in 4/4, and how often."""
_PEDALLED = ("ballad", "pop", "chamber", "folk", "waltz", "progressive")
MELODY_PROGRAMS = (52, 53, 54)


_T = TypeVar("_T")


def pick(random: np.random.Generator, items: tuple[_T, ...], weights: tuple[float, ...] | None = None) -> _T:
    """Draw one of some items."""
    share = None if weights is None else np.array(weights) / np.sum(weights)
    return items[int(random.choice(len(items), p=share))]


def draw_name(random: np.random.Generator, shelf: Shelf, corpus: str) -> str:
    """Draw a piece of a corpus."""
    return pick(random, shelf.names(corpus))


def draw_tune(random: np.random.Generator, shelf: Shelf, *, bars: int) -> Piece:
    """Draw a tune with chords: a pop song's melody or a lead sheet, `bars` long where it has so many."""
    if random.random() < 0.55 or not shelf.names("openewld"):
        for _ in range(20):
            piece = shelf.piece("pop909", draw_name(random, shelf, "pop909"))
            count = min(bars, len(piece.bars or ()) - 1)
            first = int(random.integers(0, max(1, len(piece.bars or ()) - count)))
            if count >= min(bars, 8) and is_regular(piece, first, count) and (has_tune(piece, first) or random.random() < 0.1):
                return looped(excerpt(piece, first, count), bars)
    for _ in range(20):
        piece = shelf.piece("openewld", draw_name(random, shelf, "openewld"))
        if piece.bars and piece.chords and len(piece.bars) >= 6 and all(bar.length <= bar.full + 1e-6 for bar in piece.bars):
            first = 0 if random.random() < 0.5 else int(random.integers(0, max(1, len(piece.bars) - bars)))
            return _common_time(looped(excerpt(piece, first, min(bars, len(piece.bars) - first)), bars))
    raise ValueError("the shelf has no tune with chords")


def has_tune(piece: Piece, first: int) -> bool:
    """Whether somebody sings within the eight bars from `first` on."""
    bars = (piece.bars or ())[first : first + 8]
    sung = piece.role("sung")
    onsets = sung[0].notes[:, ONSET] if sung else np.empty(0)
    return bool(np.count_nonzero((onsets >= bars[0].start) & (onsets < bars[-1].end)) >= 8)


def band(random: np.random.Generator, shelf: Shelf, *, length_s: float) -> Piece:
    """Let a band of some style accompany a tune."""
    tune = draw_tune(random, shelf, bars=64)
    even = all(bar.name == "4/4" and abs(bar.length - 4.0) < 1e-6 for bar in tune.bars or ())
    if even:
        metre = pick(random, tuple(name for name, _ in NEW_METRES), tuple(weight for _, weight in NEW_METRES))
        if metre != "4/4":
            tune = rewritten(tune, metre)
            tune = replace(tune, facts=tune.facts | {"metre": f"rewritten from 4/4 to {metre}"})
        elif random.random() < 0.06:
            tune = _with_metre_change(tune, random)
    bar = (tune.bars or ())[-1]
    styles = tuple(style for style in STYLES if bar.beats in style.beats)
    style = pick(random, styles, tuple(style.weight for style in styles))
    bpm = _drawn_bpm(style, bar, random)
    count = _bars_for(tune, bpm, length_s, random)
    tune = excerpt(tune, 0, min(count, len(tune.bars or ())))
    tune = transposed(tune, int(random.integers(-5, 7)))
    return _accompanied(replace(tune, quarter_bpm=bpm, clock=None), style, shelf, random)


def _accompanied(tune: Piece, style: Style, shelf: Shelf, random: np.random.Generator) -> Piece:
    bars, chords, bpm = tune.bars or (), tune.chords or (), tune.quarter_bpm
    plan = drawn_plan(bars, random)
    compound = is_compound(bars[-1].beats, bars[-1].beat_type)
    drums = draw_drums(shelf, style, bars, plan, random=random) if random.random() < style.drums else None
    swing = _swing(style, drums, random) if not compound else 0.5
    melody = _tune_line(tune, style, random)
    kept_piano = tune.role("piano")[:1] if random.random() < 0.3 else ()
    lines: list[Line] = [melody] if melody is not None and random.random() < 0.93 else []
    if random.random() < 0.9:
        lines.append(
            bass_line(
                pick(random, style.basses),
                bars,
                chords,
                program=pick(random, style.bass_programs),
                random=random,
                kicks=kicks_of(drums.line if drums else None),
            )
        )
    if kept_piano:
        lines.append(replace(kept_piano[0], program=pick(random, (0, 0, 1, 4, 5)), name="piano"))
    else:
        lines.append(
            chord_line(pick(random, style.chords), bars, chords, program=pick(random, style.chord_programs), random=random, quarter_bpm=bpm)
        )
        if random.random() < style.second:
            program = pick(random, style.chord_programs)
            lines.append(
                chord_line(
                    pick(random, style.chords),
                    bars,
                    chords,
                    program=program,
                    random=random,
                    quarter_bpm=bpm,
                    centre=float(random.choice([55, 67, 70])),
                )
            )
    if random.random() < style.pad:
        lines.append(pad_line(bars, chords, program=pick(random, style.pads), random=random, centre=float(random.uniform(52, 64))))
    counters = tune.role("counter")
    if melody is not None and random.random() < 0.25:
        program = melody.program if melody.role == "sung" else pick(random, style.leads)
        lines.append(second_voice(melody, chords, program=program))
    elif counters and random.random() < 0.4:
        lines.append(replace(counters[0], program=pick(random, (*style.leads, 48))))
    if swing > 0.5:
        lines = [swung_line(line, swing) for line in lines]
    if random.random() < 0.1:
        lines = [thinned(line, random) if line.role in ("chords", "piano", "counter") else line for line in lines]
    lines = [_planned(line, plan, bars) for line in lines]
    if style.name in _PEDALLED and random.random() < 0.6:
        changes = np.array([span.start for span in chords])
        lines = [
            with_pedal(line, changes, end=bars[-1].end) if line.role in ("chords", "piano") and line.program < 8 else line for line in lines
        ]
    facts = tune.facts | {"drums": drums.source if drums else "none", "plan": " ".join(stretch.label for stretch in plan)}
    if drums is not None:
        line = swung_line(drums.line, swing) if drums.line.written and swing > 0.5 else drums.line
        lines.append(line)
    sections = tuple(Span(bars[s.first].start, bars[s.first + s.count - 1].end, s.label) for s in plan)
    return replace(
        tune,
        origins=(*tune.origins, *(drums.origins if drums else ())),
        lines=tuple(line for line in lines if len(line.notes)),
        sections=sections if len({stretch.label for stretch in plan}) > 1 else None,
        swing=swing,
        style=style.name,
        facts=facts,
    )


def drawn_plan(bars: tuple[BarLine, ...], random: np.random.Generator) -> tuple[Stretch, ...]:
    """Divide bars into stretches of four, eight or sixteen: an intro now and then, breaks, half-time, loud and soft."""
    size = int(random.choice([4, 8, 8, 16]))
    pickup = 1 if len(bars) > 1 and bars[0].length < bars[0].full - 1e-6 else 0
    borders = [0, *range(size + pickup, len(bars), size)]
    plan: list[Stretch] = []
    loud = bool(random.random() < 0.5)
    for index, first in enumerate(borders):
        count = (borders[index + 1] if index + 1 < len(borders) else len(bars)) - first
        silent: set[str] = set()
        label, half_time = "chorus" if loud else "verse", False
        if index == 0 and random.random() < 0.35 and len(borders) > 1:
            label = "intro"
            silent |= {name for name, chance in (("drums", 0.7), ("tune", 0.5), ("bass", 0.5), ("pad", 0.5)) if random.random() < chance}
        elif index and random.random() < 0.12:
            label = "break"
            silent |= {name for name, chance in (("drums", 0.8), ("bass", 0.5), ("chords", 0.3)) if random.random() < chance}
        elif random.random() < 0.08:
            half_time = True
        if label == "verse":
            silent |= {name for name, chance in (("pad", 0.6), ("second", 0.6)) if random.random() < chance}
        energy = {"chorus": 1.0, "verse": 0.9, "intro": 0.85, "break": 0.8}[label] if len(borders) > 1 else 1.0
        plan.append(Stretch(first=first, count=count, label=label, silent=frozenset(silent), half_time=half_time, energy=energy))
        loud = not loud if random.random() < 0.6 else loud
    return tuple(plan)


def thinned(line: Line, random: np.random.Generator) -> Line:
    """Leave out some of the moments between the beats, and inner notes of chords."""
    onset = line.notes[:, ONSET]
    moments, which = np.unique(np.round(onset, 3), return_inverse=True)
    stays = (random.random(len(moments)) > 0.4)[which] | (np.abs(onset - np.round(onset)) < 0.05)
    return replace(line, notes=line.notes[stays & (random.random(len(onset)) > 0.1)])


def _planned(line: Line, plan: tuple[Stretch, ...], bars: tuple[BarLine, ...]) -> Line:
    """Take out what is silent in a stretch, and play with its energy."""
    part = {"sung": "tune", "lead": "tune", "counter": "second", "bass": "bass", "pad": "pad"}.get(line.role, "chords")
    notes = line.notes.copy()
    for stretch in plan:
        start, end = bars[stretch.first].start, bars[stretch.first + stretch.count - 1].end
        inside = (notes[:, ONSET] >= start - 1e-6) & (notes[:, ONSET] < end - 1e-6)
        if part in stretch.silent:
            notes = notes[~inside]
        else:
            notes[inside, VELOCITY] *= stretch.energy
    return replace(line, notes=notes)


def _tune_line(tune: Piece, style: Style, random: np.random.Generator) -> Line | None:
    """The melody in a register that suits: sung, or on an instrument of the style, an octave up now and then."""
    found = tune.role("sung", "lead")
    if not found or not len(found[0].notes):
        return None
    is_sung = random.random() < style.sung
    middle = float(np.median(found[0].notes[:, PITCH]))
    wanted = float(random.choice([58.0, 64.0, 67.0])) if is_sung else float(random.choice([67.0, 72.0, 74.0]))
    octaves = int(np.round((wanted - middle) / 12.0))
    notes = shifted(found[0].notes, 0.0, 12.0 * octaves)
    program = pick(random, MELODY_PROGRAMS) if is_sung else pick(random, style.leads)
    if not is_sung and random.random() < 0.15:
        scale = frozenset((notes[:, PITCH].astype(int) % 12).tolist())
        notes = with_trills(notes, chance=0.12, quarter_bpm=tune.quarter_bpm, scale=scale, random=random)
    return Line(role="sung" if is_sung else "lead", program=program, name="tune", notes=ordered(notes), written=found[0].written)


def _swing(style: Style, drums: Drumming | None, random: np.random.Generator) -> float:
    if drums is not None and not drums.line.written:
        return drums.swing
    low, high = style.swing
    return float(random.uniform(low, high)) if high > 0.5 else 0.5


def _drawn_bpm(style: Style, bar: BarLine, random: np.random.Generator) -> float:
    """Quarters a minute: of the style, one time in twenty of anywhere."""
    low, high = style.bpm
    if random.random() < 0.05:
        return float(np.exp(random.uniform(np.log(32.0), np.log(290.0)))) * bar.beat
    quarter_bpm = float(np.exp(random.uniform(np.log(low), np.log(high))))
    if bar.beat_type == 8 and bar.beat < 1.0:
        return min(quarter_bpm, 140.0)  # eighths are beats: 280 a minute at most
    return quarter_bpm * (1.25 if bar.beat > 1.0 and bar.beat_type == 8 else 1.0)


def _bars_for(piece: Piece, quarter_bpm: float, length_s: float, random: np.random.Generator) -> int:
    """How many bars fill the take: a little more than it, or one time in eight less, so that it ends."""
    quarters = length_s * quarter_bpm / 60.0
    enough = next((index + 1 for index, bar in enumerate(piece.bars or ()) if bar.end >= quarters), len(piece.bars or ()))
    return max(2, int(enough * random.uniform(0.6, 0.95))) if random.random() < 0.12 else enough + 2


def _with_metre_change(tune: Piece, random: np.random.Generator) -> Piece:
    """Another metre from some bar on, or for a few bars."""
    count = len(tune.bars or ())
    at = int(random.choice([2, 4, 8, 8, 12]))
    metre = str(random.choice(["3/4", "3/4", "2/4", "5/4", "7/8", "6/8", "12/8"]))
    if count <= at + 4:
        return tune
    rest = excerpt(tune, at, count - at)
    made = joined(excerpt(tune, 0, at), rewritten(rest, metre))
    return replace(made, facts=made.facts | {"metre": f"4/4, from bar {at + 1} {metre}"})


def _common_time(piece: Piece) -> Piece:
    """Cut time as common time: bands count four."""
    bars = tuple(bar._replace(beats=4, beat_type=4) if bar.name == "2/2" else bar for bar in piece.bars or ())
    return replace(piece, bars=bars)


def by_register(line: Line, *, top: int, middle: int, low: int) -> tuple[Line, ...]:
    """Give a keyboard part to an ensemble: the highest note of each moment, the lowest, and what lies between."""
    notes = line.notes
    moments = np.round(notes[:, ONSET], 2)
    order = np.lexsort((notes[:, PITCH], moments))
    notes, moments = notes[order], moments[order]
    last = np.append(np.diff(moments) > 1e-6, True)
    first = np.concatenate([[True], np.diff(moments) > 1e-6])
    is_top = last & (notes[:, PITCH] >= 60)
    is_low = first & (notes[:, PITCH] < 55) & ~is_top
    parts = ((is_top, "lead", top, "upper"), (is_low, "bass", low, "lower"), (~is_top & ~is_low, "chords", middle, "middle"))
    made = []
    for chosen, role, program, name in parts:
        if chosen.any():
            held = ordered(notes[chosen])
            if role != "chords":
                gap = np.append(np.diff(held[:, ONSET]), 4.0)
                held[:, DURATION] = np.minimum(np.maximum(held[:, DURATION], 0.1), np.maximum(gap, 0.1))
            made.append(Line(role=role, program=program, name=name, notes=held, written=line.written))  # type: ignore[arg-type]
    return tuple(made)


def drums_alone(random: np.random.Generator, shelf: Shelf, *, length_s: float) -> Piece:
    """Drums without anybody: a drummer as recorded, a pattern, or bars written for some metre."""
    if random.random() < 0.55 and shelf.grooves():
        rows = tuple(row for row in shelf.grooves() if not row.is_fill and row.duration_s > 6)
        piece = shelf.piece("groove", pick(random, rows).id)
        bpm = piece.quarter_bpm * (1.0 if random.random() < 0.5 else float(random.uniform(0.8, 1.25)))
        count = min(len(piece.bars or ()), int(length_s * bpm / 60.0 / (piece.bars or ())[0].full) + 2)
        first = int(random.integers(0, max(1, len(piece.bars or ()) - count + 1)))
        return replace(excerpt(piece, first, count), quarter_bpm=bpm, facts={"drums": "groove as played"})
    metre = pick(random, ("4/4", "4/4", "4/4", "3/4", "6/8", "12/8", "5/4", "7/8", "2/4", "9/8", "7/4"))
    beats, beat_type = (int(part) for part in metre.split("/"))
    style = pick(random, tuple(style for style in STYLES if style.drums > 0))
    bar = even_bars(1, beats, beat_type)[0]
    bpm = _drawn_bpm(style, bar, random)
    bars = even_bars(int(length_s * bpm / 60.0 / bar.full) + 2, beats, beat_type)
    plan = drawn_plan(bars, random)
    plan = tuple(replace(stretch, silent=frozenset()) for stretch in plan)
    drums = draw_drums(shelf, style, bars, plan, random=random)
    swing = 0.5 if is_compound(beats, beat_type) else _swing(style, drums, random)
    line = swung_line(drums.line, swing) if drums.line.written and swing > 0.5 else drums.line
    return Piece(
        origins=drums.origins, lines=(line,), bars=bars, quarter_bpm=bpm, swing=swing, style=style.name, facts={"drums": drums.source}
    )  # fmt: skip
