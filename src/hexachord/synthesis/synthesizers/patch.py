"""What a synthesizer of ours is: a recipe for its wave, a manner of playing it, and what it is good for."""

from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol

import numpy as np

from hexachord.arrays import Float64Array
from hexachord.synthesis.model import Loop
from hexachord.synthesis.synthesizers.drums import Kit
from hexachord.synthesis.synthesizers.taste import spread

Role = Literal["drums", "bass", "chords", "pad", "lead", "sung", "counter", "piano", "solo"]
"""What a sound does in a mix; the data engine uses the same words for its tracks, and chooses balance, instruments and stems by them."""


class Wave(NamedTuple):
    """The shape of a sample before it is made; `f0_hz` is what it will really have (a loop holds whole periods)."""

    frames: int
    loop: Loop | None
    channels: int
    f0_hz: float


class Recipe(Protocol):
    """How a tone is made. `force` runs from 0 (barely touched) to 1; `take` tells repetitions apart."""

    def wave(self, f0_hz: float) -> Wave:
        """The shape of the sample at this pitch."""
        ...

    def sound(self, f0_hz: float, *, force: float, take: int, rng: np.random.Generator) -> Float64Array:
        """The sample itself, ``(channels, frames)``, at any level."""
        ...


@dataclass(frozen=True, kw_only=True)
class Playing:
    """What keys, time and the hand do to a wave.

    Attributes
    ----------
    attack_s, release_s : to full level; by 60 dB when let go
    decay_db_per_s, sustain_db : the fall from full level while held
    range_db : how much softer a stroke of velocity 32 is than one of 127 (24 is MIDI's square law)
    layers, takes : how many degrees of force are made, and how many repetitions of each that differ
    vibrato_cents, vibrato_db, vibrato_hz, vibrato_delay_s : comes in after a while; a little different in each take
    drift_cents : how unsteady the pitch is (of tones that last)
    tremolo_db, tremolo_hz : of electric pianos and vibraphones
    scoop_cents, scoop_s : the pitch comes from so far away (below 0: from below)
    cutoff_hz, key_follow, resonance_db : a low-pass filter at middle C; 0 is none
    sweep_cents, sweep_attack_s, sweep_decay_s, sweep_sustain : its envelope
    touch_cents : how much lower it stands for the softest stroke
    keys_apart : how far keys are panned, low left and high right, as seen from the player
    """

    attack_s: float = spread(0.001, times=1.6)
    release_s: float = spread(0.15, times=1.7)
    decay_db_per_s: float = spread(0.0, times=1.8)
    sustain_db: float = spread(0.0, times=1.5)
    range_db: float = spread(21.0, plus=5.0)
    layers: int = 4
    takes: int = 2
    vibrato_cents: float = spread(0.0, times=1.8)
    vibrato_db: float = spread(0.0, times=1.8)
    vibrato_hz: float = spread(5.4, times=1.15)
    vibrato_delay_s: float = spread(0.25, times=1.8)
    drift_cents: float = spread(0.0, times=1.6)
    tremolo_db: float = spread(0.0, times=1.8)
    tremolo_hz: float = spread(5.0, times=1.4)
    scoop_cents: float = spread(0.0, times=2.0)
    scoop_s: float = spread(0.08, times=1.6)
    cutoff_hz: float = spread(0.0, times=1.8)
    key_follow: float = spread(0.5, plus=0.3, low=0.0, high=1.0)
    resonance_db: float = spread(0.0, times=1.8)
    sweep_cents: float = spread(0.0, times=1.5)
    sweep_attack_s: float = spread(0.002, times=2.0)
    sweep_decay_s: float = spread(0.3, times=2.0)
    sweep_sustain: float = spread(0.3, plus=0.25, low=0.0, high=1.0)
    touch_cents: float = spread(1800.0, times=1.5)
    keys_apart: float = spread(0.0, times=1.5)


@dataclass(frozen=True, kw_only=True)
class Patch:
    """A synthesizer of ours.

    `roles` are what it suits, the best first; `low` and `high` its playable keys, beyond which it sounds but is nobody's choice; `programs`
    the General MIDI programs it can stand for. `is_detuned` says that it beats on purpose. `recipe` makes its tones; drum kits have none of
    their own but a `kit`. `gain_db` evens out how loud it seems.
    """

    name: str
    roles: tuple[Role, ...]
    recipe: Recipe | None = None
    playing: Playing = Playing()
    low: int = 21
    high: int = 108
    programs: tuple[int, ...] = ()
    gain_db: float = 0.0
    is_detuned: bool = False
    kit: Kit | None = None
