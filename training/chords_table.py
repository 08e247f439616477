"""Train the small table of the engine ``chords/equivariant-net``: ``python training/chords_table.py --data DATA``.

A network of 144-160-96-11 seen from all twelve roots (see `harmony.chord_model`), by Adam on the cross entropy over every
fourth frame of the Billboard songs and every second one of songs of the data engine (see `songs`), and the chord-to-chord statistics beside
it. Judged on the valid side of both. Deterministic, numpy alone; five minutes on one core, and the rendering.
"""

import argparse
import itertools
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from billboard import IGNORED, Song, load_songs
from chord_songs import ChordSong, chords_of
from songs import add_options, looked_at

from hexachord.audio_analysis.harmony.chord_model import QUALITIES, STATES, chord_features, rotations, scores_from_views
from hexachord.models.tables import load_table

Q = len(QUALITIES)
NAMES = ("w1", "b1", "w2", "b2", "w3", "b3")
Weights = dict[str, np.ndarray]


def initial_weights(sizes: tuple[int, int, int, int], *, seed: int) -> Weights:
    random = np.random.default_rng(seed)
    weights: Weights = {}
    for layer, (inputs, outputs) in enumerate(itertools.pairwise(sizes), start=1):
        weights[f"w{layer}"] = random.normal(0, np.sqrt(2 / inputs), (inputs, outputs)).astype(np.float32)
        weights[f"b{layer}"] = np.zeros(outputs, dtype=np.float32)
    return weights


def gradients(weights: Weights, views: np.ndarray, target: np.ndarray) -> tuple[float, Weights]:
    """Return the mean cross entropy of a batch and its gradient."""
    frames = len(views)
    flat = views.reshape(frames * 12, -1)
    first = np.maximum(flat @ weights["w1"] + weights["b1"], 0)
    second = np.maximum(first @ weights["w2"] + weights["b2"], 0)
    out = (second @ weights["w3"] + weights["b3"]).reshape(frames, 12, Q + 1)
    scores = np.concatenate([out[:, :, :Q].reshape(frames, -1), out[:, :, Q].mean(axis=1, keepdims=True)], axis=1)
    scores -= scores.max(axis=1, keepdims=True)
    error = np.exp(scores)
    error /= error.sum(axis=1, keepdims=True)
    rows = np.arange(frames)
    loss = float(-np.log(error[rows, target] + 1e-12).mean())
    error[rows, target] -= 1
    error /= frames
    d_out = np.empty_like(out)
    d_out[:, :, :Q] = error[:, :-1].reshape(frames, 12, Q)
    d_out[:, :, Q] = error[:, -1:] / 12
    d_out = d_out.reshape(frames * 12, Q + 1)
    d_second = (d_out @ weights["w3"].T) * (second > 0)
    d_first = (d_second @ weights["w2"].T) * (first > 0)
    return loss, {
        "w1": flat.T @ d_first, "b1": d_first.sum(axis=0), "w2": first.T @ d_second, "b2": d_second.sum(axis=0),
        "w3": second.T @ d_out, "b3": d_out.sum(axis=0),
    }  # fmt: skip


def train_network(
    features: np.ndarray, target: np.ndarray, *, epochs: int, hidden: tuple[int, int] = (160, 96), batch: int = 512, seed: int = 0
) -> Weights:
    """Fit the network; `features` (frames, contexts, 24), `target` (frames,) states."""
    weights = initial_weights((features.shape[1] * 24, *hidden, Q + 1), seed=seed)
    mean = {name: np.zeros_like(value) for name, value in weights.items()}
    square = {name: np.zeros_like(value) for name, value in weights.items()}
    random = np.random.default_rng(seed)
    batches = len(features) // batch
    step, began = 0, time.perf_counter()
    for epoch in range(epochs):
        order = random.permutation(len(features))
        total = 0.0
        for number in range(batches):
            rate = 2e-3 * (0.5 + 0.5 * np.cos(np.pi * step / (batches * epochs))) + 1e-5
            chosen = order[number * batch : (number + 1) * batch]
            loss, gradient = gradients(weights, rotations(features[chosen]), target[chosen])
            total += loss
            step += 1
            for name in NAMES:
                mean[name] += 0.1 * (gradient[name] - mean[name])
                square[name] += 0.01 * (gradient[name] ** 2 - square[name])
                update = (mean[name] / (1 - 0.9**step)) / (np.sqrt(square[name] / (1 - 0.99**step)) + 1e-8)
                decay = 1e-4 * weights[name] if name[0] == "w" else 0.0
                weights[name] -= (rate * (update + decay)).astype(np.float32)
        print(f"epoch {epoch + 1}: cross entropy {total / batches:.4f}, {time.perf_counter() - began:.0f} s", flush=True)
    return weights


def chord_statistics(songs: list[Song]) -> Weights:
    """Count which chord follows which (seen from the root of the first), how often chords change, and how common each quality is."""
    change = np.full((Q, 12 * Q + 1), 1.0 / Q)
    change[:, -1] = 1.0
    from_n, prior, changes, duration_s = np.ones(Q), np.ones(Q + 1), 0, 0.0
    for song in songs:
        state = song.state
        quality = np.where(state == STATES - 1, Q, state % Q)[state != IGNORED]
        prior += np.bincount(quality, minlength=Q + 1)
        duration_s += len(state) * song.hop_s
        for frame in np.flatnonzero(np.diff(state)):
            before, after = int(state[frame]), int(state[frame + 1])
            if IGNORED in (before, after):
                continue
            changes += 1
            if before == STATES - 1:
                from_n[after % Q] += 1
            elif after == STATES - 1:
                change[before % Q, -1] += 1
            else:
                change[before % Q, (after // Q - before // Q) % 12 * Q + after % Q] += 1
    return {
        "change": change / change.sum(axis=1, keepdims=True),
        "from_n": from_n / from_n.sum(),
        "changes_per_s": np.array(changes / duration_s),
        "prior": prior / prior.sum(),
    }


def training_frames(songs: Sequence[Song | ChordSong], *, every: int) -> tuple[np.ndarray, np.ndarray]:
    features, target = [], []
    for song in songs:
        kept = np.flatnonzero(song.state[::every] != IGNORED)
        features.append(chord_features(song.bass, song.treble, hop_s=song.hop_s)[::every][kept])
        target.append(song.state[::every][kept])
    return np.concatenate(features), np.concatenate(target)


def accuracy(songs: Sequence[Song | ChordSong], weights: Weights, *, every: int) -> float:
    """Measure the share of frames whose state is right, before any smoothing in time."""
    features, target = training_frames(songs, every=every)
    blocks = np.array_split(features, max(1, len(features) // 512))
    scores = np.concatenate([scores_from_views(rotations(block), weights) for block in blocks])
    return float((scores.argmax(axis=1) == target).mean())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    add_options(parser)
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "src/hexachord/models/weights/chords.npz")
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--every", type=int, default=4, help="how many frames of Billboard there are to one that is used")
    parser.add_argument("--songs", type=int, default=600, help="rendered songs")
    parser.add_argument("--valid-songs", type=int, default=60)
    options = parser.parse_args()
    recorded, held = load_songs(options.data), load_songs(options.data, side="valid")
    valid = [song for song in looked_at(chords_of, options, count=options.valid_songs, side="valid") if song is not None]
    rendered = [song for song in looked_at(chords_of, options, count=options.songs) if song is not None]
    features, target = training_frames(recorded, every=options.every)
    more, states = training_frames(rendered, every=2)
    print(f"{len(recorded)} songs, {len(features)} frames; {len(rendered)} renders, {len(more)} frames", flush=True)
    weights = train_network(np.concatenate([features, more]), np.concatenate([target, states]), epochs=options.epochs)
    for name, one in (("shipped", dict(load_table("chords"))), ("new", weights)):
        right = {"Billboard": accuracy(held, one, every=4), "renders": accuracy(valid, one, every=2)}
        print(f"{name}, frames right on the valid side: {', '.join(f'{where} {share:.4f}' for where, share in right.items())}")
    table = {name: value.astype(np.float16) for name, value in weights.items()}
    statistics = {name: value.astype(np.float32) for name, value in chord_statistics(recorded).items()}
    np.savez_compressed(options.out, **table, **statistics)
    print(f"wrote {options.out} ({options.out.stat().st_size / 1000:.0f} kB)")


if __name__ == "__main__":
    main()
