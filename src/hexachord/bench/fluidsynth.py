"""FluidSynth as a peer: the command run on a font and a MIDI file, its effects off; and the fonts that the system has."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from hexachord.arrays import Float32Array
from hexachord.audio import load_audio

_LIMIT_S = 300.0
_LIMIT_BYTES = 4 << 30
"""A preset that never falls silent makes the command write until the disk is full."""

_VOICES = 8_192
"""By default voices beyond 256 are cut off; we cut none, so it shall not either."""

_FOLDERS = ("/usr/share/sounds/sf2", "/usr/share/sounds/sf3", "/usr/share/soundfonts", "/usr/local/share/soundfonts")


@dataclass(frozen=True, kw_only=True, eq=False)
class PeerRender:
    """What it played, ``(2, frames)``, and the processor and wall time of the whole command."""

    samples: Float32Array
    rate_hz: int
    cpu_s: float
    wall_s: float


def fluidsynth_version() -> str:
    """The version of the command on the PATH; empty when there is none.

    The version is also empty where processes cannot be limited (Windows), for the command is not run there.
    """
    command = shutil.which("fluidsynth")
    if command is None or sys.platform == "win32":
        return ""
    text = subprocess.run([command, "--version"], capture_output=True, text=True, check=False, timeout=_LIMIT_S).stdout
    found = re.search(r"(\d+\.\d+\.\d+)", text)
    return found[1] if found else "of an unknown version"


def fluidsynth_render(font: Path, midi: Path, *, rate_hz: int = 44_100) -> PeerRender:
    """Play a MIDI file at full gain, one thread, without reverb and chorus, no voice cut off, into float samples.

    Raises
    ------
    RuntimeError : if the command fails.
    """
    import resource  # not on Windows, where `fluidsynth_version` finds none

    with tempfile.TemporaryDirectory(prefix="hexachord-fluidsynth-") as name:
        wave = Path(name) / "out.wav"
        options = ["-n", "-i", "-q", "-R", "0", "-C", "0", "-g", "1.0", "-r", str(rate_hz), "-O", "float", "-T", "wav", "-F", str(wave)]
        options += ["-o", f"synth.polyphony={_VOICES}"]
        before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        done = subprocess.run(
            ["fluidsynth", *options, str(font), str(midi)],
            capture_output=True,
            text=True,
            check=False,
            timeout=_LIMIT_S,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
            preexec_fn=_limit,
        )
        after, wall_s = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter() - began
        if done.returncode or not wave.is_file():
            raise RuntimeError(f"fluidsynth ended with {done.returncode}: {done.stderr.strip()[-300:]}")
        audio = load_audio(wave)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return PeerRender(samples=audio.samples, rate_hz=audio.rate_hz, cpu_s=cpu_s, wall_s=wall_s)


def general_midi_fonts(instruments: Path | None) -> list[Path]:
    """Fonts to compare with: those in the folder of instruments, else those of the system, a whole bank before its smaller sisters."""
    folders = [instruments] if instruments is not None else []
    for folder in [*folders, *(Path(name) for name in _FOLDERS)]:
        fonts = {path.resolve() for kind in ("*.sf2", "*.sf3") for path in folder.glob(kind)} if folder.is_dir() else set()
        if fonts:
            return sorted(fonts, key=lambda path: (-path.stat().st_size, path.name))
    return []


def _limit() -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_FSIZE, (_LIMIT_BYTES, _LIMIT_BYTES))
