"""Pieces as files: MIDI, what stands on the page, and continuations that keep every note of their prompt as it was."""

from dataclasses import dataclass, replace
from math import lcm
from pathlib import Path

import numpy as np

from hexachord.composition.clips import Clip, excerpt
from hexachord.composition.hands import on_two_staves
from hexachord.composition.scores import score_of
from hexachord.composition.vocabulary import GRID
from hexachord.errors import InputError
from hexachord.learning.piano_songs import PLAYER, WORDS, ReadOptions, lay_written, on_grid, read_piano_song
from hexachord.learning.piano_writing import begun_piece
from hexachord.score.edit import sorted_notes, with_ticks_per_quarter
from hexachord.score.engraving import PageOptions, engrave
from hexachord.score.formats import save_score
from hexachord.score.midi import load_midi
from hexachord.score.model import Note, Score, TempoMark
from hexachord.score.timing import bars_of
from hexachord.score_analysis.performed import is_performance
from hexachord.theory.keys import key_scores, pitch_class_weights


@dataclass(frozen=True, kw_only=True, eq=False)
class Prompt:
    """A beginning to go on with.

    Attributes
    ----------
    name : for its files
    clip : the bars that are given and blank ones up to the length that is wanted
    given : how many are given
    score : the file it comes from, up to the end of its last given bar; None where the grid's own notes are the prompt
    line : the tick of the score where what is composed begins
    note : what should be said of it
    """

    name: str
    clip: Clip
    given: int
    score: Score | None = None
    line: int = 0
    note: str = ""


def read_prompt(path: Path, *, options: ReadOptions, given: int, bars: int) -> Prompt:
    """Read a prompt from a MIDI file: its first bars with notes.

    Parameters
    ----------
    given : how many of its bars; all it has, if they are fewer
    bars : of the whole

    Raises
    ------
    InputError : if it is no MIDI, or has no notes.
    """
    score = load_midi(path)
    parts = tuple(part for part in score.parts if not part.is_percussion and part.notes)
    if not parts:
        raise InputError(path, found="no pitched notes", expected="a piece to go on with")
    score = replace(score, parts=parts, sections=(), chords=())
    if is_performance(score):
        song = read_piano_song(path, name=path.stem, options=replace(options, track=""))
        return prompt_of(song.clip, name=path.stem, given=given, bars=bars, note="a performance: laid on the beats that were found in it")
    whole = lay_written(score)
    clip = on_grid(whole, steps=options.steps)
    count = min(given, len(clip.bars))
    begun = begun_piece(clip, prompt_bars=count, bars=bars)
    ticks = lcm(score.ticks_per_quarter, GRID)
    fine = with_ticks_per_quarter(score, ticks)
    lines = bars_of(fine)
    first = int(whole.notes["bar"].min())
    last = lines[min(first + count, len(lines)) - 1]
    kept = tuple(replace(part, notes=tuple(note for note in part.notes if note.onset < last.end)) for part in fine.parts)
    tempos = tuple(mark for mark in fine.tempos if mark.tick < last.end)
    if len({mark.quarter_bpm for mark in tempos}) > 1:  # what follows keeps the usual tempo, not the last one
        tempos = (*tempos, TempoMark(last.end, float(begun.bars["bpm"][0])))
    metres = tuple(mark for mark in fine.metres if mark.tick < last.end)
    short = "" if count == given else f"it has {count} bars, not {given}"
    page = replace(fine, parts=kept, tempos=tempos, metres=metres, keys=tuple(mark for mark in fine.keys if mark.tick < last.end))
    return Prompt(name=path.stem, clip=begun, given=count, score=page, line=last.end, note=short)


def prompt_of(clip: Clip, *, name: str, given: int, bars: int, note: str = "") -> Prompt:
    """Make a prompt of a song on the grid."""
    count = min(given, len(clip.bars))
    return Prompt(name=name, clip=begun_piece(clip, prompt_bars=count, bars=bars), given=count, note=note)


def piece_score(clip: Clip, *, title: str) -> Score:
    """Write a composed piece as it sounds."""
    return score_of(clip, vocabulary=WORDS, title=title)


def continued_score(prompt: Prompt, made: Clip, *, title: str) -> Score:
    """Join a prompt, note for note as it was, and what was composed behind it."""
    if prompt.score is None:
        return piece_score(made, title=title)
    step = prompt.score.ticks_per_quarter // GRID
    fresh = made.notes["bar"] >= prompt.given
    begin = int(made.starts[prompt.given])
    moments = (made.onsets()[fresh] - begin).tolist()
    new = [
        Note(prompt.line + moment * step, row[4] * step, row[3], row[5] or None)
        for moment, row in zip(moments, made.notes[fresh].tolist(), strict=True)
    ]
    head, *rest = prompt.score.parts
    return replace(prompt.score, parts=(replace(head, notes=sorted_notes([*head.notes, *new])), *rest), title=title)


def page_score(clip: Clip, *, title: str) -> Score:
    """Write a piece for two hands, with lengths that can be read, in the key that its notes explain best."""
    bars = clip.bars.copy()
    if len(clip.notes):
        weights = pitch_class_weights(clip.notes["pitch"], clip.notes["duration"].astype(np.float64))
        bars["key"] = int(key_scores(weights).argmax())
    return on_two_staves(score_of(replace(clip, bars=bars, parts=(PLAYER,)), vocabulary=WORDS, title=title))


def save_page(clip: Clip, path: Path, *, title: str) -> list[Path]:
    """Write a piece as MusicXML, PDF and the picture of its first page, beside one another.

    Parameters
    ----------
    path : without a suffix
    """
    score = page_score(clip, title=title)
    made = [save_score(score, path.with_name(path.name + ".musicxml")).path]
    engraving = engrave(score)
    made.append(engraving.save_pdf(path.with_name(path.name + ".pdf")))
    return made


def first_page(clip: Clip, path: Path, *, title: str, begin: int = 0, bars: int = 8) -> Path:
    """Write a picture of some bars as SVG, as high as the music is: what a report shows."""
    score = page_score(excerpt(clip, begin, bars), title=title)
    return engrave(score, page=PageOptions(height_mm=0.0)).save_svg(path)[0]
