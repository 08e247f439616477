"""All notes of a recording: which pitch, from when to when, how hard.

Four steps, each usable alone: a spectrogram is explained as a mixture of known tones (`activations`); places where an activation rises
are gathered with what is to be seen there (`onset_features`); a small learnt function says how likely each is the beginning of a note,
and how late it shows; a note lasts until its activation has died away or the pitch is struck again.

A recording is worked on in stretches of half a minute, so the length of a file costs little memory.
"""

from collections.abc import Callable

import numpy as np

from hexachord.arrays import Float32Array, Float64Array, FloatArray, IntArray
from hexachord.dsp.frames import padded_slice
from hexachord.dsp.frontend import FrontEnd
from hexachord.knowledge import Events, Notes
from hexachord.models.engine import pick_engine
from hexachord.models.tables import load_table
from hexachord.transcription.activations import HOP, LOWEST_PITCH, PITCHES, RATE_HZ, activate, note_spectrum
from hexachord.transcription.engines import ENGINES
from hexachord.transcription.onset_features import find_candidates, loud_part
from hexachord.transcription.options import TranscriptionOptions, moved_to

__all__ = ["ENGINES", "TranscriptionOptions", "note_probability", "notes_from_templates", "transcribe_notes"]

ENGINE = "notes/template-onsets"
_HOP_S = HOP / RATE_HZ
_STRETCH_FRAMES = 1300  # half a minute, the length of the excerpts it was trained on
_CONTEXT_FRAMES = 64  # a second and a half, what the features look at
_QUIET = 0.1  # a stretch this much softer than the recording's loudest moments is judged by those
_DIED_AWAY = 0.01  # of the note's strongest activation
_FADED = 0.002  # of the loud part of the recording
_DAMPED = 1.2  # fall of the activation's logarithm within _DAMPER_FRAMES (10 dB in 93 ms) that only a damper makes
_DAMPER_FRAMES = 4
_LOG_FLOOR = 1e-4
_THRESHOLD = 0.35
_SHORTEST_S = 0.03
_LONGEST_S = 12.0


def transcribe_notes(
    frontend: FrontEnd, *, engine: str | None = None, onsets: Events | None = None, options: TranscriptionOptions = TranscriptionOptions()
) -> Notes:
    """Transcribe all pitched notes of a recording, piano or other.

    Parameters
    ----------
    frontend : the recording's front end; its signal is used
    engine : name of an engine of the task ``notes``
    onsets : exact onset times, if known: notes are moved to them (see `TranscriptionOptions`)
    options : see `TranscriptionOptions`

    Returns
    -------
    Notes in order of onset, then pitch; pitches are MIDI numbers 21 to 108, whole ones or, of engines that measure them, within half a
    semitone of the key; `confidence` is the probability of each.

    Raises
    ------
    InputError : if there is no such engine.

    Examples
    --------
    >>> t = np.arange(44100) / 22050
    >>> tone = np.exp(-3 * t) * sum(np.sin(2 * np.pi * 220 * h * t) / h**2 for h in range(1, 8))
    >>> notes = transcribe_notes(FrontEnd(np.concatenate([np.zeros(11025), tone]).astype(np.float32)))
    >>> notes.pitch.round(1).tolist(), notes.onset_s.round(1).tolist()
    ([57.0], [0.5])
    """
    transcribe: Callable[..., Notes] = pick_engine(ENGINES, task="notes", name=engine).load()
    return transcribe(frontend, onsets=onsets, options=options)


def notes_from_templates(
    frontend: FrontEnd, *, onsets: Events | None = None, options: TranscriptionOptions = TranscriptionOptions()
) -> Notes:
    """Transcribe with templates and judged onsets: the engine ``notes/template-onsets``."""
    signal = frontend.signal_at(RATE_HZ)
    frames = 1 + signal.shape[0] // HOP if signal.shape[0] else 0
    threshold = _THRESHOLD if options.threshold is None else options.threshold
    level = frontend.rms
    loud_rms = float(np.percentile(level, 99)) if len(level) else 0.0
    kept = np.zeros((frames, PITCHES), dtype=np.float16)  # activations re the loud part: two hours take 55 MB
    found: list[Float64Array] = []  # rows: onset_s, pitch index, probability, velocity, frame
    for first in range(0, frames, _STRETCH_FRAMES):
        last = min(first + _STRETCH_FRAMES, frames)
        begin, end = max(0, first - _CONTEXT_FRAMES), min(frames, last + _CONTEXT_FRAMES)
        part = padded_slice(signal, begin * HOP, min(end * HOP, signal.shape[0]))
        rows, activation = _judge_stretch(part, loud_rms=loud_rms)
        kept[first:last] = activation[first - begin : last - begin]
        inside = (rows[:, 4] >= first - begin) & (rows[:, 4] < last - begin) & (rows[:, 2] >= threshold)
        found.append(rows[inside] + [begin * _HOP_S, 0, 0, 0, begin])
    rows = np.concatenate(found) if found else np.empty((0, 5))
    if onsets is not None and len(onsets):
        rows[:, 0] = moved_to(rows[:, 0], np.asarray(onsets.time_s, dtype=np.float64), options.onset_reach_s)
    rows = rows[np.lexsort((rows[:, 1], rows[:, 0]))]
    offset_s = _ends(rows, kept)
    return Notes(
        onset_s=rows[:, 0],
        offset_s=np.minimum(offset_s, max(frontend.duration_s, 0.0) + _SHORTEST_S),
        pitch=rows[:, 1] + LOWEST_PITCH,
        velocity=rows[:, 3],
        confidence=rows[:, 2],
        engine=ENGINE,
    )


def _judge_stretch(signal: FloatArray, *, loud_rms: float) -> tuple[Float64Array, Float32Array]:
    """Find and judge all candidates of a stretch: rows as in `notes_from_templates`, and the activation of every pitch."""
    table = load_table("notes")
    templates = table["templates"].reshape(-1, table["templates"].shape[-1])
    spectrum = note_spectrum(signal)
    amounts = activate(spectrum, templates).reshape(len(spectrum), PITCHES, -1)
    activation = amounts.sum(axis=2)
    reference = loud_part(activation)
    if not reference > 0:
        return np.empty((0, 5)), np.zeros_like(activation)
    local_rms = float(np.sqrt(np.mean(np.square(signal, dtype=np.float64))))
    loudness_ratio = max(1.0, _QUIET * loud_rms / max(local_rms, 1e-12))
    candidates = find_candidates(spectrum, amounts, signal, loudness_ratio=loudness_ratio)
    scaled = (candidates.features - table["mean"]) / table["scale"]
    lag_s = np.clip(scaled @ table["lag"][:-1] + table["lag"][-1], -0.06, 0.06)
    velocity = np.clip(scaled @ table["velocity"][:-1] + table["velocity"][-1], 0.05, 1.0)
    onset_s = np.maximum(candidates.frame * _HOP_S + lag_s, 0.0)
    rows = np.stack([onset_s, candidates.pitch_index, note_probability(scaled), velocity, candidates.frame], axis=1).astype(np.float64)
    return rows, activation / np.float32(loudness_ratio * reference)


def note_probability(scaled: FloatArray) -> FloatArray:
    """Judge candidates by the learnt network: (count, features), each of zero mean and unit scale, to (count,) in [0, 1]."""
    table = load_table("notes")
    value = scaled
    layers = sum(name.startswith("weight") for name in table)
    for layer in range(layers):
        value = value @ table[f"weight{layer}"] + table[f"bias{layer}"]
        if layer < layers - 1:
            value = np.maximum(value, 0.0)
    probability: FloatArray = 1.0 / (1.0 + np.exp(-np.clip(value[:, 0], -30, 30)))
    return probability


def _ends(rows: Float64Array, activation: FloatArray) -> Float64Array:
    """Find where each note is damped, has died away, or is struck again."""
    frames = len(activation)
    later = np.pad(activation, ((0, _DAMPER_FRAMES), (0, 0)), mode="edge")[_DAMPER_FRAMES:] if frames else activation
    share_left = float(np.exp(-_DAMPED))
    longest = round(_LONGEST_S / _HOP_S)
    ends = np.empty(len(rows))
    next_frame = _next_of_same_pitch(rows)
    for number, (onset_s, pitch, _, _, frame_at) in enumerate(rows):
        frame = int(frame_at)
        stop = min(frames, frame + longest, next_frame[number])
        course = activation[frame:stop, int(pitch)].astype(np.float32)
        peak = course[:8].max(initial=0.0)
        ended = course < max(_DIED_AWAY * peak, _FADED)
        ended |= later[frame:stop, int(pitch)] + _LOG_FLOOR < share_left * (course + _LOG_FLOOR)
        ended[:3] = False
        end = frame + (int(ended.argmax()) if ended.any() else len(course))
        ends[number] = max(end * _HOP_S, onset_s + _SHORTEST_S)
    return ends


def _next_of_same_pitch(rows: Float64Array) -> IntArray:
    """Frame at which the same pitch is struck next; far away if never."""
    following = np.full(len(rows), np.iinfo(np.int64).max)
    seen: dict[int, int] = {}
    for number in range(len(rows) - 1, -1, -1):
        pitch = int(rows[number, 1])
        following[number] = seen.get(pitch, following[number])
        seen[pitch] = int(rows[number, 4])
    return following
