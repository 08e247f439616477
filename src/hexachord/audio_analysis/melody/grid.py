"""What all melody engines share: their options, their grid of times, and how a track becomes an `F0`."""

from dataclasses import dataclass

import numpy as np

from hexachord.arrays import BoolArray, FloatArray
from hexachord.audio_analysis.melody.notes import voiced_runs
from hexachord.dsp.frontend import FrontEnd
from hexachord.knowledge import F0


@dataclass(frozen=True, kw_only=True)
class MelodyOptions:
    """How the melody is followed.

    Parameters
    ----------
    gate_db : pYIN: a voice is at most this far below the loud parts (95th percentile of its level)
    least_probability : pYIN: of being periodic
    glide_cost : salience: price of moving by a fifth of a semitone from frame to frame, in natural logarithms of salience
    leap_cost : salience: price of leaping anywhere
    low_cost : salience: price of an octave below `low_hz`, up to an octave and a half: basses are strong but seldom sing
    low_hz : salience: where that price begins
    strength_range : salience: a melody is at most this far below the strong parts (90th percentile), in natural logarithms
    shortest_s : voiced stretches shorter than this are not melody
    """

    gate_db: float = -34.0
    least_probability: float = 0.02
    glide_cost: float = 0.12
    leap_cost: float = 8.0
    low_cost: float = 1.0
    low_hz: float = 165.0
    strength_range: float = 2.0
    shortest_s: float = 0.06


def melody_of(f0_hz: FloatArray, voiced: BoolArray, voicing: FloatArray, hop_s: float, options: MelodyOptions, *, engine: str) -> F0:
    """Make the result: what is voiced for long enough is melody."""
    kept = voiced.copy()
    for first, last in voiced_runs(voiced):
        if (last - first) * hop_s < options.shortest_s:
            kept[first:last] = False
    return F0(
        time_s=np.arange(len(f0_hz)) * hop_s,
        f0_hz=np.where(kept, f0_hz, 0.0).astype(np.float32),
        voicing=np.asarray(voicing, dtype=np.float32),
        engine=engine,
    )


def on_grid(
    pitch_hz: FloatArray, voiced: BoolArray, voicing: FloatArray, *, period_s: float, frames: int, hop_s: float
) -> tuple[FloatArray, BoolArray, FloatArray]:
    """Bring a track with a frame every `period_s` to the grid of all engines: pitch glides between voiced frames, and leaps where they
    are more than a semitone apart.

    Examples
    --------
    >>> hz, voiced, _ = on_grid(np.array([220.0, 224.0, 440.0]), np.ones(3, bool), np.ones(3), period_s=0.02, frames=5, hop_s=0.01)
    >>> hz.round().tolist()
    [220.0, 222.0, 224.0, 440.0, 440.0]
    """
    at = np.arange(frames) * hop_s / period_s
    last = len(voiced) - 1
    nearest = np.clip(np.floor(at + 0.5).astype(np.int64), 0, last)
    low, high = np.clip(np.floor(at).astype(np.int64), 0, last), np.clip(np.ceil(at).astype(np.int64), 0, last)
    near = voiced[low] & voiced[high] & (np.abs(np.log2(pitch_hz[low] / pitch_hz[high])) < 1 / 12)  # no gliding through a leap
    share = at - low
    between = np.exp2((1 - share) * np.log2(pitch_hz[low]) + share * np.log2(pitch_hz[high]))
    return np.where(near, between, pitch_hz[nearest]), voiced[nearest], np.interp(at, np.arange(len(voicing)), voicing)


def grid_hop(frontend: FrontEnd) -> int:
    """Return how many samples lie between two frames of every melody engine."""
    return max(1, frontend.options.hop // 2)  # 12 ms: a vibrato of 6 Hz turns every 80
