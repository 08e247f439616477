"""Several ways to hear one pulse: half and double, in threes, off the beat; and which of them listeners tap.

A decoder follows one pulse through a recording faithfully; which of the pulses that music has is *the* beat is another question, and
every tracker's most frequent mistake. So the pulse that was found is only the first candidate: its halves, thirds, multiples and off-beats
are candidates too, each is described by what the network and the sound say on and between its beats, and a small network trained on
rendered music chooses among them (``training/rhythm_readings.py``). Its choice is a probability, which makes the others a ranked
list. Peeters & Papadopoulos, "Simultaneous beat and downbeat-tracking using a probabilistic framework", IEEE TASLP 2011.
"""

from dataclasses import dataclass, field

import numpy as np

from hexachord.arrays import Float32Array, Float64Array, FloatArray, UInt8Array
from hexachord.audio_analysis.rhythm.bar_network import BarLook, look_at_beats, unknown_look
from hexachord.audio_analysis.rhythm.traits import Traits, tempo_evidence, unknown_traits
from hexachord.dsp.features import LogMel
from hexachord.dsp.pulse_choice import at as at
from hexachord.dsp.pulse_choice import chances as chances
from hexachord.dsp.pulse_choice import choose as choose
from hexachord.dsp.pulse_choice import log_odds as log_odds
from hexachord.dsp.pulse_choice import standardised as standardised
from hexachord.dsp.pulse_choice import unequal

SLOWEST_BPM, FASTEST_BPM = 28.0, 320.0  # a little beyond what is decoded, for rubato
FEATURE = LogMel()
"""The spectrogram that both networks hear."""

LIKELY_BPM = (35.0, 50.0, 70.0, 95.0, 125.0, 165.0, 215.0, 280.0)  # centres of the curve over tempi


@dataclass(frozen=True, eq=False)
class Pulse:
    """What is known frame by frame: chances of a beat and of a downbeat, and how much the energy rises in three bands (frames, 3);
    what holds for longer, metre and tempo; and the spectrogram that all of it was heard in, (frames, bands) bytes."""

    beat: Float32Array
    downbeat: Float32Array
    rises: Float32Array
    hop_s: float
    traits: Traits = field(default_factory=unknown_traits)
    mel: UInt8Array | None = None

    def __len__(self) -> int:
        return len(self.beat)


@dataclass(frozen=True, eq=False)
class Candidate:
    """Beats, and how they come from the pulse that was decoded: `multiple` of its tempo, `shift` in its beats."""

    time_s: Float64Array
    multiple: float
    shift: float

    @property
    def bpm(self) -> float:
        """The tempo: 60 over the median interval."""
        return 60.0 / float(np.median(np.diff(self.time_s)))


# (parts a beat is cut into, every how many of those is a beat, which is the first)
_WAYS: tuple[tuple[int, int, int], ...] = (
    (1, 1, 0),
    (2, 1, 0),
    (3, 1, 0),
    *((1, 2, k) for k in range(2)),
    *((1, 3, k) for k in range(3)),
    *((1, 4, k) for k in range(4)),
    (2, 2, 1),
    (3, 3, 1),
    (3, 3, 2),
    *((3, 2, k) for k in range(2)),
    *((2, 3, k) for k in range(3)),
)


def propose(time_s: FloatArray) -> list[Candidate]:
    """List the candidates that a pulse contains, the pulse itself first; those outside 28 to 320 BPM are left out.

    Parameters
    ----------
    time_s : (beats,) ascending, at least two

    Examples
    --------
    >>> sorted({round(candidate.bpm) for candidate in propose(np.arange(0.0, 20.0, 0.5))})
    [30, 40, 60, 80, 120, 180, 240]
    """
    time = np.asarray(time_s, dtype=np.float64)
    found: list[Candidate] = []
    for parts, step, start in _WAYS:
        cut = np.interp(np.arange((len(time) - 1) * parts + 1) / parts, np.arange(len(time)), time)
        beats = cut[start::step]
        if len(beats) < 4:
            continue
        candidate = Candidate(beats, parts / step, start / parts)
        if not found or SLOWEST_BPM <= candidate.bpm <= FASTEST_BPM:
            found.append(candidate)
    return found


def look(pulse: Pulse, time_s: FloatArray) -> BarLook:
    """Look at beats a second time, from beat to beat; what a pulse without its spectrogram cannot tell is unknown."""
    if pulse.mel is None or len(time_s) < 2 or not len(pulse.mel):
        return unknown_look(len(time_s))
    return look_at_beats(pulse.mel, time_s, feature=FEATURE)


def downbeat_odds(pulse: Pulse, time_s: FloatArray) -> Float64Array:
    """(beats,) log odds that each beat, given that it is one, is a downbeat."""
    first, any_beat = at(pulse.downbeat, time_s, pulse.hop_s), at(pulse.beat, time_s, pulse.hop_s)
    return log_odds(np.minimum(first, any_beat) / np.maximum(any_beat, 0.02))


def describe(pulse: Pulse, candidate: Candidate) -> Float64Array:
    """Describe what happens on and between a candidate's beats: (features,) for the chooser."""
    t, hop_s = candidate.time_s, pulse.hop_s
    gap = np.diff(t)
    places = {part: t[:-1] + part * gap for part in (0.0, 0.25, 1 / 3, 0.5, 2 / 3, 0.75)}
    beat = {part: at(pulse.beat, when, hop_s) for part, when in places.items()}
    odds = {part: float(log_odds(value).mean()) for part, value in beat.items()}
    first = {part: float(log_odds(at(pulse.downbeat, places[part], hop_s)).mean()) for part in (0.0, 0.5)}
    on = log_odds(beat[0.0])
    down = downbeat_odds(pulse, t[:-1])
    mean = pulse.rises.mean(axis=0) + 1e-6
    rises = {part: at(pulse.rises, places[part], hop_s) for part in (0.0, 0.25, 0.5, 0.75)}
    folded = {part: np.log(value.mean(axis=0) / mean + 0.1) for part, value in rises.items()}
    quarter = np.maximum(folded[0.25], folded[0.75])
    octave = np.log2(candidate.bpm / np.asarray(LIKELY_BPM))
    multiple = np.log2(candidate.multiple)
    level = look(pulse, t).level
    spread = float(np.abs(np.diff(gap)).mean() / gap.mean()) if len(gap) > 1 else 0.0
    return np.concatenate(
        [
            [odds[0.0], odds[0.5], max(odds[1 / 3], odds[2 / 3]), max(odds[0.25], odds[0.75]), min(odds[0.25], odds[0.75])],
            [float((beat[0.0] > 0.3).mean()), float((beat[0.5] > 0.3).mean()), float(beat[0.0].mean()), float(beat[0.5].mean())],
            [unequal(on, 2), unequal(on, 3), unequal(down, 2), unequal(down, 3), unequal(down, 4)],
            [first[0.0], first[0.5], float(down.mean()), float((down > 0).mean())],
            folded[0.0],
            folded[0.5],
            quarter,
            _alternation(rises[0.0], mean),
            np.exp(-0.5 * (octave / 0.35) ** 2),
            [float(candidate.multiple == 1 and candidate.shift == 0), float(candidate.shift % max(1.0, 1.0 / candidate.multiple) != 0)],
            [abs(multiple), float(multiple), spread],
            [tempo_evidence(pulse.traits, t), float(level.mean()), float(np.median(level)), float((level > 0).mean())],
        ]
    )


def _alternation(rises: Float64Array, mean: FloatArray) -> Float64Array:
    """How even and odd beats differ in each band."""
    if len(rises) < 4:
        return np.zeros(rises.shape[1])
    return np.asarray(np.abs(rises[0::2].mean(axis=0) - rises[1::2].mean(axis=0)) / mean, dtype=np.float64)
