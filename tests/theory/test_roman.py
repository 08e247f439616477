import pytest

from hexachord.theory.chord_labels import DEGREE_NAMES, QUALITIES, parse_chord
from hexachord.theory.roman import chord_of_numeral, roman_numeral

_MORE = (
    "sus4(b7)", "maj(9)", "min(9)", "7(b9)", "7(#9)", "7(#11)", "7(*5)", "7(*5,b5)", "7(*5,#5)", "aug(b7)", "maj6(9)", "sus4(b7,9)",
    "(1,3)", "(1,b3)", "(1,b3,b7)", "(1,5,b7)", "(1,b7)", "(1,4,b7)", "maj(*3)", "maj(*5,b5)", "dim(7)", "7(13)",
)  # fmt: skip


@pytest.mark.parametrize("key", ["Eb major", "G# minor"])
@pytest.mark.parametrize("quality", [*QUALITIES, *_MORE])
def test_from_chord_to_numeral_and_back(key: str, quality: str) -> None:
    for root in ("C", "F#", "Bb"):
        for bass in ("", *(f"/{degree}" for degree in DEGREE_NAMES[1:])):
            chord = parse_chord(f"{root}:{quality}{bass}")
            numeral = roman_numeral(f"{root}:{quality}{bass}", key)
            back = parse_chord(chord_of_numeral(numeral, key))
            assert (back.root, back.bass, back.pitch_classes()) == (chord.root, chord.bass, chord.pitch_classes()), numeral


@pytest.mark.parametrize("semitones", range(12))
def test_a_numeral_does_not_care_which_key_it_is_in(semitones: int) -> None:
    names = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
    for root, quality in ((0, "maj"), (7, "7/3"), (2, "min7"), (10, "maj"), (11, "hdim7/b3"), (1, "maj/3")):
        here = roman_numeral(f"{names[root]}:{quality}", "C major")
        there = roman_numeral(f"{names[(root + semitones) % 12]}:{quality}", f"{names[semitones]} major")
        assert here == there


@pytest.mark.parametrize(
    ("key", "numeral", "label"),
    [
        ("C major", "V7/V", "D:7"),
        ("Bb major", "viio7/ii", "B:dim7"),
        ("G minor", "iv6", "C:min/b3"),
        ("G minor", "VII", "F:maj"),
        ("G minor", "viio7", "F#:dim7"),
        ("G minor", "bviio", "F:dim"),
        ("C major", "N6", "Db:maj/3"),
        ("C minor", "Ger65", "Ab:7"),
        ("C major", "It6", "Ab:(3,b7)"),
        ("C major", "V°7", "G:dim7"),
        ("E major", "ii42", "F#:min7/b7"),
    ],
)
def test_known_numerals(key: str, numeral: str, label: str) -> None:
    found, wanted = parse_chord(chord_of_numeral(numeral, key)), parse_chord(label)
    assert (found.root, found.bass, set(found.pitch_classes())) == (wanted.root, wanted.bass, set(wanted.pitch_classes()))


def test_roots_are_spelt_by_the_key() -> None:
    assert chord_of_numeral("bVI", "E major") == "C:maj"
    assert chord_of_numeral("bII", "G major") == "Ab:maj"
    assert chord_of_numeral("V/vi", "E major") == "G#:maj"
    assert chord_of_numeral("#ivø7", "F major") == "B:hdim7"


def test_no_chord_has_no_numeral() -> None:
    assert roman_numeral("N", "C major") == ""
    assert roman_numeral("X", "A minor") == ""


@pytest.mark.parametrize("numeral", ["", "VIII", "iiV", "V7/", "V7/H", "I(add15)", "I(what)", "N7", "42"])
def test_what_is_no_numeral(numeral: str) -> None:
    with pytest.raises(ValueError, match=r"Roman numeral|brackets"):
        chord_of_numeral(numeral, "C major")


def test_what_is_no_key() -> None:
    with pytest.raises(ValueError, match="not a key"):
        roman_numeral("C:maj", "C lydian")
