"""The stream: the same songs from anywhere, by any number of workers; errors that say which song."""

import pickle
from dataclasses import replace

import numpy as np
import pytest

from hexachord.errors import InputError
from hexachord.rendering import stream as module
from hexachord.rendering.instruments import Instruments
from hexachord.rendering.shelf import Shelf
from hexachord.rendering.sound import Rendered
from hexachord.rendering.stream import SONGS, Recipe, SongMaker, TakeError, song, song_take, stream, unopened

RECIPE = Recipe(length_s=3.0, rate_hz=8000, seed=3)


def same(a: Rendered, b: Rendered) -> bool:
    return a.audio.tobytes() == b.audio.tobytes() and a.take.id == b.take.id and a.production.to_json() == b.production.to_json()


@pytest.fixture(scope="module")
def songs(shelf: Shelf, small_band: Instruments) -> list[Rendered]:
    return list(stream(RECIPE, shelf, small_band, count=4, workers=2))


def test_songs_are_what_was_ordered(songs: list[Rendered]) -> None:
    assert len(songs) == 4
    assert [each.take.seed for each in songs] == [3 * SONGS + index for index in range(4)]
    for each in songs:
        assert each.audio.shape == (2, 24000)
        assert np.isfinite(each.audio).all()
    assert sum(bool(each.audio.any()) for each in songs) >= 3
    assert len({each.audio.tobytes() for each in songs}) == 4


def test_the_number_of_workers_does_not_matter(songs: list[Rendered], shelf: Shelf, small_band: Instruments) -> None:
    for workers in (0, 1):
        again = list(stream(RECIPE, *unopened(shelf, small_band), count=4, workers=workers))
        assert all(same(a, b) for a, b in zip(songs, again, strict=True)), workers


def test_it_can_be_entered_in_the_middle(songs: list[Rendered], shelf: Shelf, small_band: Instruments) -> None:
    late = list(stream(RECIPE, *unopened(shelf, small_band), first=2, count=2, workers=0))
    assert same(late[0], songs[2])
    assert same(late[1], songs[3])
    assert same(song(1, RECIPE, shelf, small_band), songs[1])


def test_it_has_no_end(shelf: Shelf, small_band: Instruments) -> None:
    endless = stream(RECIPE, shelf, small_band, first=SONGS - 1, workers=0)
    next(endless)
    with pytest.raises(ValueError, match="take another one"):
        next(endless)


def test_a_dry_song_has_the_same_players_and_no_effects(songs: list[Rendered], shelf: Shelf, small_band: Instruments) -> None:
    dry = song(0, replace(RECIPE, dry=True), shelf, small_band)
    assert [(part.origin, part.program, part.level_db, part.pan) for part in dry.production.parts] == [
        (part.origin, part.program, part.level_db, part.pan) for part in songs[0].production.parts
    ]
    assert not any(part.chain.steps for part in dry.production.parts)
    np.testing.assert_array_equal(dry.audio, dry.mix)
    assert dry.audio.tobytes() != songs[0].audio.tobytes()


def test_the_plain_recipe_plays_the_same_music(shelf: Shelf, small_band: Instruments) -> None:
    plain = replace(RECIPE, plain_font="font/fluid_r3_mono")
    a, b = song_take(1, RECIPE, shelf), song(1, plain, shelf, small_band)
    assert a.id == b.take.id
    assert a.truth.notes is not None
    assert b.take.truth.notes is not None
    np.testing.assert_array_equal(a.truth.notes.onset_s, b.take.truth.notes.onset_s)
    assert {part.origin for part in b.production.parts} == {"font/fluid_r3_mono"}
    assert not b.production.mix.steps


def test_kinds_are_drawn_by_weight(shelf: Shelf) -> None:
    recipe = replace(RECIPE, kinds=(("drums", 3.0), ("chorale", 1.0)))
    kinds = [song_take(index, recipe, shelf).notes["kind"] for index in range(40)]
    assert set(kinds) == {"drums", "chorale"}
    assert 20 <= kinds.count("drums") <= 38


def test_a_recipe_is_data_with_an_identity() -> None:
    recipe = replace(RECIPE, kinds=(("drums", 3.0),), taste="rough")
    assert Recipe.from_plain(recipe.to_plain()) == recipe
    assert recipe.identity == replace(recipe).identity
    assert recipe.identity != replace(recipe, seed=4).identity
    with pytest.raises(ValueError, match="kinds"):
        Recipe(kinds=(("polka", 1.0),))
    with pytest.raises(ValueError, match="not a recipe"):
        Recipe(length_s=0.0)


def test_a_song_that_fails_says_which(monkeypatch: pytest.MonkeyPatch, shelf: Shelf, small_band: Instruments) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a string broke")

    monkeypatch.setattr(module, "render_take", broken)
    with pytest.raises(TakeError, match=rf"song 7 .*seed {3 * SONGS + 7}.*a string broke") as caught:
        song(7, RECIPE, shelf, small_band)
    assert caught.value.seed == 3 * SONGS + 7
    recalled = pickle.loads(pickle.dumps(caught.value))
    assert (str(recalled), recalled.seed, recalled.index) == (str(caught.value), 3 * SONGS + 7, 7)


def test_missing_instruments_are_bad_input(shelf: Shelf, small_band: Instruments) -> None:
    recipe = replace(RECIPE, plain_font="font/stradivari")
    with pytest.raises(InputError, match="stradivari"):
        next(stream(recipe, shelf, small_band, workers=1))
    with pytest.raises(ValueError, match="instruments of train"):
        song(0, replace(RECIPE, side="valid"), replace(shelf, side="valid"), small_band)


def test_what_travels_to_a_worker_is_light(shelf: Shelf, small_band: Instruments) -> None:
    song(0, RECIPE, shelf, small_band)  # opens what it needs
    assert len(pickle.dumps(SongMaker(RECIPE, *unopened(shelf, small_band)))) < 1_000_000
