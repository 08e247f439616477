"""One part of a MusicXML document: a cursor that walks through bars and collects notes."""

from collections import Counter
from fractions import Fraction
from xml.etree.ElementTree import Element

from hexachord.score.drums import key_at
from hexachord.score.edit import move_spelling, sorted_notes
from hexachord.score.lines import AFTER
from hexachord.score.model import ChordSymbol, Direction, Grace, Lyric, Note, NoteValue, Part, Spelling, Transposition
from hexachord.score.musicxml_harmony import read_harmony
from hexachord.score.musicxml_marks import ordered_marks, read_notation, read_notehead
from hexachord.score.musicxml_read_attributes import AttributeReader, Declared, integer
from hexachord.score.musicxml_read_signs import SignReader
from hexachord.score.tablature import without_tab_notes
from hexachord.score.tuplets import with_tuplet_marks
from hexachord.score.values import KIND_QUARTERS, plain_value

_ELISION = "‿"
_VELOCITY_PERCENT = 0.9
_DRUM_CHANNEL = 9
_SILENT = frozenset(("stem", "beam", "footnote", "level", "listen", "play"))
_LAYOUT = frozenset(("print", "barline", "grouping", "link", "bookmark"))


class PartReader:
    """Reads a part bar by bar; the caller says where each bar starts."""

    def __init__(self, part_id: str, declared: Element | None, tpq: int, found: Counter[str]) -> None:
        self.id, self.tpq, self.found = part_id, tpq, found
        self.signs = SignReader(found)
        self.notes: list[Note] = []
        self.chords: list[ChordSymbol] = []
        self.attributes = AttributeReader(tpq, found)
        self._has_drums = False
        self._declared = Declared(declared)
        self._pitches: dict[tuple[str, str, str], tuple[int, Spelling]] = {}
        self._values: dict[tuple[str, int, int, int, int], NoteValue | None] = {}
        self._voices: dict[str, int] = {}
        # What a bar leaves behind for the next element:
        self._start = self._cursor = self._onset = self._furthest = 0
        self._graces: dict[int, list[int]] = {}  # voice → grace notes that no note has followed yet
        self._brackets: dict[int, list[str]] = {}  # voice → tuplet starts seen on rests
        self._last: dict[int, int] = {}  # voice → its latest note

    # --- bars --------------------------------------------------------------------------------------------------------------------

    def measure(self, element: Element, start: int) -> int:
        """Read a bar that starts at a tick; return its length in ticks as far as this part fills it."""
        self._start = self._cursor = self._onset = self._furthest = start
        for child in element:
            tag = child.tag
            if tag == "note":
                self._note(child)
            elif tag == "backup":
                self._cursor = max(self._start, self._cursor - self._duration(child.findtext("duration")))
            elif tag == "forward":
                self._cursor += self._duration(child.findtext("duration"))
                self._furthest = max(self._furthest, self._cursor)
            elif tag == "direction":
                self.signs.direction(child, self._offset_tick(child), integer(child.findtext("staff"), 1))
            elif tag == "attributes":
                self._read_attributes(child)
            elif tag == "harmony":
                self._harmony(child)
            elif tag == "sound":
                self.signs.sound(child, self._offset_tick(child))
            elif tag == "barline":
                self._barline(child)
            elif tag not in _LAYOUT:
                self.found[f"{tag} elements"] += 1
        return self._furthest - start

    def end_bar(self, end: int) -> None:
        """Settle what only the end of the bar decides: grace notes that follow its last note."""
        for indexes in self._graces.values():
            for index in indexes:
                note = self.notes[index]
                if note.onset == end:
                    self.notes[index] = note._replace(marks=(*note.marks, AFTER))
        self._graces.clear()
        self._brackets.clear()
        self._last.clear()

    def part(self, bar_ticks: list[int]) -> Part:
        """The part as read; tuplets whose brackets the file leaves to the reader get theirs."""
        marked = with_tuplet_marks(sorted_notes(self.notes), bar_ticks=bar_ticks, ticks_per_quarter=self.tpq)
        notes = tuple(note if len(note.marks) < 2 else note._replace(marks=ordered_marks(note.marks)) for note in marked)
        staves = max([self.attributes.staves, *(note.staff for note in notes), *(clef.staff for clef in self.attributes.clefs.values())])
        declared = self._declared
        is_drum_channel = self.is_percussion and declared.channel == _DRUM_CHANNEL
        part = Part(
            notes=notes,
            id=self.id,
            name=declared.name,
            abbreviation=declared.abbreviation,
            program=declared.program,
            channel=None if is_drum_channel else declared.channel,
            is_percussion=self.is_percussion,
            staves=staves,
            clefs=tuple(sorted(self.attributes.clefs.values(), key=lambda clef: clef[:2])),
            directions=tuple(sorted(self.signs.signs, key=lambda sign: (sign.tick, sign.staff))),
            transposition=self.attributes.transposition or Transposition(),
            volume=declared.volume,
            pan=declared.pan,
            tuning=self.attributes.tuning,
            capo=self.attributes.capo,
        )
        return without_tab_notes(part)

    @property
    def is_percussion(self) -> bool:
        """Whether the part has a percussion clef or unpitched notes."""
        return self._has_drums or self.attributes.has_percussion_clef

    def _read_attributes(self, element: Element) -> None:
        self.attributes.read(element, self._cursor)
        if element.find("transpose") is not None:
            self._pitches.clear()

    def _duration(self, text: str | None) -> int:
        """Ticks of a duration in divisions."""
        try:
            return int(text or 0) * self.attributes.tick_of_division
        except ValueError:
            pass
        try:
            ticks = Fraction((text or "0").strip()) * self.attributes.tick_of_division
        except (ValueError, ZeroDivisionError):
            self.found["durations that are no numbers"] += 1
            return 0
        if ticks.denominator != 1:
            self.found["durations between ticks, rounded"] += 1
        return round(ticks)

    def _offset_tick(self, element: Element) -> int:
        offset = element.findtext("offset")
        if offset is None:
            return self._cursor
        sign = -1 if offset.strip().startswith("-") else 1
        return max(0, self._cursor + sign * self._duration(offset.strip().lstrip("+-")))

    def _harmony(self, element: Element) -> None:
        symbol = read_harmony(element, self._offset_tick(element))
        if symbol is None:
            self.found["chord symbols without a root"] += 1
        else:
            self.chords.append(symbol)
        if element.find("frame") is not None:
            self.found["chord diagrams"] += 1

    def _barline(self, element: Element) -> None:
        for child in element:
            if child.tag == "fermata":
                self.found["fermatas on bar lines"] += 1
            elif child.tag in ("segno", "coda"):
                tick = self._start if element.get("location") == "left" else self._cursor
                self.signs.barline_sign(child.tag, tick)

    # --- notes -------------------------------------------------------------------------------------------------------------------

    def _note(self, element: Element) -> None:
        """Read a note: the loop that nearly all time goes into."""
        step = alter = octave = ""
        kind = ""
        duration = dots = 0
        actual = normal = 1
        voice = staff = 1
        is_rest = is_chord = is_unpitched = to_previous = to_next = False
        grace = Grace.NO
        marks: list[str] = []
        lyrics: list[Lyric] = []
        notations: list[Element] | None = None
        instrument = ""
        for child in element:
            tag = child.tag
            if tag == "pitch":
                for item in child:
                    if item.tag == "step":
                        step = item.text or ""
                    elif item.tag == "octave":
                        octave = item.text or ""
                    else:
                        alter = item.text or ""
            elif tag == "duration":
                duration = self._duration(child.text)
            elif tag == "voice":
                voice = self._voice(child.text or "")
            elif tag == "type":
                kind = child.text or ""
            elif tag in _SILENT:
                pass
            elif tag == "staff":
                staff = int(child.text or 1)
            elif tag == "chord":
                is_chord = True
            elif tag == "notations":
                notations = [*(notations or ()), *child]
            elif tag == "rest":
                is_rest = True
            elif tag == "dot":
                dots += 1
            elif tag == "lyric":
                lyric = self._lyric(child)
                if lyric is not None:
                    lyrics.append(lyric)
            elif tag == "tie":
                if child.get("type") == "start":
                    to_next = True
                else:
                    to_previous = True
            elif tag == "time-modification":
                actual, normal = integer(child.findtext("actual-notes"), 1), integer(child.findtext("normal-notes"), 1)
            elif tag == "accidental":
                if len(child.attrib) > 0:
                    _courtesy(child, marks)
            elif tag == "grace":
                grace = Grace.ACCIACCATURA if child.get("slash") == "yes" else Grace.APPOGGIATURA
            elif tag == "unpitched":
                is_unpitched = True
                step, octave = child.findtext("display-step") or "", child.findtext("display-octave") or ""
            elif tag == "notehead":
                marks += read_notehead(child)
            elif tag == "instrument":
                instrument = child.get("id", "")
            elif tag == "cue":
                marks.append("cue")
            else:
                self.found[f"{tag} elements of notes"] += 1
        # Time moves on, whatever the note is.
        if grace:
            onset, duration = self._onset if is_chord else self._cursor, 0
        elif is_chord:
            onset = self._onset
            self._furthest = max(self._furthest, onset + duration)
        else:
            onset = self._cursor
            self._cursor = onset + duration
            if self._cursor > self._furthest:
                self._furthest = self._cursor
        if not is_chord:
            self._onset = onset
        if is_rest:
            if notations:
                self._rest_notations(notations, voice, onset, staff)
            return
        # What the note is.
        if is_unpitched:
            pitch, spelling = self._drum(step, octave, instrument, marks)
        else:
            pitch, spelling = self._pitch(step, alter, octave)
        if duration == 0 and not grace:
            self.found["notes without a duration, read as grace notes"] += 1
            grace = Grace.APPOGGIATURA
        if is_chord and grace:
            marks.append("grace-chord")
        if element.get("print-object") == "no":
            marks.append("hidden")
        if notations is not None:
            for item in notations:
                if item.tag == "tied":
                    tied = item.get("type")
                    to_next, to_previous = to_next or tied == "start", to_previous or tied == "stop"
                    if tied == "let-ring":
                        marks.append("let-ring")
                elif item.tag == "dynamics":
                    self.signs.note_dynamics(item, onset, staff)
                elif missing := read_notation(item, marks):
                    self.found[f"notations {missing}"] += 1
        loudness = element.get("dynamics")
        velocity = None if loudness is None else min(127, max(1, round(float(loudness) * _VELOCITY_PERCENT)))
        index = len(self.notes)
        if grace:
            self._graces.setdefault(voice, []).append(index)
        elif not is_chord:
            self._graces.pop(voice, None)
            self._last[voice] = index
            if voice in self._brackets:
                marks += self._brackets.pop(voice)
        key = (kind, dots, actual, normal, duration)
        if key in self._values:
            value = self._values[key]
        else:
            value = self._values[key] = self._value(kind, dots, actual, normal, duration)
        self.notes.append(
            Note(onset, duration, pitch, velocity, voice, staff, spelling, to_previous, to_next, grace, value, tuple(marks), tuple(lyrics))
        )

    def _voice(self, text: str) -> int:
        if text in self._voices:
            return self._voices[text]
        number = int(text) if text.strip().isdigit() else max(self._voices.values(), default=0) + 1
        self._voices[text] = number
        return number

    def _pitch(self, step: str, alter: str, octave: str) -> tuple[int, Spelling]:
        key = (step, alter, octave)
        if key in self._pitches:
            return self._pitches[key]
        try:
            exact = float(alter or 0)
            written = Spelling(step.strip(), round(exact), int(octave))
            if exact != round(exact):
                self.found["pitches between semitones, rounded"] += 1
            if self.attributes.moved[:2] != (0, 0):
                written = move_spelling(written, steps=self.attributes.moved[0], semitones=self.attributes.moved[1])
            pitch = written.pitch
        except (ValueError, KeyError):
            self.found["notes without a readable pitch, read as middle C"] += 1
            return 60, Spelling("C", 0, 4)
        self._pitches[key] = (pitch, written)
        return pitch, written

    def _drum(self, step: str, octave: str, instrument: str, marks: list[str]) -> tuple[int, Spelling]:
        self._has_drums = True
        place = Spelling(step.strip() or "B", 0, integer(octave, 4))
        key = self._declared.drum_keys.get(instrument)
        if key is None:
            head = next((mark.removeprefix("notehead-") for mark in marks if mark.startswith("notehead-")), "")
            key = key_at(place, head)
            self.found["drum notes without a MIDI key, guessed from their place"] += 1
        return key, place

    def _value(self, kind: str, dots: int, actual: int, normal: int, duration: int) -> NoteValue | None:
        """The written value, where the duration does not say it."""
        if kind not in KIND_QUARTERS:
            if kind:
                self.found[f"note values named {kind}"] += 1
            return None if duration else NoteValue("eighth")
        if actual < 1 or normal < 1 or actual == normal:
            actual = normal = 1
        value = NoteValue(kind, dots, actual, normal)
        return None if duration and value == plain_value(duration, self.tpq) else value

    def _rest_notations(self, notations: list[Element], voice: int, onset: int, staff: int) -> None:
        """Fermatas on rests become directions, tuplet brackets go to the nearest note inside; other signs on rests are lost."""
        for item in notations:
            marks: list[str] = []
            missing = read_notation(item, marks) if item.tag not in ("tied", "dynamics") else ""
            if item.tag == "fermata":
                fermata = Direction(onset, "fermata", marks[0].removeprefix("fermata").lstrip("-"), None, staff)
                if fermata not in self.signs.signs[-8:]:  # the rests of two voices share one
                    self.signs.signs.append(fermata)
            elif item.tag == "tuplet" and item.get("type") == "start":
                self._brackets[voice] = marks
            elif item.tag == "tuplet" and voice in self._brackets:
                del self._brackets[voice]  # nothing but rests
            elif item.tag == "tuplet" and voice in self._last:
                note = self.notes[self._last[voice]]
                self.notes[self._last[voice]] = note._replace(marks=(*note.marks, *marks))
            elif marks or missing:
                self.found[f"{item.tag} on rests"] += 1

    def _lyric(self, element: Element) -> Lyric | None:
        texts: list[str] = []
        syllabic, extend = "single", False
        for child in element:
            if child.tag == "text":
                texts.append(child.text or "")
            elif child.tag == "elision":
                texts.append(_ELISION)
            elif child.tag == "syllabic" and not texts:
                syllabic = (child.text or "single").strip()
            elif child.tag == "extend":
                extend = child.get("type", "start") == "start"
            elif child.tag in ("humming", "laughing"):
                self.found["hummed or laughed syllables"] += 1
        if not texts:
            return None
        number = element.get("number", "1")
        digits = "".join(character for character in number if character.isdigit())
        return Lyric("".join(texts), syllabic, int(digits) if digits else 1, extend)


def _courtesy(element: Element, marks: list[str]) -> None:
    if element.get("editorial") == "yes" or element.get("bracket") == "yes":
        marks.append("accidental-editorial")
    elif element.get("cautionary") == "yes" or element.get("parentheses") == "yes":
        marks.append("accidental-cautionary")
