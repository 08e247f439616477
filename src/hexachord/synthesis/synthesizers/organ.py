"""The drawbar organ: nine sines to a key, a click when it goes down, and the percussion that only sounds as it does.

Rotary speaker and vibrato scanner are effects and left to them.
"""

from dataclasses import dataclass

import numpy as np

from hexachord.arrays import Float64Array
from hexachord.synthesis.synthesizers.lasting import Lines, lasting, lasting_wave
from hexachord.synthesis.synthesizers.partials import band_noise, fall
from hexachord.synthesis.synthesizers.patch import Wave
from hexachord.synthesis.synthesizers.taste import spread

_FOOTAGE = np.array([0.5, 1.5, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0])  # 16', 5 1/3', 8', 4' ...


@dataclass(frozen=True, kw_only=True)
class Organ:
    """Drawbars.

    Attributes
    ----------
    drawbars : nine, 0 to 8 (3 dB a step)
    percussion_db, percussion_ratio, percussion_s : a tone that dies away; second or third harmonic
    click_db : of the contacts
    pipes : instead of tone wheels, every bar is a rank with a harmonic or four of its own, and none is quite in tune
    bar_db : how far the drawbars may be out of their place by chance
    """

    drawbars: tuple[int, ...] = (8, 8, 8, 0, 0, 0, 0, 0, 0)
    percussion_db: float = spread(-80.0, plus=5.0)
    percussion_ratio: float = 2.0
    percussion_s: float = spread(0.45, times=1.6)
    click_db: float = spread(-18.0, plus=6.0)
    pipes: bool = False
    bar_db: float = spread(0.0, plus=5.0)

    def wave(self, f0_hz: float) -> Wave:
        """The shape of its samples."""
        wave = lasting_wave(f0_hz / 2, intro_s=0.6, loop_s=1.5 if self.pipes else 0.3, channels=2 if self.pipes else 1)
        return wave._replace(f0_hz=2 * wave.f0_hz)

    def sound(self, f0_hz: float, *, force: float, take: int, rng: np.random.Generator) -> Float64Array:
        """Press the key."""
        wave = self.wave(f0_hz)
        ratio, bars = _FOOTAGE[: len(self.drawbars)], np.asarray(self.drawbars, dtype=np.float64)
        level = np.where(bars > 0, 10 ** ((-3.0 * (8.0 - bars) + self.bar_db * np.cos(2.4 * np.arange(bars.size))) / 20), 0.0)
        ratio = np.where(wave.f0_hz * ratio > 6000.0, ratio / 2, ratio)  # the highest wheels are used twice
        start, settle_s = np.ones(ratio.size), np.ones(ratio.size)
        if self.pipes:
            number = np.arange(1.0, 5.0)
            ratio, level = (ratio[:, None] * number).ravel(), (level[:, None] * number**-2.2).ravel()
            start, settle_s = np.zeros(ratio.size), 0.15 + 0.1 * rng.random(ratio.size)
        if self.percussion_db > -60:
            ratio, level = np.append(ratio, self.percussion_ratio), np.append(level, 1e-4)
            start, settle_s = np.append(start, 1e4 * 10 ** (self.percussion_db / 20)), np.append(settle_s, self.percussion_s)
        hz, phase = wave.f0_hz * ratio, rng.uniform(0, 2 * np.pi, ratio.size)
        channels = [
            lasting(
                Lines(hz + (rng.uniform(-0.6, 0.6, hz.size) if self.pipes else 0.0), level, phase, start, settle_s),
                wave,
                shimmer=0.03 if self.pipes else 0.0,
                rng=rng,
            )
            for _ in range(wave.channels)
        ]
        click = band_noise(0.02, 1500.0, 6000.0, rng=rng)
        click *= fall(click.size, 0.012) * 10 ** (self.click_db / 20) * np.sqrt(np.square(level).sum())
        sound = np.stack(channels)
        sound[:, : click.size] += click
        return sound
