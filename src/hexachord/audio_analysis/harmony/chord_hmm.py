"""Chords by a hidden Markov model: what fits the moment, and what usually follows what.

Müller, *Fundamentals of Music Processing* (FMP), §5.3; Sheh & Ellis, "Chord segmentation and recognition using EM-trained hidden Markov
models", ISMIR 2003; Bello & Pickens, "A robust mid-level representation for harmonic content in music signals", ISMIR 2005 (circle of
fifths). Chords are numbered as in `templates`: kind by kind, no chord last. The likeliest path is `hexachord.dsp.viterbi.viterbi`, which
takes logarithms (`log_probability`).
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from hexachord.arrays import Float64Array, FloatArray, IntArray
from hexachord.audio_analysis.harmony.intervals import fifths_between
from hexachord.dsp.viterbi import log_probability, viterbi


class DiscreteHmm(NamedTuple):
    """Probabilities: `initial` (states,), `transition` (states, states) from row to column, `emission` (states, symbols)."""

    initial: Float64Array
    transition: Float64Array
    emission: Float64Array


def count_transitions(sequences: Sequence[IntArray], *, states: int, added: float = 0.0) -> Float64Array:
    """Estimate transition probabilities by counting. FMP §5.3.1, §5.3.3.

    Parameters
    ----------
    sequences : state numbers of labelled pieces; steps from or to a number outside 0 ... states - 1 are left out
    states : how many there are
    added : to every count, so that what was never seen is not impossible

    Returns
    -------
    (states, states) rows that sum to 1; a state never left goes anywhere alike

    Examples
    --------
    >>> count_transitions([np.array([0, 0, 0, 1, 0])], states=2).round(3)
    array([[0.667, 0.333],
           [1.   , 0.   ]])
    """
    counts = np.full((states, states), float(added))
    for sequence in sequences:
        numbers = np.asarray(sequence)
        here, there = numbers[:-1], numbers[1:]
        known = (here >= 0) & (here < states) & (there >= 0) & (there < states)
        np.add.at(counts, (here[known], there[known]), 1.0)
    return _rows_of_one(counts)


def transposition_invariant(transition: FloatArray) -> Float64Array:
    """Average transitions over the twelve transpositions: what C does to F, D does to G. FMP §5.3.4.

    Parameters
    ----------
    transition : (states, states), states being 12 per kind, and perhaps one more for no chord

    Returns
    -------
    (states, states); every 12 x 12 block is circular

    Examples
    --------
    >>> matrix = np.zeros((12, 12)); matrix[0, 7] = 12.0
    >>> transposition_invariant(matrix)[5, 0], transposition_invariant(matrix).sum()
    (np.float64(1.0), np.float64(12.0))
    """
    states = len(transition)
    kinds, extra = divmod(states, 12)
    if transition.shape != (states, states) or extra > 1:
        raise ValueError(f"expected twelve chords per kind, and perhaps one for none, not {transition.shape}")
    total = np.zeros((states, states))
    for up in range(12):
        moved = np.concatenate([12 * kind + (np.arange(12) + up) % 12 for kind in range(kinds)] + [np.arange(12 * kinds, states)])
        total += np.asarray(transition, dtype=np.float64)[np.ix_(moved, moved)]
    return total / 12


def fifths_transition(*, stay: float, decay: float = 0.7) -> Float64Array:
    """Let 24 triads move along the circle of fifths: near chords follow each other more often. FMP §5.3.4; Bello & Pickens 2005.

    Parameters
    ----------
    stay : probability of not moving
    decay : weight of each step further on a circle where every major chord has its relative minor beside it

    Returns
    -------
    (24, 24) rows that sum to 1

    Examples
    --------
    >>> row = fifths_transition(stay=0.9)[0]
    >>> row[0], np.argsort(-row, kind="stable")[1:4].tolist()  # from C major: A minor, then F and G major
    (np.float64(0.9), [21, 5, 7])
    """
    weight = np.zeros((24, 24))
    for here in range(24):
        for there in range(24):
            other_mode = here // 12 != there // 12
            # a minor chord stands where its relative major does, half a step aside
            steps = fifths_between(here + 3 * (here // 12), there + 3 * (there // 12)) + 0.5 * other_mode
            weight[here, there] = 0.0 if here == there else decay**steps
    out = _rows_of_one(weight) * (1 - stay)
    np.fill_diagonal(out, stay)
    return out


def chords_by_hmm(similarity: FloatArray, log_transition: FloatArray, *, log_initial: FloatArray | None = None) -> IntArray:
    """Find the likeliest sequence of chords. FMP §5.3.4.

    Parameters
    ----------
    similarity : (frames, chords) non-negative, see `template_similarity`; made to sum to 1 in each frame, it is the emission probability
    log_transition : (chords, chords), such as ``uniform_transition(24, stay=0.9)`` or ``log_probability(count_transitions(...))``
    log_initial : (chords,); all alike by default

    Returns
    -------
    (frames,) chord numbers

    Examples
    --------
    >>> from hexachord.dsp.viterbi import uniform_transition
    >>> seen = np.array([[0.6, 0.4], [0.45, 0.55], [0.6, 0.4]])
    >>> chords_by_hmm(seen, uniform_transition(2, stay=0.9))
    array([0, 0, 0])
    """
    chords = similarity.shape[1]
    total = similarity.sum(axis=1, keepdims=True)
    emission = np.where(total > 0, similarity / np.where(total > 0, total, 1.0), 1.0 / chords)
    start = np.full(chords, -np.log(chords)) if log_initial is None else log_initial
    path, _ = viterbi(log_probability(emission), log_transition, start)
    return path


def estimate_hmm(states: IntArray, observed: IntArray, *, state_count: int, symbol_count: int, added: float = 0.0) -> DiscreteHmm:
    """Estimate a model from a sequence whose states are known. FMP §5.3.3.

    Parameters
    ----------
    states, observed : (frames,) state and symbol numbers
    state_count, symbol_count : how many there are
    added : to every count

    Examples
    --------
    >>> estimate_hmm(np.array([0, 0, 1, 0]), np.array([2, 2, 1, 0]), state_count=2, symbol_count=3).emission.round(2)
    array([[0.33, 0.  , 0.67],
           [0.  , 1.  , 0.  ]])
    """
    counts = np.full((state_count, symbol_count), float(added))
    np.add.at(counts, (states, observed), 1.0)
    initial = np.full(state_count, float(added))
    if len(states):
        initial[states[0]] += 1.0
    return DiscreteHmm(
        initial=_rows_of_one(initial[None, :])[0],
        transition=count_transitions([states], states=state_count, added=added),
        emission=_rows_of_one(counts),
    )


def sample_hmm(model: DiscreteHmm, frames: int, *, seed: int) -> tuple[IntArray, IntArray]:
    """Let a model make a sequence. FMP §5.3.2.

    Returns
    -------
    states, observed : (frames,) each

    Examples
    --------
    >>> model = DiscreteHmm(np.array([0.0, 1.0]), np.array([[0.0, 1.0], [1.0, 0.0]]), np.eye(2))
    >>> sample_hmm(model, 4, seed=0)
    (array([1, 0, 1, 0]), array([1, 0, 1, 0]))
    """
    random = np.random.default_rng(seed)
    draws = random.random((frames, 2))
    states, observed = np.zeros(frames, dtype=np.int64), np.zeros(frames, dtype=np.int64)
    chances = model.initial
    for frame in range(frames):
        states[frame] = _draw(chances, float(draws[frame, 0]))
        observed[frame] = _draw(model.emission[states[frame]], float(draws[frame, 1]))
        chances = model.transition[states[frame]]
    return states, observed


def _draw(chances: FloatArray, at: float) -> int:
    total = np.cumsum(chances)
    return int(np.searchsorted(total, at * total[-1], side="right"))


def _rows_of_one(counts: FloatArray) -> Float64Array:
    total = counts.sum(axis=1, keepdims=True)
    return np.where(total > 0, counts / np.where(total > 0, total, 1.0), 1.0 / counts.shape[1])
