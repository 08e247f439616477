"""What is measured of composed pieces, beside the same of real ones: means with intervals, and runs of notes that are copied."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from hexachord.composition.clips import Clip, excerpt
from hexachord.composition.scores import score_of
from hexachord.journeys.set_reading import Mean
from hexachord.learning.piano_songs import WORDS
from hexachord.metrics.bootstrap import mean_interval
from hexachord.score.notes import note_array
from hexachord.score_analysis.measures import LaidNotes, first_bars, lay_notes, measure_notes
from hexachord.theory.copying import CopyIndex, Words, longest_copied_run, note_words, shared_ngrams

NAMES: dict[str, str] = {
    "h1": "H1, pitch-class entropy of a bar",
    "h4": "H4, of four bars",
    "gs16": "GS, grooving similarity (16 positions)",
    "si_short": "SI short, 3 to 8 s",
    "si_mid": "SI mid, 8 to 15 s",
    "si_long": "SI long, from 15 s",
    "notes_per_bar": "notes a bar",
    "polyphony": "polyphony",
    "pitch_range": "pitch range",
    "pitches_used": "pitches used",
    "pitch_classes_used": "pitch classes used",
    "scale_consistency": "scale consistency",
    "groove_consistency": "groove consistency",
    "empty_beat_rate": "empty beats",
}
"""Measures of the report, by the names of `hexachord.score_analysis.measures`."""
JUDGED = ("h1", "h4", "gs16", "si_short", "si_mid", "si_long")
"""Which of them say how near a sampling is to the real row."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """A set of pieces.

    Attributes
    ----------
    name : of the sampling, or ``real``
    pieces : how many
    means : of each measure, with its interval
    each : the measures of each piece, in order
    copied : notes of the longest run that each shares with a song that was learnt from, transposed or not
    shared : the mean share of 8-grams
    """

    name: str
    pieces: int
    means: dict[str, Mean]
    each: tuple[dict[str, float], ...]
    copied: tuple[int, ...]
    shared: float

    def to_json(self) -> dict[str, Any]:
        """Return plain data."""
        means = {name: vars(mean) for name, mean in self.means.items()}
        return {
            "name": self.name, "pieces": self.pieces, "means": means, "each": list(self.each), "copied": list(self.copied),
            "shared_8grams": self.shared if np.isfinite(self.shared) else None,
        }  # fmt: skip

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> "Row":
        """Read what `to_json` gave."""
        shared = content["shared_8grams"]
        return cls(
            name=content["name"], pieces=content["pieces"], means={name: Mean(**mean) for name, mean in content["means"].items()},
            each=tuple(content["each"]), copied=tuple(content["copied"]), shared=float("nan") if shared is None else shared,
        )  # fmt: skip


def laid_clip(clip: Clip, *, bars: int) -> LaidNotes:
    """Lay a clip's notes on its bars, and cut them to the first so many."""
    score = score_of(clip, vocabulary=WORDS)
    return first_bars(lay_notes(score, note_array(score), None, performed=False), bars)


def real_clips(held_out: Sequence[Clip], *, bars: int) -> list[Clip]:
    """Give what composed pieces are held against: the first bars of held-out songs that have as many; of all, where fewer than two have."""
    long = [clip for clip in held_out if len(clip.bars) >= bars]
    return [excerpt(clip, 0, bars) for clip in (long if len(long) > 1 else held_out)]


def measured_row(
    name: str, clips: Sequence[Clip], *, bars: int, index: CopyIndex | None, progress: Callable[[float], None] | None = None
) -> Row:
    """Measure a set of pieces.

    Parameters
    ----------
    bars : they have, or are cut to
    index : of the songs that were learnt from
    progress : told the part that is done
    """
    each, words = [], list[Words]()
    for done, clip in enumerate(clips):
        laid = laid_clip(clip, bars=bars)
        each.append(measure_notes(laid) if len(laid.onset) else {})
        words.append(note_words(laid.onset, laid.pitch))
        if progress is not None:
            progress((done + 1) / len(clips))
    means = {}
    for measure in NAMES:
        values = np.array([piece[measure] for piece in each if measure in piece])
        if len(values):
            low, high = mean_interval(values)
            means[measure] = Mean(mean=float(values.mean()), low=low, high=high)
    runs = tuple(longest_copied_run(piece, index).notes if index is not None and len(piece) else 0 for piece in words)
    shares = [shared_ngrams(piece, index) for piece in words] if index is not None else []
    finite = [share for share in shares if np.isfinite(share)]
    shared = float(np.mean(finite)) if finite else float("nan")
    return Row(name=name, pieces=len(clips), means=means, each=tuple(each), copied=runs, shared=shared)


def distance(row: Row, real: Row) -> float:
    """Say how far a set is from the real one: the mean difference of the judged measures, in spreads of the real pieces.

    The spread of a measure is its standard deviation over real pieces: a difference of 1 is that of one real song from the average one.
    """
    apart = []
    for measure in JUDGED:
        if measure not in row.means or measure not in real.means:
            continue
        values = np.array([piece[measure] for piece in real.each if measure in piece])
        spread = float(values.std()) if len(values) > 1 else 0.0
        apart.append(abs(row.means[measure].mean - real.means[measure].mean) / max(spread, 0.02))
    return float(np.mean(apart)) if apart else float("inf")
