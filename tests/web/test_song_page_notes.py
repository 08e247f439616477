"""The transcription on a song page: notes less sure than a slider says are hidden and silent; original, transcription or both are heard."""

from collections.abc import Callable
from typing import Any

import pytest
from invented_song import make_song

Open = Callable[..., Any]

INK = """() => {
    const c = document.querySelector('[data-lane=roll] canvas');
    const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
    let blue = 0;
    for (let i = 0; i < d.length; i += 4) blue += d[i + 2] > d[i] + 25;
    return blue;
}"""


def slide(opened: Any, least: float) -> None:
    opened.page.locator("#threshold").fill(str(least))


def test_the_slider_hides_what_is_less_sure(open_page: Open) -> None:
    """Notes are 30 % to 76 % sure, one does not say; the count is live, and the text and the words for the ear follow."""
    opened = open_page()
    opened.page.click("text=Melody >> nth=0")  # only notes are blue
    opened.js("hexachord.view.fit()")
    count = opened.page.locator(".note-count")
    assert count.inner_text() == "all: 48 notes"
    opened.page.wait_for_timeout(200)
    full = opened.js(INK)
    slide(opened, 0.6)
    assert count.inner_text() == "60 %: 18 of 48 notes"
    opened.page.wait_for_timeout(200)
    assert opened.js(INK) < 0.6 * full
    assert "18 notes at least 60 % sure" in opened.page.locator("[data-lane=roll] canvas").first.get_attribute("aria-label")
    opened.page.click("[aria-label='Notes as text']")
    assert opened.page.locator("#as-text tbody tr").count() == 18
    slide(opened, 1)
    opened.page.wait_for_timeout(300)
    assert opened.page.locator("#as-text tbody tr").count() == 1  # nobody doubted it
    slide(opened, 0)
    assert count.inner_text() == "all: 48 notes"
    assert not [error for error in opened.errors if "getImageData" not in error]  # reading the canvas is this test's own doing


def test_the_slider_goes_by_keys_and_says_so(open_page: Open) -> None:
    opened = open_page()
    opened.page.focus("#threshold")
    for _ in range(35):
        opened.page.keyboard.press("ArrowRight")
    assert opened.js("hexachord.threshold.value") == pytest.approx(0.35)
    assert opened.page.get_attribute("#threshold", "aria-valuetext") == "35 %, 43 of 48 notes"
    assert opened.time_s() == 0  # arrows are the slider's


def test_a_note_tells_how_sure_it_is(open_page: Open) -> None:
    opened = open_page()
    opened.page.click("[aria-label='Notes as text']")
    cells = opened.page.locator("#as-text tbody tr").nth(10).locator("td").all_inner_texts()
    assert cells[3:5] == ["70", "40 %"]


def test_the_commands_write_what_is_shown(open_page: Open) -> None:
    song, blobs = make_song()
    song["commands"]["transcription"] = "hexachord transcribe invention.wav"
    opened = open_page((song, blobs))
    command = opened.page.locator(".threshold-command code")
    assert command.inner_text() == "hexachord transcribe invention.wav"
    slide(opened, 0.4)
    assert command.inner_text() == "hexachord transcribe invention.wav --threshold 0.40"


def test_original_transcription_or_both(open_page: Open) -> None:
    opened = open_page()
    volume = "hexachord.transport.player.element.volume"
    opened.js("hexachord.transport.seek(3.1)")  # inside a note
    opened.page.click("[data-hear=transcription]")  # plays at once
    opened.until("hexachord.hearing.tones.set.length >= 3")
    assert opened.js(volume) == 0
    first = opened.js("hexachord.hearing.tones.set")[0]
    assert (first["note"], round(first["from_s"], 1)) == (6, 3.1)  # it is joined where the song is
    opened.page.keyboard.press("t")
    assert opened.page.get_attribute("[data-hear=original]", "aria-pressed") == "true"
    assert opened.js(volume) == 1
    count = opened.js("hexachord.hearing.tones.set.length")
    opened.until("hexachord.transport.now() > 5.2")
    assert opened.js("hexachord.hearing.tones.set.length") == count  # silent
    opened.page.keyboard.press("t")
    assert opened.page.get_attribute("[data-hear=both]", "aria-pressed") == "true"
    assert opened.js(volume) == 1
    opened.until(f"hexachord.hearing.tones.set.length > {count}")
    assert opened.errors == []


def test_hidden_notes_are_silent(open_page: Open) -> None:
    opened = open_page()
    slide(opened, 0.5)  # from note 20 on
    opened.js("hexachord.transport.seek(9.2)")
    opened.page.click("[data-hear=both]")
    opened.until("hexachord.hearing.tones.set.length >= 1")
    assert opened.js("hexachord.hearing.tones.set[0].note") == 20


def test_one_in_each_ear(open_page: Open) -> None:
    """The element goes through a panner, and still sounds."""
    opened = open_page()
    opened.page.click("#play")
    opened.page.click("#apart")
    assert opened.page.get_attribute("[data-hear=both]", "aria-pressed") == "true"
    opened.until("hexachord.transport.player.pan.pan.value < -0.95 && hexachord.hearing.tones.pan.pan.value > 0.95")
    loud = """async () => {
        const player = hexachord.transport.player;
        const split = player.context.createChannelSplitter(2);
        const ears = [0, 1].map(() => player.context.createAnalyser());
        player.pan.connect(split);
        ears.forEach((ear, i) => split.connect(ear, i));
        await new Promise((then) => setTimeout(then, 400));
        return ears.map((ear) => {
            const samples = new Float32Array(ear.fftSize);
            ear.getFloatTimeDomainData(samples);
            return Math.max(...samples.map(Math.abs));
        });
    }"""
    left, right = opened.js(loud)
    assert left > 0.05
    assert right < 0.01 * left
    opened.page.click("[data-hear=original]")
    opened.until("Math.abs(hexachord.transport.player.pan.pan.value) < 0.05")
    assert opened.errors == []


def test_a_page_without_notes_or_doubts_has_no_such_tools(open_page: Open) -> None:
    assert open_page(make_song(notes=None)).page.locator(".note-tools").count() == 0
    song, blobs = make_song()
    song["notes"]["confidence"] = [None] * 48
    opened = open_page((song, blobs))
    assert opened.page.locator("#threshold").count() == 0
    assert opened.page.locator("[data-hear]").count() == 3
    song["kind"] = "score"  # what plays are these notes
    assert open_page((song, blobs)).page.locator("[data-hear]").count() == 0
