"""Work shared among processes: in order, not too far ahead, and no end without a word."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hexachord.corpus.workers import ONE_THREAD, WorkerError, in_order
from hexachord.errors import InputError


def square(index: int) -> int:
    print("noise on the standard output disturbs nobody")
    return index * index


def thread_counts(index: int) -> list[str | None]:
    return [os.environ.get(name) for name in ONE_THREAD]


def fails_at_three(index: int) -> int:
    if index == 3:
        raise InputError("song.mp3", found="plain text", expected="audio")
    return index


def dies_at_two(index: int) -> int:
    if index == 2:
        os._exit(7)
    return index


class Stubborn(Exception):
    def __init__(self, a: int, b: int) -> None:
        super().__init__("only words")


def fails_stubbornly(index: int) -> int:
    raise Stubborn(1, 2)


def unpicklable(index: int) -> object:
    return lambda: index


class Marks:
    """Leaves a file for each index that was begun."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, index: int) -> int:
        (self.folder / str(index)).touch()
        return index


@pytest.mark.parametrize("workers", [0, 1, 3])
def test_results_come_in_order(workers: int) -> None:
    assert list(in_order(square, first=2, count=7, workers=workers)) == [index**2 for index in range(2, 9)]
    assert list(in_order(square, count=0, workers=workers)) == []


def test_workers_have_one_thread() -> None:
    assert list(in_order(thread_counts, count=2, workers=2)) == [["1"] * len(ONE_THREAD)] * 2


def test_nothing_runs_far_ahead(tmp_path: Path) -> None:
    results = in_order(Marks(tmp_path), workers=2, ahead=3)
    assert next(results) == 0
    time.sleep(0.3)
    assert {int(path.name) for path in tmp_path.iterdir()} <= {0, 1, 2}
    assert [next(results) for _ in range(5)] == [1, 2, 3, 4, 5]
    results.close()


def test_an_error_comes_when_its_turn_is() -> None:
    results = in_order(fails_at_three, count=6, workers=2)
    assert [next(results) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(InputError, match=r"song\.mp3: found plain text; expected audio") as caught:
        next(results)
    assert caught.value.found == "plain text"
    assert any("fails_at_three" in note for note in caught.value.__notes__)


def test_a_dead_worker_is_an_error() -> None:
    results = in_order(dies_at_two, count=6, workers=2, called=lambda index: f"song {index} (seed {index + 40})")
    assert [next(results), next(results)] == [0, 1]
    with pytest.raises(WorkerError, match=r"song 2 \(seed 42\) ended without a result \(exit code 7\)"):
        next(results)


@pytest.mark.parametrize(("job", "words"), [(fails_stubbornly, "only words"), (unpicklable, "local object")])
def test_what_cannot_travel_is_told_in_words(job: object, words: str) -> None:
    with pytest.raises(Exception, match=words):
        list(in_order(job, count=2, workers=1))  # type: ignore[arg-type]


def test_bad_orders() -> None:
    with pytest.raises(ValueError, match="stretch"):
        next(in_order(square, first=-1))


SLEEPY = """
import signal, sys, time
signal.signal(signal.SIGINT, signal.default_int_handler)  # where the tests run in the background interrupts are switched off
sys.path.insert(0, sys.argv[1])
from test_workers import pids_slowly
from hexachord.corpus.workers import in_order
try:
    for pid in in_order(pids_slowly, workers=2):
        print(pid, flush=True)
except KeyboardInterrupt:
    print("interrupted", flush=True)
"""


def pids_slowly(index: int) -> int:
    if index > 1:
        time.sleep(0.3)
    return os.getpid()


@pytest.mark.skipif(os.name != "posix", reason="signals are sent as on POSIX systems")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_workers_leave_with_their_parent(how: signal.Signals) -> None:
    run = subprocess.Popen(
        [sys.executable, "-c", SLEEPY, str(Path(__file__).parent)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert run.stdout is not None
    pids = {int(run.stdout.readline()) for _ in range(3)}
    run.send_signal(how)
    out, err = run.communicate(timeout=20)
    if how == signal.SIGINT:
        assert out.splitlines()[-1] == "interrupted"
        assert "Traceback" not in err
    give_up = time.monotonic() + 10
    while any(alive(pid) for pid in pids) and time.monotonic() < give_up:
        time.sleep(0.02)
    assert not any(alive(pid) for pid in pids)


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
