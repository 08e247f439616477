"""A hum as a query: the steps and the rhythm of its notes, whatever its key, its tempo, and however it drifts.

Who hums alone begins anywhere and slips. The steps of the ladder are therefore looked for around each moment: the notes nearby agree on
how far they all lie from whole semitones, and that deviation is taken out before pitches are rounded. Rhythm is kept as ratios of the
times between onsets. Ghias et al., "Query by humming", ACM Multimedia 1995; Müller, *Fundamentals of Music Processing*, §7 (matching).
"""

from dataclasses import dataclass

import numpy as np

from hexachord.arrays import Float64Array, FloatArray, IntArray
from hexachord.audio_analysis.melody.notes import NoteOptions, segment_notes
from hexachord.knowledge import F0, Events, Notes

_SLIPS = np.linspace(-0.2, 0.2, 41)  # semitones per second
_USUAL_SLIP = 0.1
_MOST_OCTAVES = 3.0  # of a ratio between two times: a rest between phrases is long, how long says little


@dataclass(frozen=True, kw_only=True, eq=False)
class HumQuery:
    """A melody without key, tempo and drift.

    Attributes
    ----------
    steps : (notes,) whole semitones above the first note
    intervals : (notes - 1,) whole semitones from each note to the next
    duration_ratios : (notes - 2,) binary logarithm of each time between onsets against the one before: 1 is twice as long
    drift_semitones : (notes,) how far the singer had slipped at each note, against the first
    notes : where this comes from
    """

    steps: IntArray
    intervals: IntArray
    duration_ratios: FloatArray
    drift_semitones: FloatArray
    notes: Notes

    def __len__(self) -> int:
        return len(self.steps)


def hum_query(
    f0: F0, *, onsets: Events | None = None, neighbourhood_s: float = 3.0, notes: NoteOptions = NoteOptions(shortest_s=0.1)
) -> HumQuery:
    """Turn the f0 of a hum into steps and rhythm.

    Parameters
    ----------
    f0 : see `track_melody`
    onsets : where notes begin that the pitch does not tell
    neighbourhood_s : notes as far away as this still have a say (a Gaussian's width) about where the ladder is
    notes : how the hum is cut

    Returns
    -------
    HumQuery; empty where nothing is hummed

    Examples
    --------
    >>> hz = 440 * 2 ** ((np.repeat([60.3, 62.4, 64.6, 60.7], 50) - 69) / 12)  # slips by 0.4 semitones in two seconds
    >>> query = hum_query(F0(time_s=np.arange(200) * 0.01, f0_hz=hz, voicing=np.ones(200)))
    >>> query.steps, query.intervals, query.duration_ratios
    (array([0, 2, 4, 0]), array([ 2,  2, -4]), array([0., 0.]))
    """
    if neighbourhood_s <= 0:
        raise ValueError(f"a neighbourhood is longer than nothing, not {neighbourhood_s} s")
    found = segment_notes(f0, onsets=onsets, options=notes)
    onset_s, pitch = np.asarray(found.onset_s, dtype=np.float64), np.asarray(found.pitch, dtype=np.float64)
    length_s = np.asarray(found.offset_s, dtype=np.float64) - onset_s
    deviation = _deviation(onset_s + length_s / 2, pitch, length_s, neighbourhood_s=neighbourhood_s)
    whole = np.rint(pitch - deviation).astype(np.int64)
    steps = whole - whole[0] if len(whole) else whole
    between = np.diff(onset_s)
    ratios = np.clip(np.diff(np.log2(np.maximum(between, 1e-3))), -_MOST_OCTAVES, _MOST_OCTAVES)
    return HumQuery(
        steps=steps,
        intervals=np.diff(whole),
        duration_ratios=ratios,
        drift_semitones=deviation - deviation[0] if len(deviation) else deviation,
        notes=found,
    )


def _deviation(time_s: Float64Array, pitch: Float64Array, weight: Float64Array, *, neighbourhood_s: float) -> Float64Array:
    """How far the ladder lies from whole MIDI numbers at each note, without leaps of a semitone.

    Around each note the ladder moves steadily; the slip at which the notes nearby agree best is taken, a slow one rather than a fast one.
    """
    if len(pitch) == 0:
        return np.zeros(0)
    apart = time_s - time_s[:, None]
    near = np.exp(-0.5 * (apart / neighbourhood_s) ** 2) * weight
    agreement = np.stack([(near * np.exp(2j * np.pi * (pitch - slip * apart))).sum(axis=1) for slip in _SLIPS], axis=1)
    best = (np.abs(agreement) * np.exp(-0.5 * (_SLIPS / _USUAL_SLIP) ** 2)).argmax(axis=1)
    angle = np.angle(agreement[np.arange(len(pitch)), best])
    return np.asarray(np.unwrap(angle) / (2 * np.pi))
