"""Dynamics on the page as loudness over time: marks, hairpins, cresc. and dim., in MIDI velocity.

A mark holds until the next. A hairpin goes from where it begins to the mark at its end, or one step up or down when there is none (or it
contradicts the hairpin). Between the staves of a keyboard a mark is for both; above the upper or below the lower staff it is for that one
alone, if the other has marks of its own.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from hexachord.arrays import Float64Array, IntArray
from hexachord.score.model import DEFAULT_VELOCITY, Direction, Part, Score
from hexachord.score.timing import bars_of

LEVELS = {
    "n": 8, "pppppp": 12, "ppppp": 14, "pppp": 18, "ppp": 26, "pp": 40, "p": 56, "mp": 72,
    "mf": 88, "f": 102, "ff": 114, "fff": 122, "ffff": 125, "fffff": 126, "ffffff": 127,
}  # fmt: skip
"""The velocity of each mark: an unmarked 80 lies between mp and mf."""
STEP = 14  # what a hairpin without a goal, or più, moves
_SHORT = re.compile(r"(s|r)?f+z|(s|r)f+|sf+z?p+|f+z?p+|rinf\.?|sforz\.?")  # accents: sf sfz fz rf rfz sffz, and fp sfp sfzp
_GROWING = re.compile(r"\bcresc|\baccresc", re.I)
_FADING = re.compile(r"\bdecresc|\bdim(in)?\b|\bdiminuendo|\bsmorz|\bmorendo|\bperdendo|\bcalando", re.I)
_WORD_BARS = 4  # how far cresc. reaches when nothing says where it ends
_FORCE = 16


class Accent(NamedTuple):
    """Marks for the notes of one moment: `velocity` added, never below `at_least`."""

    tick: int
    velocity: int
    at_least: int = 0


@dataclass(frozen=True, eq=False)
class LoudnessCurve:
    """Loudness of one staff: piecewise linear over ticks, with jumps; and accents of single moments."""

    ticks: IntArray
    level: Float64Array
    per_tick: Float64Array
    accents: tuple[Accent, ...] = ()

    def at(self, ticks: IntArray) -> Float64Array:
        """The level at ticks, any shape, accents included."""
        place = np.searchsorted(self.ticks, ticks, side="right") - 1
        level = np.asarray(self.level[place] + (ticks - self.ticks[place]) * self.per_tick[place])
        for accent in self.accents:
            here = ticks == accent.tick
            if here.any():
                level = np.where(here, np.maximum(level + accent.velocity, accent.at_least), level)
        return level


class _Mark(NamedTuple):
    tick: int
    level: float | None = None  # None: `change` from what was
    change: float = 0.0


class _Slope(NamedTuple):
    tick: int
    end: int | None
    sign: int


def loudness_curve(part: Part, score: Score, *, staff: int) -> LoudnessCurve:
    """Read the dynamics that concern a staff of a part.

    Examples
    --------
    >>> part = Part(directions=(Direction(0, "dynamic", "p"), Direction(0, "wedge", "crescendo", 4), Direction(4, "dynamic", "f")))
    >>> loudness_curve(part, Score(ticks_per_quarter=1, parts=(part,)), staff=1).at(np.array([0, 2, 4, 9])).tolist()
    [56.0, 79.0, 102.0, 102.0]
    """
    marks: list[_Mark] = []
    slopes: list[_Slope] = []
    accents: list[Accent] = []
    signs = _signs_of_staff(part, staff)
    dashes = {sign.tick: sign.end for sign in part.directions if sign.kind == "dashes" and sign.end is not None}
    for sign in signs:
        if sign.kind == "dynamic":
            _read_dynamic(sign, marks, accents)
        if sign.kind == "wedge":
            slopes.append(_Slope(sign.tick, sign.end, 1 if sign.value.startswith("crescendo") else -1))
        elif grows := _direction_of(sign.value):
            slopes.append(_Slope(sign.tick, dashes.get(sign.tick), grows))
    bar_ticks = [bar.tick for bar in bars_of(score)] if slopes else [0]
    return _curve(marks, slopes, accents, bar_ticks=bar_ticks, reach=score.ticks_per_quarter)


def has_dynamics(part: Part) -> bool:
    """Whether a part says anything about loudness."""
    return any(sign.kind in ("dynamic", "wedge") or (sign.kind == "words" and _direction_of(sign.value)) for sign in part.directions)


def _direction_of(text: str) -> int:
    return 1 if _GROWING.search(text) else -1 if _FADING.search(text) else 0


def _signs_of_staff(part: Part, staff: int) -> list[Direction]:
    """The signs for a staff, in order; of two marks at one moment its own comes last and counts."""
    signs = [sign for sign in part.directions if sign.kind in ("dynamic", "wedge", "words")]

    def outside(sign: Direction) -> bool:
        return (sign.staff == 1 and sign.above is True) or (sign.staff == part.staves and sign.above is False)

    if part.staves > 1:
        dynamics = [sign for sign in signs if sign.kind == "dynamic"]
        alone = {sign.staff for sign in dynamics if outside(sign)}
        if len(alone) > 1 or any(not outside(sign) for sign in dynamics):
            signs = [sign for sign in signs if sign.staff == staff or not outside(sign)]
    return sorted(signs, key=lambda sign: (sign.tick, sign.staff == staff))


def _read_dynamic(sign: Direction, marks: list[_Mark], accents: list[Accent]) -> None:
    words = re.findall(r"[a-zù]+", sign.value.lower())
    if any(word in ("più", "piu", "meno") for word in words) and (mark := next((word for word in words if word in LEVELS), "")):
        louder = (mark.endswith("f")) == ("meno" not in words)
        marks.append(_Mark(sign.tick, None, STEP if louder else -STEP))
        return
    for word in words:
        if word in LEVELS:
            marks.append(_Mark(sign.tick, LEVELS[word]))
            return
        if _SHORT.fullmatch(word):
            softly = word[len(word.rstrip("p")) :]
            force = _FORCE + 6 * (word.count("f") - 1)
            accents.append(Accent(sign.tick, force, LEVELS["f"] if softly else LEVELS["mp"] + force))
            if softly:
                marks.append(_Mark(sign.tick, LEVELS.get(softly, LEVELS["p"])))
            return


def _curve(marks: list[_Mark], slopes: list[_Slope], accents: list[Accent], *, bar_ticks: Sequence[int], reach: int) -> LoudnessCurve:
    points: list[tuple[int, float, float]] = [(-1, float(DEFAULT_VELOCITY), 0.0)]  # tick, level, per tick

    def level_at(tick: int) -> float:
        start, level, slope = points[-1]
        return level + (tick - start) * slope

    events: list[_Mark | _Slope] = sorted([*marks, *slopes], key=lambda event: (event.tick, isinstance(event, _Slope)))
    for place, event in enumerate(events):
        tick = event.tick
        if isinstance(event, _Mark):
            level = event.level if event.level is not None else min(LEVELS["fff"], max(LEVELS["ppp"], level_at(tick) + event.change))
            _close(points, tick)
            points.append((tick, float(level), 0.0))
            continue
        following = [later for later in events[place + 1 :] if later.tick > tick]
        end = event.end if event.end is not None else _open_end(event, following, bar_ticks)
        end = min([end, *(later.tick for later in following[:1])])
        if end <= tick:
            continue
        _close(points, tick)
        start = level_at(tick)
        goal = next((later for later in following if isinstance(later, _Mark) and later.tick <= end + reach), None)
        target = goal.level if goal is not None else None
        if target is None or (target - start) * event.sign <= 0:
            target = min(float(LEVELS["fff"]), max(float(LEVELS["ppp"]), start + event.sign * STEP))
        points += [(tick, start, (target - start) / (end - tick)), (end, target, 0.0)]
    points.sort(key=lambda point: point[0])
    ticks, levels, per_tick = zip(*points, strict=True)
    return LoudnessCurve(np.array(ticks, dtype=np.int64), np.array(levels), np.array(per_tick), tuple(accents))


def _close(points: list[tuple[int, float, float]], tick: int) -> None:
    """Forget what was planned beyond a tick: a new sign takes over."""
    while len(points) > 1 and points[-1][0] > tick:
        points.pop()


def _open_end(slope: _Slope, following: list[_Mark | _Slope], bar_ticks: Sequence[int]) -> int:
    """Where a hairpin or a cresc. ends that does not say so: at the next sign, if it is near, else after some bars."""
    later = [tick for tick in bar_ticks if tick > slope.tick]
    limit = later[min(_WORD_BARS, len(later)) - 1] if later else slope.tick + 1
    near = later[min(2 * _WORD_BARS, len(later)) - 1] if later else limit
    if following and following[0].tick <= near:
        return following[0].tick
    return limit
