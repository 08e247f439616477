"""The user's corrections on written pages: the page as it was written down is kept, and what is corrected is a copy of it.

A step that writes a page gets its corrections as a parameter. What it wrote before any correction stays in the cache under a name of its
own, so that another correction, or taking one back, costs no transcription: the files are written anew, and that is all. A correction whose
place is gone is told (`astray_of`) and costs nothing else.
"""

import json
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from hexachord.audio_analysis.rhythm.rereading import USER
from hexachord.errors import InputError
from hexachord.journeys.pipeline import Stage, Work
from hexachord.journeys.score_files import keep_score
from hexachord.knowledge.model import Key
from hexachord.score.model import Note, Score
from hexachord.score.timing import bars_of, beat_duration, is_compound, metre_at
from hexachord.song import CACHE, Song, StepResult
from hexachord.song.corrections import Corrections, page_edits_from_parameters
from hexachord.theory.chord_names import key_signature, respell_chord
from hexachord.theory.editing import apply_edits
from hexachord.theory.page_edits import PageEdit, Place, read_note_name
from hexachord.theory.page_places import NotThere, bar_tick_of, find_note, place_at, tick_of
from hexachord.transcription.notation.grid import BarGrid
from hexachord.transcription.notation.ties import tie_at_beats

SHEET_OF = {"piano": "piano", "lead-sheet": "lead-sheet", "drum-staff": "drums", "load": "score"}
"""The steps that write pages, the main one first → what the page is called."""

_EDITS = "edits"
_NOWHERE_S = np.zeros(2)


def with_page_edits(stages: Iterable[Stage], corrections: Corrections) -> list[Stage]:
    """Tell the steps that write pages what is corrected there; a key that was said is what is known of a recording's, too."""
    told = [
        replace(stage, parameters={**stage.parameters, **corrections.page_parameters(SHEET_OF[stage.name])})
        if stage.name in SHEET_OF
        else stage
        for stage in stages
    ]
    heard = {stage.name: place for place, stage in enumerate(told)}
    if corrections.key and {"key", "harmony"} <= heard.keys():
        stage = Stage(
            name="key-correction",
            title="Your key",
            function=partial(said_key, name=corrections.key),
            engine=USER,
            needs=("key",),
            uses=("chords", "local-keys"),
            parameters={"key": corrections.key},
        )
        place = heard["harmony"]
        told[place : place + 1] = [stage, replace(told[place], uses=(*told[place].uses, stage.name))]
    return told


def said_key(work: Work, *, name: str) -> StepResult:
    """The key that the user said, and chords named as it names them; local keys follow where the piece was heard in one key throughout."""
    known = work.knowledge
    tonic, _, mode = name.partition(" ")
    found: dict[str, Any] = {"key": Key(tonic=tonic, mode=mode, confidence=1.0, engine=USER)}
    if known.chords is not None:
        fifths = key_signature(name)
        found["chords"] = replace(known.chords, label=tuple(respell_chord(label, fifths=fifths) for label in known.chords.label))
    if known.local_keys is not None and len(set(known.local_keys.label)) == 1:
        found["local_keys"] = replace(known.local_keys, label=(name,) * len(known.local_keys))
    return StepResult(observations=found)


def keep_page(work: Work, write: Callable[[], Score], *, stem: str) -> StepResult:
    """Write a page down, once, and keep it with its corrections as ``STEM.musicxml`` and ``STEM.mid``.

    Parameters
    ----------
    work : a step of `SHEET_OF`
    write : makes the page as it was heard
    stem : what the page is called
    """
    name = f"{CACHE}/{stem}-heard-{work.identity(f'{stem}-heard', without=_EDITS)[:16]}.json"
    heard = None if work.is_fresh else _kept(work.song, name)
    if heard is None:
        from hexachord.score.formats import save_score

        heard = write()
        with work.song.writing(name) as path:
            save_score(heard, path)
    edits = page_edits_from_parameters(work.stage.parameters)
    page, report = apply_edits(heard, edits, sheet=stem, cut=cut_as_written) if edits else (heard, None)
    kept = keep_score(work, page, stem=stem)
    facts = {**kept.facts, "heard": name}
    if report is not None:
        facts |= {
            "astray": json.dumps([[edits[number].words(), why] for number, why in report.astray], ensure_ascii=False),
            "notices": "; ".join(report.notices),
        }
    return StepResult(files=(*kept.files, name), facts=facts)


def cut_as_written(note: Note, score: Score) -> list[tuple[int, int]]:
    """Cut a note into noteheads the way pages are written, whatever the metre of each of its bars.

    Examples
    --------
    >>> from hexachord.score.model import Bar
    >>> cut_as_written(Note(5040, 10080, 60), Score(bars=(Bar(0, 10080), Bar(10080, 10080))))
    [(5040, 10080), (10080, 15120)]
    """
    bars = bars_of(score)
    starts = [bar.tick for bar in bars]
    spans: list[tuple[int, int]] = []
    at = note.onset
    while at < note.end:
        index = max(0, bisect_right(starts, at) - 1)
        end = min(note.end, bars[index].end) if at < bars[index].end else note.end
        metre = metre_at(score, bars[index].tick)
        grid = BarGrid(
            beat_s=_NOWHERE_S,
            beat_ticks=beat_duration(metre, ticks_per_quarter=score.ticks_per_quarter),
            compound=is_compound(metre.beats, metre.beat_type),
            bars=(bars[index],),
            metres=(metre,),
            tempos=(),
        )
        spans += [(head.onset, head.end) for head in tie_at_beats([note._replace(onset=at, duration=end - at)], grid=grid)]
        at = end
    return spans


def written_pages(song: Song) -> dict[str, Score]:
    """Read the pages of a song as they were written down, before any correction; the main one first."""
    pages = {}
    for stage, sheet in SHEET_OF.items():
        if stage in song.engines:
            name = song.facts(stage).get("heard")
            page = _kept(song, str(name)) if name else _kept(song, f"{CACHE}/{sheet}.json")
            if page is not None:
                pages[sheet] = page
    return pages


def astray_of(song: Song) -> tuple[str, ...]:
    """Say which corrections found nothing to correct when the pages of a song were last written, and why."""
    told: dict[str, None] = {}
    for stage, sheet in SHEET_OF.items():
        for words, why in json.loads(str(song.facts(stage).get("astray") or "[]")):
            told.setdefault(f"{words} (on the page {sheet}: {why})")
    return tuple(told)


class Pages:
    """The pages of a song with all that is said of them so far, to find the places of what is said next."""

    def __init__(self, song: Song, said: Corrections) -> None:
        self._pages = {
            sheet: apply_edits(page, said.of_sheet(sheet), sheet=sheet, cut=cut_as_written)[0]
            for sheet, page in written_pages(song).items()
        }
        self._folder = song.folder

    def locate(self, edit: PageEdit) -> PageEdit:
        """Find what a correction speaks of: the pages that have it, and its moment on the clock.

        Raises
        ------
        InputError : if no page has it; it says what is near.
        """
        for sheet in edit.sheets:
            if sheet not in self._pages:
                raise InputError(f"--sheet {sheet}", found="no such page", expected=self._there())
        if not self._pages:
            raise InputError(
                self._folder, found="no pages", expected="a song whose pages are written", next_step="analyse it: hexachord SONG"
            )
        wanted = edit.sheets or self._usual(edit)
        after: dict[str, Score] = {}
        why: dict[str, str] = {}
        timed = edit
        for sheet in wanted:
            before = self._pages[sheet]
            try:
                found = _timed(before, edit)
            except NotThere as missing:
                why[sheet] = str(missing)
                continue
            page, report = apply_edits(before, [found], cut=cut_as_written)
            if report.astray:
                why[sheet] = report.astray[0][1]
                continue
            timed = timed if after else found
            after[sheet] = page
        if not after:
            words = "; ".join(dict.fromkeys(f"on the page {sheet} {text}" if len(why) > 1 else text for sheet, text in why.items()))
            raise InputError(repr(edit.words()), found=words, next_step="see the page, or name one with --sheet")
        self._pages |= after
        return replace(timed, sheets=edit.sheets if _is_of_all(edit) else tuple(after))

    def _usual(self, edit: PageEdit) -> Sequence[str]:
        """The pages that are meant where none is named: drums have a staff of their own, and a new note is for the main page."""
        name = edit.added.name if edit.added is not None else edit.note.note.name if edit.note is not None else ""
        is_drum = bool(name) and read_note_name(name) is None
        if _is_of_all(edit):
            return tuple(self._pages)
        fitting = [sheet for sheet, page in self._pages.items() if any(part.is_percussion == is_drum for part in page.parts)]
        fitting = fitting or list(self._pages)
        return fitting[:1] if edit.added is not None else fitting

    def _there(self) -> str:
        return ", ".join(self._pages) or "a song with pages"


def _is_of_all(edit: PageEdit) -> bool:
    """Whether a correction is of the piece, not of something on one of its pages."""
    return edit.note is None and edit.added is None and edit.chord is None


def _timed(page: Score, edit: PageEdit) -> PageEdit:
    """Note when it is, beside bar and beat; raises `NotThere`."""
    if edit.note is not None:
        found = find_note(page, edit.note.note).note
        address = replace(edit.note.note, at=replace(edit.note.note.at, time_s=place_at(page, found.onset).time_s))
        to = edit.note.to
        return replace(edit, note=replace(edit.note, note=address, to=None if to is None else _timed_place(page, to)))
    if edit.added is not None:
        return replace(edit, added=replace(edit.added, at=_timed_place(page, edit.added.at)))
    if edit.chord is not None:
        return replace(edit, chord=replace(edit.chord, at=_timed_place(page, edit.chord.at)))
    if edit.key is not None and edit.key.at is not None:
        return replace(edit, key=replace(edit.key, at=_timed_bar(page, edit.key.at)))
    if edit.metre is not None and edit.metre.at is not None:
        return replace(edit, metre=replace(edit.metre, at=_timed_bar(page, edit.metre.at)))
    return edit


def _timed_place(page: Score, place: Place) -> Place:
    return replace(place, time_s=place_at(page, tick_of(page, replace(place, time_s=None))).time_s)


def _timed_bar(page: Score, place: Place) -> Place:
    return replace(place, time_s=place_at(page, bar_tick_of(page, replace(place, time_s=None))).time_s)


def _kept(song: Song, name: str) -> Score | None:
    """Read a page of the cache; None where it is not there, or damaged."""
    from hexachord.score.formats import load_score

    try:
        return load_score(song.folder / name)
    except InputError:
        return None
