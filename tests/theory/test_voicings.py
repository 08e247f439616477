"""Chords as notes: what sounds is the chord, the bass is below, and voices move little."""

import itertools

import pytest

from hexachord.score.model import ChordSymbol, Note, Part, Score
from hexachord.theory.chord_labels import QUALITIES, parse_chord
from hexachord.theory.voicings import bass_pitch, block_chords, chord_markers, voicing

LABELS = [f"{root}:{quality}" for root in ("C", "F#", "Bb") for quality in QUALITIES]


def sounding(score, tick):
    return sorted(note.pitch for note in score.parts[0].notes if note.onset <= tick < note.onset + note.duration)


@pytest.mark.parametrize("label", [*LABELS, "C:maj/3", "D:min7/b7", "G:sus4(b7)", "A:7(#9)"])
def test_what_sounds_is_the_chord_over_its_bass(label):
    chord = parse_chord(label)
    score = block_chords(Score(chords=(ChordSymbol(0, label, 960),)))
    pitches = sounding(score, 0)
    assert pitches[0] == bass_pitch(chord)
    assert pitches[0] % 12 == (chord.root + chord.bass) % 12
    classes = {pitch % 12 for pitch in pitches}
    assert classes <= set(chord.pitch_classes())
    assert set(chord.pitch_classes()) - classes <= {
        (chord.root + step) % 12 for step in (2, 5, 7)
    }  # of big chords the fifth, the ninth and the eleventh may be missing
    assert len(pitches) == len(set(pitches))
    assert pitches[0] >= 40
    assert pitches[-1] <= 79


def test_voices_move_little():
    upper = ()
    moved = []
    for label in ("C:maj", "A:min", "F:maj", "G:7", "E:min7", "C:maj"):
        after = voicing(parse_chord(label), upper, centre=62.0)
        if upper:
            moved.append(max(min(abs(pitch - old) for old in upper) for pitch in after))
        upper = after
    assert max(moved) <= 4


def test_chords_last_until_the_next_and_what_is_none_rests():
    symbols = (ChordSymbol(0, "C:maj"), ChordSymbol(480, "N"), ChordSymbol(960, "tacet"), ChordSymbol(1440, "G:maj"))
    chart = block_chords(Score(chords=symbols, parts=(Part(notes=(Note(0, 2400, 72),)),)))
    assert {(note.onset, note.duration) for note in chart.parts[0].notes} == {(0, 480), (1440, 960)}
    for one, other in itertools.pairwise(chord_markers(chart).sections):
        assert one.tick <= other.tick
    with pytest.raises(ValueError, match="no symbol"):
        block_chords(Score(chords=(ChordSymbol(0, "N"),)))
    with pytest.raises(ValueError, match="no symbol"):
        block_chords(Score())
