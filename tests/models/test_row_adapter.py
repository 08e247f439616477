"""Adapters of language models over rows: what is merged is what torch would have said, and files that do not fit are refused."""

from pathlib import Path

import numpy as np
import pytest

from hexachord.errors import InputError
from hexachord.models.row_adapter import RowAdapter, base_weights, load_adapter, merged_weights, rounded_columns, save_adapter
from hexachord.models.row_steps import RowSteps
from hexachord.models.tensor_file import read_tensors, write_tensors

torch = pytest.importorskip("torch")
pytest.importorskip("onnx")
safetensors = pytest.importorskip("safetensors.numpy")

from hexachord.files import sha256_of_file  # noqa: E402
from hexachord.learning.deep.export import save_weights  # noqa: E402
from hexachord.learning.deep.row_adapter import LowRank, adapted, factors  # noqa: E402
from hexachord.learning.deep.row_export import export_rows  # noqa: E402
from hexachord.learning.deep.row_net import RowNet, RowSize  # noqa: E402

SIZES = (6, 30, 9)
SIZE = RowSize(field_sizes=SIZES, width=64, layers=2, heads=4, head_width=32, memories=2, inner=96, head=24)
ROWS = np.stack([np.random.default_rng(3).integers(0, size, 40) for size in SIZES], axis=1)


@pytest.fixture(scope="module")
def net() -> RowNet:
    torch.manual_seed(0)
    made = RowNet(SIZE).eval()
    for weight in made.parameters():
        if weight.ndim > 1:
            torch.nn.init.normal_(weight, std=weight.shape[-1] ** -0.5)
    made.load_state_dict({name: value.half().float() for name, value in made.state_dict().items()})
    return made


@pytest.fixture(scope="module")
def pupil(net: RowNet) -> RowNet:
    made = adapted(net, rank=3, seed=1)
    torch.manual_seed(5)
    for module in made.modules():
        if isinstance(module, LowRank):
            torch.nn.init.normal_(module.up, std=0.3)
    return made.eval()


def saved(net: RowNet, pupil: RowNet, folder: Path, *, int8: bool) -> tuple[Path, Path]:
    model = folder / "net.onnx"
    export_rows(net, model, context=128, int8=int8)
    save_weights(net, model.with_suffix(".safetensors"))
    adapter = RowAdapter(base=sha256_of_file(model.with_suffix(".safetensors")), factors=factors(pupil), facts={"name": "mine"})
    return model, save_adapter(adapter, folder / "mine.safetensors")


def said(net: RowNet) -> np.ndarray:
    with torch.no_grad():
        return net.trunk(torch.from_numpy(ROWS)[None])[0, -1].numpy()


def test_what_was_just_adapted_says_what_it_said(net):
    assert np.array_equal(said(adapted(net, rank=2)), said(net))


def test_merged_in_full_precision_it_says_what_torch_says(net, pupil, tmp_path):
    model, adapter = saved(net, pupil, tmp_path, int8=False)
    heard = RowSteps.open(model, adapter=adapter).begin(ROWS)[0]
    assert np.abs(heard - said(pupil)).max() < 1e-3
    assert np.abs(heard - said(net)).max() > 0.5
    assert np.abs(RowSteps.open(model).begin(ROWS)[0] - said(net)).max() < 1e-3  # the model itself is as it was


def test_merged_in_8_bits_it_is_nearly_so_and_the_same_every_time(net, pupil, tmp_path):
    model, adapter = saved(net, pupil, tmp_path, int8=True)
    heard = RowSteps.open(model, adapter=adapter).begin(ROWS)[0].copy()
    plain = RowSteps.open(model).begin(ROWS)[0]
    assert np.abs(heard - said(pupil)).mean() < 0.15 * np.abs(plain - said(pupil)).mean()
    assert np.array_equal(heard, RowSteps.open(model, adapter=adapter).begin(ROWS)[0])


def test_rounding_is_that_of_the_export(net, pupil, tmp_path):
    import onnx
    from onnx import numpy_helper

    model, _ = saved(net, pupil, tmp_path, int8=True)
    stored = {each.name: numpy_helper.to_array(each) for each in onnx.load(model).graph.initializer}
    weights, scale = rounded_columns(np.ascontiguousarray(net.layers[0].ask.weight.detach().numpy().T))
    assert np.allclose(scale, stored["asked_0_weight_scale"], rtol=1e-5)
    assert (weights != stored["asked_0_weight_quantized"]).mean() < 0.001


def test_another_base_is_refused(net, pupil, tmp_path):
    model, adapter = saved(net, pupil, tmp_path, int8=True)
    other = adapted(net, rank=1)
    save_weights(RowNet(other.size), model.with_suffix(".safetensors"))
    with pytest.raises(InputError, match="an adapter of another model"):
        RowSteps.open(model, adapter=adapter)


def test_an_adapter_of_other_shapes_is_refused(net, pupil, tmp_path):
    model, adapter = saved(net, pupil, tmp_path, int8=True)
    wrong = RowAdapter(base=load_adapter(adapter).base, factors={"layers.7.ask": (np.zeros((1, 2)), np.zeros((3, 1)))}, facts={})
    with pytest.raises(InputError, match="does not fit"):
        merged_weights(model, save_adapter(wrong, tmp_path / "wrong.safetensors"))
    model.with_suffix(".safetensors").unlink()
    with pytest.raises(InputError, match="no such file"):
        base_weights(model)


@pytest.mark.parametrize("content", [b"", b"hello", b"\xff" * 40, (2).to_bytes(8, "little") + b"{}", (4).to_bytes(8, "little") + b"[1 ]"])
def test_what_is_no_adapter_is_refused(content, tmp_path):
    path = tmp_path / "mine.safetensors"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"mine\.safetensors"):
        load_adapter(path)
    with pytest.raises(InputError, match="no such file"):
        load_adapter(tmp_path / "none.safetensors")


def test_others_read_what_is_written_and_the_other_way_round(tmp_path):
    arrays = {"a": np.arange(6, dtype=np.float32).reshape(2, 3), "b": np.array([1, -2], dtype=np.int8), "c": np.zeros((0, 4), np.float16)}
    path = write_tensors(tmp_path / "a.safetensors", arrays, {"what": "näme"})
    for name, array in safetensors.load_file(path).items():
        assert np.array_equal(array, arrays[name])
        assert array.dtype == arrays[name].dtype
    safetensors.save_file(arrays, tmp_path / "b.safetensors", metadata={"x": "y"})
    found, words = read_tensors(tmp_path / "b.safetensors")
    assert words == {"x": "y"}
    assert all(np.array_equal(found[name], array) for name, array in arrays.items())
