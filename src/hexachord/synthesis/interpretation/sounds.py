"""The sounds of a page on their way to strokes, and what the notes of a chord share."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from hexachord.score.model import DEFAULT_VELOCITY, Note
from hexachord.score.musicxml_marks import ARTICULATIONS
from hexachord.score.timing import TempoMap

_SHARED = frozenset((*ARTICULATIONS, "fermata", "fermata-inverted", "let-ring"))
_SHARED_PREFIX = "tremolo-"


@dataclass(slots=True, eq=False)
class Sound:
    """A key that is down from `onset_s` to `end_s`, and the (first) notehead that says so. Changed in place while a page is read."""

    onset_s: float
    end_s: float
    key: int
    velocity: int
    note: Note


def sounds_of(notes: Sequence[Note], clock: TempoMap) -> list[Sound]:
    """Notes as sounds, where and as long as they are written."""
    onset = clock.seconds(np.array([note.onset for note in notes], dtype=np.int64)).tolist()
    end = clock.seconds(np.array([note.onset + note.duration for note in notes], dtype=np.int64)).tolist()
    return [
        Sound(start, stop, note.pitch, DEFAULT_VELOCITY if note.velocity is None else note.velocity, note)
        for start, stop, note in zip(onset, end, notes, strict=True)
    ]


def with_shared_marks(notes: Sequence[Note]) -> list[Note]:
    """Give articulations, fermatas and tremolos that stand at one notehead of a chord to all of them."""
    if not any(note.marks for note in notes):
        return list(notes)
    shared: list[Note] = []
    for _, run in groupby(notes, key=lambda note: (note.onset, note.staff, note.voice, note.grace)):
        chord = list(run)
        if len(chord) > 1 and not chord[0].grace and len({note.marks for note in chord}) > 1:
            common = dict.fromkeys(mark for note in chord for mark in note.marks if mark in _SHARED or mark.startswith(_SHARED_PREFIX))
            chord = [note._replace(marks=tuple(dict.fromkeys((*note.marks, *common)))) for note in chord] if common else chord
        shared += chord
    return shared


class Chords:
    """The sounds of a part by staff, voice and written onset."""

    def __init__(self, sounds: Sequence[Sound]) -> None:
        self.by_place: dict[tuple[int, int, int], list[Sound]] = {}
        for sound in sounds:
            note = sound.note
            self.by_place.setdefault((note.staff, note.voice, note.onset), []).append(sound)
        self._onsets: dict[tuple[int, int], list[int]] = {}
        for staff, voice, tick in sorted(self.by_place, key=lambda place: place[2]):
            self._onsets.setdefault((staff, voice), []).append(tick)

    def at(self, staff: int, voice: int, tick: int) -> list[Sound]:
        """The chord of a voice that begins at a tick; empty when none does."""
        return self.by_place.get((staff, voice, tick), [])

    def before(self, staff: int, voice: int, tick: int) -> list[Sound]:
        """The last chord of a voice that begins ahead of a tick."""
        onsets = self._onsets.get((staff, voice), [])
        index = bisect_left(onsets, tick) - 1
        return self.by_place[staff, voice, onsets[index]] if index >= 0 else []
