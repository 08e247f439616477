"""Fixtures every test may use."""

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The folder of real music; a test that needs it skips with the reason when it is not there."""
    value = os.environ.get("HEXACHORD_DATA")
    if not value:
        pytest.skip("HEXACHORD_DATA is unset: it names the folder of real music (train/, bench/) this test reads")
    path = Path(value).expanduser().resolve()
    if not path.is_dir():
        pytest.skip(f"HEXACHORD_DATA={value} is not a folder")
    return path
