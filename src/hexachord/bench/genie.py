"""Eight buttons for 88 keys, on held-out songs: is the contour kept, what are buttons worth, how fast is a note.

The songs of ``pop909/`` that nobody learnt from give two lines each: the tune, and the highest notes of the piano. The encoder presses
buttons for them, and the genie plays: drawn freely (``contour``, and ``contour_free`` where the network alone follows the buttons), and
told the true notes so far (``pitch_ppl``, perplexity, and ``pitch_acc``, how often the likeliest key is the true one). ``plain_`` is the
same network without buttons: it learnt both; ``keyed_`` is told the song's scale. Rows of the same run: which intervals the training side
has for each step of the buttons, in the song's scale (``table_``), any note of that scale on the side to which the button moved
(``scale_``), and how often each key is struck (``unigram_``). ``walk_`` presses by chance what no tune stands behind. ``one_scale`` is
the part of the notes in whatever scale holds most of them (``true_``: of the songs'), ``keyed_in_key`` in the song's when its key is told.
``step_ms`` is a note of the genie from press to pitch on one thread, ``step_p95_ms`` of twenty notes the slowest, by the clock, others'
work on the machine included; ``step_cpu_`` is the processor's own time.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from hexachord.arrays import Float64Array, FloatArray, IntArray
from hexachord.bench.datasets import Loaded, bench_folder
from hexachord.bench.harness import BenchItem, BenchResult, Progress
from hexachord.bench.loop import measure, result_of
from hexachord.composition.genie.cues import BUTTONS, KEYS, LOWEST, contour_kept, scale_of, waits
from hexachord.composition.genie.network import ENCODER, NETWORK, GenieSteps, encode_buttons, note_nats, raw_buttons, told_logits
from hexachord.composition.genie.playing import Genie, GenieOptions
from hexachord.models.networks import network_path
from hexachord.rendering.genie_lines import GenieLine, lines_of
from hexachord.rendering.pop909 import read_pop909
from hexachord.rendering.shelf import Shelf
from hexachord.rendering.split import load_split
from hexachord.theory.keys import KEY_NAMES
from hexachord.theory.note_statistics import scale_consistency

FOLDER = "pop909"
LINES = ("melody", "top")
MOST_NOTES = 300
_TEACHERS = 150  # songs of the training side that the rules count
_FRAME_MS = 10.0
_WIDEST = 24
_LEAST = 1e-3  # chance that a rule leaves to keys it does not believe in


class Told(NamedTuple):
    """What a way of telling notes said of a line: nats of each, and whether the likeliest key was the true one."""

    nats: Float64Array
    hit: FloatArray


@dataclass(frozen=True, kw_only=True, eq=False)
class Played:
    """What came of a line.

    Attributes
    ----------
    buttons, raw : as pressed, and as the encoder said before its contour was repaired
    walk : presses that nobody's tune stands behind
    drawn, free, keyed : pitches from `buttons`: as the genie plays, by the network alone, and with the song's key told
    walked, walked_free : pitches from `walk`: as the genie plays, and by the network alone
    told : by method, what it said of the true notes
    step_ms : (n, 2) of each note drawn, by the clock and of the processor
    """

    buttons: IntArray
    raw: IntArray
    walk: IntArray
    drawn: IntArray
    free: IntArray
    keyed: IntArray
    walked: IntArray
    walked_free: IntArray
    told: Mapping[str, Told]
    step_ms: Float64Array


def run(data: Path, *, peer: bool = False, instruments: Path | None = None, progress: Progress | None = None) -> BenchResult:
    """Measure ``contour pitch_ppl step_ms`` and the rows beside them.

    Parameters
    ----------
    data : the bench folder, or the folder above it, where the rules find the training side
    peer, instruments : not used: no other library has such a genie, and nothing is rendered
    """
    loaded = load_lines(data)
    if network_path(NETWORK) is None or network_path(ENCODER) is None:
        loaded = Loaded((), (*loaded.skipped, "this installation has no weights of its own"))
    teachers = training_lines(data) if loaded.items else ()
    rules = Rules.of(teachers) if teachers else None
    missing = () if rules or not loaded.items else ("table_ and unigram_: no songs of the training side beside this folder",)
    times = list[Float64Array]()

    def estimate(line: GenieLine) -> Played:
        played = play_line(line, rules)
        times.append(played.step_ms)
        return played

    found = measure(loaded.items, what="genie", name=lambda line: line.id, estimate=estimate, score=score, progress=progress)
    return result_of(
        found,
        bench="genie",
        data=data,
        engine="genie/buttons",
        metrics=summary(found.items, times),
        seconds_of_audio=0.0,
        skipped=loaded.skipped + missing,
    )


def load_lines(data: Path) -> Loaded[GenieLine]:
    """Load tune and top line of the songs of ``pop909/``, at most `MOST_NOTES` notes of each."""
    folder = bench_folder(data) / FOLDER
    if not folder.is_dir():
        return Loaded((), (f"{FOLDER}: no such folder",))
    names = sorted(path.name for path in folder.iterdir() if (path / f"{path.name}.mid").is_file())
    lines = [line for name in names for line in lines_of(read_pop909(folder, name)) if line.id.rpartition("/")[2] in LINES]
    return Loaded(tuple(_shortened(line) for line in lines if len(line.pitch) > 1), ())


def training_lines(data: Path) -> tuple[GenieLine, ...]:
    """Load lines of the training side that lie beside the bench folder; none where there is no such folder."""
    above = data if (data / "train").is_dir() else data.parent
    if not (above / "train" / FOLDER).is_dir():
        return ()
    shelf = Shelf(data=above, split=load_split(), side="train")
    pieces = (shelf.piece(FOLDER, name) for name in shelf.names(FOLDER)[:_TEACHERS])
    return tuple(_shortened(line) for piece in pieces for line in lines_of(piece) if line.id.rpartition("/")[2] in LINES)


def play_line(line: GenieLine, rules: "Rules | None") -> Played:
    """Press a line's buttons, let the genie play them, and tell its notes in every way there is."""
    raw = raw_buttons(line.pitch, line.moment_s)
    buttons = encode_buttons(line.pitch, line.moment_s)
    wait_s = waits(line.moment_s)
    drawn, step_ms = _drawn(line, buttons, GenieOptions(kind=line.kind))
    free, _ = _drawn(line, buttons, GenieOptions(kind=line.kind, contour=False))
    walk = random_walk(len(line.pitch), seed=len(line.pitch))
    walked, _ = _drawn(line, walk, GenieOptions(kind=line.kind))
    walked_free, _ = _drawn(line, walk, GenieOptions(kind=line.kind, contour=False))
    steps = GenieSteps(kind=line.kind)
    scale = np.concatenate([line.scale, np.zeros(12, dtype=np.float32)])
    logits = {
        "": told_logits(steps, line.pitch, wait_s, buttons=buttons),
        "plain_": told_logits(steps, line.pitch, wait_s, buttons=None),
        "keyed_": told_logits(steps, line.pitch, wait_s, buttons=buttons, context=scale),
    }
    told = {name: Told(note_nats(said, line.pitch), said.argmax(axis=1) == line.pitch - LOWEST) for name, said in logits.items()}
    chances = {"scale_": scale_chances(line, buttons)} | (rules.chances(line, buttons) if rules else {})
    for name, chance in chances.items():
        told[name] = Told(-np.log(chance[np.arange(len(line.pitch)), line.pitch - LOWEST]), chance.argmax(axis=1) == line.pitch - LOWEST)
    keyed = _in_key(line, buttons)
    return Played(
        buttons=buttons, raw=raw, walk=walk, drawn=drawn, free=free, keyed=keyed, walked=walked, walked_free=walked_free, told=told,
        step_ms=step_ms,
    )  # fmt: skip


def random_walk(count: int, *, seed: int) -> IntArray:
    """Press buttons by chance, no further than two from one to the next: as somebody tries a genie out."""
    walk, at = [], BUTTONS // 2
    for step in np.random.default_rng(seed).choice([-2, -1, -1, 0, 1, 1, 2], count).tolist():
        at = at + step if 1 <= at + step <= BUTTONS else at - step
        walk.append(at)
    return np.array(walk, dtype=np.int64)


@dataclass(frozen=True, kw_only=True, eq=False)
class Rules:
    """What needs no network: how often each key is struck, and how far notes step where buttons step so far.

    Attributes
    ----------
    often : (88,) chances
    step : (15, 49) chances of intervals from -24 to 24, for each step of the buttons from -7 to 7
    """

    often: Float64Array
    step: Float64Array

    @classmethod
    def of(cls, lines: Sequence[GenieLine]) -> "Rules":
        """Count in lines."""
        often = np.ones(KEYS)
        step = np.full((2 * BUTTONS - 1, 2 * _WIDEST + 1), 0.02)
        for line in lines:
            often += np.bincount(line.pitch - LOWEST, minlength=KEYS)
            pressed = np.diff(encode_buttons(line.pitch, line.moment_s)) + BUTTONS - 1
            np.add.at(step, (pressed, np.clip(np.diff(line.pitch), -_WIDEST, _WIDEST) + _WIDEST), 1.0)
        return cls(often=often / often.sum(), step=step / step.sum(axis=1, keepdims=True))

    def chances(self, line: GenieLine, buttons: IntArray) -> dict[str, Float64Array]:
        """Say how likely each key is for each note, (n, 88), by the keys alone and by the table of steps in the song's scale."""
        table = np.tile(self.often, (len(line.pitch), 1))
        inside = _scale_weight(line)
        steps = np.diff(buttons) + BUTTONS - 1
        for index, (row, before) in enumerate(zip(steps.tolist(), line.pitch[:-1].tolist(), strict=True), start=1):
            away = np.arange(LOWEST, LOWEST + KEYS) - before
            chance = np.where(np.abs(away) <= _WIDEST, self.step[row][np.clip(away, -_WIDEST, _WIDEST) + _WIDEST], 0.0) * inside
            table[index] = _softened(chance)
        return {"unigram_": np.tile(self.often, (len(line.pitch), 1)), "table_": table}


def scale_chances(line: GenieLine, buttons: IntArray) -> Float64Array:
    """Say how likely each key is where the contour and the scale are all that is known, (n, 88): evenly within an octave."""
    inside = _scale_weight(line)
    keys = np.arange(LOWEST, LOWEST + KEYS)
    found = np.tile(_softened(inside * (np.abs(keys - 69) <= 12)), (len(line.pitch), 1))
    for index, (rises, before) in enumerate(zip(np.sign(np.diff(buttons)).tolist(), line.pitch[:-1].tolist(), strict=True), start=1):
        away = keys - before
        found[index] = _softened((np.abs(away) <= 12) * (away * rises > 0 if rises else away == 0) * inside)
    return found


def score(line: GenieLine, played: Played) -> dict[str, float]:
    """Compare what was played with what was pressed, and what was told with the line; sums are weighted by `notes` afterwards."""
    kept = {
        "notes": float(len(line.pitch)),
        "contour": contour_kept(played.buttons, played.drawn),
        "contour_free": contour_kept(played.buttons, played.free),
        "encoder_contour": contour_kept(played.raw, line.pitch),
        "encoder_strict": _strict(played.raw, line.pitch),
        "strict": _strict(played.buttons, played.drawn),
        "walk_contour": contour_kept(played.walk, played.walked),
        "walk_contour_free": contour_kept(played.walk, played.walked_free),
        "walk_strict": _strict(played.walk, played.walked),
    }
    for name, told in played.told.items():
        kept[f"{name}nats"] = float(told.nats.mean())
        kept[f"{name}pitch_acc"] = float(told.hit.mean())
    if line.scale.any():
        for name, pitch in (("keyed_", played.keyed), ("true_", line.pitch)):
            kept[f"{name}in_key"] = float(line.scale[pitch % 12].mean())
    for name, pitch in (("", played.drawn), ("walk_", played.walked), ("true_", line.pitch)):
        kept[f"{name}one_scale"] = scale_consistency(pitch)
        kept[f"{name}leaps"] = float(np.mean(np.abs(np.diff(pitch)) > 7))
        kept[f"{name}span"] = float(np.ptp(pitch))
    return kept


def summary(items: Sequence[BenchItem], times: Sequence[Float64Array] = ()) -> dict[str, float]:
    """Means over notes, perplexities, and each of the chief ones by kind of line; times over all notes that were played."""
    if not items:
        return {}
    found = _means(items)
    for kind in LINES:
        some = [item for item in items if item.id.endswith(kind)]
        chief = ("contour", "contour_free", "pitch_ppl", "plain_pitch_ppl", "table_pitch_ppl", "pitch_acc", "plain_pitch_acc", "one_scale")
        if some:
            found |= {f"{kind}_{name}": value for name, value in _means(some).items() if name in chief}
    if times:
        each = np.concatenate(times)
        for name, column in (("step", each[:, 0]), ("step_cpu", each[:, 1])):
            found |= {f"{name}_ms": float(np.median(column)), f"{name}_p95_ms": float(np.percentile(column, 95))}
        found["steps_in_10_ms"] = _FRAME_MS / found["step_ms"]
    return found


def _means(items: Sequence[BenchItem]) -> dict[str, float]:
    names = dict.fromkeys(name for item in items for name in item.metrics if name != "notes")
    found = {}
    for name in names:
        having = [item for item in items if name in item.metrics]
        weights = [item.metrics["notes"] for item in having]
        found[name] = float(np.average([item.metrics[name] for item in having], weights=weights))
    for name in [name for name in found if name.endswith("nats")]:
        found[name.removesuffix("nats") + "pitch_ppl"] = float(np.exp(found.pop(name)))
    return found


def _drawn(line: GenieLine, buttons: IntArray, options: GenieOptions) -> tuple[IntArray, Float64Array]:
    genie = Genie(options)
    pitches, took = list[int](), list[tuple[float, float]]()
    for button, time_s in zip(buttons.tolist(), line.moment_s.tolist(), strict=True):
        begun, worked = time.perf_counter(), time.thread_time()
        pitches.append(genie.press(button, time_s)[0])
        took.append(((time.perf_counter() - begun) * 1000.0, (time.thread_time() - worked) * 1000.0))
    return np.array(pitches), np.array(took)


def _in_key(line: GenieLine, buttons: IntArray) -> IntArray:
    """Draw with the song's key told and not locked; the line's scale says which key that is."""
    key = next((name for name in KEY_NAMES if np.array_equal(scale_of(name), line.scale)), "")
    return _drawn(line, buttons, GenieOptions(kind=line.kind, key=key))[0]


def _strict(buttons: IntArray, pitch: IntArray) -> float:
    """Say which part of the steps goes exactly as the buttons do: up, down, or stays."""
    return float(np.mean(np.sign(np.diff(buttons)) == np.sign(np.diff(pitch))))


def _scale_weight(line: GenieLine) -> Float64Array:
    inside = line.scale if line.scale.any() else np.ones(12)
    return np.where(inside[np.arange(LOWEST, LOWEST + KEYS) % 12] > 0, 1.0, 0.05)


def _softened(chance: FloatArray) -> Float64Array:
    """Make chances of weights, a little left for every key."""
    total = float(chance.sum())
    even = np.full(KEYS, 1.0 / KEYS)
    return np.asarray(even if total <= 0 else (1.0 - _LEAST * KEYS) * chance / total + _LEAST)


def _shortened(line: GenieLine) -> GenieLine:
    short = slice(0, MOST_NOTES)
    return replace(line, moment_s=line.moment_s[short], pitch=line.pitch[short], chords=line.chords[short])
