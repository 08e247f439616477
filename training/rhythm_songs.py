"""What the rhythm tables learn from: the curves of a rendered song, its beats and where they stand in their bars."""

from dataclasses import dataclass

import numpy as np
from songs import Song

from hexachord.audio_analysis.rhythm_curves import RhythmCurves, rhythm_curves
from hexachord.dsp.frontend import FrontEnd

_FEWEST = 12  # beats


@dataclass(frozen=True, kw_only=True, eq=False)
class RhythmSong:
    """A song as the trainer sees it; `position` is 0 where bars are unknown, `metre` 0 where it is unknown or changes."""

    kind: str
    curves: RhythmCurves
    beat_s: np.ndarray
    position: np.ndarray
    metre: int


def rhythm_of(song: Song) -> RhythmSong | None:
    """Describe a song; None if it has too few beats."""
    beats = song.take.truth.beats
    if beats is None or len(beats) < _FEWEST or not np.any(song.signal):
        return None
    felt = beats.position[np.flatnonzero(np.diff(beats.position) < 0)]
    return RhythmSong(
        kind=song.kind,
        curves=rhythm_curves(FrontEnd(song.signal)),
        beat_s=beats.time_s,
        position=beats.position,
        metre=int(felt[0]) if len(felt) and (felt == felt[0]).all() else 0,
    )
