"""Corrections of a written page, as plain data: what a user says about a key, a metre, a note, a chord or a title.

A correction says one thing and names its place the way a reader does: bar, beat and note. Beside that stands the moment on the recording's
clock, where there is one, so that a correction finds its note again when the bars are counted anew or the recording is transcribed by a
later version. `hexachord.theory.editing` applies them; `hexachord.theory.edit_grammar` reads them from a line of text.
"""

import re
from dataclasses import dataclass, fields
from fractions import Fraction

from hexachord.score.drums import DRUMS
from hexachord.score.model import Spelling
from hexachord.theory.chord_labels import parse_chord
from hexachord.theory.keys import key_fifths, parse_key

_NAME = re.compile(r"([A-Ga-g])(##|#|bb|b|x|♯|♭|)(-?\d{1,2})")
_SIGNS = {"": 0, "#": 1, "♯": 1, "##": 2, "x": 2, "b": -1, "♭": -1, "bb": -2}
_METRE = re.compile(r"(\d{1,2})/(1|2|4|8|16|32)")
_KITS = {"kick": 36, "hihat": 42, "hihat-closed": 42, "hihat-open": 46, "crash": 49, "ride": 51, "tom": 47}
_DENOMINATORS = (1, 2, 3, 4, 6, 8, 12, 16, 24, 5, 7)
_ROUNDED = Fraction(6, 1000)  # what is written with two digits


def read_note_name(text: str) -> Spelling | None:
    """Read a note's name; None where it is none.

    Examples
    --------
    >>> read_note_name("eb4"), read_note_name("H4")
    (Spelling(step='E', alter=-1, octave=4), None)
    """
    match = _NAME.fullmatch(text.strip())
    if match is None:
        return None
    spelling = Spelling(match[1].upper(), _SIGNS[match[2]], int(match[3]))
    return spelling if 0 <= spelling.pitch <= 127 else None


def drum_name(key: int) -> str:
    """Name a drum key in one word.

    Examples
    --------
    >>> drum_name(38), drum_name(42), drum_name(90)
    ('snare', 'closed-hi-hat', 'drum-90')
    """
    return DRUMS[key].name.lower().replace(" ", "-") if key in DRUMS else f"drum-{key}"


def read_drum_name(text: str) -> int | None:
    """Read a drum's name: a piece of the kit, General MIDI's name with hyphens, or ``drum-38``; None where it is none.

    Examples
    --------
    >>> read_drum_name("snare"), read_drum_name("kick"), read_drum_name("Closed-Hi-Hat"), read_drum_name("spoon")
    (38, 36, 42, None)
    """
    word = text.strip().lower().replace("_", "-").replace(" ", "-")
    if word in _KITS:
        return _KITS[word]
    if match := re.fullmatch(r"drum-(\d{1,3})", word):
        return int(match[1]) if int(match[1]) <= 127 else None
    return next((key for key in DRUMS if drum_name(key) == word), None)


def pitch_of(name: str) -> int | None:
    """Return the MIDI number that a note's or a drum's name means; None where it is neither."""
    spelling = read_note_name(name)
    return spelling.pitch if spelling is not None else read_drum_name(name)


def whole_part(value: float) -> Fraction:
    """Return the simple fraction that a number of two digits stands for: 2.33 is two and a third.

    Examples
    --------
    >>> [str(whole_part(value)) for value in (2.5, 2.33, 1.67, 0.17)]
    ['5/2', '7/3', '5/3', '1/6']
    """
    exact = Fraction(value).limit_denominator(10000)
    for denominator in _DENOMINATORS:
        near = Fraction(round(exact * denominator), denominator)
        if abs(near - exact) <= _ROUNDED:
            return near
    return exact


def beat_words(beat: float) -> str:
    """Write a beat with at most two digits.

    Examples
    --------
    >>> beat_words(2.0), beat_words(2.5), beat_words(7 / 3)
    ('2', '2.5', '2.33')
    """
    return f"{beat:.2f}".rstrip("0").rstrip(".")


@dataclass(frozen=True, kw_only=True)
class Place:
    """A moment on a page.

    Attributes
    ----------
    bar : the number that the page prints
    beat : felt beats from 1 on; in 6/8 a bar has two
    time_s : the same moment on the clock of the page; None where nobody looked
    """

    bar: str
    beat: float = 1.0
    time_s: float | None = None

    def __post_init__(self) -> None:
        if not self.beat >= 1:
            raise ValueError(f"there is no beat {self.beat:g}: beats count from 1")

    def words(self) -> str:
        """Say it."""
        return f"bar {self.bar} beat {beat_words(self.beat)}"


@dataclass(frozen=True, kw_only=True)
class NoteAddress:
    """Which note is meant.

    Attributes
    ----------
    at : where it begins
    name : of the note as it stands (``Eb4``; any other name of its key will do), or of a drum
    staff : where two staves have it; 1 is the right hand
    voice : where two voices have it
    part : a part's name or id, where several have it
    grace : it is the grace note there, not the note that follows it; None and False are the same
    """

    at: Place
    name: str
    staff: int | None = None
    voice: int | None = None
    part: str = ""
    grace: bool | None = None

    def __post_init__(self) -> None:
        if pitch_of(self.name) is None:
            raise ValueError(f"{self.name!r} names no note and no drum")

    @property
    def pitch(self) -> int:
        """The MIDI number."""
        pitch = pitch_of(self.name)
        assert pitch is not None
        return pitch

    def words(self) -> str:
        """Say it."""
        among = "".join(
            [
                f" in {self.part}" if self.part else "",
                f" staff {self.staff}" if self.staff is not None else "",
                f" voice {self.voice}" if self.voice is not None else "",
                " grace" if self.grace else "",
            ]
        )
        return f"{self.at.words()}{among} {self.name}"


@dataclass(frozen=True, kw_only=True)
class NoteEdit:
    """What becomes of a note; exactly one of these is said beside `note`.

    Attributes
    ----------
    name : its new pitch, or another name for it
    to : where it begins
    beats : how long it lasts, in felt beats
    staff : its staff; of a piano 1 is the right hand, 2 the left
    voice : its voice
    deleted : it goes
    """

    note: NoteAddress
    name: str = ""
    to: Place | None = None
    beats: float | None = None
    staff: int | None = None
    voice: int | None = None
    deleted: bool | None = None

    def __post_init__(self) -> None:
        _says_one(self, beside=("note",))
        if self.name and pitch_of(self.name) is None:
            raise ValueError(f"{self.name!r} names no note and no drum")
        _check_numbers(beats=self.beats, staff=self.staff, voice=self.voice)

    def words(self) -> str:
        """Say it."""
        note = self.note.words()
        if self.name:
            return f"{note} -> {self.name}"
        if self.to is not None:
            return f"{note} to {self.to.words()}"
        if self.beats is not None:
            return f"{note} duration {beat_words(self.beats)}"
        if self.staff is not None:
            return f"{note} to staff {self.staff}"
        return f"{note} to voice {self.voice}" if self.voice is not None else f"{note} deleted"


@dataclass(frozen=True, kw_only=True)
class NewNote:
    """A note that is not there yet; `beats` is how long it lasts, staff and voice are found where they are not said."""

    at: Place
    name: str
    beats: float
    staff: int | None = None
    voice: int | None = None
    part: str = ""

    def __post_init__(self) -> None:
        if pitch_of(self.name) is None:
            raise ValueError(f"{self.name!r} names no note and no drum")
        _check_numbers(beats=self.beats, staff=self.staff, voice=self.voice)


@dataclass(frozen=True, kw_only=True)
class ChordEdit:
    """Another chord symbol (Harte syntax; empty: none) where one stands, or one where none stood."""

    at: Place
    label: str = ""

    def __post_init__(self) -> None:
        if self.label:
            parse_chord(self.label)


@dataclass(frozen=True, kw_only=True)
class KeyEdit:
    """A key, ``Bb major``; from a bar on until the next change, or of the whole page."""

    name: str
    at: Place | None = None

    def __post_init__(self) -> None:
        parse_key(self.name)
        tonic, _, mode = self.name.partition(" ")
        if mode not in ("major", "minor"):
            raise ValueError(f"{self.name!r} is no key, as Bb major and F# minor are")
        if abs(key_fifths(tonic, mode)) > 7:
            raise ValueError(f"{self.name!r} would need {abs(key_fifths(tonic, mode))} accidentals, and a signature has at most 7")


@dataclass(frozen=True, kw_only=True)
class MetreEdit:
    """A time signature, ``3/4``; from a bar on, or from the first full one."""

    signature: str
    at: Place | None = None

    def __post_init__(self) -> None:
        self.numbers()

    def numbers(self) -> tuple[int, int]:
        """Return its two numbers."""
        match = _METRE.fullmatch(self.signature)
        if match is None or int(match[1]) < 1:
            raise ValueError(f"{self.signature!r} is no time signature, as 3/4 and 6/8 are")
        return int(match[1]), int(match[2])


@dataclass(frozen=True, kw_only=True)
class PageEdit:
    """One correction; exactly one of these is said beside `sheets`.

    Attributes
    ----------
    sheets : the pages that are meant (piano, lead-sheet, drums, score); empty for all
    title, composer : what stands above the music; "" takes it away

    Examples
    --------
    >>> PageEdit(key=KeyEdit(name="Bb major")).words()
    'the key is Bb major'
    >>> note = NoteAddress(at=Place(bar="12", beat=2.5), name="C4")
    >>> PageEdit(note=NoteEdit(note=note, name="Eb4"), sheets=("piano",)).words()
    'piano: bar 12 beat 2.5 C4 -> Eb4'
    """

    sheets: tuple[str, ...] = ()
    key: KeyEdit | None = None
    metre: MetreEdit | None = None
    note: NoteEdit | None = None
    added: NewNote | None = None
    chord: ChordEdit | None = None
    title: str | None = None
    composer: str | None = None

    def __post_init__(self) -> None:
        _says_one(self, beside=("sheets",))

    def words(self) -> str:
        """Say it."""
        text = self._words()
        return f"{', '.join(self.sheets)}: {text}" if self.sheets else text

    def _words(self) -> str:
        if self.key is not None:
            return f"the key is {self.key.name}" + _from(self.key.at)
        if self.metre is not None:
            return f"bars of {self.metre.signature}" + _from(self.metre.at)
        if self.note is not None:
            return self.note.words()
        if self.added is not None:
            new = self.added
            where = f" staff {new.staff}" if new.staff is not None else ""
            where += f" voice {new.voice}" if new.voice is not None else ""
            return f"{new.at.words()} a new {new.name} of duration {beat_words(new.beats)}{where}"
        if self.chord is not None:
            return f"{self.chord.at.words()} " + (f"the chord {self.chord.label}" if self.chord.label else "no chord symbol")
        if self.title is not None:
            return f"the title is {self.title!r}" if self.title else "no title"
        return f"the composer is {self.composer!r}" if self.composer else "no composer"


def _from(at: Place | None) -> str:
    return f" from bar {at.bar} on" if at is not None else ""


def _says_one(edit: object, *, beside: tuple[str, ...]) -> None:
    optional: tuple[object, ...] = (None, "") if isinstance(edit, NoteEdit) else (None,)
    said = [f.name for f in fields(edit) if f.name not in beside and getattr(edit, f.name) not in optional]  # type: ignore[arg-type]
    if len(said) != 1:
        raise ValueError(f"a correction says one thing, not {' and '.join(said) or 'nothing'}")


def _check_numbers(*, beats: float | None, staff: int | None, voice: int | None) -> None:
    if beats is not None and not 0 < beats <= 64:
        raise ValueError(f"no note lasts {beats:g} beats")
    if staff is not None and not 1 <= staff <= 8:
        raise ValueError(f"there is no staff {staff}")
    if voice is not None and not 1 <= voice <= 32:
        raise ValueError(f"there is no voice {voice}")
