"""Music is drawn row by row from a language model, under rules.

Rules say at every moment which rows stand fast and which values of the next field are legal; the model says how likely each of those is;
chance decides. A row counts as one step of the model, however many fields it has.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np

from hexachord.arrays import BoolArray, Float32Array, Float64Array, FloatArray, IntArray
from hexachord.models.row_steps import RowSteps

_BELOW_ONE = 1.0 - 1e-6  # in single precision too, what is drawn stays below the sum of all chances


_NOTHING = np.arange(1 << 16) == 0  # all that is legal for a walk that is done


class Rules(Protocol):
    """A way through a piece: what is read without being chosen, what may be chosen, and when it is done."""

    done: bool

    def feed(self) -> IntArray:
        """Return the rows that come next, (n, fields): those that were chosen, and those that stand fast behind them."""

    def mask(self, chosen: Sequence[int]) -> BoolArray:
        """Say which values of the next field of a row are legal, after those chosen already; one at least."""

    def push(self, row: Sequence[int]) -> None:
        """Take a row whose every field was legal."""


@runtime_checkable
class Retelling(Protocol):
    """Rules that can tell what stands so far in fewer rows: what is read anew when the context is full, in whole bars."""

    def refreshed(self, most: int) -> IntArray:
        """Return all that matters now, (n, fields), in no more than so many rows."""


@dataclass(frozen=True, kw_only=True)
class Chance:
    """How chance decides.

    Attributes
    ----------
    temperature : below 1 what is likely gets likelier; 0 always takes the likeliest
    top_k : only so many of the likeliest values; 0 for all
    top_p : only the likeliest values that together have this chance (Holtzman et al., "The curious case of neural text degeneration", 2020)
    min_p : only values at least this part as likely as the likeliest (Nguyen et al., "Turning up the heat: min-p sampling", 2024)
    """

    temperature: float = 1.0
    top_k: int = 0
    top_p: float = 1.0
    min_p: float = 0.0

    def __post_init__(self) -> None:
        if not (self.temperature >= 0 and self.top_k >= 0 and 0 < self.top_p <= 1 and 0 <= self.min_p <= 1):
            raise ValueError(f"no chance decides by {self}")


@dataclass(frozen=True, kw_only=True, eq=False)
class Turn:
    """What one turn wrote.

    Attributes
    ----------
    rows : (candidates, fields) the row that each wrote, zeros for those that were done
    nats : (candidates,) what it cost: minus the logarithm of its chance by the model, among what was legal
    """

    rows: IntArray
    nats: Float64Array


Lean = Callable[[int, IntArray], FloatArray | None]
"""Of a field and the fields chosen before it, (candidates, field): what is added to its logits, (candidates, values); None for nothing."""


def draw_values(logits: FloatArray, legal: BoolArray, even: Float64Array, *, chance: Chance = Chance()) -> tuple[IntArray, Float64Array]:
    """Draw one legal value for each candidate.

    Parameters
    ----------
    logits, legal : (candidates, values), one value at least legal for each
    even : (candidates,) evenly drawn numbers from 0 up to 1

    Returns
    -------
    (candidates,) values, and how likely the logits say that each is, among what is legal

    Examples
    --------
    >>> logits, legal = np.zeros((2, 4)), np.array([[True, True, False, False], [False, False, False, True]])
    >>> draw_values(logits, legal, np.array([0.7, 0.7]))
    (array([1, 3]), array([0.5, 1. ]))
    """
    masked = np.where(legal, logits, -np.inf)
    masked -= masked.max(axis=1, keepdims=True)
    plain = np.exp(masked)
    every = np.arange(len(plain))
    if chance.temperature == 0:
        values = plain.argmax(axis=1)
    else:
        share = plain if chance.temperature == 1 else np.exp(masked / chance.temperature)
        if chance.min_p > 0:
            share = np.where(share >= chance.min_p, share, 0.0)  # the likeliest has a share of 1
        if 0 < chance.top_k < share.shape[1] or chance.top_p < 1:
            values = _of_the_likeliest(share, even, chance)
        else:
            upto = share.cumsum(axis=1)
            values = (upto > (even * _BELOW_ONE * upto[:, -1])[:, None]).argmax(axis=1)
    return values, plain[every, values] / plain.sum(axis=1)


def _of_the_likeliest(share: FloatArray, even: Float64Array, chance: Chance) -> IntArray:
    """Draw from the end of the values in the order of their shares."""
    every = np.arange(len(share))
    order = share.argsort(axis=1, kind="stable")
    rising = share[every[:, None], order]
    upto = rising.cumsum(axis=1)
    whole = upto[:, -1]
    first = (upto > ((1.0 - chance.top_p) * whole)[:, None]).argmax(axis=1)
    if chance.top_k:
        first = np.maximum(first, share.shape[1] - chance.top_k)
    before = upto[every, first] - rising[every, first]
    at = before + even * _BELOW_ONE * (whole - before)
    return np.asarray(order[every, np.maximum((upto > at[:, None]).argmax(axis=1), first)])


def stream_rows(
    steps: RowSteps,
    walks: Sequence[Rules],
    *,
    chance: Chance | Sequence[Chance] = Chance(),
    seed: int = 0,
    keep: int | None = None,
    lean: Lean | None = None,
    guidance: float = 1.0,
    without: Callable[[IntArray], IntArray] | None = None,
) -> Iterator[Turn]:
    """Write rows turn by turn until all walks are done: while it is played, music can be written ahead.

    When the context is full, a walk that can is asked to tell again what stands so far (`Retelling`), in half of it; otherwise the first
    rows and the last ones are read anew (`RowSteps`).

    Parameters
    ----------
    steps : as many candidates as there are walks; with guidance twice as many
    walks : one for each candidate, as they begin
    chance : how chance decides, or that for each field
    seed : of everything that is random; candidate `i` draws the same numbers however many there are
    keep : how many of the first rows are never forgotten when the context is full; None for all that are read before the first is written,
        as far as there is room (see `RowSteps.begin`)
    lean : see `Lean`
    guidance, without : above 1, what is asked for is obeyed more strictly (Ho & Salimans, "Classifier-free diffusion guidance", 2022):
        a second model reads what `without` makes of all rows, the same rows with nothing asked, and the first goes further away from it

    Yields
    ------
    A turn for every row written, of all candidates side by side.

    Raises
    ------
    ValueError : if there are not as many candidates as walks, or guidance knows nothing to go away from.
    """
    guided = guidance != 1.0
    if guided and without is None:
        raise ValueError("guidance needs to know how rows look without what is asked for")
    if steps.candidates != len(walks) * (1 + guided):
        raise ValueError(f"{len(walks)} walks {'with guidance ' if guided else ''}do not go with {steps.candidates} candidates")
    chances = [chance] * steps.fields if isinstance(chance, Chance) else list(chance)
    randoms = [np.random.default_rng([seed, number]) for number in range(len(walks))]

    def both(rows: list[IntArray]) -> list[IntArray]:
        return rows + [without(each) for each in rows] if guided and without is not None else rows

    half = steps.context // 2
    retelling = {number: walk for number, walk in enumerate(walks) if isinstance(walk, Retelling)}
    rows = [walk.feed() for walk in walks]
    for number, teller in retelling.items():
        if len(rows[number]) > steps.context:
            rows[number] = teller.refreshed(half)
    steps.begin(both(rows), keep=[len(each) for each in both(rows)] if keep is None else keep)
    while not all(walk.done for walk in walks):
        even = np.stack([random.random(steps.fields) for random in randoms])
        turn = _row(steps, walks, chances, even, lean, guidance)
        for walk, row in zip(walks, turn.rows.tolist(), strict=True):
            if not walk.done:
                walk.push(row)
        yield turn
        rows = [walk.feed() for walk in walks]
        if all(walk.done for walk in walks):
            break
        for number, teller in retelling.items():
            if steps.lengths[number] + len(rows[number]) > steps.context:
                for candidate, again in zip(range(number, steps.candidates, len(walks)), both([teller.refreshed(half)]), strict=True):
                    steps.restart(candidate, again)
                rows[number] = rows[number][:0]
        steps.feed(both(rows))


def write_rows(
    steps: RowSteps,
    walks: Sequence[Rules],
    *,
    chance: Chance | Sequence[Chance] = Chance(),
    seed: int = 0,
    keep: int | None = None,
    lean: Lean | None = None,
    guidance: float = 1.0,
    without: Callable[[IntArray], IntArray] | None = None,
) -> Float64Array:
    """Walk all walks to their ends; see `stream_rows`.

    Returns
    -------
    (candidates,) what each cost in nats a written row: the less, the likelier it is to the model
    """
    nats, written = np.zeros(len(walks)), np.zeros(len(walks))
    for turn in stream_rows(steps, walks, chance=chance, seed=seed, keep=keep, lean=lean, guidance=guidance, without=without):
        nats += turn.nats
        written += turn.rows[:, 0] > 0
    return np.asarray(nats / np.maximum(written, 1))


def _row(
    steps: RowSteps, walks: Sequence[Rules], chances: Sequence[Chance], even: Float64Array, lean: Lean | None, guidance: float
) -> Turn:
    """Draw the next row of every walk that is not done."""
    count = len(walks)
    rows, likely = np.zeros((count, steps.fields), dtype=np.int64), np.ones(count)
    for field, size in enumerate(steps.sizes):
        said = rows[:, :field].tolist()
        masks = [_NOTHING[:size] if walk.done else walk.mask(chosen) for walk, chosen in zip(walks, said, strict=True)]
        legal = masks[0][None] if count == 1 else np.concatenate(masks).reshape(count, size)
        if np.count_nonzero(legal) == count:  # nothing to choose: the model need not be asked
            rows[:, field] = legal.argmax(axis=1)
            continue
        logits: FloatArray = _logits(steps, field, rows[:, :field], guidance)
        added = lean(field, rows[:, :field]) if lean is not None else None
        if added is not None:
            logits = logits + added
        rows[:, field], part = draw_values(logits, legal, even[:, field], chance=chances[field])
        likely *= part
    return Turn(rows=rows, nats=-np.log(likely))


def _logits(steps: RowSteps, field: int, chosen: IntArray, guidance: float) -> Float32Array:
    if guidance == 1.0:
        return steps.field_logits(field, chosen)
    asked, plain = np.split(steps.field_logits(field, np.concatenate([chosen, chosen])), 2)
    return plain + np.float32(guidance) * (asked - plain)
