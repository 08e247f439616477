import numpy as np
import pytest

from hexachord.knowledge import Key, Segments
from hexachord.theory.functions import FUNCTIONS, ROLES, keys_of_spans, read_chord, read_chords, read_segments
from hexachord.theory.roman import chord_of_numeral

_PROGRESSIONS = {
    # key, chords, numerals: cadences and sequences every textbook has
    "authentic": ("G major", "G A:min7/b3 G/5 D:7 G", "I ii65 I64 V7 I"),
    "deceptive": ("D minor", "D:min E:hdim7/b3 A:7 Bb", "i iiø65 V7 VI"),
    "neapolitan": ("C minor", "C:min Db/3 C:min/5 G:7 C:min", "i bII6 i64 V7 i"),
    "german sixth": ("C minor", "F:min Ab:7 C:min/5 G C:min", "iv Ger65 i64 V i"),
    "french sixth": ("A minor", "F:7(*5,b5) E A:min", "Fr43 V i"),
    "circle of fifths": ("C major", "E:7 A:7 D:7 G:7 C", "V7/vi V7/ii V7/V V7 I"),
    "leading tones": ("F major", "F F#:dim7 G:min B:dim7 C:7", "I viio7/ii ii viio7/V V7"),
    "tonicised": ("C major", "B:hdim7 E:7 A:min G:min7 C:7 F", "viiø7 V7/vi vi ii7/IV V7/IV IV"),
    "borrowed": ("C major", "C F:min Ab Bb C", "I iv bVI bVII I"),
    "twelve bars": ("A major", "A:7 D:7 A:7 E:7 D:7 A:7", "V7/IV IV7 I7 V7 IV7 I7"),
    "andalusian": ("A minor", "A:min G F E", "i VII VI V"),
    "axis": ("E major", "E B C#:min A", "I V vi IV"),
    "picardy": ("D minor", "G:min A:7 D", "iv V7 I"),
    "relative": ("E minor", "E:min D:7 G C B:7 E:min", "i V7/III III VI V7 i"),
    "tritone substitute": ("C major", "D:min7 Db:7 C:maj7", "ii7 bII7 IM7"),
    "suspended": ("G major", "D:sus4(b7) D:7 G", "V7sus4 V7 I"),
    "enharmonic": ("C major", "C Eb:dim7 E:min", "I viio7/iii iii"),
}


@pytest.mark.parametrize("name", _PROGRESSIONS)
def test_textbook_progressions(name: str) -> None:
    key, chords, numerals = _PROGRESSIONS[name]
    labels = chords.split()
    readings = read_chords(labels, [key] * len(labels))
    assert [reading.numeral if reading else None for reading in readings] == numerals.split()
    assert all(reading is None or (reading.function in FUNCTIONS and reading.role in ROLES) for reading in readings)


def test_functions_of_a_cadence() -> None:
    readings = read_chords(["D:min7", "C:maj/5", "G:7", "C:maj"], ["C major"] * 4)
    assert [reading.function for reading in readings if reading] == ["predominant", "dominant", "dominant", "tonic"]
    assert [reading.role for reading in readings if reading] == ["diatonic", "cadential", "diatonic", "diatonic"]


def test_every_numeral_says_which_chord_it_is() -> None:
    from hexachord.theory.chord_labels import parse_chord

    for key in ("C major", "A minor"):
        for root in ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"):
            for quality in ("maj", "min", "7", "maj7", "min7", "dim", "dim7", "hdim7", "aug", "sus4"):
                reading = read_chord(f"{root}:{quality}", key)
                assert reading is not None
                chord, back = parse_chord(f"{root}:{quality}"), parse_chord(chord_of_numeral(reading.numeral, key))
                assert back.pitch_classes() == chord.pitch_classes(), (key, root, quality, reading.numeral)


def test_each_chord_is_read_in_its_local_key() -> None:
    chords = Segments(start_s=np.array([0.0, 4.0, 8.0]), end_s=np.array([4.0, 8.0, 12.0]), label=("C:maj", "N", "D:maj"))
    keys = Segments(start_s=np.array([0.0, 7.0]), end_s=np.array([7.0, 12.0]), label=("C major", "D major"))
    readings = read_segments(chords, local_keys=keys)
    assert [reading and (reading.numeral, reading.key) for reading in readings] == [("I", "C major"), None, ("I", "D major")]
    assert keys_of_spans(chords, local_keys=None, key=Key(tonic="G", mode="major", confidence=0.9)) == ["G major"] * 3


def test_without_a_key_there_is_nothing_to_read() -> None:
    chords = Segments(start_s=np.array([0.0]), end_s=np.array([1.0]), label=("C:maj",))
    assert read_segments(chords) == [None]
    assert read_segments(chords, key=Key(tonic="C", mode="major", confidence=0.0)) == [None]


def test_a_label_of_another_kind_is_passed_over() -> None:
    chords = Segments(start_s=np.array([0.0, 1.0]), end_s=np.array([1.0, 2.0]), label=("Cmaj7 (hold)", "G:maj"))
    readings = read_segments(chords, key=Key(tonic="C", mode="major", confidence=1.0))
    assert readings[0] is None
    assert readings[1] is not None
    assert readings[1].numeral == "V"
