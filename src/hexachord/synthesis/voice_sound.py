"""One voice as sound: its excerpt at its pitch, through its filters, under its envelope, for any stretch of time that is asked for.

What it will do is settled when its stroke begins, so a stretch is the same however time is cut into stretches. Most voices neither glide
nor sweep: they cost a product with their envelope and a sum.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from hexachord.arrays import Float32Array, Float64Array
from hexachord.synthesis.control_curves import TrackControls
from hexachord.synthesis.envelopes import release_table
from hexachord.synthesis.model import Filter
from hexachord.synthesis.resampling import HIGHEST_CENTS, LOWEST_CENTS, TAPS, Excerpt, warp
from hexachord.synthesis.sound_sources import RING_S, Sound, SoundKey, SoundSources
from hexachord.synthesis.voice_filters import STEP_CENTS, MovingFilter, is_open, quantized
from hexachord.synthesis.voice_plan import CONTROL_FRAMES, SILENT_DB, Motion, VoicePlan, decibels, motion_of

SHORTEST_S = 0.010
"""A stroke is held at least this long."""

SHORTEST_FADE_S = 0.0015
STILL_CENTS = 0.1
HEADROOM_CENTS = 300.0  # how far above its own band limit a gliding sound may be read: what folds stays above 16 kHz
LONGEST_UNROLLED_S = 120.0
STILL = Motion()


class Piece(NamedTuple):
    """Sound ``(channels, n)`` that begins at frame `at` of its voice, still to be multiplied by `gain`."""

    at: int
    sound: Float32Array
    gain: float


class SoundingVoice:
    """A voice that sounds from frame `start` of the performance up to frame `end`.

    Parameters
    ----------
    onset : frame of the stroke (of its release for a release sample)
    release : frame where it is let go; None lets it sound to its end
    cents : what the stroke adds to the pitch
    tail_s : after its release it sounds no longer than this
    """

    def __init__(
        self,
        plan: VoicePlan,
        controls: TrackControls,
        sources: SoundSources,
        *,
        onset: int,
        release: int | None,
        cents: float,
        rate_hz: int,
        tail_s: float,
    ) -> None:
        voice = plan.voice
        self.plan = plan
        still_s = min(max(voice.envelope.delay_s, 0.0), 3600.0)
        self.start = onset + round((min(max(voice.delay_s, 0.0), 3600.0) + still_s) * rate_hz)
        self.motion = STILL
        self.gain = plan.gain
        self._rate_hz = rate_hz
        self._fade: tuple[int, int] | None = None
        self._held: int | None = None
        self._level = 1.0
        self._release: Float32Array | None = None
        self._phase: _Phase | None = None
        self._chain: list[MovingFilter] = []
        self._swell: Float32Array | None = None
        life = 86_400 * rate_hz if plan.life is None else plan.life
        excerpt = plan.excerpt
        if release is not None and not voice.one_shot:
            life = min(life, self._hold(max(release - self.start, int(SHORTEST_S * rate_hz)), tail_s))
        elif excerpt.is_endless:
            excerpt = Excerpt(excerpt.start, excerpt.end)
        if plan.own_routes or plan.modulators or cents or excerpt.passes is not plan.excerpt.passes or _leaves_its_loop(plan):
            key, total, wanted = self._move(excerpt, life, controls, sources, cents=cents, delay_s=still_s)
        else:
            if plan.still is None:
                filters, _ = _filters(plan, STILL)
                still_key = SoundKey(voice.sample, excerpt, round(plan.fixed.pitch_cents, 2), filters)
                ring = int(RING_S * rate_hz) if filters else 0
                frames = sources.stretch(still_key).frames
                plan.still = still_key, None if frames is None else frames + ring
            key, total = plan.still
            wanted = life if total is None else min(life, total)
        if total is not None:
            life = min(life, total)
        self.end = self.start + max(life, 0)
        self._sound = sources.sound(key, wanted)
        if self._sound is None or plan.fixed.gain_db <= SILENT_DB:
            self.end = self.start

    def _hold(self, held: int, tail_s: float) -> int:
        """Let it go after `held` frames; returns after how many it has faded."""
        plan, rate_hz = self.plan, self._rate_hz
        self._held = held
        self._level = plan.table.level(held)
        rate = plan.release_db_per_s
        self._release = release_table(rate, rate_hz=rate_hz, longest_s=tail_s + 1.0)
        fall_db = max(decibels(self._level) - plan.floor_db, 0.0)
        if rate * tail_s > fall_db:
            return held + min(int(fall_db / rate * rate_hz), len(self._release))
        tail = int(tail_s * rate_hz)
        self._fade = (held + tail * 3 // 4, tail - tail * 3 // 4)
        return held + tail

    def _move(
        self, excerpt: Excerpt, life: int, controls: TrackControls, sources: SoundSources, *, cents: float, delay_s: float
    ) -> tuple[SoundKey, int | None, int]:
        """Work out how it moves; returns what it plays, how long that is, and how much of it is needed."""
        plan, rate_hz = self.plan, self._rate_hz
        voice, sample = plan.voice, plan.voice.sample
        fixed_cents = plan.fixed.pitch_cents + cents
        if not excerpt.is_endless:  # as long as it could get when it glides two octaves down
            life = min(life, 4 * int(excerpt.frames / _ratio(sample.rate_hz, rate_hz, fixed_cents)) + rate_hz)
        self.motion = motion = motion_of(plan, controls, start=self.start, frames=life, held=self._held, delay_s=delay_s, rate_hz=rate_hz)
        if isinstance(motion.gain_db, float):
            self.gain *= 10.0 ** (min(motion.gain_db, 60.0) / 20.0)
        else:
            self._swell = (10.0 ** (np.minimum(motion.gain_db, 60.0) / 20.0)).astype(np.float32)
        moved = motion.pitch_cents
        glides = not isinstance(moved, float) and float(np.ptp(moved)) > STILL_CENTS
        still_cents = fixed_cents + (0.0 if glides else moved if isinstance(moved, float) else float(moved[0]))
        if self._held is not None and _leaves_its_loop(plan):
            excerpt = _left_loop(excerpt, self._held, life, _ratio(sample.rate_hz, rate_hz, still_cents), sample.rate_hz)
        filters, sweep_hz = _filters(plan, motion)
        if glides:
            course = np.clip(np.asarray(moved) + fixed_cents, LOWEST_CENTS, HIGHEST_CENTS)
            key = SoundKey(sample, excerpt, round(max(float(course.max()) - HEADROOM_CENTS, LOWEST_CENTS), 2), oversampling=2)
            self._phase = _Phase(key.oversampling * 2.0 ** ((course - key.cents) / 1200.0))
            frames = sources.stretch(key).frames
            total = None if frames is None else self._phase.reach(frames)
            self._chain = [MovingFilter(one, None, step=CONTROL_FRAMES, channels=sample.channels, rate_hz=rate_hz) for one in filters]
        else:
            key = SoundKey(sample, excerpt, round(still_cents, 2), filters)
            total = sources.stretch(key).frames
        if voice.filter is not None and sweep_hz is not None:
            self._chain.append(MovingFilter(voice.filter, sweep_hz, step=CONTROL_FRAMES, channels=sample.channels, rate_hz=rate_hz))
        if total is not None:
            total += int(RING_S * rate_hz) if filters or self._chain else 0
            life = min(life, total)
        return key, total, life if self._phase is None else self._phase.last(life) + 2 * TAPS

    def choke(self, frame: int) -> None:
        """End it within its `off_s` from a frame of the performance on."""
        at = max(frame - self.start, 0)
        off = round(min(max(self.plan.voice.off_s, SHORTEST_FADE_S), 60.0) * self._rate_hz)
        if self.start + at + off < self.end:
            self._fade = (at, off)
            self.end = self.start + at + off

    def pieces(self, start: int, stop: int, scratch: Float32Array) -> Iterator[Piece]:
        """Frames ``[start, stop)`` of the voice, in order; `scratch` lends the memory they lie in until the next is taken."""
        assert self._sound is not None
        sound = self._sound.part(start, stop) if self._phase is None else self._glided(self._sound, start, stop)
        for moving in self._chain:
            sound = moving(sound, at=start)
        table, held = self.plan.table, self._held
        n_table = len(table.values)
        at = start
        while at < stop:
            if held is not None and at >= held:
                end, gain = stop, self.gain * self._level
                assert self._release is not None
                envelope: Float32Array | None = self._release[at - held : end - held]
            else:
                end = stop if held is None else min(held, stop)
                if at < n_table:
                    end, gain, envelope = min(end, n_table), self.gain, table.values[at : min(end, n_table)]
                else:
                    gain, envelope = self.gain * table.flat, None
            piece = sound[:, at - start : end - start]
            room = scratch[: len(piece), : end - at]
            if envelope is not None:
                piece = np.multiply(piece, envelope, out=room)
            if self._swell is not None:
                piece = np.multiply(piece, drawn(self._swell, at, end), out=room)
            if self._fade is not None and end > self._fade[0]:
                piece = np.multiply(piece, _fading(self._fade, at, end), out=room)
            yield Piece(at, piece, gain)
            at = end

    def _glided(self, sound: Sound, start: int, stop: int) -> Float32Array:
        assert self._phase is not None
        position = self._phase.positions(start, stop)
        stretch = sound.stretch
        if stretch.frames is None:
            limit = stretch.steady + stretch.period
            position = np.where(position < limit, position, stretch.steady + (position - stretch.steady) % stretch.period)
        low = int(position.min()) - TAPS
        high = int(position.max()) + TAPS
        n = sound.frames.shape[1]
        source = sound.frames[:, max(low, 0) : min(high, n)]
        if low < 0 or high > n:
            source = np.pad(source, ((0, 0), (max(-low, 0), max(high - max(n, low), 0))))
        return warp(source, position - low)


class _Phase:
    """Where in its source a gliding voice reads: the sum of `step`, given at each `CONTROL_FRAMES` and straight in between."""

    def __init__(self, step: Float64Array) -> None:
        self._step = step
        self._at = np.concatenate([[0.0], np.cumsum((step[:-1] + step[1:]) * (CONTROL_FRAMES / 2))])

    def positions(self, start: int, stop: int) -> Float64Array:
        first, last = start // CONTROL_FRAMES, (stop - 1) // CONTROL_FRAMES + 1
        j = np.arange(CONTROL_FRAMES, dtype=np.float64)
        step = self._step[first:last, None]
        bend = (self._step[first + 1 : last + 1] - self._step[first:last])[:, None] / (2 * CONTROL_FRAMES)
        cells = self._at[first:last, None] + step * j + bend * (j * j)
        return np.asarray(cells.reshape(-1)[start - first * CONTROL_FRAMES : stop - first * CONTROL_FRAMES])

    def last(self, frames: int) -> int:
        """The source frame it has reached after so many frames."""
        return int(self._at[min(frames // CONTROL_FRAMES + 1, len(self._at) - 1)]) + 1

    def reach(self, frames: int) -> int:
        """After how many frames it reaches frame `frames` of its source, rounded up to whole steps."""
        return int(np.searchsorted(self._at, frames)) * CONTROL_FRAMES


def drawn(curve: Float32Array, start: int, stop: int) -> Float32Array:
    """A curve of one value for each `CONTROL_FRAMES`, drawn straight from each to the next, at frames ``[start, stop)``."""
    first, last = start // CONTROL_FRAMES, (stop - 1) // CONTROL_FRAMES + 1
    along = np.arange(CONTROL_FRAMES, dtype=np.float32) / CONTROL_FRAMES
    here = curve[first:last, None]
    cells = here + (curve[first + 1 : last + 1, None] - here) * along
    return np.asarray(cells.reshape(-1)[start - first * CONTROL_FRAMES : stop - first * CONTROL_FRAMES], dtype=np.float32)


def _fading(fade: tuple[int, int], start: int, stop: int) -> Float32Array:
    done = (np.arange(start, stop, dtype=np.float64) - fade[0]) / max(fade[1], 1)
    return (0.5 + 0.5 * np.cos(np.pi * np.clip(done, 0.0, 1.0))).astype(np.float32)


def _ratio(source_rate_hz: float, rate_hz: int, cents: float) -> float:
    return source_rate_hz / rate_hz * float(2.0 ** (min(max(cents, LOWEST_CENTS), HIGHEST_CENTS) / 1200.0))


def _leaves_its_loop(plan: VoicePlan) -> bool:
    return plan.excerpt.is_endless and plan.voice.loop is not None and plan.voice.loop.until_release


def _left_loop(excerpt: Excerpt, held: int, life: int, ratio: float, source_rate_hz: float) -> Excerpt:
    """The excerpt whose loop is left at its next end after the release, where the voice lives to hear it."""
    length = excerpt.loop_end - excerpt.loop_start
    passes = max(int((held * ratio - excerpt.loop_end) // length) + 1, 0)
    leaves = excerpt.loop_end + passes * length
    if leaves >= life * ratio or leaves > LONGEST_UNROLLED_S * source_rate_hz:
        return excerpt
    return excerpt._replace(passes=passes)


def _filters(plan: VoicePlan, motion: Motion) -> tuple[tuple[Filter, ...], Float64Array | None]:
    """The filters that stand still, and the course of the one that moves."""
    settings = plan.voice.filter
    if settings is None:
        return plan.equalizer, None
    cents = plan.fixed.cutoff_cents + motion.cutoff_cents
    low, high = float(np.min(cents)), float(np.max(cents))
    if is_open(settings, lowest_cents=low, highest_cents=high):
        return plan.equalizer, None
    if high - low < STEP_CENTS:
        return (quantized(settings, cents=low), *plan.equalizer), None
    return plan.equalizer, settings.frequency_hz * 2.0 ** (np.clip(cents, -14400.0, 14400.0) / 1200.0)
