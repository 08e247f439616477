"""The notes of a MIDI file in seconds, as arrays: what thousands of draws need, faster than a whole score."""

from pathlib import Path
from typing import Any

import numpy as np

from hexachord.arrays import Float64Array


def seconds_of(path: Path) -> list[tuple[str, Float64Array]]:
    """Return each track's name and its (n, 4) notes: onset and duration in seconds, pitch, velocity."""
    score = _in_seconds(path)
    return [(track.name, _rows(track)) for track in score.tracks if len(track.notes)]


def pedal_of(path: Path) -> Float64Array:
    """Return when the sustain pedal is down: (m, 2) seconds, all tracks together."""
    score = _in_seconds(path)
    changes = sorted((pedal.time, pedal.time + pedal.duration) for track in score.tracks for pedal in track.pedals)
    spans: list[list[float]] = []
    for start, end in changes:
        if spans and start <= spans[-1][1]:
            spans[-1][1] = max(spans[-1][1], end)
        else:
            spans.append([start, end])
    return np.array(spans, dtype=np.float64).reshape(-1, 2)


def _in_seconds(path: Path) -> Any:
    import symusic

    score: Any = symusic.Score(str(path))
    return score.to("second")


def _rows(track: Any) -> Float64Array:
    columns = track.notes.numpy()
    return np.column_stack([np.asarray(columns[name], dtype=np.float64) for name in ("time", "duration", "pitch", "velocity")])
