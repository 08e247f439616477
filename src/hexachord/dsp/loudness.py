"""Loudness as broadcasters measure it: LUFS, loudness range, true peak.

ITU-R BS.1770-4 (K-weighting, gating, true peak), EBU R 128, EBU Tech 3341 (momentary, short-term) and Tech 3342 (loudness range).
`LoudnessMeter` takes a programme block by block, of any length and channel count, in bounded memory; `measure_loudness` is the same
for a signal at hand.
"""

from dataclasses import dataclass

import numpy as np

from hexachord.arrays import Float32Array, Float64Array, FloatArray

_SLOT_S = 0.1  # energies are kept per 100 ms: momentary is 4 of them, short-term 30
_MOMENTARY, _SHORT_TERM = 4, 30
_ABSOLUTE_GATE = -70.0  # LUFS
_PEAK_TAPS = 24  # per phase of the oversampling filter

# Positions in the order of WAVE files; sides (60 to 120 degrees) count 1.5 dB more, the low-frequency channel not at all.
_CHANNEL_WEIGHTS = {
    4: (1.0, 1.0, 1.41, 1.41),
    5: (1.0, 1.0, 1.0, 1.41, 1.41),
    6: (1.0, 1.0, 1.0, 0.0, 1.41, 1.41),
    8: (1.0, 1.0, 1.0, 0.0, 1.0, 1.0, 1.41, 1.41),
}


@dataclass(frozen=True, kw_only=True)
class Loudness:
    """What the meter read. Silence is -inf everywhere, with a range of 0.

    Attributes
    ----------
    integrated_lufs : gated loudness of the whole
    range_lu : loudness range (LRA)
    true_peak_dbtp : highest peak of the oversampled signal, over all channels
    sample_peak_dbfs : highest sample
    momentary_lufs : (slots,) over 0.4 s, one every 0.1 s; value `i` covers the 0.4 s that end at `(i + 4) * 0.1` s
    short_term_lufs : (slots,) over 3 s, one every 0.1 s; value `i` covers the 3 s that end at `(i + 30) * 0.1` s
    """

    integrated_lufs: float
    range_lu: float
    true_peak_dbtp: float
    sample_peak_dbfs: float
    momentary_lufs: Float64Array
    short_term_lufs: Float64Array

    @property
    def max_momentary_lufs(self) -> float:
        """Loudest 0.4 s."""
        return float(self.momentary_lufs.max(initial=-np.inf))

    @property
    def max_short_term_lufs(self) -> float:
        """Loudest 3 s."""
        return float(self.short_term_lufs.max(initial=-np.inf))


def measure_loudness(samples: FloatArray, *, rate_hz: float, channel_weights: tuple[float, ...] | None = None) -> Loudness:
    """Measure a signal.

    Parameters
    ----------
    samples : (channels, n) or (n,), full scale is 1
    rate_hz : sampling rate
    channel_weights : one per channel; by default those of BS.1770 for 1 to 6 and 8 channels in WAVE order, and 1 for what else there is

    Examples
    --------
    >>> tone = 10 ** (-23 / 20) * np.sin(2 * np.pi * 1000 * np.arange(5 * 48000) / 48000)
    >>> result = measure_loudness(np.stack([tone, tone]), rate_hz=48000)
    >>> round(result.integrated_lufs, 1), round(result.range_lu, 1), round(result.true_peak_dbtp, 1)
    (-23.0, 0.0, -23.0)
    """
    signal = np.atleast_2d(samples)
    meter = LoudnessMeter(rate_hz=rate_hz, channels=signal.shape[0], channel_weights=channel_weights)
    for first in range(0, signal.shape[1], 1 << 18):
        meter.add(signal[:, first : first + (1 << 18)])
    return meter.result()


class LoudnessMeter:
    """A meter that listens to successive blocks; how the signal is cut makes no difference.

    Examples
    --------
    >>> meter = LoudnessMeter(rate_hz=44100, channels=1)
    >>> for block in np.split(0.1 * np.random.default_rng(0).standard_normal((1, 88200)), 10, axis=1):
    ...     meter.add(block)
    >>> meter.result().momentary_lufs.shape
    (17,)
    """

    def __init__(self, *, rate_hz: float, channels: int, channel_weights: tuple[float, ...] | None = None) -> None:
        if channels < 1:
            raise ValueError("a signal has one channel or more")
        weights = channel_weights or _CHANNEL_WEIGHTS.get(channels, (1.0,) * channels)
        if len(weights) != channels:
            raise ValueError(f"{channels} channels need as many weights, not {len(weights)}")
        self._rate_hz = rate_hz
        self._weights = np.asarray(weights)
        self._sections = k_weighting(rate_hz)
        self._state = np.zeros((self._sections.shape[0], channels, 2))
        self._seen = 0  # samples so far
        self._slots: list[float] = []  # energy of each full 100 ms
        self._open = 0.0  # energy of the slot being filled
        self._sample_peak = 0.0
        self._true_peak = _TruePeak(rate_hz, channels)

    def add(self, block: FloatArray) -> None:
        """Take the next (channels, n) samples."""
        from scipy import signal

        block = np.atleast_2d(block)
        if block.ndim != 2 or block.shape[0] != self._weights.size:
            raise ValueError(f"expected blocks of shape ({self._weights.size}, n), not {block.shape}")
        if block.shape[1] == 0:
            return
        if not np.isfinite(block).all():
            raise ValueError("loudness needs finite samples")
        self._sample_peak = max(self._sample_peak, float(np.abs(block).max()))
        self._true_peak.add(block)
        weighted, self._state = signal.sosfilt(self._sections, block.astype(np.float64), axis=1, zi=self._state)
        total = np.concatenate([[0.0], np.cumsum(self._weights @ np.square(weighted, out=weighted))])
        # cut at the ends of slots; slots of 100 ms need not be whole numbers of samples
        first, last = self._seen, self._seen + block.shape[1]
        ends = np.arange(len(self._slots) + 1, int(last / (self._rate_hz * _SLOT_S)) + 2)
        cuts = np.rint(ends * self._rate_hz * _SLOT_S).astype(np.int64)
        cuts = cuts[cuts <= last] - first
        at_cuts = total[cuts]
        energies = np.diff(at_cuts, prepend=0.0)
        if energies.size:
            energies[0] += self._open
            self._slots.extend(energies.tolist())
            self._open = 0.0
            self._open = float(total[-1] - at_cuts[-1])
        else:
            self._open += float(total[-1])
        self._seen = last

    def result(self) -> Loudness:
        """Read the meter; more may be added afterwards."""
        programme = programme_loudness(np.asarray(self._slots), samples_per_slot=self._rate_hz * _SLOT_S, rest=(self._open, self._seen))
        return Loudness(
            integrated_lufs=programme.integrated_lufs,
            range_lu=programme.range_lu,
            true_peak_dbtp=_decibels(self._true_peak.peak()),
            sample_peak_dbfs=_decibels(self._sample_peak),
            momentary_lufs=programme.momentary_lufs,
            short_term_lufs=programme.short_term_lufs,
        )


@dataclass(frozen=True, kw_only=True)
class ProgrammeLoudness:
    """What follows from the K-weighted energy alone; see `Loudness`."""

    integrated_lufs: float
    range_lu: float
    momentary_lufs: Float64Array
    short_term_lufs: Float64Array


def programme_loudness(energy: Float64Array, *, samples_per_slot: float, rest: tuple[float, int] = (0.0, 0)) -> ProgrammeLoudness:
    """Gate and sum up the K-weighted energy of slots of 100 ms.

    Parameters
    ----------
    energy : (slots,) sum of the squared K-weighted samples of each full slot, channels weighted and added
    samples_per_slot : a tenth of the sampling rate
    rest : energy after the last full slot, and all samples seen: for programmes shorter than 0.4 s, which are judged as they are
    """
    momentary = _windowed(energy, _MOMENTARY) / (samples_per_slot * _MOMENTARY)
    short_term = _windowed(energy, _SHORT_TERM) / (samples_per_slot * _SHORT_TERM)
    after, seen = rest
    gated = momentary
    if momentary.size == 0 and seen:
        gated = np.array([(energy.sum() + after) / seen])
    return ProgrammeLoudness(
        integrated_lufs=_lufs(_gate(gated, relative=-10.0)),
        range_lu=_loudness_range(short_term),
        momentary_lufs=_lufs_array(momentary),
        short_term_lufs=_lufs_array(short_term),
    )


def k_weighting(rate_hz: float) -> Float64Array:
    """Design the K-weighting filter of BS.1770 for any sampling rate.

    The standard tabulates coefficients for 48 kHz; these are the analogue prototypes behind them (a shelf of +4 dB above 1.7 kHz, for the
    head, and a high-pass at 38 Hz), bilinearly transformed at the given rate.

    Returns
    -------
    (2, 6) second-order sections
    """
    if rate_hz < 4000:
        raise ValueError(f"K-weighting needs a sampling rate of 4 kHz or more, not {rate_hz} Hz")
    k, q = np.tan(np.pi * 1681.974450955533 / rate_hz), 0.7071752369554196
    high = 10 ** (3.999843853973347 / 20)
    band = high**0.4996667741545416
    a0 = 1 + k / q + k * k
    shelf = [(high + band * k / q + k * k) / a0, 2 * (k * k - high) / a0, (high - band * k / q + k * k) / a0]
    shelf += [1.0, 2 * (k * k - 1) / a0, (1 - k / q + k * k) / a0]
    k, q = np.tan(np.pi * 38.13547087602444 / rate_hz), 0.5003270373238773
    a0 = 1 + k / q + k * k
    high_pass = [1.0, -2.0, 1.0, 1.0, 2 * (k * k - 1) / a0, (1 - k / q + k * k) / a0]
    return np.array([shelf, high_pass])


def true_peak(samples: FloatArray, *, rate_hz: float) -> float:
    """Find the highest absolute value between and on the samples, as a linear amplitude.

    The signal is oversampled 4 times (2 times from 192 kHz), see BS.1770-4, Annex 2.

    Parameters
    ----------
    samples : (channels, n) or (n,)
    rate_hz : sampling rate

    Examples
    --------
    >>> quarter = np.sin(2 * np.pi * np.arange(1000) / 4 + np.pi / 4)  # every sample is 0.707, the crests lie in between
    >>> round(true_peak(quarter, rate_hz=48000), 1)
    1.0
    """
    signal = np.atleast_2d(samples)
    detector = _TruePeak(rate_hz, signal.shape[0])
    detector.add(signal)
    return detector.peak()


def oversampling_filters(rate_hz: float) -> Float32Array:
    """Design the filters that read a signal between its samples, as true peaks are looked for. BS.1770-4, Annex 2.

    Returns
    -------
    (24, 3) float32, (24, 1) from 192 kHz: 24 successive samples times column `p` are the signal `p + 1` steps after the twelfth of them
    """
    factor = 4 if rate_hz < 192000 else 2
    half = _PEAK_TAPS // 2
    position = np.arange(1, factor)[:, None] / factor + np.arange(half - 1, -half - 1, -1)[None, :]
    filters = np.sinc(position) * np.i0(6.0 * np.sqrt(np.maximum(0.0, 1 - (position / half) ** 2)))
    return np.ascontiguousarray((filters / filters.sum(axis=1, keepdims=True)).astype(np.float32).T)


class _TruePeak:
    """Polyphase interpolation by a windowed sinc, with the last samples of a block carried to the next."""

    def __init__(self, rate_hz: float, channels: int) -> None:
        self._filters = oversampling_filters(rate_hz)
        self._tail = np.zeros((channels, _PEAK_TAPS - 1), dtype=np.float32)
        self._top = 0.0

    def add(self, block: FloatArray) -> None:
        self._top = max(self._top, float(np.abs(block).max(initial=0.0)))
        joined = np.concatenate([self._tail, block.astype(np.float32)], axis=1)
        self._tail = joined[:, 1 - _PEAK_TAPS :]
        self._top = max(self._top, self._between(joined))

    def peak(self) -> float:
        """The highest value so far, with silence to follow."""
        return max(self._top, self._between(np.pad(self._tail, ((0, 0), (0, _PEAK_TAPS - 1)))))

    def _between(self, joined: FloatArray) -> float:
        top = 0.0
        for channel in joined:
            views = np.lib.stride_tricks.sliding_window_view(channel, _PEAK_TAPS)
            for first in range(0, views.shape[0], 8192):
                top = max(top, float(np.abs(views[first : first + 8192] @ self._filters).max()))
        return top


def _windowed(energy: Float64Array, slots: int) -> Float64Array:
    """Sums over `slots` successive slots."""
    if energy.size < slots:
        return np.empty(0)
    total = np.lib.stride_tricks.sliding_window_view(energy, slots).sum(axis=1)
    return np.asarray(total, dtype=np.float64)


def _gate(power: Float64Array, *, relative: float) -> float:
    """Mean power of the blocks above the absolute gate, and above the gate relative to their mean."""
    kept = power[_lufs_array(power) > _ABSOLUTE_GATE]
    if kept.size == 0:
        return 0.0
    return float(kept[_lufs_array(kept) > _lufs(float(kept.mean())) + relative].mean())


def _loudness_range(power: Float64Array) -> float:
    """Distance of the 10th and the 95th percentile of the gated short-term loudness. Tech 3342."""
    kept = power[_lufs_array(power) > _ABSOLUTE_GATE]
    if kept.size == 0:
        return 0.0
    loud = _lufs_array(kept)
    loud = loud[loud > _lufs(float(kept.mean())) - 20.0]
    low, high = np.percentile(loud, [10, 95])
    return float(high - low)


def _lufs_array(power: Float64Array) -> Float64Array:
    with np.errstate(divide="ignore"):
        return np.asarray(-0.691 + 10 * np.log10(power), dtype=np.float64)


def _lufs(power: float) -> float:
    return float(_lufs_array(np.array([power]))[0])


def _decibels(amplitude: float) -> float:
    return float(20 * np.log10(amplitude)) if amplitude > 0 else -np.inf
