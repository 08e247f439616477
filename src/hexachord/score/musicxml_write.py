"""Scores → MusicXML 4.0 (partwise).

The score is first completed (`hexachord.score.notated`), then each part is laid out bar by bar as lines of chords and rests
(`hexachord.score.lines`), beamed and given the accidentals that a page needs. The text depends on the score alone: the same score
gives the same bytes. What MusicXML cannot hold is counted and named. Left to the engraver, and so not written: stem directions,
fonts, positions, page and system breaks.
"""

from bisect import bisect_right
from collections import Counter
from dataclasses import replace
from math import gcd
from typing import NamedTuple

from hexachord.score.drums import drum_place
from hexachord.score.layout import BarLayout, lay_out
from hexachord.score.lines import Line
from hexachord.score.model import TICKS_PER_QUARTER, Part, Score
from hexachord.score.musicxml_signs import number_text, xml_attribute, xml_text
from hexachord.score.musicxml_write_bar import PartWriter
from hexachord.score.notated import notated
from hexachord.score.tablature import linked_staff, with_tab_notes

SOFTWARE = "Hexachord"


class MusicXmlText(NamedTuple):
    """A document, and what it could not hold: one line per kind, with its count."""

    text: str
    warnings: tuple[str, ...]


def write_musicxml(score: Score) -> str:
    """Write a score as MusicXML text.

    See `musicxml_text` for the same with warnings, and `hexachord.score.formats.save_score` for files.

    Examples
    --------
    >>> from hexachord.score.model import Note, Part, Score
    >>> text = write_musicxml(Score(parts=(Part(notes=(Note(0, 10080, 60),)),)))
    >>> "<step>C</step><octave>4</octave>" in text
    True
    """
    return musicxml_text(score).text


def musicxml_text(score: Score) -> MusicXmlText:
    """Write a score as MusicXML and say what did not fit."""
    found = Counter[str]()
    complete = notated(score, warnings=found)
    views = [linked_staff(part) for part in complete.parts]
    complete = replace(complete, parts=tuple(with_tab_notes(part) for part in complete.parts))
    tempo_ticks = complete.ticks_per_quarter
    layouts = [lay_out(part, complete, tab_view=view) for part, view in zip(complete.parts, views, strict=True)]
    divisor = tempo_ticks
    for layout in layouts:
        divisor = gcd(divisor, _common_tick(layout))
    for tick in _score_ticks(complete):
        divisor = gcd(divisor, tick)
    _name_losses(complete, found)
    out = [
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN" "http://www.musicxml.org/dtds/partwise.dtd">\n'
        '<score-partwise version="4.0">\n'
    ]
    out += _header(complete)
    out += _part_list(complete)
    for index, (part, layout) in enumerate(zip(complete.parts, layouts, strict=True)):
        part_id, view = _part_id(complete, index), views[index]
        writer = PartWriter(part, complete, part_id=part_id, is_first=index == 0, divisor=divisor, found=found, tab_view=view)
        out.append(f"<part id={xml_attribute(part_id)}>\n")
        for bar_index, bar_layout in enumerate(layout):
            out += writer.bar(bar_index, bar_layout)
        if writer.fermatas:
            found["fermatas where there is no rest to carry them"] += len(writer.fermatas)
        out.append("</part>\n")
    out.append("</score-partwise>\n")
    warnings = tuple(f"{kind}: {count}" for kind, count in sorted(found.items()))
    return MusicXmlText("".join(out), warnings)


def _common_tick(layout: list[BarLayout]) -> int:
    ticks = {bar.bar.duration for bar in layout}
    for bar in layout:
        for line in bar.lines:
            _line_ticks(line, bar.bar.tick, ticks)
    return gcd(*ticks)


def _line_ticks(line: Line, origin: int, ticks: set[int]) -> None:
    for event in line.events:
        ticks.add(event.onset - origin)
        ticks.add(event.duration)


def _score_ticks(score: Score) -> list[int]:
    """Every moment outside the notes, from its bar line."""
    moments = [mark.tick for mark in score.tempos]
    moments += [metre.tick for metre in score.metres] + [key.tick for key in score.keys]
    moments += [symbol.tick for symbol in score.chords] + [section.tick for section in score.sections]
    for part in score.parts:
        moments += [clef.tick for clef in part.clefs]
        moments += [sign.tick for sign in part.directions]
        moments += [sign.end for sign in part.directions if sign.end is not None]
    starts = [bar.tick for bar in score.bars]
    if not starts:
        return []
    return [tick - starts[max(0, bisect_right(starts, tick) - 1)] for tick in moments]


def _header(score: Score) -> list[str]:
    out: list[str] = []
    work_title = score.work or score.title
    work = (f"<work-number>{xml_text(score.opus)}</work-number>" if score.opus else "") + (
        f"<work-title>{xml_text(work_title)}</work-title>" if work_title else ""
    )
    if work:
        out.append(f"<work>{work}</work>\n")
    if score.number:
        out.append(f"<movement-number>{xml_text(score.number)}</movement-number>\n")
    if score.work:
        out.append(f"<movement-title>{xml_text(score.title)}</movement-title>\n")
    people = [("composer", score.composer), ("lyricist", score.lyricist), *score.contributors]
    out.append("<identification>")
    out += [f"<creator type={xml_attribute(role)}>{xml_text(name)}</creator>" for role, name in people if name]
    if score.rights:
        out.append(f"<rights>{xml_text(score.rights)}</rights>")
    supports = "".join(f'<supports element="{element}" type="yes"/>' for element in ("accidental", "beam"))
    out.append(f"<encoding><software>{SOFTWARE}</software>{supports}</encoding>")
    if score.ticks_per_quarter != TICKS_PER_QUARTER:
        out.append(
            f'<miscellaneous><miscellaneous-field name="ticks-per-quarter">{score.ticks_per_quarter}</miscellaneous-field></miscellaneous>'
        )
    out.append("</identification>\n")
    return out


def _part_id(score: Score, index: int) -> str:
    """The part's own id where it is a usable and unique XML name, else one made from its place."""
    own = score.parts[index].id
    usable = own[:1].isalpha() and all(character.isalnum() or character in "-_." for character in own) and own.isascii()
    unique = sum(part.id == own for part in score.parts) == 1
    return own if usable and unique else f"P{index + 1}"


def _part_list(score: Score) -> list[str]:
    out = ["<part-list>\n"]
    for index, part in enumerate(score.parts):
        for number, group in enumerate(score.groups, start=1):
            if group.first == index:
                name = f"<group-name>{xml_text(group.name)}</group-name>" if group.name else ""
                barline = "yes" if group.through_barlines else "no"
                out.append(
                    f'<part-group type="start" number="{number}">{name}<group-symbol>{group.symbol}</group-symbol>'
                    f"<group-barline>{barline}</group-barline></part-group>\n"
                )
        out.append(_score_part(part, _part_id(score, index), index))
        out += [
            f'<part-group type="stop" number="{number}"/>\n'
            for number, group in reversed(list(enumerate(score.groups, start=1)))
            if group.last == index
        ]
    out.append("</part-list>\n")
    return out


def _score_part(part: Part, part_id: str, index: int) -> str:
    out = [f"<score-part id={xml_attribute(part_id)}><part-name>{xml_text(part.name)}</part-name>"]
    if part.abbreviation:
        out.append(f"<part-abbreviation>{xml_text(part.abbreviation)}</part-abbreviation>")
    keys = sorted({note.pitch for note in part.notes}) if part.is_percussion else []
    instruments = [(f"{part_id}-I{key + 1}", drum_place(key).name, key) for key in keys] or [(f"{part_id}-I1", part.name, -1)]
    out += [
        f"<score-instrument id={xml_attribute(name_id)}><instrument-name>{xml_text(name)}</instrument-name></score-instrument>"
        for name_id, name, _ in instruments
    ]
    channel = part.channel if part.channel is not None else 9 if part.is_percussion else None
    for name_id, _, key in instruments:
        out.append(f"<midi-instrument id={xml_attribute(name_id)}>")
        if channel is not None:
            out.append(f"<midi-channel>{channel + 1}</midi-channel>")
        out.append(f"<midi-program>{part.program + 1}</midi-program>")
        if key >= 0:
            out.append(f"<midi-unpitched>{key + 1}</midi-unpitched>")
        if part.volume is not None:
            out.append(f"<volume>{number_text(round(part.volume * 100, 6))}</volume>")
        if part.pan is not None:
            out.append(f"<pan>{number_text(round(part.pan * 90, 6))}</pan>")
        out.append("</midi-instrument>")
    return "".join(out) + "</score-part>\n"


def _name_losses(score: Score, found: Counter[str]) -> None:
    """Count what MusicXML has no place for."""
    found["controller values, which belong in MIDI"] += sum(len(part.controls) for part in score.parts)
    found["pitch bends, which belong in MIDI"] += sum(len(part.bends) for part in score.parts)
    found["ends of chords before the next one"] += _early_ends([(symbol.tick, symbol.end) for symbol in score.chords], score.end_tick)
    found["ends of sections before the next one"] += _early_ends([(mark.tick, mark.end) for mark in score.sections], score.end_tick)
    for kind in [kind for kind, count in found.items() if not count]:
        del found[kind]


def _early_ends(spans: list[tuple[int, int | None]], end_tick: int) -> int:
    following = [tick for tick, _ in spans[1:]] + [end_tick]
    return sum(end is not None and end != after for (_, end), after in zip(spans, following, strict=False))
