"""Scores as ABC, read back by our own reader."""

import re
from collections import Counter

import numpy as np
import pytest

from hexachord.score.abc import read_abc
from hexachord.score.abc_write import abc_text, write_abc
from hexachord.score.builtin import builtin_score
from hexachord.score.formats import load_score, save_score
from hexachord.score.model import Bar, ChordSymbol, Clef, KeyMark, Lyric, MetreMark, Note, NoteValue, Part, Score, Spelling, TempoMark
from hexachord.score.notes import note_array

Q = 10080


def sounding(score):
    notes = note_array(score)
    ticks = score.ticks_per_quarter
    onset, length = (np.round(notes[name] / ticks, 4).tolist() for name in ("onset_tick", "duration_tick"))
    return Counter(zip(onset, length, notes["pitch"].tolist(), strict=True))


def music(text):
    """The lines of a tune after its header and declarations."""
    return [line for line in text.splitlines() if not re.match("[A-Za-z]:|%%", line)]


@pytest.mark.parametrize("name", ["scale", "bach-invention-4", "bumblebee"])
def test_all_notes_come_back(name):
    score = builtin_score(name)
    again = read_abc(write_abc(score))
    assert sounding(again) == sounding(score)
    assert [(bar.tick / again.ticks_per_quarter) for bar in again.bars] == [bar.tick / score.ticks_per_quarter for bar in score.bars]
    assert again.keys[0].fifths == score.keys[0].fifths
    assert (again.title, again.composer) == (score.title, score.composer)


def test_what_stands_above_and_below_comes_back():
    score = builtin_score("six-small-notes")
    again = read_abc(write_abc(score))
    assert Counter(symbol.label for symbol in again.chords) == Counter(symbol.label for symbol in score.chords)
    assert [mark.label for mark in again.sections] == [mark.label for mark in score.sections]
    words = [[lyric.text for note in one.parts[0].notes for lyric in note.lyrics] for one in (again, score)]
    assert words[0] == words[1]


def test_accidentals_hold_under_both_customs():
    """After an F sharp in one octave the natural in another is written, and so is the sharp that comes again there; then both agree."""
    names = [("F", 1, 4), ("F", 0, 5), ("F", 1, 5), ("F", 1, 4), ("F", 1, 4)]
    notes = tuple(Note(at * Q // 2, Q // 2, Spelling(*name).pitch, spelling=Spelling(*name)) for at, name in enumerate(names))
    (line,) = music(write_abc(Score(parts=(Part(notes=notes),), metres=(MetreMark(0, 5, 8),))))
    assert line.replace(" ", "") == "^F=f^fFF|]"


def test_eighths_hang_together_and_triplets_are_one_bracket():
    triplet = tuple(Note(at * Q // 3, Q // 3, 60 + at, value=NoteValue("eighth", 0, 3, 2)) for at in range(3))
    notes = (*triplet, Note(Q, Q // 2, 64), Note(Q + Q // 2, Q // 2, 65), Note(2 * Q, 2 * Q, 67))
    (line,) = music(write_abc(Score(parts=(Part(notes=notes),))))
    assert line == "(3:2:3C^CD EF G4 |]"


def test_ties_and_chords():
    notes = (Note(0, 4 * Q, 60, tied_to_next=True), Note(0, 4 * Q, 64), Note(4 * Q, 4 * Q, 60, tied_to_previous=True))
    score = Score(parts=(Part(notes=notes),))
    assert music(write_abc(score)) == ["[C-E]8 | C8 |]"]
    assert sounding(read_abc(write_abc(score))) == {(0.0, 8.0, 60): 1, (0.0, 4.0, 64): 1}


def test_repeats_endings_keys_and_metres():
    bars = (
        Bar(0, 4 * Q, "1", repeat_start=True),
        Bar(4 * Q, 4 * Q, "2", endings=(1,), repeat_end=2),
        Bar(8 * Q, 4 * Q, "3", endings=(2,), barline="light-light"),
        Bar(12 * Q, 3 * Q, "4", barline="light-heavy"),
    )
    notes = tuple(Note(bar.tick, bar.duration, 67) for bar in bars)
    score = Score(
        parts=(Part(notes=notes),),
        bars=bars,
        metres=(MetreMark(0, 4, 4), MetreMark(12 * Q, 3, 4)),
        keys=(KeyMark(0, -3, "minor"), KeyMark(12 * Q, 2, "major")),
    )
    text = write_abc(score)
    assert "K:Cm" in text
    assert music(text) == ["|: G8 | [1 G8 :| [2 G8 || [K:D] [M:3/4] G6 |]"]
    again = read_abc(text)
    assert [(bar.repeat_start, bar.repeat_end, bar.endings) for bar in again.bars] == [
        (True, 0, ()), (False, 2, (1,)), (False, 0, (2,)), (False, 0, ())
    ]  # fmt: skip


def test_syllables_skip_notes_without_one():
    words = {0: (Lyric("Ky", "begin"),), 2: (Lyric("rie", "end"),)}
    notes = tuple(Note(at * Q, Q, 60 + at, lyrics=words.get(at, ())) for at in range(4))
    again = read_abc(write_abc(Score(parts=(Part(notes=notes),))))
    assert [[lyric.text for lyric in note.lyrics] for note in again.parts[0].notes] == [["Ky"], [], ["rie"], []]


def test_what_abc_cannot_hold_is_named():
    notes = tuple(Note(at * Q, Q, 60, velocity=90) for at in range(8))
    tempos = (TempoMark(0, 96.0, metronome="quarter = 96"), TempoMark(4 * Q, 99.0))
    made = abc_text(Score(parts=(Part(notes=notes, clefs=(Clef(0, 1, "G", 2, -1),)),), tempos=tempos))
    assert made.warnings == ("octaves at clefs: 1", "tempo changes: 1", "velocities: 8")
    assert "clef=treble\n" in made.text
    assert "Q:1/4=96" in made.text


def test_files_by_their_suffix(tmp_path):
    score = Score(title='50% "sure"', parts=(Part(notes=(Note(0, Q, 60),)),), chords=(ChordSymbol(0, "C:maj", None),))
    assert save_score(score, tmp_path / "tune.abc").path.exists()
    assert load_score(tmp_path / "tune.abc").title == '50% "sure"'


def test_real_pages_come_back(data_dir):
    """Of four piano pages of the training side all but a few ties across voices."""
    paths = sorted((data_dir / "train" / "musetrainer").rglob("*.mxl"))[::20]
    if not paths:
        pytest.skip("no musetrainer pages in the data")
    lost = total = 0
    for path in paths:
        score = load_score(path)
        written = sounding(score)
        lost += sum((written - sounding(read_abc(write_abc(score)))).values())
        total += sum(written.values())
    assert lost <= 0.005 * total
