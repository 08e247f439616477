"""Key signatures on written pages."""

import numpy as np

from hexachord.knowledge import Beats, Key, Metre, Notes, Segments
from hexachord.score.model import KeyMark, Score
from hexachord.theory.editing import apply_edits
from hexachord.theory.page_edits import KeyEdit, PageEdit, Place
from hexachord.transcription.notation import piano_reduction

CHORDS = {"I": (48, 64, 67, 72), "ii": (50, 65, 69, 74), "IV": (53, 65, 69, 72), "V7": (43, 62, 65, 71)}
PHRASE = ("I", "IV", "V7", "I", "ii", "V7", "I", "I")
BAR_S = 2.0


def page(*, key: Key | None, shifts: tuple[int, ...] = (0, 3, 0), bars: int = 24) -> Score:
    """Sections in keys so many semitones above C major, each ending on a long chord and a rest."""
    rows, start = list[tuple[float, float, int]](), 0.0
    for shift in shifts:
        for place in range(bars):
            is_last = place == bars - 1
            for beat in range(1 if is_last else 4):
                pitches = CHORDS[PHRASE[place % 8] if not is_last else "I"]
                rows += [(start + beat * 0.5, 1.4 if is_last else 0.48, pitch + shift) for pitch in pitches]
            start += BAR_S
    onset, length, pitch = np.array(sorted(rows)).T
    notes = Notes(onset_s=onset, offset_s=onset + length, pitch=pitch, velocity=np.full(len(pitch), 0.6))
    beats = Beats(time_s=np.arange(round(start / 0.5) + 1) * 0.5, position=np.arange(round(start / 0.5) + 1) % 4 + 1)
    edge = bars * BAR_S
    chords = Segments(start_s=np.array([0.0, edge]), end_s=np.array([edge, 2 * edge]), label=("C:maj", "D#:maj"))
    return piano_reduction(notes, beats=beats, metre=Metre(beats_per_bar=4), key=key, chords=chords)


def test_a_section_in_another_key_has_its_signature_a_double_bar_and_its_names() -> None:
    score = page(key=Key(tonic="C", mode="major", confidence=0.9))
    starts = [bar.tick for bar in score.bars]
    assert [(starts.index(mark.tick), mark.fifths) for mark in score.keys] == [(0, 0), (24, -3), (48, 0)]
    assert [place for place, bar in enumerate(score.bars) if bar.barline == "light-light"] == [23, 47]
    names = {str(note.spelling)[:-1] for note in score.parts[0].notes if starts[24] <= note.onset < starts[48]}
    assert names == {"Eb", "F", "G", "Ab", "Bb", "C", "D"}
    assert [chord.label for chord in score.chords] == ["C:maj", "Eb:maj"]


def test_a_key_that_was_told_is_that_of_the_whole_page() -> None:
    assert page(key=Key(tonic="C", mode="major", confidence=1.0)).keys == (KeyMark(0, 0, "major"),)
    assert page(key=None).keys == (KeyMark(0, 0, ""),)


def test_what_the_user_says_wins() -> None:
    score = page(key=Key(tonic="C", mode="major", confidence=0.9))
    whole, report = apply_edits(score, [PageEdit(key=KeyEdit(name="A minor"))])
    assert whole.keys == (KeyMark(0, 0, "minor"),)
    assert not report.astray
    later, _ = apply_edits(score, [PageEdit(key=KeyEdit(name="C minor", at=Place(bar="25")))])
    assert [(mark.fifths, mark.mode) for mark in later.keys] == [(0, "major"), (-3, "minor"), (0, "major")]
