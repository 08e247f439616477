"""What the rhythm tables learn from: the beats of a rendered song as the engine describes them, and the grids it would choose from."""

from dataclasses import dataclass

import numpy as np
from songs import Song

from hexachord.audio_analysis.rhythm.bars import beat_features
from hexachord.audio_analysis.rhythm.curves import LEAD_S, rhythm_curves
from hexachord.audio_analysis.rhythm.grids import grid_features, propose_grids
from hexachord.dsp.frontend import FrontEnd
from hexachord.metrics.beat import f_measure

_FEWEST = 12  # beats
_LEAST_GRID = 4


@dataclass(frozen=True, kw_only=True, eq=False)
class RhythmSong:
    """A song as the trainer sees it.

    Attributes
    ----------
    beats : (beats, inputs) what the downbeat network is told of each true beat
    position : (beats,) of each in its bar; 0 where bars are unknown
    metre : beats in a bar; 0 where it is unknown or changes
    grids : (hypotheses, inputs) what the grid network is told of each grid on offer
    grid_f : (hypotheses,) F of each grid
    """

    kind: str
    beats: np.ndarray
    position: np.ndarray
    metre: int
    grids: np.ndarray
    grid_f: np.ndarray

    @property
    def is_barred(self) -> bool:
        """Whether every beat's place in its bar is known."""
        return bool((self.position > 0).all())

    @property
    def right(self) -> np.ndarray:
        """How right each grid is: F above 0.7, as a degree."""
        return np.clip((self.grid_f - 0.7) / 0.2, 0.0, 1.0)


def rhythm_of(song: Song) -> RhythmSong | None:
    """Describe a song; None if it has too few beats, or nothing to choose from."""
    beats = song.take.truth.beats
    if beats is None or len(beats) < _FEWEST or not np.any(song.signal):
        return None
    curves = rhythm_curves(FrontEnd(song.signal))
    grids = [grid for grid in propose_grids(curves) if len(grid.time_s) >= _LEAST_GRID]
    if not grids:
        return None
    counts = beats.position[np.flatnonzero(np.diff(beats.position) < 0)]
    return RhythmSong(
        kind=song.kind,
        beats=beat_features(curves, beats.time_s - LEAD_S),
        position=beats.position,
        metre=int(counts[0]) if len(counts) and (counts == counts[0]).all() else 0,
        grids=np.stack([grid_features(curves, grid) for grid in grids]),
        grid_f=np.array([f_measure(beats.time_s, grid.time_s + LEAD_S).f for grid in grids]),
    )
