"""Scores → ABC: one tune, a voice (V:) for each line of each part.

The score is completed and laid out as for MusicXML (`hexachord.score.notated`, `hexachord.score.layout`). Accidentals are written so that
both customs of reading them agree: those that hold in one octave and those that hold in all. (ABC Standard 2.1, chapters 3 and 4.)
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from hexachord.score.abc_fields import ACCIDENTALS
from hexachord.score.abc_marks import DECORATIONS, DYNAMICS
from hexachord.score.accidentals import key_alters
from hexachord.score.beams import beams_of_line
from hexachord.score.layout import BarLayout, lay_out
from hexachord.score.lines import Event
from hexachord.score.model import Bar, Clef, Grace, KeyMark, Note, NoteValue, Part, Score, Spelling, TempoMark
from hexachord.score.musicxml_harmony import chord_text
from hexachord.score.notated import notated
from hexachord.score.tablature import linked_staff
from hexachord.score.tuplets import is_tuplet
from hexachord.score.values import quarters

_BARS_IN_LINE = 4
_MOST_IN_TUPLET = 9  # ABC writes one digit; longer ones are written with the lengths they have
_UNIT = Fraction(1, 2)  # L:1/8, in quarters
_SIGNS = {alter: sign for sign, alter in ACCIDENTALS.items()}
_MARKS = {mark: name for name, mark in reversed(DECORATIONS.items())}
_SILENT_MARKS = ("tuplet-start", "tuplet-stop", "string-", "fret-", "notehead-", "grace-", "beam-")
_TONICS = ("Cb", "Gb", "Db", "Ab", "Eb", "Bb", "F", "C", "G", "D", "A", "E", "B", "F#", "C#", "G#", "D#", "A#")
_MODES = {"": (0, ""), "major": (0, ""), "minor": (3, "m"), "dorian": (2, "dor"), "phrygian": (4, "phr"), "lydian": (-1, "lyd"),
          "mixolydian": (1, "mix"), "aeolian": (3, "m"), "locrian": (5, "loc"), "ionian": (0, "")}  # fmt: skip
_CLEFS = {("G", 2): "treble", ("F", 4): "bass", ("C", 3): "alto", ("C", 4): "tenor", ("percussion", 2): "perc", ("percussion", 0): "perc"}
_BARLINES = {"light-heavy": "|]", "light-light": "||", "": "|"}


class AbcText(NamedTuple):
    """A tune, and what it could not hold: one line per kind, with its count."""

    text: str
    warnings: tuple[str, ...]


def write_abc(score: Score) -> str:
    """Write a score as ABC text; `abc_text` says what did not fit as well.

    Examples
    --------
    >>> from hexachord.score.model import KeyMark, Note, Part, Score
    >>> notes = tuple(Note(place * 10080, 10080, pitch) for place, pitch in enumerate((67, 69, 71, 78)))
    >>> print(write_abc(Score(title="Rise", parts=(Part(notes=notes),), keys=(KeyMark(0, 1, "major"),))).rstrip())
    X:1
    T:Rise
    M:4/4
    L:1/8
    K:G
    V:1 clef=treble
    V:1
    G2 A2 B2 f2 |]
    """
    return abc_text(score).text


def abc_text(score: Score) -> AbcText:
    """Write a score as ABC and say what did not fit."""
    found = Counter[str]()
    whole = notated(score, warnings=found)
    voices = [voice for number, part in enumerate(whole.parts) for voice in _voices(part, whole, is_first=number == 0)]
    for number, voice in enumerate(voices, start=1):
        voice.number = number
    out = ["X:1", f"T:{_plain(whole.title)}"]
    out += [f"C:{_plain(whole.composer)}"] if whole.composer else []
    first = whole.metres[0] if whole.metres else None
    out += [f"M:{_metre(first.beats, first.beat_type, first.groups)}"] if first is not None else []
    out += ["L:1/8"]
    out += [f"Q:{_tempo(whole.tempos[0])}"] if whole.tempos else []
    if len(voices) > 1:
        out.append("%%score " + _score_directive(whole, voices))
    out.append(f"K:{_key(_key_at(whole, 0))}")
    out += [voice.declaration() for voice in voices]
    for voice in voices:
        out += [f"V:{voice.number}", *_VoiceWriter(voice, whole, found).lines()]
    _name_losses(whole, found)
    warnings = tuple(f"{kind}: {count}" for kind, count in sorted(found.items()) if count)
    return AbcText("\n".join(out) + "\n", warnings)


@dataclass
class _Voice:
    """A line of a part through all bars; a bar in which it has nothing is None."""

    part: Part
    staff: int
    is_first: bool  # of its staff: it carries the staff's signs
    leads: bool  # the score: it carries what stands above it
    layouts: list[BarLayout]
    bars: list[list[Event] | None]
    number: int = 0

    def declaration(self) -> str:
        clef = next((clef for clef in self.part.clefs if clef.staff == self.staff), Clef(0, 1, "G", 2))
        name = f' name="{_plain(self.part.name)}"' if self.part.name and self.is_first and self.staff == 1 else ""
        return f"V:{self.number} clef={_CLEFS.get((clef.sign, clef.line), 'treble')}{name}"


def _voices(part: Part, score: Score, *, is_first: bool) -> list[_Voice]:
    """Follow each line of a part from bar to bar."""
    layouts = lay_out(part, score, tab_view=linked_staff(part))
    made: dict[tuple[int, int, int], _Voice] = {}
    for index, layout in enumerate(layouts):
        seen = Counter[tuple[int, int]]()
        for line in layout.lines:
            place = (line.staff, line.voice)
            key = (*place, seen[place])
            seen[place] += 1
            if key not in made:
                made[key] = _Voice(part, line.staff, is_first=False, leads=False, layouts=layouts, bars=[None] * len(layouts))
            made[key].bars[index] = line.events
    voices = [made[key] for key in sorted(made)]
    for staff in {voice.staff for voice in voices}:
        next(voice for voice in voices if voice.staff == staff).is_first = True
    if voices:
        voices[0].leads = is_first
    return voices


class _VoiceWriter:
    """Writes one voice; keeps the accidentals of the bar."""

    def __init__(self, voice: _Voice, score: Score, found: Counter[str]) -> None:
        self.voice, self.score, self.found = voice, score, found
        self.tpq = score.ticks_per_quarter
        self.signature: dict[str, int] = {}
        self.shown: dict[str, dict[int, int]] = {}  # step → octave → what was written there in this bar
        self.words: list[list[str]] = []  # syllables of this line, verse by verse
        self.stems = 0  # notes of this line that could carry a syllable

    def lines(self) -> Iterator[str]:
        """Lines of music, each with the lines of words under it."""
        bars = self.score.bars
        for start in range(0, len(bars), _BARS_IN_LINE):
            stop = min(start + _BARS_IN_LINE, len(bars))
            self.words, self.stems = [], 0
            yield " ".join(self._bar(index) for index in range(start, stop))
            for verse in self.words:
                yield "w: " + " ".join(verse)

    def _bar(self, index: int) -> str:
        bars, bar = self.score.bars, self.score.bars[index]
        out = self._signs(index, bar)
        events = self.voice.bars[index]
        if events is None:
            out.append("x" + _length(Fraction(bar.duration, self.tpq)))
        else:
            out.append(self._events(events, self.voice.layouts[index]))
        following = bars[index + 1] if index + 1 < len(bars) else None
        return " ".join([*out, _right_line(bar, following)])

    def _signs(self, index: int, bar: Bar) -> list[str]:
        """What stands at a bar's beginning: an ending, a repeat, new key and metre."""
        before = self.score.bars[index - 1] if index else None
        self.shown.clear()
        out = ["|:"] if bar.repeat_start and index == 0 else []
        if bar.endings and (before is None or before.endings != bar.endings):
            out.append("[" + ",".join(map(str, bar.endings)))
        for key in self.score.keys:
            if key.tick == bar.tick:
                self.signature = key_alters(key.fifths)
                out += [f"[K:{_key(key)}]"] if index else []
        out += [f"[M:{_metre(mark.beats, mark.beat_type, mark.groups)}]" for mark in self.score.metres if index and mark.tick == bar.tick]
        return out

    def _events(self, events: list[Event], layout: BarLayout) -> str:
        """Write the chords and rests of a bar; what hangs on one beam stands together."""
        bar = layout.bar
        brackets = _brackets(events, self.tpq)
        beams = beams_of_line(events, layout.beats, bar_tick=bar.tick, metre=layout.metre, ticks_per_quarter=self.tpq)
        out = ""
        for place, event in enumerate(events):
            end = events[place + 1].onset if place + 1 < len(events) else bar.end
            first = bar.tick if place == 0 else event.onset
            text = self._above(first, end, is_last=end >= bar.end) if self.voice.is_first and event.duration else ""
            text += self._graces(event.graces)
            if not event.duration:
                out += text
                continue
            text += brackets.get(place, "")
            length = _length(_written(event, self.tpq))
            if not event.notes:
                out += text + ("z" if event.visible else "x") + length + " "
                continue
            hangs_on = place in beams and beams[place][0] in ("begin", "continue")
            out += text + self._chord(event.notes, length) + ("" if hangs_on else " ")
            self._take_words(event.notes)
        return out.strip()

    def _above(self, start: int, end: int, *, is_last: bool) -> str:
        """Signs that fall on an event: chord symbols and section names over the first voice, dynamics and words over each staff."""
        score, voice = self.score, self.voice

        def here(tick: int) -> bool:
            return start <= tick < end or (is_last and end == score.end_tick and tick >= end)

        text = ""
        if voice.leads:
            text += "".join(f"[P:{_plain(mark.label)}]" for mark in score.sections if here(mark.tick))
            text += "".join(f'"{_quoted(symbol.text or chord_text(symbol.label))}"' for symbol in score.chords if here(symbol.tick))
        for sign in voice.part.directions:
            if sign.staff == voice.staff and here(sign.tick):
                if sign.kind == "dynamic" and sign.value in DYNAMICS:
                    text += f"!{sign.value}!"
                elif sign.kind == "words":
                    text += f'"{"_" if sign.above is False else "^"}{_quoted(sign.value)}"'
                else:
                    self.found[f"directions of kind {sign.kind}"] += 1
        return text

    def _graces(self, graces: list[Note]) -> str:
        if not graces:
            return ""
        slash = "/" if graces[0].grace is Grace.ACCIACCATURA else ""
        return "{" + slash + "".join(self._pitch(note) for note in graces) + "}"

    def _chord(self, notes: list[Note], length: str) -> str:
        marks = dict.fromkeys(mark for note in notes for mark in note.marks)
        text = "".join("(" for mark in marks if mark.startswith("slur-start"))
        for mark in marks:
            if mark.startswith(_SILENT_MARKS) or mark.startswith("slur-"):
                continue
            if mark.startswith("fingering-"):
                text += f"!{mark.removeprefix('fingering-')}!"
            elif mark in _MARKS:
                text += "." if mark == "staccato" else f"!{_MARKS[mark]}!"
            else:
                self.found[f"marks {mark}"] += 1
        heads = [self._pitch(note) for note in notes]
        if len(notes) == 1:
            text += heads[0] + length + ("-" if notes[0].tied_to_next else "")
        else:
            tied = all(note.tied_to_next for note in notes)
            joined = "".join(head + ("-" if note.tied_to_next and not tied else "") for head, note in zip(heads, notes, strict=True))
            text += f"[{joined}]{length}" + ("-" if tied else "")
        return text + "".join(")" for mark in marks if mark.startswith("slur-stop"))

    def _pitch(self, note: Note) -> str:
        step, alter, octave = note.spelling or Spelling("C", 0, 4)
        shown = self.shown.get(step, {})
        agreed = set(shown.values()) == {alter} and octave in shown if shown else alter == self.signature.get(step, 0)
        sign = ""
        if not agreed and not note.tied_to_previous:
            sign = _SIGNS.get(alter, "")
            self.shown.setdefault(step, {})[octave] = alter
        letter = step.lower() if octave >= 5 else step
        return sign + letter + ("'" * (octave - 5) if octave > 5 else "," * (4 - octave) if octave < 4 else "")

    def _take_words(self, notes: list[Note]) -> None:
        lyrics = {lyric.verse: lyric for note in notes for lyric in note.lyrics}
        for verse in range(len(self.words), max(lyrics, default=0)):
            self.words.append(["*"] * self.stems)
            assert len(self.words) == verse + 1
        for verse, line in enumerate(self.words, start=1):
            lyric = lyrics.get(verse)
            text = "" if lyric is None else lyric.text.replace("-", "\\-").replace(" ", "~")
            line.append((text or "*") + ("-" if lyric is not None and lyric.syllabic in ("begin", "middle") else ""))
        self.stems += 1


def _length(quarters_long: Fraction) -> str:
    """A length in units of L: nothing, ``3``, ``/2``, ``3/2``."""
    units = quarters_long / _UNIT
    return ("" if units.numerator == 1 else str(units.numerator)) + ("" if units.denominator == 1 else f"/{units.denominator}")


def _written(event: Event, tpq: int) -> Fraction:
    """The written length of an event in quarters, as it is before a tuplet shortens it."""
    top, below = _ratio(event)
    return Fraction(event.duration, tpq) * top / below


def _ratio(event: Event) -> tuple[int, int]:
    value = event.notes[0].value if event.notes else event.value
    return (value.actual, value.normal) if value is not None and is_tuplet(value) and value.actual <= _MOST_IN_TUPLET else (1, 1)


def _brackets(events: list[Event], tpq: int) -> dict[int, str]:
    """Where tuplets begin, as ``(3:2:4``: a bracket ends as soon as it is full."""
    found: dict[int, str] = {}
    start, smallest, filled = 0, Fraction(0), Fraction(0)
    ratio = (1, 1)
    for place, event in enumerate(events):
        if not event.duration:
            continue
        own = _ratio(event)
        written = _written(event, tpq)
        if own != ratio or not filled:
            start, smallest, filled, ratio = place, written, Fraction(0), own
        if own == (1, 1):
            filled = Fraction(0)
            continue
        smallest = min(smallest, written)
        filled += written * own[1] / own[0]
        count = sum(1 for one in events[start : place + 1] if one.duration)
        found[start] = f"({own[0]}:{own[1]}:{count}"
        if (filled / (smallest * own[1])).denominator == 1:
            filled = Fraction(0)
    return found


def _right_line(bar: Bar, following: Bar | None) -> str:
    opens = following is not None and following.repeat_start
    if bar.repeat_end:
        return ":" * (bar.repeat_end - 1) + ("||:" if opens else "|")
    return "|:" if opens else _BARLINES.get(bar.barline, "|]" if following is None else "|")


def _key(key: KeyMark) -> str:
    turn, short = _MODES.get(key.mode, (0, ""))
    place = key.fifths + turn + 7
    return _TONICS[place] + short if 0 <= place < len(_TONICS) else "C"


def _key_at(score: Score, tick: int) -> KeyMark:
    return next((key for key in score.keys if key.tick <= tick), KeyMark(0, 0, ""))


def _metre(beats: int, beat_type: int, groups: tuple[int, ...]) -> str:
    return f"{'+'.join(map(str, groups)) if groups else beats}/{beat_type}"


def _tempo(mark: TempoMark) -> str:
    """The metronome figure of the page, else quarters a minute."""
    words = f'"{_quoted(mark.text)}" ' if mark.text else ""
    name, _, figure = mark.metronome.partition(" = ")
    if figure.isdigit():
        unit = quarters(NoteValue(name.rstrip("."), name.count("."))) / 4
        return f"{words}{unit.numerator}/{unit.denominator}={figure}"
    return f"{words}1/4={mark.quarter_bpm:g}" if mark.quarter_bpm % 1 == 0 else f"{words}1/4={mark.quarter_bpm:.2f}"


def _score_directive(score: Score, voices: list[_Voice]) -> str:
    """How voices share staves: parentheses for one staff, braces for one player."""
    parts = []
    for part in score.parts:
        staves: dict[int, list[int]] = {}
        for voice in voices:
            if voice.part is part:
                staves.setdefault(voice.staff, []).append(voice.number)
        texts = [f"({' '.join(map(str, numbers))})" if len(numbers) > 1 else str(numbers[0]) for numbers in staves.values()]
        parts.append("{ " + " | ".join(texts) + " }" if len(texts) > 1 else texts[0] if texts else "")
    return " ".join(filter(None, parts))


def _name_losses(score: Score, found: Counter[str]) -> None:
    found["tempo changes"] += max(0, len(score.tempos) - 1)
    found["velocities"] += sum(note.velocity is not None for part in score.parts for note in part.notes)
    found["drum keys"] += sum(len(part.notes) for part in score.parts if part.is_percussion)
    # programs do not agree whether an 8 at the clef changes what sounds; without it all of them play what is meant
    found["octaves at clefs"] += sum(clef.octave_change != 0 for part in score.parts for clef in part.clefs)
    found["changes of clef"] += sum(clef.tick > 0 for part in score.parts for clef in part.clefs)
    found["strings and frets"] += sum(mark.startswith("fret-") for part in score.parts for note in part.notes for mark in note.marks)


def _plain(text: str) -> str:
    return " ".join(text.split()).replace("%", "\\%")


def _quoted(text: str) -> str:
    return _plain(text).replace('"', "'")
