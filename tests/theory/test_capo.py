import pytest

from hexachord.theory.capo import FRET_COST, choose_capo, shape_cost
from hexachord.theory.chord_labels import parse_chord


def test_open_songs_need_no_capo() -> None:
    best = choose_capo(["G:maj", "D:maj", "E:min", "C:maj"], key="G major")[0]
    assert (best.fret, best.cost) == (0, 0.0)
    assert best.words == "No capo: play in G major, with the shapes G D Em C; all are open."


@pytest.mark.parametrize(
    ("key", "chords", "fret"), [("Eb major", "Eb Ab Bb C:min", 3), ("B major", "B E F# G#:min", 4), ("Bb major", "Bb Eb F", 1)]
)
def test_barres_become_open_shapes(key: str, chords: str, fret: int) -> None:
    choices = choose_capo(chords.split(), key=key)
    assert choices[0].fret == fret
    assert choices[0].cost < next(choice.cost for choice in choices if choice.fret == 0)


def test_shapes_sound_as_the_song_does() -> None:
    for choice in choose_capo(["Ab:min7", "Db:7/3", "N"]):
        for label, shape in zip(("Ab:min7", "Db:7/3"), choice.shapes, strict=False):
            sounding, played = parse_chord(label), parse_chord(shape)
            assert (played.root + choice.fret) % 12 == sounding.root
            assert played.intervals == sounding.intervals


def test_what_is_held_longer_counts_more() -> None:
    even = choose_capo(["F:maj", "C:maj"])
    weighted = choose_capo(["F:maj", "C:maj"], durations_s=[1.0, 99.0])
    at_zero = [next(choice.cost for choice in choices if choice.fret == 0) for choices in (even, weighted)]
    assert at_zero == [1.0, pytest.approx(0.02)]


def test_no_chords_need_no_capo() -> None:
    best = choose_capo(["N", "X"])[0]
    assert (best.fret, best.cost) == (0, 0.0)
    assert best.words == "No capo: there are no chords."
    assert choose_capo([])[0].fret == 0
    assert choose_capo([])[1].cost == pytest.approx(FRET_COST)


def test_costs() -> None:
    assert shape_cost("E:maj") == 0.0 < shape_cost("E:9") < shape_cost("F:maj") < shape_cost("F#:min")
    with pytest.raises(ValueError, match="durations"):
        choose_capo(["C:maj"], durations_s=[1.0, 2.0])
