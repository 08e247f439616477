"""MusicXML (partwise or timewise) → scores.

Bars are read across all parts in step, so that a bar is as long as its longest part says and pick-ups and irregular bars come out
right. Ticks are exact: the divisions of all parts are brought to one count. Pitches become concert pitch. Rests only move time on.

What a score cannot hold is counted in `Score.warnings`. Layout is not counted: positions, fonts, stems, beams, breaks, credits and
page sizes are the engraver's business, as are accidentals (drawn from the spelling) and playback settings that signs imply.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from math import lcm
from pathlib import Path
from typing import TypeVar
from xml.etree.ElementTree import Element

from hexachord.errors import InputError
from hexachord.score.edit import with_ticks_per_quarter
from hexachord.score.garbage import collection_paused
from hexachord.score.model import (
    TICKS_PER_QUARTER,
    Bar,
    ChordSymbol,
    Contributor,
    KeyMark,
    MetreMark,
    PartGroup,
    Score,
    SectionMark,
    TempoMark,
)
from hexachord.score.musicxml_file import load_document, parse_document
from hexachord.score.musicxml_read_part import PartReader
from hexachord.score.timing import bar_duration

_LARGEST_DIVISIONS = 1 << 24  # beyond it, the file is nonsense and arithmetic would crawl
_Mark = TypeVar("_Mark", KeyMark, MetreMark)
_INTEGER = re.compile(r"\d+")


def load_musicxml(path: str | Path) -> Score:
    """Read a .musicxml, .xml or .mxl file.

    Raises
    ------
    InputError : if the file is missing, no MusicXML, broken, or unsafe.
    """
    with collection_paused():
        return score_of_document(load_document(path), subject=path)


def read_musicxml(data: str | bytes, *, subject: str | Path = "MusicXML") -> Score:
    """Read MusicXML text, or the bytes of a plain or compressed file; `subject` names it in errors.

    Examples
    --------
    >>> from hexachord.score.model import Note, Part, Score
    >>> from hexachord.score.musicxml_write import write_musicxml
    >>> text = write_musicxml(Score(parts=(Part(notes=(Note(0, 10080, 61),)),)))
    >>> str(read_musicxml(text).parts[0].notes[0].spelling)
    'C#4'
    """
    content = data.encode() if isinstance(data, str) else data
    with collection_paused():
        return score_of_document(parse_document(content, subject=subject), subject=subject)


@dataclass
class _Bars:
    """The written bars so far, as the first part that has them shows them."""

    bars: list[Bar] = field(default_factory=list)
    endings: tuple[int, ...] = ()


def score_of_document(root: Element, *, subject: str | Path = "MusicXML") -> Score:
    """Read a parsed document."""
    found = Counter[str]()
    part_elements = _parts(root)
    wanted = _own_ticks(root)
    tpq = lcm(wanted, *_divisions(root, subject))
    declared = {element.get("id", ""): element for element in root.iterfind("part-list/score-part")}
    readers = [PartReader(part_id, declared.get(part_id), tpq, found) for part_id, _ in part_elements]
    tick = 0
    laid = _Bars()
    for index in range(max((len(measures) for _, measures in part_elements), default=0)):
        measures = [measures[index] if index < len(measures) else None for _, measures in part_elements]
        tick = _read_bar(measures, readers, tick, index, laid, tpq, found)
    score = _assembled(root, readers, tuple(laid.bars), part_elements, tpq, found)
    if tpq != wanted:
        try:
            score = with_ticks_per_quarter(score, wanted)
        except ValueError:
            return score
    return score


def _parts(root: Element) -> list[tuple[str, list[Element]]]:
    """Every part's id and measures; timewise documents are turned round."""
    if root.tag == "score-partwise":
        return [(part.get("id", ""), part.findall("measure")) for part in root.iterfind("part")]
    turned: dict[str, list[Element]] = {}
    for index, measure in enumerate(root.iterfind("measure")):
        for part in measure.iterfind("part"):
            measures = turned.setdefault(part.get("id", ""), [])
            while len(measures) < index:
                measures.append(Element("measure"))
            part.attrib.update(measure.attrib)
            measures.append(part)
    return list(turned.items())


def _divisions(root: Element, subject: str | Path) -> set[int]:
    values = set()
    for element in root.iter("divisions"):
        try:
            value = int(element.text or "")
        except ValueError:
            value = 0
        if not 0 < value <= _LARGEST_DIVISIONS:
            raise InputError(subject, found=f"divisions of {(element.text or '').strip()[:20]!r}", expected="a whole number above 0")
        values.add(value)
    return values or {1}


def _own_ticks(root: Element) -> int:
    """The ticks that our own writer noted, else the usual ones."""
    for item in root.iterfind("identification/miscellaneous/miscellaneous-field"):
        if item.get("name") == "ticks-per-quarter" and (item.text or "").isdigit():
            return min(max(int(item.text or ""), 1), _LARGEST_DIVISIONS)
    return TICKS_PER_QUARTER


def _read_bar(
    measures: list[Element | None], readers: list[PartReader], tick: int, index: int, laid: _Bars, tpq: int, found: Counter[str]
) -> int:
    """Read one bar in all parts; return where the next one begins."""
    length = 0
    leader = next((measure for measure in measures if measure is not None), None)
    for measure, reader in zip(measures, readers, strict=True):
        if measure is not None:
            length = max(length, reader.measure(measure, tick))
    if length == 0:
        metre = next((metre for reader in readers if (metre := reader.attributes.metre) is not None), MetreMark(0, 4, 4))
        length = bar_duration(metre, ticks_per_quarter=tpq)
    for measure, reader in zip(measures, readers, strict=True):
        if measure is not None:
            reader.end_bar(tick + length)
    if leader is not None:
        number = leader.get("number", str(index + 1))
        laid.bars.append(_bar(leader, Bar(tick, length, number), laid, found))
    return tick + length


def _bar(measure: Element, bar: Bar, laid: _Bars, found: Counter[str]) -> Bar:
    """Add what the bar lines say."""
    stops = False
    endings = laid.endings
    for element in measure.iterfind("barline"):
        location = element.get("location", "right")
        repeat, ending = element.find("repeat"), element.find("ending")
        style = (element.findtext("bar-style") or "").strip()
        if ending is not None:
            if ending.get("type") == "start":
                endings = tuple(int(number) for number in _INTEGER.findall(ending.get("number", "")))
            else:
                stops = True
        if repeat is not None and repeat.get("direction") == "forward":
            bar = bar._replace(repeat_start=True)
        elif repeat is not None:
            times = repeat.get("times", "2")
            bar = bar._replace(repeat_end=int(times) if times.isdigit() else 2)
        if style in ("", "regular") or (style == "light-heavy" and repeat is not None):
            continue
        if location == "right":
            bar = bar._replace(barline=style)
        elif location == "middle" or repeat is None or style != "heavy-light":
            found[f"bar lines of style {style} inside or left of a bar"] += 1
    laid.endings = () if stops else endings
    return bar._replace(endings=endings)


def _assembled(
    root: Element,
    readers: list[PartReader],
    bars: tuple[Bar, ...],
    part_elements: list[tuple[str, list[Element]]],
    tpq: int,
    found: Counter[str],
) -> Score:
    tempos: dict[TempoMark, None] = {}
    sections: dict[SectionMark, None] = {}
    chords: dict[ChordSymbol, None] = {}
    for reader in readers:
        tempos.update(dict.fromkeys(reader.signs.tempos))
        sections.update(dict.fromkeys(reader.signs.sections))
        chords.update(dict.fromkeys(reader.chords))
    pitched = [reader for reader in readers if not reader.is_percussion] or readers
    keys = _agreed([reader.attributes.keys for reader in pitched], "key signatures that only some parts have", found)
    metres = _agreed([reader.attributes.metres for reader in readers], "time signatures that only some parts have", found)
    people = [(creator.get("type", ""), (creator.text or "").strip()) for creator in root.iterfind("identification/creator")]
    composer = next((name for role, name in people if role == "composer" and name), "")
    lyricist = next((name for role, name in people if role in ("lyricist", "poet") and name), "")
    others = [Contributor(role, name) for role, name in people if name and name not in (composer, lyricist)]
    work = _text(root, "work/work-title")
    title = _text(root, "movement-title") or work
    return Score(
        parts=tuple(reader.part([bar.tick for bar in bars]) for reader in readers),
        ticks_per_quarter=tpq,
        title=title,
        work=work if work != title else "",
        opus=_text(root, "work/work-number"),
        number=_text(root, "movement-number"),
        composer=composer,
        lyricist=lyricist,
        contributors=tuple(others),
        rights=_text(root, "identification/rights"),
        groups=_groups(root, [part_id for part_id, _ in part_elements]),
        tempos=tuple(sorted(tempos, key=lambda mark: mark.tick)),
        metres=metres,
        keys=keys,
        chords=tuple(sorted(chords, key=lambda symbol: symbol.tick)),
        sections=tuple(sorted(sections, key=lambda section: section.tick)),
        bars=bars,
        warnings=tuple(f"{kind}: {count}" for kind, count in sorted(found.items())),
    )


def _agreed(lists: list[dict[int, _Mark]], difference: str, found: Counter[str]) -> tuple[_Mark, ...]:
    """The marks of the first part that has any; parts that say something else are counted."""
    leading = next((marks for marks in lists if marks), {})
    found_others = sum(bool(marks) and marks != leading for marks in lists)
    if found_others:
        found[difference] += found_others
    return tuple(leading[tick] for tick in sorted(leading))


def _text(root: Element, path: str) -> str:
    return (root.findtext(path) or "").strip()


def _groups(root: Element, part_ids: list[str]) -> tuple[PartGroup, ...]:
    """Part groups by the places of their parts."""
    places = {part_id: place for place, part_id in enumerate(part_ids)}
    groups: list[PartGroup] = []
    waiting: dict[str, tuple[int, Element]] = {}
    part_list = root.find("part-list")
    following = 0
    for element in part_list if part_list is not None else ():
        if element.tag == "score-part":
            following = places.get(element.get("id", ""), following - 1) + 1
        elif element.tag == "part-group":
            number = element.get("number", "1")
            if element.get("type") == "start":
                waiting[number] = (following, element)
            elif number in waiting:
                first, start = waiting.pop(number)
                if first < following:
                    symbol = (start.findtext("group-symbol") or "none").strip()
                    through = (start.findtext("group-barline") or "no").strip() != "no"
                    groups.append(PartGroup(first, following - 1, symbol, (start.findtext("group-name") or "").strip(), through))
    return tuple(sorted(groups, key=lambda group: (group.first, -group.last)))
