"""Labelled clips for rhythm and chords, rendered crudely from train/: drummers' grooves, piano arrangements, and both together.

Every clip is drawn from a seed: which song, where, how fast, which drums, bass or none, and for one in six the fourth beat of each bar is
cut out, which makes a waltz of it (real ones are rare in the data). What is kept is small: curves, chroma, labels.
"""

import csv
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import symusic
from billboard import IGNORED, chord_state
from crude_synth import RATE_HZ, Note, mix

from hexachord.audio_analysis.chord_model import QUALITIES, STATES
from hexachord.audio_analysis.rhythm_curves import RhythmCurves, rhythm_curves
from hexachord.dsp.frontend import FrontEnd

LENGTH_S = 40.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Clip:
    """A rendered clip: what is heard, and what is true."""

    name: str
    curves: RhythmCurves
    bass: np.ndarray  # (frames, 12) raw chroma
    treble: np.ndarray
    beat_s: np.ndarray
    position: np.ndarray
    metre: int
    chord_start_s: np.ndarray
    chord_state: np.ndarray  # of each chord, IGNORED where none is known


@dataclass(frozen=True, kw_only=True, eq=False)
class Material:
    """Notes on a clock of beats: beat number 0 is the first downbeat; `tempo` beats a second, or the time of each beat."""

    name: str
    start: np.ndarray  # beats
    length: np.ndarray
    pitch: np.ndarray
    velocity: np.ndarray
    beat_s: np.ndarray  # (beats,) times as played, from beat number `first_beat` on
    chords: list[tuple[float, str]]


def _notes(path: Path) -> list[tuple[float, float, int, float, bool]]:
    score = symusic.Score(str(path)).to("second")
    return [(n.start, n.duration, n.pitch, n.velocity / 127, track.is_drum) for track in score.tracks for n in track.notes]


def load_groove(data: Path, row: dict[str, str]) -> Material:
    """Load a drummer's groove; its click ran at `bpm` from 0 s."""
    notes = _notes(data / "train" / "groove" / row["midi_filename"])
    beat_s = 60.0 / float(row["bpm"])
    start, length, pitch, velocity = (np.array([note[k] for note in notes], dtype=float) for k in range(4))
    beats = int(float(row["duration"]) / beat_s) + 2
    return Material(
        name=row["midi_filename"].rpartition("/")[2],
        start=start / beat_s, length=length / beat_s, pitch=pitch.astype(int), velocity=velocity,
        beat_s=beat_s * np.arange(beats), chords=[],
    )  # fmt: skip


_DRUM_PITCH = {
    "BassDrum": 36, "SnareDrum": 38, "RimShot": 37, "ClosedHiHat": 42, "OpenHiHat": 46, "Cymbal": 49, "Cowbell": 53,
    "LowTom": 45, "MediumTom": 47, "HighTom": 50,
}  # fmt: skip


WALTZES: list[dict[str, Any]] = [
    {"title": "waltz", "length": 8, "tracks": {"BassDrum": ["Note"] + ["Rest"] * 7, low: list(low_steps), "ClosedHiHat": list(hat)}}
    for low in ("SnareDrum", "RimShot", "MediumTom")
    for low_steps in (
        ("Rest", "Rest", "Note", "Rest", "Note", "Rest", "Rest", "Rest"),
        ("Rest", "Rest", "Rest", "Rest", "Note", "Rest", "Rest", "Rest"),
    )
    for hat in (["Note", "Rest"] * 4, ["Note"] * 8, ["Rest", "Rest", "Note", "Rest"] * 2)
]
"""Bass drum, then snare on two and three or on three alone, as in most drummed waltzes; the fourth beat is cut like everywhere."""


def load_pattern(pattern: dict[str, Any], *, random: np.random.Generator) -> Material:
    """Play a drum machine's pattern for 32 bars at some tempo: a little loose, accents on the beat, a crash every four or eight bars."""
    step = 4.0 / pattern["length"]
    every = int(random.choice([4, 8, 64]))
    rows = []
    for bar in range(32):
        for track, steps in pattern["tracks"].items():
            for k, what in enumerate(steps):
                if what != "Rest":
                    accent = 1.0 if (k * step) % 1 == 0 else 0.75
                    rows.append((4.0 * bar + k * step + random.normal(0, 0.012), _DRUM_PITCH[track], accent * random.uniform(0.6, 0.9)))
        if bar % every == 0:
            rows.append((4.0 * bar, 49, 0.9))
    beat_s = 60.0 / float(random.uniform(65, 190))
    return Material(
        name=pattern["title"], start=np.maximum([row[0] for row in rows], 0.0), length=np.full(len(rows), 0.2),
        pitch=np.array([row[1] for row in rows]), velocity=np.array([row[2] for row in rows]), beat_s=beat_s * np.arange(128), chords=[],
    )  # fmt: skip


def load_song(data: Path, number: int) -> Material | None:
    """Load a POP909 song in four; None where its bars are irregular."""
    folder = data / "train" / "pop909" / f"{number:03d}"
    grid = np.loadtxt(folder / "beat_midi.txt", ndmin=2)
    downbeats = np.flatnonzero(grid[:, 2] > 0.5)
    if len(downbeats) < 8 or (np.diff(downbeats) == 4).mean() < 0.98:
        return None
    beat_s = grid[downbeats[0] :, 0]
    notes = _notes(folder / f"{number:03d}.mid")
    start, length, pitch, velocity = (np.array([note[k] for note in notes], dtype=float) for k in range(4))
    index = np.arange(len(beat_s))
    end = np.interp(start + length, beat_s, index)
    start = np.interp(start, beat_s, index, left=-1.0)
    rows = [line.split() for line in (folder / "chord_midi.txt").read_text().splitlines()]
    chords = [(float(np.interp(float(row[0]), beat_s, index)), row[2]) for row in rows if len(row) == 3]
    kept = start >= 0
    return Material(
        name=f"pop{number}", start=start[kept], length=np.maximum(end - start, 0.1)[kept], pitch=pitch[kept].astype(int),
        velocity=velocity[kept], beat_s=beat_s, chords=chords,
    )  # fmt: skip


def waltz(beat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Cut the fourth beat of each bar out: new positions in beats, and which positions survive."""
    bar, inside = np.divmod(beat, 4.0)
    return bar * 3 + inside, inside < 3.0


def render_clip(song: Material | None, drums: Material | None, *, seed: int) -> Clip | None:
    """Render one clip of a song, of drums, or of both; None if too little is in it or it is too fast or slow."""
    random = np.random.default_rng(seed)
    main = song or drums
    assert main is not None
    metre = 3 if random.random() < 1 / 6 or (drums is not None and drums.name == "waltz") else 4
    tempo = float(random.choice([1.0, 1.0, random.uniform(0.8, 1.3), random.uniform(1.3, 1.9)]))
    clock_s = main.beat_s / tempo
    period_s = float(np.median(np.diff(clock_s)))
    if not 50 <= 60 / period_s <= 220 or len(clock_s) < 24:
        return None
    if metre == 3:
        clock_s = clock_s[: len(clock_s) * 3 // 4]  # as many bars, fewer beats; only the distances matter
    first_beat = int(random.integers(0, max(1, len(clock_s) - int(LENGTH_S / period_s))))
    first_s = float(clock_s[first_beat]) - float(random.uniform(0, 2.0))
    index = np.arange(len(clock_s))

    def seconds(beat: np.ndarray) -> np.ndarray:
        beyond = np.maximum(beat - index[-1], 0.0) * period_s
        return np.interp(beat, index, clock_s) + beyond - first_s

    notes: list[Note] = []
    for part in (song, drums):
        if part is None:
            continue
        start, kept = (part.start, np.ones(len(part.start), dtype=bool)) if metre == 4 else waltz(part.start)
        if part is drums and song is not None:  # the groove is looped by whole bars under the song
            bars = max(1, int(np.ceil(part.start.max(initial=1.0) / 4))) * metre
            start = np.concatenate([start[kept] + bars * turn for turn in range(int(len(clock_s) / bars) + 1)])
            pitch, velocity = (np.resize(values[kept], len(start)) for values in (part.pitch, part.velocity))
            length = np.full(len(start), 0.2)
        else:
            start, length, pitch, velocity = start[kept], part.length[kept], part.pitch[kept], part.velocity[kept]
        begin, end = seconds(start), seconds(start + length)
        inside = (begin > -4) & (begin < LENGTH_S) & (start <= index[-1])
        notes.extend(
            Note(start_s=float(b), length_s=float(max(e - b, 0.05)), pitch=int(p), velocity=float(v), drum=part is drums)
            for b, e, p, v in zip(begin[inside], end[inside], pitch[inside], velocity[inside], strict=True)
        )
    chords = [] if song is None else [(float(beat), label) for beat, label in song.chords]
    if metre == 3:
        moved = [(float(waltz(np.array([beat]))[0][0]), beat % 4 < 3, label) for beat, label in chords]
        chords = [(beat, label) for beat, stays, label in moved if stays]
    chord_start_s = seconds(np.array([beat for beat, _ in chords])) if chords else np.zeros(0)
    states = np.array([chord_state(label) for _, label in chords], dtype=int)
    if song is not None and drums is not None and random.random() < 0.7:
        for b, state in zip(chord_start_s, states, strict=True):
            if state not in (IGNORED, STATES - 1) and -4 < b < LENGTH_S:
                pitch = 36 + (state // len(QUALITIES) + 8) % 12 - 8  # E1 to D#2
                notes.append(Note(start_s=float(b), length_s=2 * period_s, pitch=int(pitch), velocity=0.9))
    if len(notes) < 40:
        return None
    audio = mix(notes, length_s=LENGTH_S, random=random, drum_gain=float(random.uniform(0.3, 1.2)), hiss_db=float(random.uniform(-65, -40)))
    front = FrontEnd(audio, rate_hz=RATE_HZ)
    beat_s = seconds(index.astype(float))
    heard = (beat_s >= 0) & (beat_s < LENGTH_S)
    raw = front.raw_chroma
    name = " + ".join(part.name for part in (song, drums) if part is not None)
    return Clip(
        name=f"{name} x{tempo:.2f} {metre}/4", curves=rhythm_curves(front), bass=raw.bass, treble=raw.treble,
        beat_s=beat_s[heard], position=(index % metre + 1)[heard], metre=metre,
        chord_start_s=chord_start_s, chord_state=states,
    )  # fmt: skip


def render_clips(data: Path, *, count: int, seed: int = 0) -> list[Clip]:
    """Render clips: a third drums alone, a third songs alone, a third both."""
    random = np.random.default_rng(seed)
    rows = list(csv.DictReader((data / "train" / "groove" / "info.csv").open()))
    rows = [row for row in rows if row["time_signature"] == "4-4" and row["beat_type"] == "beat" and float(row["duration"]) > 15]
    patterns = json.loads((data / "train" / "drum_machine_patterns" / "Patterns.json").read_text())
    clips: list[Clip] = []
    number = 0
    while len(clips) < count:
        number += 1
        kind = number % 3
        song = load_song(data, int(random.integers(1, 761))) if kind else None
        drums = None
        if kind != 1 and random.random() < 0.08:
            drums = load_pattern(WALTZES[int(random.integers(len(WALTZES)))], random=random)
        elif kind != 1 and random.random() < 0.35:
            drums = load_pattern(patterns[int(random.integers(len(patterns)))], random=random)
        elif kind != 1:
            drums = load_groove(data, rows[int(random.integers(len(rows)))])
        if kind and song is None:
            continue
        clip = render_clip(song, drums, seed=seed * 1_000_003 + number)
        if clip is not None:
            clips.append(clip)
    return clips
