"""Drums played as a drummer would: what moves, what stays, and what is refused."""

from dataclasses import dataclass, replace

import numpy as np
import pytest

from hexachord.composition.drums.groove import drawn, drum_grid, humanise
from hexachord.composition.drums.groove_network import CUES, DRUMS, NETWORK, Touch, drum_column, groove_cues, play_groove
from hexachord.errors import InputError
from hexachord.models.networks import network_path
from hexachord.score.model import Bar, MetreMark, Note, Part, Score, TempoMark

_TPQ = 480


@dataclass
class Fixed:
    """A network that plays everything a tenth of a sixteenth late and with 50, and remembers what it was shown."""

    late: float = 0.1
    shown: np.ndarray | None = None

    def __call__(self, cues: np.ndarray) -> np.ndarray:
        self.shown = cues
        said = np.zeros((len(cues), 4 * len(DRUMS)), dtype=np.float32)
        said[:, : len(DRUMS)] = 50.0 / 127.0
        said[:, len(DRUMS) : 2 * len(DRUMS)] = self.late
        said[:, 2 * len(DRUMS) :] = -3.0
        return said


def rock(bars: int = 2, *, velocity: int | None = 50) -> Score:
    notes = []
    for beat in range(4 * bars):
        notes += [Note(beat * _TPQ, 60, 36 if beat % 2 == 0 else 38, velocity)]
        notes += [Note(beat * _TPQ + half, 60, 42, velocity) for half in (0, _TPQ // 2)]
    notes.append(Note(120, 60, 56, velocity))  # a cowbell is none of the nine
    drums = Part(notes=tuple(sorted(notes)), is_percussion=True, id="P2")
    bass = Part(notes=(Note(0, 480, 40, 70),), id="P1")
    return Score(
        parts=(bass, drums), ticks_per_quarter=_TPQ, tempos=(TempoMark(0, 100.0),), metres=(MetreMark(0, 4, 4),),
        bars=tuple(Bar(index * 4 * _TPQ, 4 * _TPQ, str(index + 1)) for index in range(bars)),
    )  # fmt: skip


def by_key(score: Score, key: int) -> list[Note]:
    return [note for note in score.parts[1].notes if note.pitch == key]


def test_strokes_go_where_they_are_played_and_everything_else_stays() -> None:
    score = rock()
    played = humanise(score, variety=0.0, network=Fixed())  # type: ignore[arg-type]
    assert [note.onset for note in by_key(played, 42)] == [note.onset + 12 for note in by_key(score, 42)]
    assert {note.velocity for note in by_key(played, 42)} == {50}
    assert by_key(played, 56) == by_key(score, 56)
    assert played.parts[0] == score.parts[0]
    assert replace(played, parts=()) == replace(score, parts=())
    assert len(played.parts[1].notes) == len(score.parts[1].notes)


def test_half_the_strength_goes_half_the_way() -> None:
    played = humanise(rock(), strength=0.5, variety=0.0, network=Fixed())  # type: ignore[arg-type]
    assert [note.onset % (_TPQ // 2) for note in by_key(played, 42)] == [6] * 16
    assert humanise(rock(), strength=0.0) == rock()


def test_the_same_seed_plays_the_same_and_another_differently() -> None:
    one, same, other = (humanise(rock(4), seed=seed, network=Fixed()) for seed in (1, 1, 2))  # type: ignore[arg-type]
    assert one == same
    assert one != other
    late = np.array([note.onset for note in by_key(one, 42)]) - np.array([note.onset for note in by_key(rock(4), 42)])
    assert len(set(late.tolist())) > 4
    assert np.abs(late).max() < _TPQ / 8


def test_triplets_are_played_from_where_they_are_written() -> None:
    triplets = tuple(Note(index * 160, 60, 42, 50) for index in range(12))
    score = replace(rock(1), parts=(Part(notes=triplets, is_percussion=True),))
    network = Fixed(late=0.0)
    played = humanise(score, variety=0.0, network=network)  # type: ignore[arg-type]
    assert [note.onset for note in played.parts[0].notes] == [note.onset for note in triplets]
    assert network.shown is not None
    column = len(DRUMS) + DRUMS.index("hihat_closed")
    np.testing.assert_allclose(network.shown[:4, column], [0.0, 1 / 3, 0.0, -1 / 3], atol=1e-6)


def test_a_flam_goes_with_its_stroke_and_ties_stay() -> None:
    notes = (
        Note(460, 20, 38, 50),
        Note(480, 60, 38, 50),
        Note(960, 60, 36, 50, tied_to_next=True),
        Note(1020, 60, 36, 50, tied_to_previous=True),
    )
    score = replace(rock(1), parts=(Part(notes=notes, is_percussion=True),))
    played = humanise(score, variety=0.0, network=Fixed())  # type: ignore[arg-type]
    assert [note.onset for note in played.parts[0].notes] == [472, 492, 960, 1020]


def test_the_grid_follows_pick_ups_metres_and_tempi() -> None:
    notes = tuple(Note(tick, 60, 36) for tick in (0, 480, 2400, 3840))
    score = Score(
        parts=(Part(notes=notes, is_percussion=True),), ticks_per_quarter=_TPQ,
        tempos=(TempoMark(0, 90.0), TempoMark(2400, 140.0)), metres=(MetreMark(0, 4, 4), MetreMark(2400, 3, 4)),
        bars=(Bar(0, 480, "0"), Bar(480, 1920, "1"), Bar(2400, 1440, "2"), Bar(3840, 1440, "3")),
    )  # fmt: skip
    grid = drum_grid(score)
    assert grid.place[:6].tolist() == [12, 13, 14, 15, 0, 1]
    assert set(grid.steps_per_bar.tolist()) == {16, 12}
    np.testing.assert_allclose([grid.bpm[0], grid.bpm[-1]], [90.0, 140.0])
    assert np.flatnonzero(grid.hits[:, 0]).tolist() == [0, 4, 20, 32]


def test_unmarked_strokes_get_velocities() -> None:
    played = humanise(rock(velocity=None), network=Fixed())  # type: ignore[arg-type]
    assert all(note.velocity is not None for note in by_key(played, 36))


def test_what_cannot_be_is_refused() -> None:
    for wrong in ({"strength": 1.5}, {"variety": -0.1}, {"style": "polka"}, {"drummer": "Ringo"}):
        with pytest.raises(InputError):
            humanise(rock(), **wrong)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="no drums"):
        humanise(replace(rock(), parts=rock().parts[:1]))
    with pytest.raises(ValueError, match="a groove is"):
        play_groove(np.zeros((4, 3), dtype=bool), bpm=100.0)


def test_cues_say_what_is_asked() -> None:
    hits = np.zeros((20, len(DRUMS)), dtype=bool)
    hits[0, 0] = True
    plain = groove_cues(hits, bpm=110.0)
    assert plain.shape == (20, CUES)
    named = groove_cues(hits, bpm=110.0, style="jazz/swing", drummer="drummer1")
    assert (named != plain).sum() == 3 * 20
    waltz = groove_cues(np.zeros_like(hits), bpm=110.0, steps_per_bar=12)
    np.testing.assert_array_equal(waltz[12], waltz[0])
    assert drum_column(57) == DRUMS.index("crash")


def test_drums_of_one_moment_are_drawn_together() -> None:
    still = np.zeros((2000, len(DRUMS)))
    touch = Touch(velocity=still + 64.0, offset=still, velocity_spread=still + 9.0, offset_spread=still + 0.05)
    found = drawn(touch, variety=1.0, random=np.random.default_rng(0))
    together = np.corrcoef(found.offset[:, 0], found.offset[:, 1])[0, 1]
    assert 0.3 < together < 0.7
    assert np.abs(found.offset).max() <= 0.1 + 1e-9


@pytest.mark.skipif(network_path(NETWORK) is None, reason="no weights in this checkout")
def test_the_shipped_network_accents_the_backbeat_and_swings() -> None:
    hits = np.zeros((64, len(DRUMS)), dtype=bool)
    hits[::8, 0] = hits[4::8, 1] = hits[::2, 2] = True
    rocking = play_groove(hits, bpm=110.0, style="rock")
    assert rocking.velocity[4::8, 1].mean() > rocking.velocity[2::4, 2].mean() + 15
    assert np.abs(rocking.offset[hits]).mean() < 0.15
    ghosts = hits.copy()
    ghosts[7::8, 1] = True
    funky = play_groove(ghosts, bpm=100.0, style="funk")
    assert funky.velocity[7::8, 1].mean() < funky.velocity[4::8, 1].mean() - 25
