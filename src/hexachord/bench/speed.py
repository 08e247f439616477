"""How fast the signal operations are: beside librosa in one process with one thread each, and from a fresh process.

``NAME_x`` is librosa's time over ours (median of alternating repeats, outputs compared), ``geomean_x`` and ``worst_x`` sum them up.
``stft_limit_x`` says how far the STFT is from the bare windowed FFTs, with no peer involved. The fresh-process numbers are what a user of
the command line feels: ``import_x`` (import hexachord over import numpy), ``help_cpu_s``, ``first_beats_s`` and ``first_beats_x``.
"""

import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from hexachord.arrays import Float32Array
from hexachord.audio import load_audio
from hexachord.bench.datasets import bench_folder
from hexachord.bench.harness import NOT_INSTALLED, BenchItem, BenchResult, PeerResult, Progress, installed, peer_version, report
from hexachord.bench.loop import RATE_HZ
from hexachord.errors import InputError

SECONDS = 180.0
_FIRST_BEATS_S = 30.0
_ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS", "NUMBA_NUM_THREADS"), "1"
)

_IMPORT = "import time; began = time.perf_counter(); import {module}; print(time.perf_counter() - began)"
_HELP = """
import sys, time
sys.argv = ["hexachord", "--help"]
from hexachord.cli.app import main
try:
    main()
finally:
    print(time.process_time(), file=sys.stderr)
"""
_OUR_BEATS = """
import sys
import numpy as np
from hexachord.audio_analysis.rhythm import analyse_rhythm
from hexachord.dsp.frontend import FrontEnd
print(len(analyse_rhythm(FrontEnd(np.load(sys.argv[1]), rate_hz=22050)).beats.time_s))
"""
_PEER_BEATS = """
import sys
import numpy as np
import librosa
print(len(librosa.beat.beat_track(y=np.load(sys.argv[1]), sr=22050)[1]))
"""


def run(data: Path, *, peer: bool = False, instruments: Path | None = None, progress: Progress | None = None) -> BenchResult:
    """Measure `NAME_x geomean_x worst_x stft_limit_x import_x help_cpu_s first_beats_s first_beats_x`.

    Parameters
    ----------
    data : the bench folder or the folder above it (three minutes of its `artists` are used), or any folder of sound files
    peer : also time librosa; without it only what needs no peer is measured
    instruments : not used here
    progress : told what is being done
    """
    original, original_hz = three_minutes(song_files(data))
    row = measure(original, rate_hz=original_hz, peer=peer, progress=progress)
    items, metrics, skipped = row["items"], row["metrics"], row["skipped"]
    ours_s = sum(item.metrics["hexachord_s"] for item in items)  # every operation once; one thread, so this is processor time too
    peers: dict[str, PeerResult] = {}
    if peer:
        peers["librosa"] = NOT_INSTALLED
        if installed("librosa"):
            seconds = {f"{item.id}_s": item.metrics["librosa_s"] for item in items}
            peers["librosa"] = PeerResult(version=peer_version("librosa"), metrics=seconds, wall_s=sum(seconds.values()))
    return BenchResult(
        bench="speed",
        data=str(data),
        engine="hexachord",
        metrics=metrics,
        items=items,
        seconds_of_audio=SECONDS,
        wall_s=ours_s,
        cpu_s=ours_s,
        skipped=skipped,
        peers=peers,
    )


def measure(signal: Float32Array, *, rate_hz: int, peer: bool = True, progress: Progress | None = None) -> dict[str, Any]:
    """Measure one song.

    Parameters
    ----------
    signal : (n,) mono at its file's rate
    rate_hz : that rate
    peer : also time librosa, when it is installed

    Returns
    -------
    {"metrics": the numbers by name, "items": one `BenchItem` per operation, "skipped": what was left out and why}
    """
    from hexachord.audio.model import resample

    with_peer = peer and installed("librosa")
    metrics: dict[str, float] = {}
    items: list[BenchItem] = []
    skipped: list[str] = []
    if not with_peer:
        skipped.append("operations beside librosa: " + ("librosa is not installed" if peer else "ask for the peer"))
    working = resample(signal, rate_hz, RATE_HZ)
    with tempfile.TemporaryDirectory(prefix="hexachord-speed-") as name:
        folder = Path(name)
        np.save(folder / "signal.npy", working)
        np.save(folder / "original.npy", signal)
        np.save(folder / "half_minute.npy", working[: round(_FIRST_BEATS_S * RATE_HZ)])
        (folder / "rates.json").write_text(json.dumps({"rate_hz": RATE_HZ, "original_hz": rate_hz}), encoding="utf-8")
        report(progress, "speed: fresh processes", 0, 1)
        metrics |= _fresh_processes(folder / "half_minute.npy", peer=with_peer, skipped=skipped)
        for line in _operations(folder, peer=with_peer):
            if "starting" in line:
                report(progress, f"speed: {line['id']}", line["starting"], line["total"])
            elif line["id"] == "stft_limit":
                metrics["stft_limit_x"], metrics["stft_limit_discarding_x"] = line["x"], line["discarding_x"]
            else:
                items.append(_item(line))
                if not line["equal"]:
                    skipped.append(f"{line['id']} in the means: its output differs from librosa's by {line['difference']:.1e}")
        report(progress, "speed: done", len(items), len(items))
    ratios = {item.id: item.metrics["x"] for item in items if item.metrics["equal"]}
    seconds = {f"{item.id}_s": item.metrics["hexachord_s"] for item in items}
    metrics = {f"{item.id}_x": item.metrics["x"] for item in items} | metrics | seconds
    if ratios:
        metrics["geomean_x"] = math.exp(statistics.fmean(math.log(x) for x in ratios.values()))
        metrics["worst_x"] = min(ratios.values())
    return {"metrics": metrics, "items": tuple(items), "skipped": tuple(skipped)}


def song_files(data: Path) -> list[Path]:
    """Find music to measure on: the artists of the bench folder, else whatever sound lies in the folder itself.

    Raises
    ------
    InputError : if there is none.
    """
    kinds = {".ogg", ".flac", ".wav", ".mp3"}
    for folder in (bench_folder(data) / "artists", data):
        files = sorted(path for path in folder.glob("*") if path.suffix.lower() in kinds)
        if files:
            return files
    raise InputError(data, found="no music", expected="artists/*.ogg, or sound files in the folder itself")


def three_minutes(files: list[Path]) -> tuple[Float32Array, int]:
    """Lay files of one rate end to end, again and again if need be, until three minutes are full; (mono samples, rate)."""
    first = load_audio(files[0], mono=True)
    parts, have, wanted = [first.mono()], first.duration_s, SECONDS
    for path in files[1:]:
        if have >= wanted:
            break
        audio = load_audio(path, rate_hz=first.rate_hz, mono=True)
        parts.append(audio.mono())
        have += audio.duration_s
    whole = np.concatenate(parts)
    samples = round(wanted * first.rate_hz)
    return np.tile(whole, -(-samples // len(whole)))[:samples], first.rate_hz


def _operations(folder: Path, *, peer: bool) -> Iterator[dict[str, Any]]:
    program = "import sys; from pathlib import Path; from hexachord.bench.speed_operations import main; main(Path(sys.argv[1]), peer={})"
    command = [sys.executable, "-W", "ignore", "-c", program.format(peer), str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, **_ONE_THREAD}) as process:
        assert process.stdout is not None
        for line in process.stdout:
            yield json.loads(line)
    if process.returncode:
        raise RuntimeError(f"the measuring process ended with {process.returncode}")


def _item(line: Mapping[str, Any]) -> BenchItem:
    ours_s, peer_s = line["hexachord_s"], line["librosa_s"]
    return BenchItem(
        id=line["id"],
        metrics={
            "x": peer_s / ours_s,
            "hexachord_s": ours_s,
            "librosa_s": peer_s,
            "difference": line["difference"],
            "equal": float(line["equal"]),
        },
    )


def _fresh_processes(half_minute: Path, *, peer: bool, skipped: list[str]) -> dict[str, float]:
    """Measure what a fresh process costs; every figure is a median of alternating starts."""
    imports = {module: _IMPORT.format(module=module) for module in ("numpy", "hexachord")}
    import_s = {module: statistics.median(times) for module, times in _alternate(imports, repeats=9, of="stdout").items()}
    metrics = {"import_x": import_s["hexachord"] / import_s["numpy"]}
    metrics["help_cpu_s"] = statistics.median(_alternate({"help": _HELP}, repeats=5, of="stderr")["help"])
    beats = {"hexachord": _OUR_BEATS} | ({"librosa": _PEER_BEATS} if peer else {})
    beat_s = {name: statistics.median(times) for name, times in _alternate(beats, repeats=3, of="wall", argument=half_minute).items()}
    metrics["first_beats_s"] = beat_s["hexachord"]
    if peer:
        metrics["first_beats_x"] = beat_s["librosa"] / beat_s["hexachord"]
    else:
        skipped.append("first_beats_x: needs librosa")
    return metrics


def _alternate(programs: Mapping[str, str], *, repeats: int, of: str, argument: Path | None = None) -> dict[str, list[float]]:
    """Run programs in turn, each in a fresh process; collect the last line of a stream, or the wall time. The first round warms up."""
    found: dict[str, list[float]] = {name: [] for name in programs}
    for turn in range(repeats + 1):
        for name, program in programs.items():
            command = [sys.executable, "-W", "ignore", "-c", program] + ([str(argument)] if argument else [])
            began = time.perf_counter()
            done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **_ONE_THREAD})
            wall_s = time.perf_counter() - began
            if done.returncode:
                raise RuntimeError(f"a fresh process for {name} failed:\n{done.stderr}")
            if turn:
                stream = done.stdout if of == "stdout" else done.stderr
                found[name].append(wall_s if of == "wall" else float(stream.strip().splitlines()[-1]))
    return found
