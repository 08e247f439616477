"""A score on the grid of a chorale: sixteenths of its beats, and the lines that four voices are given.

The network counts in beats of four steps, and the tune of a chorale moves about once a beat: which note value that is depends on the score
(an eighth in 6/8, a half in old hymns). The grid follows the bars, so that a pick-up begins where it would in a full bar.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from hexachord.arrays import BoolArray, Float64Array, IntArray
from hexachord.composition.chorale.network import STEPS
from hexachord.composition.part_names import part_ids
from hexachord.errors import InputError
from hexachord.score.grid import skipped_before
from hexachord.score.model import Note, Part, Score
from hexachord.score.notes import merge_ties
from hexachord.score.timing import bar_duration, bars_of, metre_at
from hexachord.theory.voice_leading import REST, SATB_NAMES

BEATS: Mapping[str, float] = {"eighth": 0.5, "quarter": 1.0, "half": 2.0}
"""What a beat may be, in quarters."""
_TUNES = ("soprano", "melody", "cantus", "discant", "descant", "tune", "voice", "vocal", "lead", "song", "treble")
_SLOW = 1.5  # quarters: a tune whose notes are longer moves in halves


@dataclass(frozen=True, kw_only=True, eq=False)
class ChoraleGrid:
    """Steps of a score.

    Attributes
    ----------
    tick : (steps + 1,) when each begins, and the last one ends; before a pick-up lie steps of no music
    bar : (steps,) which bar each is in, -1 before the first
    beat : what a beat is, one of `BEATS`
    """

    tick: Float64Array
    bar: IntArray
    beat: str

    @property
    def inside(self) -> BoolArray:
        """Which steps are music."""
        return np.asarray(self.bar >= 0)

    def step_of(self, tick: IntArray | Sequence[int]) -> IntArray:
        """Return the nearest step border of moments."""
        return np.rint(np.interp(tick, self.tick, np.arange(len(self.tick)))).astype(np.int64)

    def row(self, line: Sequence[Note]) -> IntArray:
        """Lay a line on the grid: (steps,) MIDI numbers with `REST`; notes too short for it get a step if nobody else needs it."""
        row = np.full(len(self.bar), REST, dtype=np.int64)
        if line:
            first = np.minimum(self.step_of([note.onset for note in line]), len(row) - 1)
            last = self.step_of([note.end for note in line])
            for begin, end, note in zip(first, last, line, strict=True):
                row[begin : max(end, begin + 1)] = note.pitch
        return row


def chorale_grid_of(score: Score, line: Sequence[Note], *, beat: str = "") -> ChoraleGrid:
    """Cut a score into steps.

    Parameters
    ----------
    line : the tune
    beat : one of `BEATS`; what the tune moves in when not given

    Raises
    ------
    InputError : if there is no such beat.
    """
    if beat and beat not in BEATS:
        raise InputError(f"beat {beat}", found="no such note value", expected=f"one of {', '.join(BEATS)}")
    bars = bars_of(score)
    chosen = beat or _usual_beat(score, line)
    step = BEATS[chosen] * score.ticks_per_quarter / STEPS
    metre = metre_at(score, bars[0].tick)
    skipped = skipped_before(bars, 0, metre, ticks_per_quarter=score.ticks_per_quarter)
    empty = round(skipped / step) % STEPS
    ticks = [bars[0].tick + step * np.arange(-empty, 0)]
    number = [np.full(empty, -1)]
    for index, bar in enumerate(bars):
        count = max(1, round(bar.duration / step))
        ticks.append(bar.tick + bar.duration * np.arange(count) / count)
        number.append(np.full(count, index))
    return ChoraleGrid(tick=np.append(np.concatenate(ticks), bars[-1].end), bar=np.concatenate(number), beat=chosen)


def _usual_beat(score: Score, line: Sequence[Note]) -> str:
    """Eighths where they are what is counted, halves where the tune moves in them and bars have whole ones, else quarters."""
    marks = score.metres or (metre_at(score, 0),)
    if any(mark.beat_type >= 8 for mark in marks):
        return "eighth"
    usual = float(np.median([note.duration for note in line])) / score.ticks_per_quarter
    ticks = score.ticks_per_quarter
    whole = all(bar_duration(mark, ticks_per_quarter=ticks) % (2 * ticks) == 0 for mark in marks)
    return "half" if usual >= _SLOW and whole else "quarter"


def find_line(score: Score, voice: int, *, part: str = "") -> tuple[Note, ...]:
    """Find the line of a voice: one note at a time, ties joined, without grace notes.

    Parameters
    ----------
    voice : 0 (soprano) to 3 (bass)
    part : the part that has it, by name, id or number; of several notes at once the highest counts, of a bass the lowest. When not given:
        the part of that name, one of four lines by their height, else the tune of the score for a soprano and its last part for a bass

    Raises
    ------
    InputError : if there is no such line, or nothing in it.
    """
    title = score.title or "the score"
    parts = [each for each in score.parts if not each.is_percussion and each.notes]
    if not parts:
        raise InputError(title, found="no notes", expected="a tune")
    name = SATB_NAMES[voice]
    if part:
        (found,) = part_ids(score, [part])
        line = single_line(next(each for each in score.parts if each.id == found).notes, lowest=voice == 3)
    else:
        line = _usual_line(parts, voice)
    if not line:
        raise InputError(
            f"{title}, {name}",
            found="no such voice" if not part else f"no notes in part {part}",
            expected="a part of this name, or four lines of music",
            next_step=f"say which part it is: --lock-part {name}=PART",
        )
    return line


def _usual_line(parts: Sequence[Part], voice: int) -> tuple[Note, ...]:
    names = _TUNES if voice == 0 else (SATB_NAMES[voice],)
    named = [each for name in names for each in parts if each.name.strip().lower().startswith(name)]
    if named:
        return single_line(named[0].notes, lowest=voice == 3)
    lines: dict[tuple[str, int, int], list[Note]] = {}
    for each in parts:
        for note in each.notes:
            lines.setdefault((each.id, note.staff, note.voice), []).append(note)
    if len(lines) == len(SATB_NAMES):
        ordered = sorted(lines.values(), key=lambda notes: -float(np.mean([note.pitch for note in notes])))
        return single_line(ordered[voice], lowest=voice == 3)
    if voice == 0:
        return single_line(parts[0].notes)
    return single_line(parts[-1].notes, lowest=True) if voice == 3 and (len(parts) > 1 or parts[0].staves > 1) else ()


def single_line(notes: Sequence[Note], *, lowest: bool = False) -> tuple[Note, ...]:
    """Leave one note at a time: the highest (or lowest) of those that begin together; one that begins below a held one is left out.

    Examples
    --------
    >>> chord = (Note(0, 4, 60), Note(0, 8, 67), Note(4, 4, 62), Note(6, 4, 72))
    >>> [(note.onset, note.duration, note.pitch) for note in single_line(chord)]
    [(0, 6, 67), (6, 4, 72)]
    """
    side = -1 if lowest else 1
    heard = sorted((note for note in merge_ties(tuple(notes)) if not note.grace), key=lambda note: (note.onset, -side * note.pitch))
    line: list[Note] = []
    for note in heard:
        if line and note.onset == line[-1].onset:
            continue
        if line and note.onset < line[-1].end:
            if side * (note.pitch - line[-1].pitch) < 0:
                continue
            line[-1] = line[-1]._replace(duration=note.onset - line[-1].onset)
        line.append(note)
    return tuple(line)
