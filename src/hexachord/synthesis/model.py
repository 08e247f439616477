"""What a player is told: which recorded sample sounds, how, and what may still move it while it sounds.

A score becomes `Track`s of `Stroke`s. An `Instrument` of a `SoundBank` (a SoundFont, an SFZ file, the plain synthesizer) answers each
stroke with `Voice`s: everything that key and velocity decide is resolved there, in seconds, Hz, dB and cents. What wheels and pedals move
while a voice sounds is left in its `routes`. So the player knows nothing about file formats, and the formats know nothing about signals.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, Protocol

import numpy as np

from hexachord.arrays import Float32Array, Float64Array

# Controls are numbered as in MIDI; beyond 127 as in the ARIA extension of SFZ.
MODULATION, VOLUME, PAN, EXPRESSION, SUSTAIN, SOSTENUTO, SOFT = 1, 7, 10, 11, 64, 66, 67
BEND = 128  # 0 to 128, 64 is the centre: the 14 bits of a MIDI bend over 128
PRESSURE = 129
BEND_RANGE = 140  # semitones at full bend (registered parameter 0)
DEFAULT_CONTROLS: Mapping[int, float] = {VOLUME: 100.0, PAN: 64.0, EXPRESSION: 127.0, BEND: 64.0, BEND_RANGE: 2.0, 8: 64.0, 91: 40.0}
"""What a control stands at before anyone moves it; every other one stands at 0."""

Target = Literal["pitch_cents", "cutoff_cents", "gain_db", "pan", "reverb_send"]
"""What modulators and routes move: all add up (pan in -1 .. 1, a send in 0 .. 1)."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Sample:
    """Recorded sound, read when it is first needed. `read` returns ``(channels, frames)`` float32; channels is 1 or 2."""

    name: str
    rate_hz: float
    frames: int
    channels: int
    read: Callable[[], Float32Array]


class Loop(NamedTuple):
    """Frames ``[start, end)`` of the sample that repeat; `until_release` loops go on to the sample's end once the key is up."""

    start: int
    end: int
    until_release: bool = False


class AmplitudeEnvelope(NamedTuple):
    """Linear in amplitude on the way up, linear in dB on the way down (SoundFont 2.04 §8.1.2; SFZ decays exponentially as well).

    The fall from full level goes on at `decay_db_per_s` until `sustain_db` (0 or below); after the release it goes on at
    `release_db_per_s` from wherever it was.
    """

    delay_s: float = 0.0
    attack_s: float = 0.001
    hold_s: float = 0.0
    decay_db_per_s: float = float("inf")
    sustain_db: float = 0.0
    release_db_per_s: float = 1000.0
    start: float = 0.0  # amplitude that the attack starts from


class ModulationEnvelope(NamedTuple):
    """Runs 0 → 1 → `sustain` → 0. `decay_s` and `release_s` are the times of a fall over the whole range; shorter falls are shorter."""

    delay_s: float = 0.0
    attack_s: float = 0.001
    hold_s: float = 0.0
    decay_s: float = 0.001
    sustain: float = 1.0
    release_s: float = 0.001
    convex_attack: bool = False


class Lfo(NamedTuple):
    """A slow oscillation in -1 .. 1 that starts at 0, upwards, after `delay_s`; `fade_s` brings it in."""

    delay_s: float = 0.0
    rate_hz: float = 8.176
    fade_s: float = 0.0
    shape: Literal["triangle", "sine"] = "triangle"


class Modulator(NamedTuple):
    """An envelope or oscillation that moves something by `depth` (cents, dB ...)."""

    source: ModulationEnvelope | Lfo
    target: Target
    depth: float


class Filter(NamedTuple):
    """A filter at `frequency_hz`.

    Kinds: ``lowpass2`` with `resonance_db` (the SoundFont filter: two poles, at resonance 0 dB its height is -3 dB), ``lowpass1``,
    ``highpass1``, ``highpass2``, ``bandpass2``, ``notch2``; ``peak`` with `gain_db` and `bandwidth_octaves` is a band of an equalizer.
    """

    kind: Literal["lowpass1", "lowpass2", "highpass1", "highpass2", "bandpass2", "notch2", "peak"]
    frequency_hz: float
    resonance_db: float = 0.0
    gain_db: float = 0.0
    bandwidth_octaves: float = 1.0


class Shape(NamedTuple):
    """How a control's 0 .. 127 becomes 0 .. 1 (or -1 .. 1 when `bipolar`): SoundFont 2.04 §8.2, §9.5.

    `full` is the value that maps to 1: SoundFonts divide by 128, SFZ by 127. ``concave`` and ``convex`` are SoundFont's curves over
    20 log10 (span 96 dB); `falling` turns the direction round.
    """

    curve: Literal["linear", "concave", "convex", "switch"] = "linear"
    bipolar: bool = False
    falling: bool = False
    full: float = 128.0


class Route(NamedTuple):
    """A control that moves something of a sounding voice by ``amount * shape(control) * second_shape(second)``.

    `modulator` is the index into `Voice.modulators` whose depth is moved instead of `target` (the wheel deepens the vibrato).
    """

    control: int
    shape: Shape
    amount: float
    target: Target = "gain_db"
    second: int | None = None
    second_shape: Shape = Shape()
    modulator: int | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Voice:
    """One sample sounding for one stroke, everything resolved that key and velocity decide.

    `pitch_cents` is how much higher than recorded it plays. `pan` runs from -1 to 1; `width` scales the sides of a stereo sample.
    A voice starts `delay_s` after the stroke (or after the release, for release samples). `one_shot` sounds to its end, whatever the
    key does. A voice of `group` g ends, within `off_s`, when a later stroke of the same track brings a voice whose `cuts` is g; 0 is no
    group.
    """

    sample: Sample
    start: int = 0
    end: int | None = None
    loop: Loop | None = None
    pitch_cents: float = 0.0
    gain_db: float = 0.0
    pan: float = 0.0
    width: float = 1.0
    delay_s: float = 0.0
    one_shot: bool = False
    envelope: AmplitudeEnvelope = AmplitudeEnvelope()
    filter: Filter | None = None  # the one that modulators and routes move
    equalizer: tuple[Filter, ...] = ()
    modulators: tuple[Modulator, ...] = ()
    routes: tuple[Route, ...] = ()
    reverb_send: float = 0.0
    group: int = 0
    cuts: int = 0
    off_s: float = 0.006


class Stroke(NamedTuple):
    """A key pressed and let go; `release_s` is when the sound is let go, pedals considered. `cents` is for music between the keys."""

    onset_s: float
    release_s: float
    key: int
    velocity: int
    cents: float = 0.0


class Curve(NamedTuple):
    """The values of a control: each holds from its time until the next; before the first the default holds."""

    time_s: Float64Array
    value: Float64Array


@dataclass(frozen=True, kw_only=True, eq=False)
class Track:
    """One part as the player sees it: strokes in order of onset, and its controls over time.

    `volume` 0 .. 1 and `pan` -1 .. 1 are the mixer's; what the score says by controllers is in `controls`.
    """

    name: str = ""
    program: int = 0
    bank: int = 0
    is_percussion: bool = False
    strokes: tuple[Stroke, ...] = ()
    controls: Mapping[int, Curve] = field(default_factory=dict)
    volume: float = 1.0
    pan: float = 0.0

    @property
    def end_s(self) -> float:
        """When the last stroke is let go."""
        return max((stroke.release_s for stroke in self.strokes), default=0.0)


class Strike(NamedTuple):
    """What an instrument needs to answer a stroke.

    `controls` are the values at its onset (`control_at` fills in the defaults); `counts` is the instrument's own memory of how often each
    region was asked, for round robins: the player keeps one dictionary for each track; `chance` in [0, 1) is drawn from the player's seed.
    `held` are the keys of earlier strokes of the track that are still down (legato samples, keyswitches that are held).
    """

    key: int
    velocity: int
    controls: Mapping[int, float]
    counts: dict[int, int]
    chance: float = 0.0
    held: tuple[int, ...] = ()


class Instrument(Protocol):
    """One sound of a bank."""

    name: str

    def attack(self, strike: Strike) -> tuple[Voice, ...]:
        """Answer a key going down; an empty tuple when nothing is mapped there."""
        ...

    def release(self, strike: Strike, *, held_s: float) -> tuple[Voice, ...]:
        """Answer the key (and pedal) going up: release samples, where there are some."""
        ...


class SoundBank(Protocol):
    """A file of instruments."""

    name: str
    licence: str

    def instrument(self, *, program: int, bank: int = 0, is_percussion: bool = False) -> Instrument:
        """Return the instrument for a General MIDI program; where the bank has none, the nearest it has, and `warnings` says so."""
        ...

    @property
    def warnings(self) -> tuple[str, ...]:
        """What was found damaged, missing or replaced so far, in words."""
        ...


def control_at(controls: Mapping[int, float], number: int) -> float:
    """The value of a control, its default when nobody moved it."""
    return controls.get(number, DEFAULT_CONTROLS.get(number, 0.0))


def value_at(curve: Curve, time_s: Float64Array | float, *, before: float) -> Float64Array:
    """The values of a control at times; `before` holds ahead of its first change."""
    index = np.searchsorted(curve.time_s, np.asarray(time_s, dtype=np.float64), side="right")
    return np.asarray(np.concatenate([[before], curve.value])[index])
