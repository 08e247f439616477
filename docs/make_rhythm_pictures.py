"""Draw the pictures of docs/rhythm.md: the textbook's curves on a rendered excerpt, a groove, and where the engine goes wrong.

Needs the extra `learn` (matplotlib), a folder with ``train/`` and ``bench/``, and instruments::

    OMP_NUM_THREADS=1 python docs/make_rhythm_pictures.py --data DATA
"""

import argparse
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib as mpl
import numpy as np
from PIL import Image

from hexachord.audio_analysis.rhythm import (
    autocorrelation_tempogram,
    cyclic_tempogram,
    find_groove,
    find_swing,
    fourier_tempogram,
    lags_to_tempi,
    normalise_novelty,
    predominant_local_pulse,
    pulse_kernels,
    tempo_curve,
    textbook,
    track_beats_dp,
    track_beats_plp,
)
from hexachord.audio_analysis.rhythm.attacks import attacks_of
from hexachord.audio_analysis.rhythm.groove import beat_places
from hexachord.audio_analysis.rhythm.network import listen, rhythm_from_network
from hexachord.bench.datasets import BeatItem, load_beats
from hexachord.bench.engine import instrument_folders, music_folder
from hexachord.bench.loop import front_end
from hexachord.dsp.stft import stft
from hexachord.knowledge import Beats
from hexachord.metrics.beat import f_measure
from hexachord.rendering.instruments import Instruments, find_instruments
from hexachord.rendering.shelf import Shelf
from hexachord.rendering.split import load_split
from hexachord.rendering.stream import Recipe, song

mpl.use("Agg")
import matplotlib.pyplot as plt

PICTURES = Path(__file__).resolve().parent / "pictures"
RATE_HZ, N_FFT, HOP = 22050, 1024, 256
HOP_S = HOP / RATE_HZ
COLOURS = 64
TRUTH, FOUND, DOWN = "#2a7", "#b33", "#146"
EXAMPLE, SWINGING = 12, 41  # numbers of songs: one whose tempo jumps, one that swings
SHOWN_S = 14.0
SHOWN_MISTAKE_S = 10.0


class Excerpt(NamedTuple):
    """Music whose beats are known."""

    name: str
    mono: np.ndarray
    beats_s: np.ndarray
    position: np.ndarray
    swing: float


class Mistake(NamedTuple):
    """A clip, and what there is to see in it."""

    clip: str  # the beginning of its name
    what: str


def main() -> None:
    """Render, analyse, draw."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("HEXACHORD_DATA", ".")))
    parser.add_argument("--instruments", type=Path)
    parser.add_argument("--network", default="rhythm", help="a shipped network by name, or any by its path")
    parser.add_argument("--out", type=Path, default=PICTURES)
    parser.add_argument("--only", type=int, nargs="*", default=[1, 2, 3, 4, 5])
    options = parser.parse_args()
    music = music_folder(options.data)
    if music is None:
        parser.error(f"{options.data} has no folder train/")
    split = load_split()
    shelf = Shelf(data=music, split=split)
    instruments = find_instruments(split, "train", folders=instrument_folders(music, options.instruments))
    options.out.mkdir(parents=True, exist_ok=True)
    if {1, 2, 3, 4} & set(options.only):
        excerpt = rendered(EXAMPLE, shelf, instruments)
        for number, draw in ((1, novelties), (2, tempograms), (3, pulses)):
            if number in options.only:
                save(draw(excerpt), options.out / f"rhythm-{number}.png")
    if 4 in options.only:
        save(groove(excerpt, rendered(SWINGING, shelf, instruments)), options.out / "rhythm-4.png")
    if 5 in options.only:
        save(mistakes(load_beats(music / "bench").items, options.network), options.out / "rhythm-5.png")


def rendered(number: int, shelf: Shelf, instruments: Instruments) -> Excerpt:
    """Render one song of the stream."""
    made = song(number, Recipe(length_s=30.0, rate_hz=RATE_HZ, kinds=(("band", 1.0),)), shelf, instruments)
    beats = made.take.truth.beats
    assert beats is not None
    ratio = made.take.swing / (1 - made.take.swing)
    name = f"rendered song {number}, {made.take.genre}, {made.take.notes.get('tempo', '')}"
    return Excerpt(name, made.audio.mean(axis=0), beats.time_s, beats.position, ratio)


def novelties(excerpt: Excerpt) -> Any:
    """Draw the waveform and the kinds of novelty, each divided by its maximum, with the beats."""
    first, last = round(4.0 / HOP_S), round(10.0 / HOP_S)
    spectrum = stft(excerpt.mono, n_fft=N_FFT, hop=HOP)
    size = np.abs(spectrum) / np.abs(spectrum).max()
    spectral = textbook.spectral_novelty(size)
    curves = {
        "energy (§6.1.1)": textbook.energy_novelty(excerpt.mono, frame_length=N_FFT, hop=HOP),
        "spectral (§6.1.2)": spectral,
        "spectral, local mean taken away": textbook.subtract_local_mean(spectral, frames=10),
        "phase (§6.1.3)": textbook.phase_novelty(spectrum),
        "complex (§6.1.4)": textbook.complex_novelty(spectrum, compression=10.0),
        "SuperFlux": textbook.superflux(np.abs(spectrum), rate_hz=RATE_HZ, n_fft=N_FFT),
    }
    figure, axes = plt.subplots(len(curves) + 1, 1, figsize=(10, 7), sharex=True)
    time_s = np.arange(len(excerpt.mono)) / RATE_HZ
    axes[0].plot(time_s[:: RATE_HZ // 2000], excerpt.mono[:: RATE_HZ // 2000], color="#555", linewidth=0.4)
    axes[0].set_title(excerpt.name, fontsize=8, loc="left", pad=2)
    for axis, (name, curve) in zip(axes[1:], curves.items(), strict=True):
        axis.fill_between(
            np.arange(len(curve)) * HOP_S, normalise_novelty(curve) / normalise_novelty(curve)[first:last].max(), color="#446", linewidth=0
        )
        axis.set_title(name, fontsize=8, loc="left", pad=2)
        axis.set(ylim=(0, 1.05), yticks=[])
    for axis in axes:
        beat_lines(axis, excerpt.beats_s, excerpt.position)
        axis.tick_params(labelsize=7)
    axes[0].set(xlim=(first * HOP_S, last * HOP_S), yticks=[])
    axes[-1].set_xlabel("seconds; green: beats as they were played, thick: downbeats", fontsize=8)
    figure.tight_layout(h_pad=0.3)
    return figure


def novelty_of(excerpt: Excerpt) -> np.ndarray:
    """Return the curve that tempograms are made of: spectral flux above its local mean."""
    size = np.abs(stft(excerpt.mono, n_fft=N_FFT, hop=HOP))
    return textbook.subtract_local_mean(textbook.spectral_novelty(size / size.max()), frames=20)


def tempograms(excerpt: Excerpt) -> Any:
    """Draw Fourier, autocorrelation and cyclic tempogram, and the tempo that was played."""
    novelty = novelty_of(excerpt)
    bpm = 30.0 * 2.0 ** (np.arange(3 * 60 + 1) / 60)
    lags = round(2 * 60 / 30 / HOP_S)
    fourier = fourier_tempogram(novelty, hop_s=HOP_S, bpm=bpm)
    auto = lags_to_tempi(np.maximum(autocorrelation_tempogram(novelty, window_frames=lags), 0.0), hop_s=HOP_S, bpm=bpm)
    cyclic = cyclic_tempogram(fourier, bins=60)
    true = tempo_curve(excerpt.beats_s)
    figure, axes = plt.subplots(3, 1, figsize=(10, 7.5), sharex=True, height_ratios=(3, 3, 2))
    seconds = len(novelty) * HOP_S
    for axis, matrix, title in (
        (axes[0], fourier.magnitude, "Fourier tempogram (§6.2.2): a pulse and its multiples"),
        (axes[1], auto.magnitude, "autocorrelation tempogram (§6.2.3): a pulse and its fractions"),
    ):
        axis.imshow(matrix.T, origin="lower", aspect="auto", cmap="magma", extent=(0, seconds, 0, 3), vmax=np.quantile(matrix, 0.998))
        axis.set_yticks([0, 1, 2, 3], ["30", "60", "120", "240 bpm"], fontsize=7)
        axis.plot(true.time_s, np.log2(true.bpm / 30), color="#5f9", linewidth=1.0, linestyle="--")
        axis.set_title(title, fontsize=8, loc="left", pad=2)
    axes[2].imshow(cyclic.T, origin="lower", aspect="auto", cmap="magma", extent=(0, seconds, 0, 1), vmax=np.quantile(cyclic, 0.998))
    axes[2].plot(true.time_s, np.log2(true.bpm / 60) % 1.0, color="#5f9", linewidth=0, marker=".", markersize=2)
    axes[2].set_yticks([0, 0.585, 1], ["60·2ⁿ", "90·2ⁿ", "120·2ⁿ"], fontsize=7)
    axes[2].set_title("cyclic tempogram (§6.2.4): octaves folded", fontsize=8, loc="left", pad=2)
    axes[2].set_xlabel(f"seconds; green: the tempo as played; {excerpt.name}", fontsize=8)
    axes[2].tick_params(axis="x", labelsize=7)
    figure.tight_layout(h_pad=0.3)
    return figure


def pulses(excerpt: Excerpt) -> Any:
    """Draw kernels, the predominant local pulse, and beats by its peaks and by dynamic programming."""
    novelty = novelty_of(excerpt)
    typical = float(np.median(60 / np.diff(excerpt.beats_s)))
    bpm = np.arange(round(typical / 1.4), round(typical * 1.4))
    tempogram = fourier_tempogram(novelty, hop_s=HOP_S, bpm=bpm)
    kernels = pulse_kernels(tempogram, window_s=6.0)
    pulse, _ = predominant_local_pulse(novelty, hop_s=HOP_S, bpm=bpm)
    by_pulse = track_beats_plp(novelty, hop_s=HOP_S, bpm=bpm)
    by_programming = track_beats_dp(novelty, hop_s=HOP_S, period_s=60.0 / typical)
    time_s = np.arange(len(novelty)) * HOP_S
    figure, axes = plt.subplots(4, 1, figsize=(10, 6), sharex=True, height_ratios=(2, 2, 2, 1.4))
    axes[0].fill_between(time_s, normalise_novelty(novelty), color="#446", linewidth=0)
    axes[0].set_title(f"novelty; {excerpt.name}", fontsize=8, loc="left", pad=2)
    for number, frame in enumerate(range(round(5 / HOP_S), round(15 / HOP_S), round(1.9 / HOP_S))):
        offset_s, kernel = kernels.kernel(frame)
        axes[1].plot(offset_s + frame * HOP_S, kernel / np.abs(kernel).max() - 0.1 * number, color=f"C{number}", linewidth=0.8)
    axes[1].set_title("kernels: the best pulse of six of the frames", fontsize=8, loc="left", pad=2)
    axes[2].fill_between(time_s, pulse, color="#446", linewidth=0)
    axes[2].set_title(
        "all kernels added up: the predominant local pulse (§6.3.1); its height says how steady the pulse is", fontsize=8, loc="left", pad=2
    )
    for row, (name, beats, colour) in enumerate(
        (
            ("dynamic programming (§6.3.2)", by_programming, FOUND),
            ("peaks of the pulse", by_pulse, DOWN),
            ("as played", excerpt.beats_s, TRUTH),
        )
    ):
        axes[3].vlines(beats, row + 0.1, row + 0.9, color=colour, linewidth=1.4)
        score = f"F {f_measure(excerpt.beats_s, beats).f:.2f}" if name != "as played" else ""
        axes[3].text(1.005, (row + 0.5) / 3, f"{name} {score}".replace(" (", "\n("), transform=axes[3].transAxes, fontsize=7, va="center")
    axes[3].set(ylim=(0, 3), yticks=[])
    for axis in axes[:3]:
        axis.set_yticks([])
    axes[0].set_xlim(2.0, 2.0 + SHOWN_S)
    axes[3].set_xlabel("seconds", fontsize=8)
    axes[3].tick_params(labelsize=7)
    figure.tight_layout(h_pad=0.3)
    figure.subplots_adjust(right=0.87)
    return figure


def groove(jumping: Excerpt, swinging: Excerpt) -> Any:
    """Draw the tempo of one song, and folded onsets and timing within the bar of another."""
    figure, (left, middle, right) = plt.subplots(1, 3, figsize=(11, 3.0), width_ratios=(1, 1, 1.3))
    rng = np.random.default_rng(0)
    hurried_s = jumping.beats_s + 0.012 * rng.standard_normal(len(jumping.beats_s))
    curve = tempo_curve(hurried_s)
    left.plot(hurried_s[:-1], 60 / np.diff(hurried_s), ".", color="#99a", markersize=4)
    left.plot(curve.time_s, curve.bpm, color=FOUND, linewidth=1.2)
    left.set_title(f"tempo of song {EXAMPLE}, its beats scattered by 12 ms:\nfrom beat to beat, and smoothed", fontsize=8, loc="left")
    left.set_xlabel("seconds", fontsize=8)
    beats = Beats(time_s=swinging.beats_s, position=swinging.position)
    attacks = attacks_of(swinging.mono, rate_hz=RATE_HZ)
    found = find_groove(beats, attacks, beats_per_bar=int(swinging.position.max()))
    swing = find_swing(beats.time_s, attacks.time_s, strength=attacks.confidence)
    assert found is not None
    places = beat_places(beats.time_s, attacks.time_s, curve=tempo_curve(beats.time_s))
    inside = np.isfinite(places)
    middle.hist((places[inside] + 0.1) % 1.0 - 0.1, bins=np.linspace(-0.1, 0.9, 61), weights=attacks.confidence[inside], color="#446")
    middle.axvline(swing.ratio / (1 + swing.ratio), color=FOUND, linewidth=1.2)
    middle.axvline(swinging.swing / (1 + swinging.swing), color=TRUTH, linewidth=1.2, linestyle="--")
    middle.set_title(
        f"attacks of song {SWINGING} within the beat:\nswing {swing.ratio:.2f}, played with {swinging.swing:.2f}", fontsize=8, loc="left"
    )
    middle.set_yticks([])
    middle.set_xlabel("part of the beat", fontsize=8)
    known = np.isfinite(found.deviation_s)
    right.errorbar(
        found.position_beats[known] + 1, 1e3 * found.deviation_s[known], yerr=1e3 * found.spread_s[known], fmt="o", color=DOWN,
        markersize=4, elinewidth=1, capsize=2,
    )  # fmt: skip
    right.axhline(0, color="#999", linewidth=0.6)
    right.set_title("and in the bar, early or late (ms): beats in time,\noff-beats before the third third", fontsize=8, loc="left")
    right.set_xlabel(f"beat of the bar; {swinging.name}", fontsize=8)
    for axis in (left, middle, right):
        axis.tick_params(labelsize=7)
    figure.tight_layout(w_pad=1.0)
    return figure


MISTAKES = (
    Mistake("sectoid_Feelings", "a slower pulse for a while"),
    Mistake("MusicDelta_Rock_MIX", "one and three alike"),
    Mistake("gtzan_country", "on the off-beat for a while"),
    Mistake("sectoid_Escape", "twice too fast for a while"),
)


def worst_window_s(item: BeatItem, beats: Beats) -> float:
    """Return where ten seconds begin that differ most from what people tap, in beats, or in downbeats where beats are right."""
    end_s = float(item.time_s[-1])
    pairs = [(item.time_s, beats.time_s)]
    if item.downbeats_s is not None and len(item.downbeats_s) and f_measure(*pairs[0]).f > 0.8:
        pairs = [(item.downbeats_s, beats.downbeats_s)]

    def right(start_s: float) -> float:
        truth, found = (times[(times >= start_s) & (times < start_s + SHOWN_MISTAKE_S)] for times in pairs[0])
        return f_measure(truth, found).f if len(truth) else 1.0

    return min(np.arange(1.0, max(1.5, end_s - SHOWN_MISTAKE_S), 1.0).tolist(), key=right)


def mistakes(items: Sequence[BeatItem], network: str) -> Any:
    """Draw what the network heard, what the engine made of it and what people tap, where they differ."""
    figure, axes = plt.subplots(len(MISTAKES), 1, figsize=(10, 2.1 * len(MISTAKES)))
    for axis, mistake in zip(axes, MISTAKES, strict=True):
        item = next(item for item in items if item.recording.id.startswith(mistake.clip))
        frontend = front_end(item.recording)
        pulse, rhythm = listen(frontend, network=network), rhythm_from_network(frontend, network=network)
        time_s = np.arange(len(pulse.beat)) * pulse.hop_s
        axis.fill_between(time_s, pulse.beat, color="#99a", linewidth=0)
        axis.fill_between(time_s, -np.asarray(pulse.downbeat), color="#bcd", linewidth=0)
        axis.vlines(item.time_s, 1.04, 1.3, color=TRUTH, linewidth=1.2)
        if item.downbeats_s is not None and len(item.downbeats_s):
            axis.vlines(item.downbeats_s, 1.04, 1.3, color=TRUTH, linewidth=2.8)
        axis.vlines(rhythm.beats.time_s, -1.3, -1.04, color=FOUND, linewidth=1.2)
        axis.vlines(rhythm.beats.downbeats_s, -1.3, -1.04, color=FOUND, linewidth=2.8)
        others = ", ".join(f"{reading.bpm:.0f} in {reading.beats_per_bar} ({reading.confidence:.0%})" for reading in rhythm.readings[:3])
        score = f_measure(item.time_s, rhythm.beats.time_s).f
        axis.set_title(f"{mistake.what}: {item.recording.id[:40]}, F {score:.2f}; heard {others}", fontsize=8, loc="left", pad=2)
        start_s = worst_window_s(item, rhythm.beats)
        axis.set(xlim=(start_s, start_s + SHOWN_MISTAKE_S), ylim=(-1.35, 1.35), yticks=[])
        axis.tick_params(labelsize=7)
    axes[-1].set_xlabel(
        "seconds; grey: chance of a beat, blue (down): of a downbeat; green: what people tap, red: what the engine says; thick: downbeats",
        fontsize=8,
    )
    figure.tight_layout(h_pad=0.4)
    return figure


def beat_lines(axis: Any, beats_s: np.ndarray, position: np.ndarray) -> None:
    """Draw beats as green lines, downbeats thicker."""
    for beat_s, place in zip(beats_s.tolist(), position.tolist(), strict=True):
        axis.axvline(beat_s, color=TRUTH, linewidth=1.6 if place == 1 else 0.6, alpha=0.8)


def save(figure: Any, path: Path) -> None:
    """Write a small PNG: few colours are enough."""
    figure.savefig(path, dpi=100)
    plt.close(figure)
    Image.open(path).convert("RGB").quantize(COLOURS).save(path, optimize=True)
    print(path, f"{path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
