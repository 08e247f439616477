"""The data engine: how fast it renders, and whether a simple classifier can tell its music from recordings.

Throughput is that of two worker processes with one thread each at 44.1 kHz, drawing included, instruments open: ``dry_realtime_x`` without
any effect, ``realtime_x`` with everything that the draw says, codecs too. The two-sample test is `hexachord.metrics.two_sample`: the real
side is ``artists`` and the mixes of ``mdb_drums``, the rendered side as many takes of the train side, by fixed seeds. It is a thermometer:
nothing is tuned on it.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from hexachord.arrays import Float32Array
from hexachord.audio import load_audio
from hexachord.bench.datasets import bench_folder
from hexachord.bench.engine_takes import Done, Task, described, render_tasks
from hexachord.bench.harness import BenchItem, BenchResult, Progress, report
from hexachord.errors import InputError
from hexachord.metrics.two_sample import BANDS, FOLDS, RATE_HZ, TwoSample, compare
from hexachord.rendering.instruments import Instruments, default_folders, find_instruments
from hexachord.rendering.shelf import Shelf
from hexachord.rendering.split import load_split

FIRST_SEED = 40_000
TIMED = 24
WORKERS = 2


def run(data: Path, *, peer: bool = False, instruments: Path | None = None, progress: Progress | None = None) -> BenchResult:
    """Measure ``dry_realtime_x realtime_x real_vs_render_acc``, the last also by kind of take; bands, kinds and genres are items.

    Parameters
    ----------
    data : the bench folder, or the folder above it; ``train/`` lies beside it
    peer : not used here: there is no other engine like it
    instruments : a folder to look for instruments in, before the usual ones
    progress : told what is being done
    """
    skipped = list[str]()
    real, songs = real_excerpts(data, skipped=skipped, progress=progress)
    music = music_folder(data)
    metrics, items = dict[str, float](), list[BenchItem]()
    takes, timed = list[Done](), list[Done]()
    if music is None:
        skipped.append("train: no such folder beside the bench data: nothing is rendered")
    else:
        split, folders = load_split(), instrument_folders(music, instruments)
        found = find_instruments(split, "train", folders=folders)
        skipped += [f"{name}: not found" for name in found.missing]
        if found.names("font"):
            takes, timed, dry = render_all(Shelf(data=music, split=split), found, count=len(set(songs)), progress=progress)
            metrics |= throughput(timed, prefix="") | throughput(dry, prefix="dry_")
        else:
            skipped.append(f"instruments: no font of the train side in {', '.join(map(str, folders))}: nothing is rendered")
    if takes and len(set(songs)) >= FOLDS:
        found_out = tell_apart(real, songs, takes)
        metrics |= found_out[0]
        items += found_out[1]
    return BenchResult(
        bench="engine",
        data=str(data),
        engine="hexachord data engine",
        metrics=metrics,
        items=tuple(items),
        seconds_of_audio=sum(take.seconds for take in timed),
        wall_s=sum(take.wall_s for take in timed) / WORKERS,
        cpu_s=sum(take.cpu_s for take in timed),
        skipped=tuple(skipped),
    )


def render_all(
    shelf: Shelf, instruments: Instruments, *, count: int, timed: int = TIMED, workers: int = WORKERS, progress: Progress | None = None
) -> tuple[list[Done], list[Done], list[Done]]:
    """Render `count` takes for the test; those that are timed come last, when everything is warm, and then once more dry.

    Returns
    -------
    All takes with their features, the timed ones of them, and these without effects
    """
    tasks = [Task(FIRST_SEED + number, described=True) for number in range(max(count, timed))]
    tasks += [Task(task.song, dry=True) for task in tasks[-timed:]]
    done = list(render_tasks(tasks, shelf, instruments, workers=workers, progress=progress))
    return done[:-timed], done[-2 * timed : -timed], done[-timed:]


def throughput(takes: Sequence[Done], *, prefix: str, workers: int = WORKERS) -> dict[str, float]:
    """Return how many times faster than it sounds, by the clock of all workers and by processor time of one.

    Examples
    --------
    >>> none = np.zeros((0, 80), dtype=np.float32)
    >>> numbers = {"seconds": 30.0, "wall_s": 2.0, "cpu_s": 1.5}
    >>> take = Done(id="a", kind="band", genre="rock", taste="usual", scene="studio", features=none, **numbers)
    >>> throughput([take, take], prefix="dry_")
    {'dry_realtime_x': 30.0, 'dry_core_x': 20.0}
    """
    seconds, wall_s = sum(take.seconds for take in takes), sum(take.wall_s for take in takes)
    return {f"{prefix}realtime_x": workers * seconds / wall_s, f"{prefix}core_x": seconds / sum(take.cpu_s for take in takes)}


def tell_apart(real: Float32Array, songs: Sequence[str], takes: Sequence[Done]) -> tuple[dict[str, float], list[BenchItem]]:
    """Run the two-sample test.

    A kind is scored by the one test, with the rendered excerpts of other kinds left out when right answers are counted: it says how
    far this kind is from real music, not how alike its takes are among themselves.

    Returns
    -------
    The metrics, and items: one for each band, kind, genre, taste, scene, real song and take
    """
    rendered = np.concatenate([take.features for take in takes])
    owner = np.repeat(np.arange(len(takes)), [len(take.features) for take in takes])
    names = [f"{number:03d}" for number in owner]
    found = compare(real, rendered, real_songs=songs, rendered_songs=names)
    metrics = {
        "real_vs_render_acc": found.accuracy,
        "real_vs_render_se": found.standard_error,
        "real_right": found.real_right,
        "render_right": found.rendered_right,
    }
    items = _bands(found)
    right = found.scores[len(real) :] > 0
    groups = {name: [getattr(take, name) for take in takes] for name in ("kind", "genre", "taste", "scene")}
    for group, values in groups.items():
        for value in sorted(set(values)):
            rows = np.isin(owner, [number for number, own in enumerate(values) if own == value])
            if not rows.any():
                continue
            accuracy = (found.real_right + float(right[rows].mean())) / 2
            if group == "kind":
                metrics[f"real_vs_render_acc_{value}"] = accuracy
            items.append(BenchItem(id=f"{group} {value}", metrics=_group(accuracy, real, rendered[rows], values.count(value), found)))
    for song, is_rendered, error in zip(found.songs, found.song_is_rendered, found.song_errors, strict=True):
        items.append(BenchItem(id=takes[int(song)].id if is_rendered else song, metrics={"taken_for_other": float(error)}))
    return metrics, items


def _bands(found: TwoSample) -> list[BenchItem]:
    return [
        BenchItem(
            id=f"band {band:02d}, {hz:.0f} Hz",
            metrics={
                "level_db": float(found.level_db[band]),
                "swing_db": float(found.swing_db[band]),
                "variety_db": float(found.variety_db[band]),
                "level_auc": float(found.auc[band]),
                "swing_auc": float(found.auc[BANDS + band]),
                "level_weight": float(found.weights[band]),
                "swing_weight": float(found.weights[BANDS + band]),
            },
        )
        for band, hz in enumerate(found.band_hz)
    ]


def _group(accuracy: float, real: Float32Array, rendered: Float32Array, takes: int, found: TwoSample) -> dict[str, float]:
    """One group of takes against everything real: its accuracy, and how much louder and livelier each band is."""
    difference = rendered.mean(axis=0) - real.mean(axis=0)
    numbers = {"accuracy": accuracy, "takes": float(takes), "excerpts": float(len(rendered))}
    for name, values in (("level_db", difference[:BANDS]), ("swing_db", difference[BANDS:])):
        numbers |= {f"{name}_{hz:.0f}_hz": float(value) for hz, value in zip(found.band_hz, values, strict=True)}
    return numbers


def real_excerpts(data: Path, *, skipped: list[str], progress: Progress | None = None) -> tuple[Float32Array, list[str]]:
    """Describe the excerpts of the real side: features ``(excerpts, 80)`` and the song of each."""
    bench, paths = bench_folder(data), list[Path]()
    for folder, pattern in (("artists", "*.ogg"), ("mdb_drums/audio", "*_MIX.flac")):
        found = sorted((bench / folder).glob(pattern))
        paths += found
        if not found:
            skipped.append(f"{folder}/{pattern}: no such files")
    rows, songs = list[Float32Array](), list[str]()
    for done, path in enumerate(paths):
        report(progress, "recordings", done, len(paths))
        try:
            features = described(load_audio(path, rate_hz=RATE_HZ, mono=True).samples, rate_hz=RATE_HZ)
        except InputError as error:
            skipped.append(f"{path.name}: {error}")
            continue
        rows.append(features)
        songs += [path.stem] * len(features)
    if 0 < len(set(songs)) < FOLDS:
        skipped.append(f"real_vs_render_acc: {len(set(songs))} real songs are too few for {FOLDS} folds")
    return np.concatenate(rows) if rows else np.zeros((0, 2 * BANDS), dtype=np.float32), songs


def music_folder(data: Path) -> Path | None:
    """Return the folder that holds ``train/``: `data` or the one above it."""
    return next((folder for folder in (data, data.resolve().parent) if (folder / "train").is_dir()), None)


def instrument_folders(music: Path, instruments: Path | None) -> tuple[Path, ...]:
    """List where instruments may lie: the folder given, the data's, and where they are usually looked for."""
    given = (instruments,) if instruments is not None else ()
    return tuple(dict.fromkeys((*given, music / "instruments", *default_folders())))
