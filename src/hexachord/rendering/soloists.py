"""One player or one kind of sound: a guitar that plays tune, bass and chords, an instrument alone, a voice alone, voices alone."""

from dataclasses import replace

import numpy as np

from hexachord.rendering.accompaniment import bass_line, chord_line, pad_line
from hexachord.rendering.draws import draw_bpm, draw_name, pick
from hexachord.rendering.music import ONSET, PITCH, BarLine, Line, Piece, label_at, notes_of, ordered, shifted, transposed
from hexachord.rendering.ornaments import one_at_a_time, with_trills
from hexachord.rendering.repertoire import window
from hexachord.rendering.shelf import Shelf
from hexachord.rendering.tunes import draw_tune, in_some_metre
from hexachord.theory.chord_labels import Chord, parse_chord

_ALONE = (40, 40, 41, 42, 73, 73, 68, 71, 66, 65, 64, 56, 57, 60, 22, 27, 29, 30, 21, 75, 74, 110, 72, 70, 11, 104, 105, 58, 32, 80, 0, 26)
_GUITARS = (24, 24, 25, 25, 26, 27)
_TRILLING = (40, 41, 42, 68, 71, 72, 73)


def solo(random: np.random.Generator, shelf: Shelf, *, length_s: float) -> Piece:
    """Draw somebody alone."""
    choice = random.random()
    if choice < 0.36:
        return _guitar(random, shelf, length_s)
    if choice < 0.62:
        return _alone(random, shelf, length_s, sung=False)
    if choice < 0.82:
        return _alone(random, shelf, length_s, sung=True)
    return _voices(random, shelf, length_s)


def _tune(random: np.random.Generator, shelf: Shelf, length_s: float, *, slowest: float, fastest: float) -> Piece:
    tune = in_some_metre(draw_tune(random, shelf, bars=48), random)
    bar = (tune.bars or ())[-1]
    bpm = draw_bpm(random, slowest, fastest, bar)
    if tune.clock is None or not slowest < tune.quarter_bpm < fastest:
        tune = replace(tune, quarter_bpm=bpm, clock=None)
    return transposed(window(tune, length_s, random), int(random.integers(-5, 7)))


def _alone(random: np.random.Generator, shelf: Shelf, length_s: float, *, sung: bool) -> Piece:
    """A tune and nothing else: its chords are nobody's business then."""
    if random.random() < 0.3:
        piece = shelf.piece("openscore_lieder", draw_name(random, shelf, "openscore_lieder"))
        cut = transposed(window(piece, length_s, random), int(random.integers(-4, 5)))
    else:
        cut = _tune(random, shelf, length_s, slowest=56, fastest=168)
    found = cut.role("sung", "lead")
    if not found or not len(found[0].notes):
        return replace(cut, lines=())
    notes = one_at_a_time(found[0].notes)
    program = pick(random, (52, 53, 54)) if sung else pick(random, _ALONE)
    wanted = float(random.choice([55, 60, 64, 67])) if sung else {42: 52.0, 58: 45.0, 32: 45.0, 70: 50.0, 57: 55.0}.get(program, 70.0)
    notes = shifted(notes, 0.0, 12.0 * round((wanted - float(np.median(notes[:, PITCH]))) / 12.0))
    devices = ""
    if not sung and program in _TRILLING and random.random() < 0.5:
        scale = frozenset((notes[:, PITCH].astype(int) % 12).tolist())
        notes, devices = with_trills(notes, chance=0.15, quarter_bpm=cut.quarter_bpm, scale=scale, random=random), "trill"
    line = Line(role="sung" if sung else "solo", program=program, name="tune", notes=ordered(notes), written=found[0].written)
    return replace(
        cut, lines=(line,), chords=None, sections=None, style="solo voice" if sung else "solo instrument",
        facts=cut.facts | {"devices": devices},
    )  # fmt: skip


def _voices(random: np.random.Generator, shelf: Shelf, length_s: float) -> Piece:
    """A tune with voices under it: held, on the beat or in rhythm, and a voice for the bass."""
    cut = _tune(random, shelf, length_s, slowest=56, fastest=132)
    bars, chords = cut.bars or (), cut.chords or ()
    found = cut.role("sung")
    lines: list[Line] = []
    if found and len(found[0].notes) and random.random() < 0.9:
        octave = 12.0 * round((float(random.choice([62, 67])) - float(np.median(found[0].notes[:, PITCH]))) / 12.0)
        lines.append(replace(found[0], program=53, name="tune", notes=shifted(found[0].notes, 0.0, octave)))
    if random.random() < 0.6:
        under = pad_line(bars, chords, program=53, random=random, centre=58.0)
    else:
        style = pick(random, ("beats", "whole", "push", "charleston", "offbeats"))
        under = chord_line(style, bars, chords, program=53, random=random, quarter_bpm=cut.quarter_bpm, centre=58.0)
    lines += _split(under)
    low = bass_line(pick(random, ("whole", "beats", "root_fifth", "walking")), bars, chords, program=53, random=random)
    lines.append(replace(low, notes=shifted(low.notes, 0.0, 12.0), name="bass voice"))
    return replace(cut, lines=tuple(line for line in lines if len(line.notes)), sections=None, style="a cappella")


def _split(chords: Line) -> list[Line]:
    """Give each note of a chord to a voice of its own, from above."""
    notes = chords.notes[np.lexsort((-chords.notes[:, PITCH], chords.notes[:, ONSET]))]
    _, first = np.unique(notes[:, ONSET], return_index=True)
    rank = np.arange(len(notes)) - np.repeat(first, np.diff(np.append(first, len(notes))))
    names = ("alto", "tenor", "baritone", "fourth voice")
    return [
        Line(role="counter", program=53, name=names[index], notes=ordered(notes[rank == index]))
        for index in range(min(4, rank.max(initial=-1) + 1))
    ]


def _guitar(random: np.random.Generator, shelf: Shelf, length_s: float) -> Piece:
    """Tune on top, bass with the thumb, chord tones between: or only chords broken."""
    cut = _tune(random, shelf, length_s, slowest=58, fastest=150)
    bars = cut.bars or ()
    found = cut.role("sung")
    program = pick(random, _GUITARS)
    tune = np.empty((0, 4))
    if found and len(found[0].notes) and random.random() < 0.75:
        tune = one_at_a_time(found[0].notes)
        tune = shifted(tune, 0.0, 12.0 * round((69.0 - float(np.median(tune[:, PITCH]))) / 12.0))
        tune = tune[(tune[:, PITCH] >= 55) & (tune[:, PITCH] <= 84)]
    rows: list[tuple[float, float, float, float]] = [(at, length, pitch, loud) for at, length, pitch, loud in tune.tolist()]
    struck = tune[:, ONSET]
    density = float(random.choice([0.0, 0.5, 0.85, 1.0])) if len(tune) else 1.0
    alternating = bool(random.random() < 0.6)
    for bar in bars:
        rows += _thumb_and_fingers(bar, cut, struck, density, alternating=alternating, random=random)
    line = Line(role="solo", program=program, name="guitar", notes=notes_of(rows), written=not found or found[0].written, chordal=True)
    return replace(cut, lines=(line,), sections=None, style="solo guitar", facts=cut.facts | {"devices": "re-orchestrated"})


def _thumb_and_fingers(
    bar: BarLine, piece: Piece, struck: np.ndarray, density: float, *, alternating: bool, random: np.random.Generator
) -> list[tuple[float, float, float, float]]:
    rows: list[tuple[float, float, float, float]] = []
    step = bar.beat / (3 if bar.beat > 1.0 + 1e-6 else 2)
    first = bar.end - bar.full if bar.length < bar.full else bar.start
    for index in range(round(bar.full / step)):
        at = first + index * step
        if at < bar.start - 1e-6 or at >= bar.end - 1e-6:
            continue
        chord = parse_chord(label_at(piece.chords, at) or "N")
        if not chord.is_chord:
            continue
        beat, inside = divmod(index, round(bar.beat / step))
        if inside == 0 and (beat == 0 or alternating or (beat == 2 and bar.felt == 4)):
            rows.append(
                (at, min(bar.beat * 1.9, bar.end - at), _bass(chord, fifth=alternating and beat % 2 == 1), 88.0 if beat == 0 else 76.0)
            )
        elif random.random() < density and (not len(struck) or np.min(np.abs(struck - at)) > 0.1):
            tones = [p for p in range(52, 66) if p % 12 in chord.pitch_classes()]
            if tones:
                rows.append((at, min(step * 2.5, bar.end - at), float(tones[(index * 2 + beat) % len(tones)]), 62.0))
    return rows


def _bass(chord: Chord, *, fifth: bool) -> float:
    tone = chord.root + (7 if fifth and 7 in chord.intervals else chord.bass)
    return 40.0 + (tone - 40) % 12
