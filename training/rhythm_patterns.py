"""Train the tables of the engine ``beats/pattern-grid``: ``python training/rhythm_patterns.py --data DATA``.

Two small networks on songs of the data engine (see `songs`): which grid of beats is right (softmax over a song's hypotheses), and which
beat is a downbeat (cross entropy per beat, on the true beats). They are judged on songs of the valid side. Deterministic, numpy alone;
rendering takes a second or two a song.
"""

import argparse
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from rhythm_songs import RhythmSong, rhythm_of
from songs import add_options, looked_at

from hexachord.audio_analysis.rhythm.bars import METRES, downbeat_log_odds
from hexachord.audio_analysis.rhythm.grids import score_features
from hexachord.models.tables import load_table

Weights = dict[str, np.ndarray]


class Adam:
    """Adam on a dictionary of arrays."""

    def __init__(self, weights: Weights, *, decay: dict[str, float]) -> None:
        self.weights, self.decay, self.step = weights, decay, 0
        self.mean = {name: np.zeros_like(value) for name, value in weights.items()}
        self.square = {name: np.zeros_like(value) for name, value in weights.items()}

    def update(self, gradient: Weights, *, rate: float) -> None:
        self.step += 1
        for name, value in gradient.items():
            value = value + self.decay.get(name, 0.0) * self.weights[name]
            self.mean[name] += 0.1 * (value - self.mean[name])
            self.square[name] += 0.01 * (value**2 - self.square[name])
            self.weights[name] -= (
                rate * (self.mean[name] / (1 - 0.9**self.step)) / (np.sqrt(self.square[name] / (1 - 0.99**self.step)) + 1e-8)
            )


def train_grids(
    features: list[np.ndarray], right: list[np.ndarray], *, hidden: int = 48, epochs: int = 100, penalty: float = 5e-3, seed: int = 0
) -> Weights:
    """Fit the scorer of grids; `features` per clip (hypotheses, inputs), `right` per clip (hypotheses,) how right each is."""
    random = np.random.default_rng(seed)
    every = np.concatenate(features)
    mean, scale = every.mean(axis=0), every.std(axis=0) + 0.05
    inputs = [(one - mean) / scale for one in features]
    size = every.shape[1]
    weights: Weights = {
        "grid_w1": random.normal(0, 0.5 / np.sqrt(size), (size, hidden)), "grid_b1": np.zeros(hidden),
        "grid_w2": random.normal(0, 0.5, hidden), "grid_direct": np.zeros(size),
    }  # fmt: skip
    adam = Adam(weights, decay={"grid_w1": penalty, "grid_w2": penalty, "grid_direct": penalty})
    for epoch in range(epochs):
        total = 0.0
        for batch in np.array_split(random.permutation(len(inputs)), max(1, len(inputs) // 16)):
            gradient = {name: np.zeros_like(value) for name, value in weights.items()}
            for clip in batch:
                x = inputs[clip]
                hidden_out = np.tanh(x @ weights["grid_w1"] + weights["grid_b1"])
                score = hidden_out @ weights["grid_w2"] + x @ weights["grid_direct"]
                chance = np.exp(score - score.max())
                chance /= chance.sum()
                wanted = chance * right[clip]
                total -= np.log(wanted.sum() + 1e-9)
                d_score = (chance - wanted / (wanted.sum() + 1e-9)) / len(batch)
                d_hidden = np.outer(d_score, weights["grid_w2"]) * (1 - hidden_out**2)
                gradient["grid_w1"] += x.T @ d_hidden
                gradient["grid_b1"] += d_hidden.sum(axis=0)
                gradient["grid_w2"] += hidden_out.T @ d_score
                gradient["grid_direct"] += x.T @ d_score
            adam.update(gradient, rate=0.01 * (0.5 + 0.5 * np.cos(np.pi * epoch / epochs)) + 1e-4)
    print(f"grids: loss {total / len(inputs):.3f}")
    return {**weights, "grid_mean": mean, "grid_scale": scale}


def train_bars(
    features: np.ndarray, downbeat: np.ndarray, *, hidden: int = 48, epochs: int = 60, penalty: float = 2e-3, seed: int = 0
) -> Weights:
    """Fit the downbeat network: (beats, inputs), (beats,) bool."""
    random = np.random.default_rng(seed)
    size = features.shape[1]
    weights: Weights = {
        "bar_w1": random.normal(0, 1 / np.sqrt(size), (size, hidden)), "bar_b1": np.zeros(hidden),
        "bar_w2": random.normal(0, 1 / np.sqrt(hidden), (hidden, 1)), "bar_b2": np.array([-1.0]),
    }  # fmt: skip
    adam = Adam(weights, decay={"bar_w1": penalty, "bar_w2": penalty})
    for epoch in range(epochs):
        for batch in np.array_split(random.permutation(len(features)), max(1, len(features) // 256)):
            x = features[batch]
            hidden_out = np.tanh(x @ weights["bar_w1"] + weights["bar_b1"])
            odds = (hidden_out @ weights["bar_w2"] + weights["bar_b2"]).ravel()
            d_odds = ((1 / (1 + np.exp(-odds)) - downbeat[batch]) / len(batch))[:, None]
            d_hidden = d_odds @ weights["bar_w2"].T * (1 - hidden_out**2)
            adam.update(
                {"bar_w1": x.T @ d_hidden, "bar_b1": d_hidden.sum(axis=0), "bar_w2": hidden_out.T @ d_odds, "bar_b2": d_odds.sum(axis=0)},
                rate=0.003 * (0.5 + 0.5 * np.cos(np.pi * epoch / epochs)) + 1e-4,
            )
    return weights


def judge(songs: list[RhythmSong], weights: Mapping[str, np.ndarray]) -> dict[str, float]:
    """Measure what the tables achieve on songs: F of the chosen grid, and of the best on offer; downbeats on true beats."""
    chosen = np.array([song.grid_f[score_features(song.grids, weights).argmax()] for song in songs])
    found = {"beat_f": float(chosen.mean()), "best_on_offer": float(np.mean([song.grid_f.max() for song in songs]))}
    for kind in sorted({song.kind for song in songs}):
        found[f"beat_f {kind}"] = float(chosen[[song.kind == kind for song in songs]].mean())
    barred = [song for song in songs if song.is_barred and song.metre in METRES]
    odds = np.concatenate([downbeat_log_odds(song.beats, weights) for song in barred])
    down = np.concatenate([song.position == 1 for song in barred])
    found["downbeat_accuracy"] = float(np.mean((odds > 0) == down))
    found["downbeat_cross_entropy"] = float(np.mean(np.logaddexp(0.0, np.where(down, -odds, odds))))
    return {name: round(value, 4) for name, value in found.items()}


def train(songs: list[RhythmSong]) -> Weights:
    """Fit both tables."""
    barred = [song for song in songs if song.is_barred]
    downbeats = np.concatenate([song.position == 1 for song in barred]).astype(float)
    weights = train_bars(np.concatenate([song.beats for song in barred]), downbeats)
    usable = [song for song in songs if song.right.any()]
    weights.update(train_grids([song.grids for song in usable], [song.right for song in usable]))
    return weights


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    add_options(parser)
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "src/hexachord/models/weights/rhythm.npz")
    parser.add_argument("--songs", type=int, default=900)
    parser.add_argument("--valid-songs", type=int, default=80)
    options = parser.parse_args()
    valid = [song for song in looked_at(rhythm_of, options, count=options.valid_songs, side="valid") if song is not None]
    print(f"shipped, {len(valid)} songs of the valid side:", judge(valid, load_table("rhythm")), flush=True)
    songs = [song for song in looked_at(rhythm_of, options, count=options.songs) if song is not None]
    weights = train(songs)
    print(f"new of {len(songs)} songs, train side:", judge(songs, weights))
    print(f"new, {len(valid)} songs of the valid side:", judge(valid, weights))
    np.savez_compressed(options.out, **{name: value.astype(np.float32) for name, value in weights.items()})
    print(f"wrote {options.out} ({options.out.stat().st_size / 1000:.0f} kB)")


if __name__ == "__main__":
    main()
