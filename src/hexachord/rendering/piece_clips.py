"""Music of the data engine as clips: laid on its bars and on the composer's grid, what is written as it is, what is played beat by beat."""

import numpy as np

from hexachord.arrays import Float64Array, IntArray
from hexachord.composition.clips import Clip, ClipPart
from hexachord.composition.laying import laid, laid_chords, lay_bars
from hexachord.composition.scores import followed_keys
from hexachord.composition.vocabulary import GRID, Vocabulary
from hexachord.rendering.music import DURATION, ONSET, PITCH, VELOCITY, BarLine, Line, Piece
from hexachord.theory.keys import key_number

_EARLY = 0.12  # quarters by which a played note may come before the first bar and still belong to it


def clip_of_piece(piece: Piece, *, roles: dict[str, str], vocabulary: Vocabulary) -> Clip:
    """Lay material of the data engine on the grid; lines whose name `roles` does not know are melodies."""
    lines = piece.lines
    first = min((float(line.notes[0, ONSET]) for line in lines if len(line.notes)), default=0.0)
    last = max((float((line.notes[:, ONSET]).max()) for line in lines if len(line.notes)), default=0.0)
    lined = _covering(piece.bars or _quarter_bars(piece), first + (0.0 if all(line.written for line in lines) else _EARLY), last)
    zero = lined[0].start
    lengths = [(round(bar.length * GRID), bar.beats, bar.beat_type, 0) for bar in lined]
    lengths[0] = (*lengths[0][:3], round(max(0.0, lined[0].full - lined[0].length) * GRID))  # only the first may be a pick-up
    bars, _ = lay_bars(lengths, max_quarters=vocabulary.max_quarters)
    columns = [_placed(line, zero, vocabulary.roles.index(roles.get(line.name, "melody"))) for line in lines if len(line.notes)]
    notes = tuple(np.concatenate(column) for column in zip(*columns, strict=True)) if columns else tuple(np.empty((5, 0), dtype=np.int64))
    spans = [(round((span.start - zero) * GRID), round((span.end - zero) * GRID), span.label) for span in piece.chords or ()]
    chords = laid_chords(bars, spans, vocabulary=vocabulary)
    parts = [ClipPart(role=vocabulary.roles.index(roles.get(line.name, "melody")), name=line.name, program=line.program) for line in lines]
    style = piece.style.partition("/")[0]
    clip = laid(bars, (notes[0], notes[1], notes[2], notes[3], notes[4]), chords, parts=parts, style=style)
    bars["bpm"] = _tempi(piece, clip.starts[:-1] / GRID + zero)
    if piece.keys:
        moment = clip.starts[:-1] / GRID + zero + 0.25
        for span in (piece.keys[0]._replace(start=-1e9), *piece.keys[1:]):  # a pick-up is in the key of what follows
            bars["key"][(moment >= span.start) & (moment < span.end)] = key_number(span.label)
    else:
        bars["key"] = followed_keys(clip, vocabulary=vocabulary)
    return clip


def _quarter_bars(piece: Piece) -> tuple[BarLine, ...]:
    """Bars of 4/4 where nobody wrote them down: of the four ways to count, the one in which long notes begin bars."""
    weight = np.zeros(4)
    for line in piece.lines:
        at = np.round(line.notes[:, ONSET] * 4) / 4
        change = np.diff(line.notes[:, PITCH], append=-1) != 0
        whole = (at % 1.0 == 0) & ~change  # a note struck again: it lasts
        np.add.at(weight, at[whole].astype(int) % 4, 1.0)
        np.add.at(weight, (at[whole].astype(int) + 2) % 4, 0.5)
    end = piece.end
    for phase in range(4):
        weight[phase] += 4.0 * (round(end - phase) % 4 == 3) + 2.0 * (phase in (0, 1))
    phase = int(np.argmax(weight))
    count = int(np.ceil((end - phase) / 4))
    bars = [BarLine(phase + 4.0 * index, 4.0, 4, 4) for index in range(count)]
    return (BarLine(0.0, float(phase), 4, 4), *bars) if phase else tuple(bars)


def _covering(bars: tuple[BarLine, ...], first: float, last: float) -> list[BarLine]:
    """Bars that hold every onset: more of the same at both ends where some stand outside."""
    lined = list(bars)
    while first < lined[0].start - 1e-6:
        head = lined[0]
        if head.length < head.full - 1e-6:
            lined[0] = head._replace(start=head.end - head.full, length=head.full)
        else:
            lined.insert(0, head._replace(start=head.start - head.full))
    while last >= lined[-1].end - 1 / GRID:
        tail = lined[-1]
        lined.append(tail._replace(start=tail.end, length=tail.full))
    made: list[BarLine] = []
    for bar in lined:  # an annotated bar that overlaps or leaves a gap is stretched to the next
        if made and abs(made[-1].end - bar.start) > 1e-6:
            made[-1] = made[-1]._replace(length=bar.start - made[-1].start)
        made.append(bar)
    return made


def _placed(line: Line, zero: float, role: int) -> tuple[IntArray, IntArray, IntArray, IntArray, IntArray]:
    onset = line.notes[:, ONSET] - zero
    end = onset + line.notes[:, DURATION]
    begin: IntArray
    if line.written:
        begin = np.asarray(np.rint(onset * GRID).astype(np.int64))
        stop = np.asarray(np.rint(end * GRID).astype(np.int64))
    else:
        begin = felt_places(onset)
        stop = np.asarray(begin + np.maximum(np.rint((end - onset) * 8).astype(np.int64) * 3, 3))
    velocity = np.zeros(len(onset), dtype=np.int64) if line.written and np.ptp(line.notes[:, VELOCITY]) == 0 else line.notes[:, VELOCITY]
    return (
        np.maximum(begin, 0), np.maximum(stop - np.maximum(begin, 0), 1), line.notes[:, PITCH].astype(np.int64),
        np.asarray(velocity).astype(np.int64), np.full(len(onset), role),
    )  # fmt: skip


def felt_places(quarters: Float64Array) -> IntArray:
    """Bring played onsets to sixteenths, or to triplets of eighths where a beat's notes are nearer to those."""
    beat = np.floor(quarters + 1 / 8).astype(np.int64)
    beat -= beat.min(initial=0)
    straight, triplet = np.rint(quarters * 4) / 4, np.rint(quarters * 3) / 3
    off = [np.bincount(beat, weights=np.abs(quarters - grid), minlength=1) for grid in (straight, triplet)]
    threes = off[1] < 0.5 * off[0]
    return np.asarray(np.rint(np.where(threes[beat], triplet, straight) * GRID).astype(np.int64))


def _tempi(piece: Piece, quarters: Float64Array) -> Float64Array:
    if piece.clock is None:
        return np.full(len(quarters), piece.quarter_bpm)
    at, seconds = piece.clock
    begin, end = np.interp(quarters, at, seconds), np.interp(quarters + 4.0, at, seconds)
    inside = (quarters >= at[0]) & (quarters + 4.0 <= at[-1]) & (end > begin)
    return np.where(inside, 240.0 / np.maximum(end - begin, 1e-3), piece.quarter_bpm)
