"""Scores become clips and come back."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_clips import random_clip

from hexachord.composition.clips import Clip, on_vocabulary
from hexachord.composition.decode import decode
from hexachord.composition.encode import encode
from hexachord.composition.laying import chord_word, full_bars, laid_chords, lay_bars
from hexachord.composition.roles import roles_of
from hexachord.composition.scores import clip_of, score_of, with_parts, written_roles
from hexachord.composition.vocabulary import CHORD_QUALITIES, Vocabulary
from hexachord.score.formats import load_score
from hexachord.score.midi import read_midi, write_midi
from hexachord.score.model import Bar, ChordSymbol, Grace, KeyMark, Lyric, MetreMark, Note, Part, Score, TempoMark
from hexachord.score.musicxml_write import write_musicxml
from hexachord.score.unfold import unfold

WORDS = Vocabulary()


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6))
def test_a_score_of_a_clip_is_the_clip(seed: int) -> None:
    clip = random_clip(seed)
    if (clip.bars["first"][0] and clip.bars["last"][0] != clip.lengths[0]) or np.any(clip.bars["last"] != clip.lengths):
        return  # a bar cut at both ends, or at its end, is read as a pick-up
    score = score_of(clip, vocabulary=WORDS)
    again = on_vocabulary(clip_of(score, vocabulary=WORDS, roles=written_roles(clip, vocabulary=WORDS)), WORDS)
    np.testing.assert_array_equal(again.notes, clip.notes)
    np.testing.assert_array_equal(again.bars[["beats", "beat_type", "first", "last"]], clip.bars[["beats", "beat_type", "first", "last"]])
    np.testing.assert_array_equal(again.chords[["root", "quality", "bass"]][-1:], clip.chords[["root", "quality", "bass"]][-1:])


def song() -> Score:
    tpq = 10080
    voice = tuple(Note(beat * tpq, tpq, 60 + beat, 90, lyrics=(Lyric("la"),)) for beat in range(1, 9))
    right = tuple(Note(beat * tpq, tpq // 3, 72, 70) for beat in range(1, 9))
    left = tuple(Note(beat * tpq, 2 * tpq, 48, None, 5, 2) for beat in (1, 3, 5, 7))
    tied = (Note(7 * tpq, tpq, 40, 70, 5, 2, tied_to_next=True), Note(8 * tpq, tpq, 40, 70, 5, 2, tied_to_previous=True))
    grace = (Note(tpq, 0, 75, 70, grace=Grace.ACCIACCATURA),)
    return Score(
        parts=(Part(notes=voice, name="Voice", program=52), Part(notes=(*grace, *right, *left, *tied), name="Piano", staves=2)),
        metres=(MetreMark(0, 4, 4),), keys=(KeyMark(0, -3),), tempos=(TempoMark(0, 72.0),),
        chords=(ChordSymbol(tpq, "Eb:maj/3"), ChordSymbol(5 * tpq, "Bb:sus4(b7)")),
        bars=(Bar(0, tpq, "0"), Bar(tpq, 4 * tpq, "1"), Bar(5 * tpq, 4 * tpq, "2")),
    )  # fmt: skip


def test_a_song_with_a_pick_up() -> None:
    clip = on_vocabulary(clip_of(song(), vocabulary=WORDS, style="art song"), WORDS)
    assert clip.bars["first"].tolist() == [72, 0, 0]
    assert clip.starts.tolist() == [-72, 24, 120, 216]
    names = [WORDS.roles[part.role] for part in clip.parts]
    assert names == ["melody", "right", "left"]
    assert len(clip.notes) == 8 + 8 + 4 + 1  # tied heads are one note, grace notes are left out
    tune = clip.notes[clip.notes["role"] == WORDS.roles.index("melody")]
    assert tune["bar"].tolist() == [1] * 4 + [2] * 4
    assert tune["place"].tolist() == [0, 24, 48, 72] * 2
    assert set(clip.notes["duration"][clip.notes["role"] == WORDS.roles.index("right")]) == {8}
    assert clip.notes["velocity"][clip.notes["role"] == WORDS.roles.index("left")].min() == 0
    assert len(np.unique(clip.bars["key"])) == 1  # E flat major or C minor, by the notes
    assert clip.bars["key"][0] in (3, 12)
    assert [WORDS.qualities[row["quality"]] for row in clip.chords] == ["maj", "maj", "sus4(b7)"]
    assert clip.chords["root"].tolist() == [-1, 3, 10]
    assert clip.chords["bass"].tolist() == [0, 4, 0]


def test_a_score_of_it_has_both_hands_and_can_be_written() -> None:
    clip = on_vocabulary(clip_of(song(), vocabulary=WORDS), WORDS)
    score = score_of(clip, vocabulary=WORDS, title="Again")
    assert [(part.name, part.staves, part.program) for part in score.parts] == [("Voice", 1, 52), ("Piano", 2, 0)]
    assert [chord.label for chord in score.chords] == ["N", "Eb:maj/3", "Bb:sus4(b7)"]
    assert [bar.number for bar in score.bars] == ["0", "1", "2"]
    assert score.keys[0].fifths == -3
    assert abs(score.tempos[0].quarter_bpm / 72.0 - 1) < 0.03
    assert "<score-partwise" in str(write_musicxml(score))
    played = read_midi(write_midi(score).data)
    assert played.note_count == len(clip.notes)


def test_programs_can_be_named() -> None:
    clip = with_parts(on_vocabulary(clip_of(song(), vocabulary=WORDS), WORDS), {1: ("Flute", 73)})
    assert [(part.name, part.program) for part in score_of(clip, vocabulary=WORDS).parts if part.name == "Flute"] == [("Flute", 73)]


def test_who_plays_what() -> None:
    def names(*parts: Part) -> list[list[str]]:
        return [[WORDS.roles[role] for role in found.values()] for found in roles_of(Score(parts=parts), vocabulary=WORDS)]

    assert names(Part(name="MELODY"), Part(name="BRIDGE"), Part(name="PIANO")) == [["melody"], ["bridge"], ["piano"]]
    assert names(*(Part(name=name) for name in ("Soprano", "Alto", "Tenor", "Bass"))) == [["soprano"], ["alto"], ["tenor"], ["low voice"]]
    band = (
        Part(name="Guitar", program=25),
        Part(name="Bass", program=33),
        Part(name="Drums", is_percussion=True),
        Part(name="Sax", program=65),
    )
    assert names(*band) == [["guitar"], ["bass"], ["drums"], ["melody"]]
    quartet = names(
        *(Part(name=name, program=program) for name, program in (("Violin I", 40), ("Violin II", 40), ("Viola", 41), ("Cello", 42)))
    )
    assert len({role for part in quartet for role in part}) == 4
    assert names(Part()) == [["piano"]]
    assert names() == []


def test_forty_parts_share_the_last_role() -> None:
    parts = tuple(Part(notes=(Note(0, 10080, 40 + index),), name=f"Violin {index}", program=40) for index in range(40))
    clip = on_vocabulary(clip_of(Score(parts=parts), vocabulary=WORDS), WORDS)
    assert len(clip.notes) == 40
    assert len(clip.parts) == 40
    found, _, _ = decode(encode(clip, vocabulary=WORDS).rows, vocabulary=WORDS)
    np.testing.assert_array_equal(found.notes, clip.notes)


def test_an_empty_score() -> None:
    clip = clip_of(Score(), vocabulary=WORDS)
    assert len(clip.notes) == 0
    assert len(clip.bars) == 1
    assert score_of(clip, vocabulary=WORDS).note_count == 0


def test_bars_that_no_metre_fits() -> None:
    assert full_bars(96, 4, 4) == ((4, 4, 0, 96),)
    assert full_bars(216, 9, 4) == ((8, 4, 0, 192), (1, 4, 0, 24))
    assert full_bars(20, 4, 4, skipped=76) == ((4, 4, 76, 96),)
    assert full_bars(7, 7, 64) == ((3, 32, 0, 7),)
    for length in range(1, 500):
        made = full_bars(length, 4, 4)
        assert sum(last - first for _, _, first, last in made) == length
        assert all(last <= beats * 96 // kind <= 192 + 3 for beats, kind, _, last in made)


def test_chord_words() -> None:
    words = CHORD_QUALITIES
    assert chord_word("A:min7/b3", qualities=words) == (9, words.index("min7"), 3)
    assert chord_word("C", qualities=words) == (0, words.index("maj"), 0)
    assert words[chord_word("C:maj(9)", qualities=words)[1]] == "maj"
    assert words[chord_word("C:(1,3,5,b7)", qualities=words)[1]] == "7"
    assert chord_word("X", qualities=words) == (-1, 0, 0)
    assert chord_word("H:nonsense", qualities=words) == (-1, 0, 0)
    bars, _ = lay_bars([(96, 4, 4, 0)] * 2)
    chords = laid_chords(bars, [(24, 48, "C"), (96, 120, "G")], vocabulary=WORDS)
    assert chords[["bar", "place", "root"]].tolist() == [(0, 0, -1), (0, 24, 0), (0, 48, -1), (1, 0, 7), (1, 24, -1)]


@pytest.mark.data
def test_pages_and_pop_songs_come_back(data_dir) -> None:
    folder = data_dir / "train"
    pages = sorted((folder / "musetrainer").glob("*.mxl"))[:2] + sorted((folder / "openscore_lieder").glob("**/*.mxl"))[::400]
    scores = [unfold(load_score(path)).score for path in pages]
    scores += [load_score(folder / "pop909" / f"{number:03d}" / f"{number:03d}.mid") for number in (1, 100, 333)]
    for score in scores:
        clip = on_vocabulary(clip_of(score, vocabulary=WORDS), WORDS)
        assert len(clip.notes) > 50
        found, _, _ = decode(encode(clip, vocabulary=WORDS).rows, vocabulary=WORDS, like=clip)
        np.testing.assert_array_equal(found.notes, clip.notes)
        np.testing.assert_array_equal(found.chords, clip.chords)
        again = on_vocabulary(
            clip_of(score_of(clip, vocabulary=WORDS), vocabulary=WORDS, roles=written_roles(clip, vocabulary=WORDS)), WORDS
        )
        np.testing.assert_array_equal(again.notes, clip.notes)
        assert again.starts[-1] == clip.starts[-1]
        end = Fraction(score.end_tick, score.ticks_per_quarter) * 24
        assert abs(end - int(clip.starts[-1])) < 24 * 8
        assert isinstance(found, Clip)
