"""Where the voices of a track meet: what the track's controls do to all of them alike is done once, to their sum."""

from collections.abc import Hashable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from hexachord.arrays import Float32Array, Float64Array
from hexachord.synthesis.model import Route, Target
from hexachord.synthesis.voices.control_curves import TrackControls, drawn, smoothed_steps
from hexachord.synthesis.voices.plan import CONTROL_FRAMES
from hexachord.synthesis.voices.sounding import STILL, SoundingVoice

SMOOTHING_S = 0.005
"""How long a step of a control takes, so that it is not heard as a click."""


def pan_gains(pan: Float64Array | Float32Array | float) -> tuple[Float64Array, Float64Array]:
    """What a mono sound at -1 (left) .. 1 (right) sends to both sides: equal power, 3 dB down in the middle.

    Examples
    --------
    >>> [round(float(gain), 4) for gain in pan_gains(0.0)]
    [0.7071, 0.7071]
    """
    angle = (np.clip(pan, -1.0, 1.0) + 1.0) * (np.pi / 4)
    return np.cos(angle), np.sin(angle)


def balance_gains(pan: Float64Array | Float32Array | float) -> tuple[Float64Array, Float64Array]:
    """What becomes of the sides of a stereo sound: the one turned away from fades, the other stays as it is.

    Examples
    --------
    >>> [round(float(gain), 4) for gain in balance_gains(0.5)]
    [0.7071, 1.0]
    """
    side = np.clip(pan, -1.0, 1.0) * (np.pi / 2)
    return np.cos(np.maximum(side, 0.0)), np.cos(np.minimum(side, 0.0))


@dataclass(frozen=True, slots=True, eq=False)
class SharedControls:
    """What the moving controls of a track give during one block: numbers, or one value for each frame."""

    gain: Float32Array | float
    pan: Float32Array | float
    reverb_send: Float32Array | float


def shared_controls(
    routes: tuple[Route, ...], controls: TrackControls, *, first: int, frames: int, rate_hz: int, volume: float, pan: float
) -> SharedControls:
    """Work out what `routes` and the mixer's own settings give in a block that begins at frame `first`."""
    width = max(int(SMOOTHING_S * rate_hz), 1)
    if not routes:
        return SharedControls(volume, pan, 0.0)
    times = [first / rate_hz, *controls.change_times(routes, first / rate_hz, (first + frames + width) / rate_hz)]
    at = np.array(times)
    sums: dict[Target, Float64Array] = {target: np.zeros(len(times)) for target in ("gain_db", "pan", "reverb_send")}
    for route in routes:
        sums[route.target] += controls.values(route, at)
    gain = volume * 10.0 ** (np.clip(sums["gain_db"], -200.0, 60.0) / 20.0)
    starts = np.round(at * rate_hz).astype(np.int64) - first

    def course(values: Float64Array) -> Float32Array | float:
        if np.ptp(values) < 1e-7:
            return float(values[0])
        return smoothed_steps(starts, values, frames=frames, width=width)

    return SharedControls(course(gain), course(np.clip(sums["pan"] + pan, -4.0, 4.0)), course(sums["reverb_send"]))


@dataclass(slots=True, eq=False)
class _Bus:
    """A sum of voices that share their send and, while pan moves, their `place`; what was touched of it."""

    sound: Float32Array
    shared: SharedControls
    send: float
    place: float | None
    low: int
    high: int


class Mixer:
    """Adds up the voices of one track in one block and hands the sum to the mix; its memory is used again for the next.

    Voices with one send share a stereo bus; while pan moves, each place has its own.
    """

    def __init__(self, *, frames: int) -> None:
        from scipy.linalg.blas import saxpy

        self._add_scaled = saxpy
        self._frames, self._first = frames, 0
        self._buses: dict[Hashable, _Bus] = {}
        self._idle: dict[int, list[Float32Array]] = {1: [], 2: []}
        self._scratch = np.empty((2, frames), dtype=np.float32)

    def begin(self, first: int) -> None:
        """Begin the block whose first frame is `first`."""
        self._first = first

    def add(self, voice: SoundingVoice, shared: SharedControls, shared_key: Hashable) -> None:
        """Add what the voice sounds in this block; `shared_key` tells its shared controls from others."""
        start, stop = max(voice.start, self._first), min(voice.end, self._first + self._frames)
        if stop <= start:
            return
        plan, motion = voice.plan, voice.motion
        send = plan.fixed.reverb_send
        if motion is not STILL:
            send += float(np.mean(motion.reverb_send))
        send = round(send, 4)
        if not isinstance(motion.pan, float):
            self._add_roaming(voice, shared, shared_key, send, start, stop)
            return
        place = round(motion.pan + plan.fixed.pan, 4)
        channels = plan.voice.sample.channels
        if isinstance(shared.pan, float):
            bus = self._bus((shared_key, send), shared, send, None)
            sides = _matrix(channels, shared.pan + place, plan.voice.width)
        elif channels == 1:
            bus = self._bus((shared_key, send, place, 1), shared, send, place, channels=1)
            sides = ((1.0,),)
        else:
            bus = self._bus((shared_key, send, place, plan.voice.width), shared, send, place)
            sides = _matrix(channels, 0.0, plan.voice.width)
        bus.low, bus.high = min(bus.low, start - self._first), max(bus.high, stop - self._first)
        offset = voice.start - self._first
        add_scaled = self._add_scaled
        for at, sound, gain in voice.pieces(start - voice.start, stop - voice.start, self._scratch):
            low = offset + at
            high = low + sound.shape[1]
            for side, weights in zip(bus.sound, sides, strict=True):
                for channel, weight in zip(sound, weights, strict=True):
                    if weight != 0.0:
                        add_scaled(channel, side[low:high], a=gain * weight)

    def finish(self, dry: Float32Array, send: Float32Array) -> None:
        """Add the buses to the dry sum and to the reverb's, each ``(2, frames)``, and make ready for the next track."""
        for bus in self._buses.values():
            here = slice(bus.low, bus.high)
            shared = bus.shared
            gain = shared.gain if isinstance(shared.gain, float) else shared.gain[here]
            reverb = shared.reverb_send if isinstance(shared.reverb_send, float) else shared.reverb_send[here]
            level = np.clip(bus.send + reverb, 0.0, 1.0)
            sides: tuple[Float64Array | float, ...] = (1.0, 1.0)
            if bus.place is not None:
                pan = shared.pan if isinstance(shared.pan, float) else shared.pan[here]
                sides = (pan_gains if len(bus.sound) == 1 else balance_gains)(pan + bus.place)
            for index, side in enumerate(sides):
                sound = bus.sound[index if len(bus.sound) == 2 else 0, here]
                self._add(sound, np.asarray(side * gain), dry[index, here])
                self._add(sound, np.asarray(side * gain * level), send[index, here])
            bus.sound[:, here] = 0.0
            self._idle[len(bus.sound)].append(bus.sound)
        self._buses.clear()

    def _add(self, sound: Float32Array, gain: np.ndarray, to: Float32Array) -> None:
        if gain.ndim:
            to += sound * gain.astype(np.float32)
        elif gain != 0.0:
            self._add_scaled(sound, to, a=float(gain))

    def _add_roaming(self, voice: SoundingVoice, shared: SharedControls, shared_key: Hashable, send: float, start: int, stop: int) -> None:
        """Add a voice whose own oscillator or envelope moves it between the sides."""
        bus = self._bus((shared_key, send), shared, send, None)
        bus.low, bus.high = min(bus.low, start - self._first), max(bus.high, stop - self._first)
        own = drawn(np.asarray(voice.motion.pan, dtype=np.float32), start - voice.start, stop - voice.start, step=CONTROL_FRAMES)
        here = slice(start - self._first, stop - self._first)
        pan = own + (voice.plan.fixed.pan + (shared.pan if isinstance(shared.pan, float) else shared.pan[here]))
        gains = (pan_gains if voice.plan.voice.sample.channels == 1 else balance_gains)(pan)
        for at, sound, gain in voice.pieces(start - voice.start, stop - voice.start, self._scratch):
            low = at - (start - voice.start)
            high = low + sound.shape[1]
            for index in range(2):
                channel = sound[min(index, len(sound) - 1)]
                bus.sound[index, here][low:high] += channel * (gain * gains[index][low:high]).astype(np.float32)

    def _bus(self, key: Hashable, shared: SharedControls, send: float, place: float | None, *, channels: int = 2) -> _Bus:
        found = self._buses.get(key)
        if found is None:
            idle = self._idle[channels]
            sound = idle.pop() if idle else np.zeros((channels, self._frames), dtype=np.float32)
            found = self._buses[key] = _Bus(sound, shared, send, place, self._frames, 0)
        return found


@lru_cache(maxsize=1024)
def _matrix(channels: int, pan: float, width: float) -> tuple[tuple[float, ...], ...]:
    """What each channel of a voice gives to each side: ``[side][channel]``."""
    if channels == 1:
        left, right = pan_gains(pan)
        return (float(left),), (float(right),)
    left, right = balance_gains(pan)
    near, far = 0.5 + 0.5 * width, 0.5 - 0.5 * width
    return (float(left) * near, float(left) * far), (float(right) * far, float(right) * near)
