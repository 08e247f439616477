"""Chord symbols of a score are read in its local keys."""

from hexachord.score.builtin import builtin_score
from hexachord.score_analysis.facts import read_score


def test_a_song_in_numerals() -> None:
    known = read_score(builtin_score("six-small-notes"))
    harmony = known.harmony
    assert harmony is not None
    assert known.chords is not None
    assert harmony.label == known.chords.label
    assert harmony.numeral[:4] == ("vi7", "IVM7", "I", "V")
    assert set(harmony.key) == {"G major"}
    assert "iv" in " ".join(harmony.numeral)  # the Cm6 before the end of the chorus is borrowed
    assert "borrowed" in harmony.role


def test_without_symbols_there_is_nothing_to_read() -> None:
    assert read_score(builtin_score("bach-invention-4")).harmony is None
