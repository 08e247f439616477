"""Where a page changes its key signature: a path over its bars.

An engraver changes the signature where a section stands in another key and stays there; a passing modulation, be it of many bars, is
written with accidentals. So what counts is not when the music leaves its key but how far, how long and where. Every bar says how well
it would do under each of the twelve signatures (what sounds, the bass, chords, moves by step, all seen from each tonic alike). A change
costs by how far it goes, by what the section before it ends on and the next begins with, and by what happens at the bar line (a rest, a
long last chord, another figure, register or metre after it, as at a double bar); and what it leads to must last. Evidence and costs are
learnt together, as one conditional random field (J. Lafferty, A. McCallum and F. Pereira, ICML 2001): ``training/page_signatures.py``.
Keys as the cheapest path through segments: D. Temperley, *The Cognition of Basic Musical Structures*, MIT Press 2001, chapter 7.
"""

from itertools import pairwise
from typing import NamedTuple

import numpy as np

from hexachord.arrays import Float64Array, FloatArray, IntArray
from hexachord.models.tables import load_table
from hexachord.theory.keys import KEY_NAMES, key_fifths, sounding_between
from hexachord.theory.page_key import CHORDS, SIGNATURES, STEPS, key_chances

VIEWS = 3 + len(CHORDS) + len(STEPS)
"""Numbers about each pitch class in a bar; the first `SIDES` of them, what sounds and the bass, tell where a section ends and begins."""
SIDES = 2
LINE = 9
"""Numbers about a bar line."""
FEWEST_BARS = 4
"""A signature lasts as long."""
USUAL_BARS = 60
"""How many bars songs have on whose pages this was learnt."""

_OF_PAGE, _OF_BEGINNING = 2.0, 1.0  # how much the key of the page says of all of it, and of its beginning
_LEAST_CHANCE = 1e-4
_AROUND = 4  # bars on each side of a line are compared
_GRID = 8  # places in a bar that make its figure


class Evidence(NamedTuple):
    """What the bars of a page say: (bars, 12, VIEWS) of each pitch class, and (bars, LINE) of the bar line before each."""

    view: Float64Array
    line: Float64Array


class Signature(NamedTuple):
    """From which bar on (counted from 0) how many sharps stand there, and which of the two keys is meant."""

    bar: int
    fifths: int
    mode: str


def signature_evidence(
    onset: FloatArray | IntArray, end: FloatArray | IntArray, pitch: IntArray, borders: FloatArray | IntArray
) -> Evidence:
    """Collect what tells signatures and their changes, bar by bar.

    Parameters
    ----------
    onset, end : (n,) of notes, in any unit
    pitch : (n,) MIDI numbers
    borders : (bars + 1,) bar lines, in the same unit

    Returns
    -------
    Evidence, which `likeliest_path` reads
    """
    order = np.lexsort((pitch, onset))
    start, stop = np.asarray(onset, dtype=np.float64)[order], np.asarray(end, dtype=np.float64)[order]
    numbers, lines = np.asarray(pitch, dtype=np.int64)[order], np.asarray(borders, dtype=np.float64)
    stop = np.maximum(stop, start + 1e-9)
    share = _share(sounding_between(start, stop, numbers % 12, lines))
    halves = np.interp(np.arange(2 * len(lines) - 1) / 2, np.arange(len(lines)), lines)
    half = _share(sounding_between(start, stop, numbers % 12, halves))
    there = np.stack([len(kind) * np.min([np.roll(half, -tone, axis=1) for tone in kind], axis=0) for kind in CHORDS], axis=2)
    there = there.reshape(-1, 2, 12, len(CHORDS)).mean(axis=1)
    bass, moves = _groups(start, numbers, lines)
    of_page = np.broadcast_to(share.mean(axis=0), share.shape)
    view = np.sqrt(np.concatenate([share[..., None], bass[..., None], of_page[..., None], there, moves], axis=2))
    return Evidence(view, _lines(start, stop, numbers, share, lines))


def score_bars(view: FloatArray, weights: FloatArray) -> Float64Array:
    """Say how well bars do under each signature.

    Parameters
    ----------
    view : (bars, 12 * views) numbers about pitch classes, flat
    weights : (12, views) by semitones above the tonic of the signature's major key

    Returns
    -------
    (bars, 12) log scores by that tonic
    """
    turned = np.stack([np.roll(weights, tonic, axis=0).ravel() for tonic in range(12)], axis=1)
    return np.asarray(view @ turned.astype(view.dtype), dtype=np.float64)


def steps_between(moves: FloatArray) -> Float64Array:
    """Lay out what moves are worth, (12, 12) from tonic to tonic, by (12,) how far up they go.

    Examples
    --------
    >>> steps_between(np.arange(12.0))[10, :3]
    array([2., 3., 4.])
    """
    tonic = np.arange(12)
    return np.asarray(np.asarray(moves, dtype=np.float64)[(tonic[None, :] - tonic[:, None]) % 12])


def likeliest_path(
    evidence: Evidence, *, page: FloatArray, bars: FloatArray, last: FloatArray, first: FloatArray, moves: FloatArray, lines: FloatArray
) -> tuple[IntArray, Float64Array]:
    """Find the likeliest course of signatures.

    A long page has more bars to pass through other keys in, and one whose beats were counted twice has twice as many. So beyond
    `USUAL_BARS` each says less.

    Parameters
    ----------
    evidence : what the bars say
    page : (12,) chances of each signature to be that of the whole page
    bars, last, first : weights of every bar (12, VIEWS), and (12, SIDES) of the last one before a change and of the first one after it
    moves : (12,) what a change is worth by how far up it goes
    lines : (LINE,) weights of the bar line at a change

    Returns
    -------
    (bars,) tonics of the major keys with these signatures, and (bars, 12) scores of all of them
    """
    view, count = evidence.view, len(evidence.view)
    sides = view[:, :, :SIDES].reshape(count, -1)
    scores = score_bars(view.reshape(count, -1), bars) * min(1.0, (USUAL_BARS / max(count, 1)) ** 0.5)
    chances = np.log(np.maximum(np.asarray(page, dtype=np.float64), _LEAST_CHANCE))
    scores += _OF_PAGE * chances / max(count, 1)
    scores[:1] += _OF_BEGINNING * chances
    enter = score_bars(sides, first) + (evidence.line @ lines)[:, None]
    return lasting_path(scores, leave=score_bars(sides, last), enter=enter, moves=steps_between(moves)), scores


def _share(weights: Float64Array) -> Float64Array:
    total = weights.sum(axis=-1, keepdims=True)
    return np.asarray(np.divide(weights, total, out=np.zeros_like(weights), where=total > 1e-9))


def _groups(start: Float64Array, pitch: IntArray, lines: Float64Array) -> tuple[Float64Array, Float64Array]:
    """Shares of pitch classes in the bass, (bars, 12), and of moves by step into each pitch class, (bars, 12, moves)."""
    bars = len(lines) - 1
    bass, moves = np.zeros((bars, 12)), np.zeros((bars, 12, len(STEPS)))
    if len(start) == 0:
        return bass, moves
    fresh = np.flatnonzero(np.diff(start, prepend=-np.inf) > 0)
    member = np.repeat(np.arange(len(fresh)), np.diff(np.append(fresh, len(start))))
    bar = np.clip(np.searchsorted(lines, start[fresh], side="right") - 1, 0, bars - 1)
    length = np.minimum(np.diff(np.append(start[fresh], lines[-1])), np.diff(lines)[bar])
    np.add.at(bass, (bar, pitch[fresh] % 12), np.maximum(length, 0.0))
    sounds = np.zeros((len(fresh), 128), dtype=bool)
    sounds[member, np.clip(pitch, 0, 127)] = True
    for column, move in enumerate(STEPS):
        group, came = np.nonzero(np.roll(sounds[:-1], move, axis=1) & sounds[1:])
        np.add.at(moves[:, :, column], (bar[group + 1], came % 12), 1.0)
    return _share(bass), _share(moves.reshape(bars, -1)).reshape(moves.shape)


def _lines(start: Float64Array, stop: Float64Array, pitch: IntArray, share: Float64Array, lines: Float64Array) -> Float64Array:
    """What happens at the bar line before each bar."""
    bars, length = len(lines) - 1, np.diff(lines)
    bar = np.clip(np.searchsorted(lines, start, side="right") - 1, 0, bars - 1)
    place = np.clip(((start - lines[bar]) / length[bar] * _GRID).astype(np.int64), 0, _GRID - 1)
    figure = np.zeros((bars, _GRID))
    np.add.at(figure, (bar, place), 1.0)
    count, height = figure.sum(axis=1), np.bincount(bar, weights=pitch, minlength=bars)
    until, longest = lines[:-1].copy(), np.zeros(bars)
    np.maximum.at(until, bar, np.minimum(stop, lines[bar + 1]))
    np.maximum.at(longest, bar, np.minimum((stop - start) / length[bar], 1.0))
    held = np.array([np.count_nonzero((start < line) & (stop > line + 1e-3 * step)) for line, step in zip(lines, length, strict=False)])
    found = np.zeros((bars, LINE))
    for at in range(1, bars):
        before, after = slice(max(0, at - _AROUND), at), slice(at, at + _AROUND)
        notes = np.array([count[before].mean(), count[after].mean()])
        heights = [height[side].sum() / max(count[side].sum(), 1.0) for side in (before, after)]
        found[at] = (
            (lines[at] - until[at - 1]) / length[at - 1],
            longest[at - 1],
            abs(np.log((notes[1] + 1.0) / (notes[0] + 1.0))),
            min(abs(heights[1] - heights[0]) / 12.0, 1.0),
            _unlike(figure[before].sum(axis=0), figure[after].sum(axis=0)),
            _unlike(share[before].sum(axis=0), share[after].sum(axis=0)),
            abs(length[at] - length[at - 1]) > 0.2 * length[at],
            min(held[at], 3) / 3.0,
            at % _AROUND == 0,
        )
    return found


def _unlike(one: Float64Array, other: Float64Array) -> float:
    """One less the cosine."""
    size = float(np.linalg.norm(one) * np.linalg.norm(other))
    return 1.0 - float(one @ other) / size if size > 1e-9 else 0.0


def find_signatures(
    onset_s: FloatArray, offset_s: FloatArray, pitch: IntArray, bar_s: FloatArray, *, page: tuple[int, str]
) -> tuple[Signature, ...]:
    """Find where a page changes its signature.

    Parameters
    ----------
    onset_s, offset_s : (n,) when notes sound, best as they are written
    pitch : (n,) MIDI numbers
    bar_s : (bars + 1,) bar lines, ascending
    page : sharps and mode of the key of the whole page, which stays where nothing changes, or nothing fits it

    Returns
    -------
    Signatures in order, the first from bar 0 on

    Examples
    --------
    >>> find_signatures(np.arange(4.0), np.arange(4.0) + 1, np.array([60, 64, 67, 72]), np.array([0.0, 2.0, 4.0]), page=(0, "major"))
    (Signature(bar=0, fifths=0, mode='major'),)
    """
    whole, bars = (Signature(0, *page),), len(bar_s) - 1
    if bars < 2 * FEWEST_BARS or len(pitch) == 0 or not (np.diff(bar_s) > 0).all():
        return whole
    evidence = signature_evidence(onset_s, offset_s, pitch, bar_s)
    chances = np.zeros(12)
    np.add.at(chances, SIGNATURES * 7 % 12, key_chances(onset_s, offset_s, pitch))
    path, _ = likeliest_path(evidence, page=chances, **load_table("page_signatures"))
    starts = np.flatnonzero(np.diff(path, prepend=-1)).tolist()
    if len(starts) == 1 or page[0] * 7 % 12 not in path:
        return whole
    bar = np.clip(np.searchsorted(bar_s, onset_s, side="right") - 1, 0, bars - 1)
    found = list[Signature]()
    for start, end in pairwise([*starts, bars]):
        inside, tonic = (bar >= start) & (bar < end), int(path[start])
        keys = key_chances(onset_s[inside], offset_s[inside], pitch[inside])
        mode = "major" if keys[tonic] >= keys[12 + (tonic + 9) % 12] else "minor"
        found.append(Signature(start, key_fifths(*KEY_NAMES[tonic].split()), mode))
    return _least_far(found, page[0])


def _least_far(found: list[Signature], page: int) -> tuple[Signature, ...]:
    """Write six sharps as six flats where those are nearer to what is before, or after; the signature of the page as it stands there."""
    told = list[Signature]()
    for place, one in enumerate(found):
        beside = told[-1].fifths if told else found[place + 1].fifths
        fifths = -6 if one.fifths == 6 and beside < 0 else one.fifths
        told.append(one._replace(fifths=page if (fifths - page) % 12 == 0 else fifths))
    return tuple(told)


def lasting_path(
    scores: Float64Array, *, leave: Float64Array, enter: Float64Array, moves: Float64Array, fewest: int = FEWEST_BARS
) -> IntArray:
    """Find the likeliest course of states of which each lasts.

    Parameters
    ----------
    scores : (bars, states) log scores
    leave, enter : (bars, states) what a change adds by the last bar before it, and by the first after it
    moves : (states, states) what it adds by where it comes from and goes to
    fewest : bars that a state lasts; a piece of less than twice as many has one

    Returns
    -------
    (bars,) states

    Examples
    --------
    >>> scores = np.zeros((12, 12)); scores[:6, 0] = 2.0; scores[6:, 3] = 2.0; scores[2, 7] = 9.0
    >>> nothing = np.zeros((12, 12))
    >>> lasting_path(scores, leave=nothing, enter=nothing, moves=np.full((12, 12), -4.0)).tolist()
    [0, 0, 0, 0, 0, 0, 3, 3, 3, 3, 3, 3]
    """
    bars, states = scores.shape
    if bars < 2 * fewest:
        return np.full(bars, int(scores.sum(axis=0).argmax()) if bars else 0)
    far = np.where(np.eye(states) > 0, -np.inf, moves)
    total = np.full((fewest, states), -np.inf)  # by for how many bars it has lasted; the last row: for long enough
    total[0] = scores[0]
    came, stays = np.zeros((bars, states), dtype=np.int64), np.zeros((bars, states), dtype=bool)
    for bar in range(1, bars):
        changed = (total[-1] + leave[bar - 1])[:, None] + far
        came[bar], stays[bar] = changed.argmax(axis=0), total[-1] >= total[-2]
        lasting = np.maximum(total[-1], total[-2])
        total[1:-1] = total[:-2].copy()
        total[-1], total[0] = lasting, changed.max(axis=0) + enter[bar]
        total += scores[bar]
    path = np.empty(bars, dtype=np.int64)
    state, age = int(total[-1].argmax()), fewest - 1
    for bar in range(bars - 1, -1, -1):
        path[bar] = state
        if age == fewest - 1 and stays[bar, state]:
            continue
        if age > 0:
            age -= 1
        else:
            state, age = int(came[bar, state]), fewest - 1
    return path
