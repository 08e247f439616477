"""Corrections by the user: keeping them in a song's folder, and applying them as a step of the main job.

What was heard is never overwritten: its step keeps its result, and `rhythm_readings` lists it as it was heard. The correction is a step of
its own, after the beats, so chords on beats, sections and notation follow it on the next run, and taking it back recalls what was there.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from hexachord.audio_analysis.rhythm.hints import RhythmHints
from hexachord.audio_analysis.rhythm.rereading import USER, NoSuchReading, RhythmEdit, choice_of, reread
from hexachord.errors import InputError
from hexachord.journeys.following import is_followed
from hexachord.journeys.page_corrections import Pages, astray_of
from hexachord.journeys.pipeline import CannotDo, Stage, Work
from hexachord.knowledge.model import Knowledge, Metre, RhythmReading, Tempo, TempoHypothesis
from hexachord.song import Song, StepResult
from hexachord.song.corrections import CORRECTIONS, Corrections, corrections_document, load_corrections, save_corrections
from hexachord.theory.page_edits import PageEdit


@dataclass(frozen=True, kw_only=True)
class Corrected:
    """What is said about a song now.

    Attributes
    ----------
    song : its folder
    corrections : all that the user said
    readings : what was heard, to choose from; empty for a song that was analysed before there were readings
    is_followed : whether all files of the folder follow what is said
    """

    song: Song
    corrections: Corrections
    readings: tuple[RhythmReading, ...] = ()
    is_followed: bool = True

    @property
    def astray(self) -> tuple[str, ...]:
        """Corrections of pages that found nothing to correct when the pages were last written."""
        return astray_of(self.song)

    def to_json(self) -> dict[str, Any]:
        """Return plain data for `hexachord correct --json`."""
        readings = [
            {"number": number, "bpm": r.bpm, "metre": r.signature, "kind": r.kind, "confidence": r.confidence}
            for number, r in enumerate(self.readings, 1)
        ]
        return {
            "folder": str(self.song.folder),
            "file": str(self.song.folder / CORRECTIONS) if self.corrections else None,
            "words": list(self.corrections.words()),
            "corrections": corrections_document(self.corrections),
            "followed": self.is_followed,
            "astray": list(self.astray),
            "readings": readings,
        }


def correct(
    folder: str | Path,
    *edits: RhythmEdit | PageEdit,
    reading: int | None = None,
    undo: bool = False,
    reset: bool = False,
    on_wait: Callable[[], None] | None = None,
    timeout_s: float = -1,
) -> Corrected:
    """Keep corrections of a song in its folder; `hexachord.journeys.following.follow` lets everything follow.

    Parameters
    ----------
    folder : of the song
    edits : of the rhythm, or of written pages; added to what was said before, in this order
    reading : choose this one of the readings (1 is the likeliest), before the edits
    undo : take back the last correction
    reset : take back everything, hints too
    on_wait : called when another process works in the folder
    timeout_s : wait so long for another process that works in the folder

    Raises
    ------
    InputError : if it is no song's folder, the rhythm is that of a score, there is no such reading, no such place on a page, or nothing to
        take back.
    """
    song = Song.open(folder)
    with song.locked(on_wait=on_wait, timeout_s=timeout_s):
        if reset:
            said = Corrections()
        else:
            said = load_corrections(song.folder)
            if undo and not said:
                raise InputError(song.folder, found="no corrections", expected="one to take back")
            said = said.without_last() if undo else said
        readings = _kept_readings(song)
        if reading is not None or any(isinstance(edit, RhythmEdit) for edit in edits):
            _refuse_scores(song, readings)
        if reading is not None:
            said = said.with_edits(RhythmEdit(reading=choice_of(_numbered(readings, reading, song))))
        pages = Pages(song, said) if any(isinstance(edit, PageEdit) for edit in edits) else None
        for edit in edits:
            said = said.with_edits(pages.locate(edit) if pages is not None and isinstance(edit, PageEdit) else edit)
        save_corrections(said, song.folder)
    return Corrected(song=song, corrections=said, readings=readings, is_followed=is_followed(song, said))


def keep_hints(song: Song, hints: RhythmHints | None) -> Corrections:
    """Add hints to what was said about a song, whose folder the caller holds; returns all of it."""
    said = load_corrections(song.folder)
    if not hints:
        return said
    said = said.with_hints(hints)
    save_corrections(said, song.folder)
    return said


def corrected_rhythm(work: Work, *, edits: Sequence[RhythmEdit]) -> StepResult:
    """Count what was heard the way the user said; a step of the main job."""
    from hexachord.audio_analysis.rhythm.attacks import find_attacks
    from hexachord.audio_analysis.rhythm.groove import find_groove
    from hexachord.journeys.audio_steps import frontend_of

    known = work.knowledge
    heard = readings_of(known)
    if not heard and (not edits or edits[0].beats is None):
        raise CannotDo("no beats were heard that could be corrected")
    try:
        told = reread(heard or (_blank(),), edits)
    except NoSuchReading as gone:
        raise CannotDo(f"{gone} any more; choose again: hexachord correct") from gone
    found: dict[str, Any] = {"beats": told.beats, "rhythm_readings": heard}
    if known.metre is None or any(edit.says_metre for edit in edits):
        found["metre"] = metre_as_said(told)
    elif (told.beat_division == 3) != known.metre.is_compound:  # a third of the tempo: what were beats are eighths of 6/8
        found["metre"] = known.metre.divided(told.beat_division)
    if known.tempo is None or any(edit.moves_beats for edit in edits):
        found["tempo"] = Tempo(hypotheses=(TempoHypothesis(bpm=told.bpm, confidence=1.0),) if told.bpm > 0 else (), engine=USER)
    if work.has("decode"):
        found["groove"] = find_groove(told.beats, find_attacks(frontend_of(work)), beats_per_bar=told.beats_per_bar)
    return StepResult(observations=found)


def correction_stage(corrections: Corrections, *, after: str) -> Stage:
    """Return the step that applies corrections to what the stage `after` found."""
    return Stage(
        name="correction",
        title="Your corrections",
        function=partial(corrected_rhythm, edits=corrections.rhythm),
        engine=USER,
        needs=(after,),
        parameters=corrections.rhythm_parameters(),
    )


def metre_as_said(told: RhythmReading) -> Metre:
    """Return the metre of a reading that the user chose, or made."""
    sure = 1.0 if told.beat_division else float("nan")
    return Metre(
        beats_per_bar=told.beats_per_bar,
        beat_type=told.beat_type,
        beat_division=told.beat_division,
        confidence=1.0,
        division_confidence=sure,
        engine=USER,
    )


def readings_of(known: Knowledge) -> tuple[RhythmReading, ...]:
    """List the ways in which a rhythm was heard; an engine that knows one only has its answer listed."""
    if known.rhythm_readings or known.beats is None or known.tempo is None or len(known.beats) < 2 or not known.tempo.hypotheses:
        return known.rhythm_readings
    metre = known.metre or Metre(beats_per_bar=4)
    answer = RhythmReading(
        bpm=known.tempo.bpm,
        beats_per_bar=metre.beats_per_bar,
        beat_type=metre.beat_type,
        beat_division=metre.beat_division,
        beats=known.beats,
        confidence=known.tempo.confidence,
        engine=known.beats.engine,
    )
    return (answer,)


def is_corrected(knowledge: Knowledge) -> bool:
    """Whether the beats are as the user said, not as they were heard."""
    return knowledge.beats is not None and knowledge.beats.engine == USER


def _blank() -> RhythmReading:
    import numpy as np

    from hexachord.knowledge.model import Beats

    none = Beats(time_s=np.empty(0), position=np.empty(0, dtype=np.int64))
    return RhythmReading(bpm=120.0, beats_per_bar=4, beats=none, confidence=0.0)


def _kept_readings(song: Song) -> tuple[RhythmReading, ...]:
    try:
        return readings_of(song.knowledge())
    except InputError:
        return ()


def _numbered(readings: Sequence[RhythmReading], number: int, song: Song) -> RhythmReading:
    if not 1 <= number <= len(readings):
        some = f"a number from 1 to {len(readings)}" if readings else "a song that has readings"
        raise InputError(
            f"--reading {number}",
            found="no such reading",
            expected=some,
            next_step=f"see them: hexachord correct {song.folder} --show" if readings else "analyse it anew: hexachord SONG",
        )
    return readings[number - 1]


def _refuse_scores(song: Song, readings: Sequence[RhythmReading]) -> None:
    """A performance that came as MIDI has beats that were found; those of a page are written there."""
    from hexachord.journeys.analyse import is_score

    if is_score(song.source) and not song.knowledge().rhythm_readings:
        raise InputError(
            song.folder, found="a song that came as a score", expected="a recording", next_step="correct its page: --metre-from 1 3/4"
        )
