"""How a take is made to sound, as plain data: who plays each track, through what, how loud, where; and what becomes of the mix.

A `Production` is drawn with taste, stored as a label, and does not know any sound: `hexachord.rendering.sound` carries it out.
"""

from dataclasses import dataclass
from typing import Any

from hexachord.processing.effects.chain import Chain
from hexachord.processing.effects.random_chains import Taste


@dataclass(frozen=True, kw_only=True)
class PartSound:
    """What a track is played with.

    Attributes
    ----------
    origin : the set of instruments, as in the split (``font/fluid_r3``, ``kit/BJA_Pacific``, ``synthesizer/Strat``)
    program, bank : which instrument of the set
    seed, variation : draw a synthesizer (see `synthesizer_bank`)
    detune_cents : how far this player is off everybody's A
    stretch_cents_per_octave : how wide its octaves are tuned beyond 2:1
    chain : its own effects, amplifier and all
    level_db : how loud it is, weighted like ears hear, against the loudest part (0)
    pan : -1 left to 1 right
    stereo : whether both channels of the instrument are kept; else it is mono until it is panned
    send_db : how much of it goes to the common room; below -60 none
    """

    origin: str
    program: int = 0
    bank: int = 0
    seed: int = 0
    variation: float = 0.0
    detune_cents: float = 0.0
    stretch_cents_per_octave: float = 0.0
    chain: Chain = Chain(name="", steps=())
    level_db: float = 0.0
    pan: float = 0.0
    stereo: bool = False
    send_db: float = -100.0


@dataclass(frozen=True, kw_only=True)
class Production:
    """What is done to a take.

    Attributes
    ----------
    parts : one for each track of the take
    a4_hz : everybody's A
    room : effects (all wet) of the common room; no steps for none
    mix : effects of the mix
    medium : what it was kept on: tape, codecs, a phone
    level_lufs : loudness before `mix` and `medium`, so that their thresholds mean something
    """

    seed: int
    taste: Taste
    parts: tuple[PartSound, ...]
    a4_hz: float = 440.0
    room: Chain = Chain(name="", steps=())
    mix: Chain = Chain(name="", steps=())
    medium: Chain = Chain(name="", steps=())
    level_lufs: float = -20.0

    def to_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        parts = [
            {
                "origin": part.origin,
                "program": part.program,
                "bank": part.bank,
                "seed": part.seed,
                "variation": part.variation,
                "detune_cents": part.detune_cents,
                "stretch_cents_per_octave": part.stretch_cents_per_octave,
                "chain": part.chain.to_json(),
                "level_db": part.level_db,
                "pan": part.pan,
                "stereo": part.stereo,
                "send_db": part.send_db,
            }
            for part in self.parts
        ]
        return {
            "seed": self.seed,
            "taste": self.taste,
            "a4_hz": self.a4_hz,
            "level_lufs": self.level_lufs,
            "parts": parts,
            "room": self.room.to_json(),
            "mix": self.mix.to_json(),
            "medium": self.medium.to_json(),
        }
