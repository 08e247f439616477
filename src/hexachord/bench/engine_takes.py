"""Takes rendered with a stopwatch, for the bench of the data engine."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from hexachord.arrays import Float32Array
from hexachord.audio.model import resample
from hexachord.bench.harness import Progress, report
from hexachord.corpus.workers import in_order
from hexachord.metrics.two_sample import BANDS, RATE_HZ, cut_excerpts, excerpt_features
from hexachord.rendering.instruments import Instruments
from hexachord.rendering.shelf import Shelf
from hexachord.rendering.stream import Recipe, song, unopened

RECIPE = Recipe(rate_hz=44_100)
"""The default stream of the train side, at the rate that people listen at."""


class Task(NamedTuple):
    """One song of the stream: as drawn or without any effect, described for the two-sample test or only timed."""

    song: int
    dry: bool = False
    described: bool = False


@dataclass(frozen=True, kw_only=True, eq=False)
class Done:
    """One take rendered: what it was, how long it took by wall and processor time, its excerpts' features (none when only timed)."""

    id: str
    kind: str
    genre: str
    taste: str
    scene: str
    seconds: float
    wall_s: float
    cpu_s: float
    features: Float32Array


@dataclass(frozen=True, eq=False)
class Timekeeper:
    """The job of a worker: task number `index`, with a stopwatch; describing is not timed."""

    tasks: tuple[Task, ...]
    shelf: Shelf
    instruments: Instruments

    def __call__(self, index: int) -> Done:
        """Render one."""
        task = self.tasks[index]
        wall_s, cpu_s = time.perf_counter(), time.process_time()
        rendered = song(task.song, replace(RECIPE, dry=task.dry), self.shelf, self.instruments)
        wall_s, cpu_s = time.perf_counter() - wall_s, time.process_time() - cpu_s
        return Done(
            id=rendered.take.id,
            kind=rendered.take.kind,
            genre=rendered.take.genre,
            taste=rendered.production.taste,
            scene=rendered.production.scene,
            seconds=rendered.audio.shape[1] / rendered.rate_hz,
            wall_s=wall_s,
            cpu_s=cpu_s,
            features=described(rendered.audio, rate_hz=rendered.rate_hz) if task.described else np.zeros((0, 2 * BANDS), np.float32),
        )


def render_tasks(
    tasks: Sequence[Task], shelf: Shelf, instruments: Instruments, *, workers: int, progress: Progress | None = None
) -> Iterator[Done]:
    """Render tasks in order by worker processes of one thread each, which keep their instruments open."""
    job = Timekeeper(tuple(tasks), *unopened(shelf, instruments))
    for count, done in enumerate(in_order(job, count=len(tasks), workers=workers)):
        report(progress, "dry takes" if tasks[count].dry else "takes", count + 1, len(tasks))
        yield done


def described(audio: Float32Array, *, rate_hz: int) -> Float32Array:
    """Describe the excerpts of ``(channels, n)`` sound for the two-sample test, ``(excerpts, 80)``."""
    mono = resample(audio.mean(axis=0, keepdims=True, dtype=np.float32), rate_hz, RATE_HZ)[0]
    rows = [excerpt_features(excerpt) for excerpt in cut_excerpts(mono)]
    return np.stack(rows) if rows else np.zeros((0, 2 * BANDS), dtype=np.float32)
