"""What is written of a trained network says what the network says."""

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("onnx")
pytest.importorskip("safetensors")

import onnxruntime  # noqa: E402

from hexachord.errors import InputError  # noqa: E402
from hexachord.learning.deep.export import export_onnx, export_stream, load_weights, save_weights, start_from  # noqa: E402
from hexachord.learning.deep.temporal import TemporalNet, TemporalSize  # noqa: E402
from hexachord.models.networks import open_network  # noqa: E402

SMALL = TemporalSize(bands=16, front=((4, 3, 4, 4),), width=8, blocks=4, includes=((0, 1),), extra=2, direct=True)


def small(**size: object) -> TemporalNet:
    torch.manual_seed(0)
    net = TemporalNet(TemporalSize(**{**vars(SMALL), **size}))
    torch.nn.init.normal_(net.head.weight)
    net.train()
    net(torch.randn(4, 200, 16))
    net.set_levels(torch.linspace(-50.0, -30.0, 16), torch.full((16,), 12.0))
    return net.eval()


@pytest.mark.parametrize("lookahead", [None, 2])
def test_onnx_says_what_torch_says(tmp_path: Path, lookahead: int | None) -> None:
    net = small(lookahead=lookahead)
    assert export_onnx(net, tmp_path / "net.onnx") < 1e-4
    session = onnxruntime.InferenceSession(str(tmp_path / "net.onnx"), providers=["CPUExecutionProvider"])
    mel = np.random.default_rng(1).normal(-40.0, 12.0, (1, 777, 16)).astype(np.float32)
    found = session.run(["chance"], {"mel_db": mel})[0]
    with torch.no_grad():
        expected = torch.sigmoid(net(torch.from_numpy(mel)))[:, :, :2].numpy()  # without the extra outputs
    assert found.shape == (1, 777, 2)
    assert np.ptp(found) > 0.01
    np.testing.assert_allclose(found, expected, atol=1e-4)
    told = session.get_modelmeta().custom_metadata_map
    assert told == {"back": str(net.size.back), "ahead": str(net.size.ahead), "reach": str(max(net.size.back, net.size.ahead))}


@pytest.mark.parametrize("lookahead", [None, 0])
def test_blocks_with_their_reach_are_the_whole(tmp_path: Path, lookahead: int | None) -> None:
    export_onnx(small(lookahead=lookahead), tmp_path / "net.onnx")
    network = open_network(tmp_path / "net.onnx")
    mel = np.random.default_rng(2).normal(-40.0, 12.0, (500, 16)).astype(np.float32)
    np.testing.assert_allclose(network(mel, block_frames=90), network(mel), atol=1e-5)


def test_a_stream_goes_on_where_it_was(tmp_path: Path) -> None:
    net = small(lookahead=3)
    assert export_stream(net, tmp_path / "net.onnx") < 1e-4
    session = onnxruntime.InferenceSession(str(tmp_path / "net.onnx"), providers=["CPUExecutionProvider"])
    kept = {each.name: np.zeros(each.shape, dtype=np.float32) for each in session.get_inputs()[1:]}
    mel = np.random.default_rng(1).normal(-40.0, 12.0, (1, 90, 16)).astype(np.float32)
    found = []
    for first in range(0, 90, 6):
        chance, *after = session.run(None, {"mel_db": mel[:, first : first + 6], **kept})
        kept = dict(zip(kept, after, strict=True))
        found.append(chance)
    with torch.no_grad():
        expected = torch.sigmoid(net(torch.from_numpy(mel)))[:, :, :2].numpy()
    np.testing.assert_allclose(np.concatenate(found, axis=1)[:, 3:], expected[:, :-3], atol=1e-4)
    with pytest.raises(ValueError, match="stream"):
        export_stream(small(), tmp_path / "never.onnx")


def test_an_export_that_differs_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="differs"):
        export_onnx(small(), tmp_path / "net.onnx", tolerance=-1.0)
    assert not list(tmp_path.iterdir())


def test_weights_come_back_in_half_precision(tmp_path: Path) -> None:
    net = small()
    save_weights(net, tmp_path / "net.safetensors")
    back = load_weights(tmp_path / "net.safetensors")
    assert back.size == net.size
    mel = torch.randn(1, 100, 16) * 12.0 - 40.0
    with torch.no_grad():
        torch.testing.assert_close(torch.sigmoid(back(mel)), torch.sigmoid(net(mel)), atol=0.02, rtol=0.0)


def test_a_network_may_start_from_another(tmp_path: Path) -> None:
    save_weights(small(), tmp_path / "net.safetensors")
    longer = small(blocks=5, extra=0)
    torch.nn.init.zeros_(longer.fold.weight)
    anew = start_from(longer, tmp_path / "net.safetensors")
    assert {name.split(".")[0] for name in anew} == {"blocks", "head"}
    torch.testing.assert_close(longer.fold.weight, small().fold.weight, atol=1e-3, rtol=1e-3)


def test_other_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nothing"):
        load_weights(tmp_path / "none.safetensors")
    (tmp_path / "text.safetensors").write_bytes(b"not weights at all")
    with pytest.raises(InputError, match="something else"):
        load_weights(tmp_path / "text.safetensors")
