"""Learn where notes end on pages: ``python training/values.py --data DATA``.

From piano music of two staves of the training side, its keys let go as pianists do: early, late, to the pedal. Writes ``note_values.npz``
into the package (`hexachord.transcription.notation.values`) and prints how often it is right on the valid side.
"""

import argparse
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from two_staves import CORPORA, chances, piano_parts

from hexachord.bench.notated import beats_of
from hexachord.files import atomic_path
from hexachord.rendering.split import Side
from hexachord.transcription.notation.values import FEATURES, WEIGHTS, candidates, describe

FOLDER = Path(__file__).parents[1] / "src/hexachord/models/weights"
_PIECES = 0.4
_LEAST_NOTES = 20
_SAME = 0.02


class Hand(NamedTuple):
    """What a hand plays on a page, in beats: onsets, ends, pitches, bar lines."""

    corpus: str
    onset: np.ndarray
    end: np.ndarray
    pitch: np.ndarray
    bar_line: np.ndarray


def read_pages(data: Path, side: Side) -> list[Hand]:
    """Read the hands of all pages of a side."""
    found = list[Hand]()
    for corpus, score, notes in piano_parts(data, side):
        beat, position, _ = beats_of(score)
        index = np.arange(len(beat), dtype=float)
        for staff in (1, 2) if len(beat) > 4 else ():
            rows = notes[notes["staff"] == staff]
            if len(rows) >= _LEAST_NOTES:
                onset = np.interp(rows["onset_tick"], beat, index)
                end = np.interp(rows["onset_tick"] + rows["duration_tick"], beat, index)
                found.append(Hand(corpus, onset, end, rows["pitch"].astype(float), index[position == 1]))
    return found


def released(hand: Hand, random: np.random.Generator) -> np.ndarray:
    """Let keys go, in beats: as long as written, shorter, longer, or when the hand is needed elsewhere."""
    length = hand.end - hand.onset
    moments, which = np.unique(hand.onset, return_inverse=True)
    gap = np.append(np.diff(moments), 4.0)[which]
    held = random.uniform(0.45, 1.05) * np.exp(random.normal(0.0, random.uniform(0.05, 0.35), len(length)))
    played = length * np.minimum(held, 1.25)
    style = random.random()
    if style < 0.3:  # the pedal holds what the fingers leave
        leaves = random.random(len(length)) < random.uniform(0.2, 0.9)
        played = np.where(leaves & (length > gap), np.minimum(played, gap * random.uniform(0.5, 1.2)), played)
    elif style < 0.5:  # fingers that stay
        played = played + np.abs(random.normal(0.0, random.uniform(0.05, 0.4), len(length)))
    elif style < 0.6:  # a recording with the pedal in its notes
        played = np.maximum(played, random.uniform(0.3, 2.0) * random.random(len(length)))
    return hand.onset + np.maximum(played, 0.04)


def examples(hand: Hand, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Describe candidates of all notes whose end is one of them: features, possible, and which is right."""
    release = released(hand, random)
    snapped = np.maximum(np.rint(release * 4) / 4, hand.onset + 0.25)
    end, possible = candidates(hand.onset, snapped, hand.bar_line)
    features = describe(
        hand.onset, release, hand.pitch, hand.bar_line, end, period_s=float(np.exp(random.uniform(np.log(0.25), np.log(1.3))))
    )
    right = (np.abs(end - hand.end[:, None]) < _SAME) & possible
    kept = right.any(axis=1)
    return features[kept], possible[kept], right[kept].argmax(axis=1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--plays", type=int, default=1600)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--out", type=Path, default=FOLDER / f"{WEIGHTS}.npz")
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(1)
    random = np.random.default_rng(1)
    hands = read_pages(options.data, "train")
    share = chances([len(hand.onset) for hand in hands], [hand.corpus for hand in hands], pieces=_PIECES)
    drawn = [examples(hands[index], random) for index in random.choice(len(hands), options.plays, p=share)]
    inputs = torch.from_numpy(np.concatenate([features.astype(np.float16) for features, *_ in drawn]))
    possible = torch.from_numpy(np.concatenate([some for _, some, _ in drawn]))
    right = torch.from_numpy(np.concatenate([index for *_, index in drawn]))
    print(f"{len(hands)} hands; {len(right)} notes", flush=True)
    net = nn.Sequential(nn.Linear(FEATURES, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 1))
    fit(net, inputs, possible, right, epochs=options.epochs)
    table = {}
    for layer, linear in enumerate(part for part in net if isinstance(part, nn.Linear)):
        table[f"weight_{layer}"] = linear.weight.detach().numpy().T.astype(np.float16)
        table[f"bias_{layer}"] = linear.bias.detach().numpy().astype(np.float16)
    with atomic_path(options.out) as temporary, temporary.open("wb") as file:
        np.savez_compressed(file, **table)  # type: ignore[arg-type]
    for corpus in CORPORA:
        found = [
            examples(hand, np.random.default_rng(number))
            for number, hand in enumerate(read_pages(options.data, "valid"))
            if hand.corpus == corpus
        ]
        with torch.no_grad():
            shares = [
                float((scored(net, torch.from_numpy(features), torch.from_numpy(some)).argmax(1).numpy() == index).mean())
                for features, some, index in found
            ]
        print(corpus, "right:", round(float(np.mean(shares)), 4), flush=True)


def scored(net: nn.Sequential, features: Tensor, possible: Tensor) -> Tensor:
    """What speaks for each candidate."""
    return net(features.float())[..., 0].masked_fill(~possible, -1e4)


def fit(net: nn.Sequential, inputs: Tensor, possible: Tensor, right: Tensor, *, epochs: int) -> None:
    """Fit by Adam, with a rate that falls to nothing."""
    steps, batch = epochs * (len(inputs) // 1024), 1024
    optimiser = torch.optim.AdamW(net.parameters(), lr=3e-3, weight_decay=1e-4)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 3e-3, total_steps=steps + 1)
    for _ in range(steps):
        drawn = torch.randint(len(inputs), (batch,))
        optimiser.zero_grad()
        functional.cross_entropy(scored(net, inputs[drawn], possible[drawn]), right[drawn]).backward()
        optimiser.step()
        schedule.step()


if __name__ == "__main__":
    main()
