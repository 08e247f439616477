"""Eight buttons for 88 keys: what a button means, and how a melody becomes presses of buttons.

An instrument of eight buttons follows contour: a button further right sounds higher, one further left lower, the same button about the
same. Which pitches these are is for a network to say that has heard music (C. Donahue, I. Simon, S. Dieleman, "Piano Genie", IUI 2019).
Notes come one after the other; those of one moment from the lowest to the highest.
"""

import numpy as np

from hexachord.arrays import Float32Array, Float64Array, FloatArray, IntArray
from hexachord.theory.chord_labels import parse_chord
from hexachord.theory.keys import parse_key

BUTTONS = 8
KEYS = 88
LOWEST = 21
"""The MIDI number of the lowest of the 88 keys."""
KINDS = ("", "melody", "piano")
"""What is played: not said, one line, or a piano with all its fingers."""
ENCODER_CUES = 10
LONGEST_WAIT_S = 8.0
"""A first note has waited so long, and no note longer."""
TOGETHER_S = 0.035
"""Notes that begin within this belong to one moment: a chord as people strike it."""

_MAJOR = (0, 2, 4, 5, 7, 9, 11)
_MINOR = (0, 2, 3, 5, 7, 8, 10, 11)  # natural, with the leading note


def in_moments(onset_s: FloatArray, pitch: IntArray) -> tuple[IntArray, Float64Array]:
    """Put notes in the order in which buttons are pressed: moment after moment, each from its lowest note.

    Parameters
    ----------
    onset_s, pitch : (n,) in any order

    Returns
    -------
    order : (n,) indices
    moment_s : (n,) when each note's moment begins, in that order

    Examples
    --------
    >>> order, moment_s = in_moments(np.array([0.0, 0.01, 0.5]), np.array([67, 60, 64]))
    >>> order.tolist(), moment_s.tolist()
    ([1, 0, 2], [0.0, 0.0, 0.5])
    """
    by_time = np.lexsort((pitch, onset_s))
    sorted_s = np.asarray(onset_s, dtype=np.float64)[by_time]
    moments = np.zeros(len(by_time))
    begun = -np.inf
    for index, time_s in enumerate(sorted_s.tolist()):
        if time_s - begun > TOGETHER_S:
            begun = time_s
        moments[index] = begun
    again = np.lexsort((np.asarray(pitch)[by_time], moments))
    return np.asarray(by_time[again]), moments[again]


def waits(moment_s: FloatArray) -> Float64Array:
    """Seconds since the note before, (n,): 0 within a chord, `LONGEST_WAIT_S` at most and for the first."""
    return np.asarray(np.minimum(np.diff(np.asarray(moment_s, dtype=np.float64), prepend=-np.inf), LONGEST_WAIT_S))


def encoder_cues(pitch: IntArray, wait_s: FloatArray) -> Float32Array:
    """Show notes to the encoder: (n, `ENCODER_CUES`) float32: heights, steps from and to the neighbours, and waits.

    Parameters
    ----------
    pitch : (n,) MIDI numbers in the order of `in_moments`
    wait_s : (n,) as `waits` gives them
    """
    cues = np.zeros((len(pitch), ENCODER_CUES), dtype=np.float32)
    if not len(pitch):
        return cues
    height = (np.asarray(pitch, dtype=np.float64) - 62.0) / 12.0
    up = np.diff(height)
    wait = np.log2(np.clip(wait_s, 0.02, LONGEST_WAIT_S) / 0.25)
    cues[:, 0] = 1.0  # there is a note: the encoder sees nothing outside
    cues[:, 1] = height
    cues[1:, 2], cues[:-1, 3] = up, up
    cues[1:, 4], cues[:-1, 5] = np.sign(up), np.sign(up)
    cues[:, 6], cues[:-1, 7] = wait, wait[1:]
    cues[:, 8] = np.asarray(wait_s) <= 0.0
    cues[:-1, 9] = cues[1:, 8]
    return cues


def buttons_by_rule(pitch: IntArray, *, window: int = 16) -> IntArray:
    """Press buttons by a rule alone: how high a note is between the lowest and the highest around it, then the contour repaired.

    Parameters
    ----------
    pitch : (n,) MIDI numbers, note after note
    window : how many notes either way count as around it

    Returns
    -------
    (n,) buttons, 1 to 8

    Examples
    --------
    >>> buttons_by_rule(np.array([60, 62, 64, 64, 60])).tolist()
    [1, 5, 8, 8, 1]
    """
    found = np.ones(len(pitch), dtype=np.int64)
    for index, key in enumerate(np.asarray(pitch).tolist()):
        around = pitch[max(0, index - window) : index + window + 1]
        low, high = int(around.min()), int(around.max())
        found[index] = 1 + (round((key - low) / (high - low) * (BUTTONS - 1)) if high > low else BUTTONS // 2)
    return repaired(found, pitch)


def repaired(buttons: IntArray, pitch: IntArray) -> IntArray:
    """Let buttons step as the pitches do, where there is a button left to step to; repeated notes repeat their button.

    Examples
    --------
    >>> repaired(np.array([3, 3, 8, 8]), np.array([60, 62, 64, 65])).tolist()
    [3, 4, 8, 8]
    """
    kept = np.array(buttons, dtype=np.int64)
    for index, step in enumerate(np.sign(np.diff(np.asarray(pitch, dtype=np.int64))).tolist(), start=1):
        before = int(kept[index - 1])
        if step == 0:
            kept[index] = before
        elif step * (int(kept[index]) - before) <= 0:
            kept[index] = min(max(before + step, 1), BUTTONS)
    return kept


def contour_kept(buttons: IntArray, pitch: IntArray) -> float:
    """Say which part of the steps does not go against the buttons; 1 where there are no steps.

    A step goes against them when the button rises and the pitch falls, or the other way round.

    Examples
    --------
    >>> contour_kept(np.array([1, 2, 1]), np.array([60, 62, 64]))
    0.5
    """
    pressed, heard = np.sign(np.diff(np.asarray(buttons))), np.sign(np.diff(np.asarray(pitch)))
    return float(np.mean(pressed * heard >= 0)) if len(pressed) else 1.0


def scale_of(key: str) -> Float32Array:
    """(12,) of 0 and 1: the pitch classes of a key's scale, in minor with the leading note; nothing for no key.

    Raises
    ------
    ValueError : if it is no key.

    Examples
    --------
    >>> np.flatnonzero(scale_of("A minor")).tolist()
    [0, 2, 4, 5, 7, 8, 9, 11]
    """
    classes = np.zeros(12, dtype=np.float32)
    if key:
        tonic, mode = parse_key(key)
        classes[[(tonic + step) % 12 for step in (_MAJOR if mode == "major" else _MINOR)]] = 1.0
    return classes


def tones_of(label: str) -> Float32Array:
    """(12,) of 0 and 1: the pitch classes of a chord; nothing for no chord.

    Raises
    ------
    ValueError : if it is no chord in Harte's syntax.

    Examples
    --------
    >>> np.flatnonzero(tones_of("D:min")).tolist()
    [2, 5, 9]
    """
    classes = np.zeros(12, dtype=np.float32)
    if label and (chord := parse_chord(label)).is_chord:
        classes[list(chord.pitch_classes())] = 1.0
    return classes
