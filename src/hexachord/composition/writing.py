"""Who writes: the language model, or chance alone. Both fill a plan, several times at once."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from hexachord.arrays import BoolArray, Float64Array, IntArray
from hexachord.composition.clips import Clip
from hexachord.composition.controls import unasked
from hexachord.composition.decode import decode
from hexachord.composition.engines import ENGINES
from hexachord.composition.grammar import Walk, random_rows
from hexachord.composition.harmony_steering import HarmonySteering
from hexachord.composition.identity import vocabulary_from_json
from hexachord.composition.personal import find_personal
from hexachord.composition.plan import Plan
from hexachord.composition.recalling import Recall
from hexachord.composition.steering import Steering
from hexachord.composition.vocabulary import BEAT, FIELDS, FILLED, KIND, PLACE, Vocabulary
from hexachord.errors import InputError
from hexachord.models.engine import pick_engine
from hexachord.models.row_sampling import Chance, stream_rows
from hexachord.models.row_steps import RowSteps

MODEL = "composer"
USUAL = Chance(temperature=0.95, top_p=0.95)
Progress = Callable[[float], None]
"""Called with the part that is done, 0 to 1."""


@dataclass(frozen=True, kw_only=True)
class Draw:
    """How chance draws, and for whom.

    Attributes
    ----------
    candidates : how many are composed side by side
    seed : of everything that is random; the same seed and number of candidates compose the same (of another number not quite: activations
        are rounded to eight bits for all candidates together)
    chance : temperature, top-k, top-p, min-p
    guidance : above 1, controls are obeyed more strictly; twice the work
    steer : hold every part near the density that is asked of it (`hexachord.composition.steering`), chords to their key and accompaniment
        to its chords (`hexachord.composition.harmony_steering`)
    engine : a name of the task ``compose``
    model : the weights by their shipped name, or the path of an .onnx file that ``training/composer.py`` wrote
    like : a name that ``compose personalise`` gave to what it learnt from a user's files, or the path of such a file
    progress : told how much is done
    """

    candidates: int = 1
    seed: int = 0
    chance: Chance = USUAL
    guidance: float = 1.0
    steer: bool = True
    engine: str | None = None
    model: str | Path = MODEL
    like: str | Path | None = None
    progress: Progress | None = None

    def __post_init__(self) -> None:
        if self.candidates < 1:
            raise InputError(f"{self.candidates} candidates", found="nothing to compose", expected="one or more")
        if self.seed < 0:
            raise InputError(f"seed {self.seed}", found="a negative number", expected="0 or more")


@dataclass(frozen=True, kw_only=True, eq=False)
class Written:
    """A plan that was filled.

    Attributes
    ----------
    clip : what was given and what was written
    given : (notes,) which notes were given
    nats : what it cost a note or chord that was written: minus the logarithm of its chance, with that of where bars end; 0 where nobody
        judged. Per row, an empty bar would be the likeliest music
    apart : how far parts are from the densities that were asked of them, in octaves of e: a part that is silent is likely, and not wanted
    """

    clip: Clip
    given: BoolArray
    nats: float
    apart: float = 0.0

    @property
    def cost(self) -> float:
        """What candidates are ranked by: the less, the better."""
        return self.nats + self.apart


class Writer(Protocol):
    """Fills plans."""

    name: str
    model: str
    vocabulary: Vocabulary

    def write(self, plan: Plan, draw: Draw) -> tuple[Written, ...]:
        """Fill a plan `Draw.candidates` times, in the order of drawing."""


class RowWriter:
    """The language model over rows."""

    name = "compose/rows"

    def __init__(self, model: str | Path = MODEL, like: str | Path | None = None) -> None:
        self._adapter = None if like is None else find_personal(like)
        self._steps = RowSteps.open(model, adapter=self._adapter)
        words = vocabulary_from_json(self._steps.vocabulary)
        if not isinstance(words, Vocabulary):
            raise InputError(str(model), found=f"a model that writes {type(words).__name__}", expected="one that writes rows")
        name = Path(model).stem if isinstance(model, Path) else model
        self.vocabulary, self._weights = words, model
        self.model = name if self._adapter is None else f"{name} like {self._adapter.stem}"

    def write(self, plan: Plan, draw: Draw) -> tuple[Written, ...]:
        """Fill a plan."""
        walks = [Walk(plan, vocabulary=self.vocabulary) for _ in range(draw.candidates)]
        guided = draw.guidance != 1.0
        count = draw.candidates * (2 if guided else 1)
        steps = self._steps if count == 1 else RowSteps.open(self._weights, adapter=self._adapter, candidates=count)
        nats, notes = np.zeros(len(walks)), np.zeros(len(walks))
        bars = np.flatnonzero(plan.fill.any(axis=1))
        done = -1
        density = Steering(plan, walks, vocabulary=self.vocabulary)
        harmony = HarmonySteering(plan, walks, vocabulary=self.vocabulary)
        recall = Recall(plan, walks, vocabulary=self.vocabulary)
        leans = [each.lean for each in ((density, harmony, recall) if draw.steer else (recall,))]

        def lean(field: int, chosen: IntArray) -> Float64Array | None:
            known = [found for each in leans if (found := each(field, chosen)) is not None]
            return sum(known[1:], start=known[0]) if known else None

        turns = stream_rows(
            steps,
            walks,
            chance=field_chances(draw.chance),
            seed=draw.seed,
            lean=lean,
            guidance=draw.guidance,
            without=unasked if guided else None,
        )  # a candidate that is done writes zeros, which cost nothing
        for turn in turns:
            nats += turn.nats
            notes += self.vocabulary.status_of[turn.rows[:, 0]] == FILLED
            density.count(turn.rows)
            harmony.count(turn.rows)
            slowest = min(walk.bar for walk in walks)
            if draw.progress is not None and slowest != done:
                done = slowest
                draw.progress(float(np.mean(bars < done)))
        each = zip(walks, (nats / np.maximum(notes, 1)).tolist(), density.apart().tolist(), strict=True)
        return tuple(_written(walk, cost, self.vocabulary, apart=far) for walk, cost, far in each)


def field_chances(chance: Chance) -> list[Chance]:
    """Cut unlikely values off where a note is chosen, not where it is decided who plays next and when: rare players would never play."""
    free = Chance(temperature=chance.temperature)
    return [free if field in (KIND, BEAT, PLACE) else chance for field in range(len(FIELDS))]


class ChanceWriter:
    """Chance under the grammar."""

    name = "compose/chance"
    model = ""

    def __init__(self, model: str | Path = "", like: str | Path | None = None) -> None:
        if like is not None:
            raise InputError(f"'{like}'", found="a manner for an engine that learns nothing", next_step="leave --engine or --like out")
        self.vocabulary = Vocabulary()

    def write(self, plan: Plan, draw: Draw) -> tuple[Written, ...]:
        """Fill a plan."""
        made = []
        for number in range(draw.candidates):
            walk = random_rows(plan, vocabulary=self.vocabulary, seed=draw.seed * 1000 + number, stop=0.2)
            made.append(_written(walk, 0.0, self.vocabulary))
            if draw.progress is not None:
                draw.progress((number + 1) / draw.candidates)
        return tuple(made)


def _written(walk: Walk, nats: float, vocabulary: Vocabulary, *, apart: float = 0.0) -> Written:
    walk.feed()
    clip, given, _ = decode(walk.rows(), vocabulary=vocabulary, like=walk.plan.clip)
    return Written(clip=clip, given=given, nats=float(nats), apart=float(apart))


def open_writer(draw: Draw) -> Writer:
    """Open the engine that a draw names.

    Raises
    ------
    InputError : if there is no such engine, or its weights are missing.
    """
    writer: Writer = pick_engine(ENGINES, task="compose", name=draw.engine).load()(draw.model, draw.like)
    return writer
