"""Harmonise: chord symbols for a tune, each with its numeral, a reason, and what could stand there instead.

The chords come from `hexachord.composition.harmony.tune_harmony`; a score that has more than a tune is not harmonised but read
(`hexachord.theory.note_chords`): its notes say which chords they are.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from hexachord.arrays import BoolArray, IntArray
from hexachord.composition.harmony.lead_sheets import (
    Beats,
    ChordSpan,
    Tune,
    chord_in_key,
    chord_number,
    chord_spans,
    chords_of_beats,
    keys_of_beats,
    score_beats,
    sung_in,
    tune_of,
)
from hexachord.composition.harmony.tune_harmony import FLAVOURS, KINDS, Sung, harmonise_tune
from hexachord.errors import InputError
from hexachord.provenance import Provenance
from hexachord.score.model import ChordSymbol, Score
from hexachord.score.notes import note_array
from hexachord.score.timing import bars_of
from hexachord.theory import note_chords
from hexachord.theory.cadences import cadence_kind
from hexachord.theory.chord_labels import NO_CHORD, parse_chord
from hexachord.theory.chord_names import chord_name
from hexachord.theory.chord_reasons import explain_chord
from hexachord.theory.functions import read_chord
from hexachord.theory.keys import KEY_NAMES
from hexachord.theory.melody_fit import MelodyFit, melody_fit

RHYTHMS = ("beat", "half", "bar", "free")
"""How often chords may change: on every beat, on the first and the middle one of a bar, on bar lines; ``free`` where they usually do."""
_ALONE = 0.15  # of all notes: what others than the tune may have for it to count as a tune alone
_PLAIN = {"maj7": "maj", "min7": "min", "hdim7": "dim", "dim7": "dim"}


@dataclass(frozen=True, kw_only=True)
class HarmonyOptions:
    """What kind of harmony.

    Attributes
    ----------
    flavour : pop, jazz or chorale
    rhythm : of `RHYTHMS`
    triads : leave sevenths out, but for dominant ones
    keep : chord symbols that are there stay, others are found around them
    candidates : how many; the likeliest first, others drawn by their chance
    seed : of that chance
    alternatives : how many others to name for each chord
    """

    flavour: str = "pop"
    rhythm: str = "free"
    triads: bool = False
    keep: bool = False
    candidates: int = 1
    seed: int = 0
    alternatives: int = 3

    def __post_init__(self) -> None:
        if self.flavour not in FLAVOURS:
            raise InputError(f"the flavour {self.flavour!r}", found="no such flavour", expected=f"one of {', '.join(FLAVOURS)}")
        if self.rhythm not in RHYTHMS:
            raise InputError(f"the rhythm {self.rhythm!r}", found="no such rhythm", expected=f"one of {', '.join(RHYTHMS)}")


class Other(NamedTuple):
    """What might stand instead: a label, its chance there, and what it would do."""

    label: str
    chance: float
    reason: str


@dataclass(frozen=True, kw_only=True)
class ExplainedChord:
    """A chord, where it stands, what it does, how the tune sits on it, how likely it is there, and what else might stand there."""

    tick: int
    bar: str
    label: str
    key: str
    numeral: str
    function: str
    reason: str
    fit: MelodyFit
    chance: float = 1.0
    alternatives: tuple[Other, ...] = ()

    @property
    def name(self) -> str:
        """As lead sheets write it."""
        return chord_name(self.label, unicode=True)


@dataclass(frozen=True, kw_only=True)
class Harmonisation:
    """A score with chord symbols, and why they are there; `cadences` are those at the ends of its sections and of the whole."""

    score: Score
    chords: tuple[ExplainedChord, ...]
    engine: str
    nats: float = 0.0

    @property
    def cadence(self) -> str:
        """How it ends."""
        last = [chord for chord in self.chords if chord.numeral][-2:]
        return cadence_kind(last[0].numeral, last[1].numeral) if len(last) == 2 else ""


def harmonise_melody(score: Score, *, options: HarmonyOptions = HarmonyOptions()) -> tuple[Harmonisation, ...]:
    """Find chord symbols for a tune (or read those of a whole score); several where candidates are asked for.

    Parameters
    ----------
    score : a tune, in any metre; its own notes stay as they are
    options : see `HarmonyOptions`

    Returns
    -------
    The likeliest first

    Raises
    ------
    InputError : if nobody plays a pitched note.

    Examples
    --------
    >>> from hexachord.score.abc import read_abc
    >>> tune = read_abc("X:1\\nM:4/4\\nL:1/4\\nK:C\\nCEGc|BdGB|cGEG|C4|]")
    >>> made = harmonise_melody(tune)[0]
    >>> [chord.numeral for chord in made.chords][-1], made.score.note_count
    ('I', 13)
    """
    beats, tune = score_beats(score), tune_of(score)
    sung = sung_in(tune, beats)
    spans = chord_spans(score) if options.keep else ()
    at = chords_of_beats(spans, beats)
    held = np.array([chord_number(spans[number].label) if number >= 0 else -1 for number in at.tolist()], dtype=np.int64)
    keys = keys_of_beats(score, beats, tune, chords=held if (held >= 0).any() else None)
    if not _is_tune_alone(score, tune) and not options.keep:
        return (_read_from_notes(score, beats, tune, keys),)
    first = _first_beat(beats, tune)
    found = harmonise_tune(
        Sung(*(each[first:] for each in sung)),
        keys=keys[first:],
        positions=beats.position[first:],
        flavour=options.flavour,
        held=held[first:],
        may_change=_may_change(beats, options.rhythm)[first:],
        paths=options.candidates,
        seed=options.seed,
    )
    later = Beats(*(each[first:] for each in beats))
    made = []
    for path, nats in zip(found.paths, found.costs, strict=True):
        labels = _labels(path, keys[first:], triads=options.triads)
        for number, beat in zip(at[first:].tolist(), range(len(labels)), strict=True):
            if number >= 0 and spans[number].label != NO_CHORD:
                labels[beat] = spans[number].label
        written = joined(later, labels)
        page = with_symbols(score, written, engine=found.engine, tool="harmonise", flavour=options.flavour, seed=options.seed)
        others = _alternatives(written, later, keys[first:], found.chance, options.alternatives)
        made.append(Harmonisation(score=page, chords=explained(page, written, beats, tune, keys, others), engine=found.engine, nats=nats))
    return tuple(made)


def explain_score(score: Score) -> Harmonisation:
    """Explain the chord symbols that a score has.

    Raises
    ------
    InputError : if it has none.
    """
    spans = chord_spans(score)
    if not spans:
        raise InputError(score.title or "the score", found="no chord symbols", expected="some", next_step="harmonise it first")
    beats, tune, keys = with_keys(score)
    return Harmonisation(score=score, chords=explained(score, spans, beats, tune, keys), engine="harmony/functions")


def with_keys(score: Score) -> tuple[Beats, Tune, IntArray]:
    """Beats, tune and the key of every beat of a lead sheet, whose chords have a say in it; a chart without notes has an empty tune."""
    beats, spans = score_beats(score), chord_spans(score)
    at = chords_of_beats(spans, beats)
    numbers = np.array([chord_number(spans[number].label) if number >= 0 else -1 for number in at.tolist()], dtype=np.int64)
    try:
        tune = tune_of(score)
    except InputError:
        nothing = np.zeros(0, dtype=np.int64)
        tune = Tune(nothing, nothing, nothing, -1)
    return beats, tune, keys_of_beats(score, beats, tune, chords=numbers)


def explained(
    score: Score,
    spans: Sequence[ChordSpan],
    beats: Beats,
    tune: Tune,
    keys: IntArray,
    others: Sequence[tuple[float, tuple[tuple[str, float], ...]]] | None = None,
) -> tuple[ExplainedChord, ...]:
    """Explain chords: numeral, function and reason in the key of their place, and how the tune sits on each."""
    bars = bars_of(score)
    ticks = [bar.tick for bar in bars]
    sung = sung_in(tune, beats)
    found = []
    for number, span in enumerate(spans):
        if span.label == NO_CHORD:
            continue
        first = max(int(np.searchsorted(beats.start, span.start, side="right")) - 1, 0)
        last = int(np.searchsorted(beats.start, span.end - 1, side="right"))
        key = KEY_NAMES[int(keys[min(first, len(keys) - 1)])]
        before = spans[number - 1].label if number else NO_CHORD
        after = spans[number + 1].label if number + 1 < len(spans) else NO_CHORD
        reading = read_chord(span.label, key, following=after)
        chance, alternatives = others[number] if others is not None else (1.0, ())
        bar = bars[max(int(np.searchsorted(ticks, span.start, side="right")) - 1, 0)]
        found.append(
            ExplainedChord(
                tick=span.start,
                bar=bar.number,
                label=span.label,
                key=key,
                numeral=reading.numeral if reading else "",
                function=reading.words if reading else "",
                reason=explain_chord(span.label, key, previous=before, following=after).partition(": ")[2],
                fit=melody_fit(span.label, (sung.accented * 1.5 + sung.passing)[first:last].sum(axis=0)),
                chance=chance,
                alternatives=tuple(
                    Other(label, share, explain_chord(label, key, previous=before, following=after)) for label, share in alternatives
                ),
            )
        )
    return tuple(found)


def with_symbols(score: Score, spans: Sequence[ChordSpan], *, engine: str, tool: str, flavour: str = "", seed: int = 0) -> Score:
    """Put chords over a score instead of its own; each lasts until the next."""
    symbols = tuple(ChordSymbol(span.start, span.label) for span in spans)
    trail: Provenance = replace(score.provenance, engine=engine, parameters={"tool": tool, "flavour": flavour, "seed": seed})
    return replace(score, chords=symbols, provenance=trail)


def joined(beats: Beats, labels: Sequence[str]) -> tuple[ChordSpan, ...]:
    """Join beats with the same chord."""
    starts = [0, *(at for at in range(1, len(labels)) if labels[at] != labels[at - 1])] if labels else []
    return tuple(
        ChordSpan(int(beats.start[at]), int(beats.end[stop - 1]), labels[at])
        for at, stop in zip(starts, [*starts[1:], len(labels)], strict=True)
    )


def _labels(path: IntArray, keys: IntArray, *, triads: bool) -> list[str]:
    made = []
    for chord, key in zip(path.tolist(), keys.tolist(), strict=True):
        kind = KINDS[chord // 12]
        made.append(chord_in_key(chord % 12, _PLAIN.get(kind, kind) if triads else kind, KEY_NAMES[key]))
    return made


def _alternatives(
    spans: Sequence[ChordSpan], beats: Beats, keys: IntArray, chance: np.ndarray, count: int
) -> list[tuple[float, tuple[tuple[str, float], ...]]]:
    found = []
    for span in spans:
        rows = np.flatnonzero((beats.start < span.end) & (beats.end > span.start))
        mean = chance[rows].mean(axis=0)
        own = chord_number(span.label)
        order = [int(state) for state in np.argsort(-mean, kind="stable")[: count + 1] if int(state) != own][:count]
        key = KEY_NAMES[int(keys[rows[0]])]
        others = tuple((chord_in_key(state % 12, KINDS[state // 12], key), round(float(mean[state]), 3)) for state in order)
        found.append((round(float(mean[own]), 3) if own >= 0 else 1.0, others))
    return found


def _may_change(beats: Beats, rhythm: str) -> BoolArray:
    most = {"beat": 2, "free": 2, "half": 1, "bar": 0}[rhythm]
    return np.asarray(beats.position <= most)


def _first_beat(beats: Beats, tune: Tune) -> int:
    """Chords begin with the bar in which the tune does, after a pick-up with the first whole bar."""
    bar = int(beats.bar[max(int(np.searchsorted(beats.start, tune.onset[0], side="right")) - 1, 0)])
    rows = np.flatnonzero((beats.bar >= bar) & (beats.position == 0))
    return int(rows[0]) if len(rows) else 0


def _is_tune_alone(score: Score, tune: Tune) -> bool:
    notes = note_array(score, percussion=False)
    return len(notes) - len(tune.onset) <= _ALONE * len(notes)


def _read_from_notes(score: Score, beats: Beats, tune: Tune, keys: IntArray) -> Harmonisation:
    notes = note_array(score, percussion=False)
    onset = notes["onset_tick"].astype(np.float64)
    found = note_chords.chords_from_notes(
        onset, onset + notes["duration_tick"], notes["pitch"], beats_s=beats.start.astype(np.float64), downbeat=beats.position == 0
    )
    at = np.clip(np.searchsorted(beats.start, found.start_s, side="right") - 1, 0, len(keys) - 1)
    spans = tuple(
        ChordSpan(round(start), round(end), _named(label, KEY_NAMES[int(keys[beat])]))
        for start, end, label, beat in zip(found.start_s.tolist(), found.end_s.tolist(), found.label, at.tolist(), strict=True)
    )
    page = with_symbols(score, spans, engine=note_chords.ENGINE, tool="harmonise")
    return Harmonisation(score=page, chords=explained(page, spans, beats, tune, keys), engine=found.engine)


def _named(label: str, key: str) -> str:
    """A chord with the name its root has in a key."""
    chord = parse_chord(label)
    return chord_in_key(chord.root, chord.quality, key, bass=chord.bass) if chord.is_chord else label
