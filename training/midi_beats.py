"""Train the network that hears beats in played notes: ``python training/midi_beats.py --data DATA --minutes 70``.

It learns from pages of the training side (songs for voice and piano, piano pieces, pop songs), played anew for every batch by
imagined pianists (see `performances`), and with ``--recitals`` from recitals of which only the metre is known (see `recitals`); nothing
is rendered. It is judged on pages of the valid side, always played the same way.
Besides beats and downbeats it learns where the other beats of the bar are, how many there are and how fast they go, which
``midi_beats_choice.py`` chooses by among multiples of the pulse. Writes ``midi_beats.onnx``, half-precision weights to go on from
(``--init``), and its card.
"""

import argparse
import pickle
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import torch
from performances import Performance, Sheet, pick_sheet, play, sheet_of
from recitals import Recital, read_recitals, replay, unsure_frames

from hexachord.files import atomic_path
from hexachord.learning.deep.clips import Batch, Draw
from hexachord.learning.deep.export import export_onnx, save_weights, start_from, write_card
from hexachord.learning.deep.loop import Progress, Recipe, train
from hexachord.learning.deep.loss import tolerant_loss
from hexachord.learning.deep.temporal import TemporalNet, TemporalSize, parameter_count
from hexachord.rendering.shelf import Shelf
from hexachord.rendering.split import Side, load_split
from hexachord.score_analysis.beat_features import FEATURES, HOP_S, note_features
from hexachord.score_analysis.multiples import METRES, TEMPI_BPM

WEIGHTS = Path(__file__).parents[1] / "src" / "hexachord" / "models" / "weights"
SHARES = {"openscore_lieder": 0.6, "musetrainer": 0.28, "pop909": 0.12}
"""How often each corpus is played: the few pieces for piano often, yet not so often that they are known by heart."""
RECITALS = 0.2
"""How often a stretch of a recital is drawn instead of a page, where `--recitals` asks for them."""
PLACES = (2, 3, 4)
"""What else it learns: beats by their place in the bar, beats of a bar (`METRES`), and felt beats a minute (`TEMPI_BPM`)."""
IMPORTANCE = (1.0, 1.0, *(0.2 for _ in PLACES), *(0.03 for _ in METRES), *(0.015 for _ in TEMPI_BPM))
SIZE = TemporalSize(
    bands=len(FEATURES), outputs=2, extra=len(IMPORTANCE) - 2, includes=((0, 1),), front=(), width=96, kernel=5, blocks=8, dropout=0.1
)
CROP_S = 30.0


def read_sheets(data: Path, side: Side, keep: Path | None) -> list[Sheet]:
    """Read all pages of a side, or recall them from `keep`."""
    return [sheet for corpus in SHARES for sheet in _kept(data, side, corpus, keep)]


def _kept(data: Path, side: Side, corpus: str, keep: Path | None) -> list[Sheet]:
    kept = keep / f"sheets_{corpus}_{side}.pickle" if keep else None
    if kept is not None and kept.exists():
        return list(pickle.loads(kept.read_bytes()))
    sheets = _on_shelf(data, side, corpus)
    if kept is not None:
        with atomic_path(kept) as temporary:
            temporary.write_bytes(pickle.dumps(sheets))
    return sheets


def _on_shelf(data: Path, side: Side, corpus: str) -> list[Sheet]:
    shelf, sheets = Shelf(data=data, split=load_split(), side=side), list[Sheet]()
    for name in shelf.names(corpus):
        try:
            sheet = sheet_of(shelf.piece(corpus, name), corpus=corpus, name=f"{corpus}/{name}")
        except ValueError as error:
            print(f"left out: {corpus}/{name}: {error}")
            continue
        sheets += [sheet] if sheet is not None else []
    return sheets


def shares(sheets: list[Sheet]) -> np.ndarray:
    """How often each page is played: a corpus by its share, long pages of it more often."""
    length = np.array([np.sqrt(len(sheet.beat_quarter)) for sheet in sheets])
    corpus = np.array([sheet.corpus for sheet in sheets])
    return length * np.array([SHARES[name] / length[corpus == name].sum() for name in corpus])


def cues(played: Performance, *, frames: int) -> np.ndarray:
    """Show a performance to the network."""
    return note_features(played.onset_s, played.duration_s, played.pitch, played.velocity, frames=frames)


def truth(played: Performance, *, frames: int) -> tuple[np.ndarray, np.ndarray]:
    """What the network should say, (frames, outputs), and 1 where that is known, else 0."""
    target, known = np.zeros((2, frames, len(IMPORTANCE)), dtype=np.float32)
    frame = np.minimum(np.rint(played.beat_s / HOP_S).astype(int), frames - 1)
    known[:, : 2 + len(PLACES)] = 1.0
    target[frame, 0] = 1.0
    for column, place in ((1, 1), *((2 + index, place) for index, place in enumerate(PLACES))):
        target[frame[played.position == place], column] = 1.0
    time_s, column = np.arange(frames) * HOP_S, 2 + len(PLACES)
    first = np.flatnonzero(played.position == 1)
    if len(first) > 1:
        bar = np.clip(np.searchsorted(played.beat_s[first], time_s, side="right") - 1, 0, len(first) - 2)
        target[:, column : column + len(METRES)] = np.diff(first)[bar][:, None] == np.array(METRES)
        known[:, column : column + len(METRES)] = 1.0
    column += len(METRES)
    if len(frame) > 4:
        middle = (played.beat_s[2:-2] + played.beat_s[1:-3]) / 2
        octave = np.interp(time_s, middle, np.log2(60.0 * 3.0 / np.maximum(played.beat_s[3:-1] - played.beat_s[:-4], 0.3)))
        target[np.arange(frames), column + np.abs(octave[:, None] - np.log2(TEMPI_BPM)).argmin(axis=1)] = 1.0
        known[:, column:] = 1.0
    return target, known


def sampler(sheets: list[Sheet], recitals: list[Recital], *, batch: int, frames: int) -> Draw:
    """Draw batches of new performances, some of them stretches of recitals."""
    weights = shares(sheets)

    def played_page(random: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        played = play(pick_sheet(sheets, weights, random), random, length_s=frames * HOP_S)
        return cues(played, frames=frames), *truth(played, frames=frames)

    def stretch(random: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        played, sure = replay(recitals[int(random.integers(len(recitals)))], random, length_s=frames * HOP_S)
        target, known = truth(played, frames=frames)
        known[unsure_frames(played.beat_s, sure, frames=frames)] = 0.0
        return cues(played, frames=frames), target, known

    def draw(random: np.random.Generator) -> Batch:
        drawn = [stretch(random) if recitals and random.random() < RECITALS else played_page(random) for _ in range(batch)]
        inputs, targets, known = (np.stack(part) for part in zip(*drawn, strict=True))
        return inputs, targets, known

    return draw


def judged(sheets: list[Sheet], *, count: int, length_s: float = 60.0) -> list[Performance]:
    """Play pages of the valid side, the same way every time."""
    weights, found = shares(sheets), list[Performance]()
    for number in range(count):
        random = np.random.default_rng([7, number])
        found.append(play(pick_sheet(sheets, weights, random), random, length_s=length_s))
    return [one for one in found if len(one.beat_s) > 8]


def accuracy(net: TemporalNet, performances: list[Performance]) -> dict[str, float]:
    """Decode what the network says of performances, and compare: mean F of beats and downbeats, and the loss."""
    from hexachord.metrics.beat import f_measure
    from hexachord.score_analysis.beats import beats_from_chances

    scores = []
    for played in performances:
        matrix = cues(played, frames=int(60.0 / HOP_S))
        with torch.no_grad():
            chance = torch.sigmoid(net(torch.from_numpy(matrix)[None]))[0, :, :2].numpy()
        found = beats_from_chances(chance)
        if not found:
            scores.append((0.0, 0.0))
            continue
        best = found[0]
        scores.append((f_measure(played.beat_s, best.beat_s).f, f_measure(played.beat_s[played.position == 1], best.downbeat_s).f))
    beat_f, downbeat_f = np.mean(scores, axis=0).tolist()
    return {"valid_beat_f": round(beat_f, 3), "valid_downbeat_f": round(downbeat_f, 3)}


def whole(net: TemporalNet) -> TemporalNet:
    """Make all that it learnt outputs, in the columns of `hexachord.score_analysis.multiples`."""
    found = TemporalNet(replace(net.size, outputs=net.size.outputs + net.size.extra, extra=0))
    found.load_state_dict(net.state_dict())
    return found.eval()


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--data", type=Path, required=True)
    options.add_argument("--out", type=Path, default=WEIGHTS)
    options.add_argument("--keep", type=Path, help="a folder for pages once read and for the checkpoint")
    options.add_argument("--minutes", type=float, default=70.0)
    options.add_argument("--batch", type=int, default=10)
    options.add_argument("--rate", type=float, default=Recipe().rate)
    options.add_argument("--width", type=int, default=SIZE.width)
    options.add_argument("--init", type=Path, help="weights to start from")
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--name", default="midi_beats")
    options.add_argument("--recitals", type=Path, help="a network that walks through recitals of which only the metre is known (.onnx)")
    chosen = options.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(chosen.seed)
    sheets = read_sheets(chosen.data, "train", chosen.keep)
    valid = judged(read_sheets(chosen.data, "valid", chosen.keep), count=60)
    print(f"{len(sheets)} pages; {len(valid)} performances to judge by")
    size = TemporalSize(**{**SIZE.__dict__, "width": chosen.width})
    net = TemporalNet(size)
    recitals = read_recitals(chosen.data, "train", network=chosen.recitals) if chosen.recitals else []
    print(f"{len(recitals)} parts of recitals")
    draw = sampler(sheets, recitals, batch=chosen.batch, frames=round(CROP_S / HOP_S))
    seen = draw(np.random.default_rng(12345))[0].reshape(-1, len(FEATURES))
    for number in range(7):
        seen = np.concatenate([seen, draw(np.random.default_rng(number))[0].reshape(-1, len(FEATURES))])
    net.set_levels(torch.from_numpy(seen.mean(axis=0)), torch.from_numpy(np.maximum(seen.std(axis=0), 0.02)))
    if chosen.init:
        print("new:", start_from(net, chosen.init))
    print(f"{parameter_count(net)} parameters, sees {net.size.back * HOP_S:.0f} s either way")

    def tell(progress: Progress, averaged: TemporalNet) -> None:
        line = f"step {progress.step} ({progress.part:.0%}, {progress.spent_s:.0f} s) loss {progress.loss:.4f}"
        if progress.step % 1000 == 0 or progress.part >= 1:
            line += f" {accuracy(averaged, valid)}"
            save_weights(averaged, chosen.out / f"{chosen.name}.safetensors")
            export_onnx(whole(averaged), chosen.out / f"{chosen.name}.onnx", feature="cues", tolerance=1e-3)
        print(line, flush=True)

    trained, progress = train(
        net, draw, partial(tolerant_loss, tolerance=1, share=torch.tensor(IMPORTANCE)),
        recipe=Recipe(seed=chosen.seed, rate=chosen.rate, bfloat16=True), minutes=chosen.minutes,
        checkpoint=chosen.keep / f"{chosen.name}.checkpoint" if chosen.keep else None, tell=tell, tell_every=100,
    )  # fmt: skip
    trained.eval()
    numbers = accuracy(trained, valid)
    difference = export_onnx(whole(trained), chosen.out / f"{chosen.name}.onnx", feature="cues", tolerance=1e-3)
    save_weights(trained, chosen.out / f"{chosen.name}.safetensors")
    write_card(
        chosen.out / f"{chosen.name}.json",
        {
            "task": "beats and downbeats of played notes",
            "input": f"cues (1, frames, {len(FEATURES)}) of hexachord.score_analysis.beat_features, {1 / HOP_S:.0f} frames a second",
            "output": "chance (1, frames, 18) of what hexachord.score_analysis.multiples names: beats, places in the bar, bars, tempi",
            "data": {"openscore_lieder": "CC0", "musetrainer": "public domain", "pop909": "MIT"}
            | ({"giantmidi": "CC BY 4.0"} if recitals else {}),
            "parameters": parameter_count(trained),
            "hours_played": round(progress.step * chosen.batch * CROP_S / 3600, 1),
            "recipe": {"steps": progress.step, "batch": chosen.batch, "seed": chosen.seed, "init": chosen.init.name if chosen.init else ""},
            "numbers": numbers,
            "onnx_difference": difference,
            "limits": "learnt from scores with imagined timing"
            + (
                "; of recitals it knew the metre and about the tempo, not the beats"
                if recitals
                else ", never from a recording of a pianist"
            ),
        },
    )
    print(numbers)


if __name__ == "__main__":
    main()
