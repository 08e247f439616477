"""A piece as a piano roll, in SVG for a report's page."""

import numpy as np

from hexachord.composition.clips import Clip
from hexachord.journeys.reporting.svg_plots import open_svg


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
    parts = [open_svg(width, round(height) + 18, title)]
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
