"""The engines ``beats/network`` and ``beats/network-peaks``: a network hears beats and downbeats, a decoder counts them.

The network is given the bytes of a log-mel spectrogram (`hexachord.dsp.features.LogMel`, 50 frames a second). ``network`` follows the
steadiest pulse (`hexachord.dsp.metrical`), asks which of the pulses it contains is the beat (`readings`), and counts bars
(`hexachord.dsp.bar_count`). ``network-peaks`` takes the peaks as they are: nothing makes it steady, so nothing keeps it from following
a rubato, or from stumbling.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from hexachord.arrays import Float32Array, UInt8Array
from hexachord.audio_analysis.rhythm.analysis import MINIMUM_S, Rhythm, no_beats
from hexachord.audio_analysis.rhythm.curves import HIGH_HZ, LOW_HZ
from hexachord.audio_analysis.rhythm.hearing import hear
from hexachord.audio_analysis.rhythm.hints import RhythmHints
from hexachord.audio_analysis.rhythm.readings import Pulse
from hexachord.dsp.features import LogMel, dequantise, feature_bytes
from hexachord.dsp.mel import mel_frequencies_hz
from hexachord.dsp.onset import pick_onsets
from hexachord.knowledge import Events
from hexachord.models.networks import Network, open_network, run_network

if TYPE_CHECKING:
    from hexachord.dsp.frontend import FrontEnd

FEATURE = LogMel()
SHIPPED = "rhythm"

_RANGE_DB = 60.0  # below the recording's loud bands; quieter is room and hiss
_BLOCK_FRAMES = 8192


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
    heard = hear(pulse, hints=hints, engine=name)
    if heard is None:
        return no_beats(onsets, name)
    return Rhythm(tempo=heard.tempo, beats=heard.readings[0].beats, metre=heard.metre, onsets=onsets, readings=heard.readings)


def listen(frontend: "FrontEnd", *, network: str | Path = SHIPPED) -> Pulse:
    """Compute the feature of a recording and run the network over it."""
    opened = open_network(network)
    signal = frontend.signal
    if frontend.rate_hz != FEATURE.rate_hz:
        from hexachord.audio import resample

        signal = resample(np.asarray(signal, dtype=np.float32)[None], round(frontend.rate_hz), FEATURE.rate_hz)[0]
    return pulse_from_bytes(feature_bytes(signal, FEATURE), opened)


def onsets_of(pulse: Pulse, *, duration_s: float) -> Events:
    """Pick onsets from the rises of energy in all bands together."""
    found = pick_onsets(pulse.rises.sum(axis=1), hop_s=pulse.hop_s)
    return Events(time_s=np.clip(found.time_s, 0.0, duration_s), confidence=np.clip(found.strength, 0.0, 1.0), engine="onsets/band-flux")


def pulse_from_bytes(mel: UInt8Array, network: Network) -> Pulse:
    """Run the network over a spectrogram.

    Parameters
    ----------
    mel : (frames, 128) as `hexachord.dsp.features.feature_bytes` makes it with `FEATURE`
    network : (1, frames, 128) decibels → (1, frames, 2) chances of a beat and of a downbeat
    """

    def read(first: int, last: int) -> Float32Array:
        return dequantise(mel[first:last], FEATURE)

    chance = run_network(network, read, len(mel))[network.outputs[0]]
    return Pulse(np.maximum(chance[:, 0], chance[:, 1]), chance[:, 1], _rises(mel, read), FEATURE.hop_s)


def _rises(mel: UInt8Array, read: Callable[[int, int], Float32Array]) -> Float32Array:
    """How much the energy rises from frame to frame, in decibels, in the bass, the middle and above."""
    frames = len(mel)
    out = np.zeros((frames, 3), dtype=np.float32)
    if frames < 2:
        return out
    loud_db = float(np.percentile(mel[:: max(1, frames // 4000)], 99.5)) * FEATURE.step_db + FEATURE.low_db
    hz = mel_frequencies_hz(bands=FEATURE.bands, low_hz=FEATURE.low_hz, high_hz=FEATURE.high_hz)
    parts = (hz < LOW_HZ, (hz >= LOW_HZ) & (hz < HIGH_HZ), hz >= HIGH_HZ)
    for first in range(1, frames, _BLOCK_FRAMES):
        last = min(first + _BLOCK_FRAMES, frames)
        rise = np.diff(np.maximum(read(first - 1, last), loud_db - _RANGE_DB), axis=0)
        np.maximum(rise, 0.0, out=rise)
        for column, part in enumerate(parts):
            out[first:last, column] = rise[:, part].mean(axis=1)
    return out
