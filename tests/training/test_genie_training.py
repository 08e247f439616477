"""The genie's training: crops in other keys, a loss that wants contour, and from lines to a genie that plays."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("onnx")
pytest.importorskip("safetensors")
sys.path.insert(0, str(Path(__file__).parents[2] / "training"))

import genie as training
import torch
from genie_lines import GenieLine, crop, weights_of

from hexachord.composition.genie.cues import KEYS, scale_of
from hexachord.composition.genie.network import encode_buttons
from hexachord.composition.genie.playing import Genie, GenieOptions
from hexachord.learning.deep.genie import (
    BUTTON,
    CHORD,
    COLUMNS,
    CUES,
    ENCODED,
    KEY,
    SCALE,
    UNSAID,
    WAIT,
    GenieNet,
    GenieSize,
    genie_loss,
    load_genie,
)  # fmt: skip
from hexachord.models.networks import open_network

SMALL = GenieSize(width=24, layers=1, encoder_width=16, encoder_blocks=2)


def lines(count: int = 6) -> list[GenieLine]:
    made = []
    for seed in range(count):
        random = np.random.default_rng(seed)
        steps = random.choice([-4, -2, -1, 0, 1, 2, 4], 80)
        pitch = 50 + np.abs(np.cumsum(steps)) % 30
        chords = np.zeros((80, 12), dtype=np.float32)
        chords[:40, [0, 4, 7]] = 1.0
        made.append(
            GenieLine(
                id=f"pop909/{seed:03}/{('melody', 'both')[seed % 2]}", kind=("melody", "piano")[seed % 2],
                moment_s=np.cumsum(random.choice([0.0, 0.25, 0.5], 80)), pitch=pitch, scale=scale_of("C major"), chords=chords,
            )
        )  # fmt: skip
    return made


def test_crops_move_key_scale_and_chords_together() -> None:
    (line,) = lines(1)
    seen = set()
    for seed in range(60):
        rows, target, known = crop(line, np.random.default_rng(seed), notes=64)
        assert rows.shape == (64, COLUMNS)
        there = known[:, 0] > 0
        np.testing.assert_array_equal(rows[there, KEY], target[there, 0])
        assert (target[there] >= 1).all()
        assert (target[there] <= KEYS).all()
        assert (rows[there, WAIT] >= 0).all()
        assert not rows[~there].any()
        match = [shift for shift in range(-6, 6) for first in range(80)
                 if np.array_equal(line.pitch[first : first + int(there.sum())] + shift - 20, target[there, 0])]  # fmt: skip
        assert match
        shift = match[0]
        scale = rows[there, SCALE:CHORD]
        if scale.any():
            np.testing.assert_array_equal(scale[0], np.roll(line.scale, shift))
        if rows[0, CHORD:CUES].any():
            np.testing.assert_array_equal(rows[0, CHORD:CUES], np.roll(line.chords[0], shift))
        buttons = rows[there, BUTTON]
        seen.add("none" if (buttons == UNSAID).all() else "encoder" if (buttons == ENCODED).all() else "rule")
    assert seen == {"none", "encoder", "rule"}
    assert sum(weights_of(lines())) == pytest.approx(0.25 + 0.2)


def test_the_loss_wants_buttons_that_step_with_pitches() -> None:
    targets = torch.tensor([[40.0, 42.0, 44.0, 44.0]])[..., None]
    known = torch.ones_like(targets)
    outputs = torch.zeros(1, 4, KEYS + 1)

    def cost(*numbers: float) -> float:
        outputs[0, :, KEYS] = torch.tensor(numbers)
        return float(genie_loss(outputs, targets, known))

    button = 2.0 / 7.0
    good = cost(-button, 0.0, button, button)
    assert good < cost(button, 0.0, -button, -button)
    assert good < cost(-button, 0.0, button, 3 * button)
    assert good < cost(0.0, 0.0, 0.0, 0.0)
    assert cost(1.0 - 2 * button, 1.0 - button, 1.0, 1.0) < cost(1.0, 1.0 + button, 1.0 + 2 * button, 1.0 + 2 * button)


def test_the_future_and_the_note_itself_are_not_seen() -> None:
    torch.manual_seed(0)
    net = GenieNet(SMALL).eval()
    rows = torch.from_numpy(crop(lines(1)[0], np.random.default_rng(3), notes=32)[0])[None]
    rows[:, :, BUTTON] = 3.0  # given: the encoder sees all notes, and may
    with torch.no_grad():
        before = net(rows)[0, :, :KEYS]
        changed = rows.clone()
        changed[0, 20, KEY] = 1.0
        after = net(changed)[0, :, :KEYS]
    torch.testing.assert_close(before[:21], after[:21])
    assert float((before[21] - after[21]).abs().max()) > 1e-5


def test_buttons_get_a_gradient_through_rounding() -> None:
    net = GenieNet(SMALL)
    rows, target, known = (torch.from_numpy(each)[None] for each in crop(lines(1)[0], np.random.default_rng(0), notes=64))
    rows[:, :, BUTTON] = float(ENCODED)
    genie_loss(net(rows), target, known, contour=0.0, margin=0.0, deviation=0.0).backward()
    assert float(net.encoder.head.weight.grad.abs().max()) > 0.0


@pytest.mark.slow
def test_from_lines_to_a_genie(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "read_lines", lambda data, side: lines(6 if side == "train" else 2))
    out = tmp_path / "made"
    command = ["genie", "--data", str(tmp_path), "--out", str(out), "--keep", str(tmp_path / "keep"), "--minutes", "0.03"]
    small = ["--width", "24", "--layers", "1", "--encoder_width", "16", "--encoder_blocks", "2", "--notes", "32", "--batch", "4"]
    monkeypatch.setattr(sys, "argv", [*command, *small])
    training.main()
    card = json.loads((out / "genie.json").read_text())
    assert max(card["onnx_difference"].values()) < 1e-3
    assert 0.0 <= card["valid side"]["pop909/melody"]["encoder's contour"] <= 1.0
    net = load_genie(out / "genie.safetensors")
    assert net.size == SMALL
    genie = Genie(GenieOptions(seed=1), network=out / "genie.onnx")
    assert len(genie.play([1, 4, 8], [0.0, 0.5, 1.0])) == 3
    (line,) = lines(1)
    buttons = encode_buttons(line.pitch, line.moment_s, network=open_network(out / "genie_encoder.onnx"))
    assert buttons.shape == line.pitch.shape
    assert (tmp_path / "keep" / "genie.checkpoint").exists()
