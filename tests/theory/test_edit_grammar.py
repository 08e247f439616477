"""Corrections as text: what is meant is read, what is not understood is named with the right form."""

import pytest

from hexachord.errors import InputError
from hexachord.theory.edit_grammar import parse_chord_edit, parse_key_edit, parse_metre_edit, parse_new_note, parse_note_edit
from hexachord.theory.page_edits import Place


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("bar 12 beat 2.5 C4 -> Eb4", "bar 12 beat 2.5 C4 -> Eb4"),
        ("Bar 12, Beat 2.5, c4->eb4", "bar 12 beat 2.5 C4 -> Eb4"),
        ("bar 12 beat 2.5 C♯4 → D♭4", "bar 12 beat 2.5 C#4 -> Db4"),
        ("bar 3 B3 delete", "bar 3 beat 1 B3 deleted"),
        ("bar 3 beat 2 1/3 B3 duration 1/3", "bar 3 beat 2.33 B3 duration 0.33"),
        ("bar 3 left B3 hand right", "bar 3 beat 1 staff 2 B3 to staff 1"),
        ("bar 3 left hand voice 6 B3 voice 5", "bar 3 beat 1 staff 2 voice 6 B3 to voice 5"),
        ("bar 3 in Violin B3 staff 2", "bar 3 beat 1 in Violin B3 to staff 2"),
        ("bar 3 beat 1 B3 to beat 4", "bar 3 beat 1 B3 to bar 3 beat 4"),
        ("bar 3 beat 1 B3 to bar 4", "bar 3 beat 1 B3 to bar 4 beat 1"),
        ("bar 3 beat 2 right grace B4 delete", "bar 3 beat 2 staff 1 grace B4 deleted"),
        ("bar 3 beat 1 snare -> kick", "bar 3 beat 1 snare -> kick"),
    ],
)
def test_notes(text, words):
    assert parse_note_edit(text).words() == words


def test_two_digits_stand_for_a_simple_fraction():
    note = parse_note_edit("bar 1 beat 2.33 C4 duration 0.67").note
    assert (note.note.at.beat, note.beats) == (7 / 3, 2 / 3)


@pytest.mark.parametrize(
    ("read", "text", "words"),
    [
        (parse_note_edit, "", ["nothing", "bar 12 beat 2.5 C4 -> Eb4"]),
        (parse_note_edit, "C4 -> D4", ["'C4' where it should say which bar"]),
        (parse_note_edit, "bar 3 beat x C4 -> D4", ["'x' where a beat should stand"]),
        (parse_note_edit, "bar 3 beat 0 C4 -> D4", ["beats count from 1"]),
        (parse_note_edit, "bar 3 H4 -> D4", ["where a note's name should stand"]),
        (parse_note_edit, "bar 3 C4", ["nothing where what becomes of the note should stand"]),
        (parse_note_edit, "bar 3 C4 fly", ["'fly'"]),
        (parse_note_edit, "bar 3 C4 ->", ["nothing where a note's name should stand"]),
        (parse_note_edit, "bar 3 C4 -> C44", ["'C44'"]),
        (parse_note_edit, "bar 3 C4 duration 0", ["no note lasts 0 beats"]),
        (parse_note_edit, "bar 3 C4 duration 1/0", ["'1/0'"]),
        (parse_note_edit, "bar 3 C4 hand middle", ["'middle' where left or right should stand"]),
        (parse_note_edit, "bar 3 C4 voice 0", ["'0' where the number of a voice should stand"]),
        (parse_note_edit, "bar 3 C4 voice 99", ["no voice 99"]),
        (parse_note_edit, "bar 3 C4 delete it", ["'it' after its end"]),
        (parse_new_note, "bar 3 C4", ["--add-note", "nothing where its duration should stand"]),
        (parse_new_note, "bar 3 C4 long", ["no duration", "duration 1"]),
        (parse_new_note, "bar 3 C4 duration", ["nothing where a duration"]),
        (parse_chord_edit, "bar 3 Hm", ["--chord", "Hm", "Bbm7"]),
        (parse_chord_edit, "bar 3", ["nothing where a chord symbol"]),
        (parse_key_edit, "H major", ["--key H major", "no key"]),
        (parse_key_edit, "D# major", ["9 accidentals"]),
        (lambda text: parse_metre_edit(text, bar="3"), "3/5", ["no time signature", "6/8"]),
    ],
)
def test_what_is_not_understood_is_named(read, text, words):
    with pytest.raises(InputError) as caught:
        read(text)
    for word in words:
        assert word in str(caught.value)


def test_new_notes_chords_keys_and_metres():
    added = parse_new_note("bar 2 beat 3 left F#3 duration 1.5 voice 6").added
    assert (added.at, added.name, added.beats, added.staff, added.voice) == (Place(bar="2", beat=3.0), "F#3", 1.5, 2, 6)
    assert parse_chord_edit("bar 2 beat 3 F#m7b5").chord.label == "F#:hdim7"
    assert parse_chord_edit("bar 2 beat 3 F#:hdim7/b5").chord.label == "F#:hdim7/b5"
    assert parse_chord_edit("bar 2 None").chord.label == ""
    names = ["Bb", "bb major", "B♭ Major", "Bbm", "f# minor", "F#m", "C:min", "A minor", "am"]
    assert [parse_key_edit(name).key.name for name in names] == [
        "Bb major",
        "Bb major",
        "Bb major",
        "Bb minor",
        "F# minor",
        "F# minor",
        "C minor",
        "A minor",
        "A minor",
    ]
    assert parse_metre_edit("6/8", bar="bar 5").metre.at == Place(bar="5")
