"""Chord symbols become the grips of a first guitar book."""

from dataclasses import replace

import pytest

from hexachord.errors import InputError
from hexachord.score.model import ChordSymbol, Grace, MetreMark, Note, Part, Score
from hexachord.score.musicxml_read import read_musicxml
from hexachord.score.musicxml_write import write_musicxml
from hexachord.score.tablature import misplaced, place_of, without_place
from hexachord.theory.chord_grips import chord_grip, grip_text
from hexachord.theory.chord_labels import parse_chord
from hexachord.theory.fretboard import fretboard
from hexachord.theory.tablature import refingered, strummed, with_tablature

Q = 10080
OPEN = {
    "C:maj": "x32010", "A:maj": "x02220", "G:maj": "320003", "E:maj": "022100", "D:maj": "xx0232", "A:min": "x02210", "E:min": "022000",
    "D:min": "xx0231", "A:7": "x02020", "B:7": "x21202", "C:7": "x32310", "D:7": "xx0212", "E:7": "020100", "G:7": "320001",
    "A:min7": "x02010", "D:min7": "xx0211", "F:maj7": "xx3210", "D:sus4": "xx0233", "C:maj/5": "332010", "B:min": "x24432",
}  # fmt: skip


@pytest.mark.parametrize(("label", "shape"), OPEN.items())
def test_open_chords(label: str, shape: str) -> None:
    assert grip_text(chord_grip(label, fretboard()), fretboard()) == shape


@pytest.mark.parametrize("quality", ["maj", "min", "7", "maj7", "min7", "dim7", "hdim7", "aug", "sus4", "9", "min9", "13", "maj6", "5"])
@pytest.mark.parametrize("tuning", ["standard", "dadgad", "ukulele"])
def test_every_grip_sounds_as_its_chord(quality: str, tuning: str) -> None:
    board = fretboard(tuning)
    for root in ("C", "F#", "Bb"):
        chord = parse_chord(f"{root}:{quality}")
        grip = chord_grip(f"{root}:{quality}", board)
        assert len(grip) >= 3
        sounding = [board.pitch_at(string, fret) for string, fret in grip]
        assert {pitch % 12 for pitch in sounding} <= {(chord.root + step) % 12 for step in chord.intervals}
        if tuning != "ukulele":
            assert sounding[0] % 12 == chord.root
        thirds = {(chord.root + step) % 12 for step in chord.intervals if step in (3, 4)}
        assert thirds <= {pitch % 12 for pitch in sounding}


def test_a_ukulele_has_its_own_shapes() -> None:
    board = fretboard("ukulele")
    shapes = {label: grip_text(chord_grip(label, board), board) for label in ("C:maj", "G:maj", "A:min", "F:maj", "D:maj")}
    assert shapes == {"C:maj": "0003", "G:maj": "0232", "A:min": "2000", "F:maj": "2010", "D:maj": "2220"}


def test_no_chord_no_grip() -> None:
    assert chord_grip("N", fretboard()) == ()
    with pytest.raises(ValueError, match="H"):
        chord_grip("H:maj", fretboard())


def song(*labels: str) -> Score:
    symbols = tuple(ChordSymbol(at * 4 * Q, label, (at + 1) * 4 * Q) for at, label in enumerate(labels))
    return Score(chords=symbols, metres=(MetreMark(0, 4, 4),))


def test_strumming_follows_the_pattern_and_the_capo() -> None:
    score = strummed(song("Eb:maj", "N", "Ab:maj", "Bb:maj"), capo=None)
    part = score.parts[0]
    assert part.capo in (1, 3)
    assert not misplaced(part.notes, tuning=part.tuning, capo=part.capo)
    assert not any(4 * Q <= note.onset < 8 * Q for note in part.notes)
    struck = sorted({note.onset for note in part.notes if note.onset < 4 * Q and not note.tied_to_previous})
    assert struck == [0, Q, 3 * Q // 2, 5 * Q // 2, 3 * Q, 7 * Q // 2]
    assert max(note.end for note in part.notes) == 16 * Q
    again = read_musicxml(write_musicxml(score))
    assert len(again.parts[0].notes) == len(part.notes)
    assert all(place_of(note) for note in again.parts[0].notes)


def test_chords_that_change_off_the_strokes_are_struck() -> None:
    score = Score(chords=(ChordSymbol(0, "C:maj", Q // 2), ChordSymbol(Q // 2, "G:maj", 4 * Q)), metres=(MetreMark(0, 4, 4),))
    onsets = {note.onset for note in strummed(score, pattern="D-------").parts[0].notes if not note.tied_to_previous}
    assert onsets == {0, Q // 2}


def test_nothing_to_strum() -> None:
    with pytest.raises(InputError, match="chords to strum"):
        strummed(song("N"))


def test_any_part_gets_tablature() -> None:
    notes = (
        Note(0, 4 * Q, 48, voice=5, staff=2, tied_to_next=True),
        Note(0, Q, 64),
        Note(Q, Q, 28),
        Note(4 * Q, 4 * Q, 48, voice=5, staff=2, tied_to_previous=True),
    )
    score = with_tablature(Score(parts=(Part(notes=notes, staves=2, name="Piano"),)))
    part = score.parts[0]
    assert part.staves == 2
    assert [clef.sign for clef in part.clefs] == ["G", "TAB"]
    assert {note.staff for note in part.notes} == {1}
    assert [note.pitch for note in part.notes if note.onset == Q] == [40]
    assert len({place_of(note) for note in part.notes if note.pitch == 48}) == 1
    assert not misplaced(part.notes, tuning=part.tuning, capo=0)
    assert score.warnings
    with pytest.raises(InputError, match="music to play on strings"):
        with_tablature(Score())


def test_grace_notes_have_places_of_their_own() -> None:
    notes = (Note(0, Q, 64), Note(Q, 0, 65, grace=Grace.ACCIACCATURA), Note(Q, 0, 67, grace=Grace.ACCIACCATURA), Note(Q, Q, 69))
    part = with_tablature(Score(parts=(Part(notes=notes),))).parts[0]
    assert all(place_of(note) for note in part.notes)
    assert len(part.notes) == 4
    assert not misplaced(part.notes, tuning=part.tuning, capo=0)


def test_a_capo_is_moved_without_a_trace() -> None:
    score = strummed(song("G:maj", "D:maj"), capo=2)
    again = with_tablature(score, capo=0)
    assert again.parts[0].capo == 0
    assert again.parts[0].directions == ()
    assert not misplaced(again.parts[0].notes, tuning=again.parts[0].tuning, capo=0)


def test_edited_notes_find_a_place() -> None:
    score = strummed(song("G:maj", "D:maj"))
    assert refingered(score) == score
    part = score.parts[0]
    edited = replace(part, notes=(without_place(part.notes[0]), part.notes[1]._replace(pitch=part.notes[1].pitch + 1), *part.notes[2:]))
    mended = refingered(replace(score, parts=(edited,))).parts[0]
    assert all(place_of(note) for note in mended.notes)
    assert not misplaced(mended.notes, tuning=mended.tuning, capo=mended.capo)
    assert mended.clefs == part.clefs
