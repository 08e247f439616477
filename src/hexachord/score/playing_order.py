"""In which order the bars of a page are played: repeats, voltas, da capo, dal segno, to coda, fine.

The customs (see E. Gould, *Behind Bars*, 2011, on repeat signs): a repeat sign goes back to the nearest |: before it, or to the end of the
passage repeated before, or to the beginning; repeats do not nest. Brackets over a bar name the passes that play it. After a da capo or
dal segno, passages already repeated are played once, by their last ending, and only then Fine and To Coda are heeded. A jump sign at a
bar line acts there, one inside a bar at the end of it; each is obeyed once.
"""

import re
from bisect import bisect_right
from typing import NamedTuple

from hexachord.score.model import Bar, Direction, Score

MAX_BARS = 10_000
MAX_NOTEHEADS = 1_000_000
"""Where repeats are no longer obeyed: hours of music, so a slip of the pen (``times="1000000"``) or a bad joke."""

JUMP_SIGNS = frozenset(("segno", "coda", "dacapo", "dalsegno", "tocoda", "fine"))
_LITTLE_EARLY = 3  # bars
_WORDS = (
    ("dacapo", re.compile(r"(d\.? ?c\.?|da ?capo)( ?(al|sin' ?al|senza|poi|e poi|alla) ?[\w ]*)?[.]?", re.I)),
    ("dalsegno", re.compile(r"(d\.? ?s\.?|dal ?segno)( ?(al|sin' ?al|senza|poi|e poi|alla) ?[\w ]*)?[.]?", re.I)),
    ("tocoda", re.compile(r"(to|al|alla) coda[.]?", re.I)),
    ("fine", re.compile(r"\(?fine[.]?\)?", re.I)),
)


class PlayingOrder(NamedTuple):
    """Indexes of the written bars in playing order, which time each is played (1, 2 ...), and what was odd."""

    bars: tuple[int, ...]
    passes: tuple[int, ...]
    warnings: tuple[str, ...]


def jump_of(sign: Direction) -> str:
    """What a sign tells the player: one of `JUMP_SIGNS`, or an empty string; words that say nothing else count ("D.C. al Fine").

    Examples
    --------
    >>> jump_of(Direction(0, "words", "D.S. al Coda")), jump_of(Direction(0, "words", "dolce"))
    ('dalsegno', '')
    """
    if sign.kind in JUMP_SIGNS:
        return sign.kind
    if sign.kind != "words":
        return ""
    text = " ".join(sign.value.split())
    return next((kind for kind, pattern in _WORDS if pattern.fullmatch(text)), "")


class _Passage(NamedTuple):
    """Bars ``[start, stop)`` played `times` times."""

    start: int
    stop: int
    times: int
    ends: frozenset[int]  # the bars with the repeat signs


class _Jumps(NamedTuple):
    """Signs by place. A target is the bar that it stands over; an action the bar that it stands before (so `n` is the end)."""

    segnos: tuple[int, ...]
    codas: tuple[int, ...]
    back: dict[int, str]
    to_coda: frozenset[int]
    fine: frozenset[int]


def playing_order(score: Score) -> PlayingOrder:
    """Work out the order in which the written bars are played.

    Returns
    -------
    each bar once, in order, for a score without repeats; empty when the score has no written bars.
    """
    warnings: list[str] = []
    bars = _with_whole_brackets(score.bars, warnings)
    jumps = _jumps(score, bars, warnings)
    passages = _passages(bars, jumps, warnings)
    order = _walk(bars, passages, jumps, _most_bars(score), warnings) or list(range(len(bars)))
    seen: dict[int, int] = {}
    passes = []
    for index in order:
        seen[index] = seen.get(index, 0) + 1
        passes.append(seen[index])
    if missing := len(bars) - len(seen):
        warnings.append(f"bars that no way through the repeats reaches: {missing}")
    return PlayingOrder(tuple(order), tuple(passes), tuple(dict.fromkeys(warnings)))


# --- reading the signs -------------------------------------------------------------------------------------------------------------


def _jumps(score: Score, bars: tuple[Bar, ...], warnings: list[str]) -> _Jumps:
    starts = {bar.tick: index for index, bar in enumerate(bars)}
    marks = sorted({(sign.tick, kind) for part in score.parts for sign in part.directions if (kind := jump_of(sign))})

    def place(tick: int, *, after: bool) -> int:
        """The bar under a sign; for one inside a bar that acts, the next."""
        if tick in starts:
            return starts[tick]
        return min(len(bars), max(0, bisect_right(bars, tick, key=lambda bar: bar.tick) - 1) + after)

    def of(kind: str, *, after: bool) -> list[int]:
        return sorted({place(tick, after=after) for tick, found in marks if found == kind})

    back = {}
    for kind in ("dacapo", "dalsegno"):
        for at in of(kind, after=True):
            back[max(1, at)] = kind
    codas = [index for index in of("coda", after=False) if index < len(bars)]
    to_coda = of("tocoda", after=True)
    segnos = tuple(index for index in of("segno", after=False) if index < len(bars))
    if back and not to_coda and len(codas) > 1:  # then the first of two coda signs is where to leave from
        to_coda, codas = [max(1, codas[0])], codas[1:]
    back = {_moved_on(at, bars, codas): kind for at, kind in back.items()}
    if "dalsegno" in back.values() and not segnos:
        warnings.append("a dal segno without a segno, not obeyed")
        back = {at: kind for at, kind in back.items() if kind == "dacapo"}
    if back and to_coda and not codas:
        warnings.append("a jump to a coda that is not there, not obeyed")
    fine = {max(1, at) for at in of("fine", after=True)}
    fine = {_brackets_around(bars, at)[1] if at < len(bars) and bars[at - 1].endings else at for at in fine}  # not between two endings
    return _Jumps(segnos, tuple(codas), back, frozenset(to_coda), frozenset(fine))


def _moved_on(at: int, bars: tuple[Bar, ...], codas: list[int]) -> int:
    """Where a da capo acts that is written a little early, so that bars between it and the coda (or the last bar) are not lost."""
    if at == len(bars) or bars[at - 1].endings or bars[at - 1].barline == "light-light":
        return at
    coda = next((coda for coda in codas if coda >= at), None)
    if coda is not None:
        return coda if coda - at <= _LITTLE_EARLY else at
    return len(bars) if at == len(bars) - 1 else at


def _with_whole_brackets(bars: tuple[Bar, ...], warnings: list[str]) -> tuple[Bar, ...]:
    """Brackets as they are meant: one drawn over its first bar only reaches to its repeat sign, and the first is not the second."""
    found = list(bars)
    for index, bar in enumerate(bars[:-1]):
        if not found[index].endings or bar.repeat_end or found[index + 1].endings:
            continue
        stop = next((at for at in range(index + 1, len(bars)) if bars[at].repeat_end or bars[at].repeat_start or bars[at].endings), 0)
        closes = stop and bars[stop].repeat_end and not bars[stop].endings
        if closes and (1 in bar.endings or (stop + 1 < len(bars) and bars[stop + 1].endings)):
            for at in range(index + 1, stop + 1):
                found[at] = found[at]._replace(endings=found[index].endings)
    for index, bar in enumerate(found[:-1]):
        endings = bar.endings
        if not (bar.repeat_end and endings and found[index + 1].endings == endings):
            continue
        warnings.append("two endings of the same number, the first played first")
        first, stop = _brackets_around(tuple(found), index)
        if min(endings) > 1:
            for at in range(first, index + 1):
                found[at] = found[at]._replace(endings=tuple(range(1, min(endings))))
        else:
            for at in range(index + 1, stop):
                found[at] = found[at]._replace(endings=(max(endings) + 1,))
    return tuple(found)


def _passages(bars: tuple[Bar, ...], jumps: _Jumps, warnings: list[str]) -> list[_Passage]:
    """The repeated passages, one after the other."""
    passages: list[_Passage] = []
    start, index, is_open = 0, 0, False
    while index < len(bars):
        bar = bars[index]
        if bar.repeat_start and index >= start:
            if is_open and index > start:
                warnings.append("a repeat that begins and does not end")
            start, is_open = index, True
        times = bar.repeat_end
        if not times and _lacks_repeat_sign(bars, index, jumps):
            warnings.append("a first ending without a repeat sign, repeated all the same")
            times = 2
        if times > 1:
            stop = index + 1
            while bar.endings and stop < len(bars) and _goes_on(bars, start, stop):
                stop += 1
            numbers = [number for inner in bars[start:stop] for number in inner.endings]
            ends = [at for at in range(index, stop) if at == index or bars[at].repeat_end > 1]
            passages.append(_Passage(start, stop, max([times, *numbers]), frozenset(ends)))
            start, index, is_open = stop, stop - 1, False
        index += 1
    if is_open:
        warnings.append("a repeat that begins and does not end")
    return passages


def _goes_on(bars: tuple[Bar, ...], start: int, index: int) -> bool:
    """Whether a bar under a bracket is a further ending of the passage that began at `start`."""
    bar = bars[index]
    return bool(bar.endings) and not bar.repeat_start and (1 not in bar.endings or bar.endings == bars[index - 1].endings)


def _lacks_repeat_sign(bars: tuple[Bar, ...], index: int, jumps: _Jumps) -> bool:
    """Whether a first ending stops here, a second one follows, and nothing sends the player back."""
    following = bars[index + 1].endings if index + 1 < len(bars) else ()
    if 1 not in bars[index].endings or not following or 1 in following or index + 1 in jumps.back:
        return False
    later = next((bar for bar in bars[index + 1 :] if bar.repeat_end or bar.repeat_start), None)
    return bars[index].repeat_end == 0 and (later is None or later.repeat_start)


def _most_bars(score: Score) -> int:
    """How many bars may be played before repeats are no longer obeyed."""
    noteheads_per_bar = max(1.0, score.note_count / max(1, len(score.bars)))
    return min(MAX_BARS, int(MAX_NOTEHEADS / noteheads_per_bar))


# --- walking -----------------------------------------------------------------------------------------------------------------------


def _walk(bars: tuple[Bar, ...], passages: list[_Passage], jumps: _Jumps, most_bars: int, warnings: list[str]) -> list[int]:
    passage_of = {index: passage for passage in passages for index in range(passage.start, passage.stop)}
    to_coda, back = set(jumps.to_coda), dict(jumps.back)
    order: list[int] = []
    current: _Passage | None = None
    number, jumped, index = 1, 0, 0
    known: set[_Passage] = set()
    while index < len(bars):
        passage = passage_of.get(index)
        if passage is None or passage is not current:
            current = passage
            number = 1 + jumped if passage is None else passage.times if jumped and passage in known else 1
            known.update((passage,) if passage else ())
        played = _is_played(bars, index, number) or (passage is None and not jumps.back)
        if played:
            order.append(index)
            goes_back = passage is not None and number < passage.times and index in passage.ends
            if passage is not None and goes_back and len(order) <= most_bars:
                number += 1
                index = passage.start
                continue
            if goes_back:
                warnings.append(f"repeats are no longer obeyed after {most_bars} bars")
        index += 1
        if not played:
            continue
        if jumped and index in jumps.fine:
            break
        if jumped and index in to_coda and jumps.codas:
            to_coda.discard(index)
            index, current = next((coda for coda in jumps.codas if coda >= index), jumps.codas[-1]), None
        elif index in back:
            if back.pop(index) == "dacapo":
                index = 0
            else:
                index = max((segno for segno in jumps.segnos if segno < index), default=jumps.segnos[0])
            jumped, current = jumped + 1, None
    return order


def _is_played(bars: tuple[Bar, ...], index: int, number: int) -> bool:
    """Whether a pass plays a bar. Brackets say which; of several side by side that leave a pass out, the next one or the last is taken."""
    endings = bars[index].endings
    if not endings or number in endings:
        return True
    first, stop = _brackets_around(bars, index)
    brackets = {bar.endings for bar in bars[first:stop]}
    if len(brackets) == 1 or any(number in bracket for bracket in brackets):
        return False
    return endings == min((bracket for bracket in brackets if min(bracket) > number), default=max(brackets))


def _brackets_around(bars: tuple[Bar, ...], index: int) -> tuple[int, int]:
    """The bars side by side under brackets, as ``[first, stop)``."""
    first = stop = index
    while first > 0 and bars[first - 1].endings:
        first -= 1
    while stop < len(bars) and bars[stop].endings:
        stop += 1
    return first, stop
