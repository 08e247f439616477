"""Pitch spelling: whether a black key is a sharp or a flat, note by note, from what sounds around it.

What tells it, and what it is learnt from: `hexachord.theory.spelling_context`.
"""

import numpy as np

from hexachord.arrays import FloatArray, IntArray
from hexachord.score.model import Spelling, accidental_text
from hexachord.theory.spelling_context import line_places, name_chances

STEPS = "CDEFGAB"
STEP_PITCH_CLASSES = (0, 2, 4, 5, 7, 9, 11)
_SCALE_STEPS = np.array([0, 1, 1, 2, 2, 3, 3, 4, 5, 5, 6, 6])  # letters above the tonic of 0–11 semitones: C D♭ D E♭ E F F♯ G A♭ A B♭ B
_MAJOR_SCALE = (0, 2, 4, 5, 7, 9, 11)


def spell(pitch: int, step: int) -> Spelling:
    """Name a pitch with a given letter (0–6, C first), by the octave that makes it sound right.

    Examples
    --------
    >>> str(spell(60, 6)), str(spell(61, 1))
    ('B#3', 'Db4')
    """
    alter = (pitch - STEP_PITCH_CLASSES[step] + 6) % 12 - 6
    octave = (pitch - alter - STEP_PITCH_CLASSES[step]) // 12 - 1
    return Spelling(STEPS[step], alter, octave)


def name_in_key(pitch_class: int, *, fifths: int) -> str:
    """Name a pitch class by the harmonic chromatic scale of a key signature's major key.

    Examples
    --------
    >>> name_in_key(10, fifths=-1), name_in_key(10, fifths=5)
    ('Bb', 'A#')
    """
    above = (pitch_class - fifths * 7) % 12
    step = int(fifths * 4 + _SCALE_STEPS[above]) % 7
    if above not in _MAJOR_SCALE and pitch_class in STEP_PITCH_CLASSES:
        step = STEP_PITCH_CLASSES.index(pitch_class)  # B, not the C♭ that stands in the books: a natural reads best outside the scale
    name = spell(60 + pitch_class, step)
    return f"{name.step}{accidental_text(name.alter)}"


def spell_notes(onset: IntArray | FloatArray, pitch: IntArray, *, fifths: IntArray | int | None = None) -> list[Spelling]:
    """Spell notes that are sorted by onset.

    Parameters
    ----------
    onset : (n,) times in any unit, ascending; only order and equality count
    pitch : (n,) MIDI numbers
    fifths : the key signature, one for all or (n,) one per note; without it the least remote one is found

    Returns
    -------
    One `Spelling` per note

    Examples
    --------
    >>> [str(name) for name in spell_notes(np.arange(4), np.array([62, 66, 69, 73]), fifths=2)]
    ['D4', 'F#4', 'A4', 'C#5']
    """
    pitch = np.asarray(pitch, dtype=np.int64)
    if len(pitch) != len(onset):
        raise ValueError(f"{len(onset)} onsets but {len(pitch)} pitches")
    if len(pitch) == 0:
        return []
    if fifths is None:
        fifths = _plainest_signature(pitch)
    signature = np.broadcast_to(np.asarray(fifths, dtype=np.int64), pitch.shape)
    best = name_chances(onset, pitch, signature).argmax(axis=1)
    places = line_places(pitch, signature)[np.arange(len(pitch)), best]
    return [spell(int(number), int(place) * 4 % 7) for number, place in zip(pitch, places, strict=True)]


def _plainest_signature(pitch: IntArray) -> int:
    """The key signature, −5 to 6, whose scale holds the most notes; of equals the one with fewest accidentals."""
    held = np.bincount(pitch % 12, minlength=12)
    scales = {fifths: [(fifths + k) * 7 % 12 for k in range(-1, 6)] for fifths in range(-5, 7)}
    return max(scales, key=lambda fifths: (int(held[scales[fifths]].sum()), -abs(fifths), fifths))
