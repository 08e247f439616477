"""What wheels and pedals of a track say over time, and what that moves in its voices."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

import numpy as np

from hexachord.arrays import Float32Array, Float64Array, IntArray
from hexachord.synthesis.model import DEFAULT_CONTROLS, Curve, Route, Shape, value_at
from hexachord.synthesis.shapes import shaped


@lru_cache(maxsize=4096)
def _shaped_once(value: float, shape: Shape) -> float:
    return float(shaped(shape, value))


class TrackControls:
    """The controls of a track over time."""

    def __init__(self, curves: Mapping[int, Curve]) -> None:
        self._curves = {number: curve for number, curve in curves.items() if len(curve.time_s)}
        self._times = {number: curve.time_s.tolist() for number, curve in self._curves.items()}
        self._values = {number: curve.value.tolist() for number, curve in self._curves.items()}
        self._changes: list[float] = sorted({time for times in self._times.values() for time in times})
        self._snapshot: tuple[int, Mapping[int, float]] = (-1, {})

    def at(self, time_s: float) -> Mapping[int, float]:
        """The values of all controls that have been moved by then; an instrument knows where the others stand."""
        index = bisect_right(self._changes, time_s)
        if index != self._snapshot[0]:
            self._snapshot = (index, {number: self._value(number, time_s) for number, times in self._times.items() if times[0] <= time_s})
        return self._snapshot[1]

    def is_live(self, route: Route) -> bool:
        """Whether what the route listens to is moved at all."""
        return route.control in self._curves or (route.second is not None and route.second in self._curves)

    def moves(self, route: Route, start_s: float, end_s: float) -> bool:
        """Whether what the route listens to changes after `start_s` and before `end_s`."""
        return self._changes_in(route.control, start_s, end_s) or (
            route.second is not None and self._changes_in(route.second, start_s, end_s)
        )

    def value(self, route: Route, time_s: float) -> float:
        """What the route gives at a time."""
        result = route.amount * _shaped_once(self._value(route.control, time_s), route.shape)
        if route.second is not None:
            result *= _shaped_once(self._value(route.second, time_s), route.second_shape)
        return result

    def values(self, route: Route, time_s: Float64Array) -> Float64Array:
        """What the route gives at several times."""
        result = route.amount * shaped(route.shape, self._at_times(route.control, time_s))
        if route.second is not None:
            result = result * shaped(route.second_shape, self._at_times(route.second, time_s))
        return np.asarray(result)

    def change_times(self, routes: Iterable[Route], start_s: float, end_s: float) -> list[float]:
        """When anything that these routes listen to changes after `start_s` and before `end_s`, ascending."""
        numbers = {number for route in routes for number in (route.control, route.second) if number is not None}
        found: set[float] = set()
        for number in numbers:
            times = self._times.get(number, [])
            found.update(times[bisect_right(times, start_s) : bisect_left(times, end_s)])
        return sorted(found)

    def _value(self, number: int, time_s: float) -> float:
        times = self._times.get(number)
        index = bisect_right(times, time_s) if times is not None else 0
        return float(self._values[number][index - 1]) if index else DEFAULT_CONTROLS.get(number, 0.0)

    def _changes_in(self, number: int, start_s: float, end_s: float) -> bool:
        times = self._times.get(number)
        return times is not None and bisect_left(times, end_s) > bisect_right(times, start_s)

    def _at_times(self, number: int, time_s: Float64Array) -> Float64Array:
        before = DEFAULT_CONTROLS.get(number, 0.0)
        curve = self._curves.get(number)
        return np.full(len(time_s), before) if curve is None else value_at(curve, time_s, before=before)


def smoothed_steps(starts: IntArray, values: Sequence[float] | Float64Array, *, frames: int, width: int) -> Float32Array:
    """A staircase made smooth: each value is the mean of the `width` values from there on.

    `values[i]` holds from frame ``starts[i]`` on (``starts[0]`` is 0 or less); steps up to ``frames + width`` count. So a change is
    complete at the frame it was asked for, and a sound that begins there begins with it.

    Examples
    --------
    >>> smoothed_steps(np.array([0, 4]), [0.0, 1.0], frames=6, width=2)
    array([0. , 0. , 0. , 0.5, 1. , 1. ], dtype=float32)
    """
    bounds = np.clip(np.append(starts, frames + width), 0, frames + width)
    stairs = np.repeat(np.asarray(values, dtype=np.float64), np.diff(bounds))
    total = np.concatenate([[0.0], np.cumsum(stairs)])
    return np.asarray((total[width:-1] - total[: -width - 1]) / width, dtype=np.float32)


def drawn(curve: Float32Array, start: int, stop: int, *, step: int) -> Float32Array:
    """A curve of one value for each `step` frames, drawn straight from each to the next, at frames ``[start, stop)``.

    Examples
    --------
    >>> drawn(np.array([0.0, 1.0, 3.0], dtype=np.float32), 1, 6, step=4)
    array([0.25, 0.5 , 0.75, 1.  , 1.5 ], dtype=float32)
    """
    first, last = start // step, (stop - 1) // step + 1
    along = np.arange(step, dtype=np.float32) / np.float32(step)
    here = curve[first:last, None]
    cells = here + (curve[first + 1 : last + 1, None] - here) * along
    return np.asarray(cells.reshape(-1)[start - first * step : stop - first * step], dtype=np.float32)
