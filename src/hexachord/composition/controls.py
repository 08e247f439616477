"""Controls: what may be said about the music before its first bar, measured on music for training and asked for when composing.

Every control may be absent (None): a model learns with some left out, so that each is an offer, not a demand. Density, register and
polyphony belong to a part; style, difficulty, valence and arousal to the piece; key, tempo and section to each bar (they lie in
`Clip.bars`).
"""

from dataclasses import dataclass

import numpy as np

from hexachord.arrays import Float64Array, IntArray
from hexachord.composition.clips import Clip
from hexachord.composition.vocabulary import (
    BAR,
    BEAT,
    CHORD,
    DURATION,
    FAMILIES,
    FIELDS,
    FILL,
    GRID,
    KIND,
    LEVELS,
    PART,
    PITCH,
    PLACE,
    START,
    VELOCITY,
    Vocabulary,
)
from hexachord.theory.emotion import emotion_of
from hexachord.theory.piano_hands import part_hands, piano_difficulty

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


def measured(clip: Clip, *, difficulty: float | None = None, drums: int = -1) -> Controls:
    """Measure what controls could have asked of a clip.

    Valence and arousal follow the published rule of features in `hexachord.theory.emotion`; they need a tempo.

    Parameters
    ----------
    difficulty : of the piece, where it was measured (see `piano_level`)
    drums : the role that has no pitch
    """
    quarters = max(1.0, float(clip.starts[-1] - clip.starts[0]) / GRID)
    parts = []
    for role in np.unique(clip.notes["role"]).tolist():
        notes = clip.notes[clip.notes["role"] == role]
        onsets = notes["bar"].astype(np.int64) * 1024 + notes["place"]
        together = len(notes) / len(np.unique(onsets))
        asked = PartControls(density=len(notes) / quarters, register=float(notes["pitch"].mean()), polyphony=float(together))
        parts.append((int(role), asked))
    if len(clip.chords):
        parts.insert(0, (CHORD, PartControls(density=len(clip.chords) / quarters)))
    pitched = clip.notes["role"] != drums
    timed = seconds_of(clip)
    felt = None
    if timed is not None and pitched.any():
        onset_s, duration_s = timed
        felt = emotion_of(onset_s[pitched], duration_s[pitched], clip.notes["pitch"][pitched], clip.notes["velocity"][pitched])
    return Controls(
        style=clip.style or None,
        difficulty=difficulty,
        valence=None if felt is None else felt.valence,
        arousal=None if felt is None else felt.arousal,
        parts=tuple(parts),
    )


def seconds_of(clip: Clip) -> tuple[Float64Array, Float64Array] | None:
    """Onsets and durations of the notes in seconds, at the tempo of each note's bar; None where no bar has one."""
    bpm = clip.bars["bpm"].astype(np.float64)
    if not np.any(bpm > 0):
        return None
    bpm = np.where(bpm > 0, bpm, np.median(bpm[bpm > 0]))
    second = 60.0 / bpm / GRID
    written = (clip.bars["last"] - clip.bars["first"]).astype(np.float64)
    begins = np.concatenate([[0.0], np.cumsum(written * second)])[:-1] - clip.bars["first"] * second
    bar = clip.notes["bar"]
    return begins[bar] + clip.notes["place"] * second[bar], clip.notes["duration"] * second[bar]


def piano_level(clip: Clip, *, vocabulary: Vocabulary) -> float | None:
    """How hard the piano of a clip is to play, 0 to 1 (`hexachord.theory.piano_hands`); None without a piano or a tempo."""
    right, left, piano = (vocabulary.roles.index(name) if name in vocabulary.roles else -1 for name in ("right", "left", "piano"))
    mine = np.isin(clip.notes["role"], (right, left, piano))
    timed = seconds_of(clip)
    if timed is None or not mine.any():
        return None
    onset_s, notes = timed[0][mine], clip.notes[mine]
    order = np.argsort(onset_s, kind="stable")
    onset_s, notes = onset_s[order], notes[order]
    hand: IntArray = (notes["role"] == right).astype(np.int64)
    if np.any(notes["role"] == piano):
        hand = part_hands(onset_s, notes["pitch"])
    found = piano_difficulty(onset_s, notes["pitch"], hand)
    return None if found is None else found.level


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


def unasked(rows: IntArray, *, keys: bool = False) -> IntArray:
    """The same rows with nothing asked of the music: what guidance goes away from.

    Style, difficulty, mood, what is said of parts, sections, likeness and numbers of notes are taken out; bars, tempi and notes stay, and
    so does which parts play and are to be filled.

    Parameters
    ----------
    rows : (n, fields)
    keys : take the keys of bars out, too

    Examples
    --------
    >>> unasked(np.array([[START, 1, 2, 0, 3, 4, 5], [PART, 2, 4, 7, 3, 30, 7]])).tolist()
    [[1, 1, 0, 0, 0, 0, 0], [2, 2, 0, 0, 3, 0, 7]]
    """
    plain = np.array(rows)
    kind = plain[:, KIND]
    for which, fields in (
        (START, (BEAT, PITCH, DURATION, VELOCITY)),
        (PART, (BEAT, PLACE, DURATION)),
        (BAR, (VELOCITY, PLACE) if keys else (VELOCITY,)),
        (FILL, (PITCH, DURATION, VELOCITY)),
    ):
        plain[np.ix_(kind == which, fields)] = 0
    return plain
