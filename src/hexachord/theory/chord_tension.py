"""How far a chord is from home: the distance of F. Lerdahl's tonal pitch space (*Tonal Pitch Space*, Oxford 2001, ch. 2 and 4).

The distance of two chords of one key is ``j + k``: steps on the circle of fifths of the scale from root to root, and the pitch classes in
which their basic spaces differ, level by level (root, fifth, triad, scale, all). A chord that belongs to another degree lies in that
degree's key, so many fifths away (``i``). Surface adds what a bass other than the root (2) and a seventh (1) add.
"""

from hexachord.theory.chord_labels import parse_chord
from hexachord.theory.functions import read_chord
from hexachord.theory.keys import parse_key
from hexachord.theory.roman import chord_of_numeral

_MAJOR, _MINOR = (0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 11)


def chord_tension(label: str, key: str, *, following: str = "") -> float:
    """Measure the distance of a chord from the tonic of a key, with its surface; 0 for the tonic triad and for no chord.

    Examples
    --------
    >>> [chord_tension(label, "C major") for label in ("C:maj", "G:maj", "A:min", "G:7", "D:7", "Db:maj")]
    [0.0, 5.0, 7.0, 6.0, 11.0, 13.0]
    """
    chord = parse_chord(label)
    if not chord.is_chord:
        return 0.0
    tonic, mode = parse_key(key)
    reading = read_chord(label, key, following=following)
    home = _space(tonic, {(tonic + step) % 12 for step in (0, 3 if mode == "minor" else 4, 7)}, _scale(tonic, mode))
    local, local_mode, fifths = tonic, mode, 0
    if reading is not None and reading.of:
        local = parse_chord(chord_of_numeral(reading.of, key)).root
        local_mode = "minor" if reading.of.islower() else "major"
        fifths = (
            min((local - tonic) * 7 % 12, (tonic - local) * 7 % 12) if local_mode == mode else _relative(tonic, mode, local, local_mode)
        )
    classes = {(chord.root + step) % 12 for step in chord.intervals if step in (0, 3, 4, 5, 6, 7, 8)}
    scale = _scale(local, local_mode) | set(chord.pitch_classes())
    own = _space(chord.root, classes, scale)
    steps = min((chord.root - tonic) * 7 % 12, (tonic - chord.root) * 7 % 12)
    if chord.root in _scale(tonic, mode):
        degrees = sorted((each - tonic) % 12 for each in _scale(tonic, mode))
        place = degrees.index((chord.root - tonic) % 12)
        around = place * 2 % 7  # fifths up are four steps up the scale: as many fifths as twice the place, counted round
        steps = min(around, 7 - around)
    differing = sum(len(mine - theirs) for mine, theirs in zip(own, home, strict=True))
    seventh = 1.0 if {9, 10, 11} & {step % 12 for step in chord.intervals} else 0.0
    return float(fifths + steps + differing) + (2.0 if chord.bass else 0.0) + seventh


def _scale(tonic: int, mode: str) -> set[int]:
    return {(tonic + step) % 12 for step in (_MINOR if mode == "minor" else _MAJOR)}


def _space(root: int, classes: set[int], scale: set[int]) -> tuple[set[int], ...]:
    return {root}, {root, (root + 7) % 12} & (classes | {root}), classes, scale


def _relative(tonic: int, mode: str, local: int, local_mode: str) -> int:
    """Fifths between the signatures of two keys of different mode."""
    mine, other = (tonic if mode == "major" else tonic + 3) % 12, (local if local_mode == "major" else local + 3) % 12
    return min((other - mine) * 7 % 12, (mine - other) * 7 % 12)
