"""Material on a clock of quarters: notes, bars, chords, keys, sections. All arranging happens here, before any tempo.

Quarter 0 is the first downbeat (a pick-up lies before it). A human performance keeps its deviations as fractions of a quarter, and `clock`
remembers how fast it went.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np

from hexachord.arrays import Float64Array
from hexachord.rendering.model import Role
from hexachord.score.model import MetreMark
from hexachord.score.timing import beat_duration
from hexachord.theory.chord_labels import NATURALS, format_chord, parse_chord

ONSET, DURATION, PITCH, VELOCITY = range(4)  # columns of notes; velocity 1 to 127
_TICKS = 10080


class Span(NamedTuple):
    """A label from one quarter to another."""

    start: float
    end: float
    label: str


class BarLine(NamedTuple):
    """A bar: `start` and `length` in quarters, its metre; a pick-up is shorter than its metre and lacks the front."""

    start: float
    length: float
    beats: int
    beat_type: int

    @property
    def full(self) -> float:
        """How long a bar of this metre is."""
        return self.beats * 4.0 / self.beat_type

    @property
    def beat(self) -> float:
        """Quarters of one felt beat: a dotted quarter in compound metres."""
        return beat_duration(MetreMark(0, self.beats, self.beat_type), ticks_per_quarter=_TICKS) / _TICKS

    @property
    def end(self) -> float:
        """The quarter of the bar line after it."""
        return self.start + self.length

    @property
    def name(self) -> str:
        """The metre as ``"6/8"``."""
        return f"{self.beats}/{self.beat_type}"

    @property
    def felt(self) -> int:
        """How many felt beats a full bar has."""
        return max(1, round(self.full / self.beat))


@dataclass(frozen=True, kw_only=True, eq=False)
class Line:
    """One part: `notes` is (n, 4): onset and duration in quarters, pitch (a General MIDI drum key for drums), velocity.

    `pedal` is (m, 2): from quarter to quarter. `written` says that the notes sit on the grid: human timing may be added; a line as played
    keeps its own. `chordal` says of a solo that several of its notes may sound at once.
    """

    role: Role
    notes: Float64Array
    program: int = 0
    name: str = ""
    pedal: Float64Array = field(default_factory=lambda: np.empty((0, 2)))
    written: bool = True
    chordal: bool = False


@dataclass(frozen=True, kw_only=True, eq=False)
class Piece:
    """Music before it is performed; None where a source does not say.

    Without `bars` there may still be a `pulse`: beats of so many quarters, from quarter 0 on. Without both, time is free.
    """

    origins: tuple[str, ...]
    lines: tuple[Line, ...]
    bars: tuple[BarLine, ...] | None
    quarter_bpm: float
    pulse: float | None = None
    chords: tuple[Span, ...] | None = None
    keys: tuple[Span, ...] | None = None
    sections: tuple[Span, ...] | None = None
    clock: tuple[Float64Array, Float64Array] | None = None  # quarters and seconds of a human tempo
    swing: float = 0.5
    style: str = ""
    facts: dict[str, str] = field(default_factory=dict)

    @property
    def end(self) -> float:
        """Where the last bar ends (the last note, where there are no bars)."""
        if self.bars:
            return self.bars[-1].end
        return max((float((line.notes[:, ONSET] + line.notes[:, DURATION]).max()) for line in self.lines if len(line.notes)), default=0.0)

    def role(self, *roles: str) -> tuple[Line, ...]:
        """Return the lines of some roles."""
        return tuple(line for line in self.lines if line.role in roles)


def notes_of(rows: Iterable[tuple[float, float, float, float]]) -> Float64Array:
    """Make (n, 4) notes, in order of onset, of rows."""
    notes = np.array(list(rows), dtype=np.float64).reshape(-1, 4)
    return ordered(notes)


def shifted(notes: Float64Array, quarters: float, semitones: float = 0.0) -> Float64Array:
    """Move notes later and higher."""
    return np.asarray(notes + np.array([quarters, 0.0, semitones, 0.0]))


def ordered(notes: Float64Array) -> Float64Array:
    """Sort notes by onset, then pitch."""
    return notes[np.lexsort((notes[:, PITCH], notes[:, ONSET]))]


def even_bars(count: int, beats: int, beat_type: int, *, start: float = 0.0) -> tuple[BarLine, ...]:
    """Lay equal bars."""
    length = beats * 4.0 / beat_type
    return tuple(BarLine(start + index * length, length, beats, beat_type) for index in range(count))


def clipped(spans: tuple[Span, ...] | None, start: float, end: float, *, shift: float = 0.0) -> tuple[Span, ...] | None:
    """Cut spans to ``[start, end)`` and move them."""
    if spans is None:
        return None
    return tuple(
        Span(max(span.start, start) + shift, min(span.end, end) + shift, span.label)
        for span in spans
        if span.end > start + 1e-6 and span.start < end - 1e-6
    )


def label_at(spans: tuple[Span, ...] | None, quarter: float) -> str | None:
    """Return the label in force at a quarter."""
    for span in spans or ():
        if span.start - 1e-6 <= quarter < span.end - 1e-6:
            return span.label
    return None


def excerpt(piece: Piece, first: int, count: int) -> Piece:
    """Cut bars ``[first, first + count)`` out and move them to quarter 0. Notes that begin a little early belong to their downbeat."""
    if piece.bars is None:
        raise ValueError("no bars to cut at")
    bars = piece.bars[first : first + count]
    start, end = bars[0].start, bars[-1].end
    lines = []
    for line in piece.lines:
        notes = line.notes
        early = 0.0 if line.written else 0.12
        kept = notes[(notes[:, ONSET] >= start - early) & (notes[:, ONSET] < end - early)]
        kept = kept - [start, 0.0, 0.0, 0.0]
        kept[:, DURATION] = np.minimum(kept[:, DURATION], end - start - kept[:, ONSET] + 1.0)
        pedal = line.pedal[(line.pedal[:, 1] > start) & (line.pedal[:, 0] < end)] if len(line.pedal) else line.pedal
        lines.append(replace(line, notes=kept, pedal=np.clip(pedal, start, end) - start))
    clock = None
    if piece.clock is not None:
        clock = (piece.clock[0] - start, piece.clock[1])
    return replace(
        piece,
        lines=tuple(lines),
        bars=tuple(bar._replace(start=bar.start - start) for bar in bars),
        chords=clipped(piece.chords, start, end, shift=-start),
        keys=clipped(piece.keys, start, end, shift=-start),
        sections=clipped(piece.sections, start, end, shift=-start),
        clock=clock,
    )


def looped(piece: Piece, count: int) -> Piece:
    """Play the whole bars of a piece again and again until there are `count` bars; a pick-up is played once."""
    if not piece.bars or len(piece.bars) >= count:
        return piece
    first = 1 if piece.bars[0].length < piece.bars[0].full - 1e-6 and len(piece.bars) > 1 else 0
    body = excerpt(piece, first, len(piece.bars) - first)
    made = piece
    while len(made.bars or ()) < count:
        made = joined(made, body)
    return excerpt(made, 0, count)


def joined(first: Piece, second: Piece) -> Piece:
    """Play one piece after another at the tempo of the first: lines of one role and place become one."""
    if first.bars is None or second.bars is None:
        raise ValueError("no bars to join at")
    shift = first.bars[-1].end - second.bars[0].start
    lines: list[Line] = []
    rest = list(second.lines)
    for line in first.lines:
        mate = next((other for other in rest if other.role == line.role), None)
        if mate is not None:
            rest.remove(mate)
            notes = np.concatenate([line.notes, shifted(mate.notes, shift)])
            line = replace(
                line, notes=ordered(notes), pedal=np.concatenate([line.pedal, mate.pedal + shift]), written=line.written and mate.written
            )
        lines.append(line)
    lines += [replace(line, notes=shifted(line.notes, shift), pedal=line.pedal + shift) for line in rest]

    def spans(left: tuple[Span, ...] | None, right: tuple[Span, ...] | None) -> tuple[Span, ...] | None:
        if left is None or right is None:
            return None
        return (*left, *(Span(span.start + shift, span.end + shift, span.label) for span in right))

    return replace(
        first,
        origins=(*first.origins, *(origin for origin in second.origins if origin not in first.origins)),
        lines=tuple(lines),
        bars=(*first.bars, *(bar._replace(start=bar.start + shift) for bar in second.bars)),
        chords=spans(first.chords, second.chords),
        keys=spans(first.keys, second.keys),
        sections=spans(first.sections, second.sections),
        clock=None,
    )


def transposed(piece: Piece, semitones: int) -> Piece:
    """Move everything but drums up by semitones, labels too."""
    if not semitones:
        return piece
    lines = tuple(line if line.role == "drums" else replace(line, notes=shifted(line.notes, 0.0, semitones)) for line in piece.lines)
    return replace(
        piece, lines=lines, chords=_relabelled(piece.chords, _moved_chord, semitones), keys=_relabelled(piece.keys, _moved_key, semitones)
    )


def pitch_class(name: str) -> int:
    """The pitch class of a note name.

    Examples
    --------
    >>> pitch_class("Bb"), pitch_class("F#")
    (10, 6)
    """
    return (NATURALS[name[0]] + name.count("#") - name[1:].count("b")) % 12


_MAJOR_NAMES = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
_MINOR_NAMES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "G#", "A", "Bb", "B")


def key_name(tonic: int, mode: str) -> str:
    """Name a key as ``Bb major``."""
    return f"{(_MAJOR_NAMES if mode == 'major' else _MINOR_NAMES)[tonic % 12]} {mode}"


def _moved_key(label: str, semitones: int) -> str:
    tonic, mode = label.split()
    return key_name(pitch_class(tonic) + semitones, mode)


def _moved_chord(label: str, semitones: int) -> str:
    chord = parse_chord(label)
    if not chord.is_chord:
        return label
    rest = label[len(label.partition(":")[0].partition("/")[0]) :]
    return format_chord((chord.root + semitones) % 12).partition(":")[0] + rest


def _relabelled(spans: tuple[Span, ...] | None, change: Callable[[str, int], str], semitones: int) -> tuple[Span, ...] | None:
    return None if spans is None else tuple(span._replace(label=change(span.label, semitones)) for span in spans)
