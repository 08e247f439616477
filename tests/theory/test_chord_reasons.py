"""Reasons, fits and tensions of chords: what every textbook says of them."""

import numpy as np
import pytest

from hexachord.theory.chord_labels import parse_chord
from hexachord.theory.chord_reasons import explain_chord
from hexachord.theory.chord_tension import chord_tension
from hexachord.theory.melody_fit import melody_fit, note_sits


@pytest.mark.parametrize(
    ("label", "key", "around", "words"),
    [
        ("E:7", "C major", ("C:maj", "A:min"), ("V7/vi", "dominant of the coming Am", "G♯ leads up to A")),
        ("E:7", "C major", ("C:maj", "F:maj"), ("V7/vi", "does not follow")),
        ("Ab:maj", "C major", ("C:maj", "F:min"), ("bVI", "borrowed from C minor")),
        ("C#:dim7", "C major", ("C:maj", "D:min"), ("passing", "C♯ climbs")),
        ("Db:maj/3", "C major", ("F:maj", "G:7"), ("Neapolitan",)),
        ("C:maj/5", "C major", ("D:min", "G:7"), ("cadential six-four",)),
        ("G:7", "C major", ("D:min", "A:min"), ("deceptive",)),
        ("G#:dim7", "A minor", ("A:min", "A:min"), ("viio7",)),
        ("F#:7", "Eb minor", ("N", "N"), ("III7",)),
        ("Bb:sus4", "Eb major", ("N", "Eb:maj"), ("its third held back",)),
    ],
)
def test_reasons_name_what_the_chord_does(label, key, around, words):
    said = explain_chord(label, key, previous=around[0], following=around[1])
    for word in words:
        assert word in said, said


def test_no_chord_has_no_reason():
    assert explain_chord("N", "C major") == ""
    with pytest.raises(ValueError, match="not in Harte"):
        explain_chord("Cis", "C major")


def test_notes_sit_as_jazz_theory_says():
    assert [note_sits(pitch, parse_chord("C:maj7")) for pitch in (4, 2, 6, 5)] == ["chord tone", "tension", "tension", "avoid"]
    assert note_sits(1, parse_chord("C:7")) == "tension"  # a flat ninth, over a dominant alone
    assert note_sits(1, parse_chord("C:min7")) == "avoid"


def test_a_tune_of_chord_tones_fits_best():
    tones, clash = np.eye(12)[[0, 4, 7]].sum(axis=0), np.eye(12)[[1, 5]].sum(axis=0)
    assert melody_fit("C:maj", tones).score == 1.0
    assert melody_fit("C:maj", clash).score == 0.0
    assert melody_fit("C:maj", np.zeros(12)).score == 1.0
    found = melody_fit("C:maj", tones + clash)
    assert found.chord_tones + found.tensions + found.foreign + found.avoided == pytest.approx(1.0)


def test_tension_grows_with_the_distance_from_home():
    near = [chord_tension(label, "C major") for label in ("C:maj", "G:maj", "D:min", "D:7", "F#:maj")]
    assert near == sorted(near)
    assert near[0] == 0.0
    assert chord_tension("C:maj/3", "C major") == 2.0
    # the same in every key
    assert chord_tension("A:7", "G major") == chord_tension("D:7", "C major")
