"""From beats in seconds to bars in ticks: the frame that notes are written into.

The beats of a recording are extended to its start and past its end, tick 0 is put at second 0, and a tempo map is laid through them, so
that a player can follow the recording on the page.
"""

from dataclasses import dataclass

import numpy as np

from hexachord.arrays import Float64Array, FloatArray, IntArray
from hexachord.knowledge import Beats, Metre
from hexachord.score.model import TICKS_PER_QUARTER, Bar, MetreMark, TempoMark

_TEMPO_TOLERANCE_S = 0.01  # one tempo mark serves as long as no beat strays further from its straight line
_SLACK = 0.125  # of a beat
_BEAT_NAMES = {0.5: "eighth", 0.75: "eighth.", 1.0: "quarter", 1.5: "quarter.", 2.0: "half", 3.0: "half."}


@dataclass(frozen=True, kw_only=True, eq=False)
class BarGrid:
    """Beats as ticks and bars.

    `beat_s` are beat times from the start of the score past its end; beat i stands at tick ``i * beat_ticks``. In compound time
    (6/8, which has two) a beat is a dotted value and divides into three.
    """

    beat_s: Float64Array
    beat_ticks: int
    compound: bool
    bars: tuple[Bar, ...]
    metres: tuple[MetreMark, ...]
    tempos: tuple[TempoMark, ...]

    def beats_at(self, time_s: FloatArray) -> Float64Array:
        """Fractional beat numbers of clock times, interpolated between beats and continued outside them."""
        time = np.asarray(time_s, dtype=np.float64)
        index = np.clip(np.searchsorted(self.beat_s, time, side="right") - 1, 0, len(self.beat_s) - 2)
        return np.asarray(index + (time - self.beat_s[index]) / (self.beat_s[index + 1] - self.beat_s[index]))

    def seconds_at(self, ticks: IntArray) -> Float64Array:
        """When ticks come, by the beats."""
        return np.asarray(np.interp(ticks / self.beat_ticks, np.arange(len(self.beat_s)), self.beat_s), dtype=np.float64)

    def nearest_beat_tick(self, time_s: float) -> int:
        """The tick of the beat closest to a clock time."""
        return int(np.clip(np.round(self.beats_at(np.array([time_s]))[0]), 0, len(self.beat_s) - 1)) * self.beat_ticks


def bar_grid(beats: Beats, *, metre: Metre, end_s: float) -> BarGrid:
    """Lay bars through beats.

    Parameters
    ----------
    beats : at least two; where no position is known the first beat is taken for a downbeat
    metre : beats in a bar, how they divide and what they are written as
    end_s : the bars go on until here

    Raises
    ------
    ValueError : if there are fewer than two beats or they do not ascend.
    """
    times = np.asarray(beats.time_s, dtype=np.float64)
    if len(times) < 2 or not (np.diff(times) > 0).all():
        raise ValueError(f"notation needs two or more ascending beats, found {len(times)}")
    count = max(1, metre.beats_per_bar)
    positions = _known_positions(np.asarray(beats.position, dtype=np.int64), count)
    lead_s = float(np.median(np.diff(times[:9])))
    tail_s = float(np.median(np.diff(times[-9:])))
    needed = max(2, int(np.searchsorted(times, end_s - _SLACK * tail_s)) + 1)  # a sound that outlasts the bar line by a hair needs no bar
    times, positions = times[:needed], positions[:needed]
    before = max(0, round(times[0] / lead_s + 1e-9))
    after = max(0, int(np.ceil((end_s - times[-1]) / tail_s - _SLACK)))
    after += -(positions[-1] + after - 1) % count  # go on to the bar line
    times = np.concatenate([times[0] - lead_s * np.arange(before, 0, -1), times, times[-1] + tail_s * np.arange(1, after + 1)])
    positions = np.concatenate(
        [(positions[0] - 1 - np.arange(before, 0, -1)) % count + 1, positions, (positions[-1] - 1 + np.arange(1, after + 1)) % count + 1]
    )
    beat_ticks = 4 * TICKS_PER_QUARTER * (3 if metre.is_compound else 1) // metre.beat_type
    bars, metres = _bars(positions, beat_ticks, metre)
    clock = times.copy()
    clock[0] = 0.0  # the recording starts where the score does; what this bends is the silence before the first beat
    tempos = _tempos(clock, beat_ticks)
    return BarGrid(beat_s=times, beat_ticks=beat_ticks, compound=metre.is_compound, bars=bars, metres=metres, tempos=tempos)


def _known_positions(positions: IntArray, count: int) -> IntArray:
    """Fill unknown positions (0) by counting on from the last known one, backwards before the first."""
    known = np.flatnonzero(positions > 0)
    if len(known) == 0:
        return np.asarray(np.arange(len(positions)) % count + 1)
    filled = positions.copy()
    for index in range(int(known[0]) - 1, -1, -1):
        filled[index] = (filled[index + 1] - 2) % count + 1
    for index in range(int(known[0]) + 1, len(filled)):
        if filled[index] <= 0:
            filled[index] = filled[index - 1] % count + 1
    return filled


def _bars(positions: IntArray, beat_ticks: int, metre: Metre) -> tuple[tuple[Bar, ...], tuple[MetreMark, ...]]:
    """Bars from downbeat to downbeat; a bar of another length gets its own time signature, a short first one is a pick-up."""
    starts = np.flatnonzero(positions[:-1] == 1)
    if len(starts) == 0 or starts[0] != 0:
        starts = np.concatenate([[0], starts])
    ends = np.concatenate([starts[1:], [len(positions) - 1]])
    pick_up = positions[0] != 1 and ends[0] - starts[0] < metre.beats_per_bar
    bars: list[Bar] = []
    metres: list[MetreMark] = []
    for index, (start, end) in enumerate(zip(starts.tolist(), ends.tolist(), strict=True)):
        bars.append(Bar(start * beat_ticks, (end - start) * beat_ticks, str(index + (0 if pick_up else 1))))
        length = metre.beats_per_bar if (pick_up and index == 0) or index == len(starts) - 1 else end - start
        mark = MetreMark(start * beat_ticks, length * (3 if metre.is_compound else 1), metre.beat_type)
        if not metres or metres[-1][1:3] != mark[1:3]:
            metres.append(mark)
    bars[-1] = bars[-1]._replace(barline="light-heavy")
    return tuple(bars), tuple(metres)


def _tempos(beat_s: Float64Array, beat_ticks: int) -> tuple[TempoMark, ...]:
    """As few tempo marks as keep every beat within the tolerance."""
    marks: list[TempoMark] = []
    quarters = beat_ticks / TICKS_PER_QUARTER
    start, last = 0, len(beat_s) - 1
    while start < last:
        end = start + 1
        while end < last:
            line = np.linspace(beat_s[start], beat_s[end + 1], end + 2 - start)
            if np.abs(line - beat_s[start : end + 2]).max() > _TEMPO_TOLERANCE_S:
                break
            end += 1
        bpm = 60.0 * quarters * (end - start) / (beat_s[end] - beat_s[start])
        marks.append(TempoMark(start * beat_ticks, round(float(bpm), 6)))
        start = end
    if marks:  # the page shows one tempo, the middle one; the others are for the player
        shown = _BEAT_NAMES.get(quarters)
        usual = round(60.0 / float(np.median(np.diff(beat_s))))
        marks[0] = marks[0]._replace(metronome=f"{shown} = {usual}" if shown else "")
    return tuple(marks)
