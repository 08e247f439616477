"""What is blown and bowed: flutes, reeds, brass, strings alone and in sections.

A harmonic spectrum shaped by a tilt, by resonances that stay where they are, and by a limit that rises with force (brass brightens as it
gets louder: Risset & Mathews 1969; Luce & Clark, JASA 42, 1967). High partials enter later, levels waver, breath or bow blows along.
"""

from dataclasses import dataclass

import numpy as np

from hexachord.arrays import Float64Array
from hexachord.synthesis.plain_waves import RATE_HZ
from hexachord.synthesis.synthesizers.lasting import Lines, grid_hz, lasting_wave, section
from hexachord.synthesis.synthesizers.partials import band_noise, fall, harmonics, resonance
from hexachord.synthesis.synthesizers.patch import Wave
from hexachord.synthesis.synthesizers.taste import spread


@dataclass(frozen=True, kw_only=True)
class Held:
    """A tone as long as breath or bow.

    Attributes
    ----------
    tilt_db : per octave above the fundamental
    even_db : level of even harmonics (a cylinder closed at one end has few)
    limit_hz : partials above fall by 18 dB per octave; `force_octaves` lower when played softly
    body, body_scale : resonances that stay where they are
    bloom_s : how long the partials take to enter, the higher the longer
    shimmer : how much partials waver
    breath_db, breath_hz : noise that blows along, above and around this frequency
    chiff_db, chiff_s : noise of the beginning
    players, apart_cents : of a section; `width` 0 .. 1 strews them over the stage
    unevenness_db : how much partials differ by chance
    """

    tilt_db: float = spread(-7.0, plus=1.5)
    even_db: float = spread(0.0, plus=2.0)
    limit_hz: float = spread(4000.0, times=1.5)
    force_octaves: float = spread(1.8, plus=0.5)
    body: tuple[tuple[float, float, float], ...] = ()
    body_scale: float = spread(1.0, times=1.2)
    bloom_s: float = spread(0.06, times=1.8)
    shimmer: float = spread(0.05, times=1.8)
    breath_db: float = spread(-38.0, plus=5.0)
    breath_hz: float = spread(2000.0, times=1.6)
    chiff_db: float = spread(-26.0, plus=6.0)
    chiff_s: float = spread(0.06, times=1.6)
    players: int = 1
    apart_cents: float = spread(9.0, times=1.6)
    width: float = spread(0.7, plus=0.3, low=0.0, high=1.0)
    unevenness_db: float = spread(1.5, times=2.0)

    def wave(self, f0_hz: float) -> Wave:
        """The shape of its samples."""
        return lasting_wave(f0_hz, intro_s=0.4, loop_s=2.0 if self.players > 1 else 1.5, channels=2 if self.players > 1 else 1)

    def sound(self, f0_hz: float, *, force: float, take: int, rng: np.random.Generator) -> Float64Array:
        """Blow or bow it."""
        wave = self.wave(f0_hz)
        number = harmonics(wave.f0_hz)
        hz = wave.f0_hz * number
        limit_hz = max(self.limit_hz * 2.0 ** (self.force_octaves * (force - 1.0)), 1.2 * f0_hz)
        level = 10 ** ((self.tilt_db * np.log2(number) + self.even_db * (number % 2 == 0)) / 20) / (1.0 + (hz / limit_hz) ** 3)
        level = level * resonance(hz, self.body, scale=self.body_scale) * 10 ** (self.unevenness_db * rng.normal(size=number.size) / 20)
        settle_s = 2.5 * self.bloom_s * (0.6 + np.minimum(number, 20) / 8.0)
        loudness = float(np.sqrt(np.square(level).sum()))
        noise = None
        if self.breath_db > -70:
            grid = grid_hz(wave)
            shape = 1.0 / np.sqrt((1.0 + (self.breath_hz / 3.0 / grid) ** 2) * (1.0 + (grid / self.breath_hz) ** 3))
            noise = shape * (loudness * 10 ** (self.breath_db / 20) / np.sqrt(2.0 * np.square(shape).sum()))
        lines = Lines(hz, level, rng.uniform(-0.6, 0.6, number.size), np.zeros(number.size), settle_s)
        sound = section(
            lines, wave, players=self.players, apart_cents=self.apart_cents, width=self.width, shimmer=self.shimmer, noise=noise, rng=rng
        )
        if self.chiff_db > -60:
            chiff = band_noise(4 * self.chiff_s, 0.5 * self.breath_hz, 2.0 * self.breath_hz, rng=rng)
            chiff *= fall(chiff.size, 2.5 * self.chiff_s) * np.minimum(np.arange(chiff.size) / (0.15 * self.chiff_s * RATE_HZ), 1.0)
            sound[:, : chiff.size] += loudness / np.sqrt(2) * 10 ** ((self.chiff_db + 6 * (force - 1)) / 20) * chiff
        return sound
