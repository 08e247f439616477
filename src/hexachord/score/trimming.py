"""Bars before the music begins: a recording has silence there, a page on paper has nothing."""

from dataclasses import replace
from typing import Any

from hexachord.score.model import Clef, Part, Score
from hexachord.score.timing import metre_at


def without_leading_bars(score: Score) -> Score:
    """Leave out empty bars before the first note or chord symbol, so that a page begins with the music; its clock then begins there, too.

    Bars are numbered anew from 1; a score that begins with its first bar, or has no bars or no notes, is returned as it is.

    Examples
    --------
    >>> from hexachord.score.builtin import builtin_score
    >>> without_leading_bars(builtin_score("scale")) == builtin_score("scale")
    True
    """
    onsets = [*(note.onset for part in score.parts for note in part.notes), *(chord.tick for chord in score.chords)]
    if not onsets or not score.bars:
        return score
    first = max((index for index, bar in enumerate(score.bars) if bar.tick <= min(onsets)), default=0)
    if first == 0:
        return score
    start = score.bars[first].tick
    bars = [bar._replace(tick=bar.tick - start, number=str(number)) for number, bar in enumerate(score.bars[first:], 1)]
    metres = _begun(score.metres, start)
    shown = next((mark.metronome for mark in score.tempos if mark.metronome), "")
    tempos = _begun(score.tempos, start)
    if tempos and not tempos[0].metronome:
        tempos = (tempos[0]._replace(metronome=shown), *tempos[1:])
    return replace(
        score,
        bars=tuple(bars),
        metres=metres or (metre_at(score, start)._replace(tick=0),),
        tempos=tempos,
        keys=_begun(score.keys, start),
        chords=_moved(score.chords, start),
        sections=_moved(score.sections, start),
        parts=tuple(
            replace(
                part,
                notes=tuple(note._replace(onset=note.onset - start) for note in part.notes),
                clefs=tuple(
                    mark for staff in range(1, part.staves + 1) for mark in _begun([c for c in part.clefs if c.staff == staff], start)
                ),
                directions=_moved(part.directions, start),
                controls=tuple(mark._replace(tick=mark.tick - start) for mark in part.controls if mark.tick >= start),
                bends=tuple(mark._replace(tick=mark.tick - start) for mark in part.bends if mark.tick >= start),
            )
            for part in score.parts
        ),
    )


def _clefs(part: Part, start: int) -> tuple[Clef, ...]:
    staves = [[clef for clef in part.clefs if clef.staff == staff] for staff in range(1, part.staves + 1)]
    return tuple(clef for clefs in staves for clef in _begun(clefs, start))


def _begun(marks: Any, start: int) -> Any:
    """Marks that hold until the next of their kind: the one in force at the start stands there."""
    ordered = sorted(marks, key=lambda mark: mark.tick)
    before = [mark for mark in ordered if mark.tick <= start][-1:]
    return tuple(mark._replace(tick=max(0, mark.tick - start)) for mark in [*before, *(mark for mark in ordered if mark.tick > start)])


def _moved(marks: Any, start: int) -> Any:
    """Signs and spans: what ended before the start is gone, what began before it begins there."""
    kept = [mark for mark in marks if mark.tick >= start or (mark.end or 0) > start]
    return tuple(mark._replace(tick=max(0, mark.tick - start), end=None if mark.end is None else mark.end - start) for mark in kept)
