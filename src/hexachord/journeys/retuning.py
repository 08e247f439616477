"""Concert-pitch correction: find where a recording's A is, and bring it to where it should be."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from hexachord.errors import InputError
from hexachord.processing.retune import MOST_CENTS, Retuned, retune_file

_LEAST_CONFIDENCE = 0.1  # drums and noise stay below
_RATE_HZ = 22050


def retune(
    source: str | Path,
    out: str | Path,
    *,
    to_hz: float = 440.0,
    from_hz: float | None = None,
    salvage: bool = False,
    progress: Callable[[float], None] | None = None,
) -> Retuned:
    """Bring a recording to a concert pitch, by speed.

    Parameters
    ----------
    source, out : sound files
    to_hz : where its A shall be
    from_hz : where its A is, if you know; else it is found, to within a quarter tone of 440 Hz
    salvage : work with what a damaged file still holds
    progress : told how much is done, 0 to 1

    Raises
    ------
    InputError : if nothing in it has a pitch, or a frequency is no A.
    """
    for name, hz in (("--to", to_hz), ("--from", from_hz)):
        if hz is not None and not 220.0 <= hz <= 880.0:
            raise InputError(name, found=f"{hz} Hz", expected="an A between 220 and 880 Hz")
    if from_hz is None:
        from_hz = concert_pitch(source, salvage=salvage)
    cents = 1200.0 * float(np.log2(to_hz / from_hz))
    if abs(cents) > MOST_CENTS:
        raise InputError("--to", found=f"{cents:.0f} cents away", expected="at most an octave")
    return retune_file(source, out, cents=cents, salvage=salvage, progress=progress)


def concert_pitch(source: str | Path, *, salvage: bool = False) -> float:
    """Find where the A of a recording is, in hertz.

    Raises
    ------
    InputError : if nothing in it has a pitch.
    """
    from hexachord.audio import load_audio
    from hexachord.dsp.tuning import estimate_tuning

    tuning = estimate_tuning(load_audio(source, rate_hz=_RATE_HZ, mono=True, salvage=salvage).samples[0], rate_hz=_RATE_HZ)
    if tuning.confidence < _LEAST_CONFIDENCE:
        raise InputError(source, found="nothing that agrees on a pitch", expected="music with a tuning", next_step="say it with --from HZ")
    return tuning.a4_hz
