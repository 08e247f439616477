"""Draw the pictures of docs/harmony.md: the textbook's chapters 4, 5 and 8.2 on recordings and songs of `bench/`.

Needs the extra `learn` (matplotlib) and a folder with ``bench/``::

    OMP_NUM_THREADS=1 python docs/make_harmony_pictures.py --data DATA
"""

import argparse
import os
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from PIL import Image

from hexachord.audio_analysis import harmony, melody, structure
from hexachord.bench.billboard import BillboardSong, load_billboard
from hexachord.bench.datasets import F0Item, load_f0
from hexachord.bench.loop import front_end
from hexachord.dsp.tones import hz_to_midi
from hexachord.metrics.melody import evaluate

mpl.use("Agg")
import matplotlib.pyplot as plt

PICTURES = Path(__file__).resolve().parent / "pictures"
COLOURS = 192
TRUTH, FOUND, DOWN = "#2a7", "#b33", "#146"
SONG = "0067"  # of Billboard: a part that comes three times
SHOWN_S, FROM_S = 40.0, 20.0  # of its chords


def main() -> None:
    """Load, analyse, draw."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("HEXACHORD_DATA", ".")))
    parser.add_argument("--song", default=SONG)
    parser.add_argument("--out", type=Path, default=PICTURES)
    parser.add_argument("--only", type=int, nargs="*", default=[1, 2, 3, 4])
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    if {1, 2, 3} & set(options.only):
        songs = load_billboard(options.data).items
        song = next((song for song in songs if song.id == options.song), songs[0])
        for number, draw in ((1, matrices), (2, scape), (3, chords)):
            if number in options.only:
                save(draw(song), options.out / f"harmony-{number}.png")
    if 4 in options.only:
        items = load_f0(options.data).items
        save(salience(next(item for item in items if item.kind == "orchestra")), options.out / "harmony-4.png")


def moments(song: BillboardSong, *, window_s: float = 4.0) -> tuple[np.ndarray, float]:
    """Return chroma of a song, one moment a second, each an average over a few, and the seconds between moments."""
    every = max(1, round(1.0 / song.hop_s))
    chroma = structure.smooth_features(song.bass + song.treble, frames=round(window_s / song.hop_s), every=every)
    return np.asarray(structure.normalise_features(chroma, threshold=0.01 * float(chroma.max()))), every * song.hop_s


def clear_paths(chroma: np.ndarray) -> np.ndarray:
    """Return a matrix fit for thumbnailing: paths enhanced, in the best transposition, thresholded with a penalty."""
    smoothing = structure.PathSmoothing(moments=12, tempi=(0.9, 1.0, 1.1))
    alike = structure.transposed_similarity(chroma, smoothing=smoothing).matrix
    return structure.threshold_similarity(alike, keep="share", value=0.15, scaled=True, penalty=-2.0)


def matrices(song: BillboardSong) -> Any:
    """Draw four steps of a self-similarity matrix, with the annotated sections beside it."""
    chroma, step_s = moments(song)
    plain = structure.self_similarity(chroma)
    smoothing = structure.PathSmoothing(moments=12, tempi=(0.9, 1.0, 1.1))
    smooth = structure.enhance_paths(plain, smoothing)
    steps = {
        "self-similarity (§4.2.1)": plain,
        "smoothed along paths, three tempi (§4.2.2.2)": smooth,
        "transposed, 15 % of it, a penalty (§4.2.2.4)": clear_paths(chroma),
        "what the annotated sections would give": structure.similarity_of_sections(
            song.section_s, song.section_labels, hop_s=step_s, block=0.25
        ),
    }
    figure, axes = plt.subplots(1, 4, figsize=(12.5, 3.5))
    for axis, (name, matrix) in zip(axes, steps.items(), strict=True):
        low = float(np.percentile(matrix, 40)) if matrix.min() >= 0 else -0.3
        axis.imshow(matrix, origin="lower", cmap="gray_r", vmin=low, vmax=1.0, extent=(0, len(matrix) * step_s, 0, len(matrix) * step_s))
        axis.set_title(name, fontsize=8, loc="left")
        for start_s in song.section_s[1:, 0]:
            axis.axvline(start_s, color=TRUTH, linewidth=0.5, alpha=0.7)
        axis.set(xlim=(0, len(chroma) * step_s), ylim=(0, len(chroma) * step_s))
        axis.tick_params(labelsize=7)
    names = " ".join(label for label in song.section_labels if label != "silence")
    axes[0].set_xlabel(f"seconds; Billboard {song.id}: {names}", fontsize=8, loc="left")
    figure.tight_layout(w_pad=0.6)
    return figure


def scape(song: BillboardSong) -> Any:
    """Draw the scape plot, the thumbnail's repetitions under it, and two novelty curves."""
    chroma, step_s = moments(song)
    clear = clear_paths(chroma)
    plot = structure.scape_plot(clear)
    start, stop, fitness = plot.fittest(shortest=round(10 / step_s), longest=len(clear) // 2)
    family = structure.path_family(clear, start=start, stop=stop)
    count = len(plot)
    figure, (top, lanes, curve) = plt.subplots(3, 1, figsize=(8, 7), sharex=True, height_ratios=(6, 1.2, 2))
    picture = np.full((count, 2 * count), np.nan)  # half a moment a column, for centres of segments lie between moments too
    for row in range(count):
        starts = np.arange(count - row)
        for column in (2 * starts + row, 2 * starts + row + 1):
            picture[row, column] = plot.fitness[row, starts]
    top.imshow(picture, origin="lower", aspect="auto", cmap="hot_r", extent=(0, count * step_s, 0, count * step_s))
    top.plot((start + stop) / 2 * step_s, (stop - start) * step_s, "o", color=DOWN, markersize=7, fillstyle="none")
    top.set_title(
        f"fitness of every segment by its centre and length, Billboard {song.id}; circle: the fittest, {fitness:.2f}",
        fontsize=8,
        loc="left",
    )
    top.set_ylim(0, 0.6 * count * step_s)
    top.set_ylabel("length in seconds", fontsize=8)
    for first, last in family.segments:
        lanes.barh(1, (last - first) * step_s, left=first * step_s, color=FOUND, alpha=0.6, edgecolor="white")
    kinds = sorted(set(song.section_labels))
    for (begin_s, end_s), label in zip(song.section_s, song.section_labels, strict=True):
        lanes.barh(0, end_s - begin_s, left=begin_s, color=plt.get_cmap("tab20")(kinds.index(label) % 20), alpha=0.6, edgecolor="white")
        if label != "silence":
            lanes.text((begin_s + end_s) / 2, 0, label, ha="center", va="center", fontsize=7)
    lanes.set_yticks([0, 1], ["annotated", "thumbnail's"], fontsize=7)
    time_s = np.arange(count) * step_s
    alike = structure.self_similarity(chroma)
    blocks = np.maximum(structure.checkerboard_novelty(alike, reach=12), 0)
    features = structure.structure_features(structure.threshold_similarity(clear, keep="above", value=0.0, binary=True), smooth=4.0)
    change = structure.structure_novelty(features)
    curve.plot(time_s, blocks / blocks.max(), color="#99a", linewidth=1.0, label="checkerboard (§4.4.1)")
    curve.plot(time_s, change / change.max(), color=FOUND, linewidth=1.0, label="structure features (§4.4.2)")
    for edge_s in song.section_s[1:, 0]:
        curve.axvline(edge_s, color=TRUTH, linewidth=0.8)
    curve.legend(fontsize=7, loc="upper right")
    curve.set(yticks=[], xlim=(0, count * step_s))
    curve.set_xlabel("seconds; green: annotated boundaries", fontsize=8)
    for axis in (top, lanes, curve):
        axis.tick_params(labelsize=7)
    figure.tight_layout(h_pad=0.3)
    return figure


def chords(song: BillboardSong) -> Any:
    """Draw chroma, and which triads templates, a hidden Markov model and people hear."""
    first, last = (round((edge - song.start_s) / song.hop_s) for edge in (FROM_S, FROM_S + SHOWN_S))
    chroma = (song.bass + song.treble)[:last]
    templates = harmony.chord_templates()
    similarity = harmony.template_similarity(chroma, templates)
    smooth = harmony.template_similarity(harmony.smooth_features(chroma, frames=15), templates)
    times_s = song.start_s + song.hop_s * np.arange(last)
    place = np.clip(np.searchsorted(song.chord_s[:, 0], times_s, side="right") - 1, 0, None)
    truth = np.array([harmony.template_number(label) for label in song.chord_labels])[place]
    reference = harmony.chord_matrix(np.where(truth < 24, truth, -1), states=24)
    stay = float(np.exp(-0.3 * song.hop_s))
    hmm = harmony.chords_by_hmm(similarity**5, harmony.uniform_transition(24, stay=stay))  # a frame's evidence, sharpened
    found = {
        "templates, frame by frame (§5.2.1)": harmony.chords_by_templates(chroma, templates),
        "templates on smoothed chroma (§5.2.4)": smooth.argmax(axis=1),
        "hidden Markov model (§5.3.4)": hmm,
    }
    figure, axes = plt.subplots(4, 1, figsize=(11, 9), sharex=True, height_ratios=(1, 1.5, 1.5, 1.5))
    span = (FROM_S, FROM_S + SHOWN_S)
    shown = harmony.resort_by_fifths(chroma[first:last], first=5)
    axes[0].imshow((shown / shown.max(axis=1, keepdims=True)).T, origin="lower", aspect="auto", cmap="gray_r", extent=(*span, -0.5, 11.5))
    axes[0].set_yticks(range(12), ["F", "C", "G", "D", "A", "E", "B", "F♯", "C♯", "G♯", "D♯", "A♯"], fontsize=6)
    axes[0].set_title(f"chroma along the circle of fifths, Billboard {song.id}", fontsize=8, loc="left", pad=2)
    for axis, (name, numbers) in zip(axes[1:], found.items(), strict=True):
        scores = harmony.framewise(reference[first:last], harmony.chord_matrix(numbers, states=24)[first:last])
        colours = np.full((24, last - first, 3), 255, dtype=np.uint8)
        estimated = harmony.chord_matrix(numbers, states=24)[first:last].T
        wanted = reference[first:last].T
        colours[wanted & estimated] = (30, 30, 30)
        colours[wanted & ~estimated] = (150, 215, 190)
        colours[~wanted & estimated] = (190, 60, 60)
        axis.imshow(colours, origin="lower", aspect="auto", interpolation="nearest", extent=(*span, -0.5, 23.5))
        axis.set_yticks(
            range(0, 24, 2), [label.replace(":maj", "").replace(":min", "m") for label in harmony.template_labels()[::2]], fontsize=6
        )
        axis.set_title(f"{name}: F {scores.f:.2f}; black: right, red: wrong, green: missed", fontsize=8, loc="left", pad=2)
    axes[-1].set_xlabel("seconds", fontsize=8)
    for axis in axes:
        axis.tick_params(axis="x", labelsize=7)
    figure.tight_layout(h_pad=0.4)
    return figure


def salience(item: F0Item) -> Any:
    """Draw a spectrogram at instantaneous frequencies, its harmonic summation, and the tracks in it."""
    frontend = front_end(item.recording)
    rate_hz, hop = frontend.rate_hz, 256
    signal = np.asarray(frontend.signal[: round(12 * rate_hz)])
    shown_s = len(signal) / rate_hz
    axis_hz = melody.PitchAxis(lowest_hz=220.0, highest_hz=1760.0)
    hop_s = hop / rate_hz
    spectrum = melody.harmonic_salience(signal, rate_hz=rate_hz, hop=hop, axis=axis_hz, harmonics=1)
    summed = melody.harmonic_salience(signal, rate_hz=rate_hz, hop=hop, axis=axis_hz, decay=0.7)
    strongest = melody.strongest_pitches(summed, axis_hz)
    smooth = melody.smooth_trajectory(summed, axis_hz, reach_cents=100.0)
    truth_s, truth_hz = item.time_s, item.f0_hz[0]
    time_s = np.arange(len(summed)) * hop_s
    by_frame, by_path = (evaluate(truth_s, truth_hz, time_s, track)["rpa"] for track in (strongest, smooth))
    figure, axes = plt.subplots(1, 3, figsize=(12.5, 4), sharey=True)
    height = (float(hz_to_midi(220.0)), float(hz_to_midi(1760.0)))
    titles = (
        "at instantaneous frequencies (§8.2.1)",
        f"harmonic summation; frame by frame (§8.2.2): {by_frame:.0%} right",
        f"a smooth path (§8.2.3): {by_path:.0%}",
    )
    for axis, matrix, name in zip(axes, (spectrum, summed, summed), titles, strict=True):
        level = harmony.log_compress(matrix / matrix.max(), gamma=3000.0)
        axis.imshow(level.T, origin="lower", aspect="auto", cmap="gray_r", extent=(0, shown_s, *height))
        axis.set_title(name, fontsize=8, loc="left")
        axis.tick_params(labelsize=7)
    axes[1].plot(time_s, hz_to_midi(strongest), ".", color=FOUND, markersize=1.2)
    axes[2].plot(time_s, hz_to_midi(smooth), color=FOUND, linewidth=0.9)
    axes[2].plot(truth_s, hz_to_midi(truth_hz), color=TRUTH, linewidth=1.6, alpha=0.8)
    axes[0].set_ylabel("MIDI pitch", fontsize=8)
    axes[0].set(xlim=(0, shown_s), ylim=height)
    axes[1].set_xlabel(f"seconds; {item.recording.id}; red: found, green: annotated", fontsize=8)
    figure.tight_layout(w_pad=0.5)
    return figure


def save(figure: Any, path: Path) -> None:
    """Write a small PNG: few colours are enough."""
    figure.savefig(path, dpi=100)
    plt.close(figure)
    Image.open(path).convert("RGB").quantize(COLOURS).save(path, optimize=True)
    print(path, f"{path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
