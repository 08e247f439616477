"""What both engines share: the pieces of a kit, and the spectrogram they are heard in.

A hundred frames a second, each of 46 ms: two strokes 30 ms apart are two, and the body of a bass drum still falls into one band.
"""

import numpy as np

from hexachord.arrays import Float32Array
from hexachord.dsp.features import LogMel, dequantise, feature_bytes, feature_frames
from hexachord.dsp.frontend import FrontEnd

KIT = ("kick", "snare", "hihat_closed", "hihat_open", "tom", "ride", "crash")
"""The pieces that are told apart; a pedalled hi-hat counts as closed, a china or splash as a crash."""

DRUM_MEL = LogMel(hop=220, n_fft=1024, bands=96)
"""What is listened to: 96 mel bands in dB, 100 frames a second."""

_EDGE_FRAMES = 3  # frames whose window reaches over the end of a piece of signal


class DrumSpectrogram:
    """The spectrogram of a recording, made piece by piece when asked for, so that two hours take no more memory than a minute.

    Parameters
    ----------
    frontend : of the recording; another rate is converted

    Examples
    --------
    >>> spectrogram = DrumSpectrogram(FrontEnd(np.zeros(22050, dtype=np.float32)))
    >>> spectrogram.frames, spectrogram.read(20, 40).shape, float(spectrogram.read(20, 40).max())
    (101, (20, 96), -60.0)
    """

    def __init__(self, frontend: FrontEnd) -> None:
        signal = frontend.signal_at(DRUM_MEL.rate_hz)
        self._signal = signal
        self._offset = np.float32(signal.mean(dtype=np.float64)) if len(signal) else np.float32(0.0)  # a direct current ends in a bang
        self.frames = feature_frames(DRUM_MEL, len(signal))
        self.duration_s = frontend.duration_s

    def read(self, first: int, last: int) -> Float32Array:
        """Return frames `first` to `last`, (frames, bands) decibels; the same whichever pieces are asked for."""
        start, stop = max(0, first - _EDGE_FRAMES), min(self.frames, last + _EDGE_FRAMES)
        part = np.asarray(self._signal[start * DRUM_MEL.hop : (stop - 1) * DRUM_MEL.hop + DRUM_MEL.n_fft], dtype=np.float32) - self._offset
        return dequantise(feature_bytes(part, DRUM_MEL)[first - start : last - start], DRUM_MEL)
