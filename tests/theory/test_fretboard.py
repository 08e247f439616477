"""Tunings by name and by notes, and what a hand can hold."""

from math import inf

import pytest

from hexachord.errors import InputError
from hexachord.theory.fretboard import TUNINGS, Fretboard, fretboard
from hexachord.theory.fretboard_hands import grips, hand_cost, playable_part

SHAPES = {
    "C": "x32010", "A": "x02220", "G": "320003", "E": "022100", "D": "xx0232", "Am": "x02210", "Em": "022000", "Dm": "xx0231",
    "F": "133211", "Bm": "x24432", "Bb": "x13331", "F#m": "244222", "A7": "x02020", "B7": "x21202", "C7": "x32310", "D7": "xx0212",
    "E7": "020100", "G7": "320001", "Am7": "x02010", "Dm7": "xx0211", "Fmaj7": "xx3210", "Gm": "355333", "Dsus4": "xx0233",
    "D/F#": "2x0232", "C/G": "332010",
}  # fmt: skip


def notes_of(shape: str, board: Fretboard) -> list[int]:
    """Pitches of a shape like x32010, ascending."""
    return sorted(board.pitch_at(board.string_count - place, int(fret)) for place, fret in enumerate(shape) if fret != "x")


def shape_of(strings: tuple[int, ...], frets: tuple[int, ...], count: int) -> str:
    where = dict(zip(strings, frets, strict=True))
    return "".join(str(where.get(string, "x")) for string in range(count, 0, -1))


@pytest.mark.parametrize(("name", "shape"), SHAPES.items())
def test_common_chords_come_out_in_the_shapes_that_every_guitarist_plays(name: str, shape: str) -> None:
    board = fretboard()
    best = grips(tuple(notes_of(shape, board)), board)[0]
    assert shape_of(best.strings, best.frets, 6) == shape, name


@pytest.mark.parametrize("fret", [1, 3, 5])
def test_a_capo_leaves_the_shapes_as_they_are(fret: int) -> None:
    board = fretboard(capo=fret)
    best = grips(tuple(notes_of("x32010", board)), board)[0]
    assert shape_of(best.strings, best.frets, 6) == "x32010"
    assert board.pitch_at(5, 3) == 48 + fret


def test_a_ukulele_plays_c_with_one_finger() -> None:
    board = fretboard("ukulele")
    best = grips((60, 64, 67, 72), board)[0]
    assert shape_of(best.strings, best.frets, 4) == "0003"


@pytest.mark.parametrize("tuning", TUNINGS)
def test_every_named_tuning_finds_its_open_strings(tuning: str) -> None:
    board = fretboard(tuning)
    assert board.name == tuning
    for string in range(1, board.string_count + 1):
        assert (string, 0) in board.places(board.pitch_at(string, 0))


@pytest.mark.parametrize(
    ("text", "pitches"),
    [
        ("Drop D", (38, 45, 50, 55, 59, 64)),
        ("D A D G A D", (38, 45, 50, 55, 57, 62)),
        ("DADGAD", (38, 45, 50, 55, 57, 62)),
        ("D2-G2-D3-G3-B3-D4", (38, 43, 50, 55, 59, 62)),
        ("Eb Ab Db Gb Bb Eb", (39, 44, 49, 54, 58, 63)),
        ("E1 A1 D2 G2", (28, 33, 38, 43)),
    ],
)
def test_tunings_by_their_notes(text: str, pitches: tuple[int, ...]) -> None:
    assert fretboard(text).open_pitches == pitches


@pytest.mark.parametrize("text", ["banjo", "", "H A D G A D", "E A D", "E2"])
def test_what_is_no_tuning_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="standard"):
        fretboard(text)


def test_a_capo_off_the_neck_is_refused() -> None:
    with pytest.raises(InputError, match="0 \\(none\\)"):
        fretboard(capo=30)
    with pytest.raises(ValueError, match="capo"):
        Fretboard(open_pitches=(40,), capo=25)


def test_hands_have_four_fingers() -> None:
    assert hand_cost(((1, 1), (2, 2), (3, 3), (4, 4)), 1) < inf
    assert hand_cost(((1, 1), (2, 2), (3, 3), (4, 4), (5, 4)), 1) == inf
    assert hand_cost(((1, 1), (2, 1), (3, 2), (4, 3), (5, 3)), 1) < inf  # the index finger bars
    assert hand_cost(((1, 1), (2, 0), (3, 1), (4, 3), (5, 3), (6, 2)), 1) == inf  # but not over a string that is to ring open


def test_what_cannot_be_held_is_reduced_from_the_inside() -> None:
    board = fretboard()
    chord = (40, 52, 55, 59, 60, 64, 67, 76)
    kept = playable_part(chord, board)
    assert kept[0] == 0
    assert kept[-1] == len(chord) - 1
    assert 3 <= len(kept) < len(chord)
    assert grips(tuple(chord[index] for index in kept), board)
    assert playable_part((41, 40), fretboard())  # two notes for one string: one stays
