"""Scores for a string quartet and for a band."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from hexachord.composition.pages.ensembles import STRING_QUARTET, arrange_for_band, arrange_for_players
from hexachord.composition.pages.keeping import music_of, played_notes
from hexachord.errors import InputError
from hexachord.score.abc import read_abc
from hexachord.score.builtin import builtin_score
from hexachord.score.formats import load_score
from hexachord.score.model import MetreMark, Note, Part, Score
from hexachord.score.musicxml_write import musicxml_text

_TPQ = 480


def ensemble(*lines, **rest) -> Score:
    parts = tuple(
        Part(id=f"P{number}", name=f"Part {number}", notes=tuple(Note(round(a * _TPQ), round(b * _TPQ), p) for a, b, p in line))
        for number, line in enumerate(lines, start=1)
    )
    return Score(parts=parts, ticks_per_quarter=_TPQ, **rest)


def is_playable(score: Score) -> bool:
    """One note at a time, all in range."""
    for part, player in zip(score.parts, STRING_QUARTET, strict=True):
        notes = part.notes
        if any(before.end > after.onset for before, after in pairwise(notes)):
            return False
        if not all(player.low <= note.pitch <= player.high for note in notes):
            return False
    return True


def test_four_voices_stay_with_four_players():
    lines = [[(beat, 1, start + step) for beat, step in enumerate((0, 2, 4, 5, 4, 2, 0, -1))] for start in (74, 67, 60, 48)]
    made = arrange_for_players(ensemble(*lines))
    for part, line in zip(made.score.parts, lines, strict=True):
        assert [note.pitch for note in part.notes] == [pitch for _, _, pitch in line]
    assert made.moved == 0
    assert (made.kept.melody, made.kept.bass, made.kept.chords) == (1.0, 1.0, 1.0)
    assert [part.clefs[0].sign for part in made.score.parts] == ["G", "G", "C", "F"]


def test_what_is_out_of_range_moves_by_octaves():
    made = arrange_for_players(ensemble([(0, 4, 100)], [(0, 4, 28)]))
    assert is_playable(made.score)
    assert [part.notes[0].pitch for part in made.score.parts if part.notes] == [88, 40]
    assert made.moved == 2


def test_of_a_big_chord_new_tones_stay():
    made = arrange_for_players(ensemble(*([(0, 4, pitch)] for pitch in (84, 79, 76, 72, 67, 60, 55, 48, 36, 58))))
    pitches = {part.notes[0].pitch % 12 for part in made.score.parts}
    assert len(pitches) == 3  # tune and bass are C: two of E, G, B flat


def test_forty_parts_in_seven_eight():
    random = np.random.default_rng(1)
    lines = [[(step / 2, 0.5, int(random.integers(24, 100))) for step in range(42) if random.random() < 0.5] for _ in range(40)]
    made = arrange_for_players(ensemble(*lines, metres=(MetreMark(0, 7, 8),)))
    assert is_playable(made.score)
    assert made.kept.melody > 0.9
    musicxml_text(made.score)


def test_a_lead_sheet_has_its_chords_played():
    sheet = read_abc('X:1\nM:4/4\nL:1/4\nK:C\n"C"e g e c|"F"f a f c|"G7"d f d B|"C"c4|')
    _, notes, tune = music_of(sheet)
    assert len(notes) > 2 * sheet.note_count
    assert int(tune.sum()) == sheet.note_count
    quartet = arrange_for_players(sheet)
    assert all(part.notes for part in quartet.score.parts)
    assert [note.pitch for note in quartet.score.parts[0].notes] == [note.pitch for note in sheet.parts[0].notes]
    band = arrange_for_band(sheet)
    assert [part.name for part in band.score.parts] == ["Lead", "Keys", "Bass", "Drums"]


def test_a_band_of_a_song():
    made = arrange_for_band(builtin_score("six-small-notes"), style="rock")
    lead, keys, bass, drums = made.score.parts
    assert made.kept.melody > 0.95
    assert all(before.end <= after.onset for part in (lead, bass) for before, after in pairwise(part.notes))
    assert max(note.pitch for note in bass.notes) <= 55
    assert drums.is_percussion
    assert keys.staves == 2
    musicxml_text(made.score)


def test_drums_that_are_there_stay():
    score = ensemble([(beat, 1, 72) for beat in range(8)], [(beat, 1, 40) for beat in range(8)])
    kit = Part(id="P9", is_percussion=True, name="Kit", notes=(Note(0, 120, 36), Note(480, 120, 38)))
    made = arrange_for_band(replace(score, parts=(*score.parts, kit)))
    assert made.score.parts[-1].notes == kit.notes


@pytest.mark.parametrize("tool", [arrange_for_players, arrange_for_band])
def test_drums_alone_are_no_music_to_arrange(tool):
    with pytest.raises(InputError, match="no pitched notes"):
        tool(Score(parts=(Part(is_percussion=True, notes=(Note(0, 1, 36),)),)))


@pytest.mark.data
@pytest.mark.parametrize(
    ("path", "least"),
    [
        ("train/openscore_lieder/Brahms,_Johannes/Marienlieder,_Op.22/7_Marias_Lob/lc8718660.mxl", (1.0, 1.0, 0.95)),
        ("train/openscore_lieder/Gounod,_Charles/6_Mélodies/2_O_Ma_Belle_Rebelle!/lc5079373.mxl", (0.98, 0.95, 0.85)),
        ("train/musetrainer/Sonate_No._14_Moonlight_1st_Movement.mxl", (0.95, 0.9, 0.8)),
    ],
)
def test_real_scores_for_strings(data_dir, path, least):
    score = load_score(data_dir / path)
    made = arrange_for_players(score)
    assert is_playable(made.score)
    assert (made.kept.melody, made.kept.bass, made.kept.chords) >= least
    assert min(made.kept.melody - least[0], made.kept.bass - least[1], made.kept.chords - least[2]) >= 0, made.kept
    there = {(each.note.onset, each.note.pitch % 12) for each in played_notes(score)}
    assert all((each.note.onset, each.note.pitch % 12) in there for each in played_notes(made.score))
