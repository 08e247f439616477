"""Engrave a score: SVG pages with a time map, PDF, PNG.

Verovio (LGPL) lays out the notes from our MusicXML, typst (Apache-2.0) turns the pages into PDF and PNG without any system library.
Element ids are the same for the same score, so a page can be stored, diffed and followed by a player.
"""

import re
import tempfile
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from hexachord.errors import InputError
from hexachord.files import write_bytes, write_text
from hexachord.score.engraving_svg import PageText, finish_page, title_credits
from hexachord.score.model import Score
from hexachord.score.timing import tempo_map_of

PAPERS_MM = {"a4": (210.0, 297.0), "letter": (215.9, 279.4)}
_TAB_SPACING = 3  # tablature hangs close under its notes; the engraver's usual 12 is for two hands
_WIDOW_BARS = 2  # so few bars on a last page are better squeezed in before it
_EXOTIC = re.compile("[\u0530-\u1fff\u2700-\U0010ffff]")  # scripts that typst's own fonts do not have
_ID = re.compile(r'<g id="([^"]+)" class="(note|rest|measure)\b')


@dataclass(frozen=True, kw_only=True)
class PageOptions:
    """How the page looks. `height_mm` 0 makes one page as high as the music is; `bar_numbers` 0 puts them at the start of each system."""

    width_mm: float = 210.0
    height_mm: float = 297.0
    margin_mm: float = 10.0
    staff_mm: float = 0.0  # height of a five-line staff; 0 chooses: 7 for a lead sheet, 6.5 for piano, less for bands
    bar_numbers: int = 0
    part_names: bool = True
    title_block: bool = True

    @classmethod
    def on_paper(cls, name: str) -> "PageOptions":
        """Options for a paper size by name, "a4" or "letter"."""
        if name not in PAPERS_MM:
            raise InputError(f"paper {name}", found="an unknown size", expected=" or ".join(PAPERS_MM))
        width, height = PAPERS_MM[name]
        return cls(width_mm=width, height_mm=height)


@dataclass(frozen=True)
class Moment:
    """One entry of the time map: what lights up at this moment.

    `note_ids` are the SVG elements of the noteheads that begin here; `bar_id` the measure that is being played and `page` (from 1)
    where it stands.
    """

    time_s: float
    quarter: float
    note_ids: tuple[str, ...]
    ended_ids: tuple[str, ...]
    bar_id: str
    page: int


@dataclass(frozen=True, kw_only=True)
class Engraving:
    """Engraved pages and the map from time to what is on them.

    Repeats are not unfolded: time is that of the written score. `warnings` names what the score holds and the page cannot show.
    """

    svg_pages: tuple[str, ...]
    time_map: tuple[Moment, ...]
    width_mm: float
    height_mm: float
    warnings: tuple[str, ...] = ()

    def save_svg(self, path: str | Path) -> tuple[Path, ...]:
        """Write ``name.svg``, or ``name-1.svg, name-2.svg ...`` when there are several pages."""
        return tuple(
            write_text(target, svg) for target, svg in zip(_page_paths(Path(path), len(self.svg_pages)), self.svg_pages, strict=True)
        )

    def save_pdf(self, path: str | Path) -> Path:
        """Write all pages as one vector PDF."""
        return write_bytes(path, self._typeset("pdf")[0])

    def save_png(self, path: str | Path, *, dots_per_inch: float = 192.0) -> tuple[Path, ...]:
        """Write ``name.png``, or ``name-1.png, name-2.png ...`` when there are several pages."""
        images = self._typeset("png", dots_per_inch=dots_per_inch)
        return tuple(write_bytes(target, image) for target, image in zip(_page_paths(Path(path), len(images)), images, strict=True))

    def _typeset(self, kind: Literal["pdf", "png"], *, dots_per_inch: float = 192.0) -> list[bytes]:
        import typst

        with tempfile.TemporaryDirectory(prefix="hexachord-") as folder:
            names = [f"page-{number}.svg" for number in range(1, len(self.svg_pages) + 1)]
            for name, svg in zip(names, self.svg_pages, strict=True):
                (Path(folder) / name).write_text(svg, encoding="utf-8")
            images = "\n#pagebreak()\n".join(f'#image("{name}", width: {self.width_mm}mm)' for name in names)
            page = f"#set page(width: {self.width_mm}mm, height: {self.height_mm}mm, margin: 0mm)\n"
            source = Path(folder) / "pages.typ"
            source.write_text(page + images, encoding="utf-8")
            # Typst's own fonts cover European scripts, the same on every machine; others must come from the system.
            exotic = any(_EXOTIC.search(svg) for svg in self.svg_pages)
            result: bytes | list[bytes] = typst.compile(source, format=kind, ppi=dots_per_inch, ignore_system_fonts=not exotic, timestamp=0)
        return list(result) if isinstance(result, list) else [result]


def engrave(score: Score, *, page: PageOptions = PageOptions()) -> Engraving:
    """Engrave a score.

    Parameters
    ----------
    score : any score with bars; notes are drawn as they stand, so a performance should be notated first; bars of rests are a page too

    Returns
    -------
    Engraving : SVG pages, a time map in the score's seconds and quarters, and `save_pdf`, `save_png`, `save_svg`

    Raises
    ------
    InputError : if the score has neither notes nor chord symbols nor bars, or the engraver cannot lay it out.
    """
    from hexachord.score.musicxml_write import musicxml_text

    page, title = _page_for(score, page)
    document = musicxml_text(score)
    return replace(engrave_musicxml(document.text, page=page, title=title, score=score), warnings=document.warnings)


def engrave_musicxml(
    text: str, *, page: PageOptions = PageOptions(), title: PageText = PageText(), score: Score | None = None
) -> Engraving:
    """Engrave MusicXML text; `score` brings the tempo map for the time map's seconds (else the file's own tempo marks)."""
    toolkit = _laid_out(text, page=page, title=title)
    raw_pages = _pages(toolkit)
    count = len(raw_pages)
    svg_pages = tuple(_finished(raw, number, title=title, count=count) for number, raw in enumerate(raw_pages, start=1))
    width_mm, height_mm = _page_size_mm(svg_pages[0])
    moments = _moments(toolkit.renderToTimemap({"includeMeasures": True, "includeRests": False}), raw_pages, score)
    return Engraving(svg_pages=svg_pages, time_map=moments, width_mm=width_mm, height_mm=height_mm)


def engrave_page(score: Score, *, bar: int, page: PageOptions = PageOptions()) -> tuple[Engraving, int]:
    """Engrave the one page that holds a bar, as it is when all of them are engraved; it takes half the time.

    Parameters
    ----------
    score : as in `engrave`
    bar : its place among the score's bars, from 0

    Returns
    -------
    An engraving of that page, without a time map, and the page's number, from 1.

    Raises
    ------
    InputError : as in `engrave`.
    """
    from hexachord.score.musicxml_write import musicxml_text

    page, title = _page_for(score, page)
    toolkit = _laid_out(musicxml_text(score).text, page=page, title=title)
    moments = toolkit.renderToTimemap({"includeMeasures": True, "includeRests": False})
    measures = [entry["measureOn"] for entry in moments if "measureOn" in entry]
    number = max(1, int(toolkit.getPageWithElement(measures[min(bar, len(measures) - 1)]))) if measures else 1
    svg = _finished(toolkit.renderToSVG(number), number, title=title, count=int(toolkit.getPageCount()))
    width_mm, height_mm = _page_size_mm(svg)
    return Engraving(svg_pages=(svg,), time_map=(), width_mm=width_mm, height_mm=height_mm), number


def _page_for(score: Score, page: PageOptions) -> tuple[PageOptions, PageText]:
    """The options with a staff size chosen, and what stands above the music."""
    if score.note_count == 0 and not score.chords and not score.bars:
        raise InputError(score.title or "the score", found="no notes", expected="music to engrave")
    title = PageText(title=score.title, composer=score.composer, lyricist=score.lyricist) if page.title_block else PageText()
    return replace(page, staff_mm=page.staff_mm or _staff_mm(sum(part.staves for part in score.parts))), title


def _laid_out(text: str, *, page: PageOptions, title: PageText) -> Any:
    """The engraver with a document on its pages."""
    import verovio

    verovio.enableLog(verovio.LOG_OFF)
    verovio.setDefaultResourcePath(str(files("verovio") / "data"))  # a setting of each thread; the import sets it in its own only
    toolkit = verovio.toolkit()
    toolkit.setOptions(_verovio_options(page, has_title=title != PageText()))
    if "<sign>TAB</sign>" in text:
        toolkit.setOptions({"spacingBraceGroup": _TAB_SPACING})
    prepared = _prepared(text).replace("<part-list>", title_credits(title) + "<part-list>", 1)
    if not toolkit.loadData(prepared) or toolkit.getPageCount() == 0:
        raise InputError("the score", found="MusicXML that the engraver cannot lay out", next_step="please report it with the file")
    count = toolkit.getPageCount()
    if count > 1 and toolkit.renderToSVG(count).count('class="measure"') <= _WIDOW_BARS:
        toolkit.setOptions({"spacingLinear": 0.2, "spacingNonLinear": 0.55, "lyricWordSpace": 1.4})
        toolkit.redoLayout({"resetCache": True})
    return toolkit


def _finished(raw: str, number: int, *, title: PageText, count: int) -> str:
    """One page with the texts that stand on it."""
    first = title if number == 1 else PageText()
    return finish_page(raw, replace(first, page_number=str(number) if count > 1 else ""))


def _prepared(text: str) -> str:
    """Take out what would make the engraver draw a worse page."""
    bare = re.sub(r"<(credit|defaults)\b.*?</\1>", "", text, flags=re.DOTALL)  # page layout is ours to decide
    # After a pedal that changes the engraver draws no line any more; after one that comes up and goes down again it does.
    bare = re.sub(
        r'(<direction\b[^>]*>\s*<direction-type>\s*)<pedal type="change"([^>]*>.*?</direction>)',
        r'\1<pedal type="stop"\2\1<pedal type="start"\2',
        bare,
        flags=re.DOTALL,
    )
    # A chord's text already says what its degrees say; the engraver would write both.
    bare = re.sub(
        r"<harmony\b.*?</harmony>",
        lambda match: re.sub(r"\s*<degree\b.*?</degree>", "", match[0], flags=re.DOTALL) if "<kind text=" in match[0] else match[0],
        bare,
        flags=re.DOTALL,
    )
    return re.sub(
        r"((?:<harmony>(?:(?!<offset|</harmony>).)*</harmony>\s*){2,})(<note\b.*?<duration>(\d+)</duration>)",
        _spread,
        bare,
        flags=re.DOTALL,
    )


def _spread(match: re.Match[str]) -> str:
    """Chord symbols that all stand before one note share its length; on one spot they would be drawn over each other."""
    symbols = re.findall(r"<harmony>.*?</harmony>", match[1], flags=re.DOTALL)
    shares = (f"<offset>{int(match[3]) * place // len(symbols)}</offset></harmony>" for place in range(len(symbols)))
    return "".join(symbol.replace("</harmony>", share) for symbol, share in zip(symbols, shares, strict=True)) + match[2]


def _pages(toolkit: Any) -> list[str]:
    return [toolkit.renderToSVG(number) for number in range(1, toolkit.getPageCount() + 1)]


def _staff_mm(staves: int) -> float:
    return 7.0 if staves == 1 else 6.5 if staves <= 3 else 5.8 if staves <= 6 else 4.5


def _verovio_options(page: PageOptions, *, has_title: bool) -> dict[str, Any]:
    # Verovio's unit is half a staff space, in tenths of a millimetre; it allows 4.5 to 12.
    return {
        "pageWidth": round(page.width_mm * 10),
        "pageHeight": round(page.height_mm * 10) if page.height_mm else 60000,
        "adjustPageHeight": not page.height_mm,
        "pageMarginLeft": round(page.margin_mm * 10),
        "pageMarginRight": round(page.margin_mm * 10),
        "pageMarginTop": round(page.margin_mm * 10),
        "pageMarginBottom": round(page.margin_mm * 10) + 30,  # the page number's line
        "unit": min(12.0, max(4.5, (page.staff_mm or 6.5) * 10 / 8)),
        "scale": 100,
        "header": "auto" if has_title else "none",
        "footer": "none",
        "mnumInterval": page.bar_numbers,
        "breaks": "auto",
        "condense": "none",
        "expandNever": True,  # the time map is that of the page; `hexachord.score.unfold` knows the order of playing
        "justifyVertically": True,
        "xmlIdChecksum": True,
        "svgViewBox": True,
        "smuflTextFont": "none",
        "outputIndent": 0,
        "lyricTopMinMargin": 2.5,
        "lyricWordSpace": 1.8,
        "spacingStaff": 10,
        "spacingSystem": 6,
    }


def _moments(raw: list[dict[str, Any]], pages: list[str], score: Score | None) -> tuple[Moment, ...]:
    page_of = {match[1]: number for number, svg in enumerate(pages, start=1) for match in _ID.finditer(svg)}
    measures = [match[1] for svg in pages for match in _ID.finditer(svg) if match[2] == "measure"]
    bars = dict(zip(measures, score.bars, strict=True)) if score and len(measures) == len(score.bars) else {}
    clock = tempo_map_of(score) if score else None
    moments: list[Moment] = []
    bar_id, shift = "", 0.0
    for entry in raw:
        quarter = float(entry["qstamp"])
        if "measureOn" in entry:
            bar_id = entry["measureOn"]
            if score and bar_id in bars:  # the engraver's own count drifts where tuplets do not add up; our bars are exact
                shift = bars[bar_id].tick / score.ticks_per_quarter - quarter
        quarter += shift
        if score and bar_id in bars:
            quarter = min(quarter, (bars[bar_id].tick + bars[bar_id].duration) / score.ticks_per_quarter)
        time_s = float(clock.seconds(round(quarter * score.ticks_per_quarter))) if clock and score else float(entry["tstamp"]) / 1000
        moments.append(Moment(time_s, quarter, tuple(entry.get("on", ())), tuple(entry.get("off", ())), bar_id, page_of.get(bar_id, 1)))
    return tuple(moments)


def _page_size_mm(svg: str) -> tuple[float, float]:
    found = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
    assert found is not None  # svgViewBox is on
    return float(found[1]) / 10, float(found[2]) / 10


def _page_paths(path: Path, count: int) -> list[Path]:
    return [path] if count == 1 else [path.with_name(f"{path.stem}-{number}{path.suffix}") for number in range(1, count + 1)]
