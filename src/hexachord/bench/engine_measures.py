"""What meters read of a piece of music: the numbers that renders and recordings are laid side by side with."""

from dataclasses import asdict, dataclass

import numpy as np

from hexachord.arrays import Float32Array, Float64Array
from hexachord.audio.model import resample
from hexachord.dsp.frontend import FrontEnd
from hexachord.dsp.loudness import measure_loudness
from hexachord.dsp.stft import fft_frequencies_hz, power_blocks

_LEVEL_S = 0.05
_GAP_DB = 30.0
_REFERENCE_HZ = (200.0, 2_000.0)
_BASS_HZ = (35.0, 110.0)
_AIR_HZ = (8_000.0, 14_000.0)


@dataclass(frozen=True, kw_only=True)
class Measures:
    """One piece of music, in mono.

    Attributes
    ----------
    loudness_lufs, range_lu : of the whole (ITU-R BS.1770, EBU R 128)
    crest_db : the peak above the mean power
    floor_db : the softest twentieth of its tenths of a second below the loudest twentieth
    gap_share : share of the time that is more than 30 dB below the loudest twentieth: holes that a room would fill
    bass_db, air_db : mean power at 35 to 110 Hz and at 8 to 14 kHz against that at 200 Hz to 2 kHz
    flat_share : share of samples that stand still at the peak: clipped
    tempo_bpm : as our tracker hears it
    unsteady_percent : how far a beat's length is from its neighbours' (median, in percent): 0 for a machine
    """

    loudness_lufs: float
    range_lu: float
    crest_db: float
    floor_db: float
    gap_share: float
    bass_db: float
    air_db: float
    flat_share: float
    tempo_bpm: float
    unsteady_percent: float

    def numbers(self) -> dict[str, float]:
        """Return all by name."""
        return asdict(self)


def measure(samples: Float32Array, *, rate_hz: int) -> Measures:
    """Read all meters on ``(channels, n)`` sound, mixed to mono; some seconds are needed for a tempo to be heard.

    Examples
    --------
    >>> times = np.arange(6 * 44100) / 44100
    >>> read = measure((0.5 * np.sin(2 * np.pi * 440 * times))[None].astype(np.float32), rate_hz=44100)
    >>> round(read.crest_db, 1), round(read.gap_share, 2)
    (3.0, 0.0)
    """
    from hexachord.audio_analysis.rhythm import analyse_rhythm

    mono = samples.mean(axis=0, dtype=np.float32)
    loudness = measure_loudness(mono, rate_hz=rate_hz)
    level_db = level_curve_db(mono, rate_hz=rate_hz)
    top_db, bottom_db = np.percentile(level_db, [95, 5])
    peak, power = float(np.abs(mono).max()), float(np.mean(np.square(mono, dtype=np.float64)))
    hertz, spectrum = long_term_spectrum(mono, rate_hz=rate_hz)
    rhythm = analyse_rhythm(FrontEnd(resample(mono[None], rate_hz, 22_050)[0], rate_hz=22_050))
    lengths = np.diff(rhythm.beats.time_s)
    return Measures(
        loudness_lufs=loudness.integrated_lufs,
        range_lu=loudness.range_lu,
        crest_db=float(20 * np.log10(max(peak, 1e-9)) - 10 * np.log10(max(power, 1e-18))),
        floor_db=float(bottom_db - top_db),
        gap_share=float(np.mean(level_db < top_db - _GAP_DB)),
        bass_db=_share_db(hertz, spectrum, _BASS_HZ),
        air_db=_share_db(hertz, spectrum, _AIR_HZ),
        flat_share=float(np.mean((np.abs(mono[1:]) > 0.98 * peak) & (np.abs(np.diff(mono)) < 1e-4 * peak))) if peak > 0 else 0.0,
        tempo_bpm=float(60 / np.median(lengths)) if len(lengths) else 0.0,
        unsteady_percent=float(100 * np.median(np.abs(np.diff(lengths)) / lengths[1:])) if len(lengths) > 1 else 0.0,
    )


def level_curve_db(mono: Float32Array, *, rate_hz: int) -> Float64Array:
    """Measure the power of every twentieth of a second, in dB to full scale."""
    step = round(_LEVEL_S * rate_hz)
    slots = mono[: len(mono) // step * step].reshape(-1, step)
    return np.asarray(10 * np.log10(np.mean(np.square(slots, dtype=np.float64), axis=1) + 1e-12))


def long_term_spectrum(mono: Float32Array, *, rate_hz: int, n_fft: int = 8192) -> tuple[Float64Array, Float64Array]:
    """Average the power spectrum over time: frequencies in Hz and power, ``(n_fft // 2 + 1,)`` each."""
    total, frames = np.zeros(n_fft // 2 + 1), 0
    for _, power in power_blocks(mono, n_fft=n_fft, hop=n_fft // 2):
        total += power.sum(axis=0)
        frames += len(power)
    return np.asarray(fft_frequencies_hz(rate_hz=rate_hz, n_fft=n_fft), dtype=np.float64), total / max(frames, 1)


def _share_db(hertz: Float64Array, power: Float64Array, band_hz: tuple[float, float]) -> float:
    def mean(low_hz: float, high_hz: float) -> float:
        inside = (hertz >= low_hz) & (hertz < high_hz)
        return float(power[inside].mean()) if inside.any() else 0.0

    return float(10 * np.log10((mean(*band_hz) + 1e-15) / (mean(*_REFERENCE_HZ) + 1e-15)))
