"""Places on a page as readers name them: bars by number, beats from one, notes by name; and what stands near a place where nothing is.

A place that also knows its moment on the clock is looked for there first: after bars were counted anew, or a recording was transcribed
again, the moment is what has stayed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from hexachord.score.grid import skipped_before
from hexachord.score.model import Bar, Note, Part, Score
from hexachord.score.notes import merged_note, tie_chains
from hexachord.score.timing import bars_of, beat_duration, metre_at, tempo_map_of
from hexachord.theory.page_edits import NoteAddress, Place, beat_words, drum_name, whole_part

_NEAR_BEATS = 0.1  # a note is meant by a beat that is written with two digits, or a little wrong
_NEAR_S = 0.12
_MOST_NAMED = 6


class NotThere(ValueError):
    """Nothing is where a correction looks for it; its text says what is there instead."""


@dataclass(frozen=True)
class Found:
    """A note that sounds, and the noteheads of its part that write it."""

    part: int
    heads: tuple[int, ...]
    note: Note


def beat_ticks_at(score: Score, tick: int) -> int:
    """Ticks of a felt beat."""
    return beat_duration(metre_at(score, tick), ticks_per_quarter=score.ticks_per_quarter)


def bar_at(score: Score, tick: int) -> Bar:
    """The bar in which a moment lies; the last one for what comes after."""
    bars = bars_of(score)
    return next((bar for bar in reversed(bars) if bar.tick <= tick), bars[0])


def place_at(score: Score, tick: int) -> Place:
    """Name a moment: bar, beat, and its time by the score's clock.

    Examples
    --------
    >>> from hexachord.score.model import MetreMark
    >>> place_at(Score(parts=(Part(notes=(Note(0, 40320, 60),)),), metres=(MetreMark(0, 4, 4),)), 15120)
    Place(bar='1', beat=2.5, time_s=0.75)
    """
    bar = bar_at(score, tick)
    beat = 1 + (tick - bar.tick + _skipped(score, bar)) / beat_ticks_at(score, bar.tick)
    return Place(bar=bar.number, beat=beat, time_s=round(float(tempo_map_of(score).seconds(tick)), 4))


def tick_of(score: Score, place: Place) -> int:
    """Find the moment that a place names.

    Raises
    ------
    NotThere : if there is no such bar or beat.
    """
    told, why = _told_tick(score, place)
    if place.time_s is None:
        if told is None:
            raise NotThere(why)
        return told
    clock = tempo_map_of(score)
    if told is not None and abs(float(clock.seconds(told)) - place.time_s) < _NEAR_S:
        return told
    return _tick_on_clock(score, place)


def bar_tick_of(score: Score, place: Place) -> int:
    """Find the bar line that a place names: that of its bar, or the one nearest to its time.

    Raises
    ------
    NotThere : if there is no such bar.
    """
    if place.time_s is None:
        return bar_numbered(score, place.bar).tick
    lines = [bar.tick for bar in bars_of(score)]
    clock = tempo_map_of(score)
    return min(lines, key=lambda line: abs(float(clock.seconds(line)) - place.time_s))  # type: ignore[operator]


def bar_numbered(score: Score, number: str) -> Bar:
    """Find a bar by the number that the page prints; raises `NotThere` where there is none."""
    bars = bars_of(score)
    found = next((bar for bar in bars if bar.number == number), None)
    if found is None:
        raise NotThere(f"no bar {number} (they go from {bars[0].number} to {bars[-1].number})")
    return found


def _told_tick(score: Score, place: Place) -> tuple[int | None, str]:
    try:
        bar = bar_numbered(score, place.bar)
    except NotThere as error:
        return None, str(error)
    tick = bar.tick - _skipped(score, bar) + round(whole_part(place.beat - 1) * beat_ticks_at(score, bar.tick))
    if not bar.tick <= tick < bar.end:
        return None, f"no beat {beat_words(place.beat)} in bar {bar.number}"
    return tick, ""


def _tick_on_clock(score: Score, place: Place) -> int:
    """The moment nearest to a time that stands as far behind its beat as the place does."""
    assert place.time_s is not None
    at = float(tempo_map_of(score).ticks(place.time_s))
    bar = bar_at(score, max(0, round(at)))
    beat_ticks = beat_ticks_at(score, bar.tick)
    inside = whole_part(place.beat) % 1 * beat_ticks
    tick = bar.tick + round(round((at - bar.tick - inside) / beat_ticks) * beat_ticks + inside)
    end = bars_of(score)[-1].end
    if not 0 <= at < end:
        raise NotThere(f"no music at {place.time_s:.2f} s")
    return min(max(0, tick), end - 1)


def _skipped(score: Score, bar: Bar) -> int:
    bars = bars_of(score)
    index = bars.index(bar)
    return skipped_before(bars, index, metre_at(score, bar.tick), ticks_per_quarter=score.ticks_per_quarter)


@lru_cache(maxsize=16)
def sounding(part: Part, index: int) -> tuple[Found, ...]:
    """The notes of a part that sound, grace notes left out, with their noteheads."""
    return tuple(found for found in _heard(part, index) if not found.note.grace)


def _heard(part: Part, index: int) -> Iterable[Found]:
    for chain in tie_chains(part.notes):
        yield Found(index, tuple(chain), merged_note([part.notes[place] for place in chain]))


def find_note(score: Score, address: NoteAddress) -> Found:
    """Find the note that is meant.

    Raises
    ------
    NotThere : if there is none, or more than one.

    Examples
    --------
    >>> from hexachord.score.model import MetreMark
    >>> score = Score(parts=(Part(notes=(Note(0, 10080, 60), Note(10080, 10080, 64))),), metres=(MetreMark(0, 4, 4),))
    >>> find_note(score, NoteAddress(at=Place(bar="1", beat=2), name="E4")).note.pitch
    64
    >>> find_note(score, NoteAddress(at=Place(bar="1", beat=2), name="F4"))
    Traceback (most recent call last):
    hexachord.theory.page_places.NotThere: no F4 at bar 1 beat 2; bar 1 has E4 at beat 2 and C4 at beat 1
    """
    heard = [found for found in _all_sounding(score, address) if _is_of(found.note, address)]
    near = _by_time(score, heard, address.at) if address.at.time_s is not None else _by_count(score, heard, address.at)
    if not near:
        raise NotThere(
            f"no {'grace note ' if address.grace else ''}{address.name} at {address.at.words()}{_among(address)}{_instead(score, address)}"
        )
    if len({(found.part, found.note.staff, found.note.voice) for found in near}) > 1:
        where = ", ".join(_where(score, found) for found in near)
        raise NotThere(f"{len(near)} notes {address.name} at {address.at.words()} ({where})")
    return near[0]


def _all_sounding(score: Score, address: NoteAddress) -> list[Found]:
    """The notes of the parts that are meant, or their grace notes."""
    parts = range(len(score.parts)) if not address.part else [part_named(score, address.part)]
    if address.grace:
        return [found for index in parts for found in _heard(score.parts[index], index) if found.note.grace]
    return [found for index in parts for found in sounding(score.parts[index], index)]


def part_named(score: Score, name: str) -> int:
    """Find a part by its name or id, whatever their case; raises `NotThere` where there is none."""
    for index, part in enumerate(score.parts):
        if name.lower() in (part.name.lower(), part.id.lower()):
            return index
    raise NotThere(f"no part {name} (there are {', '.join(part.name or part.id for part in score.parts)})")


def _is_of(note: Note, address: NoteAddress) -> bool:
    return (
        note.pitch == address.pitch
        and (address.staff is None or note.staff == address.staff)
        and (address.voice is None or note.voice == address.voice)
    )


def _by_count(score: Score, heard: Iterable[Found], at: Place) -> list[Found]:
    """Notes at the beat that is said: those nearest to it."""
    bar = bar_numbered(score, at.bar)
    beat_ticks = beat_ticks_at(score, bar.tick)
    tick = bar.tick - _skipped(score, bar) + float(whole_part(at.beat - 1)) * beat_ticks
    away = [(abs(found.note.onset - tick), found) for found in heard if bar.tick <= found.note.onset < bar.end]
    least = min((distance for distance, _ in away), default=0.0)
    return [found for distance, found in away if distance == least and least <= _NEAR_BEATS * beat_ticks]


def _by_time(score: Score, heard: Iterable[Found], at: Place) -> list[Found]:
    """Notes at the time that was noted: those nearest to it, within half a beat."""
    assert at.time_s is not None
    clock = tempo_map_of(score)
    tick = max(0, round(float(clock.ticks(at.time_s))))
    reach_s = max(_NEAR_S, float(clock.seconds(tick + beat_ticks_at(score, tick) // 2) - clock.seconds(tick)))
    away = [(abs(float(clock.seconds(found.note.onset)) - at.time_s), found) for found in heard]
    least = min((distance for distance, _ in away), default=0.0)
    return [found for distance, found in away if distance <= least + 1e-6 and distance <= reach_s]


def name_of(score: Score, found: Found) -> str:
    """What a note is called: its spelling, or the drum's name."""
    if score.parts[found.part].is_percussion:
        return drum_name(found.note.pitch)
    from hexachord.score.edit import spelled_in_key

    key = next((mark for mark in reversed(score.keys) if mark.tick <= found.note.onset), None)
    return str(found.note.spelling or spelled_in_key(found.note.pitch, key))


def _instead(score: Score, address: NoteAddress) -> str:
    """What the bar has, what is nearest in beat and pitch first."""
    tick, why = _told_tick(score, address.at)
    try:
        bar = bar_numbered(score, address.at.bar)
    except NotThere:
        return f"; {why}"
    beat_ticks = beat_ticks_at(score, bar.tick)
    here = [found for found in _all_sounding(score, address) if bar.tick <= found.note.onset < bar.end]
    if not here:
        return f"; bar {bar.number} has no grace notes" if address.grace else f"; bar {bar.number} is empty"
    at = bar.tick if tick is None else tick
    here.sort(key=lambda found: (abs(found.note.onset - at) / beat_ticks + abs(found.note.pitch - address.pitch) / 24, found.note.pitch))
    named: dict[str, None] = {}
    for found in here:
        named.setdefault(f"{name_of(score, found)} at beat {beat_words(place_at(score, found.note.onset).beat)}")
    shown = list(named)[:_MOST_NAMED]
    if len(named) > len(shown):
        return f"; bar {bar.number} has {', '.join(shown)} ..."
    return f"; bar {bar.number} has {' and '.join([', '.join(shown[:-1]), shown[-1]] if shown[1:] else shown)}"


def _among(address: NoteAddress) -> str:
    staff = f" on staff {address.staff}" if address.staff is not None else ""
    return staff + (f" in voice {address.voice}" if address.voice is not None else "")


def _where(score: Score, found: Found) -> str:
    part = score.parts[found.part]
    words = [part.name or part.id] if len(score.parts) > 1 else []
    return " ".join([*words, f"staff {found.note.staff}", f"voice {found.note.voice}"])
