"""What chords do in a key: tonic, predominant or dominant; of the key itself, of another degree, or borrowed from its parallel.

A chord is first looked up among those of the key; if it is not there, it is read as the dominant (or leading-tone chord) of a degree
a fourth (a semitone) higher, as one of the classical chromatic predominants (Neapolitan, augmented sixths), as borrowed from the
parallel key, and else as chromatic, in this order. The next chord settles what the label alone leaves open: C7 in C major is the
dominant of F where F follows, and a tonic with a blue note where it does not. S. Kostka, D. Payne, *Tonal Harmony*, ch. 7, 16, 17, 21-23.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from hexachord.knowledge.model import Harmony, Key, Segments
from hexachord.theory.chord_labels import Chord, parse_chord
from hexachord.theory.keys import parse_key
from hexachord.theory.roman import ChordShape, chord_shape, numeral_above

ENGINE = "harmony/functions"

FUNCTIONS = ("tonic", "predominant", "dominant", "")
ROLES = ("diatonic", "secondary", "borrowed", "neapolitan", "augmented sixth", "substitute", "cadential", "chromatic")

_MAJOR_TRIADS = {0: "M", 2: "m", 4: "m", 5: "M", 7: "M", 9: "m", 11: "d"}
_MINOR_TRIADS = {0: "m", 2: "d", 3: "Ma", 5: "m", 7: "Mma", 8: "M", 10: "M", 11: "d"}
_MAJOR_SCALE = frozenset({0, 2, 4, 5, 7, 9, 11})
_MINOR_SCALE = frozenset({0, 2, 3, 5, 7, 8, 10, 11})  # with the leading tone
_TARGETS = ({2: "ii", 4: "iii", 5: "IV", 7: "V", 9: "vi"}, {3: "III", 5: "iv", 7: "V", 8: "VI", 10: "VII"})
"""Degrees of major and of minor that may have dominants of their own."""
_FUNCTION_OF_STEP = (
    {0: "tonic", 1: "predominant", 2: "predominant", 3: "tonic", 4: "tonic", 5: "predominant", 6: "predominant", 7: "dominant",
     8: "predominant", 9: "tonic", 10: "predominant", 11: "dominant"},
    {0: "tonic", 1: "predominant", 2: "predominant", 3: "tonic", 4: "", 5: "predominant", 6: "predominant", 7: "dominant",
     8: "tonic", 9: "predominant", 10: "dominant", 11: "dominant"},
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class HarmonicReading:
    """What a chord is in a key.

    Attributes
    ----------
    numeral : ``ii65``, ``V7/V``, ``Ger65``
    function : ``tonic``, ``predominant``, ``dominant``, or "" where there is none to name
    role : one of `ROLES`: how the chord comes to be in the key
    of : the degree whose dominant or predominant it is, ``V``; "" for the key's own
    key : the key it is read in
    """

    numeral: str
    function: str
    role: str
    of: str = ""
    key: str = ""

    @property
    def words(self) -> str:
        """The function in words.

        Examples
        --------
        >>> read_chord("D:7", "C major").words, read_chord("F:min", "C major").words
        ('dominant of V', 'predominant, borrowed')
        """
        own = f"{self.function} of {self.of}" if self.of else self.function or "no function"
        return own if self.role in ("diatonic", "secondary") else f"{own}, {self.role}"


def read_chord(label: str, key: str, *, following: str = "") -> HarmonicReading | None:
    """Read a chord in a key.

    Parameters
    ----------
    label : Harte syntax
    key : ``Eb major``, ``C# minor``
    following : the next chord, N where nothing comes next; "" where that is not known

    Returns
    -------
    The reading; None for N and X

    Raises
    ------
    ValueError : if a label or the key is malformed.

    Examples
    --------
    >>> for label, following in (("D:7", ""), ("C:7", "F:maj"), ("C:7", "G:7"), ("Db:maj/3", ""), ("Ab:7", "G:maj"), ("C:maj/5", "G:7")):
    ...     reading = read_chord(label, "C major", following=following)
    ...     print(f"{label:<9} {reading.numeral:<6} {reading.words}")
    D:7       V7/V   dominant of V
    C:7       V7/IV  dominant of IV
    C:7       I7     tonic, chromatic
    Db:maj/3  bII6   predominant, neapolitan
    Ab:7      Ger65  predominant, augmented sixth
    C:maj/5   I64    dominant, cadential
    """
    chord = parse_chord(label)
    tonic, mode = parse_key(key)
    if not chord.is_chord:
        return None
    minor = mode == "minor"
    step = (chord.root - tonic) % 12
    after = _after(following, tonic)
    reading = (
        _cadential(step, chord, after, minor=minor)
        or _augmented_sixth(step, chord, after, minor=minor)
        or _diatonic(step, chord, after, minor=minor)
        or _secondary_predominant(step, chord, following, key, minor=minor)
        or _secondary(step, chord, after, minor=minor)
        or _chromatic(step, chord, after, minor=minor)
    )
    return replace(reading, key=key)


def read_chords(labels: Sequence[str], keys: Sequence[str]) -> list[HarmonicReading | None]:
    """Read chords that follow one another, each in its key; the next different chord that has a name counts as the following one.

    Examples
    --------
    >>> labels = ["C:maj", "E:7", "A:min", "D:min7/b3", "C:maj/5", "G:7", "C:maj"]
    >>> [reading.numeral for reading in read_chords(labels, ["C major"] * 7)]
    ['I', 'V7/vi', 'vi', 'ii65', 'I64', 'V7', 'I']
    """
    following = ["N" for _ in labels]
    for at, (label, after) in reversed(list(enumerate(pairwise(labels)))):
        following[at] = following[at + 1] if after == label or not parse_chord(after).is_chord else after
    return [read_chord(label, key, following=after) for label, key, after in zip(labels, keys, following, strict=True)]


def keys_of_spans(spans: Segments, *, local_keys: Segments | None, key: Key | None) -> list[str]:
    """Say in which key each span lies: the local key that holds most of it, else the key of the whole, else "".

    Parameters
    ----------
    spans : chords, say
    local_keys : keys over time, labelled ``G major``
    key : of the whole; one without confidence is none
    """
    whole = key.name if key is not None and key.is_found else ""
    if local_keys is None or len(local_keys) == 0:
        return [whole] * len(spans)
    middle = (np.asarray(spans.start_s) + np.asarray(spans.end_s)) / 2
    # Local keys are long and chords short: what holds a chord's middle holds most of it.
    row = np.clip(np.searchsorted(local_keys.start_s, middle, side="right") - 1, 0, len(local_keys) - 1)
    return [local_keys.label[at] for at in row]


def read_segments(chords: Segments, *, local_keys: Segments | None = None, key: Key | None = None) -> list[HarmonicReading | None]:
    """Read the chords of a piece, each in its local key; None where there is no chord, no key, or no label in Harte's syntax."""
    keys = keys_of_spans(chords, local_keys=local_keys, key=key)
    labels = [label if _is_harte(label) else "X" for label in chords.label]
    if not any(keys):
        return [None] * len(labels)
    readings = read_chords(labels, [name or "C major" for name in keys])
    return [reading if name else None for reading, name in zip(readings, keys, strict=True)]


def describe_harmony(chords: Segments, *, local_keys: Segments | None = None, key: Key | None = None) -> Harmony:
    """Say of every chord of a piece what it is in its key; rows without a chord or a key stay empty.

    Examples
    --------
    >>> chords = Segments(start_s=np.array([0.0, 2.0]), end_s=np.array([2.0, 4.0]), label=("D:7", "G:maj"))
    >>> described = describe_harmony(chords, key=Key(tonic="C", mode="major", confidence=0.9))
    >>> described.numeral, described.function, described.of
    (('V7/V', 'V'), ('dominant', 'dominant'), ('V', ''))
    """
    readings = read_segments(chords, local_keys=local_keys, key=key)
    keys = keys_of_spans(chords, local_keys=local_keys, key=key)
    return Harmony(
        start_s=chords.start_s,
        end_s=chords.end_s,
        label=chords.label,
        key=tuple(keys),
        numeral=tuple(reading.numeral if reading else "" for reading in readings),
        function=tuple(reading.function if reading else "" for reading in readings),
        role=tuple(reading.role if reading else "" for reading in readings),
        of=tuple(reading.of if reading else "" for reading in readings),
        engine=ENGINE,
    )


@dataclass(frozen=True)
class _After:
    """The next chord as seen from the tonic; step -1 where there is none, or where nobody knows (then `known` is False)."""

    known: bool = False
    step: int = -1


def _after(following: str, tonic: int) -> _After:
    if not following:
        return _After()
    chord = parse_chord(following)
    if not chord.is_chord:
        return _After(known=True)
    return _After(known=True, step=(chord.root - tonic) % 12)


def _triad(shape: ChordShape) -> str:
    """M, m, d(iminished), a(ugmented), or "" where there is no third to tell."""
    if shape.third == 4:
        return "a" if shape.fifth == 8 else "M"
    if shape.third == 3:
        return "d" if shape.fifth == 6 else "m"
    return ""


def _cadential(step: int, chord: Chord, after: _After, *, minor: bool) -> HarmonicReading | None:
    shape = chord_shape(chord)
    if step or chord.bass != 7 or after.step != 7 or shape.seventh or _triad(shape) not in "Mm":
        return None
    return HarmonicReading(numeral=numeral_above(step, chord, minor=minor), function="dominant", role="cadential")


def _augmented_sixth(step: int, chord: Chord, after: _After, *, minor: bool) -> HarmonicReading | None:
    shape = chord_shape(chord)
    if step != 8 or shape.third != 4 or shape.seventh != 10 or after.step == 1 or shape.added:
        return None
    numeral = {7: "Ger65", 6: "Fr43", 0: "It6"}.get(shape.fifth) if chord.bass == 0 else numeral_above(step, chord, minor=minor)
    return HarmonicReading(numeral=numeral, function="predominant", role="augmented sixth") if numeral else None


def _diatonic(step: int, chord: Chord, after: _After, *, minor: bool) -> HarmonicReading | None:
    shape, triad = chord_shape(chord), _triad(chord_shape(chord))
    own = (_MINOR_TRIADS if minor else _MAJOR_TRIADS).get(step)
    scale = _MINOR_SCALE if minor else _MAJOR_SCALE
    if (own is None or (triad and triad not in own)) and not (step == 7 and triad == "a"):
        return None
    foreign = shape.seventh and (step + shape.seventh) % 12 not in scale
    blue_note = foreign and not (minor and step == 10)
    leads_away = shape.seventh == 10 and triad == "M" and step != 7
    if leads_away and ((step + 5) % 12 == after.step or not blue_note or not after.known):
        return None  # a dominant seventh elsewhere than on V: see `_secondary`
    role = "chromatic" if blue_note and triad == "M" else "diatonic"
    return HarmonicReading(numeral=numeral_above(step, chord, minor=minor), function=_function(step, after, minor=minor), role=role)


def _secondary(step: int, chord: Chord, after: _After, *, minor: bool) -> HarmonicReading | None:
    shape, targets = chord_shape(chord), _TARGETS[minor]
    triad = _triad(shape)
    if triad in ("M", "a") and shape.seventh != 11:
        target, own = (step + 5) % 12, 7
        if triad == "M" and not shape.seventh and step in (3, 8, 10) and not minor:
            return None  # a plain major triad of the parallel minor is borrowed
        if minor and triad == "M" and step in (0, 5) and after.step != target and (not shape.seventh or after.known):
            return None  # nor are a Picardy third and a Dorian fourth anybody's dominant unless they lead there
    elif triad == "d":
        target, own = (step + 1) % 12, 11
        if shape.seventh == 9 and target not in targets:  # a diminished seventh has four roots: take the one that leads on
            turns = [(step + turn) % 12 for turn in (3, 6, 9)]
            root = next((turn for turn in turns if (turn + 1) % 12 == after.step and after.step in targets), None)
            if root is not None:
                return _belonging(_turned(chord, (root - step) % 12), after.step, own, targets)
    else:
        return None
    return _belonging(chord, target, own, targets) if target in targets else None


def _turned(chord: Chord, up: int) -> Chord:
    """The same diminished seventh named after another of its tones."""
    return replace(chord, root=(chord.root + up) % 12, bass=(chord.bass - up) % 12)


def _belonging(chord: Chord, target: int, own: int, targets: dict[int, str]) -> HarmonicReading:
    of = targets[target]
    numeral = numeral_above(own, chord, minor=own == 11 and of.islower())
    return HarmonicReading(numeral=f"{numeral}/{of}", function="dominant", role="secondary", of=of)


def _secondary_predominant(step: int, chord: Chord, following: str, key: str, *, minor: bool) -> HarmonicReading | None:
    """A minor or half-diminished chord a fifth above a secondary dominant that follows: ii of what that one leads to."""
    triad, targets = _triad(chord_shape(chord)), _TARGETS[minor]
    target = (step + 10) % 12
    if triad not in ("m", "d") or not following or target not in targets:
        return None
    next_chord = parse_chord(following)
    tonic = parse_key(key)[0]
    if not next_chord.is_chord or (next_chord.root - tonic) % 12 != (step + 5) % 12 or _triad(chord_shape(next_chord)) != "M":
        return None
    if target == 0 or (triad == "d" and targets[target].isupper()):
        return None
    of = targets[target]
    return HarmonicReading(numeral=f"{numeral_above(2, chord)}/{of}", function="predominant", role="secondary", of=of)


def _chromatic(step: int, chord: Chord, after: _After, *, minor: bool) -> HarmonicReading:
    shape, triad = chord_shape(chord), _triad(chord_shape(chord))
    numeral = numeral_above(step, chord, minor=minor)
    function = _function(step, after, minor=minor)
    parallel = _MAJOR_TRIADS if minor else _MINOR_TRIADS
    if step == 1 and triad == "M":
        if shape.seventh == 10:
            return HarmonicReading(numeral=numeral, function="dominant", role="substitute")
        return HarmonicReading(numeral=numeral, function="predominant", role="neapolitan")
    tones = {(step + semitone) % 12 for semitone in chord.intervals}
    own = parallel.get(step)
    if own is not None and triad in own and tones <= ((_MAJOR_SCALE if minor else _MINOR_SCALE) | {10}):
        return HarmonicReading(numeral=numeral, function=function, role="borrowed")
    return HarmonicReading(numeral=numeral, function=function, role="chromatic")


def _function(step: int, after: _After, *, minor: bool) -> str:
    if step == 10 and not minor and after.step == 0:
        return "dominant"  # the subtonic before the tonic: a dominant by the back door
    return _FUNCTION_OF_STEP[minor][step]


def _is_harte(label: str) -> bool:
    try:
        parse_chord(label)
    except ValueError:
        return False
    return True
