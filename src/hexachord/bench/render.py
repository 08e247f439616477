"""The player: when and at what pitch it sounds, how it sounds beside FluidSynth, and how fast it is.

Accuracy and speed need no data: the bench makes its fonts. Beside FluidSynth, the font is one of the folder of instruments, else one of
the system's; which one is in the result's `engine`. Where the command or a font is missing, that part is skipped and named.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from hexachord.bench.fluidsynth import fluidsynth_version, general_midi_fonts
from hexachord.bench.harness import NOT_INSTALLED, BenchItem, BenchResult, PeerResult, Progress
from hexachord.bench.render_accuracy import measure_accuracy
from hexachord.bench.render_peer import compare_presets
from hexachord.bench.render_speed import measure_speed

_PART = "the comparison with FluidSynth"


def run(data: Path, *, peer: bool = False, instruments: Path | None = None, progress: Progress | None = None) -> BenchResult:
    """Measure `pitch_cents onset_samples realtime_x fluidsynth_x level_db envelope_db`, and what else tells something.

    ``pitch_cents`` and ``onset_samples`` are the largest errors of all; ``realtime_x`` is the evenly spread load of 32 notes a second,
    ``dense_realtime_x`` the one with 32 in each part, by processor time; ``level_db`` and ``envelope_db`` are medians over `presets`.

    Parameters
    ----------
    data : not read; the bench makes its own fonts
    peer : also play with FluidSynth, when it and a General MIDI font are found
    instruments : a folder with the font (.sf2 or .sf3) to compare with; without it, the system's folders
    progress : told what is being done
    """
    items = list(measure_accuracy(progress=progress))
    speed = measure_speed(peer=peer, progress=progress)
    items += speed
    metrics = {"pitch_cents": _largest(items, "pitch_cents"), "onset_samples": _largest(items, "onset_samples"), **_speeds(speed, "")}
    skipped: list[str] = []
    peers: dict[str, PeerResult] = {}
    font: Path | None = None
    if peer:
        version, fonts = fluidsynth_version(), general_midi_fonts(instruments)
        if not version:
            peers["fluidsynth"] = NOT_INSTALLED
            skipped.append(f"{_PART}: the command fluidsynth is not installed")
        elif not fonts:
            skipped.append(f"{_PART}: no .sf2 or .sf3 font in {instruments or 'the folders of the system'}")
        else:
            font = fonts[0]
            compared = compare_presets(font, progress=progress)
            real = measure_speed(font=font, repeats=1, progress=progress)
            items += [*compared, *real]
            metrics |= _alike(compared) | _speeds(real, "gm_")
            peers["fluidsynth"] = PeerResult(version=version, metrics=_peer_speeds(speed, "") | _peer_speeds(real, "gm_"))
    else:
        skipped.append(f"{_PART}: ask for the peer")
    return BenchResult(
        bench="render",
        data=str(data),
        engine="hexachord player" + (f" with {font.name}" if font else ""),
        metrics=metrics,
        items=tuple(items),
        seconds_of_audio=sum(item.metrics["seconds"] for item in speed),
        wall_s=sum(item.metrics["wall_s"] for item in speed),
        cpu_s=sum(item.metrics["cpu_s"] for item in speed),
        skipped=tuple(skipped),
        peers=peers,
    )


def _largest(items: Sequence[BenchItem], metric: str) -> float:
    return max(item.metrics[metric] for item in items if metric in item.metrics)


def _speeds(items: Sequence[BenchItem], prefix: str) -> dict[str, float]:
    """The two loads' numbers by the names of the claim."""
    found: dict[str, float] = {}
    for item, load in zip(items, ("", "dense_"), strict=True):
        found |= {prefix + load + name: item.metrics[name] for name in ("realtime_x", "fluidsynth_x") if name in item.metrics}
    return found


def _peer_speeds(items: Sequence[BenchItem], prefix: str) -> dict[str, float]:
    return {
        f"{prefix}{load}realtime_x": item.metrics["seconds"] / item.metrics["fluidsynth_cpu_s"]
        for item, load in zip(items, ("", "dense_"), strict=True)
        if "fluidsynth_cpu_s" in item.metrics
    }


def _alike(items: Sequence[BenchItem]) -> dict[str, float]:
    found: dict[str, float] = {}
    for name in ("level_db", "envelope_db", "shape_db"):
        values = [item.metrics[name] for item in items]
        found[name] = float(np.median(values))
        found[f"{name[:-3]}_worst_db"] = float(max(values))
    return found | {"presets": float(len(items))}
