"""Between two clips: one becomes the other in steps, each farther from the first and nearer to the second.

Notes of both are paired (`hexachord.composition.morph.note_distance`). Paired ones walk from one place to the other, in time on eighths or
sixteenths, in pitch on the tones of the key they are nearer to; of the others those that matter least leave first and those that matter
most come first. Of many moments of that walk those are taken whose distance to the first clip rises and to the second falls at every step,
as evenly as can be. What MusicVAE does in a latent space (A. Roberts et al., ICML 2018) is done here on the notes: no network, any parts,
any length.
"""

from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from math import gcd

import numpy as np

from hexachord.arrays import BoolArray, Float64Array, IntArray
from hexachord.composition.morph.note_distance import match_notes, note_distance
from hexachord.composition.pages.keeping import played_notes
from hexachord.errors import InputError
from hexachord.score.edit import map_ticks, sorted_notes, with_bars
from hexachord.score.model import DEFAULT_QUARTER_BPM, DEFAULT_VELOCITY, TICKS_PER_QUARTER, Grace, KeyMark, Note, Part, Score, TempoMark
from hexachord.theory.chord_labels import parse_pitch_class
from hexachord.theory.keys import local_keys

_MOMENTS = 96
_BLOCK_BARS = 2  # notes are paired inside so many bars: what is farther apart is not the same note
_COARSE, _GRID = 2, 4
_SCALES = {"major": (0, 2, 4, 5, 7, 9, 11), "minor": (0, 2, 3, 5, 7, 8, 10, 11)}


@dataclass(frozen=True, kw_only=True)
class Interpolated:
    """The way from one clip to the other.

    Attributes
    ----------
    scores : the steps, without the two clips themselves; each has the bars of the first clip
    ends : the two clips as they are compared: the second laid on the bars of the first
    from_first, to_second : distance of each step to the clips, as a share of the distance between them
    warnings : where there are fewer steps than were asked for
    """

    scores: tuple[Score, ...]
    ends: tuple[Score, Score]
    from_first: tuple[float, ...]
    to_second: tuple[float, ...]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False)
class _Line:
    """One part of both clips: notes, and which of them are the same."""

    parts: tuple[Part | None, Part | None]
    notes: tuple[list[Note], list[Note]]
    pairs: list[tuple[int, int]]
    alone: tuple[list[int], list[int]]  # those without a partner, what matters least first
    single: bool  # one note at a time in both


def interpolate(first: Score, second: Score, *, steps: int = 6) -> Interpolated:
    """Make the steps between two clips.

    Parameters
    ----------
    first, second : if they differ in metre or length, each bar of the second is laid on the bars of the first that come at the same
        share of the piece
    steps : how many lie between the two

    Returns
    -------
    Interpolated; `from_first` rises and `to_second` falls at every step

    Raises
    ------
    InputError : if one has no notes, both are the same, or fewer than one step is asked for.

    Examples
    --------
    >>> from hexachord.score.abc import read_abc
    >>> one, other = (read_abc("X:1\\nM:4/4\\nL:1/4\\nK:C\\n" + text) for text in ("C D E F|G4|", "c B A G|E2 C2|"))
    >>> made = interpolate(one, other, steps=3)
    >>> len(made.scores), made.from_first[0] < made.from_first[-1]
    (3, True)
    """
    if steps < 1:
        raise InputError(f"steps {steps}", found="no step", expected="at least one")
    for name, score in (("the first clip", first), ("the second clip", second)):
        if not any(part.notes for part in score.parts):
            raise InputError(name, found="no notes", expected="music")
    one, other = _laid(first, second)
    lines = _lines(one, other)
    keys = _scale_of(one), _scale_of(other)
    walk = [_at(one, other, lines, keys, share) for share in np.linspace(0.0, 1.0, _MOMENTS + 1)[1:-1].tolist()]
    ends = [_table(one, other, score) for score in (one, other)]
    whole = _distance(ends[0], ends[1])
    if whole == 0.0:
        raise InputError("the two clips", found="the same notes", expected="two that differ")
    far, near = np.array([[_distance(table, end) / whole for end in ends] for table in (_table(one, other, score) for score in walk)]).T
    chosen = _chosen(far, near, steps)
    words = () if len(chosen) == steps else (f"{len(chosen)} of {steps} steps: the clips are too much alike for more",)
    return Interpolated(
        scores=tuple(replace(walk[index], title=f"{number} of {len(chosen)}") for number, index in enumerate(chosen, start=1)),
        ends=(one, other),
        from_first=tuple(far[chosen].tolist()),
        to_second=tuple(near[chosen].tolist()),
        warnings=words,
    )


def _laid(first: Score, second: Score) -> tuple[Score, Score]:
    """Lay the second clip on the bars of the first, both in our ticks."""
    one, other = (with_bars(_in_ticks(score)) for score in (first, second))
    counts = len(one.bars), len(other.bars)
    starts = np.array([bar.tick for bar in one.bars] + [one.bars[-1].end], dtype=np.float64)
    own = np.array([bar.tick for bar in other.bars] + [other.bars[-1].end], dtype=np.float64)
    if counts[0] == counts[1] and np.array_equal(starts, own):
        return one, replace(other, bars=one.bars, metres=one.metres)
    fine = TICKS_PER_QUARTER // 24

    def moved(tick: int) -> int:
        bar = np.interp(tick, own, np.arange(len(own))) * counts[0] / counts[1]
        return round(float(np.interp(bar, np.arange(len(starts)), starts)) / fine) * fine

    laid = map_ticks(replace(other, bars=()), moved)
    parts = tuple(replace(part, notes=tuple(note._replace(duration=max(note.duration, fine), value=None) for note in part.notes))
                  for part in laid.parts)  # fmt: skip
    return one, replace(laid, parts=parts, bars=one.bars, metres=one.metres)


def _in_ticks(score: Score) -> Score:
    scale = Fraction(TICKS_PER_QUARTER, score.ticks_per_quarter)
    return score if scale == 1 else replace(map_ticks(score, lambda tick: round(tick * scale)), ticks_per_quarter=TICKS_PER_QUARTER)


def _heads(part: Part) -> list[Note]:
    """The notes of a part as they sound, drums too."""
    return [each.note for each in played_notes(Score(parts=(replace(part, is_percussion=False),)))]


def _lines(one: Score, other: Score) -> list[_Line]:
    """Pair parts, drums with drums and the rest from the top, and their notes."""

    def ordered(score: Score, drums: bool) -> list[Part]:
        mine = [part for part in score.parts if part.is_percussion == drums and any(note.grace is Grace.NO for note in part.notes)]
        return sorted(mine, key=lambda part: -float(np.mean([note.pitch for note in part.notes])))

    made = []
    for drums in (False, True):
        sides = ordered(one, drums), ordered(other, drums)
        for number in range(max(map(len, sides))):
            left, right = (side[number] if number < len(side) else None for side in sides)
            made.append(_line(one, left, right))
    return made


def _line(score: Score, left: Part | None, right: Part | None) -> _Line:
    notes = tuple([] if part is None else _heads(part) for part in (left, right))
    blocks = [_blocks(score, side) for side in notes]
    pairs: list[tuple[int, int]] = []
    for block in np.intersect1d(blocks[0], blocks[1]).tolist():
        rows = [np.flatnonzero(side == block) for side in blocks]
        found = match_notes(*(_features([side[row] for row in mine.tolist()]) for side, mine in zip(notes, rows, strict=True)))
        pairs += list(zip(rows[0][found.one].tolist(), rows[1][found.other].tolist(), strict=True))
    alone = []
    for side, number in zip(notes, (0, 1), strict=True):
        taken = {pair[number] for pair in pairs}
        rest = [row for row in range(len(side)) if row not in taken]
        alone.append(sorted(rest, key=lambda row: (_matters(score, side[row]), row)))
    single = all(all(before.end <= after.onset for before, after in pairwise(side)) for side in notes if side)
    return _Line(parts=(left, right), notes=(notes[0], notes[1]), pairs=pairs, alone=(alone[0], alone[1]), single=single)


def _matters(score: Score, note: Note) -> float:
    """How much a note matters: on the bar line, on a beat, between; and how long it is."""
    starts = np.array([bar.tick for bar in score.bars])
    at = note.onset - int(starts[max(0, int(np.searchsorted(starts, note.onset, side="right")) - 1)])
    place = 1.0 if at == 0 else 0.7 if at % TICKS_PER_QUARTER == 0 else 0.35 if at % (TICKS_PER_QUARTER // 2) == 0 else 0.1
    return place + 0.5 * min(note.duration / TICKS_PER_QUARTER, 2.0)


def _blocks(score: Score, notes: list[Note]) -> IntArray:
    starts = np.array([bar.tick for bar in score.bars[::_BLOCK_BARS]])
    return np.searchsorted(starts, np.array([note.onset for note in notes], dtype=np.int64), side="right")


def _features(notes: list[Note]) -> Float64Array:
    rows = [(note.onset / TICKS_PER_QUARTER, note.pitch, np.log2(max(note.duration, 1) / TICKS_PER_QUARTER)) for note in notes]
    return np.array(rows, dtype=np.float64).reshape(-1, 3)


def _table(one: Score, other: Score, score: Score) -> list[dict[int, Float64Array]]:
    """A clip's notes, line by line as `_lines` pairs parts of the two, block by block."""
    out = []
    for line_part in _parts_in_order(one, other, score):
        notes = [] if line_part is None else _heads(line_part)
        block, rows = _blocks(one, notes), _features(notes)
        out.append({number: rows[block == number] for number in np.unique(block).tolist()})
    return out


def _parts_in_order(one: Score, other: Score, score: Score) -> list[Part | None]:
    if score is one or score is other:
        side = 0 if score is one else 1
        return [line.parts[side] for line in _lines(one, other)]
    return list(score.parts)


def _distance(one: list[dict[int, Float64Array]], other: list[dict[int, Float64Array]]) -> float:
    nothing = np.zeros((0, 3))
    return sum(
        note_distance(left.get(block, nothing), right.get(block, nothing))
        for left, right in zip(one, other, strict=True)
        for block in {*left, *right}
    )


def _scale_of(score: Score) -> BoolArray:
    """(12,) which pitch classes a clip's key has."""
    notes = [each.note for each in played_notes(score)]
    scale = np.ones(12, dtype=bool)
    if notes:
        onset, end, pitch = (np.array(column, dtype=np.float64) for column in zip(*((n.onset, n.end, n.pitch) for n in notes), strict=True))
        found = local_keys(onset, end, pitch.astype(np.int64), step_s=np.array([0.0]))
        if found is not None and len(found.label):
            tonic, _, mode = found.label[0].partition(" ")
            scale[:] = False
            scale[[(parse_pitch_class(tonic) + step) % 12 for step in _SCALES[mode]]] = True
            for pitch_class in pitch.astype(np.int64) % 12:  # whatever it really plays belongs to it
                scale[pitch_class] = True
    return scale


def _at(one: Score, other: Score, lines: list[_Line], keys: tuple[BoolArray, BoolArray], share: float) -> Score:
    """The clip at a share of the way."""
    scale = keys[0] if share < 0.5 else keys[1]
    parts = []
    for number, line in enumerate(lines, start=1):
        left, right = line.parts
        kind = (left if share < 0.5 else right) or left or right
        assert kind is not None
        walking = [_between(line.notes[0][a], line.notes[1][b], share, None if kind.is_percussion else scale) for a, b in line.pairs]
        gone, came = (round(share * len(rows)) for rows in line.alone)
        staying = [line.notes[0][row] for row in line.alone[0][gone:]]
        coming = [line.notes[1][row] for row in line.alone[1][len(line.alone[1]) - came :]]
        notes = _settled([*walking, *staying, *coming], single=line.single)
        tidy = tuple(note._replace(value=None, spelling=None, lyrics=(), marks=()) for note in notes)
        parts.append(replace(kind, id=f"P{number}", notes=sorted_notes(tidy), directions=(), controls=(), bends=()))
    return replace(
        one, parts=tuple(parts), groups=(), chords=(), sections=(), tempos=(TempoMark(0, _tempo(one, other, share)),),
        keys=_keys(one if share < 0.5 else other),
    )  # fmt: skip


def _keys(score: Score) -> tuple[KeyMark, ...]:
    return (score.keys[0]._replace(tick=0),) if score.keys else ()


def _tempo(one: Score, other: Score, share: float) -> float:
    slow, fast = (score.tempos[0].quarter_bpm if score.tempos else DEFAULT_QUARTER_BPM for score in (one, other))
    return round(float(slow ** (1 - share) * fast**share), 1)


def _between(one: Note, other: Note, share: float, scale: BoolArray | None) -> Note:
    common = gcd(one.onset, other.onset, one.end, other.end)  # what lies on eighths walks on eighths
    step = TICKS_PER_QUARTER // (_COARSE if common % (TICKS_PER_QUARTER // _COARSE) == 0 else _GRID)
    onset = _snapped(one.onset, other.onset, share, step)
    end = max(onset + step // 2, _snapped(one.end, other.end, share, step))
    pitch = (1 - share) * one.pitch + share * other.pitch
    if scale is None:
        key = one.pitch if share < 0.5 else other.pitch
    else:
        able = [each for each in range(min(one.pitch, other.pitch), max(one.pitch, other.pitch) + 1) if scale[each % 12]]
        key = min([*able, one.pitch, other.pitch], key=lambda each: abs(each - pitch))
    loud = [DEFAULT_VELOCITY if note.velocity is None else note.velocity for note in (one, other)]
    nearer = one if share < 0.5 else other
    return nearer._replace(onset=onset, duration=end - onset, pitch=key, velocity=round((1 - share) * loud[0] + share * loud[1]))


def _snapped(one: int, other: int, share: float, step: int) -> int:
    """A moment between two, on a sixteenth or at one of the two."""
    exact = (1 - share) * one + share * other
    inside = [tick for tick in (int(exact // step) * step, int(exact // step + 1) * step) if min(one, other) <= tick <= max(one, other)]
    return min([one, other, *inside], key=lambda tick: abs(tick - exact))


def _settled(notes: list[Note], *, single: bool) -> list[Note]:
    """Take what is doubled away, end what is struck again, and keep single lines single."""
    ordered = sorted(notes, key=lambda note: (note.onset, -note.pitch, -note.duration))
    kept: list[Note] = []
    seen: set[tuple[int, int]] = set()
    for note in ordered:
        key = (note.onset, 0 if single else note.pitch)
        if key not in seen:
            seen.add(key)
            kept.append(note)
    nexts: dict[int, int] = {}
    for place in range(len(kept) - 1, -1, -1):
        note = kept[place]
        line = 0 if single else note.pitch
        if line in nexts and note.end > nexts[line]:
            kept[place] = note._replace(duration=nexts[line] - note.onset)
        nexts[line] = note.onset
    return kept


def _chosen(far: Float64Array, near: Float64Array, steps: int) -> list[int]:
    """Choose moments, evenly, so that the way from the first grows and the way to the second shrinks; fewer where so many are not there."""
    inside = np.flatnonzero((far > 0) & (far < 1) & (near > 0) & (near < 1))
    place = far / np.maximum(far + near, 1e-9)
    for count in range(steps, 0, -1):
        cost = np.full((count, len(inside)), np.inf)
        back = np.zeros((count, len(inside)), dtype=np.int64)
        cost[0] = np.abs(place[inside] - 1 / (count + 1))
        for number in range(1, count):
            for index, moment in enumerate(inside.tolist()):
                before = inside[:index]
                able = (far[before] < far[moment]) & (near[before] > near[moment])
                if able.any():
                    ways = np.where(able, cost[number - 1, :index], np.inf)
                    back[number, index] = int(ways.argmin())
                    cost[number, index] = ways.min() + abs(place[moment] - (number + 1) / (count + 1))
        if len(inside) and np.isfinite(cost[-1].min()):
            at = int(cost[-1].argmin())
            found = [at]
            for number in range(count - 1, 0, -1):
                at = int(back[number, at])
                found.append(at)
            return [int(inside[index]) for index in reversed(found)]
    return []
