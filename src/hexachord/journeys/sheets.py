"""The pages that music can be written on: what steps each builds on, and who writes it.

A page is made of what was heard (`Knowledge`) and never fails for the lack of it: without a note it is a valid page of one empty bar,
without a beat it is written on a clock.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from hexachord.arrays import FloatArray
from hexachord.journeys.bends import Bending, bent_performance
from hexachord.journeys.performance import performance_of, with_pedal
from hexachord.knowledge.model import Beats, Key, Knowledge, Metre, Notes, Segments
from hexachord.score.model import TICKS_PER_QUARTER, Bar, Clef, MetreMark, Part, Score, TempoMark
from hexachord.theory.chord_labels import NO_CHORD

CLOCK_BPM = 120
CLOCK_METRE = Metre(beats_per_bar=4, beat_division=2, confidence=0.0, division_confidence=1.0)
_STROKE_S = 0.1
_LEGATO_S = 0.05  # notes of one line may overlap so long
_SINGLE_LINE = 0.05  # share of notes that may overlap for longer
_CLEAR = 0.7  # mean chance of a pedal that is written down
_TREBLE, _BASS = Clef(0, 1, "G", 2), Clef(0, 2, "F", 4)


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """What a reader wants of a page.

    `title` stands on it; `level` says how much of what was played a piano page shows (`hexachord.transcription.notation.levels`);
    `repeats` writes what is played again at once between repeat signs; `tuning` and `capo` are of a guitar
    (`hexachord.theory.fretboard`), a capo of None is the easiest one.
    """

    title: str = ""
    level: str = "readable"
    repeats: bool = False
    tuning: str = "standard"
    capo: int | None = 0


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A kind of page.

    Attributes
    ----------
    heard_by : the stage of the main job that finds its notes
    uses : other stages that it builds on
    notes : what of the knowledge stands on it, drums as notes at their keys
    write : makes it of at least one note
    blank : its part without notes
    program : General MIDI's number of the instrument, of the performance
    writes_nothing : whether `write` makes the page without notes too
    """

    heard_by: str
    notes: Callable[[Knowledge], Notes]
    write: Callable[[Knowledge, Wishes], Score]
    blank: Part
    uses: tuple[str, ...] = ("beats", "key")
    program: int = 0
    writes_nothing: bool = False


def write_sheet(name: str, known: Knowledge, *, wishes: Wishes = Wishes()) -> Score:
    """Write a page; where there is nothing to write it is an empty bar.

    Parameters
    ----------
    name : one of `SHEETS`
    known : what was heard; without beats the page follows a clock of 120 a minute

    Examples
    --------
    >>> page = write_sheet("piano", Knowledge(duration_s=3.0))
    >>> page.note_count, len(page.bars), page.parts[0].staves
    (0, 1, 2)
    """
    sheet = SHEETS[name]
    notes = sheet.notes(known)
    has_chords = name == "lead-sheet" and known.chords is not None and any(label != NO_CHORD for label in known.chords.label)
    if len(notes) == 0 and not has_chords and not sheet.writes_nothing:
        bar = Bar(0, 4 * TICKS_PER_QUARTER, "1", barline="light-heavy")
        clock = (TempoMark(0, float(CLOCK_BPM)),)
        return Score(parts=(sheet.blank,), title=wishes.title, metres=(MetreMark(0, 4, 4),), tempos=clock, bars=(bar,))
    if not has_beats(known):
        end_s = max([0.0, *notes.offset_s.tolist()])
        known = replace(known, beats=clock_beats(notes.onset_s, end_s=end_s), metre=CLOCK_METRE)
    return sheet.write(known, wishes)


def on_paper(page: Score, *, wishes: Wishes = Wishes()) -> Score:
    """Make a page that need not follow its recording: it begins with the music, and may have repeat signs."""
    from hexachord.score.trimming import without_leading_bars
    from hexachord.transcription.notation.repeats import with_repeat_signs

    page = without_leading_bars(page)
    return with_repeat_signs(page) if wishes.repeats else page


def write_performance(name: str, known: Knowledge, *, title: str = "", bending: Bending | None = None) -> Score:
    """Write the notes of a page as they were played, without bars; with pitch bends where it is said how they move."""
    sheet = SHEETS[name]
    if bending is not None:
        bent = bent_performance(sheet.notes(known), bending, title=title, name=sheet.blank.name, program=sheet.program)
        return with_pedal(bent, known.pedal)
    played = performance_of(sheet.notes(known), title=title, name=sheet.blank.name, program=sheet.program)
    if sheet.blank.is_percussion:
        played = replace(played, parts=tuple(replace(part, is_percussion=True, channel=9) for part in played.parts))
    return with_pedal(played, known.pedal)


def has_beats(known: Knowledge) -> bool:
    """Whether there are beats to write in."""
    return known.beats is not None and len(known.beats) > 1 and known.metre is not None


def clock_beats(onset_s: FloatArray, *, end_s: float) -> Beats:
    """Lay beats of a clock, the first on the first note.

    Examples
    --------
    >>> clock_beats(np.array([0.2, 1.0]), end_s=1.5).time_s
    array([0.2, 0.7, 1.2, 1.7])
    """
    step_s = 60.0 / CLOCK_BPM
    first_s = float(onset_s[0]) if len(onset_s) else 0.0
    count = max(2, 1 + int(np.ceil((end_s - first_s) / step_s)))
    return Beats(time_s=first_s + step_s * np.arange(count), position=1 + np.arange(count) % 4, engine="clock")


def is_single_line(notes: Notes) -> bool:
    """Whether notes follow one another, as a flute's do.

    Examples
    --------
    >>> def held(seconds):
    ...     start = np.arange(4.0)
    ...     return Notes(onset_s=start, offset_s=start + seconds, pitch=60 + start, velocity=start * 0 + 0.5)
    >>> is_single_line(held(1.0)), is_single_line(held(2.0))
    (True, False)
    """
    order = np.argsort(notes.onset_s, kind="stable")
    overlaps = np.asarray(notes.offset_s)[order][:-1] > np.asarray(notes.onset_s)[order][1:] + _LEGATO_S
    return bool(np.count_nonzero(overlaps) <= _SINGLE_LINE * len(overlaps))


def _melody(known: Knowledge) -> Notes:
    return known.melody_notes if known.melody_notes is not None else _NOTHING


def _notes(known: Knowledge) -> Notes:
    return known.notes if known.notes is not None else _NOTHING


def _strokes(known: Knowledge) -> Notes:
    from hexachord.transcription.notation.drum_staff import KEYS

    drums = known.drums
    if drums is None:
        return _NOTHING
    rows = [row for row, label in enumerate(drums.label) if label in KEYS]
    onset_s = np.asarray(drums.time_s, dtype=np.float64)[rows]
    return Notes(
        onset_s=onset_s,
        offset_s=onset_s + _STROKE_S,
        pitch=np.array([float(KEYS[drums.label[row]]) for row in rows]),
        velocity=np.asarray(drums.velocity, dtype=np.float64)[rows] / 127.0,
        confidence=np.asarray(drums.confidence, dtype=np.float64)[rows],
        engine=drums.engine,
    )


def _piano(known: Knowledge, wishes: Wishes) -> Score:
    from hexachord.transcription.notation import piano_reduction

    beats, metre = _frame(known)
    return piano_reduction(
        _notes(known),
        beats=beats,
        metre=metre,
        key=_key(known),
        chords=known.chords,
        sections=_musical(known),
        pedal=_clear(known.pedal),
        title=wishes.title,
        level=wishes.level,
    )


def _lead_sheet(known: Knowledge, wishes: Wishes) -> Score:
    from hexachord.transcription.notation import lead_sheet

    beats, metre = _frame(known)
    return lead_sheet(
        _melody(known), beats=beats, metre=metre, key=_key(known), chords=known.chords, sections=_musical(known), title=wishes.title
    )


def _voice(known: Knowledge, wishes: Wishes) -> Score:
    return _line(_melody(known), known, wishes, name="Voice")


def _any(known: Knowledge, wishes: Wishes) -> Score:
    notes = _notes(known)
    return _line(notes, known, wishes, name="") if is_single_line(notes) else _piano(known, wishes)


def _line(notes: Notes, known: Knowledge, wishes: Wishes, *, name: str) -> Score:
    from hexachord.transcription.notation import lead_sheet

    beats, metre = _frame(known)
    return lead_sheet(notes, beats=beats, metre=metre, key=_key(known), title=wishes.title, part_name=name)


def _guitar(known: Knowledge, wishes: Wishes) -> Score:
    from hexachord.transcription.notation import guitar_tablature

    beats, metre = _frame(known)
    return guitar_tablature(
        _notes(known),
        beats=beats,
        metre=metre,
        key=_key(known),
        chords=known.chords,
        title=wishes.title,
        tuning=wishes.tuning,
        capo=wishes.capo,
    )


def _drum_staff(known: Knowledge, wishes: Wishes) -> Score:
    from hexachord.transcription.notation import drum_staff

    beats, metre = _frame(known)
    assert known.drums is not None
    return drum_staff(known.drums, beats=beats, metre=metre, title=wishes.title)


def _frame(known: Knowledge) -> tuple[Beats, Metre]:
    assert known.beats is not None
    assert known.metre is not None
    return known.beats, known.metre


def _key(known: Knowledge) -> Key | None:
    return known.key if known.key is not None and known.key.is_found else None


def _clear(pedal: Segments | None) -> Segments | None:
    """Leave out a pedal that was heard, but not clearly; one that was read is."""
    if pedal is None or not len(pedal):
        return None
    length_s = np.asarray(pedal.end_s) - np.asarray(pedal.start_s)
    sure = np.nan_to_num(np.asarray(pedal.confidence, dtype=np.float64), nan=1.0)
    return pedal if float(length_s @ sure) >= _CLEAR * float(length_s.sum()) else None


def _musical(known: Knowledge) -> Segments | None:
    """Leave out the silence before and after: a page begins with the music."""
    if known.sections is None:
        return None
    return known.sections.taken([row for row, label in enumerate(known.sections.label) if label != "silence"])


_NOTHING = Notes(onset_s=np.zeros(0), offset_s=np.zeros(0), pitch=np.zeros(0), velocity=np.zeros(0))
_GRAND = Part(name="Piano", staves=2, clefs=(_TREBLE, _BASS))
_KIT = Part(name="Drums", clefs=(Clef(0, 1, "percussion", 2),), is_percussion=True)

SHEETS = {
    "piano": Sheet(heard_by="notes", notes=_notes, write=_piano, blank=_GRAND),
    "lead-sheet": Sheet(
        heard_by="melody-notes",
        uses=("beats", "key", "chords", "sections"),
        notes=_melody,
        write=_lead_sheet,
        blank=Part(name="Melody", clefs=(_TREBLE,)),
    ),
    "voice": Sheet(heard_by="melody-notes", notes=_melody, write=_voice, blank=Part(name="Voice", clefs=(_TREBLE,)), program=52),
    "any": Sheet(heard_by="notes", notes=_notes, write=_any, blank=replace(_GRAND, name="")),
    "guitar": Sheet(heard_by="notes", notes=_notes, write=_guitar, blank=Part(name="Guitar"), program=24, writes_nothing=True),
    "drums": Sheet(heard_by="drums", uses=("beats",), notes=_strokes, write=_drum_staff, blank=_KIT),
}
