"""What a page is given, as types: the same names as in `web/src/song.ts`, which explains them; a test holds the two together.

Times are seconds, pitches MIDI numbers; columns of one object have equal length.
"""

from typing import Literal, TypedDict


class Source(TypedDict):
    """The file the song came from."""

    name: str
    sha256: str


class Peaks(TypedDict):
    """The outline of a sound: base64 of int8 pairs (lowest, highest), full scale 127."""

    per_s: float
    values: str


class Track(TypedDict):
    """A sound file inside the page."""

    id: str
    name: str
    mime: str
    element: str
    bytes: int
    peaks: Peaks
    gain_db: float
    lead_in_s: float
    engine: str
    file: str | None


class Choice(TypedDict):
    """Another answer that was considered."""

    value: str
    confidence: float | None


class Fact(TypedDict):
    """A single fact, ready for the eye."""

    id: str
    label: str
    value: str
    unit: str
    confidence: float | None
    alternatives: list[Choice]
    engine: str


class Beats(TypedDict):
    """Beats and where they stand in their bar."""

    time_s: list[float]
    position: list[int]
    confidence: list[float | None]
    engine: str


class Reading(TypedDict):
    """One way to hear the rhythm; number 0 is what the user said, 1 the likeliest of those that were heard."""

    number: int
    bpm: float
    metre: str
    how: str
    confidence: float | None
    time_s: list[float]
    position: list[int]
    commands: list[str]


class Groove(TypedDict):
    """How the beat goes: the smoothed tempo, how steady, how swung."""

    time_s: list[float]
    bpm: list[float]
    stability: float | None
    swing: float | None
    engine: str


class Drums(TypedDict):
    """Strokes of a drum kit; velocity from 0 to 1."""

    time_s: list[float]
    label: list[str]
    velocity: list[float]
    confidence: list[float | None]
    engine: str


class Spans(TypedDict):
    """Labelled spans: `label` is the plain one, `text` is for the eye."""

    start_s: list[float]
    end_s: list[float]
    label: list[str]
    text: list[str]
    confidence: list[float | None]
    engine: str


class Harmony(TypedDict):
    """What each chord is in its key, row by row beside the chords; empty texts where there is none."""

    numeral: list[str]
    words: list[str]
    key: list[str]
    engine: str


class ChordTones(TypedDict):
    """Which pitch classes (0 is C) each chord has, row by row beside the chords; no class and no bass where there is no chord."""

    classes: list[list[int]]
    bass: list[int | None]
    names: list[str]


class SecondChoices(TypedDict):
    """What else each chord may be, row by row beside the chords: empty texts where nothing else comes in question; `close` where it is
    nearly as likely."""

    label: list[str]
    text: list[str]
    confidence: list[float | None]
    close: list[bool]


class Keys(TypedDict):
    """The keys that the whole could be in, the likeliest first; `label` is plain ("Bb minor"), `text` is for the eye."""

    label: list[str]
    text: list[str]
    confidence: list[float | None]
    engine: str


class Shapes(TypedDict):
    """How notes of a melody are sung: where each begins against where it stands, and its vibrato to either side; 0 for neither."""

    glide_semitones: list[float]
    glide_s: list[float]
    vibrato_hz: list[float]
    vibrato_semitones: list[float]


class Notes(TypedDict):
    """Notes; velocity from 0 to 1; shapes where it is known how they are sung."""

    onset_s: list[float]
    offset_s: list[float]
    pitch: list[float]
    velocity: list[float]
    confidence: list[float | None]
    engine: str
    shapes: Shapes | None


class F0(TypedDict):
    """A pitch curve on an even grid, None where nothing is voiced; `voicing` is base64 of a byte a point, 255 is sure."""

    hop_s: float
    start_s: float
    midi: list[float | None]
    voicing: str
    engine: str


class Tile(TypedDict):
    """One picture of a spectrogram."""

    element: str
    start_s: float
    end_s: float
    width: int


class Spectrogram(TypedDict):
    """Pictures side by side in time, the highest pitch in row 0."""

    tiles: list[Tile]
    bins: int
    lowest_pitch: float
    bins_per_semitone: int
    frames_per_s: float
    range_db: float


class Similarity(TypedDict):
    """A square picture of how alike the moments of a song are."""

    element: str
    side: int
    start_s: float
    end_s: float


class Moments(TypedDict):
    """What lights up when; `on` and `off` hold ids of SVG elements."""

    time_s: list[float]
    page: list[int]
    bar: list[str]
    on: list[list[str]]
    off: list[list[str]]


class ScorePages(TypedDict):
    """An engraved score that follows the sound."""

    id: str
    title: str
    svg_element: str
    pages: int
    width_mm: float
    height_mm: float
    moments: Moments
    command: str


class SentenceFact(TypedDict):
    """A path into the song's knowledge, and what stands there."""

    path: str
    value: str


class Sentence(TypedDict):
    """A true sentence and where its evidence is seen and heard."""

    text: str
    confidence: float | None
    panel: str
    start_s: float | None
    end_s: float | None
    facts: list[SentenceFact]


class Row(TypedDict):
    """A number that describes the sound."""

    name: str
    value: str
    unit: str
    engine: str
    meaning: str


class Download(TypedDict):
    """A file in the page (`element`) or beside it (`href`)."""

    label: str
    name: str
    bytes: int
    mime: str
    element: str | None
    href: str | None


class Skipped(TypedDict):
    """What is not there, and why."""

    what: str
    why: str


class WrittenFact(TypedDict):
    """A fact as it was heard and as it is written."""

    id: str
    heard: str
    written: str
    right: bool | None


class WrittenScore(TypedDict):
    """How well a task was done."""

    task: str
    name: str
    value: float
    meaning: str


class Written(TypedDict):
    """Truth beside what was heard."""

    title: str
    beats: Beats | None
    chords: Spans | None
    sections: Spans | None
    notes: Notes | None
    facts: list[WrittenFact]
    scores: list[WrittenScore]


class SongData(TypedDict):
    """All that a page shows, but for the binaries."""

    format: Literal["hexachord-page"]
    version: Literal[1]
    made_by: str
    title: str
    subtitle: str
    kind: Literal["audio", "score"]
    source: Source
    duration_s: float
    mix: Track | None
    stems: list[Track]
    facts: list[Fact]
    beats: Beats | None
    readings: list[Reading]
    corrected: list[str]
    groove: Groove | None
    drums: Drums | None
    sections: Spans | None
    chords: Spans | None
    chord_tones: ChordTones | None
    second_chords: SecondChoices | None
    harmony: Harmony | None
    keys: Keys | None
    local_keys: Spans | None
    notes: Notes | None
    melody_notes: Notes | None
    melody: F0 | None
    spectrogram: Spectrogram | None
    similarity: Similarity | None
    scores: list[ScorePages]
    sentences: list[Sentence]
    descriptors: list[Row]
    downloads: list[Download]
    commands: dict[str, str]
    skipped: list[Skipped]
    written: Written | None
