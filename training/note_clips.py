"""What the note network learns from: spectra of rendered songs with all their pitched notes, and random stretches of them.

A spectrum is made once and lies in a file of its own, mapped when a stretch of it is drawn. What differs between a render and a recording
is drawn anew with each stretch: rooms that smear it, soundboards and rooms that favour single partials, microphones, noise.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

import numpy as np
from scipy.signal import lfilter
from songs import Song

from hexachord.arrays import Float32Array
from hexachord.dsp.pitch_spectrum import BINS_PER_OCTAVE, HOP, NOTES, RATE_HZ, STEP_DB, as_heard, loudest_level, pitch_spectrum
from hexachord.files import atomic_path
from hexachord.learning.deep.clips import Draw, draw_of
from hexachord.learning.deep.notes import HEADS
from hexachord.learning.deep.variation import shifted_bins

LOWEST_PITCH, PITCHES = 21, 88
FRAMES = 256
_FINE = BINS_PER_OCTAVE // 12
_FEWEST = 12  # notes
_MOST_SEMITONES = 5
_MOST_CENTS = 50.0  # off the keys of A = 440 Hz: beyond, the next key is nearer
_TOGETHER_S = 0.03
_EARLIER = 40  # frames before a stretch, whose reverberation it holds
_RESONANCE = 6  # bins, two semitones: as narrow as the resonances of soundboards and small rooms are between the lowest partials


@dataclass(frozen=True, kw_only=True, eq=False)
class NoteClip:
    """A song: where its spectrum lies, (frames, views, bins) bytes; rows of `notes` are (onset_s, offset_s, pitch, velocity in 0 .. 1)."""

    kind: str
    path: Path
    loudest: float
    notes: np.ndarray
    cents: float
    is_piano: bool
    weight: float = 1.0

    @property
    def levels(self) -> np.ndarray:
        """Map the spectrum."""
        mapped: np.ndarray = np.load(self.path, mmap_mode="r")
        return mapped


def clip_of(song: Song, *, folder: Path) -> NoteClip | None:
    """Describe a song, and keep its spectrum in a folder; None if it has hardly any notes, or its labels do not say which."""
    truth, presence = song.take.truth, song.take.presence
    if truth.notes is None or len(truth.notes) < _FEWEST or truth.tuning is None or not np.any(song.signal):
        return None
    cents = float(truth.tuning.cents)
    if abs(cents) > _MOST_CENTS:
        return None
    path = folder / f"{sha256(repr(NOTES).encode() + song.signal.tobytes()).hexdigest()[:24]}.npy"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        with atomic_path(path) as temporary, temporary.open("wb") as file:
            np.save(file, pitch_spectrum(song.signal, NOTES))
    notes = truth.notes
    rows = np.stack([notes.onset_s, notes.offset_s, notes.pitch, notes.velocity], axis=1)
    rows = rows[(rows[:, 2] >= LOWEST_PITCH) & (rows[:, 2] < LOWEST_PITCH + PITCHES)]
    return NoteClip(
        kind=song.kind,
        path=path,
        loudest=loudest_level(np.load(path, mmap_mode="r")),
        notes=together(rows),
        cents=cents,
        is_piano=presence is not None and set(presence.family) == {"piano"},
    )


def together(notes: np.ndarray) -> np.ndarray:
    """One note where several instruments strike the same pitch within 30 ms: it lasts as long as the longest of them."""
    last: dict[int, np.ndarray] = {}
    kept = []
    for row in notes[np.argsort(notes[:, 0], kind="stable")]:
        before = last.get(int(row[2]))
        if before is not None and row[0] - before[0] < _TOGETHER_S:
            before[1], before[3] = max(before[1], row[1]), max(before[3], row[3])
        else:
            last[int(row[2])] = row = row.copy()
            kept.append(row)
    return np.array(kept).reshape(-1, 4)


def targets(notes: np.ndarray, first: int) -> tuple[np.ndarray, np.ndarray]:
    """Say what is right in `FRAMES` frames from `first` on.

    Parameters
    ----------
    notes : rows as a clip's, pitches within the range or not

    Returns
    -------
    target, known : (FRAMES, len(HEADS), PITCHES). A beginning is spread over the frames around it, to a sum of two; velocity and lateness
        are known there alone.
    """
    target = np.zeros((FRAMES, len(HEADS), PITCHES), dtype=np.float32)
    known = np.zeros_like(target)
    known[:, :3] = 1.0
    onset, offset = (notes[:, column] * RATE_HZ / HOP - first for column in (0, 1))
    near = (offset > -4) & (onset < FRAMES + 4) & (notes[:, 2] >= LOWEST_PITCH) & (notes[:, 2] < LOWEST_PITCH + PITCHES)
    frame = np.arange(FRAMES)
    for begin, end, pitch, velocity in zip(
        onset[near], offset[near], notes[near, 2].astype(int) - LOWEST_PITCH, notes[near, 3], strict=True
    ):
        a, b = max(0, int(begin) - 3), min(FRAMES, int(np.ceil(end)) + 4)
        here = frame[a:b]
        sounds = np.clip(np.minimum(here + 0.5, end) - np.maximum(here - 0.5, begin), 0.0, 1.0)
        target[a:b, 1, pitch] = np.minimum(target[a:b, 1, pitch] + sounds, 1.0)
        shown = np.clip(1.5 - np.abs(here - begin), 0.0, 1.0)
        stronger = shown > target[a:b, 0, pitch]
        target[a:b, 0, pitch] = np.maximum(target[a:b, 0, pitch], shown)
        known[a:b, 3:, pitch] = np.maximum(known[a:b, 3:, pitch], shown[:, None])
        target[a:b, 3, pitch] = np.where(stronger, velocity, target[a:b, 3, pitch])
        target[a:b, 4, pitch] = np.where(stronger, begin - here, target[a:b, 4, pitch])
        target[a:b, 2, pitch] = np.maximum(target[a:b, 2, pitch], np.clip(1.5 - 0.5 * np.abs(here - end), 0.0, 1.0))
    after = np.concatenate([target[2:, 1], np.zeros((2, PITCHES), np.float32)])
    target[:, 2] *= 1.0 - after  # what sounds on, or is struck again, has not ended
    return target, known


def crop(clip: NoteClip, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draw a stretch of a song in another key and tuning, coloured, dulled, louder or softer, in noise."""
    mapped = clip.levels
    count = len(mapped)
    first = int(random.integers(min(0, count - FRAMES), max(0, count - FRAMES) + 1))
    begin, end = max(0, first), min(count, first + FRAMES)
    levels = in_a_room(np.asarray(mapped[max(0, begin - _EARLIER) : end]).astype(np.float32), random)[min(_EARLIER, begin) :]
    semitones = int(random.integers(-_MOST_SEMITONES, _MOST_SEMITONES + 1))
    fine = int(random.integers(-1, 2))
    if abs(clip.cents + fine * 100 / _FINE) > _MOST_CENTS:
        fine = 0
    moved = shifted_bins(levels, _FINE * semitones + fine)
    varied(moved, random, loudest=clip.loudest)
    inputs = np.zeros((FRAMES, NOTES.views * NOTES.bins), dtype=np.float32)
    inputs[begin - first : end - first] = as_heard(moved, loudest=clip.loudest + float(random.normal(0.0, 4.0)) / STEP_DB)  # type: ignore[arg-type]
    target, known = targets(clip.notes + np.array([0.0, 0.0, semitones, 0.0]), first)
    known[: begin - first] = known[end - first :] = 0.0
    return inputs, target.reshape(FRAMES, -1), known.reshape(FRAMES, -1)


def in_a_room(levels: Float32Array, random: np.random.Generator) -> Float32Array:
    """Let what sounded go on sounding, as statistical reverberation does (Schroeder, JASA 37, 1965): every bin's power decays and adds up.

    What lies under the reverberation is lost in it; beginnings stand out less.
    """
    if random.random() < 0.5:
        return levels
    decay_s = float(np.exp(random.uniform(np.log(0.25), np.log(2.5))))
    kept = 10.0 ** (-6.0 * HOP / RATE_HZ / decay_s)
    reverberant_db = random.uniform(-25.0, -5.0)  # of a steady tone, against what is direct
    power = 10.0 ** (levels * np.float32(STEP_DB / 10.0))
    late = lfilter([0.0, (1.0 - kept)], [1.0, -kept], power, axis=0)
    late *= np.exp(random.normal(0.0, 0.5, power.shape)) * 10.0 ** (reverberant_db / 10.0)  # waves add up or cancel
    return np.asarray(10.0 / STEP_DB * np.log10(power + late + 1e-9), dtype=np.float32)


def varied(levels: np.ndarray, random: np.random.Generator, *, loudest: float) -> None:
    """Colour levels in place, as another piano, room and microphone would, at times without treble, at times in noise."""
    bins = levels.shape[2]
    knots = bins // _RESONANCE
    slow = np.interp(np.arange(bins), np.linspace(0, bins, 7), random.normal(0.0, 4.0, 7))
    narrow = np.interp(np.arange(bins), np.linspace(0, bins, knots), random.normal(0.0, random.uniform(0.0, 5.0), knots))
    levels += (slow + narrow).astype(np.float32) / np.float32(STEP_DB)
    if random.random() < 0.3:
        cut = int(bins - random.integers(0, 2 * BINS_PER_OCTAVE))
        levels[..., cut:] -= np.arange(bins - cut, dtype=np.float32) * np.float32(random.uniform(2.0, 20.0))
    if random.random() < 0.3:
        slope = np.linspace(0.0, random.normal(0.0, 15.0), bins)
        floor = loudest - (random.uniform(35, 75) + slope) / STEP_DB + random.normal(0, 3, levels.shape) / STEP_DB
        np.maximum(levels, floor.astype(np.float32), out=levels)


def weighted(clips: Sequence[NoteClip], *, piano: float) -> list[NoteClip]:
    """Let pianos alone have a share of all that is drawn."""
    share = sum(clip.is_piano for clip in clips) / max(len(clips), 1)
    if not 0 < share < 1:
        return list(clips)
    return [replace(clip, weight=piano / share if clip.is_piano else (1 - piano) / (1 - share)) for clip in clips]


def sampler(clips: Sequence[NoteClip], *, batch: int) -> Draw:
    """Draw batches of crops, each clip as often as its weight says."""
    return draw_of(clips, crop, weights=[clip.weight for clip in clips], batch=batch)
