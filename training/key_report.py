"""How right keys are, and what they are taken for: counts for trainers."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from chord_frames import IGNORED
from key_songs import KeySong

from hexachord.arrays import FloatArray
from hexachord.metrics.key import weighted_score
from hexachord.theory.keys import KEY_NAMES

MISSES = ("right", "fifth", "relative", "parallel", "other")


def relation(reference: int, found: int) -> str:
    """Name what a key is to the right one; both are numbers of `KEY_NAMES`.

    Examples
    --------
    >>> relation(0, 7), relation(0, 21), relation(0, 12), relation(0, 14)
    ('fifth', 'relative', 'parallel', 'other')
    """
    if found == reference:
        return "right"
    step, same = (found - reference) % 12, found // 12 == reference // 12
    if same:
        return "fifth" if step in (5, 7) else "other"
    return {0: "parallel", 9 if reference < 12 else 3: "relative"}.get(step, "other")


@dataclass(frozen=True, kw_only=True)
class KeyCount:
    """Shares of songs: tonic right, the MIREX score where the mode is known, and what keys were taken for there."""

    songs: int
    tonic: float
    weighted: float
    taken_for: dict[str, float]

    @classmethod
    def of(cls, scores: FloatArray, songs: Sequence[KeySong]) -> "KeyCount":
        """Count the best of the 24 scores of each song."""
        best = np.asarray(scores).argmax(axis=1).tolist()
        pairs = [(song.tonic + 12 * song.mode, found) for song, found in zip(songs, best, strict=True) if song.mode != IGNORED]
        counts = Counter(relation(*pair) for pair in pairs)
        return cls(
            songs=len(songs),
            tonic=float(np.mean([found % 12 == song.tonic for song, found in zip(songs, best, strict=True)])),
            weighted=float(np.mean([weighted_score(KEY_NAMES[right], KEY_NAMES[found]) for right, found in pairs])),
            taken_for={name: counts[name] / max(len(pairs), 1) for name in MISSES},
        )

    def __str__(self) -> str:
        taken = ", ".join(f"{name} {share:.3f}" for name, share in self.taken_for.items())
        return f"{self.songs} songs, tonic {self.tonic:.3f}, weighted {self.weighted:.3f}; {taken}"


def miss_table(scores: FloatArray, songs: Sequence[KeySong]) -> str:
    """Count kind by kind."""
    kinds = sorted({song.kind for song in songs})
    rows = []
    for kind in kinds:
        chosen = [row for row, song in enumerate(songs) if song.kind == kind]
        rows.append(f"  {kind:11s} {KeyCount.of(np.asarray(scores)[chosen], [songs[row] for row in chosen])}")
    return "\n".join(rows)
