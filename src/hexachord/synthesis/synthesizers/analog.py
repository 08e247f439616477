"""The subtractive synthesizer: saws, pulses and triangles, several of each a little apart, to be filtered while they sound.

Oscillators are written as their Fourier series (Stilson & Smith, ICMC 1996, say why not otherwise), so nothing folds back. The filter and
its envelope belong to the player (`Playing.cutoff_hz`, `sweep_cents`).
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from hexachord.arrays import Float64Array
from hexachord.synthesis.synthesizers.lasting import Lines, grid_hz, lasting, lasting_wave
from hexachord.synthesis.synthesizers.partials import TOP_HZ, harmonics
from hexachord.synthesis.synthesizers.patch import Wave
from hexachord.synthesis.synthesizers.taste import spread


@dataclass(frozen=True, kw_only=True)
class Analog:
    """Oscillators.

    Attributes
    ----------
    shape : of the wave; `pulse_width` of a pulse
    voices, apart_cents, width : unison: how many, how far apart, how wide over the stage
    octave_db, fifth_db, sub_db : a second oscillator an octave or a fifth above, a square an octave below
    noise_db : white
    loop_s : how long until it repeats itself
    """

    shape: Literal["saw", "pulse", "triangle"] = "saw"
    pulse_width: float = spread(0.5, plus=0.2, low=0.08, high=0.5)
    voices: int = 1
    apart_cents: float = spread(8.0, times=1.8)
    width: float = spread(0.6, plus=0.4, low=0.0, high=1.0)
    octave_db: float = spread(-80.0, plus=4.0)
    fifth_db: float = spread(-80.0, plus=3.0)
    sub_db: float = spread(-80.0, plus=5.0)
    noise_db: float = spread(-80.0, plus=5.0)
    loop_s: float = 2.0

    def wave(self, f0_hz: float) -> Wave:
        """The shape of its samples."""
        seconds = self.loop_s if self.voices > 1 or self.noise_db > -70 else 0.15
        # a square an octave below wants an even number of periods: half the pitch is looped
        wave = lasting_wave(f0_hz / 2, intro_s=0.0, loop_s=seconds, channels=2 if self.voices > 1 else 1)
        return wave._replace(f0_hz=2 * wave.f0_hz)

    def sound(self, f0_hz: float, *, force: float, take: int, rng: np.random.Generator) -> Float64Array:
        """Switch it on."""
        wave = self.wave(f0_hz)
        hz, level, turn = self._series(wave.f0_hz)
        places = np.linspace(-1.0, 1.0, self.voices) if self.voices > 1 else np.zeros(1)
        places[::2] *= -1.0  # neighbours in pitch stand on opposite sides
        cents = self.apart_cents * np.linspace(-1.0, 1.0, self.voices) if self.voices > 1 else np.zeros(1)
        # each voice begins anywhere in its period; one alone always at the same place
        start = rng.uniform(0, 2 * np.pi, self.voices) if self.voices > 1 else np.zeros(1)
        noise = None
        if self.noise_db > -70:
            grid = grid_hz(wave)
            noise = np.full(grid.size, np.sqrt(np.square(level).sum() / grid.size / 2.0) * 10 ** (self.noise_db / 20))
        channels = []
        for side in (-1.0, 1.0)[: wave.channels]:
            gain = np.sqrt(0.5 * (1.0 + side * self.width * places))
            phase = turn + start[:, None] * (hz / wave.f0_hz)
            ones = np.ones(phase.size)
            lines = Lines((hz * 2.0 ** (cents[:, None] / 1200.0)).ravel(), (level * gain[:, None]).ravel(), phase.ravel(), ones, ones)
            channels.append(lasting(lines, wave, noise=noise, rng=rng))
        return np.stack(channels)

    def _series(self, f0_hz: float) -> tuple[Float64Array, Float64Array, Float64Array]:
        """Frequency, level and phase of every partial of every oscillator."""
        parts = []
        for ratio, gain_db in ((1.0, 0.0), (2.0, self.octave_db), (1.5, self.fifth_db), (0.5, self.sub_db)):
            if gain_db > -60:
                number = harmonics(f0_hz * ratio, most=600)
                level, phase = _shape("pulse" if ratio == 0.5 else self.shape, number, 0.5 if ratio == 0.5 else self.pulse_width)
                parts.append((f0_hz * ratio * number, level * 10 ** (gain_db / 20), phase))
        hz, level, phase = (np.concatenate(part) for part in zip(*parts, strict=True))
        edge = np.clip((TOP_HZ - hz) / 3000.0, 0.0, 1.0)  # no brick wall
        return hz, level * edge, phase


def _shape(shape: str, number: Float64Array, width: float) -> tuple[Float64Array, Float64Array]:
    if shape == "saw":
        return 1.0 / number, np.zeros(number.size)
    if shape == "pulse":
        return np.sin(np.pi * number * width) / number, np.full(number.size, np.pi / 2)
    odd = number % 2 == 1
    return np.where(odd, 1.0 / number**2, 0.0), np.where(number % 4 == 3, np.pi, 0.0)
