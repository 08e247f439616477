"""Train the note network: ``python training/note_network.py --data DATA --minutes 60 --work WORK --keep SONGS``.

It hears rendered songs: pianos with their pedals, and songs of any instruments, where at times somebody sings (`singing`), in other keys
and tunings, coloured, dulled, louder, softer and in noise. Writes ``notes_network.onnx``, half-precision weights to go on from
(``--init``), its card, and ``notes_velocity.npz``. A training that was stopped goes on where it was. The piano's own goes on from it::

    python training/note_network.py --data DATA --minutes 34 --rate 1.5e-3 --piano-share 0.97 --init WEIGHTS/notes_network.safetensors
        --out WEIGHTS/notes_piano
"""

import argparse
import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
import torch
from note_clips import FRAMES, LOWEST_PITCH, NoteClip, clip_of, sampler, weighted
from songs import TONAL_KINDS, add_options, looked_at
from torch import Tensor
from torch.nn import functional

from hexachord.dsp.pitch_spectrum import BINS_PER_OCTAVE, HOP, NOTES, RATE_HZ, as_heard
from hexachord.files import atomic_path
from hexachord.learning.deep.export import export_plain, save_weights, start_from, write_card
from hexachord.learning.deep.loop import Progress, Recipe, train
from hexachord.learning.deep.notes import HEADS, NoteNet, NoteSize
from hexachord.learning.deep.temporal import parameter_count
from hexachord.metrics.transcription import match_notes, note_f, velocity_r
from hexachord.rendering.split import Side
from hexachord.transcription.note_paths import PathCosts, follow_notes
from hexachord.transcription.note_velocity import fit_velocity, velocity_features

WEIGHTS = Path(__file__).parents[1] / "src/hexachord/models/weights"
PIANOS = (("piano", 0.85), ("solo", 0.15))
"""What is added to the songs that the other trainers know, in which few are for a piano alone."""
_SHARES = (1.0, 0.4, 0.4)
"""How much beginnings, sounding and ends count."""
_VELOCITY, _LATE = 20.0, 0.3
_PIANOS_FOR_VELOCITY = 60


def note_loss(outputs: Tensor, target: Tensor, known: Tensor) -> Tensor:
    """Judge the heads: log-odds of events in every cell, velocity and lateness where notes begin; summed over a frame."""
    said, wanted, counts = (part.view(*part.shape[:2], len(HEADS), -1) for part in (outputs, target, known))
    frames = counts[:, :, 0, 0].sum().clamp(min=1.0)
    events = functional.binary_cross_entropy_with_logits(said[:, :, :3], wanted[:, :, :3], reduction="none") * counts[:, :, :3]
    wrong = sum(share * events[:, :, head].sum() for head, share in enumerate(_SHARES))
    velocity = (torch.sigmoid(said[:, :, 3]) - wanted[:, :, 3]).square() * counts[:, :, 3]
    late = functional.smooth_l1_loss(said[:, :, 4], wanted[:, :, 4], reduction="none", beta=0.3) * counts[:, :, 4]
    return (wrong + _VELOCITY * velocity.sum() + _LATE * late.sum()) / frames


@torch.no_grad()
def hear(net: NoteNet, clip: NoteClip) -> np.ndarray:
    """What a network says of a whole song, (frames, heads * pitches) logits."""
    shown = as_heard(np.asarray(clip.levels), loudest=clip.loudest)
    said: np.ndarray = net(torch.from_numpy(shown)[None])[0].numpy()
    return said


def scores(clip: NoteClip, said: np.ndarray, costs: PathCosts = PathCosts()) -> dict[str, float]:
    """Measure the notes found in a song: F of onsets, F of onsets and offsets, correlation of velocity."""
    found = follow_notes(said, costs)
    onset, pitch = found.onset * HOP / RATE_HZ, found.pitch + float(LOWEST_PITCH)
    heard = np.stack([onset, np.maximum(found.end * HOP / RATE_HZ, onset + 0.03)], axis=1)
    truth, tones, hardness = clip.notes[:, :2], clip.notes[:, 2], clip.notes[:, 3]
    truth = np.maximum(truth, [[0.0, 0.001]])
    return {
        "onset_f": note_f(truth, tones, heard, pitch).f,
        "onset_offset_f": note_f(truth, tones, heard, pitch, offsets=True).f,
        "velocity_r": velocity_r(truth, tones, hardness, heard, pitch, found.velocity),
    }


def fit_velocities(net: NoteNet, clips: Sequence[NoteClip]) -> dict[str, np.ndarray]:
    """Fit velocity to what the network says and to levels, on pianos: see `hexachord.transcription.note_velocity`."""
    songs = []
    for clip in clips:
        said = hear(net, clip)
        found = follow_notes(said)
        onset = found.onset * HOP / RATE_HZ
        pairs = match_notes(
            np.maximum(clip.notes[:, :2], [[0.0, 0.001]]),
            clip.notes[:, 2],
            np.stack([onset, onset + 0.1], axis=1),
            found.pitch + float(LOWEST_PITCH),
        )
        frame, pitch = np.minimum(np.rint(found.onset).astype(int), len(said) - 1)[pairs[:, 1]], found.pitch[pairs[:, 1]]
        logits = said.reshape(len(said), len(HEADS), -1)[:, 3]
        songs.append((velocity_features(np.asarray(clip.levels), logits, frame, pitch, loudest=clip.loudest), clip.notes[pairs[:, 0], 3]))
    weight, bias = fit_velocity([song for song in songs if len(song[1])])
    return {"weight": weight.astype(np.float32), "bias": np.float32(bias)}


def judge(net: NoteNet, clips: Sequence[NoteClip]) -> dict[str, float]:
    """Measure by kind."""
    found: dict[str, list[float]] = {}
    for clip in clips:
        for name, value in scores(clip, hear(net, clip)).items():
            found.setdefault(f"{'piano' if clip.is_piano else 'any'} {name}", []).append(value)
    return {name: round(float(np.nanmean(values)), 4) for name, values in sorted(found.items()) if np.isfinite(values).any()}


def load(options: argparse.Namespace, *, side: Side, pianos: int, songs: int) -> list[NoteClip]:
    """Render, or recall what is kept, and look: songs of a seed, and pianos of the next."""
    look = partial(clip_of, folder=options.work / "spectra")
    own = argparse.Namespace(**{**vars(options), "seed": options.seed + 1})
    found = list(looked_at(look, options, count=songs, side=side, kinds=TONAL_KINDS, singers=True)) if songs else []
    found += looked_at(look, own, count=pianos, side=side, kinds=PIANOS) if pianos else []
    return [clip for clip in found if clip is not None]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_options(parser)
    parser.add_argument("--out", type=Path, default=WEIGHTS / "notes_network")
    parser.add_argument("--work", type=Path, default=Path("."), help="a folder for checkpoint and spectra")
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--rate", type=float, default=3e-3)
    parser.add_argument("--width", type=int, default=32)
    parser.add_argument("--pianos", type=int, default=450, help="rendered pieces, most of them for a piano alone")
    parser.add_argument("--songs", type=int, default=900, help="rendered songs of all kinds")
    parser.add_argument("--valid-pianos", type=int, default=40)
    parser.add_argument("--valid-songs", type=int, default=40)
    parser.add_argument("--judge-by", type=int, default=24, help="songs of the valid side to judge by on the way; all of them at the end")
    parser.add_argument("--piano-share", type=float, default=0.45, help="of what it hears")
    parser.add_argument("--init", type=Path)
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(options.seed)
    options.work.mkdir(parents=True, exist_ok=True)
    clips = weighted(load(options, side="train", pianos=options.pianos, songs=options.songs), piano=options.piano_share)
    valid = load(options, side="valid", pianos=options.valid_pianos, songs=options.valid_songs)
    few = [valid[index] for index in np.unique(np.linspace(0, len(valid) - 1, min(options.judge_by, len(valid))).astype(int))]
    print(f"{len(clips)} clips, {sum(clip.is_piano for clip in clips)} of them pianos; {len(valid)} to judge by", flush=True)
    size = NoteSize(bins=NOTES.bins, bins_per_octave=BINS_PER_OCTAVE, views=NOTES.views, width=options.width)
    net = NoteNet(size).to(memory_format=torch.channels_last)
    if options.init:
        print("begins anew:", start_from(net, options.init))
    print(f"{parameter_count(net)} parameters, {size.reach} frames either way", flush=True)
    curve: list[dict[str, float]] = []

    def tell(progress: Progress, averaged: NoteNet) -> None:
        line: dict[str, float] = {"step": progress.step, "minutes": round(progress.spent_s / 60, 1), "loss": round(progress.loss, 4)}
        if progress.step % 250 == 0 or progress.part >= 1.0:
            line |= judge(averaged, valid if progress.part >= 1.0 else few)
            curve.append(line)
            write(averaged, options, curve, clips)
        print(json.dumps(line), flush=True)

    net, _ = train(
        net, sampler(clips, batch=options.batch), note_loss,
        recipe=Recipe(seed=options.seed, rate=options.rate, ema=0.997, bfloat16=True), minutes=options.minutes,
        checkpoint=options.work / "note_network.ckpt", tell=tell, tell_every=50,
    )  # fmt: skip
    with (
        atomic_path(
            options.out.with_name("notes_velocity.npz" if options.out.name == "notes_network" else f"{options.out.name}_velocity.npz")
        ) as temporary,
        temporary.open("wb") as file,
    ):
        np.savez(file, **fit_velocities(net, [clip for clip in clips if clip.is_piano][:_PIANOS_FOR_VELOCITY]))  # type: ignore[arg-type]


def write(net: NoteNet, options: argparse.Namespace, curve: Sequence[dict[str, float]], clips: Sequence[NoteClip]) -> None:
    """Write the network, its weights and its card."""
    out, columns = options.out, NOTES.views * NOTES.bins
    error = export_plain(net, out.with_name(out.name + ".onnx"), columns=columns, multiple=1, feature="levels", reach=net.size.reach)
    save_weights(net, out.with_name(out.name + ".safetensors"))
    write_card(out.with_name(out.name + ".json"), {
        "what": "where notes of 88 pitches begin, sound and end, how hard they are struck, and how late in a frame of 23 ms",
        "licence": "MIT, as the package",
        "input": {"name": "levels", "shape": f"(1, frames, {columns})", "is": "hexachord.dsp.pitch_spectrum, NOTES"},
        "output": {"name": "logits", "shape": f"(1, frames, {len(HEADS) * net.size.pitches})", "heads": list(HEADS)},
        "data": {"songs rendered by the data engine, at times with a singer made of formants": {
                     "clips": len(clips), "pianos": sum(clip.is_piano for clip in clips), "crop_frames": FRAMES,
                     "licence": "CC0, CC BY 4.0, MIT, public domain"}},
        "method": "harmonic stacking (Bittner et al., ICASSP 2022), onsets and frames (Hawthorne et al., ISMIR 2018), beginnings regressed "
                  "(Kong et al., TASLP 2021)",
        "script": "training/note_network.py", "parameters": parameter_count(net),
        "valid side, with the likeliest courses": list(curve), "onnx_error": error,
        "limits": "It never heard a recording: rendered pianos and other instruments stand for them.",
    })  # fmt: skip


if __name__ == "__main__":
    main()
