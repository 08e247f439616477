"""Teaching views in a real browser: every slider moves by the keyboard, nothing complains, nothing is asked for."""

from pathlib import Path

import pytest
from lab_runs import HOSTILE
from test_teaching import own_table

from hexachord.journeys.lab.teaching.views import make_teaching_views

pytestmark = pytest.mark.slow
NAMES = ("svm", "neighbours", "losses", "penalties", "clusters", "overfitting", "splits", "confusion")


@pytest.fixture(scope="module")
def views(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("sklearn")
    return make_teaching_views(tmp_path_factory.mktemp("views"))[0].parent


@pytest.fixture(scope="module")
def hostile_views(tmp_path_factory: pytest.TempPathFactory) -> Path:
    table, labels = own_table(HOSTILE)
    return make_teaching_views(tmp_path_factory.mktemp("hostile"), table=table, labels=labels)[0].parent


@pytest.mark.parametrize("name", NAMES)
def test_sliders_move_and_are_heard(views: Path, open_page, name: str) -> None:
    page = open_page(views / f"{name}.html")
    reading = "document.querySelector('.reading').textContent"
    first = page.js(reading)
    assert first
    for slider in page.page.locator("input[type=range]").all():
        slider.focus()
        assert slider.get_attribute("aria-valuetext")
        before = page.js(reading)
        page.page.keyboard.press("Home")
        page.page.keyboard.press("ArrowRight")
        page.page.keyboard.press("End")
        ending = page.js(reading)
        page.page.keyboard.press("Home")
        assert len({before, ending, page.js(reading)}) > 1
        output = page.js(f"document.querySelector('output[for=\"{slider.get_attribute('id')}\"]').textContent")
        assert output == slider.get_attribute("aria-valuetext")
    for button in page.page.locator(".choices button").all():
        button.focus()
        page.page.keyboard.press("Space")
        assert button.get_attribute("aria-pressed") == "true"
        assert page.page.locator(".choices [aria-pressed=true]").count() == 1
    assert page.errors == []
    assert page.requests == [(views / f"{name}.html").resolve().as_uri()]
    assert page.js("[...document.querySelectorAll('svg path, svg circle')].every((each) => !/NaN|Infinity/.test(each.outerHTML))")


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("name", [*NAMES, "index"])
def test_small_screens_and_the_dark(views: Path, open_page, name: str, dark: bool) -> None:
    page = open_page(views / f"{name}.html", width=400, dark=dark)
    assert page.errors == []
    assert page.js("document.documentElement.scrollWidth") <= 400


def test_links_lead_there_and_back(views: Path, open_page) -> None:
    page = open_page(views / "index.html")
    for name in NAMES:
        page.page.locator(f'a[href="{name}.html"]').click()
        page.page.wait_for_selector(".reading")
        page.page.get_by_role("link", name="All views").click()
    assert page.errors == []


@pytest.mark.parametrize("name", NAMES)
def test_hostile_names_stay_names(hostile_views: Path, open_page, name: str) -> None:
    page = open_page(hostile_views / f"{name}.html", width=400)
    assert page.errors == []
    assert page.js("document.documentElement.scrollWidth") <= 400
    assert page.js("document.querySelectorAll('script').length") == 2
