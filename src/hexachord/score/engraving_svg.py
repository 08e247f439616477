"""Make verovio's SVG pages self-contained: outlines for music glyphs in text, our own title block and page numbers.

Verovio writes music signs inside words (the note of a metronome mark, the flat of a chord name) as characters of a music font that no
other program has, and centres titles in a way only browsers understand. Both become plain paths and plain text here, laid out
with the same metrics verovio used to make room for them, so a page looks alike in a browser, a PDF and a PNG.
"""

import unicodedata
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
MUSIC_FONT = "Leipzig"
FONT_STACK = "'Times New Roman', Times, 'Liberation Serif', 'Libertinus Serif', serif"
_BOLD_CLASSES = frozenset({"ending", "fing", "reh", "tempo"})  # verovio's own style sheet
_ITALIC_CLASSES = frozenset({"dir", "dynam", "mNum"})
_TIMES_CAPITAL = "1479"  # what the tables leave unsaid: A D G H K N O Q U V X Y are all this wide
_TITLE_PX, _SUBTITLE_PX, _NAME_PX, _FOOT_PX = 720.0, 460.0, 400.0, 360.0  # a hundredth of a millimetre each


@dataclass(frozen=True, kw_only=True)
class PageText:
    """What we set ourselves on a page: the title block of the first one, the number at its foot."""

    title: str = ""
    subtitle: str = ""
    composer: str = ""
    lyricist: str = ""
    page_number: str = ""


def finish_page(svg: str, text: PageText) -> str:
    """Rewrite one of verovio's pages.

    Parameters
    ----------
    svg : the page as verovio wrote it, with the room for a title block reserved by `title_credits`
    text : what goes into that room and at the foot
    """
    ET.register_namespace("", SVG)
    ET.register_namespace("xlink", XLINK)
    root = ET.fromstring(svg)
    page = root.find(f"{{{SVG}}}svg")
    if page is None:
        return svg
    page.set("font-family", FONT_STACK)
    _, _, width, height = (float(value) for value in page.get("viewBox", "0 0 21000 29700").split())
    for parent in list(root.iter()):
        for child in list(parent):
            if child.get("class", "").split(" ")[0] in ("pgHead", "pgFoot") or "placeholder" in child.get("class", "").split():
                parent.remove(child)
    for parent, child, classes in list(_texts(root, ())):
        if "syl" in classes or _needs_outlines(child):
            index = list(parent).index(child)
            parent.remove(child)
            for offset, element in enumerate(_outlined(child, classes)):
                parent.insert(index + offset, element)
    page.extend(_page_text(text, width, height))
    return ET.tostring(root, encoding="unicode")


def title_credits(text: PageText) -> str:
    """MusicXML credits that make verovio keep room for the title block: one line of 3.7 mm each."""
    lines = 2 * bool(text.title) + bool(text.subtitle) + bool(text.title or text.subtitle) + bool(text.composer or text.lyricist)
    line = '<credit page="1"><credit-words justify="center" valign="top">.</credit-words></credit>'
    return line * lines


def _page_text(text: PageText, width: float, height: float) -> Iterator[ET.Element]:
    margin, y = 1000.0, 1000.0
    if text.title:
        y += 420.0
        yield _text_element(text.title, width / 2, y, _TITLE_PX, anchor="middle")
        y += 180.0
    if text.subtitle:
        y += 366.0
        yield _text_element(text.subtitle, width / 2, y, _SUBTITLE_PX, anchor="middle")
    y += 366.0
    if text.lyricist:
        yield _text_element(text.lyricist, margin, y, _NAME_PX)
    if text.composer:
        yield _text_element(text.composer, width - margin, y, _NAME_PX, anchor="end")
    if text.page_number:
        yield _text_element(text.page_number, width / 2, height - 700.0, _FOOT_PX, anchor="middle")


def _text_element(content: str, x: float, y: float, size: float, *, anchor: str = "start") -> ET.Element:
    attributes = {"x": f"{x:g}", "y": f"{y:g}", "font-size": f"{size:g}px"}
    if anchor != "start":
        attributes["text-anchor"] = anchor
    element = ET.Element(f"{{{SVG}}}text", attributes)
    element.text = content
    return element


@dataclass(frozen=True, kw_only=True)
class _Run:
    """A stretch of text in one style."""

    text: str
    size: float
    bold: bool
    italic: bool
    is_music: bool
    spacing: float = 0.0

    @property
    def width(self) -> float:
        if self.is_music:
            return sum(_music_advance(c) * self.size / 1000 + self.spacing for c in self.text)
        advances = _text_advances(self.bold, self.italic)
        return sum(advances.get(_plain(c), 1024.0) for c in self.text) * self.size / 2048


def _texts(element: ET.Element, classes: tuple[str, ...]) -> Iterator[tuple[ET.Element, ET.Element, tuple[str, ...]]]:
    inside = (*classes, element.get("class", "").split(" ")[0])
    for child in element:
        if child.tag == f"{{{SVG}}}text":
            yield element, child, inside
        else:
            yield from _texts(child, inside)


def _plain(character: str) -> str:
    """The character whose width stands for one that verovio's tables lack: quotation marks and letters with accents."""
    return {"\u2018": "'", "\u2019": "\u0027", "\u201c": '"', "\u201d": '"'}.get(character) or unicodedata.normalize("NFD", character)[0]


def _is_music(character: str) -> bool:
    return "\ue000" <= character <= "\uf8ff"  # the private use area, where the SMuFL standard keeps music signs


def _needs_outlines(text: ET.Element) -> bool:
    return any(_is_music(character) for character in "".join(text.itertext()))


def _runs(element: ET.Element, *, size: float, bold: bool, italic: bool, spacing: float) -> Iterator[_Run]:
    if element.tag == f"{{{SVG}}}title":
        return
    size = float(element.get("font-size", f"{size}px").removesuffix("px"))
    bold = element.get("font-weight", "bold" if bold else "normal") == "bold"
    italic = element.get("font-style", "italic" if italic else "normal") == "italic"
    spacing = float(element.get("letter-spacing", f"{spacing}px").removesuffix("px"))
    content = element.text or ""
    if len(element) == 0 and content:
        start = 0
        for end in range(1, len(content) + 1):
            if end == len(content) or _is_music(content[end]) != _is_music(content[start]):
                music = _is_music(content[start])
                yield _Run(text=content[start:end], size=size, bold=bold, italic=italic, is_music=music, spacing=spacing if music else 0.0)
                start = end
    for child in element:
        yield from _runs(child, size=size, bold=bold, italic=italic, spacing=spacing)


def _outlined(text: ET.Element, classes: tuple[str, ...]) -> Iterator[ET.Element]:
    """One element per run, each at its own place."""
    bold, italic = not _BOLD_CLASSES.isdisjoint(classes), not _ITALIC_CLASSES.isdisjoint(classes)
    runs = list(_runs(text, size=0.0, bold=bold, italic=italic, spacing=0.0))
    anchor = text.get("text-anchor", "start")
    x, y = float(text.get("x", "0")), text.get("y", "0")
    x -= sum(run.width for run in runs) * {"start": 0.0, "middle": 0.5, "end": 1.0}[anchor]
    for before, run in pairwise([None, *runs]):
        if run is None:
            continue
        if run.is_music:
            if before is not None and "tempo" in classes and before.text[-1:].isalnum():
                x += 0.3 * before.size  # verovio leaves no space between words and their metronome mark
            at = x
            for character in run.text:
                if outline := _music_outline(character):
                    place = f"translate({at:.0f},{y}) scale({run.size / 1000:g},{-run.size / 1000:g})"
                    yield ET.Element(f"{{{SVG}}}path", {"transform": place, "d": outline})
                at += _music_advance(character) * run.size / 1000 + run.spacing
        elif words := run.text.strip():
            indent = _Run(
                text=run.text[: len(run.text) - len(run.text.lstrip())], size=run.size, bold=run.bold, italic=run.italic, is_music=False
            )
            core = _Run(text=words, size=run.size, bold=run.bold, italic=run.italic, is_music=False)
            element = _text_element(words, round(x + indent.width), float(y), run.size)
            element.set("textLength", f"{core.width:.0f}")  # other fonts are narrower or wider than the one verovio measured
            element.set("lengthAdjust", "spacingAndGlyphs")
            element.set("font-weight", "bold" if run.bold else "normal")
            element.set("font-style", "italic" if run.italic else "normal")
            yield element
        x += run.width


def _font_folder() -> Path:
    import verovio

    return Path(verovio.__file__).parent / "data"


@lru_cache(maxsize=4)
def _text_advances(bold: bool, italic: bool) -> dict[str, float]:
    name = "Times" + ("-bold" if bold else "") + ("-italic" if italic else "")
    glyphs = ET.parse(_font_folder() / "text" / f"{name}.xml").getroot()
    return {chr(int(glyph.get("c", "0"), 16)): float(glyph.get("h-a-x", _TIMES_CAPITAL)) for glyph in glyphs}


@lru_cache(maxsize=1)
def _music_advances() -> dict[str, float]:
    glyphs = ET.parse(_font_folder() / f"{MUSIC_FONT}.xml").getroot()
    return {chr(int(glyph.get("c", "0"), 16)): float(glyph.get("h-a-x", "0")) for glyph in glyphs}


def _music_advance(character: str) -> float:
    return _music_advances().get(character, 0.0)


@lru_cache(maxsize=256)
def _music_outline(character: str) -> str:
    path = _font_folder() / MUSIC_FONT / f"{ord(character):04X}.xml"
    if not path.exists():
        return ""
    outline = ET.parse(path).getroot().find("path")
    return "" if outline is None else outline.get("d", "")
