"""A genie played live: keys 1 to 8 of a terminal press its buttons, a piano sounds where there is a sound device, the take is kept.

A terminal says when a key goes down and not when it is let go: a note lasts until the next press. What it takes from a key read to a note
sounding is measured for every press; what the sound device adds it says itself.
"""

import importlib
import os
import select
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from hexachord.arrays import Float32Array
from hexachord.composition.genie.cues import BUTTONS, TOGETHER_S
from hexachord.composition.genie.playing import Genie
from hexachord.composition.genie.presses import Press
from hexachord.errors import InputError, MissingExtraError
from hexachord.journeys.perform import perform
from hexachord.score.model import TICKS_PER_QUARTER, Note, Part, Score, TempoMark

RATE_HZ = 44100
_BLOCK = 256  # frames: 6 ms
_EVERY = 3  # semitones from one recorded key to the next; those between are played faster or slower
_NOTE_S = 2.5
_DAMP_S = 0.25
_LOUDNESS = 0.6
_ENDS = ("q", "\x1b", "\x04", "\n", "\r")


class NoDeviceError(InputError):
    """There is no sound device that can be opened."""


class Sounder(Protocol):
    """Whatever sounds notes."""

    latency_s: float

    def strike(self, pitches: Sequence[int]) -> None:
        """Let keys sound, and damp those before."""


@dataclass(frozen=True, kw_only=True)
class LiveTake:
    """What was played.

    Attributes
    ----------
    presses, pitches : press by press, the first at 0 s, and what it became
    latency_ms : from each key read to its note handed to whoever sounds it
    """

    presses: tuple[Press, ...]
    pitches: tuple[tuple[int, ...], ...]
    latency_ms: tuple[float, ...]


def play_live(
    genie: Genie, keys: Iterator[tuple[float, str]], *, sounder: Sounder | None = None, tell: Callable[[int, int], None] | None = None
) -> LiveTake:
    """Play until the keys end.

    Parameters
    ----------
    keys : when each key was read, in seconds of a clock that does not go back, and what was typed; what is no button is passed over
    sounder : sounds the notes; silence when not given
    tell : called with each button and the MIDI number it became

    Returns
    -------
    The take; keys within 35 ms of the first one of a chord are one press.
    """
    presses, pitches, took = list[Press](), list[tuple[int, ...]](), list[float]()
    begun_s = 0.0
    for read_s, typed in keys:
        if not (typed.isdigit() and 1 <= int(typed) <= BUTTONS):
            continue
        button = int(typed)
        sounded = genie.press(button, read_s)
        if sounder is not None:
            sounder.strike(sounded)
        took.append((time.monotonic() - read_s) * 1000.0)
        if not presses:
            begun_s = read_s
        at_s = read_s - begun_s
        if presses and at_s - presses[-1].time_s <= TOGETHER_S:
            presses[-1] = presses[-1]._replace(buttons=tuple(sorted({*presses[-1].buttons, button})))
            pitches[-1] = tuple(sorted({*pitches[-1], *sounded}))
        else:
            presses.append(Press(at_s, (button,)))
            pitches.append(sounded)
        if tell is not None:
            tell(button, sounded[0])
    return LiveTake(presses=tuple(presses), pitches=tuple(pitches), latency_ms=tuple(took))


@contextmanager
def terminal_keys(descriptor: int = 0) -> Iterator[Iterator[tuple[float, str]]]:
    """Read single keys of a terminal as they are typed, until q, Esc, Enter, Ctrl-D or Ctrl-C; the terminal is as before afterwards.

    Parameters
    ----------
    descriptor : of the terminal, standard input

    Raises
    ------
    InputError : if it is no terminal, or the system has none of this kind.
    """
    try:
        termios: Any = importlib.import_module("termios")
        tty: Any = importlib.import_module("tty")
    except ImportError as error:
        raise InputError("--live", found="a system without such terminals", next_step="use --buttons, or a file of presses") from error
    if not os.isatty(descriptor):
        raise InputError(
            "--live",
            found="no terminal to type in: standard input is a file or a pipe",
            expected="a terminal",
            next_step="use --buttons, or a file of presses",
        )
    before = termios.tcgetattr(descriptor)

    def keys() -> Iterator[tuple[float, str]]:
        while True:
            try:
                select.select([descriptor], [], [])
            except KeyboardInterrupt:  # who stops with Ctrl-C wants to keep the take, too
                return
            read_s = time.monotonic()
            typed = os.read(descriptor, 64).decode("ascii", errors="ignore")
            if not typed:
                return
            for key in typed:
                if key in _ENDS:
                    return
                yield read_s, key

    try:
        tty.setcbreak(descriptor)
        yield keys()
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)


class Piano:
    """A piano for a sound device: recorded keys, mixed block by block.

    Parameters
    ----------
    samples : by MIDI number, (frames, 2) each
    """

    latency_s = 0.0

    def __init__(self, samples: dict[int, Float32Array]) -> None:
        self._samples = samples
        self._voices: list[list[Any]] = []  # samples, place, frames until it is damped (-1: not)
        self._lock = threading.Lock()

    def strike(self, pitches: Sequence[int]) -> None:
        """Let keys sound, and damp those before."""
        with self._lock:
            for voice in self._voices:
                if voice[2] < 0:
                    voice[2] = round(_DAMP_S * RATE_HZ)
            self._voices += [[self._samples[pitch], 0, -1] for pitch in pitches if pitch in self._samples]

    def fill(self, out: Float32Array) -> None:
        """Write the next (frames, 2) of sound."""
        out[:] = 0.0
        frames = len(out)
        with self._lock:
            for voice in self._voices:
                sound, place, left = voice
                part = sound[place : place + frames]
                if left >= 0:
                    part = part * np.clip((left - np.arange(len(part))) / (_DAMP_S * RATE_HZ), 0.0, 1.0)[:, None].astype(np.float32)
                    voice[2] = max(0, left - frames)
                out[: len(part)] += part
                voice[1] = place + frames
            self._voices = [voice for voice in self._voices if voice[1] < len(voice[0]) and voice[2] != 0]
        np.clip(out, -1.0, 1.0, out=out)


@contextmanager
def sounding_piano(*, low: int = 21, high: int = 108, soundfont: str | None = None) -> Iterator[Piano]:
    """Open the default sound device with a piano on it.

    Raises
    ------
    MissingExtraError : without the package sounddevice, or the system's library that it needs.
    NoDeviceError : if there is no device that can be opened.
    """
    try:
        sounddevice: Any = importlib.import_module("sounddevice")
    except (ImportError, OSError) as error:  # OSError: the package is there, PortAudio is not
        raise MissingExtraError("--live", extra="live", need="sound on a device") from error
    piano = Piano(piano_samples(low, high, soundfont=soundfont))

    def callback(out: Float32Array, *_: object) -> None:
        piano.fill(out)

    try:
        stream = sounddevice.OutputStream(
            samplerate=RATE_HZ, channels=2, dtype="float32", blocksize=_BLOCK, latency="low", callback=callback
        )
    except sounddevice.PortAudioError as error:
        raise NoDeviceError("the sound device", found=f"none that can be opened ({error})") from error
    with stream:
        piano.latency_s = float(stream.latency)
        yield piano


def piano_samples(low: int, high: int, *, soundfont: str | None = None) -> dict[int, Float32Array]:
    """Record a piano key by key with the project's own player: by MIDI number (frames, 2) at `RATE_HZ`, the loudest sample at 0.6.

    Every third key is played, its neighbours are the same sound a semitone higher or lower.
    """
    struck = list(range(low, high + _EVERY, _EVERY))
    length = round(_NOTE_S * 2 * TICKS_PER_QUARTER)
    notes = tuple(Note(index * length, length - TICKS_PER_QUARTER // 2, min(pitch, 127), 96) for index, pitch in enumerate(struck))
    score = Score(parts=(Part(notes=notes, name="Piano"),), tempos=(TempoMark(0, 120.0),))
    mix = perform(score, soundfont=soundfont, rate_hz=RATE_HZ, reverb=None).mix.samples
    frames = round(_NOTE_S * RATE_HZ)
    level = _LOUDNESS / max(1e-6, float(np.abs(mix).max()))
    samples: dict[int, Float32Array] = {}
    for index, pitch in enumerate(struck):
        sound = mix[:, index * frames : (index + 1) * frames].T * level
        for away in (-1, 0, 1):
            if low <= pitch + away <= high:
                place = np.arange(0.0, len(sound) - 1, 2.0 ** (away / 12.0))
                moved = np.stack([np.interp(place, np.arange(len(sound)), side) for side in sound.T], axis=1)
                samples[pitch + away] = np.ascontiguousarray(moved, dtype=np.float32)
    return samples
