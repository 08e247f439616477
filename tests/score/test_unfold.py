"""Repeats written out: the order of bars, what is said again at seams, and the way back to the page."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hexachord.score.model import (
    Bar,
    ChordSymbol,
    Control,
    Direction,
    Grace,
    KeyMark,
    Lyric,
    MetreMark,
    Note,
    Part,
    Score,
    SectionMark,
    TempoMark,
)
from hexachord.score.musicxml_read import load_musicxml
from hexachord.score.notes import merge_ties
from hexachord.score.playing_order import MAX_BARS, jump_of, playing_order
from hexachord.score.timing import tempo_map_of
from hexachord.score.unfold import as_written, unfold

BAR = 4  # ticks: one tick to the quarter
_BAR = re.compile(r"(\|:)?([a-z])(?:\[([\d,]+)\])?(:\|(\d*))?(\|\|)?")


def score_of(plan: str, *signs: tuple[str, int]) -> Score:
    """``|:a b[1]:| c[2] d``: bars with repeat signs and brackets; signs are (kind, tick)."""
    bars, notes = [], []
    for index, match in enumerate(_BAR.finditer(plan)):
        start, _, endings, stop, times, double = match.groups()
        numbers = tuple(map(int, endings.split(","))) if endings else ()
        bars.append(Bar(index * BAR, BAR, match[2], bool(start), int(times or 2) if stop else 0, numbers, "light-light" if double else ""))
        notes.append(Note(index * BAR, BAR, 60 + index))
    directions = tuple(Direction(tick, kind) for kind, tick in signs)
    return Score(parts=(Part(notes=tuple(notes), directions=directions),), bars=tuple(bars), ticks_per_quarter=1)


def played(score: Score) -> str:
    return "".join(bar.number for bar in unfold(score).score.bars)


@pytest.mark.parametrize(
    ("plan", "expected"),
    [
        ("a b c", "abc"),
        ("a b:| c", "ababc"),
        ("a |:b c:| d", "abcbcd"),
        ("a b:| c d:| e", "ababcdcde"),
        ("|:a:|3 b", "aaab"),
        ("|:a b[1]:| c[2] d", "abacd"),
        ("|:a b[1] c[1]:| d[2] e[2] |:f:| g", "abcadeffg"),
        ("|:a b[1,2]:| c[3] d", "ababacd"),
        ("|:a b[1]:| c[2]:| d[3]", "abacad"),
        ("|:a b[1]:| c[2]:|", "abac"),  # the last bracket's repeat sign closes, and sends nobody back
        ("|:a b[1]:| c", "abac"),  # the second ending has no bracket
        ("|:a b[1]:| c[3]", "abac"),  # a pass that is left out
        ("|:a b[1] c:| d[2] e", "abcade"),  # a bracket drawn over its first bar only
        ("|:a b[2]:| c[2] d", "abacd"),  # the first ending is numbered like the second
        ("|:a b[1]:| c[1] d", "abacd"),
        ("|:a b[1] c[2] d", "abacd"),  # no repeat sign at all
        ("|:a |:b:| c:| d", "abbccd"),  # repeats do not nest
        ("|:a b c", "abc"),
    ],
)
def test_order_of_bars_with_repeats_and_endings(plan: str, expected: str) -> None:
    assert played(score_of(plan)) == expected


@pytest.mark.parametrize(
    ("plan", "signs", "expected"),
    [
        ("a b c d", [("dacapo", 16)], "abcdabcd"),
        ("a b c d", [("fine", 8), ("dacapo", 16)], "abcdab"),
        ("a b c d", [("segno", 4), ("dalsegno", 16), ("fine", 12)], "abcdbc"),
        ("a b c d e", [("tocoda", 8), ("coda", 16), ("dacapo", 16)], "abcdabe"),
        ("a b c d e", [("coda", 8), ("coda", 16), ("dacapo", 16)], "abcdabe"),  # the first coda sign is where to leave
        ("a b c d e", [("segno", 4), ("tocoda", 12), ("dalsegno", 16), ("coda", 16)], "abcdbce"),
        ("|:a b:| c d", [("dacapo", 16), ("fine", 8)], "ababcdab"),  # repeats are played once after the da capo
        ("|:a b[1]:| c[2] d", [("fine", 12), ("dacapo", 16)], "abacdac"),  # by their last ending
        ("|:a b[1]:| c[2] d", [("fine", 8), ("dacapo", 16)], "abacdac"),  # a Fine over the first ending waits for the second
        ("a b c d e |:f:| g", [("tocoda", 8), ("dacapo", 20), ("coda", 20)], "abcdeabffg"),  # not played before: with repeat
        ("a b c", [("dacapo", 9)], "abcabc"),  # inside the last bar: at its end
        ("a b c", [("dacapo", 8)], "abcabc"),  # at the beginning of the last bar: nothing else could be meant
        ("a b c d e", [("coda", 4), ("dacapo", 8), ("coda", 16)], "abcdae"),  # "D.C. al Coda" written some bars early
        ("a b c", [("dalsegno", 12)], "abc"),  # no segno
        ("a b c", [("tocoda", 4), ("coda", 8)], "abc"),  # nothing to come back from
        ("a b c", [("fine", 4)], "abc"),
        ("a b c d", [("segno", 4), ("dalsegno", 8), ("segno", 8), ("dalsegno", 16)], "abbcdcd"),
    ],
)
def test_order_of_bars_with_jumps(plan: str, signs: list[tuple[str, int]], expected: str) -> None:
    assert played(score_of(plan, *signs)) == expected


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("D.C. al Fine", "dacapo"),
        ("D.C.alCoda", "dacapo"),
        ("D. S. al Coda", "dalsegno"),
        ("Da capo", "dacapo"),
        ("To Coda", "tocoda"),
        ("(fine)", "fine"),
        ("rit. al fine", ""),
        ("dim. e rall. alla fine", ""),
        ("finement", ""),
        ("C major", ""),
    ],
)
def test_words_that_are_jumps(words: str, kind: str) -> None:
    assert jump_of(Direction(0, "words", words)) == kind


@pytest.mark.parametrize(
    ("plan", "signs", "warning"),
    [
        ("|:a b c", [], "a repeat that begins and does not end"),
        ("a b", [("dalsegno", 8)], "a dal segno without a segno, not obeyed"),
        ("a b c", [("tocoda", 4), ("dacapo", 12)], "a jump to a coda that is not there, not obeyed"),
        ("|:a b[2]:| c[2]", [], "two endings of the same number, the first played first"),
        ("a b[1] c[2]", [], "a first ending without a repeat sign, repeated all the same"),
        ("|:a b[1]:| c[2] d[3]", [], "bars that no way through the repeats reaches: 1"),
    ],
)
def test_odd_signs_are_named(plan: str, signs: list[tuple[str, int]], warning: str) -> None:
    assert warning in unfold(score_of(plan, *signs)).warnings


def test_a_monstrous_repeat_ends() -> None:
    score = score_of("|:a b:|1000000 c")
    order = playing_order(score)
    assert 2 < len(order.bars) <= MAX_BARS + 3
    assert order.bars[-1] == 2
    assert any("no longer obeyed" in warning for warning in order.warnings)


def test_no_repeats_change_nothing() -> None:
    score = score_of("a b c")
    found = unfold(score)
    assert found.score is score
    assert found.is_plain
    assert found.written_tick(np.array([0, 5, 11])).tolist() == [0, 5, 11]
    performance = Score(parts=(Part(notes=(Note(0, 10, 60),)),))
    assert unfold(performance).score is performance


def test_written_out_once_is_written_out() -> None:
    score = score_of("|:a b[1]:| c[2] d", ("fine", 12), ("dacapo", 16))
    once = unfold(score).score
    assert unfold(once).score is once
    assert not any(bar.repeat_start or bar.repeat_end or bar.endings for bar in once.bars)
    assert not any(jump_of(sign) for part in once.parts for sign in part.directions)


def test_the_way_back_to_the_page() -> None:
    found = unfold(score_of("a |:b c:| d"))
    assert found.bar_indexes.tolist() == [0, 1, 2, 1, 2, 3]
    assert found.note_indexes[0].tolist() == [0, 1, 2, 1, 2, 3]
    assert found.written_tick(np.array([[0, 4], [13, 23]])).tolist() == [[0, 4], [5, 15]]
    assert found.written_tick(30).item() == 22  # beyond the end time goes on
    assert found.played_ticks(5).tolist() == [5, 13]
    assert found.played_ticks(13).tolist() == [21]
    for tick in range(24):
        assert tick in found.played_ticks(found.written_tick(tick).item())


def test_played_moments_follow_the_clock() -> None:
    score = replace(score_of("|:a b:| c"), tempos=(TempoMark(0, 60.0), TempoMark(4, 120.0)))
    found = unfold(score)
    moments = found.played_moments([4.0, 0.0, 8.0])
    assert moments.time_s.tolist() == [0, 4, 6, 10, 12]
    assert moments.place.tolist() == [1, 0, 1, 0, 2]
    assert unfold(score_of("a b c", ("fine", 4), ("dacapo", 12))).played_moments([0.0, 4.0, 11.0]).place.tolist() == [0, 1, 2, 0]
    assert as_written(score).played_moments([4.0]).time_s.tolist() == [4.0]
    assert found.played_moments([]).time_s.shape == (0,)
    np.testing.assert_equal(found.first_times_s([4.0, 0.0, 8.0]), [4, 0, 12])
    skipping = unfold(score_of("a b c d e", ("tocoda", 4), ("dalsegno", 16), ("segno", 0), ("coda", 16)))
    assert not np.isnan(skipping.first_times_s([0.0, 4.0, 16.0])).any()
    np.testing.assert_equal(unfold(score_of("|:a b[1]:| c[2] d[3]")).first_times_s([12.0, 8.0]), [np.nan, 6.0])


def test_what_is_in_force_is_said_again_where_the_player_lands() -> None:
    score = score_of("|:a b:| c")
    part = replace(score.parts[0], controls=(Control(0, 7, 100), Control(4, 7, 50)))
    score = replace(
        score,
        parts=(part,),
        tempos=(TempoMark(4, 90.0, "Slow"),),
        metres=(MetreMark(0, 4, 4), MetreMark(8, 3, 4)),
        keys=(KeyMark(0, 0), KeyMark(4, 2)),
        chords=(ChordSymbol(2, "C:maj"), ChordSymbol(6, "G:maj", 20)),
        sections=(SectionMark(0, "A"), SectionMark(8, "B")),
    )
    written_out = unfold(score).score
    assert written_out.tempos == (TempoMark(4, 90.0, "Slow"), TempoMark(8, 120.0), TempoMark(12, 90.0, "Slow"))
    assert written_out.keys == (KeyMark(0, 0), KeyMark(4, 2), KeyMark(8, 0), KeyMark(12, 2))
    assert written_out.metres == (MetreMark(0, 4, 4), MetreMark(16, 3, 4))
    assert written_out.parts[0].controls == (Control(0, 7, 100), Control(4, 7, 50), Control(8, 7, 100), Control(12, 7, 50))
    assert [(chord.tick, chord.end) for chord in written_out.chords] == [(2, None), (6, 8), (10, None), (14, 20)]
    assert [(section.tick, section.label) for section in written_out.sections] == [(0, "A"), (8, "A"), (16, "B")]


def test_spans_end_at_a_seam() -> None:
    score = score_of("|:a b:| c")
    directions = (Direction(2, "pedal", "", 12), Direction(0, "wedge", "crescendo", 4), Direction(4, "words", "dolce"))
    score = replace(score, parts=(replace(score.parts[0], directions=directions),))
    found = unfold(score).score.parts[0].directions
    assert [(sign.tick, sign.end) for sign in found if sign.kind == "pedal"] == [(2, 8), (10, 20)]
    assert [(sign.tick, sign.end) for sign in found if sign.kind == "wedge"] == [(0, 4), (8, 12)]
    assert [sign.tick for sign in found if sign.kind == "words"] == [4, 12]


def test_ties_go_to_the_ending_that_is_played() -> None:
    score = score_of("|:a b[1]:| c[2]")
    notes = (Note(0, 4, 60, tied_to_next=True), Note(4, 4, 60, tied_to_previous=True), Note(8, 4, 60, tied_to_previous=True))
    sounding = merge_ties(unfold(replace(score, parts=(Part(notes=notes),))).score.parts[0].notes)
    assert [(note.onset, note.duration) for note in sounding] == [(0, 8), (8, 8)]


def test_the_nth_pass_sings_the_nth_verse() -> None:
    score = score_of("|:a b:| c")
    verses = (Lyric("one", verse=1), Lyric("two", verse=2))
    notes = (Note(0, 4, 60, lyrics=verses), Note(4, 4, 62, lyrics=(Lyric("always"),)), Note(8, 4, 64, lyrics=verses))
    found = unfold(replace(score, parts=(Part(notes=notes),))).score.parts[0].notes
    assert [[lyric.text for lyric in note.lyrics] for note in found] == [["one"], ["always"], ["two"], ["always"], ["one", "two"]]
    assert {lyric.verse for note in found[:4] for lyric in note.lyrics} == {1}


def test_grace_notes_after_the_last_note_stay_in_their_bar() -> None:
    score = score_of("|:a:| b")
    notes = (Note(0, 4, 60), Note(4, 0, 62, grace=Grace.ACCIACCATURA, marks=("grace-after",)), Note(4, 4, 64))
    found = unfold(replace(score, parts=(Part(notes=notes),))).score.parts[0].notes
    assert [(note.onset, note.pitch) for note in found] == [(0, 60), (4, 62), (4, 60), (8, 62), (8, 64)]


def test_notes_that_hang_over_are_cut_where_the_player_jumps() -> None:
    score = score_of("|:a b:| c")
    notes = (Note(0, 6, 60), Note(4, 6, 62), Note(8, 10, 64))
    found = unfold(replace(score, parts=(Part(notes=notes),))).score.parts[0].notes
    assert [(note.onset, note.duration) for note in found] == [(0, 6), (4, 4), (8, 6), (12, 6), (16, 10)]


def test_real_pages_unfold(data_dir: Path) -> None:
    files = [file for folder in ("musetrainer", "openewld") for file in sorted((data_dir / "train" / folder).rglob("*.mxl"))[::7]]
    files += sorted((data_dir / "train" / "openscore_lieder").rglob("*.mxl"))[::120]
    assert len(files) > 50
    repeated = 0
    for file in files:
        score = load_musicxml(file)
        found = unfold(score)
        assert np.all(np.diff([bar.tick for bar in found.score.bars]) > 0), file
        assert all(left.end == right.tick for left, right in zip(found.score.bars, found.score.bars[1:], strict=False)), file
        assert len(score.bars) * 0.9 <= len(found.bar_indexes) <= 4 * len(score.bars), file
        assert unfold(found.score).is_plain, file
        for part, written, indexes in zip(found.score.parts, score.parts, found.note_indexes, strict=True):
            assert [note.pitch for note in part.notes] == [written.notes[index].pitch for index in indexes], file
            onsets = np.array([note.onset for note in part.notes if not note.grace])
            assert np.all(np.diff(onsets) >= 0), file
            back = found.written_tick(onsets) if len(onsets) else onsets
            assert back.tolist() == [written.notes[index].onset for index in indexes if not written.notes[index].grace], file
        clock = tempo_map_of(found.score)
        starts = [bar.tick / score.ticks_per_quarter for bar in score.bars]
        moments = found.played_moments(starts)
        np.testing.assert_allclose(moments.time_s, clock.seconds(np.array([bar.tick for bar in found.score.bars])), err_msg=str(file))
        assert moments.place.tolist() == found.bar_indexes.tolist()
        repeated += not found.is_plain
    assert repeated > 10
