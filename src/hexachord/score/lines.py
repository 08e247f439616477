"""Voices laid out for writing: each bar's notes as lines of chords, one after the other, with the rests that fill the gaps.

A line is what can be written without stepping back in time. A voice is one line unless its notes overlap (then it needs several) or
its number is used on two staves at once (then each staff has its own).
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

from hexachord.score.grid import Beat, pieces_between
from hexachord.score.model import Bar, Note, NoteValue, Part

AFTER = "grace-after"


@dataclass
class Event:
    """A chord, a rest (no notes, `visible`), a silent step (no notes, not visible), or grace notes alone (duration 0)."""

    onset: int
    duration: int
    notes: list[Note] = field(default_factory=list)
    graces: list[Note] = field(default_factory=list)  # before the chord, in playing order
    value: NoteValue | None = None  # of a rest
    visible: bool = True
    whole_bar: bool = False

    @property
    def end(self) -> int:
        """The tick where it ends."""
        return self.onset + self.duration


@dataclass
class Line:
    """Events in time order that one voice number carries through a bar; `staff` is where its rests sit."""

    voice: int
    staff: int
    events: list[Event]
    secondary: bool = False


def notes_by_bar(notes: Iterable[Note], bars: tuple[Bar, ...]) -> list[list[Note]]:
    """Deal notes out to bars by onset; grace notes that follow a bar's last chord stay in that bar."""
    starts = [bar.tick for bar in bars]
    dealt: list[list[Note]] = [[] for _ in bars]
    for note in notes:
        index = bisect_right(starts, note.onset) - 1
        if note.grace and AFTER in note.marks and index > 0 and starts[index] == note.onset:
            index -= 1
        dealt[max(0, index)].append(note)
    return dealt


def voices_are_per_staff(part: Part) -> bool:
    """Whether voice numbers start again on each staff (some staff is home to no voice of its own)."""
    if part.staves < 2:
        return False
    counts: dict[int, dict[int, int]] = {}
    for note in part.notes:
        staves = counts.setdefault(note.voice, {})
        staves[note.staff] = staves.get(note.staff, 0) + 1
    homes = {max(staves, key=lambda staff: (staves[staff], -staff)) for staves in counts.values()}
    return any(staff not in homes for staves in counts.values() for staff in staves)


def home_staves(part: Part) -> dict[int, int]:
    """The staff on which each voice mostly lives."""
    counts: dict[int, dict[int, int]] = {}
    for note in part.notes:
        staves = counts.setdefault(note.voice, {})
        staves[note.staff] = staves.get(note.staff, 0) + 1
    return {voice: max(staves, key=lambda staff: (staves[staff], -staff)) for voice, staves in counts.items()}


def bar_lines(notes: list[Note], part: Part, *, homes: dict[int, int], per_staff: bool) -> list[Line]:
    """Lay one bar's notes out as lines: upper staff first, then by voice; a staff that would have none gets an empty one for rests."""
    grouped: dict[tuple[int, int], list[Note]] = {}
    for note in notes:
        staff = note.staff if per_staff else homes[note.voice]
        grouped.setdefault((staff, note.voice), []).append(note)
    lines: list[Line] = []
    for (staff, voice), members in sorted(grouped.items()):
        for index, events in enumerate(_layers(members)):
            lines.append(Line(voice, staff, events, secondary=index > 0))
    occupied = {line.staff for line in lines} | {note.staff for note in notes}
    for staff in range(1, part.staves + 1):
        if staff not in occupied:
            voice = min((voice for voice, home in homes.items() if home == staff), default=0)
            if not voice:
                voice = 1 if per_staff or part.staves == 1 else 4 * (staff - 1) + 1
            lines.append(Line(voice, staff, []))
    lines.sort(key=lambda line: (line.staff, line.secondary and line.voice == 0))
    return lines


def _layers(notes: list[Note]) -> list[list[Event]]:
    """Chords of one voice, dealt to as few non-overlapping layers as first-fit needs."""
    chords: dict[tuple[int, int], Event] = {}
    graces: dict[int, list[Note]] = {}
    for note in notes:
        if note.grace:
            graces.setdefault(note.onset, []).append(note)
        else:
            key = (note.onset, note.duration)
            if key not in chords:
                chords[key] = Event(note.onset, note.duration)
            chords[key].notes.append(note)
    layers: list[list[Event]] = []
    for event in sorted(chords.values(), key=lambda event: (event.onset, -event.duration)):
        layer = next((layer for layer in layers if layer[-1].end <= event.onset), None)
        if layer is None:
            layers.append([event])
        else:
            layer.append(event)
    for onset, played in graces.items():
        _place_graces(layers, onset, played)
    return layers


def _place_graces(layers: list[list[Event]], onset: int, played: list[Note]) -> None:
    """Put grace notes before the chord they lead to, or by themselves in a layer that has no note sounding there."""
    after = [note for note in played if AFTER in note.marks]
    before = [note for note in played if AFTER not in note.marks]
    target = next((event for layer in layers for event in layer if event.onset == onset and event.notes), None)
    if target is not None and before:
        target.graces, before = before, []
    alone = [*before, *after]
    if not alone:
        return
    free = next((layer for layer in layers if not any(event.onset < onset < event.end for event in layer)), None)
    if free is None:
        free = []
        layers.append(free)
    free.append(Event(onset, 0, graces=alone))
    free.sort(key=lambda event: (event.onset, event.duration > 0))


def with_rests(
    line: Line, bar: Bar, beats: tuple[Beat, ...], *, full: bool, cuts: frozenset[tuple[int, int]], ticks_per_quarter: int
) -> Line:
    """Fill a line's gaps: rests split on beats, and silent steps in a secondary line or where no rest value fits.

    `full` says that the bar is as long as its metre, so that an empty one takes a whole-bar rest; a pick-up takes ordinary ones.
    `cuts` are places (staff, tick) where a rest of its own must begin, because a fermata stands on it.
    """
    filled: list[Event] = []
    at = bar.tick
    for index, event in enumerate([*line.events, Event(bar.end, 0)]):
        if event.onset > at:
            inside = sorted(tick for staff, tick in cuts if staff == line.staff and at < tick < event.onset)
            for start, end in pairwise([at, *inside, event.onset]):
                filled += _rests(start, end, line, index, bar, beats, full, ticks_per_quarter)
        filled.append(event)
        at = max(at, event.end)
    filled.pop()
    return Line(line.voice, line.staff, filled, line.secondary)


def _rests(
    start: int, end: int, line: Line, index: int, bar: Bar, beats: tuple[Beat, ...], full: bool, ticks_per_quarter: int
) -> list[Event]:
    if line.secondary:
        return [Event(start, end - start, visible=False)]
    if full and start == bar.tick and end == bar.end:
        return [Event(start, end - start, whole_bar=True)]
    ratios = _neighbour_ratios(line.events, index)
    return [
        Event(bar.tick + piece.start, piece.duration, value=piece.value, visible=piece.value is not None)
        for piece in pieces_between(start - bar.tick, end - bar.tick, beats, ticks_per_quarter=ticks_per_quarter, ratios=ratios)
    ]


def _neighbour_ratios(events: list[Event], index: int) -> tuple[tuple[int, int], ...]:
    ratios = []
    for event in events[max(0, index - 1) : index + 1]:
        for note in event.notes[:1]:
            if note.value is not None and note.value.actual not in (note.value.normal, 2 * note.value.normal):
                ratios.append((note.value.actual, note.value.normal))
    return tuple(ratios)
