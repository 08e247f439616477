"""The bar-position decoder: from "how likely is a beat here" to beats, downbeats, metre and tempo.

A hidden Markov model walks through bars. Its state is where in the bar we are, how fast we go, and in which metre; its observations
are, per frame, how likely a beat and how likely a downbeat is. They may come from a network (probabilities), from a novelty curve or
from the notes of a score (see `hexachord.dsp.onset.novelty_to_activation`, and `ONSET_WEIGHTS`).

Whiteley, Cemgil & Godsill, "Bayesian modelling of temporal structure in musical audio", ISMIR 2006; Krebs, Böck & Widmer, "An efficient
state-space model for joint tempo and meter tracking", ISMIR 2015; Böck, Krebs & Widmer, "Joint beat and downbeat tracking with
recurrent neural networks", ISMIR 2016. Three things are done differently here:

- Between two beats nothing is decided, so the walk jumps from beat to beat (a semi-Markov model): the cost per frame is
  tempi x beats of the bar, not positions x tempi x beats.
- A beat's length and the tempo are two things: tempo drifts slowly, single beats fall a little early or late around it. So tempi need
  not be whole numbers of frames, and low frame rates lose nothing.
- The cost of a tempo change is proportional to the distance of log tempi. The best predecessor of every tempo is then a distance
  transform: one running maximum from the left, one from the right, instead of comparing all pairs.
"""

from dataclasses import dataclass

import numpy as np

from hexachord.arrays import FloatArray, IntArray
from hexachord.dsp.bar_model import ONSET_WEIGHTS, BarModel, MetricalOptions, TempoCurve, Walk, beat_gains
from hexachord.dsp.peaks import refine_peaks

__all__ = ["ONSET_WEIGHTS", "BarHypothesis", "MetricalOptions", "TempoCurve", "decode_bars", "decode_beats"]


@dataclass(frozen=True, kw_only=True)
class BarHypothesis:
    """One reading of a piece.

    Attributes
    ----------
    metre : beats per bar (the commonest one, if metres change)
    beat_s : (beats,) ascending times in seconds
    position : (beats,) position of each beat in its bar; 1 is the downbeat
    bar_metre : (beats,) beats of the bar that each beat lies in
    tempo_bpm : median tempo
    log_likelihood : of the whole walk, relative to a piece without beats; hypotheses of one call compare
    """

    metre: int
    beat_s: FloatArray
    position: IntArray
    bar_metre: IntArray
    tempo_bpm: float
    log_likelihood: float

    @property
    def downbeat_s(self) -> FloatArray:
        """Times of the downbeats in seconds."""
        times: FloatArray = self.beat_s[self.position == 1]
        return times


def decode_bars(
    beat: FloatArray, downbeat: FloatArray, *, hop_s: float, options: MetricalOptions = MetricalOptions()
) -> tuple[BarHypothesis, ...]:
    """Find the likeliest beats, bar positions, metre and tempo curve.

    Parameters
    ----------
    beat : (frames,) activation in [0, 1]: how likely any beat (downbeats included) falls on each frame
    downbeat : (frames,) activation in [0, 1]: how likely a downbeat does; where it is above `beat`, `beat` is raised to it
    hop_s : seconds from one frame to the next; 0.02 is enough
    options : see `MetricalOptions`

    Returns
    -------
    One hypothesis per metre, likeliest first (a single one if `metre_change` is positive). Empty when no activation rises above
    `options.trim`.

    Examples
    --------
    >>> beat = np.full(500, 0.02); beat[10::25] = 0.9
    >>> downbeat = np.full(500, 0.01); downbeat[10::75] = 0.8
    >>> best = decode_bars(beat, downbeat, hop_s=0.02)[0]
    >>> best.metre, round(best.tempo_bpm), best.beat_s[:4].round(2), best.position[:4]
    (3, 120, array([0.2, 0.7, 1.2, 1.7]), array([1, 2, 3, 1]))
    """
    any_beat = np.asarray(beat, dtype=np.float64)
    first_beat = np.asarray(downbeat, dtype=np.float64)
    if any_beat.ndim != 1 or any_beat.shape != first_beat.shape:
        raise ValueError(f"beat and downbeat are curves of one length, not {any_beat.shape} and {first_beat.shape}")
    _check(options, any_beat, first_beat)
    any_beat = np.maximum(any_beat, first_beat)
    other_beat = np.maximum(any_beat - first_beat, 0.0)
    return _decode(any_beat, (first_beat, other_beat), hop_s=hop_s, options=options)


def decode_beats(
    beat: FloatArray, *, hop_s: float, options: MetricalOptions = MetricalOptions(), tempo: TempoCurve | None = None
) -> BarHypothesis | None:
    """Find the likeliest beats and tempo curve when nothing is known of downbeats.

    Parameters
    ----------
    beat : (frames,) activation in [0, 1]
    hop_s : seconds from one frame to the next
    options : `metres` is ignored
    tempo : what is known of the tempo

    Returns
    -------
    A hypothesis of metre 1 (every `position` is 1), or None when no activation rises above `options.trim`.

    Examples
    --------
    >>> beat = np.full(500, 0.02); beat[10::24] = 0.9
    >>> found = decode_beats(beat, hop_s=0.02)
    >>> round(found.tempo_bpm), found.beat_s.size
    (125, 21)
    """
    activation = np.asarray(beat, dtype=np.float64)
    if activation.ndim != 1:
        raise ValueError(f"expected an activation of shape (frames,), not {activation.shape}")
    _check(options, activation)
    found = _decode(activation, (activation,), hop_s=hop_s, options=options, metres=(1,), tempo=tempo)
    return found[0] if found else None


def _decode(
    shown: FloatArray,
    kinds: tuple[FloatArray, ...],
    *,
    hop_s: float,
    options: MetricalOptions,
    metres: tuple[int, ...] | None = None,
    tempo: TempoCurve | None = None,
) -> tuple[BarHypothesis, ...]:
    frames = shown.shape[0]
    loud = np.flatnonzero(shown >= options.trim)
    if loud.size == 0:
        return ()
    model = BarModel(options, metres or options.metres, hop_s)
    walk = Walk(model, beat_gains(shown, kinds, model, options), frames, tempo=tempo, hop_s=hop_s)
    if model.changes:
        ends = [walk.best_end(np.arange(model.slots))]
    else:
        ends = [walk.best_end(np.flatnonzero(model.slot_metre == index)) for index in range(len(model.metres))]
    found = []
    for (score, *_), (starts, slots, tempi) in zip(ends, walk.read_back([end[1:] for end in ends]), strict=True):
        inside = (starts >= 0) & (starts < frames)
        starts, slots, tempi = starts[inside], slots[inside], tempi[inside]
        peaks = _sharpen(shown, starts, model.width[tempi])
        keep = (peaks > loud[0] - model.width[tempi] - 1) & (peaks < loud[-1] + model.width[tempi] + 1)
        if not keep.any():
            continue
        bar_metre = np.asarray(model.metres)[model.slot_metre[slots]]
        bpm = 60.0 / (np.median(np.diff(peaks[keep])) * hop_s) if keep.sum() > 1 else 60.0 / (model.length[tempi[keep][0]] * hop_s)
        found.append(
            BarHypothesis(
                metre=int(np.bincount(bar_metre[keep]).argmax()),
                beat_s=peaks[keep] * hop_s,
                position=model.slot_position[slots[keep]] + 1,
                bar_metre=bar_metre[keep],
                tempo_bpm=float(bpm),
                log_likelihood=float(score),
            )
        )
    return tuple(sorted(found, key=lambda hypothesis: -hypothesis.log_likelihood))


def _sharpen(shown: FloatArray, starts: IntArray, widths: IntArray) -> FloatArray:
    """Move each beat to the top of the activation in the frames that should show it, and between frames by a parabola."""
    reach = int(widths.max()) if widths.size else 1
    offsets = np.arange(-1, reach + 1)
    index = np.clip(starts[:, None] + offsets, 0, shown.shape[0] - 1)
    values = np.where(offsets <= widths[:, None], shown[index], -np.inf)
    top = index[np.arange(starts.size), values.argmax(axis=1)]
    position, _ = refine_peaks(shown, top)
    return np.maximum.accumulate(position)


def _check(options: MetricalOptions, *activations: FloatArray) -> None:
    for activation in activations:
        if not np.isfinite(activation).all():
            raise ValueError("an activation holds finite numbers only")
    if not options.metres or min(options.metres) < 1:
        raise ValueError(f"metres are one or more positive numbers of beats, not {options.metres}")
    if not 0 < options.slowest_bpm < options.fastest_bpm:
        raise ValueError(f"tempi run from slow to fast, not from {options.slowest_bpm} to {options.fastest_bpm} BPM")
