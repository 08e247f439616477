"""The way that the pitch of each note goes while it sounds."""

from dataclasses import dataclass

import numpy as np

from hexachord.arrays import Float64Array, IntArray


@dataclass(frozen=True, kw_only=True, eq=False)
class PitchCourses:
    """Pitch over time, note by note.

    Attributes
    ----------
    start : (notes + 1,) the points of note i are those from `start[i]` to `start[i + 1]`
    time_s, pitch : (points,) of each point, ascending in time within a note; pitch in MIDI numbers with fractions
    """

    start: IntArray
    time_s: Float64Array
    pitch: Float64Array

    def __len__(self) -> int:
        return len(self.start) - 1

    def of(self, note: int) -> tuple[Float64Array, Float64Array]:
        """Times and pitches of one note; empty where nothing of it could be measured."""
        here = slice(int(self.start[note]), int(self.start[note + 1]))
        return self.time_s[here], self.pitch[here]


def no_courses(notes: int) -> PitchCourses:
    """Return courses without a point."""
    return PitchCourses(start=np.zeros(notes + 1, dtype=np.int64), time_s=np.zeros(0), pitch=np.zeros(0))
