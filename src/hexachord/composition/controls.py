"""Controls: what may be said about the music before its first bar, measured on music for training and asked for when composing.

Every control may be absent (None): a model learns with some left out, so that each is an offer, not a demand. Density, register and
polyphony belong to a part; style, difficulty, valence and arousal to the piece; key, tempo and section to each bar (they lie in
`Clip.bars`).
"""

from dataclasses import dataclass, replace

import numpy as np

from hexachord.arrays import IntArray
from hexachord.composition.clips import Clip
from hexachord.composition.vocabulary import CHORD, FAMILIES, FIELDS, GRID, LEVELS, PART, START, Vocabulary

GIVEN_PART, FILLED_PART, MIXED_PART = 1, 2, 3
DENSITY_CLASSES = GRID
_DENSEST = 16.0  # notes a quarter that the last class stands for
_SPARSEST = 1 / 16


@dataclass(frozen=True, kw_only=True)
class PartControls:
    """How a part plays.

    Attributes
    ----------
    density : notes a quarter, over the whole clip
    register : mean MIDI pitch
    polyphony : notes that begin together, on average
    """

    density: float | None = None
    register: float | None = None
    polyphony: float | None = None


@dataclass(frozen=True, kw_only=True)
class Controls:
    """What is asked of a piece.

    Attributes
    ----------
    style : one of the vocabulary's styles
    difficulty : 0 (a beginner's) to 1
    valence, arousal : -1 to 1
    parts : (role, what is asked of it)
    likeness : (bar, earlier bar, how alike 0 to 1): the section plan, bar by bar
    note_counts : (bar, notes wanted in what is filled of it)
    """

    style: str | None = None
    difficulty: float | None = None
    valence: float | None = None
    arousal: float | None = None
    parts: tuple[tuple[int, PartControls], ...] = ()
    likeness: tuple[tuple[int, int, float], ...] = ()
    note_counts: tuple[tuple[int, int], ...] = ()

    def part(self, role: int) -> PartControls:
        """What is asked of a role."""
        return dict(self.parts).get(role, PartControls())


def level(value: float | None, low: float, high: float) -> int:
    """The class of a value on a scale of `LEVELS` equal steps; 0 for none.

    Examples
    --------
    >>> level(-1.0, -1.0, 1.0), level(1.0, -1.0, 1.0), level(None, 0.0, 1.0)
    (1, 8, 0)
    """
    return 0 if value is None else 1 + int(np.clip((value - low) / (high - low) * LEVELS, 0, LEVELS - 1))


def density_class(notes_a_quarter: float | None) -> int:
    """The class of a density, on a logarithmic scale; 0 for none."""
    if notes_a_quarter is None:
        return 0
    step = np.log(max(notes_a_quarter, 1e-6) / _SPARSEST) / np.log(_DENSEST / _SPARSEST) * (DENSITY_CLASSES - 1)
    return 1 + int(np.clip(np.rint(step), 0, DENSITY_CLASSES - 1))


def count_class(notes: int | None, *, classes: int) -> int:
    """The class of a number of notes wanted in a bar: 0, 1, 2, 3, 4, then wider; class 0 for none asked.

    Examples
    --------
    >>> [count_class(n, classes=16) for n in (0, 1, 4, 6, 12, 24, 200)]
    [1, 2, 5, 6, 8, 10, 16]
    """
    if notes is None:
        return 0
    return min(classes, 1 + notes) if notes <= 4 else min(classes, 5 + int(np.log2(notes / 4) * 2))


def measured(clip: Clip, *, difficulty: float | None = None) -> Controls:
    """Measure what controls could have asked of a clip."""
    quarters = max(1.0, float(clip.starts[-1] - clip.starts[0]) / GRID)
    parts = []
    for role in np.unique(clip.notes["role"]).tolist():
        notes = clip.notes[clip.notes["role"] == role]
        onsets = notes["bar"].astype(np.int64) * 1000 + notes["place"]
        together = len(notes) / len(np.unique(onsets))
        parts.append(
            (int(role), PartControls(density=len(notes) / quarters, register=float(notes["pitch"].mean()), polyphony=float(together)))
        )
    if len(clip.chords):
        parts.insert(0, (CHORD, PartControls(density=len(clip.chords) / quarters)))
    return Controls(style=clip.style or None, difficulty=difficulty, parts=tuple(parts))


def prefix_rows(clip: Clip, controls: Controls, states: dict[int, int], *, vocabulary: Vocabulary, begins: bool | None = True) -> IntArray:
    """Write the START row and a PART row for each role that is given or filled.

    Parameters
    ----------
    states : role → `GIVEN_PART`, `FILLED_PART` or `MIXED_PART`
    begins : whether the piece begins here; None says nothing about it

    Returns
    -------
    (1 + len(states), fields) int64
    """
    rows = np.zeros((1 + len(states), len(FIELDS)), dtype=np.int64)
    programs = {part.role: part.program for part in clip.parts}
    rows[0] = (
        START,
        0 if begins is None else 1 if begins else 2,
        level(controls.difficulty, 0.0, 1.0),
        0,
        vocabulary.style_class(controls.style or ""),
        level(controls.valence, -1.0, 1.0),
        level(controls.arousal, -1.0, 1.0),
    )
    for row, (role, state) in zip(rows[1:], sorted(states.items()), strict=True):
        asked = controls.part(role)
        register = 0 if asked.register is None else 1 + int(np.clip(asked.register, 0, 127)) // 2
        polyphony = 0 if asked.polyphony is None else int(np.clip(round(asked.polyphony * 2) - 1, 1, LEVELS))
        family = 1 + programs[role] // 8 * FAMILIES // 16 if role in programs and role not in (CHORD, vocabulary.drums) else 0
        row[:] = (PART, state, polyphony, density_class(asked.density), role + 1, register, family)
    return rows


def without(controls: Controls, *, style: bool = False, parts: bool = False, likeness: bool = False, counts: bool = False) -> Controls:
    """Leave some controls out."""
    return replace(
        controls,
        style=None if style else controls.style,
        parts=() if parts else controls.parts,
        likeness=() if likeness else controls.likeness,
        note_counts=() if counts else controls.note_counts,
    )
