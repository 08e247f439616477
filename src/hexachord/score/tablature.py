"""Strings and frets on notes, and the staff of tablature under the notes.

Where a note is played are two of its marks, ``string-5`` and ``fret-3``; frets count from the capo. A part holds each note once. When it
has a staff with a TAB clef beside an ordinary one, that staff is a view of the same notes: writers fill it (`with_tab_notes`), readers
of files, where programs write every note twice, fold it back (`without_tab_notes`). A part whose only staff is tablature
has its notes there.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from hexachord.score.edit import sorted_notes
from hexachord.score.model import Note, Part

TAB = "TAB"
_KEPT_ON_TAB = ("grace-chord", "grace-after", "hidden", "let-ring")  # the staff above shows the rest


class Place(NamedTuple):
    """Where a note is played: `string` 1 is the highest, `fret` 0 the open string (at the capo)."""

    string: int
    fret: int


def place_of(note: Note) -> Place | None:
    """The string and fret that a note's marks name.

    Examples
    --------
    >>> place_of(Note(0, 10080, 48, marks=("string-5", "fret-3")))
    Place(string=5, fret=3)
    """
    string = next((mark[7:] for mark in note.marks if mark.startswith("string-")), "")
    fret = next((mark[5:] for mark in note.marks if mark.startswith("fret-")), "")
    return Place(int(string), int(fret)) if string.isdecimal() and fret.isdecimal() else None


def with_place(note: Note, string: int, fret: int) -> Note:
    """The note, played there."""
    return note._replace(marks=(*without_place(note).marks, f"string-{string}", f"fret-{fret}"))


def without_place(note: Note) -> Note:
    """The note, wherever it is played."""
    marks = tuple(mark for mark in note.marks if not mark.startswith(("string-", "fret-")))
    return note if len(marks) == len(note.marks) else note._replace(marks=marks)


def tab_staff(part: Part) -> int:
    """The number of the staff that begins with a TAB clef, 0 when there is none."""
    return min((clef.staff for clef in part.clefs if clef.sign == TAB and clef.tick == 0), default=0)


def linked_staff(part: Part) -> int:
    """The number of the TAB staff that shows the notes of the part's other staves; 0 when there is none, or notes of its own are on it."""
    staff = tab_staff(part)
    return staff if staff and part.staves > 1 and not any(note.staff == staff for note in part.notes) else 0


def with_tab_notes(part: Part) -> Part:
    """Fill a linked TAB staff: the notes that have a place move their string and fret there; tied ones are struck once."""
    staff = linked_staff(part)
    if not staff:
        return part
    above = -(-max((note.voice for note in part.notes), default=1) // 4) * 4
    copies: list[Note] = []
    for note in part.notes:
        if place_of(note) is None or note.tied_to_previous:
            continue
        marks = tuple(mark for mark in note.marks if mark.startswith(("string-", "fret-")) or mark in _KEPT_ON_TAB)
        copies.append(note._replace(staff=staff, voice=note.voice + above, tied_to_next=False, marks=marks, lyrics=()))
    return replace(part, notes=sorted_notes([*map(without_place, part.notes), *copies]))


def without_tab_notes(part: Part) -> Part:
    """Fold a TAB staff into the notes it shows once more: those get their string and fret. What it alone has stays on it."""
    staff = tab_staff(part)
    if not staff or part.staves < 2:
        return part
    waiting: dict[tuple[int, int, bool], list[Note]] = {}
    for note in part.notes:
        if note.staff == staff:
            waiting.setdefault((note.onset, note.pitch, bool(note.grace)), []).append(note)
    shown: list[Note] = []
    sounding: dict[int, tuple[int, Place]] = {}  # pitch → where and until when it is held
    for note in part.notes:
        if note.staff == staff:
            continue
        twins = waiting.get((note.onset, note.pitch, bool(note.grace)))
        place = place_of(note) or (place_of(twins[0]) if twins else None)
        if twins:
            twins.pop(0)
        until, held = sounding.get(note.pitch, (-1, None))
        if place is None and note.tied_to_previous and until == note.onset:
            place = held
        if place is not None:
            note = with_place(note, *place)
            if note.tied_to_next:
                sounding[note.pitch] = (note.end, place)
        shown.append(note)
    alone = [note for notes in waiting.values() for note in notes]
    return replace(part, notes=sorted_notes([*shown, *alone]))


def misplaced(notes: Iterable[Note], *, tuning: tuple[int, ...], capo: int) -> Counter[str]:
    """Count the notes whose place does not sound as their pitch.

    Examples
    --------
    >>> note = Note(0, 10080, 48, marks=("string-5", "fret-3"))
    >>> misplaced([note], tuning=(40, 45, 50, 55, 59, 64), capo=0), misplaced([note], tuning=(40, 45, 50, 55, 59, 64), capo=2)
    (Counter(), Counter({'frets that do not sound as their note': 1}))
    """
    found = Counter[str]()
    for note in notes:
        place = place_of(note)
        if place is None:
            continue
        if not 1 <= place.string <= len(tuning):
            found["strings that the instrument does not have"] += 1
        elif tuning[-place.string] + capo + place.fret != note.pitch:
            found["frets that do not sound as their note"] += 1
    return found
