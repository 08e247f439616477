"""A report: blocks that become one self-contained HTML page, and the same in Markdown.

Nothing is loaded from anywhere; sounds are links to files beside the page. Light and dark follow the reader's system.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from urllib.parse import quote


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


Block = Text | Table | Figure | Sounds | Sheet


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
    """

    title: str
    lead: str
    figures: tuple[tuple[str, str], ...] = ()
    sections: tuple[Section, ...] = field(default_factory=tuple)


def html_page(report: Report) -> str:
    """Write a report as one HTML page."""
    figures = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in report.figures)
    body = "".join(_section(section) for section in report.sections)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(report.title)}</title><style>{_STYLE}</style></head><body><main><header><h1>{escape(report.title)}</h1>"
        f'<p class="lead">{escape(report.lead)}</p>{f"<dl>{figures}</dl>" if figures else ""}</header>{body}</main></body></html>\n'
    )


def _section(section: Section) -> str:
    blocks = "".join(_block(block) for block in section.blocks)
    if section.folded:
        return f"<section><details><summary><h2>{escape(section.title)}</h2></summary>{blocks}</details></section>"
    return f"<section><h2>{escape(section.title)}</h2>{blocks}</section>"


def _block(block: Block) -> str:
    match block:
        case Text():
            return f"<p>{escape(block.text)}</p>"
        case Table():
            return _table(block)
        case Figure():
            shown = "".join(f'<div class="plot">{svg}</div>' for svg in block.svg if svg)
            caption = f"<figcaption>{escape(block.caption)}</figcaption>" if block.caption else ""
            return (
                f'<figure class="{"wide" if block.wide else "several"}"><div class="plots">{shown}</div>{caption}</figure>' if shown else ""
            )
        case Sheet():
            data = base64.b64encode(block.svg.encode()).decode()
            image = f'<img class="sheet" alt="{escape(block.caption)}" src="data:image/svg+xml;base64,{data}">'
            return f"<figure>{image}<figcaption>{escape(block.caption)}</figcaption></figure>"
        case Sounds():
            items = "".join(_sound(name, path, files) for name, path, files in block.pieces)
            return f'<ul class="sounds">{items}</ul>'


def _table(table: Table) -> str:
    head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in table.head)
    rows = []
    for index, row in enumerate(table.rows):
        first, *rest = row
        cells = f'<th scope="row">{escape(first)}</th>' + "".join(f"<td>{escape(cell)}</td>" for cell in rest)
        rows.append(f"<tr{' class=strong' if index in table.strong else ''}>{cells}</tr>")
    caption = f'<p class="caption">{escape(table.caption)}</p>' if table.caption else ""
    kind = ' class="pairs"' if len(table.head) == 2 else ""
    return f'{caption}<div class="scroll"><table{kind}><thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table></div>'


def _sound(name: str, path: str, files: Sequence[tuple[str, str]]) -> str:
    links = " ".join(f'<a href="{escape(_url(target))}">{escape(kind)}</a>' for kind, target in files)
    player = f'<audio controls preload="none" src="{escape(_url(path))}"></audio>' if path else ""
    return f"<li><span>{escape(name)}</span>{player}<span>{links}</span></li>"


def _url(path: str) -> str:
    return quote(path)


def markdown_page(report: Report) -> str:
    """Write a report as Markdown: its pictures are in the HTML."""
    lines = [f"# {report.title}", "", report.lead, ""]
    lines += [f"- {name}: **{value}**" for name, value in report.figures]
    for section in report.sections:
        lines += ["", f"## {section.title}", ""]
        for block in section.blocks:
            lines += [*_markdown(block), ""]
    return "\n".join(lines).rstrip() + "\n"


def _markdown(block: Block) -> list[str]:
    match block:
        case Text():
            return [block.text]
        case Table():
            lead = [f"*{block.caption}*", ""] if block.caption else []
            head = "| " + " | ".join(_cell(cell) for cell in block.head) + " |"
            rule = "|" + "|".join([" --- ", *[" ---: "] * (len(block.head) - 1)]) + "|"
            rows = []
            for index, row in enumerate(block.rows):
                cells = [f"**{_cell(cell)}**" if index in block.strong and cell else _cell(cell) for cell in row]
                rows.append("| " + " | ".join(cells) + " |")
            return [*lead, head, rule, *rows]
        case Figure():
            return [f"({block.caption}: see report.html)"] if block.caption else []
        case Sheet():
            return [f"({block.caption}: see report.html)"]
        case Sounds():
            return [f"- {name}: {_links(files, path)}" for name, path, files in block.pieces]


def _links(files: Sequence[tuple[str, str]], sound: str) -> str:
    every = [*files, *([("wav", sound)] if sound else [])]
    return ", ".join(f"[{kind}]({_url(target)})" for kind, target in every)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


_STYLE = """
:root { color-scheme: light dark; --paper: light-dark(#fafaf8, #121418); --raised: light-dark(#fff, #191c21);
  --ink: light-dark(#17191e, #ecebe6); --ink-2: light-dark(#4b4f59, #b1b5bd); --ink-3: light-dark(#686d78, #8d929c);
  --line: light-dark(#dddedb, #2c3037); --accent: light-dark(#bf2f1b, #ff7d66); --note: light-dark(#31587f, #86b0e0);
  --wash: light-dark(rgb(191 47 27 / 0.1), rgb(255 125 102 / 0.16)); --melody: light-dark(#c98a00, #f2c14e);
  --serif: "Iowan Old Style", Georgia, serif; --sans: system-ui, sans-serif; --edge: clamp(16px, 4vw, 64px); }
*, *::before, *::after { box-sizing: border-box; }
html { background: var(--paper); color: var(--ink); font: 400 15px/24px var(--sans); font-variant-numeric: tabular-nums; }
body { margin: 0; overflow-wrap: anywhere; }
main { max-width: 1120px; margin: 0 auto; padding: 48px var(--edge) 96px; }
h1 { font: 400 clamp(30px, 5vw, 44px)/1.15 var(--serif); letter-spacing: -0.015em; margin: 0 0 12px; }
h2 { font: 400 26px/32px var(--serif); letter-spacing: -0.01em; margin: 0 0 16px; }
p { margin: 0 0 16px; max-width: 72ch; color: var(--ink-2); }
.lead { font-size: 17px; line-height: 27px; color: var(--ink); }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); margin: 32px 0 0; background: var(--raised);
  border: 1px solid var(--line); border-width: 1px 0 0 1px; }
dl > div { padding: 14px 16px; border: 1px solid var(--line); border-width: 0 1px 1px 0; }
dt { font-size: 12.5px; line-height: 18px; color: var(--ink-3); }
dd { margin: 4px 0 0; font: 400 24px/30px var(--serif); }
section { margin-top: 56px; padding-top: 24px; border-top: 1px solid var(--ink); }
summary { cursor: pointer; } summary h2 { display: inline; } details[open] summary { margin-bottom: 16px; }
.scroll { overflow-x: auto; margin: 0 0 24px; }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
.caption { color: var(--ink-3); font-size: 13px; line-height: 20px; margin: 24px 0 4px; }
th, td { padding: 7px 12px; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap; }
th:first-child, td:first-child { text-align: left; padding-left: 0; white-space: normal; min-width: 9em; }
thead th { font-weight: 600; font-size: 12.5px; color: var(--ink-3); border-bottom-color: var(--ink-3); vertical-align: bottom; }
tbody th { font-weight: 400; } tr.strong > * { font-weight: 600; }
.pairs td, .pairs th { text-align: left; white-space: normal; vertical-align: top; }
.pairs th:first-child { width: 34%; max-width: 16em; min-width: 0; }
figure { margin: 0 0 24px; } figcaption { color: var(--ink-3); font-size: 13px; line-height: 20px; margin-top: 6px; max-width: 80ch; }
.plots { display: grid; gap: 24px; } .several .plots { grid-template-columns: repeat(auto-fit, minmax(min(280px, 100%), 1fr)); }
.plot { min-width: 0; overflow-x: auto; } .plot svg { display: block; width: 100%; height: auto; }
.wide .plot svg { min-width: 520px; }
.plot > svg[viewBox^="0 0 640"] { max-width: 760px; }
svg text { font: 400 12px var(--sans); fill: var(--ink-3); }
svg .tick { paint-order: stroke; stroke: var(--paper); stroke-width: 3px; }
svg .name { fill: var(--ink); } svg .title { font-weight: 600; fill: var(--ink); }
svg .grid { stroke: var(--line); fill: none; } svg .barline { stroke: var(--ink-3); stroke-opacity: 0.6; fill: none; }
svg .line { fill: none; stroke-width: 2; }
.tone-0 { stroke: var(--note); } .tone-1 { stroke: var(--accent); } .tone-2 { stroke: var(--melody); }
svg .dot { fill: var(--paper); stroke-width: 1.5; }
svg .band { fill: var(--wash); }
svg .bar { stroke-width: 2; } svg .bar.made { stroke: var(--note); } svg .bar.real { stroke: var(--accent); }
svg .mean.made { fill: var(--note); }
svg .mean.real { fill: var(--accent); } svg .note { fill: var(--note); } svg .given { fill: var(--wash); }
.sheet { display: block; width: 100%; max-width: 960px; height: auto; background: #fff; }
.sounds { list-style: none; margin: 0 0 24px; padding: 0; }
.sounds li { display: grid; grid-template-columns: minmax(8em, 1fr) minmax(220px, 2fr) minmax(8em, 1fr); gap: 8px 16px; align-items: center;
  padding: 6px 0; border-bottom: 1px solid var(--line); }
.sounds audio { width: 100%; height: 36px; } a { color: inherit; text-underline-offset: 3px; } .sounds a { margin-right: 10px; }
@media (max-width: 640px) { .sounds li { grid-template-columns: 1fr; } main { padding-top: 32px; } }
@media print { :root { color-scheme: light; } audio { display: none; } }
"""
