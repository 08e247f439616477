"""What a piece says about its key: chroma, the chords it dwells on, and the chords it begins and ends with.

Profile correlation (Krumhansl, *Cognitive Foundations of Musical Pitch*, 1990; FMP §5.2 has the templates) mistakes the fourth or the fifth
for the tonic in every eighth pop song: two keys a fifth apart share six of seven notes. Chords tell them apart better, above all
the last one. This module turns both into one linear score per tonic, seen from each of the twelve pitch classes alike.
"""

import numpy as np

from hexachord.arrays import Float64Array, FloatArray
from hexachord.audio_analysis.harmony.chord_model import QUALITIES, chord_log_probabilities, normalise_chroma, to_model_hop

EDGE_S = 6.0  # how much of the beginning and of the end counts as such

# Krumhansl & Kessler's probe-tone ratings, as printed in Krumhansl 1990, p. 30
MAJOR_PROFILE = np.array([6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88])
MINOR_PROFILE = np.array([6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17])

_MAJOR = [QUALITIES.index(name) for name in ("maj", "maj7", "maj6")]
_MINOR = [QUALITIES.index(name) for name in ("min", "min7")]
_SEVENTH = [QUALITIES.index("7")]


def chord_kinds(log_probabilities: FloatArray) -> Float64Array:
    """Sum chord probabilities to major, minor and dominant seventh on each root.

    Parameters
    ----------
    log_probabilities : (frames, STATES), see `chord_log_probabilities`

    Returns
    -------
    (frames, 12, 3)
    """
    chords = np.exp(np.asarray(log_probabilities, dtype=np.float64))[:, :-1].reshape(-1, 12, len(QUALITIES))
    return np.stack([chords[:, :, kinds].sum(axis=2) for kinds in (_MAJOR, _MINOR, _SEVENTH)], axis=2)


def key_evidence(bass_chroma: FloatArray, treble_chroma: FloatArray, *, hop_s: float) -> Float64Array:
    """Collect what tells the key of a piece, per pitch class.

    Parameters
    ----------
    bass_chroma, treble_chroma : (frames, 12), column 0 = C
    hop_s : seconds from one frame to the next

    Returns
    -------
    (12, 11): mean bass and treble chroma, then major, minor and seventh chords over the whole, over the first and over the last 6 s of
    music, all square-rooted; zeros for no frames.
    """
    bass, _, _ = to_model_hop(bass_chroma, hop_s=hop_s)
    treble, hop_s, _ = to_model_hop(treble_chroma, hop_s=hop_s)
    if len(bass) == 0:
        return np.zeros((12, 11))
    log_probabilities = chord_log_probabilities(bass, treble, hop_s=hop_s)
    kinds = chord_kinds(log_probabilities)
    music = np.flatnonzero(log_probabilities[:, -1] < np.log(0.5))
    first, last = (int(music[0]), int(music[-1]) + 1) if len(music) * hop_s > 2 else (0, len(kinds))
    edge = max(1, round(EDGE_S / hop_s))
    mean = normalise_chroma(np.hstack([bass, treble])).astype(np.float64).mean(axis=0).reshape(2, 12).T
    spans = (kinds[first:last], kinds[first : min(first + edge, last)], kinds[max(last - edge, first) : last])
    evidence: Float64Array = np.sqrt(np.hstack([mean, *(span.mean(axis=0) for span in spans)]))
    return evidence


def tonic_views(evidence: FloatArray) -> Float64Array:
    """Show evidence from each possible tonic: row `r` starts with pitch class `r`.

    Examples
    --------
    >>> tonic_views(np.arange(12)[:, None])[7, :3]
    array([7., 8., 9.])
    """
    columns = (np.arange(12)[:, None] + np.arange(12)[None, :]) % 12
    views: Float64Array = np.asarray(evidence, dtype=np.float64)[columns].reshape(12, -1)
    return views


def minor_share(evidence: FloatArray) -> Float64Array:
    """Say for each pitch class how minor the chords on it are.

    Returns
    -------
    (12,) in [0, 1]: 0.5 where no chord stands on it; the third in the chroma decides little cases.
    """
    square = np.asarray(evidence, dtype=np.float64) ** 2
    major = square[:, 2] + square[:, 4] + 0.02
    minor = square[:, 3] + 0.02
    treble = square[:, 1]
    major_third, minor_third = np.roll(treble, -4), np.roll(treble, -3)
    major, minor = major + 0.1 * major_third, minor + 0.1 * minor_third
    share: Float64Array = minor / (major + minor)
    return share


def profile_scores(chroma: FloatArray) -> Float64Array:
    """Correlate mean chroma with the 24 rotated profiles.

    Parameters
    ----------
    chroma : (12,) column 0 = C

    Returns
    -------
    (24,) correlations, C major to B major, then C minor to B minor; zeros for a flat chroma
    """
    mean = np.asarray(chroma, dtype=np.float64)
    mean = mean - mean.mean()
    length = float(np.sqrt((mean**2).sum()))
    if length < 1e-12:
        return np.zeros(24)
    scores: list[float] = []
    for profile in (MAJOR_PROFILE, MINOR_PROFILE):
        centred = profile - profile.mean()
        centred /= np.sqrt((centred**2).sum())
        scores.extend(float(np.roll(centred, tonic) @ mean) / length for tonic in range(12))
    return np.array(scores)
