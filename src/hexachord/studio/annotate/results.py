"""What the owner of a project sees: agreement, confusion, majority and Dawid–Skene side by side, and what to discuss."""

from typing import Any

from hexachord.learning.annotation.aggregation import LEAST_ANNOTATORS, aggregate, dawid_skene
from hexachord.learning.annotation.agreement import measure_agreement, question_agreement
from hexachord.learning.annotation.answers import ratings_of
from hexachord.learning.annotation.store import Store

_MOST_DISPUTES = 50


def results_of(store: Store) -> dict[str, Any]:
    """Collect the results as plain data; NaN where something cannot be told."""
    report = measure_agreement(store).to_json()
    place = {item.id: number for number, item in enumerate(store.items())}
    answers = store.answers()
    for told, question in zip(report["questions"], store.project.questions, strict=True):
        ratings = ratings_of(answers, question)
        decided = {each.item: each for each in aggregate(ratings)}
        believed: dict[str, Any] = {}
        if question.kind != "rating" and len(ratings.annotators) >= LEAST_ANNOTATORS:
            believed = {each.item: each for each in aggregate(ratings, method="dawid-skene")}
            model = dawid_skene(ratings.values, classes=len(question.options))
            told["trust"] = [
                {"annotator": name, "right": float(sum(model.prior * model.confusion[row].diagonal()))}
                for row, name in enumerate(ratings.annotators)
            ]
        told["disputes"] = [
            {
                **dispute,
                "number": place.get(dispute["item"]),
                "majority": _words(decided, dispute["item"]),
                "model": _words(believed, dispute["item"]),
            }
            for dispute in told["disputes"][:_MOST_DISPUTES]
        ]
        told["more_disputes"] = max(0, len(question_agreement(answers, question).disputes) - _MOST_DISPUTES)
        told["decided"] = sum(each.value is not None for each in decided.values())
        told["tied"] = sum(each.value is None for each in decided.values())
    return report | {"store": store.path.name, "items": len(place)}


def _words(decided: dict[str, Any], item: str) -> str:
    found = decided.get(item)
    if found is None:
        return ""
    return "a tie" if found.value is None else f"{found.value} ({found.confidence:.0%})"
