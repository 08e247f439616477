"""A report as one HTML page.

Nothing is loaded from anywhere; sounds are links to files beside it. Light and dark follow the reader's system.
"""

import base64
import json
from collections.abc import Sequence
from html import escape
from importlib import resources
from itertools import groupby
from typing import Any
from urllib.parse import quote

from hexachord.journeys.reporting.report import Block, Figure, Notice, Report, Section, Sheet, Sounds, Table, Text, Widget

_STATES = {"good": "in order", "look": "worth a look", "unknown": "not measured"}


def page_style() -> str:
    """The style sheet of every page: colours for light and dark, type, tables, figures."""
    return resources.files("hexachord.journeys.reporting").joinpath("page.css").read_text(encoding="utf-8")


def html_page(report: Report) -> str:
    """Write a report as one HTML page."""
    figures = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in report.figures)
    sections = [section for section in report.sections if section.blocks]
    links = " ".join(f'<a href="#part-{number}">{escape(section.title)}</a>' for number, section in enumerate(sections, start=1))
    contents = f'<nav aria-label="Contents">{links}</nav>' if report.contents else ""
    body = "".join(_section(section, number) for number, section in enumerate(sections, start=1))
    return html_document(
        report.title,
        f'<main><header><h1>{escape(report.title)}</h1><p class="lead">{escape(report.lead)}</p>'
        f"{f'<dl>{figures}</dl>' if figures else ''}{contents}</header>{body}</main>",
        scripts=report.scripts,
        style=report.style,
    )


def html_document(title: str, body: str, *, scripts: Sequence[str] = (), style: str = "") -> str:
    """Put markup into a whole document with the house's style; scripts are inlined after it, `style` after the house's own.

    Raises
    ------
    ValueError : if a script would end its own element.
    """
    if any("</script" in script.lower() for script in scripts):
        raise ValueError("a script holds its own end tag")
    inlined = "".join(f"<script>{script}</script>" for script in scripts)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{page_style()}{style}</style></head><body>{body}{inlined}</body></html>\n"
    )


def inline_json(value: Any) -> str:
    """Write plain data so that it can stand inside a script element: nothing in it can end the element."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).replace("<", "\\u003c")


def relative_url(path: str) -> str:
    """Quote a path below the page for a link."""
    return quote(path)


def _section(section: Section, number: int) -> str:
    blocks = "".join(
        f'<div class="notices">{"".join(map(_block, run))}</div>' if noticed else "".join(map(_block, run))
        for noticed, run in groupby(section.blocks, key=lambda block: isinstance(block, Notice))
    )
    title = f"<h2>{escape(section.title)}</h2>"
    inner = f"<details><summary>{title}</summary>{blocks}</details>" if section.folded else title + blocks
    return f'<section id="part-{number}">{inner}</section>'


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
        case Notice():
            return (
                f'<div class="notice {block.state}"><h3>{escape(block.title)} <span>{_STATES[block.state]}</span></h3>'
                f"<p>{escape(block.text)}</p></div>"
            )
        case Widget():
            return block.html


def _table(table: Table) -> str:
    head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in table.head)
    rows = []
    for index, row in enumerate(table.rows):
        first, *rest = row
        cells = f'<th scope="row">{escape(first)}</th>' + "".join(f"<td>{escape(cell)}</td>" for cell in rest)
        rows.append(f"<tr{' class=strong' if index in table.strong else ''}>{cells}</tr>")
    caption = f'<p class="caption">{escape(table.caption)}</p>' if table.caption else ""
    kind = ' class="pairs"' if len(table.head) == 2 else ""
    header = f"<thead><tr>{head}</tr></thead>" if any(table.head) else ""
    return f'{caption}<div class="scroll"><table{kind}>{header}<tbody>{"".join(rows)}</tbody></table></div>'


def _sound(name: str, path: str, files: Sequence[tuple[str, str]]) -> str:
    links = " ".join(f'<a href="{escape(relative_url(target))}">{escape(kind)}</a>' for kind, target in files)
    player = f'<audio controls preload="none" src="{escape(relative_url(path))}"></audio>' if path else ""
    return f"<li><span>{escape(name)}</span>{player}<span>{links}</span></li>"
