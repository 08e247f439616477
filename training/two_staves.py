"""Piano music of two staves on a side of the split: what notation learns from."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from hexachord.arrays import StructuredArray
from hexachord.rendering.lieder import lieder_names
from hexachord.rendering.musetrainer import musetrainer_names
from hexachord.rendering.split import Side, load_split
from hexachord.score.formats import load_score
from hexachord.score.model import Score
from hexachord.score.notes import note_array

PIECES, SONGS = "musetrainer", "openscore_lieder"
CORPORA = {PIECES: musetrainer_names, SONGS: lieder_names}


class PianoPart(NamedTuple):
    """A part of two staves: the corpus and the score that it is from, and its notes, a `note_array`."""

    corpus: str
    score: Score
    notes: StructuredArray


def piano_parts(data: Path, side: Side) -> Iterator[PianoPart]:
    """Read all parts of two staves of a side, piano pieces first."""
    split = load_split()
    for corpus, names in CORPORA.items():
        folder = data / "train" / corpus
        for name in names(folder):
            if split.side(f"{corpus}/{name}") != side:
                continue
            score = load_score(folder / f"{name}.mxl")
            notes = note_array(score)
            for number, part in enumerate(score.parts):
                if part.staves == 2:
                    yield PianoPart(corpus, score, notes[notes["part"] == number])


def chances(lengths: Sequence[int], corpora: Sequence[str], *, pieces: float) -> np.ndarray:
    """How often each is drawn: long ones more often, piano pieces in this part of all draws."""
    weight, is_piece = np.sqrt(lengths), np.array([corpus == PIECES for corpus in corpora])
    return weight * np.where(is_piece, pieces / weight[is_piece].sum(), (1.0 - pieces) / weight[~is_piece].sum())
