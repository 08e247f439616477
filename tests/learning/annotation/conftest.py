"""A folder of short sounds, and projects that ask about them."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from hexachord.learning.annotation.project import Project, labels_project
from hexachord.learning.annotation.store import Store

RATE_HZ = 8000


@pytest.fixture(scope="session")
def music(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve tones of one second, and two more that are known."""
    folder = tmp_path_factory.mktemp("music")
    t = np.arange(RATE_HZ) / RATE_HZ
    for number in range(12):
        path = folder / f"album {number % 3}/ton {number:02d} ü.wav"
        path.parent.mkdir(exist_ok=True)
        soundfile.write(path, 0.3 * np.sin(2 * np.pi * 220 * 2 ** (number / 12) * t), RATE_HZ)
    for name in ("train", "check"):
        soundfile.write(folder / f"{name}.wav", 0.3 * np.sin(2 * np.pi * 440 * t), RATE_HZ)
    return folder


@pytest.fixture
def make_store(tmp_path: Path, music: Path) -> Callable[..., Store]:
    """Make or open a store of that music."""

    def make(project: Project | None = None, *, name: str = "store.sqlite", folder: Path | None = None) -> Store:
        return Store(tmp_path / name, project=project or labels_project(["jazz", "rock"], repeats=0.25), folder=folder or music)

    return make
