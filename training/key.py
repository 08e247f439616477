"""Train the shipped key model: ``python training/key.py --data DATA --keep SONGS --work WORK``, after ``training/chords.py``.

Two weight vectors, for major and for minor, over what is seen from each possible tonic (see `harmony.key_model`): one softmax over the
24 keys, by L-BFGS with an L2 penalty. It learns from the Billboard songs of the training side, whole and as excerpts; from rendered songs
(``--songs``); and from written songs as the chord network would hear them (see `key_songs`). A song whose mode nobody knows only says its
tonic. Prints three-fold cross-validation on the training side, by piece, which also sets the temperature, and the valid side.
Deterministic; five minutes on one core once the songs have been heard.
"""

import argparse
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import numpy as np
from chord_frames import IGNORED, billboard_frames, heard_renders
from key_report import KeyCount, miss_table
from key_songs import Imagination, KeySong, heard, written_songs
from scipy.optimize import minimize
from songs import add_options

from hexachord.audio_analysis.harmony.key_model import VIEW, key_views
from hexachord.files import atomic_path
from hexachord.models.networks import Network, open_network

_SUCCESSIONS = 576  # the last columns of a view
EXCERPT_S = (15.0, 50.0)
HELD_EXCERPT_S = (30.0, 30.0)
FOLDS = 3


@dataclass(frozen=True, eq=False)
class Lesson:
    """Songs and what is seen of them: views (items, 12, VIEW), right keys (items, 24), how much each counts, and its fold."""

    songs: list[KeySong]
    views: np.ndarray
    keys: np.ndarray
    weight: np.ndarray
    fold: np.ndarray


def lesson(songs: Iterable[KeySong], *, weight: float = 1.0) -> Lesson:
    """Look at songs; a piece is in the same fold wherever it comes from."""
    listed = list(songs)
    return Lesson(
        songs=listed,
        views=np.stack([key_views(song.frames) for song in listed]).astype(np.float32),
        keys=np.stack([allowed(song) for song in listed]),
        weight=np.full(len(listed), weight),
        fold=np.array([crc32(song.origin.encode()) % FOLDS for song in listed]),
    )


def excerpts(songs: Iterable[KeySong], random: np.random.Generator, *, length_s: tuple[float, float], count: int = 1) -> list[KeySong]:
    """Cut excerpts out of songs, as long as what people test with."""
    found = []
    for song in songs:
        for _ in range(count):
            frames = int(random.uniform(*length_s) / song.frames.hop_s)
            first = int(random.integers(max(1, len(song.frames.chords) - frames)))
            found.append(song.cut(first, first + frames))
    return found


def allowed(song: KeySong) -> np.ndarray:
    """Mark the keys that a song may be in: one, or both on its tonic."""
    keys = np.zeros(24)
    keys[[song.tonic, song.tonic + 12] if song.mode == IGNORED else [song.tonic + 12 * song.mode]] = 1.0
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


def best_temperature(scores: np.ndarray, keys: np.ndarray) -> float:
    """Return what scores must be divided by to be as sure as they are right."""

    def surprise(temperature: float) -> float:
        logs = scores / temperature - np.logaddexp.reduce(scores / temperature, axis=1, keepdims=True)
        return float(-np.logaddexp.reduce(np.where(keys > 0, logs, -np.inf), axis=1).mean())

    return min((0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.25, 1.4, 1.6, 1.8, 2.1, 2.5), key=surprise)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_options(parser)
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "src/hexachord/models/weights/key.npz")
    parser.add_argument("--work", type=Path, default=Path("."), help="a folder for what was heard of renders")
    parser.add_argument("--network", type=Path, help="listen with this chord network instead of the shipped one")
    parser.add_argument("--penalty", type=float, default=0.03)
    parser.add_argument("--written", type=float, default=0.5, help="weight of a written song beside a recorded one")
    parser.add_argument("--rendered", type=float, default=0.5, help="weight of a rendered song")
    parser.add_argument("--songs", type=int, default=900, help="rendered songs; 0 for none")
    parser.add_argument("--valid-songs", type=int, default=80)
    parser.add_argument("--steps", type=int, default=50)
    options = parser.parse_args()
    random, network = np.random.default_rng(1), None if options.network is None else open_network(options.network)
    recorded = [heard(song, network=network) for song in billboard_frames(options.data, side="train")]
    rendered = _rendered(options, "train", options.songs, network)
    imagination = Imagination(recorded, seed=5)
    imagined = [imagination.song(one) for one in written_songs(options.data)]
    print(f"{len(recorded)} recorded songs, {len(rendered)} rendered, {len(imagined)} written", flush=True)
    lessons = [
        lesson(recorded),
        lesson(excerpts(recorded, random, length_s=EXCERPT_S, count=2), weight=0.25),
        lesson(imagined, weight=options.written),
        lesson(excerpts(imagined, random, length_s=EXCERPT_S), weight=options.written / 2),
        *([lesson(rendered, weight=options.rendered)] if rendered else []),
    ]

    def trained(without: int = -1) -> np.ndarray:
        rows = [one.fold != without for one in lessons]
        columns = zip(*((one.views, one.keys, one.weight) for one in lessons), strict=True)
        views, keys, weight = (np.concatenate([part[row] for part, row in zip(column, rows, strict=True)]) for column in columns)
        return fit(views, keys, weight, penalty=options.penalty, steps=options.steps)

    held = {"whole songs": lessons[0], "excerpts of 30 s": lesson(excerpts(recorded, random, length_s=HELD_EXCERPT_S))}
    if rendered:
        held["renders"] = lessons[-1]
    scores = {name: np.zeros((len(one.songs), 24)) for name, one in held.items()}
    for fold in range(FOLDS):
        weights = trained(fold)
        for name, one in held.items():
            scores[name][one.fold == fold] = scores_of(one.views[one.fold == fold], weights)
    for name, one in held.items():
        print(f"{FOLDS}-fold, {name}: {KeyCount.of(scores[name], one.songs)}", flush=True)
    temperature = best_temperature(np.concatenate(list(scores.values())), np.concatenate([one.keys for one in held.values()]))
    weights = trained()
    kept = [heard(song, network=network) for song in billboard_frames(options.data, side="valid")]
    kept_renders = _rendered(options, "valid", options.valid_songs if options.songs else 0, network)
    for name, songs in (
        ("whole songs", kept),
        ("excerpts of 30 s", excerpts(kept, random, length_s=HELD_EXCERPT_S, count=8)),
        ("renders", kept_renders),
    ):
        if songs:
            print(f"valid side, {name}: {KeyCount.of(scores_of(lesson(songs).views, weights), songs)}")
    if kept_renders:
        print(miss_table(scores_of(lesson(kept_renders).views, weights), kept_renders))
    print(f"temperature {temperature}")
    with atomic_path(options.out) as temporary, temporary.open("wb") as file:
        np.savez_compressed(file, keys=(weights / temperature).astype(np.float32))
    print(f"wrote {options.out} ({options.out.stat().st_size / 1000:.0f} kB)")


def _rendered(options: argparse.Namespace, side: str, count: int, network: Network | None) -> list[KeySong]:
    if not count:
        return []
    return [heard(song, network=network) for song in heard_renders(options, side=side, count=count) if song.tonic != IGNORED]


if __name__ == "__main__":
    main()
