"""The state space of the bar-position decoder and the walk through it; see `hexachord.dsp.metrical` for what it is and its sources."""

from dataclasses import dataclass

import numpy as np

from hexachord.arrays import Float32Array, FloatArray, IntArray

_CHUNK_FRAMES = 1 << 15  # scores are kept for one chunk (about 60 MB) and recomputed for the others when the path is read back


@dataclass(frozen=True, kw_only=True)
class MetricalOptions:
    """What is possible and how likely.

    Attributes
    ----------
    metres : numbers of beats a bar may have
    slowest_bpm, fastest_bpm : range of the beat
    tempo_step : distance of neighbouring tempi, relative
    tempo_drift_cost : nats for a tempo change by a factor e from one beat to the next; 100 makes 1 % cost 1 nat
    timing : standard deviation of a beat's length around the tempo's, relative
    beat_part : the part of a beat, at its start, in which its activation is expected
    trust : what the activation at one beat weighs, in independent looks; with small values the steadiness of the tempo decides
    no_beat : log weight of a frame without beat, against one with; larger (nearer 0) means fewer, slower beats
    floor : activations are clipped to [floor, 1 - floor]: how surprising a missing or a spurious beat may be at most
    likely_bpm, likely_octaves, likely_weight : a bell curve over log tempi, its centre, its width in octaves, and the nats that one second
        at one width from the centre costs. Off by default: a trained network knows tempi; a curve of onset weights does not
    metre_cost : (metre, nats per beat) of metres that need better evidence than others; without it two bars of 2 or half a bar of 6 are
        too often taken for one of 4 or 3
    metre_change : probability that a bar is followed by one of another metre; 0 keeps one metre throughout
    trim : beats before the first and after the last activation above this are dropped (an intro without music has no beats)
    """

    metres: tuple[int, ...] = (3, 4)
    slowest_bpm: float = 55.0
    fastest_bpm: float = 215.0
    tempo_step: float = 0.02
    tempo_drift_cost: float = 100.0
    timing: float = 0.02
    beat_part: float = 1 / 16
    trust: float = 2.0
    no_beat: float = -2.7
    floor: float = 1e-3
    likely_bpm: float = 110.0
    likely_octaves: float = 1.0
    likely_weight: float = 0.0
    metre_cost: tuple[tuple[int, float], ...] = ((2, 0.4), (5, 0.4), (6, 0.4), (7, 0.4))
    metre_change: float = 0.0
    trim: float = 0.05


@dataclass(frozen=True, kw_only=True, eq=False)
class TempoCurve:
    """How likely each tempo is as time goes on, as somebody else says: a network, or the user.

    Attributes
    ----------
    nats : (n, tempi) per second of music; 0 where nothing is known
    bpm : (tempi,) ascending
    hop_s : from one row to the next
    """

    nats: FloatArray
    bpm: FloatArray
    hop_s: float

    def per_beat(self, length: FloatArray, *, hop_s: float) -> Float32Array:
        """(n, lengths) nats of one beat of each length, given in frames of `hop_s`."""
        place = np.interp(np.log(60.0 / (length * hop_s)), np.log(self.bpm), np.arange(len(self.bpm)))
        low = np.minimum(place.astype(np.int64), len(self.bpm) - 2)
        part = place - low
        return np.asarray(((1.0 - part) * self.nats[:, low] + part * self.nats[:, low + 1]) * length * hop_s, dtype=np.float32)


ONSET_WEIGHTS = MetricalOptions(trust=1.0, no_beat=0.7, likely_weight=4.0)
"""For curves where every onset counts, off the beat too (`novelty_to_activation`), rather than a network's opinion about beats."""


class BarModel:
    """The fixed part of the model: tempi, beat lengths, beats of the bars ("slots"), and the costs between them."""

    def __init__(self, options: MetricalOptions, metres: tuple[int, ...], hop_s: float) -> None:
        longest, shortest = 60.0 / (options.slowest_bpm * hop_s), 60.0 / (options.fastest_bpm * hop_s)
        tempi = max(2, 1 + int(np.ceil(np.log(longest / shortest) / options.tempo_step)))
        self.length = np.geomspace(shortest, longest, tempi)  # frames per beat
        self.metres = metres
        self.slots = sum(metres)
        first = np.cumsum((0, *metres))[:-1]
        self.first_slot = first
        self.slot_metre = np.repeat(np.arange(len(metres)), metres)
        self.slot_position = np.arange(self.slots) - first[self.slot_metre]
        size = np.asarray(metres)[self.slot_metre]
        self.previous = first[self.slot_metre] + (self.slot_position - 1) % size
        # tempo changes
        position = options.tempo_drift_cost * np.log(self.length)
        distance = np.abs(position[:, None] - position[None, :])
        self.drift = (-distance - np.log(np.exp(-distance).sum(axis=1, keepdims=True))).astype(np.float32)  # [from, to]
        self.climb = position.astype(np.float32)[:, None]
        self.leave = self.drift[np.arange(tempi), np.arange(tempi)][:, None]  # minus the log of each row's normaliser
        # beat lengths around each tempo
        spread = np.hypot(0.4, options.timing * self.length)  # 0.4 frames: what rounding to frames does to a steady beat
        reach = int(np.ceil(2 * spread.max()))
        step = np.arange(-reach, reach + 1)
        self.duration = np.maximum(1, np.rint(self.length)[:, None].astype(np.int64) + step)
        error = (self.duration - self.length[:, None]) / spread[:, None]
        probability = np.where(np.abs(error) <= 2.5, np.exp(-0.5 * error**2), 0.0)
        with np.errstate(divide="ignore"):
            timing = np.log(probability / probability.sum(axis=1, keepdims=True))
        octaves = np.log2(60.0 / (self.length * hop_s) / options.likely_bpm) / options.likely_octaves
        unlikely = 0.5 * options.likely_weight * octaves**2 * self.length * hop_s  # grows with time, as the evidence does
        self.timing = (timing - unlikely[:, None]).astype(np.float32)
        self.longest = int(self.duration.max())
        # the frames at the start of a beat that should show it
        self.width = np.maximum(1, np.rint(options.beat_part * self.length).astype(np.int64))
        # where a piece may start: anywhere in a beat, a bar, a metre
        start = -np.log(self.length) - np.log(tempi)
        metre_share = -np.log(np.asarray(metres, dtype=np.float64))[self.slot_metre]
        self.start = (start[:, None] + metre_share[None, :]).astype(np.float32)
        cost = dict(options.metre_cost)
        self.slot_cost = np.array([cost.get(metre, 0.0) for metre in metres], dtype=np.float32)[self.slot_metre]
        self.stay = self.switch = 0.0
        if options.metre_change > 0 and len(metres) > 1:
            self.stay = float(np.log1p(-options.metre_change))
            self.switch = float(np.log(options.metre_change / (len(metres) - 1)))
        self.changes = self.switch != 0.0

    def enter(self, done: Float32Array) -> Float32Array:
        """Best score of each (tempo, slot) as the next beat's, from the scores of the beats that just ended: `done` (tempi, slots)."""
        source = done
        if self.changes:
            ended = done[:, self.first_slot]
            source = done.copy()
            source[:, self.first_slot] = np.maximum(ended + self.stay, ended.max(axis=1, keepdims=True) + self.switch)
        level = source + self.leave
        faster = np.maximum.accumulate(level + self.climb, axis=0)
        faster -= self.climb
        slower = np.maximum.accumulate((level - self.climb)[::-1], axis=0)[::-1]
        slower += self.climb
        return np.maximum(faster, slower, out=faster)


def beat_gains(shown: FloatArray, kinds: tuple[FloatArray, ...], model: BarModel, options: MetricalOptions) -> Float32Array:
    """Log odds of "a beat of this kind starts here" against "no beat", per frame, width of the beat's start, and kind.

    Every frame is explained either by the start of a beat or by the rest of one; the sum over all frames of the latter is the same for
    all walks, so only the odds at the starts count. Neighbouring frames see the same beat: their odds are averaged, not added, which also
    makes the result independent of the frame rate.
    """
    silent = np.log(np.clip(1.0 - shown, options.floor, 1.0)) + options.no_beat
    widths = np.unique(model.width)
    gains = np.zeros((shown.shape[0], widths.size, len(kinds)), dtype=np.float32)
    for kind, activation in enumerate(kinds):
        odds = np.log(np.clip(activation, options.floor, 1.0)) - silent
        total = np.concatenate([[0.0], np.cumsum(odds)])
        for index, width in enumerate(widths):
            stop = np.minimum(np.arange(shown.shape[0]) + width, shown.shape[0])
            gains[:, index, kind] = options.trust / width * (total[stop] - total[:-1])
    return gains


class Walk:
    """The forward pass over all frames, and the way back.

    Time here is shifted by one longest beat: the first beat may have started before the recording and the last may end after it;
    what is outside costs nothing.
    """

    def __init__(self, model: BarModel, gains: Float32Array, frames: int, *, tempo: TempoCurve | None = None, hop_s: float = 1.0) -> None:
        self.model, self.gains, self.frames = model, gains, frames
        none = np.zeros((1, model.length.size), dtype=np.float32)
        self.tempo = none if tempo is None else tempo.per_beat(model.length, hop_s=hop_s)
        self.tempo_frames = 1.0 if tempo is None else tempo.hop_s / hop_s
        self.pad = model.longest
        self.stop = frames + 2 * self.pad  # times 0 .. stop; frame f is time f + pad
        self.width_index = np.searchsorted(np.unique(model.width), model.width)
        self.kind = np.minimum(model.slot_position, 1) if gains.shape[2] == 2 else np.zeros(model.slots, dtype=np.int64)
        shape = (self.pad, model.length.size, model.slots)
        self.entered = np.zeros((self.pad + _CHUNK_FRAMES, *shape[1:]), dtype=np.float32)
        self.done = np.zeros_like(self.entered)
        # the scores of the last `pad` times before each chunk, from which the chunk can be recomputed
        self.checkpoints = [(np.full(shape, -np.inf, dtype=np.float32), self._enter_before_start(), 0.0)]
        self.chunks = range(self.pad, self.stop + 1, _CHUNK_FRAMES)
        self.loaded = -1
        self.finals: list[tuple[int, Float32Array, float]] = []
        for number in range(len(self.chunks)):
            self._run(number)

    def _enter_before_start(self) -> Float32Array:
        return np.broadcast_to(self.model.start[:, self.model.previous], (self.pad, *self.model.start.shape)).astype(np.float32)

    def _run(self, number: int) -> None:
        """Fill `done` and `entered` for the times of one chunk; row r is time `chunks[number] - pad + r`."""
        if self.loaded == number:
            return
        model, pad, first = self.model, self.pad, self.chunks[number]
        last = min(first + _CHUNK_FRAMES, self.stop + 1)
        entered, done = self.entered, self.done
        done[:pad], entered[:pad], offset = self.checkpoints[number]
        tempi, slots = model.length.size, model.slots
        rows = entered.reshape(-1, slots)
        index = (pad - model.duration) * tempi + np.arange(tempi)[:, None]
        timing = model.timing[:, :, None]
        choices = np.empty((*model.duration.shape, slots), dtype=np.float32)
        for time in range(first, last):
            row = time - first + pad
            if time == pad:  # the recording's first frame: no beat has ended yet
                done[row] = -np.inf
                fresh = model.start
            else:
                np.take(rows, index, axis=0, out=choices, mode="clip")
                np.add(choices, timing, out=choices)
                np.maximum.reduce(choices, axis=1, out=done[row])
                fresh = model.enter(done[row])
            index += tempi
            if time < pad + self.frames:
                fresh = fresh + self.gains[time - pad][self.width_index[:, None], self.kind] - model.slot_cost
                fresh += self.tempo[min(int((time - pad) / self.tempo_frames), len(self.tempo) - 1)][:, None]
                np.take(fresh, model.previous, axis=1, out=entered[row], mode="clip")  # stored under the slot that follows
            else:
                entered[row] = -np.inf  # no beat starts after the end
        self.loaded = number
        if number + 1 == len(self.checkpoints) and last <= self.stop:
            level = float(done[last - first : last - first + pad].max())  # keep numbers small where float32 is fine-grained
            rows_kept = slice(last - first, last - first + pad)
            self.checkpoints.append((done[rows_kept] - level, entered[rows_kept] - level, offset + level))
        if not self.finals or self.finals[-1][0] < last - 1:
            for time in range(max(first, pad + self.frames), last):
                self.finals.append((time, done[time - first + pad].copy(), offset))

    def best_end(self, slots: IntArray) -> tuple[float, int, int, int]:
        """(score, time, tempo, slot) of the best end of a walk whose next beat would be in one of the `slots`."""
        best = (-np.inf, self.stop, 0, int(slots[0]))
        for time, scores, offset in self.finals:
            chosen = scores[:, slots]
            top = int(chosen.argmax())
            if chosen.flat[top] + offset > best[0]:
                tempo, slot = divmod(top, slots.size)
                best = (float(chosen.flat[top]) + offset, time, tempo, int(slots[slot]))
        return best

    def read_back(self, ends: list[tuple[int, int, int]]) -> list[tuple[IntArray, IntArray, IntArray]]:
        """Follow several walks back from (time, tempo, slot): frames at which beats start, their slots and tempi, ascending."""
        paths: list[list[tuple[int, int, int]]] = [[] for _ in ends]
        heads: list[tuple[int, int, int] | None] = list(ends)
        for number in reversed(range(len(self.chunks))):
            self._run(number)
            for which, head in enumerate(heads):
                while head is not None and head[0] >= self.chunks[number]:
                    begun, head = self._step_back(number, *head)
                    paths[which].append(begun)
                heads[which] = head
        out: list[tuple[IntArray, IntArray, IntArray]] = []
        for path in paths:
            table = np.asarray(path[::-1], dtype=np.int64).reshape(-1, 3)
            out.append((table[:, 0] - self.pad, table[:, 2], table[:, 1]))
        return out

    def _step_back(self, number: int, time: int, tempo: int, slot: int) -> tuple[tuple[int, int, int], tuple[int, int, int] | None]:
        """The beat that ended at `time` at `tempo` before `slot`: (its start, tempo, slot), and the state in which it was begun."""
        model = self.model
        shift = self.pad - self.chunks[number]
        starts = time - model.duration[tempo]
        score = self.entered[starts + shift, tempo, slot] + model.timing[tempo]
        start = int(starts[score.argmax()])
        here = int(model.previous[slot])
        begun = (start, tempo, here)
        done = self.done[start + shift]
        if start <= self.pad or not np.isfinite(done.max()):
            return begun, None  # begun before the recording, or on its first frame
        arrived = done[:, here] + model.drift[:, tempo]
        best, before = float(arrived.max()), here
        if model.changes and here in model.first_slot:
            best += model.stay
            for other in model.first_slot.tolist():
                change = float((done[:, other] + model.drift[:, tempo]).max()) + model.switch
                if change > best:
                    best, before = change, other
            arrived = done[:, before] + model.drift[:, tempo]
        return begun, (start, int(arrived.argmax()), before)
