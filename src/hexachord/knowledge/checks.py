"""What must hold inside an observation beyond its types: times ascend, spans do not end before they start, confidences are in [0, 1].

Engines may rely on it, readers check it; each check raises ValueError with the column and the row at fault.
"""

import numpy as np

from hexachord.arrays import FloatArray
from hexachord.knowledge.model import F0, Beats, Events, Knowledge, Metre, Notes, Segments


def check_observation(observation: object) -> None:
    """Check one observation; a type without rules passes.

    Raises
    ------
    ValueError : naming the first row that breaks a rule.

    Examples
    --------
    >>> check_observation(Events(time_s=np.array([2.0, 1.0])))
    Traceback (most recent call last):
    ValueError: time_s[1] is 1.0, before 2.0: times must ascend
    """
    match observation:
        case Events():
            _ascending(observation.time_s, "time_s")
            _unit(observation.confidence, "confidence")
        case Beats():
            _ascending(observation.time_s, "time_s")
            _unit(observation.confidence, "confidence")
            _forbid(observation.position < 0, "position", "is negative")
        case Segments():
            _ascending(observation.start_s, "start_s")
            _spans(observation.start_s, observation.end_s, "end_s")
            _unit(observation.confidence, "confidence")
        case F0():
            _ascending(observation.time_s, "time_s")
            _forbid(~(observation.f0_hz >= 0), "f0_hz", "is negative or unknown: an unvoiced frame is 0")
            _unit(observation.voicing, "voicing")
        case Notes():
            _ascending(observation.onset_s, "onset_s")
            _spans(observation.onset_s, observation.offset_s, "offset_s")
            _forbid(~np.isfinite(observation.pitch), "pitch", "is not a number")
            _unit(observation.velocity, "velocity")
            _unit(observation.confidence, "confidence")
        case Metre():
            if observation.beats_per_bar < 1 or observation.beat_type < 1:
                raise ValueError(f"a metre of {observation.beats_per_bar}/{observation.beat_type} is not possible")
        case Knowledge():
            if not observation.duration_s >= 0:
                raise ValueError(f"duration_s is {observation.duration_s}, not a length")
        case _:
            pass


def _ascending(times: FloatArray, name: str) -> None:
    if len(times) == 0:
        return
    _forbid(~np.isfinite(times), name, "is not a time")
    back = np.flatnonzero(np.diff(times) < 0)
    if len(back):
        row = int(back[0]) + 1
        raise ValueError(f"{name}[{row}] is {float(times[row])}, before {float(times[row - 1])}: times must ascend")


def _spans(start_s: FloatArray, end_s: FloatArray, name: str) -> None:
    _forbid(~(end_s >= start_s), name, "is before its start")


def _unit(values: FloatArray, name: str) -> None:
    _forbid((values < 0) | (values > 1), name, "is outside [0, 1]")


def _forbid(wrong: "np.ndarray[tuple[int], np.dtype[np.bool_]]", name: str, why: str) -> None:
    rows = np.flatnonzero(wrong)
    if len(rows):
        raise ValueError(f"{name}[{int(rows[0])}] {why}")
