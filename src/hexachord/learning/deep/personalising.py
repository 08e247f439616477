"""Adapt the composer to a few songs, and say honestly what came of it.

Some songs are held out. The first halves of these choose when to stop, their second halves say what was won: neither was learnt from, and
what is reported has chosen nothing. Music of other kinds (the reminder) says what was lost. An adapter that does not help is not kept.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch

from hexachord.composition.clips import Clip, excerpt
from hexachord.composition.encode import Encoded
from hexachord.composition.vocabulary import PITCH, Vocabulary
from hexachord.errors import InputError
from hexachord.files import sha256_of_file
from hexachord.learning.deep.loop import Progress, Recipe, train
from hexachord.learning.deep.row_adapter import adapted, factors
from hexachord.learning.deep.row_export import load_rows
from hexachord.learning.deep.row_net import RowNet, field_losses, row_loss
from hexachord.learning.personal_crops import PersonalCrops, stretches
from hexachord.models.row_adapter import RowAdapter

FEWEST = 3
"""Songs: some to learn from, one to judge by."""
_JUDGED = 12  # stretches at most, of each kind
Told = Callable[[float, float], None]
"""Called with the part that is done, 0 to 1, and nats a note of what chooses when to stop."""


@dataclass(frozen=True, kw_only=True)
class PersonalOptions:
    """How the composer is adapted.

    Attributes
    ----------
    minutes : of learning, judging not counted in
    steps : learn so many steps instead: the same every time
    rank : of the adapter
    rate : the highest
    lines, rows : how much a step learns from
    tell_every : steps from one judgement to the next
    patience : judgements without a better one after which it is enough
    seed : of everything that is random, and of which songs are held out
    """

    minutes: float = 5.0
    steps: int | None = None
    rank: int = 8
    rate: float = 2e-3
    lines: int = 4
    rows: int = 512
    tell_every: int = 20
    patience: int = 6
    seed: int = 0

    def __post_init__(self) -> None:
        if not 0 < self.minutes <= 24 * 60:
            raise InputError(f"--minutes {self.minutes:g}", found="no time to learn in", expected="more than 0, a day at most")
        if not 1 <= self.rank <= 64:
            raise InputError(f"--rank {self.rank}", found="no rank of an adapter", expected="1 to 64")


@dataclass(frozen=True, kw_only=True, eq=False)
class Personalised:
    """What was learnt, and what it is worth.

    Attributes
    ----------
    adapter : to be saved if it `helps`
    learnt, held_out : names of songs
    before, after : nats a note on the second halves of the held-out songs
    reminder_before, reminder_after : nats a note of other music; NaN where there was none
    steps, best_step : how many were made, and which was chosen (0: none was better)
    seconds : of learning
    """

    adapter: RowAdapter
    learnt: tuple[str, ...]
    held_out: tuple[str, ...]
    before: float
    after: float
    reminder_before: float
    reminder_after: float
    steps: int
    best_step: int
    seconds: float

    @property
    def helps(self) -> bool:
        """Whether songs that it has not learnt from became likelier."""
        return self.best_step > 0 and self.after < self.before


class _EnoughError(Exception):
    """It gets no better."""


def hold_out(names: Sequence[str], *, seed: int = 0) -> tuple[str, ...]:
    """Choose the songs to judge by: a fifth, one at least.

    Examples
    --------
    >>> len(hold_out(["a", "b", "c"])), len(hold_out([str(number) for number in range(30)]))
    (1, 6)
    """
    count = max(1, round(len(names) / 5))
    chosen = np.random.default_rng(seed).permutation(len(names))[:count]
    return tuple(names[place] for place in sorted(chosen.tolist()))


def personalise(
    songs: Mapping[str, Clip],
    *,
    base: Path,
    vocabulary: Vocabulary,
    reminder: Sequence[Encoded] = (),
    options: PersonalOptions = PersonalOptions(),
    tell: Told | None = None,
) -> Personalised:
    """Adapt a composer to songs.

    Parameters
    ----------
    songs : name → clip on the vocabulary; `FEWEST` at least, each with notes in two bars or more
    base : the composer's weights (.safetensors)
    vocabulary : of the composer
    reminder : other music, to see what is lost
    tell : told at every judgement

    Raises
    ------
    InputError : if there are too few songs, or the weights are none.
    ValueError : if a song has too few notes.
    """
    if any(len(np.unique(song.notes["bar"])) < 2 for song in songs.values()):
        raise ValueError("a song has notes in two bars or more")
    if len(songs) < FEWEST:
        raise InputError(f"{len(songs)} songs", found="too few to learn from some and judge by another", expected=f"{FEWEST} or more")
    net = load_rows(base)
    if net.size.field_sizes != vocabulary.field_sizes:
        raise InputError(base, found="a model over other rows", expected="a composer of this version")
    held = hold_out(sorted(songs), seed=options.seed)
    learnt = tuple(name for name in sorted(songs) if name not in held)
    halves = [_halves(songs[name]) for name in held]
    choosing, judging = (
        _chosen([crop for half in halves for crop in stretches(half[place], vocabulary=vocabulary, rows=options.rows)])
        for place in range(2)
    )
    crops = PersonalCrops(songs=[songs[name] for name in learnt], vocabulary=vocabulary, rows=options.rows)
    pupil = adapted(net, rank=options.rank, seed=options.seed)
    best = [nats_a_note(net, choosing)]
    best_step, best_factors, reached = 0, factors(pupil), Progress()

    def judge(progress: Progress, averaged: RowNet) -> None:
        nonlocal best_step, best_factors, reached
        reached = Progress(**asdict(progress))
        nats = nats_a_note(averaged, choosing)
        if nats < best[-1]:
            best.append(nats)
            best_step, best_factors = progress.step, factors(averaged)
        if tell is not None:
            tell(min(progress.part, 1.0), nats)
        if progress.step - best_step >= options.patience * options.tell_every:
            raise _EnoughError

    budget = None if options.steps is not None else options.minutes
    with suppress(_EnoughError):
        train(
            pupil, partial(crops.packed, lines=options.lines),  # type: ignore[arg-type]
            partial(row_loss, field_sizes=vocabulary.field_sizes),
            recipe=Recipe(seed=options.seed, rate=options.rate, warm=0.1, decay=0.0, ema=0.95),
            steps=options.steps, minutes=budget, tell=judge, tell_every=options.tell_every,
        )  # fmt: skip
    chosen = _with(pupil, best_factors)
    return Personalised(
        adapter=RowAdapter(base=sha256_of_file(base), factors=best_factors, facts={}), learnt=learnt, held_out=held,
        before=nats_a_note(net, judging), after=nats_a_note(chosen, judging),
        reminder_before=nats_a_note(net, reminder), reminder_after=nats_a_note(chosen, reminder),
        steps=reached.step, best_step=best_step, seconds=reached.spent_s,
    )  # fmt: skip


@torch.no_grad()
def nats_a_note(net: RowNet, crops: Sequence[Encoded]) -> float:
    """Measure what a note costs, with its share of where bars end: nats; NaN where there is none."""
    total, notes = 0.0, 0
    net = net.eval()
    for crop in crops:
        rows, counts = torch.from_numpy(crop.rows)[None], torch.from_numpy(crop.scored)[None, 1:]
        total += float(field_losses(net(rows).float(), rows[:, 1:], counts, field_sizes=net.size.field_sizes).sum())
        notes += int(counts[..., PITCH].sum())
    return total / notes if notes else float("nan")


def _halves(song: Clip) -> tuple[Clip, Clip]:
    """Cut at a bar line so that either side has about half the notes."""
    bar = song.notes["bar"]
    middle = max(int(bar[len(bar) // 2]), int(bar[0]) + 1)
    return excerpt(song, 0, middle), excerpt(song, middle, len(song.bars) - middle)


def _chosen(crops: list[Encoded]) -> list[Encoded]:
    """Some of many, evenly."""
    places = np.unique(np.linspace(0, len(crops) - 1, min(len(crops), _JUDGED)).round().astype(int))
    return [crops[place] for place in places]


def _with(pupil: RowNet, learnt: Mapping[str, tuple[np.ndarray, np.ndarray]]) -> RowNet:
    """The pupil as it was when it had learnt this."""
    known = {f"{name}.{kind}": torch.from_numpy(pair[place]) for name, pair in learnt.items() for place, kind in enumerate(("down", "up"))}
    pupil.load_state_dict(known, strict=False)
    return pupil.eval()
