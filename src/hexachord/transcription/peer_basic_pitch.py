"""Notes by Spotify's Basic Pitch, when its package is installed: the engine ``notes/basic-pitch``.

R. M. Bittner, J. J. Bosch, D. Rubinstein, G. Meseguer-Brocal & S. Ewert, "A lightweight instrument-agnostic model for polyphonic note
transcription and multipitch estimation", ICASSP 2022. The package ``basic-pitch`` (Apache-2.0) brings the network as an ONNX file; nothing
else of it is read. Windows of two seconds go through the network, and what its heads say is laid side by side again. Notes are made as §2.2
of the paper says: from peaks of the beginnings until the note has been faint for a while, latest first, each note taking its energy and its
neighbours' away; then from the strongest of what is left, both ways.
"""

import importlib.util
from pathlib import Path
from typing import NamedTuple

import numpy as np

from hexachord.arrays import Float32Array, Float64Array, FloatArray, IntArray
from hexachord.dsp.frontend import FrontEnd
from hexachord.errors import InputError
from hexachord.knowledge import Events, Notes
from hexachord.models.networks import Network, open_network
from hexachord.transcription.note_courses import PitchCourses
from hexachord.transcription.options import TranscriptionOptions, moved_to

ENGINE = "notes/basic-pitch"
INSTALL = "pip install --no-deps basic-pitch"
"""Its other dependencies (TensorFlow among them) are for training and for other formats of the network."""
RATE_HZ = 22_050
HOP = 256
PITCHES = 88
LOWEST_PITCH = 21
_HEADS = {"onset": "StatefulPartitionedCall:2", "note": "StatefulPartitionedCall:1"}
_CONTOUR = "StatefulPartitionedCall:0"
_THIRDS = 3  # bins of the contour in a semitone, from the lowest pitch
_BENT_THIRDS = 5.0  # how far from the key the package looks: a bell of this width
_WINDOW = 2 * RATE_HZ - HOP
_LAPPED_FRAMES = 30  # of two neighbouring windows; each gives half of them up
_STEP = _WINDOW - _LAPPED_FRAMES * HOP
_BATCH = 8
_ONSET, _FRAME = 0.5, 0.3  # the package's own defaults
_SHORTEST_S = 0.1277
_PATIENCE_FRAMES = 11  # a note may be faint for so long before it has ended
_SILENT = 1e-4


class Heads(NamedTuple):
    """What the network says: `time_s` (frames,), `onset` and `note` (frames, pitches) in [0, 1]."""

    time_s: Float64Array
    onset: Float32Array
    note: Float32Array


class FoundNotes(NamedTuple):
    """Notes: frames (the end is the first that no longer belongs), column, mean strength, and the chance that each begins there."""

    start: IntArray
    end: IntArray
    pitch: IntArray
    strength: Float64Array
    chance: Float64Array


def notes_from_basic_pitch(
    frontend: FrontEnd,
    *,
    onsets: Events | None = None,
    options: TranscriptionOptions = TranscriptionOptions(),
    network: Network | None = None,
) -> Notes:
    """Transcribe with Basic Pitch's network: the engine ``notes/basic-pitch``.

    Parameters
    ----------
    frontend : the recording's front end; its signal is used
    onsets, options : see `hexachord.transcription.notes.transcribe_notes`
    network : another one of the same shape than the package's

    Returns
    -------
    Notes in order of onset, then pitch. `velocity` is how sure the network is of the note on average, which is no loudness; `confidence`
    its chance that one begins there.

    Raises
    ------
    InputError : if the package is not installed, or its network is another one.
    """
    opened = open_network(network_file()) if network is None else network
    signal = np.asarray(frontend.signal_at(RATE_HZ), dtype=np.float32)
    said = run_heads(signal, opened)
    found = make_notes(said.onset, said.note, onset_threshold=_ONSET if options.threshold is None else options.threshold)
    onset_s, offset_s = said.time_s[found.start], said.time_s[found.end]
    if onsets is not None and len(onsets):
        onset_s = moved_to(onset_s, np.asarray(onsets.time_s, dtype=np.float64), options.onset_reach_s)
    offset_s = np.maximum(np.minimum(offset_s, frontend.duration_s), onset_s + 0.03)
    order = np.lexsort((found.pitch, onset_s))
    return Notes(
        onset_s=onset_s[order],
        offset_s=offset_s[order],
        pitch=found.pitch[order] + float(LOWEST_PITCH),
        velocity=np.clip(found.strength[order], 0.0, 1.0),
        confidence=np.clip(found.chance[order], 0.0, 1.0),
        engine=ENGINE,
    )


def network_file() -> Path:
    """Find the network in the user's installation, without importing the package (it would load TensorFlow).

    Raises
    ------
    InputError : if there is no such package, or it lacks the file.
    """
    spec = importlib.util.find_spec("basic_pitch")
    places = list(spec.submodule_search_locations or ()) if spec is not None else []
    for place in places:
        path = Path(place) / "saved_models" / "icassp_2022" / "nmp.onnx"
        if path.is_file():
            return path
    found = "a package basic_pitch without saved_models/icassp_2022/nmp.onnx" if places else "the package basic-pitch is not installed"
    raise InputError(ENGINE, found=found, expected="basic-pitch 0.4 with its network", next_step=INSTALL)


def courses_from_basic_pitch(frontend: FrontEnd, notes: Notes, *, network: Network | None = None) -> PitchCourses:
    """Follow notes as the package bends them: to the strongest third of a semitone near the key, frame by frame.

    Parameters
    ----------
    frontend : the recording's front end; its signal is used
    notes : those of `notes_from_basic_pitch`
    network : see there

    Raises
    ------
    InputError : as there.
    """
    opened = open_network(network_file()) if network is None else network
    time_s, (contour,) = _run(np.asarray(frontend.signal_at(RATE_HZ), dtype=np.float32), opened, (_CONTOUR,))
    place = (np.arange(contour.shape[1]) - 1) / _THIRDS + LOWEST_PITCH  # a key is the middle one of its three
    starts, times, pitches = [0], [np.zeros(0)], [np.zeros(0)]
    for onset_s, offset_s, key in zip(notes.onset_s, notes.offset_s, np.rint(notes.pitch), strict=True):
        first, last = np.searchsorted(time_s, [onset_s, offset_s])
        near = np.exp(-0.5 * ((place - key) * _THIRDS / _BENT_THIRDS) ** 2)
        times.append(time_s[first:last])
        pitches.append(place[(contour[first:last] * near).argmax(axis=1)])
        starts.append(starts[-1] + last - first)
    return PitchCourses(start=np.array(starts), time_s=np.concatenate(times), pitch=np.concatenate(pitches))


def run_heads(signal: Float32Array, network: Network) -> Heads:
    """Run the network over a signal, window by window.

    Parameters
    ----------
    signal : (n,) at `RATE_HZ`
    network : (windows, 43844, 1) samples in; of its outputs those of beginnings and notes are used

    Raises
    ------
    InputError : if the network has no such outputs.
    """
    time_s, (onset, note) = _run(signal, network, tuple(_HEADS.values()))
    return Heads(time_s, onset, note)


def _run(signal: Float32Array, network: Network, names: tuple[str, ...]) -> tuple[Float64Array, list[Float32Array]]:
    """Times of all frames, and what each of the named outputs says of them."""
    missing = [name for name in names if name not in network.outputs]
    if missing:
        raise InputError(
            network.path, found=f"outputs {', '.join(network.outputs)}", expected="the network of basic-pitch 0.4", next_step=INSTALL
        )
    if not signal.size or float(np.ptp(signal)) < _SILENT:  # a constant is no sound either
        return np.zeros(0), [np.zeros((0, _THIRDS * PITCHES if name == _CONTOUR else PITCHES), np.float32) for name in names]
    lead = _LAPPED_FRAMES // 2 * HOP  # given up of the first window
    windows = -(-(signal.size + lead) // _STEP)
    padded = np.zeros((windows - 1) * _STEP + _WINDOW, dtype=np.float32)
    padded[lead : lead + signal.size] = signal[: padded.size - lead]
    parts: dict[str, list[Float32Array]] = {name: [] for name in names}
    for first in range(0, windows, _BATCH):
        batch = np.stack([padded[at * _STEP : at * _STEP + _WINDOW] for at in range(first, min(first + _BATCH, windows))])
        said = network.session.run(list(names), {network.input: batch[:, :, None]})
        for name, part in zip(names, said, strict=True):
            parts[name].append(part[:, _LAPPED_FRAMES // 2 : -_LAPPED_FRAMES // 2])
    whole = [np.concatenate(parts[name]) for name in names]
    # A window moves on by 141.3 hops and keeps 142 frames: each frame is where it lies in its window.
    time_s = (np.arange(windows)[:, None] * _STEP + np.arange(whole[0].shape[1]) * HOP).ravel() / RATE_HZ
    frames = int(np.searchsorted(time_s, signal.size / RATE_HZ))
    return time_s[:frames], [head.reshape(-1, head.shape[-1])[:frames] for head in whole]


def make_notes(onset: FloatArray, note: FloatArray, *, onset_threshold: float = _ONSET, frame_threshold: float = _FRAME) -> FoundNotes:
    """Make notes of beginnings and strengths.

    Parameters
    ----------
    onset, note : (frames, pitches) in [0, 1]
    onset_threshold : least height of a beginning
    frame_threshold : a note lasts while it is as strong, but for short gaps

    Examples
    --------
    >>> onset, note = np.zeros((60, 3)), np.zeros((60, 3))
    >>> onset[10, 1], note[10:40, 1] = 0.9, 0.8
    >>> found = make_notes(onset, note)
    >>> found.start.tolist(), found.end.tolist(), found.pitch.tolist()
    ([10], [40], [1])
    """
    frames = len(note)
    begins = np.maximum(onset, _rises(onset, note))
    left = np.pad(np.array(note, dtype=np.float32), ((0, 0), (1, 1)))  # what no note has taken, with a column to either side
    shortest = round(_SHORTEST_S * RATE_HZ / HOP)
    rows: list[tuple[float, ...]] = []
    peak = np.zeros(begins.shape, dtype=bool)
    peak[1:-1] = (begins[1:-1] > begins[:-2]) & (begins[1:-1] > begins[2:]) & (begins[1:-1] >= onset_threshold)
    for start, pitch in np.argwhere(peak)[::-1]:
        end = _faint_from(left[:, pitch + 1], int(start) + 1, frame_threshold)
        if start < frames - 1 and end - start > shortest:
            rows.append((start, end, pitch, float(note[start:end, pitch].mean()), float(begins[start, pitch])))
            left[start:end, pitch : pitch + 3] = 0.0
    strong = np.argwhere(left[:, 1:-1] > frame_threshold)
    for middle, pitch in strong[np.argsort(-left[strong[:, 0], strong[:, 1] + 1], kind="stable")]:
        if left[middle, pitch + 1] <= frame_threshold:
            continue  # another note took it
        ahead, behind = left[:, pitch + 1], left[::-1, pitch + 1]
        end = _faint_from(ahead, int(middle) + 1, frame_threshold) - 1  # the package leaves its last frame out
        start = frames - _faint_from(behind, frames - int(middle), frame_threshold)
        reach = slice(max(start - _PATIENCE_FRAMES, 0), min(end + 1 + _PATIENCE_FRAMES, frames))
        left[reach, pitch : pitch + 3] = 0.0
        if end - start > shortest:
            rows.append((start, end, pitch, float(note[start:end, pitch].mean()), float(begins[start, pitch])))
    table = np.array(rows, dtype=np.float64).reshape(-1, 5)
    place = table[:, :3].astype(np.int64)
    return FoundNotes(place[:, 0], place[:, 1], place[:, 2], table[:, 3], table[:, 4])


def _rises(onset: FloatArray, note: FloatArray) -> FloatArray:
    """How much each pitch has grown over one and over two frames, whichever is less, scaled to the highest beginning."""
    grown = np.zeros(note.shape, dtype=np.float32)
    grown[2:] = np.maximum(np.minimum(note[2:] - note[1:-1], note[2:] - note[:-2]), 0.0)
    top = float(grown.max(initial=0.0))
    return grown * (float(onset.max(initial=0.0)) / top) if top > 0 else grown


def _faint_from(strength: FloatArray, begin: int, threshold: float) -> int:
    """First frame after which a pitch stays below the threshold for as long as patience lasts; the last frame ends what still sounds."""
    last = len(strength) - 1
    faint = 0
    frame = begin
    while frame < last and faint < _PATIENCE_FRAMES:
        faint = 0 if strength[frame] >= threshold else faint + 1
        frame += 1
    return frame - faint
