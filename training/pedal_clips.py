"""What the pedal network learns from: levels of semitones of rendered pianos, when their pedal was down, and random stretches of them.

What differs between a render and a recording is drawn anew with each stretch: another key, rooms, colours, noise; and what renders lack of
a pedal: strings that ring along while the dampers are off (Lehtonen et al., "Analysis and modeling of piano sustain-pedal effects", JASA
122, 2007), and the thump and breath of the dampers themselves. The notes are the true ones, and made to be as far from the truth as those
that are heard in recordings.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
from note_clips import in_a_room
from songs import Song

from hexachord.arrays import BoolArray, Float32Array, Float64Array, UInt8Array
from hexachord.dsp.frontend import FrontEnd
from hexachord.dsp.pitch_spectrum import HOP, RATE_HZ, STEP_DB, as_heard, loudest_level, pitch_spectrum
from hexachord.files import atomic_path
from hexachord.learning.deep.clips import Draw, draw_of
from hexachord.learning.deep.variation import shifted_bins
from hexachord.transcription.network import notes_of_piano
from hexachord.transcription.pedal import DOWN, PRESS, RELEASE, SEMITONES, SHAPE, VIEWS, note_rolls, semitone_levels, shown

FRAMES = 384
OUTPUTS = 3
_EARLIER = 40  # frames before a stretch, whose reverberation it holds
_FEWEST = 20  # notes
_MOST_SEMITONES = 5
_RINGS_S = 0.3  # after it was let go a note may still be heard
_NOTHING_S = 0.02


@dataclass(frozen=True, kw_only=True, eq=False)
class PedalClip:
    """A piano piece: (frames, VIEWS * SEMITONES) bytes, spans in seconds, and the notes of ``notes/piano``.

    Attributes
    ----------
    spans : (n, 2) when the pedal was down
    truth : (n, 2) when notes sounded
    found : (n, 3) onset_s, offset_s, pitch of the notes that the note network hears, or of the true ones
    """

    kind: str
    levels: UInt8Array
    loudest: float
    spans: Float64Array
    truth: Float64Array
    found: Float64Array
    weight: float = 1.0

    @property
    def spans_heard(self) -> Float64Array:
        """When the pedal was down while there was something to hear."""
        return self.inside(self.spans)

    def inside(self, spans: Float64Array) -> Float64Array:
        """Keep what lies between the first note and the end of the last."""
        kept = np.clip(spans, self.begin_s, self.end_s)
        return kept[kept[:, 1] > kept[:, 0]]

    @property
    def begin_s(self) -> float:
        """When the first note begins."""
        return float(self.truth[:, 0].min())

    @property
    def end_s(self) -> float:
        """When the last note ends."""
        return float(self.truth[:, 1].max())


def clip_of(song: Song, *, folder: Path, hear_notes: bool = False) -> PedalClip | None:
    """Describe a piece for piano alone, and keep what took long in a folder; None if it is something else."""
    truth, presence = song.take.truth.notes, song.take.presence
    if truth is None or len(truth) < _FEWEST or presence is None or set(presence.family) != {"piano"} or not np.any(song.signal):
        return None
    rows = np.stack([truth.onset_s, truth.offset_s, truth.pitch], axis=1)
    path = folder / f"{sha256(repr(SHAPE).encode() + song.signal.tobytes()).hexdigest()[:24]}{'-heard' * hear_notes}.npz"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        spectrum = pitch_spectrum(song.signal, SHAPE)
        found = rows
        if hear_notes:
            notes = notes_of_piano(FrontEnd(song.signal, rate_hz=RATE_HZ))
            found = np.stack([notes.onset_s, notes.offset_s, np.rint(notes.pitch)], axis=1)
        with atomic_path(path) as temporary, temporary.open("wb") as file:
            np.savez(file, levels=semitone_levels(spectrum), loudest=loudest_level(spectrum), found=found)
    with np.load(path) as kept:
        levels, loudest = kept["levels"], float(kept["loudest"])
        found = kept["found"] if hear_notes else rows
    pedal = song.take.pedal
    spans = np.zeros((0, 2)) if pedal is None else united(np.stack([pedal.start_s, pedal.end_s], axis=1))
    sounding = np.stack([truth.onset_s, truth.offset_s], axis=1)
    origin = song.take.origins[0].partition("/")[0] if song.take.origins else ""
    kind = f"{origin} {'/'.join(sorted(set(presence.origin)))}"
    return PedalClip(kind=kind, levels=levels, loudest=loudest, spans=spans, truth=sounding, found=found)


def united(spans: Float64Array) -> Float64Array:
    """Join spans that overlap: two hands of a render may each have the pedal of the one piano.

    Examples
    --------
    >>> united(np.array([[3.0, 4.0], [0.0, 1.0], [0.5, 2.0]])).tolist()
    [[0.0, 2.0], [3.0, 4.0]]
    """
    joined = list[list[float]]()
    for begin, end in spans[np.argsort(spans[:, 0], kind="stable")].tolist():
        if joined and begin <= joined[-1][1] + _NOTHING_S:
            joined[-1][1] = max(joined[-1][1], end)
        else:
            joined.append([begin, end])
    return np.array(joined).reshape(-1, 2)


def targets(spans: Float64Array, first: int, frames: int = FRAMES) -> Float32Array:
    """Say what is right in `frames` frames from `first` on: (frames, OUTPUTS), changes spread over the frames around them."""
    found = np.zeros((frames, OUTPUTS), dtype=np.float32)
    frame = np.arange(frames)
    for down, up in (spans * (RATE_HZ / HOP) - first).tolist():
        if up < -4 or down > frames + 4:
            continue
        found[:, DOWN] += np.clip(np.minimum(frame + 0.5, up) - np.maximum(frame - 0.5, down), 0.0, 1.0)
        for column, at in ((PRESS, down), (RELEASE, up)):
            found[:, column] = np.maximum(found[:, column], np.clip(1.5 - 0.5 * np.abs(frame - at), 0.0, 1.0))
    return np.minimum(found, 1.0)


def audible(clip: PedalClip, first: int, frames: int = FRAMES) -> BoolArray:
    """Whether any note sounds, or has just ended: elsewhere nobody can hear where the pedal is."""
    heard = np.zeros(frames + 1, dtype=np.int64)
    begin, end = (
        np.clip(np.rint(moment * RATE_HZ / HOP).astype(int) - first, 0, frames) for moment in (clip.truth + np.array([0.0, _RINGS_S])).T
    )
    np.add.at(heard, begin, 1)
    np.add.at(heard, end, -1)
    return np.asarray(np.cumsum(heard[:frames]) > 0)


def crop(clip: PedalClip, random: np.random.Generator) -> tuple[Float32Array, Float32Array, Float32Array]:
    """Draw a stretch of a piece in another key, in a room, coloured, dulled, louder or softer, in noise, its strings ringing along."""
    count = len(clip.levels)
    first = int(random.integers(min(0, count - FRAMES), max(0, count - FRAMES) + 1))
    begin, end = max(0, first), min(count, first + FRAMES)
    early = max(0, begin - _EARLIER)
    levels = clip.levels[early:end].astype(np.float32).reshape(end - early, SEMITONES, VIEWS)
    levels = _ringing(levels, targets(clip.spans, early, end - early), random, loudest=clip.loudest)
    levels = in_a_room(levels, random)[begin - early :]
    up = int(random.integers(-_MOST_SEMITONES, _MOST_SEMITONES + 1))
    moved = shifted_bins(levels.transpose(0, 2, 1), up).transpose(0, 2, 1).copy()
    _vary(moved, random, loudest=clip.loudest)
    seen = np.zeros((FRAMES, SEMITONES * VIEWS), dtype=np.float32)
    seen[begin - first : end - first] = as_heard(moved, loudest=clip.loudest + float(random.normal(0.0, 4.0)) / STEP_DB)  # type: ignore[arg-type]
    known = np.repeat(audible(clip, first)[:, None], OUTPUTS, axis=1).astype(np.float32)
    known[: begin - first] = known[end - first :] = 0.0
    rolls = note_rolls(misheard(clip.found, random) + np.array([0.0, 0.0, up]), first, FRAMES)
    return shown(seen, rolls), targets(clip.spans, first), known


def misheard(notes: Float64Array, random: np.random.Generator) -> Float64Array:
    """Miss some notes, hear others an octave or so away, and ends too early or too late: more or less of it from stretch to stretch."""
    badly = float(random.uniform(0.1, 1.0))
    ghosts = notes[random.random(len(notes)) < 0.2 * badly] + [0.0, 0.0, float(random.choice([-12, 12, 19, 7]))]
    found = np.concatenate([notes[random.random(len(notes)) >= 0.25 * badly], ghosts])
    count, length = len(found), found[:, 1] - found[:, 0]
    early = random.random(count) < 0.3 * badly
    length = np.where(early, length * random.uniform(0.2, 1.0, count), length)
    length += np.where(random.random(count) < 0.15 * badly, random.exponential(0.3, count), 0.0)
    length += random.normal(0.0, 0.005 + 0.07 * badly, count)
    found[:, 0] += random.normal(0.0, 0.003 + 0.012 * badly, count)
    found[:, 1] = found[:, 0] + np.maximum(length, 0.03)
    return found


def _ringing(levels: Float32Array, said: Float32Array, random: np.random.Generator, *, loudest: float) -> Float32Array:
    """Let strings ring along while the pedal is down, and be damped while it is up; let the dampers themselves be heard at times."""
    if random.random() < 0.4:
        return levels
    power = 10.0 ** (levels * np.float32(STEP_DB / 10.0))
    semitone = np.linspace(0.0, 1.0, levels.shape[1])[:, None]
    longest_s = float(np.exp(random.uniform(np.log(2.0), np.log(12.0))))
    free = 10.0 ** (-6.0 * HOP / RATE_HZ / (longest_s * 8.0**-semitone))  # treble dies away eight times as soon
    damped = 10.0 ** (-6.0 * HOP / RATE_HZ / float(random.uniform(0.1, 0.5)))
    share = 10.0 ** (random.uniform(-32.0, -12.0) / 10.0) * (1.0 - free)
    rings = np.zeros(power.shape[1:])
    for frame, down in enumerate(said[:, DOWN].tolist()):
        rings = rings * (free if down > 0.5 else damped) + share * down * power[frame]
        power[frame] += rings
    if random.random() < 0.4:
        colour = 10.0 ** ((random.normal(0.0, 4.0, (1, *power.shape[1:])) - random.uniform(0.0, 40.0) * semitone) / 10.0)
        level = 10.0 ** ((loudest * STEP_DB - random.uniform(45.0, 75.0)) / 10.0)
        thump = said[:, PRESS] * random.uniform(0.0, 1.0) + said[:, RELEASE]
        power += (level * thump[:, None, None] * colour).astype(np.float32)
    return np.asarray(10.0 / STEP_DB * np.log10(power + 1e-9), dtype=np.float32)


def _vary(levels: Float32Array, random: np.random.Generator, *, loudest: float) -> None:
    """Colour levels in place, as another piano, room and microphone would, at times without treble, at times in noise."""
    bins = levels.shape[1]
    slow = np.interp(np.arange(bins), np.linspace(0, bins, 7), random.normal(0.0, 4.0, 7))
    narrow = random.normal(0.0, random.uniform(0.0, 4.0), bins)
    levels += ((slow + narrow) / STEP_DB).astype(np.float32)[:, None]
    if random.random() < 0.3:
        cut = int(bins - random.integers(0, 24))
        levels[:, cut:] -= np.arange(bins - cut, dtype=np.float32)[:, None] * np.float32(random.uniform(6.0, 60.0))
    if random.random() < 0.35:
        slope = np.linspace(0.0, random.normal(0.0, 15.0), bins)[:, None]
        floor = loudest - (random.uniform(35.0, 75.0) + slope + random.normal(0.0, 2.0, levels.shape)) / STEP_DB
        np.maximum(levels, floor.astype(np.float32), out=levels)


def sampler(clips: Sequence[PedalClip], *, batch: int) -> Draw:
    """Draw batches of crops, each clip as often as its weight says."""
    return draw_of(clips, crop, weights=[clip.weight for clip in clips], batch=batch)
