"""Work shared among processes, handed out and handed back in order.

A job is a function of a whole number. Workers are fresh interpreters with one thread for linear algebra each, so that what they compute
does not depend on how many there are, and two of them do not fight over two cores. They leave when their parent is gone, however it went.
"""

import json
import math
import os
import pickle
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable, Generator
from contextlib import suppress
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import IO, Any, TypeVar

from hexachord.errors import HexachordError

_T = TypeVar("_T")

ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"), "1")
"""Keeps numerical libraries to one thread, when it is in the environment before they are loaded."""

_PROGRAM = "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from hexachord.corpus.workers import serve; serve()"
_PATIENCE_S = 1.0  # between two looks at whether the user wants to stop


class WorkerError(HexachordError):
    """A worker process ended in the middle of its work: killed, out of memory, or crashed inside a library."""


def in_order(
    job: Callable[[int], _T],
    *,
    first: int = 0,
    count: int | None = None,
    workers: int = 1,
    ahead: int | None = None,
    called: Callable[[int], str] = "index {}".format,
) -> Generator[_T, None, None]:
    """Yield ``job(first)``, ``job(first + 1)`` and so on, computed by worker processes, in order.

    Parameters
    ----------
    job : a function (or an object that can be called) of an index alone; it is pickled once for each worker, so it must be importable
    first, count : which indices; no `count` is no end
    workers : how many processes; 0 computes in this one, with whatever threads it has
    ahead : most results that are computed before they are asked for; two for each worker when not given
    called : what an index is called in errors

    Raises
    ------
    WorkerError : if a worker died; it says on which index.
    Whatever the job raised, when its turn comes; what the worker's traceback was is added as a note.
    """
    if first < 0 or workers < 0 or (ahead is not None and ahead < 1):
        raise ValueError(f"not a stretch of work: first={first}, workers={workers}, ahead={ahead}")
    end = math.inf if count is None else first + count
    if workers == 0:
        index = first
        while index < end:
            yield job(index)
            index += 1
        return
    desk = _Desk(next_index=first, wanted=first, end=end, ahead=2 * workers if ahead is None else ahead)
    packed = pickle.dumps(job, protocol=5)
    crew = [Worker(packed) for _ in range(int(min(workers, end - first)))]
    threads = [threading.Thread(target=_look_after, args=(worker, desk, called), daemon=True) for worker in crew]
    try:
        for thread in threads:
            thread.start()
        index = first
        while index < end:
            yield desk.collect(index)
            index += 1
    finally:
        desk.stop()
        for worker in crew:
            worker.kill()
        for worker, thread in zip(crew, threads, strict=True):
            if thread.ident is not None:
                thread.join()
            worker.close()


class Worker:
    """A fresh interpreter with one thread for linear algebra, which does a job for one item at a time.

    Parameters
    ----------
    job : a pickled function (or object that can be called) of one item
    """

    def __init__(self, job: bytes) -> None:
        self._job: bytes | None = job  # until the worker was told
        self._process = subprocess.Popen(
            [sys.executable, "-c", _PROGRAM, json.dumps(sys.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | ONE_THREAD,
            start_new_session=True,  # an interrupt from the keyboard is its parent's business
        )

    def do(self, item: object, *, called: str) -> tuple[bool, Any]:
        """Have the job done for an item, and wait: (True, result) or (False, error), a `WorkerError` if the worker died of it."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            if self._job is not None:
                _send(self._process.stdin, self._job)
                self._job = None
            _send(self._process.stdin, pickle.dumps(item, protocol=5))
            outcome: tuple[bool, Any] = pickle.load(self._process.stdout)
        except (OSError, EOFError):
            code = self._process.wait()
            how = f"killed by signal {-code}" if code < 0 else f"exit code {code}"
            return False, WorkerError(f"the worker on {called} ended without a result ({how})")
        except Exception as error:  # whatever it is, somebody waits for this item
            return False, error
        return outcome

    @property
    def ended(self) -> bool:
        """Whether its process is gone."""
        return self._process.poll() is not None

    def kill(self) -> None:
        """End it, whatever it is doing; whoever waits for it is told that it died."""
        self._process.kill()

    def close(self) -> None:
        """End it and let go of its pipes."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()


@dataclass(eq=False)
class _Desk:
    """Where indices are handed out and outcomes handed in: one lock for all threads."""

    next_index: int
    wanted: int
    end: float
    ahead: int
    outcomes: dict[int, tuple[bool, Any]] = field(default_factory=dict)  # whether it went well; result or error
    stopped: bool = False
    changed: threading.Condition = field(default_factory=threading.Condition)

    def hand_out(self) -> int | None:
        """Wait for an index that is not too far ahead of the reader; None when nothing is left to do."""
        with self.changed:
            self.changed.wait_for(lambda: self.stopped or self.next_index >= self.end or self.next_index < self.wanted + self.ahead)
            if self.stopped or self.next_index >= self.end:
                return None
            self.next_index += 1
            return self.next_index - 1

    def hand_in(self, index: int, outcome: tuple[bool, Any]) -> None:
        with self.changed:
            self.outcomes[index] = outcome
            self.changed.notify_all()

    def collect(self, index: int) -> Any:
        """Wait for an outcome; return the result or raise the error."""
        with self.changed:
            self.wanted = index
            self.changed.notify_all()
            while not self.changed.wait_for(lambda: index in self.outcomes, timeout=_PATIENCE_S):
                pass  # a wait without an end cannot be interrupted everywhere
            went_well, outcome = self.outcomes.pop(index)
        if went_well:
            return outcome
        raise outcome

    def stop(self) -> None:
        with self.changed:
            self.stopped = True
            self.changed.notify_all()


def _look_after(worker: Worker, desk: _Desk, called: Callable[[int], str]) -> None:
    """Give one worker its work until there is none left, or until it dies."""
    while (index := desk.hand_out()) is not None:
        outcome = worker.do(index, called=called(index))
        desk.hand_in(index, outcome)
        if not outcome[0] and isinstance(outcome[1], WorkerError) and worker.ended:
            return


def serve() -> None:
    """Be a worker: read a job, then items, from the standard input, and write outcomes to the standard output, until the end.

    The input is read beside the work, so that a worker whose parent is gone leaves at once and not when its item is done.
    """
    packages: SimpleQueue[bytes] = SimpleQueue()
    threading.Thread(target=_receive, args=(sys.stdin.buffer, packages), daemon=True).start()
    target = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever prints must not disturb the outcomes
    with suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
        file.write("500")  # where memory runs out on Linux it is a worker that goes, not the process that knows what is to be done
    try:
        job = pickle.loads(packages.get())
    except Exception as error:  # told on the first item, which is where somebody waits
        failure = error

        def job(item: object) -> object:
            raise failure

    with suppress(BrokenPipeError):
        while True:
            target.write(_outcome(job, packages.get()))
            target.flush()


def _receive(source: IO[bytes], packages: "SimpleQueue[bytes]") -> None:
    try:
        while True:
            packages.put(pickle.load(source))
    except Exception:  # the parent is gone or was cut off in the middle of a word
        os._exit(1)


def _outcome(job: Callable[[Any], object], package: bytes) -> bytes:
    """Do the work and pack what came of it: (True, result) or (False, error)."""
    try:
        item = pickle.loads(package)
        return pickle.dumps((True, job(item)), protocol=5)
    except Exception as error:
        error.add_note("In a worker:\n" + traceback.format_exc())
        try:
            packed = pickle.dumps((False, error), protocol=5)
            pickle.loads(packed)
        except Exception:  # an error that cannot travel is told in words
            words = f"{type(error).__name__}: {error}\n{traceback.format_exc()}"
            return pickle.dumps((False, WorkerError(words)), protocol=5)
        return packed


def _send(target: IO[bytes], item: object) -> None:
    pickle.dump(item, target, protocol=5)
    target.flush()
