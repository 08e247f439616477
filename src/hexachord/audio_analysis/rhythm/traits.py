"""What the rhythm network says besides beats, in every frame: which metre, and which tempo.

Which of two levels is the beat, and whether bars have two beats or four, is not in the sound of one moment; style tells it, and style is
what a network hears in half a minute. So ours also names a metre (`METRES`: beats in a bar, and whether beats fall into two or three
parts) and a tempo (`TEMPI_BPM`, twelve to the octave) for every frame, and what it says over a whole recording is evidence for the readings
that agree with it. Böck, Davies & Knees, "Multi-task learning of tempo and beat", ISMIR 2019, let one network learn both.
"""

from dataclasses import dataclass

import numpy as np

from hexachord.arrays import BoolArray, Float32Array, Float64Array, FloatArray, IntArray
from hexachord.dsp.metrical import TempoCurve

METRES: tuple[tuple[int, int], ...] = ((2, 2), (3, 2), (4, 2), (5, 2), (6, 2), (7, 2), (2, 3), (3, 3), (4, 3))
"""(beats in a bar, parts of a beat): 6/8 is (2, 3)."""

TEMPI_BPM: Float64Array = 30.0 * 2.0 ** (np.arange(41) / 12.0)
TRAITS = (len(METRES), len(TEMPI_BPM))
NAMES = ("metre", "tempo")
"""Of the network's outputs."""

_SPREAD = 0.7  # of a tempo, in twelfths of an octave: who says 120 is not wrong where it is 124
_ASIDE = 4  # beats to either side that the tempo of a moment is measured over
_LEAST = 1e-4


@dataclass(frozen=True, eq=False)
class Traits:
    """Chances over time: (n, metres) and (n, tempi), `hop_s` apart."""

    metre: Float32Array
    tempo: Float32Array
    hop_s: float


def unknown_traits() -> Traits:
    """Say nothing: every metre and every tempo is as likely as the others."""
    metre, tempo = (np.full((1, classes), 1.0 / classes, dtype=np.float32) for classes in TRAITS)
    return Traits(metre, tempo, 1.0)


def metre_evidence(traits: Traits) -> Float64Array:
    """(metres,) the mean log chance of each of `METRES`."""
    return np.asarray(np.log(np.maximum(traits.metre, _LEAST)).mean(axis=0), dtype=np.float64)


def count_evidence(evidence: FloatArray) -> dict[int, float]:
    """From log chances of `METRES`: the log chance of each number of beats in a bar, however beats are divided; at most 0."""
    evidence = evidence - np.logaddexp.reduce(evidence)
    found: dict[int, float] = {}
    for (beats, _), value in zip(METRES, evidence.tolist(), strict=True):
        found[beats] = float(np.logaddexp(found.get(beats, -np.inf), value))
    return found


def tempo_evidence(traits: Traits, time_s: FloatArray) -> float:
    """Say how likely the tempo of given beats is, as the mean log chance over them: 0 is the best, about -9 the worst.

    Parameters
    ----------
    time_s : (beats,) at least two
    """
    frame = np.clip(np.rint(np.asarray(time_s) / traits.hop_s).astype(np.int64), 0, len(traits.tempo) - 1)
    place = tempo_place(local_bpm(time_s))
    inside = np.clip(place, 0.0, len(TEMPI_BPM) - 1.0)
    low = np.minimum(inside.astype(np.int64), len(TEMPI_BPM) - 2)
    part = inside - low
    chance = (1.0 - part) * traits.tempo[frame, low] + part * traits.tempo[frame, low + 1]
    beyond = np.abs(place - inside)  # slower or faster than any class: as unlikely as it is far
    return float(np.mean(np.log(np.maximum(chance, _LEAST)) - beyond))


def tempo_curve_of(traits: Traits, *, weight: float) -> TempoCurve:
    """Hand the chances of tempi to the decoder; `weight` nats a second for each nat by which one is less likely than the best."""
    logarithm = np.log(np.maximum(traits.tempo, _LEAST))
    return TempoCurve(nats=weight * (logarithm - logarithm.max(axis=1, keepdims=True)), bpm=TEMPI_BPM, hop_s=traits.hop_s)


def local_bpm(time_s: FloatArray) -> Float64Array:
    """(beats,) the tempo at each beat: 60 over the median of the intervals around it."""
    time = np.asarray(time_s, dtype=np.float64)
    gap = np.diff(time)
    padded = np.pad(gap, _ASIDE, mode="edge")
    around = np.median(np.lib.stride_tricks.sliding_window_view(padded, 2 * _ASIDE), axis=1)
    return np.asarray(60.0 / np.maximum(around, 1e-3))


def tempo_place(bpm: FloatArray) -> Float64Array:
    """Where tempi lie among `TEMPI_BPM`, as a fractional index.

    Examples
    --------
    >>> tempo_place(np.array([30.0, 60.0])).tolist()
    [0.0, 12.0]
    """
    return np.asarray(12.0 * np.log2(np.asarray(bpm, dtype=np.float64) / TEMPI_BPM[0]))


def tempo_targets(bpm: FloatArray) -> Float32Array:
    """(n,) tempi → (n, tempi) what a network should say: a bell around each, which sums to 1."""
    away = np.clip(tempo_place(bpm), 0.0, len(TEMPI_BPM) - 1.0)[:, None] - np.arange(len(TEMPI_BPM))
    bell = np.exp(-0.5 * (away / _SPREAD) ** 2) + 1e-12
    return np.asarray(bell / bell.sum(axis=1, keepdims=True), dtype=np.float32)


def metre_targets(index: IntArray) -> tuple[Float32Array, BoolArray]:
    """(n,) places in `METRES`, -1 where unknown → (n, metres) of 0 and 1, and (n,) which are known."""
    known = np.asarray(index) >= 0
    found = np.zeros((len(index), len(METRES)), dtype=np.float32)
    found[np.flatnonzero(known), np.asarray(index)[known]] = 1.0
    return found, np.asarray(known)
