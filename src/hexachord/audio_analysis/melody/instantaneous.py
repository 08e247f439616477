"""Where the sinusoids of a spectrum really are, and how strongly each pitch is supported by its harmonics.

The phase of a bin advances from frame to frame as fast as the sinusoid that dominates it, so two frames tell its frequency far more finely
than the bin is wide. Energies laid at these instantaneous frequencies make a log-frequency spectrogram with a resolution of a few cents,
also in the bass; summing it over harmonics makes the fundamental stand out. Müller, *Fundamentals of Music Processing* (FMP), §8.2.1 and
§8.2.2. The melody engine works on peaks instead, see `salience`.
"""

from dataclasses import dataclass

import numpy as np

from hexachord.arrays import ComplexArray, Float32Array, Float64Array, FloatArray
from hexachord.dsp.chroma import log_compress
from hexachord.dsp.stft import stft_blocks


@dataclass(frozen=True, kw_only=True)
class PitchAxis:
    """A logarithmic frequency axis: bin `i` is centred `i * step_cents` above `lowest_hz`, up to `highest_hz`."""

    lowest_hz: float = 55.0
    highest_hz: float = 1760.0
    step_cents: float = 10.0

    @property
    def bins(self) -> int:
        """Number of bins."""
        return int(np.floor(1200 * np.log2(self.highest_hz / self.lowest_hz) / self.step_cents + 1e-6)) + 1

    @property
    def frequencies_hz(self) -> Float64Array:
        """Centre frequency of each bin."""
        return np.asarray(self.lowest_hz * 2.0 ** (np.arange(self.bins) * self.step_cents / 1200))

    def bins_of(self, frequency_hz: FloatArray) -> Float64Array:
        """Return the (fractional) bin of each frequency; zero and negative ones are -inf."""
        frequency = np.asarray(frequency_hz, dtype=np.float64)
        cents = 1200 * np.log2(np.where(frequency > 0, frequency, 1.0) / self.lowest_hz)
        return np.where(frequency > 0, cents / self.step_cents, -np.inf)


def principal_argument(turns: FloatArray) -> FloatArray:
    """Bring phases, in turns, into [-0.5, 0.5) by taking whole turns away. FMP §8.2.1.

    Examples
    --------
    >>> principal_argument(np.array([0.25, 0.75, -1.4]))
    array([ 0.25, -0.25, -0.4 ])
    """
    return np.asarray(turns - np.floor(turns + 0.5))


def instantaneous_frequency(spectrum: ComplexArray, *, rate_hz: float, hop: int) -> Float64Array:
    """Read the frequency in each bin off the advance of its phase. FMP §8.2.1.

    Parameters
    ----------
    spectrum : (frames, n_fft // 2 + 1) complex STFT with n_fft even
    rate_hz : of the signal
    hop : samples from frame to frame; a phase is predicted well over an eighth of the frame or less

    Returns
    -------
    (frames, n_fft // 2 + 1) Hz; the first frame, which has none before it, has the second's (the bins' own if there is no second)

    Examples
    --------
    >>> from hexachord.dsp.stft import stft
    >>> tone = np.sin(2 * np.pi * 447.0 * np.arange(8192) / 22050)
    >>> float(instantaneous_frequency(stft(tone, n_fft=2048, hop=256), rate_hz=22050, hop=256)[10, 41].round(2))  # bin 41 is at 441.4 Hz
    447.0
    """
    if spectrum.ndim != 2:
        raise ValueError(f"expected a spectrogram of shape (frames, bins), not {spectrum.shape}")
    n_fft = 2 * (spectrum.shape[1] - 1)
    bins = np.arange(spectrum.shape[1])
    out: Float64Array = np.tile(bins * (rate_hz / n_fft), (len(spectrum), 1))
    if len(spectrum) > 1:
        turns = np.angle(spectrum) / (2 * np.pi)
        excess = principal_argument(np.diff(turns, axis=0) - bins * (hop / n_fft))
        out[1:] += excess * (rate_hz / hop)
        out[0] = out[1]
    return out


def log_frequency_spectrogram(power: FloatArray, frequency_hz: FloatArray, axis: PitchAxis = PitchAxis()) -> Float32Array:
    """Gather the power of a spectrogram on a logarithmic axis. FMP §8.2.2.1; with the bins' own frequencies §3.1.1.

    Parameters
    ----------
    power : (frames, bins)
    frequency_hz : (frames, bins) where each bin's power belongs (`instantaneous_frequency`: the refined spectrogram), or (bins,)
    axis : see `PitchAxis`; each bin takes what is nearest to it

    Returns
    -------
    (frames, axis.bins) float32 sums of power

    Examples
    --------
    >>> axis = PitchAxis(lowest_hz=100.0, highest_hz=200.0, step_cents=600.0)
    >>> log_frequency_spectrogram(np.array([[1.0, 2.0, 4.0]]), np.array([101.0, 150.0, 900.0]), axis)
    array([[1., 2., 0.]], dtype=float32)
    """
    frequency = np.broadcast_to(np.asarray(frequency_hz, dtype=np.float64), power.shape)
    place = np.floor(axis.bins_of(frequency) + 0.5)
    frame, bin_ = np.nonzero((place >= 0) & (place < axis.bins))
    target = frame * axis.bins + place[frame, bin_].astype(np.int64)
    total = np.bincount(target, weights=power[frame, bin_], minlength=len(power) * axis.bins)
    return np.asarray(total.reshape(len(power), axis.bins), dtype=np.float32)


def harmonic_summation(spectrogram: FloatArray, *, step_cents: float, harmonics: int = 10, decay: float = 1.0) -> FloatArray:
    """Add up what lies at the harmonics of each pitch. FMP §8.2.2.2.

    Parameters
    ----------
    spectrogram : (frames, bins) on a logarithmic axis
    step_cents : from bin to bin
    harmonics : how many, the fundamental first
    decay : weight of each harmonic against the one below

    Returns
    -------
    (frames, bins); harmonics beyond the axis count as 0

    Examples
    --------
    >>> harmonic_summation(np.array([[0.0, 1.0, 2.0, 4.0]]), step_cents=1200.0, harmonics=2, decay=0.5)
    array([[0.5, 2. , 4. , 4. ]])
    """
    bins = spectrogram.shape[1]
    out = np.zeros_like(spectrogram)
    for number in range(1, harmonics + 1):
        up = int(np.floor(1200 * np.log2(number) / step_cents + 0.5))
        if up >= bins:
            break
        out[:, : bins - up] += spectrogram.dtype.type(decay ** (number - 1)) * spectrogram[:, up:]
    return out


def harmonic_salience(
    signal: FloatArray,
    *,
    rate_hz: float,
    n_fft: int = 2048,
    hop: int = 256,
    axis: PitchAxis = PitchAxis(),
    harmonics: int = 10,
    decay: float = 0.8,
    smooth_cents: float = 50.0,
    compression: float = 0.0,
) -> Float32Array:
    """Compute how strongly each pitch is supported in each frame: refined spectrogram, smoothing, harmonic summation. FMP §8.2.2.

    Parameters
    ----------
    signal : (n,) mono; it is walked through block by block
    rate_hz, n_fft, hop : of the spectrogram; frame `i` is centred on sample `i * hop`
    axis : of the pitches
    harmonics, decay : see `harmonic_summation`; with a decay of 1 the octave below is as salient as the pitch itself
    smooth_cents : width of a Hann window along frequency, so that a harmonic a little off its place still counts; 0 does not smooth
    compression : gamma of ``log(1 + gamma * salience / its maximum)``, to look at; it flattens differences that tracking needs; 0 does
        not compress

    Returns
    -------
    (frames, axis.bins) float32

    Examples
    --------
    >>> tone = sum(np.sin(2 * np.pi * h * 220 * np.arange(22050) / 22050) for h in (2, 3, 4))  # no partial at 220
    >>> axis = PitchAxis()
    >>> float(axis.frequencies_hz[harmonic_salience(tone, rate_hz=22050)[40].argmax()].round(1))
    220.0
    """
    top = PitchAxis(lowest_hz=axis.lowest_hz, highest_hz=min(harmonics * axis.highest_hz, rate_hz / 2), step_cents=axis.step_cents)
    width = 2 * round(smooth_cents / axis.step_cents / 2) + 1
    window = np.hanning(width + 2)[1:-1].astype(np.float32)
    parts = []
    last = None
    for _, block in stft_blocks(signal, n_fft=n_fft, hop=hop):
        joined = block if last is None else np.concatenate([last, block])  # phase advances from the frame before
        frequency = instantaneous_frequency(joined, rate_hz=rate_hz, hop=hop)[len(joined) - len(block) :]
        refined = log_frequency_spectrogram(np.abs(block) ** 2, frequency, top)
        if width > 1:
            padded = np.pad(refined, ((0, 0), (width // 2, width // 2)))
            refined = sum((weight * padded[:, k : k + top.bins] for k, weight in enumerate(window / window.sum())), np.zeros_like(refined))
        parts.append(harmonic_summation(refined, step_cents=axis.step_cents, harmonics=harmonics, decay=decay)[:, : axis.bins])
        last = block[-1:].copy()
    salience = np.concatenate(parts) if parts else np.zeros((0, axis.bins), dtype=np.float32)
    if compression > 0:
        salience = log_compress(salience, gamma=compression / max(float(salience.max(initial=0.0)), 1e-30))
    out = np.zeros((len(salience), axis.bins), dtype=np.float32)
    out[:, : salience.shape[1]] = salience  # a low sampling rate may not reach the axis's top
    return out
