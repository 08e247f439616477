"""Tempograms: which pulse rates a novelty curve holds, moment by moment.

Two ways to ask, with opposite habits. The *Fourier* tempogram compares the curve with sinusoids and answers with tempo harmonics (a
pulse at 120 also shows at 240); the *autocorrelation* tempogram compares the curve with itself and answers with subharmonics (60, 40).
What both agree on is the tempo. Folding octaves gives the *cyclic* tempogram; `hexachord.dsp.pulse` lays the best sinusoids over each
other. Müller, *Fundamentals of Music Processing* (FMP), §6.2.
"""

from dataclasses import dataclass

import numpy as np

from hexachord.arrays import Float32Array, FloatArray, IntArray
from hexachord.dsp.peaks import local_maxima, refine_peaks

DEFAULT_BPM = np.arange(30.0, 301.0)  # FMP's range, wide enough for half and double of every sensible tempo
METRICAL_FACTORS = (4, 8 / 3, 3, 2, 4 / 3, 3 / 2, 1, 2 / 3, 3 / 4, 1 / 2, 1 / 3, 3 / 8, 1 / 4)  # sixteenths, triplets ... whole notes


@dataclass(frozen=True, kw_only=True)
class Tempogram:
    """A matrix (frames, tempi) with its two axes.

    `pulse` is complex for the Fourier kind (its phase says where the pulse falls), real for the others.
    """

    pulse: np.ndarray
    bpm: FloatArray
    hop_s: float

    @property
    def magnitude(self) -> FloatArray:
        """Strength of each tempo, (frames, tempi)."""
        strength: FloatArray = np.abs(self.pulse)
        return strength


def fourier_tempogram(
    novelty: FloatArray, *, hop_s: float, bpm: FloatArray = DEFAULT_BPM, window_s: float = 6.0, every: int = 1
) -> Tempogram:
    """Compare a novelty curve with windowed sinusoids of the given tempi. FMP §6.2.2.

    One FFT convolution per tempo, whatever the tempi are: no frames are cut.

    Parameters
    ----------
    novelty : (frames,) curve
    hop_s : seconds from one frame to the next
    bpm : (tempi,) beats per minute, in any order and spacing
    window_s : length of the Hann window; longer is sharper in tempo and blunter in time
    every : keep every n-th frame only

    Returns
    -------
    Tempogram with complex64 `pulse`: a curve of 1 + cos(2 pi bpm t / 60) has magnitude 0.5 at that tempo, and at a frame on a beat
    the phase is 0.

    Examples
    --------
    >>> t = np.arange(1000) * 0.01
    >>> result = fourier_tempogram(1 + np.cos(2 * np.pi * 2 * t), hop_s=0.01)
    >>> float(result.bpm[result.magnitude[500].argmax()]), round(float(result.magnitude[500].max()), 2)
    (120.0, 0.5)
    """
    from scipy import fft

    _check_curve(novelty)
    frames = novelty.shape[0]
    tempi = np.asarray(bpm, dtype=np.float64)
    half = max(1, round(window_s / hop_s / 2))
    window = _hann(half)
    size = fft.next_fast_len(frames + 2 * half, real=False)
    window_spectrum = fft.fft(window.astype(np.float32), size)
    time_s = np.arange(frames) * hop_s
    curve = np.asarray(novelty, dtype=np.float32)
    pulse = np.empty((-(-frames // every), tempi.shape[0]), dtype=np.complex64)
    step = max(1, 2_000_000 // size)  # a batch of tempi at a time keeps the buffers near 16 MB each
    for first in range(0, tempi.shape[0], step):
        batch = slice(first, first + step)
        carrier = np.exp(-2j * np.pi * np.outer(tempi[batch] / 60.0, time_s))
        spectrum = fft.fft(curve * carrier.astype(np.complex64), size, axis=1, overwrite_x=True)
        spectrum *= window_spectrum
        local = fft.ifft(spectrum, axis=1, overwrite_x=True)[:, half : half + frames : every]
        pulse[:, batch] = (local * carrier[:, ::every].conj()).T
    return Tempogram(pulse=pulse / np.float32(window.sum()), bpm=tempi, hop_s=hop_s * every)


def autocorrelation_tempogram(novelty: FloatArray, *, window_frames: int = 384, every: int = 1, normalise: bool = True) -> Float32Array:
    """Autocorrelate a novelty curve in a window that slides over it. FMP §6.2.3.

    Parameters
    ----------
    novelty : (frames,) curve
    window_frames : length of the Hann window, and number of lags
    every : keep every n-th frame only
    normalise : divide each frame by its maximum (lag 0), so that 1 means "repeats itself exactly"

    Returns
    -------
    (frames // every, window_frames) float32; column `k` is a lag of `k` frames, that is a tempo of `60 / (k * hop_s)` BPM.
    With the defaults this is librosa 0.11's `tempogram`.
    """
    from scipy import fft

    _check_curve(novelty)
    frames, half = novelty.shape[0], window_frames // 2
    if frames == 0:
        return np.zeros((0, window_frames), dtype=np.float32)
    padded = np.pad(np.asarray(novelty, dtype=np.float32), half, mode="linear_ramp", end_values=0)
    window = _periodic_hann(window_frames)
    views = np.lib.stride_tricks.sliding_window_view(padded, window_frames)[:frames:every]
    size = fft.next_fast_len(2 * window_frames - 1, real=True)
    out = np.empty((views.shape[0], window_frames), dtype=np.float32)
    for first in range(0, views.shape[0], 512):
        spectrum = fft.rfft(views[first : first + 512] * window, size, axis=1)
        power = spectrum.real**2 + spectrum.imag**2
        out[first : first + 512] = fft.irfft(power, size, axis=1, overwrite_x=True)[:, :window_frames]
    if normalise:
        top = np.abs(out).max(axis=1, keepdims=True)
        out /= np.where(top > np.finfo(np.float32).tiny, top, 1)
    return out


def lags_to_tempi(lag_tempogram: FloatArray, *, hop_s: float, bpm: FloatArray = DEFAULT_BPM) -> Tempogram:
    """Resample the lag axis of an autocorrelation tempogram to a tempo axis. FMP §6.2.3.

    Parameters
    ----------
    lag_tempogram : (frames, lags), see `autocorrelation_tempogram`
    hop_s : seconds per lag (the frame distance of the novelty curve; keep `every` at 1, or set the result's time axis yourself)
    bpm : (tempi,) each must have its lag inside the matrix

    Returns
    -------
    Tempogram with float32 `pulse`, linearly interpolated between lags
    """
    tempi = np.asarray(bpm, dtype=np.float64)
    lag = 60.0 / (tempi * hop_s)
    if lag.size and lag.max() > lag_tempogram.shape[1] - 1:
        slowest = 60.0 / ((lag_tempogram.shape[1] - 1) * hop_s)
        raise ValueError(f"{tempi.min():.1f} BPM needs longer lags than the {lag_tempogram.shape[1]} given; the slowest is {slowest:.1f}")
    left = np.minimum(lag.astype(np.int64), lag_tempogram.shape[1] - 2)
    weight = (lag - left).astype(np.float32)
    pulse = lag_tempogram[:, left] * (1 - weight) + lag_tempogram[:, left + 1] * weight
    return Tempogram(pulse=pulse, bpm=tempi, hop_s=hop_s)


def cyclic_tempogram(tempogram: Tempogram, *, bins: int = 60, reference_bpm: float = 60.0) -> FloatArray:
    """Fold tempi that differ by octaves onto one: robust against "twice as fast". FMP §6.2.4.

    Parameters
    ----------
    tempogram : its tempi should span whole octaves (30 to 240, say), else some classes count more often
    bins : classes per tempo octave
    reference_bpm : tempo of class 0

    Returns
    -------
    (frames, bins) mean of the octave-related tempi; class `c` is `reference_bpm * 2 ** (c / bins)` up to octaves
    """
    magnitude, tempi = tempogram.magnitude, tempogram.bpm
    order = np.argsort(tempi)
    octave = np.log2(tempi[order] / reference_bpm)
    lowest, highest = int(np.floor(octave[0])), int(np.ceil(octave[-1]))
    folded = np.zeros((magnitude.shape[0], bins))
    count = np.zeros(bins)
    for level in range(lowest, highest + 1):
        wanted = level + np.arange(bins) / bins
        inside = (wanted >= octave[0] - 1e-9) & (wanted <= octave[-1] + 1e-9)
        right = np.clip(np.searchsorted(octave, wanted[inside]), 1, octave.size - 1)
        weight = np.clip((wanted[inside] - octave[right - 1]) / (octave[right] - octave[right - 1]), 0, 1)
        folded[:, inside] += magnitude[:, order[right - 1]] * (1 - weight) + magnitude[:, order[right]] * weight
        count += inside
    result: FloatArray = folded / np.maximum(count, 1)
    return result


def tempogram_ratio(tempogram: Tempogram, *, bpm: FloatArray | float, factors: tuple[float, ...] = METRICAL_FACTORS) -> FloatArray:
    """Read off a tempogram how strong simple multiples of the tempo are: half notes, eighths, triplets, dotted ones. FMP §6.2.1.

    A description of a rhythm that does not change with its tempo: Peeters, "Rhythm classification using spectral rhythm patterns", ISMIR
    2005; Prockup, Ehmann, Gouyon, Schmidt & Kim, "Modeling musical rhythm at scale with the Music Genome Project", WASPAA 2015.

    Parameters
    ----------
    tempogram : with ascending tempi
    bpm : the tempo, one number or (frames,)
    factors : multiples of it; 2 is the eighth where the beat is a quarter

    Returns
    -------
    (frames, factors), linearly interpolated; 0 beyond the tempi of the tempogram. librosa 0.11's `tempogram_ratio`.

    Examples
    --------
    >>> t = np.arange(1000) * 0.01
    >>> eighths = fourier_tempogram(1 + np.cos(2 * np.pi * 4 * t), hop_s=0.01)
    >>> tempogram_ratio(eighths, bpm=120.0, factors=(0.5, 1.0, 2.0))[500].round(2)
    array([0. , 0. , 0.5])
    """
    magnitude, tempi = tempogram.magnitude, tempogram.bpm
    frames = magnitude.shape[0]
    wanted = np.broadcast_to(np.asarray(bpm, dtype=np.float64), (frames,))[:, None] * np.asarray(factors)
    right = np.clip(np.searchsorted(tempi, wanted), 1, len(tempi) - 1)
    weight = (wanted - tempi[right - 1]) / (tempi[right] - tempi[right - 1])
    row = np.arange(frames)[:, None]
    between = magnitude[row, right - 1] * (1 - weight) + magnitude[row, right] * weight
    ratios: FloatArray = np.where((wanted >= tempi[0]) & (wanted <= tempi[-1]), between, 0.0)
    return ratios


def tempo_salience(novelty: FloatArray, *, hop_s: float, bpm: FloatArray = DEFAULT_BPM, window_s: float = 8.0) -> FloatArray:
    """Weigh tempi by what Fourier and autocorrelation tempogram agree on, over the whole curve.

    The product of the two suppresses both the harmonics of the one and the subharmonics of the other (FMP §6.2.3).

    Returns
    -------
    (tempi,) in [0, 1]; all 0 for silence
    """
    every = max(1, round(0.25 / hop_s))
    curve = np.asarray(novelty, dtype=np.float64)
    if curve.shape[0] == 0 or not float(np.ptp(curve)) > 0:
        return np.zeros(len(bpm))
    centred = curve - curve.mean()
    fourier = fourier_tempogram(centred, hop_s=hop_s, bpm=bpm, window_s=window_s, every=every).magnitude.mean(axis=0)
    lags = max(round(window_s / hop_s), int(np.ceil(60.0 / (float(np.min(bpm)) * hop_s))) + 2)
    self_similar = autocorrelation_tempogram(centred, window_frames=2 * lags, every=every, normalise=False)
    repeats = np.maximum(lags_to_tempi(self_similar.mean(axis=0, keepdims=True), hop_s=hop_s, bpm=bpm).pulse[0], 0.0)
    salience: FloatArray = fourier / max(float(fourier.max()), 1e-30) * (repeats / max(float(repeats.max()), 1e-30))
    return salience / max(float(salience.max()), 1e-30)


def rank_tempi(salience: FloatArray, *, bpm: FloatArray, prior: FloatArray | None = None, count: int = 5) -> tuple[FloatArray, FloatArray]:
    """List the strongest tempi of a salience curve.

    Parameters
    ----------
    salience : (tempi,)
    bpm : (tempi,) ascending
    prior : (tempi,) weights
    count : most tempi to return

    Returns
    -------
    tempo_bpm, weight : (found,) arrays by falling weight; weights sum to 1

    Examples
    --------
    >>> bpm = np.arange(30.0, 301.0)
    >>> tempo, weight = rank_tempi(np.exp(-(((bpm - 120) / 4) ** 2)) + 0.5 * np.exp(-(((bpm - 60) / 4) ** 2)), bpm=bpm)
    >>> tempo.round(1), weight.round(2)
    (array([120.,  60.]), array([0.67, 0.33]))
    """
    weighted = np.asarray(salience, dtype=np.float64) * (1.0 if prior is None else np.asarray(prior))
    peaks: IntArray = np.flatnonzero(local_maxima(weighted, ends=True) & (weighted > 0))
    position, height = refine_peaks(weighted, peaks)
    order = np.argsort(-height, kind="stable")[:count]
    tempo = np.interp(position[order], np.arange(len(bpm)), bpm)
    return tempo, height[order] / max(float(height[order].sum()), 1e-30)


def tempo_prior(bpm: FloatArray, *, centre_bpm: float = 115.0, width_octaves: float = 0.9) -> FloatArray:
    """Weigh tempi by a bell curve on the log axis: how likely people are to tap at them (van Noorden & Moelants 1999).

    Examples
    --------
    >>> tempo_prior(np.array([57.5, 115.0, 230.0]), width_octaves=1.0).round(3)
    array([0.607, 1.   , 0.607])
    """
    octaves = np.log2(np.asarray(bpm, dtype=np.float64) / centre_bpm)
    weights: FloatArray = np.exp(-0.5 * (octaves / width_octaves) ** 2)
    return weights


def _hann(half: int) -> FloatArray:
    """A symmetric Hann window of 2 * half + 1 samples, highest in the middle, whose ends are not quite 0."""
    return np.hanning(2 * half + 3)[1:-1]


def _periodic_hann(length: int) -> Float32Array:
    return np.hanning(length + 1)[:-1].astype(np.float32)


def _check_curve(novelty: FloatArray) -> None:
    if novelty.ndim != 1:
        raise ValueError(f"expected a novelty curve of shape (frames,), not {novelty.shape}")
