"""Late fusion: several models answer together, song by song, with the scores that each gave songs it had not seen."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from hexachord.arrays import Float64Array
from hexachord.errors import InputError
from hexachord.learning.evaluation.crossing import Crossing
from hexachord.learning.evaluation.examples import Examples
from hexachord.learning.evaluation.plan import FusionPlan
from hexachord.learning.features.fusion import LateRule, fit_stacking, fit_weights, fuse_scores

LEARNT_RULES = ("tuned", "stacking")
RULES = ("mean", "product", "majority", "max", "weighted", *LEARNT_RULES)


def fuse(plan: FusionPlan, crossings: Mapping[str, Crossing], examples: Examples) -> Crossing:
    """Make one crossing of several.

    Parameters
    ----------
    examples : whose targets the learnt rules look at, on training sides

    Raises
    ------
    InputError : for an unknown model or rule, models that were judged by different tracks, or a learnt rule with nothing to learn from.
    """
    parts = [crossings[name] for name in _checked(plan, crossings)]
    scores = [part.predictions.scores for part in parts]
    words: list[str] = []
    if plan.rule in LEARNT_RULES:
        fused, words = _learnt(plan, parts, examples)
    elif plan.rule == "weighted":
        fused = fuse_scores(scores, rule="weighted", weights=[plan.weights.get(name, 1.0) for name in plan.of])
    elif plan.rule == "product" and examples.multi_label:  # each label for itself: nothing sums to 1
        fused = np.exp(np.mean(np.log(np.clip(scores, 1e-12, 1.0)), axis=0))
    else:
        rules: dict[str, LateRule] = {"mean": "mean", "product": "product", "majority": "majority", "max": "max"}
        fused = fuse_scores(scores, rule=rules[plan.rule])
    first = parts[0].predictions
    decided = None
    labels = [part.predictions.decided for part in parts if part.predictions.decided is not None]
    if labels:  # each model's own thresholds: a label is given where at least half of them give it
        decided = np.asarray(np.mean(labels, axis=0) >= 0.5, dtype=np.int64)
    return Crossing(
        predictions=replace(first, scores=fused, decided=decided),
        units=parts[0].units,
        train_metrics={},
        chosen=tuple(words),
        settings=(),
        unseen=(),
        fit_s=sum(part.fit_s for part in parts),
        predict_s=sum(part.predict_s for part in parts),
    )


def _checked(plan: FusionPlan, crossings: Mapping[str, Crossing]) -> Sequence[str]:
    if plan.rule not in RULES:
        raise InputError(f"fusion {plan.name}", found=f"the rule {plan.rule!r}", expected=" or ".join(RULES))
    for name in plan.of:
        if name not in crossings:
            raise InputError(f"fusion {plan.name}", found=f"no model {name!r}", expected=", ".join(crossings))
    if not plan.of:
        raise InputError(f"fusion {plan.name}", found="no model", expected="two or more")
    if any(crossings[name].predictions.ids != crossings[plan.of[0]].predictions.ids for name in plan.of):
        raise InputError(
            f"fusion {plan.name}", found="tables that lack some tracks of one another", expected="every model to judge the same tracks"
        )
    return plan.of


def _learnt(plan: FusionPlan, parts: Sequence[Crossing], examples: Examples) -> tuple[Float64Array, list[str]]:
    if examples.multi_label:
        raise InputError(f"fusion {plan.name}", found=f"the rule {plan.rule!r} for several labels", expected="mean, max or weighted")
    said = parts[0].predictions
    fused = np.full(said.scores.shape, np.nan)
    words = []
    for fold in np.unique(said.folds):
        here = said.folds == fold
        unseen = [part.unseen[fold] if part.unseen else None for part in parts]
        known = [scores for scores in unseen if scores is not None]
        if len(known) < len(parts):
            raise InputError(
                f"fusion {plan.name}", found="a model without inner folds", expected="models, not fusions, with groups to divide"
            )
        rows = np.flatnonzero(np.all([np.isfinite(scores).all(axis=1) for scores in known], axis=0) & (examples.targets >= 0))
        learn, truth = [scores[rows] for scores in known], examples.targets[rows]
        judged = [part.predictions.scores[here] for part in parts]
        every_class = len(np.unique(truth)) == said.scores.shape[1]
        if plan.rule == "stacking" and every_class:
            fused[here] = fit_stacking(learn, truth).fuse(judged)
            words.append("stacking")
        else:  # a class that no inner fold judged cannot be stacked: weights can still be found
            weights = fit_weights(learn, truth)
            fused[here] = fuse_scores(judged, rule="weighted", weights=weights)
            words.append("weights " + ", ".join(f"{name} {weight:.2g}" for name, weight in zip(plan.of, weights, strict=True)))
    return fused, words
