"""The language model over rows: it looks back only, its fields look at those before them, and it can learn."""

from functools import partial

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from hexachord.learning.deep.loop import Recipe, train  # noqa: E402
from hexachord.learning.deep.row_net import RowNet, RowSize, field_losses, row_loss  # noqa: E402

SIZES = (5, 7, 4)
SIZE = RowSize(field_sizes=SIZES, width=32, layers=2, heads=2, head_width=16, memories=1, inner=48, head=16)


def noise(count: int, *, batch: int = 2, seed: int = 0) -> torch.Tensor:
    random = np.random.default_rng(seed)
    return torch.from_numpy(np.stack([random.integers(0, size, (batch, count)) for size in SIZES], axis=-1))


def net_of(seed: int = 0) -> RowNet:
    torch.manual_seed(seed)
    return RowNet(SIZE).eval()


@torch.no_grad()
def test_what_comes_later_changes_nothing_before() -> None:
    net, rows = net_of(), noise(20)
    other = rows.clone()
    other[:, 12] = (other[:, 12] + 1) % torch.tensor(SIZES)
    one, two = net(rows), net(other)
    assert torch.equal(one[:, :11], two[:, :11])  # rows 1 to 11
    assert (one[:, 12:] - two[:, 12:]).abs().max() > 1e-3


@torch.no_grad()
def test_a_field_sees_those_before_it_in_its_row() -> None:
    net, rows = net_of(), noise(6)
    last = rows.clone()
    last[:, 5, 1] = (last[:, 5, 1] + 1) % SIZES[1]
    one, two = net(rows)[:, 4], net(last)[:, 4]
    assert torch.equal(one[:, : SIZES[0] + SIZES[1]], two[:, : SIZES[0] + SIZES[1]])
    assert (one[:, sum(SIZES[:2]) :] - two[:, sum(SIZES[:2]) :]).abs().max() > 1e-3


def test_only_fields_that_count_are_judged() -> None:
    logits, rows, counts = torch.zeros(1, 3, sum(SIZES)), noise(3, batch=1), torch.zeros(1, 3, 3)
    counts[0, 0] = 1
    counts[0, 1, 0] = 1
    found = field_losses(logits, rows, counts, field_sizes=SIZES)
    assert found.tolist() == pytest.approx([2 * np.log(5), np.log(7), np.log(4)])
    assert float(row_loss(logits, rows, counts, field_sizes=SIZES)) == pytest.approx(float(found.sum()) / 2)
    assert float(row_loss(logits, rows, 0 * counts, field_sizes=SIZES)) == 0.0


def test_a_small_one_learns_rows_by_heart() -> None:
    torch.manual_seed(0)
    rows = noise(24, batch=4, seed=3).numpy().astype(np.int16)
    counts = np.ones(rows.shape, dtype=bool)
    counts[:, :5] = False  # nothing tells how they begin

    def draw(random: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        return rows, rows[:, 1:], counts[:, 1:]

    loss = partial(row_loss, field_sizes=SIZES)
    with torch.no_grad():
        before = float(loss(RowNet(SIZE)(torch.from_numpy(rows)), torch.from_numpy(rows)[:, 1:], torch.from_numpy(counts)[:, 1:]))
    net, _ = train(RowNet(SIZE), draw, loss, recipe=Recipe(rate=1e-2, ema=0.9), steps=150)
    with torch.no_grad():
        after = float(loss(net(torch.from_numpy(rows)), torch.from_numpy(rows)[:, 1:], torch.from_numpy(counts)[:, 1:]))
    assert before > 4.0
    assert after < 0.2


@torch.no_grad()
def test_rows_of_one_field_are_tokens() -> None:
    net = RowNet(RowSize(field_sizes=(11,), width=32, layers=1, heads=2, head_width=16, memories=1, inner=48, head=16)).eval()
    rows = torch.from_numpy(np.random.default_rng(0).integers(0, 11, (2, 9, 1)))
    other = rows.clone()
    other[:, 6] = (other[:, 6] + 1) % 11
    one, two = net(rows), net(other)
    assert one.shape == (2, 8, 11)
    assert torch.equal(one[:, :6], two[:, :6])
    assert (one[:, 6:] - two[:, 6:]).abs().max() > 1e-4
    assert net.later().shape == (0, 16)


@pytest.mark.parametrize("wrong", [{"field_sizes": ()}, {"heads": 3, "memories": 2}, {"head_width": 20}, {"memories": 3}])
def test_sizes_that_cannot_be(wrong: dict) -> None:
    with pytest.raises(ValueError, match="no network"):
        RowSize(**{**vars(SIZE), **wrong})
