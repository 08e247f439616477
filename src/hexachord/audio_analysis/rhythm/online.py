"""Beats while the music plays: sound in blocks of any size, beats out within a tenth of a second, and never a look ahead.

From sound to beats in four steps, each usable alone: frames of a log-mel spectrogram (`online_feature`), a causal network's opinion on
each (`online_network`), the chances of all tempi and bar positions (`online_filter`), and the decision to say a beat (`online_announcer`).

What a beat's two times mean: `time_s` is when the beat is; `said_at_s` is how much sound had been heard when it was decided. Their
difference, the latency, does not depend on the blocks; a caller waits for the rest of its own block besides. Of the latency, 46 ms are
half a window of the spectrogram, 20 ms the network's look ahead, 2 ms a change of rate, and the rest is doubt. It is never more than
`LATENCY_S`: a beat of which one was certain only later is said to be where that allows. With blocks of 20 ms every beat is out within a
tenth of a second.
"""

from collections import deque
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from hexachord.arrays import Float64Array, FloatArray
from hexachord.audio_analysis.rhythm.hints import RhythmHints
from hexachord.audio_analysis.rhythm.online_announcer import Announcer, AnnouncerOptions
from hexachord.audio_analysis.rhythm.online_feature import StreamLogMel
from hexachord.audio_analysis.rhythm.online_filter import BarFilter, FilterOptions
from hexachord.audio_analysis.rhythm.online_network import NETWORK, StreamNetwork
from hexachord.dsp.features import LogMel
from hexachord.errors import InputError

LATENCY_S = 0.08

_TAP_SPREAD_S = 0.03  # how exact a finger is
_TAP_WEIGHT = 4.0  # nats for a beat under a tap
_TAPPED_TEMPO = 0.15  # relative, how exact the distance of two taps is
_TAPPED_TEMPO_WEIGHT = 8.0  # nats per beat for a tempo that was tapped against one that was not
_TAPPED_TEMPO_S = 20.0  # how long it is kept after the last tap


@dataclass(frozen=True, kw_only=True)
class OnlineBeat:
    """A beat, said while the music plays.

    Attributes
    ----------
    time_s : when it is, in seconds of sound from the first sample
    position, beats_per_bar : which beat of how many; 1 is the downbeat
    bpm : the tempo now
    confidence : chance that there is such a beat, given all that was heard, by the model's own account
    said_at_s : seconds of sound that had been heard when it was decided
    """

    time_s: float
    position: int
    beats_per_bar: int
    bpm: float
    confidence: float
    said_at_s: float

    @property
    def latency_s(self) -> float:
        """How late it was said; negative when it was foreseen."""
        return self.said_at_s - self.time_s


class OnlineBeatTracker:
    """Tracks beats of a sound that is still going on.

    Parameters
    ----------
    rate_hz : of the sound, 8000 to 192000
    hints : what is known: the range of the tempo, the metre, taps, where a bar starts
    network : name of a shipped causal network, or the path of another
    filter_options, announcer_options : see `online_filter` and `online_announcer`

    Raises
    ------
    InputError : if the rate is out of range, or hints contradict themselves.

    Examples
    --------
    >>> tracker = OnlineBeatTracker(44100)
    >>> tracker.push(np.zeros(441, dtype=np.float32)), tracker.finish()
    ((), ())
    """

    def __init__(
        self,
        rate_hz: int,
        *,
        hints: RhythmHints = RhythmHints(),
        network: str | Path = NETWORK,
        filter_options: FilterOptions = FilterOptions(),
        announcer_options: AnnouncerOptions = AnnouncerOptions(),
    ) -> None:
        feature = LogMel()
        self.rate_hz = rate_hz
        self._feature = StreamLogMel(rate_hz, feature=feature)
        self._network = StreamNetwork(network)
        self._filter = BarFilter(hop_s=feature.hop_s, options=hinted(filter_options, hints))
        self._announcer = Announcer(announcer_options)
        self._hop_s = feature.hop_s
        self._wait_s = self._feature.delay_s + self._network.lookahead * self._hop_s
        self._samples = 0
        self._finished = False
        self._taps: deque[float] = deque(sorted(hints.tapped_s))
        self._bar_s = hints.downbeat_s
        self._tapped_s: float | None = None
        self._forget_s = np.inf

    @property
    def heard_s(self) -> float:
        """Seconds of sound that were pushed."""
        return self._samples / self.rate_hz

    @property
    def bpm(self) -> float | None:
        """The tempo that is followed; None while there is none."""
        return self._announcer.bpm

    def push(self, block: FloatArray) -> tuple[OnlineBeat, ...]:
        """Take the next samples and return the beats that they decide.

        Parameters
        ----------
        block : (n,) or (channels, n) float array of any length

        Raises
        ------
        InputError : if a sample is not a finite number; nothing of the block is taken, and the next one may follow.
        ValueError : if the shape is another, or the tracker was told that the sound has ended.
        """
        if self._finished:
            raise ValueError("this tracker's sound has ended: make a new one")
        samples = np.asarray(block)
        if samples.ndim == 2:
            samples = samples.mean(axis=0, dtype=np.float32)
        if samples.ndim != 1 or not np.issubdtype(samples.dtype, np.floating):
            raise ValueError(f"expected float samples of shape (n,) or (channels, n), not {samples.dtype} of shape {np.shape(block)}")
        finite = np.isfinite(samples)
        if not finite.all():
            at_s = self.heard_s + int(np.argmin(finite)) / self.rate_hz
            raise InputError(
                "the sound", found=f"samples that are not numbers (NaN or infinite), the first at {at_s:.3f} s", expected="finite samples"
            )
        self._samples += len(samples)
        beats: list[OnlineBeat] = []
        for frame in self._feature.push(samples):
            activation = self._network.push(frame)
            if activation is not None:
                beats += self._step(*activation)
        return tuple(beats)

    def finish(self) -> tuple[OnlineBeat, ...]:
        """Say that the sound has ended and return the beats of its last tenth of a second."""
        if self._finished:
            return ()
        self._finished = True
        beats: list[OnlineBeat] = []
        left = [self._network.push(frame) for frame in self._feature.finish()] + list(self._network.finish())
        for activation in left:
            if activation is not None:
                beats += self._step(*activation)
        return tuple(beat for beat in beats if beat.time_s <= self.heard_s)

    def tap(self, time_s: float | None = None) -> None:
        """Tell the tracker that a beat is felt, now or at a time of the sound; two taps in a row also tell a tempo."""
        self._taps.append(self.heard_s if time_s is None else time_s)

    def _step(self, beat: float, downbeat: float) -> list[OnlineBeat]:
        self._filter.step(beat, downbeat)
        frame_s = self._filter.frame * self._hop_s
        while self._taps and self._taps[0] <= frame_s:
            self._take_tap(frame_s - self._taps.popleft())
        if self._bar_s is not None and self._bar_s <= frame_s:
            self._filter.weigh_begins(_odds_of_tap(frame_s - self._bar_s, self._hop_s), first=True)
            self._bar_s = None
        if frame_s > self._forget_s:
            self._filter.prefer_tempi(np.ones(len(self._filter.bpm)))
            self._forget_s = np.inf
        said = self._announcer.after(self._filter)
        if said is None:
            return []
        said_at_s = min(frame_s + self._wait_s, self.heard_s) if self._finished else frame_s + self._wait_s
        return [
            OnlineBeat(
                time_s=max(said.frame * self._hop_s, said_at_s - LATENCY_S, 0.0),
                position=said.position,
                beats_per_bar=said.beats_per_bar,
                bpm=said.bpm,
                confidence=said.confidence,
                said_at_s=said_at_s,
            )
        ]

    def _take_tap(self, ago_s: float) -> None:
        """Let a tap weigh: when beats began, and how far apart they are."""
        self._filter.weigh_begins(_odds_of_tap(ago_s, self._hop_s))
        now_s = self._filter.frame * self._hop_s - ago_s
        if self._tapped_s is not None and 0.2 < now_s - self._tapped_s < 1.5:
            distance = np.log(self._filter.bpm * (now_s - self._tapped_s) / 60.0) / _TAPPED_TEMPO
            self._filter.prefer_tempi(np.exp(_TAPPED_TEMPO_WEIGHT * (np.exp(-0.5 * distance**2) - 1.0)))
            self._forget_s = now_s + _TAPPED_TEMPO_S
        self._tapped_s = now_s


def _odds_of_tap(ago_s: float, hop_s: float) -> Float64Array:
    """The odds that a beat began so many frames ago, when a finger said it was `ago_s` ago."""
    ages_s = np.arange(round(1.5 / hop_s)) * hop_s
    near = np.exp(-0.5 * ((ages_s - ago_s) / _TAP_SPREAD_S) ** 2)
    return np.asarray(np.exp(_TAP_WEIGHT * near))


def hinted(options: FilterOptions, hints: RhythmHints) -> FilterOptions:
    """Narrow what is possible to what is known.

    Raises
    ------
    InputError : if nothing is left.
    """
    bars = options.bars
    if hints.tempo_bpm is not None:
        slow, fast = hints.tempo_bpm
        if not (np.isfinite(slow) and np.isfinite(fast) and 20.0 <= slow <= fast <= 400.0):
            raise InputError("the tempo hint", found=f"{slow:g} to {fast:g} BPM", expected="a range between 20 and 400 BPM, slow first")
        bars = replace(bars, slowest_bpm=slow * 0.97, fastest_bpm=fast * 1.03, likely_weight=0.0)
    if hints.beats_per_bar is not None:
        if not 1 <= hints.beats_per_bar <= 16:
            raise InputError("the metre hint", found=f"{hints.beats_per_bar} beats per bar", expected="1 to 16")
        bars = replace(bars, metres=(hints.beats_per_bar,), metre_cost=())
    return replace(options, bars=bars)
