"""Count what follows what: ``python training/chord_statistics.py --data DATA`` writes ``chord_statistics.npz``.

From the Billboard songs of the training side: which chord follows which, seen from the root of the first; how often chords change; how
common each quality is. The decoder of ``chords/network`` reads it.
"""

import argparse
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from chord_frames import IGNORED, ChordFrames, billboard_frames

from hexachord.audio_analysis.harmony.vocabulary import QUALITIES
from hexachord.files import atomic_path

OUT = Path(__file__).parents[1] / "src/hexachord/models/weights/chord_statistics.npz"
Q = len(QUALITIES)


def statistics(songs: Iterable[ChordFrames]) -> dict[str, np.ndarray]:
    """Count over songs; every transition was seen at least a little."""
    change = np.full((Q, 12 * Q + 1), 0.3 / Q)
    change[:, -1] = 1.0
    from_none, prior, changes, duration_s = np.ones(Q), np.ones(Q + 1), 0, 0.0
    for song in songs:
        state = song.state
        prior += np.bincount(np.where(state == 12 * Q, Q, state % Q)[state != IGNORED], minlength=Q + 1)
        duration_s += len(state) * song.hop_s
        for frame in np.flatnonzero(np.diff(state)):
            before, after = int(state[frame]), int(state[frame + 1])
            if IGNORED in (before, after):
                continue
            changes += 1
            if before == 12 * Q:
                from_none[after % Q] += 1
            elif after == 12 * Q:
                change[before % Q, -1] += 1
            else:
                change[before % Q, (after // Q - before // Q) % 12 * Q + after % Q] += 1
    # a rare quality's row leans on what all do
    total = change.sum(axis=0, keepdims=True)
    change += 20.0 * total / total.sum()
    return {
        "change": change / change.sum(axis=1, keepdims=True),
        "from_n": from_none / from_none.sum(),
        "changes_per_s": np.array(changes / duration_s),
        "prior": prior / prior.sum(),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    found = statistics(billboard_frames(options.data, side="train"))
    with atomic_path(options.out) as temporary, temporary.open("wb") as file:
        np.savez_compressed(file, **{name: value.astype(np.float32) for name, value in found.items()})
    print({name: np.round(value, 4).tolist() for name, value in found.items() if value.ndim < 2})


if __name__ == "__main__":
    main()
