"""Does a reading look like a page? A small network looks at played notes from beat to beat of a reading.

It has seen pages, and wrong readings of them: at half the tempo, at a third, twice as fast, beside the beat. Of a reading it says which of
these it looks like, where bars begin, how many beats they have, and whether beats divide in two or in three
(``training/midi_beats_critic.py``).
"""

from dataclasses import dataclass

import numpy as np

from hexachord.arrays import Float32Array, Float64Array, FloatArray
from hexachord.score_analysis.beat_views import Chords, beat_views

NETWORK = "midi_beats_critic"
KINDS: dict[str, tuple[tuple[float, float], ...]] = {
    "right": ((1.0, 0.0),),
    "beside": ((1.0, 0.5), (1.0, 1 / 3), (1.0, 2 / 3), (1.0, 0.25)),
    "half": ((2.0, 0.0), (2.0, 1.0)),
    "third": ((3.0, 0.0), (3.0, 1.0), (3.0, 2.0)),
    "quarter": ((4.0, 0.0), (4.0, 2.0)),
    "double": ((0.5, 0.0),),
    "triple": ((1 / 3, 0.0),),
    "quadruple": ((0.25, 0.0),),
    "two-thirds": ((1.5, 0.0), (1.5, 0.5), (1.5, 1.0)),
    "three-halves": ((2 / 3, 0.0), (2 / 3, 1 / 3)),
    "other": ((4 / 3, 0.0), (0.75, 0.0), (0.6, 0.0), (1.25, 0.0), (1.12, 0.0), (0.9, 0.0)),
}
"""Readings, as (beats of the page from one of theirs to the next, where their first is)."""
METRES = (2, 3, 4)
"""Beats of a bar; other numbers are one class more."""
_LEAST = 1e-4


@dataclass(frozen=True, kw_only=True, eq=False)
class Critique:
    """What the network says of a reading, beat by beat: log odds of a downbeat; chances of `KINDS`, of `METRES` and other metres, and of
    division in two and in three."""

    downbeat: Float64Array
    kind: Float64Array
    metre: Float64Array
    division: Float64Array


def criticise(chords: Chords, beat_s: FloatArray, *, network: str = NETWORK) -> Critique:
    """Look at a reading of two or more beats.

    Raises
    ------
    InputError : if this installation lacks the network.
    """
    from hexachord.models.networks import open_network, run_network

    views: Float32Array = beat_views(chords, beat_s)
    said = run_network(open_network(network), lambda first, last: views[first:last], len(views))
    chance = np.clip(said["downbeat"][:, 0].astype(np.float64), _LEAST, 1.0 - _LEAST)
    return Critique(
        downbeat=np.log(chance / (1.0 - chance)),
        kind=np.asarray(said["kind"], dtype=np.float64),
        metre=np.asarray(said["metre"], dtype=np.float64),
        division=np.asarray(said["division"], dtype=np.float64),
    )
