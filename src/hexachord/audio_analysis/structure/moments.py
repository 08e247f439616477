"""What engines of sections share: where the music is, moments to compare, sections moved to beats and named."""

import numpy as np

from hexachord.arrays import Float64Array, FloatArray, IntArray
from hexachord.knowledge import Beats, Segments

UNIT_S = 0.5  # what is compared: a beat, or half a second
MOST_UNITS = 1600  # the matrices have this side at most (10 MB each); longer pieces are looked at more coarsely
SILENCE = "silence"
SILENCE_S = 2.0  # less than this before or after the music belongs to it
MINIMUM_S = 12.0  # shorter pieces are one section
_FAINT = 0.25  # a boundary between two sections of one name must be clearer than this
_SNAP_S = 2.0  # a boundary moves at most half a bar, and no more than this


def music_span(level: FloatArray, *, hop_s: float) -> tuple[float, float]:
    """Where the music begins and ends: the first and last frame above a tenth of the loud ones; (0, 0) if there is none."""
    loud = float(np.percentile(level, 90))
    heard = np.flatnonzero(level > 0.1 * loud) if loud > 1e-9 else np.zeros(0, dtype=np.int64)
    return (float(heard[0]) * hop_s, float(heard[-1] + 1) * hop_s) if len(heard) else (0.0, 0.0)


def unit_edges(frames: int, *, hop_s: float, start_s: float, beats: Beats | None) -> IntArray:
    """Frame numbers (units + 1,) that cut the piece into beats, or multiples or parts of them near `UNIT_S`, at most `MOST_UNITS`."""
    length_s = frames * hop_s
    unit_s = max(UNIT_S, length_s / MOST_UNITS)
    marks_s = np.zeros(0) if beats is None else np.asarray(beats.time_s, dtype=np.float64) - start_s
    marks_s = marks_s[(marks_s > 0.1) & (marks_s < length_s - 0.1)]
    if len(marks_s) > 8:
        beat_s = float(np.median(np.diff(marks_s)))
        marks_s = marks_s[:: max(1, round(unit_s / beat_s))]
        anchors = np.concatenate([[0.0], marks_s, [length_s]])
        parts = np.maximum(1, np.rint(np.diff(anchors) / unit_s)).astype(np.int64)
        pieces = [np.linspace(a, b, n, endpoint=False) for a, b, n in zip(anchors[:-1], anchors[1:], parts, strict=True)]
        times_s = np.concatenate([*pieces, [length_s]])
    else:
        times_s = np.append(np.arange(0.0, length_s - 0.5 * unit_s, unit_s), length_s)
    return np.unique(np.rint(times_s / hop_s).astype(np.int64).clip(0, frames))


def snap_to_beats(times_s: FloatArray, beats: Beats | None) -> Float64Array:
    """Move boundaries to the nearest downbeat if one is near, else to the nearest beat if one is."""
    moved = np.array(times_s, dtype=np.float64)
    if beats is None:
        return moved
    for marks in (np.asarray(beats.time_s), np.asarray(beats.downbeats_s)):  # a downbeat is a beat: the second pass has the last word
        if len(marks) > 1 and len(moved):
            nearest = marks[np.abs(marks[None, :] - times_s[:, None]).argmin(axis=1)]
            reach_s = min(_SNAP_S, 0.51 * float(np.median(np.diff(marks))))
            moved = np.where(np.abs(nearest - times_s) <= reach_s, nearest, moved)
    return np.maximum.accumulate(moved)


def framed(
    inner_s: FloatArray, clear: FloatArray, *, start_s: float, end_s: float, music_s: tuple[float, float]
) -> tuple[FloatArray, FloatArray, slice]:
    """Put the ends of the recording and of its music around the boundaries between sections.

    Parameters
    ----------
    inner_s, clear : where sections begin within the music, and how clearly
    start_s, end_s : of the recording
    music_s : of its music; `SILENCE_S` and more before and after it are sections of their own

    Returns
    -------
    bounds (sections + 1,), how clearly each section begins (sections,), and which of the sections are music
    """
    begin = [start_s] if music_s[0] <= start_s + SILENCE_S else [start_s, music_s[0]]
    finish = [end_s] if music_s[1] >= end_s - SILENCE_S else [music_s[1], end_s]
    bounds = np.concatenate([begin, inner_s, finish])
    confidence = np.concatenate([np.ones(len(begin)), clear, np.ones(len(finish) - 1)])
    return bounds, confidence, slice(len(begin) - 1, len(bounds) - len(finish))


def music_of(chroma: FloatArray, *, level: FloatArray | None, hop_s: float, start_s: float, engine: str) -> tuple[float, float] | Segments:
    """Say from when to when there is music; where there is none, the answer of an engine of sections is known: nothing, or silence.

    Raises
    ------
    ValueError : unless `chroma` is (frames, 24), bass and treble.
    """
    if chroma.ndim != 2 or chroma.shape[1] != 24:
        raise ValueError(f"expected bass and treble chroma of shape (frames, 24), not {chroma.shape}")
    if len(chroma) == 0:
        return Segments(start_s=np.zeros(0), end_s=np.zeros(0), label=(), engine=engine)
    first_s, last_s = music_span(np.asarray(chroma.sum(axis=1) if level is None else level), hop_s=hop_s)
    if last_s > first_s:
        return first_s + start_s, last_s + start_s
    end_s = start_s + len(chroma) * hop_s
    return Segments(start_s=np.array([start_s]), end_s=np.array([end_s]), label=(SILENCE,), confidence=np.array([1.0]), engine=engine)


def merge_faint(bounds: FloatArray, confidence: FloatArray, labels: list[str]) -> tuple[Float64Array, Float64Array, list[str]]:
    """Drop faint boundaries between sections of one name."""
    kept = [0] + [k for k in range(1, len(labels)) if labels[k] != labels[k - 1] or confidence[k] >= _FAINT]
    remaining = np.asarray(np.append(bounds[kept], bounds[-1]), dtype=np.float64)
    return remaining, np.asarray(confidence[kept], dtype=np.float64), [labels[k] for k in kept]


def letters(groups: IntArray) -> list[str]:
    """Name groups A, B, ... Z, AA, AB ... in order of appearance."""
    order: dict[int, str] = {}
    for group in groups.tolist():
        number = len(order)
        if group not in order:
            order[group] = (chr(64 + number // 26) if number >= 26 else "") + chr(65 + number % 26)
    return [order[group] for group in groups.tolist()]
