"""All descriptors of a recording in one pass: columns on one time axis, and numbers for the whole.

One Fourier transform serves them all: bands, cepstra and moments are matrix products of its spectra, pitch, linear prediction and
periodicity come from its autocorrelation, dissonance and pitch-class profiles from its strongest partials. The signal is walked in
blocks; what grows with its length is the result.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from hexachord.arrays import Float32Array, Float64Array, FloatArray
from hexachord.audio_analysis.descriptors.catalogue import CATALOGUE, chosen_families
from hexachord.audio_analysis.descriptors.dynamics import describe_dynamics
from hexachord.audio_analysis.descriptors.rhythm import describe_rhythm
from hexachord.audio_analysis.descriptors.sheet import Sheet
from hexachord.audio_analysis.descriptors.spectra import HOP, N_FFT, describe_spectra
from hexachord.audio_analysis.descriptors.tonal import describe_tonal
from hexachord.dsp.frames import frame_count
from hexachord.dsp.stft import BLOCK_FRAMES
from hexachord.dsp.tuning import estimate_tuning
from hexachord.errors import InputError


@dataclass(frozen=True, kw_only=True, eq=False)
class FrameDescriptors:
    """The descriptors of one recording.

    Attributes
    ----------
    names : (d,) of the columns, see `CATALOGUE`
    values : (frames, d) float32, all finite; frame `i` is centred on ``i * hop_s`` seconds
    hop_s : seconds from one frame to the next
    song : numbers for the whole recording by name, all finite; 0 where something could not be measured
    """

    names: tuple[str, ...]
    values: Float32Array
    hop_s: float
    song: Mapping[str, float]

    @property
    def times_s(self) -> Float64Array:
        """Time of each frame's centre."""
        return np.arange(len(self.values), dtype=np.float64) * self.hop_s

    def column(self, name: str) -> Float32Array:
        """The values of one column, (frames,).

        Raises
        ------
        KeyError : if there is no such column.
        """
        try:
            return self.values[:, self.names.index(name)]
        except ValueError:
            raise KeyError(name) from None

    def columns(self, descriptor: str) -> Float32Array:
        """The columns of one descriptor of the catalogue, (frames, columns): ``timbre/mfcc`` for all of its coefficients.

        Raises
        ------
        KeyError : if its family was left out or there is none of that name.
        """
        wanted = CATALOGUE[descriptor].columns
        try:
            first = self.names.index(wanted[0])
        except ValueError:
            raise KeyError(descriptor) from None
        return self.values[:, first : first + len(wanted)]


def describe_frames(
    signal: FloatArray,
    *,
    rate_hz: float = 22050,
    families: Iterable[str] | None = None,
    beats_s: FloatArray | None = None,
    block_frames: int = BLOCK_FRAMES,
) -> FrameDescriptors:
    """Describe a recording in all the ways of the catalogue.

    Parameters
    ----------
    signal : (n,) mono float array or memory map, finite
    rate_hz : its sampling rate; frames are 2048 samples, 512 apart, made for 22050
    families : some of `FAMILIES` and `OPTIONAL_FAMILIES`; by default all of `FAMILIES`
    beats_s : (beats,) times of beats, if known: then there is a loudness of beats
    block_frames : frames worked on at a time; it changes memory and speed, and results by rounding only

    Returns
    -------
    FrameDescriptors

    Raises
    ------
    InputError : if a family is unknown, or the signal is not mono, not float, or not finite.

    Examples
    --------
    >>> tone = np.sin(2 * np.pi * 440 * np.arange(44100) / 22050).astype(np.float32)
    >>> found = describe_frames(tone, families=["spectral", "tonal"])
    >>> round(float(found.column("spectral/centroid_hz")[40])), round(float(found.column("tonal/pitch_hz")[40]))
    (440, 440)
    """
    wanted = chosen_families(families)
    if signal.ndim != 1 or not np.issubdtype(signal.dtype, np.floating):
        raise InputError("signal", found=f"{signal.dtype} of shape {signal.shape}", expected="mono float samples of shape (n,)")
    if rate_hz < 4000:
        raise InputError("signal", found=f"a sampling rate of {rate_hz} Hz", expected="4000 Hz or more")
    rate_hz = float(rate_hz)
    frames = frame_count(signal.shape[0], frame_length=N_FFT, hop=HOP)
    sheet = Sheet(frames, wanted)
    if frames:
        tuning = estimate_tuning(signal, rate_hz=rate_hz) if sheet.wants("tonal") else None
        spectra = describe_spectra(signal, sheet, rate_hz=rate_hz, tuning=tuning, block_frames=block_frames)
        describe_dynamics(signal, sheet, rate_hz=rate_hz)
        if tuning is not None:
            describe_tonal(signal, sheet, spectra, rate_hz=rate_hz, tuning=tuning)
        if sheet.wants("rhythm", "patterns", "tempograms"):
            describe_rhythm(signal, sheet, spectra, rate_hz=rate_hz, beats_s=beats_s)
    return FrameDescriptors(names=tuple(sheet.names), values=sheet.values, hop_s=HOP / rate_hz, song=sheet.song)
