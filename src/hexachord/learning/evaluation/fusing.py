"""Late fusion: several models answer together, song by song, with the scores that each gave songs it had not seen."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from hexachord.errors import InputError
from hexachord.learning.evaluation.crossing import Crossing
from hexachord.learning.evaluation.plan import FusionPlan

RULES = ("mean", "product", "majority", "weighted")


def fuse(plan: FusionPlan, crossings: Mapping[str, Crossing]) -> Crossing:
    """Make one crossing of several.

    Raises
    ------
    InputError : for an unknown model or rule, or models that were judged by different tracks.
    """
    if plan.rule not in RULES:
        raise InputError(f"fusion {plan.name}", found=f"the rule {plan.rule!r}", expected=" or ".join(RULES))
    for name in plan.of:
        if name not in crossings:
            raise InputError(f"fusion {plan.name}", found=f"no model {name!r}", expected=", ".join(crossings))
    parts = [crossings[name] for name in plan.of]
    if not parts:
        raise InputError(f"fusion {plan.name}", found="no model", expected="two or more")
    if any(part.predictions.ids != parts[0].predictions.ids for part in parts):
        raise InputError(
            f"fusion {plan.name}", found="tables that lack some tracks of one another", expected="every model to judge the same tracks"
        )
    scores = np.stack([part.predictions.scores for part in parts])
    if plan.rule == "product":
        logs = np.log(np.clip(scores, 1e-12, None)).mean(axis=0)
        fused = np.exp(logs)
    elif plan.rule == "majority":
        ballots = np.zeros_like(scores[0])
        rows = np.arange(ballots.shape[0])
        for one in scores:
            ballots[rows, np.argmax(one, axis=1)] += 1.0
        fused = (ballots + 1e-6 * scores.mean(axis=0)) / len(parts)
    else:
        weights = np.array([plan.weights.get(name, 1.0) if plan.rule == "weighted" else 1.0 for name in plan.of])
        fused = np.tensordot(weights / weights.sum(), scores, axes=1)
    first = parts[0].predictions
    decided = None
    labels = [part.predictions.decided for part in parts if part.predictions.decided is not None]
    if labels:  # each model's own thresholds: a label is given where at least half of them give it
        decided = np.asarray(np.mean(labels, axis=0) >= 0.5, dtype=np.int64)
    return Crossing(
        predictions=replace(first, scores=fused, decided=decided),
        units=parts[0].units,
        train_metrics={},
        chosen=(),
        settings=(),
        fit_s=sum(part.fit_s for part in parts),
        predict_s=sum(part.predict_s for part in parts),
    )
