"""The music that takes are made of, without data: tables, forms, Billboard's text, tunes by rule, voices, sequences."""

import itertools
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hexachord.rendering.billboard import read_billboard
from hexachord.rendering.composed import composed_tune
from hexachord.rendering.doublings import doubled, sequence_line
from hexachord.rendering.draws import draw_bpm, pick
from hexachord.rendering.drum_classes import KICK, SNARE
from hexachord.rendering.drum_tables import drum_tables, fitting_tables, laid_table
from hexachord.rendering.form import dance_plan, drawn_plan
from hexachord.rendering.metre import counted
from hexachord.rendering.music import DURATION, ONSET, PITCH, Line, Piece, Span, even_bars, notes_of
from hexachord.rendering.repertoire import RANGES, by_voices, fitted
from hexachord.rendering.style import kit_of
from hexachord.rendering.styles import ELECTRONIC, GENRES, STYLES
from hexachord.rendering.take import longest_rest
from hexachord.rendering.tunes import in_some_metre
from hexachord.theory.chord_labels import parse_chord

SONG = """# title: A Song
# artist: Nobody
# metre: 4/4
# tonic: C

0.0\tsilence
1.0\tA, intro, | C:maj | x2
5.0\tB, verse, | C:maj | A:min . F:maj G:7 | F:maj G:maj | (2/4) G:7 |, (voice
12.0\t| C:maj | C:maj . . E:7 |
# tonic: A
16.0\tC, chorus, | A:min | D:min | E:7 | A:min |, voice)
24.0\tZ, fadeout
26.0\tsilence
28.0\tend
"""


@pytest.fixture
def song(tmp_path: Path) -> Piece:
    (tmp_path / "0001").mkdir()
    (tmp_path / "0001" / "salami_chords.txt").write_text(SONG)
    return read_billboard(tmp_path, "0001")


def chords(count: int = 8) -> tuple[Span, ...]:
    return tuple(Span(4.0 * k, 4.0 * k + 4, ("C:maj", "A:min7", "F:maj", "G:7")[k % 4]) for k in range(count))


def harmony(count: int = 16) -> Piece:
    return Piece(
        origins=("x/1",), lines=(), bars=even_bars(count, 4, 4), quarter_bpm=100.0, chords=chords(count),
        keys=(Span(0.0, 4.0 * count, "C major"),),
        sections=(Span(0.0, 2.0 * count, "verse"), Span(2.0 * count, 3.0 * count, "chorus"), Span(3.0 * count, 4.0 * count, "verse")),
    )  # fmt: skip


def test_a_song_of_billboard_has_the_bars_chords_sections_and_keys_of_its_text(song: Piece) -> None:
    assert song.bars is not None
    assert [bar.name for bar in song.bars] == ["4/4"] * 5 + ["2/4"] + ["4/4"] * 6
    assert all(abs(a.end - b.start) < 1e-9 for a, b in itertools.pairwise(song.bars))
    assert song.chords is not None
    said = [(span.start, span.label) for span in song.chords]
    assert said[:7] == [(0, "C:maj"), (12, "A:min"), (14, "F:maj"), (15, "G:7"), (16, "F:maj"), (18, "G:maj"), (20, "G:7")]
    assert (29.0, "E:7") in said
    assert [(span.start, span.label) for span in song.sections or ()] == [(0, "intro"), (8, "verse"), (30, "chorus")]
    assert [(span.start, span.label) for span in song.keys or ()] == [(0, "C major"), (30, "A minor")]


def test_a_song_of_billboard_keeps_the_tempo_of_its_recording(song: Piece) -> None:
    assert song.clock is not None
    quarters, time_s = song.clock
    assert quarters.tolist() == [0, 8, 22, 30, 46]
    assert time_s.tolist() == [0, 4, 11, 15, 23]
    assert song.quarter_bpm == pytest.approx(60 * 46 / 23)


def test_tables_have_steps_that_fit_and_every_style_with_machines_has_one() -> None:
    tables = drum_tables()
    for name, found in tables.items():
        for table in found:
            beats, kind = (int(part) for part in table.metre.split("/"))
            assert len(table.notes) >= 2, name
            assert (table.notes[:, ONSET] < table.bars * beats * 4 / kind).all(), name
            steps = table.notes[:, ONSET] * 48
            assert np.allclose(steps, np.round(steps), atol=1e-6), name
    assert all(style.tables or style.name in tables for style in STYLES if style.tabled > 0.5)
    for name in ("house", "trance", "techno"):
        for table in tables[name]:
            kicks = set(table.notes[table.notes[:, PITCH] == KICK, ONSET])
            assert {float(beat) for beat in range(4 * table.bars)} <= kicks
    assert all({1.0, 3.0} <= set(table.notes[table.notes[:, PITCH] == SNARE, ONSET]) for table in tables["drum and bass"])


def test_a_table_is_laid_under_bars_and_a_pick_up_gets_its_end() -> None:
    table = fitting_tables(("house",), "4/4")[0]
    bars = even_bars(3, 4, 4)
    whole = laid_table(table, bars)
    assert len(whole) == 3 * len(table.notes)
    short = (bars[0]._replace(start=-1.0, length=1.0), *bars)
    picked = laid_table(table, short)
    assert picked[:, ONSET].min() == -1.0
    assert np.count_nonzero(picked[:, ONSET] < 0) == np.count_nonzero(table.notes[:, ONSET] >= 3.0)
    assert fitting_tables(("house",), "7/8") == ()


@pytest.mark.parametrize("plan", [drawn_plan, dance_plan])
def test_forms_cover_the_bars_and_half_time_follows_full_time(plan: object) -> None:
    bars = even_bars(40, 4, 4)
    labels: set[str] = set()
    for seed in range(60):
        made = plan(bars, np.random.default_rng(seed))  # type: ignore[operator]
        assert made[0].first == 0
        assert all(a.first + a.count == b.first for a, b in itertools.pairwise(made))
        assert made[-1].first + made[-1].count == 40
        assert not made[0].half_time
        assert not any(a.half_time and b.half_time for a, b in itertools.pairwise(made))
        labels |= {stretch.label for stretch in made}
    assert labels >= ({"intro", "verse", "chorus", "break"} if plan is drawn_plan else {"intro", "build", "drop", "break"})


def test_a_form_follows_the_sections_of_its_source() -> None:
    piece = harmony(16)
    plan = drawn_plan(piece.bars or (), np.random.default_rng(1), sections=piece.sections)
    assert [(stretch.first, stretch.label) for stretch in plan] == [(0, "verse"), (8, "chorus"), (12, "verse")]


def test_tunes_by_rule_stand_on_the_chords_and_return_with_their_section() -> None:
    for seed in range(20):
        tune = composed_tune(harmony(16), np.random.default_rng(seed)).notes
        assert len(tune) > 16
        assert (np.diff(tune[:, ONSET]) > 0.05).all()
        assert (tune[:-1, ONSET] + tune[:-1, DURATION] <= tune[1:, ONSET] + 1e-6).all()
        assert np.ptp(tune[:, PITCH]) < 36
        downbeats = tune[tune[:, ONSET] % 4 == 0]
        inside = [row[PITCH] % 12 in parse_chord(chords(16)[int(row[ONSET] // 4)].label).pitch_classes() for row in downbeats]
        assert np.mean(inside) == 1.0
        verse, again = tune[tune[:, ONSET] < 16, ONSET], tune[tune[:, ONSET] >= 48, ONSET] - 48
        assert np.allclose(verse, again)
        scale = {0, 2, 4, 5, 7, 9, 11}
        assert np.mean([pitch % 12 in scale for pitch in tune[:, PITCH]]) == 1.0
        same = composed_tune(harmony(16), np.random.default_rng(seed)).notes
        assert np.array_equal(tune, same)
    with pytest.raises(ValueError, match="chords"):
        composed_tune(replace(harmony(), chords=None), np.random.default_rng(0))


def test_sequencers_play_chord_tones_on_a_grid_and_repeat() -> None:
    piece = harmony(8)
    for seed in range(20):
        line = sequence_line(piece.bars or (), piece.chords or (), program=81, random=np.random.default_rng(seed))
        for onset, _, pitch, _ in line.notes:
            assert int(pitch) % 12 in parse_chord(chords()[int(onset // 4)].label).pitch_classes()
        steps = line.notes[:, ONSET] * 4
        assert np.allclose(steps, np.round(steps))
        assert (line.notes[:, PITCH] > 30).all()


def test_doubling_is_the_same_line_elsewhere() -> None:
    line = Line(role="lead", notes=notes_of((float(q), 1.0, 60.0 + q, 80.0) for q in range(8)))
    up = doubled(line, program=73, semitones=12.0)
    assert (up.notes[:, PITCH] == line.notes[:, PITCH] + 12).all()
    assert (up.notes[:, ONSET] == line.notes[:, ONSET]).all()
    assert up.role == "counter"


def test_an_empty_page_has_no_voices() -> None:
    page = Piece(origins=(), lines=(Line(role="piano", notes=np.empty((0, 4))),), bars=even_bars(4, 4, 4), quarter_bpm=90.0)
    assert by_voices(page, (40, 40, 41, 42)) == ()


def test_voices_keep_their_ranges_never_cross_and_lose_nothing_of_four_parts() -> None:
    rows = [(float(q), 1.0, float(p), 80.0) for q in range(16) for p in (72 + q % 5, 67, 60 - q % 2, 48 + q % 3)]
    page = Piece(origins=(), lines=(Line(role="piano", notes=notes_of(rows)),), bars=even_bars(4, 4, 4), quarter_bpm=90.0)
    voices = by_voices(page, (40, 40, 41, 42))
    assert [line.program for line in voices] == [40, 40, 41, 42]
    assert sum(len(line.notes) for line in voices) == len(rows)
    for line in voices:
        low, high = RANGES[line.program]
        assert ((line.notes[:, PITCH] >= low) & (line.notes[:, PITCH] <= high)).all()
        assert (line.notes[:-1, ONSET] + line.notes[:-1, DURATION] <= line.notes[1:, ONSET] + 1e-9).all()
    for upper, lower in itertools.pairwise(voices):
        assert (upper.notes[:, PITCH] >= lower.notes[:, PITCH]).all()
    assert fitted(notes_of([(0, 1, 30, 80), (1, 1, 110, 80)]), 55, 100)[:, PITCH].tolist() == [66, 98]


def test_metres_change_within_a_tune_and_everything_moves_along() -> None:
    tune = replace(harmony(32), lines=(Line(role="sung", notes=notes_of((float(q), 1.0, 60.0, 80.0) for q in range(128))),))
    seen = set()
    for seed in range(200):
        made = in_some_metre(tune, np.random.default_rng(seed), changing=1.0)
        assert made.bars is not None
        names = {bar.name for bar in made.bars}
        assert all(abs(a.end - b.start) < 1e-9 for a, b in itertools.pairwise(made.bars))
        assert all(abs(bar.length - bar.full) < 1e-9 for bar in made.bars)
        onsets = set(np.round(made.lines[0].notes[:, ONSET], 6))
        assert {round(bar.start, 6) for bar in made.bars} <= onsets
        assert made.chords is not None
        assert abs(made.chords[-1].end - made.bars[-1].end) < 1e-6
        if len(names) > 1:
            seen |= names
    assert len(seen) >= 6


def test_slow_halves_are_counted_in_quarters_and_quick_ones_are_not() -> None:
    halves = Piece(origins=(), lines=(), bars=even_bars(2, 2, 2), quarter_bpm=80.0)
    assert [bar.name for bar in counted(halves).bars or ()] == ["4/4", "4/4"]
    assert [bar.name for bar in counted(replace(halves, quarter_bpm=160.0)).bars or ()] == ["2/2", "2/2"]


def test_tempi_are_drawn_for_the_beat() -> None:
    random = np.random.default_rng(0)
    for beats, kind, lowest, highest in ((4, 4, 80, 160), (7, 8, 160, 240), (6, 8, 66, 134)):
        bar = even_bars(1, beats, kind)[0]
        bpm = [draw_bpm(random, 80, 160, bar) / bar.beat for _ in range(200)]
        assert lowest - 1 <= min(bpm)
        assert max(bpm) <= highest + 1


def test_genres_are_listed_once_and_weights_and_kits_are_sane() -> None:
    assert len(set(GENRES)) == len(GENRES) >= 70
    names = [style.name for style in STYLES]
    assert len(set(names)) == len(names)
    assert {style.name for style in ELECTRONIC} < set(GENRES)
    for style in STYLES:
        assert style.weight > 0
        assert 40 <= style.bpm[0] < style.bpm[1] <= 240
        assert kit_of(style.name, 0.999) in (0, 8, 16, 24, 25, 32, 40, 48)
    assert pick(np.random.default_rng(0), (1, 2), (0.0, 1.0)) == 2


def test_the_longest_rest_is_where_nobody_plays():
    high = Line(role="lead", program=73, name="a", notes=notes_of([(1.0, 1.0, 72, 90), (6.0, 1.0, 74, 90)]))
    low = Line(role="bass", program=33, name="b", notes=notes_of([(1.5, 2.0, 40, 90)]))
    assert longest_rest(Piece(origins=(), lines=(high, low), bars=None, quarter_bpm=120.0)) == pytest.approx(2.5)
    assert longest_rest(Piece(origins=(), lines=(high,), bars=None, quarter_bpm=120.0)) == pytest.approx(4.0)
