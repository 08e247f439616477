"""Beatmaps: red lines from beats, notes from sounds, and the file that holds them."""

from itertools import pairwise

import numpy as np
import pytest

from hexachord.composition.charts.beatmap import LEVELS, Beatmap, Hit, RedLine, beatmap_faults, place_of
from hexachord.composition.charts.charting import Sounds, chart_sounds
from hexachord.composition.charts.osu_file import beatmap_text, parse_beatmap
from hexachord.composition.charts.timing import red_lines
from hexachord.errors import InputError


def sounds(time_s, weight=None, bright=None, accent=None, held_s=None) -> Sounds:
    nothing = np.zeros(len(time_s))
    columns = {"weight": weight, "bright": bright, "accent": accent, "held_s": held_s}
    return Sounds(
        time_s=np.asarray(time_s, dtype=float), **{name: nothing if value is None else np.asarray(value) for name, value in columns.items()}
    )


def busy(lines, seconds=60, seed=0, sixths=False) -> Sounds:
    """Sixteenths (and some sixths) of which chance silences a third, each a few milliseconds off."""
    random = np.random.default_rng(seed)
    parts = np.concatenate([np.arange(0, 4 * seconds) / 4, np.arange(100, 112) / 6 if sixths else np.zeros(0)])
    beat_s = lines[0].beat_ms / 1000
    times = np.unique(parts[random.random(len(parts)) > 0.33]) * beat_s + lines[0].time_ms / 1000
    times = np.sort(times[times < seconds] + 0.004 * random.standard_normal((times < seconds).sum()))
    times = np.maximum(times, 0)
    return sounds(times, weight=random.random(len(times)), bright=random.random(len(times)), accent=random.random(len(times)))


@pytest.mark.parametrize("bpm", [61.7, 120.0, 187.3])
def test_a_steady_tempo_is_one_line_however_beats_jitter(bpm):
    beats = 0.3 + np.arange(400) * 60 / bpm + 0.008 * np.random.default_rng(1).standard_normal(400)
    lines = red_lines(beats, np.arange(400) % 4 + 1)
    assert len(lines) == 1
    assert lines[0].bpm == pytest.approx(bpm, rel=2e-5)
    assert abs((lines[0].time_ms - 300 + 30) % (4 * lines[0].beat_ms) - 30) <= 3


def test_lines_follow_tempo_and_metre():
    beats = np.concatenate([np.arange(16) * 0.5, 8 + np.arange(12) * 0.5, 14 + np.cumsum(np.linspace(0.5, 0.8, 24))])
    place = np.concatenate([np.arange(16) % 4 + 1, np.arange(12) % 3 + 1, np.arange(24) % 4 + 1])
    lines = red_lines(beats, place)
    assert [line.beats_per_bar for line in lines[:2]] == [4, 3]
    assert lines[1].time_ms == 8000
    off = [abs(place_of(lines, 1000 * beat)[2]) for beat in beats]
    assert max(off) < 30
    assert len(lines) > 6  # what slows down all the time has many
    assert all(after.time_ms > before.time_ms for before, after in pairwise(lines))


def test_a_pick_up_stands_before_its_line():
    beats = 1.0 + np.arange(41) * 0.5
    lines = red_lines(beats, (np.arange(41) + 3) % 4 + 1)
    assert (len(lines), lines[0].beats_per_bar) == (1, 4)
    assert (1500 - lines[0].time_ms) % 500 in (0, 500)


def test_one_beat_is_no_tempo():
    with pytest.raises(InputError, match="at least two"):
        red_lines(np.array([1.0]), np.array([1]))


@pytest.mark.parametrize("beat_ms", [250.0, 400.0, 517.3, 900.0])
@pytest.mark.parametrize("seed", range(4))
def test_every_level_is_legal_and_harder_than_the_last(beat_ms, seed):
    lines = (RedLine(321, beat_ms),)
    heard = busy(lines, seed=seed, sixths=True)
    made = chart_sounds(heard, lines)
    counts = [len(made[level.name]) for level in LEVELS]
    assert counts == sorted(counts)
    assert counts[0] < counts[-1]
    times = [{hit.time_ms for hit in made[level.name]} for level in LEVELS]
    assert all(easy <= hard for easy, hard in pairwise(times))
    for level in LEVELS:
        assert beatmap_faults(Beatmap(title="", lines=lines, hits=made[level.name]), level=level) == ()
    heard_ms = 1000 * heard.time_s
    assert max(np.abs(heard_ms - hit.time_ms).min() for hit in made["Oni"]) <= 30


def test_six_eight_divides_in_three():
    lines = (RedLine(0, 600.0, 2),)
    times = np.arange(0, 60, 0.2)
    made = chart_sounds(sounds(times, weight=np.ones(300)), lines, is_compound=True)
    assert {hit.time_ms % 600 for hit in made["Futsuu"]} == {0, 200, 400}
    for level in LEVELS:
        assert beatmap_faults(Beatmap(title="", lines=lines, hits=made[level.name]), level=level, is_compound=True) == ()


def test_kats_are_bright_big_notes_stand_out_and_rolls_are_held():
    lines = (RedLine(0, 500.0),)
    times = np.arange(0, 32) * 1.0
    made = chart_sounds(
        sounds(times, weight=np.ones(32), bright=np.arange(32) % 2, accent=np.arange(32) % 16 == 8, held_s=np.full(32, 0.95)), lines,
        rolls=True,
    )["Oni"]  # fmt: skip
    assert all(hit.is_roll and hit.end_ms - hit.time_ms == 750 for hit in made)
    plain = chart_sounds(sounds(times, weight=np.ones(32), bright=np.arange(32) % 2, accent=np.arange(32) % 16 == 8), lines)["Oni"]
    assert [hit.is_kat for hit in plain] == [row % 2 == 1 for row in range(32)]
    assert [hit.time_ms for hit in plain if hit.is_big] == [8000, 24000]


def test_nothing_to_strike_is_said():
    with pytest.raises(InputError, match="no sounds"):
        chart_sounds(sounds([]), (RedLine(0, 500.0),))


def test_the_file_holds_everything():
    lines = (RedLine(-3, 461.538461538, 3), RedLine(20_000, 333.3, 4))
    hits = (*chart_sounds(busy(lines[1:], seed=5), lines[1:])["Oni"], Hit(90_000, is_big=True, end_ms=91_333))
    made = Beatmap(
        title="Für Élise: «b»", artist="Æ — ø", version="Oni", lines=lines, hits=hits, kiai=((20_000, 30_000), (40_001, 50_001)),
        drain=5.5, preview_ms=40_001,
    )  # fmt: skip
    text = beatmap_text(made)
    assert parse_beatmap(text) == made
    assert text.startswith("osu file format v14\n")
    assert "\nMode: 1\n" in text
    assert "\nTitle:Fur Elise: b\n" in text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no beatmap"),
        ("osu file format v14\n[General]\nMode: 0\n", "mode 0"),
        ("osu file format v14\n[General]\nMode: 1\n[TimingPoints]\nx,5\n", "line 5"),
        ("osu file format v14\n[General]\nMode: 1\n[HitObjects]\n1,2\n", "a note of 2 values"),
    ],
)
def test_broken_files_are_put_into_words(text, words):
    with pytest.raises(InputError, match=words):
        parse_beatmap(text)


def test_faults_are_found():
    lines = (RedLine(0, 500.0),)
    for hits, words in (
        ((Hit(-5),), "before the sound"),
        ((Hit(500), Hit(500)), "not after"),
        ((Hit(0, is_big=True), Hit(125)), "big"),
        ((Hit(0, end_ms=700), Hit(500)), "not after"),
        ((Hit(63),), "off the places"),
    ):
        assert any(words in fault for fault in beatmap_faults(Beatmap(title="", lines=lines, hits=hits), level=LEVELS[2])), words
    assert beatmap_faults(Beatmap(title="")) == ("no red line",)


def test_a_few_beats_that_were_heard_badly_change_no_tempo():
    beats = np.arange(200) * 0.5
    beats[80:88] += 0.04
    assert red_lines(beats, np.arange(200) % 4 + 1) == (RedLine(0, 500.0, 4),)


def test_one_beat_after_the_last_bar_is_no_tempo():
    lines = red_lines(np.append(np.arange(8) * 0.5, 4.3), np.append(np.arange(8) % 4 + 1, 1))
    assert all(np.isfinite(line.beat_ms) for line in lines)
