"""A shelf of real music, and takes drawn from it once for all tests."""

from pathlib import Path

import pytest

from hexachord.rendering.model import Take
from hexachord.rendering.shelf import Shelf
from hexachord.rendering.split import Split, load_split
from hexachord.rendering.take import draw_take

SPLITS = Path(__file__).parents[2] / "training" / "splits.json"


@pytest.fixture(scope="session")
def split() -> Split:
    return load_split(SPLITS)


@pytest.fixture(scope="session")
def shelf(data_dir: Path, split: Split) -> Shelf:
    return Shelf(data=data_dir, split=split)


@pytest.fixture(scope="session")
def takes(shelf: Shelf) -> list[Take]:
    return [draw_take(seed, shelf, length_s=20.0) for seed in range(150)]
