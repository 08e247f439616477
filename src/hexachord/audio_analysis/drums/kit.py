"""What both engines share: the pieces of a kit, the spectrogram they are heard in, and the stretches that it is made in.

A hundred frames a second, each of 46 ms: two strokes 30 ms apart are two, and the body of a bass drum still falls into one band.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from hexachord.arrays import Float32Array
from hexachord.audio import resample
from hexachord.dsp.features import LogMel, dequantise, feature_bytes, feature_frames
from hexachord.dsp.frontend import FrontEnd

KIT = ("kick", "snare", "hihat_closed", "hihat_open", "tom", "ride", "crash")
"""The pieces that are told apart; a pedalled hi-hat counts as closed, a china or splash as a crash."""

DRUM_MEL = LogMel(hop=220, n_fft=1024, bands=96)
"""What is listened to: 96 mel bands in dB, 100 frames a second."""

STRETCH_FRAMES = 6000
_EDGE_FRAMES = 3  # frames whose window reaches over the end of a stretch


class Stretch(NamedTuple):
    """A part of a recording: (frames, bands) decibels from frame `start` on, of which rows `first` to `last` are to be kept."""

    start: int
    first: int
    last: int
    decibels: Float32Array


def drum_stretches(frontend: FrontEnd, *, context: int, frames: int = STRETCH_FRAMES) -> Iterator[Stretch]:
    """Walk through the spectrogram of a recording, so that two hours take no more memory than a minute.

    Parameters
    ----------
    frontend : of the recording; another rate is converted
    context : frames either way of a stretch that are given besides those to be kept
    frames : to be kept of each stretch
    """
    signal = np.asarray(frontend.signal)
    if frontend.rate_hz != DRUM_MEL.rate_hz:
        signal = resample(np.asarray(signal, dtype=np.float32), round(frontend.rate_hz), DRUM_MEL.rate_hz)
    offset = np.float32(signal.mean(dtype=np.float64)) if len(signal) else np.float32(0.0)  # or a direct current would end in a bang
    total = feature_frames(DRUM_MEL, len(signal)) if len(signal) else 0
    for kept in range(0, total, frames):
        end = min(kept + frames, total)
        start, stop = max(0, kept - context - _EDGE_FRAMES), min(total, end + context + _EDGE_FRAMES)
        part = np.asarray(signal[start * DRUM_MEL.hop : (stop - 1) * DRUM_MEL.hop + DRUM_MEL.n_fft], dtype=np.float32) - offset
        decibels = dequantise(feature_bytes(part, DRUM_MEL)[: stop - start], DRUM_MEL)
        yield Stretch(start, kept - start, end - start, decibels)
