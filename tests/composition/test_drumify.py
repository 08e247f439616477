"""Drums that follow a rhythm."""

from dataclasses import replace

import numpy as np
import pytest

from hexachord.composition.drums.drumify import NETWORK, RHYTHM_CUES, drumify, rhythm_cues, rhythm_of, strokes_of
from hexachord.composition.drums.groove import empty_grid
from hexachord.composition.drums.groove_network import DRUMS
from hexachord.errors import InputError
from hexachord.models.networks import network_path
from hexachord.score.model import MetreMark, Note, Part, Score, TempoMark

_TPQ = 480


def tune(onsets: list[float], *, beats: int = 4, beat_type: int = 4) -> Score:
    notes = tuple(Note(round(onset * _TPQ), 120, 60, 90) for onset in onsets)
    return Score(
        parts=(Part(notes=notes),), ticks_per_quarter=_TPQ, tempos=(TempoMark(0, 100.0),), metres=(MetreMark(0, beats, beat_type),)
    )  # fmt: skip


class Kicks:
    """A network that strikes the kick wherever something starts."""

    def __call__(self, cues: np.ndarray) -> np.ndarray:
        said = np.full((len(cues), len(DRUMS)), -9.0, dtype=np.float32)
        said[:, 0] = np.where(cues[:, 0] > 0, 5.0, -9.0)
        return said


def test_a_part_of_drums_is_added_and_nothing_else_changes() -> None:
    score = tune([0, 0.75, 1.5, 2, 3, 4, 5.5, 7])
    made = drumify(score, strength=0.0, network=Kicks())  # type: ignore[arg-type]
    assert replace(made, parts=made.parts[:1]) == score
    drums = made.parts[1]
    assert (drums.is_percussion, drums.id, drums.name) == (True, "P2", "Drums")
    assert [note.onset for note in drums.notes] == [note.onset for note in score.parts[0].notes]
    assert {note.pitch for note in drums.notes} == {36}


def test_only_the_chosen_parts_are_followed() -> None:
    score = tune([0, 1, 2, 3])
    score = replace(score, parts=(*score.parts, Part(id="P2", notes=(Note(240, 120, 40, 100), Note(240, 120, 52, 60)))))
    count, loudness = rhythm_of(score, empty_grid(score), parts=["P2"])
    assert np.flatnonzero(count).tolist() == [2]
    assert (count[2], loudness[2]) == (2.0, 100 / 127)
    assert np.flatnonzero(rhythm_of(score, empty_grid(score))[0]).tolist() == [0, 2, 4, 8, 12]


def test_likely_strokes_and_one_hi_hat() -> None:
    chance = np.full((16, len(DRUMS)), 0.01)
    chance[::2, 2], chance[::4, 3], chance[::8, 0], chance[:, 4] = 0.9, 0.95, 0.4, 0.3
    struck = strokes_of(chance)
    assert np.flatnonzero(struck[:, 0]).tolist() == [0, 8]
    assert np.flatnonzero(struck[:, 2]).tolist() == [2, 6, 10, 14]
    assert np.flatnonzero(struck[:, 3]).tolist() == [0, 4, 8, 12]
    assert not struck[:, 4:].any()
    one, same, other = (strokes_of(chance, random=np.random.default_rng(seed), variety=1.0) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert (one != other).any()


def test_what_cannot_be_is_refused() -> None:
    for wrong in ({"parts": ["P9"]}, {"style": "polka"}, {"variety": 2.0}, {"strength": -1.0}):
        with pytest.raises(InputError):
            drumify(tune([0, 1]), **wrong)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="no notes"):
        drumify(Score(parts=(Part(),)))


def test_cues_have_their_width() -> None:
    assert rhythm_cues(np.ones(5), np.full(5, 0.5), bpm=90.0, style="rock").shape == (5, RHYTHM_CUES)


@pytest.mark.skipif(network_path(NETWORK) is None, reason="no weights in this checkout")
@pytest.mark.parametrize(("beats", "beat_type"), [(4, 4), (7, 8), (3, 4)])
def test_the_shipped_network_follows_any_metre(beats: int, beat_type: int) -> None:
    length = beats * 4 / beat_type
    onsets = [bar * length + place for bar in range(8) for place in (0, 0.75, 1.5, 2.0, 2.5)]
    made = drumify(tune(onsets, beats=beats, beat_type=beat_type), style="rock")
    struck = np.array([note.onset for note in made.parts[1].notes]) / _TPQ
    assert len(struck) > 30
    rhythm = np.array(onsets)
    near = np.abs(struck[:, None] - rhythm[None]).min(axis=1) < 0.13
    shifted = np.abs(struck[:, None] - rhythm[None] - 0.25).min(axis=1) < 0.13
    assert near.mean() > shifted.mean() + 0.2
    assert len({note.velocity for note in made.parts[1].notes}) > 8
