"""Piano reduction: everything that an ensemble plays, as far as two hands can, by rules.

Moment by moment the tune goes to the right hand and the bass to the left; of the rest what adds a tone to the harmony, begins a line's next
note, or lasts, goes first, doublings go last, and nothing goes where a hand does not reach. The task as keeping tune, bass and harmony
under what hands can do: E. Nakamura and K. Yoshii, "Statistical piano reduction controlling performance difficulty", APSIPA Transactions
on Signal and Information Processing 7, 2018; here nothing is learnt and nothing invented: every note is one of the score's, at most moved
by octaves.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hexachord.arrays import BoolArray
from hexachord.composition.pages.keeping import Kept, Played, bass_of, music_of, played_notes, what_is_kept
from hexachord.composition.pages.piano_page import as_piano, difficulty_of, faults_of, released, seconds_of, two_staves
from hexachord.errors import InputError
from hexachord.score.model import Direction, Note, Part, Score
from hexachord.score.timing import tempo_map_of
from hexachord.theory.piano_hands import Difficulty, HandFault

SPAN, MOST = 12, 4
_MIDDLE, _OTHER_SIDE, _OTHER_HAND = 60, 6, 7
_RIGHT_LOWEST, _LEFT_HIGHEST = 53, 67
_TRIES = 6
_AGAIN_S = 0.11  # a string's tremolo becomes a held note
_KEPT_SIGNS = ("dynamic", "wedge", "metronome")
_NEW_TONE, _LINE, _LENGTH, _DOUBLED = 2.0, 0.8, 0.4, 1.6


@dataclass(frozen=True, kw_only=True)
class Reduced:
    """A piano reduction.

    Attributes
    ----------
    score : one piano on two staves; bars, keys, metres, tempi, chord symbols and sections are the source's
    kept : how much of tune, bass and harmony is still there
    faults : what hands cannot do
    difficulty : of the result
    """

    score: Score
    kept: Kept
    faults: tuple[HandFault, ...]
    difficulty: Difficulty


def reduce_for_piano(score: Score, *, span: int = SPAN, most: int = MOST) -> Reduced:
    """Put an ensemble on the piano.

    Parameters
    ----------
    score : of any instruments; percussion is left out
    span : semitones that a hand reaches
    most : notes that a hand strikes together

    Raises
    ------
    InputError : if nothing but percussion plays, or a hand is to reach less than a fifth, or strike none.

    Examples
    --------
    >>> from hexachord.score.abc import read_abc
    >>> song = "X:1\\nM:4/4\\nL:1/2\\nK:C\\nV:1\\nE G|c2|\\nV:2\\nC, B,,|C,,2|\\nV:3\\nc d|e2|\\nV:4\\nC D|C2|\\n"
    >>> made = reduce_for_piano(read_abc(song))
    >>> made.kept.melody, made.kept.bass, len(made.faults)
    (1.0, 1.0, 0)
    """
    if span < 7 or most < 1:
        raise InputError("the hand", found=f"{span} semitones, {most} notes", expected="at least 7 semitones and one note")
    score, heard, sung = music_of(score)
    notes = _tremolos_held(score, heard)
    if not notes:
        raise InputError(score.title or "the score", found="no pitched notes", expected="music to be reduced")
    own = {(each.note.onset, each.note.pitch) for each, mine in zip(heard, sung, strict=True) if mine}
    tune = np.array([(each.note.onset, each.note.pitch) in own for each in notes])
    bass = bass_of(notes)
    hands: tuple[list[Note], list[Note]] = ([], [])
    rows_at: dict[int, list[int]] = {}
    for row, each in enumerate(notes):
        rows_at.setdefault(each.note.onset, []).append(row)
    before: set[int] = set()
    lines: dict[tuple[int, int, int], bool] = {}  # part, staff, voice → whether the right hand had its last note
    for onset in sorted(rows_at):
        rows = rows_at[onset]
        held = {note.pitch % 12 for hand in hands for note in hand[-8:] if note.end > onset}
        left, right = _dealt(notes, rows, tune=tune, bass=bass, held=held, before=before, lines=lines, span=span, most=most)
        hands[0].extend(left)
        hands[1].extend(right)
        before = {notes[row].note.pitch for row in rows}
    sure = {(each.note.onset, each.note.pitch) for row, each in enumerate(notes) if tune[row] or bass[row]}
    part = _playable(score, hands, sure, span=span)
    made = as_piano(score, part)
    difficulty = difficulty_of(score, part)
    assert difficulty is not None
    return Reduced(
        score=made, kept=what_is_kept(score, notes, played_notes(made), tune=tune), faults=faults_of(score, part), difficulty=difficulty
    )


def _dealt(
    notes: Sequence[Played],
    rows: list[int],
    *,
    tune: BoolArray,
    bass: BoolArray,
    held: set[int],
    before: set[int],
    lines: dict[tuple[int, int, int], bool],
    span: int,
    most: int,
) -> tuple[list[Note], list[Note]]:
    """Deal what begins at one moment to the left and the right hand."""
    left: list[Note] = []
    right: list[Note] = []
    classes = set(held)
    first = [row for row in rows if tune[row]]
    low = [row for row in rows if bass[row] and not tune[row]]
    for row in first:
        note = _plain(notes[row].note)
        (right if note.pitch >= _RIGHT_LOWEST or low else left).append(note)
        classes.add(note.pitch % 12)
    for row in low:
        note = _plain(notes[row].note)
        into = left if note.pitch <= _LEFT_HIGHEST or right else right
        into.append(note)
        classes.add(note.pitch % 12)
    rest = [row for row in rows if not tune[row] and not bass[row]]
    ranked = sorted(rest, key=lambda row: (-_worth(notes[row].note, rest, notes, classes, before), notes[row].note.pitch))
    for row in ranked:
        note = _plain(notes[row].note)
        there = {each.pitch for each in (*left, *right)}
        doubled = note.pitch % 12 in {pitch % 12 for pitch in there}
        if note.pitch in there or (doubled and len(left) + len(right) >= most):
            continue
        for moved in (0,) if doubled else (0, 12, -12, 24, -24):
            way = note if not moved else _octave(note, moved)
            if way.pitch in there or (moved and first and way.pitch >= max(notes[each].note.pitch for each in first)):
                continue
            line = notes[row].line
            found = _hand_for(way, left, right, was_right=lines.get(line), span=span, most=most)
            if found is not None:
                (right if found else left).append(way)
                lines[line] = found
                break
    return left, right


def _playable(score: Score, hands: tuple[list[Note], list[Note]], sure: set[tuple[int, int]], *, span: int) -> Part:
    """Write both hands down; where one would have to jump too fast, what is neither tune nor bass goes."""
    empty = Part(name="Piano", id="P1", directions=_signs(score))
    left, right = hands
    for _ in range(_TRIES):
        part = two_staves(released(left, span=span), released(right, span=span), part=empty)
        faults = faults_of(score, part)
        wrong = {(fault.hand, round(fault.time_s, 4)) for fault in faults}
        kept = []
        for number, hand in enumerate((left, right)):
            at_s = seconds_of(score, hand).tolist()
            kept.append(
                [
                    note
                    for note, time_s in zip(hand, at_s, strict=True)
                    if (note.onset, note.pitch) in sure or (number, round(time_s, 4)) not in wrong
                ]
            )
        if sum(map(len, kept)) == len(left) + len(right):
            before = _before(score, (left, right), faults)
            kept = [[note for note in hand if (note.onset, note.pitch) in sure or (number, note.onset) not in before]
                    for number, hand in enumerate((left, right))]  # fmt: skip
            if sum(map(len, kept)) == len(left) + len(right):
                break
        left, right = kept
    return two_staves(released(left, span=span), released(right, span=span), part=empty)


def _before(score: Score, hands: tuple[list[Note], list[Note]], faults: Sequence[HandFault]) -> set[tuple[int, int]]:
    """From where hands jump: hand and onset of what they strike before each fault."""
    found = set()
    for number, hand in enumerate(hands):
        onsets = sorted({note.onset for note in hand})
        times = tempo_map_of(score).seconds(np.array(onsets, dtype=np.int64)) if onsets else np.zeros(0)
        for fault in faults:
            place = int(np.searchsorted(times, fault.time_s - 1e-4))
            if fault.hand == number and place > 0:
                found.add((number, onsets[place - 1]))
    return found


def _worth(note: Note, rest: list[int], notes: Sequence[Played], classes: set[int], before: set[int]) -> float:
    """How much an inner note matters: a tone that nobody else has, a line that moves, length; less if others have it too."""
    shared = sum(notes[row].note.pitch % 12 == note.pitch % 12 for row in rest)
    value = _NEW_TONE if note.pitch % 12 not in classes else 0.0
    value += _LINE if note.pitch not in before and any(abs(note.pitch - pitch) <= 2 for pitch in before) else 0.0
    return value + _LENGTH * float(np.log1p(note.duration)) / 10 - (_DOUBLED if note.pitch % 12 in classes else 0.0) + 0.1 * shared


def _hand_for(note: Note, left: list[Note], right: list[Note], *, was_right: bool | None, span: int, most: int) -> bool | None:
    """Whether the right hand takes a note (None: no hand can): the one that reaches it without crossing the other; when both do, the one
    that had its line, that is near, and on whose side of middle C it lies."""
    able = []
    for hand, is_right in ((left, False), (right, True)):
        pitches = [each.pitch for each in hand]
        other = [each.pitch for each in (left if is_right else right)]
        if not pitches:
            free = note.pitch >= _RIGHT_LOWEST if is_right else note.pitch <= _LEFT_HIGHEST
            inside = not other or (note.pitch > max(other) if is_right else note.pitch < min(other))
            if free and inside:
                able.append((abs(note.pitch - (67 if is_right else 50)), is_right))
            continue
        if len(pitches) >= most or max(*pitches, note.pitch) - min(*pitches, note.pitch) > span:
            continue
        if other and ((is_right and note.pitch < max(other)) or (not is_right and note.pitch > min(other))):
            continue
        if is_right and note.pitch > max(pitches):
            continue  # nothing above the tune
        able.append((min(abs(note.pitch - pitch) for pitch in pitches), is_right))

    def cost(each: tuple[int, bool]) -> int:
        distance, is_right = each
        other_side = note.pitch < _MIDDLE if is_right else note.pitch >= _MIDDLE
        return distance + (_OTHER_SIDE if other_side else 0) + (_OTHER_HAND if was_right is not None and was_right != is_right else 0)

    return min(able, key=cost)[1] if able else None


def _plain(note: Note) -> Note:
    """Without what belongs to the instrument or the singer: lyrics, strings, bowings, numbered spans, written values."""
    kept = tuple(mark for mark in note.marks if mark.startswith(("staccato", "accent", "fermata", "tenuto")))
    return note._replace(lyrics=(), marks=kept, value=None)


def _octave(note: Note, moved: int) -> Note:
    spelling = note.spelling and note.spelling._replace(octave=note.spelling.octave + moved // 12)
    return note._replace(pitch=note.pitch + moved, spelling=spelling)


def _tremolos_held(score: Score, notes: list[Played]) -> list[Played]:
    """Leave doublings out, and make one note of a key that is struck again and again too fast for a piano."""
    begin_s = seconds_of(score, [each.note for each in notes])
    latest: dict[int, tuple[int, float]] = {}  # pitch → where in the list, and when it was last struck
    out: list[Played] = []
    for each, at_s in zip(notes, begin_s.tolist(), strict=True):
        note = each.note
        place, last_s = latest.get(note.pitch, (-1, -1.0))
        if place >= 0 and (out[place].note.onset == note.onset or (at_s - last_s < _AGAIN_S and out[place].note.end >= note.onset)):
            old = out[place].note
            out[place] = out[place]._replace(note=old._replace(duration=max(old.end, note.end) - old.onset))
            latest[note.pitch] = (place, at_s)
            continue
        latest[note.pitch] = (len(out), at_s)
        out.append(each)
    return out


def _signs(score: Score) -> tuple[Direction, ...]:
    """The signs of the part that has most of them, for the upper staff."""
    best = max(score.parts, key=lambda part: sum(sign.kind in _KEPT_SIGNS for sign in part.directions))
    return tuple(sign._replace(staff=1, above=None) for sign in best.directions if sign.kind in _KEPT_SIGNS)
