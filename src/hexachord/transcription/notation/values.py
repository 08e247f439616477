"""Note values: where a note that was let go here was meant to end.

Fingers leave keys early, late, or to the pedal; pages end notes where the next begins, on beats, or where they were let go. Each of these
is a candidate, described by how far it is from what was played, which value it makes, and what the hand does before it; a small network
(``training/values.py`` trains it) says which of them a page has. Compare the value recognition of E. Nakamura, K. Yoshii, S. Dixon, "Note
value recognition for piano transcription using Markov random fields", IEEE/ACM TASLP 25(9), 2017.
"""

from collections.abc import Mapping

import numpy as np

from hexachord.arrays import BoolArray, Float32Array, Float64Array, FloatArray, IntArray
from hexachord.models.tables import load_table

WEIGHTS = "note_values"
_FOLLOWING = 5  # onsets of the hand that a note may end at
_SAME = 0.02  # of a beat
_RATIO = (-3.0, -2.0, -1.5, -1.0, -0.75, -0.5, -0.25, -0.1, 0.1, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0)  # octaves between played and written
_VALUES = (1 / 6, 0.25, 1 / 3, 0.5, 2 / 3, 0.75, 1.0, 4 / 3, 1.5, 2.0, 3.0, 4.0)  # beats
_SHORTEST, _LONGEST = 0.03, 16.0
CANDIDATES = _FOLLOWING + 4
_NOTE_COLUMNS, _PITCH_COLUMNS = 5, 6
FEATURES = len(_RATIO) + 1 + _FOLLOWING + 1 + 3 + 4 + len(_VALUES) + 1 + _NOTE_COLUMNS + _PITCH_COLUMNS


def note_ends(
    onset: FloatArray,
    release: FloatArray,
    snapped: FloatArray,
    pitch: FloatArray | IntArray,
    bar_line: FloatArray,
    *,
    period_s: float,
    table: Mapping[str, FloatArray] | None = None,
) -> Float64Array:
    """Say where the notes of a hand end on the page.

    Parameters
    ----------
    onset : (n,) written onsets in beats
    release, snapped : (n,) where keys were let go, and the nearest place on the grid to that
    pitch : (n,)
    bar_line : (m,) ascending, in beats
    period_s : of a beat
    table : of learnt weights; by default those of the package

    Returns
    -------
    (n,) ends in beats, after the onsets
    """
    if not len(onset):
        return np.zeros(0)
    columns = [np.asarray(column, dtype=np.float64) for column in (onset, release, snapped, pitch)]
    end, possible = candidates(columns[0], columns[2], np.asarray(bar_line, dtype=np.float64))
    features = describe(columns[0], columns[1], columns[3], np.asarray(bar_line, dtype=np.float64), end, period_s=period_s)
    known = load_table(WEIGHTS) if table is None else table
    hidden = features.reshape(-1, FEATURES)
    layers = sum(name.startswith("weight") for name in known)
    for layer in range(layers):
        hidden = np.asarray(hidden @ known[f"weight_{layer}"] + known[f"bias_{layer}"], dtype=np.float32)
        if layer < layers - 1:
            hidden = np.maximum(hidden, np.float32(0.0))
    score = np.where(possible, hidden.reshape(end.shape), -np.inf)
    return np.asarray(end[np.arange(len(end)), score.argmax(axis=1)])


def candidates(onset: Float64Array, snapped: Float64Array, bar_line: Float64Array) -> tuple[Float64Array, BoolArray]:
    """List where notes may end: (n, CANDIDATES) beats, and which of them count: those after the onset, each once."""
    moments = np.unique(onset)
    following = np.searchsorted(moments, onset + _SAME)[:, None] + np.arange(_FOLLOWING)
    last = np.ceil(max(float(snapped.max()), float(moments[-1]) + 1.0))
    at = np.append(moments, np.full(_FOLLOWING + 1, last))[np.minimum(following, len(moments))]
    beat = np.floor(onset + _SAME)[:, None] + np.array([1.0, 2.0])
    bar = np.append(bar_line, last)[np.searchsorted(bar_line, onset + _SAME, side="right")]
    end = np.concatenate([at, snapped[:, None], beat, bar[:, None]], axis=1)
    possible = end > onset[:, None] + _SAME
    for column in range(1, CANDIDATES):
        possible[:, column] &= ~(np.abs(end[:, :column] - end[:, column : column + 1]) < _SAME).any(axis=1)
    return end, possible


def describe(
    onset: Float64Array, release: Float64Array, pitch: Float64Array, bar_line: Float64Array, end: Float64Array, *, period_s: float
) -> Float32Array:
    """Describe candidates: (n, CANDIDATES, FEATURES)."""
    count = len(onset)
    held = np.clip(release - onset, _SHORTEST, _LONGEST)
    value = np.clip(end - onset[:, None], _SHORTEST, _LONGEST)
    moments, which = np.unique(onset, return_inverse=True)
    gap = np.clip(np.append(np.diff(moments), 4.0)[which], _SHORTEST, _LONGEST)
    inside = np.searchsorted(moments, end - _SAME) - (which + 1)[:, None]  # onsets of the hand before the note would end
    ratio = np.log2(value / held[:, None])
    kind = np.abs(value[..., None] - np.array(_VALUES)) < _SAME
    on_beat = np.abs(end - np.rint(end)) < _SAME
    near_bar = np.searchsorted(bar_line, end - _SAME)
    on_bar = np.abs(np.append(bar_line, np.inf)[np.minimum(near_bar, len(bar_line))] - end) < _SAME
    touch = np.log2(held / gap)
    order = np.argsort(onset, kind="stable")
    around = np.empty(count)
    window = np.lib.stride_tricks.sliding_window_view(np.pad(touch[order], 8, mode="edge"), 17)
    around[order] = np.median(window, axis=1)
    rank = np.arange(_FOLLOWING) == (np.arange(CANDIDATES))[:, None]
    note = np.stack([np.log2(held), np.log2(gap), touch, around, np.full(count, np.log2(period_s))], axis=1) / 2.0
    parts = [
        _one_hot(np.searchsorted(_RATIO, ratio), len(_RATIO) + 1),
        np.broadcast_to(rank, (count, CANDIDATES, _FOLLOWING)),
        np.broadcast_to((np.arange(CANDIDATES) == _FOLLOWING)[None, :, None], (count, CANDIDATES, 1)),
        on_beat[..., None],
        on_bar[..., None],
        (end == np.floor(end[:, :1]))[..., None],
        _one_hot(np.clip(inside, 0, 3), 4),
        kind,
        ~kind.any(axis=2, keepdims=True),
        np.broadcast_to(note[:, None], (count, CANDIDATES, _NOTE_COLUMNS)),
        _heights(which, pitch, inside),
    ]
    return np.concatenate(parts, axis=2, dtype=np.float32, casting="unsafe")


def _heights(which: IntArray, pitch: Float64Array, inside: IntArray) -> Float64Array:
    """Where a note lies in its chord, how near the next chord comes to it, and whether what begins before it would end lies to one side."""
    count, chords = len(pitch), int(which.max()) + 1
    low, high = np.full(chords, np.inf), np.full(chords, -np.inf)
    np.minimum.at(low, which, pitch)
    np.maximum.at(high, which, pitch)
    following = np.minimum(which + 1, chords - 1)
    below, above = pitch - high[following], low[following] - pitch  # positive: all that follows is lower, or higher
    reach_low, reach_high = np.full((4, chords), np.inf), np.full((4, chords), -np.inf)
    for step in range(1, min(4, chords + 1)):  # lowest and highest of so many chords from here on
        reach_low[step], reach_high[step] = reach_low[step - 1].copy(), reach_high[step - 1].copy()
        reach_low[step, : chords - step] = np.minimum(reach_low[step - 1, : chords - step], low[step:])
        reach_high[step, : chords - step] = np.maximum(reach_high[step - 1, : chords - step], high[step:])
    steps = np.clip(inside, 0, min(3, chords))
    lowest, highest = reach_low[steps, which[:, None]], reach_high[steps, which[:, None]]
    lies_over, lies_under = (pitch[:, None] > highest) & (inside > 0), (pitch[:, None] < lowest) & (inside > 0)
    same = np.stack([pitch == high[which], pitch == low[which], np.clip(below, -12, 12) / 12, np.clip(above, -12, 12) / 12], axis=1)
    return np.concatenate(
        [np.broadcast_to(same[:, None], (count, CANDIDATES, 4)), lies_over[..., None], lies_under[..., None]], axis=2, dtype=np.float64
    )


def _one_hot(index: IntArray, count: int) -> BoolArray:
    return np.asarray(index[..., None] == np.arange(count))
