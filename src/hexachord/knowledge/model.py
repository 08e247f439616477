"""What is known about a piece of music: typed observations in seconds, each with its confidence and the engine that said so.

Array-valued observations (beats, chords, notes ...) are columns of equal length; row i of every column belongs together. Confidence is in
[0, 1] and means the engine's own estimate that the row is right; where an engine cannot tell, the column holds NaN. `Knowledge`
gathers what one recording or score told; a field that was not asked for is None.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields

import numpy as np

from hexachord.arrays import BoolArray, FloatArray
from hexachord.knowledge.observation_columns import EMPTY, no_confidence, settle_columns
from hexachord.knowledge.rhythm_model import Beats as Beats
from hexachord.knowledge.rhythm_model import Drums as Drums
from hexachord.knowledge.rhythm_model import Groove as Groove
from hexachord.knowledge.rhythm_model import Metre as Metre
from hexachord.knowledge.rhythm_model import RhythmReading as RhythmReading
from hexachord.knowledge.rhythm_model import Tempo as Tempo
from hexachord.knowledge.rhythm_model import TempoHypothesis as TempoHypothesis
from hexachord.provenance import Provenance

SCHEMA_VERSION = 7
"""2 added rhythm_readings, groove, drums; 3 how a beat divides; 4 harmony, tuning over time; 5 functions of sections; 6 second choices of
spans, shapes of sung notes; 7 the pedal."""


_LEAST_TUNED = 0.1  # music with drums reaches 0.15, drums alone stay below
_LEAST_KEY = 0.05  # the likeliest of 24 is never so unlikely where there is tonal content


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

    @property
    def is_found(self) -> bool:
        """Whether anything agrees on a pitch: drums and noise do not."""
        return not self.confidence < _LEAST_TUNED


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

    @property
    def is_found(self) -> bool:
        """Whether there is a key to speak of: of drums alone there is none."""
        return not self.confidence < _LEAST_KEY


_LIKELY = 0.5  # a function that is surer than this is named
_CLOSE = 2 / 3  # of the first choice's confidence: who reads the chart wants to know of the second


@dataclass(frozen=True, kw_only=True, eq=False)
class Events:
    """Moments: `time_s` ascending, `confidence` beside it, and a label each when there is something to say."""

    time_s: FloatArray
    confidence: FloatArray = field(default_factory=lambda: EMPTY)
    label: tuple[str, ...] = ()
    engine: str = ""

    def __post_init__(self) -> None:
        if len(self.confidence) == 0 and len(self.time_s):
            object.__setattr__(self, "confidence", no_confidence(len(self.time_s)))
        settle_columns(self, ("time_s", "confidence", "label") if self.label else ("time_s", "confidence"))

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
    second : the label that comes next in question, of chords; "" where nothing else does. Empty for other spans, and where nobody looked
    second_confidence : how sure that would be, on the scale of `confidence`. It may be the higher of the two: what surrounds a span has a
        say in its label too
    """

    start_s: FloatArray
    end_s: FloatArray
    label: tuple[str, ...]
    confidence: FloatArray = field(default_factory=lambda: EMPTY)
    engine: str = ""
    function: tuple[str, ...] = ()
    function_confidence: FloatArray = field(default_factory=lambda: EMPTY)
    second: tuple[str, ...] = ()
    second_confidence: FloatArray = field(default_factory=lambda: EMPTY)

    def __post_init__(self) -> None:
        if len(self.confidence) == 0 and len(self.start_s):
            object.__setattr__(self, "confidence", no_confidence(len(self.start_s)))
        settle_columns(self, ("start_s", "end_s", "label", "confidence"))
        for name in ("function", "second"):
            said, sure = getattr(self, name), f"{name}_confidence"
            if len(getattr(self, sure)) == 0 and said:
                object.__setattr__(self, sure, no_confidence(len(said)))
            settle_columns(self, ("label", name, sure) if said else (name, sure))

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

    @property
    def close(self) -> BoolArray:
        """Which spans could as well be their second choice: it is at least two thirds as likely.

        Examples
        --------
        >>> one = {"start_s": np.array([0.0, 2.0]), "end_s": np.array([2.0, 4.0]), "label": ("C:maj", "G:maj")}
        >>> sure = {"confidence": np.array([0.9, 0.4]), "second_confidence": np.array([0.1, 0.3])}
        >>> Segments(**one, **sure, second=("A:min", "G:7")).close
        array([False,  True])
        """
        if not self.second:
            return np.zeros(len(self), dtype=np.bool_)
        another = np.array([bool(label) for label in self.second], dtype=np.bool_)
        return another & (np.asarray(self.second_confidence) >= _CLOSE * np.asarray(self.confidence))

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
            function_confidence=self.function_confidence[at] if self.function else EMPTY,
            second=tuple(self.second[row] for row in rows) if self.second else (),
            second_confidence=self.second_confidence[at] if self.second else EMPTY,
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
        settle_columns(self, ("start_s", "end_s", "label", "key", "numeral", "function", "role", "of"))

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
        settle_columns(self, ("time_s", "f0_hz", "voicing"))

    def __len__(self) -> int:
        return len(self.time_s)


@dataclass(frozen=True, kw_only=True, eq=False)
class Notes:
    """Heard notes.

    Attributes
    ----------
    onset_s, offset_s, confidence : of each note
    pitch : in fractional MIDI numbers
    velocity : in [0, 1]
    glide_semitones : of a melody's notes, where each begins against where it stands, negative from below; 0 where it begins in place.
        This and the next three are empty for other notes, and where nobody looked
    glide_s : how long it takes to get there
    vibrato_hz : turns a second; 0 where it does not swing
    vibrato_semitones : how far it swings to either side; 0 where it does not
    """

    onset_s: FloatArray
    offset_s: FloatArray
    pitch: FloatArray
    velocity: FloatArray
    confidence: FloatArray = field(default_factory=lambda: EMPTY)
    engine: str = ""
    glide_semitones: FloatArray = field(default_factory=lambda: EMPTY)
    glide_s: FloatArray = field(default_factory=lambda: EMPTY)
    vibrato_hz: FloatArray = field(default_factory=lambda: EMPTY)
    vibrato_semitones: FloatArray = field(default_factory=lambda: EMPTY)

    def __post_init__(self) -> None:
        if len(self.confidence) == 0 and len(self.onset_s):
            object.__setattr__(self, "confidence", no_confidence(len(self.onset_s)))
        settle_columns(self, ("onset_s", "offset_s", "pitch", "velocity", "confidence"))
        shapes = ("glide_semitones", "glide_s", "vibrato_hz", "vibrato_semitones")
        settle_columns(self, ("onset_s", *shapes) if self.has_shapes else shapes)

    def __len__(self) -> int:
        return len(self.onset_s)

    @property
    def has_shapes(self) -> bool:
        """Whether it is known how the notes glide and swing."""
        return len(self.vibrato_hz) > 0


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
    pedal: Segments | None = None
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
