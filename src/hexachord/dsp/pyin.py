"""pYIN: YIN with every threshold at once, and a path through its candidates.

Instead of one threshold there is a distribution over thresholds; each gives a candidate period, so every frame has several candidates
with probabilities. A hidden Markov model then finds the smoothest likely path and says where there is no pitch at all. Mauch & Dixon,
"pYIN: a fundamental frequency estimator using probabilistic threshold distributions", ICASSP 2014.
"""

from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from hexachord.arrays import BoolArray, Float64Array, FloatArray, IntArray
from hexachord.dsp.frames import frame_count
from hexachord.dsp.viterbi import viterbi_local
from hexachord.dsp.yin import YinFrame, difference_blocks, refined_lag, troughs

_THRESHOLDS = 100
_LOG_NOTHING = float(np.log(np.finfo(np.float64).tiny))  # "impossible", but less so than no path at all


@dataclass(frozen=True, kw_only=True)
class PyinOptions:
    """The prior beliefs of pYIN; the defaults are the paper's.

    Attributes
    ----------
    frame : frames and pitch range
    beta : shape of the distribution of thresholds on [0, 1]; its mean is 0.1
    trough_decay : how much a short period is preferred to its multiples, per trough
    no_trough_probability : belief in the deepest trough where none is below the threshold
    bins_per_semitone : resolution of the path
    octaves_per_s : fastest glide
    switch_probability : of turning voiced or unvoiced, per frame
    """

    frame: YinFrame = field(default_factory=YinFrame)
    beta: tuple[float, float] = (2.0, 18.0)
    trough_decay: float = 2.0
    no_trough_probability: float = 0.01
    bins_per_semitone: int = 10
    octaves_per_s: float = 35.92
    switch_probability: float = 0.01


@dataclass(frozen=True, kw_only=True)
class PitchTrack:
    """A fundamental frequency for every frame; frame `i` is at `i * hop_s` seconds.

    Attributes
    ----------
    f0_hz : (frames,) the path's pitch, also where it is unvoiced (a guess there: read it with `voiced`)
    voiced : (frames,) whether the path thinks there is a pitch
    probability : (frames,) of being voiced, from the frame alone
    """

    f0_hz: FloatArray
    voiced: BoolArray
    probability: FloatArray
    hop_s: float


def pyin(signal: FloatArray, *, rate_hz: float, options: PyinOptions = PyinOptions()) -> PitchTrack:
    """Track the pitch of one voice.

    Parameters
    ----------
    signal : (n,) samples of a monophonic sound
    rate_hz : sampling rate; 22,050 is plenty
    options : see `PyinOptions`

    Returns
    -------
    PitchTrack. Memory is bounded: a two-hour signal needs little more than its candidates.

    Examples
    --------
    >>> tone = np.sin(2 * np.pi * 220 * np.arange(22050) / 22050).astype(np.float32)
    >>> track = pyin(np.concatenate([np.zeros(8192, np.float32), tone]), rate_hz=22050)
    >>> bool(track.voiced[3]), bool(track.voiced[40]), round(float(track.f0_hz[40]), 1)
    (False, True, 220.0)
    """
    frame = options.frame
    frames = frame_count(signal.shape[0], frame_length=frame.frame_length, hop=frame.hop)
    bins_per_octave = 12 * options.bins_per_semitone
    pitches = int(bins_per_octave * np.log2(frame.highest_hz / frame.lowest_hz)) + 1
    at, pitch, weight = _candidates(signal, rate_hz=rate_hz, options=options, pitches=pitches)
    voicing: Float64Array = np.clip(np.bincount(at, weights=weight, minlength=frames), 0.0, 1.0)
    edges = np.searchsorted(at, np.arange(frames + 1))

    def observe(first: int, last: int) -> Float64Array:
        seen = np.zeros((last - first, 2, pitches))
        some = slice(edges[first], edges[last])
        seen[at[some] - first, 0, pitch[some]] = weight[some]
        seen[:, 1, :] = ((1.0 - voicing[first:last]) / pitches)[:, None]
        seen += np.finfo(np.float64).tiny
        return np.log(seen, out=seen)

    # the kernel is a triangle that falls to 0 just out of reach
    reach = round(options.octaves_per_s * 12 * frame.hop / rate_hz) * options.bins_per_semitone // 2
    triangle = 1.0 - np.abs(np.arange(-reach, reach + 1)) / (reach + 1)
    stay, switch = np.log(1 - options.switch_probability), np.log(options.switch_probability)
    group, place, _ = viterbi_local(
        observe,
        frames,
        log_kernel=np.log(triangle),
        log_switch=np.array([[stay, switch], [switch, stay]]),
        log_initial=np.full((2, pitches), -np.log(2 * pitches)),
        log_jump=_LOG_NOTHING,
    )
    return PitchTrack(
        f0_hz=frame.lowest_hz * 2.0 ** (place / bins_per_octave), voiced=group == 0, probability=voicing, hop_s=frame.hop / rate_hz
    )


def _candidates(signal: FloatArray, *, rate_hz: float, options: PyinOptions, pitches: int) -> tuple[IntArray, IntArray, Float64Array]:
    """Frame, pitch bin and probability of every candidate, sorted by frame, one per frame and bin."""
    shortest, _ = options.frame.lags(rate_hz)
    found: list[tuple[IntArray, IntArray, Float64Array]] = []
    for first, difference in difference_blocks(signal, rate_hz=rate_hz, frame=options.frame):
        row, column = np.nonzero(troughs(difference))
        if row.size == 0:
            continue
        probability = _trough_probabilities(row, difference[row, column].astype(np.float64), options)
        likely = probability > 0
        row, column = row[likely], column[likely]
        f0_hz = rate_hz / (shortest + refined_lag(difference, row, column))
        pitch = np.rint(12 * options.bins_per_semitone * np.log2(f0_hz / options.frame.lowest_hz)).astype(np.int64)
        inside = pitch < pitches
        found.append((row[inside] + first, np.maximum(pitch[inside], 0), probability[likely][inside]))
    if not found:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64), np.empty(0)
    at, pitch, weight = (np.concatenate(parts) for parts in zip(*found, strict=True))
    # troughs come by rising lag; where two fall into one bin (high up, lags are coarser than bins), the later one stays
    keep = np.ones(at.size, dtype=np.bool_)
    keep[:-1] = (at[1:] != at[:-1]) | (pitch[1:] != pitch[:-1])
    return at[keep], pitch[keep], weight[keep]


def _trough_probabilities(row: IntArray, height: Float64Array, options: PyinOptions) -> Float64Array:
    """Probability that each trough is the period, over all thresholds; `row` (the frame) ascends."""
    mass = _threshold_mass(*options.beta)
    thresholds = np.linspace(0, 1, _THRESHOLDS + 1)[1:]
    first_above = np.searchsorted(thresholds, height, side="right")  # the first threshold that this trough is below
    starts = np.flatnonzero(np.concatenate([[True], row[1:] != row[:-1]]))
    frame_of = np.repeat(np.arange(starts.size), np.diff(np.append(starts, row.size)))
    below = first_above[:, None] <= np.arange(_THRESHOLDS)
    order = np.cumsum(below, axis=0, dtype=np.int32)
    before = np.where(starts[:, None] > 0, order[starts - 1], 0)
    total = np.diff(np.concatenate([before, order[-1:]]), axis=0)
    rank = order - before[frame_of] - 1
    # a truncated geometric ("Boltzmann") distribution over the troughs below the threshold, by rising lag
    decay = options.trough_decay
    most = int(total.max()) + 1
    norm = (1 - np.exp(-decay)) / (1 - np.exp(-decay * np.maximum(np.arange(most), 1)))
    prior = np.exp(-decay * np.arange(most))[np.maximum(rank, 0)] * norm[total][frame_of]
    probability: Float64Array = (prior * below) @ mass
    deepest = _first_minimum_per_frame(height, starts, frame_of)
    missed = np.concatenate([[0.0], np.cumsum(mass)])[first_above[deepest]]
    probability[deepest] += options.no_trough_probability * missed
    return probability


def _first_minimum_per_frame(height: Float64Array, starts: IntArray, frame_of: IntArray) -> IntArray:
    lowest = np.minimum.reduceat(height, starts)
    at_lowest = np.flatnonzero(height == lowest[frame_of])
    _, first = np.unique(frame_of[at_lowest], return_index=True)
    chosen: IntArray = at_lowest[first]
    return chosen


@lru_cache(maxsize=8)
def _threshold_mass(a: float, b: float) -> Float64Array:
    """Mass of the beta distribution between successive thresholds."""
    from scipy.special import betainc

    mass: Float64Array = np.diff(betainc(a, b, np.linspace(0, 1, _THRESHOLDS + 1)))
    mass.setflags(write=False)
    return mass
