"""What a voice will do: everything that a stroke, its track's controls and the voice's own modulators decide, before any sound is made."""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from hexachord.arrays import Float64Array
from hexachord.synthesis.model import Filter, Lfo, Modulator, Route, Target, Voice
from hexachord.synthesis.voices.control_curves import TrackControls
from hexachord.synthesis.voices.envelopes import Course, course_of, modulation_envelope, oscillator, release_course
from hexachord.synthesis.voices.filters import STEP_CENTS, is_open, quantized
from hexachord.synthesis.voices.resampling import Excerpt, excerpt_of
from hexachord.synthesis.voices.sources import SoundKey
from hexachord.synthesis.voices.sweeps import MOST_RUNGS, rung_cents

CONTROL_FRAMES = 64
"""Glides, sweeps and swells are worked out once in this many frames and drawn straight in between."""

SILENT_DB = -96.0
"""A voice is over when it has become this quiet."""


class Fixed(NamedTuple):
    """What the voice and the controls that nobody moves add up to."""

    pitch_cents: float = 0.0
    cutoff_cents: float = 0.0
    gain_db: float = 0.0
    pan: float = 0.0
    reverb_send: float = 0.0


class Motion(NamedTuple):
    """What a sounding voice adds to that: numbers, or curves with a value for each `CONTROL_FRAMES` of it."""

    pitch_cents: Float64Array | float = 0.0
    cutoff_cents: Float64Array | float = 0.0
    gain_db: Float64Array | float = 0.0
    pan: Float64Array | float = 0.0
    reverb_send: Float64Array | float = 0.0


class RouteSums(NamedTuple):
    """The routes of a voice among the controls of its track: what nobody moves is added up, the others are sorted by what they reach.

    `own` move pitch and cutoff of each voice; `bus` move gain, pan and send, which all voices of the track share; `depths` is what is
    added to the depth of a modulator, and `deepening` the routes that change it.
    """

    routes: tuple[Route, ...]
    added: dict[Target, float]
    own: tuple[Route, ...]
    bus: tuple[Route, ...]
    depths: dict[int, float]
    deepening: dict[int, tuple[Route, ...]]


def sum_routes(routes: tuple[Route, ...], controls: TrackControls) -> RouteSums:
    """Sort routes by what they reach, and add up those that stand still."""
    added: dict[Target, float] = {}
    own: list[Route] = []
    bus: list[Route] = []
    depths: dict[int, float] = {}
    deepening: dict[int, tuple[Route, ...]] = {}
    for route in routes:
        live = controls.is_live(route)
        if route.modulator is not None:
            if live:
                deepening[route.modulator] = (*deepening.get(route.modulator, ()), route)
            else:
                depths[route.modulator] = depths.get(route.modulator, 0.0) + controls.value(route, 0.0)
        elif not live:
            added[route.target] = added.get(route.target, 0.0) + controls.value(route, 0.0)
        elif route.target in ("pitch_cents", "cutoff_cents"):
            own.append(route)
        else:
            bus.append(route)
    return RouteSums(routes, added, tuple(own), tuple(bus), depths, deepening)


@dataclass(slots=True, eq=False)
class VoicePlan:
    """What all strokes of a voice in a track have in common.

    `life` is after how many frames it is quieter than `floor_db` below full level though it is still held, None when it never is.
    From frame `flat_from` its envelope stays at `flat`.
    `modulators` come with their depth and the routes that change it. `still` is the sound it has when nothing moves it, once known.
    `sweeps` says that its cutoff moves alike at every stroke until it is let go, `only_sweeps` that nothing else moves. `filter` is None
    where the voice's own stays open.
    """

    voice: Voice
    fixed: Fixed
    gain: float
    floor_db: float
    life: int | None
    course: Course
    flat_from: int
    flat: float
    release: Course
    excerpt: Excerpt
    filter: Filter | None
    equalizer: tuple[Filter, ...]
    sweeps: bool
    only_sweeps: bool
    own_routes: tuple[Route, ...]
    bus_routes: tuple[Route, ...]
    modulators: tuple[tuple[Modulator, float, tuple[Route, ...]], ...]
    still: tuple[SoundKey, int | None] | None = None

    def sweep_name(self, delay_s: float) -> tuple[object, ...]:
        """What tells its sweep from others over the same sound."""
        moving = ((modulator.source, depth) for modulator, depth, _ in self.modulators if modulator.target == "cutoff_cents")
        return self.fixed.cutoff_cents, delay_s, *moving


def plan_voice(voice: Voice, sums: RouteSums, *, rate_hz: int) -> VoicePlan:
    """Work out what all strokes of a voice in a track have in common."""
    added = sums.added
    fixed = Fixed(
        pitch_cents=_finite(voice.pitch_cents + added.get("pitch_cents", 0.0)),
        cutoff_cents=_finite(added.get("cutoff_cents", 0.0)),
        gain_db=min(max(_finite(voice.gain_db + added.get("gain_db", 0.0), otherwise=-200.0), -200.0), 60.0),
        pan=_finite(voice.pan + added.get("pan", 0.0)),
        reverb_send=_finite(voice.reverb_send + added.get("reverb_send", 0.0)),
    )
    # what sounds to its end whatever the key does must have one
    loop = None if voice.loop is None or voice.one_shot else (voice.loop.start, voice.loop.end)
    course = course_of(voice.envelope, rate_hz=rate_hz)
    floor_db = SILENT_DB - fixed.gain_db
    modulators: list[tuple[Modulator, float, tuple[Route, ...]]] = []
    for index, modulator in enumerate(voice.modulators):
        depth, routes = modulator.depth + sums.depths.get(index, 0.0), sums.deepening.get(index, ())
        if depth or routes:
            modulators.append((modulator, depth, routes))
    low, high = _cutoff_bounds(fixed.cutoff_cents, sums.own, modulators)
    settings = voice.filter
    if settings is None or is_open(settings, lowest_cents=low, highest_cents=high):
        settings = None
        modulators = [one for one in modulators if one[0].target != "cutoff_cents"]
    moving = [one for one in modulators if one[0].target == "cutoff_cents"]
    sweeps = settings is not None and bool(moving) and STEP_CENTS <= high - low <= MOST_RUNGS * rung_cents(settings)
    sweeps = sweeps and not any(routes for _, _, routes in moving) and not any(route.target == "cutoff_cents" for route in sums.own)
    return VoicePlan(
        voice=voice,
        fixed=fixed,
        gain=10.0 ** (fixed.gain_db / 20.0),
        floor_db=floor_db,
        life=course.frames_until(floor_db),
        course=course,
        flat_from=course.frames,
        flat=course.level(course.frames),
        release=release_course(voice.envelope.release_db_per_s, rate_hz=rate_hz),
        excerpt=excerpt_of(voice.sample.frames, start=voice.start, end=voice.end, loop=loop, passes=None),
        filter=settings,
        sweeps=sweeps,
        only_sweeps=sweeps and not sums.own and len(moving) == len(modulators),
        equalizer=tuple(quantized(band) for band in voice.equalizer if not is_open(band)),
        own_routes=sums.own,
        bus_routes=sums.bus,
        modulators=tuple(modulators),
    )


def _cutoff_bounds(
    fixed_cents: float, own: tuple[Route, ...], modulators: list[tuple[Modulator, float, tuple[Route, ...]]]
) -> tuple[float, float]:
    """How far down and up a cutoff can go."""
    low = high = fixed_cents
    for route in own:
        if route.target == "cutoff_cents":
            low, high = low - abs(route.amount), high + abs(route.amount)
    for modulator, depth, routes in modulators:
        if modulator.target != "cutoff_cents":
            continue
        reach = sum((abs(route.amount) for route in routes), 0.0)
        both = isinstance(modulator.source, Lfo) or bool(routes)
        low += -abs(depth) - reach if both else min(depth, 0.0)
        high += abs(depth) + reach if both else max(depth, 0.0)
    return low, high


def decibels(amplitude: float) -> float:
    """An amplitude in dB, no lower than -180."""
    return 20.0 * math.log10(max(amplitude, 1e-9))


def motion_of(
    plan: VoicePlan, controls: TrackControls, *, start: int, frames: int, held: int | None, delay_s: float, rate_hz: int
) -> Motion:
    """Work out how a voice moves that sounds from frame `start` on for so many frames and is held for `held` of them.

    Its envelopes and oscillators began `delay_s` earlier. The cutoff of a voice that `sweeps` is left to `sweep_of`.
    """
    start_s, end_s = start / rate_hz, (start + frames) / rate_hz
    local_s: Float64Array = np.arange(frames // CONTROL_FRAMES + 2, dtype=np.float64) * (CONTROL_FRAMES / rate_hz)
    sums: dict[Target, Float64Array | float] = {}
    for route in plan.own_routes:
        sums[route.target] = sums.get(route.target, 0.0) + _route(route, controls, start_s, end_s, local_s)
    for modulator, depth, routes in plan.modulators:
        if isinstance(modulator.source, Lfo) and modulator.source.delay_s - delay_s > end_s - start_s:
            continue
        if plan.sweeps and modulator.target == "cutoff_cents":
            continue
        amount: Float64Array | float = depth
        for route in routes:
            amount = amount + _route(route, controls, start_s, end_s, local_s)
        if isinstance(amount, float) and abs(amount) < 1e-6:
            continue
        wave = _wave(modulator, local_s + delay_s, held=held, delay_s=delay_s, rate_hz=rate_hz)
        sums[modulator.target] = sums.get(modulator.target, 0.0) + amount * wave
    return Motion(**{target: _finite_curve(curve) for target, curve in sums.items()})


def sweep_of(plan: VoicePlan, *, first: int, frames: int, held: int | None, delay_s: float, rate_hz: int) -> Float64Array:
    """The cutoff of a voice that sweeps, in cents from the filter's own, from frame `first` (a multiple of `CONTROL_FRAMES`) on."""
    local_s: Float64Array = np.arange(first // CONTROL_FRAMES, frames // CONTROL_FRAMES + 2, dtype=np.float64) * (CONTROL_FRAMES / rate_hz)
    cents = np.full(len(local_s), plan.fixed.cutoff_cents)
    for modulator, depth, _ in plan.modulators:
        if modulator.target == "cutoff_cents":
            cents += depth * _wave(modulator, local_s + delay_s, held=held, delay_s=delay_s, rate_hz=rate_hz)
    return cents


def _wave(modulator: Modulator, time_s: Float64Array, *, held: int | None, delay_s: float, rate_hz: int) -> Float64Array:
    if isinstance(modulator.source, Lfo):
        return oscillator(modulator.source, time_s)
    held_s = float("inf") if held is None else held / rate_hz + delay_s
    return modulation_envelope(modulator.source, time_s, held_s=held_s)


def _route(route: Route, controls: TrackControls, start_s: float, end_s: float, local_s: Float64Array) -> Float64Array | float:
    if controls.moves(route, start_s, end_s):
        return controls.values(route, start_s + local_s)
    return controls.value(route, start_s)


def _finite(value: float, *, otherwise: float = 0.0) -> float:
    return value if -1e9 < value < 1e9 else otherwise


def _finite_curve(curve: Float64Array | float) -> Float64Array | float:
    return _finite(curve) if isinstance(curve, float) else np.nan_to_num(curve, nan=0.0, posinf=1e9, neginf=-1e9)
