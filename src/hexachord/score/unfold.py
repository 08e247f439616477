"""Write out the repeats: a score as it is played, and the way back to the page.

The played score has every bar as often as it sounds, no repeat signs, brackets or jumps, and at every seam the tempo, metre, key, clef
and whatever else was in force where the player lands. `Unfolded` knows for every played moment where it stands on the page, and for
every played note which written one it is.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, TypeVar

import numpy as np

from hexachord.arrays import Float64Array, FloatArray, IntArray
from hexachord.score.garbage import collection_paused
from hexachord.score.lines import AFTER
from hexachord.score.model import (
    DEFAULT_QUARTER_BPM,
    Bar,
    Bend,
    ChordSymbol,
    Clef,
    Control,
    Direction,
    KeyMark,
    Lyric,
    MetreMark,
    Note,
    Part,
    Score,
    SectionMark,
    TempoMark,
)
from hexachord.score.playing_order import jump_of, playing_order
from hexachord.score.timing import tempo_map_of

_LASTING = frozenset(("wedge", "pedal", "dashes", "bracket", "octave-shift"))  # directions that may reach over a seam
_ROUNDING = 1e-6  # ticks: a place given in quarters may miss its tick by a hair
_PLAIN_BARLINES = frozenset(("light-heavy", "heavy-light", "heavy-heavy"))
_Point = TypeVar("_Point", TempoMark, MetreMark, KeyMark, Clef, Control, Bend, Direction)
_Span = TypeVar("_Span", ChordSymbol, SectionMark, Direction)


class Stretch(NamedTuple):
    """Written music played without a jump: from `written` on, `duration` ticks, as the played ticks from `played` on."""

    played: int
    written: int
    duration: int


class PlayedMoments(NamedTuple):
    """Moments in the order they are played: when, and which of the given places it is."""

    time_s: Float64Array
    place: IntArray


@dataclass(frozen=True, kw_only=True, eq=False)
class Unfolded:
    """A score as it is played.

    Attributes
    ----------
    score : written out; the written one itself when nothing repeats
    written : the score on the page
    stretches : in playing order; one when nothing repeats
    bar_indexes : for every played bar, which written one it is (empty when the score has no written bars)
    note_indexes : for each part and played note, which written note it is
    warnings : signs that were odd, and what was made of them
    """

    score: Score
    written: Score
    stretches: tuple[Stretch, ...]
    bar_indexes: IntArray
    note_indexes: tuple[IntArray, ...]
    warnings: tuple[str, ...] = ()

    @property
    def is_plain(self) -> bool:
        """Whether everything is played once, from the first bar to the last."""
        return self.score is self.written

    def written_tick(self, played: IntArray | FloatArray | int) -> Float64Array:
        """Where on the page a played tick stands; any shape. A tick at a seam belongs to what begins there."""
        at = np.asarray(played, dtype=np.float64)
        starts, written, _ = np.array(self.stretches, dtype=np.float64).T
        index = np.clip(np.searchsorted(starts, at, side="right") - 1, 0, None)
        return np.asarray(written[index] + at - starts[index])

    def played_ticks(self, written: float) -> Float64Array:
        """When a place on the page is played: every time, in order; empty when no way leads there."""
        return np.array(
            [stretch.played + written - stretch.written for stretch in self.stretches if stretch.written <= written < self._stop(stretch)],
            dtype=np.float64,
        )

    def _stop(self, stretch: Stretch) -> float:
        """Where a stretch ends on the page; the end of the page belongs to what leads there."""
        stop = stretch.written + stretch.duration
        return float("inf") if stretch is self.stretches[-1] and stop >= self.written.end_tick else float(stop)

    def played_moments(self, quarters: FloatArray | Sequence[float]) -> PlayedMoments:
        """Every second at which places on the page are played, in order of time: what a page needs to follow the sound.

        Parameters
        ----------
        quarters : (n,) places on the page, in quarter notes from the beginning of the written score

        Returns
        -------
        PlayedMoments with one entry for each place and pass; places given twice come twice, those never played not at all.
        """
        ticks = np.asarray(quarters, dtype=np.float64) * self.written.ticks_per_quarter
        order = np.argsort(ticks, kind="stable")
        places = ticks[order]
        times: list[Float64Array] = []
        places_played: list[IntArray] = []
        for stretch in self.stretches:
            first, stop = np.searchsorted(places, [stretch.written - _ROUNDING, self._stop(stretch) - _ROUNDING], side="left")
            times.append(stretch.played + places[first:stop] - stretch.written)
            places_played.append(order[first:stop])
        clock = tempo_map_of(self.score)
        return PlayedMoments(clock.seconds(np.concatenate(times)), np.concatenate(places_played).astype(np.int64))

    def first_times_s(self, quarters: FloatArray | Sequence[float]) -> Float64Array:
        """When places on the page (in quarters, any order) are played the first time, in seconds; NaN for those never played."""
        first = np.full(len(quarters), np.nan)
        moments = self.played_moments(quarters)
        first[moments.place[::-1]] = moments.time_s[::-1]
        return first


def unfold(score: Score) -> Unfolded:
    """Write out repeats, endings, da capo, dal segno, fine and coda.

    Syllables follow the passes: what is sung the n-th time is verse n, where there is one. Ties, pedals, hairpins and chords that
    would reach over a seam end there.

    Returns
    -------
    Unfolded; its score is the given one itself when nothing repeats (performances, most orchestral pages).

    Examples
    --------
    >>> bars = (Bar(0, 4, "1", repeat_end=2), Bar(4, 4, "2"))
    >>> played = unfold(Score(ticks_per_quarter=1, bars=bars))
    >>> [bar.number for bar in played.score.bars], played.written_tick(5).item(), played.played_ticks(1).tolist()
    (['1', '1', '2'], 1.0, [1.0, 5.0])
    """
    with collection_paused():
        order = playing_order(score)
        plain = list(order.bars) == list(range(len(score.bars)))
        if plain:
            return as_written(score, warnings=order.warnings)
        return _Writer(score, order.bars, order.passes).unfolded(order.warnings)


def as_written(score: Score, *, warnings: tuple[str, ...] = ()) -> Unfolded:
    """Play a score once through, whatever its signs say."""
    return Unfolded(
        score=score,
        written=score,
        stretches=(Stretch(0, 0, max(score.end_tick, 1)),),
        bar_indexes=np.arange(len(score.bars), dtype=np.int64),
        note_indexes=tuple(np.arange(len(part.notes), dtype=np.int64) for part in score.parts),
        warnings=warnings,
    )


class _Writer:
    """Copies what stands on the page, stretch by stretch."""

    def __init__(self, score: Score, order: tuple[int, ...], passes: tuple[int, ...]) -> None:
        self.score, self.order, self.passes = score, order, passes
        self.times = {index: passes[place] for place, index in enumerate(order)}  # how often each bar is played in all
        self.stretches: list[Stretch] = []
        tick = 0
        for place, index in enumerate(order):
            bar = score.bars[index]
            if place and order[place - 1] == index - 1:
                played, written, duration = self.stretches[-1]
                self.stretches[-1] = Stretch(played, written, duration + bar.duration)
            else:
                self.stretches.append(Stretch(tick, bar.tick, bar.duration))
            tick += bar.duration
        if order[-1] == len(score.bars) - 1:  # what hangs over the last bar belongs to it
            played, written, duration = self.stretches[-1]
            self.stretches[-1] = Stretch(played, written, max(duration, score.end_tick - written))

    def unfolded(self, warnings: tuple[str, ...]) -> Unfolded:
        score = self.score
        copied = [self._part(part) for part in score.parts]
        played = replace(
            score,
            parts=tuple(part for part, _ in copied),
            tempos=self._tempos(),
            metres=self._points(score.metres, lambda _: 0),
            keys=self._points(score.keys, lambda _: 0),
            chords=self._spans(score.chords),
            sections=self._spans(score.sections),
            bars=self._bars(),
        )
        return Unfolded(
            score=played,
            written=score,
            stretches=tuple(self.stretches),
            bar_indexes=np.array(self.order, dtype=np.int64),
            note_indexes=tuple(indexes for _, indexes in copied),
            warnings=warnings,
        )

    def _bars(self) -> tuple[Bar, ...]:
        bars: list[Bar] = []
        tick = 0
        for index in self.order:
            bar = self.score.bars[index]
            keeps = bar.barline not in _PLAIN_BARLINES
            bars.append(Bar(tick, bar.duration, bar.number, barline=bar.barline if keeps else ""))
            tick += bar.duration
        bars[-1] = bars[-1]._replace(barline="light-heavy")
        return tuple(bars)

    # --- notes ---------------------------------------------------------------------------------------------------------------------

    def _part(self, part: Part) -> tuple[Part, IntArray]:
        notes, indexes = self._notes(part.notes)
        kept = tuple(sign for sign in part.directions if not jump_of(sign))
        copied = replace(
            part,
            notes=notes,
            clefs=self._points(part.clefs, lambda clef: clef.staff),
            directions=self._directions(kept),
            controls=self._points(part.controls, lambda control: control.number),
            bends=self._points(part.bends, lambda _: 0),
        )
        return copied, indexes

    def _notes(self, notes: tuple[Note, ...]) -> tuple[tuple[Note, ...], IntArray]:
        bars = self.score.bars
        by_bar: list[list[int]] = [[] for _ in bars]
        for index, note in enumerate(notes):
            onset = note.onset - 1 if note.grace and AFTER in note.marks else note.onset
            by_bar[max(0, bisect_right(bars, onset, key=lambda bar: bar.tick) - 1)].append(index)
        copied: list[Note] = []
        indexes: list[int] = []
        seams = [stretch.played + stretch.duration for stretch in self.stretches]
        tick = 0
        for bar_index, number in zip(self.order, self.passes, strict=True):
            shift = tick - bars[bar_index].tick
            seam = seams[bisect_right(seams, tick)]
            sung_often = self.times[bar_index] > 1
            for index in by_bar[bar_index]:
                note = notes[index]
                onset = note.onset + shift
                duration = min(note.duration, max(0, seam - onset))
                lyrics = _verse(note, number) if sung_often and note.lyrics else note.lyrics
                copied.append(note._replace(onset=onset, duration=duration, lyrics=lyrics))
            indexes += by_bar[bar_index]
            tick += bars[bar_index].duration
        return tuple(copied), np.array(indexes, dtype=np.int64)

    # --- everything else -------------------------------------------------------------------------------------------------------------

    def _tempos(self) -> tuple[TempoMark, ...]:
        marks = tuple(sorted(self.score.tempos, key=lambda mark: mark.tick))
        if marks and marks[0].tick > 0:
            marks = (TempoMark(0, DEFAULT_QUARTER_BPM), *marks)
        copied = self._points(marks, lambda _: 0)
        in_force = DEFAULT_QUARTER_BPM
        kept: list[TempoMark] = []
        for mark in copied:
            if mark.text or mark.metronome or mark.quarter_bpm != in_force:
                kept.append(mark)
            in_force = mark.quarter_bpm
        return tuple(kept)

    def _points(self, marks: Sequence[_Point], family: Callable[[_Point], int]) -> tuple[_Point, ...]:
        """Copy marks that hold until the next of their family; at a seam those in force there are said again."""
        ordered = sorted(marks, key=lambda mark: mark.tick)
        ticks = [mark.tick for mark in ordered]
        copied: list[_Point] = []
        state: dict[int, _Point] = {}
        for number, (played, written, duration) in enumerate(self.stretches):
            first, stop = bisect_left(ticks, written), bisect_left(ticks, written + duration)
            if number == len(self.stretches) - 1 and stop < len(ticks) and written + duration >= self.score.end_tick:
                stop = len(ticks)
            at_once = {family(mark) for mark in ordered[first:stop] if mark.tick == written}
            before = {family(mark): mark for mark in ordered[:first]}
            for key, mark in before.items():
                if key not in at_once and _said(mark) != _said(state.get(key)):
                    copied.append(_quiet(mark)._replace(tick=played))
                    state[key] = mark
            for mark in ordered[first:stop]:
                if number and mark.tick == written and not isinstance(mark, TempoMark) and _said(mark) == _said(state.get(family(mark))):
                    continue
                copied.append(mark._replace(tick=mark.tick - written + played))
                state[family(mark)] = mark
        return tuple(copied)

    def _spans(self, spans: Sequence[_Span]) -> tuple[_Span, ...]:
        """Copy spans; one without an end reaches to the next, and none reaches over a seam."""
        ordered = sorted(spans, key=lambda span: span.tick)
        copied: list[_Span] = []
        for played, written, duration in self.stretches:
            for place, span in enumerate(ordered):
                following = ordered[place + 1].tick if place + 1 < len(ordered) else self.score.end_tick
                end = following if span.end is None else span.end
                if not (written <= span.tick < written + duration or span.tick < written < end):
                    continue
                start = max(span.tick, written)
                shift = played - written
                stop = None if span.end is None else min(span.end, written + duration) + shift
                copied.append(span._replace(tick=start + shift, end=stop))
        return tuple(copied)

    def _directions(self, signs: tuple[Direction, ...]) -> tuple[Direction, ...]:
        copied: list[Direction] = []
        ordered = sorted(signs, key=lambda sign: sign.tick)
        ticks = [sign.tick for sign in ordered]
        lasting = [sign for sign in ordered if sign.kind in _LASTING and sign.end is not None]
        for number, (played, written, duration) in enumerate(self.stretches):
            stop_tick = written + duration + (number == len(self.stretches) - 1)
            first, stop = bisect_left(ticks, written), bisect_left(ticks, stop_tick)
            running = [sign for sign in lasting if sign.tick < written < (sign.end or 0)]
            for sign in (*running, *ordered[first:stop]):
                end = None if sign.end is None else min(sign.end, written + duration) - written + played
                copied.append(sign._replace(tick=max(sign.tick, written) - written + played, end=end))
        return tuple(copied)


def _said(mark: TempoMark | MetreMark | KeyMark | Clef | Control | Bend | Direction | None) -> tuple[object, ...]:
    """What a mark means, without its place and its words."""
    if mark is None:
        return ()
    return (mark.quarter_bpm,) if isinstance(mark, TempoMark) else tuple(mark[1:])


def _quiet(mark: _Point) -> _Point:
    """A mark said again shows nothing on the page where the page says it with words."""
    return mark._replace(text="", metronome="") if isinstance(mark, TempoMark) else mark


def _verse(note: Note, number: int) -> tuple[Lyric, ...]:
    """The syllable sung the n-th time: that of verse n; one that stands alone is sung every time."""
    verses = {lyric.verse for lyric in note.lyrics}
    wanted = number if len(verses) > 1 else next(iter(verses))
    return tuple(lyric._replace(verse=1) for lyric in note.lyrics if lyric.verse == wanted)
