"""Every style as takes: what the labels say is what is played; nothing the issue lists is missing."""

import itertools
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hexachord.dsp.pyin import PyinOptions, YinFrame, pyin
from hexachord.rendering.arranging import in_style
from hexachord.rendering.devices import DEVICES, device_shares, devices_of
from hexachord.rendering.metre import rewritten
from hexachord.rendering.model import Take
from hexachord.rendering.performing import perform
from hexachord.rendering.shelf import Shelf
from hexachord.rendering.styles import GENRES, STYLES, Style
from hexachord.rendering.take import draw_take
from hexachord.rendering.timing import tempo_clock
from hexachord.rendering.tunes import draw_tune
from hexachord.synthesis.plain import PlainBank
from hexachord.synthesis.player import render_tracks
from hexachord.theory.chord_labels import parse_chord

LENGTH_S = 20.0


@pytest.fixture(scope="module")
def many(shelf: Shelf) -> list[Take]:
    return [draw_take(seed, shelf, length_s=LENGTH_S) for seed in range(1000, 1400)]


def styled(style: Style, seed: int, shelf: Shelf) -> Take:
    """A take of one style, played exactly: a fitting tune is drawn until there is one."""
    random = np.random.default_rng([seed, 99])
    beats = (4,) if 4 in style.beats else style.beats
    while True:
        tune = draw_tune(random, shelf, bars=64)
        if tune.bars and tune.bars[-1].beats in beats and tune.bars[-1].beat_type != 16:
            break
        if 4 not in style.beats and all(bar.name == "4/4" and bar.length == 4 for bar in tune.bars or ()):
            tune = rewritten(tune, {3: "3/4", 12: "12/8", 6: "6/8", 2: "2/4"}[style.beats[0]])
            break
    piece = replace(in_style(tune, (style,), shelf, random, LENGTH_S), clock=None)
    bars = piece.bars or tune.bars or ()
    clock = tempo_clock("steady", quarter_bpm=piece.quarter_bpm, bars=bars, random=random)
    clock = clock.moved(-float(clock.seconds(min(0.0, bars[0].start))))
    return perform(piece, clock, name=f"{style.name}-{seed}", seed=seed, length_s=LENGTH_S, random=random)


def chord_tone_share(take: Take) -> tuple[float, float]:
    """How long accompaniment sounds tones of the chord of the truth, and how long it sounds where one is known."""
    chords = take.truth.chords
    inside = total = 0.0
    if chords is None:
        return inside, total
    sets = [set(parse_chord(label).pitch_classes()) if parse_chord(label).is_chord else set() for label in chords.label]
    for track, role in zip(take.tracks, take.roles, strict=True):
        if role not in ("chords", "pad", "bass"):
            continue
        for stroke in track.strokes:
            middle = (stroke.onset_s + stroke.release_s) / 2
            here = sets[int(np.clip(np.searchsorted(chords.start_s, middle, side="right") - 1, 0, None))]
            if here:
                length = stroke.release_s - stroke.onset_s
                total += length
                inside += length * (stroke.key % 12 in here)
    return inside, total


@pytest.mark.parametrize("style", STYLES, ids=lambda style: style.name)
def test_every_style_plays_the_chords_of_its_labels_and_its_name_is_a_genre(style: Style, shelf: Shelf) -> None:
    inside = total = 0.0
    for seed in range(4):
        take = styled(style, seed, shelf)
        assert take.genre == style.name
        assert take.genre in GENRES
        assert (take.truth.beats is None) == (not style.pulse)
        if take.truth.tempo is not None and take.metres is not None and take.metres.label[0] in ("4/4", "3/4", "2/4"):
            assert 30 < take.truth.tempo.bpm < 300
        here = chord_tone_share(take)
        inside, total = inside + here[0], total + here[1]
    assert total > 0
    assert inside / total > 0.87  # walking basses pass through other tones


@pytest.mark.parametrize("name", ["house", "techno", "trance"])
def test_kicks_of_four_on_the_floor_are_the_beats(name: str, shelf: Shelf) -> None:
    style = next(style for style in STYLES if style.name == name)
    shares, drops = [], 0
    for seed in range(16):
        take = styled(style, seed, shelf)
        if take.notes["drums"] != "table" or take.truth.beats is None or take.drums is None or take.truth.sections is None:
            continue
        kicks = np.array([time for time, label in zip(take.drums.time_s, take.drums.label, strict=True) if label == "kick"])
        sections = take.truth.sections
        for start, end, label in zip(sections.start_s, sections.end_s, sections.label, strict=True):
            beats = take.truth.beats.time_s[(take.truth.beats.time_s > start + 0.1) & (take.truth.beats.time_s < end - 2.0)]
            if label == "drop" and len(beats) > 3:
                drops += 1
                shares.append(np.mean([np.abs(kicks - beat).min() < 0.03 for beat in beats]))
    assert drops >= 3
    assert np.mean(shares) > 0.9


@pytest.mark.parametrize("name", ["rock", "pop", "drum and bass", "trap", "synthwave", "edm", "chiptune"])
def test_backbeats_fall_on_the_second_and_fourth_beat_of_the_label(name: str, shelf: Shelf) -> None:
    """What a listener taps: were the label half or twice as fast, loud snares and claps would fall on other beats."""
    style = next(style for style in STYLES if style.name == name)
    counts = np.zeros(5)
    for seed in range(12):
        take = styled(style, seed, shelf)
        if take.drums is None or take.truth.beats is None or take.notes["drums"] != "table" or take.metres is None:
            continue
        if set(take.metres.label) != {"4/4"} or "half-time" in take.notes["devices"]:
            continue
        beats = take.truth.beats
        loud = [
            s.onset_s
            for t, r in zip(take.tracks, take.roles, strict=True)
            if r == "drums"
            for s in t.strokes
            if s.key in (38, 39) and s.velocity > 84
        ]
        for time in loud:
            place = int(np.argmin(np.abs(beats.time_s - time)))
            if abs(beats.time_s[place] - time) < 0.04:
                counts[int(beats.position[place])] += 1
    assert counts.sum() > 20
    assert (counts[2] + counts[4]) / counts.sum() > 0.75


def test_swing_of_the_label_is_where_the_off_beats_are(shelf: Shelf) -> None:
    close = []
    for name in ("swing", "shuffle", "blues", "big band", "rockabilly"):
        style = next(style for style in STYLES if style.name == name)
        for seed in range(6):
            take = styled(style, seed, shelf)
            beats = take.truth.beats
            if beats is None or take.notes["drums"] != "table" or take.swing <= 0.55:
                continue
            drums = np.array([s.onset_s for t, r in zip(take.tracks, take.roles, strict=True) if r == "drums" for s in t.strokes])
            place = np.interp(drums, beats.time_s, np.arange(len(beats)), left=np.nan, right=np.nan)
            inside = place % 1.0
            off = inside[(inside > 0.4) & (inside < 0.8)]
            if len(off) > 8:
                close.append(abs(float(np.median(off)) - take.swing) < 0.02)
    assert len(close) >= 4
    assert np.mean(close) > 0.8


@pytest.mark.slow
def test_nothing_that_the_issue_lists_is_missing(many: list[Take]) -> None:
    shares = device_shares(many)
    assert set(shares) == set(DEVICES)
    rare = {name: share for name, share in shares.items() if share < 0.01}
    assert not rare
    assert shares["swing"] > 0.05
    assert shares["tune over groove"] > 0.3
    assert shares["human timing"] > 0.7
    assert len({take.genre for take in many}) > 50


def test_genres_and_devices_are_the_listed_ones(takes: list[Take]) -> None:
    assert {take.genre for take in takes} <= set(GENRES)
    found = set().union(*(devices_of(take) for take in takes))
    assert found <= set(DEVICES)
    assert len(found) > 0.8 * len(DEVICES)


@pytest.mark.slow
def test_tempi_have_no_hole(many: list[Take]) -> None:
    bpm = np.array([take.truth.tempo.bpm for take in many if take.truth.tempo])
    counts, _ = np.histogram(bpm, np.arange(50, 221, 17))
    assert (counts > 0).all()
    assert np.mean((bpm >= 50) & (bpm <= 220)) > 0.9


def test_solo_guitars_play_several_notes_and_solo_voices_one(shelf: Shelf) -> None:
    found: dict[str, Take] = {}
    for seed in range(60):
        take = draw_take(seed, shelf, kind="solo", length_s=LENGTH_S)
        found.setdefault(take.genre, take)
    assert set(found) == {"solo guitar", "solo instrument", "solo voice", "a cappella"}
    guitar = found["solo guitar"].tracks[0].strokes
    assert any(a.release_s > b.onset_s + 0.05 for a, b in itertools.pairwise(guitar))
    assert found["solo guitar"].truth.melody is None
    for genre in ("solo instrument", "solo voice"):
        take = found[genre]
        assert len(take.tracks) == 1
        assert take.truth.melody is not None
        assert take.truth.chords is None
        strokes = take.tracks[0].strokes
        assert all(a.release_s <= b.onset_s + 0.021 for a, b in itertools.pairwise(strokes))
    assert len(found["a cappella"].tracks) >= 3


@pytest.mark.parametrize("seed", [2, 9, 15, 21])
def test_the_melody_sounds_at_the_pitch_of_its_label(seed: int, shelf: Shelf) -> None:
    """Bends, glides and vibrato are in both: a tracker that knows nothing of the label agrees within 10 cents."""
    take = draw_take(seed, shelf, kind="solo", length_s=8.0)
    melody = take.truth.melody
    if melody is None:
        pytest.skip("a guitar with several notes at once")
    rate_hz, hop = 22050, 110
    at = next(index for index, role in enumerate(take.roles) if role in ("sung", "solo", "lead"))
    blocks = render_tracks(
        [replace(take.tracks[at], program=80)], [PlainBank().instrument(program=80)], rate_hz=rate_hz, separate=True, tail_s=0.5
    )
    sound = np.concatenate([block.dry[0].mean(axis=0) for block in blocks])[: 8 * rate_hz].astype(np.float32)
    frame = YinFrame(frame_length=1024, hop=hop, highest_hz=2093.0)
    track = pyin(sound, rate_hz=rate_hz, options=replace(PyinOptions(), frame=frame))
    time_s = np.arange(len(track.f0_hz)) * hop / rate_hz
    label = np.interp(time_s, melody.time_s, melody.f0_hz)
    both = (np.interp(time_s, melody.time_s, melody.voicing) > 0.999) & track.voiced & (label > 0)
    assert both.sum() > 100
    cents = 1200 * np.log2(track.f0_hz[both] / label[both])
    assert np.median(np.abs(cents)) < 10
    assert np.mean(np.abs(cents) < 50) > 0.95


def test_real_harmony_stays_on_its_side(shelf: Shelf, data_dir: Path) -> None:
    names = shelf.names("billboard")
    assert len(names) > 400
    assert {shelf.split.side(f"billboard/{name}") for name in names} == {"train"}
    bench = {path.name for path in (data_dir / "bench" / "billboard").iterdir() if path.is_dir()}
    assert not bench & set(names)
