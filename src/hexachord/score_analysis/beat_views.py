"""What is struck in each beat of a reading: the input of the network that says whether a reading looks like a page.

In seconds half the tempo is as good as the tempo; counted in beats it is not: pages that are full of thirty-seconds, or whose beats hold
nothing but every other quarter, are rare. So the notes are put into twenty-four places of each beat of a reading, with how long they last
in beats, where harmony turns, and how alike beats and bars at several distances are. Krebs, Böck, Dorfer & Widmer, "Downbeat
tracking using beat synchronous features with recurrent neural networks", ISMIR 2016.
"""

from dataclasses import dataclass

import numpy as np

from hexachord.arrays import BoolArray, Float32Array, Float64Array, FloatArray, IntArray
from hexachord.score_analysis.beat_features import chord_numbers

PLACES = 24
"""Of a beat."""
_NEAR_S = 0.3  # a bass is the lowest that is struck within this of it
_SPANS = (0.5, 1.0, 2.0, 4.0)  # beats before and after a moment, between which harmony turns
_LAGS = (1, 2, 3, 4, 6, 8)
_AROUND = 8  # chords by which loudness is judged
_LAYERS = ("struck", "loud", "bass", "long", "count")

COLUMNS = (
    *(f"{layer}_{place}" for layer in _LAYERS for place in range(PLACES)),
    "tempo",
    "longer",
    "next_longer",
    "strokes",
    "until_next",
    "since_last",
    *(f"turn_{span}" for span in _SPANS),
    *(f"turn_inside_{span}" for span in _SPANS[:2]),
    *(f"{kind}_{lag}" for kind in ("rhythm", "harmony", "bass_like") for lag in _LAGS),
)
"""Names of the columns: what is struck at each place of the beat (whether, how loudly against its surroundings, whether it is a bass, for
how many beats, how many at once); octaves of the beat's length in seconds, against the median and against the beat before; how many
chords it holds; beats until the first chord after its beginning, and since the last before; how far the pitch classes after its
beginning, or its middle, differ from those before; how like the beat so many beats before it is."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Chords:
    """What is struck, chord by chord, (chords,) each: seconds, how many keys, how loud against the chords around it, how long the longest
    key is down in seconds, whether it holds a bass; and (chords, 12) weights of pitch classes."""

    time_s: Float64Array
    count: Float64Array
    loud: Float64Array
    long_s: Float64Array
    bass: BoolArray
    classes: Float64Array


def chords_of(
    onset_s: FloatArray, duration_s: FloatArray, pitch: FloatArray | IntArray, velocity: FloatArray | IntArray, *, is_percussion: BoolArray
) -> Chords:
    """Gather notes into chords; drums have no pitch."""
    order = np.lexsort((pitch, onset_s))
    onset, length = (np.asarray(column, dtype=np.float64)[order] for column in (onset_s, duration_s))
    key, force = np.asarray(pitch, dtype=np.float64)[order], np.asarray(velocity, dtype=np.float64)[order] / 127.0
    drum = np.asarray(is_percussion, dtype=np.bool_)[order]
    chord = chord_numbers(onset)
    first = np.flatnonzero(np.diff(chord, prepend=-1))
    count = np.bincount(chord).astype(np.float64)
    time_s = np.bincount(chord, weights=onset) / count
    loud = np.maximum.reduceat(force, first)
    around = np.convolve(np.pad(loud, _AROUND, mode="edge"), np.full(2 * _AROUND + 1, 1.0 / (2 * _AROUND + 1)), mode="valid")
    lowest = np.minimum.reduceat(np.where(drum, 999.0, key), first)
    left, right = np.searchsorted(time_s, time_s - _NEAR_S), np.searchsorted(time_s, time_s + _NEAR_S, side="right")
    near = np.array([lowest[low:high].min() for low, high in zip(left.tolist(), right.tolist(), strict=True)])
    classes = np.zeros((len(first), 12))
    np.add.at(classes, (chord[~drum], key[~drum].astype(np.int64) % 12), (force * np.sqrt(np.clip(length, 0.05, 2.0)))[~drum])
    return Chords(
        time_s=time_s,
        count=count,
        loud=loud - around,
        long_s=np.maximum.reduceat(length, first),
        bass=(lowest <= near) & (lowest < 999.0),
        classes=classes,
    )


def beat_views(chords: Chords, beat_s: FloatArray) -> Float32Array:
    """Show each beat of a reading.

    Parameters
    ----------
    chords : see `chords_of`
    beat_s : (beats,) ascending seconds, at least two

    Returns
    -------
    (beats, columns) float32, see `COLUMNS`; the last beat is as long as the one before it

    Examples
    --------
    >>> still = np.zeros(8)
    >>> chords = chords_of(np.arange(8) / 4, still + 0.2, still + 60, still + 64, is_percussion=still > 0)
    >>> views = beat_views(chords, np.array([0.0, 1.0, 2.0]))
    >>> views.shape, np.flatnonzero(views[0, :24]).tolist()
    ((3, 150), [0, 6, 12, 18])
    """
    time = np.asarray(beat_s, dtype=np.float64)
    time = np.append(time, 2.0 * time[-1] - time[-2])
    beats = len(time) - 1
    gap_s = np.maximum(np.diff(time), 1e-3)
    index = np.clip(np.searchsorted(time, chords.time_s, side="right") - 1, 0, beats - 1)
    place = index + (chords.time_s - time[index]) / gap_s[index]
    inside = (place > -0.5 / PLACES) & (place < beats)
    layers, place = _layers(chords, place, index, gap_s, inside)
    views = np.zeros((beats, len(COLUMNS)), dtype=np.float32)
    views[:, : len(_LAYERS) * PLACES] = layers.transpose(1, 0, 2).reshape(beats, -1)
    octave = np.log2(gap_s)
    strokes = np.bincount(np.clip(np.floor(place[inside] + 0.5 / PLACES).astype(np.int64), 0, beats - 1), minlength=beats)
    weight = _classes(chords, place, inside, beats)
    beginning = np.arange(beats)
    scalars = [octave, octave - np.median(octave), np.diff(octave, prepend=octave[:1]), np.log1p(strokes), *_neighbours(place, beats)]
    scalars += [_turn(weight, 2 * beginning, span) for span in _SPANS]
    scalars += [_turn(weight, 2 * beginning + 1, span) for span in _SPANS[:2]]
    smooth = layers[0] + 0.5 * (np.roll(layers[0], 1, axis=1) + np.roll(layers[0], -1, axis=1))
    harmony = weight[0::2] + weight[1::2]
    bass = np.concatenate([layers[2].reshape(beats, 4, -1).sum(axis=2), 1e-3 * np.ones((beats, 1))], axis=1)
    scalars += [_alike(row, lag) for row in (smooth, harmony, bass) for lag in _LAGS]
    views[:, len(_LAYERS) * PLACES :] = np.stack(scalars, axis=1)
    return views


def _layers(
    chords: Chords, place: Float64Array, index: IntArray, gap_s: Float64Array, inside: BoolArray
) -> tuple[Float64Array, Float64Array]:
    """(layers, beats, places) of what is struck; and where chords are, those a hair before a beat moved onto it."""
    beats = len(gap_s)
    slot = np.maximum(place[inside] * PLACES, 0.0)
    low = np.minimum(slot.astype(np.int64), beats * PLACES - 1)
    late = slot - low
    late = np.where(low + 1 >= beats * PLACES, 0.0, late)
    length = np.log2(1.0 + chords.long_s[inside] / gap_s[index[inside]])
    values = (np.ones(len(slot)), 4.0 * chords.loud[inside], chords.bass[inside].astype(np.float64), length, np.log(chords.count[inside]))
    painted = np.zeros((len(_LAYERS), beats * PLACES))
    for layer, value in enumerate(values):
        painted[layer] += np.bincount(low, weights=value * (1.0 - late), minlength=beats * PLACES)
        painted[layer] += np.bincount(np.minimum(low + 1, beats * PLACES - 1), weights=value * late, minlength=beats * PLACES)
    return painted.reshape(len(_LAYERS), beats, PLACES), place


def _classes(chords: Chords, place: Float64Array, inside: BoolArray, beats: int) -> Float64Array:
    """(half beats, 12) pitch classes struck in each half of each beat."""
    half = np.clip(np.floor(2.0 * place[inside] + 1.0 / PLACES).astype(np.int64), 0, 2 * beats - 1)
    weight = np.zeros((2 * beats, 12))
    np.add.at(weight, half, chords.classes[inside])
    return weight


def _neighbours(place: Float64Array, beats: int) -> tuple[Float64Array, Float64Array]:
    """Beats until the next chord after each beginning, and since the last before it, 0 to 1; what is struck on it is neither."""
    beginning = np.arange(beats)
    after = np.append(place, 2.0 * beats + 8.0)[np.searchsorted(place, beginning + 1.0 / PLACES)]
    before = np.append(-8.0, place)[np.searchsorted(place, beginning - 1.0 / PLACES)]
    until, since = (np.log2(1.0 + np.clip(far, 0.0, 7.0)) / 3.0 for far in (after - beginning, beginning - before))
    return until, since


def _turn(weight: Float64Array, half: IntArray, span: float) -> Float64Array:
    """How far pitch classes differ before and after some half beats, 0 to 1."""
    reach = max(1, round(2 * span))
    total = np.concatenate([np.zeros((1, 12)), np.cumsum(weight, axis=0)])
    past = total[half] - total[np.maximum(half - reach, 0)]
    future = total[np.minimum(half + reach, len(weight))] - total[half]
    return 1.0 - _cosine(past, future)


def _alike(rows: Float64Array, lag: int) -> Float64Array:
    """How like the row so many before it each row is; 0 where there is none."""
    found = np.zeros(len(rows))
    if len(rows) > lag:
        found[lag:] = _cosine(rows[lag:], rows[:-lag])
    return found


def _cosine(one: Float64Array, other: Float64Array) -> Float64Array:
    size = np.sqrt((one**2).sum(axis=1) * (other**2).sum(axis=1))
    return np.asarray(np.where(size > 1e-9, (one * other).sum(axis=1) / np.maximum(size, 1e-9), 1.0))
