"""What a score is: notes in exact musical time, and the maps that give that time its meaning.

Time is counted in integer ticks, `Score.ticks_per_quarter` to the quarter note, so nothing is ever rounded. Silence is not stored: a rest
is where no note is, and writers and engravers make rests from the gaps. Pitches and spellings are *concert* pitch; a part's
`transposition` says how its page is written. A performance is a Score whose notes sit where they were played and whose bars are
empty. Everything is immutable: tools return new scores (`dataclasses.replace`, `Note._replace`).
"""

from dataclasses import dataclass, field
from enum import IntEnum
from typing import NamedTuple

from hexachord.provenance import Provenance

TICKS_PER_QUARTER = 10080  # 2^5·3^2·5·7: exact down to 128th notes, triplets, quintuplets, septuplets and nonuplets
DEFAULT_VELOCITY = 80  # what an unmarked note sounds like: between mp and mf
DEFAULT_QUARTER_BPM = 120.0  # MIDI's and MusicXML's silence about tempo means this


class Spelling(NamedTuple):
    """A note name: C♯4 is ``Spelling("C", 1, 4)``; octave 4 starts at middle C."""

    step: str
    alter: int
    octave: int

    @property
    def pitch(self) -> int:
        """The MIDI number this name sounds at."""
        return _STEP_PITCH_CLASS[self.step] + self.alter + 12 * (self.octave + 1)

    def __str__(self) -> str:
        return f"{self.step}{accidental_text(self.alter)}{self.octave}"


class NoteValue(NamedTuple):
    """The written value: ``NoteValue("eighth", dots=1)``; an eighth-note triplet is ``NoteValue("eighth", 0, 3, 2)``: 3 in the time of 2.

    `kind` uses MusicXML's names: maxima long breve whole half quarter eighth 16th 32nd 64th 128th 256th 512th 1024th.
    """

    kind: str
    dots: int = 0
    actual: int = 1
    normal: int = 1


class Grace(IntEnum):
    """Whether a note is a grace note, and of which kind."""

    NO = 0
    ACCIACCATURA = 1  # slashed: steals no time one could count
    APPOGGIATURA = 2


class Lyric(NamedTuple):
    """A syllable under a note. `syllabic` is single, begin, middle or end; `verse` counts from 1; `extend` draws the melisma line."""

    text: str
    syllabic: str = "single"
    verse: int = 1
    extend: bool = False


class Note(NamedTuple):
    """One notehead (a NamedTuple, because scores hold hundreds of thousands).

    `onset` and `duration` are ticks (a grace note lasts 0). `pitch` is the sounding MIDI number; on a percussion part it is the General
    MIDI drum key and `spelling` is the place on the staff. `velocity` None means unmarked. Notes of one staff, voice, onset and duration
    form a chord. A long sound over a bar line is several noteheads joined by `tied_to_next` / `tied_to_previous`. `value` keeps the
    written value when it cannot be read off the duration alone (tuplets, grace notes).
    `marks` are articulations, ornaments and spans by name: ``staccato accent tenuto fermata trill-mark mordent turn
    arpeggiate tremolo-3 slur-start slur-stop tuplet-start tuplet-stop notehead-x fingering-3 ...``, numbered spans as ``slur-start-2``
    (all of them: `hexachord.score.musicxml_tables`). ``cue`` and ``hidden`` notes are for the eye of one and the ear of the other;
    of several grace notes at one place the tuple's order is the playing order, ``grace-chord`` joins one to its predecessor, and
    ``grace-after`` keeps it in the bar that ends here.
    """

    onset: int
    duration: int
    pitch: int
    velocity: int | None = None
    voice: int = 1
    staff: int = 1
    spelling: Spelling | None = None
    tied_to_previous: bool = False
    tied_to_next: bool = False
    grace: Grace = Grace.NO
    value: NoteValue | None = None
    marks: tuple[str, ...] = ()
    lyrics: tuple[Lyric, ...] = ()

    @property
    def end(self) -> int:
        """The tick at which the notehead ends."""
        return self.onset + self.duration


class TempoMark(NamedTuple):
    """From `tick` on, `quarter_bpm` quarter notes a minute; `text` is what the page says ("Allegro").

    `metronome` is the equation on the page, beat unit by name: ``quarter = 96``, ``quarter. = c. 60``, ``eighth = eighth``; empty
    when the page shows none.
    """

    tick: int
    quarter_bpm: float
    text: str = ""
    metronome: str = ""


class MetreMark(NamedTuple):
    """A time signature. `groups` is an additive numerator (3+2 over 8), empty for an ordinary one; `symbol` is "common", "cut" or ""."""

    tick: int
    beats: int
    beat_type: int
    groups: tuple[int, ...] = ()
    symbol: str = ""


class KeyMark(NamedTuple):
    """A key signature: `fifths` sharps (negative: flats); `mode` "major", "minor", a church mode, or "" when the page does not say."""

    tick: int
    fifths: int
    mode: str = ""


class ChordSymbol(NamedTuple):
    """A chord over the staff. `label` is Harte syntax (``C#:min7/b3``, ``N``), `text` what the page shows when it differs; `end` None
    means until the next."""

    tick: int
    label: str
    end: int | None = None
    text: str = ""


class SectionMark(NamedTuple):
    """A named span: verse, chorus, A, B ... `end` None means until the next."""

    tick: int
    label: str
    end: int | None = None


class Bar(NamedTuple):
    """One written bar: where it starts and how long it is (a pick-up is shorter than its metre says).

    `number` is what the page prints (a pick-up is "0"). `repeat_end` counts how often the passage is played (0: no repeat sign, 2: the
    usual one); `endings` are the numbers over a volta bracket that covers this bar; `barline` is the right one's style ("",
    "light-heavy", "light-light" ...).
    """

    tick: int
    duration: int
    number: str = ""
    repeat_start: bool = False
    repeat_end: int = 0
    endings: tuple[int, ...] = ()
    barline: str = ""

    @property
    def end(self) -> int:
        """The tick of the bar line after it."""
        return self.tick + self.duration


class Direction(NamedTuple):
    """A sign beside the notes.

    `kind` is dynamic, words, wedge, pedal, dashes, bracket, octave-shift, segno, coda, dacapo, dalsegno, tocoda, fine, metronome, or
    fermata (one on a rest); `value` is its text (``mf``, ``dolce``, ``crescendo``, ``8va``, ``D.C. al Fine``; a pedal that is drawn as
    a line has ``line``); `end` is the tick where a span stops; `above` None leaves the side to the engraver. Rehearsal letters are
    `Score.sections`.
    """

    tick: int
    kind: str
    value: str = ""
    end: int | None = None
    staff: int = 1
    above: bool | None = None


class Clef(NamedTuple):
    """A clef on a staff: ``Clef(0, 1, "G", 2)`` is the treble clef; `octave_change` -1 is the tenor's small 8 below."""

    tick: int
    staff: int
    sign: str
    line: int
    octave_change: int = 0


class Control(NamedTuple):
    """A MIDI controller value, 0–127; number 64 is the sustain pedal."""

    tick: int
    number: int
    value: int


class Bend(NamedTuple):
    """A MIDI pitch bend, -8192 to 8191."""

    tick: int
    value: int


class Transposition(NamedTuple):
    """From written to concert pitch: a B♭ clarinet is ``Transposition(diatonic=-1, chromatic=-2)``; whole octaves go in `octaves`."""

    diatonic: int = 0
    chromatic: int = 0
    octaves: int = 0


class PartGroup(NamedTuple):
    """Parts drawn together: from index `first` to `last` (included); `symbol` is brace, bracket, line, square or none."""

    first: int
    last: int
    symbol: str = "bracket"
    name: str = ""
    through_barlines: bool = True


class Contributor(NamedTuple):
    """Someone besides the composer and the lyricist: ``Contributor("arranger", "Clara Schumann")``."""

    role: str
    name: str


@dataclass(frozen=True, kw_only=True)
class Part:
    """One player's notes, sorted by onset, then staff, voice and pitch (`with_sorted_notes` in `hexachord.score.edit` sorts).

    On fretted instruments `tuning` are the open strings (MIDI numbers, the lowest string first), `capo` is the fret it sits on, and the
    marks ``string-5`` and ``fret-3`` say where a note is played (`hexachord.score.tablature`).
    """

    notes: tuple[Note, ...] = ()
    id: str = "P1"
    name: str = ""
    abbreviation: str = ""
    program: int = 0  # General MIDI, 0–127
    channel: int | None = None  # MIDI channel 0–15, when a file said so
    is_percussion: bool = False
    staves: int = 1
    clefs: tuple[Clef, ...] = ()
    directions: tuple[Direction, ...] = ()
    controls: tuple[Control, ...] = ()
    bends: tuple[Bend, ...] = ()
    transposition: Transposition = Transposition()
    volume: float | None = None  # 0..1
    pan: float | None = None  # -1 left .. 1 right
    tuning: tuple[int, ...] = ()
    capo: int = 0


@dataclass(frozen=True, kw_only=True)
class Score:
    """Music on paper, or as played.

    `bars` may be empty: then they follow from `metres` (see `hexachord.score.timing.bars_of`). Voice numbers belong to a part, not to
    a staff: the custom is 1–4 on the upper staff and 5–8 on the lower one, so that a voice may cross over. `work`, `opus` and `number`
    place a movement or song in its collection ("4 Songs", "Op. 43", "2"). `warnings` names what the source file held and this model
    cannot.
    """

    parts: tuple[Part, ...] = ()
    ticks_per_quarter: int = TICKS_PER_QUARTER
    title: str = ""
    work: str = ""
    opus: str = ""
    number: str = ""
    composer: str = ""
    lyricist: str = ""
    contributors: tuple[Contributor, ...] = ()
    rights: str = ""
    groups: tuple[PartGroup, ...] = ()
    tempos: tuple[TempoMark, ...] = ()
    metres: tuple[MetreMark, ...] = ()
    keys: tuple[KeyMark, ...] = ()
    chords: tuple[ChordSymbol, ...] = ()
    sections: tuple[SectionMark, ...] = ()
    bars: tuple[Bar, ...] = ()
    warnings: tuple[str, ...] = ()
    provenance: Provenance = field(default_factory=Provenance)

    @property
    def end_tick(self) -> int:
        """The tick at which the last bar or note ends."""
        note_end = max((note.onset + note.duration for part in self.parts for note in part.notes), default=0)
        return max(note_end, self.bars[-1].end if self.bars else 0)

    @property
    def note_count(self) -> int:
        """How many noteheads there are."""
        return sum(len(part.notes) for part in self.parts)


_STEP_PITCH_CLASS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}


def accidental_text(alter: int) -> str:
    """Write an alteration in ASCII: ``#``, ``##``, ``b``, ``bb`` or nothing."""
    return "#" * alter if alter > 0 else "b" * -alter
