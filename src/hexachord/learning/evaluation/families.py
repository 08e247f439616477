"""A model for each family of features, answering together.

Families have different numbers of columns and different things to say; one model of all hears mostly the largest. Models that each hear one
and then average their probabilities (late fusion) let every family speak: J. Kittler and others, *On Combining Classifiers*, IEEE TPAMI 20,
1998.
"""

from hexachord.learning.evaluation.plan import FusionPlan, ModelPlan
from hexachord.learning.features.table import FeatureTable

FAMILIES = "families"


def family_plans(
    table: FeatureTable, *, of: str, learner: str = "lda-shared", least: int = 2, name: str = FAMILIES
) -> tuple[tuple[ModelPlan, ...], FusionPlan]:
    """Plan a model for each block of a table, and their mean.

    Parameters
    ----------
    of : the table's name in the evaluation
    learner : of each
    least : a block with fewer columns is left out
    name : of the fusion; its parts are called ``NAME: BLOCK``

    Examples
    --------
    >>> import numpy as np
    >>> table = FeatureTable(ids=("a",), names=("timbre/x", "timbre/y", "tonal/x", "tonal/y"), values=np.zeros((1, 4)))
    >>> plans, fusion = family_plans(table, of="pieces")
    >>> [plan.name for plan in plans], fusion.of
    (['families: timbre', 'families: tonal'], ('families: timbre', 'families: tonal'))
    """
    blocks = [block for block, columns in table.blocks.items() if len(columns) >= least]
    plans = tuple(ModelPlan(learner=learner, name=f"{name}: {block}", table=of, blocks=(block,)) for block in blocks)
    return plans, FusionPlan(name=name, of=tuple(plan.name for plan in plans))
