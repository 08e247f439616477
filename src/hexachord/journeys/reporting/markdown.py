"""A report as Markdown: its pictures are in the HTML."""

from collections.abc import Sequence

from hexachord.journeys.reporting.html import relative_url
from hexachord.journeys.reporting.report import Block, Figure, Notice, Report, Sheet, Sounds, Table, Text, Widget

_MARKS = {"good": "ok", "look": "look", "unknown": "not measured"}


def markdown_page(report: Report) -> str:
    """Write a report as Markdown."""
    lines = [f"# {_line(report.title)}", "", _safe(report.lead), ""]
    lines += [f"- {_line(name)}: **{_line(value)}**" for name, value in report.figures]
    for section in report.sections:
        if section.blocks:
            lines += ["", f"## {_line(section.title)}", ""]
            for block in section.blocks:
                lines += [*_markdown(block), ""]
    return "\n".join(lines).rstrip() + "\n"


def _markdown(block: Block) -> list[str]:
    match block:
        case Text():
            return [_safe(block.text)]
        case Table():
            lead = [f"*{_line(block.caption)}*", ""] if block.caption else []
            head = "| " + " | ".join(_cell(cell) for cell in block.head) + " |"
            rule = "|" + "|".join([" --- ", *[" ---: "] * (len(block.head) - 1)]) + "|"
            rows = []
            for index, row in enumerate(block.rows):
                cells = [f"**{_cell(cell)}**" if index in block.strong and cell else _cell(cell) for cell in row]
                rows.append("| " + " | ".join(cells) + " |")
            return [*lead, head, rule, *rows]
        case Figure():
            return [f"({_line(block.caption)}: see report.html)"] if block.caption else []
        case Sheet():
            return [f"({_line(block.caption)}: see report.html)"]
        case Sounds():
            return [f"- {_line(name)}: {_links(files, path)}" for name, path, files in block.pieces]
        case Notice():
            return [f"- **{_line(block.title)}** ({_MARKS[block.state]}): {_line(block.text)}"]
        case Widget():
            return [block.markdown] if block.markdown else []


def _links(files: Sequence[tuple[str, str]], sound: str) -> str:
    every = [*files, *([("wav", sound)] if sound else [])]
    return ", ".join(f"[{kind}]({relative_url(target)})" for kind, target in every)


def _line(text: str) -> str:
    return " ".join(_safe(text).split())


def _safe(text: str) -> str:
    return text.replace("<", "\\<")  # a name such as "<script>" must stay a name, whatever renders this


def _cell(text: str) -> str:
    return _line(text).replace("|", "\\|")
