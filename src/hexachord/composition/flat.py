"""What vocabularies of one token per event have in common: REMI (`remi`) and MIDI-like (`midi_like`), for comparison and for the recipe.

They stand behind the same small interface as rows do (`field_names`, `field_sizes`, `encode`, `decode`, JSON), with one field. REMI tells
bars, positions, tempi, chords and durations (Huang and Yang, "Pop Music Transformer", ACM MM 2020); MIDI-like tells note-on, note-off and
time that passes (Oore et al., "This Time with Feeling", 2018), and knows nothing of bars.
"""

import json
from abc import ABC, abstractmethod
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import ClassVar

import numpy as np

from hexachord.arrays import IntArray, StructuredArray
from hexachord.composition.clips import BAR_DTYPE, Clip, ClipPart, chords_by_bars, empty_chords, note_sorting, settled
from hexachord.composition.laying import places_in
from hexachord.composition.vocabulary import DURATIONS, GRID, ROLES, Vocabulary

Columns = list[tuple[IntArray, ...]]


@dataclass(frozen=True, kw_only=True)
class Flat(ABC):
    """What both have in common: a table of token types."""

    roles: tuple[str, ...] = ("piano",)
    steps: int = 4  # positions of a quarter
    max_quarters: int = 8
    velocity_bins: int = 16
    name: ClassVar[str] = ""
    tells_bars: ClassVar[bool] = True

    def __post_init__(self) -> None:
        if GRID % self.steps:
            raise ValueError(f"steps divide {GRID}, unlike {self.steps}")

    @abstractmethod
    def sizes(self) -> dict[str, int]:
        """Token types in order, and how many tokens of each there are."""

    @cached_property
    def offsets(self) -> dict[str, int]:
        """The first token of each type."""
        found, at = {}, 0
        for kind, size in self.sizes().items():
            found[kind] = at
            at += size
        return found

    @property
    def field_names(self) -> tuple[str, ...]:
        """One field."""
        return ("token",)

    @property
    def field_sizes(self) -> tuple[int, ...]:
        """How many tokens there are; 0 is padding."""
        return (sum(self.sizes().values()),)

    @property
    def tells_chords(self) -> bool:
        """Whether chords are among its words."""
        return "CHORD" in self.sizes()

    @property
    def role_numbers(self) -> tuple[int, ...]:
        """The places of its roles among `hexachord.composition.vocabulary.ROLES`."""
        return tuple(ROLES.index(role) for role in self.roles)

    @property
    def step(self) -> int:
        """Places of the grid in a step."""
        return GRID // self.steps

    @property
    def durations(self) -> tuple[int, ...]:
        """The durations it can say, in places of the grid."""
        return tuple(places for places in DURATIONS if places % self.step == 0)

    def to_json(self) -> str:
        """Write it down: what a model's file keeps."""
        return json.dumps({"flat": self.name, **asdict(self)})

    def types_of(self, tokens: IntArray) -> IntArray:
        """The place of each token's type in `sizes`."""
        return np.searchsorted(list(self.offsets.values()), tokens, side="right") - 1

    def type_number(self, kind: str) -> int:
        """The place of a type in `sizes`."""
        return list(self.sizes()).index(kind)

    def describe(self, token: int) -> str:
        """Name a token, as ``PITCH 60``."""
        kind = list(self.sizes())[int(self.types_of(np.array(token)))]
        return f"{kind} {token - self.offsets[kind]}" if self.sizes()[kind] > 1 else kind


def flat_clip(clip: Clip, *, vocabulary: Flat) -> Clip:
    """Bring a clip to what a flat vocabulary can say: its roles alone (all notes are the one role where it has one), its steps and
    durations.

    Doing it again changes nothing.
    """
    words, step = Vocabulary(), vocabulary.step
    notes = clip.notes.copy()
    if len(vocabulary.roles) == 1:
        notes = notes[notes["role"] != words.drums] if vocabulary.roles[0] != "drums" else notes[notes["role"] == words.drums]
        notes["role"] = vocabulary.role_numbers[0]
    else:
        notes = notes[np.isin(notes["role"], vocabulary.role_numbers)]
    first, last = clip.bars["first"].astype(np.int64), clip.bars["last"].astype(np.int64)
    if vocabulary.tells_bars:
        place = (notes["place"].astype(np.int64) + step // 2) // step * step
        bar = notes["bar"]
        latest = (last[bar] - 1) // step * step
        notes["place"] = np.maximum(np.minimum(place, latest), -(-first[bar] // step) * step)
    else:  # time has no bars
        onset = clip.starts[notes["bar"]] + notes["place"]
        notes["bar"], notes["place"] = places_in(
            clip.bars, np.minimum((onset + step // 2) // step * step, (clip.starts[-1] - 1) // step * step)
        )
    notes = settled(notes, clip.starts, durations=vocabulary.durations, drums=-1)
    notes["velocity"] = words_of(vocabulary).velocities_of(words_of(vocabulary).velocity_classes(notes["velocity"]))
    chords = empty_chords()
    if vocabulary.tells_chords and len(clip.chords):
        chords = clip.chords.copy()
        chords["place"], chords["bass"] = chords["place"] // step * step, 0
        chords = chords_by_bars(chords, len(clip.bars))
    return replace(clip, notes=notes, chords=chords)


def words_of(vocabulary: Flat) -> Vocabulary:
    """The classes of tempi and velocities that a flat vocabulary shares with rows."""
    return Vocabulary(velocity_bins=vocabulary.velocity_bins, max_quarters=vocabulary.max_quarters)


def latest(values: IntArray, here: IntArray) -> IntArray:
    """At each place the latest value that was said; 0 before the first."""
    at = np.maximum.accumulate(np.where(here, np.arange(len(values)), -1)) if len(values) else np.empty(0, dtype=np.int64)
    return np.where(at >= 0, values[np.maximum(at, 0)], 0)


def add_columns(columns: Columns, count: int, *values: object) -> None:
    """Add tokens with what sorts them, each an array of `count` or one value for all."""
    columns.append(tuple(np.broadcast_to(np.asarray(value, dtype=np.int64), count) for value in values))


def sorted_tokens(columns: Columns) -> IntArray:
    """Return the tokens (the first column) sorted by the other columns, the first of those first."""
    joined = [np.concatenate(column) for column in zip(*columns, strict=True)]
    return joined[0][np.lexsort(joined[:0:-1])]


def clip_from(vocabulary: Flat, bars: StructuredArray, notes: StructuredArray, chords: StructuredArray) -> Clip:
    """Make a clip of what was decoded."""
    parts = tuple(ClipPart(role=number, name=name) for number, name in zip(vocabulary.role_numbers, vocabulary.roles, strict=True))
    return Clip(bars=bars.astype(BAR_DTYPE), notes=notes[note_sorting(notes)], chords=chords, parts=parts)
