"""Where a page went wrong: at the level of the beat, in the bars, in how beats divide, in values, in hands."""

from collections.abc import Mapping, Sequence

import numpy as np

from hexachord.bench.notated import TruePage
from hexachord.metrics import mv2h
from hexachord.metrics.beat import f_measure
from hexachord.metrics.mv2h import NotatedMusic

_SAME = 0.7
RATIOS = (0.25, 1 / 3, 0.5, 2 / 3, 0.75, 1.0, 4 / 3, 1.5, 2.0, 3.0, 4.0)


def faults(truth: TruePage, page: NotatedMusic) -> dict[str, float]:
    """Say what kind of page it is.

    Returns
    -------
    dict with one 1.0 among ``beats_right``, the names of other levels (``beats_half beats_double ...``) and ``beats_lost``; where beats are
    right one among ``bars_right bars_length bars_phase`` and ``division_right``; then shares of matched notes by how long they are
    written as part of what they should be (``times_0.50``), and the means of beats' own F (``beat_f downbeat_f``)
    """
    true_s, first = truth.beats.time_s, truth.beats.position == 1
    levels = _levels(page)
    found_s, bars_s = levels["beats"], levels["bars"]
    found_s = found_s[(found_s > true_s[0] - 0.07) & (found_s < true_s[-1] + 0.07)]
    bars_s = bars_s[(bars_s > true_s[0] - 0.07) & (bars_s < true_s[-1] + 0.07)]
    said = {f"beats_{name}": f_measure(beats, found_s).f for name, beats in _readings(true_s).items()}
    best = max(said, key=lambda name: said[name])
    kind = best if said[best] >= _SAME else "beats_lost"
    kinds = {name: float(name == kind) for name in (*said, "beats_lost")}
    downbeat = f_measure(true_s[first], bars_s).f
    if kind == "beats_right":
        same_length = _per_bar(found_s, bars_s) == truth.metre.beats_per_bar
        bars = "bars_right" if downbeat >= _SAME else "bars_phase" if same_length else "bars_length"
        kinds |= {name: float(name == bars) for name in ("bars_right", "bars_length", "bars_phase")}
        kinds["division_right"] = float(levels["division"][0] == max(2, truth.metre.beat_division))
    return kinds | {"beat_f": said["beats_right"], "downbeat_f": downbeat} | _times(truth.page, page)


def _readings(beats_s: np.ndarray) -> dict[str, np.ndarray]:
    """The true beats at other levels."""

    def divided(parts: int) -> np.ndarray:
        return np.interp(np.arange((len(beats_s) - 1) * parts + 1) / parts, np.arange(len(beats_s)), beats_s)

    return {
        "right": beats_s,
        "half": max((beats_s[phase::2] for phase in range(2)), key=len),
        "half_off": beats_s[1::2],
        "third": beats_s[::3],
        "third_off": beats_s[1::3],
        "third_late": beats_s[2::3],
        "quarter": beats_s[::4],
        "double": divided(2),
        "triple": divided(3),
        "quadruple": divided(4),
        "offbeat": divided(2)[1::2],
        "three_to_two": divided(3)[::2],
        "two_to_three": divided(2)[::3],
    }


def _levels(page: NotatedMusic) -> dict[str, np.ndarray]:
    """Beats, bar lines and division of a page, out of its nested groupings: bars come first, then beats, then sub-beats."""
    start, end = page.groupings_s.T
    falls = np.flatnonzero(np.diff(start) < 0)
    bars, beats = slice(0, falls[0] + 1 if len(falls) else len(start)), slice(falls[0] + 1, falls[1] + 1) if len(falls) > 1 else slice(0, 0)
    count, subs = len(start[beats]), len(start) - (beats.stop or 0)
    return {
        "bars": np.append(start[bars], end[bars][-1:]),
        "beats": np.append(start[beats], end[beats][-1:]),
        "division": np.array([round(subs / count) if count else 0]),
    }


def _per_bar(beats_s: np.ndarray, bars_s: np.ndarray) -> int:
    if len(bars_s) < 2:
        return 0
    count = np.diff(np.searchsorted(beats_s, bars_s - 0.01))
    return int(np.bincount(count).argmax())


def _times(true: NotatedMusic, page: NotatedMusic) -> dict[str, float]:
    """How long notes are written, as part of what they should be."""
    pairs = mv2h.match_notes(true, page)
    if not len(pairs):
        return {}
    wanted, found = ((side.offset_s - side.onset_s)[pairs[:, number]] for number, side in enumerate((true, page)))
    octave = np.log(np.maximum(found, 1e-3) / np.maximum(wanted, 1e-3))
    nearest = np.abs(octave[:, None] - np.log(RATIOS)).argmin(axis=1)
    return {f"times_{ratio:.2f}": float((nearest == index).mean()) for index, ratio in enumerate(RATIOS)}


def shares(rows: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Mean of every number over the rows that have it."""
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: float(np.mean([row[name] for row in rows if name in row])) for name in names}
