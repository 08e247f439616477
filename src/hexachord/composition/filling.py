"""What was composed goes into the score it was composed for: what was locked stays as it stands on the page.

Locked notes keep everything that rows do not know: their exact moments, spelling, lyrics, articulation, grace notes, ties; so do all
parts and bars that nobody asked for. What was not locked goes, and the new notes come in its place.
"""

from dataclasses import replace
from math import lcm

import numpy as np

from hexachord.arrays import BoolArray, IntArray, StructuredArray
from hexachord.composition.clips import Clip
from hexachord.composition.laying import places_in
from hexachord.composition.scores import score_of
from hexachord.composition.vocabulary import CHORD, GRID, Vocabulary
from hexachord.score.edit import sorted_notes, with_ticks_per_quarter
from hexachord.score.model import ChordSymbol, Note, Part, Score
from hexachord.score.notes import tie_chains
from hexachord.score.timing import bars_of

Key = tuple[int, int, int, int]
"""Bar, place, role, pitch."""


def filled_score(score: Score, made: Clip, given: BoolArray, fill: BoolArray, *, vocabulary: Vocabulary) -> Score:
    """Put what was composed into the score.

    Parameters
    ----------
    score : that the clip was made of (`hexachord.composition.scores.clip_of`)
    made : the clip with what was composed; its parts know which part and staff of the score they are
    given : (n,) which of its notes were locked
    fill : (bars, roles) what was to be filled, as in the plan

    Returns
    -------
    The score with other notes in what was filled; parts that are new stand below the others.
    """
    ticks = lcm(score.ticks_per_quarter, GRID)
    page = with_ticks_per_quarter(score, ticks)
    step = ticks // GRID
    bars = bars_of(page)
    origin = round(bars[0].tick / step) if bars else 0
    locked = {_key(row) for row in made.notes[given].tolist()}
    fresh = made.notes[~given]
    onset = ((made.onsets()[~given] + origin) * step).astype(np.int64)
    parts = []
    known: set[int] = set()
    for index, part in enumerate(page.parts):
        roles = {player.staff: player.role for player in made.parts if player.part == index}
        kept = _kept(part, roles, made, locked, fill, step=step, origin=origin)
        mine = np.flatnonzero(np.isin(fresh["role"], [role for role in roles.values() if role not in known]))
        known |= set(roles.values())
        staff_of = {role: max(staff, 1) for staff, role in roles.items()}
        new = _notes(fresh[mine], onset[mine], part, staff_of, step)
        parts.append(replace(part, notes=_whole_slurs(sorted_notes([*kept, *new]))) if new or len(kept) < len(part.notes) else part)
    parts += _new_parts(made, fresh, known, len(page.parts), ticks=ticks, origin=origin, vocabulary=vocabulary)
    chords = page.chords
    if fill[:, CHORD].any():
        chords = _symbols(page, made, fill[:, CHORD], ticks=ticks, origin=origin, vocabulary=vocabulary)
    return replace(page, parts=tuple(parts), chords=chords)


def _key(row: tuple[int, ...]) -> Key:
    bar, place, role, pitch = row[:4]
    return bar, place, role, pitch


def _kept(part: Part, roles: dict[int, int], made: Clip, locked: set[Key], fill: BoolArray, *, step: int, origin: int) -> list[Note]:
    """The noteheads that stay: locked ones, what is not to be filled, and grace notes before what stays."""
    if not roles or not part.notes:
        return list(part.notes)
    chains = tie_chains(part.notes)
    heads = [part.notes[chain[0]] for chain in chains]
    moments: IntArray = np.rint(np.array([head.onset for head in heads]) / step).astype(np.int64) - origin
    where, place = places_in(made.bars, moments)
    usual = roles[max(roles)]
    role = [roles.get(0, roles.get(head.staff, usual)) for head in heads]
    stays = [
        not fill[bar, who] or (bar, at, who, head.pitch) in locked
        for bar, at, who, head in zip(where.tolist(), place.tolist(), role, heads, strict=True)
    ]
    anchors = {(head.onset, head.staff) for head, stay in zip(heads, stays, strict=True) if stay and not head.grace}
    kept: list[Note] = []
    for chain, head, stay in zip(chains, heads, stays, strict=True):
        if (head.onset, head.staff) in anchors if head.grace else stay:
            kept += [part.notes[place] for place in chain]
    return kept


def _notes(table: StructuredArray, onset: IntArray, part: Part, staff_of: dict[int, int], step: int) -> list[Note]:
    """New notes of a part, in the voice in which most of their staff is."""
    voices: dict[int, dict[int, int]] = {}
    for note in part.notes:
        count = voices.setdefault(note.staff, {})
        count[note.voice] = count.get(note.voice, 0) + 1
    made = []
    for begin, row in zip(onset.tolist(), table.tolist(), strict=True):
        _, _, role, pitch, duration, velocity = row
        staff = staff_of[role]
        count = voices.get(staff, {4 * (staff - 1) + 1: 1})
        made.append(Note(begin, duration * step, pitch, velocity or None, max(count, key=lambda voice: count[voice]), staff))
    return made


def _whole_slurs(notes: tuple[Note, ...]) -> tuple[Note, ...]:
    """Take away slurs that lost an end."""
    if not any(mark.startswith("slur-") for note in notes for mark in note.marks):
        return notes
    lost: set[tuple[int, str]] = set()
    open_slurs: dict[str, tuple[int, str]] = {}
    for index, note in enumerate(notes):
        for mark in sorted(note.marks, key=lambda mark: mark.startswith("slur-start")):  # one may end where the next begins
            kind, _, number = mark.removeprefix("slur-").partition("-")
            if not mark.startswith(("slur-start", "slur-stop")):
                continue
            if kind == "start":
                if number in open_slurs:
                    lost.add(open_slurs[number])
                open_slurs[number] = (index, mark)
            elif open_slurs.pop(number, None) is None:
                lost.add((index, mark))
    lost |= set(open_slurs.values())
    if not lost:
        return notes
    gone = {index for index, _ in lost}
    return tuple(
        note._replace(marks=tuple(mark for mark in note.marks if (index, mark) not in lost)) if index in gone else note
        for index, note in enumerate(notes)
    )


def _new_parts(
    made: Clip, fresh: StructuredArray, known: set[int], count: int, *, ticks: int, origin: int, vocabulary: Vocabulary
) -> list[Part]:
    """Parts for roles that nobody in the score plays."""
    notes = fresh[~np.isin(fresh["role"], sorted(known))]
    if not len(notes):
        return []
    players = tuple(player for player in made.parts if player.role not in known and player.role in set(notes["role"].tolist()))
    alone = Clip(bars=made.bars, notes=notes, chords=made.chords[:0], parts=tuple(replace(player, part=-1) for player in players))
    written = with_ticks_per_quarter(_shifted(score_of(alone, vocabulary=vocabulary), origin), ticks)
    return [replace(part, id=f"P{count + index}") for index, part in enumerate(written.parts, start=1)]


def _shifted(score: Score, places: int) -> Score:
    """Move parts and chords later by places of the grid."""
    ticks = places * score.ticks_per_quarter // GRID
    if not ticks:
        return Score(parts=score.parts, chords=score.chords, ticks_per_quarter=score.ticks_per_quarter)
    parts = tuple(replace(part, notes=tuple(note._replace(onset=note.onset + ticks) for note in part.notes)) for part in score.parts)
    chords = tuple(chord._replace(tick=chord.tick + ticks) for chord in score.chords)
    return Score(parts=parts, chords=chords, ticks_per_quarter=score.ticks_per_quarter)


def _symbols(page: Score, made: Clip, fill: BoolArray, *, ticks: int, origin: int, vocabulary: Vocabulary) -> tuple[ChordSymbol, ...]:
    """The page's chords in bars that were not to be filled, the clip's in the others; those that stand on the page already stay as they
    are written there."""
    bare = Clip(bars=made.bars, notes=made.notes[:0], chords=made.chords, parts=())
    written = with_ticks_per_quarter(_shifted(score_of(bare, vocabulary=vocabulary), origin), ticks).chords
    before = {(chord.tick, chord.label): chord for chord in page.chords}

    def filled(chord: ChordSymbol) -> bool:
        moment = np.array([round(chord.tick * GRID / ticks) - origin])
        return bool(fill[places_in(made.bars, moment)[0][0]])

    kept = [chord for chord in page.chords if not filled(chord)]
    new = [before.get((chord.tick, chord.label), chord) for chord in written if filled(chord)]
    return tuple(chord._replace(end=None) for chord in sorted([*kept, *new], key=lambda chord: chord.tick))
