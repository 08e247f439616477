"""From chances to announcements: one steady pulse is followed, and each of its beats is said once, in time.

A filter that is asked for its likeliest state at every frame changes its mind at every doubtful one: half tempo, double tempo, off the
beat. Here a tempo is followed until another one is clearly likelier, and so is the count of the bar; a beat is said as soon as it is
likelier than not that it has begun.
"""

import math
from dataclasses import dataclass

import numpy as np

from hexachord.arrays import Float64Array
from hexachord.audio_analysis.rhythm.online_filter import BarFilter

_NEAR = 0.08  # relative; tempi so near are the same pulse


@dataclass(frozen=True, kw_only=True)
class AnnouncerOptions:
    """When to believe. Settled on renders of the valid side.

    Attributes
    ----------
    follow : share of all chances that a tempo needs to be followed
    abandon : below this share of the pulse's chances a tempo is left for another that has more than 1 - `abandon`
    stop : nothing is said while "no pulse" is likelier than this
    said : chance that a beat has begun, at the tempo followed, from which it is said
    recount : how many times likelier another count of the bar must be to be taken up
    """

    follow: float = 0.4
    abandon: float = 0.15
    stop: float = 0.8
    said: float = 0.5
    recount: float = 3.0


@dataclass(frozen=True, kw_only=True)
class Announcement:
    """A beat that was said: its frame, to a fraction, its place in the bar, the tempo, and how sure all of that is."""

    frame: float
    position: int
    beats_per_bar: int
    bpm: float
    confidence: float


class Announcer:
    """Decides, after each step of a filter, whether a beat is said.

    Examples
    --------
    >>> tracker = BarFilter(hop_s=0.02)
    >>> announcer, said = Announcer(), []
    >>> for frame in range(500):
    ...     tracker.step(0.9 if frame % 25 == 0 else 0.02, 0.8 if frame % 100 == 0 else 0.01)
    ...     said.append(announcer.after(tracker))
    >>> [(round(beat.frame), beat.position) for beat in said if beat][-3:]
    [(425, 2), (450, 3), (475, 4)]
    """

    def __init__(self, options: AnnouncerOptions = AnnouncerOptions()) -> None:
        self.options = options
        self.bpm: float | None = None  # of the pulse followed
        self._last = -np.inf  # the frame said last
        self._metre = self._position = 0  # of the beat said last

    def after(self, tracker: BarFilter) -> Announcement | None:
        """Look at a filter after its step; returns the beat that is said now, if one is."""
        share = tracker.alive.sum(axis=1)
        pulse = self._choose(tracker.bpm, share)
        if pulse is None or tracker.nothing > self.options.stop:
            return None
        period = 60.0 / (self.bpm or 1.0) / tracker.hop_s
        if tracker.frame - self._last < 0.5 * period:
            return None
        recent = tracker.recent(max(2, int(0.4 * period)), pulse)
        recent = recent[: max(1, int(np.ceil(tracker.frame - self._last - 0.3 * period))) if np.isfinite(self._last) else len(recent)]
        certain = float(share[pulse].sum())
        age = recent.sum(axis=1) / certain
        begun = float(age.sum())
        if begun < self.options.said:
            return None
        frame = tracker.frame - _median(age)
        self._count(tracker, recent.sum(axis=0))
        self._last = frame
        return Announcement(
            frame=frame,
            position=self._position,
            beats_per_bar=self._metre,
            bpm=self.bpm or 0.0,
            confidence=float(np.clip(begun * certain, 0.0, 1.0)),
        )

    def _choose(self, bpm: Float64Array, share: Float64Array) -> slice | None:
        """The tempi of the pulse that is followed."""
        total = float(share.sum())
        best = _window(bpm, float(bpm[_smooth(share).argmax()]))
        most = float(share[best].sum())
        if self.bpm is None:
            if most < self.options.follow:
                return None
            now = best
        else:
            now = _window(bpm, self.bpm)
            if share[now].sum() < self.options.abandon * total and most > (1.0 - self.options.abandon) * total:
                now = best
        weight = share[now]
        if weight.sum() > 0:
            self.bpm = float(np.exp(np.log(bpm[now]) @ weight / weight.sum()))
        return now

    def _count(self, tracker: BarFilter, chance: Float64Array) -> None:
        """Choose metre and beat of the bar: those of the count, unless others are clearly likelier."""
        metres = np.unique(tracker.metre)
        share = np.array([chance[tracker.metre == metre].sum() for metre in metres])
        metre = int(metres[share.argmax()])
        if self._metre and share.max() <= self.options.recount * share[metres == self._metre].item():
            metre = self._metre
        inside = chance[tracker.metre == metre]  # by position
        position = int(inside.argmax()) + 1
        if metre == self._metre:
            following = self._position % metre + 1
            if inside[position - 1] <= self.options.recount * inside[following - 1]:
                position = following
        self._metre, self._position = metre, position


def _median(age: Float64Array) -> float:
    """The age, in frames, that half of the chances are older than; a frame's chances lie half before and half after it."""
    heap = np.cumsum(age)
    half = 0.5 * heap[-1]
    index = int(np.searchsorted(heap, half))
    return float(index + 0.5 - (heap[index] - half) / max(age[index], 1e-12))


def _window(bpm: Float64Array, centre: float) -> slice:
    """The tempi near one: rows of a table that runs from fast to slow in even steps of the logarithm."""
    step = math.log(bpm[0] / bpm[1])
    row = math.log(bpm[0] / centre) / step
    first = min(max(0, math.ceil(row - _NEAR / step)), len(bpm) - 1)
    return slice(first, max(first, math.floor(row + _NEAR / step)) + 1)


def _smooth(share: Float64Array) -> Float64Array:
    return np.convolve(share, np.ones(5), mode="same")
