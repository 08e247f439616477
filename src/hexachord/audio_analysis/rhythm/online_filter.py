"""Where in the bar are we, and how fast does it go: what is known now, from what was heard until now.

The model is that of `hexachord.dsp.bar_model`: walks through bars that jump from beat to beat, each with its own tempo, bar position and
metre. Offline the likeliest walk is found when all is heard; here the chances of all walks are carried along, frame by frame (the
forward algorithm of a semi-Markov model), and nothing is ever looked back upon. Beside the walks there is "no pulse": silence and free
time make it likely, and from it a walk may begin at any frame, which is how the tracker starts, restarts and gets over a break.

Whiteley, Cemgil & Godsill, "Bayesian modelling of temporal structure in musical audio", ISMIR 2006; Krebs, Böck & Widmer, "An efficient
state-space model for joint tempo and meter tracking", ISMIR 2015; Böck, Krebs & Widmer, "Accurate tempo estimation and online beat
tracking", in Heydari, Cwitkowitz & Duan, "BeatNet", ISMIR 2021, the state of the field.
"""

from dataclasses import dataclass

import numpy as np

from hexachord.arrays import Float64Array, IntArray
from hexachord.dsp.bar_model import BarModel, MetricalOptions


@dataclass(frozen=True, kw_only=True)
class FilterOptions:
    """What is possible and how likely. All were settled on renders of the valid side.

    Attributes
    ----------
    bars : the bars and tempi there may be, and how a beat shows; `metre_change` is the chance per bar of another metre
    begin : chance that a pulse begins, per second without one
    end : chance that the pulse ends, per beat
    jump : chance that the tempo changes at a beat to any other
    slip : chance that the bar is counted anew from a beat
    bar_trust : what "this is a downbeat" weighs, as `bars.trust` is what "this is a beat" does
    bar_floor : how surprising a downbeat elsewhere may be at most, as `bars.floor` is for a beat
    """

    bars: MetricalOptions = MetricalOptions(
        metres=(2, 3, 4, 5, 6, 7),
        slowest_bpm=48.0,
        fastest_bpm=220.0,
        tempo_step=0.02,
        trust=1.5,
        floor=0.02,
        likely_weight=1.0,
        metre_cost=((2, 0.4), (3, 0.1), (5, 0.6), (6, 0.6), (7, 0.6)),
        metre_change=1e-3,
    )
    begin: float = 4.0
    end: float = 1e-3
    jump: float = 1e-4
    slip: float = 1e-3
    bar_trust: float = 1.0
    bar_floor: float = 0.005


class BarFilter:
    """The chances of every bar position, tempo and metre, and of no pulse, after each frame.

    Parameters
    ----------
    hop_s : seconds from one frame to the next
    options : see `FilterOptions`

    Attributes
    ----------
    bpm : (tempi,) of each tempo, from fast to slow
    metre, position : (slots,) beats of its bar, and which of them each slot is, from 1
    alive : (tempi, slots) chance that the beat going on has this tempo and is this one of the bar
    nothing : chance that there is no pulse

    Examples
    --------
    >>> tracker = BarFilter(hop_s=0.02)
    >>> for frame in range(400):
    ...     tracker.step(0.9 if frame % 25 == 0 else 0.02, 0.8 if frame % 75 == 0 else 0.01)
    >>> tempo = tracker.alive.sum(axis=1).argmax()
    >>> slot = tracker.alive.sum(axis=0).argmax()
    >>> abs(float(tracker.bpm[tempo]) - 120) < 3, int(tracker.metre[slot]), int(tracker.position[slot])
    (True, 3, 1)
    """

    def __init__(self, *, hop_s: float, options: FilterOptions = FilterOptions()) -> None:
        self.options, bars = options, options.bars
        self.model = model = BarModel(bars, bars.metres, hop_s)
        tempi, slots = model.length.size, model.slots
        self.hop_s = hop_s
        self.metre: IntArray = np.asarray(model.metres)[model.slot_metre]
        self.position: IntArray = model.slot_position + 1
        self.bpm: Float64Array = 60.0 / (model.length * hop_s)
        timing = np.exp(model.timing.astype(np.float64))
        self._likely = timing.sum(axis=1)  # what a tempo far from the likely one costs per beat
        timing /= self._likely[:, None]
        self._timing = timing[:, None, :]  # the chance of each length of a beat, per tempo
        over = np.arange(model.longest + 1)[None, None, :] >= model.duration[:, :, None]
        self._lasting = 1.0 - np.einsum("tl,tla->ta", timing, over)  # that a beat is not over after so many frames
        drift = np.exp(model.drift.astype(np.float64))
        drift *= (1.0 - options.jump) / drift.sum(axis=1, keepdims=True)
        self._drift = np.ascontiguousarray((drift + options.jump / tempi).T)
        start = np.exp(model.start.astype(np.float64))
        self._start = start / start.sum()
        self._next = _next_slots(model, bars.metre_change, options.slip)
        self._cost = np.exp(-model.slot_cost.astype(np.float64))
        self._is_first = model.slot_position == 0
        self._begin = 1.0 - float(np.exp(-options.begin * hop_s))
        self._ring = np.zeros((model.longest + 1, tempi, slots))  # by the frame at which the beat began, modulo the ring's length
        self._tempo_rows = np.arange(tempi)[:, None]
        self._wish = np.ones(tempi)
        self._level = 1.0  # what the chances in the ring sum to
        self.frame = -1
        self.nothing = 1.0
        self.alive = np.zeros((tempi, slots))

    def step(self, beat: float, downbeat: float) -> None:
        """Take the next frame's activations, both in [0, 1]."""
        ring = self._ring
        self.frame += 1
        begin = self.nothing * self._begin
        lasted = ring[(self.frame - self.model.duration) % len(ring), self._tempo_rows]  # (tempi, lengths, slots)
        ended = np.matmul(self._timing, lasted)[:, 0] / self._level
        arrived = self._drift @ (ended * ((1.0 - self.options.end) * self._likely * self._wish)[:, None]) @ self._next
        arrived += begin * self._start
        arrived *= self._gains(beat, downbeat)
        self.alive += arrived - ended
        np.maximum(self.alive, 0.0, out=self.alive)  # rounding
        self.nothing = self.nothing * (1.0 - self._begin) + self.options.end * float(ended.sum())
        ring[self.frame % len(ring)] = arrived * self._level
        total = self.nothing + float(self.alive.sum())
        self.nothing /= total
        self.alive /= total
        self._level *= total  # the ring is large: it is scaled only now and then
        if not 1e-50 < self._level < 1e50:
            self._ring /= self._level
            self._level = 1.0

    def _gains(self, beat: float, downbeat: float) -> Float64Array:
        """Odds of a beat that begins now against none, per slot."""
        bars = self.options.bars
        first = min(max(downbeat, 0.0), 1.0)
        shown = min(max(beat, first), 1.0)
        silent = max(1.0 - shown, bars.floor) * np.exp(bars.no_beat)
        ones, others = max(first, self.options.bar_floor), max(shown - first, self.options.bar_floor)
        part = np.where(self._is_first, ones, others) / (ones + others)
        return np.asarray((max(shown, bars.floor) / silent) ** bars.trust * part**self.options.bar_trust * self._cost)

    def recent(self, frames: int, tempi: slice) -> Float64Array:
        """Chance that the beat going on began 0, 1, ... frames ago, at one of some tempi: (frames, slots)."""
        back = (self.frame - np.arange(frames)) % len(self._ring)
        return np.asarray(self._ring[back, tempi].sum(axis=1) / self._level)

    def weigh_begins(self, gain: Float64Array, *, first: bool = False) -> None:
        """Take evidence about when beats began: `gain[k]` is the odds of a beat `k` frames ago against none; older ones have 1.

        With `first` the beat is known to be the bar's first: the odds of others are turned round.
        """
        ages = min(len(gain), len(self._ring))
        odds = np.ones((len(self._ring), len(self.metre)))
        odds[:ages] = gain[:ages, None]
        if first:
            odds[:, ~self._is_first] = 1.0 / odds[:, ~self._is_first]
        back = (self.frame - np.arange(len(odds))) % len(self._ring)
        self._ring[back] *= odds[:, None, :]
        self.alive = np.einsum("ats,ta->ts", self._ring[back], self._lasting) / self._level
        self._share_out()

    def prefer_tempi(self, gain: Float64Array) -> None:
        """Let some tempi be likelier from now on: (tempi,) odds at every beat, at the one going on as well; in place of what was before."""
        self._ring *= gain[:, None]
        self.alive *= gain[:, None]
        self._wish = gain
        self._share_out()

    def _share_out(self) -> None:
        """Let all chances sum to 1."""
        total = self.nothing + float(self.alive.sum())
        self.nothing /= total
        self.alive /= total
        self._ring /= self._level * total
        self._level = 1.0


def _next_slots(model: BarModel, metre_change: float, slip: float) -> Float64Array:
    """Chance that a beat of the bar is followed by another one, (slots, slots)."""
    chance = np.zeros((model.slots, model.slots))
    metres = len(model.metres)
    for slot, before in enumerate(model.previous):
        chance[before, slot] = 1.0
        if slot in model.first_slot and metres > 1:
            chance[before, model.first_slot] = metre_change / (metres - 1)
            chance[before, slot] = 1.0 - metre_change
    anew = 1.0 / (metres * np.asarray(model.metres, dtype=np.float64)[model.slot_metre])
    return (1.0 - slip) * chance + slip * anew
