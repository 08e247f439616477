"""The engines ``beats/network`` and ``beats/network-peaks``: a network hears beats and downbeats, a decoder counts them.

The network is given the bytes of a log-mel spectrogram (`hexachord.dsp.features.LogMel`, 50 frames a second). ``network`` follows the
steadiest pulse (`hexachord.dsp.metrical`), asks which of the pulses it contains is the beat (`readings`), and counts bars
(`hexachord.dsp.bar_count`). ``network-peaks`` takes the peaks as they are: nothing makes it steady, so nothing keeps it from following
a rubato, or from stumbling.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from hexachord.arrays import BoolArray, Float32Array, Float64Array, IntArray, UInt8Array
from hexachord.audio_analysis.rhythm.analysis import MINIMUM_S, Rhythm, no_beats
from hexachord.audio_analysis.rhythm.hearing import hear
from hexachord.audio_analysis.rhythm.hints import RhythmHints, count_on, with_taps
from hexachord.audio_analysis.rhythm.readings import FEATURE, Pulse, at, downbeat_odds
from hexachord.audio_analysis.rhythm.rises import rises_of
from hexachord.audio_analysis.rhythm.tapped import as_said, with_tapped_range
from hexachord.audio_analysis.rhythm.traits import NAMES, Traits, unknown_traits
from hexachord.dsp.features import dequantise, feature_bytes
from hexachord.dsp.onset import pick_onsets
from hexachord.dsp.peaks import refine_peaks
from hexachord.knowledge import Beats, Events, Metre, Tempo, TempoHypothesis
from hexachord.models.networks import Network, network_blocks, open_network

if TYPE_CHECKING:
    from hexachord.dsp.frontend import FrontEnd

SHIPPED = "rhythm"

_TRAIT_FRAMES = 32  # metre and tempo of every 0.64 s; a network's block holds so many times as many


def rhythm_from_network(frontend: "FrontEnd", *, hints: RhythmHints = RhythmHints(), network: str | Path = SHIPPED) -> Rhythm:
    """Analyse rhythm by the network and the decoder.

    Parameters
    ----------
    frontend : of the recording; only its signal is used
    hints : what the user knows
    network : another network of the same kind, by name or path

    Raises
    ------
    InputError : if there is no such network.
    """
    name = "beats/network"
    pulse = listen(frontend, network=network)
    onsets = onsets_of(pulse, duration_s=frontend.duration_s)
    if frontend.duration_s < MINIMUM_S or not pulse.rises.any():
        return no_beats(onsets, name)
    heard = hear(pulse, hints=with_tapped_range(hints), engine=name)
    if heard is None:
        return no_beats(onsets, name)
    return Rhythm(tempo=heard.tempo, beats=heard.readings[0].beats, metre=heard.metre, onsets=onsets, readings=heard.readings)


def rhythm_from_peaks(frontend: "FrontEnd", *, hints: RhythmHints = RhythmHints(), network: str | Path = SHIPPED) -> Rhythm:
    """Take the peaks of the network's curves for beats and downbeats, as they are.

    Taps lift the curve of beats where they fell; taps and a tempo range choose among the pulses that the peaks contain.

    Foscarin, Schlüter & Widmer, "Beat this! Accurate beat tracking without DBN postprocessing", ISMIR 2024.
    """
    name = "beats/network-peaks"
    pulse = listen(frontend, network=network)
    onsets = onsets_of(pulse, duration_s=frontend.duration_s)
    time_s = pick_beats(with_taps(pulse, hints)) if frontend.duration_s >= MINIMUM_S else np.zeros(0)
    if len(time_s) < 4:
        return no_beats(onsets, name)
    time_s = as_said(time_s, hints)
    down = downbeat_odds(pulse, time_s) > 0.0
    position, metre = count_from(down, beats_per_bar=hints.beats_per_bar)
    if hints.downbeat_s is not None:
        position = count_on(time_s, beats_per_bar=metre, downbeat_s=hints.downbeat_s)
    chance = at(pulse.beat, time_s, pulse.hop_s)
    bpm = 60.0 / float(np.median(np.diff(time_s)))
    return Rhythm(
        tempo=Tempo(hypotheses=(TempoHypothesis(bpm=bpm, confidence=float(chance.mean())),), engine=name),
        beats=Beats(time_s=np.clip(time_s, 0.0, frontend.duration_s), position=position, confidence=chance, engine=name),
        metre=Metre(beats_per_bar=metre, engine=name),
        onsets=onsets,
    )


def pick_beats(pulse: Pulse, *, least: float = 0.3, reach_s: float = 0.07) -> Float64Array:
    """Times of frames whose chance of a beat is above `least` and the highest within `reach_s`, between frames by a parabola."""
    reach = max(1, round(reach_s / pulse.hop_s))
    padded = np.pad(pulse.beat, reach, constant_values=-1.0)
    highest = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1).max(axis=1) if len(pulse) else pulse.beat
    peaks = np.flatnonzero((pulse.beat >= least) & (pulse.beat == highest))
    peaks = peaks[np.append(True, np.diff(peaks) > reach)] if len(peaks) else peaks
    position, _ = refine_peaks(pulse.beat, peaks)
    return np.asarray(position * pulse.hop_s, dtype=np.float64)


def count_from(down: BoolArray, *, beats_per_bar: int | None = None) -> tuple[IntArray, int]:
    """Count on from each downbeat: (beats,) positions from 1 (0 when there is no downbeat at all), and the commonest length of a bar."""
    first = np.flatnonzero(down)
    lengths = np.diff(first)
    metre = beats_per_bar or (int(np.bincount(lengths).argmax()) if len(lengths) else 4)
    if not len(first):
        return np.zeros(len(down), dtype=np.int64), metre
    before = first[np.maximum(np.searchsorted(first, np.arange(len(down)), side="right") - 1, 0)]
    since = np.arange(len(down)) - before
    position: IntArray = np.where(since < 0, since % metre, since) + 1
    return position, metre


def listen(frontend: "FrontEnd", *, network: str | Path = SHIPPED) -> Pulse:
    """Compute the feature of a recording and run the network over it."""
    opened = open_network(network)
    return pulse_from_bytes(feature_bytes(frontend.signal_at(FEATURE.rate_hz), FEATURE), opened)


def onsets_of(pulse: Pulse, *, duration_s: float) -> Events:
    """Pick onsets from the rises of energy in all bands together."""
    found = pick_onsets(pulse.rises.sum(axis=1), hop_s=pulse.hop_s)
    return Events(time_s=np.clip(found.time_s, 0.0, duration_s), confidence=np.clip(found.strength, 0.0, 1.0), engine="onsets/band-flux")


def pulse_from_bytes(mel: UInt8Array, network: Network) -> Pulse:
    """Run the network over a spectrogram.

    Parameters
    ----------
    mel : (frames, 128) as `hexachord.dsp.features.feature_bytes` makes it with `FEATURE`
    network : (1, frames, 128) decibels → (1, frames, 2) chances of a beat and of a downbeat, and outputs `metre` and `tempo`, if it has
        them, with the chances of their classes (`traits`)
    """

    def read(first: int, last: int) -> Float32Array:
        return dequantise(mel[first:last], FEATURE)

    chance = np.zeros((len(mel), 2), dtype=np.float32)
    slow: dict[str, list[Float32Array]] = {name: [] for name in NAMES}
    for first, found in network_blocks(network, read, len(mel)):
        part = found[network.outputs[0]]
        chance[first : first + len(part)] = part
        for name in NAMES:
            if name in found:
                slow[name].append(_means(found[name], _TRAIT_FRAMES))
    traits = unknown_traits()
    if all(slow.values()):
        metre, tempo = (np.concatenate(slow[name]) for name in NAMES)
        traits = Traits(metre, tempo, _TRAIT_FRAMES * FEATURE.hop_s)
    return Pulse(np.maximum(chance[:, 0], chance[:, 1]), chance[:, 1], rises_of(mel, FEATURE), FEATURE.hop_s, traits, mel)


def _means(rows: Float32Array, count: int) -> Float32Array:
    """Means of every `count` rows; what is left over at the end is a mean of its own."""
    starts = np.arange(0, len(rows), count)
    sizes = np.diff(np.append(starts, len(rows)))
    return np.asarray(np.add.reduceat(rows, starts, axis=0) / sizes[:, None], dtype=np.float32)
