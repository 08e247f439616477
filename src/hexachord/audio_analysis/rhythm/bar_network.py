"""A second look, from beat to beat: is this the beat, which of them begin bars, and which metre is it?

The first network walks through time in frames; how many frames a bar has depends on the tempo, so it hears beats well and counts them
poorly. The second one walks in beats: whatever the tempo, a waltz is three steps. It is shown what sounds in six parts of each beat of a
candidate (`hexachord.audio_analysis.rhythm.readings`), and says of each beat how likely it is one that people tap, how likely it is a
downbeat, and what metre it is in. Krebs, Böck, Dorfer & Widmer, "Downbeat tracking using beat synchronous features with recurrent neural
networks", ISMIR 2016; Durand, Bello, David & Richard, "Robust downbeat tracking using an ensemble of convolutional networks", IEEE/ACM
TASLP 2017.
"""

from dataclasses import dataclass

import numpy as np

from hexachord.arrays import Float32Array, Float64Array, FloatArray, UInt8Array
from hexachord.audio_analysis.rhythm.traits import METRES
from hexachord.dsp.features import LogMel
from hexachord.models.networks import Network, open_network, run_network

SHIPPED = "rhythm_bars"
PARTS = 6
"""Of a beat: eighths, triplets and sixteenths all begin near the beginning of one."""

_POOL = 3  # bands of the spectrogram that are one here
_LIKELY_BPM = 110.0


@dataclass(frozen=True, eq=False)
class BarLook:
    """What the network says of the beats of a candidate: (beats,) log odds that they are tapped, and of a downbeat, and (metres,) log
    chances of `traits.METRES`."""

    level: Float64Array
    downbeat: Float64Array
    metre: Float64Array


def unknown_look(beats: int) -> BarLook:
    """Say nothing."""
    return BarLook(np.zeros(beats), np.zeros(beats), np.full(len(METRES), -np.log(len(METRES))))


def columns_of(feature: LogMel) -> int:
    """How many columns `beat_parts` has."""
    return PARTS * len(range(0, feature.bands, _POOL)) + 1


def beat_parts(mel: UInt8Array, time_s: FloatArray, *, feature: LogMel) -> Float32Array:
    """Show what sounds in each part of each beat.

    Parameters
    ----------
    mel : (frames, bands) bytes of `feature`
    time_s : (beats,) ascending, at least two; the last beat is as long as the one before it

    Returns
    -------
    (beats, columns) float32: mean decibels of groups of bands, part by part, against the mean of the whole; last, octaves of tempo
    """
    time = np.asarray(time_s, dtype=np.float64)
    length = np.append(np.diff(time), time[-1] - time[-2])
    edges = (time[:, None] + length[:, None] * np.arange(PARTS) / PARTS).ravel()
    starts = np.rint(np.append(edges, time[-1] + length[-1]) / feature.hop_s).astype(np.int64)
    starts = np.clip(starts, 0, len(mel) - 1)
    sums = np.add.reduceat(mel, starts, axis=0, dtype=np.float32)[:-1]  # two edges in one frame: that frame
    means = sums / np.maximum(np.diff(starts), 1)[:, None].astype(np.float32)
    groups = np.arange(0, feature.bands, _POOL)
    pooled = np.add.reduceat(means, groups, axis=1) / np.diff(np.append(groups, feature.bands)).astype(np.float32)
    decibels = (pooled - pooled.mean()) * np.float32(feature.step_db)
    tempo = np.log2(60.0 / np.maximum(length, 1e-3) / _LIKELY_BPM)
    return np.concatenate([decibels.reshape(len(time), -1), tempo[:, None].astype(np.float32)], axis=1)


def look_at_beats(mel: UInt8Array, time_s: FloatArray, *, feature: LogMel, network: Network | None = None) -> BarLook:
    """Look at the beats of a candidate; see `beat_parts`.

    Raises
    ------
    InputError : if this installation lacks the network.
    """
    opened = open_network(SHIPPED) if network is None else network
    shown = beat_parts(mel, time_s, feature=feature)
    said = run_network(opened, lambda first, last: shown[first:last], len(shown))
    chance = np.clip(said["chance"].astype(np.float64), 1e-3, 1.0 - 1e-3)
    odds = np.log(chance / (1.0 - chance))
    metre = np.log(np.maximum(said["metre"], 1e-4)).mean(axis=0).astype(np.float64)
    return BarLook(level=odds[:, 0], downbeat=odds[:, 1], metre=metre - np.logaddexp.reduce(metre))
