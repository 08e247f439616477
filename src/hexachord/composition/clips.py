"""Clips: music on a grid, cut into bars, each note with the role of who plays it. What rows are made of, and what they become.

A clip is a few arrays. Its bars are full bars of their metres: a pick-up keeps its place at the end of one, so that a beat has the same
number in every bar; `Clip.bars` remembers how much of each is really there.
"""

from dataclasses import dataclass, replace

import numpy as np

from hexachord.arrays import IntArray, StructuredArray
from hexachord.composition.vocabulary import CHORD, GRID, Vocabulary, class_within, nearest_class

BAR_DTYPE = np.dtype(
    [
        ("beats", "i2"),
        ("beat_type", "i2"),
        ("first", "i2"),  # the bar that is written begins at this place of a full one ...
        ("last", "i2"),  # ... and ends before this one
        ("bpm", "f4"),  # quarters a minute; 0 unknown
        ("key", "i2"),  # place in KEY_NAMES; -1 unknown
        ("section", "i2"),  # 0 unknown, 1 and up
    ]
)
NOTE_DTYPE = np.dtype([("bar", "i4"), ("place", "i2"), ("role", "i2"), ("pitch", "i2"), ("duration", "i4"), ("velocity", "i2")])
"""`place` and `duration` in 24ths of a quarter, `place` from the line of a full bar; `velocity` 0 is unknown."""
CHORD_DTYPE = np.dtype([("bar", "i4"), ("place", "i2"), ("root", "i2"), ("quality", "i2"), ("bass", "i2")])
"""`root` is a pitch class, -1 for no chord; `quality` a place in the vocabulary's; `bass` semitones above the root. Each bar begins with
one."""
DRUM_DURATION = 6
"""Drums have no length of their own: a sixteenth on paper."""


@dataclass(frozen=True, kw_only=True)
class ClipPart:
    """Who plays a role: what the part is called, its General MIDI program, and which part and staff of a score it came from (-1: none)."""

    role: int
    name: str = ""
    program: int = 0
    part: int = -1
    staff: int = 0


@dataclass(frozen=True, kw_only=True, eq=False)
class Clip:
    """Music on the grid.

    Attributes
    ----------
    bars : (b,) of `BAR_DTYPE`
    notes : (n,) of `NOTE_DTYPE`, sorted by bar, place, role, pitch; no two are equal in these four
    chords : (c,) of `CHORD_DTYPE`, sorted; empty where the source has no chords
    parts : one per role that has (or may get) notes
    style : a name, or nothing
    """

    bars: StructuredArray
    notes: StructuredArray
    chords: StructuredArray
    parts: tuple[ClipPart, ...] = ()
    style: str = ""

    @property
    def lengths(self) -> IntArray:
        """(b,) places of a full bar of each metre."""
        return np.asarray(self.bars["beats"].astype(np.int64) * 4 * GRID // self.bars["beat_type"])

    @property
    def starts(self) -> IntArray:
        """(b + 1,) where place 0 of each bar lies, in 24ths of a quarter from the first written moment on (a pick-up's lies before it);
        the last is where the music ends."""
        written = (self.bars["last"] - self.bars["first"]).astype(np.int64)
        begins = np.concatenate([[0], np.cumsum(written)])
        begins[:-1] -= self.bars["first"]
        return np.asarray(begins)

    def onsets(self) -> IntArray:
        """(n,) when each note begins, in 24ths of a quarter from the first written moment on."""
        return np.asarray(self.starts[self.notes["bar"]] + self.notes["place"])


def make_bars(count: int, beats: int, beat_type: int, *, bpm: float = 120.0, key: int = -1) -> StructuredArray:
    """Make equal bars.

    Examples
    --------
    >>> make_bars(2, 6, 8)["last"].tolist()
    [72, 72]
    """
    bars = np.zeros(count, dtype=BAR_DTYPE)
    bars["beats"], bars["beat_type"], bars["last"] = beats, beat_type, beats * 4 * GRID // beat_type
    bars["bpm"], bars["key"] = bpm, key
    return bars


def empty_notes(count: int = 0) -> StructuredArray:
    """Notes, all zero."""
    return np.zeros(count, dtype=NOTE_DTYPE)


def empty_chords(count: int = 0) -> StructuredArray:
    """Chords, all zero."""
    return np.zeros(count, dtype=CHORD_DTYPE)


def note_sorting(notes: StructuredArray) -> IntArray:
    """Return what sorts notes by bar, place, role and pitch."""
    return np.argsort(_order(notes), kind="stable")


def _order(notes: StructuredArray) -> IntArray:
    """One number for bar, place, role and pitch, in this order: much faster to sort by than four."""
    bar, place, role = (notes[name].astype(np.int64) for name in ("bar", "place", "role"))
    return np.asarray(((bar * 1024 + place + 512) * 32 + role) * 128 + notes["pitch"])


def on_vocabulary(clip: Clip, vocabulary: Vocabulary) -> Clip:
    """Bring a clip to what rows can say: then `decode(encode(clip))` is the clip again.

    Durations and velocities become those of their classes, tempi too. Of notes with one onset, role and pitch the longest stays; one that
    is struck again while it sounds ends there; nothing sounds beyond the last bar. Doing it again changes nothing.
    """
    notes = settled(clip.notes, clip.starts, durations=vocabulary.durations, drums=vocabulary.drums)
    notes["velocity"] = vocabulary.velocities_of(vocabulary.velocity_classes(notes["velocity"]))
    bars = clip.bars.copy()
    bars["bpm"] = vocabulary.tempi_of(vocabulary.tempo_classes(bars["bpm"].astype(np.float64)))
    return replace(clip, bars=bars, notes=notes, chords=chords_by_bars(clip.chords, len(bars)))


def settled(notes: StructuredArray, starts: IntArray, *, durations: tuple[int, ...], drums: int) -> StructuredArray:
    """Sort notes, keep one of equals (the longest), and give them durations of a table in which none sounds into its successor on the same
    key, nor beyond the end.

    Parameters
    ----------
    starts : as `Clip.starts`
    durations : ascending, in places
    drums : the role whose notes all last `DRUM_DURATION`
    """
    word = _order(notes)
    order = np.argsort((word << 20) - np.minimum(notes["duration"], (1 << 19) - 1), kind="stable")
    notes, word = notes[order], word[order]
    notes = notes[np.diff(word, prepend=-1) != 0]
    onset = starts[notes["bar"]] + notes["place"]
    room = starts[-1] - onset
    line = notes["role"].astype(np.int64) * 128 + notes["pitch"]
    order = np.argsort((line << 32) + onset, kind="stable")
    follows = line[order][1:] == line[order][:-1]
    before = order[:-1][follows]
    room[before] = np.minimum(room[before], np.diff(onset[order])[follows])
    chosen = np.minimum(nearest_class(notes["duration"], durations), class_within(room, durations))
    notes["duration"] = np.where(notes["role"] == drums, DRUM_DURATION, np.array(durations)[chosen - 1])
    return notes


def chords_by_bars(chords: StructuredArray, bar_count: int) -> StructuredArray:
    """Say the chord in force again at every bar line (none before the first), drop what repeats one inside a bar."""
    if not len(chords):
        return chords
    chords = chords[np.lexsort((chords["place"], chords["bar"]))]
    latest = np.ones(len(chords), dtype=bool)
    latest[:-1] = (chords["bar"][1:] != chords["bar"][:-1]) | (chords["place"][1:] != chords["place"][:-1])
    chords = chords[latest]
    begins = np.zeros(bar_count, dtype=bool)
    begins[chords["bar"][chords["place"] == 0]] = True
    missing = np.flatnonzero(~begins)
    said = empty_chords(len(missing))
    before = np.searchsorted(chords["bar"], missing) - 1  # the last chord of an earlier bar
    said[before >= 0] = chords[before[before >= 0]]
    said["root"][before < 0] = -1
    said["bar"], said["place"] = missing, 0
    whole = np.concatenate([chords, said])
    whole = whole[np.lexsort((whole["place"], whole["bar"]))]
    new = np.ones(len(whole), dtype=bool)
    for_all = [whole[name][1:] == whole[name][:-1] for name in ("root", "quality", "bass")]
    new[1:] = ~np.logical_and.reduce(for_all) | (whole["place"][1:] == 0)
    return whole[new]


def chords_in_force(chords: StructuredArray, bar: IntArray | int, place: IntArray | int) -> IntArray:
    """Say which chord stands at places of bars: its index, -1 before the first.

    Examples
    --------
    >>> chords = empty_chords(2)
    >>> chords["bar"] = [0, 1]
    >>> chords_in_force(chords, np.array([0, 0, 1]), np.array([0, 48, 24])).tolist()
    [0, 0, 1]
    """
    begins = chords["bar"].astype(np.int64) * 1024 + chords["place"]
    return np.asarray(np.searchsorted(begins, np.asarray(bar, dtype=np.int64) * 1024 + place, side="right") - 1)


def excerpt(clip: Clip, first: int, count: int) -> Clip:
    """Cut bars ``[first, first + count)`` out; notes that began before are gone, those that end later are left as long as they are."""
    last = min(first + count, len(clip.bars))
    ends = [np.searchsorted(table["bar"], (first, last)) for table in (clip.notes, clip.chords)]
    notes, chords = (table[slice(*at)].copy() for table, at in zip((clip.notes, clip.chords), ends, strict=True))
    notes["bar"] -= first
    chords["bar"] -= first
    return replace(clip, bars=clip.bars[first:last], notes=notes, chords=chords)


def transposed(clip: Clip, semitones: int, *, vocabulary: Vocabulary) -> Clip:
    """Move notes, chords and keys; drums stay. What would leave 0–127 moves back by an octave."""
    if not semitones:
        return clip
    notes, chords, bars = clip.notes.copy(), clip.chords.copy(), clip.bars.copy()
    pitched = notes["role"] != vocabulary.drums
    moved = notes["pitch"] + semitones
    moved += np.where(moved > 127, -12, np.where(moved < 0, 12, 0)).astype(np.int16)
    notes["pitch"] = np.where(pitched, moved, notes["pitch"])
    chords["root"] = np.where(chords["root"] >= 0, (chords["root"] + semitones) % 12, -1)
    known = bars["key"] >= 0
    bars["key"] = np.where(known, bars["key"] // 12 * 12 + (bars["key"] + semitones) % 12, -1)
    return replace(clip, bars=bars, notes=notes, chords=chords)


def roles_present(clip: Clip) -> tuple[int, ...]:
    """Return the roles that have notes (chords count as one), ascending."""
    roles = set(np.unique(clip.notes["role"]).tolist())
    return tuple(sorted(roles | ({CHORD} if len(clip.chords) else set())))
