"""The network of the embedding: what it sums up, what it is judged by, and that its file says the same."""

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from hexachord.audio import Audio  # noqa: E402
from hexachord.dsp.features import LogMel, dequantise, feature_bytes  # noqa: E402
from hexachord.errors import InputError  # noqa: E402
from hexachord.learning.deep.embedding_net import EmbeddingNet, EmbeddingSize, contrast, export_embedding  # noqa: E402
from hexachord.learning.embedding.embedding import embed  # noqa: E402
from hexachord.learning.embedding.production import embed_mels, open_production  # noqa: E402

SMALL = EmbeddingSize(front=(4, 6, 8), width=12, vector=10, project=5, told=3)


def small(seed: int = 0) -> EmbeddingNet:
    torch.manual_seed(seed)
    net = EmbeddingNet(SMALL)
    net.level_db.fill_(-30.0)
    net.spread_db.fill_(20.0)
    net.train()
    with torch.no_grad():
        for _ in range(20):
            net(torch.randn(8, 50, 128) * 20 - 30)  # norms that are not trivial
        net.usual.normal_(0.3, 0.1)
        net.basis.normal_(0.0, 0.1)
    return net.eval()


def test_shapes_and_size() -> None:
    net = small()
    out = net(torch.randn(3, 50, 128))
    assert out.shape == (3, 8)
    torch.testing.assert_close(out[:, :5].norm(dim=1), torch.ones(3))
    assert net.vector(torch.randn(3, 50, 128)).shape == (3, 10)
    assert sum(value.numel() for value in EmbeddingNet().parameters()) < 1_000_000


def test_when_something_happens_matters_less_than_what() -> None:
    net = small()
    heard = torch.randn(2, 60, 128) * 15 - 30
    with torch.no_grad():
        plain, later = net.vector(heard), net.vector(heard.roll(8, dims=1))
    near, far = (plain - later).norm(dim=1).mean(), (plain[0] - plain[1]).norm()
    assert near < far


def test_contrast_is_what_the_paper_says() -> None:
    torch.manual_seed(0)
    projected = torch.nn.functional.normalize(torch.randn(6, 4), dim=1)
    group = torch.tensor([0, 0, 1, 1, 1, 2])
    total, judged = 0.0, 0
    for one in range(6):
        others = [at for at in range(6) if at != one]
        alike = {at: float(projected[one] @ projected[at]) / 0.2 for at in others}
        own = [at for at in others if group[at] == group[one]]
        if own:
            total += float(np.mean([np.log(sum(np.exp(value) for value in alike.values())) - alike[at] for at in own]))
            judged += 1
    assert float(contrast(projected, group, temperature=0.2)) == pytest.approx(total / judged, rel=1e-4)
    assert float(contrast(projected, torch.arange(6))) == 0.0


def test_the_file_and_the_engine_say_what_torch_says(tmp_path: Path) -> None:
    net, path = small(), tmp_path / "net.onnx"
    assert export_embedding(net, path, feature=LogMel(), chunk_frames=50) < 1e-4
    model = open_production(path)
    assert (model.frames, model.feature) == (50, LogMel())
    time_s = np.arange(round(6.1 * 22050)) / 22050
    sound = (0.2 * np.sin(2 * np.pi * 300 * time_s * (1 + 0.1 * time_s))).astype(np.float32)
    found = embed(Audio(samples=sound, rate_hz=22050), weights=path)
    assert found.vectors.shape == (10, 10)
    np.testing.assert_allclose(np.diff(found.time_s), 0.5)
    whole = feature_bytes(sound, LogMel())
    with torch.no_grad():
        for index, vector in enumerate(found.vectors):
            first = 25 * index + 3
            wanted = net.vector(torch.from_numpy(dequantise(whole[first : first + 50], LogMel()))[None])[0].numpy()
            np.testing.assert_allclose(vector, wanted, atol=1e-3)
    mean = embed_mels([whole], weights=path)[0]
    assert np.linalg.norm(mean - found.vector) < 0.2 * np.linalg.norm(found.vectors - found.vector, axis=1).max()
    with pytest.raises(InputError, match="another kind"):
        open_production(Path(__file__).parents[3] / "src/hexachord/models/weights/rhythm.onnx")
    with pytest.raises(ValueError, match="differs"):
        export_embedding(net, tmp_path / "no.onnx", feature=LogMel(), chunk_frames=50, tolerance=0.0)
    assert not (tmp_path / "no.onnx").exists()
