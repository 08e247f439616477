"""`note_array()`: every sounding note of a score as one structured numpy array, the currency of all algorithms."""

import numpy as np

from hexachord.arrays import StructuredArray
from hexachord.score.model import DEFAULT_VELOCITY, Grace, Note, Score
from hexachord.score.timing import tempo_map_of

NOTE_DTYPE = np.dtype(
    [
        ("onset_s", "f8"),
        ("duration_s", "f8"),
        ("onset_quarter", "f8"),
        ("duration_quarter", "f8"),
        ("onset_tick", "i8"),
        ("duration_tick", "i8"),
        ("pitch", "i2"),
        ("velocity", "i2"),
        ("part", "i2"),
        ("staff", "i2"),
        ("voice", "i2"),
        ("is_percussion", "?"),
        ("is_grace", "?"),
    ]
)


def note_array(score: Score, *, grace_notes: bool = False, percussion: bool = True) -> StructuredArray:
    """List the sounding notes: tied noteheads are one note, sorted by onset, then pitch.

    Parameters
    ----------
    grace_notes : keep them (with duration 0); left out by default, because most algorithms weigh by duration
    percussion : keep parts that are percussion

    Returns
    -------
    (notes,) structured array of `NOTE_DTYPE`: seconds by the tempo map, quarters, ticks, MIDI pitch, velocity, part index, staff, voice.
    """
    rows: list[tuple[int, int, int, int, int, int, int, bool, bool]] = []
    for index, part in enumerate(score.parts):
        if part.is_percussion and not percussion:
            continue
        for note in merge_ties(part.notes):
            if note.grace and not grace_notes:
                continue
            velocity = DEFAULT_VELOCITY if note.velocity is None else note.velocity
            rows.append(
                (note.onset, note.duration, note.pitch, velocity, index, note.staff, note.voice, part.is_percussion, note.grace != Grace.NO)
            )
    array = np.zeros(len(rows), dtype=NOTE_DTYPE)
    if not rows:
        return array
    columns = ("onset_tick", "duration_tick", "pitch", "velocity", "part", "staff", "voice", "is_percussion", "is_grace")
    for name, column in zip(columns, zip(*rows, strict=True), strict=True):
        array[name] = column
    clock = tempo_map_of(score)
    array["onset_s"] = clock.seconds(array["onset_tick"])
    array["duration_s"] = clock.seconds(array["onset_tick"] + array["duration_tick"]) - array["onset_s"]
    array["onset_quarter"] = array["onset_tick"] / score.ticks_per_quarter
    array["duration_quarter"] = array["duration_tick"] / score.ticks_per_quarter
    return array[np.lexsort((array["pitch"], array["onset_tick"]))]


def merge_ties(notes: tuple[Note, ...]) -> list[Note]:
    """Join tied noteheads of a part into the notes that sound; a tie whose partner is missing is ignored.

    A tie joins a notehead to the one of the same pitch that starts exactly where it ends; when several could be meant (two voices on
    one key), the same voice and staff go first.
    """
    return [merged_note([notes[place] for place in chain]) for chain in tie_chains(notes)]


def tie_chains(notes: tuple[Note, ...]) -> list[list[int]]:
    """Say which noteheads of a part are one note that sounds: the places of each one's noteheads, in order.

    Examples
    --------
    >>> tie_chains((Note(0, 4, 60, tied_to_next=True), Note(0, 4, 64), Note(4, 4, 60, tied_to_previous=True)))
    [[0, 2], [1]]
    """
    chains: list[list[int]] = []
    open_ties: dict[tuple[int, int], list[int]] = {}  # (pitch, end tick) -> chains that wait for their continuation
    for place, note in enumerate(notes):
        index = -1
        if note.tied_to_previous and (waiting := open_ties.get((note.pitch, note.onset))):
            line = (note.voice, note.staff)
            index = next((i for i in waiting if (notes[chains[i][0]].voice, notes[chains[i][0]].staff) == line), waiting[0])
            waiting.remove(index)
            chains[index].append(place)
        else:
            index = len(chains)
            chains.append([place])
        if note.tied_to_next:
            open_ties.setdefault((note.pitch, note.end), []).append(index)
    return chains


def merged_note(heads: list[Note]) -> Note:
    """Join the noteheads of one chain; a slur may end, a fermata stand, on the last of them."""
    head, last = heads[0], heads[-1]
    if len(heads) == 1:
        return head
    marks = head.marks
    for note in heads[1:]:
        marks += tuple(mark for mark in note.marks if mark not in marks)
    return head._replace(duration=last.end - head.onset, tied_to_next=last.tied_to_next, marks=marks)


def has_silent_chords(score: Score) -> bool:
    """Whether the score has chord symbols that no notes stand for, as a lead sheet has: one note at a time sounds."""
    onsets = [note.onset for part in score.parts for note in part.notes]
    return bool(score.chords) and len(set(onsets)) == len(onsets)
