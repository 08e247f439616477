"""Watching a classifier learn: what it says of validation tracks after every epoch, whose weights were best, when it is enough."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from hexachord.arrays import Float32Array, Float64Array, UInt8Array
from hexachord.dsp.features import dequantise
from hexachord.learning.deep.classifier_options import ClassifierOptions, Epoch
from hexachord.learning.deep.loop import Progress
from hexachord.learning.deep.together import Crew
from hexachord.metrics.classification import balanced_accuracy, confusion
from hexachord.metrics.tagging import areas, best_thresholds
from hexachord.models.chunks import chunk_starts, cut_chunk

_TINY = 1e-7


@dataclass(frozen=True, kw_only=True, eq=False)
class Judge:
    """Validation tracks, and what a network is worth on them.

    Attributes
    ----------
    mels : (frames, bands) bytes of each
    truth : (tracks, classes) of 0 and 1
    frames : for each track (frames, classes), where steps are judged
    """

    mels: Sequence[UInt8Array]
    truth: Float64Array
    multi_label: bool
    frames: Sequence[Float32Array] | None
    options: ClassifierOptions

    def heard(self, net: nn.Module) -> tuple[Float64Array, Float64Array]:
        """Let it hear all tracks: what is true and how likely it finds it, (tracks, classes) or (steps of all tracks, classes) both."""
        truth, chances = list[np.ndarray[Any, Any]](), list[np.ndarray[Any, Any]]()
        chunk, step = self.options.chunk_frames, int(net.size.step_frames)  # type: ignore[union-attr, arg-type, unused-ignore]
        steps = chunk // step
        for index, mel in enumerate(self.mels):
            starts = chunk_starts(len(mel), chunk, most=self.options.judged_chunks)
            inputs = dequantise(np.stack([cut_chunk(mel, start, chunk) for start in starts.tolist()]), self.options.feature)
            said = self._chances(net, torch.from_numpy(inputs))
            if self.frames is None:
                truth.append(self.truth[index : index + 1])
                chances.append(said.mean(axis=0, keepdims=True))
            else:
                places = (starts[:, None] + np.arange(steps * step)) % len(mel)
                over = self.frames[index][places].reshape(len(starts) * steps, step, -1).mean(axis=1)
                truth.append((over >= 0.5).astype(np.float64))
                chances.append(said[:, :steps].reshape(len(starts) * steps, -1))
        return np.concatenate(truth), np.concatenate(chances)

    def _chances(self, net: nn.Module, inputs: Tensor) -> Float64Array:
        with torch.no_grad():
            logits = net(inputs.to(next(net.parameters()).device)).float().cpu().double()
        return np.asarray((torch.sigmoid(logits) if self.multi_label else torch.softmax(logits, dim=-1)).numpy())

    def numbers(self, net: nn.Module) -> tuple[float, float]:
        """Cross entropy, and balanced accuracy or mean average precision."""
        truth, chances = self.heard(net)
        safe = np.clip(chances, _TINY, 1.0 - _TINY)
        if self.multi_label:
            loss = -float(np.mean(truth * np.log(safe) + (1.0 - truth) * np.log(1.0 - safe)))
            return loss, float(areas(truth.astype(np.int64), chances)["pr_auc"])
        actual = truth.argmax(axis=1)
        table = confusion(actual, chances.argmax(axis=1), classes=truth.shape[1])
        return -float(np.mean(np.log(safe[np.arange(len(actual)), actual]))), float(balanced_accuracy(table))

    def thresholds(self, net: nn.Module) -> Float64Array:
        """Choose for each label the chance from which on it counts."""
        truth, chances = self.heard(net)
        return best_thresholds(truth.astype(np.int64), chances)


class Watch:
    """What `hexachord.learning.deep.loop.train` tells after every epoch is written down here; it goes into the checkpoint, and comes back.

    Attributes
    ----------
    curve : an `Epoch` for each
    best : the weights of the best one; None without validation tracks
    """

    def __init__(
        self, judge: Judge, *, steps: int, epochs: int, patience: int, crew: Crew, progress: Callable[[float, str], None] | None
    ) -> None:
        self._judge, self._steps, self._epochs, self._patience, self._crew, self._progress = judge, steps, epochs, patience, crew, progress
        self.curve: list[Epoch] = []
        self.best: dict[str, Tensor] | None = None
        self.best_epoch = 0

    def __call__(self, progress: Progress, net: nn.Module) -> bool:
        """Judge an epoch; True when none of the last ones was better than one before."""
        epoch = progress.step // self._steps
        if epoch <= len(self.curve):  # told before an interruption
            return progress.enough
        loss, score = self._judge.numbers(net) if self._judge.mels and self._crew.leads else (float("nan"), float("nan"))
        loss, score = self._crew.decided(loss), self._crew.decided(score)
        point = Epoch(epoch=epoch, loss=self._crew.mean(progress.loss), valid_loss=loss, valid_score=score)
        if self._judge.mels and (not self.best_epoch or _worth(point) > _worth(self.curve[self.best_epoch - 1])):
            self.best_epoch = epoch
            self.best = {name: value.detach().clone() for name, value in net.state_dict().items()}
        self.curve.append(point)
        if self._progress is not None and self._crew.leads:
            said = f", validation {score:.3f} (best {self.curve[self.best_epoch - 1].valid_score:.3f})" if self._judge.mels else ""
            self._progress(progress.part, f"epoch {epoch} of {self._epochs}: loss {point.loss:.3f}{said}")
        return bool(self._judge.mels) and epoch - self.best_epoch >= self._patience

    def state_dict(self) -> dict[str, Any]:
        """Give everything it remembers."""
        return {"curve": [asdict(point) for point in self.curve], "best": self.best, "best_epoch": self.best_epoch}

    def load_state_dict(self, state: dict[str, Any], /) -> None:
        """Take it back."""
        self.curve = [Epoch(**point) for point in state["curve"]]
        self.best, self.best_epoch = state["best"], state["best_epoch"]


def _worth(point: Epoch) -> tuple[float, float]:
    """The score first, and of equal ones the lower loss."""
    return round(point.valid_score, 6), -point.valid_loss
