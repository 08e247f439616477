"""Instruments that answer at once, or not at all: what they cannot play leaves the truth, and late recordings of drums begin in time.

Makers of drum kits leave silence before a stroke: 17 ms before a kick, 27 ms before a ride cymbal have been found. The label says when the
stick lands, so that silence is skipped. Slow attacks are left as they are: they are how the instrument sounds.
"""

from dataclasses import replace
from weakref import WeakKeyDictionary

import numpy as np

from hexachord.knowledge.model import F0, Events, Notes
from hexachord.rendering.drum_classes import drum_class
from hexachord.rendering.model import Take
from hexachord.synthesis.model import Instrument, Sample, Strike, Track, Voice

_QUIET = 0.01  # of its peak: 40 dB below it a drum has not been struck yet
_LEAST_S = 0.002
_MOST_S = 0.1
_ATTACK_S = 0.001  # is left of what comes before the stroke

Missing = frozenset[tuple[float, int]]
_BEGINS: WeakKeyDictionary[Sample, int] = WeakKeyDictionary()  # a recording is looked at once


class Prompt:
    """An instrument whose recordings begin with their sound."""

    def __init__(self, instrument: Instrument) -> None:
        self.name = instrument.name
        self._instrument = instrument
        self._known: dict[Voice, Voice] = {}  # the same voice again is the same object again: players keep its sound

    def attack(self, strike: Strike) -> tuple[Voice, ...]:
        """Answer a key going down."""
        return tuple(self._known.get(voice) or self._begun(voice) for voice in self._instrument.attack(strike))

    def release(self, strike: Strike, *, held_s: float) -> tuple[Voice, ...]:
        """Answer a key going up."""
        return self._instrument.release(strike, held_s=held_s)

    def _begun(self, voice: Voice) -> Voice:
        if voice.sample not in _BEGINS:
            _BEGINS[voice.sample] = silence_frames(voice.sample)
        late = _BEGINS[voice.sample]
        moves = voice.start < late and (voice.loop is None or voice.loop.start > late)
        self._known[voice] = replace(voice, start=late) if moves else voice
        return self._known[voice]


def silence_frames(sample: Sample) -> int:
    """Return how many frames of silence a recording begins with; 0 where they are too few to be heard as late."""
    peak = np.abs(sample.read()).max(axis=0, initial=0.0)
    most = round(_MOST_S * sample.rate_hz)
    heard = np.flatnonzero(peak[:most] > _QUIET * peak.max(initial=0.0))
    first = int(heard[0]) - round(_ATTACK_S * sample.rate_hz) if len(heard) else 0
    return first if first >= _LEAST_S * sample.rate_hz else 0


def unanswered(track: Track, instrument: Instrument) -> Missing:
    """Return the strokes (onset, key) of a track that its instrument has no sound for."""
    kinds = {(stroke.key, stroke.velocity) for stroke in track.strokes}
    silent = {kind for kind in kinds if not instrument.attack(Strike(*kind, {}, {}))}
    return frozenset((stroke.onset_s, stroke.key) for stroke in track.strokes if (stroke.key, stroke.velocity) in silent)


def without(take: Take, missing: tuple[Missing, ...]) -> Take:
    """Return a take without strokes that nobody can play, row by row of its tracks; its truth is without them as well."""
    if not any(missing):
        return take
    tracks = tuple(
        replace(track, strokes=tuple(stroke for stroke in track.strokes if (stroke.onset_s, stroke.key) not in gone))
        for track, gone in zip(take.tracks, missing, strict=True)
    )
    struck = {(stroke.onset_s, stroke.key) for track in tracks if not track.is_percussion for stroke in track.strokes}
    lost: Missing = frozenset().union(*(gone for track, gone in zip(tracks, missing, strict=True) if not track.is_percussion)) - struck
    truth = take.truth
    if lost and truth.notes is not None:
        melody = truth.melody if truth.melody is None or truth.melody_notes is None else _f0_without(truth.melody, truth.melody_notes, lost)
        tune = None if truth.melody_notes is None else _notes_without(truth.melody_notes, lost)
        truth = replace(truth, notes=_notes_without(truth.notes, lost), melody_notes=tune, melody=melody)
    return replace(take, tracks=tracks, truth=truth, drums=None if take.drums is None else _drums_of(tracks, take.drums))


def _notes_without(notes: Notes, lost: Missing) -> Notes:
    kept = np.array([row not in lost for row in zip(notes.onset_s.tolist(), notes.pitch.astype(int).tolist(), strict=True)], dtype=bool)
    return Notes(
        onset_s=notes.onset_s[kept],
        offset_s=notes.offset_s[kept],
        pitch=notes.pitch[kept],
        velocity=notes.velocity[kept],
        confidence=notes.confidence[kept],
        engine=notes.engine,
    )


def _f0_without(melody: F0, notes: Notes, lost: Missing) -> F0:
    gone = np.zeros(len(melody), dtype=bool)
    for onset, offset, pitch in zip(notes.onset_s.tolist(), notes.offset_s.tolist(), notes.pitch.astype(int).tolist(), strict=True):
        if (onset, pitch) in lost:
            gone |= (melody.time_s >= onset) & (melody.time_s < offset)
    return replace(melody, f0_hz=np.where(gone, 0.0, melody.f0_hz), voicing=np.where(gone, 0.0, melody.voicing))


def _drums_of(tracks: tuple[Track, ...], drums: Events) -> Events:
    """The drums of the truth that are still struck."""
    rows = sorted((stroke.onset_s, stroke.key) for track in tracks if track.is_percussion for stroke in track.strokes)
    return Events(time_s=np.array([onset for onset, _ in rows]), label=tuple(drum_class(key) for _, key in rows), engine=drums.engine)
