"""How hard a note was struck: from how loud its partials are where it begins, and what the network says of it.

A linear fit (ridge regression, Hoerl & Kennard, Technometrics 12, 1970) on rendered pianos. Levels count against the loud parts of the
recording, so a velocity says how hard a note is struck for this recording.
"""

import numpy as np

from hexachord.arrays import Float64Array, FloatArray, IntArray, UInt8Array
from hexachord.dsp.pitch_spectrum import BINS_PER_OCTAVE, STEP_DB

_PARTIALS = (1, 2, 3, 4, 6)
_SEEN = (0, 1, 2)  # frames after the beginning: the loudest of them counts
_SAID = (-1, 0, 1, 2)
_SOFTEST = 0.05


def velocity_features(levels: UInt8Array, said: FloatArray, frame: IntArray, pitch: IntArray, *, loudest: float) -> Float64Array:
    """Gather what tells velocity.

    Parameters
    ----------
    levels : (frames, views, bins) of `hexachord.dsp.pitch_spectrum`, from the lowest pitch on
    said : (frames, pitches) the network's logits of velocity
    frame, pitch : (n,) where each note begins, and how many semitones above the lowest it is
    loudest : the byte of the recording's loud parts

    Returns
    -------
    (n, features): logits around the beginning, decibels of partials through the short window, height
    """
    seen = np.clip(frame[:, None] + np.array(_SEEN), 0, len(levels) - 1)
    columns = [said[np.clip(frame + step, 0, len(said) - 1), pitch].astype(np.float64) for step in _SAID]
    for partial in _PARTIALS:
        place = np.minimum(BINS_PER_OCTAVE // 12 * pitch + round(BINS_PER_OCTAVE * float(np.log2(partial))), levels.shape[2] - 1)
        columns.append((levels[seen, 1, place[:, None]].max(axis=1) - loudest) * STEP_DB)
    height = pitch / 88.0
    return np.stack([*columns, height, height**2], axis=1).astype(np.float64)


def velocity_of(features: FloatArray, *, weight: FloatArray, bias: float) -> Float64Array:
    """Say how hard notes are struck, within (0, 1]."""
    return np.asarray(np.clip(features @ weight.astype(np.float64) + bias, _SOFTEST, 1.0))


def fit_velocity(songs: list[tuple[Float64Array, Float64Array]], *, penalty: float = 10.0) -> tuple[Float64Array, float]:
    """Fit weight and bias to (features, velocities) of songs: weights to what differs within a song, the bias to all.

    Raises
    ------
    ValueError : without songs.
    """
    if not songs:
        raise ValueError("no songs to fit velocities to")
    within = np.concatenate([features - features.mean(axis=0) for features, _ in songs])
    wanted = np.concatenate([velocity - velocity.mean() for _, velocity in songs])
    weight = np.linalg.solve(within.T @ within + penalty * np.eye(within.shape[1]), within.T @ wanted)
    bias = float(np.mean(np.concatenate([velocity - features @ weight for features, velocity in songs])))
    return weight, bias
