"""Which string and fret for every note: the path of least trouble through all the ways a passage can be held.

Each chord (or single note) can be held in several grips; changing from one to the next costs the distance the hand travels, dear when
there is little time, and what has to stop ringing for it. The cheapest sequence is found by dynamic programming, as S. I. Sayegh,
"Fingering for string instruments with the optimum path paradigm", Computer Music Journal 13(3), 1989, does for single notes; chords as
states follow D. P. Radicioni and V. Lombardo, "Guitar fingering for music performance", ICMC 2005. Which strings still ring belongs to the
state, so the search keeps the best histories of each state and, of all states, the best few.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf
from typing import NamedTuple

import numpy as np

from hexachord.arrays import Float64Array, FloatArray, IntArray
from hexachord.theory.fretboard import Fretboard
from hexachord.theory.fretboard_hands import HIGH_FRET, Grip, HandCosts, grips, hand_cost, playable_part

HIGHEST_CAPO = 7
_CAPO_COST = 0.04  # a fret: the neck gets narrow and the sound thin
_CAPO_CHORDS = 240  # so many are enough to know where the capo goes
_BEAM = 20
_GRIPS = 18
_RINGS_S = 0.03  # an overlap shorter than this is legato, nothing rings


@dataclass(frozen=True, kw_only=True, eq=False)
class Fingering:
    """Where every note is played.

    Attributes
    ----------
    string : (n,) 1 for the highest, 0 for a note that cannot be played and was dropped
    fret : (n,) from the capo, -1 for a dropped note
    octaves : (n,) how many octaves a note was moved to be on the neck
    end_s : (n,) where it stops at the latest: as asked, or where its string or finger is needed again
    position : (n,) the fret of the index finger when it is struck; 0 where nobody has pressed a string yet
    cost : of the whole path
    board : what it is played on
    """

    string: IntArray
    fret: IntArray
    octaves: IntArray
    end_s: Float64Array
    position: IntArray
    cost: float
    board: Fretboard

    @property
    def is_played(self) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """(n,) whether a note was kept."""
        return np.asarray(self.string > 0)

    @property
    def words(self) -> str:
        """What could not be played as it was, in a sentence; empty when all could."""
        dropped, moved = int((self.string == 0).sum()), int((self.octaves[self.is_played] != 0).sum())
        parts = [f"{count} {what}" for count, what in ((dropped, "left out"), (moved, "moved by octaves")) if count]
        return f"Of {len(self.string)} notes {' and '.join(parts)} to be playable." if parts else ""


class _Node(NamedTuple):
    """A history of the hand."""

    cost: float
    position: int
    pressed_s: float  # when a string was pressed last: from then on the hand may travel
    ringing: tuple[tuple[int, int, float, int], ...]  # (string, fret, end, note) of what still sounds
    last_string: int  # of the last single note, 0 after a chord
    grip: Grip | None
    damped: tuple[int, ...]  # notes that stopped for this grip
    parent: "_Node | None"


def finger_notes(
    onset_s: FloatArray,
    end_s: FloatArray,
    pitch: IntArray | FloatArray,
    *,
    board: Fretboard,
    chord_s: float = 0.03,
    costs: HandCosts = HandCosts(),
) -> Fingering:
    """Choose a string and a fret for every note.

    Notes off the neck are moved by octaves onto it; what no hand can hold together is reduced (`playable_part`).

    Parameters
    ----------
    onset_s, end_s, pitch : (n,) in any order; MIDI numbers
    board : the instrument
    chord_s : notes whose onsets are this close together are struck as one chord

    Raises
    ------
    ValueError : if the arrays differ in length.

    Examples
    --------
    >>> from hexachord.theory.fretboard import fretboard
    >>> g_major = finger_notes(np.zeros(6), np.ones(6), np.array([43, 47, 50, 55, 59, 67]), board=fretboard())
    >>> g_major.string.tolist(), g_major.fret.tolist()
    ([6, 5, 4, 3, 2, 1], [3, 2, 0, 0, 0, 3])
    """
    onset, end = np.asarray(onset_s, dtype=np.float64), np.asarray(end_s, dtype=np.float64)
    asked = np.round(np.asarray(pitch)).astype(np.int64)
    count = len(onset)
    if not count == len(end) == len(asked):
        raise ValueError(f"{count} onsets, {len(end)} ends and {len(asked)} pitches")
    octaves = _octaves_onto(asked, board)
    on_neck = (asked + 12 * octaves >= board.lowest) & (asked + 12 * octaves <= board.highest)
    sounding = asked + 12 * octaves
    chords = _chords(onset, sounding, on_neck, chord_s)
    node = _Node(0.0, 0, -inf, (), 0, None, (), None)
    beam = [node]
    struck: list[tuple[int, ...]] = []
    for chord in chords:
        kept = _kept(chord, sounding, octaves, board, costs)
        struck.append(kept)
        found = grips(tuple(int(sounding[index]) for index in kept), board, costs=costs, limit=_GRIPS)
        if kept:
            beam = _extended(beam, found, kept, float(onset[list(kept)].min()), end, costs)
    return _traced(min(beam, key=lambda node: node.cost), struck, octaves, end, onset, board, costs)


def best_capo(
    onset_s: FloatArray,
    end_s: FloatArray,
    pitch: IntArray | FloatArray,
    *,
    board: Fretboard,
    highest: int = HIGHEST_CAPO,
    costs: HandCosts = HandCosts(),
) -> int:
    """The fret for a capo that makes notes easiest: open strings and simple grips, nothing moved off its octave.

    With chord symbols at hand, `hexachord.theory.capo.choose_capo` knows the shapes by name.

    Examples
    --------
    >>> from hexachord.theory.fretboard import fretboard
    >>> chord = np.array([51, 55, 58, 63, 67])
    >>> best_capo(np.zeros(5), np.ones(5), chord, board=fretboard())
    3
    """
    onset, end, asked = (
        np.asarray(onset_s, dtype=np.float64),
        np.asarray(end_s, dtype=np.float64),
        np.round(np.asarray(pitch)).astype(np.int64),
    )
    moments = np.unique(onset)
    if len(moments) > _CAPO_CHORDS:
        few = onset < moments[_CAPO_CHORDS]
        onset, end, asked = onset[few], end[few], asked[few]
    chords = max(1, min(len(moments), _CAPO_CHORDS))
    best, best_cost = 0, inf
    for fret in range(min(highest, board.frets - 1) + 1):
        held = finger_notes(onset, end, asked, board=replace(board, capo=fret), costs=costs)
        lost = float(np.abs(held.octaves).sum() + 2 * (held.string == 0).sum())
        cost = (held.cost + costs.octave * lost) / chords + _CAPO_COST * fret
        if cost < best_cost - 1e-9:
            best, best_cost = fret, cost
    return best


def _octaves_onto(pitch: IntArray, board: Fretboard) -> IntArray:
    """How many octaves each note must move to be on the neck."""
    up = np.maximum(0, -(-(board.lowest - pitch) // 12))
    down = np.maximum(0, -(-(pitch - board.highest) // 12))
    return np.asarray(up - down, dtype=np.int64)


def _chords(onset: Float64Array, pitch: IntArray, on_neck: np.ndarray[tuple[int], np.dtype[np.bool_]], chord_s: float) -> list[list[int]]:
    """Indices of notes struck together, ascending in pitch."""
    groups: list[list[int]] = []
    for index in np.lexsort((pitch, onset)).tolist():
        if not on_neck[index]:
            continue
        close = bool(groups) and onset[index] - onset[groups[-1][-1]] <= chord_s and onset[index] - onset[groups[-1][0]] <= 3 * chord_s
        if close:
            groups[-1].append(index)
        else:
            groups.append([index])
    return [sorted(group, key=lambda index: (int(pitch[index]), index)) for group in groups]


def _kept(chord: list[int], sounding: IntArray, octaves: IntArray, board: Fretboard, costs: HandCosts) -> tuple[int, ...]:
    """The notes of a chord that a hand can hold; a bass too far from the rest goes up an octave before it is lost."""
    pitches = [int(sounding[index]) for index in chord]
    kept = tuple(chord[place] for place in playable_part(tuple(pitches), board, costs=costs))
    if chord[0] in kept or len(chord) < 2 or pitches[0] + 12 >= pitches[-1] or pitches[0] + 12 in pitches:
        return kept
    raised = sorted([pitches[0] + 12, *pitches[1:]])
    fitting = playable_part(tuple(raised), board, costs=costs)
    if len(fitting) <= len(kept) or raised.index(pitches[0] + 12) not in fitting:
        return kept
    sounding[chord[0]] += 12
    octaves[chord[0]] += 1
    chord.sort(key=lambda index: int(sounding[index]))
    return tuple(chord[place] for place in fitting)


def _extended(
    beam: Sequence[_Node], found: tuple[Grip, ...], notes: tuple[int, ...], time_s: float, end: Float64Array, costs: HandCosts
) -> list[_Node]:
    """All histories with one more chord, of each state the best, the best few of all."""
    ends = tuple(float(end[note]) for note in notes)
    grown: dict[tuple[int, int, tuple[tuple[int, int, float, int], ...]], _Node] = {}
    floor = inf
    for node in beam:
        ringing = tuple(sound for sound in node.ringing if sound[2] > time_s + _RINGS_S)
        for grip in found:
            if node.cost + grip.cost > floor + 12.0:  # far behind: this history will not win
                continue
            new = _step(node, ringing, grip, notes, ends, time_s, costs)
            key = (new.position, new.last_string, new.ringing)
            rival = grown.get(key)
            if rival is None or new.cost < rival.cost:
                grown[key] = new
                floor = min(floor, new.cost)
    return sorted(grown.values(), key=lambda node: node.cost)[:_BEAM]


def _step(
    node: _Node,
    ringing: tuple[tuple[int, int, float, int], ...],
    grip: Grip,
    notes: tuple[int, ...],
    ends: tuple[float, ...],
    time_s: float,
    costs: HandCosts,
) -> _Node:
    position = grip.position or node.position
    cost = node.cost + grip.cost
    travel = abs(position - node.position) if node.position else 0
    if travel:
        haste = 0.4 + 0.25 / max(0.08, time_s - node.pressed_s)
        cost += haste * (costs.shift + costs.shift_per_fret * travel + costs.leap * travel**2)
    if not grip.position and not ringing and node.position >= HIGH_FRET:
        cost += costs.lonely_open  # an open string in a run up the neck sounds like another instrument
    single = grip.strings[0] if len(grip.strings) == 1 else 0
    if single and node.last_string:
        cost += costs.skip * max(0, abs(single - node.last_string) - 1)
    stays: tuple[tuple[int, int, float, int], ...] = ()
    damped: tuple[int, ...] = ()
    if ringing:
        stays, gone = _still_ringing(ringing, grip, position, costs)
        for _, _, until, _ in gone:
            cost += costs.damp * min(1.0, 2.0 * (until - time_s))
        damped = tuple(sound[3] for sound in gone)
        if stays:
            together = tuple(sorted([*((s, f) for s, f, _, _ in stays), *zip(grip.strings, grip.frets, strict=True)]))
            cost += max(0.0, hand_cost(together, position or 1, costs) - grip.cost) if position else 0.0
    struck = tuple((string, fret, until, note) for string, fret, until, note in zip(grip.strings, grip.frets, ends, notes, strict=True))
    pressed_s = time_s if grip.position else node.pressed_s
    return _Node(cost, position, pressed_s, stays + struck, single, grip, damped, node)


def _still_ringing(
    ringing: tuple[tuple[int, int, float, int], ...], grip: Grip, position: int, costs: HandCosts
) -> tuple[tuple[tuple[int, int, float, int], ...], list[tuple[int, int, float, int]]]:
    """What goes on sounding under a new grip, and what stops: strings struck again, frets out of reach, one finger too many."""
    stays: list[tuple[int, int, float, int]] = []
    gone: list[tuple[int, int, float, int]] = []
    for sound in ringing:
        string, fret = sound[:2]
        lies_in_reach = fret == 0 or position == 0 or position <= fret <= position + costs.reach
        (stays if string not in grip.strings and lies_in_reach else gone).append(sound)
    new = tuple(zip(grip.strings, grip.frets, strict=True))
    while stays and position and hand_cost(tuple(sorted([*((s, f) for s, f, _, _ in stays), *new])), position, costs) == inf:
        first = min(range(len(stays)), key=lambda place: (stays[place][1] == 0, stays[place][2]))
        gone.append(stays.pop(first))
    return tuple(stays), gone


def _traced(
    last: _Node,
    struck: list[tuple[int, ...]],
    octaves: IntArray,
    end: Float64Array,
    onset: Float64Array,
    board: Fretboard,
    costs: HandCosts,
) -> Fingering:
    """Read a history backwards."""
    count = len(end)
    string, fret = np.zeros(count, dtype=np.int64), np.full(count, -1, dtype=np.int64)
    position, ends = np.zeros(count, dtype=np.int64), np.array(end, dtype=np.float64)
    node: _Node | None = last
    played = [notes for notes in struck if notes]
    while node is not None and node.grip is not None:
        notes = played.pop()
        begins = float(onset[list(notes)].min())
        for note, where, at in zip(notes, node.grip.strings, node.grip.frets, strict=True):
            string[note], fret[note], position[note] = where, at, node.position
        for note in node.damped:
            ends[note] = min(ends[note], begins)
        node = node.parent
    # An overlap too short to be meant is cut all the same: a string carries one note.
    for number in range(1, board.string_count + 1):
        rows = np.flatnonzero(string == number)
        rows = rows[np.argsort(onset[rows], kind="stable")]
        ends[rows[:-1]] = np.minimum(ends[rows[:-1]], onset[rows[1:]])
    return Fingering(
        string=string,
        fret=fret,
        octaves=np.where(string > 0, octaves, 0),
        end_s=np.maximum(ends, onset),
        position=position,
        cost=last.cost,
        board=board,
    )
