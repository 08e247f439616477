"""Easier piano: the same piece at a level of five, by our own measure of difficulty.

What can be given up is a handful of dials: how many notes a hand strikes together, how far it spans, how fine the rhythm of the tune and of
what lies below it is, how far the left hand leaps, and at last the tempo. From the piece as it is, the dial is turned that takes most
difficulty for what is lost, again and again until the level is reached. Losing a note of the tune counts most, one of the bass less, what
lies between least. The level is that of `hexachord.theory.piano_hands.piano_difficulty`, in fifths: 1 is "very easy".
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from hexachord.arrays import BoolArray, Float64Array
from hexachord.composition.pages.keeping import Kept, Played, bass_of, played_notes, tune_of, what_is_kept
from hexachord.composition.pages.piano_page import as_piano, difficulty_of, released, seconds_of, two_staves
from hexachord.composition.pages.simplify_dials import LEAPS, SPANS, STEPS, TEMPI, TOGETHER, Dials
from hexachord.errors import InputError
from hexachord.score.model import Note, Part, Score, TempoMark
from hexachord.score.timing import bars_of, beat_duration, metre_at
from hexachord.theory.piano_hands import Difficulty, part_hands, piano_difficulty

LEVELS = 5
_KEYBOARDS = range(8)
_TUNE_COST, _BASS_COST, _MOVED_COST = 8.0, 4.0, 0.5
_NO_HARDER, _HELPS = 0.01, 0.004
_PLAIN_MARKS = ("fingering", "staccato", "accent", "tenuto", "fermata", "slur")
_ORNAMENTS_TO = 3  # levels up to this have none


@dataclass(frozen=True, kw_only=True)
class Simplified:
    """An easier score.

    Attributes
    ----------
    score : with easier piano; other parts stay
    before, after : how hard it was and is
    target : the level asked for, 1 to 5
    dials : what was given up
    kept : how much of tune, bass and harmony is still there
    warnings : where the level could not be reached
    """

    score: Score
    before: Difficulty
    after: Difficulty
    target: int
    dials: Dials
    kept: Kept
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False)
class _Piece:
    """The piano to be made easier, with everything that is asked again and again."""

    score: Score
    part: Part
    notes: list[Played]
    right: BoolArray
    tune: BoolArray
    bass: BoolArray
    fine: dict[str, BoolArray] = field(default_factory=dict)  # which notes begin on a grid
    long: Float64Array


def level_of(difficulty: Difficulty) -> int:
    """Return the level of a difficulty, 1 to 5.

    Examples
    --------
    >>> [level_of(Difficulty(level=level, criteria={})) for level in (0.0, 0.2, 0.59, 1.0)]
    [1, 2, 3, 5]
    """
    return min(int(difficulty.level * LEVELS + 1e-9), LEVELS - 1) + 1


def simplify(score: Score, *, level: int = 2, part: str = "") -> Simplified:
    """Make a piano part easier to play.

    Parameters
    ----------
    score : with a piano; one on one staff is shared out between two hands
    level : 1 (very easy), 2 (easy), 3 (intermediate), 4 (advanced), 5 (virtuoso); a piece that is not harder stays as it is
    part : id of the piano; the keyboard part with most notes when not given

    Returns
    -------
    Simplified; where even everything that may be given up does not reach the level, the easiest there is, and a warning

    Raises
    ------
    InputError : if there is no such level, no keyboard part, or it has no notes.

    Examples
    --------
    >>> from hexachord.score.builtin import builtin_score
    >>> made = simplify(builtin_score("bumblebee"), level=1)
    >>> level_of(made.before), level_of(made.after)
    (3, 1)
    """
    if not 1 <= level <= LEVELS:
        raise InputError(f"level {level}", found="no such level", expected=f"1 (very easy) to {LEVELS}")
    index = _piano_of(score, part)
    piece = _piece(score, index)
    before = difficulty_of(piece.score, piece.part)
    assert before is not None
    if level_of(before) <= level:
        kept = Kept(melody=1.0, bass=1.0, chords=1.0, notes=1.0)
        return Simplified(score=score, before=before, after=before, target=level, dials=Dials(), kept=kept)
    dials, best = _turned(piece, before, level)
    part_made = _without_ornaments(_arranged(piece, dials)) if level <= _ORNAMENTS_TO else _arranged(piece, dials)
    page = _slower(replace(score, parts=(*score.parts[:index], part_made, *score.parts[index + 1 :])), dials)
    words = []
    if level_of(best) > level:
        words.append(f"level {level} was not reached: the easiest that keeps the tune is {best.level * LEVELS + 1:.1f}")
    if dials.tempo:
        words.append(f"the tempo is {TEMPI[dials.tempo]:.0%} of what was written")
    kept = what_is_kept(as_piano(score, piece.part), piece.notes, played_notes(as_piano(page, part_made)))
    return Simplified(score=page, before=before, after=best, target=level, dials=dials, kept=kept, warnings=tuple(words))


def _turned(piece: _Piece, before: Difficulty, level: int) -> tuple[Dials, Difficulty]:
    """Turn one dial after the other until a level is reached; the tempo only when nothing else helps."""
    dials, best, cost = Dials(), before, 0.0
    while level_of(best) > level:
        found = []
        for names in (tuple(name for name in STEPS if name != "tempo"), ("tempo",)):
            for turned in (replace(dials, **{name: to}) for name in names for to in range(getattr(dials, name) + 1, STEPS[name])):
                hands = _hands(piece, turned)
                easier = _hands_difficulty(piece, turned, *hands)
                if easier is not None and easier.level < best.level + _NO_HARDER:
                    price = _price(piece, hands)
                    found.append(((best.level - easier.level + 1e-4) / (max(price - cost, 0.0) + 0.02), turned, easier, price))
            if found and (names == ("tempo",) or max(best.level - each[2].level for each in found) > _HELPS):
                break
        if not found:
            break
        enough = [each for each in found if level_of(each[2]) <= level]
        _, dials, best, cost = min(enough, key=lambda each: each[3]) if enough else max(found, key=lambda each: each[0])
    return dials, best


def _hands_difficulty(piece: _Piece, dials: Dials, left: list[Note], right: list[Note]) -> Difficulty | None:
    notes = [*left, *right]
    onset_s = seconds_of(piece.score, notes) / TEMPI[dials.tempo]
    return piano_difficulty(onset_s, np.array([note.pitch for note in notes]), np.repeat([0, 1], [len(left), len(right)]))


def _piano_of(score: Score, wanted: str) -> int:
    """The index of the part that is to be easier."""
    if not score.note_count:
        raise InputError(score.title or "the score", found="no notes", expected="piano music")
    boards = [
        index
        for index, part in enumerate(score.parts)
        if part.notes and not part.is_percussion and (part.id == wanted if wanted else part.program in _KEYBOARDS and not _is_sung(part))
    ]
    if not boards:
        raise InputError(
            score.title or "the score", found="no piano part", expected="a keyboard part with notes", next_step="reduce it for piano first"
        )
    return max(boards, key=lambda index: (score.parts[index].staves, len(score.parts[index].notes)))


def _is_sung(part: Part) -> bool:
    return part.staves == 1 and any(note.lyrics for note in part.notes)


def _piece(score: Score, index: int) -> _Piece:
    part = score.parts[index]
    alone = as_piano(score, part)
    notes = played_notes(alone)
    if not notes:
        raise InputError(part.name or part.id, found="no notes", expected="piano music")
    if part.staves >= 2 and len({each.note.staff for each in notes}) >= 2:
        right = np.array([each.note.staff == 1 for each in notes])
    else:
        heads = [each.note for each in notes]
        right = part_hands(seconds_of(score, heads), np.array([note.pitch for note in heads])) == 1
        part = two_staves(
            [note for note, mine in zip(heads, right, strict=True) if not mine],
            [note for note, mine in zip(heads, right, strict=True) if mine],
            part=replace(part, notes=()),
        )
    tune = tune_of(alone, notes)
    low = [row for row in range(len(notes)) if not right[row] and not tune[row]]
    bass = np.zeros(len(notes), dtype=bool)
    bass[low] = bass_of([notes[row] for row in low])
    return _Piece(
        score=alone, part=part, notes=notes, right=right, tune=tune, bass=bass, fine=_grids(score, notes),
        long=np.array([each.note.duration / score.ticks_per_quarter for each in notes]),
    )  # fmt: skip


def _grids(score: Score, notes: Sequence[Played]) -> dict[str, BoolArray]:
    """Which notes begin on sixteenths, eighths (triplets are as good), beats, and every other beat of their bars."""
    bars = bars_of(score)
    starts = np.array([bar.tick for bar in bars])
    onset = np.array([each.note.onset for each in notes])
    at = np.clip(np.searchsorted(starts, onset, side="right") - 1, 0, None)
    quarter = score.ticks_per_quarter
    beat = np.array([max(1, beat_duration(metre_at(score, int(start)), ticks_per_quarter=quarter)) for start in starts])[at]
    short = np.array([bar.duration for bar in bars])[at]
    from_line = np.where(at == 0, onset - (starts[0] + short) + 64 * beat, onset - starts[at])  # a pick-up is counted from its end
    rest = from_line % np.maximum(beat, 1)

    def on(*parts: int) -> BoolArray:
        near = np.zeros(len(onset), dtype=bool)
        for count in parts:
            step = np.minimum(quarter, beat) / count
            near |= np.abs(rest / step - np.rint(rest / step)) * step <= quarter / 48
        return near

    beats = np.minimum(rest, beat - rest) <= quarter / 48
    other = beats & (np.rint(from_line / beat) % 2 == 0)
    return {"16": on(4, 3, 6), "8": on(2, 3), "beat": beats, "other": other}


_GRIDS = ("", "16", "8", "beat", "other")


def _arranged(piece: _Piece, dials: Dials) -> Part:
    """Write down what two hands play with the dials set so."""
    if replace(dials, tempo=0) == Dials():
        return piece.part
    span = min(max(SPANS[dials.span], 12), 14)
    left, right = (
        released(hand, span=span, fingers=1 if TOGETHER[dial] == 1 else 5)
        for hand, dial in zip(_hands(piece, dials), (dials.left, dials.right), strict=True)
    )
    made = two_staves(left, right, part=piece.part)
    return replace(made, clefs=piece.part.clefs or made.clefs)


def _hands(piece: _Piece, dials: Dials) -> tuple[list[Note], list[Note]]:
    """Say what the left and the right hand play with the dials set so."""
    keep = np.ones(len(piece.notes), dtype=bool)
    for name, rows in (("tune", piece.tune), ("below", ~piece.tune)):
        grid = _GRIDS[getattr(dials, name)]
        if grid:
            keep[rows] &= piece.fine[grid][rows]
    groups: dict[tuple[int, bool], list[int]] = {}
    kept: list[int] = np.flatnonzero(keep).tolist()
    for row in kept:
        groups.setdefault((piece.notes[row].note.onset, bool(piece.right[row])), []).append(row)
    for (_, is_right), struck in groups.items():
        most = TOGETHER[dials.right if is_right else dials.left]
        chosen = _hand_chord(piece, struck, most=most, span=SPANS[dials.span], is_right=is_right)
        for row in struck:
            keep[row] = row in chosen
    if TOGETHER[dials.right] == 1:
        keep &= ~_under_the_tune(piece, keep)
    hands: dict[bool, list[Note]] = {False: [], True: []}
    lengths = _lengthened(piece, keep)
    for row in np.flatnonzero(keep).tolist():
        hands[bool(piece.right[row])].append(piece.notes[row].note._replace(duration=lengths[row], value=None, marks=_marks(piece, row)))
    return _near(hands[False], LEAPS[dials.leap]) if dials.leap else hands[False], hands[True]


def _under_the_tune(piece: _Piece, keep: BoolArray) -> BoolArray:
    """What the right hand would begin while it holds a note of the tune."""
    found = np.zeros(len(keep), dtype=bool)
    held = -1
    for row in np.flatnonzero(keep & piece.right).tolist():
        note = piece.notes[row].note
        if piece.tune[row]:
            held = note.end
        elif note.onset < held:
            found[row] = True
    return found


def _marks(piece: _Piece, row: int) -> tuple[str, ...]:
    """Marks that may stay on a note that moves among others: no tuplets and slurs, whose ends may be gone."""
    return tuple(mark for mark in piece.notes[row].note.marks if not mark.startswith(("tuplet", "slur", "beam", "arpeggiate", "tremolo")))


def _hand_chord(piece: _Piece, rows: list[int], *, most: int, span: int, is_right: bool) -> set[int]:
    """Choose what a hand strikes together: tune and bass first, then the outer notes, within its span."""
    order = sorted(
        rows,
        key=lambda row: (
            not piece.tune[row], not piece.bass[row],
            -piece.notes[row].note.pitch if is_right else piece.notes[row].note.pitch,
        ),
    )  # fmt: skip
    chosen: list[int] = []
    classes: set[int] = set()
    low = high = 0
    for doubled in (False, True):  # what says something new goes before octaves of it
        for row in order:
            pitch = piece.notes[row].note.pitch
            if row in chosen or (pitch % 12 in classes) != doubled:
                continue
            wide = max(high, pitch) - min(low, pitch) if chosen else 0
            if len(chosen) < most and wide <= span:
                low, high = (min(low, pitch), max(high, pitch)) if chosen else (pitch, pitch)
                chosen.append(row)
                classes.add(pitch % 12)
    return set(chosen)


def _lengthened(piece: _Piece, keep: BoolArray) -> dict[int, int]:
    """Let notes last over those that went after them in their voice."""
    struck: dict[tuple[bool, int], dict[int, list[int]]] = {}
    for row, each in enumerate(piece.notes):
        struck.setdefault((bool(piece.right[row]), each.note.voice), {}).setdefault(each.note.onset, []).append(row)
    out: dict[int, int] = {}
    for voice in struck.values():
        free_from, free_to = -1, -1  # what was given up, from where to where
        for onset in sorted(voice, reverse=True):
            ends = {row: piece.notes[row].note.end for row in voice[onset]}
            longest = {row: free_to if end == free_from else end for row, end in ends.items()}
            stays = [row for row in longest if keep[row]]
            out.update({row: longest[row] - onset for row in stays})
            free_from, free_to = onset, onset if stays else max(longest.values())
    return out


def _near(hand: list[Note], farthest: int) -> list[Note]:
    """Change octaves of the left hand's chords so that its lowest notes move less."""
    by_onset: dict[int, list[Note]] = {}
    for note in hand:
        by_onset.setdefault(note.onset, []).append(note)
    out: list[Note] = []
    before = -1
    for onset in sorted(by_onset):
        notes = by_onset[onset]
        low, moved = min(note.pitch for note in notes), 0
        if before >= 0:
            ways = [way for way in (0, 12, -12, 24, -24) if low + way >= 33 and max(note.pitch for note in notes) + way <= 64] or [0]
            moved = min((max(0, abs(low + way - before) - farthest), abs(way), way) for way in ways)[2]
        out += [_octave(note, moved) for note in notes]
        before = low + moved
    return out


def _octave(note: Note, moved: int) -> Note:
    spelling = note.spelling and note.spelling._replace(octave=note.spelling.octave + moved // 12)
    return note._replace(pitch=note.pitch + moved, spelling=spelling)


def _price(piece: _Piece, hands: tuple[list[Note], list[Note]]) -> float:
    """What is lost, as a share of everything: tune notes weigh most."""
    weight = np.where(piece.tune, _TUNE_COST, np.where(piece.bass, _BASS_COST, 1.0)) * np.sqrt(np.clip(piece.long, 0.1, 2.0))
    exact = {(note.onset, note.pitch) for hand in hands for note in hand}
    about = {(note.onset, note.pitch % 12) for hand in hands for note in hand}
    lost = 0.0
    for each, heavy in zip(piece.notes, weight.tolist(), strict=True):
        key = (each.note.onset, each.note.pitch)
        if key not in exact:
            lost += heavy * (_MOVED_COST if (key[0], key[1] % 12) in about else 1.0)
    return lost / float(weight.sum())


def _slower(score: Score, dials: Dials) -> Score:
    if not dials.tempo:
        return score
    share = TEMPI[dials.tempo]
    marks = score.tempos or (TempoMark(0, 120.0),)
    first = () if marks[0].tick == 0 else (TempoMark(0, 120.0),)
    return replace(score, tempos=tuple(mark._replace(quarter_bpm=mark.quarter_bpm * share, metronome="") for mark in (*first, *marks)))


def _without_ornaments(part: Part) -> Part:
    notes = tuple(
        note._replace(marks=tuple(mark for mark in note.marks if mark.startswith(_PLAIN_MARKS))) for note in part.notes if not note.grace
    )
    return replace(part, notes=notes)
