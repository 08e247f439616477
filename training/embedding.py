"""Train the embedding: ``python -m training.embedding SONGS --valid SONGS --held-out SONGS``.

Songs come from ``python -m training.embedding_songs``. Writes the network (``models/weights/embedding.onnx``), its card, and weights in
half precision from which ``--init`` goes on. A run that was stopped goes on with the same command. What is measured is retrieval: whether
the nearest of all other pieces is of the same song, or of another song by the same act; for instruments that taught (on other songs) and
for instruments that never did.
"""

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from hexachord.arrays import Float32Array, UInt8Array
from hexachord.dsp.features import dequantise
from hexachord.errors import InputError
from hexachord.files import read_text
from hexachord.learning.deep.embedding_net import EmbeddingNet, EmbeddingSize, contrast, export_embedding
from hexachord.learning.deep.export import save_weights, start_from, write_card
from hexachord.learning.deep.loop import Progress, Recipe, train
from hexachord.learning.deep.meter import Meter
from hexachord.learning.deep.temporal import parameter_count
from hexachord.rendering.suite_files import cache_folder
from training.embedding_acts import MEL, SONGS
from training.embedding_clips import CHUNK, COEFFICIENTS, TOLD, Chunks, likeness
from training.embedding_songs import Songs, open_songs
from training.embedding_whitening import Whitening, fit_whitening

GROUPS = 16  # of a batch: 64 chunks
SHARES = {"families": 0.5, "effects": 0.2, "likeness": 0.3}  # what the heads count against the contrast
_WEIGHTS = Path("src/hexachord/models/weights")
_EITHER = 7  # the last effects are 0 or 1

Sum = Callable[[UInt8Array], Float32Array]
"""Sums chunks up: (chunks, frames, bands) bytes → (chunks, numbers)."""


def embedding_loss(size: EmbeddingSize) -> Callable[[Tensor, Tensor, Tensor], Tensor]:
    """Contrast of groups, and what the heads tell wrongly."""

    def loss(outputs: Tensor, targets: Tensor, known: Tensor) -> Tensor:
        total = contrast(outputs[:, : size.project], targets[:, 0])
        told = torch.split(outputs[:, size.project :], list(TOLD.values()), dim=1)
        wanted = torch.split(targets[:, 1:], list(TOLD.values()), dim=1)
        judged = torch.split(known[:, 1:], list(TOLD.values()), dim=1)
        for name, one, true, there in zip(TOLD, told, wanted, judged, strict=True):
            either = one.shape[1] if name == "families" else _EITHER if name == "effects" else 0
            plain = one.shape[1] - either
            astray = functional.smooth_l1_loss(one[:, :plain], true[:, :plain], reduction="none")
            unlikely = functional.binary_cross_entropy_with_logits(one[:, plain:], true[:, plain:], reduction="none")
            each = torch.cat([astray, unlikely], dim=1) * there
            total = total + SHARES[name] * each.sum() / there.sum().clamp(min=1.0)
        return total

    return loss


def of_net(net: EmbeddingNet, what: str = "vector") -> Sum:
    """Let a network sum chunks up: its vectors, or its statistics."""

    def sum_up(chunks: UInt8Array) -> Float32Array:
        with torch.no_grad():
            found: Float32Array = getattr(net, what)(torch.from_numpy(dequantise(chunks, MEL))).numpy()
        return found

    return sum_up


def whitening(songs: Songs, sum_up: Sum, *, numbers: int) -> Whitening:
    """Fit what makes numbers of statistics to all songs, as made and worn: two chunks of each."""
    random = np.random.default_rng(0)
    found, act = list[Float32Array](), list[int]()
    for index, group in enumerate(songs.mel):
        for look in group.reshape(-1, *group.shape[2:]):
            first = random.integers(0, len(look) - CHUNK + 1, 2)
            found.append(sum_up(np.stack([look[at : at + CHUNK] for at in first.tolist()])))
            act += [index] * 2
    return fit_whitening(np.concatenate(found), np.array(act), numbers=numbers)


def of_cepstrum(chunks: UInt8Array) -> Float32Array:
    """Sum chunks up as was done before there were networks."""
    return np.stack([likeness(dequantise(chunk, MEL)) for chunk in chunks])


def retrieval(songs: Songs, sum_up: Sum) -> dict[str, float]:
    """How often the nearest is the right one.

    ``song``: of the second halves of all songs to a first half; ``act``: of all other songs to a song; ``worn``: as ``act``, the song
    asked about mastered and coded once more; ``act_map``: mean average precision of the same. Vectors are standardised on the songs that
    are searched, and compared by their cosine.
    """
    chunks = songs.mel.shape[3] // CHUNK
    vectors = np.stack([
        [[sum_up(mel[: chunks * CHUNK].reshape(chunks, CHUNK, -1)) for mel in looks] for looks in group] for group in songs.mel
    ])  # fmt: skip
    groups = len(songs)
    half = chunks // 2
    made, worn = vectors[:, :, 0].reshape(groups * SONGS, chunks, -1), vectors[:, :, 1].reshape(groups * SONGS, chunks, -1)
    act = np.repeat(np.arange(groups), SONGS)
    first, second = made[:, :half].mean(axis=1), made[:, half:].mean(axis=1)
    whole, again = made.mean(axis=1), worn.mean(axis=1)
    song = _alike(first, second).argmax(axis=1) == np.arange(len(act))
    numbers = {"song": float(song.mean())}
    for name, asked in (("act", whole), ("worn", again)):
        alike = _alike(asked, whole)
        np.fill_diagonal(alike, -np.inf)
        numbers[name] = float((act[alike.argmax(axis=1)] == act).mean())
        if name == "act":
            numbers["act_map"] = float(
                np.mean([_precision(row, act == own, at) for at, (row, own) in enumerate(zip(alike, act, strict=True))])
            )
    return {name: round(value, 3) for name, value in numbers.items()}


def _alike(asked: Float32Array, searched: Float32Array) -> Float32Array:
    mean, spread = searched.mean(axis=0), searched.std(axis=0) + 1e-6
    one, other = (asked - mean) / spread, (searched - mean) / spread
    one, other = (each / np.linalg.norm(each, axis=1, keepdims=True) for each in (one, other))
    return np.asarray(one @ other.T)


def _precision(alike: Float32Array, right: np.ndarray, itself: int) -> float:
    order = np.argsort(-alike)
    found = right[order[order != itself]]
    return float((np.cumsum(found) / np.arange(1, len(found) + 1))[found].mean())


def gathered(folders: list[Path]) -> Songs:
    """Read songs of several folders."""
    parts = [open_songs(folder) for folder in folders]
    return Songs(
        mel=np.concatenate([part.mel for part in parts]), families=np.concatenate([part.families for part in parts]),
        effects=np.concatenate([part.effects for part in parts]), scene=sum((part.scene for part in parts), ()),
        kind=sum((part.kind for part in parts), ()),
    )  # fmt: skip


def learnt(
    net: EmbeddingNet, songs: Songs, judged: tuple[Songs, Songs], options: argparse.Namespace
) -> tuple[EmbeddingNet, dict[str, Any]]:
    """Train the network; what is said on the way is of its statistics, before anything is fitted to them."""
    with Meter("embedding") as meter:

        def tell(progress: Progress, averaged: EmbeddingNet) -> None:
            meter(progress)
            if progress.step % 250 == 0:
                valid, held_out = (retrieval(some, of_net(averaged, "statistics")) for some in judged)
                meter.note(f"step {progress.step}: valid {valid}, held out {held_out}")

        averaged, progress = train(
            net, Chunks(songs, groups=GROUPS), embedding_loss(net.size), steps=options.steps,
            checkpoint=options.work / "embedding.checkpoint", identity=f"{len(songs)} acts", tell=tell, tell_every=10,
            recipe=Recipe(seed=options.seed, rate=3e-3, warm=0.1, decay=0.05, ema=0.99, bfloat16=options.bfloat16),
        )  # fmt: skip
    chunks = progress.step * 4 * GROUPS
    return averaged, {
        "steps": progress.step, "chunks": chunks, "minutes": round(progress.spent_s / 60, 1), "loss": round(progress.loss, 4),
    }  # fmt: skip


def told_of(weights: Path | None) -> dict[str, Any]:
    """What the card beside weights says of their training."""
    if weights is None:
        raise InputError("--steps 0", found="no weights", expected="weights to begin with", next_step="name them with --init")
    card: dict[str, Any] = json.loads(read_text(weights.with_suffix(".json"), what="the card of the weights"))
    found: dict[str, Any] = card["training"]
    return found


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training.embedding", description=__doc__.split("\n\n")[0])
    parser.add_argument("songs", type=Path, nargs="+", help="folders to learn from")
    parser.add_argument("--valid", type=Path, required=True, help="other songs, played by instruments that teach")
    parser.add_argument("--held-out", type=Path, required=True, help="songs played by instruments that do not")
    parser.add_argument("--steps", type=int, default=2000, help="of 64 chunks (2000); with 0 and --init only what is fitted afterwards is")
    parser.add_argument("--init", type=Path, help="weights to begin with (.safetensors)")
    parser.add_argument("--out", type=Path, default=_WEIGHTS, help="where the network goes (the package)")
    parser.add_argument("--work", type=Path, default=cache_folder(), help="where the checkpoint lies (the user's cache folder)")
    parser.add_argument("--bfloat16", action="store_true", help="multiply in half the precision: faster on processors that can")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    torch.set_num_threads(1)
    songs, valid, held_out = gathered(options.songs), open_songs(options.valid), open_songs(options.held_out)
    print(f"{len(songs)} acts to learn from, {len(valid)} and {len(held_out)} to be judged by", flush=True)
    size = EmbeddingSize(told=sum(TOLD.values()), dropout=0.2)
    torch.manual_seed(options.seed)
    net = EmbeddingNet(size)
    if options.init is not None:
        print("begins anew: " + (", ".join(start_from(net, options.init)) or "nothing"))
    rows = dequantise(songs.mel[:, :, 0, ::25].reshape(-1, MEL.bands), MEL)
    net.level_db.copy_(torch.from_numpy(rows.mean(axis=0)))
    net.spread_db.copy_(torch.from_numpy(rows.std(axis=0) + 1.0))
    for name, some in (("valid", valid), ("held out", held_out)):
        print(f"cepstrum, {name}: {retrieval(some, of_cepstrum)}", flush=True)
    averaged, training = learnt(net, songs, (valid, held_out), options) if options.steps else (net.eval(), told_of(options.init))
    fitted = whitening(songs, of_net(averaged, "statistics"), numbers=size.vector)
    averaged.usual.copy_(torch.from_numpy(fitted.usual))
    averaged.basis.copy_(torch.from_numpy(fitted.basis))
    plain = whitening(songs, of_cepstrum, numbers=2 * COEFFICIENTS)
    sums: dict[str, Sum] = {
        "": of_net(averaged), "cepstrum_": of_cepstrum, "cepstrum_whitened_": lambda chunks: plain(of_cepstrum(chunks)),
    }  # fmt: skip
    sides = {"": valid, "held_out_": held_out}
    numbers = {
        f"{side}{way}{name}": value
        for way, sum_up in sums.items()
        for side, some in sides.items()
        for name, value in retrieval(some, sum_up).items()
    }
    error = export_embedding(averaged, options.out / "embedding.onnx", feature=MEL, chunk_frames=CHUNK)
    save_weights(averaged, options.out / "embedding.safetensors")
    write_card(options.out / "embedding.json", card_of(averaged, songs, training, numbers))
    print(f"{parameter_count(averaged)} parameters, ONNX within {error:.1e}\n{json.dumps(numbers, indent=1)}")


def card_of(net: EmbeddingNet, songs: Songs, training: dict[str, Any], numbers: dict[str, float]) -> dict[str, Any]:
    """What is to be known of the network."""
    hours = len(songs) * SONGS * songs.mel.shape[3] * MEL.hop_s / 3600
    return {
        "name": "embedding",
        "what": "sums 3 seconds of a log-mel spectrogram up in 256 numbers: timbre, production, texture",
        "source": "hexachord.learning.deep.embedding_net, training/embedding.py; Khosla et al., NeurIPS 2020; Snyder et al., ICASSP 2018",
        "licence": "MIT",
        "data": {
            "what": "songs rendered by the data engine: three by each act (one cast, room, mix and mastering), each as made and worn by "
            "equalizers, rooms, noise and codecs",
            "acts": len(songs), "songs": len(songs) * SONGS, "hours": round(hours, 2),
            "music": "the train side of training/splits.json (CC0, CC BY 4.0, MIT, public domain)",
            "instruments": "FluidR3 (MIT) and the synthesizers that teach; those held out never did",
        },
        "training": training,
        "parameters": parameter_count(net),
        "numbers": numbers,
        "limits": "It has heard renders only. Chords, keys and rhythms are not what it is for. Nothing below 30 Hz or above 11 kHz is "
        "heard, and only the mean of the channels.",
    }  # fmt: skip


if __name__ == "__main__":
    main()
