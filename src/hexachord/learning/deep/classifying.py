"""Training a classifier of music: chunks in, classes out, one call.

The loop is the project's own (`hexachord.learning.deep.loop`); here are what it is shown, what it is judged by, when it is enough, and the
file that comes of it. A run that was killed goes on when the same call is made again, and ends with the same weights; one that is finished
is not repeated. Under ``torchrun`` all processes share each batch (see `hexachord.learning.deep.together`).
"""

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from hexachord.arrays import Float32Array, IntArray, UInt8Array
from hexachord.errors import InputError
from hexachord.files import write_text
from hexachord.learning.datasets.split import Fold
from hexachord.learning.deep.chunk_draws import FULL, Lesson, band_levels, chunk_draw, class_shares, scaled
from hexachord.learning.deep.classifier_export import export_classifier
from hexachord.learning.deep.classifier_options import ClassifierOptions, ClassifierResult, Epoch
from hexachord.learning.deep.classifier_watch import Judge, Watch
from hexachord.learning.deep.crnn import CrnnNet, CrnnSize
from hexachord.learning.deep.loop import Recipe, train
from hexachord.learning.deep.short_chunk import ShortChunkNet, ShortChunkSize
from hexachord.learning.deep.together import Crew, joined
from hexachord.models.chunks import Mel, open_mel
from hexachord.models.classifier import score_tracks

ClassifierNet = ShortChunkNet | CrnnNet
Told = Callable[[float, str], None]
"""Called with the part that is done, 0 to 1, and a line about it."""

_SUMMARY = "classifier.json"
_HEAVIEST = 10.0  # a rare label counts so much at most


def train_classifier(
    features: Sequence[Mel],
    targets: IntArray | Sequence[UInt8Array],
    fold: Fold,
    *,
    classes: Sequence[str],
    options: ClassifierOptions = ClassifierOptions(),
    folder: Path,
    rows: IntArray | None = None,
    progress: Told | None = None,
) -> ClassifierResult:
    """Train a classifier on some tracks, tune it on others, and tell what it says of the rest.

    Parameters
    ----------
    features : for each track (frames, bands) bytes of ``options.feature``, or the ``.npy`` file that holds them
    targets : (n,) the class of each track, -1 where it is unknown; (n, classes) of 0 and 1 where tracks have several labels; or, for the
        level ``frame``, for each track (frames, classes) of 0 and 1
    fold : rows to learn from, to choose by and to judge; without any to choose by, all epochs are made and the last weights kept
    classes : names
    folder : for the checkpoint, the network (``classifier.onnx``) and a summary; one for each training
    rows : whose scores are returned; those of ``fold.test`` when None
    progress : told after every epoch

    Returns
    -------
    ClassifierResult; of level ``frame`` its scores are means over time

    Raises
    ------
    InputError : if the folder holds another training, a spectrogram is something else, or there is nothing to tell apart.
    """
    folder = Path(folder)
    opened = [open_mel(mel, bands=options.feature.bands) for mel in features]
    task = _Task(opened, targets, fold, classes=tuple(classes), options=options)
    wanted = fold.test if rows is None else rows
    done = _finished(folder, task.identity)
    if done is None:
        with joined(backend="cpu:gloo,cuda:nccl" if torch.cuda.is_available() else "gloo") as crew:
            done = _learn(task, folder, crew=crew, progress=progress)
    path = folder / "classifier.onnx"
    scores = score_tracks(path, [opened[row] for row in wanted.tolist()])
    return ClassifierResult(
        path=path, rows=np.asarray(wanted), scores=scores, thresholds=np.array(done["thresholds"]),
        curve=tuple(Epoch(**point) for point in done["curve"]), epochs=int(done["epochs"]), best_epoch=int(done["best_epoch"]),
        parameters=int(done["parameters"]), seconds=float(done["seconds"]), error=float(done["error"]),
    )  # fmt: skip


def build_net(options: ClassifierOptions, classes: int) -> ClassifierNet:
    """Build a network with random weights, the same for the same seed."""
    torch.manual_seed(options.seed)
    bands = options.feature.bands
    net: ClassifierNet
    if options.architecture == "crnn":
        net = CrnnNet(CrnnSize(bands=bands, classes=classes, width=options.width, dropout=options.dropout / 3.0, level=options.level))
    else:
        size = ShortChunkSize(
            bands=bands, classes=classes, width=options.width, residual=options.architecture == "short-chunk-residual",
            dropout=options.dropout, level=options.level,
        )  # fmt: skip
        net = ShortChunkNet(size)
    return net.to(memory_format=torch.channels_last)  # type: ignore[call-overload, unused-ignore]  # half as long on a processor


def classifier_loss(
    logits: Tensor, target: Tensor, weight: Tensor, *, multi_label: bool, smoothing: float, heavier: Tensor | None
) -> Tensor:
    """Cross entropy in nats, of classes that exclude each other or of labels that do not: a mean over rows (and steps), each by its weight.

    The mean is over rows, not over weights: so parts of a batch have gradients whose mean is that of the whole.

    Parameters
    ----------
    logits, target : (rows, classes) or (rows, steps, classes); targets may be mixed
    weight : (rows, 1) or (rows, 1, 1)
    smoothing : share of each target that is spread evenly
    heavier : (classes,) what a label that holds counts against one that does not

    Examples
    --------
    >>> one = torch.tensor([[1.0, 0.0]])
    >>> round(float(classifier_loss(torch.zeros(1, 2), one, torch.ones(1, 1), multi_label=False, smoothing=0.0, heavier=None)), 3)
    0.693
    """
    if multi_label:
        wanted = target * (1.0 - smoothing) + 0.5 * smoothing
        each = functional.binary_cross_entropy_with_logits(logits, wanted, pos_weight=heavier, reduction="none").mean(dim=-1, keepdim=True)
    else:
        wanted = target * (1.0 - smoothing) + smoothing / logits.shape[-1]
        each = -(wanted * functional.log_softmax(logits, dim=-1)).sum(dim=-1, keepdim=True)
    return (each * weight).mean()


class _Task:
    """What is to be learnt, checked: lessons, validation tracks, and the identity of all of it."""

    def __init__(
        self,
        mels: Sequence[UInt8Array],
        targets: IntArray | Sequence[UInt8Array],
        fold: Fold,
        *,
        classes: tuple[str, ...],
        options: ClassifierOptions,
    ) -> None:
        self.mels, self.classes, self.options = mels, classes, options
        self.frames: list[Float32Array] | None = None
        if options.level == "frame":
            self.frames = [np.asarray(each, dtype=np.float32) for each in targets]
            if len(self.frames) != len(mels) or any(
                each.shape != (len(mel), len(classes)) for each, mel in zip(self.frames, mels, strict=True)
            ):
                raise InputError("targets", found="other shapes", expected=f"for each track (frames, {len(classes)}) of 0 and 1")
            whole = np.stack([each.max(axis=0) for each in self.frames])
        else:
            whole = np.asarray(targets)
        self.multi_label = whole.ndim == 2
        if len(whole) != len(mels) or (self.multi_label and whole.shape[1] != len(classes)):
            raise InputError("targets", found=f"shape {whole.shape}", expected=f"({len(mels)},) or ({len(mels)}, {len(classes)})")
        if not self.multi_label and (np.any(whole < -1) or np.any(whole >= len(classes))):
            raise InputError("targets", found="a class beyond the names", expected=f"-1 to {len(classes) - 1}")
        known = np.ones(len(whole), dtype=bool) if self.multi_label else whole >= 0
        self.train = fold.train[known[fold.train]]
        self.valid = fold.valid[known[fold.valid]]
        self.indicators = whole.astype(np.float64) if self.multi_label else (whole[:, None] == np.arange(len(classes))).astype(np.float64)
        there = self.indicators[self.train].sum(axis=0)
        if len(self.train) < 2 or np.count_nonzero(there) < (1 if self.multi_label else 2):
            raise InputError(
                "classes to learn", found=f"{np.count_nonzero(there)} in {len(self.train)} tracks", expected="at least two to tell apart",
                next_step="check the labels of the training side",
            )  # fmt: skip
        content = sha256(repr((options, classes, fold.train.tolist(), fold.valid.tolist())).encode())
        content.update(np.ascontiguousarray(self.indicators).tobytes())
        for mel in mels:
            content.update(repr(mel.shape).encode() + np.ascontiguousarray(mel[::50]).tobytes())
        self.identity = content.hexdigest()[:16]

    def lessons(self) -> list[Lesson]:
        """Tracks to learn from, drawn or weighed by how rare their classes are."""
        options, learnt = self.options, self.indicators[self.train]
        shares = class_shares(learnt) if options.balance == "sampling" else np.ones(len(self.train))
        weights = np.ones(len(self.train))
        if options.balance == "weights" and not self.multi_label:
            counts = learnt.sum(axis=0)
            weights = learnt @ (len(learnt) / (np.count_nonzero(counts) * np.maximum(counts, 1.0)))
        return [
            Lesson(
                mel=self.mels[row], target=self.indicators[row].astype(np.float32) if self.frames is None else self.frames[row],
                weight=float(weight), share=float(share),
            )
            for row, weight, share in zip(self.train.tolist(), weights, shares, strict=True)
        ]  # fmt: skip

    def heavier(self) -> Float32Array | None:
        """What a label that holds counts against one that does not, where rare ones shall weigh as much."""
        if not (self.multi_label and self.options.balance == "weights"):
            return None
        has = self.indicators[self.train].mean(axis=0)
        return np.clip((1.0 - has) / np.maximum(has, 1e-9), 1.0 / _HEAVIEST, _HEAVIEST).astype(np.float32)

    def judge(self) -> Judge:
        """What validation tracks are judged with."""
        return Judge(
            mels=[self.mels[row] for row in self.valid.tolist()], truth=self.indicators[self.valid], multi_label=self.multi_label,
            frames=None if self.frames is None else [self.frames[row] for row in self.valid.tolist()], options=self.options,
        )  # fmt: skip


def _learn(task: _Task, folder: Path, *, crew: Crew, progress: Told | None) -> dict[str, Any]:
    """Train it, write the file and the summary; the leader's summary counts."""
    options = task.options
    device = _device(options)
    net = build_net(options, len(task.classes))
    lessons = task.lessons()
    level_db, spread_db = band_levels([lesson.mel for lesson in lessons], options.feature)
    net.level_db.copy_(torch.from_numpy(level_db))
    net.spread_db.copy_(torch.from_numpy(spread_db))
    heavier = task.heavier()
    draw = chunk_draw(
        lessons, feature=options.feature, chunk=options.chunk_frames, batch=options.batch, mixup=options.mixup, crew=crew,
        step_frames=net.size.step_frames if options.level == "frame" else 0,
        variation=scaled(FULL, options.augment) if options.augment else None,
    )  # fmt: skip
    loss = partial(
        classifier_loss, multi_label=task.multi_label, smoothing=options.smoothing,
        heavier=None if heavier is None else torch.from_numpy(heavier).to(device),
    )  # fmt: skip
    an_epoch = max(1, -(-len(lessons) * options.chunks // options.batch))
    watch = Watch(task.judge(), steps=an_epoch, epochs=options.epochs, patience=options.patience, crew=crew, progress=progress)
    averaged, came = train(
        net, draw, loss, steps=an_epoch * options.epochs, checkpoint=folder / "classifier.checkpoint", identity=task.identity,
        recipe=Recipe(
            seed=options.seed, rate=options.rate, warm=0.1, decay=options.decay, ema=0.98,
            bfloat16=options.precision == "bfloat16" or (options.precision == "auto" and device != "cpu"),
        ),
        tell=watch, tell_every=an_epoch, memory=watch, device=device, crew=crew, save_s=20.0,
    )  # fmt: skip
    if watch.best is not None:
        averaged.load_state_dict(watch.best)
    averaged = averaged.to("cpu").eval()
    judge = task.judge()
    thresholds = judge.thresholds(averaged) if task.multi_label and len(task.valid) else np.full(len(task.classes), 0.5)
    summary: dict[str, Any] = {
        "identity": task.identity, "options": asdict(options), "classes": list(task.classes), "multi_label": task.multi_label,
        "thresholds": thresholds.tolist(), "curve": [asdict(point) for point in watch.curve], "epochs": len(watch.curve),
        "best_epoch": watch.best_epoch or len(watch.curve), "seconds": round(came.spent_s, 3),
        "parameters": sum(value.numel() for value in averaged.parameters()),
    }  # fmt: skip
    if crew.leads:
        summary["error"] = export_classifier(
            averaged, folder / "classifier.onnx", classes=task.classes, multi_label=task.multi_label, thresholds=thresholds,
            feature=options.feature, chunk_frames=options.chunk_frames,
        )  # fmt: skip
        write_text(folder / _SUMMARY, json.dumps(summary, indent=1, ensure_ascii=False) + "\n")
        (folder / "classifier.checkpoint").unlink(missing_ok=True)
    summary["error"] = crew.decided(float(summary.get("error", 0.0)))
    return summary


def _finished(folder: Path, identity: str) -> dict[str, Any] | None:
    """The summary of this very training, where it was done before.

    Raises
    ------
    InputError : if it is of another one.
    """
    path = folder / _SUMMARY
    if not path.is_file() or not (folder / "classifier.onnx").is_file():
        return None
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    if found.get("identity") != identity:
        raise InputError(
            folder, found="another training", expected="an empty folder, or this training begun before", next_step="name another folder"
        )
    return found


def _device(options: ClassifierOptions) -> str:
    if options.device != "auto":
        return options.device
    return f"cuda:{os.environ.get('LOCAL_RANK', '0')}" if torch.cuda.is_available() else "cpu"
