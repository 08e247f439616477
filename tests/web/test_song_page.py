"""A song page in a real browser: it opens from disk, plays, seeks, loops, mixes, follows its score and proves its sentences."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from invented_song import make_song, written_truth

Open = Callable[..., Any]


def test_opens_from_disk_without_network_or_complaint(open_page: Open) -> None:
    opened = open_page()
    opened.page.wait_for_selector(".lane-roll canvas")
    assert all(url.startswith(("file:", "blob:", "data:")) for url in opened.requests)
    assert len([url for url in opened.requests if url.startswith("file:")]) == 1
    assert opened.errors == []
    assert opened.page.title() == "Invention <b>& Co</b>"  # as text, not as markup
    assert opened.page.inner_text("h1") == "Invention <b>& Co</b>"
    assert opened.page.inner_text("[data-fact=tempo] .value").startswith("120")
    assert "93 % sure" in opened.page.inner_text("[data-fact=tempo]")
    assert "A minor" in opened.page.inner_text("[data-fact=key]")


def test_policy_lets_nothing_out_and_nothing_foreign_run(open_page: Open) -> None:
    opened = open_page()
    policy = opened.page.get_attribute("meta[http-equiv=Content-Security-Policy]", "content")
    assert "default-src 'none'" in policy
    assert "script-src 'sha256-" in policy
    assert "connect-src" not in policy  # falls back to none
    assert opened.js("fetch('https://example.org/').then(() => 'out', () => 'refused')") == "refused"
    opened.js("(() => { const s = document.createElement('script'); s.textContent = 'window.ran = 1'; document.body.append(s); })()")
    assert opened.js("window.ran") is None


def test_play_advances_and_pause_holds(open_page: Open) -> None:
    opened = open_page()
    opened.page.click("#play")
    opened.until("hexachord.transport.now() > 0.3")
    assert opened.page.get_attribute("#play", "aria-label") == "Pause"
    opened.page.click("#play")
    held = opened.time_s()
    opened.page.wait_for_timeout(150)
    assert opened.time_s() == held
    assert opened.errors == []


def test_seek_by_pointer(open_page: Open) -> None:
    opened = open_page()
    box = opened.page.locator(".overview-wave").bounding_box()
    opened.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 40)
    assert opened.time_s() == pytest.approx(12.0, abs=0.1)
    opened.page.get_by_role("button", name="outro, 0:20 to 0:24").click()
    assert opened.time_s() == pytest.approx(20.0, abs=0.01)
    roll = opened.page.locator(".lane-roll")
    roll.scroll_into_view_if_needed()
    box = roll.bounding_box()
    opened.page.mouse.click(box["x"] + box["width"] / 4, box["y"] + 50)
    assert opened.time_s() == pytest.approx(6.0, abs=0.1)


def test_keys_move_by_beat_and_bar(open_page: Open) -> None:
    opened = open_page()
    press = opened.page.keyboard.press
    for key, expected_s in (
        ("ArrowRight", 0.5),
        ("ArrowRight", 1.0),
        ("ArrowLeft", 0.5),
        ("Shift+ArrowRight", 2.0),
        ("Shift+ArrowRight", 4.0),
        ("Shift+ArrowLeft", 2.0),
        ("End", 24.0),
        ("Home", 0.0),
    ):
        press(key)
        assert opened.time_s() == pytest.approx(expected_s, abs=0.01), key
    opened.page.focus("#position")
    press("Shift+ArrowRight")
    assert opened.time_s() == pytest.approx(2.0, abs=0.01)
    assert "bar 2, beat 1" in opened.page.get_attribute("#position", "aria-valuetext")
    assert opened.page.get_attribute("#position", "aria-valuetext").startswith("2 seconds of 24 seconds")
    press("Space")
    opened.until("hexachord.transport.playing.value")
    press("k")
    opened.until("!hexachord.transport.playing.value")
    press("?")
    assert opened.page.locator("dialog").is_visible()
    press("Escape")
    assert not opened.page.locator("dialog").is_visible()


def test_zoom_by_keys_keeps_the_playhead_in_place(open_page: Open) -> None:
    opened = open_page()
    opened.js("hexachord.transport.seek(12)")
    opened.page.keyboard.press("+")
    opened.page.keyboard.press("+")
    start, end = opened.js("[hexachord.view.window.value.start, hexachord.view.window.value.end]")
    assert end - start == pytest.approx(24 / 1.6**2)
    assert (12 - start) / (end - start) == pytest.approx(0.5)
    opened.page.keyboard.press("0")
    assert opened.js("hexachord.view.span") == pytest.approx(24)


@pytest.mark.parametrize("stems", [False, True])
def test_loop_comes_back(open_page: Open, stems: bool) -> None:
    opened = open_page()
    if stems:
        opened.js("hexachord.desk.open()")
        opened.until("hexachord.transport.kind.value === 'stems'")
    opened.js("hexachord.transport.playLoop({ start: 4, end: 4.5 })")
    seen = opened.js(
        """() => new Promise((done) => {
            const times = [], start = performance.now();
            const look = () => {
                times.push(hexachord.transport.now());
                performance.now() - start > 1400 ? done(times) : requestAnimationFrame(look);
            };
            look();
        })"""
    )
    assert min(seen) >= 3.9
    assert max(seen) <= 4.6
    assert sum(b < a - 0.2 for a, b in pairwise(seen)) >= 2


def test_loop_by_drag_and_by_key(open_page: Open) -> None:
    opened = open_page()
    box = opened.page.locator(".overview-wave").bounding_box()
    opened.page.mouse.move(box["x"] + box["width"] * 0.25, box["y"] + 40)
    opened.page.mouse.down()
    opened.page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 40, steps=4)
    opened.page.mouse.up()
    loop = opened.js("hexachord.transport.loop.value")
    assert (loop["start"], loop["end"]) == (pytest.approx(6, abs=0.1), pytest.approx(12, abs=0.1))
    assert opened.page.get_attribute("#loop", "aria-pressed") == "true"
    opened.page.keyboard.press("Escape")
    assert opened.js("hexachord.transport.loop.value") is None
    opened.js("hexachord.transport.seek(13)")
    opened.page.keyboard.press("l")  # the section here
    assert opened.js("hexachord.transport.loop.value") == {"start": 12, "end": 20}


def test_seeks_become_exact_while_it_plays(open_page: Open) -> None:
    opened = open_page()
    opened.page.click("#play")
    opened.until("hexachord.transport.now() > 0.1")
    opened.until("hexachord.transport.player.exact")
    assert opened.js("hexachord.transport.player.element.duration") == pytest.approx(24, abs=0.06)
    opened.until("hexachord.transport.now() > 0.5")  # and on it plays
    opened.js("hexachord.transport.seek(20)")
    opened.until("hexachord.transport.now() > 20.1")
    assert opened.errors == []


def test_faders_mute_and_solo_change_what_sounds(open_page: Open) -> None:
    opened = open_page()
    assert opened.js("hexachord.desk.state.value.is") == "idle"
    opened.js("hexachord.transport.seek(1)")
    opened.page.click("#play")
    opened.until("hexachord.transport.now() > 1.1")
    before_s = opened.time_s()
    opened.page.click("role=button[name='Mute Vocals']")
    opened.until("hexachord.transport.kind.value === 'stems'")
    assert opened.time_s() >= before_s  # the stems go on where the mix was
    levels = "hexachord.desk.levels()"
    opened.until(f"{levels}[0] < 0.001 && {levels}[1] > 0.2")
    opened.page.click("role=button[name='Mute Vocals']")
    opened.until(f"{levels}[0] > 0.2")
    opened.page.click("role=button[name='Solo Bass']")
    opened.until(f"{levels}[0] < 0.001 && {levels}[1] > 0.2")
    opened.page.click("role=button[name='Solo Vocals']")  # several solos sound together
    opened.until(f"{levels}[0] > 0.2 && {levels}[1] > 0.2 && hexachord.desk.player.levels()[2] < 0.001")
    opened.page.focus("[data-stem=bass]")
    for _ in range(12):
        opened.page.keyboard.press("ArrowLeft")
    assert opened.page.get_attribute("[data-stem=bass]", "aria-valuetext") == "−6.0 decibels"
    opened.until(f"Math.abs({levels}[1] / {levels}[0] - 0.501) < 0.03")
    opened.page.click("text=Back to the mix")
    opened.until("hexachord.transport.kind.value === 'element'")
    assert opened.js("hexachord.desk.mix.flat")
    assert opened.errors == []


def test_stem_keys(open_page: Open) -> None:
    opened = open_page()
    opened.page.keyboard.press("2")
    assert opened.js("document.activeElement.dataset.stem") == "bass"
    opened.page.keyboard.press("m")
    assert opened.page.get_attribute("role=button[name='Mute Bass']", "aria-pressed") == "true"
    opened.page.keyboard.press("s")
    assert opened.page.get_attribute("role=button[name='Solo Bass']", "aria-pressed") == "true"


def test_gains_of_mutes_and_solos(open_page: Open) -> None:
    """Stems play what the faders say, whatever the order of touching them: the sum of all, flat, is the mix."""
    opened = open_page()
    opened.js("hexachord.desk.open()")
    opened.until("hexachord.desk.state.value.is === 'ready'")
    opened.js("hexachord.desk.mix.change(0, { solo: true, muted: true })")
    opened.js("hexachord.transport.play()")
    opened.until("hexachord.transport.now() > 0.2")
    opened.page.wait_for_timeout(200)
    assert max(opened.js("hexachord.desk.levels()")) < 0.001  # a mute silences a solo, and the solo all others


def test_sentence_plays_its_span_and_shows_its_evidence(open_page: Open) -> None:
    opened = open_page()
    sentence = opened.page.get_by_role("button", name="The chorus begins at 0:12.")
    sentence.click()
    opened.until("hexachord.transport.playing.value && hexachord.transport.now() >= 12")
    assert opened.js("hexachord.transport.loop.value") == {"start": 12, "end": 20}
    assert sentence.get_attribute("aria-expanded") == "true"
    proof = opened.page.locator(".proof:visible")
    assert "sections.start_s.2" in proof.inner_text()
    assert "sections/invented" in proof.inner_text()
    assert "70 %" in proof.inner_text()
    assert opened.page.locator("#timeline.evident").count() == 1
    assert opened.page.locator("[data-lane=sections].evident").count() == 1
    opened.page.get_by_role("button", name="The chord heard most is C.").click()
    assert opened.page.locator("[data-lane=chords].evident").count() == 1
    assert opened.page.locator("[data-lane=sections].evident").count() == 0
    opened.page.get_by_role("button", name="The tempo is about").click()
    assert opened.page.locator("[data-fact=tempo].evident").count() == 1


def test_score_follows_the_time_map(open_page: Open) -> None:
    opened = open_page()
    opened.page.locator("#score").scroll_into_view_if_needed()
    opened.page.wait_for_selector("#note0-0", state="attached")
    for time_s, bar, note in ((0.0, 0, 0), (3.2, 1, 2), (23.9, 11, 3), (8.5, 4, 1)):
        opened.js(f"hexachord.transport.seek({time_s})")
        assert opened.js("[...document.querySelectorAll('.sounding')].map((e) => e.id)") == [f"note{bar}-{note}"]
        assert opened.js("document.querySelector('.measure.now').id") == f"bar{bar}"
        box, system = opened.page.locator(".score-box").bounding_box(), opened.page.locator(f".system:has(#bar{bar})").bounding_box()
        assert box["y"] - 1 <= system["y"] < box["y"] + box["height"]
    opened.js("document.querySelector('#note2-3').dispatchEvent(new MouseEvent('click', { bubbles: true }))")
    assert opened.time_s() == pytest.approx(5.5)
    opened.js("document.querySelector('#bar7 rect').dispatchEvent(new MouseEvent('click', { bubbles: true }))")
    assert opened.time_s() == pytest.approx(14.0)


def test_every_control_is_reached_by_tab(open_page: Open) -> None:
    opened = open_page()
    opened.page.locator("#score").scroll_into_view_if_needed()
    opened.page.wait_for_selector("#note0-0", state="attached")
    wanted = set(
        opened.js(
            """[...document.querySelectorAll('button, select, input, a[href], summary, [tabindex="0"]')]
            .filter((e) => !e.disabled && e.tabIndex >= 0 && e.checkVisibility({ visibilityProperty: true }))
            .filter((e) => e.type !== 'radio' || e.checked) // arrows lead to the others of its group
            .map((e, i) => (e.dataset.walk = String(i)))"""
        )
    )
    reached, unseen = set(), []
    opened.js("document.activeElement.blur(); scrollTo(0, 0)")
    for _ in range(len(wanted) + 4):
        opened.page.keyboard.press("Tab")
        walk, outlined = opened.js("[document.activeElement.dataset.walk ?? null, getComputedStyle(document.activeElement).outlineStyle]")
        if walk is not None:
            reached.add(walk)
            if outlined == "none":
                unseen.append(walk)
    assert reached == wanted
    assert unseen == []  # focus is always visible


def test_written_truth_stands_beside(open_page: Open) -> None:
    song, blobs = make_song(written=written_truth())
    opened = open_page((song, blobs))
    panel = opened.page.locator("#written")
    assert "the score that was played" in panel.inner_text()
    assert "beats found, and found ones right" in panel.inner_text()
    assert [cell.inner_text() for cell in opened.page.locator(".verdict").all()] == ["right", "wrong", "not judged"]
    assert opened.page.locator("[data-lane=chords-written]").is_visible()
    assert opened.page.locator("[data-lane=beats-written]").is_visible()
    assert "for 17 % of the time, and only beyond the triad for 8 %" in opened.page.get_attribute(
        "[data-lane=chords-written] canvas", "aria-label"
    )  # 4 s and 2 s of 24
    pixels = """(() => {
        const c = document.querySelector('.lane-roll canvas');
        return c.getContext('2d').getImageData(0, 0, c.width, c.height).data.reduce((sum, x, i) => i % 4 ? sum : sum + x, 0);
    })()"""
    opened.page.wait_for_timeout(200)
    heard = opened.js(pixels)
    opened.page.get_by_role("group", name="Which notes").get_by_role("button", name="Both").click()
    opened.page.wait_for_timeout(100)
    assert opened.js(pixels) < heard  # outlines in ink were added


def test_text_stands_for_pictures(open_page: Open) -> None:
    opened = open_page()
    labels = opened.js(
        """[...document.querySelectorAll('canvas')].filter((c) => !c.closest('[aria-hidden=true]'))
        .map((c) => [c.getAttribute('role'), c.getAttribute('aria-label')])"""
    )
    assert len(labels) >= 7
    assert all(role == "img" and label for role, label in labels)
    opened.page.get_by_role("button", name="Chords as text", exact=True).click()
    rows = [row.inner_text().split("\t") for row in opened.page.locator("#as-text tbody tr").all()]
    assert len(rows) == 12
    assert rows[1] == ["2:1", "0:02.0–0:04.0", "Am", "A C E", "vi, tonic", "80 %", "C, 60 %"]


def test_downloads_give_the_files_back(open_page: Open) -> None:
    opened = open_page()
    opened.js("for (const d of document.querySelectorAll('#downloads details')) d.open = true")
    with opened.page.expect_download() as download:
        opened.page.get_by_role("button", name="Report").click()
    assert download.value.suggested_filename == "report.txt"
    assert download.value.path().read_bytes() == b"A report.\n"
    assert opened.page.get_attribute("a.download", "href") == "stems/bass.flac"
    assert "move it along with the page" in opened.page.inner_text("#downloads")
    opened.page.click("a.download")  # the file is not there, as when a page was mailed
    opened.page.wait_for_timeout(300)
    assert opened.page.inner_text("h1") == "Invention <b>& Co</b>"


def test_theme_follows_the_system_and_the_button(open_page: Open) -> None:
    opened = open_page(theme="dark")
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    dark = opened.js(ground)
    opened.page.click("#theme")
    assert opened.js(ground) != dark
    assert opened.js("document.documentElement.dataset.theme") == "light"


@pytest.mark.parametrize(
    ("first_s", "first_position", "numbers"),
    [(0.0, 1, [1, 2, 3]), (0.0, 4, [1, 2, 3]), (0.5, 2, [2, 3, 4]), (1.0, 2, [2, 3, 4]), (3.0, 1, [2, 3, 4])],
    ids=["downbeat", "pickup", "first beat missed", "pickup and a bar", "pickup of silence"],
)
def test_bars_are_counted_as_the_engraved_scores_count_them(
    open_page: Open, first_s: float, first_position: int, numbers: list[int]
) -> None:
    song, blobs = make_song()
    song["beats"]["time_s"] = [first_s + i / 2 for i in range(len(song["beats"]["time_s"]))]
    song["beats"]["position"] = [(first_position - 1 + i) % 4 + 1 for i in range(len(song["beats"]["time_s"]))]
    opened = open_page((song, blobs))
    assert opened.js("hexachord.bars.bars.slice(0, 3).map((bar) => bar.number)") == numbers
