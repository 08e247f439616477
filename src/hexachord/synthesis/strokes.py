"""From a score to what is played: one track of strokes for each part.

A performance (a score without bars and signs: a MIDI file, a transcription) is played exactly as it stands. A page is interpreted:
repeats are written out, ties joined, dynamics and articulations become velocities and lengths, ornaments are realised, and what the page
leaves open is filled in with a light hand (see `PlayOptions`). Either way the clock is the score's own tempo map, so that the page can
follow.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from hexachord.arrays import Float64Array, IntArray
from hexachord.score.garbage import collection_paused
from hexachord.score.model import DEFAULT_VELOCITY, Control, Note, Part, Score
from hexachord.score.notes import merge_ties
from hexachord.score.timing import TempoMap, tempo_map_of
from hexachord.score.unfold import Unfolded, as_written, unfold
from hexachord.synthesis.interpretation.page_playing import is_page, pedal_ticks, play_page
from hexachord.synthesis.interpretation.part_controls import PartControls, part_controls
from hexachord.synthesis.interpretation.part_sound import sounds_of_parts
from hexachord.synthesis.interpretation.pedals import presses, releases
from hexachord.synthesis.interpretation.play_options import PlayOptions
from hexachord.synthesis.interpretation.sounds import with_shared_marks
from hexachord.synthesis.interpretation.velocities import velocities
from hexachord.synthesis.model import SOFT, SOSTENUTO, SUSTAIN, Stroke, Track, value_at

_CUE = "cue"


@dataclass(frozen=True, kw_only=True, eq=False)
class Interpretation:
    """What is played, how it got its order from the page, and what was not played to the letter."""

    tracks: tuple[Track, ...]
    unfolded: Unfolded
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False)
class _Pressed:
    """The keys of one part as hands press them: parallel arrays, in any order."""

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
        page = is_page(score)
        unfolded = unfold(score) if repeats else as_written(score)
        played = unfolded.score
        clock = tempo_map_of(played)
        parts = list(played.parts)
        if page:
            parts = [
                _with_pedal(replace(part, notes=_loud(part.notes, written, indexes, score, options)), played)
                for part, written, indexes in zip(played.parts, score.parts, unfolded.note_indexes, strict=True)
            ]
        controls = [part_controls(part, clock) for part in parts]
        sounds = sounds_of_parts(score, [control.bank for control in controls], found)
        tracks: list[Track] = []
        for part, control, sound in zip(parts, controls, sounds, strict=True):
            if control.later_banks:
                found[f"changes of bank within a part, not followed ({part.name.strip() or part.id})"] += control.later_banks
            notes = [note for note in merge_ties(part.notes) if _CUE not in note.marks]
            pressed = _pressed_on_page(notes, played, clock, sound.is_percussion, options) if page else _pressed_as_played(notes, clock)
            tracks.append(
                Track(
                    name=part.name,
                    program=sound.program,
                    bank=sound.bank,
                    is_percussion=sound.is_percussion,
                    strokes=_strokes(pressed, control, options, is_percussion=sound.is_percussion, found=found),
                    controls=control.curves,
                )
            )
    warnings = tuple(f"{kind}: {count}" for kind, count in sorted(found.items()))
    return Interpretation(tracks=tuple(tracks), unfolded=unfolded, warnings=(*unfolded.warnings, *warnings))


def _loud(notes: tuple[Note, ...], written: Part, indexes: IntArray, score: Score, options: PlayOptions) -> tuple[Note, ...]:
    """Give played notes the velocity that the page means, and every note of a chord the marks that stand at one of them."""
    shared = replace(written, notes=tuple(with_shared_marks(written.notes)))
    loudness = velocities(shared, score, options=options)[indexes].tolist()
    return tuple(
        note if note.velocity == velocity else note._replace(velocity=velocity)
        for note, velocity in zip(with_shared_marks(notes), loudness, strict=True)
    )


def _with_pedal(part: Part, score: Score) -> Part:
    """Turn pedal signs into the sustain controller, where the part has none."""
    if any(control.number == SUSTAIN for control in part.controls) or part.is_percussion:
        return part
    pedal = [Control(tick, SUSTAIN, value) for tick, value in pedal_ticks(part, score)]
    return replace(part, controls=(*part.controls, *pedal)) if pedal else part


def _pressed_on_page(notes: list[Note], score: Score, clock: TempoMap, is_percussion: bool, options: PlayOptions) -> _Pressed:
    sounds = play_page(notes, score.keys, clock, ticks_per_quarter=score.ticks_per_quarter, is_percussion=is_percussion, options=options)
    return _Pressed(
        onset_s=np.array([sound.onset_s for sound in sounds], dtype=np.float64),
        key_up_s=np.array([max(sound.onset_s, sound.end_s) for sound in sounds], dtype=np.float64),
        key=np.array([sound.key for sound in sounds], dtype=np.int64),
        velocity=np.array([sound.velocity for sound in sounds], dtype=np.int64),
    )


def _pressed_as_played(notes: Sequence[Note], clock: TempoMap) -> _Pressed:
    columns = np.array(
        [
            (note.onset, note.onset + note.duration, note.pitch, DEFAULT_VELOCITY if note.velocity is None else note.velocity)
            for note in notes
        ],
        dtype=np.int64,
    ).reshape(-1, 4)
    onset, end, key, velocity = columns.T
    return _Pressed(onset_s=clock.seconds(onset), key_up_s=clock.seconds(end), key=key, velocity=velocity)


def _strokes(
    pressed: _Pressed, controls: PartControls, options: PlayOptions, *, is_percussion: bool, found: Counter[str]
) -> tuple[Stroke, ...]:
    """Apply pedals and channel messages, and put the strokes in order."""
    onset, key = pressed.onset_s, pressed.key
    if not len(onset):
        return ()
    key_up = _cut(pressed.key_up_s, onset, controls.notes_off_s)
    curves = controls.curves
    release = key_up
    if not is_percussion:
        release = releases(onset, key_up, key, sustain=curves.get(SUSTAIN), sostenuto=curves.get(SOSTENUTO))
    release = _cut(release, onset, controls.sound_off_s)
    velocity = np.where(presses(curves.get(SOFT)).is_down(onset), np.rint(pressed.velocity * options.soft_pedal_share), pressed.velocity)
    velocity = np.clip(velocity, 1, 127).astype(np.int64)
    cents = value_at(controls.tuning_cents, onset, before=0.0) if controls.tuning_cents else np.zeros(len(onset))
    inside = (key >= 0) & (key <= 127)
    if not inside.all():
        found["notes outside of MIDI's 128 keys, left out"] += int(np.count_nonzero(~inside))
    order = np.lexsort((release, key, onset))
    order = order[inside[order]]
    columns = (onset, release, key, velocity, cents)
    return tuple(map(Stroke, *(column[order].tolist() for column in columns)))


def _cut(end_s: Float64Array, onset_s: Float64Array, cut_s: Float64Array) -> Float64Array:
    """End what still sounds at certain times."""
    if not len(cut_s):
        return end_s
    following = np.append(cut_s, np.inf)[np.searchsorted(cut_s, onset_s, side="right")]
    return np.asarray(np.minimum(end_s, following))
