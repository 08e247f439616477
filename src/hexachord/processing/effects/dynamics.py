"""Dynamics: compressors, expanders, gates and a limiter.

Feed-forward, in decibels, one gain for all channels (Giannoulis, Massberg & Reiss, *Digital dynamic range compressor design*, JAES 60(6),
2012): the reduction that each sample asks for is held by a maximum that decays in `release_s` and approached in `attack_s`. It is worked
out for every four samples, whose highest counts, and drawn as lines in between.
"""

from collections.abc import Callable

import numpy as np

from hexachord.arrays import Float32Array, Float64Array
from hexachord.dsp.followers import decaying_maximum
from hexachord.dsp.limiter import Limiter
from hexachord.processing.effects.effect import Blend, Late, Processor, amplitude, effect, within

_STEP = 4  # frames for each value of the gain
_LEAST = 1e-9  # -180 dB: below it there is no level to speak of


@effect
def compressor(
    rate_hz: int,
    channels: int,
    *,
    threshold_db: float = -18.0,
    ratio: float = 3.0,
    attack_s: float = 0.01,
    release_s: float = 0.15,
    knee_db: float = 6.0,
    makeup_db: float = 0.0,
    lookahead_s: float = 0.0,
    sidechain_high_pass_hz: float = 0.0,
    mix: float = 1.0,
) -> Processor:
    """Make what is loud less loud.

    Parameters
    ----------
    threshold_db : level of the peaks above which the gain falls
    ratio : decibels more that come in for each that comes out above it; infinity is allowed
    attack_s : in which the gain gets to within a third of where it is wanted
    release_s : in which a reduction that is no longer wanted falls to a third of its decibels
    knee_db : width of the bend around the threshold
    makeup_db : gain afterwards
    lookahead_s : how much earlier the gain moves than the sound
    sidechain_high_pass_hz : the bass below it is not listened to
    mix : share of the compressed sound; the rest is left as it came in
    """
    slope = 1.0 - 1.0 / max(ratio, 1.0)
    threshold, knee = within(threshold_db, -150.0, 60.0), within(knee_db, 0.0, 60.0)
    release = _steps(release_s, rate_hz)

    def reduction_db(level: Float64Array, memory: list[float]) -> Float64Array:
        asked = slope * _over(20 * np.log10(np.maximum(level, _LEAST)) - threshold, knee)
        held = decaying_maximum(asked, decay=1 / release, before=memory[0])
        memory[0] = float(held[-1])
        return held

    processor = _gain_computer(
        reduction_db,
        rate_hz,
        channels,
        smooth_s=attack_s,
        lookahead_s=lookahead_s,
        makeup_db=makeup_db,
        sidechain_high_pass_hz=sidechain_high_pass_hz,
    )
    share = within(mix, 0.0, 1.0)
    return processor if share == 1.0 else Blend(processor, dry_gain=1 - share, wet_gain=share)


@effect
def expander(
    rate_hz: int,
    channels: int,
    *,
    threshold_db: float = -45.0,
    ratio: float = 2.0,
    range_db: float = 40.0,
    attack_s: float = 0.002,
    release_s: float = 0.1,
    knee_db: float = 6.0,
    lookahead_s: float = 0.002,
) -> Processor:
    """Make what is soft softer; with a high ratio it is a gate.

    Parameters
    ----------
    threshold_db : level of the peaks below which the gain falls
    ratio : decibels that go out for each that is missing
    range_db : the most that is taken away
    attack_s : in which it opens
    release_s : in which the level that it listens to falls to a third
    knee_db, lookahead_s : as in `compressor`
    """
    threshold, knee, most = within(threshold_db, -150.0, 60.0), within(knee_db, 0.0, 60.0), within(range_db, 0.0, 120.0)
    slope = within(ratio, 1.0, 1e6) - 1.0
    release = _steps(release_s, rate_hz)

    def reduction_db(level: Float64Array, memory: list[float]) -> Float64Array:
        followed = decaying_maximum(np.maximum(level, _LEAST), decay=1 / release, before=memory[0])
        memory[0] = float(followed[-1])
        return np.minimum(slope * _over(threshold - 20 * np.log10(np.maximum(followed, _LEAST)), knee), most)

    return _gain_computer(reduction_db, rate_hz, channels, smooth_s=attack_s, lookahead_s=lookahead_s, start_db=most)


@effect
def gate(
    rate_hz: int,
    channels: int,
    *,
    threshold_db: float = -50.0,
    range_db: float = 80.0,
    attack_s: float = 0.001,
    release_s: float = 0.08,
    lookahead_s: float = 0.002,
) -> Processor:
    """Close when nothing is played."""
    return expander.processor(
        rate_hz,
        channels,
        threshold_db=threshold_db,
        ratio=20.0,
        range_db=range_db,
        attack_s=attack_s,
        release_s=release_s,
        knee_db=2.0,
        lookahead_s=lookahead_s,
    )


@effect
def bus_compressor(rate_hz: int, channels: int, *, threshold_db: float = -16.0, makeup_db: float = 1.5, mix: float = 1.0) -> Processor:
    """Hold a mix together: 2 to 1, slow to seize, deaf to the deepest bass."""
    return compressor.processor(
        rate_hz,
        channels,
        threshold_db=threshold_db,
        ratio=2.0,
        attack_s=0.03,
        release_s=0.25,
        knee_db=8.0,
        makeup_db=makeup_db,
        sidechain_high_pass_hz=90.0,
        mix=mix,
    )


@effect
def limiter(
    rate_hz: int, channels: int, *, ceiling_db: float = -1.0, drive_db: float = 0.0, lookahead_s: float = 0.005, release_s: float = 0.12
) -> Processor:
    """Let nothing above a ceiling, neither on the samples nor between them (`hexachord.dsp.limiter`).

    Parameters
    ----------
    ceiling_db : of true peaks
    drive_db : gain before: how loud a master is made
    lookahead_s, release_s : as in `compressor`
    """
    return _Limited(rate_hz, channels, ceiling_db=ceiling_db, drive_db=drive_db, lookahead_s=lookahead_s, release_s=release_s)


class _Limited:
    def __init__(self, rate_hz: int, channels: int, *, ceiling_db: float, drive_db: float, lookahead_s: float, release_s: float) -> None:
        self.channels = channels
        self._drive = np.float32(amplitude(drive_db))
        self._limiter = Limiter(
            rate_hz=rate_hz,
            channels=channels,
            ceiling_db=within(ceiling_db, -80.0, 80.0),
            look_ahead_s=within(lookahead_s, 1e-3, 0.1),
            release_s=within(release_s, 1e-3, 10.0),
        )

    def process(self, block: Float32Array) -> Float32Array:
        return self._limiter.process(block * self._drive).astype(np.float32, copy=False)

    def finish(self) -> Float32Array:
        return self._limiter.finish().astype(np.float32, copy=False)


def _gain_computer(
    reduction_db: Callable[[Float64Array, list[float]], Float64Array],
    rate_hz: int,
    channels: int,
    *,
    smooth_s: float,
    lookahead_s: float,
    makeup_db: float = 0.0,
    sidechain_high_pass_hz: float = 0.0,
    start_db: float = 0.0,
) -> Processor:
    """A processor from a function of levels and of what it remembers (one number) to reductions."""
    late = round(within(lookahead_s, 0.0, 1.0) * rate_hz / _STEP) * _STEP + _STEP  # a group of samples is heard after it is judged
    engine = _GainEngine(
        reduction_db,
        channels,
        late=late,
        smooth=float(1.0 - np.exp(-1.0 / _steps(smooth_s, rate_hz, least=1e-3))),
        makeup=amplitude(makeup_db),
        key=_key_filter(sidechain_high_pass_hz, rate_hz, channels),
        start_db=start_db,
    )
    return Late(engine, channels, late_frames=late)


class _GainEngine:
    """Gives sound back, changed, a group of samples and the look-ahead later."""

    def __init__(
        self,
        reduction_db: Callable[[Float64Array, list[float]], Float64Array],
        channels: int,
        *,
        late: int,
        smooth: float,
        makeup: float,
        key: Processor | None,
        start_db: float,
    ) -> None:
        self._reduction_db, self._key, self._makeup = reduction_db, key, makeup
        self._smooth = smooth
        self._memory = [0.0]
        self._state = np.array([(1.0 - smooth) * start_db])
        self._last_db = start_db
        self._open = np.zeros((channels, 0), dtype=np.float32)  # not yet a whole group
        self._waiting = np.zeros((channels, late), dtype=np.float32)

    def __call__(self, block: Float32Array) -> Float32Array:
        from scipy.signal import lfilter

        joined = np.concatenate([self._open, block], axis=1)
        groups = joined.shape[1] // _STEP
        used, self._open = joined[:, : groups * _STEP], joined[:, groups * _STEP :]
        if not groups:
            return used
        key = used if self._key is None else self._key.process(used)
        level = np.abs(key).max(axis=0).reshape(groups, _STEP).max(axis=1)
        asked = self._reduction_db(level, self._memory)
        reached, self._state = lfilter([self._smooth], [1.0, self._smooth - 1.0], asked, zi=self._state)
        self._state[np.abs(self._state) < 1e-12] = 0.0
        gains = self._makeup * np.power(10.0, -np.concatenate([[self._last_db], reached]) / 20).astype(np.float32)
        self._last_db = float(reached[-1])
        ramp = (np.arange(_STEP, dtype=np.float32) + 1) / _STEP
        lines = (gains[:-1, None] + np.diff(gains)[:, None] * ramp).reshape(-1)
        sound = np.concatenate([self._waiting, used], axis=1)
        self._waiting = sound[:, groups * _STEP :]
        return np.asarray(sound[:, : groups * _STEP] * lines.astype(np.float32))


def _key_filter(high_pass_hz: float, rate_hz: int, channels: int) -> Processor | None:
    if high_pass_hz <= 0:
        return None
    from hexachord.processing.effects.equalizer import high_pass

    return high_pass.processor(rate_hz, channels, cutoff_hz=high_pass_hz, order=2)


def _over(level_db: Float64Array, knee_db: float) -> Float64Array:
    """How far a level is over 0, with a bend of so many decibels around it."""
    if knee_db <= 0:
        return np.maximum(level_db, 0.0)
    bent = np.square(np.clip(level_db + knee_db / 2, 0.0, knee_db)) / (2 * knee_db)
    return np.asarray(bent + np.maximum(level_db - knee_db / 2, 0.0))


def _steps(time_s: float, rate_hz: int, *, least: float = 1.0) -> float:
    """A time in steps of the gain."""
    return max(within(time_s, 0.0, 60.0) * rate_hz / _STEP, least)
