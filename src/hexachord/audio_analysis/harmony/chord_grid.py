"""Where chords may change when beats are known: on beats, and likelier on a downbeat than elsewhere."""

import numpy as np

from hexachord.arrays import Float64Array
from hexachord.knowledge import Beats

# How likely a new chord is on a beat, counted in POP909 (0.8 on downbeats, 0.26 on the third of four, 0.02 elsewhere) and softened,
# because estimated barlines are wrong at times.
_CHANGE_ON_DOWNBEAT, _CHANGE_ON_HALF_BAR, _CHANGE_ELSEWHERE, _CHANGE_UNKNOWN = 0.65, 0.25, 0.06, 0.25


def beat_grid(beats: Beats, *, start_s: float, end_s: float) -> tuple[Float64Array, Float64Array]:
    """Edges (spans + 1,) from start to end on the beats, the grid going on at the usual distance where no beats were found, and the
    chance of a new chord at the start of each span."""
    inside = (beats.time_s > start_s + 0.05) & (beats.time_s < end_s - 0.05)
    time_s, position = np.asarray(beats.time_s, dtype=np.float64)[inside], np.asarray(beats.position)[inside]
    metre = int(position.max()) if len(position) else 0
    change = np.full(len(position), _CHANGE_ELSEWHERE)
    change[position == 1] = _CHANGE_ON_DOWNBEAT
    if metre % 2 == 0:
        change[position == metre // 2 + 1] = _CHANGE_ON_HALF_BAR
    change[position == 0] = _CHANGE_UNKNOWN
    beat_s = float(np.median(np.diff(time_s))) if len(time_s) > 1 else 0.5
    first, last = (time_s[0], time_s[-1]) if len(time_s) else (end_s, start_s)
    before = np.arange(first - beat_s, start_s + 0.05, -beat_s)[::-1]
    after = np.arange(last + beat_s, end_s - 0.05, beat_s)
    if not len(time_s):
        before, after = np.arange(start_s + beat_s, end_s - 0.05, beat_s), np.zeros(0)
    edges = np.concatenate([[start_s], before, time_s, after, [end_s]])
    unknown = [np.full(len(part), _CHANGE_UNKNOWN) for part in (before, after)]
    return edges, np.concatenate([[_CHANGE_UNKNOWN], unknown[0], change, unknown[1]])
