"""Locks written as text: ``bars 1-4 or (part melody and not pitch above C5)``; the words are those of `hexachord.composition.locks`."""

import re
from collections.abc import Callable

from hexachord.composition import locks
from hexachord.composition.locks import Lock
from hexachord.errors import InputError
from hexachord.theory.chord_labels import NATURALS

_TOKEN = re.compile(r'\s*(?:"([^"]*)"|([(),])|([^\s(),"]+))')
_PITCH = re.compile(r"([A-Ga-g])([#b♯♭]*)(-?\d+)")
_ATOMS = "bars 5-8, part piano, pitch C4-C6, beat 1, section A, note 5:2.5 C4, highest, lowest, chords, notes, all, nothing"


def parse_lock(text: str) -> Lock:
    """Read a lock.

    Parameters
    ----------
    text : as the table in `hexachord.composition.locks` shows; ``not`` binds closest, then ``and``, then ``or``; brackets group

    Raises
    ------
    InputError : if it cannot be read; the message names the word at fault and what could stand there.

    Examples
    --------
    >>> parse_lock("bars 1-4, 9 or not (part piano and pitch below C4)").text
    '((bars 1-4 or bar 9) or not (part piano and pitch C-1-B3))'
    """
    reader = _Reader(text)
    lock = reader.either()
    if reader.word is not None:
        raise reader.error("'and', 'or', or the end")
    return lock


def parse_pitch(text: str) -> int:
    """Read a pitch with its octave: ``C4`` is 60, ``Bb3`` 58; a MIDI number is taken as it is.

    Raises
    ------
    InputError : if it is neither, or no MIDI pitch.

    Examples
    --------
    >>> parse_pitch("C4"), parse_pitch("F#-1"), parse_pitch("64")
    (60, 6, 64)
    """
    match = _PITCH.fullmatch(text)
    if match:
        alter = sum(1 if sign in "#♯" else -1 for sign in match[2])
        pitch = NATURALS[match[1].upper()] + alter + 12 * (int(match[3]) + 1)
    elif text.isdigit():
        pitch = int(text)
    else:
        pitch = -1
    if not 0 <= pitch <= 127:
        raise InputError(
            f"the pitch {text}", found="no pitch", expected="a name with its octave (C4, F#5, Bb3) or a MIDI number from 0 to 127"
        )
    return pitch


class _Reader:
    """Walks through the words."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.words: list[tuple[str, bool]] = []  # word, quoted
        at = 0
        while at < len(text.rstrip()):
            match = _TOKEN.match(text, at)
            if match is None:
                raise InputError(f"the lock {text!r}", found="a quotation mark that is not closed", expected='part "low voice"')
            quoted, sign, plain = match.groups()
            self.words.append((sign or plain, False) if quoted is None else (quoted, True))
            at = match.end()
        self.at = 0

    @property
    def word(self) -> str | None:
        return self.words[self.at][0] if self.at < len(self.words) else None

    @property
    def lower(self) -> str:
        return (self.word or "").lower() if not (self.at < len(self.words) and self.words[self.at][1]) else ""

    def take(self, expected: str) -> str:
        if self.word is None or (self.word in ["(),and", "or", "not"] and not self.words[self.at][1]):
            raise self.error(expected)
        self.at += 1
        return self.words[self.at - 1][0]

    def error(self, expected: str) -> InputError:
        found = "nothing more" if self.word is None else f"{self.word!r}"
        return InputError(f"the lock {self.text!r}", found=found, expected=expected)

    def either(self) -> Lock:
        lock = self.both()
        while self.lower == "or":
            self.at += 1
            lock = lock | self.both()
        return lock

    def both(self) -> Lock:
        lock = self.one()
        while self.lower == "and":
            self.at += 1
            lock = lock & self.one()
        return lock

    def one(self) -> Lock:
        if self.lower == "not":
            self.at += 1
            return ~self.one()
        if self.lower == "(":
            self.at += 1
            lock = self.either()
            if self.lower != ")":
                raise self.error("a closing bracket")
            self.at += 1
            return lock
        return self.atom()

    def atom(self) -> Lock:
        word = self.lower
        plain: dict[str, Callable[[], Lock]] = {
            "all": locks.everything, "everything": locks.everything, "nothing": locks.nothing, "none": locks.nothing,
            "chords": locks.chord_symbols, "notes": lambda: ~locks.chord_symbols(),
            "highest": locks.outer, "lowest": lambda: locks.outer(highest=False),
        }  # fmt: skip
        if word in plain:
            self.at += 1
            return plain[word]()
        listed: dict[str, Callable[[], Lock]] = {
            "bar": lambda: locks.bars(*self.span("a bar or bars, as 5-8")), "part": lambda: locks.part(self.take("the name of a part")),
            "beat": lambda: locks.beats(*self.span("a beat or beats, as 1-2")), "pitch": self.pitch, "note": self.note,
            "section": lambda: locks.section(self.take("the letter of a section")),
        }  # fmt: skip
        name = {"bars": "bar", "parts": "part", "beats": "beat", "pitches": "pitch", "sections": "section"}.get(word, word)
        if name not in listed:
            raise self.error(f"one of: {_ATOMS}")
        self.at += 1
        lock = listed[name]()
        while self.lower == ",":
            self.at += 1
            lock = lock | listed[name]()
        return lock

    def span(self, expected: str) -> tuple[int, int]:
        first, dash, last = self.take(expected).replace("–", "-").partition("-")
        if not first.isdigit() or (dash and not last.isdigit()) or int(first) < 1:
            self.at -= 1
            raise self.error(expected)
        return int(first), int(last) if dash else int(first)

    def pitch(self) -> Lock:
        if self.lower in ("above", "over", "below", "under"):
            above = self.lower in ("above", "over")
            self.at += 1
            at = parse_pitch(self.take("a pitch"))
            return locks.pitches(min(at + 1, 127), 127) if above else locks.pitches(0, max(at - 1, 0))
        text = self.take("a pitch, or two, as C4-C6").replace("–", "-")
        match = re.fullmatch(r"(.+?\d)-(.+)", text)
        low, high = (parse_pitch(match[1]), parse_pitch(match[2])) if match else (parse_pitch(text),) * 2
        return locks.pitches(min(low, high), max(low, high))

    def note(self) -> Lock:
        expected = "a place and a pitch, as 5:2.5 C4"
        bar, _, beat = self.take(expected).partition(":")
        try:
            place = int(bar), float(beat)
        except ValueError:
            self.at -= 1
            raise self.error(expected) from None
        pitch = parse_pitch(self.take(expected))
        named = self.word is not None and self.lower not in ("and", "or", ")", ",", "(")
        return locks.note(*place, pitch, self.take("a part") if named else None)
