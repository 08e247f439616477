"""From what a network says of every pitch at every moment to notes: the likeliest course of every pitch.

A pitch is silent or sounds; where its beginning shows it may start, whether it was silent or sounded (a key struck again), and it may stop
where its end shows. What the three heads of the network say (beginning, sounding, end) are log-odds that add up along a course, and the
course with the most of them is taken for each of the pitches at once (Viterbi 1967; the same idea with a hidden Markov model a pitch:
Benetos & Dixon, "Multiple-instrument polyphonic music transcription using a temporally constrained shift-invariant model", JASA 133, 2013).
"""

from dataclasses import dataclass

import numpy as np

from hexachord.arrays import BoolArray, Float32Array, Float64Array, FloatArray, IntArray
from hexachord.models.networks import sigmoid

HEADS = 5
"""Beginning, sounding, end, velocity, lateness: the order of the network's columns, `pitches` of each."""
_MOST = 6.0  # log-odds beyond which nothing is surer
_FLOOR = 1e-3
_BLOCK_FRAMES = 4096  # memory for a minute and a half at a time
_LOOK = 2  # frames either way that say where exactly a note ends


@dataclass(frozen=True, kw_only=True)
class PathCosts:
    """What counts how much along a course, in nats; chosen on the valid side of the data engine.

    Attributes
    ----------
    onset, sounding, end : how much each head's log-odds count
    least_onset : the chance of a beginning at which it speaks neither for nor against a note
    least_again : likewise of a beginning that breaks off a note of its own pitch: what begins above a tone that sounds already often is
        another instrument's partial, or vibrato
    least_sounding : likewise of sounding
    end_cost : of stopping anywhere, before what speaks for an end there
    earliest : chance of a beginning below which no note starts
    """

    onset: float = 1.0
    sounding: float = 0.2
    end: float = 0.5
    least_onset: float = 0.25
    least_again: float = 0.4
    least_sounding: float = 0.48
    end_cost: float = 0.0
    earliest: float = 0.05


@dataclass(frozen=True, kw_only=True, eq=False)
class PathNotes:
    """Notes in order of beginning: frames with fractions, whole pitches above the lowest, velocity in [0, 1] and chance.

    `candidate` says which of the beginnings that `NoteCourses.hear` told of each one is.
    """

    onset: Float64Array
    end: Float64Array
    pitch: IntArray
    velocity: Float64Array
    chance: Float64Array
    candidate: IntArray


def follow_notes(said: FloatArray, costs: PathCosts = PathCosts()) -> PathNotes:
    """Find the notes.

    Parameters
    ----------
    said : (frames, HEADS * pitches) logits, see `hexachord.learning.deep.notes`; half precision is enough

    Returns
    -------
    Notes of every pitch; their `chance` is the network's that one begins there.

    Examples
    --------
    >>> said = np.full((40, 5, 1), -6.0, dtype=np.float32)
    >>> said[9:12, 0], said[10:30, 1], said[29:32, 2], said[:, 3:] = [[0.0], [6.0], [0.0]], 6.0, 2.0, 0.0
    >>> notes = follow_notes(said.reshape(40, 5))
    >>> notes.onset, notes.end.round(), notes.pitch
    (array([10.]), array([30.]), array([0]))
    """
    courses = NoteCourses(costs)
    for first in range(0, len(said), _BLOCK_FRAMES):
        courses.hear(said[first : first + _BLOCK_FRAMES])
    courses.close()
    return courses.notes()


class NoteCourses:
    """The best courses of all pitches through what was said so far: `hear` block after block, `close`, then ask for the `notes`.

    Two courses of every pitch are alive at any time, the best that is silent now and the best that sounds. Each knows the note it came
    through last, and every note the one before it (token passing: Young, Russell & Thornton, CUED/F-INFENG/TR38, 1989), so that nothing is
    kept of a frame once it is past, and the notes of a long recording are those of the whole at once.

    Parameters
    ----------
    costs : see `PathCosts`

    Examples
    --------
    >>> said = np.random.default_rng(0).normal(-1.5, 2.0, (90, 5))
    >>> courses = NoteCourses()
    >>> for first in range(0, 90, 7):
    ...     begin = courses.hear(said[first : first + 7])
    >>> rest = courses.close()
    >>> bool((courses.notes().onset == follow_notes(said).onset).all())
    True
    """

    def __init__(self, costs: PathCosts = PathCosts()) -> None:
        self._costs = costs
        self._near: FloatArray = np.zeros((0, HEADS, 0))  # frames that a decision may look at, the last of which are still open
        self._decided = self._heard = 0  # frames
        self._silent = self._sounds = np.zeros(0)  # the best that can be said of a course
        self._silent_since = np.zeros(0)  # where the last note of the silent course ended
        self._silent_note = self._sound_note = np.zeros(0, dtype=np.int64)
        self._seen = 0  # notes that began on any course
        self._rows: list[Float64Array] = []  # of these: onset, pitch, velocity, chance, the note before it, and where that ended

    def hear(self, said: FloatArray) -> tuple[IntArray, IntArray]:
        """Go on through (frames, HEADS * pitches) logits that follow on what was heard; decides all frames but the last two.

        Returns
        -------
        Frame and pitch of the beginnings that may turn out to be notes', in the order in which `PathNotes.candidate` counts them.
        """
        heads = said.reshape(len(said), HEADS, said.shape[1] // HEADS)
        if not self._heard:
            pitches = heads.shape[2]
            self._near = heads[:0]
            self._silent, self._sounds = np.zeros(pitches), np.full(pitches, -np.inf)
            self._silent_since = np.zeros(pitches)
            self._silent_note, self._sound_note = np.full((2, pitches), -1)
        self._near = np.concatenate([self._near, heads])
        self._heard += len(heads)
        return self._decide(self._heard - _LOOK)

    def close(self) -> tuple[IntArray, IntArray]:
        """Decide the last frames, after which nothing follows; returns what `hear` does."""
        return self._decide(self._heard)

    def notes(self) -> PathNotes:
        """List the notes of the best courses, once these are closed."""
        rows = np.concatenate(self._rows) if self._rows else np.zeros((0, 6))
        sounds = self._sounds > self._silent
        here = np.where(sounds, self._sound_note, self._silent_note)
        end = np.where(sounds, self._last_end() if sounds.any() else 0.0, self._silent_since)
        found: list[tuple[IntArray, Float64Array]] = []
        while (here >= 0).any():
            here, end = here[here >= 0], end[here >= 0]
            found.append((here, end))
            here, end = rows[here, 4].astype(np.int64), rows[here, 5]
        candidate = np.concatenate([which for which, _ in found]) if found else np.zeros(0, dtype=np.int64)
        end = np.concatenate([end for _, end in found]) if found else np.zeros(0)
        order = np.lexsort((candidate, rows[candidate, 1], rows[candidate, 0]))
        kept = rows[candidate[order]]
        return PathNotes(
            onset=kept[:, 0],
            end=end[order],
            pitch=kept[:, 1].astype(np.int64),
            velocity=kept[:, 2],
            chance=kept[:, 3],
            candidate=candidate[order],
        )

    def _decide(self, until: int) -> tuple[IntArray, IntArray]:
        """Go on to a frame: all about it and the `_LOOK` frames after it has been said, or nothing follows."""
        first, costs = self._decided, self._costs
        if until <= first:
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
        origin = self._heard - len(self._near)  # frame of the first row
        here = slice(first - origin, until - origin)
        chance, peak = _beginnings(self._near[:, 0], costs.earliest)
        ends = first + np.arange(until - first)[:, None] + _between(self._near[:, 2])[here]
        odds = np.log(chance[here]) - np.log1p(-chance[here])
        start, again = (
            np.where(peak[here], costs.onset * (odds - _log_odds(least)), -np.inf) for least in (costs.least_onset, costs.least_again)
        )
        keep = costs.sounding * np.clip(self._near[here, 1].astype(np.float64) - _log_odds(costs.least_sounding), -_MOST, _MOST)
        stop = costs.end * np.clip(self._near[here, 2].astype(np.float64), -_MOST, _MOST) - costs.end_cost
        begun: list[tuple[int, IntArray, IntArray, Float64Array]] = []
        for step in range(until - first):
            stopped = self._sounds + stop[step]
            from_silence, from_sound = self._silent + start[step], self._sounds + again[step]
            struck = np.maximum(from_silence, from_sound)
            (new,) = np.nonzero(struck > self._sounds)
            breaks = (from_sound > from_silence)[new]  # off another, which ends exactly here
            before = np.where(breaks, self._sound_note[new], self._silent_note[new])
            ended = np.where(breaks, float(first + step), self._silent_since[new])
            stops = stopped > self._silent
            np.copyto(self._silent_note, self._sound_note, where=stops)
            np.copyto(self._silent_since, ends[step], where=stops)
            if len(new):
                begun.append((step, new, before, ended))
                self._sound_note[new] = self._seen + np.arange(len(new))
                self._seen += len(new)
            self._silent, self._sounds = np.maximum(self._silent, stopped), np.maximum(self._sounds, struck) + keep[step]
        steps = np.repeat(np.array([step for step, *_ in begun], dtype=np.int64), [len(new) for _, new, *_ in begun])
        pitch = np.concatenate([new for _, new, *_ in begun]) if begun else np.zeros(0, dtype=np.int64)
        if len(steps):
            row = steps + here.start
            late = np.clip(self._near[row, 4, pitch].astype(np.float64), -1.0, 1.0)
            velocity = sigmoid(self._near[row, 3, pitch])
            before, ended = (np.concatenate([parts[column] for parts in begun]) for column in (2, 3))
            onset = np.maximum(first + steps + late, 0.0)
            self._rows.append(np.stack([onset, pitch, velocity, chance[row, pitch], before, ended], axis=1))
        self._decided = until
        self._near = self._near[max(0, until - _LOOK - origin) :].copy()
        return first + steps, pitch

    def _last_end(self) -> Float64Array:
        """Where notes end that sound to the last."""
        beyond = np.pad(self._near[:, 2].astype(np.float64), ((0, 1), (0, 0)), constant_values=-np.inf)
        return np.asarray(self._heard + _between(beyond)[-1])


def _beginnings(logits: FloatArray, earliest: float) -> tuple[Float32Array, BoolArray]:
    """How likely a note begins within a frame of each one, and where that is at its highest.

    A beginning is taught over the frames around it, to a sum of two, so that half of what is said of three frames does not depend on where
    between two of them it lies, nor on how sure the network is of that.
    """
    each = sigmoid(logits)
    edges = np.pad(each, ((1, 1), (0, 0)))
    before, after = edges[:-2], edges[2:]
    chance = np.clip(0.5 * (before + each + after), _FLOOR, 1.0 - _FLOOR)
    return np.asarray(chance, dtype=np.float32), (each >= before) & (each > after) & (chance >= earliest)


def _between(logits: FloatArray) -> Float64Array:
    """How far from each frame the centre of what speaks for an end around it is, in frames; nothing speaks for one beyond the edges."""
    weight = np.pad(sigmoid(logits), ((_LOOK, _LOOK), (0, 0))) + np.float32(1e-3)
    parts = [weight[step : step + len(logits)] for step in range(2 * _LOOK + 1)]
    return np.asarray(sum((step - _LOOK) * part.astype(np.float64) for step, part in enumerate(parts)) / sum(parts))


def _log_odds(chance: float) -> float:
    return float(np.log(chance) - np.log1p(-chance))
