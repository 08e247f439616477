"""The annotation page in a real browser: by keyboard from the instructions to the end, undone, resumed, in two tabs, through a kill."""

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

AXE = Path(__file__).resolve().parents[3] / "web/node_modules/axe-core/axe.min.js"
Serve = Callable[..., Any]
Open = Callable[..., Any]
FACTS = "() => document.querySelector('.end-facts') !== null"


def finish(opened: Any) -> int:
    """Answer whatever comes until the end; returns how many answers that took."""
    count = 0
    while not opened.page.locator(".end-facts").count():
        opened.press("Enter" if opened.page.locator(".told").count() else "n" if "sing" in opened.question() else "2")
        count += 1
        assert count < 200
    return count


def stored(server: Any) -> list[tuple[str, str, bool]]:
    with sqlite3.connect(server.store) as database:
        rows = database.execute("SELECT question, value, undone_at IS NOT NULL FROM answers ORDER BY number").fetchall()
    return [(question, value, bool(undone)) for question, value, undone in rows]


def test_instructions_come_first_and_as_text(serve: Serve, open_page: Open) -> None:
    server = serve()
    opened = open_page(server.addresses["annotate"])
    opened.page.wait_for_selector("#name")
    assert opened.page.inner_text("h1") == "Voices & <b>styles</b>"
    assert opened.page.locator(".instructions p").all_inner_texts() == ["Listen to each piece.", "Then <i>say</i> what you hear."]
    asked = opened.page.locator(".asked li").all_inner_texts()
    assert [text.split("\n")[0].strip() for text in asked] == ["Does anybody sing?", "Which style?", "How much energy?"]  # the easier first
    assert "6 pieces" in opened.page.inner_text(".amount")
    assert not opened.page.locator("audio, .question").count()
    assert opened.page.url == f"{server.origin}/"  # the key does not stay in the address
    assert all(url.startswith((server.origin, "data:")) for url in opened.requests)
    assert opened.errors == []


def test_the_policy_lets_nothing_foreign_in_or_out(serve: Serve, open_page: Open) -> None:
    opened = open_page(serve().addresses["annotate"])
    opened.page.wait_for_selector("#name")
    policy = opened.page.get_attribute("meta[http-equiv=Content-Security-Policy]", "content")
    assert "unsafe" not in policy
    assert opened.page.evaluate("fetch('https://example.org/').then(() => 'out', () => 'refused')") == "refused"
    opened.page.evaluate(
        "(() => { const s = document.createElement('script'); s.textContent = 'window.ran = 1'; document.body.append(s); })()"
    )
    assert opened.page.evaluate("window.ran") is None


def test_by_keyboard_from_the_first_to_the_last(serve: Serve, open_page: Open) -> None:
    server = serve()
    opened = open_page(server.addresses["annotate"])
    opened.begin("Ann")
    assert opened.question() == "Does anybody sing?"
    assert "Practice 1 of 1" in opened.page.inner_text(".above")
    opened.press("y")  # wrong, and told so
    assert opened.page.inner_text(".verdict-word") == "Rather: no"
    assert "A plain tone." in opened.page.inner_text(".told")
    opened.press("Enter")
    assert opened.question() == "Which style?"
    assert "<script>alert(1)</script>" in opened.page.inner_text(".answers")
    opened.press("3")  # nobody knows better: on it goes
    assert opened.question() == "How much energy?"
    opened.press("3")  # within the tolerance
    assert opened.page.inner_text(".verdict-word") == "Right"
    assert "1 of 2 right" in opened.page.inner_text(".streak")
    opened.press("Enter")
    assert opened.page.inner_text(".done-count") == "1 of 11"
    assert opened.page.get_attribute("[role=progressbar]", "aria-valuenow") == "1"
    finish(opened)
    assert opened.page.inner_text("h1") == "Thank you, Ann"
    rows = opened.page.locator("main tbody tr").all_inner_texts()
    assert len(rows) == 3
    assert all("3" in row and "100 %" in row for row in rows)  # three repeats, always the same answer
    assert len(stored(server)) == 33
    assert opened.errors == []


def test_music_plays_and_is_sought_by_key(serve: Serve, open_page: Open) -> None:
    opened = open_page(serve().addresses["annotate"])
    opened.begin("Ann")
    playing = "() => document.getElementById('play').getAttribute('aria-label') === 'Pause'"
    opened.until(playing)  # at once
    opened.page.keyboard.press("Space")
    opened.until(f"() => !({playing})()")
    slider = opened.page.locator("#position")
    opened.page.keyboard.press("Home")
    opened.page.keyboard.press("Shift+ArrowRight")
    opened.until("() => Number(document.getElementById('position').value) === 1")
    assert slider.get_attribute("aria-valuetext") == "1 second of 3 seconds"
    box = opened.page.locator(".wave").bounding_box()
    opened.page.mouse.click(box["x"] + box["width"] * 0.75, box["y"] + 20)
    opened.until("() => Math.abs(Number(document.getElementById('position').value) - 2.25) < 0.05")
    opened.page.keyboard.press("k")
    opened.until(playing)
    opened.press("n")  # a key answers while it plays
    assert opened.page.locator(".told").count()


@pytest.mark.slow
def test_z_takes_back_as_often_as_one_likes(serve: Serve, open_page: Open) -> None:
    server = serve()
    opened = open_page(server.addresses["annotate"])
    opened.begin("Ann")
    opened.press("n", "Enter", "1", "z", "z")
    assert opened.question() == "Does anybody sing?"
    opened.press("y")
    assert stored(server) == [("vocals", "no", True), ("style", "jazz", True), ("vocals", "yes", False)]
    opened.press("Enter")
    finish(opened)
    opened.press("z")
    assert opened.question() == "How much energy?"
    assert "10 of 11" in opened.page.inner_text(".done-count")


def test_it_goes_on_after_a_reload_and_under_the_same_name(serve: Serve, open_page: Open) -> None:
    server = serve()
    opened = open_page(server.addresses["annotate"])
    opened.begin("Ann")
    opened.press("n", "Enter")
    opened.page.reload()
    opened.page.wait_for_selector(".question")
    assert opened.question() == "Which style?"
    other = open_page(server.addresses["annotate"])
    other.page.click("text=Ann")
    other.page.wait_for_selector(".question")
    assert other.question() == "Which style?"


def test_two_tabs_of_one_annotator_do_not_answer_twice(serve: Serve, open_page: Open) -> None:
    server = serve()
    one = open_page(server.addresses["annotate"])
    one.begin("Ann")
    two = open_page(f"{server.origin}/", context=one.page.context)
    two.page.click("text=Ann")
    two.page.wait_for_selector(".question")
    one.press("n", "Enter", "1")
    two.press("y")
    assert "answered in another tab" in two.page.inner_text(".trouble")
    assert two.question() == "How much energy?"
    assert stored(server) == [("vocals", "no", False), ("style", "jazz", False)]


def test_two_annotators_in_two_tabs_stay_apart(serve: Serve, open_page: Open) -> None:
    server = serve()
    ann = open_page(server.addresses["annotate"])
    ann.begin("Ann")
    bob = open_page(f"{server.origin}/", context=ann.page.context)
    bob.begin("Bob")
    ann.press("n")
    bob.press("y")
    ann.page.reload()
    ann.page.wait_for_selector(".question")
    assert ann.question() == "Which style?"
    with sqlite3.connect(server.store) as database:
        said = database.execute(
            """SELECT name, value FROM answers JOIN assignments ON assignments.number = assignment
               JOIN annotators ON annotators.number = annotator"""
        ).fetchall()
    assert sorted(said) == [("Ann", "no"), ("Bob", "yes")]


def test_an_answer_waits_for_a_server_that_was_killed(serve: Serve, open_page: Open) -> None:
    server = serve()
    opened = open_page(server.addresses["annotate"])
    opened.begin("Ann")
    opened.press("n", "Enter")
    server.kill()
    opened.page.keyboard.press("1")
    opened.page.wait_for_selector(".silence:visible")
    assert stored(server) == [("vocals", "no", False)]
    again = serve("--project", "project.json", "--port", str(server.port))
    opened.page.wait_for_selector("text=was started anew")  # with another key
    cookie = again.cookie.partition("=")
    opened.page.context.add_cookies([{"name": cookie[0], "value": cookie[2], "url": again.origin}])
    opened.until("() => document.querySelector('.question').innerText === 'How much energy?'")
    assert stored(again) == [("vocals", "no", False), ("style", "jazz", False)]
    assert not opened.page.locator(".silence:visible").count()


def test_who_is_named_by_the_command_begins_at_once(serve: Serve, open_page: Open) -> None:
    opened = open_page(serve("music", "--labels", "jazz", "--annotator", "Zoë").addresses["annotate"])
    opened.page.wait_for_selector("text=Begin as Zoë")
    opened.page.keyboard.press("Enter")  # as the button says
    opened.page.wait_for_selector(".question")
    assert opened.question() == "Is this jazz?"


def test_a_scale_without_steps(serve: Serve, open_page: Open, work: Path) -> None:
    question = '{"id": "v", "text": "How happy?", "kind": "rating", "low": -1, "high": 1, "step": 0, "low_label": "sad"}'
    (work / "scale.json").write_text(f'{{"hexachord_annotation": 1, "folder": "music", "questions": [{question}], "order": "fixed"}}')
    server = serve("--project", "scale.json")
    opened = open_page(server.addresses["annotate"])
    opened.begin("Ann")
    assert opened.page.locator(".asking .answer").is_disabled()  # the middle is no answer yet
    opened.page.keyboard.press("Enter")
    opened.page.keyboard.press("9")
    opened.until("() => document.querySelector('.scale-value').innerText === '1.00'")
    opened.page.keyboard.press("Enter")
    opened.until("() => document.querySelector('.done-count').innerText.startsWith('1 of')")
    opened.page.focus("#scale")
    opened.page.keyboard.press("ArrowRight")
    opened.page.keyboard.press("Enter")
    opened.until("() => document.querySelector('.done-count').innerText.startsWith('2 of')")
    assert [float(value) for _, value, _ in stored(server)] == [1.0, 0.02]


def test_a_held_key_is_one_answer_and_letters_in_a_name_are_letters(serve: Serve, open_page: Open) -> None:
    server = serve()
    opened = open_page(server.addresses["annotate"])
    opened.page.wait_for_selector("#name")
    opened.page.keyboard.type("z1 n?")
    assert opened.page.input_value("#name") == "z1 n?"
    opened.page.keyboard.press("Enter")
    opened.page.wait_for_selector(".question")
    for _ in range(4):
        opened.page.keyboard.down("n")
    opened.page.keyboard.up("n")
    opened.page.wait_for_selector(".told")
    opened.page.wait_for_timeout(200)
    assert len(stored(server)) == 1
    opened.page.keyboard.press("?")
    assert opened.page.locator("dialog").is_visible()
    opened.page.keyboard.press("1")
    opened.page.keyboard.press("Escape")
    assert len(stored(server)) == 1


@pytest.mark.slow
def test_the_results_are_the_owners(serve: Serve, open_page: Open) -> None:
    server = serve()
    for name, key in (("Ann", "2"), ("Bob", "1"), ("Cy", "2")):
        opened = open_page(server.addresses["annotate"])
        opened.begin(name)
        while not opened.page.locator(".end-facts").count():
            opened.press("Enter" if opened.page.locator(".told").count() else "n" if "sing" in opened.question() else key)
    results = open_page(server.addresses["results"])
    results.page.wait_for_selector(".results")
    assert results.page.locator(".results h2").all_inner_texts() == ["Annotators", "Does anybody sing?", "Which style?", "How much energy?"]
    people = results.page.locator("#people ~ .scroller tbody tr").all_inner_texts()
    assert [row.split("\t")[0].strip() for row in people] == ["Ann", "Bob", "Cy"]
    assert [row.split("\t")[2].strip() for row in people] == ["1 of 1", "0 of 1", "1 of 1"]  # Bob did not choose rock where he was told to
    style = results.page.locator("[aria-labelledby=question-style]")
    assert "33 %" in style.locator("[data-metric=percent]").inner_text()
    assert style.locator(".confusion td.number").all_inner_texts()[:3] == ["0", "12", "0"]
    assert "Ann: rock · Bob: jazz · Cy: rock" in style.inner_text()
    assert "rock (67%)" in style.inner_text()
    style.get_by_role("button", name="Play piece 0.wav").click()
    results.page.wait_for_timeout(300)
    assert any("/api/results/sounds/0" in url for url in results.requests)
    assert results.errors == []
    stranger = open_page(f"{server.origin}/results")
    assert "copy it whole, with its key" in stranger.page.inner_text("body")


def photograph(opened: Any, name: str) -> None:
    """Keep a picture where HEXACHORD_TEST_PICTURES names a folder."""
    if folder := os.environ.get("HEXACHORD_TEST_PICTURES"):
        opened.page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


@pytest.mark.slow
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_sticks_out_and_axe_finds_nothing_serious(serve: Serve, open_page: Open, theme: str) -> None:
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: npm ci --ignore-scripts in web/")
    server = serve()
    opened = open_page(server.addresses["annotate"], width=400, theme=theme)

    def judge(name: str) -> None:
        opened.page.evaluate(AXE.read_text(encoding="utf-8") + ";undefined")
        for width in (320, 400, 1200):
            opened.page.set_viewport_size({"width": width, "height": 900})
            opened.page.wait_for_timeout(60)
            photograph(opened, f"annotate-{name}-{theme}-{width}")
            assert opened.page.evaluate("document.documentElement.scrollWidth") <= width
            assert serious(opened) == [], (name, width)

    opened.page.wait_for_selector("#name")
    judge("welcome")
    opened.begin("Ann")
    opened.press("y")
    judge("told")
    opened.press("Enter")
    judge("choice")
    opened.press("1")
    judge("rating")
    opened.page.click("#help-button")
    judge("keys")
    opened.page.keyboard.press("Escape")
    finish(opened)
    judge("end")
    other = open_page(server.addresses["annotate"])
    other.begin("Bob")
    finish(other)
    opened.page.goto(server.addresses["results"])
    opened.page.wait_for_selector(".results")
    judge("results")


def serious(opened: Any) -> list[Any]:
    """Return what axe finds serious or critical: rule, and the first places with the reason."""
    found = opened.page.evaluate(
        """axe.run(document, { resultTypes: ['violations'] }).then((r) => r.violations.map(
            (v) => [v.impact, v.id, v.nodes.slice(0, 3).map((n) => n.target.join(' ') + ' ' + n.failureSummary)]))"""
    )
    return [violation for violation in found if violation[0] in ("serious", "critical")]
