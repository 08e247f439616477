"""What trainers are told of rendered songs is what their labels say; songs that are kept are the songs that were made."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "training"))

from chord_frames import rendered_frames
from melody_songs import label as melody_label
from note_songs import label as note_label
from note_songs import notes_of, undoubled
from rhythm_songs import rhythm_of
from songs import Ear, Song

from hexachord.assets_folder import SOUNDFONT
from hexachord.audio_analysis.harmony.vocabulary import QUALITIES, encode
from hexachord.knowledge.model import Segments, Tuning
from hexachord.rendering.instruments import find_instruments
from hexachord.rendering.shelf import Shelf
from hexachord.rendering.split import load_split
from hexachord.rendering.stream import Recipe
from hexachord.theory.chord_labels import parse_pitch_class
from hexachord.transcription.activations import HOP, LOWEST_PITCH, RATE_HZ
from hexachord.transcription.melody_line import Candidates as MelodyCandidates
from hexachord.transcription.onset_features import Candidates


@pytest.fixture(scope="module")
def ear(data_dir: Path) -> Ear[Song]:
    split = load_split()
    instruments = find_instruments(split, "train", folders=[SOUNDFONT.path.parent])
    if "font/fluid_r3_mono" not in instruments.paths:
        pytest.skip("the package's soundfont is not there: make assets fetches it")
    recipe = Recipe(kinds=(("band", 1.0),), length_s=14.0, plain_font="font/fluid_r3_mono", human=False, seed=3)
    return Ear(look=_itself, recipe=recipe, shelf=Shelf(data=data_dir, split=split), instruments=instruments, keep=None)


def _itself(song: Song) -> Song:
    return song


@pytest.fixture(scope="module")
def songs(ear: Ear[Song]) -> list[Song]:
    return [ear(index) for index in range(3)]


def test_kept_songs_are_those_that_were_made(ear: Ear[Song], songs: list[Song], tmp_path: Path) -> None:
    keeping = replace(ear, keep=tmp_path)
    made, recalled = keeping(0), keeping(0)
    assert len(list(tmp_path.rglob("*.flac"))) == 1
    assert np.array_equal(made.signal, recalled.signal)
    assert np.abs(recalled.signal - songs[0].signal).max() < 1e-4
    assert recalled.take.id == songs[0].take.id
    assert recalled.take.truth.beats is not None
    assert songs[0].take.truth.beats is not None
    assert np.array_equal(recalled.take.truth.beats.time_s, songs[0].take.truth.beats.time_s)


def test_rhythm_is_that_of_the_labels(songs: list[Song]) -> None:
    for song in songs:
        told, beats = rhythm_of(song), song.take.truth.beats
        assert told is not None
        assert beats is not None
        assert np.array_equal(told.position, beats.position)
        assert len(told.beats) == len(beats)
        assert len(told.grids) == len(told.grid_f) > 1
        assert told.grid_f.max() > 0.8  # played on the grid: one that is offered is right
        assert ((told.right > 0) == (told.grid_f > 0.7)).all()
    assert rhythm_of(replace(songs[0], signal=np.zeros_like(songs[0].signal))) is None


def test_each_frame_has_the_chord_and_the_key_of_the_labels(songs: list[Song]) -> None:
    for song in songs:
        told, chords, key = rendered_frames(song), song.take.truth.chords, song.take.truth.key
        assert told is not None
        assert isinstance(chords, Segments)
        assert len(told.code) == len(told.chroma)
        for start, end, name in zip(chords.start_s, chords.end_s, chords.label, strict=True):
            inside = told.code[int(np.ceil((start + told.hop_s) / told.hop_s)) : int((end - told.hop_s) / told.hop_s)]
            assert {told.labels[code] for code in inside} <= {name}
        named = [(code, state) for code, state in zip(told.code.tolist(), told.state.tolist(), strict=True) if code >= 0]
        assert all(state // len(QUALITIES) == min(encode(told.labels[code]).root, 12) for code, state in named if state >= 0)
        assert key is not None
        assert (told.tonic, told.mode) == (parse_pitch_class(key.tonic), int(key.mode == "minor"))
        assert [(span.tonic, span.mode) for span in told.keys] == [(told.tonic, told.mode)]


def test_songs_between_the_keys_teach_no_notes(songs: list[Song]) -> None:
    song = songs[0]
    told = notes_of(song)
    assert told is not None
    assert song.take.truth.notes is not None
    assert set(told.notes[:, 0]) <= set(song.take.truth.notes.onset_s)
    between = replace(song, take=replace(song.take, truth=replace(song.take.truth, tuning=Tuning(cents=45.0))))
    assert notes_of(between) is None


def test_doubled_notes_are_one() -> None:
    rows = np.array([[1.0, 2.0, 60, 0.5], [1.01, 2.0, 60, 0.6], [1.01, 2.0, 64, 0.6], [1.5, 2.0, 60, 0.6]])
    assert undoubled(rows)[:, 2].tolist() == [60, 64, 60]


def test_a_note_is_the_candidate_nearest_to_it() -> None:
    onset = np.array([1.0, 1.03, 2.0])
    frame = np.round((onset + 0.012) * RATE_HZ / HOP).astype(int)
    found = Candidates(
        frame=frame, pitch_index=np.array([39, 39, 40]), features=np.zeros((3, 1), np.float32), level=np.zeros(3, np.float32)
    )
    notes = np.array([[1.0, 1.5, LOWEST_PITCH + 39, 0.5], [2.0, 2.5, LOWEST_PITCH + 41, 0.5]])
    assert note_label(found, notes).tolist() == [0, -1, -1]


def test_a_note_of_the_melody_is_the_candidate_nearest_to_it() -> None:
    heard = MelodyCandidates(
        onset_s=np.array([0.99, 1.05, 2.0]), offset_s=np.array([1.4, 1.4, 2.4]), pitch=np.array([60.0, 60.0, 67.0]),
        velocity=np.ones(3), confidence=np.ones(3), followed=np.zeros(3, dtype=bool), agrees=np.zeros(3, dtype=bool),
    )  # fmt: skip
    assert melody_label(heard, np.array([[1.0, 1.4, 60.0], [2.0, 2.4, 66.0]])).tolist() == [True, False, False]
