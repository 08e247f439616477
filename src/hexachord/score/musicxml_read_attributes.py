"""What MusicXML says about a part besides its notes: the part list's entry, and keys, metres, clefs and transposition in the bars."""

import re
from collections import Counter
from xml.etree.ElementTree import Element

from hexachord.score.model import Clef, KeyMark, MetreMark, Transposition
from hexachord.score.musicxml_strings import read_staff_details

_CLEF_LINES = {"G": 2, "F": 4, "C": 3, "TAB": 5}


class AttributeReader:
    """Follows the ``<attributes>`` of one part."""

    def __init__(self, tpq: int, found: Counter[str]) -> None:
        self.tpq, self.found = tpq, found
        self.keys: dict[int, KeyMark] = {}
        self.metres: dict[int, MetreMark] = {}
        self.metre: MetreMark | None = None
        self.clefs: dict[tuple[int, int], Clef] = {}
        self.staves = 1
        self.tuning: tuple[int, ...] = ()
        self.capo = 0
        self.has_percussion_clef = False
        self.tick_of_division = tpq
        self.transposition: Transposition | None = None
        self.moved = (0, 0, 0)  # steps, semitones, fifths from written to concert pitch

    def read(self, element: Element, tick: int) -> None:
        """Read one ``<attributes>`` that stands at `tick`."""
        transpose = element.find("transpose")
        if transpose is not None:  # before the key, which is written in the transposed pitch
            self._transpose(transpose)
        for child in element:
            tag = child.tag
            if tag == "divisions":
                self.tick_of_division = self.tpq // int(child.text or 1)
            elif tag == "key":
                self._key(child, tick)
            elif tag == "time":
                self._time(child, tick)
            elif tag == "staves":
                self.staves = max(self.staves, integer(child.text, 1))
            elif tag == "clef":
                self._clef(child, tick)
            elif tag == "staff-details":
                self._staff_details(child)
            elif tag == "measure-style" and child.find("multiple-rest") is None:
                self.found["bars written as slashes or repeats of others"] += 1

    def _transpose(self, element: Element) -> None:
        chromatic = round(float(element.findtext("chromatic") or 0))
        diatonic_text = element.findtext("diatonic")
        octaves = integer(element.findtext("octave-change"), 0)
        steps = (0, 1, 1, 2, 2, 3, 3, 4, 5, 5, 6, 6)
        diatonic = (7 * (chromatic // 12) + steps[chromatic % 12]) if diatonic_text is None else integer(diatonic_text, 0)
        transposition = Transposition(diatonic, chromatic, octaves)
        if self.transposition is not None and self.transposition != transposition:
            self.found["changes of transposing instrument (the sounding notes are right)"] += 1
        else:
            self.transposition = transposition
        self.moved = (diatonic + 7 * octaves, chromatic + 12 * octaves, 7 * chromatic - 12 * diatonic)

    def _key(self, element: Element, tick: int) -> None:
        fifths = element.findtext("fifths")
        if fifths is None:
            self.found["key signatures without a key"] += 1
            return
        mode = (element.findtext("mode") or "").strip()
        key = KeyMark(tick, integer(fifths, 0) + self.moved[2], "" if mode == "none" else mode)
        if self.keys.setdefault(tick, key) != key:
            self.found["key signatures of a single staff"] += 1

    def _time(self, element: Element, tick: int) -> None:
        metre = read_metre(element, tick)
        if metre is None:
            self.found["time signatures without numbers"] += 1
            return
        if len(element.findall("beats")) > 1:
            self.found["time signatures made of several, written as one"] += 1
        if self.metres.setdefault(tick, metre) != metre:
            self.found["time signatures of a single staff"] += 1
        self.metre = metre

    def _staff_details(self, element: Element) -> None:
        details = read_staff_details(element)
        if details is not None and self.tuning in ((), details[0]):
            self.tuning, self.capo = details
        elif details is not None:
            self.found["changes of tuning"] += 1
        elif element.find("staff-lines") is not None:
            self.found["staff lines"] += 1

    def _clef(self, element: Element, tick: int) -> None:
        staff = integer(element.get("number"), 1)
        sign = (element.findtext("sign") or "G").strip()
        line = integer(element.findtext("line"), _CLEF_LINES.get(sign, 0))
        clef = Clef(tick, staff, sign, line, integer(element.findtext("clef-octave-change"), 0))
        self.clefs[tick, staff] = clef
        if sign == "percussion":
            self.has_percussion_clef = True


class Declared:
    """What the part list says about a part."""

    def __init__(self, element: Element | None) -> None:
        self.name = self.abbreviation = ""
        self.program = 0
        self.channel: int | None = None
        self.volume: float | None = None
        self.pan: float | None = None
        self.drum_keys: dict[str, int] = {}
        if element is None:
            return
        # some programs break long names into lines; other spaces are meant
        self.name = re.sub("[ \t]*[\r\n]+[ \t]*", " ", element.findtext("part-name") or "").strip(" ")
        self.abbreviation = (element.findtext("part-abbreviation") or "").strip()
        for place, item in enumerate(element.iterfind("midi-instrument")):
            unpitched = item.findtext("midi-unpitched")
            if unpitched is not None:
                self.drum_keys[item.get("id", "")] = min(127, max(0, integer(unpitched, 1) - 1))
            if place == 0:
                channel = item.findtext("midi-channel")
                self.channel = None if channel is None else min(15, max(0, integer(channel, 1) - 1))
                self.program = min(127, max(0, integer(item.findtext("midi-program"), 1) - 1))
                volume, pan = item.findtext("volume"), item.findtext("pan")
                self.volume = None if volume is None else round(float(volume) / 100, 8)
                self.pan = None if pan is None else round(float(pan) / 90, 8)


def read_metre(element: Element, tick: int) -> MetreMark | None:
    """Read a ``<time>``; several signatures side by side are brought to one denominator. None when it has no numbers."""
    pairs: list[tuple[list[int], int]] = []
    beats: list[int] = []
    for child in element:
        try:
            if child.tag == "beats":
                beats = [int(number) for number in (child.text or "").split("+")]
            elif child.tag == "beat-type":
                pairs.append((beats, int(child.text or "")))
        except ValueError:
            return None
    if not pairs or any(
        kind not in (1, 2, 4, 8, 16, 32, 64, 128) or not all(0 < n < 1000 for n in numbers) or not numbers for numbers, kind in pairs
    ):
        return None
    finest = max(kind for _, kind in pairs)
    groups = [number * (finest // kind) for numbers, kind in pairs for number in numbers]
    symbol = element.get("symbol", "")
    return MetreMark(tick, sum(groups), finest, tuple(groups) if len(groups) > 1 else (), symbol if symbol in ("common", "cut") else "")


def integer(text: str | None, default: int) -> int:
    """Read a whole number, or take the default."""
    try:
        return int(text or "")
    except ValueError:
        return default
