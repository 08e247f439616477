"""Small tools on scores: sort, rescale, transpose, cut out, make bars. Each returns a new score."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import pairwise
from math import gcd

from hexachord.score.model import Bar, Clef, KeyMark, MetreMark, Note, Part, Score, Spelling
from hexachord.score.timing import bar_duration, bars_from_metres, metre_at

_STEPS = "CDEFGAB"
_FIFTHS_STEPS = "FCGDAEB"
_MAX_FIFTHS = 7


def note_order(note: Note) -> tuple[int, int, int, int, int, int]:
    """Sort key of notes: onset, staff, voice, then grace notes in their given order, then pitch and duration."""
    if note.grace:
        return (note.onset, note.staff, note.voice, 0, 0, 0)
    return (note.onset, note.staff, note.voice, 1, note.pitch, note.duration)


def sorted_notes(notes: Iterable[Note]) -> tuple[Note, ...]:
    """Sort notes into the order a `Part` keeps (see `note_order`)."""
    return tuple(sorted(notes, key=note_order))


def with_sorted_notes(score: Score) -> Score:
    """Sort the notes of every part."""
    return replace(score, parts=tuple(replace(part, notes=sorted_notes(part.notes)) for part in score.parts))


def with_bars(score: Score) -> Score:
    """Write out the bars that cover every note and sign: those the score has, continued by its metres as far as needed.

    Raises
    ------
    ValueError : if the bars that are there leave gaps or overlap.
    """
    end = max(score.end_tick, _last_sign(score))
    tpq = score.ticks_per_quarter
    if not score.bars:
        return replace(score, bars=bars_from_metres(score.metres, ticks_per_quarter=tpq, end_tick=end))
    if score.bars[0].tick != 0 or any(left.end != right.tick for left, right in pairwise(score.bars)):
        raise ValueError("bars must start at 0 and follow one another without gap or overlap")
    if score.bars[-1].end >= end:
        return score
    bars = list(score.bars)
    number = int(bars[-1].number) if bars[-1].number.isdigit() else len(bars)
    changes = sorted(metre.tick for metre in score.metres)
    while bars[-1].end < end:
        tick = bars[-1].end
        duration = max(1, bar_duration(metre_at(score, tick), ticks_per_quarter=tpq))
        change = next((change for change in changes if change > tick), tick + duration)
        number += 1
        bars.append(Bar(tick, min(duration, change - tick), str(number)))
    return replace(score, bars=tuple(bars))


def _last_sign(score: Score) -> int:
    """The latest moment at which anything but a note stands."""
    ticks = [mark.tick for mark in score.tempos] + [metre.tick for metre in score.metres] + [key.tick for key in score.keys]
    ticks += [symbol.tick for symbol in score.chords] + [section.tick for section in score.sections]
    for part in score.parts:
        ticks += [clef.tick for clef in part.clefs]
        ticks += [sign.tick if sign.end is None else sign.end for sign in part.directions]
    return max(ticks, default=0)


def map_ticks(score: Score, change: Callable[[int], int]) -> Score:
    """Apply a function to every moment of a score; durations follow from the two moments they lie between."""

    def end_of(tick: int | None) -> int | None:
        return None if tick is None else change(tick)

    def note_of(note: Note) -> Note:
        onset = change(note.onset)
        return note._replace(onset=onset, duration=change(note.onset + note.duration) - onset)

    parts = tuple(
        replace(
            part,
            notes=tuple(note_of(note) for note in part.notes),
            clefs=tuple(clef._replace(tick=change(clef.tick)) for clef in part.clefs),
            directions=tuple(sign._replace(tick=change(sign.tick), end=end_of(sign.end)) for sign in part.directions),
            controls=tuple(control._replace(tick=change(control.tick)) for control in part.controls),
            bends=tuple(bend._replace(tick=change(bend.tick)) for bend in part.bends),
        )
        for part in score.parts
    )
    return replace(
        score,
        parts=parts,
        tempos=tuple(mark._replace(tick=change(mark.tick)) for mark in score.tempos),
        metres=tuple(metre._replace(tick=change(metre.tick)) for metre in score.metres),
        keys=tuple(key._replace(tick=change(key.tick)) for key in score.keys),
        chords=tuple(chord._replace(tick=change(chord.tick), end=end_of(chord.end)) for chord in score.chords),
        sections=tuple(section._replace(tick=change(section.tick), end=end_of(section.end)) for section in score.sections),
        bars=tuple(bar._replace(tick=change(bar.tick), duration=change(bar.end) - change(bar.tick)) for bar in score.bars),
    )


def with_ticks_per_quarter(score: Score, ticks_per_quarter: int) -> Score:
    """Count time in other ticks.

    Raises
    ------
    ValueError : if a moment would fall between two of the new ticks.
    """
    if ticks_per_quarter == score.ticks_per_quarter:
        return score
    common = gcd(ticks_per_quarter, score.ticks_per_quarter)
    up, down = ticks_per_quarter // common, score.ticks_per_quarter // common

    def change(tick: int) -> int:
        scaled, rest = divmod(tick * up, down)
        if rest:
            raise ValueError(f"tick {tick} of {score.ticks_per_quarter} is no whole tick of {ticks_per_quarter}")
        return scaled

    return replace(map_ticks(score, change), ticks_per_quarter=ticks_per_quarter)


def shifted(score: Score, ticks: int) -> Score:
    """Move everything later by `ticks` (earlier when negative); what would start before 0 starts at 0."""
    return map_ticks(score, lambda tick: max(0, tick + ticks))


def move_spelling(spelling: Spelling, *, steps: int, semitones: int) -> Spelling:
    """Move a note name by an interval: `steps` on the staff and `semitones` in pitch.

    Examples
    --------
    >>> str(move_spelling(Spelling("F", 1, 4), steps=-1, semitones=-2))
    'E4'
    """
    place = _STEPS.index(spelling.step) + steps
    natural = Spelling(_STEPS[place % 7], 0, spelling.octave + place // 7)
    return natural._replace(alter=spelling.pitch + semitones - natural.pitch)


def transposed(score: Score, *, semitones: int, steps: int | None = None) -> Score:
    """Move all pitched notes, keys and chord roots by an interval; percussion stays, strings and frets are forgotten.

    Parameters
    ----------
    semitones : upwards when positive
    steps : staff steps of the interval; left out, the usual spelling (a minor third for 3, an augmented fourth for 6)

    Raises
    ------
    ValueError : if a pitch would leave 0–127.
    """
    octaves, rest = divmod(semitones, 12)
    staff_steps = 7 * octaves + (0, 1, 1, 2, 2, 3, 3, 4, 5, 5, 6, 6)[rest] if steps is None else steps
    fifths = 7 * semitones - 12 * staff_steps

    def note_of(note: Note) -> Note:
        pitch = note.pitch + semitones
        if not 0 <= pitch <= 127:
            raise ValueError(f"pitch {note.pitch} moved by {semitones} semitones leaves the MIDI range")
        spelling = note.spelling and move_spelling(note.spelling, steps=staff_steps, semitones=semitones)
        marks = tuple(mark for mark in note.marks if semitones == 0 or not mark.startswith(("string-", "fret-")))
        return note._replace(pitch=pitch, spelling=spelling, marks=marks)

    parts = tuple(part if part.is_percussion else replace(part, notes=tuple(note_of(note) for note in part.notes)) for part in score.parts)
    chords = tuple(
        chord._replace(label=_moved_label(chord.label, steps=staff_steps, semitones=semitones), text="") for chord in score.chords
    )
    keys = tuple(key._replace(fifths=_wrapped(key.fifths + fifths)) for key in score.keys)
    return replace(score, parts=parts, keys=keys, chords=chords)


def _moved_label(label: str, *, steps: int, semitones: int) -> str:
    length = 1 + len(label[1:]) - len(label[1:].lstrip("#b"))
    root, rest = label[:length], label[length:]
    if not root or root[0] not in _STEPS:  # N and X have no root
        return label
    moved = move_spelling(Spelling(root[0], root.count("#") - root.count("b"), 4), steps=steps, semitones=semitones)
    return str(moved).rstrip("-0123456789") + rest


def _wrapped(fifths: int) -> int:
    while fifths > _MAX_FIFTHS:
        fifths -= 12
    while fifths < -_MAX_FIFTHS:
        fifths += 12
    return fifths


def spelled_in_key(pitch: int, key: KeyMark | None) -> Spelling:
    """Name a pitch as its key suggests: the scale's own names, and the usual chromatic ones around them (in C: C♯ E♭ F♯ G♯ B♭).

    Examples
    --------
    >>> str(spelled_in_key(70, KeyMark(0, 0))), str(spelled_in_key(70, KeyMark(0, 5)))
    ('Bb4', 'A#4')
    """
    fifths = key.fifths if key else 0
    lowest = fifths - 3  # the window of twelve fifths from the flat third to the sharp fifth
    place = lowest + (pitch * 7 - lowest) % 12
    alter, step = (place + 1) // 7, _FIFTHS_STEPS[(place + 1) % 7]
    octave = (pitch - alter) // 12 - 1
    return Spelling(step, alter, octave)


def default_clef(part: Part, staff: int) -> Clef:
    """The clef a staff starts with when nothing is said: bass below or for low notes, treble otherwise, percussion for drums."""
    if part.is_percussion:
        return Clef(0, staff, "percussion", 0)
    pitches = [note.pitch for note in part.notes if note.staff == staff and not note.grace]
    if part.staves > 1:
        low = staff == part.staves
    else:
        low = bool(pitches) and sum(pitches) / len(pitches) < 57
    return Clef(0, staff, "F", 4) if low else Clef(0, staff, "G", 2)


def with_metre(score: Score) -> Score:
    """Say 4/4 where neither metres nor bars are given, which is what silence means."""
    if score.metres or score.bars:
        return score
    return replace(score, metres=(MetreMark(0, 4, 4),))
