"""What must hold inside an observation beyond its types: times ascend, spans do not end before they start, confidences are in [0, 1].

Engines may rely on it, readers check it; each check raises ValueError with the column and the row at fault.
"""

import numpy as np

from hexachord.arrays import FloatArray
from hexachord.knowledge.model import F0, Beats, Drums, Events, Groove, Harmony, Knowledge, Metre, Notes, RhythmReading, Segments

DRUM_LABELS = ("kick", "snare", "hihat_closed", "hihat_open", "tom", "ride", "crash")
READING_KINDS = ("first", "half", "double", "third", "triple", "two-thirds", "three-halves", "metre", "phase")


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
            _unit(observation.function_confidence, "function_confidence")
            _unit(observation.second_confidence, "second_confidence")
        case Harmony():
            _ascending(observation.start_s, "start_s")
            _spans(observation.start_s, observation.end_s, "end_s")
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
            for name in ("glide_s", "vibrato_hz", "vibrato_semitones"):
                _forbid(~(getattr(observation, name) >= 0), name, "is negative or unknown: what does not move is 0")
            _forbid(~np.isfinite(observation.glide_semitones), "glide_semitones", "is not a number")
        case Metre():
            _possible_metre(observation.beats_per_bar, observation.beat_type, observation.beat_division)
            _unit(np.array([observation.division_confidence]), "division_confidence")
        case RhythmReading():
            if not observation.bpm > 0:
                raise ValueError(f"bpm is {observation.bpm}, not a tempo")
            _possible_metre(observation.beats_per_bar, observation.beat_type, observation.beat_division)
            _unit(np.array([observation.confidence]), "confidence")
            if observation.kind not in READING_KINDS:
                raise ValueError(f"kind is {observation.kind!r}, not one of {', '.join(READING_KINDS)}")
        case Groove():
            _ascending(observation.tempo_time_s, "tempo_time_s")
            _ascending(observation.position_beats, "position_beats")
            _forbid(~(observation.tempo_bpm > 0), "tempo_bpm", "is not a tempo")
            _forbid(np.array([observation.stability < 0]), "stability", "is negative")
            _forbid(np.array([observation.swing_ratio <= 0]), "swing_ratio", "is not a ratio")
            _forbid(observation.spread_s < 0, "spread_s", "is negative")
        case Drums():
            _ascending(observation.time_s, "time_s")
            _forbid(np.array([label not in DRUM_LABELS for label in observation.label], dtype=np.bool_), "label", "is no drum")
            _forbid(~((observation.velocity >= 1) & (observation.velocity <= 127)), "velocity", "is outside [1, 127]")
            _unit(observation.confidence, "confidence")
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


def _possible_metre(beats_per_bar: int, beat_type: int, beat_division: int) -> None:
    if beats_per_bar < 1 or beat_type < 1:
        raise ValueError(f"a metre of {beats_per_bar}/{beat_type} is not possible")
    if beat_division not in (0, 2, 3):
        raise ValueError(f"beat_division is {beat_division}, not 2 (halves), 3 (thirds) or 0 (not known)")


def _spans(start_s: FloatArray, end_s: FloatArray, name: str) -> None:
    _forbid(~(end_s >= start_s), name, "is before its start")


def _unit(values: FloatArray, name: str) -> None:
    _forbid((values < 0) | (values > 1), name, "is outside [0, 1]")


def _forbid(wrong: "np.ndarray[tuple[int], np.dtype[np.bool_]]", name: str, why: str) -> None:
    rows = np.flatnonzero(wrong)
    if len(rows):
        raise ValueError(f"{name}[{int(rows[0])}] {why}")
