"""Singers that nobody heard: vowels from formants, and bands of the data engine in which one of them has the tune.

The fonts' voices sing one vowel and breathe nowhere, so what learns to follow a singer hears these as well: a source and formants, other
vowels from note to note, consonants, breath. Sundberg, *The Science of the Singing Voice* (1987), has the sizes. No recording of anybody
is in it.
"""

from dataclasses import replace

import numpy as np

from hexachord.knowledge import F0, Notes
from hexachord.rendering.balance import active_loudness_db
from hexachord.rendering.model import Take
from hexachord.rendering.rooms import numbered_room
from hexachord.rendering.sound import Rendered
from hexachord.rendering.suites import TUNES

RATE_HZ = 22_050
_FORMANTS_HZ = {"a": (730, 1090, 2440), "e": (530, 1840, 2480), "i": (280, 2250, 2890), "o": (570, 840, 2410), "u": (310, 870, 2240)}
_SINGS = {"sung": 0.75, "lead": 0.2, "solo": 0.3}
"""How often somebody sings what a role would have played."""
_DOWN = 0.4  # how often it is a man's voice, an octave lower, where the tune is high enough
_HIGH = 62.0


def with_singer(made: Rendered, random: np.random.Generator) -> tuple[np.ndarray, Take]:
    """Let somebody sing the tune, at times: mono sound at `RATE_HZ`, and the take as it sounds then.

    Parameters
    ----------
    made : with stems, at `RATE_HZ`

    Raises
    ------
    ValueError : without stems, or at another rate.
    """
    take, tune = made.take, made.take.truth.melody
    if not made.stems or made.rate_hz != RATE_HZ:
        raise ValueError(f"a singer joins stems at {RATE_HZ} Hz")
    index = next((index for index, role in enumerate(take.roles) if role in TUNES), None)
    notes = take.truth.melody_notes
    if (
        index is None
        or tune is None
        or notes is None
        or not (tune.f0_hz > 0).any()
        or random.random() >= _SINGS.get(take.roles[index], 0.0)
    ):
        return made.audio.mean(axis=0), take
    if np.median(notes.pitch) > _HIGH and random.random() < _DOWN:
        tune, notes = replace(tune, f0_hz=tune.f0_hz / 2), replace(notes, pitch=notes.pitch - 12.0)
        take = replace(take, truth=replace(take.truth, melody=tune, melody_notes=notes, notes=None))
    voice = sing_along(tune, notes, random, samples=made.mix.shape[1])
    stem = made.stems[index]
    wanted_db = active_loudness_db(stem, rate_hz=RATE_HZ) + random.uniform(-2.0, 5.0)
    loud_db = active_loudness_db(np.tile(voice, (2, 1)), rate_hz=RATE_HZ)
    gain = 10 ** ((wanted_db - loud_db) / 20) if np.isfinite(wanted_db - loud_db) else 0.0
    mix = (made.mix - stem).mean(axis=0) + gain * voice
    peak = float(np.abs(mix).max())
    return np.asarray(np.tanh(mix) if peak > 1.0 else mix, dtype=np.float32), take


def sing_along(tune: F0, notes: Notes, random: np.random.Generator, *, samples: int) -> np.ndarray:
    """Sing at a given f0, (samples,) float32: sounding where it is, with consonants at some of the notes, breath and a room."""
    time_s = np.arange(samples) / RATE_HZ
    voiced = tune.f0_hz > 0
    pitch = np.interp(time_s, tune.time_s[voiced], 69 + 12 * np.log2(tune.f0_hz[voiced] / 440))
    sounding = np.interp(time_s, tune.time_s, voiced.astype(float))
    size = round(0.02 * RATE_HZ)
    level = np.convolve(sounding, np.hanning(size) / np.hanning(size).sum(), mode="same") * sounding
    hiss = np.zeros(samples)
    phrase_db, before_s = 0.0, -10.0
    for onset, offset in zip(notes.onset_s, notes.offset_s, strict=True):
        if onset - before_s > 0.3:
            phrase_db = random.uniform(-8, 0)
        before_s = offset
        first, last = np.searchsorted(time_s, [onset - 0.02, offset]).tolist()
        t = time_s[first:last] - onset
        shape = 10 ** ((phrase_db + random.normal(0, 2.5)) / 20) * (0.75 + 0.25 * np.sin(np.pi * np.clip(t / (offset - onset), 0, 1)))
        kind = str(random.choice(["none", "nasal", "hiss", "stop"], p=[0.4, 0.25, 0.2, 0.15]))
        gap = {"hiss": random.uniform(0.03, 0.09), "stop": random.uniform(0.02, 0.05)}.get(kind, 0.0)
        if kind == "nasal":
            shape = shape * (1 - 0.7 * np.exp(-0.5 * ((t - 0.035) / 0.025) ** 2))
        if gap:
            hiss[first:last] += random.uniform(0.05, 0.4) * np.exp(-0.5 * ((t + gap / 2) / (gap / 3)) ** 2)
            shape = shape * np.clip(1 + (t - gap) / random.uniform(0.02, 0.06), 0.02, 1)
        level[first:last] *= shape
    wander = np.interp(time_s, np.arange(0, time_s[-1] + 0.1, 0.05), random.normal(0, 0.05, int(np.ceil((time_s[-1] + 0.1) / 0.05))))
    voice = vowels(random, pitch + wander, level, np.asarray(notes.onset_s))
    breath = random.normal(0, 1, samples)
    breath = np.append(breath[0], np.diff(breath)) * (hiss + level * 10 ** (random.uniform(-40, -26) / 20))
    loud = np.sqrt(np.mean(voice[level > 0.3 * level.max()] ** 2)) + 1e-9
    dry = (voice / loud + 0.25 * breath).astype(np.float32)
    wet = numbered_room(int(random.integers(0, 100)))(np.tile(dry, (2, 1)), RATE_HZ).mean(axis=0)[:samples]
    share = 10 ** (random.uniform(-30, -9) / 20)
    return np.asarray(dry + share * np.pad(wet, (0, samples - len(wet))), dtype=np.float32)


def vowels(random: np.random.Generator, pitch: np.ndarray, level: np.ndarray, onset_s: np.ndarray) -> np.ndarray:
    """Sing a pitch: harmonics of a falling glottal spectrum through formants that change from note to note.

    Parameters
    ----------
    pitch : (n,) fractional MIDI number of every sample
    level : (n,) amplitude
    onset_s : of the notes, each of which has a vowel
    """
    time_s = np.arange(len(pitch)) / RATE_HZ
    size = random.uniform(0.9, 1.2)
    shapes = np.array([_FORMANTS_HZ[str(random.choice(list(_FORMANTS_HZ)))] for _ in onset_s]) * size
    formants = np.stack([np.interp(time_s, onset_s + 0.03, shapes[:, k]) for k in range(3)])
    f0 = 440 * 2 ** ((pitch - 69) / 12)
    phase = 2 * np.pi * np.cumsum(f0) / RATE_HZ
    tilt_db = random.uniform(-14, -8)
    out = np.zeros(len(pitch))
    for harmonic in range(1, int(min(40, 8000 / f0.max() + 20))):
        hz = harmonic * f0
        gain = sum(w / (1 + ((hz - f) / b) ** 2) for f, b, w in zip(formants, (90, 110, 170), (1.0, 0.6, 0.35), strict=True)) + 0.03
        out += np.where(hz < 9000, gain, 0) * harmonic ** (tilt_db / 6.02) * np.sin(harmonic * phase)
    return out * level
