import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from hexachord.bench import descriptors
from hexachord.bench.harness import run_bench


def write(folder: Path) -> Path:
    t = np.arange(4 * 22050) / 22050
    noise = np.random.default_rng(0).standard_normal(len(t))
    soundfile.write(folder / "song.wav", 0.2 * np.sin(2 * np.pi * 220 * t) + 0.1 * noise * np.exp(-10 * (t % 0.5)), 22050)
    return folder


def test_a_program_is_timed() -> None:
    seconds, printed = descriptors._timed([sys.executable, "-c", "print('a'); print(sum(range(2_000_000)))"])
    assert printed == "1999999000000"
    assert 0.001 < seconds < 60
    with pytest.raises(RuntimeError, match="a fresh process failed"):
        descriptors._timed([sys.executable, "-c", "raise SystemExit(3)"])


def test_essentia_is_looked_for_where_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEXACHORD_ESSENTIA_PYTHON", sys.executable)
    found = descriptors.essentia_python()
    assert found in (None, sys.executable)
    monkeypatch.setenv("HEXACHORD_ESSENTIA_PYTHON", "/no/such/python")
    assert descriptors.essentia_python() is None


@pytest.mark.slow
def test_without_peers_it_counts_and_times(tmp_path: Path) -> None:
    result = run_bench("descriptors", data=write(tmp_path))
    assert result.metrics["descriptors"] > 140
    assert result.metrics["hexachord_s"] > 0
    assert "essentia_x" not in result.metrics
    assert len(result.skipped) == 2


@pytest.mark.slow
def test_differences_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("librosa")
    signal, _ = soundfile.read(write(tmp_path) / "song.wav", dtype="float32")
    assert max(descriptors.librosa_differences(signal, rate_hz=22050).values()) < 1e-4
    monkeypatch.setitem(descriptors.ALIASES["librosa"], "rms", "dynamics/std")  # type: ignore[arg-type]
    offset = signal + np.float32(0.1)
    assert descriptors.librosa_differences(offset, rate_hz=22050)["rms"] > 1e-3
