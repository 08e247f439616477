"""Labelled music for the note transcriber, rendered from train/: pianos in rooms, and small bands.

Sound comes from Salamander Grand Piano samples (Alexander Holm, CC BY 3.0; npm packages ``@audio-samples/piano-velocity3``, 7, 10, 13,
unpacked side by side) and, through the ``fluidsynth`` program, from the FluidR3 (training) and MuseScore General (tuning) soundfonts, both
MIT. Notes come from giantmidi and pop909; a fourth of the pieces, and the MuseScore font, are never trained on.
"""

import csv
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import soundfile
import soxr
import symusic
from scipy.signal import fftconvolve, lfilter

RATE_HZ = 22_050
LENGTH_S = 30.0
LAYERS = (3, 7, 10, 13)  # of Salamander's sixteen velocities
LEADS = (22, 40, 41, 42, 52, 53, 56, 57, 59, 60, 64, 65, 66, 68, 71, 73, 75, 80, 81)
COMPS = (0, 0, 1, 2, 4, 5, 6, 11, 16, 19, 24, 25, 26, 27, 48, 49, 46, 88)
BASSES = (32, 33, 34, 35, 38)
KITS = (0, 8, 16, 24, 25, 32)
SEMITONE = {"C": 0, "D#": 3, "F#": 6, "A": 9}

Track = tuple[int, bool, np.ndarray]  # programme, drums, rows of (onset_s, offset_s, pitch, velocity)


@dataclass(frozen=True, kw_only=True)
class Sounds:
    salamander: Path
    train_font: Path
    tune_font: Path


@dataclass(frozen=True, kw_only=True, eq=False)
class Clip:
    name: str
    signal: np.ndarray
    notes: np.ndarray  # rows of (onset_s, offset_s, pitch, velocity)
    tuning: bool  # held out of training
    piano: bool


def clips(data: Path, sounds: Sounds) -> Iterator[Clip]:
    """Render all clips, each from its own seed."""
    for number, path in enumerate(sorted((data / "train" / "giantmidi").glob("*.mid"))):
        notes = held_notes(path)
        tuning = number % 4 == 0
        for turn, part in enumerate((0.5,) if tuning else (0.1, 0.45, 0.75)):
            rng = np.random.default_rng(1000 * turn + number)
            excerpt = cut(notes, max(0.0, min(notes[:, 0].max() * part, notes[:, 0].max() - LENGTH_S - 1)))
            if len(excerpt) < 20:
                continue
            if not tuning:
                excerpt[:, 2] += rng.integers(-4, 5)
                excerpt = excerpt[(excerpt[:, 2] >= 21) & (excerpt[:, 2] <= 108)]
            excerpt[:, 3] = np.clip(excerpt[:, 3] * rng.uniform(0.6, 1.3), 1, 127)
            if not tuning and (number + turn) % 3 < 2:
                signal = play_salamander(excerpt, sounds.salamander, rng)
            else:
                signal = play_font([(int(rng.choice([0, 0, 1])), False, excerpt)], sounds.tune_font if tuning else sounds.train_font)
            yield finish(f"piano-{number}-{turn}", signal, excerpt, rng, tuning=tuning, piano=True)
    grooves = [row for row in csv.DictReader((data / "train" / "groove" / "info.csv").open()) if row["beat_type"] == "beat"]
    grooves = [row for row in grooves if float(row["duration"]) > LENGTH_S]
    for number, song in enumerate(range(5, 755, 11)):
        rng = np.random.default_rng(9000 + number)
        tuning = number % 7 == 0
        tracks = band(data / "train" / "pop909" / f"{song:03d}" / f"{song:03d}.mid", rng)
        if not tracks:
            continue
        notes = undoubled(np.concatenate([rows for _, _, rows in tracks]))
        if rng.uniform() < 0.6:
            groove = grooves[rng.integers(len(grooves))]
            rows = midi_notes(data / "train" / "groove" / groove["midi_filename"])
            rows = rows[rows[:, 0] < LENGTH_S - 0.5] * [1, 1, 1, rng.uniform(0.5, 1)]
            tracks.append((int(rng.choice(KITS)), True, rows))
        signal = play_font(tracks, sounds.tune_font if tuning else sounds.train_font)
        yield finish(f"band-{song}", signal, notes, rng, tuning=tuning, piano=False)


def midi_notes(path: Path) -> np.ndarray:
    score = symusic.Score(str(path)).to("second")
    return np.array([(n.time, n.time + n.duration, n.pitch, n.velocity) for track in score.tracks for n in track.notes], dtype=float)


def held_notes(path: Path) -> np.ndarray:
    """Notes whose ends are moved to where the pedal lets go, or the pitch is struck again."""
    score = symusic.Score(str(path)).to("second")
    notes = sorted((n.time, n.time + n.duration, n.pitch, n.velocity) for track in score.tracks for n in track.notes)
    presses: list[tuple[float, float]] = []
    for track in score.tracks:
        pressed: float | None = None
        for change in sorted((c for c in track.controls if c.number == 64), key=lambda c: c.time):
            if change.value >= 64 and pressed is None:
                pressed = change.time
            elif change.value < 64 and pressed is not None:
                presses.append((pressed, change.time))
                pressed = None
    pedal = np.array(sorted(presses)).reshape(-1, 2)
    struck_again: dict[int, float] = {}
    held = []
    for onset, offset, pitch, velocity in reversed(notes):
        at = int(np.searchsorted(pedal[:, 0], offset, side="right")) - 1
        if at >= 0 and pedal[at, 1] > offset:
            offset = pedal[at, 1]
        offset = min(offset, struck_again.get(pitch, np.inf))
        struck_again[pitch] = onset
        held.append((onset, max(offset, onset + 0.03), pitch, velocity))
    return np.array(held[::-1], dtype=float)


def cut(notes: np.ndarray, start_s: float) -> np.ndarray:
    inside = notes[(notes[:, 0] >= start_s) & (notes[:, 0] < start_s + LENGTH_S - 1)].copy()
    inside[:, :2] = np.minimum(inside[:, :2] - start_s, LENGTH_S)
    return inside


def undoubled(notes: np.ndarray) -> np.ndarray:
    """One note where several instruments strike the same pitch within 30 ms."""
    last: dict[int, float] = {}
    kept = []
    for row in notes[np.argsort(notes[:, 0])]:
        if row[0] - last.get(int(row[2]), -1.0) >= 0.03:
            last[int(row[2])] = row[0]
            kept.append(row)
    return np.array(kept)


def band(path: Path, rng: np.random.Generator) -> list[Track]:
    """A pop song's melody, bridge and piano on drawn instruments, and in three of five a bass under the piano's lowest notes."""
    tracks: list[Track] = []
    for track in symusic.Score(str(path)).to("second").tracks:
        rows = np.array([(n.time, n.time + n.duration, n.pitch, n.velocity) for n in track.notes], dtype=float).reshape(-1, 4)
        rows = cut(rows, 25.0)
        if len(rows):
            rows[:, 3] = np.clip(rows[:, 3] * rng.uniform(0.5, 1.3), 1, 127)
            tracks.append((int(rng.choice(COMPS if track.name == "PIANO" else LEADS)), False, rows))
    if tracks and rng.uniform() < 0.6:
        low = np.concatenate([rows for _, _, rows in tracks])
        bass: list[list[float]] = []
        for onset, offset, pitch, _ in low[(low[:, 2] < 60)][np.argsort(low[low[:, 2] < 60][:, 0])]:
            if not bass or onset - bass[-1][0] > 0.25:
                if bass:
                    bass[-1][1] = min(bass[-1][1], onset)
                bass.append([onset, min(offset, onset + 1), pitch - 12 if pitch >= 48 else pitch, 95])
        if bass:
            tracks.append((int(rng.choice(BASSES)), False, np.array(bass)))
    return tracks


@lru_cache(maxsize=1)
def salamander_samples(folder: Path) -> dict[tuple[int, int], tuple[np.ndarray, int]]:
    """(pitch, layer) → attack-trimmed mono sample and its rate."""
    samples = {}
    for layer in LAYERS:
        for path in sorted(folder.glob(f"**/*v{layer}.ogg")):
            name = path.stem.removesuffix(f"v{layer}")
            sound, rate_hz = soundfile.read(path, dtype="float32")
            mono = sound.mean(axis=1)
            start = int(np.argmax(np.abs(mono) > 0.02 * np.abs(mono).max()))
            samples[12 * (int(name[-1]) + 1) + SEMITONE[name[:-1]], layer] = (
                mono[max(0, start - rate_hz // 500) :][: 8 * rate_hz],
                rate_hz,
            )
    return samples


def play_salamander(notes: np.ndarray, folder: Path, rng: np.random.Generator) -> np.ndarray:
    samples = salamander_samples(folder)
    keys, layers = np.array(sorted({pitch for pitch, _ in samples})), np.array(LAYERS)
    detune = rng.normal(0, 4) / 1000
    moved: dict[tuple[int, int], np.ndarray] = {}
    out = np.zeros(round((LENGTH_S + 3) * RATE_HZ), np.float32)
    for onset, offset, pitch, velocity in notes:
        layer = int(layers[np.abs(layers * 8 - 4 - velocity).argmin()])
        key = int(keys[np.abs(keys - pitch).argmin()])
        if (int(pitch), layer) not in moved:
            sound, rate_hz = samples[key, layer]
            moved[int(pitch), layer] = soxr.resample(sound, rate_hz * 2 ** ((pitch - key + detune) / 12), RATE_HZ, quality="MQ")
        start, held = int(onset * RATE_HZ), int((offset - onset) * RATE_HZ)
        sound = moved[int(pitch), layer][: min(held + RATE_HZ // 4, len(out) - start)]
        damper = np.exp(-np.maximum(np.arange(len(sound)) - held, 0) / (0.05 * RATE_HZ))
        out[start : start + len(sound)] += sound * damper * (velocity / (layer * 8 - 4)) ** 1.5
    return out[: round(LENGTH_S * RATE_HZ)]


def play_font(tracks: list[Track], font: Path, *, seconds: float = LENGTH_S) -> np.ndarray:
    score = symusic.Score(480)
    score.tempos.append(symusic.Tempo(0, 120.0))
    for program, drums, rows in tracks:
        track = symusic.Track(program=program, is_drum=drums)
        for onset, offset, pitch, velocity in rows:
            length = max(1, int((offset - onset) * 960))
            track.notes.append(symusic.Note(int(onset * 960), length, int(pitch), int(max(1, velocity))))
        score.tracks.append(track)
    with tempfile.TemporaryDirectory() as folder:
        midi, wav = Path(folder) / "clip.mid", Path(folder) / "clip.wav"
        score.dump_midi(str(midi))
        command = ["fluidsynth", "-ni", "-q", "-R", "0", "-C", "0", "-g", "0.5", "-r", str(RATE_HZ), "-F", str(wav), str(font), str(midi)]
        subprocess.run(command, check=True, capture_output=True)
        sound = soundfile.read(wav, dtype="float32")[0].mean(axis=1)
    out = np.zeros(round(seconds * RATE_HZ), np.float32)
    out[: min(len(out), len(sound))] = sound[: len(out)]
    return out


def finish(name: str, signal: np.ndarray, notes: np.ndarray, rng: np.random.Generator, *, tuning: bool, piano: bool) -> Clip:
    ratio = 2 ** (rng.normal(0, 8) / 1200)  # a few cents out of tune
    moved = soxr.resample(signal, RATE_HZ * ratio, RATE_HZ, quality="MQ")
    out = np.zeros_like(signal)
    out[: min(len(out), len(moved))] = moved[: len(out)]
    return Clip(name=name, signal=in_a_room(out, rng), notes=notes / [ratio, ratio, 1, 1], tuning=tuning, piano=piano)


def in_a_room(signal: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A drawn room, equaliser, level and hiss."""
    if rng.uniform() < 0.8:
        decay_s = np.exp(rng.uniform(np.log(0.25), np.log(2.0)))
        t = np.arange(int(min(decay_s, 1.5) * 1.1 * RATE_HZ)) / RATE_HZ
        tail = rng.normal(0, 1, len(t)) * 10 ** (-3 * t / decay_s)
        tail[: int(rng.uniform(0.002, 0.02) * RATE_HZ)] = 0
        pole = rng.uniform(0.3, 0.9)
        tail = lfilter([1 - pole], [1, -pole], tail)
        tail *= np.exp(rng.uniform(np.log(0.15), np.log(1.2))) / np.sqrt((tail**2).sum())
        tail[0] = 1
        for _ in range(rng.integers(0, 6)):
            tail[int(rng.uniform(0.001, 0.03) * RATE_HZ)] += rng.uniform(-0.5, 0.5)
        signal = fftconvolve(signal, tail)[: len(signal)]
    for _ in range(rng.integers(0, 4)):
        hz, gain_db, q = np.exp(rng.uniform(np.log(60), np.log(8000))), rng.uniform(-9, 9), rng.uniform(0.5, 2)
        root, angle = 10 ** (gain_db / 40), 2 * np.pi * hz / RATE_HZ
        width = np.sin(angle) / (2 * q)
        above = np.array([1 + width * root, -2 * np.cos(angle), 1 - width * root])
        below = np.array([1 + width / root, -2 * np.cos(angle), 1 - width / root])
        signal = lfilter(above / below[0], below / below[0], signal)
    signal = lfilter([1, -rng.uniform(-0.4, 0.4)], [1], signal)
    signal = signal / np.abs(signal).max() * rng.uniform(0.2, 0.9)
    return (signal + rng.normal(0, 1, len(signal)) * 10 ** (rng.uniform(-80, -50) / 20)).astype(np.float32)
