"""How a beat divides: in halves (simple time, 4/4) or in thirds (compound time, 6/8).

The rises of energy in bass, middle and treble are folded into the beats, twelve places each: halves and quarters of a beat have places, and
thirds have others. What tells compound time is not that thirds are played: swung eighths play the last third too, but leave the middle one
empty; a few triplets play both, but not throughout; a slow beat divides more often in three than a fast one. A small network weighs all
that, fitted on rendered music (``training/rhythm_division.py``), and its answer is a probability. Where nothing at all is played between
the beats the sound does not tell. (Gouyon & Herrera, "Determination of the meter of musical audio signals: seeking recurrences in beat
segment descriptors", AES 2003, put the same question to beats.)
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hexachord.arrays import Float64Array, FloatArray
from hexachord.audio_analysis.rhythm.readings import standardised
from hexachord.audio_analysis.rhythm.rises import rises_of
from hexachord.dsp.features import LogMel, feature_bytes
from hexachord.models.tables import load_table

if TYPE_CHECKING:
    from hexachord.dsp.frontend import FrontEnd

FEATURE = LogMel()
PLACES = 12  # of a beat
LEAST_BEATS = 8
_BUSY_BPM = 90.0
_MOST_BEATS = 80.0  # more say the same again
_RUN = 8  # beats over which "throughout" is asked
_QUIET = 0.1  # what rises between beats, against what rises on them: less is nothing
_MOST_NATS = 6.0  # nobody is surer than 400 to 1


@dataclass(frozen=True)
class Division:
    """Parts of a beat: 2, 3, or 0 where the sound does not tell; and how sure that is, NaN for 0."""

    parts: int
    confidence: float


UNKNOWN = Division(0, float("nan"))


def division_rises(frontend: "FrontEnd") -> FloatArray:
    """Compute what `estimate_division` looks at: (frames, 3), `FEATURE.hop_s` apart."""
    return rises_of(feature_bytes(frontend.signal_at(FEATURE.rate_hz), FEATURE), FEATURE)


def estimate_division(
    rises: FloatArray, time_s: FloatArray, *, hop_s: float = FEATURE.hop_s, division_evidence: float | None = None
) -> Division:
    """Tell whether beats divide in halves or in thirds.

    Parameters
    ----------
    rises : (frames, 3) how much the energy rises in bass, middle and treble, see `rises_of`
    time_s : (beats,) ascending
    hop_s : from frame to frame
    division_evidence : what another witness says, in nats for compound time and against simple time (a log likelihood ratio: without its
        own opinion of how rare compound time is); it is added

    Returns
    -------
    Division: unknown with fewer than eight beats, and where nothing is played between them and nobody else says anything

    Examples
    --------
    >>> frames = np.zeros((1500, 3), dtype=np.float32)
    >>> for third in range(3):
    ...     frames[50 + 12 * third :: 36] = 6.0 if third == 0 else 3.0
    >>> estimate_division(frames, 1.0 + 0.72 * np.arange(38)).parts
    3
    """
    time = np.asarray(time_s, dtype=np.float64)
    if len(time) < LEAST_BEATS or not (np.diff(time) > 0).all():
        return UNKNOWN
    folded = fold(rises, time, hop_s=hop_s)
    if is_empty_between(folded) and division_evidence is None:
        return UNKNOWN
    odds = log_odds_of(describe_division(folded, bpm=60.0 / float(np.median(np.diff(time)))), load_table("rhythm_division"))
    odds = float(np.clip(odds + (division_evidence or 0.0), -_MOST_NATS, _MOST_NATS))
    chance = 1.0 / (1.0 + float(np.exp(-odds)))
    return Division(3, chance) if odds > 0 else Division(2, 1.0 - chance)


def fold(rises: FloatArray, time_s: FloatArray, *, hop_s: float) -> Float64Array:
    """Read the rises at twelve places of every beat: (beats - 1, 12, 3), against the mean of each band."""
    curve = np.asarray(rises, dtype=np.float64)
    place = (time_s[:-1, None] + np.diff(time_s)[:, None] * np.arange(PLACES) / PLACES) / hop_s
    frame = np.arange(len(curve))
    bands = [np.interp(place.ravel(), frame, curve[:, band]) / (curve[:, band].mean() + 1e-3) for band in range(curve.shape[1])]
    return np.stack(bands, axis=-1).reshape(*place.shape, -1)


def is_empty_between(folded: Float64Array) -> bool:
    """Whether nothing rises at any half, third or quarter of the beats."""
    level = np.log1p(folded.sum(axis=-1)).mean(axis=0)
    floor = float(level.min())
    return float(level[[3, 4, 6, 8, 9]].max()) - floor <= _QUIET * (max(float(level[0]), float(level[1]), float(level[-1])) - floor)


def describe_division(folded: Float64Array, *, bpm: float) -> Float64Array:
    """Describe what is played between beats: (features,)."""
    typical = np.log1p(folded).mean(axis=0)  # not the loudest: what most beats have
    every = np.log1p(folded.sum(axis=-1))
    quarter, third, half = (every[:, 3] + every[:, 9]) / 2, (every[:, 4] + every[:, 8]) / 2, every[:, 6]
    lead = third - np.maximum(quarter, half)
    runs = np.convolve(lead, np.ones(_RUN) / _RUN, mode="valid") if len(lead) >= _RUN else lead.mean(keepdims=True)
    shares = [
        float(lead.mean()),
        float((lead > 0).mean()),
        float((every[:, 4] > np.maximum(every[:, 3], half)).mean()),
        float((every[:, 8] > np.maximum(every[:, 9], half)).mean()),
    ]
    flat = every.ravel() - every.mean()
    power = float((flat**2).sum()) + 1e-6
    octave = float(np.log2(bpm / _BUSY_BPM))
    return np.concatenate(
        [
            (typical[1:] - typical.mean(axis=0)).ravel(),
            shares,
            [float((every[:, 4] - half).mean()), float((every[:, 8] - half).mean())],
            np.quantile(runs, (0.2, 0.8)),
            [float((flat[lag:] * flat[:-lag]).sum()) / power for lag in (3, 4, 6, 8, 12)],
            [octave, octave**2, abs(octave) ** 3, float(np.log(min(len(every), _MOST_BEATS) / 40.0))],
            [octave * share for share in shares],
        ]
    )


def log_odds_of(features: FloatArray, weights: Mapping[str, FloatArray]) -> float:
    """Run the network: (features,) → nats for compound time."""
    inputs = standardised(features, weights["mean"], weights["scale"])
    hidden = np.tanh(inputs @ weights["w1"] + weights["b1"])
    return float((hidden @ weights["w2"] + inputs @ weights["direct"] + weights["bias"]).item())
