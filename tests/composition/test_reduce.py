"""Ensembles on one piano."""

from dataclasses import replace

import numpy as np
import pytest

from hexachord.composition.pages.keeping import played_notes
from hexachord.composition.pages.reduce import reduce_for_piano
from hexachord.errors import InputError
from hexachord.score.formats import load_score
from hexachord.score.model import Bar, Lyric, MetreMark, Note, Part, Score, TempoMark
from hexachord.score.musicxml_write import musicxml_text
from hexachord.score.notes import note_array

_TPQ = 480


def ensemble(*lines, **rest) -> Score:
    """Parts of (onset, duration, pitch) in quarters."""
    parts = tuple(
        Part(id=f"P{number}", name=f"Part {number}", notes=tuple(Note(round(a * _TPQ), round(b * _TPQ), p) for a, b, p in line))
        for number, line in enumerate(lines, start=1)
    )
    return Score(parts=parts, ticks_per_quarter=_TPQ, **rest)


def widest(score: Score) -> int:
    rows = note_array(score)
    spans = [np.ptp(rows["pitch"][(rows["onset_tick"] == at) & (rows["staff"] == staff)]) for staff in (1, 2)
             for at in np.unique(rows["onset_tick"][rows["staff"] == staff])]  # fmt: skip
    return int(max(spans))


def test_doublings_go_and_tones_stay():
    made = reduce_for_piano(
        ensemble([(0, 2, 84)], [(0, 2, 72)], [(0, 2, 76)], [(0, 2, 67)], [(0, 2, 67)], [(0, 2, 60)], [(0, 2, 48)], [(0, 2, 36)])
    )
    part = made.score.parts[0]
    pitches = [note.pitch for note in part.notes]
    assert len(pitches) == len(set(pitches)) <= 6
    assert {84, 36} <= set(pitches)
    assert {pitch % 12 for pitch in pitches} == {0, 4, 7}
    assert widest(made.score) <= 12
    assert made.faults == ()


def test_what_lies_out_of_reach_is_moved_by_octaves():
    made = reduce_for_piano(ensemble([(0, 1, 96)], [(0, 1, 28)], [(0, 1, 64)], [(0, 1, 69)]))
    assert {note.pitch % 12 for note in made.score.parts[0].notes} == {0, 4, 9}
    assert widest(made.score) <= 12


def test_a_singer_has_the_tune_even_below_the_violins():
    score = ensemble([(0, 4, 67), (4, 4, 65)], [(0, 8, 91)], [(0, 8, 43)])
    singer = replace(score.parts[0], notes=tuple(note._replace(lyrics=(Lyric("la"),)) for note in score.parts[0].notes))
    made = reduce_for_piano(replace(score, parts=(singer, *score.parts[1:])))
    assert made.kept.melody == 1.0
    assert {67, 65} <= {note.pitch for note in made.score.parts[0].notes if note.staff == 1}
    assert not any(note.lyrics for note in made.score.parts[0].notes)


def test_a_tremolo_becomes_a_held_note():
    made = reduce_for_piano(ensemble([(step / 8, 1 / 8, 72) for step in range(32)], [(0, 4, 48)]))
    assert [(note.pitch, note.duration) for note in made.score.parts[0].notes if note.staff == 1] == [(72, 4 * _TPQ)]


def test_forty_parts_in_seven_eight():
    random = np.random.default_rng(0)
    lines = [
        [(bar * 3.5 + step / 2, 0.5, int(random.integers(30, 95))) for bar in range(6) for step in range(7) if random.random() < 0.6]
        for _ in range(40)
    ]
    made = reduce_for_piano(
        ensemble(
            *lines,
            metres=(MetreMark(0, 7, 8),),
            tempos=(TempoMark(0, 90.0),),
            bars=tuple(Bar(n * 1680, 1680, str(n + 1)) for n in range(6)),
        )
    )
    assert widest(made.score) <= 12
    rows = note_array(made.score)
    assert np.unique(np.stack([rows["onset_tick"], rows["staff"]]), axis=1, return_counts=True)[1].max() <= 4
    assert made.kept.melody > 0.95
    assert made.score.metres == (MetreMark(0, 7, 8),)
    musicxml_text(made.score)


def test_what_cannot_be_reduced_is_said():
    with pytest.raises(InputError, match="no pitched notes"):
        reduce_for_piano(Score(parts=(Part(is_percussion=True, notes=(Note(0, 1, 36),)),)))
    with pytest.raises(InputError, match="7 semitones"):
        reduce_for_piano(ensemble([(0, 1, 60)]), span=3)


@pytest.mark.data
@pytest.mark.parametrize(
    "path",
    [
        "Brahms,_Johannes/Marienlieder,_Op.22/7_Marias_Lob/lc8718660.mxl",
        "Schubert,_Franz/Op.52/4_Coronach,_D.836/lc6182149.mxl",
        "Gounod,_Charles/6_Mélodies/2_O_Ma_Belle_Rebelle!/lc5079373.mxl",
    ],
)
def test_real_songs_and_choirs(data_dir, path):
    score = load_score(data_dir / "train" / "openscore_lieder" / path)
    made = reduce_for_piano(score)
    assert made.kept.melody >= 0.99
    assert made.kept.bass >= 0.97
    assert made.kept.chords >= 0.9
    assert widest(made.score) <= 12
    assert len(made.faults) <= 0.02 * made.score.note_count
    there = {(each.note.onset, each.note.pitch % 12) for each in played_notes(score)}
    assert all((each.note.onset, each.note.pitch % 12) in there for each in played_notes(made.score))  # nothing is invented
