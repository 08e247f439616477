"""Small sample libraries made for a test: sine tones whose frequency says which sample sounded."""

from pathlib import Path

import numpy as np
import soundfile

from hexachord.synthesis.model import Strike, Voice
from hexachord.synthesis.sfz import SfzBank, load_sfz

RATE_HZ = 44_100


def write_tone(path: Path, frequency_hz: float, *, seconds: float = 1.0, peak: float = 0.5, channels: int = 1) -> None:
    """Write a sine tone; the second channel of a stereo one is an octave higher."""
    path.parent.mkdir(parents=True, exist_ok=True)
    time_s = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    tones = [peak * np.sin(2 * np.pi * frequency_hz * (1 + channel) * time_s) for channel in range(channels)]
    soundfile.write(path, np.stack(tones, axis=1), RATE_HZ, subtype="PCM_24" if path.suffix in (".wav", ".flac") else None)


def add_marks(path: Path, *, key: int, first: int, last: int, fraction: float = 0.0) -> None:
    """Append a ``smpl`` chunk to a WAV file."""
    numbers = [0, 0, 0, key, int(fraction * 2**32), 0, 0, 1, 0, 0, 0, first, last, 0, 0]
    body = np.array(numbers, dtype="<u4").tobytes()
    data = path.read_bytes() + b"smpl" + len(body).to_bytes(4, "little") + body
    path.write_bytes(data[:4] + (len(data) - 8).to_bytes(4, "little") + data[8:])


def bank_of(folder: Path, text: str, *names: str, suffix: str = ".wav") -> SfzBank:
    """Write an SFZ file and tones for the samples it names (441 Hz, which is 100 frames, then semitones up), and load it."""
    for at, name in enumerate(names):
        write_tone(folder / f"{name}{suffix}", 441.0 * 2 ** (at / 12))
    (folder / "instrument.sfz").write_text(text)
    return load_sfz(folder / "instrument.sfz")


class Hands:
    """One part playing an instrument: remembers what a player must remember."""

    def __init__(self, bank: SfzBank) -> None:
        self.instrument = bank.instrument(program=0)
        self.counts: dict[int, int] = {}

    def strike(
        self, key: int, velocity: int = 127, controls: dict[int, float] | None = None, *, chance: float = 0.0, held: tuple[int, ...] = ()
    ) -> tuple[Voice, ...]:
        """Press a key."""
        return self.instrument.attack(Strike(key, velocity, controls or {}, self.counts, chance, held))

    def names(
        self, key: int, velocity: int = 127, controls: dict[int, float] | None = None, *, chance: float = 0.0, held: tuple[int, ...] = ()
    ) -> str:
        """Press a key; the names of the samples that sound, joined."""
        voices = self.strike(key, velocity, controls, chance=chance, held=held)
        return " ".join(voice.sample.name.removesuffix(".wav") for voice in voices)

    def release(self, key: int, velocity: int = 127, *, held_s: float = 1.0) -> tuple[Voice, ...]:
        """Let a key go."""
        return self.instrument.release(Strike(key, velocity, {}, self.counts), held_s=held_s)
