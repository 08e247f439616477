"""The grammar of the flat vocabularies: a graph of which token may follow which, and the counts that keep bars exact.

Same use as `hexachord.composition.grammar.Walk`: `feed`, `mask`, `push`, until `done`; then `clip`. What is given can only lie before
what is composed, which is what these vocabularies are for: beginning and continuing.
"""

from collections.abc import Sequence

import numpy as np

from hexachord.arrays import BoolArray, IntArray
from hexachord.composition.clips import Clip, excerpt
from hexachord.composition.flat import Flat
from hexachord.composition.midi_like import MidiLike
from hexachord.composition.remi import Remi
from hexachord.errors import InputError


class FlatWalk:
    """What both walks share: the music given before, and the tokens so far.

    Parameters
    ----------
    clip : bars, and the notes of the first `prompt_bars` of them (see `hexachord.composition.flat.flat_clip`); later notes are not read
    vocabulary : the words
    prompt_bars : how many bars are given

    Raises
    ------
    InputError : if no bar is left to compose.
    """

    def __init__(self, clip: Clip, *, vocabulary: Flat, prompt_bars: int = 0) -> None:
        if not 0 <= prompt_bars < len(clip.bars):
            found = f"{prompt_bars} bars given of {len(clip.bars)}"
            raise InputError("the prompt", found=found, expected="one bar at least to compose", next_step="ask for more bars")
        self._clip, self._flat = clip, vocabulary
        self._size, self._at = vocabulary.field_sizes[0], vocabulary.offsets
        self._tokens: list[int] = []
        self._pending: list[int] = []
        self._last = (-1, -1)  # role and pitch that were written last at this moment
        self._role = 0
        self._busy = np.full((len(vocabulary.roles), 128), -1, dtype=np.int64)
        self.done = False

    def feed(self) -> IntArray:
        """Return the tokens that come next without being chosen, and those chosen since, (n, 1)."""
        rows = np.array(self._pending, dtype=np.int64)[:, None]
        self._tokens += self._pending
        self._pending = []
        return rows

    def rows(self) -> IntArray:
        """Return all tokens so far, (n, 1)."""
        return np.array([*self._tokens, *self._pending], dtype=np.int64)[:, None]

    def _span(self, legal: BoolArray, kind: str, values: BoolArray | None = None) -> None:
        first, size = self._at[kind], self._flat.sizes()[kind]
        if values is None:
            legal[first : first + size] = True
        else:
            legal[first : first + len(values)] = values

    def _free(self, role: int, now: int) -> BoolArray:
        """(128,) pitches that a role may strike now: none that sounds, none at or below what it wrote last."""
        free = np.asarray(self._busy[role] <= now)
        if role < self._last[0]:
            free[:] = False
        elif role == self._last[0]:
            free[: self._last[1] + 1] = False
        return free


class RemiWalk(FlatWalk):
    """A walk through bars in REMI."""

    def __init__(self, clip: Clip, *, vocabulary: Remi, prompt_bars: int = 0) -> None:
        super().__init__(clip, vocabulary=vocabulary, prompt_bars=prompt_bars)
        self._remi = vocabulary
        bare = Clip(bars=clip.bars, notes=clip.notes[:0], chords=clip.chords[:0])
        heads = vocabulary.encode(bare)[:-1, 0].astype(int)
        self._heads = np.split(heads, np.flatnonzero(heads == self._at["BAR"])[1:])
        if prompt_bars:
            given = excerpt(clip, 0, prompt_bars)
            self._pending = vocabulary.encode(given)[:-1, 0].astype(int).tolist()
            ends = clip.onsets()[: len(given.notes)] + given.notes["duration"]
            roles = np.searchsorted(vocabulary.role_numbers, given.notes["role"])
            np.maximum.at(self._busy, (roles, given.notes["pitch"].astype(int)), ends)
        self._bar = prompt_bars - 1
        self._stop()

    def clip(self) -> Clip:
        """Return the music so far, in the bars of the plan."""
        return self._remi.decode(self.rows(), like=self._clip)

    def _stop(self) -> None:
        self._bar += 1
        if self._bar >= len(self._clip.bars):
            self.done = True
            self._pending.append(self._at["END"])
            return
        self._pending += self._heads[self._bar].tolist()
        self._position, self._phase, self._last = -1, "BAR", (-1, -1)

    def _now(self, position: int) -> int:
        return int(self._clip.starts[self._bar]) + position * self._remi.step

    def _positions(self) -> BoolArray:
        """Positions later than the last at which somebody may strike something."""
        bar = self._clip.bars[self._bar]
        step = self._remi.step
        legal = np.zeros(self._remi.sizes()["POSITION"], dtype=bool)
        first = max(self._position + 1, -(-int(bar["first"]) // step))
        legal[first : (int(bar["last"]) - 1) // step + 1] = True
        return legal

    def mask(self, chosen: Sequence[int] = ()) -> BoolArray:
        """Say which tokens are legal, never none."""
        legal = np.zeros(self._size, dtype=bool)
        several = len(self._remi.roles) > 1
        if self._phase in ("BAR", "DURATION", "CHORD"):
            legal[self._at["END" if self._bar == len(self._clip.bars) - 1 else "BAR"]] = True
            self._span(legal, "POSITION", self._positions())
        if self._phase in ("POSITION", "CHORD", "DURATION"):
            free = np.array([self._free(role, self._now(self._position)) for role in range(len(self._remi.roles))])
            if several:
                self._span(legal, "ROLE", np.asarray(free.any(axis=1)))
            else:
                self._span(legal, "PITCH", free[0])
            if self._phase == "POSITION" and (self._remi.tells_chords or not free.any()):
                if self._remi.tells_chords:
                    self._span(legal, "CHORD")
                else:  # every key sounds already: the position stays empty
                    self._span(legal, "POSITION", self._positions())
                    legal[self._at["END" if self._bar == len(self._clip.bars) - 1 else "BAR"]] = True
        elif self._phase == "ROLE":
            self._span(legal, "PITCH", self._free(self._role, self._now(self._position)))
        elif self._phase == "PITCH":
            self._span(legal, "VELOCITY")
        elif self._phase == "VELOCITY":
            room = int(self._clip.starts[-1]) - self._now(self._position)
            fits = np.array(self._remi.durations) <= room
            fits[0] = True
            self._span(legal, "DURATION", fits)
        return legal

    def push(self, row: Sequence[int]) -> None:
        """Write a legal token; behind a BAR come its metre and tempo by themselves."""
        token = int(row[0])
        kind = list(self._remi.sizes())[int(self._remi.types_of(np.array(token)))]
        if kind in ("BAR", "END"):
            self._stop()
            return
        self._pending.append(token)
        value = token - self._at[kind]
        if kind == "POSITION":
            self._position, self._last, self._role = value, (-1, -1), 0
        elif kind == "ROLE":
            self._role = value
        elif kind == "PITCH":
            self._last = (self._role, value)
        elif kind == "DURATION":
            self._busy[self._last] = self._now(self._position) + int(self._remi.durations[value])
        self._phase = kind


class MidiWalk(FlatWalk):
    """A walk through time in MIDI-like tokens; every note that begins is ended, and the end comes in the last bar."""

    def __init__(self, clip: Clip, *, vocabulary: MidiLike, prompt_bars: int = 0) -> None:
        super().__init__(clip, vocabulary=vocabulary, prompt_bars=prompt_bars)
        self._midi = vocabulary
        step = vocabulary.step
        self._end, self._late = int(clip.starts[-1]) // step, int(clip.starts[-2]) // step
        self._time, self._phase = 0, "SHIFT"
        self._sounds = np.zeros((len(vocabulary.roles), 128), dtype=bool)
        if prompt_bars:
            limit = -(-int(clip.starts[prompt_bars]) // step)
            for token in vocabulary.encode(excerpt(clip, 0, prompt_bars))[:-1, 0].tolist():
                kind = list(vocabulary.sizes())[int(vocabulary.types_of(np.array(token)))]
                if kind == "SHIFT" and self._time + token - self._at["SHIFT"] + 1 > limit:  # what sounds on is ended by what is composed
                    break
                self.push([token])
            if self._time < limit and self._phase in ("SHIFT", "ON", "OFF"):
                self._shift(limit - self._time)

    def _shift(self, steps: int) -> None:
        while steps > 0:
            now = min(steps, self._midi.longest_shift)
            self.push([self._at["SHIFT"] + now - 1])
            steps -= now

    def clip(self) -> Clip:
        """Return the music so far, in the bars of the plan."""
        return self._midi.decode(self.rows(), like=self._clip)

    def mask(self, chosen: Sequence[int] = ()) -> BoolArray:
        """Say which tokens are legal, never none."""
        legal = np.zeros(self._size, dtype=bool)
        several = len(self._midi.roles) > 1
        struck = self._last[0] >= 0  # at one moment notes end first, then begin
        if self._phase == "VELOCITY":
            self._span(legal, "ON", self._pitches(self._role))
            return legal
        if self._phase != "ROLE":
            rest = self._end - self._time
            self._span(legal, "SHIFT", np.asarray(np.arange(1, self._midi.longest_shift + 1) <= rest))
            legal[self._at["END"]] = not self._sounds.any() and self._time >= self._late
        roles = [self._role] if self._phase == "ROLE" or not several else list(range(len(self._midi.roles)))
        can_end = [not struck and bool(self._sounds[role].any()) for role in roles]
        can_begin = [self._time < self._end and bool(self._pitches(role).any()) for role in roles]
        if several and self._phase != "ROLE":
            self._span(legal, "ROLE", np.asarray(np.logical_or(can_end, can_begin)))
            return legal
        if can_end[0]:
            self._span(legal, "OFF", self._sounds[roles[0]])
        if can_begin[0]:
            self._span(legal, "VELOCITY")
        return legal

    def _pitches(self, role: int) -> BoolArray:
        return np.asarray(self._free(role, 0) & ~self._sounds[role])

    def push(self, row: Sequence[int]) -> None:
        """Write a legal token."""
        token = int(row[0])
        kind = list(self._midi.sizes())[int(self._midi.types_of(np.array(token)))]
        self._pending.append(token)
        value = token - self._at[kind]
        if kind == "END":
            self.done = True
        elif kind == "SHIFT":
            self._time += value + 1
            self._last, self._role = (-1, -1), 0
        elif kind == "ROLE":
            self._role = value
        elif kind == "OFF":
            self._sounds[self._role, value] = False
        elif kind == "ON":
            self._sounds[self._role, value] = True
            self._last = (self._role, value)
        self._phase = kind


def flat_walk(clip: Clip, *, vocabulary: "Remi | MidiLike", prompt_bars: int = 0) -> "RemiWalk | MidiWalk":
    """Begin the walk that fits a vocabulary."""
    if isinstance(vocabulary, Remi):
        return RemiWalk(clip, vocabulary=vocabulary, prompt_bars=prompt_bars)
    return MidiWalk(clip, vocabulary=vocabulary, prompt_bars=prompt_bars)
