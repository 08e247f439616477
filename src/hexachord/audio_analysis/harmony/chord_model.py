"""A chord classifier that hears every key alike: chroma in, a log probability of each chord out.

One small network looks at the chroma around a frame as seen from one root and says how well each quality fits; it is asked twelve
times, once per root, with the chroma rotated so that the root comes first, and one softmax over the 12 x 10 answers and "no chord" makes
them probabilities. Transposing the music therefore transposes the answer exactly, and every song teaches all twelve keys at once: what
Sheh & Ellis ("Chord segmentation and recognition using EM-trained hidden Markov models", ISMIR 2003) did by rotating Gaussian means,
done with a discriminative model. What follows in time is left to a hidden Markov model, see `chord_decoding`. FMP §5.2 and §5.3.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from hexachord.arrays import Float32Array, FloatArray
from hexachord.models.tables import load_table
from hexachord.theory.chord_labels import FLAT_NAMES, NO_CHORD

QUALITIES = ("maj", "min", "7", "maj7", "min7", "dim", "hdim7", "sus4", "aug", "maj6")
STATES = 12 * len(QUALITIES) + 1  # the last one is N, no chord
MODEL_HOP_S = 0.0929  # the grid the network was trained on; finer chroma is averaged down to it

CONTEXT_S = ((-0.14, 0.14), (-0.6, -0.14), (0.14, 0.6), (-1.8, -0.6), (0.6, 1.8))
"""Seconds before and after the frame over which chroma is averaged: now, just before, just after, further. The song's mean is a sixth."""

SILENT = 0.01  # frames with less than this share of the chroma of the song's loud ones

_BLOCK_FRAMES = 1024  # the twelve views of a frame take 7 kB: a block stays in cache


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


def chord_features(bass_chroma: FloatArray, treble_chroma: FloatArray, *, hop_s: float) -> Float32Array:
    """Describe each frame by its chroma and that of its surroundings.

    Parameters
    ----------
    bass_chroma, treble_chroma : (frames, 12), column 0 = C
    hop_s : seconds from one frame to the next

    Returns
    -------
    (frames, 6, 24) float32
    """
    level = normalise_chroma(np.hstack([bass_chroma, treble_chroma]))
    total = np.concatenate([np.zeros((1, 24)), np.cumsum(level, axis=0, dtype=np.float64)])
    frames = len(level)
    out = np.empty((frames, len(CONTEXT_S) + 1, 24), dtype=np.float32)
    here = np.arange(frames)
    for column, (begin_s, end_s) in enumerate(CONTEXT_S):
        begin, end = round(begin_s / hop_s), round(end_s / hop_s)
        if begin <= 0 <= end:
            end += 1  # both ends included, so that "now" is centred on the frame
        first, last = np.clip(here + begin, 0, frames), np.clip(here + end, 0, frames)
        out[:, column] = (total[last] - total[first]) / np.maximum(last - first, 1)[:, None]
        beyond = last <= first  # nothing there: an excerpt's edge must not look like the silence after a song
        out[beyond, column] = out[beyond, 0]
    out[:, -1] = total[-1] / max(frames, 1)
    return out


def rotations(features: Float32Array) -> Float32Array:
    """Show features from all twelve roots: view `r` has pitch class `r` in the first column of each half.

    Parameters
    ----------
    features : (frames, contexts, 24)

    Returns
    -------
    (frames, 12, contexts * 24) float32
    """
    frames, contexts, _ = features.shape
    columns = (np.arange(12)[:, None] + np.arange(12)[None, :]) % 12
    views = features.reshape(frames, contexts, 2, 12)[:, :, :, columns]
    return np.ascontiguousarray(views.transpose(0, 3, 1, 2, 4).reshape(frames, 12, contexts * 24))


def scores_from_views(views: Float32Array, weights: Mapping[str, FloatArray]) -> Float32Array:
    """Run the network on the twelve views of each frame.

    Parameters
    ----------
    views : (frames, 12, inputs), see `rotations`
    weights : w1 b1 w2 b2 w3 b3, the last with one output per quality and one whose mean over roots speaks for N

    Returns
    -------
    (frames, STATES) float32 scores before the softmax; state `root * 10 + quality`, N last
    """
    frames = len(views)
    hidden = np.maximum(views.reshape(frames * 12, -1) @ weights["w1"] + weights["b1"], 0)
    hidden = np.maximum(hidden @ weights["w2"] + weights["b2"], 0)
    out = (hidden @ weights["w3"] + weights["b3"]).reshape(frames, 12, -1)
    scores: Float32Array = np.concatenate([out[:, :, :-1].reshape(frames, -1), out[:, :, -1].mean(axis=1, keepdims=True)], axis=1)
    return scores


def chord_log_probabilities(
    bass_chroma: FloatArray, treble_chroma: FloatArray, *, hop_s: float = MODEL_HOP_S, weights: Mapping[str, FloatArray] | None = None
) -> Float32Array:
    """Give the log probability of each chord at each frame, before anything is said about what follows what.

    Parameters
    ----------
    bass_chroma, treble_chroma : (frames, 12), column 0 = C
    hop_s : seconds from one frame to the next; keep it near `MODEL_HOP_S`, see `to_model_hop`
    weights : another network of the same shape (the shipped one by default)

    Returns
    -------
    (frames, STATES) float32, each row's exponentials sum to 1; silent frames are no chord, whatever surrounds them
    """
    table = load_table("chords") if weights is None else weights
    features = chord_features(bass_chroma, treble_chroma, hop_s=hop_s)
    out = np.empty((len(features), STATES), dtype=np.float32)
    for first in range(0, len(features), _BLOCK_FRAMES):
        block = slice(first, first + _BLOCK_FRAMES)
        out[block] = scores_from_views(rotations(features[block]), table)
    out -= out.max(axis=1, keepdims=True)
    out -= np.log(np.exp(out).sum(axis=1, keepdims=True))
    level = np.asarray(bass_chroma, dtype=np.float64).sum(axis=1) + np.asarray(treble_chroma, dtype=np.float64).sum(axis=1)
    silent = level <= (SILENT * np.percentile(level, 90) if len(level) else 0.0)
    out[silent] = np.log(1e-4 / (STATES - 1))
    out[silent, -1] = np.log(1 - 1e-4)
    return out


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


def label_states(roots: Sequence[str] = FLAT_NAMES) -> tuple[str, ...]:
    """Name every state in Harte syntax (``C#:min7``), with the given names of the twelve roots.

    Examples
    --------
    >>> label_states()[10:14], label_states()[-1]
    (('Db:maj', 'Db:min', 'Db:7', 'Db:maj7'), 'N')
    """
    return (*(f"{root}:{quality}" for root in roots for quality in QUALITIES), NO_CHORD)
