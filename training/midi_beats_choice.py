"""Which multiple of the pulse a score would write: the chooser behind ``played-beats/network``, fitted on imagined performances.

Pages of the training side are played by imagined pianists, heard by the network and walked through by the decoder; every walk of
`hexachord.score_analysis.multiples` is an example, right if it fits the page. Where the one that would be chosen has another tempo than the
page, which other multiple is right is learnt too::

    python training/midi_beats_choice.py --data DATA --count 400

writes ``midi_beats_choice.npz`` into the package and prints how right and how sure the chooser is on pages of the valid side.
"""

import argparse
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from midi_beats import WEIGHTS, judged, read_sheets
from performances import Performance
from scipy.optimize import minimize, minimize_scalar

from hexachord.dsp.pulse_choice import chances, standardised
from hexachord.files import atomic_path
from hexachord.metrics.beat import continuity, f_measure
from hexachord.score_analysis.bars import LOOKS, look_at
from hexachord.score_analysis.beats import PLAYED, PlayedNotes, beats_of, chord_times, network_chances
from hexachord.score_analysis.critic import NETWORK as CRITIC
from hexachord.score_analysis.multiples import OTHERS, Walked, candidates, describe, kind_of, shared

LENGTH_S = 75.0
DECAY, SEEN_DECAY = 0.002, 0.005
NEARLY = 0.15  # so much less worth than the best is as right
SAME_TEMPO = 0.08
OTHERS_DECAY = 0.003


@dataclass(frozen=True, eq=False)
class Example:
    """The walks through a performance: (walks, features); F of beats, F of downbeats and continuity of each, (walks, 3); the tempo of each
    and that of the page, BPM."""

    features: np.ndarray
    numbers: np.ndarray
    bpm: np.ndarray
    true_bpm: float

    @property
    def worth(self) -> np.ndarray:
        """(walks,) what choosing each is worth."""
        return np.asarray(self.numbers[:, 0] + 0.5 * self.numbers[:, 1])

    def at_tempo(self, factor: float = 1.0) -> np.ndarray:
        """(walks,) whether the tempo of each is that of the page, or a multiple of it."""
        return np.abs(self.bpm / (self.true_bpm * factor) - 1.0) <= SAME_TEMPO


@dataclass(frozen=True, eq=False)
class Chooser:
    """A weighted sum of standardised features, and how the multiples that it did not choose are ranked (see `shared`)."""

    mean: np.ndarray
    scale: np.ndarray
    weight: np.ndarray
    others: np.ndarray

    def scores(self, features: np.ndarray) -> np.ndarray:
        return np.asarray(standardised(features, self.mean, self.scale) @ self.weight)


def choice(played: Performance, network: Path | None, critic: str = CRITIC) -> Example | None:
    """Walk through a performance, and describe and judge each walk."""
    notes = PlayedNotes(
        onset_s=played.onset_s, duration_s=played.duration_s, pitch=played.pitch, velocity=played.velocity,
        is_percussion=np.zeros(len(played.onset_s), dtype=np.bool_),
    )  # fmt: skip
    known = Walked(network_chances(notes, network=network), chord_times(played.onset_s))
    found = candidates(known.chances, PLAYED)
    if len(found) < 2:
        return None
    chords, features, numbers = notes.chords(), [], []
    for one in found:
        beats = beats_of(one, known, engine="")
        look = look_at(known, chords, beats.time_s, network=critic)
        features.append(np.concatenate([describe(known, one, found[0]), look.described]))
        numbers.append(
            (
                f_measure(played.beat_s, beats.time_s).f,
                f_measure(played.beat_s[played.position == 1], beats.time_s[look.bars.best.position == 1]).f,
                continuity(played.beat_s, beats.time_s).cmlt,
            )
        )
    return Example(
        np.stack(features),
        np.array(numbers),
        bpm=np.array([one.tempo_bpm for one in found]),
        true_bpm=float(60.0 / np.median(np.diff(played.beat_s))),
    )


def fit(examples: list[Example], *, seen: int = 0) -> Chooser:
    """Fit weights: what chances of them choose shall be worth most, and they shall be as sure as they are right.

    The last `seen` features are weighed after the others, beside the sum of these: the critic knows the pages of the training side better
    than others.
    """
    every = np.concatenate([one.features for one in examples])
    mean, scale = every.mean(axis=0), every.std(axis=0) + 1e-2
    most, width = max(len(one.features) for one in examples), every.shape[1]
    inputs, worth = np.zeros((len(examples), most, width)), np.zeros((len(examples), most))
    there = np.zeros((len(examples), most), dtype=bool)
    for row, one in enumerate(examples):
        count = len(one.features)
        inputs[row, :count], there[row, :count] = standardised(one.features, mean, scale), True
        worth[row, :count] = one.worth - one.worth.max()
    weight = np.zeros(width)
    heard = slice(0, width - seen)
    weight[heard] = _weighed(inputs[..., heard], there, worth, DECAY)
    if seen:
        total = inputs[..., heard] @ weight[heard]
        spread = float(total[there].std()) + 1e-6
        both = _weighed(np.concatenate([total[..., None] / spread, inputs[..., width - seen :]], axis=2), there, worth, SEEN_DECAY)
        weight[heard], weight[width - seen :] = weight[heard] * both[0] / spread, both[1:]
    right = there & (worth > -NEARLY)

    def surprise(sharp: float) -> float:
        return float(-np.log((_chances(inputs @ (sharp * weight), there) * right).sum(axis=1) + 1e-9).mean())

    weight = weight * minimize_scalar(surprise, bounds=(0.05, 5.0), method="bounded").x
    return Chooser(mean, scale, weight, fit_others(examples, Chooser(mean, scale, weight, np.zeros(0))))


def _chances(scores: np.ndarray, there: np.ndarray) -> np.ndarray:
    """(examples, walks) chances of walks by their scores."""
    score = np.where(there, scores, -np.inf)
    chance = np.exp(score - score.max(axis=1, keepdims=True))
    return np.asarray(chance / chance.sum(axis=1, keepdims=True))


def _weighed(inputs: np.ndarray, there: np.ndarray, worth: np.ndarray, decay: float) -> np.ndarray:
    """Weights whose chances choose what is worth most."""

    def loss(weight: np.ndarray) -> tuple[float, np.ndarray]:
        chance = _chances(inputs @ weight, there)
        expected = (chance * worth).sum(axis=1, keepdims=True)
        slope = np.einsum("nc,nci->i", chance * (worth - expected), inputs) / len(inputs)
        return float(-4.0 * expected.mean() + decay * (weight**2).sum()), -4.0 * slope + 2.0 * decay * weight

    return np.asarray(minimize(loss, np.zeros(inputs.shape[-1]), jac=True, method="L-BFGS-B", options={"maxiter": 300}).x)


def fit_others(examples: list[Example], chooser: Chooser) -> np.ndarray:
    """Fit what ranks other multiples where the chosen walk is not at the tempo of the page: a factor for scores, then one nat or so for
    or against each kind of `OTHERS`."""
    cases = []
    for one in examples:
        scores = chooser.scores(one.features)
        best = int(scores.argmax())
        kinds = [kind_of(ratio) for ratio in (one.bpm / one.bpm[best]).tolist()]
        other = np.array([kind in OTHERS for kind in kinds])
        right = one.at_tempo()[other]
        if not one.at_tempo()[best] and right.any():
            kind = np.array([[name == each for each in OTHERS] for name in kinds], dtype=float)[other]
            cases.append((np.column_stack([scores[other], kind]), right))
    before = np.array([1.0, *(0.0 for _ in OTHERS)])
    if not cases:
        return before

    def loss(weight: np.ndarray) -> float:
        surprise = -np.mean([np.log(chances(inputs @ weight)[right].sum() + 1e-9) for inputs, right in cases])
        return float(surprise + OTHERS_DECAY * ((weight - before) ** 2).sum())

    return np.asarray(minimize(loss, before, method="L-BFGS-B").x)


def told(valid: list[Example], chooser: Chooser) -> dict[str, list[float]]:
    """Compare on the valid side: the likeliest walk, the chosen one and the best one, by F of beats, F of downbeats and continuity; how
    sure the chooser is beside how often it is (nearly) right; where its tempo is another multiple, how often the second is right, how
    often it would be by scores alone, and how often that happens."""
    scores = [chooser.scores(one.features) for one in valid]
    chance = [shared(score, np.log2(one.bpm), chooser.others) for score, one in zip(scores, valid, strict=True)]
    picked = {
        "likeliest": [0 for _ in valid],
        "chosen": [int(each.argmax()) for each in chance],
        "best": [int(one.worth.argmax()) for one in valid],
    }
    means = {
        name: np.mean([one.numbers[index] for one, index in zip(valid, rows, strict=True)], axis=0).round(3).tolist()
        for name, rows in picked.items()
    }
    right = [one.worth[index] > one.worth.max() - NEARLY for one, index in zip(valid, picked["chosen"], strict=True)]
    second = []
    for one, score, each, index in zip(valid, scores, chance, picked["chosen"], strict=True):
        if any(one.at_tempo(factor)[index] for factor in (2.0, 1 / 2, 3.0, 1 / 3)):
            other = [kind_of(ratio) in OTHERS for ratio in (one.bpm / one.bpm[index]).tolist()]
            second.append([one.at_tempo()[np.where(other, by, -np.inf).argmax()] for by in (each, score)])
    rates = np.mean(second, axis=0).round(3).tolist() if second else []
    means["octave_second"] = [*rates, round(len(second) / len(valid), 3)]
    return means | {"sure_and_right": [round(float(np.mean([each.max() for each in chance])), 3), round(float(np.mean(right)), 3)]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--keep", type=Path, help="a folder for pages once read")
    parser.add_argument("--network", type=Path, help="by default the one that is shipped")
    parser.add_argument("--count", type=int, default=400, help="performances to learn from")
    parser.add_argument("--out", type=Path, default=WEIGHTS / "midi_beats_choice.npz")
    options = parser.parse_args()
    sides = []
    for side, count in (("train", options.count), ("valid", 80)):
        sheets = read_sheets(options.data, side, options.keep)
        made = [choice(played, options.network) for played in judged(sheets, count=count, length_s=LENGTH_S)]
        sides.append([one for one in made if one is not None])
    taught, valid = sides
    chooser = fit(taught, seen=LOOKS)
    with atomic_path(options.out) as temporary, temporary.open("wb") as file:
        np.savez_compressed(file, **{name: np.asarray(getattr(chooser, name), np.float32) for name in Chooser.__dataclass_fields__})
    print(json.dumps({"performances": len(taught), **told(valid, chooser)}, indent=1))


if __name__ == "__main__":
    main()
