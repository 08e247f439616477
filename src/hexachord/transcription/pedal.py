"""When the sustain pedal is down, heard from the sound of a piano: the engine ``pedal/network``.

A key that is let go ends its tone; with the pedal down it rings on, other strings ring with it, and all of them end at once when the foot
comes up. The network (`hexachord.learning.deep.temporal`, trained by ``training/pedal.py``) sees the level of every semitone through a long
and a short window, and which notes begin, sound and end as they were heard. It says of every moment how likely the pedal is down, goes
down, comes up, and the likeliest course through up and down gives the spans. Liang, Fazekas & Sandler, "Piano sustain-pedal detection using
convolutional neural networks", ICASSP 2019; Kong et al., "High-resolution piano transcription with pedals by regressing onset and offset
times", TASLP 29, 2021.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from hexachord.arrays import Float32Array, Float64Array, FloatArray, IntArray, UInt8Array
from hexachord.dsp.frames import frame_count
from hexachord.dsp.frontend import FrontEnd
from hexachord.dsp.pitch_spectrum import BINS_PER_OCTAVE, HOP, NOTES, RATE_HZ, as_heard, loudest_level, pitch_spectrum
from hexachord.dsp.viterbi import viterbi
from hexachord.knowledge import Notes, Segments
from hexachord.models.engine import pick_engine
from hexachord.models.networks import Network, network_blocks, open_network
from hexachord.transcription.engines import ENGINES
from hexachord.transcription.network import LOWEST_PITCH, notes_of_piano

ENGINE = "pedal/network"
SHAPE = replace(NOTES, windows=tuple((samples, transform, 1) for samples, transform, _ in NOTES.windows))
"""What is seen: the windows of the notes' spectrum, one look in each hop."""
VIEWS = SHAPE.views
ROLLS = 3
"""What is shown of notes: where they begin, sound and end."""
SEMITONES = -(-SHAPE.bins * 12 // BINS_PER_OCTAVE)
DOWN, PRESS, RELEASE = range(3)
"""Columns of what the network says."""
_FINE = BINS_PER_OCTAVE // 12
_REACH = SHAPE.windows[0][0] // (2 * HOP)  # hops that a frame looks at before its centre
_BLOCK_FRAMES = 2048
_MOST = 6.0  # log-odds beyond which nothing is surer
_BEGINS, _SOUNDS, _ENDS = range(ROLLS)
_UP, _GOES_DOWN, _IS_DOWN, _COMES_UP = range(4)


@dataclass(frozen=True, kw_only=True)
class PedalCosts:
    """What counts how much along a course, in nats; chosen on the valid side of the data engine.

    Attributes
    ----------
    down : how much the log-odds of each frame count
    press, release : how much the log-odds of a change count
    least_press, least_release : the chance at which they speak neither for nor against one
    """

    down: float = 0.3
    press: float = 1.0
    release: float = 1.0
    least_press: float = 0.3
    least_release: float = 0.3


def estimate_pedal(frontend: FrontEnd, *, notes: Notes | None = None, engine: str | None = None) -> Segments:
    """Say when the sustain pedal of a piano is down.

    Parameters
    ----------
    frontend : the recording's front end; its signal is used
    notes : as they were heard in it; without them they are listened for
    engine : name of an engine of the task ``pedal``

    Returns
    -------
    Segments labelled ``down``, `confidence` the mean chance within each; none where nothing sounds.

    Raises
    ------
    InputError : if there is no such engine, or this installation lacks the network.

    Examples
    --------
    >>> len(estimate_pedal(FrontEnd(np.zeros(22050, dtype=np.float32))))
    0
    """
    listen: Callable[..., Segments] = pick_engine(ENGINES, task="pedal", name=engine).load()
    return listen(frontend, notes=notes)


def pedal_from_network(
    frontend: FrontEnd, *, notes: Notes | None = None, costs: PedalCosts = PedalCosts(), network: Network | None = None
) -> Segments:
    """Hear the pedal with the network: the engine ``pedal/network``.

    Parameters
    ----------
    frontend, notes : see `estimate_pedal`
    costs : of the courses
    network : another one than that of this installation
    """
    levels, loudest = _heard(frontend.signal_at(RATE_HZ))
    if not loudest > 0:
        return _segments(np.zeros((0, 2)), np.zeros(0))
    heard = notes_of_piano(frontend) if notes is None else notes
    rows = np.stack([heard.onset_s, heard.offset_s, heard.pitch], axis=1).astype(np.float64)
    opened = open_network("pedal") if network is None else network

    def read(first: int, last: int) -> Float32Array:
        return shown(as_heard(levels[first:last], loudest=loudest), note_rolls(rows, first, last - first))

    blocks = network_blocks(opened, read, len(levels), block_frames=_BLOCK_FRAMES)
    chance = np.concatenate([block[opened.outputs[0]] for _, block in blocks])
    spans, sure = follow_pedal(chance, costs=costs)
    return _segments(np.minimum(spans * (HOP / RATE_HZ), frontend.duration_s), sure)


def semitone_levels(levels: UInt8Array) -> UInt8Array:
    """Take the strongest bin of every semitone: (frames, views, bins) bytes of a spectrum of `NOTES` or `SHAPE` → (frames, SEMITONES * 2).

    The two windows of a semitone stand beside each other. Where a spectrum has several looks through the short window, the first is taken.
    """
    frames, _, bins = levels.shape
    padded = np.zeros((frames, VIEWS, SEMITONES * _FINE), dtype=np.uint8)
    padded[:, :, 1 : bins + 1] = levels[:, :VIEWS]  # a semitone's own bin is the middle one of its three
    strongest = padded.reshape(frames, VIEWS, SEMITONES, _FINE).max(axis=3)
    return np.ascontiguousarray(strongest.transpose(0, 2, 1).reshape(frames, -1))


def note_rolls(notes: Float64Array, first: int, frames: int) -> Float32Array:
    """Draw notes on `frames` frames from `first` on.

    Parameters
    ----------
    notes : (n, 3) onset_s, offset_s, pitch

    Returns
    -------
    (frames, SEMITONES, ROLLS): beginnings and ends shared by the two frames around them, and 1 in between.

    Examples
    --------
    >>> rolls = note_rolls(np.array([[2.0, 5.25, 21.0]]) * [[HOP / RATE_HZ, HOP / RATE_HZ, 1.0]], 0, 8)
    >>> rolls[:, 0].T.round(2).tolist()  # doctest: +NORMALIZE_WHITESPACE
    [[0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0],
     [0.0, 0.0, 0.0, 0.0, 0.0, 0.75, 0.25, 0.0]]
    """
    found = np.zeros((frames, SEMITONES, ROLLS), dtype=np.float32)
    semitone = np.rint(notes[:, 2]).astype(np.int64) - LOWEST_PITCH
    begin, end = notes[:, :2].T * (RATE_HZ / HOP) - first
    near = (end > -2) & (begin < frames + 1) & (semitone >= 0) & (semitone < SEMITONES)
    begin, end, semitone = begin[near], end[near], semitone[near]
    for roll, moment in ((_BEGINS, begin), (_ENDS, end)):
        before = np.floor(moment).astype(np.int64)
        for frame, share in ((before, 1.0 - (moment - before)), (before + 1, moment - before)):
            inside = (frame >= 0) & (frame < frames)
            np.maximum.at(found, (frame[inside], semitone[inside], roll), share[inside].astype(np.float32))
    steps = np.zeros((frames + 1, SEMITONES), dtype=np.int32)
    for moment, step in ((begin, 1), (end, -1)):
        at: IntArray = np.clip(np.rint(moment), 0, frames).astype(np.int64)
        np.add.at(steps, (at, semitone), step)
    found[:, :, _SOUNDS] = np.cumsum(steps[:frames], axis=0) > 0
    return found


def shown(levels: Float32Array, rolls: Float32Array) -> Float32Array:
    """Lay what is seen and what is known of notes side by side, semitone by semitone: (frames, SEMITONES * (VIEWS + ROLLS))."""
    seen = levels.reshape(len(levels), SEMITONES, VIEWS)
    return np.ascontiguousarray(np.concatenate([seen, rolls], axis=2).reshape(len(levels), -1))


def follow_pedal(chance: FloatArray, *, costs: PedalCosts = PedalCosts()) -> tuple[Float64Array, Float64Array]:
    """Find the likeliest course through up and down (Viterbi 1967).

    Parameters
    ----------
    chance : (frames, 3) chances that the pedal is down, goes down, comes up

    Returns
    -------
    spans : (n, 2) frames at which it goes down and comes up
    sure : (n,) mean chance of being down within each

    Examples
    --------
    >>> chance = np.full((20, 3), 0.02)
    >>> chance[5:13, 0], chance[5, 1], chance[13, 2] = 0.9, 0.8, 0.8
    >>> follow_pedal(chance)[0]
    array([[ 5., 13.]])
    """
    frames = len(chance)
    if frames == 0:
        return np.zeros((0, 2)), np.zeros(0)
    odds = _log_odds(np.asarray(chance, dtype=np.float64))
    seen = np.zeros((frames, 4))
    seen[:, [_GOES_DOWN, _IS_DOWN]] = costs.down * odds[:, DOWN, None]
    seen[:, _GOES_DOWN] += costs.press * (odds[:, PRESS] - _log_odds(costs.least_press))
    seen[:, _COMES_UP] += costs.release * (odds[:, RELEASE] - _log_odds(costs.least_release))
    moves = np.full((4, 4), -np.inf)
    for before, after in (
        (_UP, _UP), (_UP, _GOES_DOWN), (_GOES_DOWN, _IS_DOWN), (_IS_DOWN, _IS_DOWN), (_IS_DOWN, _COMES_UP), (_COMES_UP, _UP),
        (_COMES_UP, _GOES_DOWN),
    ):  # fmt: skip
        moves[before, after] = 0.0
    path, _ = viterbi(seen, moves, np.array([0.0, 0.0, -np.inf, -np.inf]))
    down = np.flatnonzero(path == _GOES_DOWN)
    up = np.flatnonzero(path == _COMES_UP)
    up = np.concatenate([up, np.full(len(down) - len(up), frames)])
    total = np.concatenate([[0.0], np.cumsum(np.asarray(chance[:, DOWN], dtype=np.float64))])
    return np.stack([down, up], axis=1).astype(np.float64), (total[up] - total[down]) / np.maximum(up - down, 1)


def _heard(signal: FloatArray) -> tuple[UInt8Array, float]:
    """Levels of the semitones, a stretch at a time, 0.7 MB for a minute; and the byte of the loud parts."""
    frames = frame_count(signal.shape[0], frame_length=SHAPE.windows[0][0], hop=HOP)
    found = np.zeros((frames, SEMITONES * VIEWS), dtype=np.uint8)
    strongest = np.zeros((frames, 1, 1), dtype=np.uint8)
    for first in range(0, frames, _BLOCK_FRAMES):
        last, begin = min(first + _BLOCK_FRAMES, frames), max(0, first - _REACH)
        part = pitch_spectrum(signal[begin * HOP : (last + _REACH) * HOP], SHAPE)[first - begin : last - begin]
        found[first:last], strongest[first:last, 0, 0] = semitone_levels(part), part[:, 0].max(axis=1)
    return found, loudest_level(strongest)


def _segments(spans_s: Float64Array, sure: Float64Array) -> Segments:
    spans_s, sure = spans_s[spans_s[:, 1] > spans_s[:, 0]], sure[spans_s[:, 1] > spans_s[:, 0]]
    return Segments(start_s=spans_s[:, 0], end_s=spans_s[:, 1], label=("down",) * len(spans_s), confidence=sure, engine=ENGINE)


def _log_odds(chance: Float64Array | float) -> Float64Array:
    kept = np.clip(chance, 1e-9, 1.0 - 1e-9)
    return np.asarray(np.clip(np.log(kept) - np.log1p(-kept), -_MOST, _MOST))


__all__ = [
    "DOWN", "ENGINE", "PRESS", "RELEASE", "ROLLS", "SEMITONES", "SHAPE", "VIEWS", "PedalCosts", "estimate_pedal", "follow_pedal",
    "note_rolls", "pedal_from_network", "semitone_levels", "shown",
]  # fmt: skip
