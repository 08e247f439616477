"""Synchronisation: which moment of one recording is which moment of another.

Chroma says *what* sounds and survives another instrument, hall or tempo; onsets per pitch class say exactly *when*. Dynamic time warping
over both, first coarse and then fine, gives a map between the two time axes. Müller, *Fundamentals of Music Processing* (FMP), ch. 3;
Ewert, Müller & Grosche, "High resolution audio synchronization using chroma onset features" (DLNCO), ICASSP 2009.
"""

from dataclasses import dataclass

import numpy as np

from hexachord.arrays import Float32Array, Float64Array, FloatArray, IntArray
from hexachord.dsp.chroma import chroma_stft, log_compress, normalise_chroma
from hexachord.dsp.dtw import CLASSIC, Steps, warp_multiscale
from hexachord.dsp.peaks import local_maxima, moving_mean

_DECAY_FRAMES = 10  # an onset fades over this many frames, so that two that miss each other by a little still meet


@dataclass(frozen=True, kw_only=True)
class SyncFeatures:
    """What two recordings are compared by, on one frame grid.

    Attributes
    ----------
    chroma : (frames, 12) of unit length, column 0 is C; silent frames are flat
    onsets : (frames, 12) decaying onsets per pitch class, strongest near 1
    hop_s : seconds from one frame to the next
    """

    chroma: Float32Array
    onsets: Float32Array
    hop_s: float


@dataclass(frozen=True, kw_only=True)
class TimeMap:
    """A strictly rising map between two time axes, linear between its points.

    Attributes
    ----------
    first_s, second_s : (points,) corresponding times
    cost : mean cost per step of the path behind it; near 0 for the same recording, near 1 for unrelated ones
    """

    first_s: Float64Array
    second_s: Float64Array
    cost: float

    def to_second(self, times_s: FloatArray | float) -> Float64Array:
        """Carry times of the first over to the second; beyond the ends the map goes on at the same pace as the clock."""
        return _carry(times_s, self.first_s, self.second_s)

    def to_first(self, times_s: FloatArray | float) -> Float64Array:
        """Carry times of the second over to the first."""
        return _carry(times_s, self.second_s, self.first_s)

    def pace(self, times_s: FloatArray, *, window_s: float = 2.0) -> Float64Array:
        """Tell how much faster the second is than the first around times of the first: 1.1 = ten per cent faster."""
        times = np.asarray(times_s, dtype=np.float64)
        start = np.clip(times - window_s / 2, self.first_s[0], None)
        end = np.clip(times + window_s / 2, None, self.first_s[-1])
        return np.asarray((end - start) / np.maximum(self.to_second(end) - self.to_second(start), 1e-9))


def sync_features(signal: FloatArray, *, rate_hz: float, hop_s: float = 0.02, n_fft: int = 4096) -> SyncFeatures:
    """Compute the features of `align_features` from a signal.

    Parameters
    ----------
    signal : (n,) samples; 22,050 Hz is plenty
    hop_s : seconds from one frame to the next (rounded to whole samples)
    n_fft : 0.2 s or so

    Returns
    -------
    SyncFeatures
    """
    hop = max(1, round(hop_s * rate_hz))
    power = chroma_stft(signal, rate_hz=rate_hz, n_fft=n_fft, hop=hop, norm="none")
    return features_from_chroma(np.sqrt(power), hop_s=hop / rate_hz)


def features_from_chroma(chroma: FloatArray, *, hop_s: float) -> SyncFeatures:
    """Compute the features of `align_features` from any chromagram, of a recording or of a score.

    Parameters
    ----------
    chroma : (frames, 12) magnitudes, not normalised frame by frame; column 0 is C
    hop_s : seconds from one frame to the next
    """
    if chroma.ndim != 2 or chroma.shape[1] != 12:
        raise ValueError(f"expected a chromagram of shape (frames, 12), not {chroma.shape}")
    level = float(chroma.max(initial=0.0))
    scaled = np.asarray(chroma / level if level > 0 else chroma, dtype=np.float32)
    unit = normalise_chroma(scaled, norm="l2", threshold=1e-3).astype(np.float32)
    unit[~unit.any(axis=1)] = np.float32(12**-0.5)  # silence sounds like nothing in particular
    return SyncFeatures(chroma=unit, onsets=decaying_onsets(scaled, hop_s=hop_s), hop_s=hop_s)


def score_chroma(
    onset_s: FloatArray,
    duration_s: FloatArray,
    midi: FloatArray,
    *,
    hop_s: float = 0.02,
    velocity: FloatArray | None = None,
    overtones: tuple[float, ...] = (1.0, 0.5, 0.3, 0.2, 0.15, 0.1),
    frame_s: float = 0.186,
) -> Float32Array:
    """Draw the chromagram that notes would give if they were played: what a score is compared with a recording by. FMP §3.1.2.

    Parameters
    ----------
    onset_s, duration_s, midi : (notes,) each
    hop_s : seconds from one frame to the next
    velocity : (notes,) in [0, 1]; 1 by default
    overtones : strength of each harmonic; the third one of a C is a G
    frame_s : length of the frames the recording is analysed with (4096 samples at 22,050 Hz): the score is blurred alike, else its
        onsets would seem late

    Returns
    -------
    (frames, 12) float32 for `features_from_chroma`, up to the end of the last note; notes decay over about a second

    Examples
    --------
    >>> score_chroma(np.array([0.0]), np.array([0.1]), np.array([60]), overtones=(1.0,)).argmax(axis=1)[:3]
    array([0, 0, 0])
    """
    starts, lengths = np.asarray(onset_s, dtype=np.float64), np.asarray(duration_s, dtype=np.float64)
    loud = np.ones(starts.shape) if velocity is None else np.asarray(velocity, dtype=np.float64)
    frames = 1 + int(np.ceil(float((starts + lengths).max(initial=0.0)) / hop_s))
    harmonics = np.rint(12 * np.log2(np.arange(1, len(overtones) + 1))).astype(np.int64)
    shape = np.zeros((12, 12))  # what one pitch class sounds like
    for pitch_class in range(12):
        np.add.at(shape[pitch_class], (pitch_class + harmonics) % 12, overtones)
    out = np.zeros((frames, 12), dtype=np.float32)
    for start, length, pitch, level in zip(starts, lengths, np.rint(midi).astype(np.int64), loud, strict=True):
        first, last = round(start / hop_s), max(round(start / hop_s) + 1, round((start + length) / hop_s))
        fade = level * np.exp(-np.arange(last - first) * hop_s)
        out[first:last] += (fade[:, None] * shape[pitch % 12])[: frames - first].astype(np.float32)
    reach = round(0.3 * frame_s / hop_s)  # a Hann window hears little at its ends: its middle 60 % count
    if reach > 0:
        window = np.hanning(2 * reach + 3)[1:-1]
        for column in out.T:
            column[:] = np.convolve(column, window / window.sum())[reach : reach + frames]
    return out


def decaying_onsets(chroma: FloatArray, *, hop_s: float, local_s: float = 1.0) -> Float32Array:
    """Mark the rises of each pitch class, normalise them locally and let each fade out (DLNCO).

    Parameters
    ----------
    chroma : (frames, 12) magnitudes, largest 1
    hop_s : seconds from one frame to the next
    local_s : the neighbourhood in which the strongest onset becomes 1

    Returns
    -------
    (frames, 12) float32 in [0, 1]
    """
    from scipy import ndimage

    out = np.zeros(chroma.shape, dtype=np.float32)
    if chroma.shape[0] < 3:
        return out
    rise = np.maximum(np.diff(log_compress(chroma, gamma=100.0), axis=0, prepend=0), 0.0)
    rise[0] = 0.0
    peaks = np.where(local_maxima(rise), rise, 0.0)
    strength = np.sqrt(np.square(peaks).sum(axis=1))
    local = ndimage.maximum_filter1d(strength, 2 * max(1, round(local_s / hop_s)) + 1)
    floor = 0.05 * float(strength.max())  # quiet noise has no onsets
    if floor <= 0:
        return out
    normalised = (peaks / np.maximum(local, floor)[:, None]).astype(np.float32)
    for step in range(min(_DECAY_FRAMES, chroma.shape[0])):
        fading = normalised[: chroma.shape[0] - step] * np.float32(np.sqrt(1 - step / _DECAY_FRAMES))
        np.maximum(out[step:], fading, out=out[step:])
    return out


def align_features(
    first: SyncFeatures, second: SyncFeatures, *, onset_weight: float = 1.0, steps: Steps = CLASSIC, radius_s: float = 1.5
) -> TimeMap:
    """Align two recordings by their features, of any length, in bounded memory.

    Parameters
    ----------
    first, second : of the same `hop_s`
    onset_weight : of the distance of onsets beside that of chroma
    steps : allowed moves
    radius_s : how far the finest level may leave what the coarser ones found

    Returns
    -------
    TimeMap from the first frame of both to the last of both
    """
    if abs(first.hop_s - second.hop_s) > 1e-3 * first.hop_s:
        raise ValueError(f"both sides need the same frame distance, not {first.hop_s} and {second.hop_s} s")
    path, total = warp_multiscale(
        [first.chroma, first.onsets],
        [second.chroma, second.onsets],
        weights=(1.0, onset_weight),
        metrics=("cosine", "euclidean"),
        steps=steps,
        radius=max(8, round(radius_s / first.hop_s)),
    )
    rows, columns = smooth_path(path)
    return TimeMap(first_s=rows * first.hop_s, second_s=columns * second.hop_s, cost=total / path.shape[0])


def align_recordings(
    first: FloatArray, second: FloatArray, *, rate_hz: float, hop_s: float = 0.02, onset_weight: float = 1.0, radius_s: float = 1.5
) -> TimeMap:
    """Align two recordings of one piece.

    Parameters
    ----------
    first, second : (n,), (m,) samples at the same rate
    rate_hz : sampling rate; 22,050 Hz is plenty
    hop_s, onset_weight, radius_s : see `sync_features` and `align_features`

    Examples
    --------
    >>> from hexachord.dsp.tones import sonify_notes
    >>> onset, midi = np.arange(8) * 0.5, np.array([60, 64, 67, 72, 71, 67, 62, 60])
    >>> one = sonify_notes(onset, np.full(8, 0.5), midi, rate_hz=11025)
    >>> other = sonify_notes(0.8 * onset, np.full(8, 0.4), midi, rate_hz=11025)
    >>> time_map = align_recordings(one, other, rate_hz=11025)
    >>> bool(np.abs(time_map.to_second(onset[1:]) - 0.8 * onset[1:]).max() < 0.05)
    True
    """
    features = [sync_features(signal, rate_hz=rate_hz, hop_s=hop_s) for signal in (first, second)]
    return align_features(features[0], features[1], onset_weight=onset_weight, radius_s=radius_s)


def smooth_path(path: IntArray, *, reach: int = 2) -> tuple[Float64Array, Float64Array]:
    """Turn a staircase of cells into a strictly rising curve: both coordinates averaged over neighbouring cells, the ends kept. FMP §3.3.1.

    Parameters
    ----------
    path : (length, 2) cells, ascending
    reach : cells averaged to either side

    Returns
    -------
    rows, columns : (points,) float64 each

    Examples
    --------
    >>> rows, columns = smooth_path(np.array([[0, 0], [1, 0], [2, 1], [2, 2], [3, 3]]), reach=1)
    >>> rows.round(2), columns.round(2)
    (array([0.  , 1.  , 1.67, 2.33, 3.  ]), array([0.  , 0.33, 1.  , 2.  , 3.  ]))
    """
    rows, columns = path[:, 0].astype(np.float64), path[:, 1].astype(np.float64)
    curves = np.stack([moving_mean(rows, before=reach, after=reach), moving_mean(columns, before=reach, after=reach)])
    curves[:, 0], curves[:, -1] = path[0], path[-1]
    keep = [0]
    for index in range(1, curves.shape[1] - 1):
        if (curves[:, index] > curves[:, keep[-1]] + 1e-9).all() and (curves[:, index] < curves[:, -1] - 1e-9).all():
            keep.append(index)
    if (curves[:, -1] > curves[:, keep[-1]]).all():
        keep.append(curves.shape[1] - 1)
    return np.asarray(curves[0, keep], dtype=np.float64), np.asarray(curves[1, keep], dtype=np.float64)


def tempo_curve_bpm(time_map: TimeMap, score_beat_s: FloatArray, *, span_beats: int = 4) -> Float64Array:
    """Read the tempo of a performance off a map from score time to performance time. FMP §3.3.2.

    Parameters
    ----------
    time_map : first = the score rendered at any tempo, second = the performance
    score_beat_s : (beats,) times of the beats on the score's axis
    span_beats : beats around each step that its tempo is taken over: 1 shows every nuance and every error of some hundredths of a second

    Returns
    -------
    (beats - 1,) beats per minute from each beat to the next

    Examples
    --------
    >>> half_as_fast = TimeMap(first_s=np.array([0.0, 10.0]), second_s=np.array([0.0, 20.0]), cost=0.0)
    >>> tempo_curve_bpm(half_as_fast, np.array([0.0, 0.5, 1.0]))
    array([60., 60.])
    """
    if span_beats < 1:
        raise ValueError(f"a tempo spans one beat or more, not {span_beats}")
    played_s = time_map.to_second(score_beat_s)
    step = np.arange(played_s.shape[0] - 1)
    first = np.maximum(0, step - (span_beats - 1) // 2)
    last = np.minimum(played_s.shape[0] - 1, step + 1 + span_beats // 2)
    return np.asarray(60.0 * (last - first) / np.maximum(played_s[last] - played_s[first], 1e-6))


def transposition(first: FloatArray, second: FloatArray) -> int:
    """Tell by how many semitones `second` lies above `first`: the shift that makes their mean chroma most alike. FMP §3.1.2.2.

    Parameters
    ----------
    first, second : (frames, 12) chromagrams

    Returns
    -------
    -5 ... 6

    Examples
    --------
    >>> chroma = np.random.default_rng(0).random((50, 12)) ** 4
    >>> transposition(chroma, np.roll(chroma, 3, axis=1))
    3
    """
    a, b = first.mean(axis=0), second.mean(axis=0)
    likeness = [float(np.roll(a, shift) @ b) for shift in range(12)]
    return (int(np.argmax(likeness)) + 5) % 12 - 5


def _carry(times_s: FloatArray | float, source: Float64Array, target: Float64Array) -> Float64Array:
    times = np.asarray(times_s, dtype=np.float64)
    inside = np.interp(times, source, target)
    return np.asarray(inside + np.minimum(times - source[0], 0.0) + np.maximum(times - source[-1], 0.0))
