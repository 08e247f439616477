"""Chords to a tune: a hidden Markov model whose chords are heard through the notes that are sung over them.

Each beat has a chord; what is sung in it is likely or not over that chord on that degree of the key, chords follow one another as they do
in songs of a kind, and change where bars let them. The likeliest path is found by Viterbi's algorithm, the chance of every other chord by
the forward-backward one. After I. Simon, D. Morris, S. Basu, "MySong: automatic accompaniment generation for vocal melodies", CHI 2008,
and S. Raczyński, S. Fukayama, E. Vincent, "Melody harmonization with interpolated probabilistic models", J. New Music Research 42(3),
2013. What was counted, in songs of the training side, ``training/tune_harmony.py`` says.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from hexachord.arrays import BoolArray, Float32Array, Float64Array, FloatArray, IntArray
from hexachord.models.networks import open_network
from hexachord.models.tables import load_table

ENGINE = "harmonise/tune-hmm"
TABLE, NETWORK = "tune_harmony", "tune_chords"
FLAVOURS = ("pop", "jazz", "chorale")
"""Pop songs, lead sheets of the first half of the twentieth century, Bach's chorales."""
KINDS = ("maj", "min", "7", "maj7", "min7", "dim", "hdim7", "dim7", "aug", "sus4")
STATES = len(KINDS) * 12
"""A chord is a number: its kind times 12, and its root: above the tonic in the tables, a pitch class elsewhere."""
POSITIONS = 3
"""Where in the bar a beat lies: on its first, on the middle one of an even number, elsewhere."""
_NEVER = 1e4  # nats
_UNUSUAL, _RARE = 0.25, 3e-3  # how far the network's word is held against how usual a chord is, and the rarest that counts
CUES = 24 + 1 + POSITIONS + 1 + len(FLAVOURS) + 1


@dataclass(frozen=True, kw_only=True)
class Weights:
    """How much each kind of evidence counts, in nats: notes on beats and between them, what follows what, where chords change, and how
    pieces begin and end; how much of what the tune says the network says, 0 to 1. Chosen on songs of the valid side."""

    accented: float = 1.0
    passing: float = 1.0
    following: float = 1.0
    changing: float = 1.0
    ending: float = 1.0
    network: float = 0.5


WEIGHTS: dict[str, Weights] = {
    "pop": Weights(following=0.5, changing=0.5, network=0.8),
    "jazz": Weights(following=1.0, changing=0.5, network=0.85),
    "chorale": Weights(following=0.4, changing=0.75, network=0.6),
}


class Sung(NamedTuple):
    """What a tune does between borders: (n, 12) weights of pitch classes, in beats, of notes struck on a beat (or held over it) and of
    others."""

    accented: Float64Array
    passing: Float64Array


class Harmonised(NamedTuple):
    """What was found.

    Attributes
    ----------
    path : (n,) the likeliest chord of every beat, a number with a pitch class for its root
    chance : (n, STATES) how likely each is there
    nats : what the path costs (the less, the likelier)
    paths, costs : it and others, as many as were asked for
    engine : who found it
    """

    path: IntArray
    chance: Float64Array
    nats: float
    paths: tuple[IntArray, ...]
    costs: tuple[float, ...]
    engine: str


def sung_between(onset: FloatArray, end: FloatArray, pitch: IntArray | FloatArray, *, borders: FloatArray) -> Sung:
    """Say what is sung between borders.

    Parameters
    ----------
    onset, end, pitch : (m,) notes of a tune, in any unit of time
    borders : (n + 1,) ascending: the beats and the end

    Examples
    --------
    >>> sung = sung_between(np.array([0.0, 1.5]), np.array([1.5, 2.0]), np.array([60, 62]), borders=np.array([0.0, 1.0, 2.0]))
    >>> sung.accented[:, 0].tolist(), sung.passing[:, 2].tolist()
    ([1.0, 0.5], [0.0, 0.5])
    """
    lines = np.asarray(borders, dtype=np.float64)
    count = len(lines) - 1
    accented, passing = np.zeros((count, 12)), np.zeros((count, 12))
    for start, stop, key in zip(np.asarray(onset), np.asarray(end), np.rint(np.asarray(pitch)).astype(np.int64) % 12, strict=True):
        first, last = max(int(np.searchsorted(lines, start + 1e-9, side="right")) - 1, 0), int(np.searchsorted(lines, stop - 1e-9))
        for beat in range(first, min(last, count)):
            length = lines[beat + 1] - lines[beat]
            held = (min(stop, lines[beat + 1]) - max(start, lines[beat])) / length
            if held > 0:
                (accented if start <= lines[beat] + 0.1 * length else passing)[beat, key] += held
    return Sung(accented, passing)


def harmonise_tune(
    sung: Sung,
    *,
    keys: IntArray,
    positions: IntArray,
    flavour: str = "pop",
    held: IntArray | None = None,
    may_change: BoolArray | None = None,
    paths: int = 1,
    seed: int = 0,
    weights: Weights | None = None,
    network: bool = True,
) -> Harmonised:
    """Find the likeliest chords.

    Parameters
    ----------
    sung : n beats
    keys : (n,) places in `hexachord.theory.keys.KEY_NAMES`
    positions : (n,) 0 to 2, see `POSITIONS`
    flavour : of `FLAVOURS`
    held : (n,) chords that stay, -1 where one is looked for
    may_change : (n,) where a chord may begin; everywhere when not given
    paths : how many to give; beside the likeliest some drawn by their chance, all different
    seed : of that chance
    weights : those of the flavour when not given
    network : let the network say what a tune asks for; the counts alone otherwise

    Examples
    --------
    >>> scale = np.eye(12)[[0, 4, 5, 9, 7, 11, 0, 0]]
    >>> found = harmonise_tune(Sung(scale, 0 * scale), keys=np.zeros(8, int), positions=np.array([0, 2, 1, 2, 0, 2, 1, 2]))
    >>> (found.path % 12)[[0, -1]].tolist(), found.chance.shape
    ([0, 0], (8, 120))
    """
    engine = ENGINE if network else f"{ENGINE}-counts"
    if not len(keys):
        nothing = np.zeros(0, dtype=np.int64)
        return Harmonised(nothing, np.zeros((0, STATES)), 0.0, (nothing,) * paths, (0.0,) * paths, engine)
    chosen = weights or WEIGHTS[flavour]
    heard = evidence(sung, keys=keys, flavour=flavour, weights=chosen)
    if network and chosen.network:
        heard = (1.0 - chosen.network) * heard + chosen.network * asked_for(sung, keys=keys, positions=positions, flavour=flavour)
    table = _tables(flavour)
    heard[-1] += chosen.ending * _turned_row(table.last, int(keys[-1]))
    if held is not None:
        for beat in np.flatnonzero(held >= 0):
            heard[beat, np.arange(STATES) != held[beat]] -= _NEVER
    first = chosen.ending * _turned_row(table.first, int(keys[0]))
    free = np.ones(len(keys), dtype=bool) if may_change is None else may_change.copy()
    if held is not None:
        free[1:] |= (held[1:] >= 0) & (held[1:] != held[:-1])
    steps = [
        _step(flavour, int(key), int(position), chosen.following, chosen.changing, bool(may))
        for key, position, may in zip(keys[1:], positions[1:], free[1:], strict=True)
    ]
    path, best = _viterbi(first, steps, heard)
    ahead, chance = _posterior(first, steps, heard)
    found, costs = [path], [-best]
    random = np.random.default_rng(seed)
    for _ in range(8 * (paths - 1)):
        if len(found) == paths:
            break
        drawn = _drawn(ahead, steps, random)
        if not any(np.array_equal(drawn, each) for each in found):
            found.append(drawn)
            total = first[drawn[0]] + heard[np.arange(len(drawn)), drawn].sum()
            costs.append(-float(total + sum(step[a, b] for step, a, b in zip(steps, drawn, drawn[1:], strict=False))))
    order = [0, *(1 + np.argsort(costs[1:], kind="stable")).tolist()]
    return Harmonised(path, chance, -best, tuple(found[at] for at in order), tuple(costs[at] for at in order), engine)


def tune_cues(sung: Sung, *, keys: IntArray, positions: IntArray, flavour: str) -> Float32Array:
    """Show a tune to the network: (n, `CUES`), pitch classes above the tonic."""
    count = len(keys)
    turned = (np.arange(12)[None, :] + (keys % 12)[:, None]) % 12
    rows = [np.take_along_axis(each, turned, axis=1) for each in sung]
    alone = [
        (rows[0].sum(axis=1) + rows[1].sum(axis=1) < 1e-6)[:, None],
        positions[:, None] == np.arange(POSITIONS),
        (keys // 12)[:, None] == 1,
        np.tile(np.array(FLAVOURS) == flavour, (count, 1)),
        np.ones((count, 1)),
    ]
    return np.concatenate([*rows, *alone], axis=1, dtype=np.float32)


def evidence(sung: Sung, *, keys: IntArray, flavour: str, weights: Weights) -> Float64Array:
    """Log likelihood of what is sung in every beat over each chord, (n, STATES)."""
    table = _tables(flavour)
    out = np.zeros((len(keys), STATES))
    for key in np.unique(keys):
        rows = keys == key
        tonic, mode = int(key) % 12, int(key) // 12
        found = weights.accented * (np.roll(sung.accented[rows], -tonic, axis=1) @ table.accented[mode].T)
        found += weights.passing * (np.roll(sung.passing[rows], -tonic, axis=1) @ table.passing[mode].T)
        out[rows] = np.roll(found.reshape(-1, len(KINDS), 12), tonic, axis=2).reshape(-1, STATES)
    return out


def asked_for(sung: Sung, *, keys: IntArray, positions: IntArray, flavour: str) -> Float64Array:
    """What the network hears in a tune, in place of the evidence of its beats: log chance of each chord over how usual it is."""
    said = open_network(NETWORK)(tune_cues(sung, keys=keys, positions=positions, flavour=flavour)).astype(np.float64)
    said -= said.max(axis=1, keepdims=True)
    said -= np.log(np.exp(said).sum(axis=1, keepdims=True))
    usual = _UNUSUAL * np.log(np.maximum(np.exp(_tables(flavour).usual[keys // 12]), _RARE))
    turned = (np.arange(12)[None, :] - (keys % 12)[:, None]) % 12
    return np.asarray(np.take_along_axis((said - usual).reshape(-1, len(KINDS), 12), turned[:, None, :], axis=2).reshape(-1, STATES))


def following_chances(flavour: str, key: int) -> Float64Array:
    """(STATES, STATES) how likely each chord follows each, in a key; pitch classes as roots.

    Examples
    --------
    >>> chances = following_chances("pop", 7)
    >>> bool(np.allclose(chances.sum(axis=1), 1.0, atol=1e-3)), divmod(int(chances[2].argmax()), 12)  # after D, in G major, comes G
    (True, (0, 7))
    """
    table = _tables(flavour)
    return np.asarray(np.exp(_rolled(table.following[key // 12], key % 12)))


def outer_chances(flavour: str, key: int) -> tuple[Float64Array, Float64Array]:
    """(STATES,) how likely each chord begins a piece in a key, and how likely it ends one; pitch classes as roots."""
    table = _tables(flavour)
    return np.exp(_turned_row(table.first, key)), np.exp(_turned_row(table.last, key))


class _Tables(NamedTuple):
    accented: Float64Array  # (2, STATES, 12) log chances, major and minor
    passing: Float64Array
    following: Float64Array  # (2, STATES, STATES)
    first: Float64Array  # (2, STATES)
    last: Float64Array
    usual: Float64Array  # (2, STATES) how much of the time each lasts
    changing: Float64Array  # (POSITIONS,) chance of a change


@lru_cache(maxsize=4)
def _tables(flavour: str) -> _Tables:
    stored = load_table(TABLE)
    names = ("accented", "passing", "following", "first", "last", "usual", "changing")
    arrays = [np.asarray(stored[f"{flavour}_{name}"], dtype=np.float64) for name in names]
    accented, passing, following, first, last, usual = (np.log(each) for each in arrays[:6])
    return _Tables(accented, passing, following, first, last, usual, arrays[6])


def _rolled(matrix: Float64Array, tonic: int) -> Float64Array:
    kinds = len(KINDS)
    return np.roll(matrix.reshape(kinds, 12, kinds, 12), (tonic, tonic), axis=(1, 3)).reshape(STATES, STATES)


@lru_cache(maxsize=512)
def _step(flavour: str, key: int, position: int, following: float, changing: float, may_change: bool) -> Float64Array:
    """(STATES, STATES) log weights of going from a chord to a chord, staying included."""
    table = _tables(flavour)
    change = float(table.changing[position])
    moves = following * _rolled(table.following[key // 12], key % 12) + changing * np.log(change)
    if not may_change:
        moves -= _NEVER
    np.fill_diagonal(moves, changing * np.log1p(-change))
    return np.asarray(moves)


def _turned_row(rows: Float64Array, key: int) -> Float64Array:
    return np.asarray(np.roll(rows[key // 12].reshape(-1, 12), key % 12, axis=1).ravel())


def _viterbi(first: Float64Array, steps: Sequence[Float64Array], heard: Float64Array) -> tuple[IntArray, float]:
    back = np.zeros((len(heard), STATES), dtype=np.int64)
    total = first + heard[0]
    for beat, moves in enumerate(steps, start=1):
        reach = total[:, None] + moves
        back[beat] = reach.argmax(axis=0)
        total = reach[back[beat], np.arange(STATES)] + heard[beat]
    path = np.empty(len(heard), dtype=np.int64)
    path[-1] = int(total.argmax())
    for beat in range(len(heard) - 1, 0, -1):
        path[beat - 1] = back[beat, path[beat]]
    return path, float(total.max())


def _posterior(first: Float64Array, steps: Sequence[Float64Array], heard: Float64Array) -> tuple[Float64Array, Float64Array]:
    """Log weights of all that leads to each chord, and the chance of each."""
    ahead, behind = np.empty_like(heard), np.zeros_like(heard)
    ahead[0] = first + heard[0]
    for beat, moves in enumerate(steps, start=1):
        ahead[beat] = _log_dot(ahead[beat - 1], moves) + heard[beat]
    for beat in range(len(heard) - 2, -1, -1):
        behind[beat] = _log_dot(heard[beat + 1] + behind[beat + 1], steps[beat].T)
    both = ahead + behind
    chance = np.exp(both - both.max(axis=1, keepdims=True))
    return ahead, np.asarray(chance / chance.sum(axis=1, keepdims=True))


def _drawn(ahead: Float64Array, steps: Sequence[Float64Array], random: np.random.Generator) -> IntArray:
    """Draw a path by its chance, from the end backwards."""
    path = np.empty(len(ahead), dtype=np.int64)
    weights = ahead[-1]
    for beat in range(len(ahead) - 1, -1, -1):
        if beat < len(ahead) - 1:
            weights = ahead[beat] + steps[beat][:, path[beat + 1]]
        chance = np.exp(weights - weights.max())
        path[beat] = random.choice(STATES, p=chance / chance.sum())
    return path


def _log_dot(row: Float64Array, moves: Float64Array) -> Float64Array:
    """Log of ``exp(row) @ exp(moves)``."""
    top = row.max()
    return np.asarray(np.log(np.exp(row - top) @ np.exp(moves) + 1e-300) + top)
