"""Combinations: tunes with bands of a style, and drums alone. Each draw is a `Piece`."""

from dataclasses import replace

import numpy as np

from hexachord.rendering.accompaniment import bass_line, chord_line, kicks_of, pad_line
from hexachord.rendering.doublings import doubled, second_voice, sequence_line
from hexachord.rendering.draws import draw_bpm
from hexachord.rendering.draws import draw_name as draw_name
from hexachord.rendering.draws import pick as pick
from hexachord.rendering.drumming import Drumming, draw_drums
from hexachord.rendering.form import Stretch, dance_plan, drawn_plan
from hexachord.rendering.metre import is_compound, swung_line
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
    looped,
    ordered,
    shifted,
    transposed,
)
from hexachord.rendering.ornaments import with_pedal, with_trills
from hexachord.rendering.shelf import Shelf
from hexachord.rendering.style import ELECTRONIC_KITS, Style
from hexachord.rendering.styles import BANDS, ELECTRONIC, STYLES, WORLD
from hexachord.rendering.tunes import draw_tune, in_some_metre

_PEDALLED = ("ballad", "pop", "chamber", "folk", "waltz", "progressive", "musical", "singer-songwriter", "ambient")
MELODY_PROGRAMS = (52, 53, 54)
_TRILLING = (0, 6, 11, 21, 40, 41, 42, 68, 71, 72, 73, 74, 75, 110)
_PART_OF = {"sung": "tune", "lead": "tune", "counter": "second", "bass": "bass", "pad": "pad"}


def band(random: np.random.Generator, shelf: Shelf, *, length_s: float) -> Piece:
    """Let a band of some style accompany a tune."""
    tune = in_some_metre(draw_tune(random, shelf, bars=64), random)
    return in_style(tune, (*BANDS, *WORLD), shelf, random, length_s)


def electronic(random: np.random.Generator, shelf: Shelf, *, length_s: float) -> Piece:
    """Let machines loop a few bars of harmony, with a tune or without."""
    tune = in_some_metre(draw_tune(random, shelf, bars=64), random, odd=0.2)
    return in_style(tune, ELECTRONIC, shelf, random, length_s)


def in_style(tune: Piece, styles: tuple[Style, ...], shelf: Shelf, random: np.random.Generator, length_s: float) -> Piece:
    """Let a band accompany a tune with chords in one of some styles: one that suits its metre."""
    bar = (tune.bars or ())[-1]
    styles = tuple(style for style in styles if bar.beats in style.beats) or BANDS
    style = pick(random, styles, tuple(style.weight for style in styles))
    count = len(tune.bars or ())
    if style.loops and random.random() < 0.75 and len({bar.name for bar in tune.bars or ()}) == 1:
        size = int(random.choice([2, 4, 4, 8]))
        first = int(random.integers(1, max(2, count - size)))
        tune = replace(looped(excerpt(tune, first, min(size, count - first)), 64), sections=None)
    bpm, clock = _drawn_bpm(style, bar, random), None
    low, high = style.bpm
    if tune.clock is not None and low <= tune.quarter_bpm <= high and random.random() < 0.6:
        bpm, clock = tune.quarter_bpm, tune.clock  # as fast, and as steady, as on the record
    tune = replace(tune, quarter_bpm=bpm, clock=clock)
    count = _bars_for(tune, bpm, length_s, random)
    tune = excerpt(tune, 0, min(count, len(tune.bars or ())))
    tune = transposed(tune, int(random.integers(-5, 7)))
    return _accompanied(tune, style, shelf, random)


def _accompanied(tune: Piece, style: Style, shelf: Shelf, random: np.random.Generator) -> Piece:
    bars, chords, bpm = tune.bars or (), tune.chords or (), tune.quarter_bpm
    plan = dance_plan(bars, random) if style.dance else drawn_plan(bars, random, sections=tune.sections)
    drums = draw_drums(shelf, style, bars, plan, random=random, quarter_bpm=bpm) if random.random() < style.drums else None
    swing = 0.5 if is_compound(bars[-1].beats, bars[-1].beat_type) else _swing(style, drums, random)
    melody = _tune_line(tune, style, random) if random.random() < style.tune else None
    devices = {"trill"} if melody is not None and melody.name != "tune" else set()
    lines: list[Line] = [melody] if melody is not None else []
    if random.random() < style.bass:
        kicks = kicks_of(drums.line if drums else None)
        program = pick(random, style.bass_programs)
        lines.append(bass_line(pick(random, style.basses), bars, chords, program=program, random=random, kicks=kicks))
    lines += _harmony(tune, style, random, played=bpm)
    if random.random() < style.sequence:
        program, centre = pick(random, style.sequence_programs), float(random.choice([48, 60, 60, 67, 72]))
        lines.append(sequence_line(bars, chords, program=program, random=random, centre=centre))
        devices.add("sequence")
    if random.random() < style.pad:
        lines.append(pad_line(bars, chords, program=pick(random, style.pads), random=random, centre=float(random.uniform(52, 64))))
    if melody is not None and random.random() < 0.12:
        program = melody.program if melody.role == "sung" else pick(random, style.leads)
        lines.append(doubled(melody, program=program, semitones=float(random.choice([-12.0, 0.0, 12.0]))))
        devices.add("doubled")
    elif melody is not None and random.random() < 0.25:
        program = melody.program if melody.role == "sung" else pick(random, style.leads)
        lines.append(second_voice(melody, chords, program=program))
    elif tune.role("counter") and random.random() < 0.4:
        lines.append(replace(tune.role("counter")[0], program=pick(random, (*style.leads, 48))))
    if any(line.program in range(24, 32) and line.role == "chords" for line in lines):
        devices.add("strum")
    if swing > 0.5:
        lines = [swung_line(line, swing, unit=style.swing_unit) for line in lines]
    if random.random() < 0.1:
        lines = [thinned(line, random) if line.role in ("chords", "piano", "counter") else line for line in lines]
        devices.add("thinned")
    if bars[0].length < bars[0].full - 1e-6 and random.random() < 0.7:  # a pick-up mostly belongs to the tune
        lines = [line if line.role in ("sung", "lead", "counter") else _from_downbeat(line) for line in lines]
        drums = drums and replace(drums, line=_from_downbeat(drums.line))
    lines = [_planned(line, plan, bars) for line in lines]
    if style.name in _PEDALLED and random.random() < 0.6:
        changes = np.array([span.start for span in chords])
        lines = [
            with_pedal(line, changes, end=bars[-1].end) if line.role in ("chords", "piano") and line.program < 8 else line for line in lines
        ]
    facts = tune.facts | {"drums": drums.source if drums else "none", "plan": " ".join(stretch.label for stretch in plan)}
    if drums is not None:
        line = swung_line(drums.line, swing, unit=style.swing_unit) if drums.line.written and swing > 0.5 else drums.line
        lines.append(line)
        devices |= set(drums.devices)
    sections = tuple(Span(bars[s.first].start, bars[s.first + s.count - 1].end, s.label) for s in plan)
    straight = style.swing_unit < 1.0 and (drums is None or drums.line.written)
    free = not style.pulse
    return replace(
        tune,
        origins=(*tune.origins, *(drums.origins if drums else ())),
        lines=tuple(line for line in lines if len(line.notes)),
        bars=None if free else bars,
        pulse=None,
        sections=sections if len({stretch.label for stretch in plan}) > 1 else None,
        swing=0.5 if straight else swing,
        style=style.name,
        facts=facts | {"devices": " ".join(sorted(devices)), "quantised": f"{style.quantised}"},
    )


def _harmony(tune: Piece, style: Style, random: np.random.Generator, *, played: float) -> list[Line]:
    """The chords: the piano of the source, or one or two instruments of the style."""
    bars, chords = tune.bars or (), tune.chords or ()
    own = tune.role("piano")[:1]
    if own and not style.loops and style.name not in ELECTRONIC_KITS and random.random() < 0.3:
        return [replace(own[0], program=pick(random, (0, 0, 1, 4, 5)), name="piano")]
    made = [
        chord_line(pick(random, style.chords), bars, chords, program=pick(random, style.chord_programs), random=random, quarter_bpm=played)
    ]
    if random.random() < style.second:
        program, centre = pick(random, style.chord_programs), float(random.choice([55, 67, 70]))
        made.append(chord_line(pick(random, style.chords), bars, chords, program=program, random=random, quarter_bpm=played, centre=centre))
    return made


def _from_downbeat(line: Line) -> Line:
    """Without what lies in a pick-up."""
    early = 0.0 if line.written else 0.12
    return replace(line, notes=line.notes[line.notes[:, ONSET] >= -early - 1e-6])


def thinned(line: Line, random: np.random.Generator) -> Line:
    """Leave out some of the moments between the beats, and inner notes of chords."""
    onset = line.notes[:, ONSET]
    moments, which = np.unique(np.round(onset, 3), return_inverse=True)
    stays = (random.random(len(moments)) > 0.4)[which] | (np.abs(onset - np.round(onset)) < 0.05)
    return replace(line, notes=line.notes[stays & (random.random(len(onset)) > 0.1)])


def _planned(line: Line, plan: tuple[Stretch, ...], bars: tuple[BarLine, ...]) -> Line:
    """Take out what is silent in a stretch, and play with its energy."""
    part = "sequence" if line.name == "sequence" else _PART_OF.get(line.role, "chords")
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
    if not is_sung and random.random() < (0.45 if program in _TRILLING else 0.08):
        scale = frozenset((notes[:, PITCH].astype(int) % 12).tolist())
        notes = with_trills(notes, chance=0.12, quarter_bpm=tune.quarter_bpm, scale=scale, random=random)
        is_trilled = len(notes) != len(found[0].notes)
        name = "tune with trills" if is_trilled else "tune"
    else:
        name = "tune"
    return Line(role="sung" if is_sung else "lead", program=program, name=name, notes=ordered(notes), written=found[0].written)


def _swing(style: Style, drums: Drumming | None, random: np.random.Generator) -> float:
    if drums is not None and not drums.line.written:
        return drums.swing
    low, high = style.swing
    if style.swing_unit < 1.0 and random.random() < 0.35:
        return 0.5
    return float(random.uniform(low, high)) if high > 0.5 else 0.5


def _drawn_bpm(style: Style, bar: BarLine, random: np.random.Generator) -> float:
    """Quarters a minute: of the style, one time in twenty of anywhere."""
    if random.random() < 0.05 and style.quantised < 0.5:
        return draw_bpm(random, 46.0, 226.0, bar) * (bar.beat if bar.beat > 1.0 else 1.0)
    return draw_bpm(random, *style.bpm, bar)


def _bars_for(piece: Piece, quarter_bpm: float, length_s: float, random: np.random.Generator) -> int:
    """How many bars fill the take: a little more than it, or one time in eight less, so that it ends."""
    quarters = length_s * quarter_bpm / 60.0
    enough = next((index + 1 for index, bar in enumerate(piece.bars or ()) if bar.end >= quarters), len(piece.bars or ()))
    return max(2, int(enough * random.uniform(0.6, 0.95))) if random.random() < 0.12 else enough + 2


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
    drums = draw_drums(shelf, style, bars, plan, random=random, quarter_bpm=bpm)
    swing = 0.5 if is_compound(beats, beat_type) else _swing(style, drums, random)
    line = swung_line(drums.line, swing, unit=style.swing_unit) if drums.line.written and swing > 0.5 else drums.line
    return Piece(
        origins=drums.origins, lines=(line,), bars=bars, quarter_bpm=bpm, swing=swing if style.swing_unit == 1.0 else 0.5,
        style=style.name, facts={"drums": drums.source, "devices": " ".join(drums.devices)}
    )  # fmt: skip
