"""Grace notes: where they take their time from.

A slashed one (acciaccatura) and those after a note are played quickly ahead of the beat, in time taken from the note before; an
unslashed one (appoggiatura) is played on the beat, as long as it is written but at most half of its main note, which waits (C. P. E.
Bach, *Versuch*, 1753, I.2.2). Several, and those written shorter than an eighth, are quick either way. At the very beginning, where no
time is ahead of the beat, all are played on it.
"""

from collections.abc import Sequence
from itertools import groupby

from hexachord.score.lines import AFTER
from hexachord.score.model import Grace, Note, NoteValue
from hexachord.score.timing import TempoMap
from hexachord.score.values import quarters
from hexachord.synthesis.interpretation.play_options import PlayOptions
from hexachord.synthesis.interpretation.sounds import Chords, Sound

_SHARE = 0.5  # of the note that gives the time
_QUICK_S = 0.11  # a small note that is part of a turn of notes, on the beat
_EIGHTH = 0.5


def play_graces(
    graces: Sequence[Note], chords: Chords, clock: TempoMap, *, ticks_per_quarter: int, options: PlayOptions = PlayOptions()
) -> list[Sound]:
    """Turn grace notes into sounds; the sounds of `chords` make room for them.

    Parameters
    ----------
    graces : in playing order; one that was joined by a tie to what follows has a duration
    """
    played: list[Sound] = []
    for (tick, staff, voice, is_after), group in groupby(graces, key=_place):
        slots = _slots(list(group))
        before = chords.before(staff, voice, tick)
        main = [] if is_after else chords.at(staff, voice, tick)
        beat_s = float(clock.seconds(tick))
        is_quick = not main or any(note.grace == Grace.ACCIACCATURA for slot in slots for note in slot)
        room_s = beat_s - (max(sound.onset_s for sound in before) if before else max(0.0, beat_s - 2 * len(slots) * options.grace_s))
        if is_quick and room_s > 0:
            length = min(options.grace_s, _SHARE * room_s / len(slots))
            lengths = [length] * len(slots)
            start = beat_s - length * len(slots)
            for sound in before:
                if start < sound.end_s <= beat_s + 1e-9:
                    sound.end_s = start
        else:
            quarter_s = float(clock.seconds(tick + ticks_per_quarter)) - beat_s
            lengths = [options.grace_s if is_quick else _on_beat_s(slot[0], quarter_s, alone=len(slots) == 1) for slot in slots]
            room_s = min((sound.end_s - sound.onset_s for sound in main), default=options.grace_s * len(slots) / _SHARE)
            shrink = min(1.0, _SHARE * room_s / max(sum(lengths), 1e-9))
            lengths = [length * shrink for length in lengths]
            start = beat_s
            for sound in main:
                sound.onset_s += sum(lengths)
        for slot, length in zip(slots, lengths, strict=True):
            for note in slot:
                end = float(clock.seconds(note.end)) if note.duration else start + length
                played.append(Sound(start, max(end, start + length), note.pitch, note.velocity or 1, note))
            start += length
    return played


def _place(note: Note) -> tuple[int, int, int, bool]:
    return note.onset, note.staff, note.voice, AFTER in note.marks


def _slots(group: list[Note]) -> list[list[Note]]:
    slots: list[list[Note]] = []
    for note in group:
        if slots and "grace-chord" in note.marks:
            slots[-1].append(note)
        else:
            slots.append([note])
    return slots


def _on_beat_s(note: Note, quarter_s: float, *, alone: bool) -> float:
    written = float(quarters(note.value or NoteValue("eighth")))
    length = written * quarter_s
    return length if alone and written >= _EIGHTH else min(length, _QUICK_S)
