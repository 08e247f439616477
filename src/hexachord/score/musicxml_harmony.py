"""Chord symbols ↔ MusicXML ``<harmony>``: Harte labels on our side, kinds and degrees on theirs.

Harte et al., "Symbolic Representation of Musical Chords", ISMIR 2005. A label is ``root:shorthand(degrees)/bass``; this module knows
the shorthands that have a MusicXML kind, and spells everything else with added, altered and subtracted degrees. Labels come back in one
canonical form: ``C`` as ``C:maj``, degrees in ascending order.
"""

import re
from typing import NamedTuple
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape, quoteattr

from hexachord.score.model import ChordSymbol, Spelling, accidental_text

_STEPS = "CDEFGAB"
_NATURAL = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_MAJOR_SCALE = (0, 2, 4, 5, 7, 9, 11)
_ACCIDENTALS = {"": 0, "#": 1, "♯": 1, "b": -1, "♭": -1}
_LABEL = re.compile(r"([A-G][#b]*)(?::([a-z0-9]*)(?:\(([^)]*)\))?)?(?:/([#b]*[0-9]+))?")
_DEGREE = re.compile(r"(\*?)([#b]*)([0-9]+)")


class _Kind(NamedTuple):
    """A shorthand: MusicXML's name, the alteration of each degree it holds, and the usual suffix on the page."""

    kind: str
    degrees: dict[int, int]
    suffix: str


_KINDS: dict[str, _Kind] = {
    "maj": _Kind("major", {3: 0, 5: 0}, ""),
    "min": _Kind("minor", {3: -1, 5: 0}, "m"),
    "aug": _Kind("augmented", {3: 0, 5: 1}, "+"),
    "dim": _Kind("diminished", {3: -1, 5: -1}, "dim"),
    "7": _Kind("dominant", {3: 0, 5: 0, 7: -1}, "7"),
    "maj7": _Kind("major-seventh", {3: 0, 5: 0, 7: 0}, "maj7"),
    "min7": _Kind("minor-seventh", {3: -1, 5: 0, 7: -1}, "m7"),
    "dim7": _Kind("diminished-seventh", {3: -1, 5: -1, 7: -2}, "dim7"),
    "hdim7": _Kind("half-diminished", {3: -1, 5: -1, 7: -1}, "m7b5"),
    "minmaj7": _Kind("major-minor", {3: -1, 5: 0, 7: 0}, "m(maj7)"),
    "maj6": _Kind("major-sixth", {3: 0, 5: 0, 6: 0}, "6"),
    "min6": _Kind("minor-sixth", {3: -1, 5: 0, 6: 0}, "m6"),
    "9": _Kind("dominant-ninth", {3: 0, 5: 0, 7: -1, 9: 0}, "9"),
    "maj9": _Kind("major-ninth", {3: 0, 5: 0, 7: 0, 9: 0}, "maj9"),
    "min9": _Kind("minor-ninth", {3: -1, 5: 0, 7: -1, 9: 0}, "m9"),
    "11": _Kind("dominant-11th", {3: 0, 5: 0, 7: -1, 9: 0, 11: 0}, "11"),
    "maj11": _Kind("major-11th", {3: 0, 5: 0, 7: 0, 9: 0, 11: 0}, "maj11"),
    "min11": _Kind("minor-11th", {3: -1, 5: 0, 7: -1, 9: 0, 11: 0}, "m11"),
    "13": _Kind("dominant-13th", {3: 0, 5: 0, 7: -1, 9: 0, 11: 0, 13: 0}, "13"),
    "maj13": _Kind("major-13th", {3: 0, 5: 0, 7: 0, 9: 0, 11: 0, 13: 0}, "maj13"),
    "min13": _Kind("minor-13th", {3: -1, 5: 0, 7: -1, 9: 0, 11: 0, 13: 0}, "m13"),
    "sus2": _Kind("suspended-second", {2: 0, 5: 0}, "sus2"),
    "sus4": _Kind("suspended-fourth", {4: 0, 5: 0}, "sus4"),
    "5": _Kind("power", {5: 0}, "5"),
    "1": _Kind("pedal", {}, "1"),
}
_FROM_KIND: dict[str, tuple[str, tuple[tuple[int, int], ...]]] = {entry.kind: (name, ()) for name, entry in _KINDS.items()} | {
    "augmented-seventh": ("aug", ((7, -1),)),
    # names that real files use though no version of the format has them
    "": ("maj", ()),
    "augmented-ninth": ("aug", ((7, -1), (9, 0))),
    "minor-major": ("minmaj7", ()),
    "major-69": ("maj6", ((9, 0),)),
    "maj69": ("maj6", ((9, 0),)),
    "min": ("min", ()),
    "dominant-seventh": ("7", ()),
}
_SUFFIXES = {"aug(b7)": "7#5", "aug(b7,9)": "9#5", "sus4(b7)": "7sus4", "sus4(b7,9)": "9sus4", "maj6(9)": "6/9", "min6(9)": "m6/9"}


class _Chord(NamedTuple):
    """A parsed label: root, shorthand, degrees taken away and put in, bass degree."""

    root: Spelling
    shorthand: str
    removed: tuple[int, ...]
    added: tuple[tuple[int, int], ...]  # (degree, alteration)
    bass: str

    @property
    def quality(self) -> str:
        """Everything between the colon and the slash."""
        names = [f"*{degree}" for degree in sorted(self.removed)]
        names += [f"{accidental_text(alter)}{degree}" for degree, alter in sorted(self.added)]
        return self.shorthand + (f"({','.join(names)})" if names else "")

    @property
    def label(self) -> str:
        """The canonical Harte label."""
        return f"{_name(self.root)}:{self.quality}" + (f"/{self.bass}" if self.bass else "")


def _name(spelling: Spelling) -> str:
    return f"{spelling.step}{accidental_text(spelling.alter)}"


def _parse(label: str) -> _Chord | None:
    match = _LABEL.fullmatch(label.strip())
    if match is None:
        return None
    root, shorthand, degrees, bass = match.groups()
    if shorthand is None:
        shorthand = "maj"
    if shorthand not in _KINDS and not (shorthand == "" and degrees):
        return None
    removed: list[int] = []
    added: list[tuple[int, int]] = []
    for item in (degrees or "").split(","):
        if not item.strip():
            continue
        found = _DEGREE.fullmatch(item.strip())
        if found is None:
            return None
        star, accidentals, degree = found.groups()
        if star:
            removed.append(int(degree))
        else:
            added.append((int(degree), accidentals.count("#") - accidentals.count("b")))
    spelling = Spelling(root[0], root.count("#") - root.count("b"), 4)
    return _Chord(spelling, shorthand, tuple(removed), tuple(added), bass or "")


def bass_of(root: Spelling, degree: str) -> Spelling:
    """The note a Harte bass degree names: ``b3`` over A is C."""
    accidentals = degree.rstrip("0123456789")
    steps = int(degree[len(accidentals) :]) - 1
    semitones = _MAJOR_SCALE[steps % 7] + accidentals.count("#") - accidentals.count("b")
    step = _STEPS[(_STEPS.index(root.step) + steps) % 7]
    alter = (_NATURAL[root.step] + root.alter + semitones - _NATURAL[step] + 6) % 12 - 6
    return Spelling(step, alter, 4)


def _bass_degree(root: Spelling, bass: Spelling) -> str:
    steps = (_STEPS.index(bass.step) - _STEPS.index(root.step)) % 7
    alter = (_NATURAL[bass.step] + bass.alter - _NATURAL[root.step] - root.alter - _MAJOR_SCALE[steps] + 6) % 12 - 6
    return f"{accidental_text(alter)}{steps + 1}"


def _suffix(chord: _Chord) -> str:
    """What a lead sheet writes after the root."""
    if (known := _SUFFIXES.get(chord.quality)) is not None:
        return known
    base = _KINDS[chord.shorthand].suffix if chord.shorthand else ""
    replaced = {degree for degree, _ in chord.added}
    extras = [f"no{degree}" for degree in sorted(chord.removed) if degree not in replaced]
    has_seventh = 7 in _KINDS[chord.shorthand].degrees if chord.shorthand else True
    for degree, alter in sorted(chord.added):
        plain = alter == 0 and not has_seventh and degree not in chord.removed
        extras.append(("add" if plain else "") + f"{accidental_text(alter)}{degree}")
    if not extras:
        return base
    return base + (extras[0] if len(extras) == 1 and has_seventh and base[-1:].isdigit() else f"({','.join(extras)})")


def chord_text(label: str) -> str:
    """What a lead sheet shows for a Harte label; the label itself where it is not Harte syntax.

    Examples
    --------
    >>> chord_text("C#:min7/b3"), chord_text("F:7(b9)"), chord_text("N")
    ('C#m7/E', 'F7b9', 'N.C.')
    """
    if label == "N":
        return "N.C."
    chord = _parse(label)
    if chord is None:
        return label
    return _name(chord.root) + _suffix(chord) + (f"/{_name(bass_of(chord.root, chord.bass))}" if chord.bass else "")


_QUALITIES: dict[str, str] = {entry.suffix: name for name, entry in _KINDS.items() if name not in ("1", "5")} | {
    **{suffix: quality for quality, suffix in _SUFFIXES.items()},
    **dict.fromkeys(("M", "maj", "Maj", "major"), "maj"),
    **dict.fromkeys(("min", "mi", "-", "minor"), "min"),
    **dict.fromkeys(("M7", "Maj7", "ma7", "j7", "Δ", "Δ7"), "maj7"),
    **dict.fromkeys(("min7", "mi7", "-7"), "min7"),
    **dict.fromkeys(("o", "°"), "dim"),
    **dict.fromkeys(("o7", "°7"), "dim7"),
    **dict.fromkeys(("ø", "ø7", "min7b5", "-7b5", "m7(b5)", "mi7b5"), "hdim7"),
    **dict.fromkeys(("aug", "(#5)"), "aug"),
    **dict.fromkeys(("7+", "+7", "aug7", "7(#5)"), "aug(b7)"),
    **dict.fromkeys(("mM7", "mmaj7", "mMaj7", "m(M7)", "-maj7"), "minmaj7"),
    **dict.fromkeys(("sus",), "sus4"),
    **dict.fromkeys(("7sus",), "sus4(b7)"),
    **dict.fromkeys(("9sus",), "sus4(b7,9)"),
    **dict.fromkeys(("69", "6(9)"), "maj6(9)"),
    **dict.fromkeys(("m69",), "min6(9)"),
    **dict.fromkeys(("M9", "Maj9"), "maj9"),
    **dict.fromkeys(("min9", "-9"), "min9"),
    **dict.fromkeys(("add9", "(add9)", "2", "add2"), "maj(9)"),
    **dict.fromkeys(("madd9", "m(add9)"), "min(9)"),
    "5": "5",
    "7b5": "7(*5,b5)",
    "7b9": "7(b9)",
    "7#9": "7(#9)",
    "7#11": "7(#11)",
    "9#11": "9(#11)",
}
_CHORD_TEXT = re.compile(r"([A-G])([#b♯♭]?)([^/]*(?:/9)?)(?:/([A-G])([#b♯♭]?))?")


def chord_label(text: str) -> str | None:
    """The Harte label of a chord as lead sheets write it; None when it is not one.

    Examples
    --------
    >>> chord_label("Bbm7/Eb"), chord_label("F#ø"), chord_label("N.C."), chord_label("Fine")
    ('Bb:min7/4', 'F#:hdim7', 'N', None)
    """
    if text.strip() in ("N.C.", "NC", "N.C"):
        return "N"
    match = _CHORD_TEXT.fullmatch(text.strip())
    if match is None:
        return None
    step, accidental, quality, bass_step, bass_accidental = match.groups()
    known = _QUALITIES.get(quality.replace("♯", "#").replace("♭", "b").replace(" ", ""))
    if known is None:
        return None
    root = Spelling(step, _ACCIDENTALS[accidental], 4)
    bass = f"/{_bass_degree(root, Spelling(bass_step, _ACCIDENTALS[bass_accidental], 4))}" if bass_step else ""
    return f"{_name(root)}:{known}{bass}"


def is_harte(label: str) -> bool:
    """Whether `harmony_xml` can spell a label; others are written as text alone."""
    return label in ("N", "X") or _parse(label) is not None


def harmony_xml(symbol: ChordSymbol, *, offset: str = "") -> str:
    """Write a chord symbol as ``<harmony>``."""
    chord = _parse(symbol.label) if symbol.label not in ("N", "X") else None
    if chord is None:
        kind = "none" if symbol.label == "N" else "other"
        text = symbol.text or ("N.C." if symbol.label == "N" else symbol.label)
        return f'<harmony><root><root-step text="">C</root-step></root><kind text={quoteattr(text)}>{kind}</kind>{offset}</harmony>'
    shown = symbol.text or chord_text(symbol.label)
    root_shown = shown.startswith(_name(chord.root))
    shown = shown.removeprefix(_name(chord.root)) if root_shown else shown
    bass, bass_shown = None, False
    if chord.bass:
        bass = bass_of(chord.root, chord.bass)
        bass_shown = shown.endswith("/" + _name(bass))
        shown = shown.removesuffix("/" + _name(bass))
    kind, added = _kind_of(chord)
    out = [f"<harmony>{_note_xml('root', chord.root, shown=root_shown)}<kind text={quoteattr(shown)}>{kind}</kind>"]
    if bass is not None:
        out.append(_note_xml("bass", bass, shown=bass_shown))
    base = _KINDS[chord.shorthand].degrees if chord.shorthand else {}
    removed = list(chord.removed)
    for degree, alter in added:
        if degree in removed and degree in base:
            removed.remove(degree)
            out.append(_degree_xml(degree, alter - base[degree], "alter"))
        else:
            out.append(_degree_xml(degree, alter + (degree == 7), "add"))  # an added seventh counts from the minor one
    out += [_degree_xml(degree, 0, "subtract") for degree in sorted(removed)]
    return "".join(out) + f"{offset}</harmony>"


def _kind_of(chord: _Chord) -> tuple[str, list[tuple[int, int]]]:
    added = sorted(chord.added)
    if chord.shorthand == "aug" and (7, -1) in added:
        added.remove((7, -1))
        return "augmented-seventh", added
    return (_KINDS[chord.shorthand].kind if chord.shorthand else "other"), added


def _note_xml(tag: str, spelling: Spelling, *, shown: bool) -> str:
    hidden = "" if shown else ' text=""'
    alter = f"<{tag}-alter>{spelling.alter}</{tag}-alter>" if spelling.alter else ""
    return f"<{tag}><{tag}-step{hidden}>{spelling.step}</{tag}-step>{alter}</{tag}>"


def _degree_xml(degree: int, alter: int, kind: str) -> str:
    return (
        f"<degree><degree-value>{degree}</degree-value><degree-alter>{alter}</degree-alter>"
        f"<degree-type>{escape(kind)}</degree-type></degree>"
    )


def read_harmony(element: Element, tick: int) -> ChordSymbol | None:
    """Read a ``<harmony>``; None when it names no chord at all."""
    kind_element = element.find("kind")
    kind = (kind_element.text or "").strip() if kind_element is not None else ""
    text = kind_element.get("text") if kind_element is not None else None
    if kind == "none":
        return ChordSymbol(tick, "N", text="" if text in (None, "N.C.") else text or "")
    root, root_text = _read_note(element.find("root"), "root")
    if root is None:
        return None
    bass, bass_text = _read_note(element.find("bass"), "bass")
    shown = None if text is None else root_text + text + (f"/{bass_text}" if bass_text else "")
    shorthand, added = _FROM_KIND.get(kind, ("", ()))
    removed: list[int] = []
    degrees = list(added)
    base = _KINDS[shorthand].degrees if shorthand else {}
    for item in element.findall("degree"):
        _read_degree(item, base, removed, degrees)
    if not shorthand and not degrees:
        return ChordSymbol(tick, "X", text=shown if shown and shown != "X" else "" if shown else _name(root))
    degree = _bass_degree(root, bass) if bass is not None else ""
    if bass is None and (inversion := (element.findtext("inversion") or "").strip()) in ("1", "2", "3"):
        place = (0, 3, 5, 7)[int(inversion)]
        degree = f"{accidental_text(base[place])}{place}" if place in base else ""
    chord = _Chord(root, shorthand, tuple(sorted(set(removed))), tuple(sorted(set(degrees))), degree)
    return ChordSymbol(tick, chord.label, text="" if shown in (None, chord_text(chord.label)) else shown or "")


def _read_note(element: Element | None, tag: str) -> tuple[Spelling | None, str]:
    """The note that a root or bass names, and how the page shows it."""
    step = element.find(f"{tag}-step") if element is not None else None
    if element is None or step is None or (step.text or "").strip() not in _NATURAL:
        return None, ""
    alter = round(float(element.findtext(f"{tag}-alter") or 0))
    spelling = Spelling((step.text or "").strip(), alter, 4)
    override = step.get("text")
    return spelling, _name(spelling) if override is None else override


def _read_degree(element: Element, base: dict[int, int], removed: list[int], added: list[tuple[int, int]]) -> None:
    try:
        degree = int(element.findtext("degree-value") or "")
        alter = round(float(element.findtext("degree-alter") or 0))
    except ValueError:
        return
    kind = (element.findtext("degree-type") or "add").strip()
    if kind == "subtract":
        removed.append(degree)
    elif kind == "alter" and degree in base:
        removed.append(degree)
        added.append((degree, base[degree] + alter))
    else:
        added.append((degree, alter - (degree == 7)))
