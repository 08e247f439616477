"""When things really sound: tempo over time, and how far people are from the grid and how loud they are on it.

What people do is a table (``models/weights/timing.npz``) that ``training/timing_statistics.py`` measured: drummers of Groove against their
click, tunes and piano of POP909 against the annotated beats.
"""

from dataclasses import replace
from typing import Literal, NamedTuple, get_args

import numpy as np

from hexachord.arrays import Float64Array
from hexachord.models.tables import load_table
from hexachord.rendering.drum_classes import DRUM_CLASSES, drum_class
from hexachord.rendering.music import ONSET, PITCH, VELOCITY, BarLine, Line, ordered

TempoKind = Literal["steady", "drift", "rubato", "accelerando", "ritardando", "step", "final"]
TEMPO_KINDS: tuple[TempoKind, ...] = get_args(TempoKind)
CHANGING = ("rubato", "accelerando", "ritardando", "step", "written")
"""Kinds of tempo that a listener would call changing."""

_LEAST_SPREAD_S = 0.012  # POP909 is edited towards a grid; players of tunes scatter about as ride cymbals do, which is at least this
_MARGIN = 16.0  # quarters of clock before and after the music
_STEP = 0.25


class Clock(NamedTuple):
    """Corners of the line from quarters to seconds; straight between them, and beyond at the outer slopes."""

    quarters: Float64Array
    time_s: Float64Array

    def seconds(self, quarter: Float64Array | float) -> Float64Array:
        """Return the time of quarters, any shape."""
        at = np.asarray(quarter, dtype=np.float64)
        first = (self.time_s[1] - self.time_s[0]) / (self.quarters[1] - self.quarters[0])
        last = (self.time_s[-1] - self.time_s[-2]) / (self.quarters[-1] - self.quarters[-2])
        inside = np.interp(at, self.quarters, self.time_s)
        return np.asarray(inside + np.minimum(at - self.quarters[0], 0.0) * first + np.maximum(at - self.quarters[-1], 0.0) * last)

    def moved(self, shift_s: float) -> "Clock":
        """Return the clock started later."""
        return Clock(self.quarters, self.time_s + shift_s)


def human_clock(clock: tuple[Float64Array, Float64Array], *, quarter_bpm: float, original_bpm: float) -> Clock:
    """Take over a human tempo, scaled to another mean; quarter 0 is at 0 s."""
    keep = np.concatenate([[True], np.diff(clock[0]) > 1e-6])
    quarters, time_s = clock[0][keep], clock[1][keep] * (original_bpm / quarter_bpm)
    made = Clock(quarters, time_s)
    return made.moved(-float(made.seconds(0.0)))


def tempo_clock(kind: TempoKind, *, quarter_bpm: float, bars: tuple[BarLine, ...], random: np.random.Generator) -> Clock:
    """Draw a tempo curve over bars; quarter 0 is at 0 s.

    Parameters
    ----------
    kind : ``steady``; ``drift``, a slow random walk of a percent or three; ``rubato``, arcs over phrases with uneven beats;
        ``accelerando`` and ``ritardando`` over a stretch; ``step`` at a bar line; ``final``, steady with a ritardando at the end
    quarter_bpm : quarters a minute at the beginning (on average, for drift and rubato)
    """
    start, end = min(0.0, bars[0].start), bars[-1].end
    quarters = np.arange(start - _MARGIN, end + _MARGIN + _STEP, _STEP)
    factor = np.ones(len(quarters))
    inside = np.clip((quarters - start) / max(end - start, 1e-6), 0.0, 1.0)
    if kind == "drift":
        walk = np.cumsum(random.normal(0.0, 1.0, len(quarters) // 8 + 2))
        walk -= walk.mean()
        walk *= random.uniform(0.01, 0.03) / max(float(np.std(walk)), 1e-6)
        factor += np.interp(np.arange(len(quarters)), np.arange(len(walk)) * 8, walk)
    elif kind == "rubato":
        phrase = bars[0].full * float(random.choice([2, 2, 4]))
        depth = random.uniform(0.05, 0.2)
        factor += depth * (np.sin(np.pi * ((quarters - start) % phrase) / phrase) - 0.6)
        beats = random.normal(0.0, depth * 0.25, len(quarters) // 4 + 2)
        factor += np.repeat(beats, 4)[: len(quarters)]
    elif kind in ("accelerando", "ritardando"):
        change = float(random.uniform(0.12, 0.4)) * (1 if kind == "accelerando" else -0.75)
        begin = float(random.uniform(0.0, 0.5))
        factor += change * np.clip((inside - begin) / float(random.uniform(0.3, 1.0 - begin)), 0.0, 1.0)
    elif kind == "step":
        places = [bar.start for bar in bars[1:]] or [end]
        where = places[int(random.integers(len(places) // 4, max(len(places) // 4 + 1, 3 * len(places) // 4)))]
        factor[quarters >= where - 1e-6] = float(random.choice([0.67, 0.75, 0.8, 0.9, 1.12, 1.2, 1.25, 1.33, 1.5]))
    elif kind == "final":
        slow = bars[-1].full * float(random.uniform(0.75, 2.0))
        factor -= random.uniform(0.15, 0.45) * np.clip((quarters - (end - slow)) / slow, 0.0, 1.0)
    slowness = 60.0 / (quarter_bpm * np.clip(factor, 0.35, 2.5))
    time_s = np.concatenate([[0.0], np.cumsum(slowness[:-1] * _STEP)])
    clock = Clock(quarters, time_s)
    return clock.moved(-float(clock.seconds(0.0)))


def humanized(line: Line, bars: tuple[BarLine, ...], *, quarter_bpm: float, amount: float, random: np.random.Generator) -> Line:
    """Play a written line as people do: off the grid and with accents; `amount` 1 is what was measured, 0 leaves it as written.

    Each player is a little early or late as a whole, wanders slowly, and scatters; notes of one chord stay together but for a few ms.
    """
    if not line.written or amount <= 0 or not len(line.notes):
        return line
    table = load_table("timing")
    notes = line.notes.copy()
    sixteenth = _sixteenths(notes[:, ONSET], bars)
    is_drums = line.role == "drums"
    if is_drums:
        classes = np.array([DRUM_CLASSES.index(drum_class(int(key))) for key in notes[:, PITCH]])
        mean_s, spread_s = table["drum_offset_s"][classes, sixteenth], table["drum_spread_s"][classes]
        level, level_spread = table["drum_level"][classes, sixteenth], table["drum_level_spread"][classes]
    else:
        part = 0 if line.role in ("sung", "lead", "solo", "counter") else 1
        mean_s, spread_s = (
            table["tune_offset_s"][part, sixteenth],
            np.full(len(notes), max(float(table["tune_spread_s"][part]), _LEAST_SPREAD_S)),
        )
        level, level_spread = table["tune_level"][part, sixteenth], np.full(len(notes), table["tune_level_spread"][part])
    moments, which = np.unique(np.round(notes[:, ONSET], 3), return_inverse=True)
    wander = _wander(len(moments), random)
    bias = float(random.normal(0.0, 0.006))
    together = 0.75 * random.normal(0.0, 1.0, len(moments))[which]
    apart = 0.45 * random.normal(0.0, 1.0, len(notes))
    if line.role in ("pad", "piano", "chords"):
        apart *= min(1.0, float(table["chord_spread_s"][0]) / max(float(np.mean(spread_s)), 1e-6))
    offset_s = bias + 0.8 * mean_s + spread_s * 0.7 * (together + apart + 0.7 * wander[which])
    notes[:, ONSET] += np.clip(offset_s * amount, -0.06, 0.08) * quarter_bpm / 60.0
    swell = 1.0 + 0.08 * np.sin(2 * np.pi * notes[:, ONSET] / float(random.choice([8.0, 16.0, 32.0])) + float(random.uniform(0, 6.28)))
    noise = random.normal(0.0, 1.0, len(moments))[which] * 0.8 + random.normal(0.0, 1.0, len(notes)) * 0.5
    gain = (1.0 + amount * (level - 1.0)) * swell * (1.0 + amount * level_spread * 0.7 * noise)
    notes[:, VELOCITY] = np.clip(notes[:, VELOCITY] * gain, 8, 127)
    return replace(line, notes=ordered(notes))


def _sixteenths(onsets: Float64Array, bars: tuple[BarLine, ...]) -> np.ndarray:
    """Which sixteenth of a bar of 4/4 an onset feels like: bars of other lengths use the front of the table, compound beats are spread."""
    starts = np.array([bar.start for bar in bars])
    index = np.clip(np.searchsorted(starts, onsets + 1e-3, side="right") - 1, 0, len(bars) - 1)
    inside = onsets - starts[index]
    scale = np.array([4.0 / max(1.0, bar.beat * 4.0) for bar in bars])[index]  # to beats, four sixteenths each
    return np.asarray(np.round(inside * scale * 4.0).astype(int) % 16)


def _wander(count: int, random: np.random.Generator) -> Float64Array:
    """A slow process of unit variance (first order, 0.9)."""
    steps = random.normal(0.0, np.sqrt(1 - 0.9**2), count)
    value, values = float(random.normal()), np.empty(count)
    for index, step in enumerate(steps.tolist()):
        value = 0.9 * value + step
        values[index] = value
    return values
