"""Running the command line in this process, and the broken files it must refuse."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
import soundfile

from hexachord.cli.app import main

RATE_HZ = 22050


class Ran(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture
def cli(capfd: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ran]:
    """Run `hexachord ARGUMENTS` in an empty current directory."""
    work = tmp_path / "work"
    work.mkdir(exist_ok=True)
    monkeypatch.chdir(work)
    monkeypatch.setenv("COLUMNS", "200")

    def run(*arguments: object) -> Ran:
        capfd.readouterr()
        code = main([str(argument) for argument in arguments])
        captured = capfd.readouterr()
        return Ran(code, captured.out, captured.err)

    return run


def tune(seconds: float = 4.0, rate_hz: int = RATE_HZ, channels: int = 1) -> np.ndarray:
    """A C major arpeggio with a click on every beat at 120 a minute: (n, channels) float64."""
    t = np.arange(int(seconds * rate_hz)) / rate_hz
    pitch = np.array([60, 64, 67, 72])[(t / 0.5).astype(int) % 4]
    phase = np.cumsum(440.0 * 2 ** ((pitch - 69) / 12)) / rate_hz
    envelope = np.exp(-(t % 0.5) * 6)
    signal = envelope * sum(np.sin(2 * np.pi * k * phase) / k for k in (1, 2, 3)) * 0.3
    return np.repeat(signal[:, None], channels, axis=1)


@pytest.fixture(scope="session")
def songs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of good and broken files."""
    folder = tmp_path_factory.mktemp("songs")
    soundfile.write(folder / "good.wav", tune(), RATE_HZ)
    soundfile.write(folder / "low.wav", tune(rate_hz=8000), 8000, subtype="PCM_U8")
    soundfile.write(folder / "high.wav", tune(2.0, 192_000, 6), 192_000)
    for suffix in ("mp3", "flac"):
        soundfile.write(folder / f"whole.{suffix}", tune(20.0), RATE_HZ)
        data = (folder / f"whole.{suffix}").read_bytes()
        (folder / f"truncated.{suffix}").write_bytes(data[: len(data) // 2])
    broken = tune().astype(np.float32)
    broken[RATE_HZ : RATE_HZ + 5] = np.nan
    soundfile.write(folder / "nan.wav", broken, RATE_HZ, subtype="FLOAT")
    soundfile.write(folder / "zero.wav", np.zeros((0, 1)), RATE_HZ)
    (folder / "empty.mp3").touch()
    (folder / "text.mp3").write_text("Dear diary,\ntoday I renamed a letter.\n" * 50)
    (folder / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(500))
    return folder


@pytest.fixture
def left_behind(tmp_path: Path) -> Callable[[], list[str]]:
    """List what a command left in its current directory."""
    return lambda: sorted(os.path.relpath(path, tmp_path / "work") for path in (tmp_path / "work").rglob("*"))
