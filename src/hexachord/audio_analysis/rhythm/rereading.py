"""Other ways to count the same beats: what a user says when the tempo is an octave off, or the bars begin in the wrong place.

Pure functions on `Beats`, and `RhythmEdit`, which names one of them with its value so that a song's folder can keep it. A tracker that
lost count once has bars of another length there; every function keeps such a joint where it is, and counts on from it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from fractions import Fraction

import numpy as np

from hexachord.arrays import Float64Array, IntArray
from hexachord.knowledge.model import Beats, RhythmReading
from hexachord.knowledge.report import KIND_WORDS
from hexachord.knowledge.signatures import time_signature, written_value

USER = "user"
TEMPO_FACTORS = {
    "double": Fraction(2),
    "half": Fraction(1, 2),
    "triple": Fraction(3),
    "third": Fraction(1, 3),
    "three-halves": Fraction(3, 2),
    "two-thirds": Fraction(2, 3),
}
_NEAR = 0.08  # two tempi closer than this are the same reading


@dataclass(frozen=True, kw_only=True)
class ReadingChoice:
    """A reading that was chosen, by what it says, so that it is found again when a newer engine lists its readings in another order.

    Attributes
    ----------
    bpm, beats_per_bar : of the reading
    downbeat_s : its first downbeat; None when it has none
    """

    bpm: float
    beats_per_bar: int
    downbeat_s: float | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class RhythmEdit:
    """One correction; exactly one of these is said.

    Attributes
    ----------
    reading : take this one of the readings
    tempo : one of `TEMPO_FACTORS`
    beats_per_bar : count so many, from the first downbeat; `beat_type` and `beat_division` may go with it
    downbeat_s : a bar begins at the beat nearest to this
    shift_beats : bars begin so many beats later (or earlier); half a beat moves the beats themselves
    beats : these are the beats
    """

    reading: ReadingChoice | None = None
    tempo: str = ""
    beats_per_bar: int | None = None
    beat_type: int | None = None
    beat_division: int | None = None
    downbeat_s: float | None = None
    shift_beats: float | None = None
    beats: Beats | None = None

    def __post_init__(self) -> None:
        beside = ("beat_type", "beat_division")
        said = [f.name for f in fields(self) if f.name not in beside and getattr(self, f.name) not in (None, "")]
        if len(said) != 1:
            raise ValueError(f"a correction says one thing, not {' and '.join(said) or 'nothing'}")
        if self.tempo and self.tempo not in TEMPO_FACTORS:
            raise ValueError(f"tempo is {self.tempo!r}, not one of {', '.join(TEMPO_FACTORS)}")
        if self.beats_per_bar is not None and not 1 <= self.beats_per_bar <= 32:
            raise ValueError(f"bars of {self.beats_per_bar} beats are not possible")
        if self.shift_beats is not None and (2 * self.shift_beats) % 1:
            raise ValueError(f"shift_beats is {self.shift_beats}, not a number of half beats")

    @property
    def replaces_all(self) -> bool:
        """Whether what was corrected before no longer matters."""
        return self.reading is not None or self.beats is not None

    @property
    def moves_beats(self) -> bool:
        """Whether the beats' own times change, not only how they are counted."""
        return self.replaces_all or bool(self.tempo) or (self.shift_beats or 0.0) % 1 != 0

    @property
    def says_metre(self) -> bool:
        """Whether it says how many beats a bar has."""
        return self.replaces_all or self.beats_per_bar is not None

    def words(self) -> str:
        """Say it.

        Examples
        --------
        >>> RhythmEdit(tempo="half").words(), RhythmEdit(downbeat_s=12.3).words()
        ('half the tempo', 'a bar begins at 12.300 s')
        """
        if self.reading is not None:
            return f"the reading at {self.reading.bpm:.1f} beats a minute, {self.reading.beats_per_bar} in a bar"
        if self.tempo:
            return KIND_WORDS[self.tempo]
        if self.beats_per_bar is not None:
            if not self.beat_type:
                return f"bars of {self.beats_per_bar} beats"
            return f"bars of {time_signature(self.beats_per_bar, self.beat_type, self.beat_division or 0)}"
        if self.downbeat_s is not None:
            return f"a bar begins at {self.downbeat_s:.3f} s"
        if self.shift_beats is not None:
            late = "later" if self.shift_beats >= 0 else "earlier"
            return f"bars begin {abs(self.shift_beats):g} beat{'s' if abs(self.shift_beats) > 1 else ''} {late}"
        assert self.beats is not None
        return f"the beats are a list of {len(self.beats)}"


class NoSuchReading(ValueError):
    """A reading that was chosen is not among those that are heard now."""


def reread(heard: Sequence[RhythmReading], edits: Sequence[RhythmEdit]) -> RhythmReading:
    """Apply corrections, one after the other, to the first reading.

    Parameters
    ----------
    heard : at least one reading, likeliest first
    edits : in the order in which they were said

    Returns
    -------
    RhythmReading of engine "user", with confidence 1.

    Raises
    ------
    NoSuchReading : if a chosen reading is not there any more.

    Examples
    --------
    >>> beats = Beats(time_s=np.arange(8) * 0.5, position=np.arange(8) % 4 + 1)
    >>> heard = RhythmReading(bpm=120.0, beats_per_bar=4, beats=beats, confidence=0.6)
    >>> slower = reread([heard], [RhythmEdit(tempo="half"), RhythmEdit(beats_per_bar=2)])
    >>> slower.bpm, slower.beats.time_s.tolist(), slower.beats.position.tolist()
    (60.0, [0.0, 1.0, 2.0, 3.0], [1, 2, 1, 2])
    """
    now = heard[0]
    for edit in edits:
        if edit.reading is not None:
            now = find_reading(heard, edit.reading)
        else:
            now = _edited(now, edit)
    said = replace(now.beats, confidence=np.ones(len(now.beats)), engine=USER)
    return replace(now, beats=said, confidence=1.0, kind="first", engine=USER)


def find_reading(heard: Sequence[RhythmReading], choice: ReadingChoice) -> RhythmReading:
    """Find the reading that says what was chosen: the same tempo (within 8 %) and metre; of several the one with that downbeat.

    Raises
    ------
    NoSuchReading : if there is none.
    """
    near = [r for r in heard if abs(np.log(r.bpm / choice.bpm)) < np.log1p(_NEAR) and r.beats_per_bar == choice.beats_per_bar]
    if not near:
        raise NoSuchReading(f"no reading at {choice.bpm:.1f} beats a minute with {choice.beats_per_bar} in a bar is heard")

    def distance(reading: RhythmReading) -> tuple[float, float]:
        downs = reading.beats.downbeats_s
        off = 0.0 if choice.downbeat_s is None or len(downs) == 0 else float(np.min(np.abs(downs - choice.downbeat_s)))
        return round(off, 2), abs(reading.bpm - choice.bpm)  # to 10 ms: two readings of the same beats share their downbeats exactly

    return min(near, key=distance)


def choice_of(reading: RhythmReading) -> ReadingChoice:
    """Note what identifies a reading."""
    downs = reading.beats.downbeats_s
    return ReadingChoice(bpm=reading.bpm, beats_per_bar=reading.beats_per_bar, downbeat_s=float(downs[0]) if len(downs) else None)


def multiplied(beats: Beats, factor: int, *, beats_per_bar: int) -> Beats:
    """Put beats evenly between the beats: `factor` times the tempo, the same count in a bar, so bars are shorter.

    Examples
    --------
    >>> beats = Beats(time_s=np.array([0.0, 1.0, 2.0]), position=np.array([1, 2, 1]))
    >>> twice = multiplied(beats, 2, beats_per_bar=2)
    >>> twice.time_s.tolist(), twice.position.tolist()
    ([0.0, 0.5, 1.0, 1.5, 2.0], [1, 2, 1, 2, 1])
    """
    count = len(beats)
    if count < 2:
        return beats
    places = np.arange((count - 1) * factor + 1) / factor
    time_s = np.interp(places, np.arange(count), beats.time_s)
    time_s[::factor] = beats.time_s
    sure = np.interp(places, np.arange(count), beats.confidence)
    joints = np.flatnonzero(_begins_anew(beats.position)) * factor
    return Beats(time_s=time_s, position=_counted(len(time_s), joints, beats_per_bar), confidence=sure, engine=beats.engine)


def divided(beats: Beats, factor: int, *, beats_per_bar: int) -> Beats:
    """Keep every `factor`-th beat, those that downbeats fall on; the same count in a bar, so bars are longer.

    Examples
    --------
    >>> beats = Beats(time_s=np.arange(5.0), position=np.array([2, 1, 2, 1, 2]))
    >>> divided(beats, 2, beats_per_bar=2).time_s.tolist()
    [1.0, 3.0]
    """
    count = len(beats)
    if count == 0:
        return beats
    joints = np.flatnonzero(_begins_anew(beats.position))
    keep: list[int] = []
    anchors: list[int] = []
    ends = [*joints[1:].tolist(), count]
    for joint, end in zip(joints.tolist(), ends, strict=True):
        if not keep:  # beats before the first downbeat count back from it
            keep += list(range(joint % factor, joint, factor))
        elif joint - keep[-1] < factor:
            keep.pop()  # two beats too near each other, where the tracker lost count
            anchors = [min(anchor, len(keep)) for anchor in anchors]
        anchors.append(len(keep))
        keep += list(range(joint, end, factor))
    position = _counted(len(keep), np.array(sorted(set(anchors)), dtype=np.int64), beats_per_bar)
    return Beats(time_s=beats.time_s[keep], position=position, confidence=beats.confidence[keep], engine=beats.engine)


def counted_in(beats: Beats, beats_per_bar: int) -> Beats:
    """Count bars of so many beats from the first downbeat (the first beat where none is known), and back from there.

    Examples
    --------
    >>> counted_in(Beats(time_s=np.arange(6.0), position=np.array([4, 1, 2, 3, 4, 1])), 3).position.tolist()
    [3, 1, 2, 3, 1, 2]
    """
    downs = np.flatnonzero(beats.position == 1)
    return replace(beats, position=_counted(len(beats), downs[:1] if len(downs) else np.zeros(1, dtype=np.int64), beats_per_bar))


def begun_at(beats: Beats, time_s: float, *, beats_per_bar: int) -> Beats:
    """Turn the count so that the beat nearest to a time is the first of its bar."""
    if len(beats) == 0:
        return beats
    here = int(np.argmin(np.abs(beats.time_s - time_s)))
    if beats.position[here] < 1:
        return replace(beats, position=_counted(len(beats), np.array([here]), beats_per_bar))
    return shifted(beats, int(beats.position[here]) - 1, beats_per_bar=beats_per_bar)


def shifted(beats: Beats, by_beats: float, *, beats_per_bar: int) -> Beats:
    """Let bars begin so many beats later; half a beat moves every beat to the middle of its gap.

    Examples
    --------
    >>> beats = Beats(time_s=np.arange(4.0), position=np.array([1, 2, 3, 1]))
    >>> shifted(beats, 1, beats_per_bar=3).position.tolist()
    [3, 1, 2, 3]
    >>> shifted(beats, 0.5, beats_per_bar=3).time_s.tolist()
    [0.5, 1.5, 2.5]
    """
    whole = int(np.floor(by_beats))
    if by_beats % 1 and len(beats) > 1:
        middle_s = (beats.time_s[:-1] + beats.time_s[1:]) / 2
        beats = replace(beats, time_s=middle_s, position=beats.position[:-1], confidence=beats.confidence[:-1])
    position = np.where(beats.position > 0, (beats.position - 1 - whole) % beats_per_bar + 1, 0)
    return replace(beats, position=position)


def tempo_of(time_s: Float64Array) -> float:
    """Tell the tempo of beats: the median of their gaps; 0 for fewer than two."""
    return 60.0 / float(np.median(np.diff(time_s))) if len(time_s) > 1 else 0.0


def _edited(now: RhythmReading, edit: RhythmEdit) -> RhythmReading:
    count = now.beats_per_bar
    if edit.tempo:
        return _at_tempo(now, TEMPO_FACTORS[edit.tempo])
    if edit.beats_per_bar is not None:
        beats = counted_in(now.beats, edit.beats_per_bar)
        if edit.beat_type is None:
            return replace(now, beats=beats, beats_per_bar=edit.beats_per_bar)
        parts = edit.beat_division or 0
        return replace(now, beats=beats, beats_per_bar=edit.beats_per_bar, beat_type=edit.beat_type, beat_division=parts)
    if edit.downbeat_s is not None:
        return replace(now, beats=begun_at(now.beats, edit.downbeat_s, beats_per_bar=count))
    if edit.shift_beats is not None:
        return replace(now, beats=shifted(now.beats, edit.shift_beats, beats_per_bar=count))
    assert edit.beats is not None
    beats = edit.beats
    if np.any(beats.position == 1):
        count = int(beats.position.max())
    else:  # a list of times alone: bars as they were, from where they were
        downs = now.beats.downbeats_s
        beats = replace(beats, position=_counted(len(beats), np.zeros(1, dtype=np.int64), count))
        beats = begun_at(beats, float(downs[0]), beats_per_bar=count) if len(downs) else beats
    return replace(now, bpm=tempo_of(np.asarray(beats.time_s, dtype=np.float64)) or now.bpm, beats=beats, beats_per_bar=count)


def _at_tempo(now: RhythmReading, factor: Fraction) -> RhythmReading:
    """Change the tempo; of how the beats divide then as much is known as follows from how they divided before."""
    beats = now.beats
    if factor.numerator > 1:
        beats = multiplied(beats, factor.numerator, beats_per_bar=now.beats_per_bar)
    if factor.denominator > 1:
        beats = divided(beats, factor.denominator, beats_per_bar=now.beats_per_bar)
    # beats that were are the parts of the new ones; else parts may be parts still, two thirds of a beat in three are a beat in two
    parts = Fraction(factor.denominator) if factor.numerator == 1 else Fraction(now.beat_division) / factor
    division = int(parts) if parts in (2, 3) else 0
    kind = written_value(now.beat_type, was=now.beat_division, now=division)
    return replace(now, bpm=float(now.bpm * factor), beats=beats, beat_type=kind, beat_division=division)


def _begins_anew(position: IntArray) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    """Where a run of regular bars begins: the first downbeat, and every downbeat that comes too early or too late for the one before."""
    downs = np.flatnonzero(position == 1)
    begins = np.zeros(len(position), dtype=np.bool_)
    if len(downs) == 0:
        begins[:1] = True
        return begins
    begins[downs[0]] = True
    gaps = np.diff(downs)
    if len(gaps):
        usual = int(np.bincount(gaps).argmax())
        begins[downs[1:][gaps != usual]] = True
    return begins


def _counted(count: int, joints: IntArray, beats_per_bar: int) -> IntArray:
    """Number beats 1, 2 ... from each joint on, and back from the first."""
    at = np.arange(count)
    row = np.maximum(np.searchsorted(joints, at, side="right") - 1, 0)
    position: IntArray = (at - np.asarray(joints)[row]) % beats_per_bar + 1
    return position
