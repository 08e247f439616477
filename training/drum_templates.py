"""Spectra of drums for the engine that factorises: ``python -m training.drum_templates CACHE --out drum_templates.npz``.

CACHE is rendered by ``python -m training.cache drums``; of every stroke that nothing else disturbs the rise at its attack and, for what
rings, the sound a little later are gathered and averaged by k-means.
"""

import argparse
from pathlib import Path

import numpy as np

from hexachord.arrays import Float32Array, IntArray
from hexachord.audio_analysis.drums.kit import DRUM_MEL, KIT
from hexachord.dsp.features import dequantise
from hexachord.files import atomic_path
from hexachord.rendering.shards import Cache, open_cache

ATTACKS, TAILS = 3, 1
_ALONE_S = 0.055
_RINGS = ("snare", "hihat_open", "tom", "ride", "crash")


def gather(cache: Cache) -> tuple[dict[str, list[Float32Array]], dict[str, list[Float32Array]]]:
    """Collect amplitude spectra of undisturbed strokes: at the attack, and 80 to 140 ms later."""
    attacks: dict[str, list[Float32Array]] = {name: [] for name in KIT}
    tails: dict[str, list[Float32Array]] = {name: [] for name in KIT}
    for index in range(len(cache)):
        take = cache.labels(index)
        if take.kind != "drums" or take.drums is None:
            continue
        mel = np.sqrt(10.0 ** (dequantise(cache.features("mel", index), DRUM_MEL) / 10.0)).astype(np.float32)
        time_s = take.drums.time_s
        apart = np.diff(time_s, prepend=-1.0, append=1e9)
        for stroke, name in enumerate(take.drums.label):
            frame = round(time_s[stroke] / DRUM_MEL.hop_s)
            if name not in KIT or apart[stroke] < _ALONE_S or apart[stroke + 1] < _ALONE_S or not 4 <= frame < len(mel) - 16:
                continue
            rise = np.maximum(mel[frame : frame + 4].max(axis=0) - mel[frame - 4 : frame - 1].min(axis=0), 0.0)
            if rise.sum() > 0.05:
                attacks[name].append(rise / rise.sum())
            if name in _RINGS and apart[stroke + 1] > 0.15:
                tail = mel[frame + 8 : frame + 14].mean(axis=0)
                if tail.sum() > 0.02:
                    tails[name].append(tail / tail.sum())
    return attacks, tails


def centres(spectra: list[Float32Array], count: int, *, seed: int = 0) -> Float32Array:
    """Average spectra in so many groups (k-means on their square roots, where loud bands do not rule alone)."""
    rows = np.sqrt(np.array(spectra, dtype=np.float32))
    random = np.random.default_rng(seed)
    middle = rows[random.choice(len(rows), min(count, len(rows)), replace=False)]
    for _ in range(30):
        nearest = ((rows[:, None] - middle[None]) ** 2).sum(axis=2).argmin(axis=1)
        middle = np.array([rows[nearest == k].mean(axis=0) if (nearest == k).any() else middle[k] for k in range(len(middle))])
    shapes = middle.astype(np.float32) ** 2
    return np.asarray(shapes / shapes.sum(axis=1, keepdims=True), dtype=np.float32)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training.drum_templates", description=__doc__.split("\n\n")[0])
    parser.add_argument("cache", type=Path, help="with takes of drums alone")
    parser.add_argument("--out", type=Path, default=Path("src/hexachord/models/weights/drum_templates.npz"))
    options = parser.parse_args()
    attacks, tails = gather(open_cache(options.cache))
    shapes: list[Float32Array] = []
    piece: list[int] = []
    is_attack: list[int] = []
    for column, name in enumerate(KIT):
        for spectra, count, attack in ((attacks[name], ATTACKS, 1), (tails[name], TAILS, 0)):
            if spectra:
                found = centres(spectra, count)
                shapes.append(found)
                piece += [column] * len(found)
                is_attack += [attack] * len(found)
        print(f"{name}: {len(attacks[name])} attacks, {len(tails[name])} tails")
    index: IntArray = np.array(piece)
    with atomic_path(options.out) as temporary:
        temporary.touch()
        with temporary.open("wb") as file:
            np.savez_compressed(
                file,
                shapes=np.concatenate(shapes).astype(np.float16),
                piece=index.astype(np.int8),
                attack=np.array(is_attack, dtype=np.int8),
            )


if __name__ == "__main__":
    main()
