"""Corrections as a line of text: ``bar 12 beat 2.5 C4 -> Eb4``.

::

    note    = place {among} ["grace"] NAME change   C4, Eb4, F#3; snare, kick ... on a drum staff
    change  = "->" NAME | "delete" | "duration" N | "hand" (left|right) | "staff" N | "voice" N | "to" (place | "beat" N)
    new     = place NAME "duration" N {among}
    chord   = place (SYMBOL | "none")               Bbm7 as lead sheets write it, or Bb:min7
    place   = "bar" NUMBER ["beat" N]               beats count from 1; 2.5 is half a beat after the second, 2.33 a third
    among   = left | right | "staff" N | "voice" N | "in" PART
"""

import re
from collections.abc import Callable
from typing import TypeVar

from hexachord.errors import InputError
from hexachord.score.musicxml_harmony import chord_label
from hexachord.theory.page_edits import (
    ChordEdit,
    KeyEdit,
    MetreEdit,
    NewNote,
    NoteAddress,
    NoteEdit,
    PageEdit,
    Place,
    pitch_of,
    read_note_name,
    whole_part,
)

NOTE_FORM = "bar 12 beat 2.5 C4 -> Eb4 (or, after the note: delete, duration 1.5, hand left, voice 2, to beat 3)"
NEW_FORM = "bar 12 beat 2.5 Eb4 duration 1 (and perhaps: hand left, voice 2)"
CHORD_FORM = "bar 12 beat 1 Bbm7 (or none)"
_Made = TypeVar("_Made")
_HANDS = {"right": 1, "left": 2}
_KEY = re.compile(r"([A-Ga-g])\s*(#|b|♯|♭)?\s*(?:[:\s]\s*)?(major|maj|minor|min|m)?", re.IGNORECASE)


def parse_note_edit(text: str, *, option: str = "--note") -> PageEdit:
    """Read a correction of a note.

    Raises
    ------
    InputError : naming what is not understood, and the right form.

    Examples
    --------
    >>> parse_note_edit("bar 12 beat 2.5 C4 -> Eb4").words()
    'bar 12 beat 2.5 C4 -> Eb4'
    >>> parse_note_edit("bar 3 left C3 duration 2.67").note.beats
    2.6666666666666665
    """
    words = _Words(text, option, NOTE_FORM)
    at = words.place()
    staff, voice, part = words.among()
    grace = words.skip("grace") or None
    address = words.make(lambda: NoteAddress(at=at, name=words.name(), staff=staff, voice=voice, part=part, grace=grace))
    change = words.next("what becomes of the note")
    match change:
        case "->" | "→" | "=>":
            new = words.name()
            edit = words.make(lambda: NoteEdit(note=address, name=new))
        case "delete" | "deleted" | "remove":
            edit = NoteEdit(note=address, deleted=True)
        case "duration" | "lasts":
            beats = words.number("a duration in beats")
            edit = words.make(lambda: NoteEdit(note=address, beats=beats))
        case "hand":
            hand = words.hand()
            edit = NoteEdit(note=address, staff=hand)
        case "staff":
            number = words.count("a staff")
            edit = words.make(lambda: NoteEdit(note=address, staff=number))
        case "voice":
            number = words.count("a voice")
            edit = words.make(lambda: NoteEdit(note=address, voice=number))
        case "to":
            place = words.place(bar=at.bar)
            edit = NoteEdit(note=address, to=place)
        case _:
            raise words.error(f"{change!r} where it should say what becomes of the note")
    words.end()
    return PageEdit(note=edit)


def parse_new_note(text: str, *, option: str = "--add-note") -> PageEdit:
    """Read a note that is to be added.

    Raises
    ------
    InputError : naming what is not understood, and the right form.

    Examples
    --------
    >>> parse_new_note("bar 2 beat 1 F#4 duration 1.5 hand right").words()
    'bar 2 beat 1 a new F#4 of duration 1.5 staff 1'
    """
    words = _Words(text, option, NEW_FORM)
    at = words.place()
    staff, voice, part = words.among()
    name = words.name()
    if words.next("its duration") not in ("duration", "lasts"):
        raise words.error("no duration after the note's name")
    beats = words.number("a duration in beats")
    after = words.among()
    words.end()
    staff, voice, part = after[0] or staff, after[1] or voice, after[2] or part
    added = words.make(lambda: NewNote(at=at, name=name, beats=beats, staff=staff, voice=voice, part=part))
    return PageEdit(added=added)


def parse_chord_edit(text: str, *, option: str = "--chord") -> PageEdit:
    """Read a chord symbol and its place.

    Raises
    ------
    InputError : naming what is not understood, and the right form.

    Examples
    --------
    >>> parse_chord_edit("bar 12 beat 3 Bbm7/Eb").chord.label, parse_chord_edit("bar 12 none").chord.label
    ('Bb:min7/4', '')
    """
    words = _Words(text, option, CHORD_FORM)
    at = words.place()
    symbol = words.next("a chord symbol")
    words.end()
    if symbol.lower() in ("none", "delete", "no-chord"):
        return PageEdit(chord=ChordEdit(at=at))
    label = symbol if ":" in symbol else chord_label(symbol) or symbol
    return PageEdit(chord=words.make(lambda: ChordEdit(at=at, label=label)))


def parse_key_edit(text: str, *, bar: str | None = None, option: str = "--key") -> PageEdit:
    """Read a key: ``Bb major``, ``F# minor``, ``Bbm``; from a bar on where one is named.

    Raises
    ------
    InputError : if it is no key.

    Examples
    --------
    >>> parse_key_edit("bb").key.name, parse_key_edit("F#m", bar="17").words()
    ('Bb major', 'the key is F# minor from bar 17 on')
    """
    expected = "a note's name and major or minor: Bb major, F# minor"
    match = _KEY.fullmatch(text.strip())
    if match is None:
        raise InputError(f"{option} {text}", found="no key", expected=expected)
    sign = {"♯": "#", "♭": "b", None: ""}.get(match[2], match[2].lower() if match[2] else "")
    is_minor = bool(match[3]) and (match[3] == "m" or match[3].lower() in ("minor", "min"))
    try:
        return PageEdit(key=KeyEdit(name=f"{match[1].upper()}{sign} {'minor' if is_minor else 'major'}", at=_bar_line(bar)))
    except ValueError as error:
        raise InputError(f"{option} {text}", found=str(error), expected=expected) from error


def parse_metre_edit(text: str, *, bar: str | None = None, option: str = "--metre-from") -> PageEdit:
    """Read a time signature; from a bar on where one is named.

    Raises
    ------
    InputError : if it is none.

    Examples
    --------
    >>> parse_metre_edit("3/4", bar="9").words()
    'bars of 3/4 from bar 9 on'
    """
    try:
        return PageEdit(metre=MetreEdit(signature=text.replace(" ", ""), at=_bar_line(bar)))
    except ValueError as error:
        raise InputError(f"{option} {text}", found="no time signature", expected="3/4, 6/8 ...") from error


def _bar_line(bar: str | None) -> Place | None:
    return None if bar is None else Place(bar=bar.lower().removeprefix("bar").strip())


class _Words:
    """The words of a correction, read from left to right."""

    def __init__(self, text: str, option: str, form: str) -> None:
        self.text, self.option, self.form = text, option, form
        self.left = re.sub(r"(->|→|=>)", r" \1 ", text).replace(",", " ").split()
        if not self.left:
            raise self.error("nothing")

    def error(self, found: str) -> InputError:
        return InputError(f"{self.option} {self.text!r}", found=found, expected=self.form)

    def make(self, make: Callable[[], _Made]) -> _Made:
        """Make a part of the correction; what is not possible is an error with the right form."""
        try:
            return make()
        except ValueError as error:
            raise self.error(str(error)) from error

    def next(self, what: str) -> str:
        if not self.left:
            raise self.error(f"nothing where {what} should stand")
        word = self.left.pop(0)
        return word if read_note_name(word) or word[:1].isupper() else word.lower()

    def peek(self) -> str:
        return self.left[0].lower() if self.left else ""

    def skip(self, word: str) -> bool:
        """Whether this word comes next; it is passed."""
        if self.peek() != word:
            return False
        self.left.pop(0)
        return True

    def place(self, *, bar: str | None = None) -> Place:
        if self.skip("bar"):
            bar = self.next("the number of a bar")
        elif bar is None:
            raise self.error(f"{self.left[0]!r} where it should say which bar")
        beat = 1.0
        if self.skip("beat"):
            beat = self.number("a beat")
        number = bar
        return self.make(lambda: Place(bar=number, beat=beat))

    def among(self) -> tuple[int | None, int | None, str]:
        staff, voice, part = None, None, ""
        while self.peek() in ("left", "right", "hand", "staff", "voice", "in"):
            word = self.left.pop(0).lower()
            if word in _HANDS:
                staff = _HANDS[word]
                self.skip("hand")
            elif word == "hand":
                staff = self.hand()
            elif word == "staff":
                staff = self.count("a staff")
            elif word == "voice":
                voice = self.count("a voice")
            else:
                if not self.left:
                    raise self.error("nothing where a part's name should stand")
                part = self.left.pop(0)
        return staff, voice, part

    def name(self) -> str:
        word = self.next("a note's name")
        if pitch_of(word) is None:
            raise self.error(f"{word!r} where a note's name should stand")
        spelling = read_note_name(word)
        return str(spelling) if spelling is not None else word

    def number(self, what: str) -> float:
        word = self.next(what)
        match = re.fullmatch(r"(\d+(?:\.\d*)?|\.\d+)(?:/(\d+))?", word)
        if match is None or (match[2] and int(match[2]) == 0):
            raise self.error(f"{word!r} where {what} should stand")
        value = float(match[1]) / float(match[2] or 1)
        extra = re.fullmatch(r"(\d+)/([1-9]\d*)", self.peek()) if not match[2] else None
        if extra is not None:  # 2 1/3
            self.left.pop(0)
            value += int(extra[1]) / int(extra[2])
        return float(whole_part(value))

    def count(self, what: str) -> int:
        word = self.next(f"the number of {what}")
        if not word.isdecimal() or int(word) < 1:
            raise self.error(f"{word!r} where the number of {what} should stand")
        return int(word)

    def hand(self) -> int:
        word = self.next("left or right").lower()
        if word not in _HANDS:
            raise self.error(f"{word!r} where left or right should stand")
        return _HANDS[word]

    def end(self) -> None:
        if self.left:
            raise self.error(f"{' '.join(self.left)!r} after its end")
