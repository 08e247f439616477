"""The report in a real browser: no complaints, nothing asked for, and everything works from the keyboard."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
from lab_runs import HOSTILE, make_run

from hexachord.journeys.lab.excerpts import ExcerptOptions
from hexachord.journeys.lab.report import write_lab_report

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report with hostile names and sounds."""
    pytest.importorskip("sklearn")
    folder = tmp_path_factory.mktemp("report")
    run = make_run(HOSTILE, songs=6)
    tracks = []
    for number, track in enumerate(run.dataset.tracks):
        soundfile.write(folder / f"{number}.wav", 0.2 * np.sin(np.arange(22050) * 0.05), 22050)
        tracks.append(replace(track, path=folder / f"{number}.wav"))
    run = replace(run, dataset=replace(run.dataset, tracks=tuple(tracks)))
    return write_lab_report(run, folder / "out", excerpts=ExcerptOptions(length_s=1.0)).page


@pytest.mark.parametrize("width", [400, 1200])
@pytest.mark.parametrize("dark", [False, True])
def test_it_opens_without_complaints(report: Path, open_page, width: int, dark: bool) -> None:
    page = open_page(report, width=width, dark=dark)
    assert page.errors == []
    assert page.requests == [report.resolve().as_uri()]
    assert page.js("document.documentElement.scrollWidth") <= width


def test_the_map_from_the_keyboard(report: Path, open_page) -> None:
    page = open_page(report)
    page.page.locator(".song-map .song").first.focus()
    heard = {page.js("document.querySelector('.song-map .told').textContent")}
    for key in ["ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp"] * 3:
        page.page.keyboard.press(key)
        heard.add(page.js("document.querySelector('.song-map .told').textContent"))
    assert len(heard) >= 4
    assert all(" taken for " in words for words in heard)
    assert page.js("document.querySelectorAll('.song-map [tabindex=\"0\"]').length") == 1
    page.page.keyboard.press("Enter")
    page.page.wait_for_function("document.querySelector('.song.playing') !== null")
    page.page.keyboard.press("Escape")
    assert page.js("document.querySelector('.song.playing')") is None
    assert page.errors == []


def test_planes_and_classes_of_the_map(report: Path, open_page) -> None:
    page = open_page(report)
    before = page.js("document.querySelector('.song').style.transform")
    page.page.get_by_role("button", name="PCA").click()
    assert page.js("document.querySelector('.song').style.transform") != before
    assert "Trustworthiness" in page.js("document.querySelector('.trust').textContent")
    page.page.locator(".key button").first.click()
    assert page.js("document.querySelectorAll('.song.aside').length") == 24
    page.page.locator(".key button").first.click()
    assert page.js("document.querySelectorAll('.song.aside').length") == 0
    assert page.errors == []


def test_mistakes_are_narrowed_down(report: Path, open_page) -> None:
    page = open_page(report)
    shown = "[...document.querySelectorAll('.mistakes li')].filter((item) => !item.hidden).length"
    every = page.js(shown)
    assert page.js("document.querySelector('.mistakes .count').textContent") == f"{every} songs"
    choice = page.page.locator(".mistakes select").first
    wanted = choice.locator("option").nth(1).get_attribute("value")
    choice.select_option(wanted)
    assert 0 < page.js(shown) < every
    assert page.js(f"[...document.querySelectorAll('.mistakes li')].every((item) => item.hidden || item.dataset.actual === '{wanted}')")
    choice.select_option("")
    assert page.js(shown) == every
