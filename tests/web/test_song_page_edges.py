"""Song pages that lack something, sound that cannot be decoded, and what accessibility rules find."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from invented_song import make_song, written_truth

Open = Callable[..., Any]
AXE = Path(__file__).resolve().parents[2] / "web/node_modules/axe-core/axe.min.js"

NOTHING = {
    "mix": None,
    "stems": [],
    "facts": [],
    "beats": None,
    "readings": [],
    "groove": None,
    "drums": None,
    "sections": None,
    "chords": None,
    "chord_tones": None,
    "harmony": None,
    "keys": None,
    "local_keys": None,
    "notes": None,
    "melody_notes": None,
    "melody": None,
    "spectrogram": None,
    "similarity": None,
    "scores": [],
    "sentences": [],
    "descriptors": [],
    "downloads": [],
    "commands": {},
}


@pytest.mark.parametrize(
    ("missing", "gone"),
    [
        ({"mix": None, "stems": []}, "#stems"),
        ({"stems": []}, "#stems"),
        ({"scores": []}, "#score"),
        ({"notes": None, "melody": None, "melody_notes": None, "spectrogram": None}, "[data-lane=roll]"),
        ({"beats": None}, "[data-lane=beats-heard]"),
        ({"beats": None, "readings": [], "groove": None}, "#rhythm, #click, [data-lane=tempo]"),
        ({"readings": [], "groove": None}, "#rhythm"),
        ({"drums": None}, "[data-lane=drums]"),
        ({"sections": None}, ".section-strip, .form-groups"),
        ({"similarity": None}, "#form"),
        ({"chords": None, "chord_tones": None, "harmony": None}, "#tones, .now-words, [data-lane=chords]"),
        ({"harmony": None}, "[data-lane=chords][style='height:52px']"),
        ({"keys": None, "local_keys": None}, "#harmony"),
        ({"sentences": []}, "#sentences"),
        (NOTHING, "#timeline"),
    ],
    ids=[
        "no sound",
        "no stems",
        "no score",
        "no notes",
        "no beats",
        "no rhythm",
        "no readings",
        "no drums",
        "no sections",
        "no self-similarity",
        "no chords",
        "no functions",
        "no keys",
        "no sentences",
        "nothing",
    ],
)
def test_what_is_missing_leaves_the_rest(open_page: Open, missing: dict[str, Any], gone: str) -> None:
    opened = open_page(make_song(**missing))
    assert opened.page.locator(gone).count() == 0
    assert opened.page.inner_text("h1")
    opened.page.keyboard.press("ArrowRight")
    opened.page.keyboard.press("l")
    opened.page.keyboard.press("+")
    opened.page.keyboard.press("1")
    opened.page.click("#play")
    opened.until("hexachord.transport.now() > 0.2")
    assert opened.errors == []


def test_a_song_without_sound_says_so_and_still_moves(open_page: Open) -> None:
    skipped = [{"what": "sound", "why": "the score has no notes to play"}]
    opened = open_page(make_song(mix=None, stems=[], skipped=skipped))
    assert "the score has no notes to play" in opened.page.inner_text(".transport .trouble")
    opened.page.click("#play")
    opened.until("hexachord.transport.now() > 0.2")
    assert "the score has no notes to play" in opened.page.inner_text("#skipped")


def test_sound_that_cannot_be_decoded_is_said_in_words(open_page: Open) -> None:
    song, blobs = make_song()
    broken = [type(blob)(blob.element, b"this is no sound" * 40) if blob.element in ("audio-mix", "audio-bass") else blob for blob in blobs]
    opened = open_page((song, broken))
    opened.page.click("#play")
    opened.page.wait_for_selector(".transport .trouble:visible")
    assert "cannot play" in opened.page.inner_text(".transport .trouble")
    opened.page.click("role=button[name='Mute Drums']")
    opened.page.wait_for_selector(".desk-state.trouble")
    assert "Bass" in opened.page.inner_text(".desk-state")


def test_an_empty_page_says_what_it_is(browser: Any, template: Path) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(template.as_uri())
    assert "holds no song" in page.inner_text("[role=alert]")
    context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_sticks_out_and_axe_finds_nothing_serious(open_page: Open, theme: str) -> None:
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: npm ci --ignore-scripts in web/")
    opened = open_page(make_song(written=written_truth()), width=360, theme=theme)
    opened.page.get_by_role("button", name="The chorus begins").click()
    opened.page.get_by_role("button", name="Chords as text", exact=True).click()
    opened.js("for (const d of document.querySelectorAll('details')) d.open = true")
    opened.js(AXE.read_text(encoding="utf-8") + ";undefined")
    for width in (360, 820, 1440):
        opened.page.set_viewport_size({"width": width, "height": 900})
        opened.page.wait_for_timeout(50)
        assert opened.js("document.documentElement.scrollWidth") <= width
        assert serious(opened) == []
    opened.page.click("#help-button")
    assert serious(opened) == []


def serious(opened: Any) -> list[Any]:
    """Return what axe finds serious or critical: rule, and the first places with the reason."""
    found = opened.js(
        """axe.run(document, { resultTypes: ['violations'] }).then((r) => r.violations.map(
            (v) => [v.impact, v.id, v.nodes.slice(0, 3).map((n) => n.target.join(' ') + ' ' + n.failureSummary)]))"""
    )
    return [violation for violation in found if violation[0] in ("serious", "critical")]
