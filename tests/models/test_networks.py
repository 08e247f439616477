from pathlib import Path

import numpy as np
import pytest

from hexachord.errors import InputError
from hexachord.models.networks import network_blocks, open_network, run_network


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """Two outputs: the sum over bins of five frames, and of three; weights with a direction, so that a shift would show."""
    onnx = pytest.importorskip("onnx")
    helper, tensor = onnx.helper, onnx.TensorProto
    nodes, weights = [helper.make_node("Transpose", ["mel_db"], ["turned"], perm=[0, 2, 1])], []
    for name, taps in (("wide", 5), ("narrow", 3)):
        kernel = np.arange(1, 4 * taps + 1, dtype=np.float32).reshape(1, 4, taps) / 10
        weights.append(onnx.numpy_helper.from_array(kernel, f"{name}_w"))
        nodes.append(helper.make_node("Conv", ["turned", f"{name}_w"], [f"{name}_c"], pads=[taps // 2, taps // 2]))
        nodes.append(helper.make_node("Transpose", [f"{name}_c"], [name], perm=[0, 2, 1]))
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info("mel_db", tensor.FLOAT, [1, "frames", 4])],
        [helper.make_tensor_value_info(name, tensor.FLOAT, [1, "frames", 1]) for name in ("wide", "narrow")],
        weights,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    helper.set_model_props(model, {"reach": "2"})
    onnx.save(model, str(tmp_path / "tiny.onnx"))
    return tmp_path / "tiny.onnx"


@pytest.mark.parametrize("block_frames", [1, 7, 50, 1000])
def test_blocks_give_what_the_whole_gives(tiny: Path, block_frames: int) -> None:
    network = open_network(tiny)
    assert (network.input, network.outputs, network.reach_frames) == ("mel_db", ("wide", "narrow"), 2)
    features = np.random.default_rng(0).normal(size=(101, 4)).astype(np.float32)
    whole = dict(zip(network.outputs, network.session.run(None, {"mel_db": features[None]}), strict=True))
    found = run_network(network, lambda first, last: features[first:last], len(features), block_frames=block_frames)
    for name in network.outputs:
        assert found[name].shape == (101, 1)
        np.testing.assert_allclose(found[name], whole[name][0], atol=1e-5)
    np.testing.assert_array_equal(network(features, block_frames=block_frames), found["wide"])


def test_no_more_is_read_than_a_block_and_its_surroundings(tiny: Path) -> None:
    spans = []

    def read(first: int, last: int) -> np.ndarray:
        spans.append((first, last))
        return np.zeros((last - first, 4), dtype=np.float32)

    firsts = [first for first, _ in network_blocks(open_network(tiny), read, 25, block_frames=10)]
    assert firsts == [0, 10, 20]
    assert spans == [(0, 12), (8, 22), (18, 25)]
    with pytest.raises(ValueError, match="one frame"):
        next(network_blocks(open_network(tiny), read, 25, block_frames=0))


def test_nothing_in_gives_nothing_out(tiny: Path) -> None:
    assert open_network(tiny)(np.zeros((0, 4), dtype=np.float32)).shape == (0, 1)


def test_a_network_is_opened_once_until_it_changes(tiny: Path) -> None:
    first = open_network(tiny)
    assert open_network(str(tiny)) is first
    content = tiny.read_bytes()
    tiny.unlink()
    with pytest.raises(InputError, match="no such file"):
        open_network(tiny)
    tiny.write_bytes(content)
    assert open_network(tiny).session is not None


def test_what_is_missing_or_broken_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no weights of this name.*another engine"):
        open_network("clairvoyance")
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(b"this is no network")
    with pytest.raises(InputError, match="no network that can be opened"):
        open_network(broken)


def test_a_shipped_network_runs_in_blocks() -> None:
    network = open_network("drums")
    bands = network.session.get_inputs()[0].shape[-1]
    features = np.random.default_rng(1).normal(-20, 10, size=(700, bands)).astype(np.float32)
    whole = network.session.run(None, {network.input: features[None]})[0][0]
    np.testing.assert_allclose(network(features, block_frames=256), whole, atol=1e-5)
