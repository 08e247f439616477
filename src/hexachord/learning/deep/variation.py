"""What is done to a spectrogram at random, so that a network trained on renders bears recordings."""

from dataclasses import dataclass

import numpy as np

from hexachord.arrays import Float32Array, FloatArray


@dataclass(frozen=True, kw_only=True)
class Variation:
    """How far a crop may be varied; a recording may be louder, duller, faster, higher and noisier than any render.

    Attributes
    ----------
    tempo_octaves : time is stretched by up to this
    shift_bands : pitch is moved by up to this many bands
    gain_db : loudness
    tilt_db : from the lowest band to the highest
    colour_db : standard deviation of three slow waves over frequency
    floor_chance : how often noise covers what is soft
    squeeze_chance, squeeze : how often loud and soft come nearer to each other or part, and by what part at most
    masks, mask_bands : how many stripes of frequency are taken out, and how wide at most
    pauses, pause_frames : how many stretches of time are taken out, and how long at most (both: Park et al., "SpecAugment", 2019)
    """

    tempo_octaves: float = 0.2
    shift_bands: float = 5.0
    gain_db: float = 12.0
    tilt_db: float = 12.0
    colour_db: float = 3.0
    floor_chance: float = 0.3
    squeeze_chance: float = 0.0
    squeeze: float = 0.3
    masks: int = 2
    mask_bands: int = 16
    pauses: int = 0
    pause_frames: int = 20


def varied(decibels: Float32Array, random: np.random.Generator, variation: Variation) -> Float32Array:
    """Change level, colour, pitch, contrast and noise of a spectrogram, (frames, bands), in decibels; time stays as it is."""
    bands = decibels.shape[1]
    up = np.arange(bands) / (bands - 1)
    if variation.shift_bands:
        shift = random.uniform(-variation.shift_bands, variation.shift_bands)
        decibels = between_rows(decibels.T, np.arange(bands) + shift).T
    curve = random.uniform(-variation.gain_db, variation.gain_db) + random.uniform(-variation.tilt_db, variation.tilt_db) * (up - 0.5)
    waves = np.cos(np.pi * np.outer(np.arange(1, 4), up) + random.uniform(0, 2 * np.pi, (3, 1)))
    found = decibels + (curve + random.normal(0.0, variation.colour_db, 3) @ waves).astype(np.float32)
    if variation.squeeze_chance and random.random() < variation.squeeze_chance:
        middle = found.mean()
        found = middle + (found - middle) * np.float32(1.0 + random.uniform(-variation.squeeze, variation.squeeze))
    if random.random() < variation.floor_chance:
        slope = random.uniform(-20.0, 5.0) * up
        floor = found.max() - random.uniform(30.0, 70.0) + slope
        grain = random.standard_normal(found.shape, dtype=np.float32) * np.float32(2.0)
        found = np.maximum(found, floor.astype(np.float32) + grain)
    level = found.mean()
    for _ in range(variation.masks):
        width = int(random.integers(0, variation.mask_bands + 1))
        low = int(random.integers(0, bands - width + 1))
        found[:, low : low + width] = level
    for _ in range(variation.pauses):
        length = int(random.integers(0, min(variation.pause_frames, len(found)) + 1))
        first = int(random.integers(0, len(found) - length + 1))
        found[first : first + length] = level
    return np.ascontiguousarray(found, dtype=np.float32)


def between_rows(rows: Float32Array, place: FloatArray) -> Float32Array:
    """Read rows at places between them; beyond the ends the last row stands.

    Examples
    --------
    >>> between_rows(np.array([[0.0], [10.0]], dtype=np.float32), np.array([-1.0, 0.25, 5.0])).ravel()
    array([ 0. ,  2.5, 10. ], dtype=float32)
    """
    place = np.clip(place, 0.0, len(rows) - 1.0)
    low = np.minimum(place.astype(np.int64), max(0, len(rows) - 2))
    part = (place - low).astype(np.float32)[:, None]
    below = rows[low]
    return np.asarray(below + part * (rows[np.minimum(low + 1, len(rows) - 1)] - below), dtype=np.float32)


def shifted_bins(levels: Float32Array, bins: int) -> Float32Array:
    """Move the last axis up by so many bins, or down; what comes in from beyond is 0.

    Examples
    --------
    >>> row = np.array([1.0, 2.0, 3.0], dtype=np.float32)
    >>> shifted_bins(row, 1).tolist(), shifted_bins(row, -1).tolist()
    ([0.0, 1.0, 2.0], [2.0, 3.0, 0.0])
    """
    moved = np.zeros_like(levels)
    count = levels.shape[-1]
    moved[..., max(bins, 0) : count + min(bins, 0)] = levels[..., max(-bins, 0) : count - max(bins, 0)]
    return moved
