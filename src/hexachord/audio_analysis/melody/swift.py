"""The f0 of one voice by SwiftF0, a small network in a package of its own: the engine ``melody/swift-f0``.

L. Nieradzik, "SwiftF0: fast and accurate monophonic pitch detection", arXiv:2508.18440; the package ``swift-f0`` (MIT) brings network and
weights, and comes with ``pip install 'hexachord[pitch]'``. What it says every 16 ms is brought to the grid of the other engines, so that
tracks of one recording can be compared and joined.
"""

from functools import lru_cache
from typing import Any

import numpy as np

from hexachord.arrays import Float64Array, FloatArray
from hexachord.audio_analysis.melody.grid import MelodyOptions, grid_hop, melody_of, on_grid
from hexachord.dsp.frames import frame_count
from hexachord.dsp.frontend import FrontEnd
from hexachord.errors import MissingExtraError
from hexachord.knowledge import F0

ENGINE = "melody/swift-f0"
_VOICED = 0.5  # the network's own calibration
_BLOCK_S = 30.0
_QUIET = 0.05  # peak; the network does not see to the level itself, and misses what stays below some -35 dBFS
_USUAL = 0.5


def melody_by_swift(frontend: FrontEnd, *, options: MelodyOptions = MelodyOptions()) -> F0:
    """Track a solo with SwiftF0: the engine ``melody/swift-f0``.

    Parameters
    ----------
    frontend : the recording's front end; its signal and hop are used
    options : `shortest_s` counts; a `least_probability` of 0 keeps the pitch wherever there is one

    Returns
    -------
    F0 on the grid of the other engines; `voicing` is the network's confidence.

    Raises
    ------
    MissingExtraError : if the package is not installed; it says how to install it.
    """
    hop = grid_hop(frontend)
    frames = frame_count(frontend.signal.shape[0], frame_length=frontend.options.n_fft, hop=hop)
    hop_s = hop / frontend.rate_hz
    pitch_hz, confidence, period_s = _listen(frontend.signal, rate_hz=frontend.rate_hz)
    voiced = confidence >= (_VOICED if options.least_probability > 0 else 0.0)
    if frames == 0 or not (voiced & (confidence > 0)).any():
        nothing = np.zeros(frames)
        return melody_of(nothing, nothing > 0, nothing, hop_s, options, engine=ENGINE)
    heard = on_grid(pitch_hz, voiced, confidence, period_s=period_s, frames=frames, hop_s=hop_s)
    return melody_of(*heard, hop_s, options, engine=ENGINE)


def _listen(signal: FloatArray, *, rate_hz: float) -> tuple[Float64Array, Float64Array, float]:
    """Pitch and confidence of every frame of the network, and its period; a long signal goes through block by block."""
    detector, period_s = _detector()
    length = max(1, round(_BLOCK_S * rate_hz))
    blocks = range(0, signal.shape[0], length)
    peak = max((float(np.abs(signal[first : first + length]).max()) for first in blocks), default=0.0)
    if peak < 1e-4:
        return np.zeros(0), np.zeros(0), period_s
    gain = _USUAL / peak if peak < _QUIET or peak > 1.0 else 1.0
    stream = detector.stream()
    results = [
        stream.push(np.asarray(signal[first : first + length], dtype=np.float32) * np.float32(gain), round(rate_hz)) for first in blocks
    ]
    results.append(stream.flush())
    pitch_hz: Float64Array = np.concatenate([part.pitch_hz for part in results])
    confidence: Float64Array = np.concatenate([part.confidence for part in results])
    return np.maximum(pitch_hz, 1.0), np.clip(confidence, 0.0, 1.0), period_s


@lru_cache(maxsize=1)
def _detector() -> tuple[Any, float]:
    try:
        import swift_f0  # type: ignore[import-not-found,unused-ignore]
    except ImportError as error:
        raise MissingExtraError(ENGINE, extra="pitch", need="an engine that is not installed") from error
    return swift_f0.SwiftF0(threads=1, spin=False), float(swift_f0.FRAME_PERIOD)
