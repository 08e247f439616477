"""Four voices for a tune: what is given stays, what is written can be sung, and the page is a page."""

from dataclasses import replace

import numpy as np
import pytest

from hexachord.composition.chorale.grid import chorale_grid_of, find_line, single_line
from hexachord.composition.chorale.network import (
    LOW,
    MASKED,
    OUTSIDE,
    SILENT,
    STEPS,
    VOICES,
    _windows,
    classes_of,
    log_chances,
    move_of,
    move_to_plain,
    pitches_of,
    shown,
)
from hexachord.composition.chorale.repair import fault_weight, free_faults, repaired
from hexachord.composition.chorale.report import chorale_facts, chorale_lines
from hexachord.composition.chorale.sampling import GibbsOptions, block_nats, draw_blocks, likely_move, phases, sample_voices
from hexachord.composition.chorale.setting import ChoraleOptions, chorale, complete_voices
from hexachord.errors import InputError
from hexachord.rendering.chorales import chorale_grid
from hexachord.score.abc import read_abc
from hexachord.score.edit import transposed
from hexachord.score.formats import load_score, save_score
from hexachord.score.model import Note, Part, Score
from hexachord.theory.voice_leading import REST, SATB, voice_leading_faults

NEUMARK = """X:1
T:Wer nur den lieben Gott lässt walten
M:4/4
L:1/4
K:Am
E|A B c B|A B ^G E|G G F E|HA3 E|A B c B|A B ^G E|G G F E|HA3 B|c d e d|c c HB B|
w:Wer nur den lie-ben Gott lässt wal-ten und hof-fet auf ihn
"""
FRANC = "X:1\nM:3/4\nL:1/4\nK:F\nF|F2 G|A2 B|c2 B|A2 A|G2 F|G2 A|F3-|F2|]\n"
JIG = "X:1\nM:6/8\nL:1/8\nK:G\nD|G2G BAG|A2A ABc|B2G GAB|A3 z2 D|G2G BAG|A2A ABc|BAG FGA|G3-G2|]\n"
QUICK = ChoraleOptions(candidates=1, sweeps=3, repairs=1)


@pytest.fixture(scope="module")
def neumark():
    return chorale(read_abc(NEUMARK), options=replace(QUICK, candidates=2, sweeps=6, repairs=4))


def test_pitches_and_classes_are_one_to_one():
    rows = np.array([[72, REST, 34, 83]])
    assert pitches_of(classes_of(rows)).tolist() == rows.tolist()
    with pytest.raises(InputError, match="pitch 33"):
        classes_of(np.array([[33]]))


@pytest.mark.parametrize("fifths", range(-7, 8))
def test_every_signature_is_moved_to_none(fifths):
    move = move_to_plain(fifths)
    assert -6 <= move <= 5
    assert (fifths * 7 + move) % 12 == 0


def test_the_network_is_shown_whole_beats_and_edges():
    codes = shown(np.full((1, 6, VOICES), SILENT), np.zeros((1, 6, VOICES), dtype=bool), 0)
    assert codes.shape == (1, 8 + 8 + 8, VOICES + 1)
    assert (codes[0, :8, :VOICES] == OUTSIDE).all()
    assert (codes[0, 14:, :VOICES] == OUTSIDE).all()
    assert not (codes == MASKED).any()


@pytest.mark.parametrize("beats", [1, 160, 161, 230, 1000])
def test_windows_keep_every_beat_once(beats):
    kept = [beat for first, last, begin, end in _windows(beats) for beat in range(begin, end) if first <= beat < last]
    assert kept == list(range(beats))


def test_a_long_piece_is_told_as_a_short_one_is():
    tune = np.array([60, 62, 64, 65, 67, 65, 64, 62])
    rows = np.stack([np.tile(np.repeat(tune, STEPS), 40) - shift for shift in (0, 5, 9, 12)], axis=1)
    classes = classes_of(rows)
    masked = np.zeros(rows.shape, dtype=bool)
    masked[400:404, 1] = True
    whole = log_chances(classes[None], masked[None], 0)[0, 400:404, 1]
    part = log_chances(classes[None, 200:600], masked[None, 200:600], 0)[0, 200:204, 1]
    assert whole.shape == (4, SILENT + 1)
    np.testing.assert_allclose(np.exp(whole).sum(axis=1), 1.0, atol=1e-4)
    assert np.abs(np.exp(whole) - np.exp(part)).max() < 0.2


def test_masks_are_blocks_of_beats_and_fall_to_a_few():
    random = np.random.default_rng(0)
    drawn = np.mean([draw_blocks((64, 4), 0.3, random).mean() for _ in range(200)])
    assert drawn == pytest.approx(0.3, abs=0.05)
    assert draw_blocks((64, 4), 1.0, random).all()
    assert np.sum(phases(9), axis=0).tolist() == [1] * 9
    options = GibbsOptions(sweeps=10)
    shares = [options.share(sweep) for sweep in range(10)]
    assert shares[0] == 1.0
    assert shares == sorted(shares, reverse=True)
    assert shares[-1] == options.least


def test_what_is_locked_stays_and_voices_keep_their_range():
    rows = np.full((32, VOICES), REST)
    rows[:, 0] = np.repeat([67, 69, 71, 72, 71, 69, 69, 67], STEPS)
    rows[8:12, 3] = 43
    free = rows == REST
    state = sample_voices(classes_of(rows), free, move=5, candidates=3, options=GibbsOptions(sweeps=3))
    made = pitches_of(state)
    assert (made[:, ~free] == rows[~free]).all()
    for voice, (low, high) in enumerate(SATB):
        assert made[:, :, voice].min() >= low
        assert made[:, :, voice].max() <= high
    assert (made[0] != made[1]).any()
    again = sample_voices(classes_of(rows), free, move=5, candidates=3, options=GibbsOptions(sweeps=3))
    assert (again == state).all()


def test_mending_leaves_fewer_faults_and_keeps_what_is_locked():
    soprano = np.repeat([67, 69, 71, 72, 74, 72, 71, 69], STEPS)
    rows = np.stack([soprano, soprano - 5, soprano - 12, soprano - 24], axis=1)
    free = np.zeros(rows.shape, dtype=bool)
    free[:, 1:] = True
    before = free_faults(rows, free)
    made = pitches_of(repaired(classes_of(rows), free, move=5, rounds=4))
    assert (made[:, 0] == soprano).all()
    assert fault_weight(free_faults(made, free)) < 0.5 * fault_weight(before)
    locked = np.zeros(rows.shape, dtype=bool)
    assert free_faults(rows, locked) == []
    assert len(voice_leading_faults(rows)) > 0


def test_a_pick_up_begins_where_it_would_in_a_full_bar():
    grid = chorale_grid_of(read_abc(NEUMARK), find_line(read_abc(NEUMARK), 0))
    assert (grid.beat, int((~grid.inside).sum()), grid.bar[0]) == ("quarter", 0, 0)
    late = read_abc("X:1\nM:4/4\nL:1/8\nK:C\nG|c2 d2 e2 d2|c4 z3|]\n")
    grid = chorale_grid_of(late, find_line(late, 0))
    assert grid.bar[:4].tolist() == [-1, -1, 0, 0]
    assert grid.tick[2] == 0.0
    assert grid.row(find_line(late, 0))[:5].tolist() == [REST, REST, 67, 67, 72]


def test_eighths_are_beats_where_they_are_counted_and_halves_where_tunes_are_slow():
    jig, slow = read_abc(JIG), read_abc("X:1\nM:4/2\nL:1/2\nK:G\nG G A B|c B A2|B A G2|]\n")
    assert chorale_grid_of(jig, find_line(jig, 0)).beat == "eighth"
    assert chorale_grid_of(slow, find_line(slow, 0)).beat == "half"
    assert chorale_grid_of(slow, find_line(slow, 0), beat="quarter").beat == "quarter"
    with pytest.raises(InputError, match="no such note value"):
        chorale_grid_of(slow, find_line(slow, 0), beat="breve")


def test_the_tune_stays_note_for_note_and_four_parts_come(neumark):
    tune = read_abc(NEUMARK).parts[0].notes
    soprano = neumark.score.parts[0]
    assert [(note.onset, note.duration, note.pitch, note.lyrics) for note in soprano.notes] == [
        (note.onset, note.duration, note.pitch, note.lyrics) for note in tune
    ]
    assert [part.name for part in neumark.score.parts] == ["Soprano", "Alto", "Tenor", "Bass"]
    assert [part.clefs[0].sign for part in neumark.score.parts] == ["G", "G", "G", "F"]
    assert neumark.score.parts[2].clefs[0].octave_change == -1
    assert neumark.score.keys == read_abc(NEUMARK).keys
    assert all(note.spelling and note.spelling.pitch == note.pitch for part in neumark.score.parts[1:] for note in part.notes)


def test_voices_sing_the_words_and_rest_on_fermatas(neumark):
    tune = neumark.score.parts[0].notes
    for part in neumark.score.parts[1:]:
        words = [syllable.text for note in part.notes for syllable in note.lyrics]
        assert words == [syllable.text for note in neumark.score.parts[0].notes for syllable in note.lyrics]
        assert sum("fermata" in note.marks for note in part.notes) == 3
        assert all(later.onset >= note.end for note, later in zip(part.notes, part.notes[1:], strict=False))
        assert not [note for note in part.notes for long in tune if long.onset + 10080 <= note.onset < long.end and long.duration > 20000]


def test_the_page_comes_back_from_musicxml(neumark, tmp_path):
    save_score(neumark.score, tmp_path / "made.musicxml")
    back = load_score(tmp_path / "made.musicxml")
    for part, again in zip(neumark.score.parts, back.parts, strict=True):
        assert again.name == part.name
        assert sum(note.duration for note in again.notes) == sum(note.duration for note in part.notes)


def test_candidates_are_ranked_and_the_same_seed_composes_the_same(neumark):
    again = chorale(read_abc(NEUMARK), options=replace(QUICK, candidates=2, sweeps=6, repairs=4))
    assert again.score == neumark.score
    cells = int((neumark.candidates[0].rows[:, 1:] != REST).sum())
    cost = [each.nats + fault_weight(each.faults) / cells for each in neumark.candidates]
    assert cost == sorted(cost)
    other = chorale(read_abc(NEUMARK), options=replace(QUICK, seed=1))
    assert (other.candidates[0].rows != neumark.candidates[0].rows).any()


def test_the_report_says_faults_and_harmony(neumark):
    facts = chorale_facts(neumark)
    assert set(facts) == {"seed", "transposed", "beat", "candidates", "harmony"}
    assert facts["harmony"][0]["bar"] == "0"
    assert all(chord["numeral"] for chord in facts["harmony"])
    assert "faults per 100 moves" in chorale_lines(neumark)[0]
    assert chorale_lines(neumark, numerals=True)[-1].startswith("A minor: ")


@pytest.mark.parametrize("text", [FRANC, JIG])
def test_other_metres_and_rests(text):
    score = read_abc(text)
    made = chorale(score, options=QUICK)
    assert (made.score.bars, made.score.metres) == (score.bars, score.metres)
    sung = [(note.onset, note.end) for note in score.parts[0].notes]
    for part in made.score.parts[1:]:
        assert part.notes
        for note in part.notes:
            assert any(start <= note.onset < end for start, end in sung)  # nobody sings while the tune rests


def test_a_tune_that_nobody_can_sing_is_moved_and_that_is_said():
    low = transposed(read_abc(FRANC), semitones=-12)
    made = chorale(low, options=QUICK)
    assert made.transposed == 12
    assert "octave" in made.warnings[0]
    assert [note.pitch for note in made.score.parts[0].notes] == [note.pitch + 12 for note in low.parts[0].notes]
    wide = read_abc("X:1\nM:4/4\nL:1/4\nK:C\nA, C E G|c e g a|g e c G|E C A,2|]\n")
    made = chorale(wide, options=QUICK)
    assert made.transposed % 12
    assert "semitones" in made.warnings[0]
    with pytest.raises(InputError, match="a compass of 38 semitones"):
        chorale(read_abc("X:1\nM:4/4\nL:1/4\nK:C\nC, E, c d'|c' C, E2|]\n"), options=QUICK)


def test_a_bass_may_be_given_and_bars_may_be_written_anew(neumark):
    bass = replace(neumark.score, parts=(neumark.score.parts[3],))
    made = chorale(bass, options=replace(QUICK, given={"bass": ""}))
    assert [note.pitch for note in made.score.parts[3].notes] == [note.pitch for note in bass.parts[0].notes]
    assert made.score.parts[0].notes
    part = chorale(neumark.score, options=replace(QUICK, given={"soprano": ""}, bars=(3, 4), seed=5))
    border, end = neumark.score.bars[2].tick, neumark.score.bars[3].end
    for before, after in zip(neumark.score.parts, part.score.parts, strict=True):
        kept = [(note.onset, note.pitch) for note in before.notes if note.onset < border or note.onset >= end]
        assert [(note.onset, note.pitch) for note in after.notes if note.onset < border or note.onset >= end] == kept


def test_the_tune_is_found_in_a_song():
    song = Score(
        parts=(
            Part(id="P1", name="Piano", staves=2, notes=tuple(Note(at * 480, 480, 48 + at % 5) for at in range(8))),
            Part(id="P2", name="Voice", notes=tuple(Note(at * 480, 480, 67 + at % 4) for at in range(8))),
        ),
        ticks_per_quarter=480,
    )
    assert [note.pitch for note in find_line(song, 0)] == [67, 68, 69, 70] * 2
    assert find_line(song, 0, part="Piano")[0].pitch == 48
    made = chorale(song, options=QUICK)
    assert "other parts are left out" in made.warnings[-1]
    assert made.score.keys
    assert [note.pitch for note in single_line([Note(0, 4, 60), Note(0, 4, 64)], lowest=True)] == [60]


@pytest.mark.parametrize(
    ("score", "options", "found"),
    [
        (Score(), QUICK, "no notes"),
        (read_abc("X:1\nK:C\nC D E|]\n"), QUICK, "a tune of 3 notes"),
        (read_abc(FRANC), replace(QUICK, given={"descant": ""}), "no such voice"),
        (read_abc(FRANC), replace(QUICK, given={}), "none that is given"),
        (read_abc(FRANC), replace(QUICK, given={"alto": ""}), "no such voice"),
        (read_abc(FRANC), replace(QUICK, given={"soprano": "Flute"}), "no such part"),
        (read_abc(FRANC), replace(QUICK, bars=(3, 99)), "no such voice"),
    ],
)
def test_bad_input_is_named(score, options, found):
    with pytest.raises(InputError, match=found):
        chorale(score, options=options)


@pytest.mark.slow
def test_bach_is_less_surprising_than_chance_and_keys_are_heard(data_dir):
    folder = data_dir / "train" / "jsb_chorales"
    random = np.random.default_rng(0)
    right = 0
    for index in range(0, 24, 3):
        rows = chorale_grid(folder, f"valid/{index:03d}")
        free = np.zeros(rows.shape, dtype=bool)
        free[:, 1:] = rows[:, 1:] != REST
        classes = classes_of(rows)
        move = move_of(rows)
        right += likely_move(classes, free) == move
        noise = np.where(free, classes + random.integers(-2, 3, rows.shape), classes).clip(0, 82 - LOW)
        bach, chance = block_nats(np.stack([classes, noise]), free, move=move)
        assert bach < 1.5 < chance
    assert right >= 6


@pytest.mark.slow
def test_settings_of_real_sopranos_can_be_sung(data_dir):
    rows = chorale_grid(data_dir / "train" / "jsb_chorales", "valid/010")
    free = np.zeros(rows.shape, dtype=bool)
    free[:, 1:] = True
    made = complete_voices(rows, free, options=ChoraleOptions(candidates=2))
    assert (made[0].rows[:, 0] == rows[:, 0]).all()
    kinds = [fault.kind for fault in made[0].faults]
    assert kinds.count("parallel fifths") + kinds.count("parallel octaves") <= 2
    assert "range" not in kinds
