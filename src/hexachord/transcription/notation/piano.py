"""The two-staff piano page: hands, voices, spelling and note values from performed notes."""

import numpy as np

from hexachord.arrays import IntArray
from hexachord.knowledge import Beats, Key, Metre, Notes, Segments
from hexachord.score.model import Clef, Note, Part, Score
from hexachord.theory.spelling import spell_notes
from hexachord.theory.voices import two_voices
from hexachord.transcription.notation.hands import split_hands
from hexachord.transcription.notation.lead_sheet import fitting_grid, frame_score
from hexachord.transcription.notation.quantise import QuantiseOptions, close_gaps, quantise
from hexachord.transcription.notation.symbols import signature_of
from hexachord.transcription.notation.ties import tie_at_beats

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
    written = quantise(onset_s, offset_s, grid=grid, options=options)
    keep = _without_doubles(written.onset, pitch)
    onset, end, pitch, velocity = written.onset[keep], written.end[keep], pitch[keep], velocity[keep]
    fifths = signature_of(key)
    spelling = spell_notes(onset, pitch, fifths=fifths if key else None)
    staff = split_hands(onset_s[keep], offset_s[keep], pitch)
    voice = np.ones(len(onset), dtype=np.int64)
    for number in (1, 2):
        hand = np.flatnonzero(staff == number)
        voice[hand], end[hand] = _voices_of_hand(onset[hand], end[hand], pitch[hand], beat_ticks=grid.beat_ticks, options=options)
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


def _voices_of_hand(
    onset: IntArray, end: IntArray, pitch: IntArray, *, beat_ticks: int, options: QuantiseOptions
) -> tuple[IntArray, IntArray]:
    """Voices 1 and 2 of a staff, and ends that leave few rests.

    Small overlaps are legato, not polyphony: an end that passes the next onset by less than half a beat, or by less than half the
    note's length, is cut there before voices are told apart.
    """
    if len(onset) == 0:
        return np.ones(0, dtype=np.int64), end
    starts = np.unique(onset)
    following = np.append(starts, end.max(initial=starts[-1] + 1))[np.searchsorted(starts, onset) + 1]
    over = end - following
    legato = (over > 0) & ((over <= beat_ticks // 2) | (over < (end - onset) // 2))
    trimmed = np.where(legato, following, end)
    voice, trimmed = two_voices(onset, trimmed, pitch)
    for line in (1, 2):
        members = np.flatnonzero(voice == line)
        firsts, inverse = np.unique(onset[members], return_inverse=True)
        ends = np.zeros(len(firsts), dtype=np.int64)
        np.maximum.at(ends, inverse, trimmed[members])
        trimmed[members] = close_gaps(firsts, ends, beat_ticks=beat_ticks, share=options.close_gap)[inverse]
    return voice, trimmed
