"""A recording written down: the instrument decides which engines listen and which pages are made.

The steps are those of the main job, in a folder that is gone afterwards; only those that the pages need are done. What is not to be
trusted is said in words (`hexachord.journeys.doubts`), and where there is nothing to write the page is empty, not an error.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from hexachord.audio_analysis.rhythm.hints import RhythmHints
from hexachord.dsp.frontend import FrontEnd
from hexachord.journeys import doubts
from hexachord.journeys.audio_stages import audio_stages
from hexachord.journeys.bends import Bending, hear_bending
from hexachord.journeys.pipeline import Listener, Stage
from hexachord.journeys.sheets import SHEETS, Wishes, on_paper, write_performance, write_sheet
from hexachord.journeys.two_rhythms import with_both_rhythms
from hexachord.journeys.working_copy import RATE_HZ, open_working_copy
from hexachord.journeys.workshop import run_all, workshop
from hexachord.knowledge.model import Drums, Knowledge, Notes
from hexachord.score.model import Score
from hexachord.song import Song
from hexachord.song.corrections import Corrections

INSTRUMENTS = {
    "piano": ("piano",),
    "voice": ("voice",),
    "guitar": ("guitar",),
    "drums": ("drums",),
    "any": ("any",),
    "song": ("piano", "lead-sheet"),
}
"""What plays → the pages it is written on, the first one first."""

_Found = TypeVar("_Found", Notes, Drums)
_JUDGED = ("notes", "pedal", "melody_notes", "drums", "beats", "key", "chords")
_SYMBOLS = ("chords", "sections")  # stand above a page of a song
_LISTENERS = {"piano": {"notes": "notes/piano", "pedal": "pedal/network"}}
"""What plays → engines that know it best, where the user names no other."""
_BENT = {"voice", "guitar", "any"}
"""What plays whose performance has pitch bends, where the user does not say."""
_READ_FROM_NOTES = {"piano", "any", "guitar"}
"""What plays alone: its notes are most of what sounds, and have a say in where beats are."""


@dataclass(frozen=True, kw_only=True)
class Transcription:
    """What was written down.

    Attributes
    ----------
    sheets : page → score, the first is the main one; none where only a performance was asked for
    performance : the notes of the main page as they were played, without bars
    notes : the same as they were heard, with how sure each is
    knowledge : all that was heard
    warnings : what is not to be trusted, in words
    """

    instrument: str
    sheets: Mapping[str, Score]
    performance: Score
    notes: Notes
    knowledge: Knowledge
    warnings: tuple[str, ...] = ()

    @property
    def main(self) -> Score:
        """The first page; without pages the performance."""
        return next(iter(self.sheets.values()), self.performance)

    def facts(self) -> dict[str, Any]:
        """Return plain data for `hexachord transcribe --json`; None for what is not known."""
        known = self.knowledge
        metre, key = known.metre, known.key
        sure = doubts.mean_confidence(self.notes)
        engines = {name: found.engine for name in _JUDGED if (found := getattr(known, name)) is not None}
        return {
            "instrument": self.instrument,
            "duration_s": round(known.duration_s, 3),
            "notes": len(self.notes),
            "sheets": {name: score.note_count for name, score in self.sheets.items()},
            "confidence": None if sure is None else round(sure, 3),
            "tempo_bpm": _rounded(known.tempo.bpm) if known.tempo is not None else None,
            "metre": metre.signature if metre is not None and metre.confidence > 0 else None,
            "key": key.name if key is not None and key.is_found else None,
            "a4_hz": _rounded(known.tuning.a4_hz) if known.tuning is not None and known.tuning.is_found else None,
            "engines": engines,
        }


def transcribe_recording(
    source: Path,
    *,
    instrument: str = "song",
    sheets: Sequence[str] = (),
    bars: bool = True,
    bends: bool | None = None,
    wishes: Wishes = Wishes(),
    threshold: float | None = None,
    engines: Mapping[str, str] | None = None,
    hints: RhythmHints | None = None,
    salvage: bool = False,
    listener: Listener | None = None,
) -> Transcription:
    """Write a recording down.

    Parameters
    ----------
    source : a sound file
    instrument : one of `INSTRUMENTS`
    sheets : pages, if they are to be others than the instrument's
    bars : whether pages are made; without them there are only notes as they were played, and half the work is saved
    bends : whether the performance has pitch bends; by default that of a voice, a guitar and of any instrument has
    wishes : of the reader; without a title the file's name is one
    threshold : notes less sure than this are left out; said at all, everything above it is written, be it music or not
    engines, hints, salvage, listener : as in `hexachord.journeys.analyse.analyse`

    Raises
    ------
    InputError : if the file is no sound.
    """
    pages = tuple(sheets) or INSTRUMENTS[instrument]
    pages = pages if bars else pages[:1]  # a performance is that of the first
    wishes = wishes if wishes.title else replace(wishes, title=source.stem)
    state = doubts.sound_state(source, salvage=salvage)
    bending = None
    with workshop(source) as song:
        stages = audio_stages(
            engines={**_LISTENERS.get(instrument, {}), **(engines or {})},
            stems=False,
            pdf=False,
            salvage=salvage,
            threshold=threshold,
            corrections=Corrections(hints=hints or RhythmHints()),
        )
        wanted = {"decode", "tuning", "pedal", *(SHEETS[page].heard_by for page in pages)}
        if bars:
            wanted |= {stage for page in pages for stage in SHEETS[page].uses}
            wanted |= set(_SYMBOLS) if instrument == "song" else set()
        if engines and "melody-notes" in engines:
            wanted.add("notes")  # what a judge of melodies looks at
        known = _heard(song, wanted, stages, listener=listener)
        if threshold is None and any(page != "drums" for page in pages) and doubts.needs_melody(known):
            known = _heard(song, wanted | {"melody"}, stages, listener=listener)
        known, warnings = _worth_writing(known, pages, instrument=instrument, bars=bars, hints=hints, threshold=threshold, state=state)
        if pages[0] != "drums" and (instrument in _BENT if bends is None else bends):
            bending = _bending(song, pages[0], known)
    return Transcription(
        instrument=instrument,
        sheets={page: on_paper(write_sheet(page, known, wishes=wishes), wishes=wishes) for page in pages} if bars else {},
        performance=write_performance(pages[0], known, title=wishes.title, bending=bending),
        notes=SHEETS[pages[0]].notes(known),
        knowledge=known,
        warnings=tuple(dict.fromkeys(warnings)),
    )


def _worth_writing(
    known: Knowledge,
    pages: Sequence[str],
    *,
    instrument: str,
    bars: bool,
    hints: RhythmHints | None,
    threshold: float | None,
    state: doubts.SoundState,
) -> tuple[Knowledge, list[str]]:
    """Leave what is to be written, and say what is not to be trusted."""
    if bars and instrument in _READ_FROM_NOTES:
        known = with_both_rhythms(known, hints=hints or RhythmHints())
    warnings = state.warnings()
    silence = doubts.nothing_to_hear(state)
    if threshold is not None:
        known = _surer_than(threshold, known)
    for page in dict.fromkeys(pages):
        notes = SHEETS[page].notes(known)
        reason = silence or ("" if threshold is not None or page == "drums" else doubts.no_music(notes, known))
        if reason:
            known = _without_notes(known)
        elif len(notes) == 0:
            reason = doubts.why_empty(page, known)
        warnings += [f"{reason}; the page is empty"] if reason else doubts.doubts(notes, known, bars=bars)
    return known, warnings


def _bending(song: Song, page: str, known: Knowledge) -> Bending:
    """Hear how the notes of a page move: a melody's in its f0, others in the spectrum."""
    frontend = FrontEnd(open_working_copy(song.folder), rate_hz=RATE_HZ)
    melody = known.melody if SHEETS[page].heard_by == "melody-notes" else None
    return hear_bending(frontend, SHEETS[page].notes(known), melody=melody)


def _heard(song: Song, names: Iterable[str], stages: Sequence[Stage], *, listener: Listener | None) -> Knowledge:
    """Run the named stages and what they cannot do without; what they merely use is used where it is named too."""
    chosen = set(names)
    for stage in reversed(stages):
        if stage.name in chosen:
            chosen |= set(stage.needs)
    kept = [replace(stage, uses=tuple(name for name in stage.uses if name in chosen)) for stage in stages if stage.name in chosen]
    return run_all(song, kept, listener=listener).knowledge


def _surer_than(threshold: float, known: Knowledge) -> Knowledge:
    """Leave out what is less sure; what nobody judged stays."""
    return replace(
        known,
        notes=None if known.notes is None else _kept(known.notes, threshold),
        melody_notes=None if known.melody_notes is None else _kept(known.melody_notes, threshold),
        drums=None if known.drums is None else _kept(known.drums, threshold),
    )


def _kept(found: _Found, threshold: float) -> _Found:
    stays = ~(np.asarray(found.confidence, dtype=np.float64) < threshold)
    columns: dict[str, Any] = {}
    for column in fields(found):
        value = getattr(found, column.name)
        if isinstance(value, np.ndarray) and len(value) == len(stays):
            columns[column.name] = value[stays]
        elif isinstance(value, tuple):
            columns[column.name] = tuple(one for one, stay in zip(value, stays.tolist(), strict=True) if stay)
    return replace(found, **columns)


def _without_notes(known: Knowledge) -> Knowledge:
    return replace(known, notes=None, pedal=None, melody_notes=None, chords=None, sections=None)


def _rounded(value: float) -> float | None:
    return round(value, 2) if np.isfinite(value) else None
