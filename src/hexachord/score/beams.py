"""Beams: which flagged notes hang together, by the beats of the bar."""

from bisect import bisect_right

from hexachord.score.grid import Beat
from hexachord.score.lines import Event
from hexachord.score.model import MetreMark, Note
from hexachord.score.values import FLAGS, value_of


def beams_of_line(
    events: list[Event], beats: tuple[Beat, ...], *, bar_tick: int, metre: MetreMark, ticks_per_quarter: int
) -> dict[int, list[str]]:
    """Beam the chords of one bar's line.

    Returns
    -------
    event index → one word per beam level ("begin", "continue", "end", "forward hook", "backward hook"); chords without beams are absent.
    """
    ends = [beat.end for beat in beats]
    groups: list[list[tuple[int, int]]] = []  # (event index, flags)
    current: list[tuple[int, int]] = []
    current_beat = -1
    for index, event in enumerate(events):
        flags = flags_of(event.notes[0], ticks_per_quarter) if event.notes else 0
        beat = bisect_right(ends, event.onset - bar_tick)
        if event.duration == 0 and not event.notes:
            continue
        if not flags or beat != current_beat:
            if len(current) > 1:
                groups.append(current)
            current = []
        if flags:
            current.append((index, flags))
            current_beat = beat
        if not flags or event.end - bar_tick > (ends[beat] if beat < len(ends) else event.end):
            current_beat = -1
    if len(current) > 1:
        groups.append(current)
    if metre.beat_type == 4 and metre.beats in (2, 4):
        groups = _joined(groups, events, beats, bar_tick)
    result: dict[int, list[str]] = {}
    for group in groups:
        result.update(beam_words(group))
    return result


def flags_of(note: Note, ticks_per_quarter: int) -> int:
    """How many flags a notehead's value has."""
    value = note.value or value_of(note.duration, ticks_per_quarter)
    return FLAGS[value.kind]


def _joined(
    groups: list[list[tuple[int, int]]], events: list[Event], beats: tuple[Beat, ...], bar_tick: int
) -> list[list[tuple[int, int]]]:
    """In 4/4 and 2/4, four plain eighths of a half bar hang on one beam."""
    joined: list[list[tuple[int, int]]] = []
    halves = {beats[place].start: beats[place + 1].start for place in range(len(beats) - 1) if beats[place].level == 2}
    for group in groups:
        previous = joined[-1] if joined else []
        if (
            previous
            and halves.get(events[previous[0][0]].onset - bar_tick) == events[group[0][0]].onset - bar_tick
            and all(_is_plain_eighth(events[index], flags) for index, flags in (*previous, *group))
            and len(previous) == len(group) == 2
        ):
            joined[-1] = previous + group
        else:
            joined.append(group)
    return joined


def _is_plain_eighth(event: Event, flags: int) -> bool:
    return flags == 1 and event.notes[0].value is None


def beam_words(group: list[tuple[int, int]]) -> dict[int, list[str]]:
    """Spell out the beams of one group of (index, flags), level by level."""
    words: dict[int, list[str]] = {index: [] for index, _ in group}
    for level in range(1, max(flags for _, flags in group) + 1):
        for place, (index, flags) in enumerate(group):
            if flags < level:
                continue
            left = place > 0 and group[place - 1][1] >= level
            right = place + 1 < len(group) and group[place + 1][1] >= level
            if left and right:
                word = "continue"
            elif right:
                word = "begin"
            elif left:
                word = "end"
            else:
                word = "forward hook" if place == 0 else "backward hook"
            words[index].append(word)
    return words
