"""Draw the pictures of the song page that the README and these docs show: open a page in Chromium and photograph it.

Run `make tour` first; then, in the environment of the tests::

    python docs/make_pictures.py [hexachord-tour/six-small-notes.hexachord/page.html]
"""

import argparse
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

PICTURES = Path(__file__).resolve().parent / "pictures"
TOUR = Path("hexachord-tour/six-small-notes.hexachord/page.html")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run", "--autoplay-policy=no-user-gesture-required"]
HERO = (1440, 1040)
FRAME = (1200, 750)
PHONE = (390, 750)


def main() -> None:
    """Take all pictures of one page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("page", nargs="?", type=Path, default=TOUR, help="a song's page.html")
    parser.add_argument("--out", type=Path, default=PICTURES, help="folder for the PNGs")
    parser.add_argument("--at", type=float, default=0.42, help="where in the song, as a share of its length")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        take_pictures(browser, options.page.resolve(), options.out, share=options.at)
        browser.close()


def take_pictures(browser: Browser, page: Path, out: Path, *, share: float) -> None:
    """Photograph: the page as it opens, the score following, a stem alone, a sentence with its evidence, the harmony, and a phone."""
    with opened(browser, page, size=HERO) as sheet:
        play_from(sheet, share)
        shoot(sheet, out / "page.png")
    with opened(browser, page, size=FRAME) as sheet:
        shoot(sheet, out / "strip-1.png")
    with opened(browser, page, size=FRAME) as sheet:
        show(sheet, "#score")
        play_from(sheet, share)
        shoot(sheet, out / "strip-2.png")
    with opened(browser, page, size=FRAME) as sheet:
        show(sheet, "#stems")
        sheet.evaluate("hexachord.desk.open()")
        play_from(sheet, share)
        sheet.click(".strip:nth-child(1) .solo")
        sheet.wait_for_timeout(700)
        shoot(sheet, out / "strip-3.png")
    with opened(browser, page, size=FRAME) as sheet:
        sheet.locator(".sentence:has(.sentence-where)").first.click()
        sheet.wait_for_timeout(900)
        shoot(sheet, out / "strip-4.png")
    with opened(browser, page, size=FRAME) as sheet:
        show(sheet, "#harmony")
        close = sheet.evaluate("hexachord.song.chords.start_s.find((_, i) => i > 8 && hexachord.song.second_chords?.close[i]) ?? 0")
        sheet.evaluate("(time_s) => hexachord.transport.seek(time_s + 0.5)", close)
        sheet.wait_for_timeout(400)
        shoot(sheet, out / "page-harmony.png")
    with opened(browser, page, size=PHONE, theme="dark") as sheet:
        show(sheet, "#timeline")
        play_from(sheet, share)
        shoot(sheet, out / "strip-5.png")


@contextmanager
def opened(browser: Browser, page: Path, *, size: tuple[int, int], theme: Any = "light") -> Iterator[Page]:
    """Open the page in a window of its own, and wait until it has drawn and its seeks are exact."""
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, color_scheme=theme, reduced_motion="reduce")
    sheet = context.new_page()
    sheet.goto(page.as_uri())
    sheet.wait_for_selector("#play")
    sheet.wait_for_timeout(1500)
    yield sheet
    context.close()


def show(sheet: Page, selector: str) -> None:
    """Scroll a part of the page to the top of the window, and let it draw."""
    sheet.evaluate("(selector) => document.querySelector(selector).scrollIntoView()", selector)
    sheet.wait_for_timeout(800)


def play_from(sheet: Page, share: float) -> None:
    """Play from a share of the song's length, for a moment."""
    sheet.evaluate("(share) => { hexachord.transport.seek(share * hexachord.transport.duration_s); hexachord.transport.play(); }", share)
    sheet.wait_for_timeout(500)


def shoot(sheet: Page, path: Path) -> None:
    """Save what the window shows."""
    sheet.screenshot(path=path)
    print(path, f"{path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
