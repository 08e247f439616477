"""Equalizers: bands that bend the spectrum as analogue ones do, and steep cuts.

Bands are those of the *Audio EQ cookbook* (Bristow-Johnson, W3C note, 2021) as analogue filters. The usual bilinear transform squeezes
their upper side against the Nyquist frequency; here poles are carried over as they are (impulse invariance) and zeros are set so that
the magnitude is right at three frequencies (Vicanek, *Matched second order digital filters*, 2016). What is still missing is left to one
short minimum-phase filter for all bands together.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

import numpy as np

from hexachord.arrays import Float64Array, FloatArray
from hexachord.dsp.fir import Fir, minimum_phase
from hexachord.processing.effects.effect import Pointwise, Processor, Recursive, Series, effect, within

Kind = Literal["peak", "low_shelf", "high_shelf", "low_cut", "high_cut", "notch"]
_BENT = ("peak", "low_shelf", "high_shelf")
_GRID = 4096  # steps from 0 Hz to the Nyquist frequency in which the magnitude is judged
_TAPS = (64, 256)  # of the correction; the more where the band is cut off steeply
_HIGHEST_ORDER = 24  # 144 dB an octave
_TIGHT_DB = 0.005  # bands this near to what was asked need no correction


@dataclass(frozen=True, kw_only=True)
class Band:
    """One band: `gain_db` is that of a peak or shelf; `q` is how narrow a peak, how steep a shelf or a cut is (0.707: no bump)."""

    kind: Kind = "peak"
    frequency_hz: float = 1000.0
    gain_db: float = 0.0
    q: float = 0.707


def analogue_gain_db(bands: Sequence[Band], frequency_hz: FloatArray) -> Float64Array:
    """What the analogue filters do to frequencies: the target of `parametric_eq`.

    Examples
    --------
    >>> analogue_gain_db([Band(frequency_hz=1000, gain_db=6)], np.array([10.0, 1000.0])).round(2)
    array([0., 6.])
    """
    s = 1j * np.asarray(frequency_hz, dtype=np.float64)
    total = np.ones(s.shape, dtype=np.complex128)
    for band in bands:
        zeros, poles = _analogue(band)
        total *= np.polyval(zeros, s / _hz(band)) / np.polyval(poles, s / _hz(band))
    return np.asarray(20 * np.log10(np.maximum(np.abs(total), 1e-10)))


@effect
def parametric_eq(rate_hz: int, channels: int, *, bands: Sequence[Band] = ()) -> Processor:
    """Bend the spectrum by bands.

    Parameters
    ----------
    bands : `Band`; the curve is that of the analogue filters within 0.1 dB up to 0.73 of the Nyquist frequency (16 kHz at 44.1 kHz) for
        gains up to ±18 dB
    """
    sections, correction = _design(tuple(bands), rate_hz)
    processors: list[Processor] = [Recursive(sections, channels)]
    if correction is not None:
        processors.append(Pointwise(Fir(correction, channels=channels), channels))
    return Series(processors, channels)


@effect
def high_pass(rate_hz: int, channels: int, *, cutoff_hz: float = 80.0, order: int = 2) -> Processor:
    """Take away what is below a frequency: Butterworth, 6 dB an octave for each order, 3 dB down at the cut-off."""
    return Recursive(_butterworth("highpass", cutoff_hz, order, rate_hz), channels)


@effect
def low_pass(rate_hz: int, channels: int, *, cutoff_hz: float = 8000.0, order: int = 2) -> Processor:
    """Take away what is above a frequency: Butterworth, 3 dB down at the cut-off, steeper than analogue next to the Nyquist frequency.

    A cut-off beyond it does nothing.
    """
    if cutoff_hz >= 0.495 * rate_hz:
        return Recursive(np.zeros((0, 6)), channels)
    return Recursive(_butterworth("lowpass", cutoff_hz, order, rate_hz), channels)


@effect
def band_pass(rate_hz: int, channels: int, *, low_hz: float = 300.0, high_hz: float = 3400.0, order: int = 4) -> Processor:
    """Keep what is between two frequencies, as small loudspeakers and telephone lines do."""
    low = high_pass.processor(rate_hz, channels, cutoff_hz=low_hz, order=order)
    return Series([low, low_pass.processor(rate_hz, channels, cutoff_hz=high_hz, order=order)], channels)


@lru_cache(maxsize=256)
def _butterworth(kind: str, cutoff_hz: float, order: int, rate_hz: int) -> Float64Array:
    from scipy.signal import butter

    if not 1 <= order <= _HIGHEST_ORDER:
        raise ValueError(f"a filter has an order of 1 to {_HIGHEST_ORDER}, not {order}")
    return np.asarray(butter(order, within(cutoff_hz, 1.0, 0.495 * rate_hz), btype=kind, fs=rate_hz, output="sos"))


def _hz(band: Band) -> float:
    return within(band.frequency_hz, 1.0, 1e6)


def _analogue(band: Band) -> tuple[list[float], list[float]]:
    """Zeros and poles as polynomials in s, for a band at 1."""
    q = within(band.q, 0.05, 100.0)
    a = 10 ** (within(band.gain_db, -60.0, 60.0) / 40)
    if band.kind == "peak":
        return [1.0, a / q, 1.0], [1.0, 1.0 / (a * q), 1.0]
    if band.kind == "low_shelf":
        return [a, a * np.sqrt(a) / q, a * a], [a, np.sqrt(a) / q, 1.0]
    if band.kind == "high_shelf":
        return [a * a, a * np.sqrt(a) / q, a], [1.0, np.sqrt(a) / q, a]
    zeros = {"low_cut": [1.0, 0.0, 0.0], "high_cut": [0.0, 0.0, 1.0], "notch": [1.0, 0.0, 1.0]}.get(band.kind)
    if zeros is None:
        raise ValueError(f"no band is of the kind {band.kind!r}")
    return zeros, [1.0, 1.0 / q, 1.0]


@lru_cache(maxsize=512)
def _design(bands: tuple[Band, ...], rate_hz: int) -> tuple[Float64Array, Float64Array | None]:
    """Second-order sections, and the taps that correct them all or None."""
    from scipy.signal import sosfreqz

    bands = tuple(band for band in bands if not (band.kind in _BENT and band.gain_db == 0.0))
    angle = np.linspace(0.0, np.pi, _GRID + 1)
    target_db = analogue_gain_db(bands, angle * rate_hz / (2 * np.pi))
    sections = [section for band in bands if (section := _matched(band, rate_hz)) is not None]
    array = np.array(sections) if sections else np.zeros((0, 6))
    made_db = np.zeros(angle.size)
    if sections:
        made_db = 20 * np.log10(np.maximum(np.abs(sosfreqz(array, angle)[1]), 1e-10))
    missing_db = np.where((target_db < -60.0) | (made_db < -60.0), 0.0, target_db - made_db)
    if not bands or np.abs(missing_db[: int(0.9 * _GRID)]).max() < _TIGHT_DB:
        return array, None
    wanted = 10 ** (np.clip(missing_db, -60.0, 30.0) / 20)
    for taps in _TAPS:
        correction = minimum_phase(wanted, taps=taps)
        reached_db = 20 * np.log10(np.maximum(np.abs(np.fft.rfft(correction, 2 * _GRID)), 1e-10))
        if np.abs(reached_db - missing_db)[: int(0.75 * _GRID)].max() < 0.05:
            break
    return array, correction


def _matched(band: Band, rate_hz: int) -> list[float] | None:
    """One section ``[b0 b1 b2 1 a1 a2]``, or None for a band so high that only its foot is below the Nyquist frequency."""
    if band.gain_db < 0 and band.kind in _BENT:  # a cut undoes a boost, whose zeros are the easier ones to find
        boost = _matched(replace(band, gain_db=-band.gain_db), rate_hz)
        return None if boost is None else [value / boost[0] for value in (1.0, boost[4], boost[5], *boost[:3])]
    roots = np.roots(_analogue(band)[1]) * 2 * np.pi * _hz(band) / rate_hz
    if np.abs(roots.imag).max() > 0.9 * np.pi or (band.kind == "notch" and _hz(band) > 0.45 * rate_hz):
        return None
    one, two = np.exp(roots)
    a1, a2 = float(-(one + two).real), float((one * two).real)
    centre = min(2 * np.pi * _hz(band) / rate_hz, 0.8 * np.pi)
    at_hz = np.array([1e-3, centre * rate_hz / (2 * np.pi), rate_hz / 2])
    power = 10 ** (analogue_gain_db([band], at_hz) / 10)
    # What a section does to power is linear in these three, at 0 Hz, between, and at the Nyquist frequency (Vicanek, eq. 26 to 29).
    x1 = np.sin(centre / 2) ** 2
    x0, x2 = 1 - x1, 4 * x1 * (1 - x1)
    pole_0, pole_1, pole_2 = (1 + a1 + a2) ** 2, (1 - a1 + a2) ** 2, -4 * a2
    if band.kind == "low_cut":
        b0 = np.sqrt(power[1] * (pole_0 * x0 + pole_1 * x1 + pole_2 * x2)) / (4 * x1)
        return [b0, -2 * b0, b0, 1.0, a1, a2]
    if band.kind == "notch":
        b1 = -2 * np.cos(2 * np.pi * _hz(band) / rate_hz)
        b0 = (1 + a1 + a2) / (2 + b1)
        return [b0, b0 * b1, b0, 1.0, a1, a2]
    b_0, b_1 = power[0] * pole_0, power[2] * pole_1
    b_2 = (power[1] * (pole_0 * x0 + pole_1 * x1 + pole_2 * x2) - b_0 * x0 - b_1 * x1) / x2
    w = 0.5 * (np.sqrt(b_0) + np.sqrt(b_1))
    b0 = 0.5 * (w + np.sqrt(max(w * w + b_2, 0.0)))
    return [*_early([b0, 0.5 * (np.sqrt(b_0) - np.sqrt(b_1)), -b_2 / (4 * b0)]), 1.0, a1, a2]


def _early(zeros: list[float]) -> list[float]:
    """The same magnitude with all zeros inside the unit circle, so that the inverse is stable."""
    roots = np.roots(zeros)
    outside = np.abs(roots) > 1.0
    if not outside.any():
        return zeros
    scale = zeros[0] * float(np.prod(np.abs(roots[outside])))
    roots[outside] = 1 / np.conj(roots[outside])
    return [float(value) for value in scale * np.real(np.poly(roots * np.minimum(1.0, 0.9999 / np.maximum(np.abs(roots), 1e-12))))]
