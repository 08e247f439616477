"""How alike we and FluidSynth sound: level and spectral envelope of General MIDI presets, from one font and one MIDI file each."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from hexachord.arrays import Float32Array, Float64Array
from hexachord.bench.fluidsynth import PeerRender, fluidsynth_render
from hexachord.bench.harness import BenchItem, Progress, report
from hexachord.score.formats import load_score, save_score
from hexachord.score.model import Note, Part, Score, TempoMark
from hexachord.synthesis.player import render_tracks
from hexachord.synthesis.soundfont import SoundFontBank, load_soundfont
from hexachord.synthesis.strokes import tracks_of

RATE_HZ = 44_100
_TICKS_PER_S = 960  # 480 a quarter at 120
_NOTE_S, _EVERY_S = 0.75, 1.25
_VELOCITIES = (56, 88, 118)
_DEPTH_DB = 50.0  # bands further below the loudest one are not heard beside it
_LOWEST_HZ, _HIGHEST_HZ = 50.0, 16_000.0


class Compared(NamedTuple):
    """A preset to compare, and the keys it is played at."""

    name: str
    program: int
    keys: tuple[int, ...]
    is_percussion: bool = False


PRESETS: tuple[Compared, ...] = (
    Compared("grand piano", 0, (36, 60, 84)),
    Compared("vibraphone", 11, (55, 67, 79)),
    Compared("church organ", 19, (48, 60, 72)),
    Compared("accordion", 21, (53, 65, 77)),
    Compared("nylon guitar", 24, (43, 55, 67)),
    Compared("distorted guitar", 30, (43, 55, 67)),
    Compared("finger bass", 33, (28, 36, 45)),
    Compared("violin", 40, (57, 69, 81)),
    Compared("strings", 48, (43, 60, 76)),
    Compared("choir", 52, (50, 60, 70)),
    Compared("trumpet", 56, (57, 67, 77)),
    Compared("alto saxophone", 65, (52, 62, 74)),
    Compared("oboe", 68, (60, 70, 82)),
    Compared("flute", 73, (62, 74, 86)),
    Compared("square lead", 80, (48, 60, 72)),
    Compared("warm pad", 89, (48, 60, 72)),
    Compared("crystal", 98, (48, 60, 72)),
    Compared("sitar", 104, (50, 58, 66)),
    Compared("steel drums", 114, (55, 62, 69)),
    Compared("standard kit", 0, (36, 38, 42, 46, 49, 45, 51, 54), True),
)
"""Twenty: one or more of every pitched family of General MIDI, and the kit."""


def compare_presets(
    font: Path, *, presets: Sequence[Compared] = PRESETS, rate_hz: int = RATE_HZ, progress: Progress | None = None
) -> tuple[BenchItem, ...]:
    """Play each preset by both and measure how far apart they are; a preset that the font lacks is left out.

    Items hold ``level_db`` (how far apart in level), ``louder_db`` (how much louder we are), ``envelope_db`` (mean distance over
    third-octave bands, the level's share included) and ``shape_db`` (the same with the level's share taken out). Where a font's
    recordings hold nothing above a few kilohertz, FluidSynth's short interpolation folds their mirror image there; we do not, and such
    presets differ by that.
    """
    bank = load_soundfont(font)
    have = {(preset.bank, preset.program) for preset in bank.presets}
    wanted = [preset for preset in presets if (128 if preset.is_percussion else 0, preset.program) in have]
    items: list[BenchItem] = []
    with tempfile.TemporaryDirectory(prefix="hexachord-render-") as name:
        for done, preset in enumerate(wanted):
            report(progress, f"render: {preset.name}", done, len(wanted))
            midi = Path(name) / "preset.mid"
            save_score(preset_score(preset), midi)
            ours = our_render(bank, midi, rate_hz=rate_hz)
            items.append(_compared(preset, ours, fluidsynth_render(font, midi, rate_hz=rate_hz), rate_hz))
        report(progress, "render: presets", len(wanted), len(wanted))
    return tuple(items)


def preset_score(preset: Compared) -> Score:
    """The notes that a preset is heard with: every key at three velocities, one after another."""
    strokes = [(key, velocity) for key in preset.keys for velocity in _VELOCITIES]
    notes = tuple(
        Note(round(index * _EVERY_S * _TICKS_PER_S), round(_NOTE_S * _TICKS_PER_S), key, velocity)
        for index, (key, velocity) in enumerate(strokes)
    )
    part = Part(notes=notes, name=preset.name, program=preset.program, is_percussion=preset.is_percussion)
    return Score(parts=(part,), ticks_per_quarter=_TICKS_PER_S // 2, tempos=(TempoMark(0, 120.0),))


def our_render(bank: SoundFontBank, midi: Path, *, rate_hz: int) -> Float32Array:
    """Play a MIDI file dry; ``(2, frames)``."""
    tracks = tracks_of(load_score(midi))
    instruments = [bank.instrument(program=track.program, bank=track.bank, is_percussion=track.is_percussion) for track in tracks]
    blocks = [block.dry[0] for block in render_tracks(tracks, instruments, rate_hz=rate_hz)]
    return np.concatenate(blocks, axis=1) if blocks else np.zeros((2, 0), dtype=np.float32)


def third_octaves(sound: Float32Array, *, rate_hz: int) -> Float64Array:
    """Power in third-octave bands from 50 Hz to 16 kHz, the channels' together (IEC 61260's base-two bands, cut sharply)."""
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(sound.shape[1]), axis=1)) ** 2
    frequency_hz = np.fft.rfftfreq(sound.shape[1], 1.0 / rate_hz)
    edges_hz = _LOWEST_HZ * 2.0 ** (np.arange(int(3 * np.log2(_HIGHEST_HZ / _LOWEST_HZ)) + 2) / 3.0)
    bounds = np.searchsorted(frequency_hz, edges_hz)
    total = np.concatenate([[0.0], np.cumsum(spectrum.sum(axis=0))])
    return np.asarray(np.maximum(np.diff(total[bounds]), 0.0))


def _compared(preset: Compared, ours: Float32Array, peer: PeerRender, rate_hz: int) -> BenchItem:
    count = len(preset.keys) * len(_VELOCITIES)
    powers, bands = [], []
    for sound in (ours, peer.samples):
        spans = [_span(sound, round(index * _EVERY_S * rate_hz), round(_NOTE_S * rate_hz)) for index in range(count)]
        powers.append(max(float(np.mean([np.mean(np.square(span)) for span in spans])), 1e-12))
        bands.append(np.mean([third_octaves(span, rate_hz=rate_hz) for span in spans], axis=0))
    heard = bands[1] > bands[1].max() * 10.0 ** (-_DEPTH_DB / 10)
    apart_db = 10.0 * np.log10(np.maximum(bands[0][heard], 1e-12) / np.maximum(bands[1][heard], 1e-12))
    louder_db = 10.0 * float(np.log10(powers[0] / powers[1]))
    return BenchItem(
        id=f"preset: {preset.name}",
        metrics={
            "level_db": abs(louder_db),
            "louder_db": louder_db,
            "envelope_db": float(np.mean(np.abs(apart_db))),
            "shape_db": float(np.mean(np.abs(apart_db - np.median(apart_db)))),
        },
    )


def _span(sound: Float32Array, first: int, frames: int) -> Float32Array:
    part = sound[:, first : first + frames]
    return part if part.shape[1] == frames else np.pad(part, ((0, 0), (0, frames - part.shape[1])))
