"""How high each note is, to the cent, and how it moves: what lies between the keys that a transcriber names.

Around every partial of a note there is a peak of the spectrum, found between the bins; how far it lies from where the key would have it,
in semitones, is the same for all partials. Each frame gathers those distances on a fine grid, a partial counting less the nearer one of
another note is, and the grid's highest place is the note's pitch in that frame (a harmonic sum: Klapuri, "Multiple fundamental frequency
estimation by summing harmonic amplitudes", ISMIR 2006; FMP §8.2.2). The pitch of the whole note is the weighted median of its frames,
which a scoop at the beginning or a vibrato does not move.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from hexachord.arrays import Float64Array, FloatArray, IntArray
from hexachord.dsp.pitch_spectrum import RATE_HZ
from hexachord.dsp.stft import power_blocks
from hexachord.dsp.tones import hz_to_midi, midi_to_hz
from hexachord.dsp.tuning import Tuning, spectral_peaks
from hexachord.knowledge import Notes
from hexachord.transcription.note_courses import PitchCourses, no_courses

_HOP = 512
_LOW_HZ, _HIGH_HZ = 55.0, 5000.0
_LOWEST_KEY = 28  # of a bass; below, partials are too near one another for the window
_FAINTEST = 1e-5  # of the power of a frame's strongest peak
_PARTIALS = 12
_CELLS = 20  # of the grid in a semitone
_SPREAD_CELLS = 3
_MOST_PEAKS = 6  # within reach of one partial
_FRAME_KEYS = 256.0  # a frame and a pitch are one number, so that one search finds peaks of all frames
_FAR_FRAMES = 4
_SILENT = 1e-7  # power of a peak that is the rounding of numbers, 130 dB below full scale
_LEAST_AGREEMENT = 0.1  # on a tuning: drums and noise stay below
_HELD = 0.49  # what is measured never makes another key of the note


@dataclass(frozen=True, kw_only=True)
class PitchOptions:
    """How pitches are measured; chosen on ensembles rendered with detuned, swinging and gliding notes from the training side.

    Parameters
    ----------
    window : samples that a frame looks at; a shorter one keeps up with vibrato, a longer one tells neighbours apart
    reach_semitones : a peak further from its partial's place is not the note's
    likely_semitones : how far notes usually are from their keys
    shared_semitones : a partial this near to another note's is hardly heard alone
    shared_bins : likewise, in widths of the transform
    least_weight : of a partial that is shared
    edge_s : at both ends of a note, its pitch is not yet or no longer its own
    still_semitones, far_semitones : a note that moves less than the one on average, and nowhere for a tenth of a second more than the
        other, stands still
    """

    window: int = 2048
    reach_semitones: float = 0.8
    likely_semitones: float = 0.4
    shared_semitones: float = 0.5
    shared_bins: float = 2.0
    least_weight: float = 0.05
    edge_s: float = 0.03
    still_semitones: float = 0.08
    far_semitones: float = 0.3


IN_MOTION = PitchOptions(window=1536, reach_semitones=1.0, likely_semitones=0.5)
"""For courses: wide vibratos are followed a third better, still notes a twentieth worse."""


class _Heard(NamedTuple):
    """What was measured: one row for each note and frame, ordered by note and then frame."""

    note: IntArray
    frame: IntArray
    away: Float64Array
    weight: Float64Array


def notes_at_pitch(signal: FloatArray, notes: Notes, *, options: PitchOptions = PitchOptions()) -> Notes:
    """Measure how high notes are.

    Parameters
    ----------
    signal : (n,) mono at `hexachord.dsp.pitch_spectrum.RATE_HZ`, an array or a memory map; it is read in blocks
    notes : at whole pitches
    options : see `PitchOptions`

    Returns
    -------
    The same notes with fractions of a semitone, each within half a semitone of its key, so that rounding gives the key back. What cannot be
    measured (silence, the lowest keys) stays whole.

    Examples
    --------
    >>> tone = sum(np.sin(2 * np.pi * 443 * h * np.arange(22050) / 22050) / h for h in range(1, 6)).astype(np.float32)
    >>> one = Notes(onset_s=np.array([0.1]), offset_s=np.array([0.9]), pitch=np.array([69.0]), velocity=np.ones(1))
    >>> notes_at_pitch(tone, one).pitch.round(2)
    array([69.12])
    """
    heard = _measure(signal, notes, options)
    away = _medians(heard, notes, options)
    return replace(notes, pitch=np.rint(notes.pitch) + np.clip(away, -_HELD, _HELD))


def notes_at_tuning(notes: Notes, tuning: Tuning) -> Notes:
    """Put notes of an instrument whose keys are fixed where its tuning has them all, if partials agree on one.

    Examples
    --------
    >>> one = Notes(onset_s=np.zeros(1), offset_s=np.ones(1), pitch=np.array([69.0]), velocity=np.ones(1))
    >>> notes_at_tuning(one, Tuning(12.0, 0.8)).pitch
    array([69.12])
    """
    if tuning.confidence < _LEAST_AGREEMENT:
        return notes
    return replace(notes, pitch=np.rint(notes.pitch) + float(np.clip(tuning.cents / 100.0, -_HELD, _HELD)))


def pitch_courses(signal: FloatArray, notes: Notes, *, options: PitchOptions = IN_MOTION) -> PitchCourses:
    """Follow the pitch of each note while it sounds: vibrato, scoops, slides.

    Parameters
    ----------
    signal, notes, options : as in `notes_at_pitch`; pitches may have fractions

    Returns
    -------
    PitchCourses with a point every 23 ms where the note can be heard; a note that stands still has one point

    Examples
    --------
    >>> time_s = np.arange(22050) / 22050
    >>> sway = np.cumsum(2 * np.pi * 440 * 2 ** (0.3 * np.sin(2 * np.pi * 5 * time_s) / 12) / 22050)
    >>> tone = sum(np.sin(h * sway) / h for h in range(1, 6)).astype(np.float32)
    >>> one = Notes(onset_s=np.array([0.1]), offset_s=np.array([0.9]), pitch=np.array([69.0]), velocity=np.ones(1))
    >>> when, pitch = pitch_courses(tone, one).of(0)
    >>> bool(np.abs(pitch - 69 - 0.3 * np.sin(2 * np.pi * 5 * when)).max() < 0.08)
    True
    """
    heard = _measure(signal, notes, options)
    if not len(heard.note):
        return no_courses(len(notes))
    key = np.rint(np.asarray(notes.pitch, dtype=np.float64))
    middle = _medians(heard, notes, options)
    away = _smoothed(heard)
    strays = np.abs(away - middle[heard.note])
    moved, total, far = (
        np.bincount(heard.note, weight, minlength=len(notes))
        for weight in (heard.weight * strays, heard.weight, (strays > options.far_semitones) & (heard.weight > 0))
    )
    still = (moved <= options.still_semitones * total) & (far < _FAR_FRAMES)
    first = np.concatenate([[True], np.diff(heard.note) != 0])
    kept = (heard.weight > 0) & (~still[heard.note] | first)
    away = np.where(still[heard.note], middle[heard.note], away)[kept]
    note = heard.note[kept]
    return PitchCourses(
        start=np.searchsorted(note, np.arange(len(notes) + 1)), time_s=heard.frame[kept] * (_HOP / RATE_HZ), pitch=key[note] + away
    )


def _measure(signal: FloatArray, notes: Notes, options: PitchOptions) -> _Heard:
    parts = [part for part in _blocks(signal, notes, options) if len(part.note)]
    if not parts:
        return _Heard(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0), np.zeros(0))
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
    order = np.lexsort((columns[1], columns[0]))
    return _Heard(*(column[order] for column in columns))


def _blocks(signal: FloatArray, notes: Notes, options: PitchOptions) -> Iterator[_Heard]:
    """Measure a block of frames after the other."""
    key = np.rint(np.asarray(notes.pitch, dtype=np.float64))
    begins = np.ceil(np.asarray(notes.onset_s, dtype=np.float64) * (RATE_HZ / _HOP)).astype(np.int64)
    ends = np.maximum(np.floor(np.asarray(notes.offset_s, dtype=np.float64) * (RATE_HZ / _HOP)).astype(np.int64), begins) + 1
    for first, power in power_blocks(signal, n_fft=options.window, hop=_HOP):
        begin, end = np.clip(begins - first, 0, len(power)), np.clip(ends - first, 0, len(power))
        sounding = np.flatnonzero((end > begin) & (key >= _LOWEST_KEY))
        if not len(sounding):
            continue
        frames, hz, strength = spectral_peaks(power, rate_hz=RATE_HZ, low_hz=_LOW_HZ, high_hz=_HIGH_HZ, relative_power=_FAINTEST)
        heard = strength > _SILENT
        if not heard.any():
            continue
        length = (end - begin)[sounding]
        note = np.repeat(sounding, length)
        frame = np.arange(len(note)) - np.repeat(np.cumsum(length) - length - begin[sounding], length)
        peaks = frames[heard] * _FRAME_KEYS + hz_to_midi(hz[heard])
        away, weight = _from_keys(frame, key[note], peaks, strength[heard] ** 0.2, options)
        yield _Heard(note, frame + first, away, weight)


def _from_keys(
    frame: IntArray, key: Float64Array, peaks: Float64Array, strength: FloatArray, options: PitchOptions
) -> tuple[Float64Array, Float64Array]:
    """How far notes are from their keys in single frames, and how much says so; rows are notes in frames."""
    partial = np.arange(1, _PARTIALS + 1)
    pitch = key[:, None] + 12.0 * np.log2(partial)
    hz = midi_to_hz(pitch)
    place = frame[:, None] * _FRAME_KEYS + pitch
    counts = _alone(place, options) * partial**0.3 * ((hz > _LOW_HZ * 1.05) & (hz < _HIGH_HZ * 0.95))
    reach = options.reach_semitones
    low, high = np.searchsorted(peaks, place - reach), np.searchsorted(peaks, place + reach)
    half = round(reach * _CELLS)
    rows, cells = len(frame), 2 * half + 1
    grid = np.zeros(rows * cells)
    found: list[tuple[Float64Array, Float64Array]] = []
    for step in range(min(_MOST_PEAKS, int((high - low).max(initial=0)))):
        which = np.minimum(low + step, len(peaks) - 1)
        away = np.where(low + step < high, peaks[which] - place, 0.0)
        weight = np.where(low + step < high, strength[which] * counts, 0.0)
        cell = np.arange(rows)[:, None] * cells + np.rint(away * _CELLS).astype(np.int64) + half
        grid += np.bincount(cell.ravel(), weight.ravel(), minlength=len(grid))
        found.append((away, weight))
    if not found:
        return np.zeros(rows), np.zeros(rows)
    centre = np.arange(-half, half + 1) / _CELLS
    blur = np.exp(-0.5 * ((centre[:, None] - centre) * (_CELLS / _SPREAD_CELLS)) ** 2)
    blur *= np.exp(-0.5 * (centre / options.likely_semitones) ** 2)
    best = centre[(grid.reshape(rows, cells) @ blur).argmax(axis=1)]
    total = np.zeros(rows)
    for _ in range(2):  # to the mean of the peaks around the highest cell
        near = [weight * np.exp(-0.5 * ((away - best[:, None]) / 0.1) ** 2) for away, weight in found]
        total = np.sum([part.sum(axis=1) for part in near], axis=0)
        mean = np.sum([(part * away).sum(axis=1) for part, (away, _) in zip(near, found, strict=True)], axis=0)
        best = np.divide(mean, total, out=best, where=total > 0)
    return best, total


def _alone(place: Float64Array, options: PitchOptions) -> Float64Array:
    """How much each partial is heard for itself: little where another note has one at the same place, unless that is a much higher one."""
    rows, partials = place.shape
    flat = place.ravel()
    order = np.argsort(flat, kind="stable")
    here, row, partial = flat[order], order // partials, order % partials + 1.0
    distance = np.minimum(np.diff(here), 2.0)
    hz = midi_to_hz(here[:-1] % _FRAME_KEYS)
    apart_bins = hz * (2.0 ** (distance / 12.0) - 1.0) * (options.window / RATE_HZ)
    near = np.maximum(np.exp(-0.5 * (apart_bins / options.shared_bins) ** 2), np.exp(-0.5 * (distance / options.shared_semitones) ** 2))
    near *= np.diff(row) != 0
    taken = np.zeros(len(flat))
    taken[:-1] = near * np.minimum(1.0, partial[:-1] / partial[1:])
    taken[1:] = np.maximum(taken[1:], near * np.minimum(1.0, partial[1:] / partial[:-1]))
    alone = np.empty(len(flat))
    alone[order] = np.maximum(1.0 - taken, options.least_weight)
    return alone.reshape(rows, partials)


def _medians(heard: _Heard, notes: Notes, options: PitchOptions) -> Float64Array:
    """(notes,) weighted medians, away from the ends where there is something between them."""
    time_s = heard.frame * (_HOP / RATE_HZ)
    onset_s, offset_s = (np.asarray(times, dtype=np.float64)[heard.note] for times in (notes.onset_s, notes.offset_s))
    inner = (time_s >= onset_s + options.edge_s) & (time_s <= offset_s - options.edge_s)
    many = np.bincount(heard.note, inner, minlength=len(notes)) >= 2
    weight = np.where(inner | ~many[heard.note], heard.weight, 0.0)
    order = np.lexsort((heard.away, heard.note))
    note, away = heard.note[order], heard.away[order]
    summed = np.cumsum(weight[order])
    first, last = np.searchsorted(note, [np.arange(len(notes)), np.arange(1, len(notes) + 1)])
    before = np.concatenate([[0.0], summed])[first]
    whole = np.concatenate([[0.0], summed])[last] - before
    middle = np.clip(np.searchsorted(summed, before + 0.5 * whole), first, np.maximum(last - 1, first))
    found = np.zeros(len(notes))
    some = whole > 1e-12
    found[some] = away[middle[some]]
    return found


def _smoothed(heard: _Heard) -> Float64Array:
    """The course of each note, a little smoother: a vibrato has but seven frames to a turn."""
    mass, total = 4.0 * heard.weight * heard.away, 4.0 * heard.weight
    same = np.diff(heard.note) == 0
    for one, other in ((slice(1, None), slice(None, -1)), (slice(None, -1), slice(1, None))):
        mass[one] += same * heard.weight[other] * heard.away[other]
        total[one] += same * heard.weight[other]
    return np.divide(mass, total, out=heard.away.copy(), where=total > 0)
