"""The lead sheet: one line of melody, chord symbols above it."""

from dataclasses import replace

import numpy as np

from hexachord.arrays import FloatArray, IntArray
from hexachord.knowledge import Beats, Key, Metre, Notes, Segments
from hexachord.provenance import Provenance
from hexachord.score.model import Clef, KeyMark, Note, Part, Score
from hexachord.theory.spelling import spell_notes
from hexachord.transcription.notation.grid import BarGrid, bar_grid
from hexachord.transcription.notation.quantise import QuantiseOptions, beats_divide_in_three, close_gaps, quantise
from hexachord.transcription.notation.symbols import bars_of_keys, chord_symbols, fifths_at, key_marks, section_marks
from hexachord.transcription.notation.ties import tie_at_beats

ENGINE = "notation/lead-sheet"
_SURE = 0.75  # that beats divide in halves; below it notes may say otherwise


def lead_sheet(
    melody: Notes,
    *,
    beats: Beats,
    metre: Metre,
    key: Key | None = None,
    chords: Segments | None = None,
    sections: Segments | None = None,
    title: str = "",
    composer: str = "",
    part_name: str = "Melody",
    compound: bool | None = None,
    options: QuantiseOptions = QuantiseOptions(),
) -> Score:
    """Write a melody and its chords as a lead sheet.

    Parameters
    ----------
    melody : notes of one voice; where two overlap the later one cuts the earlier
    beats, metre, key : as heard; without a key the page has no signature and the spelling is the plainest
    chords, sections : Harte labels and names in seconds
    compound : whether each beat is a dotted value (two beats make 6/8); when not given the metre says so, and where it does not know
        the notes decide

    Returns
    -------
    Score whose clock (`tempos`) follows the recording

    Raises
    ------
    ValueError : if there are fewer than two beats.
    """
    order = np.lexsort((-np.asarray(melody.pitch), melody.onset_s))
    onset_s, offset_s = np.asarray(melody.onset_s)[order], np.asarray(melody.offset_s)[order]
    pitch = np.round(np.asarray(melody.pitch)[order]).astype(np.int64)
    end_s = max([0.0, *offset_s[-1:], *(chords.end_s[-1:] if chords is not None else ())])
    grid = fitting_grid(onset_s, beats=beats, metre=metre, compound=compound, options=options, end_s=float(end_s))
    written = quantise(onset_s, offset_s, grid=grid, options=options)
    keep = _one_at_a_time(written.onset, offset_s - onset_s)
    onset, end, pitch = written.onset[keep], written.end[keep], pitch[keep]
    end = close_gaps(onset, end, beat_ticks=grid.beat_ticks, share=options.close_gap)
    keys = key_marks(onset, end, pitch, grid=grid, key=key)
    spelling = spell_notes(onset, pitch, fifths=fifths_at(keys, onset) if key else None)
    velocity = np.clip(np.round(np.nan_to_num(np.asarray(melody.velocity)[order][keep], nan=0.63) * 127), 1, 127).astype(np.int64)
    notes = [
        Note(int(a), int(b - a), int(p), velocity=int(v), spelling=name)
        for a, b, p, v, name in zip(onset, end, pitch, velocity, spelling, strict=True)
    ]
    part = Part(name=part_name, notes=tie_at_beats(notes, grid=grid), clefs=(_melody_clef(pitch),))
    return frame_score(grid, keys=keys, chords=chords, sections=sections, title=title, composer=composer, part=part, engine=ENGINE)


def fitting_grid(
    onset_s: FloatArray, *, beats: Beats, metre: Metre, end_s: float, compound: bool | None, options: QuantiseOptions
) -> BarGrid:
    """Lay the bars; where nobody is sure whether beats are dotted, the notes decide (eighths that are beats already are not)."""
    if compound is not None and compound != metre.is_compound:
        metre = metre.divided(3 if compound else 2)
    grid = bar_grid(beats, metre=metre, end_s=end_s)
    is_unsure = metre.beat_division == 0 or (metre.beat_division == 2 and metre.division_confidence < _SURE)
    is_open = compound is None and is_unsure and metre.beat_type < 8
    if is_open and beats_divide_in_three(onset_s, grid=grid, options=options):
        return bar_grid(beats, metre=metre.divided(3), end_s=end_s)
    return grid


def frame_score(
    grid: BarGrid,
    *,
    part: Part,
    keys: tuple[KeyMark, ...],
    chords: Segments | None,
    sections: Segments | None,
    title: str,
    composer: str,
    engine: str,
) -> Score:
    """Put a part under the bars, tempo map, keys and symbols of a grid."""
    score = Score(
        parts=(part,),
        title=title,
        composer=composer,
        tempos=grid.tempos,
        metres=grid.metres,
        keys=keys,
        bars=bars_of_keys(grid.bars, keys),
        provenance=Provenance(engine=engine),
    )
    return replace(score, chords=chord_symbols(chords, grid=grid, keys=keys), sections=section_marks(sections, grid=grid))


def _one_at_a_time(onset: IntArray, length_s: np.ndarray[tuple[int], np.dtype[np.float64]]) -> IntArray:
    """Of notes that fell on one tick the longest stays."""
    order = np.lexsort((-length_s, onset))
    _, first = np.unique(onset[order], return_index=True)
    return np.sort(order[first])


def _melody_clef(pitch: IntArray) -> Clef:
    middle = float(np.median(pitch)) if len(pitch) else 67.0
    if middle < 52:
        return Clef(0, 1, "F", 4)
    return Clef(0, 1, "G", 2, -1 if middle < 59 else 0)  # the tenor's treble clef, an octave down
