"""Bars, bells, reeds and tines that are struck: a few modes at their own ratios, each with its own decay.

Modal synthesis (Adrien, *The missing link*, 1991; Fletcher & Rossing, *The Physics of Musical Instruments*, ch. 19-21). The pickup of an
electric piano bends a tine's sine, so harmonic k falls k times as fast as the first: `decay_power` 1.
"""

from dataclasses import dataclass

import numpy as np

from hexachord.arrays import Float64Array
from hexachord.synthesis.plain_waves import RATE_HZ
from hexachord.synthesis.synthesizers.partials import band_noise, damped, fall, soft_edges
from hexachord.synthesis.synthesizers.patch import Wave
from hexachord.synthesis.synthesizers.taste import spread


@dataclass(frozen=True, kw_only=True)
class Bars:
    """A struck body for each key.

    Attributes
    ----------
    modes : (ratio to the key's pitch, level in dB) each; the mode at ratio 1 is in tune
    decay_s, decay_slope : of ratio 1 at middle C, and how much shorter per octave up
    decay_power : the mode at ratio r lasts ``r ** -decay_power`` as long
    hardness_db : how much softer, per octave above the first, modes are when struck softly
    tilt_db : per octave, of all modes
    split_hz : bells are never quite round: each mode is two, so far apart at most
    noise_db, noise_hz, noise_s : of mallet or hammer
    unevenness_db : how much modes differ by chance
    """

    modes: tuple[tuple[float, float], ...]
    decay_s: float = spread(2.0, times=1.6)
    decay_slope: float = 0.6
    decay_power: float = spread(0.9, plus=0.2)
    hardness_db: float = spread(9.0, plus=4.0)
    tilt_db: float = spread(0.0, plus=2.0)
    split_hz: float = spread(0.0, times=2.0)
    noise_db: float = spread(-22.0, plus=5.0)
    noise_hz: float = spread(2500.0, times=1.6)
    noise_s: float = spread(0.03, times=1.6)
    unevenness_db: float = spread(1.0, times=2.0)

    def wave(self, f0_hz: float) -> Wave:
        """The shape of its samples."""
        return Wave(round(self._decay_s(f0_hz) * RATE_HZ), None, 1, f0_hz)

    def sound(self, f0_hz: float, *, force: float, take: int, rng: np.random.Generator) -> Float64Array:
        """Strike it."""
        frames = self.wave(f0_hz).frames
        ratio = np.array([ratio for ratio, _ in self.modes])
        octaves = np.maximum(np.log2(ratio), 0.0)
        level_db = np.array([level for _, level in self.modes]) + self.tilt_db * octaves + self.hardness_db * octaves * (force - 1.0)
        level = 10 ** ((level_db + self.unevenness_db * rng.normal(size=ratio.size) * (ratio != 1.0)) / 20)
        decay_s = self._decay_s(f0_hz) * np.maximum(ratio, 0.5) ** -self.decay_power
        hz, phase = f0_hz * ratio, rng.uniform(-0.4, 0.4, ratio.size)
        if self.split_hz > 0:
            apart = np.minimum(self.split_hz, 0.002 * hz) * rng.uniform(0.4, 1.0, ratio.size) / 2
            out = damped(hz - apart, 0.6 * level, phase, decay_s, frames) + damped(hz + apart, 0.4 * level, phase, decay_s, frames)
        else:
            out = damped(hz, level, phase, decay_s, frames)
        noise = band_noise(min(4 * self.noise_s, frames / RATE_HZ), 0.4 * self.noise_hz, 1.8 * self.noise_hz, rng=rng)[:frames]
        gain = 10 ** ((self.noise_db + 8.0 * (force - 1.0)) / 20)
        out[: noise.size] += gain * noise * fall(noise.size, 2 * self.noise_s)
        return soft_edges(out)[np.newaxis]

    def _decay_s(self, f0_hz: float) -> float:
        return float(np.clip(self.decay_s * (f0_hz / 261.63) ** -self.decay_slope, 0.15, 9.0))
