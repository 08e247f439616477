"""Train the shipped key model: ``python training/key.py --data DATA``, after ``training/chords.py``.

Two weight vectors, for major and for minor, over what is seen from each possible tonic (see `harmony.key_model`): one softmax over the
24 keys, by L-BFGS with an L2 penalty. It learns from the Billboard songs of the training side, whole and as excerpts, and from written
songs as the chord model would hear them (see `key_songs`); a song whose mode nobody knows only says its tonic. Prints three-fold
cross-validation on the training side and the valid side, and sets the temperature there. Deterministic; ten minutes on one core.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from billboard import IGNORED, Song, load_songs
from key_songs import UNKNOWN, Imagination, KeySong, recorded, written_songs
from scipy.optimize import minimize

from hexachord.audio_analysis.harmony.chord_model import QUALITIES, STATES
from hexachord.audio_analysis.harmony.key_model import VIEW, KeyFrames, key_views

_SUCCESSIONS = 576  # the last columns of a view
_EXCERPT_S = (28.0, 50.0)
_FOLDS = 3


def excerpt(frames: KeyFrames, random: np.random.Generator) -> KeyFrames:
    """Cut an excerpt out of the middle of a song, as long as what people test with."""
    count = int(random.uniform(*_EXCERPT_S) / frames.hop_s)
    first = int(random.integers(max(1, len(frames.chords) - count)))
    return KeyFrames(frames.chords[first : first + count], frames.chroma[first : first + count], frames.hop_s)


def allowed(song: KeySong) -> np.ndarray:
    """Mark the keys that a song may be in: one, or both on its tonic."""
    keys = np.zeros(24)
    keys[[song.tonic, song.tonic + 12] if song.mode == UNKNOWN else [song.tonic + 12 * song.mode]] = 1.0
    return keys


def fit(views: np.ndarray, keys: np.ndarray, weight: np.ndarray, *, penalty: float, steps: int) -> np.ndarray:
    """Fit (VIEW + 1, 2) weights, the last row the biases.

    Parameters
    ----------
    views : (items, 12, VIEW)
    keys : (items, 24) ones for the keys that are right
    weight : (items,)
    penalty : of the weights, on standardised inputs; successions, of which there are many, pay four times as much
    """
    items = len(views)
    mean, scale = views.mean(axis=(0, 1)), views.std(axis=(0, 1)) + 1e-3
    inputs = ((views - mean) / scale).reshape(items * 12, VIEW).astype(np.float32)
    share = weight / weight.sum()
    costs = np.full((VIEW + 1, 1), penalty)
    costs[VIEW - _SUCCESSIONS : VIEW] *= 4.0
    costs[-1] = 0.0

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        weights = flat.reshape(VIEW + 1, 2)
        scores = inputs @ weights[:-1].astype(np.float32) + weights[-1].astype(np.float32)
        scores = scores.reshape(items, 12, 2).transpose(0, 2, 1).reshape(items, 24).astype(np.float64)
        guess = np.exp(scores - scores.max(axis=1, keepdims=True))
        guess /= guess.sum(axis=1, keepdims=True)
        right = (guess * keys).sum(axis=1) + 1e-12
        error = (guess - guess * keys / right[:, None]) * share[:, None]
        error = error.reshape(items, 2, 12).transpose(0, 2, 1).reshape(items * 12, 2).astype(np.float32)
        gradient = np.vstack([inputs.T @ error, error.sum(axis=0)]) + costs * weights
        return float(-(share * np.log(right)).sum() + 0.5 * (costs * weights**2).sum()), gradient.astype(np.float64).ravel()

    weights = minimize(loss, np.zeros((VIEW + 1) * 2), jac=True, method="L-BFGS-B", options={"maxiter": steps}).x.reshape(VIEW + 1, 2)
    plain = np.vstack([weights[:-1] / scale[:, None], weights[-1:]])
    plain[-1] -= mean @ plain[:-1]
    return plain


def scores_of(views: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Score the 24 keys of each item."""
    scores: np.ndarray = (views @ weights[:-1] + weights[-1]).transpose(0, 2, 1).reshape(len(views), 24)
    return scores


def report(name: str, scores: np.ndarray, songs: Sequence[KeySong]) -> None:
    """Print how often tonic and mode are right."""
    guess, tonic, mode = scores.argmax(axis=1), np.array([song.tonic for song in songs]), np.array([song.mode for song in songs])
    known = (mode != UNKNOWN) & (guess % 12 == tonic)
    fifth = np.isin((guess - tonic) % 12, (0, 5, 7))
    same_mode = (guess // 12 == mode)[known].mean() if known.any() else float("nan")
    right = f"tonic {(guess % 12 == tonic).mean():.4f}, or a fifth away {fifth.mean():.4f}"
    print(f"{name}: {right}, mode where the tonic is right {same_mode:.4f}", flush=True)


def best_temperature(scores: np.ndarray, keys: np.ndarray) -> float:
    """Return what scores must be divided by to be as sure as they are right."""

    def surprise(temperature: float) -> float:
        logs = scores / temperature - np.logaddexp.reduce(scores / temperature, axis=1, keepdims=True)
        return float(-np.logaddexp.reduce(np.where(keys > 0, logs, -np.inf), axis=1).mean())

    return min((0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.25, 1.4, 1.6, 1.8, 2.1, 2.5), key=surprise)


def degree_statistics(songs: Sequence[Song], modes: Sequence[int]) -> np.ndarray:
    """Count major, minor and seventh chords on the degrees of major and of minor songs, (2, 12, 3) shares."""
    kind = np.full(len(QUALITIES), -1)
    for number, names in enumerate((("maj", "maj7", "maj6"), ("min", "min7"), ("7",))):
        kind[[QUALITIES.index(name) for name in names]] = number
    counts = np.zeros((2, 12, 3))
    for song, mode in zip(songs, modes, strict=True):
        state = song.state[(song.state != IGNORED) & (song.state != STATES - 1)]
        root, what = (state // len(QUALITIES) - song.tonic) % 12, kind[state % len(QUALITIES)]
        histogram = np.zeros((12, 3))
        np.add.at(histogram, (root[what >= 0], what[what >= 0]), 1.0)
        counts[max(mode, 0)] += histogram / max(histogram.sum(), 1.0)
    counts += 0.003 * counts.sum(axis=(1, 2), keepdims=True)
    shares: np.ndarray = counts / counts.sum(axis=(1, 2), keepdims=True)
    return shares


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "src/hexachord/models/weights/key.npz")
    parser.add_argument("--penalty", type=float, default=0.03)
    parser.add_argument("--written", type=float, default=0.5, help="weight of a written song beside a recorded one")
    parser.add_argument("--steps", type=int, default=50)
    parser.add_argument("--folds", type=int, default=_FOLDS, help="0 leaves cross-validation out, and with it the temperature")
    options = parser.parse_args()
    random = np.random.default_rng(1)
    songs = load_songs(options.data)
    heard, valid = [recorded(song) for song in songs], [recorded(song) for song in load_songs(options.data, side="valid")]
    imagination = Imagination(heard, seed=5)
    imagined = [imagination.song(one) for one in written_songs(options.data)]
    print(f"{len(heard)} recorded songs, {len(imagined)} written ones", flush=True)

    def seen(group: Sequence[KeySong]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        whole = np.stack([key_views(song.frames) for song in group]).astype(np.float32)
        cut = np.stack([key_views(excerpt(song.frames, random)) for song in group]).astype(np.float32)
        return whole, cut, np.stack([allowed(song) for song in group])

    whole, cut, keys = seen(heard)
    more, more_cut, more_keys = seen(imagined)
    shares = options.written

    def trained(rows: np.ndarray) -> np.ndarray:
        views = np.concatenate([whole[rows], cut[rows], more, more_cut])
        right = np.concatenate([keys[rows], keys[rows], more_keys, more_keys])
        weight = np.concatenate(
            [np.full(len(rows), 1.0), np.full(len(rows), 0.5), np.full(len(more), shares), np.full(len(more), shares / 2)]
        )
        return fit(views, right, weight, penalty=options.penalty, steps=options.steps)

    temperature = 1.0
    if options.folds:
        fold = np.random.default_rng(0).permutation(len(heard)) % options.folds
        found, found_cut = np.zeros((len(heard), 24)), np.zeros((len(heard), 24))
        for one in range(options.folds):
            weights = trained(np.flatnonzero(fold != one))
            found[fold == one], found_cut[fold == one] = scores_of(whole[fold == one], weights), scores_of(cut[fold == one], weights)
        report(f"{options.folds}-fold, whole songs", found, heard)
        report(f"{options.folds}-fold, excerpts", found_cut, heard)
        temperature = best_temperature(np.concatenate([found, found_cut]), np.concatenate([keys, keys]))
    weights = trained(np.arange(len(heard)))
    held, held_cut, _ = seen(valid)
    report("valid side, whole songs", scores_of(held, weights), valid)
    report("valid side, excerpts", scores_of(held_cut, weights), valid)
    print(f"temperature {temperature}")
    degrees = degree_statistics(songs, [song.mode for song in heard])
    np.savez_compressed(options.out, keys=(weights / temperature).astype(np.float32), degrees=degrees.astype(np.float32))
    print(f"wrote {options.out} ({options.out.stat().st_size / 1000:.0f} kB)")


if __name__ == "__main__":
    main()
