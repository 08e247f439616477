"""Fingerprints of recordings: pairs of spectral peaks, and when they sound.

Peaks of a spectrogram survive coding, noise and equalisation; two of them and the time between make a number that is rare, and the same
recording gives the same numbers at times that differ by one constant. Wang, "An industrial-strength audio search algorithm", ISMIR 2003;
Müller, *Fundamentals of Music Processing* (FMP), §7.1. What is found is the same *recording* (copied, coded, cropped, softer, noisier), not
another performance of the same song, and not one that was sped up or transposed.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hexachord.arrays import Float32Array, FloatArray, IntArray
from hexachord.audio.model import resample
from hexachord.dsp.stft import power_blocks
from hexachord.retrieval.inverted import candidate_pairs
from hexachord.retrieval.landmarks import pair_peaks, thin_peaks

RATE_HZ = 8000
_N_FFT, _HOP = 1024, 256
HOP_S = _HOP / RATE_HZ
"""Unit of a fingerprint's times: 32 ms."""

_LOWEST_BIN, _HIGHEST_BIN = 12, 470  # 94 to 3672 Hz: below are mains and rumble, above what coders of speech cut away
_TILT_DB_PER_OCTAVE = 4.5  # music falls about so; without this every peak would be a bass note
_FLOOR_DB = -45.0  # below the signal's own mean (tilted), peaks are noise
_BLOCK_FRAMES = 2048


@dataclass(frozen=True, kw_only=True)
class FingerprintOptions:
    """How dense a fingerprint is, and when two are taken for one recording.

    The thresholds come from 60 songs rendered for training and pieces of 5 to 20 s of them, clean or with noise at 10 dB and coded at
    32 kbit/s: of 46,468 pairs of different songs none has more than 8 votes, and each vote more is 2.3 times as rare, so 14 votes leave
    less than one false alarm in the million pairs of 1,400 songs; 99 % of the pieces are still found. In long overlaps votes by chance
    grow with their length; there the score decides.

    Attributes
    ----------
    peaks_per_s : most peaks that are kept within a second
    fan_out : peaks after it that a peak is paired with, at most
    min_votes : landmarks that must agree in time, beyond three times as many as would on any offset (loops and drones repeat their numbers)
    min_score : part of the landmarks of the overlapping stretch that must agree
    """

    peaks_per_s: int = 12
    fan_out: int = 4
    min_votes: int = 14
    min_score: float = 0.02


DEFAULTS = FingerprintOptions()


@dataclass(frozen=True, kw_only=True, eq=False)
class Fingerprint:
    """Landmarks of a recording.

    Attributes
    ----------
    hashes : (n,) uint32, ascending: bin of the first peak, distance to the second in bins and in frames
    frames : (n,) int32, when the first peak sounds, in units of `HOP_S`
    length : frames of the recording
    """

    hashes: NDArray[np.uint32]
    frames: NDArray[np.int32]
    length: int

    def __len__(self) -> int:
        return len(self.hashes)


@dataclass(frozen=True, kw_only=True)
class Match:
    """How two recordings fit together.

    Attributes
    ----------
    votes : landmarks that agree on one offset
    score : votes over the landmarks that either has in the stretch where they overlap (the fewer of the two): 0 to 1
    offset_s : what is heard in the first at a time is heard in the second so much later
    overlap_s : how long the stretch is that both hold
    same : whether they are taken for one recording (both numbers above their thresholds)
    """

    votes: int
    score: float
    offset_s: float
    overlap_s: float
    same: bool


def fingerprint(signal: FloatArray, rate_hz: int, *, options: FingerprintOptions = DEFAULTS) -> Fingerprint:
    """Take the fingerprint of a recording.

    Parameters
    ----------
    signal : (n,) or (channels, n), any level; silence has no landmarks
    rate_hz : its sampling rate

    Returns
    -------
    Fingerprint of about 40 landmarks a second of music

    Raises
    ------
    ValueError : if the signal holds samples that are not numbers.

    Examples
    --------
    >>> noise = np.random.default_rng(0).standard_normal(80_000)
    >>> whole, piece = fingerprint(noise, 8000), fingerprint(0.1 * noise[16_000:48_000], 8000)
    >>> found = match(piece, whole)
    >>> found.same, round(found.offset_s, 1)
    (True, 2.0)
    """
    mono = np.asarray(signal, dtype=np.float32)
    mono = mono if mono.ndim == 1 else mono.mean(axis=0)
    if not np.isfinite(mono).all():
        raise ValueError("a fingerprint needs finite samples")
    mono = resample(mono, rate_hz, RATE_HZ) if len(mono) else mono
    frames, bins, levels = _peaks(mono)
    kept = thin_peaks(frames, levels, most=options.peaks_per_s, within=round(1 / HOP_S))
    hashes, times = pair_peaks(frames[kept], bins[kept], fan_out=options.fan_out)
    order = np.lexsort((times, hashes))
    return Fingerprint(hashes=hashes[order], frames=times[order], length=1 + len(mono) // _HOP)


def match(a: Fingerprint, b: Fingerprint, *, options: FingerprintOptions = DEFAULTS) -> Match:
    """Compare two fingerprints: find the offset on which most landmarks agree.

    Offsets one frame apart count together, since two recordings are not cut on the same grid.
    """
    mine, yours = _shared(a, b)
    if not len(mine):
        return Match(votes=0, score=0.0, offset_s=0.0, overlap_s=0.0, same=False)
    offsets = b.frames[yours].astype(np.int64) - a.frames[mine]
    low = int(offsets.min()) - 1
    histogram = np.bincount(offsets - low, minlength=int(offsets.max()) - low + 2)
    together = histogram[:-2] + histogram[1:-1] + histogram[2:]
    centre = int(np.argmax(together)) + 1
    near = np.abs(offsets - low - centre) <= 1
    offset = float(offsets[near].mean())
    votes = min(len(np.unique(mine[near])), len(np.unique(yours[near])))  # a landmark votes once, however often it is repeated
    begin, end = max(0.0, -offset), min(float(a.length), b.length - offset)
    in_a = int(np.count_nonzero((a.frames >= begin - 1) & (a.frames <= end + 1)))
    in_b = int(np.count_nonzero((b.frames >= begin + offset - 1) & (b.frames <= end + offset + 1)))
    score = votes / max(min(in_a, in_b), 1)
    chance = 3 * len(mine) / (a.length + b.length)  # votes for three frames of offset, were all dealt out evenly
    return Match(
        votes=votes,
        score=score,
        offset_s=offset * HOP_S,
        overlap_s=max(0.0, end - begin) * HOP_S,
        same=bool(votes >= options.min_votes + 3 * chance and score >= options.min_score),
    )


def near_duplicates(prints: Sequence[Fingerprint], *, options: FingerprintOptions = DEFAULTS) -> list[tuple[int, int, Match]]:
    """Find the pairs of a collection that are the same recording, by an inverted index.

    Every landmark of every recording goes into one table sorted by its number; equal numbers of two recordings vote for their offset; pairs
    with a few votes on one offset are compared in full. In large collections a part of the numbers, the same one everywhere, is enough to
    find the pairs to compare.

    Returns
    -------
    (number of the first, of the second, how they match) for each pair that is the same recording, in ascending order
    """
    found = []
    for first, second in candidate_pairs([(one.hashes, one.frames) for one in prints]):
        result = match(prints[first], prints[second], options=options)
        if result.same:
            found.append((first, second, result))
    return found


def _shared(a: Fingerprint, b: Fingerprint) -> tuple[IntArray, IntArray]:
    """Give the indices of every pair of landmarks with the same number."""
    left = np.searchsorted(b.hashes, a.hashes, side="left")
    count = np.searchsorted(b.hashes, a.hashes, side="right") - left
    mine = np.repeat(np.arange(len(a.hashes)), count)
    within = np.arange(len(mine)) - np.repeat(np.cumsum(count) - count, count)
    return mine, np.repeat(left, count) + within


def _peaks(mono: Float32Array) -> tuple[IntArray, IntArray, FloatArray]:
    """Find the peaks of the spectrogram: frame, bin and level (dB over the signal's mean, tilted) of each, in order of time."""
    from scipy import ndimage

    power = float(np.mean(np.square(mono, dtype=np.float64))) if len(mono) else 0.0
    if power <= 1e-12:  # -120 dBFS: what a silent file may be dithered with
        return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0)
    tilt = _TILT_DB_PER_OCTAVE * np.log2(np.arange(_LOWEST_BIN, _HIGHEST_BIN) * RATE_HZ / _N_FFT / 1000.0)
    reference = 10 * np.log10(power * _N_FFT)
    reach_t, reach_f = 5, 10  # frames and bins: nothing higher within 160 ms and 78 Hz
    frames = 1 + len(mono) // _HOP
    found: list[tuple[IntArray, IntArray, FloatArray]] = []
    for first in range(0, frames, _BLOCK_FRAMES):
        begin, end = max(0, first - reach_t), min(frames, first + _BLOCK_FRAMES + reach_t)
        rows = [block[:, _LOWEST_BIN:_HIGHEST_BIN].copy() for _, block in power_blocks(mono, n_fft=_N_FFT, hop=_HOP, first=begin, last=end)]
        level = 10 * np.log10(np.concatenate(rows) + 1e-20) - reference + tilt
        top = ndimage.maximum_filter(level, size=(2 * reach_t + 1, 2 * reach_f + 1), mode="nearest")
        where_t, where_f = np.nonzero((level >= top) & (level > _FLOOR_DB))
        inside = (where_t + begin >= first) & (where_t + begin < first + _BLOCK_FRAMES)
        where_t, where_f = where_t[inside], where_f[inside]
        found.append((where_t + begin, where_f + _LOWEST_BIN, level[where_t, where_f]))
    times, bins, levels = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return times, bins, levels
