"""Chord labels from notes: what is played in each beat, and chords that last.

How much of a beat each pitch class sounds, as seen from a root, says how likely each kind of chord is there; the lowest note says which
tone is in the bass. Chords last, and change on strong beats rather than on weak ones: the likeliest path through a hidden Markov model
is taken. C. Raphael, J. Stoddard, "Functional harmonic analysis using probabilistic models", Computer Music Journal 28(3), 2004; L.
Rabiner, Proc. IEEE 77(2), 1989. The shares were counted in pop songs of the training side (``training/note_chords.py``).
"""

from itertools import pairwise

import numpy as np

from hexachord.arrays import BoolArray, Float64Array, FloatArray, IntArray
from hexachord.knowledge import Segments
from hexachord.models.tables import load_table
from hexachord.theory.chord_labels import QUALITIES, format_chord
from hexachord.theory.keys import sounding_between

ENGINE = "chords/notes"
KINDS = ("maj", "min", "7", "maj7", "min7", "sus4", "sus2", "dim", "aug", "hdim7", "dim7", "maj6")
TABLE = "note_chords"

EVIDENCE, BASS, CHANGE, WEAK = 9.0, 1.0, 4.0, 2.0
"""Weights, in nats: of a beat's pitch classes, of its bass, of any change, of one that is not on a downbeat. Chosen on songs of the valid
side."""
_HELD = 1e-9


def chords_from_notes(
    onset_s: FloatArray, offset_s: FloatArray, pitch: IntArray | FloatArray, *, beats_s: FloatArray, downbeat: BoolArray | None = None
) -> Segments:
    """Name the chords of notes.

    Parameters
    ----------
    onset_s, offset_s, pitch : (n,) pitched notes, in any unit of time
    beats_s : (m,) ascending; chords change there
    downbeat : (m,) which of them begin a bar; all alike where nobody knows

    Returns
    -------
    Segments in Harte syntax, from the first beat to the end of the notes; ``N`` where nothing sounds; the mean chance of the chord in its
    beats, before neighbours had a say, as confidence

    Examples
    --------
    >>> pitch = np.array([48, 64, 67, 53, 69, 72, 43, 62, 71, 48, 64, 67])
    >>> onset = np.repeat(np.arange(4) * 2.0, 3)
    >>> chords_from_notes(onset, onset + 2.0, pitch, beats_s=np.arange(0.0, 8.0)).label
    ('C:maj', 'F:maj', 'G:maj', 'C:maj')
    """
    beats = np.asarray(beats_s, dtype=np.float64)
    if not len(beats) or not len(pitch):
        return Segments(start_s=np.empty(0), end_s=np.empty(0), label=(), engine=ENGINE)
    end = max(float(np.max(offset_s)), float(beats[-1]) + 1e-3)
    borders = np.append(beats, end)
    share, bass = beat_harmony(onset_s, offset_s, pitch, borders=borders)
    weights = _evidence(share, bass)
    silent = share.sum(axis=1) < _HELD
    strong = np.ones(len(beats), dtype=np.bool_) if downbeat is None else np.asarray(downbeat, dtype=np.bool_)
    path = _likeliest(weights, np.where(strong, CHANGE, CHANGE + WEAK))
    chance = np.exp(weights - weights.max(axis=1, keepdims=True))
    chance /= chance.sum(axis=1, keepdims=True)
    chord = np.where(silent, -1, path)
    starts = np.flatnonzero(np.diff(chord, prepend=-2))
    stops = np.append(starts[1:], len(chord))
    lowest = [_bass_of(bass[a:b]) for a, b in zip(starts, stops, strict=True)]
    sure = chance[np.arange(len(path)), path]
    return Segments(
        start_s=borders[starts],
        end_s=borders[stops],
        label=tuple(_label(int(chord[a]), low) for a, low in zip(starts, lowest, strict=True)),
        confidence=np.array([1.0 if chord[a] < 0 else sure[a:b].mean() for a, b in zip(starts, stops, strict=True)]),
        engine=ENGINE,
    )


def beat_harmony(
    onset_s: FloatArray, offset_s: FloatArray, pitch: IntArray | FloatArray, *, borders: FloatArray
) -> tuple[Float64Array, IntArray]:
    """Give the share of the sounding time that each pitch class has between borders, (m - 1, 12), and the pitch class of the lowest note
    that sounds there for at least half as long as the longest, (m - 1,), -1 for none."""
    onset, offset = np.asarray(onset_s, dtype=np.float64), np.asarray(offset_s, dtype=np.float64)
    key = np.rint(np.asarray(pitch)).astype(np.int64)
    sounding = sounding_between(onset, offset, key % 12, np.asarray(borders))
    total = sounding.sum(axis=1, keepdims=True)
    share = np.divide(sounding, total, out=np.zeros_like(sounding), where=total > _HELD)
    bass = np.full(len(borders) - 1, -1, dtype=np.int64)
    order = np.argsort(onset, kind="stable")
    onset, offset, key = onset[order], offset[order], key[order]
    reach = np.maximum.accumulate(offset) if len(offset) else offset
    for beat, (start, stop) in enumerate(pairwise(borders)):
        first, last = np.searchsorted(reach, start, side="right"), np.searchsorted(onset, stop)
        held = np.minimum(offset[first:last], stop) - np.maximum(onset[first:last], start)
        if len(held) and held.max() > _HELD:
            bass[beat] = key[first:last][held >= 0.5 * held.max()].min() % 12
    return share, bass


def _evidence(share: Float64Array, bass: IntArray) -> Float64Array:
    """Log likelihood of every chord in every beat, (beats, kinds * 12): kind first, then root."""
    table = load_table(TABLE)
    classes, lowest, often = (np.log(np.asarray(table[name], dtype=np.float64)) for name in ("classes", "bass", "often"))
    out = np.empty((len(share), len(KINDS) * 12))
    for kind in range(len(KINDS)):
        for root in range(12):
            column = EVIDENCE * (share @ np.roll(classes[kind], root))
            column += BASS * np.where(bass >= 0, lowest[kind][(bass - root) % 12], 0.0)
            out[:, kind * 12 + root] = column + often[kind]
    return out


def _likeliest(weights: Float64Array, cost: Float64Array) -> IntArray:
    beats, chords = weights.shape
    back = np.zeros((beats, chords), dtype=np.int64)
    total, stay = weights[0].copy(), np.arange(chords)
    for beat in range(1, beats):
        best = int(total.argmax())
        moved = total[best] - cost[beat]
        back[beat] = np.where(total >= moved, stay, best)
        total = np.maximum(total, moved) + weights[beat]
    path = np.empty(beats, dtype=np.int64)
    path[-1] = int(total.argmax())
    for beat in range(beats - 1, 0, -1):
        path[beat - 1] = back[beat, path[beat]]
    return path


def _bass_of(bass: IntArray) -> int:
    """The bass that a chord begins with."""
    heard = bass[bass >= 0]
    return int(heard[0]) if len(heard) else -1


def _label(chord: int, low: int) -> str:
    if chord < 0:
        return "N"
    kind, root = KINDS[chord // 12], chord % 12
    above = (low - root) % 12 if low >= 0 else 0
    return format_chord(root, kind, bass=above if above in QUALITIES[kind] else 0)  # what is no chord tone is passing
