"""The network that completes voices."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from hexachord.errors import InputError  # noqa: E402
from hexachord.learning.deep.export import save_weights  # noqa: E402
from hexachord.learning.deep.voice_export import export_voices, load_voices  # noqa: E402
from hexachord.learning.deep.voice_net import VoiceNet, VoiceSize  # noqa: E402

SMALL = VoiceSize(width=16, beat_width=20, layers=2, heads=2, inner=32)


@pytest.fixture
def net():
    torch.manual_seed(0)
    made = VoiceNet(SMALL)
    torch.nn.init.normal_(made.hold.weight)
    return made.eval()


def codes(beats: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, SMALL.codes, (1, beats * 4, SMALL.columns)).astype(np.int32)


def test_every_cell_gets_logits_and_hears_the_whole_piece(net):
    given = codes(12)
    changed = given.copy()
    changed[0, 0, 3] = (changed[0, 0, 3] + 1) % SMALL.classes
    with torch.no_grad():
        said, other = net(torch.from_numpy(given)), net(torch.from_numpy(changed))
    assert said.shape == (1, 48, SMALL.voices * SMALL.classes)
    assert (said[0, 47] - other[0, 47]).abs().max() > 0


def test_a_masked_cell_may_repeat_its_neighbour(net):
    for parameter in net.parameters():
        torch.nn.init.zeros_(parameter)
    with torch.no_grad():
        net.hold.bias[:] = 3.0
    given = np.full((1, 8, SMALL.columns), SMALL.codes - 2, dtype=np.int32)  # all masked
    given[0, 3, 1] = 40
    with torch.no_grad():
        said = net(torch.from_numpy(given)).view(8, SMALL.voices, SMALL.classes)
    assert [int(said[step, 1].argmax()) for step in (1, 2, 4, 5)] == [40] * 4
    assert said[7].abs().max() == 0
    assert said[4, 0].abs().max() == 0


def test_onnx_says_the_same_and_weights_come_back(net, tmp_path):
    plain = export_voices(net, tmp_path / "plain.onnx", int8=False)
    small = export_voices(net, tmp_path / "voices.onnx")
    assert plain.error < 1e-4
    assert (plain.rounding, small.rounding < 0.1) == (0.0, True)
    assert small.bytes < plain.bytes
    save_weights(net, tmp_path / "voices.safetensors")
    again = load_voices(tmp_path / "voices.safetensors")
    with torch.no_grad():
        difference = again(torch.from_numpy(codes(5))) - net(torch.from_numpy(codes(5)))
    assert difference.abs().max() < 0.05
    assert again.size == SMALL
    with pytest.raises(InputError, match="found nothing"):
        load_voices(tmp_path / "nothing.safetensors")
