"""The signal operations that are timed, each beside the same operation of librosa, with a check that both give the same.

Every operation is a pair of callables from the same samples to a result. Where the two libraries' defaults differ by choice (librosa thins
its constant-Q kernels; each estimates the tuning in its own way), what is timed is still the default call of each, as a user would write
it, and the check compares both under equal settings; the operation's note says so. This module runs as a process of its own (`main`), so
that the number of threads can be fixed before numpy is loaded.
"""

import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from hexachord.arrays import Float32Array, FloatArray
from hexachord.dsp import chroma, constantq, mel, shape, stft

Result = Any
_PYIN_S = 30.0


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One row: what we do, what librosa does, and how far apart the results may be.

    Parameters
    ----------
    name : of the metric `NAME_x`
    ours, peers : the timed calls
    difference : how far apart the results are (0 = equal); called once, not timed
    tolerance : the largest difference that counts as equal
    repeats : how often each is timed, alternately; the median counts
    """

    name: str
    ours: Callable[[], Result]
    peers: Callable[[], Result]
    difference: Callable[[Result, Result], float]
    tolerance: float = 1e-4
    repeats: int = 7


def operations(signal: Float32Array, *, rate_hz: int, original: Float32Array, original_hz: int) -> list[Operation]:
    """List what is timed on one song.

    Parameters
    ----------
    signal : (n,) the song at `rate_hz` (22050, where both libraries work by default)
    original : (m,) the song at the rate of its file, for the resampler
    """
    import librosa

    from hexachord.audio.model import resample
    from hexachord.dsp.hpss import separate_harmonic_percussive
    from hexachord.dsp.onset import onset_strength
    from hexachord.dsp.pyin import pyin
    from hexachord.dsp.tempogram import autocorrelation_tempogram
    from hexachord.dsp.yin import yin

    voice = signal[: round(_PYIN_S * rate_hz)]
    spectrum, peer_spectrum = stft.stft(signal), librosa.stft(signal)
    fine = constantq.ConstantQ(rate_hz=rate_hz, bins=252, bins_per_octave=36)
    inner = slice(40, -40)  # where kernels reach beyond the ends librosa cuts the halved signals off, we let the filter ring

    def novelty() -> FloatArray:
        return onset_strength(mel.power_to_db(mel.mel_spectrogram(signal, rate_hz=rate_hz), range_db=80.0))

    def centroid() -> FloatArray:
        return np.concatenate([shape.spectral_centroid_hz(np.sqrt(power), rate_hz=rate_hz) for _, power in stft.power_blocks(signal)])

    def constant_q_difference(ours: Result, _: Result) -> float:
        return relative_difference(ours[inner], librosa.cqt(signal, sr=rate_hz, sparsity=0).T[inner])

    def fine_cqt() -> FloatArray:
        return np.asarray(np.abs(librosa.cqt(signal, sr=rate_hz, n_bins=252, bins_per_octave=36, sparsity=0)))

    def chroma_stft_difference(*_: Result) -> float:
        expected = librosa.feature.chroma_stft(y=signal, sr=rate_hz, tuning=0.0).T
        return relative_difference(chroma.chroma_stft(signal, rate_hz=rate_hz, tuning_cents=0.0), expected)

    def chroma_cqt_difference(*_: Result) -> float:
        expected = librosa.feature.chroma_cqt(C=fine_cqt(), sr=rate_hz).T[inner]
        return relative_difference(chroma.chroma_from_cqt(constantq.cqt_magnitude(signal, fine), fine)[inner], expected)

    def cens_difference(*_: Result) -> float:
        # Quantised features leap where a value sits on a step: compare what share of them agrees.
        expected = librosa.feature.chroma_cens(C=fine_cqt(), sr=rate_hz).T[inner]
        ours = chroma.chroma_cens(signal, rate_hz=rate_hz, tuning_cents=0.0)[inner]
        return float(np.mean(np.abs(ours - expected) > 1e-4))

    def same_as_peer(ours: Result, peers: Result) -> float:
        return relative_difference(ours, np.asarray(peers).T)

    def pyin_difference(ours: Result, peers: Result) -> float:
        f0_hz, voiced, _ = peers
        both = ours.voiced & voiced
        apart = np.abs(np.log2(ours.f0_hz[both] / f0_hz[both])) > 0.5 / 12
        return float(np.mean(ours.voiced != voiced) + np.sum(apart) / len(voiced))

    return [
        Operation(name="stft", ours=lambda: stft.stft(signal), peers=lambda: librosa.stft(signal), difference=same_as_peer, repeats=15),
        Operation(
            name="istft",
            ours=lambda: stft.istft(spectrum, length=len(signal)),
            peers=lambda: librosa.istft(peer_spectrum, length=len(signal)),
            difference=same_as_peer,
        ),
        Operation(
            name="mel",
            ours=lambda: mel.mel_spectrogram(signal, rate_hz=rate_hz),
            peers=lambda: librosa.feature.melspectrogram(y=signal, sr=rate_hz),
            difference=same_as_peer,
        ),
        Operation(
            name="mfcc",
            ours=lambda: mel.mfcc(mel.power_to_db(mel.mel_spectrogram(signal, rate_hz=rate_hz), range_db=80.0)),
            peers=lambda: librosa.feature.mfcc(y=signal, sr=rate_hz),
            difference=same_as_peer,
        ),
        Operation(  # checked against librosa with its kernels complete: thinned, as timed, it is 2 % off its own definition
            name="cqt",
            ours=lambda: constantq.cqt(signal, constantq.ConstantQ(rate_hz=rate_hz)),
            peers=lambda: librosa.cqt(signal, sr=rate_hz),
            difference=constant_q_difference,
            tolerance=2e-4,  # librosa drops the kernels' response to negative frequencies, 1e-4 at 12 bins per octave; we do not
        ),
        Operation(
            name="chroma_stft",  # both estimate the tuning; checked at a given one
            ours=lambda: chroma.chroma_stft(signal, rate_hz=rate_hz),
            peers=lambda: librosa.feature.chroma_stft(y=signal, sr=rate_hz),
            difference=chroma_stft_difference,
        ),
        Operation(
            name="chroma_cqt",  # both estimate the tuning; checked at a given one, librosa's kernels complete
            ours=lambda: chroma.chroma_cqt(signal, rate_hz=rate_hz),
            peers=lambda: librosa.feature.chroma_cqt(y=signal, sr=rate_hz),
            difference=chroma_cqt_difference,
            repeats=3,
        ),
        Operation(
            name="chroma_cens",
            ours=lambda: chroma.chroma_cens(signal, rate_hz=rate_hz),
            peers=lambda: librosa.feature.chroma_cens(y=signal, sr=rate_hz),
            difference=cens_difference,
            tolerance=1e-2,
            repeats=3,
        ),
        Operation(
            name="onset_strength", ours=novelty, peers=lambda: librosa.onset.onset_strength(y=signal, sr=rate_hz), difference=same_as_peer
        ),
        Operation(
            name="tempogram",
            ours=lambda: autocorrelation_tempogram(novelty()),
            peers=lambda: librosa.feature.tempogram(y=signal, sr=rate_hz),
            difference=same_as_peer,
        ),
        Operation(
            name="hpss",
            ours=lambda: np.stack(separate_harmonic_percussive(signal)),
            peers=lambda: np.stack(librosa.effects.hpss(signal)),
            difference=relative_difference,
            repeats=2,
        ),
        Operation(
            name="pyin",  # 30 s; the difference is the share of frames whose voicing or pitch (by a quarter-tone) differs
            ours=lambda: pyin(voice, rate_hz=rate_hz),
            peers=lambda: librosa.pyin(voice, sr=rate_hz, fmin=65.4, fmax=2093.0),
            difference=pyin_difference,
            tolerance=0.02,
            repeats=3,
        ),
        Operation(
            name="yin",  # the difference is the share of frames that disagree by a quarter-tone
            ours=lambda: yin(signal, rate_hz=rate_hz)[0],
            peers=lambda: librosa.yin(signal, sr=rate_hz, fmin=65.4, fmax=2093.0),
            difference=lambda ours, peers: float(np.mean(np.abs(np.log2(ours / peers)) > 0.5 / 12)),
            tolerance=0.01,
            repeats=3,
        ),
        Operation(
            name="resample",
            ours=lambda: resample(original, original_hz, rate_hz),
            peers=lambda: librosa.resample(original, orig_sr=original_hz, target_sr=rate_hz),
            difference=relative_difference,
            repeats=15,
        ),
        Operation(
            name="rms", ours=lambda: shape.rms(signal), peers=lambda: librosa.feature.rms(y=signal)[0], difference=relative_difference
        ),
        Operation(
            name="centroid",
            ours=centroid,
            peers=lambda: librosa.feature.spectral_centroid(y=signal, sr=rate_hz)[0],
            difference=relative_difference,
        ),
    ]


def relative_difference(ours: Result, theirs: Result) -> float:
    """Largest difference over the largest value; infinite when the shapes differ."""
    a, b = np.asarray(ours), np.asarray(theirs)
    if a.shape != b.shape:
        return float("inf")
    return float(np.max(np.abs(a - b)) / max(float(np.max(np.abs(b))), 1e-12))


def medians(calls: list[Callable[[], Result]], *, repeats: int) -> list[float]:
    """Time calls alternately, so that a busy moment hits all of them, and give the median seconds of each."""
    seconds: list[list[float]] = [[] for _ in calls]
    for _ in range(repeats):
        for call, spent in zip(calls, seconds, strict=True):
            began = time.perf_counter()
            result = call()
            spent.append(time.perf_counter() - began)
            del result
    return [float(np.median(spent)) for spent in seconds]


def stft_limit(signal: Float32Array, *, repeats: int = 15) -> tuple[float, float]:
    """Compare `stft` with the bare windowed FFTs: window x frame and scipy's rfft, float32, 256 frames at a time.

    Returns
    -------
    (times slower than the floor that keeps its results, times slower than the floor that throws them away). The first is the honest
    floor of an STFT, which has to put its result somewhere; writing it costs half as much again as computing it.
    """
    import scipy.fft

    window = stft.window_samples("hann", 2048).astype(np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(np.pad(signal, 1024), 2048)[::512]

    def discarding() -> None:
        for first in range(0, len(frames), 256):
            scipy.fft.rfft(frames[first : first + 256] * window)

    def keeping() -> list[FloatArray]:
        return [scipy.fft.rfft(frames[first : first + 256] * window) for first in range(0, len(frames), 256)]

    calls: list[Callable[[], Result]] = [lambda: stft.stft(signal), keeping, discarding]
    medians(calls, repeats=1)
    ours, kept, discarded = medians(calls, repeats=repeats)
    return ours / kept, ours / discarded


def main(folder: Path, *, peer: bool) -> None:
    """Time everything on the signals in `folder` and print one JSON object per line: the floor, then the operations as they finish."""
    signal, original = np.load(folder / "signal.npy"), np.load(folder / "original.npy")
    rates = json.loads((folder / "rates.json").read_text(encoding="utf-8"))
    kept, discarded = stft_limit(signal)
    _say({"id": "stft_limit", "x": kept, "discarding_x": discarded})
    if not peer:
        return
    rows = operations(signal, rate_hz=rates["rate_hz"], original=original, original_hz=rates["original_hz"])
    for done, row in enumerate(rows):
        _say({"id": row.name, "starting": done, "total": len(rows)})
        difference = row.difference(row.ours(), row.peers())  # also warms up: imports, plans, librosa's compiled parts
        ours_s, peer_s = medians([row.ours, row.peers], repeats=row.repeats)
        equal = difference <= row.tolerance
        _say({"id": row.name, "hexachord_s": ours_s, "librosa_s": peer_s, "difference": difference, "equal": equal})


def _say(line: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()
