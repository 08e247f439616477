"""How drummers strike: velocities and timing of held-out takes, given what is struck, beside copying and averaging.

The takes are the validation split of the Groove MIDI Dataset (Gillick et al., ICML 2019), of drummers whose other takes were learnt from.
Of every stroke on the grid of sixteenths, the distance of velocity and of timing from what was played. Timing is against the take's own
beats; ``timing_click_mae_ms`` is against the click, which drummers and their module are 10 to 20 ms ahead of. The style is said, the
drummer is not (``drummer_``: both are; ``unstyled_``: neither). What is struck is given as in that paper, to the nearest sixteenth: a
triplet is late or early. ``page_`` is told what a page would write as triplets (`as_written`), ``page_drummer_`` the drummer too. Rows
of the same run: the most similar bar of the training side (``neighbour_``), the mean of drum and place in the bar (``mean_``), and what is
written, struck on time (``grid_``, ``page_grid_``).

Drumify is shown the rhythm of all drums as one and is compared by the F of what it strikes (``drumify_hit_f``) and of when anything is
struck (``drumify_onset_f``), beside what is usual in its style (``template_``), and another take of the split (``chance_``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hexachord.arrays import BoolArray, Float32Array, Float64Array
from hexachord.bench.datasets import Loaded, bench_folder
from hexachord.bench.harness import BenchItem, BenchResult, Progress
from hexachord.bench.loop import measure, result_of
from hexachord.composition.drums.drumify import NETWORK as DRUMIFY
from hexachord.composition.drums.drumify import rhythm_cues, strokes_of
from hexachord.composition.drums.groove_network import DRUMMERS, DRUMS, NETWORK, play_groove
from hexachord.models.networks import network_path, open_network, sigmoid
from hexachord.rendering.groove import groove_rows
from hexachord.rendering.groove_grid import GrooveTake, read_take
from hexachord.rendering.shelf import Shelf
from hexachord.rendering.split import load_split

FOLDER = "groove"
_BAR = 16
_EVEN = 80.0

Played = Mapping[str, tuple[Float64Array, Float64Array]]
"""By method: velocities and offsets in sixteenths, (steps, drums) both."""
Struck = Mapping[str, BoolArray]
"""By method: what is struck, (steps, drums)."""


def run(data: Path, *, peer: bool = False, instruments: Path | None = None, progress: Progress | None = None) -> BenchResult:
    """Measure ``timing_mae_ms velocity_mae`` over all strokes, and the rows of the rules.

    Parameters
    ----------
    data : the bench folder, or the folder above it, where the rules find the training side
    peer, instruments : not used: no other library plays grooves, and nothing is rendered
    """
    loaded = load_takes(data)
    training = training_takes(data)
    rules = Rules.of(training) if training else None
    missing = () if rules else ("neighbour_ and mean_: no takes of the training side beside this folder",)
    if network_path(NETWORK) is None or network_path(DRUMIFY) is None:
        loaded = Loaded((), (*loaded.skipped, "this installation has no weights of its own"))

    def estimate(take: GrooveTake) -> tuple[Played, Struck]:
        played = {**_by_network(take), **(rules.play(take) if rules else {})}
        struck = {"drumify_": drums_for(take), "chance_": _another(take, loaded.items)}
        return played, {**struck, **({"template_": rules.usual(take)} if rules else {})}

    found = measure(
        loaded.items,
        what="groove",
        name=lambda take: take.id,
        estimate=estimate,
        score=lambda take, made: {**score(take, made[0]), **score_strokes(take, made[1])},
        progress=progress,
    )
    return result_of(
        found,
        bench="groove",
        data=data,
        engine=f"groove/{NETWORK}",
        metrics=summary(found.items),
        seconds_of_audio=sum(len(take.hits) * take.step_ms / 1000.0 for take in loaded.items),
        skipped=loaded.skipped + missing,
    )


def load_takes(data: Path) -> Loaded[GrooveTake]:
    """Load the takes of ``groove/info.csv`` that strike something."""
    folder = bench_folder(data) / FOLDER
    if not (folder / "info.csv").is_file():
        return Loaded((), (f"{FOLDER}/info.csv: no such file",))
    takes = [read_take(folder, name) for name, row in sorted(groove_rows(folder).items()) if (folder / row.file).is_file()]
    kept = tuple(take for take in takes if take.hits.any())
    return Loaded(kept, (f"{FOLDER}: {len(takes) - len(kept)} takes strike nothing",) if len(kept) < len(takes) else ())


def training_takes(data: Path) -> tuple[GrooveTake, ...]:
    """Load the takes of the training side that lie beside the bench folder; none where there is no such folder."""
    above = data if (data / "train").is_dir() else data.parent
    if not (above / "train" / FOLDER).is_dir():
        return ()
    shelf = Shelf(data=above, split=load_split(), side="train")
    return tuple(read_take(shelf.folder(FOLDER), name) for name in shelf.names(FOLDER))


def _by_network(take: GrooveTake) -> dict[str, tuple[Float64Array, Float64Array]]:
    known = take.drummer if take.drummer in DRUMMERS else ""
    found = {}
    for name, style, drummer, written in (
        ("", take.style, "", None),
        ("drummer_", take.style, known, None),
        ("unstyled_", "", "", None),
        ("page_", take.style, "", take.written),
        ("page_drummer_", take.style, known, take.written),
    ):
        touch = play_groove(take.hits, bpm=take.bpm, written=written, steps_per_bar=take.steps_per_bar, style=style, drummer=drummer)
        found[name] = (touch.velocity, touch.offset)
    even = np.full(take.hits.shape, _EVEN)
    return {**found, "grid_": (even, np.zeros(take.hits.shape)), "page_grid_": (even, take.written.astype(np.float64))}


@dataclass(frozen=True, kw_only=True, eq=False)
class Rules:
    """What needs no network: bars to copy from, and means.

    Attributes
    ----------
    bars : (n, 16 × drums) of 0 and 1
    velocity, offset : of them, the same shape
    octave : (n,) logarithms of their tempi
    mean : (2, 16, drums) mean velocity and offset by place in the bar
    often : by style, and "" for all, how often each drum is struck at each place of the bar, (16, drums)
    """

    bars: Float32Array
    velocity: Float32Array
    offset: Float32Array
    octave: Float64Array
    mean: Float64Array
    often: Mapping[str, Float64Array]

    @classmethod
    def of(cls, takes: Sequence[GrooveTake]) -> "Rules":
        """Collect the bars of takes in 4/4."""
        takes = [take for take in takes if take.steps_per_bar == _BAR]
        flat = [[_in_bars(matrix) for matrix in (take.hits, take.velocity, take.offset)] for take in takes]
        hits, velocity, offset = (np.concatenate(parts).astype(np.float32) for parts in zip(*flat, strict=True))
        octave = np.concatenate([np.full(len(rows[0]), np.log2(take.bpm)) for take, rows in zip(takes, flat, strict=True)])
        count = hits.sum(axis=0)
        means = []
        for values in (velocity, offset):
            total = (values * hits).sum(axis=0).reshape(_BAR, -1)
            drums = total.sum(axis=0) / np.maximum(count.reshape(_BAR, -1).sum(axis=0), 1.0)
            weight = count.reshape(_BAR, -1)
            means.append((total + 5.0 * drums) / (weight + 5.0))
        style = np.repeat([take.style.partition("/")[0] for take in takes], [len(rows[0]) for rows in flat])
        often = {name: hits[style == name].mean(axis=0).reshape(_BAR, -1).astype(np.float64) for name in sorted(set(style.tolist()))}
        often[""] = hits.mean(axis=0).reshape(_BAR, -1).astype(np.float64)
        return cls(bars=hits, velocity=velocity, offset=offset, octave=octave, mean=np.array(means, dtype=np.float64), often=often)

    def usual(self, take: GrooveTake) -> BoolArray:
        """Strike what is usual in the style of a take, in every bar."""
        often = self.often.get(take.style.partition("/")[0], self.often[""])
        steps = np.arange(len(take.hits))
        return strokes_of(often[steps % take.steps_per_bar % _BAR])

    def play(self, take: GrooveTake) -> dict[str, tuple[Float64Array, Float64Array]]:
        """Play a take by the means, and by the most similar bars: most strokes in common of all, then the nearest tempo.

        What the similar bar does not strike is played by the means.
        """
        steps = len(take.hits)
        place = np.arange(steps) % take.steps_per_bar % _BAR
        mean = (self.mean[0][place], self.mean[1][place])
        if take.steps_per_bar != _BAR:
            return {"mean_": mean, "neighbour_": mean}
        wanted = _in_bars(take.hits).astype(np.float32)
        common = wanted @ self.bars.T
        either = wanted.sum(axis=1)[:, None] + self.bars.sum(axis=1)[None] - common
        alike = common / np.maximum(either, 1.0) - 1e-3 * np.abs(self.octave - np.log2(take.bpm))[None]
        best = alike.argmax(axis=1)
        there = self.bars[best].reshape(steps, -1) > 0
        copied = (
            np.where(there, self.velocity[best].reshape(steps, -1), mean[0]),
            np.where(there, self.offset[best].reshape(steps, -1), mean[1]),
        )
        return {"mean_": mean, "neighbour_": copied}


def _in_bars(matrix: np.ndarray) -> np.ndarray:
    """Turn (steps, drums) into (bars, 16 × drums)."""
    return matrix.reshape(-1, _BAR * len(DRUMS))


def score(take: GrooveTake, played: Played) -> dict[str, float]:
    """Compare what was found with what was played; ``strokes`` is how many there are."""
    kept = {"strokes": float(take.hits.sum())}
    for name, (velocity, offset) in played.items():
        late = (offset - take.offset)[take.hits] * take.step_ms
        kept[f"{name}timing_mae_ms"] = float(np.abs(late).mean())
        kept[f"{name}velocity_mae"] = float(np.abs(velocity - take.velocity)[take.hits].mean())
        if not name:
            kept["timing_click_mae_ms"] = float(np.abs(late - take.lag * take.step_ms).mean())
    return kept


def summary(items: Sequence[BenchItem]) -> dict[str, float]:
    """Means over strokes; ``_by_take`` over takes."""
    if not items:
        return {}
    weight = np.array([item.metrics["strokes"] for item in items])
    names = [name for name in items[0].metrics if name != "strokes"]  # those of every take
    means = {name: float(np.average([item.metrics[name] for item in items], weights=weight)) for name in names}
    for name in ("timing_mae_ms", "velocity_mae"):
        means[f"{name}_by_take"] = float(np.mean([item.metrics[name] for item in items]))
    return means | {"strokes": float(weight.sum()), "takes": float(len(items))}


def score_strokes(take: GrooveTake, struck: Struck) -> dict[str, float]:
    """Compare what is struck, and when anything is, with the take."""
    kept = {}
    for name, found in struck.items():
        kept[f"{name}hit_f"] = hit_f(take.hits, found)
        kept[f"{name}onset_f"] = hit_f(np.asarray(take.hits.any(axis=1)), np.asarray(found.any(axis=1)))
    return kept


def drums_for(take: GrooveTake) -> BoolArray:
    """Let the network strike to the rhythm of a take."""
    return strokes_of(sigmoid(open_network(DRUMIFY)(follow(take))))


def _another(take: GrooveTake, takes: Sequence[GrooveTake]) -> BoolArray:
    """Strike what another take does: the one half the list away, over and over."""
    index = next(number for number, other in enumerate(takes) if other.id == take.id)
    other = takes[(index + len(takes) // 2) % len(takes)].hits
    return other[np.arange(len(take.hits)) % len(other)]


def follow(take: GrooveTake, *, style: bool = True) -> Float32Array:
    """Show the rhythm of all drums of a take to `hexachord.composition.drums.drumify`."""
    return rhythm_cues(
        take.hits.sum(axis=1),
        take.velocity.max(axis=1) / 127.0,
        bpm=take.bpm,
        steps_per_bar=take.steps_per_bar,
        style=take.style if style else "",
    )


def hit_f(truth: BoolArray, found: BoolArray) -> float:
    """F of what is struck, over all drums."""
    struck = int(truth.sum()) + int(found.sum())
    return 2.0 * int((truth & found).sum()) / max(1, struck)
