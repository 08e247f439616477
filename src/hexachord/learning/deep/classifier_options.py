"""How a classifier is trained, and what comes of it: plain data, without torch."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from hexachord.arrays import Float64Array, IntArray
from hexachord.dsp.features import LogMel
from hexachord.errors import InputError

Architecture = Literal["short-chunk", "short-chunk-residual", "crnn"]
Balance = Literal["sampling", "weights", "none"]
Precision = Literal["auto", "float32", "bfloat16"]


@dataclass(frozen=True, kw_only=True)
class ClassifierOptions:
    """How a classifier is trained; as it stands, minutes on a laptop.

    Attributes
    ----------
    architecture : ``short-chunk`` (Won et al., 2020), the same with residual blocks, or ``crnn`` (Nasrullah & Zhao, 2019)
    width : channels of its first layer; 16 learns in minutes on one core, 64 to 128 is what the papers have
    level : what is taught and judged: whole tracks by their chunks, or every step where labels change over time
    feature : what it is shown
    chunk_s : seconds of a chunk
    epochs : at most; the rate falls along a cosine until then
    chunks : of each track in an epoch, on average
    batch : chunks of a step, of all processes together
    rate, decay : the highest learning rate, and of the weights
    dropout : before the decision
    mixup : chunks are mixed by a part drawn from Beta(a, a) (Zhang et al., ICLR 2018); 0 does without
    smoothing : this share of a label is spread over all classes (Szegedy et al., CVPR 2016)
    augment : how much is done to chunks: 1 is gain by 6 dB, tilt and colour by some, noise, stripes of time and frequency taken out; 0
        shows them as they are
    balance : rare classes are drawn as often as others, or weigh as much, or nothing is done
    patience : epochs without a better one after which it is enough; only with validation tracks
    judged_chunks : of a validation track at most
    precision : ``auto`` multiplies in bfloat16 on a GPU
    device : ``auto`` is a GPU where there is one
    seed : of everything that is random
    """

    architecture: Architecture = "short-chunk"
    width: int = 16
    level: Literal["clip", "frame"] = "clip"
    feature: LogMel = field(default_factory=LogMel)
    chunk_s: float = 3.69
    epochs: int = 30
    chunks: int = 4
    batch: int = 32
    rate: float = 3e-3
    decay: float = 0.01
    dropout: float = 0.3
    mixup: float = 0.2
    smoothing: float = 0.05
    augment: float = 1.0
    balance: Balance = "sampling"
    patience: int = 10
    judged_chunks: int = 12
    precision: Precision = "auto"
    device: str = "auto"
    seed: int = 0

    def __post_init__(self) -> None:
        if self.architecture not in ("short-chunk", "short-chunk-residual", "crnn"):
            raise InputError("architecture", found=repr(self.architecture), expected="short-chunk, short-chunk-residual or crnn")
        if min(self.width, self.epochs, self.chunks, self.patience, self.judged_chunks) < 1 or self.batch < 2:
            raise InputError("options of a classifier", found=str(self), expected="counts of at least 1, batches of at least 2")
        if self.feature.bands < 128 or self.chunk_frames < 32:
            raise InputError("options of a classifier", found=str(self), expected="at least 128 bands and chunks of 32 frames")
        if not (0.0 <= self.smoothing < 1.0 and 0.0 <= self.dropout < 1.0 and self.mixup >= 0.0 and self.augment >= 0.0):
            raise InputError(
                "options of a classifier", found=str(self), expected="smoothing and dropout from 0 to 1, mixup and augment not below 0"
            )

    @property
    def chunk_frames(self) -> int:
        """Frames of a chunk."""
        return round(self.chunk_s / self.feature.hop_s)


@dataclass(frozen=True, kw_only=True)
class Epoch:
    """One point of the learning curve.

    Attributes
    ----------
    epoch : from 1 on
    loss : what it learns by, over its last hundred steps
    valid_loss : cross entropy of what it says of whole validation tracks; NaN where there are none
    valid_score : balanced accuracy of these, or mean average precision where tracks have several labels
    """

    epoch: int
    loss: float
    valid_loss: float
    valid_score: float


@dataclass(frozen=True, kw_only=True, eq=False)
class ClassifierResult:
    """A trained classifier.

    Attributes
    ----------
    path : of the ONNX file (see `hexachord.models.classifier`)
    rows, scores : (n,) tracks that were asked for, and (n, classes) how likely each class is
    thresholds : (classes,) from which chance on a label counts
    curve : epoch by epoch
    epochs, best_epoch : how many were made, and whose weights were kept
    parameters : of the network
    seconds : of learning
    error : the largest difference of chances between the trained network and the file
    """

    path: Path
    rows: IntArray
    scores: Float64Array
    thresholds: Float64Array
    curve: tuple[Epoch, ...]
    epochs: int
    best_epoch: int
    parameters: int
    seconds: float
    error: float
