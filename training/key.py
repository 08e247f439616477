"""Train the shipped tonic scorer: ``python training/key.py --data DATA``, after ``training/chords_table.py``.

A multinomial logistic regression of 132 weights shared by the twelve possible tonics (see `harmony.key_model`), by Adam
with an L2 penalty; prints six-fold cross-validation on train/, then fits all of it. Deterministic; about two minutes, mostly
the chord model. (In the cross-validation the chord model has seen the songs; its own held-out loss is nearly the same.)
"""

import argparse
from pathlib import Path

import numpy as np
from billboard import IGNORED, Song, load_songs

from hexachord.audio_analysis.harmony.chord_model import QUALITIES, STATES
from hexachord.audio_analysis.harmony.key_model import key_evidence, minor_share, profile_scores, tonic_views


def fit(views: np.ndarray, tonic: np.ndarray, *, penalty: float, steps: int = 300) -> tuple[np.ndarray, np.ndarray]:
    """Return weights (inputs,) for standardised inputs folded back to raw ones, and the scale that was used."""
    scale = views.std(axis=(0, 1)) + 1e-6
    inputs = (views - views.mean(axis=(0, 1))) / scale
    weights, mean, square = (np.zeros(views.shape[2]) for _ in range(3))
    songs = np.arange(len(tonic))
    for step in range(1, steps + 1):
        scores = inputs @ weights
        error = np.exp(scores - scores.max(axis=1, keepdims=True))
        error /= error.sum(axis=1, keepdims=True)
        error[songs, tonic] -= 1
        gradient = np.einsum("sr,sri->i", error, inputs) / len(tonic) + penalty * weights
        mean = 0.9 * mean + 0.1 * gradient
        square = 0.99 * square + 0.01 * gradient**2
        weights -= 0.03 * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.99**step)) + 1e-8)
    return weights / scale, scale


def views_of_tonic(views: np.ndarray, tonic: np.ndarray) -> np.ndarray:
    """Return each song's evidence as seen from its tonic, (songs, 12, 11)."""
    return views[np.arange(len(tonic)), tonic].reshape(len(tonic), 12, -1)


def degree_statistics(songs: list[Song]) -> tuple[np.ndarray, np.ndarray]:
    """Count major, minor and seventh chords on the degrees of major and of minor songs.

    A song is minor when its annotated tonic chord is minor for longer than it is major.

    Returns
    -------
    (2, 12, 3) probabilities of degree and kind given the mode, and (songs,) whether each song is minor
    """
    kind = np.full(len(QUALITIES), -1)
    for number, names in enumerate((("maj", "maj7", "maj6"), ("min", "min7"), ("7",))):
        kind[[QUALITIES.index(name) for name in names]] = number
    counts = np.full((2, 12, 3), 0.0)
    minor_songs = np.zeros(len(songs), dtype=bool)
    for number, song in enumerate(songs):
        state = song.state[(song.state != IGNORED) & (song.state != STATES - 1)]
        root, what = (state // len(QUALITIES) - song.tonic) % 12, kind[state % len(QUALITIES)]
        histogram = np.zeros((12, 3))
        np.add.at(histogram, (root[what >= 0], what[what >= 0]), 1.0)
        minor_songs[number] = histogram[0, 1] > histogram[0, 0] + histogram[0, 2]
        counts[int(minor_songs[number])] += histogram / max(histogram.sum(), 1.0)
    counts += 0.003 * counts.sum(axis=(1, 2), keepdims=True)
    return counts / counts.sum(axis=(1, 2), keepdims=True), minor_songs


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "src/hexachord/models/weights/key.npz")
    parser.add_argument("--penalty", type=float, default=0.01)
    options = parser.parse_args()
    songs = load_songs(options.data)
    tonic = np.array([song.tonic for song in songs])
    views = np.stack([tonic_views(key_evidence(song.bass, song.treble, hop_s=song.hop_s)) for song in songs])
    profile = np.array([int(profile_scores((song.bass + song.treble).mean(axis=0)).argmax()) % 12 for song in songs])
    fold = np.random.default_rng(0).permutation(len(songs)) % 6
    guess = np.empty(len(songs), dtype=int)
    for held in range(6):
        weights, _ = fit(views[fold != held], tonic[fold != held], penalty=options.penalty)
        guess[fold == held] = (views[fold == held] @ weights).argmax(axis=1)
    print(f"tonic, six-fold: {(guess == tonic).mean():.4f}, profiles: {(profile == tonic).mean():.4f}")
    print(f"or a fifth away: {np.isin((guess - tonic) % 12, (0, 5, 7)).mean():.4f}")
    weights, _ = fit(views, tonic, penalty=options.penalty)
    degrees, minor_songs = degree_statistics(songs)
    guessed = np.array([minor_share(view[:, :11])[0] > 0.5 for view in views_of_tonic(views, tonic)])
    print(f"mode as the annotated chords on the tonic have it: {(guessed == minor_songs).mean():.4f} ({minor_songs.mean():.2f} minor)")
    np.savez_compressed(options.out, tonic=weights.astype(np.float32), degrees=degrees.astype(np.float32))
    print(f"wrote {options.out}")


if __name__ == "__main__":
    main()
