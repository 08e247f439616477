"""What all engines of notes are told, and the one thing that they do alike with it."""

from dataclasses import dataclass

import numpy as np

from hexachord.arrays import Float64Array


@dataclass(frozen=True, kw_only=True)
class TranscriptionOptions:
    """How eager the transcriber is.

    Parameters
    ----------
    threshold : least probability of a note; None is what the engine finds best
    onset_reach_s : with onsets given, a note begins at the nearest one within this distance
    """

    threshold: float | None = None
    onset_reach_s: float = 0.03


def moved_to(times_s: Float64Array, onsets_s: Float64Array, reach_s: float) -> Float64Array:
    """Move times to the nearest onset within reach."""
    right = np.clip(np.searchsorted(onsets_s, times_s), 1, len(onsets_s) - 1) if len(onsets_s) > 1 else np.zeros(len(times_s), np.int64)
    left = np.maximum(right - 1, 0)
    nearest = np.where(np.abs(onsets_s[left] - times_s) <= np.abs(onsets_s[right] - times_s), onsets_s[left], onsets_s[right])
    return np.where(np.abs(nearest - times_s) <= reach_s, nearest, times_s)
