"""What the batches of these tests do with a file; worker processes import this module."""

import os
import signal
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from hexachord.audio import load_audio
from hexachord.errors import InputError


def measure(path: Path) -> Mapping[str, Any]:
    """Length and level of a recording; silence is refused."""
    audio = load_audio(path, rate_hz=22050, mono=True)
    level = float(np.sqrt(np.mean(np.square(audio.samples))))
    if level < 1e-5:
        raise InputError(path, found="only silence", expected="music", next_step="leave it out")
    return {"duration_s": audio.duration_s, "rms": level}


@dataclass(frozen=True, kw_only=True)
class Count:
    """Count the letters of a text; leave a mark that it was done."""

    marks: Path
    letter: str = "a"
    slow_s: float = 0.0

    def __call__(self, path: Path) -> Mapping[str, Any]:
        with open(self.marks / f"{path.stem}.{os.getpid()}.{time.monotonic_ns()}", "w"):
            pass
        time.sleep(self.slow_s)
        return {"count": path.read_text().count(self.letter)}


@dataclass(frozen=True, kw_only=True)
class Part:
    path: Path
    start_s: float = 0.0
    end_s: float | None = None


def length_of_part(part: Part) -> Mapping[str, Any]:
    return {"length": load_audio(part.path, start_s=part.start_s, end_s=part.end_s).duration_s}


def misbehave(path: Path) -> Mapping[str, Any]:
    """Do what the file says."""
    what = path.read_text()
    if what == "crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    if what == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if what == "exit":
        os._exit(3)
    if what == "memory":
        raise MemoryError
    if what == "fail":
        raise RuntimeError("two\nlines")
    if what == "hang":
        time.sleep(600)
    if what == "set":
        return {"bad": {1, 2}}
    return {"what": what, "pid": os.getpid()}


def spread(path: Path) -> Mapping[str, Any]:
    return {"values": np.arange(6, dtype=np.float32).reshape(2, 3), "names": np.array(["ä", path.stem])}
