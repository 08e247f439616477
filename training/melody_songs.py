"""What the judge of melody lines learns from: candidates in rendered songs, and which of them are the melody."""

from dataclasses import dataclass

import numpy as np
from songs import Song

from hexachord.audio_analysis.melody.network import melody_by_network
from hexachord.audio_analysis.melody.notes import segment_notes
from hexachord.dsp.frontend import FrontEnd
from hexachord.knowledge import F0, Notes
from hexachord.transcription.melody_line import Candidates, candidates
from hexachord.transcription.notes import transcribe_notes

_FEWEST = 12  # notes of a melody worth the name
_MOST_CENTS = 30.0  # the transcriber's pitches are those of a piano
_NEAR_S, _NEAR_PITCH = 0.07, 0.5


@dataclass(frozen=True, kw_only=True, eq=False)
class MelodySong:
    """What is heard of a song (its notes, its predominant pitch, that as notes), and rows of its melody (onset_s, offset_s, pitch)."""

    kind: str
    notes: Notes
    f0: F0
    followed: Notes
    melody: np.ndarray

    @property
    def candidates(self) -> Candidates:
        """What both witnesses heard."""
        return candidates(self.notes, self.followed)


def melody_of(song: Song) -> MelodySong | None:
    """Describe a song; None if it has no melody to speak of, nothing beside it, or stands between the keys."""
    truth = song.take.truth
    tune = truth.melody_notes
    if tune is None or len(tune) < _FEWEST or truth.tuning is None or abs(truth.tuning.cents) > _MOST_CENTS or not np.any(song.signal):
        return None
    front = FrontEnd(song.signal)
    f0 = melody_by_network(front)
    return MelodySong(
        kind=song.kind,
        notes=transcribe_notes(front),
        f0=f0,
        followed=segment_notes(f0),
        melody=np.stack([tune.onset_s, tune.offset_s, tune.pitch], axis=1),
    )


def label(heard: Candidates, melody: np.ndarray) -> np.ndarray:
    """Mark the candidate nearest to every note of the true melody."""
    truth = np.zeros(len(heard.onset_s), dtype=np.bool_)
    for onset, _, pitch in melody:
        near = np.flatnonzero((np.abs(heard.onset_s - onset) < _NEAR_S) & (np.abs(heard.pitch - pitch) < _NEAR_PITCH) & ~truth)
        if len(near):
            truth[near[np.abs(heard.onset_s[near] - onset).argmin()]] = True
    return truth
