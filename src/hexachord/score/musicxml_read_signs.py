"""MusicXML directions → signs beside the notes, tempos and sections.

The other way round is `hexachord.score.musicxml_signs`.
"""

from collections import Counter
from xml.etree.ElementTree import Element

from hexachord.score.model import Direction, SectionMark, TempoMark
from hexachord.score.musicxml_signs import JUMPS, OCTAVE_LINES, SPAN_KINDS, metronome_bpm


class SignReader:
    """Collects one part's signs; spans stay open from bar to bar."""

    def __init__(self, found: Counter[str]) -> None:
        self.found = found
        self.signs: list[Direction] = []
        self.tempos: list[TempoMark] = []
        self.sections: list[SectionMark] = []
        self._open: dict[tuple[str, int, str], list[int]] = {}  # kind, staff, number → places in `signs` of spans that wait for their end

    def direction(self, element: Element, tick: int, staff: int) -> None:
        """Read a ``<direction>`` that stands at `tick`."""
        placement = element.get("placement")
        above = None if placement is None else placement == "above"
        sound = element.find("sound")
        words: list[str] = []
        pieces: list[tuple[str, str]] = []  # (kind, value) in page order; neighbouring words are one text
        metronome = ""
        for kind_element in element.iterfind("direction-type"):
            for item in kind_element:
                tag = item.tag
                if tag == "words":
                    if not item.text:
                        continue
                    words.append(item.text)
                    if pieces and pieces[-1][0] == "words":
                        pieces[-1] = ("words", pieces[-1][1] + item.text)
                    else:
                        pieces.append(("words", item.text))
                elif tag == "dynamics":
                    pieces.append(("dynamic", _dynamic_text(item)))
                elif tag in SPAN_KINDS:
                    self._span(item, tick, staff, above)
                elif tag == "metronome":
                    metronome = _metronome(item)
                    if not metronome:
                        self.found["metronome marks of unusual form"] += 1
                elif tag == "rehearsal":
                    self.sections.append(SectionMark(tick, (item.text or "").strip()))
                elif tag in ("segno", "coda"):
                    pieces.append((tag, ""))
                else:
                    self.found[f"directions of type {tag}"] += 1
        pieces = self._tempo(sound, metronome, pieces, words, tick)
        pieces = _with_jumps(sound, pieces)
        self.signs += [Direction(tick, kind, value, None, staff, above) for kind, value in pieces]

    def sound(self, element: Element, tick: int) -> None:
        """Read a ``<sound>`` that stands alone in a bar."""
        tempo = _positive(element.get("tempo"))
        if tempo is not None:
            self.tempos.append(TempoMark(tick, tempo))
        self.signs += [Direction(tick, kind) for kind in JUMPS if element.get(kind) is not None]

    def barline_sign(self, kind: str, tick: int) -> None:
        """A segno or coda that is part of a bar line."""
        self.signs.append(Direction(tick, kind))

    def note_dynamics(self, element: Element, tick: int, staff: int) -> None:
        """A dynamic sign that hangs on a note."""
        self.signs.append(Direction(tick, "dynamic", _dynamic_text(element), None, staff))

    def _tempo(
        self, sound: Element | None, metronome: str, pieces: list[tuple[str, str]], words: list[str], tick: int
    ) -> list[tuple[str, str]]:
        """Take tempo words and metronome marks out of the pieces, when there is a number to go with them."""
        tempo = _positive(sound.get("tempo")) if sound is not None else None
        if tempo is None and metronome:
            tempo = metronome_bpm(metronome)
        if tempo is None:
            return [*pieces, ("metronome", metronome)] if metronome else pieces
        text = "".join(words).replace("()", "").strip()
        self.tempos.append(TempoMark(tick, tempo, text, metronome))
        return [piece for piece in pieces if piece[0] != "words"]

    def _span(self, item: Element, tick: int, staff: int, above: bool | None) -> None:
        kind, state, number = item.tag, item.get("type", ""), item.get("number", "1")
        key = (kind, staff, number)
        if state in ("stop", "discontinue", "change"):
            self._close(key, tick)
        if state in ("stop", "continue"):
            return
        if state in ("discontinue", "resume"):
            self.found[f"{kind} lines that pause"] += 1
            if state == "discontinue":
                return
        value = _span_value(item, state)
        if value is None:
            self.found[f"{kind} of type {state}"] += 1
            return
        self._open.setdefault(key, []).append(len(self.signs))
        self.signs.append(Direction(tick, kind, value, None, staff, above))

    def _close(self, key: tuple[str, int, str], tick: int) -> None:
        waiting = self._open.get(key)
        if not waiting:  # written on another staff than it began
            kind, _, number = key
            waiting = next((places for other, places in self._open.items() if places and other[::2] == (kind, number)), None)
        if not waiting:
            self.found[f"{key[0]} that end without a beginning"] += 1
            return
        place = waiting.pop()
        if self.signs[place].tick > tick:
            self.found[f"{key[0]} that end before they begin"] += 1
            return
        self.signs[place] = self.signs[place]._replace(end=tick)


def _dynamic_text(element: Element) -> str:
    return "".join((mark.text or "") if mark.tag == "other-dynamics" else mark.tag for mark in element)


def _span_value(item: Element, state: str) -> str | None:
    """The value of a span that begins; None when it cannot be one."""
    kind = item.tag
    if kind == "wedge":
        return None if state not in ("crescendo", "diminuendo") else state + (" niente" if item.get("niente") == "yes" else "")
    if kind == "octave-shift":
        return OCTAVE_LINES.get((state, item.get("size", "8")))
    if kind == "pedal":
        if state not in ("start", "change", "resume"):
            return None
        return " ".join(
            option for option in ("sign", "line") if item.get(option) == "yes" and (option == "line" or item.get("line") == "yes")
        )
    return "" if state == "start" else None


def _with_jumps(sound: Element | None, pieces: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Words that come with a jump of the player ("D.C. al Fine") become that jump."""
    if sound is None:
        return pieces
    for kind in JUMPS:
        if sound.get(kind) is None:
            continue
        place = next((place for place, piece in enumerate(pieces) if piece[0] == "words"), None)
        if place is None:
            pieces = [*pieces, (kind, "")]
        else:
            pieces = [*pieces[:place], (kind, pieces[place][1]), *pieces[place + 1 :]]
    return pieces


def _metronome(item: Element) -> str:
    """``quarter. = 96`` from beat units, dots and a number; empty when the mark is built from notes."""
    sides: list[str] = []
    for child in item:
        if child.tag == "beat-unit":
            sides.append((child.text or "").strip())
        elif child.tag == "beat-unit-dot" and sides:
            sides[-1] += "."
        elif child.tag == "per-minute":
            sides.append((child.text or "").strip())
    return " = ".join(sides) if len(sides) == 2 else ""


def _positive(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if 0 < value < float("inf") else None
