"""Chroma on the grid the harmony engines listen on: frames about a tenth of a second apart, levels comparable from song to song."""

import numpy as np

from hexachord.arrays import Float32Array, FloatArray

MODEL_HOP_S = 0.0929  # the grid the chord network was trained on; finer chroma is averaged down to it
MINIMUM_S = 0.25  # less sound than this has neither chord nor key
SILENT = 0.01  # frames with less than this share of the chroma of the song's loud ones


def normalise_chroma(chroma: FloatArray) -> Float32Array:
    """Make chroma of any origin and level comparable: each half of a frame to unit length (quiet frames less), then square-rooted.

    Parameters
    ----------
    chroma : (frames, 24) non-negative: 12 treble columns or bass columns in each half, in whatever linear unit

    Returns
    -------
    (frames, 24) float32. Frames below about 15 % of the song's loud ones shrink towards 0, so that silence does not look like music.
    """
    halves = np.maximum(np.asarray(chroma, dtype=np.float64), 0).reshape(-1, 2, 12)
    halves = (halves / max(float(halves.max(initial=0.0)), 1e-30)).astype(np.float32)  # no unit overflows
    length = np.sqrt((halves**2).sum(axis=2))
    loud = np.percentile(length, 90, axis=0) if len(length) else np.ones(2)
    floor = 0.15 * loud + 1e-9
    halves = halves / np.sqrt(length**2 + floor.astype(np.float32) ** 2)[:, :, None]
    root: Float32Array = np.sqrt(halves).reshape(-1, 24)
    return root


def to_model_hop(chroma: FloatArray, *, hop_s: float) -> tuple[FloatArray, float, float]:
    """Average fine-grained chroma down to about `MODEL_HOP_S`.

    Returns
    -------
    chroma : (fewer frames, columns)
    hop_s : its frame distance
    shift_s : where its first frame is centred, relative to the first frame given
    """
    group = max(1, round(MODEL_HOP_S / hop_s))
    if group == 1 or len(chroma) == 0:
        return chroma, hop_s, 0.0
    starts = np.arange(0, len(chroma), group)
    size = np.diff(np.append(starts, len(chroma)))
    averaged: FloatArray = np.add.reduceat(np.asarray(chroma, dtype=np.float32), starts, axis=0) / size[:, None].astype(np.float32)
    return averaged, hop_s * group, 0.5 * (group - 1) * hop_s
