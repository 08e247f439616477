"""How fast the player is: sixteen parts, stereo layers and filters on, by processor time; and FluidSynth on the same font and file."""

import tempfile
from pathlib import Path
from typing import NamedTuple

import numpy as np

from hexachord.arrays import IntArray
from hexachord.bench.fluidsynth import fluidsynth_render, fluidsynth_version
from hexachord.bench.harness import BenchItem, Progress, Stopwatch, report
from hexachord.bench.render_fonts import write_parts_font
from hexachord.bench.render_peer import our_render
from hexachord.score.formats import save_score
from hexachord.score.model import Note, Part, Score, TempoMark
from hexachord.synthesis.soundfont import load_soundfont

PARTS = 16
RATE_HZ = 44_100
_TICKS_PER_S = 960
_SHORTEST_TICKS = 10
_KIT = np.array([36, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 49, 51, 54])


class Load(NamedTuple):
    """One thing to render: how many notes a second all parts play together, for how long."""

    name: str
    notes_per_s: float
    seconds: float


LOADS = (Load("32 notes a second", 32.0, 120.0), Load("32 notes a second in each part", 32.0 * PARTS, 20.0))


def measure_speed(
    *, font: Path | None = None, peer: bool = True, repeats: int = 2, progress: Progress | None = None
) -> tuple[BenchItem, ...]:
    """Render each of `LOADS` with the bench's own font, or with `font`; the best of `repeats` counts, for both players.

    Items hold ``realtime_x`` (seconds of music for one second of processor time; opening the font and reading the file are in it),
    ``cpu_s``, ``wall_s`` and, where FluidSynth is found, ``fluidsynth_x`` (its processor time over ours) and ``fluidsynth_cpu_s``.
    """
    with_peer = peer and bool(fluidsynth_version())
    items: list[BenchItem] = []
    with tempfile.TemporaryDirectory(prefix="hexachord-render-") as name:
        path = font or write_parts_font(Path(name) / "parts.sf2")
        for done, load in enumerate(LOADS):
            report(progress, f"render: {load.name}", done, len(LOADS))
            midi = Path(name) / "parts.mid"
            save_score(parts_score(load, programs=8 if font is None else 128), midi)
            items.append(_timed(load, path, midi, "own font" if font is None else font.stem, with_peer=with_peer, repeats=repeats))
        report(progress, "render: speed", len(LOADS), len(LOADS))
    return tuple(items)


def parts_score(load: Load, *, programs: int, seed: int = 3) -> Score:
    """Fifteen pitched parts and the kit, notes spread evenly with a little chance; the same for the same seed.

    Where a key is struck that is still down, it comes up a moment earlier, so that a MIDI file holds every part in one track.
    """
    rng = np.random.default_rng(seed)
    parts = []
    for number in range(PARTS):
        percussion = number == PARTS - 1
        every_s = PARTS / load.notes_per_s
        count = int(load.seconds / every_s)
        onset_s = (np.arange(count) + rng.random(count)) * every_s
        length_s = np.exp(rng.uniform(np.log(0.15), np.log(1.2), count))
        low = 28 + 3 * number
        keys = _KIT[rng.integers(0, len(_KIT), count)] if percussion else _walk(rng, count, low=low)
        velocities = rng.integers(40, 120, count)
        begun: dict[int, int] = {}  # the last note of each key
        notes: list[Note] = []
        for at, lasts, key, velocity in zip(onset_s.tolist(), length_s.tolist(), keys.tolist(), velocities.tolist(), strict=True):
            onset, end = round(at * _TICKS_PER_S), round(min(at + lasts, load.seconds) * _TICKS_PER_S)
            while key in begun and onset - notes[begun[key]].onset < 2 * _SHORTEST_TICKS:
                key += 1
            if key in begun and notes[begun[key]].onset + notes[begun[key]].duration > onset - _SHORTEST_TICKS:
                before = notes[begun[key]]  # still down: it comes up for the new stroke
                notes[begun[key]] = before._replace(duration=onset - _SHORTEST_TICKS - before.onset)
            begun[key] = len(notes)
            notes.append(Note(onset, max(end - onset, _SHORTEST_TICKS), key, velocity))
        program = 0 if percussion else (number * 9) % programs
        parts.append(Part(notes=tuple(notes), name=f"part {number}", program=program, is_percussion=percussion))
    return Score(parts=tuple(parts), ticks_per_quarter=_TICKS_PER_S // 2, tempos=(TempoMark(0, 120.0),))


def _walk(rng: np.random.Generator, count: int, *, low: int) -> IntArray:
    """Keys of one scale that wander up and down two octaves in small steps, as melodies do."""
    scale = np.array([key for key in range(low, low + 25) if key % 12 in (0, 2, 4, 5, 7, 9, 11)])
    steps = np.cumsum(rng.integers(-3, 4, count)) + len(scale) // 2
    return np.asarray(scale[np.abs(steps % (2 * len(scale) - 2) - (len(scale) - 1))])


def _timed(load: Load, font: Path, midi: Path, label: str, *, with_peer: bool, repeats: int) -> BenchItem:
    best, wall_s, seconds = float("inf"), float("inf"), 0.0
    peer_cpu_s: list[float] = []
    for _ in range(repeats):
        watch = Stopwatch()
        with watch:
            sound = our_render(load_soundfont(font), midi, rate_hz=RATE_HZ)
        best, wall_s, seconds = min(best, watch.cpu_s), min(wall_s, watch.wall_s), sound.shape[1] / RATE_HZ
        if with_peer:
            peer_cpu_s.append(fluidsynth_render(font, midi, rate_hz=RATE_HZ).cpu_s)
    metrics = {"realtime_x": seconds / best, "cpu_s": best, "wall_s": wall_s, "seconds": seconds, "notes_per_s": load.notes_per_s}
    if peer_cpu_s:
        metrics |= {"fluidsynth_x": min(peer_cpu_s) / best, "fluidsynth_cpu_s": min(peer_cpu_s)}
    return BenchItem(id=f"speed: {load.name}, {label}", metrics=metrics)
