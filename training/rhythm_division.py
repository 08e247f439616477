"""Whether beats divide in halves or in thirds: the network behind `hexachord.audio_analysis.rhythm.division`, fitted on rendered music.

Examples are the songs of caches (``python -m training.cache rhythm``), folded into beats that stray as a tracker's do. Beside the beats
of the labels stand, with less weight, those a tracker may take for them: half as fast, twice as fast, the bars of 3/4 (which divide in
three) and the eighths of compound time (which do not)::

    python training/rhythm_division.py --cache CACHES/full --cache CACHES/more --valid CACHES/valid

writes ``rhythm_division.npz`` into the package and prints how right and how sure it is.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from hexachord.arrays import IntArray
from hexachord.audio_analysis.rhythm.division import FEATURE, LEAST_BEATS, describe_division, fold, is_empty_between, log_odds_of
from hexachord.audio_analysis.rhythm.readings import standardised
from hexachord.audio_analysis.rhythm.rises import rises_of
from hexachord.files import atomic_path
from hexachord.rendering.shards import open_cache
from hexachord.score.timing import felt_metre

HERE = Path(__file__).resolve().parent
OUT = HERE.parent / "src/hexachord/models/weights/rhythm_division.npz"
HIDDEN, DECAY = 8, 3e-3
STRAY_S, LATE_S = 0.008, 0.006  # of a tracker's beats, and what all of them have in common
OTHER_LEVELS = 0.15  # what beats at another level than the written one weigh

Matrix = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Example:
    """Features, whether beats divide in three, what it weighs, and what it is: "written" or another level; and how it swings."""

    features: Matrix
    compound: bool
    weight: float = 1.0
    kind: str = "written"
    swing: float = 0.5
    empty: bool = False


def examples(folder: Path, *, seed: int = 0) -> Iterator[Example]:
    """Make examples of the songs of a cache that have beats and one metre."""
    cache = open_cache(folder)
    name = next(name for name, feature in cache.definitions.items() if feature == FEATURE)
    for index in range(len(cache)):
        take = cache.labels(index)
        beats, metres = take.truth.beats, take.metres
        if beats is None or metres is None or len(beats) < LEAST_BEATS:
            continue
        felt = {felt_metre(*map(int, label.split("/"))) for label in metres.label}
        if len({parts for _, parts in felt}) != 1:
            continue
        count, parts = next(iter(felt))
        rises = rises_of(np.asarray(cache.features(name, index)), FEATURE)
        random = np.random.default_rng([seed, cache.recipe.seed, index])
        time_s, position = np.asarray(beats.time_s, dtype=np.float64), np.asarray(beats.position, dtype=np.int64)
        for kind, level_s, compound in _levels(time_s, position, count=count, parts=parts):
            late_s = random.normal(0.0, LATE_S)
            strayed = np.sort(level_s + late_s + random.normal(0.0, STRAY_S, len(level_s)))
            if len(strayed) < LEAST_BEATS or not (np.diff(strayed) > 0).all():
                continue
            folded = fold(rises, strayed, hop_s=FEATURE.hop_s)
            features = describe_division(folded, bpm=60.0 / float(np.median(np.diff(strayed))))
            weight = 1.0 if kind == "written" else OTHER_LEVELS
            yield Example(features, compound, weight, kind, take.swing or 0.5, is_empty_between(folded))


def _levels(time_s: Matrix, position: IntArray, *, count: int, parts: int) -> Iterator[tuple[str, Matrix, bool]]:
    """Beats as they are written, and beats that might be taken for them."""
    yield "written", time_s, parts == 3
    if parts == 3:
        yield "triple", np.interp(np.arange((len(time_s) - 1) * 3 + 1) / 3, np.arange(len(time_s)), time_s), False
        return
    yield "double", np.interp(np.arange((len(time_s) - 1) * 2 + 1) / 2, np.arange(len(time_s)), time_s), False
    if count == 3:
        yield "third", time_s[position == 1], True
    elif count % 2 == 0:
        yield "half", time_s[position % 2 == 1], False


def fit(found: Sequence[Example], *, seed: int = 0) -> dict[str, Matrix]:
    """Fit the network by weighted log loss."""
    inputs, right = np.stack([example.features for example in found]), np.array([float(example.compound) for example in found])
    weight = np.array([example.weight for example in found])
    weight /= weight.sum()
    mean, scale = inputs.mean(axis=0), inputs.std(axis=0) + 1e-2
    x = standardised(inputs, mean, scale)
    width = x.shape[1]
    random = np.random.default_rng(seed)
    start = np.concatenate(
        [random.normal(0, width**-0.5, width * HIDDEN), np.zeros(HIDDEN), random.normal(0, 0.1, HIDDEN), np.zeros(width), [-2.0]]
    )
    cuts = np.cumsum([width * HIDDEN, HIDDEN, HIDDEN, width])
    decay = np.full(len(start), DECAY)
    decay[-1] = 0.0

    def loss(flat: Matrix) -> tuple[float, Matrix]:
        w1, b1, w2, direct, bias = np.split(flat, cuts)
        w1 = w1.reshape(width, HIDDEN)
        lit = np.tanh(x @ w1 + b1)
        score = lit @ w2 + x @ direct + bias
        pull = weight * (1.0 / (1.0 + np.exp(-score)) - right)
        back = pull[:, None] * w2 * (1.0 - lit**2)
        slope = np.concatenate([(x.T @ back).ravel(), back.sum(axis=0), lit.T @ pull, x.T @ pull, [pull.sum()]])
        value = float(weight @ (np.logaddexp(0.0, score) - right * score) + 0.5 * (decay * flat**2).sum())
        return value, slope + decay * flat

    w1, b1, w2, direct, bias = np.split(minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 400}).x, cuts)
    return {"mean": mean, "scale": scale, "w1": w1.reshape(width, HIDDEN), "b1": b1, "w2": w2, "direct": direct, "bias": bias}


def judge(found: Sequence[Example], weights: dict[str, Matrix]) -> dict[str, float]:
    """Measure: how often right, how many compound ones are found, how many simple and swung ones are said to be, log loss, calibration."""
    odds = np.array([log_odds_of(example.features, weights) for example in found])
    right = np.array([example.compound for example in found])
    swung = np.array([example.swing > 0.56 for example in found]) & ~right
    chance = 1.0 / (1.0 + np.exp(-odds))
    sure, hit = np.maximum(chance, 1.0 - chance), (odds > 0) == right
    order = np.array_split(np.argsort(sure), 5)
    loss = np.logaddexp(0.0, odds) - right * odds

    def share(of: NDArray[np.bool_]) -> float:
        return float((odds[of] > 0).mean()) if of.any() else float("nan")

    return {
        "songs": len(found),
        "compound": int(right.sum()),
        "right": float(hit.mean()),
        "compound_found": share(right),
        "simple_called_compound": share(~right),
        "swung": int(swung.sum()),
        "swung_called_compound": share(swung),
        "log_loss": float(loss.mean()),
        "calibration_error": float(sum(abs(sure[part].mean() - hit[part].mean()) * len(part) for part in order) / len(found)),
        "empty": float(np.mean([example.empty for example in found])),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=Path, action="append", required=True)
    parser.add_argument("--valid", type=Path, action="append", required=True)
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    taught = [example for folder in options.cache for example in examples(folder)]
    valid = [example for folder in options.valid for example in examples(folder)]
    weights = fit(taught)
    with atomic_path(options.out) as temporary, temporary.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **{name: np.asarray(value, dtype=np.float32) for name, value in weights.items()})
    song = np.cumsum([example.kind == "written" for example in taught])  # all levels of a song are in one fold
    folds = np.random.default_rng(0).integers(0, 4, song[-1] + 1)[song]
    held = [(fit([e for e, k in zip(taught, folds, strict=True) if k != fold]), fold) for fold in range(4)]
    written = [e for e in taught if e.kind == "written"]
    crossed = [judge([e for e, k in zip(taught, folds, strict=True) if k == fold and e.kind == "written"], w) for w, fold in held]
    summary = {name: round(float(np.nanmean([row[name] for row in crossed])), 4) for name in crossed[0]}
    kinds = {kind: judge([e for e in valid if e.kind == kind], weights) for kind in dict.fromkeys(e.kind for e in valid)}
    print(json.dumps({"examples": len(taught), "written": len(written), "crossed": summary, "valid": kinds}, indent=1))


if __name__ == "__main__":
    main()
