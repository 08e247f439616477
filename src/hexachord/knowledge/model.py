"""What is known about a piece of music: typed observations in seconds, each with its confidence and the engine that said so.

Array-valued observations (beats, chords, notes ...) are columns of equal length; row i of every column belongs together. Confidence is in
[0, 1] and means the engine's own estimate that the row is right; where an engine cannot tell, the column holds NaN. `Knowledge`
gathers what one recording or score told; a field that was not asked for is None.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace

import numpy as np

from hexachord.arrays import Float64Array, FloatArray, IntArray
from hexachord.knowledge.signatures import time_signature, written_value
from hexachord.provenance import Provenance

SCHEMA_VERSION = 5  # 2 added rhythm_readings, groove, drums; 3 how a beat divides; 4 harmony, tuning over time; 5 functions of sections


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


@dataclass(frozen=True, kw_only=True)
class Tuning:
    """How far A4 is from 440 Hz.

    Attributes
    ----------
    cents : of the whole
    confidence : how much all partials agree on one tuning
    drift_cents_per_minute : where it goes: choirs sink, tapes run fast; NaN where nobody looked or too little sounds
    curve : (time_s, cents) along the way, unwrapped: a choir that sinks by a semitone reads -100 in the end
    """

    cents: float
    confidence: float = float("nan")
    drift_cents_per_minute: float = float("nan")
    curve: tuple[tuple[float, float], ...] = ()
    engine: str = ""

    @property
    def a4_hz(self) -> float:
        """The frequency of A4."""
        return 440.0 * float(2.0 ** (self.cents / 1200.0))


@dataclass(frozen=True, kw_only=True)
class Key:
    """A key: `tonic` as a note name (``C#``, ``Bb``), `mode` major or minor; `alternatives` pairs names ("A minor") with confidences."""

    tonic: str
    mode: str
    confidence: float = float("nan")
    alternatives: tuple[tuple[str, float], ...] = ()
    engine: str = ""

    @property
    def name(self) -> str:
        """``C# minor``."""
        return f"{self.tonic} {self.mode}"


def _settle_columns(observation: object, names: tuple[str, ...]) -> None:
    """Give number columns the one width they have in files too, so that what is recalled computes like what was just found."""
    for name in names:
        value = getattr(observation, name)
        if not isinstance(value, tuple):
            object.__setattr__(observation, name, np.asarray(value, dtype=np.int64 if name == "position" else np.float64))
    lengths = {name: len(getattr(observation, name)) for name in names}
    if len(set(lengths.values())) > 1:
        raise ValueError(f"{type(observation).__name__}: columns differ in length: {lengths}")


def _no_confidence(count: int) -> Float64Array:
    return np.full(count, np.nan)


_EMPTY: Float64Array = np.empty(0)
_LIKELY = 0.5  # a function that is surer than this is named


@dataclass(frozen=True, kw_only=True, eq=False)
class Events:
    """Moments: `time_s` ascending, `confidence` beside it, and a label each when there is something to say."""

    time_s: FloatArray
    confidence: FloatArray = field(default_factory=lambda: _EMPTY)
    label: tuple[str, ...] = ()
    engine: str = ""

    def __post_init__(self) -> None:
        if len(self.confidence) == 0 and len(self.time_s):
            object.__setattr__(self, "confidence", _no_confidence(len(self.time_s)))
        _settle_columns(self, ("time_s", "confidence", "label") if self.label else ("time_s", "confidence"))

    def __len__(self) -> int:
        return len(self.time_s)


@dataclass(frozen=True, kw_only=True, eq=False)
class Beats:
    """Beats and where they stand in the bar: `position` counts from 1 (a downbeat); 0 means unknown."""

    time_s: FloatArray
    position: IntArray
    confidence: FloatArray = field(default_factory=lambda: _EMPTY)
    engine: str = ""

    def __post_init__(self) -> None:
        if len(self.confidence) == 0 and len(self.time_s):
            object.__setattr__(self, "confidence", _no_confidence(len(self.time_s)))
        _settle_columns(self, ("time_s", "position", "confidence"))

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
    position_beats: FloatArray = field(default_factory=lambda: _EMPTY)
    deviation_s: FloatArray = field(default_factory=lambda: _EMPTY)
    spread_s: FloatArray = field(default_factory=lambda: _EMPTY)
    engine: str = ""

    def __post_init__(self) -> None:
        _settle_columns(self, ("tempo_time_s", "tempo_bpm"))
        _settle_columns(self, ("position_beats", "deviation_s", "spread_s"))


@dataclass(frozen=True, kw_only=True, eq=False)
class Drums:
    """Strokes of a drum kit, `time_s` ascending.

    `label` is kick, snare, hihat_closed, hihat_open, tom, ride or crash; `velocity` runs from 1 to 127.
    """

    time_s: FloatArray
    label: tuple[str, ...]
    velocity: FloatArray
    confidence: FloatArray = field(default_factory=lambda: _EMPTY)
    engine: str = ""

    def __post_init__(self) -> None:
        if len(self.confidence) == 0 and len(self.time_s):
            object.__setattr__(self, "confidence", _no_confidence(len(self.time_s)))
        _settle_columns(self, ("time_s", "label", "velocity", "confidence"))

    def __len__(self) -> int:
        return len(self.time_s)


@dataclass(frozen=True, kw_only=True, eq=False)
class Segments:
    """Labelled spans that follow one another: chords in Harte syntax, sections, keys.

    Attributes
    ----------
    start_s, end_s, label, confidence : of each span
    function : what a section seems to be for, beside its label, which says what it repeats: ``intro``, ``verse``, ``chorus``, ``bridge``,
        ``instrumental`` or ``outro``; "" where nobody can tell. Empty for other spans, and where nobody looked
    function_confidence : how sure that is
    """

    start_s: FloatArray
    end_s: FloatArray
    label: tuple[str, ...]
    confidence: FloatArray = field(default_factory=lambda: _EMPTY)
    engine: str = ""
    function: tuple[str, ...] = ()
    function_confidence: FloatArray = field(default_factory=lambda: _EMPTY)

    def __post_init__(self) -> None:
        if len(self.confidence) == 0 and len(self.start_s):
            object.__setattr__(self, "confidence", _no_confidence(len(self.start_s)))
        _settle_columns(self, ("start_s", "end_s", "label", "confidence"))
        if len(self.function_confidence) == 0 and self.function:
            object.__setattr__(self, "function_confidence", _no_confidence(len(self.function)))
        _settle_columns(self, ("label", "function", "function_confidence") if self.function else ("function", "function_confidence"))

    def __len__(self) -> int:
        return len(self.label)

    @property
    def names(self) -> tuple[str, ...]:
        """The labels, with what a section is for where that is likelier than not.

        Examples
        --------
        >>> one = {"start_s": np.array([0.0, 9.0]), "end_s": np.array([9.0, 20.0]), "label": ("A", "B")}
        >>> Segments(**one, function=("intro", "verse"), function_confidence=np.array([0.9, 0.4])).names
        ('A (intro)', 'B')
        """
        if not self.function:
            return self.label
        rows = zip(self.label, self.function, self.function_confidence, strict=True)
        return tuple(f"{label} ({function})" if function and sure >= _LIKELY else label for label, function, sure in rows)

    def taken(self, rows: Sequence[int]) -> "Segments":
        """Return some of the spans."""
        at = np.asarray(rows, dtype=np.int64)
        return Segments(
            start_s=self.start_s[at],
            end_s=self.end_s[at],
            label=tuple(self.label[row] for row in rows),
            confidence=self.confidence[at],
            engine=self.engine,
            function=tuple(self.function[row] for row in rows) if self.function else (),
            function_confidence=self.function_confidence[at] if self.function else _EMPTY,
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class Harmony:
    """What each chord is in its key; row i speaks of row i of the chords, and is empty where there is no chord or no key.

    Attributes
    ----------
    start_s, end_s : as of the chords
    label : the chord in Harte syntax
    key : the local key it is read in
    numeral : its Roman numeral: ``ii65``, ``V7/V``
    function : ``tonic``, ``predominant`` or ``dominant``; "" for none
    role : ``diatonic``, ``secondary``, ``borrowed``, ``neapolitan``, ``augmented sixth``, ``substitute``, ``cadential`` or ``chromatic``
    of : the degree whose dominant or predominant it is, ``V``; "" for the key's own
    """

    start_s: FloatArray
    end_s: FloatArray
    label: tuple[str, ...]
    key: tuple[str, ...]
    numeral: tuple[str, ...]
    function: tuple[str, ...]
    role: tuple[str, ...]
    of: tuple[str, ...]
    engine: str = ""

    def __post_init__(self) -> None:
        _settle_columns(self, ("start_s", "end_s", "label", "key", "numeral", "function", "role", "of"))

    def __len__(self) -> int:
        return len(self.label)


@dataclass(frozen=True, kw_only=True, eq=False)
class F0:
    """Fundamental frequency over time: `f0_hz` is 0 where nothing is voiced; `voicing` is the probability that something is."""

    time_s: FloatArray
    f0_hz: FloatArray
    voicing: FloatArray
    engine: str = ""

    def __post_init__(self) -> None:
        _settle_columns(self, ("time_s", "f0_hz", "voicing"))

    def __len__(self) -> int:
        return len(self.time_s)


@dataclass(frozen=True, kw_only=True, eq=False)
class Notes:
    """Heard notes: `pitch` in fractional MIDI numbers, `velocity` in [0, 1]."""

    onset_s: FloatArray
    offset_s: FloatArray
    pitch: FloatArray
    velocity: FloatArray
    confidence: FloatArray = field(default_factory=lambda: _EMPTY)
    engine: str = ""

    def __post_init__(self) -> None:
        if len(self.confidence) == 0 and len(self.onset_s):
            object.__setattr__(self, "confidence", _no_confidence(len(self.onset_s)))
        _settle_columns(self, ("onset_s", "offset_s", "pitch", "velocity", "confidence"))

    def __len__(self) -> int:
        return len(self.onset_s)


@dataclass(frozen=True, kw_only=True)
class Loudness:
    """Loudness by ITU-R BS.1770-4 and EBU R 128."""

    integrated_lufs: float
    range_lu: float
    true_peak_dbtp: float
    max_short_term_lufs: float = float("nan")
    max_momentary_lufs: float = float("nan")
    engine: str = "loudness/bs1770-4"


@dataclass(frozen=True, kw_only=True)
class Descriptor:
    """A number that describes the sound, with its unit ("Hz", "dB", "1/s", "" for a ratio) and its spread over time."""

    value: float
    unit: str = ""
    std: float = float("nan")
    engine: str = ""


@dataclass(frozen=True, kw_only=True)
class Tag:
    """A word that holds to some degree: an instrument, a genre, a mood."""

    name: str
    confidence: float
    engine: str = ""


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """A true sentence. `facts` are paths into this Knowledge (``tempo.hypotheses.0.bpm``) that it rests on; `start_s` to `end_s` is
    where to hear it."""

    text: str
    facts: tuple[str, ...]
    confidence: float = float("nan")
    start_s: float | None = None
    end_s: float | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Knowledge:
    """All that is known about one recording or score. `skipped` says what could not be done and why, by field name."""

    duration_s: float
    tempo: Tempo | None = None
    beats: Beats | None = None
    metre: Metre | None = None
    tuning: Tuning | None = None
    key: Key | None = None
    local_keys: Segments | None = None
    chords: Segments | None = None
    harmony: Harmony | None = None
    sections: Segments | None = None
    onsets: Events | None = None
    rhythm_readings: tuple[RhythmReading, ...] = ()
    groove: Groove | None = None
    drums: Drums | None = None
    melody: F0 | None = None
    melody_notes: Notes | None = None
    notes: Notes | None = None
    loudness: Loudness | None = None
    descriptors: Mapping[str, Descriptor] = field(default_factory=dict)
    tags: tuple[Tag, ...] = ()
    embedding: FloatArray | None = None
    sentences: tuple[Sentence, ...] = ()
    skipped: Mapping[str, str] = field(default_factory=dict)
    provenance: Provenance = field(default_factory=Provenance)

    def known(self) -> tuple[str, ...]:
        """The names of the fields that hold something."""
        names = (f.name for f in fields(self) if f.name not in ("duration_s", "provenance", "skipped"))
        return tuple(name for name in names if not _is_empty(getattr(self, name)))


def _is_empty(value: object) -> bool:
    return value is None or (isinstance(value, (tuple, dict)) and not value)
