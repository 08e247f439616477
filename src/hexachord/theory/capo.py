"""Where to put the capo: which fret turns a song's chords into the easiest shapes on a guitar.

A capo at fret 3 lets an Eb song be played with the shapes of C. Each shape has a cost, from 0 for the open chords every beginner learns to
`BARRE` and more for those that need a finger across all strings; a position costs the mean over the time its chords are held, and a little
for every fret, because the neck gets narrow and the sound thin. The costs are a teacher's rule of thumb, written down, not measured.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hexachord.theory.chord_labels import QUALITIES, Chord, parse_chord
from hexachord.theory.chord_names import chord_name, key_signature, transpose_chord, transpose_key

HIGHEST_FRET = 7  # above, few guitars sound like one
BARRE = 3.0
FRET_COST = 0.07  # a whole chord in forty made easy is not worth going up one fret more

_OPEN: Mapping[str, Mapping[str, float]] = {
    "maj": {"C": 0.0, "A": 0.0, "G": 0.0, "E": 0.0, "D": 0.0, "F": 2.0},
    "min": {"A": 0.0, "E": 0.0, "D": 0.0},
    "7": {"E": 0.0, "A": 0.0, "D": 0.0, "G": 0.5, "C": 0.5, "B": 0.5},
    "min7": {"E": 0.0, "A": 0.0, "D": 0.5, "B": 1.5},
    "maj7": {"C": 0.0, "A": 0.5, "D": 0.5, "F": 0.5, "G": 1.0, "E": 1.0},
    "sus4": {"A": 0.0, "D": 0.0, "E": 0.0, "G": 1.0, "C": 1.0},
    "sus2": {"A": 0.0, "D": 0.0, "E": 1.0, "C": 1.0, "G": 1.0},
    "maj6": {"A": 0.5, "E": 0.5, "G": 0.5, "D": 0.5, "C": 1.0},
    "min6": {"A": 0.5, "E": 0.5, "D": 0.5},
    "dim7": {"D": 1.0, "E": 1.0, "B": 1.0, "F": 1.0, "G#": 1.0},
    "hdim7": {"B": 1.0, "D": 1.0, "E": 1.5, "A": 1.5},
    "aug": {"C": 1.0, "E": 1.0, "G#": 1.0, "D": 1.0, "A": 1.0},
    "5": {"A": 0.0, "D": 0.0, "E": 0.0, "G": 0.5, "C": 0.5},
}
"""Shapes that ring with open strings, and how hard each is; B7, Bm7 and the rest from any method's first pages."""
_HARD = {"dim": 4.0, "dim7": 3.0, "hdim7": 3.5, "aug": 3.5, "5": 1.0}  # where there is no open shape; a power chord slides anywhere
_BASS_COST = 0.5  # a bass that is not the root moves a finger
_COLOUR_COST = 0.5  # so does a ninth or a thirteenth


@dataclass(frozen=True, kw_only=True)
class CapoChoice:
    """A position of the capo and what it makes of a song.

    Attributes
    ----------
    fret : 0 is no capo
    cost : mean cost of the shapes by time, and `FRET_COST` a fret
    shapes : what is played for each chord, in Harte syntax, in the order given
    costs : of each shape
    key : whose shapes they are, "" where no key was given
    """

    fret: int
    cost: float
    shapes: tuple[str, ...]
    costs: tuple[float, ...]
    key: str = ""

    @property
    def words(self) -> str:
        """Why, in a sentence.

        Examples
        --------
        >>> choose_capo(["Eb:maj", "Bb:maj", "C:min", "Ab:maj"], key="Eb major")[0].words
        'Capo at fret 3: play in C major, with the shapes C G Am F; hardest is F.'
        """
        where = f"Capo at fret {self.fret}" if self.fret else "No capo"
        names = list(dict.fromkeys(chord_name(shape) for shape in self.shapes if parse_chord(shape).is_chord))
        if not names:
            return f"{where}: there are no chords."
        shown = " ".join(names) if len(names) <= 8 else f"{' '.join(names[:8])} and {len(names) - 8} more"
        key = f"play in {self.key}, with" if self.key else "play"
        hardest = max(range(len(self.costs)), key=lambda row: self.costs[row])
        rest = f"hardest is {chord_name(self.shapes[hardest])}" if self.costs[hardest] > 0 else "all are open"
        return f"{where}: {key} the shapes {shown}; {rest}."


def shape_cost(label: str) -> float:
    """Say how hard a chord is to finger in standard tuning, 0 (open) to about 4.

    Examples
    --------
    >>> shape_cost("G:maj"), shape_cost("F:maj"), shape_cost("Bb:min"), shape_cost("D:maj/3"), shape_cost("N")
    (0.0, 2.0, 3.0, 0.5, 0.0)
    """
    chord = parse_chord(label)
    if not chord.is_chord:
        return 0.0
    quality, colours = _plain_quality(chord)
    open_shapes = {parse_chord(root).root: cost for root, cost in _OPEN.get(quality, {}).items()}
    cost = open_shapes.get(chord.root, _HARD.get(quality, BARRE))
    return cost + _COLOUR_COST * bool(colours) + _BASS_COST * bool(chord.bass)


def choose_capo(
    labels: Sequence[str], *, durations_s: Sequence[float] | None = None, key: str = "", highest: int = HIGHEST_FRET
) -> list[CapoChoice]:
    """Rank the positions of a capo, the easiest first.

    Parameters
    ----------
    labels : a song's chords in Harte syntax, as they sound
    durations_s : how long each is held; all alike when not given
    key : the song's; the shapes are then named in the key they are played in
    highest : the last fret to consider

    Raises
    ------
    ValueError : if a label is malformed, or lengths differ.

    Examples
    --------
    >>> best = choose_capo(["F:maj", "Bb:maj", "C:maj", "D:min"])[0]
    >>> best.fret, best.shapes
    (5, ('C:maj', 'F:maj', 'G:maj', 'A:min'))
    """
    weights = [1.0] * len(labels) if durations_s is None else [float(length) for length in durations_s]
    if len(weights) != len(labels):
        raise ValueError(f"{len(labels)} chords but {len(weights)} durations")
    total = sum(weight for label, weight in zip(labels, weights, strict=True) if parse_chord(label).is_chord)
    choices: list[CapoChoice] = []
    for fret in range(highest + 1):
        shape_key = transpose_key(key, -fret) if key else ""
        fifths = key_signature(shape_key) if shape_key else 0
        shapes = tuple(transpose_chord(label, -fret, fifths=fifths) for label in labels)
        costs = tuple(shape_cost(shape) for shape in shapes)
        mean = sum(cost * weight for cost, weight in zip(costs, weights, strict=True)) / total if total > 0 else 0.0
        choices.append(CapoChoice(fret=fret, cost=mean + FRET_COST * fret, shapes=shapes, costs=costs, key=shape_key))
    return sorted(choices, key=lambda choice: (choice.cost, choice.fret))


def _plain_quality(chord: Chord) -> tuple[str, bool]:
    """The nearest quality that has open shapes, and whether more sounds than that."""
    sounding = {semitone % 12 for semitone in chord.intervals} - ({chord.bass} if chord.bass else set())
    core = {semitone for semitone in chord.intervals if semitone < 12}
    fitting = [quality for quality in (*_OPEN, "dim") if set(QUALITIES[quality]) <= core]
    if not fitting:
        return "maj", True
    best = max(fitting, key=lambda quality: len(QUALITIES[quality]))
    return best, bool(sounding - set(QUALITIES[best]))
