"""Pages on the clock of a performance: those that we write, and those of ASAP that say how it should have been written.

ASAP's scores come as MIDI of two tracks, one per hand, with their beats; the same beats of a performance carry them to its clock.
The file knows hands but no voices within them, so that on both sides a voice is a hand. A signature has no mode, so that a key is
the major key of its signature.
"""

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from hexachord.arrays import Float64Array, FloatArray, IntArray, StructuredArray
from hexachord.bench.asap import BeatMark, read_marks
from hexachord.errors import InputError
from hexachord.knowledge import Beats, Metre
from hexachord.metrics.mv2h import NotatedMusic, nested_groupings
from hexachord.score.model import MetreMark, Score
from hexachord.score.timing import bars_of, metre_at, tempo_map_of
from hexachord.theory.keys import MAJOR_TONICS, key_fifths

Clock = Callable[[FloatArray | IntArray], Float64Array]
"""From ticks to seconds."""

_ORNAMENT_TICKS = 1  # MuseScore leaves such crumbs where a key is struck twice at once
_NEAR_TICKS = 2  # and ends notes a tick early
_SHARES = {"staccato": 1 / 2, "staccatissimo": 1 / 3}
_LEAST_BEAT_S = 0.06  # repeats that were not played are annotated as beats of no length


@dataclass(frozen=True, kw_only=True, eq=False)
class TruePage:
    """The page of a performance, and its beats and metre as knowledge to give away; `until_s` is how far both go."""

    page: NotatedMusic
    beats: Beats
    metre: Metre
    until_s: float


def page_of(score: Score, *, clock: Clock | None = None, by_voice: bool = False) -> NotatedMusic:
    """Put a score for two staves on a clock, that of its tempo map when none is given; a voice is a staff, or what the page says."""
    seconds = clock or tempo_map_of(score).seconds
    notes, staves = written_notes(score)
    beats, position, parts = beats_of(score)
    ends = [*(mark.tick for mark in score.keys), score.end_tick][1:]
    spans = [(mark.tick, end, signature_key(mark.fifths)) for mark, end in zip(score.keys, ends, strict=True) if end > mark.tick]
    return NotatedMusic(
        onset_s=seconds(notes["onset_tick"]),
        offset_s=seconds(notes["onset_tick"] + notes["duration_tick"]),
        pitch=notes["pitch"].astype(np.int64),
        voice=staves * 100 + notes["voice"] if by_voice else staves,
        hand=np.where(staves <= 2, staves, 0),
        groupings_s=grouped(seconds(beats), position, parts),
        key_intervals_s=seconds(np.array([span[:2] for span in spans]).reshape(-1, 2)),
        key_labels=tuple(span[2] for span in spans),
    )


def written_notes(score: Score) -> tuple[StructuredArray, IntArray]:
    """The notes of a score and their staves: 1 the upper, 2 the lower; parts of one staff each are counted as staves.

    A dotted note is as long as ASAP has it: MuseScore, which wrote its MIDI, lets go of staccato halfway. So a page that dots a quarter
    and one that writes an eighth and a rest are the same page.
    """
    from hexachord.score.notes import note_array

    notes = note_array(score, percussion=False)
    dotted = {
        (number, note.onset, note.staff, note.voice): share
        for number, part in enumerate(score.parts)
        for note in part.notes
        for mark, share in _SHARES.items()
        if mark in note.marks
    }
    for row in notes if dotted else ():
        share = dotted.get((int(row["part"]), int(row["onset_tick"]), int(row["staff"]), int(row["voice"])), 1.0)
        for name in ("duration_tick", "duration_quarter", "duration_s"):
            row[name] = row[name] * share
    staves = np.cumsum([0, *(max(1, part.staves) for part in score.parts)])[:-1]
    return notes, np.asarray(staves[notes["part"]] + notes["staff"], dtype=np.int64)


def beats_of(score: Score) -> tuple[IntArray, IntArray, IntArray]:
    """Ticks of the felt beats, their places in the bar from 1, and into how many each divides; the last is the closing bar line."""
    ticks, places, parts = list[int](), list[int](), list[int]()
    bars = bars_of(score)
    for index, bar in enumerate(bars):
        mark = metre_at(score, bar.tick)
        division = _division(mark)
        unit = max(1, score.ticks_per_quarter * 4 // mark.beat_type * (division if division == 3 else 1))
        count = max(1, -(-bar.duration // unit))
        short = index == 0 and len(bars) > 1 and bar.duration * mark.beat_type < mark.beats * score.ticks_per_quarter * 4
        first = bar.end - count * unit if short else bar.tick  # a pick-up ends with its bar
        begins = [tick for tick in range(first, first + count * unit, unit) if tick >= bar.tick]
        ticks += begins
        places += [0] * len(begins) if short else list(range(1, len(begins) + 1))
        parts += [division] * len(begins)
    if bars:
        ticks.append(bars[-1].end)
        places.append(1)
        parts.append(2)
    return np.array(ticks, dtype=np.int64), np.array(places, dtype=np.int64), np.array(parts, dtype=np.int64)


def _division(mark: MetreMark) -> int:
    """Into how many a beat divides as ASAP counts: 6/4 has two beats of three as well."""
    return 3 if mark.beats % 3 == 0 and mark.beats > 3 else 2


def grouped(time_s: Float64Array, position: IntArray, parts: IntArray) -> Float64Array:
    """Bars, beats and sub-beats, those left out that a clock has squeezed to nothing."""
    found = nested_groupings(time_s, position, parts=parts)
    return found[(found[:, 1] > found[:, 0]) & (found[:, 0] >= 0)]


def within(page: NotatedMusic, start_s: float, end_s: float, *, slack_s: float = 0.05) -> NotatedMusic:
    """Leave out groupings that no truth speaks of."""
    inside = (page.groupings_s[:, 0] >= start_s - slack_s) & (page.groupings_s[:, 1] <= end_s + slack_s)
    return replace(page, groupings_s=page.groupings_s[inside])


def signature_key(fifths: int) -> str:
    """The major key of a signature.

    Examples
    --------
    >>> signature_key(-3), signature_key(7)
    ('Eb major', 'Db major')
    """
    return next(f"{tonic} major" for tonic in MAJOR_TONICS if (key_fifths(tonic, "major") - fifths) % 12 == 0)


def true_page(score_path: Path, score_marks: Path, performance_marks: Path, *, until_s: float) -> TruePage:
    """Carry a score of ASAP to the clock of a performance, as far as `until_s`.

    Raises
    ------
    InputError : if a file cannot be read, or the beats of score and performance are not as many.
    """
    from hexachord.score.midi import load_midi

    score, written, played = load_midi(score_path), read_marks(score_marks), read_marks(performance_marks)
    if len(written) != len(played) or len(played) < 4:
        raise InputError(performance_marks, found=f"{len(played)} beats", expected=f"the {len(written)} of {score_marks.name}")
    index = _ascending(written, played)
    tick = tempo_map_of(score).ticks(np.array([written[i].time_s for i in index]))
    time_s = np.array([played[i].time_s for i in index])
    clock = line_clock(tick, time_s)
    position, parts, length = _places([written[i] for i in index], tick, score.ticks_per_quarter)
    played_too = np.append(np.diff(time_s) >= _LEAST_BEAT_S, True)
    inside = (time_s <= until_s) & played_too
    notes, hands = _mended(score)
    onset_s = clock(notes["onset_tick"])
    beat = np.clip(np.searchsorted(tick, notes["onset_tick"], side="right") - 1, 0, None)
    kept = (onset_s < until_s) & played_too[beat]
    beats = Beats(time_s=time_s[inside], position=position[inside])
    last_s = float(time_s[inside][-1])
    key_intervals_s, key_labels = _keys([written[i] for i in index], time_s, last_s)
    page = NotatedMusic(
        onset_s=onset_s[kept],
        offset_s=clock(notes["onset_tick"] + notes["duration_tick"])[kept],
        pitch=notes["pitch"].astype(np.int64)[kept],
        voice=hands[kept],
        hand=(hands if len(score.parts) == 2 else np.zeros_like(hands))[kept],
        groupings_s=grouped(time_s[inside], position[inside], parts[inside]),
        key_intervals_s=key_intervals_s,
        key_labels=key_labels,
    )
    return TruePage(page=page, beats=beats, metre=main_metre(position, parts, length), until_s=min(until_s, last_s))


def _ascending(written: list[BeatMark], played: list[BeatMark]) -> list[int]:
    """Which beats go forward on both clocks."""
    kept = [0]
    for index in range(1, len(written)):
        if written[index].time_s > written[kept[-1]].time_s + 1e-4 and played[index].time_s > played[kept[-1]].time_s + 1e-4:
            kept.append(index)
    return kept


def line_clock(tick: Float64Array, time_s: Float64Array) -> Clock:
    """Straight lines from beat to beat, and on beyond the first and last."""

    def seconds(ticks: FloatArray | IntArray) -> Float64Array:
        place = np.clip(np.searchsorted(tick, ticks, side="right") - 1, 0, len(tick) - 2)
        slope = (time_s[place + 1] - time_s[place]) / (tick[place + 1] - tick[place])
        return np.asarray(time_s[place] + (np.asarray(ticks) - tick[place]) * slope)

    return seconds


def _mended(score: Score) -> tuple[StructuredArray, IntArray]:
    """The notes of a score that came as MIDI, without crumbs and with ends where they are written, and the hand of each track."""
    notes, hands = written_notes(score)
    kept = notes["duration_tick"] > _ORNAMENT_TICKS
    notes, hands = notes[kept].copy(), hands[kept]
    onsets = np.unique(notes["onset_tick"]).tolist()
    for row in notes:
        end = int(row["onset_tick"] + row["duration_tick"])
        place = bisect_left(onsets, end - _NEAR_TICKS)
        near = place < len(onsets) and abs(onsets[place] - end) <= _NEAR_TICKS and onsets[place] > row["onset_tick"]
        row["duration_tick"] = (onsets[place] if near else end + (end % 10 == 9)) - row["onset_tick"]
    return notes, hands


def _places(marks: list[BeatMark], tick: Float64Array, quarter: int) -> tuple[IntArray, IntArray, Float64Array]:
    """Places in the bar (0 before the first), into how many each beat divides, and how many quarters it lasts."""
    place, metre, places, parts = 0, (4, 4), list[int](), list[int]()
    length = np.append(np.diff(tick), tick[-1] - tick[-2]) / quarter
    for mark, quarters in zip(marks, length.tolist(), strict=True):
        place = 1 if mark.is_first else place + (place > 0)
        metre = mark.metre or metre
        places.append(place)
        parts.append(3 if metre[0] % 3 == 0 and metre[0] > 3 and round(quarters * metre[1] / 4) % 3 == 0 else 2)
    return np.array(places), np.array(parts), length


def main_metre(position: IntArray, parts: IntArray, length: Float64Array) -> Metre:
    """What most bars are in."""
    division = int(np.bincount(parts).argmax())
    first = np.flatnonzero(position == 1)
    count = int(np.bincount(np.diff(first)).argmax()) if len(first) > 1 else int(position.max(initial=1))
    quarters = float(np.median(length[parts == division]))
    written = 4.0 * (3 if division == 3 else 1) / quarters
    beat_type = min((1, 2, 4, 8, 16, 32), key=lambda kind: abs(np.log2(kind / written)))
    return Metre(beats_per_bar=count, beat_type=beat_type, beat_division=division, confidence=1.0, division_confidence=1.0)


def _keys(marks: list[BeatMark], time_s: Float64Array, end_s: float) -> tuple[Float64Array, tuple[str, ...]]:
    """Keys of the signatures, up to a moment."""
    said = [(start, mark.fifths) for start, mark in zip(time_s.tolist(), marks, strict=True) if mark.fifths is not None and start < end_s]
    ends = [*(start for start, _ in said[1:]), end_s]
    intervals = np.array([(start, end) for (start, _), end in zip(said, ends, strict=True)]).reshape(-1, 2)
    return np.maximum(intervals, 0.0), tuple(signature_key(fifths) for _, fifths in said)
