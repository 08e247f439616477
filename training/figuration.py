"""Chords of a page broken into the figures of pianists: arpeggios, Alberti basses, tremolos, repeated chords and runs."""

from collections.abc import Sequence

import numpy as np

from hexachord.arrays import BoolArray, Float64Array
from hexachord.rendering.music import DURATION, ONSET, PITCH, VELOCITY

Random = np.random.Generator

_FIGURES = ("up", "down", "wave", "alberti", "tremolo", "repeated", "afterbeats")


def figured(notes: Float64Array, tune: BoolArray, beat_length: float, random: Random) -> tuple[Float64Array, BoolArray]:
    """Break what accompanies into figures, and now and then the tune into runs: pages of songs become pages of pianists.

    Parameters
    ----------
    notes : (n, 4) onset, duration, pitch and velocity, by onset, in quarters
    tune : (n,) whether a note is of the part that leads
    beat_length : quarters
    """
    chance = random.random()
    for _ in range(0 if chance < 0.25 or len(notes) < 8 else 1 if chance < 0.7 else 2):
        notes, tune = _figured_once(notes, tune, beat_length, random)
    return notes, tune


def _figured_once(notes: Float64Array, tune: BoolArray, beat_length: float, random: Random) -> tuple[Float64Array, BoolArray]:
    first, last = float(notes[0, ONSET]), float(notes[-1, ONSET])
    inside = np.ones(len(notes), dtype=bool)
    if random.random() < 0.5:
        begin = float(random.uniform(first, last))
        inside = (notes[:, ONSET] >= begin) & (notes[:, ONSET] < begin + random.uniform(0.2, 0.8) * (last - first))
    moment = np.round(notes[:, ONSET], 4)
    highest = np.zeros(len(notes), dtype=bool)
    highest[np.flatnonzero(np.diff(moment, append=np.inf) > 1e-6)] = True
    leads = tune if tune.any() and not tune.all() else highest
    unit = beat_length / int(random.choice([2, 3, 4, 6, 8], p=[0.15, 0.22, 0.35, 0.16, 0.12]))
    figure = str(random.choice(_FIGURES))
    part = leads if random.random() < 0.2 else ~leads
    broken = part & inside
    if random.random() < 0.15:
        broken = inside
    rows = _broken(notes[broken], unit, figure if part is not leads else "run", random)
    made = np.concatenate([notes[~broken], rows])
    mark = np.concatenate([tune[~broken], np.zeros(len(rows), dtype=bool)])
    order = np.lexsort((made[:, PITCH], np.round(made[:, ONSET], 4)))
    return made[order], mark[order]


def _broken(notes: Float64Array, unit: float, figure: str, random: Random) -> Float64Array:
    """Break chords that last into notes of one unit, by a figure; short ones stay."""
    if not len(notes):
        return notes
    moments, start = np.unique(np.round(notes[:, ONSET], 4), return_index=True)
    ends = np.append(start[1:], len(notes))
    following = np.append(moments[1:], moments[-1] + notes[-1, DURATION])
    scale = frozenset(np.argsort(-np.bincount(notes[:, PITCH].astype(int) % 12, minlength=12))[:7].tolist())
    extra = random.random(len(moments))
    plain = notes.tolist()
    rows: list[Sequence[float]] = []
    for index, (at, following_at, begin, end) in enumerate(
        zip(*(each.tolist() for each in (moments, following, start, ends)), strict=True)
    ):
        chord = plain[begin:end]
        lasting = min(following_at - at, max(note[DURATION] for note in chord) * 1.5)
        count = int(lasting / unit + 0.01)
        if count < 2:
            rows += chord
            continue
        keys = sorted({note[PITCH] for note in chord})
        if len(keys) == 1 and figure != "run":
            keys.append(keys[0] + (12, 12, 7, 4)[int(extra[index] * 4)])
        force = sum(note[VELOCITY] for note in chord) / len(chord)
        for step, group in enumerate(_steps(keys, count, figure, target=plain[min(end, len(plain) - 1)][PITCH], scale=scale)):
            rows += [(at + step * unit, unit, key, force) for key in group]
    return np.array(rows)


def _steps(keys: list[float], count: int, figure: str, *, target: float, scale: frozenset[int]) -> list[list[float]]:
    """Which keys are struck at each unit."""
    low, high, size = keys[0], keys[-1], len(keys)
    if figure == "repeated":
        return [keys] * count
    if figure == "afterbeats":
        return [[low]] + [keys[1:]] * (count - 1)
    if figure == "tremolo":
        return [[low] if step % 2 == 0 else keys[1:] for step in range(count)]
    if figure == "alberti":
        turn = (low, high, keys[size // 2], high)
        return [[turn[step % 4]] for step in range(count)]
    if figure == "run":
        way = 1 if target >= low else -1
        line, key = [low], low
        while len(line) < count:
            key += way
            if int(key) % 12 in scale:
                line.append(key)
            if (key - target) * way > 5:
                way = -way
        return [[key] for key in line]
    order = list(range(size))
    cycle = order if figure == "up" else order[::-1] if figure == "down" else order + order[-2:0:-1]
    return [[keys[cycle[step % len(cycle)]]] for step in range(count)]
