"""The two-staff piano page: hands, voices, spelling and note values from performed notes."""

import numpy as np

from hexachord.arrays import Float64Array, IntArray
from hexachord.knowledge import Beats, Key, Metre, Notes, Segments
from hexachord.score.model import Clef, Note, Part, Score
from hexachord.theory.spelling import spell_notes
from hexachord.theory.voices import two_voices
from hexachord.transcription.notation.grid import BarGrid
from hexachord.transcription.notation.hands import split_hands
from hexachord.transcription.notation.lead_sheet import fitting_grid, frame_score
from hexachord.transcription.notation.quantise import QuantiseOptions, quantise
from hexachord.transcription.notation.symbols import signature_of
from hexachord.transcription.notation.ties import tie_at_beats
from hexachord.transcription.notation.values import note_ends

ENGINE = "notation/piano"


def piano_reduction(
    notes: Notes,
    *,
    beats: Beats,
    metre: Metre,
    key: Key | None = None,
    chords: Segments | None = None,
    sections: Segments | None = None,
    title: str = "",
    composer: str = "",
    part_name: str = "Piano",
    compound: bool | None = None,
    options: QuantiseOptions = QuantiseOptions(),
) -> Score:
    """Write performed or transcribed notes for piano: two staves, at most two voices on each.

    Parameters
    ----------
    notes : notes that sound together and one after another, in seconds; offsets are where keys are released
    beats, metre, key, chords, sections, compound : as in `lead_sheet`

    Returns
    -------
    Score whose clock (`tempos`) follows the recording; upper staff voices 1 and 2, lower staff voices 5 and 6

    Raises
    ------
    ValueError : if there are fewer than two beats.
    """
    order = np.lexsort((notes.pitch, notes.onset_s))
    onset_s, offset_s = np.asarray(notes.onset_s)[order], np.asarray(notes.offset_s)[order]
    pitch = np.clip(np.round(np.asarray(notes.pitch)[order]), 0, 127).astype(np.int64)
    velocity = np.clip(np.round(np.nan_to_num(np.asarray(notes.velocity)[order], nan=0.63) * 127), 1, 127).astype(np.int64)
    grid = fitting_grid(onset_s, beats=beats, metre=metre, compound=compound, options=options, end_s=float(max([0.0, *offset_s])))
    staff = split_hands(onset_s, offset_s, pitch)
    written = quantise(onset_s, offset_s, grid=grid, hand=staff, options=options)
    keep = _without_doubles(written.onset, pitch)
    onset, end, pitch, velocity, staff = written.onset[keep], written.end[keep], pitch[keep], velocity[keep], staff[keep]
    fifths = signature_of(key)
    spelling = spell_notes(onset, pitch, fifths=fifths if key else None)
    release = grid.beats_at(offset_s[keep])
    voice = np.ones(len(onset), dtype=np.int64)
    for number in (1, 2):
        hand = np.flatnonzero(staff == number)
        ends = _ends_of_hand(onset[hand], end[hand], release[hand], pitch[hand], grid=grid)
        voice[hand], end[hand] = two_voices(onset[hand], ends, pitch[hand])
        voice[hand] += 4 * (number - 1)
    page = [
        Note(
            int(onset[i]),
            int(end[i] - onset[i]),
            int(pitch[i]),
            velocity=int(velocity[i]),
            voice=int(voice[i]),
            staff=int(staff[i]),
            spelling=spelling[i],
        )
        for i in range(len(onset))
    ]
    part = Part(name=part_name, notes=tie_at_beats(page, grid=grid), staves=2, clefs=(Clef(0, 1, "G", 2), Clef(0, 2, "F", 4)))
    return frame_score(grid, key=key, chords=chords, sections=sections, title=title, composer=composer, part=part, engine=ENGINE)


def _without_doubles(onset: IntArray, pitch: IntArray) -> IntArray:
    """A key can be struck once at a time: of two notes on one tick and pitch the first stays."""
    order = np.lexsort((np.arange(len(onset)), pitch, onset))
    fresh = np.ones(len(order), dtype=bool)
    fresh[1:] = (np.diff(onset[order]) != 0) | (np.diff(pitch[order]) != 0)
    return np.sort(order[fresh])


def _ends_of_hand(onset: IntArray, end: IntArray, release: Float64Array, pitch: IntArray, *, grid: BarGrid) -> IntArray:
    """Where the notes of a hand end, in ticks: `end` is where they were let go."""
    beat = grid.beat_ticks
    lines = np.array([bar.tick for bar in grid.bars] + [grid.bars[-1].end]) / beat
    period_s = float(np.median(np.diff(grid.beat_s)))
    found = note_ends(onset / beat, release, end / beat, pitch, lines, period_s=period_s)
    last = (len(grid.beat_s) - 1) * beat
    return np.minimum(np.maximum(np.round(found * beat).astype(np.int64), onset + 1), last)
