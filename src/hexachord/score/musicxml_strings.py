"""What MusicXML says about tablature: a staff's tuning and capo, and time signatures that a TAB staff need not repeat."""

from xml.etree.ElementTree import Element

from hexachord.score.edit import spelled_in_key
from hexachord.score.model import MetreMark, Part, Spelling

_STEPS = frozenset("CDEFGAB")


def staff_details_xml(part: Part, staff: int) -> str:
    """Write tuning and capo of a TAB staff (0: there is none); an empty string where nothing is known."""
    if not staff or not part.tuning:
        return ""
    number = f' number="{staff}"' if part.staves > 1 else ""
    strings = []
    for line, pitch in enumerate(part.tuning, start=1):  # line 1 is the bottom one
        spelling = spelled_in_key(pitch, None)
        alter = f"<tuning-alter>{spelling.alter}</tuning-alter>" if spelling.alter else ""
        strings.append(
            f'<staff-tuning line="{line}"><tuning-step>{spelling.step}</tuning-step>{alter}'
            f"<tuning-octave>{spelling.octave}</tuning-octave></staff-tuning>"
        )
    capo = f"<capo>{part.capo}</capo>" if part.capo else ""
    return f"<staff-details{number}><staff-lines>{len(part.tuning)}</staff-lines>{''.join(strings)}{capo}</staff-details>"


def read_staff_details(element: Element) -> tuple[tuple[int, ...], int] | None:
    """Read the tuning and capo of a ``<staff-details>``; None when it says nothing of strings."""
    strings: dict[int, int] = {}
    for item in element.iterfind("staff-tuning"):
        step = (item.findtext("tuning-step") or "").strip()
        try:
            alter, octave = round(float(item.findtext("tuning-alter") or 0)), int(item.findtext("tuning-octave") or "")
            line = int(item.get("line", ""))
        except ValueError:
            continue
        if step in _STEPS:
            strings[line] = Spelling(step, alter, octave).pitch
    if not strings or not all(0 <= pitch <= 127 for pitch in strings.values()):
        return None
    capo = (element.findtext("capo") or "").strip()
    return tuple(strings[line] for line in sorted(strings)), int(capo) if capo.isdecimal() else 0


def time_xml(metre: MetreMark, *, staves: int, tab_view: int) -> str:
    """Write a time signature, unseen on a TAB staff that only repeats another one (its number, 0: there is none)."""
    symbol = f' symbol="{metre.symbol}"' if metre.symbol else ""
    beats = "+".join(map(str, metre.groups)) if metre.groups else str(metre.beats)
    values = f"<beats>{beats}</beats><beat-type>{metre.beat_type}</beat-type></time>"
    if not tab_view:
        return f"<time{symbol}>{values}"
    unseen = ' print-object="no"'
    return "".join(f'<time number="{staff}"{symbol}{unseen if staff == tab_view else ""}>{values}' for staff in range(1, staves + 1))
