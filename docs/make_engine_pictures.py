"""Draw ten random renders of the data engine beside ten real recordings, and the distributions of what meters read of many.

Needs the extra `learn` (matplotlib), a folder with ``train/`` and ``bench/``, and instruments::

    OMP_NUM_THREADS=1 python docs/make_engine_pictures.py --data DATA
"""

import argparse
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, fields
from itertools import pairwise
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from PIL import Image

from hexachord.audio import load_audio
from hexachord.bench.engine import instrument_folders, music_folder
from hexachord.bench.engine_measures import Measures, level_curve_db, long_term_spectrum, measure
from hexachord.dsp.stft import stft
from hexachord.rendering.instruments import find_instruments
from hexachord.rendering.shelf import Shelf
from hexachord.rendering.split import load_split
from hexachord.rendering.stream import Recipe, stream

mpl.use("Agg")
import matplotlib.pyplot as plt

PICTURES = Path(__file__).resolve().parent / "pictures"
SOUND_HZ = 44_100
LATER_S = 5.0  # past lead-in and first bars: the recordings are cut out of the middle
SHOWN_S = 10.0
COLUMNS_PER_S = 12
ROWS = 120
LOW_HZ, HIGH_HZ = 40.0, 16_000.0
COLOURS = 48
UNITS = {
    "loudness_lufs": "loudness (LUFS, mono)",
    "range_lu": "loudness range (LU)",
    "crest_db": "crest (dB)",
    "floor_db": "softest to loudest 5 % (dB)",
    "gap_share": "time in holes (share)",
    "bass_db": "35–110 Hz to 200–2000 Hz (dB)",
    "air_db": "8–14 kHz to 200–2000 Hz (dB)",
    "flat_share": "samples flat at the peak (share)",
    "tempo_bpm": "tempo heard (bpm)",
    "unsteady_percent": "beat to beat (%)",
}


@dataclass(frozen=True, kw_only=True, eq=False)
class Sound:
    """Something to look at."""

    name: str
    mono: np.ndarray
    measures: Measures


def main() -> None:
    """Render, read, measure, draw."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("HEXACHORD_DATA", ".")))
    parser.add_argument("--instruments", type=Path)
    parser.add_argument("--out", type=Path, default=PICTURES)
    parser.add_argument("--seed", type=int, default=50_000, help="of the first render, and of the choice of recordings")
    parser.add_argument("--count", type=int, default=60, help="of renders measured; the first ten are drawn")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--json", type=Path, help="also write what was measured")
    options = parser.parse_args()
    music = music_folder(options.data)
    if music is None:
        parser.error(f"{options.data} has no folder train/")
    folders = instrument_folders(music, options.instruments)
    renders = rendered(music, folders, first=options.seed, count=options.count, workers=options.workers)
    recordings = recorded(music / "bench")
    chosen = np.random.default_rng(options.seed).choice(len(recordings), 10, replace=False)
    options.out.mkdir(parents=True, exist_ok=True)
    ten = [recordings[index] for index in sorted(chosen)]
    save(spectrograms(renders[:5], ten[:5]), options.out / "engine-1.png")
    save(spectrograms(renders[5:10], ten[5:]), options.out / "engine-2.png")
    save(spectra(renders[:10], recordings), options.out / "engine-3.png")
    save(distributions(renders, recordings), options.out / "engine-4.png")
    table(renders, recordings)
    if options.json:
        options.json.write_text(json.dumps({sound.name: sound.measures.numbers() for sound in (*renders, *recordings)}, indent=1) + "\n")


def rendered(music: Path, folders: Sequence[Path], *, first: int, count: int, workers: int) -> list[Sound]:
    """Render songs of the default stream."""
    split, sounds = load_split(), []
    shelf, instruments = Shelf(data=music, split=split), find_instruments(split, "train", folders=folders)
    for done in stream(Recipe(rate_hz=SOUND_HZ), shelf, instruments, first=first, count=count, workers=workers):
        start = round(LATER_S * SOUND_HZ)
        audio = done.audio[:, start : start + 20 * SOUND_HZ]
        if not np.any(audio):
            continue
        parts = len(done.take.tracks)
        name = f"{done.take.seed} {done.take.genre}, {done.production.taste}, {parts} part{'s' if parts > 1 else ''}"
        print(name, flush=True)
        sounds.append(Sound(name=name, mono=audio.mean(axis=0), measures=measure(audio, rate_hz=SOUND_HZ)))
    return sounds


def recorded(bench: Path) -> list[Sound]:
    """Read the recordings of the two-sample test."""
    sounds = []
    for path in sorted((bench / "artists").glob("*.ogg")) + sorted((bench / "mdb_drums" / "audio").glob("*_MIX.flac")):
        samples = load_audio(path, rate_hz=SOUND_HZ, mono=True).samples
        sounds.append(
            Sound(name=path.stem.replace("__", ": ").replace("_", " "), mono=samples[0], measures=measure(samples, rate_hz=SOUND_HZ))
        )
    return sounds


def spectrograms(renders: Sequence[Sound], recordings: Sequence[Sound]) -> Any:
    """Draw renders on the left, recordings on the right: spectrogram, level, meters."""
    figure = plt.figure(figsize=(11, 1.9 * len(renders)))
    cells = figure.add_gridspec(len(renders), 2, left=0.045, right=0.995, top=0.98, bottom=0.025, hspace=0.32, wspace=0.09)
    for column, sounds in enumerate((renders, recordings)):
        for row, sound in enumerate(sounds):
            top, bottom = cells[row, column].subgridspec(2, 1, height_ratios=(3, 1), hspace=0.0).subplots()
            mono = sound.mono[: round(SHOWN_S * SOUND_HZ)]
            seconds = len(mono) / SOUND_HZ
            top.imshow(log_spectrogram(mono), origin="lower", aspect="auto", cmap="magma", vmin=-75, vmax=0, extent=(0, seconds, 0, ROWS))
            places = np.array([100.0, 1000.0, 10_000.0])
            top.set_yticks(ROWS * np.log(places / LOW_HZ) / np.log(HIGH_HZ / LOW_HZ), ["100", "1k", "10k Hz"], fontsize=6)
            top.set_xticks([])
            top.set_title(("rendered: " if column == 0 else "recorded: ") + sound.name[:58], fontsize=8, loc="left", pad=2)
            level_db = level_curve_db(mono, rate_hz=SOUND_HZ)
            bottom.fill_between(np.arange(len(level_db)) * 0.05, level_db, -70, color="#446", linewidth=0)
            bottom.set(xlim=(0, seconds), ylim=(-70, 0))
            bottom.set_xticks([])
            bottom.set_yticks([-50, -20], ["-50", "-20 dB"], fontsize=6)
            bottom.set_xlabel(in_words(sound.measures), fontsize=6.5, labelpad=2)
    return figure


def in_words(measures: Measures) -> str:
    """Return one line of meters."""
    return (
        f"{measures.loudness_lufs:.0f} LUFS · range {measures.range_lu:.0f} LU · crest {measures.crest_db:.0f} dB · "
        f"bass {measures.bass_db:+.0f} dB · air {measures.air_db:+.0f} dB · {measures.tempo_bpm:.0f} bpm, "
        f"beats within {measures.unsteady_percent:.1f} %"
    )


def log_spectrogram(mono: np.ndarray) -> np.ndarray:
    """Return power in dB below the loudest point on a grid of log-frequency (rows) and time (columns)."""
    hop = SOUND_HZ // COLUMNS_PER_S
    power = np.abs(stft(mono, n_fft=8192, hop=hop)) ** 2
    bins = np.geomspace(LOW_HZ, HIGH_HZ, ROWS + 1) / (SOUND_HZ / 8192)
    edges = np.maximum(np.round(bins).astype(int), 1)
    grid = np.stack([power[:, low : max(high, low + 1)].max(axis=1) for low, high in pairwise(edges)])
    level_db = 10 * np.log10(grid + 1e-12)
    return level_db - level_db.max()


def spectra(renders: Sequence[Sound], recordings: Sequence[Sound]) -> Any:
    """Draw the long-term spectrum of each render over the band that real recordings fill."""
    hertz = np.geomspace(LOW_HZ, HIGH_HZ, 60)
    real = np.stack([third_octaves(sound, hertz) for sound in recordings])
    low, middle, high = np.percentile(real, [10, 50, 90], axis=0)
    figure, axes = plt.subplots(2, 5, figsize=(11, 4.2), sharex=True, sharey=True)
    for axis, sound in zip(axes.flat, renders, strict=False):
        axis.fill_between(hertz, low, high, color="#cdd", linewidth=0)
        axis.plot(hertz, middle, color="#799", linewidth=1)
        axis.plot(hertz, third_octaves(sound, hertz), color="#b33", linewidth=1.2)
        axis.set_xscale("log")
        axis.set(xlim=(LOW_HZ, HIGH_HZ), ylim=(-45, 20))
        axis.set_xticks([100, 1000, 10_000], ["100", "1k", "10k"], fontsize=7)
        axis.tick_params(labelsize=7)
        axis.set_title(sound.name[:38], fontsize=7)
    figure.supxlabel("Hz; one curve: a render; grey: the middle 80 % of the recordings and their median; dB at equal loudness", fontsize=8)
    figure.tight_layout(h_pad=0.5, w_pad=0.4)
    return figure


def third_octaves(sound: Sound, hertz: np.ndarray) -> np.ndarray:
    """Return the power in bands a third of an octave wide, in dB, as if all were of one loudness."""
    frequencies, power = long_term_spectrum(sound.mono.astype(np.float32), rate_hz=SOUND_HZ)
    summed = np.concatenate([[0.0], np.cumsum(power)])
    low, high = (np.searchsorted(frequencies, hertz * 2 ** (step / 6)) for step in (-1, 1))
    band = summed[np.maximum(high, low + 1).clip(max=len(power))] - summed[low]
    return 10 * np.log10(band + 1e-12) - sound.measures.loudness_lufs - 47.0


def distributions(renders: Sequence[Sound], recordings: Sequence[Sound]) -> Any:
    """Draw what meters read of all renders above what they read of all recordings."""
    figure, axes = plt.subplots(2, 5, figsize=(11, 4.0))
    for axis, (name, unit) in zip(axes.flat, UNITS.items(), strict=True):
        ours, theirs = (np.array([getattr(sound.measures, name) for sound in sounds]) for sounds in (renders, recordings))
        both = np.concatenate([ours, theirs])
        edges = np.linspace(*np.percentile(both, [1, 99]), 19)
        edges = edges if edges[-1] > edges[0] else np.linspace(edges[0] - 0.5, edges[0] + 0.5, 19)
        for values, sign, colour in ((ours, 1, "#b33"), (theirs, -1, "#577")):
            heights = np.histogram(values.clip(edges[0], edges[-1]), edges)[0] / len(values)
            axis.bar(edges[:-1], sign * heights, width=np.diff(edges), align="edge", color=colour, linewidth=0)
            axis.axvline(np.median(values), ymin=0.5 if sign > 0 else 0.0, ymax=1.0 if sign > 0 else 0.5, color="k", linewidth=0.8)
        limit = max(abs(edge) for edge in axis.get_ylim())
        axis.set_ylim(-limit, limit)
        axis.set_yticks([])
        axis.tick_params(labelsize=7)
        axis.set_title(unit, fontsize=8)
    figure.supxlabel(f"above: {len(renders)} renders; below: {len(recordings)} recordings; lines: medians", fontsize=8)
    figure.tight_layout(h_pad=0.5, w_pad=0.4)
    return figure


def save(figure: Any, path: Path) -> None:
    """Write a small PNG: few colours are enough."""
    figure.savefig(path, dpi=100)
    plt.close(figure)
    Image.open(path).convert("RGB").quantize(COLOURS).save(path, optimize=True)
    print(path, f"{path.stat().st_size / 1000:.0f} kB")


def table(renders: Sequence[Sound], recordings: Sequence[Sound]) -> None:
    """Print quartiles of every meter, and how well it alone tells renders from recordings."""
    print(f"{'':18s} {'rendered: 10 50 90 %':>26s}   {'recorded: 10 50 90 %':>26s}   renders above")
    for field in fields(Measures):
        ours, theirs = (np.array([getattr(sound.measures, field.name) for sound in sounds]) for sounds in (renders, recordings))
        above = np.mean((ours[:, None] > theirs) + 0.5 * (ours[:, None] == theirs))
        columns = ["".join(f"{value:8.2f}" for value in np.percentile(values, [10, 50, 90])) for values in (ours, theirs)]
        print(f"{field.name:18s} {columns[0]:>26s}   {columns[1]:>26s}   {above:.2f}")


if __name__ == "__main__":
    main()
