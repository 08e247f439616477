"""A small text notation that a person can write and check against the page.

A file starts with ``name: value`` lines (title, composer, lyricist, key, metre, tempo, sections, chords) and goes on with parts::

    part: Piano, program 0, staves 2
    staff 1
    16 d4 e4 f4 g4 a4 bb4 | c#4 bb4 a4 g4 f4 e4 | 8 f4 a4 d5 |
    staff 2
    4. r | r | 16 d3 e3 f3 g3 a3 bb3 |

A number sets the length of all that follows (``8.`` dotted, ``8t`` triplet); notes carry letter, accidental and octave (c4 is middle C,
key signatures change nothing); ``r`` is a rest, ``<c4 e4 g4>`` a chord, ``~`` after a note ties it on, ``{staccato}`` marks it, ``!mf`` is
a dynamic, ``[...]*4`` repeats, ``|`` checks that the bar is full and ``%`` starts a comment. ``lyrics:`` sets syllables under the voice
above it (``a- bove``, ``_`` for a melisma). In a part with ``drums``, notes are the names in `DRUMS`. ``staff 1 voice 2`` opens a
second voice.
"""

import re
from dataclasses import replace

from hexachord.errors import InputError
from hexachord.score.drums import drum_place
from hexachord.score.model import (
    TICKS_PER_QUARTER,
    ChordSymbol,
    Clef,
    Direction,
    KeyMark,
    Lyric,
    MetreMark,
    Note,
    NoteValue,
    Part,
    Score,
    SectionMark,
    Spelling,
    TempoMark,
    Transposition,
)
from hexachord.score.timing import bar_duration, bars_from_metres

DRUMS = {"bd": 36, "sn": 38, "ss": 37, "hh": 42, "ph": 44, "oh": 46, "cr": 49, "ri": 51, "th": 48, "tm": 47, "tl": 43}
"""Drum names and their General MIDI keys: bass drum, snare, side stick, hats closed, pedalled, open, crash, ride, toms high to low."""
_KINDS = {1: "whole", 2: "half", 4: "quarter", 8: "eighth", 16: "16th", 32: "32nd"}
_LENGTH = re.compile(r"(1|2|4|8|16|32)(\.*)(t?)")
_NOTE = re.compile(r"(?:([a-g])(##?|bb?)?(\d)|([a-z]{2}))(~?)((?:\{[^}]*\})*)")
_TOKEN = re.compile(r"<[^>]*>~?(?:\{[^}]*\})*|\S+")
_MAJOR_FIFTHS = {"C": 0, "G": 1, "D": 2, "A": 3, "E": 4, "B": 5, "F#": 6, "F": -1, "Bb": -2, "Eb": -3, "Ab": -4, "Db": -5, "Gb": -6}


def parse_notation(text: str, *, source: str = "the notation") -> Score:
    """Read a score from the text notation.

    Raises
    ------
    InputError : naming the line, for anything that is not in the notation or a bar that is not full.
    """
    return _Parser(source).parse(text)


class _Parser:
    def __init__(self, source: str) -> None:
        self.source = source
        self.head: dict[str, str] = {}
        self.parts: list[Part] = []
        self.notes: list[Note] = []
        self.directions: list[Direction] = []
        self.metre = MetreMark(0, 4, 4)
        self.start_voice(1, 1)

    def start_voice(self, staff: int, voice: int) -> None:
        self.staff, self.voice, self.tick, self.length, self.value = staff, voice, 0, TICKS_PER_QUARTER, NoteValue("quarter")
        self.bar_start, self.next_sung, self.open_ties = 0, len(self.notes), dict[int, int]()

    def fail(self, line: int, found: str, expected: str) -> InputError:
        return InputError(f"{self.source}, line {line}", found=found, expected=expected)

    def parse(self, text: str) -> Score:
        for number, raw in enumerate(text.splitlines(), start=1):
            line = raw.partition("%")[0].strip()
            if (match := re.fullmatch(r"staff (\d)(?: voice (\d))?", line)) is not None:
                self.start_voice(int(match[1]), 4 * int(match[1]) - 4 + int(match[2] or 1))  # 1, 2 above, 5, 6 below, as MusicXML counts
            elif (match := re.fullmatch(r"([a-z]+): *(.*)", line)) is not None:
                self.field(number, match[1], match[2])
            elif line:
                self.music(number, line)
        self.end_part()
        return self.score()

    def field(self, line: int, name: str, value: str) -> None:
        if name == "part":
            self.end_part()
            title, *options = (item.strip() for item in value.split(","))
            given = {name: number or "1" for name, _, number in (option.partition(" ") for option in options)}
            staves, percussion = int(given.get("staves", "1")), "drums" in given
            clefs = (Clef(0, 1, "percussion", 2),) if percussion else _clefs(staves, bass="bass" in given)
            part = Part(id=f"P{len(self.parts) + 1}", name=title, staves=staves, clefs=clefs, is_percussion=percussion)
            self.parts.append(
                replace(
                    part,
                    program=int(given.get("program", "0")),
                    abbreviation=given.get("short", ""),
                    transposition=Transposition(octaves=int(given.get("octaves", "0"))),
                )
            )
            self.start_voice(1, 1)
        elif name == "lyrics":
            self.lyrics(line, value.split())
        elif name in ("title", "composer", "lyricist", "key", "metre", "tempo", "sections", "chords"):
            self.head[name] = f"{self.head.get(name, '')} {value}".strip()
            if name == "metre":
                beats, _, beat_type = value.partition("/")
                self.metre = MetreMark(0, int(beats), int(beat_type))
        else:
            raise self.fail(line, f"a field named {name}", "title, composer, lyricist, key, metre, tempo, sections, chords, part or lyrics")

    def music(self, line: int, text: str) -> None:
        while (repeat := re.search(r"\[([^][]*)\]\*(\d+)", text)) is not None:
            text = text[: repeat.start()] + (repeat[1] + " ") * int(repeat[2]) + text[repeat.end() :]
        for token in _TOKEN.findall(text):
            if token == "|":
                if self.tick - self.bar_start != bar_duration(self.metre, ticks_per_quarter=TICKS_PER_QUARTER):
                    raise self.fail(line, f"a bar of {(self.tick - self.bar_start) / TICKS_PER_QUARTER:g} quarters", "a full bar before |")
                self.bar_start = self.tick
            elif (match := _LENGTH.fullmatch(token)) is not None:
                dots, triplet = len(match[2]), bool(match[3])
                plain = 4 * TICKS_PER_QUARTER // int(match[1])
                self.length = (2 * plain - plain // 2**dots) * (2 if triplet else 3) // 3
                self.value = NoteValue(_KINDS[int(match[1])], dots, *((3, 2) if triplet else (1, 1)))
            elif token == "r":
                self.tick += self.length
            elif token.startswith("!"):
                self.directions.append(Direction(self.tick, "dynamic", token[1:], staff=self.staff))
            elif token.startswith("<"):
                inner, _, suffix = token[1:].partition(">")
                tie = "~" * suffix.startswith("~")  # ties go to every note of a chord, marks to the first
                for item in inner.split():
                    self.note(line, item + suffix)
                    suffix = tie
                self.tick += self.length
            else:
                self.note(line, token)
                self.tick += self.length

    def note(self, line: int, token: str) -> None:
        match = _NOTE.fullmatch(token)
        if match is None or bool(match[4]) != self.parts[-1].is_percussion or (match[4] and match[4] not in DRUMS):
            raise self.fail(line, f"{token!r}", "a note such as c#4, a chord <c4 e4>, a rest r, a length such as 8., or |")
        marks = tuple(re.findall(r"\{([^}]*)\}", match[6]))
        if match[4]:
            pitch = DRUMS[match[4]]
            place = drum_place(pitch)
            spelling = place.spelling
            marks = (f"notehead-{place.notehead}", *marks) if place.notehead else marks
        else:
            accidental = match[2] or ""
            spelling = Spelling(match[1].upper(), accidental.count("#") - accidental.count("b"), int(match[3]))
            pitch = spelling.pitch
        note = Note(self.tick, self.length, pitch, voice=self.voice, staff=self.staff, spelling=spelling, marks=marks)
        if self.value.actual != 1:
            note = note._replace(value=self.value)
        if self.open_ties.pop(pitch, -1) == self.tick:
            note = note._replace(tied_to_previous=True)
        if match[5]:
            note = note._replace(tied_to_next=True)
            self.open_ties[pitch] = note.end
        self.notes.append(note)

    def lyrics(self, line: int, words: list[str]) -> None:
        inside = False
        for word in words:
            while self.next_sung < len(self.notes) and self.notes[self.next_sung].tied_to_previous:
                self.next_sung += 1
            if self.next_sung == len(self.notes):
                raise self.fail(line, f"no note for the syllable {word!r}", "at most one syllable per note, _ for a melisma")
            if word != "_":
                goes_on = word.endswith("-")
                syllabic = ("middle" if inside else "begin") if goes_on else ("end" if inside else "single")
                note = self.notes[self.next_sung]
                self.notes[self.next_sung] = note._replace(lyrics=(Lyric(word.removesuffix("-"), syllabic),))
                inside = goes_on
            self.next_sung += 1

    def end_part(self) -> None:
        if self.parts:
            ordered = sorted(self.notes, key=lambda note: (note.onset, note.staff, note.voice, note.pitch))
            sung = any(note.lyrics for note in ordered)
            directions = (mark._replace(above=True) if sung else mark for mark in self.directions)
            self.parts[-1] = replace(self.parts[-1], notes=tuple(ordered), directions=tuple(directions))
        self.notes, self.directions = [], []

    def score(self) -> Score:
        head, bar = self.head, bar_duration(self.metre, ticks_per_quarter=TICKS_PER_QUARTER)
        end = max((note.end for part in self.parts for note in part.notes), default=0)
        bars = bars_from_metres((self.metre,), ticks_per_quarter=TICKS_PER_QUARTER, end_tick=end)
        tonic, _, mode = head.get("key", "C major").partition(" ")
        tempo = re.fullmatch(r"(?:([a-z]+\.?) = )?([\d.]+) *(.*)", head.get("tempo", "120"))
        if tempo is None:
            raise InputError(self.source, found=f"the tempo {head['tempo']!r}", expected="a number of quarters a minute and words")
        chords: list[ChordSymbol] = []
        for number, cell in enumerate(head.get("chords", "").strip(" |").split("|")):
            labels = cell.split()
            for index, label in enumerate(labels):
                start, stop = (number * bar + bar * k // len(labels) for k in (index, index + 1))
                chords.append(ChordSymbol(start, label, stop))
        sections: list[SectionMark] = []
        for item in filter(None, head.get("sections", "").split(",")):
            name, length = item.split()
            start = sections[-1].end or 0 if sections else 0
            sections.append(SectionMark(start, name, start + int(length) * bar))
        return Score(
            parts=tuple(self.parts),
            title=head.get("title", ""),
            composer=head.get("composer", ""),
            lyricist=head.get("lyricist", ""),
            tempos=(TempoMark(0, float(tempo[2]), tempo[3], f"{tempo[1]} = {tempo[2]}" if tempo[1] else ""),),
            metres=(self.metre,),
            keys=(KeyMark(0, _MAJOR_FIFTHS[tonic] - (3 if mode == "minor" else 0), mode),),
            chords=tuple(chords),
            sections=tuple(sections),
            bars=(*bars[:-1], bars[-1]._replace(barline="light-heavy")),
        )


def _clefs(staves: int, *, bass: bool) -> tuple[Clef, ...]:
    if staves == 1:
        return (Clef(0, 1, "F", 4) if bass else Clef(0, 1, "G", 2),)
    return (Clef(0, 1, "G", 2), Clef(0, 2, "F", 4))
