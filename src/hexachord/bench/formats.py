"""Score files: how fast MusicXML is read beside music21 on the same files, and whether every note survives a round trip.

The scores are those of the data's ``train`` folder (nothing is trained here): lead sheets, songs with piano, piano pieces; and performed
MIDI. Read → written → read again must give the same notes: pitch, onset, duration, part, staff, voice and grace for notation, velocity
for performances.
"""

import tempfile
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from hexachord.bench.datasets import bench_folder
from hexachord.bench.harness import NOT_INSTALLED, BenchItem, BenchResult, PeerResult, Progress, Stopwatch, installed, peer_version, report
from hexachord.errors import InputError

if TYPE_CHECKING:
    from hexachord.score.model import Score

TIMED_FILES = 20  # per collection: music21 takes a quarter of a second for each
_NOTATION = ("pitch", "part", "staff", "voice", "is_grace")
_PERFORMANCE = ("pitch", "part", "velocity")


class Collection(NamedTuple):
    """Files of one kind: where they are, what they are written back as, how many of them are taken (evenly spread), what must survive."""

    name: str
    pattern: str
    suffix: str
    limit: int
    columns: tuple[str, ...]


COLLECTIONS = (
    Collection("openewld", "openewld/**/*.mxl", ".musicxml", 1000, _NOTATION),
    Collection("openscore_lieder", "openscore_lieder/**/*.mxl", ".musicxml", 200, _NOTATION),
    Collection("musetrainer", "musetrainer/**/*.mxl", ".musicxml", 1000, _NOTATION),
    Collection("pop909", "pop909/*/*.mid", ".mid", 50, _PERFORMANCE),
)


def run(data: Path, *, peer: bool = False, instruments: Path | None = None, progress: Progress | None = None) -> BenchResult:
    """Measure ``files_per_s music21_x musicxml_exact midi_exact`` and, per collection, ``files notes exact unreadable``.

    Parameters
    ----------
    data : the folder that holds ``train/``, or the bench folder beside it
    peer : also time music21 (``music21_x``: how many times faster we read the same files)
    instruments : not used here
    progress : told what is being done
    """
    train = data / "train" if (data / "train").is_dir() else bench_folder(data).parent / "train"
    skipped = list[str]()
    items, timed, watch = list[BenchItem](), list[Path](), Stopwatch()
    counts: dict[str, list[float]] = {".musicxml": [], ".mid": []}
    for collection in COLLECTIONS:
        paths = spread(sorted(train.glob(collection.pattern)), collection.limit)
        if not paths:
            skipped.append(f"train/{collection.pattern}: no such files")
            continue
        exact, notes, unreadable = list[float](), 0, list[str]()
        for done, path in enumerate(paths):
            report(progress, f"{collection.name}: {path.stem}", done, len(paths))
            try:
                with watch:
                    count, same = survives(path, suffix=collection.suffix, columns=collection.columns)
            except InputError as error:
                unreadable.append(str(error))
                continue
            notes += count
            exact.append(float(same))
            if not same:
                skipped.append(f"{path.relative_to(train)}: changed by a round trip")
        skipped += unreadable
        counts[collection.suffix] += exact
        metrics = {"files": float(len(paths)), "notes": float(notes), "unreadable": float(len(unreadable))}
        items.append(BenchItem(id=collection.name, metrics={**metrics, **_share("exact", exact)}))
        if collection.suffix == ".musicxml":
            timed += spread(paths, TIMED_FILES)
    report(progress, "formats: done", 1, 1)
    metrics = {**_share("musicxml_exact", counts[".musicxml"]), **_share("midi_exact", counts[".mid"])}
    peers: Mapping[str, PeerResult] = {}
    if timed:
        metrics["files_per_s"], peers = _speed(timed, peer=peer, progress=progress)
        if "music21" in peers and peers["music21"].status == "ran":
            metrics["music21_x"] = metrics["files_per_s"] / peers["music21"].metrics["files_per_s"]
    return BenchResult(
        bench="formats",
        data=str(data),
        engine="musicxml, midi",
        metrics=metrics,
        items=tuple(items),
        wall_s=watch.wall_s,
        cpu_s=watch.cpu_s,
        skipped=tuple(skipped),
        peers=peers,
    )


def survives(path: Path, *, suffix: str, columns: Sequence[str]) -> tuple[int, bool]:
    """Read a score, write it, read it again: how many notes it has, and whether all came back the same."""
    from hexachord.score.formats import load_score, save_score

    score = load_score(path)
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder) / f"again{suffix}"
        save_score(score, written)
        again = load_score(written)
    before, after = note_rows(score, columns), note_rows(again, columns)
    # Ticks may be finer or coarser afterwards: compare them as fractions of a quarter, crosswise.
    rescaled = [(onset * again.ticks_per_quarter, duration * again.ticks_per_quarter, *rest) for onset, duration, *rest in before]
    return len(before), rescaled == [(a * score.ticks_per_quarter, b * score.ticks_per_quarter, *rest) for a, b, *rest in after]


def note_rows(score: "Score", columns: Sequence[str]) -> list[tuple[int, ...]]:
    """List the sounding notes as sortable rows: onset and duration in ticks, then the columns asked for."""
    from hexachord.score.notes import note_array

    notes = note_array(score, grace_notes=True)
    return sorted(zip(*(notes[name].tolist() for name in ("onset_tick", "duration_tick", *columns)), strict=True))


def spread(paths: Sequence[Path], limit: int) -> list[Path]:
    """Take at most `limit` of the paths, evenly spread, always the same ones.

    Examples
    --------
    >>> [path.name for path in spread([Path(str(i)) for i in range(10)], 3)]
    ['0', '3', '6']
    """
    if len(paths) <= limit:
        return list(paths)
    return [paths[i * len(paths) // limit] for i in range(limit)]


def _speed(paths: Sequence[Path], *, peer: bool, progress: Progress | None) -> tuple[float, Mapping[str, PeerResult]]:
    """Time reading by processor time: both readers run on one thread, and other work on the machine must not decide the ratio."""
    from hexachord.score.formats import load_score

    readable = [path for path in paths if _reads(path, load_score)]
    ours = _files_per_s(readable, load_score, what="ours", progress=progress)
    if not peer:
        return ours, {}
    if not installed("music21"):
        return ours, {"music21": NOT_INSTALLED}
    from music21 import converter

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what music21 cannot import of a file is its own affair here
        theirs = _files_per_s(readable, lambda path: converter.parse(path, forceSource=True), what="music21", progress=progress)
    metrics = {"files_per_s": theirs, "files": float(len(readable))}
    return ours, {"music21": PeerResult(version=peer_version("music21"), metrics=metrics, wall_s=len(readable) / theirs)}


def _files_per_s(paths: Sequence[Path], read: Callable[[Path], object], *, what: str, progress: Progress | None) -> float:
    watch = Stopwatch()
    for done, path in enumerate(paths):
        report(progress, f"{what}: {path.stem}", done, len(paths))
        with watch:
            read(path)
    return len(paths) / watch.cpu_s if paths else 0.0


def _reads(path: Path, read: Callable[[Path], object]) -> bool:
    try:
        read(path)
    except InputError:
        return False
    return True


def _share(name: str, flags: Sequence[float]) -> dict[str, float]:
    return {name: sum(flags) / len(flags)} if flags else {}
