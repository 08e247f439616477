"""Section plans: ``A8 A8 B8 A8`` says which bars are to resemble which.

A letter that comes again is the same music again, bar for bar; a prime (``A'``) is a variation of it. Inside a section of eight bars or
more, each phrase of four is akin to the one before, as in songs. What is asked for becomes likeness controls
(`hexachord.composition.controls.Controls`) that writing leans to (`hexachord.composition.recalling`), and reminders: the bar to be
resembled is read out again before its repetition is written.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from hexachord.composition.clips import Clip
from hexachord.composition.plan import Plan
from hexachord.composition.vocabulary import SECTIONS
from hexachord.errors import InputError

SAME, VARIED, AKIN = 1.0, 0.78, 0.7
PHRASE_BARS = 4
_SECTION = re.compile(r"([A-Pa-p])('*)(\d*)")


@dataclass(frozen=True, kw_only=True)
class Section:
    """Some bars in a row: `letter` counts from 1 (A), `primes` says how far it is from its first appearance."""

    letter: int
    bars: int
    primes: int = 0


def parse_sections(text: str, *, bars: int | None = None) -> tuple[Section, ...]:
    """Read a section plan.

    Parameters
    ----------
    text : ``A8 A'8 B4 A8``, or ``AABA``
    bars : how many bars the whole has; sections that do not say how long they are share what the others leave. 8 each when left out

    Raises
    ------
    InputError : if it cannot be read, or the bars do not come out even.

    Examples
    --------
    >>> [(section.letter, section.bars, section.primes) for section in parse_sections("A8 A'8 B4")]
    [(1, 8, 0), (1, 8, 1), (2, 4, 0)]
    >>> [section.bars for section in parse_sections("AABA", bars=32)]
    [8, 8, 8, 8]
    """
    plain = re.sub(r"[\s,;-]+", "", text)
    found = list(_SECTION.finditer(plain))
    if not found or "".join(match.group() for match in found) != plain:
        raise InputError(
            f"the section plan {text!r}", found="something else", expected="letters from A to P with bars, as A8 A8 B8 A8, or AABA"
        )
    silent = sum(1 for match in found if not match[3])
    said = sum(int(match[3]) for match in found if match[3])
    share = 8
    if bars is not None:
        rest = bars - said
        if (silent and (rest <= 0 or rest % silent)) or (not silent and rest):
            expected = f"sections that make {bars} bars"
            raise InputError(f"the section plan {text!r}", found=f"{said} bars, and {silent} sections of no length", expected=expected)
        share = rest // silent if silent else 0
    made = tuple(
        Section(letter=ord(match[1].upper()) - ord("A") + 1, bars=int(match[3]) if match[3] else share, primes=len(match[2]))
        for match in found
    )
    if any(section.bars < 1 or section.letter > SECTIONS for section in made):
        raise InputError(f"the section plan {text!r}", found="a section without bars", expected="one bar at least in each")
    return made


def likeness_of(sections: Sequence[Section]) -> tuple[tuple[int, int, float], ...]:
    """Say which bar is to resemble which earlier one, and how much: bar for bar the latest section of the same letter; where there is none,
    the phrase before in a long section.

    Examples
    --------
    >>> likeness_of(parse_sections("A2 B1 A'2"))
    ((3, 0, 0.78), (4, 1, 0.78))
    """
    found: list[tuple[int, int, float]] = []
    begun: dict[int, tuple[int, Section]] = {}
    at = 0
    for section in sections:
        if section.letter in begun:
            earlier, before = begun[section.letter]
            likeness = SAME if section.primes == before.primes else VARIED
            found += [(at + bar, earlier + bar, likeness) for bar in range(min(section.bars, before.bars))]
        elif section.bars >= 2 * PHRASE_BARS:
            found += [(at + bar, at + bar - PHRASE_BARS, AKIN) for bar in range(PHRASE_BARS, section.bars)]
        begun[section.letter] = (at, section)
        at += section.bars
    return tuple(found)


def usual_sections(bars: int) -> str:
    """Plan a piece of which nobody says how it is built: as many songs, ``A A' B A'``, over again; nothing where bars do not make phrases.

    Examples
    --------
    >>> usual_sections(16), usual_sections(40), usual_sections(10)
    ("A4 A'4 B4 A'4", "A8 A'8 B8 A'8 A8", '')
    """
    if bars < 4 * PHRASE_BARS or bars % PHRASE_BARS:
        return ""
    size = 2 * PHRASE_BARS if bars >= 8 * PHRASE_BARS and bars % (2 * PHRASE_BARS) == 0 else PHRASE_BARS
    pattern = ("A", "A'", "B", "A'")
    return " ".join(f"{pattern[index % 4]}{size}" for index in range(bars // size))


def with_sections(plan: Plan, sections: Sequence[Section], *, remind: bool = True) -> Plan:
    """Plan for sections: their letters in the bars, likeness among the controls, and reminders if wanted.

    Raises
    ------
    InputError : if the sections have not as many bars as the plan.
    """
    total = sum(section.bars for section in sections)
    if total != len(plan.clip.bars):
        raise InputError("the section plan", found=f"{total} bars", expected=f"{len(plan.clip.bars)}, as the plan has")
    likeness = likeness_of(sections)
    bars = plan.clip.bars.copy()
    bars["section"] = np.repeat([section.letter for section in sections], [section.bars for section in sections])
    recall = tuple(line for line in likeness if line[0] < total - 1)  # the last bar closes, whatever it repeats
    reminders = tuple((bar, earlier) for bar, earlier, _ in likeness) if remind else ()
    clip = Clip(bars=bars, notes=plan.clip.notes, chords=plan.clip.chords, parts=plan.clip.parts, style=plan.clip.style)
    return replace(
        plan, clip=clip, controls=replace(plan.controls, likeness=likeness), reminders=(*plan.reminders, *reminders), recall=recall
    )
