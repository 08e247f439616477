"""What notes say about beats, 25 times a second: the input of the network in `hexachord.score_analysis.beats`.

People hear beats in played notes by what is struck together, what is loud, long and low, and where the harmony turns (Lerdahl and
Jackendoff, *A Generative Theory of Tonal Music*, 1983, chapter 4: the preference rules of metre). Each of these cues becomes a column
here: impulses where notes begin, and slow curves in between. Nothing is decided; a network weighs them.
"""

import numpy as np

from hexachord.arrays import BoolArray, Float32Array, Float64Array, FloatArray, IntArray

HOP_S = 0.04
CHORD_S = 0.03
"""Onsets nearer to the one before than this are one chord."""

_REGISTERS = (36, 43, 50, 57, 64, 71, 78)  # lowest MIDI pitch of every register but the first
_NOVELTY_S = (0.4, 0.8, 1.6)
_NEAR_S = 0.3  # a bass note is the lowest struck within this of it, a top note the highest
_SHORT_S, _LONG_S = 0.04, 8.0
_KICK, _SNARE = (35, 36), (37, 38, 39, 40)

FEATURES = (
    *(f"struck_{index}" for index in range(len(_REGISTERS) + 1)),
    "count",
    "loudest",
    "longest",
    "bass",
    "top",
    "before",
    "after",
    "bass_before",
    "bass_after",
    "released",
    "sounding",
    "since",
    "until",
    *(f"novelty_{index}" for index in range(len(_NOVELTY_S))),
    *(f"class_{index}" for index in range(12)),
    "kick",
    "snare",
    "cymbal",
)
"""Names of the columns. Impulses: velocity struck by register (low to high), by pitch class and by kind of drum; how many, how loud and
how long the notes of a chord are; bass and top notes; logarithms of the time to the chord before and after, and of the bass to its own
neighbours; keys released. Curves: how many keys are down, log time since the last and until the next onset, and how much the pitch
classes of the next 0.4, 0.8 and 1.6 s differ from those of the last."""

_COLUMN = {name: index for index, name in enumerate(FEATURES)}


def note_features(
    onset_s: FloatArray,
    duration_s: FloatArray,
    pitch: FloatArray | IntArray,
    velocity: FloatArray | IntArray,
    *,
    is_percussion: BoolArray | None = None,
    frames: int | None = None,
) -> Float32Array:
    """Turn notes into a matrix of cues, one row each 40 ms.

    Parameters
    ----------
    onset_s, duration_s : (notes,) seconds; onsets not before 0, in any order
    pitch : (notes,) MIDI numbers; drum keys of General MIDI where `is_percussion`
    velocity : (notes,) 0 to 127
    frames : rows; by default enough for the last onset and two seconds more

    Returns
    -------
    (frames, columns) float32, see `FEATURES`; row i is at ``i * HOP_S`` seconds

    Raises
    ------
    ValueError : if lengths differ, or a number is not finite.

    Examples
    --------
    >>> cues = note_features(np.array([0.4, 0.4]), np.array([1.0, 0.2]), np.array([40, 64]), np.array([80, 60]))
    >>> cues.shape, np.flatnonzero(cues[:, FEATURES.index("bass")]).tolist()
    ((60, 39), [10])
    """
    onset, length = np.asarray(onset_s, dtype=np.float64), np.asarray(duration_s, dtype=np.float64)
    key, force = np.asarray(pitch, dtype=np.float64), np.asarray(velocity, dtype=np.float64) / 127.0
    drum = np.zeros(len(onset), dtype=np.bool_) if is_percussion is None else np.asarray(is_percussion, dtype=np.bool_)
    if len({len(column) for column in (onset, length, key, force, drum)}) > 1:
        raise ValueError("onsets, durations, pitches, velocities and percussion flags are of one length")
    if not all(np.isfinite(column).all() for column in (onset, length, key, force)):
        raise ValueError("notes hold finite numbers only")
    order = np.lexsort((key, onset))
    onset, length, key, force, drum = onset[order], length[order], key[order], force[order], drum[order]
    if frames is None:
        frames = int(np.ceil((float(onset[-1]) if len(onset) else 0.0) / HOP_S)) + round(2.0 / HOP_S)
    cues = np.zeros((frames, len(FEATURES)))
    if len(onset):
        _struck(cues, onset, key, force, drum)
        _chords(cues, onset, length, force)
        tonal = ~drum
        if tonal.any():
            _pitched(cues, onset[tonal], length[tonal], key[tonal], force[tonal])
    return cues.astype(np.float32)


def chord_numbers(onset_s: FloatArray, *, chord_s: float = CHORD_S) -> IntArray:
    """Number the chords that ascending onsets belong to, from 0.

    Examples
    --------
    >>> chord_numbers(np.array([0.0, 0.02, 0.04, 0.5])).tolist()
    [0, 0, 0, 1]
    """
    return np.asarray(np.cumsum(np.diff(onset_s, prepend=onset_s[:1]) > chord_s), dtype=np.int64)


def _struck(cues: Float64Array, onset: Float64Array, key: Float64Array, force: Float64Array, drum: BoolArray) -> None:
    """Paint strokes by register, pitch class and kind of drum."""
    register = np.searchsorted(_REGISTERS, key, side="right")
    for index in range(len(_REGISTERS) + 1):
        here = ~drum & (register == index)
        _paint(cues, f"struck_{index}", onset[here], force[here])
    for index in range(12):
        here = ~drum & (key % 12 == index)
        _paint(cues, f"class_{index}", onset[here], force[here])
    kick, snare = np.isin(key, _KICK), np.isin(key, _SNARE)
    for name, here in (("kick", kick), ("snare", snare), ("cymbal", ~kick & ~snare)):
        _paint(cues, name, onset[drum & here], force[drum & here])


def _chords(cues: Float64Array, onset: Float64Array, length: Float64Array, force: Float64Array) -> None:
    """Paint what each chord is as a whole, at its mean onset."""
    chord = chord_numbers(onset)
    count = np.bincount(chord)
    at = np.bincount(chord, weights=onset) / count
    first = np.flatnonzero(np.diff(chord, prepend=-1))
    gap = _log_time(np.diff(at))
    _paint(cues, "count", at, np.log1p(count))
    _paint(cues, "loudest", at, np.maximum.reduceat(force, first))
    _paint(cues, "longest", at, _log_time(np.maximum.reduceat(length, first)))
    _paint(cues, "before", at, np.append(1.0, gap))
    _paint(cues, "after", at, np.append(gap, 1.0))
    time_s = np.arange(len(cues)) * HOP_S
    following = np.searchsorted(at, time_s)
    cues[:, _COLUMN["since"]] = _log_time(time_s - np.append(-_LONG_S, at)[following])
    cues[:, _COLUMN["until"]] = _log_time(np.append(at, time_s[-1] + _LONG_S)[following] - time_s)


def _pitched(cues: Float64Array, onset: Float64Array, length: Float64Array, key: Float64Array, force: Float64Array) -> None:
    """Paint what depends on pitch and on keys held."""
    from scipy.ndimage import maximum_filter1d, minimum_filter1d

    frames = len(cues)
    frame = np.clip(np.rint(onset / HOP_S).astype(np.int64), 0, frames - 1)
    low, high = np.full(frames, 1e3), np.full(frames, -1e3)
    np.minimum.at(low, frame, key)
    np.maximum.at(high, frame, key)
    width = 2 * round(_NEAR_S / HOP_S) + 1
    bass = key <= minimum_filter1d(low, width, mode="nearest")[frame]
    top = key >= maximum_filter1d(high, width, mode="nearest")[frame]
    _paint(cues, "bass", onset[bass], force[bass])
    _paint(cues, "top", onset[top], force[top])
    gap = _log_time(np.diff(onset[bass]))
    _paint(cues, "bass_before", onset[bass], np.append(1.0, gap))
    _paint(cues, "bass_after", onset[bass], np.append(gap, 1.0))
    release = np.clip(np.rint((onset + length) / HOP_S).astype(np.int64), 0, frames - 1)
    released = np.bincount(release, minlength=frames).astype(np.float64)
    cues[:, _COLUMN["released"]] = np.log1p(released)
    cues[:, _COLUMN["sounding"]] = np.log1p(np.maximum(np.cumsum(np.bincount(frame, minlength=frames) - released), 0.0))
    weight = np.zeros((frames + 1, 12))
    np.add.at(weight, (frame + 1, key.astype(np.int64) % 12), force * np.sqrt(np.clip(length, 0.05, 2.0)))
    total = np.cumsum(weight, axis=0)  # of everything before a frame
    centre = np.maximum(np.arange(frames) - 1, 0)  # a chord's early notes belong to it
    for index, span_s in enumerate(_NOVELTY_S):
        reach = round(span_s / HOP_S)
        past = total[centre] - total[np.maximum(centre - reach, 0)]
        future = total[np.minimum(centre + reach, frames)] - total[centre]
        size = np.sqrt((past**2).sum(axis=1) * (future**2).sum(axis=1))
        alike = np.where(size > 1e-9, (past * future).sum(axis=1) / np.maximum(size, 1e-9), 1.0)
        cues[:, _COLUMN[f"novelty_{index}"]] = 1.0 - alike


def _paint(cues: Float64Array, name: str, at_s: Float64Array, value: Float64Array) -> None:
    """Add impulses, each shared by the two rows next to it."""
    place = np.clip(at_s / HOP_S, 0.0, len(cues) - 1.0)
    row = np.minimum(place.astype(np.int64), max(0, len(cues) - 2))
    late = place - row
    column = cues[:, _COLUMN[name]]
    column += np.bincount(row, weights=value * (1.0 - late), minlength=len(cues))
    if len(cues) > 1:
        column += np.bincount(row + 1, weights=value * late, minlength=len(cues))


def _log_time(time_s: Float64Array) -> Float64Array:
    """Octaves of time in [0, 1]: 0 at 40 ms and less, 1 at 8 s and more."""
    logarithm: Float64Array = np.log2(np.clip(time_s, _SHORT_S, _LONG_S) / _SHORT_S) / np.log2(_LONG_S / _SHORT_S)
    return logarithm
