"""What the chord model learns from besides Billboard: the note chroma of rendered songs, and the chord of each of its frames."""

from dataclasses import dataclass

import numpy as np
from billboard import IGNORED, chord_state
from songs import Song

from hexachord.audio_analysis.harmony.chord_model import STATES, to_model_hop
from hexachord.dsp.frontend import FrontEnd


@dataclass(frozen=True, kw_only=True, eq=False)
class ChordSong:
    """Note chroma from C on the chord model's grid, and a state per frame, `IGNORED` where none is known."""

    kind: str
    bass: np.ndarray  # (frames, 12)
    treble: np.ndarray
    hop_s: float
    state: np.ndarray


def chords_of(song: Song) -> ChordSong | None:
    """Describe a song; None if its chords are not known. Drums alone are no chord."""
    chords = song.take.truth.chords
    is_pitched = not all(track.is_percussion for track in song.take.tracks)
    if (chords is None and is_pitched) or not np.any(song.signal):
        return None
    front = FrontEnd(song.signal)
    bass, hop_s, shift_s = to_model_hop(front.note_chroma.bass, hop_s=front.hop_s)
    treble, _, _ = to_model_hop(front.note_chroma.treble, hop_s=front.hop_s)
    if chords is None or not is_pitched:
        state = np.full(len(treble), STATES - 1)
    else:
        times = shift_s + hop_s * np.arange(len(treble))
        index = np.searchsorted(chords.start_s, times, side="right") - 1
        known = (index >= 0) & (times < chords.end_s[index])
        state = np.where(known, np.array([chord_state(label) for label in chords.label])[index], IGNORED)
    return ChordSong(kind=song.kind, bass=bass, treble=treble, hop_s=hop_s, state=state)
