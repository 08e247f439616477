"""Learn which hand plays what: ``python training/hands.py --data DATA --minutes 40``.

From piano music of two staves (songs with piano, piano pieces) of the training side, in random keys and tempi, with chords a little
spread and keys held longer or shorter than written; now and then in a mirror, which turns right hands into left ones, or with the hands of
two pieces put together. Writes ``hands.onnx``, half-precision weights to go on from (``--init``) and its card into the package, and prints
how often it is right on the valid side.
"""

import argparse
import pickle
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from two_staves import CORPORA, PIECES, chances, piano_parts

from hexachord.files import atomic_path
from hexachord.learning.deep.clips import Batch, Draw
from hexachord.learning.deep.export import export_plain, save_weights, start_from, write_card
from hexachord.learning.deep.hands import HandNet, HandSize, hands_loss
from hexachord.learning.deep.loop import Progress, Recipe, train
from hexachord.models.networks import Network, open_network
from hexachord.rendering.split import Side
from hexachord.transcription.notation.hands import COLUMNS, NETWORK, NOTES, hand_cues, right_hand_chances, split_hands

WEIGHTS = Path(__file__).parents[1] / "src/hexachord/models/weights"
_SHARE_OF_PIECES = 0.2
"""How much of what is drawn are piano pieces; the rest accompanies songs."""
_MIRRORED, _PUT_TOGETHER = 0.2, 0.2
_MIRROR = 124.0  # twice the pitch that stays
_LEAST_NOTES, _LEAST_OF_A_HAND = 40, 20


class Hands(NamedTuple):
    """A piece: (n,) onset and length in quarters, pitch, and staff (1 or 2), by onset, then pitch."""

    corpus: str
    onset: np.ndarray
    length: np.ndarray
    pitch: np.ndarray
    staff: np.ndarray


Played = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]
"""(n,) onset and offset in seconds, pitch, and 1 for the right hand; by onset, then pitch."""


def read_hands(data: Path, side: Side, keep: Path | None = None) -> list[Hands]:
    """Read all parts of two staves of a side, if both are played from, or recall them from `keep`."""
    kept = keep / f"hands_{side}.pickle" if keep else None
    if kept is not None and kept.exists():
        return [Hands(*row) for row in pickle.loads(kept.read_bytes())]
    found = list[Hands]()
    for corpus, _, rows in piano_parts(data, side):
        if len(rows) >= _LEAST_NOTES and set(rows["staff"]) == {1, 2}:
            onset, length, pitch = (rows[column].astype(float) for column in ("onset_quarter", "duration_quarter", "pitch"))
            found.append(Hands(corpus, onset, length, pitch, rows["staff"]))
    if kept is not None:
        with atomic_path(kept) as temporary:
            temporary.write_bytes(pickle.dumps([tuple(one) for one in found]))
    return found


def played(piece: Hands, random: np.random.Generator, *, most: int = NOTES) -> Played:
    """Play a stretch of a piece."""
    first = int(random.integers(0, max(1, len(piece.onset) - most + 1)))
    here = slice(first, first + most)
    quarter_s = 60.0 / np.exp(random.uniform(np.log(45), np.log(190)))
    drift = np.cumsum(random.normal(0, 0.02, len(piece.onset[here])))
    onset = piece.onset[here] * quarter_s * np.exp(random.normal(0, 0.05)) + drift * quarter_s * 0.1
    onset = onset + random.normal(0, random.uniform(0.0, 0.012), len(onset))
    held = piece.length[here] * quarter_s * random.uniform(0.4, 1.2) * np.exp(random.normal(0, 0.2, len(onset)))
    if random.random() < 0.3:  # keys held by the pedal
        held = np.maximum(held, random.uniform(0.3, 2.0))
    pitch = piece.pitch[here] + random.integers(-5, 6)
    return _in_order(onset, onset + held, pitch, (piece.staff[here] == 1).astype(np.float32))


def _in_order(onset: np.ndarray, offset: np.ndarray, pitch: np.ndarray, right: np.ndarray) -> Played:
    order = np.lexsort((pitch, onset))
    return onset[order], offset[order], pitch[order], right[order]


def mirrored(play: Played) -> Played:
    """Turn a keyboard round: what the right hand played the left one plays."""
    onset, offset, pitch, right = play
    return _in_order(onset, offset, _MIRROR - pitch, 1.0 - right)


def put_together(one: Played, other: Played) -> Played:
    """Let the right hand of one and the left hand of the other play, as long as both do; the first, where either has hardly anything."""
    hands = [tuple(column[play[3] == right] for column in play) for play, right in ((one, 1.0), (other, 0.0))]
    if min(len(hand[0]) for hand in hands) < _LEAST_OF_A_HAND:
        return one
    moved = [(onset - onset[0], offset - onset[0], pitch, right) for onset, offset, pitch, right in hands]
    end_s = min(onset[-1] for onset, *_ in moved)
    whole = _in_order(*(np.concatenate(columns) for columns in zip(*moved, strict=True)))
    inside = np.flatnonzero(whole[0] <= end_s)[:NOTES]
    return whole[0][inside], whole[1][inside], whole[2][inside], whole[3][inside]


def sampler(pieces: list[Hands], *, batch: int) -> Draw:
    """Draw stretches of pieces as they are played."""
    share = chances([len(piece.onset) for piece in pieces], [piece.corpus for piece in pieces], pieces=_SHARE_OF_PIECES)
    upto = np.cumsum(share)

    def one(random: np.random.Generator) -> Played:
        return played(pieces[min(int(np.searchsorted(upto, random.random() * upto[-1])), len(pieces) - 1)], random)

    def draw(random: np.random.Generator) -> Batch:
        inputs, targets, known = (np.zeros((batch, NOTES, columns), dtype=np.float32) for columns in (COLUMNS, 1, 1))
        for row in range(batch):
            chance, play = random.random(), one(random)
            if chance < _MIRRORED:
                play = mirrored(play)
            elif chance < _MIRRORED + _PUT_TOGETHER:
                play = put_together(play, one(random))
            count = len(play[0])
            inputs[row, :count], targets[row, :count, 0], known[row, :count] = hand_cues(*play[:3]), play[3], 1.0
        return inputs, targets, known

    return draw


def accuracy(pieces: list[Hands], network: Network) -> dict[str, float]:
    """How many notes of whole pieces are right, by chances alone, and by hands that can play it; the mean piece of each corpus."""
    found: dict[str, float] = {}
    for corpus in CORPORA:
        right = list[tuple[float, float]]()
        for piece in (piece for piece in pieces if piece.corpus == corpus):
            onset, offset, pitch, hand = played(piece, np.random.default_rng(0), most=10**6)
            by_chance = right_hand_chances(onset, offset, pitch, network=network) > 0.5
            by_hands = split_hands(onset, offset, pitch, network=network) == 1
            right.append((float(np.mean(by_chance == (hand > 0.5))), float(np.mean(by_hands == (hand > 0.5)))))
        name = "pieces" if corpus == PIECES else "songs"
        found |= dict(zip((f"{name}_by_chance", f"{name}_playable"), np.mean(right, axis=0).round(4).tolist(), strict=True))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    parser.add_argument("--keep", type=Path, help="a folder for pages once read and for the checkpoint")
    parser.add_argument("--minutes", type=float, default=40.0)
    parser.add_argument("--batch", type=int, default=20)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--init", type=Path, help="weights to start from")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(options.seed)
    pieces = read_hands(options.data, "train", options.keep)
    valid = read_hands(options.data, "valid", options.keep)
    net = HandNet(HandSize(columns=COLUMNS))
    if options.init:
        print("new:", start_from(net, options.init))
    count = sum(value.numel() for value in net.parameters())
    print(f"{len(pieces)} parts; {count} parameters", flush=True)
    place = options.out / f"{NETWORK}.onnx"

    def export(net: HandNet) -> float:
        save_weights(net, options.out / f"{NETWORK}.safetensors")
        return export_plain(net, place, columns=COLUMNS, multiple=4, feature="cues", logits="right")

    def tell(progress: Progress, averaged: HandNet) -> None:
        line = f"step {progress.step} ({progress.part:.0%}, {progress.spent_s:.0f} s) loss {progress.loss:.4f}"
        if progress.step % 1500 == 0 or progress.part >= 1:
            export(averaged)
            line += f" {accuracy(valid, open_network(place))}"
        print(line, flush=True)

    trained, progress = train(
        net, sampler(pieces, batch=options.batch), hands_loss, recipe=Recipe(seed=options.seed, rate=options.rate, warm=0.05, ema=0.998),
        minutes=options.minutes, checkpoint=options.keep / "hands.checkpoint" if options.keep else None, tell=tell, tell_every=300,
    )  # fmt: skip
    difference, numbers = export(trained), accuracy(valid, open_network(place))
    write_card(
        options.out / f"{NETWORK}.json",
        {
            "task": "which hand plays a note of piano music",
            "input": f"cues (1, notes, {COLUMNS}) of hexachord.transcription.notation.hands.hand_cues",
            "output": "right (1, notes, 1): logits of the right hand",
            "data": {"openscore_lieder": "CC0", "musetrainer": "public domain"},
            "parameters": count,
            "recipe": {"steps": progress.step, "batch": options.batch, "init": options.init.name if options.init else ""},
            "numbers": numbers,
            "onnx_difference": difference,
            "limits": "learnt from staves: a hand that reaches into the other's staff is counted for the other; solo pieces are few",
        },
    )
    print(numbers)


if __name__ == "__main__":
    main()
