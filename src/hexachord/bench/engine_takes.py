"""Takes rendered with a stopwatch, for the bench of the data engine."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from hexachord.arrays import Float32Array
from hexachord.audio.model import resample
from hexachord.bench.harness import Progress, report
from hexachord.metrics.two_sample import BANDS, RATE_HZ, cut_excerpts, excerpt_features
from hexachord.processing.effects.chain import Chain
from hexachord.rendering.instruments import Instruments
from hexachord.rendering.producing import draw_production
from hexachord.rendering.production import Production
from hexachord.rendering.shelf import Shelf
from hexachord.rendering.sound import render_take
from hexachord.rendering.stream import Recipe, song_take, unopened
from hexachord.rendering.workers import in_order

RECIPE = Recipe(rate_hz=44_100)
"""The default stream of the train side, at the rate that people listen at."""

_NOTHING = Chain(name="", steps=())


class Task(NamedTuple):
    """One song of the stream: as drawn or without any effect, described for the two-sample test or only timed."""

    index: int
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
        take = song_take(task.index, RECIPE, self.shelf)
        production = draw_production(take, self.instruments, seed=RECIPE.song_seed(task.index))
        draw_s = time.perf_counter() - wall_s
        if task.dry:
            production = without_effects(production)
        rendered = render_take(take, production, self.instruments, rate_hz=RECIPE.rate_hz)
        wall_s, cpu_s = time.perf_counter() - wall_s, time.process_time() - cpu_s
        return Done(
            id=take.id,
            kind=take.notes["kind"],
            genre=take.genre,
            taste=production.taste,
            seconds=rendered.audio.shape[1] / RECIPE.rate_hz,
            wall_s=wall_s,
            cpu_s=cpu_s,
            draw_s=draw_s,
            features=described(rendered.audio, rate_hz=RECIPE.rate_hz) if task.described else np.zeros((0, 2 * BANDS), np.float32),
        )


def render_tasks(
    tasks: Sequence[Task], shelf: Shelf, instruments: Instruments, *, workers: int, progress: Progress | None = None
) -> Iterator[Done]:
    """Render tasks in order by worker processes of one thread each, which keep their instruments open."""
    job = Timekeeper(tuple(tasks), *unopened(shelf, instruments))
    for count, done in enumerate(in_order(job, count=len(tasks), workers=workers)):
        report(progress, "dry takes" if tasks[count].dry else "takes", count + 1, len(tasks))
        yield done


def without_effects(production: Production) -> Production:
    """Return a production with its cast, levels and places, and nothing else done to it."""
    parts = tuple(replace(part, chain=_NOTHING) for part in production.parts)
    return replace(production, parts=parts, room=_NOTHING, mix=_NOTHING, medium=_NOTHING)


def described(audio: Float32Array, *, rate_hz: int) -> Float32Array:
    """Describe the excerpts of ``(channels, n)`` sound for the two-sample test, ``(excerpts, 80)``."""
    mono = resample(audio.mean(axis=0, keepdims=True, dtype=np.float32), rate_hz, RATE_HZ)[0]
    rows = [excerpt_features(excerpt) for excerpt in cut_excerpts(mono)]
    return np.stack(rows) if rows else np.zeros((0, 2 * BANDS), dtype=np.float32)
