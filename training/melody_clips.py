"""What the melody network learns from: spectra of rendered songs and of voices alone with their tune, and random stretches of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from melody_voices import HOP_S, sing
from singing import RATE_HZ
from songs import Song

from hexachord.dsp.pitch_spectrum import BINS, BINS_PER_OCTAVE, HOP, LOWEST_HZ, STEP_DB, as_heard, loudest_level, pitch_spectrum
from hexachord.learning.deep.clips import Draw, draw_of
from hexachord.learning.deep.variation import shifted_bins

PITCHES = 180
FRAMES = 384
NEIGHBOUR = 0.6
"""How right the next bin is: a third of a semitone off."""
_MOST_SHIFT = 15  # bins, five semitones


@dataclass(frozen=True, kw_only=True, eq=False)
class MelodyClip:
    """The spectrum of a piece, (frames, 2, BINS) bytes, and its melody in bins above A1 (NaN for none) in every frame."""

    kind: str
    levels: np.ndarray
    place: np.ndarray
    weight: float = 1.0


def clip_of(signal: np.ndarray, time_s: np.ndarray, f0_hz: np.ndarray, *, kind: str, weight: float = 1.0) -> MelodyClip:
    """See a piece as the network does."""
    levels = pitch_spectrum(signal)
    at = np.clip(np.rint(np.arange(len(levels)) * HOP / RATE_HZ / (time_s[1] - time_s[0])).astype(int), 0, len(time_s) - 1)
    hz = f0_hz[at]
    place = np.where(hz > 0, BINS_PER_OCTAVE * np.log2(np.maximum(hz, 1.0) / LOWEST_HZ), np.nan)
    return MelodyClip(kind=kind, levels=levels, place=place.astype(np.float32), weight=weight)


def tune_of(song: Song) -> MelodyClip | None:
    """Describe a rendered song; None if it has no tune."""
    tune = song.take.truth.melody
    if tune is None or not np.any(song.signal) or not (tune.f0_hz > 0).any():
        return None
    return clip_of(song.signal, tune.time_s, tune.f0_hz, kind=song.kind)


def voice_of(seed: int, *, weight: float) -> MelodyClip:
    """Describe a voice alone."""
    voice = sing(seed)
    return clip_of(voice.signal, np.arange(len(voice.f0_hz)) * HOP_S, voice.f0_hz, kind="voice", weight=weight)


def crop(clip: MelodyClip, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draw a stretch of a piece in another key, coloured, louder or softer, in noise."""
    count = len(clip.levels)
    first = int(random.integers(min(0, count - FRAMES), max(0, count - FRAMES) + 1))
    begin, end = max(0, first), min(count, first + FRAMES)
    here = slice(begin - first, end - first)
    levels = clip.levels[begin:end].astype(np.float32)
    place = clip.place[begin:end]
    shift = int(random.integers(-_MOST_SHIFT, _MOST_SHIFT + 1))
    moved = shifted_bins(levels, shift)
    colour_db = np.interp(np.arange(BINS), np.linspace(0, BINS, 6), random.normal(0.0, 4.0, 6))
    moved += colour_db.astype(np.float32) / STEP_DB
    if random.random() < 0.3:
        floor = loudest_level(clip.levels) - random.uniform(35, 70) / STEP_DB + random.normal(0, 3, moved.shape) / STEP_DB
        moved = np.maximum(moved, floor.astype(np.float32))
    loudest = loudest_level(clip.levels) + float(random.normal(0.0, 4.0)) / STEP_DB
    inputs = np.zeros((FRAMES, 2 * BINS), dtype=np.float32)
    inputs[here] = as_heard(moved, loudest=loudest)  # type: ignore[arg-type]
    target, known = np.zeros((FRAMES, PITCHES + 1), dtype=np.float32), np.zeros((FRAMES, 1), dtype=np.float32)
    target[here] = targets(place + shift)
    known[here, 0] = target[here].sum(axis=1) > 0
    return inputs, target, known


def targets(place: np.ndarray) -> np.ndarray:
    """Say which pitch is right, (frames, pitches + 1): a little of it goes to its neighbours; nothing where it is out of range."""
    target = np.zeros((len(place), PITCHES + 1), dtype=np.float32)
    silent = np.isnan(place)
    target[silent, -1] = 1.0
    rows = np.flatnonzero(~silent)
    rows = rows[(place[rows] >= 0) & (place[rows] <= PITCHES - 1)]
    distance = np.arange(PITCHES) - place[rows, None]
    each = np.exp(np.log(NEIGHBOUR) * distance**2)
    each[np.abs(distance) > 2.5] = 0.0
    target[rows, :-1] = each / each.sum(axis=1, keepdims=True)
    return target


def sampler(clips: Sequence[MelodyClip], *, batch: int) -> Draw:
    return draw_of(clips, crop, weights=[clip.weight for clip in clips], batch=batch)
