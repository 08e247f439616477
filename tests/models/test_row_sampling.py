"""Rows are drawn as likely as the model says, of what is legal, the same for the same seed."""

from collections.abc import Sequence

import numpy as np
import pytest

from hexachord.models.row_sampling import Chance, draw_values, stream_rows, write_rows

SIZES = (4, 6)
PART, NOTE, END = 1, 2, 3


class Model:
    """Stands for `RowSteps`: the second field is likely to be the sum of all that was read, and a note is as likely as an end."""

    fields, sizes, context = len(SIZES), SIZES, 40

    def __init__(self, candidates: int = 1, sure: float = 2.0) -> None:
        self.candidates, self.sure, self.keep, self.restarts = candidates, sure, 0, 0
        self.read: list[list[np.ndarray]] = []

    def begin(self, rows: Sequence[np.ndarray], *, keep: int | Sequence[int] = 0) -> None:
        self.keep = keep
        self.read = [list(each) for each in rows]

    @property
    def lengths(self) -> np.ndarray:
        return np.array([len(read) for read in self.read])

    def restart(self, candidate: int, rows: np.ndarray) -> None:
        self.read[candidate] = list(rows)
        self.restarts += 1

    def feed(self, rows: Sequence[np.ndarray]) -> None:
        for read, more in zip(self.read, rows, strict=True):
            read.extend(more)

    def field_logits(self, field: int, chosen: np.ndarray) -> np.ndarray:
        assert chosen.shape == (self.candidates, field)
        logits = np.zeros((self.candidates, SIZES[field]), dtype=np.float32)
        if field == 1:
            total = [int(np.sum(read)) % 6 for read in self.read]
            logits[np.arange(self.candidates), total] = self.sure
        return logits


class Notes:
    """Some notes from 1 to 4, each told once more behind it, then an end."""

    def __init__(self, count: int) -> None:
        self.left, self.done = count, False
        self.rows = [(PART, 1), (PART, 2)]
        self.pending = list(self.rows)

    def feed(self) -> np.ndarray:
        rows, self.pending = self.pending, []
        return np.array(rows, dtype=np.int64).reshape(-1, 2)

    def mask(self, chosen: Sequence[int]) -> np.ndarray:
        legal = np.zeros(SIZES[len(chosen)], dtype=bool)
        if not chosen:
            legal[NOTE if self.left else END] = True
        else:
            legal[slice(1, 5) if chosen[0] == NOTE else 0] = True
        return legal

    def push(self, row: Sequence[int]) -> None:
        self.rows.append(tuple(row))
        self.pending += [tuple(row), tuple(row)]
        self.left -= 1
        self.done = row[0] == END


class Retold(Notes):
    """The same, and what stands so far can be told in one row."""

    def refreshed(self, most: int) -> np.ndarray:
        assert most == Model.context // 2
        return np.array([(PART, 5)])


def drawn(logits: list[float], chance: Chance, *, legal: list[bool] | None = None, count: int = 4000) -> np.ndarray:
    many = np.tile(np.array(logits), (count, 1))
    allowed = np.ones(many.shape, dtype=bool) if legal is None else np.tile(np.array(legal), (count, 1))
    values, _ = draw_values(many, allowed, np.random.default_rng(0).random(count), chance=chance)
    return np.bincount(values, minlength=len(logits)) / count


def test_values_come_as_often_as_they_are_likely() -> None:
    chances = np.array([0.5, 0.3, 0.15, 0.05])
    logits = np.log(chances).tolist()
    np.testing.assert_allclose(drawn(logits, Chance()), chances, atol=0.03)
    np.testing.assert_allclose(drawn(logits, Chance(temperature=0.5)), chances**2 / (chances**2).sum(), atol=0.03)
    np.testing.assert_allclose(drawn(logits, Chance(top_k=2)), [0.625, 0.375, 0, 0], atol=0.03)
    np.testing.assert_allclose(drawn(logits, Chance(top_p=0.7)), [0.625, 0.375, 0, 0], atol=0.03)
    np.testing.assert_allclose(drawn(logits, Chance(top_p=0.49)), [1, 0, 0, 0])
    np.testing.assert_allclose(drawn(logits, Chance(min_p=0.2)), [0.5 / 0.95, 0.3 / 0.95, 0.15 / 0.95, 0], atol=0.03)
    np.testing.assert_allclose(drawn(logits, Chance(temperature=0)), [1, 0, 0, 0])


def test_ways_to_leave_out_add_up() -> None:
    logits = np.log([0.4, 0.3, 0.2, 0.1]).tolist()
    np.testing.assert_allclose(drawn(logits, Chance(top_k=3, top_p=0.6)), [4 / 7, 3 / 7, 0, 0], atol=0.03)
    np.testing.assert_allclose(drawn(logits, Chance(top_k=2, top_p=0.95)), [4 / 7, 3 / 7, 0, 0], atol=0.03)
    np.testing.assert_allclose(drawn(logits, Chance(min_p=0.6, top_k=3)), [4 / 7, 3 / 7, 0, 0], atol=0.03)
    assert (drawn([0.0] * 4, Chance(top_k=2)) > 0).sum() == 2  # as likely as others, yet no more than so many


@pytest.mark.parametrize("chance", [Chance(), Chance(temperature=0), Chance(top_k=1), Chance(top_p=0.1), Chance(min_p=1.0)])
def test_what_is_illegal_never_comes(chance: Chance) -> None:
    found = drawn([50.0, 0.0, -1000.0, 3.0], chance, legal=[False, False, True, False], count=50)
    assert found.tolist() == [0, 0, 1, 0]


def test_the_edge_of_chance() -> None:
    values, likely = draw_values(np.zeros((2, 3)), np.array([[True, True, False]] * 2), np.array([0.0, np.nextafter(1.0, 0.0)]))
    assert values.tolist() == [0, 1]
    np.testing.assert_allclose(likely, 0.5)


@pytest.mark.parametrize("wrong", [{"temperature": -1.0}, {"top_k": -1}, {"top_p": 0.0}, {"min_p": 2.0}, {"temperature": float("nan")}])
def test_chances_that_cannot_be(wrong: dict) -> None:
    with pytest.raises(ValueError, match="no chance"):
        Chance(**wrong)


def test_walks_of_different_lengths_end() -> None:
    model, walks = Model(3), [Notes(5), Notes(0), Notes(9)]
    nats = write_rows(model, walks, seed=4)  # type: ignore[arg-type]
    assert [len(walk.rows) for walk in walks] == [8, 3, 12]
    assert model.keep == [2, 2, 2]
    assert [len(read) for read in model.read] == [2 + 2 * 6, 4, 2 + 2 * 9]  # behind the last end nothing is read
    assert nats[1] == 0
    assert (nats[[0, 2]] > 0.1).all()


def test_the_same_seed_writes_the_same_and_each_candidate_its_own() -> None:
    def written(seed: int, count: int) -> list[list[tuple[int, ...]]]:
        walks = [Notes(20) for _ in range(count)]
        write_rows(Model(count), walks, seed=seed)  # type: ignore[arg-type]
        return [walk.rows for walk in walks]

    four = written(1, 4)
    assert four == written(1, 4)
    assert four[:2] == written(1, 2)
    assert four[0] != four[1]
    assert four != written(2, 4)


def test_turn_by_turn() -> None:
    walk = Notes(3)
    turns = list(stream_rows(Model(), [walk], chance=Chance(temperature=0)))  # type: ignore[arg-type]
    assert [turn.rows[0].tolist() for turn in turns] == [list(row) for row in walk.rows[2:]]


def test_leaning_and_a_chance_for_each_field() -> None:
    walk = Notes(30)
    lean = lambda field, chosen: np.array([0.0, 0.0, 0.0, 99.0, 0.0, 0.0]) if field == 1 else None
    write_rows(Model(), [walk], lean=lean, chance=[Chance(), Chance(top_p=0.9)])  # type: ignore[arg-type]
    assert set(walk.rows[2:-1]) == {(NOTE, 3)}


def test_guidance_goes_away_from_what_nobody_asked_for() -> None:
    """Both read the same but for what is asked; twice the sureness leads to the likeliest more often."""

    def agreed(guidance: float) -> float:
        walk = Notes(300)
        model = Model(2 if guidance != 1 else 1, sure=1.0)
        write_rows(model, [walk], guidance=guidance, without=lambda rows: 0 * rows)  # type: ignore[arg-type]
        total, right = sum(map(sum, walk.rows[:2])), []
        for row in walk.rows[2:-1]:
            if 1 <= total % 6 <= 4:
                right.append(row[1] == total % 6)
            total += 2 * sum(row)
        return float(np.mean(right))

    assert agreed(4.0) > agreed(1.0) + 0.2
    with pytest.raises(ValueError, match="guidance"):
        write_rows(Model(2), [Notes(1)], guidance=2.0)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="candidates"):
        write_rows(Model(2), [Notes(1)])  # type: ignore[arg-type]


def test_a_full_context_is_told_again_by_walks_that_can() -> None:
    model, walks = Model(2), [Retold(50), Notes(50)]
    write_rows(model, walks)  # type: ignore[arg-type]
    assert len(model.read[1]) == 2 + 2 * 50
    assert len(model.read[0]) <= Model.context
    assert model.read[0][0].tolist() == [PART, 5]
    assert model.restarts == 2  # after 20 rows of two each, and again

    model = Model(4)
    write_rows(model, [Retold(50), Notes(50)], guidance=2.0, without=lambda rows: 0 * rows)  # type: ignore[arg-type]
    assert len(model.read[2]) == len(model.read[0]) <= Model.context
    assert model.restarts == 4


def test_a_prompt_longer_than_the_context_is_told_again() -> None:
    walk = Retold(1)
    walk.pending = walk.pending * 30
    model = Model()
    write_rows(model, [walk])  # type: ignore[arg-type]
    assert model.read[0][0].tolist() == [PART, 5]
    assert len(model.read[0]) == 3
