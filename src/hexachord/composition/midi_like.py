"""MIDI-like: note-on, note-off, velocity, and time that passes (Oore et al., "This Time with Feeling", 2018)."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from hexachord.arrays import IntArray
from hexachord.composition.clips import Clip, empty_chords, empty_notes, make_bars
from hexachord.composition.flat import Columns, Flat, add_columns, clip_from, latest, sorted_tokens, words_of
from hexachord.composition.laying import places_in
from hexachord.composition.vocabulary import GRID


@dataclass(frozen=True, kw_only=True)
class MidiLike(Flat):
    """MIDI-like: ``{SHIFT} {(ROLE) OFF} {(ROLE) VELOCITY ON}``; time in steps, no bars."""

    steps: int = 24
    longest_shift: int = 96
    name: ClassVar[str] = "midi-like"
    tells_bars: ClassVar[bool] = False

    def sizes(self) -> dict[str, int]:
        """Token types in order, and how many tokens of each there are."""
        found = {"PAD": 1, "END": 1, "SHIFT": self.longest_shift}
        if len(self.roles) > 1:
            found["ROLE"] = len(self.roles)
        return found | {"OFF": 128, "VELOCITY": self.velocity_bins + 1, "ON": 128}

    def encode(self, clip: Clip) -> IntArray:
        """Write a clip (see `flat_clip`) as tokens, (n, 1) int16."""
        at, words, notes = self.offsets, words_of(self), clip.notes
        onset = clip.onsets() // self.step
        role = np.searchsorted(self.role_numbers, notes["role"])
        columns: Columns = []  # token, step, order, role, pitch, order in the event
        for begin, order in ((onset + notes["duration"] // self.step, 1), (onset, 2)):
            said: list[IntArray] = [at["ROLE"] + role] if len(self.roles) > 1 else []
            said += [at["VELOCITY"] + words.velocity_classes(notes["velocity"])] if order == 2 else []
            said.append(at["ON" if order == 2 else "OFF"] + notes["pitch"].astype(np.int64))
            for last, token in enumerate(said):
                add_columns(columns, len(notes), token, begin, order, role, notes["pitch"], last)
        moments = np.unique(np.concatenate([column[1] for column in columns]))
        gap = np.diff(moments, prepend=0)
        whole, rest = gap // self.longest_shift, gap % self.longest_shift
        for size, count in ((np.full(len(gap), self.longest_shift), whole), (rest, (rest > 0).astype(np.int64))):
            sizes, moment = np.repeat(size, count), np.repeat(moments, count)
            add_columns(columns, len(sizes), at["SHIFT"] + sizes - 1, moment, 0, 0, 0, 0)
        return np.append(sorted_tokens(columns), at["END"]).astype(np.int16)[:, None]

    def decode(self, rows: IntArray, *, like: Clip | None = None) -> Clip:
        """Read tokens; `like` gives the bars, which are of 4/4 when left out. A note that is not ended lasts to the end."""
        at, words = self.offsets, words_of(self)
        tokens = np.asarray(rows, dtype=np.int64).reshape(-1)
        types = self.types_of(tokens)
        number = {kind: index for index, kind in enumerate(self.sizes())}
        time = np.cumsum(np.where(types == number["SHIFT"], tokens - at["SHIFT"] + 1, 0)) * self.step
        role = np.zeros(len(tokens), dtype=np.int64)
        if len(self.roles) > 1:
            role = np.clip(latest(tokens - at["ROLE"], types == number["ROLE"]), 0, len(self.roles) - 1)
        ons, offs = np.flatnonzero(types == number["ON"]), np.flatnonzero(types == number["OFF"])
        end = int(time[-1]) if len(time) else 0
        key = np.concatenate([role[ons] * 128 + tokens[ons] - at["ON"], role[offs] * 128 + tokens[offs] - at["OFF"]])
        index = np.concatenate([ons, offs])
        order = np.lexsort((index, key))
        following = np.full(len(order), end, dtype=np.int64)
        if len(order):
            same = key[order][1:] == key[order][:-1]
            following[:-1] = np.where(same, time[index[order][1:]], end)
        ends = np.empty(len(order), dtype=np.int64)
        ends[order] = following
        bars = like.bars if like is not None else make_bars(max(1, -(-end // (4 * GRID))), 4, 4)
        notes = empty_notes(len(ons))
        notes["bar"], notes["place"] = places_in(bars, time[ons])
        notes["duration"], notes["pitch"] = np.maximum(ends[: len(ons)] - time[ons], self.step), tokens[ons] - at["ON"]
        velocity = latest(tokens - at["VELOCITY"], types == number["VELOCITY"])[ons]
        notes["velocity"] = words.velocities_of(np.clip(velocity, 0, self.velocity_bins))
        notes["role"] = np.array(self.role_numbers)[role[ons]]
        return clip_from(self, bars, notes, empty_chords())
