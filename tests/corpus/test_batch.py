"""A batch over files: kept, resumed, isolated, interrupted."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import filelock
import numpy as np
import pytest
from batch_functions import Count, Part, length_of_part, measure, misbehave, spread

from hexachord.audio import Audio, save_audio
from hexachord.corpus.batch import BatchResult, BatchStep, run_batch, usable_cores
from hexachord.corpus.store import ARRAY_RESULTS, JSON_RESULTS, Failure, ResultStore
from hexachord.errors import InputError, OutputError


@pytest.fixture
def texts(tmp_path: Path) -> list[Path]:
    folder = tmp_path / "texts"
    folder.mkdir()
    for number in range(8):
        (folder / f"{number}.txt").write_text("a" * number)
    return sorted(folder.iterdir())


@pytest.fixture
def marks(tmp_path: Path) -> Path:
    folder = tmp_path / "marks"
    folder.mkdir()
    return folder


def json_store(folder: Path, **changes: str) -> ResultStore:
    return ResultStore(**({"folder": folder / "store", "name": "test", "version": "1", "form": JSON_RESULTS} | changes))


def found(result: BatchResult) -> list[object]:
    return [value for _, value in result.results()]


@pytest.mark.parametrize("workers", [0, 1, 3])
@pytest.mark.parametrize("identify", ["stat", "content"])
def test_results_in_the_order_of_the_files(tmp_path: Path, texts: list[Path], marks: Path, workers: int, identify: str) -> None:
    steps: list[BatchStep] = []
    store = json_store(tmp_path, identify=identify)
    done = run_batch(Count(marks=marks), texts, store=store, workers=workers, progress=steps.append)
    assert found(done) == [{"count": number} for number in range(8)]
    assert [item for item, _ in done.results()] == texts
    assert (done.computed, done.reused, done.failures, done.lines) == (8, 0, {}, ())
    assert [step.done for step in steps] == list(range(1, 9))
    assert {step.total for step in steps} == {8}
    assert len(list(marks.iterdir())) == 8
    again = run_batch(Count(marks=marks), texts, store=store, workers=workers)
    assert (again.computed, again.reused) == (0, 8)
    assert found(again) == found(done)
    assert len(list(marks.iterdir())) == 8


def test_what_decides_a_result(tmp_path: Path, texts: list[Path], marks: Path) -> None:
    count = Count(marks=marks)
    run_batch(count, texts, store=json_store(tmp_path), workers=0)
    texts[3].write_text("aa and more")
    assert run_batch(count, texts, store=json_store(tmp_path), workers=0).computed == 1
    assert run_batch(count, texts, store=json_store(tmp_path, version="2"), workers=0).computed == 8
    other = run_batch(Count(marks=marks, letter="m"), texts, store=json_store(tmp_path), workers=0)
    assert other.computed == 8
    assert found(other)[3] == {"count": 1}


def test_content_survives_moving(tmp_path: Path, texts: list[Path], marks: Path) -> None:
    for identify, expected in [("stat", 8), ("content", 0)]:
        store = json_store(tmp_path, identify=identify, name=identify)
        run_batch(Count(marks=marks), texts, store=store, workers=0)
        moved = [Path(shutil.copy(path, tmp_path / f"copy-{path.name}")) for path in texts]
        assert run_batch(Count(marks=marks), moved, store=store, workers=1).computed == expected


def test_parts_of_files(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    save_audio(Audio(samples=np.full((1, 44100), 0.1, dtype=np.float32), rate_hz=22050), path)
    parts = [Part(path=path), Part(path=path, start_s=0.5), Part(path=path, start_s=0.5, end_s=0.75)]
    done = run_batch(length_of_part, parts, store=json_store(tmp_path), workers=1)
    assert [value["length"] for value in found(done)] == pytest.approx([2.0, 1.5, 0.25], abs=1e-4)  # type: ignore[index]


def test_one_file_costs_only_itself(tmp_path: Path) -> None:
    what = ["good", "crash", "fail", "memory", "exit", "good too", "kill", "last"]
    paths = [tmp_path / f"{number}.txt" for number in range(len(what))]
    for path, word in zip(paths, what, strict=True):
        path.write_text(word)
    paths.append(tmp_path / "absent.txt")
    store = json_store(tmp_path)
    done = run_batch(misbehave, paths, store=store, workers=2)
    assert [value["what"] for value in found(done) if not isinstance(value, Failure)] == ["good", "good too", "last"]  # type: ignore[index]
    assert sorted(done.failures) == [1, 2, 3, 4, 6, 8]
    lines = dict(zip(sorted(done.failures), done.lines, strict=True))
    assert "killed by signal 11" in lines[1]
    assert lines[2] == f"{paths[2]}: RuntimeError: two lines. Next: report it with this file; the rest of the batch is not concerned."
    assert "MemoryError" in lines[3]
    assert "exit code 3" in lines[4]
    assert "killed by signal 9" in lines[6]
    assert "FileNotFoundError" in lines[8]
    assert all(line.startswith(str(paths[index])) and "Next: " in line and "\n" not in line for index, line in lines.items())
    paths[1].write_text("mended")
    again = run_batch(misbehave, paths, store=store, workers=2)
    assert (again.computed, again.reused, sorted(again.failures)) == (6, 3, [2, 3, 4, 6, 8])
    paths[2].write_text("mended")
    told = run_batch(misbehave, paths, store=store, workers=2, retry_failures=False)
    assert (told.computed, sorted(told.failures)) == (1, [3, 4, 6, 8])
    assert told.lines == again.lines[1:]


@pytest.mark.slow
def test_a_file_may_not_hang(tmp_path: Path) -> None:
    paths = [tmp_path / "a.txt", tmp_path / "b.txt"]
    paths[0].write_text("hang")
    paths[1].write_text("fine")
    done = run_batch(misbehave, paths, store=json_store(tmp_path), workers=1, item_limit_s=3.0)
    assert done.lines == (f"{paths[0]}: no result within 3 s. Next: check the file and the memory that is free, and run the batch again.",)
    assert not isinstance(found(done)[1], Failure)


def test_real_sound_and_broken_files(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    music = rng.uniform(-0.3, 0.3, (1, 22050)).astype(np.float32)
    good, silent, corrupt, empty = (tmp_path / f"{name}.wav" for name in ("müsik 🎵", "silent", "corrupt", "empty"))
    nan = tmp_path / "nan.wav"
    save_audio(Audio(samples=music, rate_hz=22050), good)
    save_audio(Audio(samples=0 * music, rate_hz=22050), silent)
    import soundfile

    soundfile.write(nan, np.full(2000, np.nan, dtype=np.float32), 22050, subtype="FLOAT")
    corrupt.write_bytes(rng.bytes(3000))
    empty.write_bytes(b"")
    done = run_batch(measure, [good, silent, corrupt, empty, nan, tmp_path], store=json_store(tmp_path), workers=1)
    assert found(done)[0]["duration_s"] == 1.0  # type: ignore[index]
    assert sorted(done.failures) == [1, 2, 3, 4, 5]
    for line, words in zip(done.lines, ["only silence", "found", "0 bytes", "not numbers", "a folder"], strict=True):
        assert words in line
    assert {failure.kind for failure in done.failures.values()} == {"InputError"}


@pytest.mark.skipif(os.name != "posix", reason="names are bytes on POSIX systems")
def test_strange_names(tmp_path: Path) -> None:
    """No name of a file is too long or too odd for a result or a line."""
    deep = tmp_path.joinpath(*["ä" * 100] * 8)
    deep.mkdir(parents=True)
    paths = [deep / ("x" * 251 + ".txt"), tmp_path / "new\nline.txt", tmp_path / os.fsdecode(b"latin \xe4.txt"), tmp_path / ".hidden"]
    for path in paths:
        path.write_text("fine")
    bad = tmp_path / os.fsdecode(b"new\nline \xff.txt")
    bad.write_text("fail")
    store = json_store(tmp_path)
    done = run_batch(misbehave, [*paths, bad], store=store, workers=1)
    assert sorted(done.failures) == [4]
    assert done.lines[0].startswith(str(bad).replace("\n", " "))
    assert len(done.lines[0].splitlines()) == 1
    assert store.failure(done.keys[4]) == done.failures[4]
    told = run_batch(misbehave, [*paths, bad], store=store, workers=1, retry_failures=False)
    assert (told.computed, told.lines) == (0, done.lines)


def test_arrays(tmp_path: Path, texts: list[Path]) -> None:
    store = ResultStore(folder=tmp_path / "store", name="arrays", version="1", form=ARRAY_RESULTS)
    done = run_batch(spread, texts[:2], store=store, workers=1)
    value = found(done)[1]
    assert isinstance(value, dict)
    assert value["values"].tolist() == [[0, 1, 2], [3, 4, 5]]
    assert value["values"].dtype == np.float32
    assert value["names"].tolist() == ["ä", "1"]
    store.where(done.keys[0]).write_bytes(b"torn")
    with pytest.raises(InputError, match="a damaged result"):
        store.load(done.keys[0])


def test_a_result_of_the_wrong_kind_ends_the_batch(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("set")
    with pytest.raises(TypeError, match="set"):
        run_batch(misbehave, [tmp_path / "a.txt"], store=json_store(tmp_path), workers=1)
    assert not [path for path in (tmp_path / "store").rglob("*") if path.is_file() and path.name != ".lock"]


def test_orders_that_cannot_be_carried_out(tmp_path: Path, texts: list[Path]) -> None:
    with pytest.raises(ValueError, match="cannot be found by another process"):
        run_batch(lambda path: {}, texts, store=json_store(tmp_path))
    with pytest.raises(ValueError, match="neither a path nor"):
        run_batch(measure, ["text"], store=json_store(tmp_path))  # type: ignore[type-var]
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "test").write_text("")
    with pytest.raises(InputError, match="found a file; expected a folder"):
        run_batch(measure, texts, store=json_store(tmp_path))


def test_two_batches_do_not_meet(tmp_path: Path, texts: list[Path]) -> None:
    (tmp_path / "store" / "test").mkdir(parents=True)
    with filelock.FileLock(tmp_path / "store" / "test" / ".lock"), pytest.raises(InputError, match="another batch that works here"):
        run_batch(measure, texts, store=json_store(tmp_path))


def test_a_full_disk_ends_the_batch(tmp_path: Path, texts: list[Path], marks: Path) -> None:
    (tmp_path / "store" / "test").mkdir(parents=True)
    store = json_store(tmp_path)
    for path in texts:  # a file stands where a folder should
        blocked = store.where(store.key(path, Count(marks=marks))).parent
        if not blocked.exists():
            blocked.write_text("")
    with pytest.raises(OutputError, match="cannot be written"):
        run_batch(Count(marks=marks), texts, store=store, workers=2)


def test_damaged_failures_are_told(tmp_path: Path, texts: list[Path]) -> None:
    store = json_store(tmp_path)
    done = run_batch(measure, texts[:1], store=store, workers=0)
    assert store.failure(done.keys[0]) == done.failures[0]
    path = store.where(done.keys[0]).with_suffix(".failure.json")
    assert "Traceback" in json.loads(path.read_text())["detail"]
    path.write_text("{")
    with pytest.raises(InputError, match="a damaged record"):
        store.failure(done.keys[0])


def test_workers_are_replaced_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hexachord.corpus.batch._LIFE_ITEMS", 3)
    paths = [tmp_path / f"{number}.txt" for number in range(8)]
    for path in paths:
        path.write_text("fine")
    done = run_batch(misbehave, paths, store=json_store(tmp_path), workers=1)
    pids = [value["pid"] for value in found(done)]  # type: ignore[index]
    assert [pids.index(pid) for pid in pids] == [0, 0, 0, 3, 3, 3, 6, 6]
    assert done.cpu_s > 0


def test_usable_cores() -> None:
    assert 1 <= usable_cores() <= (os.cpu_count() or 1)


SLOWLY = """
import signal, sys
from pathlib import Path
signal.signal(signal.SIGINT, signal.default_int_handler)  # where the tests run in the background interrupts are switched off
sys.path.insert(0, sys.argv[1])
from batch_functions import Count
from hexachord.corpus.batch import run_batch
from hexachord.corpus.store import JSON_RESULTS, ResultStore
root = Path(sys.argv[2])
store = ResultStore(folder=root / "store", name="test", version="1", form=JSON_RESULTS)
try:
    run_batch(Count(marks=root / "marks", slow_s=0.4), sorted((root / "texts").iterdir()), store=store, workers=2,
              progress=lambda step: print(step.done, flush=True))
except KeyboardInterrupt:
    print("interrupted", flush=True)
"""


@pytest.mark.skipif(os.name != "posix", reason="signals are sent as on POSIX systems")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_a_run_that_was_ended_goes_on(tmp_path: Path, texts: list[Path], marks: Path, how: signal.Signals) -> None:
    run = subprocess.Popen(
        [sys.executable, "-c", SLOWLY, str(Path(__file__).parent), str(tmp_path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert run.stdout is not None
    for _ in range(3):
        run.stdout.readline()
    run.send_signal(how)
    out, err = run.communicate(timeout=20)
    assert "Traceback" not in err
    assert (how == signal.SIGKILL) or out.splitlines()[-1] == "interrupted"
    time.sleep(0.1)  # workers of a killed parent leave when they notice
    store = json_store(tmp_path)
    before = {path.stem.partition(".")[0] for path in marks.iterdir()}
    written = set(store.folder.rglob("*.json"))
    assert 3 <= len(written) < 8
    assert len(before) <= len(written) + 2, "only what was being worked on when it was ended is begun again"
    done = run_batch(Count(marks=marks, slow_s=0.4), texts, store=store, workers=2)
    assert (done.reused, done.computed) == (len(written), 8 - len(written))
    assert found(done) == [{"count": number} for number in range(8)]
    assert len(list(marks.iterdir())) <= 8 + 2
    assert not [path for path in store.folder.rglob(".*") if ".part" in path.name]


def test_what_is_stale_goes_on_demand(tmp_path: Path, texts: list[Path], marks: Path) -> None:
    old = run_batch(Count(marks=marks), texts, store=json_store(tmp_path), workers=0)
    new = run_batch(Count(marks=marks), texts[2:], store=json_store(tmp_path, version="2"), workers=0)
    assert new.store.prune(new.keys) == len(old.keys)
    assert [new.store.has(key) for key in new.keys] == [True] * 6
    assert not any(old.store.has(key) for key in old.keys)


def test_torn_files_are_swept(tmp_path: Path, texts: list[Path], marks: Path) -> None:
    store = json_store(tmp_path)
    done = run_batch(Count(marks=marks), texts, store=store, workers=0)
    torn = store.where(done.keys[0]).parent / ".x-abc.part.json"
    torn.write_text("{")
    run_batch(Count(marks=marks), texts, store=store, workers=0)
    assert not torn.exists()


def test_an_error_of_the_callback_ends_the_batch(tmp_path: Path, texts: list[Path], marks: Path) -> None:
    def stop(step: BatchStep) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run_batch(Count(marks=marks, slow_s=0.1), texts, store=json_store(tmp_path), workers=2, progress=stop)
    assert not [thread for thread in threading.enumerate() if "_look_after" in thread.name]
