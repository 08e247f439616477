"""Ornaments played out: trills, mordents, turns, slides, tremolos, rolled chords.

Trills begin and end on their main note; the neighbours come from the key signature, or from the accidental printed with the sign.
(Baroque practice would begin many of them above; the page seldom says so.)
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hexachord.score.edit import spelled_in_key
from hexachord.score.model import KeyMark, Note, Spelling
from hexachord.score.timing import TempoMap
from hexachord.synthesis.interpretation.play_options import PlayOptions
from hexachord.synthesis.interpretation.sounds import Chords, Sound

_STEPS = "CDEFGAB"
_SHARPS = "FCGDAEB"
_ALTERS = {"sharp": 1, "flat": -1, "natural": 0, "double-sharp": 2, "flat-flat": -2, "natural-sharp": 1, "natural-flat": -1}
_BITE_S = 0.07  # a note of a mordent
_TURN_S = 0.1  # a note of a turn
_ROLL_SHARE = 0.4  # of the shortest note, at most, is spent on rolling a chord
_TURNS = {
    "turn": (1, 0, -1), "inverted-turn": (-1, 0, 1), "vertical-turn": (1, 0, -1), "inverted-vertical-turn": (-1, 0, 1), "haydn": (1, 0, -1),
}  # fmt: skip
_LATE_TURNS = {"delayed-turn": (1, 0, -1), "delayed-inverted-turn": (-1, 0, 1)}
_BITES = {"mordent": (0, -1), "inverted-mordent": (0, 1), "shake": (0, 1, 0, 1), "schleifer": (-2, -1)}
_TRILLS = frozenset(("trill-mark", "wavy-line-start"))
_REALISED = frozenset((*_TURNS, *_LATE_TURNS, *_BITES, *_TRILLS))


@dataclass(frozen=True, kw_only=True)
class Neighbours:
    """Finds the scale's neighbours of a note."""

    fifths: int = 0

    def key(self, note: Note, steps: int, *, alter: int | None = None) -> int:
        """The key `steps` away on the staff; `alter` is the accidental printed with the ornament.

        Examples
        --------
        >>> Neighbours(fifths=1).key(Note(0, 1, 64), 1), Neighbours(fifths=1).key(Note(0, 1, 64), 1, alter=0)
        (66, 65)
        """
        if steps == 0:
            return note.pitch
        spelling = note.spelling or spelled_in_key(note.pitch, KeyMark(0, self.fifths))
        place = _STEPS.index(spelling.step) + steps
        step, octave = _STEPS[place % 7], spelling.octave + place // 7
        key = Spelling(step, self._signature(step) if alter is None else alter, octave).pitch + note.pitch - spelling.pitch
        interval, least, most = abs(key - note.pitch), abs(steps), 2 * abs(steps) + 1
        if (key > note.pitch) != (steps > 0) or not least <= interval <= most:
            key = note.pitch + 2 * steps
        return min(127, max(0, key))

    def _signature(self, step: str) -> int:
        place = _SHARPS.index(step)
        return (place < self.fifths) - (6 - place < -self.fifths)


def has_ornament(note: Note) -> bool:
    """Whether a note is played as several by itself."""
    return any(mark in _REALISED or (mark.startswith("tremolo-") and mark[8:].isdigit()) for mark in note.marks)


def play_ornament(sound: Sound, neighbours: Neighbours, *, quarter_s: float, is_percussion: bool, options: PlayOptions) -> list[Sound]:
    """Play one note with its ornament; just the note itself when there is no time for it."""
    note = sound.note
    marks = note.marks
    if (strokes := next((int(mark[8:]) for mark in marks if mark.startswith("tremolo-") and mark[8:].isdigit()), 0)) > 0:
        return _tremolo(sound, strokes, quarter_s, options)
    alter = next((_ALTERS.get(mark.removeprefix("accidental-mark-")) for mark in marks if mark.startswith("accidental-mark-")), None)

    def key(steps: int) -> int:
        return note.pitch if is_percussion else neighbours.key(note, steps, alter=alter if steps == 1 else None)

    length = sound.end_s - sound.onset_s
    if not _TRILLS.isdisjoint(marks):
        count = 2 * round((length * options.trill_notes_per_s - 1) / 2) + 1  # odd: it comes home
        if count < 3:
            return [sound]
        return _row(sound, [key(place % 2) for place in range(count)], length / count)
    for table, note_s, is_late in ((_BITES, _BITE_S, False), (_TURNS, _TURN_S, False), (_LATE_TURNS, _TURN_S, True)):
        steps = next((table[mark] for mark in marks if mark in table), None)
        if steps is None:
            continue
        each = min(note_s, length / (len(steps) + 2))
        if is_late:
            held = length - each * (len(steps) + 1)
            main = Sound(sound.onset_s, sound.onset_s + held, sound.key, sound.velocity, note)
            return [main, *_row(Sound(main.end_s, sound.end_s, sound.key, sound.velocity, note), [*map(key, steps), sound.key], each)]
        return _row(sound, [*map(key, steps), sound.key], each)
    return [sound]


def _row(sound: Sound, keys: Sequence[int], each_s: float) -> list[Sound]:
    """One key after the other, the last until the end."""
    starts = [sound.onset_s + place * each_s for place in range(len(keys))]
    row = [Sound(start, start + each_s, key, sound.velocity, sound.note) for start, key in zip(starts, keys, strict=True)]
    row[-1].end_s = sound.end_s
    return row


def _tremolo(sound: Sound, strokes: int, quarter_s: float, options: PlayOptions) -> list[Sound]:
    """A note struck again and again: `strokes` through the stem halve the value that often, from the eighth on."""
    length = sound.end_s - sound.onset_s
    value = sound.note.value
    flags = ("eighth", "16th", "32nd").index(value.kind) + 1 if value and value.kind in ("eighth", "16th", "32nd") else 0
    if value is None and quarter_s > 0:
        flags = sum(length < quarter_s * part * 0.99 for part in (1.0, 0.5))
    each = max(quarter_s / 2 ** (strokes + flags), 1 / options.fastest_tremolo_notes_per_s)
    count = max(1, round(length / each))
    return _row(sound, [sound.key] * count, length / count)


def play_tremolos_between(chords: Chords, clock: TempoMap, *, ticks_per_quarter: int, options: PlayOptions) -> tuple[list[Sound], set[int]]:
    """Play tremolos that go to and fro between two chords.

    Returns
    -------
    the sounds that are played, and the ``id`` of every sound they replace.
    """
    played: list[Sound] = []
    replaced: set[int] = set()
    waiting: dict[tuple[int, int], tuple[list[Sound], int]] = {}
    for (staff, voice, tick), chord in sorted(chords.by_place.items(), key=lambda item: item[0][2]):
        mark = next((mark for sound in chord for mark in sound.note.marks if mark.startswith("tremolo-st")), "")
        kind, _, number = mark.removeprefix("tremolo-").partition("-")
        if kind == "start":
            waiting[staff, voice] = (chord, int(number) if number.isdigit() else 3)
        elif kind == "stop" and (staff, voice) in waiting:
            first, strokes = waiting.pop((staff, voice))
            quarter_s = float(clock.seconds(tick + ticks_per_quarter) - clock.seconds(tick))
            start, end = min(sound.onset_s for sound in first), max(sound.end_s for sound in chord)
            each = max(quarter_s / 2**strokes, 1 / options.fastest_tremolo_notes_per_s)
            pairs = max(1, round((end - start) / each / 2))
            each = (end - start) / (2 * pairs)
            replaced.update(id(sound) for sound in (*first, *chord))
            for place in range(2 * pairs):
                onset = start + place * each
                for sound in (first, chord)[place % 2]:
                    played.append(Sound(onset, onset + each, sound.key, sound.velocity, sound.note))
    return played, replaced


def roll_chords(sounds: Iterable[Sound], *, options: PlayOptions) -> None:
    """Let the notes of arpeggiated chords come in one by one, on the beat, from below (or from above, where the sign says so).

    Notes of one moment and part are one chord, over both staves of a keyboard.
    """
    chords: dict[int, list[Sound]] = {}
    for sound in sounds:
        if any(mark.startswith("arpeggiate") for mark in sound.note.marks):
            chords.setdefault(sound.note.onset, []).append(sound)
    for chord in chords.values():
        keys = sorted({sound.key for sound in chord}, reverse=any("arpeggiate-down" in sound.note.marks for sound in chord))
        if len(keys) < 2:
            continue
        shortest = min(sound.end_s - sound.onset_s for sound in chord)
        step = min(options.arpeggio_s, _ROLL_SHARE * shortest / (len(keys) - 1))
        for sound in chord:
            sound.onset_s += step * keys.index(sound.key)
