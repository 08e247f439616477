"""How notes of a tune sit on a chord: as chord tones, as tensions that colour it, or as notes to avoid.

The rule of jazz theory: what lies a whole tone above a chord tone is a tension one may rest on; what lies a semitone above one hides it and
is avoided, but over dominants, which bear ♭9 and ♭13 as well as ♯9. Anything else is foreign. M. Levine, *The Jazz Theory Book*, 1995, ch.
3; B. Nettles, R. Graf, *The Chord Scale Theory & Jazz Harmony*, 1997.
"""

from typing import NamedTuple

import numpy as np

from hexachord.arrays import FloatArray
from hexachord.theory.chord_labels import Chord, parse_chord

SITS = ("chord tone", "tension", "foreign", "avoid")
WORTH = {"chord tone": 1.0, "tension": 0.7, "foreign": 0.25, "avoid": 0.0}
"""What a note counts that sits so; a tune over a chord scores the mean of its notes by their weight."""


class MelodyFit(NamedTuple):
    """Shares of what is sung, by how it sits, each 0 to 1, and the mean of their worth; 1 where nothing is sung."""

    score: float
    chord_tones: float
    tensions: float
    foreign: float
    avoided: float


def note_sits(pitch_class: int, chord: Chord) -> str:
    """Say how a note sits on a chord, one of `SITS`.

    Examples
    --------
    >>> [note_sits(5, parse_chord(label)) for label in ("D:min7", "C:maj7", "Eb:maj7", "E:7")]
    ['chord tone', 'avoid', 'tension', 'tension']
    """
    tones = {semitone % 12 for semitone in chord.intervals}
    above = (pitch_class - chord.root) % 12
    if above in tones:
        return "chord tone"
    dominant = {4, 10} <= tones and 11 not in tones
    if dominant and above in (1, 3, 8):
        return "tension"
    if (above - 1) % 12 in tones:
        return "avoid"
    return "tension" if (above - 2) % 12 in tones else "foreign"


def melody_fit(label: str, weights: FloatArray) -> MelodyFit:
    """Say how a tune sits on a chord.

    Parameters
    ----------
    label : Harte syntax; on ``N`` and ``X`` everything is foreign
    weights : (12,) how much each pitch class is sung there, C first: durations, accents counted more

    Examples
    --------
    >>> melody_fit("G:7", np.eye(12)[[11, 9]].sum(axis=0))
    MelodyFit(score=0.85, chord_tones=0.5, tensions=0.5, foreign=0.0, avoided=0.0)
    """
    total = float(np.sum(weights))
    if total <= 0:
        return MelodyFit(1.0, 0.0, 0.0, 0.0, 0.0)
    chord = parse_chord(label)
    shares = dict.fromkeys(SITS, 0.0)
    for pitch_class in np.flatnonzero(weights):
        sits = note_sits(int(pitch_class), chord) if chord.is_chord else "foreign"
        shares[sits] += float(weights[pitch_class]) / total
    score = sum(WORTH[sits] * share for sits, share in shares.items())
    return MelodyFit(round(score, 6), *(round(shares[sits], 6) for sits in SITS))
