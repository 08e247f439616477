"""The key that a page would be written in, from its notes: what sounds, what it begins and ends with, and how it moves.

Profiles of pitch classes (`hexachord.theory.keys.key_of`) take the key that most of the time is spent in. A page names the one that the
music sets out from and comes back to: three minutes of a sonata may dwell longer on the dominant. So everything that tells a tonic is
collected as seen from each of the twelve pitch classes alike, and one learnt linear score says how well that one would do as the tonic of
a major and of a minor key; transposing the music transposes the answer. Weights: ``training/page_key.py``.

Leading tones and the ends of phrases: D. Butler, Music Perception 6(3), 1989; H. Brown, Music Perception 5(3), 1988.
"""

from itertools import pairwise
from typing import NamedTuple

import numpy as np

from hexachord.arrays import Float64Array, FloatArray, IntArray
from hexachord.knowledge import Key
from hexachord.models.tables import load_table
from hexachord.theory.key_paths import follow_keys
from hexachord.theory.keys import KEY_NAMES, LIEDER_SHARES, key_fifths, sounding_between

ENGINE = "page-key/linear"
EDGES_S = (3.0, 8.0, 25.0)
"""How much of the beginning and of the end counts as such."""
STEPS = (-2, -1, 1, 2)
"""Moves by step that are counted, in semitones; −1 into the tonic's fifth and 1 into the tonic are leading tones."""
CHORDS = ((0, 4, 7), (0, 3, 7), (0, 3, 6), (0, 4, 7, 10))
VIEW = 12 * (1 + 3 + 2 * len(EDGES_S)) + 12 * 9 + 12 * len(CHORDS) * 3 + 12 * len(STEPS) + 144 + 24 * 3

SIGNATURES: IntArray = np.array([key_fifths(*name.split()) % 12 for name in KEY_NAMES])
"""The signature of each key, sharps modulo 12: two keys share one."""

_TOGETHER_S = 0.04  # onsets this close are one chord
_LONGEST_S = 3.0  # what is held longer says no more
_SLICE_S = 1.0
_LOCAL_SLICE_S = 2.0
_LOCAL_COST = 3.0  # of a change, in nats: here it may follow each modulation
_LOG_SHARES = np.log(np.array([np.roll(np.array(mode) + 1e-3, tonic) for mode in LIEDER_SHARES for tonic in range(12)]))


class _Lines(NamedTuple):
    """Chords of notes that begin together: when, how long until the next, and pitch classes of the lowest and the highest note."""

    start_s: Float64Array
    length_s: Float64Array
    member: IntArray
    bass: IntArray
    top: IntArray


def key_views(onset_s: FloatArray, offset_s: FloatArray, pitch: IntArray | FloatArray) -> Float64Array:
    """Collect what tells the key of a page, as seen from each of the twelve possible tonics.

    Parameters
    ----------
    onset_s, offset_s : (n,) when notes sound
    pitch : (n,) MIDI numbers; fractions are rounded

    Returns
    -------
    (12, VIEW) : row `r` is what a reader sees for whom pitch class `r` is the tonic; square roots of shares
    """
    order = np.lexsort((pitch, onset_s))
    onset, numbers = np.asarray(onset_s, dtype=np.float64)[order], np.round(np.asarray(pitch)[order]).astype(np.int64)
    offset = np.clip(np.asarray(offset_s, dtype=np.float64)[order], onset + 0.02, onset + _LONGEST_S)
    classes = numbers % 12
    begin, end = float(onset[0]), float(offset.max())
    lines = _lines(onset, numbers, end)
    spans = [(begin, end), *_thirds(begin, end), *((begin, begin + edge) for edge in EDGES_S), *((end - edge, end) for edge in EDGES_S)]
    parts = [_share(_sounding(onset, offset, classes, span)) for span in spans]
    parts += _outer_voices(lines, classes, begin, end)
    views = [
        np.array(parts).T,
        *_harmonies(onset, offset, classes, begin, end),
        _steps(lines, numbers),
        _keys_passed(onset, offset, classes, begin, end),
    ]
    evidence = np.sqrt(np.hstack(views))
    follows = np.sqrt(_bass_moves(lines))
    places = (np.arange(12)[:, None] + np.arange(12)[None, :]) % 12
    return np.asarray(np.hstack([evidence[places].reshape(12, -1), np.stack([follows[np.ix_(row, row)].ravel() for row in places])]))


def _lines(onset: Float64Array, pitch: IntArray, end: float) -> _Lines:
    fresh = np.flatnonzero(np.diff(onset, prepend=-np.inf) > _TOGETHER_S)
    start = onset[fresh]
    member = np.repeat(np.arange(len(fresh)), np.diff(np.append(fresh, len(onset))))
    length = np.minimum(np.diff(np.append(start, end)), _LONGEST_S)
    return _Lines(start, length, member, np.minimum.reduceat(pitch, fresh), np.maximum.reduceat(pitch, fresh))


def _thirds(begin: float, end: float) -> list[tuple[float, float]]:
    borders = np.linspace(begin, end, 4).tolist()
    return list(pairwise(borders))


def _share(weights: FloatArray | IntArray) -> Float64Array:
    total = float(weights.sum())
    return np.asarray(weights / max(total, 1e-9), dtype=np.float64)


def _sounding(onset: Float64Array, offset: Float64Array, classes: IntArray, span: tuple[float, float]) -> Float64Array:
    inside = np.clip(np.minimum(offset, span[1]) - np.maximum(onset, span[0]), 0.0, None)
    return np.bincount(classes, weights=inside, minlength=12).astype(np.float64)


def _outer_voices(lines: _Lines, classes: IntArray, begin: float, end: float) -> list[Float64Array]:
    """Shares of the twelve pitch classes in the bass and on top: throughout, early, late, first and last; and the first and last chords."""
    edge = EDGES_S[1]
    early, late = lines.start_s < begin + edge, lines.start_s >= end - edge
    found = list[Float64Array]()
    for voice in (lines.bass % 12, lines.top % 12):
        found += [_share(np.bincount(voice, weights=lines.length_s * kept, minlength=12)) for kept in (np.ones(len(voice)), late)]
    found.append(_share(np.bincount(lines.bass % 12, weights=lines.length_s * early, minlength=12)))
    found += [np.eye(12)[lines.bass[at] % 12] for at in (0, -1)]
    found += [_share(np.bincount(classes[lines.member == at], minlength=12).astype(np.float64)) for at in (0, len(lines.bass) - 1)]
    return found


def _harmonies(onset: Float64Array, offset: Float64Array, classes: IntArray, begin: float, end: float) -> list[Float64Array]:
    """How much of the time all notes of a chord are there, (12 roots, kinds): throughout, early, late."""
    borders = np.arange(begin, end + _SLICE_S, _SLICE_S)
    heard = sounding_between(onset, offset, classes, borders)
    share = heard / np.maximum(heard.sum(axis=1, keepdims=True), 1e-9)
    there = np.stack(
        [len(kind) * np.min([np.roll(share, -tone, axis=1) for tone in kind], axis=0) for kind in CHORDS], axis=2
    )  # (slices, roots, kinds)
    edge = max(1, round(EDGES_S[1] / _SLICE_S))
    return [part.mean(axis=0) for part in (there, there[:edge], there[-edge:])]


def _steps(lines: _Lines, pitch: IntArray) -> Float64Array:
    """Shares of moves by step from one chord into the next, (12 pitch classes arrived at, moves)."""
    counts = np.zeros((12, len(STEPS)))
    sounds = np.zeros((len(lines.bass), 128), dtype=bool)
    sounds[lines.member, np.clip(pitch, 0, 127)] = True
    for column, move in enumerate(STEPS):
        came = np.roll(sounds[:-1], move, axis=1) & sounds[1:]
        np.add.at(counts[:, column], np.nonzero(came)[1] % 12, 1.0)
    return _share(counts)


def _bass_moves(lines: _Lines) -> Float64Array:
    """Shares of (from, to) among the changes of the lowest note's pitch class."""
    counts = np.zeros((12, 12))
    before, after = lines.bass[:-1] % 12, lines.bass[1:] % 12
    np.add.at(counts, (before[before != after], after[before != after]), 1.0)
    return _share(counts)


def _keys_passed(onset: Float64Array, offset: Float64Array, classes: IntArray, begin: float, end: float) -> Float64Array:
    """How much of the time each key is the local one, (12 tonics, mode × whole, beginning, end)."""
    borders = np.arange(begin, end + _LOCAL_SLICE_S, _LOCAL_SLICE_S)
    heard = sounding_between(onset, offset, classes, borders)
    share = heard / np.maximum(heard.sum(axis=1, keepdims=True), 1e-9)
    chance = follow_keys(share @ _LOG_SHARES.T, change_cost=_LOCAL_COST).probability
    edge = max(1, round(EDGES_S[2] / _LOCAL_SLICE_S))
    found = [part.mean(axis=0).reshape(2, 12).T for part in (chance, chance[:edge], chance[-edge:])]
    return np.hstack(found)


def key_chances(onset_s: FloatArray, offset_s: FloatArray, pitch: IntArray | FloatArray) -> Float64Array:
    """Say how likely each of the 24 keys is the one of the page, (24,) in the order of `KEY_NAMES`; all alike without notes."""
    if len(onset_s) == 0:
        return np.full(24, 1 / 24)
    weights = load_table("page_key")["keys"].astype(np.float64)
    scores = (key_views(onset_s, offset_s, pitch) @ weights[:-1] + weights[-1]).T.ravel()
    chances = np.exp(scores - scores.max())
    return np.asarray(chances / chances.sum())


def find_page_key(onset_s: FloatArray, offset_s: FloatArray, pitch: IntArray | FloatArray) -> Key:
    """Find the key that a page would name: the likeliest signature, and the likelier of its two keys.

    Parameters
    ----------
    onset_s, offset_s : (n,) when notes sound
    pitch : (n,) MIDI numbers of pitched notes

    Returns
    -------
    Key with its chance as confidence, and the four next best; an empty piece is C major with confidence 0

    Examples
    --------
    >>> scale = np.array([57, 59, 60, 62, 64, 65, 68, 69, 64, 57])
    >>> find_page_key(np.arange(10.0), np.arange(10.0) + 1, scale).name
    'A minor'
    """
    if len(onset_s) == 0:
        return Key(tonic="C", mode="major", confidence=0.0, engine=ENGINE)
    chances = key_chances(onset_s, offset_s, pitch)
    likeliest = int(np.bincount(SIGNATURES, weights=chances, minlength=12).argmax())
    best = int(np.where(likeliest == SIGNATURES, chances, -1.0).argmax())
    order = [int(index) for index in np.argsort(-chances, kind="stable") if index != best]
    tonic, mode = KEY_NAMES[best].split()
    rest = tuple((KEY_NAMES[index], float(chances[index])) for index in order[:4])
    return Key(tonic=tonic, mode=mode, confidence=float(chances[best]), alternatives=rest, engine=ENGINE)
