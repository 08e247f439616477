"""Plans: every item once, training first, checks and repeats strewn in, the same every time."""

from dataclasses import replace

import pytest

from hexachord.learning.annotation.plan import make_plan
from hexachord.learning.annotation.project import labels_project

PROJECT = labels_project(["jazz", "rock"], repeats=0.2)
ITEMS = tuple(range(100, 150))


def plan(**options: object) -> tuple:
    project = replace(PROJECT, **{name: options.pop(name) for name in ("order", "repeats", "seed") if name in options})
    annotator = options.pop("annotator", "Ann")
    return make_plan(project, annotator=annotator, items=ITEMS, training=(1, 2), attention=(3, 4, 5), **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("order", ["fixed", "random", "active"])
def test_everything_comes_and_training_first(order: str) -> None:
    steps = plan(order=order)
    assert [step.item for step in steps[:2]] == [1, 2]
    assert {step.role for step in steps[:2]} == {"training"}
    assert sorted(step.item for step in steps if step.role == "item") == list(ITEMS)
    assert sorted(step.item for step in steps if step.role == "attention") == [3, 4, 5]
    assert sum(step.role == "repeat" for step in steps) == 10


def test_a_repeat_is_never_near_its_first_time() -> None:
    steps = plan()
    first = {step.item: place for place, step in enumerate(steps) if step.role == "item"}
    assert all(place - first[step.item] > 10 for place, step in enumerate(steps) if step.role == "repeat")


def test_checks_are_spread() -> None:
    places = [place / 65 for place, step in enumerate(plan()) if step.role == "attention"]
    assert [int(3 * place) for place in places] == [0, 1, 2]


def test_each_annotator_has_another_order_and_always_the_same() -> None:
    assert plan() == plan()
    assert plan() != plan(annotator="Bob")
    assert plan() != plan(seed=1)
    assert [step.item for step in plan(order="fixed") if step.role == "item"] == list(ITEMS)


def test_the_active_order_begins_with_the_ranked() -> None:
    steps = [step.item for step in plan(order="active", ranked=(140, 120, 999, 130)) if step.role == "item"]
    assert steps[:3] == [140, 120, 130]
    assert sorted(steps) == list(ITEMS)


def test_few_items_are_no_trouble() -> None:
    for count in range(4):
        steps = make_plan(replace(PROJECT, repeats=1.0), annotator="a", items=range(count), training=(), attention=(9,))
        assert sum(step.role == "item" for step in steps) == count
        assert sum(step.role == "attention" for step in steps) == 1
