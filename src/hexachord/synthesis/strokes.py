"""From a score to what is played: one track of strokes for each part.

A performance (a score without written bars: a MIDI file, a transcription) is played exactly as it stands. A page is interpreted: repeats
are written out, ties joined, dynamics and articulations become velocities and lengths, ornaments are realised, and what the page leaves
open is filled in with a light hand (see `PlayOptions`). Either way the clock is the score's own tempo map, so that the page can follow.
"""

from collections import Counter
from dataclasses import dataclass

import numpy as np

from hexachord.arrays import Float64Array, IntArray
from hexachord.score.garbage import collection_paused
from hexachord.score.model import DEFAULT_VELOCITY, Note, Part, Score
from hexachord.score.notes import merge_ties
from hexachord.score.timing import TempoMap, tempo_map_of
from hexachord.score.unfold import Unfolded, as_written, unfold
from hexachord.synthesis.model import SOFT, SOSTENUTO, SUSTAIN, Stroke, Track, value_at
from hexachord.synthesis.part_controls import PartControls, part_controls
from hexachord.synthesis.pedals import presses, releases
from hexachord.synthesis.play_options import PlayOptions


@dataclass(frozen=True, kw_only=True, eq=False)
class Interpretation:
    """What is played, how it got its order from the page, and what could not be played as written."""

    tracks: tuple[Track, ...]
    unfolded: Unfolded
    warnings: tuple[str, ...] = ()


@dataclass(kw_only=True, eq=False)
class Sounds:
    """The sounds of one part on their way to strokes: parallel arrays, in any order."""

    onset_s: Float64Array
    key_up_s: Float64Array
    key: IntArray
    velocity: IntArray


def tracks_of(score: Score, *, repeats: bool = True, options: PlayOptions = PlayOptions()) -> tuple[Track, ...]:
    """Turn a score into what is played; one track for each part, empty ones too.

    Parameters
    ----------
    repeats : play them out (see `hexachord.score.unfold`); otherwise once through

    Examples
    --------
    >>> from hexachord.score.model import Bar
    >>> page = Score(ticks_per_quarter=1, bars=(Bar(0, 4, repeat_end=2),), parts=(Part(notes=(Note(0, 4, 60),)),))
    >>> [(stroke.onset_s, stroke.key) for stroke in tracks_of(page)[0].strokes]
    [(0.0, 60), (2.0, 60)]
    """
    return interpret(score, repeats=repeats, options=options).tracks


def interpret(score: Score, *, repeats: bool = True, options: PlayOptions = PlayOptions()) -> Interpretation:
    """Turn a score into what is played, and keep what a page and a reader of warnings need."""
    found = Counter[str]()
    with collection_paused():
        unfolded = unfold(score) if repeats else as_written(score)
        clock = tempo_map_of(unfolded.score)
        tracks = tuple(_track(part, clock, options, found) for part in unfolded.score.parts)
    warnings = tuple(f"{kind}: {count}" for kind, count in sorted(found.items()))
    return Interpretation(tracks=tracks, unfolded=unfolded, warnings=(*unfolded.warnings, *warnings))


def _track(part: Part, clock: TempoMap, options: PlayOptions, found: Counter[str]) -> Track:
    controls = part_controls(part, clock)
    notes = [note for note in merge_ties(part.notes) if "cue" not in note.marks and not note.grace]
    sounds = _as_they_stand(notes, clock)
    strokes = _strokes(sounds, controls, options, is_percussion=part.is_percussion, found=found)
    bank = controls.bank[0] or controls.bank[1]
    return Track(
        name=part.name, program=part.program, bank=bank, is_percussion=part.is_percussion, strokes=strokes, controls=controls.curves
    )


def _as_they_stand(notes: list[Note], clock: TempoMap) -> Sounds:
    """Notes as sounds, exactly where and as loud as they are."""
    columns = np.array(
        [
            (note.onset, note.onset + note.duration, note.pitch, DEFAULT_VELOCITY if note.velocity is None else note.velocity)
            for note in notes
        ],
        dtype=np.int64,
    ).reshape(-1, 4)
    onset, end, key, velocity = columns.T
    return Sounds(onset_s=clock.seconds(onset), key_up_s=clock.seconds(end), key=key, velocity=velocity)


def _strokes(
    sounds: Sounds, controls: PartControls, options: PlayOptions, *, is_percussion: bool, found: Counter[str]
) -> tuple[Stroke, ...]:
    """Apply pedals and channel messages, and put the strokes in order."""
    if not len(sounds.onset_s):
        return ()
    onset, key = sounds.onset_s, sounds.key
    key_up = _cut(sounds.key_up_s, onset, controls.notes_off_s)
    curves = controls.curves
    release = key_up
    if not is_percussion:
        release = releases(onset, key_up, key, sustain=curves.get(SUSTAIN), sostenuto=curves.get(SOSTENUTO))
    release = _cut(release, onset, controls.sound_off_s)
    velocity = np.where(presses(curves.get(SOFT)).is_down(onset), np.rint(sounds.velocity * options.soft_pedal_share), sounds.velocity)
    cents = value_at(controls.tuning_cents, onset, before=0.0) if controls.tuning_cents else np.zeros(len(onset))
    inside = (key >= 0) & (key <= 127)
    if not inside.all():
        found["notes outside of MIDI's 128 keys, left out"] += int(np.count_nonzero(~inside))
    order = np.lexsort((release, key, onset))
    order = order[inside[order]]
    velocity = np.clip(velocity, 1, 127).astype(np.int64)
    columns = (onset, release, key, velocity, cents)
    return tuple(map(Stroke, *(column[order].tolist() for column in columns)))


def _cut(end_s: Float64Array, onset_s: Float64Array, cut_s: Float64Array) -> Float64Array:
    """End what still sounds at certain times."""
    if not len(cut_s):
        return end_s
    following = np.append(cut_s, np.inf)[np.searchsorted(cut_s, onset_s, side="right")]
    return np.asarray(np.minimum(end_s, following))
