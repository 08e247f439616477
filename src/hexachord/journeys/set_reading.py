"""A folder of pieces beside a folder of real ones: means with intervals, distances between the sets, and how much is copied.

Files are laid on their own bars. Measures depend on length, so both sides are cut to as many bars.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from hexachord.arrays import Float64Array
from hexachord.errors import InputError
from hexachord.journeys.close_reading import SUFFIXES
from hexachord.metrics.bootstrap import mean_interval
from hexachord.score.formats import load_score
from hexachord.score.notes import note_array
from hexachord.score_analysis.facts import read_score
from hexachord.score_analysis.measures import LaidNotes, first_bars, lay_notes, measure_notes
from hexachord.score_analysis.performed import is_performance
from hexachord.theory.copying import Words, copy_index, longest_copied_run, note_words, shared_ngrams
from hexachord.theory.corpus_distance import SetDistance, piece_features, set_distances, stack_features

Heard = Callable[[str, int, int], None]
MOST_FILES = 400


@dataclass(frozen=True, kw_only=True)
class Mean:
    """A measure's mean over pieces, and the 95 % interval of it."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, kw_only=True, eq=False)
class PieceSet:
    """What was measured of the pieces of a folder: numbers by name, features, and words."""

    names: tuple[str, ...]
    measures: tuple[dict[str, float], ...]
    features: dict[str, Float64Array]
    words: tuple[Words, ...]

    def means(self) -> dict[str, Mean]:
        """The mean of each measure that any piece has."""
        out = {}
        for name in dict.fromkeys(name for piece in self.measures for name in piece):
            values = np.array([piece[name] for piece in self.measures if name in piece])
            low, high = mean_interval(values)
            out[name] = Mean(mean=float(values.mean()), low=low, high=high)
        return out


@dataclass(frozen=True, kw_only=True, eq=False)
class SetComparison:
    """Two sets beside each other.

    Attributes
    ----------
    made, real : means of measures
    distances : of features, see `hexachord.theory.corpus_distance`
    copied : longest run of notes that each made piece shares with any real one
    usual : longest run that each real piece shares with another real one
    shared, usual_shared : mean share of 8-grams, likewise
    """

    pieces: tuple[int, int]
    made: dict[str, Mean]
    real: dict[str, Mean]
    distances: dict[str, SetDistance]
    copied: tuple[int, ...]
    usual: tuple[int, ...]
    shared: float
    usual_shared: float

    def to_json(self) -> dict[str, Any]:
        """Return plain data."""
        return {
            "pieces": {"made": self.pieces[0], "real": self.pieces[1]},
            "made": {name: vars(mean) for name, mean in self.made.items()},
            "real": {name: vars(mean) for name, mean in self.real.items()},
            "distances": {name: distance._asdict() for name, distance in self.distances.items()},
            "copied": list(self.copied),
            "usual": list(self.usual),
            "shared_8grams": _finite(self.shared),
            "usual_shared_8grams": _finite(self.usual_shared),
        }


def measure_folder(folder: str | Path, *, bars: int | None = None, structure: bool = True, heard: Heard | None = None) -> PieceSet:
    """Measure the score files of a folder, and of the folders in it.

    Parameters
    ----------
    folder : with .mid, .musicxml, .mxl or .abc files; the first 400 by name are taken, and those that cannot be read left out
    bars : cut each piece to its first bars
    structure : also the structure indicators
    heard : told what is being done

    Raises
    ------
    InputError : if there is no such folder, or no music in it.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise InputError(folder, found="no such folder", expected="a folder of score files")
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)[:MOST_FILES]
    names, measures, features, words = [], [], [], []
    for done, path in enumerate(paths):
        if heard is not None:
            heard(path.name, done, len(paths))
        try:
            laid = _laid(path)
        except InputError:
            continue
        laid = laid if bars is None else first_bars(laid, bars)
        sung = laid.pitched()
        if not len(sung.onset):
            continue
        names.append(str(path.relative_to(folder)))
        measures.append(measure_notes(laid, structure=structure))
        features.append(piece_features(sung.onset, sung.end - sung.onset, sung.pitch, bars=len(laid.bar_lines) - 1))
        words.append(note_words(sung.onset, sung.pitch))
    if not names:
        raise InputError(folder, found="no music", expected=f"score files: {', '.join(SUFFIXES)}")
    return PieceSet(names=tuple(names), measures=tuple(measures), features=stack_features(features), words=tuple(words))


def compare_sets(made: PieceSet, real: PieceSet, *, resamples: int = 200, seed: int = 0) -> SetComparison:
    """Compare a set of pieces with real ones.

    Parameters
    ----------
    made, real : see `measure_folder`
    resamples, seed : of the intervals of distances
    """
    index = copy_index(real.words, real.names)
    enough = min(len(made.names), len(real.names)) >= 2
    return SetComparison(
        pieces=(len(made.names), len(real.names)),
        made=made.means(),
        real=real.means(),
        distances=set_distances(made.features, real.features, resamples=resamples, seed=seed) if enough else {},
        copied=tuple(longest_copied_run(piece, index).notes for piece in made.words),
        usual=tuple(longest_copied_run(piece, index, exclude=name).notes for name, piece in zip(real.names, real.words, strict=True)),
        shared=_mean([shared_ngrams(piece, index) for piece in made.words]),
        usual_shared=_mean([shared_ngrams(piece, index, exclude=name) for name, piece in zip(real.names, real.words, strict=True)]),
    )


def comparison_text(found: SetComparison) -> str:
    """Write a comparison as a table."""
    lines = [f"{'measure':<26}{'made (' + str(found.pieces[0]) + ')':>28}{'real (' + str(found.pieces[1]) + ')':>28}{'difference':>12}"]
    for name, mean in found.made.items():
        real = found.real.get(name)
        if real is not None:
            lines.append(f"{name:<26}{_interval(mean):>28}{_interval(real):>28}{mean.mean - real.mean:>+12.3f}")
    if found.distances:
        lines += ["", f"{'feature':<26}{'overlap with real':>28}{'divergence from real':>28}"]
        for name, distance in found.distances.items():
            overlap = f"{distance.overlap:.3f} ({distance.overlap_interval[0]:.3f}–{distance.overlap_interval[1]:.3f})"
            divergence = f"{distance.divergence:.3f} ({distance.divergence_interval[0]:.3f}–{distance.divergence_interval[1]:.3f})"
            lines.append(f"{name:<26}{overlap:>28}{divergence:>28}")
    lines.append("")
    for title, runs, share in (("copied from real ones", found.copied, found.shared), ("real ones share", found.usual, found.usual_shared)):
        told = f"median {np.median(runs):.0f}, at most {max(runs)} notes"
        lines.append(f"{title:<26}{told:>28}{'8-grams ' + format(share, '.1%'):>28}")
    return "\n".join(lines) + "\n"


def _laid(path: Path) -> LaidNotes:
    score = load_score(path)
    score = replace(score, chords=())
    return lay_notes(score, note_array(score), read_score(score).beats, performed=is_performance(score))


def _mean(values: list[float]) -> float:
    finite = [value for value in values if np.isfinite(value)]
    return float(np.mean(finite)) if finite else float("nan")


def _finite(value: float) -> float | None:
    return value if np.isfinite(value) else None


def _interval(mean: Mean) -> str:
    return f"{mean.mean:.3f} ({mean.low:.3f}–{mean.high:.3f})"
