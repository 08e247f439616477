"""Signs beside the notes as MusicXML directions: dynamics, hairpins, pedal, octave lines, words, tempo, jumps.

The other way round is `hexachord.score.musicxml_read_signs`.
"""

import re
from decimal import Decimal
from xml.sax.saxutils import escape, quoteattr

from hexachord.score.model import Direction, NoteValue, SectionMark, TempoMark
from hexachord.score.values import KIND_QUARTERS, quarters

SPAN_KINDS = ("wedge", "pedal", "dashes", "bracket", "octave-shift")
JUMPS = {"dacapo": ("D.C.", "yes"), "dalsegno": ("D.S.", "segno"), "tocoda": ("To Coda", "coda"), "fine": ("Fine", "yes")}
"""What a jump usually says, and the value its playback attribute takes."""

DYNAMICS = frozenset(
    "p pp ppp pppp ppppp pppppp f ff fff ffff fffff ffffff mp mf sf sfp sfpp fp rf rfz sfz sffz fz n pf sfzp".split()  # noqa: SIM905
)
OCTAVE_LINES = {("down", "8"): "8va", ("up", "8"): "8vb", ("down", "15"): "15ma", ("up", "15"): "15mb"}
_OCTAVE_TYPES = {value: key for key, value in OCTAVE_LINES.items()}
_TOKEN = re.compile(r"\S+|\s+")
_INVALID_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def xml_text(text: str) -> str:
    """Escape text for an element; characters that XML cannot hold become a replacement character."""
    return escape(_INVALID_XML.sub("\ufffd", text), {"\r": "&#13;"})


def xml_attribute(text: str) -> str:
    """Quote text for an attribute."""
    return quoteattr(_INVALID_XML.sub("\ufffd", text))


def number_text(value: float) -> str:
    """A decimal without exponent that reads back as the same float."""
    text = repr(value)
    if "e" in text or "E" in text:
        return format(Decimal(text), "f")
    return text.removesuffix(".0")


def direction_xml(content: str, *, offset: str = "", staff: int = 0, above: bool | None = None, sound: str = "") -> str:
    """Wrap direction types into a ``<direction>``."""
    place = "" if above is None else f' placement="{"above" if above else "below"}"'
    staff_xml = f"<staff>{staff}</staff>" if staff else ""
    return f"<direction{place}>{content}{offset}{staff_xml}{sound}</direction>"


def _type(content: str) -> str:
    return f"<direction-type>{content}</direction-type>"


def sign_xml(sign: Direction, *, number: int, offset: str, staff: int) -> str:
    """Write a direction, or the start of a span; an empty string when its kind is unknown."""
    kind, value = sign.kind, sign.value
    sound = ""
    if kind == "dynamic":
        content = _type(f"<dynamics>{''.join(_dynamic_xml(token) for token in _dynamic_tokens(value))}</dynamics>")
    elif kind == "words":
        content = _type(f"<words>{xml_text(value)}</words>")
    elif kind == "wedge":
        shape, _, niente = value.partition(" ")
        content = _type(f'<wedge type="{escape(shape)}" number="{number}"{" niente=" + chr(34) + "yes" + chr(34) if niente else ""}/>')
    elif kind == "pedal":
        content = _type(f'<pedal type="start" number="{number}"{_pedal_options(value)}/>')
    elif kind == "dashes":
        content = _type(f'<dashes type="start" number="{number}"/>')
    elif kind == "bracket":
        content = _type(f'<bracket type="start" number="{number}" line-end="none"/>')
    elif kind == "octave-shift" and value in _OCTAVE_TYPES:
        direction, size = _OCTAVE_TYPES[value]
        content = _type(f'<octave-shift type="{direction}" size="{size}" number="{number}"/>')
    elif kind in ("segno", "coda"):
        content = _type(f"<{kind}/>")
        sound = f'<sound {kind}="{kind}"/>'
    elif kind in JUMPS:
        sound = f'<sound {kind}="{JUMPS[kind][1]}"/>'
        if not value:
            return sound if not offset else f'<sound {kind}="{JUMPS[kind][1]}">{offset}</sound>'
        content = _type(f"<words>{xml_text(value)}</words>")
    elif kind == "metronome":
        content = _type(metronome_xml(value))
    else:
        return ""
    return direction_xml(content, offset=offset, staff=staff, above=sign.above, sound=sound)


def span_stop_xml(sign: Direction, *, number: int, offset: str, staff: int, change: bool = False) -> str:
    """Write the end of a span; `change` lifts a pedal line and presses it again."""
    kind, value = sign.kind, sign.value
    if kind == "pedal":
        content = f'<pedal type="{"change" if change else "stop"}" number="{number}"{_pedal_options(value)}/>'
    elif kind == "bracket":
        content = f'<bracket type="stop" number="{number}" line-end="none"/>'
    elif kind == "octave-shift":
        content = f'<octave-shift type="stop" size="{_OCTAVE_TYPES.get(value, ("", "8"))[1]}" number="{number}"/>'
    else:
        content = f'<{kind} type="stop" number="{number}"/>'
    return direction_xml(_type(content), offset=offset, staff=staff, above=sign.above if change else None)


def can_write(sign: Direction) -> bool:
    """Whether MusicXML has a place for this direction."""
    return (
        sign.kind in ("fermata", "dynamic", "words", "wedge", "pedal", "dashes", "bracket", "segno", "coda", "metronome")
        or sign.kind in JUMPS
        or (sign.kind == "octave-shift" and sign.value in _OCTAVE_TYPES)
    )


def tempo_xml(mark: TempoMark, *, offset: str) -> str:
    """Write a tempo: what the page shows, if anything, and what playback needs."""
    tempo = number_text(mark.quarter_bpm)
    if not mark.text and not mark.metronome:
        return f'<sound tempo="{tempo}">{offset}</sound>' if offset else f'<sound tempo="{tempo}"/>'
    content = _type(f'<words font-weight="bold">{xml_text(mark.text)}</words>') if mark.text else ""
    if mark.metronome:
        content += _type(metronome_xml(mark.metronome))
    return direction_xml(content, offset=offset, above=True, sound=f'<sound tempo="{tempo}"/>')


def section_xml(section: SectionMark, *, offset: str) -> str:
    """Write a section's label as a rehearsal mark."""
    return direction_xml(_type(f"<rehearsal>{xml_text(section.label)}</rehearsal>"), offset=offset, above=True)


def metronome_xml(text: str) -> str:
    """Write ``quarter. = 96`` as a metronome mark; other text as words."""
    left, equals, right = (part.strip() for part in text.partition("="))
    unit = _unit_xml(left)
    if not unit or not equals:
        return f"<words>{xml_text(text)}</words>"
    return f"<metronome>{unit}{_unit_xml(right) or f'<per-minute>{xml_text(right)}</per-minute>'}</metronome>"


def _unit_xml(text: str) -> str:
    kind = text.rstrip(".")
    return f"<beat-unit>{kind}</beat-unit>" + "<beat-unit-dot/>" * (len(text) - len(kind)) if kind in KIND_QUARTERS else ""


def _pedal_options(value: str) -> str:
    words = value.split()
    return f' line="{"yes" if "line" in words else "no"}"' + (' sign="yes"' if "sign" in words else "")


def _dynamic_tokens(value: str) -> list[str]:
    """Split "più f" into what has a sign of its own and the text around it."""
    tokens: list[str] = []
    for token in _TOKEN.findall(value):
        if tokens and token not in DYNAMICS and tokens[-1] not in DYNAMICS:
            tokens[-1] += token
        else:
            tokens.append(token)
    return tokens


def _dynamic_xml(token: str) -> str:
    return f"<{token}/>" if token in DYNAMICS else f"<other-dynamics>{xml_text(token)}</other-dynamics>"


def metronome_bpm(text: str) -> float | None:
    """Quarter notes a minute of ``eighth. = 96``; None when it holds no number."""
    left, _, right = (part.strip() for part in text.partition("="))
    kind = left.rstrip(".")
    number = re.search(r"\d+(?:\.\d+)?", right)
    if kind not in KIND_QUARTERS or number is None or _unit_xml(right):
        return None
    return float(number.group()) * float(quarters(NoteValue(kind, len(left) - len(kind))))
