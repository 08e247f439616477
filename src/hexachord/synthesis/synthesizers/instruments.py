"""The instruments of a synthesizer bank: tones in zones and layers, and kits, made when they are first heard and kept."""

import math
from functools import partial
from zlib import crc32

import numpy as np

from hexachord.arrays import Float32Array
from hexachord.synthesis.model import (
    MODULATION,
    AmplitudeEnvelope,
    Filter,
    Lfo,
    ModulationEnvelope,
    Modulator,
    Route,
    Sample,
    Shape,
    Strike,
    Voice,
)
from hexachord.synthesis.plain import DEFAULT_ROUTES
from hexachord.synthesis.plain_drums import KIT, drum_sound
from hexachord.synthesis.plain_waves import RATE_HZ, levelled
from hexachord.synthesis.synthesizers.drums import DRUMS, Kit, hit
from hexachord.synthesis.synthesizers.patch import Patch, Playing, Recipe, Wave
from hexachord.synthesis.synthesizers.sway import Sway, draw_sway, room_to_sway, swayed
from hexachord.synthesis.synthesizers.taste import varied
from hexachord.synthesis.voices.cache import SoundCache

_ZONE = 3  # keys that share a sample: one on each side of its root
_LOWEST, _HIGHEST = 12, 120
_TAKES_OF_A_DRUM, _LAYERS_OF_A_DRUM = 4, 4


class Tone:
    """A patch with pitch; `seed` and `variation` say which of its kin it is."""

    def __init__(self, patch: Patch, recipe: Recipe, *, seed: int, variation: float, kept: SoundCache) -> None:
        rng = np.random.default_rng([seed, crc32(patch.name.encode())])
        self.name = patch.name
        self._patch, self._seed, self._kept = patch, seed, kept
        self._recipe: Recipe = varied(recipe, variation=variation, rng=rng)
        self._playing: Playing = varied(patch.playing, variation=variation, rng=rng)
        self._known: dict[tuple[int, int, int], tuple[Voice, ...]] = {}
        self._samples: dict[tuple[int, int, int], tuple[Sample, Wave]] = {}

    def attack(self, strike: Strike) -> tuple[Voice, ...]:
        """Answer a key going down; each stroke of a key may be another take of it."""
        address = (strike.key, strike.velocity, next_take(strike.counts, 0, takes=self._playing.takes))
        if address not in self._known:
            self._known[address] = (self._voice(*address),)
        return self._known[address]

    def release(self, strike: Strike, *, held_s: float) -> tuple[Voice, ...]:
        """Nothing sounds when a key goes up."""
        return ()

    def sample(self, key: int, *, layer: int, take: int = 0) -> tuple[Sample, Wave]:
        """The sample that a key sounds with in a layer of force, and its shape."""
        root = min(_HIGHEST, max(_LOWEST, _ZONE * round(key / _ZONE)))
        address = (root, layer, take)
        if address not in self._samples:
            wave = room_to_sway(self._recipe.wave(_hz(root)), self._sway(root, layer, take))
            name = f"{self.name} {root} {layer} {take}"
            read = partial(self._kept.find_or_make, (self, address), partial(self._made, root, layer, take), _bytes)
            self._samples[address] = (Sample(name=name, rate_hz=RATE_HZ, frames=wave.frames, channels=wave.channels, read=read), wave)
        return self._samples[address]

    def _made(self, root: int, layer: int, take: int) -> Float32Array:
        rng = np.random.default_rng([self._seed, crc32(self.name.encode()), root, layer, take])
        force = (layer + 1) / self._playing.layers
        sound = self._recipe.sound(_hz(root), force=force, take=take, rng=rng)
        wave = self._samples[root, layer, take][1]
        if wave.loop is None:
            return levelled(sound, span_s=0.1)
        sound = swayed(sound, self._recipe.wave(_hz(root)), self._sway(root, layer, take), rng=rng)
        # a tone that lasts is as loud as its loop
        loop = levelled(sound[:, wave.loop.start : wave.loop.end], span_s=None)
        gain = float(np.abs(loop).max()) / max(float(np.abs(sound[:, wave.loop.start : wave.loop.end]).max()), 1e-12)
        return (sound * gain).astype(np.float32)

    def _sway(self, root: int, layer: int, take: int) -> Sway:
        return draw_sway(self._playing, np.random.default_rng([self._seed, crc32(self.name.encode()), root, layer, take, 1]))

    def _voice(self, key: int, velocity: int, take: int) -> Voice:
        playing, patch = self._playing, self._patch
        velocity = min(127, max(1, velocity))
        layer = min(playing.layers - 1, velocity * playing.layers // 128)
        softer = 1.0 - (layer + 1) / playing.layers
        sample, wave = self.sample(min(127, max(0, key)), layer=layer, take=take)
        modulators = [Modulator(Lfo(rate_hz=playing.vibrato_hz, fade_s=0.2, shape="sine"), "pitch_cents", 0.0)]  # for the wheel alone
        if playing.tremolo_db:
            modulators.append(Modulator(Lfo(rate_hz=playing.tremolo_hz, shape="sine"), "gain_db", playing.tremolo_db))
        if playing.scoop_cents and wave.loop is None:
            modulators.append(Modulator(_falling(playing.scoop_s), "pitch_cents", playing.scoop_cents))
        if playing.cutoff_hz and playing.sweep_cents:
            envelope = ModulationEnvelope(
                attack_s=playing.sweep_attack_s,
                decay_s=playing.sweep_decay_s,
                sustain=playing.sweep_sustain,
                release_s=2 * playing.release_s,
            )
            modulators.append(Modulator(envelope, "cutoff_cents", playing.sweep_cents))
        return Voice(
            sample=sample,
            loop=wave.loop,
            pitch_cents=100.0 * (key - 69) - 1200.0 * math.log2(wave.f0_hz / 440.0),
            # two channels of their own sound 3 dB louder than one in the middle
            gain_db=patch.gain_db + velocity_db(velocity, range_db=playing.range_db) - (3.0 if wave.channels == 2 else 0.0),
            pan=playing.keys_apart * min(max((key - 64) / 44.0, -1.0), 1.0),
            envelope=AmplitudeEnvelope(
                attack_s=playing.attack_s * (1.0 + softer),
                decay_db_per_s=playing.decay_db_per_s or math.inf,
                sustain_db=playing.sustain_db if playing.decay_db_per_s else 0.0,
                release_db_per_s=60.0 / playing.release_s,
            ),
            filter=self._filter(key, softer),
            modulators=tuple(modulators),
            routes=_ROUTES,
        )

    def _filter(self, key: int, softer: float) -> Filter | None:
        playing = self._playing
        if not playing.cutoff_hz:
            return None
        cents = 100.0 * playing.key_follow * (key - 60) - softer * playing.touch_cents
        return Filter("lowpass2", float(np.clip(playing.cutoff_hz * 2.0 ** (cents / 1200.0), 60.0, 16_000.0)), playing.resonance_db)


class DrumKit:
    """A kit; keys that we do not make ourselves are the plain kit's."""

    def __init__(self, patch: Patch, kit: Kit, *, seed: int, variation: float, kept: SoundCache) -> None:
        self.name = patch.name
        self._seed, self._kept, self._gain_db = seed, kept, patch.gain_db
        self._kit: Kit = varied(kit, variation=variation, rng=np.random.default_rng([seed, crc32(patch.name.encode())]))
        self._known: dict[tuple[int, int, int], tuple[Voice, ...]] = {}
        self._samples: dict[tuple[int, int, int], Sample] = {}

    def attack(self, strike: Strike) -> tuple[Voice, ...]:
        """Answer a key going down, each time with another hit; keys outside of the kit are silent."""
        if strike.key not in DRUMS and strike.key not in KIT:
            return ()
        address = (strike.key, strike.velocity, next_take(strike.counts, strike.key, takes=_TAKES_OF_A_DRUM))
        if address not in self._known:
            self._known[address] = (self._voice(*address),)
        return self._known[address]

    def release(self, strike: Strike, *, held_s: float) -> tuple[Voice, ...]:
        """Nothing sounds when a key goes up."""
        return ()

    def sample(self, key: int, *, layer: int, take: int = 0) -> Sample:
        """A hit of a drum in a layer of force."""
        if key not in DRUMS:
            layer = take = 0
        address = (key, layer, take)
        if address not in self._samples:
            read = partial(self._kept.find_or_make, (self, address), partial(self._made, key, layer, take), _bytes)
            sound = read()  # how long a hit is, only making it tells
            name = f"{self.name} {key} {layer} {take}"
            self._samples[address] = Sample(name=name, rate_hz=RATE_HZ, frames=sound.shape[1], channels=sound.shape[0], read=read)
        return self._samples[address]

    def _made(self, key: int, layer: int, take: int) -> Float32Array:
        if key not in DRUMS:
            return drum_sound(key)[np.newaxis]
        rng = np.random.default_rng([self._seed, crc32(self.name.encode()), key, layer, take])
        return levelled(hit(self._kit, key, force=(layer + 1) / _LAYERS_OF_A_DRUM, rng=rng), span_s=0.1)

    def _voice(self, key: int, velocity: int, take: int) -> Voice:
        velocity = min(127, max(1, velocity))
        drum = DRUMS.get(key) or KIT[key]
        chance = np.random.default_rng([self._seed, key, take])
        return Voice(
            sample=self.sample(key, layer=velocity * _LAYERS_OF_A_DRUM // 128, take=take),
            gain_db=self._gain_db + drum.gain_db + velocity_db(velocity, range_db=22.0) + chance.uniform(-0.6, 0.6),
            pan=drum.pan,
            one_shot=True,
            envelope=AmplitudeEnvelope(attack_s=0.0005, release_db_per_s=600.0),
            routes=_ROUTES,
            group=drum.group + (10 if key not in DRUMS else 0) if drum.group else 0,
            cuts=drum.group + (10 if key not in DRUMS else 0) if drum.group else 0,
            off_s=0.03,
        )


_ROUTES = (*DEFAULT_ROUTES, Route(MODULATION, Shape(full=127.0), 50.0, "pitch_cents", modulator=0))


def next_take(counts: dict[int, int], region: int, *, takes: int) -> int:
    """Walk through the takes of a region: never the same twice in a row, in no order that is heard as a pattern.

    `counts` is the memory of the track (`Strike.counts`).

    Examples
    --------
    >>> memory = {}
    >>> [next_take(memory, 0, takes=4) for _ in range(12)]
    [1, 2, 3, 1, 3, 1, 0, 3, 0, 1, 2, 0]
    """
    if takes == 1:
        return 0
    seen = counts.get(region, 0)  # how many strokes there were, times 64, and the last take
    count, last = divmod(seen, 64)
    take = (last + 1 + (count * 2654435761 >> 7) % (takes - 1)) % takes
    counts[region] = (count + 1) * 64 + take
    return take


def velocity_db(velocity: int, *, range_db: float) -> float:
    """How loud a stroke is: a power of its velocity, `range_db` lower at 32 than at 127."""
    return range_db * math.log(velocity / 127.0) / math.log(127.0 / 32.0)


def _hz(key: int) -> float:
    return float(440.0 * 2.0 ** ((key - 69) / 12))


def _falling(seconds: float) -> ModulationEnvelope:
    return ModulationEnvelope(attack_s=0.0, decay_s=seconds, sustain=0.0)


def _bytes(sound: Float32Array) -> int:
    return sound.nbytes
