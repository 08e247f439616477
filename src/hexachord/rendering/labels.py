"""The truth about a take as it sounds: what the production changes of it, and nothing else."""

from dataclasses import replace

import numpy as np

from hexachord.knowledge.model import Tuning
from hexachord.rendering.model import Take
from hexachord.rendering.production import Production


def labelled(take: Take, production: Production) -> Take:
    """Return the take with its tuning, and its melody at the pitch at which it sounds."""
    cents = 1200.0 * float(np.log2(production.a4_hz / 440.0))
    truth = replace(take.truth, tuning=Tuning(cents=cents, confidence=1.0, engine="rendering"))
    if truth.melody is not None:
        truth = replace(truth, melody=replace(truth.melody, f0_hz=truth.melody.f0_hz * 2.0 ** (cents / 1200.0)))
    return replace(take, truth=truth)
