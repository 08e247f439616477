"""Locks: which notes stay as they are. Everything else may be composed anew.

A lock is a question put to a note: in which bar is it, who plays it, how high is it, on which beat? Questions are joined by ``and``,
``or`` and ``not`` (in Python ``&``, ``|``, ``~``). The same question can be put to a note that does not exist yet, and so a lock also
says what may be
written where: a range of pitches that is locked in bar 5 gets no new notes there.

=====================  ==================================================================================
text                   what it locks
=====================  ==================================================================================
``bars 5-8``           those bars, counted from 1 as the page does, chords among them; ``bars 1-4, 9``
``part piano``         a part by its role or its name; ``parts melody, bass``; ``part "low voice"``
``pitch C4-C6``        notes in a range; ``pitch C4``, ``pitch above C4``, ``pitch below C4`` (C4 not included)
``beat 1``             what begins within a beat (a quarter), ``beats 1-2``
``section A``          bars of a section
``note 5:2.5 C4``      one note: bar 5, beat 2½, its pitch; ``note 5:1 C4 piano`` where two parts play it
``highest``            what is highest at its moment: the tune on top; ``lowest``
``chords``             all chord symbols; ``notes`` all notes
``all``, ``nothing``   everything, nothing
=====================  ==================================================================================
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from hexachord.arrays import BoolArray, StructuredArray
from hexachord.composition.clips import Clip, empty_notes
from hexachord.composition.plan import Plan
from hexachord.composition.vocabulary import CHORD, GRID, Vocabulary
from hexachord.errors import InputError


@dataclass(frozen=True, kw_only=True, eq=False)
class Asked:
    """Notes that a lock is asked about.

    Attributes
    ----------
    notes : of the dtype of `Clip.notes`; chords come as notes of the role of chords, with pitch -1
    clip : the music they belong to
    vocabulary : the words
    real : whether they stand in the clip; if not, they are notes that somebody might write
    """

    notes: StructuredArray
    clip: Clip
    vocabulary: Vocabulary
    real: bool = True


@dataclass(frozen=True, eq=False)
class Lock:
    """A question put to notes; `text` is how it is written.

    Examples
    --------
    >>> from hexachord.composition.clips import empty_chords, make_bars
    >>> notes = empty_notes(2)
    >>> notes["bar"], notes["pitch"], notes["role"] = [0, 5], [60, 72], 1
    >>> clip = Clip(bars=make_bars(8, 4, 4), notes=notes, chords=empty_chords())
    >>> lock = bars(1, 4) | pitches(70, 80)
    >>> lock.text
    '(bars 1-4 or pitch A#4-G#5)'
    >>> lock.of(clip, vocabulary=Vocabulary())[0].tolist(), (~bars(1, 4)).of(clip, vocabulary=Vocabulary())[0].tolist()
    ([True, True], [False, True])
    """

    text: str
    holds: Callable[[Asked], BoolArray] = field(repr=False)

    def __and__(self, other: "Lock") -> "Lock":
        return Lock(f"({self.text} and {other.text})", lambda asked: self.holds(asked) & other.holds(asked))

    def __or__(self, other: "Lock") -> "Lock":
        return Lock(f"({self.text} or {other.text})", lambda asked: self.holds(asked) | other.holds(asked))

    def __invert__(self) -> "Lock":
        return Lock(f"not {self.text}", lambda asked: ~self.holds(asked))

    def of(self, clip: Clip, *, vocabulary: Vocabulary) -> tuple[BoolArray, BoolArray]:
        """Say which notes and which chords of a clip are locked."""
        chords = empty_notes(len(clip.chords))
        chords["bar"], chords["place"], chords["pitch"], chords["role"] = clip.chords["bar"], clip.chords["place"], -1, CHORD
        return (
            self.holds(Asked(notes=clip.notes, clip=clip, vocabulary=vocabulary)),
            self.holds(Asked(notes=chords, clip=clip, vocabulary=vocabulary)),
        )

    def covers(self, clip: Clip, bar: int, role: int, *, vocabulary: Vocabulary) -> BoolArray:
        """Say which notes nobody may write: (places of the bar, 128); of chords (places, 1)."""
        length, pitches = int(clip.lengths[bar]), 1 if role == CHORD else 128
        notes = empty_notes(length * pitches)
        notes["bar"], notes["role"] = bar, role
        notes["place"] = np.repeat(np.arange(length), pitches)
        notes["pitch"] = -1 if role == CHORD else np.tile(np.arange(128), length)
        return self.holds(Asked(notes=notes, clip=clip, vocabulary=vocabulary, real=False)).reshape(length, pitches)


def everything() -> Lock:
    """Lock all."""
    return Lock("all", lambda asked: np.ones(len(asked.notes), dtype=bool))


def nothing() -> Lock:
    """Lock nothing."""
    return Lock("nothing", lambda asked: np.zeros(len(asked.notes), dtype=bool))


def bars(first: int, last: int | None = None) -> Lock:
    """Lock bars `first` to `last`, counted from 1."""
    end = first if last is None else last

    def holds(asked: Asked) -> BoolArray:
        count = len(asked.clip.bars)
        if not 1 <= first <= end <= count:
            raise InputError(
                f"bars {first}-{end}", found=f"a piece of {count} bars", expected=f"bars from 1 to {count}, the first one first"
            )
        return np.asarray((asked.notes["bar"] >= first - 1) & (asked.notes["bar"] < end))

    return Lock(f"bar {first}" if end == first else f"bars {first}-{end}", holds)


def part(name: str) -> Lock:
    """Lock a part by its role (``piano``) or by its name in the score."""

    def holds(asked: Asked) -> BoolArray:
        wanted, roles = name.strip().lower(), asked.vocabulary.roles
        found = {index for index, role in enumerate(roles) if role == wanted}
        found |= {part.role for part in asked.clip.parts if part.name.lower() == wanted}
        if not found:
            known = sorted({roles[part.role] for part in asked.clip.parts} | {part.name for part in asked.clip.parts if part.name})
            raise InputError(f"part {name}", found="no such part", expected=f"one of {', '.join(known) or ', '.join(roles)}")
        return np.asarray(np.isin(asked.notes["role"], sorted(found)))

    return Lock(f'part "{name}"' if " " in name else f"part {name}", holds)


def pitches(low: int, high: int) -> Lock:
    """Lock MIDI pitches `low` to `high`, both included."""
    text = f"pitch {pitch_text(low)}" if low == high else f"pitch {pitch_text(low)}-{pitch_text(high)}"
    return Lock(text, lambda asked: np.asarray((asked.notes["pitch"] >= low) & (asked.notes["pitch"] <= high)))


def beats(first: int, last: int | None = None) -> Lock:
    """Lock what begins within quarters `first` to `last` of its bar, counted from 1."""
    end = first if last is None else last
    text = f"beat {first}" if end == first else f"beats {first}-{end}"
    return Lock(text, lambda asked: np.asarray((asked.notes["place"] // GRID >= first - 1) & (asked.notes["place"] // GRID < end)))


def section(letter: str) -> Lock:
    """Lock the bars of a section by its letter."""

    def holds(asked: Asked) -> BoolArray:
        number = ord(letter.upper()[0]) - ord("A") + 1
        known = sorted({chr(ord("A") + int(value) - 1) for value in asked.clip.bars["section"] if value > 0})
        if letter.upper() not in known:
            expected = f"one of {', '.join(known)}" if known else "a piece with sections"
            raise InputError(f"section {letter}", found="no such section", expected=expected)
        return np.asarray(asked.clip.bars["section"][asked.notes["bar"]] == number)

    return Lock(f"section {letter}", holds)


def note(bar: int, beat: float, pitch: int, role: str | None = None) -> Lock:
    """Lock one note: bar and beat (in quarters) counted from 1, its pitch, and who plays it where that is not clear."""
    place = round((beat - 1) * GRID)

    def holds(asked: Asked) -> BoolArray:
        table = asked.notes
        found = (table["bar"] == bar - 1) & (table["place"] == place) & (table["pitch"] == pitch)
        return np.asarray(found & part(role).holds(asked) if role else found)

    return Lock(f"note {bar}:{beat:g} {pitch_text(pitch)}" + (f' "{role}"' if role else ""), holds)


def outer(highest: bool = True) -> Lock:
    """Lock what is highest (or lowest) of all that begins at its moment; drums do not count."""

    def holds(asked: Asked) -> BoolArray:
        table = asked.notes
        if not asked.real or not len(table):
            return np.zeros(len(table), dtype=bool)
        counts = (table["role"] != asked.vocabulary.drums) & (table["pitch"] >= 0)
        height = np.where(counts, table["pitch"].astype(np.int64) * (1 if highest else -1), -1000)
        moment = table["bar"].astype(np.int64) * 1024 + table["place"]
        _, index = np.unique(moment, return_inverse=True)
        top = np.full(int(index.max()) + 1, -1000)
        np.maximum.at(top, index, height)
        return np.asarray(counts & (height == top[index]))

    return Lock("highest" if highest else "lowest", holds)


def chord_symbols() -> Lock:
    """Lock all chord symbols."""
    return Lock("chords", lambda asked: np.asarray(asked.notes["role"] == CHORD))


def pitch_text(pitch: int) -> str:
    """Name a MIDI number: 60 is C4.

    Examples
    --------
    >>> pitch_text(61)
    'C#4'
    """
    names = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
    return f"{names[pitch % 12]}{pitch // 12 - 1}"


def locked_plan(clip: Clip, lock: Lock, *, vocabulary: Vocabulary, roles: tuple[int, ...] | None = None) -> Plan:
    """Plan to keep what is locked and to write everything else anew.

    Parameters
    ----------
    roles : who may get new notes; those that play in the clip (and chords, if it has any) when left out

    Returns
    -------
    A plan whose clip holds the locked notes alone; `dataclasses.replace` adds controls and constraints to it. Roles that are not among
    `roles` keep all their notes.
    """
    held, told = lock.of(clip, vocabulary=vocabulary)
    if roles is None:
        roles = tuple(sorted(set(np.unique(clip.notes["role"]).tolist()) | ({CHORD} if len(clip.chords) else set())))
    held = held | ~np.isin(clip.notes["role"], roles)
    told = told | (CHORD not in roles)
    fill = np.zeros((len(clip.bars), len(vocabulary.roles)), dtype=bool)
    shut: dict[tuple[int, int], BoolArray] = {}
    for bar in range(len(clip.bars)):
        for role in roles:
            shut[bar, role] = lock.covers(clip, bar, role, vocabulary=vocabulary)
            fill[bar, role] = not shut[bar, role].all()
    kept = Clip(bars=clip.bars, notes=clip.notes[held], chords=clip.chords[told], parts=clip.parts, style=clip.style)
    return Plan(clip=kept, fill=fill, allow=lambda bar, role: ~shut[bar, role])
