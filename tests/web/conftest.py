"""Song pages in the browser."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from invented_song import make_song

from hexachord.assets_folder import PAGE
from hexachord.page.blobs import Blob
from hexachord.page.html import write_page

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def template() -> Path:
    """The built page without a song: the working copy's own, else the installed one."""
    for path in (ROOT / "web/dist/page.html", PAGE.path):
        if path.is_file():
            return path
    pytest.skip("there is no built song page: `npm ci --ignore-scripts && npm run build` in web/, or `make assets`")


class OpenPage:
    """A page in the browser, with what it said and asked for."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.errors: list[str] = []
        self.requests: list[str] = []
        page.on("console", lambda message: message.type in ("error", "warning") and self.errors.append(message.text))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", lambda request: self.requests.append(request.url))

    def js(self, expression: str, argument: object = None) -> Any:
        """Evaluate in the page, where `hexachord` is what it made of the song."""
        return self.page.evaluate(expression, argument)

    def time_s(self) -> float:
        """Where the song is."""
        return float(self.js("hexachord.transport.now()"))

    def until(self, expression: str, timeout_ms: int = 8000) -> None:
        """Wait until an expression is true; asked from here, as the page's policy lets nobody evaluate strings inside."""
        end = time.monotonic() + timeout_ms / 1000
        while not self.js(expression):
            assert time.monotonic() < end, f"never came true: {expression}"
            self.page.wait_for_timeout(20)


@pytest.fixture
def open_page(browser: Any, template: Path, tmp_path: Path) -> Iterator[Callable[..., OpenPage]]:
    """Write a song's page and open it from disk."""
    contexts = []

    def opener(
        song: tuple[dict[str, Any], list[Blob]] | None = None,
        *,
        width: int = 1440,
        height: int = 900,
        theme: str = "light",
        motion: str = "reduce",
    ) -> OpenPage:
        path = tmp_path / f"page-{len(contexts)}.html"
        data, blobs = song or make_song()
        write_page(data, blobs, path, template=template)
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=theme, reduced_motion=motion, accept_downloads=True
        )
        contexts.append(context)
        context.set_default_timeout(8000)
        opened = OpenPage(context.new_page())
        opened.page.goto(path.as_uri())
        opened.page.wait_for_selector("#play, .noscript")
        return opened

    yield opener
    for context in contexts:
        context.close()
