"""How much the energy rises from frame to frame, in the bass, the middle and above: what a log-mel spectrogram says of attacks."""

import numpy as np

from hexachord.arrays import Float32Array, UInt8Array
from hexachord.audio_analysis.rhythm.curves import HIGH_HZ, LOW_HZ
from hexachord.dsp.features import LogMel, dequantise
from hexachord.dsp.mel import mel_frequencies_hz

_RANGE_DB = 60.0  # below the recording's loud bands; quieter is room and hiss
_BLOCK_FRAMES = 8192


def rises_of(mel: UInt8Array, feature: LogMel) -> Float32Array:
    """Measure how much the energy rises in three bands; before the first frame is silence.

    Parameters
    ----------
    mel : (frames, bands) as `hexachord.dsp.features.feature_bytes` makes it with `feature`

    Returns
    -------
    (frames, 3) float32, in decibels, averaged over the bands of bass, middle and treble
    """
    frames = len(mel)
    out = np.zeros((frames, 3), dtype=np.float32)
    if frames < 2:
        return out
    loud_db = float(np.percentile(mel[:: max(1, frames // 4000)], 99.5)) * feature.step_db + feature.low_db
    hz = mel_frequencies_hz(bands=feature.bands, low_hz=feature.low_hz, high_hz=feature.high_hz)
    parts = (hz < LOW_HZ, (hz >= LOW_HZ) & (hz < HIGH_HZ), hz >= HIGH_HZ)
    floor_db = loud_db - _RANGE_DB
    for first in range(0, frames, _BLOCK_FRAMES):
        last = min(first + _BLOCK_FRAMES, frames)
        level = np.maximum(dequantise(mel[max(first - 1, 0) : last], feature), floor_db)
        rise = np.diff(level, axis=0) if first else np.diff(level, axis=0, prepend=np.float32(floor_db))
        np.maximum(rise, 0.0, out=rise)
        for column, part in enumerate(parts):
            out[first:last, column] = rise[:, part].mean(axis=1)
    return out
