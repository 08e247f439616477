"""The pedal's figures: shares of time, and changes paired one to one."""

import numpy as np
import pytest

from hexachord.metrics.pedal import change_f, evaluate, frame_f, validate

NONE = np.zeros((0, 2))
TRUTH = np.array([[0.5, 2.0], [2.2, 4.0], [5.0, 6.0]])


def test_the_truth_is_right() -> None:
    assert evaluate(TRUTH, TRUTH, begin_s=0.0, end_s=7.0) == {"frame_f": 1.0, "press_f": 1.0, "release_f": 1.0}


def test_a_hundred_milliseconds_are_near_enough() -> None:
    press, release = change_f(TRUTH, TRUTH + np.array([0.09, 0.11]))
    assert (press.f, release.f) == (1.0, 0.0)


def test_one_long_span_has_the_time_but_not_the_changes() -> None:
    found = evaluate(TRUTH, np.array([[0.5, 6.0]]), begin_s=0.0, end_s=7.0)
    assert found["frame_f"] == pytest.approx(2 * 4.3 / (4.3 + 5.5), abs=0.01)
    assert found["press_f"] == found["release_f"] == pytest.approx(0.5)


def test_nothing_against_something() -> None:
    assert frame_f(TRUTH, NONE, begin_s=0.0, end_s=7.0).f == 0.0
    assert evaluate(NONE, TRUTH, begin_s=0.0, end_s=7.0)["press_f"] == 0.0


def test_only_what_lies_between_counts() -> None:
    assert frame_f(TRUTH, np.array([[0.5, 4.0]]), begin_s=0.5, end_s=2.0).f == 1.0


@pytest.mark.parametrize("spans", [np.zeros(4), np.array([[2.0, 1.0]]), np.array([[0.0, 2.0], [1.0, 3.0]]), np.array([[0.0, np.nan]])])
def test_what_is_no_pedal_is_refused(spans: np.ndarray) -> None:
    with pytest.raises(ValueError, match="mine"):
        validate(spans, name="mine")
