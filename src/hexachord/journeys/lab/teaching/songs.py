"""The songs that the views are computed from: the user's own, or the ones that come with the library.

Those are six artists who do not exist, rendered by the data engine (`hexachord.rendering.artists`): six albums of four songs each, in
pieces of five seconds; ``python -m training.teaching_songs`` measures them again.
"""

import csv
import io
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from itertools import combinations

import numpy as np

from hexachord.arrays import BoolArray, Float64Array, IntArray
from hexachord.errors import InputError
from hexachord.learning.features.table import FeatureTable

BUILT_IN = "six artists who do not exist, rendered by the library's data engine"
_UNITS = {"hz": " (Hz)", "db": " (dB)", "s": " (s)"}
_MOST_PAIRS = 45
_LIKE = 0.8  # of two descriptors that say the same only one is taken


@dataclass(frozen=True, kw_only=True, eq=False)
class TeachingSongs:
    """Pieces of songs with labels.

    Attributes
    ----------
    told : what they are, in words
    classes : names
    songs, albums : (n,) what each row was cut from
    kinds : (n,) index of each row's class
    names : (d,) of descriptors
    values : (n, d) finite
    """

    told: str
    classes: tuple[str, ...]
    songs: tuple[str, ...]
    albums: tuple[str, ...]
    kinds: IntArray
    names: tuple[str, ...]
    values: Float64Array

    def held_out(self, *, seed: int, share: float = 0.4) -> BoolArray:
        """Choose songs that nothing is learnt from, a share of each class: (n,) whether a row is one of theirs."""
        random = np.random.default_rng(seed)
        kind_of = dict(zip(self.songs, self.kinds.tolist(), strict=True))
        kept: set[str] = set()
        for kind in sorted(set(kind_of.values())):
            own = [song for song, each in kind_of.items() if each == kind]
            kept.update(random.permutation(own)[: max(1, round(share * len(own)))].tolist())
        return np.array([song in kept for song in self.songs])


def built_in_songs() -> TeachingSongs:
    """Read the songs that come with the library."""
    text = resources.files("hexachord.journeys.lab.teaching").joinpath("songs.csv").read_text(encoding="utf-8")
    head, *rows = list(csv.reader(io.StringIO(text)))
    classes = tuple(sorted({row[0] for row in rows}))
    return TeachingSongs(
        told=BUILT_IN,
        classes=tuple(name.replace("_", " ") for name in classes),
        songs=tuple("/".join(row[:3]) for row in rows),
        albums=tuple("/".join(row[:2]) for row in rows),
        kinds=np.array([classes.index(row[0]) for row in rows], dtype=np.int64),
        names=tuple(head[4:]),
        values=np.array([[float(cell) for cell in row[4:]] for row in rows]),
    )


def songs_of(table: FeatureTable, labels: Mapping[str, str], albums: Mapping[str, str] | None = None) -> TeachingSongs:
    """Take the user's own: rows of a table, a label for each of its tracks, and albums where there are any.

    Columns that never change or hold nothing are left out; missing values take their column's mean.

    Raises
    ------
    InputError : if fewer than two classes have two songs, or fewer than two columns are left.
    """
    rows = [row for row, name in enumerate(table.ids) if labels.get(name)]
    songs_by = {
        label: len({table.ids[row] for row in rows if labels[table.ids[row]] == label})
        for label in {labels[table.ids[row]] for row in rows}
    }
    classes = tuple(sorted(label for label, count in songs_by.items() if count > 1))
    if len(classes) < 2:
        raise InputError(
            "the songs to teach with", found=f"{len(classes)} classes with two songs", expected="two or more", next_step="label more songs"
        )
    rows = [row for row in rows if labels[table.ids[row]] in classes]
    values = np.where(np.isfinite(table.values[rows]), table.values[rows], np.nan)
    known = np.isfinite(values)
    means = np.where(known, values, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    values = np.where(known, values, means)
    kept = np.flatnonzero(values.std(axis=0) > 1e-12 * np.maximum(np.abs(values).max(axis=0), 1e-300))
    if len(kept) < 2:
        raise InputError(
            "the songs to teach with", found=f"{len(kept)} descriptors that change", expected="two or more", next_step="extract more"
        )
    ids = [table.ids[row] for row in rows]
    return TeachingSongs(
        told=f"{len(set(ids))} songs of {len(classes)} classes, your own",
        classes=classes,
        songs=tuple(ids),
        albums=tuple((albums or {}).get(name, name) for name in ids),
        kinds=np.array([classes.index(labels[name]) for name in ids], dtype=np.int64),
        names=tuple(table.names[column] for column in kept),
        values=values[:, kept],
    )


def spoken(name: str) -> str:
    """Say a column's name in words.

    Examples
    --------
    >>> spoken("spectral/centroid_hz/mean"), spoken("timbre/mfcc_02/std")
    ('spectral centroid (Hz)', 'MFCC 2, deviation')
    """
    family, _, rest = name.partition("/")
    what, _, statistic = rest.partition("/") if rest else (family, "", "")
    stem, _, unit = what.rpartition("_")
    tail = _UNITS.get(unit, "")
    words = (stem if tail else what).replace("_", " ").replace("rolloff85", "rolloff 85 %").replace("rolloff95", "rolloff 95 %")
    if words.startswith("mfcc"):
        words = "MFCC " + words[5:].lstrip("0")
    elif family == "spectral" and rest:
        words = f"spectral {words}"
    ending = {"mean": "", "": "", "std": ", deviation"}.get(statistic, f", {statistic.replace('_', ' ')}")
    return f"{words}{ending}{tail}"


@dataclass(frozen=True, kw_only=True, eq=False)
class Pair:
    """Two classes on two descriptors: (n, 2) standardised by the rows learnt from, (n,) of 1 and -1, (n,) who is held out.

    `centre` and `spread` lead back to the descriptors' own units.
    """

    classes: tuple[str, str]
    names: tuple[str, str]
    values: Float64Array
    signs: IntArray
    held_out: BoolArray
    songs: tuple[str, ...]
    centre: Float64Array
    spread: Float64Array


def choose_pair(data: TeachingSongs, *, seed: int, most: int = 240) -> Pair:
    """Choose two classes that two descriptors tell apart neither at once nor not at all: there a boundary has something to decide.

    Of the pairs of classes the one is taken whose best descriptor separates them in the middle of what there is (Fisher's ratio); then the
    two descriptors with the highest ratios that do not say the same.
    """
    common = [kind for kind, _ in sorted(Counter(data.kinds.tolist()).items(), key=lambda item: (-item[1], item[0]))]
    pairs = list(combinations(sorted(common[:10]), 2))[:_MOST_PAIRS]
    rows_of = {pair: np.isin(data.kinds, pair) for pair in pairs}
    best = {pair: float(fisher_ratios(data.values[rows], data.kinds[rows]).max()) for pair, rows in rows_of.items()}
    first, second = sorted(pairs, key=lambda pair: (best[pair], pair))[len(pairs) // 2]
    rows = np.flatnonzero((data.kinds == first) | (data.kinds == second))
    along, up = two_columns(data.values[rows], data.kinds[rows])
    if len(rows) > most:
        rows = np.sort(np.random.default_rng(seed).permutation(rows)[:most])
    held = data.held_out(seed=seed)[rows]
    values = data.values[rows][:, np.array([along, up])]
    centre, spread = values[~held].mean(axis=0), np.maximum(values[~held].std(axis=0), 1e-12)
    return Pair(
        classes=(data.classes[first], data.classes[second]),
        names=(spoken(data.names[along]), spoken(data.names[up])),
        values=np.clip((values - centre) / spread, -4.0, 4.0),
        signs=np.where(data.kinds[rows] == first, 1, -1),
        held_out=held,
        songs=tuple(data.songs[row] for row in rows),
        centre=centre,
        spread=spread,
    )


def two_columns(values: Float64Array, kinds: IntArray) -> tuple[int, int]:
    """Choose the two columns with the highest Fisher ratios that do not say the same."""
    order = np.argsort(-fisher_ratios(values, kinds), kind="stable").tolist()
    alike = np.abs(np.corrcoef(values, rowvar=False))
    return order[0], next((column for column in order[1:] if alike[order[0], column] < _LIKE), order[1])


def fisher_ratios(values: Float64Array, kinds: IntArray) -> Float64Array:
    """Say of each column how far classes lie apart for their width: variance of their means over the mean of their variances."""
    groups = [values[kinds == kind] for kind in np.unique(kinds)]
    between = np.var([group.mean(axis=0) for group in groups], axis=0)
    within = np.mean([group.var(axis=0) for group in groups], axis=0)
    return np.asarray(between / np.maximum(within, 1e-300))
