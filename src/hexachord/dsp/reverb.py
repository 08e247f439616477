"""A room of our own: an artificial stereo response, and the convolution that puts sound into it.

The response has two parts. Early reflections are image sources of a shoebox (Allen & Berkley, *Image method for efficiently simulating
small-room acoustics*, JASA 65(4), 1979), each with its delay, its side and what the walls took from its treble. The tail is noise that
decays by 60 dB in `decay_s`, sooner in the treble and later in the bass (Moorer, *About this reverberation business*, Computer Music
Journal 3(2), 1979). Convolution is by uniform partitions in the frequency domain (Stockham, 1966; Wefers, *Partitioned convolution
algorithms for real-time auralization*, 2015, ch. 5); how the signal is cut into blocks makes no difference.
"""

from collections import deque
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy import fft

from hexachord.arrays import ComplexArray, Float32Array, Float64Array
from hexachord.errors import InputError

_SOUND_M_S = 343.0
_KEPT_DB = 75.0  # the response is cut where it has fallen so far
_HEARD_DB = 90.0  # a band of the tail that has fallen so far is over
_EARLY_S = 0.25  # image sources beyond it belong to the tail
_ORDER = 3  # reflections followed one by one
_WEIGHED_HZ = (150.0, 3600.0)  # the level is that of these octaves, whatever the sampling rate
_PARTITION = 16384
_BANDS = 12  # octaves of the tail, from 31 Hz up, that decay by themselves


@dataclass(frozen=True, kw_only=True)
class Room:
    """How a room answers.

    Attributes
    ----------
    decay_s : time in which the tail falls by 60 dB at middle frequencies
    bass_decay : its factor at the low end
    damping_hz : frequency above which the tail lasts less than half as long
    size_m : length of the room: how far apart the early reflections are; 0 has none (a plate of steel)
    pre_delay_s : silence before the tail
    early_share : part of the energy that is early reflections, 0 to 1
    low_cut_hz : nothing below it returns, so that the bass stays clear
    level_db : power of the return over that of a steady send whose octaves are equally strong (pink noise, roughly music); controller 91
        sends -24 dB when nobody has moved it
    """

    decay_s: float = 0.6
    bass_decay: float = 1.1
    damping_hz: float = 5000.0
    size_m: float = 8.0
    pre_delay_s: float = 0.006
    early_share: float = 0.5
    low_cut_hz: float = 120.0
    level_db: float = 11.0


ROOMS: dict[str, Room] = {
    "room": Room(),
    "hall": Room(
        decay_s=2.1, bass_decay=1.25, damping_hz=3800.0, size_m=26.0, pre_delay_s=0.022, early_share=0.2, low_cut_hz=90.0, level_db=12.0
    ),
    "plate": Room(
        decay_s=1.5, bass_decay=1.0, damping_hz=8000.0, size_m=0.0, pre_delay_s=0.0, early_share=0.0, low_cut_hz=180.0, level_db=11.0
    ),
}


def room_named(room: str | Room | None) -> Room | None:
    """Return a room by name; a `Room` is itself, None and ``none`` are no room.

    Raises
    ------
    InputError : if there is none of that name; the message lists them.

    Examples
    --------
    >>> room_named("hall").decay_s
    2.1
    """
    if room is None or isinstance(room, Room):
        return room
    if room == "none":
        return None
    if room not in ROOMS:
        raise InputError(f"--reverb {room}", found="no such room", expected=f"one of {', '.join(ROOMS)}, none")
    return ROOMS[room]


@lru_cache(maxsize=12)
def room_response(room: Room, *, rate_hz: int, seed: int = 0) -> Float32Array:
    """Compute what left and right hear of a click on the left and of one on the right.

    Parameters
    ----------
    room : its options
    rate_hz : sampling rate
    seed : of the tail's noise

    Returns
    -------
    (2 heard, 2 sent, n) float32; steady pink noise on both sides returns at `level_db`

    Examples
    --------
    >>> room_response(ROOMS["room"], rate_hz=8000).shape[:2]
    (2, 2)
    """
    if not 0.05 <= room.decay_s <= 20.0:
        raise ValueError(f"a decay lasts 0.05 to 20 s, not {room.decay_s} s")
    longest_s = room.decay_s * max(1.0, room.bass_decay) * _KEPT_DB / 60
    frames = round((room.pre_delay_s + longest_s) * rate_hz) + 1
    has_early = room.early_share > 0 and room.size_m > 0
    longer = max(frames, round(_EARLY_S * rate_hz)) if has_early else frames
    size = fft.next_fast_len(longer, real=True)
    frequency_hz = fft.rfftfreq(size, 1 / rate_hz)
    spectrum = fft.rfft(_tail(room, frames, rate_hz, seed), size, axis=2)
    spectrum *= np.float32(np.sqrt(1.0 - room.early_share) * _unit(spectrum, frequency_hz))
    if has_early:
        early = fft.rfft(_early(room, rate_hz).astype(np.float32), size, axis=2)
        spectrum += early * np.float32(np.sqrt(room.early_share) * _unit(early, frequency_hz))
    spectrum *= _high_pass(frequency_hz, room.low_cut_hz).astype(np.float32)
    spectrum *= np.float32(10 ** (room.level_db / 20) * _unit(spectrum, frequency_hz))
    response = fft.irfft(spectrum, size, axis=2)[:, :, :longer]
    fade = max(1, longer // 10)
    response[:, :, -fade:] *= np.square(np.cos(0.5 * np.pi * np.arange(fade) / fade)).astype(np.float32)
    return np.ascontiguousarray(response, dtype=np.float32)


def _tail(room: Room, frames: int, rate_hz: int, seed: int) -> Float32Array:
    """Noise that decays in octaves, each at its own pace, and comes in as fast as the room is small."""
    start = round(room.pre_delay_s * rate_hz)
    lasting = frames - start
    noise = np.random.default_rng([seed, 91]).standard_normal((2, 2, lasting), dtype=np.float32)
    tail = np.zeros((2, 2, frames), dtype=np.float32)
    spectra: dict[int, np.ndarray] = {}
    for band in range(_BANDS):
        centre_hz = 31.25 * 2.0**band
        if band and centre_hz / 2 > rate_hz / 2:
            break
        bass = 1.0 + (room.bass_decay - 1.0) / (1.0 + (centre_hz / 250.0) ** 2)
        decay_s = room.decay_s * bass / (1.0 + (centre_hz / room.damping_hz) ** 1.5)
        heard = lasting  # what decays sooner is computed for as long as it can be heard: a half, a quarter, ... of the whole
        while heard > 2 * _HEARD_DB / 60 * decay_s * rate_hz and heard > 0.05 * rate_hz:
            heard = -(-heard // 2)
        size = fft.next_fast_len(heard, real=True)
        if heard not in spectra:
            spectra[heard] = fft.rfft(noise[:, :, :heard], size, axis=2)
        octave = np.log2(np.maximum(fft.rfftfreq(size, 1 / rate_hz), 1e-3) / 31.25)
        distance = np.clip(np.abs(octave - band), 0.0, 1.0)  # bands share what lies between them; the outermost ones take the rest
        if band == 0:
            distance = np.where(octave < 0, 0.0, distance)
        share = np.square(np.cos(0.5 * np.pi * distance)).astype(np.float32)
        envelope = np.exp(-np.log(1000.0) / (decay_s * rate_hz) * np.arange(heard, dtype=np.float32))
        tail[:, :, start : start + heard] += fft.irfft(spectra[heard] * share, size, axis=2)[:, :, :heard] * envelope
    rise_s = 0.3 * room.size_m / _SOUND_M_S
    if rise_s > 0:
        tail[:, :, start:] *= (1.0 - np.exp(-np.arange(lasting) / (rise_s * rate_hz))).astype(np.float32)
    return tail


def _early(room: Room, rate_hz: int) -> Float64Array:
    """Image sources of a shoebox up to `_ORDER` walls away, the direct sound left out."""
    frames = round(_EARLY_S * rate_hz)
    frequency_hz = fft.rfftfreq(frames, 1 / rate_hz)
    walls = room.size_m * np.array([0.62, 1.0, 0.37])  # width, length, height: far from whole ratios
    listener = walls * np.array([0.47, 0.36, 0.41])
    steps = np.array(
        [(x, y, z) for x in range(-_ORDER, _ORDER + 1) for y in range(-_ORDER, _ORDER + 1) for z in range(-_ORDER, _ORDER + 1)]
    )
    order = np.abs(steps).sum(axis=1)
    steps, order = steps[(order > 0) & (order <= _ORDER)], order[(order > 0) & (order <= _ORDER)]
    damping = 1.0 / np.sqrt(1.0 + (frequency_hz / (1.5 * room.damping_hz)) ** 2)
    spectrum = np.zeros((2, 2, frequency_hz.size), dtype=np.complex128)
    for side in (0, 1):
        source = walls * np.array([(0.33, 0.61)[side], 0.68, 0.38])
        image = np.where(steps % 2 == 0, steps * walls + source, (steps + 1) * walls - source)
        path = image - listener
        distance = np.sqrt(np.square(path).sum(axis=1))
        direct = float(np.sqrt(np.square(source - listener).sum()))
        delay_s = (distance - direct) / _SOUND_M_S
        sine = np.clip(path[:, 0] / np.maximum(np.hypot(path[:, 0], path[:, 1]), 1e-9), -1, 1)
        for heard, gain in ((0, np.sqrt(0.5 - 0.45 * sine)), (1, np.sqrt(0.5 + 0.45 * sine))):
            for at_s, level, walls_met in zip(delay_s, gain * direct / distance * 0.8**order, order, strict=True):
                if 0 < at_s < 0.8 * _EARLY_S:
                    spectrum[heard, side] += level * damping**walls_met * np.exp(-2j * np.pi * frequency_hz * at_s)
    return np.asarray(fft.irfft(spectrum, frames, axis=2))


def _unit(spectrum: ComplexArray, frequency_hz: Float64Array) -> float:
    """The factor to a mean gain of 1 over the octaves of music, for each side heard, of two sides that know nothing of one another."""
    inside = (frequency_hz >= _WEIGHED_HZ[0]) & (frequency_hz <= _WEIGHED_HZ[1])
    power = np.square(np.abs(spectrum[:, :, inside])).sum(axis=(0, 1), dtype=np.float64) / 2
    energy = float(np.average(power, weights=1 / frequency_hz[inside]))
    return 1.0 / float(np.sqrt(energy)) if energy > 0 else 1.0


def _high_pass(frequency_hz: Float64Array, cut_hz: float) -> Float64Array:
    ratio = np.square(np.minimum(frequency_hz / cut_hz, 1e3))
    return np.asarray(ratio / (1.0 + ratio))


class Reverb:
    """A room that sounds as long as it is fed: `process` returns as many frames as it is given, `tail` what is still in the air.

    Examples
    --------
    >>> reverb = Reverb(ROOMS["room"], rate_hz=8000)
    >>> click = np.zeros((2, 100), np.float32); click[:, 0] = 1
    >>> reverb.process(click).shape, reverb.tail().shape[1] > 4000
    ((2, 100), True)
    """

    def __init__(self, room: Room, *, rate_hz: int, seed: int = 0) -> None:
        self._convolver = Convolver(room_response(room, rate_hz=rate_hz, seed=seed))

    def process(self, sent: Float32Array) -> Float32Array:
        """Take the next ``(2, n)`` frames sent into the room and return the ``(2, n)`` that come back."""
        return self._convolver.process(sent)

    def tail(self) -> Float32Array:
        """Return what is still to come back; the room is silent afterwards."""
        return self._convolver.tail()


class Convolver:
    """Convolution with a response of many channels, block by block.

    Parameters
    ----------
    response : (heard, sent, n) float32
    partition : frames done at once; the shorter, the less work for short blocks and the more for long ones

    Notes
    -----
    A partition's sound with the response's first part is added as soon as it comes in, in pieces if it comes in pieces; its sound with the
    later parts cannot be heard before the partition is over, so it is computed then.
    """

    def __init__(self, response: Float32Array, *, partition: int = _PARTITION) -> None:
        self.frames = response.shape[2]
        parts = -(-self.frames // partition)
        padded = np.zeros((*response.shape[:2], parts * partition), dtype=np.float32)
        padded[:, :, : self.frames] = response
        split = padded.reshape(*response.shape[:2], parts, partition)
        self._size = 2 * partition
        self._partition = partition
        self._parts = [np.ascontiguousarray(fft.rfft(split[:, :, part], self._size, axis=2)) for part in range(parts)]
        self._past: deque[np.ndarray | None] = deque([None] * (parts - 1), maxlen=parts - 1)
        self._now = np.zeros((response.shape[1], partition), dtype=np.float32)
        self._filled = 0
        self._ahead = np.zeros((response.shape[0], self._size), dtype=np.float32)
        self._silent_for = self.frames  # frames of silence so far: beyond the response's length there is nothing to compute

    def process(self, block: Float32Array) -> Float32Array:
        """Take ``(sent, n)`` frames, return ``(heard, n)``."""
        out = np.zeros((self._ahead.shape[0], block.shape[1]), dtype=np.float32)
        at = 0
        while at < block.shape[1]:
            length = min(self._partition - self._filled, block.shape[1] - at)
            self._piece(block[:, at : at + length], out[:, at : at + length])
            at += length
        return out

    def tail(self) -> Float32Array:
        """Return what follows when nothing more comes in."""
        return self.process(np.zeros((self._now.shape[0], self.frames - 1), dtype=np.float32))

    def _piece(self, piece: Float32Array, out: Float32Array) -> None:
        length = piece.shape[1]
        is_silent = not piece.any()
        spectrum = None
        if not is_silent:
            self._silent_for = 0
            spectrum = fft.rfft(piece, self._size, axis=1)
            self._ahead += fft.irfft(_through(self._parts[0], spectrum), self._size, axis=1)
        self._now[:, self._filled : self._filled + length] = piece
        if self._silent_for < self.frames + 2 * self._size:
            out[:] = self._ahead[:, :length]
            self._ahead[:, :-length] = self._ahead[:, length:].copy()
            self._ahead[:, -length:] = 0.0
            if is_silent:
                self._silent_for += length
        was_whole = length == self._partition
        self._filled += length
        if self._filled == self._partition:
            self._filled = 0
            self._end_partition(spectrum if was_whole else None)

    def _end_partition(self, spectrum: np.ndarray | None) -> None:
        if not self._past.maxlen:
            return
        if spectrum is None and self._now.any():
            spectrum = fft.rfft(self._now, self._size, axis=1)
        self._past.appendleft(spectrum)
        total: np.ndarray | None = None
        for part, past in zip(self._parts[1:], self._past, strict=True):
            if past is not None:
                term = _through(part, past)
                total = term if total is None else np.add(total, term, out=total)
        if total is not None:
            self._ahead += fft.irfft(total, self._size, axis=1)


def _through(part: np.ndarray, spectrum: np.ndarray) -> np.ndarray:
    """Sum over what is sent: (heard, sent, bins) times (sent, bins)."""
    total = part[:, 0] * spectrum[0]
    for sent in range(1, part.shape[1]):
        total += part[:, sent] * spectrum[sent]
    return np.asarray(total)
