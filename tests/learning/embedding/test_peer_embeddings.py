"""Adapters of others' networks, tried on tiny ones with random weights that their own classes wrote."""

import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

from hexachord.audio import Audio  # noqa: E402
from hexachord.errors import InputError  # noqa: E402
from hexachord.learning.embedding.embedding import embed  # noqa: E402

NOISE = Audio(samples=np.random.default_rng(0).normal(0, 0.1, 7 * 24000).astype(np.float32), rate_hz=24000)


@pytest.fixture
def mert(tmp_path: Path) -> Path:
    torch.manual_seed(0)
    config = transformers.HubertConfig(
        hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=24, conv_dim=(8, 8, 8), conv_stride=(8, 5, 4),
        conv_kernel=(10, 8, 4), num_conv_pos_embeddings=8, num_conv_pos_embedding_groups=2,
    )  # fmt: skip
    transformers.HubertModel(config).save_pretrained(tmp_path)
    settings = json.loads((tmp_path / "config.json").read_text())
    settings |= {"model_type": "mert_model", "sample_rate": 24000, "feature_extractor_cqt": False, "auto_map": {"AutoModel": "evil.Code"}}
    (tmp_path / "config.json").write_text(json.dumps(settings))
    (tmp_path / "preprocessor_config.json").write_text(json.dumps({"do_normalize": True}))
    return tmp_path


def test_mert(mert: Path) -> None:
    found = embed(NOISE, engine="mert", weights=mert)
    assert found.vectors.shape == (1, 16)
    assert (found.rate_hz, found.chunk_s, found.engine) == (24000, 5.0, "embedding/mert")
    louder = embed(Audio(samples=3 * NOISE.samples, rate_hz=24000), engine="mert", weights=mert)
    np.testing.assert_allclose(found.vector, louder.vector, atol=1e-4)  # it is normalised, as its authors do
    net = transformers.HubertModel.from_pretrained(
        mert, config=transformers.HubertConfig(**{**json.loads((mert / "config.json").read_text()), "model_type": "hubert"})
    )
    piece = torch.from_numpy(NOISE.samples[:, : 5 * 24000])
    with torch.no_grad():
        layers = net.eval()((piece - piece.mean()) / piece.std(correction=0), output_hidden_states=True).hidden_states
    np.testing.assert_allclose(found.vector, torch.stack(layers[1:]).mean(dim=(0, 2))[0].numpy(), atol=1e-4)
    settings = json.loads((mert / "config.json").read_text())
    for name in ("feature_extractor_cqt", "deepnorm"):
        (mert / "config.json").write_text(json.dumps(settings | {name: True}))
        with pytest.raises(InputError, match=name):
            embed(NOISE, engine="mert", weights=mert)


def test_clap(tmp_path: Path) -> None:
    torch.manual_seed(0)
    audio = {
        "hidden_size": 8, "patch_embeds_hidden_size": 4, "depths": [1, 1], "num_attention_heads": [1, 2], "num_hidden_layers": 2,
        "window_size": 4, "spec_size": 64, "num_mel_bins": 16, "projection_dim": 8, "patch_size": 4, "patch_stride": [4, 4],
        "aff_block_r": 1, "enable_fusion": False,
    }  # fmt: skip
    text = {
        "vocab_size": 20, "hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 1, "intermediate_size": 8, "projection_dim": 8,
        "max_position_embeddings": 16,
    }  # fmt: skip
    config = transformers.ClapConfig(audio_config=audio, text_config=text, projection_dim=8)
    transformers.ClapModel(config).save_pretrained(tmp_path)
    transformers.ClapFeatureExtractor(
        feature_size=16,
        sampling_rate=48000,
        hop_length=2000,
        fft_window_size=4096,
        max_length_s=3,
        truncation="rand_trunc",
        padding="repeatpad",
    ).save_pretrained(tmp_path)
    found = embed(NOISE, engine="clap", weights=tmp_path)
    assert found.vectors.shape == (2, 8)
    np.testing.assert_allclose(np.linalg.norm(found.vectors, axis=1), 1.0, atol=1e-5)
    np.testing.assert_array_equal(found.vector, embed(NOISE, engine="clap", weights=tmp_path).vector)
    with pytest.raises(InputError, match="type 'clap'"):
        embed(NOISE, engine="mert", weights=tmp_path)


@pytest.mark.parametrize("engine", ["mert", "clap"])
def test_nothing_is_fetched(tmp_path: Path, engine: str) -> None:
    with pytest.raises(InputError, match="download them"):
        embed(NOISE, engine=engine)
    with pytest.raises(InputError, match="no such file"):
        embed(NOISE, engine=engine, weights="m-a-p/MERT-v1-95M")
    (tmp_path / "config.json").write_text(json.dumps({"model_type": {"mert": "hubert", "clap": "clap"}[engine]}))
    with pytest.raises(InputError, match="cannot be opened"):
        embed(NOISE, engine=engine, weights=tmp_path)
    (tmp_path / "config.json").write_text("{")
    with pytest.raises(InputError, match="JSON"):
        embed(NOISE, engine=engine, weights=tmp_path)


@pytest.mark.skipif(importlib.util.find_spec("muq") is not None, reason="muq is installed")
def test_muq_asks_for_its_package(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"pip install .*muq"):
        embed(NOISE, engine="muq", weights=tmp_path)
