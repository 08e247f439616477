"""Tuplet brackets: which notes with a tuplet value belong under one bracket, where nobody has said so.

A bracket closes when the notes and rests under it fill the ratio: three units for 3:2, six for 6:4. Notes between explicit
``tuplet-start`` and ``tuplet-stop`` marks are left as they are.
"""

from bisect import bisect_right
from fractions import Fraction

from hexachord.score.lines import Event
from hexachord.score.model import Note, NoteValue
from hexachord.score.values import KIND_QUARTERS, quarters

START, STOP = "tuplet-start", "tuplet-stop"
_OPTIONS = ("tuplet-unbracketed", "tuplet-unnumbered")


def is_tuplet(value: NoteValue | None) -> bool:
    """Whether a value is part of a tuplet; two for one is how a tremolo between two notes is written, and none."""
    return value is not None and value.actual not in (value.normal, 2 * value.normal)


def has_unmarked_tuplets(notes: tuple[Note, ...]) -> bool:
    """Whether `with_tuplet_marks` could have something to do (cheap to ask)."""
    tuplets = [note for note in notes if note.value is not None and not note.grace and is_tuplet(note.value)]
    if not tuplets:
        return False
    return not all(any(mark.startswith("tuplet-") for mark in note.marks) for note in tuplets)


def with_tuplet_marks(notes: tuple[Note, ...], *, bar_ticks: list[int], ticks_per_quarter: int) -> tuple[Note, ...]:
    """Add ``tuplet-start`` and ``tuplet-stop`` to tuplet notes that no bracket covers.

    Parameters
    ----------
    notes : sorted as in a `Part`, every tuplet note with its `value`
    bar_ticks : where bars start; a bracket does not cross a bar line
    """
    if not has_unmarked_tuplets(notes):
        return notes
    changed = list(notes)
    voices: dict[int, list[int]] = {}
    for index, note in enumerate(notes):
        if not note.grace:
            voices.setdefault(note.voice, []).append(index)
    for indexes in voices.values():
        _mark_voice(changed, indexes, bar_ticks=bar_ticks, ticks_per_quarter=ticks_per_quarter)
    return tuple(changed)


class _Bracket:
    """A bracket under construction: first and last note so far, and the time it needs."""

    def __init__(self, index: int, note: Note, start: int, bar: int) -> None:
        assert note.value is not None
        self.first = self.last = index
        self.start, self.bar = start, bar
        self.ratio = (note.value.actual, note.value.normal)
        self.unit = Fraction(0)
        self.end = start
        self.add(index, note)

    def add(self, index: int, note: Note) -> None:
        assert note.value is not None
        unit = KIND_QUARTERS[note.value.kind] / 2 ** min(note.value.dots, 1)
        self.unit = min(self.unit, unit) if self.unit else unit
        self.last, self.end = index, note.end

    def span(self, ticks_per_quarter: int) -> Fraction:
        return self.unit * self.ratio[1] * ticks_per_quarter

    def is_full(self, ticks_per_quarter: int) -> bool:
        return (self.end - self.start) % self.span(ticks_per_quarter) == 0


def _mark_voice(notes: list[Note], indexes: list[int], *, bar_ticks: list[int], ticks_per_quarter: int) -> None:
    bracket: _Bracket | None = None
    depth = 0
    before, before_end = -1, 0  # the previous event's onset, and how far the voice has sounded
    for index in indexes:
        note = notes[index]
        starts = sum(mark.startswith(START) for mark in note.marks)
        stops = sum(mark.startswith(STOP) for mark in note.marks)
        depth += starts
        if note.onset == before and not starts and not stops:
            continue  # a further note of a chord
        bar = bisect_right(bar_ticks, note.onset)
        explicit = depth > 0 or stops > 0
        ratio = (note.value.actual, note.value.normal) if note.value is not None and is_tuplet(note.value) else (1, 1)
        if bracket is not None and (
            explicit
            or ratio != bracket.ratio
            or bar != bracket.bar
            or note.onset
            >= bracket.start
            + bracket.span(ticks_per_quarter) * max(1, -(-(bracket.end - bracket.start) // bracket.span(ticks_per_quarter)))
        ):
            _close(notes, bracket)
            bracket = None
        if not explicit and ratio[0] != ratio[1]:
            if bracket is None:
                bracket = _Bracket(index, note, _aligned(note, bar_ticks, bar, before_end, ticks_per_quarter), bar)
            else:
                bracket.add(index, note)
            if bracket.is_full(ticks_per_quarter):
                _close(notes, bracket)
                bracket = None
        depth = max(0, depth - stops)
        before, before_end = note.onset, max(before_end, note.end)
    if bracket is not None:
        _close(notes, bracket)


def _aligned(note: Note, bar_ticks: list[int], bar: int, before_end: int, ticks_per_quarter: int) -> int:
    """Where the bracket of a first note begins: at the note, or before it when a rest must come first."""
    assert note.value is not None
    bar_start = bar_ticks[bar - 1] if bar else 0
    span = KIND_QUARTERS[note.value.kind] * note.value.normal * ticks_per_quarter
    smallest = ticks_per_quarter // min(32, ticks_per_quarter & -ticks_per_quarter)
    if (note.onset - bar_start) % smallest == 0:
        return note.onset
    start = bar_start + int((note.onset - bar_start) // span * span)
    return start if before_end <= start else note.onset


def _close(notes: list[Note], bracket: _Bracket) -> None:
    first, last = notes[bracket.first], notes[bracket.last]
    if bracket.first == bracket.last:
        notes[bracket.first] = first._replace(marks=(*first.marks, START, STOP))
        return
    notes[bracket.first] = first._replace(marks=(*first.marks, START))
    notes[bracket.last] = last._replace(marks=(*last.marks, STOP))


def brackets_over_rests(events: list[Event]) -> dict[int, str]:
    """Stretch brackets over the rests at their edges.

    A bracket is marked on notes, because rests are not stored; on the page a triplet may well begin or end with a rest.

    Parameters
    ----------
    events : one bar's line with its rests

    Returns
    -------
    event index → marks, joined by spaces: at a rest the marks it takes over, at a chord the marks it gives away.
    """
    moved: dict[int, str] = {}
    start = -1  # the event that opens the bracket, stretched over rests
    claimed = -1  # rests up to here belong to a bracket already
    for index, event in enumerate(events):
        if not event.notes:
            continue
        marks = {mark for note in event.notes for mark in note.marks}
        if START in marks:
            start = index
            ratio = _ratio_of(event)
            while start - 1 > claimed and _is_rest(events[start - 1], ratio):
                start -= 1
            if start < index:
                taken = " ".join((START, *(option for option in _OPTIONS if option in marks)))
                moved[start] = moved[index] = taken
        if STOP in marks and start >= 0:
            last = _filled(events, start, index)
            if last > index:
                moved[last] = STOP
                moved[index] = f"{moved.get(index, '')} {STOP}".strip()
            claimed, start = last, -1
    return moved


def _filled(events: list[Event], start: int, index: int) -> int:
    """The rest that completes a bracket from `start` to the chord at `index`, or `index` when it needs none."""
    values = [value for event in events[start : index + 1] if (value := _value_of(event)) is not None]
    if not values:
        return index
    ratio = (values[0].actual, values[0].normal)
    for last in range(index, len(events)):
        if last > index and not _is_rest(events[last], ratio):
            return index
        unit = min(KIND_QUARTERS[value.kind] / 2 ** min(value.dots, 1) for value in values)
        rest = _value_of(events[last])
        if last > index and rest is not None:
            unit = min(unit, KIND_QUARTERS[rest.kind])
        # The whole bracket in units of its smallest value; ticks cancel out against one event's own length.
        lengths = sum((quarters(value) for event in events[start : last + 1] if (value := _value_of(event)) is not None), Fraction(0))
        if lengths % (unit * ratio[1]) == 0:
            return last
    return index


def _value_of(event: Event) -> NoteValue | None:
    return event.notes[0].value if event.notes else event.value


def _ratio_of(event: Event) -> tuple[int, int]:
    value = _value_of(event)
    return (value.actual, value.normal) if value is not None else (1, 1)


def _is_rest(event: Event, ratio: tuple[int, int]) -> bool:
    value = event.value
    return not event.notes and event.visible and value is not None and is_tuplet(value) and (value.actual, value.normal) == ratio
