"""What an arrangement has to keep: which notes are the tune and which the bass, and how much of tune and harmony is still there afterwards.

The tune is what a singer sings, where somebody sings; elsewhere it is the highest line (the skyline of A. Uitdenbogerd and J. Zobel,
"Melodic matching techniques for large music databases", ACM Multimedia 1999), without what begins under a higher note that still sounds.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from hexachord.arrays import BoolArray, IntArray
from hexachord.score.lines import home_staves, voices_are_per_staff
from hexachord.score.model import Grace, Note, Score
from hexachord.score.notes import has_silent_chords, merge_ties
from hexachord.score.timing import bars_of, beat_duration, metre_at
from hexachord.theory.chord_labels import parse_chord, simplify_chord
from hexachord.theory.note_chords import chords_from_notes
from hexachord.theory.voicings import block_chords

_SUNG = ("voice", "vocal", "voc.", "sing", "melod", "sopran", "gesang", "canto", "lead")


class Played(NamedTuple):
    """A note that sounds, its ties joined; the index of the part it is of, and the staff on which its voice lives: a right hand's voice may
    cross to the lower one."""

    note: Note
    part: int
    home: int = 1

    @property
    def line(self) -> tuple[int, int, int]:
        """What tells its line from others: part, staff, voice."""
        return self.part, self.home, self.note.voice


@dataclass(frozen=True, kw_only=True)
class Kept:
    """How much is still there, as shares of 1.

    Attributes
    ----------
    melody : tune notes that begin at their moment with their pitch class
    bass : bass notes likewise
    chords : time in which chords found in the notes have the same root and kind (major or minor)
    notes : notes afterwards, against before
    """

    melody: float
    bass: float
    chords: float
    notes: float


def played_notes(score: Score, parts: Sequence[int] | None = None) -> list[Played]:
    """List the pitched notes of parts (all when not given), sorted by onset, then pitch; grace notes are left out."""
    found = []
    for index, part in enumerate(score.parts):
        if part.is_percussion or not (parts is None or index in parts):
            continue
        homes = {} if voices_are_per_staff(part) else home_staves(part)
        for note in merge_ties(part.notes):
            if note.grace is Grace.NO and note.duration > 0:
                plain = note._replace(tied_to_previous=False, tied_to_next=False)
                found.append(Played(plain, index, homes.get(note.voice, note.staff)))
    return sorted(found, key=lambda each: (each.note.onset, each.note.pitch, -each.note.duration))


def music_of(score: Score) -> tuple[Score, list[Played], BoolArray]:
    """Return what is to be arranged: the score, its notes, and which of them are the tune.

    The chord symbols of a lead sheet, where nothing else stands for them, are played (`hexachord.theory.voicings.block_chords`).

    Examples
    --------
    >>> from hexachord.score.model import ChordSymbol, Part
    >>> sheet = Score(parts=(Part(notes=(Note(0, 4, 76),)),), chords=(ChordSymbol(0, "C:maj"),), ticks_per_quarter=1)
    >>> full, notes, tune = music_of(sheet)
    >>> [(each.note.pitch, bool(mine)) for each, mine in zip(notes, tune)]
    [(48, False), (60, False), (64, False), (67, False), (76, True)]
    """
    if not score.note_count or not has_silent_chords(score) or not any(_is_chord(symbol.label) for symbol in score.chords):
        notes = played_notes(score)
        return score, notes, tune_of(score, notes)
    full = replace(score, parts=(*score.parts, replace(block_chords(score).parts[0], id=f"P{len(score.parts) + 1}")))
    notes = played_notes(full)
    return full, notes, np.array([each.part < len(score.parts) for each in notes])


def _is_chord(label: str) -> bool:
    try:
        return bool(parse_chord(label).intervals)
    except ValueError:
        return False


def tune_of(score: Score, notes: Sequence[Played]) -> BoolArray:
    """Say which notes are the tune, (n,).

    Examples
    --------
    >>> from hexachord.score.model import Part
    >>> score = Score(parts=(Part(notes=(Note(0, 4, 72), Note(0, 4, 60), Note(2, 2, 64), Note(4, 4, 71)), name="Piano"),))
    >>> tune_of(score, played_notes(score)).tolist()
    [False, True, False, True]
    """
    lower = _below_a_staff(notes, near=score.ticks_per_quarter)
    singers = {
        index
        for index, part in enumerate(score.parts)
        if any(note.lyrics for note in part.notes) or any(word in part.name.lower() for word in _SUNG)
    }
    tune = np.zeros(len(notes), dtype=bool)
    sung = [row for row, each in enumerate(notes) if each.part in singers and not lower[row]]
    _mark_highest(notes, sung, tune)
    spans = [(notes[row].note.onset, notes[row].note.end) for row in sung if tune[row]]
    starts, ends = (np.array([span[side] for span in spans], dtype=np.int64) for side in (0, 1))
    free = [row for row, each in enumerate(notes) if each.part not in singers and not lower[row]]
    if len(spans):
        order = np.argsort(starts, kind="stable")
        starts, reach = starts[order], np.maximum.accumulate(ends[order])
        bar = 4 * score.ticks_per_quarter

        def is_silent(onset: int) -> bool:  # nobody sings for a while around it
            before = int(np.searchsorted(starts, onset, side="right")) - 1
            left = onset - reach[before] if before >= 0 else bar
            right = starts[before + 1] - onset if before + 1 < len(starts) else bar
            return bool(left >= 0 and left + right > bar)

        free = [row for row in free if is_silent(notes[row].note.onset)]
    _mark_highest(notes, free, tune)
    return tune


def _below_a_staff(notes: Sequence[Played], *, near: int) -> BoolArray:
    """Which notes stand on a lower staff while the upper one of their part plays: of those none is the tune."""
    upper: dict[int, list[int]] = {}
    for each in notes:
        if each.home == 1:
            upper.setdefault(each.part, []).append(each.note.onset)
    onsets = {part: np.array(ticks) for part, ticks in upper.items()}
    lower = np.zeros(len(notes), dtype=bool)
    for row, each in enumerate(notes):
        if each.home > 1 and each.part in onsets:
            ticks = onsets[each.part]
            first, last = np.searchsorted(ticks, [each.note.onset - near, each.note.onset + near + 1])
            lower[row] = last > first
    return lower


def _mark_highest(notes: Sequence[Played], rows: Sequence[int], marked: BoolArray) -> None:
    """Mark the skyline of some notes."""
    held, held_end = -1, -1
    by_onset: dict[int, list[int]] = {}
    for row in rows:
        by_onset.setdefault(notes[row].note.onset, []).append(row)
    for onset in sorted(by_onset):
        top = max(by_onset[onset], key=lambda row: (notes[row].note.pitch, notes[row].note.duration))
        note = notes[top].note
        if onset < held_end and note.pitch < held and held_end - onset > note.duration // 8:
            continue
        marked[top] = True
        held, held_end = note.pitch, note.end


def bass_of(notes: Sequence[Played]) -> BoolArray:
    """Say which notes are the bass: the lowest of their onset, with nothing lower that still sounds, (n,)."""
    bass = np.zeros(len(notes), dtype=bool)
    low, low_end = 128, -1
    onset = None
    for row, each in enumerate(notes):  # by pitch inside an onset
        if each.note.onset == onset:
            continue
        onset = each.note.onset
        if onset < low_end and each.note.pitch > low:
            continue
        bass[row] = True
        low, low_end = each.note.pitch, each.note.end
    return bass


def beat_ticks(score: Score) -> tuple[IntArray, BoolArray]:
    """Return the felt beats of a score in ticks, and which of them begin a bar."""
    ticks, down = list[int](), list[bool]()
    for bar in bars_of(score):
        step = max(1, beat_duration(metre_at(score, bar.tick), ticks_per_quarter=score.ticks_per_quarter))
        own = range(bar.tick, max(bar.end, bar.tick + 1), step)
        ticks += own
        down += [number == 0 for number in range(len(own))]
    return np.array(ticks, dtype=np.int64), np.array(down, dtype=bool)


def what_is_kept(score: Score, before: Sequence[Played], after: Sequence[Played], *, tune: BoolArray | None = None) -> Kept:
    """Compare an arrangement with what it was made of.

    Parameters
    ----------
    score : the source, for its beats and its tune
    before, after : notes of both, as `played_notes` lists them
    tune : which of those before are the tune, where that is known
    """
    there = {(each.note.onset, each.note.pitch % 12) for each in after}

    def share(rows: BoolArray) -> float:
        mine = [(before[row].note.onset, before[row].note.pitch % 12) for row in np.flatnonzero(rows).tolist()]
        return float(np.mean([key in there for key in mine])) if mine else 1.0

    return Kept(
        melody=share(tune_of(score, before) if tune is None else tune),
        bass=share(bass_of(before)),
        chords=_same_chords(score, before, after),
        notes=len(after) / len(before) if before else 1.0,
    )


def _same_chords(score: Score, before: Sequence[Played], after: Sequence[Played]) -> float:
    beats, down = beat_ticks(score)
    if not len(beats) or not before or not after:
        return 1.0 if not before else 0.0
    named = [_chord_of_beats(notes, beats, down) for notes in (before, after)]
    both = [(one, other) for one, other in zip(*named, strict=True) if one != "N"]
    return float(np.mean([one == other for one, other in both])) if both else 1.0


def _chord_of_beats(notes: Sequence[Played], beats: IntArray, down: BoolArray) -> list[str]:
    onset, end, pitch = (
        np.array(column) for column in zip(*((each.note.onset, each.note.end, each.note.pitch) for each in notes), strict=True)
    )
    found = chords_from_notes(onset, end, pitch, beats_s=beats.astype(np.float64), downbeat=down)
    names = [simplify_chord(label) for label in found.label]
    at = np.clip(np.searchsorted(np.asarray(found.start_s), beats, side="right") - 1, 0, None)
    return [names[index] for index in at.tolist()]
