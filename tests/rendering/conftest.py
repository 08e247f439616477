"""A shelf of real music, and takes drawn from it once for all tests."""

from pathlib import Path

import pytest

from hexachord.assets_folder import SOUNDFONT
from hexachord.rendering.instruments import Instruments, find_instruments
from hexachord.rendering.model import Take
from hexachord.rendering.shelf import Shelf
from hexachord.rendering.split import Split, load_split
from hexachord.rendering.take import draw_take

SOUND_FOLDERS = [Path("/usr/share/sounds/sf2"), Path("/usr/share/sounds/sf3"), Path("/usr/share/hydrogen/data/drumkits")]
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


@pytest.fixture(scope="session")
def small_band(split: Split) -> Instruments:
    """The package's own font: the same on every machine, and enough to play anything."""
    instruments = find_instruments(split, "train", folders=[SOUNDFONT.path.parent])
    if "font/fluid_r3_mono" not in instruments.paths:
        pytest.skip("the package's soundfont is not there: make assets fetches it")
    return instruments


@pytest.fixture(scope="session")
def everyone(small_band: Instruments, split: Split) -> Instruments:
    """Every instrument of the training side that this machine has."""
    return find_instruments(split, "train", folders=[SOUNDFONT.path.parent, *SOUND_FOLDERS])
