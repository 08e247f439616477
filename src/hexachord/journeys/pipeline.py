"""Stages that build on one another, run side by side, each result kept in the song's folder.

A stage is a small object: its name, what it needs, who does it, and a function. The runner starts every stage whose needs are met, the
first listed first, on as many threads as asked for (numpy and its FFTs work outside Python's lock), recalls results that the folder
already holds, and tells a listener what happens. A stage that cannot be done is skipped with its reason, and so are those that need it;
a stage that fails does not take the others with it. Bad input and a full disk end the run.
"""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Protocol

from hexachord.errors import InputError, OutputError
from hexachord.knowledge.model import Knowledge
from hexachord.song import Scalar, Song, Step, StepResult, merge_observations


class CannotDo(Exception):
    """Raised by a stage that has nothing to work on; its text is the reason that the user reads."""


class Function(Protocol):
    """What a stage does."""

    def __call__(self, work: "Work") -> StepResult:
        """Do it, with the results of the stages it needs at hand."""


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One step of a journey.

    `needs` must be there, `uses` may be; `provides` are the fields of `Knowledge` it fills (named in `skipped` when it cannot);
    `longest_s` is the longest recording it can do, `why_limited` says what stands against longer ones.
    """

    name: str
    title: str
    function: Function
    engine: str
    engine_version: str = "1"
    needs: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    parameters: Mapping[str, Scalar] = field(default_factory=dict)
    provides: tuple[str, ...] = ()
    longest_s: float = float("inf")
    why_limited: str = ""


@dataclass(frozen=True, kw_only=True)
class Event:
    """What a listener hears: a stage started, went on (`fraction`), ended (`wall_s`), was recalled, skipped or failed (`message`)."""

    kind: Literal["plan", "start", "progress", "done", "recalled", "skipped", "failed"]
    stage: str = ""
    title: str = ""
    total: int = 0
    fraction: float = 0.0
    wall_s: float = 0.0
    message: str = ""
    observations: Mapping[str, Any] = field(default_factory=dict)


Listener = Callable[[Event], None]


class Work:
    """What a stage gets: the song, what is known, the facts of the stages it needs, things shared in memory, and a way to report.

    Attributes
    ----------
    song : the folder
    stage : the stage itself
    knowledge : what the stages before this one (that it needs, directly or not) found; nothing else, so that its key tells all
    """

    def __init__(self, song: Song, stage: Stage, knowledge: Knowledge, run: "_Run") -> None:
        self.song = song
        self.stage = stage
        self.knowledge = knowledge
        self._run = run

    def facts(self, stage: str) -> Mapping[str, Scalar]:
        """Return the plain facts of a stage that is done."""
        return self._run.results[stage].facts

    def has(self, stage: str) -> bool:
        """Whether a stage that this one uses was done."""
        return stage in self._run.results

    @property
    def is_fresh(self) -> bool:
        """Whether every stage is to be done again."""
        return self._run.fresh

    def identity(self, name: str, *, without: str) -> str:
        """Name a part of this stage's work that does not depend on its parameter `without`, so that it can be kept under that name."""
        said = {key: value for key, value in self.stage.parameters.items() if key != without}
        step = replace(self._run.step(self.stage), name=name, parameters=said)
        return step.key(self.song.source_sha256)

    def share(self, name: str, make: Callable[[], Any]) -> Any:
        """Return the shared object `name`, making it if it is not there: one thread makes, others wait."""
        return self._run.share(name, make)

    def progress(self, fraction: float) -> None:
        """Report how far the stage is, 0 to 1; in a run that is being stopped, this ends the stage."""
        if self._run.stopped:
            raise CannotDo("stopped")
        self._run.tell(Event(kind="progress", stage=self.stage.name, title=self.stage.title, fraction=min(1.0, max(0.0, fraction))))


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How a run ended: what is known, what each stage took, and what went wrong in words (`failed` stage → message)."""

    knowledge: Knowledge
    wall_s: Mapping[str, float]
    recalled: tuple[str, ...]
    failed: Mapping[str, str]
    errors: tuple[Exception, ...] = ()


def run_stages(
    stages: Sequence[Stage], song: Song, *, knowledge: Knowledge, listener: Listener | None = None, threads: int = 2, fresh: bool = False
) -> Outcome:
    """Run stages in the song's folder, which the caller holds (`Song.locked`).

    Parameters
    ----------
    stages : in order of preference; a stage stands after those it needs
    song : the folder
    knowledge : what is known before
    listener : told what happens, one event at a time
    threads : how many stages may run at once
    fresh : run every stage, even if its result is there

    Raises
    ------
    InputError, OutputError : from the first stage that meets bad input or a full disk; running stages are waited for.
    """
    _check_order(stages)
    run = _Run(song, stages, knowledge, listener, fresh)
    return run.work(max(1, threads))


class _Run:
    """The state of one run. Only the calling thread starts stages and merges results; stages read."""

    def __init__(self, song: Song, stages: Sequence[Stage], knowledge: Knowledge, listener: Listener | None, fresh: bool) -> None:
        self.song = song
        self.stages = stages
        self.given = knowledge
        self.fresh = fresh
        self.stopped = False
        self.results: dict[str, StepResult] = {}
        self.keys: dict[str, str] = {}
        self.wall_s: dict[str, float] = {}
        self.recalled: list[str] = []
        self.reasons: dict[str, str] = {}  # why a stage was skipped or failed
        self.failed: dict[str, str] = {}
        self.errors: list[Exception] = []
        self._listener = listener
        self._telling = threading.Lock()
        self._shared: dict[str, Any] = {}
        self._share_locks: dict[str, threading.Lock] = {}
        self._share_mutex = threading.Lock()

    def work(self, threads: int) -> Outcome:
        waiting = list(self.stages)
        running: dict[Future[tuple[StepResult, float, bool]], Stage] = {}
        self.tell(Event(kind="plan", total=len(self.stages)))
        pool = ThreadPoolExecutor(threads, thread_name_prefix="stage")
        try:
            while waiting or running:
                for stage in list(waiting):
                    if reason := self._reason_to_skip(stage):
                        waiting.remove(stage)
                        self._skip(stage, reason)
                    elif len(running) < threads and self._is_ready(stage):
                        waiting.remove(stage)
                        running[pool.submit(self._do, stage, self.step(stage), self._known_to(stage))] = stage
                if running:
                    done, _ = wait(running, return_when=FIRST_COMPLETED)
                    for future in done:
                        self._finish(running.pop(future), future)
        except KeyboardInterrupt:
            self.stopped = True
            pool.shutdown(wait=False, cancel_futures=True)  # who presses Ctrl-C does not want to wait for a stage to end
            raise
        except BaseException:
            self.stopped = True
            pool.shutdown(wait=True, cancel_futures=True)
            raise
        pool.shutdown()
        return Outcome(
            knowledge=self._all_known(), wall_s=self.wall_s, recalled=tuple(self.recalled), failed=self.failed, errors=tuple(self.errors)
        )

    def tell(self, event: Event) -> None:
        if self._listener is not None:
            with self._telling:
                self._listener(event)

    def share(self, name: str, make: Callable[[], Any]) -> Any:
        with self._share_mutex:
            lock = self._share_locks.setdefault(name, threading.Lock())
        with lock:
            if name not in self._shared:
                self._shared[name] = make()
            return self._shared[name]

    def _is_ready(self, stage: Stage) -> bool:
        settled = self.results.keys() | self.reasons.keys()
        return all(name in self.results for name in stage.needs) and all(name in settled for name in stage.uses)

    def _reason_to_skip(self, stage: Stage) -> str:
        for name in stage.needs:
            if name in self.reasons:
                return f"it needs {self._title(name)}, which could not be done"
        if stage.longest_s < float("inf") and self._is_ready(stage) and self._known_to(stage).duration_s > stage.longest_s:
            minutes = stage.longest_s / 60
            return f"only done up to {minutes:.0f} minutes" + (f": {stage.why_limited}" if stage.why_limited else "")
        return ""

    def step(self, stage: Stage) -> Step:
        upstream = {name: self.keys[name] for name in (*stage.needs, *stage.uses) if name in self.keys}
        return Step(
            name=stage.name, engine=stage.engine, engine_version=stage.engine_version, parameters=stage.parameters, upstream=upstream
        )

    def _known_to(self, stage: Stage) -> Knowledge:
        known = self.given
        for name in self._upstream(stage):
            known = merge_observations(known, self.results[name].observations)
        return known

    def _upstream(self, stage: Stage) -> list[str]:
        wanted = set(stage.needs) | set(stage.uses)
        for before in reversed(self.stages):  # stages stand in order, so one pass backwards finds all
            if before.name in wanted:
                wanted |= set(before.needs) | set(before.uses)
        return [before.name for before in self.stages if before.name in wanted and before.name in self.results]

    def _all_known(self) -> Knowledge:
        """Merge in the stages' order, whatever order they ended in: the same input gives the same document."""
        known = self.given
        skipped = dict(known.skipped)
        for stage in self.stages:
            if stage.name in self.results:
                known = merge_observations(known, self.results[stage.name].observations)
            elif stage.name in self.reasons:
                skipped.update(dict.fromkeys(stage.provides or (stage.name,), self.reasons[stage.name]))
        return merge_observations(known, {"skipped": skipped})

    def _do(self, stage: Stage, step: Step, known: Knowledge) -> tuple[StepResult, float, bool]:
        if not self.fresh and (result := self.song.recall(step)) is not None:
            return result, 0.0, True
        self.tell(Event(kind="start", stage=stage.name, title=stage.title))
        began = time.perf_counter()
        result = stage.function(Work(self.song, stage, known, self))
        wall_s = time.perf_counter() - began
        self.song.remember(step, result, wall_s=wall_s)
        return result, wall_s, False

    def _finish(self, stage: Stage, future: "Future[tuple[StepResult, float, bool]]") -> None:
        try:
            result, wall_s, recalled = future.result()
        except CannotDo as reason:
            self._skip(stage, str(reason))
            return
        except InputError:  # bad input, a missing extra or a full disk: the user must act
            raise
        except MemoryError:
            self._skip(stage, "not enough memory")
            return
        except OSError as error:
            raise OutputError(self.song.folder, found=f"that it cannot be used ({error})", next_step="free some disk space") from error
        except Exception as error:  # a bug in one stage must not cost the user the others
            self.failed[stage.name] = f"{type(error).__name__}: {error}"
            self.errors.append(error)
            self.reasons[stage.name] = "a bug stopped the step that finds it"
            self.tell(Event(kind="failed", stage=stage.name, title=stage.title, message=self.failed[stage.name]))
            return
        self.results[stage.name] = result
        self.keys[stage.name] = self.step(stage).key(self.song.source_sha256)
        self.wall_s[stage.name] = wall_s
        if recalled:
            self.recalled.append(stage.name)
        kind: Literal["recalled", "done"] = "recalled" if recalled else "done"
        self.tell(Event(kind=kind, stage=stage.name, title=stage.title, wall_s=wall_s, observations=result.observations))

    def _skip(self, stage: Stage, reason: str) -> None:
        self.reasons[stage.name] = reason
        self.tell(Event(kind="skipped", stage=stage.name, title=stage.title, message=reason))

    def _title(self, name: str) -> str:
        return next((stage.title.lower() for stage in self.stages if stage.name == name), name)


def _check_order(stages: Sequence[Stage]) -> None:
    seen: set[str] = set()
    for stage in stages:
        if missing := [name for name in (*stage.needs, *stage.uses) if name not in seen]:
            raise ValueError(f"stage {stage.name} stands before what it needs: {', '.join(missing)}")
        seen.add(stage.name)
