"""The form of a score: which bars are like which, where sections begin, and which come again.

Bars are compared by what they are made of (how long each pitch class sounds, what the lowest voice does, when notes begin) and four bars in
a row make a moment. Sections begin where blocks meet (Foote's checkerboard) or repetitions start or stop, four bars or more apart; those
whose bars run alike share a letter, in whatever key. J. Foote, "Automatic audio segmentation using a measure of audio novelty", ICME 2000;
M. Müller, *Fundamentals of Music Processing*, §4.4; of notes instead of sound: M. Giraud, R. Groult, F. Levé, "Computational analysis of
musical form", in *Computational Music Analysis*, Springer 2016.
"""

from dataclasses import dataclass

import numpy as np

from hexachord.arrays import Float64Array, FloatArray, IntArray
from hexachord.dsp.ssm import PathSmoothing, enhance_paths, self_similarity
from hexachord.dsp.structure_novelty import checkerboard_novelty, structure_features, structure_novelty
from hexachord.theory.keys import sounding_between
from hexachord.theory.musdr import grid_cells, onset_patterns

POSITIONS = 16
CONTEXT = 4
_REACH = 8  # bars on either side of a border
_LEAST_BARS = 4
_SAME = (0.35, 0.6)  # mean similarity along the best diagonal that makes two sections one: halfway from usual to best, within these
_HARMONY, _BASS, _RHYTHM = 1.0, 0.7, 0.7
_OTHER_KEY = 0.1
_BLUR = 1.0  # bars
_FIFTH = 7
_CLEAR = 0.4  # standard deviations above the mean that a border needs


@dataclass(frozen=True, kw_only=True, eq=False)
class Form:
    """What comes again.

    Attributes
    ----------
    similarity : (bars, bars) how alike bars are with what surrounds them, see `bar_similarity`
    starts : (sections,) the first bar of each section
    labels : a letter for each; equal ones are alike
    """

    similarity: Float64Array
    starts: IntArray
    labels: tuple[str, ...]

    @property
    def words(self) -> str:
        """Letters with how many bars each has.

        Examples
        --------
        >>> Form(similarity=np.eye(16), starts=np.array([0, 8]), labels=("A", "B")).words
        'A8 B8'
        """
        ends = [*self.starts[1:].tolist(), len(self.similarity)]
        return " ".join(f"{label}{end - start}" for label, start, end in zip(self.labels, self.starts.tolist(), ends, strict=True))


def bar_similarity(onset: FloatArray, end: FloatArray, pitch: IntArray, *, bar_lines: FloatArray, context: int = CONTEXT) -> Float64Array:
    """Compare all pairs of bars, each with the bars around it.

    Parameters
    ----------
    onset, end, pitch : (n,) pitched notes, in any unit of time
    bar_lines : (bars + 1,) in the same
    context : bars in a row that are compared

    Returns
    -------
    (bars, bars), about -1 to 1: cosines of pitch classes, bass and rhythm, less what is usual in the piece (0: no more alike than any two
    bars), averaged over a few bars in a row; the best of twelve transpositions, another key costing a little
    """
    harmony, bass, rhythm = _bar_features(onset, end, pitch, bar_lines=np.asarray(bar_lines, dtype=np.float64))
    smoothing = PathSmoothing(moments=max(min(context, len(rhythm)), 1))
    own = _described(harmony, bass, rhythm)
    best = np.full((len(rhythm), len(rhythm)), -np.inf)
    for shift in range(12):
        turned = _described(np.roll(harmony, shift, axis=1), np.roll(bass, shift, axis=1), rhythm)
        best = np.maximum(best, enhance_paths(self_similarity(own, turned), smoothing) - (_OTHER_KEY if shift else 0.0))
    return best


def find_form(onset: FloatArray, end: FloatArray, pitch: IntArray, *, bar_lines: FloatArray) -> Form:
    """Find the sections of a score.

    Parameters
    ----------
    onset, end, pitch, bar_lines : see `bar_similarity`

    Returns
    -------
    Form; fewer than eight bars are one section

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> part = [rng.integers(60, 72, 64), rng.integers(48, 60, 64)]
    >>> onset = np.arange(192) * 0.5
    >>> find_form(onset, onset + 0.5, np.concatenate([part[0], part[1], part[0]]), bar_lines=np.arange(0, 97, 4.0)).words
    'A8 B8 A8'
    """
    alike = bar_similarity(onset, end, pitch, bar_lines=bar_lines)
    bars = len(alike)
    if bars < 2 * _LEAST_BARS:
        return Form(similarity=alike, starts=np.zeros(min(bars, 1), dtype=np.int64), labels=("A",) * min(bars, 1))
    strength = _border_strength(alike, bar_similarity(onset, end, pitch, bar_lines=bar_lines, context=1))
    starts = _pick(strength)
    return Form(similarity=alike, starts=starts, labels=_letters(alike, starts))


def _bar_features(
    onset: FloatArray, end: FloatArray, pitch: IntArray, *, bar_lines: Float64Array
) -> tuple[Float64Array, Float64Array, Float64Array]:
    """What each bar is made of: sounding time of pitch classes, pitch classes of the low notes, positions of onsets."""
    bars = len(bar_lines) - 1
    start, stop, key = (np.asarray(column, dtype=np.float64) for column in (onset, end, pitch))
    classes = np.asarray(pitch, dtype=np.int64) % 12
    harmony = sounding_between(start, stop, classes, bar_lines)
    rhythm = onset_patterns(grid_cells(start, bar_lines, positions=POSITIONS), positions=POSITIONS, bars=bars).astype(np.float64)
    bass = np.zeros((bars, 12))
    for bar in range(bars):
        here = (start < bar_lines[bar + 1]) & (stop > bar_lines[bar])
        if here.any():
            bass[bar] = np.bincount(classes[here & (key <= key[here].min() + _FIFTH)], minlength=12)
    return harmony, bass, rhythm


def _described(harmony: Float64Array, bass: Float64Array, rhythm: Float64Array) -> Float64Array:
    """Put features of bars side by side, each of one size and without its mean."""
    sides = []
    for weight, feature in ((_HARMONY, harmony), (_BASS, bass), (_RHYTHM, rhythm)):
        size = np.linalg.norm(feature, axis=1, keepdims=True)
        unit = np.divide(feature, size, out=np.zeros_like(feature), where=size > 0)
        sides.append(weight * (unit - unit.mean(axis=0)))
    return np.hstack(sides)


def _border_strength(alike: Float64Array, plain: Float64Array) -> Float64Array:
    """Of the bar line before each bar: blocks that meet there, and repetitions that start or stop there."""
    bars = len(alike)
    blocks = np.maximum(checkerboard_novelty(plain, reach=min(_REACH, bars // 2), centre=False), 0.0)
    far = np.abs(np.subtract.outer(np.arange(bars), np.arange(bars))) >= _LEAST_BARS
    recurring = np.where(far & (alike > _enough(alike)) & (plain > _enough(plain)), 1.0, 0.0)
    turns = np.sqrt(structure_novelty(structure_features(recurring, smooth=_BLUR, smooth_lag=_BLUR)))
    return np.asarray(_scaled(blocks) + _scaled(turns))


def _scaled(curve: Float64Array) -> Float64Array:
    """Divide by what all but the highest peaks stay below."""
    return np.minimum(curve / max(float(np.quantile(curve, 0.95)), 1e-9), 1.5)


def _enough(alike: Float64Array) -> float:
    """How alike two moments of this piece have to be, to be the same again."""
    pairs = alike[np.triu_indices(len(alike), k=_LEAST_BARS)]
    usual, best = np.quantile(pairs, (0.5, 0.95)) if len(pairs) else (0.0, 1.0)
    return float(np.clip((usual + best) / 2, *_SAME))


def _pick(strength: Float64Array) -> IntArray:
    """Take borders by strength, no two nearer than four bars."""
    bars = len(strength)
    least = float(strength.mean() + _CLEAR * strength.std())
    padded = np.pad(strength, 1, constant_values=-1.0)
    peak = (strength >= padded[:-2]) & (strength >= padded[2:]) & (strength > least)
    chosen = [0]
    for bar in np.argsort(-strength, kind="stable").tolist():
        if peak[bar] and all(abs(bar - other) >= _LEAST_BARS for other in chosen) and bars - bar >= _LEAST_BARS:
            chosen.append(bar)
    return np.array(sorted(chosen), dtype=np.int64)


def _letters(alike: Float64Array, starts: IntArray) -> tuple[str, ...]:
    ends = [*starts[1:].tolist(), len(alike)]
    spans = list(zip(starts.tolist(), ends, strict=True))
    groups: list[list[tuple[int, int]]] = []
    labels, enough = [], _enough(alike)
    for span in spans:
        likeness = [max(_best_run(alike, span, other) for other in group) for group in groups]
        best = int(np.argmax(likeness)) if likeness else -1
        if best < 0 or likeness[best] < enough:
            groups.append([])
            best = len(groups) - 1
        groups[best].append(span)
        labels.append(chr(ord("A") + best) if best < 26 else f"Z{best - 25}")
    return tuple(labels)


def _best_run(alike: Float64Array, one: tuple[int, int], other: tuple[int, int]) -> float:
    """Mean similarity along the best diagonal that runs through three quarters of the shorter section."""
    block = alike[one[0] : one[1], other[0] : other[1]]
    shorter, longer = sorted(block.shape)
    block = block if block.shape[0] == shorter else block.T
    needed = max(1, round(0.75 * shorter))
    return max(float(np.diagonal(block, offset).mean()) for offset in range(needed - shorter, longer - needed + 1))
