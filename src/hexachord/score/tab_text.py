"""Scores → tablature as plain text: a line for each string, the rhythm and the chords above it.

The kind of page that guitarists have passed around since there is electronic mail::

        C           Am
        q     e e   q     q
    e |-0-----0-1---0-----0-----|
    B |-1-----------1-----------|

A letter over each stroke says how long it is until the next one, as the staff would write it.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import accumulate
from math import ceil

from hexachord.errors import InputError
from hexachord.score.edit import transposed
from hexachord.score.model import Bar, ChordSymbol, Note, Part, Score, SectionMark
from hexachord.score.musicxml_harmony import chord_text
from hexachord.score.notated import notated
from hexachord.score.notes import merge_ties
from hexachord.score.tablature import Place, place_of, without_tab_notes
from hexachord.score.timing import metre_at
from hexachord.score.values import plain_value, tuplet_value

WIDTH = 80
_LETTERS = {"breve": "ww", "whole": "w", "half": "h", "quarter": "q", "eighth": "e", "16th": "s", "32nd": "t", "64th": "x"}
_LEGEND = "w h q e s t are whole to 32nd, q. dotted, q3 triplet, (q) held, rq rest"
_WIDEST = 10  # columns for one stroke, however long
_CROWDED = 8
_MARGIN = 2  # what a name needs after it
_NAMES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "G#", "A", "Bb", "B")


def write_tab_text(score: Score, *, width: int = WIDTH) -> str:
    """Write the first part that has strings and frets as text.

    Parameters
    ----------
    score : with places on its notes (`hexachord.score.tablature`)
    width : of a line at most; a bar that is longer stands alone

    Raises
    ------
    InputError : if no note of the score has a string and a fret, and no part is an empty tablature.

    Examples
    --------
    >>> from hexachord.score.tablature import with_place
    >>> notes = tuple(with_place(Note(at * 10080, 10080, 60 + at), 2, 1 + at) for at in range(4))
    >>> text = write_tab_text(Score(parts=(Part(notes=notes, tuning=(40, 45, 50, 55, 59, 64)),)))
    >>> print(text.split("\\n\\n")[1].rstrip())
        q  q  q  q
    e |-------------||
    B |-1--2--3--4--||
    G |-------------||
    D |-------------||
    A |-------------||
    E |-------------||
    """
    whole = notated(score)
    part = next((part for part in whole.parts if any(place_of(note) for note in part.notes) or (part.tuning and not part.notes)), None)
    if part is None:
        raise InputError(
            score.title or "the score",
            found="no strings and frets on its notes",
            expected="tablature",
            next_step="transcribe with --instrument guitar",
        )
    part = without_tab_notes(part)
    strings = part.tuning or _guessed_tuning(part)
    names = _string_names(strings)
    shown = transposed(replace(whole, parts=()), semitones=-part.capo).chords if part.capo else whole.chords
    sounding = _Sounding(part)
    bars = [_bar(bar, sounding, shown, whole, len(strings)) for bar in whole.bars]
    out = _head(whole, part, strings)
    for system in _systems(bars, whole.bars, width - len(names[0]) - 1):
        out += ["", *_system(system, bars, whole, names)]
    return "\n".join(line.rstrip() for line in out) + "\n"


@dataclass
class _Column:
    """A moment of a bar: what is struck on which string, the letter and the name above, how wide it should be."""

    tick: int
    rhythm: str
    frets: dict[int, str] = field(default_factory=dict)
    chord: str = ""
    width: int = 0


def _head(score: Score, part: Part, strings: tuple[int, ...]) -> list[str]:
    """Title, tuning, capo, tempo and metre, and what the letters mean."""
    out = [line for line in (score.title, score.composer) if line]
    out.append("Tuning: " + " ".join(_NAMES[pitch % 12] for pitch in strings) + " (low to high)")
    if part.capo:
        out.append(f"Capo:   fret {part.capo}; frets and chords are counted from it")
    facts = []
    if score.tempos:
        first = score.tempos[0]
        facts.append(first.metronome or f"quarter = {first.quarter_bpm:.0f}")
    metre = metre_at(score, 0)
    facts.append(f"{metre.beats}/{metre.beat_type}")
    out += ["Tempo:  " + ", ".join(facts), "Rhythm: " + _LEGEND]
    return out


def _guessed_tuning(part: Part) -> tuple[int, ...]:
    """The open strings, from what sounds where; those that nobody plays are a fourth apart from their neighbours."""
    known: dict[int, int] = {}
    for note in part.notes:
        if (place := place_of(note)) is not None:
            known.setdefault(place.string, note.pitch - place.fret - part.capo)
    count = max(6, *known)
    for string in range(1, count + 1):
        if string not in known:
            near = min(known, key=lambda other: abs(other - string))
            known[string] = known[near] + 5 * (near - string)
    return tuple(known[string] for string in range(count, 0, -1))


def _string_names(strings: tuple[int, ...]) -> list[str]:
    """Names from the highest string (the top line) down; the highest in a small letter where the lowest has the same one."""
    names = [_NAMES[pitch % 12] for pitch in reversed(strings)]
    if names[0] == names[-1]:
        names[0] = names[0].lower()
    longest = max(map(len, names))
    return [name.ljust(longest) for name in names]


class _Sounding:
    """The notes of a part as they sound, ties joined: what begins in a stretch of time, and until when what began before goes on."""

    def __init__(self, part: Part) -> None:
        self.notes = sorted((note for note in merge_ties(part.notes) if place_of(note) is not None), key=lambda note: note.onset)
        self.onsets = [note.onset for note in self.notes]
        self.latest = list(accumulate((note.end for note in self.notes), max))

    def within(self, start: int, end: int) -> list[Note]:
        """The notes that begin from start on, before the end."""
        return self.notes[bisect_left(self.onsets, start) : bisect_left(self.onsets, end)]

    def until(self, tick: int) -> int:
        """When the last of the notes that have begun by a moment ends."""
        index = bisect_right(self.onsets, tick)
        return self.latest[index - 1] if index else 0


def _bar(bar: Bar, notes: _Sounding, chords: tuple[ChordSymbol, ...], score: Score, string_count: int) -> list[_Column]:
    """The columns of one bar."""
    struck: dict[int, list[Note]] = {}
    for note in notes.within(bar.tick, bar.end):
        struck.setdefault(note.onset, []).append(note)
    symbols = {symbol.tick: symbol.text or chord_text(symbol.label) for symbol in chords if bar.tick <= symbol.tick < bar.end}
    moments = sorted({bar.tick, *(tick for tick, played in struck.items() if any(not note.grace for note in played)), *symbols})
    columns: list[_Column] = []
    for tick, following in zip(moments, [*moments[1:], bar.end], strict=True):
        is_struck = any(not note.grace for note in struck.get(tick, []))
        place = len(columns)
        columns += _stretch(tick, following, min(notes.until(tick), following), is_struck, score.ticks_per_quarter)
        columns[place].frets = _frets(struck.get(tick, []), string_count)
        columns[place].chord = symbols.get(tick, "")
    _widen(columns, bar)
    return columns


def _stretch(tick: int, following: int, sounding: int, is_struck: bool, tpq: int) -> Iterator[_Column]:
    """From one moment to the next: a stroke, or what goes on, and a rest where the sound ends an eighth or more before."""
    until = sounding if tick < sounding and following - sounding >= tpq // 2 else following
    if sounding <= tick:
        yield _Column(tick, "r" + _letter(following - tick, tpq))
        return
    letter = _letter(until - tick, tpq)
    yield _Column(tick, letter if is_struck else f"({letter})")
    if until < following:
        yield _Column(until, "r" + _letter(following - until, tpq))


def _letter(duration: int, tpq: int) -> str:
    """How long, in letters; what no single value lasts is a sum."""
    value = plain_value(duration, tpq)
    if value is not None and value.kind in _LETTERS and value.dots < 3:
        return _LETTERS[value.kind] + "." * value.dots
    member = tuplet_value(duration, tpq)
    if member is not None and member.actual == 3 and member.kind in _LETTERS:
        return _LETTERS[member.kind] + "3"
    parts, left = [], duration
    for kind, quarters in (("w", 4.0), ("h", 2.0), ("q", 1.0), ("e", 0.5), ("s", 0.25)):
        if left >= quarters * tpq:
            parts.append(kind)
            left -= int(quarters * tpq)
    rest = _letter(left, tpq) if 0 < left < duration and parts else "~" if left else ""
    return "+".join([*parts, rest] if rest else parts)


def _frets(notes: Iterable[Note], string_count: int) -> dict[int, str]:
    """What to write on each string: the fret, a grace note before it in brackets."""
    frets: dict[int, str] = {}
    for note in sorted(notes, key=lambda note: not note.grace):
        place: Place | None = place_of(note)
        if place is not None and place.string <= string_count:
            before = frets.get(place.string, "") if note.grace or frets.get(place.string, "").endswith(")") else ""
            frets[place.string] = before + (f"({place.fret})" if note.grace else str(place.fret))
    return frets


def _widen(columns: list[_Column], bar: Bar) -> None:
    """Give each column room for what it says, and for its time: the shortest of the bar gets three characters, two where it is crowded."""
    ends = [column.tick for column in columns[1:]] + [bar.end]
    lengths = [end - column.tick for column, end in zip(columns, ends, strict=True)]
    unit = min(length for length in lengths if length > 0)
    least = 3 if len(columns) <= _CROWDED else 2
    for column, length in zip(columns, lengths, strict=True):
        said = max([len(column.rhythm), *map(len, column.frets.values())])
        fair = min(_WIDEST, least * ceil((length / unit) ** 0.5)) if len(columns) > 1 else _WIDEST
        column.width = max(fair, said + 1, len(column.chord) + _MARGIN if column.chord else 0)


def _systems(bars: list[list[_Column]], written: tuple[Bar, ...], room: int) -> Iterator[range]:
    """Which bars stand on a line together."""
    first, used = 0, 0
    for index, columns in enumerate(bars):
        needed = sum(column.width for column in columns) + len(_left(written[index])) + len(_right(written[index]))
        if index > first and used + needed > room:
            yield range(first, index)
            first, used = index, 0
        used += needed
    if bars:
        yield range(first, len(bars))


def _left(bar: Bar) -> str:
    return "*-" if bar.repeat_start else "-"


def _right(bar: Bar) -> str:
    return "*||" if bar.repeat_end > 1 else "||" if bar.barline in ("light-light", "light-heavy") else "|"


def _system(system: range, bars: list[list[_Column]], score: Score, names: list[str]) -> list[str]:
    """One line of bars: sections, chords, rhythm, strings."""
    label = " " * len(names[0])
    sections, chords, rhythm = f"{label}  ", f"{label}  ", f"{label}  "
    strings = [f"{name} |" for name in names]
    marks = sorted(score.sections, key=lambda mark: mark.tick)
    for index in system:
        bar = score.bars[index]
        left, right = _left(bar), _right(bar)
        within = marks[bisect_left(marks, bar.tick, key=_tick) : bisect_right(marks, bar.end - 1, key=_tick)]
        for mark in within:
            sections = f"{sections.ljust(len(strings[0]) + len(left))}[{mark.label}] "
        chords, rhythm = (line + " " * (len(strings[0]) + len(left) - len(line)) for line in (chords, rhythm))
        strings = [line + _mark_dots(left, number, len(names)) for number, line in enumerate(strings, start=1)]
        for column in bars[index]:
            chords += column.chord.ljust(column.width)
            rhythm += column.rhythm.ljust(column.width)
            strings = [line + column.frets.get(number, "").ljust(column.width, "-") for number, line in enumerate(strings, start=1)]
        strings = [line + _mark_dots(right, number, len(names)) for number, line in enumerate(strings, start=1)]
    return [line for line in (sections, chords, rhythm) if line.strip()] + strings


def _mark_dots(sign: str, number: int, count: int) -> str:
    """A repeat sign's dots belong on the two middle strings only."""
    return sign if abs(2 * number - count - 1) <= 1 else sign.replace("*", "-")


def _tick(mark: SectionMark) -> int:
    return mark.tick
