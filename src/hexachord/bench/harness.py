"""One shape for every claim: run a bench, keep its numbers, print them, write them.

A bench is a module with ``run(data, *, peer, instruments, progress) -> BenchResult``. `BENCHES` lists them as plain tuples; a bench is
imported when it is asked for and not before. A part of the data that is missing is skipped and named, never guessed. A peer (another
library on the same files, scored by our metrics) fills its own row when it is installed; no bench needs one for its own numbers.
"""

import importlib
import importlib.util
import json
import math
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from hexachord._version import __version__
from hexachord.errors import InputError
from hexachord.files import write_text

if TYPE_CHECKING:
    from rich.console import Console

    from hexachord.rendering.split import Side

Progress = Callable[[str, int, int], None]
"""Called as ``progress(what, done, total)`` before every item, and once more when all are done."""


class BenchEntry(NamedTuple):
    """One line of the registry: its name, where its `run` is (``module:function``), what it proves, and whether it also hears a suite."""

    name: str
    target: str
    summary: str
    suites: bool = False
    test: bool = False  # whether a folder of other tracks can be named to be judged by


BENCHES: tuple[BenchEntry, ...] = (
    BenchEntry("beats", "hexachord.bench.beats:run", "beats, downbeats and metre of real recordings", suites=True),
    BenchEntry("tempo", "hexachord.bench.tempo:run", "tempo within 4 %, with and without octave errors forgiven", suites=True),
    BenchEntry("midi_beats", "hexachord.bench.midi_beats:run", "beats, downbeats and metre of piano performances that come as MIDI"),
    BenchEntry("drums", "hexachord.bench.drums:run", "strokes of drums, from drum tracks and out of mixes", suites=True),
    BenchEntry("groove", "hexachord.bench.groove:run", "how hard and how early drummers strike, and drums that follow a rhythm"),
    BenchEntry("compose", "hexachord.bench.compose:run", "what the composer writes, beside real pop piano; infill, obedience, speed"),
    BenchEntry("genie", "hexachord.bench.genie:run", "eight buttons for 88 keys: contour, what buttons are worth, time of a note"),
    BenchEntry("harmonise", "hexachord.bench.harmonise:run", "chords for pop tunes and chorale sopranos, beside those that people set"),
    BenchEntry("chorale", "hexachord.bench.chorale:run", "four voices for Bach's sopranos: beside his, by likelihood, by voice leading"),
    BenchEntry("chords", "hexachord.bench.chords:run", "chords of pop songs from their chroma", suites=True),
    BenchEntry("key", "hexachord.bench.key:run", "the tonic of pop songs", suites=True),
    BenchEntry("structure", "hexachord.bench.structure:run", "section boundaries and labels of pop songs"),
    BenchEntry("melody", "hexachord.bench.melody:run", "the f0 of a solo voice, of a voice over an orchestra, of a choir", suites=True),
    BenchEntry("hums", "hexachord.bench.hums:run", "which of some tunes a hum is"),
    BenchEntry("notes", "hexachord.bench.notes:run", "notes of piano recordings", suites=True),
    BenchEntry("notation", "hexachord.bench.notation:run", "from a performance to the page: MV2H of what is written down"),
    BenchEntry("pages", "hexachord.bench.played_pages:run", "three pages played, heard, and written down again"),
    BenchEntry("read", "hexachord.bench.read:run", "keys, numerals and measures of scores, and the row of real ones"),
    BenchEntry("artists", "hexachord.bench.artists:run", "who made this, beside MFCC statistics and a support vector machine", test=True),
    BenchEntry("emotion", "hexachord.bench.emotion:run", "how music feels, from its notes: valence and arousal, series by series"),
    BenchEntry("separation", "hexachord.bench.separation:run", "stems out of a mix", suites=True),
    BenchEntry("render", "hexachord.bench.render:run", "the player: onsets and pitch, beside FluidSynth, and how fast it is"),
    BenchEntry("engine", "hexachord.bench.engine:run", "the data engine: how fast it renders, and whether its music passes for recorded"),
    BenchEntry("album_gap", "hexachord.bench.album_gap:run", "what song splits flatter: artists by song and by album, as mastering grows"),
    BenchEntry("formats", "hexachord.bench.formats:run", "score files: parse speed and exact round trips"),
    BenchEntry("speed", "hexachord.bench.speed:run", "signal operations beside librosa, one thread each"),
    BenchEntry("descriptors", "hexachord.bench.descriptors:run", "descriptors: equal to librosa's, fast beside librosa and Essentia"),
)


_ITEM_COLUMNS = 8  # what fits a terminal; the JSON has them all
_FILE_WIDTH = 400  # characters a line when nobody looks: a file has no edge


@dataclass(frozen=True, kw_only=True)
class BenchItem:
    """The numbers of one recording (or song, file, operation)."""

    id: str
    metrics: Mapping[str, float]


@dataclass(frozen=True, kw_only=True)
class PeerResult:
    """The row of another library: its means over the same items, or the reason why there are none.

    `status` is ``"ran"`` or, say, ``"not installed"``.
    """

    status: str = "ran"
    version: str = ""
    metrics: Mapping[str, float] = field(default_factory=dict)
    wall_s: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """Return plain data for a JSON file."""
        if self.status != "ran":
            return {"status": self.status}
        return {"status": self.status, "version": self.version, "wall_s": self.wall_s, "metrics": _plain(self.metrics)}


@dataclass(frozen=True, kw_only=True)
class BenchResult:
    """What one bench measured.

    Parameters
    ----------
    bench : the bench's name
    data : the folder it read, as the caller gave it
    engine : the engine (or engines) that made the estimates
    seconds_of_audio : how much sound was analysed (0 where the bench reads none)
    wall_s, cpu_s : time spent by the engine with its reading of files; scoring and peers do not count
    metrics : the means, by the names that the design fixes
    items : one row per recording
    skipped : what was not measured, and why
    rendered : suites that were measured beside the recordings: what plays them, and where they are kept
    peers : other libraries on the same items
    """

    bench: str
    data: str
    engine: str
    metrics: Mapping[str, float]
    items: tuple[BenchItem, ...] = ()
    seconds_of_audio: float = 0.0
    wall_s: float = 0.0
    cpu_s: float = 0.0
    version: str = __version__
    skipped: tuple[str, ...] = ()
    rendered: tuple[str, ...] = ()
    peers: Mapping[str, PeerResult] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return the uniform JSON shape of all benches as plain data; a number that could not be computed is null."""
        plain: dict[str, Any] = {
            "bench": self.bench,
            "data": self.data,
            "version": self.version,
            "engine": self.engine,
            "seconds_of_audio": self.seconds_of_audio,
            "wall_s": self.wall_s,
            "cpu_s": self.cpu_s,
            "metrics": _plain(self.metrics),
            "items": [{"id": item.id, "metrics": _plain(item.metrics)} for item in self.items],
        }
        if self.skipped:
            plain["skipped"] = list(self.skipped)
        if self.rendered:
            plain["rendered"] = list(self.rendered)
        if self.peers:
            plain["peers"] = {name: peer.to_json() for name, peer in self.peers.items()}
        return plain


class Stopwatch:
    """Wall and processor time, summed over the blocks it was put around.

    Examples
    --------
    >>> watch = Stopwatch()
    >>> with watch:
    ...     total = sum(range(1000))
    >>> watch.wall_s > 0
    True
    """

    def __init__(self) -> None:
        self.wall_s = 0.0
        self.cpu_s = 0.0
        self._began = (0.0, 0.0)

    def __enter__(self) -> "Stopwatch":
        self._began = (time.perf_counter(), time.process_time())
        return self

    def __exit__(self, *_: object) -> None:
        self.wall_s += time.perf_counter() - self._began[0]
        self.cpu_s += time.process_time() - self._began[1]


def benches() -> tuple[BenchEntry, ...]:
    """List every bench there is: name, target, what it proves."""
    return BENCHES


def run_bench(
    name: str,
    *,
    data: Path,
    peer: bool = False,
    instruments: Path | None = None,
    suites: "Side | None" = "held_out",
    test: Path | None = None,
    progress: Progress | None = None,
    json_path: Path | None = None,
) -> BenchResult:
    """Run one bench by name and, if asked, write its JSON.

    Parameters
    ----------
    name : as listed by `benches`
    data : a folder in the layout of the bench data, or the folder that contains it as ``bench/``
    peer : also run the other libraries that are installed
    instruments : held-out instruments, for the benches that render
    suites : with which instruments rendered suites are played (``held_out``, or ``train`` to see what unseen instruments cost); None
        measures recordings only
    test : a folder of tracks to be judged by, for the benches that learn from `data` first
    progress : told what is being done
    json_path : where to write the result (atomically)

    Raises
    ------
    InputError : if there is no such bench, `data` is not a folder, or the bench takes no test folder.
    """
    entry = next((entry for entry in BENCHES if entry.name == name), None)
    if entry is None:
        raise InputError(f"bench {name}", found="no such bench", expected="one of " + ", ".join(entry.name for entry in BENCHES))
    if not data.is_dir():
        raise InputError(data, found="no such folder", expected="a folder of bench data", next_step="name it with --data")
    module, _, function = entry.target.partition(":")
    run: Callable[..., BenchResult] = getattr(importlib.import_module(module), function)
    more: dict[str, Any] = {"suites": suites} if entry.suites else {}
    if test is not None:
        if not entry.test:
            takers = ", ".join(each.name for each in BENCHES if each.test)
            raise InputError(f"bench {name} --test", found="a bench that learns nothing", expected=f"one of {takers}")
        more["test"] = test
    result = run(data, peer=peer, instruments=instruments, progress=progress, **more)
    if json_path is not None:
        write_result(result, json_path)
    return result


def write_result(result: BenchResult, path: Path) -> Path:
    """Write a result as JSON, atomically."""
    return write_text(path, json.dumps(result.to_json(), indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def print_result(result: BenchResult, *, console: "Console | None" = None, items: bool = False) -> None:
    """Print a result as a table: one line per metric, one column for us and one per peer.

    With `items` a line per recording follows, with its first eight metrics (the JSON has all); recordings that were measured by other
    metrics (mixes, renders) stand in a table of their own.
    """
    from rich.console import Console
    from rich.table import Table

    console = console or Console()
    table = Table(title=f"{result.bench} · hexachord {result.version}", title_justify="left")
    table.add_column("metric")
    table.add_column(result.engine or "hexachord", justify="right")
    for name, peer in result.peers.items():
        table.add_column(f"{name} {peer.version}".strip(), justify="right")
    names = list(result.metrics) + [name for peer in result.peers.values() for name in peer.metrics if name not in result.metrics]
    for name in dict.fromkeys(names):
        row = [name, _number(result.metrics.get(name))]
        row += [_number(peer.metrics.get(name)) if peer.status == "ran" else peer.status for peer in result.peers.values()]
        table.add_row(*row)
    console.print(table)
    for group in alike(result.items) if items else ():
        columns = list(dict.fromkeys(name for item in group for name in item.metrics))[:_ITEM_COLUMNS]
        detail = Table()
        for name in ("item", *columns):
            detail.add_column(name, overflow="fold", no_wrap=not console.is_terminal)
        for item in group:
            detail.add_row(item.id, *(_number(item.metrics.get(name)) for name in columns))
        shown = console.width
        console.width = shown if console.is_terminal else _FILE_WIDTH
        console.print(detail)
        console.width = shown
    if result.seconds_of_audio and result.wall_s:
        speed = result.seconds_of_audio / result.wall_s
        console.print(f"{result.seconds_of_audio:.0f} s of audio in {result.wall_s:.1f} s, {speed:.1f} × real time")
    for line in result.rendered:
        console.print(line, markup=False, soft_wrap=True)
    for line in result.skipped:
        console.print(f"skipped: {line}", markup=False)


def alike(items: Iterable[BenchItem]) -> list[list[BenchItem]]:
    """Gather items that share metrics, in order.

    Examples
    --------
    >>> made = [BenchItem(id=name, metrics=dict.fromkeys(of, 1.0)) for name, of in (("a", ("f",)), ("b", ("render_f",)), ("c", ("f", "g")))]
    >>> [[item.id for item in group] for group in alike(made)]
    [['a', 'c'], ['b']]
    """
    groups: list[tuple[set[str], list[BenchItem]]] = []
    for item in items:
        for names, group in groups:
            if not names.isdisjoint(item.metrics):
                names |= set(item.metrics)
                group.append(item)
                break
        else:
            groups.append((set(item.metrics), [item]))
    return [group for _, group in groups]


def mean_metrics(items: Iterable[BenchItem], *, names: Sequence[str] | None = None) -> dict[str, float]:
    """Average each metric over the items that have it; a metric that no item has is left out.

    Examples
    --------
    >>> mean_metrics([BenchItem(id="a", metrics={"f": 1.0}), BenchItem(id="b", metrics={"f": 0.5, "g": 2.0})])
    {'f': 0.75, 'g': 2.0}
    """
    values: dict[str, list[float]] = {name: [] for name in names or ()}
    for item in items:
        for name, value in item.metrics.items():
            if names is None:
                values.setdefault(name, [])
            if name in values and math.isfinite(value):
                values[name].append(float(value))
    return {name: sum(found) / len(found) for name, found in values.items() if found}


def installed(module: str) -> bool:
    """Whether a peer can be imported, without importing it."""
    return importlib.util.find_spec(module) is not None


def peer_version(distribution: str) -> str:
    """Return the version of an installed distribution, or an empty string."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(distribution)
    except PackageNotFoundError:
        return ""


NOT_INSTALLED = PeerResult(status="not installed")


def report(progress: Progress | None, what: str, done: int, total: int) -> None:
    """Tell the caller, if there is one, that `done` of `total` items are finished and `what` is next."""
    if progress is not None:
        progress(what, done, total)


def _plain(metrics: Mapping[str, float]) -> dict[str, float | None]:
    return {name: (float(value) if math.isfinite(value) else None) for name, value in metrics.items()}


def _number(value: float | None) -> str:
    if value is None or not math.isfinite(value):
        return "–"
    return f"{value:.3f}" if abs(value) < 100 else f"{value:.1f}"
