"""Where the voices of a track meet: what the track's controls do to all of them alike is done once, to their sum."""

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np

from hexachord.arrays import Float32Array, Float64Array
from hexachord.synthesis.control_curves import TrackControls, smoothed_steps
from hexachord.synthesis.model import Route, Target
from hexachord.synthesis.voice_plan import VoicePlan
from hexachord.synthesis.voice_sound import SoundingVoice, drawn

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


class TrackMixer:
    """Adds up the voices of one track for one block and hands the sum to the mix.

    Voices with one send share a stereo bus; while pan moves, each place has its own.
    """

    def __init__(self, *, frames: int, first: int) -> None:
        self._frames, self._first = frames, first
        self._buses: dict[Hashable, tuple[Float32Array, SharedControls, float, float | None]] = {}
        self._scratch = np.empty((2, frames), dtype=np.float32)

    def add(self, voice: SoundingVoice, shared: SharedControls, shared_key: Hashable) -> None:
        """Add what the voice sounds in this block; `shared_key` tells its shared controls from others."""
        from scipy.linalg.blas import saxpy

        start, stop = max(voice.start, self._first), min(voice.end, self._first + self._frames)
        if stop <= start:
            return
        plan = voice.plan
        send = round(plan.fixed.reverb_send + float(np.mean(voice.motion.reverb_send)), 4)
        own_pan = voice.motion.pan
        if not isinstance(own_pan, float):
            self._add_roaming(voice, shared, shared_key, send, start, stop)
            return
        place = round(own_pan + plan.fixed.pan, 4)
        if isinstance(shared.pan, float):
            bus = self._bus((shared_key, send), shared, send, None)
            sides = _matrix(plan, shared.pan + place)
        elif plan.voice.sample.channels == 1:
            bus = self._bus((shared_key, send, place, 1), shared, send, place, channels=1)
            sides = ((1.0,),)
        else:
            bus = self._bus((shared_key, send, place, 2), shared, send, place)
            sides = _matrix(plan, 0.0)
        offset = voice.start - self._first
        for at, sound, gain in voice.pieces(start - voice.start, stop - voice.start, self._scratch):
            low = offset + at
            high = low + sound.shape[1]
            for side, weights in zip(bus, sides, strict=True):
                for channel, weight in zip(sound, weights, strict=True):
                    if weight != 0.0:
                        saxpy(channel, side[low:high], a=gain * weight)

    def finish(self, dry: Float32Array, send: Float32Array) -> None:
        """Add the buses to the dry sum and to the reverb's, each ``(2, frames)``."""
        for bus, shared, own_send, place in self._buses.values():
            level = np.clip(own_send + np.asarray(shared.reverb_send, dtype=np.float32), 0.0, 1.0)
            if place is None:
                sides = (np.float64(1.0), np.float64(1.0))
            else:
                sides = (pan_gains if len(bus) == 1 else balance_gains)(np.asarray(shared.pan) + place)  # type: ignore[assignment]
            for index in range(2):
                side = bus[index if len(bus) == 2 else 0]
                factor = np.asarray(sides[index] * shared.gain, dtype=np.float32)
                if factor.ndim or factor != 1.0:
                    side = side * factor
                dry[index] += side
                if level.ndim or level > 0.0:
                    send[index] += side * level

    def _add_roaming(self, voice: SoundingVoice, shared: SharedControls, shared_key: Hashable, send: float, start: int, stop: int) -> None:
        """Add a voice whose own oscillator or envelope moves it between the sides."""
        bus = self._bus((shared_key, send), shared, send, None)
        own = drawn(np.asarray(voice.motion.pan, dtype=np.float32), start - voice.start, stop - voice.start)
        here = slice(start - self._first, stop - self._first)
        pan = own + (voice.plan.fixed.pan + (shared.pan if isinstance(shared.pan, float) else shared.pan[here]))
        gains = (pan_gains if voice.plan.voice.sample.channels == 1 else balance_gains)(pan)
        for at, sound, gain in voice.pieces(start - voice.start, stop - voice.start, self._scratch):
            low = at - (start - voice.start)
            high = low + sound.shape[1]
            for index in range(2):
                channel = sound[min(index, len(sound) - 1)]
                bus[index, here][low:high] += channel * (gain * gains[index][low:high]).astype(np.float32)

    def _bus(self, key: Hashable, shared: SharedControls, send: float, place: float | None, *, channels: int = 2) -> Float32Array:
        found = self._buses.get(key)
        if found is None:
            found = self._buses[key] = (np.zeros((channels, self._frames), dtype=np.float32), shared, send, place)
        return found[0]


def _matrix(plan: VoicePlan, pan: float) -> tuple[tuple[float, ...], ...]:
    """What each channel of a voice gives to each side: ``[side][channel]``."""
    if plan.voice.sample.channels == 1:
        left, right = pan_gains(pan)
        return (float(left),), (float(right),)
    left, right = balance_gains(pan)
    near, far = 0.5 + 0.5 * plan.voice.width, 0.5 - 0.5 * plan.voice.width
    return (float(left) * near, float(left) * far), (float(right) * far, float(right) * near)
