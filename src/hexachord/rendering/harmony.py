"""Chords and keys from notes, but only where there is no doubt: a label of a training set must be true."""

from dataclasses import replace

import numpy as np

from hexachord.arrays import Float64Array
from hexachord.rendering.music import DURATION, ONSET, PITCH, Line, Piece, Span
from hexachord.theory.chord_labels import QUALITIES, UNKNOWN_CHORD, format_chord
from hexachord.theory.keys import key_of

_CERTAIN = ("maj", "min", "dim", "aug", "7", "maj7", "min7", "hdim7", "dim7", "minmaj7")
_BY_CLASSES: dict[frozenset[int], tuple[int, str]] = {}
for _quality in reversed(_CERTAIN):
    for _root in range(12):
        _classes = frozenset((_root + semitone) % 12 for semitone in QUALITIES[_quality])
        if _quality not in ("aug", "dim7") or _classes not in _BY_CLASSES:  # symmetrical chords have no one root: the bass decides below
            _BY_CLASSES[_classes] = (_root, _quality)
_LEAST_KNOWN = 0.6
_KEY_CONFIDENCE = 0.85


def certain_chords(notes: Float64Array, borders: Float64Array) -> tuple[Span, ...] | None:
    """Name the chord between borders where what sounds is exactly a triad or seventh chord; ``X`` elsewhere.

    Parameters
    ----------
    notes : (n, 4) pitched notes
    borders : (m,) quarters, usually the beats

    Returns
    -------
    spans, equal neighbours joined; None when less than 60 % of the time is certain.
    """
    spans: list[Span] = []
    onset, end, pitch = notes[:, ONSET], notes[:, ONSET] + notes[:, DURATION], notes[:, PITCH]
    for start, stop in zip(borders[:-1].tolist(), borders[1:].tolist(), strict=True):
        weight = np.minimum(end, stop) - np.maximum(onset, start)
        sounding = weight > 0.3 * (stop - start)
        label = UNKNOWN_CHORD
        if sounding.any():
            found = _BY_CLASSES.get(frozenset((pitch[sounding].astype(int) % 12).tolist()))
            if found is not None:
                root, quality = found
                bass = int(pitch[sounding].min()) % 12
                if quality in ("aug", "dim7"):
                    root = bass
                label = format_chord(root, quality, bass=(bass - root) % 12)
        if spans and spans[-1].label == label:
            spans[-1] = spans[-1]._replace(end=stop)
        else:
            spans.append(Span(start, stop, label))
    known = sum(span.end - span.start for span in spans if span.label != UNKNOWN_CHORD)
    return tuple(spans) if spans and known >= _LEAST_KNOWN * (spans[-1].end - spans[0].start) else None


def certain_key(lines: tuple[Line, ...]) -> str | None:
    """Name the key of an excerpt when its notes leave little doubt, else None."""
    pitched = [line.notes for line in lines if line.role != "drums" and len(line.notes)]
    if not pitched:
        return None
    notes = np.concatenate(pitched)
    key = key_of(notes[:, PITCH], notes[:, DURATION])
    return key.name if key.confidence >= _KEY_CONFIDENCE and len(notes) >= 30 else None


def labelled_piece(piece: Piece) -> Piece:
    """Add chords and key where the notes leave no doubt and the source says nothing."""
    pitched = [line.notes for line in piece.lines if line.role != "drums" and len(line.notes)]
    chords, keys = piece.chords, piece.keys
    if chords is None and pitched:
        chords = certain_chords(np.concatenate(pitched), beat_borders(piece))
    if keys is None:
        name = certain_key(piece.lines)
        end = max((float((notes[:, ONSET] + notes[:, DURATION]).max()) for notes in pitched), default=0.0)
        keys = None if name is None else (Span(-8.0, max(end, piece.end) + 8.0, name),)
    return replace(piece, chords=chords, keys=keys)


def beat_borders(piece: Piece) -> Float64Array:
    """Return the beats of a piece, the last bar line included, in quarters."""
    if piece.bars is None:
        return np.arange(0.0, piece.end + 1e-6, piece.pulse or 1.0)
    beats = [bar.end - k * bar.beat for bar in piece.bars for k in range(round(bar.length / bar.beat), 0, -1)]
    return np.array([*beats, piece.bars[-1].end])
