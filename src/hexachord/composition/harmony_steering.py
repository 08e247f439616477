"""Steering harmony: chord symbols lean to what is usual in their key, notes to its scale, and accompaniment to the chord that stands.

Nothing is forbidden. A small model keeps to a scale and loses its tonic: which chord follows which in a key, which begins and which ends a
piece, was counted in songs (`hexachord.composition.harmony.tune_harmony`) and leans the choice of the next chord symbol, as one expert
among two. It hears of a chord and plays around it more often than pianists do: of the notes that they play to a pop song, 97 % are the
chord's. A note outside the chord, or the scale, is less likely by a fixed factor. Tunes lean to the key alone, drums to nothing.
"""

from collections.abc import Sequence

import numpy as np

from hexachord.arrays import Float64Array, IntArray
from hexachord.composition.clips import chords_in_force
from hexachord.composition.constraints import chord_intervals
from hexachord.composition.grammar import Walk
from hexachord.composition.harmony.tune_harmony import KINDS, following_chances, outer_chances
from hexachord.composition.plan import Plan
from hexachord.composition.sections import PHRASE_BARS
from hexachord.composition.vocabulary import BEAT, CHORD, DURATION, FILLED, GRID, KIND, NO_ROOT, PITCH, PLACE, VELOCITY, Vocabulary

_NO_CHORD, _RAREST = 2.0, 3e-4  # nats, and the rarest that counts
_USUAL, _ENDING = 1.2, 2.0  # how far what is usual counts, and what is at the end
_OPENING, _CADENCE = 0.5, 0.5  # how far what is usual at beginnings and ends counts where phrases begin, and where every other one ends
_BACK = 2.2  # nats against going back to where harmony has just come from: a bigram rocks to and fro
_CHANGE = 0.7  # nats against one more chord in a bar: songs have 1.4 changes in one, the model 1.8
_FLAVOUR = "pop"
_GIVEN = 2.6  # nats outside a chord that is given: it was asked for
_OUTSIDE, _FOREIGN = 2.1, 1.0  # nats that notes lean: outside the chord, and outside the key where the chord has none of them
_ACCOMPANY = ("piano", "left", "right", "guitar", "bass", "strings", "pad")
_MAJOR = (0, 2, 4, 5, 7, 9, 11)
_MINOR = (0, 2, 3, 5, 7, 8, 10, 11)
_CLASSES = np.arange(128) % 12

_Chord = tuple[int, int, int]
"""Root (-1 for none), quality, bass above the root."""


class HarmonySteering:
    """Leans chords and what accompanies them.

    Parameters
    ----------
    plan : chords that are given, and the keys of bars
    walks : one for each candidate
    """

    def __init__(self, plan: Plan, walks: Sequence[Walk], *, vocabulary: Vocabulary) -> None:
        self._walks, self._words = walks, vocabulary
        self._keys = plan.clip.bars["key"].astype(np.int64)
        self._intervals = [chord_intervals(quality) for quality in vocabulary.qualities]
        self._kinds = np.array([_kind(quality) for quality in vocabulary.qualities])
        self._phrased = bool(plan.fill[:, CHORD].all())  # nothing of its harmony is given: phrases are ours
        self._last_bar = len(self._keys) - 1 if plan.bars_after == 0 else -1
        self._chord_kind = vocabulary.kind(CHORD, FILLED)
        kinds = {vocabulary.kind(role, FILLED): name for role, name in enumerate(vocabulary.roles) if role not in (CHORD, vocabulary.drums)}
        self._given = None if plan.fill[:, CHORD].any() else plan.clip.chords
        outside = _OUTSIDE if self._given is None else _GIVEN
        self._outside = {kind: outside if name in _ACCOMPANY else 0.0 for kind, name in kinds.items()}
        self._written: list[_Chord] = [(-1, 0, 0)] * len(walks)
        self._before = [-1] * len(walks)  # the root before that of the chord that stands
        self._counted: dict[int, tuple[Float64Array, Float64Array, Float64Array]] = {}  # by key: what follows, begins and ends
        self._known: dict[tuple[_Chord, int, float], Float64Array] = {}

    def count(self, rows: IntArray) -> None:
        """Take the rows that the candidates wrote, (candidates, fields)."""
        for candidate in np.flatnonzero(rows[:, KIND] == self._chord_kind).tolist():
            row = rows[candidate]
            none = int(row[PITCH]) == NO_ROOT
            if not none and int(row[PITCH]) - 1 != self._written[candidate][0]:
                self._before[candidate] = self._written[candidate][0]
            self._written[candidate] = (-1, 0, 0) if none else (int(row[PITCH]) - 1, int(row[DURATION]) - 1, int(row[VELOCITY]) - 1)

    def lean(self, field: int, chosen: IntArray) -> Float64Array | None:
        """Say what is added to the logits of a field (`hexachord.models.row_sampling.Lean`)."""
        if field not in (KIND, PITCH, DURATION):
            return None
        added = np.zeros((len(self._walks), self._words.field_sizes[field]))
        if field == KIND:
            added[:, self._chord_kind] = -_CHANGE
            return added
        for candidate, walk in enumerate(self._walks):
            kind, key = int(chosen[candidate, KIND]), int(self._keys[min(walk.bar, len(self._keys) - 1)])
            if kind == self._chord_kind:
                if key >= 0:
                    ending = walk.bar == self._last_bar
                    chances = self._chances(self._written[candidate], key, *self._place(walk.bar))
                    if self._before[candidate] >= 0 and not ending:
                        chances[:, self._before[candidate]] *= np.exp(-_BACK)
                    self._usual(added[candidate], field, chosen[candidate], chances)
            elif field == PITCH and kind in self._outside:
                place = (int(chosen[candidate, BEAT]) - 1) * GRID + int(chosen[candidate, PLACE]) - 1
                added[candidate, 1:129] = self._notes(self._chord_at(candidate, walk.bar, place), key, self._outside[kind])
        return added

    def _chord_at(self, candidate: int, bar: int, place: int) -> _Chord:
        """What stands at a place of the bar that is being written."""
        if self._given is None:
            return self._written[candidate]
        at = int(chords_in_force(self._given, bar, place))
        if at < 0:
            return (-1, 0, 0)
        row = self._given[at]
        return int(row["root"]), int(row["quality"]), int(row["bass"])

    def _notes(self, chord: _Chord, key: int, outside: float) -> Float64Array:
        """(128,) what is added to each pitch."""
        asked = (chord, key, outside)
        if asked not in self._known:
            root, quality, bass = chord
            tones = {(root + step) % 12 for step in (*self._intervals[quality], bass)} if root >= 0 else set()
            scale = _scale(key) if key >= 0 else set(range(12))
            cost = [0.0 if tone in tones else (outside if tones else 0.0) + (0.0 if tone in scale else _FOREIGN) for tone in range(12)]
            self._known[asked] = -np.array(cost)[_CLASSES]
        return self._known[asked]

    def _place(self, bar: int) -> tuple[float, float]:
        """How far a bar is one in which music begins, and one in which it ends."""
        if bar == self._last_bar:
            return 0.0, _ENDING
        if not self._phrased:
            return 0.0, 0.0
        return _OPENING * (bar % PHRASE_BARS == 0), _CADENCE * (bar % (2 * PHRASE_BARS) == 2 * PHRASE_BARS - 1)

    def _chances(self, before: _Chord, key: int, opening: float, ending: float) -> Float64Array:
        """(kinds, 12) how usual each chord is after the one that stands, to some power."""
        if key not in self._counted:
            self._counted[key] = (following_chances(_FLAVOUR, key), *outer_chances(_FLAVOUR, key))
        follows, *ends = self._counted[key]
        first, last = (np.maximum(each, _RAREST) for each in ends)
        chances = first if before[0] < 0 else follows[self._kinds[before[1]] * 12 + before[0]]
        weight = np.maximum(chances, _RAREST) ** _USUAL * first**opening * last**ending
        return np.asarray(weight.reshape(-1, 12))

    def _usual(self, added: Float64Array, field: int, chosen: IntArray, chances: Float64Array) -> None:
        """Lean the root of a chord, or its quality given the root."""
        if field == PITCH:
            roots = chances.sum(axis=0)
            added[1:13] = np.log(roots / roots.max())
            added[NO_ROOT] = -_NO_CHORD
        elif 1 <= chosen[PITCH] <= 12:
            kinds = chances[:, int(chosen[PITCH]) - 1]
            added[1 : 1 + len(self._kinds)] = np.log(kinds / kinds.max())[self._kinds]


def _scale(key: int) -> set[int]:
    return {(key + step) % 12 for step in (_MAJOR if key < 12 else _MINOR)}


def _kind(quality: str) -> int:
    """Which of the kinds that were counted a quality is nearest to: most tones in common, fewest others."""
    tones = set(chord_intervals(quality))
    return max(
        range(len(KINDS)), key=lambda kind: len(tones & set(chord_intervals(KINDS[kind]))) - len(tones ^ set(chord_intervals(KINDS[kind])))
    )
