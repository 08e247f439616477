"""Instruments made in memory for tests: clicks, looped sines, noise, and whatever voice a test describes."""

from collections.abc import Callable

import numpy as np

from hexachord.synthesis.model import Loop, Sample, Strike, Stroke, Track, Voice
from hexachord.synthesis.player import render_tracks

RATE = 44100


def sample_of(sound: np.ndarray, *, rate_hz: float = RATE, name: str = "toy") -> Sample:
    frames = np.atleast_2d(np.asarray(sound, dtype=np.float32))
    return Sample(name=name, rate_hz=rate_hz, frames=frames.shape[1], channels=frames.shape[0], read=lambda: frames)


def sine(*, frames: int = 100, cycles: int = 1, repeats: int = 50, rate_hz: float = RATE) -> tuple[Sample, Loop]:
    """A sine whose loop is `frames` long: it sounds at ``cycles * rate_hz / frames`` Hz."""
    wave = 0.5 * np.sin(2 * np.pi * cycles * np.arange(frames * repeats) / frames)
    return sample_of(wave, rate_hz=rate_hz), Loop(frames * (repeats - 1), frames * repeats)


class Toy:
    """An instrument that answers each stroke with the voices that a function gives for it."""

    name = "toy"

    def __init__(self, attack: Callable[[Strike], tuple[Voice, ...]], release: Callable[[Strike], tuple[Voice, ...]] | None = None) -> None:
        self._attack, self._release = attack, release

    def attack(self, strike: Strike) -> tuple[Voice, ...]:
        return self._attack(strike)

    def release(self, strike: Strike, *, held_s: float) -> tuple[Voice, ...]:
        return self._release(strike) if self._release is not None else ()


def one_voice(voice: Voice) -> Toy:
    """An instrument that knows one voice."""
    return Toy(lambda strike: (voice,))


def play(voice: Voice | Toy, *strokes: Stroke, controls: dict | None = None, rate_hz: int = RATE, **options: object) -> np.ndarray:
    """The stereo sum ``(2, frames)`` of one track."""
    instrument = one_voice(voice) if isinstance(voice, Voice) else voice
    track = Track(strokes=strokes or (Stroke(0.0, 1.0, 60, 100),), controls=controls or {})
    blocks = [block.dry[0] for block in render_tracks([track], [instrument], rate_hz=rate_hz, **options)]
    return np.concatenate(blocks, axis=1) if blocks else np.zeros((2, 0), dtype=np.float32)
