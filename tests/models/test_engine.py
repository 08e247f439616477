import pytest

from hexachord.errors import InputError, MissingExtraError
from hexachord.models.engine import Card, Engine, pick_engine

CARD = Card(summary="a test")
FIRST = Engine(name="sums/builtin", target="builtins:sum", card=CARD)
OTHER = Engine(name="sums/fsum", target="math:fsum", card=CARD)
ABSENT = Engine(name="sums/absent", target="nowhere_to_be:found", card=CARD, modules=("nowhere_to_be",), extra="fancy")


def test_the_first_listed_is_the_default_and_a_name_chooses() -> None:
    assert pick_engine((FIRST, OTHER), task="sums") is FIRST
    assert pick_engine((FIRST, OTHER), task="sums", name="fsum") is OTHER
    assert pick_engine((FIRST, OTHER), task="sums", name="sums/fsum").load()([1, 2]) == 3


def test_an_unknown_name_lists_those_there_are() -> None:
    with pytest.raises(InputError, match=r"expected one of sums/builtin, sums/fsum"):
        pick_engine((FIRST, OTHER), task="sums", name="gsum")


def test_a_task_nobody_does_is_our_bug() -> None:
    with pytest.raises(ValueError, match="no engine"):
        pick_engine((FIRST,), task="products")


def test_an_absent_part_is_named_with_its_extra() -> None:
    assert not ABSENT.available
    with pytest.raises(MissingExtraError, match=r"hexachord\[fancy\]"):
        ABSENT.load()
