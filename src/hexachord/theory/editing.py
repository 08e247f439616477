"""Corrections applied to a written page: notes renamed, moved, lengthened, given to the other hand; and what follows from that.

A note is corrected as a whole, whatever noteheads write it: they are taken off the page, and the corrected note is cut anew at bar lines
and beats. In a single line (a melody, a voice of a drum kit) others make way for it; where hands have several voices it goes to one that
is free. Notes that nobody spoke of stay as they are. (E. Gould, *Behind Bars*, Faber 2011, chapter "Grouping", on where notes are cut.)
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from hexachord.score.edit import sorted_notes
from hexachord.score.lines import voices_are_per_staff
from hexachord.score.model import Bar, Note, Part, Score
from hexachord.score.notated import tied_pieces
from hexachord.score.tablature import place_of, with_place, without_place
from hexachord.score.timing import bars_of
from hexachord.theory.page_edits import NewNote, NoteEdit, PageEdit, beat_words, drum_name, read_note_name, whole_part
from hexachord.theory.page_frame import with_chord, with_key, with_metre_from
from hexachord.theory.page_places import Found, NotThere, beat_ticks_at, find_note, part_named, place_at, sounding, tick_of

Cut = Callable[[Note, Score], Sequence[tuple[int, int]]]
"""How a note is cut into noteheads: the ticks between which each one stands."""

_VOICES = 4  # that a staff has numbers for
_MOST_FRETS = 24
_FEET = (35, 36, 44)  # bass drums and the pedal of the hi-hat


@dataclass(frozen=True, kw_only=True)
class EditReport:
    """What became of corrections.

    Attributes
    ----------
    applied : how many found their place
    astray : those that did not, by their place in the list, and why
    notices : what else they changed, in words
    """

    applied: int = 0
    astray: tuple[tuple[int, str], ...] = ()
    notices: tuple[str, ...] = ()


def apply_edits(score: Score, edits: Iterable[PageEdit], *, sheet: str = "", cut: Cut | None = None) -> tuple[Score, EditReport]:
    """Apply corrections to a page, one after the other.

    Parameters
    ----------
    score : a page; without bars of its own they follow from its metres
    edits : in the order in which they were said; one whose place is gone is reported, and the others still hold
    sheet : which page this is; corrections of others are left out
    cut : how notes are cut into noteheads; by default at bar lines, and writers do the rest

    Returns
    -------
    The corrected page, and what became of each correction.

    Examples
    --------
    >>> from hexachord.score.model import MetreMark
    >>> from hexachord.theory.page_edits import NoteAddress, Place
    >>> page = Score(parts=(Part(notes=(Note(0, 10080, 60), Note(10080, 10080, 64))),), metres=(MetreMark(0, 4, 4),))
    >>> second = NoteAddress(at=Place(bar="1", beat=2), name="E4")
    >>> edited, report = apply_edits(page, [PageEdit(note=NoteEdit(note=second, name="Eb4")), PageEdit(title="Waltz")])
    >>> edited.title, str(edited.parts[0].notes[1].spelling), report.applied
    ('Waltz', 'Eb4', 2)
    """
    page = _Page(score, cut or cut_at_bars)
    applied = 0
    astray: list[tuple[int, str]] = []
    for number, edit in enumerate(edits):
        if sheet and edit.sheets and sheet not in edit.sheets:
            continue
        try:
            page.apply(edit)
            applied += 1
        except NotThere as gone:
            astray.append((number, str(gone)))
    return page.score, EditReport(applied=applied, astray=tuple(astray), notices=tuple(page.notices))


def cut_at_bars(note: Note, score: Score) -> list[tuple[int, int]]:
    """Cut a note at bar lines alone.

    Examples
    --------
    >>> cut_at_bars(Note(10, 20, 60), Score(bars=(Bar(0, 16), Bar(16, 16))))
    [(10, 16), (16, 30)]
    """
    inner = [bar.tick for bar in bars_of(score) if note.onset < bar.tick < note.end]
    return list(zip([note.onset, *inner], [*inner, note.end], strict=True))


class _Page:
    """A page under correction."""

    def __init__(self, score: Score, cut: Cut) -> None:
        self.score = score
        self.cut = cut
        self.notices: list[str] = []
        self._named: set[tuple[int, int, int]] = set()  # (part, onset, pitch) of notes whose names the user chose

    def apply(self, edit: PageEdit) -> None:
        """Apply one correction; raises `NotThere`, and then nothing has changed."""
        if edit.note is not None:
            self._edit_note(edit.note)
        elif edit.added is not None:
            self._add_note(edit.added)
        elif edit.chord is not None:
            self.score = with_chord(self.score, edit.chord)
        elif edit.key is not None:
            if edit.sheets or not all(part.is_percussion for part in self.score.parts):  # a key of all pages is none of drums
                self.score = with_key(self.score, edit.key, keep=self._named)
        elif edit.metre is not None:
            self._set_metre(edit)
        elif edit.title is not None:
            self.score = replace(self.score, title=edit.title)
        elif edit.composer is not None:
            self.score = replace(self.score, composer=edit.composer)

    def _edit_note(self, edit: NoteEdit) -> None:
        found = find_note(self.score, edit.note)
        note, part = found.note, self.score.parts[found.part]
        if edit.name:
            self._rename(found, edit)
            return
        others, graces = _without(part, found)
        if edit.deleted:
            self._store(found.part, _spans_handed_on(others, note), touched=note)
            return
        if note.grace:
            raise NotThere(f"a grace note at {edit.note.at.words()}, which can be renamed or deleted")
        beat_ticks = beat_ticks_at(self.score, note.onset)
        explicit = False
        if edit.to is not None:
            note = note._replace(onset=tick_of(self.score, edit.to))
        elif edit.beats is not None:
            note = note._replace(duration=max(1, round(whole_part(edit.beats) * beat_ticks)))
        elif edit.staff is not None:
            note = self._on_staff(note, part, edit.staff)
        elif edit.voice is not None:
            note, explicit = note._replace(voice=edit.voice), True
        self._put(found.part, others, note, before=found.note, explicit=explicit, graces=graces)

    def _rename(self, found: Found, edit: NoteEdit) -> None:
        part = self.score.parts[found.part]
        pitch, heads = _named(edit.name, part, found.note)
        if pitch != found.note.pitch and _is_taken(part, found, pitch):
            raise NotThere(f"{edit.name} at {edit.note.at.words()} already")
        notes = list(part.notes)
        for place in found.heads:
            notes[place] = heads(notes[place])
        self.score = _with_part(self.score, found.part, replace(part, notes=sorted_notes(notes)))
        self._named.add((found.part, found.note.onset, pitch))

    def _add_note(self, new: NewNote) -> None:
        tick = tick_of(self.score, new.at)
        index = part_named(self.score, new.part) if new.part else _usual_part(self.score, new.staff)
        part = self.score.parts[index]
        pitch, head = _named(new.name, part, None)
        staff = new.staff or _usual_staff(part, pitch, tick)
        if staff > part.staves:
            raise NotThere(f"no staff {staff}: {part.name or part.id} has {part.staves}")
        beat_ticks = beat_ticks_at(self.score, tick)
        voice = new.voice or (_limb(part, pitch) if part.is_percussion else _first_voice(part, staff))
        length = max(1, round(whole_part(new.beats) * beat_ticks))
        blank = Note(tick, length, pitch, velocity=_usual_velocity(part), staff=staff, voice=voice)
        if any(found.note.pitch == pitch and found.note.onset == tick for found in sounding(part, index)):
            raise NotThere(f"{new.name} at {new.at.words()} already")
        self._put(index, list(part.notes), head(blank), before=None, explicit=new.voice is not None)
        self._named.add((index, tick, pitch))

    def _on_staff(self, note: Note, part: Part, staff: int) -> Note:
        if staff > part.staves:
            raise NotThere(f"no staff {staff}: {part.name or part.id} has {part.staves}")
        return note._replace(staff=staff, voice=note.voice if note.staff == staff else _first_voice(part, staff))

    def _set_metre(self, edit: PageEdit) -> None:
        assert edit.metre is not None
        old = self.score
        self.score, start, lost = with_metre_from(old, edit.metre)
        if lost:
            self.notices.append(f"{edit.words()}: repeat signs went with the old bar lines")
        for index, part in enumerate(old.parts):
            cut = [found for found in sounding(part, index) if found.note.end > start]
            gone = {place for found in cut for place in found.heads}
            notes = [note for place, note in enumerate(part.notes) if place not in gone]
            notes += [head for found in cut for head in self._cut(found.note._replace(value=None))]
            bare = [_without_bracket(note) if note.onset >= start else note for note in notes]
            self.score = _with_part(self.score, index, replace(part, notes=sorted_notes(bare)))

    def _put(self, index: int, others: list[Note], note: Note, *, before: Note | None, explicit: bool, graces: Sequence[Note] = ()) -> None:
        """Put a note among the others of its part: cut into noteheads, in a voice that has room for it, behind its grace notes."""
        part = self.score.parts[index]
        end = bars_of(self.score)[-1].end
        if note.end > end:
            self._tell(note, f"ends with the last bar ({beat_words((end - note.onset) / beat_ticks_at(self.score, note.onset))} beats)")
            note = note._replace(duration=end - note.onset)
        note = note._replace(value=None)
        rest = [found.note for found in sounding(replace(part, notes=sorted_notes(others)), index)]
        if is_one_line(part):
            note, others = self._make_room(index, others, note)
        elif not explicit:
            note = note._replace(voice=_free_voice(part, rest, note))
        elif not _fits(rest, note, voice=note.voice, per_staff=voices_are_per_staff(part)):
            raise NotThere(f"other notes in voice {note.voice} at {place_at(self.score, note.onset).words()}, of another length")
        led = [grace._replace(onset=note.onset, voice=note.voice, staff=note.staff) for grace in graces]
        self._store(index, [*others, *led, *self._cut(note)], touched=note, before=before)

    def _make_room(self, index: int, others: list[Note], note: Note) -> tuple[Note, list[Note]]:
        """In a line notes follow one another: what is held makes way, and nothing is held past the next note."""
        part = replace(self.score.parts[index], notes=sorted_notes(others))
        line = [found for found in sounding(part, index) if found.note.voice == note.voice]
        following = min((found.note.onset for found in line if found.note.onset > note.onset), default=note.end)
        if following < note.end:
            self._tell(note, f"lasts until the next note, at {place_at(self.score, following).words()}")
            note = note._replace(duration=following - note.onset)
        gone, anew = set[int](), list[Note]()
        for found in line:
            other = found.note
            if other.onset < note.onset < other.end or (other.onset == note.onset and other.end != note.end):
                gone.update(found.heads)
                end = note.onset if other.onset < note.onset else note.end
                anew += self._cut(other._replace(duration=end - other.onset, value=None))
        return note, [other for place, other in enumerate(part.notes) if place not in gone] + anew

    def _cut(self, note: Note) -> list[Note]:
        """Write a note as tied noteheads."""
        whole = note._replace(tied_to_previous=False, tied_to_next=False)
        spans = list(self.cut(whole, self.score))
        pieces = tied_pieces(whole, [whole._replace(onset=start, duration=end - start) for start, end in spans])
        place = place_of(note)
        return pieces if place is None else [with_place(piece, *place) for piece in pieces]

    def _store(self, index: int, notes: Iterable[Note], *, touched: Note, before: Note | None = None) -> None:
        bars = [bar for note in (touched, before) if note is not None for bar in _bars_of_note(self.score, note)]
        voices = {note.voice for note in (touched, before) if note is not None}
        bare = [_without_bracket(note) if note.voice in voices and _lies_in(note, bars) else note for note in notes]
        self.score = _with_part(self.score, index, replace(self.score.parts[index], notes=sorted_notes(bare)))

    def _tell(self, note: Note, what: str) -> None:
        self.notices.append(f"the note at {place_at(self.score, note.onset).words()} {what}")


def is_one_line(part: Part) -> bool:
    """Whether a part's notes follow one another: a melody, or a kit, whose hands and feet are a line each."""
    return part.staves == 1 and (part.is_percussion or len({note.voice for note in part.notes}) <= 1)


def _named(name: str, part: Part, note: Note | None) -> tuple[int, Callable[[Note], Note]]:
    """The pitch that a new name means, and what it makes of a notehead."""
    from hexachord.theory.page_edits import read_drum_name

    if part.is_percussion:
        key = read_drum_name(name)
        if key is None:
            raise NotThere(f"{name} on a drum staff, where drums have names ({drum_name(38)}, {drum_name(42)})")
        return key, lambda head: head._replace(
            pitch=key, spelling=None, marks=tuple(mark for mark in head.marks if not mark.startswith("notehead-"))
        )
    spelling = read_note_name(name)
    if spelling is None:
        raise NotThere(f"{name}, a drum, where notes have names")

    def renamed(head: Note) -> Note:
        place = place_of(head)
        if place is not None:  # on the same string, where it reaches
            fret = place.fret + spelling.pitch - head.pitch
            head = with_place(head, place.string, fret) if 0 <= fret <= _MOST_FRETS else without_place(head)
        return head._replace(pitch=spelling.pitch, spelling=spelling)

    return spelling.pitch, renamed


def _is_taken(part: Part, found: Found, pitch: int) -> bool:
    return any(other.note.pitch == pitch and other.note.onset == found.note.onset for other in sounding(part, found.part) if other != found)


def _without(part: Part, found: Found) -> tuple[list[Note], list[Note]]:
    """The other noteheads of a part, and the grace notes that led to this note alone."""
    gone, note = set(found.heads), found.note
    others = [other for place, other in enumerate(part.notes) if place not in gone]
    here = [other for other in others if (other.onset, other.voice, other.staff) == (note.onset, note.voice, note.staff)]
    graces = [other for other in here if other.grace and "grace-after" not in other.marks]
    if note.grace or len(graces) < len(here):  # a chord is left that they lead to
        return others, []
    led = {id(grace) for grace in graces}
    return [other for other in others if id(other) not in led], graces


def _free_voice(part: Part, rest: Sequence[Note], note: Note) -> int:
    """The note's own voice where it fits there, else another of its staff that has room, else its own all the same."""
    per_staff = voices_are_per_staff(part)
    first = 1 if per_staff or part.staves == 1 else 4 * (note.staff - 1) + 1
    voices: list[int] = [note.voice, *range(first, first + _VOICES)]
    return next((voice for voice in voices if _fits(rest, note, voice=voice, per_staff=per_staff)), note.voice)


def _fits(rest: Sequence[Note], note: Note, *, voice: int, per_staff: bool) -> bool:
    """Whether a voice is silent while a note sounds, or has a chord of its length there."""
    same = [other for other in rest if other.voice == voice and (not per_staff or other.staff == note.staff)]
    return all(other.end <= note.onset or other.onset >= note.end or (other.onset, other.end) == (note.onset, note.end) for other in same)


def _first_voice(part: Part, staff: int) -> int:
    return 1 if part.staves == 1 or voices_are_per_staff(part) else 4 * (staff - 1) + 1


def _limb(part: Part, key: int) -> int:
    """The voice in which a drum is played: where it is already, else the feet's or the hands'."""
    same = [note.voice for note in part.notes if note.pitch == key]
    return max(same, key=same.count) if same else 2 if key in _FEET else 1


def _usual_part(score: Score, staff: int | None) -> int:
    if not score.parts:
        raise NotThere("a page without parts")
    return next((index for index, part in enumerate(score.parts) if staff is None or part.staves >= staff), 0)


def _usual_staff(part: Part, pitch: int, tick: int) -> int:
    """The staff whose notes nearby are nearest in pitch; the upper one from middle C on where nothing is near."""
    if part.staves == 1:
        return 1
    near = sorted(part.notes, key=lambda note: (abs(note.onset - tick), abs(note.pitch - pitch)))[:4]
    close = [note.staff for note in near if abs(note.pitch - pitch) <= 7]
    return close[0] if close else 1 if pitch >= 60 else 2


def _usual_velocity(part: Part) -> int | None:
    known = sorted(note.velocity for note in part.notes if note.velocity is not None)
    return known[len(known) // 2] if known else None


def _spans_handed_on(others: list[Note], gone: Note) -> list[Note]:
    """Slurs and other spans that ended at a deleted note end at its neighbours; brackets of tuplets are set anew anyway."""
    spans = [mark for mark in gone.marks if ("-start" in mark or "-stop" in mark) and not mark.startswith("tuplet-")]
    if not spans:
        return others
    order = sorted(range(len(others)), key=lambda place: others[place].onset)
    line = [place for place in order if others[place].voice == gone.voice and not others[place].grace]
    before = [place for place in line if others[place].onset <= gone.onset]
    after = [place for place in line if others[place].onset >= gone.onset]
    result = list(others)
    for mark in spans:
        opposite = mark.replace("-start", "-stop") if "-start" in mark else mark.replace("-stop", "-start")
        where = (after[0] if after else None) if "-start" in mark else (before[-1] if before else None)
        if where is None:
            continue
        heir = result[where]
        marks = tuple(one for one in heir.marks if one != opposite) if opposite in heir.marks else (*heir.marks, mark)
        result[where] = heir._replace(marks=marks)
    return result


def _bars_of_note(score: Score, note: Note) -> list[Bar]:
    return [bar for bar in bars_of(score) if bar.tick < max(note.end, note.onset + 1) and bar.end > note.onset]


def _lies_in(note: Note, bars: Sequence[Bar]) -> bool:
    return any(bar.tick <= note.onset < bar.end for bar in bars)


def _without_bracket(note: Note) -> Note:
    marks = tuple(mark for mark in note.marks if not mark.startswith("tuplet-"))
    return note if len(marks) == len(note.marks) else note._replace(marks=marks)


def _with_part(score: Score, index: int, part: Part) -> Score:
    return replace(score, parts=tuple(part if place == index else other for place, other in enumerate(score.parts)))
