"""The header fields of ABC that carry music: metre, unit length, key and mode, tempo (ABC Standard 2.1, §3.1)."""

import re
from fractions import Fraction
from typing import NamedTuple

from hexachord.score.accidentals import key_alters
from hexachord.score.model import TempoMark

_MODES = {"maj": 0, "ion": 0, "mix": -1, "dor": -2, "min": -3, "m": -3, "aeo": -3, "phr": -4, "loc": -5, "lyd": 1}
_MODE_NAMES = {
    "maj": "major", "ion": "ionian", "mix": "mixolydian", "dor": "dorian", "min": "minor", "m": "minor", "aeo": "aeolian",
    "phr": "phrygian", "loc": "locrian", "lyd": "lydian",
}  # fmt: skip
_TONIC_FIFTHS = {"F": -1, "C": 0, "G": 1, "D": 2, "A": 3, "E": 4, "B": 5}
ACCIDENTALS = {"^": 1, "^^": 2, "_": -1, "__": -2, "=": 0}


class Meter(NamedTuple):
    """A metre as M: gives it."""

    beats: int
    beat_type: int
    groups: tuple[int, ...] = ()
    symbol: str = ""

    @property
    def length(self) -> Fraction:
        """Of a bar, in whole notes."""
        return Fraction(self.beats, self.beat_type)


class Key(NamedTuple):
    """A key as K: gives it: the signature, and what it does to each step."""

    fifths: int
    mode: str
    alters: dict[str, int]


def parse_meter(text: str) -> Meter | None:
    """Read ``4/4``, ``C|``, ``2+3/8``, ``(2+3)/8``; None for none."""
    if text.strip() in ("C", "C|"):
        return Meter(4, 4, (), "common") if text.strip() == "C" else Meter(2, 2, (), "cut")
    match = re.match(r"\(?\s*(\d+(?:\s*\+\s*\d+)*)\s*\)?\s*/\s*(\d+)", text.strip())
    if match is None:
        return None
    groups = tuple(int(number) for number in match[1].split("+"))
    beat_type = int(match[2])
    if sum(groups) < 1 or beat_type not in (1, 2, 4, 8, 16, 32, 64):
        return None
    return Meter(sum(groups), beat_type, groups if len(groups) > 1 else ())


def parse_length(text: str) -> Fraction | None:
    """Read ``1/8``."""
    match = re.match(r"(\d+)(?:/(\d+))?", text.strip())
    return Fraction(int(match[1]), int(match[2] or 1)) if match and int(match[2] or 1) and int(match[1]) else None


def parse_key(text: str) -> Key:
    """Read ``G``, ``F#m``, ``D mix``, ``Hp``, ``C =f ^g``, ``none``.

    Examples
    --------
    >>> parse_key("Ador").fifths, parse_key("D mix").fifths, parse_key("Bbm").fifths
    (1, 1, -5)
    """
    text = re.sub(r"\b(?:clef|octave|transpose|middle|stafflines|name|nm|m)=\S+", "", text).strip()
    if text[:2] in ("HP", "Hp"):
        return Key(2, "mixolydian", {"F": 1, "C": 1} | ({"G": 0} if text[:2] == "Hp" else {}))
    match = re.match(r"([A-G])([#b]?)\s*([A-Za-z]*)(.*)", text)
    if match is None or text.lower().startswith("none"):
        return Key(0, "", {})
    tonic, accidental, mode, rest = match.groups()
    short = mode.lower()[:3] if mode.lower()[:3] in _MODES else "m" if mode in ("m", "M") and mode == "m" else ""
    if mode and not short and mode.lower() != "exp":
        rest = mode + rest
    fifths = _TONIC_FIFTHS[tonic] + {"#": 7, "b": -7, "": 0}[accidental] + (_MODES[short] if short else 0)
    if mode.lower() == "exp":
        fifths = 0
    extra = {step.upper(): ACCIDENTALS[sign] for sign, step in re.findall(r"(\^\^|__|\^|_|=)([A-Ga-g])", rest)}
    return Key(fifths, _MODE_NAMES[short] if short else "" if mode.lower() == "exp" else "major", key_alters(fifths) | extra)


def parse_tempo(text: str) -> TempoMark | None:
    """Read ``1/4=120``, ``"Allegro" 3/8=60``, ``120`` (old) at tick 0; words alone say no speed: None."""
    words = " ".join(re.findall(r'"([^"]*)"', text)).strip()
    text = re.sub(r'"[^"]*"', "", text)
    match = re.search(r"((?:\d+/\d+\s*)+)=\s*(\d+(?:\.\d+)?)", text)
    if match is None:
        old = re.fullmatch(r"\s*(?:C\d*\s*=\s*)?(\d+)\s*", text)
        return TempoMark(0, float(old[1]), words, f"quarter = {old[1]}") if old and int(old[1]) else None
    unit = sum((Fraction(part) for part in match[1].split()), Fraction(0)) * 4
    names = {Fraction(4): "whole", Fraction(2): "half", Fraction(1): "quarter", Fraction(1, 2): "eighth", Fraction(1, 4): "16th"}
    names |= {length * Fraction(3, 2): f"{name}." for length, name in names.items()}
    speed = float(match[2]) * float(unit)
    if not speed:
        return None
    return TempoMark(0, speed, words, f"{names[unit]} = {match[2]}" if unit in names else "")


def parse_factor(text: str) -> Fraction:
    """Read a note length: ``3/2``, ``/``, ``//``, ``4``."""
    numerator, slash, denominator = text.partition("/")
    value = Fraction(int(numerator or 1))
    if slash:
        divisor = int(denominator.lstrip("/") or 0) or 2 ** (1 + denominator.count("/"))
        value /= divisor
    return value
