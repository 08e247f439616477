"""Bars filled into songs, held against the truth: what was there before it was taken out.

A bar of a held-out pop song is emptied, all parts of it, chord symbols staying, and is written again between its surroundings. Three
numbers a bar: ``note_f`` (F1 of notes that agree in part, sixteenth and pitch), ``rhythm_f`` (F1 of moments at which a part strikes) and
``pitch_class`` (overlap of the two histograms, 0 to 1). Beside it the bar before copied (``copy_``) and a plain n-gram of the song's other
bars (``ngram_``): notes drawn one after the other by the two before, their pitches counted from the root of the chord.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence, Set
from dataclasses import dataclass, replace

import numpy as np

from hexachord.arrays import IntArray, StructuredArray
from hexachord.composition.clips import NOTE_DTYPE, Clip, excerpt
from hexachord.composition.composing import Request, asked_plan
from hexachord.composition.locks import bars as lock_bars
from hexachord.composition.locks import chord_symbols, locked_plan
from hexachord.composition.vocabulary import GRID, Vocabulary
from hexachord.composition.writing import Draw, Writer

AROUND = 16
"""Bars before and after that the writer sees."""
_SIXTEENTH = GRID // 4
_FEWEST = 6
_Word = tuple[int, int, int]
_END: _Word = (-1, -1, -1)


@dataclass(frozen=True, kw_only=True, eq=False)
class Gap:
    """A bar to be filled: its number in the clip around it."""

    clip: Clip
    bar: int

    @property
    def truth(self) -> StructuredArray:
        """The notes that were there."""
        return np.asarray(self.clip.notes[self.clip.notes["bar"] == self.bar])


def gaps_of(clip: Clip, *, count: int, seed: int) -> list[Gap]:
    """Draw bars of a song that have enough notes, and cut out what is around them."""
    notes = np.bincount(clip.notes["bar"], minlength=len(clip.bars))
    able = [bar for bar in range(2, len(clip.bars) - 2) if notes[bar] >= _FEWEST and notes[bar - 1] > 0]
    chosen = np.random.default_rng(seed).permutation(able)[:count]
    firsts = [max(0, int(bar) - AROUND) for bar in chosen]
    return [
        Gap(clip=excerpt(clip, first, int(bar) - first + AROUND + 1), bar=int(bar) - first)
        for first, bar in zip(firsts, chosen, strict=True)
    ]


def filled(gap: Gap, writer: Writer, *, draw: Draw, recall: bool = True) -> StructuredArray:
    """Write the bar: the notes of the likeliest candidate."""
    words = writer.vocabulary
    lock = ~lock_bars(gap.bar + 1, gap.bar + 1) | chord_symbols()
    plan = asked_plan(locked_plan(gap.clip, lock, vocabulary=words), gap.clip, Request(recall=recall), vocabulary=words)
    plan = replace(plan, begins=None, bars_after=None)
    made = min(writer.write(plan, draw), key=lambda each: each.nats).clip.notes
    return np.asarray(made[made["bar"] == gap.bar])


def copied(gap: Gap) -> StructuredArray:
    """Copy the bar before."""
    notes = gap.clip.notes[gap.clip.notes["bar"] == gap.bar - 1].copy()
    notes["bar"] = gap.bar
    return np.asarray(notes)


def by_ngram(gap: Gap, *, seed: int) -> StructuredArray:
    """Draw notes by trigrams of the song's other bars, backing off to bigrams."""
    random = np.random.default_rng(seed)
    roots = _roots(gap.clip)
    follows: dict[tuple[_Word, ...], Counter[_Word]] = defaultdict(Counter)
    for bar in range(len(gap.clip.bars)):
        if bar != gap.bar:
            words = [_END, _END, *_words(gap.clip.notes[gap.clip.notes["bar"] == bar], roots[bar]), _END]
            for first, second, third in zip(words, words[1:], words[2:], strict=False):
                follows[first, second][third] += 1
                follows[(second,)][third] += 1
    made: list[_Word] = []
    before = (_END, _END)
    while len(made) < 64:
        told = follows.get(before) or follows[before[1:]]
        later = {word: many for word, many in told.items() if word == _END or not made or word[0] >= made[-1][0]}
        if not later:
            break
        options = sorted(later)
        share = np.array([later[word] for word in options], dtype=np.float64)
        word = options[int(random.choice(len(options), p=share / share.sum()))]
        if word == _END:
            break
        made.append(word)
        before = (before[1], word)
    rows = [(gap.bar, step * _SIXTEENTH, role, above + roots[gap.bar], _SIXTEENTH, 80) for step, role, above in made]
    return np.array(rows, dtype=NOTE_DTYPE)


def _words(notes: StructuredArray, root: int) -> list[_Word]:
    return sorted({(int(row["place"]) // _SIXTEENTH, int(row["role"]), int(row["pitch"]) - root) for row in notes})


def _roots(clip: Clip) -> list[int]:
    """Of every bar, the root of the chord that it begins with; 0 without one."""
    at = np.searchsorted(clip.chords["bar"], np.arange(len(clip.bars)), side="right") - 1
    return [max(0, int(clip.chords["root"][index])) if len(clip.chords) and index >= 0 else 0 for index in at.tolist()]


def score_bar(made: StructuredArray, truth: StructuredArray) -> dict[str, float]:
    """Compare notes of a bar with what was there.

    Examples
    --------
    >>> notes = np.zeros(2, dtype=NOTE_DTYPE)
    >>> notes["pitch"] = [60, 64]
    >>> score_bar(notes[:1], notes)
    {'note_f': 0.6666666666666666, 'rhythm_f': 1.0, 'pitch_class': 0.5}
    """
    moments = [{(int(row["role"]), int(row["place"]) // _SIXTEENTH) for row in notes} for notes in (made, truth)]
    words = [{(int(row["role"]), int(row["place"]) // _SIXTEENTH, int(row["pitch"])) for row in notes} for notes in (made, truth)]
    classes = [_histogram(notes["pitch"].astype(np.int64)) for notes in (made, truth)]
    return {"note_f": _f(words[0], words[1]), "rhythm_f": _f(moments[0], moments[1]), "pitch_class": float(np.minimum(*classes).sum())}


def _histogram(pitch: IntArray) -> IntArray:
    return np.asarray(np.bincount(pitch % 12, minlength=12) / max(1, len(pitch)))


def _f(one: Set[tuple[int, ...]], other: Set[tuple[int, ...]]) -> float:
    return 2.0 * len(one & other) / max(1, len(one) + len(other))


def measure_infill(
    clips: Sequence[Clip], writer: Writer, *, bars: int = 200, draw: Draw = Draw(), vocabulary: Vocabulary = Vocabulary()
) -> dict[str, float]:
    """Fill so many bars of songs, evenly drawn, and say how they compare: ``infill_``, ``infill_copy_`` and ``infill_ngram_`` numbers, and
    by how much bars are better than the better of the two (``infill_*_gain``)."""
    each = -(-bars // max(1, len(clips)))
    gaps = [gap for number, clip in enumerate(clips) for gap in gaps_of(clip, count=each, seed=number)]
    chosen = np.sort(np.random.default_rng(0).permutation(len(gaps))[:bars]).tolist()
    rows: dict[str, list[dict[str, float]]] = {"": [], "copy_": [], "ngram_": []}
    for number in chosen:
        gap = gaps[number]
        rows[""].append(score_bar(filled(gap, writer, draw=replace(draw, seed=number)), gap.truth))
        rows["copy_"].append(score_bar(copied(gap), gap.truth))
        rows["ngram_"].append(score_bar(by_ngram(gap, seed=number), gap.truth))
    found = {f"infill_{name}{key}": float(np.mean([row[key] for row in told])) for name, told in rows.items() if told for key in told[0]}
    for key in ("note_f", "rhythm_f", "pitch_class"):
        if rows[""]:
            found[f"infill_{key}_gain"] = found[f"infill_{key}"] - max(found[f"infill_copy_{key}"], found[f"infill_ngram_{key}"])
    return found | {"infill_bars": float(len(chosen))}
