"""Three ways to tell a piano: the same notes come back, prompts stand as they were, every walk ends in its bars."""

from pathlib import Path

import numpy as np
import pytest
from piano_files import save_analysed, song_score

from hexachord.composition.clips import Clip, excerpt
from hexachord.composition.decode import decode
from hexachord.composition.vocabulary import BAR, FILL, KIND
from hexachord.errors import InputError
from hexachord.learning.piano_songs import ReadOptions, read_piano_song
from hexachord.learning.piano_tokens import TOKENISATIONS, PianoTokens, PianoWalk
from hexachord.score.formats import save_score

WAYS = [PianoTokens(name=name) for name in TOKENISATIONS] + [
    PianoTokens(name="compound", chords=True),
    PianoTokens(name="remi", chords=True),
]
ids = [f"{way.name}{'-chords' if way.chords else ''}" for way in WAYS]


@pytest.fixture(scope="module")
def song(tmp_path_factory: pytest.TempPathFactory) -> Clip:
    path = save_analysed(tmp_path_factory.mktemp("song"), 7, bars=16)
    return read_piano_song(path, name="x", layout="pop1k7", options=ReadOptions(chords=True)).clip


@pytest.mark.parametrize("way", WAYS, ids=ids)
def test_the_same_notes_come_back_and_each_is_counted_once(song: Clip, way: PianoTokens) -> None:
    clip = way.told(song)
    assert np.array_equal(clip.notes, song.notes)
    rows, counts = way.encode(clip, after=0)
    assert rows.shape == counts.shape == (len(rows), way.fields)
    assert not counts[0].any()
    assert way.notes_in(rows, counts) == len(song.notes)
    back = decode(rows, vocabulary=way.rows, like=clip)[0] if way.name == "compound" else way.flat.decode(rows[1:], like=clip)
    assert np.array_equal(back.notes, clip.notes)
    assert len(back.chords) == (len(song.chords) if way.chords else 0)


def at_random(walk: PianoWalk, way: PianoTokens, *, seed: int, stop: float) -> None:
    random, ends = np.random.default_rng(seed), {"compound": (3,), "remi": (1, 2), "midi-like": (1,)}[way.name]
    walk.feed()
    while not walk.done:
        row: list[int] = []
        for _ in range(way.fields):
            legal = np.flatnonzero(walk.mask(row))
            assert len(legal)
            soon = [value for value in ends if value in legal] if not row and random.random() < stop else []
            row.append(int(soon[0] if soon else random.choice(legal)))
        walk.push(row)
        walk.feed()


@pytest.mark.parametrize("prompt", [0, 4])
@pytest.mark.parametrize("way", WAYS, ids=ids)
def test_a_walk_keeps_its_prompt_and_ends_in_its_bars(song: Clip, way: PianoTokens, prompt: int) -> None:
    clip = excerpt(way.told(song), 0, 10)
    for seed in range(3):
        walk = way.walk(clip, prompt_bars=prompt)
        at_random(walk, way, seed=seed, stop=0.3)
        made = walk.clip()
        assert len(made.bars) == 10
        assert np.array_equal(excerpt(made, 0, prompt).notes, excerpt(clip, 0, prompt).notes)
        assert np.all((made.notes["bar"] >= 0) & (made.notes["bar"] < 10))
        assert np.all(made.notes["place"] % 6 == 0)
        ends = made.onsets() + made.notes["duration"]
        assert ends[made.notes["bar"] >= prompt].max(initial=0) <= made.starts[-1]


@pytest.mark.parametrize("way", WAYS[:3], ids=ids[:3])
def test_what_a_walk_reads_first_is_what_a_model_learns(song: Clip, way: PianoTokens) -> None:
    clip = excerpt(way.told(song), 0, 10)
    rows, _ = way.encode(excerpt(clip, 0, 4), after=None)
    read = way.walk(clip, prompt_bars=4).feed()
    same = min(len(rows), len(read)) - 1
    if way.name == "midi-like":  # notes that sound on are ended by what is composed
        shifts = np.flatnonzero(way.flat.types_of(rows[:, 0].astype(np.int64)) == way.flat.type_number("SHIFT"))
        same = min(same, int(shifts[-1]))
    assert same > 40
    assert np.array_equal(rows[:same], read[:same])


@pytest.mark.parametrize("way", WAYS[:3], ids=ids[:3])
def test_the_last_bars_told_again_fit_and_begin_as_a_piece_does(song: Clip, way: PianoTokens) -> None:
    walk = way.walk(way.told(song), prompt_bars=12)
    walk.feed()
    for most in (60, 120, 200):
        again = walk.refreshed(most)
        assert len(again) <= most
        start = way.encode(excerpt(way.told(song), 0, 4))[0]
        if way.name == "remi":
            assert np.array_equal(again[:5], start[:5])  # the sign, a bar, its metre, its tempo
        elif way.name == "compound":
            assert again[-1, KIND] == FILL
            assert np.count_nonzero(again[:, KIND] == BAR) >= 1
        else:
            assert again[0, 0] == 0


def test_what_cannot_be() -> None:
    for wrong in ({"name": "octuple"}, {"steps": 5}, {"name": "midi-like", "chords": True}):
        with pytest.raises(InputError):
            PianoTokens(**wrong)


def test_a_file_off_the_grid_is_brought_to_it(tmp_path: Path) -> None:
    score = song_score(2)
    save_score(score, tmp_path / "x.mid")
    for steps in (2, 3, 12):
        clip = read_piano_song(tmp_path / "x.mid", name="x", options=ReadOptions(steps=steps)).clip
        assert np.all(clip.notes["place"] % (24 // steps) == 0)
        for name in TOKENISATIONS:
            way = PianoTokens(name=name, steps=steps)
            assert np.array_equal(way.told(clip).notes, clip.notes)
