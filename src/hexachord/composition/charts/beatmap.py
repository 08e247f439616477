"""What a beatmap of the game Taiko is: red lines that say the tempo, notes for the middle (don) and the rim (kat) of a drum.

Times are milliseconds from the start of the sound file, whole ones for notes, as in the .osu file format, version 14 (osu! wiki, ".osu
(file format)"). What may stand at which level follows the osu!taiko ranking criteria of the same wiki: easy levels keep to beats and
halves, and no big note opens or interrupts a fast pattern.
"""

from bisect import bisect_right
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

PLACES = 12
"""A beat has so many places: halves, thirds, quarters and sixths of a beat are whole numbers of them."""
SNAP_MS = 1.0
_EARLY_MS = 2.0  # a note this little before a red line already belongs to it


class RedLine(NamedTuple):
    """From `time_ms` on a beat lasts `beat_ms`; a downbeat is there, and every `beats_per_bar` beats after it."""

    time_ms: int
    beat_ms: float
    beats_per_bar: int = 4

    @property
    def bpm(self) -> float:
        """Beats a minute."""
        return 60_000.0 / self.beat_ms


class Hit(NamedTuple):
    """A note: don or kat, small or big; one that ends after it begins is a drum roll."""

    time_ms: int
    is_kat: bool = False
    is_big: bool = False
    end_ms: int = 0

    @property
    def is_roll(self) -> bool:
        """Whether it lasts."""
        return self.end_ms > self.time_ms


@dataclass(frozen=True, kw_only=True)
class Level:
    """A level of difficulty and what it may ask.

    Attributes
    ----------
    name : as the game calls it
    divisors : into which parts of a beat notes may fall; `compound` where beats divide in three
    compound : the same for 6/8 and its like
    notes_per_s : how many there are where the music is as busy as it usually is
    gap_s, gap_beats : the least from note to note
    longest_run : notes in a row that are closer than a third of a beat
    drain, accuracy : the game's HP and OD
    beat_weight : how much the beat counts beside how strong a sound is
    """

    name: str
    divisors: tuple[int, ...]
    compound: tuple[int, ...]
    notes_per_s: float
    gap_s: float
    gap_beats: float
    longest_run: int
    drain: float
    accuracy: float
    beat_weight: float

    def allows(self, place: int, *, is_compound: bool = False) -> bool:
        """Whether a note may stand at a place of a beat.

        Examples
        --------
        >>> [LEVELS[0].allows(place) for place in (0, 3, 4, 6)]
        [True, False, False, True]
        """
        return any(place * divisor % PLACES == 0 for divisor in (self.compound if is_compound else self.divisors))


LEVELS = (
    Level(
        name="Kantan", divisors=(1, 2), compound=(1,), notes_per_s=1.4, gap_s=0.34, gap_beats=0.5, longest_run=1,
        drain=7.0, accuracy=3.0, beat_weight=1.6,
    ),
    Level(
        name="Futsuu", divisors=(1, 2, 3), compound=(1, 3), notes_per_s=2.3, gap_s=0.2, gap_beats=1 / 3, longest_run=1,
        drain=6.5, accuracy=4.0, beat_weight=1.2,
    ),
    Level(
        name="Muzukashii", divisors=(1, 2, 3, 4), compound=(1, 2, 3), notes_per_s=3.8, gap_s=0.1, gap_beats=0.25, longest_run=5,
        drain=6.0, accuracy=5.0, beat_weight=0.8,
    ),
    Level(
        name="Oni", divisors=(1, 2, 3, 4, 6), compound=(1, 2, 3, 4, 6), notes_per_s=6.5, gap_s=0.065, gap_beats=1 / 6, longest_run=17,
        drain=5.5, accuracy=6.0, beat_weight=0.5,
    ),
)  # fmt: skip
"""The four levels, the easiest first."""


@dataclass(frozen=True, kw_only=True)
class Beatmap:
    """One level of a song.

    Attributes
    ----------
    lines : red lines, in order of time
    hits : notes, in order of time
    kiai : spans in milliseconds in which the game celebrates: choruses
    preview_ms : from where the list of songs plays it; -1 leaves it to the game
    """

    title: str
    artist: str = ""
    creator: str = "hexachord"
    version: str = "Oni"
    audio_name: str = "audio.ogg"
    drain: float = 6.0
    accuracy: float = 5.0
    lines: tuple[RedLine, ...] = ()
    hits: tuple[Hit, ...] = ()
    kiai: tuple[tuple[int, int], ...] = ()
    preview_ms: int = -1

    @property
    def notes_per_s(self) -> float:
        """Notes a second from the first to the last; 0 with fewer than two.

        Examples
        --------
        >>> Beatmap(title="", hits=(Hit(0), Hit(500), Hit(1000))).notes_per_s
        2.0
        """
        if len(self.hits) < 2 or self.hits[-1].time_ms == self.hits[0].time_ms:
            return 0.0
        return 1000.0 * (len(self.hits) - 1) / (self.hits[-1].time_ms - self.hits[0].time_ms)


def line_at(lines: tuple[RedLine, ...], time_ms: float) -> int:
    """Return which red line a moment belongs to: the last before it, the first where it is earlier than all."""
    return max(0, bisect_right(lines, time_ms + _EARLY_MS, key=lambda line: line.time_ms) - 1)


def place_of(lines: tuple[RedLine, ...], time_ms: float) -> tuple[int, int, float]:
    """Find the nearest of the twelve places of a beat.

    Returns
    -------
    the red line, the place counted from it in twelfths of a beat, and how much later than it the moment is, in milliseconds

    Examples
    --------
    >>> place_of((RedLine(1000, 500.0),), 1626.0)
    (0, 15, 1.0)
    """
    index = line_at(lines, time_ms)
    line = lines[index]
    place = round((time_ms - line.time_ms) / line.beat_ms * PLACES)
    return index, place, time_ms - time_of(line, place)


def time_of(line: RedLine, place: int) -> float:
    """When a place is, in milliseconds."""
    return line.time_ms + place * line.beat_ms / PLACES


def beatmap_faults(beatmap: Beatmap, *, level: Level | None = None, is_compound: bool = False) -> tuple[str, ...]:
    """List what is wrong with a beatmap, in words; nothing when it is sound.

    Looked for: no red line, a tempo that is none, notes out of order or before the sound, notes off the places that the level may use
    by more than a millisecond, notes closer than it allows, and big notes that open or interrupt a fast pattern.

    Examples
    --------
    >>> beatmap_faults(Beatmap(title="", lines=(RedLine(0, 500.0),), hits=(Hit(0), Hit(260))), level=LEVELS[0])
    ('note at 260 ms: 10 ms off the places of Kantan', 'note at 260 ms: 260 ms after the one before')
    """
    found = [f"red line at {line.time_ms} ms: {line.beat_ms:g} ms to a beat" for line in beatmap.lines if not 6 < line.beat_ms < 60_000]
    found += [f"red line at {after.time_ms} ms: not after the one before" for before, after in pairwise(beatmap.lines)
              if after.time_ms <= before.time_ms]  # fmt: skip
    if not beatmap.lines:
        return ("no red line", *found)
    for hit in beatmap.hits:
        if hit.time_ms < 0:
            found.append(f"note at {hit.time_ms} ms: before the sound begins")
        if level is not None:
            off = _off(beatmap.lines, hit.time_ms, level, is_compound=is_compound)
            if off > SNAP_MS:
                found.append(f"note at {hit.time_ms} ms: {off:.0f} ms off the places of {level.name}")
    for before, after in pairwise(beatmap.hits):
        gap = after.time_ms - max(before.time_ms, before.end_ms)
        if gap <= 0:
            found.append(f"note at {after.time_ms} ms: not after the one before")
        elif level is not None and after.time_ms - before.time_ms < 1000 * level.gap_s - 2 * SNAP_MS:
            found.append(f"note at {after.time_ms} ms: {gap} ms after the one before")
        beat_ms = beatmap.lines[line_at(beatmap.lines, before.time_ms)].beat_ms
        if before.is_big and not before.is_roll and after.time_ms - before.time_ms < 0.3 * beat_ms:
            found.append(f"note at {before.time_ms} ms: big, with a fast pattern after it")
    return tuple(found)


def _off(lines: tuple[RedLine, ...], time_ms: int, level: Level, *, is_compound: bool) -> float:
    line = lines[line_at(lines, time_ms)]
    beats = (time_ms - line.time_ms) / line.beat_ms
    return min(
        abs(beats * divisor - round(beats * divisor)) / divisor for divisor in (level.compound if is_compound else level.divisors)
    ) * (line.beat_ms)
