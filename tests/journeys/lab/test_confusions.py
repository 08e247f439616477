"""Confusion pictures: who stands beside whom, what the cells say, and that every name fits and stays a name."""

import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
from lab_runs import HOSTILE

from hexachord.journeys.lab.confusions import confusion_picture, order_by_confusion, row_shares, taken_for

SVG = "{http://www.w3.org/2000/svg}"


def test_confused_classes_stand_side_by_side() -> None:
    table = np.diag([6] * 8)
    for one, other in ((0, 5), (1, 7), (2, 4)):
        table[one, other] = table[other, one] = 4
    order = order_by_confusion(table).tolist()
    assert sorted(order) == list(range(8))
    assert all(abs(order.index(one) - order.index(other)) == 1 for one, other in ((0, 5), (1, 7), (2, 4)))


def test_the_order_does_not_depend_on_how_classes_were_listed() -> None:
    random = np.random.default_rng(3)
    table = random.integers(0, 9, (9, 9)) + np.diag([12] * 9)
    shuffled = random.permutation(9)
    assert order_by_confusion(table).tolist() == shuffled[order_by_confusion(table[np.ix_(shuffled, shuffled)])].tolist()


@pytest.mark.parametrize("table", [np.diag([3, 4, 5]), np.array([[3]]), np.array([[1, 2], [0, 4]]), np.zeros((4, 4), dtype=int)])
def test_nothing_to_sort(table: np.ndarray) -> None:
    assert order_by_confusion(table).tolist() == list(range(len(table)))


def test_the_most_confused_first() -> None:
    pairs = taken_for(np.array([[5, 3, 0], [2, 3, 1], [0, 2, 11]]))
    assert [(pair.actual, pair.predicted, pair.count, pair.of) for pair in pairs] == [
        (0, 1, 3, 8),
        (1, 0, 2, 6),
        (2, 1, 2, 13),
        (1, 2, 1, 6),
    ]


def test_cells_say_what_the_table_holds() -> None:
    table = np.array([[5, 3, 0], [2, 3, 1], [0, 2, 11]])
    root = ElementTree.fromstring(confusion_picture(table, ["cat", "dog", "rabbit"]))
    cells = {}
    for group in root.iter(f"{SVG}g"):
        cells[int(group.get("data-row")), int(group.get("data-column"))] = group
    assert {place: int(cell.find(f"{SVG}text").text) for place, cell in cells.items()} == {
        (row, column): int(count) for (row, column), count in np.ndenumerate(table) if count
    }
    assert cells[0, 1].find(f"{SVG}title").text == "cat, taken for dog: 3 of 8 (38%)"
    assert {place for place, cell in cells.items() if "right" in cell.get("class")} == {(0, 0), (1, 1), (2, 2)}
    assert {place for place, cell in cells.items() if "deep" in cell.get("class")} == {(0, 0), (1, 1), (2, 2)}
    texts = [each.text for each in root.iter(f"{SVG}text")]
    assert {".62", ".50", ".85", ".71", ".38", ".92"} <= set(texts)  # recalls and precisions


def test_more_than_three_digits_become_percentages() -> None:
    root = ElementTree.fromstring(confusion_picture(np.array([[3000, 1000], [0, 500]]), ["a", "b"]))
    assert [group.find(f"{SVG}text").text for group in root.iter(f"{SVG}g")] == ["75", "25", "100"]


@pytest.mark.parametrize("classes", [1, 2, 3, 10, 23, 41, 60])
def test_any_number_of_classes_lies_in_the_frame(classes: int) -> None:
    table = np.random.default_rng(classes).integers(0, 4, (classes, classes))
    names = [f"{'a rather long name of a class ' if number % 2 else 'short '}{number}" for number in range(classes)]
    root = ElementTree.fromstring(confusion_picture(table, names))
    width, height = (float(number) for number in root.get("viewBox").split()[2:])
    for rect in root.iter(f"{SVG}rect"):
        assert 0 <= float(rect.get("x")) <= float(rect.get("x")) + float(rect.get("width")) <= width
        assert 0 <= float(rect.get("y")) <= float(rect.get("y")) + float(rect.get("height")) <= height
        assert 0 <= float(rect.get("fill-opacity", 0)) <= 1
    assert len([each for each in root.iter(f"{SVG}text") if each.get("data-row")]) == classes


def test_hostile_names_stay_names() -> None:
    root = ElementTree.fromstring(confusion_picture(np.ones((5, 5), dtype=int), HOSTILE))
    titles = [text.find(f"{SVG}title").text for text in root.iter(f"{SVG}text") if text.get("data-row")]
    assert sorted(titles) == sorted(HOSTILE)
    assert not list(root.iter(f"{SVG}script"))


def test_a_class_that_was_never_asked_for() -> None:
    assert row_shares(np.array([[0, 0], [1, 3]])).tolist() == [[0.0, 0.0], [0.25, 0.75]]
    assert "nan" not in confusion_picture(np.array([[0, 0], [1, 3]]), ["a", "b"])
    assert confusion_picture(np.zeros((0, 0), dtype=int), []) == ""
