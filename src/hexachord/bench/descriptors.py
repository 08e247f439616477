"""Descriptors: equal to librosa's where the definition is, and how fast the complete set is beside librosa and Essentia.

``max_rel_err`` is the largest difference over the largest value, over all descriptors that librosa defines as we do, on real recordings
(``descriptors_equal`` counts them). ``librosa_x`` is librosa's time for those over ours; ``essentia_x`` is the time of Essentia's
MusicExtractor, started as a program of its own on a file of three minutes, over that of our complete set, started likewise: reading and
starting up are part of both. Everything runs in one thread. Essentia is only measured, where a Python that has it is found.
"""

import importlib.util
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from hexachord.arrays import Float32Array, FloatArray
from hexachord.audio import load_audio, save_audio
from hexachord.audio.model import Audio
from hexachord.audio_analysis.descriptors import ALIASES, CATALOGUE, FAMILIES, OPTIONAL_FAMILIES, FrameDescriptors, describe_frames
from hexachord.bench.harness import NOT_INSTALLED, BenchItem, BenchResult, PeerResult, Progress, installed, peer_version, report
from hexachord.bench.loop import RATE_HZ
from hexachord.bench.speed import SECONDS, song_files, three_minutes

_SONGS = 6
_SONG_S = 30.0
_REPEATS = 3
_EDGE = 40  # frames whose constant-Q kernels reach beyond the ends: librosa cuts the halved signals off, we let the filter ring
_LEAPING = {"chroma_cens": 0.95, "spectral_rolloff": 0.99, "SpectralRolloff": 0.99}  # which quantile of their frames' differences counts
_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")
_ESSENTIA_PYTHON = "HEXACHORD_ESSENTIA_PYTHON"

_OURS = """
import sys
from hexachord.audio import load_audio
from hexachord.audio_analysis.descriptors import describe_frames
found = describe_frames(load_audio(sys.argv[1], rate_hz=22050, mono=True).mono())
print(found.values.shape[1] + len(found.song))
"""
_MUSIC_EXTRACTOR = """
import sys
import essentia
essentia.log.infoActive = False
essentia.log.warningActive = False
from essentia.standard import MusicExtractor
found, _ = MusicExtractor()(sys.argv[1])
print(len(found.descriptorNames()))
"""


def run(data: Path, *, peer: bool = False, instruments: Path | None = None, progress: Progress | None = None) -> BenchResult:
    """Measure `max_rel_err librosa_x essentia_x descriptors columns numbers hexachord_s`.

    Parameters
    ----------
    data : the bench folder or the folder above it (its `artists` are used), or any folder of sound files
    peer : also time librosa and Essentia, where they are installed; equality needs librosa as well
    instruments : not used here
    progress : told what is being done
    """
    files = song_files(data)
    signal, file_rate_hz = three_minutes(files)
    metrics: dict[str, float] = {
        "descriptors": len([entry for entry in CATALOGUE.values() if entry.family in FAMILIES]),
        "columns": sum(len(entry.columns) for entry in CATALOGUE.values() if entry.family in FAMILIES and not entry.song),
        "numbers": sum(len(entry.columns) for entry in CATALOGUE.values() if entry.family in FAMILIES and entry.song),
    }
    skipped: list[str] = []
    peers: dict[str, PeerResult] = {}
    items: tuple[BenchItem, ...] = ()
    if peer and installed("librosa"):
        items = _equality(files, progress=progress)
        names = items[0].metrics if items else {}
        metrics["max_rel_err"] = max((item.metrics[name] for item in items for name in names), default=float("nan"))
        metrics["descriptors_equal"] = float(len(names))
        report(progress, "descriptors: beside librosa", 0, 1)
        metrics["librosa_x"], seconds = _librosa_speed(signal, file_rate_hz)
        peers["librosa"] = PeerResult(version=peer_version("librosa"), metrics={"librosa_s": seconds}, wall_s=seconds)
    elif peer:
        peers["librosa"] = NOT_INSTALLED
    if not peer or not installed("librosa"):
        skipped.append("equality and speed beside librosa: " + ("librosa is not installed" if peer else "ask for the peer"))
    report(progress, "descriptors: fresh processes", 0, 1)
    essentia = essentia_python() if peer else None
    ours_s, theirs_s, theirs = _programs(signal, file_rate_hz, essentia)
    metrics["hexachord_s"] = ours_s
    if theirs_s is not None:
        metrics["essentia_x"] = theirs_s / ours_s
        peers["essentia"] = PeerResult(metrics={"essentia_s": theirs_s, "descriptors": float(theirs)}, wall_s=theirs_s)
    else:
        skipped.append(
            "essentia_x: "
            + (f"Essentia is not installed (name a Python that has it in {_ESSENTIA_PYTHON})" if peer else "ask for the peer")
        )
        if peer:
            peers["essentia"] = NOT_INSTALLED
    report(progress, "descriptors: done", 1, 1)
    return BenchResult(
        bench="descriptors",
        data=str(data),
        engine="hexachord",
        metrics=metrics,
        items=items,
        seconds_of_audio=SECONDS,
        wall_s=ours_s,
        cpu_s=ours_s,
        skipped=tuple(skipped),
        peers=peers,
    )


def librosa_differences(signal: Float32Array, *, rate_hz: int) -> dict[str, float]:
    """Compare every descriptor that librosa defines as we do: its name → largest difference over largest value.

    librosa is given our tuning and our tempo, and its constant-Q kernels complete (by default it thins them, 2 % off its own definition).
    Quantised chroma leaps where a value sits on a step, and smoothing carries a leap over 41 frames: what counts there is the 95th
    percentile of the frames' differences. A roll-off is the frequency of a bin, and rounding may choose its neighbour: the 99th.
    """
    found = describe_frames(signal, rate_hz=rate_hz, families=(*FAMILIES, *OPTIONAL_FAMILIES))
    expected = _librosa_calls(signal, rate_hz=rate_hz, found=found)
    differences: dict[str, float] = {}
    for name, call in expected.items():
        ours = found.columns(ALIASES["librosa"][name])
        theirs = np.atleast_2d(np.asarray(call())).T
        if name in ("chroma_cqt", "chroma_cens", "tonnetz"):
            ours, theirs = ours[_EDGE:-_EDGE], theirs[_EDGE:-_EDGE]
        differences[name] = leap_difference(ours, theirs, quantile=_LEAPING.get(name, 1.0))
    return differences


def pyaca_differences(signal: Float32Array, *, rate_hz: int) -> dict[str, float]:
    """Compare what pyACA defines as we do with its formulas (A. Lerch, MIT licence), on the same spectra."""
    from hexachord.dsp.stft import stft

    magnitude = np.abs(stft(signal)).astype(np.float64)
    hz = np.arange(magnitude.shape[1]) * rate_hz / 2048
    number = np.arange(magnitude.shape[1])
    total = magnitude.sum(axis=1)
    total = np.where(total > 0, total, 1)
    centroid = magnitude @ hz / total
    rest = magnitude[:, 1:].sum(axis=1)
    expected: dict[str, FloatArray] = {
        "SpectralCentroid": centroid,
        "SpectralSpread": np.sqrt(np.sum((hz - centroid[:, None]) ** 2 * magnitude, axis=1) / total),
        "SpectralDecrease": (magnitude - magnitude[:, :1]) @ (1 / np.maximum(number, 1)) / np.where(rest > 0, rest, 1),
        "SpectralFlatness": np.exp(np.log(magnitude + 1e-20).mean(axis=1)) / np.where(rest > 0, magnitude.mean(axis=1), 1),
        "SpectralRolloff": hz[np.argmax(np.cumsum(magnitude, axis=1) >= 0.85 * total[:, None], axis=1)],
    }
    found = describe_frames(signal, rate_hz=rate_hz, families=["spectral"])
    ours = {name: found.columns(ALIASES["pyaca"][name])[:, 0] for name in expected}
    return {name: leap_difference(ours[name], expected[name], quantile=_LEAPING.get(name, 1.0)) for name in expected}


def leap_difference(ours: FloatArray, theirs: FloatArray, *, quantile: float = 1.0) -> float:
    """Difference over the largest value: that of the worst frame, or of the frame at a quantile; infinite when the shapes differ.

    Examples
    --------
    >>> leap_difference(np.array([1.0, 2.0, 4.0, 4.0]), np.array([1.0, 2.0, 4.0, 3.0]), quantile=0.5)
    0.0
    """
    if ours.shape != theirs.shape:
        return float("inf")
    frames = np.abs(ours - theirs).reshape(len(ours), -1).max(axis=1)
    return float(np.quantile(frames, quantile) / max(float(np.abs(theirs).max()), 1e-12))


def essentia_python() -> str | None:
    """Find a Python that can import Essentia: the one named in ``HEXACHORD_ESSENTIA_PYTHON``, this one, or those on the path."""
    named = os.environ.get(_ESSENTIA_PYTHON)
    candidates = (
        [named]
        if named
        else [sys.executable if importlib.util.find_spec("essentia") else None, shutil.which("python3"), shutil.which("python")]
    )
    for python in candidates:
        if (
            python
            and shutil.which(python)
            and subprocess.run([python, "-c", "import essentia"], capture_output=True, check=False).returncode == 0
        ):
            return python
    return None


def _librosa_calls(signal: Float32Array, *, rate_hz: int, found: FrameDescriptors | None) -> dict[str, Callable[[], Any]]:
    """librosa's own functions under its names; with `found` at its tuning and tempo, else as a user would call them."""
    import librosa

    feature = librosa.feature
    calls: dict[str, Callable[[], Any]] = {
        "melspectrogram": lambda: feature.melspectrogram(y=signal, sr=rate_hz),
        "mfcc": lambda: feature.mfcc(y=signal, sr=rate_hz),
        "rms": lambda: feature.rms(y=signal),
        "spectral_centroid": lambda: feature.spectral_centroid(y=signal, sr=rate_hz),
        "spectral_bandwidth": lambda: feature.spectral_bandwidth(y=signal, sr=rate_hz),
        "spectral_contrast": lambda: feature.spectral_contrast(y=signal, sr=rate_hz),
        "spectral_flatness": lambda: feature.spectral_flatness(y=signal),
        "spectral_rolloff": lambda: feature.spectral_rolloff(y=signal, sr=rate_hz),
        "poly_features": lambda: feature.poly_features(y=signal, sr=rate_hz),
        "zero_crossing_rate": lambda: feature.zero_crossing_rate(signal),
        "onset_strength": lambda: librosa.onset.onset_strength(y=signal, sr=rate_hz),
        "tempogram": lambda: feature.tempogram(y=signal, sr=rate_hz),
        "fourier_tempogram": lambda: np.abs(feature.fourier_tempogram(y=signal, sr=rate_hz))[:, : 1 + len(signal) // 512],
    }
    if found is None:
        return calls | {
            "chroma_stft": lambda: feature.chroma_stft(y=signal, sr=rate_hz),
            "chroma_cqt": lambda: feature.chroma_cqt(y=signal, sr=rate_hz),
            "chroma_cens": lambda: feature.chroma_cens(y=signal, sr=rate_hz),
            "tonnetz": lambda: feature.tonnetz(y=signal, sr=rate_hz),
            "tempogram_ratio": lambda: feature.tempogram_ratio(y=signal, sr=rate_hz),
        }
    semitones = found.song["tonal/tuning_cents"] / 100
    bpm = found.song["rhythm/tempo_bpm"]
    complete = np.abs(librosa.cqt(signal, sr=rate_hz, n_bins=252, bins_per_octave=36, sparsity=0, tuning=3 * semitones))
    return calls | {
        "chroma_stft": lambda: feature.chroma_stft(y=signal, sr=rate_hz, tuning=semitones),
        "chroma_cqt": lambda: feature.chroma_cqt(C=complete, sr=rate_hz),
        "chroma_cens": lambda: feature.chroma_cens(C=complete, sr=rate_hz),
        "tonnetz": lambda: feature.tonnetz(chroma=feature.chroma_cqt(C=complete, sr=rate_hz)),
        "tempogram_ratio": lambda: feature.tempogram_ratio(y=signal, sr=rate_hz, bpm=np.array([bpm])) if bpm > 0 else np.zeros((13, 1)),
    }


def _equality(files: Sequence[Path], *, progress: Progress | None) -> tuple[BenchItem, ...]:
    items = []
    chosen = files[:: max(1, len(files) // _SONGS)][:_SONGS]
    for done, path in enumerate(chosen):
        report(progress, f"descriptors: {path.stem}", done, len(chosen))
        signal = load_audio(path, rate_hz=RATE_HZ, mono=True).mono()[: round(_SONG_S * RATE_HZ)]
        items.append(BenchItem(id=path.stem, metrics=librosa_differences(np.ascontiguousarray(signal), rate_hz=RATE_HZ)))
    return tuple(items)


def _librosa_speed(signal: Float32Array, file_rate_hz: int) -> tuple[float, float]:
    """Time librosa's calls for its set beside our complete one, alternately, in this process; (librosa over ours, librosa's seconds)."""
    from hexachord.audio.model import resample

    working = resample(signal, file_rate_hz, RATE_HZ)
    calls = _librosa_calls(working, rate_hz=RATE_HZ, found=None)

    def theirs() -> None:
        for call in calls.values():
            call()

    def ours() -> None:
        describe_frames(working, rate_hz=RATE_HZ, families=(*FAMILIES, "tempograms"))

    seconds: dict[str, list[float]] = {"ours": [], "theirs": []}
    for turn in range(_REPEATS):
        for name, call in (("ours", ours), ("theirs", theirs)):
            began = time.process_time()
            call()
            if turn:  # the first is a warm-up: plans, librosa's compiled parts
                seconds[name].append(time.process_time() - began)
    theirs_s = statistics.median(seconds["theirs"])
    return theirs_s / statistics.median(seconds["ours"]), theirs_s


def _programs(signal: Float32Array, rate_hz: int, essentia: str | None) -> tuple[float, float | None, int]:
    """Start each program alternately on one file; the median processor seconds of ours and of Essentia's, and how many names it gave."""
    found: dict[str, list[float]] = {"ours": [], "essentia": []}
    names = 0
    with tempfile.TemporaryDirectory(prefix="hexachord-descriptors-") as folder:
        path = Path(folder) / "song.wav"
        save_audio(Audio(samples=signal[np.newaxis] / max(1.0, float(np.abs(signal).max())), rate_hz=rate_hz), path)
        programs = {"ours": (sys.executable, _OURS)} | ({"essentia": (essentia, _MUSIC_EXTRACTOR)} if essentia else {})
        for turn in range(_REPEATS + 1):
            for name, (python, program) in programs.items():
                seconds, printed = _timed([python, "-W", "ignore", "-c", program, str(path)])
                if turn:
                    found[name].append(seconds)
                if name == "essentia":
                    names = int(printed)
    return statistics.median(found["ours"]), statistics.median(found["essentia"]) if essentia else None, names


def _timed(command: Sequence[str]) -> tuple[float, str]:
    """Run a program in one thread; its processor seconds (a neighbour's load does not count) and the last line it prints."""
    import resource

    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **_ONE_THREAD})
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise RuntimeError(f"a fresh process failed:\n{done.stderr}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done.stdout.strip().splitlines()[-1]
