"""Cadences: the turns of harmony with which phrases end.

Authentic (dominant to tonic; perfect if both stand on their roots), plagal, deceptive, and half, which ends on the dominant. W. Caplin,
"The classical cadence: conceptions and misconceptions", Journal of the American Musicological Society 57(1), 2004: a cadence ends a phrase,
so a dominant that goes to its tonic in the middle of one is none.
"""

import re
from typing import NamedTuple

import numpy as np

from hexachord.arrays import FloatArray
from hexachord.knowledge import Harmony

KINDS = ("perfect authentic", "imperfect authentic", "plagal", "deceptive", "half")
_DEGREE = re.compile(r"(?P<sign>[b#]?)(?P<degree>VII|VI|V|IV|III|II|I|vii|vi|v|iv|iii|ii|i)(?P<rest>[^/]*)")
_INVERSIONS = ("6", "64", "65", "43", "42")


class Cadence(NamedTuple):
    """A cadence: when its last chord begins, which it is, its two chords as numerals, and the key it is in."""

    time_s: float
    kind: str
    numerals: tuple[str, str]
    key: str


def find_cadences(harmony: Harmony, phrase_end_s: FloatArray) -> tuple[Cadence, ...]:
    """Find the cadences at the ends of phrases.

    Parameters
    ----------
    harmony : Roman numerals
    phrase_end_s : (phrases,) when the last note of each phrase begins

    Returns
    -------
    At most one for each end: of the chord under it and the one before

    Examples
    --------
    >>> some = {"label": ("F:maj", "G:7", "C:maj"), "function": ("", "", ""), "role": ("", "", ""), "of": ("", "", "")}
    >>> harmony = Harmony(start_s=np.arange(3.0), end_s=np.arange(1.0, 4.0), key=("C major",) * 3, numeral=("IV", "V7", "I"), **some)
    >>> find_cadences(harmony, np.array([2.5]))
    (Cadence(time_s=2.0, kind='perfect authentic', numerals=('V7', 'I'), key='C major'),)
    """
    found: list[Cadence] = []
    for moment in np.asarray(phrase_end_s, dtype=np.float64).tolist():
        at = int(np.searchsorted(harmony.start_s, moment + 1e-6, side="right")) - 1
        if at < 1 or harmony.end_s[at] <= moment - 1e-6 or (found and found[-1].time_s == harmony.start_s[at]):
            continue
        kind = cadence_kind(harmony.numeral[at - 1], harmony.numeral[at]) if harmony.key[at - 1] == harmony.key[at] else ""
        if kind:
            numerals = harmony.numeral[at - 1], harmony.numeral[at]
            found.append(Cadence(float(harmony.start_s[at]), kind, numerals, harmony.key[at]))
    return tuple(found)


def cadence_kind(last_but_one: str, last: str) -> str:
    """Name what two chords make at the end of a phrase; "" if nothing that has a name.

    Examples
    --------
    >>> [cadence_kind(*pair) for pair in (("V7", "I"), ("V65", "i"), ("IV", "I"), ("V", "vi"), ("ii6", "V"), ("I", "IV"))]
    ['perfect authentic', 'imperfect authentic', 'plagal', 'deceptive', 'half', '']
    """
    before, after = _read(last_but_one), _read(last)
    if before is None or after is None:
        return ""
    dominant = before[0] == "V" and not before[1]
    if after[0] in ("I", "i"):
        if dominant:
            return "imperfect authentic" if before[2] or after[2] else "perfect authentic"
        if before[0] == "vii" and not before[1]:
            return "imperfect authentic"
        return "plagal" if before[0] in ("IV", "iv") and not before[1] and not after[2] else ""
    if dominant and after[0] in ("vi", "VI"):
        return "deceptive"
    return "half" if after[0] == "V" and not after[1] and not after[2] and before[0] != "V" else ""


def _read(numeral: str) -> tuple[str, str, bool] | None:
    """Degree, accidental, and whether the chord is inverted; None for applied chords and others without a degree of the key."""
    match = _DEGREE.fullmatch(numeral)
    if match is None:
        return None
    rest = match["rest"].partition("(")[0].lstrip("oø+M")
    return match["degree"], match["sign"], rest in _INVERSIONS
