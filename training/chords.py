"""Train the chord network: ``python training/chords.py --data DATA --minutes 60 --work WORK``.

It hears the chroma of the Billboard songs of the training side, and that of rendered songs through our own front end (``--songs``), in
crops of a minute and a half, and says root, bass, tones, quality and changes of chords (`hexachord.learning.deep.harmony`). Writes
``harmony.onnx``, half-precision weights to go on from (``--init``) and its card; `training/chord_statistics.py` counts what follows what.
"""

import argparse
import json
import pickle
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import torch
from chord_frames import IGNORED, NONE, ChordFrames, billboard_frames, heard_renders
from chord_studies import studies
from songs import add_options, instrument_folders
from torch import Tensor
from torch.nn import functional

from hexachord.arrays import Float32Array
from hexachord.audio_analysis.harmony.chord_hearing import shown
from hexachord.audio_analysis.harmony.vocabulary import QUALITIES
from hexachord.files import atomic_path
from hexachord.learning.deep.clips import Clip, Draw, draw_of, draw_place
from hexachord.learning.deep.export import export_plain, save_weights, start_from, write_card
from hexachord.learning.deep.harmony import POOL, HarmonyNet, HarmonySize
from hexachord.learning.deep.loop import Progress, Recipe, train
from hexachord.learning.deep.temporal import parameter_count
from hexachord.rendering.instruments import find_instruments
from hexachord.rendering.split import Side, load_split

WEIGHTS = Path(__file__).parents[1] / "src/hexachord/models/weights"
FRAMES = 1024
SIZE = HarmonySize(qualities=len(QUALITIES))
SHARES = {"root": 1.0, "bass": 0.5, "tones": 1.5, "quality": 0.5, "begins": 0.5}
EXCERPTS = 0.15
RARITY = 0.4
"""Qualities count by their share to the power of minus this: 0 as they come, 1 all alike."""

_ROOT, _BASS, _TONES = slice(0, 13), slice(13, 26), slice(26, 38)
_QUALITY = slice(38, 38 + 12 * len(QUALITIES))
_BEGINS = _QUALITY.stop
COLUMNS = SIZE.outputs


def varied(chroma: Float32Array, random: np.random.Generator) -> Float32Array:
    """Change the balance of the registers, let neighbouring pitch classes leak (a song between two tunings), add noise and smear."""
    found = chroma * np.exp(random.normal(0.0, 0.25, 24)).astype(np.float32)
    if random.random() < 0.3:
        leak = np.float32(random.uniform(0.0, 0.25))
        halves = found.reshape(-1, 2, 12)
        found = ((1 - leak) * halves + leak * np.roll(halves, int(random.choice([-1, 1])), axis=2)).reshape(-1, 24)
    if random.random() < 0.3:
        level = float(found.mean())
        found = found + (random.exponential(1.0, found.shape) * level * random.uniform(0.0, 0.5)).astype(np.float32)
    if random.random() < 0.2:
        found = found ** np.float32(random.uniform(0.7, 1.4))
    return np.asarray(found, dtype=np.float32)


def targets(song: ChordFrames, code: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Say what the network should: (frames, columns), and which of it is known."""
    frames = len(code)
    target, known = (np.zeros((frames, COLUMNS), dtype=np.float32) for _ in range(2))
    root, bass, quality, tones = (part[np.maximum(code, 0)] for part in song.table)
    root = np.where(code >= 0, root, IGNORED)
    rows = np.flatnonzero(root != IGNORED)
    target[rows, root[rows]] = 1.0
    target[rows, 13 + bass[rows]] = 1.0
    target[rows, _TONES] = tones[rows]
    known[rows, : _TONES.stop] = 1.0
    rows = np.flatnonzero((root != IGNORED) & (root != NONE) & (quality != IGNORED))
    target[rows, _QUALITY.start + root[rows] * len(QUALITIES) + quality[rows]] = 1.0
    known[rows, _QUALITY.start + root[rows] * len(QUALITIES)] = 1.0
    change = np.flatnonzero(np.diff(code)) + 1
    for step, height in ((0, 1.0), (-1, 0.5), (1, 0.5)):
        near = change + step
        near = near[(near >= 0) & (near < frames)]
        target[near, _BEGINS] = np.maximum(target[near, _BEGINS], height)
    known[code >= 0, _BEGINS] = 1.0
    return target, known


def crop(song: ChordFrames, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draw a stretch of a song, a little faster or slower, varied."""
    place = draw_place(len(song.chroma), random, frames=FRAMES, tempo_octaves=0.25)
    rows, inside = place.rows(Clip(id=song.id, features=lambda first, last: song.chroma[first:last], frames=len(song.chroma), events_s=()))
    at = np.rint(place.first + place.speed * np.arange(FRAMES)).astype(int)
    code = np.where(inside > 0, song.code[np.clip(at, 0, len(song.code) - 1)], -1)
    rows = varied(np.where(inside[:, None] > 0, rows, 0.0).astype(np.float32), random)
    rows[inside == 0] = 0.0
    if random.random() < EXCERPTS:
        return excerpt(rows, code, song, random)
    return shown(rows), *targets(song, code)


def excerpt(
    rows: np.ndarray, code: np.ndarray, song: ChordFrames, random: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Show a few seconds, and nothing after them: what is normalised over all of it then is normalised over little."""
    count = int(np.exp(random.uniform(np.log(24), np.log(400))))
    first = int(random.integers(len(rows) - count))
    heard, said = np.zeros((len(rows), 48), dtype=np.float32), np.full(len(code), IGNORED)
    heard[:count], said[:count] = shown(rows[first : first + count]), code[first : first + count]
    return heard, *targets(song, said)


def sampler(songs: Sequence[ChordFrames], *, batch: int) -> Draw:
    return draw_of(songs, crop, weights=[song.weight for song in songs], batch=batch)


def chord_loss(outputs: Tensor, target: Tensor, known: Tensor, *, weight: Tensor) -> Tensor:
    """Judge every part of the answer; see `SHARES`."""

    def mean(each: Tensor, judged: Tensor) -> Tensor:
        return (each * judged).sum() / judged.sum().clamp(min=1.0)

    def one_of(columns: slice) -> Tensor:
        each = -(target[..., columns] * functional.log_softmax(outputs[..., columns], dim=2)).sum(dim=2)
        return mean(each, known[..., columns.start])

    shape = (*outputs.shape[:2], 12, len(QUALITIES))
    quality = target[..., _QUALITY].reshape(shape)
    nats = -(quality * functional.log_softmax(outputs[..., _QUALITY].reshape(shape), dim=3) * weight).sum(dim=(2, 3))
    counted = (quality * weight).sum(dim=(2, 3))
    binary = partial(functional.binary_cross_entropy_with_logits, reduction="none")
    parts = {
        "root": one_of(_ROOT),
        "bass": one_of(_BASS),
        "tones": mean(binary(outputs[..., _TONES], target[..., _TONES]), known[..., _TONES]),
        "quality": nats.sum() / counted.sum().clamp(min=1.0),
        "begins": mean(binary(outputs[..., _BEGINS], target[..., _BEGINS]), known[..., _BEGINS]),
    }
    return torch.stack([SHARES[name] * part for name, part in parts.items()]).sum()


def quality_weights(songs: Sequence[ChordFrames]) -> Tensor:
    """Weigh qualities: rare ones more, to a mean of 1 over frames."""
    count = np.ones(len(QUALITIES))
    for song in songs:
        quality = song.table[2][np.maximum(song.code, 0)]
        count += song.weight * np.bincount(quality[(song.code >= 0) & (quality >= 0)], minlength=len(QUALITIES))
    share = count / count.sum()
    weight = share**-RARITY
    return torch.tensor(weight / (share * weight).sum(), dtype=torch.float32)


@torch.no_grad()
def judge(net: HarmonyNet, songs: Sequence[ChordFrames]) -> dict[str, float]:
    """Measure shares of frames: root right, bass right, root and quality right (of those that have one)."""
    right, count = np.zeros(3), np.zeros(3)
    for song in songs:
        chroma = shown(song.chroma)
        padded = np.pad(chroma, ((0, -len(chroma) % POOL), (0, 0)))
        logits = net(torch.from_numpy(padded)[None])[0, : len(chroma)].numpy()
        root, bass, quality, _ = (part[np.maximum(song.code, 0)] for part in song.table)
        known = (song.code >= 0) & (root != IGNORED)
        said = logits[:, _ROOT].argmax(axis=1)
        kind = logits[:, _QUALITY].reshape(-1, 12, len(QUALITIES))[np.arange(len(said)), np.minimum(said, 11)].argmax(axis=1)
        named = known & (quality >= 0)
        for part, (good, judged) in enumerate(
            ((said == root, known), (logits[:, _BASS].argmax(axis=1) == bass, known), ((said == root) & (kind == quality), named))
        ):
            right[part] += good[judged].sum()
            count[part] += judged.sum()
    return dict(zip(("root", "bass", "chord"), np.round(right / np.maximum(count, 1), 4).tolist(), strict=True))


def load_studies(options: argparse.Namespace, *, side: Side, first: int, count: int) -> list[ChordFrames]:
    """Play chord studies, or recall what was heard of them."""
    kept = options.work / f"studies_{side}_{count}.pickle"
    if kept.exists():
        return list(pickle.loads(kept.read_bytes()))
    instruments = find_instruments(load_split(), side, folders=instrument_folders(options))
    found = list(studies(instruments, side=side, first=first, count=count, workers=options.workers))
    with atomic_path(kept) as temporary:
        temporary.write_bytes(pickle.dumps(found))
    return found


def weighed(recorded: Sequence[ChordFrames], *others: tuple[Sequence[ChordFrames], float]) -> list[ChordFrames]:
    """Put songs together so that each of the others is its share of all that is heard."""
    whole = len(recorded) / (1.0 - sum(share for songs, share in others if songs))
    return [*recorded, *(replace(song, weight=share * whole / len(songs)) for songs, share in others for song in songs)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_options(parser)
    parser.add_argument("--out", type=Path, default=WEIGHTS / "harmony")
    parser.add_argument("--work", type=Path, default=Path("."), help="a folder for checkpoint and what was heard of renders")
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--rate", type=float, default=3e-3)
    parser.add_argument("--songs", type=int, default=600, help="rendered songs")
    parser.add_argument("--valid-songs", type=int, default=60)
    parser.add_argument("--render-share", type=float, default=0.25, help="of what it hears")
    parser.add_argument("--studies", type=int, default=400, help="of single chords and rows of them")
    parser.add_argument("--study-share", type=float, default=0.1, help="of what it hears")
    parser.add_argument("--init", type=Path)
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(options.seed)
    options.work.mkdir(parents=True, exist_ok=True)
    recorded, held = (list(billboard_frames(options.data, side=side)) for side in ("train", "valid"))
    rendered, valid = (
        [song for song in heard_renders(options, side=side, count=count) if song.has_chords] if options.songs else []
        for side, count in (("train", options.songs), ("valid", options.valid_songs))
    )
    studied = load_studies(options, side="train", first=0, count=options.studies) if options.studies else []
    alone = load_studies(options, side="valid", first=500_000, count=options.studies // 10) if options.studies else []
    songs = weighed(recorded, (rendered, options.render_share), (studied, options.study_share))
    print(f"{len(recorded)} songs of Billboard, {len(rendered)} renders, {len(studied)} studies", flush=True)
    print(f"to judge by: {len(held)}, {len(valid)}, {len(alone)}", flush=True)
    net = HarmonyNet(SIZE).to(memory_format=torch.channels_last)
    if options.init:
        print("begins anew:", start_from(net, options.init))
    print(f"{parameter_count(net)} parameters", flush=True)
    numbers: dict[str, float] = {}

    def tell(progress: Progress, averaged: HarmonyNet) -> None:
        line: dict[str, float] = {"step": progress.step, "minutes": round(progress.spent_s / 60, 1), "loss": round(progress.loss, 4)}
        if progress.step % 200 == 0 or progress.part >= 1.0:
            line |= {f"billboard {name}": value for name, value in judge(averaged, held).items()}
            line |= {f"renders {name}": value for name, value in judge(averaged, valid).items()} if valid else {}
            line |= {f"studies {name}": value for name, value in judge(averaged, alone).items()} if alone else {}
            numbers.update(line)
            write(averaged, options, numbers, (len(recorded), len(rendered), len(studied)))
        print(json.dumps(line), flush=True)

    train(
        net, sampler(songs, batch=options.batch), partial(chord_loss, weight=quality_weights(songs)),
        recipe=Recipe(seed=options.seed, rate=options.rate, ema=0.997, bfloat16=True), minutes=options.minutes,
        checkpoint=options.work / "harmony.ckpt", tell=tell, tell_every=50,
    )  # fmt: skip


def write(net: HarmonyNet, options: argparse.Namespace, numbers: dict[str, float], counts: tuple[int, int, int]) -> None:
    """Write the network, its weights and its card."""
    out = options.out
    recorded, rendered, studied = counts
    error = export_plain(net, out.with_name(out.name + ".onnx"), columns=SIZE.inputs * 12, multiple=POOL)
    save_weights(net, out.with_name(out.name + ".safetensors"))
    write_card(out.with_name(out.name + ".json"), {
        "what": "root, bass, tones, quality and changes of chords in every frame of 93 ms, from bass and treble chroma",
        "licence": "MIT, as the package",
        "input": {"name": "chroma", "shape": f"(1, frames, {SIZE.inputs * 12})", "frames": f"a multiple of {POOL}"},
        "output": {"name": "logits", "shape": f"(1, frames, {COLUMNS})", "qualities": list(QUALITIES)},
        "data": {"McGill Billboard, chroma and chords of recordings": {"songs": recorded, "licence": "CC0"},
                 "songs rendered by the data engine": {"songs": rendered, "licence": "CC0, CC BY 4.0, MIT, public domain"},
                 "chords for their own sake, made by rule and rendered": {"studies": studied}},
        "method": "convolutions around the circle of pitch classes and along time (equivariant to transposition), structured answers "
        "(McFee & Bello, ISMIR 2017), recall of what sounds alike (Mauch et al., ISMIR 2009)",
        "script": "training/chords.py", "parameters": parameter_count(net), "shares": SHARES, "rarity": RARITY,
        "valid side, frames right before any smoothing": numbers, "onnx_error": error,
        "limits": "Pop songs of 1958 to 1991, and renders; fifteen qualities.",
    })  # fmt: skip


if __name__ == "__main__":
    main()
