"""Note marks ↔ MusicXML notations: one table, read both ways.

A mark is a word on a `Note`: ``staccato``, ``slur-start-2``, ``tremolo-3``, ``fingering-5``. Marks keep the order of `mark_rank`, so
that what is written and read again is the same tuple.
"""

from collections.abc import Iterable
from functools import lru_cache
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape, quoteattr

ARTICULATIONS = (
    "accent", "strong-accent", "staccato", "tenuto", "detached-legato", "staccatissimo", "spiccato", "scoop", "plop", "doit", "falloff",
    "breath-mark", "caesura", "stress", "unstress", "soft-accent",
)  # fmt: skip
ORNAMENTS = (
    "trill-mark", "turn", "delayed-turn", "inverted-turn", "delayed-inverted-turn", "vertical-turn", "inverted-vertical-turn", "shake",
    "mordent", "inverted-mordent", "schleifer", "haydn",
)  # fmt: skip
TECHNICAL = (
    "up-bow", "down-bow", "harmonic", "open-string", "thumb-position", "double-tongue", "triple-tongue", "stopped", "snap-pizzicato",
    "tap", "heel", "toe", "fingernails", "brass-bend", "flip", "smear", "open", "half-muted", "golpe",
)  # fmt: skip
TECHNICAL_TEXT = ("fingering", "pluck", "fret", "string")
SPANS = ("slur", "tuplet", "glissando", "slide")

NOTE_MARKS = ("cue", "hidden", "grace-chord", "grace-after", "accidental-cautionary", "accidental-editorial")
"""Marks that are not notations but say something about the notehead itself."""

_RANKS: dict[str, float] = {}
for _rank, _names in enumerate(
    (
        ("let-ring",),
        ("slur",),
        ("tuplet",),
        ("glissando",),
        ("slide",),
        (*ORNAMENTS, "wavy-line", "tremolo", "accidental-mark"),
        (*TECHNICAL, *TECHNICAL_TEXT),
        ARTICULATIONS,
        ("fermata",),
        ("arpeggiate",),
        ("non-arpeggiate",),
        ("notehead",),
        NOTE_MARKS,
    )
):
    _RANKS.update(dict.fromkeys(_names, _rank))
_RANKS["tuplet-unbracketed"] = _RANKS["tuplet-unnumbered"] = _RANKS["tuplet"] + 0.1
_TUPLET_STOP = _RANKS["tuplet"] + 0.2  # a bracket over a single note begins before it ends
_UNKNOWN = 99.0
_PREFIXES = (*SPANS, "wavy-line", "tremolo", "accidental-mark", *TECHNICAL_TEXT, "fermata", "arpeggiate", "non-arpeggiate", "notehead")


@lru_cache(maxsize=4096)
def mark_rank(mark: str) -> float:
    """The place of a mark's family in a note's marks; `is_known` says whether it has one."""
    if (rank := _RANKS.get(mark)) is not None:
        return rank
    if mark.startswith("tuplet-stop"):
        return _TUPLET_STOP
    return next((_RANKS[prefix] for prefix in _PREFIXES if mark.startswith(prefix + "-")), _UNKNOWN)


def is_known(mark: str) -> bool:
    """Whether MusicXML can hold a mark."""
    return mark_rank(mark) != _UNKNOWN


def ordered_marks(marks: Iterable[str]) -> tuple[str, ...]:
    """Marks in their usual order, each once; within a family the given order stays."""
    return tuple(dict.fromkeys(sorted(marks, key=mark_rank)))


@lru_cache(maxsize=8192)
def notations_xml(marks: tuple[str, ...], tied_to_previous: bool, tied_to_next: bool) -> str:
    """Write the ``<notations>`` of a note; an empty string when it has none."""
    out: list[str] = []
    if tied_to_previous:
        out.append('<tied type="stop"/>')
    if tied_to_next:
        out.append('<tied type="start"/>')
    groups: dict[str, list[str]] = {"ornaments": [], "technical": [], "articulations": []}
    last: list[str] = []
    tuplet_options = "".join(
        f' {name}="{value}"'
        for mark, name, value in (("tuplet-unbracketed", "bracket", "no"), ("tuplet-unnumbered", "show-number", "none"))
        if mark in marks
    )
    for mark in marks:
        family, _, rest = mark.partition("-")
        if mark == "let-ring":
            out.append('<tied type="let-ring"/>')
        elif family in SPANS:
            kind, _, number = rest.partition("-")
            if kind in ("start", "stop"):
                options = tuplet_options if family == "tuplet" and kind == "start" else ""
                out.append(f"<{family} type={quoteattr(kind)}{_number(number)}{options}/>")
        elif mark in ARTICULATIONS:
            groups["articulations"].append(f"<{mark}/>")
        elif mark in ORNAMENTS:
            groups["ornaments"].append(f"<{mark}/>")
        elif mark.startswith("wavy-line-"):
            kind, _, number = mark.removeprefix("wavy-line-").partition("-")
            groups["ornaments"].append(f"<wavy-line type={quoteattr(kind)}{_number(number)}/>")
        elif family == "tremolo":
            kind, _, strokes = rest.rpartition("-")
            groups["ornaments"].append(f"<tremolo type={quoteattr(kind or 'single')}>{escape(strokes)}</tremolo>")
        elif mark.startswith("accidental-mark-"):
            groups["ornaments"].append(f"<accidental-mark>{escape(mark.removeprefix('accidental-mark-'))}</accidental-mark>")
        elif mark in TECHNICAL:
            groups["technical"].append(f"<{mark}/>")
        elif family in TECHNICAL_TEXT:
            groups["technical"].append(f"<{family}>{escape(rest)}</{family}>")
        elif family == "fermata":
            last.append('<fermata type="inverted"/>' if rest == "inverted" else '<fermata type="upright"/>')
        elif family == "arpeggiate":
            last.append(f"<arpeggiate direction={quoteattr(rest)}/>" if rest else "<arpeggiate/>")
        elif mark.startswith("non-arpeggiate-"):
            last.append(f"<non-arpeggiate type={quoteattr(mark.removeprefix('non-arpeggiate-'))}/>")
    for name, items in groups.items():
        if items:
            out.append(f"<{name}>{''.join(items)}</{name}>")
    out += last
    return f"<notations>{''.join(out)}</notations>" if out else ""


def _number(number: str) -> str:
    return f" number={quoteattr(number or '1')}"


@lru_cache(maxsize=256)
def notehead_xml(marks: tuple[str, ...]) -> str:
    """Write the ``<notehead>`` of a note; an empty string for an ordinary one."""
    shape, options = "", ""
    for mark in marks:
        if not mark.startswith("notehead-"):
            continue
        name = mark.removeprefix("notehead-")
        if name == "parentheses":
            options += ' parentheses="yes"'
        elif name in ("hollow", "filled"):
            options += f' filled="{"yes" if name == "filled" else "no"}"'
        else:
            shape = name
    return f"<notehead{options}>{escape(shape or 'normal')}</notehead>" if shape or options else ""


def read_notehead(element: Element) -> list[str]:
    """The marks that a ``<notehead>`` stands for."""
    marks = []
    shape = (element.text or "normal").strip()
    if shape != "normal":
        marks.append(f"notehead-{shape}")
    if element.get("parentheses") == "yes":
        marks.append("notehead-parentheses")
    if (filled := element.get("filled")) is not None:
        marks.append("notehead-filled" if filled == "yes" else "notehead-hollow")
    return marks


_KNOWN = {name: frozenset(names) for name, names in (("articulations", ARTICULATIONS), ("ornaments", ORNAMENTS), ("technical", TECHNICAL))}


def read_notation(element: Element, marks: list[str]) -> str:
    """Add what one child of ``<notations>`` means to `marks`; return the name of what could not be held, or an empty string."""
    tag = element.tag
    if tag in SPANS:
        kind, number = element.get("type", ""), element.get("number", "1")
        if kind not in ("start", "stop"):
            return "" if kind == "continue" else f"{tag} of type {kind}"
        marks.append(f"{tag}-{kind}" if number == "1" else f"{tag}-{kind}-{number}")
        if tag == "tuplet" and kind == "start":
            if element.get("bracket") == "no":
                marks.append("tuplet-unbracketed")
            if element.get("show-number") == "none":
                marks.append("tuplet-unnumbered")
        return ""
    if tag in _KNOWN:
        known = _KNOWN[tag]
        missing = ""
        for child in element:
            if child.tag in known:
                marks.append(child.tag)
            elif not _read_special(child, marks):
                missing = child.tag
        return missing
    if tag == "fermata":
        marks.append("fermata-inverted" if element.get("type") == "inverted" else "fermata")
    elif tag == "arpeggiate":
        direction = element.get("direction")
        marks.append(f"arpeggiate-{direction}" if direction else "arpeggiate")
    elif tag == "non-arpeggiate":
        marks.append(f"non-arpeggiate-{element.get('type', 'top')}")
    elif tag == "accidental-mark" and element.text:
        marks.append(f"accidental-mark-{element.text}")
    else:
        return tag
    return ""


def _read_special(element: Element, marks: list[str]) -> bool:
    """Ornaments and technical signs that carry a value."""
    tag = element.tag
    text = (element.text or "").strip()
    if tag == "tremolo":
        kind = element.get("type", "single")
        if kind == "unmeasured":
            return False
        strokes = text or "3"
        marks.append(f"tremolo-{strokes}" if kind == "single" else f"tremolo-{kind}-{strokes}")
    elif tag == "wavy-line":
        kind, number = element.get("type", ""), element.get("number", "1")
        if kind in ("start", "stop"):
            marks.append(f"wavy-line-{kind}" if number == "1" else f"wavy-line-{kind}-{number}")
    elif tag == "accidental-mark" and text:
        marks.append(f"accidental-mark-{text}")
    elif tag in TECHNICAL_TEXT and text:
        marks.append(f"{tag}-{text}")
    else:
        return False
    return True
