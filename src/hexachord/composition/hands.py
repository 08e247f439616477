"""A piano that was composed as one part goes on two staves, with lengths that can be read.

Pop pianists' lengths are ragged: they are what the pedal left of them. On the page a hand holds what it struck until it strikes again, or
in eighths.
"""

from dataclasses import replace

import numpy as np

from hexachord.score.edit import sorted_notes
from hexachord.score.model import Note, Part, Score
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
        notes: list[Note] = []
        for staff, voice, hand in ((1, 1, 1), (2, 5, 0)):
            mine = [note._replace(staff=staff, voice=voice) for note, at in zip(part.notes, right.tolist(), strict=True) if at == hand]
            notes += readable(mine, eighth=score.ticks_per_quarter // 2, end=score.end_tick)
        return replace(part, notes=sorted_notes(notes), staves=2)

    return replace(score, parts=tuple(shared(part) for part in score.parts))


def with_readable_lengths(score: Score) -> Score:
    """Give single voices lengths that can be read; parts that play chords, and drums, stay as they are."""

    def tidy(part: Part) -> Part:
        onsets = [note.onset for note in part.notes]
        if part.is_percussion or part.staves != 1 or len(set(onsets)) < len(onsets):
            return part
        return replace(part, notes=sorted_notes(readable(list(part.notes), eighth=score.ticks_per_quarter // 2, end=score.end_tick)))

    return replace(score, parts=tuple(tidy(part) for part in score.parts))


def readable(notes: list[Note], *, eighth: int, end: int) -> list[Note]:
    """Give the notes of one voice lengths that can be read: all that are struck together end together, when the hand strikes again, or,
    where it rests longer than a quarter, after whole eighths.

    Examples
    --------
    >>> [note.duration for note in readable([Note(0, 5, 60), Note(0, 30, 64), Note(24, 3, 62)], eighth=12, end=96)]
    [24, 24, 12]
    """
    if not notes:
        return []
    onsets = sorted({note.onset for note in notes})
    nexts = dict(zip(onsets, [*onsets[1:], max(end, onsets[-1] + 1)], strict=True))
    longest: dict[int, int] = {}
    for note in notes:
        longest[note.onset] = max(longest.get(note.onset, 0), note.duration)
    lengths = {}
    for onset in onsets:
        gap = nexts[onset] - onset
        held = -(-longest[onset] // eighth) * eighth
        lengths[onset] = gap if gap <= max(held, 2 * eighth) and nexts[onset] in longest else min(gap, held)
    return [note._replace(duration=lengths[note.onset]) for note in notes]
