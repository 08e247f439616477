"""Which pulse is the beat, and which beat the downbeat: the two choosers behind ``beats/network``, fitted on rendered music.

The beat network is run over caches (``python -m training.cache rhythm``), best not those that it learnt from; the decoder follows the
pulse, and every candidate that `readings.propose` and `counting.propose_counts` make of it is an example, right if it fits the labels::

    python training/rhythm_readings.py --network NETWORK.onnx --cache CACHES/grid --cache CACHES/dry --valid CACHES/valid

writes ``rhythm_readings.npz`` into the package and prints how right and how sure the choosers are on the valid cache.
"""

import argparse
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from hexachord.audio_analysis.rhythm.counting import describe_count, evidence_at, propose_counts
from hexachord.audio_analysis.rhythm.network import FEATURE, pulse_from_bytes
from hexachord.audio_analysis.rhythm.pulses import follow
from hexachord.audio_analysis.rhythm.readings import Pulse, chances, describe, propose, standardised
from hexachord.files import atomic_path
from hexachord.knowledge import Beats
from hexachord.metrics.beat import continuity, f_measure
from hexachord.models.networks import Network, open_network
from hexachord.rendering.shards import open_cache

HERE = Path(__file__).resolve().parent
OUT = HERE.parent / "src/hexachord/models/weights/rhythm_readings.npz"
HIDDEN, DECAY = 12, 2e-2
RARITY = 0.25
"""Of rendered songs two of three are in four; without this, music in two is nearly always counted in four."""

Matrix = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Choice:
    """A song's candidates: (candidates, features), and how right each is, (candidates,) in [0, 2]; the `kind` of song, and its weight."""

    features: Matrix
    score: Matrix
    kind: int = 0
    weight: float = 1.0


@dataclass(frozen=True, eq=False)
class Chooser:
    """A network of one hidden layer, and a direct way around it."""

    mean: Matrix
    scale: Matrix
    w1: Matrix
    b1: Matrix
    w2: Matrix
    direct: Matrix

    def scores(self, features: Matrix) -> Matrix:
        inputs = standardised(features, self.mean, self.scale)
        found: Matrix = np.tanh(inputs @ self.w1 + self.b1) @ self.w2 + inputs @ self.direct
        return found


def choices(folder: Path, network: Network, *, every: int = 1) -> Iterator[tuple[Choice | None, Choice | None]]:
    """Make of each song with beats its choice among pulses, and, where bars are known, among ways to count.

    Parameters
    ----------
    every : only every so many songs
    """
    cache = open_cache(folder)
    name = next(name for name, feature in cache.definitions.items() if feature == FEATURE)
    for index in range(0, len(cache), every):
        beats = cache.labels(index).truth.beats
        if beats is None or len(beats) < 6:
            continue
        yield _choice(pulse_from_bytes(np.asarray(cache.features(name, index)), network), beats)


def _choice(pulse: Pulse, beats: Beats) -> tuple[Choice | None, Choice | None]:
    time_s, position = np.asarray(beats.time_s, dtype=np.float64), np.asarray(beats.position)
    found = follow(pulse)
    of_pulses = None
    if found is not None and len(found.beat_s) >= 6:
        candidates = propose(found.beat_s)
        score = [f_measure(time_s, c.time_s).f + continuity(time_s, c.time_s).cmlt for c in candidates]
        of_pulses = Choice(np.stack([describe(pulse, c) for c in candidates]), np.array(score))
    of_bars = None
    if (position > 0).all() and len(position) >= 10:
        lengths = np.diff(np.flatnonzero(position == 1))
        metre = int(np.bincount(lengths).argmax()) if len(lengths) else int(position.max())
        evidence, bpm = evidence_at(pulse, time_s), 60.0 / float(np.median(np.diff(time_s)))
        counts = propose_counts(evidence.down)
        right = [f_measure(time_s[position == 1], time_s[c.position == 1]).f + (c.metre == metre) for c in counts]
        of_bars = Choice(np.stack([describe_count(evidence, c, bpm=bpm) for c in counts]), np.array(right), kind=metre)
    return of_pulses, of_bars


def balanced(songs: Sequence[Choice], *, power: float = RARITY) -> list[Choice]:
    """Let rare kinds count more: each by its share to the power of ``-power``, against the commonest."""
    counts = Counter(song.kind for song in songs)
    return [replace(song, weight=(max(counts.values()) / counts[song.kind]) ** power) for song in songs]


def fit(songs: Sequence[Choice], *, least: float, slack: float, seed: int = 0, hidden: int = HIDDEN) -> Chooser:
    """Fit a chooser: the chances of all candidates that are as right as the best (to `slack`) shall sum to 1.

    Parameters
    ----------
    songs : to learn from; those whose best candidate is below `least` teach nothing
    """
    songs = [song for song in songs if song.score.max() >= least]
    most = max(len(song.score) for song in songs)
    width = songs[0].features.shape[1]
    inputs, there, right = np.zeros((len(songs), most, width)), np.zeros((len(songs), most), bool), np.zeros((len(songs), most), bool)
    for row, song in enumerate(songs):
        count = len(song.score)
        inputs[row, :count], there[row, :count] = song.features, True
        right[row, :count] = song.score >= song.score.max() - slack
    weight = np.array([song.weight for song in songs])
    weight /= weight.mean()
    mean, scale = inputs[there].mean(axis=0), inputs[there].std(axis=0) + 1e-2
    inputs = np.where(there[..., None], standardised(inputs, mean, scale), 0.0)
    random = np.random.default_rng(seed)
    start = np.concatenate(
        [random.normal(0, width**-0.5, width * hidden), np.zeros(hidden), random.normal(0, 0.1, hidden), np.zeros(width)]
    )
    cuts = np.cumsum([width * hidden, hidden, hidden])

    def loss(flat: Matrix) -> tuple[float, Matrix]:
        w1, b1, w2, direct = (part for part in np.split(flat, cuts))
        w1 = w1.reshape(width, hidden)
        lit = np.tanh(inputs @ w1 + b1)
        score = np.where(there, lit @ w2 + inputs @ direct, -np.inf)
        chance = np.exp(score - score.max(axis=1, keepdims=True))
        chance /= chance.sum(axis=1, keepdims=True)
        hit = (chance * right).sum(axis=1, keepdims=True) + 1e-12
        pull = weight[:, None] * (chance - chance * right / hit) / len(songs)
        back = pull[..., None] * w2 * (1.0 - lit**2)
        slope = np.concatenate(
            [
                np.einsum("nci,nch->ih", inputs, back, optimize=True).ravel(),
                back.sum(axis=(0, 1)),
                np.einsum("nc,nch->h", pull, lit),
                np.einsum("nc,nci->i", pull, inputs),
            ]
        )
        return float(-(weight[:, None] * np.log(hit)).mean() + 0.5 * DECAY * (flat**2).sum()), slope + DECAY * flat

    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 200})
    w1, b1, w2, direct = np.split(found.x, cuts)
    return Chooser(mean, scale, w1.reshape(width, hidden), b1, w2, direct)


def judge(songs: Sequence[Choice], chooser: Chooser, *, slack: float) -> dict[str, float]:
    """Measure: how often the first is (nearly) the best there is, how often it or the second is, and the expected calibration error."""
    sure, right, second = [], [], []
    for song in songs:
        chance = chances(chooser.scores(song.features))
        order = np.argsort(-chance)
        good = song.score >= song.score.max() - slack
        sure.append(chance[order[0]])
        right.append(float(good[order[0]]))
        second.append(float(good[order[:2]].any()))
    return {"first": float(np.mean(right)), "first_two": float(np.mean(second)), "calibration_error": calibration_error(sure, right)}


def calibration_error(sure: Sequence[float], right: Sequence[float], *, bins: int = 5) -> float:
    """Compare how sure one is with how often one is right, in bins of equally many.

    >>> round(calibration_error([0.9] * 10, [1.0] * 8 + [0.0] * 2), 3)
    0.1
    """
    order = np.argsort(sure)
    parts = np.array_split(order, bins)
    return float(sum(abs(np.mean(np.take(sure, p)) - np.mean(np.take(right, p))) * len(p) for p in parts if len(p)) / len(order))


def save(pulses: Chooser, bars: Chooser, path: Path) -> None:
    """Write both as the table that `readings.choose` and `counting.rank_counts` read."""
    fields = ("mean", "scale", "w1", "b1", "w2", "direct")
    arrays = {name: getattr(pulses, name) for name in fields} | {f"bar_{name}": getattr(bars, name) for name in fields}
    with atomic_path(path) as temporary, temporary.open("wb") as file:
        np.savez_compressed(file, **{name: np.asarray(value, dtype=np.float32) for name, value in arrays.items()})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--network", required=True, help="rhythm, or a path")
    parser.add_argument("--cache", type=Path, action="append", required=True)
    parser.add_argument("--every", type=int, default=1, help="of the caches' songs, every how many")
    parser.add_argument("--valid", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    network = open_network(options.network)
    taught = [pair for folder in options.cache for pair in choices(folder, network, every=options.every)]
    valid = list(choices(options.valid, network))
    pulses = fit([pulse for pulse, _ in taught if pulse is not None], least=0.9, slack=0.12)
    bars = fit(balanced([count for _, count in taught if count is not None]), least=1.6, slack=0.05)
    save(pulses, bars, options.out)
    found = {
        "songs": len(taught),
        "pulses": judge([pulse for pulse, _ in valid if pulse is not None], pulses, slack=0.12),
        "bars": judge([count for _, count in valid if count is not None], bars, slack=0.05),
    }
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
