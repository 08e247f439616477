"""What runs on onnxruntime says what torch says: at once, step by step, side by side, and when the context is full."""

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("onnx")
pytest.importorskip("safetensors")

from hexachord.errors import InputError  # noqa: E402
from hexachord.learning.deep.export import save_weights  # noqa: E402
from hexachord.learning.deep.row_export import export_rows, load_rows  # noqa: E402
from hexachord.learning.deep.row_net import RowNet, RowSize, field_losses  # noqa: E402
from hexachord.models.row_scoring import row_nats  # noqa: E402
from hexachord.models.row_steps import RowSteps  # noqa: E402

SIZES = (6, 30, 9)
SIZE = RowSize(field_sizes=SIZES, width=64, layers=2, heads=4, head_width=32, memories=2, inner=96, head=24)
CONTEXT = 128


def noise(count: int, seed: int = 0) -> np.ndarray:
    random = np.random.default_rng(seed)
    return np.stack([random.integers(0, size, count) for size in SIZES], axis=1)


@pytest.fixture(scope="module")
def net() -> RowNet:
    torch.manual_seed(0)
    made = RowNet(SIZE).eval()
    for weight in made.parameters():
        if weight.ndim > 1:
            torch.nn.init.normal_(weight, std=weight.shape[-1] ** -0.5)  # far from what is flat
    return made


@pytest.fixture(scope="module")
def path(net: RowNet, tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("rows") / "net.onnx"
    made = export_rows(net, found, context=CONTEXT, vocabulary='{"a": 1}', int8=False)
    assert made.error < 1e-3
    assert made.rounding == 0
    return found


def said(net: RowNet, rows: np.ndarray) -> np.ndarray:
    with torch.no_grad():
        return net.trunk(torch.from_numpy(rows)[None])[0, -1].numpy()


def test_at_once_and_one_by_one(net: RowNet, path: Path) -> None:
    steps, rows = RowSteps.open(path), noise(100)
    np.testing.assert_allclose(steps.begin(rows)[0], said(net, rows), atol=1e-3)
    steps.begin(rows[:1])
    for row in rows[1:]:
        steps.feed(row[None])
    np.testing.assert_allclose(steps.said[0], said(net, rows), atol=1e-3)
    steps.begin(rows[:10])
    steps.feed([rows[10:70]])  # many at once, behind others
    steps.feed([rows[70:]])
    np.testing.assert_allclose(steps.said[0], said(net, rows), atol=1e-3)
    assert steps.vocabulary == '{"a": 1}'


def test_fields_see_those_chosen(net: RowNet, path: Path) -> None:
    steps, rows = RowSteps.open(path), noise(12)
    steps.begin(rows[:-1])
    with torch.no_grad():
        wanted = np.split(net(torch.from_numpy(rows)[None])[0, -1].numpy(), np.cumsum(SIZES)[:-1])
    for field, logits in enumerate(wanted):
        np.testing.assert_allclose(steps.field_logits(field, rows[-1:, :field])[0], logits, atol=1e-3)


def test_candidates_do_not_hear_one_another(net: RowNet, path: Path) -> None:
    steps = RowSteps.open(path, candidates=3)
    pasts = [noise(length, seed=length) for length in (30, 5, 64)]
    steps.begin(pasts)
    for turn in range(12):  # the first reads three at a time, the second sometimes waits
        parts = [noise(3, seed=turn), noise(turn % 2, seed=40 + turn), noise(1, seed=80 + turn)]
        before = steps.said[1]
        steps.feed(parts)
        if turn % 2 == 0:
            np.testing.assert_array_equal(steps.said[1], before)
        pasts = [np.concatenate([past, part]) for past, part in zip(pasts, parts, strict=True)]
    assert steps.lengths.tolist() == [66, 11, 76]
    for candidate, past in enumerate(pasts):
        np.testing.assert_allclose(steps.said[candidate], said(net, past), atol=1e-3)


def test_the_same_beginning_is_read_once_and_shared(net: RowNet, path: Path) -> None:
    steps, rows = RowSteps.open(path, candidates=4), noise(20)
    steps.begin(noise(90, seed=5))
    steps.begin(rows)
    after = noise(4, seed=9)
    steps.feed(after)
    for candidate in range(4):
        np.testing.assert_allclose(steps.said[candidate], said(net, np.concatenate([rows, after[candidate : candidate + 1]])), atol=1e-3)


def test_a_full_context_keeps_what_was_asked_and_the_last_half(net: RowNet, path: Path) -> None:
    steps, rows = RowSteps.open(path, candidates=2), noise(160)
    steps.begin(rows[:120], keep=8)
    for index, row in enumerate(rows[120:130]):
        steps.feed(np.stack([row, row]))
        assert steps.lengths[0] == (121 + index if index < 8 else 8 + 60 + index - 7)
    kept = np.concatenate([rows[:8], rows[128 - 60 : 130]])
    np.testing.assert_allclose(steps.said[1], said(net, kept), atol=1e-3)


def test_a_beginning_longer_than_the_context(net: RowNet, path: Path) -> None:
    steps, rows = RowSteps.open(path), noise(300)
    steps.begin(rows, keep=10)
    np.testing.assert_allclose(steps.said[0], said(net, np.concatenate([rows[:10], rows[-59:]])), atol=1e-3)
    steps.feed([noise(100, seed=1)])
    assert steps.lengths[0] <= CONTEXT


def test_rows_cost_what_torch_says(net: RowNet, path: Path) -> None:
    steps, rows = RowSteps.open(path), noise(100)
    counts = np.random.default_rng(1).random(rows.shape) < 0.7
    steps.begin(rows[:5])
    before = steps.said
    found = row_nats(steps, rows, counts)
    with torch.no_grad():
        told = net(torch.from_numpy(rows)[None])
    counts[0] = False
    wanted = field_losses(told, torch.from_numpy(rows)[None, 1:], torch.from_numpy(counts)[None, 1:], field_sizes=SIZES)
    np.testing.assert_allclose(found.sum(axis=0), wanted.numpy(), rtol=1e-4)
    assert (found[~counts] == 0).all()
    np.testing.assert_array_equal(steps.said, before)


@pytest.mark.parametrize("length", [1, 2, 127, 128, 129, 192, 193, 300])
def test_a_long_piece_is_judged_row_by_row(net: RowNet, path: Path, length: int) -> None:
    """Each row once, with all that half a context holds before it."""
    steps, rows = RowSteps.open(path), noise(length)
    found = row_nats(steps, rows, np.ones(rows.shape, dtype=bool))
    assert (found[1:] > 0).all()
    for at in {max(1, length - 1), length // 2, min(128, length - 1), min(129, length - 1)} - {0}:
        if at < length:
            begin = 0 if at <= CONTEXT else (at - 1) // 64 * 64 - 64
            alone = row_nats(steps, rows[begin : at + 1], np.ones((at + 1 - begin, 3), dtype=bool))
            np.testing.assert_allclose(found[at], alone[-1], atol=1e-3)


def test_eight_bits_say_nearly_the_same(net: RowNet, tmp_path: Path) -> None:
    made = export_rows(net, tmp_path / "net.onnx", context=CONTEXT)
    assert 0 < made.rounding < 0.1  # nats
    assert made.bytes == sum(each.stat().st_size for each in tmp_path.iterdir())


def test_an_export_that_differs_is_not_written(net: RowNet, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="differs"):
        export_rows(net, tmp_path / "net.onnx", context=CONTEXT, tolerance=-1.0)
    assert not list(tmp_path.iterdir())


def test_weights_come_back(net: RowNet, tmp_path: Path) -> None:
    save_weights(net, tmp_path / "net.safetensors")
    back = load_rows(tmp_path / "net.safetensors")
    assert back.size == SIZE
    np.testing.assert_allclose(said(back, noise(9)), said(net, noise(9)), atol=0.05)


def test_what_is_no_model_is_told(path: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="beside"):
        RowSteps.open(path, heads=tmp_path / "none.npz")
    with pytest.raises(InputError, match="no such file"):
        RowSteps.open(tmp_path / "none.onnx")
    with pytest.raises(InputError, match="language model"):
        RowSteps.open("drums")
    with pytest.raises(ValueError, match="candidate"):
        RowSteps.open(path, candidates=0)
