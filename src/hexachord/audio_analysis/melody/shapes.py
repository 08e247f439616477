"""How each note of a melody is sung: where it glides from, how soon it stands, and how it swings.

A note's pitch is explained by a slow curve and one sinusoid, fitted together by least squares; if the sinusoid explains most of what the
curve leaves, it is a vibrato. Sundberg, *The Science of the Singing Voice* (1987): 5 to 7 turns a second, up to a semitone either way.
"""

from dataclasses import dataclass

import numpy as np

from hexachord.arrays import Float64Array, FloatArray
from hexachord.knowledge import F0, Notes


@dataclass(frozen=True, kw_only=True)
class ShapeOptions:
    """What counts as a vibrato and as a glide.

    Parameters
    ----------
    slowest_hz, fastest_hz : rates at which a voice or a string swings
    turns : fewer than so many turns are no vibrato
    explained : part of the pitch's movement that one sinusoid must explain
    least_extent_semitones : smaller swings are no vibrato
    settled_semitones : a note stands when its pitch is as near as this, the swing aside
    widest_semitones : what begins further off was no glide: the f0 had the wrong octave
    """

    slowest_hz: float = 3.5
    fastest_hz: float = 9.0
    turns: float = 2.0
    explained: float = 0.5
    least_extent_semitones: float = 0.1
    settled_semitones: float = 0.3
    widest_semitones: float = 7.0


@dataclass(frozen=True, kw_only=True, eq=False)
class NoteShapes:
    """One row for each of some notes; all columns (notes,).

    Attributes
    ----------
    glide_semitones : where it begins against where it stands, negative from below; 0 where it begins in place
    glide_s : how long it takes to get there; the part of a glide between two notes that lies in this one
    vibrato_hz : turns per second; 0 where it does not swing
    vibrato_semitones : how far it swings to either side; 0 where it does not
    """

    glide_semitones: FloatArray
    glide_s: FloatArray
    vibrato_hz: FloatArray
    vibrato_semitones: FloatArray

    def __len__(self) -> int:
        return len(self.glide_s)


def describe_notes(f0: F0, notes: Notes, *, options: ShapeOptions = ShapeOptions()) -> NoteShapes:
    """Describe how notes are sung.

    Parameters
    ----------
    f0 : the melody that the notes were cut out of
    notes : see `segment_notes`
    options : see `ShapeOptions`

    Returns
    -------
    NoteShapes, a row for each note; a note in which nothing is voiced neither glides nor swings

    Examples
    --------
    >>> time_s = np.arange(100) * 0.01
    >>> hz = 440 * 2 ** (0.5 * np.sin(2 * np.pi * 6 * time_s) / 12)
    >>> one = dict(onset_s=np.zeros(1), offset_s=np.ones(1), pitch=np.array([69.0]), velocity=np.ones(1))
    >>> shapes = describe_notes(F0(time_s=time_s, f0_hz=hz, voicing=np.ones(100)), Notes(**one))
    >>> shapes.vibrato_hz.round(1), shapes.vibrato_semitones.round(1)
    (array([6.]), array([0.5]))
    """
    rows = np.zeros((len(notes), 4))
    time_s, hz = np.asarray(f0.time_s, dtype=np.float64), np.asarray(f0.f0_hz, dtype=np.float64)
    hop_s = float(time_s[1] - time_s[0]) if len(time_s) > 1 else 0.0
    for number, (onset, offset, middle) in enumerate(zip(notes.onset_s, notes.offset_s, notes.pitch, strict=True)):
        first, last = np.searchsorted(time_s, [float(onset) - hop_s / 2, float(offset) - hop_s / 2])
        inside = first + np.flatnonzero(hz[first:last] > 0)
        if len(inside) < 2:
            continue
        at = time_s[inside] - time_s[inside[0]]
        away = 69 + 12 * np.log2(hz[inside] / 440) - float(middle)
        roughly = _settles(away, 2 * options.settled_semitones)
        rate_hz, extent = _vibrato(at[roughly:], away[roughly:], options)
        stands = _settles(away, options.settled_semitones + extent)
        if stands and abs(float(away[:2].mean())) <= options.widest_semitones:
            rows[number, :2] = away[:2].mean(), at[stands]
        rows[number, 2:] = rate_hz, extent
    return NoteShapes(glide_semitones=rows[:, 0], glide_s=rows[:, 1], vibrato_hz=rows[:, 2], vibrato_semitones=rows[:, 3])


def _settles(away: Float64Array, reach: float) -> int:
    """First frame that is within reach; 0 if none is: then nothing is a glide."""
    near = np.abs(away) <= reach
    return int(near.argmax()) if near.any() else 0


def _vibrato(at: Float64Array, away: Float64Array, options: ShapeOptions) -> tuple[float, float]:
    """Rate and extent of the sinusoid that explains most beside a curve of second order; zeros where none explains enough."""
    if len(at) < 6 or (at[-1] - at[0]) * options.fastest_hz < options.turns:
        return 0.0, 0.0
    middle = (at[0] + at[-1]) / 2
    slow = np.stack([np.ones_like(at), at - middle, (at - middle) ** 2], axis=1)
    basis, _ = np.linalg.qr(slow)
    left = away - basis @ (basis.T @ away)
    energy = float(left @ left)
    best = (0.0, 0.0, 0.0)
    for rate_hz in np.arange(options.slowest_hz, options.fastest_hz + 0.05, 0.1):
        if (at[-1] - at[0]) * rate_hz < options.turns:
            continue
        wave = np.exp(2j * np.pi * rate_hz * at)
        pair = np.stack([wave.real, wave.imag], axis=1)
        pair -= basis @ (basis.T @ pair)
        weights, *_ = np.linalg.lstsq(pair, left, rcond=None)
        explained = float(weights @ (pair.T @ left)) / max(energy, 1e-12)
        if explained > best[0]:
            best = (explained, float(rate_hz), float(np.hypot(*weights)))
    explained, rate, extent = best
    return (rate, extent) if explained >= options.explained and extent >= options.least_extent_semitones else (0.0, 0.0)
