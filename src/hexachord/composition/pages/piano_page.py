"""Notes of two hands on a piano's two staves: voices, lengths, hands that can reach what they hold."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from hexachord.score.edit import sorted_notes
from hexachord.score.model import Clef, Note, Part, PartGroup, Score
from hexachord.score.notes import note_array
from hexachord.score.timing import tempo_map_of
from hexachord.theory.piano_hands import LEFT, RIGHT, Difficulty, HandFault, hand_faults, piano_difficulty
from hexachord.theory.voices import two_voices


def two_staves(left: Sequence[Note], right: Sequence[Note], *, part: Part = Part(name="Piano")) -> Part:
    """Write the notes of two hands on two staves, with at most two voices on each.

    Parameters
    ----------
    left, right : what each hand plays
    part : what else the part has

    Examples
    --------
    >>> made = two_staves([Note(0, 4, 48)], [Note(0, 4, 76), Note(0, 2, 64), Note(2, 2, 65)])
    >>> [(note.pitch, note.staff, note.voice) for note in made.notes]
    [(76, 1, 1), (64, 1, 2), (48, 2, 5), (65, 1, 2)]
    """
    notes: list[Note] = []
    for staff, hand in ((1, right), (2, left)):
        unique = {(note.onset, note.pitch): note for note in sorted(hand, key=lambda note: note.duration)}
        own = sorted(unique.values(), key=lambda note: (note.onset, note.pitch))
        if not own:
            continue
        voice, end = two_voices(*(np.array(column) for column in zip(*((note.onset, note.end, note.pitch) for note in own), strict=True)))
        first = 1 if staff == 1 else 5
        notes += [
            note._replace(staff=staff, voice=first + int(line) - 1, duration=max(1, int(stop) - note.onset))
            for note, line, stop in zip(own, voice, end, strict=True)
        ]
    return replace(part, notes=sorted_notes(notes), staves=2, clefs=_clefs(left, right))


def _clefs(left: Sequence[Note], right: Sequence[Note]) -> tuple[Clef, ...]:
    """Treble and bass, but where a hand is mostly on the other's side."""
    made = []
    for staff, hand, usual in ((1, right, "G"), (2, left, "F")):
        mean = float(np.mean([note.pitch for note in hand])) if hand else (72.0 if usual == "G" else 48.0)
        sign = "F" if usual == "G" and mean < 52 else "G" if usual == "F" and mean > 67 else usual
        made.append(Clef(0, staff, sign, 2 if sign == "G" else 4))
    return tuple(made)


def as_piano(score: Score, part: Part) -> Score:
    """Return a score with this part alone; bars, keys, metres, tempi, chords and sections stay."""
    return replace(score, parts=(part,), groups=tuple[PartGroup, ...]())


def difficulty_of(score: Score, part: Part) -> Difficulty | None:
    """How hard a piano part on two staves is at its tempo (`hexachord.theory.piano_hands.piano_difficulty`); None without notes."""
    rows = note_array(as_piano(score, part))
    return piano_difficulty(rows["onset_s"], rows["pitch"], np.where(rows["staff"] == 1, RIGHT, LEFT)) if len(rows) else None


def faults_of(score: Score, part: Part) -> tuple[HandFault, ...]:
    """What hands cannot do in a piano part on two staves."""
    rows = note_array(as_piano(score, part))
    return hand_faults(rows["onset_s"], rows["onset_s"] + rows["duration_s"], rows["pitch"], np.where(rows["staff"] == 1, RIGHT, LEFT))


def released(hand: Sequence[Note], *, span: int, fingers: int = 5) -> list[Note]:
    """Let keys go in time: a note ends where the hand has to strike what it cannot reach from there, or needs its finger.

    Examples
    --------
    >>> [note.duration for note in released([Note(0, 8, 48), Note(4, 4, 72)], span=14)]
    [4, 4]
    """
    out = sorted(hand, key=lambda note: (note.onset, note.pitch))
    ringing: list[int] = []
    for row, note in enumerate(out):
        ringing = [each for each in ringing if out[each].end > note.onset]
        for each in list(ringing):
            held = out[each]
            if held.onset < note.onset and (abs(held.pitch - note.pitch) > span or held.pitch == note.pitch):
                out[each] = held._replace(duration=note.onset - held.onset)
                ringing.remove(each)
        older = [each for each in ringing if out[each].onset < note.onset]
        for each in older[: max(0, len(ringing) + 1 - fingers)]:
            out[each] = out[each]._replace(duration=note.onset - out[each].onset)
            ringing.remove(each)
        ringing.append(row)
    return out


def seconds_of(score: Score, notes: Sequence[Note]) -> np.ndarray:
    """When notes begin, in seconds, (n,)."""
    return np.asarray(tempo_map_of(score).seconds(np.array([note.onset for note in notes], dtype=np.int64)))
