"""The player: tracks of strokes and their instruments become sound, block by block.

Voices are planned when their stroke comes and sound on into later blocks; what they are made of is kept (`SoundCache`) as long as it
fits. So memory does not grow with the length of the music, and the result does not depend on how it is cut into blocks.
"""

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from hexachord.arrays import Float32Array
from hexachord.synthesis.model import Instrument, Route, Strike, Track, Voice
from hexachord.synthesis.voices.bus import Mixer, SharedControls, shared_controls
from hexachord.synthesis.voices.cache import SoundCache
from hexachord.synthesis.voices.control_curves import TrackControls
from hexachord.synthesis.voices.plan import RouteSums, VoicePlan, plan_voice, sum_routes
from hexachord.synthesis.voices.sounding import SoundingVoice
from hexachord.synthesis.voices.sources import SoundSources

CACHE_BYTES = 256 * 1024 * 1024
MOST_PLANS = 20_000


@dataclass(frozen=True, kw_only=True, eq=False)
class Block:
    """One stretch of the performance.

    `dry` is ``(1, 2, frames)``, the stereo sum before reverb, or ``(tracks, 2, frames)`` when the tracks are wanted apart;
    `reverb_send` is what goes to the shared reverb: ``(2, frames)``, or ``(tracks, 2, frames)``.
    """

    start_s: float
    dry: Float32Array
    reverb_send: Float32Array


def render_tracks(
    tracks: Sequence[Track],
    instruments: Sequence[Instrument],
    *,
    rate_hz: int = 44100,
    separate: bool = False,
    block_s: float = 4.0,
    seed: int = 0,
    tail_s: float = 12.0,
    cache_bytes: int = CACHE_BYTES,
    progress: Callable[[float], None] | None = None,
    warn: Callable[[str], None] | None = None,
) -> Iterator[Block]:
    """Render tracks block by block, until the last voice has faded.

    Parameters
    ----------
    tracks, instruments : one instrument for each track
    rate_hz : frames a second of the result
    separate : whether the tracks are wanted apart
    block_s : length of a block; the sound does not depend on it
    seed : decides what instruments leave to chance
    tail_s : no voice sounds longer than this after its release
    cache_bytes : how much of resampled and filtered sound is kept
    progress : hears the part done, 0 .. 1, after each block
    warn : hears once of each recording that cannot be read; its voices are silent

    Returns
    -------
    Blocks in order, the last one as short as the sound; none when nothing sounds.

    Raises
    ------
    ValueError : if there are not as many instruments as tracks, or a rate or a length is not positive.
    """
    if len(tracks) != len(instruments):
        raise ValueError(f"{len(tracks)} tracks for {len(instruments)} instruments")
    if rate_hz <= 0 or not block_s > 0 or not tail_s > 0:
        raise ValueError(f"rate_hz, block_s and tail_s must be positive, not {rate_hz}, {block_s}, {tail_s}")
    sources = SoundSources(SoundCache(max_bytes=cache_bytes), rate_hz=rate_hz, warn=warn)
    parts = [
        _Part(track, instrument, sources, rate_hz=rate_hz, tail_s=tail_s, chance=np.random.default_rng([seed, index]))
        for index, (track, instrument) in enumerate(zip(tracks, instruments, strict=True))
    ]
    return _blocks(parts, rate_hz=rate_hz, separate=separate, frames=max(round(block_s * rate_hz), 64), progress=progress)


def _blocks(
    parts: "list[_Part]", *, rate_hz: int, separate: bool, frames: int, progress: Callable[[float], None] | None
) -> Iterator[Block]:
    last_release = max((part.last_release for part in parts), default=0)
    first, mixer = 0, Mixer(frames=frames)
    while any(not part.is_over for part in parts):
        rows = len(parts) if separate else 1
        dry = np.zeros((rows, 2, frames), dtype=np.float32)
        send = np.zeros((rows, 2, frames), dtype=np.float32)
        for index, part in enumerate(parts):
            row = index if separate else 0
            part.render(first, mixer, dry[row], send[row])
        if all(part.is_over for part in parts):
            frames = max(max(part.end for part in parts) - first, 0)
            dry, send = dry[:, :, :frames], send[:, :, :frames]
        if frames:
            yield Block(start_s=first / rate_hz, dry=dry, reverb_send=send if separate else send[0])
        first += frames
        if progress is not None:
            progress(min(first / max(last_release, 1), 1.0))


class _Part:
    """One track while it is played."""

    def __init__(
        self, track: Track, instrument: Instrument, sources: SoundSources, *, rate_hz: int, tail_s: float, chance: np.random.Generator
    ) -> None:
        self._track, self._instrument, self._sources = track, instrument, sources
        self._rate_hz, self._tail_s = rate_hz, tail_s
        self._controls = TrackControls(track.controls)
        onset_s = np.array([stroke.onset_s for stroke in track.strokes], dtype=np.float64)
        release_s = np.array([stroke.release_s for stroke in track.strokes], dtype=np.float64)
        sound = np.isfinite(onset_s) & np.isfinite(release_s)
        order = np.argsort(onset_s, kind="stable")
        self._order: list[int] = order[sound[order]].tolist()
        self._onset = np.round(np.maximum(onset_s, 0.0) * rate_hz)
        self._release = np.round(np.maximum(np.maximum(release_s, onset_s), 0.0) * rate_hz)
        self._chance = chance.random(len(track.strokes), dtype=np.float32)
        self._next = 0
        self._due: list[tuple[int, int]] = []  # strokes to be let go: frame, index
        self._counts: dict[int, int] = {}
        self._plans: dict[Voice, VoicePlan] = {}
        self._routes: dict[int, RouteSums] = {}  # by identity: many voices share one tuple of routes
        self._sounding: list[SoundingVoice] = []
        self._groups: dict[int, list[SoundingVoice]] = {}
        self._end = 0

    @property
    def last_release(self) -> int:
        """Frame at which the last stroke is let go."""
        return int(max(self._release[self._order], default=0.0))

    @property
    def is_over(self) -> bool:
        """Whether nothing is left to sound."""
        return self._next == len(self._order) and not self._due and not self._sounding

    @property
    def end(self) -> int:
        """The frame at which the last voice so far ended."""
        return self._end

    def render(self, first: int, mixer: Mixer, dry: Float32Array, send: Float32Array) -> None:
        """Add what sounds from frame `first` on to the block's sums, ``(2, frames)`` each."""
        frames = dry.shape[1]
        self._plan_until(first + frames)
        if not self._sounding:
            return
        mixer.begin(first)
        shared: dict[tuple[Route, ...], SharedControls] = {}
        remaining = []
        for voice in self._sounding:
            routes = voice.plan.bus_routes
            if routes not in shared:
                shared[routes] = shared_controls(
                    routes,
                    self._controls,
                    first=first,
                    frames=frames,
                    rate_hz=self._rate_hz,
                    volume=min(max(self._track.volume, 0.0), 8.0),
                    pan=self._track.pan,
                )
            mixer.add(voice, shared[routes], routes)
            if voice.end > first + frames:
                remaining.append(voice)
            else:
                self._end = max(self._end, voice.end)
        self._sounding = remaining
        self._groups = {}
        for voice in remaining:
            if voice.plan.voice.group:
                self._groups.setdefault(voice.plan.voice.group, []).append(voice)
        mixer.finish(dry, send)

    def _plan_until(self, stop: int) -> None:
        """Begin and let go what begins and is let go before frame `stop`, in order."""
        strokes, order = self._track.strokes, self._order
        while True:
            onset = self._onset[order[self._next]] if self._next < len(order) else np.inf
            if self._due and self._due[0][0] <= onset:
                if self._due[0][0] >= stop:
                    return
                frame, index = heapq.heappop(self._due)
                stroke = strokes[index]
                held_s = max(stroke.release_s - stroke.onset_s, 0.0)
                self._begin(self._instrument.release(self._strike(index, stroke.release_s), held_s=held_s), frame, None, stroke.cents)
                continue
            if onset >= stop:
                return
            index = order[self._next]
            self._next += 1
            stroke, frame, release = strokes[index], int(onset), int(self._release[index])
            self._begin(self._instrument.attack(self._strike(index, stroke.onset_s)), frame, release, stroke.cents)
            heapq.heappush(self._due, (release, index))

    def _strike(self, index: int, time_s: float) -> Strike:
        strokes = self._track.strokes
        stroke, onset = strokes[index], self._onset[index]
        held = tuple(strokes[other].key for _, other in self._due if self._onset[other] < onset)
        return Strike(stroke.key, stroke.velocity, self._controls.at(time_s), self._counts, float(self._chance[index]), held)

    def _begin(self, voices: tuple[Voice, ...], frame: int, release: int | None, cents: float) -> None:
        for group in {voice.cuts for voice in voices if voice.cuts}:
            for sounding in self._groups.pop(group, ()):
                sounding.choke(frame)
        for voice in voices:
            plan = self._plans.get(voice) or self._plan(voice)
            sounding = SoundingVoice(
                plan, self._controls, self._sources, onset=frame, release=release, cents=cents, rate_hz=self._rate_hz, tail_s=self._tail_s
            )
            if sounding.end > sounding.start:
                self._sounding.append(sounding)
                if voice.group:
                    self._groups.setdefault(voice.group, []).append(sounding)

    def _plan(self, voice: Voice) -> VoicePlan:
        if len(self._plans) >= MOST_PLANS:
            self._plans.clear()
            self._routes.clear()
        sums = self._routes.get(id(voice.routes))
        if sums is None:
            sums = self._routes[id(voice.routes)] = sum_routes(voice.routes, self._controls)
        plan = self._plans[voice] = plan_voice(voice, sums, rate_hz=self._rate_hz)
        return plan
