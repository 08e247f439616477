"""Drum transcription: onset F per instrument at ±50 ms.

C.-W. Wu et al., "A review of automatic drum transcription", IEEE/ACM Trans. Audio, Speech and Language Processing 26:9, 2018.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from hexachord.arrays import FloatArray
from hexachord.metrics import onset
from hexachord.metrics.matching import Hits, validate_events

CLASSES = ("kick", "snare", "hihat")


def validate(reference: Mapping[str, FloatArray], estimated: Mapping[str, FloatArray]) -> None:
    """Check the onsets of every instrument on both sides.

    Raises
    ------
    ValueError : if a sequence is not one-dimensional, ascending, finite and in seconds; the message names the instrument.
    """
    for side, onsets_by_class in (("reference", reference), ("estimated", estimated)):
        for name, onsets_s in onsets_by_class.items():
            validate_events(onsets_s, name=f"{side} {name} onsets")


def f_measure(
    reference: Mapping[str, FloatArray], estimated: Mapping[str, FloatArray], *, classes: Sequence[str] = CLASSES, window_s: float = 0.05
) -> dict[str, Hits]:
    """Precision, recall and F of each instrument that is played in the reference.

    An instrument that the reference never plays has no recall and is left out: an estimate of it lowers no score here.
    """
    validate(reference, estimated)
    nothing = np.zeros(0)
    return {
        name: onset.f_measure(reference[name], estimated.get(name, nothing), window_s=window_s)
        for name in classes
        if name in reference and len(reference[name])
    }


def evaluate(reference: Mapping[str, FloatArray], estimated: Mapping[str, FloatArray]) -> dict[str, float]:
    """Compute ``kick_f snare_f hihat_f`` (those that are played) and their mean ``mean_f``."""
    found = {f"{name}_f": score.f for name, score in f_measure(reference, estimated).items()}
    return {**found, "mean_f": sum(found.values()) / len(found)} if found else {}
