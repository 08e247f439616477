"""What a song page shows of the rhythm: the tempo curve, other readings, the groove, drums, and clicks on the beats."""

from collections.abc import Callable
from typing import Any

import pytest
from invented_song import make_song, written_truth

Open = Callable[..., Any]

INK = """(lane) => {
    const c = document.querySelector(`[data-lane=${lane}] canvas`);
    return c.getContext('2d').getImageData(0, 0, c.width, c.height).data.reduce((sum, x, i) => i % 4 === 3 ? sum + x : sum, 0);
}"""


def choose(opened: Any, number: int) -> None:
    opened.page.locator(f"#reading-{number}").check()


def test_another_reading_counts_at_once_and_says_how_to_keep_it(open_page: Open) -> None:
    opened = open_page()
    opened.js("hexachord.transport.seek(4.05)")
    place = opened.page.locator(".where .place")
    assert place.inner_text() == "bar 3 · beat 1"
    assert opened.page.locator(".keep code").count() == 0
    before = opened.js("hexachord.bars.bars.map((bar) => bar.time_s)")
    choose(opened, 2)
    assert place.inner_text() == "bar 2 · beat 1"
    assert opened.js("hexachord.bars.bars.map((bar) => bar.time_s)") == before[::2]
    assert "bar 2, beat 1" in opened.page.get_attribute("#position", "aria-valuetext")
    assert [code.inner_text() for code in opened.page.locator(".keep code").all()] == ["hexachord correct invention.hexachord --reading 2"]
    opened.page.locator("h1").click()
    opened.page.keyboard.press("ArrowRight")
    assert opened.time_s() == pytest.approx(5.0, abs=0.01)
    choose(opened, 3)
    assert place.inner_text() == "bar 4 · beat 2"  # at 5 s
    choose(opened, 1)
    assert opened.js("hexachord.bars.bars.map((bar) => bar.time_s)") == before
    assert opened.page.locator(".keep code").count() == 0
    assert opened.errors == []


def test_everything_that_says_tempo_or_metre_follows_the_reading(open_page: Open) -> None:
    song, blobs = make_song()
    beats = {"id": "beats", "label": "Beats", "value": "48", "unit": "", "confidence": None, "alternatives": [], "engine": "beats/invented"}
    song["facts"] += [beats, {**beats, "id": "bars", "label": "Bars begun", "value": "12"}]
    opened = open_page((song, blobs))

    def fact(name: str) -> str:
        return str(opened.page.locator(f"[data-fact={name}]").inner_text())

    def words(lane: str) -> str:
        return str(opened.page.get_attribute(f"[data-lane={lane}] canvas", "aria-label"))

    before = {name: fact(name) for name in ("tempo", "metre", "key", "beats", "bars")}
    assert before["tempo"].split("\n") == ["Tempo", "120 BPM", "93 % sure", "or", "60 5 %"]
    opened.page.get_by_role("button", name="Chords as text", exact=True).click()
    places = opened.page.locator("#as-text tbody tr td:first-child")
    assert places.all_inner_texts()[:3] == ["1:1", "2:1", "3:1"]
    tempo_sentence, chorus = opened.page.locator(".sentence").all()[:2]
    assert "as it was heard" not in tempo_sentence.inner_text()

    choose(opened, 2)
    assert fact("tempo").split("\n") == ["Tempo", "60 BPM", "5 % sure", "or", "120 93 %"]
    assert fact("metre") == before["metre"]
    assert (fact("beats"), fact("bars")) == ("Beats\n24", "Bars begun\n6")
    assert fact("key") == before["key"]
    assert "60.0 BPM" in opened.page.locator(".groove").inner_text()
    assert "long eighth to short, of the beat at 120 BPM" in opened.page.locator(".groove").inner_text()
    assert words("tempo") == "Tempo curve, smoothed, between 60 and 60 beats a minute."
    assert words("ruler") == "Ruler of 6 bars with 24 beats."
    places.nth(1).filter(has_text="1:3").wait_for()  # a busy machine draws the table a moment later
    assert places.all_inner_texts()[:3] == ["1:1", "1:3", "2:1"]
    assert "as it was heard" in tempo_sentence.inner_text()  # its 120 is no slip
    assert "as it was heard" not in chorus.inner_text()
    opened.until("[...document.querySelectorAll('[role=status]')].some((e) => e.textContent === 'Counting 60 beats a minute in 4/4')")

    choose(opened, 3)
    assert fact("tempo") == before["tempo"]
    assert fact("metre").split("\n") == ["Metre", "3/4", "2 % sure", "or", "4/4 90 %"]
    assert fact("bars") == "Bars begun\n16"

    choose(opened, 1)
    assert {name: fact(name) for name in before} == before
    assert "114 – 126 BPM" in opened.page.locator(".groove").inner_text()
    assert words("tempo") == "Tempo curve, smoothed, between 114 and 126 beats a minute."
    assert "as it was heard" not in tempo_sentence.inner_text()
    assert opened.errors == []


def test_beats_beside_the_written_ones_follow_too(open_page: Open) -> None:
    opened = open_page(make_song(written=written_truth()))
    label = "[data-lane={}] canvas"
    choose(opened, 2)
    assert opened.page.get_attribute(label.format("beats-heard"), "aria-label") == "Beats: 24 beats, 6 of them first in their bar."
    assert opened.page.get_attribute(label.format("beats-written"), "aria-label") == "written: 48 beats, 12 of them first in their bar."


def test_what_the_user_said_has_no_doubt_to_state(open_page: Open) -> None:
    song, blobs = make_song(corrected=["half the tempo"])
    own = {**song["readings"][1], "number": 0, "how": "as you corrected it", "confidence": 1.0, "commands": []}
    song["readings"] = [own, *song["readings"]]
    song["facts"][0] = {**song["facts"][0], "value": "60", "confidence": 1.0, "alternatives": [], "engine": "user"}
    opened = open_page((song, blobs))
    tempo = opened.page.locator("[data-fact=tempo]")
    assert tempo.inner_text().split("\n") == ["Tempo", "60 BPM"]
    choose(opened, 1)
    assert tempo.inner_text().split("\n") == ["Tempo", "120 BPM", "93 % sure", "or", "60"]


def test_the_readings_are_one_group_for_the_keyboard(open_page: Open) -> None:
    opened = open_page()
    opened.page.focus("#reading-1")
    opened.page.keyboard.press("ArrowDown")
    assert opened.page.is_checked("#reading-2")
    assert opened.time_s() == 0.0  # the arrow was theirs, not the player's
    assert opened.page.locator("fieldset legend").inner_text() == "Count by"


def test_lanes_are_drawn_and_follow_the_reading(open_page: Open) -> None:
    opened = open_page()
    opened.page.locator("[data-lane=tempo]").scroll_into_view_if_needed()
    opened.page.wait_for_timeout(100)
    ruler, tempo, drums = (opened.js(INK, lane) for lane in ("ruler", "tempo", "drums"))
    assert min(ruler, tempo, drums) > 0
    choose(opened, 2)
    opened.page.wait_for_timeout(100)
    assert opened.js(INK, "ruler") < ruler
    assert opened.js(INK, "tempo") != tempo
    assert opened.js("hexachord.rhythm.curve.bpm.every((bpm) => Math.abs(bpm - 60) < 0.01)")


def test_lanes_say_in_words_and_under_the_pointer_what_they_show(open_page: Open) -> None:
    opened = open_page()
    words = {lane: opened.page.get_attribute(f"[data-lane={lane}] canvas", "aria-label") for lane in ("tempo", "drums")}
    assert words["tempo"] == "Tempo curve, smoothed, between 114 and 126 beats a minute."
    assert words["drums"].startswith("Drums: 3 strokes of the crash, 96 strokes of the hi-hat, 24 strokes of the snare")
    lane = opened.page.locator("[data-lane=tempo]")
    lane.scroll_into_view_if_needed()
    box = lane.bounding_box()
    opened.page.mouse.move(box["x"] + box["width"] * 7.05 / 24, box["y"] + 20)
    assert opened.page.locator(".lane-hint").inner_text() == "126.0 BPM · bar 4"
    lane = opened.page.locator("[data-lane=drums]")
    lane.scroll_into_view_if_needed()
    box = lane.bounding_box()
    opened.page.mouse.move(box["x"] + box["width"] * 0.51 / 24, box["y"] + 4 + 12 * 2.5)
    assert opened.page.locator(".lane-hint").inner_text() == "Snare · 0:00.50 · velocity 114 · 90 % sure"
    opened.page.get_by_role("button", name="Drums as text", exact=True).click()
    assert opened.page.locator("#as-text tbody tr").count() == 96 + 48 + 3


def test_the_groove_in_a_musicians_words(open_page: Open) -> None:
    panel = open_page().page.locator("#rhythm")
    text = panel.inner_text()
    assert "steady to 0.6 %" in text
    assert "1.8 : 1" in text
    assert "114 – 126 BPM" in text
    free = {**make_song()[0]["groove"], "stability": 0.14, "swing": None, "bpm": [100.2] * 48}
    text = open_page(make_song(groove=free)).page.locator("#rhythm").inner_text()
    assert "no steady pulse" in text
    assert "too few off-beats to tell" in text
    assert "100.2 BPM" in text
    text = open_page(make_song(groove={**free, "swing": 1.04})).page.locator("#rhythm").inner_text()
    assert "straight (1.04 : 1)" in text


def test_a_correction_is_said(open_page: Open) -> None:
    song, blobs = make_song(corrected=["half the tempo", "bars of 3/4"])
    own = {**song["readings"][1], "number": 0, "how": "as you corrected it", "confidence": 1.0, "commands": []}
    song["readings"] = [own, *song["readings"]]
    opened = open_page((song, blobs))
    assert "As you corrected it: half the tempo; bars of 3/4." in opened.page.locator("#rhythm").inner_text()
    assert opened.page.is_checked("#reading-0")
    assert "sure" not in opened.page.locator("[data-reading='0']").inner_text()


def test_clicks_sound_on_the_beats(open_page: Open) -> None:
    opened = open_page()
    button = opened.page.locator("#click")
    button.click()
    assert button.get_attribute("aria-pressed") == "true"
    opened.js("hexachord.transport.seek(1.3)")
    opened.page.click("#play")
    opened.until("hexachord.clicks.set.length >= 3")
    opened.page.click("#play")
    clicks = opened.js("hexachord.clicks.set")
    times = [click["time_s"] for click in clicks]
    assert times[0] == 1.5
    assert set(times) <= {0.5 * k for k in range(48)}  # a machine that is too busy leaves some out, and sounds none beside a beat
    assert times == sorted(set(times))
    assert all(click["down"] == (click["time_s"] % 2 == 0) for click in clicks)
    opened.page.keyboard.press("c")
    assert button.get_attribute("aria-pressed") == "false"
    count = opened.js("hexachord.clicks.set.length")
    opened.page.click("#play")
    opened.until("hexachord.transport.now() > 3.2")
    assert opened.js("hexachord.clicks.set.length") == count
    assert opened.errors == []


def test_clicks_follow_a_loop_and_the_reading(open_page: Open) -> None:
    opened = open_page()
    choose(opened, 2)
    opened.page.click("#click")
    opened.js("hexachord.transport.playLoop({ start: 0.9, end: 2.1 })")
    opened.until("hexachord.clicks.set.length >= 4 && hexachord.clicks.set.some((c) => c.time_s === 2)", timeout_ms=20000)
    times = [click["time_s"] for click in opened.js("hexachord.clicks.set")]
    assert set(times) == {1.0, 2.0}
    assert times.index(2.0) < len(times) - 1  # it came round
    assert opened.errors == []
