"""REMI: bars, positions, tempi, chords, and of each note pitch, velocity and duration, one token each.

Huang and Yang, "Pop Music Transformer", ACM MM 2020; several parts and metres as in later work on it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from hexachord.arrays import IntArray
from hexachord.composition.clips import Clip, empty_chords, empty_notes, make_bars
from hexachord.composition.flat import Columns, Flat, add_columns, clip_from, latest, sorted_tokens, words_of
from hexachord.composition.vocabulary import BEAT_TYPES, CHORD_QUALITIES, GRID, Vocabulary


@dataclass(frozen=True, kw_only=True)
class Remi(Flat):
    """REMI: ``BAR (BEATS BEAT_TYPE) (TEMPO) {POSITION (CHORD) {(ROLE) PITCH VELOCITY DURATION}}``; metre and tempo where they change.

    Attributes
    ----------
    roles : who plays; with one role there are no ROLE tokens
    steps : positions of a quarter
    chords : whether chords are told
    """

    chords: bool = False
    name: ClassVar[str] = "remi"

    def sizes(self) -> dict[str, int]:
        """Token types in order, and how many tokens of each there are."""
        found = {"PAD": 1, "END": 1, "BAR": 1, "BEATS": 64, "BEAT_TYPE": len(BEAT_TYPES), "TEMPO": Vocabulary().tempo_steps}
        found["POSITION"] = self.max_quarters * self.steps
        if self.chords:
            found["CHORD"] = 1 + 12 * len(CHORD_QUALITIES)
        if len(self.roles) > 1:
            found["ROLE"] = len(self.roles)
        return found | {"PITCH": 128, "VELOCITY": self.velocity_bins + 1, "DURATION": len(self.durations)}

    def encode(self, clip: Clip) -> IntArray:
        """Write a clip (see `flat_clip`) as tokens, (n, 1) int16."""
        at, words = self.offsets, words_of(self)
        bars, notes, chords = clip.bars, clip.notes, clip.chords
        columns: Columns = []  # token, bar, step, order, role, pitch, order in the event
        metre = bars["beats"].astype(np.int64) * 64 + np.searchsorted(BEAT_TYPES, bars["beat_type"])
        tempo = words.tempo_classes(bars["bpm"].astype(np.float64))
        new_metre, new_tempo = (np.flatnonzero(np.diff(values, prepend=-1)) for values in (metre, tempo))
        new_tempo = new_tempo[tempo[new_tempo] > 0]
        add_columns(columns, len(bars), at["BAR"], np.arange(len(bars)), -1, 0, 0, 0, 0)
        add_columns(columns, len(new_metre), at["BEATS"] + metre[new_metre] // 64 - 1, new_metre, -1, 1, 0, 0, 0)
        add_columns(columns, len(new_metre), at["BEAT_TYPE"] + metre[new_metre] % 64, new_metre, -1, 2, 0, 0, 0)
        add_columns(columns, len(new_tempo), at["TEMPO"] + tempo[new_tempo] - 1, new_tempo, -1, 3, 0, 0, 0)
        step = notes["place"].astype(np.int64) // self.step
        role = np.searchsorted(self.role_numbers, notes["role"])
        tables = [(notes["bar"].astype(np.int64), step)]
        if self.chords:
            chord_step = chords["place"].astype(np.int64) // self.step
            tables.append((chords["bar"].astype(np.int64), chord_step))
            word = np.where(chords["root"] < 0, 0, 1 + chords["root"].astype(np.int64) * len(CHORD_QUALITIES) + chords["quality"])
            add_columns(columns, len(chords), at["CHORD"] + word, chords["bar"], chord_step, 1, 0, 0, 0)
        moments = np.unique(np.concatenate([bar * 1024 + place for bar, place in tables]))
        add_columns(columns, len(moments), at["POSITION"] + moments % 1024, moments // 1024, moments % 1024, 0, 0, 0, 0)
        said = [at["PITCH"] + notes["pitch"], at["VELOCITY"] + words.velocity_classes(notes["velocity"])]
        said.append(at["DURATION"] + np.searchsorted(self.durations, notes["duration"]))
        if len(self.roles) > 1:
            said.insert(0, at["ROLE"] + role)
        for order, token in enumerate(said):
            add_columns(columns, len(notes), token, notes["bar"], step, 2, role, notes["pitch"], order)
        return np.append(sorted_tokens(columns), at["END"]).astype(np.int16)[:, None]

    def decode(self, rows: IntArray, *, like: Clip | None = None) -> Clip:
        """Read tokens; `like` gives bars that are not full and keys, which REMI does not tell."""
        at, words = self.offsets, words_of(self)
        tokens = np.asarray(rows, dtype=np.int64).reshape(-1)
        types = self.types_of(tokens)
        number = {kind: index for index, kind in enumerate(self.sizes())}
        block = np.cumsum(types == number["BAR"]) - 1
        count = int(block[-1]) + 1 if len(block) else 0
        bars = make_bars(count, 4, 4)
        tables: dict[str, tuple[str, Callable[[int], float]]] = {
            "BEATS": ("beats", lambda word: word + 1),
            "BEAT_TYPE": ("beat_type", lambda word: BEAT_TYPES[word]),
            "TEMPO": ("bpm", lambda word: float(words.tempi_of(np.array(word + 1)))),
        }
        for kind, (name, value) in tables.items():
            for place in np.flatnonzero((types == number[kind]) & (block >= 0)).tolist():
                bars[name][block[place] :] = value(int(tokens[place]) - at[kind])
        bars["last"] = bars["beats"].astype(np.int64) * 4 * GRID // bars["beat_type"]
        position = latest(tokens - at["POSITION"], types == number["POSITION"])
        here = np.flatnonzero(types == number["PITCH"])
        here = here[(here + 2 < len(tokens))]
        notes = empty_notes(len(here))
        notes["bar"], notes["place"], notes["pitch"] = block[here], position[here] * self.step, tokens[here] - at["PITCH"]
        role = tokens[here - 1] - at["ROLE"] if len(self.roles) > 1 else np.zeros(len(here), dtype=np.int64)
        notes["role"] = np.array(self.role_numbers)[np.clip(role, 0, len(self.roles) - 1)]
        notes["velocity"] = words.velocities_of(np.clip(tokens[here + 1] - at["VELOCITY"], 0, self.velocity_bins))
        notes["duration"] = np.array(self.durations)[np.clip(tokens[here + 2] - at["DURATION"], 0, len(self.durations) - 1)]
        chords = empty_chords()
        if self.chords:
            there = np.flatnonzero(types == number["CHORD"])
            chords = empty_chords(len(there))
            word = tokens[there] - at["CHORD"] - 1
            chords["bar"], chords["place"] = block[there], position[there] * self.step
            chords["root"] = np.where(word < 0, -1, word // len(CHORD_QUALITIES))
            chords["quality"] = np.where(word < 0, 0, word % len(CHORD_QUALITIES))
        return clip_from(self, bars if like is None else like.bars, notes, chords)
