"""Harte's chord syntax, read and written."""

import numpy as np
import pytest

from hexachord.theory.chord_labels import QUALITIES, encode_chords, format_chord, parse_chord, parse_pitch_class, simplify_chord


@pytest.mark.parametrize(
    ("label", "pitch_classes", "bass"),
    [
        ("C", (0, 4, 7), 0),
        ("C:maj", (0, 4, 7), 0),
        ("A:min7", (0, 4, 7, 9), 0),
        ("G/3", (2, 7, 11), 4),
        ("G:maj/2", (2, 7, 9, 11), 2),
        ("Bb:9", (0, 2, 5, 8, 10), 0),
        ("C:sus4(b7)", (0, 5, 7, 10), 0),
        ("C:maj(*3)", (0, 7), 0),
        ("F#:(1,5)", (1, 6), 0),
        ("D:maj(9, #11)", (2, 4, 6, 8, 9), 0),
        ("Cb:maj", (3, 6, 11), 0),
        ("N", (), -1),
        ("X", (), -1),
    ],
)
def test_reading(label, pitch_classes, bass):
    chord = parse_chord(label)
    assert chord.pitch_classes() == pitch_classes
    assert chord.bass == bass


@pytest.mark.parametrize(
    "label", ["", "H:maj", "C:", "C:major", "Cm", "C:maj(14)", "C:maj(x)", "C:maj/", "C#b:maj", "C:maj()", "n", "C:maj/5/3"]
)
def test_what_is_not_in_the_grammar_is_an_error(label):
    with pytest.raises(ValueError, match=r"chord label"):
        parse_chord(label)


def test_unknown_equals_no_chord_nowhere():
    encoded = encode_chords(["N", "X"])
    assert (encoded.bitmaps[0] == 0).all()
    assert (encoded.bitmaps[1] == -1).all()
    assert not parse_chord("X").is_chord
    assert not parse_chord("N").is_chord


def test_writing_is_read_back():
    for root in range(12):
        for quality in QUALITIES:
            for bass in range(12):
                for flats in (False, True):
                    chord = parse_chord(format_chord(root, quality, bass=bass, flats=flats))
                    assert (chord.root, chord.quality, chord.bass) == (root, quality, bass)
    assert format_chord(-1) == "N"
    with pytest.raises(ValueError, match="quality"):
        format_chord(0, "major")


def test_note_names():
    assert [parse_pitch_class(name) for name in ("C", "Db", "B#", "Fbb", "A##")] == [0, 1, 0, 3, 11]
    for bad in ("c", "", "H", "C5"):
        with pytest.raises(ValueError, match="note name"):
            parse_pitch_class(bad)


def test_simplifying_keeps_the_root():
    assert [simplify_chord(label) for label in ("Eb:min9/b3", "F:13", "G:sus4", "N", "X", "C")] == [
        "Eb:min",
        "F:maj",
        "X",
        "N",
        "X",
        "C:maj",
    ]
    assert simplify_chord("A:7/3", ("maj", "7", "maj7")) == "A:7"


def test_encoding_many_gives_arrays():
    encoded = encode_chords(["C:maj", "D:min/5"])
    assert encoded.roots.tolist() == [0, 2]
    assert encoded.basses.tolist() == [0, 7]
    assert encoded.bitmaps.shape == (2, 12)
    assert np.flatnonzero(encoded.bitmaps[1]).tolist() == [0, 3, 7]


def test_every_label_of_the_real_annotations_is_read(data_dir):
    lines = [line for path in sorted(data_dir.glob("bench/billboard/*/full.lab")) for line in path.read_text().splitlines()]
    labels = {line.split()[2] for line in lines if line.strip()}
    if not labels:
        pytest.skip("bench/billboard is not in HEXACHORD_DATA")
    for label in sorted(labels):
        chord = parse_chord(label)
        assert chord.is_chord == (label not in ("N", "X"))
