"""One front end per recording: every representation computed once, when first asked for, and shared by all who need it.

Beat tracking, chords, melody and sections all look at the same few matrices. A `FrontEnd` holds the signal and makes them on demand,
walking through the signal in blocks: a block with its context gives the same frames as the whole would, to rounding, so a two-hour
memory-mapped file needs no more than its compact results. Everything is on one time axis, `frame_times_s`. Müller, *Fundamentals of
Music Processing* (FMP), chapters 2 and 3, is the tour of what is here.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from hexachord.arrays import Float32Array, FloatArray
from hexachord.audio import resample
from hexachord.dsp.chroma import ChromaPair, bass_treble_chroma, normalise_chroma
from hexachord.dsp.constantq import ConstantQ, bins_below_nyquist, cqt_magnitude
from hexachord.dsp.frames import frame_count, frame_times_s
from hexachord.dsp.mel import mel_from_power, mfcc, power_to_db
from hexachord.dsp.note_chroma import POOLED_FRAMES, fade_faint, note_chroma
from hexachord.dsp.shape import SpectralShape, join_shapes, rms, shape_of_power
from hexachord.dsp.stft import power_blocks
from hexachord.dsp.tuning import Tuning, TuningCurve, estimate_tuning, estimate_tuning_curve

_CQT_BLOCK_FRAMES = 4096
_KEEP_CQT_FRAMES = 80_000  # 80 MB at three bins per semitone, half an hour at the default hop; longer ones are folded and let go
_TUNING_HOP = 4096  # notes last longer than a frame
_TRUSTED_TUNING = 0.05  # confidence; noise reaches 0.01, music with drums 0.15


@dataclass(frozen=True, kw_only=True)
class FrontEndOptions:
    """The grid and the sizes of the representations.

    Parameters
    ----------
    n_fft, hop : samples; every representation shares `hop`, the constant-Q needs factors of two in it to be fast
    mel_bands : of `log_mel_db`
    mfcc_coefficients : of `mfcc`
    cqt_octaves, cqt_bins_per_octave : of `cqt`, from C1 upwards; octaves beyond the Nyquist frequency are left out
    follow_tuning : move the constant-Q bins to where the recording's notes are
    """

    n_fft: int = 2048
    hop: int = 512
    mel_bands: int = 128
    mfcc_coefficients: int = 20
    cqt_octaves: int = 7
    cqt_bins_per_octave: int = 36
    follow_tuning: bool = True


class FrontEnd:
    """Spectral representations of one recording, each made at most once.

    Parameters
    ----------
    signal : (n,) mono float array or `np.memmap`; it is never copied whole
    rate_hz : samples per second; the defaults are made for 22050
    options : see `FrontEndOptions`

    Examples
    --------
    >>> t = np.arange(44100) / 22050
    >>> front = FrontEnd(np.sin(2 * np.pi * 440 * t).astype(np.float32))
    >>> front.log_mel_db.shape, front.chroma.shape, int(front.chroma[40].argmax())  # A is the tenth column
    ((87, 128), (87, 12), 9)
    """

    def __init__(self, signal: FloatArray, *, rate_hz: float = 22050.0, options: FrontEndOptions = FrontEndOptions()) -> None:
        if signal.ndim != 1 or not np.issubdtype(signal.dtype, np.floating):
            raise ValueError(f"expected a mono float signal of shape (n,), not {signal.dtype} of shape {signal.shape}")
        self.signal = signal
        self.rate_hz = float(rate_hz)
        self.options = options

    @property
    def frames(self) -> int:
        """Number of frames of every representation."""
        return frame_count(self.signal.shape[0], frame_length=self.options.n_fft, hop=self.options.hop)

    @property
    def duration_s(self) -> float:
        """Length of the recording in seconds."""
        return float(self.signal.shape[0] / self.rate_hz)

    def signal_at(self, rate_hz: int) -> FloatArray:
        """Return the signal at another rate, made anew each time; as it is, and in no more memory, where it has that rate."""
        if self.rate_hz == rate_hz:
            return self.signal
        return resample(np.asarray(self.signal, dtype=np.float32), round(self.rate_hz), rate_hz)

    @property
    def hop_s(self) -> float:
        """Seconds from one frame to the next."""
        return self.options.hop / self.rate_hz

    @property
    def frame_times_s(self) -> FloatArray:
        """Time of each frame's centre in seconds."""
        return frame_times_s(self.frames, rate_hz=self.rate_hz, hop=self.options.hop)

    def power_blocks(self) -> Iterator[tuple[int, FloatArray]]:
        """Walk through the power spectrogram: (first frame, reused (m, n_fft // 2 + 1) block). Costs a Fourier transform each time."""
        return power_blocks(self.signal, n_fft=self.options.n_fft, hop=self.options.hop)

    @property
    def log_mel_db(self) -> Float32Array:
        """Mel power in dB re 1, (frames, mel_bands) float32, floored at -100 dB; what `onset.onset_strength` takes."""
        return self._spectral[0]

    @property
    def shape(self) -> SpectralShape:
        """Centroid, bandwidth, roll-off and flatness of each frame; made in the same pass as `log_mel_db`."""
        return self._spectral[1]

    @cached_property
    def mfcc(self) -> Float32Array:
        """Mel-frequency cepstral coefficients, (frames, mfcc_coefficients) float32, of `log_mel_db`."""
        return mfcc(self.log_mel_db, coefficients=self.options.mfcc_coefficients)

    @cached_property
    def rms(self) -> Float32Array:
        """Level of each frame, (frames,) float32, full scale = 1."""
        return rms(self.signal, frame_length=self.options.n_fft, hop=self.options.hop)

    @cached_property
    def tuning(self) -> Tuning:
        """Deviation from A4 = 440 Hz over the whole recording."""
        return estimate_tuning(self.signal, rate_hz=self.rate_hz)

    @cached_property
    def tuning_curve(self) -> TuningCurve:
        """Tuning every five seconds."""
        return estimate_tuning_curve(self.signal, rate_hz=self.rate_hz, hop=_TUNING_HOP)

    @cached_property
    def cqt_options(self) -> ConstantQ:
        """Which bins `cqt` has; `cqt_options.frequencies_hz` lists their centres."""
        o = self.options
        follow = o.follow_tuning and self.tuning.confidence >= _TRUSTED_TUNING
        wanted = ConstantQ(
            rate_hz=self.rate_hz,
            hop=o.hop,
            bins=o.cqt_octaves * o.cqt_bins_per_octave,
            bins_per_octave=o.cqt_bins_per_octave,
            tuning_cents=self.tuning.cents if follow else 0.0,
        )
        return replace(wanted, bins=bins_below_nyquist(wanted))

    @cached_property
    def cqt(self) -> Float32Array:
        """Constant-Q magnitudes, (frames, bins) float32.

        An hour is 156 MB at the defaults; for what can be had block by block, prefer `cqt_blocks`.
        """
        return cqt_magnitude(self.signal, self.cqt_options)

    def cqt_blocks(self) -> Iterator[tuple[int, Float32Array]]:
        """Walk through `cqt` as (first frame, (m, bins) block) without keeping it."""
        for first in range(0, self.frames, _CQT_BLOCK_FRAMES):
            last = min(first + _CQT_BLOCK_FRAMES, self.frames)
            if "cqt" in self.__dict__:
                yield first, self.cqt[first:last]
            else:
                yield first, cqt_magnitude(self.signal, self.cqt_options, first=first, last=last)

    @cached_property
    def chroma(self) -> Float32Array:
        """Constant-Q chroma, (frames, 12) float32, column 0 is C, each frame's maximum is 1."""
        return np.asarray(normalise_chroma(self.raw_chroma.bass + self.raw_chroma.treble), dtype=np.float32)

    @cached_property
    def bass_chroma(self) -> Float32Array:
        """Chroma of the bass (below C3, faded out at C4), as `chroma`."""
        return np.asarray(normalise_chroma(self.raw_chroma.bass), dtype=np.float32)

    @cached_property
    def treble_chroma(self) -> Float32Array:
        """Chroma of all above the bass, as `chroma`."""
        return np.asarray(normalise_chroma(self.raw_chroma.treble), dtype=np.float32)

    @cached_property
    def raw_chroma(self) -> ChromaPair:
        """Bass and treble chroma before normalisation, in the units of `cqt`: loudness still shows."""
        if self.frames <= _KEEP_CQT_FRAMES:
            return bass_treble_chroma(self.cqt, self.cqt_options, norm="none")
        bass, treble = np.empty((2, self.frames, 12), dtype=np.float32)
        for first, magnitude in self.cqt_blocks():
            part = bass_treble_chroma(magnitude, self.cqt_options, norm="none")
            bass[first : first + len(magnitude)], treble[first : first + len(magnitude)] = part
        return ChromaPair(bass, treble)

    @cached_property
    def note_chroma(self) -> ChromaPair:
        """Bass and treble chroma of notes instead of energy, see `note_chroma`: what chords, keys and sections are read from.

        Made on groups of `POOLED_FRAMES` frames and repeated to the common grid; faint passages fade out, loudness shows no other way.
        """
        if self.frames == 0:
            nothing = np.zeros((0, 12), dtype=np.float32)
            return ChromaPair(nothing, nothing)
        parts, levels = [], []
        for _, magnitude in self.cqt_blocks():
            pair, level = note_chroma(magnitude, self.cqt_options)
            parts.append(np.stack(pair))
            levels.append(level)
        both = np.concatenate(parts, axis=1) * fade_faint(np.concatenate(levels))[:, None]
        bass, treble = np.repeat(both, POOLED_FRAMES, axis=1)[:, : self.frames]
        return ChromaPair(bass, treble)

    @cached_property
    def _spectral(self) -> tuple[Float32Array, SpectralShape]:
        log_mel = np.empty((self.frames, self.options.mel_bands), dtype=np.float32)
        shapes = []
        for first, power in self.power_blocks():
            bands = mel_from_power(power, rate_hz=self.rate_hz, bands=self.options.mel_bands)
            log_mel[first : first + len(power)] = power_to_db(bands)
            shapes.append(shape_of_power(power, rate_hz=self.rate_hz))
        return log_mel, join_shapes(shapes)
