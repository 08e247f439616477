"""How a take is made to sound, as plain data: who plays each track, through what, how loud, where; and what becomes of the mix.

A `Production` is drawn with taste, stored as a label, and does not know any sound: `hexachord.rendering.sound` carries it out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from hexachord.processing.effects.chain import Chain, chain_from_json
from hexachord.processing.effects.random_chains import Taste


@dataclass(frozen=True, kw_only=True)
class PartSound:
    """What a track is played with.

    Attributes
    ----------
    origin : the set of instruments, as in the split (``font/fluid_r3``, ``kit/BJA_Pacific``, ``synthesizer/Strat``)
    program, bank : which instrument of the set
    seed, variation : draw a synthesizer (see `synthesizer_bank`)
    lender : another set, which plays the drums that a kit has not got; "" for nobody
    detune_cents : how far this player is off everybody's A
    stretch_cents_per_octave : how wide its octaves are tuned beyond 2:1
    chain : its own effects, amplifier and all
    level_db : how loud it is, weighted like ears hear, against the loudest part (0)
    pan : -1 left to 1 right
    width : of a stereo instrument: 1 as it is, 0 one point, below 0 seen from behind
    stereo : whether both channels of the instrument are kept; else it is mono until it is panned
    send_db : how much of it goes to the common room; below -60 none
    """

    origin: str
    program: int = 0
    bank: int = 0
    seed: int = 0
    variation: float = 0.0
    lender: str = ""
    detune_cents: float = 0.0
    stretch_cents_per_octave: float = 0.0
    chain: Chain = Chain(name="", steps=())
    level_db: float = 0.0
    pan: float = 0.0
    width: float = 1.0
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
    ends : fades, and drops of a few milliseconds where nothing starts
    level_lufs : loudness before `mix`, so that its thresholds mean something
    scene : manner of production (see `hexachord.rendering.scenes`)
    tone_db : power in each octave that the mix is bent toward (see `hexachord.rendering.mastering.toned`); empty for none
    tone_strength : how far, 0 to 1
    aim_lufs : loudness that mastering tries for, before `medium`; None leaves the level as it is
    push_db : by how much peaks may be over the ceiling on the way there; a limiter takes them down, and 0 does without
    ceiling_db : of peaks, after mastering
    """

    seed: int
    taste: Taste
    parts: tuple[PartSound, ...]
    a4_hz: float = 440.0
    room: Chain = Chain(name="", steps=())
    mix: Chain = Chain(name="", steps=())
    medium: Chain = Chain(name="", steps=())
    ends: Chain = Chain(name="", steps=())
    level_lufs: float = -20.0
    scene: str = ""
    tone_db: tuple[float, ...] = ()
    tone_strength: float = 0.0
    aim_lufs: float | None = None
    push_db: float = 0.0
    ceiling_db: float = -1.0

    def to_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {one.name: _plain(getattr(self, one.name)) for one in fields(self)}


def without_effects(production: Production) -> Production:
    """Return the same players at the same levels and places, with nothing done to them: no chains, room, mastering, medium or fades."""
    nothing = Chain(name="", steps=())
    parts = tuple(replace(part, chain=nothing, send_db=-100.0) for part in production.parts)
    return replace(
        production, parts=parts, room=nothing, mix=nothing, medium=nothing, ends=nothing, tone_strength=0.0, aim_lufs=None, push_db=0.0
    )


def production_from_json(document: Mapping[str, Any]) -> Production:
    """Read what `Production.to_json` wrote.

    Examples
    --------
    >>> made = Production(seed=1, taste="clean", parts=(PartSound(origin="font/fluid_r3", pan=-0.5),))
    >>> production_from_json(made.to_json()) == made
    True
    """
    parts = tuple(PartSound(**{**part, "chain": chain_from_json(part["chain"], try_out=False)}) for part in document["parts"])
    tone_db = tuple(document["tone_db"])
    chains = {name: chain_from_json(document[name], try_out=False) for name in ("room", "mix", "medium", "ends")}
    return Production(**{**document, **chains, "parts": parts, "tone_db": tone_db})


def _plain(value: Any) -> Any:
    if isinstance(value, Chain):
        return value.to_json()
    if isinstance(value, tuple):
        return [part if isinstance(part, float) else {one.name: _plain(getattr(part, one.name)) for one in fields(part)} for part in value]
    return value
