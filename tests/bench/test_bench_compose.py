"""The benches of the composer: their scores, and what it is set beside."""

from pathlib import Path

import numpy as np
import pytest

from hexachord.bench.compose import asked, chord_tone_share, clip_of_song, decoded, key_found, run, samples
from hexachord.bench.infill import by_ngram, copied, gaps_of, measure_infill, score_bar
from hexachord.bench.real_row import load_pop_songs
from hexachord.composition.clips import NOTE_DTYPE, Clip, make_bars
from hexachord.composition.extending import blank_clip
from hexachord.composition.vocabulary import Vocabulary
from hexachord.composition.writing import MODEL, ChanceWriter, RowWriter
from hexachord.models.networks import network_path
from hexachord.score.timing import bars_of

WORDS = Vocabulary()
PIANO = WORDS.roles.index("piano")


def song(bars: int = 12) -> Clip:
    """Broken chords of C, A minor, F and G on a piano, round and round."""
    clip = blank_clip(bars, key="C major", chords="C | Am | F | G", vocabulary=WORDS)
    chords = ((48, 60, 64, 67), (45, 60, 64, 69), (41, 60, 65, 69), (43, 59, 62, 67))
    rows = [(bar, 12 * step, PIANO, chords[bar % 4][step % 4], 12, 80) for bar in range(bars) for step in range(8)]
    return Clip(bars=clip.bars, notes=np.array(rows, dtype=NOTE_DTYPE), chords=clip.chords, style="pop")


def test_a_bar_is_compared_note_by_note_by_rhythm_and_by_pitch_class() -> None:
    truth = gaps_of(song(), count=1, seed=0)[0].truth
    assert score_bar(truth, truth) == pytest.approx({"note_f": 1.0, "rhythm_f": 1.0, "pitch_class": 1.0})
    higher = truth.copy()
    higher["pitch"] += 12
    assert score_bar(higher, truth) == pytest.approx({"note_f": 0.0, "rhythm_f": 1.0, "pitch_class": 1.0})
    assert score_bar(truth[:0], truth) == {"note_f": 0.0, "rhythm_f": 0.0, "pitch_class": 0.0}


def test_gaps_are_the_same_every_time_and_carry_their_surroundings() -> None:
    gaps = gaps_of(song(60), count=5, seed=3)
    again = gaps_of(song(60), count=5, seed=3)
    assert [gap.bar for gap in gaps] == [gap.bar for gap in again]
    for gap in gaps:
        assert len(gap.truth) == 8
        assert len(gap.clip.bars) <= 33


def test_what_infill_is_set_beside() -> None:
    gap = gaps_of(song(), count=1, seed=1)[0]
    before = gap.clip.notes[gap.clip.notes["bar"] == gap.bar - 1]
    np.testing.assert_array_equal(copied(gap)["pitch"], before["pitch"])
    made = by_ngram(gap, seed=0)
    assert score_bar(made, gap.truth)["rhythm_f"] > 0.8  # the song knows but one rhythm
    np.testing.assert_array_equal(made, by_ngram(gap, seed=0))


def test_infill_by_chance_is_no_better() -> None:
    found = measure_infill([song(24)], ChanceWriter(), bars=4)
    assert found["infill_bars"] == 4
    assert found["infill_note_f"] < 0.3
    assert found["infill_note_f_gain"] < 0


def test_chord_tones_are_counted() -> None:
    assert chord_tone_share(song(), WORDS, role="piano") == 1.0
    other = song()
    other.notes["pitch"][::2] += 1
    assert chord_tone_share(other, WORDS, role="piano") < 0.7
    assert np.isnan(chord_tone_share(Clip(bars=make_bars(1, 4, 4), notes=other.notes[:0], chords=other.chords), WORDS, role="piano"))


def test_wishes_are_drawn_evenly_and_the_same_every_time() -> None:
    drawn = [asked(number, [80.0, 120.0]) for number in range(60)]
    assert drawn == [asked(number, [80.0, 120.0]) for number in range(60)]
    assert len({key for key, _ in drawn}) > 12
    assert {bpm for _, bpm in drawn} == {80.0, 120.0}


def test_missing_data_is_named(tmp_path: Path) -> None:
    assert run(tmp_path).skipped


@pytest.mark.slow
@pytest.mark.data
@pytest.mark.skipif(network_path(MODEL) is None, reason="the composer's weights are not here")
def test_real_songs(data_dir: Path) -> None:
    piece = load_pop_songs(data_dir, most=1).items[0]
    clip = clip_of_song(piece, WORDS)
    assert clip.notes["bar"].min() == 0
    assert chord_tone_share(clip, WORDS, role="piano") > 0.8
    score = next(samples("", count=1, tempi=[piece.quarter_bpm]))
    assert len(bars_of(score)) == 32
    assert key_found(score).split()[1] in ("major", "minor")
    assert measure_infill([clip], RowWriter(), bars=6)["infill_note_f"] > 0.1


@pytest.mark.slow
@pytest.mark.skipif(network_path(MODEL) is None, reason="the composer's weights are not here")
def test_all_of_a_thousand_samples_decode_with_their_bars() -> None:
    assert decoded() == 1.0
