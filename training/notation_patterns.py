"""Count how beats are filled on pages: ``python training/notation_patterns.py --data DATA``.

Of piano music of two staves of the training side: at which places of a beat a hand strikes, how that follows from the beat before, and
what the other hand does meanwhile. Writes ``notation_patterns.npz`` into the package (`hexachord.transcription.notation.beat_patterns`).
"""

import argparse
from pathlib import Path

import numpy as np
from two_staves import PIECES, piano_parts

from hexachord.bench.notated import beats_of
from hexachord.files import atomic_path
from hexachord.transcription.notation.beat_patterns import DIVISIONS, SLOTS, WEIGHTS, division_of

FOLDER = Path(__file__).parents[1] / "src/hexachord/models/weights"
_PIECES = 12.0  # how many songs a piano piece counts as: there are few
_LEAST = 4.0  # times that a pattern must have been met to be listed
_UNSEEN = 0.5


def masks_of(onset: np.ndarray, beat: np.ndarray) -> np.ndarray:
    """Which slots of each beat are struck, as bits; -1 where an onset is on none of them."""
    place = np.clip(np.searchsorted(beat, onset, side="right") - 1, 0, len(beat) - 2)
    slot = (onset - beat[place]) / (beat[place + 1] - beat[place]) * SLOTS
    found = np.zeros(len(beat) - 1, dtype=np.int64)
    np.bitwise_or.at(found, place, 1 << np.clip(np.rint(slot).astype(int), 0, SLOTS - 1))
    found[place[np.abs(slot - np.rint(slot)) > 0.02]] = -1
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=FOLDER / f"{WEIGHTS}.npz")
    options = parser.parse_args()
    index = {division: row for row, division in enumerate(DIVISIONS)}
    count: list[dict[int, float]] = [{}, {}]
    after = np.full((2, len(DIVISIONS), len(DIVISIONS)), _UNSEEN)
    beside = np.full_like(after, _UNSEEN)
    for corpus, score, rows in piano_parts(options.data, "train"):
        weight = _PIECES if corpus == PIECES else 1.0
        beat, _, parts = beats_of(score)
        if len(beat) < 3:
            continue
        masks = [masks_of(np.unique(rows["onset_tick"][rows["staff"] == staff]), beat) for staff in (1, 2)]
        kind = (parts[:-1] == 3).astype(int)
        for mask in masks:
            for value, which in zip(mask.tolist(), kind.tolist(), strict=True):
                if value >= 0:
                    count[which][value] = count[which].get(value, 0.0) + weight
        own = [np.array([index[division_of(max(value, 0))] for value in mask.tolist()]) for mask in masks]
        for row in own:
            np.add.at(after, (kind[1:], row[:-1], row[1:]), weight)
        np.add.at(beside, (kind, own[0], own[1]), weight)
    table: dict[str, np.ndarray] = {}
    for which, kind_name in enumerate(("simple", "compound")):
        total = sum(count[which].values())
        listed = sorted((value for value, times in count[which].items() if times >= _LEAST), key=lambda value: -count[which][value])
        table[f"{kind_name}_pattern"] = np.array(listed, dtype=np.float32)  # 24 bits are whole in single precision
        table[f"{kind_name}_cost"] = np.array([-np.log(count[which][value] / total) for value in listed], dtype=np.float32)
        same = beside[which] + beside[which].T
        alone = same.sum(axis=1) / same.sum()
        table[f"{kind_name}_after"] = -np.log(after[which] / after[which].sum(axis=1, keepdims=True) / alone).astype(np.float32)
        table[f"{kind_name}_beside"] = -np.log(same / same.sum() / np.outer(alone, alone)).astype(np.float32)
        print(kind_name, len(listed), "patterns\n", table[f"{kind_name}_after"].round(1), "\n", table[f"{kind_name}_beside"].round(1))
    with atomic_path(options.out) as temporary, temporary.open("wb") as file:
        np.savez_compressed(file, **table)  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
