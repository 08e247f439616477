"""Fretted instruments: tunings by name and by notes, the capo, and where on the neck a pitch can be had.

Strings are numbered as players do, 1 for the highest; frets count from the capo, 0 is the open string. A tuning is written from the lowest
string up, as guitarists say it: ``D A D G A D``.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from hexachord.errors import InputError
from hexachord.score.model import Spelling


@dataclass(frozen=True, kw_only=True)
class Fretboard:
    """An instrument as it lies in the hands.

    Attributes
    ----------
    open_pitches : MIDI numbers of the strings without a capo, from the lowest string (the bottom line of tablature) up
    frets : how many the neck has
    capo : the fret it sits on, 0 for none
    name : of the tuning
    program : General MIDI's instrument for it
    """

    open_pitches: tuple[int, ...]
    frets: int = 20
    capo: int = 0
    name: str = ""
    program: int = 24

    def __post_init__(self) -> None:
        if not self.open_pitches or not all(0 <= pitch <= 127 for pitch in self.open_pitches):
            raise ValueError(f"a fretboard needs strings tuned to MIDI numbers, found {self.open_pitches}")
        if not 0 <= self.capo < self.frets:
            raise ValueError(f"a capo on fret {self.capo} of {self.frets}")

    @property
    def string_count(self) -> int:
        """How many strings there are."""
        return len(self.open_pitches)

    @property
    def lowest(self) -> int:
        """The lowest pitch, above the capo."""
        return min(self.open_pitches) + self.capo

    @property
    def highest(self) -> int:
        """The highest pitch."""
        return max(self.open_pitches) + self.frets

    @property
    def note_names(self) -> str:
        """The open strings from the lowest up, as ``E A D G B E``."""
        return " ".join(_NAMES[pitch % 12] for pitch in self.open_pitches)

    def pitch_at(self, string: int, fret: int) -> int:
        """What sounds on a string (1 the highest) at a fret counted from the capo.

        Examples
        --------
        >>> fretboard("standard", capo=2).pitch_at(5, 3)
        50
        """
        if not 1 <= string <= self.string_count:
            raise ValueError(f"string {string} of {self.string_count}")
        return self.open_pitches[-string] + self.capo + fret

    def places(self, pitch: int) -> tuple[tuple[int, int], ...]:
        """Where a pitch can be played: (string, fret) from the highest string down.

        Examples
        --------
        >>> fretboard().places(64)
        ((1, 0), (2, 5), (3, 9), (4, 14), (5, 19))
        """
        found = ((string, pitch - self.open_pitches[-string] - self.capo) for string in range(1, self.string_count + 1))
        return tuple((string, fret) for string, fret in found if 0 <= fret <= self.frets - self.capo)


_NAMES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "G#", "A", "Bb", "B")
_GUITAR, _BASS, _UKULELE = (20, 24), (20, 33), (15, 24)  # frets, General MIDI program
_TUNINGS: tuple[tuple[str, str, tuple[int, int]], ...] = (
    ("standard", "E2 A2 D3 G3 B3 E4", _GUITAR),
    ("drop-d", "D2 A2 D3 G3 B3 E4", _GUITAR),
    ("drop-c", "C2 G2 C3 F3 A3 D4", _GUITAR),
    ("double-drop-d", "D2 A2 D3 G3 B3 D4", _GUITAR),
    ("half-step-down", "Eb2 Ab2 Db3 Gb3 Bb3 Eb4", _GUITAR),
    ("whole-step-down", "D2 G2 C3 F3 A3 D4", _GUITAR),
    ("dadgad", "D2 A2 D3 G3 A3 D4", _GUITAR),
    ("open-d", "D2 A2 D3 F#3 A3 D4", _GUITAR),
    ("open-e", "E2 B2 E3 G#3 B3 E4", _GUITAR),
    ("open-g", "D2 G2 D3 G3 B3 D4", _GUITAR),
    ("open-a", "E2 A2 E3 A3 C#4 E4", _GUITAR),
    ("open-c", "C2 G2 C3 G3 C4 E4", _GUITAR),
    ("seven-string", "B1 E2 A2 D3 G3 B3 E4", _GUITAR),
    ("bass", "E1 A1 D2 G2", _BASS),
    ("bass-drop-d", "D1 A1 D2 G2", _BASS),
    ("five-string-bass", "B0 E1 A1 D2 G2", _BASS),
    ("ukulele", "G4 C4 E4 A4", _UKULELE),
    ("low-g-ukulele", "G3 C4 E4 A4", _UKULELE),
    ("baritone-ukulele", "D3 G3 B3 E4", _UKULELE),
)
_NOTE = re.compile(r"([A-Ga-g])([#b♯♭]*)(-?\d)")
_LETTER = re.compile(r"[A-Ga-g][#b♯♭]?")


def _pitches(notes: str) -> tuple[int, ...]:
    return tuple(
        Spelling(step.upper(), sum(1 if sign in "#♯" else -1 for sign in signs), int(octave)).pitch
        for step, signs, octave in _NOTE.findall(notes)
    )


TUNINGS: Mapping[str, Fretboard] = MappingProxyType(
    {name: Fretboard(open_pitches=_pitches(notes), frets=frets, name=name, program=program) for name, notes, (frets, program) in _TUNINGS}
)
"""The tunings that have names, without a capo."""


def fretboard(tuning: str = "standard", *, capo: int = 0, frets: int | None = None) -> Fretboard:
    """Find a tuning by name or by its notes.

    Parameters
    ----------
    tuning : a name of `TUNINGS` (``drop D``, ``DADGAD`` and ``Drop-D`` are understood), or the open strings from the lowest up, with
        octaves (``D2 A2 D3 G3 A3 D4``) or, for six strings, without (``D A D G A D``: each as near as can be to standard tuning)
    capo : the fret it sits on
    frets : of the neck; the usual number when not given

    Raises
    ------
    InputError : if the tuning has no such name and no notes, or the capo is off the neck.

    Examples
    --------
    >>> fretboard("drop D").open_pitches, fretboard("C G D G B D").open_pitches
    ((38, 45, 50, 55, 59, 64), (36, 43, 50, 55, 59, 62))
    """
    board = TUNINGS.get(re.sub(r"[\s_]+", "-", tuning.strip().lower())) or _from_notes(tuning)
    count = board.frets if frets is None else frets
    if not 0 <= capo < min(count, 13):
        raise InputError(f"capo {capo}", found="no such fret", expected=f"0 (none) to {min(count, 13) - 1}")
    return Fretboard(open_pitches=board.open_pitches, frets=count, capo=capo, name=board.name, program=board.program)


def _from_notes(text: str) -> Fretboard:
    squeezed = re.sub(r"[\s,;-]+", "", text)
    with_octaves = _NOTE.findall(squeezed)
    if with_octaves and "".join("".join(found) for found in with_octaves) == squeezed and 3 <= len(with_octaves) <= 10:
        pitches = _pitches(squeezed)
        is_bass = max(pitches) < 50
        return Fretboard(open_pitches=pitches, name=_name_of(pitches, text), program=33 if is_bass else 24)
    letters = _LETTER.findall(squeezed)
    standard = TUNINGS["standard"].open_pitches
    if "".join(letters) == squeezed and len(letters) == len(standard):
        pitches = tuple(_nearest(letter, near) for letter, near in zip(letters, standard, strict=True))
        return Fretboard(open_pitches=pitches, name=_name_of(pitches, text))
    raise InputError(
        f"tuning {text!r}",
        found="neither a name nor the notes of open strings",
        expected="one of " + ", ".join(TUNINGS) + ", or notes from the lowest string up like D2 A2 D3 G3 A3 D4",
    )


def _nearest(letter: str, near: int) -> int:
    return near + (_pitches(f"{letter}4")[0] - near + 6) % 12 - 6


def _name_of(pitches: tuple[int, ...], text: str) -> str:
    return next((name for name, board in TUNINGS.items() if board.open_pitches == pitches), text.strip())
