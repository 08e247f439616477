"""Four voices of a grid on a page: notes that are struck when the tune is, names, clefs, words, fermatas.

The grid does not say where a note is struck again. In a chorale all sing the words together: what a voice holds is struck again where the
tune strikes a note on a beat, or has a syllable; a short note that began between beats is held over.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from hexachord.arrays import BoolArray, IntArray
from hexachord.composition.chorale.grid import ChoraleGrid
from hexachord.composition.chorale.network import STEPS
from hexachord.score.edit import sorted_notes
from hexachord.score.model import Clef, KeyMark, Note, Part, PartGroup, Score
from hexachord.theory.keys import key_fifths, key_of
from hexachord.theory.spelling import spell_notes
from hexachord.theory.voice_leading import REST, SATB_NAMES

_CLEFS = (("G", 2, 0), ("G", 2, 0), ("G", 2, -1), ("F", 4, 0))
_CHOIR = 52  # General MIDI: choir aahs


def written_voices(
    score: Score,
    grid: ChoraleGrid,
    rows: IntArray,
    *,
    free: BoolArray,
    lines: Mapping[int, Sequence[Note]],
    heads: Mapping[int, Sequence[Note]],
) -> Score:
    """Write four voices as a score of four parts.

    Parameters
    ----------
    score : whose bars, metres, keys and tempi they have
    rows : (steps, voices) MIDI numbers with `REST`
    free : (steps, voices), what is new
    lines : voice → what stands on the page of it, one note at a time
    heads : voice → the noteheads that are kept as they are; of a voice that is not here, `lines` are kept where nothing is new
    """
    leader = lines[min(lines)]
    strikes = _strikes(grid, leader)
    made: dict[int, list[Note]] = {}
    for voice in range(len(SATB_NAMES)):
        if voice in heads:
            made[voice] = list(heads[voice])
            continue
        new = _struck(grid, np.where(free[:, voice], rows[:, voice], REST), *strikes)
        made[voice] = [*_kept(grid, lines.get(voice, ()), free[:, voice]), *_marked(new, leader)]
    score = score if score.keys else replace(score, keys=(_key_of(made, score),))
    spelled = _spelled(made, score)
    parts = tuple(
        Part(
            id=f"P{voice + 1}",
            name=name.capitalize(),
            abbreviation=f"{name[0].upper()}.",
            program=_CHOIR,
            notes=sorted_notes(spelled[voice]),
            clefs=(Clef(0, 1, *_CLEFS[voice]),),
        )
        for voice, name in enumerate(SATB_NAMES)
    )
    return replace(score, parts=parts, groups=(PartGroup(0, len(parts) - 1),), chords=())


def _strikes(grid: ChoraleGrid, leader: Sequence[Note]) -> tuple[IntArray, IntArray]:
    """The steps at which the tune strikes a note on a beat, and those at which it has a syllable."""
    onset = grid.step_of([note.onset for note in leader])
    sung = [step for step, note in zip(onset.tolist(), leader, strict=True) if note.lyrics]
    return np.unique(onset[onset % STEPS == 0]), np.array(sung, dtype=np.int64)


def _struck(grid: ChoraleGrid, row: IntArray, beats: IntArray, sung: IntArray) -> list[Note]:
    """Notes of a row: a new one where the pitch changes, where all sing a syllable, and on beats of the tune unless it is a short note that
    began between beats."""
    edges = np.flatnonzero(np.diff(row, prepend=-2, append=-2)).tolist()
    ticks = np.rint(grid.tick).astype(np.int64)
    notes: list[Note] = []
    for begin, end in pairwise(edges):
        if row[begin] == REST:
            continue
        short = begin % STEPS and end - begin <= STEPS
        inner = np.unique(sung if short else np.concatenate([beats, sung]))
        inner = inner[(inner > begin) & (inner < end)]
        borders = [begin, *inner.tolist(), end]
        notes += [Note(int(ticks[first]), int(ticks[last] - ticks[first]), int(row[begin])) for first, last in pairwise(borders)]
    return notes


def _kept(grid: ChoraleGrid, line: Sequence[Note], free: BoolArray) -> list[Note]:
    """What stays of a voice that is new in places: notes that begin elsewhere, cut where it is new."""
    kept = []
    ticks = np.rint(grid.tick).astype(np.int64)
    for note, begin in zip(line, grid.step_of([note.onset for note in line]).tolist() if line else [], strict=True):
        if begin < len(free) and not free[begin]:
            after = np.flatnonzero(free[begin:])
            end = int(ticks[begin + after[0]]) if len(after) else note.end
            kept.append(note._replace(duration=min(note.end, end) - note.onset, staff=1, voice=1))
    return kept


def _marked(notes: Sequence[Note], leader: Sequence[Note]) -> list[Note]:
    """Give notes the words and the fermatas of the tune."""
    words = {note.onset: note.lyrics for note in leader if note.lyrics}
    held = [note for note in leader if any(mark.startswith("fermata") for mark in note.marks)]
    found = []
    for note in notes:
        rests = any(tune.onset <= note.onset < tune.end <= note.end for tune in held)
        found.append(note._replace(lyrics=words.get(note.onset, ()), marks=("fermata",) if rests else ()))
    return found


def _key_of(made: Mapping[int, Sequence[Note]], score: Score) -> KeyMark:
    notes = [note for line in made.values() for note in line]
    key = key_of(np.array([note.pitch for note in notes]), np.array([note.duration for note in notes], dtype=np.float64))
    return KeyMark(score.bars[0].tick if score.bars else 0, key_fifths(key.tonic, key.mode), key.mode)


def _spelled(made: Mapping[int, Sequence[Note]], score: Score) -> dict[int, list[Note]]:
    """Name the notes that have no name, from what sounds around them."""
    order = sorted(((note.onset, voice, index) for voice, line in made.items() for index, note in enumerate(line)))
    notes = [made[voice][index] for _, voice, index in order]
    marks = sorted(score.keys)
    onset = np.array([note.onset for note in notes], dtype=np.int64)
    at = np.clip(np.searchsorted([mark.tick for mark in marks], onset, side="right") - 1, 0, None)
    fifths = np.array([mark.fifths for mark in marks])[at]
    names = spell_notes(onset, np.array([note.pitch for note in notes], dtype=np.int64), fifths=fifths)
    found: dict[int, list[Note]] = {voice: [] for voice in made}
    for (_, voice, _), note, name in zip(order, notes, names, strict=True):
        found[voice].append(note if note.spelling else note._replace(spelling=name))
    return found
