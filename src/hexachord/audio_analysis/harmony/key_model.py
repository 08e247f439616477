"""What a piece says about its key: chroma, the chords it dwells on, and the chords it begins and ends with.

Profile correlation (Krumhansl, *Cognitive Foundations of Musical Pitch*, 1990; FMP §5.2 has the templates) mistakes the fourth or the fifth
for the tonic in every fifth pop song: two keys a fifth apart share six of seven notes. Chords tell them apart better: which there are,
which begins, which ends, and which follows which. This module turns all of it into one linear score for each key, seen from each of the
twelve pitch classes alike, so that transposing the music transposes the answer.
"""

from typing import NamedTuple

import numpy as np

from hexachord.arrays import Float64Array, FloatArray, IntArray
from hexachord.audio_analysis.change_points import span_means
from hexachord.audio_analysis.harmony.chord_hearing import STATES, ChordChances, chord_chances
from hexachord.audio_analysis.harmony.chroma_frames import normalise_chroma, to_model_hop
from hexachord.audio_analysis.harmony.vocabulary import QUALITIES
from hexachord.models.networks import Network
from hexachord.models.tables import load_table

EDGES_S = (2.0, 6.0, 25.0)  # how much of the beginning and of the end counts as such
LONG_S = 75.0  # what is shorter is probably an excerpt
VIEW = 24 + 36 + 36 + 12 * 36 + 576  # what is seen from one tonic, see `key_views`

_GROUP = 5  # frames of the chord model to one here

# Krumhansl & Kessler's probe-tone ratings, as printed in Krumhansl 1990, p. 30
MAJOR_PROFILE = np.array([6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88])
MINOR_PROFILE = np.array([6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17])

_MAJOR = [QUALITIES.index(name) for name in ("maj", "maj7", "maj6", "5")]
_MINOR = [QUALITIES.index(name) for name in ("min", "min7", "min6", "minmaj7")]
_SEVENTH = [QUALITIES.index("7")]
_MAJOR_LIKE = [QUALITIES.index(name) for name in ("maj", "7", "maj7", "sus4", "5", "maj6", "sus2", "aug")]
_MINOR_LIKE = [QUALITIES.index(name) for name in ("min", "min7", "min6", "dim", "hdim7", "dim7", "minmaj7")]


def chord_kinds(log_probabilities: FloatArray) -> Float64Array:
    """Sum chord chances to major, minor and dominant seventh on each root.

    Parameters
    ----------
    log_probabilities : (frames, STATES), see `ChordChances.state`

    Returns
    -------
    (frames, 12, 3)
    """
    chords = np.exp(np.asarray(log_probabilities, dtype=np.float64))[:, :-1].reshape(-1, 12, len(QUALITIES))
    return np.stack([chords[:, :, kinds].sum(axis=2) for kinds in (_MAJOR, _MINOR, _SEVENTH)], axis=2)


class KeyFrames(NamedTuple):
    """A piece on a grid of half a second: chord probabilities (frames, STATES), chroma (frames, 24, bass first) and the grid's step."""

    chords: Float64Array
    chroma: Float64Array
    hop_s: float


def key_frames(
    bass_chroma: FloatArray, treble_chroma: FloatArray, *, hop_s: float, said: ChordChances | None = None, network: Network | None = None
) -> KeyFrames:
    """Let the chord network listen to a piece, and average what it says to about two frames a second.

    Parameters
    ----------
    bass_chroma, treble_chroma : (frames, 12), column 0 = C
    hop_s : seconds from one frame to the next
    said : what the network said of these frames, if it has been asked before
    network : another one than the shipped
    """
    bass, _, _ = to_model_hop(bass_chroma, hop_s=hop_s)
    treble, step_s, _ = to_model_hop(treble_chroma, hop_s=hop_s)
    if len(bass) == 0:
        return KeyFrames(np.zeros((0, STATES)), np.zeros((0, 24)), step_s * _GROUP)
    bounds = np.append(np.arange(0, len(bass), _GROUP), len(bass))
    chances = chord_chances(treble, bass, network=network) if said is None else said
    chords = np.exp(chances.state.astype(np.float64))
    chroma = normalise_chroma(np.hstack([bass, treble]))
    return KeyFrames(span_means(chords, bounds), span_means(chroma, bounds), step_s * _GROUP)


def key_views(frames: KeyFrames) -> Float64Array:
    """Collect what tells the key of a piece, as seen from each of the twelve possible tonics.

    Mean bass and treble chroma; major, minor and seventh chords over the whole, by how much their root is in the bass, and at both ends
    over 2, 6 and 25 s (once more for pieces of `LONG_S` and more: an excerpt begins and ends anywhere); and which chord follows which.
    All are square roots of shares.

    Returns
    -------
    (12, VIEW) : row `r` is what a listener hears for whom pitch class `r` is the tonic; zeros for no frames
    """
    if len(frames.chords) == 0:
        return np.zeros((12, VIEW))
    first, last = music_span(frames)
    kinds = chord_kinds(np.log(frames.chords + 1e-12))
    inside = kinds[first:last]
    parts = [frames.chroma.mean(axis=0).reshape(2, 12).T, inside.mean(axis=0), (kinds * frames.chroma[:, :12, None]).mean(axis=0)]
    ends: list[Float64Array] = []
    for edge_s in EDGES_S:
        edge = max(1, round(edge_s / frames.hop_s))
        ends += [inside[:edge].mean(axis=0), inside[-edge:].mean(axis=0)]
    is_long = (last - first) * frames.hop_s > LONG_S
    parts += ends + [end * is_long for end in ends]
    evidence = np.sqrt(np.hstack(parts))
    follows = np.sqrt(_successions(frames.chords[first:last]))
    places = (np.arange(12)[:, None] + np.arange(12)[None, :]) % 12
    views: Float64Array = np.hstack([evidence[places].reshape(12, -1), np.stack([follows[row][:, :, row].ravel() for row in places])])
    return views


def key_scores(views: FloatArray) -> Float64Array:
    """Score the 24 keys, majors first, by the learnt weights; a softmax over them is calibrated."""
    weights = load_table("key")["keys"].astype(np.float64)
    scores: Float64Array = (views @ weights[:-1] + weights[-1]).T.ravel()
    return scores


def music_span(frames: KeyFrames) -> tuple[int, int]:
    """Find the first frame with a chord and the one after the last; everything where there is hardly any."""
    music = np.flatnonzero(frames.chords[:, -1] < 0.5)
    if len(music) * frames.hop_s <= 2.0:
        return 0, len(frames.chords)
    return int(music[0]), int(music[-1]) + 1


def chord_changes(frames: KeyFrames) -> int:
    """Count how often one named chord gives way to another: a piece of one chord says little about its key, however clearly."""
    first, last = music_span(frames)
    return len(_changes(frames.chords[first:last])[0])


def _successions(chords: Float64Array) -> Float64Array:
    """Count which major or minor chord follows which, (12, 2, 12, 2) shares of all changes."""
    counts = np.zeros((24, 24))
    np.add.at(counts, _changes(chords), 1.0)
    shares: Float64Array = (counts / max(counts.sum(), 1.0)).reshape(12, 2, 12, 2)
    return shares


def _changes(chords: Float64Array) -> tuple[IntArray, IntArray]:
    """List the changes from one triad to another: `root * 2 + (is minor)` before and after."""
    states = chords[:, :-1].reshape(-1, 12, len(QUALITIES))
    triads = np.stack([states[:, :, _MAJOR_LIKE].sum(axis=2), states[:, :, _MINOR_LIKE].sum(axis=2)], axis=2).reshape(-1, 24)
    heard = np.hstack([triads, chords[:, -1:]])
    smooth = heard.copy()
    smooth[1:] += heard[:-1]
    smooth[:-1] += heard[1:]
    best = smooth.argmax(axis=1)
    chosen = best[np.concatenate([[True], best[1:] != best[:-1]])]
    before, after = chosen[:-1], chosen[1:]
    named = (before < 24) & (after < 24)
    return before[named], after[named]


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
