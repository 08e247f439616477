"""Voices that nobody sang: a source and formants, with vibrato, glides, consonants, breath and a room, and the truth about each.

What voicing and the cutting of notes are tuned on (``python training/melody_voices.py``: the accuracy of the engines on both
sides). Sundberg, *The Science of the Singing Voice* (1987), has the sizes. No recording of anybody is in it.
"""

import argparse
import json
from dataclasses import dataclass

import numpy as np
from singing import RATE_HZ, vowels

from hexachord.audio_analysis.engines import ENGINES
from hexachord.audio_analysis.melody import segment_notes, track_melody
from hexachord.dsp.frontend import FrontEnd
from hexachord.metrics import melody
from hexachord.metrics.transcription import note_f
from hexachord.rendering.rooms import numbered_room

SOLO_ENGINES = ("melody/pyin", "melody/swift-f0")
HOP_S = 0.01
_SCALE = (0, 2, 4, 5, 7, 9, 11)
_HEARD_DB = -40.0  # of the voice's loud parts: what is fainter is not counted as sung


@dataclass(frozen=True, kw_only=True, eq=False)
class Voice:
    """A sung take: its sound, its f0 every 10 ms (0 where nobody sings) and its notes as rows (onset_s, offset_s, pitch)."""

    signal: np.ndarray
    f0_hz: np.ndarray
    notes: np.ndarray


def sing(seed: int, *, length_s: float = 12.0) -> Voice:
    """Sing a tune."""
    random = np.random.default_rng([seed, 606])
    n = round(length_s * RATE_HZ)
    notes, starts = _tune(random, length_s)
    pitch, level, hiss = _gestures(random, notes, starts, n)
    voice = vowels(random, pitch, level, notes[:, 0])
    breath = random.normal(0, 1, n)
    breath = np.append(breath[0], np.diff(breath)) * (hiss + level * 10 ** (random.uniform(-40, -24) / 20))
    loud = np.sqrt(np.mean(voice[level > 0.5 * level.max()] ** 2)) + 1e-9
    dry = voice / loud + breath * 0.25
    wet = numbered_room(int(random.integers(0, 100)))(np.tile(dry.astype(np.float32), (2, 1)), RATE_HZ).mean(axis=0)[:n]
    share = 10 ** (random.uniform(-32, -11) / 20)
    floor = np.cumsum(random.normal(0, 1, n)) if random.random() < 0.3 else random.normal(0, 1, n)
    floor = floor - np.convolve(floor, np.ones(301) / 301, mode="same")
    floor *= 10 ** (random.uniform(-62, -38) / 20) / (floor.std() + 1e-9)
    signal = dry + share * np.pad(wet, (0, n - len(wet))) + floor
    signal *= 10 ** (random.uniform(-18, -2) / 20) / np.abs(signal).max()
    at = np.minimum((np.arange(int(length_s / HOP_S)) * HOP_S * RATE_HZ).astype(int), n - 1)
    heard = level[at] > 10 ** (_HEARD_DB / 20)
    f0_hz = np.where(heard, 440 * 2 ** ((pitch[at] - 69) / 12), 0.0)
    return Voice(signal=signal.astype(np.float32), f0_hz=f0_hz, notes=notes)


def _tune(random: np.random.Generator, length_s: float) -> tuple[np.ndarray, np.ndarray]:
    """Rows (onset_s, offset_s, pitch), and whether each begins a phrase."""
    tonic, degree, at = random.uniform(43, 66), int(random.integers(3, 8)), random.uniform(0.2, 0.8)
    beat_s = random.uniform(0.35, 0.75)
    rows, starts, first = [], [], True
    left = int(random.integers(4, 10))
    while at < length_s - 1.5:
        long_s = beat_s * random.choice([0.25, 0.5, 0.5, 0.5, 1.0, 1.0, 1.5, 2.0]) * random.uniform(0.85, 1.15)
        long_s = max(long_s, 0.12)
        pitch = tonic + 12 * (degree // 7) + _SCALE[degree % 7] - 6 + random.normal(0, 0.12)
        rows.append((at, at + long_s, pitch))
        starts.append(first)
        at, first, left = at + long_s, False, left - 1
        degree = int(np.clip(degree + random.choice([-4, -2, -1, -1, -1, 0, 0, 1, 1, 1, 2, 3, 5]), 0, 13))
        if left == 0:
            at, first, left = at + random.uniform(0.15, 0.9), True, int(random.integers(4, 10))
    return np.array(rows), np.array(starts)


def _gestures(random: np.random.Generator, notes: np.ndarray, starts: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pitch, amplitude of the voice and amplitude of hiss for every sample; offsets and onsets in `notes` become those sung."""
    time_s = np.arange(n) / RATE_HZ
    pitch = np.full(n, notes[0, 2])
    level, hiss = np.zeros(n), np.zeros(n)
    rate_hz, extent = random.uniform(4.6, 6.6), random.choice([0.0, 0.15, 0.3, 0.5, 0.8])
    ends = np.append(starts[1:], True)
    phrase_db = 0.0
    for number, ((onset, offset, goal), starting, ending) in enumerate(zip(notes.copy(), starts, ends, strict=True)):
        phrase_db = random.uniform(-14, 0) if starting else phrase_db
        kind = "none" if random.random() < 0.4 else random.choice(["nasal", "hiss", "stop"])
        gap = {"none": 0.0, "nasal": 0.0, "hiss": random.uniform(0.05, 0.13), "stop": random.uniform(0.03, 0.08)}[str(kind)]
        here = (time_s >= onset) & (time_s < offset + (0.3 if ending else 0.02))
        t = time_s[here] - onset
        before = notes[number - 1, 2] if not starting else goal - random.choice([0.0, 0.0, 1.0, 2.0])
        glide_s = random.uniform(0.03, 0.11)
        centre = -glide_s * random.uniform(0.0, 0.5) if kind == "none" else 0.0
        share = 1 / (1 + np.exp(-(t - max(centre, 0.0) - 0.4 * glide_s) / (0.15 * glide_s)))
        curve = before + (goal - before) * share
        swing = np.clip((t - random.uniform(0.12, 0.35)) / 0.25, 0, 1) * extent
        curve += swing * np.sin(2 * np.pi * rate_hz * t + random.uniform(0, 6))
        pitch[here] = curve
        loudness = 10 ** (np.clip(phrase_db + random.normal(0, 4), -22, 0) / 20)
        rise, fall = random.uniform(0.02, 0.08), random.uniform(0.03, 0.22) if ending else 0.02
        inside = np.clip((t - gap) / rise, 0, 1) if starting or kind in ("hiss", "stop") else np.clip((t + 0.02) / 0.02, 0, 1)
        out = np.where(t > offset - onset, np.exp(-3.0 * (t - (offset - onset)) / fall), 1.0)
        amplitude = loudness * np.sin(inside * np.pi / 2) * out * (0.75 + 0.25 * np.sin(np.pi * np.clip(t / (offset - onset), 0, 1)))
        if kind == "nasal":
            amplitude *= 1 - 0.75 * np.exp(-0.5 * ((t - 0.035) / 0.025) ** 2)
        level[here] = np.maximum(level[here] * (t > offset - onset), amplitude)
        if kind == "hiss":
            hiss[here] += random.uniform(0.05, 0.5) * np.exp(-0.5 * ((t - gap / 2) / (gap / 3)) ** 2)
        if kind == "stop":
            hiss[here] += random.uniform(0.1, 0.5) * np.exp(-0.5 * ((t - gap) / 0.006) ** 2)
        notes[number, 0] = onset + (gap if kind in ("hiss", "stop") else 0.4 * glide_s if not starting else 0.0)
        if number and not starting:
            notes[number - 1, 1] = min(notes[number - 1, 1], notes[number, 0])
    notes[:, 1] = np.maximum(notes[:, 1], notes[:, 0] + 0.03)
    for onset in notes[starts, 0]:  # a breath before each phrase
        hiss += random.choice([0.0, 0.03, 0.1]) * np.exp(-0.5 * ((time_s - onset + 0.25) / 0.07) ** 2)
    wander = np.interp(time_s, np.arange(0, time_s[-1] + 0.1, 0.05), random.normal(0, 0.07, int(np.ceil((time_s[-1] + 0.1) / 0.05))))
    return pitch + wander, level, hiss


def judge(seeds: range, *, engine: str) -> dict[str, float]:
    """Mean scores of an engine and of its notes."""
    rows = []
    for seed in seeds:
        voice = sing(seed)
        heard = track_melody(FrontEnd(voice.signal), engine=engine)
        time_s = np.arange(len(voice.f0_hz)) * HOP_S
        scores = melody.evaluate(time_s, voice.f0_hz, heard.time_s.astype(np.float64), heard.f0_hz.astype(np.float64))
        found = segment_notes(heard)
        bounds = np.stack([found.onset_s, np.maximum(found.offset_s, found.onset_s + 0.001)], axis=1)
        rows.append({**scores, "note_f": float(note_f(voice.notes[:, :2], voice.notes[:, 2], bounds, np.asarray(found.pitch)).f)})
    return {name: round(float(np.mean([row[name] for row in rows])), 3) for name in rows[0]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--voices", type=int, default=20)
    options = parser.parse_args()
    for side, first in (("train", 0), ("valid", 1000)):
        for engine in (engine.name for engine in ENGINES if engine.available and engine.name in SOLO_ENGINES):
            print(side, engine, json.dumps(judge(range(first, first + options.voices), engine=engine)), flush=True)


if __name__ == "__main__":
    main()
