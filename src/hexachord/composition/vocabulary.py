"""The words of the composer's language: one row of a few small integers per event.

A row says one thing: that a bar begins, that a chord stands here, that a note of some part is given or wanted. Its fields are `FIELDS`; 0
means "does not apply" in every one of them. A compound word like this one makes sequences four times shorter than a token per attribute
does (Hsiao et al., "Compound Word Transformer", AAAI 2021). What is locked is *given*, what is to be composed is *filled*, and both are
notes of the same kind in the same sequence (Thickstun et al., "Anticipatory Music Transformer", 2023), here on bars instead of seconds.

A `Vocabulary` is all that a model must agree on with whoever feeds it; its JSON form is saved in the model's file and is its identity.

=======  ==========================================================================================================================
row      its fields besides the kind
=======  ==========================================================================================================================
START    bar: 1 the piece begins here, 2 it has begun before; pitch: style; beat: difficulty; duration: valence; velocity: arousal
PART     pitch: role; bar: 1 given, 2 filled, 3 both; place: density; duration: register; beat: polyphony; velocity: instruments
BAR      bar: its number; pitch and beat: the metre's figures; place: key; duration: tempo; velocity: section
FILL     bar: as its BAR; place: bars that remain; velocity: notes wanted; pitch: bars back to one it is like; duration: how much
note     bar, beat (quarters), place (24 to a quarter), pitch, duration, velocity; its kind tells status and role
chord    bar, beat, place; pitch: root; duration: quality; velocity: bass
END      nothing
=======  ==========================================================================================================================
"""

import json
from bisect import bisect_left
from dataclasses import dataclass, field, fields
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Any

import numpy as np

from hexachord.arrays import BoolArray, Float64Array, IntArray
from hexachord.errors import InputError
from hexachord.theory.chord_labels import QUALITIES

GRID = 24
"""Places in a quarter: 32nds, and triplets of sixteenths."""

FIELDS = ("kind", "bar", "beat", "place", "pitch", "duration", "velocity")
KIND, BAR_NUMBER, BEAT, PLACE, PITCH, DURATION, VELOCITY = range(7)

PAD, START, PART, BAR, FILL, END = range(6)
"""Kinds of rows that are no notes; behind them come `FILLED`, `GIVEN` and `REMINDED` rows, each by role."""
FILLED, GIVEN, REMINDED = range(3)
_SPECIAL = 6

CHORD = 0
"""The role of chord symbols: they are written among the notes, first of all that begin together."""

ROLES = (
    "chords", "melody", "bridge", "piano", "right", "left", "guitar", "bass", "strings", "pad", "winds", "soprano", "alto", "tenor",
    "low voice", "drums", "other",
)  # fmt: skip
"""Who plays. ``piano`` is a piano whose hands are not told apart, ``right`` and ``left`` are one whose are; ``low voice`` sings below."""

DURATIONS = (
    *range(1, 13), 14, 15, 16, 18, 20, 21, 22, 24, 27, 28, 30, 32, 33, 36, 40, 42, 44, 45, 48, 54, 56, 60, 64, 66, 72, 78, 80, 84, 88,
    90, 96,
    *range(102, 145, 6), *range(156, 193, 12), 208, 216, 240, 264, 288, 336, 384,
)  # fmt: skip
"""Durations in places: every plain, dotted and triplet value up to a breve, and sums of sixteenths up to six quarters."""

CHORD_QUALITIES = (*QUALITIES, "sus4(b7)")

STYLES = (
    "pop", "art song", "classical", "tune", "chorale", "rock", "funk", "jazz", "latin", "hiphop", "afrobeat", "afrocuban", "blues",
    "country", "dance", "gospel", "highlife", "middleeastern", "neworleans", "punk", "reggae", "soul", "piano pop", "band",
)  # fmt: skip
BEAT_TYPES = (1, 2, 4, 8, 16, 32)
REMAINING = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64)
"""Upper edges of the classes "bars that remain", this one counted; the class after the last is "more"."""

LEVELS = 8
"""Classes of each of difficulty, valence, arousal and likeness."""
FAMILIES = 16
SECTIONS = 16
NO_ROOT = 13
"""The root of "no chord", one above B."""


@dataclass(frozen=True, kw_only=True)
class Vocabulary:
    """What rows can say.

    Attributes
    ----------
    roles : who may play; the first is the role of chord symbols, drums are the one named so
    durations : of notes in places, ascending from 1
    qualities : of chords, Harte's shorthands
    styles : names a START row can bear
    bar_cycle : bar numbers go round after so many bars
    max_quarters : the longest bar
    velocity_bins : MIDI velocities fall into so many equal classes
    slowest_bpm, fastest_bpm, tempo_steps : tempo classes lie evenly on a logarithmic scale (quarters a minute)
    look : given rows are told so many bars before their own bar is composed, at most

    Examples
    --------
    >>> words = Vocabulary()
    >>> words.field_sizes
    (57, 33, 9, 25, 129, 65, 17)
    >>> Vocabulary.from_json(words.to_json()) == words
    True
    """

    roles: tuple[str, ...] = ROLES
    durations: tuple[int, ...] = DURATIONS
    qualities: tuple[str, ...] = CHORD_QUALITIES
    styles: tuple[str, ...] = STYLES
    bar_cycle: int = 32
    max_quarters: int = 8
    velocity_bins: int = 16
    slowest_bpm: float = 30.0
    fastest_bpm: float = 240.0
    tempo_steps: int = 48
    look: int = 4
    version: int = field(default=1, kw_only=True)

    def __post_init__(self) -> None:
        steps = self.durations
        if not steps or steps[0] != 1 or any(b <= a for a, b in pairwise(steps)):
            raise ValueError("durations must ascend from 1")
        if self.roles[:1] != ("chords",) or self.look >= self.bar_cycle:
            raise ValueError("the first role is 'chords', and bar numbers must not go round within `look` bars")

    @property
    def field_names(self) -> tuple[str, ...]:
        """The fields of a row, in the order in which they are chosen."""
        return FIELDS

    @cached_property
    def field_sizes(self) -> tuple[int, ...]:
        """How many values each field has, 0 among them."""
        lengths = 1 + max(len(self.durations), len(self.qualities), self.tempo_steps, 64)  # 64: register in whole tones
        beats = 1 + max(self.max_quarters, len(BEAT_TYPES), LEVELS)
        return (self.kinds, self.bar_cycle + 1, beats, GRID + 1, 129, lengths, 1 + max(self.velocity_bins, FAMILIES, SECTIONS))

    @property
    def kinds(self) -> int:
        """How many kinds of rows there are."""
        return _SPECIAL + 3 * len(self.roles)

    def kind(self, role: int, status: int = FILLED) -> int:
        """The kind of a note's row (or a chord's) by its role and status."""
        return _SPECIAL + status * len(self.roles) + role

    @cached_property
    def role_of(self) -> IntArray:
        """(kinds,) the role of each kind; -1 for rows that are no notes."""
        return np.concatenate([np.full(_SPECIAL, -1), np.tile(np.arange(len(self.roles)), 3)]).astype(np.int64)

    @cached_property
    def status_of(self) -> IntArray:
        """(kinds,) the status of each kind: `FILLED`, `GIVEN` or `REMINDED`; -1 for rows that are no notes."""
        return np.concatenate([np.full(_SPECIAL, -1), np.repeat(np.arange(3), len(self.roles))]).astype(np.int64)

    @property
    def drums(self) -> int:
        """The role of drums; -1 where there are none."""
        return self.roles.index("drums") if "drums" in self.roles else -1

    @cached_property
    def scored(self) -> BoolArray:
        """(kinds, fields) which fields a model has to choose when it writes a row of this kind: those of filled notes, and when to stop."""
        table = np.zeros((self.kinds, len(FIELDS)), dtype=bool)
        table[[BAR, END], KIND] = True
        filled = self.status_of == FILLED
        table[filled] = True
        table[:, BAR_NUMBER] = False
        if self.drums >= 0:
            table[self.kind(self.drums), DURATION] = False
        return table

    # Values ↔ classes, each way for whole arrays.

    def duration_classes(self, places: IntArray) -> IntArray:
        """The class (1 and up) of each duration: the nearest there is, by ratio."""
        return nearest_class(places, self.durations)

    def duration_classes_within(self, places: IntArray) -> IntArray:
        """The class of the longest duration that does not exceed each; that of the shortest where all do."""
        return class_within(places, self.durations)

    def durations_of(self, classes: IntArray) -> IntArray:
        """Durations in places, of classes."""
        return np.asarray(np.array(self.durations)[np.clip(classes, 1, len(self.durations)) - 1])

    def velocity_classes(self, velocity: IntArray) -> IntArray:
        """Classes of MIDI velocities; 0 (not known) stays 0."""
        return np.asarray(np.where(velocity > 0, np.clip(velocity, 0, 127) * self.velocity_bins // 128 + 1, 0))

    def velocities_of(self, classes: IntArray) -> IntArray:
        """The middle of each velocity class; 0 for 0."""
        width = 128 / self.velocity_bins
        return np.asarray(np.where(classes > 0, np.floor((np.asarray(classes) - 0.5) * width), 0).astype(np.int64))

    def tempo_classes(self, quarter_bpm: Float64Array) -> IntArray:
        """Classes of tempi; 0 (not known) stays 0."""
        bpm = np.asarray(quarter_bpm, dtype=np.float64)
        span = np.log(self.fastest_bpm / self.slowest_bpm)
        step = np.log(np.maximum(bpm, 1e-3) / self.slowest_bpm) / span * (self.tempo_steps - 1)
        return np.asarray(np.where(bpm > 0, np.clip(np.rint(step), 0, self.tempo_steps - 1) + 1, 0).astype(np.int64))

    def tempi_of(self, classes: IntArray) -> Float64Array:
        """The tempo in the middle of each class; 0 for 0."""
        span = np.log(self.fastest_bpm / self.slowest_bpm)
        bpm = self.slowest_bpm * np.exp((np.asarray(classes) - 1) / (self.tempo_steps - 1) * span)
        return np.asarray(np.where(np.asarray(classes) > 0, bpm, 0.0))

    def style_class(self, style: str) -> int:
        """The class of a style's name, 0 for one that nobody knows; of ``funk/purdieshuffle`` the part before the slash counts."""
        name = style.partition("/")[0].strip()
        return self.styles.index(name) + 1 if name in self.styles else 0

    def remaining_class(self, bars: int) -> int:
        """The class of "so many bars remain, this one counted"; 0 where it is not known (0)."""
        return 0 if bars <= 0 else bisect_left(REMAINING, bars) + 1

    def to_json(self) -> str:
        """Write it down: what a model's file keeps."""
        return json.dumps({entry.name: getattr(self, entry.name) for entry in fields(self)})

    @classmethod
    def from_json(cls, text: str) -> "Vocabulary":
        """Read what `to_json` wrote.

        Raises
        ------
        InputError : if it is no vocabulary, or one of another version.
        """
        try:
            content: dict[str, Any] = json.loads(text)
            values: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in content.items()}
            made = cls(**values)
        except (ValueError, TypeError) as error:
            raise InputError("vocabulary", found=f"something else ({error})", expected="the JSON that a model's file keeps") from error
        if made.version != cls().version:
            raise InputError("vocabulary", found=f"version {made.version}", expected=f"version {cls().version}", next_step="train again")
        return made


def nearest_class(values: IntArray, table: tuple[int, ...]) -> IntArray:
    """The class (1 and up) of each value in an ascending table: the nearest, by ratio.

    Examples
    --------
    >>> nearest_class(np.array([1, 5, 100]), (1, 4, 8)).tolist()
    [1, 2, 3]
    """
    return np.asarray(_lookups(table)[0][np.clip(values, 0, table[-1])])


def class_within(values: IntArray, table: tuple[int, ...]) -> IntArray:
    """The class of the greatest entry that does not exceed each value; that of the least where all do."""
    return np.asarray(_lookups(table)[1][np.clip(values, 0, table[-1])])


@lru_cache(maxsize=16)
def _lookups(table: tuple[int, ...]) -> tuple[IntArray, IntArray]:
    """For 0 to the greatest entry: the class that is nearest, and the greatest that does not exceed it."""
    entries, values = np.array(table, dtype=np.int64), np.arange(table[-1] + 1)
    within = np.maximum(np.searchsorted(entries, values, side="right"), 1)
    upper = np.minimum(within, len(entries) - 1)
    nearest = np.where(values * values <= entries[within - 1] * entries[upper], within, upper + 1)
    return nearest, within
