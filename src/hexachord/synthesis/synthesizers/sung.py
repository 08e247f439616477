"""Voices: the pulses of a throat through the resonances of a mouth (Fant, *Acoustic Theory of Speech Production*, 1960).

Formants are those of Peterson & Barney (JASA 24, 1952) for men, women and children, in cascade as in Klatt's synthesizer (JASA 67, 1980).
A tone opens from a closed mouth into its vowel; which vowel, each take decides anew. Sopranos raise their first formant to the pitch.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from hexachord.arrays import Float64Array
from hexachord.synthesis.plain_waves import RATE_HZ
from hexachord.synthesis.synthesizers.lasting import Lines, grid_hz, lasting_wave, section
from hexachord.synthesis.synthesizers.partials import TOP_HZ, band_noise, fall, harmonics
from hexachord.synthesis.synthesizers.patch import Wave
from hexachord.synthesis.synthesizers.taste import spread

Sex = Literal["man", "woman", "child"]
FORMANTS_HZ: dict[Sex, dict[str, tuple[float, float, float]]] = {
    "man": {"a": (730, 1090, 2440), "e": (530, 1840, 2480), "i": (270, 2290, 3010), "o": (570, 840, 2410), "u": (300, 870, 2240)},
    "woman": {"a": (850, 1220, 2810), "e": (610, 2330, 2990), "i": (310, 2790, 3310), "o": (590, 920, 2710), "u": (370, 950, 2670)},
    "child": {"a": (1030, 1370, 3170), "e": (690, 2610, 3570), "i": (370, 3200, 3730), "o": (680, 1060, 3180), "u": (430, 1170, 3260)},
}
_HIGH_HZ: dict[Sex, tuple[float, float]] = {"man": (3400, 4500), "woman": (3900, 4900), "child": (4500, 5600)}
_CLOSED_HZ = (260.0, 1100.0, 2300.0)  # a hum
_WIDTH_HZ = (70.0, 90.0, 130.0, 200.0, 260.0)


@dataclass(frozen=True, kw_only=True)
class Sung:
    """A voice, or a choir of `players`.

    Attributes
    ----------
    sex, vowels : whose formants; a take has one of the vowels
    tract_scale : a longer or shorter throat moves all formants
    tilt_db : of the throat's pulses, per octave; softer voices fall `force_tilt_db` more steeply
    ring_db : singers draw the upper formants together around 2.8 kHz
    open_s : how long the mouth takes to open
    breath_db, shimmer : noise of breath; how much harmonics waver
    consonant_db : noise before the vowel, in some of the takes
    players, apart_cents, width : of a choir
    """

    sex: Sex = "woman"
    vowels: str = "aoeiu"
    tract_scale: float = spread(1.0, times=1.08)
    tilt_db: float = spread(-7.5, plus=2.0)
    force_tilt_db: float = spread(6.0, plus=1.5)
    ring_db: float = spread(5.0, plus=5.0, low=0.0)
    open_s: float = spread(0.12, times=1.8)
    breath_db: float = spread(-30.0, plus=6.0)
    shimmer: float = spread(0.08, times=1.6)
    consonant_db: float = spread(-20.0, plus=6.0)
    players: int = 1
    apart_cents: float = spread(12.0, times=1.5)
    width: float = spread(0.8, plus=0.2, low=0.0, high=1.0)

    def wave(self, f0_hz: float) -> Wave:
        """The shape of its samples."""
        return lasting_wave(f0_hz, intro_s=0.4, loop_s=2.0, channels=2 if self.players > 1 else 1)

    def formants_hz(self, f0_hz: float, vowel: str) -> tuple[float, ...]:
        """Where the five resonances of a vowel lie at a pitch."""
        first, *rest = (self.tract_scale * hz for hz in (*FORMANTS_HZ[self.sex][vowel], *_HIGH_HZ[self.sex]))
        return (max(first, 1.03 * f0_hz), *rest)

    def sound(self, f0_hz: float, *, force: float, take: int, rng: np.random.Generator) -> Float64Array:
        """Sing it."""
        wave = self.wave(f0_hz)
        number = harmonics(wave.f0_hz)
        hz = wave.f0_hz * number
        vowel = self.vowels[take % len(self.vowels)]
        pulses = 10 ** ((self.tilt_db + self.force_tilt_db * (force - 1.0)) * np.log2(number) / 20)
        opened = self.formants_hz(wave.f0_hz, vowel)
        level = pulses * self._mouth(hz, opened)
        closed = pulses * self._mouth(hz, (max(_CLOSED_HZ[0], 1.03 * f0_hz), *_CLOSED_HZ[1:], *opened[3:])) / (1.0 + (hz / 900.0) ** 2)
        closed *= 0.35 * np.sqrt(np.square(level).sum() / np.square(closed).sum())
        settle_s = 2.0 * self.open_s * rng.uniform(0.8, 1.25, number.size)
        grid = grid_hz(wave)
        air = np.minimum(self._mouth(grid, opened), 4.0) * grid / (grid + 1500.0) * (grid < TOP_HZ)
        air *= np.sqrt(np.square(level).sum()) * 10 ** ((self.breath_db - 2.0 * (force - 1.0)) / 20) / np.sqrt(2.0 * np.square(air).sum())
        phase = number * rng.uniform(0, 2 * np.pi) + rng.normal(0.0, 0.3, number.size)
        sound = section(
            Lines(hz, level, phase, closed / level, settle_s),
            wave,
            players=self.players,
            apart_cents=self.apart_cents,
            width=self.width,
            shimmer=self.shimmer,
            noise=air,
            rng=rng,
        )
        if rng.random() < 0.4:
            noise = band_noise(0.12, 2500.0, 8000.0, rng=rng) * fall(round(0.12 * RATE_HZ), 0.1)
            noise *= np.minimum(np.arange(noise.size) / (0.02 * RATE_HZ), 1.0)
            sound[:, : noise.size] += noise * np.sqrt(0.5 * np.square(level).sum()) * 10 ** (self.consonant_db / 20)
        return sound

    def _mouth(self, hz: Float64Array, formants_hz: tuple[float, ...]) -> Float64Array:
        """Gain of the resonances in cascade, and of the singer's ring."""
        gain = np.ones(hz.shape)
        # the throat has more resonances than the five that tell vowels apart; without them nothing would be left above
        further = formants_hz[-1] + 1050.0 * self.tract_scale * np.arange(1, 12)
        for centre_hz, width_hz in zip((*formants_hz, *further), (*_WIDTH_HZ, *(0.09 * further)), strict=True):
            gain *= centre_hz**2 / np.sqrt(np.square(centre_hz**2 - hz**2) + np.square(hz * width_hz))
        # and those beyond the last lift what lies below them (Klatt's correction for higher poles)
        gain *= np.exp(np.square(np.minimum(hz, 14_000.0)) / (1050.0 * self.tract_scale * further[-1]))
        ring = 10 ** (self.ring_db / 20 / (1.0 + np.square((hz - 2900.0 * self.tract_scale) / 500.0)))
        return np.asarray(gain * ring / (1.0 + (hz / 10_000.0) ** 4))
