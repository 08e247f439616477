"""Plots as SVG text: lines, means with intervals, piano rolls. No library draws them, so a report needs none to be made or read.

Colours are classes and CSS variables of the report's page (`hexachord.journeys.recipes.report`), which knows light and dark.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, isfinite, log10

import numpy as np

from hexachord.composition.clips import Clip

_WIDTH, _HEIGHT = 640, 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 16, 34, 44


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line of a plot: points, and what it is."""

    name: str
    x: Sequence[float]
    y: Sequence[float]


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


def line_plot(lines: Sequence[Line], *, x_label: str, y_label: str, title: str) -> str:
    """Draw lines over one pair of axes."""
    points = [(x, y) for line in lines for x, y in zip(line.x, line.y, strict=True) if isfinite(x) and isfinite(y)]
    if not points:
        return ""
    xs, ys = (
        nice_ticks(min(0.0, *(x for x, _ in points)), max(x for x, _ in points)),
        nice_ticks(min(y for _, y in points), max(y for _, y in points)),
    )

    def at(x: float, y: float) -> tuple[float, float]:
        across = (x - xs[0]) / (xs[-1] - xs[0])
        up = (y - ys[0]) / (ys[-1] - ys[0])
        return _LEFT + across * (_WIDTH - _LEFT - _RIGHT), _HEIGHT - _BOTTOM - up * (_HEIGHT - _TOP - _BOTTOM)

    parts = [_open(_WIDTH, _HEIGHT, title)]
    for y in ys:
        left, height = at(xs[0], y)
        parts.append(f'<path class="grid" d="M{left:.1f} {height:.1f}H{_WIDTH - _RIGHT}"/>')
        parts.append(f'<text class="tick" x="{left - 8:.1f}" y="{height + 4:.1f}" text-anchor="end">{y:g}</text>')
    for x in xs:
        across, _ = at(x, ys[0])
        parts.append(f'<text class="tick" x="{across:.1f}" y="{_HEIGHT - _BOTTOM + 18}" text-anchor="middle">{x:g}</text>')
    parts.append(f'<text class="label" x="{_WIDTH - _RIGHT}" y="{_HEIGHT - 6}" text-anchor="end">{escape(x_label)}</text>')
    parts.append(f'<text class="label" x="0" y="14">{escape(y_label)}</text>')
    for index, line in enumerate(lines):
        shown = [at(x, y) for x, y in zip(line.x, line.y, strict=True) if isfinite(x) and isfinite(y)]
        path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in shown)
        parts.append(f'<path class="line tone-{index}" d="{path}"/>')
        parts += [f'<circle class="dot tone-{index}" cx="{x:.1f}" cy="{y:.1f}" r="2"/>' for x, y in shown]
        parts.append(f'<path class="line tone-{index}" d="M{_WIDTH - 190} {_TOP + 8 + 20 * index}h24"/>')
        parts.append(f'<text class="name" x="{_WIDTH - 158}" y="{_TOP + 12 + 20 * index}">{escape(line.name)}</text>')
    return "".join([*parts, "</svg>"])


def interval_plot(dots: Sequence[Dot], *, title: str) -> str:
    """Draw means with their intervals, one below the other; the band is the first one's, which the others are held against."""
    known = [dot for dot in dots if all(isfinite(value) for value in (dot.mean, dot.low, dot.high))]
    if not known:
        return ""
    width, row, left, top = 320, 26, 78, 26
    height = top + row * len(known) + 24
    ticks = nice_ticks(min(dot.low for dot in known), max(dot.high for dot in known), about=3)

    def at(value: float) -> float:
        return left + (value - ticks[0]) / (ticks[-1] - ticks[0]) * (width - left - 14)

    first = known[0]
    parts = [_open(width, height, title), f'<text class="title" x="0" y="12">{escape(title)}</text>']
    wide = max(at(first.high) - at(first.low), 1.0)
    parts.append(f'<rect class="band" x="{at(first.low):.1f}" y="{top - 6}" width="{wide:.1f}" height="{row * len(known)}"/>')
    for tick in ticks:
        parts.append(f'<path class="grid" d="M{at(tick):.1f} {top - 6}v{row * len(known)}"/>')
        parts.append(f'<text class="tick" x="{at(tick):.1f}" y="{height - 8}" text-anchor="middle">{tick:g}</text>')
    for index, dot in enumerate(known):
        y = top + row * index + 7
        kind = "real" if index == 0 else "made"
        parts.append(f'<text class="name" x="{left - 10}" y="{y + 4}" text-anchor="end">{escape(dot.name)}</text>')
        parts.append(f'<path class="bar {kind}" d="M{at(dot.low):.1f} {y}H{at(dot.high):.1f}"/>')
        told = f"{dot.mean:.3f} ({dot.low:.3f}–{dot.high:.3f})"
        parts.append(f'<circle class="mean {kind}" cx="{at(dot.mean):.1f}" cy="{y}" r="4"><title>{told}</title></circle>')
    return "".join([*parts, "</svg>"])


def piano_roll(clip: Clip, *, title: str, given: int = 0) -> str:
    """Draw a piece as a piano roll: time to the right, pitch upwards, loud notes darker; given bars have a ground of their own."""
    notes = clip.notes
    starts = clip.starts.astype(np.float64)
    total = float(starts[-1])
    if not len(notes) or total <= 0:
        return ""
    low, high = int(notes["pitch"].min()) - 2, int(notes["pitch"].max()) + 2
    width, key = 960, 3.4
    height = (high - low + 1) * key
    scale = width / total
    parts = [_open(width, round(height) + 18, title)]
    if given:
        parts.append(f'<rect class="given" x="0" y="0" width="{starts[given] * scale:.1f}" height="{height:.1f}"/>')
    labels = []
    for pitch in range(low, high + 1):
        if pitch % 12 == 0:
            y = (high - pitch + 1) * key
            parts.append(f'<path class="grid" d="M0 {y:.1f}H{width}"/>')
            if pitch + 4 < high:
                labels.append(f'<text class="tick" x="3" y="{y - 3:.1f}">C{pitch // 12 - 1}</text>')
    for bar, start in enumerate(starts[:-1].tolist()):
        parts.append(f'<path class="{"barline" if bar % 4 == 0 else "grid"}" d="M{start * scale:.1f} 0V{height:.1f}"/>')
        if bar % 4 == 0:
            parts.append(f'<text class="tick" x="{start * scale + 2:.1f}" y="{height + 13:.1f}">{bar + 1}</text>')
    strength = np.where(notes["velocity"] > 0, notes["velocity"], 64)
    for onset, row, loud in zip(clip.onsets().tolist(), notes.tolist(), strength.tolist(), strict=True):
        long = min(row[4], total - onset)
        parts.append(
            f'<rect class="note" x="{onset * scale:.1f}" y="{(high - row[3]) * key:.1f}" width="{max(long * scale - 0.6, 0.8):.1f}" '
            f'height="{key - 0.4:.1f}" opacity="{0.45 + 0.55 * loud / 127:.2f}"/>'
        )
    return "".join([*parts, *labels, "</svg>"])


def _open(width: int, height: int, title: str) -> str:
    return f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{escape(title)}" xmlns="http://www.w3.org/2000/svg">'
