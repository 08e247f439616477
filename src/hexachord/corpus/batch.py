"""One function over many files: all cores busy, nothing lost, nothing done twice.

Workers (see `hexachord.corpus.workers`) write what they find into a store (see `hexachord.corpus.store`) and report only that they did,
so memory does not grow with the collection. Whatever kills the run, the next one goes on with what is missing. A file that cannot be
worked on, or that takes its worker with it, costs itself and a line.

Examples
--------
>>> from pathlib import Path
>>> store = ResultStore(folder=Path("cache"), name="lengths", version="1", form=JSON_RESULTS)
>>> done = run_batch(measure_length, sorted(Path("music").rglob("*.ogg")), store=store)  # doctest: +SKIP
>>> for path, found in done.results():  # doctest: +SKIP
...     print(path, found.line if isinstance(found, Failure) else found["duration_s"])
"""

import os
import pickle
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Any, Generic, TypeVar

from hexachord.corpus.store import JSON_RESULTS, Failure, Item, ResultStore, failure_of, identity_of_function, path_of
from hexachord.corpus.workers import Worker, WorkerError
from hexachord.files import alone_in

__all__ = ["JSON_RESULTS", "BatchResult", "BatchStep", "Failure", "ResultStore", "run_batch", "usable_cores"]

T = TypeVar("T")
I = TypeVar("I", bound=Item)  # noqa: E741

_PATIENCE_S = 0.5  # between two looks at whether the user wants to stop
_LIFE_ITEMS = 250  # then a worker is replaced: what a library forgets to free does not add up over a long batch


@dataclass(frozen=True, kw_only=True)
class BatchStep:
    """How far a batch is, told after each item.

    Attributes
    ----------
    done, total : items, those found in the store included
    failed : of those done
    failure : of this item, where it has one
    peak_rss_bytes : the most memory that one worker has held so far; 0 where the system does not tell
    """

    done: int
    total: int
    failed: int
    failure: Failure | None
    peak_rss_bytes: int


@dataclass(frozen=True, kw_only=True, eq=False)
class BatchResult(Generic[I, T]):
    """What a batch left in its store.

    Attributes
    ----------
    items, keys : in the order they were given
    store : where the results are; they are read when asked for
    failures : by the number of their item
    computed, reused : items worked on in this run (failed ones too), and found in the store
    workers : processes
    wall_s, cpu_s : time that passed, and that the workers computed
    peak_rss_bytes : the most memory that one worker held; 0 where the system does not tell
    """

    items: tuple[I, ...]
    keys: tuple[str, ...]
    store: ResultStore[T]
    failures: dict[int, Failure]
    computed: int
    reused: int
    workers: int
    wall_s: float
    cpu_s: float
    peak_rss_bytes: int

    def results(self) -> Iterator[tuple[I, T | Failure]]:
        """Yield each item with its result, or with what went wrong."""
        for index, (item, key) in enumerate(zip(self.items, self.keys, strict=True)):
            yield item, self.failures[index] if index in self.failures else self.store.load(key)

    @property
    def lines(self) -> tuple[str, ...]:
        """A line for each file that gave no result: file, cause, next step."""
        return tuple(self.failures[index].line for index in sorted(self.failures))


def run_batch(
    function: Callable[[I], T],
    items: Sequence[I],
    *,
    store: ResultStore[T],
    workers: int | None = None,
    retry_failures: bool = True,
    item_limit_s: float | None = None,
    progress: Callable[[BatchStep], None] | None = None,
) -> BatchResult[I, T]:
    """Compute a function of each file, in worker processes, and keep the results.

    Parameters
    ----------
    function : of one item; one that another process can import: a function of a module, or a frozen dataclass with ``__call__`` whose
        fields are its parameters (they are part of what a result is known by)
    items : paths, or frozen dataclasses with a `path`
    store : where results are kept, and found again
    workers : processes; one for each usable core when not given; 0 computes in this process, where a crash is not contained
    retry_failures : try again what failed in an earlier run, instead of repeating its line
    item_limit_s : a worker that needs longer for one item is ended, and the item has failed
    progress : called in this thread after each item

    Raises
    ------
    ValueError : if the function cannot be imported by another process.
    InputError : if another batch works on the same results.
    TypeError : if what the function gives cannot be written in the form of the store.
    OutputError : if the store cannot be written: then nothing more can be kept, and the batch ends.
    """
    began = time.monotonic()
    identity_of_function(function)
    task = _Task(function=function, store=store, retry_failures=retry_failures)
    quick = store.identify == "stat"  # hashing whole files is the workers' work
    orders = [_Order(item=item, key=store.key(item, function) if quick else "") for item in items]
    with alone_in(
        store.folder / store.name, found="another batch that works here", expected="a folder for results", next_step="use another folder"
    ):
        store.sweep()
        ledger = _Ledger(keys=[order.key for order in orders], progress=progress)
        todo = [index for index, order in enumerate(orders) if not (quick and ledger.known(store, index, order.key, retry_failures))]
        if workers == 0:
            for index in todo:
                ledger.enter(index, task(orders[index]), who=0)
        elif todo:
            workers = min(usable_cores() if workers is None else workers, len(todo))
            _share(task, orders, todo, workers=workers, limit_s=item_limit_s, ledger=ledger)
    return BatchResult(
        items=tuple(items),
        keys=tuple(ledger.keys),
        store=store,
        failures=ledger.failures,
        computed=len(items) - ledger.reused,
        reused=ledger.reused,
        workers=workers or 0,
        wall_s=time.monotonic() - began,
        cpu_s=sum(ledger.cpu_s.values()),
        peak_rss_bytes=ledger.peak_rss_bytes,
    )


def usable_cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(frozen=True, kw_only=True)
class _Order:
    """An item, and what its result is known by where that is known already."""

    item: Item
    key: str


@dataclass(frozen=True, kw_only=True)
class _Done:
    """What a worker says of an item."""

    key: str
    failure: Failure | None
    reused: bool = False
    cpu_s: float = 0.0  # of the worker, since it began
    peak_rss_bytes: int = 0


@dataclass(frozen=True, kw_only=True)
class _Task(Generic[T]):
    """What a worker does with an item."""

    function: Callable[[Any], T]
    store: ResultStore[T]
    retry_failures: bool

    def __call__(self, order: _Order) -> _Done:
        key = order.key or self.store.key(order.item, self.function)
        failure = None if self.retry_failures else self.store.failure(key)
        reused = failure is not None or self.store.has(key)  # the same file may stand twice in a list
        if not reused:
            try:
                value = self.function(order.item)
            except Exception as error:
                failure = failure_of(path_of(order.item), error)
                self.store.save_failure(key, failure, detail=traceback.format_exc())
            else:
                self.store.save(key, value)
        return _Done(key=key, failure=failure, reused=reused, cpu_s=time.process_time(), peak_rss_bytes=_peak_rss_bytes())


@dataclass(kw_only=True)
class _Ledger:
    """Where the main thread keeps the books."""

    keys: list[str]
    progress: Callable[[BatchStep], None] | None
    done: int = 0
    reused: int = 0
    failures: dict[int, Failure] = field(default_factory=dict)
    cpu_s: dict[int, float] = field(default_factory=dict)  # by worker
    peak_rss_bytes: int = 0

    def known(self, store: ResultStore[Any], index: int, key: str, retry_failures: bool) -> bool:
        """Look whether an item needs no work."""
        failure = None
        if not store.has(key):
            failure = None if retry_failures else store.failure(key)
            if failure is None:
                return False
        self.enter(index, _Done(key=key, failure=failure, reused=True), who=0)
        return True

    def enter(self, index: int, done: _Done, *, who: int) -> None:
        self.keys[index] = done.key
        self.done += 1
        self.reused += done.reused
        self.cpu_s[who] = max(done.cpu_s, self.cpu_s.get(who, 0.0))
        self.peak_rss_bytes = max(done.peak_rss_bytes, self.peak_rss_bytes)
        if done.failure is not None:
            self.failures[index] = done.failure
        if self.progress is not None:
            step = BatchStep(
                done=self.done, total=len(self.keys), failed=len(self.failures), failure=done.failure, peak_rss_bytes=self.peak_rss_bytes
            )
            self.progress(step)


@dataclass(kw_only=True)
class _Bench:
    """What the threads that look after workers share."""

    packed: bytes
    orders: Sequence[_Order]
    todo: Iterator[int]
    limit_s: float | None
    said: "SimpleQueue[tuple[int, int, bool, Any]]" = field(default_factory=SimpleQueue)  # worker, index, whether it went well, what
    lock: threading.Lock = field(default_factory=threading.Lock)
    crew: dict[int, Worker] = field(default_factory=dict)
    born: int = 0
    stopped: bool = False

    def next(self) -> int | None:
        with self.lock:
            return None if self.stopped else next(self.todo, None)

    def hire(self) -> tuple[int, Worker] | None:
        with self.lock:
            if self.stopped:
                return None
            self.born += 1
            worker = self.crew[self.born] = Worker(self.packed)
            return self.born, worker

    def stop(self) -> None:
        with self.lock:
            self.stopped = True
            for worker in self.crew.values():
                worker.kill()


def _share(task: _Task[Any], orders: Sequence[_Order], todo: list[int], *, workers: int, limit_s: float | None, ledger: _Ledger) -> None:
    """Have the work done by processes; keep the books in this thread."""
    bench = _Bench(packed=pickle.dumps(task, protocol=5), orders=orders, todo=iter(todo), limit_s=limit_s)
    threads = [threading.Thread(target=_look_after, args=(bench,), daemon=True) for _ in range(workers)]
    try:
        for thread in threads:
            thread.start()
        waiting = len(todo)
        while waiting:
            try:
                who, index, went_well, what = bench.said.get(timeout=_PATIENCE_S)
            except Empty:
                continue  # a wait without an end cannot be interrupted everywhere
            waiting -= 1
            if went_well:
                ledger.enter(index, what, who=who)
            elif isinstance(what, WorkerError):
                order = orders[index]
                failure = failure_of(path_of(order.item), what)
                key = order.key or task.store.key(order.item, task.function)
                task.store.save_failure(key, failure)
                ledger.enter(index, _Done(key=key, failure=failure), who=who)
            else:
                raise what
    finally:
        bench.stop()
        for thread in threads:
            if thread.ident is not None:
                thread.join()
        for worker in bench.crew.values():
            worker.close()


def _look_after(bench: _Bench) -> None:
    """Give items to a worker, and to another one when it dies, until none are left."""
    hired: tuple[int, Worker] | None = None
    age = 0
    while (index := bench.next()) is not None:
        if hired is None:
            try:
                hired = bench.hire()
            except OSError as error:
                bench.said.put((0, index, False, error))
                return
            if hired is None:
                return
        who, worker = hired
        timer = None
        if bench.limit_s is not None:
            timer = threading.Timer(bench.limit_s, worker.kill)
            timer.daemon = True
            timer.start()
        order = bench.orders[index]
        went_well, what = worker.do(order, called=path_of(order.item).name)
        if timer is not None:
            if timer.finished.is_set():
                went_well, what = False, WorkerError(f"no result within {bench.limit_s:g} s")
            timer.cancel()
        bench.said.put((who, index, went_well, what))
        age += 1
        if worker.ended or age == _LIFE_ITEMS:
            worker.close()
            with bench.lock:
                bench.crew.pop(who, None)
            hired, age = None, 0


def _peak_rss_bytes() -> int:
    """The most memory this process has held; Linux only: elsewhere what is to be had counts the parent's share too."""
    with suppress(OSError, ValueError, IndexError), open("/proc/self/status") as file:
        for line in file:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return 0
