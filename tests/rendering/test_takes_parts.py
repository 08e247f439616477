"""The parts takes are made of, without any data: metres, accompaniment, timing, ornaments, harmony."""

import itertools

import numpy as np
import pytest

from hexachord.rendering.accompaniment import bass_line, chord_line, guitar_voicing, hits, pad_line, voicing
from hexachord.rendering.doublings import second_voice
from hexachord.rendering.drum_classes import KICK, SNARE
from hexachord.rendering.drum_patterns import fill_bar, written_bar
from hexachord.rendering.groove import swing_of
from hexachord.rendering.harmony import certain_chords, certain_key
from hexachord.rendering.metre import REWRITES, SWUNG, rewritten
from hexachord.rendering.music import ONSET, PITCH, BarLine, Line, Piece, Span, even_bars, excerpt, joined, looped, notes_of, transposed
from hexachord.rendering.ornaments import Singing, one_at_a_time, sung, with_ghosts, with_pedal, with_trills
from hexachord.rendering.timing import TEMPO_KINDS, Clock, human_clock, humanized, tempo_clock
from hexachord.synthesis.model import BEND
from hexachord.theory.chord_labels import parse_chord

METRES = ("2/4", "3/4", "4/4", "5/4", "6/4", "7/4", "3/8", "5/8", "6/8", "7/8", "9/8", "12/8")


def bar_of(metre: str) -> BarLine:
    beats, beat_type = (int(part) for part in metre.split("/"))
    return even_bars(1, beats, beat_type)[0]


def piece(count: int = 8) -> Piece:
    """Quarters up a scale, two chords a bar."""
    notes = notes_of((float(q), 1.0, 60.0 + q % 8, 80.0) for q in range(4 * count))
    chords = tuple(Span(2.0 * k, 2.0 * k + 2, ("C:maj", "G:7", "A:min7", "F:maj")[k % 4]) for k in range(2 * count))
    keys = (Span(0.0, 4.0 * count, "C major"),)
    return Piece(
        origins=("x/1",),
        lines=(Line(role="sung", notes=notes),),
        bars=even_bars(count, 4, 4),
        quarter_bpm=100.0,
        chords=chords,
        keys=keys,
        style="t",
    )


@pytest.mark.parametrize("metre", METRES)
@pytest.mark.parametrize("name", ["whole", "beats", "eighths", "offbeats", "afterbeats", "root_fifth", "syncopated", "tresillo", "gallop"])
def test_rhythms_fit_every_metre(name: str, metre: str) -> None:
    bar = bar_of(metre)
    laid = hits(name, bar, random=np.random.default_rng(1))
    assert laid
    assert all(0 <= at < bar.full for at, _ in laid)
    assert all(length > 0 for _, length in laid)
    assert all(a < b for (a, _), (b, _) in itertools.pairwise(laid))


@pytest.mark.parametrize("metre", METRES)
def test_written_drums_mark_the_downbeat_and_stay_in_the_bar(metre: str) -> None:
    bar = bar_of(metre)
    for seed in range(20):
        notes = written_bar(bar, random=np.random.default_rng(seed))
        assert ((notes[:, ONSET] >= 0) & (notes[:, ONSET] < bar.full)).all()
        assert KICK in notes[notes[:, ONSET] == 0, PITCH]
        assert len({(round(n[0], 3), n[2]) for n in notes}) == len(notes)
        fill = fill_bar(bar, random=np.random.default_rng(seed))
        assert ((fill[:, ONSET] >= -1e-9) & (fill[:, ONSET] < bar.full)).all()


@pytest.mark.parametrize("metre", [*REWRITES, *SWUNG])
def test_rewritten_music_keeps_notes_bars_and_chords_together(metre: str) -> None:
    before, after = piece(), rewritten(piece(), metre)
    assert after.bars is not None
    assert after.chords is not None
    assert {bar.name for bar in after.bars} == {metre}
    assert all(abs(a.end - b.start) < 1e-9 for a, b in itertools.pairwise(after.bars))
    assert after.chords[0].start == 0
    assert after.chords[-1].end == pytest.approx(after.bars[-1].end)
    assert all(abs(a.end - b.start) < 1e-9 for a, b in itertools.pairwise(after.chords))
    downbeats = {bar.start for bar in after.bars}
    assert downbeats <= set(np.round(after.lines[0].notes[:, ONSET], 9))
    assert before.bars is not None
    assert len(before.lines[0].notes) == 32


def test_only_bars_of_four_quarters_are_rewritten() -> None:
    with pytest.raises(ValueError, match="four quarters"):
        rewritten(rewritten(piece(), "3/4"), "5/4")
    with pytest.raises(ValueError, match="11/8"):
        rewritten(piece(), "11/8")


def test_excerpts_join_to_the_whole_again() -> None:
    whole = piece()
    again = joined(excerpt(whole, 0, 3), excerpt(whole, 3, 5))
    assert np.allclose(again.lines[0].notes, whole.lines[0].notes)
    assert again.bars == whole.bars
    assert again.chords == whole.chords
    assert len(looped(piece(3), 10).bars or ()) == 10


def test_transposing_moves_notes_and_labels_and_not_drums() -> None:
    drums = Line(role="drums", notes=notes_of([(0.0, 0.1, 36.0, 90.0)]))
    base = piece()
    up = transposed(Piece(**{**vars(base), "lines": (*base.lines, drums)}), 3)
    assert up.lines[0].notes[0, PITCH] == 63
    assert up.lines[1].notes[0, PITCH] == 36
    assert [span.label for span in up.chords or ()][:3] == ["D#:maj", "A#:7", "C:min7"]
    assert [span.label for span in up.keys or ()] == ["Eb major"]


@pytest.mark.parametrize("style", ["whole", "walking", "octaves", "root_fifth", "kick", "tresillo", "sixteenths"])
def test_a_bass_begins_each_chord_on_its_bass_note(style: str) -> None:
    base = piece()
    assert base.bars is not None
    assert base.chords is not None
    kicks = np.arange(0.0, 32.0, 2.0)
    line = bass_line(style, base.bars, base.chords, program=33, random=np.random.default_rng(3), kicks=kicks)
    assert (line.notes[:, PITCH] >= 28).all()
    assert (line.notes[:, PITCH] <= 58).all()
    right = 0
    for bar in base.bars:
        first = line.notes[np.argmin(np.abs(line.notes[:, ONSET] - bar.start))]
        right += first[PITCH] % 12 == parse_chord(next(s.label for s in base.chords if s.start == bar.start)).root
    assert right == len(base.bars)


@pytest.mark.parametrize("style", ["whole", "strum", "arpeggio", "arpeggio16", "alberti", "offbeats", "power"])
def test_chords_hold_only_their_own_tones(style: str) -> None:
    base = piece()
    assert base.bars is not None
    assert base.chords is not None
    line = chord_line(style, base.bars, base.chords, program=25, random=np.random.default_rng(5), quarter_bpm=100.0)
    pad = pad_line(base.bars, base.chords, program=89, random=np.random.default_rng(5))
    for notes in (line.notes, pad.notes):
        for onset, duration, pitch, _ in notes:
            label = next(s.label for s in base.chords if s.start <= onset + min(0.2, duration / 2) < s.end)
            assert int(pitch) % 12 in parse_chord(label).pitch_classes()


def test_voices_move_little_and_guitars_stay_on_their_strings() -> None:
    previous: tuple[int, ...] = ()
    for label in ("C:maj", "A:min7", "F:maj7", "G:7", "E:min", "Bb:maj9", "D:hdim7"):
        pitches = voicing(parse_chord(label), previous, centre=60.0)
        assert min(pitches) >= 48
        assert max(pitches) <= 76
        if previous:
            assert max(min(abs(p - q) for q in previous) for p in pitches) <= 5
        strings = guitar_voicing(parse_chord(label))
        assert min(strings) >= 40
        assert max(strings) <= 76
        assert len(strings) >= 4
        previous = pitches


def test_a_second_voice_lies_below_in_the_chord() -> None:
    base = piece()
    low = second_voice(base.lines[0], base.chords or (), program=53)
    high = dict(zip(base.lines[0].notes[:, ONSET], base.lines[0].notes[:, PITCH], strict=True))
    assert len(low.notes) > 20
    assert all(3 <= high[onset] - pitch <= 9 for onset, _, pitch, _ in low.notes)


@pytest.mark.parametrize("kind", TEMPO_KINDS)
def test_clocks_run_forward_from_zero(kind: str) -> None:
    bars = even_bars(16, 4, 4)
    clock = tempo_clock(kind, quarter_bpm=100.0, bars=bars, random=np.random.default_rng(2))  # type: ignore[arg-type]
    quarters = np.linspace(-4, 70, 500)
    time_s = clock.seconds(quarters)
    assert (np.diff(time_s) > 0).all()
    assert float(clock.seconds(0.0)) == pytest.approx(0.0, abs=1e-9)
    bpm = 60 / np.diff(clock.seconds(np.arange(0.0, 64.0)))
    assert (bpm > 30).all()
    assert (bpm < 260).all()
    assert (np.ptp(bpm) < 1e-6) == (kind == "steady")


def test_a_human_clock_is_scaled_to_the_wanted_tempo() -> None:
    clock = human_clock((np.array([0.0, 1.0, 2.0]), np.array([5.0, 5.5, 6.2])), quarter_bpm=60.0, original_bpm=120.0)
    assert clock.seconds(np.array([0.0, 1.0, 2.0, 3.0])).tolist() == pytest.approx([0.0, 1.0, 2.4, 3.8])
    assert isinstance(clock, Clock)


def test_people_scatter_by_milliseconds_and_keep_chords_together() -> None:
    bars = even_bars(32, 4, 4)
    chords = notes_of((q / 2, 0.5, float(p), 80.0) for q in range(256) for p in (60, 64, 67))
    line = Line(role="chords", notes=chords)
    played = humanized(line, bars, quarter_bpm=120.0, amount=1.0, random=np.random.default_rng(0))
    assert len(played.notes) == len(chords)
    off_s = (played.notes[:, ONSET] - np.round(played.notes[:, ONSET] * 2) / 2) * 0.5
    assert 0.003 < off_s.std() < 0.03
    assert np.abs(off_s).max() < 0.09
    same = played.notes.reshape(-1, 3, 4)[:, :, ONSET]
    assert np.median(np.ptp(same, axis=1)) * 0.5 < 0.012
    assert humanized(line, bars, quarter_bpm=120.0, amount=0.0, random=np.random.default_rng(0)) is line


def test_glides_reach_their_note_and_the_pitch_has_the_vibrato_that_sounds() -> None:
    onset, release, key = np.array([0.0, 0.5, 1.0]), np.array([0.5, 1.0, 2.0]), np.array([60.0, 64.0, 62.0])
    manner = Singing(glide=1.0, glide_s=0.1, vibrato_cents=50.0, vibrato_delay_s=0.2)
    made = sung(onset, release, key, manner, end_s=2.5, random=np.random.default_rng(1))
    assert made.pitch[20] == 60
    assert 60 <= made.pitch[51] < 62
    assert made.pitch[65] == 64
    assert np.isnan(made.pitch[210])
    settled = made.pitch[150:195]
    assert np.abs(settled.mean() - 62) < 0.05
    assert np.ptp(settled) == pytest.approx(2 * 0.5, rel=0.1)
    bend = made.controls[BEND]
    late = bend.value[(bend.time_s > 1.5) & (bend.time_s < 2.0)]
    assert np.ptp(late) == pytest.approx(2 * 0.5 * 64 / 12, rel=0.1)


def test_small_ornaments_do_what_they_say() -> None:
    random = np.random.default_rng(0)
    long = notes_of([(0.0, 4.0, 60.0, 80.0)])
    trill = with_trills(long, chance=1.0, quarter_bpm=60.0, scale=frozenset({0, 2, 4}), random=random)
    assert len(trill) > 20
    assert set(trill[:, PITCH]) == {60.0, 62.0}
    beats = notes_of([(1.0, 0.1, float(SNARE), 100.0)])
    ghosts = with_ghosts(beats, chance=1.0, end=4.0, random=random)
    assert len(ghosts) > 4
    assert np.median(ghosts[:, 3]) < 45
    single = one_at_a_time(notes_of([(0.0, 2.0, 60.0, 80.0), (0.0, 2.0, 72.0, 80.0), (1.0, 1.0, 62.0, 80.0)]))
    assert single[:, PITCH].tolist() == [72.0, 62.0]
    assert single[0, 1] == 1.0
    pedal = with_pedal(Line(role="piano", notes=long), np.array([0.0, 2.0]), end=4.0).pedal
    assert (pedal[:, 1] == [2.0, 4.0]).all()


def test_swing_is_found_and_straight_sixteenths_are_not_swing() -> None:
    beats = np.arange(32.0)
    swung = notes_of((at, 0.1, 42.0, 80.0) for at in np.concatenate([beats, beats + 0.66]))
    straight = notes_of((at, 0.1, 42.0, 80.0) for at in np.arange(0.0, 32.0, 0.25))
    assert swing_of(swung) == pytest.approx(0.66)
    assert swing_of(straight) == 0.5


def test_chords_are_named_only_where_nothing_is_doubtful() -> None:
    sure = notes_of([(q, 1.0, p, 80.0) for q in range(4) for p in (48.0, 60.0, 64.0, 67.0)])
    found = certain_chords(sure, np.arange(0.0, 5.0))
    assert found is not None
    assert [span.label for span in found] == ["C:maj"]
    doubtful = notes_of([(q, 1.0, p, 80.0) for q in range(4) for p in (48.0, 60.0, 62.0, 65.0, 71.0, 73.0)])
    assert certain_chords(doubtful, np.arange(0.0, 5.0)) is None
    inverted = certain_chords(notes_of([(0.0, 1.0, p, 80.0) for p in (52.0, 60.0, 67.0)]), np.array([0.0, 1.0]))
    assert inverted is not None
    assert inverted[0].label == "C:maj/3"
    assert certain_key((Line(role="piano", notes=sure[:8]),)) is None
