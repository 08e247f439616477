"""The grammar: at every moment, which values of the next field are legal. Whatever is drawn under it can be decoded, in exactly its bars.

A `Walk` goes through a plan. It says which rows to feed (the prefix, each bar's head and what is given of it), and for each note that is to
be written the legal values of one field after another: places never go back, nothing is written twice or over what is given, nothing sounds
beyond the end, every bar ends where it should.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from hexachord.arrays import BoolArray, IntArray
from hexachord.composition.clips import Clip
from hexachord.composition.controls import prefix_rows
from hexachord.composition.decode import decode
from hexachord.composition.encode import bar_rows, chord_rows, fill_rows, note_rows
from hexachord.composition.plan import Plan, checked
from hexachord.composition.vocabulary import (
    BAR,
    BAR_NUMBER,
    BEAT,
    CHORD,
    DURATION,
    END,
    FIELDS,
    FILLED,
    GIVEN,
    GRID,
    KIND,
    NO_ROOT,
    PITCH,
    PLACE,
    REMINDED,
    Vocabulary,
)

_FAR = 1 << 40


class Walk:
    """A walk through a plan.

    Ask for `feed()` and give those rows to the model; choose the fields of the next row one by one under `mask`; `push` it; begin again
    until `done`. `clip()` is what came of it.

    Parameters
    ----------
    plan : what is given and what is wanted
    vocabulary : the words

    Raises
    ------
    InputError : if the plan asks for what cannot be.
    """

    def __init__(self, plan: Plan, *, vocabulary: Vocabulary) -> None:
        self.plan, self.words = checked(plan, vocabulary=vocabulary), vocabulary
        clip = plan.clip
        self._look = vocabulary.look if plan.look is None else plan.look
        self._starts, self._lengths = clip.starts, clip.lengths
        self._end = int(self._starts[-1])
        numbers = plan.first_number
        self._bar_rows = bar_rows(clip, vocabulary=vocabulary, first_number=numbers)
        self._fill_rows = fill_rows(clip, plan.controls, vocabulary=vocabulary, first_number=numbers, bars_after=plan.bars_after)
        self._given = _given_rows(clip, vocabulary, numbers)
        self._onsets = clip.onsets()
        self._ends = self._onsets + np.where(clip.notes["role"] == vocabulary.drums, 1, clip.notes["duration"])
        self._busy = np.full((len(vocabulary.roles), 128), -_FAR, dtype=np.int64)  # when the last filled note of a role and pitch ends
        self._sounding = {role: self._counted(role) for role in plan.most}
        self._prefix = prefix_rows(clip, plan.controls, plan.states(), vocabulary=vocabulary, begins=plan.begins)
        self._pending = [self._prefix]
        self._rows: list[IntArray] = []
        self._filled: list[list[IntArray]] = []  # of each bar so far
        self._again: dict[int, list[IntArray]] = {}  # what each was reminded of
        self._bar = -1
        self.done = False
        self._next_bar()

    def _counted(self, role: int) -> IntArray:
        """How many given notes of a role sound at each place, from the first written moment to the end."""
        mine = self.plan.clip.notes["role"] == role
        count = np.zeros(self._end + 2, dtype=np.int64)
        np.add.at(count, np.clip(self._onsets[mine], 0, self._end), 1)
        np.add.at(count, np.clip(self._ends[mine], 0, self._end), -1)
        return np.cumsum(count)

    # What the model is fed.

    def feed(self) -> IntArray:
        """Return the rows that come next without being chosen, (n, fields); those are all that were chosen since, too."""
        rows = np.concatenate(self._pending) if self._pending else np.zeros((0, len(FIELDS)), dtype=np.int64)
        self._pending = []
        self._rows.append(rows)
        return rows

    def rows(self) -> IntArray:
        """Return all rows so far."""
        return np.concatenate([*self._rows, *self._pending]) if self._rows or self._pending else np.zeros((0, len(FIELDS)), dtype=np.int64)

    def clip(self) -> Clip:
        """Return the music: what was given, and what was filled so far."""
        return decode(self.rows(), vocabulary=self.words, like=self.plan.clip)[0]

    @property
    def bar(self) -> int:
        """The bar that is being filled."""
        return self._bar

    @property
    def last(self) -> tuple[int, int, int]:
        """Place, role and pitch of the last row that was written in this bar; -1 each before the first."""
        return self._last

    def standing(self, bar: int) -> IntArray:
        """Return what stands in a bar so far, given or filled, of the parts that are being filled now: (n, fields), all as filled rows in
        the order in which they would be written."""
        words = self.words
        rows = np.concatenate([self._given[bar], *(self._filled[bar] if bar < len(self._filled) else [])])
        role = words.role_of[rows[:, KIND]]
        rows, role = rows[np.isin(role, self._roles)].copy(), role[np.isin(role, self._roles)]
        rows[:, KIND] = [words.kind(each, FILLED) for each in role.tolist()]
        return rows[np.lexsort((rows[:, PITCH], role, rows[:, PLACE], rows[:, BEAT]))]

    def _next_bar(self) -> None:
        """Go to the next bar that has something to fill; feed what stands before."""
        while True:
            self._bar += 1
            if self._bar >= len(self.plan.clip.bars):
                self.done = True
                last = np.zeros((1, len(FIELDS)), dtype=np.int64)
                last[0, KIND] = END if self.plan.bars_after == 0 else BAR
                self._pending.append(last)
                return
            first = 0 if self._bar == 0 else self._bar + self._look
            self._again[self._bar] = self._reminded()
            self._filled.append([])
            self._pending += self._head(self._bar, first)
            self._roles = np.flatnonzero(self.plan.fill[self._bar]).tolist()
            self._last = (-1, -1, -1)
            if self._roles:
                self._open()
                self._notes = int(np.any(self._busy[self._roles] > self._starts[self._bar]))  # that sound in this bar
                if any(self._feasible(role) for role in self._roles):
                    return

    def _head(self, bar: int, first_told: int) -> list[IntArray]:
        """What stands before the notes of a bar; given notes are told from some bar on."""
        ahead = [self._given[told] for told in range(first_told, bar + self._look + 1) if told < len(self._given)]
        return [self._bar_rows[bar][None], *ahead, *self._again[bar], self._fill_rows[bar][None]]

    def rows_from(self, bar: int) -> IntArray:
        """Write what stands so far again, as if the music began with a bar that is done: what a model reads anew when its context is full.

        The prefix is the same, but says that the piece has begun before; the given notes of the first `look` bars from there on come first.
        """
        prefix = self._prefix.copy()
        if bar > 0 and self.plan.begins is not None:
            prefix[0, BAR_NUMBER] = 2
        rows = [prefix]
        for at in range(bar, min(self._bar + 1, len(self._filled))):
            rows += [*self._head(at, bar if at == bar else at + self._look), *self._filled[at]]
        return np.concatenate(rows)

    def refreshed(self, most: int) -> IntArray:
        """Write again as many of the last bars as fit into `most` rows: whole bars, one at least."""
        bar = len(self._filled) - 1
        total = len(self.rows_from(bar))
        while bar > 0 and (longer := len(self.rows_from(bar - 1))) <= most:
            bar, total = bar - 1, longer
        return self.rows_from(bar)[-max(most, 1) :] if total > most else self.rows_from(bar)

    def _reminded(self) -> list[IntArray]:
        found = []
        for bar, earlier in self.plan.reminders:
            if bar == self._bar and earlier < bar:
                notes = self.clip().notes
                notes = notes[(notes["bar"] == earlier) & np.isin(notes["role"], np.flatnonzero(self.plan.fill.any(axis=0)))]
                found.append(note_rows(notes, REMINDED, vocabulary=self.words, first_number=self.plan.first_number))
        return found

    # What is legal.

    def _open(self) -> None:
        """Lay out, for the roles of this bar, where which pitch is free: allowed, and not given already."""
        length, start = int(self._lengths[self._bar]), int(self._starts[self._bar])
        bars, notes = self.plan.clip.bars, self.plan.clip.notes
        written = np.zeros(length, dtype=bool)
        written[int(bars["first"][self._bar]) : int(bars["last"][self._bar])] = True
        if self.plan.grid is not None:
            written &= np.resize(self.plan.grid, length)
        self._times = start + np.arange(length)
        self._free: dict[int, BoolArray] = {}
        here = (self._ends > start) & (self._onsets < start + length)
        for role in self._roles:
            if role == CHORD:
                chords = self.plan.clip.chords
                free = np.ones((length, 1), dtype=bool) & written[:, None]
                free[0] = True  # the chord of a pick-up stands at the line of its full bar
                free[chords["place"][chords["bar"] == self._bar]] = False
                self._free[role] = free
                continue
            free = np.zeros((length, 128), dtype=bool)
            allowed = True if self.plan.allow is None else self.plan.allow(self._bar, role)
            free[:] = written[:, None] & allowed
            for index in np.flatnonzero(here & (notes["role"] == role)).tolist():
                free[max(0, int(self._onsets[index]) - start) : int(self._ends[index]) - start, notes["pitch"][index]] = False
            self._free[role] = free
        self._chord_due = CHORD in self._roles and bool(self._free[CHORD][0, 0])

    def _legal(self, role: int) -> BoolArray:
        """(places, pitches) what a role may still write in this bar."""
        place, last_role, last_pitch = self._last
        free = self._free[role]
        legal = np.zeros_like(free)
        at = max(place, 0)
        legal[at:] = free[at:]
        if role != CHORD:
            legal[at:] &= self._busy[role] <= self._times[at:, None]
            if role in self._sounding:
                legal[at:] &= (self._sounding[role][np.clip(self._times[at:], 0, self._end)] < self.plan.most[role])[:, None]
        if place >= 0:
            if role < last_role or (role == last_role == CHORD):
                legal[place] = False
            elif role == last_role:
                legal[place, : last_pitch + 1] = False
        return legal

    def _feasible(self, role: int) -> bool:
        return bool(self._legal(role).any())

    def mask(self, chosen: Sequence[int]) -> BoolArray:
        """Say which values of the next field are legal, after the fields of the row that are chosen already.

        Returns
        -------
        (size of field ``len(chosen)``,) bool, never all False
        """
        words, at = self.words, len(chosen)
        legal = np.zeros(words.field_sizes[at], dtype=bool)
        if at == KIND:
            if self._chord_due:
                legal[words.kind(CHORD)] = True
                return legal
            legal[END if self._bar == len(self.plan.clip.bars) - 1 and self.plan.bars_after == 0 else BAR] = True
            full = self._notes >= self.plan.limit.get(self._bar, _FAR)
            self._open_now = {role: table for role in self._roles if not (full and role != CHORD) and (table := self._legal(role)).any()}
            for role in self._open_now:
                legal[words.kind(role)] = True
            if self._notes < self.plan.least.get(self._bar, 0) and any(role != CHORD for role in self._open_now):
                legal[[BAR, END]] = False
            return legal
        kind = int(chosen[KIND])
        if kind in (BAR, END):
            legal[0] = True  # its other fields are not chosen: the plan knows them
            return legal
        role = int(words.role_of[kind])
        if at == BAR_NUMBER:
            legal[(self._bar + self.plan.first_number) % words.bar_cycle + 1] = True
        elif at == BEAT:
            beats = np.flatnonzero(self._table(role).any(axis=1)) // GRID
            legal[beats + 1] = True
        elif at == PLACE:
            here = np.flatnonzero(self._table(role)[(chosen[BEAT] - 1) * GRID : chosen[BEAT] * GRID].any(axis=1))
            legal[here + 1] = True
        else:
            self._sounds(role, (int(chosen[BEAT]) - 1) * GRID + int(chosen[PLACE]) - 1, chosen, legal)
        return legal

    def _table(self, role: int) -> BoolArray:
        if self._chord_due:  # the first of a bar stands at its line
            table = np.zeros_like(self._free[CHORD])
            table[0] = True
            return table
        return self._open_now[role]

    def _sounds(self, role: int, place: int, chosen: Sequence[int], legal: BoolArray) -> None:
        """Pitch, duration and velocity of a note; root, quality and bass of a chord."""
        at, words = len(chosen), self.words
        if role == CHORD:
            if at == PITCH:
                legal[1 : NO_ROOT + 1] = True
            elif chosen[PITCH] == NO_ROOT:
                legal[0] = True
            else:
                legal[1 : 1 + (len(words.qualities) if at == DURATION else 12)] = True
        elif at == PITCH:
            legal[1:] = self._table(role)[place]
        elif at == DURATION:
            if role == words.drums:
                legal[0] = True
            else:
                room = self._room(role, int(chosen[PITCH]) - 1, int(self._times[place]))
                legal[1 : 1 + int(words.duration_classes_within(np.array(room)))] = True
        elif self.plan.velocities:
            legal[1 : 1 + words.velocity_bins] = True
        else:
            legal[0] = True

    def _room(self, role: int, pitch: int, time: int) -> int:
        """How long a note may be: to the end, to a given note on its key, to where others fill the part."""
        notes = self.plan.clip.notes
        later = self._onsets[(notes["role"] == role) & (notes["pitch"] == pitch) & (self._onsets > time)]
        room = min(self._end, int(later.min(initial=_FAR))) - time
        if role in self._sounding:
            full = np.flatnonzero(self._sounding[role][time + 1 : time + room] >= self.plan.most[role])
            room = min(room, int(full[0]) + 1) if len(full) else room
        return room

    def push(self, row: Sequence[int]) -> None:
        """Write a row whose every field was legal; behind a BAR or END comes what the plan knows."""
        if int(row[KIND]) in (BAR, END):
            self._next_bar()
            return
        table = np.array(row, dtype=np.int64)
        self._pending.append(table[None])
        self._filled[self._bar].append(table[None])
        role, place = int(self.words.role_of[table[KIND]]), int((table[BEAT] - 1) * GRID + table[PLACE] - 1)
        self._last = (place, role, int(table[PITCH]) - 1)
        if role == CHORD:
            self._chord_due = False
            return
        self._notes += 1
        duration = 1 if role == self.words.drums else int(self.words.durations_of(table[DURATION]))
        time = int(self._times[place])
        self._busy[role, self._last[2]] = time + duration
        if role in self._sounding:
            self._sounding[role][time : time + duration] += 1


def _given_rows(clip: Clip, vocabulary: Vocabulary, first_number: int) -> list[IntArray]:
    """The given rows of every bar, in the order of place, role and pitch."""
    notes = note_rows(clip.notes, GIVEN, vocabulary=vocabulary, first_number=first_number)
    chords = chord_rows(clip.chords, GIVEN, vocabulary=vocabulary, first_number=first_number)
    rows = np.concatenate([chords, notes])
    bar = np.concatenate([clip.chords["bar"], clip.notes["bar"]])
    place = np.concatenate([clip.chords["place"], clip.notes["place"]])
    order = np.lexsort((rows[:, PITCH], rows[:, KIND], place, bar))
    edges = np.searchsorted(bar[order], np.arange(len(clip.bars) + 1))
    return [rows[order][first:last] for first, last in pairwise(edges)]


def random_rows(plan: Plan, *, vocabulary: Vocabulary, seed: int, stop: float = 0.1) -> Walk:
    """Walk through a plan by pure chance: what the grammar alone allows. `stop` is the chance that a bar ends with each note."""
    walk, random = Walk(plan, vocabulary=vocabulary), np.random.default_rng(seed)
    while not walk.done:
        walk.feed()
        row: list[int] = []
        for _ in FIELDS:
            legal = np.flatnonzero(walk.mask(row))
            if not row and len(legal) > 1 and legal[0] in (BAR, END):
                row.append(int(legal[0]) if random.random() < stop else int(random.choice(legal[1:])))
            else:
                row.append(int(random.choice(legal)))
        walk.push(row)
    walk.feed()
    return walk
