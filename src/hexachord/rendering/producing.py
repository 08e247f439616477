"""Drawing productions: whose instruments, which effects, how loud, where. Taste, at random."""

from typing import get_args

import numpy as np

from hexachord.processing.effects.chain import Chain
from hexachord.processing.effects.random_chains import Taste, random_chain
from hexachord.rendering.arranging import pick
from hexachord.rendering.instruments import Instruments
from hexachord.rendering.model import Role, Take
from hexachord.rendering.production import PartSound, Production

_TASTES: tuple[Taste, ...] = get_args(Taste)

LEVELS_DB: dict[Role, tuple[float, float]] = {
    "sung": (0.0, 2.0),
    "lead": (-1.0, 2.5),
    "solo": (0.0, 1.0),
    "drums": (-1.5, 3.0),
    "bass": (-3.0, 2.5),
    "piano": (-5.0, 3.0),
    "chords": (-7.0, 3.0),
    "counter": (-6.0, 3.0),
    "pad": (-11.0, 3.5),
}
"""How loud each role is against the loudest, and how far that is drawn around it, in dB."""


def draw_production(take: Take, instruments: Instruments, *, seed: int, taste: Taste | None = None) -> Production:
    """Draw a production for a take.

    Parameters
    ----------
    taste : drawn when not given
    """
    random = np.random.default_rng([seed, 5])
    chosen: Taste = pick(random, _TASTES, (0.25, 0.55, 0.2)) if taste is None else taste
    parts = tuple(_part(take, index, instruments, random, chosen) for index in range(len(take.tracks)))
    return Production(
        seed=seed,
        taste=chosen,
        parts=parts,
        a4_hz=float(random.choice([440.0, random.normal(440.0, 3.0), random.uniform(425.0, 455.0)], p=[0.45, 0.4, 0.15])),
        mix=random_chain(random, role="mix", taste=chosen),
        medium=random_chain(random, role="medium", taste=chosen),
        level_lufs=-20.0,
    )


def plain_production(take: Take, *, origin: str) -> Production:
    """One font for everything, dry, balanced, at A = 440 Hz: what the engine is measured against."""
    parts = tuple(
        PartSound(origin=origin, program=track.program, level_db=LEVELS_DB[role][0], stereo=True)
        for track, role in zip(take.tracks, take.roles, strict=True)
    )
    return Production(seed=take.seed, taste="clean", parts=parts, level_lufs=-18.0)


def _part(take: Take, index: int, instruments: Instruments, random: np.random.Generator, taste: Taste) -> PartSound:
    role, track = take.roles[index], take.tracks[index]
    level_db, spread_db = LEVELS_DB[role]
    chain = Chain(name="", steps=()) if random.random() < 0.2 else random_chain(random, role=role, taste=taste)
    pan = 0.0 if role in ("bass", "drums", "sung", "solo", "piano") else float(np.clip(random.normal(0.0, 0.4), -0.9, 0.9))
    return PartSound(
        origin=f"font/{pick(random, instruments.names('font'))}",
        program=track.program,
        detune_cents=float(random.normal(0.0, 3.0)),
        chain=chain,
        level_db=level_db + float(random.normal(0.0, spread_db)),
        pan=pan,
        stereo=role in ("drums", "piano", "solo", "pad"),
    )
