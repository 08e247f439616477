"""Presses from words, tables and scores; lines played anew; takes written down."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hexachord.composition.genie.cues import contour_kept, scale_of
from hexachord.composition.genie.playing import GenieOptions
from hexachord.composition.genie.presses import Press, parse_buttons, presses_to_csv, read_presses
from hexachord.composition.genie.scores import buttons_of, line_of_score, reimagine, score_key
from hexachord.composition.genie.takes import chord_at, play_presses, take_score
from hexachord.errors import InputError
from hexachord.score.abc import read_abc
from hexachord.score.builtin import builtin_score
from hexachord.score.formats import load_score, save_score
from hexachord.score.model import TICKS_PER_QUARTER, Grace, KeyMark, Note, Part, Score

WALTZ = 'X:1\nT:Waltz\nM:3/4\nL:1/4\nQ:1/4=120\nK:Em\n"Em"E G B|"Am"c2- c|"B7"{e}B A F|"Em"E3|]\n'


def test_words_are_steps() -> None:
    presses = parse_buttons("1 . 3 - - | 135 8", step_s=0.25)
    assert presses == (
        Press(0.0, (1,), 0.25), Press(0.5, (3,), 0.75), Press(1.25, (1, 3, 5), 0.25), Press(1.5, (8,), 0.25),
    )  # fmt: skip
    bad = {"1 9": "button 9", "1 x": "no buttons", " . - ": "nothing that is pressed", "": "nothing", "10": "button 0"}
    for text, words in bad.items():
        with pytest.raises(InputError, match=words):
            parse_buttons(text, step_s=0.25)


def test_tables_and_json_say_the_same(tmp_path: Path) -> None:
    presses = (Press(0.0, (1,), 0.5, 80), Press(0.5, (3, 5), None, None), Press(1.25, (8,), 0.25, 127))
    (tmp_path / "a.csv").write_text(presses_to_csv(presses))
    rows = [
        {"time": 0, "button": 1, "length": 0.5, "velocity": 80}, {"time": 0.5, "button": 3}, {"time": 0.52, "button": "5"},
        {"time": 1.25, "button": [8], "length": 0.25, "velocity": 127},
    ]  # fmt: skip
    (tmp_path / "a.json").write_text(json.dumps(rows))
    (tmp_path / "b.json").write_text(json.dumps({"presses": rows}))
    assert read_presses(tmp_path / "a.csv") == read_presses(tmp_path / "a.json") == read_presses(tmp_path / "b.json") == presses


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("a.csv", "time,button\n0,1\n1,9\n", "line 3: found button 9"),
        ("a.csv", "time,button\n1,1\n0.5,2\n", "line 3: found 0.5 s after 1 s"),
        ("a.csv", "time,button\n", "no presses"),
        ("a.csv", "", "the columns of nothing"),
        ("a.csv", "when,what\n0,1\n", "the columns when, what"),
        ("a.csv", "time,button\nsoon,1\n", "the time 'soon'"),
        ("a.csv", "time,button\n-1,1\n", "the time -1"),
        ("a.csv", "time,button\nnan,1\n", "the time 'nan'"),
        ("a.csv", "time,button,length\n0,1,0\n", "the length 0"),
        ("a.csv", "time,button,velocity\n0,1,200\n", "the velocity 200"),
        ("a.csv", "time,button\n0,\n", "the button ''"),
        ("a.json", "{", "no JSON"),
        ("a.json", "[1, 2]", "something else"),
        ("a.json", '[{"button": 3}]', "no time"),
        ("a.json", '[{"time": 0, "button": 2.5}]', "the button 2.5"),
        ("a.json", '[{"time": true, "button": 2}]', "the time True"),
    ],
)
def test_bad_files_name_their_row(tmp_path: Path, name: str, text: str, words: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(InputError, match=words):
        read_presses(tmp_path / name)


def test_a_line_is_pressed_with_its_ties_and_without_grace_notes() -> None:
    tune = read_abc(WALTZ)
    line = line_of_score(tune)
    assert line.pitch.tolist() == [64, 67, 71, 72, 71, 69, 66, 64]
    assert not line.is_chordal
    assert [len(heads) for heads in line.heads] == [1, 1, 1, 2, 1, 1, 1, 1]
    presses = buttons_of(tune)
    assert [press.length_s for press in presses] == pytest.approx([0.5, 0.5, 0.5, 1.5, 0.5, 0.5, 0.5, 1.5])
    assert contour_kept(np.array([press.buttons[0] for press in presses]), line.pitch) == 1.0
    assert score_key(tune, line) == "E minor"
    assert score_key(replace(tune, keys=(KeyMark(0, 2, "major"),)), line) == "D major"
    assert score_key(replace(tune, keys=()), line).endswith("minor")


def test_a_line_anew_keeps_rhythm_and_contour_and_everything_else() -> None:
    tune = read_abc(WALTZ)
    bass = Part(notes=(Note(0, TICKS_PER_QUARTER, 40),), id="P2", name="Bass", program=33)
    band = replace(tune, parts=(*tune.parts, bass))
    made = reimagine(band, options=GenieOptions(kind="melody", scale=False, key="E minor", seed=4))
    assert made.contour == 1.0
    assert made.key == "E minor"
    assert made.score.parts[1] == bass
    assert replace(made.score, parts=(), provenance=band.provenance) == replace(band, parts=())
    plain = [note for note in band.parts[0].notes if note.grace is Grace.NO]
    new = list(made.score.parts[0].notes)
    assert [note[:2] for note in new] == [note[:2] for note in plain]
    assert [note.tied_to_next for note in new] == [note.tied_to_next for note in plain]
    assert all(note.spelling is not None and note.spelling.pitch == note.pitch for note in new)
    tied = [note for note in new if note.tied_to_next or note.tied_to_previous]
    assert tied[0].pitch == tied[1].pitch
    assert made == reimagine(band, options=GenieOptions(kind="melody", key="E minor", seed=4))
    others = [reimagine(band, options=GenieOptions(key="E minor", seed=seed)).score.parts[0].notes for seed in range(5)]
    assert any(other != made.score.parts[0].notes for other in others)


def test_a_scale_and_chords_can_be_locked_on_a_real_page() -> None:
    invention = builtin_score("bach-invention-4")
    made = reimagine(invention, part="1", options=GenieOptions(scale=True, seed=1))
    assert made.key == "D minor"
    assert (made.in_key, made.contour) == (1.0, 1.0)
    assert made.score.parts[1:] == invention.parts[1:]
    tune = read_abc(WALTZ)
    locked = reimagine(tune, options=GenieOptions(chord_tones=True))
    chords = {0: {4, 7, 11}, 3: {9, 0, 4}, 6: {11, 3, 6, 9}, 9: {4, 7, 11}}
    for note in locked.score.parts[0].notes:
        bar = note.onset // TICKS_PER_QUARTER // 3 * 3
        assert note.pitch % 12 in chords[bar]


def test_scores_without_a_line_are_refused() -> None:
    drums = Part(notes=(Note(0, 480, 36),), is_percussion=True)
    for score in (Score(), Score(parts=(drums,)), Score(parts=(Part(),))):
        with pytest.raises(InputError, match="no notes"):
            buttons_of(score)
    with pytest.raises(InputError, match="no such part"):
        buttons_of(read_abc(WALTZ), part="Tuba")
    with pytest.raises(InputError, match="no notes in part 1"):
        buttons_of(Score(parts=(Part(notes=(Note(0, 480, 120),)),)), part="1")  # no piano has it


def test_chords_of_a_bar_share_it() -> None:
    chords = [["C:maj"], ["A:min", "F:maj"]]
    assert [chord_at(chords, bar) for bar in (0.0, 0.9, 1.0, 1.5, 2.0, 3.75)] == ["C:maj", "C:maj", "A:min", "F:maj", "C:maj", "F:maj"]


def test_a_take_on_a_page_and_as_it_was_played(tmp_path: Path) -> None:
    presses = (Press(0.0, (1,), 0.5), Press(0.52, (3, 5), None, 70), Press(1.01, (8,), 3.0))
    chords = [["C:maj"]]
    options = GenieOptions(kind="piano", key="C major", scale=True)
    pitches = play_presses(presses, options, chords=chords, bpm=120.0)
    assert [len(each) for each in pitches] == [1, 2, 1]
    assert all(scale_of("C major")[pitch % 12] for each in pitches for pitch in each)
    page = take_score(presses, pitches, bpm=120.0, key="C major", kind="piano", chords=chords)
    quarters = [(note.onset / TICKS_PER_QUARTER, note.duration / TICKS_PER_QUARTER) for note in page.parts[0].notes]
    assert quarters == [(0.0, 1.0), (1.0, 1.0), (1.0, 1.0), (2.0, 6.0)]
    assert all((note.staff == 2) == (note.pitch < 60) for note in page.parts[0].notes)
    save_score(page, tmp_path / "a.musicxml")
    again = load_score(tmp_path / "a.musicxml")
    assert sorted({note.pitch for note in again.parts[0].notes}) == sorted({pitch for each in pitches for pitch in each})
    assert [symbol.label for symbol in again.chords] == ["C:maj"]
    played = take_score(presses, pitches, bpm=120.0, written=False)
    assert [note.onset for note in played.parts[0].notes][1] == round(0.52 * 2 * TICKS_PER_QUARTER)
    assert not played.metres
    with pytest.raises(InputError, match="tempo 0"):
        take_score(presses, pitches, bpm=0.0)


@pytest.mark.data
@pytest.mark.slow
def test_real_pages_anew(data_dir: Path) -> None:
    pages = sorted((data_dir / "train" / "musetrainer").glob("*.mxl"))[:3]
    for page in pages:
        score = load_score(page)
        made = reimagine(score, options=GenieOptions(kind="piano", seed=1))
        assert made.contour >= 0.99
        assert 0.3 < made.in_key <= 1.0
        assert made.kept < 1.0
        assert made.score.bars == score.bars
