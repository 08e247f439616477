"""What is known about rhythm: tempo, metre, beats, the other ways to hear them, groove and drums. See `hexachord.knowledge.model`."""

from dataclasses import dataclass, field, replace

from hexachord.arrays import FloatArray, IntArray
from hexachord.knowledge.observation_columns import EMPTY, no_confidence, settle_columns
from hexachord.knowledge.signatures import time_signature, written_value


@dataclass(frozen=True, kw_only=True)
class TempoHypothesis:
    """One answer to "how fast?", in beats a minute."""

    bpm: float
    confidence: float


@dataclass(frozen=True, kw_only=True)
class Tempo:
    """Tempo hypotheses, the likeliest first; their confidences sum to at most 1."""

    hypotheses: tuple[TempoHypothesis, ...]
    engine: str = ""

    @property
    def bpm(self) -> float:
        """The likeliest tempo; NaN when there is none."""
        return self.hypotheses[0].bpm if self.hypotheses else float("nan")

    @property
    def confidence(self) -> float:
        """How sure the likeliest tempo is."""
        return self.hypotheses[0].confidence if self.hypotheses else 0.0


@dataclass(frozen=True, kw_only=True)
class Metre:
    """How beats make bars, and how they divide.

    Attributes
    ----------
    beats_per_bar : felt beats: 6/8 has two
    beat_type : the lower number of the time signature: what a beat is written as (4: a quarter, 8: an eighth), in compound time its third
    beat_division : 2 where a beat divides in halves (simple time), 3 where it divides in thirds (compound time), 0 where that is not known
    confidence : of `beats_per_bar`
    division_confidence : of `beat_division`
    alternatives : other counts of beats with their confidence

    Examples
    --------
    >>> Metre(beats_per_bar=3).signature, Metre(beats_per_bar=2, beat_type=8, beat_division=3).signature
    ('3/4', '6/8')
    """

    beats_per_bar: int
    beat_type: int = 4
    beat_division: int = 0
    confidence: float = float("nan")
    division_confidence: float = float("nan")
    alternatives: tuple[tuple[int, float], ...] = ()
    engine: str = ""

    @property
    def is_compound(self) -> bool:
        """Whether a beat is a dotted value."""
        return self.beat_division == 3

    @property
    def signature(self) -> str:
        """The time signature; where it is not known how beats divide, that of simple time."""
        return time_signature(self.beats_per_bar, self.beat_type, self.beat_division)

    @property
    def signature_confidence(self) -> float:
        """How sure `signature` is: of the count and, where it is known how beats divide, of that as well."""
        divided = self.beat_division > 0 and self.division_confidence == self.division_confidence  # not NaN
        return self.confidence * self.division_confidence if divided else self.confidence

    def divided(self, parts: int, *, confidence: float = float("nan")) -> "Metre":
        """Return the same count of beats that divide in so many parts: 2/4 in thirds is 6/8."""
        kind = written_value(self.beat_type, was=self.beat_division, now=parts)
        return replace(self, beat_type=kind, beat_division=parts, division_confidence=confidence)


@dataclass(frozen=True, kw_only=True, eq=False)
class Beats:
    """Beats and where they stand in the bar: `position` counts from 1 (a downbeat); 0 means unknown."""

    time_s: FloatArray
    position: IntArray
    confidence: FloatArray = field(default_factory=lambda: EMPTY)
    engine: str = ""

    def __post_init__(self) -> None:
        if len(self.confidence) == 0 and len(self.time_s):
            object.__setattr__(self, "confidence", no_confidence(len(self.time_s)))
        settle_columns(self, ("time_s", "position", "confidence"))

    def __len__(self) -> int:
        return len(self.time_s)

    @property
    def downbeats_s(self) -> FloatArray:
        """The times of the downbeats."""
        downbeats: FloatArray = self.time_s[self.position == 1]
        return downbeats


@dataclass(frozen=True, kw_only=True, eq=False)
class RhythmReading:
    """One way to hear a recording's rhythm: tempo, metre and beats that belong together.

    `kind` says how it stands to the first reading: ``first``, ``half``, ``double``, ``third``, ``triple``, ``two-thirds``,
    ``three-halves`` (its tempo), ``metre`` (other bars over the same beats) or ``phase`` (the same bars begun elsewhere, or beats between
    the beats). `beats_per_bar`, `beat_type` and `beat_division` are as in `Metre`.
    """

    bpm: float
    beats_per_bar: int
    beats: Beats
    confidence: float
    beat_type: int = 4
    beat_division: int = 0
    kind: str = "first"
    engine: str = ""

    @property
    def signature(self) -> str:
        """The time signature, as `Metre.signature`."""
        return time_signature(self.beats_per_bar, self.beat_type, self.beat_division)


@dataclass(frozen=True, kw_only=True, eq=False)
class Groove:
    """How the beat goes: not how fast but how steadily, and where the notes fall around it.

    Attributes
    ----------
    tempo_time_s, tempo_bpm : (points,) the smoothed tempo, beat by beat
    stability : how far beats stray from the smoothed tempo, relative to a beat (robust standard deviation)
    swing_ratio : long eighth to short, 1 is straight, 2 is triplet swing; NaN where there are too few off-beats
    position_beats : (positions,) places in the bar, in beats from the downbeat
    deviation_s : (positions,) median deviation of the onsets from there, positive is late; NaN where there are too few
    spread_s : (positions,) median absolute deviation around that
    """

    tempo_time_s: FloatArray
    tempo_bpm: FloatArray
    stability: float
    swing_ratio: float
    position_beats: FloatArray = field(default_factory=lambda: EMPTY)
    deviation_s: FloatArray = field(default_factory=lambda: EMPTY)
    spread_s: FloatArray = field(default_factory=lambda: EMPTY)
    engine: str = ""

    def __post_init__(self) -> None:
        settle_columns(self, ("tempo_time_s", "tempo_bpm"))
        settle_columns(self, ("position_beats", "deviation_s", "spread_s"))


@dataclass(frozen=True, kw_only=True, eq=False)
class Drums:
    """Strokes of a drum kit, `time_s` ascending.

    `label` is kick, snare, hihat_closed, hihat_open, tom, ride or crash; `velocity` runs from 1 to 127.
    """

    time_s: FloatArray
    label: tuple[str, ...]
    velocity: FloatArray
    confidence: FloatArray = field(default_factory=lambda: EMPTY)
    engine: str = ""

    def __post_init__(self) -> None:
        if len(self.confidence) == 0 and len(self.time_s):
            object.__setattr__(self, "confidence", no_confidence(len(self.time_s)))
        settle_columns(self, ("time_s", "label", "velocity", "confidence"))

    def __len__(self) -> int:
        return len(self.time_s)
