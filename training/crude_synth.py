"""A crude numpy synthesizer for training material: drums of noise and sines, tones of eight partials, timbres drawn at random.

Enough to train and test what looks at onsets and chroma; the data engine proper renders through the instrument player.
"""

from dataclasses import dataclass

import numpy as np

RATE_HZ = 22050

_KINDS = {
    "kick": (35, 36), "snare": (37, 38, 39, 40), "hat": (22, 42, 44), "open": (26, 46),
    "cymbal": (49, 51, 52, 53, 55, 57, 59),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Note:
    """A note in seconds; `velocity` 0 to 1."""

    start_s: float
    length_s: float
    pitch: int
    velocity: float
    drum: bool = False


class Kit:
    """A drum kit and a room, drawn from a seed: levels, decays and pitches differ from kit to kit."""

    def __init__(self, random: np.random.Generator) -> None:
        self.random = random
        self.gain = {kind: float(10 ** (random.uniform(-8, 4) / 20)) for kind in (*_KINDS, "tom")}
        self.stretch = {kind: float(random.uniform(0.6, 1.6)) for kind in (*_KINDS, "tom")}
        self.kick_hz, self.snare_hz = float(random.uniform(42, 70)), float(random.uniform(150, 230))
        self.bright = float(random.uniform(0.7, 1.4))

    def hit(self, pitch: int, velocity: float) -> np.ndarray:
        kind = next((kind for kind, pitches in _KINDS.items() if pitch in pitches), "tom")
        decay = self.stretch[kind]
        length = {"kick": 0.3, "snare": 0.25, "hat": 0.1, "open": 0.5, "cymbal": 1.2, "tom": 0.35}[kind]
        t = np.arange(int(length * RATE_HZ)) / RATE_HZ
        noise = self.random.normal(size=len(t))
        hiss = np.diff(noise, prepend=0.0)
        if kind == "kick":
            sweep_hz = self.kick_hz * (1 + 1.5 * np.exp(-t * 40))
            sound = np.sin(2 * np.pi * np.cumsum(sweep_hz) / RATE_HZ) * np.exp(-t * 13 / decay) + 0.15 * noise * np.exp(-t * 200)
        elif kind == "snare":
            sound = 0.6 * noise * np.exp(-t * 22 / decay) + 0.5 * np.sin(2 * np.pi * self.snare_hz * t) * np.exp(-t * 25 / decay)
        elif kind == "tom":
            sound = 0.8 * np.sin(2 * np.pi * (60 + 2.0 * (pitch - 35) + 40) * t) * np.exp(-t * 12 / decay)
        else:
            sound = 0.3 * hiss * np.exp(-t * {"hat": 60, "open": 9, "cymbal": 3.5}[kind] / decay)
        return (sound * velocity * self.gain[kind]).astype(np.float32)


def tone(note: Note, *, random: np.random.Generator, bright: float = 1.0, decay: float = 2.0) -> np.ndarray:
    """Eight slightly stretched partials that die away, high ones faster."""
    f0_hz = 440 * 2 ** ((note.pitch - 69) / 12)
    t = np.arange(int((min(note.length_s, 4.0) + 0.15) * RATE_HZ)) / RATE_HZ
    sound = np.zeros(len(t), dtype=np.float32)
    for k in range(1, 9):
        if f0_hz * k > 9000:
            break
        partial = np.sin(2 * np.pi * f0_hz * k * (1 + 1e-4 * k * k) * t + random.uniform(0, 2 * np.pi))
        sound += (partial * np.exp(-t * decay * (1 + 0.4 * k)) / k ** (1.3 / bright)).astype(np.float32)
    edges = np.minimum(1, t / 0.005) * np.clip((len(t) / RATE_HZ - t) / 0.08, 0, 1)
    return (sound * edges * note.velocity * 0.3).astype(np.float32)


def mix(notes: list[Note], *, length_s: float, random: np.random.Generator, drum_gain: float = 1.0, hiss_db: float = -55.0) -> np.ndarray:
    """Render notes to (n,) float32 at `RATE_HZ`; what starts before 0 or ends after `length_s` is cut."""
    out = np.zeros(int(length_s * RATE_HZ), dtype=np.float32)
    kit = Kit(random)
    bright, decay = float(random.uniform(0.8, 1.4)), float(random.uniform(0.6, 3.0))
    for note in notes:
        first = round(note.start_s * RATE_HZ)
        if first >= len(out) or note.start_s < -4:
            continue
        sound = drum_gain * kit.hit(note.pitch, note.velocity) if note.drum else tone(note, random=random, bright=bright, decay=decay)
        cut = max(0, -first)
        if cut >= len(sound):
            continue
        first = max(first, 0)
        piece = sound[cut : cut + len(out) - first]
        out[first : first + len(piece)] += piece
    peak = float(np.abs(out).max(initial=0.0))
    out *= 0.8 / max(peak, 1e-6)
    return out + (random.normal(size=len(out)) * 10 ** (hiss_db / 20)).astype(np.float32)
