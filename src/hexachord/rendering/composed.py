"""Tunes written by rule over chords: motifs that return with their section, chord tones where weight falls, steps between.

What the rules are good for is data, not art: a melody that fits real harmony, in any metre, and is known to the note.
"""

import zlib
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from hexachord.rendering.accompaniment import parsed
from hexachord.rendering.music import BarLine, Line, Piece, label_at, notes_of, pitch_class
from hexachord.theory.chord_labels import Chord

_SIMPLE = ((1.0,), (0.5, 0.5), (0.75, 0.25), (0.5, 0.25, 0.25), (0.25, 0.25, 0.5), (-0.5, 0.5), (-1.0,), (1 / 3, 1 / 3, 1 / 3))
_COMPOUND = ((1.0, 0.5), (0.5, 0.5, 0.5), (1.5,), (-0.5, 0.5, 0.5), (-1.5,), (0.5, 1.0))
_FORMS = ("AABA", "ABAB", "ABAC", "AAAB", "ABCB")
_MODES = {"major": (0, 2, 4, 5, 7, 9, 11), "minor": (0, 2, 3, 5, 7, 8, 10)}

Motif = tuple[tuple[float, float, int, bool], ...]  # onset in beats, duration in beats, steps from the note before, weight
Cell = tuple[float, ...]  # beats that notes last one after the other; below 0 a rest


@dataclass(frozen=True, kw_only=True)
class TuneHabits:
    """What somebody's tunes have in common.

    Attributes
    ----------
    busy : how often a beat has a rhythm of its own, 0 to 1, where else a note lasts for two
    reach : semitones from the middle of the range to where a tune turns back
    leap : how often a step is a leap
    cells : rhythms of a beat in plain metres; the more often one is named, the likelier
    """

    busy: float
    reach: float
    leap: float = 0.16
    cells: tuple[Cell, ...] = _SIMPLE


def composed_tune(piece: Piece, random: np.random.Generator, *, centre: float = 67.0, habits: TuneHabits | None = None) -> Line:
    """Write a tune over the chords of a piece: two-bar motifs, the same ones wherever a section comes back.

    Parameters
    ----------
    centre : MIDI pitch in the middle of its range
    habits : whose tune it is; drawn when not given

    Raises
    ------
    ValueError : without bars or chords.
    """
    if piece.bars is None or piece.chords is None:
        raise ValueError("a tune needs bars and chords")
    seed = int(random.integers(2**31))
    drawn = TuneHabits(busy=float(random.uniform(0.25, 0.85)), reach=float(random.choice([7.0, 9.0, 11.0])))
    whose = drawn if habits is None else habits
    rows: list[tuple[float, float, float, float]] = []
    pitch = centre
    label, begun, form = "", 0, ""
    motifs: dict[tuple[str, str, int, str], Motif] = {}
    for number in range(0, len(piece.bars), 2):
        bars = piece.bars[number : number + 2]
        here = label_at(piece.sections, bars[0].start) or "A"
        if here != label:
            label, begun = here, number
            form = _FORMS[int(np.random.default_rng([seed, zlib.crc32(label.encode())]).integers(len(_FORMS)))]
        letter = form[(number - begun) // 2 % 4]
        for place, bar in enumerate(bars):
            key = (label, letter, place, bar.name)
            if key not in motifs:
                motifs[key] = _motif(
                    bar, np.random.default_rng([seed, zlib.crc32(label.encode()), ord(letter), place]), whose, ends=place == 1
                )
            motif = motifs[key]
            for onset, duration, steps, weighty in motif:
                at = bar.start + onset * bar.beat
                if onset * bar.beat >= bar.length - 1e-6:
                    break
                chord = parsed(label_at(piece.chords, at) or "N")
                scale = _scale(label_at(piece.keys, at), chord)
                pitch = _next(pitch, steps, chord if weighty or duration >= 1.0 else None, scale, centre, whose.reach)
                rows.append((at, duration * bar.beat * 0.95, pitch, 92.0 if weighty else 84.0))
    return Line(role="sung", program=53, name="tune", notes=notes_of(rows))


def _motif(bar: BarLine, random: np.random.Generator, habits: TuneHabits, *, ends: bool) -> Motif:
    cells: tuple[Cell, ...] = _COMPOUND if bar.beat > 1.0 + 1e-6 or (bar.beat_type == 4 and bar.beat == 1.5) else habits.cells
    scale = 1.5 if cells is _COMPOUND else 1.0
    made: list[tuple[float, float, int, bool]] = []
    beat = 0
    cell: Cell
    while beat < bar.felt:
        if ends and beat >= bar.felt - 1 and bar.felt > 1:
            break
        if random.random() > habits.busy and beat + 2 <= bar.felt:
            cell, length = (2.0 * scale,) if random.random() < 0.7 else (-scale, scale), 2
        else:
            cell, length = cells[int(random.integers(len(cells)))], 1
        at = float(beat)
        for part in cell:
            if part > 0:
                leap = random.random() < habits.leap
                steps = int(random.choice([-4, -3, -2, 2, 3, 4])) if leap else int(random.choice([-1, -1, 0, 1, 1]))
                made.append((at, part / scale, steps, abs(at - beat) < 1e-6))
            at += abs(part) / scale
        beat += length
    if ends and made:
        onset, _, steps, _ = made[-1]
        made[-1] = (onset, max(bar.felt - 0.5 - onset, 0.5), steps, True)
    return tuple(made)


@lru_cache(maxsize=2048)
def _scale(key: str | None, chord: Chord) -> frozenset[int]:
    """The tones of the key here, without those a semitone from a tone of the chord that the key lacks."""
    tones = frozenset(chord.pitch_classes()) if chord.is_chord else frozenset()
    if key is None:
        spread = chord.root if chord.is_chord else 0
        mode = "minor" if 3 in chord.intervals else "major"
        scale = frozenset((spread + step) % 12 for step in _MODES[mode])
    else:
        tonic, mode = key.split()
        scale = frozenset((pitch_class(tonic) + step) % 12 for step in _MODES[mode])
    foreign = tones - scale
    return frozenset(step for step in scale if all((step - tone) % 12 not in (1, 11) for tone in foreign)) | tones


def _next(pitch: float, steps: int, chord: Chord | None, scale: frozenset[int], centre: float, range_: float) -> float:
    """Walk steps of the scale, turned back at the ends of the range, then to the nearest tone of the chord where one is asked for."""
    if abs(pitch - centre) > range_ and np.sign(steps) == np.sign(pitch - centre):
        steps = -steps
    way = 1 if steps >= 0 else -1
    at = int(pitch)
    for _ in range(abs(steps)):
        at += way
        while at % 12 not in scale:
            at += way
    if chord is not None and chord.is_chord:
        tones = chord.pitch_classes()
        at = min((p for p in range(at - 6, at + 7) if p % 12 in tones), key=lambda p: (abs(p - at), abs(p - centre)))
    return float(np.clip(at, 36, 96))
