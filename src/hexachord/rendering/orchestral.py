"""Orchestras: pages for piano or voice and piano given to sections with their doublings, and scores as films and games have them."""

from dataclasses import replace

import numpy as np

from hexachord.rendering.accompaniment import bass_line, chord_line, pad_line
from hexachord.rendering.arranging import by_register
from hexachord.rendering.doublings import doubled, sequence_line
from hexachord.rendering.draws import draw_bpm, draw_name, pick
from hexachord.rendering.drumming import draw_drums
from hexachord.rendering.form import Stretch, drawn_plan
from hexachord.rendering.harmony import labelled_piece
from hexachord.rendering.music import (
    ONSET,
    PITCH,
    VELOCITY,
    BarLine,
    Line,
    Piece,
    Span,
    excerpt,
    label_at,
    notes_of,
    ordered,
    shifted,
    transposed,
)
from hexachord.rendering.ornaments import with_trills
from hexachord.rendering.repertoire import window
from hexachord.rendering.shelf import Shelf
from hexachord.rendering.style import Style
from hexachord.rendering.tunes import draw_tune, in_some_metre
from hexachord.theory.chord_labels import parse_chord

_TRILLED = "tune with trills"
TIMPANI, HARP, CHOIR = 47, 46, (52, 53)
_UPPER, _MIDDLE, _LOWER = (48, 40, 73, 68, 71, 60), (48, 41, 60, 71, 49), (42, 43, 48, 70, 57)
_BRIGHT, _DARK = (73, 72, 68, 9, 40, 8), (43, 70, 58, 57)  # who doubles an octave up, and down

CINEMATIC = Style(
    name="cinematic", weight=1.0, bpm=(58, 168), beats=(2, 3, 4, 5, 6, 7, 12), basses=("whole", "eighths", "beats", "gallop"),
    bass_programs=(43, 42, 48), chords=("whole", "push", "beats", "tresillo"), chord_programs=(61, 60, 57, 48),
    pads=(48, 49, 52, 53, 60), leads=(60, 48, 40, 56, 73, 68, 42, 52, 61), tabled=1.0,
)  # fmt: skip


def orchestra(random: np.random.Generator, shelf: Shelf, *, length_s: float) -> Piece:
    """Draw a page for orchestra, or a tune with ostinati, brass, timpani and drums."""
    return _orchestrated(random, shelf, length_s) if random.random() < 0.4 else _cinematic(random, shelf, length_s)


def _orchestrated(random: np.random.Generator, shelf: Shelf, length_s: float) -> Piece:
    corpus = pick(random, ("musetrainer", "openscore_lieder", "openscore_lieder"))
    piece = shelf.piece(corpus, draw_name(random, shelf, corpus))
    cut = transposed(window(piece, length_s, random), int(random.integers(-3, 4)))
    sings = any(line.role == "sung" for line in cut.lines)
    lines: list[Line] = []
    for line in cut.lines:
        if line.role == "piano":
            parts = by_register(line, top=pick(random, _UPPER), middle=pick(random, _MIDDLE), low=pick(random, _LOWER))
            for part in parts:
                part = replace(part, role="counter") if part.role == "lead" and sings else part
                lines += [part, *_doublings(part, random)]
        else:
            tune = replace(line, role="lead", program=pick(random, (68, 71, 73, 60, 40, 42, 48, 66)), name="tune")
            tune = _trilled(tune, cut.quarter_bpm, random)
            lines += [tune, *_doublings(tune, random)]
    labelled = labelled_piece(replace(cut, lines=tuple(lines)))
    if labelled.bars and random.random() < 0.5:
        drum = _timpani(labelled, labelled.bars, random)
        labelled = replace(labelled, lines=(*labelled.lines, *([drum] if len(drum.notes) else [])))
    trill = " trill" if any(line.name == _TRILLED for line in lines) else ""
    return replace(labelled, style="orchestral", facts=cut.facts | {"devices": f"re-orchestrated doubled{trill}"})


def _trilled(line: Line, quarter_bpm: float, random: np.random.Generator) -> Line:
    """Let wood, strings and flutes trill some long notes, one time in three."""
    if line.program not in (40, 41, 42, 68, 71, 72, 73) or random.random() >= 0.35:
        return line
    scale = frozenset((line.notes[:, PITCH].astype(int) % 12).tolist())
    notes = with_trills(line.notes, chance=0.15, quarter_bpm=quarter_bpm, scale=scale, random=random)
    return line if len(notes) == len(line.notes) else replace(line, notes=ordered(notes), name=_TRILLED)


def _doublings(line: Line, random: np.random.Generator) -> list[Line]:
    """Somebody an octave up for high lines, an octave down for the bass, or in unison: or nobody."""
    if line.role == "bass":
        return [doubled(line, program=pick(random, _DARK), semitones=float(random.choice([-12.0, 0.0])))] if random.random() < 0.7 else []
    if line.role == "chords":
        return [doubled(line, program=pick(random, (60, 71, 61, 41)), semitones=0.0)] if random.random() < 0.35 else []
    return (
        [doubled(line, program=pick(random, _BRIGHT), semitones=float(random.choice([12.0, 12.0, 0.0])))] if random.random() < 0.6 else []
    )


def _cinematic(random: np.random.Generator, shelf: Shelf, length_s: float) -> Piece:
    tune = in_some_metre(draw_tune(random, shelf, bars=64), random, odd=1.3)
    bar = (tune.bars or ())[-1]
    bpm = draw_bpm(random, *CINEMATIC.bpm, bar)
    count = next((index + 1 for index, each in enumerate(tune.bars or ()) if each.end >= length_s * bpm / 60.0), len(tune.bars or ()))
    tune = transposed(
        excerpt(replace(tune, quarter_bpm=bpm, clock=None), 0, min(count + 1, len(tune.bars or ()))), int(random.integers(-5, 7))
    )
    bars, chords = tune.bars or (), tune.chords or ()
    plan = _rising(drawn_plan(bars, random, sections=tune.sections), random)
    layers: list[Line] = []
    sung = tune.role("sung", "lead")
    if sung and len(sung[0].notes) and random.random() < 0.7:
        octave = 12.0 * round((float(random.choice([60, 67, 72])) - float(np.median(sung[0].notes[:, PITCH]))) / 12.0)
        lead = replace(sung[0], role="lead", program=pick(random, CINEMATIC.leads), name="tune", notes=shifted(sung[0].notes, 0.0, octave))
        lead = _trilled(lead, bpm, random)
        layers += [lead, *_doublings(lead, random)]
    bass = bass_line(pick(random, CINEMATIC.basses), bars, chords, program=pick(random, CINEMATIC.bass_programs), random=random)
    layers += [bass, *_doublings(bass, random)]
    if random.random() < 0.7:
        for _ in range(1 + (random.random() < 0.4)):
            program, centre = pick(random, (48, 48, 41, 42, 40, 45, 0)), float(random.choice([48, 55, 60, 67]))
            layers.append(replace(sequence_line(bars, chords, program=program, random=random, centre=centre), name="ostinato"))
    if random.random() < 0.65:
        style, program = pick(random, CINEMATIC.chords), pick(random, CINEMATIC.chord_programs)
        layers.append(chord_line(style, bars, chords, program=program, random=random, quarter_bpm=bpm, centre=55.0))
    for program, centre, chance in ((48, 64.0, 0.6), (pick(random, CHOIR), 62.0, 0.35)):
        if random.random() < chance:
            layers.append(pad_line(bars, chords, program=program, random=random, centre=centre))
    if random.random() < 0.25:
        layers.append(chord_line("arpeggio16", bars, chords, program=HARP, random=random, quarter_bpm=bpm, centre=67.0))
    layers = [_layered(line, plan, bars) for line in layers]
    if random.random() < 0.55:
        layers.append(_timpani(tune, bars, random, plan=plan))
    devices = {"re-orchestrated", "sequence"} | ({"trill"} if any(line.name == _TRILLED for line in layers) else set())
    drums = draw_drums(shelf, CINEMATIC, bars, plan, random=random, quarter_bpm=bpm) if random.random() < 0.6 else None
    if drums is not None:
        layers.append(drums.line)
        devices |= set(drums.devices)
    sections = tuple(Span(bars[s.first].start, bars[s.first + s.count - 1].end, s.label) for s in plan)
    facts = tune.facts | {"drums": drums.source if drums else "none", "devices": " ".join(sorted(devices)), "quantised": "0.35"}
    return replace(
        tune, lines=tuple(line for line in layers if len(line.notes)), style="cinematic", facts=facts, swing=0.5,
        sections=sections if len({stretch.label for stretch in plan}) > 1 else None,
        origins=(*tune.origins, *(drums.origins if drums else ())),
    )  # fmt: skip


def _rising(plan: tuple[Stretch, ...], random: np.random.Generator) -> tuple[Stretch, ...]:
    """Let a score begin thin and grow, one time in two."""
    if random.random() < 0.5 or len(plan) < 2:
        return plan
    grown = []
    for index, stretch in enumerate(plan):
        share = index / (len(plan) - 1)
        away = {part for part, until in (("drums", 0.3), ("second", 0.4), ("chords", 0.3), ("tune", 0.15)) if share < until}
        grown.append(
            replace(stretch, silent=stretch.silent | (away if index == 0 or random.random() < 0.7 else set()), energy=0.65 + 0.35 * share)
        )
    return tuple(grown)


def _layered(line: Line, plan: tuple[Stretch, ...], bars: tuple[BarLine, ...]) -> Line:
    part = {"lead": "tune", "counter": "second", "bass": "bass", "pad": "pad"}.get(line.role, "chords")
    part = "sequence" if line.name == "ostinato" else part
    notes = line.notes.copy()
    for stretch in plan:
        start, end = bars[stretch.first].start, bars[stretch.first + stretch.count - 1].end
        inside = (notes[:, ONSET] >= start - 0.12) & (notes[:, ONSET] < end - 0.12)
        if part in stretch.silent:
            notes = notes[~inside]
        else:
            notes[inside, VELOCITY] *= stretch.energy
    return replace(line, notes=notes)


def _timpani(piece: Piece, bars: tuple[BarLine, ...], random: np.random.Generator, *, plan: tuple[Stretch, ...] = ()) -> Line:
    """Roots on some downbeats where the chord is known, and rolls that grow into new stretches."""
    every = int(random.choice([1, 1, 2, 4]))
    rows: list[tuple[float, float, float, float]] = []
    rolled = {stretch.first for stretch in plan[1:] if random.random() < 0.6}
    for number, bar in enumerate(bars):
        chord = parse_chord(label_at(piece.chords, bar.start) or "N")
        if not chord.is_chord or bar.length < bar.full - 1e-6:
            continue
        pitch = 41.0 + (chord.root - 41) % 12
        if number % every == 0 or number in rolled:
            rows.append((bar.start, min(1.5, bar.length), pitch, 104.0))
            if bar.felt > 1 and random.random() < 0.25:
                rows.append((bar.end - bar.beat, 0.9, pitch, 88.0))
        if number + 1 in rolled and number + 1 < len(bars):
            rows = [row for row in rows if row[0] < bar.end - bar.beat - 1e-6]
            count = max(4, int(bar.beat * 8))
            rows += [(bar.end - bar.beat + k * bar.beat / count, bar.beat / count, pitch, 40.0 + 66.0 * k / count) for k in range(count)]
    return Line(role="counter", program=TIMPANI, name="timpani", notes=notes_of(rows))
