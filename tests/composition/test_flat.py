"""REMI and MIDI-like: round trips, and every walk decodes in its bars."""

import numpy as np
import pytest
from random_clips import random_clip

from hexachord.composition.clips import Clip, empty_chords, empty_notes, make_bars
from hexachord.composition.flat import flat_clip
from hexachord.composition.flat_walk import flat_walk
from hexachord.composition.identity import vocabulary_from_json
from hexachord.composition.midi_like import MidiLike
from hexachord.composition.remi import Remi
from hexachord.composition.vocabulary import ROLES, Vocabulary
from hexachord.errors import InputError

FLAT = (Remi(), Remi(chords=True), Remi(roles=ROLES[1:], steps=24, chords=True), MidiLike(), MidiLike(steps=4), MidiLike(roles=ROLES[1:]))
ids = [f"{words.name}-{len(words.roles)}-{words.steps}" for words in FLAT]


@pytest.mark.parametrize("words", FLAT, ids=ids)
def test_clips_come_back(words) -> None:
    for seed in range(30):
        clip = random_clip(seed)
        plain = flat_clip(clip, vocabulary=words)
        again = flat_clip(plain, vocabulary=words)
        assert np.array_equal(again.notes, plain.notes)
        rows = words.encode(plain)
        assert rows.shape[1] == 1
        assert rows.min() > 0
        assert rows.max() < words.field_sizes[0]
        found = words.decode(rows, like=plain)
        assert np.array_equal(found.notes, plain.notes)
        assert np.array_equal(found.chords, plain.chords)


def test_remi_tells_metres_and_tempi() -> None:
    bars = make_bars(3, 6, 8, bpm=90.0)
    bars["beats"][2], bars["beat_type"][2], bars["last"][2] = 5, 4, 120
    clip = flat_clip(Clip(bars=bars, notes=empty_notes(), chords=empty_chords()), vocabulary=Remi())
    rows = Remi().encode(clip)
    assert [Remi().describe(int(token)) for token in rows[:4, 0]] == ["BAR", "BEATS 5", "BEAT_TYPE 3", "TEMPO 25"]
    found = Remi().decode(rows).bars
    assert found["beats"].tolist() == [6, 6, 5]
    assert found["beat_type"].tolist() == [8, 8, 4]
    assert abs(found["bpm"][0] / 90 - 1) < 0.03


@pytest.mark.parametrize("words", FLAT, ids=ids)
def test_every_walk_decodes(words) -> None:
    for seed in range(12):
        random = np.random.default_rng(seed)
        clip = flat_clip(random_clip(seed, most_notes=40), vocabulary=words)
        prompt = int(random.integers(len(clip.bars)))
        walk = flat_walk(clip, vocabulary=words, prompt_bars=prompt)
        while not walk.done:
            walk.feed()
            legal = np.flatnonzero(walk.mask(()))
            assert len(legal)
            stop = [token for token in (1, 2) if token in legal]
            walk.push([stop[0] if stop and random.random() < 0.2 else int(random.choice(legal))])
        walk.feed()
        made = walk.clip()
        assert np.array_equal(made.bars, clip.bars)
        onsets = made.onsets()
        assert np.all(onsets >= 0)
        assert np.all(onsets < clip.starts[-1])
        given = clip.notes[clip.notes["bar"] < prompt][["bar", "place", "role", "pitch"]]
        kept = made.notes[made.notes["bar"] < prompt][["bar", "place", "role", "pitch"]]
        assert np.array_equal(given, kept)
        names = made.notes[["bar", "place", "role", "pitch"]]
        assert len(np.unique(names)) == len(names)


def test_nothing_left_to_compose_is_said() -> None:
    clip = flat_clip(random_clip(3), vocabulary=Remi())
    with pytest.raises(InputError, match="one bar at least to compose"):
        flat_walk(clip, vocabulary=Remi(), prompt_bars=len(clip.bars))


@pytest.mark.parametrize("words", [Vocabulary(look=2), *FLAT])
def test_the_json_form_is_the_identity(words) -> None:
    assert vocabulary_from_json(words.to_json()) == words


def test_what_is_no_vocabulary_is_said() -> None:
    for text in ("", "[]", '{"flat": "remi", "nonsense": 1}', '{"version": 99}'):
        with pytest.raises(InputError, match="vocabulary"):
            vocabulary_from_json(text)
