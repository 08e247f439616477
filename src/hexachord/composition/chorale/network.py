"""Four voices as a small network sees them: a grid of sixteenths by voices, some cells of which are masked.

The network tells for every cell how likely each pitch is, given all that is not masked, wherever that lies (Huang et al., "Counterpoint
by convolution", ISMIR 2017: an orderless NADE). It learnt from Bach's chorales (``training/chorale.py``), moved so that their signature has
no sharps and flats, and is told how far: what it knows of harmony it knows for all keys, what it knows of voices for each. The grid begins
on a beat; rests are cells too. How music is made of such chances `hexachord.composition.chorale.sampling` says.
"""

import numpy as np

from hexachord.arrays import BoolArray, Float32Array, IntArray
from hexachord.errors import InputError
from hexachord.models.networks import open_network
from hexachord.theory.keys import key_fifths, key_of
from hexachord.theory.voice_leading import REST

NETWORK = "chorale"
VOICES = 4
STEPS = 4
"""Sixteenths of a beat."""
LOW, HIGH = 34, 83
"""The pitches it may be given: two semitones beyond what voices of chorales sing."""
PITCHES = HIGH - LOW + 1
SILENT = PITCHES
"""The class of a rest."""
CLASSES = PITCHES + 1
DOWN, UP = 6, 5
"""By how many semitones music is moved at most to have no sharps and flats."""
MOVED_SILENT = DOWN + PITCHES + UP
MOVED_CLASSES = MOVED_SILENT + 1
"""Classes of what was moved."""
MASKED, OUTSIDE = MOVED_CLASSES, MOVED_CLASSES + 1
"""Codes of cells that are not known, and of those before and after the piece."""
CODES = MOVED_CLASSES + 2
COLUMNS = VOICES + 1
"""What the network is shown of a sixteenth: its voices, and how far they were moved."""
EDGE_BEATS = 2
"""Beats outside the piece that the network is shown at either end."""
_WINDOW_BEATS, _OVERLAP_BEATS = 160, 32


def classes_of(rows: IntArray) -> IntArray:
    """Turn MIDI numbers, with `REST`, into classes.

    Raises
    ------
    InputError : if a pitch lies outside of what the network knows.

    Examples
    --------
    >>> classes_of(np.array([[72, REST]])).tolist()
    [[38, 50]]
    """
    rows = np.asarray(rows, dtype=np.int64)
    wrong = (rows != REST) & ((rows < LOW) | (rows > HIGH))
    if wrong.any():
        raise InputError(
            f"pitch {int(rows[wrong][0])}", found="a note no singer of a chorale has", expected=f"MIDI numbers {LOW} to {HIGH}"
        )
    return np.asarray(np.where(rows == REST, SILENT, rows - LOW))


def pitches_of(classes: IntArray) -> IntArray:
    """Turn classes into MIDI numbers, with `REST`."""
    return np.asarray(np.where(classes == SILENT, REST, classes + LOW))


def move_to_plain(fifths: int) -> int:
    """Say by how many semitones, -6 to 5, a key of so many sharps (negative: flats) is moved to have none.

    Examples
    --------
    >>> [move_to_plain(fifths) for fifths in (0, 2, -1, 6)]
    [0, -2, -5, -6]
    """
    return (-7 * fifths + DOWN) % 12 - DOWN


def move_of(rows: IntArray) -> int:
    """Say by how many semitones music is moved, by the key its notes tell.

    Parameters
    ----------
    rows : (steps, voices) MIDI numbers with `REST`
    """
    sung = rows[rows != REST]
    if not len(sung):
        return 0
    key = key_of(sung, np.ones(len(sung)))
    return move_to_plain(key_fifths(key.tonic, key.mode))


def shown(classes: IntArray, masked: BoolArray, move: int) -> IntArray:
    """Return what the network is shown: codes, (..., steps + edges, `COLUMNS`) int32, of whole beats, with the edges of the piece.

    Parameters
    ----------
    classes, masked : (..., steps, voices) both
    move : semitones, see `move_of`
    """
    steps = classes.shape[-2]
    edge = EDGE_BEATS * STEPS
    codes = np.full((*classes.shape[:-2], steps + 2 * edge + -steps % STEPS, COLUMNS), OUTSIDE, dtype=np.int32)
    codes[..., edge : edge + steps, :VOICES] = np.where(masked, MASKED, moved(classes, move))
    codes[..., VOICES] = move + DOWN
    return codes


def moved(classes: IntArray, move: int) -> IntArray:
    """Move classes."""
    return np.asarray(np.where(classes == SILENT, MOVED_SILENT, classes + DOWN + move))


def log_chances(classes: IntArray, masked: BoolArray, move: int, *, model: str = NETWORK) -> Float32Array:
    """Tell every cell of several pieces of one length at once.

    Parameters
    ----------
    classes : (pieces, steps, voices), of which those that are masked mean nothing
    masked : (pieces, steps, voices)
    move : semitones, see `move_of`
    model : a shipped network by name, or the path of one

    Returns
    -------
    (pieces, steps, voices, `CLASSES`) natural logarithms of chances
    """
    network = open_network(model)
    codes = shown(classes, masked, move)
    pieces, padded, _ = codes.shape
    beats = padded // STEPS
    logits = np.empty((pieces, padded, VOICES, MOVED_CLASSES), dtype=np.float32)
    for first, last, keep_from, keep_to in _windows(beats):
        part = np.ascontiguousarray(codes[:, first * STEPS : last * STEPS])
        told = network.session.run([network.outputs[0]], {network.input: part})[0].reshape(pieces, -1, VOICES, MOVED_CLASSES)
        logits[:, keep_from * STEPS : keep_to * STEPS] = told[:, (keep_from - first) * STEPS : (keep_to - first) * STEPS]
    edge = EDGE_BEATS * STEPS
    here = logits[:, edge : edge + classes.shape[-2]]
    first_pitch = DOWN + move
    kept = np.concatenate([here[..., first_pitch : first_pitch + PITCHES], here[..., MOVED_SILENT:]], axis=-1)
    kept -= kept.max(axis=-1, keepdims=True)
    return np.asarray(kept - np.log(np.exp(kept).sum(axis=-1, keepdims=True)), dtype=np.float32)


def _windows(beats: int) -> list[tuple[int, int, int, int]]:
    """Cut a long piece into windows that overlap: first and last beat of each, and what is kept of it."""
    if beats <= _WINDOW_BEATS:
        return [(0, beats, 0, beats)]
    step = _WINDOW_BEATS - 2 * _OVERLAP_BEATS
    found = []
    kept = 0
    while kept < beats:
        first = max(0, min(kept - _OVERLAP_BEATS, beats - _WINDOW_BEATS))
        last = min(beats, first + _WINDOW_BEATS)
        keep_to = beats if last == beats else min(beats, first + _OVERLAP_BEATS + step)
        found.append((first, last, kept, keep_to))
        kept = keep_to
    return found
