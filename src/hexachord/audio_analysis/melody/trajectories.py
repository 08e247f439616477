"""Fundamental frequencies from a salience representation: frame by frame, as a smooth path, and where one knows where to look.

Müller, *Fundamentals of Music Processing* (FMP), §8.2.3. The melody engines decide by themselves where there is a melody, see `tracking`;
here a person or a score says so.
"""

from dataclasses import dataclass

import numpy as np

from hexachord.arrays import Float64Array, FloatArray, IntArray
from hexachord.audio_analysis.melody.instantaneous import PitchAxis
from hexachord.dsp.tones import midi_to_hz
from hexachord.dsp.viterbi import viterbi_local

_LEAST = 1e-12  # salience of nothing, as a part of the largest


@dataclass(frozen=True, kw_only=True)
class Region:
    """A rectangle of time and frequency in which a melody is looked for."""

    start_s: float
    end_s: float
    low_hz: float
    high_hz: float


def strongest_pitches(salience: FloatArray, axis: PitchAxis) -> Float64Array:
    """Take the most salient pitch of each frame, whatever its neighbours say. FMP §8.2.3.

    Parameters
    ----------
    salience : (frames, axis.bins)
    axis : its pitches

    Returns
    -------
    (frames,) Hz; 0 where nothing is salient

    Examples
    --------
    >>> strongest_pitches(np.array([[1.0, 3.0], [0.0, 0.0]]), PitchAxis(lowest_hz=100.0, highest_hz=200.0, step_cents=1200.0))
    array([200.,   0.])
    """
    _check(salience, axis)
    return np.where(salience.max(axis=1) > 0, axis.frequencies_hz[salience.argmax(axis=1)], 0.0)


def smooth_trajectory(salience: FloatArray, axis: PitchAxis, *, reach_cents: float = 50.0, leap: float = 0.01) -> Float64Array:
    """Find the pitch track that is salient throughout and moves little from frame to frame. FMP §8.2.3.1.

    The product of saliences along the track and of a factor per move is largest: 1 for moves within reach, `leap` for others. Silence has
    no preference and is crossed at leisure.

    Parameters
    ----------
    salience : (frames, axis.bins) non-negative
    axis : its pitches
    reach_cents : how far the track moves freely from one frame to the next
    leap : factor for moving further

    Returns
    -------
    (frames,) Hz

    Examples
    --------
    >>> salience = np.full((5, 25), 0.1); salience[:, 12] = 1.0; salience[2, 12] = 0.9; salience[2, 20] = 1.0  # one stray frame
    >>> axis = PitchAxis(lowest_hz=220.0, highest_hz=880.0, step_cents=100.0)
    >>> smooth_trajectory(salience, axis, reach_cents=100.0)
    array([440., 440., 440., 440., 440.])
    """
    _check(salience, axis)
    return axis.frequencies_hz[_smoothest(salience, reach=int(reach_cents / axis.step_cents + 1e-9), leap=leap)]


def trajectory_in_regions(
    salience: FloatArray, axis: PitchAxis, regions: tuple[Region, ...], *, hop_s: float, reach_cents: float = 50.0, leap: float = 0.01
) -> Float64Array:
    """Follow the pitch inside given regions only. FMP §8.2.3.2.

    Parameters
    ----------
    salience, axis : see `smooth_trajectory`, which runs in each region on its own
    regions : where they overlap in time the later one counts
    hop_s : seconds from one frame to the next
    reach_cents, leap : see `smooth_trajectory`

    Returns
    -------
    (frames,) Hz; 0 outside all regions

    Examples
    --------
    >>> salience = np.ones((6, 13)); salience[:, 2] = 5.0; salience[:, 9] = 3.0
    >>> axis = PitchAxis(lowest_hz=440.0, highest_hz=880.0, step_cents=100.0)
    >>> trajectory_in_regions(salience, axis, (Region(start_s=0.2, end_s=0.4, low_hz=700.0, high_hz=800.0),), hop_s=0.1).round()
    array([  0.,   0., 740., 740.,   0.,   0.])
    """
    _check(salience, axis)
    out = np.zeros(len(salience))
    frequency = axis.frequencies_hz
    reach = int(reach_cents / axis.step_cents + 1e-9)
    for region in regions:
        first, last = (int(np.clip(np.ceil(edge / hop_s - 1e-9), 0, len(salience))) for edge in (region.start_s, region.end_s))
        inside = np.flatnonzero((frequency >= region.low_hz) & (frequency <= region.high_hz))
        if last > first and len(inside):
            part = salience[first:last, inside[0] : inside[-1] + 1]
            out[first:last] = frequency[inside[0] + _smoothest(part, reach=reach, leap=leap)]
    return out


def regions_of_notes(
    onset_s: FloatArray, offset_s: FloatArray, midi: FloatArray, *, reach_cents: float = 50.0, early_s: float = 0.0, late_s: float = 0.0
) -> tuple[Region, ...]:
    """Turn the notes of a score, brought to the recording's time, into regions: score-informed tracking. FMP §8.2.3.2.

    Parameters
    ----------
    onset_s, offset_s, midi : (notes,) in seconds and MIDI pitch
    reach_cents : how far the pitch may be from the note's, either way
    early_s, late_s : how much sooner and later than in the score it may sound

    Examples
    --------
    >>> regions_of_notes(np.array([1.0]), np.array([2.0]), np.array([69.0]), reach_cents=1200.0)
    (Region(start_s=1.0, end_s=2.0, low_hz=220.0, high_hz=880.0),)
    """
    centre = midi_to_hz(np.asarray(midi))
    factor = 2.0 ** (reach_cents / 1200)
    return tuple(
        Region(start_s=float(onset) - early_s, end_s=float(offset) + late_s, low_hz=float(hz / factor), high_hz=float(hz * factor))
        for onset, offset, hz in zip(onset_s, offset_s, centre, strict=True)
    )


def _smoothest(salience: FloatArray, *, reach: int, leap: float) -> IntArray:
    """Find the best track, as bins."""
    frames, bins = salience.shape
    if not 0 < leap <= 1:
        raise ValueError(f"a leap's factor lies in (0, 1], not {leap}")
    if frames == 0:
        return np.zeros(0, dtype=np.int64)
    logs = np.log(np.maximum(np.asarray(salience, dtype=np.float64), _LEAST * max(float(salience.max()), 1e-30)))
    # So many bins that cannot be entered on either side: then all moves have the textbook's weights, also at the ends of the axis.
    padded = np.full((frames, bins + 2 * reach), -np.inf)
    padded[:, reach : reach + bins] = logs
    _, path, _ = viterbi_local(
        lambda first, last: padded[first:last, None, :],
        frames,
        log_kernel=np.zeros(2 * reach + 1),
        log_switch=np.zeros((1, 1)),
        log_initial=np.zeros((1, bins + 2 * reach)),
        log_jump=float(np.log(leap) - np.log(2 * reach + 1)),  # moves within reach share a probability of 1
    )
    return np.asarray(path - reach)


def _check(salience: FloatArray, axis: PitchAxis) -> None:
    if salience.ndim != 2 or salience.shape[1] != axis.bins:
        raise ValueError(f"expected salience of shape (frames, {axis.bins}), not {salience.shape}")
    if (salience < 0).any():
        raise ValueError("salience is not negative")
