"""One voice as sound: its excerpt at its pitch, through its filters, under its envelope, for any stretch of time that is asked for.

What it will do is settled when its stroke begins, so a stretch is the same however time is cut into stretches. Most voices neither glide
nor sweep: they cost a product with their envelope and a sum.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from hexachord.arrays import Float32Array, Float64Array
from hexachord.synthesis.model import Filter
from hexachord.synthesis.voices.control_curves import TrackControls, drawn
from hexachord.synthesis.voices.filters import STEP_CENTS, MovingFilter, is_open, quantized
from hexachord.synthesis.voices.plan import CONTROL_FRAMES, SILENT_DB, Motion, VoicePlan, decibels, motion_of, sweep_of
from hexachord.synthesis.voices.resampling import HIGHEST_CENTS, LOWEST_CENTS, TAPS, Excerpt, warp
from hexachord.synthesis.voices.sources import RING_S, Sound, SoundKey, SoundSources
from hexachord.synthesis.voices.sweeps import JoinedSound, SweptSound, beginning_of_sweep, fits_a_ladder, swept_sound

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
        held = None if release is None or voice.one_shot else max(release - self.start, int(SHORTEST_S * rate_hz))
        self._held = held
        self._level = 1.0
        self._envelope: Float32Array | None = None
        self._release: Float32Array | None = None
        self._phase: _Phase | None = None
        self._chain: list[MovingFilter] = []
        self._swell: Float32Array | None = None
        self._sound: Sound | SweptSound | JoinedSound | None = None
        life = 86_400 * rate_hz if plan.life is None else plan.life
        excerpt = plan.excerpt
        if held is not None:
            life = min(life, self._let_go(held, tail_s))
        elif excerpt.is_endless:
            excerpt = Excerpt(excerpt.start, excerpt.end)
        if plan.own_routes or plan.modulators or cents or excerpt.passes is not plan.excerpt.passes or _leaves_its_loop(plan):
            total = self._move(excerpt, life, controls, sources, cents=cents, delay_s=still_s)
        else:
            if plan.still is None:
                filters, _ = _filters(plan, STILL)
                still_key = SoundKey(voice.sample, excerpt, round(plan.fixed.pitch_cents, 2), filters)
                ring = int(RING_S * rate_hz) if filters else 0
                frames = sources.stretch(still_key).frames
                plan.still = still_key, None if frames is None else frames + ring
            key, total = plan.still
            self._sound = sources.sound(key, life if total is None else min(life, total))
        if total is not None:
            life = min(life, total)
        life = max(life, 0)
        self.end = self.start + life
        self._envelope = sources.envelope(plan.course, min(life if held is None else min(life, held), plan.flat_from))
        if held is not None and life > held:
            self._release = sources.envelope(plan.release, life - held)
        if self._sound is None or plan.fixed.gain_db <= SILENT_DB:
            self.end = self.start

    def _let_go(self, held: int, tail_s: float) -> int:
        """Let it go after `held` frames; returns after how many it has faded."""
        plan, rate_hz = self.plan, self._rate_hz
        self._level = plan.course.level(held)
        fall_db = max(decibels(self._level) - plan.floor_db, 0.0)
        if plan.release.fall_db * tail_s * rate_hz > fall_db:
            return held + int(fall_db / plan.release.fall_db)
        tail = int(tail_s * rate_hz)
        self._fade = (held + tail * 3 // 4, tail - tail * 3 // 4)
        return held + tail

    def _move(
        self, excerpt: Excerpt, life: int, controls: TrackControls, sources: SoundSources, *, cents: float, delay_s: float
    ) -> int | None:
        """Work out how it moves and what sound that takes; returns after how many frames that is over, None when it never is."""
        plan, rate_hz = self.plan, self._rate_hz
        sample = plan.voice.sample
        fixed_cents = plan.fixed.pitch_cents + cents
        if not excerpt.is_endless:  # as long as it could get when it glides two octaves down
            life = min(life, 4 * int(excerpt.frames / _ratio(sample.rate_hz, rate_hz, fixed_cents)) + rate_hz)
        motion = STILL
        if not plan.only_sweeps:
            motion = motion_of(plan, controls, start=self.start, frames=life, held=self._held, delay_s=delay_s, rate_hz=rate_hz)
        self.motion = motion
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
        if total is not None:
            total += int(RING_S * rate_hz) if filters or plan.sweeps or sweep_hz is not None else 0
            life = min(life, total)
        if plan.filter is not None and plan.sweeps and self._phase is None:
            self._sound = self._swept(sources, key, plan.filter, life, delay_s)
        else:
            if plan.filter is not None and plan.sweeps:
                cutoff_cents = sweep_of(plan, first=0, frames=life, held=self._held, delay_s=delay_s, rate_hz=rate_hz)
                sweep_hz = _sweep_hz(plan.filter, cutoff_cents)
            wanted, nodes, step = life, None, None if self._phase is not None else CONTROL_FRAMES
            if self._phase is not None:
                wanted, nodes = self._phase.last(life) + 2 * TAPS, self._phase.nodes
            if plan.filter is not None and sweep_hz is not None:
                # in the source of a glide the filter stands where it will be when it is read
                there_hz = sweep_hz if nodes is None else sweep_hz * 2.0 ** ((key.cents - course[: len(sweep_hz)]) / 1200.0)
                if fits_a_ladder(plan.filter, there_hz):
                    nodes = np.arange(len(there_hz), dtype=np.float64) * CONTROL_FRAMES if nodes is None else nodes[: len(there_hz)]
                    self._sound = swept_sound(sources, key, plan.filter, nodes=nodes, step=step, frequency_hz=there_hz, frames=wanted)
                else:
                    moving = MovingFilter(plan.filter, sweep_hz, step=CONTROL_FRAMES, channels=sample.channels, rate_hz=rate_hz)
                    self._chain.append(moving)
            if self._sound is None:
                self._sound = sources.sound(key, wanted)
        return None if total is None else life

    def _swept(self, sources: SoundSources, key: SoundKey, settings: Filter, life: int, delay_s: float) -> JoinedSound | None:
        """The sound of a sweep: until it is let go, it is the same for every stroke."""
        plan, held, rate_hz = self.plan, self._held, self._rate_hz

        def frequency_hz(frames: int) -> Float64Array:
            return _sweep_hz(settings, sweep_of(plan, first=0, frames=frames, held=None, delay_s=delay_s, rate_hz=rate_hz))

        join = life if held is None else min(held // CONTROL_FRAMES * CONTROL_FRAMES, life)
        sources.sound(key, life)
        beginning = beginning_of_sweep(
            sources, key, settings, name=plan.sweep_name(delay_s), step=CONTROL_FRAMES, frequency_hz=frequency_hz, frames=join
        )
        if beginning is None or join >= life:
            return None if beginning is None else JoinedSound(beginning, join, None)
        course_hz = _sweep_hz(settings, sweep_of(plan, first=join, frames=life, held=held, delay_s=delay_s, rate_hz=rate_hz))
        nodes = np.arange(len(course_hz), dtype=np.float64) * CONTROL_FRAMES
        after = swept_sound(
            sources, key, settings, nodes=nodes, step=CONTROL_FRAMES, frequency_hz=course_hz, frames=life - join, begin=join
        )
        return JoinedSound(beginning, join, after)

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
        sound = self._sound.part(start, stop) if self._phase is None else self._glided(start, stop)
        for moving in self._chain:
            sound = moving(sound, at=start)
        held, flat_from = self._held, self.plan.flat_from
        assert self._envelope is not None
        at = start
        while at < stop:
            if held is not None and at >= held:
                end, gain = stop, self.gain * self._level
                assert self._release is not None
                envelope: Float32Array | None = self._release[at - held : end - held]
            else:
                end = stop if held is None else min(held, stop)
                if at < flat_from:
                    end, gain = min(end, flat_from), self.gain
                    envelope = self._envelope[at:end]
                else:
                    gain, envelope = self.gain * self.plan.flat, None
            piece = sound[:, at - start : end - start]
            room = scratch[: len(piece), : end - at]
            if envelope is not None:
                piece = np.multiply(piece, envelope, out=room)
            if self._swell is not None:
                piece = np.multiply(piece, drawn(self._swell, at, end, step=CONTROL_FRAMES), out=room)
            if self._fade is not None and end > self._fade[0]:
                piece = np.multiply(piece, _fading(self._fade, at, end), out=room)
            yield Piece(at, piece, gain)
            at = end

    def _glided(self, start: int, stop: int) -> Float32Array:
        assert self._sound is not None
        assert self._phase is not None
        position = self._phase.positions(start, stop)
        low, high = int(position.min()) - TAPS, int(position.max()) + TAPS
        source = self._sound.part(max(low, 0), high)
        if low < 0:
            source = np.pad(source, ((0, 0), (-low, 0)))
        return warp(source, position - low)


class _Phase:
    """Where in its source a gliding voice reads: the sum of `step`, given at each `CONTROL_FRAMES` and straight in between.

    `nodes` are the places at each `CONTROL_FRAMES`.
    """

    def __init__(self, step: Float64Array) -> None:
        self._step = step
        self.nodes = np.concatenate([[0.0], np.cumsum((step[:-1] + step[1:]) * (CONTROL_FRAMES / 2))])

    def positions(self, start: int, stop: int) -> Float64Array:
        first, last = start // CONTROL_FRAMES, (stop - 1) // CONTROL_FRAMES + 1
        j = np.arange(CONTROL_FRAMES, dtype=np.float64)
        step = self._step[first:last, None]
        bend = (self._step[first + 1 : last + 1] - self._step[first:last])[:, None] / (2 * CONTROL_FRAMES)
        cells = self.nodes[first:last, None] + step * j + bend * (j * j)
        return np.asarray(cells.reshape(-1)[start - first * CONTROL_FRAMES : stop - first * CONTROL_FRAMES])

    def last(self, frames: int) -> int:
        """The source frame it has reached after so many frames."""
        return int(self.nodes[min(frames // CONTROL_FRAMES + 1, len(self.nodes) - 1)]) + 1

    def reach(self, frames: int) -> int:
        """After how many frames it reaches frame `frames` of its source, rounded up to whole steps."""
        return int(np.searchsorted(self.nodes, frames)) * CONTROL_FRAMES


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
    settings = plan.filter
    if settings is None or plan.sweeps:
        return plan.equalizer, None
    cents = plan.fixed.cutoff_cents + motion.cutoff_cents
    low, high = float(np.min(cents)), float(np.max(cents))
    if is_open(settings, lowest_cents=low, highest_cents=high):
        return plan.equalizer, None
    if high - low < STEP_CENTS:
        return (quantized(settings, cents=low), *plan.equalizer), None
    return plan.equalizer, _sweep_hz(settings, cents)


def _sweep_hz(settings: Filter, cents: Float64Array | float) -> Float64Array:
    return np.atleast_1d(settings.frequency_hz * 2.0 ** (np.clip(cents, -14400.0, 14400.0) / 1200.0))
