"""musicnn without TensorFlow: its checkpoints are read, and its network computes what its graph says."""

from pathlib import Path

import numpy as np
import pytest
from bundles import small_musicnn, write_bundle

from hexachord.audio import Audio
from hexachord.errors import InputError
from hexachord.learning.embedding.embedding import embed
from hexachord.learning.embedding.musicnn import BANDS, VARIABLE, Musicnn, musicnn_spectrogram, open_musicnn
from hexachord.learning.embedding.tensor_bundle import read_bundle


@pytest.mark.parametrize("per_block", [1, 3, 100])
def test_a_bundle_is_read_as_it_was_written(tmp_path: Path, per_block: int) -> None:
    tensors = small_musicnn()
    found = read_bundle(write_bundle(tmp_path, tensors, per_block=per_block))
    assert found.keys() == tensors.keys()
    for name, value in tensors.items():
        assert found[name].dtype == value.dtype
        np.testing.assert_array_equal(found[name], value)


def test_a_prefix_names_both_files(tmp_path: Path) -> None:
    write_bundle(tmp_path, {"a/b": np.arange(6, dtype=np.float64).reshape(2, 3)})
    (tmp_path / ".index").rename(tmp_path / "model.ckpt.index")
    (tmp_path / ".data-00000-of-00001").rename(tmp_path / "model.ckpt.data-00000-of-00001")
    np.testing.assert_array_equal(read_bundle(tmp_path / "model.ckpt")["a/b"], [[0, 1, 2], [3, 4, 5]])
    with pytest.raises(InputError, match="no such file"):
        read_bundle(tmp_path)


@pytest.mark.parametrize("damage", ["magic", "cut", "compressed", "numbers", "empty"])
def test_a_damaged_bundle_is_named(tmp_path: Path, damage: str) -> None:
    write_bundle(tmp_path, small_musicnn())
    index, data = tmp_path / ".index", tmp_path / ".data-00000-of-00001"
    content = index.read_bytes()
    if damage == "magic":
        index.write_bytes(content[:-1] + b"x")
    elif damage == "cut":
        index.write_bytes(content[200:])
    elif damage == "compressed":
        where = content.index(b"\x01\x00\x00\x00\x00") + 4  # the end of the first block
        index.write_bytes(content[:where] + b"\x01" + content[where + 1 :])
    elif damage == "empty":
        index.write_bytes(b"")
    else:
        data.write_bytes(data.read_bytes()[:-9])
    with pytest.raises(InputError, match="cannot be read"):
        read_bundle(tmp_path)


def test_the_network_is_what_its_graph_says() -> None:
    torch = pytest.importorskip("torch")
    tensors = small_musicnn(3)
    heard = np.random.default_rng(1).uniform(0, 3, (60, BANDS)).astype(np.float32)
    weight = {name: torch.from_numpy(value).double() for name, value in tensors.items() if name != "step"}

    def normed(values: "torch.Tensor", number: int) -> "torch.Tensor":  # channels in the second place
        name = "batch_normalization" + (f"_{number}" if number else "")
        parts = [weight[f"{name}/{part}"] for part in ("moving_mean", "moving_variance", "gamma", "beta")]
        return torch.nn.functional.batch_norm(values, *parts, eps=1e-3)

    def convolved(values: "torch.Tensor", number: int, padding: tuple[int, int]) -> "torch.Tensor":
        name = "conv2d" + (f"_{number}" if number else "")
        kernel = weight[f"{name}/kernel"].permute(3, 2, 0, 1)
        wide = torch.nn.functional.pad(values, (0, 0, *padding))
        return normed(torch.relu(torch.nn.functional.conv2d(wide, kernel, weight[f"{name}/bias"])), number + 1)

    image = normed(torch.from_numpy(heard).double()[None, None], 0)
    front = [convolved(image, number, (3, 3)).amax(dim=3) for number in (0, 1)]
    front += [convolved(image, number, padding).amax(dim=3) for number, padding in ((2, (63, 64)), (3, (31, 32)), (4, (15, 16)))]
    features = [torch.cat(front, dim=1)]
    hidden = convolved(features[0].transpose(1, 2)[:, None], 5, (3, 3))[:, :, :, 0]
    features.append(hidden)
    for number in (6, 7):
        hidden = convolved(hidden.transpose(1, 2)[:, None], number, (3, 3))[:, :, :, 0] + hidden
        features.append(hidden)
    whole = torch.cat(features, dim=1)
    pooled = torch.stack([whole.amax(dim=2), whole.mean(dim=2)], dim=2).flatten(1)
    before = normed(torch.relu(normed(pooled, 9) @ weight["dense/kernel"] + weight["dense/bias"]), 10)
    tags = torch.sigmoid(before @ weight["dense_1/kernel"] + weight["dense_1/bias"])
    numbers, chances = Musicnn(tensors=tensors)(heard)
    np.testing.assert_allclose(numbers, before[0].numpy(), atol=1e-4)
    np.testing.assert_allclose(chances, tags[0].numpy(), atol=1e-5)


def test_the_engine_takes_the_user_s_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tone = Audio(samples=np.sin(np.arange(8 * 22050) * 0.05).astype(np.float32), rate_hz=22050)
    monkeypatch.delenv(VARIABLE, raising=False)
    with pytest.raises(InputError, match="pip download"):
        embed(tone, engine="musicnn")
    write_bundle(tmp_path / "weights", small_musicnn())
    found = embed(tone, engine="musicnn", weights=tmp_path / "weights")
    assert found.vectors.shape == (2, 10)
    assert found.engine == "embedding/musicnn"
    monkeypatch.setenv(VARIABLE, str(tmp_path / "weights"))
    np.testing.assert_array_equal(embed(tone, engine="musicnn").vector, found.vector)
    lacking = {name: value for name, value in small_musicnn().items() if not name.startswith("dense_1")}
    write_bundle(tmp_path / "other", lacking)
    with pytest.raises(InputError, match="another network"):
        open_musicnn(tmp_path / "other")


def test_the_spectrogram_is_librosa_s() -> None:
    librosa = pytest.importorskip("librosa")
    random = np.random.default_rng(0)
    signal = (random.normal(0, 0.1, 48000) + 0.3 * np.sin(np.arange(48000) * 0.2)).astype(np.float32)
    theirs = librosa.feature.melspectrogram(y=signal, sr=16000, hop_length=256, n_fft=512, n_mels=96, pad_mode="constant").T
    np.testing.assert_allclose(musicnn_spectrogram(signal), np.log10(10000 * theirs + 1), atol=1e-4)
