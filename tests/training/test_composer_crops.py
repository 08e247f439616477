"""Crops of songs: random locks, of any kind, always something to compose, and every one decodes."""

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "training"))
sys.path.insert(0, str(Path(__file__).parents[1] / "composition"))

from composer_crops import CropOptions, Crops, fewer_parts, one_piano
from composer_masks import QUESTIONS, draw_given
from composer_songs import load_songs, read_songs, save_songs
from random_clips import random_clip

from hexachord.composition.clips import on_vocabulary
from hexachord.composition.decode import decode, is_clean
from hexachord.composition.vocabulary import KIND, Vocabulary
from hexachord.rendering.music import BarLine, Line, Piece, Span, notes_of
from hexachord.rendering.piece_clips import clip_of_piece, felt_places
from hexachord.rendering.shelf import Shelf
from hexachord.rendering.split import load_split

WORDS = Vocabulary()


def songs():
    return {f"{corpus}/{seed}": random_clip(seed, most_notes=400) for seed, corpus in enumerate(("pop909", "groove", "jsb_chorales") * 4)}


def test_crops_are_rows_with_something_to_compose() -> None:
    crops = Crops(songs(), vocabulary=WORDS, options=CropOptions(rows=128))
    random = np.random.default_rng(1)
    composed = 0
    for _ in range(200):
        crop = crops.draw(random)
        assert 0 < len(crop.rows) <= 128
        assert crop.rows.shape == crop.scored.shape
        assert crop.rows.min() >= 0
        assert np.all(crop.rows.max(axis=0) < np.array(WORDS.field_sizes))
        assert is_clean(crop.rows, vocabulary=WORDS)
        decode(crop.rows, vocabulary=WORDS)
        composed += bool(crop.scored.any())
    assert composed > 190


def test_the_same_seed_draws_the_same_crops() -> None:
    one, two = (Crops(songs(), vocabulary=WORDS).draw(np.random.default_rng(5)) for _ in range(2))
    np.testing.assert_array_equal(one.rows, two.rows)


@pytest.mark.parametrize("question", [question for question, _ in QUESTIONS], ids=lambda question: question.__name__)
def test_every_question_answers_for_every_note(question) -> None:
    for seed in range(20):
        clip = random_clip(seed)
        notes, chords = question(clip, np.random.default_rng(seed), WORDS)
        assert notes.shape == (len(clip.notes),)
        assert chords.shape == (len(clip.chords),)
        assert notes.dtype == chords.dtype == bool


def test_something_is_always_left() -> None:
    random = np.random.default_rng(2)
    for seed in range(100):
        clip = random_clip(seed)
        if len(clip.notes):
            notes, chords = draw_given(clip, random, vocabulary=WORDS)
            assert not (notes.all() and chords.all() and len(clip.notes))


def test_two_hands_become_one_piano() -> None:
    clip = random_clip(1)
    clip.notes["role"] = np.where(np.arange(len(clip.notes)) % 2, WORDS.roles.index("right"), WORDS.roles.index("left"))
    made = one_piano(clip, ("right", "left"), vocabulary=WORDS)
    assert set(made.notes["role"]) == {WORDS.roles.index("piano")}
    assert np.array_equal(on_vocabulary(made, WORDS).notes, made.notes)


def test_parts_leave_but_never_all() -> None:
    seen = set()
    for seed in range(200):
        made = fewer_parts(random_clip(3), np.random.default_rng(seed), vocabulary=WORDS)
        assert len(made.notes)
        seen.add(len(np.unique(made.notes["role"])))
    assert len(seen) > 1


def test_felt_places() -> None:
    assert felt_places(np.array([0.01, 0.26, 0.49, 0.76, 1.0, 1.34, 1.66])).tolist() == [0, 6, 12, 18, 24, 32, 40]


def test_a_piece_becomes_a_clip() -> None:
    line = Line(
        role="sung",
        name="melody",
        program=53,
        notes=notes_of([(-1.0, 1.0, 60, 80), (0.0, 2.0, 64, 90), (3.0, 1.0, 67, 90), (4.0, 2.0, 72, 70)]),
    )
    piece = Piece(
        origins=("pop909/000",), lines=(line,), bars=(BarLine(0.0, 4.0, 4, 4),), quarter_bpm=100.0, chords=(Span(0.0, 4.0, "C"),),
        keys=(Span(0.0, 9.0, "C major"),), style="pop",
    )  # fmt: skip
    clip = on_vocabulary(clip_of_piece(piece, roles={"melody": "melody"}, vocabulary=WORDS), WORDS)
    assert len(clip.bars) == 3  # one before and one after what the annotation counts
    assert clip.notes[["bar", "place", "pitch"]].tolist() == [(0, 72, 60), (1, 0, 64), (1, 72, 67), (2, 0, 72)]
    assert clip.bars["key"].tolist() == [0, 0, 0]
    assert clip.chords[["bar", "root"]].tolist() == [(0, -1), (1, 0), (2, -1)]


@pytest.mark.data
def test_songs_of_every_corpus_are_read_and_kept(data_dir, tmp_path) -> None:
    shelf = Shelf(data=data_dir, split=load_split(), side="valid")
    found = dict(read_songs(shelf, vocabulary=WORDS, limit=2, corpora=("pop909", "openscore_lieder", "openewld", "jsb_chorales")))
    assert {origin.partition("/")[0] for origin in found} == {"pop909", "openscore_lieder", "openewld", "jsb_chorales"}
    save_songs(found, tmp_path / "songs.npz", vocabulary=WORDS)
    again = load_songs(tmp_path / "songs.npz", vocabulary=WORDS)
    for origin, clip in found.items():
        np.testing.assert_array_equal(again[origin].notes, clip.notes)
        np.testing.assert_array_equal(again[origin].bars, clip.bars)
        assert again[origin].parts == clip.parts
        assert clip.bars["key"].min() >= 0
    pop = next(clip for origin, clip in found.items() if origin.startswith("pop909"))
    assert {WORDS.roles[role] for role in np.unique(pop.notes["role"])} <= {"melody", "bridge", "piano"}
    crop = Crops(found, vocabulary=WORDS).draw(np.random.default_rng(3))
    assert crop.rows[0, KIND] == 1
