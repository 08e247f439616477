import numpy as np
import pytest

from hexachord.audio_analysis.harmony.vocabulary import IGNORED, NONE, QUALITIES, encode, extended, fits_bass, label_of
from hexachord.theory.chord_labels import FLAT_NAMES, parse_chord


@pytest.mark.parametrize("quality", QUALITIES)
@pytest.mark.parametrize("root", [0, 6, 11])
def test_every_chord_survives_being_written_and_read(root, quality):
    label = label_of(FLAT_NAMES[root], QUALITIES.index(quality))
    code = encode(label)
    assert (code.root, code.bass) == (root, root)
    assert QUALITIES[code.quality] == quality
    assert sorted(np.flatnonzero(code.tones)) == sorted(parse_chord(label).pitch_classes())


@pytest.mark.parametrize("bass", range(12))
def test_every_bass_survives_being_written_and_read(bass):
    for quality in ("maj", "min7", "dim7"):
        assert encode(label_of("A", QUALITIES.index(quality), bass_semitones=bass)).bass == (9 + bass) % 12


@pytest.mark.parametrize(
    ("label", "quality"),
    [
        ("C:9", "7"),
        ("C:min11", "min7"),
        ("C:maj(9)", "maj"),
        ("C:sus4(b7)", "sus4"),
        ("C:(1,5)", "5"),
        ("C:maj9", "maj7"),
        ("C:min(9)", "min"),
    ],
)
def test_what_has_no_name_of_its_own_is_the_nearest(label, quality):
    assert QUALITIES[encode(label).quality] == quality


def test_no_chord_and_an_unknown_one_are_different():
    assert encode("N").root == NONE
    assert encode("X").root == IGNORED
    assert encode("C:1").quality == IGNORED
    assert encode("C:1").root == 0


@pytest.mark.parametrize(
    ("quality", "upper", "name"),
    [
        ("7", (2,), "9"), ("7", (2, 5), "11"), ("7", (2, 9), "13"), ("7", (9,), "7"), ("maj7", (2,), "maj9"), ("min7", (2,), "min9"),
        ("maj", (2,), "maj(9)"), ("min", (2,), "min(9)"), ("dim", (2,), "dim"),
    ],
)  # fmt: skip
def test_upper_voices_give_a_chord_its_name(quality, upper, name):
    tones = np.zeros(12)
    tones[list(upper)] = 0.9
    assert extended(QUALITIES.index(quality), tones) == name
    parse_chord(f"C:{name}")
    assert extended(QUALITIES.index(quality), tones, least=0.95) == quality


def test_chord_tones_suit_as_a_bass():
    suits = fits_bass(QUALITIES.index("min7"))
    assert np.flatnonzero(suits == 0).tolist() == [0, 3, 7, 10]
