"""Reharmonise: other chords under a tune that has some, each with its reason and with how the tune sits on it.

`hexachord.composition.harmony.substitutions` says what may stand in a place, the tune whether it may stand there, and counts of real songs
(`hexachord.composition.harmony.tune_harmony`) how it follows its neighbours.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from hexachord.arrays import IntArray
from hexachord.composition.harmony.lead_sheets import Beats, ChordSpan, chord_number, chord_spans, sung_in
from hexachord.composition.harmony.melody_harmony import ExplainedChord, explained, with_keys, with_symbols
from hexachord.composition.harmony.substitutions import Place, Sub, substitutions
from hexachord.composition.harmony.tune_harmony import Sung, following_chances
from hexachord.errors import InputError
from hexachord.score.model import Score
from hexachord.score.timing import bars_of
from hexachord.theory.chord_labels import NO_CHORD
from hexachord.theory.chord_reasons import explain_chord
from hexachord.theory.keys import KEY_NAMES
from hexachord.theory.melody_fit import melody_fit

ENGINE = "reharmonise/substitutions"
_FIT, _FLOW = 6.0, 0.35  # nats that a fit of 1 counts, and a nat of what follows what
_LEAST = 0.62  # a tune must sit so well on what is new ...
_WORSE = {"jazz": 0.27, "pop": 0.12, "classical": 0.12}  # ... and not much worse than on what was there; jazz rests on tensions
_UNSEEN = 1e-4

STYLES: Mapping[str, Mapping[str, float]] = {
    "jazz": {
        "colour": 0.6, "ii–V": 2.0, "tritone substitution": 2.0, "secondary dominant": 1.2, "diatonic substitute": 0.6,
        "passing diminished": 1.4, "modal interchange": 1.0, "suspension": 0.4, "moving bass": 0.2,
    },
    "pop": {
        "diatonic substitute": 1.2, "moving bass": 1.4, "suspension": 1.0, "modal interchange": 1.0, "pedal": 1.0, "colour": 0.5,
        "secondary dominant": 0.6,
    },
    "classical": {
        "secondary dominant": 1.6, "leading-tone chord": 1.2, "moving bass": 1.6, "diatonic substitute": 0.4, "passing diminished": 1.0,
        "neapolitan": 1.2, "augmented sixth": 1.2, "suspension": 0.4,
    },
}  # fmt: skip
"""What each style likes, in nats."""
_FLAVOUR = {"jazz": "jazz", "pop": "pop", "classical": "chorale"}


@dataclass(frozen=True, kw_only=True)
class ReharmoniseOptions:
    """How much is to change, and how.

    Attributes
    ----------
    amount : 0 to 1, the share of chords that change, where the tune lets them
    style : of `STYLES`
    kinds : only these kinds of substitution; all of the style when empty
    alternatives : how many to name for every chord
    variety : how much chance there is in the choice; 0 takes the best
    seed : of that chance
    """

    amount: float = 0.5
    style: str = "jazz"
    kinds: tuple[str, ...] = ()
    alternatives: int = 4
    variety: float = 0.5
    seed: int = 0

    def __post_init__(self) -> None:
        if not 0.0 <= self.amount <= 1.0 or self.variety < 0:
            raise InputError(f"amount {self.amount:g}, variety {self.variety:g}", found="no share", expected="an amount from 0 to 1")
        if self.style not in STYLES:
            raise InputError(f"the style {self.style!r}", found="no such style", expected=f"one of {', '.join(STYLES)}")
        unknown = [kind for kind in self.kinds if kind not in STYLES[self.style]]
        if unknown:
            raise InputError(
                f"the kind {unknown[0]!r}", found=f"nothing of {self.style}", expected=f"some of {', '.join(STYLES[self.style])}"
            )


@dataclass(frozen=True, kw_only=True)
class Alternative:
    """What may stand in a place: its kind, chords with the tick at which each begins, why, how well the tune sits on it (0 to 1), and how
    much it is liked in all (nats)."""

    kind: str
    chords: tuple[tuple[int, str], ...]
    reason: str
    fit: float
    score: float


@dataclass(frozen=True, kw_only=True)
class Reharmonised:
    """A chord of the lead sheet, what might stand there, and which of these does (None: it stays)."""

    tick: int
    bar: str
    label: str
    key: str
    fit: float
    alternatives: tuple[Alternative, ...]
    chosen: Alternative | None = None


@dataclass(frozen=True, kw_only=True)
class Reharmonisation:
    """The score with other chord symbols, all of them explained, and the choices place by place."""

    score: Score
    places: tuple[Reharmonised, ...]
    chords: tuple[ExplainedChord, ...]
    seed: int

    @property
    def changed(self) -> int:
        """How many places changed."""
        return sum(place.chosen is not None for place in self.places)


def reharmonise(score: Score, *, options: ReharmoniseOptions = ReharmoniseOptions()) -> Reharmonisation:
    """Find other chords for a lead sheet; notes stay as they are.

    Raises
    ------
    InputError : if the score has no chord symbols.

    Examples
    --------
    >>> from hexachord.score.abc import read_abc
    >>> sheet = read_abc('X:1\\nM:4/4\\nL:1/4\\nK:C\\n"C"EGcG|"Dm"FAdA|"G7"GBdf|"C"e4|]')
    >>> made = reharmonise(sheet, options=ReharmoniseOptions(amount=1.0, kinds=("tritone substitution",), variety=0.0))
    >>> [symbol.label for symbol in made.score.chords], made.places[2].chosen.kind
    (['C:maj', 'D:min', 'G:7', 'Db:7', 'C:maj'], 'tritone substitution')
    """
    spans = chord_spans(score)
    if not any(span.label != NO_CHORD for span in spans):
        raise InputError(score.title or "the score", found="no chord symbols", expected="a lead sheet", next_step="harmonise it first")
    beats, tune, keys = with_keys(score)
    sung = sung_in(tune, beats)
    random = np.random.default_rng(options.seed)
    weigh = _Weigher(beats=beats, sung=sung, keys=keys, options=options)
    ranked = []
    for number in range(len(spans)):
        first = weigh.alternatives(spans, number, _next(spans, number))
        if first and not _is_last(spans, number):
            ranked.append((first[0].score - weigh.own(spans, number), number))
    ranked.sort(key=lambda each: (-each[0], each[1]))
    real = sum(span.label != NO_CHORD for span in spans)
    wanted = {number for _, number in ranked[: round(options.amount * real)]}
    made: list[ChordSpan] = list(spans)
    places: list[Reharmonised] = []
    bars = bars_of(score)
    ticks = [bar.tick for bar in bars]
    following = ""
    for number in range(len(spans) - 1, -1, -1):
        span = spans[number]
        if span.label == NO_CHORD:
            following = ""
            continue
        found = weigh.alternatives(spans, number, following)
        chosen = None
        if number in wanted and found:
            liked = np.array([each.score for each in found])
            at = 0 if options.variety == 0 else int((liked / options.variety + random.gumbel(size=len(liked))).argmax())
            chosen = found[at]
            edges = [*(tick for tick, _ in chosen.chords), span.end]
            made[number : number + 1] = [ChordSpan(start, end, label) for (start, label), end in zip(chosen.chords, edges[1:], strict=True)]
        following = chosen.chords[0][1] if chosen else span.label
        bar = bars[max(int(np.searchsorted(ticks, span.start, side="right")) - 1, 0)]
        places.append(
            Reharmonised(
                tick=span.start,
                bar=bar.number,
                label=span.label,
                key=weigh.key(span),
                fit=weigh.fit(span.start, span.end, span.label),
                alternatives=tuple(found[: options.alternatives]),
                chosen=chosen,
            )
        )
    page = with_symbols(score, made, engine=ENGINE, tool="reharmonise", flavour=options.style, seed=options.seed)
    return Reharmonisation(score=page, places=tuple(reversed(places)), chords=explained(page, made, beats, tune, keys), seed=options.seed)


@dataclass(frozen=True, kw_only=True, eq=False)
class _Weigher:
    beats: Beats
    sung: Sung
    keys: IntArray
    options: ReharmoniseOptions

    def key(self, span: ChordSpan) -> str:
        at = max(int(np.searchsorted(self.beats.start, span.start, side="right")) - 1, 0)
        return KEY_NAMES[int(self.keys[at])]

    def fit(self, start: int, end: int, label: str) -> float:
        rows = (self.beats.start < end) & (self.beats.end > start)
        return melody_fit(label, (1.5 * self.sung.accented + self.sung.passing)[rows].sum(axis=0)).score

    def own(self, spans: Sequence[ChordSpan], number: int) -> float:
        span = spans[number]
        kept = ((span.start, span.label),)
        return _FIT * self.fit(span.start, span.end, span.label) + _FLOW * self._flow(spans, number, kept, _next(spans, number))

    def alternatives(self, spans: Sequence[ChordSpan], number: int, following: str) -> list[Alternative]:
        """What may stand in a place before what stands behind it, the best first."""
        span = spans[number]
        if span.label == NO_CHORD or _is_last(spans, number):
            return []
        liked = STYLES[self.options.style]
        inside = np.flatnonzero((self.beats.start >= span.start) & (self.beats.start < span.end))
        key, before = self.key(span), spans[number - 1].label if number else ""
        place = Place(
            label=span.label, key=key, previous="" if before == NO_CHORD else before, following=following, beats=max(1, len(inside))
        )
        own = self.fit(span.start, span.end, span.label)
        found = []
        for sub in substitutions(place):
            if sub.kind not in (self.options.kinds or liked):
                continue
            chords = self._placed(sub, span, inside)
            if chords is None or chords[-1][1] == following or chords[0][1] == before:
                continue
            edges = [*(tick for tick, _ in chords), span.end]
            fits = [self.fit(start, end, label) for (start, label), end in zip(chords, edges[1:], strict=True)]
            if min(fits) < min(_LEAST, own) or float(np.mean(fits)) < own - _WORSE[self.options.style]:
                continue
            fit = float(np.mean(fits))
            score = _FIT * fit + liked[sub.kind] + _FLOW * self._flow(spans, number, chords, following)
            found.append(
                Alternative(kind=sub.kind, chords=chords, reason=self._reason(chords, key, place), fit=round(fit, 3), score=round(score, 3))
            )
        return sorted(found, key=lambda each: -each.score)

    def _placed(self, sub: Sub, span: ChordSpan, inside: IntArray) -> tuple[tuple[int, str], ...] | None:
        """Put the chords of a substitution on beats; None where there is no room for them."""
        ticks: list[int] = []
        for at, _ in sub.chords:
            wanted = span.start + at * (span.end - span.start)
            starts = self.beats.start[inside]
            ticks.append(span.start if at == 0 else int(starts[np.abs(starts - wanted).argmin()]) if len(starts) else span.start)
        if any(b <= a for a, b in pairwise(ticks)):
            return None
        return tuple((tick, label) for tick, (_, label) in zip(ticks, sub.chords, strict=True))

    def _flow(self, spans: Sequence[ChordSpan], number: int, chords: Sequence[tuple[int, str]], following: str) -> float:
        """Mean log chance of the moves into, within and out of a place."""
        key = int(self.keys[max(int(np.searchsorted(self.beats.start, spans[number].start, side="right")) - 1, 0)])
        chances = following_chances(_FLAVOUR[self.options.style], key)
        labels = [spans[number - 1].label if number else "", *(label for _, label in chords), following]
        states = [chord_number(label) if label else -1 for label in labels]
        moves = [float(np.log(chances[a, b] + _UNSEEN)) for a, b in pairwise(states) if a >= 0 and b >= 0 and a != b]
        return float(np.mean(moves)) if moves else -2.0

    def _reason(self, chords: Sequence[tuple[int, str]], key: str, place: Place) -> str:
        labels = [place.previous, *(label for _, label in chords), place.following or NO_CHORD]
        said = [
            explain_chord(label, key, previous=before, following=after)
            for before, label, after in zip(labels, labels[1:], labels[2:], strict=False)
            if label != place.label or len(chords) == 1
        ]
        return "; ".join(said)


def _next(spans: Sequence[ChordSpan], number: int) -> str:
    after = spans[number + 1].label if number + 1 < len(spans) else NO_CHORD
    return "" if after == NO_CHORD else after


def _is_last(spans: Sequence[ChordSpan], number: int) -> bool:
    """The last chord stays: where a piece ends is not to be guessed."""
    return all(span.label == NO_CHORD for span in spans[number + 1 :])
