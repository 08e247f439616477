"""The smallest network that hears beats: a log-mel spectrogram in, how likely a beat and a downbeat are in every frame out.

A few convolutions fold frequency away, then dilated convolutions look wide in time: 9 blocks of kernel 5 see 20 s either way, more than a
slow bar of 7. Davies & Böck, "Temporal convolutional networks for musical audio beat tracking", EUSIPCO 2019; Böck & Davies, "Deconstruct,
analyse, reconstruct", ISMIR 2020; beats as the sum of "any beat" and "downbeat", and a loss that lets a peak be a frame off: Foscarin,
Schlüter & Widmer, "Beat this!", ISMIR 2024.
"""

from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from hexachord.files import atomic_path


@dataclass(frozen=True, kw_only=True)
class NetSize:
    """What the network is made of.

    Attributes
    ----------
    bands : of the spectrogram
    front : (channels, frames, bands, stride) of each convolution over frequency
    width : channels along time
    kernel : frames one dilated convolution sees
    blocks : dilated convolutions; the dilation doubles from one to the next
    dropout : of whole channels, in the blocks
    """

    bands: int = 128
    front: tuple[tuple[int, int, int, int], ...] = ((16, 3, 8, 4), (32, 3, 4, 4))
    width: int = 36
    kernel: int = 5
    blocks: int = 9
    dropout: float = 0.1

    @property
    def reach(self) -> int:
        """How many frames either way decide about a frame."""
        in_front = sum(frames // 2 for _, frames, _, _ in self.front)
        return in_front + self.kernel // 2 * (2**self.blocks - 1)


class BeatNet(nn.Module):
    """``(batch, frames, bands)`` decibels → ``(batch, frames, 2)`` logits of a beat and of a downbeat.

    `level_db` and `spread_db`, per band, are those of the music it learns from; they travel with the weights.
    """

    def __init__(self, size: NetSize = NetSize()) -> None:
        super().__init__()
        self.size = size
        self.register_buffer("level_db", torch.zeros(size.bands))
        self.register_buffer("spread_db", torch.ones(size.bands))
        layers: list[nn.Module] = []
        channels, bands = 1, size.bands
        for out, frames, taps, stride in size.front:
            layers += [
                nn.Conv2d(channels, out, (frames, taps), stride=(1, stride), padding=(frames // 2, taps // 2), bias=False),
                nn.BatchNorm2d(out),
                nn.ReLU(),
            ]
            channels, bands = out, (bands + 2 * (taps // 2) - taps) // stride + 1
        # channels last is what these run fastest in, and it makes folding free
        self.front = nn.Sequential(*layers).to(memory_format=torch.channels_last)
        self.fold = nn.Linear(channels * bands, size.width)
        self.blocks = nn.ModuleList(_Block(size, dilation=2**index) for index in range(size.blocks))
        self.head = nn.Conv1d(size.width, 2, 1)
        nn.init.zeros_(self.head.weight)
        nn.init.constant_(self.head.bias, -2.0)  # most frames are no beat

    def forward(self, mel_db: Tensor) -> Tensor:
        scaled = (mel_db - self.level_db) / self.spread_db
        seen = self.front(scaled[:, None])
        heard = self.fold(seen.permute(0, 2, 3, 1).flatten(2)).transpose(1, 2)
        for block in self.blocks:
            heard = block(heard)
        logits = self.head(functional.relu(heard))
        beat, downbeat = logits[:, :1] + logits[:, 1:], logits[:, 1:]
        return torch.cat([beat, downbeat], dim=1).transpose(1, 2)


class _Block(nn.Module):
    """A look at frames `dilation` apart, added to what was known."""

    def __init__(self, size: NetSize, *, dilation: int) -> None:
        super().__init__()
        self.look = nn.Conv1d(size.width, size.width, size.kernel, padding=dilation * (size.kernel // 2), dilation=dilation, bias=False)
        self.norm = nn.BatchNorm1d(size.width)
        self.drop = nn.Dropout1d(size.dropout)
        self.mix = nn.Conv1d(size.width, size.width, 1)

    def forward(self, heard: Tensor) -> Tensor:
        return heard + self.mix(self.drop(functional.relu(self.norm(self.look(heard)))))


def parameter_count(net: nn.Module) -> int:
    """Count what is learnt."""
    return sum(parameter.numel() for parameter in net.parameters())


def tolerant_loss(logits: Tensor, target: Tensor, known: Tensor, *, tolerance: int, weight: Tensor) -> Tensor:
    """Cross entropy that forgives a peak up to `tolerance` frames beside its beat.

    Every frame is judged by the highest logit within the tolerance: at a beat it should be high, away from beats all of them low; frames
    nearer than twice the tolerance to a beat see its peak and are not judged.

    Parameters
    ----------
    logits, target, known : (batch, frames, 2); `target` is 1 where a beat is, else 0; `known` is 0 where nothing is known
    tolerance : frames
    weight : (2,) what a beat and a downbeat count against a frame without
    """
    logits, target, known = logits.transpose(1, 2), target.transpose(1, 2), known.transpose(1, 2)
    highest = functional.max_pool1d(logits, 2 * tolerance + 1, stride=1, padding=tolerance)
    near = functional.max_pool1d(target, 4 * tolerance + 1, stride=1, padding=2 * tolerance)
    judged = known * (target + 1.0 - near)
    loss = functional.binary_cross_entropy_with_logits(highest, target, pos_weight=weight[:, None], reduction="none")
    return (loss * judged).sum() / judged.sum().clamp(min=1.0)


class _WithChances(nn.Module):
    """The network as it is shipped: decibels in, probabilities out."""

    def __init__(self, net: BeatNet) -> None:
        super().__init__()
        self.net = net

    def forward(self, mel_db: Tensor) -> Tensor:
        return torch.sigmoid(self.net(mel_db))


def export_onnx(net: BeatNet, path: Path, *, tolerance: float = 1e-4) -> float:
    """Write the network as ONNX (``mel_db (1, frames, bands)`` → ``chance (1, frames, 2)``) and compare it with torch.

    Returns
    -------
    The largest difference on noise of two lengths.

    Raises
    ------
    ValueError : if it is above `tolerance`.
    """
    import onnxruntime

    whole = _WithChances(net).eval()
    random = np.random.default_rng(0)
    level, spread = net.level_db.numpy(), net.spread_db.numpy()
    examples = [(random.normal(size=(1, frames, net.size.bands)) * spread + level).astype(np.float32) for frames in (600, 1501)]
    with atomic_path(path) as temporary:
        torch.onnx.export(
            whole, (torch.from_numpy(examples[0]),), str(temporary), dynamo=False, opset_version=17,
            input_names=["mel_db"], output_names=["chance"], dynamic_axes={"mel_db": {1: "frames"}, "chance": {1: "frames"}},
        )  # fmt: skip
        session = onnxruntime.InferenceSession(temporary.read_bytes(), providers=["CPUExecutionProvider"])
        with torch.no_grad():
            errors = [
                float(np.abs(session.run(None, {"mel_db": example})[0] - whole(torch.from_numpy(example)).numpy()).max())
                for example in examples
            ]
        if max(errors) > tolerance:
            raise ValueError(f"the exported network differs from the trained one by {max(errors):.1e}, allowed are {tolerance:.0e}")
    return max(errors)


def save_net(net: BeatNet, path: Path) -> None:
    """Write size and weights."""
    with atomic_path(path) as temporary:
        torch.save({"size": asdict(net.size), "weights": net.state_dict()}, temporary)


def load_net(path: Path) -> BeatNet:
    """Read what `save_net` wrote."""
    content = torch.load(path, weights_only=True)
    net = BeatNet(NetSize(**{**content["size"], "front": tuple(tuple(layer) for layer in content["size"]["front"])}))
    net.load_state_dict(content["weights"])
    return net.eval()
