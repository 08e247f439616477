"""What may be written where: ranges, scales, chord tones on strong beats. Each makes an `Allow` for a plan, and they add up.

A constraint is asked for a bar and a role and answers with pitches, or with pitches at each place of the bar. Drums, which have none, may
always do what they do.
"""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from hexachord.arrays import BoolArray, IntArray
from hexachord.composition.clips import Clip
from hexachord.composition.plan import Allow, Plan
from hexachord.composition.vocabulary import CHORD, GRID, Vocabulary
from hexachord.errors import InputError
from hexachord.score.model import MetreMark
from hexachord.score.timing import beat_duration
from hexachord.theory.chord_labels import QUALITIES, parse_chord

_MAJOR = (0, 2, 4, 5, 7, 9, 11)
_MINOR = (0, 2, 3, 5, 7, 8, 9, 10, 11)  # with both sixths and sevenths
_CLASSES = np.arange(128) % 12


def in_ranges(ranges: Mapping[int, tuple[int, int]]) -> Allow:
    """Keep roles to their ranges: role → lowest and highest MIDI pitch; roles that are not named have none.

    Examples
    --------
    >>> in_ranges({1: (60, 72)})(0, 1).nonzero()[0].tolist()
    [60, 61, 62, 63, 64, 65, 66, 67, 68, 69, 70, 71, 72]
    """
    for role, (low, high) in ranges.items():
        if low > high:
            raise InputError(f"the range {low}-{high}", found=f"no pitch in it, for role {role}", expected="the lower pitch first")

    def allow(bar: int, role: int) -> BoolArray:
        low, high = ranges.get(role, (0, 127))
        pitch = np.arange(128)
        return np.asarray((pitch >= low) & (pitch <= high))

    return allow


def in_scale(clip: Clip, *, vocabulary: Vocabulary) -> Allow:
    """Keep to the scale of each bar's key; minor has both its sixths and sevenths. Bars without a key, and drums, are free."""
    keys = clip.bars["key"]

    def allow(bar: int, role: int) -> BoolArray:
        key = int(keys[bar])
        if key < 0 or role == vocabulary.drums:
            return np.ones(128, dtype=bool)
        return np.isin((_CLASSES - key) % 12, _MAJOR if key < 12 else _MINOR)

    return allow


def chord_tones_on_beats(clip: Clip, *, vocabulary: Vocabulary, every_beat: bool = False) -> Allow:
    """Allow only tones of the chord in force on strong beats (the first of a bar, and the middle one of an even number), or on all beats.

    Parameters
    ----------
    clip : with its chords; where there is none, everything is allowed
    every_beat : on all felt beats, not on strong ones alone
    """
    lengths, bars, chords = clip.lengths, clip.bars, clip.chords
    tones = [_tones(int(row["root"]), vocabulary.qualities[int(row["quality"])], int(row["bass"])) for row in chords]

    def allow(bar: int, role: int) -> BoolArray:
        free = np.ones((int(lengths[bar]), 128), dtype=bool)
        if role == vocabulary.drums:
            return free
        first, last = np.searchsorted(chords["bar"], (bar, bar + 1))
        for place in beat_places(int(bars["beats"][bar]), int(bars["beat_type"][bar]), every_beat=every_beat):
            at = first + int(np.searchsorted(chords["place"][first:last], place, side="right")) - 1
            if at >= first and chords["root"][at] >= 0:
                free[place] = np.isin(_CLASSES, tones[at])
        return free

    return allow


def beat_places(beats: int, beat_type: int, *, every_beat: bool = True) -> tuple[int, ...]:
    """Where the felt beats of a bar lie, in 24ths of a quarter; the strong ones alone if wanted.

    Examples
    --------
    >>> beat_places(4, 4), beat_places(4, 4, every_beat=False), beat_places(6, 8), beat_places(3, 4, every_beat=False)
    ((0, 24, 48, 72), (0, 48), (0, 36), (0,))
    """
    step = beat_duration(MetreMark(0, beats, beat_type), ticks_per_quarter=GRID)
    places = tuple(range(0, beats * 4 * GRID // beat_type, step))
    if every_beat:
        return places
    return (0, places[len(places) // 2]) if len(places) % 2 == 0 and len(places) > 2 else (0,)


def _tones(root: int, quality: str, bass: int) -> IntArray:
    """Pitch classes of a chord and its bass."""
    if root < 0:
        return np.arange(12)
    return np.unique((root + np.array([*chord_intervals(quality), bass])) % 12)


def chord_intervals(quality: str) -> tuple[int, ...]:
    """Return the semitones above its root that a chord of a quality has.

    Examples
    --------
    >>> chord_intervals("min7")
    (0, 3, 7, 10)
    """
    name, _, degrees = quality.partition("(")
    return tuple(parse_chord(f"C:{quality}").intervals if degrees else QUALITIES[name])


def constrained(plan: Plan, *allows: Allow) -> Plan:
    """Add constraints to a plan: what it allowed and all of them allow.

    Examples
    --------
    >>> from hexachord.composition.clips import empty_chords, empty_notes, make_bars
    >>> clip = Clip(bars=make_bars(1, 4, 4, key=0), notes=empty_notes(), chords=empty_chords())
    >>> plan = Plan(clip=clip, fill=np.ones((1, 17), dtype=bool))
    >>> narrow = constrained(plan, in_scale(clip, vocabulary=Vocabulary()), in_ranges({1: (60, 66)}))
    >>> narrow.allow(0, 1).nonzero()[0].tolist()
    [60, 62, 64, 65]
    """
    before = plan.allow

    def allow(bar: int, role: int) -> BoolArray:
        found: BoolArray = np.ones((1, 1) if role == CHORD else 128, dtype=bool)
        if before is not None:
            found = found & before(bar, role)
        if role != CHORD:  # symbols have no pitch
            for each in allows:
                found = np.asarray(found & each(bar, role))
        return found

    return replace(plan, allow=allow)
