"""Recordings whose melody is known, rendered from train/: pop songs by a band or a piano, art songs, piano pieces.

The melody is the MELODY track of a pop song, the singer of an art song, or the highest note of a piano piece's right hand. Leading
voices come from the FluidR3 soundfont (MIT) through the ``fluidsynth`` program, or, for half of the songs, from a crude singer: partials
under three drawn formants, with vibrato and slides, at -3 to +6 dB re the accompaniment.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import symusic
from note_renders import BASSES, COMPS, KITS, LEADS, RATE_HZ, Track, in_a_room, midi_notes, play_font
from scipy.signal import lfilter

from hexachord.score.formats import load_score
from hexachord.score.notes import note_array

LENGTH_S = 30.0
_FEWEST = 15  # notes of a melody worth the name


@dataclass(frozen=True, kw_only=True, eq=False)
class Song:
    """A rendered excerpt; rows of `melody` are (onset_s, offset_s, pitch)."""

    name: str
    kind: str  # sung, band, cover, lied, piano
    signal: np.ndarray
    melody: np.ndarray


def songs(data: Path, font: Path, *, each: int, tuning: bool, seed: int = 0) -> Iterator[Song]:
    """Render up to `each` excerpts of every kind; every fourth piece is held out of training, for tuning."""
    grooves = [row for row in csv.DictReader((data / "train" / "groove" / "info.csv").open()) if row["beat_type"] == "beat"]
    grooves = [row for row in grooves if float(row["duration"]) > LENGTH_S]
    numbers = [n for n in np.random.default_rng(seed).permutation(np.arange(1, 761)) if (n % 4 == 0) == tuning]
    for place, kind in enumerate(("sung", "band", "cover")):
        for number in numbers[place * each : (place + 1) * each]:
            rng = np.random.default_rng([seed, int(number)])
            groove = data / "train" / "groove" / grooves[rng.integers(len(grooves))]["midi_filename"]
            song = _pop(data / "train" / "pop909" / f"{number:03d}" / f"{number:03d}.mid", groove, font, kind, rng)
            if len(song.melody) >= _FEWEST:
                yield song
    for kind, folder in (("lied", "openscore_lieder"), ("piano", "musetrainer")):
        paths = sorted((data / "train" / folder).rglob("*.mxl"))
        done = 0
        for index in np.random.default_rng(seed).permutation(len(paths)):
            if (index % 4 == 0) != tuning:
                continue
            song = _scored(paths[index], font, kind, np.random.default_rng([seed, int(index)]))
            if song is not None:
                yield song
                done += 1
            if done == each:
                break


def sing(notes: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Sing (onset_s, offset_s, pitch) rows: slides into notes, vibrato that sets in, a vowel, breath."""
    out = np.zeros(round(LENGTH_S * RATE_HZ))
    tilt, formants = rng.uniform(0.8, 1.5), rng.uniform((350, 900, 2300), (800, 1800, 3200))
    rate_hz, depth = rng.uniform(4.8, 6.5), rng.uniform(0.1, 0.6)
    for onset, offset, pitch in notes:
        t = np.arange(round(min(offset - onset, LENGTH_S - onset) * RATE_HZ)) / RATE_HZ
        if len(t) < 200:
            continue
        curve = pitch - rng.uniform(0, 1.5) * np.exp(-t / 0.03) + depth * np.clip((t - 0.2) / 0.2, 0, 1) * np.sin(2 * np.pi * rate_hz * t)
        f0_hz = 440 * 2 ** ((curve + rng.normal(0, 0.07) - 69) / 12)
        phase = 2 * np.pi * np.cumsum(f0_hz) / RATE_HZ
        sound = np.zeros(len(t))
        for partial in range(1, 25):
            hz = float(f0_hz.mean()) * partial
            if hz > 8000:
                break
            vowel = 0.1 + sum(np.exp(-0.5 * ((hz - centre) / (80 + 0.08 * centre)) ** 2) for centre in formants)
            sound += vowel / partial**tilt * np.sin(partial * phase)
        sound += 0.03 * np.abs(sound).max() * lfilter([1, -0.9], [1], rng.normal(0, 1, len(t)))
        first = round(onset * RATE_HZ)
        out[first : first + len(t)] += sound * np.minimum(1, t / 0.04) * np.clip((t[-1] - t) / 0.05, 0, 1)
    return out


def _pop(path: Path, groove: Path, font: Path, kind: str, rng: np.random.Generator) -> Song:
    score = symusic.Score(str(path)).to("second")
    parts = {track.name: np.array([(n.time, n.end, n.pitch, n.velocity) for n in track.notes], dtype=float) for track in score.tracks}
    start_s = float(np.quantile(parts["MELODY"][:, 0], rng.choice([0.15, 0.5])))
    melody, bridge, piano = (_excerpt(parts[name], start_s) for name in ("MELODY", "BRIDGE", "PIANO"))
    if kind == "cover":
        hands = np.concatenate([melody, bridge, piano])
        signal = play_font([(int(rng.choice([0, 1])), False, hands)], font)
    else:
        tracks: list[Track] = [(int(rng.choice(COMPS)), False, rows) for rows in (bridge, piano) if len(rows)]
        low = piano[piano[:, 2] < 55] - [0, 0, 12, 0]
        tracks.append((int(rng.choice(BASSES)), False, low[low[:, 2] >= 28]))
        drums = midi_notes(groove)
        tracks.append((int(rng.choice(KITS)), True, drums[drums[:, 0] < LENGTH_S - 1] * [1, 1, 1, rng.uniform(0.4, 1)]))
        signal = _mixed(melody, [track for track in tracks if len(track[2])], font, rng, sung=kind == "sung")
    return Song(name=path.stem, kind=kind, signal=in_a_room(signal, rng), melody=melody[:, :3])


def _scored(path: Path, font: Path, kind: str, rng: np.random.Generator) -> Song | None:
    score = load_score(path)
    notes = note_array(score)
    rows = np.stack([notes["onset_s"], notes["onset_s"] + notes["duration_s"], notes["pitch"], np.full(len(notes), 80.0)], axis=1)
    names = [part.name.lower() for part in score.parts]
    fits = len(names) == 1 if kind == "piano" else len(names) == 2 and "piano" in names[1]
    if not fits or len(rows) < 60:
        return None
    start_s = float(np.quantile(rows[:, 0], 0.3))
    upper = (notes["part"] == 0) & (notes["staff"] == 1)
    melody, rest = _excerpt(rows[upper], start_s), _excerpt(rows[~upper], start_s)
    if len(melody) < _FEWEST or len(rest) < _FEWEST:
        return None
    if kind == "lied":
        signal = _mixed(melody, [(0, False, rest)], font, rng, sung=bool(rng.random() < 0.5))
    else:
        melody[:, 3] += 8
        signal = play_font([(int(rng.choice([0, 1])), False, np.concatenate([melody, rest]))], font)
        melody = top_line(melody)
    return Song(name=path.stem, kind=kind, signal=in_a_room(signal, rng), melody=melody[:, :3])


def top_line(notes: np.ndarray) -> np.ndarray:
    """Keep the notes above which nothing sounds when they begin, each until the next."""
    kept: list[np.ndarray] = []
    for onset in np.unique(notes[:, 0]):
        sounding = notes[(notes[:, 0] <= onset + 0.01) & (notes[:, 1] > onset + 0.01)]
        if len(sounding):
            top = sounding[sounding[:, 2].argmax()]
            if abs(top[0] - onset) < 0.02:
                kept.append(top.copy())
    for note, following in pairwise(kept):
        note[1] = min(note[1], following[0])
    return np.array(kept)


def _mixed(melody: np.ndarray, tracks: list[Track], font: Path, rng: np.random.Generator, *, sung: bool) -> np.ndarray:
    voice = sing(melody[:, :3], rng) if sung else play_font([(int(rng.choice(LEADS)), False, melody)], font)
    others = play_font(tracks, font)
    gain = 10 ** (rng.uniform(-3, 6) / 20) * np.sqrt(np.mean(others**2) / max(np.mean(voice**2), 1e-12))
    return voice * gain + others


def _excerpt(rows: np.ndarray, start_s: float) -> np.ndarray:
    if not len(rows):
        return np.zeros((0, 4))
    inside = rows[(rows[:, 0] >= start_s) & (rows[:, 0] < start_s + LENGTH_S - 1)].copy()
    inside[:, :2] = np.clip(inside[:, :2] - start_s, 0, LENGTH_S)
    return inside
