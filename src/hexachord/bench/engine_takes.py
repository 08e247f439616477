"""Rendering takes in worker processes, for the bench of the data engine: who does it, how long it took, what the ear would measure."""

import os
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

import numpy as np

from hexachord.arrays import Float32Array
from hexachord.audio.model import resample
from hexachord.bench.harness import Progress, report
from hexachord.metrics.two_sample import BANDS, RATE_HZ, cut_excerpts, excerpt_features
from hexachord.processing.effects.chain import Chain
from hexachord.rendering.instruments import Instruments, find_instruments
from hexachord.rendering.producing import draw_production
from hexachord.rendering.production import Production
from hexachord.rendering.shelf import Shelf
from hexachord.rendering.sound import Rendered, render_take
from hexachord.rendering.split import load_split
from hexachord.rendering.take import draw_take

SOUND_HZ = 44_100
_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
_NOTHING = Chain(name="", steps=())


class Task(NamedTuple):
    """One take to render: by its seed, as drawn or without any effect, described for the two-sample test or only timed."""

    seed: int
    dry: bool = False
    described: bool = False


@dataclass(frozen=True, kw_only=True, eq=False)
class Done:
    """One take rendered: what it was, how long it took by wall and processor time, its excerpts' features (none when only timed)."""

    id: str
    kind: str
    genre: str
    taste: str
    seconds: float
    wall_s: float
    cpu_s: float
    draw_s: float
    features: Float32Array


@dataclass(frozen=True, kw_only=True, eq=False)
class Workplace:
    """What a worker needs: music and instruments of the train side."""

    shelf: Shelf
    instruments: Instruments

    def render(self, seed: int, *, dry: bool = False) -> Rendered:
        """Render the take of a seed, as it is drawn by default."""
        take = draw_take(seed, self.shelf)
        production = draw_production(take, self.instruments, seed=seed)
        return render_take(take, without_effects(production) if dry else production, self.instruments, rate_hz=SOUND_HZ)

    def work(self, task: Task) -> Done:
        """Render a take with a stopwatch."""
        wall_s, cpu_s = time.perf_counter(), time.process_time()
        take = draw_take(task.seed, self.shelf)
        production = draw_production(take, self.instruments, seed=task.seed)
        draw_s = time.perf_counter() - wall_s
        if task.dry:
            production = without_effects(production)
        rendered = render_take(take, production, self.instruments, rate_hz=SOUND_HZ)
        wall_s, cpu_s = time.perf_counter() - wall_s, time.process_time() - cpu_s
        return Done(
            id=take.id,
            kind=take.notes["kind"],
            genre=take.genre,
            taste=production.taste,
            seconds=rendered.audio.shape[1] / SOUND_HZ,
            wall_s=wall_s,
            cpu_s=cpu_s,
            draw_s=draw_s,
            features=described(rendered.audio, rate_hz=SOUND_HZ) if task.described else np.zeros((0, 2 * BANDS), dtype=np.float32),
        )


def open_workplace(data: Path, folders: Sequence[Path]) -> Workplace:
    """Find music and instruments of the train side.

    Parameters
    ----------
    data : the folder that holds ``train/``
    folders : where instruments may lie

    Raises
    ------
    InputError : if the split or the music is not there.
    """
    split = load_split()
    return Workplace(shelf=Shelf(data=data, split=split), instruments=find_instruments(split, "train", folders=folders))


def without_effects(production: Production) -> Production:
    """Return a production with its cast, levels and places, and nothing else done to it."""
    parts = tuple(replace(part, chain=_NOTHING) for part in production.parts)
    return replace(production, parts=parts, room=_NOTHING, mix=_NOTHING, medium=_NOTHING)


def described(audio: Float32Array, *, rate_hz: int) -> Float32Array:
    """Describe the excerpts of ``(channels, n)`` sound for the two-sample test, ``(excerpts, 80)``."""
    mono = resample(audio.mean(axis=0, keepdims=True, dtype=np.float32), rate_hz, RATE_HZ)[0]
    rows = [excerpt_features(excerpt) for excerpt in cut_excerpts(mono)]
    return np.stack(rows) if rows else np.zeros((0, 2 * BANDS), dtype=np.float32)


class Crew:
    """Worker processes of one thread each that keep their instruments open; `workers` = 0 works in this process."""

    def __init__(self, data: Path, folders: Sequence[Path], *, workers: int = 2) -> None:
        self._pool: ProcessPoolExecutor | None = None
        if workers:
            self._pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_begin, initargs=(data, tuple(folders)))
        else:
            _begin(data, tuple(folders))

    def __enter__(self) -> "Crew":
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def render(self, tasks: Sequence[Task], *, what: str, progress: Progress | None = None) -> tuple[list[Done], float]:
        """Render all tasks; return them in order, and the wall time from the first's begin to the last's end."""
        began, done = time.perf_counter(), list[Done]()
        with _one_thread():
            for finished in self._pool.map(_work, tasks) if self._pool is not None else map(_work, tasks):
                done.append(finished)
                report(progress, what, len(done), len(tasks))
        return done, time.perf_counter() - began


_WORKPLACE: list[Workplace] = []  # of a worker process, opened once


def _begin(data: Path, folders: tuple[Path, ...]) -> None:
    _WORKPLACE[:] = [open_workplace(data, folders)]


def _work(task: Task) -> Done:
    return _WORKPLACE[0].work(task)


@contextmanager
def _one_thread() -> Iterator[None]:
    """Let processes that are started now inherit one thread each."""
    before = {name: os.environ.get(name) for name in _ONE_THREAD}
    os.environ.update(dict.fromkeys(_ONE_THREAD, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
