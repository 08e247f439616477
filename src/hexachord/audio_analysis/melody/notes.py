"""Notes in a melody: where a wandering pitch means a semitone.

Every voiced stretch is explained by steps of a ladder of semitones, placed at the melody's own tuning; changing the step has a price,
so that vibrato and glides stay one note. After the note models of Ryynänen & Klapuri (*Modelling of note events for singing
transcription*, SAPA 2004), with one state for each note.
"""

import itertools
from dataclasses import dataclass

import numpy as np

from hexachord.arrays import BoolArray, FloatArray
from hexachord.dsp.peaks import moving_mean, moving_median
from hexachord.dsp.viterbi import viterbi_local
from hexachord.knowledge import F0, Events, Notes

_LOWEST, _STEPS = 20, 100  # MIDI pitches 20 to 119
_VIBRATO_S = 0.2  # a mean over one turn of a slow vibrato is the pitch that was meant
_UNKNOWN_VELOCITY = 0.7  # an f0 track does not say how loud


@dataclass(frozen=True, kw_only=True)
class NoteOptions:
    """When a melody changes its note.

    Parameters
    ----------
    spread_semitones : how far from its step a note is sung
    change_cost : price of another step, in natural logarithms of likelihood
    shortest_s : notes shorter than this are dropped
    smooth_s : length of the median that takes out single wild frames
    bridge_s : unvoiced gaps shorter than this inside one note do not end it
    split_s : an onset given from outside splits a note when this far from both its ends
    """

    spread_semitones: float = 0.45
    change_cost: float = 10.0
    shortest_s: float = 0.08
    smooth_s: float = 0.06
    bridge_s: float = 0.03
    split_s: float = 0.12


def segment_notes(f0: F0, *, onsets: Events | None = None, options: NoteOptions = NoteOptions()) -> Notes:
    """Cut a melody into notes.

    Parameters
    ----------
    f0 : the melody on an even time grid
    onsets : where notes begin that the pitch does not tell (repeated notes); of the melody itself, not of its accompaniment
    options : see `NoteOptions`

    Returns
    -------
    Notes in order of time, one at a time. `pitch` is the median within the note, in fractional MIDI numbers; `velocity` is 0.7, because
    an f0 track does not tell; `confidence` is the mean voicing.

    Examples
    --------
    >>> hz = np.repeat([220.0, 0.0, 246.9], 50)
    >>> notes = segment_notes(F0(time_s=np.arange(150) * 0.01, f0_hz=hz, voicing=(hz > 0) * 1.0))
    >>> notes.pitch.round(1), notes.onset_s
    (array([57., 59.]), array([0., 1.]))
    """
    empty = np.empty(0)
    voiced = np.asarray(f0.f0_hz) > 0
    if not voiced.any() or len(f0) < 2:
        return Notes(onset_s=empty, offset_s=empty, pitch=empty, velocity=empty, engine=_engine(f0))
    hop_s = float(f0.time_s[1] - f0.time_s[0])
    pitch = np.zeros(len(f0))
    pitch[voiced] = 69 + 12 * np.log2(np.asarray(f0.f0_hz, dtype=np.float64)[voiced] / 440.0)
    runs = _bridged(voiced_runs(voiced), round(options.bridge_s / hop_s))
    lines = []
    for first, last in runs:
        inside = np.flatnonzero(voiced[first:last])
        lines.append(np.interp(np.arange(last - first), inside, pitch[first:last][inside]))
    vibrato, reach = (max(1, round(length_s / hop_s / 2)) for length_s in (_VIBRATO_S, options.smooth_s))
    offset = _tuning_offset(np.concatenate([moving_mean(line, before=vibrato, after=vibrato) for line in lines]))
    bounds: list[tuple[int, int]] = []
    for (first, last), line in zip(runs, lines, strict=True):
        step = _steps(moving_median(line, before=reach, after=reach) - offset, options)
        cuts = [first, *(first + 1 + np.flatnonzero(np.diff(step))).tolist(), last]
        bounds += list(itertools.pairwise(cuts))
    if onsets is not None:
        bounds = _split(bounds, np.rint(np.asarray(onsets.time_s) / hop_s).astype(int).tolist(), round(options.split_s / hop_s))
    shortest = max(1, round(options.shortest_s / hop_s))
    kept = [(first, last) for first, last in bounds if last - first >= shortest]
    start_s = float(f0.time_s[0])
    medians = [float(np.median(pitch[first:last][voiced[first:last]])) for first, last in kept]
    return Notes(
        onset_s=np.array([start_s + first * hop_s for first, _ in kept]),
        offset_s=np.array([start_s + last * hop_s for _, last in kept]),
        pitch=np.array(medians),
        velocity=np.full(len(kept), _UNKNOWN_VELOCITY),
        confidence=np.array([float(np.clip(np.mean(f0.voicing[first:last]), 0, 1)) for first, last in kept]),
        engine=_engine(f0),
    )


def voiced_runs(voiced: BoolArray) -> list[tuple[int, int]]:
    """List the stretches of True as (first, one past the last).

    Examples
    --------
    >>> voiced_runs(np.array([True, True, False, True]))
    [(0, 2), (3, 4)]
    """
    edges = np.flatnonzero(np.diff(np.concatenate([[False], voiced, [False]]).astype(np.int8)))
    return [(int(first), int(last)) for first, last in edges.reshape(-1, 2)]


def _engine(f0: F0) -> str:
    return f"melody-notes/semitone-path after {f0.engine}" if f0.engine else "melody-notes/semitone-path"


def _tuning_offset(pitch: FloatArray) -> float:
    """The melody's mean deviation from whole semitones, as an angle on the circle of one semitone."""
    return float(np.angle(np.exp(2j * np.pi * pitch).mean()) / (2 * np.pi))


def _bridged(runs: list[tuple[int, int]], gap: int) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for first, last in runs:
        if joined and first - joined[-1][1] <= gap:
            joined[-1] = (joined[-1][0], last)
        else:
            joined.append((first, last))
    return joined


def _steps(pitch: FloatArray, options: NoteOptions) -> np.ndarray:
    distance = pitch[:, None] - (_LOWEST + np.arange(_STEPS))
    likelihood = -np.minimum(0.5 * (distance / options.spread_semitones) ** 2, 8.0)
    _, path, _ = viterbi_local(
        lambda first, last: likelihood[first:last, None, :],
        len(pitch),
        log_kernel=np.zeros(1),
        log_switch=np.zeros((1, 1)),
        log_initial=np.zeros((1, _STEPS)),
        log_jump=-options.change_cost,
    )
    return path


def _split(bounds: list[tuple[int, int]], onsets: list[int], apart: int) -> list[tuple[int, int]]:
    parts: list[tuple[int, int]] = []
    for first, last in bounds:
        at = first
        for onset in onsets:
            if onset - at >= apart and last - onset >= apart:
                parts.append((at, onset))
                at = onset
        parts.append((at, last))
    return parts
