"""What the music of an ABC voice is made of, in exact quarters."""

from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

from hexachord.score.model import Grace, Lyric, Spelling


@dataclass
class AbcNote:
    """A notehead at an exact place, in quarters; `written` is its length before a tuplet shrinks it."""

    onset: Fraction
    duration: Fraction
    written: Fraction
    spelling: Spelling
    ratio: tuple[int, int] = (1, 1)
    grace: Grace = Grace.NO
    tied_to_previous: bool = False
    tied_to_next: bool = False
    marks: list[str] = field(default_factory=list)
    lyrics: list[Lyric] = field(default_factory=list)


@dataclass(frozen=True)
class AbcBar:
    """A bar in quarters."""

    start: Fraction
    end: Fraction
    repeat_start: bool = False
    repeat_end: int = 0
    endings: tuple[int, ...] = ()
    barline: str = ""


class AbcSign(NamedTuple):
    """Anything beside the notes: `kind` is chord, tempo, metre, key, section or a direction's kind; `end` closes a span."""

    at: Fraction
    kind: str
    value: object
    end: Fraction | None = None
