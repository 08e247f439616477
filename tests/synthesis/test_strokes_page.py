"""A page is interpreted: touch, grace notes, ornaments, rolled chords, pedal signs, repeats."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hexachord.score.builtin.notation import parse_notation
from hexachord.score.edit import with_bars, with_metre
from hexachord.score.midi import load_midi
from hexachord.score.model import Direction, Grace, KeyMark, Note, NoteValue, Part, Score
from hexachord.score.musicxml_read import load_musicxml
from hexachord.score.notes import merge_ties
from hexachord.score.timing import tempo_map_of
from hexachord.synthesis.interpretation.play_options import PlayOptions
from hexachord.synthesis.model import SUSTAIN, Stroke
from hexachord.synthesis.strokes import interpret, tracks_of

QUARTER = 10080
PLAIN = PlayOptions(expression=False)
Span = tuple[float, float, int]


def page(music: str, *, options: str = "", tempo: int = 60, key: str = "C major") -> Score:
    return parse_notation(f"tempo: {tempo}\nkey: {key}\npart: Test{options}\n{music}")


def strokes(score: Score, *, options: PlayOptions = PLAIN) -> tuple[Stroke, ...]:
    return tracks_of(score, options=options)[0].strokes


def spans(score: Score, *, options: PlayOptions = PLAIN) -> list[Span]:
    return [(round(stroke.onset_s, 4), round(stroke.release_s, 4), stroke.key) for stroke in strokes(score, options=options)]


def with_notes(score: Score, *more: Note) -> Score:
    part = score.parts[0]
    merged = sorted((*more, *part.notes), key=lambda note: (note.onset, note.staff, note.voice, not note.grace))
    return replace(score, parts=(replace(part, notes=tuple(merged)), *score.parts[1:]))


def grace(onset: float, pitch: int, kind: Grace, *marks: str, value: str = "eighth") -> Note:
    return Note(round(onset * QUARTER), 0, pitch, grace=kind, marks=marks, value=NoteValue(value))


# --- touch -------------------------------------------------------------------------------------------------------------------------


def test_notes_last_as_written_and_repeated_keys_speak_again() -> None:
    assert spans(page("4 c4 d4 d4 e4 |")) == [(0, 1, 60), (1, 1.97, 62), (2, 3, 62), (3, 4, 64)]


def test_fast_repetitions_keep_three_quarters() -> None:
    found = spans(page("16 [c4]*16 |"), options=replace(PLAIN, repeated_note_gap_s=0.2))
    assert found[0] == (0, 0.1875, 60)


def test_ties_are_one_stroke() -> None:
    assert spans(page("2 c4 c4~ | 1 c4 |")) == [(0, 1.97, 60), (2, 8, 60)]


@pytest.mark.parametrize(
    ("marks", "end"),
    [
        ("{staccato}", 0.5),
        ("{staccatissimo}", 0.3),
        ("{tenuto}", 1.0),
        ("{accent}", 1.0),
        ("{detached-legato}", 0.75),
        ("{staccato}{tenuto}", 0.75),
        ("{staccato}{slur-start}", 0.75),
        ("{strong-accent}", 0.85),
    ],
)
def test_articulations_shorten(marks: str, end: float) -> None:
    assert spans(page(f"4 c4{marks} e4{{slur-stop}} g4 c5 |"))[0] == (0, end, 60)


def test_dots_inside_a_slur_are_portato_and_those_after_it_are_not() -> None:
    ends = [end for _, end, _ in spans(page("4 c4{slur-start} d4{staccato} e4{slur-stop} f4{staccato} |"))]
    assert ends == [1, 1.75, 3, 3.5]


def test_marks_at_one_note_of_a_chord_are_for_all() -> None:
    assert spans(page("4 <c4 e4 g4>{staccato} r r r |")) == [(0, 0.5, 60), (0, 0.5, 64), (0, 0.5, 67)]


def test_very_short_dots_still_sound() -> None:
    assert spans(page("32 c4{staccatissimo} r [r]*30 |"))[0] == (0, 0.05, 60)


def test_a_fermata_rings_into_the_silence_and_the_clock_goes_on() -> None:
    assert spans(page("4 c4{fermata} r r d4{fermata} | 1 e4{fermata} |")) == [(0, 2, 60), (3, 4, 62), (4, 10, 64)]


def test_unisons_of_two_voices_are_one_stroke() -> None:
    score = page("staff 1 voice 1\n2 c4 e4 |\nstaff 1 voice 2\n4 c4 d4 e4 e4 |")
    assert spans(score) == [(0, 2, 60), (1, 2, 62), (2, 2.97, 64), (3, 4, 64)]


def test_a_key_struck_while_it_is_held_stays_down_as_long_as_either_voice_says() -> None:
    score = page("staff 1 voice 1\n1 c4 |\nstaff 1 voice 2\n4 g4 c4 g4 r |")
    assert spans(score) == [(0, 0.97, 60), (0, 1, 67), (1, 4, 60), (2, 3, 67)]


def test_cue_notes_are_silent_and_hidden_ones_sound() -> None:
    assert spans(page("4 c4{cue} d4{hidden} e4 f4 |")) == [(1, 2, 62), (2, 3, 64), (3, 4, 65)]


# --- grace notes -------------------------------------------------------------------------------------------------------------------


def test_an_acciaccatura_comes_before_the_beat_and_takes_from_the_note_before() -> None:
    score = with_notes(page("4 c4 e4 g4 c5 |"), grace(1, 65, Grace.ACCIACCATURA))
    assert spans(score)[:3] == [(0, 0.93, 60), (0.93, 1, 65), (1, 2, 64)]


def test_at_the_very_beginning_it_is_on_the_beat() -> None:
    score = with_notes(page("4 e4 g4 c5 c5 |"), grace(0, 65, Grace.ACCIACCATURA))
    assert spans(score)[:2] == [(0, 0.07, 65), (0.07, 1, 64)]


def test_an_appoggiatura_takes_its_value_from_its_note_and_at_most_half() -> None:
    assert spans(with_notes(page("2 e4 c4 |"), grace(0, 65, Grace.APPOGGIATURA)))[:2] == [(0, 0.5, 65), (0.5, 2, 64)]
    assert spans(with_notes(page("4 e4 c4 d4 e4 |"), grace(0, 65, Grace.APPOGGIATURA, value="half")))[:2] == [(0, 0.5, 65), (0.5, 1, 64)]


def test_small_groups_on_the_beat_are_quick_and_chords_wait_together() -> None:
    score = with_notes(page("2 <c4 e4> r |"), *(grace(0, pitch, Grace.APPOGGIATURA, value="16th") for pitch in (65, 67)))
    assert spans(score) == [(0, 0.11, 65), (0.11, 0.22, 67), (0.22, 2, 60), (0.22, 2, 64)]


def test_grace_chords_and_graces_after_a_note() -> None:
    before = with_notes(page("2 c4 e4 |"), grace(2, 65, Grace.ACCIACCATURA), grace(2, 69, Grace.ACCIACCATURA, "grace-chord"))
    assert spans(before) == [(0, 1.93, 60), (1.93, 2, 65), (1.93, 2, 69), (2, 4, 64)]
    after = with_notes(
        page("1 c4 | 1 e4 |"), grace(4, 62, Grace.APPOGGIATURA, "grace-after"), grace(4, 64, Grace.APPOGGIATURA, "grace-after")
    )
    assert spans(after) == [(0, 3.86, 60), (3.86, 3.93, 62), (3.93, 3.9825, 64), (4, 8, 64)]


def test_a_grace_tied_to_its_note_sounds_on() -> None:
    score = with_notes(page("2 r c4 |"), grace(2, 60, Grace.ACCIACCATURA)._replace(tied_to_next=True))
    notes = tuple(note if note.grace else note._replace(tied_to_previous=True) for note in score.parts[0].notes)
    assert spans(replace(score, parts=(replace(score.parts[0], notes=notes),))) == [(1.93, 4, 60)]


def test_graces_share_a_short_note() -> None:
    score = with_notes(page("16 c4 e4 [r]*14 |"), *(grace(0.25, pitch, Grace.ACCIACCATURA) for pitch in (65, 67, 69, 71)))
    found = spans(score)
    assert [key for _, _, key in found] == [60, 65, 67, 69, 71, 64]
    assert found[0] == (0, 0.125, 60)
    assert found[-1] == (0.25, 0.5, 64)


# --- ornaments ---------------------------------------------------------------------------------------------------------------------


def keys_of(score: Score) -> list[int]:
    return [key for _, _, key in spans(score)]


def test_a_trill_alternates_with_the_scale_and_comes_home() -> None:
    found = spans(page("4 b4{trill-mark} r r r |", key="G major"))
    assert len(found) == 13
    assert [key for _, _, key in found] == [71, 72] * (len(found) // 2) + [71]
    assert (found[0][0], found[-1][1]) == (0, 1)
    assert np.ptp(np.diff([onset for onset, _, _ in found])) < 1e-3


@pytest.mark.parametrize(
    ("note", "key", "expected"),
    [
        ("e4{trill-mark}", "C major", {64, 65}),
        ("e4{trill-mark}", "D major", {64, 66}),
        ("f#4{trill-mark}", "C major", {66, 67}),
        ("a4{trill-mark}", "F major", {69, 70}),
        ("a4{trill-mark}{accidental-mark-natural}", "F major", {69, 71}),
        ("b4{trill-mark}{accidental-mark-sharp}", "C major", {71, 73}),
        ("d4{inverted-mordent}", "Ab major", {62, 63}),
        ("c4{mordent}", "C major", {59, 60}),
        ("c4{mordent}", "Ab major", {58, 60}),
        ("g4{turn}", "C major", {65, 67, 69}),
    ],
)
def test_neighbours(note: str, key: str, expected: set[int]) -> None:
    assert set(keys_of(page(f"4 {note} r r r |", key=key))) == expected


@pytest.mark.parametrize(
    ("mark", "keys", "starts"),
    [
        ("mordent", [67, 65, 67], [0, 0.07, 0.14]),
        ("inverted-mordent", [67, 69, 67], [0, 0.07, 0.14]),
        ("turn", [69, 67, 65, 67], [0, 0.1, 0.2, 0.3]),
        ("inverted-turn", [65, 67, 69, 67], [0, 0.1, 0.2, 0.3]),
        ("delayed-turn", [67, 69, 67, 65, 67], [0, 0.6, 0.7, 0.8, 0.9]),
        ("schleifer", [64, 65, 67], [0, 0.07, 0.14]),
        ("shake", [67, 69, 67, 69, 67], [0, 0.07, 0.14, 0.21, 0.28]),
    ],
)
def test_short_ornaments(mark: str, keys: list[int], starts: list[float]) -> None:
    found = spans(page(f"4 g4{{{mark}}} r r r |"))
    assert [key for _, _, key in found] == keys
    assert [onset for onset, _, _ in found] == pytest.approx(starts)
    assert found[-1][1] == 1


def test_ornaments_can_be_left_out() -> None:
    score = with_notes(page("4 c4{trill-mark} <c4 e4>{arpeggiate} r d4{tremolo-2} |"), grace(1, 65, Grace.ACCIACCATURA))
    assert len(strokes(score)) > 10
    assert len(strokes(score, options=replace(PLAIN, ornaments=False))) == 4


def test_an_ornament_written_out_in_hidden_notes_is_not_played_twice() -> None:
    hidden = [Note(round(place * QUARTER / 4), QUARTER // 4, 67 + 2 * (place % 2), voice=2, marks=("hidden",)) for place in range(4)]
    assert spans(with_notes(page("4 g4{trill-mark} r r r |"), *hidden)) == [
        (0, 0.25, 67), (0.25, 0.5, 69), (0.5, 0.75, 67), (0.75, 1, 69),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("music", "count", "tempo"),
    [
        ("4 c4{tremolo-1} r r r |", 2, 60),
        ("4 c4{tremolo-3} r r r |", 8, 60),
        ("4 c4{tremolo-3} r r r |", 4, 240),
        ("8 c4{tremolo-1} r [r]*6 |", 2, 60),
    ],
)
def test_tremolo_on_one_note(music: str, count: int, tempo: int) -> None:
    found = spans(page(music, tempo=tempo))
    assert [key for _, _, key in found] == [60] * count
    assert found[-1][1] == pytest.approx(60 / tempo / (2 if music[0] == "8" else 1))


def test_tremolo_between_two_chords() -> None:
    found = spans(page("4 <c4 e4>{tremolo-start-3} g4{tremolo-stop-3} 2 r |"))
    assert [key for _, _, key in found] == [60, 64, 67] * 8
    assert found[0][:2] == (0, 0.125)
    assert found[-1][:2] == (1.875, 2)


def test_rolled_chords_come_in_one_by_one_and_end_together() -> None:
    chord = Part(notes=tuple(Note(0, 2 * QUARTER, key, marks=("arpeggiate",)) for key in (60, 64, 67)))
    assert [stroke[:3] for stroke in strokes(Score(parts=(chord,)))] == [(0, 1, 60), (0.03, 1, 64), (0.06, 1, 67)]
    down = Part(notes=tuple(Note(0, 2 * QUARTER, key, marks=("arpeggiate-down",)) for key in (60, 64, 67)))
    assert [stroke[:3] for stroke in strokes(Score(parts=(down,)))] == [(0, 1, 67), (0.03, 1, 64), (0.06, 1, 60)]


def test_a_roll_fits_a_short_chord() -> None:
    chord = Part(notes=tuple(Note(0, QUARTER // 8, 60 + key, marks=("arpeggiate",)) for key in range(8)))
    found = strokes(Score(parts=(chord,)))
    assert max(stroke.onset_s for stroke in found) == pytest.approx(0.4 * 0.0625)
    assert all(stroke.release_s > stroke.onset_s for stroke in found)


# --- pedal, repeats, the whole ------------------------------------------------------------------------------------------------------


def test_pedal_signs_are_pressed_after_the_hands_and_changed_with_them() -> None:
    score = page("4 c4 e4 c5 e5 | 1 g4 |")
    pedal = (Direction(0, "pedal", "line", 2 * QUARTER, 1), Direction(2 * QUARTER, "pedal", "line", 4 * QUARTER, 1))
    score = replace(score, parts=(replace(score.parts[0], directions=pedal),))
    assert spans(score) == [(0, 2, 60), (1, 2, 64), (2, 4, 72), (3, 4, 76), (4, 8, 67)]
    assert tracks_of(score)[0].controls[SUSTAIN].value.tolist() == [127, 0, 127, 0]


def test_a_pedal_without_an_end_lasts_to_the_next_or_its_bar() -> None:
    score = page("4 c4 e4 c5 e5 | 1 g4 |")
    pedal = (Direction(0, "pedal"), Direction(2 * QUARTER, "pedal"))
    found = spans(replace(score, parts=(replace(score.parts[0], directions=pedal),)))
    assert found == [(0, 2, 60), (1, 2, 64), (2, 4, 72), (3, 4, 76), (4, 8, 67)]


def test_repeats_are_played_and_can_be_left_out() -> None:
    score = page("1 c4 | 1 e4 |")
    bars = (score.bars[0]._replace(repeat_end=2), score.bars[1])
    score = replace(score, bars=bars)
    assert [(onset, key) for onset, _, key in spans(score)] == [(0, 60), (4, 60), (8, 64)]
    assert [stroke.key for stroke in tracks_of(score, repeats=False)[0].strokes] == [60, 64]
    assert interpret(score).unfolded.written is score


def test_given_velocities_stand() -> None:
    score = page("4 !pp c4{accent} d4 e4 f4 |")
    notes = tuple(note._replace(velocity=velocity) for note, velocity in zip(score.parts[0].notes, (1, 77, 127, 60), strict=True))
    score = replace(score, parts=(replace(score.parts[0], notes=notes),))
    assert [stroke.velocity for stroke in strokes(score, options=PlayOptions())] == [1, 77, 127, 60]


def test_key_of_ornament_follows_a_change_of_key() -> None:
    score = replace(page("4 e4{mordent} r r r | 4 c4{mordent} r r r |"), keys=(KeyMark(0, 0), KeyMark(4 * QUARTER, -2)))
    assert keys_of(score) == [64, 62, 64, 60, 58, 60]


def test_real_pages_are_played(data_dir: Path) -> None:
    files = (
        sorted((data_dir / "train" / "musetrainer").rglob("*.mxl"))[::7] + sorted((data_dir / "train" / "openewld").rglob("*.mxl"))[::40]
    )
    files += sorted((data_dir / "train" / "openscore_lieder").rglob("*.mxl"))[::130]
    assert len(files) > 25
    for file in files:
        score = load_musicxml(file)
        found = interpret(score)
        clock = tempo_map_of(found.unfolded.score)
        end_s = float(clock.seconds(found.unfolded.score.end_tick))
        plain = tracks_of(score, options=PlayOptions(expression=False, ornaments=False))
        for track, simple, part in zip(found.tracks, plain, found.unfolded.score.parts, strict=True):
            onsets = [stroke.onset_s for stroke in track.strokes]
            assert onsets == sorted(onsets), file
            assert all(0 <= onset < end_s for onset in onsets), file
            assert all(stroke.release_s - stroke.onset_s > 0.01 for stroke in track.strokes), file
            assert all(1 <= stroke.velocity <= 127 and 0 <= stroke.key <= 127 for stroke in track.strokes), file
            sounding = {(note.onset, note.pitch) for note in merge_ties(part.notes) if not note.grace and "cue" not in note.marks}
            assert sorted((stroke.onset_s, stroke.key) for stroke in simple.strokes) == sorted(
                (float(clock.seconds(tick)), key) for tick, key in sounding
            ), file


def test_a_performance_in_bars_keeps_its_onsets(data_dir: Path) -> None:
    file = sorted((data_dir / "train" / "giantmidi").rglob("*.mid"))[3]
    score = load_midi(file)
    barred = tracks_of(with_bars(with_metre(score)))[0].strokes
    exact = tracks_of(score)[0].strokes
    assert {stroke[:1] + stroke[2:] for stroke in barred} <= {stroke[:1] + stroke[2:] for stroke in exact}
    assert len(barred) > 0.99 * len(exact)
