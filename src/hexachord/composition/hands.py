"""A piano that was composed as one part goes on two staves."""

from dataclasses import replace

import numpy as np

from hexachord.score.edit import sorted_notes
from hexachord.score.model import Part, Score
from hexachord.score.timing import tempo_map_of
from hexachord.theory.piano_hands import part_hands


def on_two_staves(score: Score, *, names: tuple[str, ...] = ("piano",)) -> Score:
    """Share the notes of pianos on one staff out between two hands.

    Parameters
    ----------
    names : of parts that are pianos, in small letters

    Examples
    --------
    >>> from hexachord.score.model import Note
    >>> one = Score(parts=(Part(notes=(Note(0, 10080, 40), Note(0, 10080, 76)), name="Piano"),))
    >>> two = on_two_staves(one).parts[0]
    >>> two.staves, [(note.pitch, note.staff, note.voice) for note in two.notes]
    (2, [(76, 1, 1), (40, 2, 5)])
    """
    times = tempo_map_of(score)

    def shared(part: Part) -> Part:
        if part.staves != 1 or part.is_percussion or part.name.lower() not in names or not part.notes:
            return part
        onset_s = times.seconds(np.array([note.onset for note in part.notes]))
        right = part_hands(onset_s, np.array([note.pitch for note in part.notes]))
        notes = (
            note._replace(staff=1, voice=1) if hand else note._replace(staff=2, voice=5)
            for note, hand in zip(part.notes, right.tolist(), strict=True)
        )
        return replace(part, notes=sorted_notes(notes), staves=2)

    return replace(score, parts=tuple(shared(part) for part in score.parts))
