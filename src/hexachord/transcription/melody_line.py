"""The melody among all notes: one line of them, as a lead sheet wants it.

Two witnesses are heard. The transcribed notes know what was struck and when; the predominant pitch knows what sings, also between
the notes that the transcriber missed. Every note of either is judged by a small learnt function: is it on top, how far from the register
of the notes around it, how loud among them, does the predominant pitch agree? Then the likeliest chain of notes is taken, one at a time,
leaps having a price (dynamic programming; the cues are those of Salamon & Gómez, IEEE TASLP 20(6), 2012, and of the skyline
algorithm: Uitdenbogerd & Zobel, *Melodic matching techniques for large music databases*, ACM Multimedia 1999).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from hexachord.arrays import BoolArray, Float64Array, FloatArray, IntArray
from hexachord.knowledge import F0, Notes
from hexachord.models.engine import pick_engine
from hexachord.models.tables import load_table
from hexachord.transcription.engines import ENGINES

ENGINE = "melody-notes/judged-chain"
FEATURES = 20

_TOGETHER_S = 0.06  # notes that begin this close are a chord
_SINGLE_LINE = 0.05  # a line played legato overlaps itself now and then
_SAME_S = 0.09  # a note of either witness within this time and half a semitone is the same note
_AROUND_S = 2.5  # the register of the moment
_LOOK_BACK = 64
_LONGEST_GAP_S = 4.0


@dataclass(frozen=True, kw_only=True)
class LineOptions:
    """How the line is drawn.

    Parameters
    ----------
    leap_cost : price of an octave from note to note, in natural logarithms of odds; leaps up to `free_semitones` are free
    free_semitones : a melody moves that far without a thought
    bias : added to the logarithm of the odds of every note: more makes a busier line
    """

    leap_cost: float = 1.0
    free_semitones: float = 4.0
    bias: float = 1.0


class Candidates(NamedTuple):
    """Notes that might be melody, by onset; `followed` tells those that the predominant pitch alone has."""

    onset_s: Float64Array
    offset_s: Float64Array
    pitch: Float64Array
    velocity: Float64Array
    confidence: Float64Array
    agrees: BoolArray
    followed: BoolArray


def find_melody_notes(
    notes: Notes, *, melody: F0, melody_notes: Notes, engine: str | None = None, options: LineOptions = LineOptions()
) -> Notes:
    """Find the melody among all notes by an engine of the task ``melody-notes``; see `melody_line`.

    Raises
    ------
    InputError : if there is no such engine.
    """
    find: Callable[..., Notes] = pick_engine(ENGINES, task="melody-notes", name=engine).load()
    return find(notes, melody=melody, melody_notes=melody_notes, options=options)


def melody_line(
    notes: Notes, *, melody: F0, melody_notes: Notes, options: LineOptions = LineOptions(), weights: Mapping[str, FloatArray] | None = None
) -> Notes:
    """Find the melody among the notes of a polyphonic recording.

    Parameters
    ----------
    notes : all notes that were heard
    melody : the predominant pitch
    melody_notes : the notes cut out of it
    options : see `LineOptions`
    weights : another judge of the same shape (the shipped one by default)

    Returns
    -------
    Notes in order of time, one at a time, at whole semitones; `confidence` is how likely each belongs to the melody.

    Examples
    --------
    >>> beats = np.arange(8) * 0.5
    >>> tune, bass = np.array([72, 74, 76, 77, 79, 77, 76, 74.0]), np.full(8, 43.0)
    >>> def struck(pitch, onset_s):
    ...     return Notes(onset_s=onset_s, offset_s=onset_s + 0.45, pitch=pitch, velocity=np.full(len(pitch), 0.6))
    >>> hz = np.repeat(440 * 2 ** ((tune - 69) / 12), 50)
    >>> f0 = F0(time_s=np.arange(400) * 0.01, f0_hz=hz, voicing=np.ones(400))
    >>> both = struck(np.concatenate([tune, bass]), np.concatenate([beats, beats]))
    >>> melody_line(both, melody=f0, melody_notes=struck(tune, beats)).pitch.tolist()
    [72.0, 74.0, 76.0, 77.0, 79.0, 77.0, 76.0, 74.0]
    """
    heard = candidates(notes, melody_notes)
    odds = np.clip(_log_odds(describe(heard, melody), load_table("melody_line") if weights is None else weights), -8.0, 8.0)
    chain = likeliest_chain(heard, odds + options.bias, options)
    onset_s, offset_s = heard.onset_s[chain], heard.offset_s[chain]
    if len(chain):
        offset_s[:-1] = np.minimum(offset_s[:-1], onset_s[1:])
    return Notes(
        onset_s=onset_s,
        offset_s=offset_s,
        pitch=np.round(heard.pitch[chain]),
        velocity=heard.velocity[chain],
        confidence=1.0 / (1.0 + np.exp(-odds[chain])),
        engine=f"{ENGINE} after {notes.engine} and {melody.engine}",
    )


def melody_as_followed(notes: Notes, *, melody: F0, melody_notes: Notes, options: LineOptions = LineOptions()) -> Notes:
    """Take the notes of the predominant pitch as they are: where it is followed well, no other witness is as good."""
    return melody_notes


def melody_of_notes(notes: Notes) -> Notes:
    """Find the melody where nothing but notes is known, as in a performed score file; a single line is its own melody.

    Without an f0 to agree with, the same network judges by register, loudness and place among the other notes (note F 0.72 on ten POP909
    songs, where the highest note of every moment scores 0.54).
    """
    order = np.argsort(notes.onset_s, kind="stable")
    overlaps = np.asarray(notes.offset_s)[order][:-1] > np.asarray(notes.onset_s)[order][1:] + _SAME_S
    if np.count_nonzero(overlaps) <= _SINGLE_LINE * len(overlaps):
        return notes
    none = np.zeros(0)
    unheard = F0(time_s=none, f0_hz=none, voicing=none, engine="nothing")
    return melody_line(notes, melody=unheard, melody_notes=Notes(onset_s=none, offset_s=none, pitch=none, velocity=none))


def candidates(notes: Notes, melody_notes: Notes) -> Candidates:
    """Put the notes of both witnesses together, each once: what was struck gives the times."""
    notes = replace(notes, pitch=np.rint(notes.pitch))  # the judge has learnt from keys
    struck = np.lexsort((notes.pitch, notes.onset_s))
    onset_s, pitch = np.asarray(notes.onset_s, dtype=np.float64)[struck], np.asarray(notes.pitch, dtype=np.float64)[struck]
    agrees = np.zeros(len(onset_s), dtype=np.bool_)
    alone = []
    for number, (when, what) in enumerate(zip(melody_notes.onset_s, melody_notes.pitch, strict=True)):
        first, last = np.searchsorted(onset_s, [when - _SAME_S, when + _SAME_S])
        same = first + np.flatnonzero(np.abs(pitch[first:last] - what) <= 0.6)
        agrees[same] = True
        if not len(same):
            alone.append(number)
    loud = float(np.median(notes.velocity)) if len(notes) else 0.6
    sources = (notes, melody_notes)
    rows = (struck, np.array(alone, dtype=np.int64))

    def column(name: str) -> Float64Array:
        return np.concatenate([np.asarray(getattr(source, name), dtype=np.float64)[row] for source, row in zip(sources, rows, strict=True)])

    order = np.argsort(column("onset_s"), kind="stable")
    followed = np.arange(len(order)) >= len(struck)
    velocity = np.where(followed, loud, np.nan_to_num(column("velocity"), nan=0.6))
    return Candidates(
        onset_s=column("onset_s")[order],
        offset_s=column("offset_s")[order],
        pitch=column("pitch")[order],
        velocity=velocity[order],
        confidence=np.nan_to_num(column("confidence"), nan=0.5)[order],
        agrees=np.concatenate([agrees, np.zeros(len(alone), dtype=np.bool_)])[order],
        followed=followed[order],
    )


def describe(heard: Candidates, melody: F0) -> FloatArray:
    """Describe every candidate by `FEATURES` numbers of about unit size, (candidates, FEATURES) float32."""
    onset_s, offset_s, pitch, velocity = heard.onset_s, heard.offset_s, heard.pitch, heard.velocity
    length_s = np.maximum(offset_s - onset_s, 0.01)
    table = np.zeros((len(onset_s), FEATURES), dtype=np.float32)
    f0_pitch = _f0_pitch(melody)
    hop_s = float(melody.time_s[1] - melody.time_s[0]) if len(melody) > 1 else 1.0
    bounds_s = np.stack([onset_s - _AROUND_S, onset_s - _TOGETHER_S, onset_s + _TOGETHER_S, onset_s + _AROUND_S])
    around_first, chord_first, chord_last, around_last = np.searchsorted(onset_s, bounds_s)
    frames = np.clip(np.stack([onset_s, onset_s + np.minimum(length_s, 0.25), offset_s]) / hop_s, 0, len(f0_pitch)).astype(int)
    reach = round(_AROUND_S / hop_s)
    struck = ~heard.followed
    for j in range(len(onset_s)):
        near = np.arange(around_first[j], around_last[j])
        near = near[struck[near] | (near == j)]
        sounding = near[(onset_s[near] <= onset_s[j] + _TOGETHER_S) & (offset_s[near] > onset_s[j] + _TOGETHER_S) & (near != j)]
        chord = np.arange(chord_first[j], chord_last[j])
        chord = chord[(chord != j) & struck[chord]]
        above, chord_above = pitch[sounding] > pitch[j] + 0.6, pitch[chord] > pitch[j] + 0.6
        later = near[(onset_s[near] > onset_s[j] + _TOGETHER_S) & (onset_s[near] < min(offset_s[j], onset_s[j] + 1.0))]
        register = np.quantile(pitch[near], [0.5, 0.9])
        now, early = f0_pitch[frames[0, j] : max(frames[2, j], frames[0, j] + 1)], f0_pitch[frames[0, j] : frames[1, j] + 1]
        line = f0_pitch[max(0, frames[0, j] - reach) : frames[0, j] + reach]
        line = line[line > 0]
        middle = float(np.median(line)) if len(line) else register[0]
        table[j] = (
            above.sum() / 3,
            chord_above.sum() / 2,
            max(0.0, float(pitch[sounding].max(initial=0.0)) - pitch[j]) / 12,
            max(0.0, float(pitch[chord].max(initial=0.0)) - pitch[j]) / 12,
            np.clip(pitch[j] - float(pitch[np.concatenate([sounding, chord])].max(initial=pitch[j] - 24)), 0, 24) / 12,
            (pitch[j] - register[0]) / 12,
            (pitch[j] - register[1]) / 12,
            (pitch[j] - 64) / 12,
            max(0.0, 55 - pitch[j]) / 12,
            (velocity[j] - float(velocity[near].mean())) * 4,
            (velocity[j] - float(velocity[chord].max(initial=0.0))) * 4 if len(chord) else 0.5,
            heard.confidence[j],
            np.log(length_s[j] / 0.3),
            float(np.mean(np.abs(now - pitch[j]) < 0.6)) if len(now) else 0.0,
            float(np.mean(np.abs(early - pitch[j]) < 0.6)) if len(early) else 0.0,
            (pitch[j] - middle) / 12,
            abs(pitch[j] - middle) / 12,
            heard.agrees[j],
            heard.followed[j],
            float(np.any(pitch[later] > pitch[j] + 0.6)),
        )
    return table


def likeliest_chain(heard: Candidates, odds: FloatArray, options: LineOptions) -> IntArray:
    """Find the chain of candidates with the greatest sum of odds less the price of its leaps: indices in order of time."""
    count = len(odds)
    best, before = np.zeros(count), np.full(count, -1, dtype=np.int64)
    top, top_at = 0.0, -1  # the best chain that ended long ago
    forgotten = 0
    for j in range(count):
        while heard.onset_s[forgotten] < heard.onset_s[j] - _LONGEST_GAP_S or j - forgotten > _LOOK_BACK:
            if best[forgotten] > top:
                top, top_at = float(best[forgotten]), forgotten
            forgotten += 1
        best[j], before[j] = top, top_at
        last = int(np.searchsorted(heard.onset_s, heard.onset_s[j] - _TOGETHER_S, side="right"))
        if last > forgotten:
            leap = np.abs(heard.pitch[forgotten:last] - heard.pitch[j])
            value = best[forgotten:last] - options.leap_cost * np.maximum(leap - options.free_semitones, 0.0) / 12
            k = int(value.argmax())
            if value[k] > best[j]:
                best[j], before[j] = value[k], forgotten + k
        best[j] += odds[j]
    chain: list[int] = []
    at = int(best.argmax()) if count and best.max() > 0 else -1
    while at >= 0:
        chain.append(at)
        at = int(before[at])
    return np.array(chain[::-1], dtype=np.int64)


def _f0_pitch(melody: F0) -> Float64Array:
    hz = np.asarray(melody.f0_hz, dtype=np.float64)
    return np.where(hz > 0, 69 + 12 * np.log2(np.maximum(hz, 1.0) / 440.0), 0.0)


def _log_odds(features: FloatArray, table: Mapping[str, FloatArray]) -> Float64Array:
    value = (features - table["mean"]) / table["scale"]
    hidden = np.maximum(value @ table["weight0"] + table["bias0"], 0.0)
    return np.asarray(hidden @ table["weight1"] + table["bias1"], dtype=np.float64)[:, 0]
