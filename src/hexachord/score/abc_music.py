"""The music of an ABC tune: one voice's notes, bar lines and signs, in exact quarters.

See the ABC Standard 2.1, chapters 3 (information fields) and 4 (the tune body). An accidental holds for its note name in every octave
to the end of the bar, which is the standard's default.
"""

import re
from collections import Counter
from dataclasses import replace
from fractions import Fraction

from hexachord.score.abc_events import AbcBar, AbcNote, AbcSign
from hexachord.score.abc_fields import ACCIDENTALS, Key, Meter, parse_factor, parse_key, parse_length, parse_meter, parse_tempo
from hexachord.score.abc_marks import DECORATIONS, DYNAMICS, SHORTHANDS, SIGNS, SPANS
from hexachord.score.model import Grace, Lyric, Spelling

_TUPLET_TIME = {2: 3, 3: 2, 4: 3, 6: 2, 8: 3}
_TOKEN = re.compile(
    r"""(?P<field>\[[A-Za-z]:[^\]]*\])
    |(?P<text>"[^"]*")
    |(?P<decoration>![^!\s]+!|\+[a-zA-Z0-9.()<>]+\+)
    |(?P<bar>:+\|[|\]]?:*|\|[|\]]:*|\|:+|\[\|:*|::+|\|)(?:\s*\[?(?P<ending>\d+(?:[,\-]\d+)*))?
    |\[(?P<volta>\d+(?:[,\-]\d+)*)
    |\((?P<tuplet>\d)(?::(?P<time>\d*))?(?::(?P<count>\d*))?
    |(?P<grace>\{[^}]*\})
    |(?P<chord>\[(?=[^\]:|]*\]))
    |(?P<close>\](?P<close_length>\d*/*\d*))
    |(?P<accidental>\^\^|__|[\^_=]?)(?P<note>[A-Ga-g])(?P<octave>[,']*)(?P<length>\d*/*\d*)
    |(?P<rest>[zx])(?P<rest_length>\d*/*\d*)
    |(?P<bars>[ZX])(?P<bar_count>\d*)
    |(?P<broken>>+|<+)
    |(?P<tie>-)
    |(?P<slur>[()])
    |(?P<short>[.~H-Wh-w])
    |(?P<other>.)""",
    re.VERBOSE,
)


class AbcVoice:
    """One voice: takes lines of music and fields, and keeps what they say."""

    def __init__(self, *, name: str, found: Counter[str]) -> None:
        self.name, self.found = name, found
        self.label = self.abbreviation = ""
        self.clef = ""
        self.octave = self.transpose = 0
        self.items: list[AbcNote] = []
        self.bars: list[AbcBar] = []
        self.signs: list[AbcSign] = []
        self.at = self.bar_start = Fraction(0)
        self._meter: Meter | None = None
        self._unit = Fraction(1, 8)
        self._key = Key(0, "", {})
        self._in_bar: dict[str, int] = {}
        self._marks: list[str] = []
        self._slurs = 0
        self._tied: dict[tuple[str, int], AbcNote] = {}
        self._group: list[AbcNote] = []  # the latest chord, note or (empty) rest
        self._group_length = Fraction(0)
        self._group_ratio = (1, 1)
        self._next_factor = Fraction(1)  # from broken rhythm
        self._tuplet: tuple[tuple[int, int], int] = ((1, 1), 0)  # ratio, notes still to come
        self._chord: list[AbcNote] | None = None
        self._chord_length = Fraction(0)
        self._line: list[tuple[AbcNote, int]] = []  # notes of the latest music line and their bars, for lyrics
        self._verse = 0
        self._pending_repeat = False
        self._endings: tuple[int, ...] = ()

    def begin(self, *, meter: Meter | None, unit: Fraction, key: Key) -> None:
        """Start the body with what the header says."""
        self._meter, self._unit, self._key = meter, unit, key
        if meter is not None:
            self._sign("metre", meter)
        self._sign("key", key)

    def configure(self, options: dict[str, str], text: str) -> None:
        """Take the options of a V: field."""
        self.label = options.get("name", options.get("nm", self.label))
        self.abbreviation = options.get("snm", options.get("sname", self.abbreviation))
        bare = re.search(r"(?:^|\s)(treble|bass|alto|tenor|perc)([+-]8)?(?:\s|$)", text)
        self.clef = options.get("clef", bare[0].strip() if bare else self.clef)
        for name in ("octave", "transpose"):
            if re.fullmatch(r"-?\d+", options.get(name, "")):
                setattr(self, name, int(options[name]))

    def field(self, name: str, value: str) -> None:
        """Take a field inside the body."""
        if name == "K":
            self._key = parse_key(value)
            self._sign("key", self._key)
        elif name == "M":
            self._meter = parse_meter(value)
            if self._meter is not None:
                self._sign("metre", self._meter)
        elif name == "L":
            self._unit = parse_length(value) or self._unit
        elif name == "Q":
            tempo = parse_tempo(value)
            if tempo is not None:
                self._sign("tempo", tempo)
        elif name == "P":
            self._sign("section", value)
        elif name not in "NRrIw":
            self.found[f"{name}: fields inside the music"] += 1

    def music(self, line: str) -> None:
        """Read one line of music."""
        self._line, self._verse = [], 0
        for match in _TOKEN.finditer(line):
            kind = match.lastgroup
            if match["bar"]:
                self._bar(match["bar"], match["ending"])
            elif match["note"]:
                self._note(match)
            elif match["rest"]:
                self._take([], self._scaled(match["rest_length"]))
            else:
                self._other(kind or "", match)

    def _other(self, kind: str, match: re.Match[str]) -> None:
        text = match[0]
        if match["chord"]:
            self._chord, self._chord_length = [], Fraction(0)
        elif match["close"] and self._chord is not None:
            notes, self._chord = self._chord, None
            length = self._chord_length * parse_factor(match["close_length"])
            self._take(notes, length)
        elif match["broken"]:
            self._break_rhythm(text)
        elif match["tie"]:
            for note in self._chord[-1:] if self._chord is not None else self._group:
                note.tied_to_next = True
                self._tied[note.spelling.step, note.spelling.octave] = note
        elif match["slur"]:
            self._slur(text)
        elif match["tuplet"]:
            actual = int(match["tuplet"])
            compound = self._meter is not None and self._meter.beat_type >= 8 and self._meter.beats % 3 == 0
            normal = int(match["time"] or 0) or _TUPLET_TIME.get(actual, 3 if compound else 2)
            self._tuplet = ((actual, normal), int(match["count"] or 0) or actual)
        elif match["grace"]:
            self._grace(text)
        elif match["decoration"] or match["short"]:
            self._decorate(text.strip("!+") if match["decoration"] else SHORTHANDS.get(text, text))
        elif match["text"]:
            self._annotate(text[1:-1])
        elif match["volta"]:
            self._endings = _numbers(match["volta"])
        elif match["field"]:
            self.field(text[1], text[3:-1].strip())
        elif match["bars"]:
            if self._meter is not None:
                self._take([], self._meter.length * 4 * int(match["bar_count"] or 1))
        elif text == "&":
            self.found["voice overlays (&)"] += 1
        elif not text.isspace() and text not in "y`\\$]*;":
            self.found[f"characters {text!r}"] += 1

    # --- notes -------------------------------------------------------------------------------------------------------------------

    def _scaled(self, length: str) -> Fraction:
        return self._unit * 4 * parse_factor(length)

    def _note(self, match: re.Match[str]) -> None:
        note = self._pitched(match)
        length = self._scaled(match["length"])
        if self._chord is not None:
            self._chord_length = self._chord_length or length
            self._chord.append(note)
        else:
            self._take([note], length)

    def _pitched(self, match: re.Match[str]) -> AbcNote:
        letter, marks = match["note"], match["octave"]
        step = letter.upper()
        octave = (5 if letter.islower() else 4) + marks.count("'") - marks.count(",") + self.octave
        tied = self._tied.get((step, octave))
        if match["accidental"]:
            alter = self._in_bar[step] = ACCIDENTALS[match["accidental"]]
        elif tied is not None:
            alter = tied.spelling.alter
        else:
            alter = self._in_bar.get(step, self._key.alters.get(step, 0))
        return AbcNote(self.at, Fraction(0), Fraction(0), Spelling(step, alter, octave))

    def _take(self, notes: list[AbcNote], length: Fraction) -> None:
        """Let a chord (or a rest, when there are no notes) sound from here on."""
        ratio, left = self._tuplet
        if not left:
            ratio = (1, 1)
        written = length * self._next_factor
        self._next_factor = Fraction(1)
        duration = written * ratio[1] / ratio[0]
        for note in notes:
            note.onset, note.duration, note.written, note.ratio = self.at, duration, written, ratio
            key = (note.spelling.step, note.spelling.octave)
            before = self._tied.pop(key, None)
            if before is not None and before.onset + before.duration == self.at and before.spelling == note.spelling:
                note.tied_to_previous = True
        for loose in self._tied.values():
            if loose.onset + loose.duration <= self.at and notes:
                loose.tied_to_next = False
        if notes:
            notes[0].marks += self._marks
            self._marks = []
            self._tied = {key: note for key, note in self._tied.items() if note.onset >= self.at}
            for note in notes:
                if note.tied_to_next:
                    self._tied[note.spelling.step, note.spelling.octave] = note
            self._line.append((notes[0], len(self.bars)))
        self.items += notes
        self._group, self._group_length, self._group_ratio = notes, written, ratio
        self.at += duration
        self._tuplet = (ratio, max(0, left - 1))

    def _break_rhythm(self, text: str) -> None:
        """``a>b``: dot the first and halve the second; ``<`` the other way round; twice is double-dotted."""
        short = Fraction(1, 2 ** len(text))
        first, second = (2 - short, short) if text[0] == ">" else (short, 2 - short)
        ratio = Fraction(self._group_ratio[1], self._group_ratio[0])
        change = self._group_length * (first - 1)
        for note in self._group:
            note.written += change
            note.duration += change * ratio
        self.at += change * ratio
        self._next_factor = second

    def _slur(self, text: str) -> None:
        if text == "(":
            self._slurs += 1
            self._marks.append("slur-start" if self._slurs == 1 else f"slur-start-{self._slurs}")
        elif self._slurs and self._group:
            target = self._chord[-1] if self._chord else self._group[0]
            target.marks.append("slur-stop" if self._slurs == 1 else f"slur-stop-{self._slurs}")
            self._slurs -= 1

    def _grace(self, text: str) -> None:
        kind = Grace.ACCIACCATURA if text.startswith("{/") else Grace.APPOGGIATURA
        notes = [match for match in _TOKEN.finditer(text[1:-1]) if match["note"]]
        unit = Fraction(1, 2) if len(notes) == 1 else Fraction(1, 4)
        for match in notes:
            note = self._pitched(match)
            note.grace, note.written = kind, unit * parse_factor(match["length"])
            self.items.append(note)

    # --- signs -------------------------------------------------------------------------------------------------------------------

    def _sign(self, kind: str, value: object) -> None:
        self.signs.append(AbcSign(self.at, kind, value))

    def _decorate(self, name: str) -> None:
        if name in DECORATIONS:
            self._marks.append(DECORATIONS[name])
        elif name in DYNAMICS:
            self._sign("dynamic", name)
        elif name in SIGNS:
            self._sign(*SIGNS[name])
        elif name in SPANS:
            kind, value, opens = SPANS[name]
            if opens:
                self._sign(kind, value)
                return
            for index in reversed(range(len(self.signs))):
                sign = self.signs[index]
                if sign.kind == kind and sign.value == value and sign.end is None:
                    self.signs[index] = sign._replace(end=self.at)
                    break
        elif name.isdigit() and len(name) == 1:
            self._marks.append(f"fingering-{name}")
        else:
            self.found[f"decorations {name}"] += 1

    def _annotate(self, text: str) -> None:
        if text[:1] in tuple("^_<>@"):
            self._sign("words above" if text[0] == "^" else "words below" if text[0] == "_" else "words", text[1:].strip())
        elif text.strip():
            self._sign("chord", text.strip())

    def _bar(self, text: str, ending: str | None) -> None:
        left, right = text.rstrip(":"), text.lstrip(":")
        repeat_end = 1 + len(text) - len(right) if text[0] == ":" else 0
        repeat_start = text.endswith(":") and (text[0] != ":" or len(left) > 0 or len(text) > 1)
        if set(text) == {":"}:
            repeat_end, repeat_start = 2, True
        barline = {"||": "light-light", "|]": "light-heavy", "[|": "heavy-light"}.get(text.strip(":"), "")
        if self.at > self.bar_start:
            closes = repeat_end > 0 or barline in ("light-light", "light-heavy")
            self.bars.append(
                AbcBar(
                    self.bar_start,
                    self.at,
                    self._pending_repeat,
                    repeat_end,
                    self._endings,
                    "" if repeat_end else barline.replace("heavy-light", ""),
                )
            )
            if closes:
                self._endings = ()
            self._pending_repeat = False
            self.bar_start = self.at
        elif self.bars and (repeat_end or barline):
            self.bars[-1] = replace(self.bars[-1], repeat_end=repeat_end or self.bars[-1].repeat_end, barline="" if repeat_end else barline)
            self._endings = ()
        self._pending_repeat = self._pending_repeat or repeat_start
        if ending:
            self._endings = _numbers(ending)
        self._in_bar.clear()

    def lyrics(self, text: str) -> None:
        """Hang a w: line's syllables on the notes of the line before."""
        self._verse += 1
        notes = [(note, bar) for note, bar in self._line if not note.grace]
        at = 0
        inside = False
        for token in re.findall(r"(?:\\-|[^\s\-_*|])+|[-_*|]", text):
            if token == "|":
                here = notes[at - 1][1] if 0 < at <= len(notes) else notes[0][1] if notes else 0
                while at < len(notes) and notes[at][1] <= here and at > 0:
                    at += 1
            elif token == "_":
                if 0 < at <= len(notes) and notes[at - 1][0].lyrics:
                    last = notes[at - 1][0].lyrics[-1]
                    notes[at - 1][0].lyrics[-1] = last._replace(extend=True)
                at += 1
            elif token == "*":
                at += 1
            elif token == "-":
                at, inside = self._hyphen(notes, at, inside)
            else:
                if at < len(notes):
                    syllable = token.replace("~", " ").replace("\\-", "-")
                    notes[at][0].lyrics.append(Lyric(syllable, "end" if inside else "single", self._verse))
                else:
                    self.found["syllables without a note"] += 1
                inside = False
                at += 1

    def _hyphen(self, notes: list[tuple[AbcNote, int]], at: int, inside: bool) -> tuple[int, bool]:
        """A hyphen joins syllables; a second one in a row holds the first for another note."""
        if inside:
            return at + 1, True
        if 0 < at <= len(notes) and notes[at - 1][0].lyrics:
            last = notes[at - 1][0].lyrics[-1]
            joined = {"single": "begin", "end": "middle"}.get(last.syllabic, last.syllabic)
            notes[at - 1][0].lyrics[-1] = last._replace(syllabic=joined)
        return at, True

    def finish(self) -> None:
        """Close the last bar, when no bar line did."""
        if self.at > self.bar_start:
            self.bars.append(AbcBar(self.bar_start, self.at, self._pending_repeat, 0, self._endings, ""))
            self.bar_start = self.at


def _numbers(text: str) -> tuple[int, ...]:
    numbers: list[int] = []
    for item in text.split(","):
        first, _, last = item.partition("-")
        if first.isdigit():
            numbers += range(int(first), int(last) + 1) if last.isdigit() else [int(first)]
    return tuple(numbers)
