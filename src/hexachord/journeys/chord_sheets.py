"""The chords of a recording or of a score for players: as ChordPro, with the words where there are any, and as notes for a sequencer."""

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from hexachord.audio_analysis.rhythm.hints import RhythmHints
from hexachord.errors import InputError
from hexachord.journeys.analyse import is_score
from hexachord.journeys.performance import QUARTER_BPM, TICKS_PER_QUARTER, TICKS_PER_S
from hexachord.journeys.pipeline import Listener
from hexachord.journeys.verbs import listen
from hexachord.knowledge.model import Knowledge, Notes
from hexachord.score.model import ChordSymbol, Score, TempoMark
from hexachord.theory.chordpro import ChordProOptions, chordpro_text
from hexachord.theory.voicings import block_chords, chord_markers

_TASKS = ("beats", "key", "chords", "sections")


def chord_sheet(
    source: str | Path,
    *,
    options: ChordProOptions = ChordProOptions(),
    engines: Mapping[str, str] | None = None,
    hints: RhythmHints | None = None,
    salvage: bool = False,
    listener: Listener | None = None,
) -> str:
    """Write the chords of a song as ChordPro.

    Parameters
    ----------
    source : a recording, whose chords are heard, or a score with chord symbols
    options : transposition and capo
    engines, hints, salvage, listener : as in `hexachord.journeys.verbs.listen`

    Raises
    ------
    InputError : if there is nothing to read, or no chord in it.
    """
    source = Path(source)
    score = _with_symbols(source, engines=engines, hints=hints, salvage=salvage, listener=listener, write=sheet_score)
    try:
        return chordpro_text(score, options)
    except ValueError as error:
        raise _no_chords(source) from error


def chord_chart(
    source: str | Path,
    *,
    markers: bool = False,
    engines: Mapping[str, str] | None = None,
    hints: RhythmHints | None = None,
    salvage: bool = False,
    listener: Listener | None = None,
) -> Score:
    """Write the chords of a song as notes: one chord over its bass for each symbol, on the beats and tempi of the song.

    Parameters
    ----------
    source : a recording, whose chords are heard, or a score with chord symbols
    markers : name the chords among the sections, which MIDI keeps as markers, instead of over the staff
    engines, hints, salvage, listener : as in `hexachord.journeys.verbs.listen`

    Raises
    ------
    InputError : if there is nothing to read, or no chord in it.
    """
    source = Path(source)
    score = _with_symbols(source, engines=engines, hints=hints, salvage=salvage, listener=listener, write=chart_score)
    try:
        chart = block_chords(score)
    except ValueError as error:
        raise _no_chords(source) from error
    return chord_markers(chart) if markers else chart


def _with_symbols(
    source: Path,
    *,
    engines: Mapping[str, str] | None,
    hints: RhythmHints | None,
    salvage: bool,
    listener: Listener | None,
    write: Callable[..., Score],
) -> Score:
    """Read a score, or hear the chords of a recording."""
    if is_score(source):
        from hexachord.score.formats import load_score

        return load_score(source)
    known = listen(source, tasks=_TASKS, engines=engines, hints=hints, salvage=salvage, listener=listener)
    return write(known, title=source.stem, source=source)


def _no_chords(source: Path) -> InputError:
    return InputError(
        source,
        found="no chords",
        expected="harmony" if not is_score(source) else "chord symbols over the staff",
        next_step="hexachord transcribe --to notes writes down what else there is" if not is_score(source) else "",
    )


def sheet_score(known: Knowledge, *, title: str, source: Path) -> Score:
    """Lay heard chords under bars: a lead sheet without a melody.

    Raises
    ------
    InputError : if there are no beats or no chords.
    """
    from hexachord.transcription.notation import lead_sheet

    if known.beats is None or len(known.beats) < 2 or known.metre is None:
        raise InputError(source, found="no beats", expected="music with a pulse")
    if known.chords is None:
        raise InputError(source, found="no chords", expected="harmony")
    nothing = Notes(onset_s=np.empty(0), offset_s=np.empty(0), pitch=np.empty(0), velocity=np.empty(0))
    sections = known.sections
    if sections is not None:
        sections = sections.taken([row for row, label in enumerate(sections.label) if label != "silence"])
    return lead_sheet(nothing, beats=known.beats, metre=known.metre, key=known.key, chords=known.chords, sections=sections, title=title)


def chart_score(known: Knowledge, *, title: str, source: Path) -> Score:
    """Lay heard chords under bars; where there is no pulse, on a clock without bars.

    Raises
    ------
    InputError : if there are no chords.
    """
    if known.chords is None or (known.beats is not None and len(known.beats) > 1):
        return sheet_score(known, title=title, source=source)
    ticks = [np.rint(np.asarray(times) * TICKS_PER_S).astype(int).tolist() for times in (known.chords.start_s, known.chords.end_s)]
    symbols = tuple(ChordSymbol(start, label, end) for start, end, label in zip(*ticks, known.chords.label, strict=True))
    return Score(title=title, ticks_per_quarter=TICKS_PER_QUARTER, tempos=(TempoMark(0, QUARTER_BPM),), chords=symbols)
