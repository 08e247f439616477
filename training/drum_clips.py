"""What the drum network learns from: strokes of rendered takes with their velocity, alone, in their mix, and laid over other music.

A cache's labels keep when a drum is struck but not how hard; a take is a function of its number, so it is drawn again. Decibels of two
recordings add up as powers, so that any kit can be laid over any music without drums.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hexachord.arrays import Float32Array, Float64Array, IntArray, UInt8Array
from hexachord.audio_analysis.drums.kit import DRUM_MEL, KIT
from hexachord.dsp.features import dequantise
from hexachord.errors import InputError
from hexachord.learning.deep.clips import Batch, Clip, Draw, Place, draw_place
from hexachord.learning.deep.variation import Variation, varied
from hexachord.rendering.drum_classes import PEDAL as PEDAL_KEY
from hexachord.rendering.drum_classes import drum_class
from hexachord.rendering.shards import Cache, open_cache
from hexachord.rendering.shelf import Shelf
from hexachord.rendering.split import load_split
from hexachord.rendering.stream import song_take

FEATURE = "mel"
CLAP, PEDAL = len(KIT), len(KIT) + 1  # indices beside those of the kit
_WIDTH_FRAMES = 0.7  # of the bump that a stroke is taught as
_NOT_JUDGED_FRAMES = 3  # around a clap, which some would call a snare, and a pedalled hat, which many kits hardly let hear
_INAUDIBLE = 10  # softer strokes are neither asked for nor punished
_ALONE, _OVER_MUSIC, _AS_MIXED = 0.25, 0.55, 0.85  # where the shares end; the rest is music without drums
_TOGETHER_DB = (-16.0, 10.0)  # how loud the music is against the kit

KIT_VARIATION = Variation(
    tempo_octaves=0.12,
    shift_bands=3.0,
    gain_db=6.0,
    tilt_db=8.0,
    colour_db=2.5,
    floor_chance=0.0,
    squeeze_chance=0.3,
    squeeze=0.25,
    masks=0,
)
ALL_VARIATION = Variation(
    tempo_octaves=0.0, shift_bands=1.5, gain_db=14.0, tilt_db=8.0, colour_db=2.0, floor_chance=0.3, masks=1, mask_bands=10
)


@dataclass(frozen=True, kw_only=True, eq=False)
class DrumClip:
    """A rendered song: (frames, bands) bytes, and its strokes.

    Attributes
    ----------
    time_s, piece, velocity : of each stroke; `piece` is an index into `KIT`, or `CLAP`, or `PEDAL`
    """

    id: str
    kind: str
    mel: UInt8Array
    time_s: Float64Array
    piece: IntArray
    velocity: Float64Array

    @property
    def has_drums(self) -> bool:
        """Whether anything is struck."""
        return len(self.time_s) > 0

    def as_clip(self) -> Clip:
        """Return it as the loop's crops want it."""
        return Clip(id=self.id, features=self._rows, frames=len(self.mel), events_s=())

    def _rows(self, first: int, last: int) -> Float32Array:
        return dequantise(self.mel[first:last], DRUM_MEL)


def load_clips(folder: Path, data: Path) -> list[DrumClip]:
    """Read a cache, and draw its takes again for their velocities.

    Raises
    ------
    InputError : if the cache is of another feature.
    """
    cache = open_cache(folder)
    if cache.definitions.get(FEATURE) != DRUM_MEL:
        raise InputError(folder, found=f"features {cache.definitions}", expected=f"{FEATURE}: {DRUM_MEL}")
    shelf = Shelf(data=data, split=load_split(), side=cache.recipe.side)
    return [_clip(cache, index, shelf) for index in range(len(cache))]


def _clip(cache: Cache, index: int, shelf: Shelf) -> DrumClip:
    labels = cache.labels(index)
    times, pieces, velocities = list[float](), list[int](), list[float]()
    if labels.drums is not None and len(labels.drums):
        take = song_take(index, cache.recipe, shelf)
        strokes = [one for track, role in zip(take.tracks, take.roles, strict=True) if role == "drums" for one in track.strokes]
        heard = labels.drums.time_s  # a fade or a cut takes strokes away
        known = np.array([one.onset_s for one in strokes])
        missing = np.abs(heard - known[np.searchsorted(known, heard).clip(0, len(known) - 1)]).min(initial=0.0) if len(known) else 1.0
        if missing > 1e-3:
            raise InputError(cache.folder, found="labels of other takes than this engine draws", expected="a cache of this version")
        audible = set(np.round(heard, 5).tolist())
        for one in sorted(strokes, key=lambda stroke: stroke.onset_s):
            name = drum_class(one.key)
            if round(one.onset_s, 5) in audible and (name in KIT or name == "clap"):
                times.append(one.onset_s)
                pieces.append(PEDAL if one.key == PEDAL_KEY else KIT.index(name) if name in KIT else CLAP)
                velocities.append(float(one.velocity))
    return DrumClip(
        id=labels.id,
        kind=labels.kind,
        mel=np.asarray(cache.features(FEATURE, index)),
        time_s=np.array(times, dtype=np.float64),
        piece=np.array(pieces, dtype=np.int64),
        velocity=np.array(velocities, dtype=np.float64),
    )


def teach(clip: DrumClip, place: Place) -> tuple[Float32Array, Float32Array]:
    """Return targets and what is known of a crop, (frames, 2 * pieces) each: how near a stroke is, and its velocity in [0, 1]."""
    pieces = len(KIT)
    target, known = np.zeros((2, place.frames, 2 * pieces), dtype=np.float32)
    known[:, :pieces] = 1.0
    at = (clip.time_s / DRUM_MEL.hop_s - place.first) / place.speed
    for where, piece, velocity in zip(at.tolist(), clip.piece.tolist(), clip.velocity.tolist(), strict=True):
        middle = round(where)
        if not -5 < middle < place.frames + 5:
            continue
        if piece >= pieces:
            around = slice(max(0, middle - _NOT_JUDGED_FRAMES), max(0, middle + _NOT_JUDGED_FRAMES + 1))
            known[around, KIT.index("snare" if piece == CLAP else "hihat_closed")] = 0.0
            continue
        frames = np.arange(max(0, middle - 2), min(place.frames, middle + 3))
        if velocity <= _INAUDIBLE:
            known[frames, piece] = 0.0
            continue
        bump = np.exp(-0.5 * ((frames - where) / _WIDTH_FRAMES) ** 2)
        target[frames, piece] = np.maximum(target[frames, piece], bump)
        near = frames[np.abs(frames - where) <= 1.5]
        target[near, pieces + piece] = velocity / 127.0
        known[near, pieces + piece] = 1.0
    return target, known


def drum_sampler(clips: Sequence[DrumClip], *, batch: int, frames: int) -> Draw:
    """Draw batches: kits alone, kits over music, songs as they are, and music without drums.

    Raises
    ------
    ValueError : if there is nothing of one of these.
    """
    kits = [clip for clip in clips if clip.kind == "drums" and clip.has_drums]
    mixes = [clip for clip in clips if clip.kind != "drums" and clip.has_drums]
    music = [clip for clip in clips if not clip.has_drums]
    if not (kits and mixes and music):
        raise ValueError(f"{len(kits)} kits, {len(mixes)} songs with drums and {len(music)} without: some of each are needed")

    def one(random: np.random.Generator) -> tuple[Float32Array, Float32Array, Float32Array]:
        choice = random.random()
        clip = _any(kits if choice < _OVER_MUSIC else mixes if choice < _AS_MIXED else music, random)
        place = draw_place(len(clip.mel), random, frames=frames, tempo_octaves=KIT_VARIATION.tempo_octaves)
        rows, inside = _rows(clip, place, random)
        target, known = teach(clip, place)
        known *= inside[:, None]
        if _ALONE <= choice < _OVER_MUSIC:
            rows = over(rows, _other(music, random, frames), random)
        return varied(rows, random, ALL_VARIATION), target, known

    def draw(random: np.random.Generator) -> Batch:
        inputs, targets, known = (np.stack(part) for part in zip(*(one(random) for _ in range(batch)), strict=True))
        return inputs, targets, known

    return draw


def over(kit_db: Float32Array, music_db: Float32Array, random: np.random.Generator) -> Float32Array:
    """Lay a kit over music, at some level to each other, as powers add."""
    louder = _loudness(kit_db) - _loudness(music_db) + random.uniform(*_TOGETHER_DB)
    both = np.power(10.0, kit_db / 10.0) + np.power(10.0, (music_db + louder) / 10.0)
    return np.asarray(10.0 * np.log10(both), dtype=np.float32)


def _loudness(rows: Float32Array) -> float:
    """The mean power in dB."""
    return float(10.0 * np.log10(np.mean(np.power(10.0, rows / 10.0)) + 1e-9))


def _other(music: Sequence[DrumClip], random: np.random.Generator, frames: int) -> Float32Array:
    clip = _any(music, random)
    place = draw_place(len(clip.mel), random, frames=frames, tempo_octaves=KIT_VARIATION.tempo_octaves)
    return _rows(clip, place, random)[0]


def _rows(clip: DrumClip, place: Place, random: np.random.Generator) -> tuple[Float32Array, Float32Array]:
    rows, inside = place.rows(clip.as_clip())
    return varied(rows, random, KIT_VARIATION), inside


def _any(clips: Sequence[DrumClip], random: np.random.Generator) -> DrumClip:
    return clips[int(random.integers(len(clips)))]


def levels(clips: Sequence[DrumClip]) -> tuple[Float32Array, Float32Array]:
    """Measure mean and standard deviation of each band, in dB."""
    rows = np.concatenate([dequantise(clip.mel[::25], DRUM_MEL) for clip in clips])
    return rows.mean(axis=0).astype(np.float32), (rows.std(axis=0) + 1.0).astype(np.float32)
