"""Eight buttons for 88 keys, learnt: an encoder squeezes notes into buttons, a decoder makes notes of buttons again.

C. Donahue, I. Simon, S. Dieleman, "Piano Genie", IUI 2019. The encoder sees all notes of a crop and says a number for each, -1 to 1, which
is rounded to one of eight buttons with the gradient passed straight through (integer-quantised straight-through, IQST). The decoder is
causal: of every note it knows the button, how long it waited and which note was before. What is learnt beside the likelihood is that
buttons step as pitches do (contour), stay between -1 and 1 (margin), and that all of them are used (deviation). With the buttons left out
now and then the same decoder is a language model of notes without them: what buttons are worth can be measured on one network.
"""

import copy
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from hexachord.composition.genie.cues import BUTTONS, ENCODER_CUES, KEYS, KINDS, LONGEST_WAIT_S
from hexachord.files import atomic_path
from hexachord.learning.deep.export import export_plain, read_weights
from hexachord.learning.deep.temporal import TemporalNet, TemporalSize

KEY, WAIT, KIND, BUTTON, SCALE, CHORD, CUES = 0, 1, 2, 3, 4, 16, 28
"""Columns of what it learns from: key number (1 to 88; 0 after the end), seconds since the note before, kind, button, pitch classes of the
scale and of the chord (nothing: not said), and what the encoder sees."""
COLUMNS = CUES + ENCODER_CUES
UNSAID, ENCODED = -1, 0
"""In place of a button: none is known; the encoder chooses."""

_WAIT_CENTRES = 12
_FIRST_WAIT, _WAIT_STEP = -6.0, 0.8  # binary logarithms of seconds: 16 ms to 7 s
_OPSET = 17


@dataclass(frozen=True, kw_only=True)
class GenieSize:
    """What a genie is made of: width and layers of the decoder's LSTM, width and dilated convolutions of the encoder."""

    width: int = 192
    layers: int = 2
    dropout: float = 0.1
    encoder_width: int = 48
    encoder_blocks: int = 5


class GenieStep(nn.Module):
    """The decoder: logits of the 88 keys for each note, from its button and all notes before it."""

    def __init__(self, size: GenieSize) -> None:
        super().__init__()
        self.size = size
        self.keys = nn.Embedding(KEYS + 1, size.width)
        self.kinds = nn.Embedding(len(KINDS), size.width)
        self.cues = nn.Linear(_WAIT_CENTRES + 1 + 2 * (BUTTONS + 1) + 2 + 24, size.width)
        self.memory = nn.LSTM(size.width, size.width, size.layers, batch_first=True, dropout=size.dropout if size.layers > 1 else 0.0)
        self.head = nn.Linear(size.width, KEYS)

    def seen(self, button: Tensor, before: Tensor, known: Tensor, key: Tensor, wait_s: Tensor, kind: Tensor, context: Tensor) -> Tensor:
        """Put together what is known of each note.

        Parameters
        ----------
        button, before : (...) the button and the one before it, -1 to 1
        known : (...) 1 where buttons are known, else 0
        key : (...) key number of the note before, 1 to 88; 0 at the beginning
        wait_s, kind : (...)
        context : (..., 24) pitch classes of scale and chord
        """
        wait = torch.log2(wait_s.clamp(0.004, LONGEST_WAIT_S))
        waited = torch.stack(
            [torch.relu(1.0 - torch.abs(wait - (_FIRST_WAIT + _WAIT_STEP * index)) / _WAIT_STEP) for index in range(_WAIT_CENTRES)], dim=-1
        )
        at_once = (wait_s <= 0.0).to(wait.dtype)[..., None]
        pressed = [torch.cat([_near(each) * known[..., None], known[..., None]], dim=-1) for each in (button, before)]
        step = ((button - before) * known)[..., None]
        rows = torch.cat([waited, at_once, *pressed, step, step * step, context], dim=-1)
        return torch.relu(self.keys(key) + self.kinds(kind) + self.cues(rows))

    def forward(self, seen: Tensor) -> Tensor:
        """Tell the keys of whole sequences: (batch, notes, width) → (batch, notes, 88)."""
        heard, _ = self.memory(seen)
        logits: Tensor = self.head(heard)
        return logits


class GenieNet(nn.Module):
    """Encoder and decoder: (batch, notes, `COLUMNS`) → (batch, notes, 89): logits of 88 keys, and the encoder's number before rounding."""

    def __init__(self, size: GenieSize = GenieSize()) -> None:
        super().__init__()
        self.size = size
        self.encoder = TemporalNet(encoder_size(size))
        nn.init.normal_(self.encoder.head.weight, std=0.1)
        assert self.encoder.head.bias is not None
        nn.init.zeros_(self.encoder.head.bias)
        self.step = GenieStep(size)

    def forward(self, columns: Tensor) -> Tensor:
        """Read whole sequences."""
        said = self.encoder(columns[:, :, CUES:])[:, :, 0].float()
        chosen = columns[:, :, BUTTON]
        button = torch.where(chosen > 0, (chosen - 1.0) * (2.0 / (BUTTONS - 1)) - 1.0, _rounded(said))
        known = (chosen > UNSAID).to(button.dtype)
        before = functional.pad(button, (1, 0))[:, :-1]
        before = torch.cat([button[:, :1], before[:, 1:]], dim=1)
        key = functional.pad(columns[:, :, KEY], (1, 0))[:, :-1].long()
        seen = self.step.seen(
            button * known, before * known, known, key, columns[:, :, WAIT], columns[:, :, KIND].long(), columns[:, :, SCALE:CUES]
        )
        return torch.cat([self.step(seen).float(), said[:, :, None]], dim=2)


def encoder_size(size: GenieSize) -> TemporalSize:
    """Say what the encoder is made of."""
    return TemporalSize(
        bands=ENCODER_CUES, outputs=1, front=(), width=size.encoder_width, kernel=3, blocks=size.encoder_blocks, dropout=size.dropout
    )


def genie_loss(
    outputs: Tensor, targets: Tensor, known: Tensor, *, contour: float = 1.0, margin: float = 1.0, deviation: float = 0.2
) -> Tensor:
    """Cross entropy of the keys, in nats a note, and what keeps buttons playable.

    Parameters
    ----------
    outputs : of `GenieNet`
    targets, known : (batch, notes, 1) key numbers, 1 to 88, and 1 where there is a note
    contour : how much it counts where a button does not step a whole button with the pitch, or steps where the pitch stays, squared
    margin : for numbers beyond -1 to 1, squared
    deviation : for a crop whose buttons do not spread as even use would, around the middle
    """
    number = outputs[:, :, KEYS]
    there = known[:, :, 0]
    cost = functional.cross_entropy(outputs[:, :, :KEYS].transpose(1, 2), (targets[:, :, 0].long() - 1).clamp(min=0), reduction="none")
    fit = (cost * there).sum() / there.sum().clamp(min=1.0)
    both = there[:, 1:] * there[:, :-1]
    step = (number[:, 1:] - number[:, :-1]) * (BUTTONS - 1) / 2.0
    rises = torch.sign(targets[:, 1:, 0] - targets[:, :-1, 0])
    against = torch.where(rises == 0, step * step, torch.relu(1.0 - rises * step) ** 2)
    outside = torch.relu(number.abs() - 1.0) ** 2
    mean = (number * there).sum(dim=1) / there.sum(dim=1).clamp(min=1.0)
    spread = (((number - mean[:, None]) ** 2 * there).sum(dim=1) / there.sum(dim=1).clamp(min=1.0) + 1e-6).sqrt()
    uneven = mean**2 + (spread - 3.0**-0.5) ** 2
    return (
        fit
        + contour * (against * both).sum() / both.sum().clamp(min=1.0)
        + margin * (outside * there).sum() / there.sum().clamp(min=1.0)
        + deviation * uneven.mean()
    )


def load_genie(path: Path) -> GenieNet:
    """Read what `hexachord.learning.deep.export.save_weights` wrote of a genie, in evaluation mode."""
    plain, tensors = read_weights(path)
    net = GenieNet(GenieSize(**plain))
    net.load_state_dict(tensors)
    return net.eval()


def export_encoder(net: GenieNet, path: Path) -> float:
    """Write the encoder as ONNX: (1, notes, `ENCODER_CUES`) → (1, notes, 1), the number before rounding; see `export_plain`."""
    encoder = net.encoder
    return export_plain(encoder, path, columns=ENCODER_CUES, multiple=1, feature="cues", logits="number", reach=encoder.size.back)


def export_step(net: GenieNet, path: Path, *, tolerance: float = 1e-3) -> float:
    """Write one step of the decoder as ONNX, and compare it with torch over a sequence.

    Inputs: ``button`` and ``before`` (1,) int64, 1 to 8, 0 for none known; ``key`` (1,) int64, key number of the note before (MIDI number
    minus 20), 0 for none; ``wait_s`` (1,) float32; ``kind`` (1,) int64; ``context`` (1, 24) float32, pitch classes of scale and chord;
    ``state`` (layers, 2, width) float32, zeros at first. Outputs: ``logits`` (1, 88) and ``next_state``. Its operators are plain
    arithmetic that every ONNX runtime has, one for browsers too.

    Returns
    -------
    The largest difference of logits over 60 steps.

    Raises
    ------
    ValueError : if it is above `tolerance`; then nothing is written.
    """
    import onnxruntime

    step = _OneStep(copy.deepcopy(net.step)).eval()
    names = ["button", "before", "key", "wait_s", "kind", "context", "state"]
    first = (
        torch.tensor([3]), torch.tensor([2]), torch.tensor([40]), torch.tensor([0.5]), torch.tensor([1]), torch.zeros(1, 24),
        torch.zeros(net.size.layers, 2, net.size.width),
    )  # fmt: skip
    with atomic_path(path) as temporary, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            step, first, str(temporary), dynamo=False, opset_version=_OPSET, input_names=names, output_names=["logits", "next_state"]
        )
        session = onnxruntime.InferenceSession(temporary.read_bytes(), providers=["CPUExecutionProvider"])
        random = np.random.default_rng(0)
        state, kept, worst = first[-1].numpy(), first[-1], 0.0
        for _ in range(60):
            sizes = (BUTTONS + 1, BUTTONS + 1, KEYS + 1, len(KINDS))
            button, before, key, kind = (random.integers(0, size, 1) for size in sizes)
            wait_s, context = random.exponential(0.5, 1).astype(np.float32), random.integers(0, 2, (1, 24)).astype(np.float32)
            row = (button, before, key, wait_s, kind, context)
            logits, state = session.run(None, dict(zip(names, (*row, state), strict=True)))
            with torch.no_grad():
                wanted, kept = step(*(torch.from_numpy(each) for each in row), kept)
            worst = max(worst, float(np.abs(logits - wanted.numpy()).max()), float(np.abs(state - kept.numpy()).max()))
        if worst > tolerance:
            raise ValueError(f"the exported step differs from the trained one by {worst:.1e}, allowed are {tolerance:.0e}")
    return worst


class _OneStep(nn.Module):
    """One note of the decoder, its LSTM written out in sums and products."""

    def __init__(self, step: GenieStep) -> None:
        super().__init__()
        self.step = step

    def forward(
        self, button: Tensor, before: Tensor, key: Tensor, wait_s: Tensor, kind: Tensor, context: Tensor, state: Tensor
    ) -> tuple[Tensor, Tensor]:
        known = (button > 0).float()
        pressed, previous = (((each.float() - 1.0) * (2.0 / (BUTTONS - 1)) - 1.0) * known for each in (button, before))
        previous = torch.where(before > 0, previous, pressed)
        heard = self.step.seen(pressed, previous, known, key, wait_s, kind, context)
        after = []
        memory = self.step.memory
        for layer in range(memory.num_layers):
            into, back = getattr(memory, f"weight_ih_l{layer}"), getattr(memory, f"weight_hh_l{layer}")
            bias = getattr(memory, f"bias_ih_l{layer}") + getattr(memory, f"bias_hh_l{layer}")
            hidden, cell = state[layer, 0][None], state[layer, 1][None]
            let_in, keep, new, out = torch.chunk(heard @ into.T + hidden @ back.T + bias, 4, dim=1)
            cell = torch.sigmoid(keep) * cell + torch.sigmoid(let_in) * torch.tanh(new)
            heard = torch.sigmoid(out) * torch.tanh(cell)
            after.append(torch.cat([heard, cell], dim=0))
        return self.step.head(heard), torch.stack(after)


def _rounded(number: Tensor) -> Tensor:
    """The nearest of eight evenly spaced numbers from -1 to 1; gradients pass as if nothing had been rounded."""
    half = (BUTTONS - 1) / 2.0
    nearest = torch.round((number.clamp(-1.0, 1.0) + 1.0) * half) / half - 1.0
    return number + (nearest - number).detach()


def _near(button: Tensor) -> Tensor:
    """How near each of the eight buttons is, 1 to 0; its neighbours have a third, which is where gradients come from."""
    place = (button + 1.0) * ((BUTTONS - 1) / 2.0)
    return torch.stack([torch.relu(1.0 - torch.abs(place - index) / 1.5) for index in range(BUTTONS)], dim=-1)
