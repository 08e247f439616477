"""What a report consists of: a title, numbers to be seen first, and sections of blocks.

`hexachord.journeys.reporting.html` writes it as one self-contained page, `hexachord.journeys.reporting.markdown` as Markdown.
"""

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class Text:
    """A paragraph."""

    text: str


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table: the first column says what a row is; others stand right. `strong` are rows to be seen first."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""
    strong: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A picture in SVG, or several side by side; Markdown has its caption alone."""

    svg: tuple[str, ...]
    caption: str = ""
    wide: bool = True


@dataclass(frozen=True, kw_only=True)
class Sounds:
    """Pieces to listen to: name, sound below the run, and other files of each by what they are."""

    pieces: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...]


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """An engraved page, as SVG: it stands on white, apart from the page's own styles."""

    svg: str
    caption: str = ""


@dataclass(frozen=True, kw_only=True)
class Notice:
    """A finding: in order, worth a look, or not known because it was not measured."""

    state: Literal["good", "look", "unknown"]
    title: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Widget:
    """Something of a kind of its own: markup that its maker has escaped, and what Markdown says instead."""

    html: str
    markdown: str = ""


Block = Text | Table | Figure | Sounds | Sheet | Notice | Widget


@dataclass(frozen=True, kw_only=True)
class Section:
    """A heading and what stands under it; one that is folded shows its heading alone until it is asked for."""

    title: str
    blocks: tuple[Block, ...]
    folded: bool = False


@dataclass(frozen=True, kw_only=True)
class Report:
    """A report.

    Attributes
    ----------
    title, lead : what it is, and its result in a sentence or two
    figures : numbers to be seen first: what, how much
    sections : all the rest
    contents : whether a line of links to the sections stands before them
    scripts, style : sources of JavaScript, and rules of CSS after the house's own, that its widgets need
    """

    title: str
    lead: str
    figures: tuple[tuple[str, str], ...] = ()
    sections: tuple[Section, ...] = field(default_factory=tuple)
    contents: bool = False
    scripts: tuple[str, ...] = ()
    style: str = ""
