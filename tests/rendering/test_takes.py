"""Takes: the same from the same seed, labels true and whole, music broad."""

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from bitwise import plain

from hexachord.rendering.catalogue import described, statistics
from hexachord.rendering.drum_classes import DRUM_CLASSES, drum_class
from hexachord.rendering.model import Take
from hexachord.rendering.shelf import Shelf
from hexachord.rendering.split import Split
from hexachord.rendering.take import KINDS, draw_take
from hexachord.synthesis.model import BEND, BEND_RANGE
from hexachord.theory.chord_labels import parse_chord

LENGTH_S = 20.0


@pytest.mark.parametrize("kind", [None, *KINDS])
def test_the_same_seed_gives_the_same_take_whatever_was_drawn_before(kind: str | None, shelf: Shelf, split: Split, data_dir: Path) -> None:
    fresh = Shelf(data=data_dir, split=split)
    draw_take(77, shelf, kind=kind)
    first, again = draw_take(5, shelf, kind=kind), draw_take(5, fresh, kind=kind)
    assert plain(first) == plain(again)
    assert plain(first) != plain(draw_take(6, shelf, kind=kind))


def test_an_unknown_kind_is_refused(shelf: Shelf) -> None:
    with pytest.raises(ValueError, match="opera"):
        draw_take(0, shelf, kind="opera")


def test_strokes_are_sorted_inside_the_take_and_never_double(takes: list[Take]) -> None:
    for take in takes:
        assert take.tracks, take.id
        for track in take.tracks:
            onset = np.array([stroke.onset_s for stroke in track.strokes])
            release = np.array([stroke.release_s for stroke in track.strokes])
            assert (np.diff(onset) >= 0).all(), take.id
            assert onset[0] >= 0, take.id
            assert (release > onset).all(), take.id
            assert release.max() <= LENGTH_S + 0.02, take.id
            for stroke in track.strokes:
                assert 0 <= stroke.key <= 127, take.id
                assert 1 <= stroke.velocity <= 127, take.id
            for key in {stroke.key for stroke in track.strokes}:
                mine = [stroke for stroke in track.strokes if stroke.key == key]
                assert all(a.release_s <= b.onset_s + 0.006 for a, b in itertools.pairwise(mine)), take.id
            for curve in track.controls.values():
                assert (np.diff(curve.time_s) >= 0).all(), take.id
                assert (curve.value >= 0).all(), take.id
                assert (curve.value <= 128).all(), take.id


def test_the_notes_of_the_truth_are_the_strokes(takes: list[Take]) -> None:
    for take in takes:
        pitched = [stroke for track in take.tracks if not track.is_percussion for stroke in track.strokes]
        assert take.truth.notes is not None, take.id
        assert len(take.truth.notes) == len(pitched), take.id
        assert sorted(stroke.onset_s for stroke in pitched) == pytest.approx(take.truth.notes.onset_s.tolist())
        struck = [stroke for track in take.tracks if track.is_percussion for stroke in track.strokes]
        assert take.drums is not None, take.id
        assert len(take.drums) == len(struck), take.id
        expected = sorted((stroke.onset_s, drum_class(stroke.key)) for stroke in struck)
        assert sorted(zip(take.drums.time_s.tolist(), take.drums.label, strict=True)) == expected


def test_all_classes_of_drums_but_claps_are_heard(takes: list[Take]) -> None:
    heard = {label for take in takes for label in (take.drums.label if take.drums else ())}
    assert heard <= set(DRUM_CLASSES)
    assert heard >= set(DRUM_CLASSES) - {"clap"}


def test_positions_follow_the_metre(takes: list[Take]) -> None:
    following = []
    for take in takes:
        beats, metres = take.truth.beats, take.metres
        if beats is None or metres is None:
            continue
        assert (np.diff(beats.time_s) > 0.05).all(), take.id
        felt = {}
        for label in set(metres.label):
            count, kind = (int(part) for part in label.split("/"))
            felt[label] = count // 3 if kind >= 8 and count % 3 == 0 and count > 3 else count
        index = np.clip(np.searchsorted(metres.start_s, beats.time_s + 1e-4, side="right") - 1, 0, None)
        limit = np.array([felt[metres.label[i]] for i in index])
        assert (beats.position >= 1).all(), take.id
        assert (beats.position <= limit).mean() > 0.98, take.id
        follows = np.where(beats.position[:-1] == limit[:-1], 1, beats.position[:-1] + 1)
        assert (beats.position[1:] == follows).mean() > 0.8, take.id  # pages have short bars where a repeat cuts one
        following.append((beats.position[1:] == follows).mean())
        assert take.truth.metre is not None, take.id
        assert take.truth.metre.beats_per_bar == felt[metres.label[0]], take.id
    assert np.mean(following) > 0.99


def test_labels_cover_the_take(takes: list[Take]) -> None:
    for take in takes:
        chords = take.truth.chords
        if chords is not None:
            assert chords.start_s[0] == 0, take.id
            assert chords.end_s[-1] == pytest.approx(LENGTH_S), take.id
            assert np.allclose(chords.end_s[:-1], chords.start_s[1:]), take.id
            assert all(a != b for a, b in zip(chords.label, chords.label[1:], strict=False)), take.id
            for label in chords.label:
                parse_chord(label)
        beats = take.truth.beats
        if beats is not None and take.truth.notes is not None and len(take.truth.notes):
            period = float(np.median(np.diff(beats.time_s)))
            music_end = max(track.strokes[-1].onset_s for track in take.tracks)
            assert beats.time_s[-1] >= music_end - 4.1 * period, take.id
            assert beats.time_s[0] <= take.truth.notes.onset_s[0] + 4.1 * period, take.id
        melody = take.truth.melody
        if melody is not None:
            assert melody.time_s[-1] >= LENGTH_S - 0.02


@pytest.mark.parametrize("kind", ["band", "pop", "drums"])
def test_a_straight_source_lies_on_the_grid_when_nobody_is_human(kind: str, shelf: Shelf) -> None:
    shares = []
    for seed in range(100):
        take = draw_take(seed, shelf, kind=kind, human=False, length_s=LENGTH_S)
        played = take.notes.get("drums", "").startswith("groove")
        beats = take.truth.beats
        if played or take.swing != 0.5 or beats is None:
            continue
        bass = [
            stroke for track, role in zip(take.tracks, take.roles, strict=True) if role in ("bass", "drums") for stroke in track.strokes
        ]
        onset = np.array([stroke.onset_s for stroke in bass if beats.time_s[0] <= stroke.onset_s <= beats.time_s[-1]])
        if len(onset) < 10:
            continue
        beat = np.interp(onset, beats.time_s, np.arange(len(beats)))
        off = np.min([np.abs(beat * parts - np.round(beat * parts)) / parts for parts in (4, 6)], axis=0)
        shares.append(float(np.mean(off < 0.01)))
    assert len(shares) >= 8
    assert np.mean(shares) > 0.95


def test_tempo_agrees_with_the_beats(takes: list[Take]) -> None:
    for take in takes:
        if take.truth.tempo is not None and take.truth.beats is not None:
            assert take.truth.tempo.bpm == pytest.approx(60.0 / np.median(np.diff(take.truth.beats.time_s)))
            if take.notes["tempo"] == "steady":
                gaps = np.diff(take.truth.beats.time_s)
                assert len(set(take.metres.label if take.metres else ())) > 1 or gaps.max() / gaps.min() < 1.01, take.id


def chord_share(takes: list[Take], role: str) -> float:
    """The share of a role's strokes whose pitch class is in the chord of the truth, where one is known."""
    inside = total = 0
    for take in takes:
        chords = take.truth.chords
        if chords is None or take.notes["kind"] not in ("band", "electronic"):
            continue
        classes = [set(parse_chord(label).pitch_classes()) if parse_chord(label).is_chord else set() for label in chords.label]
        for track, at in zip(take.tracks, take.roles, strict=True):
            for stroke in track.strokes if at == role else ():
                middle = min(stroke.onset_s + 0.09, (stroke.onset_s + stroke.release_s) / 2)
                here = classes[int(np.clip(np.searchsorted(chords.start_s, middle, side="right") - 1, 0, None))]
                total += bool(here)
                inside += stroke.key % 12 in here
    assert total > 400
    return inside / total


@pytest.mark.parametrize(("role", "least"), [("chords", 0.95), ("pad", 0.95), ("bass", 0.8)])
def test_accompaniment_plays_the_chords_of_the_truth(takes: list[Take], role: str, least: float) -> None:
    assert chord_share(takes, role) > least


def test_the_melody_is_where_its_notes_are(takes: list[Take]) -> None:
    close = []
    for take in takes:
        melody, notes = take.truth.melody, take.truth.melody_notes
        if melody is None or notes is None or not len(notes):
            continue
        assert ((melody.f0_hz > 0) == (melody.voicing > 0.5)).all()
        middles = (notes.onset_s + notes.offset_s) / 2
        f0_hz = melody.f0_hz[np.clip(np.round(middles / 0.01).astype(int), 0, len(melody) - 1)]
        sounding = f0_hz > 0
        pitch = 69 + 12 * np.log2(f0_hz[sounding] / 440)
        close.append(np.mean(np.abs(pitch - notes.pitch[sounding]) < 0.8))  # vibrato is part of it
        assert sounding.mean() > 0.9, take.id
    assert np.mean(close) > 0.95


def test_bends_are_told_to_single_lines_with_their_range(takes: list[Take]) -> None:
    bent = [track for take in takes for track in take.tracks if BEND in track.controls]
    assert len(bent) > 10
    for track in bent:
        assert track.controls[BEND_RANGE].value[0] == 12.0
        assert not track.is_percussion
        onset = np.array([stroke.onset_s for stroke in track.strokes])
        release = np.array([stroke.release_s for stroke in track.strokes])
        assert (release[:-1] <= onset[1:] + 0.021).all()


def test_origins_stay_on_their_side(takes: list[Take], split: Split) -> None:
    for take in takes:
        assert take.origins or take.notes["kind"] == "drums", take.id
        assert {split.side(origin) for origin in take.origins} <= {"train"}, take.id


@pytest.mark.parametrize("side", ["valid", "held_out"])
def test_other_sides_can_be_drawn_too(side: Any, data_dir: Path, split: Split) -> None:
    shelf = Shelf(data=data_dir, split=split, side=side)
    for kind in KINDS:
        take = draw_take(1, shelf, kind=kind, length_s=10.0)
        assert {split.side(origin) for origin in take.origins} <= {side}


def test_music_is_broad(takes: list[Take]) -> None:
    found, count = statistics(takes), len(takes)
    assert len(found["genre"]) >= 15
    assert len(found["metre"]) >= 8
    metred = count - found["metre"]["none"]
    assert metred - found["metre"]["4/4"] >= 0.1 * count
    assert found["tempo changes"]["True"] >= 0.1 * count
    assert 0.03 * count <= found["swing"]["swung"] <= 0.3 * count
    assert found["labelled"]["beats"] >= 0.9 * count
    assert found["labelled"]["chords"] >= 0.5 * count
    assert found["labelled"]["melody"] >= 0.6 * count
    bpm = np.array([take.truth.tempo.bpm for take in takes if take.truth.tempo])
    assert np.mean((bpm < 30) | (bpm > 300)) < 0.02
    assert np.percentile(bpm, 10) < 65
    assert np.percentile(bpm, 90) > 135


def test_a_line_of_the_catalogue_names_what_was_drawn(takes: list[Take]) -> None:
    line = described(takes[0])
    assert takes[0].id in line
    assert takes[0].origins[0] in line


def test_nobody_waits_long_for_music(takes: list[Take]) -> None:
    for take in takes:
        strokes = np.array([(stroke.onset_s, stroke.release_s) for track in take.tracks for stroke in track.strokes])
        strokes = strokes[np.argsort(strokes[:, 0])]
        silent_from_s = np.maximum.accumulate(np.concatenate([[0.0], strokes[:, 1]]))[:-1]
        assert (strokes[:, 0] - silent_from_s).max() < 8.0, take.id  # four seconds, a lead-in and a slow rubato
