"""Rooms: a network of delays that feed one another, and responses of made rooms.

The network is Jot's (*Digital delay networks for designing artificial reverberators*, AES 90, 1991): eight delays, an orthogonal matrix
between them, and in each a filter that takes away as much as its length should cost in each band. Sparse signs of noise (Karjalainen &
Järveläinen, *Reverberation modeling using velvet noise*, AES 30th conference, 2007) go in, so that it is dense at once. It is computed in
pieces as long as its shortest delay. Rooms with early reflections are convolutions (`hexachord.dsp.reverb`).
"""

from functools import lru_cache

import numpy as np

from hexachord.arrays import Float32Array, Float64Array
from hexachord.dsp.fir import Fir
from hexachord.dsp.reverb import Reverb, Room
from hexachord.processing.effects.effect import Blend, Processor, Series, amplitude, effect, within
from hexachord.processing.effects.equalizer import high_pass

_LINES = 8
_RATIOS = np.array([1.0, 1.1173, 1.2391, 1.3627, 1.4839, 1.6181, 1.7519, 1.8913])  # far from simple fractions


@effect
def network_reverb(
    rate_hz: int,
    channels: int,
    *,
    decay_s: float = 1.8,
    bass_decay: float = 1.15,
    treble_decay: float = 0.45,
    bass_hz: float = 200.0,
    treble_hz: float = 4000.0,
    size: float = 1.0,
    pre_delay_s: float = 0.015,
    low_cut_hz: float = 120.0,
    wet_db: float = -14.0,
    dry_db: float = 0.0,
    seed: int = 0,
) -> Processor:
    """Let sound go round in a network of delays.

    Parameters
    ----------
    decay_s : time in which it falls by 60 dB at middle frequencies
    bass_decay, treble_decay : factors of it well below `bass_hz` and well above `treble_hz`
    size : 0.3 (a cupboard) to 2 (a cathedral): how far apart the echoes are
    pre_delay_s : silence before the first
    low_cut_hz : nothing below it comes back
    wet_db : power of what comes back over that of what went in, for pink noise
    dry_db : of the sound itself
    seed : of the first echoes
    """
    network = _Network(
        rate_hz,
        channels,
        (within(decay_s, 0.1, 30.0), within(bass_decay, 0.1, 4.0), within(treble_decay, 0.05, 2.0), bass_hz, treble_hz),
        within(size, 0.3, 3.0),
        round(within(pre_delay_s, 0.0, 0.5) * rate_hz),
        seed,
    )
    wet = Series([network, high_pass.processor(rate_hz, channels, cutoff_hz=low_cut_hz, order=1)], channels)
    return Blend(wet, dry_gain=amplitude(dry_db), wet_gain=amplitude(wet_db))


class _Network:
    def __init__(
        self, rate_hz: int, channels: int, decay: tuple[float, float, float, float, float], size: float, pre_delay: int, seed: int
    ) -> None:
        self.channels = channels
        self._lengths = _lengths(rate_hz, size)
        self._matrix = _matrix()
        random = np.random.default_rng([seed, 31])
        self._spread = [Fir(_velvet(rate_hz, random), channels=1) for _ in range(channels)]
        sides = np.sign(_matrix()[:, :channels] if channels <= _LINES else random.standard_normal((_LINES, channels)))
        self._into = np.ascontiguousarray(sides / np.sqrt(_LINES), dtype=np.float32)
        self._out = np.ascontiguousarray(_outputs(channels, random))
        sections = [_absorption(int(length), decay, rate_hz) for length in self._lengths]
        self._filters = [(np.polymul(one[:2], two[:2]), np.polymul(one[3:5], two[3:5])) for one, two in sections]
        self._memory = [np.zeros(2) for _ in sections]
        self._lines = np.zeros((_LINES, int(self._lengths.max())), dtype=np.float32)
        self._before = np.zeros((channels, pre_delay), dtype=np.float32)
        power = _power(decay, tuple(int(length) for length in self._lengths), rate_hz)
        self._level = np.float32(np.sqrt(_LINES / channels / power))  # what all channels send goes to all lines

    def process(self, block: Float32Array) -> Float32Array:
        from scipy.signal import lfilter

        frames = block.shape[1]
        if not frames:
            return block
        joined = np.concatenate([self._before, block], axis=1)
        self._before = joined[:, frames:]
        fed = np.concatenate([spread(joined[c : c + 1, :frames]) for c, spread in enumerate(self._spread)])
        entering = self._into @ fed
        kept = self._lines.shape[1]
        lines = np.concatenate([self._lines, np.empty((_LINES, frames), dtype=np.float32)], axis=1)
        wet = np.empty((self.channels, frames), dtype=np.float32)
        step = int(self._lengths.min())
        heard = np.empty((_LINES, step), dtype=np.float32)
        for at in range(0, frames, step):
            size = min(step, frames - at)
            for index, (b, a) in enumerate(self._filters):
                start = kept + at - int(self._lengths[index])
                heard[index, :size], self._memory[index] = lfilter(b, a, lines[index, start : start + size], zi=self._memory[index])
            wet[:, at : at + size] = self._out @ heard[:, :size]
            lines[:, kept + at : kept + at + size] = self._matrix @ heard[:, :size] + entering[:, at : at + size]
        self._lines = lines[:, frames:]
        for memory in self._memory:
            memory[np.abs(memory) < 1e-30] = 0.0  # numbers too small for the processor's fast path
        self._lines[np.abs(self._lines) < 1e-30] = 0.0
        return np.asarray(wet * self._level)

    def finish(self) -> Float32Array:
        return np.zeros((self.channels, 0), dtype=np.float32)


def _lengths(rate_hz: int, size: float) -> np.ndarray:
    return np.unique(np.round(0.031 * size * _RATIOS * rate_hz).astype(int) | 1)[:_LINES]


def _matrix() -> Float32Array:
    from scipy.linalg import hadamard

    return np.ascontiguousarray(hadamard(_LINES) / np.sqrt(_LINES), dtype=np.float32)


def _outputs(channels: int, random: np.random.Generator) -> Float32Array:
    signs = np.where(random.random((channels, _LINES)) < 0.5, -1.0, 1.0)
    if channels == 2:
        signs[1] = signs[0] * np.where(np.arange(_LINES) % 2 == 0, 1.0, -1.0)  # half the lines alike: sides that know little of one another
    return np.asarray(signs / np.sqrt(_LINES), dtype=np.float32)


def _velvet(rate_hz: int, random: np.random.Generator) -> Float64Array:
    """50 ms of sparse signs that fade: about one in each 0.8 ms."""
    size, grid = max(2, round(0.05 * rate_hz)), max(1.0, 0.0008 * rate_hz)
    places = ((np.arange(int(size / grid)) + random.random(int(size / grid))) * grid).astype(int)
    taps = np.zeros(size)
    taps[places[places < size]] = np.where(random.random(places.size) < 0.5, -1.0, 1.0)[places < size]
    taps *= np.exp(-3.0 * np.arange(size) / size)
    return np.asarray(taps / np.sqrt(np.square(taps).sum()))


def _absorption(length: int, decay: tuple[float, float, float, float, float], rate_hz: int) -> Float64Array:
    """What one trip through a delay costs: a shelf for the bass and one for the treble around the loss of the middle."""
    decay_s, bass, treble, bass_hz, treble_hz = decay
    middle, low, high = (10 ** (-3 * length / (rate_hz * decay_s * factor)) for factor in (1.0, bass, treble))
    return np.concatenate(
        [
            _shelf(within(bass_hz, 10.0, 0.4 * rate_hz), low / middle, rate_hz, is_low=True),
            _shelf(within(treble_hz, 10.0, 0.4 * rate_hz), high / middle, rate_hz, is_low=False) * np.array([middle] * 3 + [1.0] * 3),
        ]
    )


def _shelf(corner_hz: float, ratio: float, rate_hz: int, *, is_low: bool) -> Float64Array:
    """A first-order shelf whose far side is `ratio` times the other."""
    from scipy.signal import bilinear

    corner = 2 * rate_hz * np.tan(np.pi * corner_hz / rate_hz)
    root = np.sqrt(ratio)
    zero, pole = (corner * root, corner / root) if is_low else (corner / root, corner * root)
    top = 1.0 if is_low else ratio
    b, a = bilinear([top, top * zero], [1.0, pole], fs=rate_hz)
    return np.array([[b[0], b[1], 0.0, a[0], a[1], 0.0]])


@lru_cache(maxsize=64)
def _power(decay: tuple[float, float, float, float, float], lengths: tuple[int, ...], rate_hz: int) -> float:
    """The power that comes out for noise that goes in: what goes round is a geometric series, in each band its own; pink noise weighs."""
    from scipy.signal import sosfreqz

    hz = np.geomspace(150.0, min(3600.0, 0.4 * rate_hz), 40)
    kept = np.mean([np.square(np.abs(sosfreqz(_absorption(n, decay, rate_hz), hz, fs=rate_hz)[1])) for n in lengths], axis=0)
    return float(np.mean(kept / np.maximum(1 - kept, 1e-6)))


@effect
def room(
    rate_hz: int,
    channels: int,
    *,
    decay_s: float = 0.6,
    bass_decay: float = 1.1,
    damping_hz: float = 5000.0,
    size_m: float = 8.0,
    pre_delay_s: float = 0.006,
    early_share: float = 0.5,
    low_cut_hz: float = 120.0,
    wet_db: float = -14.0,
    dry_db: float = 0.0,
    seed: int = 0,
) -> Processor:
    """Sound in a made room, with its first reflections.

    Parameters
    ----------
    decay_s, bass_decay, damping_hz, size_m, pre_delay_s, early_share, low_cut_hz : as in `hexachord.dsp.reverb.Room`
    wet_db : power of what comes back over that of what went in, for pink noise
    dry_db : of the sound itself; -200 leaves the room alone
    seed : of its tail
    """
    made = Room(
        decay_s=within(decay_s, 0.05, 20.0),
        bass_decay=within(bass_decay, 0.1, 4.0),
        damping_hz=within(damping_hz, 100.0, 40000.0),
        size_m=within(size_m, 0.0, 200.0),
        pre_delay_s=within(pre_delay_s, 0.0, 0.5),
        early_share=within(early_share, 0.0, 0.95),
        low_cut_hz=within(low_cut_hz, 1.0, 2000.0),
        level_db=0.0,
    )
    return Blend(_InRoom(made, rate_hz, channels, seed), dry_gain=amplitude(dry_db), wet_gain=amplitude(wet_db))


class _InRoom:
    """A room has two sides; one channel is sent from its middle and heard there."""

    def __init__(self, made: Room, rate_hz: int, channels: int, seed: int) -> None:
        if channels > 2:
            raise ValueError(f"a room is heard with one or two ears, not {channels}")
        self.channels = channels
        self._reverb = Reverb(made, rate_hz=rate_hz, seed=seed)

    def process(self, block: Float32Array) -> Float32Array:
        if self.channels == 2:
            return self._reverb.process(block)
        return np.asarray(self._reverb.process(np.repeat(block, 2, axis=0)).mean(axis=0, keepdims=True))

    def finish(self) -> Float32Array:
        return np.zeros((self.channels, 0), dtype=np.float32)
