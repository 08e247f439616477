"""POP909: pop songs as melody, bridge and piano, with beats, chords and key (Wang et al., ISMIR 2020; MIT).

Most songs sit on a grid of sixteenths and triplets, one in seven is as played; what people did with loudness is in all of them.
"""

from pathlib import Path

import numpy as np

from hexachord.arrays import Float64Array
from hexachord.rendering.midi_notes import seconds_of
from hexachord.rendering.model import Role
from hexachord.rendering.music import ONSET, BarLine, Line, Piece, Span, key_name, ordered, pitch_class

_ROLES: dict[str, tuple[Role, int]] = {"MELODY": ("sung", 53), "BRIDGE": ("counter", 48), "PIANO": ("piano", 0)}
_EIGHTHS_BPM = 140.0  # six beats to a bar, faster than this: beats are the eighths of 6/8; slower: two bars of 3/4


def read_pop909(folder: Path, name: str) -> Piece:
    """Read a song folder ``NNN``: notes keep their deviations from the annotated beats."""
    here = folder / name
    grid = np.loadtxt(here / "beat_midi.txt", ndmin=2)
    beat_s: Float64Array = grid[:, 0].astype(np.float64)
    downbeats = np.flatnonzero(grid[:, 2] > 0.5)
    gaps = np.diff(downbeats)
    usual = int(np.bincount(gaps).argmax()) if len(gaps) else 4
    bpm = float(60.0 / np.median(np.diff(beat_s)))
    unit = 0.5 if usual == 6 and bpm > _EIGHTHS_BPM else 1.0
    first = int(downbeats[0]) if len(downbeats) else 0
    quarters: Float64Array = (np.arange(len(beat_s), dtype=np.float64) - first) * unit
    bars: list[BarLine] = []
    for at, gap in zip(downbeats, [*gaps, usual], strict=False):
        start = float(quarters[at]) if at < len(quarters) else 0.0
        if unit == 0.5:
            bars.append(BarLine(start, gap * unit, int(gap), 8))
        elif gap == 6 and usual == 6:
            bars.extend(BarLine(start + turn * 3.0, 3.0, 3, 4) for turn in range(2))
        else:
            bars.append(BarLine(start, float(gap), int(gap), 4))

    def to_quarters(time_s: Float64Array) -> Float64Array:
        last = len(beat_s) - 1
        before = np.minimum(time_s - beat_s[0], 0.0) / (beat_s[1] - beat_s[0]) * unit
        after = np.maximum(time_s - beat_s[last], 0.0) / (beat_s[last] - beat_s[last - 1]) * unit
        return np.asarray(np.interp(time_s, beat_s, quarters) + before + after)

    lines = []
    for track, notes in seconds_of(here / f"{name}.mid"):
        role, program = _ROLES.get(track, ("piano", 0))
        onset, release = to_quarters(notes[:, 0]), to_quarters(notes[:, 0] + notes[:, 1])
        rows = np.column_stack([onset, np.maximum(release - onset, 0.05), notes[:, 2], notes[:, 3]])
        lines.append(Line(role=role, program=program, name=track.lower(), notes=ordered(rows), written=is_on_grid(rows[:, ONSET])))
    chords = []
    for row in (line.split() for line in (here / "chord_midi.txt").read_text().splitlines()):
        if len(row) == 3:
            span = to_quarters(np.array([float(row[0]), float(row[1])]))
            start, end = np.round(span / unit) * unit  # annotated on beats, printed with six digits
            if end > start:
                chords.append(Span(float(start), float(end), row[2]))
    return Piece(
        origins=(f"pop909/{name}",),
        lines=tuple(lines),
        bars=tuple(bars),
        quarter_bpm=bpm * unit,
        chords=tuple(chords),
        keys=_keys(here / "key_audio.txt", float(quarters[-1]) + 8.0),
        clock=(quarters, beat_s) if np.std(np.diff(beat_s)) > 0.003 * np.mean(np.diff(beat_s)) else None,
        style="pop",
    )


def is_on_grid(quarters: Float64Array) -> bool:
    """Whether nine notes in ten sit on sixteenths or triplets."""
    off = np.minimum(np.abs(quarters * 4 - np.round(quarters * 4)) / 4, np.abs(quarters * 6 - np.round(quarters * 6)) / 6)
    return bool(np.mean(off < 0.012) > 0.9) if len(quarters) else True


def _keys(path: Path, end: float) -> tuple[Span, ...] | None:
    """One key for the song where the annotation names one; its times run on another clock, so several cannot be placed."""
    rows = [line.split() for line in path.read_text().splitlines() if line.strip()] if path.exists() else []
    if len(rows) != 1:
        return None
    tonic, _, mode = rows[0][2].partition(":")
    return (Span(-64.0, end + 64.0, key_name(pitch_class(tonic), {"maj": "major", "min": "minor"}[mode])),)


def is_regular(piece: Piece, first: int, count: int) -> bool:
    """Whether a stretch has bars of one length: elsewhere the annotated downbeats are not to be trusted."""
    bars = (piece.bars or ())[first : first + count]
    return len(bars) == count and len({bar.length for bar in bars}) == 1 and bars[0].beats in (3, 4, 6)
