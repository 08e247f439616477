"""Fixtures every test may use."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

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


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """The system's Chromium, without a window; one for all tests, as Playwright can be started once."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install -e .[test]")
    executable = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if executable is None:
        pytest.skip("there is no Chromium on PATH to open the page with")
    with sync_api.sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--no-first-run"]
        chromium = playwright.chromium.launch(executable_path=executable, args=flags)
        yield chromium
        chromium.close()
