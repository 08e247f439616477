"""Frequency modulation: one sine bends another (Chowning, JAES 21(7), 1973).

A stack is a carrier and its modulator; two or three stacks make an instrument. The index never grows so large that its sidebands
(Carson's rule) leave the band, and what is left above is filtered out of twice the rate, so it does not fold back.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from hexachord.arrays import Float32Array, Float64Array
from hexachord.synthesis.plain_waves import RATE_HZ
from hexachord.synthesis.synthesizers.lasting import lasting_wave
from hexachord.synthesis.synthesizers.partials import soft_edges
from hexachord.synthesis.synthesizers.patch import Wave
from hexachord.synthesis.synthesizers.taste import spread

_INTRO_S = 1.0
_HIGHEST_HZ = 15_000.0


class Stack(NamedTuple):
    """A carrier at `carrier` times the pitch, bent by a sine at `modulator` times the pitch.

    The index begins at `depth` and falls, by 60 dB in `index_s`, to `rest` of it; `feedback` 0 .. 0.95 bends the modulator itself towards
    a saw. `decay_s` is the carrier's own decay at middle C, 0 where it lasts.
    """

    carrier: float
    modulator: float
    depth: float
    level: float = 1.0
    index_s: float = 0.6
    rest: float = 0.3
    feedback: float = 0.0
    decay_s: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Fm:
    """Stacks together. Whole ratios where the tone lasts, else its loop could not close.

    Attributes
    ----------
    index_scale, time_scale, modulator_db : draw instruments near this one
    force_octaves : how many octaves the index falls when played softly
    key_octaves : how many octaves it falls for each octave up
    attack_s : in which the index rises (brass)
    """

    stacks: tuple[Stack, ...]
    index_scale: float = spread(1.0, times=1.5)
    time_scale: float = spread(1.0, times=1.6)
    force_octaves: float = spread(1.3, plus=0.5)
    key_octaves: float = spread(0.35, plus=0.15)
    attack_s: float = spread(0.0, times=2.0)

    @property
    def lasts(self) -> bool:
        """Whether it sounds as long as it is held."""
        return all(stack.decay_s == 0 for stack in self.stacks)

    def wave(self, f0_hz: float) -> Wave:
        """The shape of its samples."""
        if self.lasts:
            return lasting_wave(f0_hz, intro_s=_INTRO_S, loop_s=0.3, channels=1)
        longest_s = max(self._decay_s(stack, f0_hz) for stack in self.stacks)
        return Wave(round(longest_s * RATE_HZ), None, 1, f0_hz)

    def sound(self, f0_hz: float, *, force: float, take: int, rng: np.random.Generator) -> Float64Array:
        """Play it."""
        wave = self.wave(f0_hz)
        stacks = [(stack, self._index(stack, f0_hz, force)) for stack in self.stacks if stack.carrier * f0_hz < _HIGHEST_HZ]
        # most tones end far below half the rate, and need no more than it
        narrow = all(_is_narrow(stack, index, f0_hz) for stack, index in stacks)
        times = 1 if narrow else 2
        time_s = np.arange(times * wave.frames + 2 * _FIR.size) / (times * RATE_HZ)
        periods = wave.f0_hz * time_s
        out = np.zeros(time_s.size, dtype=np.float32)
        for stack, index in stacks:
            course = stack.rest + (1.0 - stack.rest) * np.exp((-6.9 / (stack.index_s * self.time_scale) * time_s).astype(np.float32))
            if self.lasts:  # by the end of the intro it has come to rest
                course = stack.rest + (course - stack.rest) * np.clip((_INTRO_S - time_s) / (0.2 * _INTRO_S), 0.0, 1.0)
            if self.attack_s > 0:
                course = course * -np.expm1(-4.0 * time_s / self.attack_s)
            carrier = np.float32(stack.level) * np.sin(
                _turn(stack.carrier * periods)
                + (index * course).astype(np.float32) * _bent(_turn(stack.modulator * periods), stack.feedback)
            )
            if not self.lasts:
                carrier *= np.exp((-6.9 / self._decay_s(stack, f0_hz) * time_s).astype(np.float32))
            out += carrier
        sound = (out.astype(np.float64) if narrow else _halved(out))[: wave.frames]
        return (sound if self.lasts else soft_edges(sound, rise=8))[np.newaxis]

    def _index(self, stack: Stack, f0_hz: float, force: float) -> float:
        octaves = self.force_octaves * (force - 1.0) - self.key_octaves * float(np.log2(f0_hz / 261.63))
        room = (_HIGHEST_HZ - stack.carrier * f0_hz) / (stack.modulator * f0_hz) - 1.0
        return float(np.clip(stack.depth * self.index_scale * 2.0**octaves, 0.0, max(room, 0.0)))

    def _decay_s(self, stack: Stack, f0_hz: float) -> float:
        return float(np.clip(stack.decay_s * self.time_scale * (f0_hz / 261.63) ** -0.5, 0.1, 6.0))


def _is_narrow(stack: Stack, index: float, f0_hz: float) -> bool:
    """Whether its sidebands are 60 dB down before they reach half the rate: those beyond ``1.2 I + 5`` are."""
    return stack.feedback < 0.05 and f0_hz * (stack.carrier + stack.modulator * (1.2 * index + 5.0)) < 19_000.0


def _turn(periods: Float64Array) -> Float32Array:
    """Angles within one turn, so that single precision is enough for their sines."""
    return np.asarray(2 * np.pi * (periods - np.floor(periods)), dtype=np.float32)


def _bent(turn: Float32Array, feedback: float) -> Float32Array:
    """A sine that bends itself, as its series: Kepler's equation (Watson, *Theory of Bessel Functions*, §17.2)."""
    if feedback < 0.05:
        return np.asarray(np.sin(turn))
    from scipy.special import jv

    terms = (np.float32(2.0 / (n * feedback) * jv(n, n * feedback)) * np.sin(n * turn) for n in range(1, 7))
    return np.asarray(sum(terms), dtype=np.float32)


def _half_band() -> Float64Array:
    n = np.arange(-64, 65)
    ideal = np.sinc(2 * 19_500.0 / (2 * RATE_HZ) * n)
    taps = ideal * np.kaiser(n.size, 8.0)
    return np.asarray(taps / taps.sum())


_FIR = _half_band()


def _halved(sound: Float32Array) -> Float64Array:
    """Every other frame of what is below half the rate; frame 0 stays frame 0."""
    from scipy.signal import upfirdn

    return np.asarray(upfirdn(_FIR, sound, down=2))[_FIR.size // 4 :]
