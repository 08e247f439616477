"""Easier piano by our own measure."""

from dataclasses import replace

import pytest

from hexachord.composition.pages.keeping import bass_of, played_notes, tune_of, what_is_kept
from hexachord.composition.pages.piano_page import faults_of, released, two_staves
from hexachord.composition.pages.simplify import level_of, simplify
from hexachord.composition.pages.simplify_dials import Dials, dials_text
from hexachord.errors import InputError
from hexachord.score.builtin import builtin_score
from hexachord.score.formats import load_score
from hexachord.score.model import Grace, MetreMark, Note, Part, Score
from hexachord.score.musicxml_write import musicxml_text


def piano(right, left, **rest) -> Score:
    """Notes as (onset, duration, pitch) in quarters."""
    made = [[Note(round(a * 480), round(b * 480), p) for a, b, p in hand] for hand in (left, right)]
    return Score(parts=(two_staves(*made, part=Part(name="Piano")),), ticks_per_quarter=480, **rest)


def test_tune_and_bass_of_two_hands():
    score = piano([(0, 2, 76), (0, 1, 67), (1, 1, 69), (2, 2, 74)], [(0, 1, 48), (1, 1, 55), (2, 1, 43), (3, 1, 50)])
    notes = played_notes(score)
    assert [each.note.pitch for each, tune in zip(notes, tune_of(score, notes), strict=True) if tune] == [76, 74]
    assert [each.note.pitch for each, bass in zip(notes, bass_of(notes), strict=True) if bass] == [48, 55, 43, 50]


def test_what_is_kept_counts_what_is_gone():
    score = piano([(0, 1, 76), (1, 1, 74)], [(0, 2, 48)])
    notes = played_notes(score)
    kept = what_is_kept(score, notes, [each for each in notes if each.note.pitch != 74])
    assert (kept.melody, kept.bass, kept.notes) == (0.5, 1.0, pytest.approx(2 / 3))


def test_keys_go_in_time():
    hand = released([Note(0, 960, 48), Note(0, 960, 55), Note(480, 480, 60)], span=9)
    assert [(note.pitch, note.duration) for note in hand] == [(48, 480), (55, 960), (60, 480)]


@pytest.mark.parametrize("level", [1, 2])
def test_a_hard_piece_gets_easier_step_by_step(level):
    hard = builtin_score("bumblebee")
    made = simplify(hard, level=level)
    assert level_of(made.before) == 3
    assert level_of(made.after) <= level
    assert made.dials != Dials()
    assert dials_text(made.dials)
    assert made.kept.melody > 0.45
    assert 0 < made.score.note_count < hard.note_count
    musicxml_text(made.score)


def test_easy_music_stays_as_it_is():
    scale = builtin_score("scale")
    made = simplify(scale, level=1)
    assert made.score is scale
    assert made.kept.melody == 1.0


def test_a_chorale_in_octaves_loses_octaves_before_its_tune():
    right = [(beat, 1, pitch) for beat in range(32) for pitch in (72 + beat % 5, 84 + beat % 5, 76 + beat % 5)]
    left = [(beat, 1, pitch) for beat in range(32) for pitch in (36 + 7 * (beat % 3), 48 + 7 * (beat % 3))]
    made = simplify(piano(right, left), level=1)
    assert level_of(made.after) == 1
    assert made.kept.melody == 1.0
    hands = {(note.onset, note.staff) for note in made.score.parts[0].notes}
    spans = [
        max(pitches) - min(pitches)
        for onset, staff in hands
        for pitches in [[note.pitch for note in made.score.parts[0].notes if (note.onset, note.staff) == (onset, staff)]]
    ]
    assert max(spans) < 12


def test_seven_eight_pick_ups_and_grace_notes():
    right = [(2.5 + 0.25 * step, 0.25, 60 + step * 5 % 17) for step in range(70)]
    left = [(3 + 0.5 * step, 0.5, pitch + step % 7) for step in range(34) for pitch in (40, 47, 56)]
    score = piano(right, left, metres=(MetreMark(0, 7, 8),))
    part = score.parts[0]
    score = replace(score, parts=(replace(part, notes=(Note(1440, 0, 71, grace=Grace.ACCIACCATURA), *part.notes)),))
    made = simplify(score, level=1)
    assert not any(note.grace for note in made.score.parts[0].notes)
    assert made.score.metres == score.metres
    assert made.after.level < made.before.level


@pytest.mark.parametrize(
    ("score", "level", "words"),
    [
        (Score(), 2, "no notes"),
        (piano([(0, 1, 60)], []), 7, "no such level"),
        (Score(parts=(Part(notes=(Note(0, 480, 60),), program=40, name="Violin"),), ticks_per_quarter=480), 2, "no piano part"),
    ],
)
def test_bad_wishes_are_put_into_words(score, level, words):
    with pytest.raises(InputError, match=words):
        simplify(score, level=level)


@pytest.mark.slow
@pytest.mark.data
@pytest.mark.parametrize("name", ["Clair_de_Lune__Debussy", "The_Entertainer_-_Scott_Joplin_-_1902", "Happy_Birthday_To_You_C_Major"])
def test_real_piano_music(data_dir, name):
    score = load_score(data_dir / "train" / "musetrainer" / f"{name}.mxl")
    last = 1.0
    for level in (3, 2, 1):
        made = simplify(score, level=level)
        assert level_of(made.after) <= max(level, 1)
        assert made.after.level <= last
        assert made.kept.melody > 0.85
        assert made.kept.bass > 0.5  # off-beat chords of a rag count as basses, too
        assert len(faults_of(made.score, made.score.parts[0])) <= len(faults_of(score, score.parts[0]))
        last = made.after.level
