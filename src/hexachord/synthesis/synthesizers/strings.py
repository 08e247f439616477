"""Strings that are plucked or struck: guitars, basses, harps, clavinets, harpsichords, pianos.

What a digital waveguide does (Karplus & Strong, CMJ 7(2), 1983; Jaffe & Smith, ibid.; Smith, *Physical Audio Signal Processing*) written as
the partials it rings with: combed by where it is plucked and where it is heard, stretched by stiffness, the high ones sooner gone, and
each in two planes of vibration that decay at different speeds (Weinreich, JASA 62, 1977).
"""

from dataclasses import dataclass

import numpy as np

from hexachord.arrays import Float64Array
from hexachord.synthesis.plain_waves import RATE_HZ
from hexachord.synthesis.synthesizers.partials import band_noise, damped, fall, harmonics, resonance, soft_edges
from hexachord.synthesis.synthesizers.patch import Wave
from hexachord.synthesis.synthesizers.taste import spread

_LONGEST_S = 9.0


@dataclass(frozen=True, kw_only=True)
class Strings:
    """A string for each key.

    Attributes
    ----------
    decay_s : time in which a low partial of middle C falls by 60 dB; `decay_slope` shortens it, per octave, towards the treble
    damping_hz : partials this high last half as long, higher ones less and less
    stiffness : inharmonicity B of middle C
    pluck_at, pickup_at : as parts of its length; 0 is no comb
    tilt_db : per octave, of an ideal pluck
    soft_hz : what touches it is too soft to excite partials above; `touch_octaves` lower when touched gently
    strings, apart_cents : how many sound together, how far apart
    plane_db : level of the second plane of vibration, which lasts longer
    noise_db, noise_hz, noise_s : of pick, finger or hammer
    body : resonances of wood or pickup; `body_scale` moves all
    knock_db : how loud the body itself rings
    unevenness_db : how much partials differ by chance
    drive_db : into an amplifier that bends what is loud, with its cabinet; 0 is none. Single notes only: for chords, drive the mix of them
    """

    decay_s: float = spread(4.0, times=1.7)
    decay_slope: float = 0.55
    damping_hz: float = spread(1800.0, times=1.8)
    stiffness: float = spread(0.0001, times=3.0)
    pluck_at: float = spread(0.17, times=1.6, low=0.03, high=0.5)
    pickup_at: float = spread(0.0, times=1.7, high=0.45)
    tilt_db: float = spread(-6.0, plus=1.5)
    soft_hz: float = spread(5000.0, times=1.7)
    touch_octaves: float = 2.0
    strings: int = 1
    apart_cents: float = spread(0.8, times=2.0)
    plane_db: float = spread(-9.0, plus=4.0)
    noise_db: float = spread(-24.0, plus=5.0)
    noise_hz: float = spread(2500.0, times=1.6)
    noise_s: float = spread(0.05, times=1.8)
    body: tuple[tuple[float, float, float], ...] = ()
    body_scale: float = spread(1.0, times=1.25)
    knock_db: float = spread(-60.0, plus=4.0)
    unevenness_db: float = spread(1.5, times=1.8)
    drive_db: float = spread(0.0, times=1.3)

    def wave(self, f0_hz: float) -> Wave:
        """The shape of its samples."""
        longest_s = self._decay_s(f0_hz) * (1.0 if self.plane_db < -40 else 1.5)
        return Wave(round(min(longest_s, _LONGEST_S) * RATE_HZ), None, 1, f0_hz)

    def sound(self, f0_hz: float, *, force: float, take: int, rng: np.random.Generator) -> Float64Array:
        """Pluck it."""
        frames = self.wave(f0_hz).frames
        number = harmonics(f0_hz, most=160)
        octave = np.log2(f0_hz / 261.63)
        b = min(self.stiffness * 2.0 ** (1.3 * octave), 0.003)
        hz = f0_hz * number * np.sqrt((1.0 + b * number**2) / (1.0 + b))
        level = 10 ** (self.tilt_db * np.log2(number) / 20)
        if self.pluck_at:
            at = self.pluck_at * (1.0 + 0.06 * rng.normal())  # no two strokes hit the same place
            level = level * np.sin(np.pi * number * at)
        if self.pickup_at:
            level = level * np.sin(np.pi * number * self.pickup_at)
        soft_hz = max(self.soft_hz * 2.0 ** (self.touch_octaves * (force - 1.0)), 1.5 * f0_hz)
        level = level / (1.0 + (hz / soft_hz) ** 2)
        level = level * resonance(hz, self.body, scale=self.body_scale) / (1.0 + (35.0 / hz) ** 4)
        level = level * 10 ** (self.unevenness_db * rng.normal(size=number.size) / 20)
        decay_s = self._decay_s(f0_hz) / (1.0 + (hz / self.damping_hz) ** 1.5) * rng.uniform(0.8, 1.25, number.size)
        decay_s[0] = self._decay_s(f0_hz)
        cents = self.apart_cents * (np.arange(self.strings) - 0.5 * (self.strings - 1))
        out = np.zeros(frames)
        phase = rng.uniform(-0.3, 0.3, number.size)
        for string in cents:
            ratio = 2.0 ** (string / 1200.0)
            apart_hz = np.minimum(rng.uniform(0.05, 0.3, number.size), 2e-4 * hz) if self.plane_db > -40 else np.zeros(number.size)
            out += damped(hz * ratio - 0.5 * apart_hz, level / self.strings, phase, decay_s, frames)
            if self.plane_db > -40:
                out += damped(hz * ratio + 0.5 * apart_hz, level / self.strings * 10 ** (self.plane_db / 20), phase, 2.5 * decay_s, frames)
        out += self._touch(frames, float(np.abs(level).max()), force, rng)
        if self.drive_db:
            out = _driven(out / (np.abs(out).max() + 1e-12), self.drive_db)
        return soft_edges(out)[np.newaxis]

    def _decay_s(self, f0_hz: float) -> float:
        return float(np.clip(self.decay_s * (f0_hz / 261.63) ** -self.decay_slope, 0.08, _LONGEST_S))

    def _touch(self, frames: int, loudest: float, force: float, rng: np.random.Generator) -> Float64Array:
        """Pick, finger or hammer, and the body they set ringing."""
        out = np.zeros(frames)
        noise = band_noise(min(4 * self.noise_s, frames / RATE_HZ), 0.4 * self.noise_hz, 1.7 * self.noise_hz, rng=rng)[:frames]
        out[: noise.size] += 10 ** ((self.noise_db + 8.0 * (force - 1.0)) / 20) * loudest * noise * fall(noise.size, 2 * self.noise_s)
        if self.knock_db > -50 and self.body:
            hz = self.body_scale * np.array([centre for centre, _, _ in self.body])
            ring = np.full(hz.size, 10 ** (self.knock_db / 20) * loudest) / (hz / hz[0])
            out += damped(hz, ring, rng.uniform(0, 6.28, hz.size), 40.0 / hz, frames)
        return out


def _driven(sound: Float64Array, drive_db: float) -> Float64Array:
    """Through an amplifier at four times the rate, so that what it adds does not fold back, and a cabinet that ends at 5 kHz."""
    from scipy import fft

    frames = int(fft.next_fast_len(sound.size + 1024, real=True))
    spectrum = fft.rfft(sound, frames)
    hz = np.maximum(np.arange(spectrum.size) * (RATE_HZ / frames), 1.0)
    spectrum /= np.sqrt((1.0 + (90.0 / hz) ** 4) * (1.0 + (hz / 4500.0) ** 8))
    bent = np.tanh(10 ** (drive_db / 20) * fft.irfft(np.pad(spectrum, (0, 2 * frames - spectrum.size + 1)), 4 * frames) * 4.0)
    spectrum = fft.rfft(bent)[: hz.size] / 4.0
    spectrum *= resonance(hz, ((2800.0, 6.0, 1800.0), (120.0, 3.0, 80.0))) / np.sqrt((1.0 + (75.0 / hz) ** 4) * (1.0 + (hz / 5000.0) ** 10))
    return np.asarray(fft.irfft(spectrum, frames)[: sound.size])
