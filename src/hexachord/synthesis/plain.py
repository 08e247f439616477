"""The plain synthesizer: a bank without files, which plays while no font is at hand.

Every General MIDI program and drum key has a sound made of partials and noise (`plain_waves`, `plain_drums`), in tune, band-limited and of
one loudness. It is a stand-in: clear enough to hear a score by, nobody's idea of a violin.
"""

from functools import lru_cache, partial

import numpy as np

from hexachord.arrays import Float32Array
from hexachord.synthesis.model import (
    BEND,
    BEND_RANGE,
    EXPRESSION,
    MODULATION,
    PAN,
    VOLUME,
    AmplitudeEnvelope,
    Filter,
    Instrument,
    Lfo,
    Loop,
    Modulator,
    Route,
    Sample,
    Shape,
    Strike,
    Voice,
)
from hexachord.synthesis.plain_drums import KIT, drum_sound, effect_sound
from hexachord.synthesis.plain_patches import PATCHES
from hexachord.synthesis.plain_waves import RATE_HZ, Held, Struck, held_loop, held_tone, struck_frames, struck_tone

_ZONE = 4  # keys that share a sample, two on each side of its root
_LOWEST, _HIGHEST = 12, 120
_LOUD = Shape("concave", falling=True, full=127.0)
DEFAULT_ROUTES = (
    Route(VOLUME, _LOUD, -96.0),
    Route(EXPRESSION, _LOUD, -96.0),
    Route(PAN, Shape(bipolar=True), 1.0, "pan"),
    Route(BEND, Shape(bipolar=True), 12700.0, "pitch_cents", second=BEND_RANGE, second_shape=Shape(full=127.0)),
    Route(91, Shape(full=127.0), 0.2, "reverb_send"),
)
"""What every SoundFont instrument does by default, so that a score sounds alike whoever plays it."""


class PlainBank:
    """General MIDI without a file. `name` is ``plain``.

    Examples
    --------
    >>> flute = PlainBank().instrument(program=73)
    >>> voice, = flute.attack(Strike(69, 100, {}, {}))
    >>> flute.name, voice.loop is not None
    ('Flute', True)
    """

    name = "plain"
    licence = "MIT"

    def instrument(self, *, program: int, bank: int = 0, is_percussion: bool = False) -> Instrument:
        """Return the sound of a General MIDI program, or the drum kit; there are no other banks and no other kits."""
        return _Kit() if is_percussion else _Tone(min(127, max(0, program)))

    @property
    def warnings(self) -> tuple[str, ...]:
        """Nothing is ever missing."""
        return ()


class _Tone:
    """One program."""

    def __init__(self, program: int) -> None:
        self._program = program
        self._patch = PATCHES[program]
        self._known: dict[tuple[int, int], tuple[Voice, ...]] = {}
        self.name = self._patch.name

    def attack(self, strike: Strike) -> tuple[Voice, ...]:
        """Answer a key going down. Voices are made once: the same strike gives the same objects."""
        address = (strike.key, strike.velocity)
        if address not in self._known:
            self._known[address] = self._voices(strike)
        return self._known[address]

    def _voices(self, strike: Strike) -> tuple[Voice, ...]:
        patch, sound = self._patch, self._patch.sound
        gain_db = patch.gain_db + _velocity_db(strike.velocity)
        key = min(127, max(0, strike.key)) + 12 * patch.octave
        root = 60 if sound is None else min(_HIGHEST, max(_LOWEST, _ZONE * round(key / _ZONE)))
        sample, f0_hz = _tone_sample(self._program, root)
        cents = 100.0 * (key - 69) - 1200.0 * float(np.log2(f0_hz / 440.0))
        # Brightness goes in steps of sixteen velocities, so that players can keep the sound of a key instead of making it for each stroke.
        softer = 1.0 - min(127, strike.velocity // 16 * 16 + 15) / 127
        if isinstance(sound, Struck):
            # softer hammers excite less treble
            cutoff_hz = float(np.clip(18000.0 * 2.0 ** (-3.0 * softer), 6.0 * f0_hz, 18000.0))
            filter_ = Filter("lowpass1", cutoff_hz) if softer > 0.2 and cutoff_hz < 16000 else None
            return (
                Voice(
                    sample=sample,
                    pitch_cents=cents,
                    gain_db=gain_db,
                    envelope=_ring(sound.release_s),
                    filter=filter_,
                    routes=DEFAULT_ROUTES,
                ),
            )
        if isinstance(sound, Held):
            return (self._held(sound, sample, cents, gain_db, softer, f0_hz),)
        return (Voice(sample=sample, pitch_cents=cents, gain_db=gain_db, routes=DEFAULT_ROUTES, envelope=_ring(0.4)),)

    def release(self, strike: Strike, *, held_s: float) -> tuple[Voice, ...]:
        """Nothing sounds when a key goes up."""
        return ()

    def _held(self, sound: Held, sample: Sample, cents: float, gain_db: float, softer: float, f0_hz: float) -> Voice:
        swing = Lfo(delay_s=0.25, rate_hz=5.3, fade_s=0.5, shape="sine")
        cutoff_hz = sound.cutoff_hz * 2.0 ** (-1.5 * softer)
        is_organ = bool(sound.drawbars)
        return Voice(
            sample=sample,
            loop=Loop(0, sample.frames),
            pitch_cents=cents,
            gain_db=gain_db if not is_organ else 0.4 * gain_db,  # an organ does not know how hard a key is pressed
            envelope=AmplitudeEnvelope(attack_s=sound.attack_s * (1 + softer), release_db_per_s=60.0 / sound.release_s),
            filter=None if is_organ or softer < 0.2 else Filter("lowpass1", max(cutoff_hz, 2.0 * f0_hz)),
            modulators=(Modulator(swing, "pitch_cents", sound.vibrato_cents),),
            routes=(*DEFAULT_ROUTES, Route(MODULATION, Shape(full=127.0), 50.0, "pitch_cents", modulator=0)),
        )


class _Kit:
    """The drum kit."""

    name = "Drum Kit"

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], tuple[Voice, ...]] = {}

    def attack(self, strike: Strike) -> tuple[Voice, ...]:
        """Answer a key going down; keys outside of the kit are silent."""
        address = (strike.key, strike.velocity)
        if address not in self._known:
            self._known[address] = self._voices(strike)
        return self._known[address]

    def _voices(self, strike: Strike) -> tuple[Voice, ...]:
        hit = KIT.get(strike.key)
        if hit is None:
            return ()
        return (
            Voice(
                sample=_drum_sample(strike.key),
                gain_db=hit.gain_db + _velocity_db(strike.velocity),
                pan=hit.pan,
                one_shot=True,
                envelope=_ring(0.1),
                routes=DEFAULT_ROUTES,
                group=hit.group,
                cuts=hit.group,
                off_s=0.03,
            ),
        )

    def release(self, strike: Strike, *, held_s: float) -> tuple[Voice, ...]:
        """Nothing sounds when a key goes up."""
        return ()


def _velocity_db(velocity: int) -> float:
    """The SoundFont curve: the square of the velocity."""
    return 40.0 * float(np.log10(max(1, min(127, velocity)) / 127))


def _ring(release_s: float) -> AmplitudeEnvelope:
    return AmplitudeEnvelope(attack_s=0.0005, release_db_per_s=60.0 / release_s)


def _hz(key: int) -> float:
    return float(440.0 * 2.0 ** ((key - 69) / 12))


@lru_cache(maxsize=4096)
def _tone_sample(program: int, root: int) -> tuple[Sample, float]:
    """Describe a program's sample for a root key, and say which frequency it really has. Whoever reads it makes it."""
    patch, f0_hz = PATCHES[program], _hz(root)
    name = f"{patch.name} {root}"
    if isinstance(patch.sound, Held):
        periods, frames = held_loop(patch.sound, f0_hz)
        channels = 2 if patch.is_wide else 1
        read = partial(held_tone, patch.sound, f0_hz, channels=channels, seed=program)
        return Sample(name=name, rate_hz=RATE_HZ, frames=frames, channels=channels, read=read), periods * RATE_HZ / frames
    if isinstance(patch.sound, Struck):
        frames = struck_frames(patch.sound, f0_hz)
        return Sample(name=name, rate_hz=RATE_HZ, frames=frames, channels=1, read=partial(_struck, program, f0_hz)), f0_hz
    return _kept(name, effect_sound(patch.effect)), _hz(60)


def _struck(program: int, f0_hz: float) -> Float32Array:
    sound = PATCHES[program].sound
    if not isinstance(sound, Struck):
        raise ValueError(f"program {program} is not struck")
    return struck_tone(sound, f0_hz, seed=program)[np.newaxis]


@lru_cache(maxsize=128)
def _drum_sample(key: int) -> Sample:
    return _kept(KIT[key].name, drum_sound(key))


def _kept(name: str, sound: Float32Array) -> Sample:
    """Short sounds are simply kept."""
    channels = sound[np.newaxis]
    return Sample(name=name, rate_hz=RATE_HZ, frames=channels.shape[1], channels=1, read=lambda: channels)
