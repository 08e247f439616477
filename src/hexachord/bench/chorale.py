"""Chorales from their sopranos, beside what Bach wrote: Coconet's test split, which nothing was learnt from, without the two pieces whose
setting stands on the training side, too, under another number and in another key.

The soprano is given, three voices are written. ``pitch_acc`` is the share of their sixteenths that have Bach's pitch, the mean of pieces:
of the likeliest pitch of every cell over four chains at temperature 0.7 (`hexachord.composition.chorale.sampling.cell_chances`), which
errs in the fewest cells; ``sample_pitch_acc`` of one unranked sample at temperature 1, nothing mended; ``best_pitch_acc`` of what
`hexachord compose chorale` would hand over of two candidates. There is no one right answer: Bach set half of these tunes elsewhere, too,
and ``again_bach_pitch_acc`` is how far he agrees with himself where he did, beside ``again_pitch_acc`` of the likeliest cells in the same
pieces; ``new_tune_``: the other pieces. Faults per hundred moves are of what would be handed over (``sample_``: of the sample;
``original_``: of Bach); ``parallels_ratio`` is its parallel fifths and octaves over Bach's. ``_nll``: see
`hexachord.bench.chorale_likelihood`. Rows without a network: see `hexachord.bench.chorale_rules`. ``_low _high``: 95 % over pieces.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from hexachord.arrays import BoolArray, IntArray
from hexachord.bench.chorale_likelihood import likelihoods
from hexachord.bench.chorale_rules import ChoraleRules, set_again
from hexachord.bench.datasets import Loaded, bench_folder
from hexachord.bench.harness import BenchItem, BenchResult, Progress
from hexachord.bench.loop import measure, result_of
from hexachord.composition.chorale.network import NETWORK, classes_of, pitches_of
from hexachord.composition.chorale.sampling import GibbsOptions, cell_chances, likely_move, sample_voices
from hexachord.composition.chorale.setting import ENGINE, ChoraleOptions, complete_voices
from hexachord.metrics.bootstrap import mean_interval
from hexachord.models.networks import network_path
from hexachord.rendering.chorales import chorale_grid, chorale_names
from hexachord.rendering.shelf import Shelf
from hexachord.rendering.split import Side, load_split
from hexachord.theory.voice_leading import KINDS, REST, voice_leading_faults

FOLDER = "jsb_chorales"
_TWIN = 0.7
"""Of the notes below a tune: two settings of one tune have half of them in common; more than this is the same setting."""
_INTERVALS = (
    "pitch_acc",
    "sample_pitch_acc",
    "best_pitch_acc",
    "again_pitch_acc",
    "again_bach_pitch_acc",
    "note_nll",
    "frame_nll",
    "frame_nll_guessed",
    "frame_nll_forward",
)
_SHOWN = ("parallel fifths", "parallel octaves", "crossing", "spacing", "range", "hidden fifths", "hidden octaves", "overlap", "leap")


class ChoraleItem(NamedTuple):
    """A chorale: its name, (sixteenths, voices) pitches, whether nothing on the training side has its tune, and how like that
    other setting is where one has."""

    id: str
    rows: IntArray
    new_tune: bool = False
    again: float | None = None

    @property
    def free(self) -> BoolArray:
        """The cells that are asked: those of the lower voices where they sing."""
        free = np.asarray(self.rows != REST)
        free[:, 0] = False
        return free


def run(data: Path, *, peer: bool = False, instruments: Path | None = None, progress: Progress | None = None) -> BenchResult:
    """Measure ``pitch_acc parallels_ratio`` and what the module says.

    Parameters
    ----------
    data : the bench folder, or the folder above it, where the rules find the training side
    peer, instruments : not used: Coconet is not on PyPI, and nothing is rendered
    """
    training = training_chorales(data)
    loaded = load_chorales(data, training=training)
    rules = ChoraleRules.of(training) if training else None
    missing = () if rules else ("markov_, copied_ and new_tune_: no chorales of the training side beside this folder",)
    if network_path(NETWORK) is None:
        loaded = Loaded((), (*loaded.skipped, "this installation has no weights of its own"))
    found = measure(
        loaded.items,
        what="chorale",
        name=lambda item: item.id,
        estimate=lambda item: settings_of(item, rules),
        score=score,
        progress=progress,
    )
    return result_of(
        found,
        bench="chorale",
        data=data,
        engine=ENGINE,
        metrics=summary(found.items),
        seconds_of_audio=0.0,
        skipped=loaded.skipped + missing,
    )


def training_chorales(data: Path, *, side: Side = "train") -> tuple[IntArray, ...]:
    """Load the chorales of a side that lie beside the bench folder; none where there is no such folder."""
    above = data if (data / "train").is_dir() else data.parent
    if not (above / "train" / FOLDER).is_dir():
        return ()
    shelf = Shelf(data=above, split=load_split(), side=side)
    return tuple(chorale_grid(shelf.folder(FOLDER), name) for name in shelf.names(FOLDER))


def load_chorales(data: Path, *, training: Sequence[IntArray] = ()) -> Loaded[ChoraleItem]:
    """Load the test chorales."""
    folder = bench_folder(data) / FOLDER
    if not folder.is_dir():
        return Loaded((), (f"{FOLDER}: no such folder",))
    items, skipped = [], []
    for name in chorale_names(folder):
        rows = chorale_grid(folder, name)
        again = set_again(rows, training)
        if again is not None and again > _TWIN:
            skipped.append(f"{name}: {again:.0%} of it stands on the training side, in another key")
            continue
        items.append(ChoraleItem(name, rows, bool(training) and again is None, again))
    return Loaded(tuple(items), tuple(skipped))


def settings_of(item: ChoraleItem, rules: ChoraleRules | None, *, model: str = NETWORK) -> dict[str, IntArray]:
    """Set a soprano in all the ways that are compared: (sixteenths, voices) each."""
    classes, free = classes_of(np.where(item.free, REST, item.rows)), item.free
    move = likely_move(classes, free, model=model)
    decoded = GibbsOptions(temperature=0.7, sweeps=6, model=model)
    likeliest = cell_chances(classes, free, move=move, chains=4, last=4, options=decoded).argmax(axis=2)
    sample = sample_voices(classes, free, move=move, options=GibbsOptions(temperature=1.0, model=model))[0]
    options = ChoraleOptions(candidates=2, model=model)
    found = {
        "": pitches_of(np.where(free, likeliest, classes)),
        "sample_": pitches_of(sample),
        "best_": complete_voices(item.rows, free, move=move, options=options)[0].rows,
    }
    if rules is not None:
        soprano = item.rows[:, 0]
        found |= {"markov_": rules.markov(soprano), "copied_": rules.copied(soprano)}
    return found


def score(item: ChoraleItem, found: Mapping[str, IntArray]) -> dict[str, float]:
    """Compare settings with Bach's, count faults of both, and ask how well his is predicted."""
    free = item.free
    kept: dict[str, float] = {}
    for name, rows in found.items():
        same = rows == item.rows
        kept[f"{name}pitch_acc"] = float(same[free].mean())
        if item.new_tune and name in ("", "best_"):
            kept[f"new_tune_{name}pitch_acc"] = kept[f"{name}pitch_acc"]
        if not name:
            kept |= {f"{voice}_acc": float(same[free[:, at], at].mean()) for at, voice in enumerate(("alto", "tenor", "bass"), start=1)}
            kept["pitch_class_acc"] = float((rows % 12 == item.rows % 12)[free].mean())
    if item.again is not None:
        kept |= {"again_pitch_acc": kept["pitch_acc"], "again_bach_pitch_acc": item.again}
    kept |= likelihoods(item.rows)
    for name in ("best_", "sample_", "markov_", "copied_", "original_"):
        setting = item.rows if name == "original_" else found.get(name)
        if setting is not None:
            kept |= {f"{name}{kind}": count for kind, count in _counts(setting).items()}
    return kept


def _counts(rows: IntArray) -> dict[str, float]:
    faults = voice_leading_faults(rows)
    counts = {kind.replace(" ", "_"): float(sum(fault.kind == kind for fault in faults)) for kind in KINDS}
    return counts | {"moves": float((rows[1:] != rows[:-1]).any(axis=1).sum())}


def summary(items: Sequence[BenchItem]) -> dict[str, float]:
    """Means over pieces; faults per hundred moves of all pieces together; intervals over pieces."""
    if not items:
        return {}
    means: dict[str, float] = {}
    counted = [kind.replace(" ", "_") for kind in KINDS] + ["moves"]
    for metric in dict.fromkeys(name for item in items for name in item.metrics):
        if not metric.endswith(tuple(counted)):
            means[metric] = float(np.mean([item.metrics[metric] for item in items if metric in item.metrics]))
    for metric in _INTERVALS:
        low, high = mean_interval(np.array([item.metrics[metric] for item in items if metric in item.metrics]))
        means |= {f"{metric}_low": low, f"{metric}_high": high}
    rows = {name for item in items for metric in item.metrics if metric.endswith("_moves") for name in [metric.removesuffix("moves")]}
    for name in sorted(rows):
        total = {kind: sum(item.metrics.get(f"{name}{kind}", 0.0) for item in items) for kind in counted}
        for kind in _SHOWN:
            means[f"{name}{kind.replace(' ', '_')}"] = 100.0 * total[kind.replace(" ", "_")] / max(1.0, total["moves"])
    for name, metric in (("best_", "parallels_ratio"), ("sample_", "sample_parallels_ratio")):
        low, middle, high = _ratio(items, name)
        means |= {metric: middle, f"{metric}_low": low, f"{metric}_high": high}
    return means | {"pieces": float(len(items))}


def _ratio(items: Sequence[BenchItem], name: str) -> tuple[float, float, float]:
    """Parallels of a row per move over Bach's, and the interval that it lies in over pieces."""
    table = np.array(
        [
            [
                sum(item.metrics[f"{row}parallel_{interval}"] for interval in ("fifths", "octaves"))
                if not moves
                else item.metrics[f"{row}moves"]
                for row in (name, "original_")
                for moves in (False, True)
            ]
            for item in items
        ]
    )
    drawn = np.random.default_rng(0).integers(0, len(items), (2000, len(items)))

    def ratio(total: np.ndarray) -> np.ndarray:
        rate, bach = total[..., 0] / np.maximum(total[..., 1], 1.0), total[..., 2] / np.maximum(total[..., 3], 1.0)
        return np.asarray(rate / np.maximum(bach, 1e-9))

    low, high = np.quantile(ratio(table[drawn].sum(axis=1)), (0.025, 0.975))
    return float(low), float(ratio(table.sum(axis=0))), float(high)
