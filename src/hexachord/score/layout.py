"""A part laid out bar by bar, as writers of pages need it: lines of chords and rests."""

from bisect import bisect_right
from dataclasses import dataclass, replace

from hexachord.score.grid import Beat, beats_of_bar, skipped_before
from hexachord.score.lines import Event, Line, bar_lines, home_staves, notes_by_bar, voices_are_per_staff, with_rests
from hexachord.score.model import Bar, MetreMark, Note, Part, Score
from hexachord.score.timing import bar_duration, metre_at

_NO_CUTS: frozenset[tuple[int, int]] = frozenset()


@dataclass(frozen=True)
class BarLayout:
    """What a bar holds before it is spelled out."""

    bar: Bar
    metre: MetreMark
    beats: tuple[Beat, ...]
    lines: list[Line]
    notes: list[Note]


def lay_out(part: Part, score: Score, *, tab_view: int = 0) -> list[BarLayout]:
    """Lay a part of a complete score (`hexachord.score.notated`) out, bar by bar.

    `tab_view` is a TAB staff that only repeats another one: it has no rests.
    """
    homes, per_staff = home_staves(part), voices_are_per_staff(part)
    starts = [bar.tick for bar in score.bars]
    cuts: dict[int, frozenset[tuple[int, int]]] = {}
    for sign in part.directions:
        if sign.kind == "fermata":
            place = bisect_right(starts, sign.tick) - 1
            cuts[place] = cuts.get(place, _NO_CUTS) | {(sign.staff, sign.tick)}
    layout = []
    for index, (bar, notes) in enumerate(zip(score.bars, notes_by_bar(part.notes, score.bars), strict=True)):
        metre = metre_at(score, bar.tick)
        beats = _beats(score, index, bar, metre)
        full = bar.duration == bar_duration(metre, ticks_per_quarter=score.ticks_per_quarter)
        lines = [
            with_rests(line, bar, beats, full=full, cuts=cuts.get(index, _NO_CUTS), ticks_per_quarter=score.ticks_per_quarter)
            for line in _shown_lines(bar_lines(notes, part, homes=homes, per_staff=per_staff), tab_view)
        ]
        layout.append(BarLayout(bar, metre, beats, _without_idle_rests(lines), notes))
    return layout


def _without_idle_rests(lines: list[Line]) -> list[Line]:
    """Show no rests before a further voice of a staff enters a bar, nor after it has left: the fullest voice counts the beats for all."""
    return [replace(line, events=_between_notes(line.events)) if line is not _fullest(lines, line.staff) else line for line in lines]


def _fullest(lines: list[Line], staff: int) -> Line:
    mine = [line for line in lines if line.staff == staff]
    return max(mine, key=lambda line: (sum(event.duration for event in line.events if event.notes), not line.secondary, -line.voice))


def _between_notes(events: list[Event]) -> list[Event]:
    """Hide rests outside the first and the last note."""
    played = [index for index, event in enumerate(events) if event.notes or event.graces]
    if not played:
        return events
    first, last = played[0], played[-1]
    return [replace(event, visible=False) if index < first or index > last else event for index, event in enumerate(events)]


def _shown_lines(lines: list[Line], tab_view: int) -> list[Line]:
    """Without rests on a TAB staff that only repeats another one."""
    shown = [line for line in lines if line.staff != tab_view or any(event.notes for event in line.events)]
    return [replace(line, secondary=True) if line.staff == tab_view else line for line in shown]


def _beats(score: Score, index: int, bar: Bar, metre: MetreMark) -> tuple[Beat, ...]:
    skipped = skipped_before(score.bars, index, metre, ticks_per_quarter=score.ticks_per_quarter)
    return beats_of_bar(metre, duration=bar.duration, skipped=skipped, ticks_per_quarter=score.ticks_per_quarter)
