"""Novelty curves: how much new energy, spectrum or phase each frame brings, and the onsets that their peaks mark.

A note's start shows as a rise of energy, a change of spectrum, or a break in the steady advance of the phases. Every function here
turns frames into one non-negative number per frame, at the frame's own time. Müller, *Fundamentals of Music Processing* (FMP), §6.1;
Bello et al., "A tutorial on onset detection in music signals", 2005; Böck & Widmer, "Maximum filter vibrato suppression for onset
detection" (SuperFlux), DAFx 2013.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from hexachord.arrays import ComplexArray, Float32Array, FloatArray
from hexachord.dsp.frames import frame_blocks, frame_count
from hexachord.dsp.peaks import moving_mean, moving_median, pick_peaks, refine_peaks

_BLOCK_FRAMES = 1024  # spectra are walked in blocks, so that temporaries stay in cache and memory stays bounded


@dataclass(frozen=True, kw_only=True)
class OnsetOptions:
    """How eager the picker is. Times in seconds, `threshold` in units of the curve after division by its 99th percentile."""

    pre_max_s: float = 0.03
    post_max_s: float = 0.03
    pre_mean_s: float = 0.10
    post_mean_s: float = 0.10
    threshold: float = 0.07
    refractory_s: float = 0.03  # below this, two attacks fuse to one for a listener


@dataclass(frozen=True, kw_only=True)
class Onsets:
    """Onset times in ascending order and the height of the novelty curve there (1 = as high as the curve's 99th percentile)."""

    time_s: FloatArray
    strength: FloatArray


def onset_strength(log_mel: FloatArray, *, lag: int = 1, band_max: int = 1, shift_frames: int = 2) -> Float32Array:
    """Measure the mean rise of a log-mel spectrogram: the workhorse novelty curve for rhythm.

    Parameters
    ----------
    log_mel : (frames, bands) in decibels
    lag : frames between the two spectra that are compared
    band_max : compare with the maximum over this many neighbouring bands (odd; 1 = plain flux, 3 = SuperFlux)
    shift_frames : move the curve later by this much. A centred frame feels an attack half a frame before the attack is at its
        centre; `n_fft // (2 * hop)` (2 for the usual 2048 and 512) puts the peak back on it.

    Returns
    -------
    (frames,) float32, non-negative, 0 where there is nothing to compare with. With 128 bands up to half the rate this is
    librosa 0.11's `onset_strength`.

    Examples
    --------
    >>> spectrogram = np.zeros((6, 4)); spectrogram[3:] = 10.0
    >>> onset_strength(spectrogram, shift_frames=0)
    array([ 0.,  0.,  0., 10.,  0.,  0.], dtype=float32)
    """
    _check_matrix(log_mel)
    flux = _rectified_flux(log_mel, lag=lag, band_max=band_max) / max(1, log_mel.shape[1])
    return _shifted(flux, shift_frames)


def superflux(magnitude: FloatArray, *, rate_hz: float, n_fft: int, lag: int = 1, band_max: int = 3, shift_frames: int = 0) -> Float32Array:
    """Measure spectral flux on a quarter-tone log spectrogram, deaf to vibrato.

    Each band is compared with the loudest of its neighbourhood `lag` frames earlier, so that a partial that merely glides to the next
    band counts as nothing new. Böck & Widmer 2013; they use 200 frames a second, frames of 2048 and `band_max` 3.

    Parameters
    ----------
    magnitude : (frames, n_fft // 2 + 1) magnitude spectrogram
    rate_hz, n_fft : of that spectrogram
    lag, band_max, shift_frames : see `onset_strength`; the paper's lag is half the distance at which the window has fallen to 50 %

    Returns
    -------
    (frames,) float32, summed over bands
    """
    _check_matrix(magnitude)
    filters = log_filterbank(rate_hz=rate_hz, n_fft=n_fft)
    bands = np.empty((magnitude.shape[0], filters.shape[1]), dtype=np.float32)
    for first in range(0, magnitude.shape[0], _BLOCK_FRAMES):
        block = slice(first, first + _BLOCK_FRAMES)
        np.log1p(magnitude[block].astype(np.float32, copy=False) @ filters, out=bands[block])
    return _shifted(_rectified_flux(bands, lag=lag, band_max=band_max) / np.log(10), shift_frames)


@lru_cache(maxsize=8)
def log_filterbank(
    *, rate_hz: float, n_fft: int, bands_per_octave: int = 24, lowest_hz: float = 30.0, highest_hz: float = 17000.0
) -> Float32Array:
    """Build triangular filters of height 1 whose centres are equally spaced in pitch.

    Low down, where several centres fall on one FFT bin, one filter remains of them.

    Returns
    -------
    (n_fft // 2 + 1, bands) float32, read-only
    """
    steps = np.arange(-bands_per_octave * 10, bands_per_octave * 10)
    centres_hz = 440.0 * 2.0 ** (steps / bands_per_octave)
    centres_hz = centres_hz[(centres_hz >= lowest_hz) & (centres_hz <= min(highest_hz, rate_hz / 2))]
    bins = np.unique(np.minimum(np.rint(centres_hz * n_fft / rate_hz).astype(np.int64), n_fft // 2))
    if bins.size < 3:
        raise ValueError(f"no room for log-spaced bands: n_fft {n_fft} at {rate_hz} Hz")
    grid = np.arange(n_fft // 2 + 1)[:, None]
    left, centre, right = bins[:-2], bins[1:-1], bins[2:]
    rise, fall = (grid - left) / (centre - left), (right - grid) / (right - centre)
    filters: Float32Array = np.maximum(0.0, np.minimum(rise, fall)).astype(np.float32)
    filters.setflags(write=False)
    return filters


def energy_novelty(signal: FloatArray, *, frame_length: int = 2048, hop: int = 512, compression: float = 10.0) -> Float32Array:
    """Measure the rise of the (compressed) local energy. FMP §6.1.1.

    Parameters
    ----------
    signal : (n,) samples
    frame_length, hop : of the centred, Hann-windowed frames, in samples
    compression : gamma of `log(1 + gamma * energy)`; 0 turns compression off

    Returns
    -------
    (1 + n // hop,) float32
    """
    window = np.hanning(frame_length + 1)[:-1].astype(np.float32) ** 2
    energy = np.zeros(frame_count(signal.shape[0], frame_length=frame_length, hop=hop))
    for first, frames in frame_blocks(signal, frame_length=frame_length, hop=hop):
        energy[first : first + frames.shape[0]] = np.einsum("ij,ij,j->i", frames, frames, window, optimize=False)
    if compression > 0:
        energy = np.log1p(compression * energy)
    return _rises(energy)


def spectral_novelty(magnitude: FloatArray, *, compression: float = 100.0) -> Float32Array:
    """Sum the rises of the compressed magnitudes over all bins: spectral flux. FMP §6.1.2.

    Parameters
    ----------
    magnitude : (frames, bins) magnitudes; divide by their maximum first if recordings of different level should compare
    compression : gamma of `log(1 + gamma * magnitude)`

    Returns
    -------
    (frames,) float32; the first frame is 0

    Examples
    --------
    >>> magnitude = np.zeros((5, 3)); magnitude[2:] = 1.0
    >>> spectral_novelty(magnitude, compression=np.e - 1)
    array([0., 0., 3., 0., 0.], dtype=float32)
    """
    _check_matrix(magnitude)
    out = np.zeros(magnitude.shape[0], dtype=np.float32)
    for first in range(0, magnitude.shape[0], _BLOCK_FRAMES):
        block = np.log1p(compression * magnitude[max(0, first - 1) : first + _BLOCK_FRAMES])
        rises = np.maximum(block[1:] - block[:-1], 0.0).sum(axis=1)
        out[max(1, first) : max(1, first) + rises.shape[0]] = rises
    return out


def phase_novelty(spectrum: ComplexArray) -> Float32Array:
    """Sum, over all bins, how far the phase is from where its steady advance would have brought it. FMP §6.1.3.

    Parameters
    ----------
    spectrum : (frames, bins) complex STFT

    Returns
    -------
    (frames,) float32 in turns (one turn = 2 pi), at most bins / 2; the first two frames are 0
    """
    _check_matrix(spectrum)
    out = np.zeros(spectrum.shape[0], dtype=np.float32)
    for first, block in _overlapping(spectrum):
        turns = np.angle(block) / (2 * np.pi)
        bend = turns[2:] - 2 * turns[1:-1] + turns[:-2]
        out[first : first + bend.shape[0]] = np.abs(bend - np.rint(bend)).sum(axis=1)
    return out


def complex_novelty(spectrum: ComplexArray, *, compression: float = 0.0) -> Float32Array:
    """Sum the distance of each bin from its prediction (same magnitude, phase advanced), where the magnitude rose. FMP §6.1.4.

    Parameters
    ----------
    spectrum : (frames, bins) complex STFT
    compression : gamma of `log(1 + gamma * magnitude)`; 0 turns compression off

    Returns
    -------
    (frames,) float32; the first two frames are 0. A steady sinusoid gives nothing.
    """
    _check_matrix(spectrum)
    out = np.zeros(spectrum.shape[0], dtype=np.float32)
    for first, block in _overlapping(spectrum):
        size = np.abs(block)
        direction = np.where(size > 0, block / np.where(size > 0, size, 1), 1)
        if compression > 0:
            size = np.log1p(compression * size)
        expected = size[1:-1] * direction[1:-1] ** 2 * np.conj(direction[:-2])
        surprise = np.abs(size[2:] * direction[2:] - expected)
        out[first : first + surprise.shape[0]] = np.where(size[2:] > size[1:-1], surprise, 0.0).sum(axis=1)
    return out


def subtract_local_mean(novelty: FloatArray, *, frames: int) -> Float32Array:
    """Take away the mean over `frames` frames to either side and keep what stands out. FMP §6.1.2.

    Examples
    --------
    >>> subtract_local_mean(np.array([1.0, 1.0, 4.0, 1.0, 1.0]), frames=1)
    array([0., 0., 2., 0., 0.], dtype=float32)
    """
    raised = novelty - moving_mean(novelty, before=frames, after=frames)
    return np.maximum(raised, 0.0).astype(np.float32)


def novelty_to_activation(novelty: FloatArray, *, hop_s: float, reach_s: float = 4.0, median_s: float = 1.0) -> Float32Array:
    """Bring a novelty curve to [0, 1], each passage in proportion to its own strong onsets.

    A beat decoder wants "how likely is a beat here"; a novelty curve answers "how much is new". The local median is taken away, and
    the rest divided by a smoothed local maximum, so that a quiet verse counts like a loud chorus. Silence stays 0.

    Parameters
    ----------
    novelty : (frames,) non-negative curve
    hop_s : seconds from one frame to the next
    reach_s : how far to either side the strongest onset is looked for
    median_s : length of the window of the moving median

    Returns
    -------
    (frames,) float32 in [0, 1]
    """
    from scipy import ndimage

    if novelty.shape[0] == 0:
        return np.zeros(0, dtype=np.float32)
    half = max(1, round(median_s / hop_s / 2))
    raised = np.maximum(np.asarray(novelty, dtype=np.float64) - moving_median(novelty, before=half, after=half), 0.0)
    reach = max(1, round(reach_s / hop_s))
    local = ndimage.uniform_filter1d(ndimage.maximum_filter1d(raised, 2 * reach + 1), 2 * reach + 1)
    floor = 0.05 * float(raised.max())  # hiss between two songs is not music
    if floor <= 0:
        return np.zeros(novelty.shape[0], dtype=np.float32)
    activation: Float32Array = np.clip(raised / np.maximum(local, floor), 0.0, 1.0).astype(np.float32)
    return activation


def pick_onsets(novelty: FloatArray, *, hop_s: float, options: OnsetOptions = OnsetOptions()) -> Onsets:
    """Pick onset times from a novelty curve.

    Parameters
    ----------
    novelty : (frames,) non-negative curve
    hop_s : seconds from one frame to the next

    Returns
    -------
    Onsets with `time_s` refined between frames by a parabola

    Raises
    ------
    ValueError : if `novelty` is not one-dimensional or holds NaN.

    Examples
    --------
    >>> curve = np.zeros(100); curve[[20, 60]] = 1.0
    >>> pick_onsets(curve, hop_s=0.01).time_s
    array([0.2, 0.6])
    """
    if novelty.ndim != 1:
        raise ValueError(f"expected a novelty curve of shape (frames,), not {novelty.shape}")
    if not np.isfinite(novelty).all():
        raise ValueError("a novelty curve holds finite numbers only")
    nothing = Onsets(time_s=np.empty(0), strength=np.empty(0))
    raised = novelty[novelty > 0]
    if raised.size == 0:
        return nothing
    scaled = np.asarray(novelty, dtype=np.float64) / float(np.percentile(raised, 99))

    def frames(seconds: float) -> int:
        return max(1, round(seconds / hop_s))

    peaks = pick_peaks(
        scaled,
        pre_max=frames(options.pre_max_s),
        post_max=frames(options.post_max_s),
        pre_mean=frames(options.pre_mean_s),
        post_mean=frames(options.post_mean_s),
        offset=options.threshold,
        refractory=frames(options.refractory_s),
    )
    if peaks.size == 0:
        return nothing
    position, height = refine_peaks(scaled, peaks)
    return Onsets(time_s=position * hop_s, strength=height)


def _rectified_flux(bands: FloatArray, *, lag: int, band_max: int) -> Float32Array:
    """Sum over bands of the rise against the band-wise maximum `lag` frames earlier; 0 in the first `lag` frames."""
    if lag < 1 or band_max < 1 or band_max % 2 == 0:
        raise ValueError(f"lag must be positive and band_max odd, not {lag} and {band_max}")
    frames, width = bands.shape
    out = np.zeros(frames, dtype=np.float32)
    reach = min(band_max // 2, width - 1)
    for first in range(lag, frames, _BLOCK_FRAMES):
        last = min(first + _BLOCK_FRAMES, frames)
        before = bands[first - lag : last - lag]
        if reach:
            before = before.copy()
            for step in range(1, reach + 1):
                shifted = bands[first - lag : last - lag]
                np.maximum(before[:, step:], shifted[:, :-step], out=before[:, step:])
                np.maximum(before[:, :-step], shifted[:, step:], out=before[:, :-step])
        rise = bands[first:last] - before
        np.maximum(rise, 0.0, out=rise)
        out[first:last] = rise.sum(axis=1)
    return out


def _rises(curve: FloatArray) -> Float32Array:
    out = np.zeros(curve.shape[0], dtype=np.float32)
    out[1:] = np.maximum(np.diff(curve), 0.0)
    return out


def _shifted(curve: FloatArray, frames: int) -> Float32Array:
    if frames < 0:
        raise ValueError(f"shift_frames must be 0 or more, not {frames}")
    out = np.zeros(curve.shape[0], dtype=np.float32)
    out[frames:] = curve[: max(0, curve.shape[0] - frames)]
    return out


def _overlapping(spectrum: ComplexArray) -> list[tuple[int, ComplexArray]]:
    """Views of the spectrum in blocks that bring their two predecessors along, with the number of the first new frame."""
    frames = spectrum.shape[0]
    return [(first, spectrum[first - 2 : first + _BLOCK_FRAMES]) for first in range(2, frames, _BLOCK_FRAMES)]


def _check_matrix(matrix: FloatArray | ComplexArray) -> None:
    if matrix.ndim != 2:
        raise ValueError(f"expected a matrix of shape (frames, bins), not {matrix.shape}")
