"""Recordings whose A lies between the keys of a piano, for those who know keys only.

Chroma and chords follow a recording's tuning. Note transcription has templates at 440 Hz: of a band at 427 Hz, half a semitone flat, it
finds each note on one key or the other. It listens to a copy at concert pitch instead, as fast as a tape deck would play it.
"""

import numpy as np

from hexachord.audio.model import resample
from hexachord.dsp.frontend import FrontEnd

LEAST_SEMITONES = 0.2  # nearer to the keys, templates fit as they are
LEAST_CONFIDENCE = 0.1  # of the tuning: drums and noise stay below
_LONGEST_S = 1800.0  # of a copy in memory: 160 MB


def tuning_semitones(frontend: FrontEnd) -> float:
    """How far a recording lies from the keys, in semitones; 0 where that is near, nothing agrees on a pitch, or it is over half an hour."""
    if frontend.duration_s > _LONGEST_S:
        return 0.0
    tuning = frontend.tuning
    away = tuning.cents / 100.0
    return away if tuning.confidence >= LEAST_CONFIDENCE and abs(away) >= LEAST_SEMITONES else 0.0


def at_concert_pitch(frontend: FrontEnd) -> tuple[FrontEnd, float]:
    """Play a recording so fast or slow that its A is at 440 Hz.

    Returns
    -------
    The front end of what is heard then (the same where the recording is near enough), and by how much its times are to be multiplied to be
    those of the recording

    Examples
    --------
    >>> t = np.arange(3 * 22050) / 22050
    >>> flat = sum(np.sin(2 * np.pi * 220 * 427 / 440 * k * t) / k for k in range(1, 8)).astype(np.float32)
    >>> played, slower = at_concert_pitch(FrontEnd(flat))
    >>> abs(round(played.tuning.cents)), round(slower, 3)
    (0, 1.032)
    """
    away = tuning_semitones(frontend)
    if not away:
        return frontend, 1.0
    rate_hz = round(frontend.rate_hz)
    to_hz = round(rate_hz * 2.0 ** (away / 12.0))
    played = resample(np.asarray(frontend.signal, dtype=np.float32), rate_hz, to_hz)
    return FrontEnd(played, rate_hz=rate_hz, options=frontend.options), rate_hz / to_hz
