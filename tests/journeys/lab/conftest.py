"""The lab's pages in the browser."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest


class OpenPage:
    """A page, with what it complained of and what it asked for."""

    def __init__(self, browser: Any, path: Path, *, width: int = 1200, dark: bool = False) -> None:
        self.page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme="dark" if dark else "light")
        self.errors: list[str] = []
        self.requests: list[str] = []
        self.page.on("console", lambda message: message.type in ("error", "warning") and self.errors.append(message.text))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("dialog", lambda dialog: (self.errors.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.goto(path.resolve().as_uri())

    def js(self, expression: str) -> Any:
        """Evaluate in the page."""
        return self.page.evaluate(expression)


@pytest.fixture
def open_page(browser: Any) -> Iterator[Any]:
    """Open a file in the browser; the page is closed afterwards."""
    opened: list[OpenPage] = []

    def open_it(path: Path, **how: Any) -> OpenPage:
        opened.append(OpenPage(browser, path, **how))
        return opened[-1]

    yield open_it
    for each in opened:
        each.page.close()
