"""Guitar tablature: every note on a string and a fret that a hand can reach, under the same notes on a staff.

The fingering is an optimum path (`hexachord.theory.fingering`). On the staff the thumb's bass notes, where they ring on under others, are
a voice of their own with stems down; everything else is one line in which each chord lasts until the next, for strings are left to ring.
(E. Gould, *Behind Bars*, Faber 2011, chapter "Classical guitar"; transpositions and the octave clef as there.)
"""

from dataclasses import dataclass, replace

import numpy as np

from hexachord.arrays import BoolArray, IntArray
from hexachord.knowledge import Beats, Key, Metre, Notes, Segments
from hexachord.score.model import Direction, Note, Part, Score
from hexachord.score.tablature import with_place
from hexachord.theory.fingering import best_capo, finger_notes
from hexachord.theory.fretboard import fretboard
from hexachord.theory.spelling import spell_notes
from hexachord.theory.tablature import instrument_name, on_fretboard
from hexachord.transcription.notation.grid import BarGrid
from hexachord.transcription.notation.lead_sheet import fitting_grid, frame_score
from hexachord.transcription.notation.quantise import QuantiseOptions, close_gaps, quantise
from hexachord.transcription.notation.sure_notes import sure_notes
from hexachord.transcription.notation.symbols import fifths_at, key_marks
from hexachord.transcription.notation.ties import tie_at_beats

ENGINE = "notation/guitar"
STRUM = QuantiseOptions(chord_s=0.05)
"""A pick takes longer over six strings than fingers over keys."""

_BASS_SHARE = 0.05  # fewer chords with a bass that rings on are an accident of the offsets, not a second voice
_PINCHED = 0.25  # of the bass notes are struck together with others where there are two voices
_STRUMMED = 3.0  # notes at a time, in the mean, are more than fingers pick
_RINGING = 0.2  # of the notes sound on under others where the page says so


def guitar_tablature(
    notes: Notes,
    *,
    beats: Beats,
    metre: Metre,
    key: Key | None = None,
    chords: Segments | None = None,
    sections: Segments | None = None,
    title: str = "",
    composer: str = "",
    part_name: str = "",
    tuning: str = "standard",
    capo: int | None = 0,
    compound: bool | None = None,
    least_confidence: float = 0.5,
    options: QuantiseOptions = STRUM,
) -> Score:
    """Write notes for guitar, bass guitar or ukulele: a staff, and tablature under it.

    Parameters
    ----------
    notes : notes that sound together and one after another, in seconds
    beats, metre, key, chords, sections, compound : as in `lead_sheet`
    part_name : what stands before the first staff; the instrument's name when not given
    tuning : a name or the open strings from the lowest up (`hexachord.theory.fretboard.fretboard`)
    capo : the fret it sits on; None puts it where the notes lie easiest
    least_confidence : notes heard with less are left out, and partials that pass for notes (`sure_notes`); 0 writes all

    Returns
    -------
    Score of one part with two linked staves: each note is there once, with its string and fret among its marks
        (`hexachord.score.tablature`), and writers and the engraver show it twice. `Score.warnings` says what could not be played.

    Raises
    ------
    ValueError : if there are fewer than two beats.
    InputError : if there is no such tuning or capo.

    Examples
    --------
    >>> from hexachord.knowledge import Beats, Metre, Notes
    >>> beats = Beats(time_s=np.arange(5) * 0.5, position=np.array([1, 2, 3, 4, 1]))
    >>> c = Notes(onset_s=np.zeros(5), offset_s=np.ones(5), pitch=np.array([48, 52, 55, 60, 64]), velocity=np.full(5, 0.7))
    >>> [note.marks for note in guitar_tablature(c, beats=beats, metre=Metre(beats_per_bar=4)).parts[0].notes][0]
    ('string-5', 'fret-3')
    """
    if least_confidence > 0:
        notes = sure_notes(notes, least=least_confidence)
    order = np.lexsort((notes.pitch, notes.onset_s))
    onset_s, offset_s = np.asarray(notes.onset_s)[order], np.asarray(notes.offset_s)[order]
    pitch = np.clip(np.round(np.asarray(notes.pitch)[order]), 0, 127).astype(np.int64)
    velocity = np.clip(np.round(np.nan_to_num(np.asarray(notes.velocity)[order], nan=0.63) * 127), 1, 127).astype(np.int64)
    end_s = max([0.0, *offset_s, *(chords.end_s[-1:] if chords is not None else ())])
    grid = fitting_grid(onset_s, beats=beats, metre=metre, compound=compound, options=options, end_s=float(end_s))
    written = quantise(onset_s, offset_s, grid=grid, options=options)
    keep = _one_each(written.onset, pitch)
    page = _Page(onset=written.onset[keep], end=written.end[keep], pitch=pitch[keep], velocity=velocity[keep])
    board = fretboard(tuning, capo=capo or 0)
    clock_onset, clock_end = grid.seconds_at(page.onset), grid.seconds_at(page.end)
    if capo is None:
        board = replace(board, capo=best_capo(clock_onset, clock_end, page.pitch, board=board))
    hand = finger_notes(clock_onset, clock_end, page.pitch, board=board, chord_s=1e-6)
    released = np.round(grid.beats_at(hand.end_s) * grid.beat_ticks).astype(np.int64)
    played = hand.is_played
    page = _Page(
        onset=page.onset[played],
        end=np.maximum(np.minimum(page.end, released), page.onset + 1)[played],
        pitch=(page.pitch + 12 * hand.octaves)[played],
        velocity=page.velocity[played],
    )
    string, fret = hand.string[played], hand.fret[played]
    voice, end = _voices(page, grid, options)
    keys = key_marks(page.onset, end, page.pitch, grid=grid, key=key)
    spelling = spell_notes(page.onset, page.pitch, fifths=fifths_at(keys, page.onset) if key else None)
    heads = [
        with_place(
            Note(
                int(page.onset[i]),
                int(end[i] - page.onset[i]),
                int(page.pitch[i]),
                velocity=int(page.velocity[i]),
                voice=int(voice[i]),
                spelling=spelling[i],
            ),
            int(string[i]),
            int(fret[i]),
        )
        for i in range(len(page.onset))
    ]
    part = on_fretboard(Part(name=part_name or instrument_name(board), notes=tie_at_beats(heads, grid=grid), program=board.program), board)
    if len(page.onset) and (voice == 1).all() and _rings(page, grid.beat_ticks).mean() >= _RINGING:
        part = replace(part, directions=(*part.directions, Direction(0, "words", "let ring", above=False)))
    score = frame_score(grid, keys=keys, chords=chords, sections=sections, title=title, composer=composer, part=part, engine=ENGINE)
    return _without_empty_end(replace(score, warnings=(hand.words,) if hand.words else ()))


@dataclass(frozen=True, kw_only=True, eq=False)
class _Page:
    """Notes in ticks, sorted by onset and pitch."""

    onset: IntArray
    end: IntArray
    pitch: IntArray
    velocity: IntArray


def _one_each(onset: IntArray, pitch: IntArray) -> IntArray:
    """Of notes on one tick and pitch the first stays; rows sorted by onset and pitch."""
    order = np.lexsort((np.arange(len(onset)), pitch, onset))
    fresh = np.ones(len(order), dtype=bool)
    fresh[1:] = (np.diff(onset[order]) != 0) | (np.diff(pitch[order]) != 0)
    return np.asarray(order[fresh], dtype=np.int64)


def _without_empty_end(score: Score) -> Score:
    """Without bars in which strings only ring out."""
    end = max([1, *(note.end for note in score.parts[0].notes), *(symbol.tick + 1 for symbol in score.chords)])
    bars = [bar for bar in score.bars if bar.tick < end]
    if len(bars) == len(score.bars):
        return score
    bars[-1] = bars[-1]._replace(barline=score.bars[-1].barline)
    last = bars[-1].end
    return replace(
        score,
        bars=tuple(bars),
        tempos=tuple(mark for mark in score.tempos if mark.tick < last),
        metres=tuple(mark for mark in score.metres if mark.tick < last),
        sections=tuple(mark._replace(end=mark.end and min(mark.end, last)) for mark in score.sections if mark.tick < last),
        chords=tuple(symbol._replace(end=symbol.end and min(symbol.end, last)) for symbol in score.chords),
    )


def _voices(page: _Page, grid: BarGrid, options: QuantiseOptions) -> tuple[IntArray, IntArray]:
    """Voice 2 for the thumb's bass, voice 1 for the rest; and ends without overlaps inside a voice."""
    thumb = _thumb(page, grid.beat_ticks)
    voice = np.where(thumb, 2, 1)
    end = np.array(page.end, dtype=np.int64)
    for line in (1, 2):
        members = np.flatnonzero(voice == line)
        if not len(members):
            continue
        starts, inverse = np.unique(page.onset[members], return_inverse=True)
        ends: IntArray = np.zeros(len(starts), dtype=np.int64)
        np.maximum.at(ends, inverse, end[members])
        ends = close_gaps(starts, ends, beat_ticks=grid.beat_ticks, share=options.close_gap)
        if line == 1:
            ends = _out_of_the_way(starts, ends, np.unique(page.onset[thumb]), grid.beat_ticks)
        end[members] = ends[inverse]
    return voice, end


def _out_of_the_way(starts: IntArray, ends: IntArray, thumb: IntArray, beat_ticks: int) -> IntArray:
    """A short note between beats ends where the thumb strikes the next one: fingers rest there, rather than be tied over for a moment."""
    if not len(thumb):
        return ends
    following = thumb[np.minimum(np.searchsorted(thumb, starts, side="right"), len(thumb) - 1)]
    is_over = (following > starts) & (following < ends) & (ends - following <= beat_ticks // 2)
    return np.asarray(np.where(is_over & (starts % beat_ticks != 0) & (following % beat_ticks == 0), following, ends), dtype=np.int64)


def _rings(page: _Page, beat_ticks: int) -> BoolArray:
    """Whether a note sounds on, for half a beat or more, after the next one is struck."""
    starts = np.unique(page.onset)
    after = np.append(starts[1:], np.iinfo(np.int64).max // 2)[np.searchsorted(starts, page.onset)]
    return np.asarray(page.end - after >= beat_ticks // 2, dtype=np.bool_)


def _thumb(page: _Page, beat_ticks: int) -> BoolArray:
    """Bass notes that ring on under notes that are all higher, in music where thumb and fingers often strike together.

    Where they take turns all the time one line says it better: a broken chord is not two voices. Nor is a strum.
    """
    starts, firsts, counts = np.unique(page.onset, return_index=True, return_counts=True)
    bass = np.zeros(len(page.onset), dtype=bool)
    if len(page.onset) >= _STRUMMED * len(starts):
        return bass
    for first in firsts[_rings(page, beat_ticks)[firsts]].tolist():
        place = int(np.searchsorted(starts, page.onset[first]))
        under = firsts[place + 1 : int(np.searchsorted(starts, page.end[first]))]
        lower = under[page.pitch[under] <= page.pitch[first]]
        until = int(page.onset[lower[0]]) if len(lower) else int(page.end[first])
        bass[first] = until - int(starts[place + 1]) >= beat_ticks // 2
    together = counts[np.isin(firsts, np.flatnonzero(bass))] > 1
    if bass.sum() < _BASS_SHARE * len(starts) or together.sum() < _PINCHED * len(together):
        bass[:] = False
    return bass
