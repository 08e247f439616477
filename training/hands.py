"""Learn which hand plays what: ``python training/hands.py --data DATA``.

From piano music of two staves (songs with piano, piano pieces) of the training side, in random keys and tempi, with chords a little
spread and keys held longer or shorter than written. Writes ``hands.npz`` into the package, and prints how often it is right on the
valid side.
"""

import argparse
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from two_staves import CORPORA, chances, piano_parts

from hexachord.files import atomic_path
from hexachord.rendering.split import Side
from hexachord.transcription.notation.hands import FEATURES, hand_features, right_hand_chances, split_hands

WEIGHTS = Path(__file__).parents[1] / "src/hexachord/models/weights"
_SHARE_OF_PIECES = 0.35
"""How much of what is drawn are piano pieces; the rest accompanies songs."""
_LEAST_NOTES, _CROP = 40, 600


class Hands(NamedTuple):
    """A piece: (n,) onset and length in quarters, pitch, and staff (1 or 2), by onset, then pitch."""

    corpus: str
    onset: np.ndarray
    length: np.ndarray
    pitch: np.ndarray
    staff: np.ndarray


def read_hands(data: Path, side: Side) -> list[Hands]:
    """Read all parts of two staves of a side, if both are played from."""
    found = list[Hands]()
    for corpus, _, rows in piano_parts(data, side):
        if len(rows) >= _LEAST_NOTES and set(rows["staff"]) == {1, 2}:
            onset, length, pitch = (rows[column].astype(float) for column in ("onset_quarter", "duration_quarter", "pitch"))
            found.append(Hands(corpus, onset, length, pitch, rows["staff"]))
    return found


def played(piece: Hands, random: np.random.Generator, *, most: int = _CROP) -> tuple[np.ndarray, ...]:
    """Play a stretch of a piece: onset and offset in seconds, pitch, and 1 for the right hand; by onset, then pitch."""
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
    order = np.lexsort((pitch, onset))
    return onset[order], (onset + held)[order], pitch[order], (piece.staff[here] == 1)[order].astype(np.float32)


def network(columns: int) -> nn.Sequential:
    """Two hidden layers."""
    return nn.Sequential(nn.Linear(columns, 96), nn.ReLU(), nn.Dropout(0.1), nn.Linear(96, 32), nn.ReLU(), nn.Linear(32, 1))


def fitted(net: nn.Sequential, inputs: Tensor, wanted: Tensor, *, epochs: int) -> nn.Sequential:
    """Fit by Adam, with a rate that falls to nothing."""
    optimiser = torch.optim.AdamW(net.parameters(), lr=3e-3, weight_decay=1e-3)
    steps = epochs * (len(inputs) // 1024)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 3e-3, total_steps=steps + 1)
    net.train()
    for _ in range(steps):
        drawn = torch.randint(len(inputs), (1024,))
        optimiser.zero_grad()
        functional.binary_cross_entropy_with_logits(net(inputs[drawn].float())[:, 0], wanted[drawn]).backward()
        optimiser.step()
        schedule.step()
    return net.eval()


def table_of(**nets: nn.Sequential) -> dict[str, np.ndarray]:
    """Name weights as `hexachord.transcription.notation.hands` reads them."""
    table = {}
    for name, net in nets.items():
        for layer, linear in enumerate(part for part in net if isinstance(part, nn.Linear)):
            table[f"{name}_weight_{layer}"] = linear.weight.detach().numpy().T.astype(np.float16)
            table[f"{name}_bias_{layer}"] = linear.bias.detach().numpy().astype(np.float16)
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--plays", type=int, default=1800, help="stretches that are played (1800)")
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--out", type=Path, default=WEIGHTS / "hands.npz")
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(1)
    random = np.random.default_rng(1)
    pieces = read_hands(options.data, "train")
    share = chances([len(piece.onset) for piece in pieces], [piece.corpus for piece in pieces], pieces=_SHARE_OF_PIECES)
    drawn = random.choice(len(pieces), options.plays, p=share)
    plays = [played(pieces[index], random) for index in drawn]
    plain = [hand_features(*play[:3]) for play in plays]
    wanted = torch.from_numpy(np.concatenate([play[3] for play in plays]))
    inputs = torch.from_numpy(np.concatenate(plain).astype(np.float16))
    print(f"{len(pieces)} parts; {len(wanted)} notes", flush=True)
    first = fitted(network(FEATURES), inputs, wanted, epochs=options.epochs)
    with torch.no_grad():
        said = [torch.sigmoid(first(torch.from_numpy(rows)))[:, 0].numpy().astype(float) for rows in plain]
    again = np.concatenate([hand_features(*play[:3], chance=chance) for play, chance in zip(plays, said, strict=True)])
    inputs = torch.cat([inputs, torch.from_numpy(again.astype(np.float16))], dim=1)
    second = fitted(network(inputs.shape[1]), inputs, wanted, epochs=options.epochs)
    table = table_of(first=first, second=second)
    with atomic_path(options.out) as temporary, temporary.open("wb") as file:
        np.savez_compressed(file, **table)  # type: ignore[arg-type]
    for corpus in CORPORA:
        right = [accuracy(piece, table) for piece in read_hands(options.data, "valid") if piece.corpus == corpus]
        print(corpus, "network alone and made playable:", np.round(np.mean(right, axis=0), 4), flush=True)


def accuracy(piece: Hands, table: dict[str, np.ndarray]) -> tuple[float, float]:
    """How many notes of a whole piece are right, by chances alone, and by hands that can play it."""
    onset, offset, pitch, right = played(piece, np.random.default_rng(0), most=10**6)
    known = {name: value.astype(np.float32) for name, value in table.items()}
    chance = right_hand_chances(onset, offset, pitch, table=known)
    return float(np.mean((chance > 0.5) == (right > 0.5))), float(
        np.mean((split_hands(onset, offset, pitch, table=known) == 1) == (right > 0.5))
    )


if __name__ == "__main__":
    main()
