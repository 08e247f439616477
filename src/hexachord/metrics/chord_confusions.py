"""What a chord was taken for: shares of the time, each wrong stretch counted once, under what a musician would call the mistake.

Two chords that share most of their notes are easily confused: a chord and its relative (C major, A minor), the minor chord on its third
(C major, E minor), the chord on its bass (C/E heard as E), its neighbours a fifth away. Which of these it is says what a recogniser
lacks. J. Pauwels & G. Peeters, "Evaluating automatically estimated chord sequences", ICASSP 2013; FMP §5.2.4.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from hexachord.arrays import FloatArray, IntArray
from hexachord.metrics.chord import is_known, is_none
from hexachord.metrics.intervals import common_intervals, fit_span
from hexachord.theory.chord_labels import NO_CHORD, encode_chords

MISTAKES = ("right", "mode", "inversion", "relative", "mediant", "fifth", "step", "none", "noise", "other")
"""``right`` has root and third; ``mode`` the root alone; ``inversion`` takes the bass for the root; ``relative`` and ``mediant`` are a
third off and share two notes; ``fifth`` and ``step`` are that far off; ``none`` hears no chord where there is one, ``noise`` one where
there is none."""

_UNKNOWN = -1
_MAJOR, _MINOR = 1, -1


def mistakes(reference: Sequence[str], estimated: Sequence[str]) -> IntArray:
    """Say what each estimated chord is to the reference: (n,) places in `MISTAKES`, or -1 where the reference is unknown.

    Examples
    --------
    >>> said = mistakes(["C:maj", "C:maj", "C:maj/3", "C:maj", "C:maj", "N"], ["C:7", "A:min", "E:min", "G:maj", "N", "C:maj"])
    >>> [MISTAKES[one] for one in said]
    ['right', 'relative', 'inversion', 'fifth', 'none', 'noise']
    """
    if len(reference) != len(estimated):
        raise ValueError(f"{len(reference)} reference chords but {len(estimated)} estimated ones; cut both at common boundaries first")
    ref, est = encode_chords(reference), encode_chords(estimated)
    thirds = [np.where(chords.bitmaps[:, 4] == 1, _MAJOR, np.where(chords.bitmaps[:, 3] == 1, _MINOR, 0)) for chords in (ref, est)]
    up = (est.roots - ref.roots) % 12
    flipped = thirds[0] * thirds[1] == -1
    rules = {
        "noise": is_none(ref) & ~is_none(est),
        "none": ~is_none(ref) & is_none(est),
        "right": (is_none(ref) & is_none(est)) | ((up == 0) & (thirds[0] == thirds[1])),
        "mode": up == 0,
        "inversion": (ref.basses != 0) & (up == ref.basses),
        "relative": flipped & (up == np.where(thirds[0] == _MAJOR, 9, 3)),
        "mediant": flipped & (up == np.where(thirds[0] == _MAJOR, 4, 8)),
        "fifth": (up == 5) | (up == 7),
        "step": np.isin(up, (1, 2, 10, 11)),
    }
    found = np.select(list(rules.values()), [MISTAKES.index(name) for name in rules], default=MISTAKES.index("other"))
    return np.asarray(np.where(is_known(ref), found, _UNKNOWN), dtype=np.int64)


def mistaken_s(
    reference_s: FloatArray, reference_labels: Sequence[str], estimated_s: FloatArray, estimated_labels: Sequence[str]
) -> dict[str, float]:
    """Count the seconds of each of `MISTAKES` in one song, over the span of the reference.

    Parameters
    ----------
    reference_s, estimated_s : (n, 2) intervals, in order
    reference_labels, estimated_labels : a Harte label each
    """
    start_s, end_s = float(reference_s[0, 0]), float(reference_s[-1, 1])
    estimated_s, estimated_labels = fit_span(estimated_s, estimated_labels, start_s=start_s, end_s=end_s, filler=NO_CHORD)
    common_s, left, right = common_intervals(reference_s, estimated_s)
    said = mistakes([reference_labels[at] for at in left], [estimated_labels[at] for at in right])
    lengths_s = common_s[:, 1] - common_s[:, 0]
    return {name: float(lengths_s[said == place].sum()) for place, name in enumerate(MISTAKES)}


def mistake_shares(songs: Iterable[dict[str, float]]) -> dict[str, float]:
    """Share out the time of a set of songs, taken as one long song: ``wrong_relative`` and so on, without what was right.

    Examples
    --------
    >>> shares = mistake_shares([{"right": 3.0, "relative": 1.0}])
    >>> shares["wrong_relative"], shares["wrong_fifth"]
    (0.25, 0.0)
    """
    total = dict.fromkeys(MISTAKES, 0.0)
    for song in songs:
        for name, seconds in song.items():
            total[name] += seconds
    whole_s = sum(total.values())
    return {f"wrong_{name}": total[name] / whole_s for name in MISTAKES if name != "right"} if whole_s > 0 else {}
