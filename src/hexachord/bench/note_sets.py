"""Small sets of notes beside the piano recordings: a singer, two excerpts with their piano rolls, chords struck on a grand piano.

Each is a few seconds to a minute long: an indication, not a result. A singer's notes have two annotators who do not agree themselves.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hexachord.arrays import FloatArray
from hexachord.bench.datasets import Loaded, NoteItem, Recording, load_f0, load_piano_rolls
from hexachord.bench.loop import RATE_HZ, mono
from hexachord.bench.piano_chords import NamedChord, load_piano_chords
from hexachord.knowledge import Notes
from hexachord.metrics import transcription

_LOWEST_ROOT = 72  # the minor chords "higher" are triads in root position from C5 on: ear and spectrum agree
_TRIAD = (0, 3, 7)
_PITCH_CLASSES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
_STRUCK = 0.1  # of the peak


@dataclass(frozen=True, kw_only=True, eq=False)
class NoteSetItem:
    """A recording, the set it belongs to (``singing libsoni chords``) and its labels, one for each annotator."""

    recording: Recording
    kind: str
    labels: tuple[NoteItem, ...]


def load_note_sets(data: Path) -> Loaded[NoteSetItem]:
    """Load the three sets; what is missing is named."""
    sung = load_f0(data)
    rolls = load_piano_rolls(data)
    named = load_piano_chords(data)
    items = [NoteSetItem(recording=item.recording, kind="singing", labels=item.notes) for item in sung.items if item.notes]
    items += [NoteSetItem(recording=item.recording, kind="libsoni", labels=(item,)) for item in rolls.items]
    chords = [chord for chord in named.items if chord.label.endswith(":min")]
    items += [NoteSetItem(recording=chord, kind="chords", labels=(struck_chord(chord),)) for chord in chords]
    missing = () if any(item.kind == "singing" for item in items) else ("singing/*_notes*.csv: no such files",)
    return Loaded(tuple(items), (*missing, *rolls.skipped, *named.skipped))


def struck_chord(chord: NamedChord) -> NoteItem:
    """Say which keys a minor chord is made of: its name tells the root, its sound when it is struck; when it ends is not known.

    The files of the major chords hold a single key each (or its octave): nobody wrote down which, so they are no labels.
    """
    root = _LOWEST_ROOT + _PITCH_CLASSES.index(chord.label.partition(":")[0])
    onset_s = struck_s(mono(chord))
    intervals = np.tile([onset_s, onset_s + 1.0], (len(_TRIAD), 1))
    return NoteItem(recording=chord, kind="chords", intervals_s=intervals, pitch=root + np.array(_TRIAD, dtype=np.float64))


def struck_s(signal: FloatArray) -> float:
    """Find when a single chord is struck: where the sound first reaches a tenth of its peak."""
    level = np.abs(signal)
    return float(np.argmax(level >= _STRUCK * level.max(initial=0.0)) / RATE_HZ) if level.size else 0.0


def score_note_set(item: NoteSetItem, notes: Notes) -> dict[str, float]:
    """F by onset and pitch, the mean of the annotators: ``singing_note_f``, ``libsoni_note_f`` or ``chords_note_f``."""
    onset_s = np.maximum(notes.onset_s.astype(np.float64), 0.0)
    heard = np.stack([onset_s, np.maximum(notes.offset_s, onset_s + 0.001)], axis=1)
    pitch = notes.pitch.astype(np.float64)
    each = [float(transcription.note_f(labels.intervals_s, labels.pitch, heard, pitch).f) for labels in item.labels]
    return {f"{item.kind}_note_f": float(np.mean(each))}
