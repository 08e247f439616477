import pytest

from hexachord.theory.chord_labels import QUALITIES, parse_chord
from hexachord.theory.chord_names import chord_name, respell_chord, transpose_chord, transpose_key


def test_names_of_lead_sheets() -> None:
    assert chord_name("F#:hdim7/b5") == "F#m7b5/C"
    assert chord_name("C:min/b3", unicode=True) == "Cm/E♭"
    assert chord_name("Ebb:7(b9)", unicode=True) == "E♭♭7♭9"
    assert chord_name("no label") == "no label"


@pytest.mark.parametrize("semitones", [-13, -1, 0, 5, 11])
def test_transposition_moves_root_and_keeps_the_rest(semitones: int) -> None:
    for quality in QUALITIES:
        before = parse_chord(f"A:{quality}/b3" if quality == "min" else f"A:{quality}")
        after = parse_chord(transpose_chord(f"A:{quality}/b3" if quality == "min" else f"A:{quality}", semitones))
        assert (after.root - before.root - semitones) % 12 == 0
        assert (after.intervals, after.bass) == (before.intervals, before.bass)


def test_spelling_follows_the_key() -> None:
    assert respell_chord("D#:maj", fifths=-3) == "Eb:maj"
    assert respell_chord("Gb", fifths=3) == "F#"
    assert transpose_chord("X", 3) == "X"
    assert transpose_key("C# minor", 12) == "C# minor"
