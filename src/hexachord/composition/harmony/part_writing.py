"""Four voices from chords: the soprano has the tune, alto, tenor and bass move as little as they can and as the rules let them.

Every chord has some dozens of positions within the singers' ranges; the cheapest path through them is found by dynamic programming. Dear
are parallel fifths and octaves, doubled leading tones, missing thirds, gaps and leaps; cheap are common tones and steps. S. Kostka, D.
Payne, *Tonal Harmony*, ch. 5–8; the distance of two chords is how far their voices move, as in D. Tymoczko, *A Geometry of Music*, Oxford
2011, ch. 2–4.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise, product
from typing import NamedTuple

import numpy as np

from hexachord.arrays import Float64Array, IntArray
from hexachord.composition.harmony.lead_sheets import ChordSpan, Tune, chord_spans
from hexachord.composition.harmony.melody_harmony import with_keys
from hexachord.errors import InputError
from hexachord.score.edit import sorted_notes, spelled_in_key
from hexachord.score.model import Clef, KeyMark, Note, Part, PartGroup, Score
from hexachord.score.timing import bars_of
from hexachord.theory.chord_labels import NO_CHORD, Chord, parse_chord
from hexachord.theory.keys import KEY_NAMES, key_fifths
from hexachord.theory.voice_leading import REST

NAMES = ("Alto", "Tenor", "Bass")
ALTO, TENOR, BASS = (53, 74), (48, 67), (40, 62)
"""Comfortable ranges: F3–D5, C3–G4, E2–D4."""
_KEPT = 80  # positions of a chord that are looked at
_WIDEST = 12
_PROGRAM = 52  # choir
_VELOCITY = 66


class Moment(NamedTuple):
    """A stretch in which the voices hold: from and to (ticks), the chord, what the tune has at its beginning and its end, the lowest that
    it sings (`REST` for nothing), and the tonic of the key."""

    start: int
    end: int
    chord: Chord
    first: int
    last: int
    lowest: int
    tonic: int


def moments_of(score: Score, spans: Sequence[ChordSpan], tune: Tune, keys: Sequence[int], key_ticks: Sequence[int]) -> tuple[Moment, ...]:
    """Cut chords at bar lines, and say what the tune does in each piece.

    Parameters
    ----------
    keys, key_ticks : places in `hexachord.theory.keys.KEY_NAMES`, and from when on they hold
    """
    lines = [bar.tick for bar in bars_of(score)]
    found = []
    for span in spans:
        if span.label == NO_CHORD:
            continue
        edges = [span.start, *(tick for tick in lines if span.start < tick < span.end), span.end]
        for start, end in pairwise(edges):
            inside = np.flatnonzero((tune.onset < end) & (tune.end > start))
            pitches = tune.pitch[inside]
            tonic = keys[max(int(np.searchsorted(key_ticks, start, side="right")) - 1, 0)] % 12
            outer = (int(pitches[0]), int(pitches[-1]), int(pitches.min())) if len(pitches) else (REST, REST, REST)
            found.append(Moment(start, end, parse_chord(span.label), *outer, tonic))
    return tuple(found)


def four_part(score: Score) -> Score:
    """Write alto, tenor and bass below the tune of a lead sheet.

    Raises
    ------
    InputError : if there is no tune, or no chord symbol.

    Examples
    --------
    >>> from hexachord.score.abc import read_abc
    >>> made = four_part(read_abc('X:1\\nM:4/4\\nL:1/2\\nK:C\\n"C"cG|"G7"dB|"C"c2|]'))
    >>> [part.name for part in made.parts[1:]], [len(part.notes) for part in made.parts]
    (['Alto', 'Tenor', 'Bass'], [5, 3, 3, 3])
    """
    spans = chord_spans(score)
    if not any(span.label != NO_CHORD for span in spans):
        raise InputError(score.title or "the score", found="no chord symbols", expected="a lead sheet", next_step="harmonise it first")
    beats, tune, keys = with_keys(score)
    if tune.part < 0:
        raise InputError(score.title or "the score", found="no notes", expected="a tune")
    changes = [0, *(np.flatnonzero(np.diff(keys)) + 1).tolist()]
    held = [(int(beats.start[at]), int(keys[at])) for at in changes]
    moments = moments_of(score, spans, tune, [key for _, key in held], [tick for tick, _ in held])
    return with_voices(score, moments, write_voices(moments), tune_part=tune.part, keys=held)


def write_voices(moments: Sequence[Moment]) -> IntArray:
    """Find alto, tenor and bass.

    Returns
    -------
    (moments, 3) MIDI pitches, the alto first

    Examples
    --------
    >>> chords = [parse_chord(label) for label in ("C:maj", "F:maj", "G:7", "C:maj")]
    >>> tune = (72, 72, 71, 72)
    >>> rows = [Moment(at, at + 1, chord, top, top, top, 0) for at, (chord, top) in enumerate(zip(chords, tune))]
    >>> write_voices(rows)[:, 2].tolist()[-2:]
    [43, 48]
    """
    if not moments:
        return np.zeros((0, 3), dtype=np.int64)
    choices = [_positions(moment) for moment in moments]
    total = choices[0][1].copy()
    back: list[IntArray] = []
    for number in range(1, len(moments)):
        reach = total[:, None] + _moves(choices[number - 1][0], choices[number][0], moments[number - 1], moments[number])
        back.append(reach.argmin(axis=0))
        total = reach.min(axis=0) + choices[number][1]
    path = [int(total.argmin())]
    for step in reversed(back):
        path.append(int(step[path[-1]]))
    return np.array([choice[0][at] for choice, at in zip(choices, reversed(path), strict=True)])


def with_voices(score: Score, moments: Sequence[Moment], voices: IntArray, *, tune_part: int, keys: Sequence[tuple[int, int]]) -> Score:
    """Add three parts below the tune, spelt as the key of their place.

    Parameters
    ----------
    keys : from when on (ticks) which place in `KEY_NAMES` holds
    """
    made = []
    taken = {part.id for part in score.parts}
    clefs = (Clef(0, 1, "G", 2), Clef(0, 1, "G", 2, -1), Clef(0, 1, "F", 4))
    for column, (name, clef) in enumerate(zip(NAMES, clefs, strict=True)):
        notes = []
        for moment, row in zip(moments, voices, strict=True):
            key = KEY_NAMES[next((number for tick, number in reversed(keys) if tick <= moment.start), keys[0][1])]
            mark = KeyMark(0, key_fifths(*key.split()), key.split()[1])
            pitch = int(row[column])
            notes.append(Note(moment.start, moment.end - moment.start, pitch, velocity=_VELOCITY, spelling=spelled_in_key(pitch, mark)))
        fresh = next(each for each in (f"P{number}" for number in range(1, 99)) if each not in taken)
        taken.add(fresh)
        made.append(Part(id=fresh, name=name, abbreviation=name[0], program=_PROGRAM, notes=sorted_notes(notes), clefs=(clef,)))
    parts = (*score.parts[: tune_part + 1], *made, *score.parts[tune_part + 1 :])
    return replace(score, parts=parts, groups=(PartGroup(tune_part, tune_part + 3),))


def _positions(moment: Moment) -> tuple[IntArray, Float64Array]:
    """Positions of a chord, (n, 3), and what each costs by itself."""
    chord = moment.chord
    tones = sorted({step % 12 for step in chord.intervals})
    classes = [(chord.root + step) % 12 for step in tones]
    top = moment.first if moment.first != REST else 72
    ceiling = min(top, moment.lowest if moment.lowest != REST else top, ALTO[1])
    low = (chord.root + chord.bass) % 12
    inverted = {0: 0.0, 3: 1.5, 4: 1.5, 6: 3.0, 7: 4.0, 8: 4.0, 9: 4.0, 10: 3.0, 11: 5.0}
    basses = [
        (pitch, 0.0 if chord.bass else inverted.get((pitch - chord.root) % 12, 6.0))
        for pitch in range(BASS[0], BASS[1] + 1)
        if pitch % 12 == low or (not chord.bass and pitch % 12 in classes)
    ]
    tenors = [pitch for pitch in range(TENOR[0], TENOR[1] + 1) if pitch % 12 in classes and pitch <= ceiling]
    altos = [pitch for pitch in range(min(ALTO[0], ceiling - 12), ceiling + 1) if pitch % 12 in classes]
    needed = {(chord.root + step) % 12 for step in tones if step in (3, 4, 9, 10, 11)} | ({chord.root} if len(tones) < 4 else set())
    rows: list[tuple[int, int, int]] = []
    costs: list[float] = []
    leading = (moment.tonic + 11) % 12
    for (bass, inversion), tenor, alto in product(basses, tenors, altos):
        if not bass <= tenor <= alto or alto - tenor > _WIDEST or top - alto > _WIDEST + 4:
            continue
        sounding = [bass % 12, tenor % 12, alto % 12, top % 12]
        cost = inversion + 6.0 * len(needed - set(sounding)) + 0.8 * (len(set(classes) - set(sounding)))
        cost += 8.0 * max(0, sounding.count(leading) - 1) + sum(
            1.5 * max(0, sounding.count((chord.root + third) % 12) - 1) for third in (3, 4)
        )
        cost += (
            1.5 * (tenor == alto) + 1.0 * (tenor == bass) + 1.5 * (alto == top) + 0.3 * max(0, top - alto - 9) + 2.0 * (alto - tenor > 9)
        )
        cost += (
            0.15 * max(0, bass - 55) + 0.08 * abs(alto - 64) + 0.08 * abs(tenor - 56) + (3.0 if moment.first == REST and alto < 57 else 0.0)
        )
        rows.append((alto, tenor, bass))
        costs.append(cost)
    if not rows:  # a tune too low, or too high, for voices below it: what is nearest
        near = [min(range(at - 6, at + 6), key=lambda pitch: (pitch % 12 not in classes, abs(pitch - at))) for at in (62, 55, 48)]
        near[2] = min((pitch for pitch in range(40, 60) if pitch % 12 == low), key=lambda pitch: abs(pitch - 48))
        return np.array([near]), np.zeros(1)
    order = np.argsort(costs, kind="stable")[:_KEPT]
    return np.array(rows)[order], np.array(costs)[order]


def _moves(before: IntArray, after: IntArray, old: Moment, new: Moment) -> Float64Array:
    """(positions before, positions after) what each move costs."""
    tops = np.array([old.last, new.first])
    heard = bool((tops != REST).all())
    a = np.concatenate([np.full((len(before), 1), tops[0]), before], axis=1)[:, None, :].repeat(len(after), axis=1)
    b = np.concatenate([np.full((len(after), 1), tops[1]), after], axis=1)[None, :, :].repeat(len(before), axis=0)
    step = b - a
    far = np.abs(step[..., 1:])
    cost = 0.35 * far[..., 0] + 0.35 * far[..., 1] + 0.12 * far[..., 2]
    cost += 2.0 * (far[..., :2] > 5).sum(axis=-1) + 3.0 * ((far[..., 2] > 9) & (far[..., 2] != 12)) + 3.0 * (far == 6).sum(axis=-1)
    for upper in range(0 if heard else 1, 4):
        for lower in range(upper + 1, 4):
            both = (step[..., upper] != 0) & (step[..., lower] != 0)
            was, now = (a[..., upper] - a[..., lower]) % 12, (b[..., upper] - b[..., lower]) % 12
            for interval in (0, 7):
                cost += 30.0 * (both & (was == interval) & (now == interval))
                if (upper, lower) == (0, 3):
                    same = np.sign(step[..., upper]) == np.sign(step[..., lower])
                    cost += 3.0 * (both & same & (was != interval) & (now == interval) & (np.abs(step[..., upper]) > 2))
        if upper < 3:
            lower = upper + 1
            cost += 4.0 * ((b[..., lower] > a[..., upper]) | (b[..., upper] < a[..., lower]))
    leading = (new.tonic + 11) % 12
    if old.chord.root == (new.tonic + 7) % 12 and new.chord.root == new.tonic:
        held = a[..., 1:] % 12 == leading
        cost += (2.0 * (held & (step[..., 1:] != 1) & (step[..., 1:] != -4))).sum(axis=-1)
    seventh = next((each for each in (10, 11) if each in old.chord.intervals), None)
    if seventh is not None and new.chord.root != old.chord.root:
        held = a[..., 1:] % 12 == (old.chord.root + seventh) % 12
        cost += (2.5 * (held & ~np.isin(step[..., 1:], (0, -1, -2)))).sum(axis=-1)
    return np.asarray(cost)
