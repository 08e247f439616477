"""Beats as a tempo map: a score without music whose beats fall exactly where a recording has them.

Opened in a sequencer, as MIDI, it makes bars and grid follow the recording. MIDI counts a tempo in whole microseconds per quarter note,
so every tempo is rounded to one here, and what rounding loses on one beat is given back on the next: errors do not add up.
"""

import numpy as np

from hexachord.arrays import Float64Array, IntArray
from hexachord.knowledge import Beats, Metre
from hexachord.score.model import TICKS_PER_QUARTER, MetreMark, Note, Part, Score, TempoMark
from hexachord.score.timing import bar_duration

_US_PER_MINUTE = 60_000_000
_MOST_US = (1 << 24) - 1  # per quarter, in a MIDI file: 3.6 beats a minute
_CLICK_KEYS = (76, 77)  # General MIDI's high wood block for downbeats, the low one for other beats
_SMALLEST_LEAD = 16  # a lead-in shorter than a beat is counted in sixteenths
_LONGEST_RUN = 256  # beats under one tempo mark at most


def tempo_map_score(beats: Beats, metre: Metre, *, clicks: bool = False, tolerance_s: float = 0.0, title: str = "") -> Score:
    """Write beats as a score of tempo and metre marks.

    Parameters
    ----------
    beats : at least two, ascending. Their positions make the bars: a bar lasts from one downbeat to the next, whatever `metre` says, so
        metres may change; beats before the first downbeat are a pick-up. Where no position is known bars are counted from the first beat.
    metre : how many beats an unfinished bar would have, how beats divide and what they are written as: two that divide in three make 6/8
    clicks : add a percussion part that plays the beats
    tolerance_s : leave out tempo marks as long as every beat stays as near as this
    title : of the score

    Returns
    -------
    Score. Before the first beat stands a lead-in: whole beats at about the tempo of the first, or sixteenths when there is less time than
    half a beat.

    Raises
    ------
    ValueError : if there are fewer than two beats, one before 0 s, or two at one time.

    Examples
    --------
    >>> from hexachord.score.timing import tempo_map_of
    >>> beats = Beats(time_s=np.array([0.5, 1.0, 1.52, 2.0, 2.5]), position=np.array([1, 2, 3, 1, 2]))
    >>> score = tempo_map_score(beats, Metre(beats_per_bar=3))
    >>> tempo_map_of(score).seconds(np.arange(1, 6) * score.ticks_per_quarter).round(5)
    array([0.5 , 1.  , 1.52, 2.  , 2.5 ])
    >>> [(mark.tick // score.ticks_per_quarter, mark.beats, mark.beat_type) for mark in score.metres]
    [(0, 1, 4), (1, 3, 4)]
    """
    time_s = np.asarray(beats.time_s, dtype=np.float64)
    if len(time_s) < 2 or time_s[0] < 0 or not (np.diff(time_s) > 0).all():
        raise ValueError("a tempo map needs two beats or more, ascending from 0 s on")
    unit = MetreMark(0, 3 if metre.is_compound else 1, metre.beat_type)  # a bar of one beat
    beat_ticks = bar_duration(unit, ticks_per_quarter=TICKS_PER_QUARTER)
    lead, lead_ticks = _lead_in(time_s, unit, beat_ticks)
    ticks = lead_ticks + beat_ticks * np.arange(len(time_s))
    corners, corners_s = (ticks, time_s) if lead is None else (np.append(0, ticks), np.append(0.0, time_s))
    position = np.asarray(beats.position)
    return Score(
        parts=(_click_part(ticks, position, beat_ticks),) if clicks else (),
        title=title,
        tempos=_tempos(corners, corners_s, tolerance_s=tolerance_s),
        metres=_metres(position, metre.beats_per_bar, unit, lead=lead, lead_ticks=lead_ticks, beat_ticks=beat_ticks),
    )


def _lead_in(time_s: Float64Array, unit: MetreMark, beat_ticks: int) -> tuple[MetreMark | None, int]:
    """One bar for the time before the first beat, and its ticks."""
    before = time_s[0] / (time_s[1] - time_s[0])  # in beats
    if time_s[0] <= 0.5e-6:
        return None, 0
    if before >= 0.5:
        count = round(before)
        return MetreMark(0, count * unit.beats, unit.beat_type), count * beat_ticks
    sixteenth = TICKS_PER_QUARTER * 4 // _SMALLEST_LEAD
    count = max(1, round(before * beat_ticks / sixteenth))
    return MetreMark(0, count, _SMALLEST_LEAD), count * sixteenth


def _tempos(ticks: IntArray, time_s: Float64Array, *, tolerance_s: float) -> tuple[TempoMark, ...]:
    """As few marks as keep every corner within the tolerance; each rounded to microseconds from where rounding has led so far."""
    marks: list[TempoMark] = []
    start, last, here_s = 0, len(ticks) - 1, float(time_s[0])
    while start < last:
        end = start + 1
        while tolerance_s > 0 and end < min(last, start + _LONGEST_RUN):
            line = here_s + (time_s[end + 1] - here_s) * (ticks[start : end + 2] - ticks[start]) / (ticks[end + 1] - ticks[start])
            if np.abs(line - time_s[start : end + 2]).max() > tolerance_s:
                break
            end += 1
        quarters = float(ticks[end] - ticks[start]) / TICKS_PER_QUARTER
        quarter_us = min(_MOST_US, max(1, round((time_s[end] - here_s) * 1e6 / quarters)))
        here_s += quarter_us * quarters * 1e-6
        if not marks or marks[-1].quarter_bpm != _US_PER_MINUTE / quarter_us:
            marks.append(TempoMark(int(ticks[start]), _US_PER_MINUTE / quarter_us))
        start = end
    return tuple(marks)


def _metres(
    position: IntArray, beats_per_bar: int, unit: MetreMark, *, lead: MetreMark | None, lead_ticks: int, beat_ticks: int
) -> tuple[MetreMark, ...]:
    """A mark wherever a bar is not as long as the one before it."""
    marks = [] if lead is None else [lead]
    downbeats = np.flatnonzero(position == 1).tolist() or [0]
    lengths = np.diff(downbeats).tolist()
    usual = int(np.bincount(lengths).argmax()) if lengths else beats_per_bar
    bars = list(zip(downbeats, [*lengths, usual], strict=True))
    if bars[0][0] > 0:
        bars.insert(0, (0, bars[0][0]))  # the pick-up
    for first, length in bars:
        mark = MetreMark(lead_ticks + first * beat_ticks, length * unit.beats, unit.beat_type)
        if not marks or marks[-1][1:3] != mark[1:3]:
            marks.append(mark)
    return tuple(marks)


def _click_part(ticks: IntArray, position: IntArray, beat_ticks: int) -> Part:
    notes = tuple(
        Note(int(tick), max(1, beat_ticks // 4), _CLICK_KEYS[0 if place == 1 else 1], 110 if place == 1 else 80)
        for tick, place in zip(ticks.tolist(), position.tolist(), strict=True)
    )
    return Part(notes=notes, name="Click", is_percussion=True, channel=9)
