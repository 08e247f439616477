"""Which beats are downbeats, and how many beats a bar has: all ways to count, described and ranked.

`hexachord.dsp.bar_count` gives the best count in each metre. Begun on another beat each of them is a different reading of the same
music: half a bar off is the mistake that listeners notice first. So all are candidates, described by what the network says about
downbeats and what the sound does in bass, middle and treble at each place in the bar, and a small network trained on rendered music
gives their chances (``training/rhythm_readings.py``).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from hexachord.arrays import Float64Array, FloatArray, IntArray
from hexachord.audio_analysis.rhythm.readings import Pulse, at, downbeat_odds, log_odds, look, standardised
from hexachord.audio_analysis.rhythm.traits import count_evidence, metre_evidence
from hexachord.dsp.bar_count import CountOptions, count_bars

METRES = (2, 3, 4, 5, 6, 7)
SECOND_WEIGHT = 0.5
"""What the second network's log odds of a downbeat weigh beside the first's."""

BIAS = 1.0  # nats: at its own best moments the network is less sure of downbeats than it is right


@dataclass(frozen=True, eq=False)
class Count:
    """A way to count: beats per bar, (beats,) positions from 1, and by how many beats the best count of its metre was moved."""

    metre: int
    position: IntArray
    moved: int
    score: float


@dataclass(frozen=True, eq=False)
class BeatEvidence:
    """What is known at each beat: log odds of a downbeat by both networks, by the first, by the second, and of a beat, and the rises in
    three bands over their mean; and of the whole, log chances of each number of beats in a bar, as either network has them."""

    down: Float64Array
    first: Float64Array
    second: Float64Array
    beat: Float64Array
    rises: Float64Array
    bars: tuple[Mapping[int, float], Mapping[int, float]]


def evidence_at(pulse: Pulse, time_s: FloatArray) -> BeatEvidence:
    """Read the pulse at beats."""
    mean = pulse.rises.mean(axis=0) + 1e-6
    second = look(pulse, time_s)
    return BeatEvidence(
        down=downbeat_odds(pulse, time_s) + BIAS + SECOND_WEIGHT * second.downbeat,
        second=second.downbeat,
        first=log_odds(at(pulse.downbeat, time_s, pulse.hop_s)),
        beat=log_odds(at(pulse.beat, time_s, pulse.hop_s)),
        rises=np.log(at(pulse.rises, time_s, pulse.hop_s) / mean + 0.1),
        bars=(count_evidence(metre_evidence(pulse.traits)), count_evidence(second.metre)),
    )


def propose_counts(
    down: FloatArray, *, metres: tuple[int, ...] = METRES, slip: float = 8.0, weight: FloatArray | None = None
) -> list[Count]:
    """List ways to count beats: the best in each metre, and the same begun on every other beat of the bar.

    Parameters
    ----------
    down : (beats,) log odds of a downbeat
    metres : to try
    slip : nats for losing count
    weight : (beats,) see `hexachord.dsp.bar_count.count_bars`
    """
    found: list[Count] = []
    for count in count_bars(down, options=CountOptions(metres=metres, slip=slip), weight=weight):
        for moved in range(count.metre if len(down) >= count.metre else 1):
            position = (count.position - 1 - moved) % count.metre + 1
            found.append(Count(count.metre, position, moved, count.score))
    return found


def describe_count(evidence: BeatEvidence, count: Count, *, bpm: float) -> Float64Array:
    """Describe a way to count: (features,)."""
    metre, place = count.metre, count.position - 1
    firsts = place == 0
    gain = np.where(firsts, -np.logaddexp(0.0, -evidence.down), -np.logaddexp(0.0, evidence.down))
    octave = np.log2(bpm / 110.0)
    kind = np.zeros(len(METRES))
    kind[METRES.index(metre) if metre in METRES else 2] = 1.0

    def profile(value: Float64Array) -> list[float]:
        mean = [float(value[place == k].mean()) if (place == k).any() else 0.0 for k in range(metre)]
        others = mean[1:]
        half = mean[metre // 2] if metre % 2 == 0 else max(others)
        quarter = max(mean[1], mean[-1]) if metre > 2 else mean[1]
        return [mean[0] - float(np.mean(others)), mean[0] - max(others), mean[0] - half, mean[0] - quarter]

    slips = float((np.diff(count.position) % metre != 1 % metre).mean()) if len(place) > 1 else 0.0
    return np.concatenate(
        [
            [float(gain.mean()), float(evidence.down[firsts].mean()) if firsts.any() else 0.0, float(count.moved == 0), slips],
            profile(evidence.down),
            profile(evidence.first),
            profile(evidence.second),
            profile(evidence.beat),
            *(profile(evidence.rises[:, band]) for band in range(evidence.rises.shape[1])),
            kind,
            kind * octave,
            kind * octave**2,
            kind * float(gain.mean()),
            *(_agreement(bars, metre) for bars in evidence.bars),
        ]
    )


def _agreement(bars: Mapping[int, float], metre: int) -> list[float]:
    """How likely a number of beats is, and how much less than the likeliest."""
    chance = bars.get(metre, min(bars.values()))  # a metre that the user named may be one that nobody has heard
    return [chance, max(bars.values()) - chance]


def rank_counts(evidence: BeatEvidence, counts: list[Count], weights: Mapping[str, FloatArray], *, bpm: float) -> Float64Array:
    """Run the chooser: (counts,) scores; their softmax is the chance of each."""
    features = np.stack([describe_count(evidence, count, bpm=bpm) for count in counts])
    inputs = standardised(features, weights["bar_mean"], weights["bar_scale"])
    hidden = np.tanh(inputs @ weights["bar_w1"] + weights["bar_b1"])
    scores: Float64Array = hidden @ weights["bar_w2"] + inputs @ weights["bar_direct"]
    return scores
