"""What a song page shows of harmony and form: chords that sound, keys on the circle, self-similarity, the pitch curve."""

from collections.abc import Callable
from typing import Any

import pytest
from invented_song import make_song

Open = Callable[..., Any]


def hint_at(opened: Any, lane: str, share: float, y: float) -> str:
    place = opened.page.locator(f"[data-lane={lane}]")
    place.scroll_into_view_if_needed()
    box = place.bounding_box()
    opened.page.mouse.move(box["x"] + box["width"] * share, box["y"] + y)
    return str(opened.page.locator(".lane-hint").inner_text())


def test_chords_sound_with_the_song(open_page: Open) -> None:
    opened = open_page()
    button = opened.page.locator("#tones")
    button.click()
    assert button.get_attribute("aria-pressed") == "true"
    opened.js("hexachord.transport.seek(3.2)")  # in the middle of the second chord
    opened.page.click("#play")
    opened.until("hexachord.tones.set.length >= 2")
    opened.page.click("#play")
    first, second = opened.js("hexachord.tones.set")[:2]
    assert first["chord"] == 1
    assert first["classes"] == [0, 4, 9]
    assert 3.1 < first["from_s"] < 4.0  # it is joined where the song is
    assert (second["chord"], second["from_s"]) == (2, 4.0)
    opened.page.keyboard.press("h")
    assert button.get_attribute("aria-pressed") == "false"
    count = opened.js("hexachord.tones.set.length")
    opened.page.click("#play")
    opened.until("hexachord.transport.now() > 4.6")
    assert opened.js("hexachord.tones.set.length") == count
    assert opened.errors == []


def test_chords_come_round_with_a_loop(open_page: Open) -> None:
    opened = open_page()
    opened.page.click("#tones")
    opened.js("hexachord.transport.playLoop({ start: 1.6, end: 2.6 })")
    opened.until("hexachord.tones.set.filter((c) => c.chord === 0).length >= 2", timeout_ms=20000)
    assert {sounded["chord"] for sounded in opened.js("hexachord.tones.set")} == {0, 1}
    assert opened.errors == []


def test_what_is_no_chord_is_silent(open_page: Open) -> None:
    song, blobs = make_song()
    tones = song["chord_tones"]
    tones.update(classes=[[], *tones["classes"][1:]], bass=[None, *tones["bass"][1:]], names=["", *tones["names"][1:]])
    opened = open_page((song, blobs))
    opened.page.click("#tones")
    opened.js("hexachord.transport.seek(1.5)")
    opened.page.click("#play")
    opened.until("hexachord.tones.set.length >= 1")
    assert opened.js("hexachord.tones.set[0].chord") == 1


def test_the_chord_lane_tells_notes_and_function(open_page: Open) -> None:
    opened = open_page()
    assert opened.page.locator("[data-lane=chords]").bounding_box()["height"] == 52
    assert hint_at(opened, "chords", 7 / 24, 20) == "G · G B D · V in C major · dominant · 0:06.0–0:08.0 · 80 % sure · or Em, 20 %"
    assert hint_at(opened, "chords", 5 / 24, 20).endswith("80 % sure")  # nothing else comes in question


DARK = """(share) => {
    const c = document.querySelector('[data-lane=chords] canvas');
    const ratio = c.width / c.clientWidth;
    const [left, top, wide, tall] = [c.width * share, 26 * ratio, 20 * ratio, 4 * ratio].map(Math.round);
    const d = c.getContext('2d').getImageData(left, top, wide, tall).data;
    let dark = 0;
    for (let i = 0; i < d.length; i += 4) dark += d[i + 3] > 120 && d[i] < 140;
    return dark;
}"""


def test_a_chord_that_may_be_another_has_dots_and_the_other_beside_it(open_page: Open) -> None:
    opened = open_page()
    opened.page.locator("[data-lane=chords]").scroll_into_view_if_needed()
    opened.page.wait_for_timeout(150)
    plain, dotted = (opened.js(DARK, at) for at in (6.1 / 24, 2.1 / 24))
    assert dotted > plain == 0
    assert "3 of them could as well be another." in opened.page.get_attribute("[data-lane=chords] canvas", "aria-label")
    assert opened.page.locator(".legend.close").count() == 1
    opened.js("hexachord.transport.seek(3.0)")
    opened.until("document.querySelector('.now-chord').textContent === 'Am or C, 60 %'")
    opened.page.get_by_role("button", name="Chords as text").click()
    rows = opened.page.locator("#as-text tbody tr")
    assert [rows.nth(i).locator("td").last.inner_text() for i in range(4)] == ["Am, 10 %", "C, 60 %", "–", "Em, 20 %"]


def test_without_second_choices_nothing_is_said_of_them(open_page: Open) -> None:
    opened = open_page(make_song(second_chords=None))
    assert hint_at(opened, "chords", 7 / 24, 20).endswith("80 % sure")
    assert opened.page.locator(".legend.close").count() == 0
    assert opened.errors == []


def test_how_notes_are_sung_is_told(open_page: Open) -> None:
    opened = open_page(make_song(notes=None, melody=None, spectrogram=None))
    box = opened.page.locator("[data-lane=roll]").bounding_box()
    for share, words in ((0.1 / 24, "from 1.2 semitones below, 0.14 s"), (2.1 / 24, "vibrato 5.6 Hz, ±45 cents")):
        hints = {hint_at(opened, "roll", share, y) for y in range(4, int(box["height"]) - 4, 4)}
        assert any(hint.endswith(words) for hint in hints), hints
    opened.page.get_by_role("button", name="Melody as text").click()
    row = opened.page.locator("#as-text tbody tr").nth(1).locator("td")
    assert [row.nth(i).inner_text() for i in (5, 6)] == ["in place", "5.6 Hz, ±45 cents"]


def test_the_surer_a_chord_the_darker_its_ground(open_page: Open) -> None:
    song, blobs = make_song()
    song["chords"] = {**song["chords"], "confidence": [0.95, 0.1] * 6}
    opened = open_page((song, blobs))
    opened.page.locator("[data-lane=chords]").scroll_into_view_if_needed()
    opened.page.wait_for_timeout(150)
    sure, unsure = opened.js(
        """(() => {
            const c = document.querySelector('[data-lane=chords] canvas');
            const at = (share) => c.getContext('2d').getImageData(Math.round(c.width * share), c.height - 8, 1, 1).data[3];
            return [at(1.8 / 24), at(3.8 / 24)];
        })()"""
    )
    assert sure > 2 * unsure > 0


def test_the_key_moves_on_the_circle(open_page: Open) -> None:
    opened = open_page()
    words = opened.page.get_attribute(".wheel", "aria-label")
    assert words == (
        "Circle of fifths. The key of the whole is C major, 80 % sure. It could also be A minor, 20 % sure. "
        "Along the way it is in C major, E minor."
    )
    shades = opened.js("[...document.querySelectorAll('path.wheel-key')].map((p) => Number(p.style.getPropertyValue('--sure')))")
    assert (shades[0], shades[12], sum(shades)) == (0.8, 0.2, pytest.approx(1.0))
    lit = "[...document.querySelectorAll('.wheel text.now')].map((t) => t.textContent).join()"
    assert opened.js(lit) == "C"
    opened.page.get_by_role("button", name="E minor 0:16–0:24").click()
    assert opened.time_s() == pytest.approx(16.0, abs=0.01)
    assert opened.js(lit) == "Em"
    assert opened.js("document.querySelector('.wheel-now').style.transform") == "rotate(30deg)"
    assert opened.page.locator(".wheel-now.minor").count() == 1
    assert opened.page.text_content(".wheel-numeral") == "I"
    assert opened.page.inner_text(".now-words") == "C\n\nC E G\n\nI in C major, tonic"
    assert opened.page.locator(".journey [aria-current]").inner_text().startswith("E minor")
    opened.until("[...document.querySelectorAll('[role=status]')].some((e) => e.textContent === 'Now in E minor')")


def test_the_marker_moves_only_for_who_wants_motion(open_page: Open) -> None:
    moves = "getComputedStyle(document.querySelector('.wheel-now')).transitionDuration"
    assert open_page().js(moves) == "0s"
    assert open_page(motion="no-preference").js(moves) == "0.35s"


def test_places_on_the_circle(open_page: Open) -> None:
    names = ["Gb major", "F# major", "Bb:min", "G# minor", "Cb major", "N"]
    keys = {"label": names, "text": names, "confidence": [0.9, 0.5, 0.3, 0.2, 0.1, 0.1], "engine": ""}
    opened = open_page(make_song(keys=keys, local_keys=None))
    shades = opened.js("[...document.querySelectorAll('path.wheel-key')].map((p) => Number(p.style.getPropertyValue('--sure')))")
    assert {i: shade for i, shade in enumerate(shades) if shade} == {5: 0.1, 6: 0.9, 12 + 7: 0.3, 12 + 5: 0.2}
    assert opened.errors == []


def test_the_form_is_seen_and_clicked(open_page: Open) -> None:
    song, blobs = make_song()
    label = ["A", "B", "A", "C"]
    song["sections"] = {**song["sections"], "label": label, "text": label}
    opened = open_page((song, blobs))
    matrix = opened.page.locator(".matrix")
    matrix.scroll_into_view_if_needed()
    ink = """(() => {
        const c = document.querySelector('.matrix canvas');
        const copy = new OffscreenCanvas(c.width, c.height).getContext('2d', { willReadFrequently: true });
        copy.drawImage(c, 0, 0);
        const d = copy.getImageData(0, 0, c.width, c.height).data;
        let dark = 0;
        for (let i = 0; i < d.length; i += 4) dark += d[i + 3] > 0 && d[i] < 60;
        return dark / (d.length / 4);
    })()"""
    opened.until(f"{ink} > 0.02")
    words = opened.page.get_attribute(".matrix canvas", "aria-label")
    assert words.startswith("Self-similarity of the song: 48 moments of 0.5 seconds, each beside all others. In order: A, B, A, C.")
    groups = opened.js(
        "[...document.querySelectorAll('.form-group')].map((g) => [...g.querySelectorAll('dt, .passage-time')].map((e) => e.textContent))"
    )
    assert groups == [["A", "0:00–0:04", "0:12–0:20"], ["B", "0:04–0:12"], ["C", "0:20–0:24"]]
    opened.page.get_by_role("button", name="A, 2 of 2, 0:12–0:20").click()
    assert opened.time_s() == pytest.approx(12.0, abs=0.01)
    assert opened.page.locator(".form-group [aria-current] .passage-time").inner_text() == "0:12–0:20"
    box = matrix.bounding_box()
    opened.page.mouse.click(box["x"] + 14 + (box["width"] - 14) * 0.25, box["y"] + 14 + (box["height"] - 14) * 0.5)
    assert opened.time_s() == pytest.approx(6.0, abs=0.1)
    opened.page.mouse.move(box["x"] + 14 + (box["width"] - 14) * 0.26, box["y"] + 14 + (box["height"] - 14) * (0.26 + 1 / 3))
    assert opened.page.locator(".matrix-hint").inner_text() == "0:06 beside 0:14 · 100 % of the most alike"
    assert opened.errors == []


def test_the_pitch_curve_is_fainter_where_less_voiced(open_page: Open) -> None:
    opened = open_page(make_song(notes=None, melody_notes=None, spectrogram=None))
    opened.page.locator("[data-lane=roll]").scroll_into_view_if_needed()
    opened.page.wait_for_timeout(150)
    sure, unsure = opened.js(
        """(() => {
            const c = document.querySelector('[data-lane=roll] canvas');
            const yellow = (from, to) => {
                const d = c.getContext('2d').getImageData(Math.round(c.width * from), 0, Math.round(c.width * (to - from)), c.height).data;
                let most = 0;
                for (let i = 0; i < d.length; i += 4) most = Math.max(most, d[i] - d[i + 2]);
                return most;
            };
            return [yellow(0.02, 0.45), yellow(0.52, 0.95)];
        })()"""
    )
    assert sure > 150
    assert 20 < unsure < 0.7 * sure
    assert "the pitch of the melody, voiced 78 % of the time, between A3 and E♭4" in opened.page.get_attribute(
        "[data-lane=roll] canvas", "aria-label"
    )
    box = opened.page.locator("[data-lane=roll]").bounding_box()
    hints = {hint_at(opened, "roll", 1.02 / 24, y) for y in range(10, int(box["height"]) - 10, 6)}
    assert any("melody · voiced 100 %" in hint and "cents" in hint for hint in hints)


def test_where_nothing_is_heard_the_lane_says_so(open_page: Open) -> None:
    song, blobs = make_song()
    one = {"start_s": [0.0], "end_s": [24.0], "label": ["N"], "text": ["–"], "confidence": [1.0], "engine": ""}
    tones = {"classes": [[]], "bass": [None], "names": [""]}
    song.update(chords=one, chord_tones=tones, harmony=None, second_chords=None)
    song["local_keys"] = {name: [] if isinstance(value, list) else value for name, value in one.items()}
    opened = open_page((song, blobs))
    assert opened.page.locator("#tones").count() == 0  # nothing to sound
    opened.page.locator("[data-lane=chords]").scroll_into_view_if_needed()
    opened.page.wait_for_timeout(150)
    for lane in ("chords", "keys"):
        ink = opened.js(
            """(lane) => {
                const c = document.querySelector(`[data-lane=${lane}] canvas`);
                const d = c.getContext('2d').getImageData(0, 0, 80, c.height).data;
                let dark = 0;
                for (let i = 3; i < d.length; i += 4) dark += d[i] > 100;
                return dark;
            }""",
            lane,
        )
        assert ink > 30, lane
    assert opened.errors == []
