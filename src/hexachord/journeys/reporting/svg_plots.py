"""Plots as SVG text: lines, means with intervals. No library draws them, so a report needs none to be made or read.

Colours are classes and CSS variables of the report's page (`hexachord.journeys.reporting`), which knows light and dark.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, isfinite, log10

_LEFT, _RIGHT, _BOTTOM = 56, 16, 44
_CHARACTER = 6.7  # mean width of a letter at 12 px, to keep names from running into one another
_LABEL = 30  # letters; longer names are cut, and whole in a tooltip
TONES = 6


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line of a plot: points, and what it is; a faint one stands behind the others and has no line in the legend."""

    name: str
    x: Sequence[float]
    y: Sequence[float]
    dots: bool = True
    faint: bool = False
    dashed: bool = False


@dataclass(frozen=True, kw_only=True)
class Dot:
    """A mean with its interval."""

    name: str
    mean: float
    low: float
    high: float


def nice_ticks(low: float, high: float, *, about: int = 5) -> list[float]:
    """Give round numbers that span an interval.

    Examples
    --------
    >>> nice_ticks(0.0, 10.0), nice_ticks(1.93, 2.14, about=4)
    ([0.0, 2.0, 4.0, 6.0, 8.0, 10.0], [1.9, 2.0, 2.1, 2.2])
    """
    if not (isfinite(low) and isfinite(high)):
        return [0.0, 1.0]
    if high - low < 1e-9:
        low, high = low - 0.5, high + 0.5
    rough = (high - low) / max(about, 1)
    power = 10.0 ** floor(log10(rough))
    step = next(size * power for size in (1, 2, 5, 10) if size * power >= rough * 0.9999)
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    return [round(number * step, 10) for number in range(first, last + 1)]


def line_plot(
    lines: Sequence[Line],
    *,
    x_label: str,
    y_label: str,
    title: str,
    x_range: tuple[float, float] | None = None,
    y_range: tuple[float, float] | None = None,
    width: int = 640,
    height: int = 300,
) -> str:
    """Draw lines over one pair of axes; without ranges the axes span what there is, the horizontal one from zero on."""
    points = [(x, y) for line in lines for x, y in zip(line.x, line.y, strict=True) if isfinite(x) and isfinite(y)]
    if not points:
        return ""
    xs = nice_ticks(*(x_range or (min(0.0, *(x for x, _ in points)), max(x for x, _ in points))))
    ys = nice_ticks(*(y_range or (min(y for _, y in points), max(y for _, y in points))))
    legend, top = _legend([line for line in lines if not line.faint], width)
    height += top

    def at(x: float, y: float) -> tuple[float, float]:
        across = (x - xs[0]) / (xs[-1] - xs[0])
        up = (y - ys[0]) / (ys[-1] - ys[0])
        return _LEFT + across * (width - _LEFT - _RIGHT), height - _BOTTOM - up * (height - top - 34 - _BOTTOM)

    parts = [open_svg(width, height, title), legend]
    for y in ys:
        left, level = at(xs[0], y)
        parts.append(f'<path class="grid" d="M{left:.1f} {level:.1f}H{width - _RIGHT}"/>')
        parts.append(f'<text class="tick" x="{left - 8:.1f}" y="{level + 4:.1f}" text-anchor="end">{y:g}</text>')
    for x in xs:
        across, _ = at(x, ys[0])
        parts.append(f'<text class="tick" x="{across:.1f}" y="{height - _BOTTOM + 18}" text-anchor="middle">{x:g}</text>')
    parts.append(f'<text class="label" x="{width - _RIGHT}" y="{height - 6}" text-anchor="end">{escape(x_label)}</text>')
    parts.append(f'<text class="label" x="0" y="{top + 14}">{escape(y_label)}</text>')
    tone = 0
    for line in sorted(lines, key=lambda each: not each.faint):
        shown = [at(x, y) for x, y in zip(line.x, line.y, strict=True) if isfinite(x) and isfinite(y)]
        if not shown:
            tone += not line.faint
            continue
        path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in shown)
        kind = _kind(line, tone)
        parts.append(f'<path class="{kind}" d="{path}"><title>{escape(line.name)}</title></path>')
        if line.dots:
            parts += [f'<circle class="dot tone-{tone % TONES}" cx="{x:.1f}" cy="{y:.1f}" r="2"/>' for x, y in shown]
        tone += not line.faint
    return "".join([*parts, "</svg>"])


def _kind(line: Line, tone: int) -> str:
    return f"line {'faint' if line.faint else f'tone-{tone % TONES}'}{' dashed' if line.dashed else ''}"


def _legend(lines: Sequence[Line], width: int) -> tuple[str, int]:
    """Name the lines above the plot, in as many rows as they take; give the markup and its height."""
    parts, x, y = [], 0.0, 10
    for tone, line in enumerate(lines):
        name = shortened(line.name, _LABEL)
        wide = 32 + len(name) * _CHARACTER + 18
        if x and x + wide > width:
            x, y = 0.0, y + 20
        parts.append(f'<path class="{_kind(line, tone)}" d="M{x:.1f} {y}h24"/>')
        parts.append(f'<text class="name" x="{x + 32:.1f}" y="{y + 4}">{escape(name)}</text>')
        x += wide
    return "".join(parts), y + 14 if lines else 0


def interval_plot(dots: Sequence[Dot], *, title: str, width: int = 320, band: int | None = 0) -> str:
    """Draw means with their intervals, one below the other; the band is that of one of them, if any, which the others are held against."""
    known = [(index, dot) for index, dot in enumerate(dots) if all(isfinite(value) for value in (dot.mean, dot.low, dot.high))]
    if not known:
        return ""
    row, top = 26, 26
    names = [shortened(dot.name, _LABEL) for _, dot in known]
    left = max(78.0, max(map(len, names)) * _CHARACTER + 14)
    width = max(width, round(left) + 200)
    height = top + row * len(known) + 24
    ticks = nice_ticks(min(dot.low for _, dot in known), max(dot.high for _, dot in known), about=3 if width < 400 else 6)

    def at(value: float) -> float:
        return left + (value - ticks[0]) / (ticks[-1] - ticks[0]) * (width - left - 14)

    against = next((dot for index, dot in known if index == band), None)
    parts = [open_svg(width, height, title), f'<text class="title" x="0" y="12">{escape(title)}</text>']
    if against is not None:
        wide = max(at(against.high) - at(against.low), 1.0)
        parts.append(f'<rect class="band" x="{at(against.low):.1f}" y="{top - 6}" width="{wide:.1f}" height="{row * len(known)}"/>')
    for tick in ticks:
        parts.append(f'<path class="grid" d="M{at(tick):.1f} {top - 6}v{row * len(known)}"/>')
        parts.append(f'<text class="tick" x="{at(tick):.1f}" y="{height - 8}" text-anchor="middle">{tick:g}</text>')
    for place, ((_, dot), name) in enumerate(zip(known, names, strict=True)):
        y = top + row * place + 7
        kind = "real" if dot is against else "made"
        parts.append(f'<text class="name" x="{left - 10:.1f}" y="{y + 4}" text-anchor="end">{escape(name)}</text>')
        parts.append(f'<path class="bar {kind}" d="M{at(dot.low):.1f} {y}H{at(dot.high):.1f}"/>')
        told = f"{escape(dot.name)}: {dot.mean:.3f} ({dot.low:.3f}–{dot.high:.3f})"
        parts.append(f'<circle class="mean {kind}" cx="{at(dot.mean):.1f}" cy="{y}" r="4"><title>{told}</title></circle>')
    return "".join([*parts, "</svg>"])


def paired_plot(pairs: Sequence[tuple[str, Dot, Dot]], *, title: str, width: int = 640) -> str:
    """Draw two numbers of each thing on one line, with their intervals: the first is what counts, the second what it is held against.

    The legend takes the names of the first pair's dots.
    """
    known = [pair for pair in pairs if all(isfinite(value) for dot in pair[1:] for value in (dot.mean, dot.low, dot.high))]
    if not known:
        return ""
    legend, top = _legend([Line(name=known[0][1].name, x=(), y=()), Line(name=known[0][2].name, x=(), y=())], width)
    row, top = 30, top + 8
    names = [shortened(name, _LABEL) for name, _, _ in known]
    left = max(78.0, max(map(len, names)) * _CHARACTER + 14)
    ticks = nice_ticks(min(dot.low for pair in known for dot in pair[1:]), max(dot.high for pair in known for dot in pair[1:]), about=6)
    height = top + row * len(known) + 26

    def at(value: float) -> float:
        return left + (value - ticks[0]) / (ticks[-1] - ticks[0]) * (width - left - 14)

    parts = [open_svg(width, height, title), legend]
    for tick in ticks:
        parts.append(f'<path class="grid" d="M{at(tick):.1f} {top}v{row * len(known)}"/>')
        parts.append(f'<text class="tick" x="{at(tick):.1f}" y="{height - 8}" text-anchor="middle">{tick:g}</text>')
    for place, ((whole, first, second), name) in enumerate(zip(known, names, strict=True)):
        y = top + row * place + row / 2
        parts.append(f'<text class="name" x="{left - 10:.1f}" y="{y + 4}" text-anchor="end">{escape(name)}</text>')
        for dot, kind, below in ((first, "made", -4), (second, "real", 4)):
            told = f"{escape(whole)}, {escape(dot.name)}: {dot.mean:.3f} ({dot.low:.3f}–{dot.high:.3f})"
            parts.append(f'<path class="bar {kind}" d="M{at(dot.low):.1f} {y + below}H{at(dot.high):.1f}"/>')
            parts.append(f'<circle class="mean {kind}" cx="{at(dot.mean):.1f}" cy="{y + below}" r="4"><title>{told}</title></circle>')
    return "".join([*parts, "</svg>"])


def shortened(text: str, letters: int) -> str:
    """Cut a name to so many letters.

    Examples
    --------
    >>> shortened("a name", 10), shortened("a rather long name", 10)
    ('a name', 'a rather …')
    """
    return text if len(text) <= letters else text[: letters - 1] + "…"


def open_svg(width: int, height: int, title: str) -> str:
    """Begin a picture that scales with the page and has a name for those who do not see it."""
    return f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{escape(title)}" xmlns="http://www.w3.org/2000/svg">'
