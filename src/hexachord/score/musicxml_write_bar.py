"""One part's bars as MusicXML: attributes, directions, notes, rests, beams and accidentals in playing order.

The first line of each staff carries that staff's signs; each sign is written before the event it falls into, with an ``<offset>`` where
it falls inside. Spans stop in the bar they end with, not at the start of the next one.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from hexachord.score.accidentals import ACCIDENTAL_NAMES, AccidentalState, time_order
from hexachord.score.beams import beam_words, beams_of_line, flags_of
from hexachord.score.edit import move_spelling
from hexachord.score.layout import BarLayout
from hexachord.score.lines import Event, Line
from hexachord.score.model import Bar, Clef, Direction, Grace, Note, NoteValue, Part, Score, Spelling
from hexachord.score.musicxml_barlines import left_barline, right_barline
from hexachord.score.musicxml_harmony import harmony_xml, is_harte
from hexachord.score.musicxml_marks import is_known, notations_xml, notehead_xml
from hexachord.score.musicxml_signs import (
    SPAN_KINDS,
    can_write,
    number_text,
    section_xml,
    sign_xml,
    span_stop_xml,
    tempo_xml,
    xml_attribute,
    xml_text,
)
from hexachord.score.musicxml_strings import staff_details_xml, time_xml
from hexachord.score.tablature import tab_staff
from hexachord.score.tuplets import brackets_over_rests
from hexachord.score.values import value_of

_ELISION = "‿"
_VELOCITY_PERCENT = 0.9  # MusicXML's dynamics attribute counts in percent of velocity 90
_ONCE = frozenset(("staccato", "staccatissimo", "accent", "tenuto", "strong-accent"))
"""Marks that a chord has as a whole."""


class _Item(NamedTuple):
    """A sign waiting for its place: `write` takes the ``<offset>`` text; `movable` says whether it may have one."""

    tick: int
    phase: int
    order: int
    staff: int
    write: Callable[..., str]
    movable: bool


class PartWriter:
    """Writes one part; keeps what runs on from bar to bar (accidentals, keys, open spans)."""

    def __init__(
        self, part: Part, score: Score, *, part_id: str, is_first: bool, divisor: int, found: Counter[str], tab_view: int = 0
    ) -> None:
        self.part, self.score, self.part_id, self.found = part, score, part_id, found
        self.tab_staff, self.tab_view = tab_staff(part), tab_view  # the view is a TAB staff that shows what another one holds
        self.divisor = divisor
        self.tpq = score.ticks_per_quarter
        self.many_staves = part.staves > 1
        move = part.transposition
        self.steps_to_written = -(move.diatonic + 7 * move.octaves)
        self.semitones_to_written = -(move.chromatic + 12 * move.octaves)
        self.fifths_to_written = -(7 * move.chromatic - 12 * move.diatonic)
        self.shows_keys = not part.is_percussion or all(other.is_percussion for other in score.parts)
        self.accidentals = AccidentalState()
        self.fermatas = {
            (sign.staff, sign.tick): "fermata-inverted" if sign.value == "inverted" else "fermata"
            for sign in part.directions
            if sign.kind == "fermata"
        }
        self.items = self._place_items(is_first)

    # --- signs, keys, clefs ------------------------------------------------------------------------------------------------------

    def _place_items(self, is_first: bool) -> list[list[_Item]]:
        """All signs of the part, dealt to bars and sorted by time."""
        bars = self.score.bars
        starts = [bar.tick for bar in bars]
        dealt: list[list[_Item]] = [[] for _ in bars]
        if not bars:
            return dealt

        def put(tick: int, phase: int, staff: int, write: Callable[..., str], *, movable: bool = True, ending: bool = False) -> None:
            index = max(0, bisect_right(starts, tick) - 1)
            if ending and index > 0 and starts[index] == tick:
                index -= 1
            dealt[index].append(_Item(tick, phase, len(dealt[index]), staff, write, movable))

        score = self.score
        for clef in self.part.clefs:
            if clef.tick > 0:
                put(clef.tick, 1, clef.staff, partial(self._change_of_clef, clef), movable=False, ending=True)
        for tick in sorted(({key.tick for key in score.keys} | {metre.tick for metre in score.metres}) - set(starts)):
            put(tick, 2, 1, partial(self._change_of_key, tick), movable=False)
        if is_first:
            for tempo in score.tempos:
                put(tempo.tick, 3, 1, partial(tempo_xml, tempo))
            for section in score.sections:
                put(section.tick, 3, 1, partial(section_xml, section))
            for symbol in score.chords:
                if not is_harte(symbol.label):
                    self.found["chord labels that are not Harte syntax, written as text"] += 1
                put(symbol.tick, 3, 1, partial(harmony_xml, symbol))
        self._place_signs(put)
        for items in dealt:
            items.sort(key=lambda item: (item.tick, item.phase, item.order))
        return dealt

    def _place_signs(self, put: Callable[..., None]) -> None:
        free_from: dict[tuple[str, int], list[int]] = {}  # when each span number of a kind and staff is free again
        pressed: dict[tuple[int, int], int] = {}  # staff and tick where a pedal line goes on into the next → its number
        lines_start = Counter((sign.staff, sign.tick) for sign in self.part.directions if _is_pedal_line(sign))
        for sign in self.part.directions:
            if not can_write(sign):
                self.found[f"directions of kind {sign.kind}"] += 1
                continue
            if sign.kind == "fermata":  # written with its rest
                continue
            is_span = sign.kind in SPAN_KINDS
            changes = _is_pedal_line(sign) and (sign.staff, sign.tick) in pressed
            number = pressed.pop((sign.staff, sign.tick)) if changes else 1
            if is_span:
                until = self.score.end_tick + 1 if sign.end is None else sign.end
                taken = free_from.setdefault((sign.kind, sign.staff), [])
                index = number - 1 if changes else next((place for place, free in enumerate(taken) if free <= sign.tick), len(taken))
                taken[index : index + 1] = [max(until, sign.tick + 1)]
                number = index + 1
            staff = sign.staff if self.many_staves else 0
            start = (
                partial(span_stop_xml, sign, number=number, staff=staff, change=True)
                if changes
                else partial(sign_xml, sign, number=number, staff=staff)
            )
            put(sign.tick, 4, sign.staff, start)
            if not is_span or sign.end is None:
                continue
            here = (sign.staff, sign.end)
            if _is_pedal_line(sign) and sign.end > sign.tick and lines_start[here] == 1 and here not in pressed:
                pressed[here] = number
                taken[index] = sign.end + 1  # held for the line that goes on
                continue
            is_long = sign.end > sign.tick
            put(sign.end, 0 if is_long else 4, sign.staff, partial(span_stop_xml, sign, number=number, staff=staff), ending=is_long)

    def _change_of_clef(self, clef: Clef, *, offset: str) -> str:
        assert not offset
        return f"<attributes>{self._clef_xml(clef)}</attributes>"

    def _change_of_key(self, tick: int, *, offset: str) -> str:
        assert not offset
        return f"<attributes>{self._key_and_time(tick)}</attributes>"

    def _clef_xml(self, clef: Clef) -> str:
        number = f' number="{clef.staff}"' if self.many_staves else ""
        line = f"<line>{clef.line}</line>" if clef.line else ""
        octave = f"<clef-octave-change>{clef.octave_change}</clef-octave-change>" if clef.octave_change else ""
        return f"<clef{number}><sign>{xml_text(clef.sign)}</sign>{line}{octave}</clef>"

    def _key_and_time(self, tick: int) -> str:
        out = []
        for key in self.score.keys:
            if key.tick == tick:
                fifths = key.fifths + self.fifths_to_written
                if not self.shows_keys:
                    continue
                if abs(fifths) > 7:
                    self.found["keys of transposing parts beyond seven accidentals, respelled"] += 1
                    fifths -= 12 if fifths > 0 else -12
                self.accidentals.set_key(fifths)
                mode = f"<mode>{xml_text(key.mode)}</mode>" if key.mode else ""
                out.append(f"<key><fifths>{fifths}</fifths>{mode}</key>")
        for metre in self.score.metres:
            if metre.tick == tick:
                out.append(time_xml(metre, staves=self.part.staves, tab_view=self.tab_view))
        return "".join(out)

    def _attributes(self, index: int, bar: Bar) -> str:
        key_and_time = self._key_and_time(bar.tick)
        if index > 0:
            return f"<attributes>{key_and_time}</attributes>\n" if key_and_time else ""
        out = [f"<attributes><divisions>{self.tpq // self.divisor}</divisions>{key_and_time}"]
        if self.many_staves:
            out.append(f"<staves>{self.part.staves}</staves>")
        out += [self._clef_xml(clef) for clef in self.part.clefs if clef.tick <= bar.tick]
        out.append(staff_details_xml(self.part, self.tab_staff))
        move = self.part.transposition
        if move != (0, 0, 0):
            octaves = f"<octave-change>{move.octaves}</octave-change>" if move.octaves else ""
            out.append(f"<transpose><diatonic>{move.diatonic}</diatonic><chromatic>{move.chromatic}</chromatic>{octaves}</transpose>")
        return "".join(out) + "</attributes>\n"

    # --- bars --------------------------------------------------------------------------------------------------------------------

    def bar(self, index: int, layout: BarLayout) -> list[str]:
        """Write one bar."""
        bar = layout.bar
        self.accidentals.start_bar()
        implicit = ' implicit="yes"' if not bar.number.isdigit() or bar.number == "0" else ""
        out = [
            f"<measure number={xml_attribute(bar.number)}{implicit}>\n",
            left_barline(self.score.bars, index),
            self._attributes(index, bar),
        ]
        shown = self._accidentals(layout)
        items = self.items[index]
        cursor = bar.tick
        for line in layout.lines:
            out.append(self._move(cursor, bar.tick))
            mine = [item for item in items if item.staff == line.staff]
            items = [item for item in items if item.staff != line.staff]
            late = [item for item in mine if not item.movable and any(event.onset < item.tick < event.end for event in line.events)]
            self._line(line, [item for item in mine if item not in late], layout, shown, out)
            cursor = max(bar.end, line.events[-1].end if line.events else bar.end)
            for item in late:  # a clef change inside a held note: go back for it
                out += [self._move(cursor, item.tick), item.write(offset=""), "\n"]
                cursor = item.tick
        for item in items:  # signs of a staff that no line is at home on
            out += [self._move(cursor, item.tick), item.write(offset=""), "\n"]
            cursor = item.tick
        out += [self._move(cursor, bar.end), right_barline(self.score.bars, index), "</measure>\n"]
        return out

    def _move(self, cursor: int, target: int) -> str:
        if cursor == target:
            return ""
        tag = "backup" if target < cursor else "forward"
        return f"<{tag}><duration>{abs(target - cursor) // self.divisor}</duration></{tag}>\n"

    def _accidentals(self, layout: BarLayout) -> dict[int, str]:
        """The accidental of every note in the bar, by identity, decided in time order across all voices."""
        shown: dict[int, str] = {}
        if self.part.is_percussion:
            return shown
        key_ticks = [key for key in self.score.keys if layout.bar.tick < key.tick < layout.bar.end]
        for note in time_order(note for note in layout.notes if note.staff != self.tab_staff):
            while key_ticks and key_ticks[0].tick <= note.onset:
                self.accidentals.set_key(key_ticks.pop(0).fifths + self.fifths_to_written)
            written = self._written(note)
            name = self.accidentals.needed(note.staff, written.step, written.alter, written.octave, tied=note.tied_to_previous)
            if name:
                shown[id(note)] = name
        return shown

    def _written(self, note: Note) -> Spelling:
        assert note.spelling is not None
        if not self.steps_to_written and not self.semitones_to_written:
            return note.spelling
        return move_spelling(note.spelling, steps=self.steps_to_written, semitones=self.semitones_to_written)

    def _line(self, line: Line, items: list[_Item], layout: BarLayout, shown: dict[int, str], out: list[str]) -> None:
        beams = (
            beams_of_line(line.events, layout.beats, bar_tick=layout.bar.tick, metre=layout.metre, ticks_per_quarter=self.tpq)
            if line.staff != self.tab_view
            else {}
        )
        brackets = brackets_over_rests(line.events)
        waiting = 0
        for index, event in enumerate(line.events):
            last = event.end
            while waiting < len(items) and (items[waiting].tick < last or items[waiting].tick <= event.onset):
                offset = (items[waiting].tick - event.onset) // self.divisor
                out += [items[waiting].write(offset=f"<offset>{offset}</offset>" if offset else ""), "\n"]
                waiting += 1
            for place, grace in enumerate(event.graces):
                words = _grace_beams(event.graces, self.tpq).get(place, [])
                out.append(
                    self._note(grace, line.voice, chord="grace-chord" in grace.marks, accidental=shown.get(id(grace), ""), beams=words)
                )
            if event.notes:
                self._chord(event, line.voice, shown, beams.get(index, []), brackets.get(index, ""), out)
            elif event.duration:
                out.append(self._rest(event, line, brackets.get(index, "")))
        for item in items[waiting:]:
            offset = (item.tick - (line.events[-1].end if line.events else layout.bar.tick)) // self.divisor
            out += [item.write(offset=f"<offset>{offset}</offset>" if offset and item.movable else ""), "\n"]

    def _chord(self, event: Event, voice: int, shown: dict[int, str], beams: list[str], moved: str, out: list[str]) -> None:
        notes = event.notes
        if len(notes) > 1 and any(mark.startswith("tuplet-") for note in notes[1:] for mark in note.marks):
            notes = sorted(notes, key=lambda note: not any(mark.startswith("tuplet-") for mark in note.marks))
        for place, note in enumerate(notes):
            words = beams if place == 0 else []
            accidental = shown.get(id(note), "")
            if place and note.marks:  # a dot over a chord is drawn once
                note = note._replace(marks=tuple(mark for mark in note.marks if mark not in _ONCE or mark not in notes[0].marks))
            out.append(self._note(note, voice, chord=place > 0, accidental=accidental, beams=words, moved=moved))

    # --- notes -------------------------------------------------------------------------------------------------------------------

    def _note(self, note: Note, voice: int, *, chord: bool, accidental: str, beams: list[str], moved: str = "") -> str:
        marks = note.marks
        if moved and marks:
            marks = tuple(mark for mark in marks if mark not in moved.split())
        out = ["<note"]
        if "hidden" in marks:
            out.append(' print-object="no"')
        if note.velocity is not None:
            out.append(f' dynamics="{number_text(round(note.velocity / _VELOCITY_PERCENT, 2))}"')
        out.append(">")
        if note.grace:
            out.append('<grace slash="yes"/>' if note.grace == Grace.ACCIACCATURA else "<grace/>")
        if "cue" in marks:
            out.append("<cue/>")
        if chord:
            out.append("<chord/>")
        spelling = self._written(note)
        if self.part.is_percussion:
            out.append(
                f"<unpitched><display-step>{spelling.step}</display-step><display-octave>{spelling.octave}</display-octave></unpitched>"
            )
        else:
            alter = f"<alter>{spelling.alter}</alter>" if spelling.alter else ""
            out.append(f"<pitch><step>{spelling.step}</step>{alter}<octave>{spelling.octave}</octave></pitch>")
        if not note.grace:
            out.append(f"<duration>{note.duration // self.divisor}</duration>")
        if note.tied_to_previous:
            out.append('<tie type="stop"/>')
        if note.tied_to_next:
            out.append('<tie type="start"/>')
        if self.part.is_percussion:
            out.append(f"<instrument id={xml_attribute(f'{self.part_id}-I{note.pitch + 1}')}/>")
        value = note.value or value_of(note.duration, self.tpq)
        out.append(f"<voice>{voice}</voice>{_value_xml(value)}")
        courtesy = ""
        if "accidental-cautionary" in marks:
            courtesy = ' cautionary="yes" parentheses="yes"'
        elif "accidental-editorial" in marks:
            courtesy = ' editorial="yes" bracket="yes"'
        if accidental or (courtesy and not self.part.is_percussion):
            out.append(f"<accidental{courtesy}>{accidental or ACCIDENTAL_NAMES.get(spelling.alter, 'natural')}</accidental>")
        out.append(_modification_xml(value))
        if self.tab_view and note.staff == self.tab_view:
            out.append("<stem>none</stem>")
        out.append(notehead_xml(marks) if marks else "")
        if self.many_staves:
            out.append(f"<staff>{note.staff}</staff>")
        out += [f'<beam number="{level}">{word}</beam>' for level, word in enumerate(beams, start=1)]
        if marks or note.tied_to_next or note.tied_to_previous:
            out.append(notations_xml(marks, note.tied_to_previous, note.tied_to_next))
            for mark in marks:
                if not is_known(mark):
                    self.found[f"note marks '{mark}'"] += 1
        for lyric in note.lyrics:
            texts = "<elision>‿</elision>".join(f"<text>{xml_text(text)}</text>" for text in lyric.text.split(_ELISION))
            extend = "<extend/>" if lyric.extend else ""
            out.append(f'<lyric number="{lyric.verse}"><syllabic>{lyric.syllabic}</syllabic>{texts}{extend}</lyric>')
        out.append("</note>\n")
        return "".join(out)

    def _rest(self, event: Event, line: Line, bracket: str) -> str:
        duration = f"<duration>{event.duration // self.divisor}</duration>"
        staff = f"<staff>{line.staff}</staff>" if self.many_staves else ""
        if not event.visible:
            return f"<forward>{duration}</forward>\n"
        notations = notations_xml((*bracket.split(), *self._fermata(event, line)), False, False)
        if event.whole_bar:
            return f'<note><rest measure="yes"/>{duration}<voice>{line.voice}</voice>{staff}{notations}</note>\n'
        assert event.value is not None
        value = _value_xml(event.value) + _modification_xml(event.value)
        return f"<note><rest/>{duration}<voice>{line.voice}</voice>{value}{staff}{notations}</note>\n"

    def _fermata(self, event: Event, line: Line) -> tuple[str, ...]:
        mark = self.fermatas.pop((line.staff, event.onset), None)
        return () if mark is None else (mark,)


def _is_pedal_line(sign: Direction) -> bool:
    return sign.kind == "pedal" and "line" in sign.value.split()


def _value_xml(value: NoteValue) -> str:
    return f"<type>{value.kind}</type>" + "<dot/>" * value.dots


def _modification_xml(value: NoteValue) -> str:
    if value.actual == value.normal:
        return ""
    return f"<time-modification><actual-notes>{value.actual}</actual-notes><normal-notes>{value.normal}</normal-notes></time-modification>"


def _grace_beams(graces: list[Note], ticks_per_quarter: int) -> dict[int, list[str]]:
    """Grace notes in a row hang on a beam of their own."""
    group = [(place, flags_of(note, ticks_per_quarter)) for place, note in enumerate(graces) if "grace-chord" not in note.marks]
    if len(group) < 2 or any(not flags for _, flags in group):
        return {}
    return beam_words(group)
